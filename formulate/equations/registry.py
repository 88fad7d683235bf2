"""The calculators: kernels of the program under the name a user calls them by, in groups.

A calculator is a name for a kernel and nothing more. What it gives, its inputs with their units, its equation and its
source stand in the kernel's docstring, which `formulate.equations.calculation` reads.
"""

import functools
from dataclasses import dataclass
from importlib.util import find_spec

from formulate.equations.docstrings import first_line

# group -> module -> its kernels in the order of the list; kernel=id where another has the name already
_GROUPS: dict[str, dict[str, str]] = {
    "definitions": {
        "formulate.loading.definitions": (
            "drug_loading encapsulation_efficiency feed_ratio theoretical_loading drug_to_carrier "
            "exceeds_theoretical consistent_conventions largest_process_yield mass_balance"
        ),
        "formulate.loading.batches": "next_batch",
        "formulate.loading.masses": (
            "efficiency_from_free_drug efficiency_from_entrapped_drug efficiency_from_concentrations "
            "efficiency_from_drug_to_carrier efficiency_from_theoretical_loading loading_from_masses "
            "loading_from_product_mass drug_loading_from_drug_to_carrier feed_ratio_from_feed_share"
        ),
    },
    "assay": {
        "formulate.loading.assay": "assayed_mass drug_recovery loading_from_product free_drug_share",
        "formulate.loading.reports": "read_report",
        "formulate.loading.amounts": (
            "amount_from_mass mass_from_amount molar_concentration mass_concentration concentration_from_peak_area"
        ),
    },
    "particles and numbers": {
        "formulate.loading.particles": (
            "mean_cube_factor particles_per_mass number_mean_from_intensity number_mean_from_volume "
            "molecules_per_particle surface_area_per_mass volume_share"
        ),
        "formulate.loading.counts": "count_particles number_concentration particle_spacing efficiency_from_counts",
        "formulate.loading.sizes": (
            "convert_diameter geometric_sd_from_span geometric_sd_from_deciles coefficient_of_variation"
        ),
        "formulate.loading.shapes": (
            "spheroid_volume spheroid_surface perrin_factor spheroid_volume_from_hydrodynamic rod_volume "
            "rod_surface core_diameter core_volume_share envelope_density envelope_density_from_porosity"
        ),
    },
    "surface": {
        "formulate.loading.surface": (
            "grafting_density ligands_per_particle surface_density ligand_spacing largest_ligand_number usable_ligands"
        ),
        "formulate.loading.brush": "flory_radius polymer_coverage brush_onset is_brush grafted_layer_thickness",
        "formulate.loading.coverage": "coverage_from_number coverage_from_mass",
        "formulate.loading.coating": "membrane_to_coat cells_for_membrane fully_covered_share",
    },
    "injection": {
        "formulate.loading.injectable": (
            "loaded_carrier_mass carrier_concentration largest_dose_entrapped largest_dose_dissolved "
            "largest_dose_suspended geometric_sd_from_pdi d99 widest_through_needle plunger_force"
        ),
    },
    "batch": {
        "formulate.loading.batch": (
            "drug_in_batch stock_volume diluent_volume left_after_washes salt_for_isotonicity scaled_speed"
        ),
        "formulate.loading.residual_solvent": (
            "residual_solvent_per_dose largest_residual_content share_of_exposure content_after_drying "
            "drying_time extraction_volume"
        ),
        "formulate.loading.solvent_sum": "residual_solvent_sum",
        "formulate.loading.weighing": "mass_to_weigh smallest_weighable round_to_balance",
    },
    "solubility and charge": {
        "formulate.ionisation": "neutral_fraction uncharged_fraction total_solubility intrinsic_solubility",
    },
    "polymer particles": {
        "formulate.loading.polymer": (
            "solubility_with_surfactant solubilisation_capacity_from_molar solubilisation_capacity_from_partition "
            "solubility_with_cosolvent encapsulation_floor partition_efficiency partition_efficiency_of_total"
        ),
        "formulate.loading.solubility_parameters": (
            "hansen_distance relative_energy_difference total_solubility_parameter molar_volume flory_huggins_chi "
            "flory_huggins_chi_hansen"
        ),
        "formulate.loading.miscibility": (
            "polymer_segments critical_chi spinodal_drug_fraction crystal_activity largest_mixed_drug_fraction "
            "loading_from_volume_fraction"
        ),
        "formulate.loading.glass_transition": "gordon_taylor_glass_transition simha_boyer_constant",
    },
    "vesicles": {
        "formulate.vesicle": (
            "inner_radius lipids_per_vesicle trapped_volume lipid_per_inner_water inner_volume "
            "vesicle_concentration molecules_per_vesicle drug_to_lipid molar_ratio internal_concentration"
        ),
        "formulate.loading.lipids": (
            "mean_area_per_lipid mean_molar_mass mean_molar_volume amounts_from_masses multilamellar_vesicle "
            "mean_vesicle has_cores"
        ),
        "formulate.loading.vesicles": (
            "trapped_fraction aqueous_efficiency membrane_distribution membrane_share passive_loading "
            "efficiency_after_washing"
        ),
        "formulate.loading.vesicle_drug": (
            "drug_per_vesicle drug_per_vesicle_from_molar_ratio largest_molecules_per_vesicle"
        ),
        "formulate.loading.vesicle_suspension": (
            "vesicle_concentration_from_mass aqueous_efficiency_from_mass vesicle_suspension "
            "vesicle_suspension_from_mass"
        ),
        "formulate.loading.leaflets": "leaflets",
        "formulate.loading.lipid_recipe": "lipid_recipe lipid_recipe_from_mass",
        "formulate.loading.remote": "accumulation_ratio remote_efficiency largest_drug_to_lipid exchange_efficiency",
        "formulate.loading.gradients": "ammonium_sulfate_loading calcium_acetate_loading buffer_gradient_loading",
        "formulate.loading.ph_gradient": "ph_for_accumulation",
    },
    "micelles": {
        "formulate.loading.micelles": (
            "partition_by_volume micellised_concentration micelle_number drug_per_micelle core_to_water "
            "share_in_cores solubilisation_capacity core_loading"
        ),
        "formulate.loading.micelle_balance": "load_micelles dilute_micelles",
        "formulate.loading.micelle_cores": "aggregation_number core_diameter_from_chains",
    },
    "gels": {
        "formulate.composition": "volume_fraction",
        "formulate.network": (
            "volume_fraction_from_swelling volume_fraction_from_water phantom_softening mesh_size_from_modulus "
            "mesh_size_from_composition mesh_size_from_junctions"
        ),
        "formulate.swelling": "molar_mass_between_crosslinks swollen_volume_fraction molar_mass_from_modulus",
        "formulate.mesh": "mesh_from_water mesh_from_swelling modulus_from_chain",
        "formulate.diffusivity": (
            "stokes_einstein_diffusivity stokes_einstein_radius protein_radius diffusivity_in_gel_multiscale"
        ),
        "formulate.loading.soaking": "soak soak_with_affinity kept_at_syneresis soaking_time",
        "formulate.loading.partition": "ogston_partition partition_to_gel_water donnan_partition donnan_potential",
        "formulate.release.gel": "diffusivity_in_gel depot_radius degraded released_from_dissolving_front",
    },
    "adsorption": {
        "formulate.loading.adsorption": (
            "langmuir_uptake langmuir_affinity affinity_by_mass capacity_by_mass adsorb_langmuir "
            "adsorb_freundlich held_after_rinsing"
        ),
        "formulate.loading.adsorption_sites": "monolayer_capacity pore_capacity adsorb_two",
        "formulate.loading.adsorption_molar": "adsorb_langmuir_molar adsorb_langmuir_at_solids",
    },
    "extracellular vesicles": {
        "formulate.loading.extracellular_vesicles": (
            "copies_from_molecules copies_from_amount copies_from_mass "
            "efficiency_from_counts=vesicle-efficiency-from-counts efficiency_from_amount copies_from_efficiency "
            "corrected_efficiency"
        ),
        "formulate.loading.vesicle_counts": (
            "particles_per_protein particles_from_protein vesicle_mass free_protein_share cargo_loading "
            "vesicles_for_dose vesicles_from_culture cells_for_vesicles"
        ),
        "formulate.loading.vesicle_occupancy": (
            "copies_at_concentration largest_copies_inside largest_copies_on_surface occupancy "
            "share_with_at_least copies_for_loaded_share"
        ),
        "formulate.loading.vesicle_classes": "size_overlap share_within",
        "formulate.loading.vesicle_cargo": "copies_per_vesicle_from_protein share_with_exactly",
    },
    "cells": {
        "formulate.loading.cells": (
            "cells_to_thaw viable_cells containers suspension_volume cell_concentration cell_volume_share"
        ),
        "formulate.loading.cell_culture": (
            "cells_after_doublings doublings_needed culture_area microcarrier_mass cells_per_microcarrier"
        ),
        "formulate.loading.loaded_cells": (
            "cargo_per_cell uptake_efficiency cell_drug_loading cells_for_dose particles_per_cell"
        ),
    },
    "release": {
        "formulate.release.diffusion": "released_from_sphere mean_release_time",
        "formulate.release.degradation": (
            "molar_mass hydrolysis_rate_at dimensionless_time erosion_onset eroded polyester_released "
            "autocatalysis_number"
        ),
        "formulate.release.membrane": "bound_to_dissolved vesicle_rate vesicle_released released_at_equilibrium",
        "formulate.release.vesicle_core": (
            "dissolved_in_core vesicle_return_rate return_rate_at_equilibrium vesicle_core_released "
            "multivesicular_released"
        ),
        "formulate.release.leakage": (
            "leakage leakage_from_log_permeability leakage_from_diameter half_life_from_rate rate_from_half_life"
        ),
        "formulate.release.dialysis": "dialysis_release dialysis_half_life release_rate_from_dialysis",
        "formulate.release.shapes": (
            "released_from_slab released_from_cylinder released_from_sphere_at mean_release_time_slab "
            "mean_release_time_cylinder released_from_shape"
        ),
        "formulate.release.network_escape": (
            "widened_mesh dissolution_time escape_time widening_mesh_time network_released"
        ),
        "formulate.release.gel_changes": "free_beside_sites swollen_length surface_eroded",
        "formulate.release.binding": "mean_mobility time_beside_sites",
        "formulate.release.fronts": "released_behind_front",
        "formulate.release.micelle": "free_of_cores micelle_released",
        "formulate.release.desorption": "desorption_plateau desorbed",
        "formulate.dissolution": (
            "shrunken_radius undissolved dissolution_rate dissolved_into_sink dissolved_in_vessel"
        ),
        "formulate.release.triggers": "acid_factor stimulus_factor trigger_window",
        "formulate.release.arrhenius": "arrhenius_factor rate_at_temperature",
        "formulate.release.activity": "activity_half_life_at activity_left bench_time",
        "formulate.release.boundary": (
            "boundary_number still_layer_permeability released_through_layer mean_release_time_through_layer"
        ),
        "formulate.release.size_average": "mass_median_from_count count_median_from_mass released_from_spheres",
        "formulate.release.autocatalysis": "local_acceleration mean_acceleration",
    },
    "release data": {
        "formulate.experiment.volume_correction": "released_amount",
        "formulate.fitting.summaries": "mean_dissolution_time area_under_curve",
        "formulate.similarity.factors": "f1 f2",
    },
    "release constants": {
        "formulate.curves.physical_conversion": (
            "diffusivity_from_higuchi diffusivity_from_early_release diffusivity_from_baker_lonsdale "
            "permeability_from_first_order dissolution_velocity_from_hixson_crowell erosion_rate_from_hopfenberg"
        ),
        "formulate.curves.physical_constants": (
            "higuchi_constant baker_lonsdale_rate hixson_crowell_rate hopfenberg_rate"
        ),
    },
    "effect": {"formulate.dose_response": "sigmoid_effect inhibitory_effect bell_effect"},
    "species": {"formulate.retention.allometry": "scaled_by_body_mass"},
    "tissue": {
        "formulate.diffusivity": "apparent_diffusivity",
        "formulate.retention.partition": (
            "cation_ratio charge_partition net_charge_near_isoelectric layer_permeability"
        ),
        "formulate.retention.hindrance": (
            "fibre_partition pore_partition diffusivity_in_cartilage diffusivity_between_fibres "
            "diffusivity_around_solids"
        ),
        "formulate.retention.survival": "surviving_cells",
        "formulate.retention.slab_forms": ("film_root slab_remaining slab_half_life slab_first_half penetration_depth"),
    },
    "knee": {
        "formulate.retention.fluid": "fluid_volume drained_turnovers",
        "formulate.retention.particles": "effective_diameter escaping_fraction vascular_uptake",
        "formulate.retention.permeability": (
            "unbound_fraction_in_fluid permeability_surface_area flow_limited filtration_clearance"
        ),
        "formulate.retention.hyaluronan": "reflected_share uptake_rate=polymer-uptake-rate",
        "formulate.retention.cartilage": "titrated_partition",
    },
    "bone": {
        "formulate.retention.bone": "capillary_permeability edge_conductance local_clearance mineral_extraction",
        "formulate.retention.defect": "scaffold_retained_fraction scaffold_retention clot_held_fraction",
        "formulate.retention.blood": "sum_of_exponentials uptake_half_life boosted_share",
    },
    "disc": {
        "formulate.retention.disc_injection": (
            "overfill leaked_fraction injection_pressure loading_gain needle_to_height"
        ),
        "formulate.retention.disc": "annulus_conductance",
    },
    "cord": {
        "formulate.retention.cord": "bulk_flow_rate tissue_diffusivity cylinder_exchange slab_exchange",
        "formulate.retention.cord_barrier": "barrier_leak size_share lipophilic_passage capillary_clearance",
    },
}


@dataclass(frozen=True)
class Calculator:
    """A kernel under the name a user calls it by."""

    id: str
    group: str
    module: str
    function: str

    @property
    def path(self) -> str:
        """The kernel as Python names it."""
        return f"{self.module}.{self.function}"

    @property
    def title(self) -> str:
        """The first line of the kernel's docstring."""
        return first_line(self.text)

    @property
    def text(self) -> str:
        """The kernel's docstring, read without importing the kernel."""
        return _docstrings(self.module)[self.function]


@functools.cache
def calculators() -> dict[str, Calculator]:
    """Give every calculator by its id, group by group."""
    every = (
        Calculator(known_as or name.replace("_", "-"), group, module, name)
        for group, modules in _GROUPS.items()
        for module, names in modules.items()
        for name, _, known_as in (text.partition("=") for text in names.split())
    )
    return {item.id: item for item in every}


@functools.cache
def _docstrings(module: str) -> dict[str, str]:
    spec = find_spec(module)
    text = spec.loader.get_source(module) if spec is not None and spec.loader is not None else None  # type: ignore[attr-defined]
    # cut rather than parsed: a list of all titles is then there at once
    functions = (block.partition("(") for block in f"\n{text or ''}".split("\ndef ")[1:])
    return {name: rest.partition('"""')[2].partition('"""')[0] for name, _, rest in functions}
