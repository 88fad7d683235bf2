"""The tables of a formulation file that hold what was measured on the bench: a release law, or first points."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from formulate.fields import Duration, at_most
from formulate.overrides import read_override
from materials.errors import FormulateError, shorten
from materials.faults import FieldError, shown
from materials.units import parse
from materials.values import Model, Value

if TYPE_CHECKING:
    from formulate.curves.model import Floats
    from formulate.curves.model import Model as Law
    from formulate.first_points import Points

FACTOR = "in_body_release_factor"  # of the vocabulary
MEASURED = ("release", "first_points")  # the tables of a layer
FORMULA = "formula"  # the law that stands in the file itself
MOST_PARAMETERS = 12
MOST_POINTS = 1000
LOWEST, HIGHEST = -0.05, 1.2  # share of a reading; an assay errs, beyond it is a mistake
LARGEST_DEVIATION = 0.5  # of a share
LARGEST_ERROR = 1e150  # of a parameter: the square is still a number

Number = Annotated[float, Field(strict=True)]
Variance = Annotated[float, Field(strict=True, ge=0)]


def _factor(given: object) -> object:
    """Accept a number above zero as text, or a table of typical, low and high."""
    try:
        read_override(FACTOR, given)
    except FormulateError as error:
        raise ValueError(str(error)) from None
    return dict(given) if isinstance(given, Mapping) else given


def _share(lowest: float, highest: float) -> BeforeValidator:
    def check(given: object) -> object:
        share = parse(given, "percent")  # type: ignore[arg-type]  # parse refuses what is not a text
        if not lowest <= share <= highest:
            need = f"need {100 * lowest:g} to {100 * highest:g} percent of the dose"
            raise ValueError(f"{shorten(given)!r}: beyond what is conceivable; {need}")
        return given

    return BeforeValidator(check)


class FirstPoints(Model):
    """Shares of the dose measured so far: they move what published profiles let expect."""

    payload: str = ""  # needed where several are inside the layer
    time: Annotated[tuple[Duration, ...], at_most(MOST_POINTS)] = Field(min_length=1)
    released: Annotated[tuple[Annotated[str, _share(LOWEST, HIGHEST)], ...], at_most(MOST_POINTS)] = Field(min_length=1)
    standard_deviation: tuple[Annotated[str, _share(1e-4, LARGEST_DEVIATION)], ...] = ()
    source: str = ""

    @model_validator(mode="after")
    def _go_together(self) -> Self:
        for name in ("released", "standard_deviation"):
            given = getattr(self, name)
            if given and len(given) != len(self.time):
                raise FieldError(name, f"{len(given)} given; need {len(self.time)}, one for each time")
        return self

    @property
    def points(self) -> "Points":
        """The same as numbers."""
        from formulate.first_points import points

        deviation = [parse(text, "percent") for text in self.standard_deviation] or None
        seconds = [parse(text, "d") for text in self.time]
        return points(seconds, [parse(text, "percent") for text in self.released], self.source, deviation=deviation)


class MeasuredRelease(Model):
    """A release law fitted to the user's own readings: it takes the place of the mechanism of a carrier."""

    payload: str = ""  # needed where several are inside the layer
    law: str
    formula: str = ""
    constants: dict[str, Number] = Field(default={}, max_length=MOST_PARAMETERS)  # of a physical law, SI
    time_unit: Literal["s", "min", "h", "d", "week"]
    values: dict[str, Number] = Field(max_length=MOST_PARAMETERS)
    standard_errors: dict[str, Variance] = Field(default={}, max_length=MOST_PARAMETERS)
    covariance: tuple[tuple[Number, ...], ...] = Field(default=(), max_length=MOST_PARAMETERS)
    degrees_of_freedom: int | None = Field(default=None, strict=True, ge=1)  # of the fit: few widen the draws
    measured_until: Duration
    in_body_factor: Annotated[Any, BeforeValidator(_factor)] = None
    source: str = ""

    @model_validator(mode="after")
    def _law_is_whole(self) -> Self:
        names = self.model.names
        for name in names:
            if name not in self.values:
                raise FieldError("values", f"{name} is missing; need {', '.join(names)} of {self.law}")
        for table in ("values", "standard_errors"):
            for name in getattr(self, table):
                if name not in names:
                    raise FieldError(
                        f"{table}.{shorten(name)}", f"is no parameter of {self.law}; need {', '.join(names)}"
                    )
        if self.standard_errors and self.covariance:
            raise FieldError("standard_errors", "stand beside a covariance, which holds them; need one of the two")
        self._check_doubt()
        return self

    def _check_doubt(self) -> None:
        """Refuse a covariance of another size or that is none, and values that the law cannot take."""
        from formulate.curves.draws import (
            coordinates,
            in_coordinates,
            independent_steps,
            law_released,
            require_domain,
        )

        count = len(self.model.names)
        if self.covariance and {len(self.covariance), *map(len, self.covariance)} != {count}:
            sizes = f"{len(self.covariance)} rows of {len(self.covariance[0])}"
            need = f"{count} rows of {count} numbers, in the order {', '.join(self.model.names)}"
            raise FieldError("covariance", f"{sizes} numbers; need {need}")
        for name, error in self.standard_errors.items():
            if error > LARGEST_ERROR:
                need = f"need at most {LARGEST_ERROR:g}, or the parameter is not known at all"
                raise FieldError(f"standard_errors.{name}", f"{error:g}; {need}")
        try:
            coordinates(self.model, self.vector)
            require_domain(self.model, self.vector, self.last)
            law_released(self.model, self.vector[:, None], [0.0, self.last])
        except FormulateError as error:
            raise FieldError("values", str(error)) from None
        try:
            independent_steps(self.matrix)
            independent_steps(in_coordinates(self.model, self.vector, self.matrix))
        except FormulateError as error:
            raise FieldError("standard_errors" if self.standard_errors else "covariance", str(error)) from None

    @cached_property
    def model(self) -> "Law":
        """The law."""
        if bool(self.formula) != (self.law == FORMULA):
            need = f'law = "{FORMULA}" with the formula in words, or another law without one'
            raise FieldError("formula", f"{shown(self.formula)} with law {shown(self.law)}; need {need}")
        try:
            if self.formula:
                from formulate.curves.formula import formula_model

                return formula_model(self.formula)
            from formulate.curves import library, physical

            if self.law in physical.PHYSICAL:
                return physical.model(self.law, self.constants, self.seconds)
            if self.constants:
                raise FieldError(
                    "constants", f"{self.law} takes none; need a law such as fick_sphere, or leave them out"
                )
            return library.model(self.law)
        except FormulateError as error:
            field = "formula" if self.formula else "constants" if self.constants else "law"
            raise FieldError(field, str(error)) from None

    @property
    def vector(self) -> "Floats":
        """Values of the parameters in the order of the law, (parameters,)."""
        import numpy as np

        return np.array([self.values[name] for name in self.model.names])

    @property
    def matrix(self) -> "Floats":
        """Covariance of the parameters in their units, (parameters, parameters); zero where no doubt is given."""
        import numpy as np

        if self.covariance:
            return np.array(self.covariance)
        return np.diag([self.standard_errors.get(name, 0.0) ** 2 for name in self.model.names])

    @property
    def seconds(self) -> float:
        """One time unit of the law [s]."""
        return parse(f"1 {self.time_unit}", "s")

    @property
    def last(self) -> float:
        """The last reading, in the time unit of the law."""
        return parse(self.measured_until, "d") / self.seconds

    @property
    def factor(self) -> Value:
        """How much faster release runs in the body than on the bench; 1 where nobody says."""
        return read_override(FACTOR, "1" if self.in_body_factor is None else self.in_body_factor)
