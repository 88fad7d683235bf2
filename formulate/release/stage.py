"""The release stage: where the payload is against time, in its layers or out of them, whatever the site does."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from formulate import vesicle
from formulate.case import Case
from formulate.ionisation import neutral_fraction
from formulate.release import degradation, diffusion, gel, membrane
from formulate.release.stage_equilibrium import desorption, micelle_partition
from formulate.release.stage_measured import measured
from formulate.release.stage_nest import NEEDED, gel_of, hydrolysis_rate, out_of_particles
from formulate.release.vesicle_core import vesicle_core_released
from formulate.results import Loading, Release
from formulate.sampling import Array
from formulate.steps import cumulated, middle
from materials.schema import Carrier

REFERENCE_DIAMETER = 45e-6  # m, the microspheres that diffusion coefficients in PLGA are given for


def release(case: Case, loading: Loading) -> Release:
    """Give the release of a case; see the mechanisms of this stage for what is computed.

    Raises
    ------
    MissingValueError
        A number that the mechanism needs is given neither by the user nor by the catalog.
    """
    if any(layer.release for layer in case.chain):
        return measured(case)
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
    rate, start = hydrolysis_rate(case), read("molecular_weight")
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
    return out_of_particles(case, released, substance)


def vesicle_membrane(case: Case, loading: Loading) -> Release:
    """Permeation of the neutral drug through a bilayer that also binds it, out of a core that may hold solid salt."""
    carrier, payload = case.inner, case.payload
    diameter = carrier.read("diameter", NEEDED)
    thickness, area = carrier.read("bilayer_thickness", NEEDED), carrier.read("area_per_lipid", NEEDED)
    lipid_mass = carrier.read("lipid_molar_mass", NEEDED)
    reduction = carrier.read("bilayer_permeability_reduction", NEEDED)
    groups = {
        kind: [payload.read(name, NEEDED) for name in names if payload.find(name) is not None]
        for kind, names in (("base", ("pka_base_1", "pka_base_2")), ("acid", ("pka_acid_1",)))
    }
    core = _core(case, loading)
    neutral = neutral_fraction(core.ph, groups["base"], groups["acid"])
    # only the neutral species is taken to bind to the bilayer; ions bind 10 to 100 times less
    log_partition = payload.read("membrane_partition_log10", NEEDED)  # of L/kg
    partition = neutral * np.power(10.0, log_partition) * 1e-3
    bound = membrane.bound_to_dissolved(partition, vesicle.lipid_per_inner_water(diameter, thickness, area, lipid_mass))
    permeability = payload.read("bilayer_permeability", NEEDED) / reduction
    rate = membrane.vesicle_rate(permeability, vesicle.inner_radius(diameter, thickness), neutral, bound)
    burst = carrier.read("burst_fraction", NEEDED)
    released = vesicle_core_released(case.time, rate, core.dissolved_share, burst_fraction=burst)
    substance = np.ones_like(released)
    result = out_of_particles(case, released, substance)
    told = core.told or _oversaturated(case, loading, partition)
    return replace(result, warnings=(*result.warnings, *told))


def gel_diffusion(case: Case, loading: Loading) -> Release:
    """Diffusion through the mesh of a gel depot that degrades; suspended drug follows a dissolving front.

    Dissolved drug leaves by diffusion, and with the gel as it degrades. Crystals stay behind the front at which
    the gel water falls below saturation; those in gel that degrades are set free solid.
    """
    diffusivity, radius, _, by_volume = gel_of(case)
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
    "micelle-partition": micelle_partition,
    "desorption": desorption,
}


@dataclass(frozen=True)
class _Core:
    """What loading left inside the vesicles: pH and share of the drug that is not solid, (draws, 1)."""

    ph: Array
    dissolved_share: Array
    told: tuple[str, ...] = ()


def _core(case: Case, loading: Loading) -> _Core:
    """Give the core of the vesicles: as a computed remote loading left it, else of the inner pH with no solid."""
    left = {detail.name: detail.draws[:, None] for detail in loading.layers[0].details}
    given = case.inner.find("internal_ph")
    if "ph_after_loading" not in left:
        ph = case.inner.read("internal_ph", NEEDED)
        return _Core(ph, np.ones_like(ph))
    by_user = given is not None and given.is_yours
    ph = case.inner.read("internal_ph", NEEDED) if by_user else left["ph_after_loading"]
    solid, not_solid = left["precipitate_share"], left["inner_water_share"] + left["membrane_share"]
    share = not_solid / (not_solid + solid)
    told = f"remotely loaded: the inside is taken to stay at pH {np.median(ph):.3g}"
    if (typical := float(np.median(1.0 - share))) >= 0.01:
        told += f"; {typical:.0%} of the drug there is typically solid salt, which leaves at a constant rate until gone"
    return _Core(ph, share, (told,))


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
