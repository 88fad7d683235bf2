"""A problem of weighted least squares: readings, a curve, and which of its parameters are free within which bounds.

It counts in internal coordinates: the logarithm of a parameter that is searched on a log scale, the parameter itself
otherwise. Parameters that enter the curve linearly may be left to it: wherever the others are, these are at their
best (variable projection: Golub and Pereyra 1973, doi:10.1137/0710036).
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from formulate.curves.model import Floats, Model

ALIKE = 1e-13  # singular values of shapes, relative, below which they cannot be told apart


def _none() -> Floats:
    return np.zeros(0)


@dataclass(frozen=True, eq=False)
class Problem:
    """Readings, a curve, and which of its parameters are searched, or solved for, within which bounds."""

    model: Model
    time: Floats  # (points,)
    released: Floats  # (points,) or (draws, points), percent
    root_weight: Floats  # (points,) or (draws, points), square root of the weights
    searched: tuple[int, ...]  # places of the searched parameters in the model
    given: tuple[float, ...]  # (parameters,) values of the fixed ones, NaN for the others
    low: Floats  # (searched,) internal coordinates
    high: Floats  # (searched,)
    linear: tuple[int, ...] = ()  # places of the linear parameters in the model
    linear_low: Floats = field(default_factory=_none)  # (linear,) natural values
    linear_high: Floats = field(default_factory=_none)  # (linear,)
    rising: bool = False  # whether the curve is more than its linear parts

    @cached_property
    def log(self) -> NDArray[np.intp]:
        """Places in `searched` of those on a log scale."""
        return np.flatnonzero([self.model.parameters[place].coordinate == "log" for place in self.searched])

    @cached_property
    def _scales(self) -> list[tuple[int, bool]]:
        return [(place, self.model.parameters[place].coordinate == "log") for place in self.searched]

    @property
    def free(self) -> tuple[int, ...]:
        """Places of all free parameters in the model, in its order."""
        return tuple(sorted((*self.searched, *self.linear)))

    def internal(self, values: Floats) -> Floats:
        """Give internal coordinates, (..., searched), of all parameters (..., parameters), kept within the bounds."""
        result = np.array(np.asarray(values, dtype=np.float64)[..., list(self.searched)])
        with np.errstate(all="ignore"):
            result[..., self.log] = np.log(np.maximum(result[..., self.log], 0.0))
        return np.clip(result, self.low, self.high)

    def arguments(self, internal: Floats, amounts: Floats | None = None) -> list[Any]:
        """Give all parameters as the curve takes them: numbers for (searched,), columns for (draws, searched)."""
        result: list[Any] = list(self.given)
        if internal.ndim == 1:
            for (place, log), value in zip(self._scales, internal.tolist(), strict=True):
                result[place] = float(np.exp(value)) if log else value
            for place, value in zip(self.linear, () if amounts is None else amounts.tolist(), strict=False):
                result[place] = value
        else:
            natural = internal
            if self.log.size:
                natural = internal.copy()
                natural[:, self.log] = np.exp(natural[:, self.log])
            for column, place in enumerate(self.searched):
                result[place] = natural[:, column, None]
            if amounts is not None:
                for column, place in enumerate(self.linear):
                    result[place] = amounts[:, column, None]
        return result

    def values(self, internal: Floats, amounts: Floats) -> Floats:
        """Give all parameters, (..., parameters)."""
        shape = (*internal.shape[:-1], len(self.given))
        parts = [np.ravel(part) for part in self.arguments(internal, amounts)]
        return np.stack(np.broadcast_arrays(*parts), axis=-1).reshape(shape)

    def solved(self, internal: Floats) -> tuple[Floats, Floats, Floats]:
        """Solve the linear parameters at one place.

        Returns
        -------
        amounts : ndarray, shape (linear,)
            The best within their bounds.
        residuals : ndarray, shape (points,)
            Curve less readings, times the root of the weight.
        basis : ndarray, shape (linear that are not on a bound, points)
            Orthonormal directions the residuals are free of.
        """
        arguments = self.arguments(internal)
        if not self.linear:
            curve = self.model.curve(self.time, *arguments)
            return _none(), self.root_weight * (curve - self.released), np.zeros((0, self.time.size))
        wanted = self.root_weight * self.released
        for place in self.linear:
            arguments[place] = 0.0
        base: Any = 0.0
        if self.rising:
            base = self.model.curve(self.time, *arguments)
            wanted = wanted - self.root_weight * base
        shapes = np.empty((len(self.linear), self.time.size))
        for row, place in enumerate(self.linear):
            arguments[place] = 1.0
            shapes[row] = self.root_weight * (self.model.curve(self.time, *arguments) - base)
            arguments[place] = 0.0
        if shapes.shape[0] == 1:
            shape = shapes[0]
            length = float(np.sqrt(shape @ shape))
            if not 0.0 < length < np.inf:
                return np.clip(np.zeros(1), self.linear_low, self.linear_high), -wanted, shapes[:0]
            along = shape / length
            amount = float(along @ wanted) / length
            held = min(max(amount, float(self.linear_low[0])), float(self.linear_high[0]))
            return np.array([held]), shape * held - wanted, shapes[:0] if held != amount else along[None, :]
        return _amounts(shapes, wanted, self.linear_low, self.linear_high)

    def slopes_at(self, internal: Floats, amounts: Floats, basis: Floats) -> Floats:
        """Give derivatives of the residuals by the searched parameters, (searched, points), the linear ones following.

        Kaufman's form (1975, doi:10.1007/BF01932995): what lies along the basis is taken out. The gradient of the sum
        of squares from it is exact.
        """
        result = self._slopes(self.arguments(internal, amounts))
        if basis.shape[0]:
            result -= (result @ basis.T) @ basis
        return result

    def _slopes(self, arguments: list[Any]) -> Floats:
        gradient = np.asarray(self.model.gradient(self.time, *arguments))
        result = (gradient if len(self.searched) == len(gradient) else gradient[list(self.searched)]) * self.root_weight
        for row in self.log:
            result[row] *= arguments[self.searched[row]]
        if not np.isfinite(result).all():
            result[~np.isfinite(result)] = 0.0
        return np.asarray(result)

    def solved_together(self, internal: Floats) -> tuple[Floats, Floats, Floats]:
        """Solve the linear parameters at many places.

        Returns
        -------
        amounts : ndarray, shape (draws, linear)
            The best within their bounds.
        residuals : ndarray, shape (draws, points)
            Curve less readings, times the root of the weight.
        shapes : ndarray, shape (draws, linear, points)
            Weighted; zero where the amount is on a bound.
        """
        arguments = self.arguments(internal)
        size = (internal.shape[0], self.time.size)
        if not self.linear:
            curve = self.model.curve(self.time, *arguments)
            residuals = np.broadcast_to(self.root_weight * (curve - self.released), size)
            return np.zeros((size[0], 0)), residuals, np.zeros((size[0], 0, size[1]))
        for place in self.linear:
            arguments[place] = 0.0
        base: Any = self.model.curve(self.time, *arguments) if self.rising else 0.0
        shapes = np.empty((size[0], len(self.linear), size[1]))
        for row, place in enumerate(self.linear):
            arguments[place] = np.ones((1, 1))
            shapes[:, row] = self.model.curve(self.time, *arguments) - base
            arguments[place] = 0.0
        shapes *= self.root_weight[..., None, :] if self.root_weight.ndim == 2 else self.root_weight
        shapes[~np.isfinite(shapes)] = 0.0
        wanted = np.broadcast_to(self.root_weight * (self.released - base), size)
        amounts, held = projected(shapes, wanted, self.linear_low, self.linear_high)
        residuals = (shapes.transpose(0, 2, 1) @ amounts[:, :, None])[:, :, 0] - wanted
        if held.any():
            shapes[held] = 0.0
        return amounts, residuals, shapes

    def slopes_together(self, internal: Floats, amounts: Floats, shapes: Floats) -> Floats:
        """Give derivatives of the residuals, (draws, searched, points), as `slopes_at` does."""
        result = np.ascontiguousarray(self._slopes(self.arguments(internal, amounts)).transpose(1, 0, 2))
        if shapes.shape[1] == 1:
            square = np.einsum("dji,dji->d", shapes, shapes)
            along = np.einsum("dpi,di->dp", result, shapes[:, 0]) / np.where(square > 0.0, square, 1.0)[:, None]
            result -= along[:, :, None] * shapes
        elif shapes.shape[1] > 1:
            scale = np.sqrt(np.einsum("dji,dji->dj", shapes, shapes))
            even = shapes / np.where(scale > 0.0, scale, 1.0)[:, :, None]
            unit = np.eye(shapes.shape[1])
            normal = even @ even.transpose(0, 2, 1) + (1e-14 + (scale == 0.0))[:, :, None] * unit
            result -= np.linalg.solve(normal, even @ result.transpose(0, 2, 1)).transpose(0, 2, 1) @ even
        return result


def _amounts(shapes: Floats, wanted: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats, Floats]:
    """Give the best amounts within bounds, the residuals, and the directions these are free of, for one candidate."""
    scale = np.sqrt(np.einsum("ji,ji->j", shapes, shapes))
    usable = (scale > 0.0) & np.isfinite(scale)
    amounts = np.clip(np.zeros(len(shapes)), low, high)
    loose = np.flatnonzero(usable)
    basis = shapes[:0]
    while loose.size:
        held = np.setdiff1d(np.flatnonzero(usable), loose)
        target = wanted - amounts[held] @ shapes[held]
        left, singular, right = np.linalg.svd((shapes[loose] / scale[loose, None]).T, full_matrices=False)
        kept = singular > ALIKE * singular[0]
        basis = left[:, kept].T
        solution = ((basis @ target) / singular[kept]) @ right[kept] / scale[loose]
        beyond = (solution < low[loose]) | (solution > high[loose])
        amounts[loose] = np.clip(solution, low[loose], high[loose])
        if not beyond.any():
            residuals = -(target - (basis @ target) @ basis)
            residuals -= (basis @ residuals) @ basis
            return amounts, residuals, basis
        loose = loose[~beyond]
        basis = shapes[:0]
    return amounts, amounts[usable] @ shapes[usable] - wanted, basis


def projected(shapes: Floats, wanted: Floats, low: Floats, high: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Give the best amounts within bounds of many candidates at once.

    Parameters
    ----------
    shapes : ndarray, shape (candidates, linear, points)
        Weighted curves of the linear parameters.
    wanted : ndarray, shape (candidates, points)
        What they should sum to.
    low, high : ndarray, shape (linear,)
        Bounds of the amounts.

    Returns
    -------
    amounts : ndarray, shape (candidates, linear)
        By the normal equations, scaled to a unit diagonal.
    held : ndarray of bool, shape (candidates, linear)
        Which rest on a bound.
    """
    wanted = np.where(np.isfinite(wanted), wanted, 0.0)
    right = (shapes @ wanted[:, :, None])[:, :, 0]
    if shapes.shape[1] == 1:
        square = np.einsum("cji,cji->cj", shapes, shapes)
        amounts = right / np.where(square > 0.0, square, 1.0)
        kept = np.minimum(np.maximum(amounts, low), high)
        return kept, kept != amounts
    scale = np.sqrt(np.einsum("cji,cji->cj", shapes, shapes))
    scale[scale == 0.0] = 1.0
    normal = (shapes @ shapes.transpose(0, 2, 1)) / (scale[:, :, None] * scale[:, None, :])
    unit = np.eye(shapes.shape[1])
    normal += 1e-14 * unit
    right /= scale
    amounts = np.linalg.solve(normal, right[:, :, None])[:, :, 0] / scale
    held = np.zeros(amounts.shape, dtype=np.bool_)
    for _ in range(shapes.shape[1]):
        beyond = (amounts < low) | (amounts > high)
        rows = np.flatnonzero(beyond.any(axis=1))
        if not rows.size:
            break
        held[rows] |= beyond[rows]
        on_bound = held[rows]
        fixed = np.where(on_bound, np.clip(amounts[rows], low, high) * scale[rows], 0.0)
        loose = (~on_bound).astype(np.float64)
        rest = (right[rows] - (normal[rows] @ fixed[:, :, None])[:, :, 0]) * loose
        part = normal[rows] * loose[:, :, None] * loose[:, None, :] + (1.0 - loose)[:, :, None] * unit
        solution = np.linalg.solve(part, rest[:, :, None])[:, :, 0]
        amounts[rows] = np.where(on_bound, fixed, solution) / scale[rows]
        amounts[rows] = np.where(on_bound, np.clip(amounts[rows], low, high), amounts[rows])
    return np.clip(amounts, low, high), held
