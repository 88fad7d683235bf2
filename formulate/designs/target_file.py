"""What a target file says: what must be held, within which limits, and what may be chosen freely."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, StrictInt, StrictStr, ValidationError, model_validator

from formulate.common import Common
from formulate.fields import CarrierId, Concentration, Duration, Mass, Volume, at_most
from formulate.formulation import Formulation, file_problems, keys_of
from formulate.layer import Layer
from formulate.limits import MOST_CARRIERS, MOST_CHOICES, MOST_INJECTIONS, MOST_LAYERS, MOST_OPTIONS
from formulate.overrides import read_override
from materials import catalog, files
from materials.errors import Fault, FileError, FormulateError, MissingValueError, nearest, shorten
from materials.faults import FieldError, problems, shown
from materials.units import convert, parse, unit_of
from materials.values import Model

OF_LOADING = ("drug_loading", "encapsulation_efficiency", "feed_ratio")
_CHECKS: dict[str, tuple[Any, str]] = {
    "dose": (Mass, "mg"),
    "volume": (Volume, "mL"),
    "interval": (Duration, "d"),
}  # quantities of the dose and the regimen that may be chosen, with the unit that fixes their dimension
OF_REGIMEN = (*_CHECKS, "injections")
NEED_RANGE = 'low and high, such as low = "5 um" and high = "60 um", or options in square brackets'
Scale = Literal["linear", "log"]


def _amount(given: object) -> object:
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise ValueError(f"{shown(given)}; need a text in quotes, or a whole number of injections")
    return given


Amount = Annotated[StrictStr | StrictInt, BeforeValidator(_amount)]


def _names(given: object) -> object:
    """Accept one id, or a list of them."""
    return (given,) if isinstance(given, str) else given


class Choice(Model):
    """One number, method or way of giving that is free within a range."""

    name: str
    of: Annotated[tuple[str, ...], BeforeValidator(_names)] = ()  # layers or carriers; none for dose and regimen
    low: Amount | None = None
    high: Amount | None = None
    options: Annotated[tuple[Amount, ...], at_most(MOST_OPTIONS)] = ()
    scale: Scale | None = None  # of a range: log for what is above zero, unless told otherwise
    tolerance: str | None = None  # how far what is made may lie from what was chosen, as a share of it

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        ranged = self.low is not None or self.high is not None
        if ranged == bool(self.options):
            raise FieldError("low", f"{'beside options' if ranged else 'is missing'}; need {NEED_RANGE}")
        if ranged and (self.low is None or self.high is None):
            raise FieldError("low" if self.low is None else "high", f"is missing; need {NEED_RANGE}")
        if self.options and (self.scale or self.tolerance):
            raise FieldError("scale" if self.scale else "tolerance", "is of a range; need it left out beside options")
        if len(set(map(str, self.options))) < len(self.options):
            raise FieldError("options", f"{shown(list(self.options))}: one stands twice; need each once")
        if not self.of and self.name not in OF_REGIMEN:
            known = f"{', '.join(OF_REGIMEN)}, or a property with of = the id of a layer, carrier or payload"
            raise FieldError("name", f"{shorten(self.name)!r} without of; need {known}")
        if self.of and self.name in OF_REGIMEN:
            raise FieldError("of", f"{shorten(', '.join(self.of))}: {self.name} is of the regimen; need of left out")
        self._check_values()
        return self

    def _check_values(self) -> None:
        given = [("low", self.low), ("high", self.high)] if not self.options else [("options", o) for o in self.options]
        for field, value in given:
            try:
                self._check(value)
            except FieldError:
                raise
            except (FormulateError, ValueError) as error:
                raise FieldError(field, str(error)) from None
        if not self.options:
            low, high = self.ends
            if not low < high:
                raise FieldError("high", f"{shown(self.high)} is not above low = {shown(self.low)}; need low < high")
            if self.scale == "log" and low <= 0:
                raise FieldError("scale", f"log with low = {shown(self.low)}; need low above zero, or linear")
        if self.tolerance is not None:
            try:
                share = parse(self.tolerance, "percent")
            except FormulateError as error:
                raise FieldError("tolerance", str(error)) from None
            if not 0 < share <= 0.9 or self.name in OF_REGIMEN:
                need = "above 0 to 90 percent, of a property"
                raise FieldError("tolerance", f"{shown(self.tolerance)}; need {need}")

    def _check(self, value: object) -> None:
        if self.name == "injections":
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_INJECTIONS:
                raise ValueError(f"{shown(value)}; need a whole number of 1 to {MOST_INJECTIONS}")
            return
        if not isinstance(value, str):
            raise ValueError(f"{shown(value)}; need a text in quotes, a number with its unit")
        if self.name in _CHECKS:
            kind, _ = _CHECKS[self.name]
            for check in kind.__metadata__:
                check.func(value)
        elif self.name != "method":
            read_override(self.name, value)
        elif not self.options:
            raise FieldError("low", f"{shown(value)}: methods have no range; need options = [...]")

    @property
    def is_number(self) -> bool:
        """Whether what is chosen is a number."""
        return self.name != "method"

    @property
    def unit(self) -> str:
        """The unit it is told in: that of the first value; none of a count or a name."""
        first = self.options[0] if self.options else self.low
        if isinstance(first, int) or not self.is_number:
            return ""
        kind = _CHECKS[self.name][1] if self.name in _CHECKS else catalog.load().property(self.name).unit
        return unit_of(str(first)) or kind

    def number(self, value: str | int) -> float:
        """Give a value in the unit of the choice."""
        if isinstance(value, int):
            return float(value)
        return float(f"{convert(parse(value, self.unit), self.unit):.12g}")

    @property
    def ends(self) -> tuple[float, float]:
        """The ends of the range, in its unit."""
        assert self.low is not None
        assert self.high is not None
        return self.number(self.low), self.number(self.high)

    @property
    def scale_used(self) -> Scale:
        """The scale a range is divided on."""
        if self.scale:
            return self.scale
        if self.name in OF_REGIMEN:
            return "linear" if self.name == "injections" else "log"
        positive = catalog.load().property(self.name).support == "positive"
        return "log" if positive and self.ends[0] > 0 else "linear"


def _share(text: object) -> object:
    share = parse(text, "percent")  # type: ignore[arg-type]  # parse refuses what is not a text
    if not 0 < share <= 1:
        raise ValueError(f"{shorten(text)!r}; need above 0 to 100 percent")
    return text


def _masses(given: object) -> object:
    """Accept one mass, or a table of masses by layer."""
    if isinstance(given, str):
        return {"": given}
    if not isinstance(given, dict):
        raise ValueError(f'{shown(given)}; need one mass such as "400 mg", or a table of masses by layer')
    return given


class Limits(Model):
    """What must hold besides the target; each in every draw that counts as meeting it."""

    cover: Annotated[str, BeforeValidator(_share)] = "90 percent"  # of the wanted time above the target, at least
    volume: Volume | None = None  # of one injection, at most
    injections: int | None = Field(default=None, strict=True, ge=1, le=MOST_INJECTIONS)  # at most
    plasma_below: Concentration | None = None  # largest unbound concentration in plasma
    peak_below: Concentration | None = None  # largest unbound concentration in the compartment of the target
    excipients: Annotated[dict[str, Mass], BeforeValidator(_masses)] = Field(default_factory=dict)  # per injection


class TargetFile(Common):
    """What must be reached, and the free choices with their ranges."""

    kind: Literal["target"] = "target"
    carriers: Annotated[tuple[CarrierId, ...], at_most(MOST_CARRIERS)] = ()
    layer: Annotated[tuple[Layer, ...], at_most(MOST_LAYERS)] = ()
    choice: Annotated[tuple[Choice, ...], at_most(MOST_CHOICES)] = Field(min_length=1)
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _has_nests(self) -> Self:
        if len(self.payload) != 1:
            raise FieldError("payload", f"{len(self.payload)} given; need one [[payload]] with an id")
        if bool(self.carriers) == bool(self.layer):
            told = "beside [[layer]]" if self.carriers else "is missing"
            raise FieldError("carriers", f'{told}; need ids such as ["plga-microsphere"], or a nest of [[layer]]s')
        if len(set(self.carriers)) < len(self.carriers):
            raise FieldError("carriers", f"{shown(list(self.carriers))}: one stands twice; need each once")
        return self

    @model_validator(mode="after")
    def _is_followed_for_long_enough(self) -> Self:
        horizon = self.calculation.horizon
        if horizon and parse(horizon, "d") < self.target.seconds:
            need = f"need the target.duration of {self.target.duration} or more"
            raise FieldError("calculation.horizon", f"{shown(horizon)}: the target could not be seen to hold; {need}")
        return self

    @model_validator(mode="after")
    def _choices_fit(self) -> Self:
        known = (self.cargo.id, *self.layer_ids)
        seen: set[tuple[str, str]] = set()
        for index, item in enumerate(self.choice):
            for of in item.of or ("",):
                if of == self.cargo.id and item.name == "method":
                    need = f"need of = a layer: {', '.join(self.layer_ids)}"
                    raise FieldError(f"choice.{index}.of", f"{shorten(of)!r}: a drug is made by no method; {need}")
                if of and of not in known:
                    near = ", ".join(nearest(of, known))
                    raise FieldError(f"choice.{index}.of", f"{shorten(of)!r} is no layer or payload; nearest: {near}")
                if (of, item.name) in seen:
                    raise FieldError(f"choice.{index}.name", f"{item.name} was chosen above; need each choice once")
                seen.add((of, item.name))
        free = {item.name: index for index, item in enumerate(self.choice) if not item.of}
        if "interval" in free and "injections" not in free and self.regimen.injections == 1:
            need = "regimen.injections of 2 or more, or a choice of injections"
            raise FieldError(f"choice.{free['interval']}.name", f"interval with one injection; need {need}")
        if "injections" in free and "interval" not in free and self.regimen.interval is None:
            raise FieldError(f"choice.{free['injections']}.name", "injections without a choice of interval; need one")
        for name in self.limits.excipients:
            if name and name not in self.layer_ids:
                near = ", ".join(nearest(name, self.layer_ids))
                raise FieldError("limits.excipients", f"{shorten(name)!r} is no layer; nearest: {near}")
        return self

    @property
    def layer_ids(self) -> tuple[str, ...]:
        """The ids of all layers of all nests."""
        if self.layer:
            return tuple(layer.id for layer in self.layer)
        known = catalog.load()
        return tuple(dict.fromkeys(part for name in self.carriers for part in nest_of(known.carrier(name))))

    @property
    def probability(self) -> float:
        """How surely the target is to be met."""
        return self.target.probability


def nest_of(carrier: Any) -> tuple[str, ...]:
    """Give the carriers that a catalog carrier is made of, from the inside out."""
    return carrier.layers or (carrier.id,)


def read_target(path: Path | str) -> TargetFile:
    """Read a target file; every fault is reported at once.

    Raises
    ------
    FileError
        With one line per fault: file, line, field, value and what is accepted.
    """
    path = Path(path)
    need = 'a TOML file with kind = "target"'
    content, locator = files.read_toml(path, need)
    if content.get("kind") != "target":
        given = shown(content["kind"]) if "kind" in content else "is missing"
        fault = Fault(shorten(str(path), 120), "kind", f'{given}; need "target"', locator.line("kind"))
        raise FileError([fault])
    built, found = _built(content)
    if found or built is None:
        raise FileError(files.faults(path, locator, found))
    return built


def build_target(content: dict[str, Any], source: str) -> TargetFile:
    """Build a target from the keys of a target file, `source` named in the place of the file."""
    built, found = _built({"schema_version": 1, "kind": "target", **content})
    if found or built is None:
        raise FileError([Fault(source, field, problem) for field, listed in found.items() for problem in listed])
    return built


def _built(content: dict[str, Any]) -> tuple[TargetFile | None, dict[str, list[str]]]:
    """Give what the content describes, or None, and every fault by dotted field."""
    from formulate.designs.space import nest_problems

    found = file_problems(content)
    told = set(found)
    try:
        built = TargetFile(**content)
    except ValidationError as error:
        keys = {**keys_of(Formulation), "": list(TargetFile.model_fields), "choice": list(Choice.model_fields)}
        keys["limits"] = list(Limits.model_fields)
        needs = {"choice": "one [[choice]] with a name and a range", "name": "what is chosen, such as diameter"}
        for field, problem in problems(error, keys, needs):
            if field not in told:
                found.setdefault(field, []).append(problem)
        return None, found
    if not found:
        for field, problem in nest_problems(built):
            found.setdefault(field, []).append(problem)
    if not found:
        found = {field: [problem] for field, problem in _level_problems(built)}
    return built, found


def _level_problems(target: TargetFile) -> Iterator[tuple[str, str]]:
    """Give why there is no concentration to hold, by field."""
    import numpy as np

    from formulate.assess import target_of
    from formulate.case import prepare
    from formulate.designs.space import Space
    from formulate.sampling import TypicalDraw

    space = Space(target)
    middle = space.formulation(space.settings(np.full(len(space.axes), 0.5)))
    try:
        level = target_of(prepare(middle, TypicalDraw()))
    except MissingValueError as error:
        yield "payload.0", str(error)
        return
    if level.typical is None:
        need = 'need a concentration such as "10 nmol/L"'
        yield "target.unbound_above", f"is missing, and {target.cargo.id} has no effective_concentration; {need}"
