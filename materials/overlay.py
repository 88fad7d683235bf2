"""The user's own entries: files of the same format as ours, laid over the catalog property by property.

Files are looked for in the `catalog` folder of the user's configuration, in a folder `formulate-catalog` where the
program is started, and where the user points to; the later wins. A value of theirs replaces ours for the same quantity
and circumstances, and is always shown as theirs; ours stays beside it as an alternative.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from materials.catalog import KINDS, Catalog, covers, problems_between, problems_of_mechanisms
from materials.errors import Fault, FileError, UnitError, nearest, shorten
from materials.evidence import Evidence
from materials.faults import problems, shown
from materials.files import MOST_FAULTS, Lines, parse_toml, read_text
from materials.places import FOLDERS
from materials.schema import Class, Entry
from materials.store import MODELS
from materials.units import parse
from materials.values import Missing, Model, Property, Statement, Value, with_typical

LARGEST_OWN_FILE = 5_000_000  # bytes; the whole shipped catalog is smaller
OWN_EVIDENCE = (Evidence.USER, Evidence.DERIVED, Evidence.ASSUMED)

_NEED = "[[carrier]], [[payload]], [[site]], [[method]] or [[study]] entries"
_SET_HERE = ("origin", "typical_is", "inherited_from", "reference_ids")  # by the program, not in a file of the user
_TABLES = (*KINDS, "property", "class")
_NUMBERS = ("typical", "low", "high", "default_spread", "smallest", "largest")
_NEEDS = {
    "id": "an id in lower-case letters, digits and hyphens",
    "name": "a name",
    "typical": "a number, or low and high",
    "unit": 'the unit in quotes, such as "nm"',
    "carrier_class": "a class such as hydrogel",
    "payload_class": "a class such as small-molecule",
    "site_class": "a class such as joint",
    "method_class": "a class such as particle-preparation",
    "physical_form": "nano, micro, bulk-gel, fluid, cell, graft, dissolved, mixed or not-stated",
    "stage": "a stage such as small-animal",
    "direction": "positive, negative, neutral, conflicting or not-stated",
    "outcome": "what was found",
    "text": "what is said",
    "reason": "why no value is known",
    "label": "the name that people read",
    "support": "positive, fraction or real",
    "default_spread": "the doubt of a lone number: a factor, or a distance",
}


def lay_over(catalog: Catalog, own: Sequence[Path]) -> Catalog:
    """Give the catalog with the user's files laid over it, each over the ones before.

    Raises
    ------
    FileError
        A file breaks the schema, or speaks of what does not exist; every fault of that file is told.
    """
    return lay_texts(catalog, ((path, read_text(path, hint="", largest=LARGEST_OWN_FILE)) for path in own))


def lay_texts(catalog: Catalog, own: Iterable[tuple[Path, str]]) -> Catalog:
    """Give the catalog with the texts of a user's files laid over it, each over the ones before; none is read.

    Raises
    ------
    FileError
        A text breaks the schema, or speaks of what does not exist; every fault of that text is told.
    """
    digest = hashlib.sha256(catalog.version.encode())
    laid: list[tuple[Path, str]] = []
    for path, text in own:
        rows, locator = parse_toml(path, text, _NEED)
        catalog = lay_rows(catalog, path, rows, locator)
        digest.update(_stated(path, rows))
        laid.append((path, text))
    version = f"{catalog.version}+user.{digest.hexdigest()[:8]}"
    return replace(
        catalog, version=version, own_files=tuple(path for path, _ in laid), own_texts=tuple(text for _, text in laid)
    )


def _stated(path: Path, rows: Mapping[str, Any]) -> bytes:
    """Give what a file states as bytes, for the version of the catalog."""
    try:
        return repr(rows).encode()
    except ValueError as error:  # an integer of thousands of digits
        raise FileError([Fault(shorten(path, 120), "", f"cannot be taken ({shorten(error)})")]) from None


def lay_rows(catalog: Catalog, path: Path, rows: Mapping[str, Any], locator: Lines) -> Catalog:
    """Give the catalog with the tables of one file laid over it.

    Raises
    ------
    FileError
        What is wrong with the tables, each fault with the line that the locator gives.
    """
    return _OneFile(path, rows, locator).over(catalog)


class _OneFile:
    """One file of the user, and the faults found in it."""

    def __init__(self, path: Path, rows: Mapping[str, Any], locator: Lines) -> None:
        self.path, self.rows, self.locator = path, rows, locator
        self.faults: list[Fault] = []
        self._values: dict[str, list[Any]] = {}  # by place of the entry; None where one is wrong

    def over(self, catalog: Catalog) -> Catalog:
        for table in self.rows:
            if table not in _TABLES:
                self._fault(table, f"unknown table; nearest: {', '.join(nearest(table, _TABLES))}")
            elif not isinstance(self.rows[table], list) or not all(isinstance(row, dict) for row in self.rows[table]):
                self._fault(table, f"need a list of tables, each headed [[{table}]]")
        self._refuse()
        catalog = replace(
            catalog,
            properties={**catalog.properties, **self._vocabulary("property", Property, "name", catalog)},
            classes={**catalog.classes, **self._vocabulary("class", Class, "id", catalog)},
        )
        changed: dict[str, dict[str, Entry]] = {}
        places: dict[str, str] = {}
        for kind in KINDS:
            entries = {**catalog.kind(kind)}
            for index, row in enumerate(self.rows.get(kind, [])):
                place = f"{kind}.{index}"
                entry = self._entry(kind, place, row, catalog)
                if entry is not None:
                    if entry.id in places:
                        self._fault(f"{place}.id", f"{entry.id!r} is defined twice in this file; need each id once")
                    places[entry.id] = place
                    entries[entry.id] = entry
            changed[FOLDERS[kind]] = entries
        self._refuse()
        catalog = replace(catalog, **changed)  # type: ignore[arg-type]  # each field takes entries of its kind
        own = [catalog.kind(place.partition(".")[0])[identifier] for identifier, place in places.items()]
        for identifier, field, problem in problems_between(catalog, own, MOST_FAULTS):
            self._fault(f"{places[identifier]}.{self._own_place(catalog, places[identifier], field)}", problem)
        self._refuse()
        return catalog

    def _entry(self, kind: str, place: str, row: dict[str, Any], catalog: Catalog) -> Entry | None:
        """Give the entry a row makes: a new one, or ours with the row laid over it."""
        identifier = row["id"] if isinstance(row.get("id"), str) else ""
        ours = catalog.kind(kind).get(identifier)
        if ours is None and any(identifier in catalog.kind(other) for other in KINDS):
            self._fault(f"{place}.id", f"{shown(identifier)} is an entry of another kind; need an id of its own")
            return None
        values = self._parts(place, "property", Value, row, {"evidence": "user"})
        statements = self._parts(place, "statement", Statement, row, {"evidence": "user"})
        gaps = self._parts(place, "missing", Missing, row, {})
        self._values[place] = values
        if "origin" in row:
            self._fault(f"{place}.origin", "is set by the program; leave it out")
        rest = {key: item for key, item in row.items() if key not in ("property", "statement", "missing", "origin")}
        base: dict[str, Any] = {"origin": "user"}
        if ours is not None:
            base = ours.model_dump(by_alias=True, exclude_defaults=True)
            base |= {"kind": kind}
        try:
            entry = MODELS[kind].model_validate({**base, **rest})
        except ValidationError as error:
            if ours is None and identifier and any(item["type"] == "missing" for item in error.errors()):
                near = ", ".join(nearest(identifier, catalog.kind(kind)))
                self._fault(f"{place}.id", f"{shown(identifier)} is new, and a new entry needs more; nearest: {near}")
            self._faults_of(error, place, MODELS[kind])
            return None
        mine = tuple(value for value in values if value is not None)
        given = {value.name for value in mine if value.is_used}
        return entry.model_copy(
            update={
                "property": _laid_over(entry.property, mine),
                "statement": (*entry.statement, *(item for item in statements if item is not None)),
                "missing": (
                    *(gap for gap in entry.missing if gap.name not in given),
                    *(gap for gap in gaps if gap is not None),
                ),
            }
        )

    def _parts(
        self, place: str, name: str, model: type[Model], row: Mapping[str, Any], defaults: Mapping[str, Any]
    ) -> list[Any]:
        given = row.get(name, [])
        if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
            self._fault(f"{place}.{name}", f"need a list of tables, each headed [[{place.partition('.')[0]}.{name}]]")
            return []
        parts: list[Any] = []
        taken: set[tuple[str, ...]] = set()
        for index, item in enumerate(given):
            part = self._made(f"{place}.{name}.{index}", model, {**defaults, **item})
            parts.append(part)
            if isinstance(part, Value) and part.is_used:
                if part.circumstances in taken:
                    problem = "a second value for the same circumstances; need one, or alternative = true"
                    self._fault(f"{place}.{name}.{index}", problem)
                taken.add(part.circumstances)
        return parts

    def _made(self, place: str, model: type[Model], row: Mapping[str, Any]) -> Any:
        """Give what a table makes, or None after its faults were told."""
        wrong = [(key, _number_problem(row[key])) for key in _NUMBERS if key in row and key in model.model_fields]
        if "evidence" in model.model_fields and row["evidence"] not in OWN_EVIDENCE:
            wrong.append(("evidence", f"{shown(row['evidence'])}; need nothing, or {', '.join(OWN_EVIDENCE)}"))
        wrong += [(key, "is set by the program; leave it out") for key in _SET_HERE if key in row]
        told = [(key, problem) for key, problem in wrong if problem]
        for key, problem in told:
            self._fault(f"{place}.{key}", problem)
        try:
            return (
                None
                if told
                else model.model_validate({**with_typical(row), "origin": "user"} if model is Value else row)
            )
        except ValidationError as error:
            self._faults_of(error, place, model)
            return None

    def _vocabulary(self, table: str, model: type[Model], key: str, catalog: Catalog) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for index, row in enumerate(self.rows.get(table, [])):
            place = f"{table}.{index}"
            item = self._made(place, model, row)
            if item is None:
                continue
            name = getattr(item, key)
            if name in made:
                self._fault(f"{place}.{key}", f"{name!r} is defined twice in this file; need each once")
            found = _problems_of_property(catalog, item) if table == "property" else _problems_of_class(catalog, item)
            for field, problem in found:
                self._fault(f"{place}.{field}", problem)
            made[name] = item
        return made

    def _own_place(self, catalog: Catalog, place: str, field: str) -> str:
        """Give the place in the file of what a check found among ours and theirs in the laid-over entry."""
        head, _, rest = field.partition(".")
        if head not in ("property", "statement", "missing"):
            return field
        kind, _, index = place.partition(".")
        row = self.rows[kind][int(index)]
        position, _, key = rest.partition(".")
        parts = getattr(catalog.kind(kind)[row["id"]], head)
        if head == "property":  # sorted, ours and theirs
            mine = self._values[place]
            value = parts[int(position)]
            return f"{head}.{mine.index(value)}.{key}" if value in mine else field
        return f"{head}.{int(position) - len(parts) + len(row.get(head, []))}.{key}"  # theirs come last

    def _faults_of(self, error: ValidationError, place: str, model: type[Model]) -> None:
        keys = {"": _keys(model)}
        for name, info in model.model_fields.items():
            for item in (info.annotation, *get_args(info.annotation)):
                if isinstance(item, type) and issubclass(item, Model):
                    keys[info.alias or name] = _keys(item)
        for field, problem in problems(error, keys, _NEEDS):
            self._fault(f"{place}.{field}" if field else place, problem)

    def _fault(self, field: str, problem: str) -> None:
        self.faults.append(Fault(shorten(self.path, 120), field, problem, self.locator.line(field)))
        if len(self.faults) >= MOST_FAULTS:
            self._refuse()  # more would not be told: what is wrong with each of many entries takes long to find

    def _refuse(self) -> None:
        if self.faults:
            raise FileError(sorted(self.faults, key=lambda fault: fault.line or 0))


def _keys(model: type[Model]) -> list[str]:
    """Give the keys of a table; the kind of an entry is said by its header."""
    return [info.alias or name for name, info in model.model_fields.items() if name != "kind" or info.is_required()]


def _number_problem(given: object) -> str:
    """Say what is wrong with a number, or nothing: TOML also knows texts, truth values, dates, nan and inf."""
    if isinstance(given, bool) or not isinstance(given, int | float):
        return f"{shown(given)}; need a number, without quotes"
    try:
        is_finite = math.isfinite(given)
    except OverflowError:  # an integer larger than any float
        is_finite = False
    return "" if is_finite else f"{shown(given)} is not finite; need a number"


def _problems_of_property(catalog: Catalog, item: Property) -> list[tuple[str, str]]:
    """Give what is wrong with a property of the user's own; one of ours keeps its unit and support."""
    ours = catalog.properties.get(item.name)
    if ours is not None and (item.unit, item.support) != (ours.unit, ours.support):
        problem = f"{item.name} is of the catalog, in {ours.unit or 'no unit'} and {ours.support}; need those"
        return [("name", f"{problem}, or a name of its own")]
    if item.smallest is not None and item.largest is not None and item.smallest > item.largest:
        return [("smallest", f"{item.smallest:g} exceeds largest {item.largest:g}; need rising order")]
    try:
        parse(f"1 {item.unit}", item.unit)
    except UnitError as error:
        return [("unit", f"{shown(item.unit)}: {error.reason}; need a unit such as nm, mg/mL, percent_w_w or 1")]
    return []


def _problems_of_class(catalog: Catalog, item: Class) -> list[tuple[str, str]]:
    """Give what is wrong with a class of the user's own."""
    ours = catalog.classes.get(item.id)
    if ours is not None and ours.kind != item.kind:
        return [("id", f"{item.id!r} is a class of {ours.kind}; need an id of its own")]
    return problems_of_mechanisms(item.mechanisms)


def _laid_over(ours: tuple[Value, ...], mine: tuple[Value, ...]) -> tuple[Value, ...]:
    """Give ours and theirs together: ours becomes an alternative wherever theirs speaks of the same quantity.

    A value of theirs that names no species (state, payload, layer, grade) holds for all, so it replaces ours for each.
    An alternative or a bound of theirs is not calculated with, so it replaces none.
    """
    kept = [
        value.model_copy(update={"alternative": True}) if any(covers(item, value) for item in mine) else value
        for value in ours
    ]
    return tuple(sorted((*kept, *mine), key=lambda value: (value.circumstances, value.alternative)))
