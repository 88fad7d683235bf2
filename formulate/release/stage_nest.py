"""What the mechanisms of release share: particles as they are or in a gel, the mesh of it, the polymer's decay."""

import numpy as np

from formulate.case import Case
from formulate.composition import WATER_DENSITY, volume_fraction
from formulate.network import mesh_size_from_modulus
from formulate.release import degradation, diffusion, gel
from formulate.release.nesting import nested_shares
from formulate.release.stage_triggers import NEEDED as NEEDED
from formulate.release.stage_triggers import own_time
from formulate.results import Release
from formulate.sampling import Array
from formulate.steps import cumulated, middle

BODY_TEMPERATURE = 310.15  # K
CROSSING_MODES = 24  # of the sphere; the rest of the drug crosses within the first minutes


def out_of_particles(case: Case, released: Array, substance: Array) -> Release:
    """Give the release from particles given as they are, or from particles held in a gel depot."""
    substance = np.broadcast_to(substance, released.shape)
    if case.depot is None:
        nothing, everything = np.zeros_like(released), np.ones_like(released)
        return Release(
            case.time,
            nothing,
            1.0 - released,
            nothing,
            released,
            nothing,
            everything,
            1.0 - released,
            substance,
            True,
        )
    diffusivity, radius, mesh, _ = gel_of(case)
    out = gel.degraded(own_time(case, case.depot), case.depot.read("gel_degradation_half_life", NEEDED))
    out = np.broadcast_to(out, released.shape)
    weights, rates = diffusion.sphere_relaxation(CROSSING_MODES)
    crossing = rates * diffusivity / radius**2
    shares = nested_shares(case.time, released, out, np.broadcast_to(weights, crossing.shape), crossing)
    from_outside = cumulated(np.diff(released) * middle(out))
    warnings = []
    finer = float((case.inner.read("diameter", NEEDED) < mesh).mean())
    if finer > 0.05:
        warnings.append(
            f"in {finer:.0%} of the draws the particles are finer than the mesh and would diffuse out of the gel"
        )
    return Release(
        case.time,
        shares.in_depot_carrier + shares.free_in_depot,
        shares.in_free_carrier,
        np.zeros_like(released),
        shares.free_outside,
        np.clip(shares.free_outside - from_outside, 0.0, None),
        out,
        1.0 - released,
        substance,
        True,
        tuple(warnings),
    )


def gel_of(case: Case) -> tuple[Array, Array, Array, Array]:
    """Give diffusion coefficient [m2/s], depot radius [m], mesh size [m] and polymer by volume, (draws, 1)."""
    depot = case.depot or case.inner
    by_volume = volume_fraction(
        depot.read("polymer_mass_fraction", NEEDED), depot.read("polymer_density", NEEDED), WATER_DENSITY
    )
    mesh = mesh_size_from_modulus(depot.read("storage_modulus", NEEDED), BODY_TEMPERATURE, "sphere")
    diffusivity = gel.diffusivity_in_gel(
        case.payload.read("diffusion_coefficient_water", NEEDED),
        case.payload.read("stokes_radius", NEEDED),
        mesh,
        by_volume,
    )
    radius = np.full_like(diffusivity, float(gel.depot_radius(case.volume)))
    return diffusivity, radius, mesh, by_volume


def hydrolysis_rate(case: Case) -> Array:
    """Give the hydrolysis rate constant [1/s]: the user's, or the entry's carried over to the user's composition."""
    carrier = case.inner
    rate = carrier.read("hydrolysis_rate_constant", NEEDED)
    own, set_by_user = carrier.entry.value("lactide_fraction"), carrier.overrides
    if own is None or "lactide_fraction" not in set_by_user or "hydrolysis_rate_constant" in set_by_user:
        return rate
    slope, fraction = carrier.read("hydrolysis_lactide_slope", NEEDED), carrier.read("lactide_fraction", NEEDED)
    return degradation.hydrolysis_rate_at(rate, own.typical, fraction, slope)


def polymer_left(case: Case, time: Array) -> Array:
    """Give the share of a polyester not yet eroded at times of its own [s], (draws, times)."""
    carrier = case.inner
    start, critical = (carrier.read(name, NEEDED) for name in ("molecular_weight", "critical_molecular_weight"))
    onset = degradation.erosion_onset(start, critical, hydrolysis_rate(case))
    erosion_time, shape = carrier.read("erosion_time", NEEDED), carrier.read("erosion_shape", NEEDED)
    return np.asarray(1.0 - degradation.eroded(time, onset, erosion_time, shape))
