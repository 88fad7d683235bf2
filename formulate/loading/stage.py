"""The loading stage: how much of the wanted dose one injection holds in this formulation, and what that takes."""

from dataclasses import replace

import numpy as np

from formulate.case import Case
from formulate.composition import WATER_DENSITY, volume_fraction
from formulate.loading import definitions, injectable, particles
from formulate.results import LayerLoading, Loading
from formulate.sampling import Array
from materials.schema import Carrier
from materials.units import si_factor

WIDEST = 0.7  # polydispersity index; beyond it a mean size says nothing


def load(case: Case) -> Loading:
    """Give the loading of a case; see the mechanisms of this stage for what is computed.

    Raises
    ------
    MissingValueError
        A number that the mechanism needs is given neither by the user nor by the catalog.
    """
    carrier = case.inner.entry
    assert isinstance(carrier, Carrier)
    loading = LOADING[carrier.mechanisms.loading](case)
    return replace(loading, warnings=(*loading.warnings, *_large_volume(case)))


def dissolved(case: Case) -> Loading:
    """Drug dissolved in the vehicle, up to its solubility."""
    solubility = case.payload.read("aqueous_solubility", "the dose that dissolves")[:, 0]
    largest = injectable.largest_dose_dissolved(solubility, case.volume)
    given = np.minimum(case.dose, largest)
    layer = LayerLoading(case.formulation.inner.id, case.inner.entry.id, "", drug_added=given)
    return Loading(case.dose, case.volume, largest, given, np.ones_like(given), (layer,), _unfit(case, largest))


def suspended(case: Case) -> Loading:
    """Drug crystals suspended in the vehicle, up to the concentration that can be injected."""
    densest = case.payload.read("max_suspension_concentration", "the dose that can be suspended")[:, 0]
    solubility = case.payload.read("aqueous_solubility", "the share that dissolves")[:, 0]
    largest = injectable.largest_dose_suspended(densest, case.volume)
    given = np.minimum(case.dose, largest)
    solved = np.minimum(1.0, injectable.largest_dose_dissolved(solubility, case.volume) / given)
    layer = LayerLoading(
        case.formulation.inner.id,
        case.inner.entry.id,
        "",
        drug_added=given,
        concentration=given / case.volume,
    )
    return Loading(case.dose, case.volume, largest, given, solved, (layer,), _unfit(case, largest))


def entrapped(case: Case) -> Loading:
    """Drug entrapped in particles or vesicles, as drug loading and encapsulation efficiency say."""
    layer, carrier = case.formulation.inner, case.inner
    convention = layer.convention
    warnings: list[str] = []
    efficiency = carrier.read("encapsulation_efficiency", "the drug to weigh out")[:, 0]
    share = _drug_loading(case, efficiency, warnings)
    densest = carrier.read("max_injectable_concentration", "what can be injected")[:, 0]
    density = carrier.read("density", "the number of particles")[:, 0]
    largest = injectable.largest_dose_entrapped(share, densest, case.volume)
    if case.depot is not None:
        crowding = case.depot.read("particle_volume_fraction", "the particles a gel can carry")[:, 0]
        largest = np.minimum(largest, crowding * case.volume * density * share)
    given = np.minimum(case.dose, largest)
    loaded = injectable.loaded_carrier_mass(given, share)
    balance_holds = share < efficiency if convention == "B" else np.ones_like(share, dtype=bool)
    if balance_holds.mean() < 0.9:
        warnings.append(
            f"in {1 - balance_holds.mean():.0%} of the draws drug loading exceeds encapsulation efficiency, which "
            "convention B excludes; their drug to weigh out is left out"
        )
    safe = np.where(balance_holds, efficiency, 1.0)
    balance = definitions.mass_balance(given, share, safe, convention)
    numbers = _size(case)
    variation = np.sqrt(_polydispersity(case))
    molar_mass = case.payload.read("molar_mass", "molecules per particle")[:, 0]
    warnings += _through_needle(case)
    inside = LayerLoading(
        layer.id,
        carrier.entry.id,
        convention,
        drug_loading=share,
        encapsulation_efficiency=efficiency,
        drug_added=np.where(balance_holds, balance.drug_added, np.nan),
        drug_lost=np.where(balance_holds, balance.drug_lost, np.nan),
        carrier_mass=balance.carrier_recovered,
        loaded_mass=loaded,
        concentration=loaded / case.volume,
        volume_share=particles.volume_share(loaded / case.volume, density),
        particles=loaded * particles.particles_per_mass(numbers, density, variation),
        molecules_per_particle=particles.molecules_per_particle(share, numbers, density, molar_mass, variation),
    )
    layers = (inside,) if case.depot is None else (inside, _gel_around(case))
    if case.depot is not None:
        warnings += _stiff(case)
    unfit = _unfit(case, largest)
    return Loading(case.dose, case.volume, largest, given, np.zeros_like(given), layers, (*unfit, *warnings))


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
        case.formulation.inner.id,
        gel.entry.id,
        "A",
        drug_loading=given / (given + polymer),
        encapsulation_efficiency=efficiency,
        drug_added=given / efficiency,
        drug_lost=given / efficiency - given,
        carrier_mass=polymer,
        loaded_mass=given + polymer,
    )
    warnings = (*_unfit(case, largest), *_stiff(case))
    return Loading(case.dose, case.volume, largest, given, np.minimum(1.0, in_solution / given), (layer,), warnings)


LOADING = {"dissolved": dissolved, "suspended": suspended, "entrapped": entrapped, "mixed": mixed}


def _drug_loading(case: Case, efficiency: Array, warnings: list[str]) -> Array:
    """Give the drug loading: set or from the catalog, or what feed and encapsulation efficiency make of it."""
    layer, carrier = case.formulation.inner, case.inner
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


def _gel_around(case: Case) -> LayerLoading:
    depot = case.formulation.depot
    assert depot is not None
    polymer, _ = _polymer_and_water(case)
    return LayerLoading(depot.id, depot.carrier, "A", carrier_mass=polymer)


def _polymer_and_water(case: Case) -> tuple[Array, Array]:
    """Give the polymer [kg] and the water [m3] of the gel in one injection."""
    gel = case.depot or case.inner
    share = gel.read("polymer_mass_fraction", "the gel")[:, 0]
    dry_density = gel.read("polymer_density", "the gel")[:, 0]
    by_volume = volume_fraction(share, dry_density, WATER_DENSITY)
    return by_volume * case.volume * dry_density, (1.0 - by_volume) * case.volume


def _unfit(case: Case, largest: Array) -> tuple[str, ...]:
    fits = float((largest >= case.dose * (1 - 1e-9)).mean())
    if fits >= 0.9:
        return ()
    often = f"fits one injection of {case.volume * 1e6:.3g} mL in {fits:.0%} of the draws"
    if fits >= 0.5:
        rest = "the others are computed with what fits"
    else:
        rest = f"computed with what fits, typically {float(np.median(largest)) * 1e6:.2g} mg"
    return (f"the wanted {case.dose * 1e6:.3g} mg {often}; {rest}",)


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
