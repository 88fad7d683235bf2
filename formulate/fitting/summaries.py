"""A release curve in single numbers: times to given shares, mean dissolution time, dissolution efficiency, area.

From the readings alone, with straight lines between them from the origin (0, 0), and from a fitted curve.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from formulate.curves.model import Floats
from formulate.domain import require
from formulate.experiment.data import Profile
from formulate.fitting.propagation import doubt, gradient, quantile, standard_error
from formulate.fitting.results import Fit

SHARES = (25.0, 50.0, 75.0, 80.0, 90.0)  # percent
HORIZON = 10.0  # times the last reading: of later times these readings tell nothing

_FAR = 1e4  # times the last reading: a curve that still rises here has no plateau
_EDGES = np.concatenate(
    [[0.0], np.geomspace(1e-6, 0.05, 24)[:-1], np.linspace(0.05, 1.0, 40), np.geomspace(1.0, _FAR, 40)[1:]]
)
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(4)
_HALF = 0.5 * np.diff(_EDGES)[:, None]
_GRID = (_EDGES[:-1, None] + _HALF * (1.0 + _NODES)).ravel()  # from the start, in times to the last reading
_SHARE = (_HALF * _WEIGHTS).ravel()  # of each node in an integral over the grid
_WITHIN = _GRID < 1.0


@dataclass(frozen=True)
class Quantity:
    """One number read off a curve, with its interval."""

    name: str  # "T50", "MDT", "DE", "AUC"
    meaning: str
    value: float  # NaN where there is none: the note says why
    low: float  # NaN where not known
    high: float  # NaN where not known, inf where nothing bounds it
    unit: str  # "{t}" stands for the time unit of the data
    extrapolated: bool = False  # rests on the curve beyond the last reading
    note: str = ""


_NO_VALUE = "the curve has no finite value at some times"
_MDT = ("MDT", "mean dissolution time", "{t}")
_DE = ("DE", "dissolution efficiency: area under the curve as a share of 100 % from the start", "%")
_AUC = ("AUC", "area under the curve to the last reading", "% {t}")


def _time_to(share: float) -> tuple[str, str, str]:
    return f"T{share:g}", f"time to {share:g} % released", "{t}"


# ---------------------------------------------------------------------------------------------- the readings alone


def mean_dissolution_time(time: ArrayLike, released: ArrayLike) -> float:
    """Mean time at which what was released had been released, from readings.

    Parameters
    ----------
    time : array_like, shape (readings,)
        Times of the readings, rising, from 0 on [s]; or in any other unit.
    released : array_like, shape (readings,)
        Share released by then [1]; or percent.

    Returns
    -------
    float
        MDT, mean dissolution time [s], in the unit of `time`; NaN if the last reading is not above zero.

    Raises
    ------
    DomainError
        If a time is negative or not above the one before it, there is no reading, or not one for each time.

    Notes
    -----
    ``MDT = sum t_mid dF/sum dF``, ``t_mid`` the middle between two readings and ``dF`` what was released between
    them, the first from the origin (0, 0). It is the mean time of what was released by the last reading, and
    below that of the whole dose if release was not over. A reading below the one before it counts as release
    taken back. Some programs leave the origin out, which drops what the first reading shows.
    Source: Costa and Sousa Lobo 2001, eq. 42, doi:10.1016/S0928-0987(01)00095-1.

    Examples
    --------
    Half between 0 and 1 h, half between 1 and 3 h: (0.5 + 2)/2.

    >>> mean_dissolution_time([1.0, 3.0], [40.0, 80.0])
    1.25
    """
    times, shares = _from_origin(time, released)
    steps = np.diff(shares)
    if not shares[-1] > 0.0:
        return math.nan
    return float(0.5 * (times[1:] + times[:-1]) @ steps / steps.sum())


def area_under_curve(time: ArrayLike, released: ArrayLike) -> float:
    """Area under straight lines between the readings, from the origin to the last reading.

    Parameters
    ----------
    time : array_like, shape (readings,)
        Times of the readings, rising, from 0 on [s]; or in any other unit.
    released : array_like, shape (readings,)
        Share released by then [1]; or percent.

    Returns
    -------
    float
        AUC [s], shares times the unit of `time`; of percent in percent times it. Over the last time (and 100 %) it is
        the dissolution efficiency.

    Raises
    ------
    DomainError
        If a time is negative or not above the one before it, there is no reading, or not one for each time.

    Notes
    -----
    ``AUC = sum (t_i - t_{i-1}) (F_i + F_{i-1})/2`` from (0, 0), unless there is a reading at time zero; ``DE =
    AUC/(100 t_last)``. Source: Khan 1975, doi:10.1111/j.2042-7158.1975.tb09378.x.

    Examples
    --------
    >>> area_under_curve([1.0, 3.0], [40.0, 80.0])  # 20 + 120
    140.0
    """
    times, shares = _from_origin(time, released)
    return float(np.diff(times) @ (shares[1:] + shares[:-1]) * 0.5)


def time_to(share: float, time: Floats, released: Floats) -> float:
    """Time at which straight lines between the readings first reach a share; NaN if they do not.

    Examples
    --------
    >>> time_to(50.0, np.array([1.0, 3.0]), np.array([40.0, 80.0]))
    1.5
    """
    time, released = _from_origin(time, released)
    return float(_first_reaching(np.array([share]), time, released)[0])


def observed_summary(profile: Profile, level: float = 0.95) -> tuple[Quantity, ...]:
    """Read times to shares, MDT, DE and AUC off the mean of the units.

    Parameters
    ----------
    profile : Profile
        Readings of one unit or several [%].
    level : float
        Of the intervals [1].

    Returns
    -------
    tuple of Quantity
        Values of the mean profile. Intervals from the spread of the same number over the units, where at least two
        units have all readings; otherwise they are not known.

    Raises
    ------
    DomainError
        If a time is negative, there is no reading or the level is not between 0 and 1.

    Notes
    -----
    ``mean +- t SD/sqrt(units)`` with the mean and SD of the number over the units, moved to the value of the mean
    profile (they differ where the number is not linear in the readings).
    """
    require("level", level, "", 0.0 < level < 1.0, "between 0 and 1")
    read = np.flatnonzero(profile.count > 0)
    require("number of readings", read.size, "", read.size >= 1, ">= 1")
    time = profile.time[read]
    whole = [unit[read] for unit in profile.released if np.isfinite(unit[read]).all()]
    units = np.array([_numbers(time, unit) for unit in whole]).reshape(len(whole), len(SHARES) + 3)
    mean = np.nanmean(profile.released[:, read], axis=0)
    values = _numbers(time, mean)
    names = [*(_time_to(share) for share in SHARES), _MDT, _DE, _AUC]
    highest = float(mean.max())
    found = []
    for index, (name, meaning, unit) in enumerate(names):
        value = values[index]
        half = _half_width(units[:, index], level)
        note = ""
        if math.isnan(value):
            note = f"not reached: the highest reading is {highest:.3g} %"
        elif name == "MDT":
            note = "of what was released by the last reading"
        low = max(value - half, 0.0) if unit == "{t}" else value - half
        found.append(Quantity(name, meaning, value, low if half == half else math.nan, value + half, unit, note=note))
    return tuple(found)


def _numbers(time: Floats, released: Floats) -> list[float]:
    area = area_under_curve(time, released)
    last = float(time[-1])
    return [
        *(time_to(share, time, released) for share in SHARES),
        mean_dissolution_time(time, released),
        area / last if last > 0.0 else math.nan,
        area,
    ]


def _half_width(values: Floats, level: float) -> float:
    from scipy.special import stdtrit

    if values.size < 2 or not np.isfinite(values).all():
        return math.nan
    t = float(stdtrit(values.size - 1, 0.5 + 0.5 * level))
    return t * float(values.std(ddof=1)) / math.sqrt(values.size)


def _from_origin(time: ArrayLike, released: ArrayLike) -> tuple[Floats, Floats]:
    """Put the origin before the readings; before a reading at time zero it adds what was out from the start."""
    times, shares = np.asarray(time, dtype=np.float64), np.asarray(released, dtype=np.float64)
    require("number of readings", times.size, "", times.size >= 1, ">= 1")
    require("number of readings", shares.size, "", shares.size == times.size, f"{times.size}, one for each time")
    require("time", times, "s", times >= 0.0, ">= 0")
    require("time", times[1:], "s", np.diff(times) > 0.0, "times in rising order")
    return np.concatenate([[0.0], times]), np.concatenate([[0.0], shares])


def _first_reaching(shares: Floats, time: Floats, released: Floats) -> Floats:
    """Give when straight lines through the points first reach each share; NaN where they never do."""
    reached = released >= shares[:, None]
    after = reached.argmax(axis=1)
    before = np.maximum(after - 1, 0)
    rise = released[after] - released[before]
    part = np.where(rise > 0.0, (shares - released[before]) / np.where(rise > 0.0, rise, 1.0), 0.0)
    found = np.where(after == 0, time[0], time[before] + part * (time[after] - time[before]))
    return np.where(reached.any(axis=1), found, np.nan)


# ------------------------------------------------------------------------------------------------ the fitted curve


def fitted_summary(fit: Fit) -> tuple[Quantity, ...]:
    """Read times to shares, MDT, DE and AUC off a fitted curve, with intervals at the level of the fit.

    Parameters
    ----------
    fit : Fit
        A fitted curve [%].

    Returns
    -------
    tuple of Quantity
        A time to a share the curve does not reach within ten times the last reading is NaN, and the note says why.

    Raises
    ------
    DomainError
        If the last reading is not after time zero.

    Notes
    -----
    Times to shares: first crossing, to 1e-9 of the last reading; their interval is where the share lies in the
    confidence band of the curve, so that its end is infinite where the band never reaches the share.
    ``DE = AUC/(100 t_last)``, AUC the integral of the curve to the last reading.
    ``MDT = integral of (1 - F/F_end) dt``, F_end the plateau of a curve that has one and 100 % for one that rises
    without end and is over at 100 % (for Korsmeyer-Peppas this is ``n/(n + 1) k^(-1/n)``, for Weibull
    ``Td Gamma(1 + 1/beta)``). No MDT for a curve that falls again, or so slow that its mean time has no end.
    Errors by the delta method, of MDT in its logarithm.
    """
    last = float(fit.points.time.max())
    require("last time of the readings", last, "", last > 0.0, "> 0")
    with np.errstate(all="ignore"):  # far beyond the readings some curves leave the range of numbers
        return _summary(fit, last)


def _summary(fit: Fit, last: float) -> tuple[Quantity, ...]:
    start = _lag(fit, last)
    time = start + (last - start) * _GRID
    curve = fit.curve(time)
    slopes = gradient(fit, time)
    spread = doubt(fit)
    t = quantile(fit)
    half = t * standard_error(slopes, spread)
    return (
        *_times(fit, last, time, curve, half),
        _mean_time(fit, last, start, curve, slopes, spread, t),
        *_areas(last, start, curve, slopes, spread, t),
    )


def _lag(fit: Fit, last: float) -> float:
    """Give the time before which the curve is zero, so that its kink lies on the edge of a panel."""
    value = float(fit.values[fit.model.names.index(fit.model.lag)]) if fit.model.lag else 0.0
    return value if 0.0 < value < 0.99 * last else 0.0


def _times(fit: Fit, last: float, time: Floats, curve: Floats, half: Floats) -> list[Quantity]:
    kept = time <= HORIZON * last
    time = np.concatenate([[0.0], time[kept]])
    curve = np.concatenate([fit.curve(np.zeros(1)), curve[kept]])
    half = np.concatenate([half[:1], half[kept]])
    shares = np.array(SHARES)
    values = _crossings(fit, shares, time, curve)
    upper = curve + half
    if fit.model.monotone:  # a curve that never falls is nowhere above what bounds it later
        upper = np.minimum.accumulate(upper[::-1])[::-1]
    low = np.fmin(_first_reaching(shares, time, upper), values)
    high = _first_reaching(shares, time, curve - half)
    top = float(curve[np.isfinite(curve)].max(initial=-math.inf))  # finite at the readings at least
    lost = "" if np.isfinite(curve).all() else "; it has no finite value at some times"
    found = []
    for share, value, early, late in zip(shares, values, low, high, strict=True):
        name, meaning, unit = _time_to(share)
        note = ""
        known = bool(np.isfinite(half).all())
        late = math.inf if math.isnan(late) else max(late, value) if value == value else late
        if math.isnan(value):
            note = f"not reached: the curve comes to {top:.3g} % by {HORIZON:g} times the last reading{lost}"
            early = early if early == early else math.inf
        elif math.isinf(late) and known:
            note = "the band of the curve does not bound it from above"
        if not known:
            early = late = math.nan
        found.append(Quantity(name, meaning, float(value), float(early), float(late), unit, bool(value > last), note))
    return found


def _crossings(fit: Fit, shares: Floats, time: Floats, curve: Floats) -> Floats:
    """Narrow the bracket of each crossing 64-fold, three times, and end with a straight line."""
    reached = (curve >= shares[:, None]) & np.isfinite(curve)
    after = reached.argmax(axis=1)
    row = np.arange(shares.size)
    high, low = time[after], time[np.maximum(after - 1, 0)]
    above = below = shares
    steps = np.linspace(0.0, 1.0, 65)
    for _ in range(3):
        between = low[:, None] + (high - low)[:, None] * steps
        values = fit.curve(between.ravel()).reshape(between.shape)
        beyond = values >= shares[:, None]
        beyond[:, -1] = True
        index = beyond.argmax(axis=1)
        before = np.maximum(index - 1, 0)
        high, low = between[row, index], between[row, before]
        above, below = values[row, index], values[row, before]
    rise = above - below
    part = np.clip(np.divide(shares - below, rise, out=np.ones_like(rise), where=rise > 0.0), 0.0, 1.0)
    return np.where(reached.any(axis=1), np.where(after == 0, time[0], low + part * (high - low)), np.nan)


def _areas(last: float, start: float, curve: Floats, slopes: Floats, spread: Floats, t: float) -> list[Quantity]:
    share = _SHARE[_WITHIN] * (1.0 - start / last)
    mean = float(share @ curve[_WITHIN])  # over the time to the last reading: DE in percent
    half = t * float(standard_error((slopes[:, _WITHIN] @ share)[:, None], spread)[0])
    note = "" if math.isfinite(mean) else _NO_VALUE
    return [
        Quantity(*_DE[:2], mean, mean - half, mean + half, _DE[2], note=note),
        Quantity(*_AUC[:2], mean * last, (mean - half) * last, (mean + half) * last, _AUC[2], note=note),
    ]


def _mean_time(
    fit: Fit, last: float, start: float, curve: Floats, slopes: Floats, spread: Floats, t: float
) -> Quantity:
    rising = np.diff(curve, prepend=min(0.0, float(curve[0]))) >= -1e-9 * max(float(curve.max()), 1.0)
    final = float(curve[-1])
    slow = final - float(curve[_GRID < 0.1 * _FAR][-1]) > 0.01 * abs(final)
    levels = bool(rising.all()) and final > 0.0 and not slow
    over = np.flatnonzero(curve >= (final if levels else 100.0))
    if not np.isfinite(curve[: over[0] if over.size else None]).all():
        return _no_mean_time(_NO_VALUE)
    if not levels and not (over.size and rising[: over[0] + 1].all()):
        why = "the curve does not level off" if rising.all() else "the curve falls again"
        return _no_mean_time(f"{why} and does not come to 100 % before")
    end = final if levels else 100.0
    scale, share = last - start, _SHARE
    if _GRID[over[0]] < 0.01 * _FAR:  # over at a sharp end, which a panel of the grid would blur
        grid = np.concatenate([[0.0], start + _GRID * scale])
        scale = float(_crossings(fit, np.array([end]), grid, fit.curve(grid))[0]) - start
        share, time = _SHARE[_WITHIN], start + _GRID[_WITHIN] * scale
        curve, slopes = fit.curve(time), gradient(fit, time)
    left = share * (1.0 - np.maximum(curve, 0.0) / end)  # what a line puts below zero has not been released
    total = start + scale * float(left.sum())  # nothing is out before the lag
    if not math.isfinite(total):
        return _no_mean_time(_NO_VALUE)
    if share is _SHARE and scale * float(left[_GRID > 0.1 * _FAR].sum()) > 1e-3 * total:
        return _no_mean_time("the curve nears its plateau so slowly that its mean time has no end")
    end_slopes = slopes[:, -1:] if levels else 0.0
    by_parameter = scale * ((slopes - curve / end * end_slopes) @ share) / end
    error = float(standard_error(by_parameter[:, None], spread)[0])
    factor = math.exp(min(t * error / total, 700.0)) if total > 0.0 and math.isfinite(t * error) else math.nan
    beyond = 1.0 - float(fit.curve(np.array([last]))[0]) / end
    notes = [] if levels else ["of the curve up to 100 %"]
    if beyond > 0.05:
        notes.append(f"{100.0 * beyond:.2g} % of it is released after the last reading")
    return Quantity(*_MDT[:2], total, total / factor, total * factor, _MDT[2], beyond > 0.05, "; ".join(notes))


def _no_mean_time(why: str) -> Quantity:
    return Quantity(*_MDT[:2], math.nan, math.nan, math.nan, _MDT[2], note=why)
