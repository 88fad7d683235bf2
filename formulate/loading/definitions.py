"""Encapsulation efficiency, drug loading and feed ratio in the two conventions in use, and the batch.

With drug added m_d0, carrier added m_p0 and feed ratio r = m_d0/m_p0, the recovered product holds drug m_d
and carrier m_p, and its drug loading is DL = m_d/(m_d + m_p) in both conventions. They differ in EE:

- A: EE is the share of the drug that the carrier took up. No carrier is lost, or particles are lost whole.
- B: EE = DL/DL_theoretical, measured on the product alone. What was not recovered does not enter.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_positive

Floats: TypeAlias = NDArray[np.float64]
Convention: TypeAlias = Literal["A", "B"]

ROUNDING = 1e-9  # relative; two ways of computing one limit may differ by this much


def drug_loading(encapsulation_efficiency: ArrayLike, feed_ratio: ArrayLike, convention: Convention) -> Floats:
    """Drug as a share of the loaded carrier.

    Parameters
    ----------
    encapsulation_efficiency : array_like, shape (draws,)
        EE as `convention` defines it [1].
    feed_ratio : array_like, shape (draws,)
        r, drug added per carrier added [kg/kg].
    convention : {"A", "B"}
        Meaning of EE. A: share of the drug that the carrier took up; B: DL found over DL fed.

    Returns
    -------
    ndarray, shape (draws,)
        DL, drug per loaded carrier [kg/kg].

    Raises
    ------
    DomainError
        If EE is not in 0..1 or r is not positive.

    Notes
    -----
    A: ``DL = EE r/(1 + EE r)``. B: ``DL = EE r/(1 + r)``. A exceeds B by the factor ``(1 + r)/(1 + EE r)``.
    Loaded carrier is drug and carrier only: salt, water and stabiliser left in the product are not counted.

    Examples
    --------
    >>> float(drug_loading(0.5, 1.0, "A")), float(drug_loading(0.5, 1.0, "B"))
    (0.3333, 0.25)
    """
    efficiency = require_fraction("encapsulation_efficiency", encapsulation_efficiency)
    ratio = require_positive("feed_ratio", feed_ratio, "kg/kg")
    match convention:
        case "A":
            return np.asarray(efficiency * ratio / (1.0 + efficiency * ratio))
        case "B":
            return np.asarray(efficiency * ratio / (1.0 + ratio))
        case _:
            assert_never(convention)


def encapsulation_efficiency(drug_loading: ArrayLike, feed_ratio: ArrayLike, convention: Convention) -> Floats:
    """Encapsulation efficiency that gives a drug loading at a feed ratio.

    Parameters
    ----------
    drug_loading : array_like, shape (draws,)
        DL, drug per loaded carrier [kg/kg].
    feed_ratio : array_like, shape (draws,)
        r, drug added per carrier added [kg/kg].
    convention : {"A", "B"}
        Meaning of EE. A: share of the drug that the carrier took up; B: DL found over DL fed.

    Returns
    -------
    ndarray, shape (draws,)
        EE as `convention` defines it [1].

    Raises
    ------
    DomainError
        If DL is not in 0..1, r is not positive, or DL exceeds the theoretical loading.

    Notes
    -----
    A: ``EE = DL/((1 - DL) r)``. B: ``EE = DL (1 + r)/r``. Both reach 1 at ``DL = r/(1 + r)``.

    Examples
    --------
    >>> float(encapsulation_efficiency(0.25, 1.0, "A")), float(encapsulation_efficiency(0.25, 1.0, "B"))
    (0.3333, 0.5)
    """
    loading = require_fraction("drug_loading", drug_loading)
    ratio = require_positive("feed_ratio", feed_ratio, "kg/kg")
    require(
        "drug_loading",
        loading,
        "kg/kg",
        ~exceeds_theoretical(loading, ratio),
        f"<= {np.min(theoretical_loading(ratio)):.4g}, the theoretical loading",
        "the product cannot hold a larger share of drug than the feed unless carrier was lost",
    )
    match convention:
        case "A":
            efficiency = loading / ((1.0 - loading) * ratio)
        case "B":
            efficiency = loading * (1.0 + ratio) / ratio
        case _:
            assert_never(convention)
    return np.asarray(np.minimum(efficiency, 1.0))  # the check above leaves at most ROUNDING over 1


def feed_ratio(drug_loading: ArrayLike, encapsulation_efficiency: ArrayLike, convention: Convention) -> Floats:
    """Feed ratio that gives a drug loading at an encapsulation efficiency.

    Parameters
    ----------
    drug_loading : array_like, shape (draws,)
        DL, drug per loaded carrier [kg/kg].
    encapsulation_efficiency : array_like, shape (draws,)
        EE as `convention` defines it [1].
    convention : {"A", "B"}
        Meaning of EE. A: share of the drug that the carrier took up; B: DL found over DL fed.

    Returns
    -------
    ndarray, shape (draws,)
        r, drug to add per carrier to add [kg/kg].

    Raises
    ------
    DomainError
        If DL or EE is not above 0 and at most 1, DL is 1, or, in convention B, DL is not below EE.

    Notes
    -----
    A: ``r = DL/(EE (1 - DL))``. B: ``r = DL/(EE - DL)``: even an infinite feed gives no DL above EE.
    Whether the carrier takes up that much drug at the same EE is not known to these formulas.

    Examples
    --------
    >>> float(feed_ratio(0.25, 0.5, "A")), float(feed_ratio(0.25, 0.5, "B"))
    (0.6667, 1.0)
    """
    loading = _positive_share("drug_loading", drug_loading)
    efficiency = _positive_share("encapsulation_efficiency", encapsulation_efficiency)
    require("drug_loading", loading, "kg/kg", loading < 1.0, "< 1", "a product of drug alone has no carrier")
    match convention:
        case "A":
            return np.asarray(loading / (efficiency * (1.0 - loading)))
        case "B":
            require(
                "drug_loading",
                loading,
                "kg/kg",
                loading < efficiency,
                "< encapsulation_efficiency",
                "in convention B no feed ratio reaches it; check that EE and DL are not swapped",
            )
            return np.asarray(loading / (efficiency - loading))
        case _:
            assert_never(convention)


def theoretical_loading(feed_ratio: ArrayLike) -> Floats:
    """Drug loading if all drug and all carrier of the feed end in the product.

    Parameters
    ----------
    feed_ratio : array_like, shape (draws,)
        r, drug added per carrier added [kg/kg].

    Returns
    -------
    ndarray, shape (draws,)
        Drug per loaded carrier [kg/kg].

    Raises
    ------
    DomainError
        If r is not positive.

    Notes
    -----
    ``r/(1 + r)``.

    Examples
    --------
    >>> float(theoretical_loading(0.25))
    0.2
    """
    ratio = require_positive("feed_ratio", feed_ratio, "kg/kg")
    return np.asarray(ratio / (1.0 + ratio))


def drug_to_carrier(drug_loading: ArrayLike) -> Floats:
    """Drug per carrier in the product, which many micelle and vesicle papers call loading.

    Parameters
    ----------
    drug_loading : array_like, shape (draws,)
        DL, drug per loaded carrier [kg/kg].

    Returns
    -------
    ndarray, shape (draws,)
        Drug per bare carrier [kg/kg].

    Raises
    ------
    DomainError
        If DL is not in 0..1 or is 1.

    Notes
    -----
    ``DL/(1 - DL)``.

    Examples
    --------
    >>> float(drug_to_carrier(0.2))
    0.25
    """
    loading = require_fraction("drug_loading", drug_loading)
    require("drug_loading", loading, "kg/kg", loading < 1.0, "< 1", "a product of drug alone has no carrier")
    return np.asarray(loading / (1.0 - loading))


def exceeds_theoretical(drug_loading: ArrayLike, feed_ratio: ArrayLike) -> NDArray[np.bool_]:
    """Tell where a reported loading is more than the feed allows, so that a row of data can be flagged.

    Parameters
    ----------
    drug_loading : array_like, shape (draws,)
        DL, drug per loaded carrier [kg/kg].
    feed_ratio : array_like, shape (draws,)
        r, drug added per carrier added [kg/kg].

    Returns
    -------
    ndarray of bool, shape (draws,)
        True where DL exceeds the theoretical loading by more than rounding in the ninth digit.

    Raises
    ------
    DomainError
        If DL is not in 0..1 or r is not positive.

    Notes
    -----
    ``DL > r/(1 + r)``. True means lost carrier, a swapped column, or a rounded or mistaken value.

    Examples
    --------
    >>> exceeds_theoretical([0.5, 0.51], 1.0)
    array([False,  True])
    """
    loading = require_fraction("drug_loading", drug_loading)
    return np.asarray(loading > theoretical_loading(feed_ratio) * (1.0 + ROUNDING))


def consistent_conventions(
    encapsulation_efficiency: float, drug_loading: float, feed_ratio: float, tolerance: float = 0.05
) -> frozenset[Convention]:
    """Find the conventions under which a reported EE, DL and feed ratio agree.

    Parameters
    ----------
    encapsulation_efficiency : float
        EE as reported [1].
    drug_loading : float
        DL as reported, drug per loaded carrier [kg/kg].
    feed_ratio : float
        r, drug added per carrier added [kg/kg].
    tolerance : float
        Largest accepted distance of the computed from the reported DL, as a share of the latter [1].

    Returns
    -------
    frozenset of {"A", "B"}
        Both if the two cannot be told apart; empty if the three numbers agree in neither.

    Raises
    ------
    DomainError
        If EE is not in 0..1, DL is not above 0 and at most 1, or r or the tolerance is not positive.

    Notes
    -----
    As EE <= 1, no DL above the theoretical loading by more than the tolerance is consistent. A and B
    differ by ``(1 + r)/(1 + EE r)``, so a small feed ratio cannot separate them.

    Examples
    --------
    >>> consistent_conventions(0.2518, 0.2012, 1.0)
    frozenset({'A'})
    >>> sorted(consistent_conventions(0.7, 0.014, 0.02)), sorted(consistent_conventions(0.5, 0.6, 1.0))
    (['A', 'B'], [])
    """
    reported = float(_positive_share("drug_loading", drug_loading))
    margin = float(require_positive("tolerance", tolerance, "")) * reported
    computed: dict[Convention, float] = {
        "A": float(_loading(encapsulation_efficiency, feed_ratio, "A")),
        "B": float(_loading(encapsulation_efficiency, feed_ratio, "B")),
    }
    return frozenset(convention for convention, value in computed.items() if abs(value - reported) <= margin)


@dataclass(frozen=True)
class MassBalance:
    """Masses of drug and carrier in one batch [kg], arrays of one shape; what was added was kept or lost."""

    drug_added: Floats
    drug_entrapped: Floats
    drug_lost: Floats
    carrier_added: Floats
    carrier_recovered: Floats
    carrier_lost: Floats

    @property
    def feed_ratio(self) -> Floats:
        """Drug added per carrier added [kg/kg]."""
        return self.drug_added / self.carrier_added

    @property
    def product(self) -> Floats:
        """Loaded carrier recovered: entrapped drug and its carrier [kg]."""
        return self.drug_entrapped + self.carrier_recovered

    @property
    def drug_loading(self) -> Floats:
        """Drug per loaded carrier recovered [kg/kg]."""
        return self.drug_entrapped / self.product

    @property
    def process_yield(self) -> Floats:
        """Loaded carrier recovered per drug and carrier added [kg/kg]."""
        return self.product / (self.drug_added + self.carrier_added)

    @property
    def drug_recovery(self) -> Floats:
        """Share of the drug added that is in the product [kg/kg]; what the dose costs in drug."""
        return self.drug_entrapped / self.drug_added


def largest_process_yield(
    drug_loading: ArrayLike, encapsulation_efficiency: ArrayLike, convention: Convention
) -> Floats:
    """Mass recovered per mass put in, if no carrier is lost.

    Parameters
    ----------
    drug_loading : array_like, shape (draws,)
        DL, drug per loaded carrier [kg/kg].
    encapsulation_efficiency : array_like, shape (draws,)
        EE as `convention` defines it [1].
    convention : {"A", "B"}
        Meaning of EE. A: share of the drug that the carrier took up; B: DL found over DL fed.

    Returns
    -------
    ndarray, shape (draws,)
        Largest process yield [kg/kg].

    Raises
    ------
    DomainError
        As for `feed_ratio`.

    Notes
    -----
    A product of mass ``Y (m_d0 + m_p0)`` holds the share ``Y (1 - DL)(1 + r)`` of the carrier, which cannot
    exceed 1. A: ``Y <= EE/(EE + DL (1 - EE)) = (1 + EE r)/(1 + r)``.
    B: ``Y <= (EE - DL)/(EE - DL + DL (1 - EE)) = 1/(1 + r (1 - EE))``.
    The share of the drug, ``Y DL (1 + r)/r``, is then at most EE in A and ``EE Y`` in B: no further limit.

    Examples
    --------
    One part of each, B, EE 50 %, DL 25 %: the one part of carrier holds a third part of drug, 4/3 of 2 parts.
    (Half a part of drug would make a product of one third drug, not one quarter.)

    >>> float(largest_process_yield(0.25, 0.5, "B"))
    0.6667
    """
    feed_ratio(drug_loading, encapsulation_efficiency, convention)  # refuses what no feed can give
    loading = np.asarray(drug_loading, dtype=np.float64)
    efficiency = np.asarray(encapsulation_efficiency, dtype=np.float64)
    kept = efficiency if convention == "A" else efficiency - loading
    return np.asarray(kept / (kept + loading * (1.0 - efficiency)))


def mass_balance(
    drug_entrapped: ArrayLike,
    drug_loading: ArrayLike,
    encapsulation_efficiency: ArrayLike,
    convention: Convention,
    process_yield: ArrayLike | None = None,
) -> MassBalance:
    """Work back from the entrapped drug wanted to what the batch must be given, and what it loses.

    Parameters
    ----------
    drug_entrapped : array_like, shape (draws,)
        Drug wanted in the product: dose times number of doses [kg].
    drug_loading : array_like, shape (draws,)
        DL, drug per loaded carrier [kg/kg].
    encapsulation_efficiency : array_like, shape (draws,)
        EE as `convention` defines it [1].
    convention : {"A", "B"}
        Meaning of EE. A: share of the drug that the carrier took up; B: DL found over DL fed.
    process_yield : array_like, shape (draws,), optional
        Y, loaded carrier recovered per drug and carrier added [kg/kg]. Not given: the largest there can be,
        which loses no carrier; the batch is then the smallest that holds the drug wanted.

    Returns
    -------
    MassBalance
        Drug and carrier added, recovered and lost [kg].

    Raises
    ------
    DomainError
        As for `feed_ratio`; if the drug wanted is not positive; if Y is not above 0 or exceeds
        `largest_process_yield`, so that more carrier would be recovered than was added.

    Notes
    -----
    The product holds ``m_p = m_d (1 - DL)/DL`` of carrier. Both conventions fix the feed ratio r, and
    the yield fixes the batch: ``m_d0 + m_p0 = (m_d/DL)/Y``.

    - No carrier lost: ``m_p0 = m_p`` and ``m_d0 = r m_p``. In A this is ``m_d0 = m_d/EE``; in B it is
      ``m_d0 = m_d (1 - DL)/(EE - DL)``, more than ``m_d/EE``, because EE counts the product only.
    - Y below the largest: the batch grows by ``Y_largest/Y``; carrier is lost, and drug with it. In B the
      share of the drug that ends in the product is ``EE Y``. In A this reads the loss as whole particles,
      with EE that of the particles formed (drug left in the supernatant): an EE measured
      on the recovered product would count the loss twice.

    B is exact for ``EE = DL/DL_theoretical``; it gives ``m_d0 = m_d/EE`` only for Y = 1, which needs EE = 1.

    Examples
    --------
    >>> batch = mass_balance(1.0, 0.25, 0.5, "A")
    >>> float(batch.drug_added), float(batch.carrier_added), float(batch.carrier_lost)
    (2.0, 3.0, 0.0)
    >>> batch = mass_balance(1.0, 0.25, 0.5, "B")
    >>> float(batch.drug_added), float(batch.carrier_added), float(batch.carrier_lost)
    (3.0, 3.0, 0.0)
    >>> batch = mass_balance(1.0, 0.25, 0.5, "B", process_yield=0.5)
    >>> float(batch.drug_added), float(batch.carrier_added), float(batch.carrier_lost)
    (4.0, 4.0, 1.0)
    """
    largest = largest_process_yield(drug_loading, encapsulation_efficiency, convention)
    recovered_share = np.ones(())
    if process_yield is not None:
        given = _positive_share("process_yield", process_yield)
        require(
            "process_yield",
            given,
            "kg/kg",
            given <= largest * (1.0 + ROUNDING),
            f"<= {np.min(largest):.4g}, the yield without any loss of carrier",
            "more carrier would be recovered than was added; check EE, DL and their convention",
        )
        recovered_share = np.minimum(given / largest, 1.0)  # the check above leaves at most ROUNDING over 1
    entrapped, loading, efficiency, recovered_share = np.broadcast_arrays(
        require_positive("drug_entrapped", drug_entrapped, "kg"),
        np.asarray(drug_loading, dtype=np.float64),
        np.asarray(encapsulation_efficiency, dtype=np.float64),
        recovered_share,
    )
    carrier = entrapped * (1.0 - loading) / loading
    # Drug not entrapped where no carrier is lost; written so that it cannot round below zero.
    free = entrapped * (1.0 - efficiency) / (efficiency if convention == "A" else efficiency - loading)
    lost_per_recovered = (1.0 - recovered_share) / recovered_share
    drug_lost = free + (entrapped + free) * lost_per_recovered
    carrier_lost = carrier * lost_per_recovered
    return MassBalance(
        drug_added=np.asarray(entrapped + drug_lost),
        drug_entrapped=np.array(entrapped),
        drug_lost=np.asarray(drug_lost),
        carrier_added=np.asarray(carrier + carrier_lost),
        carrier_recovered=np.asarray(carrier),
        carrier_lost=np.asarray(carrier_lost),
    )


def _positive_share(name: str, values: ArrayLike) -> Floats:
    """Give `values` as floats, provided that each is above 0 and at most 1 [1]."""
    return require_positive(name, require_fraction(name, values), "")


_loading = drug_loading  # for functions whose argument `drug_loading` hides the function
