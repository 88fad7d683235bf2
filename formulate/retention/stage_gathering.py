"""All doses of a case summed up for a site: what arrives dissolved where, what stays held and where."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from formulate.case import Case
from formulate.regimen import Event
from formulate.results import Release
from formulate.retention.site import Setting, Whereabouts, freed, of_event, setting, still_held
from formulate.sampling import Array

PLASMA = "plasma"
INTRAVENOUS = "intravenous"
NO_CARRIER = "no carrier"

Going = Callable[[Setting, Array], Whereabouts]
Landing = Callable[[Event], Mapping[str, Array | float]]


@dataclass
class Gathered:
    """Shares of all that is given, over every dose, (draws, times)."""

    like: Array
    arrived: dict[str, Array] = field(default_factory=dict)  # dissolved drug, cumulative, by compartment
    solid: dict[str, Array] = field(default_factory=dict)  # the same of solid drug
    elsewhere: dict[str, Array] = field(default_factory=dict)  # held by carriers off the site
    notes: dict[str, None] = field(default_factory=dict)  # in order, each once

    def __post_init__(self) -> None:
        self.depot, self.carriers, self.drained, self.carriers_left = (np.zeros_like(self.like) for _ in range(4))

    def add(self, to: dict[str, Array], name: str, amount: Array) -> None:
        """Add to one of the sums by name."""
        to[name] = to.get(name, 0.0) + amount


def gathered(case: Case, release: Release, going: Going, dissolved_at: Landing, freed_at: Landing) -> Gathered:
    """Sum up the doses of a case.

    Parameters
    ----------
    case : Case
        The case.
    release : Release
        Of one dose.
    going : callable
        Gives where the carriers of one dose go, as `formulate.retention.site.Going`.
    dissolved_at : callable
        Gives, for one dose, the compartments that dissolved and solid drug comes into, with the share of each.
    freed_at : callable
        The same of drug that carriers at the site, or a depot, set free.

    Notes
    -----
    What carriers off the site set free counts as arrived in plasma. Solid drug given into blood counts as dissolved.
    """
    whole = Gathered(release.free)
    for event in case.events:
        _add(whole, event, of_event(release, event), setting(case, event), going, dissolved_at(event), freed_at(event))
    return whole


def _add(
    whole: Gathered,
    event: Event,
    release: Release,
    place: Setting,
    going: Going,
    dissolved_at: Mapping[str, Array | float],
    freed_at: Mapping[str, Array | float],
) -> None:
    into_blood = event.route == INTRAVENOUS
    nothing = np.zeros_like(release.free)
    where = going(place, release.carriers_out) if place.carrier else Whereabouts({NO_CARRIER: nothing}, {})
    whole.notes |= dict.fromkeys(where.notes)
    let_out, still = freed(release, where), still_held(release, where)
    # `free` holds what carriers set free as well, which arrives where they are
    at_once = nothing if release.has_carriers else release.free
    from_held = release.free_from_depot + np.asarray(sum(let_out[name] for name in where.at_site))
    off = np.asarray(sum((let_out[name] for name in where.elsewhere), nothing))
    for shares, amount in ((dissolved_at, at_once), (freed_at, from_held)):
        for name, share in shares.items():
            whole.add(whole.arrived, name, event.share * share * amount)
    for name, share in dissolved_at.items():
        whole.add(whole.arrived if into_blood else whole.solid, name, event.share * share * release.solid)
    whole.add(whole.arrived, PLASMA, event.share * off)
    whole.depot += event.share * release.in_depot_carrier
    whole.carriers += event.share * np.asarray(sum(still[name] for name in where.at_site))
    for name in where.elsewhere:
        held = event.share * still[name]
        if into_blood:
            whole.add(whole.elsewhere, name, held)
        else:
            whole.drained += held
    if release.has_carriers:
        substance = release.carrier_substance if place.form != "vesicle" else 1.0
        in_depot = 0.0 if into_blood else (place.time >= event.start) - release.carriers_out
        whole.carriers_left += event.share * substance * (in_depot + where.here)
