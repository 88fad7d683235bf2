"""Where in a table the times and the readings stand: wide or long, one column for each unit or one for all."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, cast

from formulate.experiment.asked import Asked
from formulate.experiment.dose_column import Dose, without_dose
from formulate.experiment.footnotes import without_footnotes
from formulate.experiment.grouping import NAMELESS, group, says_nothing
from formulate.experiment.headers import (
    Head,
    Role,
    is_generic,
    read_head,
    with_role,
    with_unit,
)
from formulate.experiment.merged import are_formulations, is_second_row, joined_heads, lacks_names
from formulate.experiment.numbers import CellError, is_missing, read_number
from formulate.experiment.parted import deviations_parted
from formulate.experiment.table import Table
from formulate.experiment.units import Unit, read_unit
from materials.errors import FileError, nearest, shorten

Rows: TypeAlias = list[tuple[int, list[object]]]

MOST_TITLES = 100  # rows above the header that are looked at
# which of several kinds of readings side by side is taken: nearest to the percentage that is wanted
_BEST_FIRST = ("percent", "fraction", "mass", "amount", "concentration", "molarity")


@dataclass(frozen=True)
class Readings:
    """A column of readings with the columns that speak of it."""

    index: int
    head: Head
    time: int
    profile: str
    unit: str
    deviation: int | None = None
    count: int | None = None


@dataclass(frozen=True)
class Layout:
    """What each column of a table holds, and the rows of readings."""

    heads: list[Head]
    rows: list[tuple[int, list[object]]]
    readings: list[Readings]
    profile_columns: list[int]
    unit_columns: list[int]
    sample: int | None
    notes: tuple[str, ...]
    dose: Dose | None = None  # where a column gives it

    @property
    def is_long(self) -> bool:
        """Whether rows at the same time are replicates: all readings stand in one column."""
        return bool(self.profile_columns or self.unit_columns) or len(self.readings) == 1


def has_header(table: Table, asked: Asked) -> bool:
    """Tell whether a table has a row of column names, one of which is the time."""
    return header_row(table, asked) is not None


def find_layout(table: Table, asked: Asked) -> Layout:
    """Find what each column of a table holds.

    Parameters
    ----------
    table : Table
        Rows of cells.
    asked : Asked
        What the user says of it.

    Returns
    -------
    Layout
        The columns of times and of readings, and the rows below the headers.

    Raises
    ------
    FileError
        No row of headers, no column of times or of readings, or a row that does not fit the headers.
    """
    top = header_row(table, asked)
    if top is None:
        raise _no_header(table)
    row, cells = table.rows[top]
    below: Sequence[tuple[int, list[object]]] = table.rows[top + 1 :]
    above: list[str] = []
    heads = [read_head(cell) for cell in cells]
    if below and not _units_row(below[0][1], len(heads)) and is_second_row(cells, below[0][1]):
        heads, above = joined_heads(cells, below[0][1])
        below = below[1:]
    elif top and are_formulations(table.rows[top - 1][1], cells):
        heads, above = joined_heads(table.rows[top - 1][1], cells)
    heads = [_said(head, asked) for head in heads]
    for name in (*asked.columns, *(() if isinstance(asked.profiles, str) else asked.profiles)):
        if not any(_is_called(head, name) for head in heads):
            near = ", ".join(nearest(name, [head.text for head in heads if head.text]))
            raise table.refuse(f"no column {shorten(name)!r}; nearest: {near}", row)
    if below and (measures := _units_row(below[0][1], len(heads))):
        heads = [
            with_unit(head, unit) if unit and not head.unit else head
            for head, unit in zip(heads, measures, strict=True)
        ]
        below = below[1:]
    if any(head.role == "time" and head.is_sure for head in heads):
        heads = [_not_time(head) if head.role == "time" and not head.is_sure else head for head in heads]
    if any(head.role == "time" and head.unit is not None for head in heads):  # a time point may be a number
        heads = [replace(head, role="ignore") if head.role == "time" and not head.unit else head for head in heads]
    notes: list[str] = []
    times = [index for index, head in enumerate(heads) if head.role == "time"]
    if not times:  # the second row of names made something else of it
        raise _no_header(table)
    below, remarks, count = without_footnotes(below, times, asked.decimal)
    notes.extend(f"below the table, not read as readings: {remark!r}" for remark in remarks)
    rows, heads = _fitting(table, row, heads, below, notes)
    if not rows:
        raise table.refuse("holds no row of readings below the column names", row)
    if all(rows[0][1][index] == "" for index in times) and lacks_names(cells, below[0][1]):
        problem = "no time, below a row in which names are missing: a second row of names, or merged cells? need units"
        raise table.refuse(f"{problem} numbered 1, 2, 3 under each name, or one row of names", rows[0][0])
    heads = _without_texts(heads, rows, notes)
    heads, rows, deviations = deviations_parted(heads, rows, notes)
    profiles, units = (_identifying(role, heads, rows, notes) for role in ("profile", "unit"))
    heads, dose = without_dose(heads, rows, asked)
    values = _values(heads, bool(profiles or units), asked, notes)
    if not values:
        known = ", ".join(repr(shorten(head.text, 30)) for head in heads[:12] if head.text)
        raise table.refuse(
            f"no column of readings among {known}; need one such as released (%), or --column 'NAME=released'", row
        )
    readings = _readings(heads, times, values, above, deviations, asked, notes)
    readings = [_of_units(each, count, notes) for each in readings]
    samples = [index for index, head in enumerate(heads) if head.role == "sample"]
    if ignored := [head.text for head in heads if head.role == "ignore" and head.text]:
        notes.append(f"columns not used: {', '.join(shorten(text, 40) for text in ignored[:8])}")
    return Layout(heads, rows, readings, profiles, units, samples[0] if samples else None, tuple(notes), dose)


def _is_called(head: Head, name: str) -> bool:
    wanted = " ".join(name.split()).casefold()
    return wanted in (head.text.casefold(), head.name.casefold())


def _said(head: Head, asked: Asked) -> Head:
    """Give a header the role that the user says, if any."""
    for name, role in asked.columns.items():
        if _is_called(head, name):
            return with_role(head, cast(Role, role))
    return head


def header_row(table: Table, asked: Asked) -> int | None:
    """Find the first row of two names or more of which one is the time; for its name first, then for its unit."""
    candidates = []
    for number, (_, cells) in enumerate(table.rows[:MOST_TITLES]):
        heads = [_said(read_head(cell), asked) for cell in cells if cell != ""]
        times = [head for head in heads if head.role == "time"]
        if len(heads) > 1 and times:
            if any(head.is_sure for head in times):
                return number
            candidates.append(number)
    return candidates[0] if candidates else None


def _no_header(table: Table) -> FileError:
    if not table.rows:
        return table.refuse("holds no table; need a row of column names, such as time (h), released (%)")
    row, cells = max(table.rows[:MOST_TITLES], key=lambda each: len([cell for cell in each[1] if cell != ""]))
    if len(cells) < 2:
        return table.refuse("has one column; need the times and the readings in columns, parted by commas or tabs", row)
    row, cells = next(each for each in table.rows if len(each[1]) > 1)
    try:
        if any(not is_missing(cell) for cell in cells):
            for cell in cells:
                read_number(cell)
            return table.refuse("no column names above the numbers; need a row such as time (h), released (%)", row)
    except CellError:
        pass
    known = ", ".join(repr(shorten(cell, 30)) for cell in cells[:12] if cell != "")
    return table.refuse(f"no column of times among {known}; need one such as time (h), or --column 'NAME=time'", row)


def _units_row(cells: Sequence[object], width: int) -> list[Unit | None]:
    """Give the units in the row below the names, if it holds units and nothing else."""
    units = [read_unit(str(cell)) if isinstance(cell, str) and cell else None for cell in cells]
    is_row = all(unit is not None for unit, cell in zip(units, cells, strict=True) if cell != "")
    return [*units, *[None] * width][:width] if is_row and any(units) else []


def _not_time(head: Head) -> Head:
    """Read a header again that is no time after all, for another is."""
    if head.unit is not None and head.name:
        return replace(head, role="ignore", is_sure=True)
    plain = head.text.casefold()
    return Head(head.text, "ignore" if plain in ("min", "month", "mo") else None, head.text)


def _fitting(
    table: Table, header: int, heads: list[Head], below: Sequence[tuple[int, list[object]]], notes: list[str]
) -> tuple[list[tuple[int, list[object]]], list[Head]]:
    """Give the rows in the width of the headers, without those that are a remark alone."""
    width = len(heads)
    rows: list[tuple[int, list[object]]] = []
    aside = False
    for row, cells in below:
        filled = [cell for cell in cells if cell != ""]
        if any(cell != "" for cell in cells[width:]):
            if not table.is_sheet:
                hint = "; are the decimals commas? need points" if table.parted_by == "commas" else ""
                hint += ", or semicolons between columns and --decimal ," if hint else ""
                raise table.refuse(f"{len(cells)} cells; need {width}, as many as column names{hint}", row)
            aside = True
            filled = [cell for cell in cells[:width] if cell != ""]
        if len(filled) == 1 and width > 1 and isinstance(filled[0], str) and _is_remark(filled[0]):
            notes.append(f"{table.line} {row} not used: {shorten(filled[0], 50)!r}")
        elif filled:
            rows.append((row, [*cells[:width], *[""] * (width - len(cells))]))
    unnamed = [index for index, head in enumerate(heads) if not head.text]
    if aside or any(cells[index] != "" for _, cells in rows for index in unnamed):
        notes.append("columns without a name not used")
    return rows, [replace(head, role="ignore") if not head.text else head for head in heads]


def _is_remark(text: str) -> bool:
    return not any(character.isdigit() for character in text[:1]) and sum(map(str.isalpha, text)) > 2


def _without_texts(heads: list[Head], rows: Sequence[tuple[int, list[object]]], notes: list[str]) -> list[Head]:
    """Leave out columns of texts without a digit, which are remarks, and columns without a single reading.

    What stands for a result that a spreadsheet did not store, or for an error of it, is no remark.
    """
    kept = list(heads)
    for index, head in enumerate(heads):
        if head.role is not None:
            continue
        cells = [cells[index] for _, cells in rows if not is_missing(cells[index])]
        if not cells:
            notes.append(f"column {shorten(head.text, 40)!r} holds no reading")
            kept[index] = Head("", "ignore", "")
        elif all(isinstance(cell, str) and cell[:1] not in "#=" and not any(map(str.isdigit, cell)) for cell in cells):
            kept[index] = replace(head, role="ignore")
    return kept


def _identifying(role: str, heads: list[Head], rows: Sequence[tuple[int, list[object]]], notes: list[str]) -> list[int]:
    """Give the columns that name the profile, or the unit, of each row; one that numbers the rows does neither."""
    found = []
    for index, head in enumerate(heads):
        if head.role != role:
            continue
        names = {str(cells[index]) for _, cells in rows}
        if names == {""}:
            continue
        if len(names) == len(rows) > 2:
            notes.append(f"column {shorten(head.text, 40)!r} not used: it names each row another")
        else:
            found.append(index)
    return found


def _values(heads: list[Head], is_long: bool, asked: Asked, notes: list[str]) -> list[int]:
    """Give the columns of readings: of several kinds side by side, as a calculation leaves them, the last step."""
    found = [index for index, head in enumerate(heads) if head.role is None]
    named = [index for index in found if any(_is_called(heads[index], name) for name in asked.columns)]
    if named:
        return _others_unused(heads, found, named, notes)
    if is_long and len(found) > 1:
        said = [index for index in found if heads[index].speaks_of_release]
        found = _others_unused(heads, found, said or found, notes)
    kinds = Counter(heads[index].unit.kind if heads[index].unit else "" for index in found)  # type: ignore[union-attr]
    if asked.unit is not None:
        chosen = next((kind for kind in (asked.unit.kind, "") if kinds[kind]), None)
    else:
        chosen = next((kind for kind in (*_BEST_FIRST, "") if kinds[kind]), None)
    if chosen is None:
        return found
    same = [index for index in found if (heads[index].unit.kind if heads[index].unit else "") == chosen]  # type: ignore[union-attr]
    if chosen in ("percent", "fraction") and kinds[""]:
        same = [index for index in found if index in same or heads[index].unit is None]
        notes.append(f"columns without a unit read as {chosen}, as the others")
    return _others_unused(heads, found, same, notes)


def _others_unused(heads: list[Head], found: list[int], kept: list[int], notes: list[str]) -> list[int]:
    others = [shorten(heads[index].text, 40) for index in found if index not in kept]
    if others:
        used = ", ".join(repr(shorten(heads[index].text, 40)) for index in kept[:4])
        notes.append(f"readings taken from {used}; not used: {', '.join(others[:8])}")
    return kept


def _readings(
    heads: list[Head],
    times: list[int],
    values: list[int],
    above: list[str],
    deviations: dict[int, int],
    asked: Asked,
    notes: list[str],
) -> list[Readings]:
    """Join the columns of readings to their times, profiles, deviations and counts."""
    units = [index for index in values if not heads[index].is_mean]
    how = asked.profiles
    if not isinstance(how, str):
        how = {
            heads[index].name: said for index in units for name, said in how.items() if _is_called(heads[index], name)
        }
    over = [above[index] if above else "" for index in units]
    pairs, said = group([heads[index].name for index in units], how, over)
    notes.extend(said)
    is_named = any(over) or not isinstance(how, str)
    if len({profile for profile, _ in pairs}) == 1 and not is_named and is_generic(pairs[0][0]):
        pairs = [(NAMELESS, unit) for _, unit in pairs]
    placed = dict(zip(units, pairs, strict=True))
    for index in (each for each in values if heads[each].is_mean):
        head = heads[index]
        name = NAMELESS if head.is_generic else head.name
        if any(profile.casefold() == name.casefold() for profile, _ in placed.values()):
            notes.append(f"column {shorten(head.text, 40)!r} not used: the units stand one by one")
        else:
            placed[index] = (name, "mean")
    result = []
    for index, (profile, unit) in sorted(placed.items()):
        time = max((each for each in times if each <= index), default=times[0])
        result.append(Readings(index, heads[index], time, profile, unit, deviations.get(index)))
    is_lone = len({each.profile for each in result}) == 1 and not is_named and how != "each"
    if is_lone and units and says_nothing(result[0].profile, [heads[index].name for index in units]):
        result = [replace(each, profile=NAMELESS) for each in result]
    for index, head in enumerate(heads):
        if head.role in ("sd", "sem", "rsd", "n") and index not in deviations.values():
            target = _spoken_of(index, head, heads, values)
            where = [number for number, each in enumerate(result) if each.index == target]
            if not where:
                if target is None or not heads[target].is_mean:
                    notes.append(f"column {shorten(head.text, 40)!r} not used: no readings it belongs to")
                continue
            known = result[where[0]]
            if head.role == "n" and known.count is None:
                result[where[0]] = replace(known, count=index)
            elif head.role != "n" and known.deviation is None:
                result[where[0]] = replace(known, deviation=index)
    return result


def _of_units(each: Readings, count: int | None, notes: list[str]) -> Readings:
    """Give means the number of units that a remark below the table tells, where nothing else does."""
    is_mean = each.head.is_mean or each.deviation is not None
    if count is None or not is_mean or each.count is not None or each.head.count is not None:
        return each
    notes.append(f"n = {count} below the table read as the number of units behind each mean")
    return replace(each, head=replace(each.head, count=count))


def _spoken_of(index: int, head: Head, heads: list[Head], values: list[int]) -> int | None:
    """Give the column of readings that a deviation or a count belongs to: of its name, else the one before it."""
    named = [each for each in values if head.name and heads[each].name.casefold() == head.name.casefold()]
    before = [each for each in values if each < index]
    return named[0] if named else before[-1] if before else None
