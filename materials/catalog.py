"""The catalog: all entries, read once from the package's TOML files and checked against the schema."""

import difflib
import functools
import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from materials.errors import CatalogError, UnknownIdError
from materials.evidence import Distribution, Evidence, distribution
from materials.schema import Carrier, Entry, Payload, Property, Site, Value
from materials.units import si_factor

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

EntryType = TypeVar("EntryType", bound=Entry)

_KINDS: dict[str, type[Entry]] = {"carrier": Carrier, "payload": Payload, "site": Site}


@dataclass(frozen=True)
class Catalog:
    """All entries by kind and id, the property vocabulary, and a version that changes with any value."""

    carriers: Mapping[str, Carrier]
    payloads: Mapping[str, Payload]
    sites: Mapping[str, Site]
    properties: Mapping[str, Property]
    version: str

    def carrier(self, identifier: str) -> Carrier:
        """Give a carrier by id or listed synonym."""
        return _look_up("carrier", self.carriers, identifier)

    def payload(self, identifier: str) -> Payload:
        """Give a payload by id or listed synonym."""
        return _look_up("payload", self.payloads, identifier)

    def site(self, identifier: str) -> Site:
        """Give a site by id or listed synonym."""
        return _look_up("site", self.sites, identifier)

    def property(self, name: str) -> Property:
        """Give a property of the vocabulary by its exact name."""
        if name not in self.properties:
            raise UnknownIdError("property", name, nearest(name, self.properties))
        return self.properties[name]

    def entries(self) -> tuple[Entry, ...]:
        """Give every entry: carriers, payloads, sites."""
        return (*self.carriers.values(), *self.payloads.values(), *self.sites.values())

    def distribution(self, value: Value) -> Distribution:
        """Give the distribution of a value, in SI.

        A lone number of a source takes the default spread of its property; one that the user typed is exact,
        for who knows its doubt can say so with low and high.
        """
        kind = self.property(value.name)
        factor = si_factor(value.unit)
        low = None if value.low is None else value.low * factor
        high = None if value.high is None else value.high * factor
        spread = kind.default_spread
        if value.evidence is Evidence.USER:
            spread = 1.0 if kind.support == "positive" else 0.0
        elif kind.support == "real":
            spread *= si_factor(kind.unit)
        return distribution(value.typical * factor, low, high, value.spread, kind.support, spread)


def nearest(given: str, known: Iterable[str]) -> list[str]:
    """Give the three known ids nearest to what was given, best first.

    >>> nearest("plga-nanoparticles", ["plga-nanoparticle", "liposome", "plga-microsphere", "knee"])
    ['plga-nanoparticle', 'plga-microsphere', 'liposome']
    """
    text = given[:80].lower()
    scored = sorted(known, key=lambda name: (-difflib.SequenceMatcher(None, text, name).ratio(), name))
    return scored[:3]


def _look_up(kind: str, entries: Mapping[str, EntryType], given: str) -> EntryType:
    if given in entries:
        return entries[given]
    for entry in entries.values():
        if given in entry.synonyms:
            return entry
    raise UnknownIdError(kind, given, nearest(given, entries))


@functools.cache
def load() -> Catalog:
    """Read the shipped catalog; a file that breaks the schema is a CatalogError."""
    root = files("materials").joinpath("data")
    digest = hashlib.sha256()
    text = _read(root.joinpath("properties.toml"), digest)
    properties = {row["name"]: Property(**row) for row in tomllib.loads(text)["property"]}
    found: dict[str, dict[str, Any]] = {kind: {} for kind in _KINDS}
    for kind in _KINDS:
        folder = root.joinpath(f"{kind}s")
        for file in sorted(folder.iterdir(), key=lambda item: item.name):
            if file.name.endswith(".toml"):
                for entry in _entries(kind, file.name, _read(file, digest)):
                    if entry.id in found[kind]:
                        raise CatalogError(f"{file.name}: {kind} {entry.id} is defined twice")
                    found[kind][entry.id] = entry
    catalog = Catalog(found["carrier"], found["payload"], found["site"], properties, digest.hexdigest()[:12])
    _check(catalog)
    return catalog


def _read(file: "Traversable", digest: "hashlib._Hash") -> str:
    data = file.read_bytes().replace(b"\r\n", b"\n")
    digest.update(file.name.encode() + b"\0" + data)
    return data.decode("utf-8")


def _entries(kind: str, file: str, text: str) -> list[Entry]:
    rows = tomllib.loads(text)
    unknown = set(rows) - {kind}
    if unknown:
        raise CatalogError(f"{file}: unknown table {sorted(unknown)[0]!r}; need [[{kind}]]")
    entries = []
    for row in rows.get(kind, []):
        try:
            entries.append(_KINDS[kind](**row))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise CatalogError(f"{file}: {row.get('id', '?')}: {place}: {first['msg']}") from error
    return entries


def _check(catalog: Catalog) -> None:
    for entry in catalog.entries():
        for value in entry.property:
            if value.name not in catalog.properties:
                raise CatalogError(f"{entry.id}: property {value.name!r} is not in the vocabulary")
        for gap in entry.missing:
            if gap.name not in catalog.properties:
                raise CatalogError(f"{entry.id}: missing property {gap.name!r} is not in the vocabulary")
    for carrier in catalog.carriers.values():
        for layer in carrier.layers:
            if layer not in catalog.carriers:
                raise CatalogError(f"{carrier.id}: layer {layer!r} is not a carrier")
