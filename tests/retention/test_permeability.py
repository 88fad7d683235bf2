"""Permeability and binding against clearances of human knees (Owen et al., Br J Clin Pharmacol 1994;38:349)."""

import numpy as np
import pytest

from formulate.retention import permeability
from materials.errors import DomainError


def test_paracetamol_clearance_of_a_rheumatoid_knee():
    # measured 55 mL/h, of which 0.99 by diffusion; unbound fraction 0.85: PS = 55 * 0.99 / 0.85 = 64; the rule's
    # reference is 80 x/÷ 2.5 at 151 g/mol
    paracellular = permeability.permeability_surface_area(80.0, 0.1512, -0.5, -5.0, 1.8, 0.5, 9.0)
    assert paracellular == pytest.approx(80.0, rel=0.002)
    assert 80.0 / 2.5 < 64.0 < 80.0 * 2.5


def test_diclofenac_reaches_at_least_what_was_measured():
    # log P 4.51, 296 g/mol: at least 499 mL/h
    assert permeability.permeability_surface_area(80.0, 0.2961, -0.5, 4.51, 1.8, 0.5, 9.0) >= 499


def test_binding_of_diclofenac_in_rheumatoid_fluid():
    # plasma fu 0.003 to 0.005, albumin ratio 0.6: <= 0.01 measured
    assert permeability.unbound_fraction_in_fluid(0.005, 0.6) <= 0.01


@pytest.mark.parametrize(("fu", "ratio", "expected"), [(1.0, 0.5, 1.0), (0.5, 1.0, 0.5), (0.04, 0.55, 0.0704)])
def test_unbound_fraction_limits_and_a_table_row(fu, ratio, expected):
    assert permeability.unbound_fraction_in_fluid(fu, ratio) == pytest.approx(expected, rel=1e-3)


def test_permeability_grows_with_lipophilicity_up_to_its_ceiling():
    log_p = np.array([-3.0, 0.0, 2.0, 3.7, 6.0, 10.0])
    rising = permeability.permeability_surface_area(80.0, 0.4, -0.5, log_p, 1.8, 0.5, 9.0)
    assert (np.diff(rising) >= 0).all()
    assert rising[-1] == pytest.approx(10 * 80.0 * (0.4 / 0.151) ** -0.5)


def test_blood_flow_caps_a_drug_that_blood_cannot_carry_away():
    assert permeability.flow_limited(1e3, 131.0, 1.0) == 131.0
    assert permeability.flow_limited(1e3, 131.0, 0.01) == 1e3


def test_refuses_an_unbound_fraction_of_zero_or_above_one():
    for bad in (0.0, 1.2, float("nan")):
        with pytest.raises(DomainError, match="unbound_fraction_plasma"):
            permeability.unbound_fraction_in_fluid(bad, 0.5)


def test_what_is_larger_than_a_protein_hardly_crosses():
    # Owen 1994: the diffusional share of the clearance of albumin is nothing, of paracetamol 0.99
    albumin = permeability.permeability_surface_area(80.0, 66.5, -0.5, -5.0, 1.8, 0.5, 9.0, 5.2)
    assert albumin < 0.05 * 5.3
    paracetamol = permeability.permeability_surface_area(80.0, 0.1512, -0.5, -5.0, 1.8, 0.5, 9.0, 5.2)
    assert paracetamol == pytest.approx(80.0, rel=0.01)


@pytest.mark.parametrize(("fu", "ratio", "expected"), [(1.0, 0.5, 1.0), (1e-6, 0.5, 0.5), (0.1, 1.0, 1.0)])
def test_filtration_brings_free_drug_with_water_and_bound_drug_with_albumin(fu, ratio, expected):
    fluid = permeability.unbound_fraction_in_fluid(fu, ratio)
    assert permeability.filtration_clearance(1.0, 1.0, fu, fluid, 1.0) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    "changed",
    [
        {"lymph_flow": -1.0}, {"passing": 1.1}, {"unbound_in_plasma": -0.1}, {"unbound_in_fluid": 0.0},
        {"entry_ratio": 2.0},
    ],
)  # fmt: skip
def test_filtration_refuses(changed):
    given = {"lymph_flow": 1.0, "passing": 1.0, "unbound_in_plasma": 0.5, "unbound_in_fluid": 0.5, "entry_ratio": 1.0}
    with pytest.raises(DomainError):
        permeability.filtration_clearance(**given | changed)


def test_a_sieve_of_no_width_is_refused():
    with pytest.raises(DomainError, match="sieved_molar_mass = 0"):
        permeability.permeability_surface_area(80.0, 0.15, -0.5, 0.0, 1.8, 0.5, 9.0, 0.0)
