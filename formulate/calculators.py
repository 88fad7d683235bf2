"""The calculators: kernels of the program under the name a user calls them by, in groups.

A calculator is a name for a kernel and nothing more. What it gives, its inputs with their units, its equation and its
source stand in the kernel's docstring, which `formulate.calculation` reads.
"""

import ast
import functools
from dataclasses import dataclass
from importlib.util import find_spec

from formulate.docstrings import first_line
from materials.errors import UnknownIdError, nearest

# group -> module -> its kernels in the order of the list; kernel=id where another has the name already
_GROUPS: dict[str, dict[str, str]] = {
    "definitions": {
        "formulate.loading.definitions": (
            "drug_loading encapsulation_efficiency feed_ratio theoretical_loading drug_to_carrier "
            "exceeds_theoretical consistent_conventions largest_process_yield mass_balance"
        ),
    },
    "assay": {
        "formulate.loading.assay": "assayed_mass drug_recovery loading_from_product free_drug_share",
        "formulate.loading.reports": "read_report",
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
            "grafting_density ligands_per_particle surface_density ligand_spacing largest_ligand_number "
            "usable_ligands"
        ),
        "formulate.loading.brush": "flory_radius polymer_coverage brush_onset is_brush grafted_layer_thickness",
        "formulate.loading.coating": "membrane_to_coat cells_for_membrane fully_covered_share",
    },
    "injection": {
        "formulate.loading.injectable": (
            "loaded_carrier_mass carrier_concentration largest_dose_entrapped largest_dose_dissolved "
            "largest_dose_suspended geometric_sd_from_pdi d99"
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
        "formulate.loading.remote": "accumulation_ratio remote_efficiency largest_drug_to_lipid exchange_efficiency",
        "formulate.loading.gradients": "ammonium_sulfate_loading calcium_acetate_loading buffer_gradient_loading",
    },
    "micelles": {
        "formulate.loading.micelles": (
            "partition_by_volume micellised_concentration micelle_number drug_per_micelle core_to_water "
            "share_in_cores solubilisation_capacity core_loading"
        ),
        "formulate.loading.micelle_balance": "load_micelles dilute_micelles",
    },
    "gels": {
        "formulate.composition": "volume_fraction",
        "formulate.network": (
            "volume_fraction_from_swelling volume_fraction_from_water phantom_softening mesh_size_from_modulus "
            "mesh_size_from_composition mesh_size_from_junctions"
        ),
        "formulate.swelling": "molar_mass_between_crosslinks swollen_volume_fraction molar_mass_from_modulus",
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
        """The first line of the kernel's docstring, read without importing the kernel."""
        return _titles(self.module)[self.function]


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


def calculator(name: str) -> Calculator:
    """Give a calculator by its id, hyphens or underscores alike; an UnknownIdError names the nearest."""
    known = calculators()
    wanted = name.strip().casefold().replace("_", "-")
    if wanted not in known:
        raise UnknownIdError("calculator", name, nearest(wanted, known))
    return known[wanted]


@functools.cache
def _titles(module: str) -> dict[str, str]:
    spec = find_spec(module)
    text = spec.loader.get_source(module) if spec is not None and spec.loader is not None else None  # type: ignore[attr-defined]
    functions = [node for node in ast.parse(text or "").body if isinstance(node, ast.FunctionDef)]
    return {node.name: first_line(ast.get_docstring(node) or "") for node in functions}
