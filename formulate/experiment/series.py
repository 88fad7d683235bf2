"""The numbers of a table as series: the readings of one unit of one profile, each at its time."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from formulate.experiment.asked import Asked
from formulate.experiment.data import Floats
from formulate.experiment.layout import Layout, Readings
from formulate.experiment.numbers import CellError, DecimalSignError, is_missing, read_number
from formulate.experiment.table import Table
from formulate.experiment.units import Unit
from materials.errors import Fault, FileError, shorten
from materials.files import MOST_FAULTS

SURELY_FRACTION = 1.5  # readings without a unit, none of which is above: shares of 1
SURELY_PERCENT = 5.0  # one of which is above: percent
_TOLD_ALIKE = 3  # cells with the other decimal sign that are told one by one; of more, the first tells of all


@dataclass(frozen=True)
class Series:
    """Readings of one unit, in the order of the rows; all arrays of one length."""

    profile: str
    unit: str
    time: Floats
    value: Floats  # percent, or SI
    deviation: Floats
    count: Floats
    sample: Floats  # [m**3]; NaN where the table gives none
    row: NDArray[np.int64]
    from_rows: bool  # whether rows, not columns, tell units apart: then a time may come again

    def taken(self, which: NDArray[np.int64], unit: str) -> "Series":
        """Give some of the readings as those of a unit."""
        return Series(
            self.profile, unit, self.time[which], self.value[which], self.deviation[which], self.count[which],
            self.sample[which], self.row[which], self.from_rows,
        )  # fmt: skip

    def joined(self, other: "Series") -> "Series":
        """Give the readings of both, which are of one unit."""

        def both(one: Floats, more: Floats) -> Floats:
            return np.concatenate([one, more])

        return Series(
            self.profile, self.unit, both(self.time, other.time), both(self.value, other.value),
            both(self.deviation, other.deviation), both(self.count, other.count), both(self.sample, other.sample),
            np.concatenate([self.row, other.row]), self.from_rows,
        )  # fmt: skip


@dataclass
class Numbers:
    """The columns of a table as arrays, read once each; what cannot be read is noted as a fault."""

    table: Table
    layout: Layout
    decimal: str = "."
    faults: list[Fault] = field(default_factory=list)
    _other_sign: list[tuple[int, int, str]] = field(default_factory=list)  # reading, column and problem
    _read: dict[int, tuple[Floats, NDArray[np.bool_]]] = field(default_factory=dict)

    def column(self, index: int) -> Floats:
        """Give a column as numbers, NaN where there is none."""
        return self._both(index)[0]

    def has_percent_sign(self, index: int) -> NDArray[np.bool_]:
        """Tell which cells of a column end in a percent sign."""
        return self._both(index)[1]

    def check(self, index: int, holds: NDArray[np.bool_], say: Callable[[float], str]) -> None:
        """Note a fault for each number of a column that does not hold."""
        for number in np.flatnonzero(~holds)[:MOST_FAULTS]:
            self.fault(int(number), index, say(float(self.column(index)[number])))

    def fault(self, number: int, index: int, problem: str) -> None:
        """Note a fault of a cell, by the number of its row among the readings."""
        self.faults.append(self._fault_at(number, index, problem))

    def _fault_at(self, number: int, index: int, problem: str) -> Fault:
        return self.table.fault(problem, self.layout.rows[number][0], index, self.layout.heads[index].text)

    def refuse_faults(self) -> None:
        """Raise what was noted, in the order of the rows; many cells with the other decimal sign as one."""
        cells = sorted(self._other_sign)
        alike = [self._fault_at(*cell) for cell in (cells if len(cells) <= _TOLD_ALIKE else cells[:1])]
        if len(cells) > len(alike):
            alike = [replace(alike[0], problem=f"{alike[0].problem}; {len(cells) - 1} more cells alike")]
        faults = sorted([*alike, *self.faults], key=lambda fault: fault.line or 0)
        if faults:
            raise FileError(faults[:MOST_FAULTS])

    def _both(self, index: int) -> tuple[Floats, NDArray[np.bool_]]:
        if index not in self._read:
            values = np.full(len(self.layout.rows), np.nan)
            signs = np.zeros(values.shape, dtype=np.bool_)
            for number, (_, cells) in enumerate(self.layout.rows):
                try:
                    values[number], signs[number] = read_number(cells[index], self.decimal)
                except DecimalSignError as error:
                    self._other_sign.append((number, index, str(error)))
                except CellError as error:
                    if len(self.faults) < MOST_FAULTS:
                        self.fault(number, index, str(error))
            self._read[index] = values, signs
        return self._read[index]


def read_series(table: Table, layout: Layout, asked: Asked) -> tuple[list[Series], Unit, Unit, list[str]]:
    """Read the numbers of a table.

    Parameters
    ----------
    table, layout : Table, Layout
        The rows, and what each column holds.
    asked : Asked
        What the user says of it.

    Returns
    -------
    tuple of list of Series, Unit, Unit and list of str
        The series; the unit of time, which their times are in; the unit of the readings, which are in percent or SI;
        what a reader must know.

    Raises
    ------
    FileError
        Every cell that cannot be used, up to `MOST_FAULTS`; a unit that is missing.
    """
    numbers = Numbers(table, layout, asked.decimal)
    notes: list[str] = []
    used = sorted({each.time for each in layout.readings})
    time_unit = _time_unit(table, layout, used, asked, notes)
    times = {}
    for index in used:
        known = layout.heads[index].unit if asked.time_unit is None else None
        factor = known.seconds / time_unit.seconds if known is not None and known != time_unit else 1.0
        times[index] = numbers.column(index) * factor
        numbers.check(index, ~(times[index] < 0.0), lambda time: f"time {time:g}; need 0 or later")
        if signs := [int(number) for number in np.flatnonzero(numbers.has_percent_sign(index))[:1]]:
            numbers.fault(signs[0], index, "a percentage; need a time")
    for each in layout.readings:
        lonely = np.isnan(times[each.time]) & ~np.isnan(numbers.column(each.index))
        for number in np.flatnonzero(lonely)[:MOST_FAULTS]:
            if is_missing(layout.rows[number][1][each.time]):
                numbers.fault(int(number), each.time, "no time; need one for each reading")
    numbers.faults[:] = list(dict.fromkeys(numbers.faults))
    numbers.refuse_faults()
    unit, factors = _units(numbers, layout.readings, asked, notes)
    labels = _labels(numbers)
    series: list[Series] = []
    for each in layout.readings:
        series.extend(_of_column(numbers, each, times[each.time], factors[each.index], labels, unit, asked))
        if (
            each.deviation is not None
            and layout.heads[each.deviation].role == "sem"
            and np.isnan(series[-1].count).all()
        ):
            text = shorten(layout.heads[each.deviation].text, 40)
            notes.append(f"column {text!r} not used: a standard error needs the number of units, in a column n")
    numbers.refuse_faults()
    if any(np.any(np.diff(one.time) < 0.0) and (not one.from_rows or _is_single(one.time)) for one in series):
        notes.append("rows were not in the order of time; sorted")
    return series, time_unit, unit, notes


def _is_single(time: Floats) -> bool:
    """Tell whether each time comes once: else rows may start anew with each replicate."""
    return np.unique(time).size == time.size


def _time_unit(table: Table, layout: Layout, used: Sequence[int], asked: Asked, notes: list[str]) -> Unit:
    heads = [layout.heads[index] for index in used]
    given = next((head.unit for head in heads if head.unit is not None), None)
    if asked.time_unit is None:
        if any(head.unit is None for head in heads):
            problem = "no unit of time; need one in the column name, such as time (h), or --time-unit h"
            raise table.refuse(problem, head=next(head.text for head in heads if head.unit is None))
        assert given is not None
        return given
    if given is not None and given != asked.time_unit:
        notes.append(f"times read in {asked.time_unit.label}, as asked; the column name says {given.label}")
    return asked.time_unit


def _units(
    numbers: Numbers, readings: Sequence[Readings], asked: Asked, notes: list[str]
) -> tuple[Unit, dict[int, float]]:
    """Give the unit of the readings, and for each column what turns it into percent or SI."""
    units: dict[int, Unit | None] = {}
    for each in readings:
        unit = each.head.unit
        signs, values = numbers.has_percent_sign(each.index), numbers.column(each.index)
        if signs.any():
            bare = ~signs & np.isfinite(values) & (values != 0.0)
            numbers.check(each.index, ~bare, lambda value: f"{value:g} has no percent sign, others have; need one way")
            if unit is not None and unit.kind not in ("percent", "fraction"):
                numbers.fault(int(np.flatnonzero(signs)[0]), each.index, f"a percentage; the column is in {unit.label}")
            unit = Unit("percent", "percent")
        elif asked.unit is not None:
            if unit is not None and unit != asked.unit:
                said = f"readings read in {asked.unit.label}, as asked; the column name says {unit.label}"
                notes.extend([said] if said not in notes else [])
            unit = asked.unit
        units[each.index] = unit
    numbers.refuse_faults()
    known = next((unit for unit in units.values() if unit is not None), None)
    if known is None:
        known = _share_by_values(numbers, readings, notes)
    units = {index: unit or known for index, unit in units.items()}
    for each in readings:
        unit, values = units[each.index] or known, numbers.column(each.index)
        if unit.kind == "unknown":
            problem = f"unit {shorten(unit.label, 30)!r}; need percent, fraction, a mass such as mg, or mg/mL"
            raise numbers.table.refuse(f"{problem}; --unit says another", head=each.head.text)
        if unit.kind == "fraction" and np.nanmax(values, initial=0.0) > SURELY_PERCENT and asked.unit is None:
            problem = f"fractions up to {np.nanmax(values):g}; need shares of 1, or --unit percent"
            raise numbers.table.refuse(problem, head=each.head.text)
    largest = max(float(np.nanmax(numbers.column(each.index), initial=0.0)) for each in readings)
    is_percent = all(unit is not None and unit.kind == "percent" for unit in units.values())
    signed = any(numbers.has_percent_sign(each.index).any() for each in readings)
    if is_percent and 0.0 < largest <= SURELY_FRACTION and asked.unit is None and not signed:
        notes.append(f"no reading above {largest:g} %, as the column name says percent; --unit fraction reads shares")
    return known, {index: (unit or known).factor for index, unit in units.items()}


def _share_by_values(numbers: Numbers, readings: Sequence[Readings], notes: list[str]) -> Unit:
    """Tell percent from fraction where no unit is given, if the readings leave no doubt."""
    largest = max(float(np.nanmax(numbers.column(each.index), initial=-np.inf)) for each in readings)
    head = readings[0].head.text
    if SURELY_FRACTION < largest <= SURELY_PERCENT or not np.isfinite(largest):
        problem = f"no unit, and readings up to {largest:g} may be percent or fraction; need released (%), or --unit"
        raise numbers.table.refuse(f"{problem} percent", head=head)
    kind = "fraction" if largest <= SURELY_FRACTION else "percent"
    notes.append(f"no unit of the readings; up to {largest:g}, read as {kind} (--unit says another)")
    return Unit("fraction", "fraction") if kind == "fraction" else Unit("percent", "percent")


def _labels(numbers: Numbers) -> list[tuple[str, str]]:
    """Give the profile and the unit that each row names; empty where no column names them."""
    layout = numbers.layout
    labels = []
    for number, (_, cells) in enumerate(layout.rows):
        parts = []
        for columns in (layout.profile_columns, layout.unit_columns):
            texts = [_label(cells[index]) for index in columns]
            if "" in texts and len(numbers.faults) < MOST_FAULTS:
                numbers.fault(number, columns[texts.index("")], "is empty; need a name in each row")
            parts.append(", ".join(texts))
        labels.append((parts[0], parts[1]))
    return labels


def _label(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())


def _of_column(
    numbers: Numbers,
    each: Readings,
    times: Floats,
    factor: float,
    labels: Sequence[tuple[str, str]],
    measure: Unit,
    asked: Asked,
) -> list[Series]:
    """Part a column of readings into series by what the rows name."""
    layout, blank = numbers.layout, np.full(times.shape, np.nan)
    values = numbers.column(each.index) * factor
    deviation = blank if each.deviation is None else numbers.column(each.deviation)
    count = blank if each.count is None else numbers.column(each.count)
    if each.count is not None:
        whole = np.isnan(count) | ((count >= 1.0) & (count == np.floor(count)))
        numbers.check(each.count, whole, lambda value: f"{value:g} units; need a whole number from 1")
    elif each.head.count:
        count = np.full(times.shape, float(each.head.count))
    if each.deviation is not None:
        numbers.check(each.deviation, ~(deviation < 0.0), lambda value: f"a deviation of {value:g}; need 0 or more")
        deviation = _standard(numbers, each, values, deviation, count, factor, measure, asked)
    sample = blank
    if layout.sample is not None:
        head = layout.heads[layout.sample]
        if head.unit is None or head.unit.kind != "volume":
            raise numbers.table.refuse("no unit of volume; need one, such as sample (mL)", head=head.text)
        sample = numbers.column(layout.sample) * head.unit.factor
        numbers.check(layout.sample, ~(sample < 0.0), lambda value: f"a sample of {value:g}; need 0 or more")
    several = len({other.profile for other in layout.readings}) > 1
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number in np.flatnonzero(np.isfinite(times)):
        groups[labels[int(number)]].append(int(number))
    result = []
    for (profile, unit), members in groups.items():
        at = np.array(members)
        named = [profile, each.profile if several or not profile else ""]
        result.append(
            Series(
                " ".join(part for part in named if part),
                unit if layout.unit_columns and len(layout.readings) == 1 else f"{unit} {each.unit}".strip(),
                times[at], values[at], deviation[at], count[at], sample[at],
                np.array([layout.rows[number][0] for number in members]),
                from_rows=layout.is_long and not layout.unit_columns and len(layout.readings) == 1,
            )
        )  # fmt: skip
    return result


def _standard(
    numbers: Numbers,
    each: Readings,
    values: Floats,
    deviation: Floats,
    count: Floats,
    factor: float,
    unit: Unit,
    asked: Asked,
) -> Floats:
    """Give standard deviations in the unit of the readings, from what the column holds."""
    assert each.deviation is not None
    head = numbers.layout.heads[each.deviation]
    if head.role == "rsd":
        return np.asarray(np.abs(values) * deviation / 100.0)
    shares = ("percent", "fraction")
    given = Unit("percent", "percent") if numbers.has_percent_sign(each.deviation).any() else head.unit
    if given is not None and (asked.unit is None or given != head.unit):
        if given.kind != unit.kind and not (given.kind in shares and unit.kind in shares):
            problem = f"a deviation in {given.label} of readings in {unit.label}; need one unit"
            raise numbers.table.refuse(f"{problem}, or --column '{shorten(head.text, 40)}=rsd'", head=head.text)
        factor = given.factor
    return deviation * factor * (np.sqrt(count) if head.role == "sem" else 1.0)


def replicates(series: Series) -> list[Series]:
    """Part a series in which times come again into one for each replicate, in the order of the rows."""
    order: dict[float, int] = defaultdict(int)
    nth = np.zeros(series.time.shape, dtype=np.int64)
    for number, time in enumerate(series.time):
        nth[number] = order[float(time)]
        order[float(time)] += 1
    by_replicate = np.argsort(nth, kind="stable")
    parts = np.split(by_replicate, np.flatnonzero(np.diff(nth[by_replicate])) + 1)
    return [series.taken(part, str(number)) for number, part in enumerate(parts, start=1)]
