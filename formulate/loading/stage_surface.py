"""Checks of the surface of particles: PEG density and what it makes of the layer, ligands that are of use."""

import numpy as np

from formulate.case import Case
from formulate.loading import brush, surface
from formulate.loading.particles import surface_area_per_mass
from formulate.loading.stage_sizes import number_mean, polydispersity
from formulate.results import Detail

WHY = "the surface"
PEG_REPEAT_MASS = 0.04405  # kg/mol, of ethylene oxide
PEG_REPEAT_LENGTH = 0.35e-9  # m, of the same in water


def surface_checks(case: Case) -> tuple[tuple[Detail, ...], tuple[str, ...]]:
    """Give the PEG layer and the usable ligands of the carrier, as far as its entry or the user says them."""
    details: list[Detail] = []
    warnings: list[str] = []
    if case.inner.find("peg_surface_density") and case.inner.find("peg_molar_mass"):
        density = case.inner.read("peg_surface_density", WHY)[:, 0]
        # the tails of the priors are cut at a chain of one unit, and at chains side by side
        chain = np.maximum(case.inner.read("peg_molar_mass", WHY)[:, 0], PEG_REPEAT_MASS)
        coil = brush.flory_radius(chain, PEG_REPEAT_MASS, PEG_REPEAT_LENGTH)
        possible = np.minimum(density, 1.0 / PEG_REPEAT_LENGTH**2)
        coverage = brush.polymer_coverage(possible, coil)
        height = brush.grafted_layer_thickness(possible, chain, PEG_REPEAT_MASS, PEG_REPEAT_LENGTH)
        crowded = float((coverage > 1.0).mean())
        regime = "brush" if crowded > 0.5 else "mushrooms"
        words = f"{regime} in {max(crowded, 1 - crowded):.0%} of the draws; Flory radius taken as radius"
        details += [
            Detail("peg_coverage", "surface that PEG coils would cover, per surface", "1", coverage, words),
            Detail("peg_layer", "thickness of the PEG layer", "nm", height, "flat surface, scaling law"),
        ]
        if crowded < 0.5:
            warnings.append(
                "the PEG on the surface stands as mushrooms, not as a brush: proteins reach the surface between them"
            )
    if case.inner.find("accessible_ligands_per_particle"):
        usable = case.inner.read("accessible_ligands_per_particle", WHY)[:, 0]
        note = "counted on the particles: a few percent of what was put on"
        details.append(Detail("usable_ligands", "ligands a target can reach, per particle", "1", usable, note))
        if case.inner.find("diameter") and case.inner.find("polydispersity_index"):
            density = surface.surface_density(usable, number_mean(case))
            details.append(Detail("ligand_density", "usable ligands per surface", "1/nm^2", density))
    if case.inner.find("shell_thickness") and case.inner.find("diameter") and case.inner.find("polydispersity_index"):
        details += _coat(case)
    return tuple(details), tuple(warnings)


def _coat(case: Case) -> list[Detail]:
    """Give what a coat of membrane makes of bare particles: their size with it, and the membrane that covers them."""
    bare = number_mean(case)
    thickness = case.inner.read("shell_thickness", "the coat")[:, 0]
    note = "of the bare particles, whose diameter is given; each covered once"
    found = [Detail("coated_diameter", "number-mean diameter with the coat", "nm", bare + 2.0 * thickness, note)]
    if case.inner.find("density"):
        density = case.inner.read("density", "the membrane to coat with")[:, 0]
        area = surface_area_per_mass(bare, density, np.sqrt(polydispersity(case)))
        found.append(Detail("membrane_area", "membrane area per mass of bare particles", "m^2/g", area, note))
    return found
