"""The release stage: where the payload is against time, in its layers or out of them, whatever the site does."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from formulate import vesicle
from formulate.case import Case
from formulate.composition import WATER_DENSITY, volume_fraction
from formulate.ionisation import neutral_fraction
from formulate.network import mesh_size_from_modulus
from formulate.release import degradation, diffusion, gel, membrane
from formulate.release.nesting import nested_shares
from formulate.results import Loading, Release
from formulate.sampling import Array
from formulate.steps import cumulated, middle
from materials.schema import Carrier

BODY_TEMPERATURE = 310.15  # K
REFERENCE_DIAMETER = 45e-6  # m, the microspheres that diffusion coefficients in PLGA are given for
CROSSING_MODES = 24  # of the sphere; the rest of the drug crosses within the first minutes
NEEDED = "release"


def release(case: Case, loading: Loading) -> Release:
    """Give the release of a case; see the mechanisms of this stage for what is computed.

    Raises
    ------
    MissingValueError
        A number that the mechanism needs is given neither by the user nor by the catalog.
    """
    carrier = case.inner.entry
    assert isinstance(carrier, Carrier)
    return RELEASE[carrier.mechanisms.release](case, loading)


def immediate(case: Case, loading: Loading) -> Release:
    """No carrier: the dissolved drug is free at once."""
    return _without_carrier(case, loading)


def crystals(case: Case, loading: Loading) -> Release:
    """No carrier: what the vehicle dissolved is free, the crystals arrive solid and the site dissolves them."""
    return _without_carrier(case, loading)


def polyester_degradation(case: Case, loading: Loading) -> Release:
    """Burst, diffusion out of a sphere whose polymer degrades, and erosion."""
    carrier = case.inner
    read = partial(carrier.read, needed_for=NEEDED)
    diameter = read("diameter")
    at_reference = case.payload.read("diffusion_coefficient_plga", NEEDED)
    # the effective coefficient falls with size, because t50 does not grow with the square of the diameter
    initial = at_reference * (diameter / REFERENCE_DIAMETER) ** read("diffusion_diameter_exponent")
    in_water = case.payload.read("diffusion_coefficient_water", NEEDED)
    rate, start = _hydrolysis_rate(case), read("molecular_weight")
    # how one laboratory's release runs against another's, at the same formulation
    time = case.time * read("between_study_time_factor")
    critical = read("critical_molecular_weight")
    erosion_time, shape = read("erosion_time"), read("erosion_shape")
    released = degradation.polyester_released(
        time,
        radius=diameter / 2,
        initial_diffusivity=np.minimum(initial, in_water),
        largest_diffusivity=in_water,
        hydrolysis_rate=rate,
        growth_exponent=read("diffusion_growth_exponent"),
        initial_molar_mass=start,
        critical_molar_mass=critical,
        burst_fraction=read("burst_fraction"),
        burst_rate=read("burst_rate_constant"),
        diffusion_share=read("diffusion_share"),
        erosion_time=erosion_time,
        erosion_shape=shape,
    )
    onset = degradation.erosion_onset(start, critical, rate)
    substance = 1.0 - degradation.eroded(time, onset, erosion_time, shape)
    return _out_of_particles(case, released, substance)


def _hydrolysis_rate(case: Case) -> Array:
    """Give the hydrolysis rate constant [1/s]: the user's, or the entry's carried over to the user's composition."""
    carrier = case.inner
    rate = carrier.read("hydrolysis_rate_constant", NEEDED)
    own, set_by_user = carrier.entry.value("lactide_fraction"), carrier.overrides
    if own is None or "lactide_fraction" not in set_by_user or "hydrolysis_rate_constant" in set_by_user:
        return rate
    slope, fraction = carrier.read("hydrolysis_lactide_slope", NEEDED), carrier.read("lactide_fraction", NEEDED)
    return degradation.hydrolysis_rate_at(rate, own.typical, fraction, slope)


def vesicle_membrane(case: Case, loading: Loading) -> Release:
    """Permeation of the neutral drug through a bilayer that also binds it."""
    carrier, payload = case.inner, case.payload
    diameter = carrier.read("diameter", NEEDED)
    thickness, area = carrier.read("bilayer_thickness", NEEDED), carrier.read("area_per_lipid", NEEDED)
    lipid_mass = carrier.read("lipid_molar_mass", NEEDED)
    reduction = carrier.read("bilayer_permeability_reduction", NEEDED)
    groups = {
        kind: [payload.read(name, NEEDED) for name in names if payload.find(name) is not None]
        for kind, names in (("base", ("pka_base_1", "pka_base_2")), ("acid", ("pka_acid_1",)))
    }
    neutral = neutral_fraction(carrier.read("internal_ph", NEEDED), groups["base"], groups["acid"])
    # only the neutral species is taken to bind to the bilayer; ions bind 10 to 100 times less
    log_partition = payload.read("membrane_partition_log10", NEEDED)  # of L/kg
    partition = neutral * np.power(10.0, log_partition) * 1e-3
    bound = membrane.bound_to_dissolved(partition, vesicle.lipid_per_inner_water(diameter, thickness, area, lipid_mass))
    permeability = payload.read("bilayer_permeability", NEEDED) / reduction
    rate = membrane.vesicle_rate(permeability, vesicle.inner_radius(diameter, thickness), neutral, bound)
    released = membrane.vesicle_released(case.time, rate, carrier.read("burst_fraction", NEEDED))
    substance = np.ones_like(released)
    result = _out_of_particles(case, released, substance)
    return replace(result, warnings=(*result.warnings, *_oversaturated(case, loading, partition)))


def gel_diffusion(case: Case, loading: Loading) -> Release:
    """Diffusion through the mesh of a gel depot that degrades; suspended drug follows a dissolving front.

    Dissolved drug leaves by diffusion, and with the gel as it degrades. Crystals stay behind the front at which
    the gel water falls below saturation; those in gel that degrades are set free solid.
    """
    diffusivity, radius, _, by_volume = _gel(case)
    degraded = gel.degraded(case.time, case.inner.read("gel_degradation_half_life", NEEDED))
    # per volume of gel, whose water alone dissolves
    solubility = case.payload.read("aqueous_solubility", NEEDED) * (1.0 - by_volume)
    concentration = loading.given[:, None] / case.volume
    over = concentration > solubility
    front = gel.released_from_dissolving_front(
        case.time, radius, diffusivity, np.where(over, concentration, 2 * solubility), solubility
    )
    solved = diffusion.released_from_sphere(diffusivity * case.time / radius**2)
    # the front counts what is dissolved in its shell as gone; drug can leave no faster than if all were dissolved
    crossed = np.where(over, np.minimum(front, solved), solved)
    left = 1.0 - degraded
    # two competing exits at once: across the gel (weighted by the gel still there) or out with the gel
    by_diffusion = cumulated(np.diff(crossed) * middle(left))
    in_depot = (1.0 - crossed) * left
    with_gel = np.clip(1.0 - in_depot - by_diffusion, 0.0, None)
    solid_share = np.where(over, 1.0 - solubility / concentration, 0.0)
    solid = with_gel * solid_share
    free = 1.0 - in_depot - solid
    nothing = np.zeros_like(free)
    return Release(
        case.time,
        in_depot,
        nothing,
        solid,
        free,
        free,
        degraded,
        np.ones_like(free),
        left,
        True,
    )


RELEASE: dict[str, Callable[[Case, Loading], Release]] = {
    "immediate": immediate,
    "crystals": crystals,
    "polyester-degradation": polyester_degradation,
    "vesicle-membrane": vesicle_membrane,
    "gel-diffusion": gel_diffusion,
}


def _oversaturated(case: Case, loading: Loading, partition: Array) -> tuple[str, ...]:
    """Say when a bilayer is loaded beyond what it holds in equilibrium with saturated water."""
    loaded, lipid = loading.given, loading.layers[0].carrier_mass
    assert lipid is not None
    held = (partition * case.payload.read("aqueous_solubility", NEEDED))[:, 0]
    excess = float(np.median(loaded / lipid / held))
    if excess < 3:
        return ()
    return (
        f"the loading is {excess:.2g} times what the bilayer holds beside saturated water: such a load must be a "
        "precipitate or an actively loaded salt, which would leave more slowly than computed here",
    )


def _without_carrier(case: Case, loading: Loading) -> Release:
    shape = (len(loading.given), len(case.time))
    free = np.broadcast_to(loading.dissolved_share[:, None], shape).copy()
    nothing = np.zeros(shape)
    return Release(case.time, nothing, nothing, 1.0 - free, free, nothing, nothing, nothing, nothing, False)


def _out_of_particles(case: Case, released: Array, substance: Array) -> Release:
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
    diffusivity, radius, mesh, _ = _gel(case)
    out = gel.degraded(case.time, case.depot.read("gel_degradation_half_life", NEEDED))
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


def _gel(case: Case) -> tuple[Array, Array, Array, Array]:
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
