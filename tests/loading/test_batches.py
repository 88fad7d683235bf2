"""The band of the next batch: a table of Student's t, the share of batches it holds, and what is refused."""

import numpy as np
import pytest

from formulate.loading.batches import next_batch
from materials.errors import DomainError


def test_the_band_is_that_of_a_table_of_t():
    # logits -1, 0 and 1: mean 0, standard deviation 1; t(0.9, 2) = 1.886 as printed in tables
    found = next_batch(1 / (1 + np.exp([1.0, 0.0, -1.0])))
    reach = 1.886 * np.sqrt(4 / 3)
    assert found.typical == pytest.approx(0.5)
    assert found.high == pytest.approx(1 / (1 + np.exp(-reach)), rel=1e-4)
    assert found.low + found.high == pytest.approx(1.0)


@pytest.mark.parametrize("count", [2, 3, 8])
def test_it_holds_the_share_of_batches_that_it_promises(count):
    generator = np.random.default_rng(count)
    made = 1 / (1 + np.exp(-generator.normal(0.7, 0.3, size=(400, count + 1))))
    held = [(band := next_batch(row[:-1])).low <= row[-1] <= band.high for row in made]
    assert np.mean(held) == pytest.approx(0.8, abs=0.06)


def test_more_batches_narrow_it_and_their_order_does_not_matter():
    pattern = [0.5, 0.6, 0.7]
    few, many = next_batch(pattern), next_batch(pattern * 5)
    assert few.low < many.low < many.high < few.high
    assert next_batch(pattern[::-1]).low == pytest.approx(few.low)


@pytest.mark.parametrize(("bad", "name"), [([0.5], "batches"), ([0.5, 1.0], "found"), ([0.0, 0.5], "found")])
def test_refuses_what_has_no_scatter_or_no_odds(bad, name):
    with pytest.raises(DomainError, match=name):
        next_batch(bad)
