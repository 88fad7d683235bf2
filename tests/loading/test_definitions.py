"""Conventions A and B: two published loadings, limits, round trips, conservation of mass, refusals."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from formulate.loading.definitions import (
    Convention,
    MassBalance,
    consistent_conventions,
    drug_loading,
    drug_to_carrier,
    encapsulation_efficiency,
    exceeds_theoretical,
    feed_ratio,
    largest_process_yield,
    mass_balance,
    theoretical_loading,
)
from materials.errors import DomainError

CONVENTIONS: tuple[Convention, ...] = ("A", "B")
conventions = st.sampled_from(CONVENTIONS)
efficiencies = st.floats(1e-3, 1.0)
ratios = st.floats(1e-3, 10.0)
masses = st.floats(1e-12, 1e2)
yields = st.floats(0.01, 1.0)


def test_sparfloxacin_nanoparticles_close_under_a() -> None:
    # Worked example W03a: 10.1016/j.nano.2009.10.004, EE 25.18 %, equal masses, DL 20.12 %.
    assert drug_loading(0.2518, 1.0, "A") == pytest.approx(0.2012, rel=0.005)
    assert consistent_conventions(0.2518, 0.2012, 1.0) == {"A"}


def test_moxidectin_microspheres_close_under_b() -> None:
    # Worked example W04: Int J Mol Sci 2023;24:14729, EE 88.3 %, 2:3, DL 35.41 %; A would give 37.05 %.
    assert drug_loading(0.883, 0.666667, "B") == pytest.approx(0.3541, rel=0.01)
    assert drug_loading(0.883, 0.666667, "A") == pytest.approx(0.3705, rel=0.001)
    assert consistent_conventions(0.883, 0.3541, 0.666667, tolerance=0.01) == {"B"}
    assert consistent_conventions(0.883, 0.3541, 0.666667) == {"A", "B"}  # 5 % cannot tell them apart


def test_equal_masses_half_entrapped() -> None:
    assert drug_loading(0.5, 1.0, "A") == pytest.approx(1 / 3)
    assert drug_loading(0.5, 1.0, "B") == pytest.approx(1 / 4)


@given(efficiencies, ratios)
def test_a_exceeds_b_by_the_known_factor(efficiency: float, ratio: float) -> None:
    factor = drug_loading(efficiency, ratio, "A") / drug_loading(efficiency, ratio, "B")
    assert factor == pytest.approx((1 + ratio) / (1 + efficiency * ratio))


@given(efficiencies, ratios, conventions)
def test_loading_never_exceeds_theoretical(efficiency: float, ratio: float, convention: Convention) -> None:
    loading = drug_loading(efficiency, ratio, convention)
    assert not exceeds_theoretical(loading, ratio)
    assert loading <= theoretical_loading(ratio) * (1 + 1e-12)


@given(efficiencies, efficiencies, ratios, conventions)
def test_loading_rises_with_efficiency(first: float, second: float, ratio: float, convention: Convention) -> None:
    low, high = sorted((first, second))
    assume(high > low * 1.000001)
    assert drug_loading(low, ratio, convention) < drug_loading(high, ratio, convention)


@given(efficiencies, ratios, ratios, conventions)
def test_loading_rises_with_feed(efficiency: float, first: float, second: float, convention: Convention) -> None:
    low, high = sorted((first, second))
    assume(high > low * 1.000001)
    assert drug_loading(efficiency, low, convention) < drug_loading(efficiency, high, convention)


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_limits(convention: Convention) -> None:
    assert drug_loading(0.0, 1.0, convention) == 0.0
    assert drug_loading(1.0, 0.25, convention) == pytest.approx(0.2)  # everything entrapped: the feed itself
    assert drug_loading(0.3, 1e-9, convention) == pytest.approx(0.3e-9)  # little drug: A and B are one
    assert encapsulation_efficiency(0.2, 0.25, convention) == pytest.approx(1.0)


def test_infinite_feed() -> None:
    assert drug_loading(0.3, 1e12, "A") == pytest.approx(1.0)
    assert drug_loading(0.3, 1e12, "B") == pytest.approx(0.3)


@given(efficiencies, ratios, conventions)
def test_round_trips(efficiency: float, ratio: float, convention: Convention) -> None:
    loading = drug_loading(efficiency, ratio, convention)
    assert encapsulation_efficiency(loading, ratio, convention) == pytest.approx(efficiency, rel=1e-9)
    assert feed_ratio(loading, efficiency, convention) == pytest.approx(ratio, rel=1e-9)
    assert convention in consistent_conventions(efficiency, float(loading), ratio)


@given(ratios)
def test_drug_to_carrier_undoes_theoretical_loading(ratio: float) -> None:
    assert drug_to_carrier(theoretical_loading(ratio)) == pytest.approx(ratio, rel=1e-9)


def test_no_convention_gives_more_drug_than_was_fed() -> None:
    assert consistent_conventions(1.0, 0.6, 1.0) == frozenset()
    assert exceeds_theoretical([0.49, 0.5, 0.51], 1.0).tolist() == [False, False, True]


def test_swapped_columns_agree_with_neither() -> None:
    assert consistent_conventions(0.0654, 0.7, 0.1) == frozenset()
    assert consistent_conventions(0.7, 0.0654, 0.1) == {"A", "B"}


def test_arrays_broadcast() -> None:
    loading = drug_loading(np.array([[0.2], [0.5], [0.8]]), np.array([0.1, 1.0]), "A")
    assert loading.shape == (3, 2)
    assert loading.dtype == np.float64
    assert loading[1, 1] == pytest.approx(1 / 3)
    batch = mass_balance(1e-6, loading[:, :1], np.array([0.9, 0.95]), "B", process_yield=0.1)
    assert all(values.shape == (3, 2) for values in vars(batch).values())


# --- the batch ---


def _check_conserved(batch: MassBalance) -> None:
    assert batch.drug_added == pytest.approx(batch.drug_entrapped + batch.drug_lost, rel=1e-14)
    assert batch.carrier_added == pytest.approx(batch.carrier_recovered + batch.carrier_lost, rel=1e-14)
    assert all(np.all(values >= 0.0) for values in vars(batch).values())


@given(masses, efficiencies, ratios, conventions)
def test_batch_without_lost_carrier(wanted: float, efficiency: float, ratio: float, convention: Convention) -> None:
    loading = drug_loading(efficiency, ratio, convention)
    assume(loading < efficiency or convention == "A")
    batch = mass_balance(wanted, loading, efficiency, convention)
    _check_conserved(batch)
    assert batch.drug_entrapped == wanted
    assert batch.carrier_lost == 0.0
    assert batch.drug_loading == pytest.approx(loading, rel=1e-9)
    assert batch.feed_ratio == pytest.approx(ratio, rel=1e-9)
    assert batch.process_yield == pytest.approx(largest_process_yield(loading, efficiency, convention), rel=1e-9)


@given(masses, efficiencies, ratios, conventions, yields)
def test_batch_with_lost_carrier(
    wanted: float, efficiency: float, ratio: float, convention: Convention, share: float
) -> None:
    loading = drug_loading(efficiency, ratio, convention)
    process_yield = share * largest_process_yield(loading, efficiency, convention)
    batch = mass_balance(wanted, loading, efficiency, convention, process_yield)
    _check_conserved(batch)
    assert batch.drug_entrapped == wanted
    assert batch.process_yield == pytest.approx(process_yield, rel=1e-9)
    assert batch.feed_ratio == pytest.approx(ratio, rel=1e-9)
    assert batch.drug_loading == pytest.approx(loading, rel=1e-9)
    smallest = mass_balance(wanted, loading, efficiency, convention)
    assert batch.carrier_added == pytest.approx(smallest.carrier_added / share, rel=1e-9)


@given(masses, st.floats(1e-3, 1.0), st.floats(1e-3, 0.9))
def test_a_is_drug_entrapped_per_drug_added(wanted: float, efficiency: float, loading: float) -> None:
    batch = mass_balance(wanted, loading, efficiency, "A")
    assert batch.drug_recovery == pytest.approx(efficiency, rel=1e-12)
    assert batch.drug_added == pytest.approx(wanted / efficiency, rel=1e-12)
    assert batch.carrier_recovered == pytest.approx(wanted * (1 - loading) / loading, rel=1e-12)


@given(masses, efficiencies, ratios, yields)
def test_b_is_loading_per_theoretical_loading(wanted: float, efficiency: float, ratio: float, share: float) -> None:
    loading = drug_loading(efficiency, ratio, "B")
    process_yield = share * largest_process_yield(loading, efficiency, "B")
    batch = mass_balance(wanted, loading, efficiency, "B", process_yield)
    in_feed = batch.drug_added / (batch.drug_added + batch.carrier_added)
    assert batch.drug_loading / in_feed == pytest.approx(efficiency, rel=1e-9)
    assert batch.drug_recovery == pytest.approx(efficiency * process_yield, rel=1e-9)


def test_batch_by_hand() -> None:
    # B: equal masses, EE 50 %, DL 25 %. Recovering 4 of 8 parts: 1 of drug (a quarter of 4), 3 of carrier.
    batch = mass_balance(1e-3, 0.25, 0.5, "B", process_yield=0.5)
    assert batch.drug_added == pytest.approx(4e-3)
    assert batch.drug_lost == pytest.approx(3e-3)
    assert batch.carrier_added == pytest.approx(4e-3)
    assert batch.carrier_recovered == pytest.approx(3e-3)
    # The same product by A at EE 1/3, its true entrapment, is the same batch.
    direct = mass_balance(1e-3, 0.25, 1 / 3, "A", process_yield=0.5)
    for name, values in vars(batch).items():
        assert getattr(direct, name) == pytest.approx(values)


@given(efficiencies, ratios)
def test_largest_yield_closed_forms(efficiency: float, ratio: float) -> None:
    b = largest_process_yield(drug_loading(efficiency, ratio, "B"), efficiency, "B")
    assert b == pytest.approx(1 / (1 + ratio * (1 - efficiency)), rel=1e-9)
    a = largest_process_yield(drug_loading(efficiency, ratio, "A"), efficiency, "A")
    assert a == pytest.approx((1 + efficiency * ratio) / (1 + ratio), rel=1e-9)


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_perfect_process_loses_nothing(convention: Convention) -> None:
    batch = mass_balance(1.0, 0.2, 1.0, convention, process_yield=1.0)
    assert batch.drug_added == pytest.approx(1.0)
    assert batch.carrier_added == pytest.approx(4.0)
    assert batch.drug_lost == 0.0
    assert batch.carrier_lost == pytest.approx(0.0, abs=1e-12)


def test_impossible_yield_is_refused() -> None:
    # B, equal masses, EE 50 %: 1/(1 + 1 - 0.5) = 0.667 at most; 0.7 would recover 1.05 times the carrier.
    with pytest.raises(DomainError, match=r"process_yield = 0\.7 kg/kg; need <= 0\.6667"):
        mass_balance(1.0, 0.25, 0.5, "B", process_yield=0.7)
    with pytest.raises(DomainError, match="process_yield"):
        mass_balance(1.0, [0.25, 0.01], 0.5, "B", process_yield=0.7)


# --- refusals ---


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("bad", [1.2, 120.0, -0.1, math.nan, math.inf])
def test_shares_out_of_range_are_refused(bad: float, convention: Convention) -> None:
    with pytest.raises(DomainError, match="encapsulation_efficiency"):
        drug_loading(bad, 1.0, convention)
    with pytest.raises(DomainError, match="encapsulation_efficiency"):
        drug_loading([0.5, bad], 1.0, convention)
    with pytest.raises(DomainError, match="encapsulation_efficiency"):
        feed_ratio(0.1, bad, convention)
    with pytest.raises(DomainError, match="encapsulation_efficiency"):
        mass_balance(1.0, 0.1, bad, convention)
    with pytest.raises(DomainError, match="encapsulation_efficiency"):
        consistent_conventions(bad, 0.1, 1.0)
    with pytest.raises(DomainError, match="drug_loading"):
        encapsulation_efficiency(bad, 1.0, convention)
    with pytest.raises(DomainError, match="drug_loading"):
        exceeds_theoretical(bad, 1.0)
    with pytest.raises(DomainError, match="process_yield"):
        mass_balance(1.0, 0.1, 0.5, convention, process_yield=bad)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
def test_masses_and_ratios_out_of_range_are_refused(bad: float) -> None:
    with pytest.raises(DomainError, match="feed_ratio"):
        drug_loading(0.5, bad, "A")
    with pytest.raises(DomainError, match="feed_ratio"):
        theoretical_loading(bad)
    with pytest.raises(DomainError, match="drug_entrapped"):
        mass_balance(bad, 0.1, 0.5, "A")
    with pytest.raises(DomainError, match="tolerance"):
        consistent_conventions(0.5, 0.1, 1.0, tolerance=bad)


def test_combinations_no_feed_can_give_are_refused() -> None:
    with pytest.raises(DomainError, match="no feed ratio reaches it"):
        feed_ratio(0.5, 0.4, "B")
    with pytest.raises(DomainError, match="no feed ratio reaches it"):
        feed_ratio([0.1, 0.4], 0.4, "B")
    assert feed_ratio(0.5, 0.4, "A") == pytest.approx(2.5)
    with pytest.raises(DomainError, match=r"drug_loading = 0\.6 kg/kg; need <= 0\.5"):
        encapsulation_efficiency(0.6, 1.0, "A")
    with pytest.raises(DomainError, match="drug alone"):
        drug_to_carrier(1.0)
    with pytest.raises(DomainError, match="drug alone"):
        feed_ratio(1.0, 0.5, "A")
    with pytest.raises(DomainError, match="drug_loading"):
        feed_ratio(0.0, 0.5, "A")
