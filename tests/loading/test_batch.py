"""Batches: worked examples of pharmacy calculation, conservation, limits, the guideline's own numbers, refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.loading.batch import (
    diluent_volume,
    drug_in_batch,
    left_after_washes,
    salt_for_isotonicity,
    scaled_speed,
    stock_volume,
)
from formulate.loading.definitions import mass_balance
from formulate.loading.residual_solvent import (
    DAY,
    content_after_drying,
    drying_time,
    extraction_volume,
    largest_residual_content,
    residual_solvent_per_dose,
    share_of_exposure,
)
from formulate.loading.weighing import mass_to_weigh, round_to_balance, smallest_weighable
from materials.errors import DomainError

BAD = [0.0, -1.0, math.nan, math.inf]
masses = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12)


# drug of a batch


def test_a_batch_is_its_doses_and_what_is_added_and_left_behind() -> None:
    assert drug_in_batch(5e-6, 12) == pytest.approx(60e-6)
    assert drug_in_batch(5e-6, 12, overage=0.1) == pytest.approx(66e-6)
    made = drug_in_batch(5e-6, 12, 0.0, 0.2)
    assert made * 0.8 == pytest.approx(60e-6)  # what leaves the vials is the doses


def test_the_doses_come_out_of_the_batch_again() -> None:
    # Forward: weigh what the balance says, lose what it says, fill, give: the doses wanted are there.
    wanted = drug_in_batch(5e-6, 12, 0.1, 0.05)
    batch = mass_balance(wanted, 0.1, 0.6, "B", process_yield=0.7)
    product = 0.7 * (batch.drug_added + batch.carrier_added)
    assert product * 0.1 * 0.95 / 1.1 == pytest.approx(60e-6)
    assert batch.drug_entrapped + batch.drug_lost == pytest.approx(batch.drug_added, rel=1e-12)
    assert batch.carrier_recovered + batch.carrier_lost == pytest.approx(batch.carrier_added, rel=1e-12)


# weighing


def test_salt_and_water_in_the_raw_material() -> None:
    # Lidocaine 234.34, its hydrochloride monohydrate 288.81 g/mol (Ph. Eur.): 100 mg of base are 123.24 mg of it.
    assert mass_to_weigh(100e-6, salt_factor=288.81 / 234.34) * 1e6 == pytest.approx(123.24, abs=0.01)
    assert mass_to_weigh(98e-6, assay=0.98) * 1e6 == pytest.approx(100.0)
    assert mass_to_weigh(95e-6, moisture=0.05) * 1e6 == pytest.approx(100.0)
    assert mass_to_weigh(0.0) == 0.0


def test_least_mass_of_common_balances() -> None:
    # Minimum weights that makers give for a repeatability at its floor: 82 mg, 8.2 mg, 0.82 mg.
    assert smallest_weighable([1e-7, 1e-8, 1e-9]) * 1e6 == pytest.approx([82.0, 8.2, 0.82])


def test_rounded_masses_add_up_where_plain_rounding_does_not() -> None:
    # The textbook case of apportionment: 3 x 33.33 to whole units makes 100, not 99.
    made = round_to_balance([100e-6 / 3] * 3, 1e-6)
    assert sorted(np.round(made.rounded * 1e6).tolist()) == [33.0, 33.0, 34.0]
    assert made.total == pytest.approx(100e-6, rel=1e-12)


def test_the_digit_missing_goes_to_the_mass_that_lost_most() -> None:
    made = round_to_balance([2.2e-6, 0.9e-6, 0.9e-6], 1e-6)
    assert np.round(made.rounded * 1e6).tolist() == [2.0, 1.0, 1.0]


@given(masses, st.sampled_from([1e-3, 1e-4, 1e-6, 1e-7]))
def test_rounded_masses_always_add_up(parts: list[float], digit: float) -> None:
    made = round_to_balance(parts, digit)
    assert made.rounded.sum() == pytest.approx(made.total, rel=1e-12, abs=1e-18)
    assert made.total == pytest.approx(sum(parts), abs=0.5001 * digit)
    assert (np.abs(made.moved) < digit * (1 + 1e-6)).all()
    assert made.rounded / digit == pytest.approx(np.round(made.rounded / digit), abs=1e-6)
    assert (made.rounded >= 0).all()
    assert sum(parts) + made.moved.sum() == pytest.approx(made.total, rel=1e-12, abs=1e-15)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=8))
def test_masses_of_whole_digits_stay(digits: list[int]) -> None:
    made = round_to_balance(np.array(digits) * 1e-7, 1e-7)
    assert np.round(made.rounded / 1e-7).astype(int).tolist() == digits


# volumes


def test_dilution_of_stock_alcohol() -> None:
    # Ansel's exercise: 1 L of 1:5000 (0.2 g/L) from 1:400 (2.5 g/L) takes 80 mL.
    assert stock_volume(0.2, 1e-3, 2.5) * 1e6 == pytest.approx(80.0)
    assert stock_volume(1.0, 2e-6, 1.0) == pytest.approx(2e-6)  # undiluted


@given(st.floats(1e-6, 1e-2), st.floats(0.1, 400.0), st.floats(500.0, 5000.0))
def test_a_suspension_holds_what_was_wanted(mass: float, wanted: float, density: float) -> None:
    liquid = diluent_volume(mass, wanted, density)
    assert mass / (liquid + mass / density) == pytest.approx(wanted)


def test_a_heavy_powder_takes_no_room() -> None:
    assert diluent_volume(10e-6, 10.0, 1e12) == pytest.approx(1e-6)


def test_washing_matches_washing_step_by_step() -> None:
    impurity, left, added = 5e-6, 2e-6, 10e-6
    for _ in range(4):
        concentration = impurity / (left + added)
        impurity = concentration * left
    assert left_after_washes(left, added, 4) * 5e-6 == pytest.approx(impurity)
    assert left_after_washes(left, added, 0) == 1.0
    assert left_after_washes(0.0, added, 1) == 0.0


def test_many_small_washes_beat_one_large() -> None:
    assert left_after_washes(1e-6, 3e-6, 3) < left_after_washes(1e-6, 9e-6, 1)


def test_isotonic_eye_drops() -> None:
    # Remington: 30 mL of 2 % pilocarpine nitrate, E = 0.23: 270 - 138 = 132 mg.
    assert salt_for_isotonicity(30e-6, 0.6e-3, 0.23) * 1e6 == pytest.approx(132.0)
    assert salt_for_isotonicity(1e-3, 0.0, 0.0) == pytest.approx(9e-3)  # 0.9 %
    assert salt_for_isotonicity(1e-4, 5e-3, 0.18) == pytest.approx(0.0)  # 5 % dextrose is isotonic


def test_speed_keeps_what_the_rule_says() -> None:
    small, large = 0.05, 0.3
    assert scaled_speed(10.0, small, large, "tip-speed") * large == pytest.approx(10.0 * small)
    kept = scaled_speed(10.0, small, large, "power-per-volume")
    assert kept**3 * large**2 == pytest.approx(10.0**3 * small**2)
    assert scaled_speed(10.0, small, small, "power-per-volume") == pytest.approx(10.0)


# residual solvent

# ICH Q3C: permitted daily exposure in mg, concentration limit of option 1 in ppm
TABLE_2 = {"acetonitrile": (4.1, 410), "chloroform": (0.6, 60), "dichloromethane": (6.0, 600), "toluene": (8.9, 890)}


@pytest.mark.parametrize(("exposure", "limit"), TABLE_2.values(), ids=list(TABLE_2))
def test_option_1_gives_the_limits_of_the_guideline(exposure: float, limit: float) -> None:
    assert largest_residual_content(exposure * 1e-6 / DAY) * 1e6 == pytest.approx(limit)


def test_option_2_example_of_the_guideline() -> None:
    # Section 3.3: acetonitrile 4.1 mg/day, product of 5.0 g a day: 820 ppm may stay; 3.64 mg are taken of it.
    largest = largest_residual_content(4.1e-6 / DAY, 5e-3 / DAY)
    assert largest * 1e6 == pytest.approx(820.0)
    parts = [(0.3e-3, 800e-6), (0.9e-3, 400e-6), (3.8e-3, 800e-6)]  # drug, excipients 1 and 2 of its first table
    taken = [residual_solvent_per_dose(content, mass) * 1e6 for mass, content in parts]
    assert taken == pytest.approx([0.24, 0.36, 3.04])
    assert sum(taken) == pytest.approx(3.64)


@given(st.floats(1e-9, 1.0), st.floats(1e-9, 1e-2), st.floats(1e-7, 1e-3))
def test_a_product_at_its_limit_takes_up_the_exposure(content: float, mass: float, exposure: float) -> None:
    limit = largest_residual_content(exposure / DAY, mass / DAY)
    assert share_of_exposure(content, mass, exposure / DAY) == pytest.approx(content / limit)


def test_a_depot_of_ten_days_brings_a_tenth_a_day() -> None:
    one = share_of_exposure(600e-6, 1e-4, 6e-6 / DAY)
    assert share_of_exposure(600e-6, 1e-4, 6e-6 / DAY, 10 * DAY) == pytest.approx(one / 10)


def test_drying_matches_steps_of_the_rate_law() -> None:
    content, rate, end, steps = 0.05, 1e-4, 0.03, 20000
    for _ in range(steps):
        content -= rate * (content - end) * (7200.0 / steps)
    assert content_after_drying(0.05, rate, 7200.0, end) == pytest.approx(content, rel=1e-4)


def test_limits_of_drying() -> None:
    assert content_after_drying(0.05, 1e-4, 0.0, 0.01) == pytest.approx(0.05)
    assert content_after_drying(0.05, 1e-4, 1e9, 0.01) == pytest.approx(0.01)
    assert content_after_drying(0.05, 0.0, 1e9) == pytest.approx(0.05)
    assert drying_time(0.01, 0.01, 1e-4) == 0.0
    assert drying_time(0.01, 0.02, 1e-4, 0.01) == 0.0


@given(st.floats(0.01, 0.2), st.floats(0.05, 0.95), st.floats(1e-6, 1e-2), st.floats(0.0, 0.009))
def test_the_time_is_the_time_after_which_it_is_dry(start: float, way: float, rate: float, end: float) -> None:
    wanted = end + (start - end) * way
    assert content_after_drying(start, rate, drying_time(start, wanted, rate, end), end) == pytest.approx(wanted)


def test_water_that_takes_up_the_solvent_is_saturated_by_it() -> None:
    water = extraction_volume(2e-6, 894.0, 80.0)
    assert 2e-6 * 894.0 / water == pytest.approx(80.0)


# refusals


@pytest.mark.parametrize("bad", BAD)
def test_impossible_amounts_are_refused(bad: float) -> None:
    for refused, name in (
        (lambda: drug_in_batch(bad, 1), "dose"),
        (lambda: drug_in_batch(1e-6, bad), "doses"),
        (lambda: smallest_weighable(bad), "readability"),
        (lambda: round_to_balance([1.0], bad), "readability"),
        (lambda: stock_volume(bad, 1e-6, 1.0), "final_concentration"),
        (lambda: stock_volume(1.0, bad, 1.0), "final_volume"),
        (lambda: stock_volume(1.0, 1e-6, bad), "stock_concentration"),
        (lambda: diluent_volume(bad, 1.0, 1e3), "powder_mass"),
        (lambda: diluent_volume(1e-6, bad, 1e3), "concentration"),
        (lambda: diluent_volume(1e-6, 1.0, bad), "powder_density"),
        (lambda: left_after_washes(1e-6, bad, 1), "wash_volume"),
        (lambda: salt_for_isotonicity(bad, 0.0, 0.0), "volume"),
        (lambda: scaled_speed(bad, 1.0, 1.0, "tip-speed"), "speed"),
        (lambda: scaled_speed(1.0, bad, 1.0, "tip-speed"), "diameter"),
        (lambda: scaled_speed(1.0, 1.0, bad, "tip-speed"), "new_diameter"),
        (lambda: largest_residual_content(bad), "permitted_daily_exposure"),
        (lambda: largest_residual_content(1e-10, bad), "product_per_day"),
        (lambda: share_of_exposure(0.1, 1.0, bad), "permitted_daily_exposure"),
        (lambda: extraction_volume(bad, 1e3, 1.0), "solvent_volume"),
        (lambda: extraction_volume(1e-6, bad, 1.0), "solvent_density"),
        (lambda: extraction_volume(1e-6, 1e3, bad), "water_solubility"),
        (lambda: drying_time(0.1, 0.01, bad), "rate"),
    ):
        with pytest.raises(DomainError, match=f"^{name} = "):
            refused()


@pytest.mark.parametrize("bad", [-0.1, math.nan, math.inf])
def test_negative_amounts_are_refused(bad: float) -> None:
    for refused, name in (
        (lambda: drug_in_batch(1e-6, 1, bad), "overage"),
        (lambda: drug_in_batch(1e-6, 1, 0.0, bad), "fill_loss"),
        (lambda: mass_to_weigh(bad), "pure_mass"),
        (lambda: mass_to_weigh(1.0, 1.0, bad), "moisture"),
        (lambda: round_to_balance([1.0, bad], 1e-3), "masses"),
        (lambda: left_after_washes(bad, 1e-6, 1), "liquid_left"),
        (lambda: left_after_washes(1e-6, 1e-6, bad), "washes"),
        (lambda: salt_for_isotonicity(1.0, bad, 0.0), "solute_mass"),
        (lambda: salt_for_isotonicity(1.0, 0.0, bad), "sodium_chloride_equivalent"),
        (lambda: residual_solvent_per_dose(bad, 1.0), "residual_content"),
        (lambda: residual_solvent_per_dose(0.1, bad), "product_mass"),
        (lambda: content_after_drying(bad, 1.0, 1.0), "initial_content"),
        (lambda: content_after_drying(0.1, bad, 1.0), "rate"),
        (lambda: content_after_drying(0.1, 1.0, bad), "time"),
        (lambda: content_after_drying(0.1, 1.0, 1.0, bad), "plateau"),
        (lambda: drying_time(0.1, bad, 1.0), "wanted_content"),
    ):
        with pytest.raises(DomainError, match=f"^{name} = "):
            refused()


def test_what_contradicts_itself_is_refused() -> None:
    for refused, words in (
        (lambda: drug_in_batch(1e-6, 0.5), "doses"),
        (lambda: drug_in_batch(1e-6, 1, 0.0, 1.0), "nothing would be left"),
        (lambda: drug_in_batch(1e-6, 1, 0.0, 20.0), "not a percentage"),
        (lambda: mass_to_weigh(1.0, 98.0), "not a percentage"),
        (lambda: mass_to_weigh(1.0, 0.0), "assay"),
        (lambda: mass_to_weigh(1.0, 1.0, 1.0), "water alone"),
        (lambda: mass_to_weigh(1.0, salt_factor=0.8), "not the other way round"),
        (lambda: round_to_balance([1.0], 1e-10), "no balance"),
        (lambda: stock_volume(2.0, 1e-6, 1.0), "cannot be diluted"),
        (lambda: diluent_volume(1e-6, 1300.0, 1300.0), "no room"),
        (lambda: salt_for_isotonicity(1e-4, 6e-3, 0.18), "hypertonic"),
        (lambda: share_of_exposure(0.1, 1.0, 1e-10, 3600.0), "a day"),
        (lambda: content_after_drying(0.01, 1.0, 1.0, 0.02), "by drying"),
        (lambda: drying_time(0.05, 0.03, 1e-4, 0.03), "ends above it"),
        (lambda: drying_time(0.05, 0.02, 1e-4, 0.03), "ends above it"),
    ):
        with pytest.raises(DomainError, match=words):
            refused()


def test_arrays_broadcast() -> None:
    assert drug_in_batch(np.full((4, 1), 1e-6), [1, 2, 3]).shape == (4, 3)
    assert largest_residual_content(np.full(3, 1e-10)).shape == (3,)
    assert drying_time([0.05, 0.01], 0.02, 1e-4).tolist()[1] == 0.0
