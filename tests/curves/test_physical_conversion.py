"""Constants of release equations against quantities: the curves of both must be one; round trips; refusals."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.curves import library, physical
from formulate.curves import physical_constants as constants
from formulate.curves import physical_conversion as conversion
from formulate.fitting.fit import fit
from formulate.fitting.results import Points
from formulate.release.membrane import vesicle_rate
from formulate.release.shapes import released_from_cylinder, released_from_slab, released_from_sphere_at
from materials.errors import DomainError

HOUR = 3600.0
HOURS = np.array([0.5, 1.0, 2.0, 4.0, 6.0, 8.0, 12.0, 18.0, 24.0])
quantities = st.floats(1e-3, 1e3)


def test_higuchi_fitted_in_percent_per_root_hour_is_the_slab_of_that_diffusivity() -> None:
    percent = 7.0
    diffusivity = float(conversion.diffusivity_from_higuchi(percent / 100.0 / 60.0, 80.0, 5.0, 2e-4))
    body = {"thickness": 2e-4, "drug_concentration": 80.0, "solubility": 5.0}
    slab = physical.model("higuchi_slab", body, HOUR).curve(HOURS, diffusivity)
    assert slab == pytest.approx(library.model("higuchi").curve(HOURS, percent))


def test_baker_lonsdale_fitted_per_hour_is_the_sphere_of_that_diffusivity() -> None:
    diffusivity = float(conversion.diffusivity_from_baker_lonsdale(0.01 / HOUR, 1e-4, 80.0, 2.0))
    body = {"radius": 1e-4, "drug_concentration": 80.0, "solubility": 2.0}
    sphere = physical.model("baker_lonsdale_sphere", body, HOUR).curve(HOURS, diffusivity)
    assert sphere == pytest.approx(library.model("baker_lonsdale").curve(HOURS, 0.01))


def test_first_order_fitted_per_hour_is_the_membrane_of_that_permeability() -> None:
    permeability = float(conversion.permeability_from_first_order(0.2 / HOUR, 50e-9))
    vesicle = physical.model("membrane_sphere", {"radius": 50e-9}, HOUR).curve(HOURS, permeability)
    assert vesicle == pytest.approx(library.model("first_order").curve(HOURS, 0.2))
    assert vesicle_rate(permeability, 50e-9, 1.0, 0.0) == pytest.approx(0.2 / HOUR)


def test_hixson_crowell_fitted_per_hour_is_the_particle_of_that_layer() -> None:
    velocity = float(conversion.dissolution_velocity_from_hixson_crowell(0.03 / HOUR, 20e-6, 1300.0, 0.5))
    body = {"radius": 20e-6, "density": 1300.0, "solubility": 0.5, "layer_thickness": 30e-6}
    particle = physical.model("dissolution", body, HOUR).curve(HOURS, velocity * 30e-6)
    assert particle == pytest.approx(library.model("hixson_crowell").curve(HOURS, 0.03))


def test_hopfenberg_fitted_per_hour_is_the_surface_of_that_rate() -> None:
    rate = float(conversion.erosion_rate_from_hopfenberg(0.03 / HOUR, 1e-3, 50.0))
    body = {"radius": 1e-3, "drug_concentration": 50.0}
    rod = physical.model("erosion_cylinder", body, HOUR).curve(HOURS, rate)
    assert rod == pytest.approx(library.model("hopfenberg").curve(HOURS, 0.03, 2.0))


@pytest.mark.parametrize(
    ("shape", "released"),
    [
        ("sphere", lambda t: released_from_sphere_at(t, 1e-4, 1e-13)),
        ("cylinder", lambda t: released_from_cylinder(t, 1e-4, 1e-13)),
        ("slab", lambda t: released_from_slab(t, 1e-4, 1e-13, "one")),
    ],
)
def test_early_release_of_each_shape(shape: Any, released: Callable[[float], Any]) -> None:
    time = 1.0  # D t/R^2 = 1e-5: the next term is below 1 % of D
    slope = float(released(time)) / math.sqrt(time)
    assert conversion.diffusivity_from_early_release(slope, 1e-4, shape) == pytest.approx(1e-13, rel=0.01)


@given(quantities, quantities, quantities, st.floats(1.01, 1e3))
def test_there_and_back(constant: float, length: float, soluble: float, excess: float) -> None:
    loaded = soluble * excess
    slab = (loaded, soluble, length)
    assert constants.higuchi_constant(conversion.diffusivity_from_higuchi(constant, *slab), *slab) == pytest.approx(
        constant
    )
    sphere = (length, loaded, soluble)
    assert constants.baker_lonsdale_rate(
        conversion.diffusivity_from_baker_lonsdale(constant, *sphere), *sphere
    ) == pytest.approx(constant)
    velocity = conversion.dissolution_velocity_from_hixson_crowell(constant, length, loaded, soluble)
    assert constants.hixson_crowell_rate(velocity * 2.0, 2.0, length, loaded, soluble) == pytest.approx(constant)
    surface = (length, loaded)
    assert constants.hopfenberg_rate(
        conversion.erosion_rate_from_hopfenberg(constant, *surface), *surface
    ) == pytest.approx(constant)


def test_arrays_broadcast() -> None:
    slopes = np.array([[1e-3], [2e-3]])
    given = conversion.diffusivity_from_higuchi(slopes, np.array([50.0, 80.0]), 1.0, 1e-4)
    assert given.shape == (2, 2)
    assert given[1] / given[0] == pytest.approx([4.0, 4.0])


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
@pytest.mark.parametrize(
    ("kernel", "count"),
    [
        (conversion.diffusivity_from_higuchi, 4),
        (conversion.diffusivity_from_baker_lonsdale, 4),
        (conversion.permeability_from_first_order, 2),
        (conversion.dissolution_velocity_from_hixson_crowell, 4),
        (conversion.erosion_rate_from_hopfenberg, 3),
        (constants.higuchi_constant, 4),
        (constants.baker_lonsdale_rate, 4),
        (constants.hixson_crowell_rate, 5),
        (constants.hopfenberg_rate, 3),
    ],
)
def test_impossible_values_are_refused_wherever_they_stand(bad: float, kernel: Any, count: int) -> None:
    for place in range(count):
        values = [2.0, 3.0, 1.0, 0.5, 1.0][:count]
        values[place] = bad
        with pytest.raises(DomainError, match=f"= {bad:g} .*need > "):
            kernel(*values)
    with pytest.raises(DomainError, match="depth"):
        conversion.diffusivity_from_early_release(1.0, bad, "slab")


def test_dissolved_drug_has_no_front() -> None:
    for kernel in (conversion.diffusivity_from_higuchi, constants.higuchi_constant):
        with pytest.raises(DomainError, match="drug_concentration = 1 kg/m\\*\\*3; need > solubility"):
            kernel(1.0, 1.0, 1.0, 1.0)


@pytest.mark.parametrize("noise", [0.0, 1.0])
@pytest.mark.parametrize(("unit", "seconds"), [("h", HOUR), ("d", 86400.0)])
def test_a_fit_finds_the_diffusivity_in_any_unit_of_time(noise: float, unit: str, seconds: float) -> None:
    true = 3e-17
    body = {"radius": 1e-6}
    released = physical.model("fick_sphere", body, HOUR).curve(HOURS, true)
    released = released + noise * np.array([0.4, -1.0, 0.3, 0.9, -0.5, -0.2, 0.8, -0.6, 0.1])
    count = np.zeros(HOURS.size, dtype=np.int64)

    def found(time: Any, length: float, name: str) -> float:
        points = Points(time, released, np.ones(HOURS.size), count, time_unit=name)
        return fit(points, physical.model("fick_sphere", body, length)).parameters[0].value

    diffusivity = found(HOURS * HOUR / seconds, seconds, unit)
    assert diffusivity == pytest.approx(found(HOURS, HOUR, "h"), rel=1e-7)
    assert diffusivity == pytest.approx(true, rel=1e-6 if noise == 0.0 else 0.1)


def test_a_fit_tells_diffusion_from_the_resistance_of_the_surface() -> None:
    model = physical.model("fick_sphere_membrane", {"radius": 1e-6}, HOUR)
    true = (5e-17, 1.5e-10)
    points = Points(HOURS, model.curve(HOURS, *true), np.ones(HOURS.size), np.zeros(HOURS.size, dtype=np.int64))
    assert fit(points, model).values == pytest.approx(true, rel=1e-4)
