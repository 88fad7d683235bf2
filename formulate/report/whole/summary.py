"""One page on a formulation or a question: the answer, the nest, the key numbers, what limits it, what it rests on."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from formulate.acting import active_days, active_name
from formulate.estimate import Estimate
from formulate.formulation import Formulation
from formulate.inputs import Input
from formulate.report.answer import answer_text, question_text, turn_text
from formulate.report.canvas import INK, drawing
from formulate.report.compared import VERDICT_SIGNS, VERDICTS
from formulate.report.exposure_page import stay_figure
from formulate.report.figures import concentration_figure
from formulate.report.loading import dose_estimates
from formulate.report.nest_figure import nest_caption, nest_figure
from formulate.report.page import Block, Cell, Column, Document, Picture, Points, Section, Table, Text
from formulate.report.provenance import driver_text
from formulate.report.ranking_figures import ranking_figure
from formulate.report.references import References
from formulate.report.scores import alone, score_band, stay_columns
from formulate.report.sensitivity_page import next_sentence
from formulate.report.text import (
    NO_NUMBER,
    duration_text,
    estimate_columns,
    estimate_text,
    number,
    prose,
    share_text,
)
from formulate.report.whole.partial import loaded_numbers, missing_points
from formulate.report.whole.question import question_and_answer
from formulate.report.whole.studied import Studied, study
from formulate.rows import Comparison, Row
from formulate.version import program_version
from materials import catalog
from materials.errors import shorten

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OF_A_PAYLOAD = (
    "largest_dose", "given_dose", "release_t50", "carrier_half_life", "drug_half_life", "cover", "time_above",
    "peak_unbound", "peak_plasma_unbound", "auc_ratio",
)  # fmt: skip
OF_OWN_DRUGS = (
    "carrier_largest_share", "carrier_initial_half_life", "carrier_mean_residence_time",
)  # fmt: skip
OF_CARRIERS = (
    ("largest_dose", "dose that fits"),
    ("release_t50", "release t50"),
    ("drug_half_life", "drug half-life at the site"),
    ("cover", "wanted time above target"),
)
MOST_CARRIERS = 6
MOST_SOURCES = 5
MOST_LIMITS = 5
NEST_WIDTH, CHART_WIDTH, CHART_HEIGHT = 3.0, 4.2, 2.8  # inch; side by side they fill the width of a page
SMALL_TYPE = 7.5  # points
LONGEST_TITLE, LONGEST_ANSWER, LONGEST_CAPTION, LONGEST_POINT, LONGEST_NAME = 110, 900, 600, 260, 60


def summary_on(
    formulation: Formulation, *, title: str = "", date: str = "", progress: Callable[[str], None] | None = None
) -> Document:
    """Compute a formulation and give what fits one page; see `formulate.report.whole.document.report_on`."""
    return summary_of(study(formulation, progress), title=title, date=date)


def summary_of(studied: Studied, *, title: str = "", date: str = "") -> Document:
    """Give what fits one page of what was computed."""
    references = References()
    question, answer = question_and_answer(studied)
    sections = [
        Section("What it is, and what it does", _pictures(studied)),
        Section("Key numbers", (_key_numbers(studied),) if _numbers(studied) else ()),
        Section("What limits it, and what to measure next", (Points(_limits(studied)),)),
        Section("What it rests on", _rests_on(studied, references)),
    ]
    name = title or studied.formulation.label
    return _one_page(Document(name, question, answer, sections, references.listed(), date))


def comparison_summary(comparison: Comparison, *, title: str = "", date: str = "") -> Document:
    """Give what fits one page of a comparison: who comes first, how surely, and on what that rests."""
    references = References()
    first = [row for row in comparison.rows if row.numbers][:MOST_CARRIERS]
    scored = [row for row in first if row.score is not None]
    blocks: list[Block] = []
    if scored:
        shown = replace(comparison, rows=tuple(scored))
        more = len(comparison.rows) - len(scored)
        caption = f"The score and what each part adds to it{f'; {more} more carriers are not shown' if more else ''}."
        blocks.append(Picture("ranking", ranking_figure(shown), caption))
    question = comparison.question
    named = question.name if question is not None and question.name else "Comparison of carriers"
    sections = [
        Section("Who comes first", blocks),
        Section("Key numbers", (_carriers_table(comparison, first),) if first else ()),
        Section("What limits it", (Points(_limits_of(comparison)),)),
        Section("What it rests on", _rests_on_of(comparison, references)),
    ]
    asked, answer = question_text(comparison), answer_text(comparison)
    return _one_page(Document(title or named, asked, answer, sections, references.listed(), date))


def _one_page(document: Document) -> Document:
    """Cut the texts that a user may have written at any length."""
    return replace(
        document,
        title=shorten(document.title, LONGEST_TITLE),
        question=shorten(document.question, LONGEST_ANSWER),
        answer=shorten(document.answer, LONGEST_ANSWER),
        one_page=True,
    )


def _pictures(studied: Studied) -> list[Block]:
    formulation, prediction = studied.formulation, studied.prediction
    caption = shorten(nest_caption(formulation), LONGEST_CAPTION)
    if not studied.exposed:  # it stands alone, as wide as the page
        return [Picture("nest", nest_figure(formulation), caption)]
    nest = Picture("nest", nest_figure(formulation, NEST_WIDTH), caption)
    if prediction is None:
        found = studied.exposed[0]
        chart = Picture("stay", _small(stay_figure(found)), "Share of all that is given: median and 80 % band.")
    else:
        told = "Unbound concentration where it is wanted: median and 80 % band; dashed, the target; dotted, plasma."
        chart = Picture("concentration", _small(concentration_figure(alone(prediction))), told)
    return [nest, chart]


def _small(figure: "Figure") -> "Figure":
    """Give a figure of one panel the size it has on the page; what is its title stands above the page."""
    with drawing():
        figure.set_size_inches(CHART_WIDTH, CHART_HEIGHT)
        figure.axes[0].set_title("", loc="left")
        shorter = figure.get_supylabel().replace("unbound concentration", "unbound")
        figure.supylabel(shorter, fontsize=SMALL_TYPE, color=INK)
        (wide,) = figure.legends
        wide.remove()
        handles: list[Any] = wide.legend_handles
        labels = [text.get_text() for text in wide.get_texts()]
        where: Any = "outside upper left"
        figure.legend(
            handles, labels, loc=where, ncols=2, fontsize=SMALL_TYPE, frameon=False, labelcolor=INK, columnspacing=1.0
        )
    return figure


def _key_numbers(studied: Studied) -> Table:
    """Give the numbers that answer the question, with their bands and how much of these is assumed."""
    rows = []
    for item in _numbers(studied):
        main, band, unit, values = estimate_columns(item)
        share = NO_NUMBER if item.assumed_share is None else share_text(item.assumed_share)
        rows.append((prose(item.label), Cell(main, values), band, unit, share))
    heads = ("number", Column("value", "", ("median", "low", "high")), "80 % band", "unit", "of it assumed")
    return Table(heads, rows, name="Key numbers")


def _numbers(studied: Studied) -> list[Estimate]:
    if not studied.exposed:
        return loaded_numbers(studied)
    prediction, loading = studied.prediction, studied.loading
    if prediction is not None and loading is not None:
        doses = dose_estimates(loading.payloads[0], loading.cases[0].inputs.used)
        found = dict(prediction.assessment.estimates) | {item.name: item for item in doses}
        named = list(OF_A_PAYLOAD)
    else:
        found = {item.name: item for group in studied.exposed[0].groups for item in group.numbers}
        acting = [active_name(day) for day in active_days([found])]
        named = [*OF_OWN_DRUGS, *acting, "active_half_time"]
    return [found[name] for name in named if name in found]


def _limits(studied: Studied) -> list[str]:
    """Give what speaks against it, worst first, and what would make it surer."""
    order = ("fails", "unsure")
    checks = sorted(
        (item for item in studied.checks if item.verdict in order), key=lambda one: order.index(one.verdict)
    )
    told = [f"{VERDICT_SIGNS[item.verdict]} {VERDICTS[item.verdict]}, “{item.label}”: {item.told}" for item in checks]
    unknown = [item.label for item in studied.checks if item.verdict == "not-known"]
    told = [*missing_points(studied), *told[: MOST_LIMITS - 1]]
    if unknown:
        told.append(f"{VERDICT_SIGNS['not-known']} not known: {'; '.join(unknown)}.")
    if not told:
        told.append(f"{VERDICT_SIGNS['passes']} No check of feasibility speaks against it.")
    if studied.drivers is not None:
        told += [next_sentence(drivers) for drivers in studied.drivers.drivers.values()]
    elif studied.exposed and studied.prediction is None:
        told += [_widest(studied)]
    return [shorten(prose(text), LONGEST_POINT) for text in told if text]


def _widest(studied: Studied) -> str:
    """Say what the band of the stay comes from, of a carrier that is the drug."""
    item = next((item for item in _numbers(studied) if item.drivers), None)
    if item is None:
        return ""
    return f"Measure {driver_text(item.drivers[0][0])} next: it is most of the band of {item.label}."


def _rests_on(studied: Studied, references: References) -> list[Block]:
    """Give the best studies, the sources of what matters most, and how the numbers were made."""
    support = studied.standing.evidence
    drivers = [key for item in _numbers(studied) for key, _ in item.drivers]
    blocks = _evidence(support.told[:1], [(one.name, one.source) for one in support.studies], references)
    blocks += _behind(drivers, studied.inputs, references)
    assumed, count = sum(item.is_assumed for item in studied.inputs), len(studied.inputs)
    rests = f"{assumed} of {count} inputs are assumed: no source gives them. " if count else ""
    blocks.append(Text(f"{rests}{_made(studied.formulation)}"))
    return blocks


def _evidence(told: Sequence[str], studies: Sequence[tuple[str, str]], references: References) -> list[Block]:
    """Give the weightiest studies: three, so that the sources of numbers find room beside them."""
    if not studies:
        return [Text(prose(f"Evidence: {text}.")) for text in told]
    best = studies[:3]
    names = "; ".join(shorten(name, LONGEST_POINT // 3) for name, _ in best)
    cites = references.cite_all(source for _, source in best)
    return [Text(prose(f"Evidence: {'; '.join(told)}. The weightiest: {names}."), cites)]


def _behind(drivers: Iterable[str], inputs: Sequence[Input], references: References) -> list[Block]:
    """Give the sources of the inputs that the bands come from most, as many as there is room for."""
    known = {item.key: item for item in inputs}
    cites: list[int] = []
    told: list[str] = []
    for key in dict.fromkeys(drivers):
        source = known[key].value.source if key in known else ""
        if not source or (source not in references.numbers and len(references.numbers) >= MOST_SOURCES):
            continue
        cites.append(references.cite(source))
        told.append(driver_text(key))
        if len(told) == 3:
            break
    return [Text(prose(f"Sources of the numbers that move the result most: {'; '.join(told)}."), cites)] if told else []


def _made(formulation: Formulation) -> str:
    calculation = formulation.calculation
    return (
        f"{calculation.draws} draws, seed {calculation.seed}, horizon {duration_text(formulation.horizon)}; catalog "
        f"{catalog.load().version}, program {program_version()}. The whole report lists every input with its source."
    )


def _carriers_table(comparison: Comparison, rows: Sequence[Row]) -> Table:
    named = (*OF_CARRIERS, *stay_columns(comparison))
    columns = [(name, label) for name, label in named if any(name in row.numbers for row in rows)]
    listed = []
    for place, row in enumerate(rows, start=1):
        cells: list[str] = [
            estimate_text(row.numbers[name]) if name in row.numbers and row.numbers[name].exists else NO_NUMBER
            for name, _ in columns
        ]
        if row.score is not None:
            middle, low, high = (number(end, 2) for end in score_band(row))
            cells += [f"{middle} ({low} to {high})", share_text(row.best_probability or 0.0)]
        else:
            cells += [NO_NUMBER, NO_NUMBER]
        sign = f"{place}. " if row.is_ranked else f"{VERDICT_SIGNS['fails']} "
        listed.append((f"{sign}{shorten(row.label, LONGEST_NAME)}", *cells))
    heads = ("carrier", *(label for _, label in columns), "score, of 1", "best in, of the draws")
    caption = f"Median with the 80 % band; the first {len(rows)} of {len(comparison.rows)}"
    return Table(heads, listed, caption, name="Key numbers")


def _limits_of(comparison: Comparison) -> list[str]:
    failed = [row for row in comparison.rows if row.failed]
    told = [turn_text(comparison)]
    told += [
        f"{VERDICT_SIGNS['fails']} {row.label} fails “{row.failed[0].label}”: {row.failed[0].told}"
        for row in failed[:3]
    ]
    if len(failed) > 3:
        told.append(f"{len(failed) - 3} more fail a check of feasibility; the whole report says which.")
    first = comparison.rows[0] if comparison.rows else None
    if first is not None:
        told += [text for text in first.warnings[:2]]
    return [shorten(prose(text), LONGEST_POINT) for text in told if text] or ["No check speaks against any of them."]


def _rests_on_of(comparison: Comparison, references: References) -> list[Block]:
    first = next((row for row in comparison.rows if row.numbers), None)
    if first is None or first.standing is None:
        return []
    support = first.standing.evidence
    told = [f"of {first.label}, {text}" for text in support.told[:1]]
    blocks = _evidence(told, [(one.name, one.source) for one in support.studies], references)
    if first.prediction is not None:
        drivers = [key for item in first.numbers.values() for key, _ in item.drivers]
        blocks += _behind(drivers, first.prediction.inputs, references)
    assert first.formulation is not None
    return [*blocks, Text(_made(first.formulation))]
