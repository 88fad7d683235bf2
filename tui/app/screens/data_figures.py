"""The plots of release data: readings, a fitted curve with its band, residuals, two profiles and their difference."""

from collections.abc import Iterator, Sequence
from typing import Any

from tui.app.widgets.plot import Curve, Figure, Points

MOST_PROFILES = 6  # in one plot
Shown = dict[str, Any]


def readings_figure(data: Shown, profile: str) -> Figure:
    """Give the readings: those of one profile unit by unit, of the others the means."""
    points = []
    for item in sorted(data["profiles"], key=lambda each: each["name"] != profile)[:MOST_PROFILES]:
        if item["name"] == profile and len(item["unit_names"]) > 1:
            points.append(_units(item))
        points.append(_mean(item, item["name"] if len(data["profiles"]) > 1 else "mean"))
    return _released(data["time_unit"], (), points, _highest(data["profiles"]))


def curve_figure(fit: Shown, profile: Shown, model: Shown, *, single: bool) -> Figure:
    """Give the readings with the curve of a model, and the band of the curve or of a single new reading."""
    measured = next(item for item in fit["data"]["profiles"] if item["name"] == profile["name"])
    curve, band = model["curve"], model["single" if single else "curve"]
    whole = None not in band["low"] and None not in band["high"]
    drawn = _curve("fitted", curve["time"], curve["median"], band if whole else None)
    return _released(fit["data"]["time_unit"], drawn, [_units(measured)], _highest([measured]))


def residuals_figure(fit: Shown, model: Shown) -> Figure:
    """Give observed less fitted against time, between twice the residual standard deviation."""
    given, spread = model["residuals"], model["spread"]
    end = max(given["time"])
    ends = None if spread is None else {"low": [-spread] * 2, "high": [spread] * 2}
    zero = _curve("zero" if spread is None else "0, ± 2 SD", [0.0, end], [0.0, 0.0], ends)
    highest = 1.15 * max(spread or 0.0, *(abs(value) for value in given["value"] if value is not None))
    return Figure(f"time [{fit['data']['time_unit']}]", "residual [%]", zero,
                  (_points("residual", given["time"], given["value"]),),
                  x_limits=(0.0, 1.03 * end), y_limits=(-highest, highest))  # fmt: skip


def profiles_figure(found: Shown) -> Figure:
    """Give the means of both profiles between their standard deviations."""
    curves: list[Curve] = []
    for item, name in zip(found["profiles"], found["names"], strict=True):
        time, mean, deviation = _known(item["time"], item["mean"], item["deviation"])
        band = None
        if deviation is not None:
            pairs = list(zip(mean, deviation, strict=True))
            band = {"low": [value - error for value, error in pairs], "high": [value + error for value, error in pairs]}
        curves += _curve(name, time, mean, band)
    return _released(found["time_unit"], tuple(curves), [], _highest(found["profiles"]))


def difference_figure(found: Shown) -> Figure:
    """Give test less reference with its limits, and the lines of ten points."""
    given = found["difference"]
    end = max(given["time"])
    band = given if None not in given["low"] else None
    curves = (*_curve("10 points", [0.0, end], [0.0, 0.0], {"low": [-10.0] * 2, "high": [10.0] * 2}),
              *_curve("difference", given["time"], given["median"], band))  # fmt: skip
    return Figure(f"time [{found['time_unit']}]", "test − reference [%]", curves,
                  x_limits=(0.0, 1.03 * end))  # fmt: skip


def _released(unit: str, curves: tuple[Curve, ...], points: list[Points], highest: float) -> Figure:
    return Figure(f"time [{unit}]", "released [%]", curves, tuple(points), x_limits=(0.0, None),
                  y_limits=(0.0, max(1.08 * highest, 10.0)))  # fmt: skip


def _highest(profiles: Sequence[Shown]) -> float:
    readings = [value for item in profiles for row in item["released"] for value in row if value is not None]
    return float(max(readings, default=100.0))


def _units(item: Shown) -> Points:
    time = [at for row in item["released"] for at in item["time"][: len(row)]]
    return _points("readings", time, [value for row in item["released"] for value in row])


def _mean(item: Shown, label: str) -> Points:
    time, mean, deviation = _known(item["time"], item["mean"], item["deviation"])
    return Points(label if len(item["unit_names"]) > 1 or label != "mean" else "readings", time, mean, deviation)


def _points(label: str, time: Sequence[float | None], values: Sequence[float | None]) -> Points:
    x, y, _ = _known(time, values, None)
    return Points(label, x, y)


def _curve(
    label: str, time: Sequence[float], values: Sequence[float | None], band: Shown | None
) -> tuple[Curve, ...]:  # fmt: skip
    x, y, _ = _known(time, values, None)
    if band is None or len(x) != len(time):
        return (Curve(label, x, y),)
    return (Curve(label, x, y, band["low"], band["high"]),)


def _known(
    time: Sequence[float | None], values: Sequence[float | None], errors: Sequence[float | None] | None
) -> tuple[list[float], list[float], list[float] | None]:
    """Give the points where there is a reading; errors that are not known are none."""
    kept = list(_where(time, values))
    x, y = [time[index] or 0.0 for index in kept], [values[index] or 0.0 for index in kept]
    return x, y, None if errors is None else [errors[index] or 0.0 for index in kept]


def _where(time: Sequence[float | None], values: Sequence[float | None]) -> Iterator[int]:
    for index, (at, value) in enumerate(zip(time, values, strict=True)):
        if at is not None and value is not None:
            yield index
