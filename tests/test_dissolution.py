"""Dissolving crystals: the classical root laws, sizes one by one, a closed vessel solved in small steps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from formulate.dissolution import (
    dissolved_in_vessel,
    dissolved_into_sink,
    shrunken_radius,
    undissolved,
)
from formulate.domain import DomainError

D, CS, RHO = 5e-10, 0.01, 1300.0
SPEED = D * CS / RHO


def test_small_crystals_follow_the_two_thirds_root_law() -> None:
    lasts = 1e-6**2 / (2 * SPEED)
    times = np.array([0.0, 0.25, 0.5, 0.9, 1.0, 3.0]) * lasts
    expected = 1.0 - np.clip(1.0 - times / lasts, 0.0, None) ** 1.5
    np.testing.assert_allclose(dissolved_into_sink(times, 1e-6, D, CS, RHO), expected, atol=1e-12)


def test_large_crystals_follow_the_cube_root_law_of_hixson_and_crowell() -> None:
    layer, radius = 1e-9, 1e-5
    lasts = layer * radius / SPEED
    times = np.array([0.1, 0.5, 0.9]) * lasts
    found = dissolved_into_sink(times, radius, D, CS, RHO, 1.0, layer)
    np.testing.assert_allclose(found, 1.0 - (1.0 - times / lasts) ** 3, atol=2e-4)


def test_a_crystal_larger_than_its_layer_shrinks_as_solved_in_small_steps() -> None:
    layer, start = 30e-6, 80e-6
    spent = np.array([1e-10, 1e-9, 1.8e-9])
    solved = solve_ivp(
        lambda _, r: -1.0 / np.minimum(r, layer), (0.0, spent[-1]), [start], t_eval=spent, rtol=1e-11, atol=1e-15
    )
    np.testing.assert_allclose(shrunken_radius(start, spent), solved.y[0], rtol=1e-7)


@pytest.mark.parametrize("sigma", [1.05, 1.6, 2.5, 4.0])
@pytest.mark.parametrize("median", [1e-6, 1e-5, 4e-5])
def test_the_sizes_add_up_one_by_one(median: float, sigma: float) -> None:
    scores = np.linspace(-7.0, 7.0, 8001)
    sizes = median * sigma**scores
    weights = np.exp(-0.5 * scores**2) / np.exp(-0.5 * scores**2).sum()
    for part in (1e-4, 0.1, 1.0, 20.0):
        spent = part * median**2 / 2
        each = (shrunken_radius(sizes, spent) / sizes) ** 3
        assert float(undissolved(spent, median, sigma)) == pytest.approx(float(weights @ each), abs=3e-4)


@pytest.mark.parametrize("sigma", [1.0, 1.8])
@pytest.mark.parametrize("over", [0.5, 1.0, 3.0])
def test_a_closed_vessel_against_small_steps(over: float, sigma: float) -> None:
    median = 2.5e-6
    times = np.geomspace(10.0, 3e5, 6)

    def slope(_: float, spent: np.ndarray) -> list[float]:
        gone = 1.0 - float(undissolved(max(float(spent[0]), 0.0), median, sigma))
        return [SPEED * max(1.0 - over * gone, 0.0)]

    solved = solve_ivp(slope, (0.0, times[-1]), [0.0], t_eval=times, method="LSODA", rtol=1e-7, atol=1e-20)
    expected = 1.0 - undissolved(np.maximum(solved.y[0], 0.0), median, sigma)
    np.testing.assert_allclose(dissolved_in_vessel(times, median, D, CS, RHO, over * CS, sigma), expected, atol=2e-4)


def test_much_fluid_is_a_sink_and_little_ends_at_saturation() -> None:
    times = np.array([0.0, 10.0, 1e3, 1e5])
    sink = dissolved_into_sink(times, 2.5e-6, D, CS, RHO, 1.8)
    np.testing.assert_allclose(dissolved_in_vessel(times, 2.5e-6, D, CS, RHO, 1e-9 * CS, 1.8), sink, atol=1e-5)
    assert float(dissolved_in_vessel(1e9, 2.5e-6, D, CS, RHO, 5 * CS, 1.8)) == pytest.approx(0.2, abs=1e-9)


def test_draws_come_first() -> None:
    radius = np.array([[1e-6], [3e-6]])
    times = np.array([0.0, 60.0, 600.0])
    both = dissolved_in_vessel(times, radius, D, CS, RHO, CS, np.array([[1.2], [2.0]]))
    assert both.shape == (2, 3)
    np.testing.assert_allclose(both[1], dissolved_in_vessel(times, 3e-6, D, CS, RHO, CS, 2.0), atol=1e-12)
    assert dissolved_into_sink(times, radius, D, CS, RHO).shape == (2, 3)


@settings(max_examples=30, deadline=None)
@given(
    st.floats(1e-8, 1e-3),
    st.floats(1.0, 4.0),
    st.floats(1e-3, 1e3),
    st.lists(st.floats(0.0, 1e9), min_size=2, max_size=5),
)
def test_what_dissolves_rises_from_nothing_and_faster_without_drug_around(
    radius: float, sigma: float, over: float, times: list[float]
) -> None:
    at = np.sort(np.array([0.0, *times]))
    sink = dissolved_into_sink(at, radius, D, CS, RHO, sigma)
    vessel = dissolved_in_vessel(at, radius, D, CS, RHO, over * CS, sigma)
    for found in (sink, vessel):
        assert found[0] <= 1e-9
        assert (np.diff(found) >= -1e-9).all()
        assert (found <= 1.0).all()
    assert (vessel <= sink + 3e-4).all()
    assert (vessel <= 1.0 / over + 1e-9).all()


@pytest.mark.parametrize(
    ("name", "value"),
    [("radius", 0.0), ("radius", np.nan), ("diffusivity", -1.0), ("density", 0.0), ("geometric_sd", 0.9)],
)
def test_refusals_name_the_quantity(name: str, value: float) -> None:
    given = {"radius": 1e-6, "diffusivity": D, "solubility": CS, "density": RHO, "geometric_sd": 1.5, name: value}
    with pytest.raises(DomainError, match=name):
        dissolved_into_sink(10.0, **given)
    with pytest.raises(DomainError, match=name):
        dissolved_in_vessel(10.0, concentration=CS, **given)


@pytest.mark.parametrize("far", [{"radius": 1e308}, {"radius": 1e-320}, {"solubility": 1e-320}, {"density": 1e-320}])
def test_inputs_too_far_apart_for_a_number_are_refused(far):
    given = {"radius": 1e-6, "diffusivity": D, "solubility": CS, "density": RHO, "concentration": CS}
    with np.errstate(all="ignore"), pytest.raises(DomainError, match="not so far apart"):
        dissolved_in_vessel(10.0, **given | far)
