"""The knee: what an injection leaves in its fluid, synovium and cartilage, and what reaches plasma, dose by dose."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from formulate.case import Case
from formulate.regimen import Event
from formulate.results import Depths, Exposure, Levels, Loading, Profile, Release
from formulate.retention import joint, particles
from formulate.retention.fluid import drained_turnovers, fluid_volume
from formulate.retention.joint_rates import JointRates, Uptake
from formulate.retention.linear import system
from formulate.retention.site import Asked, Setting, Whereabouts, as_shares, freed, of_event, setting, still_held
from formulate.retention.species import HEALTHY, Plasma, plasma_of
from formulate.retention.stage_drug import NEEDED
from formulate.retention.stage_knee_inputs import ENRICHMENT, INTRAVENOUS, Reader, injections, joint_rates
from formulate.retention.stage_knee_remarks import carrier_remarks, remarks, sink_warning
from formulate.retention.stage_survival import DEAD, cell_death
from formulate.sampling import Array
from materials.errors import FormulateError
from materials.schema import Carrier

IN_FLUID, IN_SYNOVIUM = "synovial fluid", "synovium"
LYMPH, CARRIED_OFF = "lymph", "carried off by cells"
BLOOD, ORGANS = "blood", "liver and spleen"
DISSOLVED = ("fluid", "synovium", "plasma", "cartilage", "eliminated")  # of what a joint gives
PROFILE_DAYS = (1 / 24, 0.25, 1.0, 3.0, 7.0, 28.0)
DEPTHS = 21


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
    In the joint the fluid drains them to lymph or the synovium traps them, by their effective size; cells that carry
    debris take trapped ones away; living cells die. Given into blood, they go to liver and spleen, and a little into
    the synovium through its vessels.
    """
    reader = Reader(place)
    found = _places(place, arrived, reader, ((place.event.start, place.fluid_injected),))
    return replace(found, notes=(*carrier_remarks(place), *reader.told))


def synovial_joint(case: Case, loading: Loading, release: Release) -> Exposure:
    """Synovial fluid, synovium, cartilage and plasma; dissolution of solid drug; escape and trapping of particles.

    Carriers in the fluid release into the fluid. Trapped ones give a share to the fluid and the rest to the
    synovium around them. Carriers that drained away, were carried off by cells, or are in blood or liver release into
    the body and count as systemic exposure. Crystals settle and stay in the joint; those given into blood count as
    dissolved there.
    """
    posed = _posed(case, loading, release)
    amounts = joint.solve(case.time, posed.arrivals, posed.rates, posed.moments)
    return _exposure(posed, amounts, _volume(case.time, posed.rates))


def synovial_joints(asked: Sequence[Asked]) -> list[Exposure | FormulateError]:
    """Give what `synovial_joint` gives for each case, the cases of one joint and drug solved together."""
    found: dict[int, Exposure | FormulateError] = {}
    joints: dict[tuple[object, ...], dict[object, dict[int, _Posed]]] = {}  # by their constants, then by crystals
    for i, one in enumerate(asked):
        try:
            posed = _posed(*one)
        except FormulateError as error:
            found[i] = error
        else:
            joint_key, crystals_key = posed.rates.keys
            alike = joints.setdefault((posed.case.time.tobytes(), *joint_key), {})
            alike.setdefault(crystals_key, {})[i] = posed
    for alike in joints.values():
        without = alike.pop(None, {})  # they need no crystals, and may go with any
        for group in alike.values() or [without]:
            every = group | without
            without = {}
            first, *_ = group.values()
            arrivals = [posed.arrivals for posed in every.values()]
            solved = joint.solve_all(first.case.time, arrivals, first.rates, first.moments)
            volume = _volume(first.case.time, first.rates)
            for (i, posed), amounts in zip(every.items(), solved, strict=True):
                found[i] = _exposure(posed, amounts, volume)
    return [found[i] for i in range(len(asked))]


@dataclass(frozen=True)
class _Posed:
    """A case as the joint is asked about it."""

    case: Case
    release: Release
    reader: Reader
    plasma: Plasma
    plan: "_Plan"
    rates: JointRates
    dose: Array  # all that is given [kg], (draws, 1)

    @cached_property
    def arrivals(self) -> joint.Arrivals:
        """What enters each place."""
        plan = self.plan
        shares = (plan.fluid, plan.synovium, plan.plasma, plan.solid)
        return joint.Arrivals(*(share if share is plan.nothing else self.dose * share for share in shares))

    @property
    def moments(self) -> tuple[int, ...]:
        """The times at which the depth of the cartilage is shown."""
        return _moments(self.case.time)


def _posed(case: Case, loading: Loading, release: Release) -> _Posed:
    reader = Reader(case)
    plasma = plasma_of(case)
    plan = _gathered(case, release, reader)
    rates = joint_rates(case, reader, plasma, bool(plan.solid.any()))
    return _Posed(case, release, reader, plasma, plan, rates, (loading.given * case.doses)[:, None])


def _exposure(posed: _Posed, amounts: joint.JointAmounts, volume: Array) -> Exposure:
    case, release, reader, plasma = posed.case, posed.release, posed.reader, posed.plasma
    plan, rates, dose = posed.plan, posed.rates, posed.dose
    assert rates.cartilage is not None
    plasma_auc = rates.unbound_in_plasma * amounts.eliminated[:, -1] / rates.clearance
    shares = {name: as_shares(getattr(amounts, name), dose) for name in DISSOLVED}
    fluid, in_plasma = shares["fluid"], shares["plasma"]
    unbound = Levels({
        "synovial-fluid": partial(_in_fluid, fluid, dose * rates.unbound_in_fluid[:, None], volume),
        "synovium": partial(np.multiply, shares["synovium"], dose / rates.synovium_capacity[:, None]),
        "cartilage": partial(_in_cartilage, shares["cartilage"], dose, rates.cartilage),
        "plasma": partial(np.multiply, in_plasma, dose * (rates.unbound_in_plasma / rates.plasma_volume)[:, None]),
    })  # fmt: skip
    at_site = {
        "depot": plan.depot,
        "carriers": plan.carriers,
        "crystals": plan.nothing if plan.solid is plan.nothing else as_shares(amounts.solid, dose),
        "synovial fluid": fluid,
        "synovium": shares["synovium"],
        "cartilage": shares["cartilage"],
    }
    elsewhere = dict(plan.elsewhere)
    if rates.breakdown is not None and amounts.broken_down.any():
        elsewhere["broken down in the joint"] = as_shares(amounts.broken_down, dose)
    level = unbound["synovial-fluid"]
    saturation = level.max(axis=1) / rates.solubility
    parts = [amounts.cartilage_parts[i] for i in posed.moments]
    levels = [level[:, i].copy() for i in posed.moments]
    return Exposure(
        time=case.time,
        given=np.asarray(sum(event.share * (case.time >= event.start) for event in case.events)),
        at_site=at_site,
        in_plasma=in_plasma,
        eliminated=shares["eliminated"],
        drained=plan.drained,
        unbound=unbound,
        total=Levels({"synovial-fluid": partial(_in_fluid, fluid, dose, volume)}),
        carriers_left=plan.carriers_left,
        plasma_auc=plasma_auc,
        saturation=saturation,
        warnings=(*sink_warning(release.has_carriers, saturation), *plasma.notes, *reader.told),
        notes=(*remarks(case, rates, _stay(case.time, at_site)), *plan.notes),
        elsewhere=elsewhere,
        at_depth=Depths({"cartilage": partial(_profile, case.time, posed.moments, parts, levels, rates)}),
    )


class _Plan:
    """Shares of all that is given, over every dose, (draws, times): what arrives where, and what carriers hold."""

    def __init__(self, nothing: Array) -> None:
        self.fluid = self.synovium = self.plasma = self.solid = nothing
        self.depot = self.carriers = self.drained = self.carriers_left = nothing
        self.elsewhere: dict[str, Array] = {}
        self.notes: dict[str, None] = {}  # in order, each once
        self.nothing = nothing

    def add(self, event: Event, **shares: Array) -> None:
        """Add what one dose brings, as shares of that dose."""
        for name, share in shares.items():
            before = getattr(self, name)
            brought = share if event.share == 1.0 else event.share * share
            setattr(self, name, brought if before is self.nothing else before + brought)


def _gathered(case: Case, release: Release, reader: Reader) -> _Plan:
    """Sum up the doses."""
    nothing = np.broadcast_to(0.0, release.free.shape)
    plan = _Plan(nothing)
    schedule = injections(case)
    for event in case.events:
        shifted = of_event(release, event)
        place = setting(case, event)
        plan.notes |= dict.fromkeys(carrier_remarks(place))
        places = None if place.carrier is None else _places(place, shifted.carriers_out, reader, schedule)
        _add(plan, event, shifted, places, reader)
        if release.has_carriers:
            here = nothing if places is None else places.here
            plan.add(event, carriers_left=_carriers_left(case, event, shifted, here, reader))
    return plan


def _add(plan: _Plan, event: Event, release: Release, places: Whereabouts | None, reader: Reader) -> None:
    """Add one dose to the plan; `places` tells where its carriers are that move."""
    plan.add(event, carriers=release.in_free_carrier)
    if not release.has_carriers:
        # `free` holds what carriers set free as well, which arrives where they are
        into = {INTRAVENOUS: "plasma"}.get(event.route, "fluid")
        plan.add(event, **{into: release.free})
    if places is not None:
        _add_of_carriers(plan, event, release, places, reader)
    if event.route == INTRAVENOUS:
        if release.solid.any():
            plan.add(event, plasma=release.solid)
        if places is None:
            plan.elsewhere.setdefault(LYMPH, plan.depot)
        return
    if release.free_from_depot.any():
        share = reader.number("depot_release_share_to_fluid")[:, None]
        in_fluid = share * release.free_from_depot
        plan.add(event, fluid=in_fluid, synovium=release.free_from_depot - in_fluid)
    if release.solid.any():
        plan.add(event, solid=release.solid)
    if release.in_depot_carrier.any():
        plan.add(event, depot=release.in_depot_carrier)


def _add_of_carriers(plan: _Plan, event: Event, release: Release, places: Whereabouts, reader: Reader) -> None:
    """Add what carriers of one dose that move set free, and what those hold that are no longer at the site."""
    into_vein = event.route == INTRAVENOUS
    if not into_vein:  # it is all one where the others are
        places = Whereabouts(places.at_site, {LYMPH: places.gone})
    set_free, still = freed(release, places), still_held(release, places)
    trapped = set_free.get(IN_SYNOVIUM)
    if trapped is not None and trapped.any():
        in_fluid = reader.number("trapped_release_share_to_fluid")[:, None] * trapped
        plan.add(event, fluid=in_fluid, synovium=trapped - in_fluid)
    for name in places.elsewhere:
        plan.add(event, plasma=set_free[name], carriers=-still[name])
        if into_vein:
            plan.elsewhere[name] = plan.elsewhere.get(name, 0.0) + event.share * still[name]
        else:
            plan.add(event, drained=still[name])
    if not into_vein and IN_FLUID in set_free:
        plan.add(event, fluid=set_free[IN_FLUID])


def _places(place: Setting, arrived: Array, reader: Reader, schedule: tuple[tuple[float, float], ...]) -> Whereabouts:
    if place.carrier is None:
        return Whereabouts({IN_FLUID: arrived}, {})
    if place.event.route == INTRAVENOUS:
        found = _in_blood(place, arrived, reader)
    else:
        found = _in_joint(place, arrived, reader, schedule)
    if place.form != "cell":
        return found
    alive = cell_death(place.site).alive(np.maximum(place.time - place.event.start, 0.0))
    living = {name: share * alive for name, share in found.at_site.items()}
    return Whereabouts(living, {**found.elsewhere, DEAD: found.here * (1.0 - alive)})


def _in_joint(place: Setting, arrived: Array, reader: Reader, schedule: tuple[tuple[float, float], ...]) -> Whereabouts:
    escaping = particles.escaping_fraction(
        _size(place, reader), reader.number("particle_escape_diameter"), reader.number("particle_escape_exponent")
    )
    starts, volumes = zip(*schedule, strict=True)
    turnovers = drained_turnovers(
        place.time,
        reader.number("synovial_fluid_volume")[:, None],
        volumes,
        reader.number("volume_relaxation_time")[:, None],
        reader.number("lymph_flow")[:, None],
        starts,
    )
    # cells die where they are; what is left of them is no longer counted
    migration = np.zeros_like(escaping) if place.form == "cell" else reader.number("trapped_particle_migration_rate")
    fate = particles.carrier_fate(place.time, arrived, turnovers, escaping[:, None], migration[:, None])
    return Whereabouts(
        {IN_FLUID: fate.in_fluid, IN_SYNOVIUM: fate.trapped}, {LYMPH: fate.drained, CARRIED_OFF: fate.migrated}
    )


def _in_blood(place: Setting, arrived: Array, reader: Reader) -> Whereabouts:
    """Give where carriers in the circulation go: organs, and through leaky vessels into the synovium."""
    entering = particles.vascular_uptake(
        reader.number("particle_vascular_clearance"),
        _diameter(place),
        reader.number("vascular_gap_diameter", state=HEALTHY),  # what inflammation widens is in the ratio
        1.0 if place.site.circumstances.state == HEALTHY else reader.number(ENRICHMENT),
    )
    cleared = np.log(2.0) / reader.number("particle_blood_half_life")
    amounts = system(
        [BLOOD, IN_SYNOVIUM],
        {(BLOOD, IN_SYNOVIUM): entering / reader.number("plasma_volume", "systemic-circulation")},
        {(BLOOD, ORGANS): cleared, (IN_SYNOVIUM, CARRIED_OFF): reader.number("trapped_particle_migration_rate")},
    ).amounts(place.time, {BLOOD: arrived})
    return Whereabouts({IN_SYNOVIUM: amounts.inside[IN_SYNOVIUM]}, {BLOOD: amounts.inside[BLOOD], **amounts.lost})


def _diameter(place: Setting) -> Array:
    """Give the diameter of a carrier that moves [m], (draws,)."""
    carrier = place.carrier
    assert carrier is not None
    name = "cell_diameter" if place.form == "cell" and carrier.find("diameter") is None else "diameter"
    return carrier.read(name, NEEDED)[:, 0]


def _size(place: Setting, reader: Reader) -> Array:
    """Give the size that the synovium sieves [m], (draws,)."""
    size, carrier = _diameter(place), place.carrier
    assert carrier is not None
    if place.form != "particle" and carrier.find("zeta_potential") is None:
        return size  # of cells, vesicles and micelles that nobody measured: not positive
    charge = carrier.read("zeta_potential", NEEDED)[:, 0]
    return particles.effective_diameter(size, charge, reader.number("cationic_aggregate_diameter"))


def _carriers_left(case: Case, event: Event, release: Release, here: Array, reader: Reader) -> Array:
    """Give the share of the carriers of one dose, by their own substance, that is still at the site.

    `here` are those that move.
    """
    inner = case.inner.entry
    assert isinstance(inner, Carrier)
    age = np.maximum(case.time - event.start, 0.0)
    at_site = (case.time >= event.start) * (1.0 - release.carriers_out) + here
    if inner.form == "vesicle":
        lost = reader.number("trapped_lipid_degradation_rate")[:, None]
        return np.asarray(at_site * np.exp(-lost * age))
    if inner.form == "depot":
        return at_site
    return np.asarray(at_site * release.carrier_substance)


def _in_fluid(share: Array, dose: Array, volume: Array) -> Array:
    """Give the concentration in the fluid [kg/m3] of a share of the dose."""
    found = share * dose
    found /= volume
    return found


def _in_cartilage(share: Array, dose: Array, cartilage: Uptake) -> Array:
    """Give the mobile concentration in cartilage [kg/m3] of a share of the dose."""
    return cartilage.mean_mobile(share * dose)


def _volume(time: Array, rates: JointRates) -> Array:
    """Give the volume of the fluid, (draws, times), or (draws, 1) where it stays the same."""
    if not any(volume for _, volume in rates.injections):
        return rates.resting_volume[:, None]
    starts, volumes = zip(*rates.injections, strict=True)
    return fluid_volume(time, rates.resting_volume[:, None], volumes, rates.relaxation_time[:, None], starts)


def _stay(time: Array, at_site: dict[str, Array]) -> Array:
    """Give how long drug stays at the site [s], its share over time, (draws,)."""
    steps = np.diff(time, prepend=time[0], append=time[-1])
    counts = 0.5 * (steps[1:] + steps[:-1])
    return np.asarray(sum(share @ counts for share in at_site.values()))


def _moments(time: Array) -> tuple[int, ...]:
    """Give the times at which the depth of the cartilage is shown."""
    wanted = [day * 86400.0 for day in PROFILE_DAYS if day * 86400.0 <= time[-1]]
    return tuple(sorted({int(np.abs(time - moment).argmin()) for moment in wanted}))


def _profile(
    time: Array, moments: tuple[int, ...], parts: list[Array], levels: list[Array], rates: JointRates
) -> Profile:
    assert rates.cartilage is not None
    share = np.linspace(0.0, 1.0, DEPTHS) ** 2  # finer toward the surface
    found = [rates.cartilage.profile(held, level, share) for held, level in zip(parts, levels, strict=True)]
    depth = rates.cartilage.rates.thickness[:, None] * share
    return Profile(depth, time[list(moments)], np.stack(found, axis=2) if found else np.zeros((*depth.shape, 0)))
