"""What is odd in a profile: found unit by unit, across missing readings."""

import numpy as np

from formulate.experiment.checks import remarks
from formulate.experiment.data import Profile

NAN = np.nan


def profile(*units: list[float]) -> Profile:
    names = tuple("abcdef"[: len(units)])
    return Profile("F1", np.arange(float(len(units[0]))), np.array(units), names)


def test_nothing_odd_nothing_said():
    assert remarks(profile([0.0, 50.0, 50.0, 100.0], [0.0, NAN, 10.0, 20.0]), "h") == []


def test_a_fall_is_seen_across_a_missing_reading_and_within_a_unit_alone():
    (only,) = remarks(profile([0.0, 50.0, NAN, 49.0], [0.0, 10.0, 20.0, 30.0]), "d")
    assert only == "profile 'F1': 1 reading below the one before (49 after 50 at 3 d in a)"


def test_the_first_few_are_named():
    (only,) = remarks(profile([0.0, 101.0, 102.0, 103.0, 104.0, 105.0]), "h", False)
    assert only == "5 readings above 100 % (101 at 1 h, 102 at 2 h, 103 at 3 h, ...)"
