"""How much of the reference tables the catalog holds, row by row."""

import functools
from collections.abc import Mapping
from importlib.resources import files

import tomli
from pydantic import TypeAdapter

from materials.catalog import Catalog
from materials.values import Model


class Table(Model):
    """One reference table: how many rows it has, and why it is left out as a whole, if it is."""

    name: str
    rows: int
    reason: str = ""


class Row(Model):
    """One row that is not in the catalog, or is there with other numbers, and why."""

    row: str
    reason: str


class Coverage(Model):
    """What is known of the tables: their sizes, the rows left out, and the rows told differently."""

    table: tuple[Table, ...]
    left_out: tuple[Row, ...] = ()
    differs: tuple[Row, ...] = ()


@functools.cache
def recorded() -> Coverage:
    """Give what the package records of the tables."""
    text = files("materials").joinpath("data/coverage.toml").read_text("utf-8")
    return TypeAdapter(Coverage).validate_python(tomli.loads(text))


def rows_held(catalog: Catalog) -> Mapping[str, tuple[str, ...]]:
    """Give, for each row of a table, the entries and conflicts that hold it."""
    held: dict[str, dict[str, None]] = {}

    def add(owner: str, rows: tuple[str, ...]) -> None:
        for row in rows:
            held.setdefault(row, {})[owner] = None

    for entry in catalog.entries():
        add(entry.id, entry.reference_ids)
        for part in (*entry.property, *entry.statement):
            add(entry.id, part.reference_ids)
    for conflict in catalog.conflicts.values():
        add(f"conflict {conflict.id}", conflict.reference_ids)
    return {row: tuple(owners) for row, owners in held.items()}


def counts(catalog: Catalog) -> list[dict[str, object]]:
    """Give, table by table, the rows it has, those in the catalog and those left out for a reason.

    >>> from materials.catalog import shipped
    >>> all(row["rows"] == row["in_catalog"] + row["left_out"] for row in counts(shipped()))
    True
    """
    held = rows_held(catalog)
    known = recorded()
    found: list[dict[str, object]] = []
    for table in known.table:
        inside = sum(row.partition("/")[0] == table.name for row in held)
        outside = sum(item.row.partition("/")[0] == table.name and item.row not in held for item in known.left_out)
        found.append(
            {
                "table": table.name,
                "rows": table.rows,
                "in_catalog": inside,
                "left_out": table.rows if table.reason else outside,
                "reason": table.reason,
            }
        )
    return found
