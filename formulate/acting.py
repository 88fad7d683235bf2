"""What of a carrier that is the drug still acts at its site, in numbers: living cells, vesicles by their activity."""

from collections.abc import Iterable, Mapping

import numpy as np

from formulate.assess import half_life_after_peak, halving_time
from formulate.estimate import Estimate, Group, absent, estimate
from formulate.residence import Residence
from formulate.sampling import Array

DAY = 86400.0
ACTIVE_AT = (1.0, 7.0, 28.0)  # d
FAINT_SHARE = 1e-9  # of the dose; less counts as nothing


def acting_numbers(residence: Residence, last: float) -> Group:
    """Give what of a carrier that is the drug still acts at the site: living cells, vesicles by their activity."""
    time, inputs, acting = residence.time, residence.inputs, residence.acting
    word, title = "living" if residence.is_living else "active", "what still acts, of all that is given"
    days = days_told(ACTIVE_AT, residence.formulation.target.seconds, float(time[-1]))
    shares = {day: (active_name(day), f"{word} at the site after {day:g} d") for day in days}
    half = f"{word} at the site: first half gone after"
    if acting is None:
        why = "activity_half_life is not known: set it of the carrier"
        unknown = [absent(name, label, "percent", why) for name, label in shares.values()]
        return Group(title, (*unknown, absent("active_half_time", half, "d", why)))
    horizon = float(time[-1])
    never = f"half still acts at the end of the calculation, {horizon / DAY:.4g} d"
    if float(np.median(acting[:, np.searchsorted(time, last)])) > 0.5 * residence.given[np.searchsorted(time, last)]:
        gone = halving_time(time, acting, last)
    else:  # most of it never is at the site at once
        gone, half = half_life_after_peak(time, acting, last), f"{word} at the site: half of the most gone after"
    numbers = [
        *(estimate(name, label, "percent", seen(share_at(time, acting, day)), inputs)
          for day, (name, label) in shares.items()),
        estimate("active_half_time", half, "d", gone, inputs, beyond=horizon, within=float(time[1]), never=never),
    ]  # fmt: skip
    return Group(title, tuple(numbers))


def days_told(usual: Iterable[float], wanted: float, end: float) -> tuple[float, ...]:
    """Give the days at which something is told: the usual ones and the wanted duration, as far as it was computed.

    Parameters
    ----------
    usual : iterable of float
        The usual days [d].
    wanted, end : float
        The wanted duration, and the last time that was computed [s].

    Examples
    --------
    >>> days_told((1.0, 7.0, 28.0), 14 * DAY, 28 * DAY)
    (1.0, 7.0, 14.0, 28.0)
    """
    return tuple(sorted(day for day in {*usual, wanted / DAY} if day * DAY <= end))


def active_name(day: float) -> str:
    """Give the name of the number that says how much still acts after a day.

    >>> active_name(14.0)
    'active_14_d'
    """
    return f"active_{day:g}_d"


def active_days(numbers: Iterable[Mapping[str, Estimate]]) -> tuple[float, ...]:
    """Give the days at which some of these numbers, each by its name, say how much still acts [d]."""
    names = {name.split("_")[1] for held in numbers for name in held if name.startswith("active_")}
    return tuple(sorted(float(name) for name in names if name != "half"))


def share_at(time: Array, curve: Array, day: float) -> Array:
    """Give a curve just before a dose that is given on a day, (draws,)."""
    return np.array([np.interp(day * DAY - 2.0, time, row) for row in curve])


def seen(share: Array) -> Array:
    """Count what is too little to be seen as nothing."""
    return np.where(share > FAINT_SHARE, share, 0.0)
