"""Where a formulation stands among the carriers of the catalog for the same payload, site and target."""

from collections.abc import Callable
from dataclasses import replace

from formulate.comparison import Comparison, Row, compare_formulations, own_drugs_at, why_aside
from formulate.criteria import BY_NAME
from formulate.formulation import Formulation, Question
from formulate.report.answer import gap_text, turn_text
from formulate.report.captions import CAPTIONS
from formulate.report.compared import places_text, why_not_ranked
from formulate.report.page import Block, Cell, Column, Head, Item, Picture, Section, Table, Text
from formulate.report.ranking_figures import pareto_figure, ranking_figure
from formulate.report.scores import score_band, stay_columns
from formulate.report.text import NO_NUMBER, estimate_text, number, prose, share_text
from materials import catalog

THIS = "this formulation"
MOST_DRAWN = 8  # of the best, with the formulation itself
MOST_APART = 4  # whose parts stand beside those of the formulation
NUMBERS = (
    ("largest_dose", "dose that fits"),
    ("cover", "wanted time above target"),
)


def stand_among(formulation: Formulation, progress: Callable[[str], None] | None = None) -> Comparison:
    """Compare a formulation with the carriers of the catalog, in the same draws.

    With a payload these are all carriers that calculators can run; of a carrier that is itself the drug, those that
    were studied at the site; doses by other routes are then left out of all. The catalog's own version of the
    formulation's carriers is left out.

    Parameters
    ----------
    formulation : Formulation
        What is held against them, as its file says; they are as the catalog says, given in the same way.
    progress : callable, optional
        Called with the number and name of each carrier before it is computed; raise from it to cancel.
    """
    known = catalog.load()
    if not formulation.payload and formulation.regimen.also:
        main = formulation.regimen.model_copy(update={"also": ()})
        formulation = formulation.model_copy(update={"regimen": main})
    names = known.runnable_carriers() if formulation.payload else own_drugs_at(formulation.regimen.entry.id)
    own = tuple(layer.entry.id for layer in formulation.layer)
    question = Question(
        schema_version=1,
        name=formulation.name,
        payload=formulation.payload,
        regimen=formulation.regimen,
        target=formulation.target,
        calculation=formulation.calculation,
        carriers=tuple(name for name in names if (known.carriers[name].layers or (name,)) != own),
    )
    able = [name for name in question.carriers if not why_aside(question, known.carrier(name))]
    others = [(name, question.formulation(name)) for name in able]
    return compare_formulations([(THIS, formulation), *others], question=question, progress=progress)


ALSO = "Doses by other routes are left out here, of all of them."


def ranked_section(comparison: Comparison, *, leaves_out: bool = False) -> Section:
    """Give where the formulation stands: its rank and how sure that is, both figures, the parts.

    `leaves_out` says that doses by other routes were left out.
    """
    own = next(row for row in comparison.rows if row.id == THIS)
    marked = tuple(replace(row, label=f"▶ {row.label}") if row is own else row for row in comparison.rows)
    comparison = replace(comparison, rows=marked)
    own = next(row for row in marked if row.id == THIS)
    blocks: list[Block] = [Text(prose(" ".join([*_told(comparison, own), *([ALSO] if leaves_out else [])])))]
    scored = [row for row in marked if row.score is not None]
    if len(scored) > 1:
        drawn = [row for row in scored if row in scored[: MOST_DRAWN - 1] or row is own][:MOST_DRAWN]
        shown = replace(comparison, rows=tuple(drawn))
        blocks.append(Picture("ranking", ranking_figure(shown), CAPTIONS["ranking"]))
        blocks.append(Picture("pareto", pareto_figure(comparison), CAPTIONS["pareto"]))
    blocks.append(_places(comparison))
    if len(scored) > 1:
        beside = [own, *(row for row in scored if row is not own)][: MOST_APART + 1]
        blocks.append(_parts(comparison, [row for row in scored if row in beside]))
    return Section("Where it stands among other carriers", blocks)


def _told(comparison: Comparison, own: Row) -> list[str]:
    """Give the place of the formulation in words."""
    ranked = comparison.ranked
    if not own.is_ranked:
        return [f"It is not ranked: {why_not_ranked(own)}."]
    place = ranked.index(own) + 1
    middle, low, high = (number(end) for end in score_band(own))
    told = [
        f"It is number {place} of {len(ranked)} that can be ranked, with a score of {middle} of 1 ({low} to {high}): "
        f"the best in {share_text(own.best_probability or 0.0)} of the draws, among the first three in "
        f"{share_text(own.top_three_probability or 0.0)}."
    ]
    unknown = [BY_NAME[name].label for name in comparison.used_parts() if name in own.missing]
    if own.place_at_best != own.place_at_worst:
        of_it = f"Not known of it: {'; '.join(unknown)}. " if unknown else ""
        told.append(
            f"{of_it}As what is not known of it and of the others may be, it stands at {places_text(own)} "
            "(what is not known earns nothing)."
        )
    if own in comparison.front:
        told.append("No other beats it both in what it does and in its evidence (the Pareto front).")
    elif beaten := [row for row in comparison.front if _beats(comparison, row, own)]:
        names = ", ".join(row.label for row in beaten[:3])
        told.append(f"{names} {'beats' if len(beaten) == 1 else 'beat'} it both in what it does and in its evidence.")
    return [*told, turn_text(comparison), *gap_text(comparison)]


def _beats(comparison: Comparison, row: Row, own: Row) -> bool:
    return all((comparison.along(row, axis) or 0.0) >= (comparison.along(own, axis) or 0.0) for axis in comparison.axes)


def _places(comparison: Comparison) -> Table:
    rows: list[list[Item]] = []
    named = (*NUMBERS, *stay_columns(comparison))
    columns = [(name, label) for name, label in named if any(name in row.numbers for row in comparison.rows)]
    places = {row.id: place for place, row in enumerate(comparison.ranked, start=1)}
    front = comparison.front
    for row in comparison.rows:
        cells: list[Item] = [row.label, str(places.get(row.id, NO_NUMBER))]
        if row.score is None:
            told = f"not ranked: {prose(why_not_ranked(row))}"
            rows.append([*cells, told, *[NO_NUMBER] * (3 + len(columns))])
            continue
        middle, low, high = score_band(row)
        cells.append(Cell(f"{number(middle)} ({number(low)} to {number(high)})", (middle, low, high)))
        if row.is_ranked:
            cells += [share_text(row.best_probability or 0.0), share_text(row.top_three_probability or 0.0)]
        else:
            cells += ["fails a check", NO_NUMBER]
        cells.append("yes" if row in front else "no")
        cells += [
            estimate_text(row.numbers[name]) if name in row.numbers and row.numbers[name].exists else NO_NUMBER
            for name, _ in columns
        ]
        rows.append(cells)
    heads: list[Head] = [
        "carrier", "rank", Column("score, of 1", "", ("mean", "low", "high")), "best in", "first three in",
        "on the front", *(label for _, label in columns),
    ]  # fmt: skip
    caption = "Rank and its probability: share of the draws in which a carrier is the best, and among the first three"
    return Table(heads, rows, caption, name="Ranking")


def _parts(comparison: Comparison, rows: list[Row]) -> Table:
    """Give what each part earns, a part a row: the formulation beside the best of the others."""
    listed: list[list[Item]] = []
    for name in comparison.used_parts():
        cells: list[Item] = [
            f"{BY_NAME[name].label}",
            Cell(number(comparison.weights[name]), (comparison.weights[name],)),
        ]
        for row in rows:
            mean = row.earned[name].mean
            cells.append("?" if mean is None else Cell(f"{mean:.2f}", (mean,)))
        listed.append(cells)
    heads: list[Head] = ["part", Column("weight"), *(Column(row.label) for row in rows)]
    return Table(heads, listed, "What each part earns, 0 to 1; ? where it is not known", name="Parts")
