"""The release of a carrier that is itself the drug, on the bench: out of the gel around it, and how much still acts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from formulate.acting import active_name, days_told
from formulate.active import ActivityLoss, active_outside, activity_loss, finer
from formulate.case import OwnPlace, form_of, prepare_own, time_grid
from formulate.estimate import Estimate, absent, estimate
from formulate.first_points import Points, remarks_on
from formulate.forecast import DAY, TOLD_AT, Forecast, Sibling, moved
from formulate.formulation import Formulation
from formulate.release.stage_within import own_carriers_out
from formulate.results import Release
from formulate.sampling import Draws
from materials.errors import FormulateError
from materials.schema import Carrier

FOLLOWED = "what becomes of it at a site, and how long it stays there, is what formulate retention gives"


@dataclass(frozen=True)
class OwnRelease:
    """How a carrier that is the drug leaves what is around it."""

    place: OwnPlace
    computed: Release
    loss: ActivityLoss | None
    told: tuple[str, ...]


def forecast_own(
    formulation: Formulation, draws: Draws, observed: Points | None = None, siblings: Sequence[Sibling] = ()
) -> Forecast:
    """Forecast how a carrier that is the drug leaves what is around it; see `forecast`."""
    if siblings:
        where = siblings[0].formulation.label
        raise FormulateError(f"sibling {where}: nothing is learned of a carrier that is the drug; need none")
    found = own_release(formulation, draws)
    warnings = (*remarks_on(observed), *found.computed.warnings)
    plain = moved(formulation, found.computed, found.place.inputs.used, found.told, warnings, observed)
    return plain if observed is not None else replace(plain, numbers=(*plain.numbers, *active_numbers(found)))


def own_release(formulation: Formulation, draws: Draws) -> OwnRelease:
    """Compute how the carrier that is the drug leaves the gel around it; at once where there is none.

    Raises
    ------
    MissingValueError
        A number of the gel is given neither by the user nor by the catalog.

    Notes
    -----
    On the bench at 37 degC. Cells of a gel are counted as they come out, alive or dead: how they live in a vial is
    not computed.
    """
    ((_, place),) = prepare_own(formulation, draws)
    depot = next((item for item in place.layers if form_of(item) == "depot"), None)
    loss = activity_loss(place.carrier, depot)
    time = time_grid(formulation.horizon, formulation.target.seconds)
    if loss is not None and not loss.is_the_same:
        time = finer(time, loss)
    shape = (draws.count, len(time))
    out, warnings = np.ones(shape), tuple[str, ...]()
    if place.layers:
        found, warnings = own_carriers_out(place.layers, place.carrier, place.volume, time)
        out = np.broadcast_to(found, shape)
    nothing, everything = np.zeros(shape), np.ones(shape)
    computed = Release(
        time, 1.0 - out, nothing, nothing, out, out, out, everything, everything, bool(place.layers), warnings
    )
    told = [*(loss.notes if loss is not None else ()), FOLLOWED]
    carrier = place.carrier.entry
    assert isinstance(carrier, Carrier)
    if carrier.form == "cell" and place.layers:
        told.insert(0, "cells are counted as they come out of what is around them, alive or dead")
    return OwnRelease(place, computed, loss, tuple(told))


def active_numbers(found: OwnRelease) -> tuple[Estimate, ...]:
    """Give what is out of the gel and still active at some times; nothing of cells."""
    carrier, time, inputs = found.place.carrier.entry, found.computed.time, found.place.inputs.used
    assert isinstance(carrier, Carrier)
    if carrier.form == "cell":
        return ()
    days = days_told(TOLD_AT, found.place.formulation.target.seconds, float(time[-1]))
    wanted = [(day, active_name(day), f"released and active after {day:g} d") for day in days]
    if found.loss is None:
        why = "activity_half_life is not known: set it of the carrier"
        return tuple(absent(name, label, "percent", why) for _, name, label in wanted)
    active = active_outside(time, found.computed.released, found.loss, lambda came: {"out": came})["out"]
    return tuple(
        estimate(name, label, "percent", np.array([np.interp(day * DAY, time, row) for row in active]), inputs)
        for day, name, label in wanted
    )
