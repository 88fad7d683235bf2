"""Plain regression: lines against their closed form, invariances, weights, several variables, and every refusal."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formulate.curves.formula import formula_model
from formulate.curves.formula_grammar import FormulaError
from formulate.fitting.course import course
from formulate.fitting.regression import fit_curve
from formulate.fitting.results import Fit
from formulate.fitting.summaries import fitted_summary
from materials.errors import DomainError, FormulateError, MissingValueError, UnknownIdError

X = np.array([0.0, 1.0, 2.0, 4.0, 6.0, 9.0, 14.0])
NOISE = np.array([0.6, -0.4, 0.9, -1.1, 0.2, 0.5, -0.7])
RISE = 80.0 * (1.0 - np.exp(-0.25 * X)) + NOISE
WEIGHTS = np.array([1.0, 2.0, 1.0, 0.5, 3.0, 1.0, 1.5])


def values(fit: Fit) -> dict[str, float]:
    return dict(zip(fit.model.names, fit.values.tolist(), strict=True))


def errors(fit: Fit) -> list[float]:
    return [parameter.standard_error for parameter in fit.parameters]


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_a_polynomial_is_that_of_linear_algebra(weights):
    fit = fit_curve("c + b*x + a*x^2", X, RISE, weights=weights)
    coefficients, covariance = np.polyfit(X, RISE, 2, w=None if weights is None else np.sqrt(weights), cov=True)
    assert fit.values[::-1] == pytest.approx(coefficients, rel=1e-10)
    assert errors(fit)[::-1] == pytest.approx(np.sqrt(np.diag(covariance)), rel=1e-9)
    assert fit.points.weighting == ("1" if weights is None else "given")


def test_an_exact_curve_gives_back_its_parameters():
    for text, x, exact in [
        ("Fmax*(1 - exp(-((t - Ti)/td)^b))", X + 0.5, {"Fmax": 92.0, "Ti": 0.2, "td": 5.0, "b": 0.8}),
        ("A*(1 - exp(-k1*t)) + B*(1 - exp(-k2*t))", X, {"A": 30.0, "k1": 1.5, "B": 60.0, "k2": 0.08}),
        ("k*max(t - Tlag, 0)^n", X, {"k": 20.0, "Tlag": 1.3, "n": 0.45}),
        ("Fmax*Phi(a + b*log10(t))", X + 0.5, {"Fmax": 85.0, "a": -0.5, "b": 1.7}),
    ]:
        model = formula_model(text)
        y = model.curve(x, *[exact[name] for name in model.names])
        found = values(fit_curve(text, x, y))
        if text.startswith("A*") and found["k1"] < found["k2"]:  # the two terms may change places
            found = {"A": found["B"], "k1": found["k2"], "B": found["A"], "k2": found["k1"]}
        assert found == pytest.approx(exact, rel=1e-6), text


@settings(max_examples=15)
@given(st.floats(-3.0, 3.0), st.floats(-3.0, 3.0), st.booleans())
def test_units_of_x_and_y_change_nothing_else(power_x, power_y, turned):
    base = fit_curve("a*(1 - exp(-k*x))", X, RISE)
    order = slice(None, None, -1) if turned else slice(None)
    long, large = 10.0**power_x, 10.0**power_y
    fit = fit_curve("a*(1 - exp(-k*x))", (long * X)[order], (large * RISE)[order])
    scale = np.array([large, 1.0 / long])
    assert fit.values / scale == pytest.approx(base.values, rel=1e-9)
    assert errors(fit) / scale == pytest.approx(errors(base), rel=1e-8)
    assert fit.criteria.r2 == pytest.approx(base.criteria.r2, rel=1e-10)


def test_a_weight_of_two_is_a_point_that_stands_twice():
    weights = np.where(X == 4.0, 2.0, 1.0)
    once = fit_curve("a*(1 - exp(-k*x))", X, RISE, weights=weights)
    twice = fit_curve("a*(1 - exp(-k*x))", np.append(X, 4.0), np.append(RISE, RISE[3]))
    assert once.values == pytest.approx(twice.values, rel=1e-9)
    assert once.criteria.wss == pytest.approx(twice.criteria.wss, rel=1e-12)


def test_a_fixed_parameter_stays_and_frees_a_degree():
    free = fit_curve("a*(1 - exp(-k*x)) + c", X, RISE)
    fixed = fit_curve("a*(1 - exp(-k*x)) + c", X, RISE, fixed={"c": 0.0}, start={"a": 50.0, "k": 0.1})
    plain = fit_curve("a*(1 - exp(-k*x))", X, RISE)
    assert values(fixed)["c"] == 0.0
    assert fixed.parameters[2].fixed
    assert fixed.values[:2] == pytest.approx(plain.values, rel=1e-8)
    assert fixed.criteria.wss >= free.criteria.wss


def test_bounds_hold_and_are_named():
    fit = fit_curve("a*(1 - exp(-k*x))", X, RISE, bounds={"k": (0.3, 1.0)}, start={"k": 0.5})
    assert values(fit)["k"] == pytest.approx(0.3)
    assert fit.parameters[1].at_bound == "low"
    assert any("k rests on the lower end" in warning for warning in fit.warnings)
    # with k held there, a is linear: sum(y g)/sum(g g)
    shape = 1.0 - np.exp(-0.3 * X)
    assert values(fit)["a"] == pytest.approx((RISE @ shape) / (shape @ shape), rel=1e-8)


def test_a_bound_on_a_linear_parameter_holds():
    fit = fit_curve("a*(1 - exp(-k*x))", X, RISE, bounds={"a": (0.0, 70.0)})
    assert values(fit)["a"] == 70.0
    assert fit.parameters[0].at_bound == "high"


def test_the_start_decides_the_order_of_terms_that_may_change_places():
    y = 60.0 * np.exp(-0.9 * X) + 40.0 * np.exp(-0.12 * X) + 0.01 * NOISE
    text = "a*exp(-b*x) + c*exp(-d*x)"
    fast = fit_curve(text, X, y, start={"a": 50.0, "b": 1.0, "c": 50.0, "d": 0.1})
    slow = fit_curve(text, X, y, start={"a": 50.0, "b": 0.1, "c": 50.0, "d": 1.0})
    assert values(fast)["b"] == pytest.approx(0.9, rel=0.05)
    assert fast.values == pytest.approx(slow.values[[2, 3, 0, 1]], rel=1e-8)


def test_a_start_of_the_rates_alone_decides_it_too():
    y = 60.0 * np.exp(-0.9 * X) + 40.0 * np.exp(-0.12 * X) + 0.01 * NOISE
    for start, rates in (({"b": 1.0, "d": 0.1}, [0.9, 0.12]), ({"b": 0.1, "d": 1.0}, [0.12, 0.9])):
        found = fit_curve("a*exp(-b*x) + c*exp(-d*x)", X, y, start=start)
        assert found.values[[1, 3]] == pytest.approx(rates, rel=0.05)


def test_a_bad_start_does_no_harm():
    good = fit_curve("a*(1 - exp(-k*x))", X, RISE)
    for start in ({"a": -1e6, "k": 1e6}, {"a": 1.0, "k": -60.0}, {"k": -1e4}):
        assert fit_curve("a*(1 - exp(-k*x))", X, RISE, start=start).values == pytest.approx(good.values, rel=1e-8)


def test_negative_x_and_a_formula_without_values_on_half_the_axis():
    x = np.linspace(-3.0, 3.0, 13)
    y = 2.0 * np.log(x + 3.5) + 0.01 * np.sin(40.0 * x)
    found = values(fit_curve("a*ln(x + b)", x, y))
    assert found == pytest.approx({"a": 2.0, "b": 3.5}, rel=0.02)


def test_two_variables_are_those_of_linear_algebra():
    u, v = np.random.default_rng(4).normal(size=(2, 20))
    y = 1.0 + 2.0 * u - 3.0 * v + 0.1 * np.sin(7.0 * u * v)
    fit = fit_curve("a + b*u + c*v", {"u": u, "v": v}, y)
    design = np.stack([np.ones(20), u, v], axis=1)
    assert fit.values == pytest.approx(np.linalg.lstsq(design, y, rcond=None)[0], rel=1e-10)


def test_a_model_is_taken_as_a_formula_is():
    model = formula_model("a*(1 - exp(-k*x))")
    one = fit_curve(model, X, RISE, start={"a": 10.0, "k": 1.0}, bounds={"k": (0.0, 1.0)})
    assert one.values == pytest.approx(fit_curve("a*(1 - exp(-k*x))", X, RISE).values, rel=1e-9)
    with pytest.raises(MissingValueError, match="the start for formula has no a"):
        fit_curve(model, X, RISE, start={"k": 1.0})
    with pytest.raises(UnknownIdError, match="unknown parameter of formula 'b'; nearest: a, k"):
        fit_curve(model, X, RISE, start={"b": 1.0})


@pytest.mark.parametrize(
    ("arguments", "given_with", "error", "problem"),
    [
        (("a*x", X, RISE[:-1]), {}, DomainError, "points of x = 7; need 6, as many as of y"),
        (("a*x", X, RISE), {"weights": WEIGHTS[:2]}, DomainError, "points of weights = 2; need 7"),
        (("a*x", X, RISE), {"weights": -WEIGHTS}, DomainError, "weight = -3; need > 0"),
        (("a*u", {"u": X[:3]}, RISE), {}, DomainError, "points of u = 3; need 7"),
        (("a*x", [X], RISE), {}, DomainError, "dimensions of x = 2; need 1"),
        (("a*x", X, [math.nan, *RISE[1:]]), {}, DomainError, "y = nan; need finite numbers"),
        (("a*x", X, RISE), {"level": 95.0}, DomainError, "level = 95; need above 0 and below 1"),
        (("a*x", X, RISE), {"fixed": {"b": 1.0}}, UnknownIdError, "'b'"),
        (("a*x", X, RISE), {"fixed": {"a": math.inf}}, DomainError, "a = inf"),
        (("a*x", X, RISE), {"start": {"b": 1.0}}, UnknownIdError, "unknown parameter of the formula 'b'; nearest: a"),
        (("a*x + log(b)", X, RISE), {}, FormulaError, "position 7: log is read as ln"),
        (("a + b*x + c*x^2", X[:2], RISE[:2]), {}, DomainError, "readings = 2; need at least 3"),
        (
            ("a/x", X, RISE),
            {},
            DomainError,
            "x = 0; need readings at which the formula has a value (leave this one out)",
        ),
        (("a*ln(x) + b", X, RISE), {}, DomainError, "x = 0; need readings"),
        (("a*ln(u - 1) + b", {"u": X}, RISE), {}, DomainError, "row = 0; need readings"),
        (("a*x", [], []), {}, DomainError, "readings = 0"),
        (("a*x", "abc", RISE), {}, FormulateError, "x: 'abc' among its values; need a row of numbers"),
        (("a*x", X, list("1234567")), {}, FormulateError, "y: '1' among its values; need a row of numbers"),
        (("a*x", X, [[1.0], [1.0, 2.0]]), {}, FormulateError, "y: [1.0] among its values; need a row of numbers"),
        (("a*x", X, RISE + 1j), {}, FormulateError, "among its values; need a row of numbers"),
        (("a*x", X, [None] * 7), {}, FormulateError, "y: None among its values"),
        (("a*x", None, RISE), {}, FormulateError, "x: None among its values"),
        (("a*x", 5.0, RISE), {}, DomainError, "dimensions of x = 0; need 1"),
        ((5, X, RISE), {}, FormulateError, "curve: 5; need a formula as text, or a model"),
        (("a*x", X, RISE), {"level": "95"}, FormulateError, "level: '95'; need a number"),
        (("a*x", X, RISE), {"start": {"a": "1"}}, FormulateError, "start of a: '1'; need a number"),
        (("a*x", X, RISE), {"start": "a=1"}, FormulateError, "start: 'a=1'; need names of parameters"),
        (("a*x", X, RISE), {"fixed": {"a": None}}, FormulateError, "fixed of a: None; need a number"),
        (("a*x", X, RISE), {"bounds": {"a": 3.0}}, FormulateError, "bounds of a: 3.0; need a lower and an upper one"),
        (("a*x", X, RISE), {"bounds": {"a": (1.0,)}}, FormulateError, "bounds of a: (1.0,); need a lower"),
        (("a*x", X, RISE), {"bounds": {"a": ("1", 2.0)}}, FormulateError, "bounds of a: '1'; need a number"),
        (("a*x", X, RISE), {"bounds": [1.0, 2.0]}, FormulateError, "bounds: [1.0, 2.0]; need names of parameters"),
        (
            ("a/(x - b)", X, RISE),
            {"fixed": {"b": 4.0}},
            DomainError,
            "time = 4; need readings at which the formula has a value (leave this one out, or fix another value)",
        ),
    ],
)
def test_what_cannot_be_fitted_is_refused(arguments, given_with, error, problem):
    with pytest.raises(error) as caught:
        fit_curve(*arguments, **given_with)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_numbers_of_any_kind_make_a_row():
    same = [fit_curve("a*x", kind(X), kind(np.round(RISE))) for kind in (list, tuple, np.float32, np.asarray)]
    same.append(fit_curve("a*x", X.astype(object), np.round(RISE).astype(int)))
    assert [found.values[0] for found in same] == pytest.approx([same[0].values[0]] * 5)


def test_a_parameter_too_large_to_be_a_number_is_told_without_a_warning():
    # numpy's warnings are errors here
    found = fit_curve("1e-320*a*x", X, RISE)
    assert found.criteria.r2 < 0.0
    assert all(not math.isinf(quantity.value) for quantity in fitted_summary(found))


def test_where_a_formula_has_no_value_no_infinity_is_told():
    ended = fit_curve("b*asin(a*x)", [1.0, 2.0, 3.0, 4.0], 50.0 * np.arcsin([0.2, 0.4, 0.6, 0.8]))  # ends at 5
    for found in (fit_curve("a*ln(x) + b", X[1:], RISE[1:]), fit_curve("a/x + b", X[1:], RISE[1:]), ended):
        told = [finding.text for finding in course(found)] + [quantity.note for quantity in fitted_summary(found)]
        assert not {"nan", "inf", "-inf"} & set(" ".join(told).split())
    assert "no-value" in {finding.code for finding in course(fit_curve("a/x + b", X[1:], RISE[1:]))}
