"""What a user asks about: a formulation (a nest of layers), the regimen it is given by, and the target it must meet.

Two kinds of file are read: ``kind = "formulation"`` describes one formulation; ``kind = "question"`` names
payload, regimen and target, and the carriers to compare. Quantities stay the texts they were written as, so
that a file keeps its own words; their numbers are read from them through `materials.units.parse`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from formulate.batch_records import Assay, QualityTest
from formulate.chosen_effect import ChosenEffect
from formulate.common import Calculation, Common, PayloadPart, Target
from formulate.criteria import check_weights
from formulate.faults import NEEDS, target_problems
from formulate.fields import AskedCarrierId, LayerCarrierId, at_most, not_retained, own_dose, usual_own_dose
from formulate.layer import Layer
from formulate.limits import LARGEST_WEIGHT, MOST_CARRIERS, MOST_LAYERS
from formulate.measured_release import FirstPoints, MeasuredRelease
from formulate.nest import HeldPart, around, check_nest, held_parts
from formulate.overrides import override_problems
from formulate.presets import laid_under, preset
from formulate.regimen import AlsoGiven, Regimen
from formulate.secretes import Secretes
from materials import catalog, files
from materials.errors import Fault, FileError, FormulateError, UnknownIdError, nearest, shorten
from materials.faults import FieldError, problems
from materials.mechanisms import Stage
from materials.values import Model


class Formulation(Common):
    """One formulation for one target: layers from the inside out."""

    kind: Literal["formulation"] = "formulation"
    system: LayerCarrierId | None = None
    layer: Annotated[tuple[Layer, ...], at_most(MOST_LAYERS)] = Field(min_length=1)
    effect: ChosenEffect | None = None

    @model_validator(mode="after")
    def _is_a_nest(self) -> Self:
        if self.system:
            nest = catalog.load().carrier(self.system).layers
            if nest != tuple(layer.carrier for layer in self.layer):
                raise FieldError("system", f"{self.system} is made of {' in '.join(nest) or 'no layers'}; need those")
        check_nest([part.id for part in self.payload], self.layer)
        return self

    @model_validator(mode="after")
    def _further_doses_are_alike(self) -> Self:
        own = [layer for layer in self.layer if layer.dose is not None]
        kinds: set[Literal["kg", "1"]] = {own_dose(layer.dose)[1] for layer in own if layer.dose is not None}
        unit: Literal["kg", "1"] = "1" if kinds == {"1"} and not self.payload else "kg"
        for index, problem in self.regimen.kind_problems(unit, own[0].entry.form if own else ""):
            raise FieldError(f"regimen.also.{index}.dose", problem)
        return self

    @property
    def held(self) -> tuple[HeldPart, ...]:
        """Each payload in each layer that holds it, with the layers around."""
        return held_parts(self.payload, self.layer)

    @property
    def parts(self) -> tuple[HeldPart, ...]:
        """The payload that is followed, in each layer that holds a part of it, from the inside out."""
        return tuple(item for item in self.held if item.part.id == self.cargo.id)

    @property
    def chain(self) -> tuple[Layer, ...]:
        """The layers from the first that holds the payload followed to the outermost; all, without a payload."""
        return self.parts[0].chain if self.payload else self.layer

    def following(self, payload: str) -> Self:
        """Give the formulation with another of its payloads followed, for which a level set for one does not hold.

        Raises
        ------
        UnknownIdError
            It holds no such payload.
        """
        ids = [part.id for part in self.payload]
        if payload not in ids:
            raise UnknownIdError("payload", payload, nearest(payload, ids))
        if payload == self.cargo.id:
            return self
        target = self.target.model_copy(update={"payload": payload, "unbound_above": None, "times": 1.0})
        return self.model_copy(update={"target": target})

    @property
    def each(self) -> tuple[Self, ...]:
        """The formulation once for each of its payloads, which that one follows."""
        return tuple(self.following(part.id) for part in self.payload)

    def around(self, layer: Layer) -> tuple[Layer, ...]:
        """Give the layers around one, from the inside out."""
        return around(layer, self.layer)

    @property
    def inner(self) -> Layer:
        """The layer that holds the payload that is followed."""
        return self.chain[0]

    @property
    def label(self) -> str:
        """The name to show."""
        if self.name:
            return shorten(self.name, 120)
        return " in ".join(layer.entry.name for layer in self.layer)

    @property
    def heading(self) -> str:
        """The name to show over what is told of the payload followed: with that, where there are several."""
        return f"{self.label}: {self.cargo.entry.name}" if len(self.payload) > 1 else self.label


def _known_weights(given: object) -> object:
    if isinstance(given, Mapping) and all(isinstance(weight, int | float) for weight in given.values()):
        check_weights(given)
    return given


def _preset(given: object) -> object:
    if not isinstance(given, str) or not given:
        return given
    try:
        return preset(given).id
    except FormulateError as error:
        raise ValueError(str(error)) from None


PresetId = Annotated[str, BeforeValidator(_preset)]
Weight = Annotated[float, Field(strict=True, ge=0, le=LARGEST_WEIGHT)]


class Question(Common):
    """Which carrier for this payload at this site?"""

    kind: Literal["question"] = "question"
    preset: PresetId = ""  # a common aim, whose site, target and weights hold where the file does not say its own
    payload: Annotated[tuple[PayloadPart, ...], at_most(1)] = ()  # none: the carriers are themselves the drug
    carriers: Annotated[tuple[AskedCarrierId, ...], at_most(MOST_CARRIERS)] = ()
    needs: tuple[Literal["load-bearing"], ...] = ()  # checks that decide here, though not everywhere
    weights: Annotated[dict[str, Weight], BeforeValidator(_known_weights)] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _asks_of_something(self) -> Self:
        if not self.payload and not self.carriers:
            need = "need one, or carriers that are themselves the drug"
            raise FieldError("payload", f"is missing; {need}")
        return self

    @model_validator(mode="after")
    def _site_is_computed(self) -> Self:
        if problem := not_retained(self.regimen.entry):
            raise FieldError("regimen.site", problem)
        for index, told in self.regimen.kind_problems("kg"):
            raise FieldError(f"regimen.also.{index}.dose", told)
        return self

    def formulation(self, identifier: str) -> Formulation:
        """Give the formulation of one catalog carrier, everything else as the question says."""
        carrier = catalog.load().carrier(identifier)
        holds = self.cargo.id if self.payload else ""
        layers = []
        for part in carrier.layers or (carrier.id,):
            dose = None if holds else usual_own_dose(part)
            layers.append(Layer(id=part, carrier=part, holds=(holds,) if holds else (), dose=dose))
            holds = part
        return Formulation(
            schema_version=1,
            name=carrier.name,
            system=carrier.id if carrier.layers else None,
            payload=self.payload,
            layer=tuple(layers),
            regimen=self.regimen,
            target=self.target,
            calculation=self.calculation,
        )


def read(path: Path | str, until: Stage | Literal["comparison"] = "loading") -> Formulation | Question:
    """Read a user's file; every fault is reported at once.

    `until` names the last stage that will be computed. Loading is computed for more than the rest: a carrier whose
    release is not computed yet is a fault of a file that is read for all stages, where it holds the payload that is
    followed; `predict` refuses it in any case, but no longer knows its line. A comparison takes carriers that are
    themselves the drug, too.

    Raises
    ------
    FileError
        With one line per fault: file, line, field, value and what is accepted.
    """
    path = Path(path)
    content, locator = files.read_toml(path)
    kind = content.get("kind")
    model: type[Formulation] | type[Question]
    if kind == "formulation":
        model = Formulation
    elif kind == "question":
        model = Question
    else:
        given = "is missing" if kind is None else f"{shorten(kind)!r} is not computed"
        problem = f'{given}; need "question" or "formulation"'
        if kind == "target":
            design = "`formulate design`, which writes its report with -o, and `formulate sweep`"
            problem = f'"target" is a file of {design}; need "question" or "formulation"'
        raise FileError([Fault(shorten(str(path), 120), "kind", problem, locator.line("kind"))])
    built, found = _built(model, content)
    if isinstance(built, Formulation) and not found and until != "loading":
        from formulate import computable  # which knows formulations

        checks = {"release": computable.bench_problems, "comparison": computable.comparison_problems}
        for field, problem in checks.get(until, computable.prediction_problems)(built):
            found.setdefault(field, []).append(problem)
    if found or built is None:
        raise FileError(files.faults(path, locator, found))
    return built


def build(model: type[Question] | type[Formulation], content: dict[str, Any], source: str) -> Any:
    """Build a question or a formulation from values given elsewhere, such as the command line.

    Raises
    ------
    FileError
        Naming `source` in the place of the file.
    """
    built, found = _built(model, content)
    if found or built is None:
        raise FileError([Fault(source, field, problem) for field, listed in found.items() for problem in listed])
    return built


def file_problems(content: dict[str, Any]) -> dict[str, list[str]]:
    """Give what is wrong with what a file sets and with its target, by dotted field, whatever else is wrong with it."""
    found = override_problems(content)
    for field, problem in target_problems(content):
        found.setdefault(field, []).append(problem)
    return found


def _built(
    model: type[Question] | type[Formulation], content: dict[str, Any]
) -> tuple[Question | Formulation | None, dict[str, list[str]]]:
    """Give what the content describes, or None, and every fault by dotted field."""
    if model is Question:
        content = laid_under(content)
    found = file_problems(content)
    told = set(found)  # each fault once
    try:
        return model(**content), found
    except ValidationError as error:
        for field, problem in problems(error, keys_of(model), NEEDS):
            if field not in told:
                found.setdefault(field, []).append(problem)
    return None, found


def keys_of(model: type[Model]) -> dict[str, list[str]]:
    """Give the keys that each table of a file accepts; the file itself is the empty name."""
    tables: dict[str, type[Model]] = {
        "": model,
        "payload": PayloadPart,
        "layer": Layer,
        "assay": Assay,
        "quality": QualityTest,
        "secretes": Secretes,
        "release": MeasuredRelease,
        "first_points": FirstPoints,
        "regimen": Regimen,
        "also": AlsoGiven,
        "target": Target,
        "effect": ChosenEffect,
        "calculation": Calculation,
    }
    return {name: list(table.model_fields) for name, table in tables.items()}
