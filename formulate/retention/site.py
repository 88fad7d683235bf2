"""What every site shares: one dose on its way in, where its carriers go, and the drug they set free there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from formulate.case import Case
from formulate.inputs import Subject
from formulate.regimen import Event, Regimen
from formulate.results import Release
from formulate.sampling import Array
from formulate.steps import cumulated, middle
from materials.errors import Fault, FileError
from materials.schema import Carrier

INTRAVENOUS = "intravenous"


@dataclass(frozen=True)
class Setting:
    """One dose at a site: what the site must know to say where its carriers go."""

    site: Subject
    part: Callable[[str], Subject]  # a part of the site, to read numbers from
    carrier: Subject | None  # the carrier that moves on its own, or None where drug is given without
    time: Array  # (times,) s after the first dose
    event: Event
    since_injury: float  # s from the injury to the first dose
    fluid_injected: float  # m3 of this dose that mixes with the fluid of the site
    volume: float = 0.0  # m3 of this dose, a gel included

    @property
    def form(self) -> str:
        """The form of the carrier that moves: particle, vesicle, micelle, cell; empty where there is none."""
        if self.carrier is None:
            return ""
        assert isinstance(self.carrier.entry, Carrier)
        return self.carrier.entry.form


@dataclass(frozen=True)
class Whereabouts:
    """Where the carriers of one dose are, by place: shares of the carriers of that dose, (draws, times).

    `at_site` and `elsewhere` together sum to the share that has arrived (that is out of any depot).
    """

    at_site: Mapping[str, Array]
    elsewhere: Mapping[str, Array]  # drained, carried off by cells, in an organ, dead
    notes: tuple[str, ...] = ()  # what a reader must know of where these carriers go

    @property
    def here(self) -> Array:
        """The share at the site."""
        return np.asarray(sum(self.at_site.values()))

    @property
    def gone(self) -> Array:
        """The share that has left the site."""
        return np.asarray(sum(self.elsewhere.values()))


Going = Callable[[Setting, Array], Whereabouts]
"""What a site gives for carriers: setting and cumulative share that has arrived, (draws, times), in; places out."""


def setting(case: Case, event: Event) -> Setting:
    """Give the setting of one dose of a case."""
    inner = case.inner.entry
    assert isinstance(inner, Carrier)
    moves = inner.form in ("particle", "vesicle", "micelle", "cell")
    return Setting(
        case.site,
        case.part_of_site,
        case.inner if moves else None,
        case.time,
        event,
        case.formulation.regimen.since_injury,
        case.fluid_injected if event.route == case.main_route else 0.0,
        case.volume,
    )


def require_no_depot_in_blood(regimen: Regimen, also: bool = True) -> None:
    """Refuse a gel, or another depot, that a regimen would bring into a vein; `also` by its further routes."""
    routes = [("regimen.route", regimen.route_or_first)]
    if also:
        routes += [(f"regimen.also.{index}.route", item.route) for index, item in enumerate(regimen.also)]
    need = " or ".join(route for route in regimen.entry.routes if route != INTRAVENOUS)
    problem = f"a gel or another depot cannot be given intravenously; need {need}"
    if found := [Fault("formulation", field, problem) for field, route in routes if route == INTRAVENOUS]:
        raise FileError(found)


def of_event(release: Release, event: Event) -> Release:
    """Give the release of one dose on the common times: nothing before it is given, its own release by age after.

    Before the dose every share is 0, `unreleased` and `carrier_substance` are 1, and `in_depot_carrier`,
    `in_free_carrier`, `solid` and `free` sum to 1 from its time on.
    """
    if event.start == 0.0:
        return release

    def shifted(curve: Array, before: float) -> Array:
        return aged(curve, release.time, event.start, before)

    return replace(
        release,
        in_depot_carrier=shifted(release.in_depot_carrier, 0.0),
        in_free_carrier=shifted(release.in_free_carrier, 0.0),
        solid=shifted(release.solid, 0.0),
        free=shifted(release.free, 0.0),
        free_from_depot=shifted(release.free_from_depot, 0.0),
        carriers_out=shifted(release.carriers_out, 0.0),
        unreleased=shifted(release.unreleased, 1.0),
        carrier_substance=shifted(release.carrier_substance, 1.0),
    )


def aged(curve: Array, time: Array, start: float, before: float) -> Array:
    """Give a curve against age, (draws, times), on the common times of a dose that is given at `start` [s].

    >>> aged(np.array([[0.0, 10.0, 20.0]]), np.array([0.0, 10.0, 20.0]), 10.0, -1.0)
    array([[-1.,  0., 10.]])
    """
    if start == 0.0:
        return curve
    age = time - start
    at = np.clip(np.searchsorted(time, age, side="right") - 1, 0, len(time) - 2)
    weight = (age - time[at]) / (time[at + 1] - time[at])
    return np.where(age >= 0.0, curve[:, at] * (1.0 - weight) + curve[:, at + 1] * weight, before)


def freed(release: Release, whereabouts: Whereabouts, event: Event) -> dict[str, Array]:
    """Give the cumulative share of one dose that its carriers set free in each place, (draws, times).

    Parameters
    ----------
    release : Release
        The release of that dose, from `of_event`.
    whereabouts : Whereabouts
        Where its carriers are.
    event : Event
        The dose.

    Notes
    -----
    Carriers of one dose release alike, wherever they are: over a step a place receives the fall of `unreleased` times
    the mean share of the carriers that were there. What is set free at the moment of the dose, the burst, goes where
    the carriers are then.
    """
    falls = -np.diff(release.unreleased)
    arrival = int(np.searchsorted(release.time, event.start))
    found = {}
    for name, share in {**whereabouts.at_site, **whereabouts.elsewhere}.items():
        steps = falls * middle(share)
        if arrival > 0:
            steps[:, arrival - 1] = falls[:, arrival - 1] * share[:, arrival]
        burst = (1.0 - release.unreleased[:, :1]) * share[:, :1] if arrival == 0 else 0.0
        found[name] = burst + cumulated(steps)
    return found
