"""The page of speed shows the results of one run, and a bar is judged as it says. Nothing is timed here."""

from dataclasses import replace

import numpy as np
import pytest

from bench.__main__ import GROUPS, ids
from bench.measure import Row, growth
from bench.page import PAGE, RESULTS, Run, bars, filled, summary

RUN = Run.from_json(RESULTS.read_text("utf-8"))
TITLES = {name: GROUPS[module] for name, module in ids().items()}


def test_the_page_shows_the_results():
    page = PAGE.read_text("utf-8")
    assert filled(page, RUN, TITLES) == page
    assert set(RUN.groups) == set(TITLES)


def test_results_survive_writing_and_reading():
    assert Run.from_json(RUN.to_json()) == RUN


def test_a_page_without_a_place_for_a_group_is_refused():
    with pytest.raises(ValueError, match="release"):
        filled("<!-- measured: machine -->\n<!-- end -->", RUN, TITLES)


@pytest.mark.parametrize(
    ("value", "at_least", "verdict"),
    [(1.0, False, "met"), (1.1, False, "missed"), (0.9, True, "missed"), (1.0, True, "met"), (None, True, "")],
)
def test_a_bar_is_judged(value, at_least, verdict):
    assert Row("speed", value, "s", 1.0, at_least).verdict == verdict


def test_what_is_missed_is_named_and_nothing_without_a_bar_is_counted():
    rows = [Row("quick", 1.0, "s", 2.0), Row("slow", 3.0, "s", 2.0), Row("plain", 9.0, "s"), Row("gone", None, bar=1.0)]
    run = replace(RUN, groups={"release": rows})
    assert summary(run) == "1 of 2 bars are met; missed: slow."
    assert bars(run, TITLES).count("\n") == 3


def test_the_power_of_growth_is_found():
    sizes = np.array([1.0, 4.0, 16.0])
    row = growth("area against length", sizes, 3.0 * sizes**2, "m2")
    assert row.value == pytest.approx(2.0)
    assert row.met is False
