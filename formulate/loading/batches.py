"""What several batches say of the next one: their middle, how far they scatter, and the band the next falls into."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require

SHARE = 0.8  # of the batches to come; the band of every result, its 10th to 90th percentile
FEWEST = 3  # batches from which their scatter says much


@dataclass(frozen=True)
class NextBatch:
    """A fraction that was found in several batches, and that of the next.

    Attributes
    ----------
    low : float
        Lower end of the band that holds the next batch with the probability asked for [1].
    typical : float
        Middle of the batches on the logit scale, which the next is as likely above as below [1].
    high : float
        Upper end of that band [1].
    relative_sd : float
        Standard deviation between the batches over their mean, as found [1].
    """

    low: float
    typical: float
    high: float
    relative_sd: float


def next_batch(found: ArrayLike, share: float = SHARE) -> NextBatch:
    """Give the band that holds a fraction of the next batch, from those found in batches before.

    Parameters
    ----------
    found : array_like, shape (batches,)
        The fraction in each batch, such as an encapsulation efficiency [1].
    share : float, optional
        Probability that the next lies in the band [1].

    Returns
    -------
    NextBatch
        Middle, band and relative standard deviation [1].

    Raises
    ------
    DomainError
        If there are fewer than two batches, a fraction is not above 0 and below 1, or the probability is not.

    Notes
    -----
    Prediction interval of one further normal observation, on the logit scale, where a fraction stays one:
    ``m -+ t_{(1 + share)/2, n - 1} s sqrt(1 + 1/n)`` with m and s the mean and standard deviation of ``ln(f/(1 - f))``.
    It holds for batches made alike and assayed alike: the error of the assay is within their scatter.

    Examples
    --------
    >>> found = next_batch([0.5, 0.5, 0.5, 0.6])
    >>> round(found.low, 3), round(found.typical, 3), round(found.high, 3), round(found.relative_sd, 3)
    (0.433, 0.525, 0.616, 0.095)
    """
    from scipy.special import stdtrit

    each = np.atleast_1d(np.asarray(found, dtype=np.float64))
    require("batches", np.float64(each.size), "", np.bool_(each.size >= 2), "at least 2")
    require("found", each, "", (each > 0.0) & (each < 1.0), "above 0 and below 1")
    require("share", np.float64(share), "", np.bool_(0.0 < share < 1.0), "above 0 and below 1")
    odds = np.log(each / (1.0 - each))
    middle, count = float(odds.mean()), each.size
    reach = float(stdtrit(count - 1, (1.0 + share) / 2.0) * odds.std(ddof=1) * np.sqrt(1.0 + 1.0 / count))
    low, typical, high = (float(1.0 / (1.0 + np.exp(-at))) for at in (middle - reach, middle, middle + reach))
    return NextBatch(low, typical, high, float(each.std(ddof=1) / each.mean()))
