"""Vesicles against a published leakage rate, counted microstates, and mass balances."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.ionisation import neutral_fraction
from formulate.release.membrane import (
    bound_to_dissolved,
    released_at_equilibrium,
    vesicle_rate,
    vesicle_released,
)
from materials.errors import DomainError


def neutral_by_counting(ph, bases, acids):
    """Share of the microstate without charge among all 2**n, each weighted by its protons."""
    pkas = (*bases, *acids)
    weights = {
        state: np.prod([10.0 ** ((pka - ph) * proton) for pka, proton in zip(pkas, state, strict=True)])
        for state in itertools.product((0, 1), repeat=len(pkas))
    }
    return weights[(0,) * len(bases) + (1,) * len(acids)] / sum(weights.values())


@pytest.mark.parametrize(
    ("bases", "acids"), [([8.2], []), ([], [4.0]), ([9.5, 6.1], []), ([8.0], [3.0, 10.1]), ([], [])]
)
@pytest.mark.parametrize("ph", [2.0, 5.5, 7.4, 11.0])
def test_neutral_fraction_counts_one_microstate(ph, bases, acids):
    assert neutral_fraction(ph, bases, acids) == pytest.approx(neutral_by_counting(ph, bases, acids), rel=1e-12)


def test_a_base_is_neutral_above_its_pka_and_an_acid_below():
    np.testing.assert_allclose(neutral_fraction([7.2, 8.2, 9.2], [8.2]), [1 / 11, 1 / 2, 10 / 11])
    np.testing.assert_allclose(neutral_fraction([7.2, 8.2, 9.2], (), [8.2]), [10 / 11, 1 / 2, 1 / 11])


def test_each_pka_may_differ_between_draws():
    pka = np.array([[6.0], [7.0], [8.0]])
    share = neutral_fraction(np.array([[7.0], [7.0], [7.0]]), [pka], [3.0])
    assert share.shape == (3, 1)
    np.testing.assert_allclose(share[:, 0], [neutral_by_counting(7.0, [p], [3.0]) for p in (6.0, 7.0, 8.0)])


@pytest.mark.parametrize(
    ("ph", "bases", "acids"),
    [(-0.1, [], []), (14.1, [], []), (np.nan, [], []), (7.0, [np.nan], []), (7.0, [], [700.0])],
)
def test_impossible_ph_and_pka_are_refused(ph, bases, acids):
    with pytest.raises(DomainError):
        neutral_fraction(ph, bases, acids)


def test_glucose_leaks_from_egg_lecithin_as_published():
    # log10 P = -10.52 (cm/s, 25 C, egg PC), vesicle of 100 nm with a core of 50 nm radius: half-life 10.6 h
    rate = vesicle_rate(10.0**-10.52 * 1e-2, 50e-9, 1.0, 0.0)
    assert rate == pytest.approx(1.81e-5, rel=2e-3)
    assert np.log(2.0) / rate / 3600.0 == pytest.approx(10.6, abs=0.05)


def test_rate_is_the_flux_through_the_wall_over_the_content():
    permeability, radius, neutral, bound = 3e-10, 40e-9, 0.02, 25.0
    dissolved = 7.0  # any concentration, mol/m**3
    content = 4.0 / 3.0 * np.pi * radius**3 * dissolved * (1.0 + bound)
    flux = permeability * 4.0 * np.pi * radius**2 * dissolved * neutral
    assert vesicle_rate(permeability, radius, neutral, bound) == pytest.approx(flux / content)


def test_charge_or_binding_can_hold_the_drug():
    assert vesicle_rate(1e-9, 50e-9, 0.0, 0.0) == 0.0
    assert vesicle_rate(1e-9, 50e-9, 1.0, 99.0) == pytest.approx(vesicle_rate(1e-9, 50e-9, 1.0, 0.0) / 100.0)


@pytest.mark.parametrize(
    "values",
    [(-1e-9, 5e-8, 1.0, 0.0), (1e-9, 0.0, 1.0, 0.0), (1e-9, 5e-8, 1.1, 0.0), (1e-9, 5e-8, 1.0, -1.0),
     (np.nan, 5e-8, 1.0, 0.0)],
)  # fmt: skip
def test_vesicle_rate_refuses(values):
    with pytest.raises(DomainError):
        vesicle_rate(*values)


def test_bound_ratio_is_partition_times_lipid():
    # 12 L/kg with 0.4 kg lipid per L of inner water
    assert bound_to_dissolved(12e-3, 400.0) == pytest.approx(4.8)
    for values in [(-1.0, 1.0), (1.0, -1.0), (np.nan, 1.0)]:
        with pytest.raises(DomainError):
            bound_to_dissolved(*values)


def test_vesicle_release_starts_at_the_burst_and_halves_what_is_left():
    half = 3600.0
    released = vesicle_released(np.array([0.0, half, 2 * half, 1e9]), [[np.log(2.0) / half]], [[0.2]])
    np.testing.assert_allclose(released, [[0.2, 0.6, 0.8, 1.0]])
    assert vesicle_released([0.0, 1e9], 0.0, 0.0).tolist() == [0.0, 0.0]


def test_slow_leaks_keep_their_digits():
    assert vesicle_released(1.0, 1e-18, 0.0) == pytest.approx(1e-18, rel=1e-12)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1e3))
def test_vesicle_release_rises_and_stays_a_share(burst, rate):
    released = vesicle_released(np.linspace(0.0, 10.0, 40), rate, burst)
    assert released[0] == burst
    assert np.all(np.diff(released) >= 0.0)
    assert released[-1] <= 1.0


@pytest.mark.parametrize("values", [(-1.0, 1.0, 0.1), (1.0, -1.0, 0.1), (1.0, 1.0, 1.5), (np.nan, 1.0, 0.1)])
def test_vesicle_release_refuses(values):
    with pytest.raises(DomainError):
        vesicle_released(*values)


@given(st.floats(0.0, 100.0), st.floats(1e-3, 100.0), st.floats(1e-3, 100.0))
def test_equilibrium_balances_the_mass(bound, partition, lipid):
    # one unit of free drug per volume of water carries `bound` on protein and partition * lipid in the lipid
    in_lipid = partition * lipid
    total = 1.0 + bound + in_lipid
    assert released_at_equilibrium(bound, partition, lipid) == pytest.approx(1.0 - in_lipid / total)


def test_dilution_and_protein_draw_the_drug_out():
    assert released_at_equilibrium(0.0, 10.0, 0.0) == 1.0
    thin, thick = released_at_equilibrium(0.0, 10.0, [0.01, 10.0])
    assert thin > 0.9 > 0.1 > thick
    assert released_at_equilibrium(50.0, 10.0, 10.0) > thick


@pytest.mark.parametrize("values", [(-1.0, 1.0, 1.0), (0.0, -1.0, 1.0), (0.0, 1.0, np.nan)])
def test_equilibrium_refuses(values):
    with pytest.raises(DomainError):
        released_at_equilibrium(*values)
