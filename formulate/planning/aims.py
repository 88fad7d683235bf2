"""What is to be mended, aim by aim: the read-outs that show it, and what studies of such carriers found."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

from formulate.planning.lists import data_of, sites_around
from formulate.standing import Asked, Rules, Support, support
from materials import catalog
from materials.errors import UnknownIdError, nearest
from materials.schema import Aim

AIMS: tuple[Aim, ...] = get_args(Aim)
MEANING: dict[Aim, str] = {
    "structure": "what images and histology show of the tissue",
    "matrix": "what builds the matrix, and what cuts it",
    "function": "movement, and clinical scores of it",
    "pain": "pain, and how animals behave with it",
    "inflammation": "cytokines and immune cells",
    "survival": "growth and death of the cells of the tissue",
    "senescence": "cells that are old before their time",
    "bone": "bone formed, or kept",
    "mechanics": "what the tissue bears",
    "vessels": "vessels that grow in",
    "nerve": "axons, myelin and neurons",
    "delivery": "where it goes, and how long it stays",
    "safety": "what it harms",
}


@dataclass(frozen=True)
class Readout:
    """Something to measure for an aim, in whom, and how it is scored."""

    aim: Aim
    name: str
    species: str
    how: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class AimFound:
    """An aim with what studies of the carriers and their kin found for it; see `formulate.standing.Support`."""

    aim: Aim
    support: Support

    @property
    def best_stage(self) -> str:
        """The stage of the weightiest study, or nothing."""
        return self.support.studies[0].stage if self.support.studies else ""

    @property
    def here(self) -> int:
        """How many of the studies were done at the site asked for, or at a part of it."""
        return sum(item.place.startswith("same-site") for item in self.support.studies)


def readouts(site: str) -> tuple[Readout, ...]:
    """Give what is read out at a site, in the order of the aims.

    >>> [item.name for item in readouts("knee") if item.aim == "senescence"][1]
    'p16INK4a and p21'
    """
    here = sites_around(site)
    found = [
        Readout(item["aim"], item["name"], item["species"], item["how"], (item["source"],))
        for item in data_of("readouts")["readout"]
        if here.intersection(item["sites"])
    ]
    return tuple(sorted(found, key=lambda item: AIMS.index(item.aim)))


def remarks(site: str) -> Iterator[tuple[str, str]]:
    """Give what to mind with models and groups at a site, each with its source."""
    here = sites_around(site)
    for item in data_of("readouts")["note"]:
        if here.intersection(item["sites"]):
            yield str(item["text"]), str(item["source"])


def chosen_aims(names: Iterable[str]) -> tuple[Aim, ...]:
    """Give aims by their names.

    Raises
    ------
    UnknownIdError
        A name that is no aim; the nearest are named.
    """
    found = {str(aim): aim for aim in AIMS}
    for name in (wanted := tuple(dict.fromkeys(names))):
        if name not in found:
            raise UnknownIdError("aim", name, nearest(name, AIMS) or AIMS)
    return tuple(found[name] for name in wanted)


def aims_of(asked: Asked, rules: Rules, aims: Sequence[Aim] = ()) -> tuple[AimFound, ...]:
    """Give aims with what was found for each: those asked for, else all that are read out at the site.

    One study may speak for one aim and against another: each is weighed by what was found for it.
    """
    shown = aims or {item.aim for item in readouts(asked.site)}
    found = (AimFound(aim, support(catalog.load(), asked, rules, aim)) for aim in aims or AIMS)
    return tuple(item for item in found if item.aim in shown or item.here)
