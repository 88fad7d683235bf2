"""Cartilage beside a fluid against Crank's series, an independent slab solver, limits and conservation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from formulate.retention.cartilage import titrated_partition
from formulate.retention.cartilage_uptake import FASTEST, CartilageRates, CellUptake, ModeUptake
from formulate.retention.joint import Arrivals, JointRates, solve
from formulate.retention.slab import solve_slab
from formulate.retention.slab_layers import Closed, Layer, StirredBath
from materials.errors import DomainError

AREA, THICKNESS, DIFFUSIVITY, PARTITION = 1.2e-2, 1.8e-3, 1e-10, 0.8
NEVER = 1e-40


def cartilage(**changes):
    given = {"area": AREA, "thickness": THICKNESS, "diffusivity": DIFFUSIVITY, "partition": PARTITION} | changes
    given.setdefault("bound_ratio", 0.0)
    return CartilageRates(**{name: np.array([value]) for name, value in given.items()})


def alone(uptake, volume=12e-6, **changes):
    """Give a joint that keeps everything but for its cartilage."""
    given = {
        "unbound_in_fluid": 1.0, "unbound_in_plasma": 1.0, "permeability_fluid": NEVER, "permeability_blood": NEVER,
        "lymph_flow": 0.0, "albumin_reflection": 0.0, "resting_volume": volume, "relaxation_time": 3600.0,
        "synovium_capacity": 1e-6, "plasma_volume": 1e-3, "clearance": NEVER, "solubility": 1.0,
    } | changes  # fmt: skip
    return JointRates(**{name: np.array([value]) for name, value in given.items()}, cartilage=uptake)


def bolus(time, dose=1e-6):
    nothing = np.zeros((1, len(time)))
    return Arrivals(nothing + dose, nothing, nothing, nothing)


def grid(horizon, count=300):
    return np.concatenate([[0.0], np.geomspace(1.0, horizon, count)])


def crank_stirred(alpha, tau):
    """Uptake of a sheet from a stirred solution of limited volume, as a share of the final one (Crank 1975, 4.37)."""
    from scipy.optimize import brentq

    roots = [brentq(lambda q: np.tan(q) + alpha * q, (n - 0.5) * np.pi + 1e-9, n * np.pi) for n in range(1, 400)]
    q = np.array(roots)[:, None]
    return 1.0 - (2 * alpha * (1 + alpha) / (1 + alpha + alpha**2 * q**2) * np.exp(-(q**2) * tau)).sum(axis=0)


def test_uptake_from_a_stirred_fluid_follows_crank():
    time = grid(5e5)
    found = solve(time, bolus(time), alone(ModeUptake(cartilage())))
    alpha = 12e-6 / (AREA * THICKNESS * PARTITION)
    late = time > 60.0
    expected = 1e-6 / (1 + alpha) * crank_stirred(alpha, DIFFUSIVITY * time[late] / THICKNESS**2)
    assert found.cartilage[0, late] == pytest.approx(expected, rel=0.02)
    # equilibrium: the same unbound concentration on both sides
    assert found.cartilage[0, -1] == pytest.approx(1e-6 / (1 + alpha), rel=1e-4)


def test_linear_binding_slows_and_deepens_uptake_alike():
    # with bound b times the mobile the slab holds 1 + b times as much and fills 1 + b times as slowly
    time = grid(5e6)
    plain = solve(time, bolus(time), alone(ModeUptake(cartilage(diffusivity=DIFFUSIVITY / 5, partition=5 * PARTITION))))
    bound = solve(time, bolus(time), alone(ModeUptake(cartilage(bound_ratio=4.0))))
    assert bound.cartilage == pytest.approx(plain.cartilage, rel=1e-12)


def test_cells_and_modes_agree_where_few_sites_are_taken():
    time = grid(5e6)
    modes = solve(time, bolus(time), alone(ModeUptake(cartilage(bound_ratio=4.0))))
    sites = cartilage(bound_ratio=4.0, sites=4e6, dissociation=1e6)
    cells = solve(time, bolus(time), alone(CellUptake(sites)))
    late = time > 600.0
    assert cells.cartilage[0, late] == pytest.approx(modes.cartilage[0, late], rel=0.02)


def test_sites_that_fill_up_agree_with_an_independent_solver():
    # the stirred bath of the slab solver, 96 cells and substeps, against the joint's 16
    sites, half, volume = 0.5, 0.02, 2e-6
    time = grid(2e6)
    found = solve(time, bolus(time), alone(CellUptake(cartilage(sites=sites, dissociation=half)), volume))
    layer = Layer(THICKNESS, DIFFUSIVITY, PARTITION, sites, half, cells=96)
    fine = solve_slab(time, [layer], StirredBath(volume / AREA, 1e-6 / AREA), Closed(), substeps=4)
    late = time > 1800.0
    assert found.cartilage[0, late] == pytest.approx(AREA * fine.held[0, late], rel=0.02)


def test_full_sites_hold_no_more():
    # far above the dissociation constant what is bound is the number of sites
    time = grid(1e8)
    full = cartilage(sites=0.2, dissociation=1e-6)
    dose, volume = 1e-4, 1e-5
    found = solve(time, bolus(time, dose), alone(CellUptake(full), volume))
    bound = AREA * THICKNESS * 0.2
    mobile = (dose - bound) / (volume + AREA * THICKNESS * PARTITION) * AREA * THICKNESS * PARTITION
    assert found.cartilage[0, -1] == pytest.approx(bound + mobile, rel=1e-4)


def test_back_diffusion_sets_the_terminal_half_life():
    # 0.281 L^2/D where the fluid keeps nothing: 0.9 h here; the fluid keeps some, so never sooner
    time = grid(60 * 3600.0, 600)
    rates = alone(ModeUptake(cartilage()), 1e-6, permeability_fluid=1e-7, permeability_blood=1e-3, clearance=1e2)
    found = solve(time, bolus(time), rates).cartilage[0]
    at = np.searchsorted(time, [10 * 3600.0, 20 * 3600.0])
    half = np.log(2) * np.diff(time[at])[0] / -np.diff(np.log(found[at]))[0]
    slowest = 4 * np.log(2) / np.pi**2 * THICKNESS**2 / DIFFUSIVITY
    assert slowest <= half * 1.001
    assert half == pytest.approx(slowest, rel=0.15)


def test_the_profile_falls_with_depth_and_averages_to_the_mean():
    time = grid(3600.0)
    for uptake in (ModeUptake(cartilage()), CellUptake(cartilage(sites=0.1, dissociation=0.05))):
        found = solve(time, bolus(time), alone(uptake), (len(time) - 1,))
        depth = np.linspace(0, 1, 400)
        level = found.fluid[:, -1] / 12e-6
        profile = uptake.profile(found.cartilage_parts[len(time) - 1], level, depth)[0]
        assert profile[0] == pytest.approx(PARTITION * level[0], rel=1e-6)
        assert (np.diff(profile) <= 1e-3 * profile[0]).all()
        if isinstance(uptake, ModeUptake):
            mean = uptake.mean_mobile(found.cartilage)[0, -1]
            assert np.trapezoid(profile, depth) == pytest.approx(mean, rel=0.02)


def test_profile_at_short_times_is_the_error_function():
    # a steady fluid over thick cartilage: C = K C0 erfc(x/2 sqrt(D t)) (Crank 1975, 3.13)
    from scipy.special import erfc

    time = grid(1800.0)
    found = solve(time, bolus(time, 1.0), alone(ModeUptake(cartilage()), 1.0), (len(time) - 1,))
    depth = np.linspace(0, 0.8, 9)
    profile = ModeUptake(cartilage()).profile(found.cartilage_parts[len(time) - 1], np.array([1.0]), depth)[0]
    exact = PARTITION * erfc(depth * THICKNESS / (2 * np.sqrt(DIFFUSIVITY * 1800.0)))
    assert profile == pytest.approx(exact, abs=0.01)


def test_few_compartments_answer_as_the_whole_slab():
    # the transfer function of a slab closed behind, tanh(q)/q (Carslaw and Jaeger 1959, 12.4), at every pace
    rates = cartilage()
    modes = ModeUptake(rates)
    capacity = float((rates.volume * rates.partition)[0])
    pace = np.concatenate([[0.0], np.geomspace(1e-4, FASTEST, 500)])
    rate = modes.rate[:, 0] * THICKNESS**2 / DIFFUSIVITY
    found = (modes.capacity[:, 0] / capacity / (1.0 + pace[:, None] / rate)).sum(axis=1)
    root = np.sqrt(pace[1:])
    assert found[0] == pytest.approx(1.0, abs=1e-12)
    assert found[1:] == pytest.approx(np.tanh(root) / root, rel=6e-5)


@settings(max_examples=12, deadline=None)
@given(
    diffusivity=st.floats(1e-14, 1e-8),
    partition=st.floats(1e-9, 400),
    sites=st.floats(0, 1e3),
    half=st.floats(1e-9, 1e3),
    volume=st.floats(1e-9, 1e-4),
    dose=st.floats(1e-12, 1e-2),
)
def test_mass_is_conserved_and_nothing_turns_negative(diffusivity, partition, sites, half, volume, dose):
    time = grid(5e6, 30)
    rates = cartilage(diffusivity=diffusivity, partition=partition, sites=sites, dissociation=half, bound_ratio=2.0)
    for uptake in (ModeUptake(rates), CellUptake(rates)):
        found = solve(time, bolus(time, dose), alone(uptake, volume, permeability_fluid=1e-9, clearance=1e-6))
        total = found.fluid + found.synovium + found.plasma + found.cartilage + found.eliminated
        assert total[0] == pytest.approx(np.full(len(time), dose), rel=1e-9)
        assert min(found.fluid.min(), found.cartilage.min()) >= -1e-9 * dose


def test_cells_need_sites():
    with pytest.raises(ValueError, match="sites"):
        CellUptake(cartilage())


# charge


@pytest.mark.parametrize(("charge", "expected"), [(1, 1.716), (2, 1.716**2), (-1, 1 / 1.716), (-2, 1.716**-2)])
def test_groups_that_are_all_charged_count_as_their_charge(charge, expected):
    # healthy cartilage, 170 mmol/L, 150 mmol/L of salt: 1.72 per charge (23Na MRI of human patellae, Shapiro 2002)
    bases, acids = [20.0] * max(charge, 0), [-10.0] * max(-charge, 0)
    assert titrated_partition(170.0, 150.0, 7.4, bases, acids) == pytest.approx(expected, rel=1e-3)


def test_what_carries_no_charge_is_not_enriched():
    assert titrated_partition(170.0, 150.0, 7.4, [-10.0], [20.0]) == pytest.approx(1.0)
    assert titrated_partition(0.0, 150.0, 7.4, [20.0], [3.0]) == pytest.approx(1.0)
    assert titrated_partition(170.0, 150.0, 7.4) == pytest.approx(1.0)


def test_an_independent_count_of_charged_forms():
    # an amphoteric drug: four forms, each weighted by its charge
    ph, base, acid, x = 7.0, 7.5, 6.2, float(titrated_partition(120.0, 150.0, 7.0, [30.0]))
    a, b = 1 / (1 + 10 ** (ph - base)), 1 / (1 + 10 ** (acid - ph))
    forms = (1 - a) * (1 - b) + a * (1 - b) * x + (1 - a) * b / x + a * b
    assert titrated_partition(120.0, 150.0, ph, [base], [acid]) == pytest.approx(forms)


@pytest.mark.parametrize(("fixed", "salt", "ph"), [(-1.0, 150.0, 7.4), (170.0, 0.0, 7.4), (170.0, 150.0, 15.0)])
def test_refusals(fixed, salt, ph):
    with pytest.raises(DomainError):
        titrated_partition(fixed, salt, ph)


def test_an_open_joint_agrees_with_a_general_stiff_solver():
    # 60 even cells, written out anew: fluid, synovium, plasma and slab
    n, volume = 60, 8e-6
    rates = alone(ModeUptake(cartilage()), volume, permeability_fluid=5e-8, permeability_blood=5e-8,
                  synovium_capacity=5e-6, plasma_volume=1e-2, clearance=1e-6, lymph_flow=1e-9)  # fmt: skip
    g = AREA * DIFFUSIVITY * PARTITION / (THICKNESS / n)
    holds = AREA * THICKNESS / n * PARTITION

    def slope(_, y):
        fluid, synovium, plasma, cells = y[0], y[1], y[2], y[3:] / holds
        level = fluid / volume
        flows = g * np.diff(np.concatenate([[level], cells]))
        flows[0] *= 2.0
        into = -flows
        changes = into - np.append(into[1:], 0.0)
        across, blood = 5e-8 * (level - synovium / 5e-6), 5e-8 * (synovium / 5e-6 - plasma / 1e-2)
        drained = 1e-9 * level
        return np.concatenate(
            [[-into[0] - across - drained, across - blood, blood + drained - 1e-6 / 1e-2 * plasma], changes]
        )

    time = grid(2e5, 400)
    start = np.zeros(n + 3)
    start[0] = 1e-6
    exact = solve_ivp(slope, (0, 2e5), start, method="BDF", rtol=1e-7, atol=1e-15, dense_output=True)
    found = solve(time, bolus(time), rates)
    late = time > 1200.0
    expected = exact.sol(time[late])
    assert found.cartilage[0, late] == pytest.approx(expected[3:].sum(axis=0), rel=0.02)
    assert found.plasma[0, late] == pytest.approx(expected[2], rel=0.02)
