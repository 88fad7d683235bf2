"""The readings a fit is made to: which of a profile's, and how much each counts."""

import numpy as np

from formulate.curves.model import Floats
from formulate.experiment.data import Profile
from formulate.fitting.results import Points
from formulate.fitting.window import Window
from materials.errors import DomainError, UnknownIdError, nearest

WEIGHTINGS = ("1", "1/y", "1/y2", "1/sd2")


def points_of(
    profile: Profile,
    weighting: str = "1",
    replicates: str | int = "pooled",
    time_unit: str = "",
    window: Window | None = None,
) -> Points:
    """Give the readings of a profile as a fit takes them, with their weights.

    Parameters
    ----------
    profile : Profile
        Units sampled at common times [%]; NaN where a unit has no reading, which is left out without a word.
    weighting : {"1", "1/y", "1/y2", "1/sd2"}
        w of the weighted sum of squares: all alike, the inverse of the reading, of its square, or of the variance
        between units at its time.
    replicates : {"pooled", "mean"} or int
        Every reading of every unit; one mean of the units at each time; or one unit, counted from 0.
    time_unit : str
        What the times of the profile are counted in, kept for those who write about the points.
    window : Window, optional
        Which part of the readings to take; all if not given.

    Returns
    -------
    Points
        The readings in order of time [%], and in words those left out or without a weight.

    Raises
    ------
    UnknownIdError
        The weighting, or the way to treat replicates, is not known.
    DomainError
        There is no such unit, no reading can be used, too few are left in the window, or a weight is too large or too
        small for a number.

    Notes
    -----
    ``1/y`` and ``1/y2`` have no weight for a reading of zero or below, ``1/sd2`` none where the standard deviation is
    zero or not known: such readings are left out of the fit and named. ``1/sd2`` takes the standard deviation between
    units, from the readings or from the file; it does not divide by their number, so that a mean and the readings
    behind it weigh times alike. Readings at time zero stay.

    Examples
    --------
    >>> profile = Profile("A", np.array([0.0, 1.0, 2.0]), np.array([[0.0, 20.0, 50.0]]), ("1",))
    >>> points = points_of(profile, "1/y")
    >>> points.time.tolist(), points.weight.tolist(), points.left_out
    ([1.0, 2.0], [0.05, 0.02], ('unit 1 at 0: a release of 0 % has no weight 1/y',))
    """
    if weighting not in WEIGHTINGS:
        raise UnknownIdError("weighting", weighting, nearest(weighting, WEIGHTINGS))
    time, released, unit = _readings(profile, replicates)
    if not time.size:
        raise DomainError("readings", 0, "", "at least 1", f"profile {profile.name or 'without a name'} has none")
    outside: tuple[str, ...] = ()
    if window:
        kept, outside = window.within(time, released, unit, time_unit)
        time, released, unit = time[kept], released[kept], unit[kept]
    weight = np.ones(time.shape)
    usable = np.ones(time.shape, dtype=np.bool_)
    spread, power, why = released, 0.0, ""
    if weighting == "1/sd2":
        deviation = profile.standard_deviation
        if deviation is None:
            raise DomainError(
                "units", profile.units, "", "at least 2 for weights 1/sd2", "or a column of standard deviations"
            )
        spread = deviation[np.searchsorted(profile.time, time)]
        usable = spread > 0.0  # False for NaN
        power = -2.0
        why = "a standard deviation of {:.4g} % gives no weight 1/sd2"
    elif weighting != "1":
        usable = released > 0.0
        power = -1.0 if weighting == "1/y" else -2.0
        why = f"a release of {{:.4g}} % has no weight {weighting}"
    if power:
        with np.errstate(over="ignore", under="ignore"):
            weight[usable] = spread[usable] ** power
    for i in np.flatnonzero(~(np.isfinite(weight) & (weight > 0.0))):
        what = "standard deviation" if weighting == "1/sd2" else "release"
        where = f"{time[i]:g}{' ' if time_unit else ''}{time_unit}"
        need = f"a value whose weight {weighting} is a number, or another weighting"
        raise DomainError(
            f"{what} of {_whose(profile, replicates, int(unit[i]))} at {where}", float(spread[i]), "%", need
        )
    left_out = tuple(
        f"{_whose(profile, replicates, int(unit[i]))} at {time[i]:g}{' ' if time_unit else ''}{time_unit}: "
        + (why.format(spread[i]) if np.isfinite(spread[i]) else "no standard deviation, so no weight 1/sd2")
        for i in np.flatnonzero(~usable)
    )
    if not usable.any():
        raise DomainError("weighted readings", 0, "", f"readings that weights {weighting} can be made of", left_out[0])
    order = np.lexsort((unit, time))
    order = order[usable[order]]
    return Points(time[order], released[order], weight[order], unit[order], weighting, time_unit, outside + left_out)


def _readings(
    profile: Profile, replicates: str | int
) -> tuple[Floats, Floats, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Give time, percent released and unit of each reading."""
    if replicates == "mean":
        some = profile.count > 0
        table = profile.released[:, some]
        return profile.time[some], np.nanmean(table, axis=0), np.zeros(int(some.sum()), dtype=np.int64)
    if replicates == "pooled":
        chosen = np.arange(profile.units)
    elif isinstance(replicates, str):
        raise UnknownIdError("treatment of replicates", replicates, ["pooled", "mean", "the number of a unit"])
    elif 0 <= replicates < profile.units:
        chosen = np.array([replicates])
    else:
        raise DomainError("unit", replicates, "", f"0 to {profile.units - 1}", f"profile {profile.name}")
    unit, at = np.nonzero(np.isfinite(profile.released[chosen]))
    return profile.time[at], profile.released[chosen[unit], at], chosen[unit]


def _whose(profile: Profile, replicates: str | int, unit: int) -> str:
    return "the mean" if replicates == "mean" else f"unit {profile.unit_names[unit]}"
