"""What the exponents of Weibull and of Peppas and Sahlin say of a mechanism."""

import math
from collections.abc import Sequence

import numpy as np

from formulate.curves.model import Floats
from formulate.domain import require_not_negative, require_positive
from formulate.fitting.criteria import rounding
from formulate.fitting.ranking import score
from formulate.fitting.results import Fit

POOR = 0.95  # adjusted R2 below which the parameters of a curve are not those of the readings
# beta of Weibull: Papadopoulou et al. 2006
WEIBULL_FICKIAN, WEIBULL_FIRST_ORDER = 0.75, 1.0
PRACTICALLY = 0.01  # an interval that lies as near to 1 is 1


def weibull_reading(beta: float, low: float, high: float) -> str:
    """Say what the exponent of a Weibull curve leaves open.

    Parameters
    ----------
    beta, low, high : float
        Exponent and its interval [1]; NaN where the interval is not known.

    Returns
    -------
    str
        In words.

    Raises
    ------
    DomainError
        If beta is negative.

    Notes
    -----
    Up to 0.75 Fickian diffusion (0.69 to 0.75 in ordinary space, below in a fractal one), 0.75 to 1 diffusion with a
    second mechanism, 1 first order, above 1 a sigmoid. From simulations of release from cylinders into a perfect sink,
    fitted over the whole curve. Source: Papadopoulou et al. 2006, doi:10.1016/j.ijpharm.2005.10.044.

    Examples
    --------
    >>> weibull_reading(0.6, 0.5, 0.7)
    'beta = 0.6 (0.5 to 0.7) leaves Fickian diffusion (up to 0.75)'
    >>> weibull_reading(1.0002, 0.9991, 1.0013)
    'beta = 1.0002 (0.9991 to 1.0013) is practically 1: first order'
    """
    require_not_negative("beta", beta, "")
    known = math.isfinite(low) and math.isfinite(high)
    if not known:
        return f"beta = {beta:.3g}, no interval: it excludes nothing"
    value, first, last = digits(beta, low, high)
    said = f"beta = {value} ({first} to {last})"
    if max(abs(low - WEIBULL_FIRST_ORDER), abs(high - WEIBULL_FIRST_ORDER)) < PRACTICALLY:
        return f"{said} is practically 1: first order"
    ranges = (
        ("Fickian diffusion (up to 0.75)", low <= WEIBULL_FICKIAN),
        ("diffusion with a second mechanism (0.75 to 1)", low < WEIBULL_FIRST_ORDER and high > WEIBULL_FICKIAN),
        ("first order (1)", low <= WEIBULL_FIRST_ORDER <= high),
        ("a sigmoid (above 1)", high > WEIBULL_FIRST_ORDER),
    )
    left = [name for name, possible in ranges if possible]
    if len(left) == len(ranges):
        return f"{said} excludes nothing"
    return f"{said} leaves {listed(left)}"


def fickian_share(time: Floats, diffusion: float, relaxation: float, exponent: float) -> Floats:
    """Share of the release that the diffusion term of Peppas and Sahlin carries.

    Parameters
    ----------
    time : ndarray, shape (times,)
        Above zero [any unit of time].
    diffusion, relaxation : float
        k1 and k2 of ``F = k1 t^m + k2 t^(2 m)`` [% per the power of the unit of time], not below zero.
    exponent : float
        m [1].

    Returns
    -------
    ndarray, shape (times,)
        Share of the diffusion term [1].

    Raises
    ------
    DomainError
        If k1 is not positive, k2 is negative or a time is not positive.

    Notes
    -----
    ``1/(1 + k2/k1 t^m)``. With a negative k2, common in fits, the share has no meaning.
    Source: Peppas and Sahlin 1989, doi:10.1016/0378-5173(89)90306-2.

    Examples
    --------
    >>> fickian_share(np.array([4.0]), 10.0, 5.0, 0.5)
    array([0.5])
    """
    require_positive("k1", diffusion, "%")
    require_not_negative("k2", relaxation, "%")
    times = require_positive("time", time, "")
    return np.asarray(1.0 / (1.0 + relaxation / diffusion * times**exponent))


def weibull(fits: Sequence[Fit]) -> str:
    """Read the best of the Weibull fits without a lag, whose exponent is that of the whole curve."""
    read = [fit for fit in fits if fit.model.id.startswith("weibull") and not fit.model.lag]
    read = [fit for fit in read if "beta" in fit.model.names]
    if not read:
        return ""
    floor = rounding(read[0].points)
    best = min(read, key=lambda fit: (score(fit.criteria, "AIC", floor), fit.criteria.parameters))
    beta = best.parameters[best.model.names.index("beta")]
    poor = best.criteria.r2_adjusted < POOR
    caveat = f", and this one misses the readings (adjusted R2 {best.criteria.r2_adjusted:.2f})" if poor else ""
    return f"{best.model.name}: {weibull_reading(beta.value, beta.low, beta.high)}{caveat}."


def shares(fits: Sequence[Fit]) -> str:
    """Say which share of the release Peppas-Sahlin has in its diffusion term."""
    read = [fit for fit in fits if fit.model.id == "peppas_sahlin_1"]
    if not read:
        return ""
    values = {parameter.name: parameter for parameter in read[0].parameters}
    first, second, exponent = (values[name] for name in ("k1", "k2", "m"))
    if not (first.value > 0.0 and second.value >= 0.0):
        return f"{read[0].model.name}: k1 = {first.value:.3g}, k2 = {second.value:.3g}; shares mean nothing below zero."
    last = float(read[0].points.time.max())
    share = float(fickian_share(np.array([last]), first.value, second.value, exponent.value)[0])
    unsure = not (first.low > 0.0 and second.low > 0.0)
    caveat = ", but the readings do not tell the two terms apart" if unsure else ""
    return (
        f"{read[0].model.name}: {100.0 * share:.0f} % of the release at the last reading in the diffusion term{caveat}."
    )


def digits(*numbers: float) -> list[str]:
    """Write numbers with as many digits as tell them apart from each other and from 1, three to six."""
    apart = {*numbers, 1.0}
    for digits in range(3, 7):
        if len({f"{number:.{digits}g}" for number in apart}) == len(apart):
            break
    return [f"{number:.{digits}g}" for number in numbers]


def listed(names: Sequence[str]) -> str:
    """Write names with commas and "and"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else "nothing"
