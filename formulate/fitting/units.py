"""Units of a profile fitted one by one: a table over the units, and the spread of each parameter between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formulate.curves.model import Floats
from formulate.fitting.results import Fit
from formulate.fitting.summaries import fitted_summary

if TYPE_CHECKING:
    from formulate.fitting.analysis import ProfileAnalysis


@dataclass(frozen=True)
class Failure:
    """A model that could not be fitted, and why."""

    model: str
    name: str
    reason: str


@dataclass(frozen=True)
class AcrossUnits:
    """One parameter of one model over units fitted one by one."""

    model: str
    parameter: str
    unit: str
    values: tuple[float, ...]  # one for each unit fitted
    mean: float
    standard_deviation: float  # NaN with fewer than two units


@dataclass(frozen=True, eq=False)
class UnitAnalysis:
    """The models fitted to the readings of one unit."""

    unit: str
    fits: tuple[Fit, ...]
    failures: tuple[Failure, ...]


@dataclass(frozen=True)
class UnitRow:
    """One model fitted to one unit, as a row of a table; or mean and deviation over the units."""

    unit: str  # its name, "mean" or "SD"
    values: tuple[float, ...]  # of the parameters, in the order of the model; NaN where it could not be fitted
    r2: float
    r2_adjusted: float
    ss: float
    aic: float
    msc: float
    t50: float  # in the time unit of the data; NaN where not reached
    count: int  # readings; of mean and SD, units
    failed: str = ""  # why it could not be fitted


def across_units(units: Sequence[UnitAnalysis]) -> tuple[AcrossUnits, ...]:
    """Give mean and standard deviation of each parameter of each model over the units."""
    gathered: dict[tuple[str, str, str], list[float]] = {}
    for unit in units:
        for fit in unit.fits:
            for parameter in fit.parameters:
                gathered.setdefault((fit.model.id, parameter.name, parameter.unit), []).append(parameter.value)
    found = []
    with np.errstate(over="ignore", invalid="ignore"):  # a parameter that nothing fixes may be any number
        for key, values in gathered.items():
            spread = float(np.std(values, ddof=1)) if len(values) > 1 else np.nan
            found.append(AcrossUnits(*key, tuple(values), float(np.mean(values)), spread))
    return tuple(found)


def unit_rows(found: "ProfileAnalysis", model: str) -> tuple[UnitRow, ...]:
    """Give one model over the units fitted one by one, as rows of a table.

    Parameters
    ----------
    found : ProfileAnalysis
        Of an analysis with ``replicates="each"``.
    model : str
        Id of a model.

    Returns
    -------
    tuple of UnitRow
        A row for each unit, with the reason where it could not be fitted, and from two fitted units on two more: mean
        and standard deviation over them. T50 has neither where a unit does not reach it. Empty where no unit was
        fitted by itself, or no such model.
    """
    fits = [next((fit for fit in unit.fits if fit.model.id == model), None) for unit in found.units]
    numbers = [_numbers(fit) for fit in fits if fit is not None]
    parameters = next((entry.fit.values.size for entry in found.models if entry.fit.model.id == model), 0)
    blank = np.full(parameters + _CRITERIA, np.nan)
    rows = []
    told = iter(numbers)
    for unit, fit in zip(found.units, fits, strict=True):
        if fit is not None:
            rows.append(_row(unit.unit, next(told), fit.criteria.points))
        for failure in unit.failures:
            if failure.model == model:
                rows.append(_row(unit.unit, blank, 0, failure.reason))
    if len(numbers) > 1:
        with np.errstate(over="ignore", invalid="ignore"):  # a parameter that nothing fixes may be any number
            mean, spread = np.mean(numbers, axis=0), np.std(numbers, axis=0, ddof=1)
        rows += [_row("mean", mean, len(numbers)), _row("SD", spread, len(numbers))]
    return tuple(rows)


def half_time(fit: Fit) -> float:
    """Give the time of 50 % released on a fitted curve [the time unit of the data]; NaN where not reached."""
    return next(entry.value for entry in fitted_summary(fit) if entry.name == "T50")


_CRITERIA = 6


def _numbers(fit: Fit) -> Floats:
    found = fit.criteria
    return np.array(
        [*fit.values, found.r2, found.r2_adjusted, found.ss, found.aic, found.msc, half_time(fit)], dtype=np.float64
    )


def _row(name: str, numbers: Floats, count: int, failed: str = "") -> UnitRow:
    values = numbers[:-_CRITERIA].tolist()
    r2, r2_adjusted, ss, aic, msc, t50 = numbers[-_CRITERIA:].tolist()
    return UnitRow(name, tuple(values), r2, r2_adjusted, ss, aic, msc, t50, count, failed)
