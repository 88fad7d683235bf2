"""An interval becomes a split normal whose median is the typical value and whose ends fall where the spread says."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from materials.evidence import Spread, distribution, to_scale

# Quantiles of the standard normal, from statistical tables.
Z = {"p10_p90": 1.28155, "sd": 1.0, "se": 1.0, "iqr": 0.67449, "range": 1.64485, "bound": 1.64485}
every_interval = pytest.mark.parametrize("spread", [Spread(name) for name in Z], ids=list(Z))


def ends_of(d, spread):
    """Give the values at -z and +z, back from the scale of the distribution."""
    z = Z[spread]
    centre = to_scale(d.median, d.scale)
    back = {"log": math.exp, "logit": lambda x: 1 / (1 + math.exp(-x)), "linear": float}[d.scale]
    return back(centre - z * d.sigma_below), back(centre + z * d.sigma_above)


@every_interval
@pytest.mark.parametrize(
    ("low", "typical", "high", "support", "scale"),
    [
        (4.0, 6.0, 20.0, "positive", "log"),
        (0.1, 0.4, 0.8, "fraction", "logit"),
        (-0.7, -0.5, -0.33, "real", "linear"),
    ],
)
def test_the_ends_are_hit_at_the_z_of_the_spread(spread, low, typical, high, support, scale):
    d = distribution(typical, low, high, spread, support, 2.0)
    assert (d.median, d.scale) == (typical, scale)
    assert ends_of(d, spread) == pytest.approx((low, high), rel=1e-4, abs=1e-5)


@pytest.mark.parametrize(
    ("low", "typical", "high", "support"),
    [(0.0, 2.0, 3.0, "positive"), (0.8, 0.95, 1.0, "fraction"), (0.0, 0.1, 0.4, "fraction")],
)
def test_an_end_at_the_bound_lies_a_thousandth_inside(low, typical, high, support):
    d = distribution(typical, low, high, Spread.RANGE, support, 2.0)
    assert d.scale in ("log", "logit")  # so that no draw is the bound itself
    wanted = (low or typical / 1000, 1 - (1 - typical) / 1000 if high == 1.0 else high)
    assert ends_of(d, Spread.RANGE) == pytest.approx(wanted, rel=1e-4)


def test_a_typical_value_at_the_bound_is_linear():
    d = distribution(1.0, 0.8, 1.0, Spread.RANGE, "fraction", 2.0)
    assert (d.scale, d.sigma_above) == ("linear", 0.0)
    assert d.sigma_below == pytest.approx(0.2 / 1.64485, rel=1e-4)


def test_an_asymmetric_interval_is_split_at_the_median():
    d = distribution(10.0, 5.0, 80.0, Spread.SD, "positive", 2.0)
    assert (d.sigma_below, d.sigma_above) == pytest.approx((math.log(2), math.log(8)))


def test_an_end_that_equals_the_typical_value_has_no_half_band():
    d = distribution(51.0, 51.0, 102.0, Spread.RANGE, "positive", 2.0)
    assert d.sigma_below == 0.0
    assert d.sigma_above > 0.0
    assert not d.is_exact


def test_a_missing_end_mirrors_the_other_on_the_scale():
    d = distribution(0.007, None, 0.0139, Spread.BOUND, "positive", 2.0)
    assert d.sigma_below == d.sigma_above == pytest.approx(math.log(0.0139 / 0.007) / 1.64485, rel=1e-5)
    d = distribution(5.0, 3.0, None, Spread.BOUND, "real", 2.0)
    assert d.sigma_above == d.sigma_below == pytest.approx(2.0 / 1.64485, rel=1e-5)


@pytest.mark.parametrize(
    ("support", "typical", "floor", "ceiling"),
    [("positive", 3.0, 0.0, math.inf), ("fraction", 0.3, 0.0, 1.0), ("real", -3.0, -math.inf, math.inf)],
)
def test_the_support_bounds_the_distribution(support, typical, floor, ceiling):
    d = distribution(typical, None, None, Spread.SINGLE, support, 1.5)
    assert (d.floor, d.ceiling) == (floor, ceiling)


@pytest.mark.parametrize(
    ("support", "typical", "default", "scale", "sigma"),
    [
        ("positive", 3.0, 2.0, "log", math.log(2) / 1.28155),
        ("fraction", 0.3, 1.0, "logit", 1.0 / 1.28155),
        ("real", -3.0, 0.5, "linear", 0.5 / 1.28155),
    ],
)
def test_a_single_number_takes_the_default_spread_of_its_property(support, typical, default, scale, sigma):
    d = distribution(typical, None, None, Spread.SINGLE, support, default)
    assert (d.median, d.scale) == (typical, scale)
    assert d.sigma_below == d.sigma_above == pytest.approx(sigma, rel=1e-5)
    assert not d.is_exact


def test_single_ignores_ends_that_are_given():
    with_ends = distribution(3.0, 1.0, 9.0, Spread.SINGLE, "positive", 2.0)
    assert with_ends == distribution(3.0, None, None, Spread.SINGLE, "positive", 2.0)


@pytest.mark.parametrize(("support", "exact"), [("positive", 1.0), ("fraction", 0.0), ("real", 0.0)])
def test_a_default_spread_can_be_exact(support, exact):
    assert distribution(0.5, None, None, Spread.SINGLE, support, exact).is_exact


@pytest.mark.parametrize(("support", "typical"), [("fraction", 0.0), ("fraction", 1.0), ("positive", 0.0)])
def test_a_single_number_on_the_bound_is_exact(support, typical):
    d = distribution(typical, None, None, Spread.SINGLE, support, 2.0)
    assert (d.scale, d.median, d.is_exact) == ("linear", typical, True)


factors = st.floats(1.001, 1e4)
positives = st.floats(1e-20, 1e20)
spreads = st.sampled_from([Spread(name) for name in Z])


@given(positives, factors, factors, spreads)
def test_positive_intervals_round_trip(typical, below, above, spread):
    low, high = typical / below, typical * above
    d = distribution(typical, low, high, spread, "positive", 2.0)
    assert ends_of(d, spread) == pytest.approx((low, high), rel=1e-3)


@given(positives, factors, factors, spreads, st.floats(1e-12, 1e12))
def test_a_change_of_unit_changes_the_median_only(typical, below, above, spread, unit):
    d = distribution(typical, typical / below, typical * above, spread, "positive", 2.0)
    scaled = distribution(typical * unit, typical * unit / below, typical * unit * above, spread, "positive", 2.0)
    assert (scaled.sigma_below, scaled.sigma_above) == pytest.approx((d.sigma_below, d.sigma_above), rel=1e-6, abs=1e-9)


@given(st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3), spreads)
@example([0.0, 1.0 - 2**-53, 1.0], Spread.P10_P90)
@example([0.0, 2**-1074, 1.0], Spread.P10_P90)
def test_fractions_never_give_an_unusable_distribution(numbers, spread):
    low, typical, high = sorted(numbers)
    d = distribution(typical, low, high, spread, "fraction", 1.0)
    assert d.median == typical
    assert math.isfinite(d.sigma_below)
    assert math.isfinite(d.sigma_above)
    assert d.sigma_below >= 0
    assert d.sigma_above >= 0


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.floats(0, 1e6), spreads)
def test_reflection_swaps_the_half_bands_of_a_real_quantity(typical, below, above, spread):
    d = distribution(typical, typical - below, typical + above, spread, "real", 1.0)
    mirrored = distribution(-typical, -typical - above, -typical + below, spread, "real", 1.0)
    assert (mirrored.sigma_below, mirrored.sigma_above) == pytest.approx((d.sigma_above, d.sigma_below), abs=1e-9)


@given(st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_an_odds_complement_swaps_the_half_bands_of_a_fraction(a, b):
    low, high = sorted((a, b))
    typical = (low + high) / 2
    d = distribution(typical, low, high, Spread.SD, "fraction", 1.0)
    mirrored = distribution(1 - typical, 1 - high, 1 - low, Spread.SD, "fraction", 1.0)
    assert (mirrored.sigma_below, mirrored.sigma_above) == pytest.approx((d.sigma_above, d.sigma_below), abs=1e-6)
