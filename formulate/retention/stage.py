"""The retention stage: what arrives at the site, how long it stays there, and what reaches plasma."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from formulate.case import Case
from formulate.results import Exposure, Loading, Release
from formulate.retention import stage_bone, stage_cord, stage_defect, stage_disc, stage_knee
from formulate.retention.site import Going, require_no_depot_in_blood
from formulate.sampling import Array
from materials.schema import Site

ROUNDING = 1e-9  # of the largest concentration


def retain(case: Case, loading: Loading, release: Release) -> Exposure:
    """Give the exposure of a case; see the mechanism of the site for what is computed.

    Raises
    ------
    MissingValueError
        A number that the mechanism needs is given neither by the user nor by the catalog.
    FileError
        A depot is given into a vein.

    Notes
    -----
    A concentration of nothing may come out of the modes of a site below zero by the rounding of the largest: it is
    given as 0.
    """
    if release.in_depot_carrier.any():
        require_no_depot_in_blood(case.formulation.regimen)
    site = case.site.entry
    assert isinstance(site, Site)
    found = RETENTION[site.mechanisms.retention](case, loading, release)
    return replace(found, unbound={name: _without_rounding(curve) for name, curve in found.unbound.items()})


def _without_rounding(curve: Array) -> Array:
    rounded = (curve < 0.0) & (curve > -ROUNDING * curve.max(initial=0.0))
    return np.where(rounded, 0.0, curve)


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
