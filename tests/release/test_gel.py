"""Gels against the limits of their laws, and the dissolving front against a shell-by-shell integration."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.release.diffusion import released_from_sphere
from formulate.release.gel import (
    degraded,
    depot_radius,
    diffusivity_in_gel,
    released_from_dissolving_front,
)
from materials.errors import DomainError


def test_gel_slows_what_passes_and_holds_what_does_not():
    # r_s/xi = 0.4: Lustig-Peppas gives 0.54 to 0.59 of the free diffusivity for phi from 0.1 to 0.02
    thick, thin = diffusivity_in_gel(1e-10, 2e-9, 5e-9, [0.1, 0.02])
    assert thick == pytest.approx(0.54e-10, abs=0.005e-10)
    assert thin == pytest.approx(0.59e-10, abs=0.005e-10)
    # half polymer: exp(-1) of the value at the same mesh without polymer
    ratio = diffusivity_in_gel(1e-10, 2e-9, 5e-9, 0.5) / diffusivity_in_gel(1e-10, 2e-9, 5e-9, 0.0)
    assert ratio == pytest.approx(np.exp(-1.0))
    held = diffusivity_in_gel(1e-10, [5e-9, 5.1e-9, 1e-6], 5e-9, 0.05)
    assert held.tolist() == [0.0, 0.0, 0.0]
    assert diffusivity_in_gel(1e-10, 1e-15, 5e-9, 0.0) == pytest.approx(1e-10, rel=1e-6)


@given(st.floats(1e-10, 1e-7), st.floats(1e-10, 1e-7), st.floats(0.0, 0.99))
def test_gel_never_speeds_a_solute(solute, mesh, fraction):
    assert 0.0 <= diffusivity_in_gel(1e-10, solute, mesh, fraction) <= 1e-10


@pytest.mark.parametrize(
    "values",
    [(0.0, 1e-9, 5e-9, 0.1), (1e-10, 0.0, 5e-9, 0.1), (1e-10, 1e-9, 0.0, 0.1), (1e-10, 1e-9, 5e-9, 1.0),
     (1e-10, 1e-9, 5e-9, -0.1), (1e-10, 1e-9, 5e-9, np.nan)],
)  # fmt: skip
def test_diffusivity_in_gel_refuses(values):
    with pytest.raises(DomainError):
        diffusivity_in_gel(*values)


@given(st.floats(1e-12, 1e-3))
def test_depot_holds_its_volume(volume):
    assert 4.0 / 3.0 * np.pi * depot_radius(volume) ** 3 == pytest.approx(volume)


@pytest.mark.parametrize("bad", [0.0, -1e-6, np.nan])
def test_depot_needs_a_volume(bad):
    with pytest.raises(DomainError, match="volume"):
        depot_radius(bad)


def test_gel_halves_every_half_life():
    np.testing.assert_allclose(degraded([0.0, 5.0, 10.0, 15.0], 5.0), [0.0, 0.5, 0.75, 0.875], rtol=1e-14)
    assert degraded(1.0, 1e18) == pytest.approx(np.log(2.0) * 1e-18, rel=1e-12)
    for values in [(-1.0, 5.0), (1.0, 0.0), (np.nan, 5.0)]:
        with pytest.raises(DomainError):
            degraded(*values)


RADIUS, DIFFUSIVITY, TOTAL, SOLUBILITY = 2e-3, 5e-10, 80.0, 1.6
DURATION = RADIUS**2 * TOTAL / (6.0 * DIFFUSIVITY * SOLUBILITY)


def test_front_agrees_with_shells_dissolved_one_by_one():
    # Drug of each shell leaves through the resistance of all shells outside it, at C_s inside and 0 outside.
    edges = np.linspace(RADIUS, 0.0, 20001)
    middle = (edges[1:] + edges[:-1]) / 2.0
    width = edges[:-1] - edges[1:]
    resistance = np.cumsum(width / (4.0 * np.pi * middle**2 * DIFFUSIVITY))
    mass = TOTAL * 4.0 * np.pi * middle**2 * width
    time = np.cumsum(mass * resistance / SOLUBILITY)
    share = np.cumsum(mass) / mass.sum()
    picked = np.searchsorted(share, [0.05, 0.2, 0.5, 0.8, 0.95, 0.999])
    model = released_from_dissolving_front(time[picked], RADIUS, DIFFUSIVITY, TOTAL, SOLUBILITY)
    np.testing.assert_allclose(model, share[picked], atol=3e-4)
    assert time[-1] == pytest.approx(DURATION, rel=1e-3)


@given(st.floats(0.0, 1.0))
def test_front_solves_its_own_equation(part):
    released = released_from_dissolving_front(part * DURATION, RADIUS, DIFFUSIVITY, TOTAL, SOLUBILITY)
    # near the end the equation itself turns the last digit of F, 2e-16, into 5e-11
    assert 1.5 * (1.0 - (1.0 - released) ** (2.0 / 3.0)) - released == pytest.approx(0.5 * part, abs=1e-10)


def test_front_starts_with_the_root_of_time_and_ends_at_the_centre():
    times = np.array([0.0, 1e-14, 1.0, 1.000001, 1e6]) * DURATION
    released = released_from_dissolving_front(times, RADIUS, DIFFUSIVITY, TOTAL, SOLUBILITY)
    assert released[0] == 0.0
    assert released[1] == pytest.approx(np.sqrt(6.0 * 0.5e-14), rel=1e-6)
    np.testing.assert_allclose(released[2:], 1.0, atol=1e-12)
    assert np.all(released <= 1.0)


def test_drug_that_cannot_move_stays():
    assert released_from_dissolving_front([0.0, 1e9], RADIUS, 0.0, TOTAL, SOLUBILITY).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("excess", [1.02, 0.98])
def test_front_starts_faster_than_dissolved_drug_only_below_its_stated_limit(excess):
    time = 1e-8 * RADIUS**2 / DIFFUSIVITY
    front = released_from_dissolving_front(time, RADIUS, DIFFUSIVITY, excess * np.pi / 2 * SOLUBILITY, SOLUBILITY)
    assert (front < released_from_sphere(1e-8)) == (excess > 1.0)


def test_front_rises_and_suspended_drug_leaves_later_than_dissolved():
    times = np.linspace(0.0, 1.2 * DURATION, 300)
    load = np.array([[5.0], [50.0], [500.0]]) * SOLUBILITY
    released = released_from_dissolving_front(times, RADIUS, DIFFUSIVITY, load, SOLUBILITY)
    assert released.shape == (3, 300)
    assert np.all(np.diff(released, axis=1) >= 0.0)
    assert np.all(np.diff(released[:, 1:200], axis=0) <= 0.0)
    dissolved = released_from_sphere(DIFFUSIVITY * times[1:200] / RADIUS**2)
    # the model ends at a finite time, so it may overtake the dissolved tail, but only there
    main = (released[:, 1:200] < 0.95) & (dissolved < 1.0)
    assert main.sum() > 100
    assert np.all((released[:, 1:200] < dissolved)[main])


@pytest.mark.parametrize("total", [SOLUBILITY, 0.5 * SOLUBILITY])
def test_dissolved_drug_is_sent_to_the_right_model(total):
    with pytest.raises(DomainError, match=r"total_concentration.*released_from_sphere"):
        released_from_dissolving_front([0.0, 1.0], RADIUS, DIFFUSIVITY, [[TOTAL], [total]], SOLUBILITY)


@pytest.mark.parametrize("position", range(5))
@pytest.mark.parametrize("bad", [-1.0, np.nan])
def test_front_refuses(position, bad):
    values = [1.0, RADIUS, DIFFUSIVITY, TOTAL, SOLUBILITY]
    values[position] = bad
    with pytest.raises(DomainError):
        released_from_dissolving_front(*values)
