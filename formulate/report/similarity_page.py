"""A comparison of two release profiles as a page and as tables."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from formulate.experiment.data import Profile
from formulate.report.canvas import INK, MAIN, MUTED, drawing
from formulate.report.fit_figures import draw_readings
from formulate.report.html import document_html
from formulate.report.page import Document, Picture, Points, Section, Table, Text
from formulate.report.text import any_number, interval_text
from formulate.similarity.results import Similarity
from formulate.similarity.verdicts import SAME_READINGS, folded, percent, reasons, regulatory, words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Rows = tuple[Sequence[str], Sequence[Sequence[str]]]
_TEST = "#D55E00"
PROFILES = "The profiles"
BOOTSTRAP = "Bootstrap of f2"


def similarity_html(found: Similarity, profiles: tuple[Profile, Profile], date: str | None = None) -> str:
    """Give the report of a comparison as one HTML page; the same comparison gives the same bytes."""
    return document_html(similarity_document(found, profiles, date or ""))


def similarity_document(found: Similarity, profiles: tuple[Profile, Profile], date: str = "") -> Document:
    """Give the report of a comparison as a document that every writer can write."""
    shaded = ", the reference's tolerance limits (shaded)" if found.tolerance else ""
    limits = f" with its {percent(found.level)} limits" if np.isfinite(found.difference_low).any() else ""
    caption = (
        f"Readings, means and standard deviations{shaded}, and below the difference of the means{limits}; dotted: "
        "10 points."
    )
    sections = [
        Section(
            "What each method says",
            (*map(Text, sides(found)), Table(("method", "verdict", "numbers"), decisions(found))),
        ),
    ]
    for title, table in TABLES.items():
        heads, rows = table(found)
        drawn = (Picture("similarity", profiles_figure(found, profiles), caption),) if title == PROFILES else ()
        sections.append(Section(headed(title, found), (*drawn, Table(heads, rows)) if rows else ()))
    if found.refused:
        sections.append(Section("Not computed", (Table(("method", "why"), list(reasons(found.refused).items())),)))
    if notes(found):
        sections.append(Section("What to know", (Points(notes(found)),)))
    sources = sorted({item.rule.source for item in found.rules})
    sections.append(Section("Sources of the rules", tuple(Text(text) for text in sources)))
    question = f"Does {found.test} release like {found.reference}?"
    return Document(f"{found.reference} against {found.test}", question, " ".join(answer(found)), sections, date=date)


def answer(found: Similarity) -> tuple[str, ...]:
    """Give the outcome in lines: what is wrong with the question, then what f2 says under the rules."""
    beware = (f"BEWARE: {SAME_READINGS}.",) if found.identical else ()
    return (*beware, *regulatory(found.rules))


def what(found: Similarity) -> str:
    """Say what was compared."""
    span = ", ".join(any_number(float(value)) for value in found.time)
    return f"{found.reference} against {found.test}: {_units(found)}, common times {span} {found.time_unit}".rstrip()


def sides(found: Similarity) -> tuple[str, ...]:
    """Say which methods call the profiles similar and which do not, a line each; one line if all agree."""
    if found.disagreement:
        return tuple(found.disagreement.split("\n"))
    decided = {item.similar for item in found.verdicts} - {None}
    return (f"All methods that decide agree: {'similar' if True in decided else 'not shown similar'}.",)


def decisions(found: Similarity) -> list[tuple[str, str, str]]:
    """Give what each method says as rows: method, verdict, numbers."""
    return [
        (item.method, words(item.similar, item.method.startswith(("f1", "f2"))), item.says)
        for item in folded(found.verdicts)
    ]


def notes(found: Similarity) -> tuple[str, ...]:
    """Give the warnings that the answer does not give already."""
    return found.warnings[1:] if found.identical else found.warnings


def headed(title: str, found: Similarity) -> str:
    """Give the heading of a table."""
    made = found.bootstrap
    return f"{title}, {made.count} replicates, seed {made.seed}" if made and title == BOOTSTRAP else title


def _units(found: Similarity) -> str:
    one, other = found.units
    if one is None and other is None:
        return "number of units not given (a column n says it)"
    if one == other:
        return f"{one} units each"
    named = zip((found.reference, found.test), found.units, strict=True)
    return ", ".join(
        f"{name} number of units not given (a column n says it)" if count is None else f"{count} units of {name}"
        for name, count in named
    )


def _profiles(found: Similarity) -> Rows:
    heads = [f"time ({found.time_unit})" if found.time_unit else "time", f"{found.reference} (%)", f"{found.test} (%)"]
    heads.append("difference (%)")
    numbers = (found.time, found.mean_reference, found.mean_test, found.difference)
    rows = [[any_number(float(value)) for value in row] for row in zip(*numbers, strict=True)]
    if np.isfinite(found.difference_low).any():
        heads += [f"its {percent(found.level)} low", "high"]
        for row, low, high in zip(rows, found.difference_low, found.difference_high, strict=True):
            row += [any_number(float(low)), any_number(float(high))]
    return heads, rows


def _factors(found: Similarity) -> Rows:
    factors = found.factors
    listed = (
        ("f1", factors.f1, "difference factor; at most 15 is taken as alike"),
        ("f2", factors.f2, "similarity factor; 50 or more is taken as alike"),
        ("expected f2", factors.expected, "with the variance of the means added"),
        ("bias-corrected f2", factors.bias_corrected, "with the variance of the means taken off"),
        ("variance-weighted expected f2", factors.variance_weighted_expected, ""),
        ("variance-weighted bias-corrected f2", factors.variance_weighted_bias_corrected, ""),
    )
    rows = [(name, any_number(value), what) for name, value, what in listed if not np.isnan(value)]
    rows += [("", "", text) for text in factors.undefined]
    if found.rescigno:
        what = "0: alike, 1: one releases and the other does not"
        rows += [
            ("Rescigno xi1", any_number(found.rescigno.xi1), what),
            ("Rescigno xi2", any_number(found.rescigno.xi2), what),
        ]
    return ("", "value", ""), rows


def _rules(found: Similarity) -> Rows:
    alike: dict[tuple[str, ...], list[str]] = {}
    for item in found.rules:
        used = ", ".join(any_number(float(value)) for value in item.time)
        not_judged = f"not looked at: {'; '.join(item.not_judged)}" if item.not_judged else ""
        conditions = "; ".join(filter(None, (*item.unmet, not_judged))) or "met"
        if item.fast:
            conditions = f"85 % of both within {item.rule.fast_minutes:g} min: f2 is not needed"
        row = (used, any_number(item.f1), any_number(item.f2), conditions)
        alike.setdefault(row, []).append(item.rule.name)
    rows = [(", ".join(names), *row) for row, names in alike.items()]
    return ("rule", f"points used ({found.time_unit})".replace(" ()", ""), "f1", "f2", "conditions"), rows


def _bootstrap(found: Similarity) -> Rows:
    if found.bootstrap is None:
        return (), []
    made = found.bootstrap
    level = percent(made.level)
    heads = ["estimator", "points", "value", f"{level} percentile", f"{level} BCa"]
    limits = [
        (interval_text(item.low, item.high), interval_text(item.bca_low, item.bca_high)) for item in made.intervals
    ]
    rows = [
        [item.estimator, item.points, any_number(item.value), *both]
        for item, both in zip(made.intervals, limits, strict=True)
    ]
    if any(item.undefined for item in made.intervals):
        heads.append("undefined")
        for row, item in zip(rows, made.intervals, strict=True):
            row.append(f"{item.undefined}")
    return heads, rows


def _distances(found: Similarity) -> Rows:
    rows: list[tuple[str, str, str]] = []
    if found.multivariate:
        item = found.multivariate
        region = f"{percent(item.level)} region {interval_text(item.low, item.high)}"
        tolerable = f"DM of a difference of {item.mtad:g} points at every time"
        unequal = f"p of equal means {any_number(item.p_difference, 3)}: no test of likeness"
        below = f"below {any_number(item.critical_f)} shows equivalence; p {any_number(item.p_equivalence, 3)}"
        rows += [
            ("Mahalanobis distance DM", any_number(item.distance), region),
            ("its limit (Tsong)", any_number(item.limit), tolerable),
            ("Hotelling T2", any_number(item.t2), unequal),
            ("F for equivalence (Hoffelder)", any_number(item.f), below),
        ]
    if found.maximum:
        peak = found.maximum
        limits = (
            f"at {any_number(peak.at)} {found.time_unit}; upper {percent(peak.confidence)} limit "
            f"{any_number(peak.high)} % (bootstrap), {any_number(peak.union_high)} % (by t); accepted {peak.limit:g} %"
        )
        rows.append(("largest deviation", f"{any_number(peak.value)} %", limits))
    if found.tolerance:
        held = found.tolerance
        listed = ", ".join(f"{item.unit} at {any_number(item.time)}" for item in held.outside[:5])
        holding = f"holding {percent(held.share)} with {percent(held.confidence)} confidence"
        out = f"{len(held.outside)} of {held.readings} out"
        rows.append(("tolerance limits of the reference", out, f"{holding}; out: {listed}" if listed else holding))
    if found.model_region:
        fitted = found.model_region
        spread = (
            f"distance, {percent(fitted.level)} region {interval_text(fitted.low, fitted.high)}; the difference lies "
            f"within {any_number(fitted.needed)} SD of the reference's units, accepted {any_number(fitted.limit)}"
        )
        rows.append((f"parameters of {fitted.model}", any_number(fitted.distance), spread))
    return ("", "value", ""), rows


TABLES: Mapping[str, Callable[[Similarity], Rows]] = {
    PROFILES: _profiles,
    "Factors at all common points": _factors,
    "The rules side by side": _rules,
    BOOTSTRAP: _bootstrap,
    "Distances and limits": _distances,
}


def profiles_figure(found: Similarity, profiles: tuple[Profile, Profile]) -> "Figure":
    """Give both profiles with their spread, and the difference of their means."""
    with drawing():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(6.4, 5.0), layout="constrained")
        upper, lower = figure.subplots(2, 1, height_ratios=[2.6, 1.0], sharex=True)
        for profile, name, color, line in zip(
            profiles, (found.reference, found.test), (str(MAIN["color"]), _TEST), ("-", "--"), strict=True
        ):
            draw_readings(upper, profile, color, "_nolegend_")
            upper.plot(profile.time, profile.mean, color=color, linestyle=line, linewidth=1.4, label=name)
        if found.tolerance:
            held = found.tolerance
            upper.fill_between(held.time, held.low, held.high, color="#56B4E9", alpha=0.15, linewidth=0)
        upper.set_ylabel("released (% of the dose)", fontsize=8.5)
        upper.legend(fontsize=8, frameon=False, loc="lower right")
        lower.bar(
            found.time, found.difference, width=0.02 * float(found.time[-1]), color=MUTED, alpha=0.5,
        )  # fmt: skip
        if np.isfinite(found.difference_low).any():
            ends = np.array([found.difference - found.difference_low, found.difference_high - found.difference])
            lower.errorbar(
                found.time,
                found.difference,
                yerr=np.nan_to_num(ends),
                fmt="none",
                ecolor=INK,
                elinewidth=0.9,
                capsize=2.5,
            )
        lower.axhline(0.0, color=INK, linewidth=0.8)
        for limit in (-10.0, 10.0):
            lower.axhline(limit, color=INK, linewidth=0.8, linestyle=":")
        lower.set_ylabel("difference (%)", fontsize=8.5)
        lower.set_xlabel(f"time ({found.time_unit})", fontsize=8.5)
        for axis in (upper, lower):
            axis.spines[["right", "top"]].set_visible(False)
    return figure
