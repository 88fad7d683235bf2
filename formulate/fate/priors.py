"""What kind and name let expect of an agent, read from `materials/data/priors/agents.toml`."""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import tomli

Triple = tuple[float, float, float]  # typical, 10th and 90th percentile


@dataclass(frozen=True)
class DrugClass:
    """Drugs that are alike: what their properties may be, in the units of the file."""

    id: str
    about: str
    words: tuple[str, ...]
    typical_molar_mass: float  # g/mol
    properties: Mapping[str, Triple]
    is_label: bool = False  # a label: a carrier that bears it does not hold a drug


@dataclass(frozen=True)
class Kind:
    """A kind of agent: its form, what it holds, how long it keeps that and lasts itself."""

    id: str
    family: str  # kinds that share a calibration
    form: str  # dissolved, crystal, particle, vesicle, micelle, cell, gel
    drug: str  # class where the name of the agent names none
    words: tuple[str, ...]
    size: Triple | None = None  # nm
    zeta: Triple | None = None  # mV
    keeps: Triple | None = None  # half-life of what is inside, days
    lasts: Triple | None = None  # half-life of the carrier or of the label that is part of it, days
    burst: Triple | None = None  # fraction
    crystal_diameter: Triple | None = None  # um
    embedded: Triple | None = None  # share of crystals that dissolve with the half-life `keeps` wherever they lie
    marrow_uptake: Triple | None = None  # share of an intravenous dose that marrow takes up
    holds_drug: bool = False
    in_gel: bool = False
    fixed_drug: bool = False  # the name of the agent does not change the class


@dataclass(frozen=True)
class Width:
    """How far a prediction may miss what a study finds, beyond what is told of the agent."""

    model_share: float  # of the spread of the draws that is kept
    time: float  # log10 standard deviation of the scale of time
    ratio: float  # the same of clearances, concentrations, coefficients and ratios
    fraction: float  # standard deviation in logits, besides that of time


@dataclass(frozen=True)
class Shift:
    """How much slower or faster than the models a family of kinds is at a place, from measured fates."""

    place: str
    family: str
    log10_time: float
    studies: int


@dataclass(frozen=True)
class Priors:
    """Everything the file holds."""

    units: Mapping[str, str]
    drugs: tuple[DrugClass, ...]
    kinds: tuple[Kind, ...]
    species: Mapping[str, Mapping[str, Any]]
    places: Mapping[str, Mapping[str, Any]]
    stays: tuple[Mapping[str, Any], ...]
    small_joint: Mapping[str, Any]
    width: Width
    shifts: tuple[Shift, ...] = field(default=())

    def drug(self, identifier: str) -> DrugClass:
        """Give a class of drugs by its id."""
        return next(item for item in self.drugs if item.id == identifier)

    def shift(self, place: str, family: str) -> Shift:
        """Give what was found of a family at a place; nothing where nobody measured it."""
        found = (item for item in self.shifts if (item.place, item.family) == (place, family))
        return next(found, Shift(place, family, 0.0, 0))


@functools.cache
def shipped() -> Priors:
    """Give the priors that ship."""
    return read_priors(tomli.loads((files("materials") / "data" / "priors" / "agents.toml").read_text("utf-8")))


def read_priors(content: Mapping[str, Any]) -> Priors:
    """Give priors from the content of their file."""
    drugs = tuple(
        DrugClass(
            item["id"],
            item["about"],
            tuple(item["words"]),
            item["typical_molar_mass"],
            {name: _triple(given) for name, given in item["set"].items()},
            item.get("is_label", False),
        )
        for item in content["drug"]
    )
    kinds = tuple(Kind(**{key: _frozen(given) for key, given in item.items()}) for item in content["kind"])
    calibration = content["calibration"]
    return Priors(
        content["units"],
        drugs,
        kinds,
        content["species"],
        content["place"],
        tuple(content["stay"]),
        content["small_joint"],
        Width(**calibration["width"]),
        tuple(Shift(**item) for item in calibration.get("shift", ())),
    )


def _frozen(given: Any) -> Any:
    return tuple(given) if isinstance(given, list) else given


def _triple(given: Any) -> Triple:
    typical, low, high = given
    return float(typical), float(low), float(high)


def words_of(text: str) -> str:
    """Give a text in lower case with one blank between its words.

    >>> words_of("polymer_NP_PEG (bare)")
    'polymer np peg bare'
    """
    return " ".join(re.sub(r"[^a-z0-9+:.\-]+", " ", text.casefold().replace("_", " ")).split())


def holds_word(text: str, word: str) -> bool:
    """Tell whether a text of `words_of` holds a word or words.

    >>> holds_word("iodide 125i-albumin", "albumin"), holds_word("isodide", "iodide")
    (True, False)
    """
    return re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", text) is not None
