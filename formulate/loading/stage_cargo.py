"""Cargo of extracellular vesicles and drug in cells: how such a carrier holds a payload."""

import numpy as np

from formulate.case import Case
from formulate.inputs import Subject
from formulate.loading import definitions, extracellular_vesicles, loaded_cells, vesicle_counts
from formulate.loading.stage_biological import (
    dose_guidance,
    dose_warnings,
    mean_mass,
    preparation,
    size_class,
    uncertain_count,
)
from formulate.loading.stage_measured import Known, known_loading
from formulate.loading.vesicle_occupancy import occupancy
from formulate.results import Detail, Held
from formulate.sampling import Array
from formulate.vesicle import inner_radius
from materials.errors import MissingValueError
from materials.evidence import Evidence, Spread
from materials.schema import Method, Payload
from materials.values import Value

OFTEN = 0.1  # share of the draws from which something is told
LONGEST_SMALL_RNA = 65.0  # kg/mol, 200 nucleotides
LARGEST_SMALL_MOLECULE = 1.0  # kg/mol
NUCLEIC_ACIDS = ("nucleic-acid", "gene")
PROTEINS = ("protein", "growth-factor", "cytokine")
FREE_CARGO = (
    "cargo outside the vesicles counts as loaded unless a control without vesicles was made: take the loading as the "
    "most there can be, or set control_loading_efficiency beside your own encapsulation_efficiency"
)


def vesicle_cargo(case: Case) -> Held:
    """Cargo of extracellular vesicles: what the loading method puts into one, and what that is of its mass."""
    carrier, warnings = case.inner, [FREE_CARGO]
    known = known_loading(case)
    molar_mass = case.payload.read("molar_mass", "the copies per vesicle")[:, 0]
    per_protein = carrier.read("particles_per_protein_mass", "the cargo per vesicle")[:, 0]
    mass, room = _vesicle(carrier)
    efficiency, basis = _efficiency(case, known)
    if known.drug_loading is not None:
        share, basis = _without_free_cargo(known, efficiency), basis if _control(case) else known.basis
    elif known.feed_ratio is not None:
        share = definitions.drug_loading(efficiency, known.feed_ratio, "A")
    else:
        offered = case.process.read("cargo_per_vesicle_protein", "the cargo per vesicle")[:, 0] / per_protein
        cargo = np.minimum(efficiency * offered, room * mass)
        crowded = float((efficiency * offered > room * mass).mean())
        if crowded > OFTEN:
            warnings.append(
                f"in {crowded:.0%} of the draws more cargo would be loaded than fits inside a vesicle; they are "
                "computed with what fits: cargo offered, loading efficiency or vesicles per protein is too far off"
            )
        share, efficiency = cargo / mass, cargo / offered
        warnings += uncertain_count(carrier)
    if _control(case):
        warnings.remove(FREE_CARGO)
    if case.holder.convention == "B" and known.encapsulation_efficiency is None:
        warnings.append("encapsulation efficiency is read as the share of the cargo offered (convention A)")
    copies = extracellular_vesicles.copies_from_mass(share * mass, molar_mass, 1.0)
    warnings += _beyond_told(carrier, case, copies)
    number = vesicle_counts.vesicles_for_dose(case.dose, copies, molar_mass)
    both = known.drug_loading is not None and known.encapsulation_efficiency is not None
    return Held(
        share,
        efficiency,
        case.holder.convention if both else "A",
        basis,
        (*_copies(copies), *preparation(carrier, number, per_protein, "for the wanted dose")),
        (*known.warnings, *warnings, *size_class(carrier)),
    )


def cell_cargo(case: Case) -> Held:
    """Drug carried by cells: what is found in one, and what that is of its mass."""
    known = known_loading(case)
    if known.drug_loading is not None:
        efficiency = known.encapsulation_efficiency
        return Held(known.drug_loading, efficiency, case.holder.convention, known.basis, (), known.warnings)
    carrier = case.inner
    held = carrier.read("cargo_per_cell", "the drug that cells carry")[:, 0]
    size = carrier.read("cell_diameter", "the mass of a cell")[:, 0]
    density = carrier.read("buoyant_density", "the mass of a cell")[:, 0]
    number = loaded_cells.cells_for_dose(case.dose, held)
    return Held(
        loaded_cells.cell_drug_loading(held, size, density),
        known.encapsulation_efficiency,
        "A",
        "drug per cell as given",
        (Detail("cells_for_dose", "cells for the wanted dose", "1", number, dose_guidance(carrier)),),
        dose_warnings(carrier, float(np.median(number))),
    )


def _cargo_kind(payload: Payload, molar_mass: float) -> str:
    """Give the kind of cargo by which loading efficiencies are reported."""
    if payload.payload_class in NUCLEIC_ACIDS:
        return "small RNA" if molar_mass <= LONGEST_SMALL_RNA else "plasmid DNA"
    if payload.payload_class in PROTEINS or molar_mass > LARGEST_SMALL_MOLECULE:
        return "protein"
    return "small molecule"


def _efficiency(case: Case, known: Known) -> tuple[Array, str]:
    """Give the encapsulation efficiency in convention A, and where it comes from."""
    apparent = known.encapsulation_efficiency
    if apparent is not None:
        control = _control(case)
        if control is None:
            return apparent, known.basis
        without = case.inner.read("control_loading_efficiency", "the cargo outside the vesicles")[:, 0]
        extracellular_vesicles.corrected_efficiency(float(np.median(apparent)), float(np.median(without)))
        return np.maximum(apparent - without, 0.0), f"{known.basis}, less the control without vesicles"
    assert isinstance(case.payload.entry, Payload)
    kind = _cargo_kind(case.payload.entry, case.payload.typical("molar_mass", "the kind of cargo"))
    value = _reported(case.method, kind) or _pooled(case, kind)
    if value is None or case.method is None:
        why = f"no source gives it for {kind}" if case.method else "no method is named"
        raise MissingValueError(
            case.inner.entry.id,
            "encapsulation_efficiency",
            "the cargo to weigh out",
            f"set it in the file, in percent ({why})",
        )
    method = Subject(case.inputs, case.method, {"loading_efficiency": value})
    found = method.read("loading_efficiency", "the cargo to weigh out")[:, 0]
    of = f"{value.source}, {value.locator}" if value.locator else value.source
    way = case.method.name.removeprefix("Loading of vesicles by ")
    return found, f"reported for {value.conditions.removeprefix('cargo: ')} by {way} ({of}; {value.note})"


def _reported(method: Method | None, kind: str) -> Value | None:
    """Give the loading efficiency reported for a method and a kind of cargo, or None."""
    found = method.value("loading_efficiency", grade=kind) if method else None
    return found if found is not None and found.grade == kind else None


def _pooled(case: Case, kind: str) -> Value | None:
    """Give the span over all methods for a kind of cargo that the method was not reported for, or None."""
    every = [_reported(method, kind) for method in case.inputs.catalog.methods.values()]
    given = [value for value in every if value is not None]
    if not given:
        return None
    ends = [value.ends for value in given]
    update = {
        "typical": float(np.median([value.typical for value in given])),
        "low": min(low for low, _, _ in ends),
        "high": max(high for _, _, high in ends),
        "spread": Spread.RANGE,
        "evidence": Evidence.ASSUMED,
        "conditions": kind,
        "note": f"not reported for this method: the span of {len(given)} others",
    }
    return given[0].model_copy(update=update)


def _without_free_cargo(known: Known, efficiency: Array) -> Array:
    """Give the known drug loading, less the cargo that a control without vesicles finds too."""
    assert known.drug_loading is not None
    if known.encapsulation_efficiency is None:
        return known.drug_loading
    inside = definitions.drug_to_carrier(known.drug_loading) * efficiency / known.encapsulation_efficiency
    return np.asarray(inside / (1.0 + inside))


def _control(case: Case) -> Value | None:
    """Give the user's control without vesicles, if it belongs to an efficiency of theirs."""
    return (
        case.inner.find("control_loading_efficiency")
        if known_loading(case).encapsulation_efficiency is not None
        else None
    )


def _vesicle(carrier: Subject) -> tuple[Array, Array]:
    """Give the mean mass of a vesicle [kg], and the share of it that is inside the membrane."""
    mass, diameter = mean_mass(carrier)
    inside = inner_radius(diameter, carrier.read("bilayer_thickness", "the inner volume")[:, 0])
    return mass, (2.0 * inside / diameter) ** 3


def _beyond_told(carrier: Subject, case: Case, copies: Array) -> list[str]:
    """Tell when there would be more RNA in a vesicle than is told of any."""
    assert isinstance(case.payload.entry, Payload)
    value = carrier.find("rna_copies_per_vesicle")
    nucleic = case.payload.entry.payload_class in NUCLEIC_ACIDS
    if not nucleic or value is None or value.high is None or float(np.median(copies)) <= value.high:
        return []
    return [
        f"{np.median(copies):.3g} copies per vesicle are more than the {value.high:g} told of loaded vesicles: most of "
        "what counts as loaded may be outside"
    ]


def _copies(copies: Array) -> list[Detail]:
    spread = occupancy(copies)
    note = "the mean over all vesicles; in inverse proportion to the vesicles per protein"
    return [
        Detail("copies_per_vesicle", "copies per vesicle", "1", copies, note),
        Detail("empty_share", "empty vesicles", "percent", spread.empty_share, "if copies fall on vesicles at random"),
        Detail("copies_per_loaded", "copies per vesicle that holds any", "1", spread.copies_per_loaded),
    ]
