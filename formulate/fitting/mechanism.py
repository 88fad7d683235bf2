"""What the exponent of release can say of its mechanism: Korsmeyer-Peppas up to 60 %, Peppas-Sahlin, Weibull."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from formulate.curves.model import Floats
from formulate.domain import require_not_negative, require_positive
from formulate.fitting.results import Fit, Points
from materials.errors import FormulateError

UP_TO = 60.0  # percent released: to where the power law follows diffusion (Ritger and Peppas 1987)
INCOMPLETE = 85.0  # percent: a plateau below it is not the whole dose
POOR = 0.95  # adjusted R2 below which the parameters of a curve are not those of the readings
FEWEST = 3  # readings for two parameters and one degree of freedom

# n of Fickian diffusion and of case II transport by shape: Ritger and Peppas 1987
EXPONENTS = {"slab": (0.5, 1.0), "cylinder": (0.45, 0.89), "sphere": (0.43, 0.85)}
# beta of Weibull: Papadopoulou et al. 2006
WEIBULL_FICKIAN, WEIBULL_FIRST_ORDER = 0.75, 1.0


@dataclass(frozen=True)
class Geometry:
    """Mechanisms of one shape of carrier, and which of them the exponent leaves."""

    shape: str  # "slab", "cylinder", "sphere"
    fickian: float  # n of Fickian diffusion
    case_two: float  # n of case II transport
    left: tuple[str, ...]  # mechanisms the interval of n does not exclude
    excluded: tuple[str, ...]
    reading: str  # in words


@dataclass(frozen=True, eq=False)
class Mechanism:
    """The exponent of Korsmeyer and Peppas up to 60 % released, and what it excludes."""

    readings: int  # N of this fit
    fit: Fit | None  # None where there are too few readings
    n: float  # NaN where not known
    low: float
    high: float
    geometries: tuple[Geometry, ...]
    reading: tuple[str, ...]  # in words, one statement each
    left_out: str  # which readings are not in this fit, in words
    weibull: str = ""  # what the exponent beta says, in words; empty without a Weibull fit
    fickian_share: str = ""  # what Peppas-Sahlin says, in words; empty without such a fit


def first_sixty_percent(points: Points) -> Points:
    """Give the readings the power law is fitted to.

    Parameters
    ----------
    points : Points
        All readings [%].

    Returns
    -------
    Points
        Of each unit the readings with 0 < F <= 60 before its first above 60; the first above 60 is left out too.

    Raises
    ------
    DomainError
        If a weight is not positive.

    Notes
    -----
    A unit that falls back below 60 % does not come back in. A reading of zero is left out: in the power law only time
    zero has it, whatever the parameters. Source: Ritger and Peppas 1987, doi:10.1016/0168-3659(87)90034-4.
    """
    require_positive("weight", points.weight, "")
    kept = (points.released > 0.0) & (points.released <= UP_TO) & (points.time > 0.0)
    for unit in np.unique(points.unit):
        mine = points.unit == unit
        over = points.time[mine & (points.released > UP_TO)]
        if over.size:
            kept &= ~(mine & (points.time >= over.min()))
    return replace(
        points,
        time=points.time[kept],
        released=points.released[kept],
        weight=points.weight[kept],
        unit=points.unit[kept],
    )


def geometry(shape: str, n: float, low: float, high: float) -> Geometry:
    """Tell which mechanisms an interval of the exponent excludes for carriers of one shape.

    Parameters
    ----------
    shape : {"slab", "cylinder", "sphere"}
        Of the carrier.
    n, low, high : float
        Exponent and its interval [1]; NaN where the interval is not known.

    Returns
    -------
    Geometry
        What is left and what is excluded. Without an interval nothing is excluded.

    Raises
    ------
    DomainError
        If the exponent is negative.

    Notes
    -----
    Fickian diffusion at n = n_F, case II transport at n = n_II, anomalous transport between them, super case II
    above n_II; below n_F none of these (a burst, a spread of sizes, a lag left out, or readings past 60 %):
    ``(n_F, n_II)`` = (0.5, 1.0) for a slab, (0.45, 0.89) for a cylinder, (0.43, 0.85) for a sphere. A mechanism is
    excluded when no exponent of its own lies in the interval. The exponents are those of one carrier of one size, of
    one shape, in a perfect sink, from time zero. Sources: Ritger and Peppas 1987, doi:10.1016/0168-3659(87)90034-4
    (Fickian diffusion) and doi:10.1016/0168-3659(87)90035-6 (case II).
    """
    require_not_negative("n", n if n == n else 0.0, "")
    fickian, case_two = EXPONENTS[shape]
    ranges = (
        ("an exponent below Fickian diffusion", low < fickian),
        ("Fickian diffusion", low <= fickian <= high),
        ("anomalous transport", low < case_two and high > fickian),
        ("case II transport", low <= case_two <= high),
        ("super case II transport", high > case_two),
    )
    known = math.isfinite(low) and math.isfinite(high)
    left = tuple(name for name, possible in ranges if possible or not known)
    excluded = tuple(name for name, possible in ranges if not possible and known)
    if not known:
        reading = f"{shape}: nothing is excluded, for n has no interval"
    elif not excluded:
        reading = f"{shape}: nothing is excluded"
    else:
        reading = f"{shape}: n excludes {_listed(excluded)}; it leaves {_listed(left)}"
    return Geometry(shape, fickian, case_two, left, excluded, reading)


def mechanism(points: Points, fits: Sequence[Fit] = (), level: float = 0.95) -> Mechanism:
    """Fit Korsmeyer-Peppas to the readings up to 60 % and say which mechanisms its exponent excludes.

    Parameters
    ----------
    points : Points
        All readings [%].
    fits : sequence of Fit
        Fits to all readings; of these Weibull and Peppas-Sahlin are read too.
    level : float
        Of the interval of the exponent [1].

    Returns
    -------
    Mechanism
        With fewer than three usable readings everything is not known, and the text says so.

    Raises
    ------
    DomainError
        If a weight is not positive.

    Notes
    -----
    ``F = kKP t^n`` for F <= 60 %; see `first_sixty_percent` for the readings and `geometry` for the exponents.
    Sources: Korsmeyer et al. 1983, doi:10.1016/0378-5173(83)90064-9; Ritger and Peppas 1987,
    doi:10.1016/0168-3659(87)90034-4.
    """
    early = first_sixty_percent(points)
    count = early.time.size
    dropped = points.time.size - count
    left_out = (
        f"{dropped} of {points.time.size} readings: at zero, or from the first above {UP_TO:g} % on" if dropped else ""
    )
    unknown = Mechanism(count, None, math.nan, math.nan, math.nan, (), (), left_out, _weibull(fits), _shares(fits))
    times = np.unique(early.time).size
    if count < FEWEST or times < 2:
        why = f"{count} usable reading{'s' if count != 1 else ''} up to {UP_TO:g} %"
        why = f"{why} at one time" if count >= FEWEST else why
        return replace(
            unknown, reading=(f"Mechanism from the exponent: not known. {why}; need {FEWEST} at two times at least.",)
        )
    try:
        fit = _power_law(early, level)
    except FormulateError as error:
        return replace(unknown, reading=(f"Mechanism from the exponent: not known. {error}",))
    exponent = next(parameter for parameter in fit.parameters if parameter.name == "n")
    n, low, high = exponent.value, exponent.low, exponent.high
    geometries = tuple(geometry(shape, n, low, high) for shape in EXPONENTS)
    said = [
        f"Korsmeyer-Peppas up to {UP_TO:g} %: n = {n:.3g}"
        + (f" ({low:.3g} to {high:.3g})" if math.isfinite(low) and math.isfinite(high) else ", no interval")
        + f" from {count} readings, adjusted R2 {fit.criteria.r2_adjusted:.3f}.",
        *(f"{item.reading[0].upper()}{item.reading[1:]}." for item in geometries),
    ]
    top, levels_off = _level(points)
    if levels_off and top < INCOMPLETE:
        said.append(
            f"Release levels off near {top:.3g} % of the dose, and {UP_TO:g} % of what comes out in the end is "
            f"{UP_TO * top / 100.0:.3g} %: n of readings up to {UP_TO:g} % of the dose is too low."
        )
    if times == 2:
        said.append("Two times only: the power law goes through both, whatever the mechanism.")
    if np.unique(early.unit).size > 1:
        said.append("Readings of one unit are not independent of each other: the interval of n is too narrow.")
    said.append(
        "An exponent does not prove a mechanism: a burst, a spread of sizes or a membrane can give the same one."
    )
    return replace(unknown, fit=fit, n=n, low=low, high=high, geometries=geometries, reading=tuple(said))


def _level(points: Points) -> tuple[float, bool]:
    """Give the highest mean, and whether the last three lie within 5 % of it."""
    time, place = np.unique(points.time, return_inverse=True)
    mean = np.bincount(place, points.released) / np.bincount(place)
    top = float(mean.max())
    return top, time.size > 4 and float(mean[-3:].min()) >= 0.95 * top


def _power_law(points: Points, level: float) -> Fit:
    from formulate.curves.library import model
    from formulate.fitting.fit import fit

    return fit(points, model("korsmeyer_peppas"), level=level)


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
    'beta = 0.6 (0.5 to 0.7) leaves Fickian diffusion (up to 0.75); other mechanisms can give the same'
    """
    require_not_negative("beta", beta, "")
    known = math.isfinite(low) and math.isfinite(high)
    if not known:
        return f"beta = {beta:.3g}, no interval: it excludes nothing"
    ranges = (
        ("Fickian diffusion (up to 0.75)", low <= WEIBULL_FICKIAN),
        ("diffusion with a second mechanism (0.75 to 1)", low < WEIBULL_FIRST_ORDER and high > WEIBULL_FICKIAN),
        ("first order (1)", low <= WEIBULL_FIRST_ORDER <= high),
        ("a sigmoid (above 1)", high > WEIBULL_FIRST_ORDER),
    )
    left = [name for name, possible in ranges if possible]
    return f"beta = {beta:.3g} ({low:.3g} to {high:.3g}) leaves {_listed(left)}; other mechanisms can give the same"


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


def _weibull(fits: Sequence[Fit]) -> str:
    """Read the best of the Weibull fits without a lag, whose exponent is that of the whole curve."""
    read = [fit for fit in fits if fit.model.id.startswith("weibull") and not fit.model.lag]
    read = [fit for fit in read if "beta" in fit.model.names]
    if not read:
        return ""
    best = min(read, key=lambda fit: fit.criteria.aic)
    beta = best.parameters[best.model.names.index("beta")]
    poor = best.criteria.r2_adjusted < POOR
    caveat = f", and this one misses the readings (adjusted R2 {best.criteria.r2_adjusted:.2f})" if poor else ""
    return f"{best.model.name}: {weibull_reading(beta.value, beta.low, beta.high)}{caveat}."


def _shares(fits: Sequence[Fit]) -> str:
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


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else "nothing"
