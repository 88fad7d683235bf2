"""The pictures of a fit: readings with the curves and their bands, residuals, weights of the models, ranking."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from formulate.curves.model import Floats
from formulate.experiment.data import Profile
from formulate.fitting.analysis import Analysis, FittedModel, ProfileAnalysis
from formulate.fitting.bands import confidence_band, prediction_band
from formulate.report.canvas import BAND_FILL, INK, MAIN, MUTED, drawing
from formulate.report.text import any_number, weight_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CURVES = 4  # models drawn into one panel
_POINTS = 240
_BARS = 10  # models in a bar chart
_LEAST_WEIGHT = 1e-3  # of a model in the chart of weights
# the best first; told apart by their dashes as well
_LINES: tuple[dict[str, Any], ...] = (
    {"color": MAIN["color"], "linewidth": 1.9, "linestyle": "-"},
    {"color": "#D55E00", "linewidth": 1.3, "linestyle": (0, (5, 2))},
    {"color": "#009E73", "linewidth": 1.3, "linestyle": (0, (1, 1.4))},
    {"color": "#CC79A7", "linewidth": 1.3, "linestyle": (0, (6, 2, 1, 2))},
)
_MARKERS = "osD^vP*X<>ph"
_PREDICTION: dict[str, Any] = {
    "facecolor": "none",
    "edgecolor": "#56B4E9",
    "hatch": "....",
    "linewidth": 0.0,
    "alpha": 0.8,
}


def fits_figure(analysis: Analysis) -> "Figure":
    """Give the readings with the best curves, the band of the best, and the band of single new readings."""
    with drawing():
        figure, axes = _grid(len(analysis.profiles), 5.6, 3.9)
        for axis, found in zip(axes, analysis.profiles, strict=True):
            draw_readings(axis, found.profile)
            _draw_fits(axis, found)
            _frame(axis, analysis.data.time_unit, found.profile)
    return figure


def residuals_figure(analysis: Analysis) -> "Figure":
    """Give observed less fitted of the best model against time."""
    with drawing():
        figure, axes = _grid(len(analysis.profiles), 5.6, 3.2)
        for axis, found in zip(axes, analysis.profiles, strict=True):
            _draw_residuals(axis, found, analysis.data.time_unit)
    return figure


def weights_figure(analysis: Analysis) -> "Figure":
    """Give the support of each model: its weight among those ranked on the same readings."""
    return _bars(
        analysis, "weight among the models", lambda model: model.place.weight if model.place else np.nan, weight_text
    )


def ranking_figure(analysis: Analysis) -> "Figure":
    """Give how far each model stands behind the best, by the criterion of the ranking."""
    return _bars(
        analysis,
        f"{analysis.criterion}, behind the best",
        lambda model: model.place.difference if model.place else np.nan,
        any_number,
    )


def overview_figure(analysis: Analysis) -> "Figure":
    """Give curves, residuals and weights of the first profile in one picture."""
    found = analysis.profiles[0]
    with drawing():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(10.2, 5.4), layout="constrained")
        parts = figure.add_gridspec(2, 2, width_ratios=[1.35, 1.0], height_ratios=[2.4, 1.0])
        upper = figure.add_subplot(parts[0, 0])
        lower = figure.add_subplot(parts[1, 0], sharex=upper)
        draw_readings(upper, found.profile)
        _draw_fits(upper, found)
        _frame(upper, analysis.data.time_unit, found.profile)
        upper.set_xlabel("")
        _draw_residuals(lower, found, analysis.data.time_unit)
        lower.set_title("")
        _draw_bars(
            figure.add_subplot(parts[:, 1]),
            found,
            "weight among the models",
            lambda model: model.place.weight if model.place else np.nan,
            weight_text,
        )
    return figure


FIGURES: Mapping[str, Callable[[Analysis], "Figure"]] = {
    "overview": overview_figure,
    "fits": fits_figure,
    "residuals": residuals_figure,
    "weights": weights_figure,
    "ranking": ranking_figure,
}


def draw_readings(axis: "Axes", profile: Profile, color: str = INK, label: str = "") -> None:
    """Draw every reading with the marker of its unit, and where there are several units their means with SD."""
    several = profile.units > 1
    for index, row in enumerate(profile.released):
        axis.plot(
            profile.time,
            row,
            linestyle="none",
            marker=_MARKERS[index % len(_MARKERS)],
            markersize=3.6 if several else 5.0,
            markerfacecolor="none" if several else color,
            markeredgecolor=color,
            markeredgewidth=0.8,
            alpha=0.6 if several else 1.0,
            zorder=5,
            label=label or (f"unit {profile.unit_names[index]}" if profile.units <= 6 and several else None),
        )
        label = label and "_nolegend_"
    deviation = profile.standard_deviation
    if deviation is not None:
        axis.errorbar(
            profile.time,
            profile.mean,
            yerr=np.nan_to_num(deviation),
            linestyle="none",
            marker="_",
            markersize=8,
            color=color,
            elinewidth=1.0,
            capsize=2.5,
            zorder=6,
        )


def _draw_fits(axis: "Axes", found: ProfileAnalysis) -> None:
    time = _times(found.profile)
    for line, model in zip(_LINES, found.models[:CURVES], strict=False):
        axis.plot(time, model.fit.curve(time), label=_labelled(model), zorder=4, **line)
    if found.models:
        best = found.models[0].fit
        level = f"{best.level:.0%}"
        low, high = prediction_band(best, time)
        if np.isfinite(low).all() and np.isfinite(high).all():
            axis.fill_between(time, low, high, zorder=1, label=f"{level} band of a new reading", **_PREDICTION)
        low, high = confidence_band(best, time)
        if np.isfinite(low).all() and np.isfinite(high).all():
            axis.fill_between(time, low, high, label=f"{level} band of the curve", **BAND_FILL)
    if axis.get_legend_handles_labels()[0]:
        axis.legend(fontsize=7.2, frameon=False, loc="lower right")


def _labelled(model: FittedModel) -> str:
    weight = (
        "" if model.place is None or np.isnan(model.place.weight) else f", weight {weight_text(model.place.weight)}"
    )
    return f"{model.fit.model.name}{weight}"


def _draw_residuals(axis: "Axes", found: ProfileAnalysis, unit: str) -> None:
    axis.axhline(0.0, color=MUTED, linewidth=0.9)
    if found.models:
        fit = found.models[0].fit
        for index in np.unique(fit.points.unit):
            mine = fit.points.unit == index
            axis.plot(
                fit.points.time[mine],
                fit.residuals[mine],
                linestyle="none",
                marker=_MARKERS[int(index) % len(_MARKERS)],
                markersize=4.5,
                markerfacecolor="none",
                markeredgecolor=INK,
            )
        spread = 2.0 * np.sqrt(fit.criteria.mse) if fit.points.weighting == "1" else np.nan
        if np.isfinite(spread):
            axis.axhspan(-spread, spread, color="#56B4E9", alpha=0.15, linewidth=0)
        axis.set_title(f"{found.profile.name} {fit.model.name}".strip(), fontsize=8.5, loc="left", color=INK)
    axis.set_xlabel(f"time ({unit})", fontsize=8.5)
    axis.set_ylabel("observed − fitted\n(% of the dose)", fontsize=8.5)
    axis.spines[["right", "top"]].set_visible(False)


def _bars(
    analysis: Analysis, label: str, value: Callable[[FittedModel], float], form: Callable[[float], str]
) -> "Figure":
    with drawing():
        figure, axes = _grid(len(analysis.profiles), 5.6, 3.6)
        for axis, found in zip(axes, analysis.profiles, strict=True):
            _draw_bars(axis, found, label, value, form)
            axis.set_title(found.profile.name, fontsize=9, loc="left", color=INK)
    return figure


def _draw_bars(
    axis: "Axes",
    found: ProfileAnalysis,
    label: str,
    value: Callable[[FittedModel], float],
    form: Callable[[float], str],
) -> None:
    chosen = [model for model in found.models[:_BARS] if np.isfinite(value(model))]
    chosen = [model for model in chosen if form is not weight_text or value(model) >= _LEAST_WEIGHT]
    lengths = [value(model) for model in chosen]
    axis.barh(range(len(chosen)), lengths, color="#8fbfe0", edgecolor=INK, linewidth=0.6, height=0.66)
    longest = max([*lengths, 1e-9])
    for place, length in enumerate(lengths):
        axis.text(length + 0.015 * longest, place, form(length), va="center", fontsize=7.5, color=INK)
    axis.set_yticks(range(len(chosen)), [model.fit.model.name for model in chosen], fontsize=8)
    axis.set_ylim(max(len(chosen), 4) - 0.4, -0.6)
    axis.set_xlim(0.0, 1.18 * longest)
    axis.set_xlabel(label, fontsize=8.5)
    axis.spines[["right", "top"]].set_visible(False)
    axis.tick_params(axis="y", length=0)


def _frame(axis: "Axes", unit: str, profile: Profile) -> None:
    top = float(np.nanmax(profile.released))
    axis.set_xlim(0.0, 1.03 * float(profile.time[-1]))
    axis.set_ylim(min(0.0, float(np.nanmin(profile.released))) - 2.0, max(1.15 * top, 10.0))
    axis.set_xlabel(f"time ({unit})", fontsize=8.5)
    axis.set_ylabel("released (% of the dose)", fontsize=8.5)
    axis.set_title(profile.name, fontsize=9, loc="left", color=INK)
    axis.spines[["right", "top"]].set_visible(False)


def _times(profile: Profile) -> Floats:
    """Give the times of a curve: dense at the start, where bursts and lags are."""
    return np.asarray(float(profile.time[-1]) * np.linspace(0.0, 1.0, _POINTS) ** 1.5)


def _grid(count: int, width: float, height: float) -> tuple["Figure", list["Axes"]]:
    from matplotlib.figure import Figure

    columns = 1 if count == 1 else 2
    rows = -(-count // columns)
    size = (width if count == 1 else 4.6 * columns, height if count == 1 else 3.2 * rows)
    figure = Figure(figsize=size, layout="constrained")
    return figure, [figure.add_subplot(rows, columns, index + 1) for index in range(count)]
