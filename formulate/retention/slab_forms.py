"""A slab in closed form: how fast drug that fills it evenly leaves through one face, and how deep drug gets.

The other face is closed: bone behind cartilage, or the middle of a disc between two endplates, whose half-height is L.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative, require_positive
from formulate.remembered import remembered

Floats: TypeAlias = NDArray[np.float64]

SWITCH = 0.05  # of D t/L**2; both forms are exact to 1e-9 there
TERMS = 8  # exp(-(7 pi)**2 0.05) is 1e-11
_HALVINGS = 60


def film_root(biot: ArrayLike) -> Floats:
    """Slowest root of a slab that empties through a resistance on its face.

    Parameters
    ----------
    biot : array_like, shape (draws,)
        Bi = L P/D, from 0 for a closed face to infinity for none [1].

    Returns
    -------
    ndarray, shape (draws,)
        b, from 0 to pi/2 [1].

    Raises
    ------
    DomainError
        If a value is negative or NaN.

    Notes
    -----
    ``b tan b = Bi``; the slowest part of the drug leaves at ``b**2 D/L**2``. Source: crank1975, equation 4.50.

    Examples
    --------
    >>> film_root([0.0, 1.0, np.inf])
    array([0.    , 0.8603, 1.5708])
    """
    number = np.asarray(biot, dtype=np.float64)
    require("biot", number, "", number >= 0.0, ">= 0")
    return np.asarray(_roots(number, 1)[..., 0])


def slab_remaining(time: ArrayLike, thickness: ArrayLike, diffusivity: ArrayLike, biot: ArrayLike = np.inf) -> Floats:
    """Share that is left in an evenly filled slab that empties through one face.

    Parameters
    ----------
    time : array_like, shape (draws,)
        t [s].
    thickness : array_like, shape (draws,)
        L, from the open face to the closed one; half of a slab that is open on both [m].
    diffusivity : array_like, shape (draws,)
        D; with binding that of free and bound together, `formulate.diffusivity.apparent_diffusivity` [m**2/s].
    biot : array_like, shape (draws,), optional
        Bi = L P/D of the film or endplate on the face, D then that of what is mobile; none if not given [1].

    Returns
    -------
    ndarray, shape (draws,)
        Share of what was there [1].

    Raises
    ------
    DomainError
        If a time or Bi is negative, or a thickness or diffusivity not above zero.

    Notes
    -----
    With ``tau = D t/L**2`` and the roots of ``b tan b = Bi``,
    ``sum 2 Bi**2 exp(-b**2 tau)/(b**2 (b**2 + Bi**2 + Bi))``; below tau = 0.05, while the closed face is not felt,
    ``1 - [2 sqrt(tau/pi) - (1 - exp(Bi**2 tau) erfc(Bi sqrt(tau)))/Bi]``. Source: crank1975, equations 4.18, 4.53
    and 3.37.

    Examples
    --------
    A nucleus of 11 mm between endplates that resist nothing, 3e-6 cm**2/s: half is left after 5.5 h

    >>> float(slab_remaining(5.51 * 3600.0, 5.5e-3, 3e-10))
    0.500
    """
    from scipy.special import erfcx

    length = require_positive("thickness", thickness, "m")
    speed = require_positive("diffusivity", diffusivity, "m**2/s")
    number = np.asarray(biot, dtype=np.float64)
    require("biot", number, "", number >= 0.0, ">= 0")
    tau, number = np.broadcast_arrays(require_not_negative("time", time, "s") * speed / length**2, number)
    finite = np.where(np.isinf(number) | (number == 0.0), 1.0, number)
    root = np.sqrt(np.minimum(tau, SWITCH))
    out = 2.0 * root / np.sqrt(np.pi)
    reach = finite * root
    slow = finite * root**2 * (1.0 - 4.0 * reach / (3.0 * np.sqrt(np.pi)))  # the difference below loses its digits
    lost = np.where(reach < 1e-4, slow, out - (1.0 - erfcx(reach)) / finite)
    early = 1.0 - np.where(np.isinf(number), out, lost)
    squares = _roots(number, TERMS) ** 2
    bi = finite[..., None]
    weights = 2.0 * bi**2 / (squares * (squares + bi**2 + bi) + (squares == 0.0))
    weights = np.where(np.isinf(number)[..., None], 2.0 / np.maximum(squares, 1.0), weights)
    late = (weights * np.exp(-squares * tau[..., None])).sum(axis=-1)
    left = np.where(tau < SWITCH, early, late)
    return np.asarray(np.where(number == 0.0, 1.0, left))


def slab_half_life(
    thickness: ArrayLike, diffusivity: ArrayLike, biot: ArrayLike = np.inf, other_loss: ArrayLike = 0.0
) -> Floats:
    """Terminal half-life of a drug in a slab that empties through one face.

    Parameters
    ----------
    thickness : array_like, shape (draws,)
        L, from the open face to the closed one; half of a slab that is open on both [m].
    diffusivity : array_like, shape (draws,)
        D; with binding that of free and bound together, `formulate.diffusivity.apparent_diffusivity` [m**2/s].
    biot : array_like, shape (draws,), optional
        Bi = L P/D of the film or endplate on the face, D then that of what is mobile; none if not given [1].
    other_loss : array_like, shape (draws,), optional
        Share lost otherwise per time, as by degradation; none if not given [1/s].

    Returns
    -------
    ndarray, shape (draws,)
        Half-life of what is left late; infinite where nothing leaves [s].

    Raises
    ------
    DomainError
        If a thickness or diffusivity is not above zero, or another value negative.

    Notes
    -----
    ``ln 2/(b**2 D/L**2 + k)`` with ``b tan b = Bi``; with no film ``4 L**2 ln 2/(pi**2 D) = 0.281 L**2/D``, the
    shortest there is: the liquid outside is taken as a perfect sink. The first half leaves sooner, `slab_first_half`.
    Source: crank1975.

    Examples
    --------
    Cartilage of 2.35 mm, 1e-6 cm**2/s, in h:

    >>> float(slab_half_life(2.35e-3, 1e-10)) / 3600
    4.31
    """
    length = require_positive("thickness", thickness, "m")
    rate = film_root(biot) ** 2 * require_positive("diffusivity", diffusivity, "m**2/s") / length**2
    rate = np.asarray(rate + require_not_negative("other_loss", other_loss, "1/s"))
    return np.asarray(np.divide(np.log(2.0), rate, out=np.full_like(rate, np.inf), where=rate > 0.0))


def slab_first_half(thickness: ArrayLike, diffusivity: ArrayLike, biot: ArrayLike = np.inf) -> Floats:
    """Time after which half has left an evenly filled slab that empties through one face.

    Parameters
    ----------
    thickness : array_like, shape (draws,)
        L, from the open face to the closed one; half of a slab that is open on both [m].
    diffusivity : array_like, shape (draws,)
        D; with binding that of free and bound together, `formulate.diffusivity.apparent_diffusivity` [m**2/s].
    biot : array_like, shape (draws,), optional
        Bi = L P/D of the film or endplate on the face, D then that of what is mobile; none if not given [1].

    Returns
    -------
    ndarray, shape (draws,)
        Time; infinite where nothing leaves [s].

    Raises
    ------
    DomainError
        If a thickness or diffusivity is not above zero, or Bi negative.

    Notes
    -----
    Where `slab_remaining` is 1/2, found by bisection; with no film ``0.1967 L**2/D``.

    Examples
    --------
    >>> float(slab_first_half(1e-3, 1e-9))
    196.7
    """
    length = require_positive("thickness", thickness, "m")
    unit = np.asarray(length**2 / require_positive("diffusivity", diffusivity, "m**2/s"))
    number = np.asarray(biot, dtype=np.float64)
    slow = slab_half_life(1.0, 1.0, number)
    low, high = np.full_like(slow, 0.1), np.where(np.isinf(slow), 1.0, slow)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        more = slab_remaining(middle, 1.0, 1.0, number) > 0.5
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    return np.asarray(np.where(np.isinf(slow), np.inf, 0.5 * (low + high)) * unit)


def penetration_depth(diffusivity: ArrayLike, loss_rate: ArrayLike) -> Floats:
    """Depth at which the steady concentration in a deep tissue has fallen to 1/e of that at its face.

    Parameters
    ----------
    diffusivity : array_like, shape (draws,)
        D of what is mobile [m**2/s].
    loss_rate : array_like, shape (draws,)
        Share of the mobile drug lost per time: to blood, to cells, by degradation [1/s].

    Returns
    -------
    ndarray, shape (draws,)
        Depth [m].

    Raises
    ------
    DomainError
        If a value is not above zero.

    Notes
    -----
    ``sqrt(D/k)``, from ``D d2C/dx2 = k C``: steady, so reversible binding does not count. Source: crank1975.

    Examples
    --------
    1e-6 cm**2/s and a half-life of 12 min, in mm:

    >>> float(penetration_depth(1e-10, 1e-3)) * 1e3
    0.316
    """
    speed = require_positive("diffusivity", diffusivity, "m**2/s")
    return np.asarray(np.sqrt(speed / require_positive("loss_rate", loss_rate, "1/s")))


@remembered(results=4)
def _roots(biot: Floats, count: int) -> Floats:
    """Give the first roots of ``b tan b = Bi``, (..., count)."""
    start = np.pi * np.arange(count, dtype=np.float64)
    number = biot[..., None]
    # c in 0 to pi/2 with (start + c) sin c = Bi cos c: the left side less the right rises from -Bi
    low = np.zeros(np.broadcast_shapes(number.shape, start.shape))
    high = np.full_like(low, 0.5 * np.pi)
    finite = np.where(np.isinf(number), 1.0, number)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        above = (start + middle) * np.sin(middle) > finite * np.cos(middle)
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    inside = np.where(np.isinf(number), 0.5 * np.pi, np.where(number == 0.0, 0.0, 0.5 * (low + high)))
    return np.asarray(start + inside)
