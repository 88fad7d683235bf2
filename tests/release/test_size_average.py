"""Release averaged over sizes: a fine integral, moments of the log-normal, both limits, draws apart, refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from formulate.loading.sizes import convert_diameter
from formulate.release.boundary import released_through_layer
from formulate.release.diffusion import released_from_sphere
from formulate.release.size_average import (
    WIDEST,
    count_median_from_mass,
    mass_median_from_count,
    released_from_spheres,
    released_over_sizes,
    size_nodes,
)
from materials.errors import DomainError

TAU = np.geomspace(1e-5, 1e3, 200)


def fine(law, sigma: float) -> np.ndarray:
    """Give the mean over 4001 equally likely sizes in the middle and fine steps in the tails."""
    scores = np.linspace(-9.0, 9.0, 6001)
    mass = stats.norm.pdf(scores)
    return np.asarray(sum(m * law(sigma**z) for m, z in zip(mass / mass.sum(), scores, strict=True)))


@pytest.mark.parametrize("sigma", [1.2, 1.5, 2.0, 2.5, 4.0])
def test_the_nodes_are_close_to_a_fine_integral(sigma) -> None:
    for law in (
        lambda size: released_from_sphere(TAU / np.square(size)),
        lambda size: -np.expm1(-TAU / np.square(size)),
    ):
        assert released_over_sizes(law, 1.0, sigma) == pytest.approx(fine(law, sigma), abs=1.2e-4)


def test_a_law_with_a_sharp_end_is_met_to_a_thousandth() -> None:
    # surface dissolution: 1 - (1 - t/R)**3
    def law(size):
        return 1.0 - (1.0 - np.minimum(TAU / size, 1.0)) ** 3

    assert released_over_sizes(law, 1.0, 2.0) == pytest.approx(fine(law, 2.0), abs=1e-3)


@given(sigma=st.floats(1.0, WIDEST))
def test_nodes_have_the_moments_of_a_lognormal(sigma) -> None:
    factors, weights = size_nodes(sigma)
    width = math.log(sigma)
    assert weights.sum() == pytest.approx(1.0)
    assert weights @ np.log(factors) == pytest.approx(0.0, abs=1e-12)
    assert weights @ np.log(factors) ** 2 == pytest.approx(width**2, rel=0.01, abs=1e-12)
    assert weights @ factors == pytest.approx(math.exp(0.5 * width**2), rel=0.002)


def test_one_size_is_one_curve() -> None:
    alone = released_from_sphere(TAU)
    assert released_from_spheres(TAU, 1.0, 1.0, 1.0) == pytest.approx(alone, abs=1e-14)
    assert released_from_spheres(TAU, 1.0, 1.0 + 1e-9, 1.0) == pytest.approx(alone, abs=1e-7)


@given(sigma=st.floats(1.0, WIDEST))
def test_the_mean_is_a_share_that_rises(sigma) -> None:
    released = released_from_spheres(np.concatenate([[0.0], TAU]), 1.0, sigma, 1.0)
    assert released[0] == 0.0
    assert released.max() <= 1.0
    assert (np.diff(released) >= -1e-8).all()


def test_breadth_speeds_the_start_and_delays_the_end() -> None:
    early, late = released_from_spheres([1e-3, 0.3], 1.0, np.array([[1.0], [1.5], [2.5]]), 1.0).T
    assert (np.diff(early) > 0.0).all()
    assert (np.diff(late) < 0.0).all()
    # at first by the surface per mass: the mean of 1/R, exp(ln(sigma)**2/2)
    first = released_from_spheres(1e-12, 1.0, [1.0, 1.5], 1.0)
    assert first[1] / first[0] == pytest.approx(math.exp(0.5 * math.log(1.5) ** 2), rel=1e-3)


def test_draws_stand_apart() -> None:
    generator = np.random.default_rng(2)
    radius = 1e-6 * np.exp(0.3 * generator.standard_normal((64, 1)))
    sigma = generator.uniform(1.0, 2.0, (64, 1))
    number = 10.0 ** generator.uniform(-1.0, 2.0, (64, 1))
    time = np.geomspace(1.0, 1e6, 40)

    def law(size, own=number):
        return released_through_layer(1e-17 * time / size**2, own * size / 1e-6)

    many = released_over_sizes(law, radius, sigma)
    assert many.shape == (64, 40)
    for i in (0, 63):
        alone = released_over_sizes(lambda size, i=i: law(size, number[i]), radius[i], sigma[i])
        assert alone == pytest.approx(many[i], abs=2e-4)  # its own count of nodes


def test_no_more_is_held_than_a_few_curves_a_draw() -> None:
    tracemalloc = pytest.importorskip("tracemalloc")
    radius, sigma = np.full((256, 1), 1e-6), np.full((256, 1), 2.4)
    time = np.geomspace(1.0, 1e6, 231)
    released_from_spheres(time, radius, sigma, 1e-17)
    tracemalloc.start()
    released_from_spheres(time, radius, sigma, 1e-17)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 14 * 256 * 231 * 8  # all sixteen sizes at once would hold more than a hundred


@given(sigma=st.floats(1.0, WIDEST), size=st.floats(1e-9, 1e-3))
def test_medians_turn_into_each_other(sigma, size) -> None:
    by_mass = mass_median_from_count(size, sigma)
    assert count_median_from_mass(by_mass, sigma) == pytest.approx(size)
    variation = math.sqrt(math.expm1(math.log(sigma) ** 2))
    assert by_mass == pytest.approx(convert_diameter(size, variation, "number_median", "volume_median"))


def test_the_median_by_mass_is_that_of_weighed_particles() -> None:
    generator = np.random.default_rng(11)
    sizes = np.exp(math.log(1.6) * generator.standard_normal(400_000))
    order = np.sort(sizes)
    mass = np.cumsum(order**3)
    assert mass_median_from_count(1.0, 1.6) == pytest.approx(order[np.searchsorted(mass, 0.5 * mass[-1])], rel=0.02)


@pytest.mark.parametrize("bad", [0.99, 4.01, math.nan, math.inf])
def test_an_impossible_breadth_is_refused(bad) -> None:
    with pytest.raises(DomainError, match="geometric_sd"):
        size_nodes([1.5, bad])
    for median in (mass_median_from_count, count_median_from_mass):
        with pytest.raises(DomainError, match="geometric_sd"):
            median(1e-6, bad)
    with pytest.raises(DomainError, match="geometric_sd"):
        released_from_spheres(1.0, 1e-6, bad, 1e-16)


@pytest.mark.parametrize("bad", [-1.0, 0.0, math.nan, math.inf])
def test_impossible_sizes_and_speeds_are_refused(bad) -> None:
    for call in (
        lambda: mass_median_from_count(bad, 2.0),
        lambda: count_median_from_mass(bad, 2.0),
        lambda: released_from_spheres(1.0, bad, 2.0, 1e-16),
        lambda: released_from_spheres(1.0, 1e-6, 2.0, bad),
    ):
        with pytest.raises(DomainError):
            call()
    with pytest.raises(DomainError, match="time"):
        released_from_spheres(-1.0, 1e-6, 2.0, 1e-16)
