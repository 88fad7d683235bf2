"""Assays: balances by hand, errors against simulated assays, published reports, flags, refusals."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from formulate.loading.assay import assayed_mass, drug_recovery, free_drug_share, loading_from_product
from formulate.loading.definitions import mass_balance
from formulate.loading.reports import read_report
from materials.errors import DomainError

shares = st.floats(0.0, 1.0)


def test_mass_from_a_dilution_by_hand() -> None:
    # 2 ug/mL read in 10 uL of 1 mL: 200 ug/mL in 3 mL is 0.6 mg
    assert assayed_mass(2e-3, 3e-6, 100.0) == pytest.approx(0.6e-6)


def test_a_balance_that_closes_gives_one_efficiency() -> None:
    found = drug_recovery(20e-6, 15e-6, 5e-6)
    assert found.efficiency_direct == found.efficiency_indirect == 0.75
    assert found.recovery == 1.0
    assert bool(found.closes)


@given(st.floats(1e-9, 1e-3), shares, shares)
def test_indirect_exceeds_direct_by_what_is_unaccounted(added: float, inside: float, outside: float) -> None:
    found = drug_recovery(added, inside * added, outside * added)
    assert found.efficiency_indirect - found.efficiency_direct == pytest.approx(
        float(found.unaccounted_share), abs=1e-9
    )
    assert found.recovery + found.unaccounted_share == pytest.approx(1.0)


@pytest.mark.parametrize(("inside", "closes"), [(0.95, True), (0.94, False), (1.05, True), (0.90, False)])
def test_the_tolerance_decides(inside: float, closes: bool) -> None:
    assert bool(drug_recovery(1.0, inside, 0.0).closes) is closes
    assert bool(drug_recovery(1.0, inside, 0.0, tolerance=0.2).closes)


def test_errors_match_simulated_assays() -> None:
    # 4e5 assays: standard error of a standard deviation is 0.1 %; second order of 3 % errors adds 0.2 %
    draw = np.random.default_rng(7).standard_normal((3, 400_000))
    added, inside, outside = 10 * (1 + 0.02 * draw[0]), 6 * (1 + 0.03 * draw[1]), 3.5 * (1 + 0.025 * draw[2])
    found = drug_recovery(10.0, 6.0, 3.5, 0.02, 0.03, 0.025)
    assert found.efficiency_direct_error == pytest.approx(np.std(inside / added), rel=0.01)
    assert found.efficiency_indirect_error == pytest.approx(np.std(1 - outside / added), rel=0.01)
    assert found.recovery_error == pytest.approx(np.std((inside + outside) / added), rel=0.01)
    product = 50 * (1 + 0.02 * draw[2])
    weighed = loading_from_product(10.0, 60.0, 6.0, 50.0, 0.03, 0.02)
    assert weighed.drug_loading_error == pytest.approx(np.std(inside / product), rel=0.01)
    assert weighed.efficiency_b_error == pytest.approx(np.std(inside / product) * 7, rel=0.01)


@given(st.floats(0.05, 0.95), st.floats(0.05, 3.0), st.sampled_from("AB"), st.floats(0.3, 1.0))
def test_the_assay_of_a_batch_gives_its_efficiency_back(
    efficiency: float, ratio: float, convention: str, kept: float
) -> None:
    # the batch that mass_balance plans from DL and EE, weighed and assayed
    loading = efficiency * ratio / (1 + efficiency * ratio) if convention == "A" else efficiency * ratio / (1 + ratio)
    assume(convention == "A" or loading < efficiency * 0.999)
    batch = mass_balance(1e-6, loading, efficiency, convention)  # type: ignore[arg-type]
    process_yield = float(batch.process_yield) * kept
    batch = mass_balance(1e-6, loading, efficiency, convention, process_yield)  # type: ignore[arg-type]
    product = loading_from_product(batch.drug_added, batch.carrier_added, batch.drug_entrapped, batch.product)
    found = product.efficiency_a if convention == "A" else product.efficiency_b
    assert found == pytest.approx(efficiency)
    assert product.drug_loading == pytest.approx(loading)
    assert product.process_yield == pytest.approx(process_yield)
    assert not product.exceeds_theoretical
    assert not product.outweighs_feed


def test_lost_carrier_and_wet_product_are_flagged() -> None:
    # half the polymer lost, no drug: 10 mg in 60 mg of a feed of 10 and 100
    lost = loading_from_product(10e-6, 100e-6, 10e-6, 60e-6)
    assert bool(lost.exceeds_theoretical)
    assert lost.efficiency_a == pytest.approx(2.0)
    assert lost.carrier_recovered_share == pytest.approx(0.5)
    assert lost.loading_without_loss == pytest.approx(1 / 11)
    wet = loading_from_product(10e-6, 100e-6, 8e-6, 130e-6)
    assert bool(wet.outweighs_feed)
    assert wet.carrier_recovered_share == pytest.approx(1.22)


def test_free_drug_by_hand() -> None:
    # of 2 mg/mL, 0.1 mg/mL in the four fifths that are water
    assert free_drug_share(0.1, 2.0, 0.2) == pytest.approx(0.04)
    assert free_drug_share(2.0, 2.0) == 1.0
    with pytest.raises(DomainError, match="swapped"):
        free_drug_share(2.1, 2.0)


def test_published_reports_are_read() -> None:
    # sparfloxacin in PLGA nanoparticles, Gupta 2010: EE 25.18 %, DL 20.12 %, one to one: A
    assert read_report(0.2518, 0.2012, 1.0).likely == "A"
    # moxidectin in PLGA microspheres, 2023: EE 88.3 %, DL 35.41 %, two to three: B (A would give 37.05 %)
    report = read_report(0.883, 0.3541, 2 / 3, tolerance=0.01)
    assert report.likely == "B"
    assert report.sentence == "the numbers agree under convention B"


def test_the_preparation_decides_only_where_the_numbers_do_not() -> None:
    assert read_report(0.7, 0.014, 0.02).likely is None
    assert read_report(0.7, 0.014, 0.02, preparation="nanoprecipitation").likely == "A"
    assert read_report(0.7, 0.014, 0.02, preparation="emulsion").likely == "B"
    assert "both" in read_report(0.7, 0.014, 0.02, preparation="emulsion").sentence
    assert read_report(0.5, 1 / 3, 1.0, preparation="emulsion").likely == "A"


def test_what_is_wrong_with_a_report_is_said() -> None:
    swapped = read_report(0.25, 0.5, 1.0)
    assert swapped.swapped
    assert "swapped" in swapped.sentence
    assert not read_report(0.3, 0.3, 1 / 0.7).swapped  # it agrees either way round: nothing to tell
    above = read_report(0.9, 0.6, 1.0)
    assert above.exceeds_theoretical
    assert above.conventions == frozenset()
    assert "exceeds what the feed allows" in above.sentence
    bare = read_report(0.9, 0.9, 1.0)
    assert bare.per_bare_carrier
    assert "bare carrier" in bare.sentence
    neither = read_report(0.9, 0.2, 1.0)
    assert not neither.swapped
    assert "neither" in neither.sentence


@pytest.mark.parametrize("bad", [-1e-6, math.nan, math.inf])
def test_impossible_amounts_are_refused(bad: float) -> None:
    for position in range(3):
        amounts = [1e-5, 5e-6, 5e-6]
        amounts[position] = bad
        with pytest.raises(DomainError, match="drug"):
            drug_recovery(*amounts)
    with pytest.raises(DomainError, match="concentration"):
        assayed_mass(bad, 1e-6)
    with pytest.raises(DomainError, match="product_mass"):
        loading_from_product(1e-5, 1e-4, 5e-6, bad)
    with pytest.raises(DomainError, match="error_particles"):
        drug_recovery(1.0, 0.5, 0.5, error_particles=bad)


def test_more_found_than_added_is_refused() -> None:
    with pytest.raises(DomainError, match="more was found than added"):
        drug_recovery(1e-5, 1.2e-5, 0.0)
    with pytest.raises(DomainError, match="more was found than added"):
        drug_recovery(1e-5, 0.0, 1.2e-5)
    assert drug_recovery(1e-5, 1.03e-5, 0.0).efficiency_direct == pytest.approx(1.03)  # given, not cut
    with pytest.raises(DomainError, match="swapped"):
        loading_from_product(1e-5, 1e-4, 5e-5, 4e-5)
    with pytest.raises(DomainError, match="dilution_factor"):
        assayed_mass(1.0, 1e-6, 0.1)
    with pytest.raises(DomainError, match="drug_loading"):
        read_report(0.5, 0.0, 1.0)
    with pytest.raises(DomainError, match="encapsulation_efficiency"):
        read_report(1.2, 0.1, 1.0)
