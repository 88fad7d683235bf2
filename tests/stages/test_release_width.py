"""Carriers of unlike size and with a coat, in whole formulations: samples of sizes, limits, refusals."""

import numpy as np
import pytest
from scipy.stats import norm

from formulate.case import prepare
from formulate.formulation import Formulation
from formulate.loading.stage import load
from formulate.release.stage import release
from formulate.results import Release
from formulate.sampling import TypicalDraw
from materials.errors import DomainError, MissingValueError

# as physics has it, so that size matters most: one D whatever the diameter, no growth, no erosion, no burst
PLAIN = {
    "diffusion_diameter_exponent": "0",
    "diffusion_growth_exponent": "0.001",
    "diffusion_share": "100 percent",
    "burst_fraction": "0 percent",
    "between_study_time_factor": "1",
}
LAYER = {"id": "inner", "holds": ["triamcinolone-acetonide"], "release_from": "mechanism"}
LEAKING = {"membrane_partition_log10": "2", "bilayer_permeability": "1e-12 m/s"}


def released(carrier: str = "plga-microsphere", drug: dict[str, str] | None = None, **layer: object) -> Release:
    case = prepare(
        Formulation(
            schema_version=1,
            payload=[{"id": "triamcinolone-acetonide", "dose": "0.1 mg", "set": drug or {}}],
            layer=[{**LAYER, "carrier": carrier, "set": layer}],
            regimen={"site": "knee", "volume": "5 mL"},
            calculation={"draws": 64, "horizon": "60 d"},
        ),
        TypicalDraw(),
    )
    return release(case, load(case))


def micrometres(size: float, basis: str = "volume-median") -> dict[str, str]:
    return {"typical": f"{size:.9g} um", "basis": basis}


def sample(width: float, many: int = 60) -> np.ndarray:
    """Give sizes that share the mass of a log-normal sample of median 1 by mass evenly."""
    return np.exp(width * norm.ppf((np.arange(many) + 0.5) / many))


@pytest.mark.parametrize("width", [0.2, 0.45])
def test_a_span_is_a_mixture_of_its_sizes(width):
    sizes = 30.0 * sample(width)
    mixed = np.mean([released(**PLAIN, diameter=micrometres(size)).free for size in sizes], axis=0)
    span = np.diff(np.exp(width * norm.ppf([0.1, 0.9])))[0]
    found = released(**PLAIN, diameter=micrometres(30.0), size_span=f"{span:.9g}").free
    assert found == pytest.approx(mixed, abs=4e-3)
    assert abs(found - released(**PLAIN, diameter=micrometres(30.0)).free).max() > 4 * abs(found - mixed).max()


@pytest.mark.parametrize(
    ("basis", "weight", "power"),
    [("number", 0, 1), ("volume", 3, 1), ("sauter", 2, 1), ("intensity-mean", 6, 1), ("number-median", 0, 0)],
)
def test_each_basis_of_a_diameter_means_the_same_sample(basis, weight, power):
    # a sample of count median 20 um and width 0.25, its means taken over many particles
    width = 0.25
    counted = 20.0 * sample(width, 200_000)
    mean = (counted ** (weight + power)).mean() / (counted**weight).mean() if power else np.median(counted)
    span = f"{2 * np.sinh(norm.ppf(0.9) * width):.9g}"
    by_mass = np.sort(counted)[np.searchsorted(np.cumsum(np.sort(counted) ** 3) / (counted**3).sum(), 0.5)]
    found, known = (
        released(**PLAIN, diameter=micrometres(*size), size_span=span).free
        for size in ((mean, basis), (by_mass, "volume-median"))
    )
    assert found == pytest.approx(known, abs=3e-3)


def test_a_polydispersity_index_is_the_squared_variation_of_the_sizes():
    width = 0.3
    counted = sample(width, 200_000)
    index, span = (counted.std() / counted.mean()) ** 2, np.diff(np.exp(width * norm.ppf([0.1, 0.9])))[0]
    both = ({"polydispersity_index": f"{index:.9g}"}, {"size_span": f"{span:.9g}"})
    one, other = (released(**PLAIN, diameter=micrometres(30.0), **given).free for given in both)
    assert one == pytest.approx(other, abs=1e-4)


@pytest.mark.parametrize("carrier", ["plga-microsphere", "liposome"])
def test_hardly_any_width_is_one_size(carrier):
    found = released(carrier, LEAKING, size_span="0.0001", diameter={"typical": "200 nm", "basis": "volume-median"})
    one = released(carrier, LEAKING, diameter={"typical": "200 nm", "basis": "volume-median"})
    assert found.free == pytest.approx(one.free, abs=1e-6)


def test_vesicles_of_unlike_size_leak_as_a_mixture():
    width = 0.35
    mixed = np.mean(
        [released("liposome", LEAKING, diameter=micrometres(0.15 * size)).free for size in sample(width)], axis=0
    )
    span = f"{2 * np.sinh(norm.ppf(0.9) * width):.9g}"
    found = released("liposome", LEAKING, diameter=micrometres(0.15), size_span=span).free
    assert found[0, -1] > 0.05
    assert found == pytest.approx(mixed, abs=4e-3)


def test_a_width_beyond_any_is_refused():
    with pytest.raises(DomainError, match=r"size_span = 30; need at most 5\.7"):
        released(size_span="30")


def test_a_coat_that_lets_through_is_none_and_a_tight_one_holds():
    bare = released(**PLAIN).free
    coats = [
        released(**PLAIN, shell_thickness="1 um", shell_diffusion_coefficient=f"{value} m^2/s").free
        for value in ("1e-10", "1e-16", "1e-18", "1e-20")
    ]
    assert coats[0] == pytest.approx(bare, abs=1e-4)
    assert all((thick <= thin + 1e-9).all() for thin, thick in zip([bare, *coats], coats, strict=False))
    assert coats[-1][0, -1] < 0.3 * bare[0, -1]


def test_behind_a_tight_coat_release_is_of_the_first_order():
    # all resistance in the coat: area times D/thickness over volume, 3 D_s/(R thickness), the coat far thinner than R
    layer = {**PLAIN, "diameter": micrometres(40.0), "shell_thickness": "10 nm"}
    found = released(**layer, shell_diffusion_coefficient="1e-22 m^2/s")
    rate = 3 * 1e-22 / (20e-6 * 10e-9)
    assert found.free[0, -1] > 0.003
    assert found.free[0] == pytest.approx(1 - np.exp(-rate * found.time), rel=0.02, abs=1e-6)


def test_a_coat_without_a_thickness_is_refused():
    with pytest.raises(MissingValueError, match="shell_thickness"):
        released(shell_diffusion_coefficient="1e-18 m^2/s")
