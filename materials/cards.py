"""The catalog's card index: what a list shows of each entry and what it is searched by, without the entries.

A list reads the compiled cards alone, which takes a fraction of the time that the whole catalog takes.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from materials import compiled, places
from materials.errors import FormulateError, UnknownIdError, near, shorten
from materials.evidence import Evidence

KINDS = ("carrier", "payload", "site", "method", "study")
ANY = "any"  # asks for all that name a target
MARKS = ("stated", "hedged", "title")
STAGES = (
    "concept", "in-vitro", "small-animal", "large-animal", "case-report", "cohort", "trial", "review", "not-stated"
)  # fmt: skip
ALSO_CALLED = {  # what people say for a property of the vocabulary
    "size": "diameter",
    "pdi": "polydispersity_index",
    "ee": "encapsulation_efficiency",
    "dl": "drug_loading",
    "zeta": "zeta_potential",
    "mw": "molar_mass",
    "logp": "logp_octanol_water",
    "solubility": "aqueous_solubility",
    "burst": "burst_fraction",
    "modulus": "storage_modulus",
}


@dataclass(frozen=True)
class Card:
    """One entry as a list shows and finds it."""

    kind: str
    id: str
    name: str
    name_zh: str
    of_class: str
    physical_form: str
    direction: str
    about: tuple[str, ...]
    values: int
    runs: str
    cell_source: str
    sites: tuple[str, ...]
    evidence: tuple[str, ...]
    stages: tuple[str, ...]
    has: tuple[str, ...]
    levels: tuple[str, ...]  # property and evidence level of each value, with a blank between
    yours: int  # values of the user's own
    targets: tuple[str, ...]  # what it seeks or acts on: modifications, `acts_on`, mechanisms told
    words: str


@dataclass(frozen=True)
class Cards:
    """The cards of all kinds, and the names that conditions may use."""

    version: str
    cards: Mapping[str, tuple[Card, ...]]
    classes: Mapping[str, tuple[str, ...]]
    within: Mapping[str, tuple[str, ...]]  # of each site, by id and listed name: itself and what lies below it
    properties: Mapping[str, str]  # labels by name

    def find(
        self,
        kind: str,
        *,
        of_class: str = "",
        site: str = "",
        evidence: str = "",
        stage: str = "",
        has: str = "",
        text: str = "",
        cell_source: str = "",
        targets: str = "",
    ) -> list[Card]:
        """Give the cards of a kind that meet every condition given; see `materials.search.find`."""
        _check("kind", kind, KINDS)
        found: Iterable[Card] = self.cards[kind]
        if of_class:
            _check(f"{kind} class", of_class, STAGES if kind == "study" else self.classes.get(kind, ()))
            found = [card for card in found if card.of_class == of_class]
        if site:
            if site not in self.within:
                raise UnknownIdError("site", site, near(site, self.within))
            places_within = set(self.within[site])
            found = [card for card in found if places_within.intersection(card.sites)]
        if evidence:
            _check("evidence level", evidence, (*Evidence, *MARKS))
            level = f"{self.property_called(has)} {evidence}" if has else evidence
            found = [card for card in found if level in (card.levels if has else card.evidence)]
        if stage:
            _check("stage", stage, STAGES)
            found = [card for card in found if stage in card.stages]
        if has:
            name = self.property_called(has)
            found = [card for card in found if name in card.has]
        if cell_source:
            _check("cell source", cell_source, sorted({card.cell_source for card in self.cards["carrier"]} - {""}))
            found = [card for card in found if card.cell_source == cell_source]
        if targets:
            found = [card for card in found if targets_of(card, targets)]
        words = [_beginning(word) for word in text.casefold().split()]
        return [card for card in found if all(word.search(card.words) for word in words)]

    def property_called(self, given: str) -> str:
        """Give the name of a property from its name, its label, or what people call it."""
        name = given.strip().casefold().replace("-", "_").replace(" ", "_")
        name = ALSO_CALLED.get(name, name)
        if name in self.properties:
            return name
        labelled = [item for item, label in self.properties.items() if label.casefold() == given.strip().casefold()]
        if len(labelled) == 1:
            return labelled[0]
        raise UnknownIdError("property", given, near(name, self.properties))


def in_force() -> Cards:
    """Give the cards of the catalog in force; from the compiled form where no file of the user is laid over it."""
    if not places.own_files(places.asked_for):
        digest = places.compiled_digest(places.digest_of(dict(places.shipped_files())))
        body = compiled.read("cards", digest)
        if body is not None:
            try:
                return _from_json(body)
            except (
                ValueError,
                TypeError,
                LookupError,
                AttributeError,
                RecursionError,
            ):  # of another shape: make it anew
                pass
        made = _of_catalog()
        compiled.write("cards", digest, json.dumps(asdict(made), ensure_ascii=False).encode())
        return made
    return _of_catalog()


def _of_catalog() -> Cards:
    from materials.catalog import load
    from materials.search import cards_of

    return cards_of(load())


def _from_json(body: bytes) -> Cards:
    read = json.loads(body)
    lists = {field.name for field in fields(Card) if "tuple" in str(field.type)}

    def card(row: dict[str, Any]) -> Card:
        made: dict[str, Any] = {name: tuple(item) if name in lists else item for name, item in row.items()}
        return Card(**made)

    given = read.pop("cards")
    cards = {kind: tuple(card(row) for row in given[kind]) for kind in KINDS}
    return Cards(cards=cards, **read)


def targets_of(card: Card, asked: str) -> list[str]:
    """Give what an entry seeks or acts on that holds all words asked for; with `any`, all of it."""
    words = [] if asked.strip().casefold() == ANY else [_beginning(word) for word in asked.casefold().split()]
    return [told for told in card.targets if all(word.search(told.casefold()) for word in words)]


def _beginning(word: str) -> "re.Pattern[str]":
    """Give the pattern of a word: at the beginning of one in the text, or anywhere if it is not in Latin letters."""
    return re.compile((r"(?<![a-z0-9])" if word[0].isascii() and word[0].isalnum() else "") + re.escape(word))


def _check(what: str, given: str, accepted: Iterable[str]) -> None:
    names = [str(name) for name in accepted]
    if given not in names:
        if len(names) <= len(STAGES):
            raise FormulateError(f"unknown {what} {shorten(given)!r}; need {', '.join(names) or 'none'}")
        raise UnknownIdError(what, given, near(given, names))
