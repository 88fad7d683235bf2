"""Which calculators an entry can drive, and what is missing for the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from materials.catalog import Catalog
from materials.mechanisms import MECHANISMS, Stage, mechanism
from materials.schema import Carrier, Entry, Mechanisms, Payload, Site


@dataclass(frozen=True)
class Readiness:
    """One stage of the calculation, the mechanism for it, and the properties of the entry it lacks."""

    stage: Stage
    mechanism: str
    missing: tuple[str, ...]
    named: bool  # the entry names the mechanism; else its class would be computed with it
    layer: str = ""  # of a nest

    @property
    def is_ready(self) -> bool:
        """True when the calculator can run."""
        return self.named and not self.missing


def readiness(catalog: Catalog, entry: Entry) -> tuple[Readiness, ...]:
    """Give, stage by stage, what an entry can drive; nothing for a kind that drives no calculator.

    A carrier is judged by the mechanisms it names, or by those of its class; a nest by its layers; a payload by all
    mechanisms that need something of it; a site by its retention mechanism.
    """
    if isinstance(entry, Carrier):
        return _of_carrier(catalog, entry)
    if isinstance(entry, Payload):
        return tuple(
            Readiness(declared.stage, declared.id, _lacks(entry, declared.needs_payload), named=True)
            for declared in MECHANISMS
            if declared.needs_payload
        )
    if isinstance(entry, Site) and entry.mechanisms.retention:
        declared = mechanism("retention", entry.mechanisms.retention)
        return (Readiness("retention", declared.id, _lacks(entry, declared.needs_site), named=True),)
    return ()


def not_given(catalog: Catalog, entry: Entry) -> tuple[str, ...]:
    """Give the properties one would choose among the entries of its class by, of which it has none and says nothing."""
    if entry.class_id not in catalog.classes:
        return ()
    told = {value.name for value in entry.property} | {gap.name for gap in entry.missing}
    return tuple(name for name in catalog.classes[entry.class_id].wants if name not in told)


def summary(catalog: Catalog, entry: Entry) -> str:
    """Give in a word or two whether calculators can run an entry; nothing for a kind that none reads.

    Of a payload, how many of the mechanisms that need something of it have all they need.
    """
    if not isinstance(entry, Carrier | Payload | Site):
        return ""
    found = readiness(catalog, entry)
    if isinstance(entry, Payload):
        return f"{sum(stage.is_ready for stage in found)} of {len(found)}"
    lacking = len({name for stage in found for name in stage.missing})
    runnable = catalog.is_runnable(entry) if isinstance(entry, Carrier) else bool(found)
    if lacking:
        return f"lacks {lacking}"
    return "yes" if runnable else "no"


def _of_carrier(catalog: Catalog, carrier: Carrier) -> tuple[Readiness, ...]:
    if carrier.form == "system":
        layers = [catalog.carriers[layer] for layer in carrier.layers]
        return tuple(
            item if item.layer else replace(item, layer=layer.id)
            for layer in layers
            for item in _of_carrier(catalog, layer)
        )
    own, of_class = carrier.mechanisms, catalog.classes[carrier.carrier_class].mechanisms
    if own.loading != of_class.loading and own.loading:  # the release of its class goes with another loading
        of_class = Mechanisms()
    # what a calculator does not find of the carrier it takes from the method of its preparation
    methods = [catalog.methods[name] for name in carrier.methods if name in catalog.methods]
    by_methods = frozenset(value.name for method in methods for value in method.property if value.is_used)
    found: list[Readiness] = []
    stages: tuple[Stage, ...] = ("loading", "release")
    for stage in stages:
        name = getattr(own, stage) or getattr(of_class, stage)
        if name:
            declared = mechanism(stage, name)
            lacks = _lacks(carrier, declared.needs_carrier, by_methods, declared.instead)
            found.append(Readiness(stage, name, lacks, named=bool(getattr(own, stage))))
    return tuple(found)


def _lacks(
    entry: Entry,
    needed: tuple[str, ...],
    also: frozenset[str] = frozenset(),
    instead: Mapping[str, tuple[tuple[str, ...], ...]] | None = None,
) -> tuple[str, ...]:
    given = {value.name for value in entry.property if value.is_used} | also
    others = instead or {}
    return tuple(
        name
        for name in needed
        if name not in given and not any(given.issuperset(all_) for all_ in others.get(name, ()))
    )
