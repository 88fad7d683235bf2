"""What to measure of a product before it is believed, and what is asked of its safety before people get it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from formulate.planning.lists import data_of, sites_around
from formulate.planning.subject import Subject
from materials import catalog
from materials.schema import Carrier


@dataclass(frozen=True)
class Prompt:
    """Something to test, of what, how, and who asks for it."""

    name: str
    of: str  # a carrier by its name; empty for the product as a whole
    how: str
    sources: tuple[str, ...]


def asked_of(item: dict[str, Any], carrier: Carrier) -> bool:
    """Tell whether an item of the list of quality is asked of a carrier."""
    if "classes" in item:
        return carrier.carrier_class in item["classes"]
    return carrier.form in item["forms"]


def quality(subject: Subject) -> Iterator[Prompt]:
    """Give what to measure of each part, of what somebody asks for by name; common practice is left to the report."""
    for item in data_of("quality")["item"]:
        for part in subject.parts:
            if item.get("source") and asked_of(item, part.carrier):
                yield Prompt(str(item["name"]), part.carrier.name, str(item["how"]), (str(item["source"]),))


def safety(subject: Subject) -> Iterator[Prompt]:
    """Give what is asked of safety, and what sources say of the step from animals to people at this site."""
    here = sites_around(subject.site)
    classes = {dose.payload.payload_class for dose in subject.payloads}
    for item in data_of("safety")["item"]:
        if here.isdisjoint(item["sites"]) if "sites" in item else False:
            continue
        if "payload" in item and not (classes & set(item["payload"]) or (classes and "*" in item["payload"])):
            continue
        sources = tuple(map(str, item["source"]))
        of = [part.carrier.name for part in subject.parts if _is_of(item, part.carrier)]
        if {"forms", "classes", "physical"}.isdisjoint(item):
            of = [""]
        for name in of:
            yield Prompt(str(item["name"]), name, str(item["how"]), sources)
    for site in sorted(here):
        for told in catalog.load().sites[site].statement:
            if told.topic == "scale":
                yield Prompt("from small animals to people", "", told.text, (told.source, *told.cites))


def _is_of(item: dict[str, Any], carrier: Carrier) -> bool:
    asked = {"forms": carrier.form, "classes": carrier.carrier_class, "physical": carrier.physical_form}
    named = [name for name in asked if name in item]
    return bool(named) and all(asked[name] in item[name] for name in named)
