"""The relation of effect to level that a user chooses: its shape and its numbers, none of which the program knows."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, StringConstraints, model_validator

from formulate.fields import own_dose
from formulate.own_numbers import ENDS, banded, conceivable, ends
from materials import catalog
from materials.errors import FormulateError, UnitError, shorten
from materials.faults import FieldError
from materials.units import convert, parse
from materials.values import Model

Shape = Literal["emax", "sigmoid-emax", "inhibitory", "bell", "flat"]
NEEDS: Mapping[str, tuple[str, ...]] = {
    "emax": ("half_level",),
    "sigmoid-emax": ("half_level", "steepness"),
    "inhibitory": ("half_level", "steepness"),
    "bell": ("half_level", "falling_level", "steepness"),
    "flat": (),
}
NUMBERS = ("half_level", "falling_level", "steepness")
KINDS = {  # unit of the levels -> property
    "mol/m**3": "half_effect_concentration",
    "kg/m**3": "half_effect_mass_concentration",
    "kg": "half_effect_mass",
    "1": "half_effect_number",
}


def _is_level(given: object) -> object:
    """Accept a concentration, a mass or a number of cells or particles, or a table of them."""
    for text in given.values() if isinstance(given, Mapping) else (given,):
        if not isinstance(text, str):
            raise ValueError(
                f"{shorten(text)!r}; need a level with its unit in quotes, or a table of {', '.join(ENDS)}"
            )
        conceivable(text, *_in_vocabulary(text))
    table = banded(given)
    if len({_level(str(text))[1] for text in table.values()}) > 1:
        raise ValueError(f"{shorten(table)!r}; need {', '.join(table)} in units of one kind")
    return table


def _is_steepness(given: object) -> object:
    for number in given.values() if isinstance(given, Mapping) else (given,):
        if isinstance(number, bool) or not isinstance(number, int | float) or not 0.1 <= number <= 20:
            raise ValueError(f"{shorten(number)!r}; need a number of 0.1 to 20")
    return banded(given)


def _level(text: str) -> tuple[float, Literal["mol/m**3", "kg/m**3", "kg", "1"]]:
    """Give a level in SI and its unit.

    >>> _level("10 nmol/L"), _level("20 million cells")
    ((1e-05, 'mol/m**3'), (20000000.0, '1'))
    """
    for unit, kind in (("nmol/L", "mol/m**3"), ("ng/mL", "kg/m**3")):
        try:
            number = parse(text, unit)
        except UnitError:
            continue
        return number, kind  # type: ignore[return-value]  # of the two named
    try:
        return own_dose(text)
    except FormulateError:
        need = 'a level such as "10 nmol/L", "5 ng/mL", "20 million cells" or "1 mg"'
        raise ValueError(f"{shorten(text)!r}; need {need}") from None


def _in_vocabulary(text: str) -> tuple[float, str, str]:
    """Give a level in the unit of the property that it is a number of, that unit, and the property."""
    number, unit = _level(text)
    name = KINDS[unit]
    wanted = catalog.load().property(name).unit
    return convert(number, wanted), wanted, name


Level = Annotated[dict[str, str], BeforeValidator(_is_level)]
Steepness = Annotated[dict[str, float], BeforeValidator(_is_steepness)]


class ChosenEffect(Model):
    """How the effect follows the level, in the user's own numbers; shown beside the exposure."""

    shape: Shape
    half_level: Level | None = None
    falling_level: Level | None = None
    steepness: Steepness | None = None
    source: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""

    @model_validator(mode="after")
    def _has_its_numbers(self) -> Self:
        for name in NUMBERS:
            is_given, is_needed = getattr(self, name) is not None, name in NEEDS[self.shape]
            if is_needed and not is_given:
                raise FieldError(name, f"is missing; need your own for {self.shape}: the program knows none")
            if is_given and not is_needed:
                raise FieldError(name, f"is given, which {self.shape} does not use; need it left out")
        kinds = {kind for _, kind in self.levels.values()}
        if len(kinds) > 1:
            raise FieldError("falling_level", "is of another kind than half_level; need the same unit")
        for name in NEEDS[self.shape]:
            try:
                ends(self.numbers(name))
            except ValueError as error:
                raise FieldError(name, str(error)) from None
        if self.shape == "bell" and not ends(self.numbers("falling_level"))[0] > ends(self.numbers("half_level"))[2]:
            raise FieldError(
                "falling_level", "is not above half_level, bands included; need a bell to rise and then fall"
            )
        return self

    @property
    def levels(self) -> dict[str, tuple[float, str]]:
        """The levels given, typical in SI with their unit."""
        given = {"half_level": self.half_level, "falling_level": self.falling_level}
        return {name: _level(table["typical"]) for name, table in given.items() if table is not None}

    @property
    def unit(self) -> str:
        """Of the levels: mol/m**3, kg/m**3, kg or 1; none of a flat relation."""
        return next((unit for _, unit in self.levels.values()), "")

    def numbers(self, name: str) -> dict[str, float]:
        """Give typical, and low and high where they are given, of a number in SI."""
        table: dict[str, Any] = getattr(self, name)
        return {key: _level(item)[0] if isinstance(item, str) else float(item) for key, item in table.items()}
