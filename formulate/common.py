"""What every file of a user says: the drug, how it is given, what it must reach, how it is computed."""

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from formulate.fields import Concentration, Duration, Mass, SchemaVersion, at_most, listed_payload
from formulate.limits import FEWEST_DRAWS, LARGEST_SEED, MOST_DRAWS, MOST_PAYLOADS
from formulate.overrides import read_overrides
from formulate.regimen import Regimen
from materials import catalog
from materials.errors import FormulateError, UnitError
from materials.faults import FieldError
from materials.schema import Payload
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
