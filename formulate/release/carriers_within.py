"""Where the payload is when its carriers lie in larger particles that erode, and those perhaps in a depot."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require_cumulative
from formulate.release.nesting import on_its_way
from formulate.steps import cumulated, middle

Floats = NDArray[np.float64]
_EMPTY = 1e-12  # a share below is rounding: the layer is gone, and whatever comes into it leaves at once
_AT_ONCE = 700.0  # an exponent that leaves nothing


@dataclass(frozen=True, eq=False)
class Crossing:
    """How something crosses a depot: modes of a law, the time it counts, and how the depot goes meanwhile.

    Attributes
    ----------
    weights, rates : ndarray, shape (draws, modes)
        w_k [1] and lambda_k [per unit of the time it counts].
    counted : ndarray, shape (draws or 1, times)
        tau, the time that the crossing counts; 0 at first, never falling.
    gone : ndarray, shape (draws, times) or None
        D, share of the depot that is gone with what it held there [1]; None where that sets nothing free.
    """

    weights: Floats
    rates: Floats
    counted: Floats
    gone: Floats | None = None


@dataclass(frozen=True, eq=False)
class SharesWithin:
    """Shares of the payload at each time, (draws, times) [1]; the first five sum to 1.

    Attributes
    ----------
    in_depot : ndarray
        In the depot: in its carriers, in the particles around them, or free on its way.
    in_particles : ndarray
        In particles outside the depot, within their carriers or free.
    in_loose_carriers : ndarray
        In carriers that are out of their particles and of the depot.
    free : ndarray
        Free outside everything, set free by the depot or by particles outside it.
    free_of_loose : ndarray
        Free, set free by loose carriers.
    free_from_depot : ndarray
        The part of `free` that came across the depot.
    carriers_loose : ndarray
        Share of the carriers that are out of particles and depot.
    """

    in_depot: Floats
    in_particles: Floats
    in_loose_carriers: Floats
    free: Floats
    free_of_loose: Floats
    free_from_depot: Floats
    carriers_loose: Floats


def shares_within(
    carriers_released: ArrayLike,
    carriers_escaped: ArrayLike,
    particles_released: ArrayLike,
    particles_out: ArrayLike,
    of_drug: Crossing | None = None,
    of_carriers: Crossing | None = None,
) -> SharesWithin:
    """Shares of a payload whose carriers lie in particles that erode, with or without a depot around those.

    Parameters
    ----------
    carriers_released : array_like, shape (draws, times)
        F, share that the carriers have released [1].
    carriers_escaped : array_like, shape (draws, times)
        G, share of the carriers that have left the particles whole [1].
    particles_released : array_like, shape (draws, times)
        H, share of free drug that the particles would have released had they held it from the start [1].
    particles_out : array_like, shape (draws, times)
        K, share of the particles that are outside the depot [1]; 1 throughout where there is none.
    of_drug : Crossing, optional
        How free drug crosses the depot; at once if not given.
    of_carriers : Crossing, optional
        How carriers that have left their particles cross the depot; at once if not given.

    Returns
    -------
    SharesWithin
        Seven arrays shaped (draws, times) [1].

    Raises
    ------
    DomainError
        If F, G, H or K leave 0 to 1 or fall.

    Notes
    -----
    F, G and K are independent; every law sees a sink, and what has left does not return. Free drug in the particles
    leaves them at the rate that drug of their age does, ``h/(1 - H)``, as they degrade whether it is free or not::

        E = (1 - H) int f (1 - G)/(1 - H) ds        free in particles, f = dF/dt
        B = int g (1 - K) Q_B(s, t) ds              carriers loose in the depot, g = dG/dt
        P = int (1 - K) (f (1 - G) ds - dE) + f B   free drug that comes into the depot
        W = int dP Q_D(s, t)                        free in the depot

        in_depot          = (1 - K) ((1 - G)(1 - F) + E) + B (1 - F) + W
        in_particles      = K ((1 - G)(1 - F) + E)
        in_loose_carriers = (G - B)(1 - F)
        free_of_loose     = int f (G - B) ds
        free              = F - E - W - free_of_loose
        free_from_depot   = P - W

    with ``Q(s, t) = sum_k w_k exp(-lambda_k (tau(t) - tau(s))) (1 - D(t))/(1 - D(s))`` of either crossing. Integrals
    over a step take one factor as straight and the others by their mean; errors are second order in the step. With
    carriers that release at once it is the nest of particles in a depot; with particles that are gone at once, or set
    free drug at once and keep their carriers, that of the carriers in a depot. Source: convolution of waiting times,
    and of a rate that hangs on age.

    Examples
    --------
    Half of the carriers have left their particles and half of the load has left the carriers; the particles keep what
    is free in them, and there is no depot:

    >>> half = [[0.0, 0.5]]
    >>> shares = shares_within(half, half, [[0.0, 0.0]], [[1.0, 1.0]])
    >>> shares.in_particles, shares.in_loose_carriers, shares.free_of_loose  # 1/4 + 3/8, 1/4, 1/8
    (array([[1.   , 0.625]]), array([[0.  , 0.25]]), array([[0.   , 0.125]]))
    """
    names = ("carriers_released", "carriers_escaped", "particles_released", "particles_out")
    given = (carriers_released, carriers_escaped, particles_released, particles_out)
    released, escaped, left, out = np.broadcast_arrays(*map(require_cumulative, names, given))
    start = slice(0, 1)

    freed_within = np.diff(released) * middle(1.0 - escaped)
    at_start = released[:, start] * (1.0 - escaped[:, start])
    one = np.ones((len(left), 1))
    in_particles = on_its_way(at_start * (1.0 - left[:, start]), freed_within, one, one, _emptied(1.0 - left))
    freed = np.diff(cumulated(freed_within) - in_particles)
    freed_at_start = at_start - in_particles[:, start]

    loose_in_depot = _crossing(
        escaped[:, start] * (1.0 - out[:, start]), np.diff(escaped) * middle(1.0 - out), of_carriers
    )
    into_depot = freed * middle(1.0 - out) + np.diff(released) * middle(loose_in_depot)
    into_at_start = freed_at_start * (1.0 - out[:, start]) + released[:, start] * loose_in_depot[:, start]
    on_way = _crossing(into_at_start, into_depot, of_drug)

    loose = np.maximum(escaped - loose_in_depot, 0.0)
    of_loose = released[:, start] * loose[:, start] + cumulated(np.diff(released) * middle(loose))
    held = (1.0 - escaped) * (1.0 - released) + in_particles
    return SharesWithin(
        in_depot=(1.0 - out) * held + loose_in_depot * (1.0 - released) + on_way,
        in_particles=out * held,
        in_loose_carriers=loose * (1.0 - released),
        free=np.maximum(released - in_particles - on_way - of_loose, 0.0),
        free_of_loose=of_loose,
        free_from_depot=np.maximum(into_at_start + cumulated(into_depot) - on_way, 0.0),
        carriers_loose=loose,
    )


def _crossing(at_start: Floats, entering: Floats, how: Crossing | None) -> Floats:
    if how is None:
        return np.zeros((len(entering), entering.shape[1] + 1))
    passed = np.broadcast_to(np.diff(how.counted), entering.shape)
    lost = None if how.gone is None else _emptied(1.0 - how.gone)
    return on_its_way(at_start, entering, how.weights, how.rates, passed, lost)


def _emptied(left: Floats) -> Floats:
    """Give the exponent by which what is in a layer falls over each step, from the share of the layer that is left."""
    steps = np.diff(-np.log(np.maximum(left, _EMPTY)))
    return np.where(left[:, 1:] > _EMPTY, np.maximum(steps, 0.0), _AT_ONCE)  # rounding falls
