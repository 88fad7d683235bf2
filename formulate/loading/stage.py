"""The loading stage: how much of the wanted dose one injection holds in this formulation, and what that takes."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from formulate.case import INTRAVENOUS, Case
from formulate.inputs import Subject
from formulate.loading import definitions, injectable, particles, shapes
from formulate.loading.particles import AVOGADRO
from formulate.loading.stage_adsorption import adsorbed
from formulate.loading.stage_cargo import cell_cargo, vesicle_cargo
from formulate.loading.stage_entrapped import entrapped
from formulate.loading.stage_gels import affinity_gel, network_details, polymer_and_water, soaked, too_stiff
from formulate.loading.stage_micelles import micellised
from formulate.loading.stage_sizes import number_mean, polydispersity
from formulate.loading.stage_surface import surface_checks
from formulate.loading.stage_vesicles import mean_vesicle, passive_vesicle, remote_vesicle
from formulate.needle import PASSES_ANY, largest, passing
from formulate.results import Detail, Held, LayerLoading, Loading
from formulate.sampling import Array
from materials.errors import MissingValueError
from materials.units import si_factor, to_si

OF_BILAYERS = ("bilayer_thickness", "area_per_lipid", "lipid_molar_mass", "diameter", "polydispersity_index")


def load(case: Case) -> Loading:
    """Give the loading of a case; see the mechanisms of this stage for what is computed.

    Raises
    ------
    MissingValueError
        A number that the mechanism needs is given neither by the user nor by the catalog.
    """
    loading = LOADING[case.loading_mechanism](case)
    if isinstance(loading, Held):
        loading = _dosed(case, loading)
    layers = tuple(replace(layer, payload=case.part.id) for layer in loading.layers)
    warnings = (*loading.warnings, *_large_volume(case))
    return replace(loading, payload=case.part.id, layers=layers, warnings=warnings)


def dissolved(case: Case) -> Loading:
    """Drug dissolved in the vehicle, up to its solubility."""
    solubility = case.payload.read("aqueous_solubility", "the dose that dissolves")[:, 0]
    largest = injectable.largest_dose_dissolved(solubility, case.volume)
    given = np.minimum(case.dose, largest)
    layer = LayerLoading(case.holder.id, case.inner.entry.id, "", drug_added=given)
    return Loading(case.dose, case.volume, largest, given, np.ones_like(given), (layer,))


def suspended(case: Case) -> Loading:
    """Drug crystals suspended in the vehicle, up to the concentration that can be injected."""
    densest = case.payload.read("max_suspension_concentration", "the dose that can be suspended")[:, 0]
    solubility = case.payload.read("aqueous_solubility", "the share that dissolves")[:, 0]
    largest = injectable.largest_dose_suspended(densest, case.volume)
    given = np.minimum(case.dose, largest)
    solved = np.minimum(1.0, injectable.largest_dose_dissolved(solubility, case.volume) / given)
    layer = LayerLoading(
        case.holder.id,
        case.inner.entry.id,
        "",
        drug_added=given,
        concentration=given / case.volume,
    )
    return Loading(case.dose, case.volume, largest, given, solved, (layer,))


def mixed(case: Case) -> Loading:
    """Drug mixed into a gel: dissolved up to its solubility, the rest suspended as crystals."""
    gel = case.inner
    efficiency = gel.read("encapsulation_efficiency", "the drug to weigh out")[:, 0]
    crystals = gel.read("largest_suspended_loading", "the crystals a gel can carry")[:, 0]
    solubility = case.payload.read("aqueous_solubility", "the share that dissolves")[:, 0]
    polymer, water = polymer_and_water(case)
    in_solution = injectable.largest_dose_dissolved(solubility, water)
    largest = in_solution + polymer * definitions.drug_to_carrier(crystals)
    given = np.minimum(case.dose, largest)
    layer = LayerLoading(
        case.holder.id,
        gel.entry.id,
        "A",
        drug_loading=given / (given + polymer),
        encapsulation_efficiency=efficiency,
        drug_added=given / efficiency,
        drug_lost=given / efficiency - given,
        carrier_mass=polymer,
        loaded_mass=given + polymer,
        details=network_details(case),
    )
    warnings = tuple(too_stiff(case))
    return Loading(case.dose, case.volume, largest, given, np.minimum(1.0, in_solution / given), (layer,), warnings)


Mechanism: TypeAlias = Callable[[Case], Held] | Callable[[Case], Loading]
LOADING: dict[str, Mechanism] = {
    "dissolved": dissolved,
    "suspended": suspended,
    "entrapped": entrapped,
    "mixed": mixed,
    "adsorbed": adsorbed,
    "micellised": micellised,
    "soaked": soaked,
    "affinity-gel": affinity_gel,
    "passive-vesicle": passive_vesicle,
    "remote-vesicle": remote_vesicle,
    "vesicle-cargo": vesicle_cargo,
    "own-drug": cell_cargo,
}


def _dosed(case: Case, held: Held) -> Loading:
    """Give what one injection holds of a carrier loaded so, and what it takes to make it."""
    carrier, share, efficiency = case.inner, held.drug_loading, held.encapsulation_efficiency
    warnings = [*held.warnings]
    largest, limits = _largest_dose(case, share)
    given = np.minimum(case.dose, largest)
    loaded = injectable.loaded_carrier_mass(given, share)
    balance, holds = _balance(given, held)
    added = None
    if held.added_per_held is not None:
        added = given * held.added_per_held
    elif efficiency is not None:
        added = np.where(holds, balance.drug_added, np.nan)
    if not holds.any():  # says why no feed can give it
        definitions.feed_ratio(np.median(share), np.median(np.asarray(efficiency)), held.convention)
    if holds.mean() < 0.9:
        warnings.append(
            f"in {1 - holds.mean():.0%} of the draws drug loading exceeds encapsulation efficiency, which "
            "convention B excludes; their drug to weigh out is left out"
        )
    layer = LayerLoading(
        case.holder.id,
        carrier.entry.id,
        held.convention,
        drug_loading=share,
        encapsulation_efficiency=efficiency,
        drug_added=added,
        drug_lost=None if added is None else added - given,
        carrier_mass=balance.carrier_recovered,
        loaded_mass=loaded,
        concentration=loaded / case.volume,
        basis=held.basis,
        details=held.details,
    )
    layer, doubts = _counted(case, layer)
    surface, told = surface_checks(case)
    layers = [replace(layer, details=(*layer.details, *surface)), *_around(case, loaded)]
    warnings += limits + doubts + [*told] + _through_needle(case) + (too_stiff(case) if case.depot else [])
    solved = np.zeros_like(given)
    return Loading(case.dose, case.volume, largest, given, solved, tuple(layers), tuple(warnings))


def _balance(given: Array, held: Held) -> tuple[definitions.MassBalance, NDArray[np.bool_]]:
    """Give the mass balance of the batch, and in which draws there is one."""
    share, efficiency = held.drug_loading, held.encapsulation_efficiency
    if efficiency is None:  # nothing is known to be lost
        efficiency = np.ones_like(share)
    holds = share < efficiency if held.convention == "B" else np.ones_like(share, dtype=bool)
    return definitions.mass_balance(given, share, np.where(holds, efficiency, 1.0), held.convention), holds


def _largest_dose(case: Case, share: Array) -> tuple[Array, list[str]]:
    """Give the largest dose one injection holds [kg], and what is not known of it."""
    outside = _share_in_outer(case)
    outer = case.between[-1] if case.between else case.inner
    limits: list[str] = []
    largest = np.full_like(share, np.inf)
    if outer.find("max_injectable_concentration"):
        densest = outer.read("max_injectable_concentration", "what can be injected")[:, 0]
        largest = injectable.largest_dose_entrapped(share * outside, densest, case.volume)
    else:
        limits.append(f"how much {outer.entry.id} can be injected at once is not known; the dose is taken as it is")
    if case.depot is not None:
        density = outer.read("density", "the particles a gel can carry")[:, 0]
        crowding = case.depot.read("particle_volume_fraction", "the particles a gel can carry")[:, 0]
        largest = np.minimum(largest, crowding * case.volume * density * share * outside)
    return largest, limits


def _share_in_outer(case: Case) -> Array:
    """Give the loaded inner carrier per loaded outermost particle: the product over the layers between."""
    whole: Array = np.ones(case.inputs.draws.count)
    for subject in case.between:
        whole = whole * _carried(case, subject)
    return whole


def _carried(case: Case, subject: Subject) -> Array:
    """Give how much of the layer inside a carrier holds, per loaded carrier; only the user can know it."""
    layer = next(layer for layer in case.chain if layer.entry.id == subject.entry.id)
    if "drug_loading" not in layer.overrides:
        inside = case.chain[case.chain.index(layer) - 1].id
        need = f"set loading.drug_loading of layer {layer.id}, in percent_w_w of {inside} in it"
        raise MissingValueError(subject.entry.id, "drug_loading", f"what it holds of {inside}", need)
    return subject.read("drug_loading", "what it holds of the layer inside")[:, 0]


def _around(case: Case, loaded: Array) -> list[LayerLoading]:
    """Give the layers around a mass of the loaded inner carrier [kg]."""
    found = []
    for layer, subject in zip(case.chain[1:], case.layers[1:], strict=True):
        if subject is case.depot:
            polymer, _ = polymer_and_water(case)
            found.append(LayerLoading(layer.id, layer.carrier, "A", carrier_mass=polymer))
            continue
        share = _carried(case, subject)
        whole = loaded / share
        added = loaded
        efficiency = None
        if "encapsulation_efficiency" in layer.overrides:
            efficiency = subject.read("encapsulation_efficiency", "what is lost of the layer inside")[:, 0]
            added = definitions.mass_balance(loaded, share, efficiency, layer.convention).drug_added
        found.append(
            LayerLoading(
                layer.id,
                layer.carrier,
                layer.convention,
                drug_loading=share,
                encapsulation_efficiency=efficiency,
                drug_added=added,
                drug_lost=added - loaded,
                carrier_mass=whole - loaded,
                loaded_mass=whole,
                concentration=whole / case.volume,
                basis="measured by you",
            )
        )
        loaded = whole
    return found


def _counted(case: Case, layer: LayerLoading) -> tuple[LayerLoading, list[str]]:
    """Give the layer with its numbers of particles and molecules where size and density are known, and doubts."""
    carrier = case.inner
    if all(carrier.find(name) for name in OF_BILAYERS):
        return _counted_by_lipid(case, layer), []
    lacking = [name for name in ("diameter", "density", "polydispersity_index") if not carrier.find(name)]
    if lacking:
        return layer, [f"particles are not counted: {lacking[0].replace('_', ' ')} of {carrier.entry.id} is not known"]
    assert layer.loaded_mass is not None
    assert layer.drug_loading is not None
    density = carrier.read("density", "the number of particles")[:, 0]
    numbers = number_mean(case)
    variation = np.sqrt(polydispersity(case))
    molar_mass = case.payload.read("molar_mass", "molecules per particle")[:, 0]
    concentration = layer.loaded_mass / case.volume
    rounder, doubts = _sphere_per_particle(case)
    round_ = not doubts
    size = carrier.find("diameter")
    if size is not None and size.is_yours and not size.basis:
        doubts.append("the diameter is read as a number mean; write its basis, such as intensity for a z-average")
    count = layer.loaded_mass * particles.particles_per_mass(numbers, density, variation) * rounder
    molecules = particles.molecules_per_particle(layer.drug_loading, numbers, density, molar_mass, variation) / rounder
    surface = layer.loaded_mass * particles.surface_area_per_mass(numbers, density, variation)
    area = Detail("particle_surface", "surface of the particles in one injection", "m^2", surface)
    return replace(
        layer,
        volume_share=particles.volume_share(concentration, density) if (concentration <= density).all() else None,
        particles=count,
        molecules_per_particle=molecules,
        details=(*layer.details, *([area] if round_ and (rounder == 1).all() else [])),
    ), doubts


def _counted_by_lipid(case: Case, layer: LayerLoading) -> LayerLoading:
    """Give the layer with its vesicles: their lipid is weighed, most of their volume is water."""
    assert layer.carrier_mass is not None
    assert layer.loaded_mass is not None
    vesicle, outer = mean_vesicle(case, [])
    molar = case.inner.read("lipid_molar_mass", "the number of vesicles")[:, 0]
    count = layer.carrier_mass / molar * AVOGADRO / vesicle.lipids
    drug = (layer.loaded_mass - layer.carrier_mass) / case.payload.read("molar_mass", "molecules per vesicle")[:, 0]
    share = count * outer / case.volume
    return replace(
        layer,
        volume_share=share if (share <= 1).all() else None,
        particles=count,
        molecules_per_particle=drug * AVOGADRO / count,
    )


def _sphere_per_particle(case: Case) -> tuple[Array, list[str]]:
    """Give the volume of the sphere of the measured diameter over that of a particle, by the shape that was seen."""
    sphere = np.ones(case.inputs.draws.count)
    shape, ratio = case.holder.shape, case.inner.find("aspect_ratio")
    if ratio is not None:
        longer = case.inner.read("aspect_ratio", "the volume of one particle")[:, 0]
        flat = float(np.median(longer)) < 1.0
        odd = (shape == "rod" and flat) or (shape == "disc" and not flat) or shape in ("sphere", "irregular")
        told = f"seen as {shape or 'sphere'}, yet its aspect ratio is {np.median(longer):.3g}: counted by the ratio"
        return np.asarray(shapes.perrin_factor(longer) ** 3), [told] if odd and shape else []
    if shape in ("", "sphere"):
        return sphere, []
    return sphere, [f"seen as {shape}, counted as spheres of the diameter given; set aspect_ratio to correct for it"]


def _large_volume(case: Case) -> tuple[str, ...]:
    if case.main_route == INTRAVENOUS:
        return ()  # a vein does not take what the tissue takes
    most = case.site.find("max_injection_volume")
    if most is not None:
        largest = to_si(most.typical if most.high is None else most.high, most.unit)
        if case.volume > largest * 1.01:
            return (f"{case.volume * 1e6:.3g} mL is more than {largest * 1e6:.3g} mL, the most that was given there",)
    usual = case.site.find("injection_volume")
    if usual is None or usual.high is None or case.volume <= usual.high * si_factor(usual.unit) * 1.01:
        return ()
    return (f"{case.volume * 1e6:.3g} mL is more than the {usual.low:g} to {usual.high:g} {usual.unit} usual there",)


def _through_needle(case: Case) -> list[str]:
    if case.holder_form not in ("particle", "vesicle") or case.main_route == INTRAVENOUS:
        return []
    sized = largest(case.inner)
    if sized is None or float((sized[0] < PASSES_ANY).mean()) > 0.9:
        return []
    limit = passing(case.process, case.site, case.main_route)
    if limit is None:
        return []
    clogging = float((sized[0] > limit.diameter).mean())
    if clogging < 0.1:
        return []
    return [
        f"in {clogging:.0%} of the draws the {sized[1]}, median {np.median(sized[0]) * 1e6:.0f} um, exceed "
        f"{np.median(limit.diameter) * 1e6:.0f} um, which flows {limit.words}: sieve, or take a wider needle"
    ]
