"""Uptake of charged and large solutes by tissue against measured values, tables worked by hand, and limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.retention import hindrance, partition
from materials.errors import DomainError

SALT = 150.0


@pytest.mark.parametrize(
    ("fixed", "expected"),
    [(50.0, [0.72, 1.18, 1.65, 2.3, 3.8]), (140.0, [0.41, 1.57, 3.9, 9.5, 37.0]), (200.0, [0.29, 1.87, 6.5, 23, 149])],
)
def test_donnan_partition_of_five_charges(fixed, expected):
    # worked by hand from the quadratic of electroneutrality for salt of 0.15 mol/L
    found = partition.charge_partition([-2.0, 1.0, 3.0, 5.0, 8.0], fixed, SALT, 500.0)
    assert found == pytest.approx(expected, rel=0.02)


@given(fixed=st.floats(0.0, 500.0), salt=st.floats(1.0, 1000.0))
def test_tissue_is_neutral(fixed, salt):
    # cations = anions + fixed charge, and the product of the two is that of the bath
    x = float(partition.cation_ratio(fixed, salt))
    assert salt * x - salt / x == pytest.approx(fixed, rel=1e-9, abs=1e-9)


def test_sodium_of_cartilage():
    # 23Na imaging of the human patella: 250 mmol/L sodium goes with a fixed charge of 158 to 182 mmol/L
    # (Shapiro et al. 2002, Magn Reson Med 47:284)
    assert SALT * partition.cation_ratio(170.0, SALT) == pytest.approx(250.0, rel=0.05)


def test_without_fixed_charge_or_net_charge_nothing_is_drawn_in():
    assert partition.charge_partition([-3.0, 5.0], 0.0, SALT, 500.0) == pytest.approx([1.0, 1.0])
    assert float(partition.charge_partition(0.0, 170.0, SALT, 500.0)) == 1.0


@given(charge=st.floats(-1e3, 1e3), fixed=st.floats(0.0, 1e3), most=st.floats(1.0, 1e3))
def test_never_above_the_ceiling(charge, fixed, most):
    assert 0.0 <= partition.charge_partition(charge, fixed, SALT, most) <= most * (1 + 1e-12)


def test_a_protein_at_its_isoelectric_point_has_no_charge():
    assert partition.net_charge_near_isoelectric([7.4, 8.4, 6.4], 7.4, 3.0) == pytest.approx([0.0, 3.0, -3.0])


def test_inulin_and_albumin_in_cartilage():
    # measured: inulin 0.3; albumin below 0.002 where proteoglycan is dense (Maroudas 1976)
    inulin, albumin = hindrance.fibre_partition([1.4e-9, 3.5e-9], 0.04, 0.3e-9)
    assert inulin == pytest.approx(0.3, rel=0.1)
    assert albumin < 0.002
    assert hindrance.fibre_partition(3.5e-9, 0.02, 0.3e-9) == pytest.approx(0.04, rel=0.05)


def test_nothing_gets_into_a_pore_of_its_size():
    assert hindrance.pore_partition([0.0, 2e-9, 4e-9, 1e-7], 4e-9) == pytest.approx([1.0, 0.25, 0.0, 0.0])


@pytest.mark.parametrize(
    ("in_water", "radius", "measured"),
    # cartilage without load, 1e-10 m2/s: leucine, ioxaglate, inulin; radii and D in water of 37 degC by Stokes-Einstein
    [(9.4, 0.35e-9, 1.7), (4.4, 0.75e-9, 0.92), (2.35, 1.4e-9, 0.18)],
)
def test_small_solutes_in_cartilage(in_water, radius, measured):
    fitted = float(hindrance.diffusivity_in_cartilage(in_water, radius))
    theory = float(hindrance.diffusivity_between_fibres(in_water, radius, 0.04, 0.3e-9, 0.75))
    assert fitted == pytest.approx(measured, rel=0.6)
    assert theory == pytest.approx(fitted, rel=0.25)


def test_diffusion_without_obstacles_is_that_in_water():
    assert float(hindrance.diffusivity_between_fibres(1e-9, 1e-9, 0.0, 0.3e-9, 1.0)) == pytest.approx(1e-9)
    assert float(hindrance.diffusivity_around_solids(1e-9, 1.0)) == pytest.approx(1e-9)


@given(radius=st.floats(0.0, 1e-8), more=st.floats(1e-10, 1e-8))
def test_larger_solutes_are_slower_and_fewer(radius, more):
    sizes = [radius, radius + more]
    slower = hindrance.diffusivity_between_fibres(1e-10, sizes, 0.04, 0.3e-9, 0.75)
    fewer = hindrance.fibre_partition(sizes, 0.04, 0.3e-9)
    assert slower[1] < slower[0]
    assert fewer[1] <= fewer[0]


def test_permeability_of_an_endplate():
    # 2.7e-7 cm2/s over 0.6 mm; cyclic load 5 times for a dextran of 4 kDa
    assert float(partition.layer_permeability(1.0, 2.7e-11, 6e-4)) == pytest.approx(4.5e-8)
    assert float(partition.layer_permeability(0.5, 2.7e-11, 6e-4, 5.0)) == pytest.approx(1.125e-7)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: partition.cation_ratio(-1.0, SALT), "fixed_charge_density"),
        (lambda: partition.cation_ratio(100.0, 0.0), "salt_concentration"),
        (lambda: partition.charge_partition(np.nan, 100.0, SALT, 500.0), "net_charge"),
        (lambda: partition.charge_partition(1.0, 100.0, SALT, 0.5), "largest"),
        (lambda: partition.net_charge_near_isoelectric(15.0, 7.4, 1.0), "isoelectric_point"),
        (lambda: partition.net_charge_near_isoelectric(9.0, -1.0, 1.0), "ph"),
        (lambda: partition.net_charge_near_isoelectric(9.0, 7.4, 0.0), "charges_per_ph"),
        (lambda: partition.layer_permeability(-1.0, 1e-11, 1e-3), "partition"),
        (lambda: partition.layer_permeability(1.0, 1e-11, 1e-3, 0.5), "loading_gain"),
        (lambda: hindrance.fibre_partition(1e-9, 1.0, 1e-9), "fibre_volume_fraction"),
        (lambda: hindrance.fibre_partition(1e-9, 0.1, 0.0), "fibre_radius"),
        (lambda: hindrance.pore_partition(-1e-9, 1e-9), "solute_radius"),
        (lambda: hindrance.pore_partition(1e-9, 0.0), "pore_radius"),
        (lambda: hindrance.diffusivity_in_cartilage(1e-10, 2.1e-9), "use diffusivity_between_fibres"),
        (lambda: hindrance.diffusivity_in_cartilage(1e-10, 1e-9, 1.5), "share_of_a_point"),
        (lambda: hindrance.diffusivity_around_solids(1e-10, 0.0), "water_fraction"),
        (lambda: hindrance.diffusivity_between_fibres(0.0, 1e-9, 0.04, 3e-10, 0.75), "diffusivity_in_water"),
    ],
)
def test_refuses_what_cannot_be(call, name):
    with pytest.raises(DomainError, match=name):
        call()
