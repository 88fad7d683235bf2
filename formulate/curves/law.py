"""A release law and the models made of it: as it stands, after a lag, up to a plateau of its own, on top of a burst."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from formulate.curves.model import Floats, Model, Parameter

ZHANG_2010 = "Zhang et al. 2010, AAPS J. 12, 263, doi:10.1208/s12248-010-9185-1"

# Values to search from, with time counted in units of the last time of the data.
TIMES = tuple(np.geomspace(0.003, 100.0, 16).tolist())
RATES = tuple(np.geomspace(0.01, 1000.0, 24).tolist())
LAGS = (-0.3, -0.03, 0.0, 0.08, 0.2, 0.45)
# Rates and times so small or large that a curve on 0 to 1 no longer changes.
LEAST, MOST = 1e-9, 1e9
LARGEST_EXPONENT = 100.0  # of time; beyond it constants that carry a power of time cannot be written as a number
LEAST_TIME = 1e-290  # after the lag: nearer to it a slope in time is beyond what a float can hold
BLOCK = 8192  # points computed at once; longer arrays spend most of their time on fresh memory

LAG = Parameter(
    "Tlag", "time before the release starts; below 0: it started before time 0", "{t}", low=-1000.0, high=1.0, grid=LAGS
)
PLATEAU = Parameter("Fmax", "percent released at the end", "%", low=0.0)
BURST = Parameter("F0", "percent released at once", "%")


@dataclass(frozen=True, eq=False)
class Law:
    """A release law: percent of what is released in the end, at a time since the release started.

    Attributes
    ----------
    curve
        ``curve(t, *parameters)``, percent.
    slopes
        ``slopes(t, *parameters)``: the curve, its derivatives by each parameter, its derivative by time. All but the
        last are finite for t >= 0; the last may be None where no model with a lag is made of the law.
    rescaled
        As in `Model`.
    candidates, coarse
        Rows to start from as in `Model`, and fewer of them to be multiplied with lags.
    """

    parameters: tuple[Parameter, ...]
    curve: Callable[..., Any]
    slopes: Callable[..., tuple[Any, tuple[Any, ...], Any]]
    rescaled: Callable[..., tuple[Any, ...]]
    source: str
    assumes: str = ""
    monotone: bool = True
    candidates: Floats | None = None
    coarse: Floats | None = None


def make(
    law: Law,
    number: int,
    id: str,
    name: str,
    equation: str,
    *,
    lag: str = "",
    plateau: bool = False,
    burst: bool = False,
) -> Model:
    """Make a model of a law.

    Parameters
    ----------
    law : Law
        The law; its parameters come first.
    number, id, name, equation
        As in `Model`.
    lag : str
        Name of the time [that of the data] before which nothing is released; empty for none.
    plateau : bool
        Whether the curve ends at a percentage of its own, Fmax, instead of at 100.
    burst : bool
        Whether a percentage F0 is released at once. Its law then may fall, so that no data are fitted worse than by
        an ordinary regression.

    Returns
    -------
    Model
        Of the group "ddsolver", with parameters of the law, lag, Fmax or F0, in this order.

    Notes
    -----
    ``F = F0 + Fmax/100 law(t - Tlag)``, and 0 for t <= Tlag.
    """
    own = len(law.parameters)

    def curve(time: Floats, *values: Any) -> Floats:
        if time.ndim == 1 and time.size > 2 * BLOCK and not any(map(np.ndim, values)):
            result = np.empty(time.shape)
            for first in range(0, time.size, BLOCK):
                result[first : first + BLOCK] = curve(time[first : first + BLOCK], *values)
            return result
        with np.errstate(all="ignore"):
            since = np.maximum(time - values[own], 0.0) if lag else time
            released = law.curve(since, *values[:own])
            if plateau:
                released = released * (0.01 * values[-1])
            elif burst:
                released = released + values[-1]
        return np.asarray(released)

    def gradient(time: Floats, *values: Any) -> Floats:
        with np.errstate(all="ignore"):
            since = np.maximum(time - values[own], 0.0) if lag else time
            released, slopes, rate = law.slopes(since, *values[:own])
            if lag:
                slopes = (*slopes, np.where(since > LEAST_TIME, -rate, 0.0))
            if plateau:
                share = 0.01 * values[-1]
                shape = np.shape(released * share)
                slopes = (*(slope * share for slope in slopes), 0.01 * released)
            elif burst:
                shape = np.shape(released + values[-1])
                slopes = (*slopes, 1.0)
            else:
                shape = np.shape(released)
            result = np.empty((len(slopes), *shape))
            for place, slope in enumerate(slopes):
                result[place] = slope
        return result

    def rescaled(longer: float, *values: Any) -> tuple[Any, ...]:
        with np.errstate(all="ignore"):  # as an array: a power of a float that is too large would raise
            result = law.rescaled(np.asarray(longer, dtype=np.float64)[()], *values[:own])
        if lag:
            result = (*result, values[own] / longer)
        return (*result, values[-1]) if plateau or burst else result

    parameters = law.parameters
    if burst:
        parameters = (replace(parameters[0], low=-np.inf), *parameters[1:])
    if lag:
        parameters = (*parameters, replace(LAG, name=lag))
    if plateau or burst:
        parameters = (*parameters, PLATEAU if plateau else BURST)
    rows = law.coarse if lag and law.coarse is not None else law.candidates
    if rows is not None and lag:
        rows = product(rows, np.array(LAGS)[:, None])
    if rows is not None and (plateau or burst):
        rows = np.column_stack([rows, np.full(len(rows), np.nan)])
    return Model(
        id=id,
        name=name,
        equation=equation,
        parameters=parameters,
        curve=curve,
        gradient=gradient,
        rescaled=rescaled,
        group="ddsolver",
        number=number,
        lag=lag,
        plateau="Fmax" if plateau else "",
        monotone=law.monotone and not burst,
        assumes=law.assumes,
        source=law.source if law.source == ZHANG_2010 else f"{law.source}; as listed in {ZHANG_2010}",
        candidates=rows,
    )


def product(first: Floats, second: Floats) -> Floats:
    """Give every row of the first joined with every row of the second.

    Parameters
    ----------
    first, second : ndarray, shape (rows, columns)
        Any two tables.

    Returns
    -------
    ndarray, shape (rows of first times rows of second, columns of both)
        The joined rows.

    Examples
    --------
    >>> product(np.array([[1.0], [2.0]]), np.array([[3.0, 4.0]]))
    array([[1., 3., 4.],
           [2., 3., 4.]])
    """
    return np.hstack([np.repeat(first, len(second), axis=0), np.tile(second, (len(first), 1))])


def pairs(times: tuple[float, ...], exponents: tuple[float, ...]) -> tuple[Floats, Floats]:
    """Give every pair of a time and an exponent, as two columns.

    Parameters
    ----------
    times, exponents : tuple of float
        Values of each.

    Returns
    -------
    times, exponents : ndarray, shape (pairs,)
        The two columns.

    Examples
    --------
    >>> pairs((1.0, 2.0), (3.0,))
    (array([1., 2.]), array([3., 3.]))
    """
    table = product(np.array(times)[:, None], np.array(exponents)[:, None])
    return table[:, 0], table[:, 1]


def close_together(steepness: tuple[float, ...], first: float, by_logarithm: bool = True) -> tuple[Floats, Floats]:
    """Give pairs of the middle of a rise and its steepness; the steeper, the closer, as steep curves are not alike.

    Parameters
    ----------
    steepness : tuple of float
        Per logarithm of time, or per time.
    first : float
        The earliest middle, in units of the last time.
    by_logarithm : bool
        Which of the two.

    Returns
    -------
    times, steepness : ndarray, shape (pairs,)
        Middles from the first to the last time, at most 1.2 over the steepness apart.

    Examples
    --------
    >>> close_together((3.0,), 0.2, False)
    (array([0.2, 0.6, 1. ]), array([3., 3., 3.]))
    """
    times, own = [], []
    for slope in steepness:
        length = -np.log(first) if by_logarithm else 1.0 - first
        count = int(np.ceil(length * slope / 1.2 - 1e-9)) + 1
        times.append(np.geomspace(first, 1.0, count) if by_logarithm else np.linspace(first, 1.0, count))
        own.append(np.full(count, slope))
    return np.concatenate(times), np.concatenate(own)


def seen(times: Floats, exponents: Floats) -> tuple[Floats, Floats]:
    """Leave out pairs whose rise, as a power of time over a time, lies where no data are.

    Parameters
    ----------
    times, exponents : ndarray, shape (pairs,)
        Middle of a rise in units of the last time, and its steepness.

    Returns
    -------
    times, exponents : ndarray, shape (pairs left,)
        Those with (1/time)^exponent between e^-6, nothing released at the last time yet, and e^20, all long released.

    Examples
    --------
    >>> seen(np.array([0.5, 0.5, 100.0]), np.array([1.0, 50.0, 2.0]))
    (array([0.5]), array([1.]))
    """
    rise = -exponents * np.log(times)
    kept = (rise > -6.0) & (rise < 20.0)
    return times[kept], exponents[kept]


def logarithm(time: Floats) -> Floats:
    """Natural logarithm of a time, and 0 at time 0, where what it multiplies is 0.

    Parameters
    ----------
    time : ndarray
        t >= 0 [any unit].

    Returns
    -------
    ndarray
        ln t, or 0 for t = 0.
    """
    return np.asarray(np.log(np.where(time > 0.0, time, 1.0)))
