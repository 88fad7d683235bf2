"""Acid that speeds its own making: series, published release, both ends, mass, order, refusals."""

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from formulate.release.autocatalysis import autocatalytic_release, local_acceleration, mean_acceleration
from formulate.release.autocatalysis_solver import Law, SphereCourse, Spheres, solve_spheres
from formulate.release.degradation import autocatalysis_number, dimensionless_time
from formulate.release.diffusion import released_from_sphere
from formulate.release.radial_grid import RadialGrid
from materials.errors import DomainError

DAY = 86400.0
NONE, ONE = np.zeros(1), np.ones(1)
MICROSPHERE = {
    "radius": 25e-6,
    "initial_diffusivity": 2e-17,
    "largest_diffusivity": 5e-10,
    "growth_exponent": 4.0,
    "hydrolysis_rate": 0.03 / DAY,
    "catalysis_rate": 0.3 / DAY,
    "acid_diffusivity": 2e-16,
}


def plain(speed: float) -> Law:
    return lambda local, rows: (np.full((len(rows), len(local.position)), speed),) * 2


def drug_alone(law: Law, tau: np.ndarray, cells: int, tolerance: float) -> SphereCourse:
    return solve_spheres(tau, Spheres(law, NONE, NONE, NONE, NONE), cells, tolerance)


# the solver against exact and published solutions


def test_constant_diffusivity_is_the_series() -> None:
    tau = np.geomspace(1e-6, 3.0, 80)
    course = drug_alone(plain(1.0), tau, 48, 1e-6)
    assert course.released[0] == pytest.approx(released_from_sphere(tau), abs=2e-5)
    assert drug_alone(plain(1.0), tau, 24, 2e-4).released[0] == pytest.approx(released_from_sphere(tau), abs=2e-4)


def test_variable_diffusivity_releases_as_published() -> None:
    # Ford Versypt and Braatz 2014, DOI 10.1016/j.compchemeng.2014.05.022, cases III and IV
    case_3 = drug_alone(
        lambda local, rows: (np.broadcast_to(local.position**2, (1, len(local.position))),) * 2,
        np.array([0.05, 0.1, 0.25, 0.5, 1.0]),
        48,
        1e-5,
    )
    assert case_3.released[0] == pytest.approx(np.array([0.5600, 0.6990, 0.8684, 0.9543, 0.9920]), abs=1e-4)
    case_4 = drug_alone(
        lambda local, rows: (np.exp(1.0 - local.drug),) * 2, np.array([0.02, 0.05, 0.07, 0.1, 0.28]), 48, 1e-5
    )
    assert case_4.released[0] == pytest.approx(np.array([0.5558, 0.7753, 0.8555, 0.9282, 0.9994]), abs=1e-4)


def acid_of_series(tau: float, phi: float, kept: bool) -> float:
    """Give the mean acid beside much polymer, of a surface without or with the first level (Ford Versypt 2015)."""
    n = np.arange(1, 4000) * math.pi
    modes = np.exp((phi**2 - n**2) * tau) / n**2
    if not kept:
        return float(np.sum(6.0 * modes))
    steady = 3.0 * (1.0 - phi / math.tan(phi)) / phi**2
    return float(steady + np.sum(6.0 * phi**2 / (phi**2 - n**2) * modes))


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("phi", [1.0, 3.0, 5.0])
def test_acid_beside_much_polymer_is_the_published_series(phi, kept) -> None:
    tau = np.array([0.02, 0.1, 0.4])
    trace = 1e-9 * ONE
    course = solve_spheres(tau, Spheres(plain(1.0), NONE, phi**2 * ONE, trace, kept * trace), 48, 2e-5)
    exact = np.array([acid_of_series(time, phi, kept) for time in tau])
    assert course.acid_left[0] / trace[0] == pytest.approx(exact, rel=3e-4)


def test_acid_in_the_middle_is_that_of_the_published_tables() -> None:
    # phi 3, no acid at the surface, r/R to 0; the innermost cell reaches a little way out
    trace = 1e-9 * ONE
    course = solve_spheres(np.array([0.05, 0.1, 0.4]), Spheres(plain(1.0), NONE, 9.0 * ONE, trace, NONE), 128, 1e-4)
    assert course.acid_middle[0] / 1e-9 == pytest.approx(np.array([1.5150, 1.7392, 1.4124]), rel=2e-3)


def test_the_error_falls_with_the_square_of_the_cells() -> None:
    # one grid alone, before the error of second order is taken out
    from formulate.release.autocatalysis_solver import _march

    tau = np.array([0.05, 0.2])
    spheres = Spheres(plain(1.0), NONE, NONE, NONE, NONE)
    errors = [
        float(
            np.abs(_march(tau, spheres, np.arange(1), RadialGrid(n), 1e-6)[0][0, 0] - released_from_sphere(tau)).max()
        )
        for n in (12, 24, 48)
    ]
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.1)
    assert errors[1] / errors[2] == pytest.approx(4.0, rel=0.1)


def test_an_independent_solver_of_the_whole_model_agrees() -> None:
    # method of lines on even shells, by LSODA
    cells, phi2, fed, alpha = 50, 20.0, 2.0, 3.0
    faces = np.linspace(0.0, 1.0, cells + 1)
    volume, width = np.diff(faces**3) / 3.0, 1.0 / cells

    def slope(t: float, y: np.ndarray) -> np.ndarray:
        drug, acid, polymer = y.reshape(3, cells)
        speed = np.exp(alpha * (1.0 - np.append(0.5 * (polymer[1:] + polymer[:-1]), polymer[-1])))
        gap = np.append(np.full(cells - 1, width), 0.5 * width)
        flows = [
            faces[1:] ** 2 * own * np.append(values[:-1] - values[1:], values[-1]) / gap
            for values, own in ((drug, 0.05 * speed), (acid, 1.0))
        ]
        cut = (fed + phi2 * acid) * polymer
        change = [-np.diff(flow, prepend=0.0) / volume for flow in flows]
        return np.concatenate([change[0], change[1] + cut, -cut])

    start = np.concatenate([np.ones(cells), np.zeros(cells), np.ones(cells)])
    tau = np.array([0.02, 0.1, 0.3, 0.6])
    found = integrate.solve_ivp(
        slope, (0.0, 0.6), start, "LSODA", tau, rtol=1e-6, atol=1e-8, lband=2 * cells, uband=2 * cells
    ).y.reshape(3, cells, -1)
    left, acid, polymer = 3.0 * np.einsum("c,pct->pt", volume, found)
    course = autocatalytic_release(
        tau,
        radius=1.0,
        initial_diffusivity=0.05,
        largest_diffusivity=1e3,
        growth_exponent=alpha,
        hydrolysis_rate=fed,
        catalysis_rate=phi2,
        acid_diffusivity=1.0,
        cells=48,
        tolerance=2e-5,
    )
    assert course.released == pytest.approx(1.0 - left, abs=5e-3)  # even shells: theirs is the larger error
    assert course.polymer_left == pytest.approx(polymer, abs=5e-3)
    assert course.acid_left == pytest.approx(acid, abs=5e-3)


# both ends


def test_where_acid_leaves_at_once_the_sphere_is_homogeneous() -> None:
    time = np.geomspace(0.1 * DAY, 60 * DAY, 40)
    nano = MICROSPHERE | {"radius": np.array([[100e-9], [300e-9]]), "initial_diffusivity": 1e-22}
    assert autocatalysis_number(300e-9, 0.3 / DAY, 2e-16) < 0.05
    course = autocatalytic_release(time, **nano, cells=48, tolerance=2e-5)
    rest = {name: nano[name] for name in ("initial_diffusivity", "largest_diffusivity", "growth_exponent")}
    tau = dimensionless_time(time, nano["radius"], hydrolysis_rate=0.03 / DAY, **rest)
    assert course.released == pytest.approx(released_from_sphere(tau), abs=5e-4)
    assert course.polymer_left == pytest.approx(np.tile(np.exp(-0.03 / DAY * time), (2, 1)), abs=1e-3)
    assert course.acid_left.max() < 1e-3


def test_where_no_acid_leaves_the_loss_of_chains_is_logistic() -> None:
    time = np.array([1.0, 5.0, 10.0, 20.0, 40.0]) * DAY
    held = autocatalytic_release(time, **(MICROSPHERE | {"acid_diffusivity": 1e-26, "initial_acid": 0.01}))
    slow, fast, acid = 0.03 * time / DAY, 0.3 * time / DAY, 1.01
    # dp/dt = -(k_d + k_a (1.01 - p)) p, parted into fractions
    total = slow + fast * acid
    expected = (0.03 + 0.3 * acid) / (0.3 + (0.03 + 0.3 * acid - 0.3) * np.exp(total))
    assert held.polymer_middle == pytest.approx(expected, abs=2e-4)
    assert held.polymer_left == pytest.approx(expected, abs=1e-3)


def test_more_acid_held_releases_sooner_from_the_core_out() -> None:
    time = np.linspace(1.0, 40.0, 40) * DAY
    course = autocatalytic_release(time, **(MICROSPHERE | {"acid_diffusivity": np.array([[1e-14], [1e-15], [1e-16]])}))
    assert (np.diff(course.released, axis=0) > -1e-4).all()
    assert course.released[2, 15] > course.released[0, 15] + 0.1
    assert (course.polymer_middle <= course.polymer_left + 1e-4).all()


@pytest.mark.parametrize("phi", [0.5, 1.5, 2.5])
def test_the_early_rate_is_that_of_the_steady_acid(phi) -> None:
    # chains lost so slowly that the acid settles while all of them are there
    rate = 1e-7
    course = autocatalytic_release(
        [5.0, 6.0],
        radius=1.0,
        initial_diffusivity=1e-9,
        largest_diffusivity=10.0,
        growth_exponent=0.0,
        hydrolysis_rate=rate,
        catalysis_rate=phi**2,
        acid_diffusivity=1.0,
        cells=64,
    )
    lost = -np.diff(course.polymer_left)[0] / rate
    assert lost == pytest.approx(mean_acceleration(phi), rel=1e-3)
    middle = -np.diff(course.polymer_middle)[0] / rate
    assert middle == pytest.approx(local_acceleration(0.0, phi), rel=3e-3)


def test_the_mean_acceleration_is_the_mean_of_the_local_ones() -> None:
    for phi in (0.0, 0.01, 0.049, 0.051, 1.0, 3.0):
        mean = integrate.quad(lambda x, phi=phi: 3.0 * x * x * float(local_acceleration(x, phi)), 0.0, 1.0)[0]
        assert mean_acceleration(phi) == pytest.approx(mean, rel=1e-9)
    assert local_acceleration([0.0, 0.3, 1.0], 0.0) == pytest.approx(1.0)


# what holds for all


@settings(max_examples=8)
@given(
    radius=st.floats(-7.0, -4.0),
    rate=st.floats(-2.0, -0.5),
    catalysis=st.floats(-2.0, 0.5),
    acid=st.floats(-17.0, -13.0),
    alpha=st.floats(0.0, 5.0),
    first=st.floats(0.0, 0.05),
    outside=st.floats(0.0, 0.01),
)
def test_drug_and_acid_are_conserved_and_release_rises(radius, rate, catalysis, acid, alpha, first, outside) -> None:
    course = autocatalytic_release(
        np.concatenate([[0.0], np.geomspace(60.0, 60 * DAY, 20)]),
        radius=10.0**radius,
        initial_diffusivity=1e-18,
        largest_diffusivity=5e-10,
        growth_exponent=alpha,
        hydrolysis_rate=10.0**rate / DAY,
        catalysis_rate=10.0**catalysis / DAY,
        acid_diffusivity=10.0**acid,
        acid_growth_exponent=0.5 * alpha,
        initial_acid=first,
        surface_acid=outside,
    )
    assert course.released + course.drug_left == pytest.approx(1.0, abs=1e-9)
    assert course.polymer_left + course.acid_left + course.acid_out == pytest.approx(1.0 + first, abs=1e-9)
    assert course.released[0] == 0.0
    assert (np.diff(course.released) > -1e-3).all()
    assert course.released.min() > -1e-3
    assert course.released.max() < 1.0 + 1e-3
    assert (np.diff(course.polymer_left) < 1e-4).all()


@cache
def of_sizes(draws: int, **settings: float) -> SphereCourse:
    sizes = np.linspace(5e-6, 40e-6, draws)[:, None]
    return autocatalytic_release(np.array([1.0, 10.0, 25.0]) * DAY, **(MICROSPHERE | {"radius": sizes}), **settings)


@pytest.mark.parametrize("cells", [8, 9, 16, 17, 32])
@pytest.mark.parametrize("draws", [1, 2, 9])
def test_any_number_of_shells_and_draws_conserves(cells, draws) -> None:
    course = of_sizes(draws, cells=cells, tolerance=2e-3)
    assert course.released + course.drug_left == pytest.approx(1.0, abs=1e-10)
    assert course.polymer_left + course.acid_left + course.acid_out == pytest.approx(1.0, abs=1e-10)
    assert course.released == pytest.approx(of_sizes(draws).released, abs=0.02)


def test_a_coarse_solution_is_off_by_little_more_than_its_tolerance_and_loses_nothing() -> None:
    settings = {"growth_exponent": 3.0, "hydrolysis_rate": 2.0, "catalysis_rate": 20.0, "acid_diffusivity": 1.0}
    fixed = {"radius": 1.0, "initial_diffusivity": 0.05, "largest_diffusivity": 1e6, **settings}
    times = np.linspace(0.05, 0.6, 12)
    coarse = autocatalytic_release(times, **fixed, cells=12, tolerance=2e-3)
    fine = autocatalytic_release(times, **fixed, cells=96, tolerance=1e-6)
    np.testing.assert_allclose(coarse.released, fine.released, atol=4e-3)  # a tolerance is of a step; twice that
    np.testing.assert_allclose(coarse.polymer_left, fine.polymer_left, atol=4e-3)
    np.testing.assert_allclose(coarse.released + coarse.drug_left, 1.0, atol=1e-9)


def test_draws_and_the_order_of_times_change_nothing() -> None:
    time = np.array([30.0, 1.0, 0.0, 10.0]) * DAY
    sizes = np.array([[2e-6], [25e-6], [80e-6]])
    many = autocatalytic_release(time, **(MICROSPHERE | {"radius": sizes}))
    assert many.released.shape == (3, 4)
    alone = autocatalytic_release(np.sort(time), **(MICROSPHERE | {"radius": 80e-6}))
    assert alone.released.shape == (4,)
    assert many.released[2, [2, 1, 3, 0]] == pytest.approx(alone.released, abs=1e-10)


def test_nothing_moves_at_time_zero_and_nothing_without_hydrolysis() -> None:
    at_once = autocatalytic_release(0.0, **MICROSPHERE)
    assert at_once.released == at_once.acid_out == 0.0
    assert at_once.polymer_left == 1.0
    stable = autocatalytic_release(30 * DAY, **(MICROSPHERE | {"hydrolysis_rate": 0.0}))
    assert stable.polymer_left == pytest.approx(1.0)
    tau = 2e-17 * 30 * DAY / 25e-6**2
    assert stable.released[0] == pytest.approx(float(released_from_sphere(tau)), abs=3e-4)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("radius", 0.0),
        ("radius", math.inf),
        ("initial_diffusivity", 0.0),
        ("initial_diffusivity", 1e-9),
        ("largest_diffusivity", math.nan),
        ("growth_exponent", -1.0),
        ("growth_exponent", 501.0),
        ("hydrolysis_rate", -1e-9),
        ("catalysis_rate", math.nan),
        ("acid_diffusivity", 1e-9),
        ("acid_growth_exponent", -1.0),
        ("initial_acid", -0.1),
        ("surface_acid", math.inf),
        ("cells", 7),
        ("tolerance", 0.1),
    ],
)
def test_impossible_values_are_refused(name, value) -> None:
    with pytest.raises(DomainError, match=name):
        autocatalytic_release([1.0], **(MICROSPHERE | {name: value}))


def test_impossible_times_and_numbers_are_refused() -> None:
    for time in (-1.0, math.nan, [[1.0]]):
        with pytest.raises(DomainError, match="time"):
            autocatalytic_release(time, **MICROSPHERE)
    for number in (-0.1, math.pi, math.nan):
        with pytest.raises(DomainError, match="autocatalysis_number"):
            mean_acceleration(number)
        with pytest.raises(DomainError, match="autocatalysis_number"):
            local_acceleration(0.5, number)
    with pytest.raises(DomainError, match="position"):
        local_acceleration(1.1, 1.0)
