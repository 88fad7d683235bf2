"""Remote loading: exact limits, an independent solution of the same equations, published loadings, refusals."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from formulate.loading.gradients import (
    ammonium_sulfate_loading,
    buffer_gradient_loading,
    calcium_acetate_loading,
)
from formulate.loading.remote import (
    RemoteLoading,
    accumulation_ratio,
    exchange_efficiency,
    largest_drug_to_lipid,
    remote_efficiency,
)
from materials.errors import DomainError

pkas = st.floats(4.0, 12.0)
salts = st.floats(20.0, 600.0)  # mmol/L, as are the drugs
inner_shares = st.floats(0.005, 0.4)
drugs = st.floats(0.01, 60.0)
ratios = st.floats(0.0, 50.0)
solubilities = st.floats(0.01, 50.0)


def total(loading: RemoteLoading) -> np.ndarray:
    return np.asarray(loading.inner_water + loading.precipitate + loading.membrane + loading.outer_water)


def solved_by_hand(
    pka: float, ph_outside: float, sulfate: float, inner: float, drug: float, solubility: float
) -> tuple[float, float]:
    """EE and pH inside of an ammonium sulfate gradient, by nested brentq, in mol/L."""
    sulfate, drug, solubility = sulfate / 1e3, drug / 1e3, solubility / 1e3
    outside, acid, ammonium = 10**-ph_outside, 10**-pka, 10**-9.25

    def dissolved_drug(h: float, solid: float) -> float:
        """Neutral drug, mol/L, from all of it."""
        return (drug - inner * solid) / (inner * (1 + h / acid) + (1 - inner) * (1 + outside / acid))

    def solid_at(h: float) -> float:
        def over(solid: float) -> float:
            ion = dissolved_drug(h, solid) * h / acid
            return ion**2 * (sulfate - solid / 2) - solubility**2 * sulfate

        return 0.0 if over(0.0) <= 0 else float(brentq(over, 0.0, min(drug / inner, 2 * sulfate), xtol=1e-16))

    def charge(ph: float) -> float:
        h = 10**-ph
        solid = solid_at(h)
        ion = dissolved_drug(h, solid) * h / acid
        ammonia = 2 * sulfate * inner / (inner * (1 + h / ammonium) + (1 - inner) * (1 + outside / ammonium))
        left = sulfate - solid / 2
        bisulfate = left * h / (h + 10**-1.99)
        return ammonia * h / ammonium + ion + h - 1e-14 / h - 2 * left + bisulfate

    ph = float(brentq(charge, 0.0, 14.0, xtol=1e-13))
    h = 10**-ph
    free_outside = dissolved_drug(h, solid_at(h)) * (1 + outside / acid)
    return 1 - (1 - inner) * free_outside / drug, ph


@pytest.mark.parametrize(
    ("drug", "efficiency"), [(1.0, 0.95), (3.45, 0.84), (10.0, 0.65), (19.0, 0.50)], ids=lambda value: str(value)
)
def test_gradient_is_used_up(drug: float, efficiency: float) -> None:
    # A second derivation of the same balance: 250 mmol/L ammonium sulfate, 4 % inner water, pKa 8.2, pH 7.4.
    held = ammonium_sulfate_loading(8.2, 7.4, 250.0, 0.04, drug).encapsulation_efficiency
    assert held == pytest.approx(efficiency, abs=0.006)
    assert held == pytest.approx(exchange_efficiency(250.0, 0.04, drug), abs=0.02)


def test_precipitate_lifts_the_loading() -> None:
    # The same derivation, with a sulfate that dissolves to 2 mmol/L.
    held = ammonium_sulfate_loading(8.2, 7.4, 250.0, 0.04, 3.45, salt_solubility=2.0)
    assert held.encapsulation_efficiency == pytest.approx(0.994, abs=0.0006)
    assert held.precipitate > 0.95


@pytest.mark.parametrize(("drug", "efficiency"), [(1e-3, 0.989), (3.45, 0.968), (10.0, 0.866)])
def test_citrate_is_titrated(drug: float, efficiency: float) -> None:
    # A second derivation: 300 mmol/L of citrate at pH 4.0. Little drug sees the pH before loading.
    held = buffer_gradient_loading(8.2, 7.4, 4.0, 300.0, 0.04, drug)
    assert held.encapsulation_efficiency == pytest.approx(efficiency, abs=0.0006)


@pytest.mark.parametrize("drug", [0.05, 2.0, 3.45, 15.0, 40.0])
@pytest.mark.parametrize("solubility", [0.1, 2.0, 30.0, 1e6])
@pytest.mark.parametrize(("pka", "ph_outside"), [(8.2, 7.4), (6.8, 6.5), (10.5, 7.0)])
def test_an_independent_solution_agrees(drug: float, solubility: float, pka: float, ph_outside: float) -> None:
    held = ammonium_sulfate_loading(pka, ph_outside, 250.0, 0.05, drug, salt_solubility=solubility)
    efficiency, ph = solved_by_hand(pka, ph_outside, 250.0, 0.05, drug, solubility)
    assert held.encapsulation_efficiency == pytest.approx(efficiency, rel=1e-7)
    assert held.ph_inside == pytest.approx(ph, abs=1e-7)


def test_doxorubicin_as_in_the_marketed_product() -> None:
    # Label of pegylated liposomal doxorubicin: more than 90 % is in the vesicles, at 3.45 mmol/L. 21.6 mmol/L of lipid
    # at 1.4 to 1.85 L/mol is 3 to 4 % of inner water; its sulfate gels at about 2 mmol/L.
    held = ammonium_sulfate_loading(8.2, 7.4, 250.0, [0.03, 0.04], 3.45, salt_solubility=2.0)
    assert np.all(held.encapsulation_efficiency > 0.9)
    # Without that salt it would not be reached: the gradient alone is not what holds it.
    alone = ammonium_sulfate_loading(8.2, 7.4, 250.0, [0.03, 0.04], 3.45)
    assert np.all(alone.encapsulation_efficiency < 0.9)


def test_diclofenac_by_calcium_acetate_is_nearly_all_taken_up() -> None:
    # Abstract of "Remote loading of diclofenac, insulin and fluorescein isothiocyanate labeled insulin into liposomes":
    # almost 100 % trapped by calcium acetate, 1 to 8 % by the conventional method. 200 mmol/L in 10 %
    # of the volume and 1 mmol/L of drug stand for amounts that the abstract does not give.
    held = calcium_acetate_loading(4.0, 7.0, 200.0, 0.1, 1.0)
    assert held.encapsulation_efficiency > 0.97


# 30 times four drugs: a call for four takes no longer than one for one
several = settings(max_examples=30)


def four(numbers: st.SearchStrategy[float]) -> st.SearchStrategy[np.ndarray]:
    return st.lists(numbers, min_size=4, max_size=4).map(np.array)


@several
@given(st.floats(10.5, 12.0), salts, inner_shares, four(st.floats(1.0, 60.0)))
def test_exchange_formula_is_the_limit_of_strong_bases(pka: float, salt: float, inner: float, drug: np.ndarray) -> None:
    held = ammonium_sulfate_loading(pka, 7.0, salt, inner, drug)
    # what the formula leaves out is small here: ammonia that is not ionised, protons on the sulfate
    assert held.encapsulation_efficiency == pytest.approx(exchange_efficiency(salt, inner, drug), abs=0.01)


@several
@given(pkas, st.floats(5.0, 8.5), salts, inner_shares, four(drugs), ratios, solubilities)
def test_nothing_is_lost(
    pka: float, ph: float, salt: float, inner: float, drug: np.ndarray, ratio: float, solubility: float
) -> None:
    for held in (
        ammonium_sulfate_loading(pka, ph, salt, inner, drug, ratio, solubility),
        calcium_acetate_loading(14 - pka, ph, salt, inner, drug, ratio, solubility),
        buffer_gradient_loading(pka, ph, 4.5, salt, inner, drug, ratio),
    ):
        assert total(held) == pytest.approx(1.0, abs=1e-7)
        assert held.encapsulation_efficiency == pytest.approx(1.0 - held.outer_water)
        assert held.inner_concentration * inner == pytest.approx(drug * (held.inner_water + held.precipitate), rel=1e-6)
        for share in (held.inner_water, held.precipitate, held.membrane, held.outer_water):
            assert ((share >= -1e-9) & (share <= 1 + 1e-9)).all()


@several
@given(pkas, st.floats(6.0, 8.5), salts, inner_shares, four(drugs), solubilities)
def test_ions_inside_stay_within_their_charge(
    pka: float, ph: float, salt: float, inner: float, drug: np.ndarray, solubility: float
) -> None:
    held = ammonium_sulfate_loading(pka, ph, salt, inner, drug, 0.0, solubility)
    ion = held.inner_concentration * (1.0 - 1.0 / (1.0 + 10.0 ** (pka - held.ph_inside)))
    free_base = (held.inner_water * drug / inner) / (1.0 + 10.0 ** (pka - held.ph_inside))
    assert (ion - free_base <= 2 * salt * (1 + 1e-6)).all()


@settings(max_examples=60)
@given(pkas, st.floats(6.0, 8.5), salts, inner_shares, four(drugs), st.floats(1.05, 5.0), solubilities)
def test_more_drug_more_acid_less_salt(
    pka: float, ph: float, salt: float, inner: float, drug: np.ndarray, more: float, solubility: float
) -> None:
    free, many, rich = ammonium_sulfate_loading(
        pka, ph, [[salt], [salt], [salt * more]], inner, np.array([drug, drug * more, drug])
    ).encapsulation_efficiency
    assert (many <= free * (1 + 1e-9)).all()
    assert (rich >= free * (1 - 1e-9)).all()
    bound = ammonium_sulfate_loading(pka, ph, salt, inner, drug, salt_solubility=solubility)
    assert (bound.encapsulation_efficiency >= free * (1 - 1e-9)).all()


@several
@given(pkas, st.floats(6.0, 8.0), salts, inner_shares, four(drugs), solubilities)
def test_acid_is_the_mirror_of_a_base(
    pka: float, ph: float, salt: float, inner: float, drug: np.ndarray, solubility: float
) -> None:
    # A buffer that neutral water mirrors: a strong alkali inside stands to an acid as a strong acid to a base.
    acid = buffer_gradient_loading(14 - pka, 14 - ph, 9.5, salt, inner, drug, 0.0, "acid", buffer_pkas=[9.24])
    base = buffer_gradient_loading(pka, ph, 4.5, salt, inner, drug, 0.0, "base", buffer_pkas=[4.76])
    assert acid.encapsulation_efficiency == pytest.approx(base.encapsulation_efficiency, rel=1e-9)
    assert acid.ph_inside == pytest.approx(14 - base.ph_inside, abs=1e-9)


@pytest.mark.parametrize("solubility", [math.inf, 1e9])
def test_unlimited_solubility_precipitates_nothing(solubility: float) -> None:
    held = ammonium_sulfate_loading(8.2, 7.4, 250.0, 0.04, [1.0, 30.0], salt_solubility=solubility)
    assert held.precipitate.tolist() == [0.0, 0.0]


@several
@given(four(drugs))
def test_insoluble_salt_takes_all_up_to_the_charge(drug: np.ndarray) -> None:
    # 250 mmol/L in 4 %: 20 mmol/L of charge. A salt that hardly dissolves takes one drug per charge, not more.
    held = ammonium_sulfate_loading(9.0, 7.0, 250.0, 0.04, drug, salt_solubility=1e-6)
    assert held.precipitate == pytest.approx(np.minimum(1.0, 20.0 / drug), abs=0.005)


def test_solid_dissolves_at_the_edge_without_a_jump() -> None:
    # Just below and just above saturation are nearly the same product.
    ion = float(ammonium_sulfate_loading(8.2, 7.4, 250.0, 0.04, 3.45).inner_concentration)
    for solubility in (ion * 0.9999, ion * 1.0001):
        held = ammonium_sulfate_loading(8.2, 7.4, 250.0, 0.04, 3.45, salt_solubility=solubility)
        assert held.encapsulation_efficiency == pytest.approx(0.8382, abs=2e-4)


@given(st.floats(1e-3, 1e3))
def test_bilayer_alone_holds_what_partition_says(ratio: float) -> None:
    # No gradient: a neutral drug (pKa far below both pH) divides between bilayer and water only.
    held = buffer_gradient_loading(0.0, 7.4, 7.4, 10.0, 0.05, 1.0, ratio)
    assert held.membrane == pytest.approx(ratio / (1 + ratio))
    assert held.inner_water == pytest.approx(0.05 / (1 + ratio))


@given(st.floats(0.0, 14.0), st.floats(0.01, 0.99))
def test_no_gradient_no_accumulation(ph: float, inner: float) -> None:
    assert accumulation_ratio(8.2, ph, ph) == pytest.approx(1.0)
    assert accumulation_ratio(4.2, ph, ph, "acid") == pytest.approx(1.0)
    assert remote_efficiency(1.0, inner) == pytest.approx(inner)


def test_ratio_between_its_limits() -> None:
    # A base all ionised on both sides follows the protons; one that is never ionised does not gather.
    assert accumulation_ratio(20.0, 4.0, 7.4) == pytest.approx(10**3.4)
    assert accumulation_ratio(-10.0, 4.0, 7.4) == pytest.approx(1.0)
    # The mirror image: an acid at 14 less all of it.
    assert accumulation_ratio(4.0, 9.0, 7.0, "acid") == pytest.approx(accumulation_ratio(10.0, 5.0, 7.0))


def test_efficiency_between_its_limits() -> None:
    assert remote_efficiency([0.0, 1e12], 0.04) == pytest.approx([0.0, 1.0])
    assert remote_efficiency(100.0, [0.0, 1.0]).tolist() == [0.0, 1.0]
    assert exchange_efficiency(250.0, 0.04, [1e-9, 20.0, 1e9]) == pytest.approx([1.0, 0.5, 0.0], abs=1e-7)


def test_inverse_efficiency_is_linear_in_the_drug() -> None:
    drug = np.array([1.0, 2.0, 4.0, 8.0])
    inverse = 1 / exchange_efficiency(250.0, 0.04, drug)
    assert np.diff(inverse) / np.diff(drug) == pytest.approx(1 / 20.0)


def test_ceiling_is_far_above_practice() -> None:
    # 250 mmol/L sulfate in 1.85 L/mol of lipid: 0.925 mol/mol, 5 to 9 times the 0.1 to 0.2 in use.
    ceiling = largest_drug_to_lipid(250.0, 1.85e-3)
    assert 4.5 < ceiling / 0.2 < ceiling / 0.1 < 9.5


def test_arrays_broadcast() -> None:
    held = ammonium_sulfate_loading(np.full((5, 1), 8.2), 7.4, np.array([100.0, 250.0]), 0.04, 3.0, 0.1, 2.0)
    assert held.encapsulation_efficiency.shape == held.ph_inside.shape == (5, 2)
    assert buffer_gradient_loading(8.2, 7.4, np.full((3, 1), 4.0), [100.0, 300.0], 0.04, 1.0).membrane.shape == (3, 2)


def test_wrong_gradients_are_refused() -> None:
    with pytest.raises(DomainError, match="calcium acetate"):
        ammonium_sulfate_loading(4.2, 7.4, 250.0, 0.04, 1.0, kind="acid")
    with pytest.raises(DomainError, match="ammonium sulfate"):
        calcium_acetate_loading(8.2, 7.4, 250.0, 0.04, 1.0, kind="base")
    with pytest.raises(DomainError, match="acid core"):
        accumulation_ratio(8.2, 7.4, 4.0)
    with pytest.raises(DomainError, match="calcium acetate"):
        accumulation_ratio(4.2, 4.0, 7.4, "acid")
    with pytest.raises(DomainError, match="alkaline"):
        buffer_gradient_loading(8.2, 4.0, 7.4, 300.0, 0.04, 1.0)
    with pytest.raises(DomainError, match="alkaline"):
        buffer_gradient_loading(4.2, 7.4, 4.0, 300.0, 0.04, 1.0, kind="acid")
    with pytest.raises(ValueError, match="neutral"):
        ammonium_sulfate_loading(8.2, 7.4, 250.0, 0.04, 1.0, kind="neutral")  # type: ignore[arg-type]


GOOD = {"pka": 8.2, "ph_outside": 7.4, "inside": 250.0, "trapped_fraction": 0.04, "drug_concentration": 1.0}


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("pka", [math.nan, math.inf, 60.0]),
        ("ph_outside", [-1.0, 15.0, math.nan]),
        ("inside", [0.0, -1.0, math.nan, math.inf]),
        ("trapped_fraction", [0.0, 1.0, 4.0, -0.1, math.nan]),
        ("drug_concentration", [0.0, -1.0, math.nan, math.inf]),
    ],
)
def test_impossible_numbers_are_refused(name: str, bad: Sequence[float]) -> None:
    for value in bad:
        pka, ph, inside, inner, drug = {**GOOD, name: value}.values()
        with pytest.raises(DomainError):
            ammonium_sulfate_loading(pka, ph, inside, inner, drug)
        with pytest.raises(DomainError):
            calcium_acetate_loading(pka, ph, inside, inner, drug)
        with pytest.raises(DomainError):
            buffer_gradient_loading(pka, ph, 4.0, inside, inner, drug)


@pytest.mark.parametrize("bad", [-0.1, math.nan])
def test_further_impossible_numbers_are_refused(bad: float) -> None:
    with pytest.raises(DomainError, match="membrane_ratio"):
        ammonium_sulfate_loading(8.2, 7.4, 250.0, 0.04, 1.0, membrane_ratio=bad)
    with pytest.raises(DomainError, match="salt_solubility"):
        ammonium_sulfate_loading(8.2, 7.4, 250.0, 0.04, 1.0, salt_solubility=bad)
    with pytest.raises(DomainError, match="ph_inside"):
        buffer_gradient_loading(8.2, 7.4, bad, 300.0, 0.04, 1.0)
    with pytest.raises(DomainError, match="buffer_pkas"):
        buffer_gradient_loading(8.2, 7.4, 4.0, 300.0, 0.04, 1.0, buffer_pkas=[math.nan])
    with pytest.raises(DomainError, match="accumulation_ratio"):
        remote_efficiency(bad, 0.04)
    with pytest.raises(DomainError, match="trapped_fraction"):
        remote_efficiency(10.0, bad)
    for arguments in ((bad, 1e-3), (250.0, bad), (250.0, 1e-3, bad)):
        with pytest.raises(DomainError):
            largest_drug_to_lipid(*arguments)
    for numbers in ((bad, 0.04, 1.0), (250.0, bad, 1.0), (250.0, 0.04, bad), (250.0, 0.04, 1.0, bad)):
        with pytest.raises(DomainError):
            exchange_efficiency(*numbers)


def test_no_accumulation_into_nothing_is_refused() -> None:
    with pytest.raises(DomainError, match="all the water is inside"):
        remote_efficiency(0.0, 1.0)
