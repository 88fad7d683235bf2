"""The retention stage: what arrives at the site, how long it stays there, and what reaches plasma."""

from collections.abc import Callable

import numpy as np

from formulate.case import Case
from formulate.results import Exposure, Loading, Release
from formulate.retention import joint, particles, permeability
from formulate.sampling import Array
from formulate.steps import cumulated, middle
from materials.schema import Carrier, Site

NEEDED = "retention"


def retain(case: Case, loading: Loading, release: Release) -> Exposure:
    """Give the exposure of a case; see the mechanism of the site for what is computed.

    Raises
    ------
    MissingValueError
        A number that the mechanism needs is given neither by the user nor by the catalog.
    """
    site = case.site.entry
    assert isinstance(site, Site)
    return RETENTION[site.mechanisms.retention](case, loading, release)


def synovial_joint(case: Case, loading: Loading, release: Release) -> Exposure:
    """Synovial fluid, synovium and plasma; dissolution of solid drug; escape and trapping of particles.

    Carriers in the fluid release into the fluid. Trapped ones give a share to the fluid and the rest to the
    synovium around them. Carriers that drained away, or were carried off by cells, release into the body and
    count as systemic exposure. Crystals settle and stay in the joint.
    """
    dose = loading.given[:, None]
    fate = _carriers(case, release)
    to_fluid, to_synovium, to_plasma, drained = _released_where(case, release, fate)
    solid = dose * release.solid
    rates = _rates(case, bool(release.solid.any()))
    arrivals = joint.Arrivals(dose * to_fluid, dose * to_synovium, dose * to_plasma, solid)
    amounts = joint.solve(case.time, arrivals, rates)
    volume = particles.fluid_volume(
        case.time, rates.resting_volume[:, None], rates.injected_volume, rates.relaxation_time[:, None]
    )
    total_fluid = amounts.fluid / volume
    unbound = {
        "synovial-fluid": rates.unbound_in_fluid[:, None] * total_fluid,
        "synovium": amounts.synovium / rates.synovium_capacity[:, None],
        "plasma": rates.unbound_in_plasma[:, None] * amounts.plasma / rates.plasma_volume[:, None],
    }
    in_carriers = release.unreleased * (fate.in_fluid + fate.trapped)
    saturation = unbound["synovial-fluid"].max(axis=1) / rates.solubility
    plasma_auc = rates.unbound_in_plasma * amounts.eliminated[:, -1] / rates.clearance
    return Exposure(
        case.time,
        np.ones_like(case.time),
        {
            "depot": release.in_depot_carrier,
            "carriers": in_carriers,
            "crystals": amounts.solid / dose,
            "synovial fluid": amounts.fluid / dose,
            "synovium": amounts.synovium / dose,
        },
        amounts.plasma / dose,
        amounts.eliminated / dose,
        drained,
        unbound,
        {"synovial-fluid": total_fluid},
        _carriers_left(case, release, fate),
        plasma_auc,
        saturation,
        _sink_warning(release, saturation),
    )


RETENTION: dict[str, Callable[[Case, Loading, Release], Exposure]] = {"synovial-joint": synovial_joint}


def _carriers(case: Case, release: Release) -> particles.CarrierFate:
    """Give where the particles that are out of any depot have gone, whatever they still hold."""
    inner = case.inner.entry
    nothing = np.zeros_like(release.free)
    if not (isinstance(inner, Carrier) and inner.form in ("particle", "vesicle")):
        return particles.CarrierFate(nothing, nothing, nothing, nothing)
    site = case.site
    size = particles.effective_diameter(
        case.inner.read("diameter", NEEDED),
        case.inner.read("zeta_potential", NEEDED),
        site.read("cationic_aggregate_diameter", NEEDED),
    )
    escaping = particles.escaping_fraction(
        size, site.read("particle_escape_diameter", NEEDED), site.read("particle_escape_exponent", NEEDED)
    )
    turnovers = particles.drained_turnovers(
        case.time,
        site.read("synovial_fluid_volume", NEEDED),
        case.fluid_injected,
        site.read("volume_relaxation_time", NEEDED),
        site.read("lymph_flow", NEEDED),
    )
    migration = site.read("trapped_particle_migration_rate", NEEDED)
    return particles.carrier_fate(case.time, release.carriers_out, turnovers, escaping, migration)


def _released_where(case: Case, release: Release, fate: particles.CarrierFate) -> tuple[Array, Array, Array, Array]:
    """Give the cumulative fractions of the dose set free into fluid, synovium and body, and what drained unreleased."""
    gone = fate.drained + fate.migrated
    burst = 1.0 - release.unreleased[:, :1] if release.has_carriers else np.zeros_like(release.free[:, :1])
    if fate.in_fluid.any():
        freed = -np.diff(release.unreleased)
        in_fluid = burst * fate.in_fluid[:, :1] + cumulated(freed * middle(fate.in_fluid))
        trapped = cumulated(freed * middle(fate.trapped))
        away = cumulated(freed * middle(gone))
    else:
        in_fluid = trapped = away = np.zeros_like(release.free)
    share = case.site.read("trapped_release_share_to_fluid", NEEDED) if fate.in_fluid.any() else 0.0
    whole_depot = release.free_from_depot.any()
    depot_share = case.site.read("depot_release_share_to_fluid", NEEDED) if whole_depot else 1.0
    at_once = release.free if not release.has_carriers else np.zeros_like(release.free)
    fluid = at_once + in_fluid + share * trapped + depot_share * release.free_from_depot
    synovium = (1.0 - share) * trapped + (1.0 - depot_share) * release.free_from_depot
    return fluid, synovium, away, release.unreleased * gone


def _carriers_left(case: Case, release: Release, fate: particles.CarrierFate) -> Array:
    """Give the share of the carriers, by their own substance, that is still at the site."""
    if not release.has_carriers:
        return np.zeros_like(release.free)
    at_site = (1.0 - release.carriers_out) + fate.in_fluid + fate.trapped
    inner = case.inner.entry
    assert isinstance(inner, Carrier)
    if inner.form == "vesicle":
        lost = case.site.read("trapped_lipid_degradation_rate", NEEDED)
        return np.asarray(at_site * np.exp(-lost * case.time))
    if inner.form == "depot":
        return at_site
    return at_site * release.carrier_substance


def _rates(case: Case, has_solid: bool) -> joint.JointRates:
    site, payload = case.site, case.payload

    def of_site(name: str) -> Array:
        return site.read(name, NEEDED)[:, 0]

    def of_drug(name: str) -> Array:
        return payload.read(name, NEEDED)[:, 0]

    unbound_in_plasma = of_drug("unbound_fraction_plasma")
    whole = permeability.permeability_surface_area(
        of_site("permeability_surface_area"),
        of_drug("molar_mass"),
        of_site("permeability_molar_mass_exponent"),
        of_drug("logp_octanol_water"),
        of_site("transcellular_logp_unity"),
        of_site("transcellular_logp_slope"),
        of_site("transcellular_max_ratio"),
    )
    whole = permeability.flow_limited(whole, of_site("synovial_blood_flow"), unbound_in_plasma)
    # the fluid-side part of two resistances in series; a ratio of 1 would leave the blood side none
    ratio = np.maximum(of_site("fluid_to_intima_permeability_ratio"), 1.05)
    return joint.JointRates(
        unbound_in_fluid=permeability.unbound_fraction_in_fluid(
            unbound_in_plasma, of_site("albumin_ratio_fluid_to_plasma")
        ),
        unbound_in_plasma=unbound_in_plasma,
        permeability_fluid=whole * ratio,
        permeability_blood=whole * ratio / (ratio - 1.0),
        lymph_flow=of_site("lymph_flow"),
        albumin_reflection=of_site("albumin_reflection"),
        resting_volume=of_site("synovial_fluid_volume"),
        injected_volume=case.fluid_injected,
        relaxation_time=of_site("volume_relaxation_time"),
        synovium_capacity=of_site("synovium_partition") * of_site("synovium_volume"),
        plasma_volume=of_drug("volume_of_distribution"),
        clearance=of_drug("systemic_clearance"),
        solubility=of_drug("aqueous_solubility"),
        crystals=_crystals(case) if has_solid else None,
    )


def _crystals(case: Case) -> joint.Crystals:
    payload = case.payload
    return joint.Crystals(
        diffusivity=payload.read("diffusion_coefficient_water", NEEDED)[:, 0],
        radius=payload.read("crystal_diameter", NEEDED)[:, 0] / 2,
        density=payload.read("crystal_density", NEEDED)[:, 0],
        exposed_share=case.site.read("crystal_exposed_share", NEEDED)[:, 0],
    )


def _sink_warning(release: Release, saturation: Array) -> tuple[str, ...]:
    over = float((saturation > 1.05).mean())
    if not release.has_carriers or over < 0.1:
        return ()
    return (
        f"in {over:.0%} of the draws the unbound concentration in the fluid passes the solubility (median peak "
        f"{np.median(saturation):.2g} times): drug would precipitate and redissolve, so the peak is overstated",
    )
