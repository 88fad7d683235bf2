"""The groups of an experiment: the formulation, each of its parts left out in turn, and what is given today."""

from collections.abc import Iterator
from dataclasses import dataclass

from formulate.planning.lists import data_of, sites_around
from formulate.planning.subject import Subject
from formulate.report.text import lower_first, quantity_text, route_text
from materials import catalog

VESICLES = ("extracellular-vesicle", "engineered-extracellular-vesicle")


@dataclass(frozen=True)
class Arm:
    """A group, what it tells, and who asks for it."""

    group: str
    tells: str
    sources: tuple[str, ...] = ()


def arms(subject: Subject) -> Iterator[Arm]:
    """Give the groups of an experiment, from the nest itself: no group is told that it cannot be made of."""
    route = " and ".join(map(route_text, subject.routes)) or "the same way"
    yield Arm(subject.label, "what is asked")
    negative = ("percie2020",)
    yield Arm("the model with sham treatment, and the model untreated", "what handling and time do alone", negative)
    given = f"{subject.volume} of the vehicle" if subject.volume else "the vehicle"
    yield Arm(f"{given} alone, {route}", "what the injection itself does", negative)
    in_carrier = any(part.is_material for part in subject.parts)
    for part in subject.payloads if in_carrier else ():
        dose = quantity_text(part.dose) if part.dose else "the same dose"
        yield Arm(f"{dose} {lower_first(part.payload.name)} without carrier, {route}", "what the carrier adds")
    for one in subject.routes if len(subject.routes) > 1 else ():
        yield Arm(f"the whole dose {route_text(one)}", "what the other route adds")
    yield from _parts_left_out(subject)
    yield from _single_components(subject)
    yield from _unmodified(subject)
    if any(part.carrier.carrier_class in VESICLES for part in subject.parts):
        yield Arm("medium that held no cells, taken through the same separation", "what comes along", ("welsh2024",))
    yield from standards(subject)


def _parts_left_out(subject: Subject) -> Iterator[Arm]:
    holders = [part.carrier for part in subject.parts if part.is_material]
    for carrier in holders:
        yield Arm(f"{carrier.name}, the same mass, empty", "what the material does by itself")
    every = [part.carrier for part in subject.parts]
    for carrier in holders if len(every) > 1 else ():
        rest = " in ".join(other.name for other in every if other is not carrier)
        kept = f"the same dose in {rest}" if subject.payloads else f"{rest}, the same dose"
        yield Arm(f"{kept}, without {lower_first(carrier.name)}", "what this layer adds")


def _single_components(subject: Subject) -> Iterator[Arm]:
    """Give each of several payloads alone, and of cells that go with something, each of the two alone."""
    known = catalog.load()
    for dose in subject.payloads if len(subject.payloads) > 1 else ():
        name = lower_first(dose.payload.name)
        yield Arm(f"{name} alone in the same carrier", f"what the other payloads add to {name}")
    for part in subject.parts:
        carrier = part.carrier
        if part.holds or carrier.form != "cell" or carrier.modifications or not carrier.parent:
            continue
        for name in carrier.payloads:
            other = lower_first(known.payloads[name].name)
            cells = known.carriers[carrier.parent].name
            yield Arm(f"{cells}, the same number, without {other}", f"what {other} adds")
            yield Arm(f"{other} without cells", "what the cells add")


def _unmodified(subject: Subject) -> Iterator[Arm]:
    known = catalog.load().carriers
    for part in subject.parts:
        for change in part.carrier.modifications:
            plain = known[part.carrier.parent].name if part.carrier.parent else part.carrier.name
            yield Arm(f"{plain}, the same dose, without this: {lower_first(change.what)}", lower_first(change.purpose))


def standards(subject: Subject) -> Iterator[Arm]:
    """Give what patients are given at the site today, where a source names it."""
    known, here = catalog.load(), sites_around(subject.site)
    own = {part.carrier.id for part in subject.parts} | set(subject.asked.payloads)
    for item in data_of("standards")["standard"]:
        name = str(item["entry"])
        if here.isdisjoint(item["sites"]) or name in own:
            continue
        entry = known.carriers.get(name) or known.payloads[name]
        yield Arm(f"{lower_first(entry.name)}, as given today", "whether it does better", (str(item["source"]),))
