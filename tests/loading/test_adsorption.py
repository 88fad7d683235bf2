"""Adsorption: an independent solver, exact decimals for tight and weak binding, limits, conservation, refusals."""

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from formulate.loading.adsorption import (
    adsorb_freundlich,
    adsorb_langmuir,
    affinity_by_mass,
    capacity_by_mass,
    held_after_rinsing,
    langmuir_affinity,
    langmuir_uptake,
)
from formulate.loading.adsorption_sites import adsorb_two, monolayer_capacity, pore_capacity
from materials.errors import DomainError

amounts = st.floats(1e-3, 1e3)
affinities = st.floats(1e-12, 1e12)


def test_balance_by_hand() -> None:
    # 2 g/L of adsorbent, q_max 0.5, K = 4 L/g, 1.5 g/L of drug: x = 0.75 leaves 0.75 on 1 g/L of sites, 3/4 full
    done = adsorb_langmuir(1.5, 1e-3, 2e-3, 0.5, 4.0)
    assert done.free_concentration == pytest.approx(0.75)
    assert done.uptake == pytest.approx(0.375)
    assert done.drug_loading == pytest.approx(3 / 11)
    assert done.encapsulation_efficiency == pytest.approx(0.5)


@given(amounts, amounts, amounts, affinities)
def test_balance_closes_and_lies_on_the_isotherm(start: float, solid: float, capacity: float, affinity: float) -> None:
    done = adsorb_langmuir(start, 1.0, solid, capacity, affinity)
    assert done.free_concentration + done.uptake * solid == pytest.approx(start)
    assert done.uptake == pytest.approx(float(langmuir_uptake(done.free_concentration, capacity, affinity)))
    assert done.encapsulation_efficiency == pytest.approx(float(done.uptake) * solid / start, rel=1e-6)
    assert 0.0 <= done.encapsulation_efficiency <= 1.0


@pytest.mark.parametrize("affinity", [1e-14, 1e-6, 1.0, 1e6, 1e14, 1e200])
@pytest.mark.parametrize("sites", [0.3, 1.0, 2.0])
def test_no_digit_is_lost(affinity: float, sites: float) -> None:
    with localcontext() as context:
        context.prec = 700  # the quadratic formula as it stands, with digits to lose
        k, q = Decimal(affinity), Decimal(sites)
        slope = 1 + k * (q - 1)
        free = ((slope * slope + 4 * k).sqrt() - slope) / (2 * k)
        taken = q * k * free / (1 + k * free)
    done = adsorb_langmuir(1.0, 1.0, 1.0, sites, affinity)
    assert float(done.free_concentration) == pytest.approx(float(free), rel=1e-12)
    assert float(done.uptake) == pytest.approx(float(taken), rel=1e-12)


def test_langmuir_limits() -> None:
    assert adsorb_langmuir(1.0, 1.0, 1.0, 0.5, 0.0).encapsulation_efficiency == 0.0
    assert adsorb_langmuir(1.0, 1.0, 1.0, 0.0, 5.0).uptake == 0.0
    assert adsorb_langmuir(1.0, 1.0, 1.0, 0.5, 1e15).uptake == pytest.approx(0.5)  # all sites full
    assert adsorb_langmuir(1.0, 1.0, 1.0, 5.0, 1e15).encapsulation_efficiency == pytest.approx(1.0)  # all drug bound
    dilute = adsorb_langmuir(0.0, 1.0, 1.0, 2.0, 3.0)
    assert dilute.encapsulation_efficiency == pytest.approx(6 / 7)
    assert dilute.uptake == dilute.free_concentration == 0.0


def test_mass_and_molar_forms_agree() -> None:
    # doxorubicin, 543.5 g/mol: the same batch in amounts and in masses
    molar = adsorb_langmuir(1.0, 1e-3, 1e-3, 0.4, 30.0)  # mol/m3, mol/kg, m3/mol
    mass = adsorb_langmuir(
        0.5435, 1e-3, 1e-3, capacity_by_mass(0.4, 0.5435), affinity_by_mass(30.0, 0.5435)
    )  # kg/m3, kg/kg, m3/kg
    assert mass.encapsulation_efficiency == pytest.approx(float(molar.encapsulation_efficiency))
    assert mass.uptake == pytest.approx(float(molar.uptake) * 0.5435)


def test_affinity_comes_back_from_a_point() -> None:
    done = adsorb_langmuir(2.0, 1.0, 3.0, 0.4, 7.0)
    assert langmuir_affinity(done.uptake, done.free_concentration, 0.4) == pytest.approx(7.0)


@given(amounts, amounts, st.floats(0.0, 10.0), st.floats(0.1, 3.0), amounts)
def test_freundlich_closes_and_lies_on_the_isotherm(
    start: float, solid: float, constant: float, power: float, reference: float
) -> None:
    done = adsorb_freundlich(start, 1.0, solid, constant, power, reference)
    assert done.free_concentration + done.uptake * solid == pytest.approx(start)
    on_curve = constant * (float(done.free_concentration) / reference) ** power
    assert done.uptake == pytest.approx(on_curve, rel=1e-9, abs=1e-290)


def test_freundlich_matches_a_solver_in_the_units_of_papers() -> None:
    # K_F 12 (mg/g)(L/mg)^(1/n), n = 2.5, 0.5 g of carbon in 1 L of 100 mg/L
    free = optimize.brentq(lambda x: x + 0.5 * 12.0 * x ** (1 / 2.5) - 100.0, 0.0, 100.0, xtol=1e-13)
    done = adsorb_freundlich(0.1, 1e-3, 0.5e-3, 12e-3, 1 / 2.5)
    assert done.free_concentration == pytest.approx(free * 1e-3, rel=1e-10)


def test_freundlich_without_uptake_leaves_all() -> None:
    done = adsorb_freundlich(1.0, 1.0, 1.0, 0.0, 0.5)
    assert done.uptake == done.encapsulation_efficiency == 0.0
    assert done.free_concentration == 1.0


def test_rinsing_lowers_and_never_empties() -> None:
    held = [float(held_after_rinsing(0.5, 1e-3, 1.0, 2.0, 1e-3, rinses=n)) for n in (1, 2, 5)]
    assert 0.5 > held[0] > held[1] > held[2] > 0.0
    # no liquid to speak of takes nothing, and a tight binding keeps all
    assert held_after_rinsing(0.5, 1e-3, 1.0, 2.0, 1e-15) == pytest.approx(0.5)
    assert held_after_rinsing(0.5, 1e-3, 1.0, 1e12, 1e-3) == pytest.approx(0.5, rel=1e-9)
    # two rinses are one rinse of the rest
    assert held_after_rinsing(held[0], 1e-3, 1.0, 2.0, 1e-3) == pytest.approx(held[1])


def test_sites_by_hand() -> None:
    # 1 m2/kg, 1 m2 per molecule: one molecule per kg
    assert monolayer_capacity(1.0, 1.0, 6.02214076e23) == pytest.approx(1.0)
    assert pore_capacity(0.9e-3, 100.0) == pytest.approx(0.09)


@given(amounts, st.floats(0.0, 100.0), amounts, affinities, affinities)
def test_two_drugs_close_their_balances(
    first: float, second: float, capacity: float, strong: float, weak: float
) -> None:
    pair = adsorb_two(first, second, 1.0, 1.0, capacity, strong, weak)
    assert pair.first_free + pair.first_uptake == pytest.approx(first)
    assert pair.second_free + pair.second_uptake == pytest.approx(second)
    assert (pair.first_uptake + pair.second_uptake) / capacity + pair.vacant_share == pytest.approx(1.0)


def test_two_drugs_match_a_solver() -> None:
    k, c, sites = np.array([5.0, 0.8]), np.array([1.0, 2.5]), 1.7

    def missing(x: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        return x + sites * k * x / (1 + k @ x) - c

    free = optimize.fsolve(missing, c / 2, xtol=1e-13)
    pair = adsorb_two(1.0, 2.5, 1.0, 1.0, sites, 5.0, 0.8)
    assert [float(pair.first_free), float(pair.second_free)] == pytest.approx(list(free))


@given(amounts, amounts, affinities)
def test_a_lone_drug_is_plain_langmuir(first: float, capacity: float, affinity: float) -> None:
    alone = adsorb_langmuir(first, 1.0, 1.0, capacity, affinity)
    pair = adsorb_two(first, 0.0, 1.0, 1.0, capacity, affinity, 1.0)
    assert pair.first_uptake == pytest.approx(float(alone.uptake), rel=1e-6)


def test_a_rival_takes_sites() -> None:
    uptake = [float(adsorb_two(1.0, rival, 1.0, 1.0, 0.5, 10.0, 10.0).first_uptake) for rival in (0.0, 1.0, 10.0)]
    assert uptake == sorted(uptake, reverse=True)
    assert adsorb_two(np.ones((3, 1)), [0.0, 1.0], 1.0, 1.0, 0.5, 10.0, 1.0).first_uptake.shape == (3, 2)


@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
def test_impossible_batches_are_refused(bad: float) -> None:
    names = ["initial_concentration", "volume", "adsorbent_mass", "capacity", "affinity"]
    for position, name in enumerate(names):
        numbers = [1.0] * 5
        numbers[position] = bad
        with pytest.raises(DomainError, match=name):
            adsorb_langmuir(*numbers)
    with pytest.raises(DomainError, match="exponent"):
        adsorb_freundlich(1.0, 1.0, 1.0, 1.0, bad)
    with pytest.raises(DomainError, match="second_affinity"):
        adsorb_two(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, bad)
    with pytest.raises(DomainError, match="molar_mass"):
        affinity_by_mass(1.0, bad)
    with pytest.raises(DomainError, match="molar_capacity"):
        capacity_by_mass(bad, 0.5)
    with pytest.raises(DomainError, match="footprint_area"):
        monolayer_capacity(1.0, bad, 0.5)
    with pytest.raises(DomainError, match="drug_density"):
        pore_capacity(1.0, bad)
    with pytest.raises(DomainError, match="free_concentration"):
        langmuir_uptake(bad, 1.0, 1.0)


def test_beyond_the_capacity_is_refused() -> None:
    with pytest.raises(DomainError, match="uptake"):
        langmuir_affinity(0.3, 1.0, 0.3)
    with pytest.raises(DomainError, match="same unit"):
        held_after_rinsing(300.0, 1e-3, 0.3, 1.0, 1e-3)
    with pytest.raises(DomainError, match="rinses"):
        held_after_rinsing(0.1, 1e-3, 0.3, 1.0, 1e-3, rinses=0)
