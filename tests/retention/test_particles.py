"""Escape and trapping of particles against published joints, closed forms and conservation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formulate.retention import particles
from materials.errors import DomainError


@pytest.mark.parametrize(
    ("diameter", "expected"),
    [(10e-9, 0.99), (50e-9, 0.91), (160e-9, 0.64), (1e-6, 0.11), (3e-6, 0.025), (10e-6, 0.0045)],
)
def test_escaping_fraction_of_a_healthy_joint(diameter, expected):
    # computed by hand from 1/(1 + (d/240 nm)^1.45); 300 nm leaks and 3 um stays for weeks in a healthy mouse joint
    # (Pradal et al., Int J Pharm 2016;498:119)
    assert particles.escaping_fraction(diameter, 240e-9, 1.45) == pytest.approx(expected, rel=0.03)


def test_half_escapes_at_the_escape_diameter():
    assert particles.escaping_fraction(5e-7, 5e-7, 1.6) == 0.5


def test_inflamed_joint_lets_three_micrometres_go_and_keeps_ten():
    assert particles.escaping_fraction(3e-6, 2e-6, 2.0) > 0.25
    assert particles.escaping_fraction(10e-6, 2e-6, 2.0) < 0.05


def test_rabbit_liposomes_of_160_nm_at_six_hours():
    # measured: 36 % of the drug left at 6 h with J/V = 0.44 per h in the rabbit (joint note, calibration rows).
    # the free part is exp(-k/f t), the trapped part 1 - f
    time = np.linspace(0, 6 * 3600.0, 400)
    turnovers = (0.44 / 3600 * time)[None, :]
    escaping = particles.escaping_fraction(np.array([[160e-9]]), 240e-9, 1.6)
    fate = particles.carrier_fate(time, np.ones_like(turnovers), turnovers, escaping, np.array([[0.0]]))
    left = (fate.in_fluid + fate.trapped)[0, -1]
    assert left == pytest.approx(0.36, abs=0.04)


def test_without_trapping_or_flow_everything_stays():
    time = np.linspace(0, 86400.0, 50)
    fate = particles.carrier_fate(time, np.ones((1, 50)), np.zeros((1, 50)), np.array([[0.5]]), np.array([[0.0]]))
    assert fate.in_fluid == pytest.approx(np.ones((1, 50)))


def test_carriers_end_trapped_or_drained_in_the_ratio_of_the_escaping_fraction():
    time = np.geomspace(1.0, 1e8, 300)
    time[0] = 0.0
    turnovers = (1e-4 * time)[None, :]
    fate = particles.carrier_fate(time, np.ones_like(turnovers), turnovers, np.array([[0.3]]), np.array([[0.0]]))
    assert fate.drained[0, -1] == pytest.approx(0.3)
    assert fate.trapped[0, -1] == pytest.approx(0.7)


@settings(max_examples=50, deadline=None)
@given(escaping=st.floats(0.01, 1), flow=st.floats(1e-9, 1e-2), migration=st.floats(0, 1e-3), half=st.floats(10, 1e7))
def test_carriers_are_conserved(escaping, flow, migration, half):
    time = np.concatenate([[0.0], np.geomspace(1.0, 1e7, 80)])
    arrived = (1 - 0.5 ** (time / half))[None, :]
    fate = particles.carrier_fate(
        time, arrived, (flow * time)[None, :], np.array([[escaping]]), np.array([[migration]])
    )
    total = fate.in_fluid + fate.trapped + fate.drained + fate.migrated
    assert total == pytest.approx(arrived, abs=1e-12)
    assert min(part.min() for part in (fate.in_fluid, fate.trapped, fate.drained, fate.migrated)) >= -1e-12


def test_only_positive_particles_above_100_nm_aggregate():
    sizes = particles.effective_diameter([170e-9, 170e-9, 80e-9], [0.021, 0.005, 0.021], 25e-6)
    assert sizes == pytest.approx([25e-6, 170e-9, 80e-9])


@pytest.mark.parametrize("bad", [0.0, -1e-9, float("nan")])
def test_refuses_a_size_that_is_none(bad):
    with pytest.raises(DomainError, match="diameter"):
        particles.escaping_fraction(bad, 240e-9, 1.45)


def test_circulating_particles_enter_the_less_the_larger_they_are():
    sizes = np.array([1e-9, 20e-9, 100e-9, 1e-6])
    found = particles.vascular_uptake(2.0, sizes, 100e-9)
    assert found[0] == pytest.approx(2.0, rel=1e-3)
    assert found[2] == 1.0
    assert (np.diff(found) < 0).all()


def test_inflammation_multiplies_what_enters_and_a_ratio_of_one_changes_nothing():
    sizes = np.array([20e-9, 80e-9, 1e-6])
    healthy = particles.vascular_uptake(2.0, sizes, 50e-9)
    assert particles.vascular_uptake(2.0, sizes, 50e-9, 1.0) == pytest.approx(healthy)
    assert particles.vascular_uptake(2.0, sizes, 50e-9, 7.2) / healthy == pytest.approx([7.2, 7.2, 7.2])


@pytest.mark.parametrize("bad", [{"reference": 0.0}, {"diameter": -1.0}, {"gap_diameter": 0.0}, {"enrichment": 0.0}])
def test_vascular_uptake_refuses(bad):
    with pytest.raises(DomainError):
        particles.vascular_uptake(**{"reference": 1.0, "diameter": 1e-7, "gap_diameter": 1e-7} | bad)
