"""Diffusion and binding in a slab against Crank's solutions, other solvers, limits and conservation."""

from functools import cache

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp
from scipy.linalg import expm
from scipy.optimize import brentq
from scipy.special import erf

from formulate.diffusivity import apparent_diffusivity
from formulate.retention import slab_forms
from formulate.retention.slab import chain, solve_slab
from formulate.retention.slab_layers import Bath, Closed, Layer, StirredBath, cell_places
from materials.errors import DomainError

HOUR = 3600.0
LENGTH, SPEED = 2e-3, 1e-10
UNIT = LENGTH**2 / SPEED  # s
TIME = np.concatenate([[0.0], np.geomspace(3e-4, 3.0, 160)]) * UNIT


def everything(course):
    return (
        course.held
        + course.out_front
        + course.out_back
        + course.front_bath
        + course.back_bath
        + course.degraded
        + course.cleared
    )


# Crank, The Mathematics of Diffusion, 1975: his series, summed here


def crank_4_18(tau):
    """Share left with a constant surface, from the trigonometric series."""
    q = (np.arange(3000) + 0.5) ** 2 * np.pi**2
    return float((2.0 / q * np.exp(-q * tau)).sum())


@cache
def roots(equation, number, count):
    spans = [(n * np.pi, (n + 0.5) * np.pi) for n in range(count)]
    if equation == "bath":  # tan q = -alpha q
        return np.array([brentq(lambda x: np.sin(x) + number * x * np.cos(x), b, b + np.pi / 2) for _, b in spans])
    return np.array([brentq(lambda x: x * np.sin(x) - number * np.cos(x), a, b) for a, b in spans])  # b tan b = Bi


def crank_4_37(tau, alpha):
    """Uptake from a stirred bath over final uptake."""
    q = roots("bath", alpha, 200)
    return 1.0 - float((2 * alpha * (1 + alpha) / (1 + alpha + alpha**2 * q**2) * np.exp(-(q**2) * tau)).sum())


def crank_4_53(tau, biot):
    """Share left with surface evaporation."""
    b = roots("film", biot, 300)
    return float((2 * biot**2 * np.exp(-(b**2) * tau) / (b**2 * (b**2 + biot**2 + biot))).sum())


def test_emptying_into_a_perfect_sink():
    course = solve_slab(TIME, [Layer(LENGTH, SPEED, content=1.0)], Bath(), Closed())
    assert course.held[0] / LENGTH == pytest.approx([crank_4_18(t / UNIT) for t in TIME], abs=3e-4)


@pytest.mark.parametrize("alpha", [0.2, 1.0, 5.0])
@pytest.mark.parametrize("partition", [0.3, 4.0])
def test_uptake_from_a_stirred_bath(alpha, partition):
    # the bath counts by its depth over K
    bath = StirredBath(alpha * partition * LENGTH, 1.0)
    course = solve_slab(TIME, [Layer(LENGTH, SPEED, partition)], bath, Closed())
    expected = np.array([crank_4_37(t / UNIT, alpha) for t in TIME[40:]]) / (1.0 + alpha)
    assert course.held[0, 40:] == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("biot", [0.1, 1.0, 10.0])
def test_emptying_through_a_film(biot):
    film = Bath(0.0, permeability=biot * SPEED / LENGTH)
    course = solve_slab(TIME, [Layer(LENGTH, SPEED, content=1.0)], film, Closed())
    assert course.held[0] / LENGTH == pytest.approx([crank_4_53(t / UNIT, biot) for t in TIME], abs=5e-4)


@pytest.mark.parametrize("biot", [1e-8, 0.1, 1.0, 30.0, 1e4])
def test_closed_form_agrees_with_the_series(biot):
    taus = np.array([0.02, 0.049, 0.051, 0.3, 2.0])
    found = slab_forms.slab_remaining(taus, 1.0, 1.0, biot)
    assert found == pytest.approx([crank_4_53(tau, biot) for tau in taus], rel=1e-6)
    assert slab_forms.slab_remaining(taus, 1.0, 1.0) == pytest.approx([crank_4_18(tau) for tau in taus], rel=1e-8)


def test_the_scheme_is_of_second_order():
    errors = []
    for cells in (8, 16, 32, 64):
        time = np.linspace(0.0, 0.5, 2 * cells + 1) * UNIT
        layer = Layer(LENGTH, SPEED, content=1.0, cells=cells)
        course = solve_slab(time, [layer], Bath(0.0, SPEED / LENGTH), Closed())
        errors.append(abs(course.held[0, -1] / LENGTH - crank_4_53(0.5, 1.0)))
    assert np.log2(errors[0] / errors[-1]) / 3 > 1.8


def test_steady_flux_through_layers():
    # Carslaw and Jaeger: resistances L/(D K) in series
    layers = [Layer(1e-3, 1e-10, 2.0, refined="none"), Layer(5e-4, 2e-11, 0.5), Layer(2e-3, 1e-9, 8.0, refined="back")]
    time = np.concatenate([[0.0], np.geomspace(1.0, 1e9, 60)])
    film = 3e-8
    course = solve_slab(time, layers, Bath(5.0, film), Bath(1.0), profiles_at=[-1])
    resistance = 1e-3 / (1e-10 * 2.0) + 5e-4 / (2e-11 * 0.5) + 2e-3 / (1e-9 * 8.0) + 1.0 / film
    flux = np.diff(course.out_back[0])[-1] / np.diff(time)[-1]
    assert flux == pytest.approx(4.0 / resistance, rel=1e-6)
    # in the first layer C falls along a line from K times the concentration behind the film
    at_face = 2.0 * (5.0 - flux / film)
    assert course.free[0, :24, 0] == pytest.approx(at_face - flux / 1e-10 * course.depth[0, :24], rel=1e-6)


def test_a_bath_that_rises_steadily():
    # Duhamel: uptake of a ramp is the integral of uptake of a step
    time = np.linspace(0.0, 1.0, 200) * UNIT
    course = solve_slab(time, [Layer(LENGTH, SPEED, 3.0)], Bath(np.linspace(0.0, 1.0, 200)[None, :]), Closed())
    for i in (20, 100, 199):
        step = quad(lambda tau: 1.0 - crank_4_18(tau), 0.0, time[i] / UNIT, limit=200)[0]
        assert course.held[0, i] == pytest.approx(3.0 * LENGTH * step, rel=2e-3)


# binding


def test_few_of_the_sites_taken_is_slower_diffusion():
    layer = Layer(LENGTH, SPEED, sites=200.0, dissociation=10.0, content=1e-6)
    time = TIME * 21.0
    course = solve_slab(time, [layer], Bath(), Closed())
    apparent = apparent_diffusivity(SPEED, 200.0, 10.0)
    expected = [crank_4_18(t * float(apparent) / LENGTH**2) for t in time]
    assert course.held[0] / (LENGTH * 1e-6) == pytest.approx(expected, abs=3e-4)


def test_full_sites_do_not_hold_drug_back():
    layer = Layer(LENGTH, SPEED, sites=1.0, dissociation=1e-9, content=1e6)
    course = solve_slab(TIME[:100], [layer], Bath(), Closed())
    assert course.held[0] / (LENGTH * 1e6) == pytest.approx([crank_4_18(t / UNIT) for t in TIME[:100]], abs=3e-4)


def test_a_front_that_fills_tight_sites():
    # Neumann's moving boundary (Crank 13.2): sqrt(pi) g exp(g^2) erf(g) = C0/N, uptake 2 C0 sqrt(D t/pi)/erf(g)
    held, outside = 20.0, 1.0
    g = brentq(lambda x: np.sqrt(np.pi) * x * np.exp(x * x) * erf(x) - outside / held, 1e-6, 2.0)
    layer = Layer(LENGTH, SPEED, sites=held, dissociation=1e-4, cells=200, refined="none")
    time = np.linspace(0.0, 4.0, 400) * UNIT
    course = solve_slab(time, [layer], Bath(outside), Closed())
    expected = 2.0 * outside * np.sqrt(SPEED * time / np.pi) / erf(g)
    assert course.held[0, 100:] == pytest.approx(expected[100:], rel=0.01)


@pytest.mark.parametrize("association", [None, 3e-5])
def test_saturable_binding_against_another_solver(association):
    sites, half, degradation, n = 5.0, 0.3, 1e-6, 80
    dx = LENGTH / n

    def rates(_, y):
        bath, total = y[0], y[1 : n + 1]
        if association is None:
            excess = total - sites - half
            free, bind = 0.5 * (excess + np.sqrt(excess**2 + 4 * half * total)), np.zeros(0)
        else:
            bound = y[n + 1 :]
            free = total - bound
            bind = association * free * (sites - bound) - (association * half + degradation) * bound
        flux = np.empty(n + 1)  # toward the back
        flux[0] = SPEED * (2.0 * bath / 1e-3 - free[0]) / (dx / 2)  # K = 2, bath of 1 mm
        flux[1:-1] = -SPEED * np.diff(free) / dx
        flux[-1] = 0.0
        return np.concatenate([[-flux[0]], -np.diff(flux) / dx - degradation * total, bind])

    bands = {"lband": 1, "uband": 1} if association is None else {}
    time = np.concatenate([[0.0], np.geomspace(100.0, 1e5, 120)])
    start = np.zeros(n + 1 if association is None else 2 * n + 1)
    start[0] = 4e-3
    reference = solve_ivp(rates, (0, 1e5), start, "LSODA", time, rtol=1e-6, atol=1e-9, **bands)
    layer = Layer(LENGTH, SPEED, 2.0, sites, half, association, degradation, cells=40)
    course = solve_slab(time, [layer], StirredBath(1e-3, 4e-3), Closed(), profiles_at=[80])
    assert course.front_bath[0, 40:] == pytest.approx(reference.y[0, 40:], rel=4e-3)
    depth = (np.arange(n) + 0.5) * dx
    inside = np.interp(depth[4:60], course.depth[0], course.total[0, :, 0])
    assert inside == pytest.approx(reference.y[5:61, 80], abs=0.05)


def test_slow_binding_becomes_fast_and_none():
    def held(association, sites=4.0):
        layer = Layer(LENGTH, SPEED, sites=sites, dissociation=0.5, association=association)
        return solve_slab(TIME, [layer], StirredBath(LENGTH, 2e-3), Closed()).held

    assert held(1e3) == pytest.approx(held(None), rel=1e-4, abs=1e-9)
    assert held(1e-15) == pytest.approx(held(None, sites=0.0), rel=1e-6)


def test_sites_of_a_thin_slab_fill_as_langmuir_kinetics():
    # so thin that diffusion is at once: C + B = T, dB/dt = k_on C (N - B) - k_off B
    k_on, k_off, most, total = 1e-3, 1e-4, 3.0, 2.0
    time = np.linspace(0.0, 2000.0, 400)
    bath = StirredBath(1e-4, total * 1e-4)
    layer = Layer(1e-9, 1e-9, sites=most * 1e5, dissociation=k_off / k_on, association=k_on)
    found = solve_slab(time, [layer], bath, Closed(), substeps=2)
    exact = solve_ivp(
        lambda _, b: k_on * (total - b) * (most - b) - k_off * b, (0, 2000), [0.0], "LSODA", time, rtol=1e-9, atol=1e-12
    )
    assert found.held[0] / 1e-4 == pytest.approx(exact.y[0], abs=2e-3)


# losses, sources, and other ways to the same answer


def test_degradation_alone():
    time = np.linspace(0.0, 1e5, 100)
    layer = Layer(LENGTH, SPEED, degradation=2e-5, content=1.0, sites=3.0)
    course = solve_slab(time, [layer], Closed(), Closed())
    assert course.held[0] / LENGTH == pytest.approx(np.exp(-2e-5 * time), rel=1e-4)
    assert course.free_mean[0, 0] == pytest.approx((np.sqrt(13.0) - 3.0) / 2.0)  # C + 3 C/(1 + C) = 1


def test_steady_supply_into_a_slab_that_leaks():
    # source s per volume, sink at the face: C = (s/D)(L x - x^2/2), mean s L^2/(3 D)
    time = np.linspace(0.0, 10.0, 100) * UNIT
    layer = Layer(LENGTH, SPEED, supply=(1e-9 * LENGTH * time)[None, :])
    course = solve_slab(time, [layer], Bath(), Closed(), profiles_at=[99])
    x = course.depth[0]
    assert course.free_mean[0, -1] == pytest.approx(1e-9 * UNIT / 3.0, rel=1e-3)
    assert course.free[0, :, 0] == pytest.approx(1e-9 / SPEED * (LENGTH * x - x**2 / 2), rel=2e-3)


def test_the_chain_is_the_same_slab():
    layers = [Layer(1e-3, 1e-10, 2.0, 5.0, 2.0, degradation=1e-6), Layer(5e-4, 1e-9, cells=6, refined="none")]
    bath = StirredBath(1e-3, 1e-6, loss=1e-5, permeability=1e-6)
    found = chain(layers, bath, Bath(0.0))
    assert found.cells == slice(1, 31)
    time = np.concatenate([[0.0], np.geomspace(10.0, 1e5, 150)])
    course = solve_slab(time, layers, bath, Bath(0.0), substeps=4)
    left = expm(found.matrix[0] * 1e5) @ found.amount[0]
    assert left[0] == pytest.approx(course.front_bath[0, -1], rel=1e-3)
    assert left[1:].sum() == pytest.approx(course.held[0, -1], rel=1e-3)
    leaving = found.to_front + found.to_back + found.lost
    assert found.matrix.sum(axis=1) == pytest.approx(-leaving, rel=1e-9, abs=1e-12)


def test_slowest_rate_of_the_chain():
    found = chain([Layer(LENGTH, SPEED)], Bath(), Closed())
    slowest = -np.linalg.eigvals(found.matrix[0]).real.max()
    assert slowest == pytest.approx(np.pi**2 / 4 / UNIT, rel=1e-3)
    assert np.log(2.0) / slowest == pytest.approx(float(slab_forms.slab_half_life(LENGTH, SPEED)), rel=1e-3)


def test_diffusivity_may_change_with_depth():
    # D = D0 (1 + x/L): the resistance is L ln 2/D0
    _, middles = cell_places(48, "none")
    layer = Layer(LENGTH, SPEED * (1.0 + middles)[None, :], cells=48, refined="none")
    time = np.linspace(0.0, 20.0, 50) * UNIT
    course = solve_slab(time, [layer], Bath(1.0), Bath(0.0))
    flux = np.diff(course.out_back[0])[-1] / np.diff(time)[-1]
    assert flux == pytest.approx(SPEED / (LENGTH * np.log(2.0)), rel=1e-4)


def test_many_draws_are_each_their_own():
    generator = np.random.default_rng(4)
    count = 500  # more than are worked on together
    thickness, speed = generator.uniform(1e-3, 3e-3, count), generator.uniform(1e-11, 1e-9, count)
    sites = generator.uniform(0.0, 10.0, count)
    time = TIME[::8]
    together = solve_slab(time, [Layer(thickness, speed, sites=sites)], StirredBath(1e-3, 1e-3), Closed())
    for i in (0, 239, 240, 499):
        alone = solve_slab(time, [Layer(thickness[i], speed[i], sites=sites[i])], StirredBath(1e-3, 1e-3), Closed())
        assert together.held[i] == pytest.approx(alone.held[0], rel=1e-5)


number = st.floats(0.0, 1.0)


@settings(max_examples=30, deadline=None)
@given(
    logs=st.tuples(st.floats(-13, -8), st.floats(-4.5, -2), st.floats(-3, 3), st.floats(-6, 6), st.floats(-4, 4)),
    faces=st.tuples(st.sampled_from(["closed", "bath", "stirred"]), st.sampled_from(["closed", "bath", "stirred"])),
    slow=st.sampled_from([None, 1e-9, 1e-4, 10.0]),
    amounts=st.tuples(number, number, number, number),
    times=st.integers(2, 25),
)
@example((-11.0, -2.0, -1.0, 4.0, 0.0), ("closed", "closed"), 1e-9, (0.0, 0.0, 1.0, 0.0), 5)
def test_mass_is_conserved_and_never_negative(logs, faces, slow, amounts, times):
    speed, thickness, partition, sites, half = 10.0 ** np.array(logs)
    content, bathed, supplied, lost = amounts
    time = np.concatenate([[0.0], np.geomspace(1.0, 1e8, times)])
    arrived = supplied * (1.0 - np.exp(-time / 1e4))[None, :]
    kinds = {
        "closed": Closed(),
        "bath": Bath(bathed * np.cos(time / 3e7)[None, :] ** 2, 1e-7),
        "stirred": StirredBath(1e-3, bathed * (1.0 + arrived), lost * 1e-4),
    }
    layers = [
        Layer(thickness, speed, partition, sites, half, slow, lost * 1e-6, content, arrived, 9),
        Layer(2e-4, 1e-10, cells=5, refined="back"),
    ]
    course = solve_slab(time, layers, kinds[faces[0]], kinds[faces[1]])
    stirred = faces.count("stirred") * bathed * (1.0 + arrived[0])
    put_in = content * thickness + arrived[0] + stirred
    scale = max(np.abs(part).max() for part in (course.held, course.out_front, course.out_back, put_in))
    assert everything(course)[0] == pytest.approx(put_in, abs=1e-12 * max(scale, 1e-300))
    for part in (course.held, course.front_bath, course.back_bath, course.degraded, course.cleared, course.free_mean):
        assert part.min() >= -1e-10 * scale


# worked numbers


@pytest.mark.parametrize(
    ("length", "speed", "endplate", "expected"),
    [
        (0.55, 3e-6, None, 7.9 * HOUR),  # human nucleus, small solute
        (0.55, 3e-6, (0.06, 2.7e-7), 30 * HOUR),
        (0.55, 5e-7, None, 47 * HOUR),  # protein of 25 kDa
        (0.55, 4e-7, (0.06, 1e-7), 117 * HOUR),
        (0.047, 3e-6, None, 3.4 * 60),  # rat tail
        (0.047, 3e-6, (0.01, 2.7e-7), 23 * 60),
        (0.02, 1e-6, None, 1.9 * 60),  # cartilage of rat, dog, horse, man
        (0.095, 1e-6, None, 0.7 * HOUR),
        (0.175, 1e-6, None, 2.4 * HOUR),
        (0.235, 1e-6, None, 4.3 * HOUR),
    ],
)
def test_half_lives_worked_by_hand(length, speed, endplate, expected):
    # cm and cm2/s
    biot = np.inf if endplate is None else length * endplate[1] / endplate[0] / speed
    assert float(slab_forms.slab_half_life(length, speed, biot)) == pytest.approx(expected, rel=0.03)


def test_avidin_in_rat_cartilage():
    # 0.2 mm, 3e-8 cm2/s, twenty times as much bound as free; 29 h were measured (Bajpayee et al. 2014)
    apparent = apparent_diffusivity(3e-12, 20.0, 1.0)
    found = float(slab_forms.slab_half_life(2e-4, apparent)) / HOUR
    assert found == pytest.approx(21.9, rel=0.01)


def test_first_and_later_halves():
    assert float(slab_forms.slab_first_half(1.0, 1.0)) == pytest.approx(0.1967, rel=1e-3)
    assert float(slab_forms.slab_half_life(1.0, 1.0)) == pytest.approx(0.281, rel=1e-3)
    # behind a film that sets the rate both are ln 2 L/P
    assert float(slab_forms.slab_first_half(1.0, 1.0, 1e-6)) == pytest.approx(np.log(2.0) * 1e6, rel=1e-4)
    found = slab_forms.slab_first_half([1.0, 2.0], 1.0, [0.7, 0.7])
    assert slab_forms.slab_remaining(found, [1.0, 2.0], 1.0, 0.7) == pytest.approx([0.5, 0.5], rel=1e-9)


@given(st.floats(1e-10, 1e10))
def test_roots_of_the_film(biot):
    root = float(slab_forms.film_root(biot))
    assert root * np.sin(root) == pytest.approx(biot * np.cos(root), rel=1e-5)


def test_films_at_the_ends():
    assert slab_forms.film_root([0.0, np.inf]) == pytest.approx([0.0, np.pi / 2])
    assert slab_forms.slab_half_life(1.0, 1.0, 0.0) == np.inf
    assert slab_forms.slab_half_life(1.0, 1.0, 0.0, np.log(2.0)) == pytest.approx(1.0)
    assert slab_forms.slab_first_half(1.0, 1.0, 0.0) == np.inf
    assert slab_forms.slab_remaining([0.0, 5.0], 1.0, 1.0, 0.0) == pytest.approx([1.0, 1.0])
    assert float(slab_forms.slab_remaining(0.0, 1.0, 1.0)) == 1.0


def test_depth_where_loss_balances_diffusion():
    # a deep slab with a steady bath: C falls as exp(-x/depth)
    depth = float(slab_forms.penetration_depth(SPEED, 1e-3))
    time = np.linspace(0.0, 2e4, 60)
    layer = Layer(10 * depth, SPEED, degradation=1e-3, cells=80)
    course = solve_slab(time, [layer], Bath(1.0), Closed(), profiles_at=[-1])
    near = course.depth[0] < 3 * depth
    assert course.free[0, near, 0] == pytest.approx(np.exp(-course.depth[0, near] / depth), rel=5e-3)


@pytest.mark.parametrize("refined", ["front", "back", "both", "none"])
@pytest.mark.parametrize("cells", [4, 9, 30])
def test_cells_fill_the_layer(cells, refined):
    faces, middles = cell_places(cells, refined)
    assert (faces[0], faces[-1], len(middles)) == (0.0, 1.0, cells)
    assert (np.diff(np.sort(np.concatenate([faces, middles]))) > 0).all()
    assert ((faces[:-1] < middles) & (middles < faces[1:])).all()


LAYER = Layer(LENGTH, SPEED)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: solve_slab([0.0, 1.0, 1.0], [LAYER], Closed(), Closed()), "time"),
        (lambda: solve_slab([1.0, 2.0], [LAYER], Closed(), Closed()), "time"),
        (lambda: solve_slab([0.0], [LAYER], Closed(), Closed()), "time"),
        (lambda: solve_slab([0.0, np.inf], [LAYER], Closed(), Closed()), "time"),
        (lambda: solve_slab([0.0, 1.0], [LAYER], Closed(), Closed(), substeps=0), "substeps"),
        (lambda: solve_slab([0.0, 1.0], [], Closed(), Closed()), "layers"),
        (lambda: solve_slab([0.0, 1.0], [Layer(0.0, SPEED)], Closed(), Closed()), "thickness"),
        (lambda: solve_slab([0.0, 1.0], [Layer(LENGTH, -1.0)], Closed(), Closed()), "diffusivity"),
        (lambda: solve_slab([0.0, 1.0], [Layer(LENGTH, SPEED, 0.0)], Closed(), Closed()), "leave the layer out"),
        (lambda: solve_slab([0.0, 1.0], [Layer(LENGTH, SPEED, sites=-1.0)], Closed(), Closed()), "sites"),
        (lambda: solve_slab([0.0, 1.0], [Layer(LENGTH, SPEED, dissociation=0.0)], Closed(), Closed()), "dissociation"),
        (lambda: solve_slab([0.0, 1.0], [Layer(LENGTH, SPEED, association=0.0)], Closed(), Closed()), "association"),
        (lambda: solve_slab([0.0, 1.0], [Layer(LENGTH, SPEED, degradation=-1.0)], Closed(), Closed()), "degradation"),
        (lambda: solve_slab([0.0, 1.0], [Layer(LENGTH, SPEED, content=np.nan)], Closed(), Closed()), "content"),
        (lambda: solve_slab([0.0, 1.0], [Layer(LENGTH, SPEED, cells=3)], Closed(), Closed()), "cells"),
        (lambda: solve_slab([0.0, 1.0], [LAYER], Bath(-1.0), Closed()), "concentration"),
        (lambda: solve_slab([0.0, 1.0], [LAYER], Bath(1.0, 0.0), Closed()), "permeability"),
        (lambda: solve_slab([0.0, 1.0], [LAYER], Closed(), StirredBath(0.0)), "bath_depth"),
        (lambda: solve_slab([0.0, 1.0], [LAYER], Closed(), StirredBath(1.0, -1.0)), "arrived"),
        (lambda: solve_slab([0.0, 1.0], [LAYER], Closed(), StirredBath(1.0, loss=-1.0)), "bath_loss"),
        (lambda: chain([Layer(LENGTH, SPEED, association=1.0)], Closed(), Closed()), "slow binding"),
        (lambda: slab_forms.film_root(-1.0), "biot"),
        (lambda: slab_forms.slab_half_life(1.0, 1.0, np.nan), "biot"),
        (lambda: slab_forms.slab_half_life(1.0, 1.0, 1.0, -1.0), "other_loss"),
        (lambda: slab_forms.slab_remaining(-1.0, 1.0, 1.0), "time"),
        (lambda: slab_forms.slab_first_half(0.0, 1.0), "thickness"),
        (lambda: apparent_diffusivity(1.0, 1.0, 0.0), "dissociation"),
        (lambda: slab_forms.penetration_depth(1.0, 0.0), "loss_rate"),
    ],
)
def test_refuses_what_cannot_be(call, name):
    with pytest.raises(DomainError, match=name):
        call()
