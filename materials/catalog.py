"""The catalog in force: the shipped entries with the user's own laid over them, looked up by id or listed name."""

import functools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from materials import places
from materials.cards import KINDS as KINDS
from materials.errors import FormulateError, UnknownIdError, near, nearest, shorten
from materials.evidence import Distribution, Evidence, distribution
from materials.inheritance import covers as covers
from materials.inheritance import inherit as inherit
from materials.mechanisms import MECHANISMS, Stage, mechanism
from materials.nests import nest_problem
from materials.schema import Carrier, Class, Conflict, Entry, Mechanisms, Method, Payload, Site, Study
from materials.units import to_si
from materials.values import Property, Value

EntryType = TypeVar("EntryType", bound=Entry)

STAGES: tuple[Stage, ...] = ("loading", "release", "retention")
GOES_WITH = {  # the form and the loading that a release mechanism is computed for
    "immediate": ("dissolved", "dissolved"),
    "crystals": ("crystal", "suspended"),
    "polyester-degradation": ("particle", "entrapped"),
    "vesicle-membrane": ("vesicle", "entrapped"),
    "multivesicular-erosion": ("vesicle", "entrapped"),
    "gel-diffusion": ("depot", "mixed"),
    "micelle-partition": ("micelle", "micellised"),
    "desorption": ("particle", "adsorbed"),
}
ALSO_LOADED = {"gel-diffusion": ("soaked", "affinity-gel")}  # further loadings that a release is computed for


@dataclass(frozen=True)
class Catalog:
    """All entries by kind and id, the vocabulary, the conflicts, and a version that changes with any value."""

    carriers: Mapping[str, Carrier]
    payloads: Mapping[str, Payload]
    sites: Mapping[str, Site]
    methods: Mapping[str, Method]
    studies: Mapping[str, Study]
    conflicts: Mapping[str, Conflict]
    properties: Mapping[str, Property]
    classes: Mapping[str, Class]
    version: str
    own_files: tuple[Path, ...] = ()
    own_texts: tuple[str, ...] = ()  # what those files say

    def kind(self, name: str) -> Mapping[str, Entry]:
        """Give the entries of a kind: carrier, payload, site, method or study."""
        if name not in KINDS:
            raise FormulateError(f"unknown kind {shorten(name)!r}; need {', '.join(KINDS)}")
        return {
            "carrier": self.carriers,
            "payload": self.payloads,
            "site": self.sites,
            "method": self.methods,
            "study": self.studies,
        }[name]

    def carrier(self, identifier: str) -> Carrier:
        """Give a carrier by id or listed synonym."""
        return _look_up("carrier", self.carriers, identifier)

    def payload(self, identifier: str) -> Payload:
        """Give a payload by id or listed synonym."""
        return _look_up("payload", self.payloads, identifier)

    def site(self, identifier: str) -> Site:
        """Give a site by id or listed synonym."""
        return _look_up("site", self.sites, identifier)

    def method(self, identifier: str) -> Method:
        """Give a method by id or listed synonym."""
        return _look_up("method", self.methods, identifier)

    def entry(self, identifier: str) -> Entry:
        """Give an entry of any kind by id, listed synonym, or name in English or Chinese."""
        for kind in KINDS:
            if identifier in self.kind(kind):
                return self.kind(kind)[identifier]
        for entry in self.entries():
            if identifier in entry.synonyms or identifier.casefold() in (entry.name.casefold(), entry.name_zh):
                return entry
        members = [entry.id for entry in self.entries() if entry.class_id == identifier]
        raise UnknownIdError("id", identifier, members[:3] or near(identifier, [e.id for e in self.entries()]))

    def property(self, name: str) -> Property:
        """Give a property of the vocabulary by its exact name."""
        if name not in self.properties:
            raise UnknownIdError("property", name, near(name, self.properties))
        return self.properties[name]

    def entries(self) -> tuple[Entry, ...]:
        """Give every entry: carriers, payloads, sites, methods, studies."""
        return tuple(entry for kind in KINDS for entry in self.kind(kind).values())

    def runnable_carriers(self) -> tuple[str, ...]:
        """Give the ids of the carriers that calculators can run, sorted: those with mechanisms, and nests of them."""
        return tuple(sorted(entry.id for entry in self.carriers.values() if self.is_runnable(entry)))

    def is_runnable(self, carrier: Carrier) -> bool:
        """True when the carrier, or each layer of the nest, names mechanisms and a calculator knows the nest."""
        if carrier.form != "system":
            return bool(carrier.mechanisms.release)
        layers = [self.carriers[layer] for layer in carrier.layers]
        return all(layer.mechanisms.release for layer in layers) and not nest_problem(layers)

    def is_loadable(self, carrier: Carrier) -> bool:
        """True when a calculator knows how the carrier, or each layer of the nest, is loaded."""
        if carrier.form != "system":
            return bool(carrier.mechanisms.loading)
        return all(self.is_loadable(self.carriers[layer]) for layer in carrier.layers)

    def loadable_carriers(self) -> tuple[str, ...]:
        """Give the ids of the carriers whose loading calculators know, sorted."""
        return tuple(sorted(entry.id for entry in self.carriers.values() if self.is_loadable(entry)))

    def conflicts_of(self, identifier: str) -> tuple[Conflict, ...]:
        """Give the conflicts that concern an entry."""
        return tuple(conflict for conflict in self.conflicts.values() if identifier in conflict.entries)

    def studies_of(self, identifier: str) -> tuple[Study, ...]:
        """Give the studies that used a carrier or payload, or were done at a site."""
        return tuple(
            study
            for study in self.studies.values()
            if identifier in study.carriers or identifier in study.payloads or identifier in study.sites
        )

    def within(self, identifier: str) -> frozenset[str]:
        """Give the ids of an entry and of all entries below it (sub-sites of a site, variants of a carrier)."""
        found, below = {identifier}, [identifier]
        while below:
            below = [name for parent in below for name in self._children.get(parent, ()) if name not in found]
            found.update(below)
        return frozenset(found)

    @functools.cached_property
    def _children(self) -> Mapping[str, Sequence[str]]:
        """Give the ids of the entries right below each."""
        found: dict[str, list[str]] = {}
        for entry in self.entries():
            found.setdefault(entry.parent, []).append(entry.id)
        return found

    @functools.cached_property
    def lines(self) -> dict[str, tuple[str, ...]]:
        """The lines of carriers that were asked for, kept by `materials.kinship`."""
        return {}

    def distribution(self, value: Value) -> Distribution:
        """Give the distribution of a value, in SI.

        A lone number of a source takes the default spread of its property; one that the user typed is exact,
        for who knows its doubt can say so with low and high.
        """
        kind = self.property(value.name)
        low = None if value.low is None else to_si(value.low, value.unit)
        high = None if value.high is None else to_si(value.high, value.unit)
        spread = kind.default_spread
        if value.evidence is Evidence.USER:
            spread = 1.0 if kind.support == "positive" else 0.0
        elif kind.support == "real":
            spread = to_si(spread, kind.unit) - to_si(0.0, kind.unit)
        return distribution(to_si(value.typical, value.unit), low, high, value.spread, kind.support, spread)


def _look_up(kind: str, entries: Mapping[str, EntryType], given: str) -> EntryType:
    if given in entries:
        return entries[given]
    for entry in entries.values():
        if given in entry.synonyms:
            return entry
    raise UnknownIdError(kind, given, near(given, entries))


_held: ContextVar[Catalog | None] = ContextVar("held", default=None)


@functools.cache
def shipped() -> Catalog:
    """Give the catalog that the program ships, without the user's own entries."""
    from materials.store import load_shipped

    return inherit(load_shipped())


def load() -> Catalog:
    """Give the catalog in force: the shipped one with the user's own files laid over it.

    Raises
    ------
    FileError
        A file of the user breaks the schema; every fault is told.
    """
    return _held.get() or _in_force()


@contextmanager
def holding(own: Iterable[tuple[str, str]]) -> Iterator[Catalog]:
    """Put the shipped catalog under these texts of a user's files in force for a while, in this thread alone.

    Parameters
    ----------
    own : iterable of (str, str)
        Names and texts, the weakest first. No file is read: those of the folders of this user do not count.

    Raises
    ------
    FileError
        A text breaks the schema; every fault is told.
    """
    from materials.overlay import lay_texts
    from materials.store import load_shipped

    texts = [(Path(name), text) for name, text in own]
    before = _held.set(inherit(lay_texts(load_shipped(), texts)) if texts else shipped())
    try:
        yield load()
    finally:
        _held.reset(before)


def use(*files: Path | str) -> None:
    """Lay these files over the catalog too, above those of the config and project folders."""
    places.asked_for[:] = map(Path, files)
    _in_force.cache_clear()


@functools.cache
def _in_force() -> Catalog:
    from materials.overlay import lay_over

    found = places.own_files(places.asked_for)
    if not found:
        return shipped()
    from materials.store import load_shipped

    return inherit(lay_over(load_shipped(), found))


@functools.cache
def read_of_carriers() -> frozenset[str]:
    """Give the properties of a carrier that some mechanism may read."""
    return frozenset(name for declared in MECHANISMS for name in (*declared.needs_carrier, *declared.may_use))


def problems_between(
    catalog: Catalog, entries: Iterable[Entry] | None = None, most: int = 1000
) -> list[tuple[str, str, str]]:
    """Give what is wrong between entries, at most so many: entry, field, problem with the nearest valid name."""
    found: list[tuple[str, str, str]] = []
    every = {identifier for kind in KINDS for identifier in catalog.kind(kind)}
    for entry in catalog.entries() if entries is None else entries:
        if len(found) >= most:
            break
        found += [(entry.id, field, problem) for field, problem in _problems_of(catalog, entry, every)]
    return found


MOST_OF_ONE = 60  # problems told of one entry: finding the nearest names takes time


def _problems_of(catalog: Catalog, entry: Entry, every: Collection[str]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []

    def known(field: str, kind: str, names: Sequence[str], accepted: Collection[str]) -> None:
        for name in names:
            if name and name not in accepted and len(found) < MOST_OF_ONE:
                found.append((field, str(UnknownIdError(kind, name, nearest(name, accepted)))))

    for index, value in enumerate(entry.property):
        place = f"property.{index}"
        known(f"{place}.name", "property", [value.name], catalog.properties)
        known(f"{place}.payload", "payload", [value.payload], catalog.payloads)
        known(f"{place}.layer", "layer", [value.layer], getattr(entry, "layers", ()))
        if isinstance(entry, Site) and entry.mechanisms.retention and value.is_used:
            known(f"{place}.state", "state", [value.state], entry.states)
        if not isinstance(entry, Site) and value.state:
            found.append((f"{place}.state", f"{shorten(value.state)!r}; only values of a site have a state"))
        if _is_a_layers(catalog, entry, value):
            need = " or ".join(getattr(entry, "layers", ()))
            found.append((f"{place}.layer", f"is missing; a calculation reads it of a layer: need {need}"))
        if value.name in catalog.properties:
            found += [(f"{place}.{field}", problem) for field, problem in _problems_of_value(catalog, value)]
    for index, gap in enumerate(entry.missing):
        known(f"missing.{index}.name", "property", [gap.name], catalog.properties)
    for index, statement in enumerate(entry.statement):
        known(f"statement.{index}.than", "id", statement.than, every)
        if entry.id in statement.than:
            found.append((f"statement.{index}.than", f"names {entry.id} itself; need what it is compared with"))
    kind = str(getattr(entry, "kind", ""))
    known("parent", kind, [entry.parent], catalog.kind(kind))
    if entry.parent == entry.id:
        found.append(("parent", "is the entry itself; need another, or none"))
    elif _leads_back(entry, lambda other: [other.parent], catalog.kind(kind)):
        found.append(("parent", f"{shorten(entry.parent)!r} lies below {entry.id} itself; need another, or none"))
    for index, inherited in enumerate(entry.inherits):
        known(f"inherits.{index}.from", kind, [inherited.source], catalog.kind(kind))
        if inherited.source == entry.id:
            found.append((f"inherits.{index}.from", "is the entry itself; need another"))
        known(f"inherits.{index}.properties", "property", inherited.properties, catalog.properties)
    if kind != "study":
        classes = [item.id for item in catalog.classes.values() if item.kind == kind]
        known(f"{kind}_class", f"{kind} class", [entry.class_id or "(empty)"], classes)
    for field, other in (("carriers", "carrier"), ("payloads", "payload"), ("sites", "site"), ("methods", "method")):
        known(field, other, getattr(entry, field, ()), catalog.kind(other))
    if isinstance(entry, Carrier | Site):
        found += problems_of_mechanisms(entry.mechanisms, entry.form if isinstance(entry, Carrier) else "")
    if isinstance(entry, Method):
        loadings = [declared.id for declared in MECHANISMS if declared.stage == "loading"]
        known("loading", "loading mechanism", [entry.loading], loadings)
    if isinstance(entry, Carrier):
        known("layers", "carrier", entry.layers, catalog.carriers)
        if _leads_back(entry, lambda other: getattr(other, "layers", ()), catalog.carriers):
            found.append(("layers", f"{entry.id} is among its own layers; need other carriers"))
    return found


def problems_of_mechanisms(named: Mechanisms, form: str = "") -> list[tuple[str, str]]:
    """Give the mechanisms that no calculator declares, or that do not go together: field, problem, what is accepted."""
    found: list[tuple[str, str]] = []
    for stage in STAGES:
        accepted = [declared.id for declared in MECHANISMS if declared.stage == stage]
        name = getattr(named, stage)
        if name and name not in accepted:
            error = UnknownIdError(f"{stage} mechanism", name, nearest(name, accepted))
            found.append((f"mechanisms.{stage}", str(error)))
    if not found and named.loading and form and not named.release:
        fits = mechanism("loading", named.loading).forms
        if form not in fits:
            found.append(("form", f"{form!r} does not go with loading {named.loading!r}; need {' or '.join(fits)}"))
    if not found and named.release:
        fit, loading = GOES_WITH[named.release]
        if named.loading not in (loading, *ALSO_LOADED.get(named.release, ())):
            problem = f"{named.loading!r} does not go with release {named.release!r}; need {loading!r}"
            found.append(("mechanisms.loading", problem))
        if form and form != fit:
            found.append(("form", f"{form!r} does not go with release {named.release!r}; need {fit!r}"))
    return found


def _leads_back(entry: Entry, onward: Callable[[Entry], Iterable[str]], entries: Mapping[str, Entry]) -> bool:
    """True when what an entry names, followed from entry to entry, comes to the entry itself."""
    met: set[str] = set()
    more = set(onward(entry))
    while more:
        met |= more
        more = {name for step in more if step in entries for name in onward(entries[step])} - met
    return entry.id in met


def _is_a_layers(catalog: Catalog, entry: Entry, value: Value) -> bool:
    """True when a value that the user gave of a nest is one that calculations read of its layers."""
    layers = set(entry.layers) if isinstance(entry, Carrier) else set()
    sound = bool(layers) and layers <= catalog.carriers.keys() - {entry.id}
    return sound and value.is_yours and not value.layer and value.name in read_of_carriers()


def _problems_of_value(catalog: Catalog, value: Value) -> list[tuple[str, str]]:
    """Give what is wrong with the numbers of a value, in the terms of its property."""
    from materials.units import parse

    kind = catalog.properties[value.name]
    found: list[tuple[str, str]] = []
    for name in ("typical", "low", "high"):
        number = getattr(value, name)
        if number is None or (name == "typical" and value.typical_is != "given"):
            continue
        try:
            in_si = parse(f"{number!r} {value.unit}", kind.unit)
        except FormulateError as error:
            return [("unit", str(error))]
        if kind.support != "real" and in_si < 0:
            found.append((name, f"{number:g} {value.unit} is below zero; need a number of zero or more"))
        elif kind.support == "fraction" and in_si > 1 + 1e-12:
            found.append((name, f"{number:g} {value.unit} is above the whole; need at most 100 percent"))
        elif problem := kind.outside(number, value.unit):
            found.append((name, f"{number:g} {value.unit} is {problem}"))
    return found
