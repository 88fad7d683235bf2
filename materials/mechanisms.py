"""The mechanisms a catalog entry may name, declared here and implemented in `formulate`.

A declaration says what the mechanism does and which properties it needs, so that the catalog can tell which
calculators an entry drives, and what is missing, without importing upwards.
"""

from typing import Literal

from materials.values import Model, Name

Stage = Literal["loading", "release", "retention"]


class Mechanism(Model):
    """One declared mechanism: its stage, what it does in one line, and the properties it needs."""

    id: str
    stage: Stage
    summary: str
    forms: tuple[str, ...] = ()  # of the carriers that a loading mechanism is computed for
    needs_carrier: tuple[Name, ...] = ()
    needs_payload: tuple[Name, ...] = ()
    needs_site: tuple[Name, ...] = ()
    may_use: tuple[Name, ...] = ()  # read only in some circumstances, or left out where nobody gives it


MECHANISMS: tuple[Mechanism, ...] = (
    Mechanism(
        id="dissolved",
        stage="loading",
        summary="drug dissolved in the vehicle, up to its solubility",
        forms=("dissolved",),
        needs_payload=("aqueous_solubility",),
    ),
    Mechanism(
        id="suspended",
        stage="loading",
        summary="drug crystals suspended in the vehicle, up to the concentration that can be injected",
        forms=("crystal",),
        needs_payload=("max_suspension_concentration", "aqueous_solubility"),
    ),
    Mechanism(
        id="entrapped",
        stage="loading",
        summary="drug entrapped in particles or vesicles, as drug loading and encapsulation efficiency say",
        forms=("particle", "vesicle", "micelle", "cell"),
        needs_carrier=(
            "diameter",
            "polydispersity_index",
            "density",
            "drug_loading",
            "encapsulation_efficiency",
            "max_injectable_concentration",
        ),
        needs_payload=("molar_mass",),
        may_use=(
            "feed_ratio",
            "max_syringeable_diameter",
            "max_syringeable_storage_modulus",
            # of the gel around the particles
            "particle_volume_fraction",
            "polymer_mass_fraction",
            "polymer_density",
            "storage_modulus",
        ),
    ),
    Mechanism(
        id="mixed",
        stage="loading",
        summary="drug mixed into a gel: dissolved up to its solubility, the rest suspended as crystals",
        forms=("depot",),
        needs_carrier=(
            "polymer_mass_fraction",
            "polymer_density",
            "encapsulation_efficiency",
            "largest_suspended_loading",
        ),
        needs_payload=("aqueous_solubility",),
        may_use=("storage_modulus", "max_syringeable_storage_modulus"),
    ),
    Mechanism(
        id="immediate",
        stage="release",
        summary="no carrier: the dissolved drug is free at once",
    ),
    Mechanism(
        id="crystals",
        stage="release",
        summary="no carrier: the crystals arrive solid and the site dissolves them",
    ),
    Mechanism(
        id="polyester-degradation",
        stage="release",
        summary="burst, diffusion out of a sphere whose polymer degrades, and erosion",
        needs_carrier=(
            "diameter",
            "burst_fraction",
            "burst_rate_constant",
            "hydrolysis_rate_constant",
            "molecular_weight",
            "critical_molecular_weight",
            "diffusion_growth_exponent",
            "diffusion_share",
            "erosion_time",
            "erosion_shape",
            "diffusion_diameter_exponent",
            "between_study_time_factor",
        ),
        needs_payload=("diffusion_coefficient_plga", "diffusion_coefficient_water"),
        may_use=(
            "lactide_fraction",
            "hydrolysis_lactide_slope",
            # of the gel around the particles
            "polymer_mass_fraction",
            "polymer_density",
            "storage_modulus",
            "gel_degradation_half_life",
            "stokes_radius",
        ),
    ),
    Mechanism(
        id="vesicle-membrane",
        stage="release",
        summary="permeation of the neutral drug through a bilayer that also binds it",
        needs_carrier=(
            "diameter",
            "bilayer_thickness",
            "area_per_lipid",
            "lipid_molar_mass",
            "bilayer_permeability_reduction",
            "burst_fraction",
            "internal_ph",
        ),
        needs_payload=("bilayer_permeability", "membrane_partition_log10", "aqueous_solubility"),
        may_use=(
            "pka_base_1",
            "pka_base_2",
            "pka_acid_1",
            # of the gel around the vesicles
            "polymer_mass_fraction",
            "polymer_density",
            "storage_modulus",
            "gel_degradation_half_life",
            "stokes_radius",
            "diffusion_coefficient_water",
        ),
    ),
    Mechanism(
        id="gel-diffusion",
        stage="release",
        summary="diffusion through the mesh of a gel depot that degrades; suspended drug follows a dissolving front",
        needs_carrier=(
            "polymer_mass_fraction",
            "polymer_density",
            "storage_modulus",
            "gel_degradation_half_life",
        ),
        needs_payload=("diffusion_coefficient_water", "stokes_radius", "aqueous_solubility"),
    ),
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


def mechanism(stage: Stage, identifier: str) -> Mechanism:
    """Give a declared mechanism; a KeyError is a fault of the catalog, which the catalog check reports."""
    for declared in MECHANISMS:
        if declared.stage == stage and declared.id == identifier:
            return declared
    raise KeyError(f"{stage} mechanism {identifier!r} is not declared")
