"""How what arrives is spread over each step between two times: at a rate that is linear within the step."""

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require
from formulate.sampling import Array

_JUMP = 4.0  # times; rates of two steps further apart are of something that begins or ends, not of one curve
_AT_ONCE = 16384  # amounts at a time: what is at work stays in the processor's cache
_SMALL = 1e-4  # below, the difference of near equals would lose more digits than the series
GAMMA = float(1.0 - 1.0 / np.sqrt(2.0))  # where in a step its inner stage lies, of the implicit scheme of two stages
DAMPING = 4  # stages of a step in which what is fast falls by much: it ends between the third and the fourth
INNER = 2.0 * GAMMA - 1.0  # of what `rising` gives: how much more enters at the inner stage than on average


def damped(before: Array, after: Array) -> Array:
    """Give what a step ends with, from what is there after the last stage but one of `DAMPING`, and after the last.

    Parameters
    ----------
    before, after : ndarray, shape (...)
        After three and after four implicit stages, each ``gamma h`` long [kg].

    Returns
    -------
    ndarray, shape (...)
        [kg].

    Raises
    ------
    Nothing.

    Notes
    -----
    ``(2 - sqrt 2) S^3 + (sqrt 2 - 1) S^4`` with ``S = 1/(1 - gamma z)``, for what decays by ``e^z`` over the step h:
    of first order, never below zero, and gone like ``z^-3``, where one implicit stage leaves ``1/(1 - z)``.

    Examples
    --------
    >>> stage = 1.0 / (1.0 + GAMMA * 5.0)
    >>> damped(np.array([stage**3]), np.array([stage**4]))  # exp(-5) is 0.0067, one implicit stage would leave 0.1667
    array([0.0504])
    >>> damped(np.array([3.0]), np.array([4.0])) * GAMMA  # of stages of this length, as long as the step
    array([1.])
    """
    share = 1.0 / GAMMA - (DAMPING - 1)
    found: Array = (1.0 - share) * before + share * after
    return found


def skewed(decays: Array) -> Array:
    """Give what a step of decay makes of drug that enters at ``(2 t/h - 1)/h``: later rather than sooner, none in all.

    Parameters
    ----------
    decays : ndarray
        x = lambda h, the rate of a mode, at or below 0, times the length of the step; complex as well [1].

    Returns
    -------
    ndarray
        ``integral_0^1 exp(x v) (1 - 2 v) dv`` [1].

    Raises
    ------
    Nothing.

    Notes
    -----
    ``g - 2 (e^x - g)/x`` with ``g = (e^x - 1)/x``, by parts; for small x ``-x/6 - x^2/12``.

    Examples
    --------
    >>> skewed(np.array([-1e-6, -1.0, -1e3]))
    array([1.6667e-07, 1.0364e-01, 9.9800e-04])
    """
    small = np.abs(decays) < _SMALL
    x = np.where(small, -1.0, decays)
    mean = np.expm1(x) / x
    return np.where(small, -decays / 6.0 - decays**2 / 12.0, mean - 2.0 * (np.exp(x) - mean) / x)


def rising(time: ArrayLike, arrived: ArrayLike) -> Array:
    """Give how much more would arrive in each step at the rate of its end than does arrive.

    Parameters
    ----------
    time : array_like, shape (times,)
        Rising times [s].
    arrived : array_like, shape (..., times)
        Cumulative amounts that have arrived by each time [kg]; any other unit as well.

    Returns
    -------
    ndarray, shape (..., times - 1)
        B, between -A and A, with A what arrives in the step [kg].

    Raises
    ------
    DomainError
        Times that do not rise.

    Notes
    -----
    Within a step of length h the rate is ``(A + B (2 t/h - 1))/h``: it brings A whatever B is, and is nowhere negative.
    At the end of a step it lies between the mean rates a of this step and b of the next, ``(l a + h b)/(h + l)`` with l
    the length of the next: exact to second order for a smooth curve. The rate is steady, ``B = 0``, in a step at whose
    rate the curve turns, so that it keeps its height, and where a and b lie more than fourfold apart: there something
    begins or ends. After a steady rate compartments that turn over within a step would show at its end what came in
    the middle of it.

    Examples
    --------
    >>> rising([0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 4.0, 9.0])  # rates 2 t: at the end 2, 4 and 6 of means 1, 3 and 5
    array([1., 1., 1.])
    """
    steps = np.diff(np.asarray(time, dtype=np.float64))
    require("time", steps, "s", steps > 0, "rising times")
    given = np.asarray(arrived, dtype=np.float64)
    found = np.zeros((*given.shape[:-1], len(steps)))
    if len(steps) < 2 or (given[..., -1] <= given[..., 0]).all():  # cumulative: nothing arrives
        return found
    rows, ends = given.reshape(-1, given.shape[-1]), found.reshape(-1, len(steps))
    size = max(1, _AT_ONCE // len(steps))
    for start in range(0, len(rows), size):
        _raise(ends[start : start + size], steps, rows[start : start + size])
    return found


def _raise(found: Array, steps: Array, arrived: Array) -> None:
    """Write B of a few draws, where there are zeros."""
    came = np.diff(arrived)
    np.maximum(came, 0.0, out=came)
    # amounts, not rates: what arrives in the next step is brought to the length of this one
    here, after = came[..., :-1], came[..., 1:] * (steps[:-1] / steps[1:])
    weight = steps[:-1] / (steps[:-1] + steps[1:])
    fewer = np.minimum(after, here)
    fewer *= _JUMP
    smooth = np.maximum(after, here) < fewer
    grows = after > here
    smooth[..., 1:] &= grows[..., 1:] == grows[..., :-1]
    after -= here
    after *= weight
    np.copyto(found[..., :-1], np.minimum(after, here, out=after), where=smooth)
    # the last step goes on as the step before it ended
    before = (came[..., -2] + found[..., -2]) * (steps[-1] / steps[-2])
    last = came[..., -1]
    alike = (before < _JUMP * last) & (last < _JUMP * before)
    np.copyto(found[..., -1], np.clip(last - before, -last, last), where=alike)


def staged(time: Array, arrived: Array) -> tuple[Array, Array]:
    """Give what would arrive in each step at the rate of its inner stage, and at that of its end.

    Parameters
    ----------
    time : ndarray, shape (times,)
        Rising times [s].
    arrived : ndarray, shape (..., times)
        Cumulative amounts [kg].

    Returns
    -------
    tuple of ndarray, each (..., times - 1)
        Of the two stages; weighed by ``1 - gamma`` and gamma they sum to what arrives [kg].

    Raises
    ------
    DomainError
        Times that do not rise.

    Notes
    -----
    ``A + B (2 s - 1)`` at the share s of a step in which A arrives, with B from `rising`; s is gamma and 1.

    Examples
    --------
    >>> inner, end = staged(np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 4.0]))
    >>> (1.0 - GAMMA) * inner + GAMMA * end
    array([1., 3.])
    """
    came, more = np.diff(arrived), rising(time, arrived)
    end = came + more
    more *= INNER
    more += came
    return more, end


def staged_between(time: Array, arrived: Array, first: int, last: int) -> tuple[Array, Array]:
    """Give what `staged` gives, of the steps from `first` up to `last` alone; only steps beside them are looked at.

    Parameters
    ----------
    time : ndarray, shape (times,)
        Rising times [s].
    arrived : ndarray, shape (..., times)
        Cumulative amounts [kg].
    first, last : int
        Of the steps.

    Returns
    -------
    tuple of ndarray, each (..., last - first)
        Of the two stages [kg].

    Raises
    ------
    DomainError
        Times that do not rise.

    Notes
    -----
    The rate at the end of a step depends on the step before it and on the one after it, that of the very last on two
    before it.

    Examples
    --------
    >>> time, arrived = np.arange(5.0), np.array([0.0, 1.0, 4.0, 9.0, 16.0])
    >>> staged_between(time, arrived, 1, 3)[1], staged(time, arrived)[1][1:3]
    (array([4., 6.]), array([4., 6.]))
    """
    start, end = max(first - 2, 0), min(last + 1, len(time) - 1)
    inner, outer = staged(time[start : end + 1], arrived[..., start : end + 1])
    wanted = slice(first - start, last - start)
    return inner[..., wanted], outer[..., wanted]
