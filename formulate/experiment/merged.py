"""Two rows of column names: formulations, often in merged cells, over the numbers of their units."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from formulate.experiment.headers import Head, read_head, with_unit
from formulate.experiment.numbers import is_name, is_number, read_number
from formulate.experiment.units import read_unit

Cells = Sequence[object]


def is_second_row(names: Cells, below: Cells) -> bool:
    """Tell whether the row below the names, of which one is the time, holds names, too.

    Parameters
    ----------
    names, below : sequence of object
        The cells of both rows.

    Returns
    -------
    bool
        Where it has no time, or the word for time or its unit again, and elsewhere texts, or whole numbers that count
        up below each name.

    Examples
    --------
    >>> is_second_row(["time (h)", "R", "", "T", ""], ["", 1, 2, 1, 2])
    True
    >>> is_second_row(["time (h)", "R", "T"], ["", 12.5, 13])
    False
    """
    under = [(over, cell) for over, cell in zip(_spread(names), [*below, *[""] * len(names)], strict=False)]
    others = [(over, cell) for over, cell in under if not _is_time(over) and cell != ""]
    if any(_is_time(over) and cell != "" and not _is_time(cell) for over, cell in under) or len(others) < 2:
        return False
    if all(is_name(cell) or read_unit(str(cell)) for _, cell in others):
        return True
    numbers: dict[str, list[float]] = defaultdict(list)
    for over, cell in others:
        if is_number(cell):
            numbers[str(over)].append(read_number(cell)[0])
        elif not is_name(cell):
            return False
    if not lacks_names(names, below) and len({str(over) for over, _ in others}) == len(others):
        return False
    return all(
        each[0] == int(each[0]) > 0 and each == [each[0] + number for number in range(len(each))]
        for each in numbers.values()
    )


def lacks_names(names: Cells, below: Cells) -> bool:
    """Tell whether a row has something where the row of names, of which one is over the whole, has nothing.

    >>> lacks_names(["time (h)", "R", ""], ["", 1, 2]), lacks_names(["time (h)", "R"], ["", 1])
    (True, False)
    """
    has_time = any(_is_time(name) and at < len(below) and below[at] != "" for at, name in enumerate(names))
    empty = [at for at, cell in enumerate(below) if cell != "" and (at >= len(names) or names[at] == "")]
    return not has_time and bool(empty)


def are_formulations(over: Cells, names: Cells) -> bool:
    """Tell whether the row above the names holds what tells those apart that come again.

    >>> are_formulations(["", "R", "", "T", ""], ["time (h)", "1", "2", "1", "2"])
    True
    >>> are_formulations(["Operator", "me"], ["time (h)", "1", "2"])
    False
    """
    heads = [read_head(cell) for cell in names]
    texts = [head.text.casefold() for head in heads if head.role is None and head.text]
    return len(set(texts)) < len(texts) and sum(cell != "" for cell in over) > 1


def joined_heads(over: Cells, names: Cells) -> tuple[list[Head], list[str]]:
    """Read two rows of names as one.

    Parameters
    ----------
    over, names : sequence of object
        The cells of the upper and of the lower row; the time and its unit may stand in either.

    Returns
    -------
    tuple of list of Head and list of str
        The headers; for each the name that stands over it, empty where that says no more than that it is released.

    Examples
    --------
    >>> heads, above = joined_heads(["time (h)", "R (%)", ""], ["", "1", "SD"])
    >>> [(head.name, head.role, head.unit.label) for head in heads], above
    ([('time', 'time', 'h'), ('1', None, 'percent'), ('R', 'sd', 'percent')], ['', 'R', ''])
    """
    width = max(len(over), len(names))
    own, low = ([*cells, *[""] * (width - len(cells))] for cells in (over, names))
    heads: list[Head] = []
    above: list[str] = []
    for top, spread, cell in zip(own, _spread(own), low, strict=True):
        first, head = _read(spread), _read(cell)
        name = "" if first.is_generic or first.role is not None else first.name
        above.append("")
        if _is_time(top):
            unit = head.unit or read_unit(str(cell).strip("()[]（） "))
            heads.append(with_unit(first, unit) if unit is not None and first.unit is None else first)
        elif cell == "" or head.role in ("time", "ignore", "sample"):
            heads.append(head if cell != "" else _read(top))
        elif head.role is None and not head.is_mean:
            above[-1] = name
            heads.append(replace(head, text=f"{first.text} {head.text}".strip(), unit=head.unit or first.unit))
        else:
            joined = read_head(f"{name} {cell}".strip())
            takes = joined.role in (None, "sd", "sem")
            heads.append(
                replace(
                    joined,
                    text=f"{first.text} {head.text}".strip(),
                    unit=joined.unit or (first.unit if takes else None),
                    count=joined.count or first.count,
                )
            )
    return heads, above


def _spread(cells: Cells) -> list[object]:
    """Give the cells of a row with each text carried on to the right, as over merged cells; that of the time not."""
    result: list[object] = []
    last: object = ""
    for cell in cells:
        last = cell if cell != "" else "" if _is_time(last) else last
        result.append(last)
    return result


def _read(cell: object) -> Head:
    head = read_head(cell)
    return head if head.role != "time" or _is_time(cell) else Head(head.text, None, head.text)  # T: test


def _is_time(cell: object) -> bool:
    """Tell whether a cell is the name of the times or their unit; R and T are reference and test."""
    head = read_head(cell)
    unit = head.unit or read_unit(str(cell).strip("()[]（） "))
    return (head.role == "time" and head.is_sure) or (unit is not None and unit.kind == "time")
