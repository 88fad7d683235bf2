"""What the mechanisms of release share: particles as they are or in a gel, its binding sites, the polymer's decay."""

import numpy as np

from formulate.case import Case
from formulate.inputs import Subject
from formulate.release import degradation
from formulate.release.carriers_within import Crossing
from formulate.release.nesting import nested_shares
from formulate.release.shapes import shape_relaxation
from formulate.release.stage_depot import Depot, depot_of, particles_out
from formulate.release.stage_triggers import NEEDED as NEEDED
from formulate.release.stage_triggers import trigger_factor
from formulate.results import Release
from formulate.sampling import Array
from formulate.steps import cumulated, middle

CROSSING_MODES = 24  # of the gel; the rest of the drug crosses within the first minutes


def out_of_particles(case: Case, released: Array, substance: Array) -> Release:
    """Give the release from particles given as they are, or from particles held in a gel depot."""
    substance = np.broadcast_to(substance, released.shape)
    if case.depot is None:
        nothing, everything = (np.broadcast_to(share, released.shape) for share in (0.0, 1.0))
        held = 1.0 - released
        return Release(
            case.time,
            nothing,
            held,
            nothing,
            released,
            nothing,
            everything,
            held,
            substance,
            True,
        )
    depot = depot_of(case.depot, case.volume, trigger_factor(case, case.depot))
    out, told = particles_out(depot, case.time, case.inner.read("diameter", NEEDED))
    out = np.broadcast_to(out, released.shape)
    crossing = crossing_of_drug(case, depot)
    shares = nested_shares(case.time, released, out, crossing.weights, crossing.rates, crossing.counted)
    from_outside = cumulated(np.diff(released) * middle(out))
    return Release(
        case.time,
        shares.in_depot_carrier + shares.free_in_depot,
        shares.in_free_carrier,
        np.broadcast_to(0.0, released.shape),
        shares.free_outside,
        np.clip(shares.free_outside - from_outside, 0.0, None),
        out,
        1.0 - released,
        substance,
        True,
        (*depot.warnings, *told),
    )


def crossing_of_drug(case: Case, depot: Depot) -> Crossing:
    """Give how drug that its carriers set free in a gel crosses it."""
    in_water, radius = (case.payload.read(name, NEEDED) for name in ("diffusion_coefficient_water", "stokes_radius"))
    counted = depot.progress(case.time, in_water, radius)
    if (bound := binding_sites(case)) is not None:  # little free drug at a time: the sites stay nearly empty
        counted = counted / (1.0 + bound[0] / bound[1])
    weights, rates = shape_relaxation(CROSSING_MODES, depot.shape)
    every = np.ones((len(counted), 1))
    return Crossing(every * weights, every * rates, counted)


def binding_sites(case: Case) -> tuple[Array, Array] | None:
    """Give the sites of the gel for the drug and its dissociation constant [kg/m3], or None of a gel without."""
    depot = case.depot or case.inner
    if any(depot.find(name) is None for name in ("binding_site_concentration", "binding_dissociation_constant")):
        return None
    molar_mass = case.payload.read("molar_mass", "the binding sites of the gel")
    sites, half = (
        depot.read(name, NEEDED) * molar_mass
        for name in ("binding_site_concentration", "binding_dissociation_constant")
    )
    return sites, half


def hydrolysis_rate(carrier: Subject) -> Array:
    """Give the hydrolysis rate constant [1/s]: the user's, or the entry's carried over to the user's composition."""
    rate = carrier.read("hydrolysis_rate_constant", NEEDED)
    own, set_by_user = carrier.entry.value("lactide_fraction"), carrier.overrides
    if own is None or "lactide_fraction" not in set_by_user or "hydrolysis_rate_constant" in set_by_user:
        return rate
    slope, fraction = carrier.read("hydrolysis_lactide_slope", NEEDED), carrier.read("lactide_fraction", NEEDED)
    return degradation.hydrolysis_rate_at(rate, own.typical, fraction, slope)


def polymer_left(carrier: Subject, time: Array) -> Array:
    """Give the share of a polyester not yet eroded at times of its own [s], (draws, times)."""
    start, critical = (carrier.read(name, NEEDED) for name in ("molecular_weight", "critical_molecular_weight"))
    onset = degradation.erosion_onset(start, critical, hydrolysis_rate(carrier))
    erosion_time, shape = carrier.read("erosion_time", NEEDED), carrier.read("erosion_shape", NEEDED)
    return np.asarray(1.0 - degradation.eroded(time, onset, erosion_time, shape))
