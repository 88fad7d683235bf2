"""Liquids that something is injected in: what is dissolved in them, and what follows from that."""

import functools
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import tomli
from pydantic import Field

from materials.named import Named, called
from materials.values import Model, Text


class Species(Model):
    """One thing dissolved: an ion or a molecule."""

    name: Text = Field(min_length=1)
    charge: int = Field(ge=-4, le=4)
    concentration: float = Field(gt=0)  # mmol/L, that is mol/m3


class Vehicle(Named):
    """One liquid, with what is dissolved in it and its pH as sold."""

    ph: float = Field(ge=0, le=14)
    species: tuple[Species, ...] = ()
    source: str = ""
    locator: Text = ""
    note: Text = ""

    @property
    def osmolarity(self) -> float:
        """Of ideal solutes: the sum of all that is dissolved [mol/m**3, that is mOsm/L].

        >>> vehicle("saline").osmolarity
        308.0
        """
        return sum(item.concentration for item in self.species)

    @property
    def ionic_strength(self) -> float:
        """Half the sum of concentrations times charges squared [mol/m**3].

        >>> vehicle("saline").ionic_strength
        154.0
        """
        return 0.5 * sum(item.concentration * item.charge**2 for item in self.species)


class Plasma(Model):
    """The osmolarity of plasma, and that from which a vein may be harmed [mol/m**3, that is mOsm/L]."""

    low: float = Field(gt=0)
    high: float = Field(gt=0)
    harmful_from: float = Field(gt=0)
    source: str
    locator: Text = ""


@functools.cache
def vehicles() -> Mapping[str, Vehicle]:
    """Give every vehicle by its id."""
    read = [Vehicle.model_validate(row) for row in _file()["vehicle"]]
    return {item.id: item for item in read}


@functools.cache
def plasma() -> Plasma:
    """Give what an injection is held against.

    >>> plasma().low, plasma().high
    (280.0, 310.0)
    """
    return Plasma.model_validate(_file()["plasma"])


def _file() -> dict[str, Any]:
    return tomli.loads(files("materials").joinpath("data/vehicles.toml").read_text("utf-8"))


def vehicle(given: str) -> Vehicle:
    """Give a vehicle by its id, its name or what else it is called.

    Raises
    ------
    UnknownIdError
        No vehicle is called so; the nearest are named.

    Examples
    --------
    >>> vehicle("PBS").id, vehicle("normal saline").id
    ('pbs', 'saline')
    """
    return called("vehicle", given, vehicles())
