"""Release where the carriers of the payload lie in particles that erode, and those perhaps in a gel."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from formulate.case import Case, form_of
from formulate.inputs import Subject
from formulate.release import degradation
from formulate.release.carriers_within import Crossing, shares_within
from formulate.release.shapes import shape_relaxation
from formulate.release.stage_depot import NEEDED, Depot, depot_of, gone, mesh_is_known, out_of_gel, particles_out
from formulate.release.stage_nest import CROSSING_MODES, crossing_of_drug, polymer_left
from formulate.release.stage_triggers import trigger_factor
from formulate.results import Loading, Release
from formulate.sampling import Array
from materials.nests import erodes
from materials.schema import Carrier

Released = Callable[[Case, Loading], Release]


def carriers_in_particles(case: Case, loading: Loading, of_carriers: Released, of_particles: Released) -> Release:
    """Give the release of a payload whose carriers lie in particles that erode.

    Parameters
    ----------
    case : Case
        The payload in its layers; the second one erodes, a third one is a gel.
    loading : Loading
        What each layer holds of it.
    of_carriers, of_particles : callable
        Give the release of the carriers alone, and of the particles had they held the payload themselves.

    Notes
    -----
    Carriers leave with the polymer around them as it erodes; in the gel they go by their size, as particles do.
    """
    inner = of_carriers(case.within(1), loading)
    outer = of_particles(case.without(1).within(1), replace(loading, layers=loading.layers[1:]))
    escaped = 1.0 - np.broadcast_to(outer.carrier_substance, inner.free.shape)
    warnings = [*inner.warnings, *outer.warnings, *_told(case)]
    out, of_drug, of_loose = np.ones_like(inner.free), None, None
    if case.depot is not None:
        depot = depot_of(case.depot, case.volume, trigger_factor(case, case.depot))
        out, told = particles_out(depot, case.time, case.layers[1].read("diameter", NEEDED))
        of_drug, of_loose = crossing_of_drug(case, depot), crossing_of_carriers(depot, case.time, case.inner)
        warnings += [*depot.warnings, *told]
    found = shares_within(inner.free, escaped, np.broadcast_to(outer.free, inner.free.shape), out, of_drug, of_loose)
    nothing = np.broadcast_to(0.0, inner.free.shape)
    loose = Release(
        case.time, nothing, found.in_loose_carriers, nothing, found.free_of_loose, nothing, found.carriers_loose,
        1.0 - inner.free, np.broadcast_to(inner.carrier_substance, inner.free.shape), True,
    )  # fmt: skip
    return Release(
        case.time,
        found.in_depot,
        found.in_particles + found.in_loose_carriers,
        nothing,
        found.free + found.free_of_loose,
        found.free_from_depot,
        np.broadcast_to(out, inner.free.shape),
        1.0 - inner.free,
        1.0 - escaped,
        True,
        tuple(warnings),
        loose,
    )


def crossing_of_carriers(depot: Depot, time: Array, carrier: Subject) -> Crossing:
    """Give how carriers that come free in a gel cross it: by their size, or with the gel as it goes."""
    weights, rates = shape_relaxation(CROSSING_MODES, depot.shape)
    counted = depot.progress_of_particles(time, carrier.read("diameter", NEEDED))
    every = np.ones((len(counted), 1))
    gone = np.broadcast_to(depot.degraded(time), (len(counted), len(time)))
    return Crossing(every * weights, every * rates, counted, gone)


def own_carriers_out(
    around: Sequence[Subject], carrier: Subject, volume: float, time: Array
) -> tuple[Array, tuple[str, ...]]:
    """Give the share of carriers that are the drug which are out of what is around them, (draws, times), and remarks.

    Out of particles as those erode at their usual rate, then out of a gel of that volume [m3]; a layer of any other
    kind is taken to hold nothing back, which a remark says.
    """
    gel = next((item for item in around if form_of(item) == "depot"), None)
    particles = next((item for item in around if item is not gel and erodes(_carrier(item))), None)
    others = [item.entry.id for item in around if item not in (gel, particles)]
    told = (f"how long {' and '.join(others)} holds back what it holds is not computed",) if others else ()
    if particles is None:
        out, of_gel = (np.ones((1, len(time))), ()) if gel is None else out_of_gel(gel, volume, time, carrier)
        return out, (*of_gel, *told)
    escaped = eroded(particles, time)
    told = (f"{carrier.entry.id} is taken to leave {particles.entry.id} whole as that erodes", *told)
    out, crossing = np.ones_like(escaped), None
    if gel is not None:
        shares, of_gel = out_of_gel(gel, volume, time, particles)
        out, told = np.broadcast_to(shares, escaped.shape), (*of_gel, *told)
        crossing = _with_gel(gel, volume, time, carrier)
    nothing = np.zeros_like(escaped)
    return shares_within(nothing, escaped, nothing, out, None, crossing).carriers_loose, told


def _with_gel(gel: Subject, volume: float, time: Array, carrier: Subject) -> Crossing:
    """Give how carriers that come free in a gel cross it; with the gel alone where mesh or size is not known."""
    if mesh_is_known(gel) and carrier.find("diameter") is not None:
        return crossing_of_carriers(depot_of(gel, volume), time, carrier)
    went = gone(gel, volume, time)
    every = np.ones((len(went), 1))
    return Crossing(every, 0.0 * every, time[None, :], went)


def eroded(particles: Subject, time: Array) -> Array:
    """Give the share of particles that has eroded at its usual rate, (draws, times)."""
    if _carrier(particles).mechanisms.release == "polyester-degradation":
        return 1.0 - polymer_left(particles, time * particles.read("between_study_time_factor", NEEDED))
    lasting, shape = (particles.read(name, NEEDED) for name in ("erosion_time", "erosion_shape"))
    return degradation.eroded(time, 0.0, lasting, shape)


def _carrier(layer: Subject) -> Carrier:
    assert isinstance(layer.entry, Carrier)
    return layer.entry


def _told(case: Case) -> tuple[str, ...]:
    inner, outer = (layer.entry.id for layer in case.layers[:2])
    return (
        f"{inner} is taken to leave {outer} whole as that erodes, not through its pores, and to release in it as it "
        f"does alone; drug it sets free there leaves at the rate of drug in {outer} of that age",
    )
