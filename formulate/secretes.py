"""What living cells of a layer secrete, in the user's own numbers."""

from typing import Annotated, Self

from pydantic import BeforeValidator, StringConstraints, model_validator

from formulate.own_numbers import quantity
from materials.errors import FormulateError, shorten
from materials.faults import FieldError
from materials.units import parse
from materials.values import Model

BY_MASS, BY_NUMBER = "pg/day", "1/day"
RATES = {True: "particles_per_cell_per_day", False: "secretion_rate_per_cell"}  # by whether vesicles are counted
DIFFUSIVITY, HALF_LIFE = "matrix_diffusion_coefficient", "secreted_half_life"


def _rate(given: object) -> object:
    """Accept a mass, or a number of vesicles, per living cell and time."""
    try:
        return quantity(given, RATES[False])
    except FormulateError:
        pass
    try:
        return quantity(given, RATES[True])
    except FormulateError:
        need = 'what one living cell secretes, a mass "0.1 pg/day" or vesicles "2000 1/day"'
        raise ValueError(f"{shorten(given)!r}; need {need}") from None


Rate = Annotated[dict[str, str], BeforeValidator(_rate)]
Diffusivity = Annotated[dict[str, str], BeforeValidator(lambda given: quantity(given, DIFFUSIVITY))]
HalfLife = Annotated[dict[str, str], BeforeValidator(lambda given: quantity(given, HALF_LIFE))]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class Secretes(Model):
    """One substance that the living cells of a layer secrete, and how a gel around them holds it."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    rate: Rate  # of one living cell
    diffusivity_in_gel: Diffusivity | None = None  # needed where the cells lie in a gel
    half_life_in_gel: HalfLife | None = None  # without it, none is lost there
    source: Words = ""

    @model_validator(mode="after")
    def _is_held(self) -> Self:
        if self.half_life_in_gel is not None and self.diffusivity_in_gel is None:
            raise FieldError("diffusivity_in_gel", "is missing beside half_life_in_gel; need both, or neither")
        return self

    @property
    def is_counted(self) -> bool:
        """True where vesicles are counted rather than a mass weighed."""
        try:
            parse(self.rate["typical"], BY_NUMBER)
        except FormulateError:
            return False
        return True

    def numbers(self, name: str) -> dict[str, float]:
        """Give typical, and low and high where they are given, of a number in SI."""
        units = {"rate": BY_NUMBER if self.is_counted else BY_MASS, "diffusivity_in_gel": "um^2/s"}
        table: dict[str, str] = getattr(self, name)
        return {key: parse(text, units.get(name, "d")) for key, text in table.items()}
