"""What drives a prediction: against predictions made with one input fixed."""

import numpy as np
import pytest

import formulate
from formulate.formulation import Formulation
from formulate.pipeline import predict
from formulate.sampling import Draws, TypicalDraw
from formulate.sensitivity.analysis import ASSUMED, OTHERS, Sensitivity, sensitivity
from formulate.sensitivity.screening import screen
from materials.errors import DomainError, UnknownIdError


def solution(**calculation: int) -> Formulation:
    """Free drug in a knee: few inputs, quickly computed."""
    return formulate.new_formulation(
        payload=[{"id": "dasatinib", "dose": "1 mg"}],
        layer=[{"id": "free", "carrier": "free-drug-solution", "holds": ["dasatinib"]}],
        regimen={"site": "knee", "state": "osteoarthritis"},
        target={"duration": "2 d"},
        calculation={"draws": 256, **calculation},
    )


@pytest.fixture(scope="module")
def found() -> Sensitivity:
    return sensitivity(solution())


@pytest.fixture(scope="module")
def designed() -> Sensitivity:
    return sensitivity(solution(), ["peak_plasma_unbound"], design=64)


def test_every_number_is_explained_or_says_why_not(found: Sensitivity) -> None:
    for drivers in found.drivers.values():
        assert bool(drivers.effects) != bool(drivers.reason)
        shares = [effect.first for effect in drivers.effects]
        assert shares == sorted(shares, reverse=True)


def test_the_numbers_are_those_of_the_prediction(found: Sensitivity) -> None:
    straight = predict(solution())
    for name, drivers in found.drivers.items():
        assert drivers.estimate.median == straight.assessment.estimates[name].median


def test_typical_is_that_of_a_typical_draw(found: Sensitivity) -> None:
    alone = predict(solution(), TypicalDraw()).assessment.estimates
    for name, drivers in found.drivers.items():
        if drivers.typical is not None and np.isfinite(drivers.typical):
            assert drivers.typical == pytest.approx(alone[name].median, rel=1e-9)


def test_fixing_the_strongest_input_shrinks_the_band_as_foretold(found: Sensitivity) -> None:
    drivers = found.drivers["peak_plasma_unbound"]
    best = drivers.next
    assert best is not None
    assert best.item is not None
    assert best.width is not None
    subject, _, name = best.key.partition(".")
    value = best.item.value
    payload = {"id": "dasatinib", "dose": "1 mg"}
    regimen = {"site": "knee", "state": "osteoarthritis"}
    if subject == "dasatinib":
        payload["set"] = {name: f"{value.typical} {value.unit}"}  # type: ignore[assignment]
    else:
        regimen["set"] = {name: f"{value.typical} {value.unit}"}  # type: ignore[assignment]
    fixed = formulate.new_formulation(
        payload=[payload],
        layer=[{"id": "free", "carrier": "free-drug-solution", "holds": ["dasatinib"]}],
        regimen=regimen, target={"duration": "2 d"}, calculation={"draws": 256},
    )  # fmt: skip

    def decades(item: Formulation) -> float:
        draws = predict(item).assessment.estimates["peak_plasma_unbound"].draws
        assert draws is not None
        low, high = np.quantile(np.log10(draws), [0.1, 0.9])
        return float(high - low)

    assert decades(fixed) / decades(solution()) == pytest.approx(best.width, abs=0.15)


def test_a_design_agrees_with_the_draws_at_hand_and_adds_up(found: Sensitivity, designed: Sensitivity) -> None:
    quick = {effect.key: effect.first for effect in found.drivers["peak_plasma_unbound"].effects}
    drivers = designed.drivers["peak_plasma_unbound"]
    strongest = drivers.effects[0]
    assert strongest.key == max(quick, key=lambda key: quick[key])
    assert strongest.first == pytest.approx(quick[strongest.key], abs=0.3)
    for effect in drivers.effects:
        assert effect.total is not None
        assert -0.2 < effect.total < 1.4
    assert sum(effect.first for effect in drivers.effects) < 1.4
    assert drivers.effects[-1].key == OTHERS
    assert drivers.assumed is not None
    assert drivers.assumed.key == ASSUMED
    groups = len(drivers.effects) + 1
    assert designed.evaluations > 64 * (groups + 2)


def test_the_same_seed_gives_the_same_indices(designed: Sensitivity) -> None:
    again = sensitivity(solution(), ["peak_plasma_unbound"], design=64).drivers["peak_plasma_unbound"]
    assert [(e.key, e.first, e.total) for e in again.effects] == [
        (e.key, e.first, e.total) for e in designed.drivers["peak_plasma_unbound"].effects
    ]


def test_morris_puts_the_same_input_first(found: Sensitivity) -> None:
    pytest.importorskip("SALib")
    screened = screen(solution(), "peak_plasma_unbound", 6)
    assert screened.effects[0].key in [e.key for e in found.drivers["peak_plasma_unbound"].effects[:3]]
    assert screened.evaluations == 256 + 6 * (len(screened.effects) + 1)


def test_progress_can_cancel() -> None:
    def stop(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sensitivity(solution(), progress=stop)


def test_refusals() -> None:
    with pytest.raises(UnknownIdError, match="nothing"):
        sensitivity(solution(), ["nothing"])
    with pytest.raises(DomainError, match="design"):
        sensitivity(solution(), design=100)
    with pytest.raises(DomainError, match="draws"):
        sensitivity(solution(draws=32))
    with pytest.raises(DomainError, match="trajectories"):
        screen(solution(), "cover", 2)
    with pytest.raises(UnknownIdError, match="nothing"):
        screen(solution(), "nothing", 4)
    assert Draws(64).count == 64


def test_points_that_move_a_release_leave_its_other_inputs_alone() -> None:
    # what was measured makes curves of its own, which must not wander from one input moved to the next
    formulation = formulate.new_formulation(
        payload=[{"id": "triamcinolone-acetonide", "dose": "10 mg"}],
        layer=[{
            "id": "m", "carrier": "plga-microsphere", "holds": ["triamcinolone-acetonide"],
            "first_points": {"time": ["1 d", "3 d"], "released": ["5 percent", "9 percent"]},
        }],
        regimen={"site": "knee"},
        calculation={"draws": 256},
    )  # fmt: skip
    found = sensitivity(formulation, ["release_t50"], design=64).drivers["release_t50"]
    listed = sensitivity(formulation, ["release_t50"]).drivers["release_t50"]
    ends = {effect.key: (effect.low, effect.high) for effect in listed.effects}
    assert ends["plga-microsphere.learned_release_main_time"][0] < listed.typical
    assert ends["plga-microsphere.learned_release_main_time"][1] > listed.typical
    for key, (low, high) in ends.items():
        if key.startswith("knee."):  # no release reads anything of a knee
            assert low is None or low == pytest.approx(listed.typical) == pytest.approx(high)
    by_design = {effect.key: effect.total for effect in found.effects}
    assert max(by_design, key=lambda key: by_design[key] or 0.0) == "plga-microsphere.learned_release_main_time"
