"""Gels in the loading stage: what the network of a gel is like, and how much a ready gel takes up from a bath."""

from dataclasses import dataclass

import numpy as np

from formulate.case import Case
from formulate.composition import WATER_DENSITY, volume_fraction
from formulate.domain import require
from formulate.inputs import Subject
from formulate.ionisation import neutral_fraction
from formulate.loading import definitions
from formulate.loading.partition import donnan_partition, ogston_partition
from formulate.loading.soaking import soak, soak_with_affinity
from formulate.loading.stage_measured import known_loading
from formulate.network import mesh_size_from_composition, mesh_size_from_modulus
from formulate.results import Detail, LayerLoading, Loading
from formulate.sampling import Array
from formulate.swelling import molar_mass_from_modulus

BODY_TEMPERATURE = 310.15  # K, of the storage modulus
FAINTEST = 1e-100  # partition; nothing at all comes in, and squares of it are still numbers
MANY_CHARGES = 5.0  # beyond it a charge does not act as one point
WHY = "the uptake from a bath"


def soaked(case: Case) -> Loading:
    """Drug that a ready gel takes up from a bath, as its network excludes and its charge draws it."""
    return _from_bath(case, with_sites=False)


def affinity_gel(case: Case) -> Loading:
    """Drug that a ready gel with reversible binding sites takes up from a bath."""
    return _from_bath(case, with_sites=True)


def polymer_and_water(case: Case) -> tuple[Array, Array]:
    """Give the polymer [kg] and the water [m3] of the gel in one injection."""
    return gel_of(case.depot or case.inner, case.volume)


def gel_of(gel: Subject, volume: float) -> tuple[Array, Array]:
    """Give the polymer [kg] and the water [m3] in a volume of gel."""
    by_volume = _by_volume(gel)
    dry_density = gel.read("polymer_density", "the gel")[:, 0]
    return by_volume * volume * dry_density, (1.0 - by_volume) * volume


def too_stiff(case: Case) -> list[str]:
    """Tell when the gel of a case is too stiff for the usual needle."""
    return stiff_gel(case.depot or case.inner)


def stiff_gel(gel: Subject) -> list[str]:
    """Tell when a gel is too stiff for the usual needle."""
    if gel.find("max_syringeable_storage_modulus") is None:
        return []
    limit = gel.read("max_syringeable_storage_modulus", "the needle check")[:, 0]
    stiff = float((gel.read("storage_modulus", "the needle check")[:, 0] > limit).mean())
    if stiff < 0.1:
        return []
    return [f"in {stiff:.0%} of the draws the gel is too stiff for a 21 G needle: granulate it, or let it set in place"]


def network_details(case: Case) -> tuple[Detail, ...]:
    """Give what is known of the network around the payload: polymer, chains, meshes and how they compare with it."""
    gel = case.inner
    share = _by_volume(gel)
    found = [Detail("polymer_volume_fraction", "polymer by volume of the gel", "percent", share)]
    mesh = _mesh(gel)
    if mesh is not None:
        found.append(Detail("mesh_by_modulus", "mesh by modulus", "nm", mesh, "sphere of one elastic chain, affine"))
    chain = _chain(gel, share)
    names = ("repeat_unit_mass", "characteristic_ratio", "bond_length", "bonds_per_repeat")
    if chain is not None and all(gel.find(name) for name in names):
        repeat, ratio, bond, bonds = (gel.read(name, "the mesh")[:, 0] for name in names)
        wide = mesh_size_from_composition(share, chain, repeat, ratio, bond, bonds)
        words = "end to end of a chain between crosslinks, as if crosslinked dry"
        found += [
            Detail("chain_between_crosslinks", "chain between crosslinks", "kg/mol", chain),
            Detail("mesh_by_composition", "mesh by composition", "nm", wide, words),
        ]
    if mesh is not None and case.payload.find("stokes_radius") is not None:
        radius = case.payload.read("stokes_radius", "the mesh")[:, 0]
        note = "1 and more: the mesh holds it"
        found.append(Detail("solute_to_mesh", "radius over mesh by modulus", "1", radius / mesh, note))
    return tuple(found)


def _by_volume(gel: Subject) -> Array:
    share = gel.read("polymer_mass_fraction", "the gel")[:, 0]
    return volume_fraction(share, gel.read("polymer_density", "the gel")[:, 0], WATER_DENSITY)


def _mesh(gel: Subject) -> Array | None:
    if gel.find("storage_modulus") is None:
        return None
    return mesh_size_from_modulus(gel.read("storage_modulus", "the mesh")[:, 0], BODY_TEMPERATURE, "sphere")


def _chain(gel: Subject, share: Array) -> Array | None:
    """Give the chain between crosslinks [kg/mol]: the one somebody gives, else that of the modulus as made."""
    if gel.find("molar_mass_between_crosslinks") is not None:
        return gel.read("molar_mass_between_crosslinks", "the mesh")[:, 0]
    if gel.find("storage_modulus") is None:
        return None
    modulus, density = gel.read("storage_modulus", "the mesh")[:, 0], gel.read("polymer_density", "the mesh")[:, 0]
    return molar_mass_from_modulus(modulus, BODY_TEMPERATURE, share, density)


@dataclass(frozen=True)
class _Bath:
    """The bath of one injection of gel, and the sites of the gel; (draws,)."""

    strongest: Array  # kg/m3, drug it can hold or was given
    volume: Array  # m3
    partition: Array  # per volume of gel
    sites: Array  # kg of drug per m3 of gel
    constant: Array  # kg/m3

    def share(self, bath_concentration: Array, gel_volume: float) -> Array:
        """Give the drug the gel takes up per drug in a bath."""
        if not self.sites.any():
            return soak(bath_concentration, self.volume, gel_volume, self.partition).share_taken_up
        found = soak_with_affinity(
            bath_concentration, self.volume, gel_volume, self.partition, self.sites, self.constant
        )
        return found.share_taken_up

    def left_beside(self, held: Array, gel_volume: float) -> Array:
        """Give the concentration outside that is in balance with a mass of drug in the gel [kg/m3]."""
        # a gel that has swallowed a bath of its own volume holds all of its drug
        return soak_with_affinity(
            held / gel_volume, gel_volume, gel_volume, self.partition, self.sites, self.constant, gel_volume
        ).bath_concentration_left


def _from_bath(case: Case, with_sites: bool) -> Loading:
    known = known_loading(case)
    polymer, _ = polymer_and_water(case)
    warnings = [*known.warnings]
    efficiency = known.encapsulation_efficiency
    details: tuple[Detail, ...] = ()
    if known.drug_loading is not None:
        largest, basis = polymer * definitions.drug_to_carrier(known.drug_loading), known.basis
    else:
        bath, details = _bath(case, with_sites, warnings)
        taken = bath.share(bath.strongest, case.volume) if efficiency is None else efficiency
        largest = taken * bath.strongest * bath.volume
        basis = known.basis or f"computed from {'binding, ' if bath.sites.any() else ''}exclusion, charge and bath"
    given = np.minimum(case.dose, largest)
    if known.drug_loading is None:
        if efficiency is None:
            efficiency = given / (given + bath.left_beside(given, case.volume) * bath.volume)
        start, end = given / efficiency / bath.volume, (given / efficiency - given) / bath.volume
        details += (
            Detail("bath_concentration_needed", "drug in the bath at the start", "mg/mL", start, "for this dose"),
            Detail("bath_concentration_left", "drug in the bath at the end", "mg/mL", end),
        )
    layer = LayerLoading(
        case.holder.id,
        case.inner.entry.id,
        "A",
        drug_loading=given / (given + polymer),
        encapsulation_efficiency=efficiency,
        drug_added=None if efficiency is None else given / efficiency,
        drug_lost=None if efficiency is None else given / efficiency - given,
        carrier_mass=polymer,
        loaded_mass=given + polymer,
        basis=basis,
        details=(*network_details(case), *details, *known.details),
    )
    warnings += too_stiff(case)
    return Loading(case.dose, case.volume, largest, given, np.ones_like(given), (layer,), tuple(warnings))


def _bath(case: Case, with_sites: bool, warnings: list[str]) -> tuple[_Bath, tuple[Detail, ...]]:
    """Give the bath of one injection, and what sets the uptake."""
    gel, process = case.inner, case.process
    share = _by_volume(gel)
    radius = case.payload.read("stokes_radius", WHY)[:, 0]
    open_share = ogston_partition(share, radius, gel.read("fibre_radius", WHY)[:, 0])
    by_charge = _by_charge(case, share, warnings)
    partition = open_share * by_charge
    require(
        "partition", np.median(partition), "", np.median(partition) > FAINTEST, "> 0",
        "the network keeps out a solute this wide; mix it in instead",
    )  # fmt: skip
    partition = np.maximum(partition, FAINTEST)  # a tail of the draws must not stop the rest
    strongest = case.payload.read("aqueous_solubility", WHY)[:, 0]
    if process.find("bath_concentration") is not None:
        wanted = process.read("bath_concentration", WHY)[:, 0]
        if (wanted > strongest).mean() > 0.1:
            warnings.append("the bath is given more drug than dissolves in it; what does not dissolve is not counted")
        strongest = np.minimum(wanted, strongest)
    volume = process.read("bath_to_gel_volume_ratio", WHY)[:, 0] * case.volume
    sites, constant = _sites(case, warnings) if with_sites else (np.zeros_like(share), np.ones_like(share))
    mesh = _mesh(gel)
    if mesh is not None and (held := float((radius >= mesh).mean())) > 0.1:
        warnings.append(
            f"in {held:.0%} of the draws {case.part.id} is wider than the mesh and would not come in: mix it in instead"
        )
    details: tuple[Detail, ...] = (
        Detail("ogston_partition", "partition by exclusion", "1", open_share, "per volume of gel"),
        Detail("donnan_partition", "factor by charge", "1", by_charge),
        Detail("partition", "partition of the free drug", "1", partition, "per volume of gel"),
    )
    if sites.any():
        details += (Detail("binding_capacity", "drug that all sites would hold", "mg/mL", sites, "of gel"),)
    return _Bath(strongest, volume, partition, sites, constant), details


def _by_charge(case: Case, share: Array, warnings: list[str]) -> Array:
    """Give the factor by which the charge of the network gathers the payload in the gel water, all its forms."""
    gel, payload, process = case.inner, case.payload, case.process
    if gel.find("network_charge_per_mass") is None:
        return np.ones_like(share)
    dry = gel.read("network_charge_per_mass", WHY)[:, 0] * gel.read("polymer_density", WHY)[:, 0]
    fixed = dry * share / (1.0 - share)  # per volume of gel water
    salt = process.read("salt_concentration", WHY)[:, 0]
    if payload.find("net_charge") is not None:
        charge = payload.read("net_charge", WHY)[:, 0]
        if np.median(np.abs(charge)) > MANY_CHARGES:
            warnings.append(
                f"{case.part.id} carries some {np.median(charge):.0f} charges, which do not act as one point; "
                "the factor by charge is an order of magnitude at best"
            )
        return donnan_partition(charge, fixed, salt)
    whole = np.ones_like(share)
    names = [name for name in ("pka_base_1", "pka_base_2", "pka_acid_1") if payload.find(name) is not None]
    if not names:
        warnings.append(f"the charge of {case.part.id} is not known: taken as uncharged in a charged gel")
        return whole
    acidity = process.read("process_ph", WHY)[:, 0]
    for name in names:  # groups that titrate independently: the forms multiply
        pka, is_base = payload.read(name, WHY)[:, 0], "base" in name
        neutral = neutral_fraction(acidity, [pka] if is_base else [], [] if is_base else [pka])
        whole = whole * (neutral + (1.0 - neutral) * donnan_partition(1.0 if is_base else -1.0, fixed, salt))
    return whole


def _sites(case: Case, warnings: list[str]) -> tuple[Array, Array]:
    """Give the drug that the sites of the gel would hold, and the dissociation constant, both [kg/m3]."""
    molar_mass = case.payload.read("molar_mass", WHY)[:, 0]
    sites = case.inner.read("binding_site_concentration", WHY)[:, 0] * molar_mass
    if case.inner.find("binding_dissociation_constant") is None:
        warnings.append(
            f"no dissociation constant of {case.part.id} with {case.inner.entry.id} is known: taken as not bound"
        )
        return np.zeros_like(sites), np.ones_like(sites)
    return sites, case.inner.read("binding_dissociation_constant", WHY)[:, 0] * molar_mass
