"""How carriers and payloads are handled: by which ways they are made sterile, and what needle, filter and vein pass.

The ways and the order in which they are asked for are those of the European guideline on sterilisation [ema2019]_.
"""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal, Self

import tomli
from pydantic import Field, model_validator

from materials.evidence import Evidence
from materials.schema import Carrier, Payload
from materials.values import Identifier, Sourced, Text, Value

Bears = Literal["yes", "loss", "unsure", "no"]
ANY_CLASS = "*"


class _Handled(Sourced, frozen=True, extra="forbid"):
    words: Text = Field(min_length=1)
    note: Text = ""

    @model_validator(mode="after")
    def _has_a_ground(self) -> Self:
        if not self.source and not self.note:
            raise ValueError(f"{self.words!r}: need a source, or a note with the rationale")
        if self.evidence not in (Evidence.ASSUMED, Evidence.DERIVED) and not self.source:
            raise ValueError(f"{self.words!r}: evidence {self.evidence} needs a source")
        return self


class Sterilisation(_Handled, frozen=True, extra="forbid"):
    """What some carriers or payloads bear on the way to being sterile."""

    carriers: tuple[Identifier, ...] = ()
    classes: tuple[Identifier, ...] = ()  # of carriers
    payload_classes: tuple[str, ...] = ()
    autoclave: Bears
    radiation: Bears
    filtration: Literal["yes", "no", "by-size", "precursor"]

    @model_validator(mode="after")
    def _is_of_something(self) -> Self:
        if sum(bool(named) for named in (self.carriers, self.classes, self.payload_classes)) != 1:
            raise ValueError(f"{self.words!r}: need one of carriers, classes and payload_classes")
        return self


class GelForm(_Handled, frozen=True, extra="forbid"):
    """In which form some gels go through a needle."""

    carriers: tuple[Identifier, ...] = Field(min_length=1)
    form: Literal["liquid", "liquid-or-granules"]


@dataclass(frozen=True)
class Handling:
    """All that is known of handling."""

    numbers: Mapping[str, Value]
    sterilisation: tuple[Sterilisation, ...]
    gels: tuple[GelForm, ...]

    @property
    def sources(self) -> Iterator[str]:
        """The keys of the bibliography it rests on."""
        for item in (*self.numbers.values(), *self.sterilisation, *self.gels):
            if item.source:
                yield item.source


@functools.cache
def handling() -> Handling:
    """Give what is known of handling.

    >>> handling().numbers["bore_to_particle_ratio"].typical
    4.0
    """
    read: dict[str, Any] = tomli.loads(files("materials").joinpath("data/handling.toml").read_text("utf-8"))
    numbers = {name: Value.model_validate({**row, "name": name}) for name, row in read["numbers"].items()}
    ways = tuple(Sterilisation.model_validate(row) for row in read["sterilisation"])
    return Handling(numbers, ways, tuple(GelForm.model_validate(row) for row in read["gel"]))


def sterilisation_of(entry: Carrier | Payload) -> Sterilisation | None:
    """Give what a carrier or payload bears, by its id, else its class; None where nothing is known.

    >>> from materials import catalog
    >>> sterilisation_of(catalog.load().carrier("liposome")).filtration
    'by-size'
    """
    listed = handling().sterilisation
    if isinstance(entry, Payload):
        own = [item for item in listed if entry.payload_class in item.payload_classes]
        return next(iter(own or [item for item in listed if ANY_CLASS in item.payload_classes]), None)
    own = [item for item in listed if entry.id in item.carriers]
    return next(iter(own or [item for item in listed if entry.carrier_class in item.classes]), None)


def gel_form(carrier: Carrier) -> GelForm | None:
    """Give in which form a gel goes through a needle, or None where that is not known."""
    return next((item for item in handling().gels if carrier.id in item.carriers), None)
