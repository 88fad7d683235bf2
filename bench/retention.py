"""Speed of retention, each against what a person would otherwise use, in one run.

python -m bench.retention

Every number is per draw, of processor time, so that what else runs on the machine counts little. The rates are
invented; they lie as far apart as those of a joint. Rows of other solvers: write a function that prints them, and name
it in `main`.
"""

import time
import tomllib
from collections.abc import Callable
from unittest.mock import patch

import numpy as np
from scipy.integrate import odeint, solve_ivp

from formulate.examples import text
from formulate.formulation import Question, build
from formulate.pipeline import predict
from formulate.retention import joint, stiff
from formulate.retention.linear import LinearSystem, system
from formulate.sampling import Array, Draws

DRAWS, TIMES, CARRIERS, REPEATS = 1024, 240, 10, 7
ALONE = 12  # draws given to a solver that takes one at a time
TIME = np.concatenate([[0.0], np.geomspace(10.0, 180 * 86400.0, TIMES - 1)])
PLACES = ("depot", "fluid", "synovium", "cartilage", "plasma")


def best(action: Callable[[], object], repeats: int = REPEATS) -> float:
    """Give the shortest processor time of several runs [s]."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return min(times)


def row(label: str, seconds: float, draws: int, yardstick: float | None = None, what: str = "") -> float:
    """Print one measurement per draw, with its ratio to a yardstick of the same run; give it."""
    per_draw = seconds / draws
    ratio = f", {yardstick / per_draw:.0f} times as fast as {what}" if yardstick else ""
    print(f"{label}: {per_draw * 1e6:.3g} us a draw{ratio}")
    return per_draw


def site() -> LinearSystem:
    """Give five compartments with rates of a knee, each draw its own."""
    generator = np.random.default_rng(7)

    def rate(typical: float) -> Array:
        return typical * 10 ** (0.3 * generator.standard_normal(DRAWS))

    return system(
        PLACES,
        {
            ("depot", "fluid"): rate(1e-6),
            ("fluid", "synovium"): rate(1e-3),
            ("synovium", "fluid"): rate(5e-4),
            ("fluid", "cartilage"): rate(2e-5),
            ("cartilage", "fluid"): rate(5e-6),
            ("synovium", "plasma"): rate(5e-4),
            ("plasma", "synovium"): rate(1e-7),
            ("fluid", "plasma"): rate(5e-5),
        },
        {"plasma": rate(1e-4), ("depot", "degraded"): rate(1e-7)},
    )


def linear_site() -> float:
    """Measure five linear compartments against LSODA, one draw at a time, at a relative tolerance of 1e-6; give it."""
    knee = site()
    matrix = knee.matrix
    bolus = {"depot": np.ones(TIMES)}
    released = 1.0 - np.exp(-TIME / 1e6)
    release = {"depot": np.broadcast_to(released, (DRAWS, TIMES)), "fluid": 0.2 * released[None] + np.zeros((DRAWS, 1))}
    start = np.eye(5)[0]

    def ivp() -> list[Array]:
        return [
            solve_ivp(lambda t, y, m=m: m @ y, (0.0, TIME[-1]), start, "LSODA", t_eval=TIME, rtol=1e-6, atol=1e-9).y
            for m in matrix[:ALONE]
        ]

    def older() -> list[Array]:
        return [
            odeint(lambda y, t, m=m: m @ y, start, TIME, Dfun=lambda y, t, m=m: m, rtol=1e-6, atol=1e-9)
            for m in matrix[:ALONE]
        ]

    lsoda = row("LSODA (solve_ivp), 5 compartments, 240 times", best(ivp, 3), ALONE)
    quick = row("LSODA (odeint, Jacobian given), the same", best(older, 3), ALONE)
    modes = row("modes of the site, once for all carriers", best(site), DRAWS)
    for label, arrivals in (("a bolus", bolus), ("a release into two compartments", release)):
        seconds = row(
            f"exact amounts and losses after {label}",
            best(lambda arrivals=arrivals: knee.amounts(TIME, arrivals)),  # type: ignore[misc]
            DRAWS,
        )
        each = modes / CARRIERS + seconds
        print(
            f"  with a tenth of the modes (10 carriers): {each * 1e6:.3g} us a draw, {lsoda / each:.0f} times as fast "
            f"as solve_ivp, {quick / each:.0f} times as odeint, both of a bolus"
        )
    ours = np.stack([part[:ALONE] for part in knee.amounts(TIME, bolus).inside.values()], axis=1)
    print(f"  largest difference from solve_ivp: {np.abs(ours - np.array(ivp())).max():.1g} of the dose")
    slow = LinearSystem(knee.names, knee.transfers[:ALONE], knee.losses[:ALONE], knee.routes)
    slow._modes.usable[:] = False  # as if all rates were equal
    row("the same stepped without modes", best(lambda: slow.amounts(TIME, bolus), 3), ALONE, lsoda, "solve_ivp")
    return lsoda


def saturable_site() -> None:
    """Measure clearance that saturates, all draws in one system against one at a time, at a tolerance of 1e-6."""
    generator = np.random.default_rng(8)
    exchange, back, most, half = (10 ** generator.normal(mean, 0.3, DRAWS) for mean in (-3.5, -4.0, -4.5, -1.0))

    def rates(which: slice) -> stiff.Rates:
        k12, k21, vmax, km = exchange[which], back[which], most[which], half[which]

        def slope(t: float, amounts: Array) -> Array:
            blood, tissue = amounts.T
            crossing = k12 * blood - k21 * tissue
            return np.stack([-crossing - vmax * blood / (km + blood), crossing], axis=1)

        return slope

    one = np.array([[1.0, 0.0]])

    def alone() -> None:
        for i in range(ALONE):
            stiff.solve(rates(slice(i, i + 1)), one, TIME, rtol=1e-6, atol=1e-9)

    single = row("saturable clearance, 2 compartments, draw by draw", best(alone, 3), ALONE)
    together = best(lambda: stiff.solve(rates(slice(None)), np.repeat(one, DRAWS, 0), TIME, rtol=1e-6, atol=1e-9), 3)
    row("the same, 1024 draws side by side", together, DRAWS, single, "draw by draw")


def knee(yardstick: float) -> None:
    """Measure the solver of the knee on what a whole prediction hands to it."""
    question = build(Question, tomllib.loads(text("dasatinib-knee.toml")), "example")
    for id in ("free-drug-solution", "plga-microsphere-in-hyaluronic-acid-hydrogel"):
        with patch.object(joint, "solve", wraps=joint.solve) as watched:
            predict(question.formulation(id), Draws(DRAWS))
        call = watched.call_args
        seconds = best(lambda call=call: joint.solve(*call.args, **call.kwargs), 3)  # type: ignore[misc]
        row(f"the knee as it is, {id}, {len(call.args[0])} times", seconds, DRAWS, yardstick, "solve_ivp above")


def main() -> None:
    """Print one row per measurement."""
    yardstick = linear_site()
    saturable_site()
    knee(yardstick)


if __name__ == "__main__":
    main()
