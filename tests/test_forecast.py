"""The release of a formulation before it is measured, and as points and siblings come in."""

import numpy as np
import pytest

from formulate.case import prepare
from formulate.forecast import DAY, Forecast, Points, Sibling, describe, family_of, forecast, points
from formulate.formulation import Formulation, build
from formulate.loading.stage import load
from formulate.sampling import Draws
from materials.errors import DomainError, FileError, FormulateError


def asked(carrier: str = "plga-microsphere", around: str = "", **given: str) -> Formulation:
    layers = [{"id": "inner", "carrier": carrier, "holds": ["dasatinib"], "set": given}]
    if around:
        layers.append({"id": "outer", "carrier": around, "holds": ["inner"]})
    content = {
        "schema_version": 1,
        "payload": [{"id": "dasatinib", "dose": "0.1 mg"}],
        "layer": layers,
        "regimen": {"site": "knee"},
        "calculation": {"draws": 256, "horizon": "60 d"},
    }
    return build(Formulation, content, "test")


SLOW = points(np.array([1.0, 2.0, 3.0]) * DAY, [0.04, 0.06, 0.08])
FAST = points(np.array([1.0, 2.0, 3.0]) * DAY, [0.5, 0.6, 0.65])
KINDS = ("plga-microsphere", "liposome", "hyaluronic-acid-hydrogel", "free-drug-suspension", "free-drug-solution")


@pytest.mark.parametrize("carrier", KINDS)
def test_release_starts_at_nothing_never_falls_and_is_at_most_all(carrier):
    found = forecast(asked(carrier))
    assert found.learned == (carrier in ("plga-microsphere", "liposome"))
    if found.mechanism.has_carriers:
        assert (found.released[:, 0] < 1e-9).all()
    assert (np.diff(found.released, axis=1) >= -1e-9).all()
    assert found.released.max() <= 1.0 + 1e-9
    assert (found.low <= found.median).all()
    assert (found.median <= found.high).all()


@pytest.mark.parametrize("carrier", ["plga-microsphere", "liposome"])
@pytest.mark.parametrize("observed", [SLOW, FAST], ids=["slow", "fast"])
def test_measured_points_move_and_narrow_it(carrier, observed):
    found = forecast(asked(carrier), observed)
    assert found.before is not None
    assert found.width < 0.8 * found.before.width
    at = np.searchsorted(found.time, 2 * DAY)
    assert found.median[at] == pytest.approx(observed.share[1], abs=0.05)
    # what is measured early is told on: the slow one stays the slower one
    other = forecast(asked(carrier), FAST if observed is SLOW else SLOW)
    week = np.searchsorted(found.time, 7 * DAY)
    assert (found.median[week] < other.median[week]) == (observed is SLOW)


def test_the_mechanism_of_a_gel_is_moved_by_points_it_foresees():
    plain = forecast(asked("hyaluronic-acid-hydrogel"))
    at = [np.searchsorted(plain.time, day * DAY) for day in (1, 3)]
    slow = np.quantile(plain.released, 0.25, axis=0)
    found = forecast(asked("hyaluronic-acid-hydrogel"), points(plain.time[at], slow[at]))
    assert found.width < plain.width
    assert np.abs(found.median[at] - slow[at]).max() < np.abs(plain.median[at] - slow[at]).max()


def test_a_mechanism_that_does_not_foresee_what_was_measured_says_so_and_stays():
    never = points([DAY, 20 * DAY, 40 * DAY], [0.01, 0.02, 0.03])
    found = forecast(asked("hyaluronic-acid-hydrogel"), never)
    assert any("come near what was measured" in text for text in found.warnings)
    assert np.array_equal(found.released, found.before.released)


def test_a_sibling_moves_it_and_less_than_its_own_points_do():
    sibling = Sibling(asked(diameter="60 um"), SLOW)
    beside, own = forecast(asked(), siblings=[sibling]), forecast(asked(), SLOW)
    week = np.searchsorted(own.time, 7 * DAY)
    assert own.width < beside.width < own.before.width
    assert beside.median[week] < beside.before.median[week]


def test_the_size_of_a_sibling_counts():
    # the same curve of larger spheres means more for small ones than that of smaller spheres does
    larger, smaller = (
        forecast(asked(diameter="30 um"), siblings=[Sibling(asked(diameter=size), SLOW)]) for size in ("90 um", "10 um")
    )
    week = np.searchsorted(larger.time, 7 * DAY)
    assert larger.median[week] > smaller.median[week]


def test_the_next_point_comes_after_the_last_and_would_narrow_the_band():
    found = forecast(asked(), SLOW)
    assert all(item.time > 3 * DAY for item in found.next_points)
    assert all(0.0 < item.width <= found.width for item in found.next_points)
    # the end of the calculation tells less of the middle than a time in it
    widths = {round(item.time / DAY): item.width for item in found.next_points}
    assert widths[14] < widths[5]
    assert not forecast(asked("free-drug-solution")).next_points


def test_a_measurement_as_foreseen_narrows_the_band_about_as_promised():
    plain = forecast(asked())
    week = next(item for item in plain.next_points if item.time == 7 * DAY)
    at = np.searchsorted(plain.time, 7 * DAY)
    widths = [
        forecast(asked(), points([7 * DAY], [share])).width
        for share in np.quantile(plain.released[:, at], np.linspace(0.1, 0.9, 5))
    ]
    assert np.mean(widths) == pytest.approx(week.width, rel=0.35)


def test_what_a_formulation_is_described_by():
    formulation = asked(diameter="40 um", lactide_fraction="0.75 fraction", molecular_weight="60 kg/mol")
    case = prepare(formulation)
    found = describe(case, load(case), family_of(formulation))
    assert found.diameter == pytest.approx(40e-6)
    assert found.lactide_fraction == 0.75
    assert found.molar_mass == pytest.approx(60.0)
    assert 0.0 < found.drug_loading < 1.0


def test_particles_in_a_gel_are_left_to_the_mechanism():
    formulation = asked(around="hyaluronic-acid-hydrogel")
    assert family_of(formulation) is None
    assert not forecast(formulation).learned
    with pytest.raises(FormulateError, match="nothing is learned"):
        forecast(formulation, siblings=[Sibling(asked(), SLOW)])


@pytest.mark.parametrize(
    ("time", "share", "told"),
    [
        ([DAY], [5.0], "a share, not a percentage"),
        ([-1.0], [0.5], "observed time"),
        ([DAY, 2 * DAY], [0.5], "one for each time"),
        ([0.0], [0.0], "after time 0"),
        ([DAY], [float("nan")], "observed share"),
    ],
)
def test_points_that_are_none_are_refused(time, share, told):
    with pytest.raises(DomainError, match=told):
        points(time, share)


def test_the_order_of_points_does_not_matter():
    back = points(SLOW.time[::-1], SLOW.share[::-1])
    assert np.array_equal(forecast(asked(), back).released, forecast(asked(), SLOW).released)


def test_what_cannot_be_computed_is_refused_in_one_line():
    with pytest.raises(FileError, match="is not computed"):
        forecast(asked("exosome-generic"))
    other = asked().model_dump(mode="json", exclude_unset=True)
    other["payload"][0]["id"] = "triamcinolone-acetonide"
    other["layer"][0]["holds"] = ["triamcinolone-acetonide"]
    sibling = Sibling(build(Formulation, other, "test"), SLOW)
    with pytest.raises(FormulateError, match="holds triamcinolone-acetonide"):
        forecast(asked(), siblings=[sibling])


def test_a_point_beyond_the_calculation_is_refused_where_the_mechanism_stands_alone():
    with pytest.raises(DomainError, match=r"observed time = .* d; need at most .*, or a longer horizon \(late.csv\)"):
        forecast(asked("hyaluronic-acid-hydrogel"), points([100 * DAY], [0.5], "late.csv"))


def test_the_same_seed_gives_the_same_numbers():
    one, other = (forecast(asked(), SLOW) for _ in range(2))
    assert isinstance(one, Forecast)
    assert isinstance(one.points, Points)
    assert np.array_equal(one.released, other.released)
    assert [item.median for item in one.numbers] == [item.median for item in other.numbers]


def test_one_name_calls_it_before_and_after_its_module_is_there():
    import formulate

    first = formulate.forecast_release(asked())
    assert (formulate.forecast_release(asked()).median == first.median).all()


def test_draws_stand_instead_of_those_of_the_file():
    found = forecast(asked(), draws=Draws(16, 3))
    assert len(found.released) == 16
    assert (found.median != forecast(asked(), draws=Draws(16, 4)).median).any()


@pytest.mark.parametrize(
    ("time", "share", "told"),
    [
        ([1, 2], [[0.1], [0.2], [0.3]], "points = 3; need 2"),
        ([], [], "need one after time 0"),
        ([1], [5], "not a percentage"),
    ],
)
def test_points_of_a_wrong_form_are_refused(time, share, told):
    with pytest.raises(DomainError, match=told):
        points(time, share)


def test_what_is_odd_in_points_is_told():
    found = forecast(asked(), points([DAY], [0.05], "a.csv", ["falls"]))
    assert "a.csv: falls" in found.warnings


def test_it_says_where_the_body_is_told_by_something_else():
    nest = forecast(asked(around="hyaluronic-acid-hydrogel"))
    assert any("on the bench plga-microsphere inside another layer" in text for text in nest.told)
    assert "then out of what is around it" in nest.basis
    content = {
        "schema_version": 1,
        "payload": [{"id": "doxorubicin", "dose": "2 mg"}],
        "layer": [{"id": "v", "carrier": "pegylated-liposome", "holds": ["doxorubicin"], "method": "remote-loading"}],
        "regimen": {"site": "knee"},
        "calculation": {"draws": 64},
    }
    remote = build(Formulation, content, "test")
    assert any("is loaded remotely" in text for text in forecast(remote).warnings)
    assert not any("is loaded remotely" in text for text in forecast(remote, SLOW).warnings)
    assert not any("is loaded remotely" in text for text in forecast(asked("liposome")).warnings)
