"""Efficiency and loading from masses: worked numbers, agreement with the batch assay, inverses, refusals."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.loading.amounts import (
    amount_from_mass,
    concentration_from_peak_area,
    mass_concentration,
    mass_from_amount,
    molar_concentration,
)
from formulate.loading.assay import drug_recovery, loading_from_product
from formulate.loading.definitions import drug_loading, drug_to_carrier, encapsulation_efficiency, theoretical_loading
from formulate.loading.masses import (
    drug_loading_from_drug_to_carrier,
    efficiency_from_concentrations,
    efficiency_from_drug_to_carrier,
    efficiency_from_entrapped_drug,
    efficiency_from_free_drug,
    efficiency_from_theoretical_loading,
    feed_ratio_from_feed_share,
    loading_from_masses,
    loading_from_product_mass,
)
from materials.errors import DomainError

masses = st.floats(1e-9, 1e-3)
shares = st.floats(0.0, 1.0)


def test_ten_milligrams_of_which_three_are_outside_and_six_inside() -> None:
    # 10 mg added, 3 mg in the supernatant, 6 mg in the particles: 70 % indirect, 60 % direct
    assert efficiency_from_free_drug(10e-6, 3e-6) == pytest.approx(0.7)
    assert efficiency_from_entrapped_drug(10e-6, 6e-6) == pytest.approx(0.6)
    assert efficiency_from_concentrations(2.0, 0.5) == pytest.approx(0.75)
    assert efficiency_from_concentrations(2.0, 0.5, 3.0) == pytest.approx(0.25)  # 1.5 of 2 is outside


@given(masses, shares, shares)
def test_both_ways_agree_with_the_assay_of_the_batch(added: float, inside: float, outside: float) -> None:
    batch = drug_recovery(added, added * inside, added * outside)
    assert efficiency_from_entrapped_drug(added, added * inside) == pytest.approx(batch.efficiency_direct, abs=1e-12)
    assert efficiency_from_free_drug(added, added * outside) == pytest.approx(batch.efficiency_indirect, abs=1e-12)


def test_nothing_and_all_of_it() -> None:
    assert efficiency_from_free_drug(1.0, 0.0) == efficiency_from_entrapped_drug(1.0, 1.0) == 1.0
    assert efficiency_from_free_drug(1.0, 1.0) == efficiency_from_entrapped_drug(1.0, 0.0) == 0.0
    assert efficiency_from_concentrations(1.0, 0.1, 10.0) == 0.0
    assert loading_from_masses(0.0, 1.0).drug_loading == 0.0
    assert drug_loading_from_drug_to_carrier(1e12) == pytest.approx(1.0)


def test_five_milligrams_in_twenty_of_carrier_are_one_fifth() -> None:
    found = loading_from_masses(5e-6, 20e-6)
    assert (found.drug_loading, found.drug_to_carrier) == (pytest.approx(0.2), pytest.approx(0.25))
    weighed = loading_from_product_mass(5e-6, 25e-6)
    assert (weighed.drug_loading, weighed.drug_to_carrier) == (pytest.approx(0.2), pytest.approx(0.25))


@given(masses, masses, st.floats(1e-9, 1.0))
def test_a_weighed_product_agrees_with_the_whole_report_of_it(drug: float, carrier: float, share: float) -> None:
    entrapped = drug * share
    report = loading_from_product(drug, carrier, entrapped, entrapped + carrier)
    assert loading_from_product_mass(entrapped, entrapped + carrier).drug_loading == pytest.approx(report.drug_loading)
    found = loading_from_masses(entrapped, carrier)
    assert found.drug_loading == pytest.approx(report.drug_loading)
    # no carrier lost: efficiency of convention A
    ratio = drug / carrier
    assert efficiency_from_drug_to_carrier(found.drug_to_carrier, ratio) == pytest.approx(report.efficiency_a)


@given(st.floats(1e-6, 0.999), st.floats(1e-6, 1.0))
def test_ratios_turn_back_into_what_they_were(feed_share: float, efficiency: float) -> None:
    ratio = feed_ratio_from_feed_share(feed_share)
    assert theoretical_loading(ratio) == pytest.approx(feed_share)
    in_a = drug_loading(efficiency, ratio, "A")
    assert drug_loading_from_drug_to_carrier(drug_to_carrier(in_a)) == pytest.approx(in_a)
    assert efficiency_from_drug_to_carrier(drug_to_carrier(in_a), ratio) == pytest.approx(efficiency)
    in_b = drug_loading(efficiency, ratio, "B")
    assert efficiency_from_theoretical_loading(in_b, feed_share) == pytest.approx(efficiency)
    assert encapsulation_efficiency(in_b, ratio, "B") == pytest.approx(efficiency)


def test_published_pairs_of_loading_and_efficiency() -> None:
    # moxidectin in PLGA (doi 10.3390/ijms241914729): 40 % drug in the feed, EE 88.3 %, DL 35.41 %
    assert efficiency_from_theoretical_loading(0.3541, 0.40) == pytest.approx(0.883, rel=0.01)
    assert feed_ratio_from_feed_share(0.40) == pytest.approx(0.666667, rel=1e-5)
    # sparfloxacin in PLGA (doi 10.1016/j.nano.2009.10.004): 1:1, EE 25.18 %, DL 20.12 %
    assert drug_loading_from_drug_to_carrier(0.2518) == pytest.approx(0.2012, rel=0.005)


def test_mass_amount_and_back() -> None:
    # 180.16 g of glucose are one mole; 0.9 % sodium chloride (58.44 g/mol) is 154 mmol/L
    assert amount_from_mass(0.18016, 0.18016) == pytest.approx(1.0)
    assert mass_from_amount(2.0, 0.18016) == pytest.approx(0.36032)
    assert molar_concentration(9.0, 0.05844) == pytest.approx(154.0, rel=0.001)
    assert mass_concentration(154.0, 0.05844) == pytest.approx(9.0, rel=0.001)


def test_a_peak_on_the_line_of_its_standards() -> None:
    # standards of 10 and 50 ug/mL gave 270 and 1270: slope 25 per ug/mL, intercept 20; 770 is half-way, 30 ug/mL
    slope = (1270.0 - 270.0) / (50e-3 - 10e-3)
    assert concentration_from_peak_area(770.0, slope, 20.0) == pytest.approx(30e-3)
    assert concentration_from_peak_area(770.0, slope, 20.0, 100.0) == pytest.approx(3.0)
    assert concentration_from_peak_area(20.0, slope, 20.0) == 0.0
    assert concentration_from_peak_area(25.0, 25e3, -25.0) == pytest.approx(2e-3)


def test_more_found_than_added_is_refused() -> None:
    with pytest.raises(DomainError, match="free_drug"):
        efficiency_from_free_drug(1.0, 1.1)
    with pytest.raises(DomainError, match="drug_entrapped"):
        efficiency_from_entrapped_drug(1.0, 1.1)
    with pytest.raises(DomainError, match="free_concentration"):
        efficiency_from_concentrations(1.0, 0.6, 2.0)
    with pytest.raises(DomainError, match="drug_to_carrier"):
        efficiency_from_drug_to_carrier(0.3, 0.25)
    with pytest.raises(DomainError, match="drug_loading"):
        efficiency_from_theoretical_loading(0.3, 0.25)
    with pytest.raises(DomainError, match="drug_found"):
        loading_from_product_mass(1.0, 1.0)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
def test_what_must_be_positive_is_refused_otherwise(bad: float) -> None:
    for call in (
        lambda: efficiency_from_free_drug(bad, 0.0),
        lambda: efficiency_from_entrapped_drug(bad, 0.0),
        lambda: efficiency_from_concentrations(bad, 0.0),
        lambda: efficiency_from_concentrations(1.0, 0.1, bad),
        lambda: efficiency_from_drug_to_carrier(0.1, bad),
        lambda: loading_from_masses(0.0, bad),
        lambda: loading_from_product_mass(0.0, bad),
        lambda: feed_ratio_from_feed_share(bad),
        lambda: efficiency_from_theoretical_loading(0.0, bad),
        lambda: amount_from_mass(1.0, bad),
        lambda: mass_from_amount(1.0, bad),
        lambda: molar_concentration(1.0, bad),
        lambda: mass_concentration(1.0, bad),
        lambda: concentration_from_peak_area(1.0, bad),
        lambda: concentration_from_peak_area(1.0, 1.0, 0.0, bad),
    ):
        with pytest.raises(DomainError):
            call()


@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
def test_what_must_not_be_negative_is_refused(bad: float) -> None:
    for call in (
        lambda: efficiency_from_free_drug(1.0, bad),
        lambda: efficiency_from_entrapped_drug(1.0, bad),
        lambda: efficiency_from_concentrations(1.0, bad),
        lambda: loading_from_masses(bad, 1.0),
        lambda: loading_from_product_mass(bad, 1.0),
        lambda: drug_loading_from_drug_to_carrier(bad),
        lambda: efficiency_from_drug_to_carrier(bad, 1.0),
        lambda: efficiency_from_theoretical_loading(bad, 0.5),
        lambda: amount_from_mass(bad, 1.0),
        lambda: mass_from_amount(bad, 1.0),
        lambda: molar_concentration(bad, 1.0),
        lambda: mass_concentration(bad, 1.0),
        lambda: concentration_from_peak_area(bad, 1.0),
    ):
        with pytest.raises(DomainError):
            call()


def test_shares_of_one_and_signals_below_the_blank_are_refused() -> None:
    with pytest.raises(DomainError, match="feed_share"):
        feed_ratio_from_feed_share(1.0)
    with pytest.raises(DomainError, match="theoretical_loading"):
        efficiency_from_theoretical_loading(0.5, 1.0)
    with pytest.raises(DomainError, match="peak_area"):
        concentration_from_peak_area(10.0, 25e3, 50.0)
    with pytest.raises(DomainError, match="intercept"):
        concentration_from_peak_area(10.0, 25e3, math.nan)
    with pytest.raises(DomainError, match="dilution_factor"):
        concentration_from_peak_area(10.0, 25e3, 0.0, 0.1)
