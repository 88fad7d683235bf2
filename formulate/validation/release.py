"""How it comes out, proved: diffusion by series, tables and finite volumes, rate laws by another integrator."""

import math
from collections.abc import Callable

import numpy as np
from scipy import special, stats

from formulate import dissolution
from formulate.release import (
    activity,
    arrhenius,
    autocatalysis,
    binding,
    boundary,
    carriers_within,
    desorption,
    dialysis,
    diffusion,
    fronts,
    gel,
    shapes,
    size_average,
    vesicle_core,
)
from formulate.release.autocatalysis_solver import Spheres, solve_spheres
from formulate.validation.case import Cases, Pair
from formulate.validation.other_ways import Array, area, stepped
from formulate.validation.worked import worked

cases = Cases("release")
cases.add(*worked("release"))

LENGTH, DIFFUSIVITY = 1e-4, 1e-12  # m, m2/s
UNIT = LENGTH**2 / DIFFUSIVITY
TAU = np.array([1e-4, 1e-3, 3e-3, 0.00499, 0.00501, 0.02, 0.0619, 0.0621, 0.1, 0.1999, 0.2001, 0.5, 1.0, 3.0])
SHAPES: tuple[shapes.Shape, ...] = ("slab", "cylinder", "sphere")


@cases.proves("exact", absolute=1e-9, source="crank1975", origin="equation 4.18, 3000 terms summed")
def slab_by_its_series() -> Pair:
    """Release from a slab with two open faces, D t/l2 from 0.0001 to 3"""
    odd = (2.0 * np.arange(3000) + 1.0) ** 2
    expected = 1.0 - 8.0 / np.pi**2 * np.sum(np.exp(-odd * np.pi**2 / 4.0 * TAU[:, None]) / odd, axis=-1)
    return expected, shapes.released_from_slab(TAU * UNIT, 2.0 * LENGTH, DIFFUSIVITY)


@cases.proves("exact", absolute=5e-9, source="crank1975", origin="equation 5.23, 3000 roots of the Bessel function")
def cylinder_by_its_series() -> Pair:
    """Release from a long cylinder, D t/R2 from 0.0001 to 3"""
    roots = special.jn_zeros(0, 3000) ** 2
    expected = 1.0 - 4.0 * np.sum(np.exp(-roots * TAU[:, None]) / roots, axis=-1)
    return expected, shapes.released_from_cylinder(TAU * UNIT, LENGTH, DIFFUSIVITY)


@cases.proves("exact", absolute=1e-8, source="crank1975", origin="equation 6.20, 3000 terms summed")
def sphere_by_its_series() -> Pair:
    """Release from a sphere, D t/R2 from 0.0001 to 3"""
    number = np.arange(1, 3001) ** 2
    expected = 1.0 - 6.0 / np.pi**2 * np.sum(np.exp(-number * np.pi**2 * TAU[:, None]) / number, axis=-1)
    return expected, shapes.released_from_sphere_at(TAU * UNIT, LENGTH, DIFFUSIVITY)


@cases.proves("published", absolute=0.001, source="crank1975", origin="half-times 0.0492, 0.0631, 0.0306")
def half_is_out_at_the_tabulated_times() -> Pair:
    """Release from slab, cylinder and sphere at the half-times of the book"""
    return [0.5, 0.5, 0.5], [
        float(shapes.released_from_slab(0.0492 * UNIT, LENGTH, DIFFUSIVITY)),
        float(shapes.released_from_cylinder(0.0631 * UNIT, LENGTH, DIFFUSIVITY)),
        float(shapes.released_from_sphere_at(0.0306 * UNIT, LENGTH, DIFFUSIVITY)),
    ]


@cases.proves("limit", relative=2e-4, origin="surface over volume times 2 sqrt(D t/pi)")
def early_release_by_the_surface() -> Pair:
    """First release of slab, cylinder and sphere"""
    time = 1e-10 * UNIT
    depth = 2.0 * math.sqrt(DIFFUSIVITY * time / math.pi) / LENGTH
    got = [
        float(kernel(time, LENGTH, DIFFUSIVITY))
        for kernel in (shapes.released_from_slab, shapes.released_from_cylinder, shapes.released_from_sphere_at)
    ]
    return [2.0 * depth, 2.0 * depth, 3.0 * depth], got


@cases.proves("other method", relative=1e-6, unit="s", origin="area above the release curve, by quadrature")
def mean_release_times() -> Pair:
    """Mean release times of slab, cylinder and sphere"""
    means = (shapes.mean_release_time_slab, shapes.mean_release_time_cylinder, diffusion.mean_release_time)
    curves = (shapes.released_from_slab, shapes.released_from_cylinder, shapes.released_from_sphere_at)
    areas = [
        area(lambda tau, curve: 1.0 - curve(tau * UNIT, LENGTH, DIFFUSIVITY), 0, 20, limit=500, args=(curve,))
        for curve in curves
    ]
    return np.array(areas) * UNIT, [float(mean(LENGTH, DIFFUSIVITY)) for mean in means]


def _finite_volumes(dimensions: int, tau: Array, cells: int, resistance: float = 0.0) -> Array:
    """Share released from a body of `cells` layers, stepped by a stiff integrator; `resistance` of a skin, 1/Bi."""
    faces = np.linspace(0.0, 1.0, cells + 1)
    volume = np.diff(faces**dimensions) / dimensions
    conductance = faces[1:] ** (dimensions - 1) * cells
    conductance[-1] = 1.0 / (0.5 / cells + resistance)

    def flow(_: float, inside: Array) -> Array:
        outward = conductance * (inside - np.append(inside[1:], 0.0))
        return np.asarray((np.append(0.0, outward[:-1]) - outward) / volume)

    left = stepped(flow, np.ones(cells), tau, rtol=1e-8, atol=1e-10, lband=1, uband=1)
    return np.asarray(1.0 - dimensions * volume @ left)


def _extrapolated(dimensions: int, tau: Array, resistance: float = 0.0) -> Array:
    coarse, fine = (_finite_volumes(dimensions, tau, cells, resistance) for cells in (50, 100))
    return np.asarray((4.0 * fine - coarse) / 3.0)  # the error falls with the square of the width


@cases.proves("other method", absolute=2e-6, origin="finite volumes, stepped by LSODA, extrapolated to no width")
def bodies_in_finite_volumes() -> Pair:
    """Release from slab, cylinder and sphere"""
    tau = np.array([0.03, 0.1, 0.3, 1.0])
    expected = [_extrapolated(dimensions, tau) for dimensions in (1, 2, 3)]
    return expected, [shapes.released_from_shape(tau, shape) for shape in SHAPES]


@cases.proves("other method", absolute=2e-6, origin="finite volumes behind a skin, stepped by LSODA, extrapolated")
def bodies_behind_a_still_layer() -> Pair:
    """Release from slab, cylinder and sphere through a boundary layer, Biot number 5"""
    tau = np.array([0.03, 0.1, 0.3, 1.0])
    expected = [_extrapolated(dimensions, tau, 0.2) for dimensions in (1, 2, 3)]
    return expected, [boundary.released_through_layer(tau, 5.0, shape) for shape in SHAPES]


@cases.proves("published", absolute=6e-5, source="crank1975", origin="tables of roots, four decimals")
def roots_of_a_still_layer() -> Pair:
    """First three roots for boundary layers on slab, cylinder and sphere"""
    tabulated: dict[tuple[shapes.Shape, float], tuple[float, ...]] = {
        ("slab", 1.0): (0.8603, 3.4256, 6.4373),
        ("slab", 10.0): (1.4289, 4.3058, 7.2281),
        ("cylinder", 1.0): (1.2558, 4.0795, 7.1558),
        ("cylinder", 10.0): (2.1795, 5.0332, 7.9569),
        ("sphere", 0.5): (1.1656, 4.6042, 7.7899),
        ("sphere", 2.0): (2.0288, 4.9132, 7.9787),
    }
    return list(tabulated.values()), [boundary.boundary_roots(number, 3, shape) for shape, number in tabulated]


@cases.proves("limit", absolute=2e-6, source="crank1975", origin="diffusivity D/(1 + B/K), in finite volumes")
def few_of_the_sites_taken() -> Pair:
    """Release from a sphere whose sites bind a trace of the drug, four bound for one free"""
    tau = np.array([0.03, 0.1, 0.3])
    slower = binding.time_beside_sites(tau * 5.0, 1e-6, 4.0, 1.0, "sphere")
    return _extrapolated(3, tau), shapes.released_from_shape(slower, "sphere")


@cases.proves("other method", absolute=2e-4, source="higuchi1961", origin="the front stepped by its balance, LSODA")
def front_of_suspended_drug() -> Pair:
    """Release behind a dissolving front in slab, cylinder and sphere, drug 100 times its solubility"""
    times = np.array([0.1, 1.0, 5.0, 10.0, 15.0])
    fluxes: dict[shapes.Shape, tuple[Callable[[Array], Array], int]] = {
        "slab": (lambda r: 1.0 / (1.0 - r), 1),
        "cylinder": (lambda r: -1.0 / np.log(r) / r, 2),
        "sphere": (lambda r: 1.0 / (1.0 / r - 1.0) / r**2, 3),
    }
    expected = []
    for flux, dimensions in fluxes.values():
        # the front starts with an endless speed: begin just below the surface, where every shape is a slab
        place = stepped(lambda _, r, out: -0.01 * out(r), [1.0 - 1e-4], times, begins=0.5e-6, atol=1e-6, args=(flux,))
        expected.append(1.0 - place[0] ** dimensions)
    return expected, [fronts.released_behind_front(times, 100.0, 1.0, shape) for shape in fluxes]


@cases.proves("other method", absolute=3e-4, origin="20 000 shells dissolved one by one through those outside")
def front_shell_by_shell() -> Pair:
    """Release of a suspension in a sphere of gel"""
    radius, speed, held, solubility = 2e-3, 5e-10, 80.0, 1.6
    edges = np.linspace(radius, 0.0, 20001)
    middle, width = (edges[1:] + edges[:-1]) / 2.0, edges[:-1] - edges[1:]
    resistance = np.cumsum(width / (4.0 * np.pi * middle**2 * speed))
    mass = held * 4.0 * np.pi * middle**2 * width
    time, share = np.cumsum(mass * resistance / solubility), np.cumsum(mass) / mass.sum()
    at = np.searchsorted(share, [0.05, 0.2, 0.5, 0.8, 0.95, 0.999])
    return share[at], gel.released_from_dissolving_front(time[at], radius, speed, held, solubility)


@cases.proves("other method", absolute=2e-4, origin="6001 sizes of the log-normal distribution, one by one")
def spheres_of_many_sizes() -> Pair:
    """Release from log-normal spheres, geometric standard deviations 1.2 to 2.5"""
    tau = np.geomspace(1e-4, 10.0, 20)
    scores = np.linspace(-9.0, 9.0, 6001)
    mass = stats.norm.pdf(scores)
    expected = [
        (mass / mass.sum()) @ diffusion.released_from_sphere(tau / (sigma ** (2.0 * scores[:, None])))
        for sigma in (1.2, 1.6, 2.5)
    ]
    return expected, [size_average.released_from_spheres(tau, 1.0, sigma, 1.0) for sigma in (1.2, 1.6, 2.5)]


@cases.proves("exact", absolute=1e-9, origin="1 - (1 - t/T)^(3/2), the layer being as thick as the crystal is wide")
def small_crystals_dissolve() -> Pair:
    """Dissolution of crystals of 1 um into a sink"""
    lasts = 1e-6**2 / (2 * 5e-10 * 0.01 / 1300.0)
    times = np.array([0.0, 0.25, 0.5, 0.9, 1.0, 3.0]) * lasts
    expected = 1.0 - np.clip(1.0 - times / lasts, 0.0, None) ** 1.5
    return expected, dissolution.dissolved_into_sink(times, 1e-6, 5e-10, 0.01, 1300.0)


@cases.proves("other method", absolute=2e-4, origin="Noyes-Whitney stepped by LSODA, size by size")
def crystals_in_a_closed_vessel() -> Pair:
    """Dissolution of log-normal crystals in a vessel that holds three times their solubility"""
    times, speed, sigma, median = np.geomspace(10.0, 3e5, 6), 5e-10 * 0.01 / 1300.0, 1.6, 2.5e-6
    scores = np.linspace(-6.0, 6.0, 2001)
    weights = np.exp(-0.5 * scores**2) / np.exp(-0.5 * scores**2).sum()
    sizes = median * sigma**scores

    def gone(spent: float) -> float:  # r2 falls by 2 D (cs - c)/rho a second while the layer is the radius
        left = np.clip(sizes**2 - 2.0 * max(spent, 0.0), 0.0, None) ** 1.5
        return float(1.0 - weights @ (left / sizes**3))

    spent = stepped(
        lambda _, area: [speed * max(1.0 - 3.0 * gone(float(area[0])), 0.0)], [0.0], times, rtol=1e-7, atol=1e-20
    )
    got = dissolution.dissolved_in_vessel(times, median, 5e-10, 0.01, 1300.0, 0.03, sigma)
    return [gone(float(area)) for area in spent[0]], got


@cases.proves("other method", absolute=1e-6, origin="Langmuir's kinetics stepped by BDF")
def desorption_into_little_liquid() -> Pair:
    """Desorption of drug from half-filled sites, into a volume that holds it back"""
    drug, solid, most, strength, volume = 1e-6, 1e-5, 0.2, 1.0, 1e-6
    times = np.linspace(0.0, 6.0, 25)

    def flow(_: float, bound: Array) -> Array:
        return np.asarray(strength * (drug - bound) / volume * (most * solid - bound) - bound)

    bound = stepped(flow, [drug], times, method="BDF", atol=1e-16)
    return 1.0 - bound[0] / drug, desorption.desorbed(times, drug, solid, most, strength, volume, 1.0)


@cases.proves("other method", absolute=1e-4, origin="the nine states of carrier, particle and drug stepped by LSODA")
def carriers_in_particles_in_a_gel() -> Pair:
    """Shares in a gel, in particles, in loose carriers and free, of a nest of three at constant rates"""
    times = np.linspace(0.0, 8.0, 801)
    releases, escapes, leaves, out, crosses, passes = 0.5, 0.3, 2.0, 0.2, 5.0, 1.0  # 1/time

    def flow(_: float, held: Array) -> Array:
        # carrier in its particle in the gel and out of it; loose in the gel and out; drug free in a particle in the gel
        # and out, free outside, on its way through the gel, and set free by loose carriers
        inside, away, loose, gone, within, without, _, through, _ = held
        return np.array([
            -(releases + escapes + out) * inside,
            out * inside - (releases + escapes) * away,
            escapes * inside - (releases + passes) * loose,
            escapes * away + passes * loose - releases * gone,
            releases * inside - (leaves + out) * within,
            releases * away + out * within - leaves * without,
            leaves * without + crosses * through,
            leaves * within + releases * loose - crosses * through,
            releases * gone,
        ])  # fmt: skip

    state = stepped(flow, np.eye(9)[0], times)
    expected = [state[[0, 2, 4, 7]].sum(axis=0), state[[1, 5]].sum(axis=0), state[3], state[6], state[8]]
    released, escaped, left, gone = (-np.expm1(-rate * times)[None, :] for rate in (releases, escapes, leaves, out))
    drug, carriers = (
        carriers_within.Crossing(np.ones((1, 1)), np.full((1, 1), rate), times[None, :]) for rate in (crosses, passes)
    )
    got = carriers_within.shares_within(released, escaped, left, gone, drug, carriers)
    shares = (got.in_depot, got.in_particles, got.in_loose_carriers, got.free, got.free_of_loose)
    return expected, [share[0] for share in shares]


@cases.proves("other method", absolute=1e-8, origin="both first-order steps by LSODA")
def two_steps_through_a_bag() -> Pair:
    """Drug received through a membrane, released and diffusing at rates near and far"""
    times = np.linspace(0.0, 40.0, 30)
    expected, got = [], []
    for release, membrane in ((0.05, 0.5), (0.3, 0.3), (2.0, 0.1)):
        rates = np.array([[-release, 0.0], [release, -membrane]])
        inside = stepped(lambda _, y, slopes: slopes @ y, [1.0, 0.0], times, rtol=1e-11, atol=1e-13, args=(rates,))
        expected.append(1.0 - inside.sum(axis=0))
        got.append(dialysis.dialysis_release(times, release, membrane).received)
    return expected, got


@cases.proves("other method", absolute=1e-6, origin="flux out of and back into the cores, by LSODA")
def vesicles_that_take_back() -> Pair:
    """Release from vesicles with a precipitate, whose medium gives drug back"""
    times = np.linspace(0.0, 40.0, 30)
    out = stepped(lambda _, out: 0.3 * np.minimum(0.4, 1.0 - out) - 0.05 * out, [0.1], times, max_step=0.1)
    return out[0], vesicle_core.vesicle_core_released(times, 0.3, 0.4, 0.05, 0.1)


@cases.proves(
    "other method", relative=1e-7, source="fordversypt2013", origin="quadrature over the volume of the sphere"
)
def acceleration_by_acid() -> Pair:
    """Mean speed-up of autocatalysis in a sphere, numbers 0.5 to 2.8"""
    numbers = np.array([0.5, 1.5, 2.8])

    def shell(position: float, number: float) -> float:
        return 3.0 * position**2 * float(autocatalysis.local_acceleration(position, number))

    return [area(shell, 0.0, 1.0, args=(number,)) for number in numbers], autocatalysis.mean_acceleration(numbers)


NONE = np.zeros(1)


@cases.proves("published", absolute=1e-4, source="fordversypt2014", origin="cases III and IV")
def diffusivity_that_varies_with_place_and_drug() -> Pair:
    """Release from spheres whose diffusivity grows with radius, and falls with the drug, from the solver"""
    by_place = solve_spheres(
        np.array([0.05, 0.1, 0.25, 0.5, 1.0]),
        Spheres(lambda at, _: (np.broadcast_to(at.position**2, (1, at.position.size)),) * 2, NONE, NONE, NONE, NONE),
        48, 1e-5,
    )  # fmt: skip
    by_drug = solve_spheres(
        np.array([0.02, 0.05, 0.07, 0.1, 0.28]),
        Spheres(lambda at, _: (np.exp(1.0 - at.drug),) * 2, NONE, NONE, NONE, NONE),
        48, 1e-5,
    )  # fmt: skip
    expected = [[0.5600, 0.6990, 0.8684, 0.9543, 0.9920], [0.5558, 0.7753, 0.8555, 0.9282, 0.9994]]
    return expected, [by_place.released[0], by_drug.released[0]]


@cases.proves("exact", relative=1e-9, origin="exp(Ea/R (1/T1 - 1/T2)) with R = 8.31446261815324 J/(mol K)")
def rates_with_temperature() -> Pair:
    """Factor of a rate between 37 and 50 degC, activation energies 40 to 120 kJ/mol"""
    energies = np.array([40e3, 80e3, 120e3])
    expected = [math.exp(energy / 8.31446261815324 * (1 / 310.15 - 1 / 323.15)) for energy in energies]
    return expected, arrhenius.arrhenius_factor(323.15, 310.15, energies)


@cases.proves("exact", relative=1e-12, origin="halves of halves, by hand")
def activity_after_half_lives() -> Pair:
    """Activity left after 0, 1, 2 and 10 half-lives"""
    return [1.0, 0.5, 0.25, 1 / 1024], activity.activity_left([0.0, 3.0, 6.0, 30.0], 3.0)


@cases.proves("limit", absolute=1e-12, origin="nothing at once, all at last")
def nothing_at_once_and_all_at_last() -> Pair:
    """Release from slab, cylinder and sphere at no time and after a very long one"""
    ends = np.array([0.0, 1e12])
    return [[0.0, 1.0]] * 3, [shapes.released_from_shape(ends, shape) for shape in SHAPES]
