"""Correction for samples: against a vessel whose drug is counted step by step, limits and refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.experiment.volume_correction import released_amount
from materials.errors import DomainError

steps = st.lists(st.tuples(st.floats(0.0, 10.0), st.floats(0.0, 5.0)), min_size=1, max_size=12)


def _vessel(doses: list[float], samples: list[float], volume: float, replaced: bool) -> list[float]:
    """Let drug into a vessel, take samples from it; give the concentration of each."""
    drug, liquid, seen = 0.0, volume, []
    for entering, taken in zip(doses, samples, strict=True):
        drug += entering
        seen.append(drug / liquid)
        drug -= taken * drug / liquid
        liquid -= 0.0 if replaced else taken
    return seen


@given(steps, st.booleans())
def test_what_entered_a_vessel_is_found_from_its_samples(run: list[tuple[float, float]], replaced: bool) -> None:
    doses, samples = [list(part) for part in zip(*run, strict=True)]
    seen = _vessel(doses, samples, 100.0, replaced)
    found = released_amount(seen, 100.0, samples, replaced)
    assert found == pytest.approx(np.cumsum(doses), rel=1e-9, abs=1e-9)


def test_by_hand() -> None:
    # 5 mL of 500 mL at 10, 15 and 18 ug/mL take 50 and 75 ug: 5.05 and 9.125 mg with replacement;
    # without it 495 and 490 mL are left: 7.425 + 0.05 and 8.82 + 0.125 mg.
    seen = [10.0, 15.0, 18.0]
    assert released_amount(seen, 500.0, 5.0).tolist() == pytest.approx([5000.0, 7550.0, 9125.0])
    assert released_amount(seen, 500.0, 5.0, replaced=False).tolist() == pytest.approx([5000.0, 7475.0, 8945.0])


def test_nothing_taken_is_nothing_added() -> None:
    assert released_amount([[1.0, 2.0]], 50.0).tolist() == [[50.0, 100.0]]


def test_a_time_without_a_sample_takes_nothing() -> None:
    some = released_amount([[1.0, math.nan, 2.0], [1.0, 1.5, 2.0]], 100.0, 10.0, replaced=False)
    assert math.isnan(some[0, 1])
    assert some[0, 2] == pytest.approx(released_amount([1.0, 2.0], 100.0, 10.0, replaced=False)[1])
    assert some[1] == pytest.approx(released_amount([1.0, 1.5, 2.0], 100.0, 10.0, replaced=False))


@given(st.lists(st.floats(0.0, 10.0), min_size=1, max_size=9), st.floats(0.0, 10.0))
def test_replaced_liquid_dilutes_so_more_was_released(seen: list[float], taken: float) -> None:
    assert np.all(released_amount(seen, 100.0, taken) >= released_amount(seen, 100.0, taken, replaced=False) - 1e-9)


def test_impossible_volumes_are_refused() -> None:
    with pytest.raises(DomainError, match="volume"):
        released_amount([1.0], 0.0)
    with pytest.raises(DomainError, match="sample"):
        released_amount([1.0], 10.0, -1.0)
    with pytest.raises(DomainError, match="liquid left"):
        released_amount([1.0, 1.0], 10.0, 5.0, replaced=False)
    with pytest.raises(DomainError, match="liquid left"):
        released_amount([1.0], 10.0, 10.0)
