"""What every site shares: one dose on its way in, where its carriers go, and the drug they set free there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property
from typing import Protocol, TypeAlias, TypeVar, TypeVarTuple

import numpy as np

from formulate.case import Case
from formulate.inputs import Subject
from formulate.regimen import Event
from formulate.results import Exposure, Loading, Release
from formulate.sampling import Array
from materials.errors import FormulateError
from materials.schema import Carrier

Asked: TypeAlias = tuple[Case, Loading, Release]  # what retention is asked about


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
    cell_half_life: Array | None = None  # s, (draws,), by which cells die at the site; see `survival.followed`

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
        return _summed(self.at_site)

    @property
    def gone(self) -> Array:
        """The share that has left the site."""
        return _summed(self.elsewhere)

    @cached_property
    def out(self) -> Array:
        """The share that is out of any depot."""
        return self.here + self.gone


def _summed(shares: Mapping[str, Array]) -> Array:
    first, *others = shares.values() or (np.zeros(()),)
    return np.asarray(sum(others, start=first))


def as_shares(amounts: Array, dose: Array) -> Array:
    """Turn amounts (draws, times) into shares of the dose (draws, 1), in the memory of the amounts."""
    return np.divide(amounts, dose, out=amounts)


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


class Sums:
    """Sums over the doses by name, (draws, times), shares of all that is given; what nothing was added to is nothing.

    >>> sums = Sums(np.zeros((1, 2)))
    >>> sums.add("fluid", np.array([[0.0, 1.0]]), 0.5, np.array([[0.8]]))
    >>> sums["fluid"], sums["depot"]
    (array([[0. , 0.4]]), array([[0., 0.]]))
    """

    def __init__(self, nothing: Array) -> None:
        self.nothing = nothing
        self.notes: dict[str, None] = {}  # in order, each once
        self._sums: dict[str, Array] = {}

    def __getitem__(self, name: str) -> Array:
        return self._sums.get(name, self.nothing)

    def add(self, name: str, amount: Array, *shares: Array | float) -> None:
        """Add shares of an amount; the arrays of most carriers hold nothing but zeros, which cost no sum."""
        if not amount.any() or any(isinstance(share, float) and share == 0.0 for share in shares):
            return
        for share in shares:
            if not (isinstance(share, float) and share == 1.0):
                amount = share * amount
        before = self._sums.get(name)
        self._sums[name] = amount if before is None else before + amount


def freed(release: Release, whereabouts: Whereabouts) -> dict[str, Array]:
    """Give the cumulative share of one dose that its carriers set free in each place, (draws, times).

    Parameters
    ----------
    release : Release
        The release of that dose, from `of_event`.
    whereabouts : Whereabouts
        Where its carriers are.

    Notes
    -----
    Carriers of one dose release alike, wherever they are: over a step a place receives its mean share of the carriers
    that are out of any depot, of what those set free; in all what the release says. What is set free at the moment of
    the dose, the burst, goes where the carriers are then.
    """
    every = {**whereabouts.at_site, **whereabouts.elsewhere}
    out, nothing = whereabouts.out, np.broadcast_to(0.0, release.free.shape)
    if not (release.has_carriers and out.any()):
        return dict.fromkeys(every, nothing)
    whole = release.free - release.free_from_depot
    np.maximum.accumulate(whole, axis=1, out=whole)  # rounding falls
    both = out[:, 1:] + out[:, :-1]
    per_carrier = np.zeros_like(both)
    np.divide(np.diff(whole), both, out=per_carrier, where=both > 0)
    started = np.where(out[:, :1] > 0, whole[:, :1] / np.where(out[:, :1] > 0, out[:, :1], 1.0), 0.0)
    found = dict.fromkeys(every, nothing)
    for name, share in every.items():
        if not share.any():
            continue
        course = np.empty_like(whole)
        course[:, :1] = started * share[:, :1]
        np.add(share[:, 1:], share[:, :-1], out=course[:, 1:])
        course[:, 1:] *= per_carrier
        found[name] = np.cumsum(course, axis=1, out=course)
    return found


def portions(whereabouts: Whereabouts) -> dict[str, Array]:
    """Give what part of the carriers out of any depot is in each place, (draws, times); 0 before there are any."""
    per_carrier = _per_carrier(whereabouts)
    every = {**whereabouts.at_site, **whereabouts.elsewhere}
    return {name: share * per_carrier for name, share in every.items()}


def _per_carrier(whereabouts: Whereabouts) -> Array:
    out = whereabouts.out
    return np.divide(1.0, out, out=np.zeros_like(out), where=out > 0)


def still_held(release: Release, whereabouts: Whereabouts) -> dict[str, Array]:
    """Give the share of one dose that its carriers still hold in each place, (draws, times)."""
    every = {**whereabouts.at_site, **whereabouts.elsewhere}
    if not release.in_free_carrier.any():
        return dict.fromkeys(every, np.broadcast_to(0.0, release.free.shape))
    held, nothing = release.in_free_carrier * _per_carrier(whereabouts), np.broadcast_to(0.0, release.free.shape)
    return {name: share * held if share.any() else nothing for name, share in every.items()}


class Posed(Protocol):
    """A case as the equations of its site are asked about it; those of one key are solved together."""

    @property
    def key(self) -> object:
        """All that the equations depend on but for what arrives."""


P = TypeVar("P", bound=Posed)
One = TypeVarTuple("One")


def side_by_side(
    asked: Sequence[tuple[*One]], pose: Callable[[*One], P], solve: Callable[[Sequence[P]], list[Exposure]]
) -> list[Exposure | FormulateError]:
    """Give the exposure of each case, or the error it is refused by; those with the same equations solved together.

    Parameters
    ----------
    asked : sequence of (Case, Loading, Release, ...)
        The cases, each with what more `pose` is told of it.
    pose : callable
        Gives a case as the equations are asked about it.
    solve : callable
        Gives the exposures of cases with one key.
    """
    found: dict[int, Exposure | FormulateError] = {}
    alike: dict[object, dict[int, P]] = {}
    for i, one in enumerate(asked):
        try:
            posed = pose(*one)
        except FormulateError as error:
            found[i] = error
        else:
            alike.setdefault(posed.key, {})[i] = posed
    for group in alike.values():
        found |= dict(zip(group, _solved(list(group.values()), solve), strict=True))
    return [found[i] for i in range(len(asked))]


def _solved(group: Sequence[P], solve: Callable[[Sequence[P]], list[Exposure]]) -> list[Exposure | FormulateError]:
    """Give the exposures of a group; where one is refused, those of each alone."""
    try:
        return [*solve(group)]
    except FormulateError as error:
        if len(group) == 1:
            return [error]
    return [found for one in group for found in _solved([one], solve)]


def fingerprint(constants: object) -> tuple[object, ...]:
    """Give what tells constants apart: the bytes of the arrays of a dataclass, and of those inside it."""
    if isinstance(constants, np.ndarray):
        return (constants.shape, constants.tobytes())
    if is_dataclass(constants):
        return tuple(part for item in fields(constants) for part in fingerprint(getattr(constants, item.name)))
    return (constants,)
