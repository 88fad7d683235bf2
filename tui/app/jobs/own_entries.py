"""Putting an entry of the user's own into its file, checked against the whole catalog."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def put(kind: str, row: Mapping[str, Any], path: Path) -> int:
    """Check an entry and write it; give its index in the file."""
    from materials import own_entries

    return own_entries.put(kind, row, path)


def bring_in(table: Path) -> tuple[Path | None, tuple[int, int, int]]:
    """Put the values of a table into a file of their own; give it, and how many are new, changed, as they were."""
    from materials import own_entries

    path, made = own_entries.bring_in(table)
    return path, (made.new, made.changed, made.unchanged)


def write_tables(path: Path, table: str) -> int:
    """Write the catalog in force as tables; give the number of rows."""
    from materials import catalog, exchange

    return exchange.export(catalog.load(), path, table)


def take_out(kind: str, identifier: str) -> None:
    """Take what the user says of an entry out of its file."""
    from materials import own_entries

    own = own_entries.find_own(kind, identifier)
    if own is not None:
        own_entries.take_out(own)
