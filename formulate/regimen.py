"""Where and how a formulation is given: site, species, state, and one dose or several, by one route or more."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from formulate.fields import Duration, SignedDuration, SiteId, VehicleId, Volume, at_most, counts_what_it_is, own_dose
from formulate.limits import MOST_INJECTIONS, MOST_ROUTES
from formulate.overrides import read_overrides
from materials import catalog
from materials.errors import FormulateError, UnitError, shorten
from materials.faults import FieldError
from materials.schema import Site
from materials.units import parse
from materials.values import Model, Value


@dataclass(frozen=True)
class Event:
    """One dose on its way in."""

    route: str
    start: float  # s after the first dose
    share: float  # of all that is given, over every dose and route


def _require_interval(injections: int, interval: str | None) -> None:
    if injections > 1 and interval is None:
        raise FieldError("interval", f"is missing; need the time between the {injections} injections")
    if injections == 1 and interval is not None:
        raise FieldError("interval", f"{shorten(interval)!r} between one injection; need injections of 2 or more")


class AlsoGiven(Model):
    """The same preparation given by a further route."""

    route: str
    dose: str  # per injection, in the kind of the main dose: a mass, or a number of cells or particles
    injections: int = Field(default=1, strict=True, ge=1, le=MOST_INJECTIONS)
    interval: Duration | None = None
    after: Duration | None = None  # the first main dose; at the same time if left out

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        _require_interval(self.injections, self.interval)
        try:
            own_dose(self.dose)
        except FormulateError as error:
            raise FieldError("dose", str(error)) from None
        return self


class Regimen(Model):
    """Where and how it is given."""

    site: SiteId
    species: str = "human"
    state: str = ""
    route: str = ""
    volume: Volume | None = None
    vehicle: VehicleId | None = None  # the liquid of the injection, for its recipe
    injections: int = Field(default=1, strict=True, ge=1, le=MOST_INJECTIONS)
    interval: Duration | None = None
    start: SignedDuration | None = None  # of the first dose, from the injury on; below zero: before it
    also: Annotated[tuple[AlsoGiven, ...], at_most(MOST_ROUTES)] = ()
    set: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _site_offers(self) -> Self:
        site = self.entry
        asked = [("species", self.species, site.species), ("state", self.state, site.states)]
        asked += [("route", self.route, site.routes)]
        asked += [(f"also.{index}.route", item.route, site.routes) for index, item in enumerate(self.also)]
        for name, given, offered in asked:
            if offered and (given or name not in ("state", "route")) and given not in offered:
                raise FieldError(
                    name, f"{shorten(given)!r} is not described for {site.id}; need {' or '.join(offered)}"
                )
        _require_interval(self.injections, self.interval)
        return self

    @property
    def entry(self) -> Site:
        """The catalog entry."""
        return catalog.load().site(self.site)

    @property
    def state_or_first(self) -> str:
        """The state asked for, else the first the site is described in."""
        return self.state or next(iter(self.entry.states), "")

    @property
    def route_or_first(self) -> str:
        """The route asked for, else the first the site is described for."""
        return self.route or next(iter(self.entry.routes), "")

    @property
    def overrides(self) -> dict[str, Value]:
        """What the user set of the site itself, by property."""
        return read_overrides({name: given for name, given in self.set.items() if "." not in name})

    def overrides_of(self, part: str) -> dict[str, Value]:
        """Give what the user set of a part of the site, by property: ``"cartilage-endplate.thickness" = "0.8 mm"``."""
        named = {name: name.removeprefix(f"{part}.") for name in self.set if name.startswith(f"{part}.")}
        return read_overrides({short: self.set[name] for name, short in named.items()})

    @property
    def parts_set(self) -> tuple[str, ...]:
        """The parts of the site that the user set numbers of."""
        return tuple(dict.fromkeys(name.rpartition(".")[0] for name in self.set if "." in name))

    @property
    def since_injury(self) -> float:
        """The time of the first dose after the injury [s]; below zero where it is given before."""
        return parse(self.start, "d") if self.start else 0.0

    def kind_problems(self, unit: Literal["kg", "1"], form: str = "") -> Iterator[tuple[int, str]]:
        """Give which doses by a further route are of another kind than the main dose, and why; `form` is its own."""
        for index, item in enumerate(self.also):
            if own_dose(item.dose)[1] != unit:
                yield index, f"{shorten(item.dose)!r}: {_ANOTHER_KIND}; need {_KINDS[unit]}"
            elif form and not counts_what_it_is(item.dose, form):
                yield (
                    index,
                    f"{shorten(item.dose)!r}: {_ANOTHER_KIND}; need {_KINDS['1' if form == 'cell' else 'particles']}",
                )

    def after(self, horizon: float) -> tuple[str, ...]:
        """Warn of doses that would be given after the end of a calculation [s]."""
        listed = [_times(self.injections, self.interval)]
        listed += [_times(item.injections, item.interval, item.after) for item in self.also]
        late = sum(moment >= horizon for times in listed for moment in times)
        whole = sum(len(times) for times in listed)
        days = f"{horizon / 86400:.3g} d"
        told = f"{late} of {whole} doses come after the end of the calculation, {days}, and are not followed"
        return (f"{told}; shares are of all {whole}; need a longer calculation.horizon",) if late else ()

    @property
    def starts(self) -> tuple[float, ...]:
        """When doses are given [s after the first], each time once, in order."""
        every = [_times(self.injections, self.interval)]
        every += [_times(item.injections, item.interval, item.after) for item in self.also]
        return tuple(sorted({moment for times in every for moment in times}))


def _times(injections: int, interval: str | None, after: str | None = None) -> list[float]:
    first = parse(after, "d") if after else 0.0
    between = parse(interval, "d") if interval else 0.0
    return [first + index * between for index in range(injections)]


def events(regimen: Regimen, dose: float, unit: Literal["kg", "1"], horizon: float = math.inf) -> tuple[Event, ...]:
    """Give every dose of a regimen before the end of a calculation, in order of time.

    Parameters
    ----------
    regimen : Regimen
        How it is given.
    dose : float
        One injection by the main route, as a mass [kg] or a number.
    unit : {"kg", "1"}
        Which of the two.
    horizon : float
        End of the calculation [s]; a later dose is left out, its share of all that is given is not.

    Raises
    ------
    UnitError
        A dose by a further route is of another kind than the main dose.
    """
    found = [(regimen.route_or_first, moment, 1.0) for moment in _times(regimen.injections, regimen.interval)]
    for item in regimen.also:
        amount, kind = own_dose(item.dose)
        if kind != unit:
            raise UnitError(item.dose, _ANOTHER_KIND, _KINDS[unit])
        found += [(item.route, moment, amount / dose) for moment in _times(item.injections, item.interval, item.after)]
    whole = math.fsum(share for _, _, share in found)
    listed = (Event(route, moment, share / whole) for route, moment, share in found if moment < horizon)
    return tuple(sorted(listed, key=lambda event: event.start))


_ANOTHER_KIND = "a dose by another route is of another kind than the main dose"
_KINDS = {
    "kg": 'a mass such as "5 mg"',
    "1": 'a number such as "20 million cells"',
    "particles": 'a number such as "1e10 particles"',
}
