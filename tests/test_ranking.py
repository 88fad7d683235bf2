"""Ranks: against counting by hand, and against weights changed for real."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from formulate.ranking import Change, pareto_front, place_probabilities, weighted_scores, winner_changes
from materials.errors import DomainError

SHARES = st.floats(0.0, 1.0).map(lambda x: round(x, 3))
TABLES = hnp.arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 4)), elements=SHARES)


@given(TABLES)
@settings(deadline=None)
def test_the_front_is_what_nobody_beats_by_hand(table):
    front = pareto_front(table)
    for j, mine in enumerate(table):
        beaten = any((other >= mine).all() and (other > mine).any() for other in table)
        assert front[j] == (not beaten)
    assert front.any()


@given(TABLES, st.data())
@settings(deadline=None)
def test_the_winner_of_any_weights_is_on_the_front_or_ties_with_it(table, data):
    weights = data.draw(hnp.arrays(np.float64, table.shape[1], elements=st.floats(0.1, 5.0)))
    scores = weighted_scores(table, weights)
    assert scores[pareto_front(table)].max() == pytest.approx(scores.max())


@given(TABLES, st.data())
@settings(deadline=None, max_examples=300)
def test_a_weight_past_its_change_lets_the_other_win(table, data):
    weights = data.draw(hnp.arrays(np.float64, table.shape[1], elements=st.floats(0.1, 5.0)))
    winner = int(np.argmax(table @ weights))
    for change in winner_changes(table, weights):
        assert change.winner != winner
        at = weights.copy()
        at[change.criterion] = change.weight
        scores = table @ at
        assert scores[change.winner] == pytest.approx(scores[winner], abs=1e-9)
        assert scores.max() <= scores[winner] + 1e-9  # nobody passed before
        beyond = weights.copy()
        beyond[change.criterion] = max(change.weight + 0.1 * np.sign(change.weight - weights[change.criterion]), 0.0)
        moved = table @ beyond
        assert moved[change.winner] >= moved[winner] - 1e-9


def test_no_change_where_the_winner_beats_all_in_everything():
    assert winner_changes([[0.9, 0.8], [0.1, 0.2]], [1.0, 1.0]) == ()


def test_one_that_ties_passes_at_the_weight_as_it_is():
    found = winner_changes([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0]], [1.0, 1.0])
    assert found == (Change(0, 1.0, 2), Change(1, 1.0, 2))


def test_changes_come_nearest_first():
    found = winner_changes([[1.0, 0.0, 0.2], [0.0, 1.0, 0.2]], [2.0, 1.0, 5.0])
    assert found == (Change(0, 1.0, 1), Change(1, 2.0, 1))


@given(hnp.arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 8)), elements=SHARES), st.integers(1, 7))
@settings(deadline=None)
def test_places_are_all_given_once(scores, places):
    shares = place_probabilities(scores, places)
    assert shares.sum() == pytest.approx(min(places, len(scores)))
    assert ((shares >= 0) & (shares <= 1 + 1e-12)).all()
    best = place_probabilities(scores, 1)
    assert (shares >= best - 1e-9).all()


def test_scores_keep_their_draws():
    parts = np.array([[[0.0, 1.0], [1.0, 1.0]], [[0.5, 0.5], [0.0, 1.0]]])
    np.testing.assert_allclose(weighted_scores(parts, [1.0, 3.0]), [[0.75, 1.0], [0.125, 0.875]])


@pytest.mark.parametrize(
    ("parts", "weights", "name"),
    [
        ([[np.nan, 1.0]], [1.0, 1.0], "parts"),
        ([[0.5, 1.0]], [1.0], "number of weights"),
        ([[0.5, 1.0]], [-1.0, 1.0], "weights"),
        ([[0.5, 1.0]], [0.0, 0.0], "weights"),
    ],
)
def test_refusals(parts, weights, name):
    for function in (weighted_scores, winner_changes):
        with pytest.raises(DomainError, match=name):
            function(parts, weights)


def test_refusals_of_scores():
    with pytest.raises(DomainError, match="scores"):
        place_probabilities([[np.inf]])
    with pytest.raises(DomainError, match="places"):
        place_probabilities([[0.5]], 0)
    with pytest.raises(DomainError, match="parts"):
        pareto_front([[np.nan]])
