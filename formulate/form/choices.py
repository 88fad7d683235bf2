"""What may be chosen where a file names an entry of the catalog."""

from collections.abc import Iterable

from formulate.form.parts import Choice
from materials import catalog
from materials.schema import Carrier, Site
from materials.vehicles import vehicles


def carriers() -> tuple[Choice, ...]:
    """Give the carriers a layer may be made of, those that calculators run to the end first."""
    known = catalog.load()
    runnable = {name for name in known.runnable_carriers() if not known.carriers[name].layers}
    rest = [name for name in known.loadable_carriers() if name not in runnable and not known.carriers[name].layers]
    listed = [*sorted(runnable, key=lambda name: known.carriers[name].name), *sorted(rest)]
    return tuple(Choice(name, f"{known.carriers[name].name}{'' if name in runnable else ' (loading only)'}")
                 for name in listed)  # fmt: skip


def payloads() -> tuple[Choice, ...]:
    """Give the payloads of the catalog, by name."""
    known = catalog.load().payloads
    return tuple(Choice(entry.id, entry.name) for entry in sorted(known.values(), key=lambda entry: entry.name.lower()))


def sites() -> tuple[Choice, ...]:
    """Give the sites whose retention is computed."""
    known = catalog.load().sites.values()
    return tuple(Choice(entry.id, entry.name) for entry in known if entry.mechanisms.retention)


def liquids() -> tuple[Choice, ...]:
    """Give the liquids that something may be injected in."""
    return tuple(Choice(item.id, item.name) for item in vehicles().values())


def plain(names: Iterable[str]) -> tuple[Choice, ...]:
    """Give ids as choices that read as words."""
    return tuple(Choice(name, name.replace("-", " ")) for name in names)


def methods(carrier: Carrier) -> tuple[Choice, ...]:
    """Give the ways a carrier is prepared."""
    known = catalog.load()
    return tuple(Choice(name, known.method(name).name) for name in carrier.methods)


def places(site: Site | None) -> dict[str, tuple[Choice, ...]]:
    """Give what a site offers: species, states, routes, compartments."""
    if site is None:
        return {"species": (), "state": (), "route": (), "compartment": ()}
    return {
        "species": plain(site.species),
        "state": plain(site.states),
        "route": plain(site.routes),
        "compartment": plain(site.compartments),
    }


def properties_of(identifier: str) -> tuple[Choice, ...]:
    """Give the numbers of an entry that a file may set: those it has or lacks, inherited ones included."""
    known = catalog.load()
    entry = known.entry(identifier)
    names = {value.name for value in entry.property} | {gap.name for gap in entry.missing}
    listed = sorted((known.property(name) for name in names), key=lambda kind: kind.label.lower())
    return tuple(Choice(kind.name, f"{kind.label} [{kind.unit}]") for kind in listed)
