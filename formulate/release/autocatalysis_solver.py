"""Reaction and diffusion in spheres, many side by side: drug, acid and polymer on a radial grid, implicit in time.

All is per initial content: drug c = 1 and polymer p = 1 everywhere at the start, acid a in units of the polymer that
makes it. With x = r/R,

    dc/dt = x**-2 d/dx(x**2 D_c dc/dx),    dp/dt = -(k_d + k_a a) p
    da/dt = x**-2 d/dx(x**2 D_a da/dx) + (k_d + k_a a) p

and c = 0, a = a_s at the surface. Finite volumes, which narrow toward the surface, and a Rosenbrock method of third
order that tolerates an inexact Jacobian and keeps every linear sum: drug in and out, polymer and acid in and out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from formulate.release.radial_grid import Local, RadialGrid
from formulate.sampling import Array
from materials.errors import DomainError

_BLOCK = 16_000  # cells of draws worked on together, so that they stay in the processor's cache
# ROS34PW2 of Rang and Angermann (2005, DOI 10.1007/s10543-005-0035-y): four stages, stiffly accurate, L-stable, of
# third order whatever the Jacobian, with a second solution of second order to measure the error by
_GAMMA = 4.3586652150845900e-01
_STAGES = np.array(
    [
        [_GAMMA, 0.0, 0.0, 0.0],
        [-8.7173304301691801e-01, _GAMMA, 0.0, 0.0],
        [-9.0338057013044082e-01, 5.4180672388095326e-02, _GAMMA, 0.0],
        [2.4212380706095346e-01, -1.2232505839045147e00, 5.4526025533510214e-01, _GAMMA],
    ]
)
_WHERE = np.array(
    [
        [0.0, 0.0, 0.0, 0.0],
        [8.7173304301691801e-01, 0.0, 0.0, 0.0],
        [8.4457060015369423e-01, -1.1299064236484185e-01, 0.0, 0.0],
        [0.0, 0.0, 1.0, 0.0],
    ]
)
_END = np.array([2.4212380706095346e-01, -1.2232505839045147e00, 1.5452602553351020e00, _GAMMA])
_SECOND = np.array([3.7810903145819369e-01, -9.6042292212423178e-02, 0.5, 2.1793326075422950e-01])
# in the stages times their own matrix, no product with the Jacobian is needed
_INVERSE = np.linalg.inv(_STAGES)
_FROM = _WHERE @ _INVERSE
_COUPLED = np.eye(4) / _GAMMA - _INVERSE
_STEP, _ERROR = _END @ _INVERSE, (_END - _SECOND) @ _INVERSE
_LEAST_PIVOT = 0.2  # what the acid that makes acid leaves of a diagonal: keeps the matrix positive
_GROWTH, _SHRINKAGE, _SAFETY = 4.0, 0.2, 0.85
_FIRST_STEP, _SLOWEST = 0.05, 1e-300
_FORGOTTEN = 1e-3  # acid below this share of the most there was needs no accuracy of its own
_MOST_STEPS = 100_000
_UNRESOLVED, _MOST_CELLS = 0.005, 400  # of the content, between a grid and one half as fine
_UNRESOLVED_BY_TOLERANCE = 10.0  # or so many times the error allowed, where that is more
PARTS = ("released", "drug_left", "acid_out", "acid_left", "polymer_left", "polymer_middle", "acid_middle")
_MONOTONE = (0, 1)


# gives D/R**2 of drug and acid [1/s] at the faces, each (draws, faces)
Law: TypeAlias = Callable[[Local, NDArray[np.intp]], tuple[Array, Array]]


@dataclass(frozen=True)
class Spheres:
    """Spheres side by side; arrays are (draws,)."""

    law: Law
    hydrolysis: Array  # k_d [1/s]
    catalysis: Array  # k_a, per acid [1/s]
    acid: Array  # at the start
    surface_acid: Array


@dataclass(frozen=True)
class SphereCourse:
    """Spheres over time, (draws, times), as shares of the content.

    Attributes
    ----------
    released, drug_left : ndarray
        Drug that has passed the surface, and that is inside, each counted by itself.
    acid_out, acid_left : ndarray
        Acid that has passed the surface, and that is inside.
    polymer_left : ndarray
        Mean of p.
    polymer_middle, acid_middle : ndarray
        p and a in the innermost cell.
    steps : int
        Steps that the draw with the most of them took.
    """

    released: Array
    drug_left: Array
    acid_out: Array
    acid_left: Array
    polymer_left: Array
    polymer_middle: Array
    acid_middle: Array
    steps: int


class _State:
    """What a step hands to the next, in one piece of memory: sums of states are then one product."""

    def __init__(self, draws: int, cells: int, memory: Array | None = None) -> None:
        self.draws, self.cells = draws, cells
        size = 2 * draws * (cells + 1)
        self.memory = np.empty(size + draws * cells) if memory is None else memory
        # drug and acid, cells in columns and what has left in the last one
        self.mobile = self.memory[:size].reshape(2, draws, cells + 1)
        self.polymer = self.memory[size:].reshape(draws, cells)

    def like(self, memory: Array | None = None) -> "_State":
        """Give another state of the same size."""
        return _State(self.draws, self.cells, memory)

    def rows(self, chosen: NDArray[np.bool_]) -> "_State":
        """Give some of the draws."""
        some = _State(int(chosen.sum()), self.cells)
        some.mobile[:], some.polymer[:] = self.mobile[:, chosen], self.polymer[chosen]
        return some


def solve_spheres(times: Array, spheres: Spheres, cells: int, tolerance: float) -> SphereCourse:
    """Solve reaction and diffusion in spheres.

    Parameters
    ----------
    times : ndarray, shape (times,)
        From 0 up, in any order [s].
    spheres : Spheres
        One a draw.
    cells : int
        Of the finer grid, 8 or more.
    tolerance : float
        Error allowed to a step, as a share of the content; that of the course is up to twice as large [1].

    Returns
    -------
    SphereCourse
        Shares of drug, acid and polymer, (draws, times).

    Raises
    ------
    DomainError
        If 100 000 steps do not reach the last time.

    Notes
    -----
    The equations stand in the head of the module. Half as many cells are solved as well, and the error of second order
    taken out of the two; where they are further apart than 0.005 of the content, or than ten tolerances, as behind the
    thin shell of a sphere whose core has run away, twice as many cells are solved.

    Examples
    --------
    Drug alone at D/R**2 = 1: half is out at 0.03055

    >>> law = lambda local, rows: (np.ones((1, len(local.position))),) * 2
    >>> nothing = np.zeros(1)
    >>> course = solve_spheres(np.array([0.03055]), Spheres(law, nothing, nothing, nothing, nothing), 24, 1e-5)
    >>> float(course.released[0, 0])
    0.500
    """
    draws = len(spheres.hydrolysis)
    order = np.argsort(times, kind="stable")
    course = np.zeros((len(PARTS), draws, len(times)))
    most = 0
    block = max(1, _BLOCK // cells)
    unresolved = max(_UNRESOLVED, _UNRESOLVED_BY_TOLERANCE * tolerance)
    for start in range(0, draws, block):
        rows, count = np.arange(start, min(start + block, draws)), cells
        rough, _ = _march(times[order], spheres, rows, RadialGrid(cells // 2), tolerance)
        while len(rows):
            close, steps = _march(times[order], spheres, rows, RadialGrid(count), tolerance)
            course[:, rows[:, None], order] = close + (close - rough) / 3.0
            most = max(most, steps)
            apart = np.abs(close - rough)[:2].max(axis=(0, 2)) > unresolved
            rows, rough, count = rows[apart], close[:, apart], 2 * count
            if count > _MOST_CELLS:
                break
    return SphereCourse(**dict(zip(PARTS, course, strict=True)), steps=most)


class _Steps:
    """Takes one step of some draws, each of its own length."""

    def __init__(self, spheres: Spheres, rows: NDArray[np.intp], grid: RadialGrid) -> None:
        from scipy.linalg.lapack import dpttrf, dpttrs

        self._factorise, self._substitute = dpttrf, dpttrs
        self.grid, self.law, self.rows = grid, spheres.law, rows
        self.hydrolysis = spheres.hydrolysis[rows][:, None]
        self.catalysis = spheres.catalysis[rows][:, None]
        self.outside = np.array([np.zeros(len(rows)), spheres.surface_acid[rows]])

    def conductances(self, state: _State) -> Array:
        """Give the volume that the faces pass on per difference, of drug and acid [1/s]."""
        found = np.empty((2, *state.polymer.shape))
        for own, speed in zip(found, self.law(Local(self.grid, state.mobile, state.polymer), self.rows), strict=True):
            np.multiply(self.grid.area_over_gap, speed, out=own)
        return found

    def slopes(self, state: _State, conductances: Array) -> _State:
        """Give how fast all of it changes; what diffuses per volume of the whole sphere."""
        values = state.mobile
        flow = np.empty_like(conductances)
        np.subtract(values[:, :, :-2], values[:, :, 1:-1], out=flow[:, :, :-1])
        flow[:, :, -1] = values[:, :, -2] - self.outside
        flow *= conductances
        slopes = state.like()
        change = slopes.mobile
        # no np.negative into a strided array: NumPy 2.4 reads a stride of 64 bytes wrongly there
        np.subtract(0.0, flow[:, :, 0], out=change[:, :, 0])
        np.subtract(flow[:, :, :-1], flow[:, :, 1:], out=change[:, :, 1:-1])
        change[:, :, -1] = flow[:, :, -1]
        cut = self.catalysis * values[1, :, :-1]
        cut += self.hydrolysis
        cut *= state.polymer
        change[1, :, :-1] += self.grid.volume * cut
        np.subtract(0.0, cut, out=slopes.polymer)
        return slopes

    def step(self, length: Array, state: _State, conductances: Array, slopes: _State) -> tuple[_State, _State]:
        """Give the state after a step [s], and its error."""
        volume = self.grid.volume
        tau = _GAMMA * length[:, None]
        kept = 1.0 + tau * (self.hydrolysis + self.catalysis * state.mobile[1, :, :-1])
        own = np.minimum(tau * self.catalysis * state.polymer, (1.0 - _LEAST_PIVOT) * kept) / kept
        made = volume * (1.0 - 1.0 / kept)
        # volume times the identity less tau times the Jacobian: symmetric and positive
        passed = tau * conductances
        gate = passed[:, :, -1].copy()
        diagonal = volume + passed
        diagonal[:, :, 1:] += passed[:, :, :-1]
        diagonal[1] -= volume * own
        passed[:, :, -1] = 0.0  # the next sphere is another
        factors = self._factorise(diagonal.ravel(), -passed.ravel()[:-1])[:2]
        past = np.empty((4, len(state.memory)))
        for i in range(4):
            if i:
                there = state.like(_FROM[i, :i] @ past[:i])
                there.memory += state.memory
                slopes = self.slopes(there, self.conductances(there))
            stage = state.like(past[i])
            mobile, polymer = stage.mobile, stage.polymer
            np.multiply(tau, slopes.mobile, out=mobile)
            np.multiply(tau, slopes.polymer, out=polymer)
            if i:
                coupled = state.like((_GAMMA * _COUPLED[i, :i]) @ past[:i])
                coupled.mobile[:, :, :-1] *= volume
                stage.memory += coupled.memory
            mobile[1, :, :-1] += made * polymer
            solved = self._substitute(*factors, mobile[:, :, :-1].ravel(), overwrite_b=True)[0]
            mobile[:, :, :-1] = solved.reshape(conductances.shape)
            mobile[:, :, -1] += gate * mobile[:, :, -2]
            polymer /= kept
            polymer -= own * mobile[1, :, :-1]
        after = state.like(_STEP @ past)
        after.memory += state.memory
        return after, state.like(_ERROR @ past)

    def first(self, state: _State) -> Array:
        """Give the length of a first step: what the outermost cell feels [s]."""
        apart = self.grid.area_over_gap[-1] * self.grid.gap[-1] ** 2
        fastest = self.conductances(state)[:, :, -1].max(axis=0) / apart
        fastest += (self.hydrolysis + self.catalysis * (1.0 + state.mobile[1, :, :1]))[:, 0]
        return np.asarray(_FIRST_STEP / np.maximum(fastest, _SLOWEST))


def _march(
    times: Array, spheres: Spheres, rows: NDArray[np.intp], grid: RadialGrid, tolerance: float
) -> tuple[Array, int]:
    """Walk some draws to the last time, each by its own steps; give the parts of the course and how many steps."""
    cells, last = len(grid.volume), float(times[-1])
    state = _State(len(rows), cells)
    state.memory[:] = 1.0
    state.mobile[1] = spheres.acid[rows, None]
    state.mobile[:, :, -1] = 0.0
    steps = _Steps(spheres, rows, grid)
    now, length = np.zeros(len(rows)), np.minimum(steps.first(state), last)
    active, peak = np.arange(len(rows)), spheres.acid[rows]
    values, slope = np.zeros((len(PARTS), len(rows))), np.zeros((len(PARTS), len(rows)))
    kept: list[tuple[Array, Array, Array]] = []
    moments = np.zeros(len(rows))
    while True:
        conductances = steps.conductances(state)
        slopes = steps.slopes(state, conductances)
        values[:, active] = _summary(state, grid.volume, 1.0)
        slope[:, active] = _summary(slopes, grid.volume, grid.volume)
        moments[active] = now
        kept.append((moments.copy(), values.copy(), slope.copy()))
        going = now < last
        if not going.any():
            kept.append(kept[-1])  # so that even time zero lies between two
            return _read(times, *(np.array(parts) for parts in zip(*kept, strict=True))), len(kept) - 2
        if len(kept) > _MOST_STEPS:
            raise DomainError("tolerance", tolerance, "", "larger", f"{_MOST_STEPS} steps did not reach the last time")
        if going.mean() < 0.7:
            state = state.rows(going)
            active, now, length, peak = active[going], now[going], length[going], peak[going]
            steps = _Steps(spheres, rows[active], grid)
            conductances = steps.conductances(state)
            slopes = steps.slopes(state, conductances)
        length = np.minimum(length, last - now)
        after, error = steps.step(length, state, conductances, slopes)
        peak = np.maximum(peak, np.abs(after.mobile[1, :, :-1]).max(axis=1))
        off = _size(error, after, peak, grid.volume) / tolerance
        good = off <= 1.0
        state.mobile[:, good], state.polymer[good] = after.mobile[:, good], after.polymer[good]
        # the last step ends at the last time to the bit
        now = np.where(good, np.where(length >= last - now, last, now + length), now)
        factor = np.nan_to_num(_SAFETY * np.maximum(off, 1e-12) ** (-1.0 / 3.0), nan=_SHRINKAGE)
        length = np.where(length > 0.0, length, last) * np.clip(factor, _SHRINKAGE, _GROWTH)


def _summary(state: _State, volume: Array, per: Array | float) -> Array:
    """Give the parts of a course; `per` is the volume where the state is a flow."""
    drug, acid = state.mobile
    weights = volume / per
    middle = acid[:, 0] / (per if isinstance(per, float) else per[0])
    return np.array(
        [
            drug[:, -1],
            drug[:, :-1] @ weights,
            acid[:, -1],
            acid[:, :-1] @ weights,
            state.polymer @ volume,
            state.polymer[:, 0],
            middle,
        ]
    )


def _size(error: _State, state: _State, peak: Array, volume: Array) -> Array:
    """Give the error of a step as a share: of the content, and of the acid that there is."""
    scale = np.maximum(np.abs(state.mobile[1, :, :-1]).max(axis=1), _FORGOTTEN * peak)
    drug, acid = np.sqrt(error.mobile[:, :, :-1] ** 2 @ volume)
    acid = np.divide(acid, scale, out=np.zeros_like(acid), where=scale > 0.0)
    polymer = np.sqrt(error.polymer**2 @ volume)
    return np.asarray(np.maximum.reduce([drug, np.abs(error.mobile[0, :, -1]), polymer, acid]))


def _read(times: Array, moments: Array, values: Array, slopes: Array) -> Array:
    """Give the parts at some times by cubics through values and slopes of all steps, (parts, draws, times)."""
    draws = moments.shape[1]
    before = np.zeros((draws, len(times)), dtype=np.intp)
    for reached in moments[1:-1]:
        before += reached[:, None] < times
    which = np.arange(draws)[:, None]
    start, end = moments[before, which], moments[before + 1, which]
    width = np.where(end > start, end - start, 1.0)
    along = np.minimum((times - start) / width, 1.0)
    found = np.empty((len(PARTS), draws, len(times)))
    for part in range(len(PARTS)):
        first, second = values[before, part, which], values[before + 1, part, which]
        rise = second - first
        early, late = slopes[before, part, which] * width, slopes[before + 1, part, which] * width
        if part in _MONOTONE:  # slopes above three times the mean would overshoot
            early, late = (np.sign(rise) * np.clip(np.sign(rise) * of, 0.0, 3.0 * np.abs(rise)) for of in (early, late))
        bend = early + late - 2.0 * rise
        found[part] = first + along * (early + along * (3.0 * rise - 2.0 * early - late + along * bend))
    return found
