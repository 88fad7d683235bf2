"""What the catalog says of something: a number with its doubt and its source, a statement, a gap."""

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from materials.evidence import Evidence, Spread, Support
from materials.units import convert, to_si

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)]
Text = Annotated[str, StringConstraints(strip_whitespace=True)]


Basis = Literal[
    "", "number", "volume", "intensity", "number-median", "volume-median", "sauter", "intensity-mean", "weight"
]
Mark = Literal["", "stated", "hedged", "title"]  # a review says so, says maybe, or shows it in a cited title only
Species = Literal[
    "", "human", "primate", "mouse", "rat", "rodent", "guinea-pig", "rabbit", "dog", "cat", "pig", "sheep", "goat",
    "small-ruminant", "cow", "horse", "chicken", "mixed"
]  # fmt: skip
GROUP_OF_SPECIES = {"rat": "rodent", "mouse": "rodent", "goat": "small-ruminant", "sheep": "small-ruminant"}
StatementKind = Literal[
    "for", "against", "risk", "cost", "difficulty", "comparison", "mechanism", "use", "fact",
    "caution",  # what every calculation with the entry leaves out; told with its results
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
        return f"beyond what is conceivable; need {self.smallest:g} to {self.largest:g} {self.unit}".removesuffix(" 1")


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
    # another source's number, shown beside the one that is calculated with
    alternative: bool = Field(default=False, strict=True)
    conditions: Text = ""
    note: Text = ""
    grade: Text = ""  # of a polymer, or the formulation measured
    species: Species = ""
    state: str = ""
    payload: str = ""
    layer: str = ""
    basis: Basis = ""
    inherited_from: str = ""
    origin: Literal["catalog", "user"] = "catalog"  # set where it is read, not in a file

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
    def is_yours(self) -> bool:
        """True when the user gave it, in a catalog file of theirs or over the catalog."""
        return self.origin == "user" or self.evidence is Evidence.USER

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
    degree: Literal["", "low", "moderate", "high"] = ""  # of a cost, a difficulty or a risk, as the source judges it
    implication: Text = ""  # what follows for a design: our inference, not the source's
    than: tuple[Identifier, ...] = ()  # of a comparison: the entries compared with
    note: Text = ""

    @model_validator(mode="after")
    def _is_backed(self) -> Self:
        self._check_mark()
        if self.degree and self.kind not in ("cost", "difficulty", "risk"):
            raise ValueError(f"degree {self.degree} of a statement of kind {self.kind}; need cost, difficulty or risk")
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
