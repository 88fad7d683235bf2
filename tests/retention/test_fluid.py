"""Volume and drainage of the synovial fluid against quadrature and limits."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from formulate.retention import fluid
from materials.errors import DomainError


def test_turnovers_agree_with_quadrature():
    rest, added, tau, flow = 13.6e-6, 5e-6, 10800.0, 6.4e-10

    def rate(t):
        excess = added * np.exp(-t / tau)
        return (flow + excess / tau) / (rest + excess)

    for t in (1.0, 600.0, 7200.0, 86400.0, 20 * 86400.0):
        expected = quad(rate, 0, t, epsabs=1e-13, limit=400, points=[min(t, tau)])[0]
        assert fluid.drained_turnovers(t, rest, added, tau, flow) == pytest.approx(expected, rel=1e-7)


def test_turnovers_over_three_injections_agree_with_quadrature():
    rest, tau, flow = 13.6e-6, 10800.0, 6.4e-10
    starts, volumes = (0.0, 7200.0, 86400.0), (5e-6, 2e-6, 8e-6)

    def rate(t):
        excess = sum(v * np.exp(-(t - s) / tau) for s, v in zip(starts, volumes, strict=True) if s <= t)
        return (flow + excess / tau) / (rest + excess)

    for t in (3600.0, 7200.0, 20000.0, 86400.0, 100000.0, 10 * 86400.0):
        edges = [*(s for s in starts if s < t), t]
        parts = [quad(rate, a, b, epsabs=1e-13, limit=400)[0] for a, b in pairwise(edges)]
        found = fluid.drained_turnovers(t, rest, volumes, tau, flow, starts)
        assert found == pytest.approx(sum(parts), rel=1e-7)


@settings(max_examples=50, deadline=None)
@given(
    volumes=st.lists(st.floats(0, 2e-5), min_size=1, max_size=5),
    gap=st.floats(60.0, 1e6),
    rest=st.floats(1e-9, 1e-4),
    tau=st.floats(60.0, 1e5),
)
def test_what_was_injected_has_drained_or_is_there(volumes, gap, rest, tau):
    # without lymph of its own the joint drains what was injected and nothing else: V = V0 + given - drained
    starts = [gap * index for index in range(len(volumes))]
    end = starts[-1] + gap
    at_end = float(fluid.fluid_volume(end, rest, volumes, tau, starts))
    left = sum(v * np.exp(-(end - s) / tau) for s, v in zip(starts, volumes, strict=True))
    assert at_end == pytest.approx(rest + left, rel=1e-12)
    later = [float(fluid.drained_turnovers(t, rest, volumes, tau, 0.0, starts)) for t in np.linspace(0, 3 * end, 40)]
    assert (np.diff(later) >= -1e-12).all()
    whole = float(fluid.drained_turnovers(1e4 * tau + end, rest, volumes, tau, 0.0, starts))
    assert later[-1] <= whole * (1 + 1e-12) + 1e-12


def test_a_dose_counts_from_its_time_on():
    volume = fluid.fluid_volume([3599.0, 3600.0], 10e-6, [0.0, 5e-6], 1e9, [0.0, 3600.0])
    assert volume == pytest.approx([10e-6, 15e-6])


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"resting": 0.0}, "synovial_fluid_volume = 0"),
        ({"injected": -1e-6}, "injection_volume = -1e-06"),
        ({"relaxation": 0.0}, "volume_relaxation_time = 0"),
        ({"time": -1.0}, "time = -1"),
        ({"injected": [1e-6, 1e-6]}, "one time for each of the 2"),
        ({"injected": [1e-6, 1e-6], "starts": [5.0, 5.0]}, "rising times"),
    ],
)
def test_refusals(changed, match):
    arguments = {"time": 1.0, "resting": 1e-5, "injected": 1e-6, "relaxation": 1e4} | changed
    with pytest.raises(DomainError, match=match):
        fluid.fluid_volume(**arguments)
    with pytest.raises(DomainError, match=match):
        fluid.drained_turnovers(**arguments, lymph_flow=1e-10)


def test_a_flow_cannot_be_negative():
    with pytest.raises(DomainError, match="lymph_flow = -1e-10"):
        fluid.drained_turnovers(1.0, 1e-5, 0.0, 1e4, -1e-10)
