"""How far the medians of a result may lie from those of endless draws, in words."""

from collections.abc import Iterable

from formulate.estimate import Estimate
from formulate.report.text import number
from formulate.sampling_error import LEVEL, largest_error


def by_chance(numbers: Iterable[Estimate]) -> float:
    """Give the largest error of a median by the chance of the draws, as a share of it; 0 where none is to be told."""
    found = _largest(numbers)
    return found[1] if found is not None else 0.0


def chance_text(numbers: Iterable[Estimate], draws: int) -> str:
    """Say by how much the medians err at most by the chance of the draws, or nothing."""
    found = _largest(numbers)
    if found is None:
        return ""
    label, error = found
    return f"± {number(100 * error, 2)} % at most, of {label}, by the chance of {draws} draws ({100 * LEVEL:g} % sure)"


def _largest(numbers: Iterable[Estimate]) -> tuple[str, float] | None:
    return largest_error((item.label, item.draws) for item in numbers if item.median and item.draws is not None)
