"""The numbers of a cord, read from the catalog and the user's file: its fluid, its tissue, its barrier, its drug."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from formulate.case import Case
from formulate.diffusivity import stokes_einstein_diffusivity
from formulate.inputs import Subject
from formulate.retention import cord, cord_barrier
from formulate.retention.site import Setting
from formulate.retention.species import BODY, VOLUME, Plasma, for_species
from formulate.retention.stage_drug import (
    BODY_TEMPERATURE,
    LIGHTEST_PROTEIN,
    NEEDED,
    WATER_VISCOSITY,
    mobility,
    optional,
)
from formulate.sampling import Array

FLUID, CORD, LESION, PLASMA = "cerebrospinal-fluid", "cord", "lesion", "plasma"
ELIMINATED, DEGRADED = "eliminated", "degraded"
HEALTHY, INJURED = "healthy", "injured"
MEASURED_IN = "rat"  # the species that most numbers of the tissue are of
# what grows with the body, by the power of its mass: between the numbers of man, rat and mouse
GROWS = {"volume": 0.6, "cross_section_area": 0.41, "lesion_volume": 0.87}


@dataclass
class Reader:
    """Reads the numbers of a cord for a species and state, and keeps what was carried over from another."""

    place: Case | Setting
    notes: list[str] = field(default_factory=list)
    from_rat: list[str] = field(default_factory=list)

    @property
    def part(self) -> Callable[[str], Subject]:
        """Parts of the site, by id."""
        return self.place.part if isinstance(self.place, Setting) else self.place.part_of_site

    @property
    def state(self) -> str:
        """The state asked for."""
        return self.place.site.circumstances.state

    def number(self, name: str) -> Array:
        """Give a number of the cord that holds for every species, (draws,)."""
        return self.place.site.read(name, NEEDED)[:, 0]

    def fluid(self, name: str) -> Array:
        """Give a number of the cerebrospinal fluid, (draws,); an injury is taken not to change it."""
        return self.part(FLUID).under(state=HEALTHY).read(name, NEEDED)[:, 0]

    def tissue(self, name: str, state: str = HEALTHY) -> Array:
        """Give a number of the tissue in a state, (draws,): that of the species, else that of the rat."""
        subject = self.place.site.under(state=state)
        if subject.find(name) is None and subject.under(species=MEASURED_IN).find(name) is not None:
            label = subject.inputs.catalog.property(name).label
            if label not in self.from_rat:
                self.from_rat.append(label)
            subject = subject.under(species=MEASURED_IN)
        return subject.read(name, NEEDED)[:, 0]

    def size(self, name: str, state: str = HEALTHY) -> Array:
        """Give an area or volume, (draws,): that of the species, else scaled from man, with a note."""
        subject = self.place.site.under(state=state)
        found = for_species(self.place, subject, name, GROWS[name], "size of the cord", "size_scaling_error")
        if found.note and found.note not in self.notes:
            self.notes.append(found.note)
        return found.draws[:, 0]

    def plasma_volume(self) -> Array:
        """Give the volume of all blood plasma, (draws,)."""
        found = for_species(self.place, self.part(BODY), "plasma_volume", VOLUME, "body mass", "size_scaling_error")
        if found.note and found.note not in self.notes:
            self.notes.append(found.note)
        return found.draws[:, 0]

    @property
    def told(self) -> tuple[str, ...]:
        """What was carried over from another species, in words."""
        found = tuple(self.notes)
        if self.from_rat and self.place.site.circumstances.species != MEASURED_IN:
            found += (f"taken over from the rat unchanged: {', '.join(sorted(self.from_rat))}",)
        return found


@dataclass(frozen=True)
class Anatomy:
    """Sizes, (draws,) SI. The lesion is a length of cord over its whole cross-section."""

    fluid_volume: Array  # that a dose mixes with, m3
    bulk_flow: Array  # 1/s
    cord_volume: Array  # m3, without the lesion
    area: Array  # of the cross-section, m2
    lesion_volume: Array  # m3

    @property
    def radius(self) -> Array:
        """Of the cord [m]."""
        return np.asarray(np.sqrt(self.area / np.pi))


def anatomy(reader: Reader) -> Anatomy:
    """Give the sizes of a cord and its fluid."""
    volume, share = reader.fluid("volume"), reader.number("effective_volume_fraction")
    flow = cord.bulk_flow_rate(reader.fluid("fluid_formation_rate"), volume, share)
    return Anatomy(
        share * volume,
        flow,
        reader.size("volume"),
        reader.size("cross_section_area"),
        reader.size("lesion_volume", INJURED),
    )


def leak(reader: Reader, time: Array) -> Array:
    """Give how much of the barrier of the lesion is open, (draws, times - 1): nothing in a healthy cord."""
    if reader.state == HEALTHY:
        return np.zeros((1, len(time) - 1))
    since = since_injury(reader.place)
    share, closing = reader.number("barrier_leak_at_injury"), reader.number("barrier_closing_time")
    return cord_barrier.mean_barrier_leak(time, since, share, closing)


def since_injury(place: Case | Setting) -> float:
    """Give the time from the injury to the first dose [s]."""
    return place.since_injury if isinstance(place, Setting) else place.formulation.regimen.since_injury


def leaking(reader: Reader, sizes: Anatomy, diameter: Array) -> Array:
    """Give the clearance from plasma into the lesion while all of its barrier is open [m3/s]."""
    half, exponent = reader.number("barrier_half_diameter"), reader.number("barrier_size_exponent")
    passes = cord_barrier.size_share(diameter, half, exponent)
    return np.asarray(reader.number("leaky_barrier_rate") * passes * sizes.lesion_volume)


@dataclass(frozen=True)
class CordDrug:
    """A dissolved drug in the cord of one species, (draws,) SI."""

    steady: dict[tuple[str, str], Array]  # rates between the places, 1/s
    leaking: dict[tuple[str, str], Array]  # through the open barrier, 1/s
    capacity: dict[str, Array]  # amount over unbound concentration, m3
    diffusivity: Array  # between the cells of the intact cord, m2/s
    loss: Array  # of unbound drug there, 1/s

    def outflow(self, origin: str) -> Array:
        """Give the rate at which drug leaves a place [1/s]."""
        return np.asarray(sum(rate for (start, _), rate in self.steady.items() if start == origin))


def drug_of(case: Case, reader: Reader, sizes: Anatomy, plasma: Plasma) -> CordDrug:
    """Give the constants of the cord of a case for its drug."""
    payload, alike = case.payload, np.ones_like(sizes.area)
    in_water, radius = mobility(payload)
    winding = reader.tissue("tortuosity")
    moves = {
        state: cord.tissue_diffusivity(in_water, 2 * radius, winding, reader.tissue("intercellular_gap_width", state))
        for state in (HEALTHY, INJURED)
    }
    room = {state: reader.tissue("extracellular_volume_fraction", state) for state in (HEALTHY, INJURED)}
    holds = alike + optional(payload, "cord_binding_ratio", 0.0)
    capacity = {
        FLUID: sizes.fluid_volume,
        CORD: sizes.cord_volume * room[HEALTHY] * holds,
        LESION: sizes.lesion_volume * room[INJURED] * holds,
        PLASMA: plasma.volume / plasma.unbound_fraction,
    }
    crosses = _crossing(payload, reader, plasma) * alike
    along = reader.number("perivascular_clearance")
    degraded = alike * np.log(2.0) / optional(payload, "tissue_degradation_half_life", np.inf)
    loss = crosses / room[HEALTHY] + degraded * holds
    around = room[HEALTHY] * cord.cylinder_exchange(moves[HEALTHY], sizes.radius, loss) + along
    into_lesion = room[INJURED] * cord.cylinder_exchange(moves[INJURED], sizes.radius, 0.0 * alike) + along
    half = sizes.cord_volume / (2.0 * sizes.area)
    beside = room[HEALTHY] * cord.slab_exchange(moves[HEALTHY], half, loss)
    clearances = {
        (FLUID, CORD): around * sizes.cord_volume,
        (FLUID, LESION): into_lesion * sizes.lesion_volume,
        (LESION, CORD): beside * sizes.cord_volume,
        (CORD, PLASMA): crosses * sizes.cord_volume,
        (LESION, PLASMA): crosses * sizes.lesion_volume,
    }
    steady = _exchanged(clearances, capacity)
    if payload.find("cord_uptake_rate") is not None:
        taken = payload.read("cord_uptake_rate", NEEDED)[:, 0]
        ratio = payload.read("cord_uptake_ratio", NEEDED)[:, 0]
        steady[FLUID, CORD], steady[CORD, FLUID] = taken, taken / ratio
        capacity[CORD] = sizes.fluid_volume * ratio
        steady[LESION, CORD] = clearances[LESION, CORD] / capacity[LESION]
        steady[CORD, LESION] = clearances[LESION, CORD] / capacity[CORD]
    steady[FLUID, PLASMA] = sizes.bulk_flow
    steady[PLASMA, ELIMINATED] = plasma.clearance / plasma.volume
    if degraded.any():
        steady[CORD, DEGRADED] = steady[LESION, DEGRADED] = degraded
    opened = {(PLASMA, LESION): leaking(reader, sizes, 2 * radius)}
    return CordDrug(steady, _exchanged(opened, capacity), capacity, moves[HEALTHY], loss)


def _exchanged(clearances: dict[tuple[str, str], Array], capacity: dict[str, Array]) -> dict[tuple[str, str], Array]:
    """Give the rates both ways between two places, from the clearance of unbound drug between them."""
    found = {}
    for (one, other), clearance in clearances.items():
        found[one, other] = clearance / capacity[one]
        found[other, one] = clearance / capacity[other]
    return found


def _crossing(payload: Subject, reader: Reader, plasma: Plasma) -> Array:
    """Give what crosses the intact barrier, of unbound drug per volume of cord [1/s]: nothing of large molecules."""
    mass = payload.read("molar_mass", NEEDED)[:, 0]
    if payload.find("cord_barrier_rate") is not None:
        passing = payload.read("cord_barrier_rate", NEEDED)[:, 0]
    elif mass.min() >= LIGHTEST_PROTEIN:
        return np.zeros_like(mass)
    else:
        numbers = ("barrier_reference_rate", "barrier_reference_lipophilicity", "barrier_lipophilicity_slope")
        logp = payload.read("logp_octanol_water", NEEDED)[:, 0]
        passing = cord_barrier.lipophilic_passage(logp, mass, *(reader.number(name) for name in numbers))
    return cord_barrier.capillary_clearance(passing, reader.number("cord_blood_flow"), plasma.unbound_fraction)


def particle_diffusivity(diameter: Array) -> Array:
    """Give the diffusivity of a carrier in water [m2/s]."""
    return stokes_einstein_diffusivity(diameter / 2, BODY_TEMPERATURE, WATER_VISCOSITY)
