"""How cells die at a site, and while a gel around them still holds them there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from formulate.inputs import Subject
from formulate.retention.blood import DEAD as DEAD
from formulate.retention.site import Setting, Whereabouts
from formulate.retention.stage_drug import NEEDED
from formulate.retention.survival import surviving_cells
from formulate.sampling import Array
from formulate.steps import cumulated, mean_decay

HALF_LIVES = ("injected_cell_half_life", "implanted_cell_half_life")  # a site has one of the two
SHARE, LASTING = "lasting_cell_share", "lasting_cell_half_life"


@dataclass(frozen=True)
class CellDeath:
    """The two populations of cells at a site, each (draws,); one alone where `lasting_share` is 0."""

    half_life: Array  # s
    lasting_share: Array
    lasting_half_life: Array  # s

    def alive(self, age: Array) -> Array:
        """Give the share that is alive at an age [s], (draws, times)."""
        return surviving_cells(
            age, self.lasting_share[:, None], self.half_life[:, None], self.lasting_half_life[:, None]
        )


def cell_death(site: Subject) -> CellDeath:
    """Give how cells die at a site: by one half-life, or by two where the share that outlives the first days is known.

    Raises
    ------
    MissingValueError
        The site has no half-life of cells, or a lasting share without a half-life of those.
    """
    name = next((name for name in HALF_LIVES if site.find(name) is not None), HALF_LIVES[0])
    first = site.read(name, NEEDED)[:, 0]
    share = np.zeros_like(first) if site.find(SHARE) is None else site.read(SHARE, NEEDED)[:, 0]
    return CellDeath(first, share, site.read(LASTING, NEEDED)[:, 0] if share.any() else first)


def followed(place: Setting, arrived: Array, follow: Callable[[Setting, Array], Whereabouts]) -> Whereabouts:
    """Give where carriers are, living cells apart from dead ones.

    Parameters
    ----------
    place : Setting
        One dose at a site.
    arrived : ndarray, shape (draws, times)
        Cumulative share of the carriers that is out of any depot, alive or dead.
    follow : callable
        What the site does with carriers of a setting that arrive alive; cells die there by `Setting.cell_half_life`.

    Notes
    -----
    Carriers other than cells go straight to `follow`. Cells die from the dose on, in a depot as fast as out of it: of
    those that come out at age s the share ``2**(-s/T)`` is alive. Where a share a outlives the first days, both
    populations are followed and mixed, which makes the site's survival ``(1 - a) 2**(-t/T_1) + a 2**(-t/T_2)``.
    """
    if place.form != "cell":
        return follow(place, arrived)
    death = cell_death(place.site)
    found = _population(place, arrived, follow, death.half_life)
    if not death.lasting_share.any():
        return found
    late = _population(place, arrived, follow, death.lasting_half_life)
    share = death.lasting_share[:, None]
    here, away = _mixed(found.at_site, late.at_site, share), _mixed(found.elsewhere, late.elsewhere, share)
    return replace(found, at_site=here, elsewhere=away)


def _population(
    place: Setting, arrived: Array, follow: Callable[[Setting, Array], Whereabouts], half_life: Array
) -> Whereabouts:
    age = np.maximum(place.time - place.event.start, 0.0)
    rate = np.log(2.0) / half_life[:, None]
    living = arrived[:, :1] + cumulated(np.diff(arrived) * mean_decay(rate * age[:-1], rate * np.diff(age)))
    found = follow(replace(place, cell_half_life=half_life), living)
    dead = found.elsewhere.get(DEAD, 0.0) + arrived - living
    return replace(found, elsewhere={**found.elsewhere, DEAD: dead})


def _mixed(early: Mapping[str, Array], late: Mapping[str, Array], share: Array) -> dict[str, Array]:
    return {name: (1.0 - share) * amount + share * late[name] for name, amount in early.items()}
