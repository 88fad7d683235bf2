"""The space of a target file: what its points stand for, and what is refused."""

import copy

import numpy as np
import pytest

from formulate.designs.outcome import Limit, evaluate, limits_of
from formulate.designs.space import Space
from formulate.designs.target_file import TargetFile, build_target, read_target
from formulate.examples import text
from formulate.pipeline import predict
from materials.errors import FileError

CONTENT = {
    "payload": [{"id": "triamcinolone-acetonide", "dose": "20 mg"}],
    "regimen": {"site": "knee", "state": "osteoarthritis"},
    "target": {"unbound_above": "10 nmol/L", "duration": "14 d", "probability": 0.5},
    "carriers": ["plga-microsphere", "free-drug-suspension"],
    "limits": {"volume": "3 mL", "injections": 2, "plasma_below": "10 nmol/L", "excipients": "400 mg"},
    "choice": [
        {"name": "dose", "low": "5 mg", "high": "40 mg"},
        {"name": "injections", "options": [1, 2]},
        {"name": "interval", "low": "7 d", "high": "0.5 month"},
        {"of": "plga-microsphere", "name": "diameter", "low": "10 um", "high": "80 um", "tolerance": "20 percent"},
        {"of": "plga-microsphere", "name": "lactide_fraction", "low": "0.5 fraction", "high": "0.9 mol/mol"},
    ],
    "calculation": {"draws": 32},
}  # fmt: skip


def made(**changed: object) -> TargetFile:
    return build_target({**copy.deepcopy(CONTENT), **changed}, "target")


def test_the_shipped_example_is_a_target(tmp_path):
    path = tmp_path / "target.toml"
    path.write_text(text("triamcinolone-design.toml"), encoding="utf-8")
    assert [axis.key for axis in Space(read_target(path)).axes][:2] == [("", "carrier"), ("", "dose")]


def test_ends_of_the_cube_are_the_ends_of_the_ranges():
    space = Space(made())
    low = {item.name: item for item in space.settings(np.zeros(6))}
    high = {item.name: item for item in space.settings(np.full(6, 1 - 1e-12))}
    assert low["carrier"].value == "plga-microsphere"
    assert high["carrier"].value == "free-drug-suspension"
    assert (low["dose"].text, high["dose"].text) == ("5 mg", "40 mg")
    assert low["diameter"].text == "10 um"
    assert low["lactide_fraction"].text == "0.5 fraction"
    assert "interval" not in low  # one injection has none
    assert high["injections"].value == 2
    assert "diameter" not in high  # the suspension has no such layer


def test_a_range_above_zero_is_divided_by_ratio_and_a_fraction_by_difference():
    space = Space(made())
    middle = {item.name: item for item in space.settings(np.array([0.0, 0.5, 0.5, 0.5, 0.5, 0.5]))}
    assert middle["dose"].value == pytest.approx(np.sqrt(5 * 40), rel=1e-3)
    assert middle["lactide_fraction"].value == pytest.approx(0.7)


def test_a_design_becomes_the_formulation_it_says():
    space = Space(made())
    built = space.formulation(space.settings(np.array([0.0, 0.0, 0.9, 0.0, 0.5, 1.0])))
    assert built.cargo.dose == "5 mg"
    assert (built.regimen.injections, built.regimen.interval, built.regimen.volume) == (2, "7 d", "3 mL")
    layer = built.layer[0]
    assert layer.carrier == "plga-microsphere"
    diameter = layer.overrides["diameter"]
    assert (diameter.low, diameter.typical, diameter.high) == (22.62, 28.28, 33.94)  # 20 percent around
    assert diameter.basis == "number"  # what a size without one is computed as: the file of a design says which it is
    assert layer.overrides["lactide_fraction"].typical == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("low", "high", "step"),
    [("7 d", "21 d", 1.0), ("1 week", "3 week", 1 / 7), ("3 h", "3 d", 1.0), ("30 min", "3 h", 0)],
)
def test_an_interval_is_in_whole_days_or_hours_within_its_range(low, high, step):
    choices = [{"name": "injections", "options": [2, 3]}, {"name": "interval", "low": low, "high": high}]
    axis = Space(made(choice=choices)).axes[-1]
    ends = axis.choice.ends
    found = np.array([axis.setting(share).value for share in np.linspace(0, 1, 101)])
    assert (found >= ends[0]).all()
    assert (found <= ends[1]).all()
    assert (np.diff(found) >= 0).all()
    if step:
        assert np.allclose(np.round(found / step), found / step, atol=4e-3)  # four digits of a week
    else:
        assert len(set(found)) == 101


def test_designs_come_in_order_whichever_are_computed_together():
    space = Space(made())
    points = space.points(12)
    apart = [outcome for point in points for outcome in evaluate(space, point[None])]
    together = list(evaluate(space, points))
    assert [item.index for item in together] == list(range(12))
    for one, other in zip(apart, together, strict=True):
        assert one.settings == other.settings
        assert one.margin == pytest.approx(other.margin, rel=1e-9)
        assert one.probability == other.probability


def test_points_go_on_where_they_were_left():
    space = Space(made())
    whole = space.points(40)
    assert np.array_equal(np.concatenate([space.points(17), space.points(23, first=17)]), whole)
    assert ((whole >= 0) & (whole < 1)).all()
    assert np.abs(np.sort(space.points(64), axis=0)[:, 1] - (np.arange(64) + 0.5) / 64).max() < 1 / 64  # even


def test_an_outcome_is_that_of_its_formulation_and_of_no_other_beside_it():
    space = Space(made())
    points = space.points(5)
    outcomes = list(evaluate(space, points, first=10))
    assert [item.index for item in outcomes] == [10, 11, 12, 13, 14]
    alone = next(evaluate(space, points[3:4]))
    assert alone.probability == outcomes[3].probability
    prediction = predict(space.formulation(outcomes[3].settings))
    cover = prediction.assessment.estimates["cover"]
    assert outcomes[3].numbers["cover"].median == pytest.approx(cover.median)
    assert outcomes[3].limits["cover"].chance == pytest.approx(float((cover.draws >= 0.9).mean()))
    for item in outcomes:
        held = item.limits.values()
        assert item.probability <= min(one.chance for one in held) + 1e-12
        assert item.probability >= sum(one.chance for one in held) - len(item.limits) + 1 - 1e-12  # Bonferroni
        assert all(one.others >= item.probability for one in held)
        assert (item.margin >= 0) == (item.probability >= 0.5)


@pytest.mark.parametrize("at_least", [True, False])
def test_the_threshold_that_is_reached_is_passed_just_as_surely_as_wanted(at_least):
    values = np.random.default_rng(3).lognormal(size=200)
    others = np.random.default_rng(4).random(200) < 0.9
    limit = Limit("cover", "", "1", 1.0, at_least)
    reached = limit.reached(values, others, 0.6)
    passing = (others & (values >= reached if at_least else values <= reached)).mean()
    assert passing == pytest.approx(0.6)
    assert limit.reached(values, others, 0.95) is None  # the others alone leave 90 %


def test_limits_are_read_in_si():
    found = {limit.name: limit for limit in limits_of(made())}
    assert list(found) == ["cover", "volume", "injections", "plasma_below", "excipients"]
    assert found["volume"].threshold == pytest.approx(3e-6)
    assert found["plasma_below"].threshold == pytest.approx(10e-6 * 434.5e-3, rel=1e-3)  # mol/m3 x kg/mol
    assert found["excipients"].threshold == pytest.approx(4e-4)


def refused(**changed: object) -> str:
    with pytest.raises(FileError) as error:
        made(**changed)
    return str(error.value)


def choice(**given: object) -> list[dict[str, object]]:
    return [given]


REFUSED = [
    ({"choice": choice(name="dose")}, "choice.0.low", "is missing"),
    ({"choice": choice(name="dose", low="5 mg")}, "choice.0.high", "is missing"),
    ({"choice": choice(name="dose", low="5 mg", high="4 mg")}, "choice.0.high", "not above low"),
    ({"choice": choice(name="dose", low="5 nm", high="40 mg")}, "choice.0.low", "mg"),
    ({"choice": choice(name="dose", low="-5 mg", high="40 mg")}, "choice.0.low", "above zero"),
    ({"choice": choice(name="dose", low="5 mg", high="9 mg", options=["3 mg"])}, "choice.0.low", "beside options"),
    ({"choice": choice(name="dose", low=5, high=9)}, "choice.0.low", "unit"),
    ({"choice": choice(name="diameter", low="5 um", high="9 um")}, "choice.0.name", "without of"),
    ({"choice": choice(of="plga", name="diameter", low="5 um", high="9 um")}, "choice.0.of", "plga-microsphere"),
    ({"choice": choice(of="plga-microsphere", name="dose", low="5 mg", high="9 mg")}, "choice.0.of", "left out"),
    ({"choice": choice(of="plga-microsphere", name="diametr", low="5 um", high="9 um")}, "choice.0", "diameter"),
    ({"choice": choice(of="plga-microsphere", name="method", low="a", high="b")}, "choice.0", "options"),
    ({"choice": choice(of="plga-microsphere", name="method", options=["melt"])}, "choice.0", "emulsion"),
    ({"choice": choice(of="triamcinolone-acetonide", name="method", options=["melt"])}, "choice.0.of", "no method"),
    ({"choice": choice(name="dose", low=1.5, high="9 mg")}, "choice.0.low: 1.5; ", "a whole number"),
    ({"choice": choice(name="injections", options=[True])}, "choice.0.options.0: True; ", "a whole number"),
    ({"choice": choice(name="injections", options=[1, 2])}, "choice.0.name", "interval"),
    ({"choice": choice(name="interval", low="7 d", high="9 d")}, "choice.0.name", "injections"),
    ({"choice": choice(name="injections", low=0, high=3)}, "choice.0.low", "whole number"),
    ({"choice": choice(name="dose", low="5 mg", high="9 mg", tolerance="10 percent")}, "choice.0.tolerance", "propert"),
    ({"choice": choice(name="dose", low="0 mg", high="9 mg", scale="log")}, "choice.0.low", "above zero"),
    ({"choice": []}, "choice", "at least 1"),
    ({"carriers": []}, "carriers", "is missing"),
    ({"carriers": ["plga-microspher"]}, "carriers.0", "plga-microsphere"),
    ({"carriers": ["plga-microsphere"] * 2}, "carriers", "twice"),
    ({"limits": {"cover": "120 percent"}}, "limits.cover", "100 percent"),
    ({"limits": {"volume": "3 mg"}}, "limits.volume", "mL"),
    ({"limits": {"plasma": "3 nmol/L"}}, "limits.plasma", "plasma_below"),
    ({"limits": {"excipients": {"gel": "3 mg"}}}, "limits.excipients", "no layer"),
    ({"limits": {"excipients": 3}}, "limits.excipients: 3; ", "a table of masses by layer"),
    ({"payload": [{"id": "hydrocortisone"}], "target": {}}, "target.unbound_above", "is missing"),
    ({"payload": [{"id": "lidocaine"}]}, "payload.0", "no molar_mass"),
    ({"calculation": {"horizon": "13 d"}}, "calculation.horizon", "14 d or more"),
    ({"payload": []}, "payload", "one [[payload]]"),
    ({"regimen": {"site": "kne"}}, "regimen.site", "knee"),
    ({"target": {"unbound_above": "10 mg"}}, "target.unbound_above", "umol/L"),
]


@pytest.mark.parametrize(("changed", "field", "told"), REFUSED)
def test_what_cannot_be_is_refused_by_its_field(changed, field, told):
    lines = refused(**changed).splitlines()
    assert any(f"{field}" in line and told in line for line in lines), lines
    assert all(line.count("\n") == 0 for line in lines)


def test_a_fault_of_a_choice_is_one_line():
    for given in (True, 1.5, [], {}):
        assert len(refused(choice=choice(name="dose", low=given, high="9 mg")).splitlines()) == 1
