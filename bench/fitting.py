"""Speed of fitting and of comparing profiles, side by side with what else there is, in one run.

python -m bench.fitting

lmfit, drux and openpkflow are measured where they are installed (`pip install lmfit drux openpkflow`); nothing needs
them. The readings are invented.
"""

import importlib
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from formulate.curves.library import model, models
from formulate.experiment.data import Profile, ReleaseData
from formulate.fitting.analysis import analyse
from formulate.fitting.fit import fit
from formulate.fitting.intervals import bootstrap
from formulate.fitting.points import points_of
from formulate.similarity.bootstrap import bootstrap_f2

REPEATS = 9
TIME = np.array([0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 12.0, 18.0, 24.0])
MINUTES = np.array([5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0])


def best(action: Callable[[], object]) -> float:
    """Give the shortest time of several runs [s]."""
    action()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def peer(name: str) -> Any:
    """Give another program, or None where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def row(label: str, seconds: float, yardstick: float | None = None, what: str = "") -> None:
    """Print one measurement, with its ratio to a yardstick of the same run."""
    ratio = f", {yardstick / seconds:.1f} times as fast as {what}" if yardstick else ""
    print(f"{label}: {seconds * 1e3:.3g} ms{ratio}")


def readings() -> Profile:
    """Give twelve readings of a Weibull release with an error of 1.5 points."""
    noise = 1.5 * np.random.default_rng(5).standard_normal(TIME.size)
    return Profile("bench", TIME, (100.0 * (1.0 - np.exp(-((TIME / 6.0) ** 0.8))) + noise)[None, :], ("1",))


def fits() -> None:
    """Measure one model, every model, and the bootstrap of one."""
    profile = readings()
    points = points_of(profile, time_unit="h")
    weibull = model("weibull_2")
    ours = best(lambda: fit(points, weibull))
    lmfit = peer("lmfit")
    theirs = None
    if lmfit is not None:
        other = lmfit.Model(lambda t, alpha, beta: 100.0 * (1.0 - np.exp(-(t**beta) / alpha)))
        start = other.make_params(alpha={"value": 5.0, "min": 1e-9}, beta={"value": 1.0, "min": 1e-9})
        theirs = best(lambda: other.fit(points.released, start, t=points.time))
        row("lmfit, Weibull, 12 readings, one start", theirs)
    row("Weibull, 12 readings, many starts", ours, theirs, "lmfit from one start")
    for id in ("first_order", "first_order_tlag_fmax", "korsmeyer_peppas", "weibull_4", "biexponential"):
        row(f"{id}, 12 readings, many starts", best(lambda id=id: fit(points, model(id))))  # type: ignore[misc]
    every = models()

    def all_models() -> None:
        for one in every:
            fit(points, one)

    row(f"all {len(every)} models, many starts", best(all_models))
    data = ReleaseData((profile,), "h", 3600.0)
    row(f"analysis with all {len(every)} models", best(lambda: analyse(data)))
    found = fit(points, weibull)
    row("1000 bootstrap fits of Weibull", best(lambda: bootstrap(found, count=1000)))
    drux = peer("drux")
    if drux is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = best(lambda: drux.CurveFit("weibull", TIME, points.released / 100, {"M": 1.0}).fit())
        row("drux, Weibull, 12 readings, one start", theirs)
    openpkflow = peer("openpkflow.dissolution.models")
    if openpkflow is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = best(
                lambda: openpkflow.fit_dissolution_models(TIME.tolist(), points.released.tolist(), "a", ["weibull"])
            )
        row("openpkflow, Weibull, 12 readings, one start", theirs)


def simulations() -> None:
    """Measure 100 000 points of a curve."""
    times = np.linspace(0.0, 24.0, 100_000)
    for id, values in (("weibull_2", (5.0, 0.8)), ("first_order", (0.2,)), ("baker_lonsdale", (0.02,))):
        one = model(id)
        row(f"100 000 points of {id}", best(lambda one=one, values=values: one.curve(times, *values)))  # type: ignore[misc]
    drux = peer("drux")
    if drux is not None:
        theirs = drux.WeibullModel(M=1.0, a=0.2, b=0.8)
        row("drux, 100 000 points of Weibull", best(lambda: theirs.simulate(duration=24.0, time_step=24.0 / 99_999)))


def similarity() -> None:
    """Measure the bootstrap of f2 over twelve units each."""
    generator = np.random.default_rng(8)
    curve = 100.0 * (1.0 - np.exp(-MINUTES / 17.0))
    reference = curve + 2.0 * generator.standard_normal((12, MINUTES.size))
    test = curve - 4.0 + 2.0 * generator.standard_normal((12, MINUTES.size))
    openpkflow = peer("openpkflow.dissolution.bootstrap")
    theirs = None
    if openpkflow is not None:
        theirs = best(lambda: openpkflow.bootstrap_f2(reference, test, n_replicates=1000, seed=1)) * 10.0
        row("openpkflow, 10 000 bootstrap f2 (ten times 1000)", theirs)
    row("10 000 bootstrap f2", best(lambda: bootstrap_f2(reference, test, time=MINUTES)), theirs, "openpkflow")


def main() -> None:
    """Print one row per measurement."""
    fits()
    simulations()
    similarity()


if __name__ == "__main__":
    main()
