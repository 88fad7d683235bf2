"""Many inputs into the same compartments, against one input at a time and against the balance of mass."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formulate.retention.linear import LinearSystem, system
from formulate.retention.together import amounts_of_all
from materials.errors import DomainError, UnknownIdError

TIME = np.concatenate([[0.0], np.geomspace(10.0, 5e6, 30)])
DRAWS = 40  # more than are walked at a time
NAMES = ("depot", "tissue", "plasma", "apart")


def body(seed: int = 1) -> LinearSystem:
    """Three compartments in a row that lose to two routes, and one that nothing goes to."""
    rate = np.random.default_rng(seed).lognormal(-9.0, 1.0, (5, DRAWS))
    transfers = {("depot", "tissue"): rate[0], ("tissue", "plasma"): rate[1], ("plasma", "tissue"): rate[2]}
    return system(NAMES, transfers, {("plasma", "eliminated"): rate[3], ("tissue", "degraded"): rate[4]})


def rising(generator: np.random.Generator, draws: int = DRAWS) -> np.ndarray:
    return np.cumsum(generator.random((draws, len(TIME))), axis=1)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_each_is_as_if_it_were_alone_and_nothing_is_lost_or_made(seed):
    generator, compartments = np.random.default_rng(seed), body(seed)
    inputs = [{"depot": rising(generator)}, {"tissue": rising(generator, 1), "plasma": rising(generator)}]
    for given_, found in zip(inputs, amounts_of_all(compartments, TIME, inputs), strict=True):
        alone = compartments.amounts(TIME, given_, smooth=True)
        whole = sum(values[:, -1:].max() for values in given_.values())
        for name in NAMES:
            np.testing.assert_allclose(found.inside[name], alone.inside[name], rtol=1e-9, atol=1e-11 * whole)
        for route in compartments.routes:
            np.testing.assert_allclose(found.lost[route], alone.lost[route], rtol=1e-9, atol=1e-11 * whole)
        total = sum(found.inside.values()) + sum(found.lost.values())
        came = sum(given_.values()) + np.zeros_like(total)
        np.testing.assert_allclose(total, came, rtol=1e-12, atol=1e-12 * whole)


def test_what_is_spread_and_summed():
    generator, compartments = np.random.default_rng(3), body()
    share = generator.random(DRAWS)
    came = rising(generator)
    (found,) = amounts_of_all(
        compartments,
        TIME,
        [{"both": came}],
        {"both": {"depot": share, "tissue": 1.0 - share}},
        {"solid": ("depot", "tissue"), "apart": ("apart",)},
        [4, 9],
    )
    alone = compartments.amounts(
        TIME, {"depot": share[:, None] * came, "tissue": (1.0 - share)[:, None] * came}, smooth=True
    )
    assert found.inside["solid"] == pytest.approx(alone.inside["depot"] + alone.inside["tissue"], rel=1e-10)
    assert not found.inside["apart"].any()
    # the three that something reaches
    assert found.at_moments.shape == (DRAWS, 3, 2)
    assert found.at_moments[:, 2, 1] == pytest.approx(alone.inside["plasma"][:, 9], rel=1e-9, abs=1e-9)


def test_draws_whose_modes_are_one():
    # equal rates in a row: D k t exp(-k t) in the second (Bateman where absorption is as fast as elimination)
    rate = np.full(DRAWS, 1e-4)
    rate[3] = 3e-4
    row = system(["first", "second"], {("first", "second"): rate}, {"second": np.full(DRAWS, 1e-4)})
    assert row.without_modes[0]
    assert not row.without_modes[3]
    found = amounts_of_all(row, TIME, [{"first": np.full((1, len(TIME)), a)} for a in (1.0, 2.0)])
    exact = 1e-4 * TIME * np.exp(-1e-4 * TIME)
    assert found[0].inside["second"][0] == pytest.approx(exact, abs=1e-10)
    assert found[1].inside["second"][7] == pytest.approx(2.0 * exact, abs=1e-10)
    other = 3e-4 / 2e-4 * (np.exp(-1e-4 * TIME) - np.exp(-3e-4 * TIME))
    assert found[0].inside["second"][3] == pytest.approx(other, abs=1e-10)


def test_nothing_comes():
    nothing = np.zeros((1, len(TIME)))
    (found,) = amounts_of_all(body(), TIME, [{"depot": nothing}])
    assert not any(values.any() for values in (*found.inside.values(), *found.lost.values()))


def test_refusals():
    falls = np.linspace(1.0, 0.0, len(TIME))[None, :]
    with pytest.raises(DomainError, match=r"arrivals in depot.*never fall"):
        amounts_of_all(body(), TIME, [{"depot": falls}])
    with pytest.raises(DomainError, match=r"arrivals in depot"):
        amounts_of_all(body(), TIME, [{"depot": np.full((1, len(TIME)), np.nan)}])
    with pytest.raises(DomainError, match="rising times"):
        amounts_of_all(body(), TIME[::-1], [{"depot": np.ones((1, len(TIME)))}])
    with pytest.raises(UnknownIdError, match="liver"):
        amounts_of_all(body(), TIME, [{"liver": np.ones((1, len(TIME)))}])
