"""Release data in words: what was read, what a fit means and what to beware of, how two profiles compare."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tui.app.widgets.reading import BLANK, Paragraph, paragraph

Shown = dict[str, Any]
SIGNS = {"serious": "✗ serious", "caution": "! caution", "note": "· note"}
_WIDEST = 26  # of a column of words


def beware(found: tuple[str, str, int] | None) -> str:
    """Give the first objection to a model, with how much it matters, and how many more there are.

    >>> beware(("serious", "alpha at its bound", 2)), beware(None)
    ('✗ alpha at its bound, and 2 more', '')
    """
    if found is None:
        return ""
    severity, brief, more = found
    return f"{SIGNS[severity][0]} {brief}" + (f", and {more} more" if more else "")


def reading_words(shown: Shown, problem: str) -> list[Paragraph]:
    """Tell what was read, and what is odd in it; or why it could not be."""
    lines: list[Paragraph] = []
    if problem:
        lines += [paragraph((f"✗ {problem}", "problem"), hang=2), BLANK]
        lines += [paragraph(("F8 opens the options: what the file does not say is said there.", "muted")), BLANK]
    for data in filter(None, (shown.get("data"), shown.get("second"))):
        lines += [paragraph((data["title"], "heading"))]
        lines += [paragraph(f"Readings given as {data['given_as']}, times in {data['time_unit']}.")]
        for item in data["profiles"]:
            count = len(item["unit_names"])
            units = f"{count} units" if count > 1 else "1 unit"
            if item["units_behind"]:
                units = f"means of {item['units_behind']} units"
            span = f"{len(item['time'])} times from {item['time'][0]:g} to {item['time'][-1]:g} {data['time_unit']}"
            lines += [paragraph((item["name"], "strong"), f": {units}, {span}", indent=2, hang=4)]
        lines += [paragraph(f"! {text}", hang=2) for text in data["warnings"]]
        lines += [BLANK]
    return lines


def model_words(fit: Shown, profile: Shown, model: Shown) -> list[Paragraph]:
    """Tell of one model: law, parameters, what is read off its curve, what to beware of; then of all models."""
    place = (
        f"place {model['place']} of {len(profile['models'])} by {fit['criterion']}" if model["place"] else "no place"
    )
    lines = [paragraph((model["name"], "heading"), f"  {place}"), paragraph(model["equation"], hang=2), BLANK]
    lines += _findings(model["findings"], "Nothing stands against this fit; that does not make it right.")
    lines += [BLANK, paragraph((f"Parameters with {fit['level']} intervals", "label"))]
    for name, meaning, value, unit, interval, _, likelihood, resampled in model["parameters"]:
        more = [f"by likelihood {likelihood}"] if likelihood else []
        more += [f"by bootstrap {resampled}"] if resampled else []
        told = "; ".join([interval, *more])
        lines.append(paragraph((f"{name} = {value} {unit}".rstrip(), "strong"), f"  {told}", indent=2, hang=4))
        lines.append(paragraph((meaning, "muted"), indent=4))
    lines += [BLANK, paragraph((model["criteria"], "muted"), hang=2), BLANK]
    lines += [paragraph(("Read off the curve", "label")), *_quantities(model["quantities"])]
    if model["units"]:
        lines += [BLANK, paragraph(("Each unit by itself", "label")), *_rows(model["unit_heads"], model["units"])]
    if model["assumes"]:
        lines += [BLANK, paragraph(f"Assumed: {model['assumes']}.", hang=2)]
    return [*lines, BLANK, *_of_all(fit, profile)]


def _of_all(fit: Shown, profile: Shown) -> Iterator[Paragraph]:
    yield paragraph(("All models", "heading"), f"  {profile['count']} readings, weights {fit['weighting']}")
    yield from (paragraph(text, hang=2) for text in [*profile["reading"], *profile["left_out"]])
    if profile["average"]:
        yield paragraph(profile["average"], hang=2)
    yield from _findings(profile["notes"], "")
    yield BLANK
    yield paragraph(("Mechanism", "label"))
    yield from (paragraph(text, indent=2, hang=4) for text in profile["mechanism"])
    yield from _rows(("shape", "n rules out", "still possible"), profile["shapes"])
    if profile["observed"]:
        yield BLANK
        yield paragraph(("From the readings alone, no model", "label"))
        yield from _quantities(profile["observed"])
    if fit["shared"]:
        yield BLANK
        yield paragraph(("With parameters in common", "label"))
        yield from (paragraph(text, indent=2, hang=4) for text in fit["shared"])
    if profile["failures"]:
        yield BLANK
        yield paragraph(("Not fitted", "label"))
        yield from (paragraph((name, "strong"), f": {why}", indent=2, hang=4) for name, why in profile["failures"])
    if fit["caveats"]:
        yield BLANK
        yield from (paragraph((text, "muted"), hang=2) for text in fit["caveats"])


def similarity_words(found: Shown, current: str | None) -> list[Paragraph]:
    """Tell what the method under the cursor says, what f2 decides, who agrees, and all the numbers behind it."""
    method, _, word, says = found["methods"][int(current or 0)]
    lines = [paragraph((method, "heading")), paragraph((word, "strong"), f"  {says}", hang=2), BLANK]
    lines += [paragraph((text, "strong"), hang=2) for text in found["answer"]]
    lines += [paragraph(text, hang=2) for text in found["sides"]]
    lines += [paragraph((found["what"], "muted"), hang=2)]
    lines += [paragraph(f"! {text}", hang=2) for text in found["notes"]]
    for title, heads, rows in found["tables"]:
        lines += [BLANK, paragraph((title, "label")), *_rows(heads, rows)]
    if found["refused"]:
        lines += [BLANK, paragraph(("Not computed", "label"))]
        lines += [paragraph((name, "strong"), f": {why}", indent=2, hang=4) for name, why in found["refused"]]
    return lines


def _findings(findings: Sequence[tuple[str, str]], none: str) -> Iterator[Paragraph]:
    if not findings and none:
        yield paragraph((none, "good"))
    for severity, text in findings:
        yield paragraph((SIGNS[severity], "problem" if severity == "serious" else "strong"), f"  {text}", hang=2)


def _quantities(rows: Iterable[Sequence[str]]) -> Iterator[Paragraph]:
    for name, meaning, value, unit, interval, note in rows:
        told = f"{name} = {value} {unit}".rstrip() if value != "–" else f"{name}  –"
        more = f"  {interval}" if interval else ""
        yield paragraph((told, "strong"), more, (f"  {meaning}" + (f"; {note}" if note else ""), "muted"),
                        indent=2, hang=4)  # fmt: skip


def _rows(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[Paragraph]:
    """Give a small table as lines: its heads in one, and each row, of which the last cell is wrapped."""
    if not rows:
        return
    if named := [head for head in heads if head]:
        yield paragraph((" | ".join(named), "muted"), indent=2, hang=4)
    widths = [min(max(len(row[index]) for row in rows), _WIDEST) for index in range(len(rows[0]) - 1)]
    for row in rows:
        first = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        yield paragraph(f"{first}  {row[-1]}".rstrip(), indent=2, hang=4)
