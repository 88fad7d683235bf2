"""How much of the variance of a result each input explains: from draws at hand, or from a design made for it."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require

Floats: TypeAlias = NDArray[np.float64]

FEWEST = 64  # draws; fewer say nothing of single inputs
IN_A_BIN = 64  # draws, enough for the ends of an 80 % band
MOST_BINS = 16


def first_order_from_draws(values: ArrayLike, scores: ArrayLike) -> Floats:
    """First-order index of each input, from draws that were made for something else.

    Parameters
    ----------
    values : array_like, shape (draws,)
        The result in each draw.
    scores : array_like, shape (inputs, draws)
        The inputs in the same draws, each on a scale that keeps their order.

    Returns
    -------
    ndarray, shape (inputs,)
        S, the share of the variance that would go if the input were known, at most 1; of one without effect it
        scatters about 0 [1].

    Raises
    ------
    DomainError
        If fewer than 64 draws are given, a number is not finite, or the lengths differ.

    Notes
    -----
    ``S = Var(E[Y|X])/Var(Y)`` with the inside mean taken over bins of equal count in the order of X, less what chance
    gives so many bins: ``1 - (1 - eta**2) (n - 1)/(n - bins)``, eta the correlation ratio. Inputs independent of each
    other. Sources: Plischke, Borgonovo and Smith, Eur J Oper Res 2013;226:536 (given data); Kelley 1935 (bias).

    Examples
    --------
    >>> x = np.random.default_rng(1).random((2, 4096))
    >>> first_order_from_draws(3 * x[0] + 4 * x[1], x).round(2)
    array([0.35, 0.63])
    """
    y, x = _draws(values, scores)
    bins = _bins(len(y))
    whole = float(((y - y.mean()) ** 2).sum())
    if whole == 0.0:
        return np.zeros(len(x))
    n = len(y)
    found = np.zeros(len(x))
    for i, order in enumerate(np.argsort(x, axis=1, kind="stable")):
        parts = np.array_split(y[order], bins)
        between = sum(len(part) * (part.mean() - y.mean()) ** 2 for part in parts)
        found[i] = 1.0 - (1.0 - between / whole) * (n - 1) / (n - bins)
    return found


def width_if_known(values: ArrayLike, scores: ArrayLike, level: float = 0.8) -> Floats:
    """How wide a band would be, on average, if an input were known, over its width now.

    Parameters
    ----------
    values : array_like, shape (draws,)
        The result in each draw.
    scores : array_like, shape (inputs, draws)
        The inputs in the same draws, each on a scale that keeps their order.
    level : float, optional
        Share of the draws in the band, above 0 and below 1; 0.8 if not given [1].

    Returns
    -------
    ndarray, shape (inputs,)
        Expected width over that now, at most 1 [1].

    Raises
    ------
    DomainError
        As `first_order_from_draws`, and if the level is not between 0 and 1.

    Notes
    -----
    The mean width of the band in bins of equal count in the order of X, over that of bins drawn without X: so the few
    draws of a bin and its ends weigh on both. An input is then known to within its bin, not exactly. Source:
    definition; the expected value of perfect information of one input (Howard, IEEE Trans Syst Sci Cybern 1966;2:22),
    with the width as loss.

    Examples
    --------
    >>> x = np.random.default_rng(1).standard_normal((2, 4096))
    >>> width_if_known(x[0] + x[1], x).round(1)  # sqrt(1/2)
    array([0.7, 0.7])
    """
    require("level", level, "", 0.0 < level < 1.0, "above 0 and below 1")
    y, x = _draws(values, scores)
    bins = _bins(len(y))
    ends = [0.5 - 0.5 * level, 0.5 + 0.5 * level]
    each = len(y) // bins

    def width(order: NDArray[np.intp]) -> float:
        low, high = np.quantile(y[order[: each * bins]].reshape(bins, each), ends, axis=1)
        return float((high - low).mean())

    generator = np.random.default_rng(0)
    now = float(np.mean([width(generator.permutation(len(y))) for _ in range(8)]))
    if now == 0.0:
        return np.ones(len(x))
    found = np.array([width(order) for order in np.argsort(x, axis=1, kind="stable")])
    return np.clip(found / now, 0.0, 1.0)


def group_indices(first: ArrayLike, second: ArrayLike, swapped: ArrayLike) -> tuple[Floats, Floats]:
    """First-order and total index of groups of inputs, from a design made for them.

    Parameters
    ----------
    first, second : array_like, shape (draws,)
        The result at two independent samples A and B of all inputs.
    swapped : array_like, shape (groups, draws)
        The result at A with the inputs of one group taken from B.

    Returns
    -------
    ndarray, shape (groups,)
        S, what knowing the group alone would take off the variance [1].
    ndarray, shape (groups,)
        S_T, what would be left if all but the group were known [1].

    Raises
    ------
    DomainError
        If a number is not finite, the number of draws is no power of two, or all results are the same.

    Notes
    -----
    Saltelli's 2010 estimator of S and Jansen's of S_T, as `scipy.stats.sobol_indices` has them. Groups may overlap:
    each is estimated for itself. Small indices may come out slightly below 0. Sources: Sobol 2001; Saltelli and
    others, Comput Phys Commun 2010;181:259.

    Examples
    --------
    >>> a, b = np.random.default_rng(0).standard_normal((2, 2, 65536))
    >>> one, total = group_indices(a[0] * a[1], b[0] * b[1], [b[0] * a[1], a[0] * b[1]])
    >>> one.round(1) + 0.0, total.round(1)
    (array([0., 0.]), array([1., 1.]))
    """
    from scipy.stats import sobol_indices

    a, b, ab = (np.asarray(given, dtype=np.float64) for given in (first, second, swapped))
    for name, given in (("first", a), ("second", b), ("swapped", ab)):
        require(name, given, "", np.isfinite(given), "finite numbers")
    power = len(a) > 0 and len(a) & (len(a) - 1) == 0
    require("draws", float(len(a)), "", power, "a power of two")
    spread = float(np.ptp(np.concatenate([a, b])))
    require("spread of the results", spread, "", spread > 0.0, "> 0")
    found = sobol_indices(func={"f_A": a[None], "f_B": b[None], "f_AB": ab[:, None, :]}, n=len(a))
    return np.reshape(found.first_order, len(ab)), np.reshape(found.total_order, len(ab))


def _draws(values: ArrayLike, scores: ArrayLike) -> tuple[Floats, Floats]:
    y = np.asarray(values, dtype=np.float64)
    x = np.atleast_2d(np.asarray(scores, dtype=np.float64))
    require("values", y, "", np.isfinite(y), "finite numbers")
    require("scores", x, "", np.isfinite(x), "finite numbers")
    require("draws", float(len(y)), "", len(y) >= FEWEST, f"at least {FEWEST}")
    require("draws of the inputs", float(x.shape[1]), "", x.shape[1] == len(y), f"{len(y)}, as of the result")
    return y, x


def _bins(draws: int) -> int:
    return int(np.clip(draws // IN_A_BIN, 2, MOST_BINS))
