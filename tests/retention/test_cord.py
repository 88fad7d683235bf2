"""The cord against printed half-lives, measured leaks, exact solutions, independent solvers and limits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formulate.crystal_sizes import CrystalSizes
from formulate.retention import cord, cord_barrier, cord_course
from formulate.retention.cord_course import follow
from formulate.retention.dissolving import Crystals, dissolved
from formulate.retention.linear import system
from formulate.retention.slab import solve_slab
from formulate.retention.slab_layers import Bath, Closed, Layer
from formulate.retention.stiff import solve
from materials.errors import DomainError

DAY, HOUR, MINUTE, ML = 86400.0, 3600.0, 60.0, 1e-6
LN2 = np.log(2.0)


# fluid: volumes [mL], flows [mL/h] and half-lives [h] as a published table prints them or as worked from it by hand


@pytest.mark.parametrize(
    ("species", "volume", "flow", "expected"),
    [
        ("mouse", 0.04, 0.02, 1.4),
        ("rat", 0.25, 0.22, 0.79),
        ("guinea-pig", 0.3, 0.21, 1.0),
        ("rabbit", 2.0, 0.48, 2.9),
        ("dog", 16.0, 2.95, 3.8),
        ("pig", 50.0, 7.8, 4.4),
        ("goat", 23.0, 9.8, 1.6),
        ("primate", 15.0, 2.1, 5.0),
        ("human", 130.0, 22.5, 4.0),
    ],
)
def test_half_lives_of_bulk_flow_by_species(species, volume, flow, expected):
    rate = cord.bulk_flow_rate(flow * ML / HOUR, volume * ML, 1.0)
    assert LN2 / rate / HOUR == pytest.approx(expected, rel=0.02)


def test_cytarabine_in_man():
    # cleared at 0.24 mL/min from 42 mL: 2 h
    assert LN2 / cord.bulk_flow_rate(0.24 * ML / MINUTE, 130 * ML, 42 / 130) / HOUR == pytest.approx(2.0, rel=0.02)


# barrier: 48 % of the volume of the injured cord leaked on day 1 and 25 % on day 3


def test_the_barrier_closes_as_measured():
    tau = 2 * DAY / np.log(48 / 25)
    assert tau / DAY == pytest.approx(3.1, rel=0.02)
    days = np.array([-0.01, 0.0, 1.0, 3.0, 7.0])
    found = cord_barrier.barrier_leak(days * DAY, 0.665, tau)
    assert found == pytest.approx([0.0, 0.66, 0.48, 0.25, 0.07], abs=0.006)


@given(since=st.floats(-5.0, 20.0), tau=st.floats(0.1, 20.0), seed=st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_the_mean_leak_is_that_of_many_small_steps(since, tau, seed):
    time = np.sort(np.random.default_rng(seed).uniform(0.0, 10.0, 6)) + 0.01 * np.arange(6)
    found = cord_barrier.mean_barrier_leak(time * DAY, since * DAY, [0.6], [tau * DAY])[0]
    for step in range(5):
        fine = np.linspace(time[step], time[step + 1], 4001)
        middles = 0.5 * (fine[1:] + fine[:-1])
        mean = cord_barrier.barrier_leak((middles + since) * DAY, 0.6, tau * DAY).mean()
        assert found[step] == pytest.approx(mean, rel=2e-3, abs=2e-4)


def test_size_sorts_what_crosses():
    found = cord_barrier.size_share(np.array([1, 20, 100, 200, 2000]) * 1e-9, 100e-9, 3.17)
    assert found == pytest.approx([1.0, 1.0, 0.5, 0.1, 0.0], abs=0.01)
    assert (np.diff(found) < 0).all()


def test_no_more_crosses_a_capillary_than_blood_brings():
    # slow: the permeability itself; fast: all drug that arrives, fu K C = q C
    slow, fast = cord_barrier.capillary_clearance([1e-9, 1e3], 5e-3, 0.2)
    assert slow == pytest.approx(1e-9, rel=1e-6)
    assert fast * 0.2 == pytest.approx(5e-3)
    assert cord_barrier.capillary_clearance(0.0, 5e-3, 0.2) == 0.0


def test_lipophilic_drugs_cross_faster_and_the_reference_as_known():
    found = cord_barrier.lipophilic_passage([-3.1, -1.0, 2.0], 0.182, 4e-6, -4.23, 1.0)
    assert found[0] == pytest.approx(4e-6, rel=1e-3)
    assert found[1:] / found[0] == pytest.approx([10**2.1, 10**5.1], rel=1e-6)


# tissue


def test_particles_do_not_move_in_intact_cord_and_do_in_a_lesion():
    intact = cord.tissue_diffusivity(6e-12, [20e-9, 64e-9, 110e-9, 200e-9], 1.6, 50e-9)
    assert intact[0] > 0
    assert not intact[1:].any()
    assert cord.tissue_diffusivity(6e-12, 100e-9, 1.6, 150e-9) > 0
    # a small solute: free diffusivity over the square of 1.6
    assert cord.tissue_diffusivity(1e-9, 1e-12, 1.6, 50e-9) == pytest.approx(1e-9 / 2.56, rel=1e-3)


@pytest.mark.parametrize("loss", [1e-7, 1e-5, 1e-3, 1e-1])
def test_the_slab_gives_its_steady_mean_and_flux(loss):
    # solved by finite differences, face at 1, other end closed
    speed, length, cells = 2e-10, 1e-3, 4000
    width = length / cells
    out = speed / width**2
    main = np.full(cells, -2 * out - loss)
    main[0] -= out  # half a cell to the face
    main[-1] += out
    banded = np.zeros((3, cells))
    banded[0, 1:] = banded[2, :-1] = out
    banded[1] = main
    right = np.zeros(cells)
    right[0] = -2 * out
    from scipy.linalg import solve_banded

    mean = solve_banded((1, 1), banded, right).mean()
    rate = cord.slab_exchange(speed, length, loss)
    assert rate / (rate + loss) == pytest.approx(mean, rel=2e-3)


def test_exchange_of_slab_and_cylinder_in_the_limits():
    assert cord.slab_exchange(1e-10, 1e-3, 0.0) == pytest.approx(3e-4)
    assert cord.cylinder_exchange(1e-10, 1e-3, 0.0) == pytest.approx(8e-4)
    assert cord.slab_exchange(1e-10, 1e-3, 1e-12) == pytest.approx(3e-4, rel=1e-4)
    assert cord.cylinder_exchange(1e-10, 1e-3, 1e-5) == pytest.approx(8e-4, rel=0.02)
    # fast loss: only the rim counts, surface over volume times sqrt(D k), 1/L and 2/R
    for kernel, faces in ((cord.slab_exchange, 1.0), (cord.cylinder_exchange, 2.0)):
        deep = kernel(1e-10, 1e-3, 100.0)
        assert deep == pytest.approx(faces * np.sqrt(1e-10 * 100.0) / 1e-3, rel=0.01)
        assert kernel(0.0, 1e-3, 1e-3) == pytest.approx(0.0, abs=1e-9)
        assert kernel(0.0, 1e-3, 0.0) == 0.0


def test_the_profile_follows_an_independent_slab_solver():
    time = np.concatenate([[0.0], np.geomspace(10.0, DAY, 120)])
    face = (np.exp(-time / (2 * HOUR)) - np.exp(-time / (0.2 * HOUR)))[None, :]
    speed, length, loss = np.array([2e-10]), np.array([2e-3]), np.array([5e-5])
    moments = np.array([60, 100, 120])
    depth = np.array([0.1, 0.3, 0.6])
    found = cord.profile(time, face, speed, length, loss, depth, moments)[0]
    layer = Layer(thickness=length, diffusivity=speed, degradation=loss, cells=120)
    course = solve_slab(time, [layer], Bath(face), Closed(), profiles_at=moments.tolist(), substeps=4)
    for index in range(3):
        expected = np.interp(depth * length, course.depth[0], course.free[0, :, index])
        assert found[:, index] == pytest.approx(expected, rel=0.02, abs=2e-3)


# compartments


def rates(seed: int) -> dict[tuple[str, str], np.ndarray]:
    generator = np.random.default_rng(seed)
    pairs = (("csf", "cord"), ("cord", "csf"), ("csf", "plasma"), ("plasma", "cord"), ("plasma", "out"))
    return {pair: 1e-4 * np.exp(generator.normal(0, 1.5, 3)) for pair in pairs}


def grid(end: float = 3 * DAY, count: int = 220) -> np.ndarray:
    return np.concatenate([[0.0], np.geomspace(10.0, end, count)])


@pytest.mark.parametrize("seed", range(4))
def test_a_steady_barrier_gives_what_the_modes_give(seed):
    time, steady = grid(), rates(seed)
    leaking = {("plasma", "csf"): np.full(3, 2e-4)}
    arrival = {"csf": np.ones((3, time.size)), "plasma": 1.0 - np.exp(-time / HOUR)[None, :]}
    found = follow(time, arrival, steady, leaking, np.full((1, time.size - 1), 0.5))
    transfers = {pair: rate for pair, rate in steady.items() if pair[1] != "out"} | {
        ("plasma", "csf"): np.full(3, 1e-4)
    }
    exact = system(["csf", "cord", "plasma"], transfers, {("plasma", "out"): steady["plasma", "out"]})
    amounts = exact.amounts(time, arrival)
    for name, values in (amounts.inside | amounts.lost).items():
        assert found[name] == pytest.approx(values, abs=3e-4), name


def test_a_closing_barrier_gives_what_a_stiff_solver_gives():
    time, tau, since = grid(10 * DAY), 3.1 * DAY, 6 * HOUR
    leaking = {("blood", "lesion"): np.array([2e-5]), ("lesion", "blood"): np.array([5e-4])}
    steady = {("blood", "out"): np.array([1e-5])}
    leak = cord_barrier.mean_barrier_leak(time, since, [0.66], [tau])
    found = follow(time, {"blood": np.ones((1, time.size))}, steady, leaking, leak)

    def slope(now, amounts):
        blood, lesion, _ = amounts.T
        openness = 0.66 * np.exp(-(now + since) / tau)
        enters, leaves, gone = openness * 2e-5 * blood, openness * 5e-4 * lesion, 1e-5 * blood
        return np.stack([leaves - enters - gone, enters - leaves, gone], axis=1)

    exact = solve(slope, [[1.0, 0.0, 0.0]], time, rtol=1e-8, atol=1e-12)[0]
    for index, name in enumerate(("blood", "lesion", "out")):
        assert found[name][0] == pytest.approx(exact[index], abs=5e-4)


@given(seed=st.integers(0, 10_000), fast=st.floats(0.0, 6.0))
@settings(max_examples=40, deadline=None)
def test_nothing_is_made_lost_or_negative(seed, fast):
    time, steady = grid(count=60), rates(seed)
    steady["csf", "cord"] = steady["csf", "cord"] * 10.0**fast
    arrival = np.cumsum(np.random.default_rng(seed).exponential(1.0, (3, time.size)), axis=1)
    found = follow(time, {"csf": arrival}, steady, {("cord", "plasma"): np.full(3, 1e-3)}, np.full((1, 60), 0.3))
    whole = sum(found.values())
    assert whole == pytest.approx(arrival, rel=1e-11)
    assert min(values.min() for values in found.values()) >= -1e-12 * arrival.max()


def test_doses_add_up():
    time, steady = grid(count=80), rates(1)
    one, two = np.ones((1, time.size)), (time > DAY).astype(float)[None, :]
    shut = np.zeros((1, 80))
    both = follow(time, {"csf": one + two}, steady, {}, shut)
    first, second = (follow(time, {"csf": item}, steady, {}, shut) for item in (one, two))
    for name, values in both.items():
        assert values == pytest.approx(first[name] + second[name], abs=1e-12)


def test_a_tissue_that_binds_decides_how_long_an_oligonucleotide_stays():
    # exact slow root of l**2 - (k_b + k_t + k_o) l + k_b k_o = 0; 163 d measured with uptake 4 to 20 times return
    bulk, taken = LN2 / (2 * HOUR), 0.085 / DAY
    back = taken / 20
    whole = bulk + taken + back
    slow = 2 * bulk * back / (whole + np.sqrt(whole**2 - 4 * bulk * back))
    time = grid(400 * DAY, 300)
    steady = {pair: np.array([rate]) for pair, rate in
              {("csf", "cord"): taken, ("cord", "csf"): back, ("csf", "plasma"): bulk}.items()}  # fmt: skip
    found = follow(time, {"csf": np.ones((1, time.size))}, steady, {}, np.zeros((1, 300)))["csf"][0]
    late = np.interp([100 * DAY, 300 * DAY], time, np.log(found))
    half_life = LN2 * 200.0 / (late[0] - late[1])
    assert half_life == pytest.approx(LN2 / slow / DAY, rel=2e-3)
    assert half_life == pytest.approx(163.0, rel=0.05)


# crystals


def crystals(size: float = 5e-6, solubility: float = 0.1) -> Crystals:
    return Crystals(CrystalSizes(np.array([size])), *(np.array([value]) for value in (1300.0, solubility, 5e-10)))


def test_crystals_dissolve_as_a_shrinking_sphere_in_a_sink():
    # r**2 falls in a straight line: all is gone at t = rho r_0**2/(2 D S)
    end = 1300.0 * (5e-6) ** 2 / (2 * 5e-10 * 0.1)
    time = np.linspace(0.0, 1.2 * end, 3001)
    solid, nothing = np.full((1, time.size), 1e-12), np.zeros((1, time.size))
    gone = dissolved(time, solid, nothing, np.array([1.0]), np.array([1.0]), crystals())[0]
    shrunk = 1.0 - np.maximum(1.0 - time / end, 0.0) ** 1.5
    assert gone / 1e-12 == pytest.approx(shrunk, abs=0.01)


def test_no_more_dissolves_than_the_fluid_holds():
    time = np.linspace(0.0, 10 * DAY, 500)
    solid, nothing = np.full((1, time.size), 1.0), np.zeros((1, time.size))
    gone = dissolved(time, solid, nothing, np.array([2e-6]), np.array([0.0]), crystals())[0]
    assert gone[-1] == pytest.approx(2e-6 * 0.1, rel=1e-3)
    gone = dissolved(time, solid * 1e-9, nothing, np.array([2e-6]), np.array([0.0]), crystals())[0]
    assert gone[-1] == pytest.approx(1e-9, rel=1e-6)


# refusals


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: cord.bulk_flow_rate(0.0, 1e-4, 0.3), "formation_rate"),
        (lambda: cord.bulk_flow_rate(1e-9, -1e-4, 0.3), "fluid_volume"),
        (lambda: cord.bulk_flow_rate(1e-9, 1e-4, 0.0), "effective_fraction"),
        (lambda: cord.bulk_flow_rate(1e-9, 1e-4, 1.1), "effective_fraction"),
        (lambda: cord_barrier.barrier_leak(np.nan, 0.5, DAY), "since_injury"),
        (lambda: cord_barrier.barrier_leak(0.0, 1.5, DAY), "leak_at_injury"),
        (lambda: cord_barrier.barrier_leak(0.0, 0.5, 0.0), "closing_time"),
        (lambda: cord_barrier.size_share(0.0, 1e-7, 3.0), "diameter"),
        (lambda: cord_barrier.size_share(1e-7, 0.0, 3.0), "half_diameter"),
        (lambda: cord_barrier.size_share(1e-7, 1e-7, -1.0), "exponent"),
        (lambda: cord_barrier.lipophilic_passage(30.0, 0.2, 1e-6, -4.0, 1.0), "logp"),
        (lambda: cord_barrier.lipophilic_passage(1.0, 0.0, 1e-6, -4.0, 1.0), "molar_mass"),
        (lambda: cord_barrier.lipophilic_passage(1.0, 0.2, 1e-6, np.nan, 1.0), "reference"),
        (lambda: cord_barrier.lipophilic_passage(1.0, 0.2, 1e-6, -4.0, 0.0), "slope"),
        (lambda: cord_barrier.capillary_clearance(-1.0, 1e-3, 0.5), "permeability"),
        (lambda: cord_barrier.capillary_clearance(1.0, 0.0, 0.5), "blood_flow"),
        (lambda: cord_barrier.capillary_clearance(1.0, 1e-3, 0.0), "unbound_in_plasma"),
        (lambda: cord.tissue_diffusivity(1e-10, 1e-9, 0.5, 5e-8), "tortuosity"),
        (lambda: cord.tissue_diffusivity(1e-10, 0.0, 1.6, 5e-8), "diameter"),
        (lambda: cord.cylinder_exchange(-1.0, 1e-3, 0.0), "diffusivity"),
        (lambda: cord.cylinder_exchange(1e-10, 0.0, 0.0), "radius"),
        (lambda: cord.slab_exchange(1e-10, 1e-3, -1.0), "loss_rate"),
        (lambda: cord.slab_exchange(1e-10, 0.0, 0.0), "thickness"),
        (lambda: cord_course.follow(np.array([0.0, 0.0]), {}, {}, {}, np.zeros((1, 1))), "time"),
        (
            lambda: follow(np.array([0.0, 1.0]), {}, {("a", "b"): np.array([-1.0])}, {}, np.zeros((1, 1))),
            "rate",
        ),
    ],
)
def test_what_is_out_of_range_is_refused_by_name(call, named):
    with pytest.raises(DomainError, match=named):
        call()
