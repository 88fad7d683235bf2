"""When studies at a site were read out, and how they were done."""

from collections.abc import Iterable
from dataclasses import dataclass

from formulate.standing import LinkedStudy
from materials import catalog
from materials.schema import Study
from materials.units import parse

IN_PEOPLE = ("case-report", "cohort", "trial")


@dataclass(frozen=True)
class TimePoint:
    """A time after the first dose at which a study was read out."""

    time: str
    seconds: float
    study: str
    in_people: bool
    model: str
    species: str
    aims: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Tried:
    """How one study was done, and what it found."""

    study: str
    name: str
    stage: str
    model: str  # with the species
    compared_with: str
    time: str
    findings: tuple[str, ...]  # aim and direction
    outcome: str
    sources: tuple[str, ...]


def time_points(site: str) -> tuple[TimePoint, ...]:
    """Give when studies in animals and people at a site, or at a part of it, were read out; the earliest first.

    >>> [(item.time, item.study) for item in time_points("bone-defect")][0]
    ('8 week', 'zhang-2020-bone-marrow-exosomes-nonunion')
    """
    known = catalog.load()
    here = known.within(site) if site else frozenset(known.sites)
    found = [
        TimePoint(
            time,
            parse(time, "s"),
            study.id,
            study.stage in IN_PEOPLE,
            study.model,
            study.species,
            tuple(item.aim for item in study.findings),
            (study.source,) if study.source else (),
        )
        for study in known.studies.values()
        if here.intersection(study.sites)
        for time in study.read_at
    ]
    return tuple(sorted(found, key=lambda item: (item.seconds, item.in_people, item.study)))


def tried(linked: Iterable[LinkedStudy], most: int | None = None) -> tuple[Tried, ...]:
    """Give how linked studies at the same site were done, those that say what they found or compared."""
    known = catalog.load().studies
    found: list[Tried] = []
    for item in linked:
        study = known[item.id]
        if item.place.startswith("same-site") and (study.findings or study.comparator):
            findings = tuple(f"{one.aim} {one.direction.replace('-', ' ')}" for one in study.findings)
            source = (study.source,) if study.source else ()
            found.append(
                Tried(study.id, study.name, study.stage, model_of(study), study.comparator, study.time, findings,
                      study.outcome, source)
            )  # fmt: skip
        if len(found) == most:
            break
    return tuple(found)


def model_of(study: Study) -> str:
    """Give the model of a study with its species."""
    return "; ".join(filter(None, (study.model, study.species)))
