"""Mixtures of lipids, and vesicles of several bilayers or of many sizes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate import vesicle
from formulate.domain import require, require_not_negative, require_positive

Floats: TypeAlias = NDArray[np.float64]

SMALLEST_SPREAD = 2.33  # standard normal; at most 1 % of the vesicles may be too small to have a core


@dataclass(frozen=True)
class Multilamellar:
    """Lipids and water of one vesicle of several bilayers.

    Attributes
    ----------
    lipids : ndarray, shape (draws,)
        Lipid molecules in all its bilayers [1].
    water_volume : ndarray, shape (draws,)
        Water of the core and between the bilayers [m**3].
    trapped_volume : ndarray, shape (draws,)
        All that water per amount of lipid [m**3/mol].
    """

    lipids: Floats
    water_volume: Floats
    trapped_volume: Floats


@dataclass(frozen=True)
class MeanVesicle:
    """Means over the vesicles of a suspension, each vesicle counted once.

    Attributes
    ----------
    lipids : ndarray, shape (draws,)
        Mean number of lipid molecules per vesicle [1].
    inner_volume : ndarray, shape (draws,)
        Mean inner water per vesicle [m**3].
    trapped_volume : ndarray, shape (draws,)
        Inner water of all vesicles per amount of all lipid [m**3/mol].
    """

    lipids: Floats
    inner_volume: Floats
    trapped_volume: Floats


def mean_area_per_lipid(amounts: Sequence[ArrayLike], areas: Sequence[ArrayLike]) -> Floats:
    """Mean area per lipid molecule of a mixture.

    Parameters
    ----------
    amounts : sequence of array_like, each shape (draws,)
        Moles of each lipid, on any scale: mol%, mol, mole fractions [1].
    areas : sequence of array_like, each shape (draws,)
        Area per molecule of each lipid in this mixture [m**2].

    Returns
    -------
    ndarray, shape (draws,)
        Mean area per molecule [m**2].

    Raises
    ------
    DomainError
        If an amount is negative, all are zero, an area is not positive, or there is not one area for each amount.

    Notes
    -----
    ``a = sum x_i a_i``. Ideal mixing of partial areas: cholesterol condenses its neighbours, so each area must be
    the one in the mixture. A lipid with a polymer chain counts with the area of its anchor. Source: geometry.

    Examples
    --------
    60 mol% phospholipid of 0.60 nm**2 and 40 mol% cholesterol of 0.25 nm**2:

    >>> float(mean_area_per_lipid([60.0, 40.0], [0.60e-18, 0.25e-18])) * 1e18
    0.46
    """
    return _mean(amounts, areas, "areas", "m**2")


def mean_molar_mass(amounts: Sequence[ArrayLike], molar_masses: Sequence[ArrayLike]) -> Floats:
    """Mean molar mass of a mixture of lipids.

    Parameters
    ----------
    amounts : sequence of array_like, each shape (draws,)
        Moles of each lipid, on any scale: mol%, mol, mole fractions [1].
    molar_masses : sequence of array_like, each shape (draws,)
        Molar mass of each lipid [kg/mol].

    Returns
    -------
    ndarray, shape (draws,)
        Mean molar mass [kg/mol].

    Raises
    ------
    DomainError
        If an amount is negative, all are zero, a molar mass is not positive, or there is not one for each amount.

    Notes
    -----
    ``M = sum x_i M_i``. From masses, see `amounts_from_masses`. Source: definition.

    Examples
    --------
    >>> float(mean_molar_mass([56.6, 38.2, 5.3], [0.7838, 0.38665, 2.8055]))
    0.7393
    """
    return _mean(amounts, molar_masses, "molar_masses", "kg/mol")


def mean_molar_volume(amounts: Sequence[ArrayLike], molar_volumes: Sequence[ArrayLike]) -> Floats:
    """Mean molar volume of a mixture of lipids.

    Parameters
    ----------
    amounts : sequence of array_like, each shape (draws,)
        Moles of each lipid, on any scale: mol%, mol, mole fractions [1].
    molar_volumes : sequence of array_like, each shape (draws,)
        Volume of each lipid, without the water of its head group [m**3/mol].

    Returns
    -------
    ndarray, shape (draws,)
        Mean volume per amount of lipid [m**3/mol].

    Raises
    ------
    DomainError
        If an amount is negative, all are zero, a volume is not positive, or there is not one for each amount.

    Notes
    -----
    ``V = sum x_i V_i``; volumes add. One nm**3 per molecule is 0.602 L/mol. Source: definition.

    Examples
    --------
    >>> float(mean_molar_volume([1.0, 1.0], [0.742e-3, 0.380e-3])) * 1e3
    0.561
    """
    return _mean(amounts, molar_volumes, "molar_volumes", "m**3/mol")


def amounts_from_masses(masses: Sequence[ArrayLike], molar_masses: Sequence[ArrayLike]) -> Floats:
    """Mole fractions of the lipids of a mixture given by mass.

    Parameters
    ----------
    masses : sequence of array_like, each shape (draws,)
        Mass of each lipid, on any scale: mg/mL, % by mass [kg].
    molar_masses : sequence of array_like, each shape (draws,)
        Molar mass of each lipid [kg/mol].

    Returns
    -------
    ndarray, shape (lipids, draws)
        Mole fraction of each lipid, in the order given [1].

    Raises
    ------
    DomainError
        If a mass is negative, all are zero, a molar mass is not positive, or there is not one for each mass.

    Notes
    -----
    ``x_i = (m_i/M_i)/sum (m_j/M_j)``. Source: definition.

    Examples
    --------
    The label of a pegylated doxorubicin liposome, 9.58, 3.19 and 3.19 mg/mL:

    >>> amounts_from_masses([9.58, 3.19, 3.19], [0.7838, 0.38665, 2.8055]).round(3)
    array([0.566, 0.382, 0.053])
    """
    molar = _per_lipid("molar_masses", molar_masses, "kg/mol", masses)
    given = [require_not_negative("masses", mass, "kg") for mass in masses]
    moles = [mass / each for mass, each in zip(given, molar, strict=True)]
    return np.stack(np.broadcast_arrays(*_shares(moles, "masses", "kg")))


def multilamellar_vesicle(
    diameter: ArrayLike,
    bilayer_thickness: ArrayLike,
    area_per_lipid: ArrayLike,
    bilayers: ArrayLike,
    water_gap: ArrayLike,
) -> Multilamellar:
    """Lipids and water of a vesicle of concentric bilayers.

    Parameters
    ----------
    diameter : array_like, shape (draws,)
        Outer diameter [m].
    bilayer_thickness : array_like, shape (draws,)
        Thickness of each bilayer [m].
    area_per_lipid : array_like, shape (draws,)
        Area per lipid molecule, mean over the mixture [m**2].
    bilayers : array_like, shape (draws,)
        Number of bilayers, whole, at least 1 [1].
    water_gap : array_like, shape (draws,)
        Water between two bilayers [m].

    Returns
    -------
    Multilamellar
        Lipids, water and trapped volume.

    Raises
    ------
    DomainError
        If a length or the area is not positive, the gap is negative, the number of bilayers is not whole and at
        least 1, or they leave no core.

    Notes
    -----
    Bilayer i = 0 ... n-1 has the outer diameter ``d_i = d - 2 i (h + g)``. Lipids
    ``sum pi (d_i^2 + (d_i - 2 h)^2)/a``; water ``(pi/6) [sum_i (d_i - 2 h)^3 - sum_(i>0) d_i^3]``. Concentric
    spheres; solutes that were present at hydration are taken to be in all this water. With n = 1 it is
    `lipids_per_vesicle` and `trapped_volume`. Source: geometry.

    Examples
    --------
    Three bilayers instead of one cut the trapped volume of a 200 nm vesicle to less than a third:

    >>> float(multilamellar_vesicle(200e-9, 5e-9, 0.71e-18, 1, 2e-9).trapped_volume) * 1e3
    6.42
    >>> float(multilamellar_vesicle(200e-9, 5e-9, 0.71e-18, 3, 2e-9).trapped_volume) * 1e3
    1.818
    """
    outer = require_positive("diameter", diameter, "m")
    thickness = require_positive("bilayer_thickness", bilayer_thickness, "m")
    area = require_positive("area_per_lipid", area_per_lipid, "m**2")
    gap = require_not_negative("water_gap", water_gap, "m")
    number = require_positive("bilayers", bilayers, "")
    require("bilayers", number, "", number == np.round(number), "a whole number, at least 1")
    core = outer - 2.0 * thickness - 2.0 * (number - 1.0) * (thickness + gap)
    require("bilayers", number, "", core > 0.0, "fewer, or a larger vesicle", "no water core is left")
    step = 2.0 * (thickness + gap)
    outside, inside = outer, outer - 2.0 * thickness
    lipids = np.pi * (_sum_of_squares(outside, step, number) + _sum_of_squares(inside, step, number)) / area
    # the outermost sphere encloses the first water, so only the others are taken off
    between = _sum_of_cubes(inside, step, number) - _sum_of_cubes(outside - step, step, number - 1.0)
    water = np.pi / 6.0 * between
    return Multilamellar(
        lipids=np.asarray(lipids),
        water_volume=np.asarray(water),
        trapped_volume=np.asarray(water * vesicle.AVOGADRO / lipids),
    )


def mean_vesicle(
    diameter: ArrayLike,
    bilayer_thickness: ArrayLike,
    area_per_lipid: ArrayLike,
    coefficient_of_variation: ArrayLike,
) -> MeanVesicle:
    """Means over unilamellar vesicles whose diameters are lognormal.

    Parameters
    ----------
    diameter : array_like, shape (draws,)
        Number mean of the outer diameter, see `formulate.loading.particles.number_mean_from_intensity` [m].
    bilayer_thickness : array_like, shape (draws,)
        Thickness of the bilayer [m].
    area_per_lipid : array_like, shape (draws,)
        Area per lipid molecule, mean over the mixture [m**2].
    coefficient_of_variation : array_like, shape (draws,)
        Standard deviation per mean of the number distribution, sqrt(PDI) [1].

    Returns
    -------
    MeanVesicle
        Mean lipids and inner water per vesicle, and trapped volume.

    Raises
    ------
    DomainError
        If a length or the area is not positive, the variation is negative, or more than 1 % of the vesicles would
        be too small to have a core.

    Notes
    -----
    With ``<d^2> = <d>^2 (1 + CV^2)`` and ``<d^3> = <d>^3 (1 + CV^2)^3``,
    ``<N> = (2 pi/a) (<d^2> - 2 h <d> + 2 h^2)`` and
    ``<V> = (pi/6) (<d^3> - 6 h <d^2> + 12 h^2 <d> - 8 h^3)``. The trapped volume of the suspension is
    ``N_A <V>/<N>``, not the mean of that of each vesicle: large ones hold most of both. Source: lognormal moments.

    Examples
    --------
    >>> float(mean_vesicle(100e-9, 5e-9, 0.71e-18, 0.0).trapped_volume) * 1e3
    2.87
    >>> float(mean_vesicle(100e-9, 5e-9, 0.71e-18, 0.3).trapped_volume) * 1e3
    3.57
    """
    size = require_positive("diameter", diameter, "m")
    thickness = require_positive("bilayer_thickness", bilayer_thickness, "m")
    area = require_positive("area_per_lipid", area_per_lipid, "m**2")
    variation = require_not_negative("coefficient_of_variation", coefficient_of_variation, "")
    vesicle.inner_radius(size, thickness)  # refuses a mean size without core
    require(
        "coefficient_of_variation",
        variation,
        "",
        has_cores(size, thickness, variation),
        "a narrower distribution, or larger vesicles",
        "more than 1 % of the vesicles would be too small to have a water core",
    )
    square = size**2 * (1.0 + variation**2)
    cube = size**3 * (1.0 + variation**2) ** 3
    lipids = 2.0 * np.pi * (square - 2.0 * thickness * size + 2.0 * thickness**2) / area
    water = np.pi / 6.0 * (cube - 6.0 * thickness * square + 12.0 * thickness**2 * size - 8.0 * thickness**3)
    return MeanVesicle(np.asarray(lipids), np.asarray(water), np.asarray(water * vesicle.AVOGADRO / lipids))


def has_cores(
    diameter: ArrayLike, bilayer_thickness: ArrayLike, coefficient_of_variation: ArrayLike
) -> NDArray[np.bool_]:
    """Whether 99 % of vesicles with lognormal diameters are wide enough for a water core.

    Parameters
    ----------
    diameter : array_like, shape (draws,)
        Number mean of the outer diameter [m].
    bilayer_thickness : array_like, shape (draws,)
        Thickness of the bilayer [m].
    coefficient_of_variation : array_like, shape (draws,)
        Standard deviation per mean of the number distribution [1].

    Returns
    -------
    ndarray of bool, shape (draws,)
        True where `mean_vesicle` holds [1].

    Raises
    ------
    DomainError
        If a length is not positive or the variation is negative.

    Notes
    -----
    ``<d> exp(-s^2/2 - 2.33 s) > 2 h`` with ``s^2 = ln(1 + CV^2)``: the first percentile. Source: lognormal quantile.

    Examples
    --------
    >>> has_cores(30e-9, 5e-9, [0.1, 0.6]).tolist()
    [True, False]
    """
    size = require_positive("diameter", diameter, "m")
    thickness = require_positive("bilayer_thickness", bilayer_thickness, "m")
    variance = np.log1p(require_not_negative("coefficient_of_variation", coefficient_of_variation, "") ** 2)
    smallest = size * np.exp(-0.5 * variance - SMALLEST_SPREAD * np.sqrt(variance))
    return np.asarray(smallest > 2.0 * thickness)


def _sum_of_squares(first: Floats, step: Floats, number: Floats) -> Floats:
    """Sum of (first - i step)^2 over i = 0 ... number - 1 [m**2]."""
    ones, squares = number * (number - 1.0) / 2.0, (number - 1.0) * number * (2.0 * number - 1.0) / 6.0
    return np.asarray(number * first**2 - 2.0 * first * step * ones + step**2 * squares)


def _sum_of_cubes(first: Floats, step: Floats, number: Floats) -> Floats:
    """Sum of (first - i step)^3 over i = 0 ... number - 1 [m**3]."""
    ones, squares = number * (number - 1.0) / 2.0, (number - 1.0) * number * (2.0 * number - 1.0) / 6.0
    return np.asarray(
        number * first**3 - 3.0 * first**2 * step * ones + 3.0 * first * step**2 * squares - step**3 * ones**2
    )


def _mean(amounts: Sequence[ArrayLike], values: Sequence[ArrayLike], name: str, unit: str) -> Floats:
    """Mean of values over a mixture [unit]."""
    each = _per_lipid(name, values, unit, amounts)
    return np.asarray(np.sum([share * value for share, value in zip(_shares(amounts), each, strict=True)], axis=0))


def _per_lipid(name: str, values: Sequence[ArrayLike], unit: str, amounts: Sequence[ArrayLike]) -> list[Floats]:
    """Give the values, one for each lipid, all positive [unit]."""
    need = f"{len(amounts)}, one for each lipid"
    require(f"number of {name}", len(values), "", len(values) == len(amounts), need)
    return [require_positive(name, value, unit) for value in values]


def _shares(amounts: Sequence[ArrayLike], name: str = "amounts", unit: str = "") -> list[Floats]:
    """Give the share of each lipid in all of them [1]."""
    require(f"number of {name}", len(amounts), "", len(amounts) > 0, "at least one lipid")
    given = [require_not_negative(name, amount, unit) for amount in amounts]
    total = np.asarray(np.sum(np.broadcast_arrays(*given), axis=0))
    require(f"sum of {name}", total, unit, total > 0.0, "> 0", "nothing is in the mixture")
    return [np.asarray(amount / total) for amount in given]
