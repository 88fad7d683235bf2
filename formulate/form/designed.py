"""What a screen shows of a search for designs: the answer, the designs with their recipes, and where they lie."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from formulate.designs.explore import Progress
from formulate.designs.outcome import limits_of
from formulate.designs.saved import formulation_content, texts_of
from formulate.designs.search import DESIGNS, FRESH_DRAWS, Design, Proposal, design
from formulate.designs.space import CARRIER, Setting
from formulate.designs.sweep import with_calculation
from formulate.designs.target_file import build_target
from formulate.report.design_page import (
    NEED_HEADS,
    answer_sentence,
    axis_text,
    binding_sentences,
    compared_rows,
    end_sentence,
    looked_sentences,
    missing_numbers,
    need_rows,
    surely,
    target_sentence,
)
from formulate.report.design_region import drawn_axes, spread, standings, ticks
from formulate.report.text import prose, quantity_text
from materials import catalog

Shown = dict[str, Any]
MOST_MAPPED = 4  # choices that are drawn, each with each other


def search(
    content: Mapping[str, Any], designs: int = DESIGNS, progress: Progress | None = None,
    fresh_draws: int = FRESH_DRAWS,
) -> Shown:  # fmt: skip
    """Look for designs that meet a target file's content, and give what is shown of them.

    Parameters
    ----------
    content : Mapping
        The tables of a target file; 256 draws where it tells none.
    designs : int
        Designs of the sweep.
    progress : callable, optional
        Called with a line on what is computed; raise from it to cancel.
    fresh_draws : int
        Draws on which the designs that are given are computed anew.

    Raises
    ------
    FormulateError
        The content is faulty, or no design can be computed.
    """
    target = with_calculation(build_target(dict(content), "target"))
    return designed(design(target, designs, progress, fresh_draws))


def designed(found: Design) -> Shown:
    """Give what is shown of a search.

    Returns
    -------
    dict
        ``met``; ``answer``, ``asked``, ``binding``, ``ends``, ``gaps``, ``looked``: sentences; ``designs``: one dict
        each (see `_proposal`); ``rows``: label, and for each design the lines of its cell; ``needs``: rows under
        ``need_heads``, where nothing meets it; ``axes``: those worth drawing, with label, ``ticks`` (place 0 to 1 and
        word), ``ordered`` and the share of the variance they explain; ``maps``: pairs of them, those that matter most
        first; ``points``: for each design the place along each of them; ``meets``: for each design True, False, or
        None where it cannot be computed; ``probabilities`` of them on the draws of the search, and the one ``wanted``;
        ``files``: texts by name.
    """
    drawn = drawn_axes(found)[:MOST_MAPPED]
    shares = dict(found.telling)
    places = spread(found)[:, drawn]
    axes = [found.space.axes[place] for place in drawn]
    return {
        "met": found.is_met,
        "answer": answer_sentence(found),
        "asked": target_sentence(found),
        "binding": list(binding_sentences(found)),
        "ends": [prose(end_sentence(end)) for end in found.ends],
        "gaps": missing_numbers(found),
        "looked": [prose(text) for text in looked_sentences(found)],
        "designs": [_proposal(found, item, place) for place, item in enumerate(found.proposals, start=1)],
        "rows": compared_rows(found),
        "needs": need_rows(found) if found.shortfall else [],
        "need_heads": NEED_HEADS,
        "axes": [
            {"label": axis_text(axis), "ticks": ticks(axis), "ordered": axis.parts is None, "share": shares[place]}
            for axis, place in zip(axes, drawn, strict=True)
        ],
        "maps": sorted(combinations(range(len(drawn)), 2), key=sum),
        "points": [[float(share) for share in row] for row in places],
        "meets": list(standings(found)),
        "probabilities": [outcome.probability for outcome in found.outcomes],
        "wanted": found.target.probability,
        "files": texts_of(found),
    }


def _proposal(found: Design, item: Proposal, place: int) -> Shown:
    """Give one design: its place among all looked at, how surely it holds, its numbers, its recipe, its formulation."""
    low, high = item.interval
    limits = [limit.name for limit in limits_of(found.target)]
    return {
        "number": item.outcome.index,
        "name": f"design {place}" if found.is_met else "nearest",
        "held": surely(item),
        "probability": item.probability,
        "low": low,
        "high": high,
        "draws": item.draws,
        "chances": {name: item.outcome.limits[name].chance for name in limits},
        "choices": [(one.of, one.name, _said(one)) for one in item.outcome.settings],
        "ingredients": [tuple(row) for row in _ingredients(item)],
        "steps": [] if item.recipe is None else [step.text for step in item.recipe.steps],
        "warnings": [] if item.recipe is None else [prose(text) for text in item.recipe.warnings],
        "no_recipe": item.no_recipe,
        "content": formulation_content(found, item, place),
    }


def _said(setting: Setting) -> str:
    if (setting.of, setting.name) == CARRIER:
        return catalog.load().carrier(str(setting.value)).name
    return quantity_text(setting.text) if isinstance(setting.value, float) else setting.text


def _ingredients(item: Proposal) -> Iterator[tuple[str, str, str]]:
    for part in item.recipe.ingredients if item.recipe else ():
        yield part.name, part.shown, part.note
