"""The shape of a catalog entry: what a carrier, a payload and a site are, and what a value carries with it."""

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from materials.evidence import Evidence, Spread, Support
from materials.units import convert, to_si

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)]
Text = Annotated[str, StringConstraints(strip_whitespace=True)]


Basis = Literal["", "number", "volume", "intensity", "weight"]
Mark = Literal["", "stated", "hedged", "title"]  # a review says so, says maybe, or shows it in a cited title only
Species = Literal[
    "", "human", "primate", "mouse", "rat", "rodent", "guinea-pig", "rabbit", "dog", "cat", "pig", "sheep", "goat",
    "small-ruminant", "cow", "horse", "chicken", "mixed"
]  # fmt: skip
StatementKind = Literal["for", "against", "risk", "cost", "difficulty", "comparison", "mechanism", "use", "fact"]
PhysicalForm = Literal["dissolved", "nano", "micro", "bulk-gel", "fluid", "cell", "graft", "mixed", "not-stated"]
Stage = Literal[
    "concept", "in-vitro", "small-animal", "large-animal", "case-report", "cohort", "trial", "review", "not-stated"
]  # fmt: skip
Direction = Literal["positive", "negative", "neutral", "conflicting", "not-stated"]
ConflictClass = Literal[
    "between-reviews", "between-sources", "within-review", "text-against-title", "citation-mismatch", "unit-or-wording",
    "missing-source"
]  # fmt: skip

# units on which the middle of an interval is the arithmetic one
LINEAR_UNITS = ("pH", "log10", "log10(L/kg)", "degC", "fraction", "percent", "percent_w_w", "percent_v_v", "mV")


class Model(BaseModel):
    """A frozen record that knows all its keys and holds finite numbers only."""

    # built when first used: one start needs few of the models, and the whole catalog builds them all at once
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


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
        scaled = number if unit == self.unit else convert(to_si(number, unit), self.unit)
        if self.smallest * (1 - 1e-9) <= scaled <= self.largest * (1 + 1e-9) or self.smallest <= scaled <= self.largest:
            return ""
        return f"beyond what is conceivable; need {self.smallest:g} to {self.largest:g} {self.unit}"


class Sourced(Model):
    """What everything said in the catalog carries: how well it is known, who says so, and where."""

    evidence: Evidence
    source: str = ""  # a key of the bibliography
    locator: Text = ""  # where in the source: a section, a table, a reference number
    mark: Mark = ""  # how a review says it
    cites: tuple[str, ...] = ()  # the papers that a review gives for it
    reference_ids: tuple[str, ...] = ()  # rows of the reference tables it was read from

    def _check_mark(self) -> None:
        if (self.evidence is Evidence.REVIEW) != bool(self.mark):
            raise ValueError("mark: what a review says, and only that, needs a mark: stated, hedged or title")


class Value(Sourced):
    """One number with its interval, its conditions, its source and its evidence level.

    A value without a typical number is an interval, and its middle stands for it; one with a single end is a bound,
    which is shown and never calculated with: see `with_typical`.
    """

    name: Name
    typical: float
    typical_is: Literal["given", "middle", "bound"] = "given"
    low: float | None = None
    high: float | None = None
    unit: str
    spread: Spread = Spread.SINGLE
    alternative: bool = False  # another source's number, shown beside the one that is calculated with
    conditions: Text = ""
    note: Text = ""
    grade: Text = ""  # of a polymer, or the formulation measured
    species: Species = ""
    state: str = ""
    payload: str = ""
    layer: str = ""
    basis: Basis = ""
    inherited_from: str = ""

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        self._check_mark()
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

    @property
    def circumstances(self) -> tuple[str, ...]:
        """What the value holds for: two values that agree in it speak of the same quantity."""
        return (self.name, self.species, self.state, self.payload, self.layer, self.grade)

    @property
    def is_used(self) -> bool:
        """True when calculations may read it."""
        return not self.alternative and self.typical_is != "bound"


def with_typical(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give the row of a value with a typical number where it has only an interval, or only a bound.

    >>> with_typical({"low": 30, "high": 120, "unit": "nm"})["typical"]
    60.0
    >>> with_typical({"high": 5.0, "unit": "nm"})["typical_is"]
    'bound'
    """
    low, high = row.get("low"), row.get("high")
    ends = [end for end in (low, high) if isinstance(end, int | float) and not isinstance(end, bool)]
    if row.get("typical") is not None or not ends:
        return dict(row)
    if len(ends) == 1:
        return {**row, "typical": ends[0], "typical_is": "bound"}
    linear = row.get("unit") in LINEAR_UNITS or min(ends) <= 0
    middle = sum(ends) / 2 if linear else math.sqrt(ends[0]) * math.sqrt(ends[1])
    return {**row, "typical": middle, "typical_is": "middle"}


class Statement(Sourced):
    """Something said in words: for or against an entry, a risk, what it costs, a fact, a comparison."""

    kind: StatementKind
    text: Text = Field(min_length=1)
    topic: Text = ""
    implication: Text = ""  # what follows for a design: our inference, not the source's
    than: tuple[Identifier, ...] = ()  # of a comparison: the entries compared with
    note: Text = ""

    @model_validator(mode="after")
    def _is_backed(self) -> Self:
        self._check_mark()
        if not self.source and self.evidence not in (Evidence.ASSUMED, Evidence.USER, Evidence.DERIVED):
            raise ValueError(f"evidence {self.evidence} needs a source")
        if self.evidence is Evidence.ASSUMED and not self.note:
            raise ValueError("an assumed statement needs a note with its rationale")
        return self


class Citation(Model):
    """Where a source speaks of an entry."""

    source: str
    locator: Text = ""
    cites: tuple[str, ...] = ()


class Missing(Model):
    """A statement that no source gives a value, with the reason or where it was looked for."""

    name: Name
    reason: Text


class Inherited(Model):
    """Properties that an entry takes over, by name, from another of its kind."""

    source: Identifier = Field(alias="from")
    properties: tuple[Name, ...] = Field(min_length=1)


class Entry(Model):
    """What every catalog entry has."""

    @property  # stands above the field of the same name
    def class_id(self) -> str:
        """The class of the entry within its kind."""
        return ""

    id: Identifier
    name: Text = Field(min_length=1)
    name_zh: Text = ""
    synonyms: tuple[str, ...] = ()
    description: Text = ""
    reference_ids: tuple[str, ...] = ()
    origin: Literal["catalog", "user"] = "catalog"
    mark: Mark = ""  # how the reviews name it; empty where none of them does
    named_in: tuple[Citation, ...] = ()
    parent: Identifier | Literal[""] = ""
    inherits: tuple[Inherited, ...] = ()
    property: tuple[Value, ...] = ()
    missing: tuple[Missing, ...] = ()
    statement: tuple[Statement, ...] = ()

    def values(self, name: str) -> tuple[Value, ...]:
        """Give all values of a property, in catalog order."""
        return tuple(value for value in self.property if value.name == name)

    def value(
        self, name: str, *, species: str = "", state: str = "", payload: str = "", layer: str = "", grade: str = ""
    ) -> Value | None:
        """Give the value that fits the circumstances best, or None.

        A value that names a species, state, payload, layer or grade holds only there; one that names none holds
        wherever no closer one is given. Alternatives and bounds are for showing only.
        """
        asked = {"species": species, "state": state, "payload": payload, "layer": layer, "grade": grade}
        best: Value | None = None
        closest = -1
        for value in self.values(name):
            if not value.is_used:
                continue
            named = [key for key in asked if getattr(value, key)]
            if all(getattr(value, key) == asked[key] for key in named) and len(named) > closest:
                best, closest = value, len(named)
        return best

    def statements(self, *kinds: str) -> tuple[Statement, ...]:
        """Give the statements of some kinds, in catalog order."""
        return tuple(statement for statement in self.statement if statement.kind in kinds)


class Payload(Entry):
    """A drug or other cargo."""

    kind: Literal["payload"] = "payload"
    payload_class: str
    acts_on: Text = ""
    indication: Text = ""
    given_as: Text = ""

    @property
    def class_id(self) -> str:
        """The class of the payload."""
        return self.payload_class


class Method(Entry):
    """A way of making, loading, sorting or giving a carrier."""

    kind: Literal["method"] = "method"
    method_class: str
    convention: Literal["A", "B"] | None = None  # of drug loading, in the literature of this method
    suits: tuple[Literal["hydrophobic", "hydrophilic", "biologic"], ...] = ()

    @property
    def class_id(self) -> str:
        """The class of the method."""
        return self.method_class


class Mechanisms(Model):
    """Which declared mechanism drives each stage of this entry."""

    loading: str = ""
    release: str = ""
    retention: str = ""


class Modification(Model):
    """A change of the surface or of the parent cell, and what it is for."""

    what: Text = Field(min_length=1)
    purpose: Text = Field(min_length=1)


class Carrier(Entry):
    """A carrier of one layer, or a system: a nest of carriers named from the inside out in `layers`."""

    kind: Literal["carrier"] = "carrier"
    carrier_class: str
    physical_form: PhysicalForm
    form: Literal["", "dissolved", "crystal", "particle", "vesicle", "depot", "system"] = ""
    mechanisms: Mechanisms = Mechanisms()
    layers: tuple[Identifier, ...] = ()
    methods: tuple[Identifier, ...] = ()
    modifications: tuple[Modification, ...] = ()
    is_own_drug: bool = False
    cell_source: Identifier | Literal[""] = ""  # where its cells, vesicles or matrix come from
    payloads: tuple[Identifier, ...] = ()
    sites: tuple[Identifier, ...] = ()

    @property
    def class_id(self) -> str:
        """The class of the carrier."""
        return self.carrier_class

    @model_validator(mode="after")
    def _is_system_or_layer(self) -> Self:
        if (self.form == "system") != bool(self.layers):
            raise ValueError(f"{self.id}: a system, and only a system, names its layers")
        named = bool(self.mechanisms.loading) + bool(self.mechanisms.release)
        if self.form in ("", "system"):
            if named:
                raise ValueError(f"{self.id}: mechanisms belong to a carrier whose form a calculator knows")
        elif named < 2:
            raise ValueError(f"{self.id}: a carrier of form {self.form} names its loading and its release mechanism")
        return self


class Site(Entry):
    """A place in the body; one with a retention mechanism says which species and states it is described for."""

    kind: Literal["site"] = "site"
    site_class: str
    species: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    compartments: tuple[str, ...] = ()
    mechanisms: Mechanisms = Mechanisms()

    @property
    def class_id(self) -> str:
        """The class of the site."""
        return self.site_class

    @model_validator(mode="after")
    def _describes_what_it_computes(self) -> Self:
        if self.mechanisms.retention and not (self.species and self.states and self.routes and self.compartments):
            raise ValueError(
                f"{self.id}: a site with a retention mechanism names species, states, routes, compartments"
            )
        return self


class Study(Entry):
    """One study, told once, however many reviews cite it."""

    kind: Literal["study"] = "study"
    source: str = ""  # a key of the bibliography; empty where a review names nobody
    stage: Stage
    carriers: tuple[Identifier, ...] = ()
    payloads: tuple[Identifier, ...] = ()
    sites: tuple[Identifier, ...] = ()
    model: Text = ""
    species: Text = ""
    route: Text = ""
    dose: Text = ""
    time: Text = ""
    comparator: Text = ""
    outcome: Text = Field(min_length=1)
    direction: Direction
    mechanism: Text = ""
    limitation: Text = ""
    note: Text = ""

    @property
    def class_id(self) -> str:
        """The stage of the study."""
        return self.stage


class Conflict(Model):
    """Two statements that cannot both hold, or one that its source does not bear out; kept, not averaged."""

    id: Identifier
    title: Text = Field(min_length=1)
    conflict_class: ConflictClass
    entries: tuple[Identifier, ...] = ()
    statement: Text = Field(min_length=1)
    against: Text = ""
    check: Text = ""  # what was found outside the reviews
    check_source: str = ""
    handling: Text = Field(min_length=1)
    named_in: tuple[Citation, ...] = ()
    reference_ids: tuple[str, ...] = ()


class Class(Model):
    """A class of a kind of entry.

    A carrier class may name the mechanisms its members would be computed with, and the properties one would choose
    among them by.
    """

    id: Identifier
    kind: Literal["carrier", "payload", "site", "method"]
    name: Text
    name_zh: Text
    wants: tuple[Name, ...] = ()
    mechanisms: Mechanisms = Mechanisms()
