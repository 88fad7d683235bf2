"""How long payload and carrier stay at a site."""

from materials.mechanisms.declaration import Mechanism

RETENTION: tuple[Mechanism, ...] = (
    Mechanism(
        id="synovial-joint",
        stage="retention",
        summary="synovial fluid, synovium and plasma; dissolution of solid drug; escape and trapping of particles",
        needs_payload=(
            "molar_mass",
            "logp_octanol_water",
            "unbound_fraction_plasma",
            "systemic_clearance",
            "volume_of_distribution",
            "aqueous_solubility",
        ),
        may_use=(
            # of solid drug
            "crystal_diameter",
            "crystal_density",
            "diffusion_coefficient_water",
            "crystal_exposed_share",
            # of particles and vesicles
            "diameter",
            "zeta_potential",
            "cationic_aggregate_diameter",
            "particle_escape_diameter",
            "particle_escape_exponent",
            "trapped_particle_migration_rate",
            "trapped_release_share_to_fluid",
            "trapped_lipid_degradation_rate",
            # of a depot
            "depot_release_share_to_fluid",
        ),
        needs_site=(
            "synovial_fluid_volume",
            "lymph_flow",
            "volume_relaxation_time",
            "permeability_surface_area",
            "permeability_molar_mass_exponent",
            "transcellular_logp_unity",
            "transcellular_logp_slope",
            "transcellular_max_ratio",
            "fluid_to_intima_permeability_ratio",
            "synovial_blood_flow",
            "albumin_reflection",
            "synovium_partition",
            "synovium_volume",
            "albumin_ratio_fluid_to_plasma",
        ),
    ),
)
