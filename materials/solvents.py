"""Solvents that particles, vesicles and gels are made with: what may stay in the product, density, boiling, water.

Limits are those of the guideline on residual solvents, ICH Q3C(R8) [ich2021]_, as texts that quote its tables give
them ([jcannabisres2022]_, class 3 [wypych2001]_). Densities and boiling points are of handbooks [bell2016]_,
solubilities of a data set [delaney2004]_, what drying takes out of PLGA of a study [kias2024]_. Each number says
where it was read; one that was remembered is marked assumed.
"""

import functools
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Literal, Self

import tomli
from pydantic import Field, model_validator

from materials.named import Named, called
from materials.units import si_factor
from materials.values import Text, Value

NUMBERS = ("permitted_daily_exposure", "concentration_limit", "density", "boiling_point", "water_solubility")


class Solvent(Named):
    """One solvent. `ich_class` is 1 to avoid, 2 to limit, 3 of low toxicity, or not-listed."""

    cas: str = Field(pattern=r"^\d{2,7}-\d{2}-\d$")
    ich_class: Literal["1", "2", "3", "not-listed"]
    permitted_daily_exposure: Value | None = None  # by any route
    concentration_limit: Value | None = None  # of a product of which at most 10 g are given a day
    density: Value
    boiling_point: Value
    miscible_with_water: bool
    water_solubility: Value | None = None  # of one that is not miscible
    note: Text = ""

    @model_validator(mode="before")
    @classmethod
    def _name_the_numbers(cls, row: Any) -> Any:
        """Give each number the name of its key."""
        if not isinstance(row, Mapping):
            return row
        named = {key: {**row[key], "name": key} for key in NUMBERS if isinstance(row.get(key), Mapping)}
        return {**row, **named}

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if (self.ich_class == "not-listed") != (self.concentration_limit is None):
            raise ValueError(f"{self.id}: a solvent of a class, and only that, has a concentration limit")
        if (self.ich_class in ("2", "3")) != (self.permitted_daily_exposure is not None):
            raise ValueError(f"{self.id}: a solvent of class 2 or 3, and only that, has a permitted daily exposure")
        if self.miscible_with_water == (self.water_solubility is not None):
            raise ValueError(f"{self.id}: a solvent is miscible with water or has a solubility in it")
        return self

    @property
    def daily_exposure(self) -> float | None:
        """The permitted daily exposure [kg/s], or None: class 1 has a concentration alone."""
        return _si(self.permitted_daily_exposure)

    @property
    def content_limit(self) -> float | None:
        """The concentration limit of the product [kg/kg], or None where the guideline has none."""
        return _si(self.concentration_limit)

    @property
    def limit_text(self) -> str:
        """The limits in words, for a table or a checklist."""
        if self.concentration_limit is None:
            return "not in ICH Q3C: no limit is given; justify what stays in the product"
        words = f"ICH class {self.ich_class}, {self.concentration_limit.typical:g} ppm"
        if self.permitted_daily_exposure is not None:
            words += f", {self.permitted_daily_exposure.typical:g} mg a day"
        return words + (": avoid" if self.ich_class == "1" else "")


@functools.cache
def solvents() -> Mapping[str, Solvent]:
    """Give every solvent by its id.

    >>> solvents()["dichloromethane"].limit_text
    'ICH class 2, 600 ppm, 6 mg a day'
    """
    text = files("materials").joinpath("data/solvents.toml").read_text("utf-8")
    read = [Solvent.model_validate(row) for row in tomli.loads(text)["solvent"]]
    return {item.id: item for item in read}


def solvent(given: str) -> Solvent:
    """Give a solvent by its id, its name or what else it is called.

    Raises
    ------
    UnknownIdError
        No solvent is called so; the nearest are named.

    Examples
    --------
    >>> solvent("DCM").id, solvent("Methylene chloride").ich_class
    ('dichloromethane', '2')
    """
    return called("solvent", given, solvents())


def _si(value: Value | None) -> float | None:
    return None if value is None else value.typical * si_factor(value.unit)
