import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from formulate.similarity.multivariate import distance, multivariate
from formulate.similarity.results import Floats
from materials.errors import DomainError

# Tsong, Hammerstrom, Sathe and Shah (1996), table 1: percent dissolved at 15 and 90 min, six tablets of each
REFERENCE = np.array([[65.58, 93.14], [67.17, 88.01], [65.56, 86.83], [66.51, 88.00], [69.06, 89.70], [69.77, 88.88]])
TEST = np.array([[47.77, 92.39], [49.46, 89.93], [47.76, 90.19], [49.72, 94.12], [52.68, 93.80], [51.01, 94.45]])


def test_tsong_1996() -> None:
    # numbers as the tests and the manual of disprofas (Dahinden), functions mimcr and get_sim_lim, give them
    found = multivariate(REFERENCE, TEST, mtad=15.0, level=0.9, significance=0.1)
    assert found.distance == pytest.approx(10.44045, rel=1e-6)
    assert found.k == pytest.approx(1.35)
    assert found.t2 == pytest.approx(327.0089, rel=1e-6)
    assert found.f == pytest.approx(147.1540, rel=1e-6)
    assert found.limit == pytest.approx(9.630777, rel=1e-6)
    assert (found.low, found.high) == (pytest.approx(8.948135, rel=1e-6), pytest.approx(11.93276, rel=1e-6))
    assert found.p_difference == pytest.approx(1.335407e-07, rel=1e-5)
    assert found.noncentrality == pytest.approx(278.2556, rel=1e-6)
    assert found.critical_f == pytest.approx(83.57064, rel=1e-5)
    assert found.p_equivalence == pytest.approx(0.4822832, rel=1e-4)
    assert (found.similar, found.equivalent) == (False, False)


def test_ends_of_the_region_lie_along_the_difference() -> None:
    # disprofas finds them by Newton-Raphson search
    found = multivariate(REFERENCE, TEST, level=0.9)
    difference = TEST.mean(axis=0) - REFERENCE.mean(axis=0)
    assert difference * found.low / found.distance == pytest.approx([-15.03433, 2.902591], rel=1e-6)
    assert difference * found.high / found.distance == pytest.approx([-20.04900, 3.870743], rel=1e-6)


def units_at(distance: float, points: int, number: int) -> tuple[Floats, Floats]:
    """Two sets of units whose pooled covariance is one on the diagonal, and whose means lie that far apart."""
    generator = np.random.default_rng(points)
    rows = generator.normal(size=(2 * number, points))
    rows[:number] -= rows[:number].mean(axis=0)
    rows[number:] -= rows[number:].mean(axis=0)
    root = np.linalg.cholesky(rows.T @ rows / (2 * number - 2))
    rows = np.linalg.solve(root, rows.T).T + 50.0
    return rows[:number], rows[number:] + np.r_[distance, np.zeros(points - 1)]


@pytest.mark.parametrize(
    ("source", "points", "number", "level", "dm", "limit", "expected"),
    [
        # tests of disprofas, function mimcr; data of T2EQ (Hoffelder, Goessl and Wellek 2015; Hoffelder 2016)
        (
            "Hoffelder 2015", 3, 12, 0.95, 0.2384023, 2.248072,
            {"k": 1.818182, "t2": 0.3410141, "f": 0.1033376, "noncentrality": 30.32296, "critical_f": 4.899274,
             "p_difference": 0.9571526, "high": 1.543820, "p_equivalence": 2.890827e-08, "low": 0.0},
        ),
        (
            "Hoffelder 2016", 3, 12, 0.95, 2.823976, 17.17578,
            {"k": 1.818182, "t2": 47.84903, "f": 14.49970, "noncentrality": 1770.045, "critical_f": 373.4880,
             "p_difference": 3.002744e-05, "low": 1.518558, "high": 4.129393},
        ),
        (
            "Tsong 1996, all eight times", 8, 6, 0.9, 26.48562, 19.42719,
            {"k": 0.1125, "t2": 2104.464, "f": 78.91739, "p_difference": 0.002116258, "low": 19.65323,
             "high": 33.31800},
        ),
    ],
)  # fmt: skip
def test_reported_distances_lead_to_the_reported_tests(
    source: str, points: int, number: int, level: float, dm: float, limit: float, expected: dict[str, float]
) -> None:
    reference, test = units_at(dm, points, number)
    found = multivariate(reference, test, mtad=limit / np.sqrt(points), level=level)
    assert found.distance == pytest.approx(dm, rel=1e-9)
    assert found.limit == pytest.approx(limit, rel=1e-9)
    for name, value in expected.items():
        assert getattr(found, name) == pytest.approx(value, rel=1e-4), name


def test_region_and_tests_keep_their_level() -> None:
    generator = np.random.default_rng(5)
    covariance = 25.0 * (0.6 * np.ones((4, 4)) + 0.4 * np.eye(4))
    root = np.linalg.cholesky(covariance)
    margin = 4.0 * np.full(4, 10.0) @ np.linalg.solve(covariance, np.full(4, 10.0))  # n1 n2/(n1 + n2) DM^2
    critical = stats.ncf.ppf(0.05, 4, 11, margin)  # had the limit been known, not estimated
    inside, exact, equivalent, similar = [], [], [], []
    for _ in range(600):
        reference, test = (generator.normal(size=(8, 4)) @ root.T + middle for middle in (50.0, 60.0))
        found = distance(reference, test)
        inside.append(found.of(found.difference - 10.0) <= found.radius(0.9))
        judged = multivariate(reference, test)  # at the margin itself: 10 at each time
        exact.append(judged.f < critical)
        equivalent.append(judged.equivalent)
        similar.append(judged.similar)
    assert np.mean(inside) == pytest.approx(0.9, abs=0.035)
    assert np.mean(exact) == pytest.approx(0.05, abs=0.03)
    assert np.mean(equivalent) == pytest.approx(0.11, abs=0.04)  # as documented
    assert np.mean(similar) <= 0.03  # a region is stricter than one test


@given(st.floats(0.01, 100.0), st.floats(-50.0, 50.0))
def test_distance_has_no_unit(scale: float, shift: float) -> None:
    once = distance(REFERENCE, TEST).squared
    assert distance(REFERENCE * scale + shift, TEST * scale + shift).squared == pytest.approx(once, rel=1e-6)
    assert distance(TEST, REFERENCE).squared == pytest.approx(once)


def test_equal_profiles_are_at_no_distance() -> None:
    found = multivariate(REFERENCE, REFERENCE)
    assert (found.distance, found.low) == (0.0, 0.0)
    assert found.equivalent


def test_more_scatter_makes_similarity_harder() -> None:
    generator = np.random.default_rng(1)
    noise = generator.normal(size=(12, 3))
    quiet, noisy = (multivariate(40.0 + s * noise, 44.0 + s * noise[::-1]) for s in (2.0, 25.0))
    assert (quiet.similar, noisy.similar) == (True, False)


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        (np.arange(12.0).reshape(2, 6) ** 2, "units of both together = 4; need > points \\+ 1 = 7.*fewer time points"),
        (np.array([[10.0, 20.0], [11.0, 20.0], [12.0, 20.0]]), "spread at a point = 0; need > 0.*leave the point out"),
        (np.array([[10.0, 20.0], [11.0, 22.0], [12.5, 25.0]]), "eigenvalue.*determine one another"),
        (np.array([[10.0, 20.0]]), "units of the reference = 1; need >= 2"),
        (np.array([[10.0, np.nan], [11.0, 22.0], [12.0, 23.0]]), "reference = nan %; need a reading"),
    ],
)
def test_a_singular_covariance_is_refused(reference: Floats, message: str) -> None:
    with pytest.raises(DomainError, match=message):
        multivariate(reference, reference)


@pytest.mark.parametrize("option", [{"mtad": 0.0}, {"mtad": -5.0}, {"level": 1.0}, {"significance": 0.0}])
def test_impossible_limits_are_refused(option: dict[str, float]) -> None:
    with pytest.raises(DomainError, match=f"{next(iter(option))} = "):
        multivariate(REFERENCE, TEST, **option)
