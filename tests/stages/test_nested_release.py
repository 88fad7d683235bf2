"""Carriers in a gel, through the stage: the populations against an independent solve of the depot, shell by shell."""

import numpy as np
import pytest
from scipy.linalg import solve_banded

from formulate.case import Case, prepare
from formulate.composition import volume_fraction
from formulate.formulation import Formulation, build
from formulate.loading.stage import load
from formulate.network import mesh_size_from_modulus
from formulate.release.gel import diffusivity_in_gel
from formulate.release.stage import release
from formulate.results import Release
from formulate.sampling import TypicalDraw

DAY = 86400.0
SHELLS, SUBSTEPS = 150, 8
# drug that crosses the gel as slowly as its carriers release it, so that all populations are there at once
SLOW = {
    "diffusion_coefficient_water": "2e-11 m^2/s",
    "stokes_radius": "0.4 nm",
    "bilayer_permeability": "3e-11 cm/s",  # out of vesicles within weeks
}
GEL = {
    "gel_degradation_half_life": "15 d",
    "polymer_mass_fraction": "2 percent_w_w",
    "polymer_density": "1.6 g/cm^3",
    "storage_modulus": "2000 Pa",
}


def nested(carrier: str, **own: str) -> tuple[Case, Release]:
    payload = "dexamethasone"
    content = {
        "schema_version": 1,
        "payload": [{"id": payload, "dose": "0.05 mg", "set": SLOW}],
        "layer": [
            {"id": "inner", "carrier": carrier, "holds": [payload], "set": own},
            {"id": "gel", "carrier": "hyaluronic-acid-hydrogel", "holds": ["inner"], "set": GEL},
        ],
        "regimen": {"site": "knee", "volume": "1 mL"},
        "calculation": {"horizon": "90 d"},
    }
    case = prepare(build(Formulation, content, "test"), TypicalDraw())
    return case, release(case, load(case))


def crossing_drug(case: Case, freed: np.ndarray) -> np.ndarray:
    """Give the free drug in a sphere of gel, into which `freed` comes evenly at each step: implicit, shell by shell."""
    modulus, by_mass, density = (
        case.depot.typical(name, "test") for name in ("storage_modulus", "polymer_mass_fraction", "polymer_density")
    )
    polymer = volume_fraction(by_mass, density, 1000.0)
    mesh = mesh_size_from_modulus(modulus, 310.15, "sphere")
    diffusivity = float(diffusivity_in_gel(2e-11, 0.4e-9, mesh, polymer))
    radius = (3 * case.volume / (4 * np.pi)) ** (1 / 3)
    edges = radius * np.linspace(0.0, 1.0, SHELLS + 1)
    volumes = 4 / 3 * np.pi * np.diff(edges**3)
    width = radius / SHELLS
    areas = 4 * np.pi * edges[1:] ** 2 * diffusivity / width
    areas[-1] *= 2.0  # half a shell to the surface, where there is none
    amount, left = np.zeros(SHELLS), [0.0]
    for length, came in zip(np.diff(case.time), freed, strict=True):
        step = length / SUBSTEPS
        out, back = step * areas / volumes, step * np.concatenate([[0.0], areas[:-1]]) / volumes
        bands = np.zeros((3, SHELLS))
        bands[1] = 1.0 + out + back
        bands[2, :-1] = -step * areas[:-1] / volumes[:-1]
        bands[0, 1:] = -step * areas[:-1] / volumes[1:]
        for _ in range(SUBSTEPS):
            amount = solve_banded((1, 1), bands, amount + came / SUBSTEPS * volumes / volumes.sum())
        left.append(float(amount.sum()))
    return np.array(left)


CARRIERS = {
    "plga-microsphere": {"diameter": "30 um"},
    "liposome": {"diameter": "150 nm"},
}


@pytest.mark.parametrize("carrier", CARRIERS)
def test_the_populations_of_carriers_in_a_gel(carrier):
    case, found = nested(carrier, **CARRIERS[carrier])
    released, out = 1.0 - found.unreleased[0], found.carriers_out[0]
    freed_inside = np.diff(released) * (1.0 - (out[1:] + out[:-1]) / 2)
    # what is out at time 0, the burst, is free in the gel at that moment
    at_once = released[0] * (1.0 - out[0])
    crossing = crossing_drug(case, np.concatenate([[freed_inside[0] + at_once], freed_inside[1:]]))
    crossing[0] = at_once
    in_depot_carrier, in_free_carrier = (1.0 - out) * (1.0 - released), out * (1.0 - released)
    later = case.time > 600.0
    assert found.in_free_carrier[0] == pytest.approx(in_free_carrier, abs=1e-9)
    assert found.in_depot_carrier[0, later] == pytest.approx((in_depot_carrier + crossing)[later], abs=0.01)
    assert found.free[0, later] == pytest.approx((released - crossing)[later], abs=0.01)
    # the part of it that came across the gel is what was set free in it and is no longer there
    across = np.concatenate([[0.0], np.cumsum(freed_inside)]) + at_once - crossing
    assert found.free_from_depot[0, later] == pytest.approx(across[later], abs=0.01)
    # all of it is there at once, or nothing is tested
    assert crossing.max() > 0.03
    assert in_free_carrier.max() > 0.03
    assert found.free_from_depot[0, -1] > 0.03


@pytest.mark.parametrize("carrier", CARRIERS)
def test_carriers_wider_than_the_mesh_go_with_the_gel(carrier):
    case, found = nested(carrier, **CARRIERS[carrier])
    half = np.interp(15 * DAY, case.time, found.carriers_out[0])
    assert half == pytest.approx(0.5, abs=0.02)
    whole = found.in_depot_carrier + found.in_free_carrier + found.solid + found.free
    assert whole == pytest.approx(np.ones_like(whole), abs=1e-9)
