"""The release stage: where the payload is against time, in its layers or out of them, whatever the site does."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from formulate.case import Case
from formulate.release.stage_equilibrium import desorption, micelle_partition
from formulate.release.stage_gel import gel_diffusion
from formulate.release.stage_learned import learned
from formulate.release.stage_measured import measured
from formulate.release.stage_polyester import polyester_degradation
from formulate.release.stage_triggers import triggers_told
from formulate.release.stage_vesicle import multivesicular_erosion, vesicle_membrane
from formulate.release.stage_within import carriers_in_particles
from formulate.release_choice import PROFILES, choice
from formulate.results import Loading, Release
from materials.schema import Carrier


def release(case: Case, loading: Loading) -> Release:
    """Give the release of a case: by the law that was measured, by published profiles of its kind, or by mechanism.

    Raises
    ------
    MissingValueError
        A number that the mechanism needs is given neither by the user nor by the catalog.
    """
    law = next((place for place, layer in enumerate(case.chain) if layer.release), None)
    if law and case.layers[law] is not case.depot:  # of particles: nothing inside them is computed
        return release(case.without(law), loading)
    if case.between and not law:
        return _with_triggers(case, carriers_in_particles(case, loading, _of_one, _mechanism_of))
    return _with_triggers(case, _of_one(case, loading))


def _of_one(case: Case, loading: Loading) -> Release:
    """Give the release of a carrier, alone or in a depot."""
    if any(layer.release for layer in case.chain):
        return measured(case)
    made, layer = choice(case.formulation, case.holder), case.holder
    why = made.why
    if made.family is not None:
        if not _by_its_remote_loading(case, loading):
            return learned(case, loading, made.family)
        why = "it was loaded remotely, and is computed from the solid and the pH inside"
    found = _mechanism_of(case, loading)
    if not why:
        return found
    told = f"the release of {layer.carrier} is by its mechanism, not from published profiles: {why}"
    return replace(found, warnings=(*found.warnings, told))


def by_law_or_mechanism(case: Case, loading: Loading) -> Release:
    """Give the release of a case by the law that was measured, else by mechanism."""
    by_law = any(layer.release for layer in case.chain)
    return release(case, loading) if by_law else by_mechanism(case, loading)


def by_mechanism(case: Case, loading: Loading) -> Release:
    """Give the release of a case by the mechanism of the carrier that holds the payload, and of particles around it.

    Raises
    ------
    MissingValueError
        A number that the mechanism needs is given neither by the user nor by the catalog.
    """
    if case.between:
        return _with_triggers(case, carriers_in_particles(case, loading, _mechanism_of, _mechanism_of))
    return _with_triggers(case, _mechanism_of(case, loading))


def _mechanism_of(case: Case, loading: Loading) -> Release:
    carrier = case.inner.entry
    assert isinstance(carrier, Carrier)
    return RELEASE[carrier.mechanisms.release](case, loading)


def _with_triggers(case: Case, found: Release) -> Release:
    return replace(found, warnings=tuple(dict.fromkeys((*found.warnings, *triggers_told(case)))))


def unlike_in_the_body(case: Case, loading: Loading) -> tuple[str, ...]:
    """Say where one of bench and body is told by published profiles, and the other by the mechanism."""
    layer = case.holder
    if choice(case.formulation, layer).family is None:
        return ()
    body, remote = "predict, compare and retention", _by_its_remote_loading(case, loading)
    if len(case.chain) == 1 and remote:
        return (
            f"{layer.carrier} is loaded remotely, and published profiles mix vesicles that are with vesicles that are "
            f"not; {body} compute it from the solid and the pH inside until first points are given: measure two",
        )
    if len(case.chain) > 1 and not remote:
        return (
            f"on the bench {layer.carrier} inside another layer releases by its mechanism; {body} take published "
            "profiles of its kind",
        )
    return ()


def _by_its_remote_loading(case: Case, loading: Loading) -> bool:
    """Say whether the release starts from what a remote gradient, computed in loading, left inside."""
    asked = case.holder.release_from == PROFILES or case.holder.first_points is not None
    return not asked and any(detail.name == "ph_after_loading" for detail in loading.layers[0].details)


def immediate(case: Case, loading: Loading) -> Release:
    """No carrier: the dissolved drug is free at once."""
    return _without_carrier(case, loading)


def crystals(case: Case, loading: Loading) -> Release:
    """No carrier: what the vehicle dissolved is free, the crystals arrive solid and the site dissolves them."""
    return _without_carrier(case, loading)


RELEASE: dict[str, Callable[[Case, Loading], Release]] = {
    "immediate": immediate,
    "crystals": crystals,
    "polyester-degradation": polyester_degradation,
    "vesicle-membrane": vesicle_membrane,
    "multivesicular-erosion": multivesicular_erosion,
    "gel-diffusion": gel_diffusion,
    "micelle-partition": micelle_partition,
    "desorption": desorption,
}


def _without_carrier(case: Case, loading: Loading) -> Release:
    shape = (len(loading.given), len(case.time))
    free = np.broadcast_to(loading.dissolved_share[:, None], shape).copy()
    nothing = np.broadcast_to(0.0, shape)
    return Release(case.time, nothing, nothing, 1.0 - free, free, nothing, nothing, nothing, nothing, False)
