"""Vesicle geometry: a published lipid count, derived trapped volumes, limits, refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.vesicle import inner_radius, lipid_per_inner_water, lipids_per_vesicle, trapped_volume
from materials.errors import DomainError

THICKNESS = 5e-9
AREA = 0.71e-18
diameters = st.floats(30e-9, 1e-6)


def test_lipids_of_a_100_nm_liposome() -> None:
    # Worked example W01: 17.69 ((d/2)^2 + (d/2 - h)^2) = 80 047 for 100 nm, 5 nm, 0.71 nm2.
    assert lipids_per_vesicle(100e-9, THICKNESS, AREA) == pytest.approx(80047, rel=0.005)


@pytest.mark.parametrize(
    ("diameter", "area", "litres_per_mole"),
    [
        (50e-9, 0.71e-18, 1.11),
        (100e-9, 0.71e-18, 2.87),
        (200e-9, 0.71e-18, 6.42),
        (50e-9, 0.46e-18, 0.72),
        (100e-9, 0.46e-18, 1.86),
        (200e-9, 0.46e-18, 4.16),
    ],
)
def test_trapped_volume(diameter: float, area: float, litres_per_mole: float) -> None:
    # Values derived in the science notes to two decimals, from the same geometry.
    assert trapped_volume(diameter, THICKNESS, area) * 1e3 == pytest.approx(litres_per_mole, abs=0.006)


def test_drug_per_doxil_like_vesicle() -> None:
    # 85 nm at 0.16 mol/mol holds 14.0 thousand molecules at 0.46 nm2 per lipid, 9.1 thousand at 0.71.
    held = 0.16 * lipids_per_vesicle(85e-9, THICKNESS, np.array([0.46e-18, 0.71e-18]))
    assert held == pytest.approx([14.0e3, 9.1e3], rel=0.005)
    assert held[0] / held[1] == pytest.approx(1.54, abs=0.005)


@given(diameters)
def test_wide_vesicle_is_a_flat_bilayer(diameter: float) -> None:
    # Limit: two leaflets around d/6 of water per area, so V = d a N_A/12 for h -> 0.
    volume = trapped_volume(diameter, 1e-15, AREA)
    assert volume == pytest.approx(diameter * AREA * 6.02214076e23 / 12, rel=1e-5)


@given(diameters, st.floats(1.01, 5.0))
def test_larger_vesicles_hold_more_water_per_lipid(diameter: float, factor: float) -> None:
    small, large = trapped_volume(np.array([diameter, factor * diameter]), THICKNESS, AREA)
    assert large > small


@given(diameters, st.floats(0.2, 1.0))
def test_lipid_and_water_of_one_vesicle(diameter: float, molar: float) -> None:
    lipid = lipids_per_vesicle(diameter, THICKNESS, AREA) * molar / 6.02214076e23
    water = 4 / 3 * np.pi * inner_radius(diameter, THICKNESS) ** 3
    assert lipid_per_inner_water(diameter, THICKNESS, AREA, molar) == pytest.approx(lipid / water)


def test_arrays_broadcast() -> None:
    assert trapped_volume(np.full((5, 1), 1e-7), np.array([4e-9, 5e-9]), AREA).shape == (5, 2)


@pytest.mark.parametrize("thickness", [50e-9, 60e-9])
def test_bilayer_without_core_is_refused(thickness: float) -> None:
    with pytest.raises(DomainError, match="no water core"):
        inner_radius(100e-9, thickness)
    with pytest.raises(DomainError, match="no water core"):
        trapped_volume([1e-6, 100e-9], thickness, AREA)


@pytest.mark.parametrize("bad", [0.0, -1e-9, math.nan, math.inf])
def test_impossible_sizes_are_refused(bad: float) -> None:
    with pytest.raises(DomainError, match="diameter"):
        lipids_per_vesicle(bad, THICKNESS, AREA)
    with pytest.raises(DomainError, match="bilayer_thickness"):
        lipids_per_vesicle(100e-9, bad, AREA)
    with pytest.raises(DomainError, match="area_per_lipid"):
        trapped_volume(100e-9, THICKNESS, bad)
    with pytest.raises(DomainError, match="lipid_molar_mass"):
        lipid_per_inner_water(100e-9, THICKNESS, AREA, bad)
