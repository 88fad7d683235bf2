"""The shape of a catalog entry: what a carrier, a payload and a site are, and what a value carries with it."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from materials.evidence import Evidence, Spread, Support
from materials.units import si_factor

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)]
Text = Annotated[str, StringConstraints(strip_whitespace=True)]


Basis = Literal["", "number", "volume", "intensity", "weight"]


class Model(BaseModel):
    """A frozen record that knows all its keys and holds finite numbers only."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Property(Model):
    """A kind of number the catalog may hold: its unit, its support, and the doubt of a lone number."""

    name: Name
    label: Text
    unit: str
    support: Support
    default_spread: float = Field(ge=0)
    smallest: float | None = None  # physically conceivable, in `unit`
    largest: float | None = None
    description: Text = ""

    @model_validator(mode="after")
    def _spread_fits_support(self) -> Self:
        if self.support == "positive" and self.default_spread < 1:
            raise ValueError(f"{self.name}: default_spread {self.default_spread:g} is a factor; need at least 1")
        return self

    def outside(self, number: float, unit: str) -> str:
        """Say that a number in `unit` is beyond what is conceivable, or nothing."""
        if self.smallest is None or self.largest is None:
            return ""
        scaled = number if unit == self.unit else number * si_factor(unit) / si_factor(self.unit)
        if self.smallest * (1 - 1e-9) <= scaled <= self.largest * (1 + 1e-9) or self.smallest <= scaled <= self.largest:
            return ""
        return f"beyond what is conceivable; need {self.smallest:g} to {self.largest:g} {self.unit}"


class Value(Model):
    """One number with its interval, its conditions, its source and its evidence level."""

    name: Name
    typical: float
    low: float | None = None
    high: float | None = None
    unit: str
    spread: Spread = Spread.SINGLE
    evidence: Evidence
    conditions: Text = ""
    source: str = ""
    locator: Text = ""
    note: Text = ""
    species: str = ""
    state: str = ""
    payload: str = ""
    layer: str = ""
    basis: Basis = ""

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.low is not None and self.low > self.typical:
            raise ValueError(f"{self.name}: low {self.low:g} exceeds typical {self.typical:g}")
        if self.high is not None and self.high < self.typical:
            raise ValueError(f"{self.name}: high {self.high:g} is below typical {self.typical:g}")
        if self.spread is not Spread.SINGLE and self.low is None and self.high is None:
            raise ValueError(f"{self.name}: spread {self.spread} needs low or high")
        if self.spread is Spread.SINGLE and {self.low, self.high} - {None, self.typical}:
            raise ValueError(f"{self.name}: low and high need a spread that says what they are")
        if self.evidence is Evidence.ASSUMED and not self.note:
            raise ValueError(f"{self.name}: an assumed value needs a note with its rationale")
        if self.evidence not in (Evidence.ASSUMED, Evidence.USER, Evidence.DERIVED) and not self.source:
            raise ValueError(f"{self.name}: evidence {self.evidence} needs a source")
        if self.evidence is Evidence.DERIVED and not (self.note or self.source):
            raise ValueError(f"{self.name}: a derived value needs a note that says how")
        return self

    @property
    def ends(self) -> tuple[float, float, float]:
        """Low, typical and high, a missing end taken as the typical value."""
        low = self.typical if self.low is None else self.low
        high = self.typical if self.high is None else self.high
        return low, self.typical, high


class Missing(Model):
    """A statement that no source gives a value, with the reason or where it was looked for."""

    name: Name
    reason: Text


class Entry(Model):
    """What every catalog entry has."""

    id: Identifier
    name: Text
    name_zh: Text = ""
    synonyms: tuple[str, ...] = ()
    description: Text = ""
    reference_id: str = ""
    origin: Literal["catalog", "user"] = "catalog"
    property: tuple[Value, ...] = ()
    missing: tuple[Missing, ...] = ()

    def values(self, name: str) -> tuple[Value, ...]:
        """Give all values of a property, in catalog order."""
        return tuple(value for value in self.property if value.name == name)

    def value(
        self, name: str, *, species: str = "", state: str = "", payload: str = "", layer: str = ""
    ) -> Value | None:
        """Give the value that fits the circumstances best, or None.

        A value that names a species, state, payload or layer holds only there; one that names none holds
        wherever no closer one is given.
        """
        asked = {"species": species, "state": state, "payload": payload, "layer": layer}
        best: Value | None = None
        closest = -1
        for value in self.values(name):
            named = [key for key in asked if getattr(value, key)]
            if all(getattr(value, key) == asked[key] for key in named) and len(named) > closest:
                best, closest = value, len(named)
        return best


class Payload(Entry):
    """A drug or other cargo."""

    kind: Literal["payload"] = "payload"
    payload_class: str


class Method(Model):
    """A way of making a carrier, and the drug-loading convention its literature uses."""

    id: Identifier
    name: Text
    convention: Literal["A", "B"] | None = None
    suits: tuple[Literal["hydrophobic", "hydrophilic", "biologic"], ...] = ()


class Mechanisms(Model):
    """Which declared mechanism drives each stage of this entry."""

    loading: str = ""
    release: str = ""
    retention: str = ""


class Carrier(Entry):
    """A carrier of one layer, or a system: a nest of carriers named from the inside out in `layers`."""

    kind: Literal["carrier"] = "carrier"
    carrier_class: str
    form: Literal["dissolved", "crystal", "particle", "vesicle", "depot", "system"]
    mechanisms: Mechanisms = Mechanisms()
    layers: tuple[Identifier, ...] = ()
    methods: tuple[Method, ...] = ()

    @model_validator(mode="after")
    def _is_system_or_layer(self) -> Self:
        if (self.form == "system") != bool(self.layers):
            raise ValueError(f"{self.id}: a system, and only a system, names its layers")
        if self.form != "system" and not (self.mechanisms.loading and self.mechanisms.release):
            raise ValueError(f"{self.id}: a carrier names its loading and its release mechanism")
        return self


class Site(Entry):
    """A place in the body, with the species and states it is described for."""

    kind: Literal["site"] = "site"
    species: tuple[str, ...]
    states: tuple[str, ...]
    routes: tuple[str, ...]
    compartments: tuple[str, ...]
    mechanisms: Mechanisms
