"""Vesicles in one call: a liposome from its label, the steps taken one by one, leaflets, recipes, refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate import vesicle
from formulate.loading.leaflets import leaflets
from formulate.loading.lipid_recipe import lipid_recipe, lipid_recipe_from_mass
from formulate.loading.lipids import amounts_from_masses
from formulate.loading.ph_gradient import ph_for_accumulation
from formulate.loading.remote import accumulation_ratio, largest_drug_to_lipid
from formulate.loading.vesicle_drug import (
    drug_per_vesicle,
    drug_per_vesicle_from_molar_ratio,
    largest_molecules_per_vesicle,
)
from formulate.loading.vesicle_suspension import (
    aqueous_efficiency_from_mass,
    vesicle_concentration_from_mass,
    vesicle_suspension,
    vesicle_suspension_from_mass,
)
from materials.errors import DomainError

diameters = st.floats(30e-9, 1e-6)
areas = st.floats(0.4e-18, 0.8e-18)
H = 5e-9
# HSPC, cholesterol, MPEG-DSPE of a pegylated doxorubicin liposome: label, 9.58, 3.19 and 3.19 mg/mL
LABEL = (9.58, 3.19, 3.19)
MOLAR = (0.7838, 0.38665, 2.8055)


def test_a_doxorubicin_liposome_holds_ten_to_fifteen_thousand_molecules() -> None:
    # J Oncol 2010, 723798, Figure 2; 2 mg doxorubicin hydrochloride (580 g/mol) in 15.96 mg/mL of lipid, 80 to 90 nm
    moles = sum(mass / molar for mass, molar in zip(LABEL, MOLAR, strict=True))
    mean = sum(LABEL) / moles
    found = drug_per_vesicle([80e-9, 85e-9], H, 0.46e-18, 2.0 / sum(LABEL), 0.580, mean)
    assert found.drug_to_lipid == pytest.approx(0.160, rel=0.01)  # mol/mol, as reported
    assert ((found.molecules_per_vesicle > 10_000) & (found.molecules_per_vesicle < 15_000)).all()


def test_eighty_thousand_lipids_hold_as_much_drug_as_their_ratio_says() -> None:
    # 80047 lipids of a published count (0.5 %), at 0.1 mol/mol 8005 molecules
    found = drug_per_vesicle_from_molar_ratio(100e-9, H, 0.71e-18, 0.1)
    assert found.lipids_per_vesicle == pytest.approx(80047, rel=0.005)
    assert found.molecules_per_vesicle == pytest.approx(8005, rel=0.005)
    # in (4/3) pi (45 nm)**3 = 0.3817 aL: 8009/6.022e23/3.817e-19 L = 34.8 mmol/L
    assert found.internal_concentration == pytest.approx(34.8, rel=0.002)


@given(diameters, areas, st.floats(0.0, 1.0))
def test_mass_and_molar_ratio_are_one(diameter: float, area: float, ratio: float) -> None:
    by_amount = drug_per_vesicle_from_molar_ratio(diameter, H, area, ratio)
    by_mass = drug_per_vesicle(diameter, H, area, ratio * 0.5 / 0.75, 0.5, 0.75)
    assert by_mass.molecules_per_vesicle == pytest.approx(by_amount.molecules_per_vesicle)
    # what is inside is all of it: concentration times inner volume is the drug again
    inside = by_amount.internal_concentration * vesicle.inner_volume(diameter, H) * vesicle.AVOGADRO
    assert inside == pytest.approx(by_amount.molecules_per_vesicle)


@given(diameters, areas, st.floats(1.0, 500.0), st.sampled_from([1.0, 2.0, 3.0]))
def test_the_ceiling_is_that_per_lipid(diameter: float, area: float, salt: float, charge: float) -> None:
    lipids = vesicle.lipids_per_vesicle(diameter, H, area)
    per_lipid = largest_drug_to_lipid(salt, vesicle.trapped_volume(diameter, H, area), charge)
    assert largest_molecules_per_vesicle(salt, diameter, H, charge) == pytest.approx(per_lipid * lipids)


def test_two_drug_ions_for_each_sulfate() -> None:
    # 250 mmol/L in (pi/6) (90 nm)**3 = 381.7e-21 L holds 57466 sulfates
    assert largest_molecules_per_vesicle(250.0, 100e-9, H) == pytest.approx(2 * 57466, rel=1e-3)


def test_a_suspension_from_its_lipid_by_mass() -> None:
    # 3 umol/L of lipid in 100 nm liposomes: 2.26e10 per mL (published, Encapsula)
    made = vesicle_suspension(3e-3, 100e-9, H, 0.71e-18)
    assert made.vesicle_concentration * 1e-6 == pytest.approx(2.26e10, rel=0.005)
    by_mass = vesicle_suspension_from_mass(3e-3 * 0.760, 0.760, 100e-9, H, 0.71e-18)
    assert by_mass.vesicle_concentration == pytest.approx(made.vesicle_concentration)
    assert vesicle_concentration_from_mass(3e-3 * 0.760, 0.760, 80047.0) * 1e-6 == pytest.approx(2.26e10, rel=0.005)
    # 20 mmol/L with 2.87 L/mol: 5.74 % of the volume
    assert aqueous_efficiency_from_mass(15.0, 0.75, 2.87e-3) == pytest.approx(0.0574)
    assert vesicle_suspension_from_mass(15.0, 0.75, 100e-9, H, 0.71e-18).aqueous_efficiency == pytest.approx(
        0.0574, rel=1e-3
    )


@given(st.floats(0.1, 40.0), diameters, areas)
def test_the_vesicles_make_up_the_inner_water_and_the_lipid(lipid: float, diameter: float, area: float) -> None:
    try:
        made = vesicle_suspension(lipid, diameter, H, area)
    except DomainError:
        return  # more inner water than volume
    assert made.vesicle_concentration * vesicle.inner_volume(diameter, H) == pytest.approx(made.trapped_fraction)
    assert made.vesicle_concentration * made.lipids_per_vesicle / vesicle.AVOGADRO == pytest.approx(lipid)
    assert made.aqueous_efficiency == pytest.approx(made.trapped_fraction)


def test_lipid_takes_its_part_of_the_volume() -> None:
    thick = vesicle_suspension(20.0, 100e-9, H, 0.71e-18, 0.742e-3)
    assert thick.aqueous_efficiency == pytest.approx(0.0574 / (1.0 - 0.01484), rel=1e-3)


def test_leaflets_of_a_liposome() -> None:
    # 31416 and 25447 nm2 at 0.71 nm2; 5 mol% of PEG lipid is one per 14.2 nm2 outside
    found = leaflets(100e-9, H, 0.71e-18, 0.05)
    assert found.outer_lipids == pytest.approx(31415.93 / 0.71)
    assert found.inner_lipids == pytest.approx(25446.90 / 0.71)
    assert found.ligand_density * 1e-18 == pytest.approx(1.0 / 14.2)
    assert found.ligands_outside == pytest.approx(0.05 * 44247.8, rel=1e-5)
    inserted = leaflets(100e-9, H, 0.71e-18, 0.05, "outer")
    assert inserted.ligands_inside == pytest.approx(0.0, abs=1e-9)
    assert inserted.ligands_outside / found.ligands_outside == pytest.approx((31415.93 + 25446.90) / 31415.93)


@given(diameters, areas, st.floats(0.0, 1.0), st.sampled_from(["both", "outer"]))
def test_leaflets_share_lipids_and_ligands(diameter: float, area: float, share: float, placement: str) -> None:
    found = leaflets(diameter, H, area, share, placement)  # type: ignore[arg-type]
    total = vesicle.lipids_per_vesicle(diameter, H, area)
    assert found.outer_lipids + found.inner_lipids == pytest.approx(total)
    assert found.ligands_outside + found.ligands_inside == pytest.approx(share * total)
    assert 0.5 < found.outer_share < 1.0  # a half in the limit of a flat membrane


def test_a_large_vesicle_has_as_many_lipids_inside_as_outside() -> None:
    assert leaflets(1e-3, H, 0.7e-18).outer_share == pytest.approx(0.5, abs=1e-5)


def test_the_recipe_of_a_liposome_is_its_label() -> None:
    made = lipid_recipe([56.6, 38.2, 5.3], list(MOLAR), 21.6, 1e-6)
    assert made.masses * 1e6 == pytest.approx(np.array(LABEL), rel=0.01)
    assert made.total_mass == pytest.approx(made.masses.sum())
    by_mass = lipid_recipe_from_mass([56.6, 38.2, 5.3], list(MOLAR), sum(LABEL), 1e-6)
    assert by_mass.lipid_concentration == pytest.approx(21.6, rel=0.01)
    assert by_mass.total_mass == pytest.approx(sum(LABEL) * 1e-6)


@given(
    st.lists(st.tuples(st.floats(0.1, 100.0), st.floats(0.3, 3.0)), min_size=1, max_size=5),
    st.floats(0.1, 100.0),
    st.floats(1e-6, 1e-3),
)
def test_the_masses_of_a_recipe_give_its_shares_back(
    lipids: list[tuple[float, float]], concentration: float, volume: float
) -> None:
    parts, molar = [part for part, _ in lipids], [mass for _, mass in lipids]
    made = lipid_recipe(parts, molar, concentration, volume)
    assert amounts_from_masses(list(made.masses), molar) == pytest.approx(made.mole_fractions)
    moles = sum(mass / each for mass, each in zip(made.masses, molar, strict=True))
    assert moles == pytest.approx(concentration * volume)
    assert made.mole_fractions.sum() == pytest.approx(1.0)


def test_a_recipe_of_several_draws() -> None:
    made = lipid_recipe([1.0, np.array([1.0, 3.0])], [0.6, 0.4], 10.0, 1e-6)
    assert made.masses == pytest.approx(np.array([[3e-6, 1.5e-6], [2e-6, 3e-6]]))


def test_the_gradient_of_a_known_accumulation() -> None:
    # far below the pKa a unit of pH is a factor of ten
    assert ph_for_accumulation(100.0, 12.0, 7.4).ph_difference == pytest.approx(2.0, abs=1e-4)
    assert ph_for_accumulation(1.0, 8.2, 7.4).ph_difference == pytest.approx(0.0, abs=1e-12)
    # 10**(7 - pH) = 2 R - 1 at pKa 7 and pH 7 outside
    assert ph_for_accumulation(5.5, 7.0, 7.0).ph_inside == pytest.approx(6.0)
    assert ph_for_accumulation(5.5, 7.0, 7.0, "acid").ph_inside == pytest.approx(8.0)


@given(st.floats(3.0, 11.0), st.floats(6.0, 8.0), st.floats(0.0, 3.0), st.sampled_from(["base", "acid"]))
def test_the_gradient_gives_the_accumulation_it_was_made_for(pka: float, outside: float, log: float, kind: str) -> None:
    try:
        found = ph_for_accumulation(10.0**log, pka, outside, kind)  # type: ignore[arg-type]
    except DomainError:
        # only where the drug hardly ionises: R (1 + x) - 1 would need a pH off the scale
        assert (pka - log < 0.5) if kind == "base" else (pka + log > 13.5)
        return
    inside = np.minimum(found.ph_inside, outside) if kind == "base" else np.maximum(found.ph_inside, outside)
    assert accumulation_ratio(pka, inside, outside, kind) == pytest.approx(10.0**log)  # type: ignore[arg-type]


def test_a_gradient_beyond_all_water_is_refused() -> None:
    with pytest.raises(DomainError, match="wanted_ratio"):
        ph_for_accumulation(1000.0, 2.0, 7.4)  # would need pH -1
    with pytest.raises(DomainError, match="wanted_ratio"):
        ph_for_accumulation(0.5, 8.0, 7.4)
    with pytest.raises(DomainError, match=r"[pP][hH]"):
        ph_for_accumulation(10.0, 8.0, 15.0)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
def test_impossible_inputs_are_refused(bad: float) -> None:
    for call in (
        lambda: drug_per_vesicle(bad, H, 0.5e-18, 0.1, 0.5, 0.75),
        lambda: drug_per_vesicle(100e-9, H, bad, 0.1, 0.5, 0.75),
        lambda: drug_per_vesicle(100e-9, H, 0.5e-18, 0.1, bad, 0.75),
        lambda: drug_per_vesicle(100e-9, H, 0.5e-18, 0.1, 0.5, bad),
        lambda: drug_per_vesicle_from_molar_ratio(100e-9, bad, 0.5e-18, 0.1),
        lambda: largest_molecules_per_vesicle(bad, 100e-9, H),
        lambda: largest_molecules_per_vesicle(250.0, 100e-9, H, bad),
        lambda: vesicle_concentration_from_mass(1.0, bad, 8e4),
        lambda: vesicle_concentration_from_mass(1.0, 0.75, bad),
        lambda: aqueous_efficiency_from_mass(1.0, bad, 2e-3),
        lambda: vesicle_suspension(1.0, bad, H, 0.5e-18),
        lambda: vesicle_suspension_from_mass(1.0, bad, 100e-9, H, 0.5e-18),
        lambda: leaflets(bad, H, 0.5e-18),
        lambda: leaflets(100e-9, H, bad),
        lambda: lipid_recipe([1.0], [0.5], bad, 1.0),
        lambda: lipid_recipe([1.0], [0.5], 1.0, bad),
        lambda: lipid_recipe([1.0], [bad], 1.0, 1.0),
        lambda: lipid_recipe_from_mass([1.0], [0.5], bad, 1.0),
        lambda: ph_for_accumulation(bad, 8.0, 7.4),
    ):
        with pytest.raises(DomainError):
            call()


def test_ratios_and_shares_out_of_range_are_refused() -> None:
    for call in (
        lambda: drug_per_vesicle(100e-9, H, 0.5e-18, -0.1, 0.5, 0.75),
        lambda: drug_per_vesicle_from_molar_ratio(100e-9, H, 0.5e-18, -0.1),
        lambda: drug_per_vesicle_from_molar_ratio(8e-9, H, 0.5e-18, 0.1),
        lambda: vesicle_suspension(-1.0, 100e-9, H, 0.5e-18),
        lambda: vesicle_suspension(1e3, 100e-9, H, 0.5e-18),
        lambda: leaflets(100e-9, H, 0.5e-18, 5.0),
        lambda: lipid_recipe([1.0, 1.0], [0.5], 1.0, 1.0),
        lambda: lipid_recipe([0.0], [0.5], 1.0, 1.0),
    ):
        with pytest.raises(DomainError):
            call()
