"""Retention beside LSODA, what a person would otherwise use.

Numbers are per draw, of processor time, so that what else runs on the machine counts little. The rates are invented;
they lie as far apart as those of a joint.
"""

import tomllib
from collections.abc import Iterator
from unittest.mock import patch

import numpy as np
from scipy.integrate import odeint, solve_ivp

from bench.measure import Row, best
from formulate.examples import text
from formulate.formulation import Question, build
from formulate.pipeline import predict
from formulate.retention import joint, stiff
from formulate.retention.linear import LinearSystem, system
from formulate.sampling import Array, Draws

BAR = 100.0  # times as fast as LSODA at a relative tolerance of 1e-6
DRAWS, TIMES, CARRIERS, REPEATS = 1024, 240, 10, 5
ALONE = 12  # draws given to a solver that takes one at a time
TIME = np.concatenate([[0.0], np.geomspace(10.0, 180 * 86400.0, TIMES - 1)])
PLACES = ("depot", "fluid", "synovium", "cartilage", "plasma")


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


def linear_site() -> Iterator[Row]:
    """Measure five linear compartments against LSODA, one draw at a time, at a relative tolerance of 1e-6."""
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

    lsoda, quick, modes = best(ivp) / ALONE, best(older) / ALONE, best(site, REPEATS) / DRAWS
    ours = np.stack([part[:ALONE] for part in knee.amounts(TIME, bolus).inside.values()], axis=1)
    off = np.abs(ours - np.array(ivp())).max()
    settings = f"{len(PLACES)} compartments, {TIMES} times"
    yield Row("modes of a linear site, a draw", 1e6 * modes, "us", beside="once for all carriers of a comparison")
    for label, arrivals in (("a bolus", bolus), ("a release into two compartments", release)):
        each = modes / CARRIERS + best(lambda a=arrivals: knee.amounts(TIME, a), REPEATS) / DRAWS  # type: ignore[misc]
        yield Row(f"linear site after {label}, a draw", 1e6 * each, "us", beside=f"{settings}, a tenth of the modes")
        what = f"linear site after {label} beside solve_ivp (LSODA) of a bolus"
        yield Row(what, lsoda / each, "times", BAR, at_least=True, beside=(
            f"{1e3 * lsoda:.3g} ms, largest difference {off:.0e} of the dose; odeint with the Jacobian "
            f"{1e3 * quick:.3g} ms, {quick / each:.0f} times"
        ))  # fmt: skip
    slow = LinearSystem(knee.names, knee.transfers[:ALONE], knee.losses[:ALONE], knee.routes)
    slow._modes.usable[:] = False  # as if all rates were equal
    stepped = best(lambda: slow.amounts(TIME, bolus)) / ALONE
    yield Row("linear site where rates are equal (stepped) beside solve_ivp", lsoda / stepped, "times",
              beside=f"{1e6 * stepped:.3g} us a draw")  # fmt: skip
    yield from knee_as_it_is(lsoda)


def saturable_site() -> Iterator[Row]:
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

    def alone() -> list[Array]:
        return [stiff.solve(rates(slice(i, i + 1)), one, TIME, rtol=1e-6, atol=1e-9)[0] for i in range(ALONE)]

    def together() -> Array:
        return np.asarray(stiff.solve(rates(slice(None)), np.repeat(one, DRAWS, 0), TIME, rtol=1e-6, atol=1e-9))

    def ivp() -> list[Array]:
        found = []
        for i in range(ALONE):
            own = rates(slice(i, i + 1))

            def slope(t: float, y: Array, own: stiff.Rates = own) -> Array:
                return own(t, y[None])[0]

            found.append(solve_ivp(slope, (0.0, TIME[-1]), one[0], "LSODA", TIME, rtol=1e-6, atol=1e-9).y)
        return found

    lsoda, single, each = best(ivp) / ALONE, best(alone) / ALONE, best(together, 2) / DRAWS
    off = np.abs(together()[:ALONE] - np.array(ivp())).max()
    yield Row("clearance that saturates beside solve_ivp (LSODA)", lsoda / each, "times", beside=(
        f"{1e6 * each:.3g} us a draw of {DRAWS} side by side, largest difference {off:.0e} of the dose; draw by draw "
        f"{1e3 * single:.3g} ms"
    ))  # fmt: skip


def knee_as_it_is(lsoda: float) -> Iterator[Row]:
    """Measure the solver of the knee on what a whole prediction hands to it."""
    question = build(Question, tomllib.loads(text("dasatinib-knee.toml")), "example")
    for id in ("free-drug-solution", "plga-microsphere-in-hyaluronic-acid-hydrogel"):
        with patch.object(joint, "solve", wraps=joint.solve) as watched:
            predict(question.formulation(id), Draws(DRAWS))
        call = watched.call_args
        each = best(lambda call=call: joint.solve(*call.args, **call.kwargs)) / DRAWS  # type: ignore[misc]
        yield Row(f"the knee as it is, {id.replace('-', ' ')}, a draw", 1e6 * each, "us", beside=(
            f"{len(call.args[0])} times; {lsoda / each:.0f} times as fast as solve_ivp of the five compartments above"
        ))  # fmt: skip


def rows() -> Iterator[Row]:
    """Give linear and saturable sites, and the knee."""
    yield from linear_site()
    yield from saturable_site()
