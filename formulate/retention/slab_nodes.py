"""A slab cut into cells: what each cell holds and passes on, and one implicit step of all draws at once.

The unknown is ``u = C/K``, the concentration of the bath that a cell would be in equilibrium with: it has no jump where
two layers meet. Amounts are per area of face [kg/m2]. A cell of width w holds, its sites in equilibrium,

    a(u) = w K u + w N_T u/(K_D/K + u)

and passes ``g (u - u_next)`` on, g of two half cells in series. A stirred bath is one more cell, at its end.
"""

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from formulate.sampling import Array

CONVERGED = 1e-6  # of all that is there; the step after would square it
MOST_ITERATIONS = 60  # of Newton; it cannot diverge, so this is never reached but by a value that is no number
_KEPT = 1e-8  # a step that leaves less than this share leaves its rounding too
_ROUNDING = -1e-12  # of the largest level; below this a negative one is no rounding error


@dataclass(frozen=True)
class Nodes:
    """The cells of the slab from front to back, with a stirred bath at either end where there is one.

    Arrays are (draws, nodes), those of a face (draws,).
    """

    storage: Array  # w K, or the depth of a bath [m]
    bound_most: Array  # w N_T [kg/m2]
    half_filled: Array  # K_D/K [kg/m3]
    association: Array  # k_on K [m3/(kg s)]; 0 where sites are in equilibrium
    dissociation: Array  # k_off [1/s]; 0 where sites are in equilibrium
    loss: Array  # of all that a node holds [1/s]
    conductance: Array  # to the next node [m/s]; 0 in the last column
    front: Array  # conductance to the bath outside [m/s]
    back: Array
    amount: Array  # held at the start [kg/m2]

    def rows(self, chosen: NDArray[np.bool_] | slice) -> Self:
        """Give the same nodes of some draws."""
        return replace(self, **{field.name: getattr(self, field.name)[chosen] for field in fields(self)})

    @cached_property
    def binds(self) -> bool:
        """Whether any node has sites."""
        return bool((self.bound_most > 0).any())

    @cached_property
    def waits(self) -> bool:
        """Whether any node has sites that take time to fill."""
        return bool((self.association > 0).any())

    def level(self, amount: Array) -> Array:
        """Give u where sites are in equilibrium with an amount per area."""
        if not self.binds:
            return amount / self.storage
        # the positive root of storage u^2 - excess u - amount half = 0, without a difference of near equals
        excess = amount - self.bound_most - self.storage * self.half_filled
        root = np.sqrt(excess**2 + 4.0 * self.storage * self.half_filled * amount)
        many = 0.5 * (excess + root) / self.storage
        few = np.divide(2.0 * self.half_filled * amount, root - excess, out=np.zeros_like(root), where=root > excess)
        return np.where(excess > 0, many, few)


@dataclass
class State:
    """What a step hands to the next."""

    amount: Array  # (draws, nodes), free and bound [kg/m2]
    bound: Array  # of it bound [kg/m2]; kept only where sites wait
    level: Array  # u [kg/m3]
    trend: Array  # du/dt, to guess the next u from


@dataclass(frozen=True)
class Passed:
    """What left in one step, (draws,) [kg/m2]: out of each face, and lost from each node (draws, nodes)."""

    front: Array
    back: Array
    lost: Array | None


@dataclass(frozen=True)
class Outside:
    """Concentration in the baths outside at one time, (draws,) [kg/m3]."""

    front: Array
    back: Array


_GAMMA = float(1.0 - 1.0 / np.sqrt(2.0))


class March:
    """Steps in time: two-stage singly diagonally implicit Runge-Kutta, L-stable, second order (alexander1977).

    A draw that this would drive below zero (a step much longer than its emptying) takes that step by implicit
    Euler, which cannot.
    """

    INNER = _GAMMA  # where in a step its inner stage lies

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes
        self._implicit: _Implicit | None = None

    def start(self) -> State:
        """Give the state at time zero, sites in equilibrium."""
        amount = self.nodes.amount.copy()
        level = self.nodes.level(amount)
        bound = amount - self.nodes.storage * level if self.nodes.waits else np.zeros((0, 0))
        return State(amount, bound, level, np.zeros_like(level))

    def step(
        self, h: float, state: State, outside: tuple[Outside, Outside], source: tuple[Array, Array] | None
    ) -> tuple[State, Passed]:
        """Give the state after a step h [s], and what left.

        `outside` holds at the inner stage and at the end, and so does `source`: what arrives per time, (draws, nodes).
        """
        tau, early, late = _GAMMA * h, h * (1.0 - _GAMMA), _GAMMA * h
        arriving, at_end = (None, None) if source is None else source
        if self._implicit is None or self._implicit.tau != tau:
            self._implicit = _Implicit(tau, self.nodes)
        solver = self._implicit
        forward = (1.0 - _GAMMA) / _GAMMA
        guess = state.level + tau * state.trend if self.nodes.binds else state.level
        first = solver.solve(state.amount, state.bound, outside[0], arriving, guess)
        between = state.amount + forward * (first.amount - state.amount)
        filled, strayed = state.bound, None
        if self.nodes.binds:
            guess = state.level + (first.level - state.level) / _GAMMA
        if self.nodes.waits:
            filled = state.bound + forward * (first.bound - state.bound)
            possible = np.clip(filled, 0.0, self.nodes.bound_most)
            strayed = np.abs(filled - possible).max(axis=1) > -_ROUNDING * self.nodes.bound_most.max(axis=1)
            filled = possible
        second = solver.solve(between, filled, outside[1], at_end, guess)
        front = early * first.front + late * second.front
        back = early * first.back + late * second.back
        lost = None if solver.loss is None else solver.loss * (early * first.amount + late * second.amount)
        trend = (second.level - first.level) / early if self.nodes.binds else state.trend
        after = State(second.amount, second.bound, second.level, trend)
        coarse = np.zeros(len(front), dtype=bool)
        if second.level.min() < 0.0:
            coarse |= second.level.min(axis=1) < _ROUNDING * second.level.max(axis=1)
        if strayed is not None:
            coarse |= strayed
        if coarse.any():
            mean = None if source is None else (1.0 - _GAMMA) * source[0] + _GAMMA * source[1]
            self._euler(h, coarse, state, outside[1], mean, after, (front, back, lost))
        return after, Passed(front, back, lost)

    def _euler(
        self,
        h: float,
        coarse: NDArray[np.bool_],
        state: State,
        outside: Outside,
        source: Array | None,
        after: State,
        passed: tuple[Array, Array, Array | None],
    ) -> None:
        """Take the step by implicit Euler instead, in the draws marked coarse."""
        nodes = self.nodes.rows(coarse)
        bound = state.bound[coarse] if nodes.waits else np.zeros((0, 0))
        there = Outside(outside.front[coarse], outside.back[coarse])
        arriving = None if source is None else source[coarse]
        solver = _Implicit(h, nodes)
        end = solver.solve(state.amount[coarse], bound, there, arriving, state.level[coarse])
        front, back, lost = passed
        after.amount[coarse], after.level[coarse], after.trend[coarse] = end.amount, end.level, 0.0
        front[coarse], back[coarse] = h * end.front, h * end.back
        if nodes.waits:
            after.bound[coarse] = end.bound
        if lost is not None and solver.loss is not None:
            lost[coarse] = h * solver.loss * end.amount


@dataclass(frozen=True)
class _Stage:
    amount: Array
    bound: Array
    level: Array
    front: Array  # flow out [kg/(m2 s)]
    back: Array


class _Implicit:
    """The equations ``a - tau (flow in - loss a + source) = known`` of one tau: symmetric, tridiagonal, positive."""

    def __init__(self, tau: float, nodes: Nodes) -> None:
        from scipy.linalg.lapack import dpttrf, dpttrs

        self._factorise, self._substitute = dpttrf, dpttrs
        self.tau = tau
        self.nodes = nodes
        self.loss = nodes.loss if nodes.loss.any() else None
        self.kept = 1.0 if self.loss is None else 1.0 + tau * self.loss
        conductance = tau * nodes.conductance
        diagonal = nodes.storage * self.kept + conductance
        diagonal[:, 1:] += conductance[:, :-1]
        diagonal[:, 0] += tau * nodes.front
        diagonal[:, -1] += tau * nodes.back
        self.diagonal = diagonal
        self.beside = -conductance.ravel()[:-1]
        self.ones = np.ones(diagonal.shape[1])
        self.most = nodes.bound_most
        self.half = nodes.half_filled
        if nodes.waits:
            # B = (B_known + s u N)/(1 + tau k_off' + s u) with s = tau k_on K: again half-filled at some u
            self.waiting = nodes.association > 0
            self.rate = np.where(self.waiting, tau * nodes.association, 1.0)
            self.half = np.where(self.waiting, (self.kept + tau * nodes.dissociation) / self.rate, self.half)
        self.steep = self.most * self.half
        if not nodes.binds:
            self.factors = dpttrf(diagonal.ravel(), self.beside)[:2]

    def solve(self, known: Array, bound: Array, outside: Outside, source: Array | None, guess: Array) -> _Stage:
        """Give the stage; mass is exact, whatever is left of the iteration or lost by rounding."""
        nodes, tau = self.nodes, self.tau
        right = known.copy() if source is None else known + tau * source
        total = right @ self.ones
        right[:, 0] += tau * nodes.front * outside.front
        right[:, -1] += tau * nodes.back * outside.back
        held = bound
        if nodes.binds:
            level, held = self._newton(right, bound, guess)
            amount = nodes.storage * level
            amount += held
        else:
            level = self._substitute(*self.factors, right.ravel())[0].reshape(right.shape)
            amount = nodes.storage * level
        found = (amount if self.loss is None else amount * self.kept) @ self.ones
        front = nodes.front * (level[:, 0] - outside.front)
        back = nodes.back * (level[:, -1] - outside.back)
        target = total - tau * (front + back)
        exact = np.divide(target, found, out=np.ones_like(found), where=found > _KEPT * np.abs(total))
        amount *= exact[:, None]
        if nodes.waits:
            held = np.minimum(held * exact[:, None], nodes.bound_most)
        return _Stage(amount, held, level, front, back)

    def _newton(self, right: Array, bound: Array, guess: Array) -> tuple[Array, Array]:
        """Solve for u and what is bound, which is ``(known + most u)/(half + u)``.

        It is concave in u, so the iterates rise to the solution from the second on, wherever they start.
        """
        most, half = self.most, self.half
        waits = self.nodes.waits
        known = np.where(self.waiting, bound / self.rate, 0.0) if waits else None
        steep = self.steep if known is None else most * half - known
        enough = CONVERGED * (np.abs(right) @ self.ones)[:, None]
        level = np.maximum(guess, 0.0)
        for _ in range(MOST_ITERATIONS):
            inverse = 1.0 / (half + level)
            slope = steep * inverse
            slope *= inverse
            # the tangent meets u = 0 at (known + u b)/(half + u)
            start = most * level
            if known is not None:
                start += known
            start *= inverse
            start *= level
            if known is not None:
                start += known
            start *= inverse
            if self.loss is None:
                diagonal = slope + self.diagonal
            else:
                start *= self.kept
                diagonal = slope * self.kept
                diagonal += self.diagonal
            np.subtract(right, start, out=start)
            lower, ratio, _ = self._factorise(diagonal.ravel(), self.beside, overwrite_d=True)
            solved = self._substitute(lower, ratio, start.ravel(), overwrite_b=True)[0].reshape(right.shape)
            # at u + d the curve is below the tangent by slope d**2/(half + u + d)
            change = solved - level
            level = np.maximum(solved, 0.0)
            change *= change
            change *= slope
            if (change <= enough * (half + level)).all():
                break
        held = most * level
        if known is not None:
            held += known
        held /= half + level
        if solved.min() < 0.0:  # below 0 the tangent at 0 goes on
            held += np.minimum(solved, 0.0) * steep / half**2
        return solved, held
