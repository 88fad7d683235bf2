"""What the exponent of release can say of its mechanism: Korsmeyer-Peppas up to 60 %, Peppas-Sahlin, Weibull."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from formulate.domain import require_not_negative, require_positive
from formulate.fitting.exponents import POOR, digits, listed, shares, weibull
from formulate.fitting.results import Fit, Points
from formulate.fitting.window import before_first_above
from materials.errors import FormulateError

UP_TO = 60.0  # percent released: to where the power law follows diffusion (Ritger and Peppas 1987)
INCOMPLETE = 85.0  # percent: a plateau below it is not the whole dose
FEWEST = 3  # readings for two parameters and one degree of freedom

# n of Fickian diffusion and of case II transport by shape: Ritger and Peppas 1987
EXPONENTS = {"slab": (0.5, 1.0), "cylinder": (0.45, 0.89), "sphere": (0.43, 0.85)}
SHORT = {
    "an exponent below Fickian diffusion": "below Fickian",
    "Fickian diffusion": "Fickian",
    "anomalous transport": "anomalous",
    "case II transport": "case II",
    "super case II transport": "super case II",
}
ANY_EXPONENT = "An exponent does not prove a mechanism: a burst, a spread of sizes or a membrane can give the same one."


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
    line: str = ""  # n, its interval and N in one line, or why n is not known
    rows: tuple[tuple[str, str, str], ...] = ()  # (shape, what n excludes, what it leaves), for a table
    caveats: tuple[str, ...] = ()  # two sentences at most, with line and rows in place of `reading`


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
    kept = (points.released > 0.0) & (points.time > 0.0)
    kept &= before_first_above(points.time, points.released, points.unit, UP_TO)
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
        reading = f"{shape}: n excludes {listed(excluded)}; it leaves {listed(left)}"
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
        With fewer than three usable readings everything is not known, and the text says so. `line`, `rows` and
        `caveats` are for a display, `reading` says the same in sentences.

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
        f"Not in the fit of Korsmeyer-Peppas: {dropped} of {points.time.size} readings, at zero or from the first "
        f"above {UP_TO:g} % on."
        if dropped
        else ""
    )
    unknown = Mechanism(count, None, math.nan, math.nan, math.nan, (), (), left_out, weibull(fits), shares(fits))
    times = np.unique(early.time).size
    if count < FEWEST or times < 2:
        why = f"{count} usable reading{'s' if count != 1 else ''} up to {UP_TO:g} %"
        why = f"{why} at one time" if count >= FEWEST else why
        return _not_known(unknown, f"{why}; need {FEWEST} at two times at least.")
    try:
        fit = _power_law(early, level)
    except (FormulateError, ArithmeticError, ValueError) as error:  # numbers may break the search down
        return _not_known(unknown, f"{error}".rstrip(".") + ".")
    exponent = next(parameter for parameter in fit.parameters if parameter.name == "n")
    if exponent.at_bound:
        end = "lower" if exponent.at_bound == "low" else "upper"
        why = f"The power law of the {count} readings up to {UP_TO:g} % rests on the {end} end of the range of n"
        return _not_known(unknown, f"{why}: they do not rise." if end == "lower" else f"{why}.")
    n, low, high = exponent.value, exponent.low, exponent.high
    geometries = tuple(geometry(shape, n, low, high) for shape in EXPONENTS)
    known = math.isfinite(low) and math.isfinite(high)
    value, *ends = digits(n, low, high) if known else (f"{n:.3g}",)
    interval = f" ({ends[0]} to {ends[1]})" if known else ", no interval"
    quality = f"adjusted R2 {fit.criteria.r2_adjusted:.3f}" if math.isfinite(fit.criteria.r2_adjusted) else "no R2"
    caveats = _caveats(fit, points)
    if times == 2:
        caveats.insert(0, "Two times only: the power law goes through both, whatever the mechanism.")
    several = np.unique(early.unit).size > 1
    said = [
        f"Korsmeyer-Peppas up to {UP_TO:g} %: n = {value}{interval} from {count} readings, {quality}.",
        *(f"{item.reading[0].upper()}{item.reading[1:]}." for item in geometries),
        *caveats,
        *(["Readings of one unit are not independent: the interval of n is too narrow."] if several else []),
        ANY_EXPONENT,
    ]
    if times < FEWEST:  # no shape of a curve is in them
        line = (
            f"Korsmeyer-Peppas up to {UP_TO:g} %: n = {value} from two times only, which every power law goes through."
        )
        rows: tuple[tuple[str, str, str], ...] = ()
        caveats = []
    else:
        of = f"{count} of {points.time.size} readings" if dropped else f"all {count} readings"
        line = f"Korsmeyer-Peppas up to {UP_TO:g} %: n = {value}{interval}, {of}, {quality}."
        rows = tuple((item.shape, _short(item.excluded), _short(item.left)) for item in geometries)
    return replace(
        unknown, fit=fit, n=n, low=low, high=high, geometries=geometries, reading=tuple(said), line=line, rows=rows,
        caveats=tuple(caveats[:2]),
    )  # fmt: skip


def _not_known(unknown: Mechanism, why: str) -> Mechanism:
    text = f"Mechanism from the exponent: not known. {why}"
    return replace(unknown, reading=(text,), line=text)


def _caveats(fit: Fit, points: Points) -> list[str]:
    """Say what makes the exponent of these readings doubtful."""
    said = []
    if fit.criteria.r2_adjusted < POOR:
        said.append(
            f"The power law misses these readings (adjusted R2 {fit.criteria.r2_adjusted:.2f}): n is not theirs."
        )
    top, levels_off = _level(points)
    if levels_off and top < INCOMPLETE:
        said.append(
            f"Release levels off near {top:.3g} % of the dose, and {UP_TO:g} % of what comes out in the end is "
            f"{UP_TO * top / 100.0:.3g} %: n of readings up to {UP_TO:g} % of the dose is too low."
        )
    return said


def _short(mechanisms: Sequence[str]) -> str:
    return ", ".join(SHORT[name] for name in mechanisms) if mechanisms else "nothing"


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
