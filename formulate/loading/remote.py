"""Remote loading of ready vesicles in closed form: pH ratio, ceiling, exchange against the ions inside.

The neutral drug crosses the bilayer, its ion does not: a weak base gathers where it is acid, a weak acid where it
is alkaline. The gradient is used up as the drug goes in; `formulate.loading.gradients` counts that in full.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive
from formulate.ionisation import neutral_fraction

Floats: TypeAlias = NDArray[np.float64]
Kind: TypeAlias = Literal["base", "acid"]


@dataclass(frozen=True)
class RemoteLoading:
    """Where the drug is when remote loading has come to equilibrium.

    Attributes
    ----------
    encapsulation_efficiency : ndarray, shape (draws,)
        Share of all the drug held by the vesicles, all but the outer water [1].
    inner_water : ndarray, shape (draws,)
        Share dissolved in the inner water [1].
    precipitate : ndarray, shape (draws,)
        Share inside as a solid salt [1].
    membrane : ndarray, shape (draws,)
        Share in the bilayers [1].
    outer_water : ndarray, shape (draws,)
        Share dissolved outside [1].
    ph_inside : ndarray, shape (draws,)
        pH of the inner water after loading [1].
    inner_concentration : ndarray, shape (draws,)
        Drug per inner water, dissolved and solid together [mol/m**3].
    """

    encapsulation_efficiency: Floats
    inner_water: Floats
    precipitate: Floats
    membrane: Floats
    outer_water: Floats
    ph_inside: Floats
    inner_concentration: Floats


def accumulation_ratio(pka: ArrayLike, ph_inside: ArrayLike, ph_outside: ArrayLike, kind: Kind = "base") -> Floats:
    """Drug in the inner water over drug in the outer water, by concentration.

    Parameters
    ----------
    pka : array_like, shape (draws,)
        pKa of the drug, of its conjugate acid if it is a base, at the temperature of loading [1].
    ph_inside : array_like, shape (draws,)
        pH of the inner water after loading [1].
    ph_outside : array_like, shape (draws,)
        pH of the outer water [1].
    kind : {"base", "acid"}, optional
        Whether the drug is a weak base or a weak acid.

    Returns
    -------
    ndarray, shape (draws,)
        R, concentration inside over concentration outside, ion and neutral drug together [1].

    Raises
    ------
    DomainError
        If a pH is not in 0..14, pKa not in -20..50, or the gradient drives the drug out: an inner water more
        alkaline than the outer one for a base, more acid for an acid.

    Notes
    -----
    Base ``R = (1 + 10**(pKa - pH_in))/(1 + 10**(pKa - pH_out))``, acid
    ``R = (1 + 10**(pH_in - pKa))/(1 + 10**(pH_out - pKa))``: the neutral drug has one concentration on both sides.
    One ionising group, no ion through the bilayer. The pH inside is that after loading: the pH before overstates
    R, often a hundredfold. Source: Henderson-Hasselbalch on both sides of the bilayer.

    Examples
    --------
    >>> float(accumulation_ratio(8.2, 4.0, 7.4))
    2168.4
    >>> float(accumulation_ratio(4.0, 7.4, 7.4, "acid"))
    1.0
    """
    inside, outside = np.asarray(ph_inside, dtype=np.float64), np.asarray(ph_outside, dtype=np.float64)
    match kind:
        case "base":
            ratio = neutral_fraction(outside, base_pkas=[pka]) / neutral_fraction(inside, base_pkas=[pka])
            hint = "a weak base gathers in an acid core; an alkaline core takes up weak acids"
            require("ph_inside", inside, "", inside <= outside, "<= pH outside for a base", hint)
        case "acid":
            ratio = neutral_fraction(outside, acid_pkas=[pka]) / neutral_fraction(inside, acid_pkas=[pka])
            hint = "a weak acid is driven out of an acid core; load it by a calcium acetate gradient"
            require("ph_inside", inside, "", inside >= outside, ">= pH outside for an acid", hint)
        case _:
            assert_never(kind)
    return np.asarray(ratio)


def remote_efficiency(accumulation_ratio: ArrayLike, trapped_fraction: ArrayLike) -> Floats:
    """Encapsulation efficiency at a known ratio of inner to outer concentration.

    Parameters
    ----------
    accumulation_ratio : array_like, shape (draws,)
        R, drug concentration in the inner water over that in the outer water [1].
    trapped_fraction : array_like, shape (draws,)
        phi, inner water per volume of suspension [1].

    Returns
    -------
    ndarray, shape (draws,)
        EE, share of all the drug that is inside [1].

    Raises
    ------
    DomainError
        If R is negative or phi not in 0..1.

    Notes
    -----
    ``EE = R phi/(R phi + 1 - phi)``. R from the pH before loading gives the limit of little drug.
    Source: mass balance.

    Examples
    --------
    >>> float(remote_efficiency(2168.5, 0.04))
    0.98905
    """
    ratio = require_not_negative("accumulation_ratio", accumulation_ratio, "")
    inner = require_fraction("trapped_fraction", trapped_fraction)
    # R may be 0 and phi 1, but not both
    possible = (ratio > 0.0) | (inner < 1.0)
    require("accumulation_ratio", ratio, "", possible, "> 0 where all the water is inside")
    return np.asarray(ratio * inner / (ratio * inner + 1.0 - inner))


def largest_drug_to_lipid(
    counterion_concentration: ArrayLike, trapped_volume: ArrayLike, charge: ArrayLike = 2.0
) -> Floats:
    """Most drug that the ions inside the vesicles can hold, per lipid.

    Parameters
    ----------
    counterion_concentration : array_like, shape (draws,)
        Sulfate, or calcium for an acid, in the inner water at hydration [mol/m**3].
    trapped_volume : array_like, shape (draws,)
        Inner water per amount of lipid [m**3/mol].
    charge : array_like, shape (draws,), optional
        Charges of that ion: 2 for sulfate and calcium [1].

    Returns
    -------
    ndarray, shape (draws,)
        Ceiling of drug per lipid [mol/mol].

    Raises
    ------
    DomainError
        If a value is not positive.

    Notes
    -----
    ``z C V``: one drug ion of a single charge for each charge of the trapped ion. Drug in the bilayer comes on top.
    Rarely what limits: at this load the gradient is gone. Source: charge balance.

    Examples
    --------
    250 mmol/L of sulfate in 1.85 L/mol:

    >>> float(largest_drug_to_lipid(250.0, 1.85e-3))
    0.925
    """
    concentration = require_positive("counterion_concentration", counterion_concentration, "mol/m**3")
    trapped = require_positive("trapped_volume", trapped_volume, "m**3/mol")
    return np.asarray(require_positive("charge", charge, "") * concentration * trapped)


def exchange_efficiency(
    counterion_concentration: ArrayLike,
    trapped_fraction: ArrayLike,
    drug_concentration: ArrayLike,
    charge: ArrayLike = 2.0,
) -> Floats:
    """Encapsulation efficiency where each drug ion displaces one ammonium (or acetate) ion, in closed form.

    Parameters
    ----------
    counterion_concentration : array_like, shape (draws,)
        Sulfate, or calcium for an acid, in the inner water at hydration [mol/m**3].
    trapped_fraction : array_like, shape (draws,)
        phi, inner water per volume of suspension [1].
    drug_concentration : array_like, shape (draws,)
        All drug per volume of suspension [mol/m**3].
    charge : array_like, shape (draws,), optional
        Charges of the trapped ion: 2 for sulfate and calcium [1].

    Returns
    -------
    ndarray, shape (draws,)
        EE, share of all the drug that is inside [1].

    Raises
    ------
    DomainError
        If a concentration or the charge is not positive, or phi is not above 0 and at most 1.

    Notes
    -----
    ``EE = N/(N + D)`` with ``N = z C phi``. Drug and ammonium are drawn in by the same pH difference, so both are
    inside to the same share, and together they balance the charge N. Exact for a base that is as good as all
    ionised at the outer pH; otherwise too high (0.02 at pKa 8.2, pH 7.4). No precipitate, which raises EE, no drug
    in the bilayer, no ammonium outside at the start. Source: charge balance.

    Examples
    --------
    250 mmol/L of sulfate in 4 % of the volume hold 20 mmol/L of charge; as much drug is half taken up:

    >>> exchange_efficiency(250.0, 0.04, [5.0, 20.0])
    array([0.8, 0.5])
    """
    concentration = require_positive("counterion_concentration", counterion_concentration, "mol/m**3")
    inner = require_positive("trapped_fraction", require_fraction("trapped_fraction", trapped_fraction), "")
    drug = require_positive("drug_concentration", drug_concentration, "mol/m**3")
    held = require_positive("charge", charge, "") * concentration * inner
    return np.asarray(held / (held + drug))
