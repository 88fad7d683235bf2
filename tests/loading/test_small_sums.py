"""Coverage, adsorption in moles, micelle cores, cargo by protein, residual solvent of parts: outside numbers."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from formulate.loading.adsorption_molar import adsorb_langmuir_at_solids, adsorb_langmuir_molar
from formulate.loading.brush import flory_radius
from formulate.loading.coverage import coverage_from_mass, coverage_from_number
from formulate.loading.micelle_cores import aggregation_number, core_diameter_from_chains
from formulate.loading.solvent_sum import residual_solvent_sum
from formulate.loading.vesicle_cargo import copies_per_vesicle_from_protein, share_with_exactly
from formulate.loading.vesicle_occupancy import share_with_at_least
from materials.errors import DomainError


def test_acetonitrile_in_a_drug_and_two_excipients() -> None:
    # ICH Q3C, 3.3: 0.24 + 1.80 + 3.04 = 5.08 mg and 1016 ppm (fails); 0.24 + 0.36 + 3.04 = 3.64 mg and 728 ppm
    grams = [0.3e-3, 0.9e-3, 3.8e-3]
    fails = residual_solvent_sum(grams, [800e-6, 2000e-6, 800e-6])
    assert fails.solvent * 1e6 == pytest.approx(5.08)
    assert fails.each * 1e6 == pytest.approx([0.24, 1.80, 3.04])
    assert fails.residual_content * 1e6 == pytest.approx(1016.0)
    assert fails.product_mass * 1e3 == pytest.approx(5.0)
    passes = residual_solvent_sum(grams, [800e-6, 400e-6, 800e-6])
    assert passes.solvent * 1e6 == pytest.approx(3.64)
    assert passes.residual_content * 1e6 == pytest.approx(728.0)


def test_one_part_is_the_whole() -> None:
    assert residual_solvent_sum([2.0], [0.01]).residual_content == pytest.approx(0.01)


def test_parts_of_a_product_must_fit_together() -> None:
    for masses, contents in (([], []), ([1.0], [0.1, 0.2]), ([0.0], [0.1]), ([1.0], [1.1]), ([1.0], [-0.1])):
        with pytest.raises(DomainError):
            residual_solvent_sum(masses, contents)


@given(st.floats(1e-3, 100.0), st.floats(1e-3, 100.0), st.floats(1e-4, 10.0), st.floats(1e-3, 1e4))
def test_molar_langmuir_against_a_root_finder(start: float, solids: float, capacity: float, affinity: float) -> None:
    def lacking(free: float) -> float:
        return free + solids * capacity * affinity * free / (1.0 + affinity * free) - start

    free = optimize.brentq(lacking, 0.0, start, xtol=1e-300, rtol=1e-14)
    done = adsorb_langmuir_at_solids(start, solids, capacity, affinity)
    assert done.free_concentration == pytest.approx(free, rel=1e-9)
    assert done.free_concentration + solids * done.uptake == pytest.approx(start)
    assert done.encapsulation_efficiency == pytest.approx(1.0 - free / start, abs=1e-9)
    bench = adsorb_langmuir_molar(start, 2e-3, 2e-3 * solids, capacity, affinity)
    assert bench.uptake == pytest.approx(done.uptake)


def test_half_of_the_capacity_at_one_over_the_affinity() -> None:
    # free 0.5 mmol/L at K = 2 L/mmol: half of 1 mmol/g on 1 g/L
    done = adsorb_langmuir_molar(1.0, 1e-3, 1e-3, 1.0, 2.0)
    assert (done.free_concentration, done.uptake) == (pytest.approx(0.5), pytest.approx(0.5))
    assert adsorb_langmuir_molar(1.0, 1e-3, 1e-3, 0.0, 2.0).encapsulation_efficiency == 0.0


@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
def test_impossible_adsorption_is_refused_in_moles(bad: float) -> None:
    good = [1.0, 1e-3, 1e-3, 1.0, 2.0]
    for place in range(5):
        with pytest.raises(DomainError):
            adsorb_langmuir_molar(*(bad if at == place else value for at, value in enumerate(good)))  # type: ignore[arg-type]
    with pytest.raises(DomainError, match="mol"):
        adsorb_langmuir_at_solids(-1.0, 1.0, 1.0, 1.0)
    with pytest.raises(DomainError, match="adsorbent_concentration"):
        adsorb_langmuir_at_solids(1.0, 0.0, 1.0, 1.0)


def test_chains_whose_discs_are_the_surface_cover_it_once() -> None:
    # n discs of pi R**2 on pi d**2: d = 100 nm, R = 2 nm, n = 2500; four times as many by diameter
    found = coverage_from_number(2500.0, 100e-9, 2e-9)
    assert found.coverage == pytest.approx(1.0)
    assert found.coverage_by_diameter == pytest.approx(0.25)
    assert found.surface_density * 1e-18 == pytest.approx(2500 / (math.pi * 1e4))


def test_chains_by_mass_of_a_particle() -> None:
    # 100 nm, 1.2 g/cm3: 0.6283 fg, of it a tenth PEG of 5 kDa (0.8303e-20 g a chain): 7568 chains
    found = coverage_from_mass(0.1, 5.0, 100e-9, 1200.0, 6e-9)
    assert found.number_per_particle == pytest.approx(6.2832e-17 / 8.3027e-21, rel=1e-4)
    again = coverage_from_number(found.number_per_particle, 100e-9, 6e-9)
    assert again.coverage == pytest.approx(found.coverage)


def test_a_brush_of_peg_at_its_known_threshold() -> None:
    # PEG 2 kDa, R_F 3.4 to 3.5 nm: coils touch at about one chain per 37 nm2
    radius = flory_radius(2.0, 0.04405, 0.35e-9)
    chains = math.pi * 100.0**2 / 37.0
    assert coverage_from_number(chains, 100e-9, radius).coverage == pytest.approx(1.0, rel=0.03)


def test_impossible_coverage_is_refused() -> None:
    for call in (
        lambda: coverage_from_number(-1.0, 1e-7, 1e-9),
        lambda: coverage_from_number(1.0, 0.0, 1e-9),
        lambda: coverage_from_number(1.0, 1e-7, 0.0),
        lambda: coverage_from_mass(-0.1, 5.0, 1e-7, 1200.0, 6e-9),
        lambda: coverage_from_mass(0.1, 0.0, 1e-7, 1200.0, 6e-9),
        lambda: coverage_from_mass(0.1, 5.0, 1e-7, 0.0, 6e-9),
    ):
        with pytest.raises(DomainError):
            call()


def test_the_blocks_of_a_micelle_fill_its_core() -> None:
    # a core of 20 nm, 1.15 g/cm3: 4189 nm3, 2.901e6 g/mol, of 10 kg/mol blocks 290
    assert aggregation_number(20e-9, 1150.0, 10.0) == pytest.approx(290.1, rel=1e-3)


@given(st.floats(5e-9, 1e-7), st.floats(900.0, 1400.0), st.floats(1.0, 20.0))
def test_core_and_chains_turn_back(diameter: float, density: float, block: float) -> None:
    try:
        chains = aggregation_number(diameter, density, block)
    except DomainError:
        return
    assert core_diameter_from_chains(chains, density, block) == pytest.approx(diameter)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
def test_impossible_cores_are_refused(bad: float) -> None:
    for place in range(3):
        for kernel, good in ((aggregation_number, [2e-8, 1e3, 5.0]), (core_diameter_from_chains, [100.0, 1e3, 5.0])):
            with pytest.raises(DomainError):
                kernel(*(bad if at == place else value for at, value in enumerate(good)))
    with pytest.raises(DomainError, match="core_diameter"):
        aggregation_number(1e-9, 1000.0, 10.0)
    with pytest.raises(DomainError, match="aggregation_number"):
        core_diameter_from_chains(0.5, 1000.0, 10.0)


def test_a_picomole_per_microgram_of_protein() -> None:
    # 6.022e11 molecules in 2e9 to 3e10 vesicles: 301 to 20 copies
    copies = copies_per_vesicle_from_protein(1e-3, np.array([2e18, 3e19]))
    assert copies == pytest.approx([301.1, 20.07], rel=1e-3)
    with pytest.raises(DomainError, match="cargo_per_protein"):
        copies_per_vesicle_from_protein(-1.0, 1e18)
    with pytest.raises(DomainError, match="particles_per_protein_mass"):
        copies_per_vesicle_from_protein(1.0, 0.0)


@given(st.integers(0, 60), st.floats(1e-3, 50.0))
def test_exactly_so_many_copies_is_the_poisson_distribution(copies: int, mean: float) -> None:
    exact = share_with_exactly(copies, mean)
    assert exact == pytest.approx(stats.poisson.pmf(copies, mean), rel=1e-9)
    rest = share_with_at_least(copies, mean) - share_with_at_least(copies + 1, mean)
    assert exact == pytest.approx(rest, abs=1e-12)


def test_a_share_of_half_copies_is_refused() -> None:
    for copies, mean in ((0.5, 1.0), (-1.0, 1.0), (1.0, 0.0), (1.0, math.nan)):
        with pytest.raises(DomainError):
            share_with_exactly(copies, mean)
