"""The kernels of release, each against what a person would otherwise use.

Diffusion: closed forms of 10,000 draws at 200 times against the method of lines, one profile at a time. Learned:
release before and after measured points. Autocatalysis: draws side by side against FiPy and py-pde where installed,
and against the method of lines; the error is the largest of the share released and of the polymer left, against a
fine solution of our own that the tests hold against exact ones. Times are of the processor.
"""

import time
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from bench.measure import Row, best, growth, not_installed, peer
from formulate.release.autocatalysis import autocatalytic_release
from formulate.release.autocatalysis_solver import SphereCourse
from formulate.release.boundary import released_through_layer
from formulate.release.diffusion import released_from_sphere
from formulate.release.learned.features import Description
from formulate.release.learned.prediction import predict
from formulate.release.size_average import released_from_spheres

DAY = 86400.0
DRAWS, TIMES, ALONE, CELLS = 10_000, 200, 10, 50
BY_LINES, BY_PEERS, A_PREDICTION, EXACT = 1000.0, 100.0, 10.0, 1e-6  # times as fast, times, ms, share released
# in units of R**2/D_acid: drug at a twentieth of the acid, D up by exp(3), phi**2 = 20, so that the core runs away
DRUG, ALPHA, PHI2, FED, END = 0.05, 3.0, 20.0, 2.0, 0.6
COURSE = np.linspace(0.0, END, 13)[1:]
SPHERES = 1024


def shells(cells: int) -> tuple[np.ndarray, np.ndarray]:
    """Give the faces of even shells and their volumes, the whole being 1."""
    faces = np.linspace(0.0, 1.0, cells + 1)
    return faces, np.diff(faces**3)


def lines_of_drug(tau: np.ndarray, number: float = np.inf) -> np.ndarray:
    """Give the share released from one sphere by the method of lines (BDF, 50 cells)."""
    faces, volume = shells(CELLS)
    conductance = 3.0 * faces[1:] ** 2 * CELLS
    conductance[-1] = 3.0 / (0.5 / CELLS + 1.0 / number)

    def slope(t: float, left: np.ndarray) -> np.ndarray:
        flow = conductance * np.append(left[:-1] - left[1:], left[-1])
        return np.asarray(-np.diff(flow, prepend=0.0) / volume)

    found = solve_ivp(slope, (0.0, tau[-1]), np.ones(CELLS), "BDF", tau, rtol=1e-6, atol=1e-9)
    return np.asarray(1.0 - volume @ found.y)


def diffusion() -> Iterator[Row]:
    """Measure the closed forms, their error against many terms, and the same by the method of lines."""
    generator = np.random.default_rng(1)
    tau = np.geomspace(1e-4, 2.0, TIMES) * 10.0 ** (0.3 * generator.standard_normal((DRAWS, 1)))
    numbers = 10.0 ** generator.uniform(-1.0, 2.0, (DRAWS, 1))
    squares = (np.pi * np.arange(1, 3001)) ** 2
    exact = 1.0 - 6.0 * np.sum(np.exp(-squares * tau[0][:, None]) / squares, axis=1)
    # the tail of the sum at time zero is 6/(pi**2 3000) and has gone by tau 1e-5
    error = float(np.abs(released_from_sphere(tau[0]) - exact).max())
    ours = best(lambda: released_from_sphere(tau)) / DRAWS
    theirs = best(lambda: [lines_of_drug(row) for row in tau[:ALONE]]) / ALONE
    off = max(np.abs(lines_of_drug(row) - released_from_sphere(row)).max() for row in tau[:ALONE])
    yield Row("sphere by diffusion, a profile", 1e6 * ours, "us", beside=f"{DRAWS} draws, {TIMES} times")
    yield Row(
        "sphere by diffusion: error", error, "", EXACT, beside="of the share released, against 3000 terms of the series"
    )
    what = "sphere by diffusion beside solve_ivp (BDF, method of lines)"
    yield Row(what, theirs / ours, "times", BY_LINES, at_least=True,
              beside=f"{CELLS} cells, {1e3 * theirs:.3g} ms, largest difference {off:.0e}")  # fmt: skip
    layer = best(lambda: released_through_layer(tau, numbers)) / DRAWS
    layered = (
        best(lambda: [lines_of_drug(row, float(n)) for row, n in zip(tau[:ALONE], numbers[:ALONE, 0], strict=True)])
        / ALONE
    )
    far = max(
        np.abs(lines_of_drug(row, float(n)) - released_through_layer(row, float(n))).max()
        for row, n in zip(tau[:ALONE], numbers[:ALONE, 0], strict=True)
    )
    yield Row("sphere through a layer beside solve_ivp", layered / layer, "times", BY_LINES, at_least=True,
              beside=f"{1e6 * layer:.3g} us a profile, largest difference {far:.0e}")  # fmt: skip
    sizes = best(lambda: released_from_spheres(tau[0], 1.0, np.full((1024, 1), 2.0), numbers[:1024]), 1) / 1024
    yield Row(
        "its mean over a log-normal of sizes, a profile", 1e6 * sizes, "us", beside="geometric deviation 2, 12 sizes"
    )
    counts = (500, 1000, 2000, 5000, DRAWS)
    taken = [best(partial(released_through_layer, tau[:n], numbers[:n])) for n in counts]
    yield growth("sphere through a layer, time against draws", counts, [1e3 * spent for spent in taken], "ms")


def solved(draws: int, cells: int, tolerance: float, spread: float = 0.0) -> SphereCourse:
    """Give the case by our own solver, in draws that differ by `spread` in the logarithm of R."""
    scores = np.random.default_rng(2).standard_normal((draws, 1))
    return autocatalytic_release(
        COURSE,
        radius=np.exp(spread * scores),
        initial_diffusivity=DRUG,
        largest_diffusivity=1e6,
        growth_exponent=ALPHA,
        hydrolysis_rate=FED,
        catalysis_rate=PHI2,
        acid_diffusivity=1.0,
        cells=cells,
        tolerance=tolerance,
    )


Curves = tuple[np.ndarray, np.ndarray]  # share released, polymer left


def by_lines(cells: int) -> Curves:
    """Give the case by the method of lines: even shells, LSODA with a banded Jacobian."""
    faces, volume = shells(cells)
    gap = np.append(np.full(cells - 1, 1.0 / cells), 0.5 / cells)

    def slope(t: float, y: np.ndarray) -> np.ndarray:
        drug, acid, polymer = y.reshape(cells, 3).T
        speed = np.exp(ALPHA * (1.0 - np.append(0.5 * (polymer[1:] + polymer[:-1]), polymer[-1])))
        cut = (FED + PHI2 * acid) * polymer
        change = np.empty((cells, 3))
        for column, values, own in ((0, drug, DRUG * speed), (1, acid, 1.0)):
            flow = 3.0 * faces[1:] ** 2 * own * np.append(values[:-1] - values[1:], values[-1]) / gap
            change[:, column] = -np.diff(flow, prepend=0.0) / volume
        change[:, 1] += cut
        change[:, 2] = -cut
        return change.ravel()

    start = np.tile([1.0, 0.0, 1.0], cells)
    found = solve_ivp(slope, (0.0, END), start, "LSODA", COURSE, rtol=1e-5, atol=1e-7, lband=5, uband=5)
    values = found.y.reshape(cells, 3, -1)
    return 1.0 - volume @ values[:, 0], volume @ values[:, 2]


def by_py_pde(pde: Any, cells: int) -> Callable[[], Curves]:
    """Give the case by py-pde, compiled: even shells, explicit steps that its own error control chooses."""
    grid = pde.SphericalSymGrid(1.0, cells)
    speed = f"{DRUG} * exp({ALPHA} * (1 - p))"
    equation = pde.PDE(
        {
            "c": f"{speed} * (laplace(c) - {ALPHA} * dot(gradient(p), gradient(c)))",
            "a": f"laplace(a) + ({FED} + {PHI2} * a) * p",
            "p": f"-({FED} + {PHI2} * a) * p",
        },
        bc={"r-": {"derivative": 0.0}, "r+": {"value": 0.0}},
        bc_ops={"c:gradient": {"r-": {"derivative": 0.0}, "r+": {"curvature": 0.0}}},
    )

    def fresh() -> Any:
        return pde.FieldCollection([pde.ScalarField(grid, value) for value in (1.0, 0.0, 1.0)])

    step = pde.EulerSolver(equation, adaptive=True, tolerance=1e-4).make_stepper(fresh(), dt=1e-5)

    def run() -> Curves:
        state, now, kept = fresh(), 0.0, []
        for end in COURSE:
            now = step(state, now, end)
            kept.append([state[i].integral for i in (0, 2)])
        left, polymer = np.array(kept).T / (4.0 / 3.0 * np.pi)
        return 1.0 - left, polymer

    run()
    return run


def by_fipy(fipy: Any, cells: int, steps: int) -> Curves:
    """Give the case by FiPy: even shells, implicit Euler, swept twice."""
    mesh = fipy.SphericalGrid1D(nr=cells, dr=1.0 / cells)
    drug, acid, polymer = (fipy.CellVariable(mesh=mesh, value=value, hasOld=True) for value in (1.0, 0.0, 1.0))
    drug.constrain(0.0, mesh.facesRight)
    acid.constrain(0.0, mesh.facesRight)
    speed = DRUG * fipy.numerix.exp(ALPHA * (1.0 - polymer.faceValue))
    of_drug = fipy.TransientTerm() == fipy.DiffusionTerm(coeff=speed)
    of_acid = fipy.TransientTerm() == fipy.DiffusionTerm(coeff=1.0) + FED * polymer + fipy.ImplicitSourceTerm(
        coeff=PHI2 * polymer
    )
    _, volume = shells(cells)
    length, released, left = END / steps, [], []
    for step in range(1, steps + 1):
        for values in (drug, acid, polymer):
            values.updateOld()
        for _ in range(2):
            of_acid.sweep(var=acid, dt=length)
            polymer.setValue(polymer.old.value / (1.0 + length * (FED + PHI2 * acid.value)))
        of_drug.solve(var=drug, dt=length)
        if step % (steps // len(COURSE)) == 0:
            released.append(1.0 - volume @ drug.value)
            left.append(volume @ polymer.value)
    return np.array(released), np.array(left)


def peers() -> Iterator[tuple[str, str, Callable[[], Callable[[], Curves]] | None]]:
    """Give other programs: name, settings, and what makes the run that gives their curves, None where they are not."""
    for cells in (50, 192):
        yield "the method of lines (LSODA)", f"{cells} cells", partial(partial, by_lines, cells)
    pde, fipy = peer("pde"), peer("fipy")
    for cells in (48, 192):
        yield "py-pde, compiled", f"{cells} cells", partial(by_py_pde, pde, cells) if pde else None
    yield "FiPy", "25 cells, 120 steps", partial(partial, by_fipy, fipy, 25, 120) if fipy else None


def autocatalysis() -> Iterator[Row]:
    """Measure the case at about the same error in each program, and how our time goes with draws."""
    fine = solved(1, 192, 1e-7)

    def off(found: Curves) -> float:
        return float(max(np.abs(found[0] - fine.released).max(), np.abs(found[1] - fine.polymer_left).max()))

    ours: dict[str, tuple[float, float]] = {}
    for label, cells, tolerance in (("as given", 24, 2e-4), ("coarse", 12, 2e-3)):
        seconds = best(partial(solved, SPHERES, cells, tolerance, 0.2), 2) / SPHERES
        course = solved(1, cells, tolerance)
        ours[label] = seconds, off((course.released, course.polymer_left))
        yield Row(f"autocatalytic sphere, {label}, a draw", 1e3 * seconds, "ms",
                  beside=f"{SPHERES} draws side by side, error {ours[label][1]:.0e}")  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, settings, make in peers():
            what = f"autocatalytic sphere beside {name}, {settings}"
            if make is None:
                yield not_installed(what)
                continue
            begun = time.process_time()
            run = make()
            made = time.process_time() - begun
            found: list[Curves] = []
            seconds = best(lambda run=run, found=found: found.append(run()), 1)  # type: ignore[misc]
            error = off(found[-1])
            mine, own = ours["as given" if error < 5e-4 else "coarse"]
            compiled = f" and {made:.0f} s to compile" if made > 1.0 else ""
            yield Row(what, seconds / mine, "times", None if "lines" in name else BY_PEERS, at_least=True,
                      beside=f"{1e3 * seconds:.4g} ms{compiled}, error {error:.0e}; ours {own:.0e}")  # fmt: skip
    counts = (128, 256, 512, 1024)
    taken = [1e3 * best(partial(solved, n, 24, 2e-4, 0.2), 1) for n in counts]
    yield growth("autocatalytic sphere, time against draws", counts, taken, "ms")


def learned() -> Iterator[Row]:
    """Measure the learned release before and after points, and how its time goes with them."""
    known = Description(lactide_fraction=0.5, molar_mass=40.0, diameter=40e-6, drug_loading=0.1)
    network = Description(lactide_fraction=0.5, molar_mass=40.0, diameter=40e-6, drug_loading=0.1, crosslinked=True)
    times = np.linspace(0.0, 60.0, 61) * DAY

    def taken(points: int, description: Description = known) -> float:
        observed = (np.linspace(0.5, 20.0, points) * DAY, np.linspace(0.05, 0.6, points)) if points else None
        return 1e3 * best(lambda: predict(description, times, observed), 20)

    settings = "1024 curves at 61 times"
    yield Row("learned release, before any point", taken(0), "ms", A_PREDICTION, beside=settings)
    yield Row("learned release, after ten points", taken(10), "ms", A_PREDICTION, beside=settings)
    yield Row("learned release, after ten points, a network", taken(10, network), "ms", A_PREDICTION, beside=settings)
    counts = (1, 3, 10, 30, 100)
    yield growth("learned release, time against measured points", counts, [taken(points) for points in counts], "ms")


def rows() -> Iterator[Row]:
    """Give diffusion, the learned release and the autocatalytic sphere."""
    yield from diffusion()
    yield from learned()
    yield from autocatalysis()
