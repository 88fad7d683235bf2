"""What a fit with parameters in common says: values, each profile's own, sums of squares, the F test in words."""

import math
import re

import numpy as np
import pytest
import scipy.stats

from formulate.curves.library import model
from formulate.fitting.fit import fit
from formulate.fitting.results import Points
from formulate.fitting.shared import fit_shared
from formulate.fitting.shared_reading import shared_lines, sums_of_squares

TIME = np.array([0.5, 1, 2, 4, 6, 8, 12, 24])


def readings(rate, beta, seed) -> Points:
    scatter = np.random.default_rng(seed).standard_normal(TIME.size)
    released = 100 * (1 - np.exp(-((rate * TIME) ** beta))) + scatter
    return Points(TIME, released, np.ones(TIME.size), np.zeros(TIME.size, dtype=np.int64), time_unit="h")


def test_says_the_shared_value_each_profile_and_both_goodnesses():
    sets = [readings(0.2, 1.0, 1), readings(0.4, 1.0, 2)]
    together = fit_shared(sets, model("weibull_2"), shared=["beta"])
    lines = shared_lines(together, ["slow", "fast"], "h")
    beta = together.parameters[0][1]
    assert f"beta = {beta.value:.4g} ({beta.low:.4g} to {beta.high:.4g})" in lines[0]
    assert lines[1].startswith("slow: ")
    assert lines[2].startswith("fast: ")
    assert sum(sums_of_squares(together)) == pytest.approx(together.criteria.ss)
    alone = [fit(own, model("weibull_2")).criteria for own in sets]
    assert "16 readings: 3 parameters" in lines[3]
    assert f"4 parameters, SS {alone[0].ss + alone[1].ss:.4g}" in lines[3]
    assert all(line.endswith(".") for line in lines)
    assert "no sign that the profiles differ in beta" in lines[4]


def test_the_f_test_in_words_is_that_of_scipy():
    sets = [readings(0.2, 1.0, 1), readings(0.2, 1.4, 2), readings(0.2, 1.0, 3)]
    together = fit_shared(sets, model("weibull_2"), shared=["beta"])
    last = shared_lines(together)[-1]
    found = re.search(r"F\((\d+), (\d+)\) = ([\d.e+]+)", last)
    assert found is not None
    saved, freedom, ratio = int(found[1]), int(found[2]), float(found[3])
    assert (saved, freedom) == (2, 24 - 6)
    assert scipy.stats.f.sf(ratio, saved, freedom) == pytest.approx(together.worse, rel=0.05)
    assert "p < 0.0001: the profiles differ in beta" in last
    assert "profile 2: " in shared_lines(together)[2]


def test_without_degrees_of_freedom_nothing_is_tested():
    few = [
        Points(own.time[[1, 4]], own.released[[1, 4]], np.ones(2), np.zeros(2, dtype=np.int64))
        for own in (readings(0.2, 1.0, 1), readings(0.4, 1.0, 2))
    ]
    together = fit_shared(few, model("weibull_2"), shared=["beta"])
    assert math.isnan(together.worse)
    assert "cannot be tested" in shared_lines(together)[-1]
