import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.similarity.factors import f1, f2, factors
from materials.errors import DomainError

percent = st.lists(st.floats(1.0, 100.0), min_size=3, max_size=8)


def test_a_difference_of_ten_points() -> None:
    reference = np.array([12.0, 40.0, 77.0])
    assert f2(reference, reference + 10.0) == pytest.approx(100.0 - 25.0 * np.log10(101.0), abs=1e-12)
    assert f2(reference, reference + 10.0) == pytest.approx(49.892, abs=5e-4)  # as guidelines quote it: about 50


# means as the vignette "Calculating similarity factor f2" of bootf2 (Xu 2021) prints them, to two places
REFERENCE = np.array([17.60, 42.48, 63.95, 79.22, 94.18, 98.98, 99.39])
TEST = np.array([19.02, 50.77, 76.24, 90.52, 98.68, 99.41, 99.42])


@pytest.mark.parametrize(("points", "printed"), [(4, 51.34), (5, 53.13)])
def test_bootf2_vignette(points: int, printed: float) -> None:
    assert f2(REFERENCE[:points], TEST[:points]) == pytest.approx(printed, abs=0.01)


@given(percent)
def test_equal_profiles(values: list[float]) -> None:
    assert f2(values, values) == 100.0
    assert f1(values, values) == 0.0


@given(percent, st.floats(0.1, 40.0), st.floats(1.01, 2.0))
def test_f2_is_symmetric_and_falls_with_the_shift(values: list[float], shift: float, factor: float) -> None:
    reference = np.array(values)
    assert f2(reference, reference + shift) == pytest.approx(f2(reference + shift, reference))
    assert f2(reference, reference + factor * shift) < f2(reference, reference + shift)


def test_f1_takes_the_reference_as_its_measure() -> None:
    assert f1([50.0, 50.0], [40.0, 40.0]) == pytest.approx(20.0)
    assert f1([40.0, 40.0], [50.0, 50.0]) == pytest.approx(25.0)


def test_missing_readings_enter_no_mean() -> None:
    gaps = [[10.0, 40.0, np.nan], [20.0, np.nan, 90.0]]
    assert f2(gaps, [15.0, 40.0, 90.0]) == 100.0
    assert factors(gaps, gaps).undefined == (
        "expected and bias-corrected f2: a point has fewer than two readings of one product",
    )


def test_bias_correction_is_unbiased_and_the_expected_value_is_met() -> None:
    # Simulated: true means 6 apart, so 1 + mean squared difference is 37; spread 3 between six units adds 2*9/6 = 3.
    generator = np.random.default_rng(11)
    truth = np.array([30.0, 60.0, 80.0, 95.0])
    brackets = []
    for _ in range(600):
        found = factors(generator.normal(truth, 3.0, (6, 4)), generator.normal(truth + 6.0, 3.0, (6, 4)))
        brackets.append([10.0 ** ((100.0 - value) / 25.0) for value in (found.f2, found.bias_corrected)])
    assert np.mean(brackets, axis=0) == pytest.approx([40.0, 37.0], abs=1.0)  # standard error 0.4


def test_estimators_keep_their_order() -> None:
    generator = np.random.default_rng(3)
    reference = generator.normal([20.0, 50.0, 80.0], 3.0, (12, 3))
    test = generator.normal([26.0, 57.0, 84.0], 5.0, (12, 3))
    found = factors(reference, test)
    assert found.variance_weighted_expected < found.expected < found.f2  # the wider product weighs more
    assert found.f2 < found.bias_corrected < found.variance_weighted_bias_corrected


def test_equal_spread_makes_weights_of_one() -> None:
    found = factors([[18.0, 48.0], [22.0, 52.0]], [[23.0, 53.0], [27.0, 57.0]])
    assert found.variance_weighted_expected == pytest.approx(found.expected)
    assert found.variance_weighted_bias_corrected == pytest.approx(found.bias_corrected)


def test_a_bracket_that_is_not_positive_is_named() -> None:
    generator = np.random.default_rng(0)
    reference = generator.normal([20.0, 50.0, 80.0], 10.0, (4, 3))
    found = factors(reference, reference)
    assert np.isnan(found.bias_corrected)
    assert found.f2 == 100.0
    assert any(reason.startswith("bias-corrected f2") for reason in found.undefined)


def test_spread_may_come_from_the_file() -> None:
    reference, test = [[18.0, 48.0], [22.0, 52.0]], [[23.0, 56.0], [27.0, 60.0]]
    from_units = factors(reference, test)
    deviations = tuple(np.std(rows, axis=0, ddof=1) for rows in (reference, test))
    from_means = factors(np.mean(reference, axis=0), np.mean(test, axis=0), deviations=deviations, units=(2, 2))
    assert from_means.expected == pytest.approx(from_units.expected)
    assert np.isnan(factors(np.mean(reference, axis=0), np.mean(test, axis=0)).expected)


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(DomainError, match="points of the test = 2; need 3"):
        f2([1.0, 2.0, 3.0], [1.0, 2.0])
    with pytest.raises(DomainError, match="reference = inf"):
        f2([1.0, np.inf], [1.0, 2.0])
    with pytest.raises(DomainError, match="readings of the test at a point = 0"):
        f2([1.0, 2.0], [1.0, np.nan])
    with pytest.raises(DomainError, match="sum of the reference = 0"):
        f1([0.0, 0.0], [1.0, 2.0])
