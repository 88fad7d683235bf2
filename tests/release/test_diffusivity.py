"""Diffusivity and mesh in one call: measured coefficients, published meshes, limits, inverses, refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate

from formulate.diffusivity import (
    diffusivity_in_gel_multiscale,
    protein_radius,
    stokes_einstein_diffusivity,
    stokes_einstein_radius,
)
from formulate.mesh import mesh_from_swelling, mesh_from_water, modulus_from_chain
from formulate.release.gel import diffusivity_in_gel
from formulate.swelling import molar_mass_from_modulus
from materials.errors import DomainError

PEG = (0.044, 4.0, 0.146e-9)  # repeat unit, characteristic ratio, bond
lengths = st.floats(0.2e-9, 20e-9)


def test_albumin_in_water_of_twenty_degrees() -> None:
    # D 5.9e-7 to 6.1e-7 cm2/s and a Stokes radius of 3.5 to 3.6 nm are the textbook's pair
    assert stokes_einstein_radius(6.0e-11, 293.15, 1.002e-3) * 1e9 == pytest.approx(3.55, rel=0.02)


def test_one_nanometre_by_hand() -> None:
    # 1.380649e-23 * 310.15 = 4.2821e-21 J; 6 pi 0.69e-3 1e-9 = 1.3006e-11
    assert stokes_einstein_diffusivity(1e-9, 310.15, 0.69e-3) == pytest.approx(4.2821e-21 / 1.30062e-11, rel=1e-4)


@given(lengths, st.floats(273.0, 350.0), st.floats(1e-4, 1.0))
def test_radius_and_diffusivity_turn_back(radius: float, temperature: float, viscosity: float) -> None:
    speed = stokes_einstein_diffusivity(radius, temperature, viscosity)
    assert stokes_einstein_radius(speed, temperature, viscosity) == pytest.approx(radius)


def test_proteins_of_known_size() -> None:
    # lysozyme (129 residues) diffuses at about 1.1e-6 cm2/s in water of 20 degC; albumin (585) is 17 % under-predicted
    lysozyme = stokes_einstein_diffusivity(protein_radius(129.0), 293.15, 1.002e-3)
    assert lysozyme * 1e4 == pytest.approx(1.1e-6, rel=0.05)
    assert protein_radius(585.0) * 1e9 / 3.62 == pytest.approx(1 - 0.17, abs=0.01)


def _erf(at: float) -> float:
    return 2.0 / math.sqrt(math.pi) * integrate.quad(lambda x: math.exp(-x * x), 0.0, at)[0]


@pytest.mark.parametrize(("solute", "mesh", "phi"), [(0.4, 3.0, 0.1), (1.0, 5.0, 0.05), (4.0, 10.0, 0.02)])
def test_the_multiscale_model_term_by_term(solute: float, mesh: float, phi: float) -> None:
    # nanometres; erf by quadrature
    weight = _erf(0.269 / solute)
    voids = math.exp(-((solute / 0.269) ** 3) * phi / (1.0 - phi))
    meshes = math.exp(-math.pi * ((solute + 0.51) / (mesh + 1.02)) ** 2)
    found = diffusivity_in_gel_multiscale(1e-10, solute * 1e-9, mesh * 1e-9, phi)
    assert found / 1e-10 == pytest.approx(weight * voids + (1.0 - weight) * meshes)


@pytest.mark.parametrize(("mesh", "phi"), [(3e-9, 0.1), (10e-9, 0.02)])
def test_it_is_below_free_volume_theory_at_middle_size(mesh: float, phi: float) -> None:
    # a solute of 0.4 meshes: 0.43 to 0.55 here, 0.54 to 0.59 by Lustig and Peppas
    multiscale = diffusivity_in_gel_multiscale(1.0, 0.4 * mesh, mesh, phi)
    assert 0.425 <= multiscale <= 0.555
    assert multiscale < diffusivity_in_gel(1.0, 0.4 * mesh, mesh, phi)


@given(lengths, lengths, st.floats(0.0, 0.5))
def test_a_gel_slows_and_more_gel_slows_more(solute: float, mesh: float, phi: float) -> None:
    found = diffusivity_in_gel_multiscale(1.0, solute, mesh, phi)
    assert 0.0 <= found <= 1.0
    assert diffusivity_in_gel_multiscale(1.0, solute, mesh, phi + 0.1) <= found
    assert diffusivity_in_gel_multiscale(1.0, solute, 2.0 * mesh, phi) >= found


def test_a_point_in_a_wide_mesh_is_free() -> None:
    assert diffusivity_in_gel_multiscale(1.0, 1e-12, 1e-6, 0.01) == pytest.approx(1.0)


def test_the_published_gel_of_peg_diacrylate() -> None:
    # Biomaterials 2012;33:6682, Table 2: 3.4 kDa, 10 %: 91 % water, M_c 701 g/mol, mesh 3.87 nm
    found = mesh_from_water(0.91, 1120.0, 0.701, *PEG)
    assert found.polymer_volume_fraction == pytest.approx(0.0811, rel=1e-3)
    assert found.mesh_size * 1e9 == pytest.approx(3.87, rel=0.04)
    # three bonds to a repeat unit are sqrt(3/2) wider
    assert mesh_from_water(0.91, 1120.0, 0.701, *PEG, 3.0).mesh_size / found.mesh_size == pytest.approx(
        1.2247, rel=1e-4
    )


@given(st.floats(0.3, 0.99), st.floats(1000.0, 1500.0), st.floats(950.0, 1050.0))
def test_water_and_swelling_tell_the_same(water: float, polymer: float, liquid: float) -> None:
    by_water = mesh_from_water(water, polymer, 1.0, *PEG, 2.0, liquid)
    by_mass = mesh_from_swelling(1.0 / (1.0 - water), polymer, 1.0, *PEG, 2.0, liquid)
    assert by_mass.polymer_volume_fraction == pytest.approx(by_water.polymer_volume_fraction)
    assert by_mass.mesh_size == pytest.approx(by_water.mesh_size)


def test_a_rubber_of_known_modulus() -> None:
    # Treloar: 0.4 MPa at 25 degC, dry, density 0.92 g/cm3 is M_c = rho R T/G = 5.70 kg/mol
    found = modulus_from_chain(5.70, 298.15, 1.0, 920.0)
    assert found.storage_modulus == pytest.approx(0.4e6, rel=0.002)
    assert found.crosslink_density == pytest.approx(920.0 / 5.70)
    assert found.elastic_chains == pytest.approx(found.crosslink_density)
    # swollen eightfold from dry it is half as stiff
    assert modulus_from_chain(5.70, 298.15, 0.125, 920.0, 1.0).storage_modulus == pytest.approx(0.2e6, rel=0.002)


@given(
    st.floats(0.1, 50.0), st.floats(0.01, 1.0), st.floats(0.01, 1.0), st.floats(2.5, 10.0), st.sampled_from([None, 4.0])
)
def test_modulus_and_chain_turn_back(
    chain: float, swollen: float, relaxed: float, longer: float, functionality: float | None
) -> None:
    ends = chain * longer
    made = modulus_from_chain(chain, 310.15, swollen, 1120.0, relaxed, ends, functionality)
    back = molar_mass_from_modulus(made.storage_modulus, 310.15, swollen, 1120.0, relaxed, ends, functionality)
    assert back == pytest.approx(chain)


def test_a_phantom_network_of_four_is_half_as_stiff_with_as_many_chains() -> None:
    affine = modulus_from_chain(1.0, 310.15, 0.1, 1120.0)
    phantom = modulus_from_chain(1.0, 310.15, 0.1, 1120.0, functionality=4.0)
    assert phantom.storage_modulus / affine.storage_modulus == pytest.approx(0.5)
    assert phantom.elastic_chains == pytest.approx(affine.elastic_chains)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
def test_impossible_inputs_are_refused(bad: float) -> None:
    goods = (
        (stokes_einstein_diffusivity, [1e-9, 310.0, 7e-4]),
        (stokes_einstein_radius, [1e-10, 310.0, 7e-4]),
        (protein_radius, [100.0]),
        (diffusivity_in_gel_multiscale, [1e-10, 1e-9, 5e-9, 0.1, 5e-10, 3e-10]),
        (mesh_from_water, [0.9, 1120.0, 0.7, 0.044, 4.0, 1.5e-10, 2.0, 1000.0]),
        (mesh_from_swelling, [10.0, 1120.0, 0.7, 0.044, 4.0, 1.5e-10, 2.0, 1000.0]),
        (modulus_from_chain, [1.0, 310.0, 0.1, 1120.0, 0.1, 10.0, 4.0]),
    )
    for kernel, good in goods:
        for place in range(len(good)):
            if bad == 0.0 and (kernel.__name__, place) in (
                ("diffusivity_in_gel_multiscale", 3),
                ("mesh_from_water", 0),
            ):
                continue  # no polymer, or no water, is possible
            with pytest.raises(DomainError):
                kernel(*(bad if at == place else value for at, value in enumerate(good)))  # type: ignore[operator]


def test_what_is_no_gel_no_network_and_no_protein_is_refused() -> None:
    with pytest.raises(DomainError, match="water_content"):
        mesh_from_water(1.0, 1120.0, 0.7, *PEG)
    with pytest.raises(DomainError, match="mass_swelling_ratio"):
        mesh_from_swelling(0.5, 1120.0, 0.7, *PEG)
    with pytest.raises(DomainError, match="molar_mass_between_crosslinks"):
        modulus_from_chain(2.0, 310.0, 0.1, 1120.0, primary_molar_mass=4.0)
    with pytest.raises(DomainError, match="polymer_volume_fraction"):
        diffusivity_in_gel_multiscale(1e-10, 1e-9, 5e-9, 1.0)
    with pytest.raises(DomainError, match="residues"):
        protein_radius(np.array([129.0, 1e5]))
