"""Putting an entry of the user's own into its file, checked against the whole catalog."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def put(kind: str, row: Mapping[str, Any], path: Path) -> int:
    """Check an entry and write it; give its index in the file."""
    from materials import own_entries

    return own_entries.put(kind, row, path)


def take_out(kind: str, identifier: str) -> None:
    """Take what the user says of an entry out of its file."""
    from materials import own_entries

    own = own_entries.find_own(kind, identifier)
    if own is not None:
        own_entries.take_out(own)
