"""A table of agents: columns by their names, cells with or without units; bad rows are told and skipped."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from formulate.experiment.table import Table, read_bytes
from formulate.fate.metrics import read_time
from formulate.fate.priors import words_of
from materials.cells import cells_of_text, cells_of_xlsx
from materials.errors import Fault, FileError, FormulateError, UnitError, shorten
from materials.units import parse

COLUMNS: dict[str, tuple[str, ...]] = {
    "agent": ("agent", "name", "drug", "payload", "carrier", "formulation", "substance"),
    "kind": ("kind", "type", "class", "agent kind", "agent type", "category"),
    "size": ("size", "diameter", "particle size", "hydrodynamic diameter", "size diameter"),
    "molar_mass": ("mw", "molar mass", "molecular weight", "mol weight", "molecular mass", "mass"),
    "zeta": ("zeta", "zeta potential", "charge", "surface charge"),
    "species": ("species", "animal", "organism", "subject"),
    "site": ("site", "place"),
    "state": ("joint state", "state", "condition", "disease", "model", "disc state", "tissue state"),
    "tissue": ("tissue", "organ", "compartment", "matrix"),
    "route": ("route", "administration", "route of administration"),
    "metric": ("metric", "quantity", "measure", "endpoint", "parameter", "property"),
    "value": ("value", "measured", "observed", "result"),
    "unit": ("unit", "units"),
    "time": ("time", "timepoint", "time point", "at time"),
    "dose": ("dose", "amount"),
}
IN_HEADER = {  # a unit that stands in the name of a column: the column, and what is written after a bare number
    "size nm": ("size", "nm"), "size um": ("size", "um"), "diameter nm": ("size", "nm"), "diameter um": ("size", "um"),
    "mw g per mol": ("molar_mass", "g/mol"), "mw g mol": ("molar_mass", "g/mol"), "mw da": ("molar_mass", "g/mol"),
    "mw kda": ("molar_mass", "kg/mol"), "mw kg per mol": ("molar_mass", "kg/mol"),
    "molar mass g per mol": ("molar_mass", "g/mol"), "molar mass g mol": ("molar_mass", "g/mol"),
    "molar mass kg per mol": ("molar_mass", "kg/mol"), "molecular weight da": ("molar_mass", "g/mol"),
    "molecular weight kda": ("molar_mass", "kg/mol"), "zeta mv": ("zeta", "mV"), "zeta potential mv": ("zeta", "mV"),
    "time h": ("time", "h"), "time d": ("time", "d"), "time min": ("time", "min"), "dose mg": ("dose", "mg"),
    "dose ug": ("dose", "ug"),
}  # fmt: skip
USUAL = {"size": "nm", "molar_mass": "g/mol", "zeta": "mV", "dose": "mg"}
NEED = "need the columns agent, kind, species, metric, and joint_state or tissue and route"


@dataclass(frozen=True)
class Row:
    """One row, its numbers in SI; texts as written."""

    agent: str
    metric: str
    kind: str = ""
    size: float | None = None
    molar_mass: float | None = None
    zeta: float | None = None
    zeta_words: str = ""
    species: str = ""
    site: str = ""
    tissue: str = ""
    state: str = ""
    route: str = ""
    dose: float | None = None
    time: float | None = None
    time_text: str = ""
    unit: str = ""
    value: str = ""
    number: int | None = None  # in its file


def read_rows(path: str | os.PathLike[str]) -> tuple[tuple[Row, ...], tuple[Fault, ...]]:
    """Read a table of agents.

    Parameters
    ----------
    path : path
        A .csv, .tsv, .txt or .xlsx file.

    Returns
    -------
    tuple of rows, and of faults
        Rows that can be read, and one fault for each that cannot.

    Raises
    ------
    FileError
        The file cannot be read, or has no column of agents or of metrics.
    """
    path = Path(path)
    name = shorten(path, 120)
    data = read_bytes(
        path, "a table of agents", "need a row of column names, such as agent and site, and a row per agent"
    )
    table = Table(name, [])
    if data.startswith(b"PK"):
        lines = cells_of_xlsx(data, table.refuse)
    else:
        first = data.split(b"\n", 1)[0]
        lines = cells_of_text(data, ".tsv" if b"\t" in first and b"," not in first else ".csv", table.refuse)
    if not lines:
        raise table.refuse(f"holds no row; {NEED}")
    top, header = lines[0]
    columns = _columns(table, header, top)
    rows, faults = [], []
    for number, cells in lines[1:]:
        given = {field: _with_unit(cells[at].strip(), unit) for at, (field, unit) in columns.items() if at < len(cells)}
        if not any(given.values()):
            continue
        try:
            rows.append(one_row(given, number))
        except FormulateError as error:
            faults.append(Fault(name, f"row {number}", " ".join(str(error).split()), number))
    if not rows and faults:
        raise FileError(faults[:20])
    return tuple(rows), tuple(faults)


def one_row(given: Mapping[str, str], number: int | None = None) -> Row:
    """Give a row from texts by column.

    Raises
    ------
    FormulateError
        A text that is not a quantity of its kind; no agent or no metric.
    """
    text = {name: str(value).strip() for name, value in given.items()}
    if not text.get("agent") and not text.get("kind"):
        raise FormulateError("no agent; need a name or a kind")
    if not text.get("metric"):
        raise FormulateError("no metric; need one such as half_life")
    zeta, words = None, ""
    if text.get("zeta"):
        try:
            zeta = _quantity(text["zeta"], "zeta")
        except UnitError:
            words = text["zeta"]
    return Row(
        agent=text.get("agent") or text["kind"],
        metric=text["metric"],
        kind=text.get("kind", ""),
        size=_quantity(text.get("size", ""), "size"),
        molar_mass=_quantity(text.get("molar_mass", ""), "molar_mass"),
        zeta=zeta,
        zeta_words=words,
        species=text.get("species", ""),
        site=text.get("site", ""),
        tissue=text.get("tissue", ""),
        state=text.get("state", ""),
        route=text.get("route", ""),
        dose=_quantity(text.get("dose", ""), "dose"),
        time=read_time(text.get("time", "")),
        unit=text.get("unit", ""),
        value=text.get("value", ""),
        number=number,
    )


def _quantity(text: str, name: str) -> float | None:
    """Give a quantity in SI; a bare number is in the usual unit of its column; nothing of an empty cell or a dash."""
    if not text or text.casefold() in ("-", "na", "n/a", "nan", "none", "nd", "unknown"):
        return None
    try:
        float(text)
    except ValueError:
        written = text
    else:
        written = f"{text} {USUAL[name]}"
    written = written.replace("µ", "u").replace("μ", "u").replace("kDa", "kg/mol").replace("Da", "g/mol")
    return parse(written, USUAL[name])


def _with_unit(text: str, unit: str) -> str:
    if not unit or not text:
        return text
    try:
        float(text)
    except ValueError:
        return text
    return f"{text} {unit}"


def _columns(table: Table, header: list[str], top: int) -> dict[int, tuple[str, str]]:
    """Give the field and unit of each column that is understood, by its place."""
    found: dict[int, tuple[str, str]] = {}
    taken: set[str] = set()
    for at, cell in enumerate(header):
        words = words_of(cell.replace("/", " ").replace("(", " ").replace(")", " "))
        field, unit = IN_HEADER.get(words, ("", ""))
        if not field:
            field = next((name for name, known in COLUMNS.items() if words in known), "")
        if field and field not in taken:
            taken.add(field)
            found[at] = (field, unit)
    if missing := [name for name in ("metric",) if name not in taken]:
        raise table.refuse(f"no column {' or '.join(missing)}; {NEED}", top)
    if not taken & {"agent", "kind"}:
        raise table.refuse(f"no column agent or kind; {NEED}", top)
    return found
