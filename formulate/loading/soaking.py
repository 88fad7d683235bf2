"""Loading a gel: a ready gel left in a bath of drug until it takes up no more, or drug mixed into what becomes the gel.

The partition coefficient is the concentration per volume of gel, its polymer included, over that in the bath at
equilibrium; `formulate.loading.partition` predicts it.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Soaked:
    """Where the drug of a bath is once a gel has taken up its part.

    Attributes
    ----------
    taken_up : ndarray, shape (draws,)
        Drug in the gel [kg].
    concentration_in_gel : ndarray, shape (draws,)
        Drug per volume of swollen gel [kg/m**3].
    bath_concentration_left : ndarray, shape (draws,)
        Drug per volume of liquid outside the gel, or in balance with the gel if no liquid is left [kg/m**3].
    share_taken_up : ndarray, shape (draws,)
        Drug in the gel per drug given to the bath, which is the encapsulation efficiency [1].
    """

    taken_up: Floats
    concentration_in_gel: Floats
    bath_concentration_left: Floats
    share_taken_up: Floats


def soak(
    bath_concentration: ArrayLike,
    bath_volume: ArrayLike,
    gel_volume: ArrayLike,
    partition: ArrayLike,
    liquid_swallowed: ArrayLike = 0.0,
) -> Soaked:
    """Drug that a gel without affinity takes up from a bath of limited volume until nothing moves.

    Parameters
    ----------
    bath_concentration : array_like, shape (draws,)
        C_0, drug dissolved in the bath before the gel goes in [kg/m**3].
    bath_volume : array_like, shape (draws,)
        V_b, of the bath before the gel goes in [m**3].
    gel_volume : array_like, shape (draws,)
        V_g, of the gel as swollen at the end [m**3].
    partition : array_like, shape (draws,)
        K, concentration per volume of gel over that in the bath at the end [1].
    liquid_swallowed : array_like, shape (draws,), optional
        V_s, liquid of the bath that the gel swells with; none if not given, a gel swollen before [m**3].

    Returns
    -------
    Soaked
        Drug in the gel and left outside [kg], [kg/m**3], [1].

    Raises
    ------
    DomainError
        If a concentration or partition is negative, a volume not positive, or the gel swallows more than the bath
        holds or more than its own volume; if it swallows all of the bath and holds nothing of it.

    Notes
    -----
    ``C_0 V_b = C (V_b - V_s + K V_g)``, taken up ``K V_g C``. The gel holds no drug before; the bath is neither
    replaced nor stirred into the gel, and nothing precipitates: K C must stay below what the gel water dissolves.
    Source: mass balance.

    Examples
    --------
    A gel of 1 mL in 9 mL at 1 kg/m**3, no exclusion: a tenth goes in.

    >>> found = soak(1.0, 9e-6, 1e-6, 1.0)
    >>> float(found.share_taken_up), float(found.bath_concentration_left)
    (0.1, 0.9)
    """
    start = require_not_negative("bath_concentration", bath_concentration, "kg/m**3")
    gel = require_positive("gel_volume", gel_volume, "m**3")
    bath, held = _rooms(bath_volume, gel, partition, liquid_swallowed)
    left = start * require_positive("bath_volume", bath_volume, "m**3") / (bath + held)
    taken_up = held * left
    share = np.broadcast_to(held / (bath + held), taken_up.shape)
    return Soaked(taken_up, np.asarray(taken_up / gel), np.asarray(left), np.asarray(share))


@dataclass(frozen=True)
class Bound:
    """Where the drug of a bath is once a gel with binding sites has taken up its part.

    Attributes
    ----------
    dissolved_in_gel : ndarray, shape (draws,)
        Drug free in the gel [mol].
    bound_in_gel : ndarray, shape (draws,)
        Drug on the sites of the gel [mol].
    bath_concentration_left : ndarray, shape (draws,)
        Drug per volume of liquid outside the gel [mol/m**3].
    share_taken_up : ndarray, shape (draws,)
        Drug in the gel, free and bound, per drug given to the bath [1].
    sites_taken : ndarray, shape (draws,)
        Sites with drug on them per sites [1].
    """

    dissolved_in_gel: Floats
    bound_in_gel: Floats
    bath_concentration_left: Floats
    share_taken_up: Floats
    sites_taken: Floats


def soak_with_affinity(
    bath_concentration: ArrayLike,
    bath_volume: ArrayLike,
    gel_volume: ArrayLike,
    partition: ArrayLike,
    site_concentration: ArrayLike,
    dissociation_constant: ArrayLike,
    liquid_swallowed: ArrayLike = 0.0,
) -> Bound:
    """Drug that a gel with reversible binding sites takes up from a bath of limited volume until nothing moves.

    Parameters
    ----------
    bath_concentration : array_like, shape (draws,)
        C_0, drug dissolved in the bath before the gel goes in, above 0 [mol/m**3].
    bath_volume : array_like, shape (draws,)
        V_b, of the bath before the gel goes in [m**3].
    gel_volume : array_like, shape (draws,)
        V_g, of the gel as swollen at the end [m**3].
    partition : array_like, shape (draws,)
        K, of the free drug, concentration per volume of gel over that in the bath [1].
    site_concentration : array_like, shape (draws,)
        B, sites for one molecule each, per volume of swollen gel [mol/m**3].
    dissociation_constant : array_like, shape (draws,)
        K_d, against the free drug in the liquid outside [mol/m**3].
    liquid_swallowed : array_like, shape (draws,), optional
        V_s, liquid of the bath that the gel swells with; none if not given, a gel swollen before [m**3].

    Returns
    -------
    Bound
        Drug free and bound in the gel and left outside [mol], [mol/m**3], [1].

    Raises
    ------
    DomainError
        If a concentration of drug or sites, a volume or K_d is not positive (no sites are fewer than none),
        otherwise as `soak`.

    Notes
    -----
    ``C_0 V_b = C V + B V_g C/(K_d + C)`` with ``V = V_b - V_s + K V_g``: a quadratic in C, whose positive root is
    taken in the form that keeps its digits. One kind of independent sites, each reached by the drug, nothing else
    that competes for them (salt, serum); exclusion of the free drug does not weaken the sites. Source: mass balance
    and the law of mass action.

    Examples
    --------
    1 mol in the bath, no exclusion, 1 mol of sites, K_d 0.5 mol/m**3 in 1 m**3 of bath and gel: 1 = C + C/(0.5 + C).

    >>> found = soak_with_affinity(2.0, 0.5, 0.5, 1.0, 2.0, 0.5)
    >>> float(found.bath_concentration_left), float(found.bound_in_gel)
    (0.5, 0.5)
    """
    start = require_positive("bath_concentration", bath_concentration, "mol/m**3")
    gel = require_positive("gel_volume", gel_volume, "m**3")
    bath, held = _rooms(bath_volume, gel, partition, liquid_swallowed)
    sites = gel * require_not_negative("site_concentration", site_concentration, "mol/m**3")
    half = require_positive("dissociation_constant", dissociation_constant, "mol/m**3")
    drug = start * require_positive("bath_volume", bath_volume, "m**3")
    room = bath + held
    linear = room * half + sites - drug
    root = np.sqrt(linear**2 + 4.0 * room * half * drug)
    # of the two forms of the root, the one that adds numbers of one sign
    left = np.where(linear > 0.0, 2.0 * half * drug / (np.abs(linear) + root), (np.abs(linear) + root) / (2.0 * room))
    taken = left / (half + left)
    free, bound = held * left, sites * taken
    return Bound(free, bound, left, np.asarray((free + bound) / drug), taken)


def kept_at_syneresis(
    drug_concentration: ArrayLike, solubility: ArrayLike, expelled_share: ArrayLike, partition: ArrayLike
) -> Floats:
    """Encapsulation efficiency of mixing: what stays of the drug when the gel shrinks and sweats liquid.

    Parameters
    ----------
    drug_concentration : array_like, shape (draws,)
        C_0, drug mixed in, dissolved or as crystals, per volume of gel before it shrinks [kg/m**3].
    solubility : array_like, shape (draws,)
        S, in the liquid expelled [kg/m**3].
    expelled_share : array_like, shape (draws,)
        s, volume expelled or washed off per volume of gel before it shrinks, below 1 [1].
    partition : array_like, shape (draws,)
        K, concentration of dissolved drug per volume of gel over that in the liquid expelled [1].

    Returns
    -------
    ndarray, shape (draws,)
        Drug kept per drug mixed in [1].

    Raises
    ------
    DomainError
        If the concentration or solubility is not positive, the partition is negative, or the expelled share is not
        from 0 to below 1.

    Notes
    -----
    ``1 - s C/C_0``, where the liquid carries ``C = C_0/(s + K (1 - s))``, or S as long as crystals stay to feed it.
    In balance with the gel, which is the most that one expulsion takes; washing many times takes more. Crystals,
    and drug bound to the network, stay. Source: mass balance.

    Examples
    --------
    A tenth of the volume is lost, without exclusion: a tenth of dissolved drug, a thousandth if crystals hold the rest.

    >>> kept_at_syneresis([1.0, 100.0], [2.0, 1.0], 0.1, 1.0)
    array([0.9  , 0.999])
    """
    whole = require_positive("drug_concentration", drug_concentration, "kg/m**3")
    dissolves = require_positive("solubility", solubility, "kg/m**3")
    expelled = require_fraction("expelled_share", expelled_share)
    require("expelled_share", expelled, "", expelled < 1.0, "< 1", "no gel would be left")
    room = expelled + require_not_negative("partition", partition, "") * (1.0 - expelled)
    # with nothing expelled and nothing dissolved in the gel there is no liquid to ask about
    dilute = np.divide(whole, room, out=np.full(np.broadcast_shapes(whole.shape, room.shape), np.inf), where=room > 0.0)
    # where all that is dissolved is expelled, rounding may leave less than nothing
    return np.asarray(np.maximum(1.0 - expelled * np.minimum(dilute, dissolves) / whole, 0.0), dtype=np.float64)


def soaking_time(
    diffusivity: ArrayLike,
    size: ArrayLike,
    shape: Literal["slab", "sphere"],
    share: ArrayLike = 0.95,
) -> Floats:
    """Time until a gel has taken up a given share of what it takes up in the end.

    Parameters
    ----------
    diffusivity : array_like, shape (draws,)
        D, of the drug in the gel [m**2/s].
    size : array_like, shape (draws,)
        a, radius of the sphere, or half the thickness of the slab that is open on both faces [m].
    shape : {"slab", "sphere"}
        Of the gel.
    share : array_like, shape (draws,), optional
        F, uptake over its end value, below 1; 0.95 if not given [1].

    Returns
    -------
    ndarray, shape (draws,)
        Time [s].

    Raises
    ------
    DomainError
        If a diffusivity or size is not positive, or the share not from 0 to below 1.

    Notes
    -----
    First term of the long-time series, ``t = (a**2/D) (4/pi**2) ln(8/(pi**2 (1 - F)))`` for a slab,
    ``t = (a**2/D) ln(6/(pi**2 (1 - F)))/pi**2`` for a sphere; below F of 0.52 and 0.87 first terms for short times,
    ``F = 2 sqrt(D t/(pi a**2))`` and ``F = 6 sqrt(D t/(pi a**2)) - 3 D t/a**2``; together within 0.4 % of the whole
    series. Bath kept at its concentration: a bath that the gel depletes is in balance sooner. Binding slows it by
    1 + bound/free. Source: crank1975.

    Examples
    --------
    A slab of 2 mm, open on both faces, D of 1e-10 m**2/s: 1.13 a**2/D, in hours.

    >>> float(soaking_time(1e-10, 1e-3, "slab")) / 3600
    3.136
    """
    pace = require_positive("size", size, "m") ** 2 / require_positive("diffusivity", diffusivity, "m**2/s")
    part = require_fraction("share", share)
    require("share", part, "", part < 1.0, "< 1", "the last of it never comes in")
    match shape:
        case "slab":
            early = np.pi / 4.0 * part**2
            late = 4.0 / np.pi**2 * np.log(8.0 / (np.pi**2 * (1.0 - part)))
            reduced = np.where(part < 0.52, early, late)
        case "sphere":
            # F = 6 x/sqrt(pi) - 3 x**2 with x = sqrt(D t)/a, its smaller root
            root = 1.0 / np.sqrt(np.pi) - np.sqrt(np.maximum(1.0 / np.pi - part / 3.0, 0.0))
            late = np.log(6.0 / (np.pi**2 * (1.0 - part))) / np.pi**2
            reduced = np.where(part < 0.87, root**2, late)
        case _:
            assert_never(shape)
    return np.asarray(pace * reduced, dtype=np.float64)


def _rooms(
    bath_volume: ArrayLike, gel: Floats, partition: ArrayLike, liquid_swallowed: ArrayLike
) -> tuple[Floats, Floats]:
    """Give the liquid left outside, and the volume of it that would hold as much drug as the gel [m**3]."""
    bath = require_positive("bath_volume", bath_volume, "m**3")
    into = require_not_negative("liquid_swallowed", liquid_swallowed, "m**3")
    require("liquid_swallowed", into, "m**3", into <= bath, "<= bath_volume", "the bath holds no more")
    require("liquid_swallowed", into, "m**3", into <= gel, "<= gel_volume", "the gel is larger than what it drank")
    ratio = require_not_negative("partition", partition, "")
    require(
        "partition", ratio, "", (ratio > 0.0) | (into < bath), "> 0 where the gel swallows the bath",
        "the drug would be nowhere",
    )  # fmt: skip
    return np.asarray(bath - into), np.asarray(ratio * gel)
