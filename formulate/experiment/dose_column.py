"""A column that holds the dose: one mass in every row, beside readings of drug."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from formulate.experiment.asked import Asked
from formulate.experiment.headers import Head
from formulate.experiment.numbers import CellError, is_missing, read_number
from materials.errors import shorten

_WORDS = re.compile(
    r"(?:total|initial|nominal|loaded)(?:[\s_]+(?:drug|dose|amount|mass|load(?:ed)?|api))*"
    r"|(?:drug[\s_]+)?(?:dose|loaded)|总量|总药量|总载药量|投药量|载药量|给药量|剂量",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Dose:
    """The dose that a column gives."""

    value: float  # [kg] or [mol]
    kind: Literal["mass", "amount"]
    told: str  # the number with its unit, and where it stands


def without_dose(
    heads: list[Head], rows: Sequence[tuple[int, list[object]]], asked: Asked
) -> tuple[list[Head], Dose | None]:
    """Take a column of the dose out of the readings.

    Parameters
    ----------
    heads : list of Head
        Of all columns.
    rows : sequence of (int, list)
        The rows below them.
    asked : Asked
        What the user says; a column that he names stays what he says.

    Returns
    -------
    heads : list of Head
        The column is used for nothing else.
    dose : Dose or None
        None where no column is called total, dose or the like, has a unit of mass or amount, holds the same positive
        number wherever it holds one, and stands beside others; or where the readings are shares, or the user gives one.

    Examples
    --------
    >>> from formulate.experiment.headers import read_head
    >>> heads = [read_head(text) for text in ("time (h)", "Q (mg)", "total (mg)")]
    >>> without_dose(heads, [(2, ["0", "0", "5"]), (3, ["1", "2", "5"])], Asked())[1].told
    "5 mg, from column 'total (mg)'"
    """
    readings = [index for index, head in enumerate(heads) if head.role is None]
    units = [head.unit.kind if head.unit else "" for head in heads]
    is_used = asked.dose is None and not any(units[index] in ("percent", "fraction") for index in readings)
    for index in readings:
        head, kind = heads[index], units[index]
        if head.unit is None or kind not in ("mass", "amount") or not _WORDS.fullmatch(head.name) or len(readings) < 2:
            continue
        if any(
            " ".join(name.split()).casefold() in (head.text.casefold(), head.name.casefold()) for name in asked.columns
        ):
            continue
        try:
            values = {read_number(cells[index], asked.decimal)[0] for _, cells in rows if not is_missing(cells[index])}
        except CellError:
            continue
        if len(values) != 1 or not (value := values.pop()) > 0.0:
            continue
        taken = replace(head, role="ignore", text="" if is_used else head.text)
        told = f"{value:g} {head.unit.label}, from column {shorten(head.text, 40)!r}"
        dose = Dose(value * head.unit.factor, "mass" if kind == "mass" else "amount", told) if is_used else None
        return [*heads[:index], taken, *heads[index + 1 :]], dose
    return heads, None
