"""What an assay says of a batch: encapsulation efficiency, drug loading, and whether the numbers hold together.

A batch is given drug and carrier. After separation one finds drug in the particles (direct) and in the supernatant
with its washes (indirect); the dried particles are weighed. Direct and indirect agree only if no drug went
elsewhere: the indirect number counts every unaccounted microgram as encapsulated.

Errors are relative standard deviations of the numbers given, independent of each other.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive
from formulate.loading.definitions import exceeds_theoretical, theoretical_loading

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]


def assayed_mass(concentration: ArrayLike, volume: ArrayLike, dilution_factor: ArrayLike = 1.0) -> Floats:
    """Drug in a liquid, from the concentration that the instrument read in a dilution of it.

    Parameters
    ----------
    concentration : array_like, shape (draws,)
        Drug concentration read in the diluted sample [kg/m**3].
    volume : array_like, shape (draws,)
        Volume of the liquid that was sampled, whole, before dilution [m**3].
    dilution_factor : array_like, shape (draws,), optional
        Final volume per sample volume of the dilution, 10 for 1 part in 10 [1].

    Returns
    -------
    ndarray, shape (draws,)
        Drug in the whole liquid [kg].

    Raises
    ------
    DomainError
        If the concentration is negative, the volume is not positive, or the factor is below 1.

    Notes
    -----
    ``c x dilution x V``. Drug on the walls and in undissolved particles is not in it.

    Examples
    --------
    12 ug/mL read in a 1:50 dilution of 5 mL is 3 mg:

    >>> float(assayed_mass(12e-3, 5e-6, 50.0)) * 1e6
    3.0
    """
    read = require_not_negative("concentration", concentration, "kg/m**3")
    whole = require_positive("volume", volume, "m**3")
    factor = require_positive("dilution_factor", dilution_factor, "")
    require("dilution_factor", factor, "", factor >= 1.0, ">= 1", "final volume per sample volume: 10 for 1:10")
    return np.asarray(read * factor * whole)


@dataclass(frozen=True)
class Recovery:
    """The drug of a batch accounted for.

    Attributes
    ----------
    efficiency_direct : ndarray, shape (draws,)
        Drug found in the particles per drug added [1].
    efficiency_indirect : ndarray, shape (draws,)
        Drug added and not found in the supernatant, per drug added [1].
    recovery : ndarray, shape (draws,)
        Drug found anywhere per drug added [1].
    unaccounted_share : ndarray, shape (draws,)
        Drug added and found nowhere, per drug added; by this the indirect efficiency exceeds the direct one, and
        below zero more was found than added [1].
    efficiency_direct_error : ndarray, shape (draws,)
        Standard deviation of the direct efficiency [1].
    efficiency_indirect_error : ndarray, shape (draws,)
        Standard deviation of the indirect efficiency [1].
    recovery_error : ndarray, shape (draws,)
        Standard deviation of the recovery [1].
    closes : ndarray of bool, shape (draws,)
        True where the recovery is 1 within the tolerance.
    """

    efficiency_direct: Floats
    efficiency_indirect: Floats
    recovery: Floats
    unaccounted_share: Floats
    efficiency_direct_error: Floats
    efficiency_indirect_error: Floats
    recovery_error: Floats
    closes: Flags


def drug_recovery(
    drug_added: ArrayLike,
    drug_in_particles: ArrayLike,
    drug_in_supernatant: ArrayLike,
    error_added: ArrayLike = 0.0,
    error_particles: ArrayLike = 0.0,
    error_supernatant: ArrayLike = 0.0,
    tolerance: ArrayLike = 0.05,
) -> Recovery:
    """Encapsulation efficiency both ways, and whether the drug of the batch is accounted for.

    Parameters
    ----------
    drug_added : array_like, shape (draws,)
        Drug given to the batch [kg].
    drug_in_particles : array_like, shape (draws,)
        Drug found in all particles of the batch, dissolved and assayed [kg].
    drug_in_supernatant : array_like, shape (draws,)
        Drug found in the supernatant and all washes [kg].
    error_added : array_like, shape (draws,), optional
        Relative standard deviation of the drug added [1].
    error_particles : array_like, shape (draws,), optional
        Relative standard deviation of the drug in the particles [1].
    error_supernatant : array_like, shape (draws,), optional
        Relative standard deviation of the drug in the supernatant [1].
    tolerance : array_like, shape (draws,), optional
        Largest distance of the recovery from 1 that still closes the balance [1].

    Returns
    -------
    Recovery
        Efficiencies, recovery, errors and whether the balance closes.

    Raises
    ------
    DomainError
        If the drug added is not positive, an amount or error is negative, the tolerance is not in 0..1, or more drug
        was found in the particles, or in the supernatant, than was added and the tolerance allows.

    Notes
    -----
    ``direct = particles/added``, ``indirect = 1 - supernatant/added``, ``recovery = (particles + supernatant)/added``,
    so ``indirect - direct = 1 - recovery``. Errors to first order: ``s_direct = direct sqrt(e_p^2 + e_a^2)``,
    ``s_indirect = (supernatant/added) sqrt(e_s^2 + e_a^2)``,
    ``s_recovery = sqrt((direct e_p)^2 + ((1 - indirect) e_s)^2 + (recovery e_a)^2)``. First order holds for errors
    below some 20 %. Particles lost in washing and transfer lower the direct number and the recovery: what is lost
    whole is not an efficiency of the carrier (see `loading_from_product`).

    Examples
    --------
    10 mg added, 6 mg in the particles, 3 mg in the supernatant: 1 mg is nowhere, and the indirect 70 % is 10 points
    too much.

    >>> found = drug_recovery(10e-6, 6e-6, 3e-6)
    >>> float(found.efficiency_direct), float(found.efficiency_indirect), float(found.recovery), bool(found.closes)
    (0.6, 0.7, 0.9, False)
    """
    added = require_positive("drug_added", drug_added, "kg")
    inside = require_not_negative("drug_in_particles", drug_in_particles, "kg")
    outside = require_not_negative("drug_in_supernatant", drug_in_supernatant, "kg")
    of_added = require_not_negative("error_added", error_added, "")
    of_inside = require_not_negative("error_particles", error_particles, "")
    of_outside = require_not_negative("error_supernatant", error_supernatant, "")
    margin = require_fraction("tolerance", tolerance)
    _not_above_added("drug_in_particles", inside, added, margin)
    _not_above_added("drug_in_supernatant", outside, added, margin)
    direct, left, recovery = inside / added, outside / added, (inside + outside) / added
    return Recovery(
        efficiency_direct=np.asarray(direct),
        efficiency_indirect=np.asarray(1.0 - left),
        recovery=np.asarray(recovery),
        unaccounted_share=np.asarray(1.0 - recovery),
        efficiency_direct_error=np.asarray(direct * np.hypot(of_inside, of_added)),
        efficiency_indirect_error=np.asarray(left * np.hypot(of_outside, of_added)),
        recovery_error=np.asarray(
            np.sqrt((direct * of_inside) ** 2 + (left * of_outside) ** 2 + (recovery * of_added) ** 2)
        ),
        closes=np.asarray(np.abs(1.0 - recovery) <= margin * (1.0 + 1e-9)),
    )


@dataclass(frozen=True)
class AssayedProduct:
    """Loading of a weighed product.

    Attributes
    ----------
    feed_ratio : ndarray, shape (draws,)
        Drug added per carrier added [kg/kg].
    drug_loading : ndarray, shape (draws,)
        Drug per weighed product [kg/kg].
    loading_without_loss : ndarray, shape (draws,)
        Drug in the product per drug in it and all carrier added: the loading if no carrier were lost [kg/kg].
    theoretical_loading : ndarray, shape (draws,)
        Drug loading if the product were as the feed [kg/kg].
    efficiency_a : ndarray, shape (draws,)
        Encapsulation efficiency of convention A: drug per carrier of the product over that of the feed [1].
    efficiency_b : ndarray, shape (draws,)
        Encapsulation efficiency of convention B: drug loading over the theoretical one [1].
    process_yield : ndarray, shape (draws,)
        Product per drug and carrier added [kg/kg].
    carrier_recovered_share : ndarray, shape (draws,)
        Carrier in the product per carrier added; above 1 it holds water, salt or stabiliser [1].
    drug_loading_error : ndarray, shape (draws,)
        Standard deviation of the drug loading [kg/kg].
    efficiency_b_error : ndarray, shape (draws,)
        Standard deviation of the efficiency of convention B, weights of the feed taken as exact [1].
    exceeds_theoretical : ndarray of bool, shape (draws,)
        True where the product holds a larger share of drug than the feed: carrier was lost, or numbers are swapped.
    outweighs_feed : ndarray of bool, shape (draws,)
        True where the product weighs more than all that was put in: it is not dry, or holds salt or stabiliser.
    """

    feed_ratio: Floats
    drug_loading: Floats
    loading_without_loss: Floats
    theoretical_loading: Floats
    efficiency_a: Floats
    efficiency_b: Floats
    process_yield: Floats
    carrier_recovered_share: Floats
    drug_loading_error: Floats
    efficiency_b_error: Floats
    exceeds_theoretical: Flags
    outweighs_feed: Flags


def loading_from_product(
    drug_added: ArrayLike,
    carrier_added: ArrayLike,
    drug_in_particles: ArrayLike,
    product_mass: ArrayLike,
    error_particles: ArrayLike = 0.0,
    error_product: ArrayLike = 0.0,
) -> AssayedProduct:
    """Drug loading and encapsulation efficiency in both conventions from a weighed product.

    Parameters
    ----------
    drug_added : array_like, shape (draws,)
        Drug given to the batch [kg].
    carrier_added : array_like, shape (draws,)
        Carrier given to the batch [kg].
    drug_in_particles : array_like, shape (draws,)
        Drug in the weighed product [kg].
    product_mass : array_like, shape (draws,)
        Dry product, drug and carrier [kg].
    error_particles : array_like, shape (draws,), optional
        Relative standard deviation of the drug in the product [1].
    error_product : array_like, shape (draws,), optional
        Relative standard deviation of the product's mass [1].

    Returns
    -------
    AssayedProduct
        Loading, efficiencies, yields and what is wrong with them.

    Raises
    ------
    DomainError
        If a mass is not positive (the drug found may be zero), an error is negative, or the drug found is not below
        the mass of the product or exceeds the drug added by more than a tenth.

    Notes
    -----
    With the product M, its drug P and the feed A of drug and C of carrier, ``r = A/C``: ``DL = P/M``; without loss
    ``P/(P + C)``; ``EE_A = P/((M - P) r)``; ``EE_B = DL (1 + r)/r``; yield ``M/(A + C)``. Drug in the product per
    drug added, ``P/A``, is none of the two where carrier was lost: ``P/A = EE_A (M - P)/C = EE_B M/(A + C)``. Where the
    loading exceeds the theoretical one both efficiencies exceed 1, and are given so. The error of
    ``DL`` is ``DL sqrt(e_P^2 + e_M^2)``.

    Examples
    --------
    20 mg drug and 100 mg polymer gave 80 mg holding 10 mg of drug:

    >>> product = loading_from_product(20e-6, 100e-6, 10e-6, 80e-6)
    >>> float(product.drug_loading), float(product.loading_without_loss)
    (0.125, 0.0909)
    >>> float(product.efficiency_a), float(product.efficiency_b), float(product.process_yield)
    (0.7143, 0.75, 0.6667)
    """
    drug = require_positive("drug_added", drug_added, "kg")
    carrier = require_positive("carrier_added", carrier_added, "kg")
    found = require_not_negative("drug_in_particles", drug_in_particles, "kg")
    product = require_positive("product_mass", product_mass, "kg")
    relative = np.hypot(
        require_not_negative("error_particles", error_particles, ""),
        require_not_negative("error_product", error_product, ""),
    )
    require(
        "drug_in_particles",
        found,
        "kg",
        found < product,
        "< product_mass",
        "the product is drug and carrier; are the two swapped, or in different units?",
    )
    require(
        "drug_in_particles",
        found,
        "kg",
        found <= drug * 1.1,  # the error of a common assay
        "<= drug_added",
        "more was found than was added",
    )
    ratio = drug / carrier
    loading = found / product
    efficiency_b = loading / theoretical_loading(ratio)
    return AssayedProduct(
        feed_ratio=np.asarray(ratio),
        drug_loading=np.asarray(loading),
        loading_without_loss=np.asarray(found / (found + carrier)),
        theoretical_loading=theoretical_loading(ratio),
        efficiency_a=np.asarray(found / ((product - found) * ratio)),
        efficiency_b=np.asarray(efficiency_b),
        process_yield=np.asarray(product / (drug + carrier)),
        carrier_recovered_share=np.asarray((product - found) / carrier),
        drug_loading_error=np.asarray(loading * relative),
        efficiency_b_error=np.asarray(efficiency_b * relative),
        exceeds_theoretical=exceeds_theoretical(loading, ratio),
        outweighs_feed=np.asarray(product > (drug + carrier) * (1.0 + 1e-9)),
    )


def free_drug_share(
    filtrate_concentration: ArrayLike, suspension_concentration: ArrayLike, volume_share: ArrayLike = 0.0
) -> Floats:
    """Share of a suspension's drug that is outside its particles.

    Parameters
    ----------
    filtrate_concentration : array_like, shape (draws,)
        Drug in the liquid between the particles, by filtration or centrifugation [kg/m**3].
    suspension_concentration : array_like, shape (draws,)
        All drug per volume of suspension, particles dissolved [kg/m**3].
    volume_share : array_like, shape (draws,), optional
        Volume of particles per volume of suspension [1].

    Returns
    -------
    ndarray, shape (draws,)
        Free drug per drug [1].

    Raises
    ------
    DomainError
        If a concentration is negative or the suspension holds no drug, the volume share is not in 0..1, or more drug
        is free than there is.

    Notes
    -----
    ``c_filtrate (1 - phi)/c_suspension``. A filter that binds drug reads too little, particles that pass it too much.

    Examples
    --------
    >>> float(free_drug_share(0.05, 1.0))
    0.05
    """
    free = require_not_negative("filtrate_concentration", filtrate_concentration, "kg/m**3")
    whole = require_positive("suspension_concentration", suspension_concentration, "kg/m**3")
    outside = free * (1.0 - require_fraction("volume_share", volume_share))
    require(
        "filtrate_concentration",
        free,
        "kg/m**3",
        outside <= whole * (1.0 + 1e-9),
        "at most what the suspension holds",
        "more drug outside the particles than in all: are the two swapped?",
    )
    return np.asarray(np.minimum(outside / whole, 1.0))  # the check above leaves at most rounding over 1


def _not_above_added(name: str, found: Floats, added: Floats, margin: Floats) -> None:
    require(
        name,
        found,
        "kg",
        found <= added * (1.0 + margin) * (1.0 + 1e-9),
        "<= drug_added within the tolerance",
        "more was found than added: check the dilution, the units, and whether columns are swapped",
    )
