"""Efficiency and loading straight from what was weighed or assayed, and one ratio turned into another.

One assay gives one of these; `formulate.loading.assay` compares several of one batch, and says where they disagree.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive
from formulate.loading.definitions import ROUNDING, drug_to_carrier, encapsulation_efficiency, exceeds_theoretical

Floats: TypeAlias = NDArray[np.float64]


def efficiency_from_free_drug(drug_added: ArrayLike, free_drug: ArrayLike) -> Floats:
    """Encapsulation efficiency by the indirect way: what was not found outside.

    Parameters
    ----------
    drug_added : array_like, shape (draws,)
        Drug given to the batch [kg].
    free_drug : array_like, shape (draws,)
        Drug found in the supernatant and all washes [kg].

    Returns
    -------
    ndarray, shape (draws,)
        EE, share of the drug added that is not free [1].

    Raises
    ------
    DomainError
        If the drug added is not positive, the free drug negative or more than was added.

    Notes
    -----
    ``EE = 1 - free/added``. Drug that was lost on walls, in filters or by decay counts as encapsulated, so this is
    the most it can be; `efficiency_from_entrapped_drug` is the direct way. Source: definition.

    Examples
    --------
    10 mg added, 3 mg in the supernatant:

    >>> float(efficiency_from_free_drug(10e-6, 3e-6))
    0.7
    """
    added = require_positive("drug_added", drug_added, "kg")
    free = require_not_negative("free_drug", free_drug, "kg")
    _not_above("free_drug", free, "kg", free / added, "drug_added")
    return np.asarray(np.maximum(1.0 - free / added, 0.0))  # the check leaves at most rounding below 0


def efficiency_from_entrapped_drug(drug_added: ArrayLike, drug_entrapped: ArrayLike) -> Floats:
    """Encapsulation efficiency by the direct way: what was found in the carrier.

    Parameters
    ----------
    drug_added : array_like, shape (draws,)
        Drug given to the batch [kg].
    drug_entrapped : array_like, shape (draws,)
        Drug found in all of the carrier, dissolved and assayed [kg].

    Returns
    -------
    ndarray, shape (draws,)
        EE, drug entrapped per drug added, convention A [1].

    Raises
    ------
    DomainError
        If the drug added is not positive, the drug entrapped negative or more than was added.

    Notes
    -----
    ``EE = entrapped/added``. Carrier lost on the way takes its drug along and lowers it. Source: definition.

    Examples
    --------
    >>> float(efficiency_from_entrapped_drug(10e-6, 6e-6))
    0.6
    """
    added = require_positive("drug_added", drug_added, "kg")
    inside = require_not_negative("drug_entrapped", drug_entrapped, "kg")
    _not_above("drug_entrapped", inside, "kg", inside / added, "drug_added")
    return np.asarray(np.minimum(inside / added, 1.0))  # the check leaves at most rounding over 1


def efficiency_from_concentrations(
    initial_concentration: ArrayLike, free_concentration: ArrayLike, volume_ratio: ArrayLike = 1.0
) -> Floats:
    """Encapsulation efficiency from the concentration before, and that of free drug after.

    Parameters
    ----------
    initial_concentration : array_like, shape (draws,)
        Drug added per volume of the batch [kg/m**3].
    free_concentration : array_like, shape (draws,)
        Drug in the supernatant or filtrate [kg/m**3].
    volume_ratio : array_like, shape (draws,), optional
        Volume of the supernatant, with washes that were pooled into it, over that of the batch; 1 if not given [1].

    Returns
    -------
    ndarray, shape (draws,)
        EE, share of the drug added that is not free [1].

    Raises
    ------
    DomainError
        If the initial concentration or the ratio is not positive, or more drug is free than was added.

    Notes
    -----
    ``EE = 1 - C_free v/C_0``. With equal volumes ``EE = (C_0 - C_free)/C_0``. Otherwise as for
    `efficiency_from_free_drug`. Source: definition.

    Examples
    --------
    2 mg/mL before and 0.5 mg/mL after; then with the supernatant diluted to twice the volume:

    >>> float(efficiency_from_concentrations(2.0, 0.5)), float(efficiency_from_concentrations(2.0, 0.5, 2.0))
    (0.75, 0.5)
    """
    start = require_positive("initial_concentration", initial_concentration, "kg/m**3")
    left = require_not_negative("free_concentration", free_concentration, "kg/m**3")
    free = left * require_positive("volume_ratio", volume_ratio, "") / start
    _not_above("free_concentration", left, "kg/m**3", free, "initial_concentration over volume_ratio")
    return np.asarray(np.maximum(1.0 - free, 0.0))  # the check leaves at most rounding below 0


@dataclass(frozen=True)
class LoadingRatios:
    """The two ratios that are called loading.

    Attributes
    ----------
    drug_loading : ndarray, shape (draws,)
        DL, drug per loaded carrier [kg/kg].
    drug_to_carrier : ndarray, shape (draws,)
        Drug per bare carrier [kg/kg].
    """

    drug_loading: Floats
    drug_to_carrier: Floats


def loading_from_masses(drug_entrapped: ArrayLike, carrier_mass: ArrayLike) -> LoadingRatios:
    """Drug loading from the drug entrapped and the carrier that holds it.

    Parameters
    ----------
    drug_entrapped : array_like, shape (draws,)
        Drug in the carrier [kg].
    carrier_mass : array_like, shape (draws,)
        Bare carrier, without the drug [kg].

    Returns
    -------
    LoadingRatios
        Drug per loaded and per bare carrier.

    Raises
    ------
    DomainError
        If the drug is negative or the carrier not positive.

    Notes
    -----
    ``DL = m_d/(m_d + m_p)`` and ``DC = m_d/m_p``. With all of the carrier added as m_p nothing of it may have been
    lost. Source: definition.

    Examples
    --------
    5 mg in 20 mg:

    >>> found = loading_from_masses(5e-6, 20e-6)
    >>> float(found.drug_loading), float(found.drug_to_carrier)
    (0.2, 0.25)
    """
    drug = require_not_negative("drug_entrapped", drug_entrapped, "kg")
    ratio = np.asarray(drug / require_positive("carrier_mass", carrier_mass, "kg"))
    return LoadingRatios(drug_loading_from_drug_to_carrier(ratio), ratio)


def loading_from_product_mass(drug_found: ArrayLike, product_mass: ArrayLike) -> LoadingRatios:
    """Drug loading from the drug found in a weighed product.

    Parameters
    ----------
    drug_found : array_like, shape (draws,)
        Drug in the weighed product [kg].
    product_mass : array_like, shape (draws,)
        Dry product, drug and carrier [kg].

    Returns
    -------
    LoadingRatios
        Drug per loaded and per bare carrier.

    Raises
    ------
    DomainError
        If the drug is negative, the product not positive, or the drug not less than the product.

    Notes
    -----
    ``DL = m_d/M`` and ``DC = m_d/(M - m_d)``. Water, salt and stabiliser in the product count as carrier.
    Source: definition.

    Examples
    --------
    10 mg in 50 mg of product:

    >>> found = loading_from_product_mass(10e-6, 50e-6)
    >>> float(found.drug_loading), float(found.drug_to_carrier)
    (0.2, 0.25)
    """
    drug = require_not_negative("drug_found", drug_found, "kg")
    product = require_positive("product_mass", product_mass, "kg")
    hint = "the product is drug and carrier; are the two swapped, or in different units?"
    require("drug_found", drug, "kg", drug < product, "< product_mass", hint)
    loading = np.asarray(drug / product)
    return LoadingRatios(loading, drug_to_carrier(loading))


def drug_loading_from_drug_to_carrier(drug_to_carrier: ArrayLike) -> Floats:
    """Drug per loaded carrier, from drug per bare carrier.

    Parameters
    ----------
    drug_to_carrier : array_like, shape (draws,)
        DC, drug per bare carrier in the product [kg/kg].

    Returns
    -------
    ndarray, shape (draws,)
        DL, drug per loaded carrier [kg/kg].

    Raises
    ------
    DomainError
        If the ratio is negative.

    Notes
    -----
    ``DL = DC/(1 + DC)``, the inverse of `drug_to_carrier`. Source: definition.

    Examples
    --------
    >>> float(drug_loading_from_drug_to_carrier(0.25))
    0.2
    """
    ratio = require_not_negative("drug_to_carrier", drug_to_carrier, "kg/kg")
    return np.asarray(ratio / (1.0 + ratio))


def efficiency_from_drug_to_carrier(drug_to_carrier: ArrayLike, feed_ratio: ArrayLike) -> Floats:
    """Encapsulation efficiency from drug per bare carrier in the product and in the feed.

    Parameters
    ----------
    drug_to_carrier : array_like, shape (draws,)
        DC, drug per bare carrier in the product [kg/kg].
    feed_ratio : array_like, shape (draws,)
        r, drug added per carrier added [kg/kg].

    Returns
    -------
    ndarray, shape (draws,)
        EE, share of the drug that the carrier took up, convention A [1].

    Raises
    ------
    DomainError
        If DC is negative or above the feed ratio, or the feed ratio not positive.

    Notes
    -----
    ``EE = DC/r``: no carrier lost, or particles lost whole. Source: definition.

    Examples
    --------
    0.25 g/g found of 0.5 g/g fed:

    >>> float(efficiency_from_drug_to_carrier(0.25, 0.5))
    0.5
    """
    found = require_not_negative("drug_to_carrier", drug_to_carrier, "kg/kg")
    efficiency = found / require_positive("feed_ratio", feed_ratio, "kg/kg")
    _not_above("drug_to_carrier", found, "kg/kg", efficiency, "feed_ratio")
    return np.asarray(np.minimum(efficiency, 1.0))  # the check leaves at most rounding over 1


def feed_ratio_from_feed_share(feed_share: ArrayLike) -> Floats:
    """Drug added per carrier added, from the drug's share in drug and carrier.

    Parameters
    ----------
    feed_share : array_like, shape (draws,)
        w, drug added per drug and carrier added, what papers print as wt% of drug in the feed [kg/kg].

    Returns
    -------
    ndarray, shape (draws,)
        r, drug added per carrier added [kg/kg].

    Raises
    ------
    DomainError
        If the share is not above 0 and below 1.

    Notes
    -----
    ``r = w/(1 - w)``. The share is the theoretical loading of the feed. Source: definition.

    Examples
    --------
    20 % drug in the feed is 1 part to 4:

    >>> float(feed_ratio_from_feed_share(0.2))
    0.25
    """
    share = require_positive("feed_share", require_fraction("feed_share", feed_share), "kg/kg")
    require("feed_share", share, "kg/kg", share < 1.0, "< 1", "a feed of drug alone has no carrier")
    return drug_to_carrier(share)


def efficiency_from_theoretical_loading(drug_loading: ArrayLike, theoretical_loading: ArrayLike) -> Floats:
    """Encapsulation efficiency from the drug loading found and the theoretical one.

    Parameters
    ----------
    drug_loading : array_like, shape (draws,)
        DL, drug per loaded carrier as found [kg/kg].
    theoretical_loading : array_like, shape (draws,)
        Drug per drug and carrier in the feed [kg/kg].

    Returns
    -------
    ndarray, shape (draws,)
        EE, loading found over theoretical loading, convention B [1].

    Raises
    ------
    DomainError
        If the loading is not in 0..1, the theoretical one not above 0 and below 1, or the first above the second.

    Notes
    -----
    ``EE = DL/DL_theoretical``. Source: definition.

    Examples
    --------
    8 % found of 10 % fed:

    >>> float(efficiency_from_theoretical_loading(0.08, 0.10))
    0.8
    """
    found = require_fraction("drug_loading", drug_loading)
    fed = require_positive("theoretical_loading", require_fraction("theoretical_loading", theoretical_loading), "kg/kg")
    require("theoretical_loading", fed, "kg/kg", fed < 1.0, "< 1", "a feed of drug alone has no carrier")
    ratio = drug_to_carrier(fed)
    hint = "the product cannot hold a larger share of drug than the feed unless carrier was lost"
    require("drug_loading", found, "kg/kg", ~exceeds_theoretical(found, ratio), "<= theoretical_loading", hint)
    return encapsulation_efficiency(found, ratio, "B")


def _not_above(name: str, values: Floats, unit: str, share: Floats, whole: str) -> None:
    """Refuse a part that is more than the whole."""
    hint = "more is found than was added: are the two swapped, or in different units?"
    require(name, values, unit, share <= 1.0 + ROUNDING, f"<= {whole}", hint)
