"""Cargo of extracellular vesicles: copies in a vesicle and encapsulation efficiency, from what was measured.

Amounts and numbers of vesicles are those of one preparation, after cargo left outside was removed.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive
from formulate.loading.definitions import ROUNDING
from formulate.vesicle import AVOGADRO

Floats: TypeAlias = NDArray[np.float64]


def copies_from_molecules(molecules: ArrayLike, particles: ArrayLike) -> Floats:
    """Mean copies per vesicle, from a number of cargo molecules.

    Parameters
    ----------
    molecules : array_like, shape (draws,)
        Cargo molecules found in the vesicles, as by digital PCR [1].
    particles : array_like, shape (draws,)
        Vesicles that hold them [1].

    Returns
    -------
    ndarray, shape (draws,)
        Copies per vesicle, the mean over all vesicles, empty ones included [1].

    Raises
    ------
    DomainError
        If the molecules are negative, or there is no vesicle.

    Notes
    -----
    ``molecules/particles``. A tracker counts other particles (protein aggregates, lipoproteins) as vesicles too: the
    copies per vesicle are then too few. Numbers by mass of protein are told by `vesicle_counts`.

    Examples
    --------
    Less than one copy of a microRNA in 100 exosomes is the rule (Chevillet 2014, 10.1073/pnas.1408301111):

    >>> float(copies_from_molecules(8.25e6, 1e9))
    0.00825
    """
    found = require_not_negative("molecules", molecules, "")
    return np.asarray(found / require_positive("particles", particles, ""))


def copies_from_amount(amount: ArrayLike, particles: ArrayLike) -> Floats:
    """Mean copies per vesicle, from an amount of cargo.

    Parameters
    ----------
    amount : array_like, shape (draws,)
        Cargo found in the vesicles [mol].
    particles : array_like, shape (draws,)
        Vesicles that hold it [1].

    Returns
    -------
    ndarray, shape (draws,)
        Copies per vesicle, the mean over all vesicles, empty ones included [1].

    Raises
    ------
    DomainError
        If the amount is negative, or there is no vesicle.

    Notes
    -----
    ``amount N_A/particles``.

    Examples
    --------
    1 pmol in 1e11 vesicles:

    >>> float(copies_from_amount(1e-12, 1e11))
    6.022
    """
    found = require_not_negative("amount", amount, "mol")
    return copies_from_molecules(found * AVOGADRO, particles)


def copies_from_mass(cargo_mass: ArrayLike, molar_mass: ArrayLike, particles: ArrayLike) -> Floats:
    """Mean copies per vesicle, from a mass of cargo.

    Parameters
    ----------
    cargo_mass : array_like, shape (draws,)
        Cargo found in the vesicles [kg].
    molar_mass : array_like, shape (draws,)
        Molar mass of the cargo [kg/mol].
    particles : array_like, shape (draws,)
        Vesicles that hold it [1].

    Returns
    -------
    ndarray, shape (draws,)
        Copies per vesicle, the mean over all vesicles, empty ones included [1].

    Raises
    ------
    DomainError
        If the mass is negative, the molar mass is not positive, or there is no vesicle.

    Notes
    -----
    ``cargo_mass N_A/(molar_mass particles)``.

    Examples
    --------
    1 ug of an siRNA of 13.3 kg/mol in 1e12 vesicles:

    >>> float(copies_from_mass(1e-9, 13.3, 1e12))
    45.28
    """
    found = require_not_negative("cargo_mass", cargo_mass, "kg")
    return copies_from_amount(found / require_positive("molar_mass", molar_mass, "kg/mol"), particles)


def efficiency_from_counts(copies_per_vesicle: ArrayLike, particles: ArrayLike, molecules_added: ArrayLike) -> Floats:
    """Encapsulation efficiency, from copies per vesicle, vesicles counted and molecules added.

    Parameters
    ----------
    copies_per_vesicle : array_like, shape (draws,)
        Mean copies of the cargo in a vesicle [1].
    particles : array_like, shape (draws,)
        Vesicles after loading [1].
    molecules_added : array_like, shape (draws,)
        Cargo molecules given to the vesicles [1].

    Returns
    -------
    ndarray, shape (draws,)
        EE, cargo in the vesicles per cargo added, convention A [1].

    Raises
    ------
    DomainError
        If a number is not positive (copies may be 0), or more is found than was added.

    Notes
    -----
    ``copies particles/molecules_added``. Vesicles lost in washing take their cargo along: this EE counts them as not
    loaded. What is found without vesicles must be taken off first (`corrected_efficiency`).

    Examples
    --------
    >>> float(efficiency_from_counts(300.0, 1e10, 6e13))
    0.05
    """
    copies = require_not_negative("copies_per_vesicle", copies_per_vesicle, "")
    number = require_positive("particles", particles, "")
    efficiency = np.asarray(copies * number / require_positive("molecules_added", molecules_added, ""))
    require(
        "encapsulation_efficiency",
        efficiency,
        "",
        efficiency <= 1.0 + ROUNDING,
        "<= 1",
        "more is found than was added: check the count of particles, the assay, and cargo that the cells put in",
    )
    return np.asarray(np.minimum(efficiency, 1.0))


def efficiency_from_amount(copies_per_vesicle: ArrayLike, particles: ArrayLike, amount_added: ArrayLike) -> Floats:
    """Encapsulation efficiency, from copies per vesicle, vesicles counted and amount added.

    Parameters
    ----------
    copies_per_vesicle : array_like, shape (draws,)
        Mean copies of the cargo in a vesicle [1].
    particles : array_like, shape (draws,)
        Vesicles after loading [1].
    amount_added : array_like, shape (draws,)
        Cargo given to the vesicles [mol].

    Returns
    -------
    ndarray, shape (draws,)
        EE, cargo in the vesicles per cargo added, convention A [1].

    Raises
    ------
    DomainError
        As for `efficiency_from_counts`.

    Notes
    -----
    ``copies particles/(N_A amount_added)``.

    Examples
    --------
    391.4 copies in each of 1e11 vesicles are 65 pmol, of 1000 pmol added:

    >>> float(efficiency_from_amount(391.4, 1e11, 1e-9))
    0.065
    """
    added = require_positive("amount_added", amount_added, "mol")
    return efficiency_from_counts(copies_per_vesicle, particles, added * AVOGADRO)


def copies_from_efficiency(
    encapsulation_efficiency: ArrayLike, amount_added: ArrayLike, particles: ArrayLike
) -> Floats:
    """Mean copies per vesicle that an encapsulation efficiency gives.

    Parameters
    ----------
    encapsulation_efficiency : array_like, shape (draws,)
        EE, cargo in the vesicles per cargo added, convention A [1].
    amount_added : array_like, shape (draws,)
        Cargo given to the vesicles [mol].
    particles : array_like, shape (draws,)
        Vesicles after loading [1].

    Returns
    -------
    ndarray, shape (draws,)
        Copies per vesicle, the mean over all vesicles, empty ones included [1].

    Raises
    ------
    DomainError
        If EE is not in 0..1, the amount is not positive, or there is no vesicle.

    Notes
    -----
    ``EE amount_added N_A/particles``.

    Examples
    --------
    A tenth of 1 nmol in 1e12 vesicles:

    >>> float(copies_from_efficiency(0.1, 1e-9, 1e12))
    60.22
    """
    efficiency = require_fraction("encapsulation_efficiency", encapsulation_efficiency)
    return copies_from_amount(efficiency * require_positive("amount_added", amount_added, "mol"), particles)


def corrected_efficiency(apparent_efficiency: ArrayLike, control_efficiency: ArrayLike) -> Floats:
    """Encapsulation efficiency without the cargo that is found when no vesicles are there.

    Parameters
    ----------
    apparent_efficiency : array_like, shape (draws,)
        Share of the cargo added that is recovered with the vesicles [1].
    control_efficiency : array_like, shape (draws,)
        Share recovered when the same cargo is treated and purified alike without vesicles [1].

    Returns
    -------
    ndarray, shape (draws,)
        EE, cargo in the vesicles per cargo added, convention A [1].

    Raises
    ------
    DomainError
        If a share is not in 0..1, or the control recovers more than the vesicles did.

    Notes
    -----
    ``apparent - control``. Electroporation makes aggregates of siRNA that sediment like vesicles (Kooijmans and
    others 2013, 10.1016/j.jconrel.2013.08.014). Vesicles may raise or lower the aggregation, so the difference is
    the best estimate, not a measurement of what is inside.

    Examples
    --------
    >>> float(corrected_efficiency(0.25, 0.2))
    0.05
    """
    apparent = require_fraction("apparent_efficiency", apparent_efficiency)
    control = require_fraction("control_efficiency", control_efficiency)
    require(
        "control_efficiency",
        control,
        "",
        control <= apparent,
        "<= apparent_efficiency",
        "nothing is shown to be loaded: remove the aggregates, or measure with a nuclease or a density gradient",
    )
    return np.asarray(apparent - control)
