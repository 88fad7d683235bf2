"""How long it stays, proved: compartments by textbook forms, slabs by Crank's series, sums of mass, other solvers."""

from decimal import Decimal, localcontext
from typing import Any

import numpy as np
from scipy import integrate, special, stats

from formulate import exposure
from formulate.retention import blood, bone, cord, linear, particles, slab_forms, stiff
from formulate.retention.slab import SlabCourse, solve_slab
from formulate.retention.slab_layers import Bath, Closed, Layer, StirredBath
from formulate.validation.case import Cases, Pair
from formulate.validation.other_ways import Array, root, stepped
from formulate.validation.worked import worked

cases = Cases("retention")
cases.add(*worked("retention"))

HOUR, DAY = 3600.0, 86400.0
DAYS = np.concatenate([[0.0], np.geomspace(10.0, 60 * DAY, 40)])
LENGTH, SPEED = 2e-3, 1e-10
UNIT = LENGTH**2 / SPEED
TIME = np.concatenate([[0.0], np.geomspace(3e-4, 3.0, 120)]) * UNIT


@cases.proves("exact", absolute=1e-12, source="gibaldi1982", origin="sum of two exponentials, in alpha and beta")
def two_compartments_after_a_bolus() -> Pair:
    """Amounts in plasma and in a deep compartment over 60 days"""
    k12, k21, k10 = 2.0 / HOUR, 0.5 / HOUR, 0.3 / HOUR
    total, product = k12 + k21 + k10, k21 * k10
    alpha = (total + np.sqrt(total**2 - 4 * product)) / 2
    beta = product / alpha
    fast, slow = np.exp(-alpha * DAYS), np.exp(-beta * DAYS)
    central = ((alpha - k21) * fast + (k21 - beta) * slow) / (alpha - beta)
    deep = k12 * (slow - fast) / (alpha - beta)
    body = linear.system(["central", "deep"], {("central", "deep"): k12, ("deep", "central"): k21}, {"central": k10})
    found = body.amounts(DAYS, {"central": np.ones_like(DAYS)}).inside
    return [central, deep], [found["central"][0], found["deep"][0]]


@cases.proves("exact", relative=1e-9, source="gibaldi1982", origin="ln 2/beta; (1 + k12/k21)/k10; dose/k10")
def numbers_of_two_compartments() -> Pair:
    """Terminal half-life, mean residence time and area of two compartments"""
    k12, k21, k10 = 2.0 / HOUR, 0.5 / HOUR, 0.3 / HOUR
    total = k12 + k21 + k10
    beta = (total - np.sqrt(total**2 - 4 * k21 * k10)) / 2
    body = linear.system(["central", "deep"], {("central", "deep"): k12, ("deep", "central"): k21}, {"central": k10})
    got = [
        float(body.terminal_half_life({"central": 1.0})[0]),
        float(sum(body.residence_times({"central": 3.0}).values())[0]),  # type: ignore[index]
        float(body.areas({"central": 5.0})["central"][0]),
    ]
    return [np.log(2) / beta, (1 + k12 / k21) / k10, 5.0 / k10], got


@cases.proves("exact", absolute=1e-12, origin="Bateman's function, its limit of equal rates included")
def absorbed_and_eliminated() -> Pair:
    """Amount in blood where absorption is twice, nearly and exactly as fast as elimination"""
    k, times = 1e-4, np.linspace(0.0, 1e5, 101)
    expected, got = [], []
    for apart in (2.0, 1 + 1e-5, 1 + 1e-13, 1.0):
        body = linear.system(["gut", "blood"], {("gut", "blood"): k * apart}, {"blood": k})
        got.append(body.amounts(times, {"gut": np.ones(101)}).inside["blood"][0])
        gap = k * (apart - 1) * times
        ratio = np.divide(-np.expm1(-gap), gap, out=np.ones_like(gap), where=gap > 0)
        expected.append(k * apart * times * np.exp(-k * times) * ratio)
    return expected, got


@cases.proves("other method", absolute=1e-12, origin="gamma distribution of scipy")
def transit_compartments() -> Pair:
    """What left the last of six compartments of one rate"""
    body = linear.system(
        [str(i) for i in range(6)], {(str(i), str(i + 1)): 3e-4 for i in range(5)}, {("5", "out"): 3e-4}
    )
    out = body.amounts(DAYS, {"0": np.ones_like(DAYS)}).lost["out"][0]
    return stats.gamma.cdf(DAYS, 6, scale=1 / 3e-4), out


@cases.proves("exact", relative=1e-12, origin="R/k (1 - exp(-k T)), then exp(-k t)")
def infusion_and_after() -> Pair:
    """Amount at the end of an infusion and three times as long after it"""
    k, rate, end = 5e-5, 1e-9, 6 * HOUR
    times = np.array([0.0, end, 4 * end])
    body = linear.system(["plasma"], {}, {"plasma": k})
    found = body.amounts(times, {"plasma": rate * np.minimum(times, end)}).inside["plasma"][0]
    peak = rate / k * (1 - np.exp(-k * end))
    return [peak, peak * np.exp(-3 * k * end)], found[1:]


@cases.proves("exact", absolute=1e-11, origin="Bateman's sum of exponentials in 60 decimal digits")
def rates_eleven_orders_apart() -> Pair:
    """Amounts of a chain of five compartments, rates from 1e-8 to 1000 1/s, after 10 s to 9.5 years"""
    rates = ["1e-8", "1e3", "1e-3", "10", "1e-6"]
    names = [str(i) for i in range(5)]
    body = linear.system(
        names, {(str(i), str(i + 1)): float(rate) for i, rate in enumerate(rates[:-1])}, {("4", "out"): 1e-6}
    )
    expected, got = [], []
    with localcontext() as context:
        context.prec = 60
        k = [Decimal(rate) for rate in rates]
        for time in ("10", "1e4", "1e7", "3e8"):
            found = body.amounts([0.0, float(time)], {"0": [1.0, 1.0]}).inside
            for n, name in enumerate(names):
                passed, total = Decimal(1), Decimal(0)
                for rate in k[:n]:
                    passed *= rate
                for i in range(n + 1):
                    apart = Decimal(1)
                    for j in range(n + 1):
                        apart *= k[j] - k[i] if j != i else 1
                    total += (-k[i] * Decimal(time)).exp() / apart
                expected.append(float(passed * total))
                got.append(float(found[name][0, 1]))
    return expected, got


def _random_site(seed: int, draws: int) -> linear.LinearSystem:
    generator = np.random.default_rng(seed)

    def rates(shape: tuple[int, ...], share: float) -> Array:
        return np.asarray(10 ** generator.uniform(-7, -2, shape) * (generator.random(shape) < share))

    transfers = rates((draws, 5, 5), 0.6) * (1 - np.eye(5))
    return linear.LinearSystem([str(i) for i in range(5)], transfers, rates((draws, 2, 5), 0.5), ["out", "decay"])


@cases.proves("conservation", absolute=1e-11, origin="what arrived by each time")
def compartments_keep_the_mass() -> Pair:
    """Amounts and losses of 50 random sites of five compartments"""
    arrived = np.cumsum(np.random.default_rng(5).random((50, 5, DAYS.size)), axis=2)
    arrived /= arrived.max()
    found = _random_site(4, 50).amounts(DAYS, arrived)
    return arrived.sum(axis=1), sum([*found.inside.values(), *found.lost.values()])


@cases.proves("other method", absolute=1e-9, origin="LSODA, interval by interval")
def compartments_stepped() -> Pair:
    """Amounts of a random site of five compartments with an input that goes on"""
    times = np.concatenate([[0.0], np.geomspace(1e2, 1e6, 12)])
    site = _random_site(3, 1)
    arrived = 1 - np.exp(-times / 2e5)
    found = site.amounts(times, {"0": np.ones_like(times), "2": arrived})
    matrix, state, expected = site.matrix[0], np.eye(5)[0], []

    def slope(_: float, amounts: Array, source: Array) -> Array:
        return np.asarray(matrix @ amounts + source)

    for i in range(times.size - 1):
        span = times[i + 1] - times[i]
        source = np.eye(5)[2] * (arrived[i + 1] - arrived[i]) / span
        state = stepped(slope, state, [span], rtol=1e-11, atol=1e-14, args=(source,))[:, -1]
        expected.append(state)
    return expected, np.array([found.inside[name][0, 1:] for name in site.names]).T


@cases.proves("exact", absolute=1e-6, origin="Lambert's function (Schnell and Mendoza 1997, J Theor Biol 187:207)")
def saturable_elimination() -> Pair:
    """Amount left of 0.1 to 10 times the half-saturation, Michaelis-Menten, from the solver of any rates"""
    most, half, dose = 2e-5, 1.0, np.array([[0.1], [1.0], [10.0]])
    times = np.concatenate([[0.0], np.geomspace(10.0, 1e6, 30)])
    start: Any = dose / half * np.exp(dose / half - most * times / half)
    expected = half * special.lambertw(start).real
    found = stiff.solve(lambda _, amount: -most * amount / (half + amount), dose, times, rtol=1e-9, atol=1e-12)
    return expected, found[:, 0]


@cases.proves("exact", absolute=3e-4, origin="Lambert's function (Schnell and Mendoza 1997, J Theor Biol 187:207)")
def particles_taken_up_from_blood() -> Pair:
    """Particles left in blood where uptake saturates"""
    times = np.concatenate([[0.0], np.geomspace(1.0, 4 * HOUR, 80)])
    rate = np.log(2) / 180.0
    found = blood.taken_up(
        times, np.ones((1, times.size)), np.array([rate]), {"liver": np.ones(1)}, np.ones(1), np.ones(1)
    )
    return special.lambertw(np.exp(1.0 - rate * times)).real, found[blood.BLOOD][0]


def _left(tau: Array) -> Array:
    """Share left of a slab whose face is held at nothing, of 3000 terms."""
    q = (np.arange(3000) + 0.5) ** 2 * np.pi**2
    return np.asarray((2.0 / q * np.exp(-q * np.asarray(tau)[:, None])).sum(axis=1))


def _film_roots(biot: float, count: int) -> Array:
    spans = [(n * np.pi, (n + 0.5) * np.pi) for n in range(count)]
    return np.array([root(lambda x: x * np.sin(x) - biot * np.cos(x), a, b) for a, b in spans])


@cases.proves("exact", relative=1e-6, source="crank1975", origin="equation 4.53, 300 roots found by bracketing")
def slab_behind_a_film() -> Pair:
    """Share left of a slab behind a film, Biot numbers 0.1 to 30"""
    taus = np.array([0.02, 0.049, 0.051, 0.3, 2.0])
    expected, got = [], []
    for biot in (0.1, 1.0, 30.0):
        b = _film_roots(biot, 300)
        terms = 2 * biot**2 * np.exp(-(b**2) * taus[:, None]) / (b**2 * (b**2 + biot**2 + biot))
        expected.append(terms.sum(axis=1))
        got.append(slab_forms.slab_remaining(taus, 1.0, 1.0, biot))
    return expected, got


@cases.proves("exact", absolute=3e-4, source="crank1975", origin="equation 4.18, 3000 terms")
def slab_in_cells_empties() -> Pair:
    """Share left of a slab beside a perfect sink, from the solver in cells"""
    course = solve_slab(TIME, [Layer(LENGTH, SPEED, content=1.0)], Bath(), Closed())
    return _left(TIME / UNIT), course.held[0] / LENGTH


@cases.proves("exact", absolute=1e-3, source="crank1975", origin="equation 4.37, 200 roots found by bracketing")
def slab_takes_from_a_stirred_bath() -> Pair:
    """Uptake of a slab from a bath of limited volume, three volumes"""
    later = TIME[30:]
    expected, got = [], []
    for alpha in (0.2, 1.0, 5.0):
        spans = [((n + 0.5) * np.pi, (n + 1.0) * np.pi) for n in range(200)]
        q = np.array([root(lambda x, a: np.sin(x) + a * x * np.cos(x), *span, args=(alpha,)) for span in spans])
        terms = 2 * alpha * (1 + alpha) / (1 + alpha + alpha**2 * q**2) * np.exp(-(q**2) * later[:, None] / UNIT)
        expected.append((1.0 - terms.sum(axis=1)) / (1.0 + alpha))
        course = solve_slab(TIME, [Layer(LENGTH, SPEED, 4.0)], StirredBath(alpha * 4.0 * LENGTH, 1.0), Closed())
        got.append(course.held[0, 30:])
    return expected, got


@cases.proves("exact", relative=1e-6, origin="resistances L/(D K) in a row")
def flux_through_layers() -> Pair:
    """Steady flux through three layers and a film"""
    layers = [Layer(1e-3, 1e-10, 2.0, refined="none"), Layer(5e-4, 2e-11, 0.5), Layer(2e-3, 1e-9, 8.0, refined="back")]
    time = np.concatenate([[0.0], np.geomspace(1.0, 1e9, 60)])
    course = solve_slab(time, layers, Bath(5.0, 3e-8), Bath(1.0))
    resistance = 1e-3 / (1e-10 * 2.0) + 5e-4 / (2e-11 * 0.5) + 2e-3 / (1e-9 * 8.0) + 1.0 / 3e-8
    return 4.0 / resistance, float(np.diff(course.out_back[0])[-1] / np.diff(time)[-1])


@cases.proves("exact", relative=0.009, source="crank1975", origin="Neumann's moving boundary, section 13.2")
def front_that_fills_tight_sites() -> Pair:
    """Uptake into a slab whose tight sites fill behind a front"""
    held = 20.0
    g = root(lambda x: np.sqrt(np.pi) * x * np.exp(x * x) * special.erf(x) - 1.0 / held, 1e-6, 2.0)
    time = np.linspace(0.0, 4.0, 400) * UNIT
    layer = Layer(LENGTH, SPEED, sites=held, dissociation=1e-4, cells=200, refined="none")
    course = solve_slab(time, [layer], Bath(1.0), Closed())
    expected = 2.0 * np.sqrt(SPEED * time / np.pi) / special.erf(g)
    return expected[150:], course.held[0, 150:]


def _everything(course: SlabCourse) -> Array:
    inside = course.held + course.front_bath + course.back_bath
    return np.asarray(inside + course.out_front + course.out_back + course.degraded + course.cleared)


@cases.proves("conservation", relative=1e-10, unit="kg/m**2", origin="what was there and what arrived")
def slab_keeps_the_mass() -> Pair:
    """Drug in and out of slabs with slow and fast sites, stirred baths, loss and supply"""
    time = np.concatenate([[0.0], np.geomspace(1.0, 1e8, 20)])
    arrived = (1.0 - np.exp(-time / 1e4))[None, :]
    expected, got = [], []
    for association in (None, 1e-4):
        layers = [
            Layer(1e-3, SPEED, 3.0, 5.0, 0.2, association, 1e-7, 0.4, arrived, 9),
            Layer(2e-4, 1e-10, cells=5, refined="back"),
        ]
        bath = StirredBath(1e-3, 0.5 * (1.0 + arrived), 1e-5)
        course = solve_slab(time, layers, bath, Bath(0.0, 1e-7))
        got.append(_everything(course)[0])
        expected.append(0.4 * 1e-3 + arrived[0] + 0.5 * (1.0 + arrived[0]))
    return expected, got


@cases.proves("other method", relative=1e-3, origin="the slab solver in cells, at rest")
def exchange_with_a_slab_that_loses() -> Pair:
    """Mean of a slab over its face at rest, losses from none to fast, from the lumped exchange"""
    losses = np.array([1e-6, 1e-5, 1e-4])
    time = np.linspace(0.0, 6.0, 60) * UNIT
    expected = []
    for loss in losses:
        course = solve_slab(time, [Layer(LENGTH, SPEED, degradation=loss, cells=80)], Bath(1.0), Closed())
        expected.append(float(course.free_mean[0, -1]))
    exchange = cord.slab_exchange(SPEED, LENGTH, losses)
    return expected, exchange / (exchange + losses)


@cases.proves("other method", relative=0.009, origin="boundary value problem of the diffusion equation, collocation")
def edge_of_a_deposit() -> Pair:
    """Conductance of the surroundings of a sphere of 2 mm, with loss there"""
    radius, speed, expected = 2e-3, 4e-11, []
    losses = np.array([1e-6, 1e-4])
    for lost in losses:

        def slope(r: Array, y: Array, k: float = lost) -> Array:  # D (r2 C')' = k r2 C, y = (C, r2 C'/radius)
            return np.vstack([y[1] * radius / r**2, k / speed * r**2 * y[0] / radius])

        mesh = np.geomspace(radius, radius + 40 * np.sqrt(speed / lost), 800)
        guess = np.vstack([radius / mesh, -np.ones_like(mesh)])
        solved = integrate.solve_bvp(
            slope, lambda a, b: np.array([a[0] - 1.0, b[0]]), mesh, guess, tol=1e-6, max_nodes=50000
        )
        expected.append(-4 * np.pi * speed * solved.y[1][0] * radius)
    return expected, bone.edge_conductance(4 / 3 * np.pi * radius**3, speed, losses)


@cases.proves("limit", absolute=1e-6, origin="the smallest all, the widest none, half at the escape diameter")
def particles_that_escape() -> Pair:
    """Share of particles of 0.01 pm, 240 nm and 1 km that leave a joint with the lymph"""
    return [1.0, 0.5, 0.0], particles.escaping_fraction(np.array([1e-14, 240e-9, 1e3]), 240e-9, 1.45)


@cases.proves("exact", relative=0.01, origin="ln 2/k of the slow exponential")
def half_life_at_the_end_of_a_curve() -> Pair:
    """Terminal half-life read off a curve of two exponentials"""
    time = np.concatenate([[0.0], np.geomspace(1e-3, 300.0, 1500)])
    slow = np.array([0.05, 0.2, 0.5])
    curves = 0.8 * np.exp(-10 * slow[:, None] * time) + 0.2 * np.exp(-slow[:, None] * time)
    return np.log(2) / slow, exposure.terminal_half_life(time, curves)
