"""Carriers that are themselves the drug: how many of the cells or vesicles given are still at the site, and where."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from formulate.active import active_outside, activity_loss, finer, temperature_of
from formulate.case import OwnPlace, form_of, prepare_own, time_grid
from formulate.computable import vein_problems
from formulate.fields import not_retained
from formulate.formulation import Formulation
from formulate.inputs import Input
from formulate.layer import Layer
from formulate.loading.stage_biological import own_drug
from formulate.regimen import Event, events
from formulate.release.stage_within import own_carriers_out
from formulate.results import OwnLoading, _Result
from formulate.retention.site import Going, Setting, Whereabouts, aged
from formulate.retention.stage import WHEREABOUTS
from formulate.retention.stage_survival import DEAD, cell_death
from formulate.sampling import Array, Draws
from materials.errors import Fault, FileError
from materials.schema import Site

IN_DEPOT = "depot"


@dataclass(frozen=True)
class Residence(_Result):
    """Where a carrier that is the drug is: shares of all that is given, over every dose; (draws, times).

    `in_depot`, `at_site` and `elsewhere` sum to `given` at every time.
    """

    formulation: Formulation
    loading: OwnLoading
    events: tuple[Event, ...]
    time: Array  # (times,) s
    given: Array  # (times,)
    in_depot: Array
    at_site: dict[str, Array]
    elsewhere: dict[str, Array]
    inputs: tuple[Input, ...]
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    active: dict[str, Array] = field(default_factory=dict)  # what still acts, at the site; empty if it is not known
    is_living: bool = False  # of cells: those that are counted at the site are alive
    volume: float = 0.0  # m3 of an injection, its gel included

    @property
    def acting(self) -> Array | None:
        """The share that is at the site and acts: living cells, vesicles by their activity; None if it is not known."""
        if self.is_living:
            return self.left
        return np.asarray(sum(self.active.values())) if self.active else None

    @property
    def left(self) -> Array:
        """The share that is at the site, in a depot or out of it."""
        return np.asarray(self.in_depot + sum(self.at_site.values()))

    @property
    def whole(self) -> float:
        """All that is given, in the unit of the dose."""
        main = next(event for event in self.events if event.route == self.formulation.regimen.route_or_first)
        return self.loading.dose / main.share


def reside(formulation: Formulation, draws: Draws | None = None) -> tuple[Residence, ...]:
    """Compute where each carrier that is itself the drug stays.

    Parameters
    ----------
    formulation : Formulation
        What is given; each layer with a dose of its own counts.
    draws : Draws, optional
        Instead of those the formulation asks for; `TypicalDraw()` computes with typical values alone.

    Raises
    ------
    FileError
        No layer is given by its own dose, or its site follows no carriers.
    MissingValueError
        A number that the site needs is given neither by the user nor by the catalog.
    """
    placed = prepare_own(formulation, draws)
    if not placed:
        need = "need a layer with a dose, such as cells or vesicles"
        raise FileError([Fault("formulation", "layer.dose", f"no carrier that is itself the drug; {need}")])
    return tuple(_residence(layer, place) for layer, place in placed)


def _residence(layer: Layer, place: OwnPlace) -> Residence:
    formulation = place.formulation
    regimen = formulation.regimen
    site = regimen.entry
    if problem := not_retained(site):
        raise FileError([Fault("formulation", "regimen.site", problem)])
    # by a further route the carriers go without the gel around them
    if faults := [Fault("formulation", *problem) for problem in vein_problems(formulation, also=False)]:
        raise FileError(faults)
    loading = own_drug(place, layer)
    depot = next((item for item in place.layers if form_of(item) == "depot"), None)
    loss = activity_loss(place.carrier, depot, temperature_of(place))
    time = time_grid(formulation.horizon, formulation.target.seconds, regimen.starts)
    if loss is not None and not loss.is_the_same:
        time = finer(time, loss)
    doses = events(regimen, loading.dose, loading.unit, float(time[-1]))
    shape = (place.inputs.draws.count, len(time))
    in_depot = np.zeros(shape)
    at_site: dict[str, Array] = {}
    elsewhere: dict[str, Array] = {}
    active: dict[str, Array] = {}
    given = np.zeros(len(time))
    notes: list[str] = []
    told: tuple[str, ...] = ()
    for event in doses:
        is_main = event.route == regimen.route_or_first
        is_given = (time >= event.start).astype(float)
        age = np.maximum(time - event.start, 0.0)
        out = np.broadcast_to(is_given, shape)
        if place.layers and is_main:  # a further route takes the carriers without what is around them
            let_go, remarks = own_carriers_out(place.layers, place.carrier, place.volume, time)
            told = tuple(dict.fromkeys((*told, *remarks)))
            out = aged(np.broadcast_to(let_go, shape), time, event.start, 0.0)
        mixes = place.volume if is_main and depot is None else 0.0
        here = Setting(
            place.site, place.part_of_site, place.carrier, time, event, regimen.since_injury, mixes, place.volume
        )
        found = _parted(place, WHEREABOUTS[site.mechanisms.retention](here, out))
        held = is_given - out
        if form_of(place.carrier) == "cell" and place.layers:
            alive = cell_death(place.site).alive(age)
            _add(elsewhere, {DEAD: held * (1.0 - alive)}, event.share)
            held = held * alive
        in_depot += event.share * held
        given += event.share * is_given
        _add(at_site, found.at_site, event.share)
        _add(elsewhere, found.elsewhere, event.share)
        if loss is not None:
            acting = active_outside(age, out, loss, _here(place, WHEREABOUTS[site.mechanisms.retention], here))
            _add(active, {IN_DEPOT: held * loss.in_depot(age)} if place.layers else {}, event.share)
            _add(active, acting, event.share)
        notes += found.notes
    return Residence(
        formulation, loading, doses, time, given, in_depot, at_site, elsewhere, place.inputs.used,
        (*loading.warnings, *told, *regimen.after(float(time[-1])), *_cautions(place), *_ignored(place)),
        tuple(dict.fromkeys((*notes, *(loss.notes if loss is not None else ())))), active,
        form_of(place.carrier) == "cell", place.volume,
    )  # fmt: skip


def _parted(place: OwnPlace, found: Whereabouts) -> Whereabouts:
    """Count the vesicles that cells have taken up as gone."""
    if form_of(place.carrier) != "vesicle":
        return found
    taken_up = {name: share for name, share in found.at_site.items() if name.startswith("cells of")}
    at_site = {name: share for name, share in found.at_site.items() if name not in taken_up}
    return replace(found, at_site=at_site, elsewhere={**found.elsewhere, **taken_up})


def _here(place: OwnPlace, going: Going, setting: Setting) -> Callable[[Array], dict[str, Array]]:
    return lambda arrived: dict(_parted(place, going(setting, arrived)).at_site)


def _add(places: dict[str, Array], new: Mapping[str, Array], share: float) -> None:
    for name, amount in new.items():
        places[name] = places.get(name, 0.0) + share * amount


def _ignored(place: OwnPlace) -> tuple[str, ...]:
    """Settings of the user that no calculation asked for."""
    target = place.formulation.target
    level = "target.unbound_above was set, but a carrier that is the drug has no concentration"
    subjects = [place.carrier, place.site, *place.layers, *place.parts_set]
    return (*([level] if target.unbound_above else []), *place.inputs.unused(subjects))


def _cautions(place: OwnPlace) -> tuple[str, ...]:
    entries = [place.carrier.entry, place.site.entry, *(item.entry for item in place.layers)]
    assert isinstance(place.site.entry, Site)
    return tuple(statement.text for entry in entries for statement in entry.statements("caution"))
