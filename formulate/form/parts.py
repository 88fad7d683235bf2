"""What a form is made of: plain data that a front end may hold without any calculator."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["text", "quantity", "override", "choice", "number", "own-dose", "concentration"]
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Choice:
    """One of several: what the file says, and what a reader sees."""

    value: str
    label: str


@dataclass(frozen=True)
class Field:
    """One input: where it stands in the file, what stands there, and what holds where nothing does."""

    path: Path
    label: str
    kind: Kind = "text"
    given: str = ""
    default: str = ""  # what holds where nothing is given, as text
    unit: str = ""
    choices: tuple[Choice, ...] = ()
    evidence: str = ""  # of the default
    source: str = ""
    conditions: str = ""
    help: str = ""
    is_needed: bool = False
    catalog_property: str = ""  # of the catalog, for an override

    @property
    def place(self) -> str:
        """Where it stands, as refusals name it."""
        return ".".join(str(part) for part in self.path)


@dataclass(frozen=True)
class Section:
    """One part of a file: a payload, a layer, how it is given, what it must reach, how it is computed."""

    path: Path
    title: str
    told: str
    fields: tuple[Field, ...]
    lines: tuple[str, ...] = ()  # what stands in the file and has no field


@dataclass(frozen=True)
class Form:
    """All of a file, what is wrong with it, and what its numbers rest on."""

    sections: tuple[Section, ...]
    faults: Mapping[str, str] = field(default_factory=dict)  # by dotted place
    missing: tuple[str, ...] = ()  # numbers that nobody gives
    assumed: tuple[str, ...] = ()  # numbers that rest on no source
    counts: Mapping[str, int] = field(default_factory=dict)  # of numbers: yours, sourced, assumed, missing
