"""What is odd in profiles: found unit by unit, across missing readings; one remark for each kind."""

import numpy as np

from formulate.experiment.checks import remarks
from formulate.experiment.data import Profile

NAN = np.nan


def profile(*units: list[float], name: str = "F1") -> Profile:
    names = tuple("abcdef"[: len(units)])
    return Profile(name, np.arange(float(len(units[0]))), np.array(units), names)


def test_nothing_odd_nothing_said():
    assert remarks([profile([0.0, 50.0, 50.0, 100.0], [0.0, NAN, 10.0, 20.0])], "h") == []


def test_what_an_assay_errs_is_not_odd():
    assert remarks([profile([1.0, -1.9, 103.0, 100.0])], "h") == []


def test_a_fall_is_seen_across_a_missing_reading_and_within_a_unit_alone():
    (only,) = remarks([profile([0.0, 50.0, NAN, 46.0], [0.0, 10.0, 20.0, 30.0])], "d")
    assert only == "1 reading more than 3 % below an earlier one (46 after 50 at 3 d in a)"


def test_a_slow_fall_is_seen():
    (only,) = remarks([profile([0.0, 100.0, 98.0, 96.0, 94.0])], "d")
    assert only == "2 readings more than 3 % below an earlier one (96 after 100 at 3 d, 94 after 100 at 4 d)"


def test_the_first_few_are_named():
    (only,) = remarks([profile([0.0, 104.0, 105.0, 106.0, 107.0, 108.0])], "h")
    assert only == "5 readings above 103 %, more than an assay errs (104 at 1 h, 105 at 2 h, 106 at 3 h, ...)"


def test_one_remark_for_all_profiles():
    (only,) = remarks([profile([0.0, 104.0]), profile([0.0, 50.0], [0.0, 110.0], name="F2")], "h")
    assert only.startswith("2 readings above 103 %")
    assert only.endswith("(104 at 1 h in F1, 110 at 1 h in F2, b)")


def test_digits_show_what_is_said():
    (above,) = remarks([profile([0.0, 103.004])], "h")
    assert "(103.004 at 1 h)" in above
    (below,) = remarks([profile([0.0, -2.00001])], "h")
    assert "(-2.00001 at 1 h)" in below
