"""`formulate compare` of several formulation files: what differs, and whether they are ranked."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from formulate import examples
from tui.cli import cli
from tui.table import text_width

SMALL = """\
schema_version = 1
kind = "formulation"
name = "Microspheres"
[[payload]]
id = "dasatinib"
dose = "5 mg"
[[layer]]
id = "microsphere"
carrier = "plga-microsphere"
holds = ["dasatinib"]
[layer.set]
diameter = "20 um"
[regimen]
site = "knee"
state = "osteoarthritis"
[target]
unbound_above = "0.1 umol/L"
duration = "28 d"
[calculation]
draws = 64
"""


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["compare", *arguments], prog_name="formulate")


def files(*changes: tuple[str, str]) -> list[str]:
    """Write the file, and one more for each change; give their names."""
    Path("small.toml").write_text(SMALL, "utf-8")
    names = ["small.toml"]
    for number, (old, new) in enumerate(changes, start=1):
        assert old in SMALL
        names.append(f"other{number}.toml")
        Path(names[-1]).write_text(SMALL.replace(old, new), "utf-8")
    return names


def compared(*changes: tuple[str, str]) -> dict:
    result = run(*files(*changes), "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('"20 um"', '"80 um"', "layer.set.diameter"),
        ('"5 mg"', '"9 mg"', "payload.dose"),
        ('state =', 'volume = "1 mL"\nstate =', "regimen.volume"),
        ("plga-microsphere", "plga-nanoparticle", "layer.carrier"),
    ],
)  # fmt: skip
def test_files_that_ask_the_same_are_ranked_and_their_differences_shown(old, new, field):
    results = compared((old, new))["results"]
    assert {row["rank"] for row in results["rows"]} == {1, 2}
    assert [item["field"] for item in results["differences"]["differing"]] == [field]


@pytest.mark.parametrize(
    ("old", "new"),
    [('"28 d"', '"4 week"'), ('"0.1 umol/L"', '"100 nmol/L"'), ('site = "knee"', 'site = "knee"\nspecies = "human"')],
)
def test_a_question_in_other_words_is_the_same_question(old, new):
    results = compared((old, new))["results"]
    assert {row["rank"] for row in results["rows"]} == {1, 2}
    assert results["differences"]["differing"] == []


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('"osteoarthritis"', '"healthy"', "regimen.state"),
        ('"28 d"', '"14 d"', "target.duration"),
        ('"0.1 umol/L"', '"0.2 umol/L"', "target.unbound_above"),
        ("dasatinib", "triamcinolone-acetonide", "payload.id"),
        ("[calculation]", '[calculation]\nhorizon = "90 d"', "calculation.horizon"),
    ],
)
def test_files_that_ask_different_questions_stand_beside_each_other_without_a_rank(old, new, field):
    content = compared((old, new))
    assert content["results"]["not_ranked"].endswith(f"for they differ in {field}")
    assert [row["id"] for row in content["results"]["rows"]] == ["small", "other1"]
    assert [row["rank"] for row in content["results"]["rows"]] == [None, None]
    assert all("drug_half_life" in row["estimates"] for row in content["results"]["rows"])
    assert field in [item["field"] for item in content["results"]["differences"]["differing"]]
    text = run(*files((old, new))).stdout
    assert f"for they differ in {field}." in text.replace("\n", " ")
    assert all(text_width(line) <= 80 for line in text.splitlines())


def test_a_file_that_cannot_be_computed_is_a_column_with_its_reason():
    Path("batch.toml").write_text(examples.text("doxorubicin-liposome-batch.toml"), "utf-8")
    names = [*files(), "batch.toml"]
    small, batch = json.loads(run(*names, "--json").stdout)["results"]["rows"]
    assert "estimates" in small
    assert "doxorubicin has no membrane_partition_log10" in batch["reason"]
    text = " ".join(run(*names).stdout.split())
    assert "- [1]" in text
    assert "batch: not computed: doxorubicin has no membrane_partition_log10" in text


def test_a_carrier_that_is_the_drug_stands_beside_one_that_carries_it_with_the_reason():
    Path("cells.toml").write_text(examples.text("stem-cells-knee.toml"), "utf-8")
    content = json.loads(run(*files(), "cells.toml", "--json").stdout)
    assert "payload.id" in content["results"]["not_ranked"]
    assert "formulate retention follows it" in content["results"]["rows"][1]["reason"]
    assert "formulate retention follows it" in content["results"]["differences"]["what_was_read_is_not_known"]["cells"]


def test_draws_that_differ_are_the_most_for_all():
    content = compared(("draws = 64", "draws = 128\nseed = 9"))
    assert [item["calculation"]["draws"] for item in content["inputs"]["files"]] == [128, 128]
    assert content["seed"] == 7
    assert {row["rank"] for row in content["results"]["rows"]} == {1, 2}


@pytest.mark.usefixtures("undrawn")
def test_the_report_holds_the_differences():
    for change, words in ((("20 um", "80 um"), "Weights of the score"), (("28 d", "14 d"), "Not ranked")):
        result = run(*files(change), "-o", "r.html")
        assert result.exit_code == 0, result.output
        page = Path("r.html").read_text("utf-8")
        assert "Differences between the files" in page
        assert words in page


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("change", [("20 um", "80 um"), ("28 d", "14 d")])
def test_the_report_is_written_as_every_ending_asks(change):
    names = [f"r{ending}" for ending in (".pdf", ".docx", ".md", ".xlsx", ".json")]
    result = run(*files(change), *(part for name in names for part in ("-o", name)))
    assert result.exit_code == 0, result.output
    starts = [Path(name).read_bytes()[:4] for name in names]
    assert [starts[0], starts[1], starts[3]] == [b"%PDF", b"PK\x03\x04", b"PK\x03\x04"]
    told = Path("r.md").read_text("utf-8")
    assert "Differences between the files" in told
    assert all(end in told for end in change)


@pytest.mark.usefixtures("undrawn")
def test_copies_of_a_file_are_told_apart_by_their_file_names():
    result = run(*files(("20 um", "80 um")), "-o", "r.md")
    assert "Microspheres (small)" in Path("r.md").read_text("utf-8")
    assert "Microspheres (other1)" in Path("r.md").read_text("utf-8")
    labels = [row["label"] for row in compared(("20 um", "80 um"))["results"]["rows"]]
    assert sorted(labels) == ["Microspheres (other1)", "Microspheres (small)"]
    assert "Microspheres (" in result.stdout.split("Is it")[0]


@pytest.mark.parametrize(
    ("options", "told"), [(["--weights", "cover=3"], "--weights: "), (["--plot", "r.png"], "--plot: ")]
)
def test_what_needs_one_question_is_refused_in_one_line(options, told):
    result = run(*files(('"28 d"', '"14 d"')), *options)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{told}the files ask different questions, for they differ in target.duration; ")
    assert result.stderr.count("\n") == 1


def test_a_folder_is_refused_with_the_command_that_takes_it():
    Path("folder").mkdir()
    result = run("folder")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith("or all of them with formulate project folder\n")


def test_site_is_an_option_of_no_formulation_file():
    result = run(*files(('"20 um"', '"80 um"')), "--site", "knee")
    assert result.exit_code == 2
    assert "--weights, --draws or --seed" in result.stderr


def test_three_files_of_different_questions_stand_beside_each_other(tmp_path):
    examples.copy(tmp_path)
    names = ("triamcinolone-microspheres.toml", "stem-cells-knee.toml", "dasatinib-microspheres-in-gel.toml")
    result = run(*names, "--draws", "16")
    assert result.exit_code == 0, result.output
    assert "Not ranked" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
