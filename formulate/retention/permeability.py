"""How fast a dissolved drug leaves synovial fluid: unbound fraction, permeability-area product, blood flow ceiling."""

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require, require_fraction, require_not_negative, require_positive
from formulate.sampling import Array

REFERENCE_MOLAR_MASS = 0.151  # kg/mol, paracetamol, the solute the reference permeability was measured with


def unbound_fraction_in_fluid(unbound_in_plasma: ArrayLike, albumin_ratio: ArrayLike) -> Array:
    """Give the unbound fraction of a drug in synovial fluid [1].

    Parameters
    ----------
    unbound_in_plasma : array_like
        Unbound fraction in plasma fu_p [1], above 0 to 1.
    albumin_ratio : array_like
        Albumin concentration in synovial fluid over plasma R [1].

    Returns
    -------
    ndarray
        fu [1].

    Raises
    ------
    DomainError
        A fraction outside 0 to 1, or not above zero.

    Notes
    -----
    ``fu = 1 / (1 + (1/fu_p - 1) R)``: binding to albumin only, linear. Check: diclofenac with a plasma fu of
    0.003 to 0.005 and R 0.6 gives the <= 0.01 measured in rheumatoid fluid (owen1994).

    Examples
    --------
    >>> float(unbound_fraction_in_fluid(0.04, 0.45))
    0.0847
    """
    plasma = require_positive(
        "unbound_fraction_plasma", require_fraction("unbound_fraction_plasma", unbound_in_plasma), ""
    )
    ratio = require_positive("albumin_ratio_fluid_to_plasma", albumin_ratio, "")
    fluid: Array = 1.0 / (1.0 + (1.0 / plasma - 1.0) * ratio)
    return fluid


def permeability_surface_area(
    reference: ArrayLike,
    molar_mass: ArrayLike,
    molar_mass_exponent: ArrayLike,
    log_p: ArrayLike,
    log_p_at_unity: ArrayLike,
    log_p_slope: ArrayLike,
    largest_ratio: ArrayLike,
    sieved_molar_mass: ArrayLike = np.inf,
) -> Array:
    """Give the permeability-area product of the synovium for an unbound neutral solute [m**3/s].

    Parameters
    ----------
    reference : array_like
        PS of a hydrophilic solute of 151 g/mol [m**3/s].
    molar_mass : array_like
        Molar mass M [kg/mol].
    molar_mass_exponent : array_like
        b [1], -0.33 to -0.5 for free diffusion, -0.7 with sieving.
    log_p, log_p_at_unity, log_p_slope : array_like
        log10 octanol/water partition of the solute, the log P at which both routes are equal, and the slope
        s of the transcellular route [1].
    largest_ratio : array_like
        Ceiling g of the transcellular over the paracellular route [1].
    sieved_molar_mass : array_like, optional
        Molar mass M_s at which sieving halves the paracellular route; without end if left out [kg/mol].

    Returns
    -------
    ndarray
        PS [m**3/s].

    Raises
    ------
    DomainError
        A reference, molar mass or ceiling that is not above zero.

    Notes
    -----
    ``PS = PS_ref (M/151)^b/(1 + (M/M_s)^2) (1 + min(10^(s (log P - L1)), g))``. The first factor follows measured
    clearances of paracetamol, salicylate and iodide (owen1994, wallis1987), its sieving of large solutes is a
    judgement; the second is a proposed rule, anchored on dexamethasone (doubled) and diclofenac (>= 499 mL/h
    measured). Expect a factor of 4 either way.

    Examples
    --------
    >>> float(permeability_surface_area(91.0, 0.488, -0.5, 2.7, 1.8, 0.5, 9.0))  # mL/h in, mL/h out
    193.
    """
    base = require_positive("permeability_surface_area", reference, "m^3/s")
    mass = require_positive("molar_mass", molar_mass, "kg/mol")
    ceiling = require_positive("transcellular_max_ratio", largest_ratio, "")
    given = np.asarray(sieved_molar_mass, dtype=float)
    sieved = require("sieved_molar_mass", given, "kg/mol", given > 0, "> 0")
    paracellular = base * (mass / REFERENCE_MOLAR_MASS) ** np.asarray(molar_mass_exponent, dtype=float)
    paracellular = paracellular / (1.0 + (mass / sieved) ** 2)
    excess = np.asarray(log_p_slope, dtype=float) * (np.asarray(log_p, dtype=float) - np.asarray(log_p_at_unity))
    whole: Array = paracellular * (1.0 + np.minimum(10.0**excess, ceiling))
    return whole


def flow_limited(permeability: ArrayLike, blood_flow: ArrayLike, unbound_in_plasma: ArrayLike) -> Array:
    """Give the permeability-area product, at most what the blood can carry away [m**3/s].

    Parameters
    ----------
    permeability : array_like
        PS of the unbound drug [m**3/s].
    blood_flow : array_like
        Effective synovial blood flow Q [m**3/s].
    unbound_in_plasma : array_like
        fu_p [1].

    Returns
    -------
    ndarray
        PS [m**3/s].

    Raises
    ------
    DomainError
        An argument that is not above zero.

    Notes
    -----
    ``min(PS, Q / fu_p)``: blood that leaves in equilibrium carries the drug at its unbound concentration over
    fu_p. Q is the clearance of iodide, a surrogate.

    Examples
    --------
    >>> flow_limited([100.0, 500.0], 131.0, 0.5)
    array([100., 262.])
    """
    ceiling = require_positive("synovial_blood_flow", blood_flow, "m^3/s") / require_positive(
        "unbound_fraction_plasma", unbound_in_plasma, ""
    )
    return np.minimum(require_positive("permeability_surface_area", permeability, "m^3/s"), ceiling)


def filtration_clearance(
    lymph_flow: ArrayLike,
    passing: ArrayLike,
    unbound_in_plasma: ArrayLike,
    unbound_in_fluid: ArrayLike,
    entry_ratio: ArrayLike,
) -> Array:
    """Give the clearance from plasma into synovial fluid with the water and the albumin it takes in [m**3/s].

    Parameters
    ----------
    lymph_flow : array_like
        Drainage J_L, equal to what is filtered in at rest [m**3/s].
    passing : array_like
        Share m of the solute in the fluid that drainage carries along [1].
    unbound_in_plasma, unbound_in_fluid : array_like
        Unbound fractions fu_p and fu [1].
    entry_ratio : array_like
        Unbound concentration in the fluid over plasma that filtration alone would end in: 1 for small solutes, about
        the albumin ratio for proteins [1].

    Returns
    -------
    ndarray
        F, of the total concentration in plasma [m**3/s].

    Raises
    ------
    DomainError
        A negative flow, a fraction outside 0 to 1 or an unbound fraction of zero.

    Notes
    -----
    ``F = J_L m rho fu_p/fu``: in equilibrium as much comes in from plasma as lymph carries off. With albumin binding
    ``fu_p/fu = fu_p + (1 - fu_p) R``: the unbound drug comes with the filtrate, the bound with the albumin.

    Examples
    --------
    A drug with 10 % unbound in plasma, an albumin ratio of 0.5 (18.2 % unbound in the fluid): 0.1 + 0.9 0.5 = 0.55

    >>> float(filtration_clearance(2.0, 1.0, 0.1, 0.1818, 1.0))
    1.1
    """
    flow = require_not_negative("lymph_flow", lymph_flow, "m^3/s")
    share = require_fraction("passing", passing)
    plasma = require_fraction("unbound_fraction_plasma", unbound_in_plasma)
    fluid = require_positive("unbound_in_fluid", require_fraction("unbound_in_fluid", unbound_in_fluid), "")
    return np.asarray(flow * share * require_fraction("entry_ratio", entry_ratio) * plasma / fluid)
