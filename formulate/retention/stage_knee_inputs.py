"""The numbers of a joint, read from the catalog and the user's file for a species and a state."""

from dataclasses import dataclass, field

import numpy as np

from formulate.case import Case
from formulate.crystal_sizes import crystal_sizes
from formulate.inputs import Subject
from formulate.retention import hindrance, hyaluronan, permeability
from formulate.retention.allometry import WETTED_AREA
from formulate.retention.cartilage import titrated_partition
from formulate.retention.cartilage_uptake import CartilageRates, CellUptake, ModeUptake
from formulate.retention.joint_rates import Crystals, JointRates, Sieve
from formulate.retention.partition import charge_partition
from formulate.retention.site import Setting
from formulate.retention.species import Plasma, for_species
from formulate.retention.stage_drug import LIGHTEST_PROTEIN, NEEDED, mobility, optional
from formulate.sampling import Array

CARTILAGE = "articular-cartilage"
SOLUBILITY = "aqueous_solubility"
ENRICHMENT = "inflammation_enrichment_ratio"
INTRA_ARTICULAR, INTRAVENOUS = "intra-articular", "intravenous"
PROTEIN = 15.0  # kg/mol; larger solutes enter a joint no better than albumin does
LARGEST_PARTITION = 500.0  # of a cation; more is a matter of binding sites
LARGEST_CHARGE = 8.0  # up to which an exponential in the charge may be trusted
# what grows with the joint, by the power of body mass; everything else is of the tissue, and alike
GROWS = {
    "cartilage_area": WETTED_AREA,
    "lymph_flow": WETTED_AREA,
    "particle_vascular_clearance": WETTED_AREA,
    "permeability_surface_area": WETTED_AREA,
    "reflection_flow": WETTED_AREA,
    "reflection_flow_scale": WETTED_AREA,
    "synovial_blood_flow": WETTED_AREA,
    "synovial_fluid_volume": WETTED_AREA,
    "synovium_volume": 1.45,  # the area times a thickness of 20 um in the rabbit, 60 um in man
    "thickness": 0.35,
    "plasma_volume": 1.0,
}
SIZES = ("cartilage_area", "synovial_fluid_volume", "synovium_volume", "thickness", "plasma_volume")


@dataclass
class Reader:
    """Reads the numbers of a joint for a species and state, and keeps what was carried over from man."""

    place: Case | Setting
    notes: list[str] = field(default_factory=list)
    from_man: list[str] = field(default_factory=list)

    @property
    def site(self) -> Subject:
        """The joint."""
        return self.place.site

    @property
    def species(self) -> str:
        """The species of the case."""
        return self.site.inputs.circumstances.species

    def part(self, identifier: str) -> Subject:
        """Give a part of the joint, or the circulation."""
        return self.place.part(identifier) if isinstance(self.place, Setting) else self.place.part_of_site(identifier)

    def number(self, name: str, part: str = "", state: str = "") -> Array:
        """Give a number of the joint or of a part of it, (draws,): the species' own, else that of man.

        `state` asks for another state than that of the case.
        """
        subject = self.part(part) if part else self.site
        subject = subject.under(state=state) if state else subject
        if name in GROWS:
            error = "size_scaling_error" if name in SIZES else "transport_scaling_error"
            found = for_species(self.place, subject, name, GROWS[name], "size of the joint", error)
            if found.note and found.note not in self.notes:
                self.notes.append(found.note)
            return found.draws[:, 0]
        if subject.find(name) is None and subject.under(species="human").find(name) is not None:
            label = subject.inputs.catalog.property(name).label
            if label not in self.from_man:
                self.from_man.append(label)
            subject = subject.under(species="human")
        return subject.read(name, NEEDED)[:, 0]

    @property
    def told(self) -> tuple[str, ...]:
        """What was carried over from man, in words."""
        if not self.from_man:
            return tuple(self.notes)
        return (*self.notes, f"taken over from man unchanged: {', '.join(sorted(self.from_man))}")


def injections(case: Case) -> tuple[tuple[float, float], ...]:
    """Give time [s] and volume [m3] of what is injected into the joint."""
    volumes: dict[float, float] = {}
    for event in case.events:
        if event.route != INTRAVENOUS:
            added = case.fluid_injected if event.route == case.main_route else 0.0
            volumes[event.start] = volumes.get(event.start, 0.0) + added
    return tuple(volumes.items())


def joint_rates(case: Case, reader: Reader, plasma: Plasma, has_solid: bool) -> JointRates:
    """Give the constants of the joint of a case for its drug."""
    number, payload = reader.number, case.payload
    mass = payload.read("molar_mass", NEEDED)[:, 0]
    whole = permeability.permeability_surface_area(
        number("permeability_surface_area"),
        mass,
        number("permeability_molar_mass_exponent"),
        _lipophilicity(payload, mass),
        number("transcellular_logp_unity"),
        number("transcellular_logp_slope"),
        number("transcellular_max_ratio"),
        number("sieved_molar_mass"),
    )
    whole = permeability.flow_limited(whole, number("synovial_blood_flow"), plasma.unbound_fraction)
    # the fluid-side part of two resistances in series; a ratio of 1 would leave the blood side none
    ratio = np.maximum(number("fluid_to_intima_permeability_ratio"), 1.05)
    albumin = number("albumin_ratio_fluid_to_plasma")
    unbound = permeability.unbound_fraction_in_fluid(plasma.unbound_fraction, albumin)
    lymph, volume, reflection = number("lymph_flow"), number("synovial_fluid_volume"), number("albumin_reflection")
    sieve = _sieve(payload, reader)
    passing = unbound * (1.0 if sieve is None else sieve.passing(lymph)) + (1.0 - unbound) * (1.0 - reflection)
    return JointRates(
        unbound_in_fluid=unbound,
        unbound_in_plasma=plasma.unbound_fraction,
        permeability_fluid=whole * ratio,
        permeability_blood=whole * ratio / (ratio - 1.0),
        lymph_flow=lymph,
        albumin_reflection=reflection,
        resting_volume=volume,
        relaxation_time=number("volume_relaxation_time"),
        synovium_capacity=number("synovium_partition") * number("synovium_volume"),
        plasma_volume=plasma.volume,
        clearance=plasma.clearance,
        solubility=payload.read(SOLUBILITY, NEEDED)[:, 0]
        if has_solid
        else optional(payload, SOLUBILITY, np.inf) + np.zeros_like(mass),
        injections=injections(case),
        crystals=_crystals(case, reader) if has_solid else None,
        filtration=permeability.filtration_clearance(
            lymph, passing, plasma.unbound_fraction, unbound, np.where(mass < PROTEIN, 1.0, np.minimum(albumin, 1.0))
        ),
        breakdown=None if sieve is None else _polymer_uptake(reader, sieve, lymph, volume),
        sieve=sieve,
        cartilage=_cartilage(case, reader),
    )


def _lipophilicity(payload: Subject, mass: Array) -> Array:
    """Give log P; of a protein, which has none, such that nothing crosses through cells."""
    if payload.find("logp_octanol_water") is None and mass.min() >= LIGHTEST_PROTEIN:
        return np.full_like(mass, -np.inf)
    return payload.read("logp_octanol_water", NEEDED)[:, 0]


def _sieve(payload: Subject, reader: Reader) -> Sieve | None:
    """Give how a polymer is held back by the synovium, where the payload says that it is."""
    if payload.find("synovial_reflection") is None:
        return None
    share = payload.read("synovial_reflection", NEEDED)[:, 0]
    return Sieve(np.minimum(share, 0.999), reader.number("reflection_flow"), reader.number("reflection_flow_scale"))


def _polymer_uptake(reader: Reader, sieve: Sieve, lymph: Array, volume: Array) -> Array:
    held = 1.0 - sieve.passing(lymph)
    return hyaluronan.uptake_rate(reader.number("hyaluronan_half_life"), lymph, volume, held)


def _crystals(case: Case, reader: Reader) -> Crystals:
    payload = case.payload
    return Crystals(
        diffusivity=payload.read("diffusion_coefficient_water", NEEDED)[:, 0],
        sizes=crystal_sizes(payload, NEEDED, stirred=True),
        density=payload.read("crystal_density", NEEDED)[:, 0],
        exposed_share=reader.number("crystal_exposed_share"),
    )


def _cartilage(case: Case, reader: Reader) -> ModeUptake | CellUptake:
    """Give the cartilage of the joint for the drug, everything per volume of its water."""
    payload = case.payload
    in_water, radius = mobility(payload)
    fraction, fibre = reader.number("glycosaminoglycan_volume_fraction"), reader.number("cartilage_fibre_radius")
    water = reader.number("water_content", CARTILAGE)
    if reader.site.find("cartilage_pore_diameter") is not None:
        enters = hindrance.pore_partition(radius, reader.number("cartilage_pore_diameter") / 2)
    else:
        enters = hindrance.fibre_partition(radius, fraction, fibre)
    small = np.minimum(radius, hindrance.LARGEST_FITTED)
    fitted = hindrance.diffusivity_in_cartilage(
        in_water, small, reader.number("cartilage_diffusion_ratio"), reader.number("cartilage_diffusion_decay_radius")
    )
    wide = hindrance.diffusivity_between_fibres(in_water, radius, fraction, fibre, water)
    common = {
        "area": reader.number("cartilage_area") * water,
        "thickness": reader.number("thickness", CARTILAGE),
        "diffusivity": np.where(radius <= hindrance.LARGEST_FITTED, fitted, wide),
        # a solute that cannot enter still needs a number above nothing
        "partition": np.maximum(enters * _by_charge(payload, reader), 1e-12),
    }
    if payload.find("cartilage_site_concentration") is not None:
        molar = payload.read("molar_mass", NEEDED)[:, 0]
        sites = payload.read("cartilage_site_concentration", NEEDED)[:, 0] * molar / water
        half = payload.read("cartilage_dissociation_constant", NEEDED)[:, 0] * molar
        return CellUptake(CartilageRates(**common, bound_ratio=sites / half, sites=sites, dissociation=half))
    bound = np.zeros_like(water)
    if payload.find("cartilage_binding_ratio") is not None:
        bound = payload.read("cartilage_binding_ratio", NEEDED)[:, 0]
    return ModeUptake(CartilageRates(**common, bound_ratio=bound))


def _by_charge(payload: Subject, reader: Reader) -> Array:
    """Give how much the charge of the drug enriches it in cartilage: from its net charge, else from its pKa."""
    fixed, salt = reader.number("fixed_charge_density"), reader.number("salt_concentration")
    if payload.find("net_charge") is not None:
        return charge_partition(payload.read("net_charge", NEEDED)[:, 0], fixed, salt, LARGEST_PARTITION)
    groups = {
        kind: [payload.read(name, NEEDED)[:, 0] for name in names if payload.find(name) is not None]
        for kind, names in (
            ("base", ("pka_base_1", "pka_base_2")),
            ("acid", ("pka_acid_1", "pka_acid_2", "pka_acid_3")),
        )
    }
    return titrated_partition(fixed, salt, reader.number("ph"), groups["base"], groups["acid"])
