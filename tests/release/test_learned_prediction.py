"""The learned release: what it promises of any formulation, and that it is calibrated on its own population."""

from importlib.resources import files
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formulate.release.learned.curve import values
from formulate.release.learned.features import Description, numbers
from formulate.release.learned.population import population
from formulate.release.learned.prediction import predict
from materials.errors import DomainError, UnknownIdError

DAY = 86400.0
TIMES = np.concatenate([[0.0], np.geomspace(0.1, 200, 40)]) * DAY
PLAIN = Description(lactide_fraction=0.5, molar_mass=40.0, diameter=40e-6, drug_loading=0.1, surfactant=0.2)


def half_time(**known):
    point = predict(Description(**known), TIMES, draws=256).curves.mean(axis=0)
    return float(np.interp(0.5, point, TIMES))


def width(release):
    low, high = release.band(0.8)
    return float((high - low).mean())


@settings(deadline=None, max_examples=25)
@given(
    st.floats(0, 1), st.floats(1, 500), st.floats(1e-7, 5e-3), st.floats(0, 1), st.booleans(),
    st.sampled_from(["lactide-glycolide", "other"]), st.lists(st.floats(0, 1), max_size=4),
)  # fmt: skip
def test_any_polyester_gives_rising_curves_within_zero_and_one(lactide, mass, size, loading, network, chain, shares):
    description = Description(
        lactide_fraction=lactide, molar_mass=mass, diameter=size, drug_loading=loading, crosslinked=network,
        polymer=chain,
    )  # fmt: skip
    observed = (np.arange(1, len(shares) + 1) * DAY, shares) if shares else None
    release = predict(description, TIMES, observed=observed, draws=128)
    low, high = release.band(0.9)
    for curve in (*release.curves, release.median, release.point):
        assert curve[0] == 0.0
        assert np.diff(curve).min() > -1e-12
        assert curve.max() <= 1.0
    assert (low[0], high[0]) == (0.0, 0.0)
    assert np.all((low >= 0.0) & (low <= release.median) & (release.median <= high) & (high <= 1.0))


@pytest.mark.parametrize("family", ["polyester", "liposome"])
def test_nothing_known_is_the_widest(family):
    bare = predict(Description(family=family), TIMES)
    told = PLAIN if family == "polyester" else Description(family=family, method="usp-4")
    assert width(bare) > width(predict(told, TIMES)) - 0.02
    assert bare.averaged
    assert not bare.outside


# the direction that degradation and diffusion give, and that is found within published studies
@pytest.mark.parametrize(
    ("name", "rising"),
    [("diameter", [5e-6, 10e-6, 20e-6, 40e-6]), ("molar_mass", [10.0, 20.0, 40.0, 80.0]),
     ("lactide_fraction", [0.5, 0.65, 0.75])],
)  # fmt: skip
def test_smaller_shorter_and_more_glycolide_are_faster(name, rising):
    plain = {"lactide_fraction": 0.5, "molar_mass": 40.0, "diameter": 40e-6, "drug_loading": 0.1}
    found = [half_time(**{**plain, name: value}) for value in rising]
    assert all(later > sooner for sooner, later in pairwise(found))


def test_effects_hold_on_average_over_typical_formulations():
    generator = np.random.default_rng(5)
    ratios = []
    for _ in range(12):
        made = {
            "lactide_fraction": generator.choice([0.5, 0.75]), "molar_mass": generator.uniform(15, 60),
            "diameter": generator.uniform(10e-6, 50e-6), "drug_loading": generator.uniform(0.03, 0.25),
        }  # fmt: skip
        base = half_time(**made)
        ratios.append(
            [
                half_time(**{**made, "diameter": made["diameter"] / 3}) / base,
                half_time(**{**made, "molar_mass": made["molar_mass"] / 2}) / base,
                half_time(**{**made, "lactide_fraction": made["lactide_fraction"] - 0.2}) / base,
            ]
        )
    smaller, shorter, less_lactide = np.exp(np.log(ratios).mean(axis=0))
    assert smaller > 3.0**-2 * 2  # far from the square of the size
    assert max(smaller, shorter, less_lactide) < 1.0


def test_a_band_narrows_with_every_measurement_and_follows_it():
    before = predict(PLAIN, TIMES)
    first = predict(PLAIN, TIMES, observed=([DAY], [0.05]))
    more = predict(PLAIN, TIMES, observed=(np.array([1.0, 3.0, 7.0, 14.0]) * DAY, [0.05, 0.08, 0.12, 0.2]))
    assert width(before) > width(first) > width(more)
    assert np.interp(14 * DAY, TIMES, more.median) == pytest.approx(0.2, abs=0.05)
    quick = predict(PLAIN, TIMES, observed=([DAY], [0.6]))
    assert np.all(quick.point[1:] > first.point[1:])


def test_ten_points_leave_enough_draws():
    days = np.linspace(0.5, 30, 10)
    for shares in (0.9 * days / 30, np.full(10, 0.02), np.full(10, 0.98), np.where(days > 20, 0.9, 0.0)):
        assert predict(PLAIN, TIMES, observed=(days * DAY, shares)).effective_draws > 50


def test_curves_of_its_own_population_lie_in_the_bands_as_often_as_promised():
    # true curves drawn from the prior, measured with the noise of the assay; the band must hold 80 % of points
    form, generator = population("polyester"), np.random.default_rng(11)
    prior = form.prior([PLAIN])
    root = np.linalg.cholesky(prior.covariance[0, :, 0, :])
    days = np.array([0.5, 1.0, 2.0, 3.0])
    held, held_after = [], []
    for _ in range(150):
        truth = prior.mean[0] + root @ generator.standard_normal(5)
        later = np.array([7.0, 14.0, 28.0])
        found = np.clip(values(truth, later) + 0.03 * generator.standard_normal(3), 0, 1)
        seen = np.clip(values(truth, days) + 0.02 * generator.standard_normal(4), 0, 1)
        for kept, observed in ((held, None), (held_after, (days * DAY, seen))):
            low, high = predict(PLAIN, later * DAY, observed=observed, draws=256).band(0.8)
            kept.append(np.mean((found >= low) & (found <= high)))
    assert 0.75 < np.mean(held) < 0.90  # standard error 0.02 with curves whose three points go together
    assert 0.75 < np.mean(held_after) < 0.93


def test_the_order_of_points_and_of_siblings_does_not_matter():
    days, shares = np.array([1.0, 3.0, 7.0]), np.array([0.1, 0.2, 0.4])
    one = predict(PLAIN, TIMES, observed=(days * DAY, shares))
    other = predict(PLAIN, TIMES, observed=(days[::-1] * DAY, shares[::-1]))
    np.testing.assert_array_equal(one.curves, other.curves)
    siblings = [
        (Description(lactide_fraction=0.5, molar_mass=20.0, diameter=size), days * DAY, shares * factor)
        for size, factor in ((20e-6, 1.5), (80e-6, 0.5))
    ]
    found = [predict(PLAIN, TIMES, siblings=listed).curves for listed in (siblings, siblings[::-1])]
    np.testing.assert_allclose(*found, atol=1e-9)


def test_a_sibling_moves_and_narrows_more_the_nearer_it_is():
    days, shares = np.array([1.0, 3.0, 7.0, 14.0, 28.0]), np.array([0.3, 0.6, 0.9, 0.95, 0.97])
    alone = predict(PLAIN, TIMES)
    near = predict(PLAIN, TIMES, siblings=[(PLAIN, days * DAY, shares)])
    unlike = Description(lactide_fraction=0.5, molar_mass=10.0, diameter=1e-6)
    far = predict(PLAIN, TIMES, siblings=[(unlike, days * DAY, shares)])
    assert width(near) < width(far) < width(alone) + 0.02
    at = np.searchsorted(TIMES, 7 * DAY)
    assert near.point[at] > alone.point[at]
    slow = predict(PLAIN, TIMES, siblings=[(PLAIN, days * DAY, 0.1 * shares)])
    assert slow.point[at] < alone.point[at]


def test_outside_the_data_the_band_is_wider_and_says_so():
    inside = population("polyester").prior([PLAIN])
    odd = Description(lactide_fraction=0.5, molar_mass=5000.0, diameter=40e-6, drug_loading=0.1, surfactant=0.2)
    outside = population("polyester").prior([odd])
    assert np.trace(outside.covariance[0, :, 0, :]) > 1.5 * np.trace(inside.covariance[0, :, 0, :])
    assert any("molar mass" in said and "outside the data" in said for said in predict(odd, TIMES).outside)
    assert not predict(PLAIN, TIMES).outside
    assert outside.novelty > inside.novelty


def test_the_next_sample_narrows_the_band_and_a_repeated_one_hardly():
    release = predict(PLAIN, TIMES, observed=(np.array([1.0, 3.0]) * DAY, [0.05, 0.08]))
    advice = release.next_sampling(np.array([0.01, 3.0, 7.0, 14.0, 28.0]) * DAY)
    assert np.all(advice.width <= advice.width_now)
    assert advice.best > 3 * DAY
    assert advice.width[0] > 0.95 * advice.width_now


def test_drivers_name_what_is_unusual():
    tiny = predict(Description(lactide_fraction=0.5, molar_mass=8.0, diameter=3e-6), TIMES)
    assert any("smaller particles" in said and "faster" in said for said in tiny.drivers)


def test_the_same_numbers_give_the_same_curves_whatever_names_the_size():
    by_surface = Description(lactide_fraction=0.5, molar_mass=40.0, surface_to_volume=6 / 40e-6, drug_loading=0.1,
                             surfactant=0.2)  # fmt: skip
    np.testing.assert_allclose(predict(by_surface, TIMES).curves, predict(PLAIN, TIMES).curves)
    assert np.isnan(numbers(Description())).sum() == 5


@pytest.mark.parametrize(
    ("observed", "said"),
    [
        (([DAY], [25.0]), "observed fraction = 25"),
        (([-DAY], [0.2]), "observed times"),
        (([DAY, 2 * DAY], [0.2]), "observed points"),
        (([DAY], [np.nan]), "observed fraction"),
        (([DAY], [0.2], [0.0]), "observed deviation"),
    ],
)
def test_bad_measurements_are_refused_in_one_line(observed, said):
    with pytest.raises(DomainError) as refused:
        predict(PLAIN, TIMES, observed=observed)
    assert str(refused.value).startswith(said)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "known",
    [{"lactide_fraction": 75.0}, {"molar_mass": -1.0}, {"diameter": 0.0}, {"drug_loading": 1.2}, {"surfactant": -1.0},
     {"diameter": 1e-5, "surface_to_volume": 1.0}],
)  # fmt: skip
def test_impossible_descriptions_are_refused(known):
    with pytest.raises(DomainError):
        Description(**known)


def test_unknown_words_and_foreign_siblings_are_refused():
    with pytest.raises(UnknownIdError):
        Description(family="gel")
    with pytest.raises(DomainError, match="siblings"):
        predict(PLAIN, TIMES, siblings=[(Description(family="liposome"), [DAY], [0.5])])
    with pytest.raises(DomainError, match="times"):
        predict(PLAIN, [-1.0])
    with pytest.raises(DomainError, match="level"):
        predict(PLAIN, TIMES).band(80)


@pytest.mark.parametrize(("family", "count"), [("polyester", 7), ("liposome", 3)])
def test_the_fitted_form_is_small_symmetric_and_holds_no_rows(family, count):
    form = population(family)
    assert form.inducing.shape[1] == count
    covariance = form.weight_covariance.reshape(2 * (form.weights.size,))
    np.testing.assert_array_equal(covariance, covariance.T)
    assert np.linalg.eigvalsh(covariance).min() > -1e-6
    path = files("formulate.release.learned") / "coefficients" / f"{family}.npz"
    assert len(path.read_bytes()) < 300_000
    if family == "polyester":  # inducing points lie on a grid of half a length scale, not on formulations
        on_grid = 2 * form.inducing / form.length
        np.testing.assert_allclose(on_grid, np.round(on_grid), atol=1e-9)


def test_the_lactide_fraction_of_another_chain_is_not_read():
    one, other = (Description(polymer="other", lactide_fraction=share, molar_mass=30.0) for share in (0.0, None))
    np.testing.assert_array_equal(numbers(one), numbers(other))
