"""Exposures of parts of one dose, summed: the equations of a site are linear in what arrives dissolved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from formulate.results import Depths, Exposure, Profile
from formulate.retention.site import Asked
from formulate.sampling import Array


def parts_of(asked: Asked) -> tuple[Asked, ...]:
    """Give what retention is asked about for each kind of carrier that moves by itself, as shares of one dose.

    Where particles hold the carriers of the payload, the particles move, and the carriers that have left them.
    """
    case, loading, release = asked
    if not case.between:
        return (asked,)
    particles = (case.without(1), loading, release.of_particles)
    return (particles,) if release.loose is None else (particles, (case.within(1), loading, release.loose))


def weighed(exposure: Exposure, share: Array) -> Exposure:
    """Give an exposure with its amounts as shares of a whole that it is a share of, (draws, 1)."""
    return replace(
        exposure,
        in_plasma=share * exposure.in_plasma,
        eliminated=share * exposure.eliminated,
        drained=share * exposure.drained,
        at_site={place: share * amount for place, amount in exposure.at_site.items()},
        elsewhere={place: share * amount for place, amount in exposure.elsewhere.items()},
    )


def summed(parts: Iterable[Exposure]) -> Exposure:
    """Give the exposure of a dose from those of its parts, each by its share of the dose.

    The carriers left are those of the first part. The largest concentration over the solubility is at most the sum.
    """
    exposures = tuple(parts)
    first = exposures[0]
    if len(exposures) == 1:
        return first
    return Exposure(
        time=first.time,
        given=first.given,
        at_site=_by_name([item.at_site for item in exposures]),
        in_plasma=_sum([item.in_plasma for item in exposures]),
        eliminated=_sum([item.eliminated for item in exposures]),
        drained=_sum([item.drained for item in exposures]),
        unbound=_by_name([item.unbound for item in exposures]),
        total=_by_name([item.total for item in exposures]),
        carriers_left=first.carriers_left,
        plasma_auc=_sum([item.plasma_auc for item in exposures]),
        saturation=_sum([item.saturation for item in exposures]),
        warnings=tuple(dict.fromkeys(text for item in exposures for text in item.warnings)),
        notes=_each_once([text for item in exposures for text in item.notes]),
        elsewhere=_by_name([item.elsewhere for item in exposures]),
        at_depth=Depths(
            {name: partial(_profile, [item.at_depth for item in exposures], name) for name in first.at_depth}
        ),
    )


def _each_once(notes: Sequence[str]) -> tuple[str, ...]:
    """Give remarks without those that say the same with the numbers of another part."""
    found: dict[str, str] = {}
    for text in notes:
        found.setdefault(text.partition("(")[0], text)
    return tuple(found.values())


def _sum(values: Sequence[Array]) -> Array:
    return np.asarray(sum(values[1:], start=values[0]))


def _by_name(parts: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: _sum([part[name] for part in parts if name in part]) for name in names}


def _profile(parts: Sequence[Mapping[str, Profile]], name: str) -> Profile:
    found = [part[name] for part in parts]
    return Profile(found[0].depth, found[0].time, _sum([item.unbound for item in found]))
