"""Secretion by cells in a gel: Crank's sphere, steady states, conservation, and what a file may say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formulate.exposure import expose
from formulate.formulation import Formulation, build
from formulate.release.diffusion import released_from_sphere
from formulate.release.secretion import held_secretion
from formulate.sampling import Draws, TypicalDraw
from materials.errors import DomainError, FileError

DAY = 86400.0


def test_a_moment_of_secretion_leaves_as_an_even_load_does():
    time = np.concatenate([[0.0, 1e-3], np.linspace(2e-3, 0.5, 200)])
    rate = np.zeros((1, len(time)))
    rate[0, :2] = 1e3  # one unit within 1e-3 of R^2/D, half of it in the step after
    found = held_secretion(time, rate, [1.0], [1.0])
    load, late = found.secreted[0, -1], time > 0.02
    expected = load * (1.0 - released_from_sphere(time[late] - 1e-3))
    assert found.held[0, late] == pytest.approx(expected, rel=5e-3)


def test_steady_secretion_comes_to_the_holdup_of_a_sphere():
    time = np.linspace(0.0, 3.0, 301)
    found = held_secretion(time, np.full((1, 301), 2.0), [1.0], [1.0])
    # the even source in a sphere with its surface at nothing: mean level s R^2/(15 D), a textbook result
    assert found.held[0, -1] == pytest.approx(2.0 / 15.0, rel=1e-3)
    assert np.diff(found.released[0])[-1] / 0.01 == pytest.approx(2.0, rel=1e-6)


def test_where_nothing_moves_what_is_secreted_balances_what_degrades():
    time = np.linspace(0.0, 40.0, 801)
    found = held_secretion(time, np.ones((1, 801)), [1e-9], [1.0], 0.5)
    expected = (1.0 - np.exp(-0.5 * time)) / 0.5
    assert found.held[0, 1:] == pytest.approx(expected[1:], rel=0.03)  # 24 terms hold 97.5 %
    assert found.lost[0, -1] == pytest.approx(0.975 * (40.0 - expected[-1]), rel=0.01)


@settings(max_examples=25, deadline=None)
@given(speed=st.floats(1e-4, 1e3), decay=st.floats(0.0, 10.0), fading=st.floats(0.0, 5.0))
def test_nothing_is_made_or_lost(speed, decay, fading):
    time = np.concatenate([[0.0], np.geomspace(1e-3, 10.0, 60)])
    found = held_secretion(time, np.exp(-fading * time)[None, :], [speed], [1.0], decay)
    assert found.held + found.lost + found.released == pytest.approx(found.secreted, abs=1e-9)
    for course in (found.lost, found.released):
        assert (np.diff(course) >= 0).all()
    assert found.held.min() >= 0


@pytest.mark.parametrize(
    "bad", [{"secretion_rate": [[-1.0, 1.0]]}, {"diffusivity": [0.0]}, {"radius": [0.0]}, {"time": [1.0, 0.0]}]
)
def test_refuses_what_cannot_be(bad):
    given = {"time": [0.0, 1.0], "secretion_rate": [[1.0, 1.0]], "diffusivity": [1.0], "radius": [1.0]}
    with pytest.raises(DomainError, match=next(iter(bad))):
        held_secretion(**given | bad)


# in a formulation

VEGF = {"name": "VEGF", "rate": "0.02 pg/day", "diffusivity_in_gel": "50 um^2/s", "half_life_in_gel": "2 d"}


def cells(*secretes, gel=True) -> Formulation:
    layers = [{"id": "cells", "carrier": "bmsc-cells", "dose": "20 million cells", "secretes": list(secretes)}]
    if gel:
        layers.append({"id": "gel", "carrier": "hyaluronic-acid-hydrogel", "holds": ["cells"]})
    content = {"schema_version": 1, "layer": layers, "regimen": {"site": "knee", "volume": "4 mL"}}
    return build(Formulation, content, "test")


def numbers(formulation, name="VEGF", draws=None):
    (found,) = expose(formulation, draws or TypicalDraw())
    (group,) = [group for group in found.groups if group.title == f"secreted: {name}"]
    return {number.name: number.median for number in group.numbers}, found


def test_living_cells_secrete_at_their_rate_and_what_they_do_is_accounted_for():
    told, found = numbers(cells(VEGF))
    assert told["secretion_peak"] == pytest.approx(20e6 * 0.02e-3)  # ng a day, all alive at first
    # the area under the living share [d] times what they secrete in a day
    days = found.time <= 28 * DAY * (1 + 1e-12)
    living = np.trapezoid(sum(found.at_site.values())[0, days], found.time[days]) / DAY
    assert told["secreted"] == pytest.approx(400.0 * living, rel=1e-6)
    parts = ("held_at_end", "outside_gel", "released", "lost_in_gel")
    assert sum(told[name] for name in parts) == pytest.approx(told["secreted"])
    assert told["held_concentration"] == pytest.approx(told["held_peak"] / 4.0)  # ng/mL
    assert any("once it is out of the gel" in note for note in found.notes)


def test_without_a_gel_nothing_is_held_and_a_slower_one_holds_more():
    free, _ = numbers(cells({"name": "VEGF", "rate": "0.02 pg/day"}, gel=False))
    assert "held_peak" not in free
    fast, _ = numbers(cells(VEGF))
    slow, _ = numbers(cells(VEGF | {"diffusivity_in_gel": "5 um^2/s"}))
    assert slow["held_peak"] > fast["held_peak"]
    assert slow["lost_in_gel"] > fast["lost_in_gel"]


def test_vesicles_are_counted_and_the_doubt_of_a_rate_is_an_input():
    rate = {"typical": "2000 1/day", "low": "500 1/day", "high": "10000 1/day"}
    told, found = numbers(cells({"name": "EV", "rate": rate, "diffusivity_in_gel": "1 um^2/s"}), "EV", Draws(16, 7))
    assert told["secretion_peak"] == pytest.approx(20e6 * 2000, rel=0.2)
    assert "held_density" in told
    assert any(item.key == "cells.EV.rate" and not item.exact for item in found.inputs)


@pytest.mark.parametrize(
    ("secretes", "told"),
    [
        ({"name": "VEGF", "rate": "3 nm"}, 'a mass "0.1 pg/day" or vesicles "2000 1/day"'),
        ({"name": "VEGF", "rate": "0 pg/day"}, "secretes.0.rate"),
        ({"name": "VEGF", "rate": "1 pg/day", "half_life_in_gel": "1 d"}, "is missing beside half_life_in_gel"),
        ({"name": "VEGF", "rate": "1 pg/day", "diffusivity_in_gel": "1 mm"}, "diffusivity_in_gel"),
        ({"rate": "1 pg/day"}, "secretes.0.name"),
        ({"name": "VEGF", "rate": "1 kg/day"}, "rate: '1 kg/day': beyond what is conceivable; need 1e-12 to 1e"),
        ({"name": "EV", "rate": "1e300 1/day"}, "rate: '1e300 1/day': beyond what is conceivable; need 0.001 to 1e"),
    ],
)
def test_what_does_not_fit_is_refused(secretes, told):
    with pytest.raises(FileError, match=told):
        cells(secretes)


def test_only_living_cells_secrete_and_a_gel_needs_to_know_how_it_moves():
    with pytest.raises(FileError, match=r"layer.0.secretes.0.diffusivity_in_gel: is missing; need how it moves"):
        numbers(cells({"name": "VEGF", "rate": "1 pg/day"}))
    with pytest.raises(FileError, match="'VEGF' stands twice"):
        cells(VEGF, VEGF)
    layer = {"id": "ev", "carrier": "msc-exosome", "dose": "1e10 particles", "secretes": [VEGF]}
    with pytest.raises(FileError, match="is of living cells given by number"):
        build(Formulation, {"schema_version": 1, "layer": [layer], "regimen": {"site": "knee"}}, "test")
