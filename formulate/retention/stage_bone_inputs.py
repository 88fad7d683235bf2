"""The numbers of bone and of a defect, read from the catalog and the user's file: tissue, blood flow, drug."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from formulate.case import Case
from formulate.crystal_sizes import crystal_sizes
from formulate.domain import require
from formulate.inputs import Subject
from formulate.retention import bone
from formulate.retention.bone import Skeleton, Tissue
from formulate.retention.cord_barrier import capillary_clearance
from formulate.retention.dissolving import Crystals
from formulate.retention.hindrance import pore_partition
from formulate.retention.site import Setting
from formulate.retention.species import CLEARANCE, VOLUME, Plasma, for_species
from formulate.retention.stage_drug import NEEDED, mobility, optional
from formulate.sampling import Array

TISSUE_DENSITY = 1000.0  # kg/m3; soft tissue is mostly water
REFERENCE_MASS = 0.1  # kg/mol; of the solute that `capillary_permeability` is of
CANALICULI, MARROW, BODY = "bone-lacunar-canalicular-system", "bone-marrow", "systemic-circulation"


@dataclass
class Reader:
    """Reads numbers for a species and state, and keeps in words what was carried over from another."""

    place: Case | Setting
    told: list[str] = field(default_factory=list)

    @property
    def site(self) -> Subject:
        """The site."""
        return self.place.site

    @property
    def part(self) -> Callable[[str], Subject]:
        """Gives another entry to read from."""
        return self.place.part if isinstance(self.place, Setting) else self.place.part_of_site

    @property
    def since_injury(self) -> float:
        """The time from the injury to the first dose [s]."""
        return (
            self.place.since_injury if isinstance(self.place, Setting) else self.place.formulation.regimen.since_injury
        )

    def number(self, name: str, part: str = "") -> Array:
        """Give a number of the site or another entry, (draws,)."""
        return (self.part(part) if part else self.site).read(name, NEEDED)[:, 0]

    def scaled(
        self, name: str, exponent: float, basis: str, part: str = "", error: str = "size_scaling_error"
    ) -> Array:
        """Give a number, (draws,): that of the species, else scaled from man, with a note."""
        subject = self.part(part) if part else self.site
        found = for_species(self.place, subject, name, exponent, basis, error)
        if found.note and found.note not in self.told:
            self.told.append(found.note)
        return found.draws[:, 0]


def wall(payload: Subject, reader: Reader) -> Array:
    """Give the permeability of capillaries for a drug, per tissue volume [1/s], (draws,)."""
    return bone.capillary_permeability(
        payload.read("molar_mass", NEEDED)[:, 0],
        reader.number("capillary_permeability") * TISSUE_DENSITY,
        REFERENCE_MASS,
        reader.number("capillary_permeability_exponent"),
    )


def sorted_solid(payload: Subject, solid: dict[str, Array]) -> tuple[dict[str, Array], tuple[str, ...]]:
    """Give solid drug that dissolves in time, by place, and what to say of a drug whose solid nobody described."""
    found = {name: amount for name, amount in solid.items() if amount.any()}
    if not found or payload.find("crystal_diameter") is not None:
        return found, ()
    most = max(float(amount.max()) for amount in found.values())
    return {}, (
        f"in some draws up to {most:.0%} of the dose is set free undissolved; no size of its crystals is known, so it "
        "counts as dissolved at once",
    )


def crystals_of(payload: Subject) -> Crystals:
    """Give what decides how fast solid drug dissolves."""
    return Crystals(
        sizes=crystal_sizes(payload, NEEDED),
        density=payload.read("crystal_density", NEEDED)[:, 0],
        solubility=payload.read("aqueous_solubility", NEEDED)[:, 0],
        diffusivity=mobility(payload)[0],
    )


def plasma_flow(reader: Reader) -> Array:
    """Give the plasma that flows to the skeleton and its marrow [m3/s], (draws,)."""
    output = reader.scaled("cardiac_output", CLEARANCE, "cardiac output", BODY, "transport_scaling_error")
    share = reader.scaled("cardiac_output_fraction", 0.0, "", error="transport_scaling_error")
    return output * share * reader.number("perfusion_ratio_to_healthy") * reader.number("plasma_share_of_blood")


def skeleton_of(case: Case, reader: Reader, plasma: Plasma, local: bool) -> Skeleton:
    """Give the constants of the skeleton of a case for its drug, with a piece of marrow where a dose was put."""
    payload, free = case.payload, plasma.unbound_fraction
    in_water, radius = mobility(payload)
    marrow = reader.scaled("volume", VOLUME, "volume of marrow", MARROW)
    fluid = reader.scaled("bone_fluid_volume", VOLUME, "volume of bone")
    holds = reader.number("marrow_partition")
    flow = plasma_flow(reader) * reader.number("marrow_flow_fraction") / marrow
    by_blood = capillary_clearance(wall(payload, reader), flow, free)  # per volume of marrow
    fits = pore_partition(radius, reader.number("penetrant_diameter", CANALICULI) / 2)
    way = reader.number("canalicular_distance", CANALICULI)
    speed = in_water * reader.number("tissue_diffusion_ratio", CANALICULI)
    into_bone = (np.pi / 2) ** 2 * speed * fits / way**2 * fluid
    share = optional(payload, "mineral_uptake_fraction", 0.0) * np.ones_like(free)
    require("mineral_uptake_fraction", share, "", (share >= 0.0) & (share < 1.0), "at least 0 and below 1")
    nothing = np.zeros_like(free)
    whole = Tissue(marrow * holds, fluid, by_blood * marrow, nothing, into_bone, nothing)
    piece = None
    if local:
        volume = reader.scaled("local_marrow_volume", VOLUME, "volume of marrow")
        part = volume / marrow
        spreads = in_water * reader.number("tissue_diffusion_ratio")
        piece = Tissue(
            marrow_volume=volume * holds,
            bone_volume=fluid * part,
            into_plasma=by_blood * volume,
            over_edge=bone.edge_conductance(volume, spreads, by_blood),
            into_bone=into_bone * part,
            into_mineral=share * plasma.clearance / free * part,
        )
    binds = bool(share.any())
    return Skeleton(
        whole=whole,
        local=piece,
        plasma_volume=plasma.volume,
        unbound_in_plasma=free,
        clearance=plasma.clearance,
        mineral_share=share,
        surface_rate=np.log(2.0) / _mineral_half_life(payload, reader) if binds else nothing,
        buried_share=reader.number("buried_mineral_fraction") if binds else nothing,
        deep_rate=np.log(2.0) / _turned_over("deep_mineral_half_life", reader) if binds else nothing,
        degradation=np.log(2.0) / optional(payload, "tissue_degradation_half_life", np.inf) + nothing,
    )


def _mineral_half_life(payload: Subject, reader: Reader) -> Array:
    """Give how long the drug stays on the surface of mineral [s]: its own number where it has one."""
    name = "mineral_surface_half_life"
    return _turned_over(name, reader) if payload.find(name) is None else payload.read(name, NEEDED)[:, 0]


def _turned_over(name: str, reader: Reader) -> Array:
    """Give a time that bone turnover sets [s]: a volume of bone over its flow of mineral, as of any clearance."""
    return reader.scaled(name, VOLUME - CLEARANCE, "turnover of bone", error="clearance_scaling_error")
