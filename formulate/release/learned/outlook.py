"""What usually comes after the points measured so far, learned from how published profiles went on.

A Gaussian over curve parameters carries what was measured forward along straight lines. Profiles do not go straight:
of those that have released next to nothing, most begin later, all of them at about the same time. So the share at two,
four and eight times the last measured time is regressed on the last point, on the way there and on the formulation,
and enters as three further, uncertain points. Of linear polyesters of lactide and glycolide only: the other families
are too few.
"""

import numpy as np

from formulate.release.learned.features import Description
from formulate.sampling import Array

RATIOS = np.array([2.0, 4.0, 8.0])
DEVIATION = 0.12  # of the three together, standard deviation of a share
_LEAST_SHARE = 0.02
_LEAST_LEFT = 0.05
_CEILING = 1.05  # shares end a little above 1 as often as below


def applies(description: Description) -> bool:
    """Whether the regression is about such a formulation.

    Parameters
    ----------
    description : Description
        The formulation.

    Returns
    -------
    bool
        True of linear polyesters of lactide and glycolide.

    Raises
    ------
    AttributeError
        If it is no description.

    Notes
    -----
    Of networks and other chains too few profiles are published.

    Examples
    --------
    >>> applies(Description()), applies(Description(crosslinked=True))
    (True, False)
    """
    linear = not description.crosslinked and description.polymer == "lactide-glycolide"
    return description.family == "polyester" and linear


def columns(days: Array, shares: Array, features: Array) -> Array:
    """What the regression reads of measured points.

    Parameters
    ----------
    days : ndarray, shape (points,)
        Measured times, rising, above 0 [d].
    shares : ndarray, shape (points,)
        Shares released [1].
    features : ndarray, shape (features,)
        Scaled features of the formulation, 0 where not known [1].

    Returns
    -------
    ndarray, shape (9 + features,)
        Columns [1].

    Raises
    ------
    IndexError
        If there is no point.

    Notes
    -----
    With l the logarithm of the last time [d], q the root of the last share, c the share at half that time by the last:
    1, l, q, q^2, c, l q, l^2, c q, l q^2 and the features.

    Examples
    --------
    >>> columns(np.array([1.0]), np.array([0.25]), np.array([]))
    array([1.  , 0.  , 0.5 , 0.25, 0.5 , 0.  , 0.  , 0.25, 0.  ])
    """
    last = float(np.clip(shares[-1], 0.0, 1.0))
    halfway = np.interp(0.5 * days[-1], np.append(0.0, days), np.append(0.0, shares))
    way = min(halfway / max(last, _LEAST_SHARE), 1.5)
    time, root = np.log(days[-1]), np.sqrt(last)
    own = (1.0, time, root, last, way, time * root, time**2, way * root, time * last)
    return np.concatenate([own, features])


def progress(last: Array, later: Array) -> Array:
    """Share that comes out later, of what is still inside.

    Parameters
    ----------
    last, later : ndarray
        Shares released at the last point and after [1].

    Returns
    -------
    ndarray
        Progress [1].

    Raises
    ------
    ValueError
        If the shapes do not go together.

    Notes
    -----
    ``(later - last)/max(1.05 - last, 0.05)``; assays end a little above 1 as often as below.

    Examples
    --------
    >>> progress(np.array([0.05]), np.array([0.55]))
    array([0.5])
    """
    return np.asarray((later - last) / np.maximum(_CEILING - last, _LEAST_LEFT))


def expected_points(
    weights: Array, times: Array, days: Array, shares: Array, features: Array
) -> tuple[Array, Array, Array]:
    """Days, shares and weights of what usually comes after measured points.

    Parameters
    ----------
    weights : ndarray, shape (ratios, 9 + features)
        Of the regression; none where it does not apply [1].
    times : ndarray, shape (2,)
        Between which last times it was fitted [d].
    days, shares : ndarray, shape (points,)
        What was measured [d], [1].
    features : ndarray, shape (features,)
        Scaled features of the formulation, 0 where not known [1].

    Returns
    -------
    tuple of ndarray, each (ratios,)
        Days [d], shares [1] and weights [1]; empty before the first of `times`.

    Raises
    ------
    IndexError
        If there is no point.

    Notes
    -----
    At 2, 4 and 8 times the last time, each with a third of ``1/0.12**2``. A last time beyond `times` is read as their
    end. 0.12 is rounded from left-out groups.

    Examples
    --------
    Of all that is inside at the last time, half comes until twice that time

    >>> half = np.eye(1, 9) / 2.0
    >>> days, shares, _ = expected_points(half, np.array([0.5, 20.0]), np.array([3.0]), np.array([0.05]), np.array([]))
    >>> days, shares
    (array([6.]), array([0.55]))
    """
    if not len(weights) or days[-1] < times[0]:
        return np.empty(0), np.empty(0), np.empty(0)
    known = columns(np.minimum(days, times[1]), shares, features)
    left = np.maximum(_CEILING - shares[-1], _LEAST_LEFT)
    expected = np.minimum(shares[-1] + left * np.clip(weights @ known, 0.0, 1.0), 1.0)
    count = len(weights)
    return days[-1] * RATIOS[:count], expected, np.full(count, 1.0 / (count * DEVIATION**2))
