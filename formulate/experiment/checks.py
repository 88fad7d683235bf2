"""What is odd in a profile and kept all the same: said, with where it is."""

import numpy as np
from numpy.typing import NDArray

from formulate.experiment.data import Floats, Profile
from materials.errors import shorten

NAMED = 3  # points that a remark names
FAR_ABOVE = 200.0  # percent; noise and a dose that is somewhat off end below


def remarks(profile: Profile, time_unit: str, is_one_of_several: bool = True) -> list[str]:
    """Say what is odd in a profile: above 100 %, below 0, falling, or released at time 0.

    Parameters
    ----------
    profile : Profile
        Percent released.
    time_unit : str
        Of its times.
    is_one_of_several : bool
        Whether a remark names the profile.

    Returns
    -------
    list of str
        One remark for each kind of oddity, with the first few points.

    Examples
    --------
    >>> remarks(Profile("F1", np.array([0.0, 1.0, 2.0]), np.array([[0.0, 102.0, 99.5]]), ("1",)), "h", False)
    ['1 reading above 100 % (102 at 1 h)', '1 reading below the one before (99.5 after 102 at 2 h)']
    """
    released, time = profile.released, profile.time
    before = f"profile {shorten(profile.name, 40)!r}: " if is_one_of_several else ""
    result = []

    def say(what: str, where: NDArray[np.bool_], previous: Floats | None = None, advice: str = "") -> None:
        count = int(where.sum())
        if not count:
            return
        shown = []
        for unit, point in np.argwhere(where)[:NAMED]:
            after = "" if previous is None else f" after {previous[unit, point]:.4g}"
            of = f" in {shorten(profile.unit_names[unit], 20)}" if profile.units > 1 else ""
            shown.append(f"{released[unit, point]:.4g}{after} at {time[point]:.6g} {time_unit}{of}")
        more = ", ..." if count > NAMED else ""
        result.append(f"{before}{count} reading{'s' * (count > 1)} {what} ({', '.join(shown)}{more}){advice}")

    say("above 100 %", released > 100.0, advice="; check unit and dose" if np.nanmax(released) > FAR_ABOVE else "")
    say("below 0", released < 0.0)
    previous = _previous(released)
    say("below the one before", released < previous, previous)
    say("not 0 at time 0", (time == 0.0) & (np.abs(released) > 0.0))
    return result


def _previous(released: Floats) -> Floats:
    """Give the last reading of the unit before each, NaN where there is none."""
    read = np.where(np.isfinite(released), np.arange(released.shape[1]), -1)
    last = np.maximum.accumulate(read, axis=1)
    before = np.hstack([np.full((len(released), 1), -1), last[:, :-1]])
    return np.where(before < 0, np.nan, np.take_along_axis(released, np.maximum(before, 0), axis=1))
