"""Release from polyester particles whose own acid speeds its making, where a file asks for it; and when it matters.

The file asks by giving `catalysis_rate_constant`, which no catalog entry has; without it the particle hydrolyses
evenly (`formulate.release.stage_polyester`), and here is said where that does not hold.
"""

from functools import partial

import numpy as np

from formulate.case import Case
from formulate.release import degradation
from formulate.release.autocatalysis import autocatalytic_release
from formulate.release.stage_nest import NEEDED, hydrolysis_rate, out_of_particles
from formulate.release.stage_triggers import trigger_factor
from formulate.results import Loading, Release
from formulate.sampling import Array

REFERENCE_DIAMETER = 45e-6  # m, the microspheres that diffusion coefficients in PLGA are given for
MANY = 0.1  # of the draws, for a warning
LARGEST_EXPONENT = 500.0


def asks_for_autocatalysis(case: Case) -> bool:
    """Say whether the file gives what the full model needs."""
    return case.inner.find("catalysis_rate_constant") is not None


def autocatalytic_polyester(case: Case, loading: Loading) -> Release:
    """Burst, diffusion out of a sphere whose core degrades by its own acid, and erosion.

    Parameters
    ----------
    case : Case
        A formulation whose inner carrier is a particle of a polyester.
    loading : Loading
        Of the same; release does not depend on it.

    Returns
    -------
    Release
        As `formulate.release.stage_polyester.polyester_degradation`.

    Raises
    ------
    MissingValueError
        If the catalysis rate, the diffusion coefficient of the acid or another number of the particle is not given.

    Notes
    -----
    ``F = f_b (1 - exp(-k_b t)) + (1 - f_b) [phi F_d + (1 - phi) E]`` with the F_d of `autocatalytic_release`. Erosion
    begins when the mean molar mass of the particle has fallen to Mw_c, and follows `eroded` from there. All rates and
    diffusion coefficients are multiplied by the factor of the study and that of what opens the layer, which is the
    same as a faster clock.
    """
    carrier, time = case.inner, case.time
    read = partial(carrier.read, needed_for=NEEDED)
    pace = read("between_study_time_factor") * trigger_factor(case, carrier)
    radius, start = read("diameter") / 2, read("molecular_weight")
    at_reference = case.payload.read("diffusion_coefficient_plga", NEEDED)
    initial = at_reference * (2 * radius / REFERENCE_DIAMETER) ** read("diffusion_diameter_exponent")
    in_water = case.payload.read("diffusion_coefficient_water", NEEDED)
    course = autocatalytic_release(
        time,
        radius=radius,
        initial_diffusivity=np.minimum(initial, in_water) * pace,
        largest_diffusivity=in_water * pace,
        growth_exponent=np.minimum(read("diffusion_growth_exponent"), LARGEST_EXPONENT),
        hydrolysis_rate=hydrolysis_rate(carrier) * pace,
        catalysis_rate=read("catalysis_rate_constant") * pace,
        acid_diffusivity=np.minimum(read("acid_diffusion_coefficient"), in_water) * pace,
    )
    onset = _time_to_fall(time, course.polymer_left, read("critical_molecular_weight") / start)
    erosion = degradation.eroded(time, onset, read("erosion_time") / pace, read("erosion_shape"))
    burst, share = read("burst_fraction"), read("diffusion_share")
    burst_out = -np.expm1(-read("burst_rate_constant") * pace * time)
    released = burst * burst_out + (1.0 - burst) * (share * course.released + (1.0 - share) * erosion)
    # the solver's error is a step back of less than a thousandth
    return out_of_particles(case, np.maximum.accumulate(np.clip(released, 0.0, 1.0), axis=1), 1.0 - erosion)


def acid_told(case: Case, diameter: Array, rate: Array) -> tuple[str, ...]:
    """Say when acid gathers in a particle, so that one hydrolysis rate does not hold for all of it.

    Parameters
    ----------
    case : Case
        The formulation.
    diameter : ndarray, shape (draws, 1)
        Of its particles [m].
    rate : ndarray, shape (draws, 1)
        Hydrolysis rate constant [1/s].

    Returns
    -------
    tuple of str
        One sentence, or none where at most 10 % of the draws have ``R sqrt(k/D_acid)`` above pi, or nobody gives
        D_acid.
    """
    if case.inner.find("acid_diffusion_coefficient") is None:
        return ()
    acid = case.inner.read("acid_diffusion_coefficient", NEEDED)
    number = degradation.autocatalysis_number(diameter / 2, rate, acid)
    gathers = float((number > np.pi).mean())
    if gathers <= MANY:
        return ()
    low, middle, high = np.quantile(number, [0.1, 0.5, 0.9])
    band = f" ({low:.2g} to {high:.2g})" if f"{low:.2g}" != f"{high:.2g}" else ""
    return (
        f"acid may gather in the core: R sqrt(k/D_acid) is {middle:.2g}{band}, in {gathers:.0%} of the draws above pi, "
        "where the core degrades sooner than computed; set catalysis_rate_constant to compute it",
    )


def _time_to_fall(time: Array, left: Array, level: Array) -> Array:
    """Give when a falling share reaches a level [s], (draws, 1); infinite where it does not."""
    reached = left <= level
    after = np.argmax(reached, axis=1)
    rows = np.arange(len(left))
    before = np.maximum(after - 1, 0)
    # the logarithm falls evenly while the rate stays
    high, low = (np.log(np.maximum(left[rows, at], np.finfo(float).tiny)) for at in (before, after))
    goal = np.log(np.broadcast_to(level, (len(left), 1))[:, 0])
    share = np.divide(high - goal, high - low, out=np.zeros_like(goal), where=high > low)
    found = time[before] + np.clip(share, 0.0, 1.0) * (time[after] - time[before])
    return np.asarray(np.where(reached.any(axis=1), found, np.inf)[:, None])
