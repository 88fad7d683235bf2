"""Mass and amount of a substance, by itself and per volume, and a concentration read from a peak."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative, require_positive

Floats: TypeAlias = NDArray[np.float64]


def amount_from_mass(mass: ArrayLike, molar_mass: ArrayLike) -> Floats:
    """Amount of a substance from its mass.

    Parameters
    ----------
    mass : array_like, shape (draws,)
        Mass of the substance [kg].
    molar_mass : array_like, shape (draws,)
        Molar mass, of the form that was weighed [kg/mol].

    Returns
    -------
    ndarray, shape (draws,)
        Amount [mol].

    Raises
    ------
    DomainError
        If the mass is negative or the molar mass not positive.

    Notes
    -----
    ``n = m/M``. A salt or hydrate has the molar mass of the salt or hydrate. Source: definition.

    Examples
    --------
    1 mg of doxorubicin (543.5 g/mol), in umol:

    >>> float(amount_from_mass(1e-6, 0.5435)) * 1e6
    1.84
    """
    weight = require_not_negative("mass", mass, "kg")
    return np.asarray(weight / require_positive("molar_mass", molar_mass, "kg/mol"))


def mass_from_amount(amount: ArrayLike, molar_mass: ArrayLike) -> Floats:
    """Mass of a substance from its amount.

    Parameters
    ----------
    amount : array_like, shape (draws,)
        Amount of the substance [mol].
    molar_mass : array_like, shape (draws,)
        Molar mass, of the form to be weighed [kg/mol].

    Returns
    -------
    ndarray, shape (draws,)
        Mass [kg].

    Raises
    ------
    DomainError
        If the amount is negative or the molar mass not positive.

    Notes
    -----
    ``m = n M``, the inverse of `amount_from_mass`. Source: definition.

    Examples
    --------
    2 umol of 500 g/mol, in mg:

    >>> float(mass_from_amount(2e-6, 0.5)) * 1e6
    1.0
    """
    moles = require_not_negative("amount", amount, "mol")
    return np.asarray(moles * require_positive("molar_mass", molar_mass, "kg/mol"))


def molar_concentration(mass_concentration: ArrayLike, molar_mass: ArrayLike) -> Floats:
    """Amount per volume from mass per volume.

    Parameters
    ----------
    mass_concentration : array_like, shape (draws,)
        Mass of the substance per volume [kg/m**3].
    molar_mass : array_like, shape (draws,)
        Molar mass; of a mixture of lipids the mean over mole fractions [kg/mol].

    Returns
    -------
    ndarray, shape (draws,)
        Amount per volume [mol/m**3].

    Raises
    ------
    DomainError
        If the concentration is negative or the molar mass not positive.

    Notes
    -----
    ``C = c/M``. Source: definition.

    Examples
    --------
    16 mg/mL of lipid of 741 g/mol, in mmol/L:

    >>> float(molar_concentration(16.0, 0.741))
    21.59
    """
    mass = require_not_negative("mass_concentration", mass_concentration, "kg/m**3")
    return np.asarray(mass / require_positive("molar_mass", molar_mass, "kg/mol"))


def mass_concentration(molar_concentration: ArrayLike, molar_mass: ArrayLike) -> Floats:
    """Mass per volume from amount per volume.

    Parameters
    ----------
    molar_concentration : array_like, shape (draws,)
        Amount of the substance per volume [mol/m**3].
    molar_mass : array_like, shape (draws,)
        Molar mass; of a mixture of lipids the mean over mole fractions [kg/mol].

    Returns
    -------
    ndarray, shape (draws,)
        Mass per volume [kg/m**3].

    Raises
    ------
    DomainError
        If the concentration is negative or the molar mass not positive.

    Notes
    -----
    ``c = C M``, the inverse of `molar_concentration`. Source: definition.

    Examples
    --------
    >>> float(mass_concentration(20.0, 0.75))
    15.0
    """
    moles = require_not_negative("molar_concentration", molar_concentration, "mol/m**3")
    return np.asarray(moles * require_positive("molar_mass", molar_mass, "kg/mol"))


def concentration_from_peak_area(
    peak_area: ArrayLike, slope: ArrayLike, intercept: ArrayLike = 0.0, dilution_factor: ArrayLike = 1.0
) -> Floats:
    """Concentration from the signal of an instrument and its calibration line.

    Parameters
    ----------
    peak_area : array_like, shape (draws,)
        Signal: area of a chromatographic peak, absorbance or fluorescence, as a plain number [1].
    slope : array_like, shape (draws,)
        Signal per concentration of the calibration line: 25 per ug/mL is 25 mL/ug [m**3/kg].
    intercept : array_like, shape (draws,), optional
        Signal of the line at zero concentration; 0 if not given [1].
    dilution_factor : array_like, shape (draws,), optional
        Final volume per sample volume of the dilution that was injected; 1 if not given [1].

    Returns
    -------
    ndarray, shape (draws,)
        Concentration in the sample before dilution [kg/m**3].

    Raises
    ------
    DomainError
        If the slope is not positive, the factor below 1, a number not finite, or the signal below the intercept.

    Notes
    -----
    ``c = dilution (area - intercept)/slope``. Only between the lowest and the highest standard of the line, in the
    same unit of signal. Source: calibration line.

    Examples
    --------
    Area 1300, 25 per ug/mL, intercept 50, of a 1:10 dilution, in ug/mL:

    >>> float(concentration_from_peak_area(1300.0, 25e3, 50.0, 10.0)) * 1e3
    500.0
    """
    signal = require_not_negative("peak_area", peak_area, "")
    steepness = require_positive("slope", slope, "m**3/kg")
    zero = np.asarray(intercept, dtype=np.float64)
    require("intercept", zero, "", np.isfinite(zero), "finite")
    hint = "the signal is that of a blank: below what the line can tell"
    require("peak_area", signal, "", signal >= zero, ">= intercept", hint)
    factor = require_positive("dilution_factor", dilution_factor, "")
    require("dilution_factor", factor, "", factor >= 1.0, ">= 1", "final volume per sample volume: 10 for 1:10")
    return np.asarray(factor * (signal - zero) / steepness)
