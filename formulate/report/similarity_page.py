"""A comparison of two release profiles as a page and as tables."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from formulate.experiment.data import Profile
from formulate.report.canvas import INK, MAIN, MUTED, drawing
from formulate.report.fit_figures import draw_readings
from formulate.report.page import Picture, Points, Section, Table, Text, page_html
from formulate.report.text import any_number, interval_text
from formulate.similarity.results import Similarity

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Rows = tuple[Sequence[str], Sequence[Sequence[str]]]
_TEST = "#D55E00"


def similarity_html(found: Similarity, profiles: tuple[Profile, Profile], date: str | None = None) -> str:
    """Give the report of a comparison as one HTML page; the same comparison gives the same bytes."""
    says = [(item.method, _word(item.similar), item.says) for item in found.verdicts]
    caption = (
        "Readings, means and standard deviations, the reference's tolerance limits (shaded), and below the "
        "difference of the means; dotted: 10 points."
    )
    sections = [
        Section("What each method says", (Table(("method", "verdict", "why"), says),)),
        Section("The profiles", (Picture("similarity", profiles_figure(found, profiles), caption),)),
    ]
    for title, table in TABLES.items():
        heads, rows = table(found)
        sections.append(Section(title, (Table(heads, rows),) if rows else ()))
    if found.refused:
        sections.append(Section("Not computed", (Table(("method", "why"), list(found.refused.items())),)))
    if found.warnings:
        sections.append(Section("What to know", (Points(found.warnings),)))
    sources = sorted({item.rule.source for item in found.rules})
    sections.append(Section("Sources of the rules", tuple(Text(text) for text in sources)))
    question = f"Does {found.test} release like {found.reference}?"
    return page_html(f"{found.reference} against {found.test}", question, answer(found), sections, date)


def answer(found: Similarity) -> str:
    """Give the outcome in a sentence or two."""
    f2 = found.factors.f2
    means = f"f2 = {any_number(f2)} and f1 = {any_number(found.factors.f1)} at all {found.time.size} common times."
    decided = [item for item in found.verdicts if item.similar is not None]
    yes = sum(bool(item.similar) for item in decided)
    counted = f"{yes} of {len(decided)} methods that decide call the profiles similar." if decided else ""
    return " ".join(filter(None, (means, counted, found.disagreement)))


def _word(similar: bool | None) -> str:
    return {True: "similar", False: "not shown similar", None: "does not decide"}[similar]


def _profiles(found: Similarity) -> Rows:
    unit = found.time_unit
    rows = [
        tuple(any_number(float(value)) for value in (time, one, other, other - one))
        for time, one, other in zip(found.time, found.mean_reference, found.mean_test, strict=True)
    ]
    return (f"time ({unit})", f"{found.reference} (%)", f"{found.test} (%)", "difference (%)"), rows


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
    rows = [(name, any_number(value), what) for name, value, what in listed]
    rows += [("", "", text) for text in factors.undefined]
    if found.rescigno:
        what = "0: alike, 1: one releases and the other does not"
        rows += [
            ("Rescigno xi1", any_number(found.rescigno.xi1), what),
            ("Rescigno xi2", any_number(found.rescigno.xi2), what),
        ]
    return ("", "value", ""), rows


def _rules(found: Similarity) -> Rows:
    rows = []
    for item in found.rules:
        used = ", ".join(any_number(float(value)) for value in item.time)
        conditions = "; ".join((*item.unmet, *(f"not looked at: {text}" for text in item.not_judged))) or "met"
        rows.append((item.rule.name, used, any_number(item.f1), any_number(item.f2), item.verdict, conditions))
    return ("rule", f"points used ({found.time_unit})", "f1", "f2", "verdict", "conditions"), rows


def _bootstrap(found: Similarity) -> Rows:
    if found.bootstrap is None:
        return (), []
    made = found.bootstrap
    rows = [
        (
            item.estimator,
            item.points,
            any_number(item.value),
            interval_text(item.low, item.high),
            interval_text(item.bca_low, item.bca_high),
            f"{item.undefined}",
        )
        for item in made.intervals
    ]
    level = f"{made.level:.0%}"
    heads = ("estimator", "points", "value", f"{level} percentile", f"{level} BCa", "undefined")
    return heads, [*rows, (f"{made.count} replicates, seed {made.seed}", "", "", "", "", "")]


def _distances(found: Similarity) -> Rows:
    rows: list[tuple[str, str, str]] = []
    if found.multivariate:
        item = found.multivariate
        region = f"{item.level:.0%} region {interval_text(item.low, item.high)}"
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
            f"at {any_number(peak.at)} {found.time_unit}; upper {peak.confidence:.0%} limit "
            f"{any_number(peak.high)} % (bootstrap), {any_number(peak.union_high)} % (by t); accepted {peak.limit:g} %"
        )
        rows.append(("largest deviation", f"{any_number(peak.value)} %", limits))
    if found.tolerance:
        held = found.tolerance
        listed = ", ".join(f"{item.unit} at {any_number(item.time)}" for item in held.outside[:5])
        holding = f"holding {held.share:.0%} with {held.confidence:.0%} confidence"
        out = f"{len(held.outside)} of {held.readings} out"
        rows.append(("tolerance limits of the reference", out, f"{holding}; out: {listed}" if listed else holding))
    if found.model_region:
        fitted = found.model_region
        spread = (
            f"distance, {fitted.level:.0%} region {interval_text(fitted.low, fitted.high)}; the difference lies within "
            f"{any_number(fitted.needed)} SD of the reference's units, accepted {any_number(fitted.limit)}"
        )
        rows.append((f"parameters of {fitted.model}", any_number(fitted.distance), spread))
    return ("", "value", ""), rows


TABLES: Mapping[str, Callable[[Similarity], Rows]] = {
    "The profiles": _profiles,
    "Factors at all common points": _factors,
    "The rules side by side": _rules,
    "Bootstrap of f2": _bootstrap,
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
            found.time, found.mean_test - found.mean_reference, width=0.02 * float(found.time[-1]), color=MUTED,
        )  # fmt: skip
        lower.axhline(0.0, color=INK, linewidth=0.8)
        for limit in (-10.0, 10.0):
            lower.axhline(limit, color=INK, linewidth=0.8, linestyle=":")
        lower.set_ylabel("difference (%)", fontsize=8.5)
        lower.set_xlabel(f"time ({found.time_unit})", fontsize=8.5)
        for axis in (upper, lower):
            axis.spines[["right", "top"]].set_visible(False)
    return figure
