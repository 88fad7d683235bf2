"""A law that was fitted, drawn with its doubt, and the release of a dose it gives."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from formulate.curves.model import Floats, Model, Parameter
from formulate.domain import require, require_positive
from materials.errors import DomainError

ROUNDING = 1e-9  # of a variance, or of the dose
MEASURED = 1e-6  # of the last time, which a file gives in few digits
LARGEST = 1e300  # of a parameter on a logarithmic scale: it and its inverse are numbers that can be multiplied


def coordinates(model: Model, values: ArrayLike) -> tuple[Floats, Floats]:
    """Give the parameters of a law in the coordinates that their doubt is symmetric in, and the slope of each.

    Parameters
    ----------
    model : Model
        The law.
    values : array_like, shape (parameters,)
        Its parameters, each in its own unit [unit of the parameter].

    Returns
    -------
    coordinates, slopes : ndarray, shape (parameters,)
        Logarithm or the value itself, and its derivative by the value.

    Raises
    ------
    DomainError
        A parameter that is counted on a logarithmic scale is not above zero.

    Notes
    -----
    ``u = ln p`` with slope ``1/p``, or ``u = p`` with slope 1.
    """
    given = np.asarray(values, dtype=np.float64)
    logarithmic = np.array([parameter.coordinate == "log" for parameter in model.parameters])
    for parameter, value, is_log in zip(model.parameters, given, logarithmic, strict=True):
        if is_log:
            require_positive(parameter.name, value, "")
    safe = np.where(logarithmic, given, 1.0)
    with np.errstate(over="ignore"):
        return np.where(logarithmic, np.log(safe), given), 1.0 / safe


def in_coordinates(model: Model, values: ArrayLike, covariance: ArrayLike) -> Floats:
    """Give the covariance of a law in the coordinates of its parameters.

    Parameters
    ----------
    model : Model
        The law.
    values : array_like, shape (parameters,)
        Its parameters [unit of the parameter].
    covariance : array_like, shape (parameters, parameters)
        C, of the parameters [products of their units].

    Returns
    -------
    ndarray, shape (parameters, parameters)
        Of the logarithms of the parameters, or of themselves.

    Raises
    ------
    DomainError
        It is not finite: no number, or a doubt too wide for one; or a logarithmic parameter is not above zero.

    Notes
    -----
    ``C_u = D C D`` with the slopes ``D = diag(du/dp)`` of `coordinates`, the delta method.

    Examples
    --------
    A rate of 0.5 with a standard error of 0.1 has one of 0.2 in its logarithm:

    >>> from formulate.curves.library import model
    >>> in_coordinates(model("first_order"), [0.5], [[0.01]])
    array([[0.04]])
    """
    _, slopes = coordinates(model, values)
    given = np.atleast_2d(np.asarray(covariance, dtype=np.float64))
    require("covariance", given, "", np.isfinite(given), "finite numbers")
    with np.errstate(over="ignore"):  # by one slope after the other: the product of both may be no number
        carried = given * slopes[:, None] * slopes[None, :]
    return require("covariance over the square of a parameter", carried, "", np.isfinite(carried), "finite numbers")


def require_domain(model: Model, values: ArrayLike, longest: float) -> Floats:
    """Give the parameters of a law, provided that it can take them.

    Parameters
    ----------
    model : Model
        The law.
    values : array_like, shape (parameters,)
        Its parameters [unit of the parameter].
    longest : float
        Last time of the measurement, in the time unit of the law; the domain of a parameter goes by it [time unit].

    Returns
    -------
    ndarray, shape (parameters,)
        The values [unit of the parameter].

    Raises
    ------
    DomainError
        For the first parameter that lies outside its domain.

    Examples
    --------
    >>> from formulate.curves.library import model
    >>> require_domain(model("weibull_2"), [3.0, 500.0], 14.0)
    Traceback (most recent call last):
    materials.errors.DomainError: beta = 500; need 1e-06 to 100
    """
    span = float(require_positive("longest", longest, ""))
    given = np.asarray(values, dtype=np.float64)
    counted = _counted(model, span, given)
    order = np.argsort([not _is_timeless(parameter) for parameter in model.parameters], kind="stable")
    for place in order:  # exponents first: the others are scaled by powers of them
        parameter, value = model.parameters[place], counted[place]
        low, high = parameter.low, parameter.high
        if not low - MEASURED * abs(low) <= value <= high + MEASURED * abs(high):
            need = f"{low:g} to {high:g}" if np.isfinite([low, high]).all() else f">= {low:g}"
            counted_so = "" if _is_timeless(parameter) else f"{value:g} with time in units of the last, {span:g}"
            raise DomainError(parameter.name, float(given[place]), "", need, counted_so)
    return given


def _is_timeless(parameter: Parameter) -> bool:
    return "{t}" not in parameter.unit


def _counted(model: Model, unit: float, values: Floats) -> Floats:
    """Give parameters with time counted in another unit; not finite where a power of time is no number."""
    with np.errstate(all="ignore"):
        return values if model.rescaled is None else np.stack(model.rescaled(unit, *values))


def independent_steps(covariance: ArrayLike) -> Floats:
    """Give the lower triangle whose product with its transpose is a covariance, which may be of lower rank.

    Parameters
    ----------
    covariance : array_like, shape (parameters, parameters)
        C, symmetric, of parameters or their logarithms [products of their units].

    Returns
    -------
    ndarray, shape (parameters, parameters)
        L, zero in the column of a parameter that the ones before it determine.

    Raises
    ------
    DomainError
        A number is not finite, C is not symmetric, or a combination of the parameters would have a negative variance.

    Notes
    -----
    ``C = L L'`` (Cholesky), row by row; a pivot below 1e-9 of its variance is none. Row i of ``L z`` moves parameter i
    by what its predecessors make it do and one step of its own.

    Examples
    --------
    >>> independent_steps([[4.0, 2.0], [2.0, 2.0]])
    array([[2., 0.],
           [1., 1.]])
    """
    wide = np.atleast_2d(np.asarray(covariance, dtype=np.float64))
    require("covariance", wide, "", np.isfinite(wide), "finite numbers")
    variances = np.diag(wide)
    scale = np.sqrt(np.maximum(variances, 0.0))
    size = np.outer(scale, scale) + 1e-300
    require("covariance", wide, "", np.abs(wide - wide.T) <= 1e-6 * size, "the same above and below the diagonal")
    require("variance", variances, "", variances >= 0.0, ">= 0")
    steps = np.zeros_like(wide)
    for i in range(len(wide)):
        rest = wide[i:, i] - steps[i:, :i] @ steps[i, :i]
        need = "a covariance whose correlations can hold together"
        require("variance left of a parameter", rest[0], "", rest[0] >= -1e-6 * variances[i], need)
        if rest[0] > ROUNDING * variances[i]:
            steps[i:, i] = rest / np.sqrt(rest[0])
        else:  # then nothing that follows may move with it either
            require("covariance", rest, "", np.abs(rest) <= 1e-3 * size[i:, i], need)
    return steps


@dataclass(frozen=True)
class LawDraws:
    """Draws of the parameters of a law.

    Attributes
    ----------
    values : ndarray, shape (parameters, draws)
        The parameters, each in its own unit.
    moved : float
        Share of the draws in which a parameter was moved to the end of what it may be [1].
    """

    values: Floats
    moved: float


def law_draws(model: Model, values: ArrayLike, covariance: ArrayLike, scores: ArrayLike, longest: float) -> LawDraws:
    """Give draws of the parameters of a law that was fitted.

    Parameters
    ----------
    model : Model
        The law.
    values : array_like, shape (parameters,)
        Its fitted parameters [unit of the parameter].
    covariance : array_like, shape (parameters, parameters)
        Of the parameters [products of their units].
    scores : array_like, shape (parameters, draws)
        Independent standard normal scores [1].
    longest : float
        Last time of the measurement, in the time unit of the law; the domain of a parameter goes by it [time unit].

    Returns
    -------
    LawDraws
        Parameters and how often one was moved to the end of its domain.

    Raises
    ------
    DomainError
        The covariance is none, the time is not positive, or a logarithmic parameter is not above zero.

    Notes
    -----
    ``u = u0 + L z``, L of the covariance carried over to the coordinates of the law to first order,
    ``C_u = D C D`` with the slopes ``D = diag(du/dp)``: a rate is drawn lognormal, an exponent normal. Source: the
    asymptotic covariance of least squares (Seber and Wild, Nonlinear Regression, 1989, ch. 5).

    Examples
    --------
    A law without doubt is the same in every draw:

    >>> from formulate.curves.model import Model, Parameter
    >>> line = Model("line", "line", "F = k t", (Parameter("k", "rate", "%/{t}"),), lambda t, k: k * t, lambda t, k: t)
    >>> law_draws(line, [5.0], [[0.0]], [[-1.0, 0.0, 2.0]], 10.0).values
    array([[5., 5., 5.]])
    """
    span = float(require_positive("longest", longest, ""))
    middle, _ = coordinates(model, values)
    steps = independent_steps(in_coordinates(model, values, covariance))
    drawn = middle[:, None] + steps @ np.asarray(scores, dtype=np.float64)
    logarithmic = np.array([[parameter.coordinate == "log"] for parameter in model.parameters])
    widest = np.log(LARGEST)
    drawn = np.where(logarithmic, np.exp(np.clip(np.where(logarithmic, drawn, 0.0), -widest, widest)), drawn)
    low = np.array([[parameter.low] for parameter in model.parameters])
    high = np.array([[parameter.high] for parameter in model.parameters])
    # exponents first: beyond their ends a power of time is no number
    timeless = np.array([[_is_timeless(parameter)] for parameter in model.parameters])
    held = np.where(timeless, np.clip(drawn, low, high), drawn)
    scaled = _counted(model, span, held)
    inside = np.clip(scaled, low, high)
    moved = _differs(inside, scaled).any(axis=0) | _differs(held, drawn).any(axis=0)
    if not moved.any():
        return LawDraws(drawn, 0.0)
    back = _counted(model, 1.0 / span, inside)
    back = np.where(logarithmic, np.clip(back, 1.0 / LARGEST, LARGEST), back)
    return LawDraws(np.where(moved, back, drawn), float(moved.mean()))


def _differs(held: Floats, given: Floats) -> Floats:
    with np.errstate(invalid="ignore"):  # of two infinite ones: no difference
        return np.asarray(np.abs(held - given) > ROUNDING * np.abs(held))


def student_widening(scores: ArrayLike, degrees_of_freedom: int) -> Floats:
    """Give the factor that turns normal scores into those of Student's t.

    Parameters
    ----------
    scores : array_like, shape (draws,)
        Standard normal scores, independent of those that are widened [1].
    degrees_of_freedom : int
        Readings less parameters of the fit [1].

    Returns
    -------
    ndarray, shape (draws,)
        Factor, near 1 where there are many readings [1].

    Raises
    ------
    DomainError
        If the degrees of freedom are below 1.

    Notes
    -----
    ``sqrt(nu/chi2)``, chi2 the quantile of the chi-square distribution of nu degrees of freedom at ``Phi(score)``: the
    covariance of a fit rests on a residual variance that is itself estimated. Source: Student's t as a normal over
    an independent root mean square, any textbook of statistics.

    Examples
    --------
    The median factor for 4 degrees of freedom, chi-square median 3.3567:

    >>> student_widening([0.0], 4)
    array([1.0916])
    """
    from scipy.special import gammaincinv, ndtr

    freedom = float(require_positive("degrees_of_freedom", degrees_of_freedom, ""))
    share = np.clip(ndtr(np.asarray(scores, dtype=np.float64)), 1e-12, 1.0 - 1e-12)
    return np.asarray(np.sqrt(freedom / (2.0 * gammaincinv(0.5 * freedom, share))))


@dataclass(frozen=True)
class LawReleased:
    """What a law gives as the release of a dose.

    Attributes
    ----------
    released : ndarray, shape (draws, times)
        Cumulative fraction of the dose, from 0 to 1, never falling [1].
    risen : float
        Share of the draws in which the law fell and was held at what it had reached [1].
    cut : float
        Share of the draws in which the law passed 0 or all of the dose and was cut there [1].
    """

    released: Floats
    risen: float
    cut: float


def law_released(model: Model, values: ArrayLike, time: ArrayLike) -> LawReleased:
    """Give the fraction of the dose that a law releases.

    Parameters
    ----------
    model : Model
        The law.
    values : array_like, shape (parameters, draws)
        Draws of its parameters [unit of the parameter].
    time : array_like, shape (draws, times) or (times,)
        Time on the bench, rising, in the time unit of the law [time unit].

    Returns
    -------
    LawReleased
        Fractions released, and how often a law had to be held or cut.

    Raises
    ------
    DomainError
        A time is negative, or the law has no finite value at it.

    Notes
    -----
    ``F/100``, cut at 0 and at 1, and held at the largest value reached so far: what has left a carrier does not return.

    Examples
    --------
    >>> from formulate.curves.model import Model, Parameter
    >>> line = Model("line", "line", "F = k t", (Parameter("k", "rate", "%/{t}"),), lambda t, k: k * t, lambda t, k: t)
    >>> law_released(line, [[5.0]], [0.0, 10.0, 30.0]).released
    array([[0. , 0.5, 1. ]])
    """
    given = np.asarray(time, dtype=np.float64)
    require("time", given, "", given >= 0.0, ">= 0")
    drawn = np.asarray(values, dtype=np.float64)[:, :, None]
    with np.errstate(all="ignore"):
        fraction = np.atleast_2d(np.asarray(model.curve(given, *drawn))) / 100.0
    fraction = np.broadcast_to(fraction, np.broadcast_shapes(fraction.shape, (drawn.shape[1], given.shape[-1])))
    finite = np.isfinite(fraction)
    if not finite.all():
        at = float(np.broadcast_to(given, fraction.shape)[~finite][0])
        need = "a law that is finite at every time of the calculation"
        raise DomainError(f"release at time {at:g}", float(fraction[~finite][0]), "", need)
    inside = np.clip(fraction, 0.0, 1.0)
    cut = np.abs(inside - fraction).max(axis=1) > 0.005
    held = np.maximum.accumulate(inside, axis=1)
    risen = (held - inside).max(axis=1) > 0.005
    return LawReleased(held, float(risen.mean()), float(cut.mean()))
