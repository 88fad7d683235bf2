"""Loading of polymer micelles by partition of the drug between their cores and the water.

What the user measured, or the catalog gives for this payload, wins over what is computed.
"""

import numpy as np

from formulate.case import Case
from formulate.core_partition import GIVEN, core_partition
from formulate.domain import require
from formulate.loading import definitions, micelle_balance, micelles
from formulate.loading.stage_adsorption import fluid_volume
from formulate.loading.stage_measured import measured_held
from formulate.results import Detail, Held
from formulate.sampling import Array

WHY = "the load of the micelles"
MANY = 0.1  # of the draws, for a warning


def micellised(case: Case) -> Held:
    """Drug in the cores of micelles at equilibrium with the water, and what dilution at the site leaves there."""
    polymer = case.process.read("copolymer_concentration", WHY)[:, 0]
    critical = case.inner.read("critical_micelle_concentration", WHY)[:, 0]
    share = case.inner.read("core_mass_share", WHY)[:, 0]
    density = case.inner.read("polymer_density", WHY)[:, 0]
    require(
        "copolymer_concentration",
        polymer,
        "kg/m**3",
        polymer > critical,
        "> critical_micelle_concentration",
        "below it there are no micelles to hold drug",
    )
    held = measured_held(case)
    details = [Detail("single_chains", "copolymer not in micelles at loading", "percent", critical / polymer)]
    warnings: list[str] = []
    partition = None  # of a measured load log P says nothing: what was measured may contradict it
    if held is None or case.inner.find(GIVEN):
        partition = _partition(case, details, warnings)
    if held is None:
        assert partition is not None
        feed = case.process.read("feed_ratio", WHY)[:, 0]
        efficiency = micelles.share_in_cores(partition, micelles.core_to_water(polymer, critical, share, density))
        loading = definitions.drug_loading(efficiency, feed, "A")
        held = Held(loading, efficiency, "A", "computed from partition between core and water")
    details += _per_micelle(case, polymer, critical, held.drug_loading)
    if partition is not None:
        capacity = micelles.solubilisation_capacity(1.0, partition, share, density)
        _saturation(case, held.drug_loading, capacity, details, warnings)
    _after_injection(case, held.drug_loading, critical, partition, share, density, details, warnings)
    return Held(
        held.drug_loading,
        held.encapsulation_efficiency,
        held.convention,
        held.basis,
        (*held.details, *details),
        (*held.warnings, *warnings),
    )


def _partition(case: Case, details: list[Detail], warnings: list[str]) -> Array:
    """Give the partition coefficient of all dissolved drug between core and water, by volume, and add how."""
    logarithm = core_partition(case, WHY)
    note = "as given for the drug in this core"
    if not case.inner.find(GIVEN):
        note = "from log P, for the neutral share of the drug: a rough stand-in for this core"
        warnings.append(
            "the partition into the cores is taken from log P, which says little of it: the band is wide; "
            "set core_partition_log10 if it was measured"
        )
    details.append(Detail("core_partition", "log partition core/water, by volume", "log10", logarithm, note))
    return np.asarray(10.0**logarithm)


def _per_micelle(case: Case, polymer: Array, critical: Array, loading: Array) -> list[Detail]:
    """Give the drug molecules of a micelle, where its chains are known."""
    if case.inner.find("aggregation_number") is None or case.inner.find("molecular_weight") is None:
        return []
    chains = case.inner.read("aggregation_number", "the drug per micelle")[:, 0]
    chain = case.inner.read("molecular_weight", "the drug per micelle")[:, 0]
    molar = case.payload.read("molar_mass", "the drug per micelle")[:, 0]
    number = micelles.micelle_number(polymer, critical, chain, np.maximum(chains, 1.0))
    held = definitions.drug_to_carrier(loading) * polymer
    each = micelles.drug_per_micelle(held, molar, number)
    return [Detail("drug_per_micelle", "drug molecules per micelle", "1", each, "from the chains per micelle")]


def _saturation(case: Case, loading: Array, per_solubility: Array, details: list[Detail], warnings: list[str]) -> None:
    """Add what the cores hold beside crystals, and a warning where they hold more."""
    if case.payload.find("aqueous_solubility") is None:
        return
    most = case.payload.read("aqueous_solubility", "the drug the cores hold beside crystals")[:, 0] * per_solubility
    stable = most / (1.0 + most)
    note = "cores beside crystals in the water; more is held for a time, and can crystallise on storage"
    details.append(Detail("saturated_loading", "drug loading at saturation", "percent", stable, note))
    if (beyond := float((loading > stable).mean())) > MANY:
        warnings.append(
            f"in {beyond:.0%} of the draws the cores hold more than they would beside crystals, typically "
            f"{np.median(stable):.2%} by mass: the rest can crystallise on storage (by a partition taken from log P; "
            "cores that bind the drug hold more)"
        )


def _after_injection(
    case: Case,
    loading: Array,
    critical: Array,
    partition: Array | None,
    share: Array,
    density: Array,
    details: list[Detail],
    warnings: list[str],
) -> None:
    """Add what is left of the micelles of the wanted dose, and of their drug, in the fluid of the site."""
    drug = np.full_like(loading, case.dose / case.volume)
    polymer = drug / definitions.drug_to_carrier(loading)
    if case.inner.find("max_injectable_concentration"):
        densest = case.inner.read("max_injectable_concentration", "the injection")[:, 0]
        fits = np.minimum(1.0, densest / (drug + polymer))
        drug, polymer = drug * fits, polymer * fits
    after = micelle_balance.dilute_micelles(
        drug,
        polymer,
        critical,
        0.0 if partition is None else partition,
        share,
        density,
        case.volume,
        fluid_volume(case),
    )
    times = after.times_critical
    details += [
        Detail("times_critical", "copolymer at the site over its critical concentration", "1", times),
        Detail("micelles_left", "copolymer still in micelles at the site", "percent", after.share_in_micelles),
    ]
    if (apart := float((times <= 1.0).mean())) > MANY:
        warnings.append(
            f"in {apart:.0%} of the draws the fluid of the site dilutes the copolymer below its critical "
            "concentration: the micelles fall apart and set the drug free"
        )
    if partition is None:
        return
    note = "at equilibrium and without protein; a glassy core follows within hours to days"
    details.append(
        Detail(
            "held_after_injection",
            "drug still in cores at the site, of that in cores",
            "percent",
            after.drug_kept,
            note,
        )
    )
    if apart <= MANY and (typical := float(np.median(after.drug_kept))) < 0.5:
        warnings.append(f"only {typical:.0%} of the drug typically stays in the cores once diluted at the site")
