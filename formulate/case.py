"""One formulation made ready to compute: its entries, the user's settings, its draws and its circumstances."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from formulate.common import PayloadPart
from formulate.formulation import Formulation
from formulate.inputs import Circumstances, Inputs, Subject
from formulate.layer import Layer
from formulate.nest import HeldPart
from formulate.overrides import BODY
from formulate.regimen import Event, Regimen, events
from formulate.sampling import Array, Draws
from materials import catalog
from materials.errors import MissingValueError
from materials.schema import Carrier, Method
from materials.units import parse
from materials.values import Value

INTRAVENOUS = "intravenous"
FIRST_TIME = 10.0  # s; nothing a carrier or a joint does is asked about sooner
TIMES_PER_DECADE = 24
EARLY, TIMES_EARLY = 3600.0, 10  # s after a dose, and times per decade until then: more change no result
FEWEST_PER_DECADE = 6  # after each of many doses
RAMP = 1.0  # s; a later dose is given over the last second before its time, so that no amount jumps


@dataclass(frozen=True)
class Process:
    """Where the numbers of a preparation are looked up: the user's, the carrier's, those of the method."""

    carrier: Subject
    method: Subject | None

    def find(self, name: str) -> Value | None:
        """Give the value that would be read, or None."""
        return self._holder(name).find(name)

    def read(self, name: str, needed_for: str) -> Array:
        """Give the draws of a number, shaped (draws, 1), in SI; a MissingValueError if nobody gives it."""
        return self._holder(name).read(name, needed_for)

    def _holder(self, name: str) -> Subject:
        own = self.carrier.find(name)
        return self.method if own is None and self.method and self.method.find(name) else self.carrier


@dataclass(frozen=True)
class Case:
    """One payload of a formulation, in the layers around it, with the inputs its stages read from."""

    formulation: Formulation
    inputs: Inputs
    payload: Subject
    site: Subject
    layers: tuple[Subject, ...]  # from the one that holds the payload to the outermost
    chain: tuple[Layer, ...]  # the same, as the user wrote them
    part: PayloadPart
    share: float  # of the dose that is held there
    time: Array  # (times,) s
    on_bench: bool = False  # in a buffer of pH 7.4, and not at the site

    @property
    def holder(self) -> Layer:
        """The layer that holds the payload."""
        return self.chain[0]

    @property
    def inner(self) -> Subject:
        """The carrier that holds the payload."""
        return self.layers[0]

    @property
    def holder_form(self) -> str:
        """The form of the carrier that holds the payload."""
        return form_of(self.inner)

    @property
    def depot(self) -> Subject | None:
        """The depot around the carrier that holds the payload, if there is one."""
        outer = self.layers[-1]
        return outer if len(self.layers) > 1 and form_of(outer) == "depot" else None

    @property
    def between(self) -> tuple[Subject, ...]:
        """The carriers between the one that holds the payload and a depot, from the inside out."""
        return self.layers[1:-1] if self.depot else self.layers[1:]

    def without(self, inside: int) -> "Case":
        """Give the case without so many inner layers: what they lie in is taken to hold the payload."""
        return replace(self, layers=self.layers[inside:], chain=self.chain[inside:])

    def within(self, count: int) -> "Case":
        """Give the case of its inner layers alone, so many of them."""
        return replace(self, layers=self.layers[:count], chain=self.chain[:count])

    @property
    def method(self) -> Method | None:
        """The preparation method of the layer that holds the payload: the one asked for, else the carrier's first."""
        return self.holder.preparation

    @property
    def loading_mechanism(self) -> str:
        """The mechanism the payload is loaded by: that of the method, else that of the carrier."""
        carrier = self.inner.entry
        assert isinstance(carrier, Carrier)
        return (self.method.loading if self.method else "") or carrier.mechanisms.loading

    @property
    def process(self) -> Process:
        """Where the numbers of the preparation of the layer that holds the payload are looked up."""
        return Process(self.inner, Subject(self.inputs, self.method) if self.method else None)

    @property
    def dose(self) -> float:
        """The dose wanted per injection [kg]: the user's, else the usual dose of the payload."""
        asked = self.part.dose
        whole = parse(asked, "mg") if asked else self.payload.typical("usual_dose", "a dose")
        return whole * self.share

    @property
    def volume(self) -> float:
        """The injection volume [m3]: the user's, else the usual one of the site."""
        return injection_volume(self.formulation, self.site)

    @property
    def events(self) -> tuple[Event, ...]:
        """Every dose before the end of the calculation, in order of time; all that are asked for share 1."""
        return events(self.formulation.regimen, self.dose / self.share, "kg", float(self.time[-1]))

    @property
    def doses(self) -> float:
        """How many times the dose of one main injection is given in all, over every route."""
        return 1.0 / next(event.share for event in self.events if event.route == self.main_route)

    @property
    def main_route(self) -> str:
        """The route of the main dose."""
        return self.formulation.regimen.route_or_first

    def part_of_site(self, identifier: str) -> Subject:
        """Give a part of the site, such as its cartilage, to read numbers from."""
        return part_of_site(self.inputs, self.formulation.regimen, identifier)

    @property
    def parts_set(self) -> tuple[Subject, ...]:
        """The parts of the site that the user set numbers of."""
        return tuple(self.part_of_site(identifier) for identifier in self.formulation.regimen.parts_set)

    @property
    def fluid_injected(self) -> float:
        """The part of the injection that mixes with the fluid of the site and drains with it [m3]: none of a gel."""
        forms = [layer.entry.form for layer in self.formulation.layer]
        return 0.0 if "depot" in forms else self.volume


def prepare(formulation: Formulation, draws: Draws | None = None) -> Case:
    """Give the case of the payload that is followed, where its first part is held; see `prepare_parts`."""
    return prepare_parts(formulation, draws)[0]


def prepare_parts(formulation: Formulation, draws: Draws | None = None) -> tuple[Case, ...]:
    """Give a case for each part of the payload that is followed, with the draws it asks for unless others are given."""
    drawn, (first, *others) = _asked_draws(formulation, draws), formulation.parts
    case = _case(formulation, first, drawn)
    return (case, *(_case(formulation, held, drawn, case.inputs) for held in others))


def prepare_all(formulation: Formulation, draws: Draws | None = None) -> tuple[Case, ...]:
    """Give a case for each payload in each layer that holds it; they share their draws."""
    drawn = _asked_draws(formulation, draws)
    return tuple(_case(formulation, held, drawn) for held in formulation.held)


@dataclass(frozen=True)
class OwnPlace:
    """A carrier that is itself the drug, in its place, with what its loading is read from."""

    formulation: Formulation
    inputs: Inputs
    carrier: Subject
    site: Subject
    layers: tuple[Subject, ...]  # around it, from the inside out

    @property
    def volume(self) -> float:
        """The injection volume [m3]: the user's, else the usual one of the site."""
        return injection_volume(self.formulation, self.site)

    def part_of_site(self, identifier: str) -> Subject:
        """Give a part of the site, such as its cartilage, to read numbers from."""
        return part_of_site(self.inputs, self.formulation.regimen, identifier)

    @property
    def parts_set(self) -> tuple[Subject, ...]:
        """The parts of the site that the user set numbers of."""
        return tuple(self.part_of_site(identifier) for identifier in self.formulation.regimen.parts_set)


def prepare_own(formulation: Formulation, draws: Draws | None = None) -> tuple[tuple[Layer, OwnPlace], ...]:
    """Give each layer that is given by its own dose, ready to compute."""
    drawn, regimen = _asked_draws(formulation, draws), formulation.regimen
    system = catalog.load().carrier(formulation.system) if formulation.system else None
    found = []
    for layer in formulation.layer:
        if layer.dose is not None:
            inputs = Inputs(catalog.load(), drawn, Circumstances(regimen.species, regimen.state_or_first, ""))
            around = tuple(Subject(inputs, item.entry, item.overrides, system) for item in formulation.around(layer))
            carrier = Subject(inputs, layer.entry, layer.overrides, system)
            site = Subject(inputs, regimen.entry, regimen.overrides)
            found.append((layer, OwnPlace(formulation, inputs, carrier, site, around)))
    return tuple(found)


def _asked_draws(formulation: Formulation, draws: Draws | None) -> Draws:
    return draws or Draws(formulation.calculation.draws, formulation.calculation.seed)


def part_of_site(inputs: Inputs, regimen: Regimen, identifier: str) -> Subject:
    """Give a part of the site of a regimen, to read numbers from."""
    return Subject(inputs, inputs.catalog.site(identifier), regimen.overrides_of(identifier))


def injection_volume(formulation: Formulation, site: Subject) -> float:
    """Give the injection volume [m3]: the user's, else the usual one of the site."""
    asked = formulation.regimen.volume
    if asked:
        return parse(asked, "mL")
    if formulation.regimen.route_or_first == INTRAVENOUS:  # what a vein takes, not what the site does
        site = part_of_site(site.inputs, formulation.regimen, BODY)
    if site.find("injection_volume") is None:
        raise MissingValueError(
            site.entry.id, "injection_volume", "an injection", "set regimen.volume in the file, in mL"
        )
    return site.typical("injection_volume", "an injection")


def _case(formulation: Formulation, held: HeldPart, draws: Draws, inputs: Inputs | None = None) -> Case:
    known = catalog.load()
    regimen = formulation.regimen
    inputs = inputs or Inputs(known, draws, Circumstances(regimen.species, regimen.state_or_first, held.part.id))
    system = known.carrier(formulation.system) if formulation.system else None
    return Case(
        formulation,
        inputs,
        payload=Subject(inputs, held.part.entry, held.part.overrides),
        site=Subject(inputs, regimen.entry, regimen.overrides),
        layers=tuple(Subject(inputs, layer.entry, layer.overrides, system) for layer in held.chain),
        chain=held.chain,
        part=held.part,
        share=held.share,
        time=time_grid(formulation.horizon, formulation.target.seconds, regimen.starts),
    )


def form_of(subject: Subject) -> str:
    """Give the form of a carrier: particle, vesicle, micelle, cell, depot ..."""
    assert isinstance(subject.entry, Carrier)
    return subject.entry.form


def time_grid(horizon: float, duration: float, starts: tuple[float, ...] = (0.0,)) -> Array:
    """Give the times of a calculation [s]: 0, then evenly spaced in the logarithm from each dose on.

    They lie closer from an hour on. The wanted duration is among them, and so is every dose before the horizon, with a
    time one second before it: a later dose is given over that second. The more doses, the fewer times follow each of
    the later ones.

    >>> time_grid(60 * 86400.0, 28 * 86400.0)[[0, 1, -1]]
    array([0.000e+00, 1.000e+01, 5.184e+06])
    """
    horizon = max(horizon, 2 * FIRST_TIME)
    grid = [np.array([0.0]), _after(horizon, TIMES_PER_DECADE)]
    later = [start for start in starts if 0.0 < start < horizon]
    for start, following in pairwise([*later, horizon]):
        left = following - start  # the grids before this one are fine enough after the next dose
        per_decade = max(FEWEST_PER_DECADE, TIMES_PER_DECADE // (1 + len(later)))
        grid.append(start + np.concatenate([[-RAMP, 0.0], _after(left, per_decade) if left > 2 * FIRST_TIME else []]))
    extra = [duration] if FIRST_TIME < duration < horizon else []
    times = np.unique(np.concatenate([*grid, extra]))
    if not later:
        return times
    doses = np.array(later)
    near = np.abs(times[:, None] - doses).min(axis=1) < RAMP  # of another grid: the dose would be split
    # two grids may come so close to each other that a step would be rounding
    close = np.concatenate([[False], np.diff(times) < FIRST_TIME / 100])
    fixed = np.isin(times, [*doses, *(doses - RAMP), *extra, horizon])
    return np.asarray(times[fixed | ~(near | close)])


def _after(length: float, per_decade: int) -> Array:
    """Give times after a dose [s], up to the length, fewer per decade within the first hour."""
    hour = min(EARLY, length)
    grid = _even(FIRST_TIME, hour, min(TIMES_EARLY, per_decade))
    return grid if hour == length else np.concatenate([grid, _even(hour, length, per_decade)[1:]])


def _even(start: float, end: float, per_decade: int) -> Array:
    grid = np.geomspace(start, end, int(np.ceil(per_decade * np.log10(end / start))) + 1)
    grid[[0, -1]] = start, end  # geomspace rounds its ends
    return grid
