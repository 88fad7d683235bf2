"""What a receiver shows of a release into a dialysis bag: two compartments, one membrane, any release law."""

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.curves.model import Floats
from formulate.domain import require, require_fraction, require_not_negative, require_positive

PIECES = 48  # laid over the time, densest at the start, besides the times asked for
GRADING = 3.0  # power of the spacing: resolves a release that starts like the root of time
SMALL = 0.1  # rate times step, below which the moments are summed as a series
SERIES = 10  # terms of it


def receiver_share(volume_ratio: ArrayLike, unbound_fraction: ArrayLike = 1.0) -> Floats:
    """Share of the released drug that is in the receiver once both sides are in equilibrium.

    Parameters
    ----------
    volume_ratio : array_like
        phi = V_d/V_r, volume in the bag over volume of the receiver; 0 for a perfect sink [1].
    unbound_fraction : array_like
        f_u, share of the released drug in the bag that is not bound again [1].

    Returns
    -------
    ndarray
        Share [1].

    Raises
    ------
    DomainError
        If the ratio is negative, or the share not above 0 and at most 1.

    Notes
    -----
    ``f_u/(f_u + phi)``, for nothing bound ``V_r/(V_r + V_d)``: equal unbound concentrations on both sides.

    Examples
    --------
    2 mL in the bag, 48 mL around it:

    >>> float(receiver_share(2 / 48))
    0.96
    """
    ratio = require_not_negative("volume_ratio", volume_ratio, "")
    unbound = _unbound(unbound_fraction)
    return np.asarray(unbound / (unbound + ratio))


def control_rate(membrane_rate: ArrayLike, volume_ratio: ArrayLike) -> Floats:
    """Rate that a free drug leaves the bag with, as a fit of its curve gives it.

    Parameters
    ----------
    membrane_rate : array_like
        k_m = P S/V_d, permeability times area over the volume in the bag [1/time].
    volume_ratio : array_like
        phi = V_d/V_r; 0 for a perfect sink [1].

    Returns
    -------
    ndarray
        Rate [1/time].

    Raises
    ------
    DomainError
        If the rate is not positive or the ratio negative.

    Notes
    -----
    ``k_m (1 + phi)``: the drug that comes back through the membrane makes the approach to the equilibrium faster than
    k_m, and k_m itself is the fitted rate divided by ``1 + phi``.

    Examples
    --------
    >>> float(control_rate(0.6, 0.25))
    0.75
    """
    rate = require_positive("membrane_rate", membrane_rate, "")
    return np.asarray(rate * (1.0 + require_not_negative("volume_ratio", volume_ratio, "")))


def received(
    time: ArrayLike,
    release: Callable[[Floats], Floats],
    bag_rate: ArrayLike,
    *,
    volume_ratio: float = 0.0,
    unbound_fraction: float = 1.0,
    sampled_at: ArrayLike = (),
    sampled_share: float = 0.0,
    added_back: bool = True,
) -> Floats:
    """Percent of the dose that is found in the receiver, for any release law.

    Parameters
    ----------
    time : array_like, shape (times,)
        Times since the bag was put in, in any order, any of them twice [time].
    release : callable
        Percent of the dose the carrier has released into the bag, of times (times,); gives (times,) or (draws, times).
    bag_rate : array_like, shape () or (draws, 1)
        kappa = k_m (1 + phi), what a free-drug run in the same bag shows [1/time].
    volume_ratio : float
        phi = V_d/V_r; 0 for a perfect sink [1].
    unbound_fraction : float
        f_u, share of the released drug in the bag that is not bound again by what is in it [1].
    sampled_at : array_like, shape (samples,)
        Times at which some of the receiver was taken and replaced by fresh medium [time].
    sampled_share : float
        Volume of a sample over that of the receiver [1].
    added_back : bool
        Whether the amounts taken are counted as received, as a corrected reading does.

    Returns
    -------
    ndarray, shape (times,) or (draws, times)
        Percent of the dose; at the time of a sample, before it is taken.

    Raises
    ------
    DomainError
        If a time, rate or share is out of its range.

    Notes
    -----
    With k = k_m (f_u + phi), w = f_u/(f_u + phi), R the percent released and S the percent taken by samples::

        dA_r/dt = k_m [f_u (R - S - A_r) - phi A_r] = k [w (R - S) - A_r]

    so ``A_r(t) = w int_0^t k exp(-k (t - s)) (R - S) ds - sum of what samples took from it``: one convolution with an
    exponential, whatever the law. R is taken as a parabola in each of some 50 pieces, graded towards t = 0, against
    which the exponential is integrated exactly, so that any k is as good as any other; within 1e-4 % of the dose for
    laws that are smooth after t = 0, within 0.06 % at a kink. Both sides are well stirred, and the membrane holds none.

    Examples
    --------
    Everything released at once, in a perfect sink: 100 (1 - 1/e) after 1/kappa.

    >>> received([2.0], lambda t: np.full(t.shape, 100.0), 0.5)
    array([63.2121])
    """
    asked = require_not_negative("time", time, "")
    rate = require_not_negative("bag_rate", bag_rate, "")
    share = float(receiver_share(volume_ratio, unbound_fraction))
    rate = rate * (unbound_fraction + volume_ratio) / (1.0 + volume_ratio)
    taken = float(require_fraction("sampled_share", sampled_share))
    samples = require_not_negative("sampled_at", sampled_at, "") if taken else np.zeros(0)
    nodes, lengths, sampled, places = _laid_out(asked.tobytes(), samples.tobytes())
    law = np.asarray(release(nodes), dtype=np.float64)
    decayed, arrived = _steps(law, rate * lengths)
    curve = _run(decayed, share * arrived, share * (1.0 - decayed), sampled, taken, added_back)
    return np.asarray(curve[..., places])


@lru_cache(maxsize=32)
def _laid_out(times: bytes, samples: bytes) -> tuple[Floats, Floats, NDArray[np.bool_], NDArray[np.intp]]:
    """Give the nodes of all pieces, their lengths, which end with a sample, and which ends were asked for.

    A fit asks for the same times again and again.
    """
    asked, taken = np.frombuffer(times), np.frombuffer(samples)
    longest = float(asked.max(initial=0.0))
    grid = longest * np.linspace(0.0, 1.0, PIECES + 1) ** GRADING
    ends = np.unique(np.concatenate([[0.0], grid, asked, taken[taken < longest]]))
    nodes = np.empty(2 * ends.size - 1)
    nodes[::2], nodes[1::2] = ends, 0.5 * (ends[1:] + ends[:-1])
    return nodes, np.diff(ends), np.isin(ends, taken), np.searchsorted(ends, asked)


def _steps(law: Floats, exponents: Floats) -> tuple[Floats, Floats]:
    """Give what each piece leaves of what was there, and what the release within reach of it brings, by parabolas."""
    moments = _moments(exponents)
    first, middle, last = law[..., :-2:2], law[..., 1:-1:2], law[..., 2::2]
    slope, bend = -3.0 * first + 4.0 * middle - last, 2.0 * (first - 2.0 * middle + last)
    return np.exp(-exponents), first * moments[0] + slope * moments[1] + bend * moments[2]


def _moments(z: Floats) -> tuple[Floats, Floats, Floats]:
    """Give int_0^1 z exp(-z (1 - x)) x^j dx for j = 0, 1, 2.

    By parts ``m_j = 1 - (j/z) m_(j-1)``, for small z the series ``z sum_k (-z)^k j!/(j + k + 1)!``.
    """
    zeroth = -np.expm1(-z)
    small = z < SMALL
    safe = np.where(small, 1.0, z)
    first = 1.0 - zeroth / safe
    second = 1.0 - 2.0 * first / safe
    little = z[small]
    for j, moment in ((1, first), (2, second)):
        total = np.zeros_like(little)
        for k in reversed(range(SERIES)):
            total = math.factorial(j) / math.factorial(j + k + 1) - little * total
        moment[small] = little * total
    return zeroth, first, second


def _run(
    decayed: Floats, arrived: Floats, lost: Floats, sampled: NDArray[np.bool_], taken: float, added_back: bool
) -> Floats:
    """Give the amount in the receiver at the ends of all pieces, with the amounts taken before if they are added."""
    shape = np.broadcast_shapes(decayed.shape, arrived.shape)
    if len(shape) == 1 and not taken:
        alone, found = 0.0, [0.0]
        for kept, come in zip(decayed.tolist(), arrived.tolist(), strict=True):
            alone = kept * alone + come
            found.append(alone)
        return np.array(found)
    decayed, arrived = np.broadcast_to(decayed, shape), np.broadcast_to(arrived, shape)
    curve = np.zeros((shape[-1] + 1, *shape[:-1]))
    amount = removed = np.zeros(shape[:-1])
    by_step, coming = np.moveaxis(decayed, -1, 0), np.moveaxis(arrived, -1, 0)
    if not taken:
        for step in range(shape[-1]):
            curve[step + 1] = amount = by_step[step] * amount + coming[step]
        return np.moveaxis(curve, 0, -1)
    losing = np.moveaxis(np.broadcast_to(lost, shape), -1, 0)
    for step in range(shape[-1]):
        amount = by_step[step] * amount + coming[step] - losing[step] * removed
        curve[step + 1] = amount + removed if added_back else amount
        if sampled[step + 1]:
            removed, amount = removed + taken * amount, (1.0 - taken) * amount
    return np.moveaxis(curve, 0, -1)


def direct_inverse(time: ArrayLike, amount: ArrayLike, membrane_rate: float, volume_ratio: float = 0.0) -> Floats:
    """Percent released by differentiating what was received: a check, for it amplifies the noise of the readings.

    Parameters
    ----------
    time : array_like, shape (times,)
        Rising times of readings [time].
    amount : array_like, shape (times,)
        A_r, percent of the dose in the receiver, without loss by sampling [%].
    membrane_rate : float
        k_m, not the rate that a control shows [1/time].
    volume_ratio : float
        phi = V_d/V_r; 0 for a perfect sink [1].

    Returns
    -------
    ndarray, shape (times,)
        Percent released [%].

    Raises
    ------
    DomainError
        If there are fewer than three readings, times do not rise, or the rate is not positive.

    Notes
    -----
    ``R = A_r (1 + phi) + (dA_r/dt)/k_m``, the derivative by parabolas through three neighbours.

    Examples
    --------
    What came through at a steady 2 %/h with k_m = 0.5/h is 4 % behind what was released:

    >>> direct_inverse([1.0, 2.0, 4.0], [2.0, 4.0, 8.0], 0.5)
    array([ 6.,  8., 12.])
    """
    times = require_not_negative("time", time, "")
    require("readings", times.size, "", times.size >= 3, "at least 3")
    require("time", times[1:], "", np.diff(times) > 0.0, "rising times")
    rate = require_positive("membrane_rate", membrane_rate, "")
    readings = np.asarray(amount, dtype=np.float64)
    return np.asarray(readings * (1.0 + volume_ratio) + np.gradient(readings, times, edge_order=2) / rate)


def _unbound(fraction: ArrayLike) -> Floats:
    given = np.asarray(fraction, dtype=np.float64)
    return require("unbound_fraction", given, "", (given > 0.0) & (given <= 1.0), "above 0 and at most 1")
