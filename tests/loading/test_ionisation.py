"""Solubility against pH: worked examples, published equations, the exact species balance, limits, refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.ionisation import intrinsic_solubility, neutral_fraction, total_solubility, uncharged_fraction
from materials.errors import DomainError

phs = st.floats(0.0, 14.0)
pkas = st.floats(0.0, 14.0)


def test_phenobarbital_at_ph_6_8() -> None:
    # Worked example of a teaching page: 0.005 M, pKa 7.4: Ka 3.98e-8 over [H] 1.59e-7 is 0.25; 0.00625 M.
    molar = 0.2322
    assert total_solubility(0.005e3 * molar, 6.8, acid_pkas=[7.4]) == pytest.approx(0.00625e3 * molar, rel=1e-3)


def test_ciprofloxacin_is_least_soluble_half_way() -> None:
    # pKa 6.16 (acid) and 8.62 (base), log10 S0 -3.72 mol/L (Avdeef 2003, figure 6.3): a zwitterion, flat between them.
    base, acid = [8.62], [6.16]
    grid = np.linspace(4.0, 11.0, 701)
    curve = total_solubility(10**-3.72, grid, base, acid)
    assert grid[np.argmin(curve)] == pytest.approx((6.16 + 8.62) / 2, abs=0.01)
    assert curve[grid == 4.0] / 10**-3.72 == pytest.approx(1 + 10**2.16, rel=1e-3)  # slope -1 below the lower pKa
    assert curve[-1] / 10**-3.72 == pytest.approx(1 + 10**2.38, rel=1e-3)


def _by_mass_action(ph: float, steps: list[float], protons_of_uncharged: int) -> float:
    """Give the share of one form of H_nA from the product of its stepwise constants, lowest pKa first."""
    hydrogen, constants = 10.0**-ph, [10.0**-pka for pka in sorted(steps)]
    forms = [hydrogen ** (len(steps) - k) * math.prod(constants[:k]) for k in range(len(steps) + 1)]
    return forms[len(steps) - protons_of_uncharged] / sum(forms)


@given(phs, st.lists(pkas, max_size=3), st.lists(pkas, max_size=3))
def test_uncharged_share_obeys_mass_action(ph: float, bases: list[float], acids: list[float]) -> None:
    # The uncharged form holds one proton on each acid and none on a base.
    exact = _by_mass_action(ph, bases + acids, len(acids))
    assert uncharged_fraction(ph, bases, acids) == pytest.approx(exact, rel=1e-9)


@given(phs, pkas)
def test_one_group_is_the_neutral_share(ph: float, pka: float) -> None:
    assert uncharged_fraction(ph, [pka]) == pytest.approx(neutral_fraction(ph, [pka]))
    assert uncharged_fraction(ph, [], [pka]) == pytest.approx(neutral_fraction(ph, [], [pka]))


def test_two_distant_acids_titrate_alone() -> None:
    assert uncharged_fraction(6.0, acid_pkas=[6.0, 12.0]) == pytest.approx(0.5, rel=1e-5)


@given(phs, pkas, st.floats(1e-6, 1e3))
def test_intrinsic_and_total_undo_each_other(ph: float, pka: float, solubility: float) -> None:
    total = total_solubility(solubility, ph, base_pkas=[pka])
    assert intrinsic_solubility(total, ph, base_pkas=[pka]) == pytest.approx(solubility)


@given(st.floats(4.0, 12.0), st.floats(1e-3, 1.0), st.floats(1.0, 1e3))
def test_a_salt_makes_ph_max_the_best_ph(pka: float, intrinsic: float, salt: float) -> None:
    # Base and salt are both saturated at pH_max = pKa + log10(S0/Ss): S0 + Ss is dissolved, and nowhere more.
    best = min(pka + math.log10(intrinsic / salt), 14.0)
    if best < 0.0:
        return
    assert total_solubility(intrinsic, best, [pka], salt_solubility=salt) == pytest.approx(intrinsic + salt)
    grid = np.linspace(0.0, 14.0, 57)
    limited, unlimited = (total_solubility(intrinsic, grid, [pka], salt_solubility=most) for most in (salt, None))
    assert (limited <= (intrinsic + salt) * (1 + 1e-9)).all()
    assert limited[grid > best + 1e-6].tolist() == pytest.approx(unlimited[grid > best + 1e-6].tolist())
    assert (limited[grid < best - 1e-6] < unlimited[grid < best - 1e-6]).all()


def test_far_below_its_pka_a_base_dissolves_as_its_salt() -> None:
    assert total_solubility(0.01, 1.0, [9.0], salt_solubility=5.0) == pytest.approx(5.0)


def test_no_group_no_effect() -> None:
    assert uncharged_fraction([1.0, 7.0, 13.0]).tolist() == [1.0, 1.0, 1.0]
    assert total_solubility(0.3, 7.0, salt_solubility=1.0) == pytest.approx(0.3)


def test_arrays_broadcast() -> None:
    result = total_solubility(np.full((4, 1), 0.1), np.array([2.0, 7.0, 9.0]), [np.full((4, 1), 8.0), 3.0], [5.0])
    assert result.shape == (4, 3)


def test_impossible_numbers_are_refused() -> None:
    for bad in (-0.1, 14.1, math.nan):
        with pytest.raises(DomainError, match="ph"):
            total_solubility(1.0, bad)
    with pytest.raises(DomainError, match="pKa"):
        uncharged_fraction(7.0, [math.nan])
    with pytest.raises(DomainError, match="pKa"):
        intrinsic_solubility(1.0, 7.0, acid_pkas=[60.0])
    for bad in (0.0, -1.0, math.inf, math.nan):
        with pytest.raises(DomainError, match="intrinsic_solubility"):
            total_solubility(bad, 7.0)
        with pytest.raises(DomainError, match="salt_solubility"):
            total_solubility(1.0, 7.0, salt_solubility=bad)
        with pytest.raises(DomainError, match="solubility"):
            intrinsic_solubility(bad, 7.0)
