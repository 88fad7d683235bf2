"""What a measurement is: a value with its unit, the bar it is held against, and what it was measured beside."""

import importlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

LINEAR = 1.15  # largest power of growth that still counts as linear
_WORDS = {True: "met", False: "missed", None: ""}


@dataclass(frozen=True)
class Row:
    """One measurement.

    Attributes
    ----------
    what : str
        What was measured.
    value : float or None
        In `unit`; None where another program is not installed.
    unit : str
        "s", "ms", "us", "MB", "times" (as fast as something else), "power" (of growth), or nothing.
    bar : float, optional
        In `unit`; what the value must not exceed, or must reach where `at_least`.
    at_least : bool
        Whether larger is better.
    beside : str
        Settings, errors, and what it was measured against.
    """

    what: str
    value: float | None
    unit: str = ""
    bar: float | None = None
    at_least: bool = False
    beside: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the bar is met; None where there is no bar or no value."""
        if self.bar is None or self.value is None:
            return None
        return self.value >= self.bar if self.at_least else self.value <= self.bar

    @property
    def measured(self) -> str:
        """The value with its unit."""
        return "not installed" if self.value is None else f"{number(self.value)} {self.unit}".strip()

    @property
    def limit(self) -> str:
        """The bar with its unit."""
        if self.bar is None:
            return ""
        return f"{'at least' if self.at_least else 'at most'} {number(self.bar)} {self.unit}".strip()

    @property
    def verdict(self) -> str:
        """Whether the bar is met, in a word."""
        return _WORDS[self.met]


def number(value: float) -> str:
    """Give a number with three digits, no exponent where it can be read without.

    >>> number(0.04567), number(1234.5), number(17.0), number(3.2e-7)
    ('0.0457', '1234', '17', '3.2e-07')
    """
    if 1e3 <= abs(value) < 1e6:
        return f"{value:.0f}"
    return f"{value:.3g}"


def best(action: Callable[[], object], repeats: int = 3, clock: Callable[[], float] = time.process_time) -> float:
    """Give the shortest of several runs [s], by default of the processor, so that what else runs counts little."""
    times = []
    for _ in range(repeats):
        start = clock()
        action()
        times.append(clock() - start)
    return min(times)


def peer(name: str) -> Any:
    """Give another program, or None where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def not_installed(what: str) -> Row:
    """Give the row of a program that is not there."""
    return Row(what, None, beside="`pip install '.[bench]'` brings it")


def growth(what: str, sizes: Sequence[float], values: Sequence[float], unit: str, bar: float | None = LINEAR) -> Row:
    """Give the power with which a value grows (the slope of its logarithm over that of the size), with its points."""
    power = float(np.polyfit(np.log(sizes), np.log(values), 1)[0])
    points = ", ".join(f"{number(size)}: {number(value)}" for size, value in zip(sizes, values, strict=True))
    return Row(what, power, "power", bar, beside=f"{points} {unit}")
