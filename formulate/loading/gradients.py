"""Remote loading of ready vesicles by the full balance: drug, the ion it displaces, charge and pH inside.

Three unknowns, the pH inside, the dissolved drug and the precipitated drug, from three balances: of charge in the
inner water, of the drug, and of the volatile partner (ammonia, acetic acid) that leaves. Neutral molecules reach one
concentration on both sides; ions stay. The charge balance falls steadily with the pH, and so does it rise with the
precipitate: each has one root, found by bisection in all draws at once. Compare Ceh and Lasic, Langmuir 1995, 11,
3356, who treat the same gradients with precipitate and bilayer.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive
from formulate.loading.remote import Kind, RemoteLoading

Floats: TypeAlias = NDArray[np.float64]

# dissociation constants in water at 25 degC, without ionic strength
WATER_PKA = 14.0
AMMONIUM_PKA = 9.25
HYDROGENSULFATE_PKA = 1.99
ACETIC_ACID_PKA = 4.76
CITRIC_ACID_PKAS = (3.13, 4.76, 6.40)
NEVER = -50.0  # pKa of an ion that takes up no proton

HALVINGS = 60  # of an interval of 14 pH units: 1e-17, below the rounding of a pH


def ammonium_sulfate_loading(
    pka: ArrayLike,
    ph_outside: ArrayLike,
    sulfate_concentration: ArrayLike,
    trapped_fraction: ArrayLike,
    drug_concentration: ArrayLike,
    membrane_ratio: ArrayLike = 0.0,
    salt_solubility: ArrayLike = np.inf,
    kind: Kind = "base",
) -> RemoteLoading:
    """Remote loading of a weak base by an ammonium sulfate gradient.

    Parameters
    ----------
    pka : array_like, shape (draws,)
        pKa of the conjugate acid of the drug [1].
    ph_outside : array_like, shape (draws,)
        pH of the outer water, held by its buffer [1].
    sulfate_concentration : array_like, shape (draws,)
        Ammonium sulfate in the inner water at hydration; none outside [mol/m**3].
    trapped_fraction : array_like, shape (draws,)
        phi, inner water per volume of suspension [1].
    drug_concentration : array_like, shape (draws,)
        All drug per volume of suspension [mol/m**3].
    membrane_ratio : array_like, shape (draws,), optional
        Drug in the bilayers over drug dissolved in as much outer water: distribution coefficient at the outer pH
        times lipid per volume of suspension [1].
    salt_solubility : array_like, shape (draws,), optional
        Drug ion dissolved at equilibrium with its solid sulfate in the ammonium sulfate solution of the hydration;
        unlimited unless given [mol/m**3].
    kind : {"base", "acid"}, optional
        Whether the drug is a weak base or a weak acid; an acid is refused.

    Returns
    -------
    RemoteLoading
        Shares of the drug, pH inside, concentration inside.

    Raises
    ------
    DomainError
        If a value is out of range, or the drug is a weak acid.

    Notes
    -----
    Charge inside ``[NH4] + [BH] + [H] = 2 [SO4] + [HSO4] + [OH]``; each drug ion that comes in displaces one
    ammonium ion, which leaves as ammonia. The salt ``(BH)2 SO4`` has the product ``[BH]^2 S`` with S the dissolved
    sulfate of both forms, so its solubility grows as the sulfate goes into the solid. One basic group; activities
    are 1, no change of volume by osmosis, no drug bound in the inner leaflet beyond `membrane_ratio`. pKa values at
    the temperature of loading should be used for the drug; those of ammonium (9.25) and hydrogensulfate (1.99) are
    at 25 degC. Equilibrium: not how fast. Source: charge and mass balance.

    Examples
    --------
    A base of pKa 8.2, 3.45 mmol/L, into 250 mmol/L of ammonium sulfate in 4 % of the volume; with a sulfate that
    dissolves to 2 mmol/L; without precipitate the exchange formula gives 20/23.45 = 0.853:

    >>> ammonium_sulfate_loading(8.2, 7.4, 250.0, 0.04, 3.45, salt_solubility=[np.inf, 2.0]).encapsulation_efficiency
    array([0.838, 0.994])
    """
    _require_kind(kind, "base", pka, "the neutral acid leaves an acid core; load acids by a calcium acetate gradient")
    given = (pka, ph_outside, sulfate_concentration, trapped_fraction, drug_concentration)
    return _exchange(*_checked(*given, membrane_ratio, salt_solubility), AMMONIUM_PKA, HYDROGENSULFATE_PKA)


def calcium_acetate_loading(
    pka: ArrayLike,
    ph_outside: ArrayLike,
    calcium_concentration: ArrayLike,
    trapped_fraction: ArrayLike,
    drug_concentration: ArrayLike,
    membrane_ratio: ArrayLike = 0.0,
    salt_solubility: ArrayLike = np.inf,
    kind: Kind = "acid",
) -> RemoteLoading:
    """Remote loading of a weak acid by a calcium acetate gradient.

    Parameters
    ----------
    pka : array_like, shape (draws,)
        pKa of the drug [1].
    ph_outside : array_like, shape (draws,)
        pH of the outer water, held by its buffer [1].
    calcium_concentration : array_like, shape (draws,)
        Calcium acetate in the inner water at hydration; none outside [mol/m**3].
    trapped_fraction : array_like, shape (draws,)
        phi, inner water per volume of suspension [1].
    drug_concentration : array_like, shape (draws,)
        All drug per volume of suspension [mol/m**3].
    membrane_ratio : array_like, shape (draws,), optional
        Drug in the bilayers over drug dissolved in as much outer water: distribution coefficient at the outer pH
        times lipid per volume of suspension [1].
    salt_solubility : array_like, shape (draws,), optional
        Drug ion dissolved at equilibrium with its solid calcium salt in the calcium acetate solution of the
        hydration; unlimited unless given [mol/m**3].
    kind : {"base", "acid"}, optional
        Whether the drug is a weak base or a weak acid; a base is refused.

    Returns
    -------
    RemoteLoading
        Shares of the drug, pH inside, concentration inside.

    Raises
    ------
    DomainError
        If a value is out of range, or the drug is a weak base.

    Notes
    -----
    Charge inside ``2 [Ca] + [H] = [OAc] + [A] + [OH]``; each drug ion that comes in displaces one acetate ion, which
    leaves as acetic acid, and the inside turns alkaline. It is the mirror image of the ammonium sulfate gradient,
    with pH and pKa counted from 14, and computed so. The salt ``Ca A2`` has the product ``[A]^2 [Ca]``. Acetic acid
    (pKa 4.76) is weak at an outer pH of 7: a slow gradient, but the same balance. No calcium hydroxide, no calcium on
    the bilayer; otherwise as for `ammonium_sulfate_loading`. Source: charge and mass balance.

    Examples
    --------
    An acid of pKa 4.0, 5 mmol/L, into 200 mmol/L of calcium acetate in 5 % of the volume: 20/(20 + 5) is

    >>> float(calcium_acetate_loading(4.0, 7.4, 200.0, 0.05, 5.0).encapsulation_efficiency)
    0.800
    """
    _require_kind(kind, "acid", pka, "the neutral base leaves an alkaline core; load bases by ammonium sulfate")
    given = (pka, ph_outside, calcium_concentration, trapped_fraction, drug_concentration)
    acid, outside, calcium, inner, drug, membrane, solubility = _checked(*given, membrane_ratio, salt_solubility)
    rest = (calcium, inner, drug, membrane, solubility)
    mirrored = _exchange(WATER_PKA - acid, WATER_PKA - outside, *rest, WATER_PKA - ACETIC_ACID_PKA, NEVER)
    return replace(mirrored, ph_inside=np.asarray(WATER_PKA - mirrored.ph_inside))


def buffer_gradient_loading(
    pka: ArrayLike,
    ph_outside: ArrayLike,
    ph_inside: ArrayLike,
    buffer_concentration: ArrayLike,
    trapped_fraction: ArrayLike,
    drug_concentration: ArrayLike,
    membrane_ratio: ArrayLike = 0.0,
    kind: Kind = "base",
    buffer_pkas: Sequence[ArrayLike] = CITRIC_ACID_PKAS,
) -> RemoteLoading:
    """Remote loading by a pH gradient, with the buffer inside titrated by the drug.

    Parameters
    ----------
    pka : array_like, shape (draws,)
        pKa of the drug, of its conjugate acid if it is a base [1].
    ph_outside : array_like, shape (draws,)
        pH of the outer water, held by its buffer [1].
    ph_inside : array_like, shape (draws,)
        pH of the inner water before loading [1].
    buffer_concentration : array_like, shape (draws,)
        Buffer in the inner water, all its forms [mol/m**3].
    trapped_fraction : array_like, shape (draws,)
        phi, inner water per volume of suspension [1].
    drug_concentration : array_like, shape (draws,)
        All drug per volume of suspension [mol/m**3].
    membrane_ratio : array_like, shape (draws,), optional
        Drug in the bilayers over drug dissolved in as much outer water: distribution coefficient at the outer pH
        times lipid per volume of suspension [1].
    kind : {"base", "acid"}, optional
        Whether the drug is a weak base or a weak acid.
    buffer_pkas : sequence of array_like, each shape (draws,), optional
        pKa of each step of the acid that makes the buffer, rising; citric acid unless given [1].

    Returns
    -------
    RemoteLoading
        Shares of the drug, pH inside, concentration inside; nothing precipitates.

    Raises
    ------
    DomainError
        If a value is out of range, or the gradient drives the drug out.

    Notes
    -----
    ``[Na] + [H] + [BH] = [OH] + C sum_i i b_i`` with ``b_i`` the share of buffer that has lost i protons; the
    sodium follows from the pH before loading. Buffer ions and sodium do not cross the bilayer, salts of drug and
    buffer are taken as soluble, activities are 1. With much buffer it is `accumulation_ratio` at the pH before.
    Source: charge and mass balance.

    Examples
    --------
    A base of pKa 8.2 into 300 mmol/L of citrate at pH 4.0 in 4 % of the volume; the pH before loading promises 0.989:

    >>> buffer_gradient_loading(8.2, 7.4, 4.0, 300.0, 0.04, [3.45, 10.0]).encapsulation_efficiency
    array([0.968, 0.866])
    """
    drug_pka, outside, buffer, inner, drug, membrane, _ = _checked(
        pka, ph_outside, buffer_concentration, trapped_fraction, drug_concentration, membrane_ratio, np.inf
    )
    before = _ph("ph_inside", ph_inside)
    steps = [_pka("buffer_pkas", value) for value in buffer_pkas]
    sign = 1.0 if kind == "base" else -1.0
    inward = sign * (outside - before) >= 0.0
    hint = "a weak base gathers in an acid core, a weak acid in an alkaline one"
    require("ph_inside", before, "", inward, f"{'<=' if kind == 'base' else '>='} pH outside", hint)
    outer = 1.0 - inner + membrane
    total_outside = _total_per_neutral(drug_pka, outside, sign)

    def neutral(ph: Floats) -> Floats:
        return np.asarray(drug / (inner * _total_per_neutral(drug_pka, ph, sign) + outer * total_outside))

    def charge(ph: Floats) -> Floats:
        ion = neutral(ph) * (_total_per_neutral(drug_pka, ph, sign) - 1.0)
        return np.asarray(sign * ion + _free_charge(ph) - buffer * _protons_lost(ph, steps) - start)

    start = _free_charge(before) - buffer * _protons_lost(before, steps)  # what sodium balances
    shape = np.broadcast(drug_pka, outside, before, buffer, inner, drug, membrane, *steps).shape
    ph = _falling_root(charge, np.zeros(shape), np.full(shape, WATER_PKA))
    free = neutral(ph)
    dissolved = free * _total_per_neutral(drug_pka, ph, sign)
    return _shares(drug, inner, dissolved, np.zeros(shape), membrane, free * total_outside, ph)


def _exchange(
    pka: Floats,
    ph_outside: Floats,
    counterion: Floats,
    inner: Floats,
    drug: Floats,
    membrane: Floats,
    solubility: Floats,
    volatile_pka: float,
    counterion_pka: float,
) -> RemoteLoading:
    """Solve the exchange of a base against ammonium beside a divalent anion that stays."""
    given = np.broadcast_arrays(pka, ph_outside, counterion, inner, drug, membrane, solubility)
    shape = given[0].shape
    pka, ph_outside, counterion, inner, drug, membrane, solubility = (np.ravel(each) for each in given)
    outer = 1.0 - inner + membrane
    total_outside = _total_per_neutral(pka, ph_outside)
    # ammonia is not taken up by the bilayers
    volatile = 2.0 * counterion * inner
    volatile_outside = _total_per_neutral(volatile_pka, ph_outside) * (1.0 - inner)

    def charge(ph: Floats, ion: Floats, dissolved_counterion: Floats, at: NDArray[np.bool_]) -> Floats:
        per_neutral = _total_per_neutral(volatile_pka, ph)
        ammonium = volatile[at] / (inner[at] * per_neutral + volatile_outside[at]) * (per_neutral - 1.0)
        protonated = 1.0 / (1.0 + 10.0 ** (ph - counterion_pka))
        return np.asarray(ammonium + ion + _free_charge(ph) - dissolved_counterion * (2.0 - protonated))

    def neutral(ph: Floats) -> Floats:
        return np.asarray(drug / (inner * _total_per_neutral(pka, ph) + outer * total_outside))

    def all_dissolved(ph: Floats) -> Floats:
        ion = neutral(ph) * (_total_per_neutral(pka, ph) - 1.0)
        return charge(ph, ion, counterion, np.ones(ph.shape, dtype=np.bool_))

    ph = _falling_root(all_dissolved, np.zeros(drug.shape), np.full(drug.shape, WATER_PKA))
    free = neutral(ph)
    dissolved = free * _total_per_neutral(pka, ph)
    solid = np.zeros(drug.shape)
    at = dissolved - free > solubility  # the solution would be supersaturated
    if at.any():
        product = solubility[at] ** 2 * counterion[at]
        room = inner[at] + outer[at] * total_outside[at]

        def with_solid(share: Floats) -> tuple[Floats, Floats, Floats, Floats]:
            """Give counterion and ion dissolved, neutral drug and pH, if a share of the counterion is solid."""
            left = counterion[at] * (1.0 - share)
            ion = np.sqrt(product / left)
            remaining = (drug[at] - inner[at] * (2.0 * counterion[at] * share + ion)) / room
            possible = np.maximum(remaining, np.finfo(float).tiny)
            # ion and neutral drug together give the pH
            return left, ion, possible, np.asarray(pka[at] - np.log10(ion) + np.log10(possible))

        def excess(share: Floats) -> Floats:
            left, ion, _, ph_then = with_solid(share)
            return -charge(np.clip(ph_then, -WATER_PKA, 2.0 * WATER_PKA), ion, left, at)

        most = np.minimum(1.0, drug[at] / (2.0 * counterion[at] * inner[at])) * (1.0 - 1e-12)
        share = _falling_root(excess, np.zeros(most.shape), most)
        _, ion, free[at], ph[at] = with_solid(share)
        dissolved[at] = ion + free[at]
        solid[at] = 2.0 * counterion[at] * share
    results = (drug, inner, dissolved, solid, membrane, free * total_outside, ph)
    return _shares(*(np.reshape(each, shape) for each in results))


def _falling_root(function: Callable[[Floats], Floats], low: Floats, high: Floats) -> Floats:
    """Give where a function that falls from low to high is zero, in each draw."""
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        above = function(middle) > 0.0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.asarray(0.5 * (low + high))


def _total_per_neutral(pka: Floats | float, ph: Floats, sign: float = 1.0) -> Floats:
    """All drug per neutral drug, of a base (sign 1) or an acid (sign -1) [1]."""
    return np.asarray(1.0 + 10.0 ** (sign * (pka - ph)))


def _free_charge(ph: Floats) -> Floats:
    """Hydrogen ions less hydroxide ions [mol/m**3]."""
    return np.asarray(10.0 ** (3.0 - ph) - 10.0 ** (3.0 + ph - WATER_PKA))


def _protons_lost(ph: Floats, pkas: Sequence[Floats]) -> Floats:
    """Mean number of protons that a buffer molecule has lost [1]."""
    weight, total, lost = np.ones_like(ph), np.ones_like(ph), np.zeros_like(ph)
    for step, pka in enumerate(pkas, start=1):
        weight = weight * 10.0 ** (ph - pka)
        total, lost = total + weight, lost + step * weight
    return np.asarray(lost / total)


def _shares(
    drug: Floats, inner: Floats, dissolved: Floats, solid: Floats, membrane: Floats, outside: Floats, ph: Floats
) -> RemoteLoading:
    """Turn concentrations in inner and outer water into shares of all the drug."""
    outer_water = (1.0 - inner) * outside / drug
    return RemoteLoading(
        encapsulation_efficiency=np.asarray(1.0 - outer_water),
        inner_water=np.asarray(inner * dissolved / drug),
        precipitate=np.asarray(inner * solid / drug),
        membrane=np.asarray(membrane * outside / drug),
        outer_water=np.asarray(outer_water),
        ph_inside=np.asarray(ph),
        inner_concentration=np.asarray(dissolved + solid),
    )


def _checked(
    pka: ArrayLike,
    ph_outside: ArrayLike,
    counterion: ArrayLike,
    trapped_fraction: ArrayLike,
    drug_concentration: ArrayLike,
    membrane_ratio: ArrayLike,
    salt_solubility: ArrayLike,
) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats, Floats]:
    """Refuse what no loading can have."""
    inner = require_positive("trapped_fraction", require_fraction("trapped_fraction", trapped_fraction), "")
    solubility = np.asarray(salt_solubility, dtype=np.float64)
    return (
        _pka("pka", pka),
        _ph("ph_outside", ph_outside),
        require_positive("concentration inside", counterion, "mol/m**3"),
        require("trapped_fraction", inner, "", inner < 1.0, "< 1", "some water must be outside"),
        require_positive("drug_concentration", drug_concentration, "mol/m**3"),
        require_not_negative("membrane_ratio", membrane_ratio, ""),
        require("salt_solubility", solubility, "mol/m**3", solubility > 0.0, "> 0"),
    )


def _ph(name: str, ph: ArrayLike) -> Floats:
    given = np.asarray(ph, dtype=np.float64)
    return require(name, given, "", (given >= 0.0) & (given <= WATER_PKA), "0 to 14")


def _pka(name: str, pka: ArrayLike) -> Floats:
    given = np.asarray(pka, dtype=np.float64)
    return require(name, given, "", (given >= -20.0) & (given <= 50.0), "-20 to 50")


def _require_kind(kind: Kind, needed: Kind, pka: ArrayLike, hint: str) -> None:
    """Refuse a drug that the gradient would drive out."""
    if kind not in ("base", "acid"):
        raise ValueError(f"kind is 'base' or 'acid', not {kind!r}")
    require("pka", pka, "", kind == needed, f"the pKa of a weak {needed}", hint)
