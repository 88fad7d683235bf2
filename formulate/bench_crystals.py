"""Crystals in a vessel on the bench: how they dissolve before any site is there."""

from dataclasses import replace

import numpy as np

from formulate.case import Case
from formulate.crystal_sizes import crystal_sizes
from formulate.dissolution import dissolved_in_vessel, dissolved_into_sink
from formulate.results import Loading, Release

NEEDED = "release"


def on_the_bench(case: Case, loading: Loading, computed: Release, medium: float | None = None) -> Release:
    """Give the release of a drug without a carrier as a vessel would show it: its crystals dissolve there.

    Parameters
    ----------
    case : Case
        The formulation, on the bench.
    loading : Loading
        What of it is solid.
    computed : Release
        With all crystals still solid.
    medium : float, optional
        Volume of the medium [m3]; a sink if not given.

    Raises
    ------
    MissingValueError
        A number that dissolving needs is given neither by the user nor by the catalog.
    DomainError
        The sizes of the crystals are too wide.
    """
    if not computed.solid.any():
        return computed
    # a vessel takes the wanted dose, whether or not it fits an injection
    wanted = np.full_like(loading.given[:, None], loading.wanted)
    solid = np.clip(1.0 - (1.0 - computed.solid[:, :1]) * loading.given[:, None] / wanted, 0.0, 1.0)
    payload = case.payload
    if payload.find("crystal_diameter") is None:
        told = (
            f"no size of crystals of {payload.entry.id} is known: they count as dissolved at once; set crystal_diameter"
        )
        free = np.ones_like(computed.free)
        return replace(computed, free=free, solid=1.0 - free, warnings=(*computed.warnings, told))
    sizes = crystal_sizes(payload, NEEDED, stirred=True)
    diffusivity, solubility, density = (
        payload.read(name, NEEDED) for name in ("diffusion_coefficient_water", "aqueous_solubility", "crystal_density")
    )
    radius = sizes.radius[:, None]
    spread = np.ones_like(radius) if sizes.geometric_sd is None else sizes.geometric_sd[:, None]
    if medium is None:
        share = dissolved_into_sink(case.time, radius, diffusivity, solubility, density, spread)
        told = "crystals dissolve into a sink; with --medium into a vessel that they may saturate"
    else:
        # what is dissolved from the start takes its part of the room
        put_in = wanted / medium
        room = np.maximum(solubility - (1.0 - solid) * put_in, 1e-9 * solubility)
        crystals = np.maximum(solid * put_in, 1e-12 * room)
        # of Noyes and Whitney: the driving force is the room that is left
        share = dissolved_in_vessel(case.time, radius, diffusivity, room, density, crystals, spread)
        full = float((crystals > room).mean())
        told = f"in {full:.0%} of the draws the medium is saturated before all is dissolved" if full > 0.05 else ""
    free = 1.0 - solid * (1.0 - share)
    warnings = (*computed.warnings, *((told,) if told else ()))
    return replace(computed, free=free, solid=1.0 - free, warnings=warnings)
