"""What the sources say that a plan must heed: risks, causes, kinds of patients, and where they disagree."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from formulate.planning.lists import sites_around
from formulate.planning.subject import Subject
from formulate.report.text import input_number, unit_text
from formulate.standing import parts_of
from materials import catalog
from materials.kinship import line_of
from materials.schema import Conflict, Entry
from materials.values import Statement, Value

DOSE = "dose response"
PATIENTS = ("patient factors", "biomarker", "confounder", "cause")


@dataclass(frozen=True)
class Told:
    """One statement of the catalog: what it is about, as its source has it, and what follows for a plan."""

    about: str  # the id of the entry
    name: str
    kind: str
    topic: str
    degree: str
    text: str
    implication: str  # ours, not the source's
    mark: str
    sources: tuple[str, ...]

    @property
    def words(self) -> str:
        """The statement with its degree, and with the hedge of its source."""
        hedge = " (hedged)" if self.mark == "hedged" else " (known from a title)" if self.mark == "title" else ""
        return f"{self.text}{hedge}"


@dataclass(frozen=True)
class Disputed:
    """Two statements that cannot both hold, and how that is taken here."""

    id: str
    title: str
    statement: str
    against: str
    handling: str
    sources: tuple[str, ...]


def told_of(entry: Entry, statement: Statement) -> Told:
    """Give a statement of an entry as a plan tells it."""
    sources = tuple(filter(None, (statement.source, *statement.cites)))
    return Told(entry.id, entry.name, statement.kind, statement.topic, statement.degree, statement.text,
                statement.implication, statement.mark, sources)  # fmt: skip


def told_number(entry: Entry, value: Value) -> Told:
    """Give a number of an entry as a plan tells it: what its source gives, and on what."""
    label = catalog.load().property(value.name).label
    ends = [input_number(end) for end in (value.low, value.high) if end is not None]
    amount = input_number(value.typical) if value.typical_is == "given" else " to ".join(ends)
    number = f"{label}: {amount} {unit_text(value.unit)}".rstrip()
    text = "; ".join(filter(None, (number, value.species, value.conditions)))
    sources = tuple(filter(None, (value.source, *value.cites)))
    return Told(entry.id, entry.name, "number", value.name, "", text, "", value.mark, sources)


def warnings(subject: Subject) -> Iterator[Told]:
    """Give the risks and cautions of the site, the payloads and the carriers, and of what these are a kind of."""
    known = catalog.load()
    sites = [known.sites[name] for name in sorted(sites_around(subject.site))]
    names = [name for part in parts_of(subject.asked) for name in line_of(known, part)]
    carriers = [known.carriers[name] for name in dict.fromkeys(names)]
    entries: list[Entry] = [*sites, *(dose.payload for dose in subject.payloads), *carriers]
    found = [(entry, told) for entry in entries for told in entry.statements("risk", "caution")]
    if any(part.carrier.form == "cell" for part in subject.parts):  # the harm of many cells is told of one kind only
        every = known.carriers.values()
        found += [(entry, told) for entry in every for told in entry.statements("risk") if told.topic == DOSE]
    told_once = {told.text: (entry, told) for entry, told in reversed(found) if told.degree != "low"}
    for entry, told in reversed(told_once.values()):
        yield told_of(entry, told)


def patients(subject: Subject) -> Iterator[Told]:
    """Give what sources say of kinds of patients and causes of the disease at the site, its parts included."""
    known = catalog.load()
    within = known.within(subject.site) if subject.site else frozenset()
    for name in sorted(sites_around(subject.site) | within):
        for statement in known.sites[name].statement:
            if statement.topic in PATIENTS:
                yield told_of(known.sites[name], statement)


def disputes(about: Iterable[str]) -> tuple[Disputed, ...]:
    """Give the conflicts on what was found that touch any of some entries; those about a number stand with it."""
    names = set(about)
    return tuple(
        _disputed(item)
        for item in catalog.load().conflicts.values()
        if item.conflict_class in ("between-reviews", "within-review") and names.intersection(item.entries)
    )


def _disputed(item: Conflict) -> Disputed:
    sources = dict.fromkeys((item.check_source, *(named.source for named in item.named_in)))
    return Disputed(item.id, item.title, item.statement, item.against, item.handling, tuple(filter(None, sources)))
