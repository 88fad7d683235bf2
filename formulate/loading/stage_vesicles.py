"""Loading of vesicles from their geometry: passive at hydration, remote by an ammonium sulfate gradient.

What the user measured, or the catalog gives for this payload, wins over what is computed.
"""

from dataclasses import replace

import numpy as np

from formulate import vesicle
from formulate.case import Case
from formulate.domain import require
from formulate.ionisation import neutral_fraction
from formulate.loading import definitions, gradients, lipids, remote, vesicles
from formulate.loading.particles import mean_cube_factor
from formulate.loading.stage_advice import drawn_in, method_doubts
from formulate.loading.stage_measured import measured_held
from formulate.loading.stage_predicted import beyond_published, predicted
from formulate.loading.stage_sizes import number_mean, polydispersity
from formulate.results import Detail, Held
from formulate.sampling import Array

WHY = "the loading of the vesicles"
FULLEST = 0.6  # share of a suspension that vesicles take before they jam, a little under random packing
STRONGEST_ACID = 8.0  # pKa above which an acid stays neutral inside whatever the gradient
MANY = 0.1  # of the draws, for a warning
NARROWINGS = 25  # by a fifth each: from the broadest sample to one size
BASES = ("pka_base_1", "pka_base_2")
ACIDS = ("pka_acid_1", "pka_acid_2", "pka_acid_3")


def passive_vesicle(case: Case) -> Held:
    """Drug present at hydration: enclosed with the water, and dissolved in the bilayers."""
    if (measured := _measured(case)) is not None:
        return measured
    lipid, mean, warnings = _suspension(case)
    molar = case.inner.read("lipid_molar_mass", WHY)[:, 0]
    feed = case.process.read("feed_ratio", WHY)[:, 0]
    neutral = _neutral(case, case.inner.read("internal_ph", WHY)[:, 0])
    distribution = _distribution(case, neutral, warnings)
    shares = vesicles.passive_loading(lipid, mean.trapped_volume, molar, distribution)
    efficiency, basis = shares.encapsulation_efficiency, "computed from vesicle geometry and membrane partition"
    found = predicted(case, feed)
    if found is not None:  # published measurements are a better guide than an equilibrium that a film need not reach
        efficiency, basis = found.efficiency.efficiency, found.basis
        warnings += [*beyond_published(found.efficiency), *method_doubts(case)]
    loading = definitions.drug_loading(efficiency, feed, "A")
    details = [
        *_geometry(mean),
        _share(
            "partition_efficiency",
            "encapsulation efficiency by partition",
            shares.encapsulation_efficiency,
            "of vesicle geometry and membrane partition at equilibrium",
        ),
        _share("membrane_share", "drug in the bilayers", shares.membrane),
        _share("inner_water_share", "drug in the inner water", shares.inner_water),
        _share(
            "aqueous_efficiency",
            "encapsulation efficiency of the water alone",
            vesicles.aqueous_efficiency(lipid, mean.trapped_volume),
        ),
    ]
    if case.payload.find("aqueous_solubility"):
        solubility = case.payload.read("aqueous_solubility", WHY)[:, 0]
        held = definitions.drug_to_carrier(loading)
        saturated = solubility * (distribution + mean.trapped_volume / molar)
        stable = saturated / (1.0 + saturated)
        note = "what bilayers and inner water hold beside crystals; more can crystallise on storage"
        details.append(_share("saturated_loading", "drug loading at saturation", stable, note))
        beyond = float((held > saturated).mean())
        if beyond > MANY:
            remedy = "feed less, or load remotely" if drawn_in(case) else "feed less"
            warnings.append(
                f"in {beyond:.0%} of the draws the vesicles hold more than they can beside crystals, typically "
                f"{np.median(stable):.2%} by mass: the rest can crystallise; {remedy}"
            )
    return Held(loading, efficiency, "A", basis, tuple(details), tuple(warnings))


def remote_vesicle(case: Case) -> Held:
    """Weak base drawn into ready vesicles by an ammonium sulfate gradient, which it uses up."""
    if (measured := _measured(case)) is not None:
        return measured
    lipid, mean, warnings = _suspension(case)
    molar = case.inner.read("lipid_molar_mass", WHY)[:, 0]
    feed = case.process.read("feed_ratio", WHY)[:, 0]
    ph = case.process.read("process_ph", WHY)[:, 0]
    sulfate = case.process.read("internal_ammonium_sulfate_concentration", WHY)[:, 0]
    pka = _base(case, ph)
    ratio = vesicle.molar_ratio(feed, case.payload.read("molar_mass", WHY)[:, 0], molar)
    inner = vesicles.trapped_fraction(lipid, mean.trapped_volume)
    bilayers: Array | float = 0.0
    unknown = ""
    if case.payload.find("membrane_partition_log10") or case.payload.find("membrane_partition_log10_neutral"):
        bilayers = _distribution(case, _neutral(case, ph), warnings) * lipid * molar
    else:
        unknown = f"not known, for no membrane partition of {case.payload.entry.id} is; none is reckoned with"
        warnings.append(
            f"no membrane partition of {case.payload.entry.id} is known: none is taken to be in the bilayers"
        )
    solubility: Array | float = np.inf
    if case.process.find("sulfate_salt_solubility"):
        solubility = case.process.read("sulfate_salt_solubility", WHY)[:, 0]
    else:
        warnings.append(
            f"no solubility of the sulfate of {case.payload.entry.id} is known: taken as soluble, which understates "
            "the loading of drugs whose sulfate precipitates in the vesicle"
        )
    held = gradients.ammonium_sulfate_loading(pka, ph, sulfate, inner, ratio * lipid, bilayers, solubility)
    efficiency = held.encapsulation_efficiency
    ceiling = remote.largest_drug_to_lipid(sulfate, mean.trapped_volume)
    if (spent := float((ratio > ceiling).mean())) > MANY:
        warnings.append(f"in {spent:.0%} of the draws more drug is fed than the sulfate inside can hold")
    details = (
        *_geometry(mean),
        Detail("ph_after_loading", "pH inside after loading", "pH", held.ph_inside),
        Detail("inner_concentration", "drug per inner water", "mmol/L", held.inner_concentration),
        Detail("ceiling", "most drug per lipid the sulfate can hold", "1", ceiling, "mol/mol"),
        Detail("drug_to_lipid", "drug fed per lipid", "1", ratio, "mol/mol"),
        _share("precipitate_share", "drug inside as solid salt", held.precipitate),
        _share("inner_water_share", "drug in the inner water", held.inner_water),
        Detail("membrane_share", "drug in the bilayers", "percent", held.membrane, unknown=unknown),
        _share(
            "exchange_efficiency",
            "encapsulation efficiency by exchange alone",
            remote.exchange_efficiency(sulfate, inner, ratio * lipid),
            "without precipitate and without drug in the bilayers",
        ),
    )
    loading = definitions.drug_loading(efficiency, feed, "A")
    basis = "computed from the balance of drug, ammonium and charge"
    return Held(loading, efficiency, "A", basis, details, tuple(warnings))


def _measured(case: Case) -> Held | None:
    """Give what was measured with this payload, if anything was, with the geometry of the vesicle."""
    held = measured_held(case)
    needed = ("bilayer_thickness", "area_per_lipid", "diameter", "polydispersity_index")
    if (
        held is None
        or not all(case.inner.find(name) for name in needed)
        or not case.process.find("lipid_concentration")
    ):
        return held
    _, mean, told = _suspension(case)
    return replace(held, details=(*held.details, *_geometry(mean)), warnings=(*held.warnings, *told))


def _suspension(case: Case) -> tuple[Array, lipids.MeanVesicle, list[str]]:
    """Give the lipid per volume [mol/m**3] and the mean vesicle of the suspension that is loaded."""
    warnings: list[str] = []
    mean, _ = mean_vesicle(case, warnings)
    lipid = case.process.read("lipid_concentration", WHY)[:, 0]
    vesicles.trapped_fraction(np.median(lipid), np.median(mean.trapped_volume))  # refuses what cannot be
    densest = FULLEST / mean.trapped_volume
    crowded = float((lipid > densest).mean())
    if crowded > MANY:
        warnings.append(
            f"in {crowded:.0%} of the draws the vesicles would jam at that lipid concentration; it is held below"
        )
    return np.minimum(lipid, densest), mean, warnings


def mean_vesicle(case: Case, warnings: list[str]) -> tuple[lipids.MeanVesicle, Array]:
    """Give the mean vesicle over the sizes, and its mean outer volume [m3]."""
    thickness = case.inner.read("bilayer_thickness", WHY)[:, 0]
    diameter, index = _sizes(case, thickness, warnings)
    area = case.inner.read("area_per_lipid", WHY)[:, 0]
    outer = np.pi / 6.0 * diameter**3 * mean_cube_factor(np.sqrt(index), "lognormal")
    return lipids.mean_vesicle(diameter, thickness, area, np.sqrt(index)), outer


def _sizes(case: Case, thickness: Array, warnings: list[str]) -> tuple[Array, Array]:
    """Give number mean [m] and polydispersity index, narrowed where the small end of the sizes would have no core."""
    given = index = polydispersity(case)
    for _ in range(NARROWINGS):
        diameter = number_mean(case, index)
        coreless = ~lipids.has_cores(diameter, thickness, np.sqrt(index))
        if not coreless.any():
            break
        index = np.where(coreless, 0.8 * index, index)
    narrowed = float((index < given).mean())
    if narrowed > MANY:
        warnings.append(
            f"in {narrowed:.0%} of the draws the sizes are so broad that the smallest vesicles would have no water "
            "core; they are taken as narrower"
        )
    return diameter, index


def _geometry(mean: lipids.MeanVesicle) -> tuple[Detail, Detail]:
    return (
        Detail("lipids_per_vesicle", "lipids per vesicle", "1", mean.lipids, "mean over the vesicles"),
        Detail(
            "trapped_volume",
            "trapped volume",
            "L/mol",
            mean.trapped_volume,
            "inner water per lipid, of one bilayer; extruded vesicles measure 1 to 3, several bilayers hold less",
        ),
    )


def _share(name: str, label: str, draws: Array, note: str = "") -> Detail:
    return Detail(name, label, "percent", draws, note)


def _groups(case: Case, names: tuple[str, ...]) -> list[Array]:
    return [case.payload.read(name, WHY)[:, 0] for name in names if case.payload.find(name)]


def _neutral(case: Case, ph: Array) -> Array:
    """Give the neutral share of the dissolved drug [1]."""
    return neutral_fraction(ph, _groups(case, BASES), _groups(case, ACIDS))


def _distribution(case: Case, neutral: Array, warnings: list[str]) -> Array:
    """Give what the bilayers hold per lipid over what the water holds [m**3/kg]."""
    measured = case.payload.find("membrane_partition_log10_neutral")
    name = "membrane_partition_log10_neutral" if measured else "membrane_partition_log10"
    partition = 1e-3 * 10.0 ** case.payload.read(name, WHY)[:, 0]  # of L/kg
    if case.payload.find("membrane_partition_log10_ion"):
        ion = 1e-3 * 10.0 ** case.payload.read("membrane_partition_log10_ion", WHY)[:, 0]
        return vesicles.membrane_distribution(partition, ion, neutral)
    if np.median(neutral) < MANY:
        warnings.append(
            f"{1 - np.median(neutral):.0%} of {case.payload.entry.id} is ionised and no partition of the ion is known: "
            "only the neutral drug is taken to go into the bilayers"
        )
    return vesicles.membrane_distribution(partition, 0.0, neutral)


def _base(case: Case, ph: Array) -> Array:
    """Give the pKa of the strongest basic group, or refuse a drug that an acid core does not draw in."""
    bases, acids = _groups(case, BASES), _groups(case, ACIDS)
    if acids and not bases:
        weak = float(np.median(np.minimum.reduce([np.broadcast_to(acid, ph.shape) for acid in acids])))
        remedy = "an acid needs a calcium acetate gradient" if weak < STRONGEST_ACID else "it hardly ionises at all"
        hint = f"an ammonium sulfate gradient draws in weak bases only; {remedy}"
        require("pka_acid_1", np.median(acids[0]), "", False, "a basic group", hint)
    if not bases:
        return case.payload.read("pka_base_1", "remote loading, for weak bases,")[:, 0]
    for pka in acids:
        hint = "an acid group is ionised outside, so that the drug does not cross the bilayer"
        require("pka_acid", np.median(pka), "", np.median(pka) > np.median(ph), "> pH of the outer water", hint)
    strongest: Array = np.maximum.reduce(bases)
    return strongest
