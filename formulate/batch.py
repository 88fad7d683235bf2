"""Release of many formulations, one a row of a table; a row that cannot be computed is told and skipped."""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from formulate.experiment.table import Table, read_bytes
from formulate.forecast import Forecast, forecast
from formulate.formulation import Formulation, build
from materials import catalog
from materials.cells import cells_of_text, cells_of_xlsx
from materials.errors import Fault, FileError, FormulateError, nearest, shorten

NAMED = ("name", "payload", "carrier", "dose", "site", "species", "state", "route", "volume")
REGIMEN = ("site", "species", "state", "route", "volume")
PREFIXES = {"carrier": "layer", "payload": "payload"}
NEED = "need the columns carrier and payload, and any of dose, carrier.PROPERTY (unit), payload.PROPERTY (unit)"
MOST_ROWS = 100_000
MOST_FAULTS = 20  # told where no row could be read
MOST_WRONG = 500  # faults from the top with no row that can be read: what comes then is not looked at
LONGEST_ID = 60
_HEAD = re.compile(r"^(?P<name>[^()\[\]]*?)\s*(?:[(\[](?P<unit>[^()\[\]]*(?:\([^()]*\)[^()\[\]]*)*)[)\]])?\s*$")
_NOT_AN_ID = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Row:
    """One formulation, and where it stands."""

    number: int  # in its file
    formulation: Formulation


def read_batch(
    path: str | os.PathLike[str], site: str = "knee", horizon: str | None = None, draws: int = 256, seed: int = 7
) -> tuple[tuple[Row, ...], tuple[Fault, ...]]:
    """Read a table of formulations.

    Parameters
    ----------
    path : path
        A .csv, .tsv or .xlsx file.
    site : str
        Where a row does not say it; it sets the volume of an injection, release itself is of the bench.
    horizon : str, optional
        How long to compute, "60 d".
    draws, seed : int
        Draws of the uncertain inputs.

    Returns
    -------
    tuple of rows, and of faults
        Rows that can be computed, and one fault or more for each that cannot.

    Raises
    ------
    FileError
        The file cannot be read, has no column of carriers or payloads, an unknown column, or no row without a fault.

    Notes
    -----
    A payload that the catalog does not know is inline: its properties stand in the columns ``payload.PROPERTY``.
    """
    path = Path(path)
    table = Table(shorten(path, 120), [])
    data = read_bytes(path, "a table of formulations", NEED)
    if data.startswith(b"PK"):
        lines = cells_of_xlsx(data, table.refuse)
    else:
        first = data.split(b"\n", 1)[0]
        lines = cells_of_text(data, ".tsv" if b"\t" in first and b"," not in first else ".csv", table.refuse)
    if not lines:
        raise table.refuse(f"holds no row; {NEED}")
    if len(lines) - 1 > MOST_ROWS:
        raise table.refuse(f"{len(lines) - 1} rows; need at most {MOST_ROWS}")
    columns = _columns(table, lines[0][1], lines[0][0])
    calculation = {"draws": draws, "seed": seed, **({} if horizon is None else {"horizon": horizon})}
    rows: list[Row] = []
    faults: list[Fault] = []
    for number, cells in lines[1:]:
        given = {}
        for at, (name, unit) in columns.items():
            if at < len(cells) and (text := cells[at].strip()):
                given[name] = f"{text} {unit}" if unit and _is_number(text) else text
        beside = [(at, cell.strip()) for at, cell in enumerate(cells) if cell.strip() and at not in columns]
        if not given and not beside:
            continue
        try:
            if formulas := [name for name, text in given.items() if text.startswith("=")]:
                name = formulas[0]
                raise FormulateError(f"{name}: {shorten(given[name], 40)!r} is a formula; need its value")
            if beside:
                at, text = beside[0]
                raise FormulateError(
                    f"column {at + 1}: {shorten(text, 40)!r} stands under no name; need one in the header"
                )
            rows.append(Row(number, _formulation(given, site, calculation)))
        except FileError as error:
            _refuse_options(error.faults, given)
            faults += [
                Fault(table.name, f"row {number}, {_column_of(fault.field)}", fault.problem, number)
                for fault in error.faults
            ]
        except FormulateError as error:
            faults.append(Fault(table.name, f"row {number}", str(error), number))
        if not rows and len(faults) >= MOST_WRONG:
            told = f"the first {MOST_WRONG} faults are in rows of which none can be used; need some"
            raise FileError([*faults[:MOST_FAULTS], Fault(table.name, "", told)])
    if not rows and faults:
        raise FileError(faults[:MOST_FAULTS])
    return tuple(rows), tuple(faults)


def run_batch(
    rows: Sequence[Row], progress: Callable[[int], None] | None = None
) -> Iterator[tuple[Row, Forecast | str]]:
    """Compute row after row: a forecast, or why there is none.

    Parameters
    ----------
    rows : sequence of Row
        From `read_batch`.
    progress : callable, optional
        Told the number of rows done before each.
    """
    for done, row in enumerate(rows):
        if progress:
            progress(done)
        try:
            yield row, forecast(row.formulation)
        except FileError as error:
            yield row, "; ".join(f"{_column_of(fault.field)}: {fault.problem}" for fault in error.faults)
        except FormulateError as error:
            yield row, str(error)


def result_row(row: Row, found: Forecast | str) -> dict[str, object]:
    """Give one row of results: numbers with their bands, or the reason why there are none."""
    formulation, payload = row.formulation, row.formulation.payload[0]
    told: dict[str, object] = {
        "row": row.number,
        "name": formulation.name,
        "carrier": formulation.inner.carrier,
        "payload": payload.name or payload.id,
    }
    if isinstance(found, str):
        return {**told, "fault": found}
    for item in found.numbers:
        for end in ("median", "low", "high"):
            value = getattr(item, end)
            told[f"{item.name} {end} ({'%' if item.unit == 'percent' else item.unit})"] = value
    told["learned"] = found.learned
    notes = [f"{item.name}: {item.reason}" for item in found.numbers if item.reason]
    if payload.inline:
        close = get_close_matches(payload.id, catalog.load().payloads, 1)
        near = f"; nearest: {close[0]}" if close else ""
        notes.append(f"payload: not in the catalog, described by the columns alone{near}")
    told["notes"] = " | ".join(notes)
    told["warnings"] = " | ".join(found.warnings)
    return told


def _columns(table: Table, header: Sequence[str], top: int) -> dict[int, tuple[str, str]]:
    """Give what each column holds, and its unit."""
    found: dict[int, tuple[str, str]] = {}
    properties = catalog.load().properties
    faults: list[Fault] = []
    for at, cell in enumerate(header):
        if not cell.strip() or len(faults) >= MOST_FAULTS:
            continue
        match = _HEAD.match(cell.strip())
        name, unit = (match["name"].strip(), (match["unit"] or "").strip()) if match else (cell.strip(), "")
        name = name.lower()
        owner, dot, kind = name.partition(".")
        known = name in NAMED or (dot and owner in PREFIXES and kind in properties)
        if not known:
            choices = (*NAMED, *(f"{owner}.{kind}" for owner in PREFIXES for kind in properties))
            near = ", ".join(nearest(name, choices)[:3])
            faults.append(
                Fault(table.name, f"row {top}, column {at + 1}", f"unknown {shorten(cell)!r}; nearest: {near}", top)
            )
        elif name in [other for other, _ in found.values()]:
            faults.append(
                Fault(table.name, f"row {top}, column {at + 1}", f"{shorten(name)!r} stands there twice", top)
            )
        else:
            found[at] = (name, unit)
    if faults:
        raise FileError(faults)
    for name in ("carrier", "payload"):
        if name not in [given for given, _ in found.values()]:
            raise table.refuse(f"no column {name}; {NEED}")
    return found


def _formulation(given: Mapping[str, str], site: str, calculation: Mapping[str, object]) -> Formulation:
    for name in ("carrier", "payload"):
        if name not in given:
            raise FormulateError(f"{name} is missing; need its id")
    named = given["payload"]
    known = catalog.load().payloads
    inline = named.lower() not in known
    identifier = _identifier(named) if inline else named.lower()
    payload: dict[str, Any] = {"id": identifier, "set": _set(given, "payload")}
    if inline:
        payload |= {"inline": True, "name": named}
    if "dose" in given:
        payload["dose"] = given["dose"]
    layer = {"id": "carrier", "carrier": given["carrier"].lower(), "holds": [identifier], "set": _set(given, "carrier")}
    if layer["id"] == identifier:
        layer["id"] = "the-carrier"
    content = {
        "schema_version": 1,
        "kind": "formulation",
        "name": given.get("name", ""),
        "payload": [payload],
        "layer": [layer],
        "regimen": {"site": site} | {name: given[name] for name in REGIMEN if name in given},
        "calculation": dict(calculation),
    }
    built: Formulation = build(Formulation, content, "row")
    return built


def _refuse_options(faults: Sequence[Fault], given: Mapping[str, str]) -> None:
    """Refuse once what no row says: the horizon, and the site of rows without one."""
    for fault in faults:
        option = fault.field.rpartition(".")[2]
        if fault.field == "calculation.horizon" or (fault.field == "regimen.site" and "site" not in given):
            raise FormulateError(f"{option}: {fault.problem}")


def _identifier(name: str) -> str:
    """Give an id for a payload of a table, whatever the script its name is written in."""
    return _NOT_AN_ID.sub("-", name.lower()).strip("-")[:LONGEST_ID].strip("-") or "payload"


def _set(given: Mapping[str, str], owner: str) -> dict[str, str]:
    return {name.partition(".")[2]: text for name, text in given.items() if name.startswith(f"{owner}.")}


def _column_of(field: str) -> str:
    """Give the column that a field of a formulation file comes from."""
    for owner, tables in PREFIXES.items():
        field = field.replace(f"{tables}.0.set.", f"{owner}.")
    for table in ("payload.0.", "layer.0.", "regimen."):
        field = field.removeprefix(table)
    return field


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
