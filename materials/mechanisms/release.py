"""How a payload gets out of a carrier."""

from materials.mechanisms.declaration import Mechanism
from materials.values import Name

_CHAIN: tuple[Name, ...] = (
    "molar_mass_between_crosslinks",
    "repeat_unit_mass",
    "characteristic_ratio",
    "bond_length",
    "bonds_per_repeat",
)
_OF_A_GEL: tuple[Name, ...] = (
    *_CHAIN,
    "mesh_size",
    # how it goes, widens and swells
    "surface_erosion_velocity",
    "gel_dissolution_time",
    "chain_loss_rate",
    "mesh_widening_exponent",
    "swelling_volume_ratio",
    "mass_swelling_ratio",
    # its shape
    "slab_thickness",
    "slab_open_faces",
    "cylinder_radius",
    # its sites for the drug
    "binding_site_concentration",
    "binding_dissociation_constant",
    "molar_mass",
)
_IN_A_GEL: tuple[Name, ...] = (
    "polymer_mass_fraction",
    "storage_modulus",
    "gel_degradation_half_life",
    "stokes_radius",
    *_OF_A_GEL,
)

# of a layer that something opens, and of the site that has it
TRIGGERS = (
    "acid_sensitivity",
    "enzyme_half_level",
    "enzyme_largest_factor",
    "oxidant_half_level",
    "oxidant_largest_factor",
    "ph",
    "active_enzyme_concentration",
    "hydrogen_peroxide_concentration",
)

WIDTHS = ("size_span", "polydispersity_index")  # as the user gives them

RELEASE: tuple[Mechanism, ...] = (
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
        erodes=True,
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
            *TRIGGERS,
            *WIDTHS,
            "lactide_fraction",
            "hydrolysis_lactide_slope",
            # of acid that gathers in the core
            "acid_diffusion_coefficient",
            "catalysis_rate_constant",
            # of a coat
            "shell_diffusion_coefficient",
            "shell_thickness",
            # of the curves that published profiles tell
            "drug_loading",
            "in_body_release_factor",
            # of the gel around the particles
            "polymer_density",
            *_IN_A_GEL,
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
            *TRIGGERS,
            *WIDTHS,
            "pka_base_1",
            "pka_base_2",
            "pka_acid_1",
            # of the curves that published profiles tell
            "drug_loading",
            "in_body_release_factor",
            # of the gel around the vesicles
            "polymer_density",
            "diffusion_coefficient_water",
            *_IN_A_GEL,
        ),
    ),
    Mechanism(
        id="multivesicular-erosion",
        stage="release",
        summary="burst, then chambers that open one after another over days to weeks, by a Weibull law",
        erodes=True,
        needs_carrier=("burst_fraction", "erosion_time", "erosion_shape"),
        may_use=(
            *TRIGGERS,
            # of the gel around the vesicles
            "diameter",
            "polymer_density",
            "diffusion_coefficient_water",
            *_IN_A_GEL,
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
        instead={
            "storage_modulus": (_CHAIN, ("mesh_size",)),
            "gel_degradation_half_life": (("surface_erosion_velocity",), ("gel_dissolution_time",)),
        },
        may_use=(*TRIGGERS, *_OF_A_GEL),
    ),
    Mechanism(
        id="micelle-partition",
        stage="release",
        summary="partition between the cores of micelles and the fluid that dilutes them; micelles that fall apart",
        needs_carrier=(
            "critical_micelle_concentration",
            "core_mass_share",
            "polymer_density",
            "micelle_half_life",
            "fluid_to_injection_volume_ratio",
        ),
        may_use=(
            *TRIGGERS,
            # of the partition: as given for the core, else from log P
            "core_partition_log10",
            "core_partition_logp_offset",
            "logp_octanol_water",
            "logp_calculated",
            "process_ph",
            "pka_base_1",
            "pka_base_2",
            "pka_acid_1",
            "pka_acid_2",
            "pka_acid_3",
            # of the gel around the micelles
            "diameter",
            "diffusion_coefficient_water",
            *_IN_A_GEL,
        ),
    ),
    Mechanism(
        id="desorption",
        stage="release",
        summary="reversible desorption towards the Langmuir equilibrium of the fluid, which leaves part on the surface",
        needs_carrier=(
            "adsorption_capacity",
            "adsorption_affinity",
            "desorption_rate_constant",
            "fluid_to_injection_volume_ratio",
        ),
        may_use=(
            *TRIGGERS,
            # of the gel around the particles
            "diameter",
            "polymer_density",
            "diffusion_coefficient_water",
            *_IN_A_GEL,
        ),
    ),
)
