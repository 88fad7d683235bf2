"""The empirical curves beyond DDSolver's: against the rate laws they integrate, limits, one another; their slopes."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from formulate.curves import burst, kinetic, library
from formulate.curves.model import Model

MODELS = {model.id: model for model in (*kinetic.MODELS, *burst.MODELS)}
TIME = np.array([0.0, 0.05, 0.2, 0.5, 0.8, 1.0, 1.7, 3.0])
every = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)


def _values(model: Model, at: list[float]) -> list[float]:
    """Give parameters within the range of their starts, `at` being shares of it; percentages from 5 to 95."""
    values = []
    for parameter, share in zip(model.parameters, at, strict=False):
        solved = (0.05, 0.95) if parameter.high == 1.0 else (5.0, 95.0)  # a share, or percent
        low, high = (min(parameter.grid), max(parameter.grid)) if parameter.grid else solved
        log = parameter.coordinate == "log"
        values.append(low * (high / low) ** share if log else low + (high - low) * share)
    return values


shares = st.lists(st.floats(0.0, 1.0), min_size=5, max_size=5)


def _integrated(slope: Any, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Integrate dF/dt of the share released, from 0."""
    done = solve_ivp(slope, (0.0, times[-1]), [0.0], t_eval=times, rtol=1e-10, atol=1e-12, method="LSODA")
    return np.asarray(done.y[0])


@every
@settings(max_examples=12, deadline=None)
@given(shares, st.floats(0.05, 40.0))
def test_the_unit_of_time_changes_nothing(model: Model, at: list[float], longer: float) -> None:
    values = _values(model, at)
    assert model.rescaled is not None
    moved = model.curve(TIME / longer, *model.rescaled(longer, *values))
    assert moved == pytest.approx(model.curve(TIME, *values), abs=1e-9)


@every
@settings(max_examples=12, deadline=None)
@given(shares)
def test_slopes_are_differences_of_the_curve(model: Model, at: list[float]) -> None:
    values = _values(model, at)
    slopes = model.gradient(TIME, *values)
    assert np.isfinite(slopes).all()
    for place, (name, value) in enumerate(zip(model.names, values, strict=True)):
        step = 1e-6 * max(abs(value), 0.01)
        if name == "Tlag" and np.abs(TIME - value).min() < 2 * step:
            continue  # the curve has a corner at the lag
        moved = [[*values[:place], value + sign * step, *values[place + 1 :]] for sign in (1, -1)]
        difference = (model.curve(TIME, *moved[0]) - model.curve(TIME, *moved[1])) / (2 * step)
        curvature = 1e-4 * np.abs(slopes[place]).max()
        assert slopes[place] == pytest.approx(difference, rel=1e-4, abs=curvature + 1e-8 / step)


@every
def test_draws_run_beside_one_another(model: Model) -> None:
    rows = np.array([_values(model, [share] * 5) for share in (0.3, 0.6)])
    columns = [column[:, None] for column in rows.T]
    curve, slopes = model.curve(TIME, *columns), model.gradient(TIME, *columns)
    assert slopes.shape == (len(model.names), 2, TIME.size)
    for row, values in enumerate(rows):
        assert curve[row] == pytest.approx(model.curve(TIME, *values), rel=1e-12)
        assert slopes[:, row] == pytest.approx(model.gradient(TIME, *values), rel=1e-12)


@every
@settings(max_examples=12, deadline=None)
@given(shares)
def test_release_begins_at_zero_or_at_its_burst(model: Model, at: list[float]) -> None:
    values = dict(zip(model.names, _values(model, at), strict=True))
    if model.lag:
        values[model.lag] = abs(values[model.lag])
    start = float(model.curve(np.array([0.0]), *values.values())[0])
    if model.id in ("burst_first_order", "burst_first_order_fmax", "burst_weibull", "burst_weibull_fmax"):
        assert start == pytest.approx(values["FB"])
        assert "F is FB at time 0" in model.assumes
    elif model.id == "gallagher_corrigan":
        second = values["Fmax"] - values["FB"]
        assert start == pytest.approx(second / (1.0 + np.exp(values["k"] * values["tmax"])))
        assert "not 0 at time 0" in model.assumes
    else:
        assert start == 0.0


@every
@settings(max_examples=12, deadline=None)
@given(shares)
def test_release_ends_at_its_plateau_and_never_falls(model: Model, at: list[float]) -> None:
    values = dict(zip(model.names, _values(model, at), strict=True))
    curve = model.curve(np.geomspace(1e-3, 1e9, 60), *values.values())
    if model.monotone:
        assert np.all(np.diff(curve) >= -1e-9)
    if model.plateau and model.id != "hill":  # its tail is longer than that
        assert curve[-1] == pytest.approx(values[model.plateau], rel=1e-3)


@every
def test_extremes_stay_finite(model: Model) -> None:
    for shift in (1e-8, 1.0, 1e8):
        values = [
            min(value * shift, 99.0 if parameter.name in ("beta", "beta1", "beta2", "n") else np.inf)
            if parameter.coordinate == "log"
            else value
            for parameter, value in zip(model.parameters, _values(model, [0.5] * 5), strict=True)
        ]
        with np.errstate(all="ignore"):
            assert np.isfinite(model.curve(TIME, *values)).all()
            assert np.isfinite(model.gradient(TIME, *values)).all()


@pytest.mark.parametrize("order", [-1.0, 0.0, 0.5, 2 / 3, 0.9999, 1.0, 1.0001, 1.5, 2.0, 3.0])
def test_any_order_integrates_its_rate_law(order: float) -> None:
    times = np.linspace(0.0, 0.45, 10)  # before the release ends at order -1
    rate = 1.1
    left = _integrated(lambda _, released: rate * (1.0 - released) ** order, times)
    assert MODELS["nth_order"].curve(times, rate, order) == pytest.approx(100.0 * left, abs=1e-6)


def test_a_release_of_low_order_ends_and_stays_ended() -> None:
    curve = MODELS["nth_order"].curve(np.array([0.5, 1.0, 1.9999999, 2.0, 50.0]), 1.0, 0.5)
    assert curve == pytest.approx([43.75, 75.0, 100.0, 100.0, 100.0])  # 1 - (1 - t/2)^2


def test_orders_that_have_names_of_their_own() -> None:
    n_order = MODELS["nth_order"].curve
    assert n_order(TIME, 0.9, 1.0) == pytest.approx(library.model("first_order").curve(TIME, 0.9))
    assert n_order(TIME, 0.9, 2 / 3) == pytest.approx(library.model("hixson_crowell").curve(TIME, 0.3))
    assert n_order(TIME, 0.9, 0.5) == pytest.approx(library.model("hopfenberg").curve(TIME, 0.45, 2.0))
    assert n_order(TIME, 0.9, 2.0) == pytest.approx(MODELS["second_order"].curve(TIME, 0.9))


def test_second_order_by_hand() -> None:
    assert MODELS["second_order"].curve(np.array([1.0, 3.0]), 1.0).tolist() == [50.0, 75.0]


def test_autocatalytic_integrates_its_rate_law() -> None:
    # dF/dt = (u + v F)(1 - F): from F = 0 it rises with k = u + v and is fastest at ln(v/u)/k
    start, growth = 0.05, 3.0
    times = np.linspace(0.0, 4.0, 15)
    share = _integrated(lambda _, released: (start + growth * released) * (1.0 - released), times)
    rate = start + growth
    curve = MODELS["autocatalytic"].curve(times, rate, np.log(growth / start) / rate, 80.0)
    assert curve == pytest.approx(80.0 * share, abs=1e-6)


def test_autocatalytic_is_first_order_where_it_is_fastest_long_before_the_start() -> None:
    curve = MODELS["autocatalytic"].curve(TIME, 1.3, -1000.0, 100.0)
    assert curve == pytest.approx(library.model("first_order").curve(TIME, 1.3))


def test_hill_is_logistic_in_the_decimal_logarithm_of_time() -> None:
    middle, steepness = 0.7, 2.2
    other = library.model("logistic_2").curve(TIME, -steepness * np.log(middle), steepness * np.log(10.0), 88.0)
    assert MODELS["hill"].curve(TIME, middle, steepness, 88.0) == pytest.approx(other)
    assert MODELS["hill"].curve(np.array([middle]), middle, steepness, 88.0)[0] == pytest.approx(44.0)


def test_kopcha_is_the_second_of_peppas_and_sahlin() -> None:
    other = library.model("peppas_sahlin_2").curve(TIME, 30.0, -4.0)
    assert MODELS["kopcha"].curve(TIME, 30.0, -4.0) == pytest.approx(other)


def test_two_pools_in_series_of_one_box_each() -> None:
    # two boxes emptied side by side, step by step
    fast, slow, share = 4.0, 0.3, 0.35
    boxes = solve_ivp(
        lambda _, held: [-fast * held[0], -slow * held[1]],
        (0.0, 3.0),
        [share, 1.0 - share],
        t_eval=TIME,
        rtol=1e-10,
        atol=1e-12,
    )
    left = boxes.y.sum(axis=0)
    curve = MODELS["biexponential"].curve
    assert curve(TIME, share, fast, slow) == pytest.approx(100.0 * (1.0 - left), abs=1e-6)
    lagged = MODELS["biexponential_tlag"].curve(TIME + 0.4, share, fast, slow, 0.4)
    assert lagged == pytest.approx(100.0 * (1.0 - left), abs=1e-6)
    assert MODELS["biexponential_tlag"].curve(np.array([0.1, 0.4]), share, fast, slow, 0.4).tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("id", "values", "other", "reduced"),
    [
        ("biexponential", (1.0, 2.0, 0.1), "first_order", (2.0,)),
        ("biexponential_fmax", (0.3, 2.0, 2.0, 70.0), "first_order_fmax", (2.0, 70.0)),
        ("double_weibull", (1.0, 0.5, 2.0, 3.0, 1.0), "weibull_2", (0.25, 2.0)),
        ("burst_first_order", (0.0, 2.0), "first_order", (2.0,)),
        ("burst_first_order_fmax", (0.0, 2.0, 60.0), "first_order_fmax", (2.0, 60.0)),
        ("burst_weibull", (0.0, 0.5, 2.0), "weibull_2", (0.25, 2.0)),
        ("burst_weibull_fmax", (0.0, 0.5, 2.0, 60.0), "weibull_3", (0.25, 2.0, 60.0)),
        ("burst_zero_order", (0.0, 5.0, 12.0), "zero_order", (12.0,)),
        ("burst_higuchi", (0.0, 5.0, 12.0), "higuchi", (12.0,)),
        ("burst_lag_weibull", (0.0, 5.0, 0.4, 0.5, 2.0), "weibull_1", (0.25, 2.0, 0.4)),
        ("gallagher_corrigan", (0.0, 5.0, 90.0, 6.0, 0.4), "logistic_3", (6.0, 0.4, 90.0)),
        ("gallagher_corrigan", (90.0, 5.0, 90.0, 6.0, 0.4), "first_order_fmax", (5.0, 90.0)),
        ("gallagher_corrigan_zero", (0.0, 5.0, 90.0, 6.0, 0.4), "autocatalytic", (6.0, 0.4, 90.0)),
    ],
)
def test_a_phase_left_out_gives_the_simpler_curve(
    id: str, values: tuple[float, ...], other: str, reduced: tuple[float, ...]
) -> None:
    assert MODELS[id].curve(TIME, *values) == pytest.approx(library.model(other).curve(TIME, *reduced), abs=1e-10)


@settings(max_examples=20, deadline=None)
@given(shares)
def test_pools_are_named_by_their_order(at: list[float]) -> None:
    for id in ("biexponential", "biexponential_fmax", "biexponential_tlag", "double_weibull"):
        model = MODELS[id]
        values = _values(model, at)
        assert model.ordered is not None
        ordered = [float(value) for value in model.ordered(*values)]
        assert ordered == pytest.approx(values)  # starts are in order already
        if id == "double_weibull":
            swapped = [1.0 - values[0], values[3], values[4], values[1], values[2]]
        else:
            swapped = [1.0 - values[0], values[2], values[1], *values[3:]]
        assert model.curve(TIME, *swapped) == pytest.approx(model.curve(TIME, *values), abs=1e-9)
        assert [float(value) for value in model.ordered(*swapped)] == pytest.approx(values)


def test_the_library_has_them() -> None:
    assert set(MODELS) <= set(library.GROUPS["empirical"])
    assert all(model.group == "empirical" and model.source for model in MODELS.values())
