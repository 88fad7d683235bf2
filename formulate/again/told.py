"""What computing a report again came to, as a reader sees it and as plain data."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from formulate.again.changes import ROUNDING, Change
from formulate.again.rerun import Rerun, ValueChange
from formulate.report.text import number, source_number, unit_text
from materials.errors import shorten

MOST_LINES = 12  # of a kind; all of them stand in the JSON
_NUMBERS = ("typical", "low", "high", "unit")


def sentence(found: Rerun) -> str:
    """Give the verdict in one sentence."""
    name = shorten(found.file, 120)
    if found.verdict == "same":
        return f"{name}: the same, bit for bit."
    if found.verdict == "rounding":
        largest = max(change.largest for change in found.changes)
        told = f"{_counted(len(found.changes), 'number')} by at most {largest:.1g} of the larger"
        return f"{name}: the same but for rounding, {told}."
    counts = []
    if found.values:
        counts.append(f"{_counted(len(found.values), 'input')} changed")
    for kinds, noun, verb in (
        (("moved",), "number", "moved"),
        (("rounding",), "number", "differ by rounding"),
        (("new", "gone"), "part", "came or went"),
        (("words",), "text", "changed"),
    ):
        if count := sum(change.kind in kinds for change in found.changes):
            counts.append(f"{_counted(count, noun)} {verb}")
    return f"{name}: not the same: {', '.join(counts)}."


def lines(found: Rerun) -> list[str]:
    """Give the verdict with what changed since, in lines."""
    told = [sentence(found)]
    told += _listed("Computed with:", [f"{name} {was}, now {this}" for name, was, this in found.versions])
    told += _listed("Inputs that changed:", [_value_text(item) for item in found.values])
    changes = sorted((item for item in found.changes if item.kind in ("moved", "new", "gone")), key=_first_told)
    told += _listed("Numbers that are not what they were:", [_change_text(item) for item in changes])
    words = [item for item in found.changes if item.kind == "words"]
    told += _listed("Texts that changed:", [item.place for item in words])
    if found.verdict == "different" and not found.versions and not found.values:
        told.append("Neither versions nor inputs changed: what differs was changed in the file.")
    return told


def rerun_results(found: Rerun) -> dict[str, object]:
    """Give what changed as plain data."""
    return {
        "verdict": found.verdict,
        "rounding_below": {"value": ROUNDING, "unit": "1"},
        "versions": [{"name": name, "before": was, "now": this} for name, was, this in found.versions],
        "values": [
            {
                "key": item.key,
                "used_by": list(item.used_by),
                "differ_in": list(item.fields),
                "before": item.before,
                "now": item.now,
            }
            for item in found.values
        ],
        "changes": [
            {
                "place": item.place,
                "label": item.label,
                "unit": item.unit,
                "kind": item.kind,
                "before": dict(item.before),
                "now": dict(item.now),
                "largest_relative_difference": {"value": item.largest, "unit": "1"},
            }
            for item in found.changes
        ],
    }


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _first_told(item: Change) -> tuple[bool, bool]:
    """Put the main numbers first, curves and what is told of single inputs last."""
    return ".estimates." not in item.place, "curve" in item.place


def _listed(head: str, texts: Sequence[str]) -> Iterator[str]:
    if texts:
        yield head
        yield from (f"  {text}" for text in texts[:MOST_LINES])
        if len(texts) > MOST_LINES:
            yield f"  and {len(texts) - MOST_LINES} more; --json gives all"


def _value_text(item: ValueChange) -> str:
    users = f" ({', '.join(item.used_by[:3])}{' ...' if len(item.used_by) > 3 else ''})" if item.used_by else ""
    if item.before is None or item.now is None:
        given, word = (item.now, "is used now") if item.before is None else (item.before, "is not used any more")
        assert given is not None
        return f"{item.key}{users}: {_stated(given)} {word}"
    if set(item.fields) & set(_NUMBERS):
        return f"{item.key}{users}: {_stated(item.before)} -> {_stated(item.now)}"
    told = (f"{name} {_shown(item.before[name])} -> {_shown(item.now[name])}" for name in item.fields)
    return f"{item.key}{users}: {'; '.join(told)}"


def _stated(value: Mapping[str, Any]) -> str:
    """Give a value as its source has it, with who set it."""
    typical, low, high = (None if end is None else source_number(end) for end in (value[name] for name in _NUMBERS[:3]))
    band = "" if low is None and high is None else f" ({low or 'open'} to {high or 'open'})"
    return f"{typical}{band} {unit_text(value['unit'])}".rstrip() + f", {value['set_by']}"


def _change_text(item: Change) -> str:
    label = f" ({item.label})" if item.label else ""
    place = f"{shorten(item.place, 120)}{label}"
    if not item.before and not item.now:
        return f"{place}: {'is new' if item.kind == 'new' else 'is no longer there'}"
    told = []
    for name in dict.fromkeys((*item.before, *item.now)):
        before, now = item.before.get(name), item.now.get(name)
        few = [number(end) if isinstance(end, float) else _shown(end) for end in (before, now)]
        was, this = few if few[0] != few[1] else (_shown(before), _shown(now))
        told.append(f"{name} {was} -> {this}")
    unit = f" {unit_text(item.unit)}" if item.unit not in ("", "1") else ""
    return f"{place}: {shorten(', '.join(told), 200)}{unit}"


def _shown(value: object) -> str:
    return "none" if value in (None, "") else shorten(repr(value) if isinstance(value, float) else value, 60)
