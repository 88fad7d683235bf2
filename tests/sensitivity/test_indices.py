"""Indices against functions whose variance is known in closed form."""

from math import pi

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import norm

from formulate.sampling import Array, Draws
from formulate.sensitivity.design import Chosen, Recorded, one_at_a_time, pair_of_samples
from formulate.sensitivity.indices import first_order_from_draws, group_indices, width_if_known
from materials.errors import DomainError

# Ishigami and Homma 1990, a = 7, b = 0.1, on -pi to pi: the closed form of its variance and of its parts
A, B = 7.0, 0.1
VARIANCE = A**2 / 8 + B * pi**4 / 5 + B**2 * pi**8 / 18 + 0.5
FIRST = np.array([0.5 * (1 + B * pi**4 / 5) ** 2, A**2 / 8, 0.0]) / VARIANCE
TOTAL = np.array([0.5 * (1 + B * pi**4 / 5) ** 2 + 8 * B**2 * pi**8 / 225, A**2 / 8, 8 * B**2 * pi**8 / 225]) / VARIANCE


def ishigami(scores: dict[str, Array]) -> Array:
    x = [2 * pi * norm.cdf(scores[key]) - pi for key in "abc"]
    return np.asarray(np.sin(x[0]) + A * np.sin(x[1]) ** 2 + B * x[2] ** 4 * np.sin(x[0]))


def test_given_draws_tell_the_first_order_of_ishigami() -> None:
    draws = Draws(8192, 3)
    scores = {key: draws.standard_normal(key) for key in "abc"}
    found = first_order_from_draws(ishigami(scores), np.stack(list(scores.values())))
    np.testing.assert_allclose(found, FIRST, atol=0.03)


def test_a_design_tells_first_order_and_total_of_ishigami_and_of_groups() -> None:
    one, other = pair_of_samples("abc", 4096, 1)
    groups = ["a", "b", "c", "ac"]
    swapped = [ishigami(one | {key: other[key] for key in group}) for group in groups]
    first, total = group_indices(ishigami(one), ishigami(other), swapped)
    np.testing.assert_allclose(first[:3], FIRST, atol=0.03)
    np.testing.assert_allclose(total[:3], TOTAL, atol=0.03)
    # b acts alone, so the group of the other two holds all the rest, alone and in all
    assert first[3] == pytest.approx(1.0 - FIRST[1], abs=0.03)
    assert total[3] == pytest.approx(1.0 - FIRST[1], abs=0.03)


def test_an_input_without_effect_scatters_about_zero() -> None:
    generator = np.random.default_rng(5)
    found = first_order_from_draws(generator.standard_normal(1024), generator.standard_normal((200, 1024)))
    assert abs(found.mean()) < 0.003
    assert found.max() < 0.05


def test_a_band_shrinks_as_that_of_a_sum_of_normals() -> None:
    draws = Draws(4096, 2)
    x = np.stack([draws.standard_normal(key) for key in "abc"])
    found = width_if_known(2.0 * x[0] + x[1], x)
    np.testing.assert_allclose(found, [np.sqrt(1 / 5), np.sqrt(4 / 5), 1.0], atol=0.04)


def test_a_result_that_never_changes_is_driven_by_nothing() -> None:
    x = np.random.default_rng(1).standard_normal((3, 128))
    np.testing.assert_array_equal(first_order_from_draws(np.ones(128), x), np.zeros(3))
    np.testing.assert_array_equal(width_if_known(np.ones(128), x), np.ones(3))


@pytest.mark.parametrize(
    ("values", "scores", "name"),
    [
        (np.ones(32), np.ones((1, 32)), "draws"),
        (np.full(64, np.nan), np.ones((1, 64)), "values"),
        (np.ones(64), np.full((1, 64), np.inf), "scores"),
        (np.ones(64), np.ones((1, 65)), "draws of the inputs"),
    ],
)
def test_refusals_of_draws(values: Array, scores: Array, name: str) -> None:
    with pytest.raises(DomainError, match=name):
        first_order_from_draws(values, scores)
    with pytest.raises(DomainError, match=name):
        width_if_known(values, scores)


def test_refusals_of_a_design() -> None:
    good = np.arange(64.0)
    for first, name in ((np.arange(63.0), "power of two"), (np.full(64, np.nan), "first")):
        with pytest.raises(DomainError, match=name):
            group_indices(first, good[: len(first)], good[None, : len(first)])
    with pytest.raises(DomainError, match="spread"):
        group_indices(np.ones(64), np.ones(64), np.ones((1, 64)))
    with pytest.raises(DomainError, match="level"):
        width_if_known(good, good[None], 1.0)


def test_the_two_samples_are_standard_normal_and_apart() -> None:
    one, other = pair_of_samples(["a", "b"], 1024, 7)
    columns = np.stack([*one.values(), *other.values()])
    np.testing.assert_allclose(columns.mean(axis=1), 0.0, atol=0.02)
    np.testing.assert_allclose(columns.std(axis=1), 1.0, atol=0.03)
    correlation = np.corrcoef(columns)
    assert np.abs(correlation - np.eye(4)).max() < 0.05


def test_one_at_a_time_moves_one_key_and_no_other() -> None:
    score = float(ndtri(0.9))
    columns, count = one_at_a_time(["a", "b"], score)
    drawn = Chosen(columns, count)
    table = np.stack([drawn.standard_normal(key) for key in ("a", "b", "unknown")])
    np.testing.assert_array_equal(table, [[0, -score, score, 0, 0], [0, 0, 0, -score, score], [0, 0, 0, 0, 0]])


def test_recorded_draws_are_those_behind_them() -> None:
    behind = Draws(64, 1)
    seen = Recorded(behind)
    np.testing.assert_array_equal(seen.standard_normal("x"), behind.standard_normal("x"))
    assert list(seen.columns) == ["x"]
