"""Who comes first, on made-up parts: gaps win nothing, company changes no score, what fails stands last."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formulate.criteria import WEIGHTS
from formulate.earned import Earned
from formulate.feasibility import Check
from formulate.penetration import doses_needed, share_above
from formulate.placing import placed
from formulate.rows import Row
from materials.errors import DomainError

DAY = 86400.0
COMPUTED: Any = object()  # in the place of a prediction, which ranking does not look into
NAMES = ("cover", "residence", "evidence", "risk")
EACH = {**dict.fromkeys(WEIGHTS, 0.0), "cover": 3.0, "residence": 1.0, "evidence": 2.0, "risk": 1.0}
FAILS = Check("dose", "the dose fits the volume", "fails", "too much")

means = st.one_of(st.none(), st.integers(0, 8).map(lambda eighths: eighths / 8))
tables = st.lists(st.tuples(*[means] * len(NAMES)), min_size=1, max_size=6)


def row(place: int, table: tuple[float | None, ...], fails: bool = False) -> Row:
    parts = {name: Earned(None, reason="not known") for name in WEIGHTS}
    for name, mean in zip(NAMES, table, strict=True):
        if mean is not None:
            parts[name] = Earned(mean, np.full(4, mean))
    return Row(f"carrier-{place}", f"Carrier {place}", COMPUTED, earned=parts, checks=(FAILS,) if fails else ())


def rows_of(table: list[tuple[float | None, ...]]) -> list[Row]:
    return [row(place, line) for place, line in enumerate(table)]


def standing(rows: tuple[Row, ...]) -> list[tuple[object, ...]]:
    return [(item.id, item.score, item.score_at_most, item.best_probability, item.unbeaten) for item in rows]


@settings(max_examples=60, deadline=None)
@given(tables, st.randoms(use_true_random=False))
def test_the_order_rows_are_given_in_changes_nothing(table, random):
    rows = rows_of(table)
    mixed = list(rows)
    random.shuffle(mixed)
    assert standing(placed(rows, EACH)) == standing(placed(mixed, EACH))


@settings(max_examples=60, deadline=None)
@given(tables, st.tuples(*[means] * len(NAMES)))
def test_one_more_carrier_changes_no_score_of_the_others(table, more):
    alone = {item.id: item for item in placed(rows_of(table), EACH)}
    for item in placed([*rows_of(table), row(99, more)], EACH):
        if item.id in alone:
            assert item.score == alone[item.id].score
            assert item.score_at_most == alone[item.id].score_at_most


@settings(max_examples=80, deadline=None)
@given(tables, st.integers(0, 5), st.integers(0, len(NAMES) - 1))
def test_a_gap_lifts_nobody(table, who, which):
    who %= len(table)
    full = placed(rows_of(table), EACH)
    gap = tuple(None if place == which else mean for place, mean in enumerate(table[who]))
    emptied = placed(rows_of([*table[:who], gap, *table[who + 1 :]]), EACH)
    name = f"carrier-{who}"
    before, after = ([item.id for item in found].index(name) for found in (full, emptied))
    scores = [next(item.score for item in found if item.id == name) for found in (full, emptied)]
    assert scores[1] <= scores[0]
    assert after >= before


@settings(max_examples=80, deadline=None)
@given(tables)
def test_who_is_beaten_in_everything_is_never_unbeaten(table):
    for item in placed(rows_of(table), EACH):
        mine = [item.earned[name].mean or 0.0 for name in NAMES]
        theirs = [[mean or 0.0 for mean in line] for line in table]
        beaten = any(all(b >= a for a, b in zip(mine, other, strict=True)) and other != mine for other in theirs)
        assert item.unbeaten == (not beaten)


@settings(max_examples=60, deadline=None)
@given(tables)
def test_a_score_lies_between_what_is_known_and_what_could_be(table):
    for item in placed(rows_of(table), EACH):
        assert item.score is not None
        assert item.score_at_most is not None
        assert -1e-12 <= item.score <= item.score_at_most + 1e-12 <= 1 + 1e-9
        assert (item.score == pytest.approx(item.score_at_most)) == (
            all(item.earned[name].mean is not None for name in NAMES)
        )


def test_a_score_by_hand():
    # 3 x 0.5 + 1 x 1 + 2 x 0 (not known) + 1 x 0.25 of 7; at most 2 more
    (found,) = placed([row(0, (0.5, 1.0, None, 0.25))], EACH)
    assert found.score == pytest.approx(2.75 / 7)
    assert found.score_at_most == pytest.approx(4.75 / 7)


def test_what_nobody_can_earn_drops_out_for_all():
    # without a target nobody has a cover: its 3 of 7 are no one's loss
    rows = []
    for item in rows_of([(None, 1.0, 0.5, 0.5), (None, 0.5, 1.0, 1.0)]):
        unasked = Earned(None, reason="no target concentration is known", asked=False)
        rows.append(replace(item, earned={**item.earned, "cover": unasked}))
    first = placed(rows, EACH)[0]
    assert first.id == "carrier-1"
    assert first.score == first.score_at_most == pytest.approx((0.5 + 2.0 + 1.0) / 4)


def test_what_fails_stands_after_what_passes_and_takes_no_place():
    found = placed([row(0, (1.0, 1.0, 1.0, 1.0), fails=True), *rows_of([(0.0, 0.0, 0.0, 0.0)] * 3)[1:]], EACH)
    assert [item.id for item in found] == ["carrier-1", "carrier-2", "carrier-0"]
    assert found[-1].score == 1.0  # it keeps its numbers
    assert found[-1].best_probability is None
    assert found[-1].unbeaten is None
    assert sum(item.best_probability or 0.0 for item in found) == pytest.approx(1.0)


def test_where_all_fail_they_are_ranked_all_the_same():
    found = placed([row(0, (0.5, 0.5, 0.5, 0.5), fails=True), row(1, (1.0, 1.0, 1.0, 1.0), fails=True)], EACH)
    assert [item.id for item in found] == ["carrier-1", "carrier-0"]
    assert all(item.is_ranked for item in found)


# A straight line from 1 at the surface to 0 at the bottom lies above a level L in the first 1 - L of its depth.
@given(st.floats(0.01, 0.99), st.integers(2, 40))
def test_depth_above_a_level_on_a_straight_line(level, points):
    depth = np.linspace(0.0, 2e-3, points)[None, :]
    line = np.linspace(1.0, 0.0, points)[None, :, None]
    assert share_above(depth, np.array([[level]]), line)[0, 0] == pytest.approx(1.0 - level)
    assert share_above(depth, np.array([[level]]), line[:, ::-1])[0, 0] == pytest.approx(1.0 - level)


# C = C0 exp(-x/l) in a slab of L falls to a level at x = l ln(C0/level), whatever the grid, once that is fine.
def test_depth_above_a_level_on_an_exponential():
    share = np.linspace(0.0, 1.0, 2001) ** 2
    found = share_above(2e-3 * share[None, :], np.array([[0.1]]), np.exp(-share / 0.3)[None, :, None])
    assert found[0, 0] == pytest.approx(0.3 * np.log(10.0), rel=1e-4)
    assert share_above(share[None, :], np.array([[2.0]]), np.exp(-share)[None, :, None])[0, 0] == 0.0


def test_depth_above_a_flat_level_is_all_or_nothing():
    depth, flat = np.array([[0.0, 0.5, 1.0]]), np.ones((1, 3, 1))
    assert share_above(depth, np.array([[0.5]]), flat)[0, 0] == 1.0
    assert share_above(depth, np.array([[1.0]]), flat)[0, 0] == 0.0  # at the level is not above it


@given(st.floats(0.001, 1000.0), st.floats(0.001, 1000.0))
def test_injections_are_enough_and_none_too_many(above, wanted):
    needed = float(doses_needed(np.array(above * DAY), wanted * DAY))
    assert needed * above >= wanted * (1 - 1e-6)
    assert needed == 1 or (needed - 1) * above < wanted * (1 + 1e-6)


def test_injections_that_never_reach_the_level_have_no_end():
    assert np.isinf(doses_needed(np.array([0.0]), DAY)).all()
    with pytest.raises(DomainError, match="above"):
        doses_needed(np.array([-1.0]), DAY)
    with pytest.raises(DomainError, match="wanted"):
        doses_needed(np.array([1.0]), 0.0)


@settings(max_examples=40, deadline=None)
@given(tables)
def test_a_rank_lies_between_those_that_the_unknown_leaves_open(table):
    # by hand: every unknown part taken as 0 or 1, of the row itself one way and of all others the other way
    filled = {end: [[end if mean is None else mean for mean in line] for line in table] for end in (0.0, 1.0)}
    weights = np.array([EACH[name] for name in NAMES])
    low, high = (np.array(filled[end]) @ weights for end in (0.0, 1.0))
    rows = {item.id: item for item in placed(rows_of(table), EACH)}
    for place in range(len(table)):
        others = [index for index in range(len(table)) if index != place]
        found = rows[f"carrier-{place}"]
        assert found.place_at_best == 1 + sum(low[index] > high[place] + 1e-9 for index in others)
        assert found.place_at_worst == 1 + sum(high[index] > low[place] + 1e-9 for index in others)
