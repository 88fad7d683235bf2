"""Linear compartments against textbook closed forms, an independent solver, limits and conservation."""

from decimal import Decimal, getcontext
from math import e, log

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp
from scipy.stats import gamma

from formulate.retention import linear
from formulate.retention.arriving import rising
from formulate.retention.exchange import Elimination, Propagators
from formulate.retention.linear import LinearSystem, from_matrix, system
from materials.errors import DomainError, UnknownIdError

HOUR = 3600.0
DAYS = np.concatenate([[0.0], np.geomspace(10.0, 60 * 86400.0, 40)])


def one(values: np.ndarray) -> np.ndarray:
    return values[0]


def everything(amounts) -> np.ndarray:
    """All amounts and losses, (parts, draws, times)."""
    return np.stack([*amounts.inside.values(), *amounts.lost.values()])


# textbook closed forms


def test_two_compartments_after_a_bolus():
    # Gibaldi and Perrier, Pharmacokinetics, 2nd ed. 1982, eq. 2.16 ff.: alpha + beta = k12 + k21 + k10,
    # alpha beta = k21 k10, X1 = D [(alpha - k21) e^-alpha t + (k21 - beta) e^-beta t]/(alpha - beta)
    k12, k21, k10 = 2.0 / HOUR, 0.5 / HOUR, 0.3 / HOUR
    total, product = k12 + k21 + k10, k21 * k10
    alpha = (total + np.sqrt(total**2 - 4 * product)) / 2
    beta = product / alpha
    body = system(["central", "deep"], {("central", "deep"): k12, ("deep", "central"): k21}, {"central": k10})
    found = body.amounts(DAYS, {"central": np.ones_like(DAYS)}).inside
    fast, slow = np.exp(-alpha * DAYS), np.exp(-beta * DAYS)
    central = ((alpha - k21) * fast + (k21 - beta) * slow) / (alpha - beta)
    assert one(found["central"]) == pytest.approx(central, rel=1e-11, abs=1e-14)
    assert one(found["deep"]) == pytest.approx(k12 * (slow - fast) / (alpha - beta), rel=1e-11, abs=1e-14)
    assert body.terminal_half_life({"central": 1.0}) == pytest.approx(log(2) / beta, rel=1e-12)
    assert body.turnover_half_lives()["central"] == pytest.approx(log(2) / (k12 + k10))
    # mean residence time of the body: (1 + k12/k21)/k10
    assert sum(body.residence_times({"central": 3.0}).values()) == pytest.approx((1 + k12 / k21) / k10)
    assert body.areas({"central": 5.0})["central"] == pytest.approx(5.0 / k10)


@pytest.mark.parametrize("apart", [2.0, 1.001, 1 + 1e-5, 1 + 1e-9, 1 + 1e-13, 1.0])
def test_bateman_also_where_absorption_is_as_fast_as_elimination(apart):
    # A = D ka/(ka - ke) (e^-ke t - e^-ka t); where ka = ke, A = D k t e^-k t with its peak at 1/k, D/e
    k = 1e-4
    absorbed = system(["gut", "blood"], {("gut", "blood"): k * apart}, {"blood": k})
    times = np.linspace(0, 10 / k, 101)
    found = one(absorbed.amounts(times, {"gut": np.ones(101)}).inside["blood"])
    # (1 - e^-d)/d holds the two together however near they are
    d = k * (apart - 1) * times
    ratio = np.divide(-np.expm1(-d), d, out=np.ones_like(d), where=d > 0)
    assert found == pytest.approx(k * apart * times * np.exp(-k * times) * ratio, rel=1e-9, abs=1e-13)
    if apart == 1:
        assert found[10] == pytest.approx(1 / e, rel=1e-12)
        assert absorbed.without_modes.all()
        assert absorbed.terminal_half_life({"gut": 1.0}) == pytest.approx(log(2) / k, rel=1e-6)


def test_transit_compartments_of_one_rate_are_a_gamma_distribution():
    # what left the last of n equal compartments by t is the gamma distribution of shape n (Erlang)
    names = [str(i) for i in range(6)]
    k = 3e-4
    chain = system(names, {(str(i), str(i + 1)): k for i in range(5)}, {("5", "out"): k})
    out = one(chain.amounts(DAYS, {"0": np.ones_like(DAYS)}).lost["out"])
    assert out == pytest.approx(gamma.cdf(DAYS, 6, scale=1 / k), abs=1e-13)


def test_infusion_and_what_follows_it():
    # A = R/k (1 - e^-kt) up to T, then falls with k: exact however coarse the times
    k, rate, end = 5e-5, 1e-9, 6 * HOUR
    times = np.array([0.0, end, 4 * end])
    body = system(["plasma"], {}, {"plasma": k})
    found = one(body.amounts(times, {"plasma": rate * np.minimum(times, end)}).inside["plasma"])
    peak = rate / k * (1 - np.exp(-k * end))
    assert found == pytest.approx([0, peak, peak * np.exp(-3 * k * end)], rel=1e-13)


def test_constant_input_ends_in_the_steady_state():
    knee = system(
        ["fluid", "tissue", "plasma"],
        {("fluid", "tissue"): 2e-3, ("tissue", "fluid"): 1e-3, ("tissue", "plasma"): 4e-4, ("plasma", "tissue"): 1e-6},
        {"plasma": 1e-4, ("fluid", "degraded"): 1e-5},
    )
    times = np.linspace(0, 60 * 86400.0, 10)
    late = knee.amounts(times, {"fluid": 1e-9 * times})
    for name, level in knee.steady({"fluid": 1e-9}).items():
        assert late.inside[name][0, -1] == pytest.approx(level[0], rel=1e-10)
    shares = knee.exit_shares({"fluid": 2.0})
    flow = {name: 1e-9 * share[0] for name, share in shares.items()}
    assert sum(flow.values()) == pytest.approx(1e-9)
    for route in flow:
        assert np.diff(late.lost[route][0])[-1] == pytest.approx(flow[route] * times[1], rel=1e-9)


def test_initial_amounts_and_late_begin():
    body = system(["plasma"], {}, {"plasma": [1e-4, 2e-4]})
    found = body.amounts([100.0, 200.0], {"plasma": [1.0, 1.0]}, initial={"plasma": [1.0, 3.0]})
    assert found.inside["plasma"] == pytest.approx(np.array([[2, 2 * np.exp(-0.01)], [4, 4 * np.exp(-0.02)]]))


# other solvers


def random_system(generator: np.random.Generator, n: int, low: float, high: float, draws: int = 1) -> LinearSystem:
    def rates(shape, share):
        return 10 ** generator.uniform(low, high, shape) * (generator.random(shape) < share)

    transfers = rates((draws, n, n), 0.6) * (1 - np.eye(n))
    return LinearSystem([str(i) for i in range(n)], transfers, rates((draws, 2, n), 0.5), ["out", "decay"])


def test_agrees_with_lsoda():
    generator = np.random.default_rng(3)
    sites = random_system(generator, 5, -6, -2, draws=4)
    arrived = 1 - np.exp(-DAYS / 2e5)
    found = sites.amounts(DAYS, {"0": np.ones_like(DAYS), "2": arrived})
    for draw in range(4):
        matrix = sites.matrix[draw]
        state = np.eye(5)[0]
        for i in range(0, len(DAYS) - 1):
            step = DAYS[i + 1] - DAYS[i]
            source = np.eye(5)[2] * (arrived[i + 1] - arrived[i]) / step
            state = solve_ivp(
                lambda t, y, m=matrix, s=source: m @ y + s,
                (0, step),
                state,
                method="LSODA",
                rtol=1e-12,
                atol=1e-14,
                jac=lambda t, y, m=matrix: m,
            ).y[:, -1]
            if i % 10 == 0 or i == len(DAYS) - 2:
                ours = [found.inside[name][draw, i + 1] for name in sites.names]
                assert ours == pytest.approx(state, abs=2e-10)


def exact_chain(rates: list[str], time: str) -> list[float]:
    """Amounts of a one-way chain in 60 digits (Bateman 1910): sum of exponentials over products of differences."""
    getcontext().prec = 60
    k, t = [Decimal(rate) for rate in rates], Decimal(time)
    amounts = []
    for n in range(len(k)):
        first = Decimal(1)
        for rate in k[:n]:
            first *= rate
        total = Decimal(0)
        for i in range(n + 1):
            below = Decimal(1)
            for j in range(n + 1):
                if j != i:
                    below *= k[j] - k[i]
            total += (-k[i] * t).exp() / below
        amounts.append(float(first * total))
    return amounts


@pytest.mark.parametrize("time", ["0.001", "10", "1e4", "1e7", "3e8"])
@pytest.mark.parametrize(
    "rates", [["1e-8", "1e3", "1e-3", "10", "1e-6"], ["1e3", "1e-8", "2e-8", "1", "1e2"], ["1e-2", "1e-2", "1e3", "1"]]
)
def test_rates_eleven_orders_apart(rates, time):
    # against 60 digits; two equal rates are parted by 1e-25 of them, which no digit of ours sees
    parted = [rate if rates.index(rate) == i else f"{rate[:-3]}.{'0' * 24}1{rate[-3:]}" for i, rate in enumerate(rates)]
    names = [str(i) for i in range(len(rates))]
    transfers = {(str(i), str(i + 1)): float(rate) for i, rate in enumerate(rates[:-1])}
    chain = system(names, transfers, {(names[-1], "out"): float(rates[-1])})
    found = chain.amounts([0.0, float(time)], {"0": [1.0, 1.0]})
    expected = exact_chain(parted, time)
    ours = [found.inside[name][0, 1] for name in names]
    assert ours == pytest.approx(expected, rel=1e-7, abs=3e-12)
    assert found.lost["out"][0, 1] == pytest.approx(1 - sum(expected), abs=3e-12)


# what must hold of any compartments


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 7), low=st.floats(-9, -1), width=st.floats(0, 10))
def test_mass_is_kept_and_nothing_is_negative_or_lost_twice(seed, n, low, width):
    generator = np.random.default_rng(seed)
    sites = random_system(generator, n, low, min(low + width, 3.0), draws=6)
    came = np.cumsum(generator.random((6, n, len(DAYS))) * (generator.random((6, n, 1)) < 0.5), axis=2)
    came /= max(came.max(), 1e-30)
    found = sites.amounts(DAYS, came)
    parts = everything(found)
    assert parts.sum(axis=0) == pytest.approx(came.sum(axis=1), abs=1e-11)
    assert parts.min() > -1e-11
    assert min(np.diff(lost).min() for lost in found.lost.values()) > -1e-11


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 6))
def test_steps_without_modes_give_the_same(seed, n):
    sites = random_system(np.random.default_rng(seed), n, -7, 0, draws=3)
    assume(not sites.without_modes.any())
    came = np.zeros((1, n, len(DAYS)))
    came[:, 0] = 1 - np.exp(-DAYS / 1e5)
    steps = np.diff(DAYS)
    slowly = Propagators(steps, sites.transfers, sites.losses).march(
        steps, np.arange(steps.size), came, rising(DAYS, came), np.arange(n)
    )
    found = np.stack(list(sites.amounts(DAYS, came, smooth=True).inside.values()), axis=1)
    assert found == pytest.approx(slowly, abs=1e-10)


@pytest.mark.parametrize("rates", [(3e-4, 1e-4), (2e-4, 2e-4)])
def test_more_times_change_nothing(rates):
    # the input is linear between the coarse times, and the finer ones lie on it
    sites = system(["a", "b"], {("a", "b"): rates[0]}, {"b": rates[1]})
    coarse = np.array([0.0, HOUR, 5 * HOUR, 40 * HOUR])
    arrived = np.array([0.1, 0.4, 0.9, 1.0])
    fine = np.unique(np.concatenate([coarse, np.geomspace(1.0, 40 * HOUR, 57)]))
    few = everything(sites.amounts(coarse, {"a": arrived}))
    many = everything(sites.amounts(fine, {"a": np.interp(fine, coarse, arrived)}))
    assert many[:, :, np.isin(fine, coarse)] == pytest.approx(few, abs=1e-13)


def test_draws_do_not_meet_and_one_serves_all():
    generator = np.random.default_rng(1)
    many = random_system(generator, 4, -6, -3, draws=5)
    came = np.cumsum(generator.random((5, 4, len(DAYS))), axis=2)
    together = everything(many.amounts(DAYS, came))
    for draw in (0, 3):
        alone = LinearSystem(many.names, many.transfers[[draw]], many.losses[[draw]], many.routes)
        assert everything(alone.amounts(DAYS, came[[draw]]))[:, 0] == pytest.approx(together[:, draw], rel=1e-12)
    shared = LinearSystem(many.names, many.transfers[:1], many.losses[:1], many.routes)
    assert everything(shared.amounts(DAYS, came))[:, 0] == pytest.approx(together[:, 0], rel=1e-12)
    assert everything(shared.amounts(DAYS, came)).shape[1] == 5


def test_a_few_draws_at_a_time_change_nothing(monkeypatch):
    sites = random_system(np.random.default_rng(4), 3, -6, -3, draws=40)
    twin = system(["0", "1"], {("0", "1"): np.full(9, 1e-4)}, {"1": np.full(9, 1e-4)})
    arrived = {"0": 1 - np.exp(-DAYS / 1e5)}
    whole = [everything(item.amounts(DAYS, arrived)) for item in (sites, twin)]
    monkeypatch.setattr("formulate.retention.linear._AT_A_TIME", 1000)
    for item, before in zip((sites, twin), whole, strict=True):
        assert np.array_equal(everything(item.amounts(DAYS, arrived)), before)


# nothing, for ever


def test_without_rates_everything_stays_where_it_came():
    still = system(["a", "b"], {}, {})
    found = still.amounts(DAYS, {"a": np.ones_like(DAYS)})
    assert np.array_equal(found.inside["a"], np.ones((1, len(DAYS))))
    assert not found.inside["b"].any()
    assert found.lost == {}
    assert still.terminal_half_life({"a": 1.0}) == np.inf
    assert still.turnover_half_lives()["a"] == np.inf


def test_a_trap_keeps_its_share_for_ever():
    # one third is trapped, two thirds drain
    joint = system(["fluid", "trapped"], {("fluid", "trapped"): 1e-4}, {("fluid", "lymph"): 2e-4})
    found = joint.amounts(DAYS, {"fluid": np.ones_like(DAYS)})
    assert found.inside["trapped"][0, -1] == pytest.approx(1 / 3, abs=1e-13)
    assert found.lost["lymph"][0, -1] == pytest.approx(2 / 3, abs=1e-13)
    assert joint.exit_shares({"fluid": 1.0})["lymph"] == pytest.approx(2 / 3)
    assert joint.terminal_half_life({"fluid": 1.0}) == np.inf
    assert joint.residence_times({"fluid": 1.0})["trapped"] == np.inf
    assert joint.residence_times({"fluid": 1.0})["fluid"] == pytest.approx(1 / 3e-4)
    assert joint.steady({"fluid": 0.0})["trapped"] == 0.0


def test_a_closed_system_stays_full_for_a_year():
    # fast exchange and no way out: the shares 1/3 and 2/3 of the two rates, and no drop is lost
    closed = system(["a", "b"], {("a", "b"): 20.0, ("b", "a"): 10.0}, {})
    found = closed.amounts([0.0, 1.0, 3e7], {"a": [1.0, 1.0, 1.0]})
    assert found.inside["a"][0, 1:] == pytest.approx(1 / 3, abs=1e-12)
    assert found.inside["b"][0, 2] == pytest.approx(2 / 3, abs=1e-12)


def test_a_mode_without_amount_does_not_make_the_half_life():
    # the slow compartment lies beyond where the dose goes
    body = system(["deep", "blood"], {("deep", "blood"): 1e-8}, {"blood": 1e-3})
    assert body.terminal_half_life({"blood": 1.0}) == pytest.approx(log(2) / 1e-3)
    assert body.terminal_half_life({"deep": 1.0}) == pytest.approx(log(2) / 1e-8)


def test_a_cycle_turns_and_settles():
    # three places round one way: complex modes, -3k/2 +- i k sqrt(3)/2; share of the first (1 + 2 e^.. cos ..)/3
    k = 1e-3
    ring = system(["a", "b", "c"], {("a", "b"): k, ("b", "c"): k, ("c", "a"): k}, {})
    times = np.linspace(0, 8 / k, 50)
    found = one(ring.amounts(times, {"a": np.ones(50)}).inside["a"])
    expected = (1 + 2 * np.exp(-1.5 * k * times) * np.cos(np.sqrt(3) / 2 * k * times)) / 3
    assert found == pytest.approx(expected, abs=1e-13)


# the matrix, and sums without subtraction


def test_a_matrix_and_its_rates_are_the_same_system():
    built = random_system(np.random.default_rng(2), 4, -5, -3, draws=3)
    again = from_matrix(built.matrix, built.names)
    arrived = {"1": np.ones_like(DAYS)}
    first, second = built.amounts(DAYS, arrived), again.amounts(DAYS, arrived)
    for name in built.names:
        assert second.inside[name] == pytest.approx(first.inside[name], abs=1e-12)
    assert second.lost["lost"] == pytest.approx(sum(first.lost.values()), abs=1e-12)


def test_rounding_in_a_matrix_is_no_loss():
    closed = from_matrix([[[-0.3, 0.1], [0.1 + 0.2, -0.1]]])
    assert not closed.losses.any()


def test_residence_keeps_its_digits_where_the_matrix_has_none():
    # 1 leaves by 1e-12, but comes and goes by 1e3: mean time in the system (1 + 1e3/1e3)/1e-12, to the last digit
    slow = Elimination(np.array([[[0.0, 1e3], [1e3, 0.0]]]), np.array([[[1e-12, 0.0]]]))
    assert slow.residence(np.array([[[1.0], [0.0]]])).sum() == pytest.approx(2e12, rel=1e-14)


def test_area_under_the_curve_agrees_with_quadrature():
    body = system(["a", "b"], {("a", "b"): 3e-4, ("b", "a"): 1e-4}, {"b": 2e-4})

    def level(t):
        return float(body.amounts([0.0, max(t, 1e-9)], {"a": [1.0, 1.0]}).inside["b"][0, 1])

    assert body.areas({"a": 1.0})["b"] == pytest.approx(quad(level, 0, 2e5, limit=200)[0], rel=1e-6)


# refusals


@pytest.mark.parametrize("bad", [-1e-4, float("nan"), float("inf")])
def test_refuses_a_rate_that_is_none(bad):
    with pytest.raises(DomainError, match="transfer_rate"):
        system(["a", "b"], {("a", "b"): bad}, {})
    with pytest.raises(DomainError, match="loss_rate"):
        system(["a", "b"], {}, {"a": bad})


def test_refuses_a_matrix_that_makes_mass():
    with pytest.raises(DomainError, match="column_sum"):
        from_matrix([[[-1e-4, 0.0], [2e-4, 0.0]]])
    with pytest.raises(DomainError, match="transfer_rate"):
        from_matrix([[[-1e-4, -1e-5], [0.0, 0.0]]])
    with pytest.raises(DomainError, match="matrix"):
        from_matrix([[[float("nan")]]])


def test_refuses_a_compartment_nobody_named():
    with pytest.raises(UnknownIdError, match="nearest: synovium"):
        system(["synovium"], {}, {"synovia": 1.0})
    with pytest.raises(UnknownIdError, match="plasma"):
        system(["a"], {}, {"a": 1.0}).amounts([0, 1], {"plasma": [0, 1]})


@pytest.mark.parametrize("times", [[0.0, 0.0], [1.0, 0.0], [0.0, float("nan")], [0.0, float("inf")]])
def test_refuses_times_that_do_not_rise(times):
    with pytest.raises(DomainError, match="rising times"):
        system(["a"], {}, {"a": 1.0}).amounts(times, {"a": [1.0, 1.0]})


@pytest.mark.parametrize("arrived", [[1.0, 0.5], [-1.0, 0.0], [0.0, float("nan")]])
def test_refuses_arrivals_that_fall(arrived):
    with pytest.raises(DomainError, match="arrivals in a"):
        system(["a"], {}, {"a": 1.0}).amounts([0.0, 1.0], {"a": arrived})


def test_refuses_a_dose_of_nothing_or_less():
    body = system(["a"], {}, {"a": 1.0})
    with pytest.raises(DomainError, match="dose"):
        body.residence_times({"a": 0.0})
    with pytest.raises(DomainError, match="dose"):
        body.exit_shares({})
    with pytest.raises(DomainError, match="input_rate"):
        body.steady({"a": -1.0})
    with pytest.raises(DomainError, match="initial_amount"):
        body.amounts([0.0, 1.0], {}, initial={"a": -1.0})


def test_refuses_a_rate_of_a_compartment_to_itself():
    with pytest.raises(DomainError, match="to itself"):
        LinearSystem(["a"], [[[1.0]]], [[[1.0]]], ["out"])
    with pytest.raises(ValueError, match="2 compartments"):
        LinearSystem(["a", "b"], [[[0.0]]], [[[1.0]]], ["out"])


def test_the_modes_of_a_site_are_found_once_for_all_carriers(monkeypatch):
    from formulate.comparison import compare
    from formulate.formulation import Question

    found = []

    class Counted(linear.Modes):
        def __init__(self, *rates):
            found.append(rates[0].shape[1])  # compartments
            super().__init__(*rates)

    monkeypatch.setattr(linear, "Modes", Counted)
    linear._known.cache_clear()
    question = Question(
        schema_version=1,
        payload=[{"id": "dasatinib", "dose": "5 mg"}],
        regimen={"site": "bone", "route": "local-bone"},
        carriers=["free-drug-solution", "plga-microsphere", "liposome"],
        calculation={"draws": 16},
    )
    assert len([row for row in compare(question).rows if row.prediction]) == 3
    # plasma, marrow and bone, and those of the deposit; particles and vesicles have a system of their own each
    assert found.count(5) == 1


def test_rates_that_differ_are_other_compartments():
    slow, fast = (system(["fluid"], {}, {"fluid": rate}) for rate in (0.1, 0.2))
    assert slow is system(["fluid"], {}, {"fluid": 0.1})
    assert fast is not slow
    assert fast.turnover_half_lives()["fluid"] == pytest.approx(np.log(2.0) / 0.2)
    assert system(["fluid"], {}, {("fluid", "out"): 0.1}) is not slow  # another route
