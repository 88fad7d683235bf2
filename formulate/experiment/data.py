"""Measured release profiles, as every analysis takes them: percent of the dose against time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Profile:
    """One formulation under one condition: its units (vessels, bags, vials) sampled at common times."""

    name: str
    time: Floats  # (times,) rising, in the time unit of the data
    released: Floats  # (units, times) percent of the dose; NaN where a unit has no reading
    unit_names: tuple[str, ...]
    deviation: Floats | None = None  # (times,) percent; of the units behind a mean, where the file gives it
    units_behind: int | None = None  # how many units a lone column of means stands for, where the file says so

    def __post_init__(self) -> None:
        for array in (self.time, self.released, self.deviation):
            if array is not None:
                array.setflags(write=False)

    @property
    def units(self) -> int:
        """How many units were measured one by one."""
        return int(self.released.shape[0])

    @property
    def mean(self) -> Floats:
        """Mean over the units that have a reading, (times,) percent."""
        return np.asarray(np.nanmean(self.released, axis=0))

    @property
    def count(self) -> NDArray[np.int64]:
        """How many units have a reading at each time, (times,)."""
        return np.asarray(np.isfinite(self.released).sum(axis=0))

    @property
    def standard_deviation(self) -> Floats | None:
        """Deviation between units, (times,) percent; of the file, or NaN where fewer than two have a reading."""
        if self.deviation is not None:
            return self.deviation
        if self.units < 2:
            return None
        several = self.count >= 2
        result = np.full(self.time.shape, np.nan)
        result[several] = np.nanstd(self.released[:, several], axis=0, ddof=1)
        return result


@dataclass(frozen=True)
class ReleaseData:
    """What one file holds: one profile or several, on one time axis unit, with what a reader must know of them."""

    profiles: tuple[Profile, ...]
    time_unit: str  # as the user writes it: "h", "d", "min"
    seconds: float  # of one time unit
    source: str = ""  # the file, as the user named it
    given_as: str = "percent"  # "percent", "fraction", "mass (mg)", "concentration (ug/mL)": what the file held
    warnings: tuple[str, ...] = ()

    def profile(self, name: str = "") -> Profile:
        """Give the profile of this name; the only one if there is one and no name is given.

        Raises
        ------
        UnknownIdError
            No profile has this name, or several stand in the file and none was named.
        """
        from materials.errors import UnknownIdError, nearest

        if not name and len(self.profiles) == 1:
            return self.profiles[0]
        for profile in self.profiles:
            if profile.name == name:
                return profile
        raise UnknownIdError("profile", name, nearest(name, [profile.name for profile in self.profiles]))
