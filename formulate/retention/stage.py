"""The retention stage: what arrives at the site, how long it stays there, and what reaches plasma."""

from collections.abc import Callable

from formulate.case import Case
from formulate.results import Exposure, Loading, Release
from formulate.retention import stage_bone, stage_cord, stage_defect, stage_disc, stage_knee
from formulate.retention.site import Going
from materials.schema import Site


def retain(case: Case, loading: Loading, release: Release) -> Exposure:
    """Give the exposure of a case; see the mechanism of the site for what is computed.

    Raises
    ------
    MissingValueError
        A number that the mechanism needs is given neither by the user nor by the catalog.
    """
    site = case.site.entry
    assert isinstance(site, Site)
    return RETENTION[site.mechanisms.retention](case, loading, release)


RETENTION: dict[str, Callable[[Case, Loading, Release], Exposure]] = {
    "synovial-joint": stage_knee.synovial_joint,
    "intervertebral-disc": stage_disc.intervertebral_disc,
    "spinal-cord": stage_cord.spinal_cord,
    "systemic-bone": stage_bone.systemic_bone,
    "bone-defect": stage_defect.bone_defect,
}

# where carriers go at a site, whatever they hold
WHEREABOUTS: dict[str, Going] = {
    "synovial-joint": stage_knee.whereabouts,
    "intervertebral-disc": stage_disc.whereabouts,
    "spinal-cord": stage_cord.whereabouts,
    "systemic-bone": stage_bone.whereabouts,
    "bone-defect": stage_defect.whereabouts,
}
