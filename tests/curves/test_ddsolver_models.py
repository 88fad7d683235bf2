"""The 40 models: the equation shown is the one computed, limits, nesting, units, gradients against differences."""

import math
import re
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from formulate.curves.library import model, models

DDSOLVER = models("ddsolver")
each = pytest.mark.parametrize("law", DDSOLVER, ids=[law.id for law in DDSOLVER])
TIMES = np.array([0.02, 0.05, 0.1, 0.17, 0.25, 0.33, 0.48, 0.6, 0.77, 0.9, 1.0, 1.4])
FROM_ZERO = np.append(0.0, TIMES)


def value_of(parameter, draw):
    """Give a value of a parameter on the scale of the last time, from a number between -1 and 1."""
    if parameter.coordinate == "log":
        return 0.8 * math.exp(1.2 * draw)
    if parameter.name in ("Tlag", "Ti"):
        return 0.6173 * draw  # away from the times, where a root of time rises without bound
    if parameter.low == 0.0:
        return 55.0 + 50.0 * draw
    return (60.0 if "%" in parameter.unit else 2.5) * draw


shares = st.lists(st.floats(-1.0, 1.0), min_size=4, max_size=4)


def values_of(law, draws):
    return [value_of(parameter, draw) for parameter, draw in zip(law.parameters, draws, strict=False)]


# The equations as a listing shows them, read as arithmetic.
OPERAND = r"(?:\d+(?:\.\d+)?|[A-Za-z_]\w*)"


def computed_from_text(law, time, values):
    text = law.equation.partition(" = ")[2]
    text = text.replace("log10 t", "log10(t)").replace("^", "**")
    text = text.translate(str.maketrans("[]{}", "()()"))
    text = re.sub(rf"({OPERAND}|\)) +(?=[\w(])", r"\1*", text)
    known = {"exp": math.exp, "log10": math.log10, "Phi": NormalDist().cdf, "t": time}
    return eval(text, {"__builtins__": {}}, {**known, **dict(zip(law.names, values, strict=True))})


@each
@settings(max_examples=8)
@given(draws=shares)
def test_the_equation_shown_is_the_one_computed(law, draws):
    if law.id.startswith("baker_lonsdale"):
        return  # implicit; below
    values = values_of(law, draws)
    shown = law.curve(TIMES, *values)
    for time, found in zip(TIMES, shown, strict=True):
        since = time - values[law.names.index(law.lag)] if law.lag else time
        gone = any(
            name in ("kHC", "kHB") and value * since >= 1.0 for name, value in zip(law.names, values, strict=True)
        )
        expected = 0.0 if since <= 0.0 else 100.0 if gone else computed_from_text(law, time, values)
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)


@each
@settings(max_examples=12)
@given(draws=shares)
def test_gradient_is_that_of_the_curve(law, draws):
    values = values_of(law, draws)
    gradient = law.gradient(TIMES, *values)
    assert gradient.shape == (len(values), TIMES.size)
    # a root of time rises without bound at the lag
    away = np.abs(TIMES - values[law.names.index(law.lag)]) > 0.01 if law.lag else TIMES > 0.0
    for place, value in enumerate(values):

        def difference(step, place=place, value=value):
            ends = []
            for end in (value + step, value - step):
                moved = list(values)
                moved[place] = end
                ends.append(law.curve(TIMES, *moved))
            return (ends[0] - ends[1]) / (2.0 * step)

        step = 1e-4 * max(abs(value), 0.01)
        coarse, fine = difference(step), difference(step / 2)
        better = (4.0 * fine - coarse) / 3.0
        smooth = np.abs(fine - coarse) < 1e-3 * (np.abs(fine) + np.abs(gradient[place]) + 1.0)
        assert smooth[away].sum() >= TIMES.size - 3  # at the lag and at the end of a dissolution curves have a kink
        smooth &= away
        np.testing.assert_allclose(gradient[place][smooth], better[smooth], rtol=2e-4, atol=2e-4)


@each
@settings(max_examples=8)
@given(draws=shares, longer=st.floats(1e-4, 1e4))
def test_another_time_unit_gives_the_same_curve(law, draws, longer):
    values = values_of(law, draws)
    same = law.curve(FROM_ZERO / longer, *law.rescaled(longer, *values))
    np.testing.assert_allclose(same, law.curve(FROM_ZERO, *values), rtol=1e-9, atol=1e-8)


@each
@settings(max_examples=8)
@given(draws=shares)
def test_curve_and_gradient_are_finite_from_time_zero_on(law, draws):
    values = values_of(law, draws)
    assert np.isfinite(law.curve(FROM_ZERO, *values)).all()
    assert np.isfinite(law.gradient(FROM_ZERO, *values)).all()


@each
def test_the_ends_of_the_domain_give_numbers(law):
    time = np.array([0.0, 1e-6, 0.01, 0.5, 1.0])
    for place, parameter in enumerate(law.parameters):
        for end in (parameter.low, parameter.high):
            if math.isfinite(end):
                values = values_of(law, [0.1] * 4)
                values[place] = end
                assert np.isfinite(law.curve(time, *values)).all(), (parameter.name, end)
                assert np.isfinite(law.gradient(time, *values)).all(), (parameter.name, end)


@each
@settings(max_examples=6)
@given(draws=shares)
def test_a_monotone_model_never_falls(law, draws):
    rise = np.diff(law.curve(np.linspace(0.0, 5.0, 400), *values_of(law, draws)))
    if law.monotone:
        assert rise.min() >= -1e-9


@each
@settings(max_examples=6)
@given(draws=shares, other=st.floats(-1.0, 1.0))
def test_parameters_without_a_grid_enter_linearly(law, draws, other):
    places = [place for place, parameter in enumerate(law.parameters) if not parameter.grid]
    values = values_of(law, draws)
    before = law.gradient(TIMES, *values)
    offset = law.curve(TIMES, *(0.0 if place in places else value for place, value in enumerate(values)))
    for place in places:
        values[place] = 70.0 * other
    np.testing.assert_array_equal(before[places], law.gradient(TIMES, *values)[places])
    total = offset + sum(values[place] * before[place] for place in places)
    np.testing.assert_allclose(law.curve(TIMES, *values), total, rtol=1e-9, atol=1e-9)


@each
def test_candidates_lie_in_the_domain_and_give_numbers(law):
    rows = law.candidates
    if rows is None:
        return
    assert len(rows) <= 1100
    assert rows.shape == (len(rows), len(law.parameters))
    for column, parameter in zip(rows.T, law.parameters, strict=True):
        if parameter.grid:
            assert ((column >= parameter.low) & (column <= parameter.high)).all()
        else:
            assert np.isnan(column).all()
    columns = np.nan_to_num(rows, nan=50.0).T[:, :, None]
    assert law.curve(FROM_ZERO, *columns).shape == (len(rows), FROM_ZERO.size)
    assert np.isfinite(law.curve(FROM_ZERO, *columns)).all()


@each
def test_draws_give_what_one_at_a_time_gives(law):
    draws = np.random.default_rng(3).uniform(-1, 1, (4, 5))
    tables = [
        np.array([[value_of(parameter, draw)] for draw in row])
        for parameter, row in zip(law.parameters, draws, strict=False)
    ]
    together, slopes = law.curve(FROM_ZERO, *tables), law.gradient(FROM_ZERO, *tables)
    assert slopes.shape == (len(tables), 5, FROM_ZERO.size)
    for draw in range(5):
        alone = [float(table[draw, 0]) for table in tables]
        np.testing.assert_allclose(together[draw], law.curve(FROM_ZERO, *alone), rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(slopes[:, draw], law.gradient(FROM_ZERO, *alone), rtol=1e-9, atol=1e-12)
    partly = law.gradient(FROM_ZERO, tables[0], *(float(table[0, 0]) for table in tables[1:]))
    assert partly.shape == slopes.shape


def test_a_long_curve_is_the_short_ones_joined():
    time = np.linspace(0.0, 3.0, 30_000)
    weibull = model("weibull_4")
    whole = weibull.curve(time, 0.5, 1.3, 0.2, 80.0)
    parts = [weibull.curve(part, 0.5, 1.3, 0.2, 80.0) for part in np.split(time, 6)]
    np.testing.assert_array_equal(whole, np.concatenate(parts))


# by hand
BY_HAND = [
    ("zero_order", 4.0, (2.5,), 10.0),
    ("zero_order_tlag", 4.0, (2.5, 1.0), 7.5),
    ("zero_order_tlag", 4.0, (2.5, -1.0), 12.5),
    ("zero_order_f0", 4.0, (2.5, 3.0), 13.0),
    ("first_order", math.log(2.0), (1.0,), 50.0),
    ("first_order_tlag_fmax", 1.0 + math.log(4.0), (1.0, 1.0, 80.0), 60.0),
    ("higuchi", 9.0, (5.0,), 15.0),
    ("higuchi_f0", 9.0, (5.0, 2.0), 17.0),
    ("korsmeyer_peppas", 8.0, (10.0, 2.0 / 3.0), 40.0),
    ("hixson_crowell", 1.0, (0.5,), 87.5),
    ("hopfenberg", 1.0, (0.5, 2.0), 75.0),
    ("makoid_banakar", 4.0, (10.0, 0.5, math.log(2.0) / 4.0), 10.0),
    ("peppas_sahlin_1", 4.0, (10.0, 2.0, 0.5), 28.0),
    ("peppas_sahlin_2", 4.0, (10.0, 2.0), 28.0),
    ("quadratic", 2.0, (0.05, 0.1), 40.0),
    ("quadratic_tlag", 3.0, (0.05, 0.1, 1.0), 40.0),
    ("weibull_2", 4.0, (2.0 / math.log(2.0), 0.5), 50.0),
    ("weibull_4", 5.0, (2.0 / math.log(2.0), 0.5, 1.0, 60.0), 30.0),
    ("logistic_1", 10.0, (-1.0, 1.0), 50.0),
    ("logistic_1", 100.0, (0.0, 0.5 * math.log(3.0)), 75.0),  # the decimal logarithm of 100 is 2
    ("logistic_3", 7.0, (0.3, 7.0, 90.0), 45.0),
    ("gompertz_1", 10.0, (math.log(4.0), math.log(2.0)), 50.0),  # exp(-ln(4)/2)
    ("gompertz_3", 3.0, (2.0, 3.0, 100.0), 100.0 / math.e),
    ("gompertz_4", 0.0, (math.log(10.0), 1.0, 80.0), 8.0),
    ("probit_1", 100.0, (-2.0, 1.0), 50.0),
    ("probit_1", 10.0, (0.0, 1.0), 84.1344746),  # one standard deviation
]


@pytest.mark.parametrize(("id", "time", "values", "released"), BY_HAND)
def test_by_hand(id, time, values, released):
    assert model(id).curve(np.array([time]), *values) == pytest.approx(released, rel=1e-8)


@each
def test_before_the_lag_nothing_is_released_and_after_it_all_goes_on_as_without(law):
    if not law.lag:
        return
    values = values_of(law, [0.2, -0.1, 0.15, 0.3])
    place = law.names.index(law.lag)
    values[place] = 0.3
    before = TIMES < 0.3
    assert (law.curve(TIMES, *values)[before] == 0.0).all()
    assert (law.gradient(TIMES, *values)[:, before] == 0.0).all()
    later = law.curve(TIMES + 0.3, *values)
    values[place] = 0.0
    np.testing.assert_allclose(later, law.curve(TIMES, *values), rtol=1e-9)
    values[place] = -TIMES[0]
    assert law.curve(np.array([0.0]), *values) == pytest.approx(later[0])


START_FROM_ZERO = [
    law for law in DDSOLVER if law.id not in ("logistic_3", "gompertz_3", "gompertz_4") and "f0" not in law.id
]


@pytest.mark.parametrize("law", START_FROM_ZERO, ids=[law.id for law in START_FROM_ZERO])
def test_release_starts_from_zero(law):
    values = values_of(law, [0.3] * 4)  # positive slopes and lags
    assert abs(law.curve(np.array([0.0]), *values)[0]) < 1e-200
    assert np.abs(law.gradient(np.array([0.0]), *values)).max() < 1e-200


@pytest.mark.parametrize("id", ["logistic_1", "gompertz_1", "probit_1"])
def test_the_sign_of_the_slope_decides_where_a_curve_in_log_time_starts(id):
    law, zero = model(id), np.array([0.0])
    assert law.curve(zero, 0.7, -1e-3) == pytest.approx(100.0, abs=1e-9)
    assert law.curve(zero, 0.7, 1e-3) == pytest.approx(0.0, abs=1e-9)
    assert law.curve(zero, 0.7, 0.0) == pytest.approx(law.curve(np.array([5.0]), 0.7, 0.0))


ENDS_AT_100 = ["first_order", "hixson_crowell", "hopfenberg", "baker_lonsdale", "weibull_1", "weibull_2", "logistic_1"]


@pytest.mark.parametrize("id", [*ENDS_AT_100, "gompertz_1", "probit_1"])
def test_all_is_released_in_the_end(id):
    law = model(id)
    values = [1.0, 1.5, 0.5][: len(law.parameters)]
    late = np.array([1e12, 1e300])
    assert law.curve(late, *values) == pytest.approx(100.0, abs=1e-3)
    assert np.abs(law.gradient(late[1:], *values)).max() < 1e-3


@pytest.mark.parametrize("law", [law for law in DDSOLVER if law.plateau], ids=lambda law: law.id)
def test_fmax_is_what_is_released_in_the_end(law):
    values = [1.0] * (len(law.parameters) - 1)
    assert law.curve(np.array([1e300]), *values, 83.0) == pytest.approx(83.0)


def same(first, second, rel=1e-10):
    np.testing.assert_allclose(
        model(first[0]).curve(FROM_ZERO, *first[1:]),
        model(second[0]).curve(FROM_ZERO, *second[1:]),
        rtol=rel,
        atol=1e-9,
    )


@given(rate=st.floats(0.05, 20.0))
def test_special_cases_are_the_simpler_models(rate):
    same(("korsmeyer_peppas", 7.0 * rate, 0.5), ("higuchi", 7.0 * rate))
    same(("korsmeyer_peppas", rate, 1.0), ("zero_order", rate))
    same(("korsmeyer_peppas_f0", rate, 0.5, 4.0), ("higuchi_f0", rate, 4.0))
    same(("weibull_2", 1.0 / rate, 1.0), ("first_order", rate))
    same(("weibull_3", 1.0 / rate, 1.0, 70.0), ("first_order_fmax", rate, 70.0))
    same(("weibull_4", 0.6, rate, 0.0, 100.0), ("weibull_2", 0.6, rate))
    same(("weibull_1", 0.6, rate, 0.1), ("weibull_4", 0.6, rate, 0.1, 100.0))
    same(("hopfenberg", rate, 3.0), ("hixson_crowell", rate))
    same(("hopfenberg_tlag", rate, 3.0, 0.2), ("hixson_crowell_tlag", rate, 0.2))
    same(("hopfenberg", rate / 1e6, 1e6), ("first_order", rate), rel=1e-4)
    same(("makoid_banakar", 20.0, rate, 0.0), ("korsmeyer_peppas", 20.0, rate))
    same(("makoid_banakar_tlag", 20.0, 0.8, rate, 0.0), ("makoid_banakar", 20.0, 0.8, rate))
    same(("peppas_sahlin_1", 9.0, rate, 0.5), ("peppas_sahlin_2", 9.0, rate))
    same(("peppas_sahlin_1_tlag", 9.0, rate, 0.5, 0.1), ("peppas_sahlin_2_tlag", 9.0, rate, 0.1))
    same(("quadratic", 0.0, rate), ("zero_order", 100.0 * rate))
    same(("logistic_2", 0.4, rate, 100.0), ("logistic_1", 0.4, rate))
    same(("gompertz_2", 0.4, rate, 100.0), ("gompertz_1", 0.4, rate))
    same(("probit_2", 0.4, rate, 100.0), ("probit_1", 0.4, rate))
    same(("gompertz_3", rate, 0.3, 90.0), ("gompertz_4", math.exp(0.3 * rate), rate, 90.0))


@given(rate=st.floats(1e-9, 0.6), time=st.floats(1e-6, 1.0))
def test_baker_lonsdale_solves_its_equation(rate, time):
    eroded = rate * time

    def excess(radius):  # of the front: 3/2 (1 - y^2) - (1 - y^3)
        return 0.5 * (1.0 - radius) ** 2 * (1.0 + 2.0 * radius) - eroded

    radius = brentq(excess, 0.0, 1.0, xtol=1e-15) if eroded < 0.5 else 0.0
    released = 100.0 * (1.0 - radius) * (1.0 + radius + radius**2)
    assert model("baker_lonsdale").curve(np.array([time]), rate)[0] == pytest.approx(released, rel=1e-6, abs=1e-7)


def test_baker_lonsdale_begins_with_the_root_of_time():
    # short-time limit of the implicit equation: F = 100 sqrt(6 kBL t), to first order in F
    for eroded in (1e-14, 1e-10, 1e-8):
        released = model("baker_lonsdale").curve(np.array([1.0]), eroded)[0]
        assert released == pytest.approx(100.0 * math.sqrt(6.0 * eroded), rel=math.sqrt(eroded))


@pytest.mark.parametrize(
    ("id", "values"), [("hixson_crowell", (0.5,)), ("hopfenberg", (0.5, 1.7)), ("baker_lonsdale", (0.25,))]
)
def test_nothing_more_is_released_once_all_is(id, values):
    law, late = model(id), np.array([2.0, 2.1, 9.0])
    assert law.curve(late, *values) == pytest.approx(100.0, abs=1e-12)
    assert np.abs(law.gradient(late[1:], *values)).max() == 0.0


def test_makoid_banakar_peaks_at_n_over_k():
    time = np.linspace(0.0, 10.0, 100_001)
    curve = model("makoid_banakar").curve(time, 10.0, 1.2, 0.4)
    assert time[curve.argmax()] == pytest.approx(3.0, abs=2e-4)
