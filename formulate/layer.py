"""One layer of the nest: a carrier, what it holds, how it was made, and what was measured of it."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from formulate.batch_records import Assay, QualityTest
from formulate.fields import LayerCarrierId, counts_what_it_is, own_dose
from formulate.measured_release import MEASURED, FirstPoints, MeasuredRelease
from formulate.overrides import read_overrides
from formulate.release_choice import PROFILES, family_of_carrier
from formulate.secretes import Secretes
from materials import catalog
from materials.errors import FormulateError, shorten
from materials.faults import FieldError
from materials.schema import Carrier, Method
from materials.values import Identifier, Model, Value

SMALLEST_SHARE = 1e-6


def _holds(given: object) -> object:
    """Accept a list of ids, or a table of ids with the share of each that is held here."""
    if isinstance(given, Mapping):
        for name, share in given.items():
            if isinstance(share, bool) or not isinstance(share, int | float) or not SMALLEST_SHARE <= share <= 1:
                raise ValueError(f"{name} = {shorten(share)!r}; need a share of {SMALLEST_SHARE:g} to 1")
        return dict(given)
    if not isinstance(given, list | tuple) or not all(isinstance(item, str) for item in given):
        raise ValueError(f"{shorten(given)!r}; need a list of ids in square brackets, or a table of ids and shares")
    if len(set(given)) < len(given):
        raise ValueError(f"{shorten(given)!r}: an id stands twice; need each once")
    return tuple(given)


class Layer(Model):
    """One layer of the nest: a carrier, what it holds, and what the user set of it."""

    id: Identifier
    carrier: LayerCarrierId
    holds: Annotated[tuple[str, ...] | dict[str, float], BeforeValidator(_holds)] = ()
    dose: str | None = None  # of a carrier that is itself the drug: a mass, or a number of cells or particles
    method: str = ""
    shape: Literal["", "sphere", "ellipsoid", "rod", "disc", "irregular"] = ""  # as electron microscopy shows it
    assay: tuple[Assay, ...] = ()
    quality: tuple[QualityTest, ...] = ()
    secretes: tuple[Secretes, ...] = ()
    loading: dict[str, Any] = Field(default_factory=dict)
    release: MeasuredRelease | None = None
    release_from: Literal["", "published-profiles", "mechanism"] = ""  # what tells it; see formulate.release_choice
    first_points: FirstPoints | None = None
    set: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _method_is_known(self) -> Self:
        methods = self.entry.methods
        if self.method and self.method not in methods:
            raise FieldError("method", f"{shorten(self.method)!r} is unknown; need {' or '.join(methods) or 'none'}")
        if self.entry.form == "system":
            raise FieldError(
                "carrier", f"{self.carrier} is itself a nest; need its layers {', '.join(self.entry.layers)}"
            )
        return self

    @model_validator(mode="after")
    def _profiles_are_published(self) -> Self:
        if self.release_from == PROFILES and family_of_carrier(self.entry) is None:
            need = "of polyester particles and liposomes; need it left out"
            raise FieldError("release_from", f"{PROFILES}: nothing is learned of {self.carrier}, only {need}")
        if self.release_from and self.release is not None:
            raise FieldError("release_from", "stands beside a measured law, which holds; need one of the two")
        return self

    @model_validator(mode="after")
    def _dose_is_of_a_drug(self) -> Self:
        if self.dose is not None:
            if not (self.entry.is_own_drug or self.entry.form == "cell"):
                raise FieldError("dose", f"{self.carrier} is not itself a drug; need the dose under [[payload]]")
            try:
                own_dose(self.dose)
            except FormulateError as error:
                raise FieldError("dose", str(error)) from None
            if not counts_what_it_is(self.dose, self.entry.form):
                example = "20 million cells" if self.entry.form == "cell" else "1e10 particles"
                kind = "cells" if self.entry.form == "cell" else f"particles: {self.carrier} is no cell"
                raise FieldError("dose", f'{shorten(self.dose)!r}; need a number of {kind}, such as "{example}"')
        elif not self.holds:
            need = "dose of the carrier, which is the drug" if self.entry.is_own_drug else "a payload or a layer inside"
            raise FieldError("holds", f"is empty; need {need}")
        return self

    @model_validator(mode="after")
    def _cells_secrete(self) -> Self:
        if self.secretes and (self.entry.form != "cell" or self.dose is None):
            raise FieldError("secretes", f"is of living cells given by number; {self.carrier} here is not")
        names = [item.name for item in self.secretes]
        if twice := next((name for name in names if names.count(name) > 1), ""):
            raise FieldError("secretes", f"{shorten(twice)!r} stands twice; need each once")
        return self

    @property
    def entry(self) -> Carrier:
        """The catalog entry."""
        return catalog.load().carrier(self.carrier)

    @property
    def preparation(self) -> Method | None:
        """How it is made: the method asked for, else the first of the catalog entry."""
        name = self.method or next(iter(self.entry.methods), "")
        return catalog.load().method(name) if name else None

    @property
    def shares(self) -> dict[str, float]:
        """What it holds, with the share of each."""
        return dict(self.holds) if isinstance(self.holds, dict) else dict.fromkeys(self.holds, 1.0)

    @property
    def overrides(self) -> dict[str, Value]:
        """What the user set, by property, loading included."""
        loading = {name: given for name, given in self.loading.items() if name != "convention"}
        return read_overrides({**self.set, **loading})

    def as_of(self, payload: str) -> Self:
        """Give the layer without a law or first points that were measured of another payload."""
        others = [name for name in MEASURED if (given := getattr(self, name)) and given.payload not in ("", payload)]
        return self.model_copy(update=dict.fromkeys(others)) if others else self

    @property
    def convention(self) -> Literal["A", "B"]:
        """The drug-loading convention: asked for, else that of the method, else A."""
        asked: Literal["A", "B"] | None = self.loading.get("convention")
        if asked:
            return asked
        return (self.preparation.convention if self.preparation else None) or "A"
