"""What the size of a solute costs it in a tissue: how much gets in between fibres or into pores, how fast it moves.

Partition coefficients are per volume of tissue water; factors for charge (`partition`) and size multiply.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative, require_positive

Floats: TypeAlias = NDArray[np.float64]

LARGEST_FITTED = 2e-9  # m, radius up to which `diffusivity_in_cartilage` was fitted


def fibre_partition(solute_radius: ArrayLike, fibre_volume_fraction: ArrayLike, fibre_radius: ArrayLike) -> Floats:
    """Share of a tissue's water that is open to the centre of a solute between fibres.

    Parameters
    ----------
    solute_radius : array_like, shape (draws,)
        r_s [m].
    fibre_volume_fraction : array_like, shape (draws,)
        phi of the fibres that sieve: about 0.04 for the proteoglycans of healthy cartilage, 0.02 worn [1].
    fibre_radius : array_like, shape (draws,)
        r_f, about 0.3 nm for their chains [m].

    Returns
    -------
    ndarray, shape (draws,)
        Phi [1].

    Raises
    ------
    DomainError
        If the volume fraction is not from 0 to below 1, the fibre radius not above zero, or the solute's negative.

    Notes
    -----
    ``Phi = exp(-phi (1 + r_s/r_f)**2)``. Hard dilute spheres among long straight fibres laid at random. Source:
    ogston1958.

    Examples
    --------
    Inulin (1.4 nm) and albumin (3.5 nm) in healthy cartilage; measured: 0.3, and below 0.002

    >>> fibre_partition([1.4e-9, 3.5e-9], 0.04, 0.3e-9)
    array([0.277, 0.0016])
    """
    solute, fibre, fraction = _between_fibres(solute_radius, fibre_volume_fraction, fibre_radius)
    return np.asarray(np.exp(-fraction * (1.0 + solute / fibre) ** 2))


def pore_partition(solute_radius: ArrayLike, pore_radius: ArrayLike) -> Floats:
    """Partition of a sphere into cylindrical pores; nothing where it does not fit.

    Parameters
    ----------
    solute_radius : array_like, shape (draws,)
        r_s, of a molecule or a particle [m].
    pore_radius : array_like, shape (draws,)
        r_p [m].

    Returns
    -------
    ndarray, shape (draws,)
        Phi, 0 for r_s >= r_p [1].

    Raises
    ------
    DomainError
        If the pore radius is not above zero, or the solute's negative.

    Notes
    -----
    ``Phi = (1 - r_s/r_p)**2``: the share of the cross-section that the centre of the sphere can reach. Hard, dilute, no
    charge. Source: Ferry 1936, Journal of General Physiology 20:95.

    Examples
    --------
    >>> pore_partition([1e-9, 5e-9], 4e-9)
    array([0.5625, 0.    ])
    """
    solute = require_not_negative("solute_radius", solute_radius, "m")
    return np.asarray(np.maximum(1.0 - solute / require_positive("pore_radius", pore_radius, "m"), 0.0) ** 2)


def diffusivity_in_cartilage(
    diffusivity_in_water: ArrayLike,
    solute_radius: ArrayLike,
    share_of_a_point: ArrayLike = 0.23,
    radius_scale: ArrayLike = 2.1e-9,
) -> Floats:
    """Diffusivity of a small solute in articular cartilage.

    Parameters
    ----------
    diffusivity_in_water : array_like, shape (draws,)
        D_0 at the temperature of the tissue [m**2/s].
    solute_radius : array_like, shape (draws,)
        r_s, at most 2 nm [m].
    share_of_a_point : array_like, shape (draws,), optional
        D/D_0 for a radius of nothing; 0.23 if not given [1].
    radius_scale : array_like, shape (draws,), optional
        Radius over which D/D_0 falls to 1/e; 2.1 nm if not given [m].

    Returns
    -------
    ndarray, shape (draws,)
        D of what is mobile [m**2/s].

    Raises
    ------
    DomainError
        If a value is out of range: for solutes above 2 nm use `diffusivity_between_fibres`.

    Notes
    -----
    ``D = 0.23 D_0 exp(-r_s/2.1 nm)``: laid through measured diffusivities of ions, leucine, peptides, contrast agents
    and inulin, 0.1 to 1.5 nm. It is a fit, with no theory behind it. Sources: maroudas1976 and others.

    Examples
    --------
    Leucine, 0.35 nm and 9e-6 cm**2/s in water of 37 degC; measured 1.7e-6:

    >>> float(diffusivity_in_cartilage(9e-10, 0.35e-9)) * 1e4
    1.75e-06
    """
    in_water = require_positive("diffusivity_in_water", diffusivity_in_water, "m**2/s")
    solute = require_not_negative("solute_radius", solute_radius, "m")
    hint = "use diffusivity_between_fibres"
    require("solute_radius", solute, "m", solute <= LARGEST_FITTED, "at most 2e-09 m", hint)
    share = np.asarray(share_of_a_point, dtype=np.float64)
    require("share_of_a_point", share, "", (share > 0.0) & (share <= 1.0), "above 0 to 1")
    scale = require_positive("radius_scale", radius_scale, "m")
    return np.asarray(in_water * share * np.exp(-solute / scale))


def diffusivity_between_fibres(
    diffusivity_in_water: ArrayLike,
    solute_radius: ArrayLike,
    fibre_volume_fraction: ArrayLike,
    fibre_radius: ArrayLike,
    water_fraction: ArrayLike,
) -> Floats:
    """Diffusivity of a solute of any size in a tissue whose fine fibres lie between coarse ones.

    Parameters
    ----------
    diffusivity_in_water : array_like, shape (draws,)
        D_0 at the temperature of the tissue [m**2/s].
    solute_radius : array_like, shape (draws,)
        r_s [m].
    fibre_volume_fraction : array_like, shape (draws,)
        phi of the fine fibres, as in `fibre_partition` [1].
    fibre_radius : array_like, shape (draws,)
        r_f of the fine fibres [m].
    water_fraction : array_like, shape (draws,)
        Water per volume of tissue, all solids taken as obstacles: about 0.75 in cartilage [1].

    Returns
    -------
    ndarray, shape (draws,)
        D of what is mobile [m**2/s].

    Raises
    ------
    DomainError
        If a diffusivity or length is not above zero, or a fraction out of range.

    Notes
    -----
    ``D = D_0 (w/(2 - w))**2 exp(-sqrt(phi) (1 + r_s/r_f))``: longer ways around solids, and the sieve of the fibres.
    With phi 0.04, r_f 0.3 nm and w 0.75 it is within a quarter of `diffusivity_in_cartilage` from 0.2 to 2 nm, and
    goes on where that ends. Hard spheres: flexible chains such as dextran pass faster. Sources: Mackie and Meares
    1955, Proceedings of the Royal Society A 232:498; Ogston, Preston and Wells 1973, Proceedings of the Royal
    Society A 333:297.

    Examples
    --------
    Albumin, 3.5 nm, and 9.3e-7 cm**2/s in water of 37 degC, in cm**2/s:

    >>> float(diffusivity_between_fibres(9.3e-11, 3.5e-9, 0.04, 0.3e-9, 0.75)) * 1e4
    2.66e-08
    """
    solute, fibre, fraction = _between_fibres(solute_radius, fibre_volume_fraction, fibre_radius)
    around = diffusivity_around_solids(diffusivity_in_water, water_fraction)
    return np.asarray(around * np.exp(-np.sqrt(fraction) * (1.0 + solute / fibre)))


def diffusivity_around_solids(diffusivity_in_water: ArrayLike, water_fraction: ArrayLike) -> Floats:
    """Diffusivity of a small solute in a tissue whose solids only lengthen its way.

    Parameters
    ----------
    diffusivity_in_water : array_like, shape (draws,)
        D_0 at the temperature of the tissue [m**2/s].
    water_fraction : array_like, shape (draws,)
        w, water per volume of tissue, above 0 to 1 [1].

    Returns
    -------
    ndarray, shape (draws,)
        D [m**2/s].

    Raises
    ------
    DomainError
        If the diffusivity is not above zero, or the water fraction out of range.

    Notes
    -----
    ``D = D_0 (w/(2 - w))**2``. Range of validity: ions and molecules no larger than the units of the chains. Source:
    Mackie and Meares 1955, Proceedings of the Royal Society A 232:498.

    Examples
    --------
    >>> float(diffusivity_around_solids(1e-9, 0.75)) * 1e9  # (0.75/1.25)**2
    0.36
    """
    in_water = require_positive("diffusivity_in_water", diffusivity_in_water, "m**2/s")
    water = np.asarray(water_fraction, dtype=np.float64)
    require("water_fraction", water, "", (water > 0.0) & (water <= 1.0), "above 0 to 1")
    return np.asarray(in_water * (water / (2.0 - water)) ** 2)


def _between_fibres(
    solute_radius: ArrayLike, fibre_volume_fraction: ArrayLike, fibre_radius: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """Check what fibre and solute are."""
    solute = require_not_negative("solute_radius", solute_radius, "m")
    fibre = require_positive("fibre_radius", fibre_radius, "m")
    fraction = np.asarray(fibre_volume_fraction, dtype=np.float64)
    holds = (fraction >= 0.0) & (fraction < 1.0)
    return solute, fibre, require("fibre_volume_fraction", fraction, "", holds, "0 to below 1")
