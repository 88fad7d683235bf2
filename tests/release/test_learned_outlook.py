"""What usually comes after measured points: a rule that made-up profiles follow is found and used."""

import dataclasses

import numpy as np
import pytest

from bench.train_release import SETTINGS, Profile, fitted_arrays
from formulate.release.learned.features import Description
from formulate.release.learned.outlook import RATIOS, applies, columns, expected_points, progress
from formulate.release.learned.population import from_arrays, population
from formulate.release.learned.prediction import predict

DAY = 86400.0
PLAIN = Description(lactide_fraction=0.5, molar_mass=40.0, diameter=40e-6, drug_loading=0.1, surfactant=0.2)


def test_nothing_left_inside_gives_no_progress_beyond_one():
    for last in (0.0, 0.5, 1.0, 1.1):
        days, shares, weights = expected_points(
            np.full((3, 9), 5.0), np.array([0.25, 21.0]), np.array([1.0, 3.0]), np.array([0.0, last]), np.empty(0)
        )
        np.testing.assert_allclose(days, 3.0 * RATIOS)
        assert np.all(shares <= 1.0)
        assert np.all(weights > 0.0)


def test_progress_is_undone_by_what_is_expected():
    # a regression that is a constant 0.4 gives back the later share that has a progress of 0.4
    constant = np.eye(1, 9) * 0.4
    for last in (0.0, 0.3, 0.8):
        _, shares, _ = expected_points(constant, np.array([0.25, 21.0]), np.array([2.0]), np.array([last]), np.empty(0))
        assert progress(np.array([last]), shares)[0] == pytest.approx(0.4)


def test_no_outlook_before_the_first_cut_and_none_of_other_kinds():
    form = population("polyester")
    assert len(form.to_come(PLAIN, np.array([0.1]), np.array([0.1]))[0]) == 0
    assert len(form.to_come(PLAIN, np.array([3.0]), np.array([0.1]))[0]) == 3
    for other in (Description(crosslinked=True), Description(polymer="other"), Description(family="liposome")):
        assert not applies(other)
    assert len(form.to_come(Description(crosslinked=True), np.array([3.0]), np.array([0.1]))[0]) == 0
    assert population("liposome").outlook.shape[0] == 0


def test_a_last_time_beyond_the_data_is_read_as_their_end():
    weights, times = population("polyester").outlook, population("polyester").outlook_times
    shares, features = np.array([0.1, 0.3]), np.zeros(7)
    at_end = expected_points(weights, times, np.array([20.0, 21.0]), shares, features)[1]
    beyond = expected_points(weights, times, np.array([21.0, 90.0]), shares, features)[1]
    np.testing.assert_allclose(at_end, beyond, atol=0.05)  # the way there differs


def test_columns_of_a_steady_release_say_halfway():
    row = columns(np.array([1.0, 2.0]), np.array([0.1, 0.2]), np.array([7.0]))
    assert row[4] == pytest.approx(0.5)
    assert row[-1] == 7.0


@pytest.fixture(scope="module")
def late():
    """Profiles that release next to nothing for five days and then, whatever they are, all of it."""
    generator, made = np.random.default_rng(4), []
    days = np.array([1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 14.0, 21.0, 28.0])
    for one in range(60):
        description = Description(
            lactide_fraction=float(generator.choice([0.5, 0.75])), molar_mass=float(generator.uniform(10, 60)),
            diameter=float(generator.uniform(5e-6, 80e-6)), drug_loading=0.1, surfactant=0.0,
        )  # fmt: skip
        rise = np.where(days <= 5.0, 0.01 * days, 0.95 - 0.9 * np.exp(-(days - 5.0)))
        shares = np.clip(rise + generator.normal(0.0, 0.01, len(days)), 0.0, 1.0)
        made.append(Profile("made", str(one), str(one // 2), f"drug {one // 2}", description, days, shares))
    return fitted_arrays(made, SETTINGS["polyester"])


def test_a_late_start_that_all_profiles_share_is_expected(late):
    form = from_arrays("polyester", late)
    days, shares, _ = form.to_come(PLAIN, np.array([1.0, 3.0, 5.0]), np.array([0.01, 0.03, 0.05]))
    np.testing.assert_allclose(days, [10.0, 20.0, 40.0])
    assert np.all(shares > 0.6)


def test_it_moves_the_prediction_towards_what_usually_comes_and_leaves_the_measured_points(late):
    form = from_arrays("polyester", late)
    without = dataclasses.replace(form, outlook=form.outlook[:0])
    observed = (np.array([1.0, 3.0]) * DAY, [0.01, 0.03])
    times = np.array([3.0, 12.0]) * DAY
    found = [predict(PLAIN, times, observed, draws=512, fitted=one) for one in (form, without)]
    expected = np.interp(12.0, *form.to_come(PLAIN, np.array([1.0, 3.0]), np.array([0.01, 0.03]))[:2])
    assert abs(found[0].point[1] - expected) < abs(found[1].point[1] - expected)
    np.testing.assert_allclose([one.point[0] for one in found], 0.03, atol=0.05)


def test_one_draw_is_enough_to_ask_for():
    found = predict(PLAIN, [7 * DAY], observed=([DAY], [0.1]), draws=1)
    assert found.curves.shape == (1, 1)
