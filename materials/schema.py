"""The shape of a catalog entry: carrier, payload, site, method, study, and the conflicts between sources."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from materials.values import GROUP_OF_SPECIES, Citation, Identifier, Mark, Missing, Model, Name, Statement, Text, Value

PhysicalForm = Literal["dissolved", "nano", "micro", "bulk-gel", "fluid", "cell", "graft", "mixed", "not-stated"]
Stage = Literal[
    "concept", "in-vitro", "small-animal", "large-animal", "case-report", "cohort", "trial", "review", "not-stated"
]  # fmt: skip
Direction = Literal["positive", "negative", "neutral", "conflicting", "not-stated"]
Aim = Literal[  # what a therapy is to mend, or what is watched beside it
    "structure", "matrix", "function", "pain", "inflammation", "survival", "senescence", "bone", "mechanics", "vessels",
    "nerve", "delivery", "safety"
]  # fmt: skip
Duration = Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)? (h|d|week|month|year)$")]
ConflictClass = Literal[
    "between-reviews", "between-sources", "within-review", "text-against-title", "citation-mismatch", "unit-or-wording",
    "missing-source"
]  # fmt: skip


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
    synonyms: tuple[Annotated[Text, Field(min_length=1)], ...] = ()
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
        wherever no closer one is given. That of a group of species holds for each of them, less closely than its own.
        The user's own stands above ours. Alternatives and bounds are for showing only.
        """
        asked = {"species": species, "state": state, "payload": payload, "layer": layer, "grade": grade}
        group = GROUP_OF_SPECIES.get(species, species)
        best: Value | None = None
        closest = -1.0
        for value in self.values(name):
            if not value.is_used:
                continue
            named = [key for key in asked if getattr(value, key)]
            of_group = value.species == group != species
            closeness = len(named) - of_group / 2 + (len(asked) if value.is_yours else 0)
            fits = all(getattr(value, key) == asked[key] or (of_group and key == "species") for key in named)
            if fits and closeness > closest:
                best, closest = value, closeness
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
    loading: str = ""  # the mechanism a carrier made this way is loaded by; empty: the carrier's own
    suits: tuple[Literal["hydrophobic", "hydrophilic", "biologic"], ...] = ()
    solvents: tuple[Identifier, ...] = ()  # ids of materials.solvents, the usual one first
    excipients: tuple[Text, ...] = ()  # stabilisers and salts of the water phase, the usual one first
    # how it is done; a recipe fills in {drug}, {carrier}, {solvent}, {water}, {half_water}, {gel_water}, {bath},
    # {outer}, {excipient}
    steps: tuple[Text, ...] = ()

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


class Component(Model):
    """One of the materials that a carrier is weighed from, with its share of the moles."""

    name: Text = Field(min_length=1)
    mole_share: float = Field(strict=True, gt=0, le=1)
    molar_mass: float = Field(strict=True, gt=0)  # g/mol


class Carrier(Entry):
    """A carrier of one layer, or a system: a nest of carriers named from the inside out in `layers`."""

    kind: Literal["carrier"] = "carrier"
    carrier_class: str
    physical_form: PhysicalForm
    form: Literal["", "dissolved", "crystal", "particle", "vesicle", "micelle", "cell", "depot", "system"] = ""
    mechanisms: Mechanisms = Mechanisms()
    layers: tuple[Identifier, ...] = ()
    methods: tuple[Identifier, ...] = ()
    modifications: tuple[Modification, ...] = ()
    composition: tuple[Component, ...] = ()  # of a carrier of several materials; a statement of it gives the source
    is_own_drug: bool = Field(default=False, strict=True)
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
        if self.form in ("", "system"):
            if self.mechanisms.loading or self.mechanisms.release:
                raise ValueError(f"{self.id}: mechanisms belong to a carrier whose form a calculator knows")
        elif not self.mechanisms.loading:
            raise ValueError(f"{self.id}: a carrier of form {self.form} names its loading mechanism")
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


class Finding(Model):
    """What a study read out for one aim, and which way it went."""

    aim: Aim
    direction: Direction


class Study(Entry):
    """One study, told once, however many reviews cite it.

    `direction` is that of the study as a whole; `findings` tell its aims apart, so that a drug that stills the pain and
    costs cartilage does not count as one thing.
    """

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
    read_at: tuple[Duration, ...] = ()  # when it was read out, after the first dose
    comparator: Text = ""
    outcome: Text = Field(min_length=1)
    direction: Direction
    findings: tuple[Finding, ...] = ()
    mechanism: Text = ""
    limitation: Text = ""
    note: Text = ""

    @property
    def class_id(self) -> str:
        """The stage of the study."""
        return self.stage

    @property
    def aims_text(self) -> str:
        """What it read out, and which way each went, in one line."""
        return "; ".join(f"{item.aim} {item.direction.replace('-', ' ')}" for item in self.findings)

    def found_for(self, aim: Aim) -> Direction | None:
        """Give which way the study went for an aim, or None where it did not read it out."""
        return next((item.direction for item in self.findings if item.aim == aim), None)

    @model_validator(mode="after")
    def _tells_an_aim_once(self) -> Self:
        aims = [item.aim for item in self.findings]
        if len(set(aims)) < len(aims):
            raise ValueError(f"{self.id}: findings name {max(aims, key=aims.count)} twice; need each aim once")
        return self


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
