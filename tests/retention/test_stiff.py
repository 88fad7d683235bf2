"""Rates of any form against exact solutions, limits, quadrature and the linear compartments."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import lambertw

from formulate.retention import linear, stiff
from materials.errors import DomainError, FormulateError

TIMES = np.concatenate([[0.0], np.geomspace(10.0, 1e6, 60)])


def saturable(most, half):
    return lambda t, amount: -most * amount / (half + amount)


def lambert(most, half, dose, times):
    """The exact solution of dA/dt = -Vmax A/(Km + A) (Schnell and Mendoza, J Theor Biol 1997;187:207)."""
    exponent = dose / half - most * times / half
    start = dose / half * np.exp(np.minimum(exponent, 600.0))
    return half * lambertw(start).real


@pytest.mark.parametrize("rtol", [1e-4, 1e-6, 1e-9])
def test_saturable_elimination_is_lamberts_function_in_the_worst_of_many_draws(rtol):
    generator = np.random.default_rng(2)
    most, half = 10 ** generator.uniform(-6, -4, (300, 1)), 10 ** generator.uniform(-1, 0.5, (300, 1))
    dose = 10 ** generator.uniform(-1, 1, (300, 1))
    found = stiff.solve(saturable(most, half), dose, TIMES, rtol=rtol, atol=1e-13)[:, 0]
    exact = lambert(most, half, dose, TIMES)
    # an early error is a shift in time, which an amount near saturation passes on by up to 1 + dose/Km
    assert (np.abs(found - exact) / dose).max() < 3 * rtol


def test_far_below_saturation_it_is_first_order_and_far_above_it_zero_order():
    times = np.linspace(0, 5000.0, 6)
    below = stiff.solve(saturable(1e-4, 1.0), [[1e-9]], times, rtol=1e-9, atol=1e-20)[0, 0]
    assert below == pytest.approx(1e-9 * np.exp(-1e-4 * times), rel=1e-8)
    above = stiff.solve(saturable(1e-4, 1e-9), [[1.0]], times, rtol=1e-9, atol=1e-12)[0, 0]
    assert above == pytest.approx(1 - 1e-4 * times, rel=1e-7)


def test_a_leak_that_heals_takes_the_integral_of_its_rate():
    # dA/dt = -k e^(-t/tau) A; blood into a lesion whose barrier closes within days
    leak, tau = 1e-5, 3.1 * 86400.0
    found = stiff.solve(lambda t, a: -leak * np.exp(-t / tau) * a, [[2.0]], TIMES, rtol=1e-9, atol=1e-12)[0, 0]
    for i in (10, 30, 60):
        through = quad(lambda t: leak * np.exp(-t / tau), 0, TIMES[i], epsabs=1e-13)[0]
        assert found[i] == pytest.approx(2 * np.exp(-through), rel=1e-8)


@pytest.mark.parametrize("given", [True, False])
def test_agrees_with_linear_compartments_also_with_an_input_that_jumps(given):
    generator = np.random.default_rng(6)
    sites = linear.LinearSystem(
        ["a", "b", "c"],
        10 ** generator.uniform(-6, -2, (20, 3, 3)) * (1 - np.eye(3)),
        10 ** generator.uniform(-6, -3, (20, 1, 3)),
        ["out"],
    )
    matrix = sites.matrix
    arrivals = np.zeros((20, 3, len(TIMES)))
    arrivals[:, 0] = np.minimum(TIMES / 1e5, 1.0)
    arrivals[:, 1] = np.where(TIMES > 2e4, 0.5, 0.1)
    exact = np.stack(list(sites.amounts(TIMES, arrivals).inside.values()), axis=1)
    found = stiff.solve(
        lambda t, a: np.einsum("dij,dj->di", matrix, a),
        np.zeros((20, 3)),
        TIMES,
        arrivals,
        jacobian=(lambda t, a: matrix) if given else None,
        rtol=1e-8,
        atol=1e-12,
    )
    assert found == pytest.approx(exact, rel=1e-6, abs=1e-9)


def test_mass_is_kept_where_the_rates_keep_it():
    def to_blood_and_out(t, amounts):
        depot, blood, _ = amounts.T
        released, cleared = 1e-5 * np.exp(-t / 1e6) * depot, 1e-4 * blood / (0.01 + blood)
        return np.stack([-released, released - cleared, cleared], axis=1)

    arrivals = np.zeros((1, 3, len(TIMES)))
    arrivals[:, 0] = 1 - np.exp(-TIMES / 1e5)
    start = np.array([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]])
    found = stiff.solve(to_blood_and_out, start, TIMES, arrivals)
    assert found.sum(axis=1) == pytest.approx(start.sum(axis=1)[:, None] + arrivals[:, 0], abs=1e-12)
    assert found.min() > -1e-8


def test_draws_do_not_change_one_another():
    most = np.array([[1e-6], [1e-3]])
    both = stiff.solve(saturable(most, 0.1), [[1.0], [1.0]], TIMES, rtol=1e-8, atol=1e-12)
    alone = stiff.solve(saturable(most[:1], 0.1), [[1.0]], TIMES, rtol=1e-8, atol=1e-12)
    assert both[:1] == pytest.approx(alone, rel=1e-6)


def test_what_has_arrived_at_first_is_there_at_once():
    found = stiff.solve(lambda t, a: 0.0 * a, [[1.0]], [0.0, 5.0, 9.0], [[[2.0, 2.0, 3.0]]])
    assert found[0, 0] == pytest.approx([3.0, 3.0, 4.0])


def test_rates_that_are_no_numbers_are_named():
    with pytest.raises(FormulateError, match="draw 1 are not finite"):
        stiff.solve(lambda t, a: a * np.array([[0.0], [np.nan]]), [[1.0], [1.0]], TIMES)


def test_growth_without_end_is_refused_in_one_line():
    with pytest.raises(FormulateError) as refused, np.errstate(over="ignore"):
        stiff.solve(lambda t, a: a**2, [[1.0]], [0.0, 2.0])
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("rising times", {"time": [0.0, 0.0]}),
        ("rtol", {"rtol": 0.0}),
        ("rtol", {"rtol": float("nan")}),
        ("atol", {"atol": -1.0}),
        ("initial", {"initial": [[float("inf")]]}),
        ("arrivals", {"arrivals": [[[0.0, float("nan")]]]}),
    ],
)
def test_refuses_what_is_no_number_or_no_tolerance(name, changes):
    given = {"initial": [[1.0]], "time": [0.0, 1.0], "rates": lambda t, a: -a} | changes
    with pytest.raises(DomainError, match=name):
        stiff.solve(**given)
