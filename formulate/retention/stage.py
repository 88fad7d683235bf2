"""The retention stage: what arrives at the site, how long it stays there, and what reaches plasma."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from formulate.case import INTRAVENOUS, Case
from formulate.results import Exposure, Levels, Loading, Release
from formulate.retention import stage_bone, stage_cord, stage_defect, stage_disc, stage_knee
from formulate.retention.site import Asked, Going
from formulate.retention.stage_superposed import parts_of, summed
from materials.errors import FormulateError
from materials.schema import Site

Retained: TypeAlias = Callable[[Case, Loading, Release], Exposure]

WIDEST_IN_BLOOD = 6e-6  # m; wider rigid particles stay in the lungs of rats (kutscher2010)
ROUNDING = 1e-9  # of all that is given


def retain(case: Case, loading: Loading, release: Release) -> Exposure:
    """Give the exposure of a case; see the mechanism of the site for what is computed.

    Raises
    ------
    MissingValueError
        A number that the mechanism needs is given neither by the user nor by the catalog.

    Notes
    -----
    Amounts may come out of the modes of a site below zero by rounding: a concentration there is given as 0.
    """
    retained = RETENTION[_mechanism(case)]
    return summed([_completed(part[0], retained(*part)) for part in parts_of((case, loading, release))])


def retain_all(asked: Sequence[Asked]) -> list[Exposure | FormulateError]:
    """Give what `retain` gives for each of some cases, or the error it raises; alike ones are computed together."""
    lots = [parts_of(one) for one in asked]
    parts = iter(_retained([part for lot in lots for part in lot]))
    return [_whole([next(parts) for _ in lot]) for lot in lots]


def _whole(parts: Sequence[Exposure | FormulateError]) -> Exposure | FormulateError:
    found: list[Exposure] = []
    for part in parts:
        if isinstance(part, FormulateError):
            return part
        found.append(part)
    return summed(found)


def _retained(asked: Sequence[Asked]) -> list[Exposure | FormulateError]:
    found: dict[int, Exposure | FormulateError] = {}
    for mechanism in dict.fromkeys(_mechanism(case) for case, _, _ in asked):
        which = [i for i, (case, _, _) in enumerate(asked) if _mechanism(case) == mechanism]
        together = TOGETHER.get(mechanism, partial(_one_by_one, RETENTION[mechanism]))
        found |= dict(zip(which, together([asked[i] for i in which]), strict=True))
    exposures = ((asked[i][0], found[i]) for i in range(len(asked)))
    return [one if isinstance(one, FormulateError) else _completed(case, one) for case, one in exposures]


def _one_by_one(retained: Retained, asked: Sequence[Asked]) -> list[Exposure | FormulateError]:
    found: list[Exposure | FormulateError] = []
    for one in asked:
        try:
            found.append(retained(*one))
        except FormulateError as error:
            found.append(error)
    return found


def _mechanism(case: Case) -> str:
    site = case.site.entry
    assert isinstance(site, Site)
    return site.mechanisms.retention


def _completed(case: Case, found: Exposure) -> Exposure:
    """Add what is said of every site, and take away what rounding leaves below zero."""
    found = replace(found, warnings=(*found.warnings, *_lodged(case), *_same_at_any_start(case, _mechanism(case))))
    if min(share.min() for share in (*found.at_site.values(), found.in_plasma)) < -ROUNDING:
        return found  # more than rounding is a fault to be seen
    assert isinstance(found.unbound, Levels)
    return replace(found, unbound=found.unbound.not_below_zero)


def _lodged(case: Case) -> tuple[str, ...]:
    """Say when particles are given into a vein that its capillaries do not pass."""
    into_vein = INTRAVENOUS in {event.route for event in case.events}
    if not into_vein or case.holder_form != "particle" or case.inner.find("diameter") is None:
        return ()
    wide = float((case.inner.read("diameter", "retention") > WIDEST_IN_BLOOD).mean())
    if wide < 0.05:
        return ()
    return (
        f"in {wide:.0%} of the draws the particles are wider than {WIDEST_IN_BLOOD * 1e6:g} um: given into a vein they "
        "lodge in the capillaries of the lung, which is dangerous and not computed",
    )


def _same_at_any_start(case: Case, mechanism: str) -> tuple[str, ...]:
    """Say when a start before or after an injury is asked for, and the site is the same at any time."""
    start = case.formulation.regimen.start
    if case.formulation.regimen.since_injury == 0.0:
        return ()
    if mechanism in FOLLOWS_INJURY and FOLLOWS_INJURY[mechanism](case):
        return ()
    return (
        f"regimen.start {start}: nothing that is known of this site in this state changes with the time after an "
        "injury, so every start gives the same numbers",
    )


RETENTION: dict[str, Retained] = {
    "synovial-joint": stage_knee.synovial_joint,
    "intervertebral-disc": stage_disc.intervertebral_disc,
    "spinal-cord": stage_cord.spinal_cord,
    "systemic-bone": stage_bone.systemic_bone,
    "bone-defect": stage_defect.bone_defect,
}

# sites whose cases share most of the work
TOGETHER: dict[str, Callable[[Sequence[Asked]], list[Exposure | FormulateError]]] = {
    "synovial-joint": stage_knee.synovial_joints,
    "intervertebral-disc": stage_disc.intervertebral_discs,
    "spinal-cord": stage_cord.spinal_cords,
    "systemic-bone": stage_bone.systemic_bones,
    "bone-defect": stage_defect.bone_defects,
}

# where carriers go at a site, whatever they hold
WHEREABOUTS: dict[str, Going] = {
    "synovial-joint": stage_knee.whereabouts,
    "intervertebral-disc": stage_disc.whereabouts,
    "spinal-cord": stage_cord.whereabouts,
    "systemic-bone": stage_bone.whereabouts,
    "bone-defect": stage_defect.whereabouts,
}

# whether a case changes with the time from the injury to the first dose; at other sites none does
FOLLOWS_INJURY: dict[str, Callable[[Case], bool]] = {
    "spinal-cord": stage_cord.follows_injury,
    "bone-defect": stage_defect.follows_injury,
}
