"""Cells as a drug and as a carrier: published doses and loads, limits, refusals."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.loading.cell_culture import (
    cells_after_doublings,
    cells_per_microcarrier,
    culture_area,
    doublings_needed,
    microcarrier_mass,
)
from formulate.loading.cells import (
    cell_concentration,
    cell_volume_share,
    cells_to_thaw,
    containers,
    suspension_volume,
    viable_cells,
)
from formulate.loading.loaded_cells import (
    cargo_per_cell,
    cell_drug_loading,
    cells_for_dose,
    particles_per_cell,
    uptake_efficiency,
)
from materials.errors import DomainError

ML = 1e-6
PG = 1e-15
numbers = st.floats(1e3, 1e12)
shares = st.floats(0.01, 1.0)


@pytest.mark.parametrize(
    ("cells", "volume", "told"), [(100e6, 3, 33.3), (100e6, 5, 20.0), (10e6, 3, 3.3), (20e6, 3, 6.7), (50e6, 3, 16.7)]
)
def test_published_injections_into_the_knee(cells: float, volume: float, told: float) -> None:
    # Aabling 2025 (Biomedicines 13:509), table of trials in the knee: cells, mL, and million cells per mL.
    found = cell_concentration(cells, volume * ML)
    assert found * 1e-12 == pytest.approx(told, abs=0.05)
    assert suspension_volume(cells, found) == pytest.approx(volume * ML)


def test_cells_to_thaw_by_hand() -> None:
    # Of 100 frozen 90 are found, of which 70 %, 63, live.
    assert viable_cells(100.0, 0.7, 0.9) == pytest.approx(63.0)
    assert cells_to_thaw(63.0, 0.7, 0.9) == pytest.approx(100.0)
    assert cells_to_thaw(20e6, 1.0) == 20e6


@given(numbers, shares, shares)
def test_thawing_is_inverse_and_never_gains(cells: float, viability: float, recovery: float) -> None:
    living = viable_cells(cells, viability, recovery)
    assert living <= cells * (1 + 1e-9)
    assert cells_to_thaw(living, viability, recovery) == pytest.approx(cells)


def test_vials_are_whole() -> None:
    assert containers([10e6, 10.1e6, 30e6, 1.0], 10e6).tolist() == [1.0, 2.0, 3.0, 1.0]
    assert containers(2.1, 0.3) == 7.0  # a little above 7 in floating point, and no eighth vial


def test_doublings() -> None:
    # 2^10 = 1024.
    assert cells_after_doublings(1e6, 10.0) == pytest.approx(1.024e9)
    assert doublings_needed(1e6, 1.024e9) == pytest.approx(10.0)
    assert doublings_needed(1e6, 1e6) == 0.0
    assert cells_after_doublings(1e6, 0.0) == 1e6


def test_share_of_the_volume_by_hand() -> None:
    # 1e6 cubes of side 20 um fill 8 uL; spheres pi/6 of it, of 1 mL.
    assert cell_volume_share(1e12, 20e-6) == pytest.approx(8e-3 * math.pi / 6)


def test_microcarriers_by_hand() -> None:
    # A maker's 4400 cm2 per g at 20 000 cells per cm2 is 88 million cells per g.
    assert microcarrier_mass(88e6, 2e8, 440.0) == pytest.approx(1e-3)
    assert culture_area(88e6, 2e8) == pytest.approx(0.44)
    # 190 um: pi (0.019 cm)^2 = 1.134e-3 cm2.
    assert cells_per_microcarrier(190e-6, 2e8) == pytest.approx(22.7, abs=0.05)


def test_drug_in_macrophages() -> None:
    # Zhang 2018 (Advanced Materials): up to 16.6 pg of doxorubicin per macrophage; 1 mg is 60 million cells.
    assert cells_for_dose(1e-6, 16.6 * PG) == pytest.approx(60.2e6, rel=1e-3)
    assert cargo_per_cell(16.6e-9, 1e6) == pytest.approx(16.6 * PG)
    assert cell_drug_loading(16.6 * PG, 15e-6, 1070.0) == pytest.approx(0.0087, rel=0.01)
    assert uptake_efficiency(16.6 * PG, 1e6, 16.6e-9) == pytest.approx(1.0)


@given(st.floats(1e-18, 1e-13), numbers, st.floats(1.0, 1e4))
def test_drug_is_conserved(each: float, cells: float, excess: float) -> None:
    held = each * cells
    assert cargo_per_cell(held, cells) == pytest.approx(each)
    assert uptake_efficiency(each, cells, held * excess) == pytest.approx(1 / excess)
    assert cells_for_dose(held, each) == pytest.approx(cells)


@given(st.floats(1e-18, 1e-13), st.floats(0.01, 1.0), st.floats(1e-21, 1e-15))
def test_particles_in_a_cell_hold_its_drug(each: float, loading: float, mass: float) -> None:
    assert particles_per_cell(each, loading, mass) * loading * mass == pytest.approx(each)


def test_no_drug_is_no_loading() -> None:
    assert cell_drug_loading(0.0, 15e-6, 1070.0) == 0.0
    assert particles_per_cell(0.0, 0.1, 1e-18) == 0.0


@pytest.mark.parametrize("bad", [0.0, 1.2, 80.0, -0.1, math.nan])
def test_impossible_viability_is_refused(bad: float) -> None:
    for function in (cells_to_thaw, viable_cells):
        with pytest.raises(DomainError, match="viability"):
            function(20e6, bad)
        with pytest.raises(DomainError, match="recovery"):
            function(20e6, 0.8, bad)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
def test_impossible_numbers_are_refused(bad: float) -> None:
    for name, call in (
        ("viable_dose", lambda: cells_to_thaw(bad, 0.8)),
        ("cells", lambda: viable_cells(bad, 0.8)),
        ("cells", lambda: containers(bad, 10e6)),
        ("cells_per_container", lambda: containers(10e6, bad)),
        ("cell_concentration", lambda: suspension_volume(10e6, bad)),
        ("volume", lambda: cell_concentration(10e6, bad)),
        ("cell_diameter", lambda: cell_volume_share(1e12, bad)),
        ("cells", lambda: cells_after_doublings(bad, 1.0)),
        ("cells_wanted", lambda: doublings_needed(1e6, bad)),
        ("cells_per_area", lambda: culture_area(1e6, bad)),
        ("area_per_mass", lambda: microcarrier_mass(1e6, 2e8, bad)),
        ("diameter", lambda: cells_per_microcarrier(bad, 2e8)),
        ("cells", lambda: cargo_per_cell(1e-9, bad)),
        ("cargo_added", lambda: uptake_efficiency(1e-15, 1e6, bad)),
        ("density", lambda: cell_drug_loading(1e-15, 15e-6, bad)),
        ("cargo_per_cell", lambda: cells_for_dose(1e-6, bad)),
        ("particle_mass", lambda: particles_per_cell(1e-15, 0.1, bad)),
    ):
        with pytest.raises(DomainError, match=name):
            call()


def test_other_impossibilities_are_refused() -> None:
    with pytest.raises(DomainError, match="no expansion is needed"):
        doublings_needed(2e6, 1e6)
    with pytest.raises(DomainError, match="doublings"):
        cells_after_doublings(1e6, -1.0)
    with pytest.raises(DomainError, match="whole volume"):
        cell_volume_share(1e15, 20e-6)
    with pytest.raises(DomainError, match="more is found than was added"):
        uptake_efficiency(12e-15, 1e6, 10e-9)
    with pytest.raises(DomainError, match="drug_loading"):
        particles_per_cell(1e-15, 0.0, 1e-18)
    with pytest.raises(DomainError, match="cargo_mass"):
        cargo_per_cell(-1e-9, 1e6)
