"""The intervertebral disc: what an injection leaves there, how the disc empties, what reaches plasma."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.case import Case
from formulate.crystal_sizes import crystal_sizes
from formulate.diffusivity import stokes_einstein_diffusivity
from formulate.regimen import Event
from formulate.results import Depths, Exposure, Levels, Loading, Profile, Release
from formulate.retention import disc_injection
from formulate.retention.disc import Disc, slab_modes
from formulate.retention.disc_course import Course, Entering, linear_courses, saturable_course
from formulate.retention.disc_solids import DiscCrystals, dissolved
from formulate.retention.hindrance import diffusivity_between_fibres, pore_partition
from formulate.retention.linear import system
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
from formulate.retention.stage_disc_inputs import ANNULUS as ANNULUS_FIBROSUS
from formulate.retention.stage_disc_inputs import NUCLEUS as NUCLEUS_PULPOSUS
from formulate.retention.stage_disc_inputs import Anatomy, Reader, Sites, anatomy, disc_of, sites_of
from formulate.retention.stage_disc_remarks import CARRIERS, FROM_BLOOD, remarks, warnings
from formulate.retention.stage_drug import BODY_TEMPERATURE, NEEDED, WATER_VISCOSITY, optional
from formulate.retention.stage_survival import DEAD, followed
from formulate.sampling import Array
from materials.errors import FormulateError

INTRADISCAL = "intradiscal"
BESIDE = "epidural and paraspinal tissue"
CARRIED_OFF = "blood and lymph"
IN_BLOOD = "blood and organs"
IN_NUCLEUS, IN_CELLS = "nucleus", "cells of the disc"
# sums over the doses, besides what comes beside the spine: dissolved drug, solid, what the depot and carriers hold
INTO_NUCLEUS, PLASMA, SOLID, DEPOT, CARRIERS_LEFT = "into the nucleus", "plasma", "solid", "depot", "carriers left"
HELD = {name: f"held: {name}" for name in (IN_NUCLEUS, BESIDE, IN_BLOOD, CARRIED_OFF)}
LARGE = 10e-6  # m; particles at least this wide keep a gel together
PROFILE_DAYS = (1 / 24, 0.25, 1.0, 7.0, 28.0)


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
    What leaks along the needle lies beside the spine from the start. In the nucleus particles and vesicles are taken
    up by cells, which keep what they hold there; those smaller than the pores leave with the diffusion of a sphere, as
    from a slab with open faces (so at most); cells die. Nothing given into blood reaches the disc as a carrier.
    """
    return _carriers(place, arrived, _leaked(place, Reader(place), place.volume))


def intervertebral_disc(case: Case, loading: Loading, release: Release) -> Exposure:
    """Nucleus, annulus, the tissue beside the spine and plasma; leak along the needle; endplates in the way.

    What leaks takes the same share of everything injected: dissolved drug, crystals, carriers, depot. Carriers in the
    nucleus, and those that cells took up, release into it; what leaked releases beside the spine and reaches plasma
    from there; what blood and lymph carried off releases into plasma. Solid drug that leaked counts as dissolved.
    """
    return _solved([_posed(case, loading, release)])[0]


def intervertebral_discs(asked: Sequence[Asked]) -> list[Exposure | FormulateError]:
    """Give what `intervertebral_disc` gives for each case, the cases of one disc and drug solved together."""
    return side_by_side(asked, _posed, _solved)


@dataclass(frozen=True)
class _Posed:
    """A case as the disc is asked about it."""

    case: Case
    release: Release
    reader: Reader
    sizes: Anatomy
    disc: Disc
    sites: Sites | None
    whole: Sums
    dose: Array  # all that is given [kg], (draws, 1)
    dissolved: Array  # of the solid that came into the nucleus, as a share of all that is given

    @property
    def key(self) -> tuple[object, ...]:
        """What the course of dissolved drug depends on but for what enters."""
        return (self.case.time.tobytes(), *fingerprint(self.disc), *fingerprint(self.sites))

    @property
    def entering(self) -> Entering:
        """What enters each place [kg]."""
        whole, nothing = self.whole, self.whole.nothing
        dissolved = whole[INTO_NUCLEUS] if self.dissolved is nothing else whole[INTO_NUCLEUS] + self.dissolved
        shares = (dissolved, whole[BESIDE], whole[PLASMA])
        return Entering(*(nothing if share is nothing else self.dose * share for share in shares))


def _posed(case: Case, loading: Loading, release: Release) -> _Posed:
    reader = Reader(case)
    sizes = anatomy(reader)
    disc = disc_of(case, reader, sizes)
    whole = _arrivals(case, release, reader)
    dose = (loading.given * case.doses)[:, None]
    gone = whole.nothing
    if whole[SOLID].any():
        solid, crystals = dose * whole[SOLID], _crystals(case, reader)
        gone = dissolved(case.time, solid, dose * whole[INTO_NUCLEUS], disc, slab_modes(disc.biot), crystals) / dose
    return _Posed(case, release, reader, sizes, disc, sites_of(case, reader), whole, dose, gone)


def _solved(group: Sequence[_Posed]) -> list[Exposure]:
    """Give the exposures of cases of one disc and drug."""
    time, disc, sites = group[0].case.time, group[0].disc, group[0].sites
    moments = np.unique([int(np.abs(time - days * 86400.0).argmin()) for days in PROFILE_DAYS])
    if sites is None:
        courses = linear_courses(time, [posed.entering for posed in group], disc, slab_modes(disc.biot), moments)
    else:
        full = sites.concentration, sites.dissociation
        courses = [saturable_course(time, posed.entering, disc, *full, moments) for posed in group]
    return [_exposure(posed, course, moments) for posed, course in zip(group, courses, strict=True)]


def _exposure(posed: _Posed, course: Course, moments: NDArray[np.intp]) -> Exposure:
    case, reader, disc, whole = posed.case, posed.reader, posed.disc, posed.whole
    plasma_auc = disc.unbound_in_plasma * course.eliminated[:, -1] / disc.clearance
    eliminated = np.add(course.eliminated, course.degraded, out=course.eliminated)
    nucleus, annulus, beside, plasma, eliminated = (
        as_shares(amounts, posed.dose)
        for amounts in (course.nucleus, course.annulus, course.beside, course.plasma, eliminated)
    )
    unbound = _unbound(posed, nucleus, annulus, plasma, course.mobile)
    solubility = optional(case.payload, "aqueous_solubility", np.inf)
    saturation = np.asarray(unbound[NUCLEUS_PULPOSUS].max(axis=1) / solubility)
    elsewhere = {BESIDE: np.add(beside, whole[HELD[BESIDE]], out=beside)}
    if whole[HELD[IN_BLOOD]].any():
        elsewhere[IN_BLOOD] = whole[HELD[IN_BLOOD]]
    return Exposure(
        time=case.time,
        given=np.asarray(sum(event.share * (case.time >= event.start) for event in case.events)),
        at_site={
            "depot": whole[DEPOT],
            "carriers": whole[HELD[IN_NUCLEUS]],
            "crystals": whole.nothing if posed.dissolved is whole.nothing else whole[SOLID] - posed.dissolved,
            "nucleus": nucleus,
            "annulus": annulus,
        },
        in_plasma=plasma,
        eliminated=eliminated,
        drained=whole[HELD[CARRIED_OFF]],
        unbound=unbound,
        total=Levels({NUCLEUS_PULPOSUS: partial(np.multiply, nucleus, posed.dose / disc.nucleus_volume[:, None])}),
        carriers_left=whole[CARRIERS_LEFT],
        plasma_auc=plasma_auc,
        saturation=saturation,
        warnings=(*warnings(case, reader, posed.sizes), *_sink_warning(posed.release, saturation)),
        notes=(*remarks(case, disc, reader), *whole.notes),
        elsewhere=elsewhere,
        at_depth=Depths({NUCLEUS_PULPOSUS: partial(_profile, course.profile, case.time[moments])}),
    )


def _profile(made: Callable[[], tuple[Array, Array]], time: Array) -> Profile:
    depth, at_depth = made()
    return Profile(depth, time, at_depth)


def _arrivals(case: Case, release: Release, reader: Reader) -> Sums:
    """Sum up the doses: dissolved drug and solid that came into each place, and what carriers still hold in which."""
    whole = Sums(np.broadcast_to(0.0, release.free.shape))
    for event in case.events:
        _add(whole, case, of_event(release, event), event, reader)
    return whole


def _add(whole: Sums, case: Case, release: Release, event: Event, reader: Reader) -> None:
    """Add one dose to the sums."""
    share, place = event.share, setting(case, event)
    local = event.route == INTRADISCAL
    leaked = _leaked(place, reader, case.volume) if local else np.zeros((len(release.free), 1))
    kept = 1.0 - leaked
    where = _carriers(place, release.carriers_out, leaked)
    whole.notes |= dict.fromkeys(where.notes)
    let_out, still = freed(release, where), still_held(release, where)
    straight = (release.free_from_depot, *(() if release.has_carriers else (release.free,)))
    if local:
        for amount in straight:
            whole.add(INTO_NUCLEUS, amount, share, kept)
        whole.add(SOLID, release.solid, share, kept)
        for amount in (*straight, release.solid):
            whole.add(BESIDE, amount, share, leaked)
        whole.add(DEPOT, release.in_depot_carrier, share, kept)
        whole.add(HELD[BESIDE], release.in_depot_carrier, share, leaked)
    else:
        for amount in (*straight, release.solid):
            whole.add(PLASMA, amount, share)
    for name in where.at_site:
        whole.add(INTO_NUCLEUS if local else PLASMA, let_out[name], share)
        whole.add(HELD[IN_NUCLEUS], still[name], share)
    for name in where.elsewhere:
        whole.add(BESIDE if local and name == BESIDE else PLASMA, let_out[name], share)
        whole.add(HELD.get(name, HELD[CARRIED_OFF]), still[name], share)
    if local and release.has_carriers:
        substance = release.carrier_substance if place.form != "vesicle" else 1.0
        outside = where.at_site[IN_NUCLEUS]
        given = (case.time >= event.start).astype(np.float64)
        in_depot = kept * (given - release.carriers_out)
        whole.add(CARRIERS_LEFT, outside + in_depot, share, substance)


def _leaked(place: Setting, reader: Reader, volume: float) -> Array:
    """Give the share of an intradiscal dose that leaks along the needle, (draws, 1)."""
    site = place.site
    name = "leaked_fraction_liquid"
    if place.fluid_injected == 0.0:
        carrier = place.carrier
        large = place.form == "particle" and carrier is not None and carrier.typical("diameter", NEEDED) >= LARGE
        name = "leaked_fraction_microsphere_gel" if large else "leaked_fraction_gel"
    onset, exponent = reader.number("leak_overfill_onset"), reader.number("leak_overfill_exponent")
    filled = disc_injection.overfill(volume, reader.size(NUCLEUS_PULPOSUS, "volume", 1.0))
    return disc_injection.leaked_fraction(site.read(name, NEEDED)[:, 0], filled, onset, exponent)[:, None]


def _carriers(place: Setting, arrived: Array, leaked: Array) -> Whereabouts:
    """Give where the carriers of one dose are, of which a share leaked."""
    nothing = np.broadcast_to(0.0, arrived.shape)
    if place.event.route != INTRADISCAL:
        here, there = {IN_NUCLEUS: nothing}, {IN_BLOOD: arrived if place.carrier else nothing}
        return Whereabouts(here, there, FROM_BLOOD if place.carrier else ())
    if place.carrier is None:
        return Whereabouts({IN_NUCLEUS: nothing}, {BESIDE: nothing})
    return followed(place, arrived, lambda alike, living: _in_nucleus(alike, living, leaked))


def _in_nucleus(place: Setting, arrived: Array, leaked: Array) -> Whereabouts:
    reader = Reader(place)
    name = "vesicle_uptake_half_life" if place.form == "vesicle" else "particle_uptake_half_life"
    is_cell = place.cell_half_life is not None
    taken = np.log(2.0) / (reader.number(name) if place.cell_half_life is None else place.cell_half_life)
    lost = DEAD if is_cell else IN_CELLS
    leaving = np.zeros_like(taken) if is_cell else _escape(place, reader)
    losses: dict[str | tuple[str, str], ArrayLike] = {(IN_NUCLEUS, lost): taken, (IN_NUCLEUS, CARRIED_OFF): leaving}
    fate = system([IN_NUCLEUS], {}, losses).amounts(place.time, {IN_NUCLEUS: (1.0 - leaked) * arrived})
    at_site = {IN_NUCLEUS: fate.inside[IN_NUCLEUS]}
    elsewhere = {BESIDE: leaked * arrived, CARRIED_OFF: fate.lost[CARRIED_OFF]}
    (elsewhere if lost == DEAD else at_site)[lost] = fate.lost[lost]
    return Whereabouts(at_site, elsewhere, CARRIERS)


def _escape(place: Setting, reader: Reader) -> Array:
    """Give the rate at which carriers that fit the pores leave the nucleus [1/s], (draws,): none above."""
    assert place.carrier is not None
    diameter = place.carrier.read("diameter", NEEDED)[:, 0]
    in_water = stokes_einstein_diffusivity(diameter / 2, BODY_TEMPERATURE, WATER_VISCOSITY)
    nucleus = ("glycosaminoglycan_volume_fraction", "glycosaminoglycan_fibre_radius", "water_content")
    speed = diffusivity_between_fibres(
        in_water, diameter / 2, *(reader.tissue(NUCLEUS_PULPOSUS, name) for name in nucleus)
    )
    fits = pore_partition(diameter / 2, reader.tissue(NUCLEUS_PULPOSUS, "collagen_pore_diameter") / 2)
    rate: Array = (np.pi / 2) ** 2 * speed * fits / anatomy(reader).half_height ** 2
    return rate


def _unbound(posed: _Posed, nucleus: Array, annulus: Array, plasma: Array, mobile: Array | None) -> Levels:
    """Give unbound concentrations, per volume of the water that holds them [kg/m3], of shares of the dose."""
    disc, reader, dose = posed.disc, posed.reader, posed.dose
    water = {part: reader.tissue(part, "water_content")[:, None] for part in (NUCLEUS_PULPOSUS, ANNULUS_FIBROSUS)}
    inside = (disc.nucleus_volume * disc.retardation)[:, None] * water[NUCLEUS_PULPOSUS]
    around = (disc.annulus_volume * disc.retardation)[:, None] * water[ANNULUS_FIBROSUS]
    if mobile is None:
        in_nucleus = partial(np.multiply, nucleus, dose / inside)
    else:
        in_nucleus = partial(np.divide, mobile, water[NUCLEUS_PULPOSUS])
    return Levels({
        NUCLEUS_PULPOSUS: in_nucleus,
        ANNULUS_FIBROSUS: partial(np.multiply, annulus, dose / around),
        "plasma": partial(np.multiply, plasma, dose * (disc.unbound_in_plasma / disc.plasma_volume)[:, None]),
    })  # fmt: skip


def _crystals(case: Case, reader: Reader) -> DiscCrystals:
    payload = case.payload
    return DiscCrystals(
        sizes=crystal_sizes(payload, NEEDED),
        density=payload.read("crystal_density", NEEDED)[:, 0],
        solubility=payload.read("aqueous_solubility", NEEDED)[:, 0],
        water_fraction=reader.tissue(NUCLEUS_PULPOSUS, "water_content"),
    )


def _sink_warning(release: Release, saturation: Array) -> tuple[str, ...]:
    over = float((saturation > 1.05).mean())
    if not release.has_carriers or over < 0.1:
        return ()
    return (
        f"in {over:.0%} of the draws the unbound concentration in the nucleus passes the solubility (median peak "
        f"{np.median(saturation):.2g} times): drug would precipitate and redissolve, so the peak is overstated",
    )
