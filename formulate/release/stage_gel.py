"""Release from a gel depot that holds the drug itself."""

import numpy as np

from formulate.case import Case
from formulate.release.binding import time_beside_sites
from formulate.release.fronts import released_behind_front
from formulate.release.shapes import released_from_shape
from formulate.release.stage_depot import NEEDED, Depot, depot_of
from formulate.release.stage_nest import binding_sites
from formulate.release.stage_triggers import trigger_factor
from formulate.results import Loading, Release
from formulate.sampling import Array
from formulate.steps import cumulated, middle

MANY = 0.05  # of the draws, for a warning


def gel_diffusion(case: Case, loading: Loading) -> Release:
    """Diffusion through the mesh of a gel depot that degrades; suspended drug follows a dissolving front.

    Dissolved drug leaves by diffusion, the slower the more of it sites bind, and with the gel as it degrades.
    Crystals stay behind the front at which the gel water falls below saturation; those in gel that degrades are set
    free solid.
    """
    depot = depot_of(case.inner, case.volume, trigger_factor(case, case.inner))
    in_water, radius = (case.payload.read(name, NEEDED) for name in ("diffusion_coefficient_water", "stokes_radius"))
    unbound = depot.progress(case.time, in_water, radius)
    degraded = np.broadcast_to(depot.degraded(case.time), unbound.shape)
    # per volume of gel, whose water alone dissolves
    solubility = case.payload.read("aqueous_solubility", NEEDED) * (1.0 - depot.by_volume)
    concentration = loading.given[:, None] / depot.volume
    holds, slowed, told = solubility, unbound, list(depot.warnings)
    if (bound := binding_sites(case)) is not None:
        sites, half = bound
        holds = solubility + sites * solubility / (half + solubility)
        slowed = time_beside_sites(unbound, np.minimum(concentration, holds), sites, half, depot.shape)
        fold = float(f"{np.median(1.0 + sites / half):.3g}")
        told.append(f"binding sites of the gel slow the drug {fold:g}-fold while nearly empty, less while full")
    elif case.inner.find("binding_site_concentration") is not None:
        told.append(
            f"how strongly the sites of the gel bind {case.payload.entry.id} is not known "
            "(binding_dissociation_constant): its release is computed as if they did not"
        )
    over = concentration > holds
    front = released_behind_front(unbound, np.where(over, concentration, 2 * solubility), solubility, depot.shape)
    solved = released_from_shape(slowed, depot.shape)
    # the front counts what is dissolved in its shell as gone; drug can leave no faster than if all were dissolved
    crossed = np.where(over, np.minimum(front, solved), solved)
    left = 1.0 - degraded
    # two competing exits at once: across the gel (weighted by the gel still there) or out with the gel
    by_diffusion = cumulated(np.diff(crossed) * middle(left))
    in_depot = (1.0 - crossed) * left
    with_gel = np.clip(1.0 - in_depot - by_diffusion, 0.0, None)
    solid_share = np.where(over, 1.0 - holds / concentration, 0.0)
    solid = with_gel * solid_share
    free = 1.0 - in_depot - solid
    nothing, everything = (np.broadcast_to(share, free.shape) for share in (0.0, 1.0))
    return Release(
        case.time,
        in_depot,
        nothing,
        solid,
        free,
        free,
        degraded,
        everything,
        left,
        True,
        (*told, *_held(radius, depot)),
    )


def _held(radius: Array, depot: Depot) -> list[str]:
    share = float((radius >= depot.mesh).mean())
    if share < MANY:
        return []
    how = f" ({depot.how_it_widens})" if depot.chain_loss.any() else ""
    return [
        f"in {share:.0%} of the draws the mesh is too narrow for the drug, which waits until it widens or goes{how}"
    ]
