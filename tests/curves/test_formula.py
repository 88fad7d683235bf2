"""Formulas: values by hand, derivatives against differences, what is linear, what is measured, and every refusal."""

import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import erfc, ndtr

from formulate.curves.formula import formula_model
from formulate.curves.formula_dimensions import dimensions
from formulate.curves.formula_grammar import FormulaError, read_formula
from formulate.curves.model import Model
from materials.errors import DomainError, FormulateError, UnknownIdError

TIME = np.array([0.5, 1.0, 2.0, 5.0, 12.0])


def value(text: str, t: float = 3.0, **parameters: float) -> float:
    model = formula_model(text)
    return float(model.curve(np.array([t]), *[parameters[name] for name in model.names])[0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a*t", 6.0),
        ("a - t - 1", -2.0),
        ("a/t/t", 2.0 / 9.0),
        ("a + -t^2", -7.0),
        ("(-t)^2*a", 18.0),
        ("a*t^2^0", 6.0),
        ("a*2^t^2/2^9", 2.0),
        ("a^-t", 0.125),
        ("-a^2*t", -12.0),
        ("a*-t", -6.0),
        ("a**t - +t", 5.0),
        ("a*[t - {1 + (t)}]", -2.0),
        ("  F = a*t", 6.0),
        ("y=a*t", 6.0),
        ("a*t\n  + 1", 7.0),
        ("a·t − 1.5e1", -9.0),
        ("a × t ÷ 2", 3.0),
        (".5*a*t + 1.", 4.0),
        ("α*t", 6.0),
        ("min(a, t, 1.5) + max(t, a)", 4.5),
        ("abs(a - t)", 1.0),
        ("step(t - a) + step(a - t) + step(t - t + a*0)", 2.0),
        ("where(t < a, 1, 2) + where(t >= a, 10, 20) + where(a <= a, 100, 0) + where(t > a, 1e3, 0)", 1112.0),
    ],
)
def test_a_formula_has_the_value_of_its_arithmetic(text, expected):
    name = "α" if "α" in text else "a"
    assert value(text, **{name: 2.0}) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("exp(-a*t)", math.exp(-0.6)),
        ("exp[-a*t]", math.exp(-0.6)),
        ("e^(a*t)", math.exp(0.6)),
        ("ln(a*t) + log10(a*t)", math.log(0.6) + math.log10(0.6)),
        ("sqrt(a*t)", math.sqrt(0.6)),
        ("sin(a*t) + cos(a*t)*tan(a*t)", 2.0 * math.sin(0.6)),
        ("asin(a*t) + acos(a*t) + 0*t", math.pi / 2),
        ("arcsin(a*t) + arccos(a*t)", math.pi / 2),
        ("arctan(a*t) - atan(a*t) + a", 0.2),
        ("cosh(a*t)^2 - sinh(a*t)^2 + tanh(a*t)", 1.0 + math.tanh(0.6)),
        ("erf(a*t)", math.erf(0.6)),
        ("erfc(a*t)", float(erfc(0.6))),
        ("Phi(a*t)", float(ndtr(0.6))),
        ("Φ(a*t)", float(ndtr(0.6))),
        ("pi*a*t + π", 1.6 * math.pi),
    ],
)
def test_functions_are_those_of_the_books(text, expected):
    assert value(text, a=0.2) == pytest.approx(expected, rel=1e-14)


# formulas of release by name, with parameters at which every part of them is at work
CURVES = [
    ("Fmax*(1 - exp(-k*t))", {"Fmax": 90.0, "k": 0.3}),
    ("100*(1 - exp(-((t - Ti)^beta)/alpha))", {"Ti": -0.4, "beta": 0.7, "alpha": 3.0}),
    ("Fmax*exp(alpha + beta*log10(t))/(1 + exp(alpha + beta*log10(t)))", {"Fmax": 95.0, "alpha": -1.0, "beta": 3.0}),
    ("Fmax*Phi(alpha + beta*log10(t))", {"Fmax": 95.0, "alpha": -1.0, "beta": 2.0}),
    ("100*(1 - (1 - kHB*t)^n)", {"kHB": 0.05, "n": 2.5}),
    ("A*(1 - exp(-k1*t)) + (Fmax - A)*(1 - exp(-k2*t))", {"A": 20.0, "k1": 2.0, "Fmax": 95.0, "k2": 0.1}),
    ("F0 + (Fmax - F0)/(1 + (t50/t)^h)", {"F0": 5.0, "Fmax": 99.0, "t50": 3.0, "h": 1.4}),
    ("where(t < tb, k*t, k*tb + s*sqrt(abs(t - tb)))", {"tb": 1.5, "k": 9.0, "s": 4.0}),
    ("M*erfc(a/sqrt(t)) + tanh(b*t)*erf(c*t)", {"M": 50.0, "a": 0.7, "b": 0.3, "c": 0.2}),
    ("p*asin(q*t/20) + r*acos(q*t/30) + atan(q*t)*sin(r*t)*cos(r*t)", {"p": 2.0, "q": 1.2, "r": 0.3}),
    ("a^t*sinh(b*t) - cosh(b*t) + ln(a*t) + tan(b) + min(a*t, 3)*max(b*t, 0.2)", {"a": 1.1, "b": 0.21}),
]


def differences(model: Model, t: np.ndarray, values: list[float]) -> np.ndarray:
    """Derivatives by central differences, two widths extrapolated to none."""
    rows = []
    for place, middle in enumerate(values):
        slope = []
        for width in (2e-4 * abs(middle), 1e-4 * abs(middle)):
            ends = [[*values[:place], middle + side * width, *values[place + 1 :]] for side in (1.0, -1.0)]
            slope.append((model.curve(t, *ends[0]) - model.curve(t, *ends[1])) / (2.0 * width))
        rows.append((4.0 * slope[1] - slope[0]) / 3.0)
    return np.array(rows)


@pytest.mark.parametrize(("text", "parameters"), CURVES, ids=[text for text, _ in CURVES])
def test_derivatives_agree_with_differences(text, parameters):
    model = formula_model(text)
    values = [parameters[name] for name in model.names]
    slopes = model.gradient(TIME, *values)
    scale = np.abs(model.curve(TIME, *values)).max() / np.abs(values)[:, None]
    assert np.abs((slopes - differences(model, TIME, values)) / scale).max() < 1e-9


atoms = st.sampled_from(["t", "a", "b", "2", "0.5", "t", "a"])
terms = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"),
        st.tuples(st.sampled_from(["exp", "sin", "tanh", "atan", "erf", "Phi", "-"]), inner).map(
            lambda parts: f"{parts[0]}({parts[1]})"
        ),
        inner.map(lambda part: f"ln(3 + sin({part}))"),
        st.tuples(inner, inner).map(lambda parts: f"(2 + cos({parts[0]}))^tanh({parts[1]})"),
    ),
    max_leaves=8,
)


@given(terms, st.floats(0.3, 1.7), st.floats(-1.7, -0.3))
def test_derivatives_of_any_formula_agree_with_differences(text, a, b):
    try:
        model = formula_model(f"a*t + b + {text}")
    except FormulaError:
        return  # a number divided by zero, or a parameter that cancels
    t = np.array([0.4, 0.9, 1.3])
    curve, slopes = model.curve(t, a, b), model.gradient(t, a, b)
    size = np.abs(curve).max() + np.abs(slopes).max()
    if not np.isfinite(size) or size > 1e3:
        return
    compared = differences(model, t, [a, b])
    wide = differences(model, t, [a * (1 + 1e-3), b * (1 + 1e-3)])
    smooth = np.abs(wide - compared).max() < 0.05 * size  # not next to a pole
    assert not smooth or slopes == pytest.approx(compared, abs=1e-6 * size)


def test_many_draws_at_once_are_the_draws_one_by_one():
    model = formula_model("F0 + Fmax*(1 - exp(-(t/td)^b))")
    draws = np.random.default_rng(1).uniform(0.5, 2.0, (4, 7, 1))
    curve, slopes = model.curve(TIME, *draws), model.gradient(TIME, *draws)
    assert curve.shape == (7, 5)
    assert slopes.shape == (4, 7, 5)
    for draw in range(7):
        one = draws[:, draw, 0].tolist()
        np.testing.assert_array_equal(curve[draw], model.curve(TIME, *one))
        np.testing.assert_array_equal(slopes[:, draw], model.gradient(TIME, *one))


def test_a_curve_without_time_in_a_branch_has_a_value_at_every_time():
    model = formula_model("where(t < a, b, b)")
    assert model.curve(TIME, 1.0, 7.0).tolist() == [7.0] * 5
    assert model.gradient(TIME, 1.0, 7.0).tolist() == [[0.0] * 5, [1.0] * 5]


def test_a_power_of_time_is_flat_at_time_zero():
    # t^n ln(t) -> 0 and n t^(n - 1) never enters: k t^n does not move at t = 0, whatever k and n
    slopes = formula_model("k*t^n").gradient(np.array([0.0, 1.0]), 10.0, 0.45)
    assert slopes.tolist() == [[0.0, 1.0], [0.0, 0.0]]


def test_before_its_lag_a_curve_does_not_move():
    slopes = formula_model("k*max(t - Tlag, 0)^n + sqrt(max(t - Tlag, 0))").gradient(TIME, 10.0, 3.0, 0.45)
    assert not slopes[:, TIME < 3.0].any()
    assert np.isfinite(slopes).all()
    assert slopes[1, TIME > 3.0].max() < 0.0  # a later lag, less release


def test_where_a_formula_has_no_value_it_gives_none_and_no_warning():
    model = formula_model("a*ln(t - b) + 1/(t - c) + exp(d*t)^2")
    assert np.isnan(model.curve(np.array([1.0]), 1.0, 2.0, 0.5, 0.1)).all()
    assert np.isinf(model.curve(np.array([1.0]), 1.0, 0.5, 1.0, 0.1)).all()
    assert np.isinf(model.curve(np.array([1.0]), 1.0, 0.5, 0.5, 1e4)).all()
    assert not np.isfinite(model.gradient(np.array([1.0]), 1.0, 2.0, 1.0, 1e4)).all()


@pytest.mark.parametrize(
    ("text", "linear"),
    [
        ("Fmax*(1 - exp(-k*t))", ["Fmax"]),
        ("F0 + k*t", ["F0", "k"]),
        ("100*(1 - exp(-k*t))", []),
        ("A*(1 - exp(-k1*t)) + (Fmax - A)*(1 - exp(-k2*t))", ["A", "Fmax"]),
        ("a*b*t + b", ["a"]),
        ("(a + b*t)/(1 + c*t)", ["a", "b"]),
        ("a/(b*t)", ["a"]),
        ("-(a - sqrt(2)*b)*t/3", ["a", "b"]),
        ("where(t < c, a*t, b)", ["a", "b"]),
        ("exp(a + t) + sqrt(b*t)^2 + c", ["c"]),
        ("max(a*t, b)", []),
    ],
)
def test_linear_parameters_are_those_without_a_grid(text, linear):
    model = formula_model(text)
    assert [parameter.name for parameter in model.parameters if not parameter.grid] == linear
    rows = model.starts(TIME, TIME) if model.starts else np.zeros((0, 0))
    blank = [name for name, column in zip(model.names, rows.T, strict=True) if np.isnan(column).all()]
    assert blank == linear
    # superposition: the curve at the sum of two settings of the linear ones, the rest alike
    random = np.random.default_rng(3)
    rest = dict(zip(model.names, random.uniform(0.5, 2.0, len(model.names)), strict=True))

    def at(amounts: np.ndarray) -> np.ndarray:
        return model.curve(TIME, *{**rest, **dict(zip(linear, amounts, strict=True))}.values())

    one, two = random.normal(size=(2, len(linear)))
    np.testing.assert_allclose(at(one + two) + at(0.0 * one), at(one) + at(two), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("Fmax*(1 - exp(-k*t))", {"Fmax": (0.0, 1.0), "k": (-1.0, 0.0)}),
        ("Fmax*(1 - exp(-((t - Ti)/td)^b))", {"Fmax": (0, 1), "Ti": (1, 0), "td": (1, 0), "b": (0, 0)}),
        ("Fmax*(1 - exp(-k*t^n))", {"Fmax": (0, 1), "n": (0, 0)}),
        ("kH*sqrt(t)", {"kH": (-0.5, 1)}),
        ("k1*t^0.5 + k2*t", {"k1": (-0.5, 1), "k2": (-1, 1)}),
        ("a/(1 + b*t + c*t^2)", {"a": (0, 1), "b": (-1, 0), "c": (-2, 0)}),
        ("a*exp(-(t - m)**2/w**2)", {"a": (0, 1), "m": (1, 0), "w": (1, 0)}),
        ("where(t < tb, k*t, q*step(t - s))", {"tb": (1, 0), "k": (-1, 1), "q": (0, 1), "s": (1, 0)}),
        ("min(a*t, b) + abs(-c)", {"a": (-1, 1), "b": (0, 1), "c": (0, 1)}),
    ],
)
def test_what_a_parameter_measures_follows_from_its_place(text, known):
    _, graph, output, names = read_formula(text)
    found = dimensions(graph, output, ["t"], [name for name in names if name != "t"])
    assert found == {name: tuple(map(float, powers)) for name, powers in known.items()}


def test_candidates_are_the_same_each_time_and_keep_to_start_and_bounds():
    bounds = {"k": (0.1, 0.2), "td": (5.0, math.inf)}
    model = formula_model("a*exp(-k*t) + (t/td)^n", start={"n": 0.5}, bounds=bounds)
    assert model.starts is not None
    rows = model.starts(TIME, TIME)
    np.testing.assert_array_equal(rows, model.starts(TIME, TIME))
    column = dict(zip(model.names, rows.T, strict=True))
    assert column["k"].min() >= 0.1
    assert column["k"].max() <= 0.2
    assert np.unique(column["k"]).size > 100
    assert column["td"].min() == 5.0
    assert 0.5 in column["n"]
    assert np.isnan(column["a"]).all()
    assert (model.parameters[1].low, model.parameters[1].high) == (0.1, 0.2)


def test_several_variables_are_looked_up_by_row():
    model = formula_model("a + b*u*exp(-k*v)", columns={"u": [1.0, 2.0], "v": [0.0, 3.0]})
    assert model.names == ("a", "b", "k")
    assert model.curve(np.array([0.0, 1.0]), 1.0, 2.0, 0.5).tolist() == pytest.approx([3.0, 1.0 + 4.0 * math.exp(-1.5)])
    assert model.gradient(np.array([1.0]), 1.0, 2.0, 0.5)[1, 0] == pytest.approx(2.0 * math.exp(-1.5))


REFUSED = [
    ("", None, "nothing stands in it"),
    ("   ", None, "nothing stands in it"),
    ("F =", None, "nothing stands in it"),
    ("Fmax*(1 - exp(-k*t)", 6, "not closed; need ')'"),
    ("a*t)", 4, "closes a bracket that was not opened"),
    ("a*(t]", 5, "does not close '('; need ')'"),
    ("a*t + ", 7, "ends where"),
    ("a*/t", 3, "'/' cannot stand here"),
    ("a//t", 3, "'/' cannot stand here"),
    ("a*t +* 2", 6, "'*' cannot stand here"),
    ("2t*a", 2, "missing before 't'; write * to multiply"),
    ("a t", 3, "missing before 't'"),
    ("100 [1 - exp(-k*t)]", 5, "missing before '['"),
    ("a*(t b)", 6, "missing before 'b'"),
    ("0,5*a*t", 2, "write a decimal point"),
    ("k(t)", 1, "unknown function 'k'; nearest:"),
    ("ep(-k*t)", 1, "nearest: exp"),
    ("Exp(-k*t)", 1, "nearest: exp"),
    ("a*log(t)", 3, "write ln(...) or log10(...)"),
    ("log*t", 1, "write ln(...) or log10(...)"),
    ("exp*t", 1, "exp is a function; write exp(...)"),
    ("a*exp(t, 2)", 3, "exp with 2 argument(s); need 1"),
    ("a*min(t)", 3, "min with 1 argument(s); need 2 to 9"),
    ("where(t, a, b)", 8, "compares two expressions"),
    ("where(t < 1, a)", 1, "where with 2 argument(s); need 3"),
    ("a*t < 3", 5, "first argument of where"),
    ("exp()", 5, "')' cannot stand here"),
    ("a*np.exp(t)", 5, "'.' means nothing"),
    ("a*t!", 4, "'!' means nothing"),
    ("a*t = 3", 5, "'=' means nothing"),
    ("a == t", 3, "'=' means nothing"),
    ("1e999*a*t", 1, "larger than any number"),
    ("a*t²", 4, "'²' cannot stand here; write t^2"),
    ("t²*a + b*t", 2, "write t^2"),
    ("a*tⁿ", 4, "write t^n"),
    ("½*a*t", 1, "'½' cannot stand here; write (1/2)"),
    ("k₁*t", 2, "'₁' cannot stand here; write k1"),
    ("a*t + k٣", 8, "need letters, digits 0 to 9 and _ in a name"),
    ("1_0*a*t", 2, "a number has no underscore in it"),
    ("1_000.5*a*t", 2, "write 1000, not 1_000"),
    ("nan*t", 1, "is no number and no name here"),
    ("a*t + Inf", 7, "is no number and no name here"),
    ("a*t^1e308", 5, "an exponent of 1e+308 leaves no number; need -1000 to 1000"),
    ("a*t^-1e308", 5, "an exponent of -1e+308"),
    ("a*t**(2000 + b)**1001", 18, "an exponent of 1001"),
    ("a*t/0^1/(1/0)", 11, "not a finite number"),
    ("a*t*9**9**9**9", 9, "not a finite number"),
    ("ln(0 - 1)*a*t", 1, "not a finite number"),
    ("t^2", None, "no parameter; need a name besides t"),
    ("2*pi*t*e", None, "no parameter"),
    ("a*b", None, "no independent variable; call it t or x"),
    ("a*T", None, "T is a parameter"),
    ("a*t + b*x", None, "both t and x"),
    ("a*t + 0*b", None, "'b' changes nothing"),
    ("a*t + b^0", None, "'b' changes nothing"),
    ("a*t" + " + t" * 600, None, "need at most 2000"),
    ("(" * 50 + "t" + ")" * 50, 41, "nested more than 40"),
    ("-" * 50 + "t", 41, "nested more than 40"),
    ("+".join(f"p{i}*t" for i in range(31)), None, "31 parameters; need at most 30"),
]


@pytest.mark.parametrize(("text", "position", "problem"), REFUSED, ids=[text[:30] for text, *_ in REFUSED])
def test_a_fault_is_named_with_its_place(text, position, problem):
    with pytest.raises(FormulaError) as caught:
        formula_model(text)
    assert problem in str(caught.value)
    assert caught.value.position == position
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 340
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')*t*a",
        "eval(t)*a",
        "().__class__.__bases__*t",
        "a.__class__*t",
        "(lambda: t)()*a",
        "[t for t in a]",
        "t if a else b",
        "a[0]*t",
        "f'{t}'*a",
        '"t"*a',
        "a@t",
        "a; t",
        "a := t",
        "t and a",
        "not t*a",
        "*a*t",
        "exp(x=t)*a",
        "a*t # b",
        "a*t\\",
        "\x00*t",
        "a*t²",
        "1_000*t*a",
        "0x10*t*a",
        "1j*t*a",
        "True*t()",
    ],
)
def test_what_is_code_and_no_formula_is_refused(text):
    with pytest.raises(FormulaError):
        formula_model(text)


@given(st.text(alphabet="tab019.e+-*/^()[]{},<>= expmaxwhreln_'\"\\\n#@é²Φ", max_size=40))
def test_any_text_is_a_formula_or_refused(text):
    try:
        model = formula_model(text)
    except FormulateError:
        return
    assert model.curve(TIME, *np.ones(len(model.names))).shape == TIME.shape


@pytest.mark.parametrize(
    ("given_with", "error", "problem"),
    [
        ({"start": {"K": 1.0}}, UnknownIdError, "unknown parameter of the formula 'K'; nearest: k"),
        ({"bounds": {"t": (0.0, 1.0)}}, UnknownIdError, "unknown parameter of the formula 't'"),
        ({"start": {"k": math.nan}}, DomainError, "k = nan; need a finite start"),
        ({"start": {"k": math.inf}}, DomainError, "k = inf"),
        ({"start": {"k": 2.0}, "bounds": {"k": (0.0, 1.0)}}, DomainError, "k = 2; need a finite start from 0 to 1"),
        ({"bounds": {"k": (1.0, 1.0)}}, DomainError, "a lower bound below the upper one, 1"),
        ({"bounds": {"k": (1.0, math.nan)}}, DomainError, "a lower bound below the upper one"),
        ({"columns": {"u": [1.0]}}, FormulaError, "the independent variable 'u' does not stand in it"),
    ],
)
def test_what_is_given_with_a_formula_is_checked(given_with, error, problem):
    with pytest.raises(error) as caught:
        formula_model("a*exp(-k*t)", **given_with)
    assert problem in str(caught.value)
