"""Common aims as data: the site, state, route, target and weights that a question starts from, each with its reason."""

import functools
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Self

import tomli
from pydantic import Field, model_validator

from formulate.criteria import WEIGHTS
from materials.errors import UnknownIdError, nearest, shorten
from materials.values import Identifier, Model

WHOLE = 100.0  # what the weights of a preset add up to


class Why(Model):
    """Why something is as it is, and who says so."""

    reason: str = Field(min_length=1)
    source: str = ""  # key of the bibliography; empty where it is a choice of this program
    locator: str = ""


class Given(Why):
    """One key of a question that a preset gives."""

    field: str  # dotted, as in a question file
    value: str


class Weighed(Why):
    """The weight of one part of the score."""

    part: str
    weight: float = Field(ge=0, le=WHOLE)


class Preset(Model):
    """A common aim."""

    id: Identifier
    name: str
    aim: str
    source: str
    locator: str
    given: tuple[Given, ...]
    weight: tuple[Weighed, ...]

    @model_validator(mode="after")
    def _weighs_every_part_once(self) -> Self:
        if sorted(item.part for item in self.weight) != sorted(WEIGHTS):
            raise ValueError(f"{self.id}: need a weight for each of {', '.join(WEIGHTS)}")
        return self

    @property
    def weights(self) -> dict[str, float]:
        """The weights by the name of the part, in the order that parts are shown."""
        found = {item.part: item.weight for item in self.weight}
        return {name: found[name] for name in WEIGHTS}

    def value(self, field: str) -> str:
        """Give what it says of a key, or nothing."""
        return next((item.value for item in self.given if item.field == field), "")

    @property
    def content(self) -> dict[str, Any]:
        """The keys of a question, by table."""
        found: dict[str, Any] = {"weights": self.weights}
        for item in self.given:
            table, _, key = item.field.partition(".")
            if key:
                found.setdefault(table, {})[key] = item.value
            else:
                found.setdefault(table, []).append(item.value)
        return found


@functools.cache
def presets() -> Mapping[str, Preset]:
    """Give all presets by id, in the order they are shown."""
    content = tomli.loads(files("formulate").joinpath("presets.toml").read_text("utf-8"))
    found = [Preset(**item) for item in content["preset"]]
    return {item.id: item for item in found}


def preset(identifier: str) -> Preset:
    """Give a preset by its id.

    Raises
    ------
    UnknownIdError
        There is none of that id.
    """
    known = presets()
    if identifier not in known:
        near = nearest(identifier, known)
        raise UnknownIdError("preset", shorten(identifier), near or list(known))
    return known[identifier]


def laid_under(content: Mapping[str, Any]) -> dict[str, Any]:
    """Give the content of a question over that of the preset it names: its own keys win.

    At another site than the preset's, its state, route and compartment mean nothing and are left out.
    """
    name = content.get("preset")
    if not isinstance(name, str) or name not in presets():
        return dict(content)
    found = presets()[name].content
    regimen = content.get("regimen")
    site = regimen.get("site") if isinstance(regimen, Mapping) else None
    if site not in (None, found["regimen"]["site"]):
        found["regimen"] = {}
        found["target"].pop("compartment", None)
    merged = {**found, **content}
    for table in ("regimen", "target", "weights"):
        own = content.get(table, {})
        merged[table] = {**found[table], **own} if isinstance(own, Mapping) else own
    return merged
