"""The numbers a calculation reads: looked up in the user's file first, then in the catalog, and kept with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from formulate.sampling import Array, Draws, sample
from materials.catalog import Catalog
from materials.errors import MissingValueError
from materials.evidence import Evidence
from materials.schema import Entry
from materials.units import to_si
from materials.values import Value

SetBy = Literal["catalog", "user"]


@dataclass(frozen=True, eq=False)
class Input:
    """One number a result rests on, with its draws in SI."""

    key: str  # subject and property: the name of its column of draws
    subject: str
    value: Value
    set_by: SetBy
    exact: bool
    scores: Array = field(repr=False)  # (draws,) standard normal
    draws: Array = field(repr=False)  # (draws,) SI

    @property
    def is_assumed(self) -> bool:
        """True when no source gives the number."""
        return self.value.evidence is Evidence.ASSUMED


@dataclass(frozen=True)
class Circumstances:
    """What selects among several values of one property."""

    species: str
    state: str
    payload: str


class Inputs:
    """Looks numbers up for one formulation, draws them, and remembers which were used."""

    def __init__(self, catalog: Catalog, draws: Draws, circumstances: Circumstances) -> None:
        self.catalog = catalog
        self.draws = draws
        self.circumstances = circumstances
        self._used: dict[str, Input] = {}
        self._asked: set[tuple[str, str]] = set()

    @property
    def used(self) -> tuple[Input, ...]:
        """All numbers read so far, by key."""
        return tuple(self._used[key] for key in sorted(self._used))

    def ignored(self, entry: Entry, overrides: Mapping[str, Value]) -> tuple[str, ...]:
        """Give the properties a user set of an entry that no calculation asked for."""
        return tuple(name for name in overrides if (entry.id, name) not in self._asked)

    def asked_too(self, other: "Inputs") -> None:
        """Count what another calculation of the same formulation asked for as asked for."""
        self._asked |= other._asked

    def unused(self, subjects: "Sequence[Subject]") -> tuple[str, ...]:
        """Warn of what a user set of some subjects and no calculation asked for."""
        return tuple(
            unused_text(name, subject.entry.id)
            for subject in subjects
            for name in self.ignored(subject.entry, subject.overrides)
        )

    def find(
        self,
        entry: Entry,
        name: str,
        overrides: Mapping[str, Value] | None = None,
        system: Entry | None = None,
        at: Circumstances | None = None,
    ) -> Value | None:
        """Give the value that holds: the user's, else the system's for this layer, else the entry's own.

        What was measured with this payload, or stands in the user's own entry, is closer than the system's. `at` asks
        for another species or state than that of the formulation.
        """
        self._asked.add((entry.id, name))
        if overrides and name in overrides:
            return overrides[name]
        at = at or self.circumstances
        own = self._chosen(entry, name, at)
        nest = self._chosen(system, name, at, layer=entry.id) if system is not None else None
        if nest is None or not nest.layer or (own is not None and own.is_yours and not nest.is_yours):
            return own
        return own if own is not None and own.payload and not nest.is_yours else nest

    def _chosen(self, entry: Entry, name: str, at: Circumstances, layer: str = "") -> Value | None:
        """Give the value of an entry that fits; what fits of the catalog is kept with the draws."""
        key = (id(entry), name, at, layer)
        kept: tuple[Entry, Value | None] | None = self.draws.values.get(key)
        if kept is not None and kept[0] is entry:
            return kept[1]
        found = entry.value(name, species=at.species, state=at.state, payload=at.payload, layer=layer)
        if entry.origin == "catalog":
            self.draws.values[key] = entry, found
        return found

    def read(
        self,
        entry: Entry,
        name: str,
        needed_for: str,
        overrides: Mapping[str, Value] | None = None,
        system: Entry | None = None,
        at: Circumstances | None = None,
    ) -> Array:
        """Give the draws of a number, shaped (draws, 1), in SI.

        Raises
        ------
        MissingValueError
            Neither the user nor the catalog gives the number.
        """
        kind = self.catalog.property(name)
        value = self.find(entry, name, overrides, system, at)
        if value is None:
            gap = next((gap.reason for gap in entry.missing if gap.name == name), "no source gives it")
            raise MissingValueError(entry.id, name, needed_for, f"set it in the file, {_in(kind.unit)} ({gap})")
        key = f"{entry.id}.{name}"
        known = self._used.get(key)
        if known is None or (known.value is not value and known.value != value):
            known = self._used[key] = self._drawn(key, entry, value)
        return known.draws[:, None]

    def _drawn(self, key: str, entry: Entry, value: Value) -> Input:
        """Give a number with its draws; those of the catalog are kept with the draws, for other formulations."""
        shared: dict[tuple[str, int], Input] = self.draws.inputs
        if (kept := shared.get((key, id(value)))) is not None and kept.value is value:
            return kept
        spread = self.catalog.distribution(value)
        scores = self.draws.standard_normal(key)
        found = Input(
            key,
            entry.id,
            value,
            "user" if value.is_yours else "catalog",
            spread.is_exact,
            scores,
            sample(spread, scores),
        )
        if any(value is own for own in entry.property):  # no number made for one formulation
            found.draws.setflags(write=False)
            shared[key, id(value)] = found
        return found

    def determined(self, key: str, value: Value, set_by: SetBy = "user") -> Array:
        """Give the draws of a number that is of no entry, such as an assay, shaped (draws,), in SI, and keep it."""
        if key in self._used and self._used[key].value == value:
            return self._used[key].draws
        spread = self.catalog.distribution(value)
        scores = self.draws.standard_normal(key)
        subject = key.partition(".")[0]
        kept = Input(key, subject, value, set_by, spread.is_exact, scores, sample(spread, scores))
        self.keep(kept)
        return kept.draws

    def keep(self, item: Input) -> None:
        """Remember a number that was predicted or assayed rather than looked up."""
        self._used[item.key] = item

    def typical(
        self,
        entry: Entry,
        name: str,
        needed_for: str,
        overrides: Mapping[str, Value] | None = None,
        at: Circumstances | None = None,
    ) -> float:
        """Give the typical value of a number in SI, for a quantity that is chosen rather than uncertain."""
        value = self.find(entry, name, overrides, at=at)
        if value is None:
            kind = self.catalog.property(name)
            raise MissingValueError(entry.id, name, needed_for, f"set it in the file, {_in(kind.unit)}")
        return to_si(value.typical, value.unit)


def unused_text(name: str, subject: str) -> str:
    """Say that no calculation asked for what a user set.

    >>> unused_text("diameter", "liposome")
    'diameter was set for liposome, where no calculation uses it'
    """
    return f"{name} was set for {subject}, where no calculation uses it"


@dataclass(frozen=True)
class Subject:
    """One entry in its place in a formulation: reads its numbers through the user's overrides and the system's."""

    inputs: Inputs
    entry: Entry
    overrides: Mapping[str, Value] = field(default_factory=dict)
    system: Entry | None = None
    at: Circumstances | None = None  # where it is not that of the formulation

    @property
    def circumstances(self) -> Circumstances:
        """What selects among several values of one property."""
        return self.at or self.inputs.circumstances

    def under(self, **changed: str) -> "Subject":
        """Give the subject as it is read for another species or state; the user's overrides hold there too."""
        return replace(self, at=replace(self.circumstances, **changed))

    def read(self, name: str, needed_for: str) -> Array:
        """Give the draws of a number, shaped (draws, 1), in SI; a MissingValueError if nobody gives it."""
        return self.inputs.read(self.entry, name, needed_for, self.overrides, self.system, self.at)

    def find(self, name: str) -> Value | None:
        """Give the value that would be read, or None."""
        return self.inputs.find(self.entry, name, self.overrides, self.system, self.at)

    def typical(self, name: str, needed_for: str) -> float:
        """Give a typical value in SI, for a quantity that is chosen rather than uncertain."""
        return self.inputs.typical(self.entry, name, needed_for, self.overrides, self.at)


def _in(unit: str) -> str:
    return "a plain number" if unit == "1" else f"in {unit}"
