"""Solvent that stays in a product: what a dose brings, what the guideline allows, drying it out, extracting it."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive

Floats: TypeAlias = NDArray[np.float64]

DAY = 86400.0  # s
OPTION_1 = 10e-3 / DAY  # kg/s: the 10 g of product a day that a concentration limit is made for


def residual_solvent_per_dose(residual_content: ArrayLike, product_mass: ArrayLike) -> Floats:
    """Solvent that one dose of a product brings along.

    Parameters
    ----------
    residual_content : array_like, shape (draws,)
        Solvent per product, as gas chromatography finds it [kg/kg].
    product_mass : array_like, shape (draws,)
        Product in one dose: carrier, drug and what else was dried with them [kg].

    Returns
    -------
    ndarray, shape (draws,)
        Solvent [kg].

    Raises
    ------
    DomainError
        If the content is not in 0..1 or the mass is negative.

    Notes
    -----
    ``m = w m_product``. 1 ppm is 1 mg/kg.

    Examples
    --------
    600 ppm in 50 mg of microspheres, in ug:

    >>> float(residual_solvent_per_dose(600e-6, 50e-6)) * 1e9
    30.0
    """
    content = require_fraction("residual_content", residual_content)
    mass = require_not_negative("product_mass", product_mass, "kg")
    return np.asarray(content * mass)


def largest_residual_content(permitted_daily_exposure: ArrayLike, product_per_day: ArrayLike = OPTION_1) -> Floats:
    """Most solvent a product may hold, so that what is given of it in a day stays within the permitted exposure.

    Parameters
    ----------
    permitted_daily_exposure : array_like, shape (draws,)
        Permitted daily exposure to the solvent, as 6 mg/day [kg/s].
    product_per_day : array_like, shape (draws,), optional
        Product given per day; 10 g/day if not given, which makes it option 1 of the guideline [kg/s].

    Returns
    -------
    ndarray, shape (draws,)
        Solvent per product [kg/kg]; 1 or more where the dose is so small that the exposure cannot be reached.

    Raises
    ------
    DomainError
        If the exposure or the product per day is not positive.

    Notes
    -----
    ``w = PDE/product per day``; in ppm, 1000 PDE [mg/day] over the dose [g/day]. Option 1 takes 10 g/day whatever the
    dose, option 2 the real dose, then the solvent from all parts of the product counts. All of an
    injected depot is taken as the dose of one day, the strictest reading. Source: ICH Q3C(R8) [ich2021]_, 3.3.

    Examples
    --------
    Dichloromethane, 6 mg/day: option 1, in ppm; then for 50 mg of microspheres a day, as a share

    >>> float(largest_residual_content(6e-6 / 86400)) * 1e6
    600.0
    >>> float(largest_residual_content(6e-6 / 86400, 50e-6 / 86400))
    0.12
    """
    exposure = require_positive("permitted_daily_exposure", permitted_daily_exposure, "kg/s")
    product = require_positive("product_per_day", product_per_day, "kg/s")
    return np.asarray(exposure / product)


def share_of_exposure(
    residual_content: ArrayLike,
    product_mass: ArrayLike,
    permitted_daily_exposure: ArrayLike,
    duration: ArrayLike = DAY,
) -> Floats:
    """Share of the permitted daily exposure that a dose of a product takes up.

    Parameters
    ----------
    residual_content : array_like, shape (draws,)
        Solvent per product [kg/kg].
    product_mass : array_like, shape (draws,)
        Product in one dose [kg].
    permitted_daily_exposure : array_like, shape (draws,)
        Permitted daily exposure to the solvent, as 6 mg/day [kg/s].
    duration : array_like, shape (draws,), optional
        Time over which the dose gives off its solvent; one day if not given, which is the strictest [s].

    Returns
    -------
    ndarray, shape (draws,)
        Daily intake over the permitted exposure; above 1 it is exceeded [1].

    Raises
    ------
    DomainError
        If the content is not in 0..1, the mass is negative, the exposure is not positive, or the duration is shorter
        than a day.

    Notes
    -----
    ``w m_product/(duration PDE)``. Solvents of one product are each held against their own exposure.
    A duration of more than a day must be shown for the depot: solvent leaves particles faster than drug.

    Examples
    --------
    600 ppm of dichloromethane in 50 mg of microspheres, 0.03 of 6 mg:

    >>> float(share_of_exposure(600e-6, 50e-6, 6e-6 / 86400))
    0.005
    """
    exposure = require_positive("permitted_daily_exposure", permitted_daily_exposure, "kg/s")
    time = require_positive("duration", duration, "s")
    require("duration", time, "s", time >= DAY, ">= 86400 s", "the exposure is that of a day")
    return np.asarray(residual_solvent_per_dose(residual_content, product_mass) / (time * exposure))


def content_after_drying(
    initial_content: ArrayLike, rate: ArrayLike, time: ArrayLike, plateau: ArrayLike = 0.0
) -> Floats:
    """Solvent left in a product that dries at a falling rate.

    Parameters
    ----------
    initial_content : array_like, shape (draws,)
        Solvent per dry product at the start [kg/kg].
    rate : array_like, shape (draws,)
        Rate constant of drying [1/s].
    time : array_like, shape (draws,)
        Time of drying [s].
    plateau : array_like, shape (draws,), optional
        Content that drying under these conditions ends at; 0 if not given [kg/kg].

    Returns
    -------
    ndarray, shape (draws,)
        Solvent per dry product [kg/kg].

    Raises
    ------
    DomainError
        If a content, the rate or the time is negative, or the plateau is above the initial content.

    Notes
    -----
    ``w = w_end + (w_0 - w_end) e^(-k t)``. Rate and plateau are fitted to measurements of one product
    under one set of conditions. Glassy polymers have a high plateau: vacuum at 20 degC took dichloromethane in PLGA
    from about 5 % to 4.3 % only, at 35 degC to 3.2 %, water at 35 degC to 0.03 %. Source: [kias2024]_.

    Examples
    --------
    5 % towards a plateau of 3 %, after one half-life:

    >>> float(content_after_drying(0.05, 0.6931 / 3600, 3600.0, 0.03))
    0.04
    """
    start, end, constant = _drying(initial_content, rate, plateau)
    elapsed = require_not_negative("time", time, "s")
    return np.asarray(end + (start - end) * np.exp(-constant * elapsed))


def drying_time(
    initial_content: ArrayLike, wanted_content: ArrayLike, rate: ArrayLike, plateau: ArrayLike = 0.0
) -> Floats:
    """Time of drying until a product holds no more solvent than wanted.

    Parameters
    ----------
    initial_content : array_like, shape (draws,)
        Solvent per dry product at the start [kg/kg].
    wanted_content : array_like, shape (draws,)
        Solvent per dry product that is accepted [kg/kg].
    rate : array_like, shape (draws,)
        Rate constant of drying [1/s].
    plateau : array_like, shape (draws,), optional
        Content that drying under these conditions ends at; 0 if not given [kg/kg].

    Returns
    -------
    ndarray, shape (draws,)
        Time; 0 where the product is dry enough already [s].

    Raises
    ------
    DomainError
        If a content is negative, the rate is not positive, the plateau is above the initial content, or what is
        wanted is not above the plateau: drying like this never gets there.

    Notes
    -----
    ``t = ln((w_0 - w_end)/(w - w_end))/k``, the inverse of `content_after_drying`.

    Examples
    --------
    From 1 % to 0.1 % with a half-life of an hour, in hours: ln 10/ln 2

    >>> float(drying_time(0.01, 0.001, 0.693147 / 3600)) / 3600
    3.322
    """
    start, end, constant = _drying(initial_content, rate, plateau)
    require_positive("rate", constant, "1/s")
    wanted = require_not_negative("wanted_content", wanted_content, "kg/kg")
    hint = "drying under these conditions ends above it: warm, extract with water or alcohol, or accept more"
    require("wanted_content", wanted, "kg/kg", (wanted > end) | (wanted >= start), "> plateau", hint)
    dry_already = wanted >= start
    ratio = np.where(dry_already, 1.0, (start - end) / np.where(dry_already, 1.0, wanted - end))
    return np.asarray(np.log(ratio) / constant)


def extraction_volume(solvent_volume: ArrayLike, solvent_density: ArrayLike, water_solubility: ArrayLike) -> Floats:
    """Water that can dissolve all the solvent of an emulsion's droplets.

    Parameters
    ----------
    solvent_volume : array_like, shape (draws,)
        Volume of the organic solvent [m**3].
    solvent_density : array_like, shape (draws,)
        Density of the solvent [kg/m**3].
    water_solubility : array_like, shape (draws,)
        Solubility of the solvent in water [kg/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        Water [m**3].

    Raises
    ------
    DomainError
        If a volume, density or solubility is not positive.

    Notes
    -----
    ``V = V_s rho_s/S``. With less water the droplets harden only as solvent evaporates; with more they harden by
    extraction, fast and porous. Stabiliser and salt change S a little.

    Examples
    --------
    1 mL of dichloromethane, 1318 g/L, soluble to 20 g/L, in mL:

    >>> float(extraction_volume(1e-6, 1318.0, 20.0)) * 1e6
    65.9
    """
    volume = require_positive("solvent_volume", solvent_volume, "m**3")
    rho = require_positive("solvent_density", solvent_density, "kg/m**3")
    solubility = require_positive("water_solubility", water_solubility, "kg/m**3")
    return np.asarray(volume * rho / solubility)


def _drying(initial_content: ArrayLike, rate: ArrayLike, plateau: ArrayLike) -> tuple[Floats, Floats, Floats]:
    start = require_not_negative("initial_content", initial_content, "kg/kg")
    end = require_not_negative("plateau", plateau, "kg/kg")
    require("plateau", end, "kg/kg", end <= start, "<= initial_content", "a product does not take up solvent by drying")
    return start, end, require_not_negative("rate", rate, "1/s")
