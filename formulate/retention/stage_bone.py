"""Bone and marrow: drug from blood or from a deposit, mineral that holds it, carriers that marrow takes up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from formulate.case import Case
from formulate.regimen import Event
from formulate.results import Exposure, Levels, Loading, Release
from formulate.retention import bone
from formulate.retention.bone import DEGRADED, ELIMINATED, Skeleton, Tissue, skeleton_system
from formulate.retention.dissolving import dissolved
from formulate.retention.site import Asked, Setting, Whereabouts, as_shares, fingerprint, side_by_side
from formulate.retention.species import Plasma, plasma_of
from formulate.retention.stage_bone_carriers import IN_MARROW, places
from formulate.retention.stage_bone_inputs import Reader, crystals_of, skeleton_of, sorted_solid
from formulate.retention.stage_bone_remarks import remarks, sink_warning, warnings
from formulate.retention.stage_drug import optional
from formulate.retention.stage_gathering import INTRAVENOUS, Gathered, gathered
from formulate.retention.together import Followed, amounts_of_all
from formulate.sampling import Array
from materials.errors import FormulateError


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
    Put into bone they stay in marrow until cells carry them off; cells die. Given into a vein, particles and vesicles
    are taken up by liver, spleen, lung, kidney and marrow, by their surface (sou2007, shalgunov2017); cells are caught
    in the lungs, and few of them reach marrow.
    """
    return places(place, arrived, IN_MARROW)


def systemic_bone(case: Case, loading: Loading, release: Release) -> Exposure:
    """Plasma, marrow, the fluid of bone and its mineral; a deposit in marrow; carriers in blood and their organs.

    Carriers in marrow release there, those elsewhere into plasma. Uptake of bare particles saturates with the dose.
    """
    return _solved([_posed(case, loading, release)])[0]


def systemic_bones(asked: Sequence[Asked]) -> list[Exposure | FormulateError]:
    """Give what `systemic_bone` gives for each case, the cases of one skeleton and drug solved together."""
    return side_by_side(asked, _posed, _solved)


@dataclass(frozen=True)
class _Posed:
    """A case as the skeleton is asked about it."""

    case: Case
    release: Release
    reader: Reader
    plasma: Plasma
    skeleton: Skeleton
    whole: Gathered
    dose: Array  # all that is given [kg], (draws, 1)
    came: dict[str, Array]  # dissolved drug [kg], (draws, times)
    crystals: Array  # share of all that is given
    told: tuple[str, ...]

    @property
    def key(self) -> tuple[object, ...]:
        """What the course of dissolved drug depends on but for what enters."""
        return (self.case.time.tobytes(), *fingerprint(self.skeleton))


def _posed(case: Case, loading: Loading, release: Release) -> _Posed:
    reader, plasma = Reader(case), plasma_of(case)
    local = any(event.route != INTRAVENOUS for event in case.events)
    skeleton = skeleton_of(case, reader, plasma, local)
    loaded = next((layer.loaded_mass for layer in loading.layers if layer.layer == case.holder.id), None)

    def going(place: Setting, arrived: Array) -> Whereabouts:
        mass = None if loaded is None else loaded * place.event.share * case.doses
        return places(place, arrived, IN_MARROW, mass)

    def given_to(event: Event) -> dict[str, float]:
        return {bone.PLASMA if event.route == INTRAVENOUS else bone.LOCAL_MARROW: 1.0}

    def freed_to(event: Event) -> dict[str, float]:
        return {bone.MARROW if event.route == INTRAVENOUS else bone.LOCAL_MARROW: 1.0}

    whole = gathered(case, release, going, given_to, freed_to)
    dose = (loading.given * case.doses)[:, None]
    came = {name: dose * amount for name, amount in whole.arrived.items()}
    crystals = np.zeros_like(whole.depot)
    solids, told = sorted_solid(case.payload, whole.solid)
    for name, share in whole.solid.items():
        gone = dose * share
        if name in solids:
            assert skeleton.local is not None
            volume, outflow = skeleton.local.marrow_volume, _outflow(skeleton.local, skeleton)
            gone = dissolved(case.time, dose * share, came[name], volume, outflow, crystals_of(case.payload))
        crystals = crystals + share - gone / dose
        came[name] = came[name] + gone
    return _Posed(case, release, reader, plasma, skeleton, whole, dose, came, crystals, told)


def _solved(group: Sequence[_Posed]) -> list[Exposure]:
    """Give the exposures of cases of one skeleton and drug."""
    compartments = skeleton_system(group[0].skeleton)
    found = amounts_of_all(compartments, group[0].case.time, [posed.came for posed in group])
    return [_exposure(posed, amounts) for posed, amounts in zip(group, found, strict=True)]


def _exposure(posed: _Posed, amounts: Followed) -> Exposure:
    case, reader, plasma, skeleton = posed.case, posed.reader, posed.plasma, posed.skeleton
    whole, dose = posed.whole, posed.dose
    plasma_auc = _auc(amounts.lost[ELIMINATED][:, -1], skeleton)
    amounts.lost[ELIMINATED] += amounts.lost[DEGRADED]
    inside = {name: as_shares(amount, dose) for name, amount in amounts.inside.items()}
    marrow, fluid, tissue = bone.MARROW, bone.BONE, skeleton.whole
    if skeleton.local is not None:
        marrow, fluid, tissue = bone.LOCAL_MARROW, bone.LOCAL_BONE, skeleton.local
    in_plasma, by_volume = inside[bone.PLASMA], dose / skeleton.plasma_volume[:, None]
    unbound = Levels({
        "plasma": partial(np.multiply, in_plasma, by_volume * skeleton.unbound_in_plasma[:, None]),
        "bone-marrow": partial(np.multiply, inside[marrow], dose / tissue.marrow_volume[:, None]),
        "bone": partial(np.multiply, inside[fluid], dose / tissue.bone_volume[:, None]),
    })  # fmt: skip
    saturation = np.maximum(unbound["bone-marrow"], unbound["plasma"]).max(axis=1) / optional(
        case.payload, "aqueous_solubility", np.inf
    )
    at_site = {
        "depot": whole.depot,
        "carriers": whole.carriers,
        "crystals": posed.crystals,
        "marrow": _both(inside, bone.MARROW, bone.LOCAL_MARROW),
        "bone": _both(inside, bone.BONE, bone.LOCAL_BONE),
        "mineral": _both(inside, bone.SURFACE, bone.DEEP),
    }
    return Exposure(
        time=case.time,
        given=np.asarray(sum(event.share * (case.time >= event.start) for event in case.events)),
        at_site=at_site,
        in_plasma=in_plasma,
        eliminated=as_shares(amounts.lost[ELIMINATED], dose),
        drained=whole.drained,
        unbound=unbound,
        total=Levels({"plasma": partial(np.multiply, in_plasma, by_volume)}),
        carriers_left=whole.carriers_left,
        plasma_auc=plasma_auc,
        saturation=saturation,
        warnings=(
            *warnings(case, reader, skeleton),
            *sink_warning(posed.release.has_carriers, saturation, "marrow"),
            *posed.told,
            *plasma.notes,
        ),
        notes=(*remarks(case, skeleton), *whole.notes, *reader.told),
        elsewhere=whole.elsewhere,
    )


def _both(inside: Mapping[str, Array], one: str, other: str) -> Array:
    """Give what two compartments hold, where there are any."""
    found = [inside[name] for name in (one, other) if name in inside]
    return np.asarray(sum(found[1:], start=found[0])) if found else np.zeros_like(inside[bone.PLASMA])


def _auc(eliminated: Array, skeleton: Skeleton) -> Array:
    """Give the area under the unbound concentration in plasma [kg s/m3], from what left it for good."""
    area: Array = skeleton.unbound_in_plasma * eliminated / (skeleton.clearance * (1.0 - skeleton.mineral_share))
    return area


def _outflow(tissue: Tissue, skeleton: Skeleton) -> Array:
    """Give the rate at which dissolved drug leaves a piece of marrow [1/s]."""
    leaves = tissue.into_plasma + tissue.over_edge + tissue.into_bone + tissue.into_mineral
    rate: Array = leaves / tissue.marrow_volume + skeleton.degradation
    return rate
