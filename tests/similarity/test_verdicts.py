"""What is said first, and in how many lines."""

from dataclasses import replace

import numpy as np
import pytest

from formulate.similarity.results import Floats, RuleResult, Verdict
from formulate.similarity.rules import apply, known_rules
from formulate.similarity.verdicts import disagreement, folded, reasons, regulatory

TIME = np.array([5.0, 10.0, 15.0, 20.0, 30.0])
SLOW = np.array([20.0, 40.0, 55.0, 70.0, 80.0])
STILL = np.zeros(5)


def applied(reference: Floats, test: Floats, units: int | None = 12, *, seconds: float = 60.0) -> list[RuleResult]:
    deviations = (None, None) if units is None else (STILL, STILL)
    each = (np.tile(reference, (2, 1)), np.tile(test, (2, 1)))
    return [
        apply(rule, TIME, reference, test, seconds=seconds, deviations=deviations, units=(units, units), each=each)
        for rule in known_rules()
    ]


def test_rules_that_agree_take_one_line() -> None:
    # a difference of 10 at each point: 49.892
    assert regulatory(applied(SLOW, SLOW + 10.0)) == (
        "f2 = 49.89 at 5 points under EMA, FDA, WHO, ANVISA and Health Canada: not similar.",
    )
    assert regulatory(applied(SLOW, SLOW)) == (
        "f2 = 100.00 at 5 points under EMA, FDA, WHO, ANVISA and Health Canada: similar.",
    )


def test_rules_that_differ_take_a_line_each() -> None:
    # the test passes 85 % at 20 min, the reference at none: WHO goes by the reference and takes all five points
    reference, test = np.array([30.0, 50.0, 65.0, 74.0, 84.0]), np.array([30.0, 60.0, 77.0, 86.0, 90.0])
    lines = regulatory(applied(reference, test))
    assert len(lines) == 2
    assert "at 4 points under EMA, FDA, ANVISA and Health Canada: " in lines[0]
    assert "at 5 points under WHO: " in lines[1]


def test_fast_release_needs_no_f2() -> None:
    fast = np.array([60.0, 88.0, 95.0, 97.0, 99.0])
    (line,) = regulatory(applied(fast, fast - 1.0))
    assert line == (
        "Similar under EMA, FDA, WHO, ANVISA and Health Canada without f2: both release 85 % within 15 min."
    )


def test_a_condition_that_is_not_met_is_named() -> None:
    (line,) = regulatory(applied(SLOW, SLOW + 2.0, 3))
    assert ": not decided, for a condition is not met (3 units of the reference, 12 wanted; 3 units of" in line
    some = [replace(found, unmet=(*found.unmet, "c", "d", "e")) for found in applied(SLOW, SLOW, 3)]
    assert regulatory(some)[0].endswith("; c, and 2 more).")


def test_what_could_not_be_judged_is_named() -> None:
    (line,) = regulatory(applied(SLOW, SLOW, None))
    assert line.endswith("similar, as far as could be judged (number of units, not given; spread, means only).")
    (line,) = regulatory(applied(SLOW, SLOW, seconds=86400.0))
    assert line.endswith("(long-acting forms, for which the rule is not stated).")


def test_the_old_practice_speaks_only_where_it_is_alone() -> None:
    assert regulatory(applied(SLOW, SLOW)[-1:]) == ("f2 = 100.00 at 5 points under old practice: similar.",)
    assert regulatory([]) == ()


def test_equal_verdicts_of_rules_are_folded() -> None:
    said = [
        Verdict("f2, A 2010", False, "f2 = 47"),
        Verdict("f2, B 2011", True, "f2 = 51"),
        Verdict("f2, C 2012", False, "f2 = 47"),
        Verdict("f2, all common times", True, "f2 = 52"),
        Verdict("distance", None, "not computed: few units"),
    ]
    assert [(item.method, item.similar) for item in folded(said)] == [
        ("f2: A 2010, C 2012", False),
        ("f2: B 2011", True),
        ("f2, all common times", True),
    ]
    similar, not_similar, why = disagreement(said).split("\n")
    assert similar == "Similar: f2 under B, f2 at all times."
    assert not_similar == "Not shown similar: f2 under A and C."
    assert "points" in why


def test_reasons_that_are_the_same_are_given_once() -> None:
    assert reasons({"a": "few", "b": "many", "c": "few"}) == {"a, c": "few", "b": "many"}


@pytest.mark.parametrize("gap", [2.0, 10.0])
def test_no_verdict_says_itself_twice(gap: float) -> None:
    from formulate.experiment.data import Profile
    from formulate.similarity.compare import similarity

    one, other = (Profile(name, TIME, rows[None, :], ("1",)) for name, rows in (("old", SLOW), ("new", SLOW + gap)))
    for verdict in similarity(one, other, seconds=60.0, bootstrap=0, model="").verdicts:
        assert not verdict.says.startswith(("similar", "not similar"))
