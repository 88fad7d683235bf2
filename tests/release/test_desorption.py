"""Desorption against the law of mass action solved in steps, Langmuir's isotherm, the sink, and published cases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from formulate.loading.adsorption import adsorb_langmuir, held_after_rinsing, langmuir_uptake
from formulate.release.desorption import desorbed, desorption_plateau
from formulate.release.membrane import vesicle_released
from materials.errors import DomainError

# 1 mg of drug on 10 mg that hold 0.2 mg/mg, half full at 1 mg/mL, in 1 mL
PLAIN = {"drug_mass": 1e-6, "adsorbent_mass": 1e-5, "capacity": 0.2, "affinity": 1.0, "volume": 1e-6}
VOLUMES, SHARES = st.floats(1e-9, 1.0), st.floats(0.0, 1.0)


@given(VOLUMES, st.floats(1e-4, 1e4), st.floats(0.1, 10.0))
def test_the_plateau_lies_on_the_isotherm(volume, affinity, capacity):
    free = float(desorption_plateau(1e-6, 1e-5, capacity, affinity, volume))
    held = langmuir_uptake(free * 1e-6 / volume, capacity, affinity) * 1e-5
    assert held + free * 1e-6 == pytest.approx(1e-6, rel=1e-9)
    assert 0.0 < free <= 1.0


def test_the_plateau_is_what_loading_leaves_free():
    # the same equilibrium from the other side: the drug added to bare adsorbent
    loaded = adsorb_langmuir(1.0, 1e-6, 1e-5, 0.2, 1.0)
    assert desorption_plateau(**PLAIN) == pytest.approx(1.0 - float(loaded.encapsulation_efficiency), rel=1e-12)


def test_the_plateau_is_what_a_rinse_takes():
    # half full at K = 2 L/g, 1 g in 1 L of fresh liquid: 0.5 = x + 2 x/(1 + 2 x), x = (sqrt(2) - 1)/2 g/L
    free = float(desorption_plateau(0.5e-3, 1e-3, 1.0, 2.0, 1e-3))
    assert free == pytest.approx(np.sqrt(2.0) - 1.0)
    assert held_after_rinsing(0.5, 1e-3, 1.0, 2.0, 1e-3) == pytest.approx(0.5 * (1.0 - free))


@pytest.mark.parametrize(
    ("change", "burst"),
    [({}, 0.0), ({"volume": 1e-4}, 0.1), ({"affinity": 1e3}, 0.0), ({"capacity": 0.1}, 0.0), ({"capacity": 0.06}, 0.9)],
)
def test_desorption_against_steps(change, burst):
    given_values = PLAIN | change
    drug, solid, most, strength, volume = given_values.values()
    times = np.linspace(0.0, 6.0, 25)

    def flow(_, bound):
        free = (drug - bound) / volume
        return strength * free * (most * solid - bound) - bound

    run = solve_ivp(flow, (0.0, 6.0), [drug * (1 - burst)], method="BDF", t_eval=times, rtol=1e-9, atol=1e-16)
    found = desorbed(times, **given_values, desorption_rate=1.0, burst_fraction=burst)
    np.testing.assert_allclose(found, 1.0 - run.y[0] / drug, atol=1e-6)


@given(SHARES, st.floats(0.0, 50.0))
def test_a_large_volume_is_a_sink(burst, time):
    found = desorbed(time, 1e-6, 1e-5, 0.2, 1e-3, 1e9, 0.5, burst)
    assert found == pytest.approx(float(vesicle_released(time, 0.5, burst)), abs=1e-9)


@given(VOLUMES, st.floats(1e-4, 1e6), st.floats(0.1, 10.0), SHARES, st.floats(0.0, 1e3))
def test_it_goes_one_way_to_the_plateau(volume, affinity, capacity, burst, rate):
    times = np.concatenate([[0.0], np.geomspace(1e-3, 1e12, 40)])
    found = desorbed(times, 1e-6, 1e-5, capacity, affinity, volume, rate, burst)
    plateau = float(desorption_plateau(1e-6, 1e-5, capacity, affinity, volume))
    assert found[0] == pytest.approx(burst, abs=1e-12)
    assert found.min() >= min(burst, plateau) - 1e-12
    assert found.max() <= max(burst, plateau) + 1e-12
    steps = np.diff(found)
    assert (steps >= -1e-12).all() or (steps <= 1e-12).all()
    if rate > 1e-3:
        assert found[-1] == pytest.approx(plateau, rel=1e-9)


def test_it_starts_with_the_rate_of_desorption():
    assert desorbed(1e-9, **PLAIN, desorption_rate=1.0) == pytest.approx(1e-9, rel=1e-6)


def test_what_binds_tightly_is_not_given_back():
    # nanomolar binding, 10 mL: K of 1e6 m3/kg is 1 ug/m3 of drug at half coverage
    assert desorption_plateau(1e-6, 1e-5, 0.2, 1e6, 1e-5) < 1e-4
    rising = desorption_plateau(1e-6, 1e-5, 0.2, 10.0, [1e-6, 1e-5, 1e-4, 1e-3, 1.0])
    assert (np.diff(rising) > 0.0).all()
    assert rising[-1] == pytest.approx(1.0, abs=1e-4)


def test_draws_and_times_at_once():
    found = desorbed(
        np.linspace(0, 9, 5), **(PLAIN | {"affinity": np.array([[0.1], [1.0], [10.0]])}), desorption_rate=1.0
    )
    assert found.shape == (3, 5)
    assert (np.diff(found, axis=0) <= 0.0).all()


@pytest.mark.parametrize("name", ["drug_mass", "adsorbent_mass", "capacity", "affinity", "volume"])
@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, np.inf])
def test_refuses_what_is_no_amount(name, bad):
    with pytest.raises(DomainError, match=f"^{name} ="):
        desorption_plateau(**(PLAIN | {name: bad}))


def test_refuses_more_than_the_sites_hold_and_bad_rates():
    with pytest.raises(DomainError, match=r"^drug_mass = 1e-06 kg; need adsorbed drug"):
        desorbed(1.0, **(PLAIN | {"capacity": 0.09}), desorption_rate=1.0)
    assert desorbed(0.0, **(PLAIN | {"capacity": 0.09}), desorption_rate=1.0, burst_fraction=0.2) == pytest.approx(0.2)
    with pytest.raises(DomainError, match="desorption_rate"):
        desorbed(1.0, **PLAIN, desorption_rate=-1.0)
    with pytest.raises(DomainError, match="time"):
        desorbed(-1.0, **PLAIN, desorption_rate=1.0)
    with pytest.raises(DomainError, match="burst_fraction"):
        desorbed(1.0, **PLAIN, desorption_rate=1.0, burst_fraction=1.1)
