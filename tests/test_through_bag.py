"""A forecast seen through a dialysis bag: true release beside what a receiver shows, and what that says."""

import numpy as np
import pytest

from formulate.forecast import forecast
from formulate.formulation import Formulation, build
from formulate.report.release_page import release_figure, release_html, release_results
from formulate.through_bag import Bag, through_bag
from materials.errors import DomainError, FormulateError

HOUR, DAY = 3600.0, 86400.0


def asked(carrier: str, payload: str = "dexamethasone", **own: str):
    content = {
        "schema_version": 1,
        "payload": [{"id": payload, "dose": "0.1 mg"}],
        "layer": [{"id": "a", "carrier": carrier, "holds": [payload], "set": own}],
        "regimen": {"site": "knee", "volume": "5 mL"},
        "calculation": {"draws": 64, "horizon": "60 d"},
    }
    return forecast(build(Formulation, content, "test"))


def bag(hours: float, **more) -> Bag:
    return Bag(np.log(2.0) / (hours * HOUR), **more)


@pytest.fixture(scope="module")
def gel():
    return asked("hyaluronic-acid-hydrogel")


def test_a_very_fast_bag_shows_the_release(gel):
    seen = through_bag(gel, bag(0.0001)).seen
    for end in ("low", "median", "high"):
        assert getattr(seen, end)[1:] == pytest.approx(getattr(gel, end)[1:], abs=0.01)


def test_the_receiver_lags_and_never_leads(gel):
    found = through_bag(gel, bag(5.0))
    assert (found.seen.median <= found.median + 1e-9).all()
    assert (found.seen.median <= found.seen.free + 1e-9).all()
    assert found.seen.free == pytest.approx(1 - 2 ** (-gel.time / (5 * HOUR)), abs=1e-9)
    assert np.array_equal(found.median, gel.median)  # the release itself is left as it was
    slower = through_bag(gel, bag(50.0)).seen
    assert (slower.median <= found.seen.median + 1e-9).all()


def test_free_drug_says_nothing_of_a_carrier():
    seen = through_bag(asked("free-drug-solution"), bag(3.0)).seen
    assert seen.median[1:] == pytest.approx(seen.free[1:], abs=0.05)
    assert any("100%" in text and "say nothing of the carrier" in text for text in seen.warnings)
    assert any("reports mostly the bag" in text for text in seen.warnings)


def test_a_slow_carrier_is_not_warned_of():
    seen = through_bag(asked("plga-microsphere"), bag(1.0)).seen
    assert not any("say nothing" in text for text in seen.warnings)
    assert any("reports the carrier" in text for text in seen.told)


def test_profiles_that_hold_a_bag_already_are_told():
    assert any("counted twice" in text for text in through_bag(asked("liposome"), bag(1.0)).seen.warnings)


def test_readings_and_samples(gel):
    times = (2 * HOUR, DAY, 7 * DAY)
    without = through_bag(gel, bag(2.0, volume_ratio=0.1, sampled_at=times)).seen
    taking = through_bag(gel, bag(2.0, volume_ratio=0.1, sampled_at=times, sample_share=0.1)).seen
    assert [item.time for item in taking.readings] == list(times)
    first, last = taking.readings[0], taking.readings[-1]
    assert first.corrected == pytest.approx(first.uncorrected)  # nothing was taken yet
    assert last.uncorrected[1] < last.corrected[1]
    assert without.readings[-1].uncorrected == pytest.approx(without.readings[-1].corrected)
    assert without.readings[-1].free == pytest.approx(1 / 1.1, abs=1e-6)
    with pytest.raises(DomainError, match="longer horizon"):
        through_bag(gel, bag(2.0, sampled_at=(61 * DAY,)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"free_rate": 0.0},
        {"free_rate": 1.0, "volume_ratio": -1.0},
        {"free_rate": 1.0, "sampled_at": (0.0,)},
        {"free_rate": 1.0, "sampled_at": (1.0, 2.0), "sample_share": 0.5, "replaced": False},
    ],
)
def test_a_bag_that_cannot_be_is_refused(wrong):
    with pytest.raises(DomainError):
        Bag(**wrong)


def test_a_carrier_that_is_the_drug_passes_no_bag():
    content = {
        "schema_version": 1,
        "layer": [{"id": "a", "carrier": "msc-exosome", "dose": "1e9 particles"}],
        "regimen": {"site": "knee", "volume": "5 mL"},
        "calculation": {"draws": 16},
    }
    with pytest.raises(FormulateError, match="holds msc-exosome back"):
        through_bag(forecast(build(Formulation, content, "test")), bag(1.0))


def test_it_is_shown_everywhere(gel):
    found = through_bag(gel, bag(2.0, sampled_at=(DAY,)))
    shown = release_results(found)["dialysis"]
    assert shown["half_time_of_free_drug"] == {"value": pytest.approx(2.0), "unit": "h"}
    assert shown["readings"][0]["released"]["median"] >= shown["readings"][0]["corrected"]["median"]
    assert "dialysis" not in release_results(gel)
    assert "What the receiver of a dialysis bag shows" in release_html(found)
    assert len(release_figure(found).axes[0].lines) == len(release_figure(gel).axes[0].lines) + 4
    assert "in the receiver median (fraction)" in found.to_frame().columns
