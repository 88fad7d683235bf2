"""Measured release from arrays and data frames, and back to rows that read to the same data."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require, require_not_negative
from formulate.experiment.asked import asked
from formulate.experiment.assembly import read_table
from formulate.experiment.data import Floats, ReleaseData
from formulate.experiment.grouping import DEFAULT
from formulate.experiment.table import Table
from materials.errors import FormulateError, shorten

if TYPE_CHECKING:
    import pandas as pd


def release_data(
    time: ArrayLike,
    released: ArrayLike | Mapping[str, ArrayLike],
    *,
    time_unit: str = "h",
    unit: str = "percent",
    unit_names: Sequence[str] = (),
    deviation: ArrayLike | None = None,
    units_behind: int | None = None,
    source: str = "arrays",
    **options: Any,
) -> ReleaseData:
    """Make release data from arrays, with the checks of a file.

    Parameters
    ----------
    time : array_like, shape (times,)
        In `time_unit`, in any order, each once.
    released : array_like, shape (times,) or (units, times), or mapping of str to such
        In `unit`; NaN where there is no reading. A mapping gives a profile for each name.
    time_unit, unit : str
        ``"h"``; ``"percent"``, ``"fraction"``, ``"mg"``, ``"ug/mL"``.
    unit_names : sequence of str
        One for each unit; 1, 2, ... where not given.
    deviation : array_like, shape (times,), optional
        Standard deviation between the units behind a lone row of means, in `unit`.
    units_behind : int, optional
        How many units those means are of.
    source : str
        What refusals and reports call it.
    **options
        dose, volume, sample, replaced, corrected as for `formulate.experiment.reading.read_release`.

    Returns
    -------
    ReleaseData
        In percent of the dose.

    Raises
    ------
    DomainError
        A time is negative or not finite, or given twice.
    FormulateError
        Arrays that do not fit, or whatever a file is refused for.

    Examples
    --------
    >>> data = release_data([0, 1, 2], [0.0, 0.25, 0.5], unit="fraction")
    >>> data.profile().mean.tolist(), data.time_unit
    ([0.0, 25.0, 50.0], 'h')
    """
    times = require_not_negative("time", _array("time", time), time_unit)
    if times.ndim != 1:
        raise FormulateError(f"time has {times.ndim} dimensions; need one")
    order = np.sort(times)
    require("time", order[1:], time_unit, np.diff(order) > 0.0, "each time once")
    given = released if isinstance(released, Mapping) else {DEFAULT: released}
    spread = np.full(times.shape, np.nan) if deviation is None else _array("deviation", deviation)
    if spread.shape != times.shape:
        raise FormulateError(f"deviation has shape {spread.shape}; need {times.shape}, as time")
    rows: list[list[object]] = []
    for name, values in given.items():
        units = np.atleast_2d(_array(shorten(name, 40), values))
        if units.ndim != 2 or units.shape[1] != times.size:
            raise FormulateError(f"{shorten(name, 40)}: shape {units.shape}; need (units, {times.size})")
        names = list(unit_names) or [str(number + 1) for number in range(len(units))]
        if len(names) != len(units) or len(set(names)) != len(names):
            raise FormulateError(f"{shorten(name, 40)}: {len(names)} names of {len(units)} units; need one for each")
        for label, readings in zip(names, units, strict=True):
            rows += [
                [float(at), float(reading), str(name), str(label), float(each), units_behind]
                for at, reading, each in zip(times, readings, spread, strict=True)
            ]
    heads: list[object] = ["time", "released", "profile", "unit", "sd", "n"]
    kinds = {"time": "time", "released": "released", "profile": "profile", "unit": "unit", "sd": "sd", "n": "n"}
    wanted = asked(time_unit=time_unit, unit=unit, columns=kinds, **options)
    return read_table(Table(source, [(0, heads), *enumerate(rows, start=1)]), wanted)


def _array(name: str, given: ArrayLike) -> Floats:
    try:
        return np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):  # a text, a complex number, rows of different length
        raise FormulateError(f"{name}: {shorten(repr(given), 60)}; need numbers, rows of one length") from None


def from_frame(frame: "pd.DataFrame", *, source: str = "data frame", **options: Any) -> ReleaseData:
    """Make release data from a data frame laid out as a file may be; an index that has a name is a column.

    Parameters
    ----------
    frame : DataFrame
        Wide or long, its columns named as those of a file.
    source : str
        What refusals and reports call it.
    **options
        As for `formulate.experiment.reading.read_release`, but for the sheet.

    Returns
    -------
    ReleaseData
        As from the same table in a file.

    Raises
    ------
    FormulateError
        Whatever a file would be refused for; rows are counted from 1.
    """
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    heads: list[object] = [" ".join(map(str, name)) if isinstance(name, tuple) else name for name in frame.columns]
    cells: list[list[object]] = [
        list(row) for row in frame.astype(object).where(frame.notna(), "").itertuples(index=False, name=None)
    ]
    return read_table(Table(source, [(0, heads), *enumerate(cells, start=1)]), asked(**options))


def long_rows(data: ReleaseData) -> list[dict[str, Any]]:
    """Give one row for each reading, in columns that are read back to the same data.

    Parameters
    ----------
    data : ReleaseData
        Measured release.

    Returns
    -------
    list of dict
        Time, percent released (None where missing), profile, unit; standard deviation and number of units where a
        profile has them.

    Examples
    --------
    >>> long_rows(release_data([0, 1], [0, 10]))[1]
    {'time (h)': 1.0, 'released (%)': 10.0, 'profile': 'release', 'unit': '1'}
    """
    has_deviation = any(profile.deviation is not None for profile in data.profiles)
    has_count = any(profile.units_behind is not None for profile in data.profiles)
    rows = []
    for profile in data.profiles:
        for unit, readings in zip(profile.unit_names, profile.released, strict=True):
            for point, (time, value) in enumerate(zip(profile.time, readings, strict=True)):
                row: dict[str, Any] = {
                    f"time ({data.time_unit})": float(time),
                    "released (%)": _or_none(value),
                    "profile": profile.name,
                    "unit": unit,
                }
                if has_deviation:
                    row["SD (%)"] = None if profile.deviation is None else _or_none(profile.deviation[point])
                if has_count:
                    row["n"] = profile.units_behind
                rows.append(row)
    return rows


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def to_frame(data: ReleaseData) -> "pd.DataFrame":
    """Give measured release as a data frame, one row for each reading; see `long_rows`."""
    import pandas as pd

    return pd.DataFrame(long_rows(data))
