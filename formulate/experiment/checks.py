"""What is odd in profiles and kept all the same: said, with where it is."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from formulate.experiment.data import Floats, Profile
from materials.errors import shorten

NAMED = 3  # points that a remark names
# conventions, in percent of the dose: assays of release repeat to 2 or 3 %, and what lies within is no news
ABOVE = 103.0
BELOW = -2.0
AT_START = 2.0
FALL = 3.0  # below an earlier reading: two readings err
FAR_ABOVE = 200.0  # percent; noise and a dose that is somewhat off end below


def remarks(profiles: Sequence[Profile], time_unit: str) -> list[str]:
    """Say what is odd in profiles by more than an assay errs: above 100 %, below 0, falling, or released at time 0.

    Parameters
    ----------
    profiles : sequence of Profile
        Percent released.
    time_unit : str
        Of their times.

    Returns
    -------
    list of str
        One remark for each kind of oddity, with the first few points.

    Examples
    --------
    >>> remarks([Profile("F1", np.array([0.0, 1.0, 2.0]), np.array([[0.0, 105.0, 99.5]]), ("1",))], "h")
    ['1 reading above 103 %, more than an assay errs (105 at 1 h)', '1 reading more than 3 % below an earlier one (99.5
    after 105 at 2 h)']
    """
    largest = max(float(np.nanmax(profile.released)) for profile in profiles)
    earlier = [_highest_before(profile.released) for profile in profiles]
    released = [profile.released for profile in profiles]
    starts = [(profile.time == 0.0) & (np.abs(profile.released) > AT_START) for profile in profiles]
    advice = "; check unit and dose" if largest > FAR_ABOVE else ""
    kinds = [
        (f"above {ABOVE:g} %, more than an assay errs", [each > ABOVE for each in released], None, advice),
        (f"below {BELOW:g} %, more than an assay errs", [each < BELOW for each in released], None, ""),
        (
            f"more than {FALL:g} % below an earlier one",
            [each < before - FALL for each, before in zip(released, earlier, strict=True)],
            earlier,
            "",
        ),
        ("not 0 at time 0", starts, None, ""),
    ]
    return [text for kind in kinds if (text := _remark(profiles, time_unit, *kind))]


def _remark(
    profiles: Sequence[Profile],
    time_unit: str,
    what: str,
    where: Sequence[NDArray[np.bool_]],
    earlier: Sequence[Floats] | None,
    advice: str,
) -> str:
    """Give a remark on the points that are odd in one way; empty where there are none."""
    count = sum(int(each.sum()) for each in where)
    shown: list[str] = []
    for number, (profile, odd) in enumerate(zip(profiles, where, strict=True)):
        for unit, point in np.argwhere(odd)[: NAMED - len(shown)]:
            after = "" if earlier is None else f" after {earlier[number][unit, point]:.4g}"
            names = [profile.name] if len(profiles) > 1 else []
            names += [profile.unit_names[unit]] if profile.units > 1 else []
            of = f" in {', '.join(shorten(name, 30) for name in names)}" if names else ""
            shown.append(
                f"{_digits(profile.released[unit, point])}{after} at {profile.time[point]:.6g} {time_unit}{of}"
            )
    more = ", ..." if count > len(shown) else ""
    return f"{count} reading{'s' * (count > 1)} {what} ({', '.join(shown)}{more}){advice}" if count else ""


def _digits(reading: float) -> str:
    """Write a reading with as many digits as show on which side of a limit it lies.

    >>> _digits(103.04), _digits(99.504)
    ('103.04', '99.5')
    """
    for digits in range(4, 17):
        text = f"{reading:.{digits}g}"
        if all((float(text) > limit) == (reading > limit) and (float(text) < limit) == (reading < limit)
               for limit in (ABOVE, BELOW)):  # fmt: skip
            break
    return text


def _highest_before(released: Floats) -> Floats:
    """Give the highest reading of the unit before each, -inf where there is none."""
    highest = np.maximum.accumulate(np.where(np.isfinite(released), released, -np.inf), axis=1)
    return np.hstack([np.full((len(released), 1), -np.inf), highest[:, :-1]])
