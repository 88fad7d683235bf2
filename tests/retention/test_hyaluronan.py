"""Reflection of polymers and their stay in the joint, against rabbit knees and limits."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.retention import hyaluronan
from formulate.retention.joint import Arrivals, JointRates, Sieve, solve
from materials.errors import DomainError

UL_PER_MIN = 1e-9 / 60
ML_PER_H = 1e-6 / 3600


def test_reflection_falls_as_rabbit_knees_drain_faster():
    # Sabaratnam 2004: 0.93 at 6 uL/min, falling all the way to between 0.1 and 0.2 at 89 uL/min
    flow = np.array([6.0, 20.0, 50.0, 89.0]) * UL_PER_MIN
    found = hyaluronan.reflected_share(flow, 0.93, 6.0 * UL_PER_MIN, 19.2 * UL_PER_MIN)
    assert found[0] == pytest.approx(0.93)
    assert (np.diff(found) < 0).all()
    assert 0.1 < found[-1] < 0.2


@given(share=st.floats(0, 0.999), flow=st.floats(0, 1e-6))
def test_what_is_not_reflected_at_one_flow_is_at_none(share, flow):
    found = float(hyaluronan.reflected_share(flow, share, 1e-10, 1e-10))
    assert 0.0 <= found <= 1.0
    if share == 0.0:
        assert found == 0.0


def test_half_life_in_a_rabbit_knee_at_rest_is_what_was_measured():
    # 13.2 h for hyaluronan above 6 MDa (Brown 1991); 0.05 mL that drain 0.025 mL/h, 7 % of the hyaluronan along with it
    volume, flow, half = 0.05e-6, 0.025 * ML_PER_H, 13.2 * 3600.0
    rate = hyaluronan.uptake_rate(half, flow, volume, 0.93)
    sieve = Sieve(np.array([0.93]), np.array([flow]), np.array([1.0]))
    values = {
        "unbound_in_fluid": 1.0, "unbound_in_plasma": 1.0, "permeability_fluid": 1e-40, "permeability_blood": 1e-40,
        "lymph_flow": flow, "albumin_reflection": 0.0, "resting_volume": volume, "relaxation_time": 3600.0,
        "synovium_capacity": 1e-8, "plasma_volume": 1e-4, "clearance": 1e-8, "solubility": 1.0,
        "breakdown": float(rate),
    }  # fmt: skip
    rates = JointRates(**{name: np.array([value]) for name, value in values.items()}, sieve=sieve)
    time = np.linspace(0, 4 * half, 2001)
    nothing = np.zeros((1, len(time)))
    found = solve(time, Arrivals(nothing + 1.0, nothing, nothing, nothing), rates)
    assert np.interp(-0.5, -found.fluid[0], time) == pytest.approx(half, rel=1e-3)
    total = found.fluid + found.plasma + found.eliminated + found.broken_down
    assert total[0] == pytest.approx(np.ones(len(time)), abs=1e-12)
    # drainage alone would take ln2 0.05/(0.025 x 0.07) = 20 h, so a third is broken down
    assert found.broken_down[0, -1] == pytest.approx(1 - 13.2 / (log(2) * 0.05 / (0.025 * 0.07)), abs=0.05)


def test_drainage_faster_than_the_measured_half_life_leaves_nothing_to_cells():
    assert hyaluronan.uptake_rate(1e9, 1e-9, 1e-6, 0.0) == 0.0


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"flow": -1.0}, "lymph|flow = -1"),
        ({"reflection": 1.0}, "reflection = 1"),
        ({"reflection": -0.1}, "reflection = -0.1"),
        ({"flow_scale": 0.0}, "flow_scale = 0"),
        ({"measured_flow": -1.0}, "measured_flow = -1"),
    ],
)
def test_refusals(changed, match):
    arguments = {"flow": 1e-10, "reflection": 0.9, "measured_flow": 1e-10, "flow_scale": 1e-10} | changed
    with pytest.raises(DomainError, match=match):
        hyaluronan.reflected_share(**arguments)


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"half_life": 0.0}, "half_life = 0"),
        ({"lymph_flow": -1.0}, "lymph_flow = -1"),
        ({"resting_volume": 0.0}, "synovial_fluid_volume = 0"),
        ({"reflection": 1.5}, "reflection = 1.5"),
    ],
)
def test_refusals_of_the_uptake(changed, match):
    arguments = {"half_life": 1e4, "lymph_flow": 1e-10, "resting_volume": 1e-6, "reflection": 0.5} | changed
    with pytest.raises(DomainError, match=match):
        hyaluronan.uptake_rate(**arguments)
