"""Whose cells, of which source, how taken and primed: what the sources say, side by side, and what nobody says."""

from collections.abc import Iterator
from dataclasses import dataclass

from formulate.planning.arms import VESICLES
from formulate.planning.lists import data_of
from formulate.planning.subject import Subject
from formulate.planning.told import Disputed, Told, disputes, told_number, told_of
from materials import catalog
from materials.errors import UnknownIdError, nearest
from materials.kinship import line_of
from materials.schema import Carrier, Entry
from materials.values import Value

MADE_BY_CELLS = (*VESICLES, "secretome")
CELLS = ("cell", "engineered-cell", "platelet-product")
PATIENTS = tuple(str(item["patient"]) for item in data_of("cells")["rule"])


@dataclass(frozen=True)
class Advice:
    """Whose cells suit a patient, as a source has it."""

    patient: str
    label: str
    advice: str
    mark: str
    sources: tuple[str, ...]
    objection: str = ""  # why the cells asked for are against it


@dataclass(frozen=True)
class Topic:
    """A question of cells: what sources say of those asked for and of others, and what nobody tells."""

    topic: str
    title: str
    told: tuple[Told, ...]  # of the cells asked for first
    not_known: str


@dataclass(frozen=True)
class CellPlan:
    """All that is said of the cells that are given, or that vesicles come from."""

    source: str  # the id of where they come from, or nothing where the entry does not say
    advice: tuple[Advice, ...]
    topics: tuple[Topic, ...]
    disputed: tuple[Disputed, ...]


def cell_plan(subject: Subject, patient: str = "") -> CellPlan | None:
    """Give what is said of cells; None where neither cells nor what cells make is given.

    Raises
    ------
    UnknownIdError
        The kind of patient is none of `PATIENTS`.
    """
    if patient and patient not in PATIENTS:
        raise UnknownIdError("patient", patient, nearest(patient, PATIENTS) or list(PATIENTS))
    carriers = [part.carrier for part in subject.parts]
    with_cells = any(carrier.form == "cell" or carrier.carrier_class in CELLS for carrier in carriers)
    if not with_cells and not any(carrier.carrier_class in MADE_BY_CELLS for carrier in carriers):
        return None
    source = next((carrier.cell_source for carrier in carriers if carrier.cell_source), "")
    own = {name for carrier in carriers for name in line_of(catalog.load(), carrier.id)} | {source}
    topics = tuple(_topics(own, with_cells=with_cells))
    about = {item.about for topic in topics for item in topic.told}
    return CellPlan(source, tuple(_advice(source, patient)), topics, disputes(about))


def _advice(source: str, patient: str) -> Iterator[Advice]:
    for item in data_of("cells")["rule"]:
        if patient and item["patient"] != patient:
            continue
        objection = f"the cells asked for are of {source}" if source in item.get("avoid", ()) else ""
        yield Advice(item["patient"], item["label"], item["advice"], item["mark"], (item["source"],), objection)


def _own(entry: Entry, value: Value) -> bool:
    """True for a number that the entry of a cell, a vesicle or a source gives itself."""
    of_cells = not isinstance(entry, Carrier) or entry.carrier_class in (*CELLS, *MADE_BY_CELLS)
    return of_cells and not value.inherited_from and value.is_used


def _topics(own: set[str], *, with_cells: bool) -> Iterator[Topic]:
    known = catalog.load()
    entries: list[Entry] = [*known.carriers.values(), *known.sites.values(), *known.methods.values()]
    entries.sort(key=lambda entry: entry.id not in own)  # stable: otherwise as in the catalog
    for item in data_of("cells")["topic"]:
        if not (with_cells or item["vesicles"]):
            continue
        told = [
            part
            for entry in entries
            for part in (
                *(told_of(entry, one) for one in entry.statement if one.topic == item["topic"]),
                *(
                    told_number(entry, one)
                    for one in entry.property
                    if one.name in item["numbers"] and _own(entry, one)
                ),
            )
        ]
        yield Topic(item["topic"], item["title"], tuple(told), item["not_known"])
