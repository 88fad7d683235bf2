"""Bone and its marrow: what blood brings and takes, what mineral holds, how a deposit in tissue loses its drug.

Amounts A, clearances CL referred to unbound drug unless said:

    plasma <-> marrow      by flow and capillary wall
    marrow <-> bone fluid  by diffusion through canaliculi
    plasma  -> mineral     a share of the systemic clearance; surface -> deep, surface -> plasma, deep -> plasma
    deposit <-> plasma     by its capillaries; deposit -> plasma by diffusion over its edge
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require, require_fraction, require_not_negative, require_positive
from formulate.retention.cord_barrier import capillary_clearance
from formulate.retention.linear import LinearSystem, system
from formulate.sampling import Array

PLASMA, MARROW, BONE = "plasma", "marrow", "bone"
LOCAL_MARROW, LOCAL_BONE = "local marrow", "local bone"
SURFACE, DEEP = "mineral surface", "deep mineral"
ELIMINATED, DEGRADED = "eliminated", "degraded"


def capillary_permeability(
    molar_mass: ArrayLike, permeability: ArrayLike, reference_mass: ArrayLike, exponent: ArrayLike
) -> Array:
    """Permeability-surface area of capillaries for a water-soluble solute, by its molar mass.

    Parameters
    ----------
    molar_mass : array_like, shape (draws,)
        M of the solute [kg/mol].
    permeability : array_like, shape (draws,)
        PS_ref of a solute of the reference mass, per tissue volume [1/s].
    reference_mass : array_like, shape (draws,)
        M_ref [kg/mol].
    exponent : array_like, shape (draws,)
        b, 0 to 3: about 0.7 from glucose to haemoglobin in muscle [1].

    Returns
    -------
    ndarray, shape (draws,)
        PS per tissue volume [1/s].

    Raises
    ------
    DomainError
        If a mass or permeability is not above zero, or the exponent is not from 0 to 3.

    Notes
    -----
    ``PS = PS_ref (M/M_ref)**-b``. A lipophilic solute also crosses cells and is faster; albumin, which the walls
    hold back, is ten times slower. Source: pappenheimer1953.

    Examples
    --------
    One hundred times the mass, with b = 0.5, a tenth of the permeability:

    >>> float(capillary_permeability(10.0, 1e-3, 0.1, 0.5))
    0.0001
    """
    mass = require_positive("molar_mass", molar_mass, "kg/mol")
    reference = require_positive("reference_mass", reference_mass, "kg/mol")
    power = np.asarray(exponent, dtype=np.float64)
    require("exponent", power, "", (power >= 0.0) & (power <= 3.0), "0 to 3")
    found: Array = require_positive("permeability", permeability, "1/s") * (mass / reference) ** -power
    return found


def edge_conductance(volume: ArrayLike, diffusivity: ArrayLike, removal_rate: ArrayLike = 0.0) -> Array:
    """Clearance of a round deposit by diffusion into the tissue around it.

    Parameters
    ----------
    volume : array_like, shape (draws,)
        V of the deposit [m**3].
    diffusivity : array_like, shape (draws,)
        D in the tissue around it [m**2/s].
    removal_rate : array_like, shape (draws,), optional
        k with which that tissue loses drug, to its capillaries; 0 if not given [1/s].

    Returns
    -------
    ndarray, shape (draws,)
        PS_edge [m**3/s].

    Raises
    ------
    DomainError
        If the volume or diffusivity is not above zero, or the rate negative.

    Notes
    -----
    ``PS_edge = 4 pi r D (1 + r sqrt(k/D))``, ``r = (3 V/(4 pi))**(1/3)``: a well-mixed sphere in endless tissue, steady
    state. Mixing inside is by the same diffusion: right within a factor of about 2. Source: Crank, The mathematics of
    diffusion, 1975, section 6.2, with first-order loss.

    Examples
    --------
    A sphere of 1 mm radius, 1e-10 m**2/s, no loss around: 4 pi r D

    >>> float(edge_conductance(4 / 3 * np.pi * 1e-9, 1e-10))
    1.257e-12
    """
    radius = np.cbrt(3.0 * require_positive("volume", volume, "m**3") / (4.0 * np.pi))
    speed = require_positive("diffusivity", diffusivity, "m**2/s")
    lost = require_not_negative("removal_rate", removal_rate, "1/s")
    found: Array = 4.0 * np.pi * radius * speed * (1.0 + radius * np.sqrt(lost / speed))
    return found


def local_clearance(
    volume: ArrayLike,
    edge_permeability: ArrayLike,
    flow: ArrayLike,
    permeability: ArrayLike,
    unbound_fraction: ArrayLike = 1.0,
) -> Array:
    """Clearance of dissolved drug from a piece of tissue: over its edge, and by its own capillaries.

    Parameters
    ----------
    volume : array_like, shape (draws,)
        V of the tissue [m**3].
    edge_permeability : array_like, shape (draws,)
        PS_edge [m**3/s].
    flow : array_like, shape (draws,)
        Q, plasma flow per tissue volume [1/s].
    permeability : array_like, shape (draws,)
        PS_cap of the capillary wall per tissue volume [1/s].
    unbound_fraction : array_like, shape (draws,), optional
        f_u in plasma; 1 if not given [1].

    Returns
    -------
    ndarray, shape (draws,)
        CL_loc [m**3/s].

    Raises
    ------
    DomainError
        If the volume is not above zero, or another value out of range.

    Notes
    -----
    ``CL_loc = PS_edge + V (Q/f_u) [1 - exp(-f_u PS_cap/Q)]``: the edge is a way of its own; wall and flow stand in a
    row, so the second term is below both V PS_cap and V Q/f_u. Sources: Renkin 1959,
    doi:10.1152/ajplegacy.1959.197.6.1205; Crone 1963.

    Examples
    --------
    1 mL with an edge of 1e-11 m**3/s; flow and wall 1e-5 1/s each:

    >>> float(local_clearance(1e-6, 1e-11, 1e-5, 1e-5))
    1.632e-11
    """
    size = require_positive("volume", volume, "m**3")
    edge = require_not_negative("edge_permeability", edge_permeability, "m**3/s")
    by_blood = capillary_clearance(permeability, flow, unbound_fraction)
    return np.asarray(edge + size * by_blood)


def mineral_extraction(systemic_clearance: ArrayLike, mineral_share: ArrayLike, plasma_flow: ArrayLike) -> Array:
    """Share of the drug in the plasma reaching bone that mineral takes up in one passage.

    Parameters
    ----------
    systemic_clearance : array_like, shape (draws,)
        CL, of all drug in plasma [m**3/s].
    mineral_share : array_like, shape (draws,)
        f of that clearance which is uptake by mineral; about 0.5 of bisphosphonates [1].
    plasma_flow : array_like, shape (draws,)
        Q to bone and its marrow [m**3/s].

    Returns
    -------
    ndarray, shape (draws,)
        E [1]. Above 1 it cannot be: share, clearance and flow do not fit together.

    Raises
    ------
    DomainError
        If the share is not from 0 to 1, or another value not above zero.

    Notes
    -----
    ``E = f CL/Q``. Measured of strontium in the tibia of dogs: 0.53. Source: cofield1975.

    Examples
    --------
    Alendronate in man: half of 0.142 L/min, of a plasma flow of 0.27 L/min

    >>> float(mineral_extraction(0.142, 0.5, 0.27))
    0.263
    """
    taken = require_fraction("mineral_share", mineral_share)
    clearance = require_positive("systemic_clearance", systemic_clearance, "m**3/s")
    return np.asarray(taken * clearance / require_positive("plasma_flow", plasma_flow, "m**3/s"))


@dataclass(frozen=True)
class Tissue:
    """Marrow with the bone around it: of the whole skeleton, or the piece where something was put. (draws,), SI."""

    marrow_volume: Array  # in which unbound drug appears dissolved
    bone_volume: Array  # of fluid in bone
    into_plasma: Array  # clearance of unbound drug by capillaries, m3/s
    over_edge: Array  # clearance into surroundings, m3/s; 0 of the whole skeleton
    into_bone: Array  # clearance between marrow and fluid of bone, m3/s
    into_mineral: Array  # clearance of unbound drug from marrow to mineral, m3/s; 0 of the whole, whose way is plasma


@dataclass(frozen=True)
class Skeleton:
    """All that decides where drug in bone goes, (draws,), SI."""

    whole: Tissue
    local: Tissue | None  # where a dose was put, if one was
    plasma_volume: Array
    unbound_in_plasma: Array
    clearance: Array  # all of it, of all drug in plasma
    mineral_share: Array  # of the clearance
    surface_rate: Array  # out of the surface of mineral, 1/s
    buried_share: Array  # of what leaves the surface, deeper
    deep_rate: Array  # out of the deep, 1/s
    degradation: Array  # in marrow and bone fluid, 1/s


def skeleton_system(skeleton: Skeleton) -> LinearSystem:
    """Give the compartments of plasma, marrow, bone and mineral.

    Parameters
    ----------
    skeleton : Skeleton
        Volumes, clearances and rates.

    Raises
    ------
    DomainError
        A rate is negative, infinite or NaN.

    Notes
    -----
    Clearances over the volume they empty are rates. Mineral takes ``f CL`` from plasma, the rest of CL is eliminated;
    what the surface gives up is buried by ``buried_share`` or returns to plasma, where mineral and kidney compete for
    it again. Without affinity for mineral its two compartments are left out.
    """
    body = skeleton
    names = [PLASMA, MARROW, BONE]
    from_plasma = body.unbound_in_plasma / body.plasma_volume
    to_mineral = body.clearance * body.mineral_share
    transfers: dict[tuple[str, str], Array] = {}
    binds = bool(body.mineral_share.any())
    if binds:
        names += [SURFACE, DEEP]
        transfers[PLASMA, SURFACE] = to_mineral / body.plasma_volume
        transfers[SURFACE, DEEP] = body.surface_rate * body.buried_share
        transfers[SURFACE, PLASMA] = body.surface_rate * (1.0 - body.buried_share)
        transfers[DEEP, PLASMA] = body.deep_rate
    losses: dict[str | tuple[str, str], ArrayLike] = {
        (PLASMA, ELIMINATED): (body.clearance - to_mineral) / body.plasma_volume
    }
    tissues = [(MARROW, BONE, body.whole)]
    if body.local is not None:
        names += [LOCAL_MARROW, LOCAL_BONE]
        tissues.append((LOCAL_MARROW, LOCAL_BONE, body.local))
    for marrow, bone, tissue in tissues:
        transfers[PLASMA, marrow] = tissue.into_plasma * from_plasma
        transfers[marrow, PLASMA] = (tissue.into_plasma + tissue.over_edge) / tissue.marrow_volume
        transfers[marrow, bone] = tissue.into_bone / tissue.marrow_volume
        transfers[bone, marrow] = tissue.into_bone / tissue.bone_volume
        if binds:
            transfers[marrow, SURFACE] = tissue.into_mineral / tissue.marrow_volume
        losses[marrow, DEGRADED] = losses[bone, DEGRADED] = body.degradation
    return system(names, transfers, losses)
