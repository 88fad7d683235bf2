"""What a user asks about: a formulation (a nest of layers), the regimen it is given by, and the target it must meet.

Two kinds of file are read: ``kind = "formulation"`` describes one formulation; ``kind = "question"`` names
payload, regimen and target, and the carriers to compare. Quantities stay the texts they were written as, so
that a file keeps its own words; their numbers are read from them through `materials.units.parse`.
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from formulate.faults import NEEDS, target_problems
from formulate.limits import FEWEST_DRAWS, LARGEST_SEED, LARGEST_WEIGHT, MOST_CARRIERS, MOST_DRAWS
from formulate.overrides import override_problems, read_overrides
from materials import catalog, files
from materials.errors import Fault, FileError, FormulateError, UnitError, UnknownIdError, nearest, shorten
from materials.faults import FieldError, problems
from materials.schema import Carrier, Payload, Site
from materials.units import convert, parse
from materials.values import Identifier, Model, Value

HORIZON_FACTOR = 2.0  # a calculation runs this much longer than the wanted duration unless told otherwise


def _check(unit: str, smallest: float, largest: float, text: object) -> object:
    """Give a text back whose quantity lies between two numbers of `unit`."""
    value = convert(parse(text, unit), unit)  # type: ignore[arg-type]  # parse refuses what is not a text
    if value <= 0:
        raise ValueError(f"{shorten(text)!r}: not above zero; need a number above zero with a unit such as {unit}")
    if not smallest * (1 - 1e-9) <= value <= largest * (1 + 1e-9):
        raise ValueError(f"{shorten(text)!r}: beyond what is conceivable; need {smallest:g} to {largest:g} {unit}")
    return text


def _between(unit: str, smallest: float, largest: float) -> BeforeValidator:
    return BeforeValidator(partial(_check, unit, smallest, largest))


def _known(look_up: Callable[[str], object]) -> BeforeValidator:
    def check(given: object) -> object:
        if not isinstance(given, str):
            raise ValueError(f"{shorten(given)!r}: not a text; need an id in quotes")
        try:
            return look_up(given).id  # type: ignore[attr-defined]  # every catalog entry has an id
        except FormulateError as error:
            raise ValueError(str(error)) from None

    return BeforeValidator(check)


Mass = Annotated[str, _between("mg", 1e-9, 1e6)]
Volume = Annotated[str, _between("mL", 1e-3, 1e3)]
Duration = Annotated[str, _between("d", 1e-3, 3653.0)]  # a minute and a half to ten years


def _concentration(text: object) -> object:
    """Accept an amount or a mass per volume: bioanalysis reports ng/mL."""
    try:
        return _check("umol/L", 1e-9, 1e9, text)
    except UnitError as error:
        try:
            return _check("ng/mL", 1e-6, 1e12, text)
        except UnitError:
            raise error from None


Concentration = Annotated[str, BeforeValidator(_concentration)]
CarrierId = Annotated[str, _known(lambda given: _runnable(given))]
PayloadId = Annotated[str, _known(lambda given: catalog.load().payload(given))]
SiteId = Annotated[str, _known(lambda given: _computed(given))]


def _runnable(given: str) -> Carrier:
    known = catalog.load()
    try:
        carrier = known.carrier(given)
    except UnknownIdError:
        raise UnknownIdError("carrier", given, nearest(given, known.runnable_carriers())) from None
    if not known.is_runnable(carrier):
        near = ", ".join(nearest(carrier.id, known.runnable_carriers()))
        raise ValueError(f"{carrier.id} can be looked up, but no calculator knows it yet; nearest that can run: {near}")
    return carrier


def _computed(given: str) -> Site:
    known = catalog.load()
    site = known.site(given)
    if not site.mechanisms.retention:
        computed = [entry.id for entry in known.sites.values() if entry.mechanisms.retention]
        raise ValueError(
            f"{site.id} can be looked up, but retention there is not computed yet; need {' or '.join(computed)}"
        )
    return site


def _listed_payload(given: object) -> object:
    """Give the id of a payload named by a listed synonym; anything else as it is."""
    for payload in catalog.load().payloads.values():
        if given in payload.synonyms:
            return payload.id
    return given


class PayloadPart(Model):
    """The cargo: a catalog payload, or an inline one whose properties are all set by the user."""

    id: Annotated[Identifier, BeforeValidator(_listed_payload)]
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


class Layer(Model):
    """One layer of the nest: a carrier, what it holds, and what the user set of it."""

    id: Identifier
    carrier: CarrierId
    holds: tuple[str, ...]
    method: str = ""
    loading: dict[str, Any] = Field(default_factory=dict)
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

    @property
    def entry(self) -> Carrier:
        """The catalog entry."""
        return catalog.load().carrier(self.carrier)

    @property
    def overrides(self) -> dict[str, Value]:
        """What the user set, by property, loading included."""
        loading = {name: given for name, given in self.loading.items() if name != "convention"}
        return read_overrides({**self.set, **loading})

    @property
    def convention(self) -> Literal["A", "B"]:
        """The drug-loading convention: asked for, else that of the method, else A."""
        asked: Literal["A", "B"] | None = self.loading.get("convention")
        if asked:
            return asked
        methods = self.entry.methods
        if not methods:
            return "A"
        return catalog.load().method(self.method or methods[0]).convention or "A"


class Regimen(Model):
    """Where and how it is given."""

    site: SiteId
    species: str = "human"
    state: str = ""
    route: str = ""
    volume: Volume | None = None
    injections: int = Field(default=1, strict=True, ge=1, le=1)
    set: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _site_offers(self) -> Self:
        site = self.entry
        for name, given, offered in (
            ("species", self.species, site.species),
            ("state", self.state, site.states),
            ("route", self.route, site.routes),
        ):
            if (given or name == "species") and given not in offered:
                raise FieldError(
                    name, f"{shorten(given)!r} is not described for {site.id}; need {' or '.join(offered)}"
                )
        return self

    @property
    def entry(self) -> Site:
        """The catalog entry."""
        return catalog.load().site(self.site)

    @property
    def state_or_first(self) -> str:
        """The state asked for, else the first the site is described in."""
        return self.state or self.entry.states[0]

    @property
    def overrides(self) -> dict[str, Value]:
        """What the user set of the site, by property."""
        return read_overrides(self.set)


class Target(Model):
    """What must be reached: an unbound concentration, for how long, in which compartment."""

    compartment: str = "synovial-fluid"
    payload: str = ""
    unbound_above: Concentration | None = None
    duration: Duration = "28 d"
    probability: float = Field(default=0.8, gt=0, lt=1)

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


WEIGHTS: dict[str, float] = {"dose": 1.0, "cover": 3.0, "residence": 1.0, "selectivity": 1.0, "evidence": 1.0}


def check_weights(weights: Mapping[str, float]) -> dict[str, float]:
    """Give the full set of weights, those asked for over the defaults; refuse unknown names and all zero."""
    for name in weights:
        if name not in WEIGHTS:
            raise FieldError(str(name), f"weight {shorten(name)!r} is unknown; need {', '.join(WEIGHTS)}")
    merged = {**WEIGHTS, **weights}
    for name, weight in weights.items():
        if not 0 <= weight <= LARGEST_WEIGHT:
            raise FieldError(name, f"weight {weight:g}; need 0 to {LARGEST_WEIGHT:g}")
    if sum(merged.values()) <= 0:
        raise ValueError("all weights are zero; need one above zero")
    return merged


def _known_weights(given: object) -> object:
    if isinstance(given, Mapping) and all(isinstance(weight, int | float) for weight in given.values()):
        check_weights(given)
    return given


Weight = Annotated[float, Field(ge=0, le=LARGEST_WEIGHT)]


class _Common(Model):
    schema_version: Literal[1]
    name: str = ""
    payload: tuple[PayloadPart, ...] = Field(min_length=1, max_length=1)
    regimen: Regimen
    target: Target = Target()
    calculation: Calculation = Calculation()

    @property
    def cargo(self) -> PayloadPart:
        """The payload."""
        return self.payload[0]

    @property
    def horizon(self) -> float:
        """How long the calculation runs [s]."""
        asked = self.calculation.horizon
        return parse(asked, "d") if asked else HORIZON_FACTOR * self.target.seconds


class Formulation(_Common):
    """One formulation for one target: layers from the inside out."""

    kind: Literal["formulation"] = "formulation"
    system: CarrierId | None = None
    layer: tuple[Layer, ...] = Field(min_length=1, max_length=2)

    @model_validator(mode="after")
    def _is_a_nest(self) -> Self:
        if self.system:
            nest = catalog.load().carrier(self.system).layers
            if nest != tuple(layer.carrier for layer in self.layer):
                raise FieldError("system", f"{self.system} is made of {' in '.join(nest) or 'no layers'}; need those")
        inside = self.cargo.id
        for layer in self.layer:
            if layer.holds != (inside,):
                raise ValueError(
                    f'layer {layer.id}: holds = {list(layer.holds)}; need ["{inside}"], from the inside out'
                )
            inside = layer.id
        forms = [layer.entry.form for layer in self.layer]
        if len(forms) == 2 and not (forms[0] in ("particle", "vesicle") and forms[1] == "depot"):
            raise ValueError(
                f"layer: a {forms[0]} in a {forms[1]} is not computed; need a particle or vesicle in a depot"
            )
        return self

    @property
    def inner(self) -> Layer:
        """The layer that holds the payload."""
        return self.layer[0]

    @property
    def depot(self) -> Layer | None:
        """The outer layer when it is a depot holding particles."""
        return self.layer[1] if len(self.layer) == 2 else None

    @property
    def label(self) -> str:
        """The name to show."""
        if self.name:
            return shorten(self.name, 120)
        return " in ".join(layer.entry.name for layer in self.layer)


class Question(_Common):
    """Which carrier for this payload at this site?"""

    kind: Literal["question"] = "question"
    carriers: tuple[CarrierId, ...] = Field(default=(), max_length=MOST_CARRIERS)
    weights: Annotated[dict[str, Weight], BeforeValidator(_known_weights)] = Field(default_factory=dict)

    def formulation(self, identifier: str) -> Formulation:
        """Give the formulation of one catalog carrier, everything else as the question says."""
        carrier = catalog.load().carrier(identifier)
        holds = self.cargo.id
        layers = []
        for part in carrier.layers or (carrier.id,):
            layers.append(Layer(id=part, carrier=part, holds=(holds,)))
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


def read(path: Path | str) -> Formulation | Question:
    """Read a user's file; every fault is reported at once.

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
        raise FileError([Fault(shorten(str(path), 120), "kind", problem, locator.line("kind"))])
    built, found = _built(model, content)
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


def _built(
    model: type[Question] | type[Formulation], content: dict[str, Any]
) -> tuple[Question | Formulation | None, dict[str, list[str]]]:
    """Give what the content describes, or None, and every fault by dotted field."""
    found = override_problems(content)
    for field, problem in target_problems(content):
        found.setdefault(field, []).append(problem)
    try:
        return model(**content), found
    except ValidationError as error:
        for field, problem in problems(error, _keys_of(model), NEEDS):
            found.setdefault(field, []).append(problem)
    return None, found


def _keys_of(model: type[Model]) -> dict[str, list[str]]:
    """Give the keys that each table of a file accepts; the file itself is the empty name."""
    tables: dict[str, type[Model]] = {
        "": model,
        "payload": PayloadPart,
        "layer": Layer,
        "regimen": Regimen,
        "target": Target,
        "calculation": Calculation,
    }
    return {name: list(table.model_fields) for name, table in tables.items()}
