"""Who stands where in a comparison: against the same comparison with other weights."""

import pytest

import formulate
from formulate.comparison import Comparison, compare
from formulate.criteria import WEIGHTS
from formulate.report.answer import answer_text
from formulate.report.envelope import comparison_results
from tui.show_comparison import comparison_text

# the first fails, for its dose does not dissolve
CARRIERS = [
    "free-drug-solution", "free-drug-suspension", "plga-microsphere", "gelatin-hydrogel", "hyaluronic-acid-hydrogel",
]  # fmt: skip


def run(**weights: float) -> Comparison:
    return compare(
        formulate.new_question(
            payload=[{"id": "triamcinolone-acetonide", "dose": "5 mg"}],
            regimen={"site": "knee", "state": "osteoarthritis"},
            carriers=CARRIERS,
            target={"duration": "14 d"},
            calculation={"draws": 32},
            weights=weights,
        )
    )


@pytest.fixture(scope="module")
def found() -> Comparison:
    return run()


def test_places_are_all_taken(found: Comparison) -> None:
    assert sum(row.best_probability or 0.0 for row in found.rows) == pytest.approx(1.0)
    assert sum(row.top_three_probability or 0.0 for row in found.rows) == pytest.approx(3.0)
    assert [row.id for row in found.rows if not row.is_ranked] == ["free-drug-solution"]
    for row in found.ranked:
        assert (row.top_three_probability or 0.0) >= (row.best_probability or 0.0) - 1e-12


def test_the_first_is_beaten_by_none_and_the_beaten_are_beaten() -> None:
    found = run(**{**dict.fromkeys(WEIGHTS, 0.0), "cover": 3.0, "residence": 1.0})  # of two parts most are beaten
    assert found.rows[0].unbeaten
    assert not found.ranked[-1].unbeaten
    for row in found.ranked:
        names = [name for name, weight in found.weights.items() if weight > 0]
        mine = [row.parts[name] or 0.0 for name in names]
        others = [[other.parts[name] or 0.0 for name in names] for other in found.ranked if other is not row]
        beaten = any(all(a >= b for a, b in zip(o, mine, strict=True)) and o != mine for o in others)
        assert row.unbeaten == (not beaten)


def test_a_turn_is_where_the_winner_changes_for_real(found: Comparison) -> None:
    assert found.turns
    turn = found.turns[0]
    assert turn.winner != found.rows[0].id
    step = 0.02 * (1 if turn.beyond > turn.now else -1)
    assert run(**{turn.part: turn.beyond - step}).rows[0].id == found.rows[0].id
    assert run(**{turn.part: max(turn.beyond + step, 0.0)}).rows[0].id == turn.winner


def test_text_page_and_json_say_it(found: Comparison) -> None:
    text = " ".join(comparison_text(found, 120).split())
    assert "Pareto front): " in text
    assert "best three" in text
    turn = found.turns[0]
    assert f"if the weight of {turn.part} were" in text
    assert f"if the weight of {turn.part} were" in answer_text(found)
    content = comparison_results(found)
    assert content["what_changes_the_winner"][0]["winner"] == turn.winner
    assert {row["on_pareto_front"] for row in content["rows"] if row["rank"]} <= {True, False}


def test_one_alone_has_no_standing() -> None:
    alone = compare(
        formulate.new_question(
            payload=[{"id": "dasatinib", "dose": "1 mg"}], regimen={"site": "knee"},
            carriers=["free-drug-solution"], calculation={"draws": 16},
        )
    )  # fmt: skip
    assert alone.turns == ()
    assert "Pareto" not in comparison_text(alone, 100)


def test_warnings_of_many_are_gathered_and_end(found: Comparison, monkeypatch: pytest.MonkeyPatch) -> None:
    from tui import show_comparison as show

    text = show._warnings(found, 100)
    every = {warning for row in found.rows for warning in row.warnings}
    flat = " ".join(text.split())
    assert all(" ".join(warning.split()) in flat for warning in every)
    assert all(flat.count(f"! {' '.join(warning.split())}") == 1 for warning in every)
    monkeypatch.setattr(show, "MOST_WARNED", 1)
    more = sum(bool(row.warnings) for row in found.rows[1:])
    assert more > 1
    assert f"Those of {more} more carriers" in " ".join(show._warnings(found, 100).split())


@pytest.mark.parametrize(("site", "dose", "warned"), [("knee", "", False), ("disc", "", True), ("disc", "5 mg", False)])
def test_a_usual_dose_for_a_joint_is_told_elsewhere(site: str, dose: str, warned: bool) -> None:
    payload = {"id": "triamcinolone-acetonide", **({"dose": dose} if dose else {})}
    given = formulate.new_question(
        payload=[payload], regimen={"site": site}, carriers=["free-drug-suspension"], calculation={"draws": 16}
    )
    found = compare(given)
    prediction = found.rows[0].prediction
    assert prediction is not None
    assert bool(prediction.borrowed_dose) == warned
    assert ("per intra-articular injection" in answer_text(found)) == warned
