"""Release that ends at an equilibrium: drug that leaves its carrier only as far as the fluid around takes it up.

Release knows no site: the fluid is a multiple of the injection, and is not renewed.
"""

from dataclasses import replace

import numpy as np

from formulate.case import Case
from formulate.core_partition import GIVEN, core_partition
from formulate.release import micelle
from formulate.release.desorption import desorbed, desorption_plateau
from formulate.release.stage_nest import NEEDED, out_of_particles
from formulate.release.stage_triggers import own_time, trigger_factor
from formulate.results import Loading, Release
from formulate.sampling import Array

MANY = 0.1  # of the draws, for a warning


def micelle_partition(case: Case, loading: Loading) -> Release:
    """Partition between the cores of micelles and the fluid that dilutes them, and micelles that fall apart there."""
    carrier = case.inner
    volume, ratio = _fluid(case)
    layer = loading.layers[0]
    copolymer = layer.carrier_mass
    assert copolymer is not None
    injected, diluted = copolymer[:, None] / case.volume, copolymer[:, None] / volume
    critical, half_life = (
        carrier.read(name, NEEDED) for name in ("critical_micelle_concentration", "micelle_half_life")
    )
    start = np.maximum(1.0 - critical / injected, 0.0)
    partition = np.power(10.0, core_partition(case, NEEDED))[:, None]
    # acid or an enzyme makes micelles fall apart sooner; the partition is at equilibrium whatever the rate
    half_life = half_life / trigger_factor(case, carrier)
    released = micelle.micelle_released(
        case.time,
        diluted,
        critical,
        half_life,
        partition,
        carrier.read("core_mass_share", NEEDED),
        carrier.read("polymer_density", NEEDED),
        share_at_start=start,
    )
    left = micelle.micelles_left(case.time, diluted, critical, half_life, start)
    substance = np.divide(left, start, out=np.zeros_like(left), where=start > 0.0)
    warnings = [_closed(released[:, -1], ratio)]
    if not carrier.find(GIVEN) and all(detail.name != "core_partition" for detail in layer.details):
        warnings.append(
            "the load of the micelles was measured, but what they keep after the injection follows from log P, which "
            "says little of it: set core_partition_log10 if it was measured"
        )
    result = out_of_particles(case, released, substance)
    return replace(result, warnings=(*result.warnings, *warnings))


def desorption(case: Case, loading: Loading) -> Release:
    """Reversible desorption towards the Langmuir equilibrium of the fluid, which leaves part on the surface."""
    volume, ratio = _fluid(case)
    adsorbent = loading.layers[0].carrier_mass
    assert adsorbent is not None
    drug, bare = loading.given[:, None], adsorbent[:, None]
    # of the process, as in loading; the affinity in the fluid of a site is taken as that in the loading solution
    capacity, affinity = (case.process.read(name, NEEDED) for name in ("adsorption_capacity", "adsorption_affinity"))
    held = drug / bare
    sites = np.maximum(capacity, held)
    rate = case.inner.read("desorption_rate_constant", NEEDED)
    released = desorbed(own_time(case, case.inner), drug, bare, sites, affinity, volume, rate)
    warnings = [_closed(desorption_plateau(drug, bare, sites, affinity, volume), ratio)]
    if (beyond := float((held > capacity * (1 + 1e-9)).mean())) > MANY:
        warnings.append(
            f"in {beyond:.0%} of the draws the particles hold more than their adsorption capacity: their sites are "
            "taken as full, and drug beyond them, such as crystals in pores, would leave otherwise"
        )
    result = out_of_particles(case, released, np.ones_like(released))
    return replace(result, warnings=(*result.warnings, *warnings))


def _fluid(case: Case) -> tuple[Array, Array]:
    """Give the fluid that drug and carriers come to equilibrium with [m3] and that per injection [1], (draws, 1)."""
    ratio = 1.0 + case.inner.read("fluid_to_injection_volume_ratio", NEEDED)
    return case.volume * ratio, ratio


def _closed(at_end: Array, ratio: Array) -> str:
    return (
        f"release stops at the equilibrium with {np.median(ratio):.3g} times the injection in fluid "
        f"(fluid_to_injection_volume_ratio), typically at {np.median(at_end):.0%}; a site that carries free drug off "
        "draws more out of the carriers"
    )
