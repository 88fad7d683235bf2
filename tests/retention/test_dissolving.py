"""Solid drug that comes over some time: against an independent solver, in steps as long as the program's."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from formulate.crystal_sizes import CrystalSizes
from formulate.retention import joint
from formulate.retention.dissolving import Crystals, dissolved, mean_solid

DAY, DOSE = 86400.0, 1e-9  # kg, little enough for a sink
DENSITY, SOLUBILITY, DIFFUSIVITY = 1300.0, 0.013, 5e-10
TIME = np.concatenate([[0.0], np.geomspace(10.0, 3600.0, 27), np.geomspace(3600.0, 20 * DAY, 65)[1:]])  # 24 per decade
COMING = DOSE * np.minimum(TIME / (4 * DAY), 1.0)[None]  # over four days
NOTHING = np.zeros_like(COMING)


def left_in_a_sink(radius: float) -> np.ndarray:
    """Give M of ``dM/dt = a - (3 D S/(rho r_0^2)) U^(2/3) M^(1/3)``, U being all that has come."""
    speed = 3 * DIFFUSIVITY * SOLUBILITY / (DENSITY * radius**2)

    def slope(t: float, solid: np.ndarray) -> np.ndarray:
        come = DOSE * min(t / (4 * DAY), 1.0)
        coming = DOSE / (4 * DAY) if t < 4 * DAY else 0.0
        return coming - speed * come ** (2 / 3) * np.cbrt(np.maximum(solid, 0.0))

    found = solve_ivp(slope, (0.0, TIME[-1]), [0.0], "LSODA", TIME, rtol=1e-6, atol=1e-6 * DOSE, max_step=DAY / 8)
    return np.maximum(found.y[0], 0.0)


def one(value: float) -> np.ndarray:
    return np.array([value])


@pytest.mark.parametrize("radius", [10e-6, 25e-6])  # gone within half a day, within four days
def test_solid_that_comes_over_days_is_left_as_an_independent_solver_has_it(radius):
    expected = left_in_a_sink(radius) / DOSE
    crystals = Crystals(CrystalSizes(one(radius)), one(DENSITY), one(SOLUBILITY), one(DIFFUSIVITY))
    stirred = COMING - dissolved(TIME, COMING, NOTHING, one(1.0), one(1.0), crystals)
    assert stirred[0] / DOSE == pytest.approx(expected, abs=0.02)
    knee = joint.JointRates(
        unbound_in_fluid=one(0.5),
        unbound_in_plasma=one(0.3),
        permeability_fluid=one(5e-8),
        permeability_blood=one(5e-8),
        lymph_flow=one(6e-10),
        albumin_reflection=one(0.0),
        resting_volume=one(14e-6),
        relaxation_time=one(1e4),
        synovium_capacity=one(15e-6),
        plasma_volume=one(0.1),
        clearance=one(1e-5),
        solubility=one(SOLUBILITY),
        crystals=joint.Crystals(one(DIFFUSIVITY), CrystalSizes(one(radius)), one(DENSITY), one(1.0)),
    )
    found = joint.solve(TIME, joint.Arrivals(NOTHING, NOTHING, NOTHING, COMING), knee)
    assert found.solid[0] / DOSE == pytest.approx(expected, abs=0.02)


def test_of_new_solid_half_is_there_on_average_and_of_what_dissolves_half_is_gone():
    there, new, gone = np.array([4.0, 4.0, 4.0]), np.array([0.0, 2.0, 4.0]), np.array([2.0, 0.0, 4.0])
    assert mean_solid(there, new, gone) == pytest.approx([3.0, 3.0, 2.0])
