"""A comparison as a user reads it: feasible first, gaps told, the same in text, page, JSON and table."""

import json
from html import unescape
from typing import Any

import pytest
from click.testing import CliRunner

import formulate
from formulate.comparison import Comparison, compare, compare_formulations
from formulate.criteria import GROUPS
from formulate.report.answer import answer_text, question_text
from formulate.report.compared import left_out_text
from formulate.report.envelope import comparison_results, dumps
from formulate.report.figures import drawable, figure_svg
from formulate.report.html import comparison_html
from formulate.report.text import prose
from materials.errors import FileError
from tui.cli import cli
from tui.show_comparison import comparison_text

# the solution fails, for its dose does not dissolve
CARRIERS = ["free-drug-solution", "free-drug-suspension", "plga-microsphere", "hyaluronic-acid-hydrogel"]
OWN = ["exosome-bmsc", "bmsc-cells", "microvesicle-bmsc", "plga-microsphere", "msc-conditioned-medium"]


def ask(**more: Any) -> Comparison:
    content: dict[str, Any] = {
        "payload": [{"id": "triamcinolone-acetonide", "dose": "5 mg"}],
        "regimen": {"site": "knee", "state": "osteoarthritis"},
        "carriers": CARRIERS,
        "target": {"duration": "28 d"},
        "calculation": {"draws": 32},
    }
    content |= more
    return compare(formulate.new_question(**{name: given for name, given in content.items() if given is not None}))


@pytest.fixture(scope="module")
def found() -> Comparison:
    return ask()


@pytest.fixture(scope="module")
def own() -> Comparison:
    return ask(payload=None, carriers=OWN)


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_what_fails_stays_with_its_reason_and_its_numbers(found):
    last = found.rows[-1]
    assert last.id == "free-drug-solution"
    assert [check.name for check in last.failed] == ["dose"]
    assert not last.is_ranked
    assert last.score is not None
    assert last.numbers["cover"].exists
    row = comparison_results(found)["rows"][-1]
    assert row["rank"] is None
    assert last.failed[0].told.split(";")[0] in row["why_not_ranked"].replace("µ", "u")


def test_no_part_is_empty_without_a_reason(found, own):
    for comparison in (found, own):
        for row in comparison.rows:
            assert all(part.mean is not None or part.reason for part in row.earned.values())
            assert all(check.told for check in row.checks)
            assert all(item.exists or item.reason for item in row.numbers.values())


@pytest.mark.usefixtures("undrawn")
def test_everything_is_said_everywhere(found):
    """The verdicts of the checks, where rows stand and what they earn: in the text, page, JSON and table alike."""
    text = one_line(comparison_text(found, 80))
    page = one_line(unescape(comparison_html(found)))
    content = json.loads(dumps(comparison_results(found)))
    frame = found.to_frame().set_index("carrier")
    for row, written in zip(found.rows, content["rows"], strict=True):
        assert [check["verdict"] for check in written["feasibility"]] == [check.verdict for check in row.checks]
        for check in row.checks:
            assert frame.loc[row.id, f"check {check.name}"] == check.verdict
            assert one_line(prose(check.told)) in page
        for name in GROUPS["standing"]:
            mean = row.earned[name].mean
            assert written["parts"][name]["mean"] == (None if mean is None else pytest.approx(mean, rel=1e-5))
            assert mean is not None or written["parts"][name]["reason"]
        for told in row.standing.evidence.told:
            assert one_line(prose(told)) in page
        assert row.standing.evidence.word in text
        assert frame.loc[row.id, "score at most (0 to 1)"] == row.score_at_most
    for check in found.rows[-1].failed:
        assert one_line(check.told) in text
    assert all(len(line) <= 80 for line in comparison_text(found, 80).splitlines())


def test_one_injection_is_enough_where_one_holds_the_target_all_the_time(found):
    for row in found.rows:
        cover, needed = row.numbers["cover"].draws, row.numbers["injections_needed"].draws
        assert (needed[cover >= 1 - 1e-9] == 1).all()
        above = row.numbers["time_above"].draws
        assert (needed[above < 14 * 86400.0] > 1).all()  # of 28 d


def test_a_higher_target_comes_less_deep_and_takes_more_injections():
    levels = [ask(target={"duration": "28 d", "unbound_above": level}) for level in ("10 nmol/L", "1 umol/L")]
    for low, high in zip(*(sorted(item.rows, key=lambda row: row.id) for item in levels), strict=True):
        assert (low.numbers["depth_above_target"].draws >= high.numbers["depth_above_target"].draws).all()
        assert (low.numbers["injections_needed"].draws <= high.numbers["injections_needed"].draws).all()


def test_without_a_depth_nobody_earns_penetration_and_the_reason_is_told():
    comparison = ask(target={"duration": "28 d", "compartment": "synovium"})
    assert "penetration" not in comparison.used_parts()
    assert "no concentration by depth is computed in the synovium" in one_line(comparison_text(comparison, 80))
    assert "no concentration by depth" in comparison_results(comparison)["parts_left_out"]["penetration"]


def test_one_more_carrier_changes_no_number_of_the_others(found):
    more = {row.id: row for row in ask(carriers=[*CARRIERS, "liposome"]).rows}
    for row in found.rows:
        assert more[row.id].score == pytest.approx(row.score, rel=1e-12)
        assert more[row.id].parts == pytest.approx(row.parts)


def test_carriers_that_are_the_drug_are_named_and_not_ranked():
    comparison = ask(carriers=[*CARRIERS[:2], "bmsc-cells"])
    assert {row.id for row in comparison.rows} == set(CARRIERS[:2])
    assert [item.id for item in comparison.left_out] == ["bmsc-cells"]
    assert "itself the drug" in left_out_text(comparison)
    assert "bmsc-cells" in comparison_text(comparison, 80)
    assert comparison_results(comparison)["left_out"][0]["reason"]


def test_carriers_that_are_the_drug_are_compared_by_what_acts(own):
    assert {row.id for row in own.rows} == {"exosome-bmsc", "bmsc-cells", "microvesicle-bmsc"}
    assert {item.id for item in own.left_out} == {"plga-microsphere", "msc-conditioned-medium"}
    assert set(own.used_parts()) == {"residence", "injections", "certainty", "evidence", "cost", "difficulty", "risk"}
    rows = {row.id: row for row in own.rows}
    # half of what acts of cells is gone after days, of free vesicles after hours
    halves = {name: rows[name].numbers["active_half_time"].median for name in ("bmsc-cells", "exosome-bmsc")}
    assert halves["exosome-bmsc"] < 1.0 < halves["bmsc-cells"]
    assert rows["bmsc-cells"].earned["injections"].mean > rows["exosome-bmsc"].earned["injections"].mean
    assert "activity_half_life" in rows["microvesicle-bmsc"].missing["residence"]
    assert "themselves the drug" in question_text(own)
    assert answer_text(own).startswith("First of 3: ")
    assert "themselves the drug" in comparison_text(own, 80)
    assert json.loads(dumps(comparison_results(own)))["rows"][0]["estimates"]["active_half_time"]
    assert "Is it feasible?" in comparison_html(own)
    assert len(own.to_frame()) == 3


def test_where_one_holds_a_drug_one_that_is_the_drug_is_not_ranked_beside_it(found, own):
    both = [(row.id, row.formulation) for row in (found.rows[0], own.rows[0])]
    comparison = compare_formulations(both)
    assert [row.id for row in comparison.ranked] == [found.rows[0].id]
    assert comparison.rows[-1].id == own.rows[0].id
    assert comparison.rows[-1].score is None
    for written in (comparison_text(comparison, 80), comparison_html(comparison)):
        assert "beside carriers that hold one" in one_line(written)
    assert "beside carriers that hold one" in comparison_results(comparison)["rows"][-1]["why_not_ranked"]


def test_a_question_needs_a_payload_or_carriers():
    with pytest.raises(FileError, match="payload: is missing"):
        formulate.new_question(regimen={"site": "knee"})


def test_load_counts_where_it_is_asked_for():
    disc = {"site": "disc", "state": "late-degenerate"}
    some = ["plga-microsphere", "gelatin-hydrogel"]
    drug = [{"id": "dexamethasone", "dose": "0.5 mg"}]
    free = ask(regimen=disc, carriers=some, payload=drug)
    needed = ask(regimen=disc, carriers=some, payload=drug, needs=["load-bearing"])
    verdicts = [check.verdict for check in free.rows[0].checks + free.rows[1].checks if check.name == "load-bearing"]
    assert "fails" in verdicts
    assert all(row.is_ranked for row in free.rows)
    assert [row.id for row in needed.rows if not row.is_ranked] == ["plga-microsphere"]
    assert "--needs load-bearing" in one_line(comparison_text(free, 80))


def test_sources_speak_where_two_are_compared_that_they_compare():
    comparison = ask(payload=None, carriers=["exosome-bmsc", "microvesicle-bmsc"])
    assert comparison.head_to_head
    for item in comparison.head_to_head:
        assert set(item.rows) | set(item.others) <= {"exosome-bmsc", "microvesicle-bmsc"}
        assert item.sources
        for written in (comparison_text(comparison, 80), unescape(comparison_html(comparison))):
            assert one_line(item.told) in one_line(written)
    assert len(comparison_results(comparison)["head_to_head"]) == len(comparison.head_to_head)


def test_files_of_carriers_that_are_the_drug_are_compared(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, carrier, dose in (
        ("cells", "bmsc-cells", "5 million cells"),
        ("exosomes", "exosome-bmsc", "1e9 particles"),
    ):
        (tmp_path / f"{name}.toml").write_text(
            'schema_version = 1\nkind = "formulation"\n[[layer]]\nid = "own"\n'
            f'carrier = "{carrier}"\ndose = "{dose}"\n[regimen]\nsite = "knee"\n[calculation]\ndraws = 16\n',
            "utf-8",
        )
    done = CliRunner().invoke(cli, ["compare", "cells.toml", "exosomes.toml", "--json"])
    assert done.exit_code == 0, done.output
    rows = json.loads(done.stdout)["results"]["rows"]
    assert {row["id"] for row in rows} == {"cells", "exosomes"}
    assert [row["rank"] for row in rows] == [1, 2]
    assert all(row["estimates"]["active_half_time"]["median"] for row in rows)


def test_the_plot_of_two_marks_its_front_by_shape(found, own):
    for comparison in (found, own):
        assert "pareto" in drawable(comparison)
        svg = figure_svg("pareto", comparison)
        assert "no other beats it in both (front)" in svg
        for row in comparison.front:  # nobody is better along both axes
            mine = [comparison.along(row, axis) or 0.0 for axis in comparison.axes]
            for other in comparison.ranked:
                theirs = [comparison.along(other, axis) or 0.0 for axis in comparison.axes]
                assert not all(b > a for a, b in zip(mine, theirs, strict=True))
        points = comparison_results(comparison)["plot_of_two"]
        assert set(points["front"]) == {row.id for row in comparison.front}
    assert "fails a check" in figure_svg("pareto", found)


def test_the_plot_of_two_from_the_command_line(tmp_path):
    asked = ["compare", "--site", "knee", "--carriers", "exosome-bmsc,bmsc-cells", "--draws", "16"]
    done = CliRunner().invoke(cli, [*asked, "--pareto", "residence,cost", "--plot", str(tmp_path / "p.svg")])
    assert done.exit_code == 0, done.output
    assert "residence at the site" in (tmp_path / "p.svg").read_text("utf-8")
    done = CliRunner().invoke(cli, [*asked, "--plot", str(tmp_path / "q.svg")])
    assert done.exit_code == 2
    assert "need ranking or pareto" in done.stderr
    assert not (tmp_path / "q.svg").exists()
