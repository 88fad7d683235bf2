"""Soaked gels: fibres thrown at random, neutrality, mass kept, limits, the diffusion series."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from formulate.loading.partition import donnan_partition, donnan_potential, ogston_partition, partition_to_gel_water
from formulate.loading.soaking import kept_at_syneresis, soak, soak_with_affinity, soaking_time
from materials.errors import DomainError

concentrations = st.floats(1e-6, 1e3)
volumes = st.floats(1e-9, 1e-2)
partitions = st.floats(1e-6, 1e3)
shares = st.floats(0.0, 0.9)


def test_open_share_matches_fibres_thrown_at_random() -> None:
    # Straight lines in any direction, evenly spread; a point is open if no line is nearer than r_s + r_f.
    # The lines a ball of radius R meets are Poisson with mean (length per volume) x pi R^2.
    random = np.random.default_rng(7)
    fibre, solute, polymer, ball = 0.7, 1.4, 0.06, 12.0
    length = polymer / (math.pi * fibre**2)
    open_points = []
    for _ in range(400):
        count = random.poisson(length * math.pi * ball**2)
        along = random.standard_normal((count, 3))
        along /= np.linalg.norm(along, axis=1, keepdims=True)
        across = np.cross(along, random.standard_normal((count, 3)))
        across /= np.linalg.norm(across, axis=1, keepdims=True)
        nearest = across * (ball * np.sqrt(random.random((count, 1))))  # evenly over the disc the ball shows
        points = random.uniform(-1.0, 1.0, (200, 3)) * (ball - fibre - solute) / math.sqrt(3.0)
        gap = np.linalg.norm(np.cross(points[:, None] - nearest, along), axis=-1).min(axis=1, initial=np.inf)
        open_points.append((gap > fibre + solute).mean())
    standard_error = np.std(open_points) / math.sqrt(len(open_points))
    assert standard_error < 0.012
    assert ogston_partition(polymer, solute, fibre) == pytest.approx(np.mean(open_points), abs=4 * standard_error)


def test_a_point_feels_the_volume_of_the_fibres() -> None:
    # exp(-phi), less than 1 - phi lost, for fibres may cross; per water nearly nothing is left of it
    assert ogston_partition(0.05, 0.0, 1e-9) == pytest.approx(0.951229, rel=1e-6)
    assert partition_to_gel_water(ogston_partition(0.05, 0.0, 1e-9), 0.05) == pytest.approx(1.0, abs=0.0015)
    assert ogston_partition(0.0, 1e-6, 1e-9) == 1.0
    assert partition_to_gel_water(0.5, 0.0) == 0.5


@given(st.floats(0.0, 0.5), st.floats(0.0, 2e-8), st.floats(1e-10, 1e-8))
def test_larger_solutes_and_denser_gels_exclude_more(fraction: float, solute: float, fibre: float) -> None:
    found = ogston_partition(fraction, solute, fibre)
    assert 0.0 <= found <= 1.0
    assert ogston_partition(fraction, solute + 1e-9, fibre) <= found
    assert ogston_partition(fraction + 0.1, solute, fibre) <= found
    assert ogston_partition(fraction, solute, 2.0 * fibre) >= found


@given(st.floats(-1e3, 1e3), st.floats(0.01, 1e3))
def test_a_charged_gel_is_neutral_inside(fixed: float, salt: float) -> None:
    cations, anions = salt * donnan_partition([1.0, -1.0], fixed, salt)
    assert cations - anions + fixed == pytest.approx(0.0, abs=1e-9 * (cations + anions))
    assert cations * anions == pytest.approx(salt**2)


def test_cartilage_gathers_sodium() -> None:
    # Fixed charge 170 mmol/L in 150 mmol/L of salt: sodium 85 + sqrt(85^2 + 150^2) = 257 mmol/L,
    # inside the 240 to 260 by sodium imaging that this charge was read from (shapiro2002).
    assert 150.0 * donnan_partition(1.0, -170.0, 150.0) == pytest.approx(257.4, abs=0.1)


def test_charge_limits() -> None:
    assert donnan_partition([3.0, -2.0], 0.0, 150.0).tolist() == [1.0, 1.0]
    assert donnan_partition(0.0, -500.0, 150.0) == 1.0
    assert donnan_partition([4.0, -4.0], -50.0, 1e9) == pytest.approx([1.0, 1.0])  # salt screens it
    # next to no salt: the counterions are as many as the charges, the co-ions are gone
    assert 1e-3 * donnan_partition(1.0, -100.0, 1e-3) == pytest.approx(100.0)
    assert donnan_partition(-1.0, -100.0, 1e-3) == pytest.approx(1e-5)
    # the other sign of gel mirrors it
    assert donnan_partition(3.0, 40.0, 150.0) == pytest.approx(donnan_partition(-3.0, -40.0, 150.0))


@given(st.floats(-200.0, 200.0), st.floats(10.0, 500.0), st.floats(-5.0, 5.0))
def test_potential_and_partition_agree(fixed: float, salt: float, charge: float) -> None:
    volt = donnan_potential(fixed, salt, 310.15)
    boltzmann = math.exp(-charge * 1.602176634e-19 * volt / (1.380649e-23 * 310.15))
    assert donnan_partition(charge, fixed, salt) == pytest.approx(boltzmann)


def test_soak_by_hand() -> None:
    # 10 mg in 10 mL; 2 mL of gel that holds half the concentration of the bath: 1 part of 11
    found = soak(1.0, 10e-6, 2e-6, 0.5)
    assert found.taken_up == pytest.approx(10e-6 / 11.0)
    assert found.share_taken_up == pytest.approx(1.0 / 11.0)
    assert found.bath_concentration_left == pytest.approx(10.0 / 11.0)
    assert found.concentration_in_gel == pytest.approx(5.0 / 11.0)


@given(concentrations, volumes, volumes, partitions, shares)
def test_soaking_keeps_the_drug(start: float, bath: float, gel: float, partition: float, drunk: float) -> None:
    swallowed = drunk * min(bath, gel)
    found = soak(start, bath, gel, partition, swallowed)
    left = found.bath_concentration_left * (bath - swallowed)
    assert found.taken_up + left == pytest.approx(start * bath)
    assert found.share_taken_up == pytest.approx(found.taken_up / (start * bath))
    assert found.concentration_in_gel == pytest.approx(partition * found.bath_concentration_left)


def test_soak_limits() -> None:
    wide = soak(2.0, 1e3, 1e-6, 0.7)  # a bath without end stays as it was
    assert wide.bath_concentration_left == pytest.approx(2.0)
    assert wide.taken_up == pytest.approx(2.0 * 0.7 * 1e-6)
    assert soak(2.0, 1e-6, 1e-6, 0.0).taken_up == 0.0
    assert soak(0.0, 1e-6, 1e-6, 1.0).taken_up == 0.0
    # a dry gel that drinks all of its bath has all of the drug
    assert soak(2.0, 1e-6, 1.1e-6, 0.6, 1e-6).share_taken_up == 1.0
    # one that takes drug in with its water and no more leaves the bath as strong as it was
    drunk = soak(2.0, 5e-6, 1e-6, 0.9, 0.9e-6)
    assert drunk.bath_concentration_left == pytest.approx(2.0)


@given(concentrations, volumes, volumes, partitions, st.floats(0.0, 1e3), concentrations)
def test_sites_keep_the_drug_and_their_law(
    start: float, bath: float, gel: float, partition: float, sites: float, constant: float
) -> None:
    found = soak_with_affinity(start, bath, gel, partition, sites, constant)
    left = float(found.bath_concentration_left)
    assert 0.0 <= left <= start * (1.0 + 1e-12)
    held = found.dissolved_in_gel + found.bound_in_gel
    assert held + left * bath == pytest.approx(start * bath)
    assert found.share_taken_up == pytest.approx(held / (start * bath))
    # law of mass action: free drug times free sites over pairs
    assert left * (1.0 - found.sites_taken) == pytest.approx(
        constant * found.sites_taken, rel=1e-6, abs=1e-9 * constant
    )
    assert 0.0 <= found.sites_taken <= 1.0


def test_affinity_matches_a_numeric_balance() -> None:
    start, bath, gel, partition, sites, constant = 0.05, 3e-6, 1e-6, 0.6, 0.2, 2e-3

    def surplus(left: float) -> float:
        return left * (bath + partition * gel) + gel * sites * left / (constant + left) - start * bath

    found = soak_with_affinity(start, bath, gel, partition, sites, constant)
    assert found.bath_concentration_left == pytest.approx(brentq(surplus, 0.0, start, xtol=1e-15), rel=1e-9)


def test_affinity_limits() -> None:
    plain = soak(1.0, 5e-6, 1e-6, 0.8)
    for sites, constant in ((0.0, 1.0), (10.0, 1e15)):
        found = soak_with_affinity(1.0, 5e-6, 1e-6, 0.8, sites, constant)
        assert found.share_taken_up == pytest.approx(plain.share_taken_up)
        assert found.bound_in_gel == pytest.approx(0.0, abs=1e-18)
    # sites that never let go: the drug is on them, or they are full
    greedy = soak_with_affinity(1.0, 5e-6, 1e-6, 0.8, [20.0, 2.0], 1e-12)
    assert greedy.bound_in_gel == pytest.approx([5e-6, 2e-6])
    assert greedy.sites_taken == pytest.approx([0.25, 1.0])
    assert greedy.bath_concentration_left == pytest.approx([0.0, 3e-6 / 5.8e-6], abs=1e-11)


def test_little_drug_keeps_its_digits() -> None:
    # far below K_d a site holds B/K_d as much as the liquid: K is raised by it
    traced = soak_with_affinity(1e-12, 5e-6, 1e-6, 0.8, 10.0, 1.0)
    assert traced.share_taken_up == pytest.approx(10.8 / 15.8, rel=1e-9)


def test_syneresis_by_hand() -> None:
    # 10 mg/mL of crystals that dissolve to 1 mg/mL, a fifth of the volume lost: 0.2 of 10 mg
    assert kept_at_syneresis(10.0, 1.0, 0.2, 1.0) == pytest.approx(0.98)
    assert kept_at_syneresis(0.5, 1.0, 0.2, 1.0) == pytest.approx(0.8)
    # half the concentration in the gel: 0.5 x 0.8 parts stay, 0.2 go
    assert kept_at_syneresis(0.1, 1.0, 0.2, 0.5) == pytest.approx(2.0 / 3.0)
    assert kept_at_syneresis(1.0, 1.0, 0.0, [0.5, 0.0]).tolist() == [1.0, 1.0]
    assert kept_at_syneresis(1.0, 1e9, 0.3, 0.0) == pytest.approx(0.0, abs=1e-12)


@given(concentrations, concentrations, shares, partitions)
def test_syneresis_loses_no_more_than_there_is(whole: float, solubility: float, lost: float, partition: float) -> None:
    found = kept_at_syneresis(whole, solubility, lost, partition)
    assert -1e-12 <= found <= 1.0
    assert kept_at_syneresis(whole, solubility, min(0.99, lost + 0.05), partition) <= found + 1e-12


@pytest.mark.parametrize("share", [0.02, 0.3, 0.51, 0.53, 0.7, 0.86, 0.88, 0.95, 0.999])
def test_time_puts_the_series_at_the_share(share: float) -> None:
    # Crank's series, 2000 terms
    n = np.arange(2000)
    for shape in ("slab", "sphere"):
        reduced = float(soaking_time(1.0, 1.0, shape, share))
        if shape == "slab":
            odd = 2 * n + 1
            taken = 1.0 - np.sum(8.0 / (odd * np.pi) ** 2 * np.exp(-((odd * np.pi / 2.0) ** 2) * reduced))
        else:
            taken = 1.0 - np.sum(6.0 / ((n + 1) * np.pi) ** 2 * np.exp(-(((n + 1) * np.pi) ** 2) * reduced))
        assert taken == pytest.approx(share, rel=0.0015)


def test_time_scales() -> None:
    assert soaking_time(1e-10, 2e-3, "slab") == pytest.approx(4.0 * soaking_time(1e-10, 1e-3, "slab"))
    assert soaking_time(2e-10, 1e-3, "sphere") == pytest.approx(0.5 * soaking_time(1e-10, 1e-3, "sphere"))
    assert soaking_time(1e-10, 1e-3, "sphere", 0.0) == 0.0
    assert soaking_time(1e-10, 1e-3, "sphere") < soaking_time(1e-10, 1e-3, "slab")


def test_arrays_broadcast() -> None:
    assert ogston_partition(np.full((4, 1), 0.05), [1e-9, 2e-9, 3e-9], 1e-9).shape == (4, 3)
    found = soak(np.full((4, 1), 1.0), [5e-6, 6e-6, 7e-6], 1e-6, 0.9)
    assert found.taken_up.shape == found.share_taken_up.shape == (4, 3)
    assert soak_with_affinity(1.0, 5e-6, 1e-6, 0.9, np.full((4, 1), 1.0), [0.1, 1.0]).bound_in_gel.shape == (4, 2)
    assert kept_at_syneresis(np.full((4, 1), 1.0), 1.0, [0.1, 0.2], 1.0).shape == (4, 2)


@pytest.mark.parametrize("bad", [-0.1, math.nan, math.inf])
def test_impossible_partitions_are_refused(bad: float) -> None:
    for values, name in (
        ((bad, 1e-9, 1e-9), "polymer_volume_fraction"),
        ((0.1, bad, 1e-9), "solute_radius"),
        ((0.1, 1e-9, bad), "fibre_radius"),
    ):
        with pytest.raises(DomainError, match=name):
            ogston_partition(*values)
    with pytest.raises(DomainError, match="partition"):
        partition_to_gel_water(bad, 0.1)
    with pytest.raises(DomainError, match="salt_concentration"):
        donnan_partition(1.0, -100.0, bad)
    with pytest.raises(DomainError, match="temperature"):
        donnan_potential(-100.0, 150.0, bad)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_endless_charges_are_refused(bad: float) -> None:
    with pytest.raises(DomainError, match="net_charge"):
        donnan_partition(bad, -100.0, 150.0)
    with pytest.raises(DomainError, match="network_charge_density"):
        donnan_partition(1.0, bad, 150.0)
    with pytest.raises(DomainError, match="one point"):
        donnan_partition(-4000.0, -100.0, 150.0)
    with pytest.raises(DomainError, match="polymer_volume_fraction = 1"):
        ogston_partition(1.0, 1e-9, 1e-9)


@pytest.mark.parametrize("position", range(5))
@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
def test_impossible_baths_are_refused(position: int, bad: float) -> None:
    values = [1.0, 5e-6, 1e-6, 0.8, 0.0]
    values[position] = bad
    with pytest.raises(DomainError):
        soak(*values)
    with pytest.raises(DomainError):
        soak_with_affinity(*values[:4], 1.0, 1.0, values[4])


def test_a_gel_drinks_no_more_than_there_is() -> None:
    with pytest.raises(DomainError, match="<= bath_volume"):
        soak(1.0, 1e-6, 5e-6, 1.0, 2e-6)
    with pytest.raises(DomainError, match="<= gel_volume"):
        soak(1.0, 5e-6, 1e-6, 1.0, 2e-6)
    with pytest.raises(DomainError, match="nowhere"):
        soak(1.0, 1e-6, 2e-6, 0.0, 1e-6)


@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
def test_impossible_sites_and_losses_are_refused(bad: float) -> None:
    with pytest.raises(DomainError, match="site_concentration"):
        soak_with_affinity(1.0, 5e-6, 1e-6, 0.8, bad, 1.0)
    for constant in (bad, 0.0):
        with pytest.raises(DomainError, match="dissociation_constant"):
            soak_with_affinity(1.0, 5e-6, 1e-6, 0.8, 1.0, constant)
    for position, name in enumerate(("drug_concentration", "solubility", "expelled_share", "partition")):
        values = [1.0, 1.0, 0.1, 1.0]
        values[position] = bad
        with pytest.raises(DomainError, match=name):
            kept_at_syneresis(*values)
    with pytest.raises(DomainError, match="no gel"):
        kept_at_syneresis(1.0, 1.0, 1.0, 1.0)
    with pytest.raises(DomainError, match="diffusivity"):
        soaking_time(bad, 1e-3, "slab")
    with pytest.raises(DomainError, match="size"):
        soaking_time(1e-10, bad, "slab")
    with pytest.raises(DomainError, match="share"):
        soaking_time(1e-10, 1e-3, "slab", bad)
    with pytest.raises(DomainError, match="never comes"):
        soaking_time(1e-10, 1e-3, "sphere", 1.0)
