"""Diffusion of a drug through tissue in one dimension, in layers, with sites that bind it and can be full.

In each layer C is the mobile concentration per volume of tissue, T all of it, and x counts from the front face:

    dT/dt = d/dx (D dC/dx) - k T + source,    T = C + B
    B = N_T C/(K_D + C), or dB/dt = k_on C (N_T - B) - k_off B - k B where binding is slow

C/K is the same on both sides where two layers meet, and equals the concentration of the bath at an open face.
`slab_layers` describes layers and faces.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require
from formulate.retention.arriving import rising
from formulate.retention.slab_layers import Bath, CutSlab, Face, Layer, cut, over_time
from formulate.retention.slab_nodes import March, Outside
from formulate.sampling import Array

_BLOCK = 6000  # cells of draws worked on together, so that they stay in the processor's cache
_FIRST = np.diff(np.concatenate([[0.0], 0.5 ** np.arange(8, -1, -1)]))  # a face opened at 0: steps that double
_COLUMNS = ("held", "free_mean", "out_front", "out_back", "front_bath", "back_bath", "degraded", "cleared")


@dataclass(frozen=True)
class SlabCourse:
    """The slab over time, (draws, times), amounts per area [kg/m2].

    ``held + front_bath + back_bath + out_front + out_back + degraded + cleared`` is what was there and what arrived.

    Attributes
    ----------
    held : ndarray
        In all layers, free and bound.
    free_mean : ndarray
        Mean mobile concentration C over the depth [kg/m3].
    out_front, out_back : ndarray
        Passed out of a face into a `Bath` by each time; below 0 where more has come in. 0 for other faces.
    front_bath, back_bath : ndarray
        In a `StirredBath`; 0 for other faces.
    degraded, cleared : ndarray
        Lost in the layers and from stirred baths by each time.
    depth : ndarray, shape (draws, cells)
        Middle of each cell [m].
    free, total : ndarray, shape (draws, cells, profiles)
        C and T at the times asked for [kg/m3].
    """

    held: Array
    free_mean: Array
    out_front: Array
    out_back: Array
    front_bath: Array
    back_bath: Array
    degraded: Array
    cleared: Array
    depth: Array
    free: Array
    total: Array


@dataclass(frozen=True)
class Chain:
    """A slab whose sites are far from full, as compartments: ``dA/dt = matrix A``.

    Attributes
    ----------
    matrix : ndarray, shape (draws, n, n)
        Rates [1/s]; column j is what leaves compartment j.
    amount : ndarray, shape (draws, n)
        Amounts at time zero [kg/m2].
    to_front, to_back, lost : ndarray, shape (draws, n)
        Rates out of each compartment into a `Bath` at a face, and by degradation or clearance [1/s].
    from_front, from_back : ndarray, shape (draws,)
        What a `Bath` of unit concentration sends into the first and the last cell [m/s].
    cells : slice
        The compartments that are cells of the slab; a stirred bath stands before or after them.
    depth : ndarray, shape (draws, cells)
        Middle of each cell [m].
    """

    matrix: Array
    amount: Array
    to_front: Array
    to_back: Array
    lost: Array
    from_front: Array
    from_back: Array
    cells: slice
    depth: Array


def solve_slab(
    time: ArrayLike,
    layers: Sequence[Layer],
    front: Face,
    back: Face,
    profiles_at: Sequence[int] = (),
    substeps: int = 1,
) -> SlabCourse:
    """Solve diffusion and binding in a slab of layers.

    Parameters
    ----------
    time : array_like, shape (times,)
        Times from 0 [s], rising.
    layers : sequence of Layer
        From front to back.
    front, back : Closed, Bath or StirredBath
        What is outside each face.
    profiles_at : sequence of int, optional
        Indices of the times at which depth profiles are kept.
    substeps : int, optional
        Steps between two times.

    Returns
    -------
    SlabCourse
        Amounts and concentrations (draws, times); mass is conserved to rounding.

    Raises
    ------
    DomainError
        A length, diffusivity or partition not above zero, another value negative, times that do not rise from 0.

    Notes
    -----
    The equations stand in the head of the module. Finite volumes on cells that narrow toward a face, and two-stage
    singly diagonally implicit Runge-Kutta, L-stable, both of second order (alexander1977); Newton's iteration for
    the sites cannot diverge, because what is bound is concave in C. The first interval is walked in nine steps that
    double. What happens within one interval is blurred, never unstable.

    Examples
    --------
    A slab of 1 mm into a perfect sink: half has left after 0.1967 L**2/D, here 197 s

    >>> from formulate.retention.slab_layers import Closed
    >>> layer = Layer(1e-3, 1e-9, content=1.0)
    >>> course = solve_slab(np.linspace(0.0, 196.7, 60), [layer], Bath(0.0), Closed())
    >>> round(float(course.held[0, -1] / course.held[0, 0]), 3)
    0.5
    """
    times = np.asarray(time, dtype=np.float64)
    rising = times.ndim == 1 and len(times) > 1 and times[0] == 0.0 and bool((np.diff(times) > 0).all())
    require("time", times, "s", rising & np.isfinite(times), "times that rise from 0")
    require("substeps", substeps, "", substeps >= 1, "1 or more")
    slab = cut(layers, front, back, len(times))
    draws, count = slab.widths.shape
    baths = tuple(
        over_time("concentration", face.concentration if isinstance(face, Bath) else 0.0, "kg/m^3", draws, len(times))
        for face in (front, back)
    )
    course = np.zeros((len(times), len(_COLUMNS), draws))
    profiles = np.zeros((2, len(profiles_at), draws, count))
    kept = np.arange(len(times))[list(profiles_at)]
    block = max(1, _BLOCK // slab.nodes.storage.shape[1])
    for start in range(0, draws, block):
        rows = slice(start, start + block)
        _march(times, slab, rows, baths, substeps, course[:, :, rows], kept, profiles[:, :, rows])
    parts = np.ascontiguousarray(course.transpose(1, 2, 0))
    free, total = np.ascontiguousarray(profiles.transpose(0, 2, 3, 1))
    named = dict(zip(_COLUMNS, parts, strict=True))
    return SlabCourse(**named, depth=slab.depth, free=free, total=total)


def _march(
    times: Array,
    slab: CutSlab,
    rows: slice,
    baths: tuple[Array, ...],
    substeps: int,
    course: Array,
    kept: NDArray[np.intp],
    profiles: Array,
) -> None:
    """Walk through time with some of the draws, and write their course and profiles."""
    nodes = slab.nodes.rows(rows)
    cells, widths, partition = slab.cells, slab.widths[rows], slab.partition[rows]
    thickness = widths.sum(axis=1)
    room = widths * partition / thickness[:, None]
    outside = [np.ascontiguousarray(bath[rows].T) for bath in baths]
    arrivals = [
        (arrival.share, np.diff(arrival.arrived[rows]).T, rising(times, arrival.arrived[rows]).T)
        for arrival in slab.arrivals
    ]
    march = March(nodes)
    state = march.start()
    passed = np.zeros((4, len(widths)))  # front, back, degraded, cleared

    def write(i: int) -> None:
        held = state.amount[:, cells]
        ends = state.amount[:, 0] if cells.start else 0.0, state.amount[:, -1] if cells.stop < size else 0.0
        free = np.einsum("dc,dc->d", state.level[:, cells], room)
        for column, values in enumerate((held.sum(axis=1), free, passed[0], passed[1], *ends, passed[2], passed[3])):
            course[i, column] = values
        for place in np.flatnonzero(kept == i):
            profiles[0, place] = partition * state.level[:, cells]
            profiles[1, place] = held / widths

    size = nodes.storage.shape[1]
    write(0)
    for i, interval in enumerate(np.diff(times)):
        slopes = [(bath[i + 1] - bath[i]) / interval for bath in outside]
        shares = _FIRST if i == 0 and substeps == 1 else np.full(substeps, 1.0 / substeps)
        gone = 0.0
        for h in shares * interval:
            inner, end = (
                Outside(*(bath[i] + slope * since for bath, slope in zip(outside, slopes, strict=True)))
                for since in (gone + march.INNER * h, gone + h)
            )
            sources = None
            if arrivals:
                moments = (2.0 * (gone + march.INNER * h) / interval - 1.0, 2.0 * (gone + h) / interval - 1.0)
                at_stages = [
                    sum(share * ((came[i] + late * more[i]) / interval)[:, None] for share, came, more in arrivals)
                    for late in moments
                ]
                sources = np.asarray(at_stages[0]), np.asarray(at_stages[1])
            gone += h
            state, left = march.step(float(h), state, (inner, end), sources)
            passed[0] += left.front
            passed[1] += left.back
            if left.lost is not None:
                degraded = left.lost[:, cells].sum(axis=1)
                passed[2] += degraded
                passed[3] += left.lost.sum(axis=1) - degraded
        write(i + 1)


def chain(layers: Sequence[Layer], front: Face, back: Face) -> Chain:
    """Give the slab as compartments with rates between them, for where its sites are far from full.

    Parameters
    ----------
    layers : sequence of Layer
        From front to back; `supply` and slow binding have no place here.
    front, back : Closed, Bath or StirredBath
        What is outside each face; the concentration of a `Bath` is left to the caller.

    Returns
    -------
    Chain
        Rates and amounts, (draws, n, n) and (draws, n).

    Raises
    ------
    DomainError
        As `solve_slab`, or a layer whose binding is slow.

    Notes
    -----
    With all that a cell holds per u, ``S = w (K + N_T K/K_D)``, the rate from cell j to its neighbour i is
    ``g_ij/S_j``: the equations of `solve_slab` for C far below K_D. Range of validity: C below a tenth of K_D for
    an error of 10 % in what is bound.

    Examples
    --------
    In a closed slab nothing is lost, so the columns sum to 0; D/w**2 from cell to cell:

    >>> from formulate.retention.slab_layers import Closed
    >>> rates = chain([Layer(1e-3, 1e-9, cells=4, refined="none")], Closed(), Closed())
    >>> rates.matrix[0]
    array([[-0.016,  0.016,  0.   ,  0.   ],
           [ 0.016, -0.032,  0.016,  0.   ],
           [ 0.   ,  0.016, -0.032,  0.016],
           [ 0.   ,  0.   ,  0.016, -0.016]])
    """
    slow = [layer.association is not None for layer in layers]
    require("association", float(sum(slow)), "", not any(slow), "none", "slow binding needs solve_slab")
    slab = cut(layers, front, back, 1)
    nodes = slab.nodes
    holds = nodes.storage + nodes.bound_most / nodes.half_filled
    draws, size = holds.shape
    forth, back_again = nodes.conductance[:, :-1] / holds[:, :-1], nodes.conductance[:, :-1] / holds[:, 1:]
    matrix = np.zeros((draws, size, size))
    here, there = np.arange(size - 1), np.arange(1, size)
    matrix[:, there, here], matrix[:, here, there] = forth, back_again
    to_front, to_back = np.zeros_like(holds), np.zeros_like(holds)
    to_front[:, 0], to_back[:, -1] = nodes.front / holds[:, 0], nodes.back / holds[:, -1]
    every = np.arange(size)
    matrix[:, every, every] = -(matrix.sum(axis=1) + to_front + to_back + nodes.loss)
    return Chain(matrix, nodes.amount, to_front, to_back, nodes.loss, nodes.front, nodes.back, slab.cells, slab.depth)
