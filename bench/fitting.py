"""Fitting and comparing profiles, side by side with lmfit, drux and openpkflow; the readings are invented.

All fit the same model to the same twelve readings, and how far the sum of squares of each lies above ours is told.
"""

import warnings
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from bench.measure import Row, best, not_installed, peer
from formulate.curves.library import model, models
from formulate.experiment.data import Profile, ReleaseData
from formulate.fitting.analysis import analyse
from formulate.fitting.fit import fit
from formulate.fitting.intervals import bootstrap
from formulate.fitting.points import points_of
from formulate.sampling import Array
from formulate.similarity.bootstrap import bootstrap_f2

REPEATS = 9
TIME = np.array([0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 12.0, 18.0, 24.0])  # h
MINUTES = np.array([5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0])
ONE_FIT, EVERY_FIT, F2, SIMULATED = 3.0, 500.0, 50.0, 2.0  # ms
OTHERS = ("first_order", "korsmeyer_peppas", "first_order_tlag_fmax", "weibull_4", "biexponential")


def warmed(action: Callable[[], object], repeats: int = REPEATS) -> float:
    """Give the shortest time after one run that fills what is kept [ms]."""
    action()
    return 1e3 * best(action, repeats)


def readings() -> Profile:
    """Give twelve readings of a Weibull release with an error of 1.5 points."""
    noise = 1.5 * np.random.default_rng(5).standard_normal(TIME.size)
    return Profile("bench", TIME, (100.0 * (1.0 - np.exp(-((TIME / 6.0) ** 0.8))) + noise)[None, :], ("1",))


def weibull(time: Array, alpha: float, beta: float) -> Array:
    """Give the share released [%]."""
    return np.asarray(100.0 * (1.0 - np.exp(-(time**beta) / alpha)))


def by_lmfit(released: Array) -> tuple[Callable[[], object], Callable[[], Array]] | None:
    """Give what fits with lmfit from one start, and what gives the curve it finds."""
    lmfit = peer("lmfit")
    if lmfit is None:
        return None
    other = lmfit.Model(weibull)
    start = other.make_params(alpha={"value": 5.0, "min": 1e-9}, beta={"value": 1.0, "min": 1e-9})
    return partial(other.fit, released, start, time=TIME), lambda: other.fit(released, start, time=TIME).best_fit


def by_drux(released: Array) -> tuple[Callable[[], object], Callable[[], Array]] | None:
    """Give the same with drux."""
    drux = peer("drux")
    if drux is None:
        return None

    def run() -> dict[str, float]:
        fitted: dict[str, float] = drux.CurveFit("weibull", TIME, released / 100.0, {"M": 1.0}).fit().parameters
        return fitted

    return run, lambda: weibull(TIME, 1.0 / run()["a"], run()["b"])


def by_openpkflow(released: Array) -> tuple[Callable[[], object], Callable[[], Array]] | None:
    """Give the same with openpkflow."""
    program = peer("openpkflow.dissolution.models")
    if program is None:
        return None
    run = partial(program.fit_dissolution_models, TIME.tolist(), released.tolist(), "a", ["weibull"])
    return run, lambda: np.array(run().best.fitted_values)


def fits() -> Iterator[Row]:
    """Measure one model, every model, and the bootstrap of one, beside the other programs."""
    profile = readings()
    points = points_of(profile, time_unit="h")
    ours = warmed(lambda: fit(points, model("weibull_2")))
    squares = fit(points, model("weibull_2")).criteria.ss
    yield Row("Weibull, 12 readings, many starts", ours, "ms", ONE_FIT, beside=f"sum of squares {squares:.6g}")
    for name, made in (
        ("lmfit", by_lmfit(points.released)),
        ("drux", by_drux(points.released)),
        ("openpkflow", by_openpkflow(points.released)),
    ):
        what = f"Weibull, 12 readings, beside {name} from one start"
        if made is None:
            yield not_installed(what)
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = warmed(made[0])
            above = float(((made[1]() - points.released) ** 2).sum()) / squares - 1.0
        yield Row(what, theirs / ours, "times", beside=f"{theirs:.3g} ms, sum of squares {above:+.0e} of ours")
    for id in OTHERS:
        taken = warmed(partial(fit, points, model(id)))
        yield Row(f"{model(id).name}, many starts", taken, "ms", ONE_FIT)
    every = models()
    yield Row(f"all {len(every)} models, many starts", warmed(lambda: [fit(points, one) for one in every], 3), "ms",
              EVERY_FIT)  # fmt: skip
    data = ReleaseData((profile,), "h", 3600.0)
    yield Row(f"analysis with all {len(every)} models", warmed(lambda: analyse(data), 3), "ms")
    found = fit(points, model("weibull_2"))
    yield Row("1000 bootstrap fits of Weibull", warmed(lambda: bootstrap(found, count=1000), 3), "ms")


def simulations() -> Iterator[Row]:
    """Measure 100 000 points of a curve."""
    times = np.linspace(0.0, 24.0, 100_000)
    taken = {}
    for id, values in (("weibull_2", (5.0, 0.8)), ("first_order", (0.2,)), ("baker_lonsdale", (0.02,))):
        taken[id] = warmed(partial(model(id).curve, times, *values))
        yield Row(f"100 000 points of {model(id).name}", taken[id], "ms", SIMULATED)
    what = "the Weibull points beside drux"
    drux = peer("drux")
    if drux is None:
        yield not_installed(what)
        return
    simulate = partial(drux.WeibullModel(M=1.0, a=0.2, b=0.8).simulate, duration=24.0, time_step=24.0 / 99_999)
    theirs = warmed(simulate, 2)
    curve = 0.01 * model("weibull_2").curve(times, 5.0, 0.8)
    off = np.abs(np.asarray(simulate()) - curve).max()
    yield Row(what, theirs / taken["weibull_2"], "times", beside=f"{theirs:.3g} ms, largest difference {off:.0e}")


def similarity() -> Iterator[Row]:
    """Measure the bootstrap of f2 over twelve units each."""
    generator = np.random.default_rng(8)
    curve = 100.0 * (1.0 - np.exp(-MINUTES / 17.0))
    reference = curve + 2.0 * generator.standard_normal((12, MINUTES.size))
    test = curve - 4.0 + 2.0 * generator.standard_normal((12, MINUTES.size))
    ours = warmed(lambda: bootstrap_f2(reference, test, time=MINUTES))
    yield Row("10 000 bootstrap f2", ours, "ms", F2)
    what = "10 000 bootstrap f2 beside openpkflow"
    program = peer("openpkflow.dissolution.bootstrap")
    if program is None:
        yield not_installed(what)
        return
    theirs = 10.0 * warmed(lambda: program.bootstrap_f2(reference, test, n_replicates=1000, seed=1), 2)
    f2 = program.bootstrap_f2(reference, test, n_replicates=1000, seed=1).f2_observed
    difference = abs(f2 - bootstrap_f2(reference, test, time=MINUTES, count=1000).main.value)
    yield Row(what, theirs / ours, "times", beside=f"{theirs:.3g} ms, ten times 1000; f2 {f2:.2f}, difference "
              f"{difference:.0e}")  # fmt: skip


def rows() -> Iterator[Row]:
    """Give fits, simulated points and similarity."""
    yield from fits()
    yield from simulations()
    yield from similarity()
