"""Doses in time: several injections, further routes, and what they share."""

import numpy as np
import pytest

from formulate.case import RAMP, time_grid
from formulate.common import Target
from formulate.formulation import Formulation
from formulate.regimen import Regimen, events
from materials.errors import UnitError

DAY = 86400.0


def regimen(**more: object) -> Regimen:
    return Regimen(**{"site": "knee", **more})


def test_one_dose_is_the_whole():
    (only,) = events(regimen(), 5e-6, "kg")
    assert (only.route, only.start, only.share) == ("intra-articular", 0.0, 1.0)


def test_doses_are_spaced_and_share_alike():
    found = events(regimen(injections=4, interval="7 d"), 5e-6, "kg")
    assert [event.start / DAY for event in found] == [0, 7, 14, 21]
    assert [event.share for event in found] == [0.25] * 4


def test_a_further_route_takes_its_part_of_all_that_is_given():
    # 50 million by one route and 100 million by the other: one third and two thirds
    also = [{"route": "intravenous", "dose": "50 million cells", "after": "1 d"}]
    found = events(regimen(site="spinal-cord", route="intrathecal", also=also), 100e6, "1")
    assert [(event.route, event.start) for event in found] == [("intrathecal", 0.0), ("intravenous", DAY)]
    assert [event.share for event in found] == pytest.approx([2 / 3, 1 / 3])


def test_a_dose_of_another_kind_is_refused():
    also = [{"route": "intravenous", "dose": "5 mg"}]
    with pytest.raises(UnitError, match=r"another kind than the main dose.*20 million cells"):
        events(regimen(site="spinal-cord", route="intrathecal", also=also), 100e6, "1")


@pytest.mark.parametrize("text", ["-2 d", "0 d", "3 d"])
def test_the_first_dose_may_come_before_the_injury(text):
    assert regimen(start=text).since_injury == float(text.split()[0]) * DAY


def test_the_file_runs_on_after_the_last_dose():
    given = {"site": "knee", "injections": 3, "interval": "28 d"}
    layer = {"id": "free", "carrier": "free-drug-solution", "holds": ["dasatinib"]}
    payload = [{"id": "dasatinib", "dose": "1 mg"}]
    asked = Formulation(schema_version=1, payload=payload, layer=[layer], regimen=given, target={"duration": "28 d"})
    assert asked.horizon == (56 + 28) * DAY


@pytest.mark.parametrize("starts", [(0.0,), (0.0, 7 * DAY, 14 * DAY), tuple(index * DAY for index in range(60))])
def test_every_dose_has_its_time_and_one_just_before(starts):
    grid = time_grid(70 * DAY, 28 * DAY, starts)
    assert grid[0] == 0.0
    assert grid[-1] == 70 * DAY
    assert 28 * DAY in grid
    assert np.diff(grid).min() > 1e-3
    assert len(grid) < 2500
    for start in starts[1:]:
        place = np.searchsorted(grid, start)
        assert grid[place] == start
        assert grid[place - 1] == start - RAMP
        assert grid[place + 1] - start <= 11.0  # and fine times follow


def test_doses_after_the_horizon_are_left_out():
    grid = time_grid(10 * DAY, 5 * DAY, (0.0, 7 * DAY, 14 * DAY))
    assert grid[-1] == 10 * DAY


@pytest.mark.parametrize(
    ("carrier", "dose", "told"),
    [
        ("exosome-generic", "5 million cells", "need a number of particles"),
        ("bmsc-cells", "5 million vesicles", "need a number of cells"),
    ],
)
def test_a_carrier_that_is_the_drug_is_counted_as_what_it_is(carrier, dose, told):
    with pytest.raises(ValueError, match=told):
        Formulation(schema_version=1, layer=[{"id": "own", "carrier": carrier, "dose": dose}], regimen={"site": "knee"})


@pytest.mark.parametrize(
    ("carrier", "dose", "further", "such"),
    [
        ("exosome-generic", "1e10 particles", "5 million cells", "1e10 particles"),
        ("bmsc-cells", "5 million cells", "1e10 particles", "20 million cells"),
    ],
)
def test_so_is_its_dose_by_a_further_route(carrier, dose, further, such):
    layer = {"id": "own", "carrier": carrier, "dose": dose}
    given = {"site": "knee", "also": [{"route": "intravenous", "dose": further}]}
    with pytest.raises(ValueError, match=f'another kind than the main dose.*such as "{such}"'):
        Formulation(schema_version=1, layer=[layer], regimen=given)


def test_a_target_has_one_level():
    with pytest.raises(ValueError, match="3 beside unbound_above: need one of the two"):
        Target(unbound_above="1 nmol/L", times=3)
    with pytest.raises(ValueError, match="valid number"):
        Target(times="3")


def test_times_lie_closer_from_an_hour_after_the_dose_on():
    times = time_grid(10 * DAY, 5 * DAY)[1:]
    ratio = times[1:] / times[:-1]
    early = times[1:] <= 3600.0
    assert ratio[early].max() < 10 ** (1 / 10) + 1e-9
    assert ratio[~early].max() < 10 ** (1 / 24) + 1e-9
    assert len(ratio) < 0.8 * 40 * np.log10(times[-1] / times[0])
