"""Release from a gel depot that holds the drug itself."""

import numpy as np

from formulate.case import Case
from formulate.release import diffusion, gel
from formulate.release.stage_nest import NEEDED, gel_of
from formulate.release.stage_triggers import own_time
from formulate.results import Loading, Release
from formulate.steps import cumulated, middle


def gel_diffusion(case: Case, loading: Loading) -> Release:
    """Diffusion through the mesh of a gel depot that degrades; suspended drug follows a dissolving front.

    Dissolved drug leaves by diffusion, and with the gel as it degrades. Crystals stay behind the front at which
    the gel water falls below saturation; those in gel that degrades are set free solid.
    """
    diffusivity, radius, _, by_volume = gel_of(case)
    degraded = gel.degraded(own_time(case, case.inner), case.inner.read("gel_degradation_half_life", NEEDED))
    # per volume of gel, whose water alone dissolves
    solubility = case.payload.read("aqueous_solubility", NEEDED) * (1.0 - by_volume)
    concentration = loading.given[:, None] / case.volume
    over = concentration > solubility
    front = gel.released_from_dissolving_front(
        case.time, radius, diffusivity, np.where(over, concentration, 2 * solubility), solubility
    )
    solved = diffusion.released_from_sphere(diffusivity * case.time / radius**2)
    # the front counts what is dissolved in its shell as gone; drug can leave no faster than if all were dissolved
    crossed = np.where(over, np.minimum(front, solved), solved)
    left = 1.0 - degraded
    # two competing exits at once: across the gel (weighted by the gel still there) or out with the gel
    by_diffusion = cumulated(np.diff(crossed) * middle(left))
    in_depot = (1.0 - crossed) * left
    with_gel = np.clip(1.0 - in_depot - by_diffusion, 0.0, None)
    solid_share = np.where(over, 1.0 - solubility / concentration, 0.0)
    solid = with_gel * solid_share
    free = 1.0 - in_depot - solid
    nothing = np.zeros_like(free)
    return Release(
        case.time,
        in_depot,
        nothing,
        solid,
        free,
        free,
        degraded,
        np.ones_like(free),
        left,
        True,
    )
