"""The fitted priors that ship with the program: coefficients of a regression, never a row of the data behind it."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import tomli


@dataclass(frozen=True)
class Descriptor:
    """What a prediction can use of a payload or a preparation, and the range it was fitted on."""

    name: str
    words: str
    unit: str  # of the values given, SI
    transform: str  # log10, linear or flag
    smallest: float  # of the transformed value
    largest: float
    scale: float  # standard deviation within carrier families


@dataclass(frozen=True)
class Family:
    """A family of carriers: what is typical of its descriptors, where one is not given."""

    id: str
    words: str
    centre: Mapping[str, float]  # transformed, mean over studies
    spread: Mapping[str, float]  # transformed, standard deviation over studies


@dataclass(frozen=True)
class Cell:
    """A family made by one method: what was measured, and how its scatter compares with that of all."""

    family: str
    method: str
    rows: int
    studies: int
    payloads: int
    low: float  # measured efficiency: 10th, 50th and 90th percentile, each study with the same weight
    median: float
    high: float
    stretch: float


@dataclass(frozen=True)
class EfficiencyPrior:
    """The encapsulation-efficiency regression: terms, coefficients, their covariance, and scatters, all in logits."""

    terms: tuple[str, ...]
    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]  # lower triangle
    study: float  # standard deviation between studies of one payload
    payload: float  # between payloads
    row: float  # between formulations of one study
    new_family: float  # prior standard deviation of the term of a family, and of a method, that was never seen
    new_method: float
    descriptors: tuple[Descriptor, ...]
    families: tuple[Family, ...]
    cells: tuple[Cell, ...]
    same_as: Mapping[str, str] = field(default_factory=dict)  # methods by the name they were fitted under
    sources: tuple[str, ...] = ()  # keys of the bibliography
    studies: tuple[str, ...] = ()  # those the fit has seen

    def family(self, identifier: str) -> Family | None:
        """Give a family by its id, or None."""
        return next((family for family in self.families if family.id == identifier), None)

    def cell(self, family: str, method: str) -> Cell | None:
        """Give what was measured of a family made by a method, or None; an empty method means all of them."""
        name = self.same_as.get(method, method)
        return next((cell for cell in self.cells if (cell.family, cell.method) == (family, name)), None)


@functools.cache
def encapsulation() -> EfficiencyPrior:
    """Give the shipped regression of encapsulation efficiency."""
    text = (files("materials") / "data" / "priors" / "encapsulation.toml").read_text("utf-8")
    return efficiency_prior(tomli.loads(text))


def efficiency_prior(content: Mapping[str, Any]) -> EfficiencyPrior:
    """Give a regression from the content of its file."""
    model = content["model"]
    return EfficiencyPrior(
        terms=tuple(model["terms"]),
        coefficients=tuple(model["coefficients"]),
        covariance=tuple(tuple(row) for row in model["covariance"]),
        study=model["study"],
        payload=model["payload"],
        row=model["row"],
        new_family=model["new_family"],
        new_method=model["new_method"],
        descriptors=tuple(Descriptor(**item) for item in content["descriptor"]),
        families=tuple(Family(**item) for item in content["family"]),
        cells=tuple(Cell(**item) for item in content["cell"]),
        same_as=content["same_as"],
        sources=tuple(content["fit"]["sources"]),
        studies=tuple(content["fit"]["studies"]),
    )
