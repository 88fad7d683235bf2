"""One release curve fitted to several profiles at once, some of its parameters the same in all."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import fdtrc

from formulate.curves.model import Floats, Model
from formulate.fitting.criteria import rounding
from formulate.fitting.fit import fit
from formulate.fitting.least_squares import descend, descend_together, settle
from formulate.fitting.optimum import End
from formulate.fitting.outcome import finished
from formulate.fitting.posing import posed
from formulate.fitting.results import Criteria, Fit, FittedParameter, Points
from materials.errors import DomainError, UnknownIdError, nearest

STEPS = 60  # in which all starts are followed together


@dataclass(frozen=True, eq=False)
class SharedFit:
    """One model fitted to several sets of readings."""

    model: Model
    points: tuple[Points, ...]
    shared: tuple[str, ...]
    parameters: tuple[tuple[FittedParameter, ...], ...]  # of each set, in the order of the model
    covariance: Floats  # of the block: each set's own parameters and, once, the shared ones, as `block` names them
    block: tuple[str, ...]  # "n", or "k1 [2]" for the second set's own
    criteria: Criteria  # of all readings together
    apart: float  # weighted sum of squares of the sets fitted one by one
    worse: float  # p of the F test that sharing fits no worse; NaN where it cannot be tested, for want of scatter too
    level: float = 0.95
    warnings: tuple[str, ...] = ()

    @property
    def values(self) -> Floats:
        """Parameters of each set, (sets, parameters)."""
        return np.array([[parameter.value for parameter in own] for own in self.parameters])

    def curve(self, number: int, time: Floats) -> Floats:
        """Percent released of one set, counted from 0, at times in the unit of the data."""
        return self.model.curve(np.asarray(time, dtype=np.float64), *self.values[number].tolist())


def fit_shared(
    points: Sequence[Points],
    model: Model,
    *,
    shared: Sequence[str],
    fixed: Mapping[str, float] | None = None,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    level: float = 0.95,
) -> SharedFit:
    """Fit a release curve to several sets of readings with parameters in common.

    Parameters
    ----------
    points : sequence of Points
        Readings of each profile [%] with their weights.
    model : Model
        The release curve.
    shared : sequence of str
        Names of the parameters that are the same in all sets.
    fixed, bounds : mapping
        As in `formulate.fitting.fit.fit`, for all sets alike.
    level : float
        Of the intervals of the parameters [1].

    Returns
    -------
    SharedFit
        Parameters of each set, the shared ones equal.

    Raises
    ------
    DomainError
        There are fewer than two sets, or as `fit` does for one of them.
    UnknownIdError
        A shared name is not that of a free parameter of the model.

    Notes
    -----
    The sum over the sets of ``sum w (F - P)^2`` is least; weights must be comparable between the sets. Each set is
    fitted alone first; starts take the shared parameters from each of these fits and from their middle. Sharing q
    parameters among m sets saves ``d = q (m - 1)`` of them: the extra sum of squares is tested with
    ``F = ((WSS - WSS_apart)/d)/(WSS_apart/(N - p_apart))`` (Bates and Watts 1988, Nonlinear Regression Analysis and
    Its Applications, section 3.10).
    """
    fixed, bounds = dict(fixed or {}), dict(bounds or {})
    free = [name for name in model.names if name not in fixed]
    for name in shared:
        if name not in free:
            raise UnknownIdError(f"free parameter of {model.id}", name, nearest(name, free))
    if len(points) < 2:
        raise DomainError("profiles", len(points), "", "at least 2 to share parameters")
    alone = [fit(own, model, fixed=fixed, bounds=bounds, level=level) for own in points]
    block = _Block(model, tuple(own.time for own in points), tuple(shared))
    whole = Points(
        np.concatenate([own.time for own in points]),
        np.concatenate([own.released for own in points]),
        np.concatenate([own.weight for own in points]),
        np.concatenate([np.full(own.time.size, number, dtype=np.int64) for number, own in enumerate(points)]),
        points[0].weighting,
        points[0].time_unit,
        tuple(text for own in points for text in own.left_out),
    )
    with np.errstate(all="ignore"):
        rows = _starts(alone, block, fixed, bounds)
        given = {name: fixed[base] for name, base in block.bases.items() if base in fixed}
        limits = {name: bounds[base] for name, base in block.bases.items() if base in bounds}
        ends = {name: _ends(alone, base) for name, base in block.bases.items()}
        composite = block.composite(ends)
        problem, _ = posed(composite, whole.time, whole.released, whole.weight, 1.0, given, limits, rows=rows)
        begun, _, wss = descend_together(problem, problem.internal(rows), STEPS)
        found = [descend(problem, begun[row]) for row in np.argsort(wss, kind="stable")[:2]]
        internal, _, _, used = min(found, key=lambda end: end[2])
        internal, amounts, least, offset = settle(problem, internal)
        end = End(problem.values(internal, amounts), least, offset)
        result = finished(whole, problem, end, 1.0, level, 1, used, limits)
    return _shared_fit(result, block, tuple(points), alone, level)


def _ends(alone: Sequence[Fit], base: str) -> tuple[float, float]:
    """Give the widest domain of a parameter over the sets, each in its own unit of time."""
    place = alone[0].model.names.index(base)
    ends = []
    for own in alone:
        problem, _ = posed(
            own.model, own.points.time, own.points.released, own.points.weight, float(own.points.time.max()), {}, {},
            rows=own.values[None, :],
        )  # fmt: skip
        column = problem.searched.index(place)
        low, high = float(problem.low[column]), float(problem.high[column])
        ends.append((math.exp(low), math.exp(min(high, 709.0))) if column in problem.log else (low, high))
    return min(low for low, _ in ends), max(high for _, high in ends)


def _starts(
    alone: Sequence[Fit], block: "_Block", fixed: Mapping[str, float], bounds: Mapping[str, tuple[float, float]]
) -> Floats:
    """Give rows of block parameters: shared ones from each set and from the middle, the others fitted to suit."""
    model = block.model
    places = [model.names.index(name) for name in block.shared]
    values = np.array([own.values for own in alone])
    middles = [
        float(np.exp(np.mean(np.log(np.maximum(values[:, place], 1e-300)))))
        if model.parameters[place].coordinate == "log"
        else float(np.mean(values[:, place]))
        for place in places
    ]
    rows = [block.row(values, [float(own[place]) for place in places]) for own in values[:8]]
    rows.append(block.row(values, middles))
    if len(block.shared) < len(model.names) - len(fixed):
        held = {**fixed, **dict(zip(block.shared, middles, strict=True))}
        rest = {name: ends for name, ends in bounds.items() if name not in held}
        try:
            suited = np.array([fit(own.points, model, fixed=held, bounds=rest).values for own in alone])
            rows.append(block.row(suited, middles))
        except DomainError:
            pass
    return np.array(rows)


class _Block:
    """The curves of all sets one after the other, as one curve of the shared parameters and each set's own."""

    def __init__(self, model: Model, times: tuple[Floats, ...], shared: tuple[str, ...]) -> None:
        self.model, self.times, self.shared = model, times, shared
        self.bases: dict[str, str] = {name: name for name in model.names if name in shared}
        for number in range(len(times)):
            self.bases |= {f"{name} [{number + 1}]": name for name in model.names if name not in shared}
        names = list(self.bases)
        self.places = [
            [names.index(name if name in shared else f"{name} [{number + 1}]") for name in model.names]
            for number in range(len(times))
        ]

    def row(self, values: Floats, common: Sequence[float]) -> Floats:
        """Give block parameters from those of each set, (sets, parameters), and the shared ones."""
        result = np.empty(len(self.bases))
        for number, places in enumerate(self.places):
            result[places] = values[number]
        result[: len(self.shared)] = [
            common[self.shared.index(name)] for name in self.model.names if name in self.shared
        ]
        return result

    def composite(self, ends: Mapping[str, tuple[float, float]]) -> Model:
        """Give the model of the block; its time stands for the place of a reading only."""
        model, times, places = self.model, self.times, self.places
        counts = np.cumsum([0, *(time.size for time in times)])

        def curve(_: Floats, *values: Any) -> Floats:
            parts = [
                model.curve(time, *(values[place] for place in own)) for time, own in zip(times, places, strict=True)
            ]
            return np.concatenate(_even(parts), axis=-1)

        def gradient(_: Floats, *values: Any) -> Floats:
            lead = np.broadcast_shapes(*(np.shape(value)[:-1] for value in values))
            result = np.zeros((len(values), *lead, int(counts[-1])))
            for number, (time, own) in enumerate(zip(times, places, strict=True)):
                part = model.gradient(time, *(values[place] for place in own))
                result[own, ..., counts[number] : counts[number + 1]] = part
            return result

        parameters = tuple(
            replace(
                model.parameters[model.names.index(base)], name=name, grid=(), low=ends[name][0], high=ends[name][1]
            )
            for name, base in self.bases.items()
        )
        return Model(model.id, model.name, model.equation, parameters, curve, gradient, group="formula")


def _even(parts: Sequence[Floats]) -> list[Floats]:
    lead = np.broadcast_shapes(*(part.shape[:-1] for part in parts))
    return [np.broadcast_to(part, (*lead, part.shape[-1])) for part in parts]


def _shared_fit(
    result: Fit, block: _Block, points: tuple[Points, ...], alone: Sequence[Fit], level: float
) -> SharedFit:
    model = block.model
    parameters = tuple(
        tuple(replace(result.parameters[place], name=name) for place, name in zip(places, model.names, strict=True))
        for places in block.places
    )
    apart = sum(own.criteria.wss for own in alone)
    saved = sum(own.criteria.parameters for own in alone) - result.criteria.parameters
    freedom = sum(own.criteria.degrees_of_freedom for own in alone)
    worse = math.nan
    if saved > 0 and freedom > 0 and apart > sum(rounding(own) for own in points):
        worse = float(fdtrc(saved, freedom, max(result.criteria.wss - apart, 0.0) / saved / (apart / freedom)))
    return SharedFit(
        model,
        points,
        block.shared,
        parameters,
        result.covariance,
        result.model.names,
        result.criteria,
        apart,
        worse,
        level,
        result.warnings,
    )
