"""Which part of a release curve is fitted: up to a share released, between two times, without single times."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from formulate.curves.model import Floats
from formulate.domain import require_not_negative, require_positive
from formulate.experiment.data import Profile
from materials.errors import DomainError

Kept = NDArray[np.bool_]
FEWEST = 3  # readings, at two times at least: below, no curve of two parameters is tested by them


@dataclass(frozen=True)
class Window:
    """The part of the readings that every model is fitted to.

    Raises
    ------
    DomainError
        If the share is not positive, a time is negative, or the start lies after the end.
    """

    up_to: float | None = None  # percent: of each unit the readings before its first above
    start: float | None = None  # in the time unit of the data, inclusive
    until: float | None = None  # in the time unit of the data, inclusive
    leave_out: tuple[float, ...] = ()  # times struck from the data

    def __post_init__(self) -> None:
        if self.up_to is not None:
            require_positive("up_to", self.up_to, "%")
        for name, value in (("start", self.start), ("until", self.until)):
            if value is not None:
                require_not_negative(name, value, "")
        if self.leave_out:
            require_not_negative("leave_out", self.leave_out, "")
        if self.start is not None and self.until is not None and self.start > self.until:
            raise DomainError("start", self.start, "", f"at most until = {self.until:g}")

    def __bool__(self) -> bool:
        return any(value not in (None, ()) for value in (self.up_to, self.start, self.until, self.leave_out))

    def parts(self, time: Floats, released: Floats, unit: NDArray[np.int64], after: str) -> Iterator[tuple[str, Kept]]:
        """Give each rule in words, with the readings it leaves out; ``after`` is the time unit with a space before."""
        if self.leave_out:
            yield f"struck at {_listed(self.leave_out)}{after}", struck(time, self.leave_out)
        if self.start is not None:
            yield f"before {self.start:g}{after}", time < self.start
        if self.until is not None:
            yield f"after {self.until:g}{after}", time > self.until
        if self.up_to is not None:
            yield (
                f"from the first above {self.up_to:g} % of its unit on",
                ~before_first_above(time, released, unit, self.up_to),
            )

    def within(
        self, time: Floats, released: Floats, unit: NDArray[np.int64], time_unit: str = ""
    ) -> tuple[Kept, tuple[str, ...]]:
        """Tell which readings are fitted, and in words which are not.

        Parameters
        ----------
        time, released : ndarray, shape (readings,)
            Times [the time unit of the data] and percent released [%].
        unit : ndarray, shape (readings,)
            Which unit each reading comes from.
        time_unit : str
            As the user writes it.

        Returns
        -------
        kept : ndarray, shape (readings,)
            Whether a reading is fitted.
        left_out : tuple of str
            A text for each rule that leaves readings out.

        Raises
        ------
        DomainError
            If fewer than three readings remain, or all at one time.

        Examples
        --------
        >>> time, released = np.arange(1.0, 6.0), np.array([20.0, 40.0, 55.0, 70.0, 58.0])
        >>> kept, left_out = Window(up_to=60.0).within(time, released, np.zeros(5, dtype=np.int64))
        >>> kept.tolist(), left_out
        ([True, True, True, False, False], ('2 of 5 readings left out: from the first above 60 % of its unit on',))
        """
        kept = np.ones(time.shape, dtype=np.bool_)
        told = []
        after = f" {time_unit}" if time_unit else ""
        for rule, out in self.parts(time, released, unit, after):
            gone = int((kept & out).sum())  # a reading is told of once
            kept &= ~out
            if gone:
                told.append(f"{gone} of {time.size} readings left out: {rule}")
        left, times = int(kept.sum()), np.unique(time[kept]).size
        if told and (left < FEWEST or times < 2):
            raise DomainError("readings left", left, "", f"at least {FEWEST} at two times", "; ".join(told))
        return kept, tuple(told)

    def without_struck(self, profile: Profile) -> Profile:
        """Give a profile without the times that were struck."""
        if not self.leave_out:
            return profile
        kept = ~struck(profile.time, self.leave_out)
        deviation = None if profile.deviation is None else profile.deviation[kept]
        return replace(profile, time=profile.time[kept], released=profile.released[:, kept], deviation=deviation)

    def require_times(self, profiles: Sequence[Profile]) -> None:
        """Require that each time to strike is one of the readings.

        Raises
        ------
        DomainError
            If there is no reading at a time to leave out.
        """
        for time in self.leave_out:
            if not any(struck(profile.time, (time,)).any() for profile in profiles):
                known = np.unique(np.concatenate([profile.time for profile in profiles]))
                nearest = known[np.argsort(np.abs(known - time), kind="stable")[:3]]
                raise DomainError(
                    "leave_out", time, "", f"a time of the readings; nearest: {_listed(np.sort(nearest))}"
                )


EVERYTHING = Window()


def struck(time: Floats, times: Sequence[float]) -> Kept:
    """Tell which readings are at one of these times."""
    return np.asarray(np.isclose(time[:, None], np.asarray(times), rtol=1e-9, atol=0.0).any(axis=1))


def before_first_above(time: Floats, released: Floats, unit: NDArray[np.int64], share: float) -> Kept:
    """Tell which readings come before the first of their unit above a share released.

    Parameters
    ----------
    time, released : ndarray, shape (readings,)
        Times [any unit] and percent released [%].
    unit : ndarray, shape (readings,)
        Which unit each reading comes from.
    share : float
        Percent released [%].

    Returns
    -------
    ndarray, shape (readings,)
        Whether it does. A unit that falls back below the share does not come back in.
    """
    kept = np.ones(time.shape, dtype=np.bool_)
    for which in np.unique(unit):
        over = (unit == which) & (released > share)
        if over.any():
            kept &= (unit != which) | (time < time[over].min())
    return kept


def _listed(times: Sequence[float] | Floats) -> str:
    return ", ".join(f"{time:g}" for time in times)
