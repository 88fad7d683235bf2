"""What the receiver of a dialysis bag would show of a release: two stirred sides, one membrane, samples taken."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive

SMALL = 1e-3  # rate times step, below which a moment is summed as a series


@dataclass(frozen=True, eq=False)
class ReceiverShares:
    """Shares of the dose, each shaped (draws, times) [1].

    Attributes
    ----------
    received : ndarray
        Through the membrane so far, with what samples took: a reading corrected for sampling.
    uncorrected : ndarray
        Concentration in the receiver times its volume at the start: a reading taken as it is.
    free_in_bag : ndarray
        Released, still in the bag.
    """

    received: NDArray[np.float64]
    uncorrected: NDArray[np.float64]
    free_in_bag: NDArray[np.float64]


def receiver_shares(
    time: ArrayLike,
    released: ArrayLike,
    membrane_rate: ArrayLike,
    volume_ratio: float = 0.0,
    sampled_at: ArrayLike = (),
    sample_share: float = 0.0,
    replaced: bool = True,
) -> ReceiverShares:
    """Share of the dose that a receiver shows of a release into a dialysis bag.

    Parameters
    ----------
    time : array_like, shape (times,)
        t, starting at 0 and rising; the times of samples among them [s].
    released : array_like, shape (draws, times)
        R, share that the carriers have released into the bag, or (1, times) [1].
    membrane_rate : array_like, shape (draws, 1) or ()
        k_m = P S/V_d, permeability times area over the volume in the bag [1/s].
    volume_ratio : float
        phi = V_d/V_r, volume in the bag over that of the receiver at the start; 0 for a perfect sink [1].
    sampled_at : array_like, shape (samples,)
        Times at which a sample is taken of the receiver [s].
    sample_share : float
        V_s/V_r, volume of a sample over that of the receiver at the start [1].
    replaced : bool
        Whether each sample is replaced by as much fresh medium; else the receiver shrinks.

    Returns
    -------
    ReceiverShares
        Arrays shaped (draws, times); at the time of a sample, before it is taken.

    Raises
    ------
    DomainError
        If times do not start at 0 and rise, a share is outside 0 to 1, the rate is not above zero, the ratio is
        negative, a sample is at no time of the calculation, or samples that are not replaced take the whole receiver.

    Notes
    -----
    ``dA_r/dt = k_m (R - S - A_r - phi A_r)`` with S taken by samples, V_r what is left of the receiver, exactly for R
    that is straight between two times. A sample takes ``A_r V_s/V_r``. Corrected readings add S back: with C_n the
    concentration at the n-th sample, replaced ``Q_n = C_n V_0 + V_s sum_{i<n} C_i``, else
    ``Q_n = C_n (V_0 - (n - 1) V_s) + V_s sum_{i<n} C_i``. Well stirred, nothing bound to the membrane or again to the
    carrier. Source: mass balance.

    Examples
    --------
    Free drug in a bag of 1/h in a sink, after 1 h ``1 - 1/e``:

    >>> receiver_shares([0.0, 3600.0], [[1.0, 1.0]], 1 / 3600).received
    array([[0.    , 0.6321]])
    """
    times = require_not_negative("time", time, "s")
    require("time", times[:1], "s", times[:1] == 0.0, "0 as the first time")
    steps = np.diff(times)
    require("time", times[1:], "s", steps > 0.0, "rising times")
    release = np.atleast_2d(require_fraction("released", released))
    rate = np.atleast_2d(require_positive("membrane_rate", membrane_rate, "1/s"))
    ratio = float(require_not_negative("volume_ratio", volume_ratio, ""))
    taken = float(require_fraction("sample_share", sample_share))
    samples = require_not_negative("sampled_at", sampled_at, "s") if taken else np.zeros(0)
    require("sampled_at", samples, "s", np.isin(samples, times), "times of the calculation")
    whole = taken * len(samples)
    require("samples", whole, "", bool(replaced) | (whole < 1.0), "less than the receiver in all, or replaced samples")

    shape = np.broadcast_shapes(release.shape, (len(rate), len(times)))
    release = np.ascontiguousarray(np.broadcast_to(release, shape).T)  # one row per time
    rate = rate[:, 0]
    is_sampled = np.isin(times, samples)
    kept = 1.0 - (0.0 if replaced else taken) * np.cumsum(is_sampled[:-1])  # of the volume of the receiver
    exponent = rate * ((1.0 + ratio / kept) * steps)[:, None]
    decayed = np.exp(-exponent)
    flat, rising = _moments(exponent)
    risen = np.diff(release, axis=0) * rising
    received, uncorrected = np.zeros(release.shape), np.zeros(release.shape)
    amount, lost = np.zeros(shape[0]), np.zeros(shape[0])
    for step, length in enumerate(steps):
        if is_sampled[step]:
            drawn = amount * (taken / (1.0 if step == 0 else kept[step - 1]))
            amount, lost = amount - drawn, lost + drawn
        come = (release[step] - lost) * flat[step] + risen[step]
        amount = amount * decayed[step] + rate * length * come
        received[step + 1], uncorrected[step + 1] = amount + lost, amount / kept[step]
    return ReceiverShares(received.T, uncorrected.T, np.maximum(release - received, 0.0).T)  # rounding only


def _moments(exponent: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give int_0^1 exp(-x (1 - u)) du and the same with u as a weight."""
    safe = np.maximum(exponent, SMALL)
    flat = -np.expm1(-safe) / safe
    near = np.minimum(exponent, SMALL)  # its powers stay numbers
    series = 1.0 - near / 2.0 + near**2 / 6.0 - near**3 / 24.0
    rising = 0.5 - near / 6.0 + near**2 / 24.0 - near**3 / 120.0
    small = exponent < SMALL
    return np.where(small, series, flat), np.where(small, rising, (1.0 - flat) / safe)
