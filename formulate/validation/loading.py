"""How much goes in, proved: isotherms and balances against other solvers, counts and shapes against integrals."""

import math
from decimal import Decimal, localcontext

import numpy as np
from scipy import optimize, stats

from formulate import ionisation, vesicle
from formulate.loading import (
    adsorption,
    adsorption_sites,
    definitions,
    gradients,
    lipids,
    micelle_balance,
    miscibility,
    particles,
    partition,
    shapes,
    soaking,
    vesicle_occupancy,
)
from formulate.validation.case import Cases, Pair
from formulate.validation.other_ways import Array, area, root
from formulate.validation.worked import worked

cases = Cases("loading")
cases.add(*worked("loading"))


@cases.proves("exact", relative=1e-12, origin="the quadratic formula in 700 decimal digits")
def langmuir_balance() -> Pair:
    """Uptake by a Langmuir isotherm from a closed bath, binding from nothing to all"""
    expected, got = [], []
    for affinity in (1e-14, 1e-6, 1.0, 1e6, 1e14):
        for sites in (0.3, 1.0, 2.0):
            with localcontext() as context:
                context.prec = 700
                k, most = Decimal(affinity), Decimal(sites)
                slope = 1 + k * (most - 1)
                free = ((slope * slope + 4 * k).sqrt() - slope) / (2 * k)
                expected.append(float(most * k * free / (1 + k * free)))
            got.append(float(adsorption.adsorb_langmuir(1.0, 1.0, 1.0, sites, affinity).uptake))
    return expected, got


@cases.proves("exact", relative=1e-12, unit="kg/m**3", origin="0.75 taken by 1 g/L of sites leaves 0.75, by hand")
def langmuir_by_hand() -> Pair:
    """Drug left of 1.5 g/L beside 2 g/L of adsorbent, capacity 0.5 g/g, affinity 4 L/g"""
    return 0.75, adsorption.adsorb_langmuir(1.5, 1e-3, 2e-3, 0.5, 4.0).free_concentration


@cases.proves("limit", absolute=1e-9, origin="one drug alone; sites for none; sites for all")
def langmuir_limits() -> Pair:
    """Share adsorbed without affinity, with few and with many tight sites"""
    shares = [
        adsorption.adsorb_langmuir(1.0, 1.0, 1.0, capacity, affinity).encapsulation_efficiency
        for capacity, affinity in ((0.5, 0.0), (0.5, 1e15), (5.0, 1e15))
    ]
    return [0.0, 0.5, 1.0], [float(share) for share in shares]


@cases.proves("other method", relative=1e-10, unit="kg/m**3", origin="bracketing root finder, in mg/L and mg/g")
def freundlich_balance() -> Pair:
    """Drug left of 100 mg/L beside 0.5 g/L of carbon, 12 (mg/g)(L/mg)^(1/2.5)"""
    free = root(lambda x: x + 0.5 * 12.0 * x ** (1 / 2.5) - 100.0, 0.0, 100.0)
    return free * 1e-3, adsorption.adsorb_freundlich(0.1, 1e-3, 0.5e-3, 12e-3, 1 / 2.5).free_concentration


@cases.proves("other method", relative=1e-9, unit="mol/m**3", origin="a solver of both balances at once")
def two_drugs_on_the_same_sites() -> Pair:
    """Free concentrations of two drugs that compete for Langmuir sites"""
    strengths, added, sites = np.array([5.0, 0.8]), np.array([1.0, 2.5]), 1.7

    def missing(free: Array) -> Array:
        return np.asarray(free + sites * strengths * free / (1 + strengths @ free) - added)

    free = optimize.fsolve(missing, added / 2, xtol=1e-13)
    pair = adsorption_sites.adsorb_two(1.0, 2.5, 1.0, 1.0, sites, 5.0, 0.8)
    return free, [float(pair.first_free), float(pair.second_free)]


@cases.proves("conservation", absolute=1e-9, unit="mol/m**3", source="donnan1911", origin="no net charge in the gel")
def charged_gel_is_neutral() -> Pair:
    """Cations minus anions plus fixed charge in a gel, for charges of both signs"""
    fixed, salt = np.array([-400.0, -30.0, -1e-3, 80.0, 600.0]), 150.0
    cations = salt * partition.donnan_partition(1.0, fixed, salt)
    anions = salt * partition.donnan_partition(-1.0, fixed, salt)
    return np.zeros(5), cations - anions + fixed


@cases.proves("other method", relative=1e-9, source="donnan1911", origin="Boltzmann's factor of the potential")
def charge_gathers_as_boltzmann_says() -> Pair:
    """Partition of charges from -4 to 4 against the Donnan potential of the same gel"""
    charge, temperature = np.arange(-4.0, 5.0), 310.15
    volt = float(partition.donnan_potential(-120.0, 150.0, temperature))
    expected = np.exp(-charge * 1.602176634e-19 * volt / (1.380649e-23 * temperature))
    return expected, partition.donnan_partition(charge, -120.0, 150.0)


@cases.proves("conservation", relative=1e-12, unit="kg", origin="drug put into the bath")
def soaking_keeps_the_drug() -> Pair:
    """Drug in a gel and in the bath that it drinks from, for many partitions"""
    keeps = np.geomspace(1e-4, 1e3, 20)
    found = soaking.soak(2.0, 5e-6, 2e-6, keeps, 0.5e-6)
    return np.full(20, 2.0 * 5e-6), found.taken_up + found.bath_concentration_left * (5e-6 - 0.5e-6)


@cases.proves("conservation", relative=1e-9, origin="all drug is dissolved, in cores, or precipitated")
def micelles_keep_the_drug() -> Pair:
    """Shares of drug beside micelles, from below the critical concentration to saturation"""
    copolymer = np.geomspace(1e-3, 50.0, 30)
    load = micelle_balance.load_micelles(2.0, copolymer, 0.05, 500.0, 0.3, 0.6, 1100.0)
    return np.ones(30), load.encapsulation_efficiency + load.dissolved_share + load.precipitated_share


@cases.proves("other method", relative=1e-9, origin="bracketing root finder on the balance of one litre")
def micelles_hold_what_a_solver_finds() -> Pair:
    """Share of drug in micelles of 8 g/L copolymer, K = 300"""
    cores = 7.5 * 0.6 / 1100.0
    free = root(lambda x: x * (1 - cores) + 300.0 * x * cores - 2.0, 0.0, 10.0)
    load = micelle_balance.load_micelles(2.0, 8.0, 0.5, 300.0, 100.0, 0.6, 1100.0)
    return 300.0 * free * cores / 2.0, load.encapsulation_efficiency


@cases.proves("conservation", relative=1e-12, unit="kg", origin="drug added to the batch")
def batch_keeps_its_drug() -> Pair:
    """Drug entrapped and lost, of batches described by either convention"""
    expected, got = [], []
    for convention, efficiency, loading in (("A", 0.6, 0.12), ("B", 0.6, 0.12), ("A", 0.95, 0.3), ("B", 0.3, 0.02)):
        found = definitions.mass_balance(2e-6, loading, efficiency, convention)  # type: ignore[arg-type]
        expected.append(float(found.drug_added))
        got.append(float(found.drug_entrapped) + float(found.drug_lost))
    return expected, got


@cases.proves("exact", relative=1e-12, origin="1/3 of drug over drug and carrier; 1/2 of the theoretical 1/2; by hand")
def half_of_equal_masses() -> Pair:
    """Drug loading of equal masses, half of the drug entrapped, by both conventions"""
    return [1 / 3, 1 / 4], [float(definitions.drug_loading(0.5, 1.0, kind)) for kind in ("A", "B")]


@cases.proves("other method", relative=1e-6, origin="integral over both leaflets' spheres, layer by layer")
def lipids_of_two_leaflets() -> Pair:
    """Lipids of vesicles of 30 to 400 nm, from the areas of their two surfaces"""
    sizes, thickness, of_lipid = np.array([30e-9, 80e-9, 120e-9, 400e-9]), 4.5e-9, 0.65e-18
    # the surface of a sphere from slices of its outline, not from 4 pi r^2
    surface = np.vectorize(lambda r: area(lambda angle: 2.0 * math.pi * r * math.sin(angle) * r, 0.0, math.pi))
    expected = (surface(sizes / 2) + surface(sizes / 2 - thickness)) / of_lipid
    return expected, vesicle.lipids_per_vesicle(sizes, thickness, of_lipid)


@cases.proves("limit", relative=1e-6, origin="a vesicle of one bilayer")
def multilamellar_vesicle_of_one_bilayer() -> Pair:
    """Lipids of a multilamellar vesicle that has one bilayer"""
    one = lipids.multilamellar_vesicle(200e-9, 5e-9, 0.7e-18, 1, 3e-9)
    return vesicle.lipids_per_vesicle(200e-9, 5e-9, 0.7e-18), one.lipids


@cases.proves("other method", relative=1e-8, origin="integral over the log-normal distribution")
def particles_of_a_broad_powder() -> Pair:
    """Particles per mass of log-normal powders, coefficients of variation 0.1 to 0.8"""
    expected, got = [], []
    for variation in (0.1, 0.3, 0.8):
        width = math.sqrt(math.log1p(variation**2))
        median = 10e-6 / math.sqrt(1 + variation**2)

        def cube(score: float, width: float = width, median: float = median) -> float:
            return float((median * math.exp(width * score)) ** 3 * stats.norm.pdf(score))

        volume = math.pi / 6 * area(cube, -12.0, 16.0, epsabs=0.0, epsrel=1e-11, limit=400)
        expected.append(1.0 / (1300.0 * volume))
        got.append(float(particles.particles_per_mass(10e-6, 1300.0, variation)))
    return expected, got


@cases.proves("other method", relative=1e-6, origin="Perrin's integral over the potential of an ellipsoid")
def friction_of_spheroids() -> Pair:
    """Friction of spheroids over that of spheres of their volume, axial ratios 0.05 to 20"""

    def friction(ratio: float) -> float:
        polar, equatorial = math.pow(ratio, 2 / 3), math.pow(ratio, -1 / 3)

        def mapped(t: float) -> float:  # s = t/(1 - t) lays the half line on 0..1
            s = t / (1.0 - t)
            return 1.0 / ((1.0 - t) ** 2 * math.sqrt(polar**2 + s) * (equatorial**2 + s))

        return 2.0 / area(mapped, 0.0, 1.0, epsabs=1e-12, epsrel=1e-10, limit=500)

    ratios = np.array([0.05, 0.3, 0.9, 1.002, 3.0, 20.0])
    return [friction(ratio) for ratio in ratios], shapes.perrin_factor(ratios)


@cases.proves("other method", relative=1e-7, unit="m**2", origin="surface of revolution of an ellipse, by its angle")
def surface_of_spheroids() -> Pair:
    """Surface of spheroids, axial ratios 0.05 to 20"""

    def surface(ratio: float) -> float:
        a, b = ratio / 2, 0.5

        def ring(angle: float) -> float:
            along = math.hypot(a * math.sin(angle), b * math.cos(angle))
            return 2.0 * math.pi * b * math.sin(angle) * along

        return area(ring, 0.0, math.pi)

    ratios = np.array([0.05, 0.3, 0.9, 1.1, 3.0, 20.0])
    return [surface(ratio) for ratio in ratios], shapes.spheroid_surface(ratios, 1.0)


@cases.proves("other method", relative=1e-9, origin="Poisson distribution of scipy")
def copies_in_vesicles() -> Pair:
    """Share of vesicles with at least so many copies, means 0.01 to 30"""
    copies, means = np.array([1, 2, 4, 10, 25]), np.array([0.01, 0.1, 1.0, 8.0, 30.0])
    got = [float(vesicle_occupancy.share_with_at_least(int(n), mean)) for n, mean in zip(copies, means, strict=True)]
    return stats.poisson.sf(copies - 1, means), got


@cases.proves("exact", relative=1e-9, source="avdeef2003", origin="products of stepwise constants, lowest pKa first")
def uncharged_share_by_mass_action() -> Pair:
    """Uncharged share of a drug with two bases and one acid, pH 1 to 13"""
    ph = np.linspace(1.0, 13.0, 25)
    constants = [10.0**-pka for pka in sorted((8.62, 4.1, 6.16))]
    hydrogen = 10.0**-ph
    forms = np.array([hydrogen ** (3 - k) * math.prod(constants[:k]) for k in range(4)])
    # the uncharged form keeps the proton of its one acid and has none on its bases
    return forms[2] / forms.sum(axis=0), ionisation.uncharged_fraction(ph, [8.62, 4.1], [6.16])


def _remote_by_hand(pka: float, ph_outside: float, sulfate: float, inner: float, drug: float) -> float:
    """Share of a base loaded by ammonium sulfate that does not precipitate, from the charge inside; in mol/L."""
    outside, acid, ammonium = math.pow(10.0, -ph_outside), math.pow(10.0, -pka), math.pow(10.0, -9.25)

    def neutral(hydrogen: float) -> float:
        return drug / (inner * (1 + hydrogen / acid) + (1 - inner) * (1 + outside / acid))

    def charge(ph: float) -> float:
        hydrogen = math.pow(10.0, -ph)
        ammonia = 2 * sulfate * inner / (inner * (1 + hydrogen / ammonium) + (1 - inner) * (1 + outside / ammonium))
        positive = ammonia * hydrogen / ammonium + neutral(hydrogen) * hydrogen / acid + hydrogen
        return positive - 1e-14 / hydrogen - sulfate * (2 - hydrogen / (hydrogen + math.pow(10.0, -1.99)))

    hydrogen = math.pow(10.0, -root(charge, 0.0, 14.0))
    return 1 - (1 - inner) * neutral(hydrogen) * (1 + outside / acid) / drug


@cases.proves("other method", absolute=1e-4, origin="charge balance inside, solved for its pH by bracketing")
def remote_loading() -> Pair:
    """Efficiency of an ammonium sulfate gradient, 1 to 19 mmol/L of a base of pKa 8.2"""
    drug = np.array([1.0, 3.45, 10.0, 19.0])
    got = [float(gradients.ammonium_sulfate_loading(8.2, 7.4, 250.0, 0.04, c).encapsulation_efficiency) for c in drug]
    return [_remote_by_hand(8.2, 7.4, 0.25, 0.04, c / 1e3) for c in drug], got


@cases.proves("other method", relative=1e-4, source="flory1953", origin="where the curvature of the free energy is 0")
def edge_of_mixing() -> Pair:
    """Drug fraction at which a mixture with a polymer of 200 segments falls apart, chi 1 to 3"""
    segments, chi = 200.0, np.array([1.0, 1.5, 3.0])

    def curvature(drug: float, x: float) -> float:
        return 1 / drug + 1 / (segments * (1 - drug)) - 2 * x

    flattest = 1 / (1 + segments**-0.5)  # the drug-lean edge lies below it
    expected = [root(curvature, 1e-9, flattest, (x,)) for x in chi]
    return expected, miscibility.spinodal_drug_fraction(chi, segments)
