"""Crystals of unlike size at a site: against sizes followed one by one, through the kernels and the pipeline."""

import numpy as np
import pytest

import formulate
from formulate.case import prepare
from formulate.crystal_sizes import CrystalSizes, crystal_sizes
from formulate.pipeline import predict
from formulate.retention.dissolving import Crystals, dissolved
from formulate.sampling import TypicalDraw
from materials.errors import DomainError

LAYER = 30e-6


def test_of_one_size_the_rate_is_that_of_noyes_and_whitney() -> None:
    # 3 m/(r h), the layer as thick as the radius up to its thickest
    small, large = CrystalSizes(np.array([1e-6])), CrystalSizes(np.array([1e-4]), thickest_layer=LAYER)
    left = np.array([0.125])
    assert small.rate(left)[0] == pytest.approx(3 * 0.125 / 0.5e-6**2)
    assert large.rate(left)[0] == pytest.approx(3 * 0.125 / (0.5e-4 * LAYER))


def test_a_narrow_distribution_is_one_size() -> None:
    left = np.array([0.9, 0.5, 0.1, 0.05])
    many = CrystalSizes(np.full(4, 2e-6), np.full(4, 1.02))
    np.testing.assert_allclose(many.rate(left), CrystalSizes(np.full(4, 2e-6)).rate(left), rtol=0.05)


@pytest.mark.parametrize("layer", [LAYER, np.inf])
@pytest.mark.parametrize("sigma", [1.3, 3.0])
def test_sizes_followed_one_by_one_dissolve_alike(sigma: float, layer: float) -> None:
    median, steps = 2e-5, 500
    scores = np.linspace(-6, 6, 401)
    weights = np.exp(-0.5 * scores**2)
    weights /= weights.sum()
    start = median * sigma**scores
    ends = 0.5 * median**2 * np.geomspace(1e-4, 30.0, 12)
    one_by_one, together = [], []
    sizes = CrystalSizes(np.array([median]), np.array([sigma]), layer)
    radius, left, now = start.copy(), np.array([1.0]), 0.0
    for end in ends:
        step = (end - now) / steps
        for _ in range(steps):
            # radius**2 falls straight while the layer is as thick as the radius, the radius while it is not
            thin = np.sqrt(np.maximum(radius**2 - 2 * step, 0.0))
            radius = np.where(radius <= layer, thin, radius - step / min(layer, 1.0))
            middle = np.maximum(left - 0.5 * step * sizes.rate(left), 0.0)
            left = np.maximum(left - step * sizes.rate(middle), 0.0)
        now = end
        one_by_one.append(float(weights @ (radius / start) ** 3))
        together.append(float(left[0]))
    np.testing.assert_allclose(together, one_by_one, atol=6e-3)


def test_in_a_sink_a_site_dissolves_what_the_kernel_does() -> None:
    from formulate.dissolution import dissolved_into_sink

    time = np.concatenate([[0.0], np.geomspace(1.0, 3e5, 1500)])
    sizes = CrystalSizes(np.array([5e-6]), np.array([2.0]))
    crystals = Crystals(sizes, *(np.array([value]) for value in (1300.0, 0.1, 5e-10)))
    arrived = np.full((1, len(time)), 1e-9)
    gone = dissolved(time, arrived, np.zeros_like(arrived), np.array([1.0]), np.array([1.0]), crystals) / 1e-9
    expected = dissolved_into_sink(time, 5e-6, 5e-10, 0.1, 1300.0, 2.0, 1.0)
    np.testing.assert_allclose(gone[0], expected, atol=0.01)


def suspension(**crystals: str) -> np.ndarray:
    found = predict(
        formulate.new_formulation(
            payload=[{"id": "triamcinolone-acetonide", "dose": "40 mg", "set": crystals}],
            layer=[{"id": "s", "carrier": "free-drug-suspension", "holds": ["triamcinolone-acetonide"]}],
            regimen={"site": "knee", "state": "osteoarthritis", "volume": "1 mL"},
            target={"duration": "14 d"},
            calculation={"draws": 32},
        )
    )
    return np.median(found.exposure.left, axis=0)


def test_a_wide_suspension_starts_faster_and_lasts_longer_in_a_knee() -> None:
    one, narrow, wide = suspension(), suspension(crystal_size_span="0.05"), suspension(crystal_size_span="3")
    np.testing.assert_allclose(narrow, one, atol=5e-3)
    assert (wide < one - 0.02).any()
    late = one < 0.05
    assert (wide[late] > one[late]).any()


def test_a_span_wider_than_any_is_refused() -> None:
    with pytest.raises(DomainError, match="crystal_size_span"):
        suspension(crystal_size_span="90")


@pytest.mark.parametrize("span", [{}, {"crystal_size_span": "1.5"}], ids=["one size", "many"])
def test_a_knee_where_solid_drug_arrives_in_some_of_the_draws(span: dict[str, str]) -> None:
    wide = {"typical": "0.2 mg/mL", "low": "0.02 mg/mL", "high": "5 mg/mL"}  # around the dose in the gel
    found = predict(
        formulate.new_formulation(
            payload=[
                {"id": "triamcinolone-acetonide", "dose": "1 mg", "set": {"aqueous_solubility": wide, **span}},
            ],
            layer=[{"id": "gel", "carrier": "collagen-gel", "holds": ["triamcinolone-acetonide"]}],
            regimen={"site": "knee", "volume": "5 mL"},
            target={"duration": "14 d"},
            calculation={"draws": 32},
        )
    )
    arrives = found.release.solid.max(axis=1) > 0
    assert arrives.any()
    assert not arrives.all()
    course = found.exposure
    everywhere = course.left + course.in_plasma + course.eliminated + course.drained
    np.testing.assert_allclose(everywhere, 1.0, atol=1e-6)


def test_a_stirred_fluid_keeps_a_thin_layer_around_large_crystals() -> None:
    payload = prepare(
        formulate.new_formulation(
            payload=[{"id": "triamcinolone-acetonide", "set": {"crystal_diameter": "400 um"}}],
            layer=[{"id": "s", "carrier": "free-drug-suspension", "holds": ["triamcinolone-acetonide"]}],
            regimen={"site": "knee"},
        ),
        TypicalDraw(),
    ).payload
    whole = np.ones(1)
    stirred, still = (crystal_sizes(payload, "a test", stirred=stirred).rate(whole)[0] for stirred in (True, False))
    assert stirred == pytest.approx(3.0 / (200e-6 * 30e-6))
    assert still == pytest.approx(3.0 / 200e-6**2)
