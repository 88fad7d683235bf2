"""The numbers of a disc, read from the catalog and the user's file: its tissues, its species, its drug."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from formulate.case import Case
from formulate.domain import require
from formulate.inputs import Subject
from formulate.retention import disc_injection
from formulate.retention.cartilage import titrated_partition
from formulate.retention.disc import Disc, annulus_conductance
from formulate.retention.hindrance import diffusivity_between_fibres, fibre_partition
from formulate.retention.partition import charge_partition, layer_permeability
from formulate.retention.site import Setting
from formulate.retention.species import Scaled, for_species, plasma_of
from formulate.retention.stage_drug import NEEDED, mobility, optional
from formulate.sampling import Array

NUCLEUS, ANNULUS, ENDPLATE = "nucleus-pulposus", "annulus-fibrosus", "cartilage-endplate"
PLASMA_PH = 7.4
LARGEST_BY_CHARGE = 500.0  # partition; what draws a protein in more strongly also binds it
GLUCOSE_RADIUS = 0.36e-9  # m; what was measured in endplate and annulus is of solutes about this wide
KEPT_OUT = "a drug this large or charged does not enter: check its stokes_radius and net_charge"


@dataclass
class Reader:
    """Reads the numbers of a disc for a species and state, and keeps what was carried over from another."""

    place: Case | Setting
    notes: list[str] = field(default_factory=list)
    from_man: list[str] = field(default_factory=list)  # parts whose tissue is taken as human

    @property
    def _part(self) -> Callable[[str], Subject]:
        return self.place.part if isinstance(self.place, Setting) else self.place.part_of_site

    @property
    def site(self) -> Subject:
        """The disc."""
        return self.place.site

    def number(self, name: str) -> Array:
        """Give a number of the disc as a whole, (draws,)."""
        return self.site.read(name, NEEDED)[:, 0]

    def tissue(self, part: str, name: str) -> Array:
        """Give a number of a tissue, (draws,): that of the species, else the human one: discs are of like stuff."""
        subject = self._part(part)
        if subject.find(name) is None and subject.under(species="human").find(name) is not None:
            if subject.entry.name not in self.from_man:
                self.from_man.append(subject.entry.name)
            subject = subject.under(species="human")
        return subject.read(name, NEEDED)[:, 0]

    def size(self, part: str, name: str, exponent: float) -> Array:
        """Give a length or volume, (draws,): that of the species and state, else scaled, with a note."""
        subject = self._part(part) if part else self.site
        found: Scaled = for_species(self.place, subject, name, exponent, "size of the disc", "size_scaling_error")
        if found.note and found.note not in self.notes:
            self.notes.append(found.note)
        return found.draws[:, 0]

    def fissures(self) -> Array | float:
        """Give how much faster drug crosses a torn annulus; 1 in an intact one."""
        return optional(self._part(ANNULUS), "fissure_exchange_ratio", 1.0)

    @property
    def told(self) -> tuple[str, ...]:
        """What was carried over from another species, in words."""
        if not self.from_man:
            return tuple(self.notes)
        parts = ", ".join(name.lower() for name in self.from_man)
        said = f"composition of {parts}: that of man; discs are alike across species once size is divided out"
        return (*self.notes, said)


@dataclass(frozen=True)
class Sites:
    """Sites of the nucleus that may fill up, each (draws,), SI."""

    concentration: Array  # N_T, kg of drug per m3 of nucleus
    dissociation: Array  # K_D, mobile drug per volume of nucleus at which half are taken, kg/m3


def sites_of(case: Case, reader: Reader) -> Sites | None:
    """Give the sites that bind the drug and may fill up, if the user says there are any."""
    payload = case.payload
    if payload.find("disc_site_concentration") is None:
        return None
    molar = payload.read("molar_mass", NEEDED)[:, 0]
    half = payload.read("disc_dissociation_constant", NEEDED)[:, 0] * reader.tissue(NUCLEUS, "water_content")
    return Sites(payload.read("disc_site_concentration", NEEDED)[:, 0] * molar, half * molar)


@dataclass(frozen=True)
class Anatomy:
    """The sizes of a disc, (draws,), SI."""

    height: Array
    nucleus_volume: Array
    area_share: Array  # of the nucleus in the cross-section

    @property
    def half_height(self) -> Array:
        """Half the height of the nucleus, taken as that of the disc [m]."""
        return 0.5 * self.height

    @property
    def nucleus_radius(self) -> Array:
        """Of a cylinder of its volume [m]."""
        radius: Array = np.sqrt(self.nucleus_volume / (np.pi * self.height))
        return radius

    @property
    def disc_radius(self) -> Array:
        """Of a circle of its area [m]."""
        radius: Array = self.nucleus_radius / np.sqrt(self.area_share)
        return radius


def anatomy(reader: Reader) -> Anatomy:
    """Give the sizes of the disc of a case."""
    height = reader.size("", "disc_height", 1 / 3)
    volume = reader.size(NUCLEUS, "volume", 1.0)
    return Anatomy(height, volume, reader.number("nucleus_area_share"))


def disc_of(case: Case, reader: Reader, sizes: Anatomy) -> Disc:
    """Give the constants of the disc of a case for its drug."""
    payload = case.payload
    in_water, radius = mobility(payload)
    fibre = reader.tissue(NUCLEUS, "glycosaminoglycan_fibre_radius")
    salt = reader.tissue(NUCLEUS, "salt_concentration")
    fibres = {part: reader.tissue(part, "glycosaminoglycan_volume_fraction") for part in (NUCLEUS, ANNULUS, ENDPLATE)}
    water = {part: reader.tissue(part, "water_content") for part in (NUCLEUS, ANNULUS)}
    water[ENDPLATE] = reader.tissue(ENDPLATE, "porosity")
    partition = {
        part: water[part]
        * fibre_partition(radius, fibres[part], fibre)
        * _by_charge(payload, reader.tissue(part, "fixed_charge_density"), salt)
        for part in (NUCLEUS, ANNULUS, ENDPLATE)
    }
    slowed = {
        part: in_water * reader.tissue(part, "tissue_diffusion_ratio") * _beyond_glucose(radius, fibres[part], fibre)
        for part in (ANNULUS, ENDPLATE)
    }
    for part, enters in partition.items():
        require(f"partition into {part}", enters, "", enters > 0.0, "> 0", KEPT_OUT)
    for part, speed in slowed.items():
        require(f"diffusivity in {part}", speed, "m**2/s", speed > 0.0, "> 0", KEPT_OUT)
    gain = disc_injection.loading_gain(
        payload.read("molar_mass", NEEDED)[:, 0],
        reader.number("load_gain_small_solute"),
        reader.number("load_gain_molar_mass_exponent"),
        reader.number("load_gain_largest"),
        reader.number("loaded_time_fraction"),
    )
    thickness = reader.size(ENDPLATE, "thickness", 1 / 3)
    into_endplate = partition[ENDPLATE] / partition[NUCLEUS]
    around = annulus_conductance(
        sizes.height, sizes.nucleus_radius, sizes.disc_radius, slowed[ANNULUS], partition[ANNULUS]
    )
    life = optional(payload, "tissue_degradation_half_life", np.inf)
    plasma = plasma_of(case)
    reader.notes.extend(note for note in plasma.notes if note not in reader.notes)
    alike = np.ones_like(in_water)
    return Disc(
        half_height=sizes.half_height,
        nucleus_volume=sizes.nucleus_volume,
        annulus_volume=sizes.nucleus_volume * (1.0 / sizes.area_share - 1.0),
        nucleus_partition=partition[NUCLEUS],
        annulus_partition=partition[ANNULUS],
        retardation=alike + optional(payload, "disc_binding_ratio", 0.0),
        diffusivity=diffusivity_between_fibres(in_water, radius, fibres[NUCLEUS], fibre, water[NUCLEUS]),
        endplate_permeability=layer_permeability(into_endplate, slowed[ENDPLATE], thickness, gain),
        annulus_conductance=around * reader.fissures(),
        load_exchange=reader.number("load_exchange_rate"),
        degradation=alike * np.log(2.0) / life,
        epidural_rate=np.log(2.0) / reader.number("epidural_clearance_half_life"),
        plasma_volume=plasma.volume,
        unbound_in_plasma=plasma.unbound_fraction,
        clearance=plasma.clearance,
    )


def _by_charge(payload: Subject, fixed: Array, salt: Array) -> Array:
    """Give how much charge enriches the drug in a tissue: by its net charge, else by its pKa; (draws,)."""
    if payload.find("net_charge") is not None:
        return charge_partition(payload.read("net_charge", NEEDED)[:, 0], fixed, salt, LARGEST_BY_CHARGE)
    groups = {
        kind: [payload.read(name, NEEDED)[:, 0] for name in names if payload.find(name) is not None]
        for kind, names in _GROUPS.items()
    }
    return titrated_partition(fixed, salt, PLASMA_PH, groups["base"], groups["acid"])


_GROUPS = {"base": ("pka_base_1", "pka_base_2"), "acid": ("pka_acid_1", "pka_acid_2", "pka_acid_3")}


def _beyond_glucose(radius: Array, fibres: Array, fibre: Array) -> Array:
    """Give how much slower a solute is between fibres than one as small as glucose [1], (draws,)."""
    wide, small = np.maximum(radius, GLUCOSE_RADIUS), np.full_like(radius, GLUCOSE_RADIUS)
    ratio: Array = diffusivity_between_fibres(1.0, wide, fibres, fibre, 1.0) / diffusivity_between_fibres(
        1.0, small, fibres, fibre, 1.0
    )
    return ratio
