"""Files side by side, field by field: what differs, in the words of the files, and what only looks as if it did."""

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from formulate.difference_fields import Key, held_fields, left_out, shown_names, written_fields
from formulate.fields import own_dose
from formulate.formulation import Formulation, Question, read
from formulate.overrides import read_override
from materials import files
from materials.errors import FormulateError, shorten
from materials.units import parse, to_si, unit_of

if TYPE_CHECKING:
    import pandas as pd

LABELS = ("schema_version", "name", "target.payload")  # fields that are for the reader, as ids of layers are
ASKED = ("regimen.site", "regimen.species", "regimen.state", "calculation.horizon")
ALIKE = 1e-9  # two numbers that differ by less, of their size, are one
UNREAD = "set, but no calculation of this file reads it"


@dataclass(frozen=True)
class Side:
    """A file as it takes part: its name, its own words, and what they describe."""

    name: str
    words: Mapping[str, Any]  # the tables of the file
    built: Formulation | Question


@dataclass(frozen=True)
class Difference:
    """One field that the files do not write alike."""

    field: str  # dotted; where a file has several layers or payloads, by their ids
    words: tuple[Any, ...]  # as each file writes it; None where it leaves it out
    otherwise: tuple[str, ...]  # what holds where a file leaves it out; empty where it does not
    unread: tuple[bool | None, ...] = ()  # by file: a number it sets that nothing reads; None where that is not known

    @property
    def is_label(self) -> bool:
        """True for what is for the reader: no number changes with it."""
        last = self.field.rpartition(".")[2]
        named = last in ("name", "source") or (last == "id" and self.field.startswith("layer"))
        return self.field in LABELS or (named and not _is_set(self.field))

    @property
    def is_default(self) -> bool:
        """True where the files that write it write it alike, and the others leave it out."""
        written = [words_text(given) for given in self.words if given is not None]
        return len(written) < len(self.words) and len(set(written)) == 1

    def to_dict(self, names: Sequence[str]) -> dict[str, object]:
        """Give the difference as plain data."""
        listed: list[dict[str, object]] = []
        for name, given, otherwise, unread in zip(names, self.words, self.otherwise, self.unread, strict=True):
            shown: dict[str, object] = {"file": name, "words": given}
            if given is None:
                shown["in_its_place"] = otherwise
            if unread is not None:
                shown["read_by_a_calculation"] = not unread
            listed.append(shown)
        return {"field": self.field, "is_label": self.is_label, "files": listed}


@dataclass(frozen=True)
class Differences:
    """What differs between files of one kind, and how much is alike."""

    names: tuple[str, ...]
    differing: tuple[Difference, ...]  # in value
    rewritten: tuple[Difference, ...]  # in words alone: 1 mg and 1000 ug, or a default written out
    alike: int  # fields that every file writes alike
    not_known: Mapping[str, str] = field(default_factory=dict)  # by file: why it is not known what was read

    @property
    def of_value(self) -> tuple[Difference, ...]:
        """The differences that a calculation can see."""
        return tuple(item for item in self.differing if not item.is_label)

    @property
    def of_question(self) -> tuple[str, ...]:
        """The fields by which the files ask different questions, so that a rank between them would say nothing.

        Payload, site, species, state, target and how long is computed: what is given to reach the target may differ.
        """
        asked = (item.field for item in self.of_value)
        return tuple(
            name
            for name in asked
            if name in ASKED or name.startswith("target.") or (name.startswith("payload.") and name.endswith(".id"))
        )

    def to_dict(self) -> dict[str, object]:
        """Give the differences as plain data."""
        return {
            "files": list(self.names),
            "differing": [item.to_dict(self.names) for item in self.differing],
            "same_value_in_other_words": [item.to_dict(self.names) for item in self.rewritten],
            "alike": {"count": self.alike, "unit": "fields"},
            "what_was_read_is_not_known": dict(self.not_known),
        }

    def to_frame(self) -> "pd.DataFrame":
        """Give a pandas DataFrame: one row a field that is not written alike, one column a file, in its own words."""
        import pandas as pd

        rows = [
            {"field": item.field, "same value": same}
            | {name: words_text(given) for name, given in zip(self.names, item.words, strict=True)}
            for same, listed in ((False, self.differing), (True, self.rewritten))
            for item in listed
        ]
        return pd.DataFrame.from_records(rows, columns=["field", "same value", *self.names])


Given = str | os.PathLike[str] | Formulation | Question


def differences(first: Given, second: Given, *more: Given) -> Differences:
    """Give what differs between formulations or questions, field by field.

    Parameters
    ----------
    first, second, *more : path, Formulation or Question
        Files, in whose own words the differences are given, or what was made of such.

    Raises
    ------
    FileError
        A file cannot be read.

    Notes
    -----
    Layers and payloads are matched by their ids; one that has no namesake, by its carrier or its place. Two values
    are the same where they are the same quantity, whatever the unit, or where one file leaves out what the other
    writes. Which numbers nothing reads is not looked at here; see `formulate.unread`.

    Examples
    --------
    >>> from formulate import new_question
    >>> knee = {"site": "knee"}
    >>> a = new_question(payload=[{"id": "dasatinib", "dose": "1 mg"}], regimen=knee, target={"duration": "14 d"})
    >>> b = new_question(payload=[{"id": "dasatinib", "dose": "1000 ug"}], regimen=knee)
    >>> found = differences(a, b)
    >>> [(item.field, item.words) for item in found.differing]
    [('target.duration', ('14 d', None))]
    >>> [(item.field, item.words) for item in found.rewritten]
    [('payload.dose', ('1 mg', '1000 ug'))]
    """
    return compared([side(given, place) for place, given in enumerate((first, second, *more), start=1)])


def side(given: Given, place: int = 1, name: str = "") -> Side:
    """Give a file, or what was made of one, as it takes part, under its own name if it is not given one."""
    if isinstance(given, Formulation | Question):
        own = shorten(given.name, 120) or f"{given.kind} {place}"
        return Side(name or own, given.model_dump(mode="json", exclude_unset=True), given)
    path = Path(given)
    built = read(path)
    content, _ = files.read_toml(path)
    return Side(name or shorten(path, 120), content, built)


def compared(sides: Sequence[Side], unread: Mapping[str, "frozenset[Key] | str"] | None = None) -> Differences:
    """Give what differs between files.

    Parameters
    ----------
    sides : sequence of Side
        The files.
    unread : mapping, optional
        By name of a file: the numbers it sets that nothing reads (`formulate.unread`), or why that is not known.
    """
    unread = unread or {}
    names = shown_names([item.built for item in sides])
    written = [
        {_named(key, called): given for key, given in written_fields(item.words, item.built).items()}
        for item, called in zip(sides, names, strict=True)
    ]
    held = [
        {_named(key, called): _held(key, given, called) for key, given in held_fields(item.built).items()}
        for item, called in zip(sides, names, strict=True)
    ]
    never_read = [
        None if isinstance(known := unread.get(item.name, ""), str) else {_named(key, called) for key in known}
        for item, called in zip(sides, names, strict=True)
    ]
    differing: list[Difference] = []
    rewritten: list[Difference] = []
    alike = 0
    for place in dict.fromkeys(name for fields in written for name in fields):
        words = tuple(fields.get(place) for fields in written)
        values = [fields.get(place) for fields in held]
        if all(type(given) is type(words[0]) and given == words[0] for given in words):
            alike += 1
            continue
        otherwise = tuple(
            "" if given is not None else words_text(value) or left_out(item.built, called, place)
            for given, value, item, called in zip(words, values, sides, names, strict=True)
        )
        told = tuple(
            place in listed if listed is not None and given is not None and _is_set(place) else None
            for given, listed in zip(words, never_read, strict=True)
        )
        same = all(_same(place, values[0], value) for value in values[1:])
        (rewritten if same else differing).append(Difference(place, words, otherwise, told))
    not_known = {name: why for name, why in unread.items() if isinstance(why, str)}
    return Differences(tuple(item.name for item in sides), tuple(differing), tuple(rewritten), alike, not_known)


def _named(key: Key, called: Mapping[tuple[str, str], str]) -> str:
    kind, identifier, rest = key
    return f"{called[kind, identifier]}.{rest}" if kind else rest


def _held(key: Key, given: Any, called: Mapping[tuple[str, str], str]) -> Any:
    """Give what holds in a field; what a layer holds by the names under which it is shown."""
    if key[2] != "holds":
        return given
    named = {identifier: name for (_, identifier), name in called.items()}
    return {named[held]: share for held, share in given.items()}


def _is_set(place: str) -> bool:
    """Say whether a field is a number that a file sets over the catalog."""
    return ".set." in place or (".loading." in place and not place.endswith(".convention"))


def _same(place: str, one: Any, other: Any) -> bool:
    """Say whether two values mean the same."""
    if one is None or other is None:
        return one is other
    if _is_set(place):
        first, second = (read_override(place.rpartition(".")[2], given) for given in (one, other))
        if (first.spread, first.basis) != (second.spread, second.basis):
            return False
        numbers = [(value.typical, value.low, value.high) for value in (first, second)]
        return all(
            (a is None) == (b is None) and (a is None or _near(to_si(a, first.unit), to_si(b or 0.0, second.unit)))
            for a, b in zip(*numbers, strict=True)
        )
    return _alike(one, other)


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one == other or _same_quantity(one, other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_alike(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, int | float) and isinstance(other, int | float):
        return _near(one, other)
    return bool(one == other)


def _near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=ALIKE)


def _same_quantity(one: str, other: str) -> bool:
    """Say whether two texts are one quantity, or one number of cells or particles."""
    for expected in (unit_of(one), unit_of(other)):
        try:
            return bool(expected) and _near(parse(one, expected), parse(other, expected))
        except FormulateError:
            continue
    try:
        (first, kind), (second, kind_of_other) = own_dose(one), own_dose(other)
    except FormulateError:
        return False
    return kind == kind_of_other and _near(first, second)


def words_text(given: object) -> str:
    """Give what a file writes, as it is read: texts without their quotes.

    >>> words_text("40 um"), words_text({"typical": "40 um", "low": "30 um"}), words_text(["a", "b"]), words_text(True)
    ('40 um', 'typical 40 um, low 30 um', 'a, b', 'true')
    """
    if isinstance(given, Mapping):
        return ", ".join(f"{key} {words_text(item)}" for key, item in given.items())
    if isinstance(given, list | tuple):
        return ", ".join(words_text(item) for item in given)
    if isinstance(given, bool):
        return str(given).lower()
    return "" if given is None else str(given)
