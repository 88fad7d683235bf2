"""The two leaflets of a vesicle, and the PEG or ligand lipids that face outwards."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate import vesicle
from formulate.domain import require_fraction
from formulate.loading.surface import surface_density

Floats: TypeAlias = NDArray[np.float64]
Leaflet: TypeAlias = Literal["both", "outer"]


@dataclass(frozen=True)
class Leaflets:
    """Lipids and ligand lipids of the two leaflets of one vesicle.

    Attributes
    ----------
    outer_lipids : ndarray, shape (draws,)
        Lipid molecules in the outer leaflet [1].
    inner_lipids : ndarray, shape (draws,)
        Lipid molecules in the inner leaflet [1].
    outer_share : ndarray, shape (draws,)
        Share of all lipids that is in the outer leaflet [1].
    ligands_outside : ndarray, shape (draws,)
        Ligand lipids, such as PEG lipid, in the outer leaflet [1].
    ligands_inside : ndarray, shape (draws,)
        Ligand lipids in the inner leaflet [1].
    ligand_density : ndarray, shape (draws,)
        Ligand lipids per outer surface [1/m**2].
    """

    outer_lipids: Floats
    inner_lipids: Floats
    outer_share: Floats
    ligands_outside: Floats
    ligands_inside: Floats
    ligand_density: Floats


def leaflets(
    diameter: ArrayLike,
    bilayer_thickness: ArrayLike,
    area_per_lipid: ArrayLike,
    ligand_share: ArrayLike = 0.0,
    placement: Leaflet = "both",
) -> Leaflets:
    """Lipids of the outer and the inner leaflet of a vesicle, and the PEG or ligand lipids that face outwards.

    Parameters
    ----------
    diameter : array_like, shape (draws,)
        Outer diameter of the bilayer, without a polymer shell [m].
    bilayer_thickness : array_like, shape (draws,)
        Thickness of the bilayer [m].
    area_per_lipid : array_like, shape (draws,)
        Area per lipid molecule, mean over the lipids of the mixture [m**2].
    ligand_share : array_like, shape (draws,), optional
        PEG lipid or ligand lipid in all lipid, as 5 mol%; 0 if not given [mol/mol].
    placement : {"both", "outer"}, optional
        Where the ligand lipid is: spread over both leaflets, as mixed in before hydration, or outer only, as
        inserted afterwards; both if not given.

    Returns
    -------
    Leaflets
        Lipids and ligands of each leaflet, and the density of ligands outside.

    Raises
    ------
    DomainError
        If a length or the area is not positive, no water core is left, or the share is not in 0..1.

    Notes
    -----
    Outer ``N_o = pi d^2/a``, inner ``N_i = pi (d - 2 h)^2/a``. Spread over both: ``x N_o`` ligands outside, at the
    density ``x/a`` whatever the size; outer only: ``x (N_o + N_i)``. One area per lipid in both leaflets, so not
    for vesicles below about 30 nm. Bulky head groups prefer the outer leaflet of small vesicles. Source: geometry.

    Examples
    --------
    100 nm with 5 mol% of PEG lipid:

    >>> found = leaflets(100e-9, 5e-9, 0.71e-18, 0.05)
    >>> float(found.outer_lipids), float(found.inner_lipids), float(found.outer_share)
    (44247.8, 35840.7, 0.5525)
    >>> float(found.ligands_outside), float(found.ligand_density) * 1e-18
    (2212.4, 0.0704)
    """
    share = require_fraction("ligand_share", ligand_share)
    both = vesicle.lipids_per_vesicle(diameter, bilayer_thickness, area_per_lipid)
    outer = np.asarray(np.pi * np.asarray(diameter, dtype=np.float64) ** 2 / np.asarray(area_per_lipid))
    match placement:
        case "both":
            outside = np.asarray(share * outer)
        case "outer":
            outside = np.asarray(share * both)
        case _:
            assert_never(placement)
    return Leaflets(
        outer_lipids=outer,
        inner_lipids=np.asarray(both - outer),
        outer_share=np.asarray(outer / both),
        ligands_outside=outside,
        ligands_inside=np.asarray(share * both - outside),
        ligand_density=surface_density(outside, diameter),
    )
