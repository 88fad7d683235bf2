"""The degrading polyester sphere against quadrature of D(t), its limits, and published autocatalysis."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from formulate.release.degradation import (
    autocatalysis_number,
    dimensionless_time,
    eroded,
    erosion_onset,
    molar_mass,
    polyester_released,
)
from formulate.release.diffusion import released_from_sphere
from materials.errors import DomainError

DAY = 86400.0
RADIUS = 10e-6
START = 1e-19
WATER = 5e-10

POLYESTER = {
    "radius": RADIUS, "initial_diffusivity": START, "largest_diffusivity": WATER, "growth_exponent": 5.0,
    "hydrolysis_rate": 0.07 / DAY, "initial_molar_mass": 40.0, "critical_molar_mass": 10.0,
    "burst_fraction": 0.1, "burst_rate": 10 / DAY, "diffusion_share": 0.5, "erosion_time": 10 * DAY,
    "erosion_shape": 2.0,
}  # fmt: skip


def integrated_diffusivity(time, rate, exponent, largest=WATER, start=START):
    """tau by adaptive quadrature of D(t), panel by panel, split where D meets its bound."""

    def growth(s):
        return min(start * np.exp(exponent * -np.expm1(-rate * s)), largest) / start

    edges = np.linspace(0.0, time, 41)
    ratio = np.log(largest / start)
    if rate > 0.0 and ratio < exponent:
        bound = -np.log1p(-ratio / exponent) / rate
        edges = np.sort(np.append(edges, min(bound, time)))
    grown = sum(quad(growth, a, b, epsabs=0.0, epsrel=1e-12)[0] for a, b in itertools.pairwise(edges))
    return grown * start / RADIUS**2


def test_molar_mass_halves_every_half_life():
    rate = np.log(2.0) / (10 * DAY)
    np.testing.assert_allclose(molar_mass([0.0, 10 * DAY, 30 * DAY], 40.0, rate), [40.0, 20.0, 5.0])


@pytest.mark.parametrize("exponent", [1e-12, 1e-3, 0.3, 1.0, 3.0, 10.0, 22.0, 40.0, 400.0])
@pytest.mark.parametrize("progress", [1e-9, 1e-4, 0.02, 0.0999, 0.1001, 0.5, 3.0, 30.0])
def test_dimensionless_time_is_the_integral_of_diffusivity(exponent, progress):
    # exponents of 40 and 400 reach the diffusivity in water (a factor of exp(22.3)) on the way
    rate = 0.05 / DAY
    time = progress / rate
    tau = dimensionless_time(time, RADIUS, START, rate, exponent, WATER)
    assert tau == pytest.approx(integrated_diffusivity(time, rate, exponent), rel=1e-10)


@pytest.mark.parametrize("largest", [START, 1.5 * START, 100 * START])
def test_diffusivity_stops_at_its_bound(largest):
    time, rate = 60 * DAY, 0.1 / DAY
    tau = dimensionless_time(time, RADIUS, START, rate, 6.0, largest)
    assert tau == pytest.approx(integrated_diffusivity(time, rate, 6.0, largest), rel=1e-10)
    later = dimensionless_time(time + DAY, RADIUS, START, rate, 6.0, largest)
    assert later - tau == pytest.approx(largest * DAY / RADIUS**2, rel=1e-9)


@pytest.mark.parametrize(
    ("rate", "exponent"),
    [(0.0, 5.0), (0.0, 0.0), (0.1 / DAY, 0.0), (1e-300, 5.0), (0.1 / DAY, 1e-300), (5e-324, 500)],
)
def test_without_growth_time_counts_at_the_initial_diffusivity(rate, exponent):
    time = np.array([0.0, 1.0, DAY, 1000 * DAY])
    tau = dimensionless_time(time, RADIUS, START, rate, exponent, WATER)
    np.testing.assert_allclose(tau, START * time / RADIUS**2, rtol=1e-15)


@pytest.mark.parametrize(("exponent", "progress"), [(1e-8, 1e-6), (1e-8, 0.5), (3.0, 1e-9), (1e-14, 40.0)])
def test_small_growth_keeps_its_digits(exponent, progress):
    # first order in the exponent: mean of 1 + alpha (1 - exp(-y))
    mean = 1.0 + exponent * (1.0 + np.expm1(-progress) / progress if progress > 0.01 else progress / 2.0)
    tau = dimensionless_time(progress * DAY, RADIUS, START, 1.0 / DAY, exponent, WATER)
    assert tau / (START * progress * DAY / RADIUS**2) == pytest.approx(mean, rel=2e-13)


def test_the_two_forms_meet_without_a_step():
    around = DAY * 0.1 * (1.0 + np.linspace(-1e-9, 1e-9, 21))
    for exponent in (1e-6, 0.5, 1.0):
        rises = np.diff(dimensionless_time(around, RADIUS, START, 1.0 / DAY, exponent, WATER))
        np.testing.assert_allclose(rises, rises.mean(), rtol=0.02)


def test_a_polymer_long_gone_holds_the_last_diffusivity():
    # k t = 1e6, where alpha exp(-k t) is below any float: D has stood at D0 exp(alpha) ever since
    early, late = dimensionless_time([1e6 * DAY, 2e6 * DAY], RADIUS, START, 1.0 / DAY, 3.0, WATER)
    assert late - early == pytest.approx(START * np.exp(3.0) * 1e6 * DAY / RADIUS**2, rel=1e-9)


@given(st.floats(1e-3, 1e4), st.floats(0.0, 1.0), st.floats(0.0, 500.0), st.floats(1.0, 1e9))
def test_dimensionless_time_lies_between_its_two_constants(days, rate, exponent, ratio):
    time = np.array([0.0, 0.5, 1.0]) * days * DAY
    tau = dimensionless_time(time, RADIUS, START, rate / DAY, exponent, START * ratio)
    assert tau[0] == 0.0
    assert np.all(np.diff(tau) > 0.0)
    assert np.all(tau >= START * time / RADIUS**2 * (1.0 - 1e-12))
    assert np.all(tau <= START * ratio * time / RADIUS**2 * (1.0 + 1e-12))


@given(st.floats(0.01, 100.0), st.floats(0.0, 30.0))
def test_dimensionless_time_does_not_depend_on_the_units(unit, exponent):
    seconds = dimensionless_time([DAY, 50 * DAY], RADIUS, START, 0.05 / DAY, exponent, WATER)
    scaled = dimensionless_time(
        np.array([DAY, 50 * DAY]) / unit, 10 * RADIUS, 100 * unit * START, 0.05 / DAY * unit, exponent,
        100 * unit * WATER,
    )  # fmt: skip
    np.testing.assert_allclose(scaled, seconds, rtol=1e-9)


def test_draws_and_times_span_the_result():
    radius = np.array([[1e-6], [2e-6], [4e-6]])
    rate = np.array([[0.0], [0.05 / DAY], [0.5 / DAY]])
    time = np.linspace(0.0, 90 * DAY, 7)
    tau = dimensionless_time(time, radius, START, rate, 4.0, WATER)
    assert tau.shape == (3, 7)
    for row in range(3):
        alone = dimensionless_time(time, radius[row, 0], START, rate[row, 0], 4.0, WATER)
        np.testing.assert_array_equal(tau[row], alone)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("time", -1.0), ("time", np.nan), ("radius", 0.0), ("radius", -1e-6), ("initial_diffusivity", 0.0),
        ("initial_diffusivity", 2 * WATER), ("hydrolysis_rate", -1e-9), ("hydrolysis_rate", np.inf),
        ("growth_exponent", -0.1), ("growth_exponent", 501.0), ("largest_diffusivity", np.nan),
    ],
)  # fmt: skip
def test_dimensionless_time_refuses(name, value):
    inputs = {
        "time": DAY, "radius": RADIUS, "initial_diffusivity": START, "hydrolysis_rate": 0.1 / DAY,
        "growth_exponent": 2.0, "largest_diffusivity": WATER,
    }  # fmt: skip
    with pytest.raises(DomainError) as caught:
        dimensionless_time(**inputs | {name: value})
    assert caught.value.name == name


@given(st.floats(1.0, 200.0), st.floats(1.001, 100.0), st.floats(1e-3, 1.0))
def test_erosion_starts_at_the_critical_molar_mass(critical, ratio, rate):
    onset = erosion_onset(ratio * critical, critical, rate / DAY)
    assert molar_mass(onset, ratio * critical, rate / DAY) == pytest.approx(critical, rel=1e-9)


def test_erosion_onset_at_its_limits():
    onset = erosion_onset([[8.0], [10.0], [40.0], [8.0]], 10.0, [[0.1], [0.1], [0.0], [0.0]])
    assert onset.tolist() == [[0.0], [0.0], [np.inf], [0.0]]


def test_erosion_follows_its_clock():
    share = eroded([0.0, 5.0, 10.0, 13.0, 1e6], 10.0, 3.0, 2.5)
    np.testing.assert_allclose(share, [0.0, 0.0, 0.0, 1.0 - np.exp(-1.0), 1.0], atol=1e-15)
    assert eroded(16.0, 10.0, 3.0, 2.0) == pytest.approx(1.0 - np.exp(-4.0))
    assert eroded(1e9, np.inf, 3.0, 2.5) == 0.0
    assert eroded(1e300, 0.0, 1e-9, 50.0) == 1.0


@pytest.mark.parametrize(
    "values",
    [
        (-1.0, 0.0, 1.0, 1.0),
        (1.0, -1.0, 1.0, 1.0),
        (1.0, np.nan, 1.0, 1.0),
        (1.0, 0.0, 0.0, 1.0),
        (1, 0, 1, 0),
    ],
)
def test_eroded_refuses(values):
    with pytest.raises(DomainError):
        eroded(*values)


def test_release_is_the_sum_of_its_three_parts():
    # Each part from its own definition: quadrature, the 3000-term series, and the clock written out.
    time = np.array([0.5, 3.0, 15.0, 25.0, 60.0]) * DAY
    tau = np.array([integrated_diffusivity(t, 0.07 / DAY, 5.0) for t in time])
    k = np.arange(1, 3001)[:, np.newaxis]
    crank = 1.0 - 6.0 / np.pi**2 * np.sum(np.exp(-(k**2) * np.pi**2 * tau) / k**2, axis=0)
    since = np.maximum(time / DAY - np.log(4.0) / 0.07, 0.0)
    expected = 0.1 * (1.0 - np.exp(-10.0 * time / DAY)) + 0.9 * (
        0.5 * crank + 0.5 * (1.0 - np.exp(-((since / 10.0) ** 2)))
    )
    np.testing.assert_allclose(polyester_released(time, **POLYESTER), expected, atol=6e-9)


def test_each_part_stands_alone_at_its_limit():
    time = np.linspace(0.0, 60 * DAY, 13)
    burst = polyester_released(time, **POLYESTER | {"burst_fraction": 1.0})
    np.testing.assert_allclose(burst, 1.0 - np.exp(-10.0 * time / DAY), rtol=1e-12)
    diffusion = POLYESTER | {"burst_fraction": 0.0, "diffusion_share": 1.0, "growth_exponent": 0.0}
    np.testing.assert_allclose(
        polyester_released(time, **diffusion), released_from_sphere(START * time / RADIUS**2), rtol=1e-12
    )
    erosion = POLYESTER | {"burst_fraction": 0.0, "diffusion_share": 0.0, "critical_molar_mass": 40.0}
    np.testing.assert_allclose(
        polyester_released(time, **erosion), 1.0 - np.exp(-((time / (10 * DAY)) ** 2)), rtol=1e-12, atol=1e-15
    )


shares = st.floats(0.0, 1.0)


@given(shares, shares, st.floats(0.0, 2.0), st.floats(0.0, 30.0), st.floats(0.2, 5.0), st.floats(1.0, 100.0))
def test_release_rises_from_nothing_and_never_exceeds_the_load(burst, share, rate, exponent, shape, mass):
    time = np.concatenate([[0.0], np.geomspace(60.0, 1000 * DAY, 80)])
    inputs = POLYESTER | {
        "burst_fraction": burst, "diffusion_share": share, "hydrolysis_rate": rate / DAY,
        "growth_exponent": exponent, "erosion_shape": shape, "initial_molar_mass": mass,
    }  # fmt: skip
    released = polyester_released(time, **inputs)
    assert released[0] == 0.0
    assert np.all(np.diff(released) >= -1e-12)
    assert released[-1] <= 1.0


def test_everything_is_out_in_the_end():
    assert polyester_released(1e5 * DAY, **POLYESTER) == pytest.approx(1.0, abs=1e-12)


def test_draws_and_times_span_the_release():
    inputs = {name: np.full((6, 1), value) for name, value in POLYESTER.items()}
    inputs["radius"] = np.geomspace(1e-7, 1e-4, 6)[:, np.newaxis]
    released = polyester_released(np.linspace(0.0, 30 * DAY, 4), **inputs)
    assert released.shape == (6, 4)
    assert np.all(np.diff(released[:, 1:], axis=0) <= 0.0)  # a larger sphere holds on for longer


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("burst_fraction", 1.1), ("burst_fraction", np.nan), ("diffusion_share", -0.1), ("burst_rate", -1.0),
        ("critical_molar_mass", 0.0), ("initial_molar_mass", -1.0), ("erosion_time", 0.0), ("radius", np.nan),
    ],
)  # fmt: skip
def test_polyester_refuses(name, value):
    with pytest.raises(DomainError) as caught:
        polyester_released([0.0, DAY], **POLYESTER | {name: value})
    assert caught.value.name == name


@pytest.mark.parametrize(("diffusivity", "radius"), [(1e-16, 41e-6), (1e-17, 13e-6), (1e-20, 0.41e-6)])
def test_radius_at_which_acid_stops_escaping(diffusivity, radius):
    # Worked example: first eigenvalue of the sphere, acid made at 0.05 per day
    assert autocatalysis_number(radius, 0.05 / DAY, diffusivity) == pytest.approx(np.pi, rel=0.01)


# Acid at the centre of a sphere that makes acid at rate k and has none at its surface, at D t/R**2 = 0.2 and
# 0.4, by R sqrt(k/D): sphere_first_order_autocatalysis_acid_zero_surface of the reference cases.
@pytest.mark.parametrize(
    ("number", "earlier", "later"),
    [(1.0, 0.33842336, 0.057572989), (2.0, 0.61664756, 0.19114905), (3.0, 1.6762219, 1.4124111),
     (4.0, 6.7974148, 23.226601), (5.0, 41.121963, 850.0526)],
)  # fmt: skip
def test_acid_builds_up_exactly_above_pi(number, earlier, later):
    rate, diffusivity = 0.05 / DAY, 1e-16
    radius = number * np.sqrt(diffusivity / rate)
    value = float(autocatalysis_number(radius, rate, diffusivity))
    assert (value > np.pi) == (later > earlier)
    assert np.log(later / earlier) / 0.2 == pytest.approx(value**2 - np.pi**2, rel=0.02)


def test_autocatalysis_refuses():
    for values in [(0.0, 1e-6, 1e-16), (1e-6, -1e-6, 1e-16), (1e-6, 1e-6, 0.0), (np.nan, 1e-6, 1e-16)]:
        with pytest.raises(DomainError):
            autocatalysis_number(*values)
