"""How much drug a polymer holds in molecular mixture: Flory-Huggins theory, for amorphous drug and crystals.

The drug is one segment: chi is per molecule of drug, and a polymer chain counts as many segments as it has times
the volume of a drug molecule (`polymer_segments`).
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_positive
from formulate.loading.solubility_parameters import GAS_CONSTANT

Floats: TypeAlias = NDArray[np.float64]

LARGEST_CHI = 300.0
SMALLEST_ACTIVITY = 1e-100
SMALLEST_LOG = -700.0  # natural logarithm of the smallest volume fraction looked for; no answer is as small
HALVINGS = 45  # of an interval: ten digits of the answer


def polymer_segments(polymer_molar_mass: ArrayLike, polymer_density: ArrayLike, drug_molar_volume: ArrayLike) -> Floats:
    """How many drug molecules have the volume of one polymer chain.

    Parameters
    ----------
    polymer_molar_mass : array_like, shape (draws,)
        Molar mass of the polymer, number average [kg/mol].
    polymer_density : array_like, shape (draws,)
        Density of the polymer [kg/m**3].
    drug_molar_volume : array_like, shape (draws,)
        Molar volume of the drug [m**3/mol].

    Returns
    -------
    ndarray, shape (draws,)
        N [1].

    Raises
    ------
    DomainError
        If a number is not positive.

    Notes
    -----
    ``N = M/(rho V_drug)``. Source: flory1953.

    Examples
    --------
    >>> float(polymer_segments(39.0, 1300.0, 300e-6))
    100.0
    """
    chain = require_positive("polymer_molar_mass", polymer_molar_mass, "kg/mol")
    density = require_positive("polymer_density", polymer_density, "kg/m**3")
    return np.asarray(chain / density / require_positive("drug_molar_volume", drug_molar_volume, "m**3/mol"))


def critical_chi(drug_segments: ArrayLike, polymer_segments: ArrayLike) -> Floats:
    """Interaction parameter up to which two substances mix in all proportions.

    Parameters
    ----------
    drug_segments : array_like, shape (draws,)
        N_1, segments of the smaller molecule, 1 if chi is per drug molecule [1].
    polymer_segments : array_like, shape (draws,)
        N_2, segments of the larger molecule [1].

    Returns
    -------
    ndarray, shape (draws,)
        chi_c, per segment [1].

    Raises
    ------
    DomainError
        If a number of segments is not positive.

    Notes
    -----
    ``chi_c = (1/sqrt(N_1) + 1/sqrt(N_2))**2/2``: 2 for two small molecules, 0.5 for one in a long polymer.
    Both amorphous. Source: flory1953.

    Examples
    --------
    >>> critical_chi(1.0, [1.0, 100.0])
    array([2.   , 0.605])
    """
    one = require_positive("drug_segments", drug_segments, "")
    other = require_positive("polymer_segments", polymer_segments, "")
    return np.asarray((1.0 / np.sqrt(one) + 1.0 / np.sqrt(other)) ** 2 / 2.0)


def spinodal_drug_fraction(chi: ArrayLike, polymer_segments: ArrayLike) -> Floats:
    """Drug in an amorphous mixture at which it falls apart by itself, without a nucleus.

    Parameters
    ----------
    chi : array_like, shape (draws,)
        Interaction parameter per drug molecule; negative if they attract [1].
    polymer_segments : array_like, shape (draws,)
        N, volume of a chain over that of a drug molecule [1].

    Returns
    -------
    ndarray, shape (draws,)
        Volume fraction of drug; 1 where chi does not exceed the critical one [1].

    Raises
    ------
    DomainError
        If chi is not in -300..300 or N is not positive.

    Notes
    -----
    The smaller root of ``1/phi + 1/(N (1 - phi)) = 2 chi``. A mixture below it, but above
    `largest_mixed_drug_fraction`, lasts for a while. Source: flory1953.

    Examples
    --------
    Two like molecules: (1 - sqrt(1 - 2/chi))/2

    >>> float(spinodal_drug_fraction(2.6666667, 1.0))
    0.25
    """
    interaction, segments = _interaction(chi), require_positive("polymer_segments", polymer_segments, "")
    return _spinodal(interaction, segments)[0]


def crystal_activity(heat_of_fusion: ArrayLike, melting_temperature: ArrayLike, temperature: ArrayLike) -> Floats:
    """Activity of a crystalline drug against its undercooled melt: its ideal solubility as mole fraction.

    Parameters
    ----------
    heat_of_fusion : array_like, shape (draws,)
        Heat of fusion at the melting point [J/mol].
    melting_temperature : array_like, shape (draws,)
        Melting point [K].
    temperature : array_like, shape (draws,)
        Temperature of the mixture [K].

    Returns
    -------
    ndarray, shape (draws,)
        a; 1 above the melting point, where there are no crystals [1].

    Raises
    ------
    DomainError
        If a number is not positive.

    Notes
    -----
    ``ln a = -(H/R) (1/T - 1/T_m)``: the heat capacities of crystal and melt are taken as equal, which far below the
    melting point gives too small an activity. Source: marsac2009.

    Examples
    --------
    Paracetamol, 28.1 kJ/mol, 442 K, at 298 K:

    >>> float(crystal_activity(28100.0, 442.0, 298.0))
    0.0248
    """
    heat = require_positive("heat_of_fusion", heat_of_fusion, "J/mol")
    melting = require_positive("melting_temperature", melting_temperature, "K")
    at = require_positive("temperature", temperature, "K")
    return np.asarray(np.exp(np.minimum(0.0, -heat / GAS_CONSTANT * (1.0 / at - 1.0 / melting))))


def largest_mixed_drug_fraction(chi: ArrayLike, polymer_segments: ArrayLike, drug_activity: ArrayLike = 1.0) -> Floats:
    """Most drug that stays mixed with a polymer at equilibrium, by volume.

    Parameters
    ----------
    chi : array_like, shape (draws,)
        Interaction parameter per drug molecule; negative if they attract [1].
    polymer_segments : array_like, shape (draws,)
        N, volume of a chain over that of a drug molecule [1].
    drug_activity : array_like, shape (draws,), optional
        Activity of the solid drug: 1 if it stays amorphous, `crystal_activity` if it may crystallise [1].

    Returns
    -------
    ndarray, shape (draws,)
        Volume of drug per volume of mixture [1].

    Raises
    ------
    DomainError
        If chi is not in -300..300, N is not positive, or the activity is not in 1e-100..1.

    Notes
    -----
    The smaller of two fractions phi. With crystals, where the drug in the mixture has their activity:
    ``ln a = ln phi + (1 - 1/N)(1 - phi) + chi (1 - phi)**2``. Without, the binodal: where a phase rich in polymer and
    one rich in drug have the same activity of both. Bisection in both, to ten digits.
    Above the limit drug comes out in time, which in a glass may be longer than its use; water, which a particle
    takes up, lowers it. chi is taken to be the same at all compositions. Sources: flory1953, marsac2009.

    Examples
    --------
    No interaction and a like molecule: the ideal solubility. Then two liquids, mixed and not:

    >>> float(largest_mixed_drug_fraction(0.0, 1.0, 0.2))
    0.2
    >>> largest_mixed_drug_fraction([1.9, 2.3], 1.0)
    array([1.    , 0.2039])
    """
    interaction, segments = _interaction(chi), require_positive("polymer_segments", polymer_segments, "")
    activity = np.asarray(drug_activity, dtype=np.float64)
    require(
        "drug_activity",
        activity,
        "",
        (activity >= SMALLEST_ACTIVITY) & (activity <= 1.0),
        f"{SMALLEST_ACTIVITY:g} to 1",
    )
    interaction, segments, activity = np.broadcast_arrays(interaction, segments, activity)
    low, high = _spinodal(interaction, segments)
    parts = low < high
    liquid = np.ones_like(low)
    if parts.any():
        liquid[parts] = _binodal(interaction[parts], segments[parts], low[parts], high[parts])

    def is_below(logarithm: Floats) -> NDArray[np.bool_]:
        drug = np.exp(logarithm)
        return np.asarray(_drug(drug, 1.0 - drug, interaction, segments) < np.log(activity))

    return np.exp(_halve(np.log(liquid), is_below))


def loading_from_volume_fraction(
    drug_volume_fraction: ArrayLike, drug_density: ArrayLike, polymer_density: ArrayLike
) -> Floats:
    """Drug loading by mass from the volume fraction of drug in its mixture with the polymer.

    Parameters
    ----------
    drug_volume_fraction : array_like, shape (draws,)
        phi, volume of drug per volume of mixture [1].
    drug_density : array_like, shape (draws,)
        Density of the drug [kg/m**3].
    polymer_density : array_like, shape (draws,)
        Density of the polymer [kg/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        DL, drug per loaded carrier [kg/kg].

    Raises
    ------
    DomainError
        If phi is not in 0..1 or a density is not positive.

    Notes
    -----
    ``DL = phi rho_d/(phi rho_d + (1 - phi) rho_p)``; volumes add. Source: mass balance.

    Examples
    --------
    >>> float(loading_from_volume_fraction(0.5, 1500.0, 1000.0))
    0.6
    """
    share = require_fraction("drug_volume_fraction", drug_volume_fraction)
    drug = share * require_positive("drug_density", drug_density, "kg/m**3")
    polymer = (1.0 - share) * require_positive("polymer_density", polymer_density, "kg/m**3")
    return np.asarray(drug / (drug + polymer))


def _interaction(chi: ArrayLike) -> Floats:
    given = np.asarray(chi, dtype=np.float64)
    return require("chi", given, "", np.abs(given) <= LARGEST_CHI, f"-{LARGEST_CHI:g} to {LARGEST_CHI:g}")


def _drug(drug: Floats, polymer: Floats, chi: Floats, segments: Floats) -> Floats:
    """Give the logarithm of the activity of the drug, from the two volume fractions."""
    logarithm = np.where(drug > 0.5, np.log1p(-np.minimum(polymer, 0.5)), np.log(drug))  # no cancellation
    return np.asarray(logarithm + (1.0 - 1.0 / segments) * polymer + chi * polymer**2)


def _polymer(drug: Floats, polymer: Floats, chi: Floats, segments: Floats) -> Floats:
    """Give the logarithm of the activity of the polymer, per segment."""
    return np.asarray(np.log(polymer) / segments - (1.0 - 1.0 / segments) * drug + chi * drug**2)


def _spinodal(chi: Floats, segments: Floats) -> tuple[Floats, Floats]:
    """Give the drug fractions between which a mixture is unstable; both 1 where it nowhere is."""
    unstable = chi > critical_chi(1.0, segments)
    safe = np.where(unstable, chi, 2.0)
    half = safe + 0.5 - 0.5 / segments  # 2 chi phi**2 - 2 half phi + 1 = 0
    root = np.sqrt(np.maximum(half**2 - 2.0 * safe, 0.0))
    # the smaller root by Vieta: no difference of near numbers
    return np.where(unstable, 1.0 / (half + root), 1.0), np.where(unstable, (half + root) / (2.0 * safe), 1.0)


def _binodal(chi: Floats, segments: Floats, low: Floats, high: Floats) -> Floats:
    """Give the drug fraction of the phase rich in polymer that coexists with one rich in drug."""
    least = _drug(high, 1.0 - high, chi, segments)

    def is_below(logarithm: Floats) -> NDArray[np.bool_]:
        poor = np.exp(logarithm)
        activity = _drug(poor, 1.0 - poor, chi, segments)

        def is_richer(log_polymer: Floats) -> NDArray[np.bool_]:
            polymer = np.exp(log_polymer)
            return np.asarray(_drug(1.0 - polymer, polymer, chi, segments) > activity)

        polymer = np.exp(_halve(np.log1p(-high), is_richer))
        more = _polymer(1.0 - polymer, polymer, chi, segments) > _polymer(poor, 1.0 - poor, chi, segments)
        return np.asarray((activity < least) | ((activity < 0.0) & more))

    return np.exp(_halve(np.log(low), is_below))


def _halve(largest: Floats, is_below: Callable[[Floats], NDArray[np.bool_]]) -> Floats:
    """Give the point, not above `largest`, up to which the condition holds."""
    floor, ceiling = np.full_like(largest, SMALLEST_LOG), largest
    for _ in range(HALVINGS):
        middle = (floor + ceiling) / 2.0
        below = is_below(middle)
        floor, ceiling = np.where(below, middle, floor), np.where(below, ceiling, middle)
    return np.where(is_below(largest), largest, ceiling)
