"""What a user asks about: a formulation (a nest of layers), the regimen it is given by, and the target it must meet.

Two kinds of file are read: ``kind = "formulation"`` describes one formulation; ``kind = "question"`` names
payload, regimen and target, and the carriers to compare. Quantities stay the texts they were written as, so
that a file keeps its own words; their numbers are read from them through `materials.units.parse`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from formulate.batch_records import Assay, QualityTest, check_assays
from formulate.chosen_effect import ChosenEffect
from formulate.criteria import check_weights
from formulate.faults import NEEDS, target_problems
from formulate.fields import (
    AskedCarrierId,
    Concentration,
    Duration,
    LayerCarrierId,
    Mass,
    SchemaVersion,
    at_most,
    counts_what_it_is,
    listed_payload,
    not_retained,
    own_dose,
    usual_own_dose,
)
from formulate.limits import (
    FEWEST_DRAWS,
    LARGEST_SEED,
    LARGEST_WEIGHT,
    MOST_CARRIERS,
    MOST_DRAWS,
    MOST_LAYERS,
    MOST_PAYLOADS,
)
from formulate.measured_release import MEASURED, FirstPoints, MeasuredRelease
from formulate.overrides import override_problems, read_overrides
from formulate.presets import laid_under, preset
from formulate.regimen import AlsoGiven, Regimen
from formulate.release_choice import PROFILES, family_of_carrier
from formulate.secretes import Secretes
from materials import catalog, files
from materials.errors import Fault, FileError, FormulateError, UnitError, UnknownIdError, nearest, shorten
from materials.faults import FieldError, problems, shown
from materials.mechanisms import Stage
from materials.schema import Carrier, Method, Payload
from materials.units import parse
from materials.values import Identifier, Model, Value

HORIZON_FACTOR = 2.0  # a calculation runs this much longer than the wanted duration unless told otherwise


class PayloadPart(Model):
    """The cargo: a catalog payload, or an inline one whose properties are all set by the user."""

    id: Annotated[Identifier, BeforeValidator(listed_payload)]
    inline: bool = Field(default=False, strict=True)
    name: str = ""
    dose: Mass | None = None
    set: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        if not self.inline:
            try:
                catalog.load().payload(self.id)
            except FormulateError as error:
                raise FieldError("id", f"{error}; or inline = true with its properties in [payload.set]") from None
        return self

    @property
    def entry(self) -> Payload:
        """The catalog entry, or an empty one for an inline payload."""
        if self.inline:
            return Payload(id=self.id, name=self.name or self.id, payload_class="inline", origin="user")
        return catalog.load().payload(self.id)

    @property
    def overrides(self) -> dict[str, Value]:
        """What the user set, by property."""
        return read_overrides(self.set)


SMALLEST_SHARE = 1e-6


def _holds(given: object) -> object:
    """Accept a list of ids, or a table of ids with the share of each that is held here."""
    if isinstance(given, Mapping):
        for name, share in given.items():
            if isinstance(share, bool) or not isinstance(share, int | float) or not SMALLEST_SHARE <= share <= 1:
                raise ValueError(f"{name} = {shorten(share)!r}; need a share of {SMALLEST_SHARE:g} to 1")
        return dict(given)
    if not isinstance(given, list | tuple) or not all(isinstance(item, str) for item in given):
        raise ValueError(f"{shorten(given)!r}; need a list of ids in square brackets, or a table of ids and shares")
    if len(set(given)) < len(given):
        raise ValueError(f"{shorten(given)!r}: an id stands twice; need each once")
    return tuple(given)


class Layer(Model):
    """One layer of the nest: a carrier, what it holds, and what the user set of it."""

    id: Identifier
    carrier: LayerCarrierId
    holds: Annotated[tuple[str, ...] | dict[str, float], BeforeValidator(_holds)] = ()
    dose: str | None = None  # of a carrier that is itself the drug: a mass, or a number of cells or particles
    method: str = ""
    shape: Literal["", "sphere", "ellipsoid", "rod", "disc", "irregular"] = ""  # as electron microscopy shows it
    assay: tuple[Assay, ...] = ()
    quality: tuple[QualityTest, ...] = ()
    secretes: tuple[Secretes, ...] = ()
    loading: dict[str, Any] = Field(default_factory=dict)
    release: MeasuredRelease | None = None
    release_from: Literal["", "published-profiles", "mechanism"] = ""  # what tells it; see formulate.release_choice
    first_points: FirstPoints | None = None
    set: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _method_is_known(self) -> Self:
        methods = self.entry.methods
        if self.method and self.method not in methods:
            raise FieldError("method", f"{shorten(self.method)!r} is unknown; need {' or '.join(methods) or 'none'}")
        if self.entry.form == "system":
            raise FieldError(
                "carrier", f"{self.carrier} is itself a nest; need its layers {', '.join(self.entry.layers)}"
            )
        return self

    @model_validator(mode="after")
    def _profiles_are_published(self) -> Self:
        if self.release_from == PROFILES and family_of_carrier(self.entry) is None:
            need = "of polyester particles and liposomes; need it left out"
            raise FieldError("release_from", f"{PROFILES}: nothing is learned of {self.carrier}, only {need}")
        if self.release_from and self.release is not None:
            raise FieldError("release_from", "stands beside a measured law, which holds; need one of the two")
        return self

    @model_validator(mode="after")
    def _dose_is_of_a_drug(self) -> Self:
        if self.dose is not None:
            if not (self.entry.is_own_drug or self.entry.form == "cell"):
                raise FieldError("dose", f"{self.carrier} is not itself a drug; need the dose under [[payload]]")
            try:
                own_dose(self.dose)
            except FormulateError as error:
                raise FieldError("dose", str(error)) from None
            if not counts_what_it_is(self.dose, self.entry.form):
                example = "20 million cells" if self.entry.form == "cell" else "1e10 particles"
                kind = "cells" if self.entry.form == "cell" else f"particles: {self.carrier} is no cell"
                raise FieldError("dose", f'{shorten(self.dose)!r}; need a number of {kind}, such as "{example}"')
        elif not self.holds:
            need = "dose of the carrier, which is the drug" if self.entry.is_own_drug else "a payload or a layer inside"
            raise FieldError("holds", f"is empty; need {need}")
        return self

    @model_validator(mode="after")
    def _cells_secrete(self) -> Self:
        if self.secretes and (self.entry.form != "cell" or self.dose is None):
            raise FieldError("secretes", f"is of living cells given by number; {self.carrier} here is not")
        names = [item.name for item in self.secretes]
        if twice := next((name for name in names if names.count(name) > 1), ""):
            raise FieldError("secretes", f"{shorten(twice)!r} stands twice; need each once")
        return self

    @property
    def entry(self) -> Carrier:
        """The catalog entry."""
        return catalog.load().carrier(self.carrier)

    @property
    def preparation(self) -> Method | None:
        """How it is made: the method asked for, else the first of the catalog entry."""
        name = self.method or next(iter(self.entry.methods), "")
        return catalog.load().method(name) if name else None

    @property
    def shares(self) -> dict[str, float]:
        """What it holds, with the share of each."""
        return dict(self.holds) if isinstance(self.holds, dict) else dict.fromkeys(self.holds, 1.0)

    @property
    def overrides(self) -> dict[str, Value]:
        """What the user set, by property, loading included."""
        loading = {name: given for name, given in self.loading.items() if name != "convention"}
        return read_overrides({**self.set, **loading})

    def as_of(self, payload: str) -> Self:
        """Give the layer without a law or first points that were measured of another payload."""
        others = [name for name in MEASURED if (given := getattr(self, name)) and given.payload not in ("", payload)]
        return self.model_copy(update=dict.fromkeys(others)) if others else self

    @property
    def convention(self) -> Literal["A", "B"]:
        """The drug-loading convention: asked for, else that of the method, else A."""
        asked: Literal["A", "B"] | None = self.loading.get("convention")
        if asked:
            return asked
        return (self.preparation.convention if self.preparation else None) or "A"


class Target(Model):
    """What must be reached: an unbound concentration, for how long, in which compartment."""

    compartment: str = ""  # the first of the site where left out
    payload: str = ""
    unbound_above: Concentration | None = None
    times: float = Field(
        default=1.0, strict=True, ge=1e-3, le=1e4
    )  # the effective concentration, where unbound_above is left out
    duration: Duration = "28 d"
    probability: float = Field(default=0.8, strict=True, gt=0, lt=1)

    @model_validator(mode="after")
    def _one_level(self) -> Self:
        if self.unbound_above is not None and self.times != 1.0:
            raise FieldError("times", f"{self.times:g} beside unbound_above: need one of the two")
        return self

    def level(self, molar_mass: float) -> float:
        """Give the concentration asked for [kg/m3], for a molar mass [kg/mol]."""
        assert self.unbound_above
        try:
            return parse(self.unbound_above, "umol/L") * molar_mass
        except UnitError:
            return parse(self.unbound_above, "ng/mL")

    @property
    def seconds(self) -> float:
        """The wanted duration [s]."""
        return parse(self.duration, "d")


class Calculation(Model):
    """How it is computed."""

    draws: int = Field(default=1024, strict=True, ge=FEWEST_DRAWS, le=MOST_DRAWS)
    seed: int = Field(default=7, strict=True, ge=0, le=LARGEST_SEED)
    horizon: Duration | None = None


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


class Common(Model):
    """What every file of a user says: the drug, how it is given, what it must reach, how it is computed."""

    schema_version: SchemaVersion
    name: str = ""
    payload: Annotated[tuple[PayloadPart, ...], at_most(MOST_PAYLOADS)] = ()
    regimen: Regimen
    target: Target = Target()
    calculation: Calculation = Calculation()

    @property
    def cargo(self) -> PayloadPart:
        """The payload that is followed, of several that of the target: the one it names, else the first."""
        return next((part for part in self.payload if part.id == self.target.payload), self.payload[0])

    @property
    def compartment(self) -> str:
        """The compartment of the target: the one asked for, else the first of the site."""
        return self.target.compartment or next(iter(self.regimen.entry.compartments), "")

    @property
    def horizon(self) -> float:
        """How long the calculation runs [s]."""
        asked, wanted = self.calculation.horizon, self.target.seconds
        return parse(asked, "d") if asked else max(HORIZON_FACTOR * wanted, self.regimen.starts[-1] + wanted)


CAN_BE_HELD = ("particle", "vesicle", "micelle", "cell")  # forms of carriers that may be inside another
CAN_HOLD = ("particle", "vesicle", "cell", "depot")
CAN_BE_MEASURED = ("particle", "vesicle", "depot")  # forms whose release a law of the user's may give


@dataclass(frozen=True)
class HeldPart:
    """A payload, or a share of it, in the layer that holds it and those around that one."""

    part: PayloadPart
    share: float
    chain: tuple[Layer, ...]


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
        left = {part.id: 1.0 for part in self.payload}  # the share of each that no layer holds yet
        if len(left) < len(self.payload):
            raise ValueError("payload: an id stands twice; need each payload once")
        forms = {layer.id: layer.entry.form for layer in self.layer}
        if len(forms) < len(self.layer) or forms.keys() & left.keys():
            raise ValueError("layer: the id is taken; need an id of its own for each layer and payload")
        for index, layer in enumerate(self.layer):
            field = f"layer.{index}.holds"
            for held, share in layer.shares.items():
                if share > left.get(held, 0.0) * (1 + 1e-9):
                    free = ", ".join(f'"{name}"' for name, rest in left.items() if rest > 0)
                    given = shown(layer.holds if isinstance(layer.holds, dict) else list(layer.holds))
                    raise FieldError(field, f"{given}; need [{free}], from the inside out")
                if held in forms and share < 1:
                    raise FieldError(field, f"{held} = {share:g}; a layer is held as a whole: need 1")
                inside, outside = forms.get(held, ""), layer.entry.form
                if held in forms and not (inside in CAN_BE_HELD and outside in CAN_HOLD):
                    problem = f"a {inside} in a {outside} is not computed; need a particle or vesicle in a depot"
                    raise FieldError(field, f"{problem}, or in a particle or cell")
                left[held] = 0.0 if abs(left[held] - share) < 1e-9 else left[held] - share
            left[layer.id] = 1.0
        payloads = [part.id for part in self.payload]
        for index, layer in enumerate(self.layer):
            check_assays(layer.assay, f"layer.{index}.assay", [name for name in layer.shares if name in payloads])
        self._check_measured()
        outermost = self.layer[-1].id
        for name, rest in left.items():
            if rest > 0 and name != outermost:
                what = "is held by no layer" if rest == 1 else f"is held to {100 * (1 - rest):.6g} %"
                raise ValueError(f"{name} {what}; need all of it in the layers, from the inside out")
        return self

    @model_validator(mode="after")
    def _further_doses_are_alike(self) -> Self:
        own = [layer for layer in self.layer if layer.dose is not None]
        kinds: set[Literal["kg", "1"]] = {own_dose(layer.dose)[1] for layer in own if layer.dose is not None}
        unit: Literal["kg", "1"] = "1" if kinds == {"1"} and not self.payload else "kg"
        for index, problem in self.regimen.kind_problems(unit, own[0].entry.form if own else ""):
            raise FieldError(f"regimen.also.{index}.dose", problem)
        return self

    def _check_measured(self) -> None:
        """Refuse a law or first points of what is not inside the layer, or of one of several that is not named."""
        for index, layer in enumerate(self.layer):
            inside = [part.id for part in self.payload if any(part.id in item.shares for item in self._within(layer))]
            for table in MEASURED:
                given = getattr(layer, table)
                if given is None or given.payload in inside or (not given.payload and len(inside) < 2):
                    continue
                told = f"{shown(given.payload)}; need" if given.payload else "is missing; need that which was measured,"
                raise FieldError(f"layer.{index}.{table}.payload", f"{told} {' or '.join(inside) or 'it left out'}")

    def _within(self, layer: Layer) -> Iterator[Layer]:
        """Give a layer and all that are inside it."""
        yield layer
        for item in self.layer:
            if item.id in layer.shares:
                yield from self._within(item)

    @property
    def held(self) -> tuple[HeldPart, ...]:
        """Each payload in each layer that holds it, with the layers around."""
        return tuple(
            HeldPart(part, layer.shares[part.id], tuple(item.as_of(part.id) for item in (layer, *self.around(layer))))
            for part in self.payload
            for layer in self.layer
            if part.id in layer.shares
        )

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
        holders = {name: item for item in self.layer for name in item.shares}
        found: list[Layer] = []
        while layer.id in holders:
            layer = holders[layer.id]
            found.append(layer)
        return tuple(found)

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
