"""Speed of the slab with saturable binding, side by side with FiPy and py-pde at equal error, in one run.

python -m bench.slab

FiPy and py-pde are measured where they are installed (`pip install fipy py-pde`); nothing needs them. The case:
cartilage of 2 mm on bone, empty, beside a bath that stays; ten times as many sites as mobile drug, half full at the
surface. The error is that of the uptake, of its last value, against a reference of 600 cells and 6400 steps.
"""

import importlib
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from formulate.retention.slab import solve_slab
from formulate.retention.slab_layers import Bath, Closed, Layer, StirredBath

LENGTH, SPEED, SITES, HALF, OUTSIDE = 2e-3, 1e-10, 10.0, 1.0, 1.0
END = 4e5  # s
TIMES = np.concatenate([[0.0], np.geomspace(10.0, 1e7, 240)])
REPEATS = 3


def best(action: Callable[[], object], repeats: int = REPEATS) -> float:
    """Give the shortest time of several runs [s]."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def peer(name: str) -> Any:
    """Give another program, or None where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def uptake(steps: int, cells: int, draws: int = 1, substeps: int = 1) -> np.ndarray:
    """Give what our slab has taken up at the steps of the case [kg/m2], (draws, times)."""
    layer = Layer(np.full(draws, LENGTH), SPEED, sites=SITES, dissociation=HALF, cells=cells)
    course = solve_slab(np.linspace(0.0, END, steps + 1), [layer], Bath(OUTSIDE), Closed(), substeps=substeps)
    return course.held


def off(found: np.ndarray, reference: np.ndarray) -> float:
    """Give the largest error from a tenth of the time on, of the last value."""
    every = (len(reference) - 1) // (len(found) - 1)
    first = len(found) // 10
    return float(np.abs(found - reference[::every])[first:].max() / reference[-1])


def by_fipy(fipy: Any, steps: int, cells: int) -> np.ndarray:
    """Give the uptake by FiPy: even cells, implicit Euler, swept until nothing changes."""
    dx = LENGTH / cells
    mesh = fipy.Grid1D(nx=cells, dx=dx)
    free = fipy.CellVariable(mesh=mesh, value=0.0, hasOld=True)
    free.constrain(OUTSIDE, mesh.facesLeft)
    capacity = fipy.CellVariable(mesh=mesh, value=1.0)
    equation = fipy.TransientTerm(coeff=capacity) == fipy.DiffusionTerm(coeff=SPEED)
    held = [0.0]
    for _ in range(steps):
        free.updateOld()
        old = free.value.copy()
        for _ in range(20):
            # b(C) - b(C_old) = N K (C - C_old)/((K + C)(K + C_old)), so that mass is kept
            last = free.value.copy()
            capacity.setValue(1.0 + SITES * HALF / ((HALF + last) * (HALF + old)))
            equation.sweep(var=free, dt=END / steps)
            if np.abs(free.value - last).max() < 1e-6:
                break
        value = free.value
        held.append(float((value + SITES * value / (HALF + value)).sum() * dx))
    return np.array(held)


def by_py_pde(pde: Any, steps: int, cells: int) -> np.ndarray:
    """Give the uptake by py-pde: even cells, explicit steps that its own error control chooses."""
    grid = pde.CartesianGrid([[0.0, LENGTH]], [cells])
    state = pde.ScalarField(grid, 0.0)
    rhs = f"{SPEED} * laplace(c) / (1 + {SITES * HALF} / ({HALF} + c)**2)"
    boundary = {"x-": {"value": OUTSIDE}, "x+": {"derivative": 0.0}}
    equation = pde.PDE({"c": rhs}, bc=boundary)
    storage = pde.MemoryStorage()
    equation.solve(state, t_range=END, dt=0.1, adaptive=True, tracker=storage.tracker(END / steps))
    values = np.array([field.data for _, field in storage.items()])
    return np.asarray((values + SITES * values / (HALF + values)).sum(axis=1) * LENGTH / cells)


def beside_peers() -> None:
    """Measure one slab at about the same error in each program."""
    reference = uptake(800, 600, substeps=8)[0]
    draws = 1024
    every = best(lambda: uptake(100, 24, draws), 3)
    error = off(uptake(100, 24)[0], reference)
    one = best(lambda: uptake(100, 24))
    print(f"one slab alone, 24 cells, 100 steps: {one * 1e3:.3g} ms, error {error:.1e}")
    print(f"{draws} slabs at once: {every * 1e3:.3g} ms, {every / draws * 1e3:.3g} ms each")
    for name, solve, settings in (
        ("fipy", by_fipy, ((100, 50),)),
        ("pde", by_py_pde, ((100, 25),)),
    ):
        program = peer(name)
        if program is None:
            continue
        for steps, cells in settings:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                solve(program, 10, cells)  # compiles
                found: list[np.ndarray] = []
                seconds = best(lambda: found.append(solve(program, steps, cells)), 2)  # noqa: B023
            print(
                f"{name}, {cells} cells, {steps} steps: {seconds * 1e3:.4g} ms, error {off(found[-1], reference):.1e}; "
                f"we are {seconds / (every / draws):.0f} times as fast per draw, {seconds / one:.0f} alone"
            )


def many_times() -> None:
    """Measure 240 times over seven decades, beside a stirred bath that is cleared."""
    generator = np.random.default_rng(3)
    for draws in (64, 1024):
        speed = SPEED * np.exp(0.5 * generator.standard_normal(draws))
        bath = StirredBath(1e-3, 1e-3, loss=1e-5)
        for label, layer in (
            ("no sites", Layer(LENGTH, speed)),
            ("sites at equilibrium", Layer(LENGTH, speed, sites=SITES, dissociation=HALF)),
            ("sites that wait", Layer(LENGTH, speed, sites=SITES, dissociation=HALF, association=1e-4)),
        ):
            seconds = best(lambda layer=layer, bath=bath: solve_slab(TIMES, [layer], bath, Closed()))  # type: ignore[misc]
            print(f"{draws} slabs x {len(TIMES)} times, {label}: {seconds * 1e3:.0f} ms")


def main() -> None:
    """Print one row per measurement."""
    many_times()
    beside_peers()


if __name__ == "__main__":
    main()
