"""Mechanism from exponents: exact solutions of diffusion, published limits, what an interval excludes, refusals."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.curves.library import model
from formulate.fitting.exponents import fickian_share, weibull_reading
from formulate.fitting.fit import fit
from formulate.fitting.mechanism import (
    EXPONENTS,
    first_sixty_percent,
    geometry,
    mechanism,
)
from formulate.fitting.results import Points
from formulate.release.diffusion import released_from_sphere
from materials.errors import DomainError

TIME = np.array([0.0, 0.25, 0.5, 1, 2, 4, 6, 8, 12, 24.0])


def points(released, time=TIME, unit=None) -> Points:
    time = np.asarray(time, dtype=float)
    whose = np.zeros(time.size, dtype=np.int64) if unit is None else np.asarray(unit)
    return Points(time, np.asarray(released, dtype=float), np.ones(time.size), whose)


def noisy(constant, exponent, scatter, seed=1) -> Points:
    power = constant * TIME**exponent
    return points(
        np.minimum(power, 100) + scatter * np.random.default_rng(seed).standard_normal(TIME.size) * (TIME > 0)
    )


def test_the_readings_are_those_above_zero_up_to_sixty_percent():
    readings = points([0, 5, 20, 60, 60.1, 58, 80, 90, 95, 99])
    assert first_sixty_percent(readings).released.tolist() == [5, 20, 60]  # 58 came after 60.1


def test_each_unit_has_its_own_end():
    time = [1, 1, 2, 2, 3, 3]
    readings = points([30, 40, 50, 65, 59, 70], time, [0, 1, 0, 1, 0, 1])
    assert first_sixty_percent(readings).released.tolist() == [30, 40, 50, 59]


def test_the_exponent_of_exact_diffusion_from_a_sphere():
    # Ritger and Peppas 1987: the power law fits Fickian release from spheres to 60 % with n = 0.43
    time = np.linspace(0.002, 0.05, 25)
    found = mechanism(points(100 * released_from_sphere(time), time))
    assert found.n == pytest.approx(0.43, abs=0.015)


def test_the_exponent_of_exact_diffusion_from_a_slab_is_one_half():
    # Crank 1975: F = 4 sqrt(D t/(pi L^2)) to 60 %
    time = np.linspace(0.002, 0.07, 25)
    found = mechanism(points(400 * np.sqrt(time / math.pi), time))
    assert found.n == pytest.approx(0.5, abs=1e-6)


def test_what_a_narrow_interval_excludes():
    slab, cylinder, sphere = mechanism(noisy(20.0, 0.5, 0.2)).geometries
    assert [entry.shape for entry in (slab, cylinder, sphere)] == ["slab", "cylinder", "sphere"]
    assert "Fickian diffusion" in slab.left
    assert "case II transport" in slab.excluded
    assert "anomalous transport" not in sphere.excluded
    assert "Fickian diffusion" in sphere.excluded  # 0.43 for a sphere
    assert "excludes" in slab.reading


def test_a_wide_interval_excludes_little_and_no_mechanism_is_claimed():
    found = mechanism(noisy(9.0, 0.7, 9.0, seed=3))
    assert found.high - found.low > 0.5
    slab = found.geometries[0]
    assert {"Fickian diffusion", "anomalous transport", "case II transport"} <= set(slab.left)
    assert not any("mechanism is" in text for text in found.reading)


@given(st.sampled_from(sorted(EXPONENTS)), st.floats(0, 2), st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.5))
def test_a_wider_interval_excludes_no_more(shape, n, below, above, wider):
    narrow = geometry(shape, n, max(n - below, 0), n + above)
    wide = geometry(shape, n, max(n - below - wider, 0), n + above + wider)
    assert set(wide.excluded) <= set(narrow.excluded)
    assert set(narrow.left) | set(narrow.excluded) == set(wide.left) | set(wide.excluded)
    assert narrow.left


@pytest.mark.parametrize(
    ("n", "left"),
    [
        (0.30, "an exponent below Fickian diffusion"),
        (0.45, "Fickian diffusion"),
        (0.60, "anomalous transport"),
        (0.89, "case II transport"),
        (1.20, "super case II transport"),
    ],
)
def test_the_limits_of_a_cylinder(n, left):
    assert geometry("cylinder", n, n, n).left == (left,)


def test_without_an_interval_nothing_is_excluded():
    found = geometry("slab", 0.5, math.nan, math.nan)
    assert found.excluded == ()
    assert "nothing is excluded" in found.reading


@pytest.mark.parametrize(
    ("released", "said"),
    [
        ([0, 20, 55, 70, 80, 90, 92, 95, 97, 99], "2 usable readings up to 60 %; need 3"),
        ([0, 61, 70, 75, 80, 90, 92, 95, 97, 99], "0 usable readings"),
    ],
)
def test_too_few_readings_give_not_known(released, said):
    found = mechanism(points(released))
    assert found.fit is None
    assert math.isnan(found.n)
    assert found.geometries == ()
    assert "not known" in found.reading[0]
    assert said in found.reading[0]


def test_one_time_of_many_units_is_too_few():
    found = mechanism(points([30, 31, 32, 90], [1, 1, 1, 2], [0, 1, 2, 0]))
    assert "at one time" in found.reading[0]


def test_has_its_own_number_of_readings_and_says_which_are_out():
    found = mechanism(noisy(20.0, 0.5, 0.2))
    assert found.readings == found.fit.criteria.points == 7
    assert found.left_out == (
        "Not in the fit of Korsmeyer-Peppas: 3 of 10 readings, at zero or from the first above 60 % on."
    )


def test_the_level_moves_the_interval():
    sure, less = mechanism(noisy(20, 0.5, 1), level=0.99), mechanism(noisy(20, 0.5, 1), level=0.5)
    assert sure.low < less.low < less.n < less.high < sure.high


@pytest.mark.parametrize(
    ("low", "high", "left"),
    [
        (0.5, 0.7, "leaves Fickian diffusion (up to 0.75)"),
        (0.7, 0.9, "leaves Fickian diffusion (up to 0.75) and diffusion with a second mechanism (0.75 to 1)"),
        (0.7, 1.1, "excludes nothing"),
        (0.8, 1.1, "leaves diffusion with a second mechanism (0.75 to 1), first order (1) and a sigmoid (above 1)"),
        (1.2, 1.4, "leaves a sigmoid (above 1)"),
        (math.nan, math.nan, "no interval"),
    ],
)
def test_what_beta_leaves(low, high, left):
    said = weibull_reading(0.8, low, high)
    assert left in said
    assert not math.isfinite(low) or said.endswith(left)


def test_weibull_and_peppas_sahlin_are_read_from_fits_to_all_readings():
    readings = noisy(20.0, 0.5, 0.2)
    fits = [fit(readings, model(name)) for name in ("weibull_1", "weibull_2", "peppas_sahlin_1")]
    found = mechanism(readings, fits)
    assert found.weibull.startswith("Weibull_2: beta = ")
    assert found.fickian_share.startswith("Peppas-Sahlin_1: ")
    assert mechanism(readings).weibull == ""


def test_shares_of_peppas_and_sahlin():
    # k1 t^m and k2 t^2m are 20 and 60 at t = 4
    assert fickian_share(np.array([4.0]), 10.0, 15.0, 0.5) == pytest.approx([0.25])
    with pytest.raises(DomainError, match="k2 = -1"):
        fickian_share(np.array([4.0]), 10.0, -1.0, 0.5)
    with pytest.raises(DomainError, match="time = 0"):
        fickian_share(np.array([0.0]), 10.0, 1.0, 0.5)


def test_a_plateau_below_sixty_percent_is_said():
    released = [0, 12, 17, 24, 33, 40, 40.5, 40, 40.4, 40.2]
    assert any("levels off" in text for text in mechanism(points(released)).reading)


def test_refusals():
    with pytest.raises(DomainError, match=r"n = -0\.1"):
        geometry("slab", -0.1, 0.0, 0.1)
    with pytest.raises(DomainError, match="beta = -1"):
        weibull_reading(-1.0, 0.0, 1.0)
    with pytest.raises(DomainError, match="weight = 0"):
        first_sixty_percent(replace(points([0] * 10), weight=np.zeros(10)))


def test_one_line_and_a_small_table_for_a_display():
    found = mechanism(noisy(20.0, 0.5, 0.2))
    assert found.line.startswith("Korsmeyer-Peppas up to 60 %: n = ")
    assert "7 of 10 readings" in found.line
    assert [shape for shape, _, _ in found.rows] == ["slab", "cylinder", "sphere"]
    for (_, excluded, left), item in zip(found.rows, found.geometries, strict=True):
        assert len(excluded.split(", ")) == max(len(item.excluded), 1)
        assert len(left.split(", ")) == len(item.left)
    assert found.caveats == ()


def test_what_makes_an_exponent_doubtful_is_two_sentences_at_most():
    levelling = mechanism(points([0, 12, 17, 24, 33, 40, 40.5, 40, 40.4, 40.2]))
    assert len(levelling.caveats) == 2
    assert "misses these readings" in levelling.caveats[0]
    assert "levels off" in levelling.caveats[1]
    assert set(levelling.caveats) <= set(levelling.reading)


def test_two_times_are_one_line():
    found = mechanism(points([30, 32, 50, 52, 90, 95], [1, 1, 2, 2, 4, 4], [0, 1, 0, 1, 0, 1]))
    assert "from two times only" in found.line
    assert (found.rows, found.caveats) == ((), ())
    too_few = mechanism(points([30, 70], [1, 2]))
    assert too_few.line == too_few.reading[0]
    assert too_few.rows == ()


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((1.02, 1.004, 1.036), "beta = 1.020 (1.004 to 1.036) leaves a sigmoid (above 1)"),
        ((1.0002, 0.9991, 1.0013), "beta = 1.0002 (0.9991 to 1.0013) is practically 1: first order"),
        ((1.0, 1.0, 1.0), "is practically 1: first order"),
    ],
)
def test_an_interval_beside_one_has_digits_that_tell(numbers, said):
    assert said.replace("1.020", "1.02") in weibull_reading(*numbers)


def test_equal_readings_have_no_exponent():
    found = mechanism(points(np.full(7, 50.0), np.arange(1.0, 8.0)))
    assert math.isnan(found.n)
    assert found.line.startswith("Mechanism from the exponent: not known.")
    assert "nan" not in " ".join((found.line, *found.reading))
    assert found.rows == ()
