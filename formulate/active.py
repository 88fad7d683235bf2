"""How much of a carrier that is itself the drug still acts: its activity is lost with time, in a gel and out of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from formulate.case import OwnPlace
from formulate.inputs import Subject
from formulate.release.activity import activity_half_life_at, activity_left
from formulate.sampling import Array
from formulate.steps import cumulated, mean_decay

BODY_TEMPERATURE = 310.15  # K, at which the half-lives of the catalog hold
NEEDED = "what is active"
HALF_LIFE, ENERGY, TEMPERATURE = "activity_half_life", "activity_activation_energy", "tissue_temperature"
LARGEST_EXPONENT = 500.0  # of one course of arrivals; a float holds exp of 709
STEPS_PER_HALF_LIFE = 4
MOST_STEPS = 600
BRIEF = 1e4  # a half-life is taken as at least this part of the whole time: what is shorter leaves nothing
DAY = 86400.0


@dataclass(frozen=True)
class ActivityLoss:
    """How fast activity is lost at a site, each (draws, 1): half-lives in s, in a depot and out of it."""

    held: Array
    outside: Array
    notes: tuple[str, ...] = ()

    @property
    def is_the_same(self) -> bool:
        """True where a depot neither protects nor harms."""
        return bool((self.held == self.outside).all())

    def in_depot(self, age: Array) -> Array:
        """Give the activity left of what has been in the depot from the start, (draws, times)."""
        return activity_left(age, self.held)


def activity_loss(
    carrier: Subject, depot: Subject | None, temperature: Subject | None = None, what: str = "gel"
) -> ActivityLoss | None:
    """Give how fast a carrier loses its activity; None where no half-life of it is known.

    Parameters
    ----------
    carrier : Subject
        Which is the drug.
    depot : Subject or None
        The gel around it; its own `activity_half_life` is that of what it holds.
    temperature : Subject, optional
        The part of a site whose `tissue_temperature` holds; 37 degC without.
    what : str
        The depot in words.
    """
    if carrier.find(HALF_LIFE) is None:
        return None
    free = carrier.read(HALF_LIFE, NEEDED)
    held, notes = free, []
    if depot is not None and depot.find(HALF_LIFE) is not None:
        held = depot.read(HALF_LIFE, NEEDED)
    elif depot is not None:
        notes.append(
            f"how far the {what} protects the activity of what it holds is not known, so it is lost there as fast as "
            f"outside: set {HALF_LIFE} of the {what}"
        )
    at = ""
    if temperature is not None:
        degrees = temperature.read(TEMPERATURE, NEEDED)
        at = f" at {float(np.median(degrees)) - 273.15:.3g} °C"
        if carrier.find(ENERGY) is not None:
            energy = carrier.read(ENERGY, NEEDED)
            free = activity_half_life_at(free, degrees, BODY_TEMPERATURE, energy)
            held = activity_half_life_at(held, degrees, BODY_TEMPERATURE, energy)
        elif bool((degrees != BODY_TEMPERATURE).any()):
            at = " at 37 °C"
            notes.append(
                f"the site is not at 37 °C, but no {ENERGY} is known: the half-life of activity is that at 37 °C"
            )
    inside = "" if depot is None or bool((held == free).all()) else f", {_days(held)} in the {what}"
    said = f"half of the activity is lost in {_days(free)}{inside}{at} (medians): what is counted need not act"
    return ActivityLoss(held, free, (said, *notes))


def temperature_of(place: OwnPlace) -> Subject | None:
    """Give the part of the site that says how warm it is: the site, else its first compartment that does; or None."""
    parts = [name for name in place.formulation.regimen.entry.compartments if name in place.inputs.catalog.sites]
    for subject in (place.site, *(place.part_of_site(name) for name in parts)):
        if subject.find(TEMPERATURE) is not None:
            return subject
    return None


def finer(time: Array, loss: ActivityLoss) -> Array:
    """Give the times with more between them, so that activity falls little from one to the next.

    >>> finer(np.array([0.0, 10.0, 100000.0]), ActivityLoss(np.array([[2e5]]), np.array([[1e5]])))
    array([0.0e+00, 1.0e+01, 2.5e+04, 5.0e+04, 7.5e+04, 1.0e+05])
    """
    step = max(float(np.median(loss.outside)) / STEPS_PER_HALF_LIFE, float(time[-1]) / MOST_STEPS)
    more = np.arange(step, time[-1], step)
    near = np.abs(more - time[np.clip(np.searchsorted(time, more), 1, len(time) - 1)]) < 0.1 * step
    near |= np.abs(more - time[np.clip(np.searchsorted(time, more) - 1, 0, len(time) - 1)]) < 0.1 * step
    return np.union1d(time, more[~near])


def active_outside(
    age: Array, out: Array, loss: ActivityLoss, follow: Callable[[Array], Mapping[str, Array]]
) -> dict[str, Array]:
    """Give what is active of the carriers out of a depot, by place, (draws, times).

    Parameters
    ----------
    age : ndarray, shape (times,)
        Time since the dose, 0 before it [s].
    out : ndarray, shape (draws, times)
        G, cumulative share of the carriers that is out of any depot.
    loss : ActivityLoss
        T_d in the depot, T outside.
    follow : callable
        Where carriers go, from a cumulative share that has arrived; twice the arrivals give twice the amounts.

    Notes
    -----
    What comes out at age s brings ``2**(-s/T_d)`` of its activity and loses it with T from then on. With W the share
    of what came out at s that is in a place at t::

        active(t) = int_0^t 2**(-s/T_d) 2**(-(t - s)/T) W(t, s) dG(s)
                  = 2**(-t/T) int_0^t exp(kappa s) W(t, s) dG(s),   kappa = ln 2 (1/T - 1/T_d)

    so the course of the carriers with arrivals weighted by ``exp(kappa s)`` gives it, exactly but for the steps of the
    times, in which arrivals are even. The arrivals are cut into several courses where the weight would overflow.
    """
    rate = np.log(2.0) / loss.outside
    if loss.is_the_same:
        left = activity_left(age, loss.outside)
        return {name: amount * left for name, amount in follow(out).items()}
    kappa = np.minimum(rate, np.log(2.0) * BRIEF / age[-1]) - np.log(2.0) / loss.held
    rate = kappa + np.log(2.0) / loss.held
    courses = max(1, int(np.ceil(float(kappa.max()) * age[-1] / LARGEST_EXPONENT)))
    ends = np.linspace(0.0, age[-1], courses + 1)
    steps, before, length = np.diff(out), age[:-1], np.diff(age)
    found: dict[str, Array] = {}
    for start, end in pairwise(ends):
        here = (before >= start) & (before < end)
        from_age = np.where(kappa > 0.0, end + length.max(), start)  # no weight exceeds 1
        first = out[:, :1] * np.exp(-kappa * from_age) if start == 0.0 else 0.0
        near = np.where(kappa > 0.0, before + length, before)  # the end of each step that weighs most
        weight = mean_decay(np.where(here, kappa * (from_age - near), 0.0), np.abs(kappa) * length)
        came = first + cumulated(np.where(here, steps * weight, 0.0))
        back = np.exp(np.minimum(kappa * from_age - rate * age, LARGEST_EXPONENT + 200.0))
        for name, amount in follow(came).items():
            found[name] = found.get(name, 0.0) + amount * back
    return found


def _days(half_life: Array) -> str:
    typical = float(np.median(half_life))
    return f"{typical / DAY:.2g} d" if typical >= DAY else f"{typical / 3600.0:.2g} h"
