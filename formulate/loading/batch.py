"""From a recipe to the bench: drug for a batch, volumes to measure, washing, isotonicity, scale."""

from typing import Literal, TypeAlias, assert_never

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive

Floats: TypeAlias = NDArray[np.float64]
ScaleRule: TypeAlias = Literal["tip-speed", "power-per-volume"]

ISOTONIC_SALT = 9.0  # kg/m**3 of sodium chloride, 0.9 % w/v


def drug_in_batch(dose: ArrayLike, doses: ArrayLike, overage: ArrayLike = 0.0, fill_loss: ArrayLike = 0.0) -> Floats:
    """Drug that the finished product must hold, so that the doses wanted can be drawn from it.

    Parameters
    ----------
    dose : array_like, shape (draws,)
        Drug per dose [kg].
    doses : array_like, shape (draws,)
        Number of doses wanted [1].
    overage : array_like, shape (draws,), optional
        Drug put in beyond the doses, as a share of them; 0 if not given [1].
    fill_loss : array_like, shape (draws,), optional
        Share of the product that stays in vials, syringes and filters; 0 if not given [1].

    Returns
    -------
    ndarray, shape (draws,)
        Drug in the product [kg].

    Raises
    ------
    DomainError
        If the dose is not positive, there is less than one dose, the overage is negative, or the loss is not a
        share below 1.

    Notes
    -----
    ``m = dose doses (1 + overage)/(1 - fill_loss)``. What is lost while the product is made does not enter here:
    that is the process yield of `mass_balance`.

    Examples
    --------
    Twelve doses of 5 mg and a tenth more, of which a ninth part is left behind:

    >>> float(drug_in_batch(5e-6, 12, 0.1, 1 / 9)) * 1e6
    74.25
    """
    each = require_positive("dose", dose, "kg")
    number = require_positive("doses", doses, "")
    require("doses", number, "", number >= 1.0, ">= 1")
    extra = require_not_negative("overage", overage, "")
    loss = require_fraction("fill_loss", fill_loss)
    require("fill_loss", loss, "", loss < 1.0, "< 1", "nothing would be left to give")
    return np.asarray(each * number * (1.0 + extra) / (1.0 - loss))


def stock_volume(final_concentration: ArrayLike, final_volume: ArrayLike, stock_concentration: ArrayLike) -> Floats:
    """Stock solution that gives a volume of a weaker one.

    Parameters
    ----------
    final_concentration : array_like, shape (draws,)
        Concentration wanted [kg/m**3].
    final_volume : array_like, shape (draws,)
        Volume wanted [m**3].
    stock_concentration : array_like, shape (draws,)
        Concentration of the stock [kg/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        Stock to measure out; make up with solvent to the volume wanted [m**3].

    Raises
    ------
    DomainError
        If a concentration or the volume is not positive, or the stock is weaker than what is wanted.

    Notes
    -----
    ``V_stock = C V/C_stock``. Made up to volume, not added to it: volumes of unlike liquids do not add.

    Examples
    --------
    1 mL of 0.5 mg/mL from 10 mg/mL, in uL:

    >>> float(stock_volume(0.5, 1e-6, 10.0)) * 1e9
    50.0
    """
    wanted = require_positive("final_concentration", final_concentration, "kg/m**3")
    volume = require_positive("final_volume", final_volume, "m**3")
    stock = require_positive("stock_concentration", stock_concentration, "kg/m**3")
    require("stock_concentration", stock, "kg/m**3", stock >= wanted, ">= final_concentration", "it cannot be diluted")
    return np.asarray(wanted * volume / stock)


def diluent_volume(powder_mass: ArrayLike, concentration: ArrayLike, powder_density: ArrayLike) -> Floats:
    """Liquid to add to a powder of particles for a suspension of a wanted concentration.

    Parameters
    ----------
    powder_mass : array_like, shape (draws,)
        Dry powder in the vial [kg].
    concentration : array_like, shape (draws,)
        Powder per volume of suspension [kg/m**3].
    powder_density : array_like, shape (draws,)
        Mass per volume that the powder takes in the liquid: of its material, not of its bulk [kg/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        Liquid to add [m**3].

    Raises
    ------
    DomainError
        If a mass, concentration or density is not positive, or the concentration is not below the density.

    Notes
    -----
    ``V = m (1/C - 1/rho)``: the powder takes its own volume. Pores that fill with liquid, and salts or sugars
    that dissolve, take less than their dry density says.

    Examples
    --------
    130 mg of 1.3 g/mL to 100 mg/mL, in mL: 1.3 less 0.1

    >>> float(diluent_volume(130e-6, 100.0, 1300.0)) * 1e6
    1.2
    """
    mass = require_positive("powder_mass", powder_mass, "kg")
    wanted = require_positive("concentration", concentration, "kg/m**3")
    rho = require_positive("powder_density", powder_density, "kg/m**3")
    require("concentration", wanted, "kg/m**3", wanted < rho, "< powder_density", "no room is left for the liquid")
    return np.asarray(mass * (1.0 / wanted - 1.0 / rho))


def left_after_washes(liquid_left: ArrayLike, wash_volume: ArrayLike, washes: ArrayLike) -> Floats:
    """Share of a dissolved impurity that is left in a pellet after washing.

    Parameters
    ----------
    liquid_left : array_like, shape (draws,)
        Liquid that stays in the pellet when it is drained [m**3].
    wash_volume : array_like, shape (draws,)
        Liquid added for each wash [m**3].
    washes : array_like, shape (draws,)
        Number of washes [1].

    Returns
    -------
    ndarray, shape (draws,)
        Impurity left per impurity before the first wash [1].

    Raises
    ------
    DomainError
        If the liquid left or the number of washes is negative, or the wash volume is not positive.

    Notes
    -----
    ``(V_left/(V_left + V_wash))^n``, each wash mixed to the end. Free drug, salts and free surfactant follow it;
    what is adsorbed or inside the particles does not.

    Examples
    --------
    1 mL left, 9 mL added, three times: a thousandth

    >>> float(left_after_washes(1e-6, 9e-6, 3))
    0.001
    """
    left = require_not_negative("liquid_left", liquid_left, "m**3")
    added = require_positive("wash_volume", wash_volume, "m**3")
    number = require_not_negative("washes", washes, "")
    return np.asarray((left / (left + added)) ** number)


def salt_for_isotonicity(volume: ArrayLike, solute_mass: ArrayLike, sodium_chloride_equivalent: ArrayLike) -> Floats:
    """Sodium chloride that makes a solution isotonic with body fluids.

    Parameters
    ----------
    volume : array_like, shape (draws,)
        Volume of the solution [m**3].
    solute_mass : array_like, shape (draws,)
        Solute in it already, dissolved and not in particles [kg].
    sodium_chloride_equivalent : array_like, shape (draws,)
        E, sodium chloride of the same osmotic effect per solute [kg/kg].

    Returns
    -------
    ndarray, shape (draws,)
        Sodium chloride to add [kg].

    Raises
    ------
    DomainError
        If the volume is not positive, a mass or E is negative, or the solution is hypertonic already.

    Notes
    -----
    ``m = 9 g/L V - E m_solute``: 0.9 % sodium chloride is isotonic. Polymers and particles hardly count, dextrose
    has E = 0.18. Source: pharmaceutical textbooks, E-value method.

    Examples
    --------
    100 mL with 2 g of dextrose: 900 mg less 360 mg

    >>> float(salt_for_isotonicity(1e-4, 2e-3, 0.18)) * 1e6
    540.0
    """
    liquid = require_positive("volume", volume, "m**3")
    solute = require_not_negative("solute_mass", solute_mass, "kg")
    equivalent = require_not_negative("sodium_chloride_equivalent", sodium_chloride_equivalent, "kg/kg")
    missing = ISOTONIC_SALT * liquid - equivalent * solute
    need, hint = f"<= {ISOTONIC_SALT:g} g/L of sodium chloride or its equivalent", "the solution is hypertonic already"
    require("solute_mass", solute, "kg", missing >= -1e-12 * ISOTONIC_SALT * liquid, need, hint)
    return np.asarray(np.maximum(missing, 0.0))  # the check above leaves at most rounding below 0


def scaled_speed(speed: ArrayLike, diameter: ArrayLike, new_diameter: ArrayLike, rule: ScaleRule) -> Floats:
    """Stirrer speed in a larger vessel of the same shape that keeps droplets about their size.

    Parameters
    ----------
    speed : array_like, shape (draws,)
        Speed of the stirrer in the vessel that works [1/s].
    diameter : array_like, shape (draws,)
        Diameter of that stirrer [m].
    new_diameter : array_like, shape (draws,)
        Diameter of the stirrer in the new vessel [m].
    rule : {"tip-speed", "power-per-volume"}
        What to keep: the speed of the stirrer's tip, or the power per volume of a turbulent liquid.

    Returns
    -------
    ndarray, shape (draws,)
        Speed of the stirrer in the new vessel [1/s].

    Raises
    ------
    DomainError
        If the speed or a diameter is not positive.

    Notes
    -----
    Tip speed: ``N_2 = N_1 D_1/D_2``. Power per volume, ``N^3 D^2``: ``N_2 = N_1 (D_1/D_2)^(2/3)``. Vessels of one
    shape; time, cooling and the rate at which solvent leaves do not scale along: less surface per volume
    hardens droplets later. Source: textbooks of mixing.

    Examples
    --------
    600/min, an eight times wider stirrer:

    >>> float(scaled_speed(10.0, 0.05, 0.4, "power-per-volume")), float(scaled_speed(10.0, 0.05, 0.4, "tip-speed"))
    (2.5, 1.25)
    """
    turns = require_positive("speed", speed, "1/s")
    ratio = require_positive("diameter", diameter, "m") / require_positive("new_diameter", new_diameter, "m")
    match rule:
        case "tip-speed":
            return np.asarray(turns * ratio)
        case "power-per-volume":
            return np.asarray(turns * ratio ** (2.0 / 3.0))
        case _:
            assert_never(rule)
