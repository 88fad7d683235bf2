"""Checks of the surface of particles: PEG density and what it makes of the layer, ligands that are of use."""

import numpy as np

from formulate.case import Case
from formulate.loading import brush
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
    return tuple(details), tuple(warnings)
