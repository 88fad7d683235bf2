"""Carriers that are the drug: activity lost in a gel and out of it, cells that die in two populations, what is told."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from formulate.active import LARGEST_EXPONENT, ActivityLoss, active_outside, finer
from formulate.common import Target
from formulate.computable import prediction_problems
from formulate.exposure import expose
from formulate.first_points import points
from formulate.forecast import Sibling, forecast
from formulate.formulation import Formulation, build
from formulate.residence import Residence, reside
from formulate.retention.linear import system
from formulate.retention.stage_survival import DEAD
from formulate.sampling import Draws, TypicalDraw
from materials.errors import FileError, FormulateError

DAY = 86400.0
GEL = {"id": "gel", "carrier": "hyaluronic-acid-hydrogel", "holds": ["own"]}


def given(carrier="msc-exosome", dose="1e9 particles", gel=None, own=None, site="knee", system=None, **regimen):
    layers = [{"id": "own", "carrier": carrier, "dose": dose, "set": own or {}}]
    if gel is not None:
        layers.append({**GEL, "set": gel})
    content = {
        "schema_version": 1,
        "layer": layers,
        "regimen": {"site": site, **regimen},
        "calculation": {"draws": 16},
    }
    return build(Formulation, content | ({"system": system} if system else {}), "test")


def typical(**asked) -> Residence:
    return reside(given(**asked), TypicalDraw())[0]


WARM = {"tissue_temperature": "37 degC"}


# activity


@pytest.mark.parametrize(
    ("held", "outside"),
    [(5.0, 1.0), (1.0, 5.0), (2.0, 2.0), (1e4, 0.05)],
    ids=["protects", "harms", "neither", "far apart"],
)
def test_active_carriers_of_a_gel_follow_the_two_rate_equations(held, outside):
    # dD/dt = -(g + a_d) D, dA/dt = g D - (a + k) A; the grid of the stage, cut as the stage cuts it
    erosion, lost = 0.05 / DAY, 0.2 / DAY
    loss = ActivityLoss(np.array([[held * DAY]]), np.array([[outside * DAY]]))
    time = finer(np.concatenate([[0.0], np.geomspace(10.0, 56 * DAY, 272)]), loss)
    out = 1.0 - np.exp(-erosion * time)[None, :]
    place = system(["fluid"], {}, {("fluid", "away"): np.array([lost])})
    found = active_outside(time, out, loss, lambda came: place.amounts(time, {"fluid": came}).inside)["fluid"][0]
    here, there = erosion + np.log(2) / (held * DAY), lost + np.log(2) / (outside * DAY)
    exact = erosion * (np.exp(-here * time) - np.exp(-there * time)) / (there - here)
    assert found == pytest.approx(exact, rel=0.01, abs=1e-7)


def test_courses_beyond_what_a_float_holds_are_cut():
    loss = ActivityLoss(np.array([[30 * DAY]]), np.array([[0.02 * DAY]]))
    time = finer(np.linspace(0.0, 56 * DAY, 1000), loss)
    assert np.log(2) / (0.02 * DAY) * time[-1] > 2 * LARGEST_EXPONENT
    out = (time / time[-1])[None, :]
    found = active_outside(time, out, loss, lambda came: {"all": came})["all"][0]
    # what comes out at age s is gone within the hour, so at t there is dG/dt T/ln 2 of the activity left in the gel
    steady = 0.02 * DAY / np.log(2) / time[-1] * 2 ** (-time / (30 * DAY))
    late = time > DAY
    assert np.isfinite(found).all()
    # the steps are twice the half-life: within that
    assert found[late] == pytest.approx(steady[late], rel=1.0)
    assert (found[late] > 0.5 * steady[late]).all()


def test_without_a_gel_activity_is_the_amount_times_what_is_left_of_it():
    found = typical(own={"activity_half_life": "2 d"}, set=WARM)
    assert found.acting == pytest.approx(found.left * 2 ** (-found.time / (2 * DAY)), rel=1e-9, abs=1e-300)


def test_vesicles_held_for_good_only_lose_their_activity():
    found = typical(gel={"gel_degradation_half_life": "30000 d", "activity_half_life": "5 d"}, set=WARM)
    assert found.left == pytest.approx(np.ones_like(found.left), abs=2e-3)
    assert found.acting == pytest.approx(2 ** (-found.time / (5 * DAY))[None, :], rel=2e-3)


def test_activity_lies_between_that_in_the_gel_and_that_outside():
    gel = {"gel_degradation_half_life": "10 d", "activity_half_life": "5 d"}
    found = typical(gel=gel, own={"activity_half_life": "1 d"}, set=WARM)
    assert (found.acting <= found.left * 2 ** (-found.time / (5 * DAY)) + 1e-12).all()
    assert (found.acting >= found.left * 2 ** (-found.time / DAY) - 1e-12).all()
    kept = typical(gel=gel | {"activity_half_life": "20 d"}, own={"activity_half_life": "1 d"}, set=WARM)
    later = found.time > DAY
    assert (np.interp(found.time, kept.time, kept.acting[0]) > found.acting[0])[later].all()


def test_vesicles_in_a_gel_at_a_site_follow_the_equations():
    # held D, outside V, both active: dD/dt = -(g + a_d) D, dV/dt = g D - (a + u) V, with uptake u at the site
    gel = {"gel_degradation_half_life": "6 d", "activity_half_life": "5 d"}
    found = typical(
        gel=gel, own={"activity_half_life": "1 d", "diameter": "300 nm"}, site="bone", route="local-bone",
        volume="0.1 mL", set={"local_vesicle_half_life": "2 d", **WARM},
    )  # fmt: skip
    erosion, held, outside, uptake = (np.log(2) / (days * DAY) for days in (6, 5, 1, 2))

    def rates(_: float, state: np.ndarray) -> list[float]:
        inside, out, counted = state
        return [-(erosion + held) * inside, erosion * inside - (outside + uptake) * out,
                erosion * np.exp(-erosion * _) - uptake * counted]  # fmt: skip

    solved = solve_ivp(rates, (0.0, found.time[-1]), [1.0, 0.0, 0.0], t_eval=found.time, rtol=1e-9, atol=1e-12).y
    assert found.active["depot"][0] == pytest.approx(solved[0], abs=1e-3)
    assert found.acting[0] == pytest.approx(solved[0] + solved[1], abs=2e-3)
    assert found.left[0] - found.in_depot[0] == pytest.approx(solved[2], abs=2e-3)


def test_activity_of_several_doses_adds_up():
    one = typical(own={"activity_half_life": "2 d"}, set=WARM)
    two = typical(own={"activity_half_life": "2 d"}, set=WARM, injections=2, interval="7 d")
    third = 20 * DAY
    alone = np.interp([third, third - 7 * DAY], one.time, one.acting[0])
    assert np.interp(third, two.time, two.acting[0]) == pytest.approx(alone.mean(), rel=0.02)


def test_a_cooler_site_keeps_activity_longer():
    # 80 kJ/mol between 32 and 37 degC: a factor of 0.6015 in the rate (see arrhenius_factor)
    cool = typical(own={"activity_half_life": "1 d"}, set={"tissue_temperature": "32 degC"})
    left = (cool.acting / cool.left)[0]
    half = np.interp(-0.5, -left, cool.time)
    assert half == pytest.approx(DAY / 0.60150283, rel=1e-3)
    assert any("32 °C" in note for note in cool.notes)


def test_what_is_not_known_is_told():
    assert any("set activity_half_life of the gel" in note for note in typical(gel={}).notes)
    assert not any("set activity_half_life" in note for note in typical(gel={}, system="exosome-in-hydrogel").notes)
    (held,) = expose(given("pbnp", "1 mg"), TypicalDraw())
    numbers = {item.name: item for group in held.groups for item in group.numbers}
    assert not numbers["active_7_d"].exists
    assert "activity_half_life" in numbers["active_7_d"].reason
    assert not held.active


def test_the_numbers_of_a_forecast_hold_what_still_acts():
    (found,) = expose(given(), TypicalDraw())
    numbers = {item.name: item for group in found.groups for item in group.numbers}
    assert numbers["active_1_d"].median > numbers["active_7_d"].median > numbers["active_28_d"].median
    assert numbers["active_1_d"].unit == "percent"
    assert 0.0 < numbers["active_half_time"].median < 10.0  # d
    assert list(found.active) == ["active at the site"]


@pytest.mark.parametrize("wanted", ["14 d", "3 month"])
def test_what_is_left_and_acts_is_told_at_the_wanted_duration(wanted):
    asked = given().model_copy(update={"target": Target(duration=wanted)})
    (found,) = expose(asked, TypicalDraw())
    numbers = {item.name: item for group in found.groups for item in group.numbers}
    days = asked.target.seconds / DAY
    share = np.interp(days * DAY, found.time, found.active["active at the site"][0])
    assert numbers[f"active_{days:g}_d"].median == pytest.approx(100 * share, rel=1e-4)
    assert f"left_{days:g}_d" in numbers


# cells

CELLS = {"carrier": "bmsc-cells", "dose": "1 million cells"}
SITES = {"knee": "0.5 mL", "intervertebral-disc": "0.1 mL", "spinal-cord": "0.1 mL", "bone": "0.1 mL"}


def balanced(found: Residence) -> None:
    whole = found.left + sum(found.elsewhere.values())
    assert whole == pytest.approx(np.broadcast_to(found.given, whole.shape), abs=1e-9)


@pytest.mark.parametrize("site", SITES)
def test_two_populations_are_the_mixture_of_each_alone(site):
    name = "injected_cell_half_life" if site == "knee" else "implanted_cell_half_life"

    def left(early: str, share: str) -> Residence:
        numbers = {name: early, "lasting_cell_share": share, "lasting_cell_half_life": "40 d"}
        found = typical(**CELLS, site=site, volume=SITES[site], set=numbers)
        balanced(found)
        return found

    both, early, late = left("2 d", "20 %"), left("2 d", "0 %"), left("40 d", "0 %")
    assert both.left == pytest.approx(0.8 * early.left + 0.2 * late.left, abs=1e-9)
    assert both.elsewhere[DEAD] == pytest.approx(0.8 * early.elsewhere[DEAD] + 0.2 * late.elsewhere[DEAD], abs=1e-9)
    assert both.acting == pytest.approx(both.left)


@pytest.mark.parametrize("site", SITES)
def test_cells_die_in_a_gel_as_they_do_outside(site):
    # living in the gel H, living outside A: dH/dt = -(g + d) H, dA/dt = g H - d A; their sum falls by d alone
    name = "injected_cell_half_life" if site == "knee" else "implanted_cell_half_life"
    numbers = {name: "4 d", "lasting_cell_share": "0 %"}
    way = {"route": "local-bone"} if site == "bone" else {}
    gel = {"gel_degradation_half_life": "6 d"}
    found = typical(**CELLS, gel=gel, site=site, volume=SITES[site], set=numbers, **way)
    balanced(found)
    erosion, death = np.log(2) / (6 * DAY), np.log(2) / (4 * DAY)

    def rates(_: float, held: np.ndarray) -> list[float]:
        gel, outside = held
        return [-(erosion + death) * gel, erosion * gel - death * outside]

    solved = solve_ivp(rates, (0.0, found.time[-1]), [1.0, 0.0], t_eval=found.time, rtol=1e-9, atol=1e-12)
    assert found.in_depot[0] == pytest.approx(solved.y[0], abs=1e-6)
    if site == "bone":  # where nothing else removes a cell, and none leaks along a needle
        assert found.left[0] == pytest.approx(solved.y.sum(axis=0), abs=2e-3)
    assert (found.left[0] <= solved.y.sum(axis=0) + 2e-3).all()


# release on the bench


def test_release_of_a_carrier_that_is_the_drug_is_out_of_the_gel():
    # the gel degrades by half in 6 d, with it the vesicles; activity 1 d outside and 5 d inside
    numbers = {"gel_degradation_half_life": "6 d", "activity_half_life": "5 d"}
    found = forecast(given(gel=numbers, own={"activity_half_life": "1 d"}), draws=TypicalDraw())
    assert np.interp(6 * DAY, found.time, found.median) == pytest.approx(0.5, abs=0.01)
    shown = {item.name: item for item in found.numbers}
    out, lost = np.log(2) / 6 + np.log(2) / 5, np.log(2)  # 1/d
    exact = np.log(2) / 6 * (np.exp(-out * 7) - np.exp(-lost * 7)) / (lost - out)
    assert shown["active_7_d"].median == pytest.approx(100 * exact, rel=0.02)
    assert "out of the gel" in found.basis
    assert any("formulate retention" in text for text in found.told)


def test_without_a_gel_it_is_free_at_once():
    found = forecast(given(), draws=TypicalDraw())
    assert (found.released == 1.0).all()
    assert "at once" in found.basis
    assert {item.name: item for item in found.numbers}["active_1_d"].median == pytest.approx(50.0, rel=0.01)


def test_points_move_the_release_out_of_a_gel():
    asked = given(gel={})
    plain, told = forecast(asked, draws=Draws(256, 7)), points([7 * DAY], [0.35])
    moved = forecast(asked, told, draws=Draws(256, 7))
    at = np.searchsorted(plain.time, 7 * DAY)
    assert plain.median[at] < moved.median[at] < 0.4
    with pytest.raises(FormulateError, match="nothing is learned"):
        forecast(asked, siblings=[Sibling(asked, told)])


def test_what_has_no_release_is_refused():
    inside = given(carrier="exosome-generic")
    content = inside.model_dump(mode="json", exclude_unset=True)
    content["layer"].append({"id": "sphere", "carrier": "mesoporous-silica", "holds": ["own"]})
    nested = build(Formulation, content, "test")
    with pytest.raises(FileError, match="how exosome-generic leaves a particle is not computed"):
        forecast(nested)
    assert any("mesoporous-silica" in text for text in reside(nested, TypicalDraw())[0].warnings)


def test_a_prediction_points_to_what_follows_it():
    ((field, problem),) = prediction_problems(given())
    assert field == "layer.0.dose"
    assert "formulate retention follows it" in problem
