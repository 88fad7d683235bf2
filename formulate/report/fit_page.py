"""A fit of release data as a page, a table of curves, and plain data."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from formulate.fitting.analysis import Analysis, FittedModel, ProfileAnalysis
from formulate.fitting.diagnosis import Finding
from formulate.fitting.results import Fit
from formulate.fitting.shared_reading import shared_lines
from formulate.fitting.summaries import Quantity
from formulate.fitting.units import unit_rows
from formulate.report.html import document_html
from formulate.report.page import Document, Picture, Points, Section, Table, Text
from formulate.report.text import NO_NUMBER, any_number, interval_text, weight_text

if TYPE_CHECKING:
    import pandas as pd

    from formulate.pipeline import Prediction

_LISTED = 10  # models in the table of a page that is open from the start
_ALONE = 0.995  # the weight of a model beside which no other counts
_DEFINITIONS = (
    "SS = Σ(observed − fitted)², WSS = Σ w(observed − fitted)², R² = 1 − WSS/Σ w(observed − mean)², "
    "R² adjusted = 1 − (1 − R²)(N − 1)/(N − p), AIC = N ln WSS + 2p, AICc = AIC + 2p(p + 1)/(N − p − 1), "
    "BIC = N ln WSS + p ln N, MSC = ln(WSS of the mean/WSS) − 2p/N without readings of zero: the definitions of "
    "DDSolver (Zhang and others 2010, doi 10.1208/s12248-010-9185-1) where it has them. Values are comparable only "
    "between models fitted to the same readings with the same weights."
)


def fit_html(analysis: Analysis, extra: Sequence[Section] = (), date: str | None = None) -> str:
    """Give the report of a fit as one HTML page; the same analysis gives the same bytes."""
    return document_html(fit_document(analysis, extra, date or ""))


def fit_document(analysis: Analysis, extra: Sequence[Section] = (), date: str = "") -> Document:
    """Give the report of a fit as a document that every writer can write."""
    from formulate.report.fit_figures import fits_figure, residuals_figure, weights_figure

    sections = [Section("The readings and their fits", (_figure("fits", fits_figure(analysis), analysis),))]
    for found in analysis.profiles:
        sections += _sections(analysis, found)
    sections.append(
        Section(
            "Residuals and weights",
            (
                _figure("residuals", residuals_figure(analysis), analysis),
                _figure("weights", weights_figure(analysis), analysis),
            ),
        )
    )
    if analysis.shared or analysis.shared_failures:
        unit = analysis.data.time_unit
        names = [found.profile.name for found in analysis.profiles]
        told = [line for fit in analysis.shared for line in shared_lines(fit, names, unit)]
        told += [f"{item.name}: {item.reason}" for item in analysis.shared_failures]
        sections.append(Section("With parameters in common", [Text(line) for line in told]))
    sections += extra
    warnings = (*analysis.data.warnings, *analysis.caveats)
    sections.append(Section("What to know", (Points(warnings),) if warnings else ()))
    sections.append(Section("Definitions", (Text(_DEFINITIONS),)))
    title = f"Release data: {analysis.data.source}" if analysis.data.source else "Release data"
    return Document(title, _question(analysis), _answer(analysis), sections, date=date)


def prediction_sections(prediction: "Prediction") -> list[Section]:
    """Give what follows in the tissue from the measured law."""
    from formulate.report.figures import concentration_figure
    from formulate.report.scores import alone
    from formulate.report.text import estimate_text

    estimates = prediction.assessment.estimates.values()
    rows = [(item.label, estimate_text(item) if item.exists else item.reason) for item in estimates]
    compared = alone(prediction)
    return [
        Section(
            "In the tissue, with the measured release",
            (
                Table(("number", "median and 80 % band"), rows),
                Picture("exposure", concentration_figure(compared), "Unbound concentration at the site and in plasma."),
                Points(prediction.warnings),
            ),
        )
    ]


def curves_frame(analysis: Analysis) -> "pd.DataFrame":
    """Give the curves of every model with their confidence bands, and the average, at the same 121 times."""
    import numpy as np
    import pandas as pd

    from formulate.fitting.bands import confidence_band, prediction_band

    frames = []
    unit = analysis.data.time_unit
    for found in analysis.profiles:
        time = np.linspace(0.0, float(found.profile.time[-1]), 121)
        for model in found.models:
            low, high = confidence_band(model.fit, time)
            new_low, new_high = prediction_band(model.fit, time)
            frames.append(
                pd.DataFrame(
                    {
                        "profile": found.profile.name,
                        "model": model.fit.model.id,
                        f"time ({unit})": time,
                        "released (%)": model.fit.curve(time),
                        "confidence low (%)": low,
                        "confidence high (%)": high,
                        "prediction low (%)": new_low,
                        "prediction high (%)": new_high,
                    }
                )
            )
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _figure(name: str, figure: object, analysis: Analysis) -> Picture:
    captions = {
        "fits": (
            "Readings (one sign for each unit, bars: mean and standard deviation), the best curves, and for the best "
            "the band of the curve (filled) and of a single new reading (dotted)."
        ),
        "residuals": "Observed less fitted of the best model; shaded: twice the residual standard deviation.",
        "weights": "Support of the models on the same readings; weights say nothing of models that were not tried.",
    }
    return Picture(f"fit-{name}", figure, captions[name])  # type: ignore[arg-type]  # a matplotlib figure


def _question(analysis: Analysis) -> str:
    names = [found.profile.name for found in analysis.profiles if found.profile.name]
    of = f" of {', '.join(names)}" if names else ""
    return f"Which release law describes the readings{of}, with what parameters, and how sure is that?"


def _answer(analysis: Analysis) -> str:
    told = []
    for found in analysis.profiles:
        head = f"{found.profile.name}: " if found.profile.name else ""
        if not found.models:
            told.append(f"{head}no model could be fitted.")
            continue
        best = found.models[0]
        half = next((item for item in best.summary if item.name == "T50" and not math.isnan(item.value)), None)
        unit = analysis.data.time_unit
        reached = (
            f", half released after {any_number(half.value)} {unit} ({interval_text(half.low, half.high)})"
            if half
            else ""
        )
        told.append(f"{head}{best.fit.model.name} ranks first of {len(found.models)}{reached}.")
        if found.best_sound is not None and found.best_sound is not best:
            told.append(f"The first without a serious objection is {found.best_sound.fit.model.name}.")
    return " ".join(told)


def _sections(analysis: Analysis, found: ProfileAnalysis) -> list[Section]:
    name = f"{found.profile.name}: " if found.profile.name else ""
    unit = analysis.data.time_unit
    blocks: list[Text | Points | Table | Picture] = []
    if found.notes:
        blocks.append(Points(_said(found.notes)))
    if found.points.left_out:
        blocks.append(Points(found.points.left_out))
    blocks += _ranking_tables(found)
    blocks += [Text(text) for text in found.ranking.reading]
    if found.failures:
        rows = [(failure.name, failure.reason) for failure in found.failures]
        blocks.append(Table(("model", "why it was not fitted"), rows))
    shown = dict.fromkeys((*found.models[:1], *([found.best_sound] if found.best_sound else [])))
    sections = []
    for model in shown:
        without = ", the first without a serious objection" if model is found.best_sound and len(shown) > 1 else ""
        sections.append(Section(f"{name}{model.fit.model.name}{without}", _model_blocks(model, unit)))
    sections.append(Section(f"{name}models, best first", blocks))
    sections.append(Section(f"{name}without a model", (_quantities(found.observed, unit),)))
    sections.append(Section(f"{name}each unit by itself", _unit_tables(found, unit)))
    sections.append(Section(f"{name}Korsmeyer-Peppas up to 60 %", _mechanism_blocks(found)))
    return sections


def _ranking_tables(found: ProfileAnalysis) -> list[Table]:
    weighted = found.points.weighting != "1"
    heads = (
        "model", "p", "N", "SS", *(["WSS"] if weighted else []), "R²", "R² adjusted", "AIC", "AICc", "BIC", "MSC",
        "behind", "weight", "parameters", "beware",
    )  # fmt: skip
    rows = []
    for model in found.models:
        criteria, place = model.fit.criteria, model.place
        numbers = (
            criteria.ss, *([criteria.wss] if weighted else []), criteria.r2, criteria.r2_adjusted, criteria.aic,
            criteria.aicc, criteria.bic, criteria.msc,
        )  # fmt: skip
        rows.append(
            (
                f"{place.place}. {model.fit.model.name}" if place else model.fit.model.name,
                str(criteria.parameters),
                str(criteria.points),
                *(any_number(value, 5) for value in numbers),
                any_number(place.difference, 3) if place else NO_NUMBER,
                weight_text(place.weight) if place else NO_NUMBER,
                ", ".join(f"{item.name} = {any_number(item.value, 5)}" for item in model.fit.parameters),
                "; ".join(item.brief for item in model.findings if item.severity != "note"),
            )
        )
    caption = f"{found.points.time.size} readings, weights {found.points.weighting}"
    rest = rows[_LISTED:]
    folded = [Table(heads, rest, folded=f"{len(rest)} more models")] if rest else []
    return [Table(heads, rows[:_LISTED], caption), *folded]


def _model_blocks(model: FittedModel, unit: str) -> list[Text | Points | Table | Picture]:
    fit = model.fit
    resampled = bootstrap_intervals(model)
    rows = [
        (
            item.name,
            item.meaning,
            any_number(item.value, 6),
            item.unit.replace("{t}", unit) or "1",
            "fixed" if item.fixed else interval_text(item.low, item.high),
            "" if item.fixed else any_number(item.standard_error),
            interval_text(*model.likelihood[item.name]) if item.name in model.likelihood else "",
            interval_text(*resampled[item.name]) if item.name in resampled else "",
        )
        for item in fit.parameters
    ]
    heads = ("parameter", "meaning", "value", "unit", f"{fit.level:.0%} interval", "standard error", "by likelihood",
             "by bootstrap")  # fmt: skip
    kept = [i for i in range(len(heads)) if i < 6 or any(row[i] for row in rows)]
    blocks: list[Text | Points | Table | Picture] = [Text(fit.model.equation)]
    blocks.append(Table([heads[i] for i in kept], [[row[i] for i in kept] for row in rows]))
    blocks.append(_quantities(model.summary, unit))
    if model.findings:
        blocks.append(Points(_said(model.findings)))
    if fit.model.assumes or fit.model.source:
        holds = f"Assumed: {fit.model.assumes}. " if fit.model.assumes else ""
        blocks.append(Text(f"{holds}Source: {fit.model.source}" if fit.model.source else holds))
    return blocks


def bootstrap_intervals(model: FittedModel) -> dict[str, tuple[float, float]]:
    """Give the bias-corrected and accelerated intervals of the free parameters, where a bootstrap was asked for."""
    if model.bootstrap is None:
        return {}
    ends = model.bootstrap.bca(model.fit.level)
    free = {item.name for item in model.fit.parameters if not item.fixed}
    names = model.bootstrap.names
    return {name: (float(low), float(high)) for name, (low, high) in zip(names, ends, strict=True) if name in free}


def criteria_text(fit: Fit) -> str:
    """Give how well a curve fits, in one line."""
    found = fit.criteria
    numbers = {"SS": found.ss, "R²": found.r2, "R² adj": found.r2_adjusted, "AIC": found.aic, "AICc": found.aicc}
    numbers |= {"BIC": found.bic, "MSC": found.msc}
    told = ", ".join(f"{name} {any_number(value, 5)}" for name, value in numbers.items())
    return f"N {found.points}, p {found.parameters}, {told}"


def mechanism_texts(found: ProfileAnalysis) -> list[str]:
    """Give what the exponent of Korsmeyer and Peppas says, the line with its number first."""
    mechanism = found.mechanism
    return [mechanism.line, *filter(None, (*mechanism.caveats, mechanism.weibull, mechanism.fickian_share))]


def average_text(found: ProfileAnalysis, unit: str) -> str:
    """Tell of the average of the models by their weights; nothing where it is the best curve again."""
    average = found.average
    if average is None or average.weights[0][1] >= _ALONE:
        return ""
    names = {model.fit.model.id: model.fit.model.name for model in found.models}
    shown = [(names.get(model, model), weight) for model, weight in average.weights if weight >= 0.01]
    named = ", ".join(f"{name} {weight_text(weight)}" for name, weight in shown[:6])
    if len(shown) > 6:
        named += f" and {len(shown) - 6} more"
    worst = int((average.high - average.low).argmax())
    return (
        f"Average of the models by their weights: {named}. At the last reading "
        f"{any_number(average.released[-1], 3)} % ({interval_text(average.low[-1], average.high[-1])}); widest at "
        f"{any_number(average.time[worst], 3)} {unit}, where models disagree on {average.between[worst]:.0%} of the "
        "variance."
    )


def _mechanism_blocks(found: ProfileAnalysis) -> list[Text | Points | Table | Picture]:
    mechanism = found.mechanism
    blocks: list[Text | Points | Table | Picture] = [Text(mechanism.line)]
    if mechanism.rows:
        blocks.append(Table(("shape", "n rules out", "still possible"), mechanism.rows))
    return [*blocks, *map(Text, mechanism_texts(found)[1:])]


def _unit_tables(found: ProfileAnalysis, unit: str) -> list[Table]:
    tables = []
    for number, model in enumerate(found.models):
        rows = [
            (
                row.unit, *(any_number(value) for value in row.values), any_number(row.r2, 5), any_number(row.ss),
                any_number(row.t50), row.failed,
            )
            for row in unit_rows(found, model.fit.model.id)
        ]  # fmt: skip
        if rows:
            heads = ("unit", *model.fit.model.names, "R²", "SS", f"T50 ({unit})", "")
            folded = model.fit.model.name if number else ""
            tables.append(Table(heads, rows, "" if folded else model.fit.model.name, folded))
    return tables


def _quantities(quantities: Sequence[Quantity], unit: str) -> Table:
    rows = [
        (
            item.name,
            item.meaning,
            any_number(item.value),
            item.unit.replace("{t}", unit),
            interval_text(item.low, item.high),
            "; ".join(filter(None, ("beyond the last reading" if item.extrapolated else "", item.note))),
        )
        for item in quantities
    ]
    return Table(("", "meaning", "value", "unit", "interval", ""), rows)


def _said(findings: Sequence[Finding]) -> list[str]:
    return [f"{item.severity}: {item.text} {item.advice}".strip() for item in findings]
