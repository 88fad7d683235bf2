import numpy as np
import pytest

from formulate.curves.library import model
from formulate.experiment.data import Profile
from formulate.similarity.model_region import compare_models, fitted_units, model_region
from formulate.similarity.results import Floats
from materials.errors import DomainError

TIME = np.array([0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 24.0])
NAMES = ("ln alpha", "ln beta")


def profile(name: str, scale: Floats, shape: Floats, unit: float = 1.0) -> Profile:
    """Weibull curves with these times to 63.2 % and shapes, without scatter."""
    released = 100.0 * (1.0 - np.exp(-((TIME / scale[:, None]) ** shape[:, None])))
    return Profile(name, TIME * unit, released, tuple(f"u{number}" for number in range(scale.size)))


def products(shift: float, unit: float = 1.0) -> tuple[Profile, Profile]:
    generator = np.random.default_rng(6)
    scales = [5.0 * np.exp(generator.normal(0.0, 0.1, 10)), 5.0 * np.exp(shift + generator.normal(0.0, 0.1, 8))]
    shapes = [0.9 * np.exp(generator.normal(0.0, 0.05, 10)), 0.9 * np.exp(generator.normal(0.0, 0.05, 8))]
    return profile("old", scales[0], shapes[0], unit), profile("new", scales[1], shapes[1], unit)


def test_units_without_scatter_give_their_parameters_back() -> None:
    scale, shape = np.array([3.0, 5.0, 8.0]), np.array([0.7, 0.9, 1.2])
    rows, names, warnings = fitted_units(profile("old", scale, shape), model("weibull_2"), 24.0)
    assert (names, warnings) == (NAMES, ())
    # F = 100 [1 - exp(-x^beta/alpha)] with x = t/24: alpha = (scale/24)^beta
    assert np.exp(rows[:, 0]) == pytest.approx((scale / 24.0) ** shape, rel=1e-5)
    assert np.exp(rows[:, 1]) == pytest.approx(shape, rel=1e-6)


def test_the_unit_of_time_is_of_no_consequence() -> None:
    days, minutes = (compare_models(*products(0.2, unit), model("weibull_2")) for unit in (1.0, 1440.0))
    assert days.needed == pytest.approx(minutes.needed, rel=1e-5)
    assert days.difference == pytest.approx(minutes.difference, rel=1e-5)


def test_a_slower_product_leaves_the_region() -> None:
    same, slower = (compare_models(*products(shift), model("weibull_2")) for shift in (0.0, 0.8))
    assert (same.similar, slower.similar) == (True, False)
    assert slower.distance > same.distance
    assert slower.needed > 3.0 > same.needed


def test_box_holds_the_region_exactly() -> None:
    # by brute force: the farthest of many points on the edge of the region, in standard deviations
    generator = np.random.default_rng(2)
    reference, test = (generator.normal(middle, [0.2, 0.1, 0.3], (9, 3)) for middle in (0.0, 0.15))
    found = model_region(reference, test, ["a", "b", "c"])
    pooled = (np.cov(reference.T) + np.cov(test.T)) / 2.0
    directions = generator.normal(size=(200_000, 3))
    directions /= np.linalg.norm(directions, axis=1)[:, None]
    radius = found.high - found.distance
    edge = found.difference + radius * directions @ np.linalg.cholesky(pooled).T
    reached = (np.abs(edge) / reference.std(axis=0, ddof=1)).max()
    assert found.needed == pytest.approx(reached, rel=2e-3)
    assert reached <= found.needed


def test_ellipse_is_the_edge_of_the_region() -> None:
    generator = np.random.default_rng(2)
    reference, test = (generator.normal(middle, [0.2, 0.1], (9, 2)) for middle in (0.0, 0.15))
    found = model_region(reference, test, NAMES)
    assert found.ellipse is not None
    inverse = np.linalg.inv((np.cov(reference.T) + np.cov(test.T)) / 2.0)
    away = found.ellipse - found.difference
    assert np.einsum("ni,ij,nj->n", away, inverse, away) == pytest.approx((found.high - found.distance) ** 2)
    assert away.max(axis=0) == pytest.approx(found.half_width, rel=1e-3)


def test_a_unit_that_cannot_be_fitted_is_named() -> None:
    reference, test = products(0.0)
    released = reference.released.copy()
    released[3, 1:] = np.nan
    gap = Profile("old", reference.time, released, reference.unit_names)
    found = compare_models(gap, test, model("weibull_2"))
    assert found.reference.shape == (9, 2)
    assert found.warnings[0].startswith("old u3 left out")


def test_too_many_parameters_are_refused() -> None:
    with pytest.raises(DomainError, match="parameters of the model = 4; need <= 3"):
        compare_models(*products(0.0), model("weibull_4"))


def test_no_measure_is_refused() -> None:
    still = np.array([[0.0, 1.0], [0.1, 1.0], [0.3, 1.0]])
    moving = np.array([[0.0, 1.1], [0.1, 1.0], [0.3, 0.7]])
    with pytest.raises(DomainError, match="spread of a parameter between the reference's units = 0"):
        model_region(still, moving, NAMES)
    with pytest.raises(DomainError, match="units of the test = 1"):
        model_region(moving, moving[:1], NAMES)
    with pytest.raises(DomainError, match="level = 0"):
        model_region(moving, moving, NAMES, level=0.0)
