"""The loading stage: how much of the wanted dose one injection holds in this formulation, and what that takes."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from formulate.case import Case
from formulate.composition import WATER_DENSITY, volume_fraction
from formulate.inputs import Subject
from formulate.loading import definitions, injectable, particles
from formulate.results import Held, LayerLoading, Loading
from formulate.sampling import Array
from materials.errors import MissingValueError
from materials.units import si_factor

WIDEST = 0.7  # polydispersity index; beyond it a mean size says nothing


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


def entrapped(case: Case) -> Held:
    """Drug entrapped in particles or vesicles, as drug loading and encapsulation efficiency say."""
    warnings: list[str] = []
    efficiency = case.inner.read("encapsulation_efficiency", "the drug to weigh out")[:, 0]
    share = _drug_loading(case, efficiency, warnings)
    return Held(share, efficiency, case.holder.convention, "", (), tuple(warnings))


def mixed(case: Case) -> Loading:
    """Drug mixed into a gel: dissolved up to its solubility, the rest suspended as crystals."""
    gel = case.inner
    efficiency = gel.read("encapsulation_efficiency", "the drug to weigh out")[:, 0]
    crystals = gel.read("largest_suspended_loading", "the crystals a gel can carry")[:, 0]
    solubility = case.payload.read("aqueous_solubility", "the share that dissolves")[:, 0]
    polymer, water = _polymer_and_water(case)
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
    )
    warnings = tuple(_stiff(case))
    return Loading(case.dose, case.volume, largest, given, np.minimum(1.0, in_solution / given), (layer,), warnings)


Mechanism: TypeAlias = Callable[[Case], Held] | Callable[[Case], Loading]
LOADING: dict[str, Mechanism] = {
    "dissolved": dissolved,
    "suspended": suspended,
    "entrapped": entrapped,
    "mixed": mixed,
}


def _dosed(case: Case, held: Held) -> Loading:
    """Give what one injection holds of a carrier loaded so, and what it takes to make it."""
    carrier, share, efficiency = case.inner, held.drug_loading, held.encapsulation_efficiency
    warnings = [*held.warnings]
    largest, limits = _largest_dose(case, share)
    given = np.minimum(case.dose, largest)
    loaded = injectable.loaded_carrier_mass(given, share)
    balance, holds = _balance(given, held)
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
        drug_added=np.where(holds, balance.drug_added, np.nan) if efficiency is not None else None,
        drug_lost=np.where(holds, balance.drug_lost, np.nan) if efficiency is not None else None,
        carrier_mass=balance.carrier_recovered,
        loaded_mass=loaded,
        concentration=loaded / case.volume,
        basis=held.basis,
        details=held.details,
    )
    layers = [_counted(case, layer), *_around(case, loaded)]
    warnings += limits + _through_needle(case) + (_stiff(case) if case.depot else [])
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
            polymer, _ = _polymer_and_water(case)
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


def _counted(case: Case, layer: LayerLoading) -> LayerLoading:
    """Give the layer with its numbers of particles and molecules, where size and density are known."""
    carrier = case.inner
    if not all(carrier.find(name) for name in ("diameter", "density", "polydispersity_index")):
        return layer
    assert layer.loaded_mass is not None
    assert layer.drug_loading is not None
    density = carrier.read("density", "the number of particles")[:, 0]
    numbers = _size(case)
    variation = np.sqrt(_polydispersity(case))
    molar_mass = case.payload.read("molar_mass", "molecules per particle")[:, 0]
    concentration = layer.loaded_mass / case.volume
    return replace(
        layer,
        volume_share=particles.volume_share(concentration, density) if (concentration <= density).all() else None,
        particles=layer.loaded_mass * particles.particles_per_mass(numbers, density, variation),
        molecules_per_particle=particles.molecules_per_particle(
            layer.drug_loading, numbers, density, molar_mass, variation
        ),
    )


def _drug_loading(case: Case, efficiency: Array, warnings: list[str]) -> Array:
    """Give the drug loading: set or from the catalog, or what feed and encapsulation efficiency make of it."""
    layer, carrier = case.holder, case.inner
    set_by_user = layer.overrides
    if "feed_ratio" not in set_by_user:
        return carrier.read("drug_loading", "the load")[:, 0]
    feed = carrier.read("feed_ratio", "the load")[:, 0]
    if "drug_loading" not in set_by_user:
        return definitions.drug_loading(efficiency, feed, layer.convention)
    given = {
        name: carrier.typical(name, "the load") for name in ("encapsulation_efficiency", "drug_loading", "feed_ratio")
    }
    agree = definitions.consistent_conventions(
        given["encapsulation_efficiency"], given["drug_loading"], given["feed_ratio"]
    )
    if layer.convention not in agree:
        fits = f"convention {' or '.join(sorted(agree))}" if agree else "neither convention"
        warnings.append(
            f"drug loading, encapsulation efficiency and feed ratio agree under {fits}, not under "
            f"convention {layer.convention}"
        )
    return carrier.read("drug_loading", "the load")[:, 0]


def _polydispersity(case: Case) -> Array:
    """Give the polydispersity index, its prior cut where cumulant analysis ends."""
    return np.minimum(case.inner.read("polydispersity_index", "the number of particles")[:, 0], WIDEST)


def _size(case: Case) -> Array:
    """Give the number-mean diameter [m], whatever the basis of the size that was given."""
    diameter = case.inner.read("diameter", "the number of particles")[:, 0]
    spread = _polydispersity(case)
    found = case.inner.find("diameter")
    basis = found.basis if found else ""
    if basis == "volume":
        return particles.number_mean_from_volume(diameter, spread)
    if basis == "intensity":
        return particles.number_mean_from_intensity(diameter, spread)
    return diameter


def _polymer_and_water(case: Case) -> tuple[Array, Array]:
    """Give the polymer [kg] and the water [m3] of the gel in one injection."""
    gel = case.depot or case.inner
    share = gel.read("polymer_mass_fraction", "the gel")[:, 0]
    dry_density = gel.read("polymer_density", "the gel")[:, 0]
    by_volume = volume_fraction(share, dry_density, WATER_DENSITY)
    return by_volume * case.volume * dry_density, (1.0 - by_volume) * case.volume


def _large_volume(case: Case) -> tuple[str, ...]:
    usual = case.site.find("injection_volume")
    if usual is None or usual.high is None or case.volume <= usual.high * si_factor(usual.unit) * 1.01:
        return ()
    return (f"{case.volume * 1e6:.3g} mL is more than the {usual.low:g} to {usual.high:g} {usual.unit} usual there",)


def _through_needle(case: Case) -> list[str]:
    limit = case.inner.find("max_syringeable_diameter")
    if limit is None:
        return []
    largest = case.inner.read("max_syringeable_diameter", "the needle check")[:, 0]
    spread = injectable.geometric_sd_from_pdi(case.inner.read("polydispersity_index", "the needle check")[:, 0])
    coarse = injectable.d99(case.inner.read("diameter", "the needle check")[:, 0], spread)
    clogging = float((coarse > largest).mean())
    if clogging < 0.1:
        return []
    return [
        f"in {clogging:.0%} of the draws the largest particles (d99, median {np.median(coarse) * 1e6:.0f} um) exceed "
        "what passes a 21 G needle: sieve, or take a wider needle"
    ]


def _stiff(case: Case) -> list[str]:
    gel = case.depot or case.inner
    if gel.find("max_syringeable_storage_modulus") is None:
        return []
    limit = gel.read("max_syringeable_storage_modulus", "the needle check")[:, 0]
    stiff = float((gel.read("storage_modulus", "the needle check")[:, 0] > limit).mean())
    if stiff < 0.1:
        return []
    return [f"in {stiff:.0%} of the draws the gel is too stiff for a 21 G needle: granulate it, or let it set in place"]
