"""The spinal cord: an injection into its fluid, into a lesion or into blood, across a barrier that an injury opens."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from formulate.case import Case
from formulate.crystal_sizes import crystal_sizes
from formulate.regimen import Event
from formulate.results import Depths, Exposure, Levels, Loading, Profile, Release
from formulate.retention import cord, cord_course
from formulate.retention.dissolving import Crystals, dissolved
from formulate.retention.site import (
    Asked,
    Setting,
    Sums,
    Whereabouts,
    as_shares,
    fingerprint,
    freed,
    of_event,
    setting,
    side_by_side,
    still_held,
)
from formulate.retention.species import Plasma, plasma_of
from formulate.retention.stage_cord_inputs import (
    CORD,
    DEGRADED,
    ELIMINATED,
    FLUID,
    HEALTHY,
    INJURED,
    LESION,
    PLASMA,
    Anatomy,
    CordDrug,
    Reader,
    anatomy,
    drug_of,
    leak,
    leaking,
    particle_diffusivity,
)
from formulate.retention.stage_cord_remarks import carrier_remarks, remarks, sink_warning, warnings
from formulate.retention.stage_drug import NEEDED, optional
from formulate.retention.stage_survival import DEAD, followed
from formulate.sampling import Array
from materials.errors import FormulateError

INTRATHECAL, INTRALESIONAL, INTRAVENOUS = "intrathecal", "intralesional", "intravenous"
IN_FLUID, ON_SURFACE, IN_LESION, IN_CELLS = "cerebrospinal fluid", "leptomeninges", "lesion", "cells of the lesion"
BLOOD, ORGANS, LUNGS = "blood", "liver and spleen", "lungs"
CARRIED_OFF = "carried off by cells"
GIVES_TO = {IN_FLUID: FLUID, ON_SURFACE: FLUID, IN_LESION: LESION, IN_CELLS: LESION}  # the drug they set free
AT_SITE = tuple(GIVES_TO)
# sums over the doses, besides drug that comes dissolved into a compartment
DEPOT, CARRIERS, DRAINED, CARRIERS_LEFT = "depot", "carriers", "drained", "carriers left"
SOLID = {FLUID: "solid in the fluid", LESION: "solid in the lesion"}
HELD = {name: f"held: {name}" for name in (BLOOD, ORGANS, LUNGS, CARRIED_OFF, DEAD)}  # by carriers given into a vein
PROFILE_DAYS = (1 / 24, 0.25, 1.0, 3.0, 7.0, 28.0)
DEPTHS = 17


def whereabouts(place: Setting, arrived: Array) -> Whereabouts:
    """Give where the carriers of one dose are.

    Parameters
    ----------
    place : Setting
        The dose and its site.
    arrived : ndarray, shape (draws, times)
        Cumulative share of the carriers that is out of any depot.

    Notes
    -----
    In the fluid leptomeninges hold a share; what is small enough drains into blood. In a lesion its cells take carriers
    up, and those that fit its gaps leave for the fluid. Blood gives them to liver and spleen, and to the lesion through
    what of its barrier is open. Cells given into blood are caught in the lungs. Cells die everywhere.
    """
    return _places(place, arrived)


def spinal_cord(case: Case, loading: Loading, release: Release) -> Exposure:
    """Cerebrospinal fluid, cord, lesion and plasma; a barrier that opens with the injury and closes over days.

    Carriers release where they are: those in the fluid and on its walls into the fluid, those in the lesion and its
    cells into the lesion, those elsewhere into plasma. Crystals dissolve in the fluid or the lesion.
    """
    return _solved([_posed(case, loading, release)])[0]


def spinal_cords(asked: Sequence[Asked]) -> list[Exposure | FormulateError]:
    """Give what `spinal_cord` gives for each case, the cases of one cord and drug solved together."""
    return side_by_side([(*one, places) for one, places in zip(asked, _ahead(asked), strict=True)], _posed, _solved)


def _ahead(asked: Sequence[Asked]) -> list[Sequence[Whereabouts] | None]:
    """Give where the carriers of each case's doses are, followed together; none for a case that is refused."""
    moving: list[Sequence[_Moving] | None] = []
    for case, _, release in asked:
        places = [setting(case, event) for event in case.events]
        if any(place.carrier is None or place.form == "cell" for place in places):
            moving.append(None)
            continue
        try:
            moving.append([_moving(place, of_event(release, place.event).carriers_out) for place in places])
        except FormulateError:
            moving.append(None)
    every = [one for some in moving for one in some or ()]
    try:
        found = iter(_whereabouts(every))
    except FormulateError:
        return [None] * len(asked)
    return [None if some is None else [next(found) for _ in some] for some in moving]


@dataclass(frozen=True)
class _Posed:
    """A case as the cord is asked about it."""

    case: Case
    release: Release
    reader: Reader
    plasma: Plasma
    sizes: Anatomy
    drug: CordDrug
    is_open: Array  # how much of the barrier is open, as the mean over each step
    plan: Sums
    dose: Array  # all that is given [kg], (draws, 1)
    came: dict[str, Array]  # dissolved drug [kg], (draws, times)
    crystals: dict[str, Array]  # by place, as shares of all that is given

    @property
    def key(self) -> tuple[object, ...]:
        """What the course of dissolved drug depends on but for what enters."""
        rates = (part for rates in (self.drug.steady, self.drug.leaking) for pair in rates.items() for part in pair)
        profiles = (self.drug.diffusivity, self.sizes.radius, self.drug.loss)
        known = (self.case.time, self.is_open, *rates, *profiles)
        return tuple(part for one in known for part in fingerprint(one))


def _posed(case: Case, loading: Loading, release: Release, places: Sequence[Whereabouts] | None = None) -> _Posed:
    reader, plasma = Reader(case), plasma_of(case)
    sizes = anatomy(reader)
    drug = drug_of(case, reader, sizes, plasma)
    plan = _gathered(case, release, reader, places)
    dose = (loading.given * case.doses)[:, None]
    came = {name: plan[name] if plan[name] is plan.nothing else dose * plan[name] for name in (FLUID, LESION, PLASMA)}
    crystals = {}
    for where in (FLUID, LESION):
        solid = dose * plan[SOLID[where]]
        if solid.any():
            gone = dissolved(case.time, solid, came[where], drug.capacity[where], drug.outflow(where), _crystals(case))
            came[where] = came[where] + gone
            crystals[where] = (solid - gone) / dose
    is_open = leak(reader, case.time)
    return _Posed(case, release, reader, plasma, sizes, drug, is_open, plan, dose, came, crystals)


def _solved(group: Sequence[_Posed]) -> list[Exposure]:
    """Give the exposures of cases of one cord and drug."""
    one = group[0]
    came = [posed.came for posed in group]
    solved = cord_course.follow_all(one.case.time, came, one.drug.steady, one.drug.leaking, one.is_open)
    waves = cord.Waves(one.case.time, one.drug.diffusivity, one.sizes.radius, one.drug.loss)
    return [_exposure(posed, amounts, waves) for posed, amounts in zip(group, solved, strict=True)]


def _exposure(posed: _Posed, amounts: dict[str, Array], waves: cord.Waves) -> Exposure:
    case, release, reader, plasma = posed.case, posed.release, posed.reader, posed.plasma
    sizes, drug, plan, dose = posed.sizes, posed.drug, posed.plan, posed.dose
    plasma_auc = plasma.unbound_fraction * amounts[ELIMINATED][:, -1] / plasma.clearance
    if DEGRADED in amounts:
        amounts[ELIMINATED] += amounts[DEGRADED]
    shares = {name: as_shares(amounts[name], dose) for name in (FLUID, CORD, LESION, PLASMA, ELIMINATED)}
    unbound = Levels({
        name: partial(np.multiply, shares[name], dose / drug.capacity[name][:, None])
        for name in (FLUID, CORD, LESION, PLASMA)
    })  # fmt: skip
    solubility = optional(case.payload, "aqueous_solubility", np.inf)
    saturation = np.maximum(unbound[FLUID].max(axis=1), unbound[LESION].max(axis=1)) / solubility
    at_site = {
        "depot": plan[DEPOT],
        "carriers": plan[CARRIERS],
        "crystals": np.asarray(sum(posed.crystals.values(), plan.nothing)),
        "cerebrospinal fluid": shares[FLUID],
        "cord": shares[CORD],
        "lesion": shares[LESION],
    }
    whole = np.asarray(sum(at_site.values()))
    lesion_first = case.main_route == INTRALESIONAL
    # what vessels bring into the cord is not in the profile, so there is none of a dose into blood
    shown = {} if any(event.route == "intravenous" for event in case.events) else {CORD}
    face = LESION if lesion_first else FLUID
    return Exposure(
        time=case.time,
        given=np.asarray(sum(event.share * (case.time >= event.start) for event in case.events)),
        at_site=at_site,
        in_plasma=shares[PLASMA],
        eliminated=shares[ELIMINATED],
        drained=plan[DRAINED],
        unbound=unbound,
        total=Levels(
            {
                CORD: partial(np.multiply, shares[CORD], dose / sizes.cord_volume[:, None]),
                LESION: partial(np.multiply, shares[LESION], dose / sizes.lesion_volume[:, None]),
            }
        ),
        carriers_left=plan[CARRIERS_LEFT],
        plasma_auc=plasma_auc,
        saturation=saturation,
        warnings=(*warnings(case, reader, sizes), *sink_warning(release.has_carriers, saturation), *plasma.notes),
        notes=(*remarks(case, reader, drug, sizes, plasma, whole), *plan.notes, *reader.told),
        elsewhere={name: plan[held] for name, held in HELD.items() if plan[held] is not plan.nothing},
        at_depth=Depths({name: partial(_profile, case.time, unbound, face, waves, sizes) for name in shown}),
    )


def _gathered(case: Case, release: Release, reader: Reader, places: Sequence[Whereabouts] | None) -> Sums:
    """Sum up the doses: what arrives where, dissolved and solid, and what the depot and carriers hold."""
    plan = Sums(np.broadcast_to(0.0, release.free.shape))
    for i, event in enumerate(case.events):
        shifted, place = of_event(release, event), setting(case, event)
        _add(plan, event, shifted, place, places[i] if places else _places(place, shifted.carriers_out), reader)
    return plan


def _add(plan: Sums, event: Event, release: Release, place: Setting, places: Whereabouts, reader: Reader) -> None:
    """Add one dose to the plan."""
    share, let_out, still = event.share, freed(release, places), still_held(release, places)
    into_vein = event.route == INTRAVENOUS
    plan.notes |= dict.fromkeys(places.notes)
    lesion, fluid = _split(place, reader)
    for name, amount in let_out.items():
        if name == DEAD and not into_vein:  # they lie where the dose was given
            plan.add(LESION, amount, share, lesion)
            plan.add(FLUID, amount, share, fluid)
        else:
            plan.add(GIVES_TO.get(name, PLASMA), amount, share)
    # `free` holds what carriers set free as well, which arrives where they are
    straight = (release.free_from_depot, *(() if release.has_carriers else (release.free,)))
    for amount in (*straight, *((release.solid,) if into_vein else ())):
        for name, part in ((PLASMA, 1.0),) if into_vein else ((LESION, lesion), (FLUID, fluid)):
            plan.add(name, amount, share, part)
    for name in places.at_site:
        plan.add(CARRIERS, still[name], share)
    for name in places.elsewhere:
        plan.add(HELD[name] if into_vein else DRAINED, still[name], share)
    if not into_vein:
        for name, part in ((LESION, lesion), (FLUID, fluid)):
            plan.add(SOLID[name], release.solid, share, part)
        plan.add(DEPOT, release.in_depot_carrier, share)
    if release.has_carriers:
        substance = release.carrier_substance if place.form != "vesicle" else 1.0
        in_depot = 0.0 if into_vein else (place.time >= event.start) - release.carriers_out
        plan.add(CARRIERS_LEFT, in_depot + places.here, share, substance)


def _split(place: Setting, reader: Reader) -> tuple[Array | float, Array | float]:
    """Give which shares of what is injected come to lie in the lesion and in the fluid, (draws, 1)."""
    if place.event.route == INTRATHECAL:
        return 0.0, 1.0
    if place.event.route == INTRAVENOUS:
        return 0.0, 0.0
    gel = place.fluid_injected == 0.0
    back = reader.number("lesion_reflux_fraction_gel" if gel else "lesion_reflux_fraction_liquid")[:, None]
    return 1.0 - back, back


def _places(place: Setting, arrived: Array) -> Whereabouts:
    """Give where the carriers of one dose are."""
    nothing = np.broadcast_to(0.0, arrived.shape)
    if place.carrier is None:
        return Whereabouts(dict.fromkeys(AT_SITE, nothing), {BLOOD: nothing})
    return followed(place, arrived, _follow)


def _follow(place: Setting, arrived: Array) -> Whereabouts:
    return _whereabouts([_moving(place, arrived)])[0]


@dataclass(frozen=True)
class _Moving:
    """Carriers of one dose as their course is asked about."""

    time: Array
    course: cord_course.Course
    notes: tuple[str, ...]


def _whereabouts(every: Sequence[_Moving]) -> list[Whereabouts]:
    """Give where carriers are; those that go the same ways are followed together."""
    found: dict[int, Whereabouts] = {}
    times: dict[bytes, list[int]] = {}
    for i, one in enumerate(every):
        times.setdefault(one.time.tobytes(), []).append(i)
    for which in times.values():
        solved = cord_course.follow_each(every[which[0]].time, [every[i].course for i in which])
        for i, amounts in zip(which, solved, strict=True):
            nothing = np.broadcast_to(0.0, next(iter(amounts.values())).shape)
            at_site = {name: amounts.pop(name, nothing) for name in AT_SITE}
            found[i] = Whereabouts(at_site, amounts, every[i].notes)
    return [found[i] for i in range(len(every))]


def _moving(place: Setting, arrived: Array) -> _Moving:
    reader = Reader(place)
    sizes, diameter = anatomy(reader), _diameter(place)
    half_life = {"particle": "particle_uptake_half_life", "vesicle": "vesicle_uptake_half_life"}
    held = reader.number("leptomeningeal_share")
    fits = cord.tissue_diffusivity(
        particle_diffusivity(diameter),
        diameter,
        reader.tissue("tortuosity"),
        reader.tissue("intercellular_gap_width", INJURED),
    )
    drains = diameter < reader.number("villus_passage_diameter")
    off = np.log(2.0) / reader.number("held_carrier_half_life")
    steady = {
        (IN_FLUID, ON_SURFACE): sizes.bulk_flow * held / (1.0 - held),
        (IN_FLUID, BLOOD): np.where(drains, sizes.bulk_flow, 0.0),
        (ON_SURFACE, CARRIED_OFF): off,
        (IN_LESION, IN_FLUID): cord.cylinder_exchange(fits, sizes.radius, np.zeros_like(fits)),
        (BLOOD, ORGANS): np.log(2.0) / _half_life_in_blood(place, reader),
    }
    leaks = {}
    if place.cell_half_life is not None:
        dies = np.log(2.0) / place.cell_half_life
        steady |= {(name, DEAD): dies for name in (IN_FLUID, ON_SURFACE, IN_LESION)}
        steady[LUNGS, DEAD] = 1.0 / reader.number("lung_residence_time")
    else:
        steady[IN_LESION, IN_CELLS] = np.log(2.0) / reader.number(
            half_life.get(place.form, "particle_uptake_half_life")
        )
        steady[IN_CELLS, CARRIED_OFF] = off
        leaks[BLOOD, IN_LESION] = leaking(reader, sizes, diameter) / reader.plasma_volume()
    course = cord_course.Course(_coming(place, arrived, reader), steady, leaks, leak(reader, place.time))
    return _Moving(place.time, course, carrier_remarks(place, diameter, drains))


def _coming(place: Setting, arrived: Array, reader: Reader) -> dict[str, Array]:
    """Give which carriers come into which place, cumulative."""
    if place.event.route != INTRAVENOUS:
        lesion, fluid = _split(place, reader)
        return {IN_LESION: lesion * arrived, IN_FLUID: fluid * arrived}
    if place.form != "cell":
        return {BLOOD: arrived}
    caught = reader.number("lung_first_pass_fraction")[:, None]
    return {LUNGS: caught * arrived, BLOOD: (1.0 - caught) * arrived}


def _half_life_in_blood(place: Setting, reader: Reader) -> Array:
    """Give the half-life of a carrier in blood [s]: its own where the catalog or the user has it."""
    carrier = place.carrier
    assert carrier is not None
    if carrier.find("plasma_half_life") is not None:
        return carrier.read("plasma_half_life", NEEDED)[:, 0]
    of_cells = "extracellular" in carrier.entry.class_id
    return reader.number("extracellular_vesicle_blood_half_life" if of_cells else "particle_blood_half_life")


def follows_injury(case: Case) -> bool:
    """Say whether numbers change with the time from the injury to the first dose: the barrier is tighter then."""
    return case.inputs.circumstances.state != HEALTHY


def _diameter(place: Setting) -> Array:
    """Give the diameter of a carrier that moves [m], (draws,)."""
    carrier = place.carrier
    assert carrier is not None
    name = "cell_diameter" if place.form == "cell" and carrier.find("diameter") is None else "diameter"
    return carrier.read(name, NEEDED)[:, 0]


def _crystals(case: Case) -> Crystals:
    payload = case.payload
    return Crystals(
        sizes=crystal_sizes(payload, NEEDED),
        density=payload.read("crystal_density", NEEDED)[:, 0],
        solubility=payload.read("aqueous_solubility", NEEDED)[:, 0],
        diffusivity=payload.read("diffusion_coefficient_water", NEEDED)[:, 0],
    )


def _profile(time: Array, unbound: Levels, face: str, waves: cord.Waves, sizes: Anatomy) -> Profile:
    """Give the depth profile in intact cord, under the pia or beside the lesion, as deep as its radius."""
    shown = [int(np.abs(time - day * 86400.0).argmin()) for day in PROFILE_DAYS if day * 86400 <= time[-1]]
    moments = np.unique(np.array(shown, dtype=np.intp))
    depth = np.linspace(0.0, 1.0, DEPTHS) ** 2  # closest where drug enters
    found = waves.profile(unbound[face], depth, moments)
    return Profile(sizes.radius[:, None] * depth, time[moments], np.maximum(found, 0.0))
