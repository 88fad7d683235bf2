"""Units fitted one by one, as a table: what each row holds, the mean and deviation below, units that fail."""

import math
import statistics
from dataclasses import replace

import numpy as np
import pytest

from formulate.experiment.data import Profile, ReleaseData
from formulate.fitting.analysis import analyse
from formulate.fitting.units import unit_rows

TIME = np.array([0.5, 1, 2, 4, 6, 8, 12, 24])
RATES = (0.18, 0.2, 0.25)
CURVES = np.array([100 * (1 - np.exp(-rate * TIME)) for rate in RATES])
PROFILE = Profile("A", TIME, CURVES, ("v1", "v2", "v3"))


def analysis(profile=PROFILE):
    return analyse(ReleaseData((profile,), "h", 3600.0), models="first_order,higuchi,weibull_2", replicates="each")


def test_a_row_for_each_unit_with_mean_and_deviation_below():
    found = analysis().profile()
    rows = unit_rows(found, "first_order")
    assert [row.unit for row in rows] == ["v1", "v2", "v3", "mean", "SD"]
    assert [row.values[0] for row in rows[:3]] == pytest.approx(RATES)
    assert [row.t50 for row in rows[:3]] == pytest.approx([math.log(2) / rate for rate in RATES], rel=1e-4)
    assert [row.ss for row in rows[:3]] == pytest.approx([0, 0, 0], abs=1e-9)
    assert [row.r2 for row in rows] == pytest.approx([1, 1, 1, 1, 0])
    assert rows[3].values[0] == pytest.approx(statistics.mean(RATES))
    assert rows[4].values[0] == pytest.approx(statistics.stdev(RATES))
    assert [row.count for row in rows] == [8, 8, 8, 3, 3]


def test_every_model_has_its_table_and_there_is_none_without_units():
    found = analysis().profile()
    assert len(unit_rows(found, "weibull_2")[0].values) == 2
    assert unit_rows(found, "hill") == ()
    assert unit_rows(replace(found, units=()), "first_order") == ()


def test_a_unit_that_could_not_be_fitted_has_its_reason_and_no_numbers():
    released = CURVES.copy()
    released[1] = np.nan
    rows = unit_rows(analysis(replace(PROFILE, released=released)).profile(), "weibull_2")
    assert [bool(row.failed) for row in rows] == [False, True, False, False, False]
    assert all(math.isnan(value) for value in rows[1].values)
    assert len(rows[1].values) == 2
    assert rows[3].count == 2


def test_a_time_that_one_unit_does_not_reach_has_no_mean():
    released = np.vstack([CURVES[:2], np.linspace(0.1, 1.0, TIME.size)])
    rows = unit_rows(analysis(replace(PROFILE, released=released)).profile(), "first_order")
    assert math.isnan(rows[2].t50)
    assert math.isnan(rows[3].t50)
    assert math.isfinite(rows[3].values[0])


def test_the_frame_and_the_results_hold_every_unit():
    found = analysis()
    frame = found.units_frame()
    assert len(frame) == 5 * 4  # units, mean and SD for four parameters
    row = frame[(frame["model"] == "first_order") & (frame["replicate"] == "v2")].iloc[0]
    assert row["value"] == pytest.approx(0.2)
    assert row["unit"] == "1/h"
    own = found.results()["profiles"][0]["by_unit"][1]["fits"]
    assert next(item["value"] for item in own[0]["summary"] if item["name"] == "T50") == row["T50"]
    assert analyse(found.data, models="higuchi").units_frame().empty
