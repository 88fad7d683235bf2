"""A bone defect: what scaffold, clot and carriers hold there, what is dissolved, what reaches plasma."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from formulate.case import Case
from formulate.regimen import Event
from formulate.results import Exposure, Levels, Loading, Release
from formulate.retention import bone, defect
from formulate.retention.cord_barrier import capillary_clearance
from formulate.retention.defect import DEGRADED, ELIMINATED, Defect, defect_system
from formulate.retention.dissolving import dissolved
from formulate.retention.site import Asked, Setting, Whereabouts, as_shares, fingerprint, side_by_side
from formulate.retention.species import VOLUME, Plasma, plasma_of
from formulate.retention.stage_bone_carriers import places
from formulate.retention.stage_bone_inputs import TISSUE_DENSITY, Reader, crystals_of, sorted_solid, wall
from formulate.retention.stage_bone_remarks import liquid, sink_warning
from formulate.retention.stage_drug import NEEDED, mobility, optional
from formulate.retention.stage_gathering import Gathered, gathered
from formulate.retention.together import Followed, amounts_of_all
from formulate.sampling import Array
from materials.errors import FormulateError

INJECTED = "local-bone"
IN_DEFECT = "defect"
FRACTURE = "fracture"
REFERENCE_POINT = 8.5  # pI of the BMP-2 that `scaffold_retained_fraction` is of
LIGHT = 2.0  # kg/mol; below it nothing is held by charge alone


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
    They stay in the defect until cells or fluid carry them off; cells die.
    """
    return places(place, arrived, IN_DEFECT)


def bone_defect(case: Case, loading: Loading, release: Release) -> Exposure:
    """A defect and plasma; a protein that soaks a scaffold, or is injected into a clot, is held by them at first.

    Where a release is computed, a gel or carriers are the source, and nothing else holds the drug.
    """
    return _solved([_posed(case, loading, release)])[0]


def bone_defects(asked: Sequence[Asked]) -> list[Exposure | FormulateError]:
    """Give what `bone_defect` gives for each case, the cases of one defect and drug solved together."""
    return side_by_side(asked, _posed, _solved)


@dataclass(frozen=True)
class _Posed:
    """A case as the defect is asked about it."""

    case: Case
    release: Release
    reader: Reader
    plasma: Plasma
    here: Defect
    whole: Gathered
    dose: Array  # all that is given [kg], (draws, 1)
    came: dict[str, Array]  # dissolved drug [kg], (draws, times)
    crystals: Array  # share of all that is given
    told: tuple[str, ...]

    @property
    def key(self) -> tuple[object, ...]:
        """What the course of dissolved drug depends on but for what enters."""
        return (self.case.time.tobytes(), *fingerprint(self.here))


def _posed(case: Case, loading: Loading, release: Release) -> _Posed:
    reader, plasma = Reader(case), plasma_of(case)
    here = defect_of(case, reader, plasma)

    def freed_to(event: Event) -> dict[str, float]:
        return {defect.DEFECT: 1.0}

    whole = gathered(case, release, whereabouts, lambda event: _held(case, reader, event), freed_to)
    dose = (loading.given * case.doses)[:, None]
    came = {name: dose * amount for name, amount in whole.arrived.items()}
    crystals = np.zeros_like(whole.depot)
    solids, told = sorted_solid(case.payload, whole.solid)
    for name, solid in whole.solid.items():
        gone = dose * solid
        if name in solids:
            gone = dissolved(case.time, gone, came[name], here.volume, here.local_rate, crystals_of(case.payload))
        crystals = crystals + solid - gone / dose
        came[name] = came[name] + gone
    return _Posed(case, release, reader, plasma, here, whole, dose, came, crystals, told)


def _solved(group: Sequence[_Posed]) -> list[Exposure]:
    """Give the exposures of cases of one defect and drug."""
    found = amounts_of_all(defect_system(group[0].here), group[0].case.time, [posed.came for posed in group])
    return [_exposure(posed, amounts) for posed, amounts in zip(group, found, strict=True)]


def _exposure(posed: _Posed, amounts: Followed) -> Exposure:
    case, reader, plasma, here = posed.case, posed.reader, posed.plasma, posed.here
    whole, dose = posed.whole, posed.dose
    plasma_auc = plasma.unbound_fraction * amounts.lost[ELIMINATED][:, -1] / plasma.clearance
    amounts.lost[ELIMINATED] += amounts.lost[DEGRADED]
    inside = {name: as_shares(amount, dose) for name, amount in amounts.inside.items()}
    in_plasma, by_volume = inside[defect.PLASMA], dose / plasma.volume[:, None]
    unbound = Levels({
        "defect": partial(np.multiply, inside[defect.DEFECT], dose / here.volume[:, None]),
        "plasma": partial(np.multiply, in_plasma, by_volume * plasma.unbound_fraction[:, None]),
    })  # fmt: skip
    saturation = unbound["defect"].max(axis=1) / optional(case.payload, "aqueous_solubility", np.inf)
    return Exposure(
        time=case.time,
        given=np.asarray(sum(event.share * (case.time >= event.start) for event in case.events)),
        at_site={
            "depot": whole.depot,
            "carriers": whole.carriers,
            "crystals": posed.crystals,
            "scaffold": inside[defect.FAST] + inside[defect.SLOW],
            "clot": inside[defect.CLOT],
            "defect": inside[defect.DEFECT],
        },
        in_plasma=in_plasma,
        eliminated=as_shares(amounts.lost[ELIMINATED], dose),
        drained=whole.drained,
        unbound=unbound,
        total=Levels({"plasma": partial(np.multiply, in_plasma, by_volume)}),
        carriers_left=whole.carriers_left,
        plasma_auc=plasma_auc,
        saturation=saturation,
        warnings=(
            *_warnings(case, here),
            *sink_warning(posed.release.has_carriers, saturation, "defect"),
            *posed.told,
            *plasma.notes,
        ),
        notes=(*_remarks(case, here, inside), *_of_gel(case, whole.depot), *whole.notes, *reader.told),
        elsewhere=whole.elsewhere,
    )


def defect_of(case: Case, reader: Reader, plasma: Plasma) -> Defect:
    """Give the constants of the defect of a case for its drug."""
    payload = case.payload
    fresh = case.inputs.circumstances.state == FRACTURE
    volume = reader.scaled("haematoma_volume" if fresh else "defect_volume", VOLUME, "volume of the defect")
    flow = reader.scaled("perfusion", -0.25, "blood flow per mass", error="transport_scaling_error")
    flow = flow * TISSUE_DENSITY * reader.number("plasma_share_of_blood")
    permeability = wall(payload, reader)
    by_blood = capillary_clearance(permeability, flow, plasma.unbound_fraction)
    spreads = mobility(payload)[0] * reader.number("tissue_diffusion_ratio")
    edge = bone.edge_conductance(volume, spreads, by_blood)
    both = bone.local_clearance(volume, edge, flow, permeability, plasma.unbound_fraction)
    nothing = np.zeros_like(volume)
    rates = {name: nothing for name in ("fast", "slow", "clot")}
    if any(_soaks(case, event) for event in case.events):
        rates["fast"] = np.log(2.0) / reader.number("scaffold_fast_half_life")
        rates["slow"] = np.log(2.0) / reader.number("scaffold_slow_half_life")
    if follows_injury(case):
        rates["clot"] = 1.0 / reader.scaled("haematoma_lifetime", 0.0, "")
    return Defect(
        volume=volume,
        into_plasma=both - edge,
        over_edge=edge,
        fast_rate=rates["fast"],
        slow_rate=rates["slow"],
        clot_rate=rates["clot"],
        degradation=np.log(2.0) / optional(payload, "tissue_degradation_half_life", np.inf) + nothing,
        plasma_volume=plasma.volume,
        unbound_in_plasma=plasma.unbound_fraction,
        clearance=plasma.clearance,
    )


def _is_protein(case: Case) -> bool:
    """Say whether the drug is one that scaffold and clot hold by its charge, and dissolved when it is given."""
    payload = case.payload
    large = payload.find("isoelectric_point") is not None and payload.typical("molar_mass", NEEDED) >= LIGHT
    return large and case.holder_form == "dissolved" and len(case.layers) == 1


def _soaks(case: Case, event: Event) -> bool:
    return event.route != INJECTED and _is_protein(case)


def follows_injury(case: Case) -> bool:
    """Say whether numbers change with the time from the injury to the first dose: a clot is older then."""
    return any(_clots(case, event) for event in case.events)


def _clots(case: Case, event: Event) -> bool:
    return event.route == INJECTED and case.inputs.circumstances.state == FRACTURE and _is_protein(case)


def _held(case: Case, reader: Reader, event: Event) -> dict[str, Array | float]:
    """Give which shares of what is given dissolved come into the fluid, onto a scaffold and into a clot, (draws, 1)."""
    if _soaks(case, event):
        kept = defect.scaffold_retained_fraction(
            reader.number("scaffold_retained_fraction"),
            case.payload.read("isoelectric_point", NEEDED)[:, 0],
            REFERENCE_POINT,
            reader.number("scaffold_charge_slope"),
        )[:, None]
        fast = reader.number("scaffold_fast_fraction")[:, None]
        return {defect.FAST: kept * fast, defect.SLOW: kept * (1.0 - fast), defect.DEFECT: 1.0 - kept}
    if _clots(case, event):
        kept = defect.clot_held_fraction(
            reader.number("clot_retained_fraction"),
            reader.scaled("haematoma_lifetime", 0.0, ""),
            reader.since_injury + event.start,
        )[:, None]
        return {defect.CLOT: kept, defect.DEFECT: 1.0 - kept}
    return {defect.DEFECT: 1.0}


def _warnings(case: Case, here: Defect) -> tuple[str, ...]:
    room = float(np.median(here.volume))
    if case.volume <= 1.05 * room:
        return ()
    return (
        f"{liquid(case.volume)} is put into a defect of about {liquid(room)}: what does not fit lies in the soft "
        "tissue around it and leaves by other ways",
    )


def _remarks(case: Case, here: Defect, inside: dict[str, Array]) -> tuple[str, ...]:
    """Give the pitfalls that apply to a case."""
    at = case.inputs.circumstances
    said = []
    if "growth-factor" in case.payload.entry.class_id or case.payload.find("isoelectric_point") is not None:
        said += [
            "more retention is not better without end: of gelatin gels those of intermediate retention made most bone, "
            "in two ectopic studies the burst mattered, in another the slowest carrier won. This is exposure, no score",
            "doses of BMP-2 go with the volume of the defect, not with body mass",
        ]
    if inside[defect.SLOW].any():
        said.append(
            "the scaffold is taken as a collagenous sponge; carriers keep 10 to 75 % of BMP-2 past three hours. Its "
            "later release (0.1 to 0.25 per day) is a prior: use in vivo or serum data, release into buffer is slower"
        )
    if inside[defect.CLOT].any():
        said.append("how much of a protein a fracture clot holds was not measured: 5 to 80 % is a prior")
    own = np.log(2.0) * here.plasma_volume / here.clearance
    if float((np.log(2.0) / here.local_rate > own).mean()) > 0.5:
        said.append(
            "the plasma curve will fall with the exit from the defect, not with the drug's own half-life: flip-flop"
        )
    said.append("the volume and blood flow of a defect are priors, wider than tenfold: concentrations go with them")
    if at.species in ("mouse", "rat"):
        said.append("a share of the dose per gram of so small a callus looks large and is not a dose")
    said.append("bone goes on forming after the drug is gone: residence is not duration of effect")
    return tuple(said)


def _of_gel(case: Case, depot: Array) -> tuple[str, ...]:
    """Warn where a gel may hold a protein that its release lets diffuse freely."""
    if not depot.any() or case.payload.find("isoelectric_point") is None:
        return ()
    return (
        "a gel is left by diffusion alone: a protein that its polymer binds stays far longer (BMP-2 in acidic gelatin "
        "over 30 days in mice): give the gel a measured release",
    )
