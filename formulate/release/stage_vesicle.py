"""Release from vesicles, by mechanism: out of the core, through the bilayer."""

from dataclasses import dataclass, replace

import numpy as np

from formulate import vesicle
from formulate.case import Case
from formulate.ionisation import neutral_fraction
from formulate.release import membrane
from formulate.release.degradation import eroded
from formulate.release.stage_nest import NEEDED, out_of_particles
from formulate.release.stage_triggers import own_time
from formulate.release.stage_width import over_sizes
from formulate.release.vesicle_core import multivesicular_released, vesicle_core_released
from formulate.results import Loading, Release
from formulate.sampling import Array

NARROWEST = 4.0  # bilayers across a vesicle


def vesicle_membrane(case: Case, loading: Loading) -> Release:
    """Permeation of the neutral drug through a bilayer that also binds it, out of a core that may hold solid salt."""
    carrier, payload = case.inner, case.payload
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
    permeability = payload.read("bilayer_permeability", NEEDED) / reduction
    burst, time = carrier.read("burst_fraction", NEEDED), own_time(case, carrier)

    def of_one_size(diameter: Array) -> Array:
        lipid = vesicle.lipid_per_inner_water(diameter, thickness, area, lipid_mass)
        bound = membrane.bound_to_dissolved(partition, lipid)
        rate = membrane.vesicle_rate(permeability, vesicle.inner_radius(diameter, thickness), neutral, bound)
        return vesicle_core_released(time, rate, core.dissolved_share, burst_fraction=burst)

    # no bilayer bends into a vesicle narrower than four of itself: the tail of the sizes below counts as that wide
    released = over_sizes(case, lambda diameter: of_one_size(np.maximum(diameter, NARROWEST * thickness)))
    substance = np.ones_like(released)
    result = out_of_particles(case, released, substance)
    told = core.told or _oversaturated(case, loading, partition)
    return replace(result, warnings=(*result.warnings, *told))


def multivesicular_erosion(case: Case, loading: Loading) -> Release:
    """Burst, then chambers of a multivesicular liposome that open one after another, and the particle with them."""
    carrier = case.inner
    burst, lasting, shape = (carrier.read(name, NEEDED) for name in ("burst_fraction", "erosion_time", "erosion_shape"))
    time = own_time(case, carrier)
    return out_of_particles(
        case, multivesicular_released(time, burst, lasting, shape), 1.0 - eroded(time, 0.0, lasting, shape)
    )


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
