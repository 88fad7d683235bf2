"""Fronts of suspended drug: the balance at the front, the sphere's own form, limits and refusals."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from formulate.release.fronts import released_behind_front
from formulate.release.gel import released_from_dissolving_front
from materials.errors import DomainError

SHAPES = ("slab", "cylinder", "sphere")


def front(shape, times):
    """Place of a front that recedes as a steady flux through the shell takes its solid, C_s/A = 1/100."""
    through = {  # over D C_s, and over the area of the front
        "slab": lambda r: 1.0 / (1.0 - r),
        "cylinder": lambda r: -1.0 / np.log(r) / r,
        "sphere": lambda r: 1.0 / (1.0 / r - 1.0) / r**2,
    }[shape]
    # the speed has no end at the surface itself: begin just below it, where the front of any shape is by then
    start, began = 1.0 - 1e-4, 0.5e-6
    run = solve_ivp(lambda _, r: [-0.01 * through(r[0])], (began, times[-1]), [start], "LSODA", times, rtol=1e-9)
    return run.y[0]


@pytest.mark.parametrize(("shape", "power"), [("slab", 1), ("cylinder", 2), ("sphere", 3)])
def test_the_front_recedes_as_the_flux_takes_it(shape, power):
    times = np.array([0.1, 1.0, 5.0, 10.0, 15.0])
    expected = 1.0 - front(shape, times) ** power
    assert released_behind_front(times, 100.0, 1.0, shape) == pytest.approx(expected, abs=2e-4)


def test_the_sphere_is_the_one_there_is():
    tau = np.array([0.0, 1.0, 10.0])
    assert (
        released_behind_front(tau, 100.0, 1.0).tolist()
        == released_from_dissolving_front(tau, 1.0, 1.0, 100.0, 1.0).tolist()
    )


@pytest.mark.parametrize(("shape", "end"), [("slab", 50.0), ("cylinder", 25.0), ("sphere", 100.0 / 6.0)])
def test_nothing_at_first_and_all_once_the_front_is_in_the_middle(shape, end):
    tau = np.array([0.0, 0.5 * end, 0.999 * end, end, 10.0 * end])
    found = released_behind_front(tau, 100.0, 1.0, shape)
    assert found[0] == 0.0
    assert (np.diff(found[:4]) > 0.0).all()
    assert found[3:] == pytest.approx([1.0, 1.0])
    assert found[2] < 1.0


@pytest.mark.parametrize("values", [(-1.0, 2.0, 1.0), (1.0, 0.0, 1.0), (1.0, 2.0, 0.0)])
@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_refused(values, shape):
    with pytest.raises(DomainError):
        released_behind_front(*values, shape)


def test_a_sphere_that_dissolves_all_its_drug_has_no_front():
    with pytest.raises(DomainError, match="total_concentration"):
        released_behind_front(1.0, 1.0, 2.0, "sphere")
