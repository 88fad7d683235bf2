"""The slab with saturable binding, side by side with FiPy and py-pde at equal error.

The case: cartilage of 2 mm on bone, empty, beside a bath that stays; ten times as many sites as mobile drug, half full
at the surface. The error is that of the uptake, of its last value, against a reference of 600 cells and 6400 steps.
"""

import warnings
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from bench.measure import Row, best, growth, not_installed, peer
from formulate.retention.slab import solve_slab
from formulate.retention.slab_layers import Bath, Closed, Layer, StirredBath

BAR = 100.0  # times as fast as another program at equal error
LENGTH, SPEED, SITES, HALF, OUTSIDE = 2e-3, 1e-10, 10.0, 1.0, 1.0
END = 4e5  # s
TIMES = np.concatenate([[0.0], np.geomspace(10.0, 1e7, 240)])


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


def beside_peers() -> Iterator[Row]:
    """Measure one slab at about the same error in each program."""
    reference = uptake(800, 600, substeps=8)[0]
    draws, steps, cells = 1024, 100, 24
    each = best(lambda: uptake(steps, cells, draws)) / draws
    alone = best(lambda: uptake(steps, cells))
    error = off(uptake(steps, cells)[0], reference)
    settings = f"{cells} cells, {steps} steps, error {error:.0e}"
    yield Row("cartilage with sites, a draw", 1e3 * each, "ms", beside=f"{draws} draws side by side, {settings}")
    for name, module, solve, size in (("FiPy", "fipy", by_fipy, 50), ("py-pde, compiled", "pde", by_py_pde, 25)):
        program = peer(module)
        if program is None:
            yield not_installed(f"cartilage with sites beside {name}")
            continue
        found: list[np.ndarray] = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            solve(program, 10, size)  # compiles
            seconds = best(lambda p=program, s=solve, n=size, f=found: f.append(s(p, steps, n)), 1)  # type: ignore[misc]
        yield Row(f"cartilage with sites beside {name}", seconds / each, "times", BAR, at_least=True, beside=(
            f"{size} cells, {steps} steps, {1e3 * seconds:.4g} ms, error {off(found[-1], reference):.0e}; "
            f"one slab alone {seconds / alone:.0f} times"
        ))  # fmt: skip


def many_times() -> Iterator[Row]:
    """Measure 240 times over seven decades, beside a stirred bath that is cleared, and the growth with draws."""
    generator = np.random.default_rng(3)
    bath, counts = StirredBath(1e-3, 1e-3, loss=1e-5), (64, 256, 1024)
    speed = SPEED * np.exp(0.5 * generator.standard_normal(max(counts)))

    def taken(draws: int, **sites: float) -> float:
        layer = Layer(LENGTH, speed[:draws], **sites)
        return 1e3 * best(partial(solve_slab, TIMES, [layer], bath, Closed()), 2)

    full = {"sites": SITES, "dissociation": HALF}
    settings = f"{max(counts)} slabs, {len(TIMES)} times over seven decades"
    yield Row("cartilage without sites", taken(1024), "ms", beside=settings)
    yield Row("cartilage with sites that wait", taken(1024, **full, association=1e-4), "ms", beside=settings)
    yield growth("cartilage with sites, time against draws", counts, [taken(n, **full) for n in counts], "ms")


def rows() -> Iterator[Row]:
    """Give the slab beside other programs, and over many times."""
    yield from beside_peers()
    yield from many_times()
