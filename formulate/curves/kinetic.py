"""Release by rate laws beyond those of DDSolver: of any order, autocatalytic, saturating, from two pools."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from formulate.curves import composite, erosion
from formulate.curves.law import LEAST, MOST, RATES, Law, close_together, logarithm, make, product
from formulate.curves.model import Floats, Model, Parameter

Slopes = tuple[Any, tuple[Any, ...], Any]

GENERAL_USE = "form from general use, not checked against a paper"
NEARLY_FIRST = 1e-3  # of (1 - a) k t: below it a power series keeps the digits that its closed form loses
LARGEST_LOGARITHM = 700.0  # its exponential is a number


def _saturation(time: Floats, middle: Any, steepness: Any) -> tuple[Any, Any]:
    """Give t^n/(t50^n + t^n), and ln(t/t50)."""
    of_time = logarithm(time) - np.log(middle)
    odds = np.exp(np.clip(-steepness * of_time, -LARGEST_LOGARITHM, LARGEST_LOGARITHM))
    return np.where(time > 0.0, 1.0 / (1.0 + odds), 0.0), of_time


def _hill(time: Floats, middle: Any, steepness: Any) -> Any:
    return 100.0 * _saturation(time, middle, steepness)[0]


def _hill_slopes(time: Floats, middle: Any, steepness: Any) -> Slopes:
    share, of_time = _saturation(time, middle, steepness)
    slope = 100.0 * share * (1.0 - share)  # by n ln(t/t50)
    return 100.0 * share, (-slope * steepness / middle, slope * of_time), slope * steepness / time


def _second_order(time: Floats, rate: Any) -> Any:
    reacted = rate * time
    return 100.0 * (reacted / (1.0 + reacted))


def _second_order_slopes(time: Floats, rate: Any) -> Slopes:
    left = 1.0 / (1.0 + rate * time)
    return 100.0 * rate * time * left, (100.0 * time * left * left,), 100.0 * rate * left * left


def _logarithm_left(gone: Any, rest: Any) -> tuple[Any, Any]:
    """Give -ln(1 - u)/u and [u/(1 - u) + ln(1 - u)]/u^2 for u = `gone` < 1, with `rest` = 1 - u."""
    small = np.abs(gone) < NEARLY_FIRST
    safe = np.where(small, 1.0, gone)
    log_rest = np.log(rest)
    series = 1.0 + gone * (1 / 2 + gone * (1 / 3 + gone * (1 / 4 + gone * (1 / 5 + gone / 6))))
    slope = 1 / 2 + gone * (2 / 3 + gone * (3 / 4 + gone * (4 / 5 + gone * (5 / 6 + gone * 6 / 7))))
    first = np.where(small, series, -log_rest / safe)
    return first, np.where(small, slope, (gone / rest + log_rest) / (safe * safe))


def _nth_order_slopes(time: Floats, rate: Any, order: Any) -> Slopes:
    gone = (1.0 - order) * rate * time
    remains = gone < 1.0
    gone = np.where(remains, gone, 0.0)
    rest = 1.0 - gone
    first, second = _logarithm_left(gone, rest)
    passed = rate * time
    left = np.where(remains, 100.0 * np.exp(-passed * first), 0.0)
    pace = left / rest
    return 100.0 - left, (pace * time, -left * passed * passed * second), pace * rate


def _nth_order(time: Floats, rate: Any, order: Any) -> Any:
    gone = (1.0 - order) * rate * time
    remains = gone < 1.0
    gone = np.where(remains, gone, 0.0)
    first, _ = _logarithm_left(gone, 1.0 - gone)
    return np.where(remains, -100.0 * np.expm1(-rate * time * first), 100.0)


def _autocatalytic(time: Floats, rate: Any, middle: Any) -> Any:
    return 100.0 * composite.autocatalytic(time, rate, middle)


def _autocatalytic_slopes(time: Floats, rate: Any, middle: Any) -> Slopes:
    share, by_rate, by_middle = composite.autocatalytic_slopes(time, rate, middle)
    return 100.0 * share, (100.0 * by_rate, 100.0 * by_middle), None


def _biexponential(time: Floats, share: Any, fast: Any, slow: Any) -> Any:
    at_once, later = composite.first_order(time, fast), composite.first_order(time, slow)
    return 100.0 * (later + share * (at_once - later))


def _biexponential_slopes(time: Floats, share: Any, fast: Any, slow: Any) -> Slopes:
    first, by_fast, first_pace = composite.first_order_slopes(time, fast)
    second, by_slow, second_pace = composite.first_order_slopes(time, slow)
    kept, other = 100.0 * share, 100.0 * (1.0 - share)
    slopes = 100.0 * (first - second), kept * by_fast, other * by_slow
    # a lag moves both pools; where they begin, the pace is that of the first moment
    started = time > 0.0
    pace = np.where(started, kept * first_pace + other * second_pace, 0.0)
    return kept * first + other * second, slopes, pace


def _double_weibull(time: Floats, share: Any, early: Any, first: Any, late: Any, second: Any) -> Any:
    one, two = composite.weibull(time, early, first), composite.weibull(time, late, second)
    return 100.0 * (two + share * (one - two))


def _double_weibull_slopes(time: Floats, share: Any, early: Any, first: Any, late: Any, second: Any) -> Slopes:
    one, *of_one, _ = composite.weibull_slopes(time, early, first)
    two, *of_two, _ = composite.weibull_slopes(time, late, second)
    kept, other = 100.0 * share, 100.0 * (1.0 - share)
    slopes = 100.0 * (one - two), *(kept * slope for slope in of_one), *(other * slope for slope in of_two)
    return kept * one + other * two, slopes, None


def _kopcha(time: Floats, diffusion: Any, erosion: Any) -> Any:
    return diffusion * np.sqrt(time) + erosion * time


def _kopcha_slopes(time: Floats, diffusion: Any, erosion: Any) -> Slopes:
    root = np.sqrt(time)
    return diffusion * root + erosion * time, (root, time), 0.5 * diffusion / root + erosion


def _fast_first(share: Any, fast: Any, slow: Any) -> tuple[Any, Any, Any]:
    """Give the same curve with the faster pool named first."""
    swapped = fast < slow
    return np.where(swapped, 1.0 - share, share), np.maximum(fast, slow), np.minimum(fast, slow)


def _early_first(share: Any, early: Any, first: Any, late: Any, second: Any) -> tuple[Any, ...]:
    """Give the same curve with the earlier pool named first."""
    swapped = early > late
    return (
        np.where(swapped, 1.0 - share, share),
        np.minimum(early, late),
        np.where(swapped, second, first),
        np.maximum(early, late),
        np.where(swapped, first, second),
    )


SHARES = (0.15, 0.35, 0.6, 0.85)  # to start from where the plateau is solved for
SHARE = Parameter("f", "share of the first pool", "", "linear", 0.0, 1.0)


def _two_rates(rates: tuple[float, ...]) -> Floats:
    """Give every pair of a faster and a slower rate to start from, their shares to be solved for."""
    return np.array([(np.nan, fast, slow) for slow, fast in itertools.combinations(sorted(rates), 2)])


def _two_rises() -> Floats:
    """Give every pair of an earlier and a later rise to start from, some steep, their shares to be solved for."""
    gentle = product(np.array([[0.008], [0.04], [0.15], [0.5], [1.3]]), np.array([[0.5], [1.0], [2.2]]))
    steep = product(np.array([[0.1], [0.2], [0.33], [0.48], [0.65], [0.8], [0.95]]), np.array([[6.0], [30.0]]))
    rises = [tuple(row) for row in np.vstack([gentle, steep]).tolist()]
    return np.array([(np.nan, *early, *late) for early, late in itertools.combinations(sorted(rises), 2)])


def _rate(name: str, meaning: str, grid: tuple[float, ...]) -> Parameter:
    return Parameter(name, meaning, "1/{t}", "log", LEAST, MOST, grid)


def _time(name: str, meaning: str, grid: tuple[float, ...]) -> Parameter:
    return Parameter(name, meaning, "{t}", "log", LEAST, MOST, grid)


HILL = Law(
    (
        _time("t50", "time at which half of Fmax is released", tuple(np.geomspace(0.005, 50.0, 13).tolist())),
        Parameter("n", "steepness", "", "log", 1e-6, 100.0, (0.2, 0.4, 0.7, 1.0, 1.6, 2.7, 5.0, 12.0)),
    ),
    _hill,
    _hill_slopes,
    lambda longer, middle, steepness: (middle / longer, steepness),
    "Hill 1910, J. Physiol. 40 (Suppl.), iv (form, for oxygen on haemoglobin)",
    "no mechanism; the curve of Logistic_2 with a time in place of alpha: beta = n ln 10, alpha = -n ln t50",
    candidates=np.vstack(
        [
            product(np.geomspace(0.003, 100.0, 16)[:, None], np.geomspace(0.1, 25.0, 11)[:, None]),
            np.column_stack(close_together((4.0, 7.0, 11.0, 18.0), 0.03)),
        ]
    ),
)
SECOND_ORDER = Law(
    (_rate("k2", "share of the drug released per time at the start", RATES),),
    _second_order,
    _second_order_slopes,
    lambda longer, rate: (rate * longer,),
    GENERAL_USE,
    "the rate is in proportion to the square of what is left; with Fmax the pseudo-second-order law of sorption",
)
NTH_ORDER = Law(
    (
        _rate("k", "share of the drug released per time at the start", tuple(np.geomspace(0.02, 200.0, 14).tolist())),
        Parameter(
            "a",
            "order: 0 constant rate, 1/2 cylinder, 2/3 sphere that erodes, 1 first order, above 1 a long tail",
            "",
            "linear",
            -50.0,
            50.0,
            (-2.0, -0.5, 0.2, 0.67, 1.0, 1.5, 2.5, 4.0, 8.0),
        ),
    ),
    _nth_order,
    _nth_order_slopes,
    lambda longer, rate, order: (rate * longer, order),
    GENERAL_USE,
    "the rate is in proportion to a power of what is left; for a < 1 Hopfenberg with n = 1/(1 - a), kHB = (1 - a) k",
)
AUTOCATALYTIC = Law(
    (
        _rate("k", "rate of the rise", (0.5, 2.0, 4.0, 7.0, 12.0, 25.0, 60.0)),
        Parameter(
            "tm",
            "time of the fastest release; below 0: it is fastest at the start",
            "{t}",
            "linear",
            -1000.0,
            10.0,
            (-1.0, -0.2, 0.05, 0.15, 0.3, 0.45, 0.6, 0.8, 1.0, 1.5),
        ),
    ),
    _autocatalytic,
    _autocatalytic_slopes,
    lambda longer, rate, middle: (rate * longer, middle / longer),
    "logistic curve less what it begins with; of the kind of Prout and Tompkins 1944, Trans. Faraday Soc. 40, 488",
    "the rate is in proportion to what is left, times a part that grows with what has reacted, as where acid "
    "speeds up the hydrolysis that makes it",
)
BIEXPONENTIAL = Law(
    (
        replace(SHARE, meaning="share of the fast pool"),
        _rate("kfast", "rate of the fast pool", (2.5, 8.0, 25.0, 100.0, 500.0)),
        _rate("kslow", "rate of the slow pool", (1e-3, 0.05, 0.3, 0.8, 2.0)),
    ),
    _biexponential,
    _biexponential_slopes,
    lambda longer, share, fast, slow: (share, fast * longer, slow * longer),
    GENERAL_USE,
    "two pools side by side, each of first order; kfast > kslow, as the curve is the same with both swapped",
    candidates=_two_rates(RATES),
    coarse=_two_rates(tuple(np.geomspace(0.02, 1000.0, 11).tolist())),
)
BIEXPONENTIAL_FMAX = replace(
    BIEXPONENTIAL,
    parameters=(replace(BIEXPONENTIAL.parameters[0], grid=SHARES), *BIEXPONENTIAL.parameters[1:]),
    candidates=product(np.array(SHARES)[:, None], _two_rates(tuple(np.geomspace(0.02, 1000.0, 15).tolist()))[:, 1:]),
)
DOUBLE_WEIBULL = Law(
    (
        replace(SHARE, meaning="share of the early pool"),
        _time("Td1", "time of 63.2 % of the early pool", (0.01, 0.06, 0.25)),
        Parameter("beta1", "shape of the early pool", "", "log", 1e-6, 100.0, (0.6, 1.0, 2.5)),
        _time("Td2", "time of 63.2 % of the late pool", (0.4, 0.8, 2.5)),
        Parameter("beta2", "shape of the late pool", "", "log", 1e-6, 100.0, (0.7, 1.5, 4.0)),
    ),
    _double_weibull,
    _double_weibull_slopes,
    lambda longer, share, early, first, late, second: (share, early / longer, first, late / longer, second),
    GENERAL_USE,
    "no mechanism; five parameters ask for well over ten readings; Td1 < Td2, as the curve is the same with both "
    "swapped",
    candidates=_two_rises(),
)
KOPCHA = Law(
    (
        Parameter("A", "diffusion", "%/{t}^0.5"),
        Parameter("B", "erosion", "%/{t}"),
    ),
    _kopcha,
    _kopcha_slopes,
    lambda longer, diffusion, erosion: (diffusion * longer**0.5, erosion * longer),
    "Kopcha, Lordi and Tojo 1991, J. Pharm. Pharmacol. 43, 382 (equation from general use)",
    "the curve of Peppas-Sahlin_2; A over B tells diffusion from erosion",
    monotone=False,
)


def _orders(time: Floats, released: Floats) -> Floats:
    """Give rates and orders to start from: below first order those of Hopfenberg's law."""
    eroded = erosion.near_readings(time, released)
    below = np.column_stack([eroded[:, 0] * eroded[:, 1], 1.0 - 1.0 / eroded[:, 1]])
    rates = np.geomspace(0.02, 200.0, 14)[:, None] / float(time.max())
    return np.vstack([below, product(rates, np.array([[1.0], [1.5], [2.5], [4.0], [8.0]]))])


def _model(law: Law, id: str, name: str, equation: str, *, lag: str = "", plateau: bool = False) -> Model:
    model = make(law, 0, id, name, equation, lag=lag, plateau=plateau)
    order = _ORDER.get(id.partition("_tlag")[0].partition("_fmax")[0])
    own = len(law.parameters)

    def ordered(*values: Any) -> tuple[Any, ...]:
        assert order is not None
        return (*order(*values[:own]), *values[own:])

    return replace(model, group="empirical", number=None, source=law.source, ordered=ordered if order else None)


_ORDER: dict[str, Callable[..., tuple[Any, ...]]] = {"biexponential": _fast_first, "double_weibull": _early_first}


MODELS = (
    _model(HILL, "hill", "Hill", "F = Fmax t^n/(t50^n + t^n)", plateau=True),
    _model(SECOND_ORDER, "second_order", "Second-order", "F = 100 k2 t/(1 + k2 t)"),
    _model(SECOND_ORDER, "second_order_fmax", "Second-order with Fmax", "F = Fmax k2 t/(1 + k2 t)", plateau=True),
    replace(
        _model(NTH_ORDER, "nth_order", "n-th order", "F = 100 {1 - [1 - (1 - a) k t]^[1/(1 - a)]}"), starts=_orders
    ),
    _model(
        AUTOCATALYTIC,
        "autocatalytic",
        "Autocatalytic (logistic from zero)",
        "F = Fmax [1 - exp(-k t)]/{1 + exp[-k (t - tm)]}",
        plateau=True,
    ),
    _model(
        BIEXPONENTIAL,
        "biexponential",
        "Biexponential",
        "F = 100 {f [1 - exp(-kfast t)] + (1 - f) [1 - exp(-kslow t)]}",
    ),
    _model(
        BIEXPONENTIAL_FMAX,
        "biexponential_fmax",
        "Biexponential with Fmax",
        "F = Fmax {f [1 - exp(-kfast t)] + (1 - f) [1 - exp(-kslow t)]}",
        plateau=True,
    ),
    _model(
        BIEXPONENTIAL,
        "biexponential_tlag",
        "Biexponential with Tlag",
        "F = 100 {f [1 - exp(-kfast (t - Tlag))] + (1 - f) [1 - exp(-kslow (t - Tlag))]}",
        lag="Tlag",
    ),
    _model(
        DOUBLE_WEIBULL,
        "double_weibull",
        "Double Weibull",
        "F = 100 (f {1 - exp[-(t/Td1)^beta1]} + (1 - f) {1 - exp[-(t/Td2)^beta2]})",
    ),
    _model(KOPCHA, "kopcha", "Kopcha", "F = A t^0.5 + B t"),
)
