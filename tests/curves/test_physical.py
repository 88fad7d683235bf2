"""The physical laws: Crank's numbers, independent solutions of their equations, limits, units, refusals."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.integrate import quad, solve_ivp

from formulate.curves import physical
from formulate.curves.model import Model
from formulate.curves.physical import PHYSICAL
from formulate.release.degradation import polyester_released
from materials.errors import DomainError, MissingValueError, UnknownIdError

DAY = 86400.0
BODY = {
    "radius": 1e-6,
    "thickness": 2e-6,
    "length": 3e-6,
    "drug_concentration": 50.0,
    "solubility": 12.0,
    "area_per_volume": 3e6,
    "density": 1200.0,
    "layer_thickness": 2e-6,
    "growth_exponent": 4.6,
    "initial_molar_mass": 40.0,
    "critical_molar_mass": 12.0,
    "erosion_shape": 1.5,
    "burst_rate": 5.0 / DAY,
}
TIME = np.array([0.0, 0.01, 0.1, 0.3, 0.5, 1.0, 2.0, 5.0])
every = pytest.mark.parametrize("id", PHYSICAL)


def _constants(id: str) -> dict[str, float]:
    return {constant.name: BODY[constant.name] for constant in PHYSICAL[id].constants if constant.default is None}


def _model(id: str, seconds: float = 3600.0, **other: float) -> Model:
    return physical.model(id, _constants(id) | other, seconds)


def _values(model: Model, share: float) -> list[float]:
    """Give parameters within the range of their starts, for readings up to one unit of time."""
    rows = model.starts(np.array([1.0]), np.array([50.0])) if model.starts is not None else model.candidates
    values = []
    for place, parameter in enumerate(model.parameters):
        grid = parameter.grid if rows is None else rows[:, place]
        low, high = (min(grid), max(grid)) if len(grid) and not np.isnan(min(grid)) else (20.0, 80.0)
        log = parameter.coordinate == "log"
        values.append(low * (high / low) ** share if log else low + (high - low) * share)
    return values


@every
@settings(max_examples=6, deadline=None)
@given(share=st.floats(0.0, 1.0))
def test_slopes_are_differences_of_the_curve(id: str, share: float) -> None:
    model = _model(id)
    values = _values(model, share)
    slopes = model.gradient(TIME, *values)
    assert np.isfinite(slopes).all()
    for place, value in enumerate(values):
        ends = [[*values[:place], value * (1.0 + sign * 2e-6), *values[place + 1 :]] for sign in (1, -1)]
        difference = (model.curve(TIME, *ends[0]) - model.curve(TIME, *ends[1])) / 4e-6
        # percent per e-fold; short form and series of the sphere differ by 5e-7 percent at their switch
        assert value * slopes[place] == pytest.approx(difference, abs=0.2 if place and "burst" in id else 2e-3)


@every
@settings(max_examples=6, deadline=None)
@given(share=st.floats(0.0, 1.0))
def test_release_never_falls_and_stays_within_its_ends(id: str, share: float) -> None:
    model = _model(id)
    values = dict(zip(model.names, _values(model, share), strict=True))
    curve = model.curve(np.geomspace(1e-6, 1e9, 200), *values.values())
    end = values.get("Fmax", 100.0)
    assert np.all(np.diff(curve) >= -1e-6)
    assert curve[-1] == pytest.approx(end, abs=1e-6)
    at_once = values["FB"] if PHYSICAL[id].name.endswith("after a burst") else 0.0
    assert model.curve(np.array([0.0]), *values.values())[0] == pytest.approx(at_once)


@every
@settings(max_examples=4, deadline=None)
@given(share=st.floats(0.0, 1.0))
def test_quantities_do_not_depend_on_the_unit_of_the_data(id: str, share: float) -> None:
    hours, days = _model(id, 3600.0), _model(id, DAY)
    values = _values(days, share)
    assert hours.curve(24.0 * TIME, *values) == pytest.approx(days.curve(TIME, *values), abs=1e-9)
    if days.rescaled is not None:
        moved = days.curve(TIME / 7.0, *days.rescaled(7.0, *values))
        assert moved == pytest.approx(days.curve(TIME, *values), abs=1e-8)


@every
def test_draws_run_beside_one_another(id: str) -> None:
    model = _model(id)
    rows = np.array([_values(model, share) for share in (0.3, 0.6)])
    columns = [column[:, None] for column in rows.T]
    curve, slopes = model.curve(TIME, *columns), model.gradient(TIME, *columns)
    assert slopes.shape == (len(model.names), 2, TIME.size)
    for row, values in enumerate(rows):
        assert curve[row] == pytest.approx(model.curve(TIME, *values), rel=1e-9)
        assert slopes[:, row] == pytest.approx(model.gradient(TIME, *values), rel=1e-7)


@every
def test_the_model_says_what_the_law_says(id: str) -> None:
    model, law = _model(id), PHYSICAL[id]
    assert (model.id, model.name, model.group) == (id, law.name, "physical")
    assert model.names == tuple(parameter.name for parameter in law.parameters)
    assert set(model.constants) == {constant.name for constant in law.constants}
    assert model.source
    assert model.assumes
    assert law.base in ("", *PHYSICAL)


@pytest.mark.parametrize(("id", "tau"), [("fick_sphere", 0.03055), ("fick_slab", 0.19673), ("fick_cylinder", 0.06306)])
def test_half_is_out_where_crank_has_it(id: str, tau: float) -> None:
    # radius and half-thickness are 1 um; one hour
    assert _model(id).curve(np.array([1.0]), tau * 1e-12 / 3600.0)[0] == pytest.approx(50.0, abs=0.01)


@pytest.mark.parametrize(
    ("id", "mean"), [("fick_sphere", 1 / 15), ("fick_slab", 1 / 3), ("fick_cylinder", 1 / 8), ("membrane_sphere", None)]
)
def test_mean_time_of_release(id: str, mean: float | None) -> None:
    model = _model(id, 1.0)
    value = 1e-12 if mean is not None else 1e-6  # one second is the unit of dimensionless time
    area = quad(lambda t: 1.0 - model.curve(np.array([t]), value)[0] / 100.0, 0.0, 8.0, limit=200, epsabs=1e-9)[0]
    assert area == pytest.approx(mean if mean is not None else 1 / 3, rel=1e-5)


def test_slab_with_one_open_face_is_half_of_one_twice_as_thick() -> None:
    one = _model("fick_slab", open_faces=1.0)
    two = _model("fick_slab", thickness=4e-6)
    assert one.curve(TIME, 1e-16) == pytest.approx(two.curve(TIME, 1e-16))


def test_tablet_between_its_limits() -> None:
    rod = _model("fick_tablet", length=1.0).curve(TIME, 1e-16)
    assert rod == pytest.approx(_model("fick_cylinder").curve(TIME, 1e-16), abs=1e-3)
    disc = _model("fick_tablet", radius=1.0, length=2e-6).curve(TIME, 1e-16)
    assert disc == pytest.approx(_model("fick_slab").curve(TIME, 1e-16), abs=1e-3)
    # early release goes by area over volume: a squat cylinder has (2/R + 2/length) against 2/R
    early = np.array([1e-5])
    squat = _model("fick_tablet", length=2e-6).curve(early, 1e-16)
    assert squat / _model("fick_cylinder").curve(early, 1e-16) == pytest.approx(1.5, rel=1e-2)


def _diffused(
    shape: int, times: NDArray[np.float64], start: Callable[[NDArray[np.float64]], NDArray[np.float64]], biot: float
) -> NDArray[np.float64]:
    """Share released from a slab (0) or a sphere (2) of size 1 and D 1, by finite volumes; infinite `biot`: a sink."""
    count = 400
    edges = np.linspace(0.0, 1.0, count + 1)
    centres = 0.5 * (edges[1:] + edges[:-1])
    volume = np.diff(edges ** (shape + 1)) / (shape + 1)
    conductance = edges[1:-1] ** shape * count
    out = 1.0 / (0.5 / count + 1.0 / biot)

    def rate(_: float, held: NDArray[np.float64]) -> NDArray[np.float64]:
        flux = np.concatenate([[0.0], -conductance * np.diff(held), [out * held[-1]]])
        return -np.diff(flux) / volume

    held = start(centres)
    done = solve_ivp(rate, (0.0, times[-1]), held, "LSODA", times, rtol=1e-8, atol=1e-10, lband=1, uband=1)
    return np.asarray(1.0 - volume @ done.y / (volume @ held))


@pytest.mark.parametrize(("id", "shape"), [("fick_sphere_membrane", 2), ("fick_slab_membrane", 0)])
@pytest.mark.parametrize("biot", [0.1, 1.0, 8.0])
def test_surface_resistance_against_finite_volumes(id: str, shape: int, biot: float) -> None:
    times = np.array([0.002, 0.03, 0.06, 0.3, 1.0])
    curve = _model(id, 1.0).curve(times, 1e-12, biot * 1e-6)
    assert curve == pytest.approx(100.0 * _diffused(shape, times, np.ones_like, biot), abs=2e-3)


def test_surface_resistance_between_its_limits() -> None:
    sphere, slab = _model("fick_sphere_membrane"), _model("fick_slab_membrane")
    assert sphere.curve(TIME, 1e-16, 1.0) == pytest.approx(_model("fick_sphere").curve(TIME, 1e-16), abs=1e-5)
    assert slab.curve(TIME, 1e-16, 1.0) == pytest.approx(_model("fick_slab").curve(TIME, 1e-16), abs=1e-5)
    assert sphere.curve(TIME, 1e-6, 1e-10) == pytest.approx(_model("membrane_sphere").curve(TIME, 1e-10), abs=1e-2)


def test_higuchi_by_hand_and_after_the_front() -> None:
    # c0 = 50, cs = 10: sqrt(D (2 c0 - cs) cs t)/(c0 L) = sqrt(900 D t)/(50 L), 0.6 at D t/L^2 = 1
    model = _model("higuchi_slab", 1.0, thickness=1e-6, solubility=10.0)
    assert model.curve(np.array([1.0]), 1e-12)[0] == pytest.approx(60.0)
    # the front is through at F = 1 - cs/(2 c0) = 0.9, D t/L^2 = 2.25, with a straight line of concentration left
    since = np.array([0.01, 0.09, 0.11, 0.5, 1.5])
    left = 0.1 * (1.0 - _diffused(0, since, lambda x: 1.0 - x, math.inf))
    assert model.curve(2.25 + since, 1e-12) == pytest.approx(100.0 * (1.0 - left), abs=1e-3)


def test_suspended_drug_in_a_sphere_solves_baker_and_lonsdale() -> None:
    left = 1.0 - _model("baker_lonsdale_sphere").curve(TIME, 2e-17) / 100.0
    progress = 3.0 * 2e-17 * 12.0 / (1e-12 * 50.0) * 3600.0 * TIME
    assert 1.5 * (1.0 - left ** (2 / 3)) - (1.0 - left) == pytest.approx(progress, abs=1e-12)


def test_saturated_core_integrates_its_balance() -> None:
    def leaks(_: float, amount: NDArray[np.float64]) -> NDArray[np.float64]:
        return -1e-9 * 3e6 * np.minimum(amount, 12.0)  # P (A/V) times what is dissolved

    done = solve_ivp(leaks, (0.0, 5 * 3600.0), [50.0], t_eval=3600.0 * TIME, rtol=1e-10, atol=1e-10, max_step=20.0)
    curve = _model("membrane_saturated").curve(TIME, 1e-9)
    assert curve == pytest.approx(100.0 * (1.0 - done.y[0] / 50.0), abs=1e-4)


@pytest.mark.parametrize(("id", "layer"), [("dissolution", lambda r: 2e-6), ("dissolution_small", lambda r: r)])
def test_dissolving_particles_shrink_by_the_flux(id: str, layer: Callable[[float], float]) -> None:
    diffusivity = 1e-15
    times = np.linspace(0.0, 40.0, 9) * 1000.0
    done = solve_ivp(
        lambda _, r: [-diffusivity * 12.0 / (1200.0 * layer(r[0]))],
        (0.0, 4e4),
        [1e-6],
        t_eval=times,
        rtol=1e-11,
        atol=1e-18,
    )
    curve = _model(id, 1.0).curve(times, diffusivity)
    assert curve == pytest.approx(100.0 * (1.0 - (done.y[0] / 1e-6) ** 3), abs=1e-5)


def test_eroding_bodies_lose_their_outer_shell() -> None:
    # k0/(c0 R) = 0.1 per hour: after five hours half of the depth is left
    rate = 0.1 * 50.0 * 1e-6 / 3600.0
    time = np.array([5.0, 10.0, 11.0])
    assert _model("erosion_sphere").curve(time, rate) == pytest.approx([87.5, 100.0, 100.0])
    assert _model("erosion_cylinder").curve(time, rate) == pytest.approx([75.0, 100.0, 100.0])
    assert _model("erosion_slab").curve(time, rate) == pytest.approx([50.0, 100.0, 100.0])


def test_membrane_by_half_life() -> None:
    permeability = math.log(2.0) * 1e-6 / (3.0 * 3600.0)
    assert _model("membrane_sphere").curve(np.array([1.0, 2.0]), permeability) == pytest.approx([50.0, 75.0])
    assert _model("membrane").curve(np.array([1.0, 2.0]), permeability) == pytest.approx([50.0, 75.0])


def test_variants_share_what_is_released() -> None:
    plain = _model("fick_sphere").curve(TIME, 1e-17)
    assert _model("fick_sphere_fmax").curve(TIME, 1e-17, 60.0) == pytest.approx(0.6 * plain)
    assert _model("fick_sphere_burst").curve(TIME, 1e-17, 20.0) == pytest.approx(20.0 + 0.8 * plain)


def _polyester(**other: float) -> NDArray[np.float64]:
    """The release law of the pipeline, which these are fitted in place of."""
    values = {
        "radius": 1e-6,
        "initial_diffusivity": 1e-19,
        "largest_diffusivity": 1e-9,
        "hydrolysis_rate": 0.1 / DAY,
        "growth_exponent": 4.6,
        "initial_molar_mass": 40.0,
        "critical_molar_mass": 12.0,
        "burst_fraction": 0.2,
        "burst_rate": 5.0 / DAY,
        "diffusion_share": 0.4,
        "erosion_time": 6.0 * DAY,
        "erosion_shape": 1.5,
    }
    return 100.0 * polyester_released(10.0 * DAY * TIME, **(values | other))


def test_polyesters_release_as_in_the_pipeline() -> None:
    days = 10.0 * TIME
    rate, falls = 5.0 / DAY, 0.1 / DAY
    whole = _model("plga_diffusion_erosion", DAY).curve(days, 20.0, 1e-19, falls, 0.4, 6.0 * DAY)
    assert whole == pytest.approx(_polyester(), abs=1e-9)
    diffusion = _model("plga_diffusion", DAY).curve(days, 20.0, rate, 1e-19, falls)
    assert diffusion == pytest.approx(_polyester(diffusion_share=1.0), abs=1e-9)
    erosion = _model("plga_erosion", DAY).curve(days, 20.0, rate, falls, 6.0 * DAY)
    assert erosion == pytest.approx(_polyester(diffusion_share=0.0), abs=1e-9)
    onset = math.log(40.0 / 12.0) / 0.1
    assert _model("plga_erosion", DAY).curve(np.array([onset]), 0.0, rate, falls, DAY)[0] == 0.0


@every
def test_extremes_stay_finite(id: str) -> None:
    model = _model(id)
    for shift in (1e-30, 1e30):
        values = [
            value * shift if parameter.coordinate == "log" else value
            for parameter, value in zip(model.parameters, _values(model, 0.5), strict=True)
        ]
        with np.errstate(all="ignore"):
            assert np.isfinite(model.curve(TIME, *values)).all()
            assert np.isfinite(model.gradient(TIME, *values)).all()


def test_unknown_names_are_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownIdError, match=r"'fick_spere'; nearest: fick_sphere"):
        physical.model("fick_spere", {"radius": 1e-6}, 1.0)
    with pytest.raises(UnknownIdError, match="constant of fick_sphere 'radious'; nearest: radius"):
        physical.model("fick_sphere", {"radious": 1e-6}, 1.0)


def test_what_is_missing_is_asked_for() -> None:
    with pytest.raises(MissingValueError, match="higuchi_slab has no drug_concentration"):
        physical.model("higuchi_slab", {"thickness": 1e-3, "solubility": 1.0}, 1.0)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
def test_impossible_constants_are_refused(bad: float) -> None:
    with pytest.raises(DomainError, match="radius"):
        physical.model("fick_sphere", {"radius": bad}, 1.0)
    with pytest.raises(DomainError, match="seconds"):
        physical.model("fick_sphere", {"radius": 1.0}, bad)


@every
def test_bodies_at_the_ends_of_what_is_conceivable_have_a_release(id: str) -> None:
    for constant in physical.PHYSICAL[id].constants:
        for end in (constant.smallest, constant.largest):
            try:
                model = _model(id, **{constant.name: end})
            except DomainError:  # of two that go together, such as drug in the body above its solubility
                assert constant.unit in ("kg/m**3", "kg/mol")
                continue
            values = [50.0 if parameter.unit == "%" else 1e-6 for parameter in model.parameters]
            assert np.isfinite(model.curve(TIME, *values)).all()
            assert all(math.isfinite(start) for parameter in model.parameters for start in parameter.grid)


@pytest.mark.parametrize(
    ("id", "wrong", "said"),
    [
        ("fick_slab", {"open_faces": 3.0}, "open_faces = 3; need 1 to 2"),
        ("fick_slab", {"open_faces": 1.5}, "open_faces = 1.5; need 1 or 2"),
        ("fick_sphere", {"radius": 1e300}, r"radius = 1e\+300 m; need 1e-10 to 1 m, as wide as is conceivable"),
        ("fick_sphere", {"radius": 1e-300}, r"radius = 1e-300 m; need 1e-10 to 1 m"),
        ("higuchi_slab", {"solubility": 60.0}, r"need > solubility, 60 \(all of it is dissolved: use fick_slab\)"),
        ("baker_lonsdale_sphere", {"solubility": 50.0}, "use fick_sphere"),
        ("membrane_saturated", {"solubility": 60.0}, "use membrane"),
        ("plga_erosion", {"critical_molar_mass": 41.0}, "use burst_weibull"),
        ("plga_erosion", {"erosion_shape": 0.5}, "erosion_shape = 0.5; need 1 to 100"),
        ("plga_diffusion", {"growth_exponent": 200.0}, "growth_exponent = 200"),
    ],
)
def test_bodies_the_law_does_not_hold_for_are_refused(id: str, wrong: dict[str, float], said: str) -> None:
    with pytest.raises(DomainError, match=said):
        _model(id, **wrong)
