"""A problem of weighted least squares: readings, a curve, and which of its parameters are free within which bounds.

It counts in internal coordinates: the logarithm of a parameter that is searched on a log scale, the parameter itself
otherwise. Parameters that enter the curve linearly may be left to it: wherever the others are, these are at their
best (variable projection: Golub and Pereyra 1973, doi:10.1137/0710036).
"""

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from formulate.curves.model import Floats, Model
from formulate.fitting.projection import SQUARED, amounts_of, amounts_together, length_of

_ONE = np.ones((1, 1))
LARGEST = 709.0  # logarithm of the largest float


def _none() -> Floats:
    return np.zeros(0)


@lru_cache(maxsize=1024)
def _scales(model: Model, searched: tuple[int, ...]) -> tuple[NDArray[np.intp], tuple[tuple[int, bool], ...]]:
    """Give the places in `searched` of those on a log scale, and for each its place in the model and whether it is."""
    log = [model.parameters[place].coordinate == "log" for place in searched]
    return np.flatnonzero(log), tuple(zip(searched, log, strict=True))


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

    @property
    def log(self) -> NDArray[np.intp]:
        """Places in `searched` of those on a log scale."""
        return _scales(self.model, self.searched)[0]

    @property
    def free(self) -> tuple[int, ...]:
        """Places of all free parameters in the model, in its order."""
        return tuple(sorted((*self.searched, *self.linear)))

    def internal(self, values: Floats) -> Floats:
        """Give internal coordinates, (..., searched), of all parameters (..., parameters), kept within the bounds."""
        result = np.array(np.asarray(values, dtype=np.float64)[..., list(self.searched)])
        log = self.log
        if log.size:
            with np.errstate(all="ignore"):
                result[..., log] = np.log(np.maximum(result[..., log], 0.0))
        return np.asarray(np.minimum(np.maximum(result, self.low), self.high))

    def arguments(self, internal: Floats, amounts: Floats | None = None) -> list[Any]:
        """Give all parameters as the curve takes them: numbers for (searched,), columns for (draws, searched)."""
        result: list[Any] = list(self.given)
        if internal.ndim == 1:
            for (place, log), value in zip(_scales(self.model, self.searched)[1], internal.tolist(), strict=True):
                result[place] = math.exp(min(value, LARGEST)) if log else value
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
        if internal.ndim == 1:
            return np.array(self.arguments(internal, amounts), dtype=np.float64)
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
            if not SQUARED < length < 1.0 / SQUARED:
                length = length_of(shape)
            if not 0.0 < length < np.inf:
                return np.clip(np.zeros(1), self.linear_low, self.linear_high), -wanted, shapes[:0]
            along = shape / length
            amount = float(along @ wanted) / length
            held = min(max(amount, float(self.linear_low[0])), float(self.linear_high[0]))
            return np.array([held]), shape * held - wanted, shapes[:0] if held != amount else along[None, :]
        return amounts_of(shapes, wanted, self.linear_low, self.linear_high)

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
        if not math.isfinite(float(result.sum())):
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
        basis : ndarray, shape (draws, linear, points)
            Orthonormal directions the residuals are free of, or zeros.
        """
        arguments = self.arguments(internal)
        size = (internal.shape[0], self.time.size)
        if not self.linear:
            residuals = self.root_weight * (self.model.curve(self.time, *arguments) - self.released)
            if residuals.shape != size:
                residuals = np.broadcast_to(residuals, size)
            return np.zeros((size[0], 0)), residuals, np.zeros((size[0], 0, size[1]))
        for place in self.linear:
            arguments[place] = 0.0
        wanted = self.root_weight * self.released
        base: Any = 0.0
        if self.rising:
            base = self.model.curve(self.time, *arguments)
            wanted = wanted - self.root_weight * base
        shapes = np.empty((size[0], len(self.linear), size[1]))
        for row, place in enumerate(self.linear):
            arguments[place] = _ONE
            shapes[:, row] = self.root_weight * (self.model.curve(self.time, *arguments) - base)
            arguments[place] = 0.0
        if not math.isfinite(float(shapes.sum())):
            shapes[~np.isfinite(shapes)] = 0.0
        return amounts_together(shapes, wanted, self.linear_low, self.linear_high)

    def slopes_together(self, internal: Floats, amounts: Floats, basis: Floats) -> Floats:
        """Give derivatives of the residuals, (draws, searched, points), as `slopes_at` does."""
        result = np.ascontiguousarray(self._slopes(self.arguments(internal, amounts)).transpose(1, 0, 2))
        if basis.shape[1]:
            result -= (result @ basis.transpose(0, 2, 1)) @ basis
        return result
