"""Surfaces: published sizes and densities of PEG layers, counts by hand, sampled distributions, limits, refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from formulate.loading.brush import brush_onset, flory_radius, grafted_layer_thickness, is_brush, polymer_coverage
from formulate.loading.coating import cells_for_membrane, fully_covered_share, membrane_to_coat
from formulate.loading.surface import (
    grafting_density,
    largest_ligand_number,
    ligand_spacing,
    ligands_per_particle,
    surface_density,
    usable_ligands,
)
from materials.errors import DomainError

PEG = {"repeat_molar_mass": 0.04405, "repeat_length": 0.35e-9}


def test_density_by_hand() -> None:
    # 1 g of 60 nm spheres of 1 g/cm3 has 100 m2; 6.022 mg of 1 kDa are 3.6265e18 chains: 0.0363 per nm2
    density = grafting_density(6.02214076e-3, 1.0, 60e-9, 1000.0)
    assert density == pytest.approx(3.62662e18 / 100.0, rel=1e-5)


@given(st.floats(10e-9, 1e-5), st.floats(0.0, 0.5), st.floats(0.5, 50.0))
def test_number_and_density_agree(diameter: float, grafted: float, molar: float) -> None:
    number = ligands_per_particle(grafted, molar, diameter, 1200.0)
    assert surface_density(number, diameter) == pytest.approx(float(grafting_density(grafted, molar, diameter, 1200.0)))


def test_a_broad_sample_has_the_density_of_its_whole_surface() -> None:
    spread = math.sqrt(math.log1p(0.3**2))
    d = 1e-7 * np.exp(spread * stats.norm.ppf((np.arange(200_000) + 0.5) / 200_000))
    mass, surface = 1200.0 * np.pi / 6 * np.mean(d**3), np.pi * np.mean(d**2)
    chains = 0.05 * mass * 6.02214076e23 / 5.0
    assert grafting_density(0.05, 5.0, np.mean(d), 1200.0, 0.3) == pytest.approx(chains / surface, rel=2e-3)
    assert ligands_per_particle(0.05, 5.0, np.mean(d), 1200.0, 0.3) == pytest.approx(chains, rel=2e-3)


def test_spacing_from_lattices() -> None:
    # a square cell has one point per side squared, a hexagonal one one per sqrt(3)/2 side squared
    assert ligand_spacing(1 / 9e-18) == pytest.approx(3e-9)
    assert ligand_spacing(2 / (math.sqrt(3) * 9e-18), "hexagonal") == pytest.approx(3e-9)


def test_room_and_use() -> None:
    assert largest_ligand_number(1e-7, np.pi * 1e-14 / 250) == pytest.approx(250.0)
    assert largest_ligand_number(1e-7, np.pi * 1e-14 / 250, 0.5) == pytest.approx(125.0)
    assert usable_ligands(200.0, [0.02, 0.21]).tolist() == [4.0, 42.0]


def test_size_of_coils_by_logarithms() -> None:
    # N = 100 units of 0.35 nm: 100^0.6 = 15.849
    assert flory_radius(4.405, **PEG) == pytest.approx(15.849 * 0.35e-9, rel=1e-4)
    assert flory_radius(0.04405, **PEG) == pytest.approx(0.35e-9)


@given(st.floats(1e15, 1e19), st.floats(1e-9, 1e-8))
def test_the_two_readings_differ_by_four(density: float, radius: float) -> None:
    assert polymer_coverage(density, radius) == pytest.approx(4 * float(polymer_coverage(density, radius, "diameter")))
    assert polymer_coverage(brush_onset(radius), radius) == pytest.approx(1.0)
    assert polymer_coverage(brush_onset(radius, "diameter"), radius, "diameter") == pytest.approx(1.0)


def test_discs_that_just_cover_the_surface() -> None:
    # one coil of radius 3 nm per 9 pi nm2; read as diameter, four coils fit there
    assert polymer_coverage(1 / (9e-18 * np.pi), 3e-9) == pytest.approx(1.0)
    assert polymer_coverage(4 / (9e-18 * np.pi), 3e-9, "diameter") == pytest.approx(1.0)
    assert is_brush([0.9 / (9e-18 * np.pi), 1.1 / (9e-18 * np.pi)], 3e-9).tolist() == [False, True]


@given(st.floats(1e14, 8e18), st.floats(0.5, 40.0))
def test_the_layer_is_between_the_coil_and_the_whole_chain(density: float, chain: float) -> None:
    height = float(grafted_layer_thickness(density, chain, **PEG))
    assert float(flory_radius(chain, **PEG)) <= height * (1 + 1e-9)
    assert height <= chain / 0.04405 * 0.35e-9 * (1 + 1e-9)


def test_brush_grows_with_the_chain_and_the_cube_root_of_the_density() -> None:
    once, denser, longer = (
        float(grafted_layer_thickness(*case, **PEG)) for case in ((0.5e18, 5.0), (4e18, 5.0), (0.5e18, 10.0))
    )
    assert denser / once == pytest.approx(2.0)
    assert longer / once == pytest.approx(2.0)
    # at the distance of one unit the chain stands upright
    assert grafted_layer_thickness(1 / 0.35e-9**2 * (1 - 1e-12), 4.405, **PEG) == pytest.approx(35e-9)


def test_membrane_by_hand() -> None:
    # one core of 1 um: pi um2 under 10 nm of 1 g/cm3: 31.4 fg, of it 60 % protein
    core = 1000.0 * np.pi / 6 * 1e-18
    coat = membrane_to_coat(core, 1e-6, 1000.0, 10e-9, 1000.0, 0.6)
    assert coat.cores == pytest.approx(1.0)
    assert coat.membrane_area == pytest.approx(np.pi * 1e-12)
    assert coat.membrane_mass == pytest.approx(np.pi * 1e-17)
    assert coat.protein_mass == pytest.approx(0.6 * np.pi * 1e-17)
    assert coat.coated_diameter == pytest.approx(1.02e-6)
    middle = membrane_to_coat(core, 1e-6, 1000.0, 10e-9, 1000.0, 0.6, area_at="middle")
    shell = np.pi / 6 * ((1.02e-6) ** 3 - (1e-6) ** 3)  # m3
    assert middle.membrane_mass == pytest.approx(1000.0 * shell, rel=1e-4)


def test_membrane_of_a_broad_sample() -> None:
    spread = math.sqrt(math.log1p(0.3**2))
    d = 1e-7 * np.exp(spread * stats.norm.ppf((np.arange(200_000) + 0.5) / 200_000))
    mass = 1200.0 * np.pi / 6 * np.sum(d**3)
    for place, sizes in (("core", d), ("middle", d + 8e-9)):
        coat = membrane_to_coat(mass, np.mean(d), 1200.0, 8e-9, 1100.0, 0.5, 0.3, area_at=place)  # type: ignore[arg-type]
        assert coat.cores == pytest.approx(len(d), rel=2e-3)
        assert coat.membrane_area == pytest.approx(np.pi * np.sum(sizes**2), rel=3e-3)
        assert coat.membrane_per_core == pytest.approx(float(coat.membrane_mass) / mass)


def test_cells_and_cover() -> None:
    # 135 um2 of a red cell covers 4297 cores of 100 nm
    one = membrane_to_coat(1200.0 * np.pi / 6 * 1e-21, 1e-7, 1200.0, 8e-9, 1100.0, 0.5)
    assert 1 / cells_for_membrane(one.membrane_area, 135e-12) == pytest.approx(4297, rel=1e-3)
    assert cells_for_membrane(1.0, 1e-10, 0.25) == pytest.approx(4e10)
    need = one.membrane_per_core
    assert fully_covered_share([0.0, 0.5 * need, need, 2 * need], need).tolist() == [0.0, 0.5, 1.0, 1.0]


def test_impossible_surfaces_are_refused() -> None:
    with pytest.raises(DomainError, match="grafted_mass"):
        grafting_density(-0.1, 5.0, 1e-7, 1200.0)
    with pytest.raises(DomainError, match="molar_mass"):
        ligands_per_particle(0.1, 0.0, 1e-7, 1200.0)
    with pytest.raises(DomainError, match="number_per_particle"):
        surface_density(-1.0, 1e-7)
    with pytest.raises(DomainError, match="surface_density"):
        ligand_spacing(0.0)
    with pytest.raises(DomainError, match="packed_share"):
        largest_ligand_number(1e-7, 1e-18, 1.1)
    with pytest.raises(DomainError, match="usable_share"):
        usable_ligands(10.0, 5.0)
    with pytest.raises(DomainError, match="units kg/mol"):
        flory_radius(0.002, **PEG)
    with pytest.raises(DomainError, match="flory_radius"):
        polymer_coverage(1e18, 0.0)
    with pytest.raises(DomainError, match="check the unit"):
        grafted_layer_thickness(1e20, 5.0, **PEG)
    with pytest.raises(DomainError, match="protein_share"):
        membrane_to_coat(1e-6, 1e-7, 1200.0, 8e-9, 1100.0, 50.0)
    with pytest.raises(DomainError, match="recovery"):
        cells_for_membrane(1.0, 1e-10, 0.0)
    with pytest.raises(DomainError, match="membrane_needed"):
        fully_covered_share(0.1, 0.0)
