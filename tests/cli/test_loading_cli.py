"""The commands of the bench: loading, recipe, predict-loading."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from formulate import examples
from tui.cli import cli

NAME = "two-drugs-assayed.toml"


@pytest.fixture
def file(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = Path(NAME)
    path.write_text(examples.text(NAME), "utf-8")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], env={"COLUMNS": "80"})


def refused(*arguments: object) -> str:
    done = run(*arguments)
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_loading_is_told_within_the_width(file):
    done = run("loading", file, "--draws", 64)
    assert done.exit_code == 0, done.output
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    for words in ("from your assay", "gel (hyaluronic-acid-hydrogel)", "quercetin", "medical advice"):
        assert words in done.stdout


def test_a_loading_as_json_can_be_run_again(file):
    first = json.loads(run("loading", file, "--draws", 64, "--json").stdout)
    assert first["command"] == "loading"
    again = first["inputs"]
    assert again["layer"][0]["assay"][0]["drug_added"] == "20 mg"
    held = first["results"]["payloads"][0]
    assert held["payload"] == "dasatinib"
    assert held["share_of_dose"]["value"] == 0.9
    loading = held["layers"][0]["estimates"]["drug_loading"]
    assert loading["unit"] == "percent_w_w"
    assert loading["low"] < loading["median"] < loading["high"]
    assert loading["median"] == pytest.approx(100 * 14.2 / 104, rel=0.02)
    assert first["results"]["inputs"]


def test_the_seed_makes_the_same_bytes(file):
    one, two, other = (run("loading", file, "--draws", 64, "--seed", seed, "--json").stdout for seed in (1, 1, 2))
    assert one == two
    assert one != other


def test_a_loading_is_written(file):
    done = run("loading", file, "--draws", 64, "-o", "a.txt", "-o", "b.json")
    assert done.exit_code == 0, done.output
    assert "from your assay" in Path("a.txt").read_text("utf-8")
    assert json.loads(Path("b.json").read_text("utf-8"))["command"] == "loading"
    assert "need .txt or .json" in refused("loading", file, "-o", "a.pdf")


def test_a_recipe_is_printed_and_written(file):
    done = run(
        "recipe", file, "--doses", 6, "--overage", "10%", "--draws", 64, "-o", "a.md", "-o", "b.json", "-o", "c.txt"
    )
    assert done.exit_code == 0, done.output
    assert "[ ]" in done.stdout
    assert "wrote a.md" in done.stderr
    assert "[ ]" in Path("a.md").read_text("utf-8")
    written = json.loads(Path("b.json").read_text("utf-8"))
    assert written["results"]["doses"]["value"] == 6
    assert written["inputs"]["recipe"]["overage"] == pytest.approx(0.1)
    assert "dasatinib" in Path("c.txt").read_text("utf-8")


def test_a_recipe_as_json_is_json_alone(file):
    done = run("recipe", file, "--doses", 6, "--draws", 64, "--json")
    assert json.loads(done.stdout)["command"] == "recipe"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--doses", "x"), "--doses: 'x'"),
        (("--doses", "0"), "doses"),
        (("--doses", "-3"), "doses"),
        (("--overage", "10"), "--overage: '10': no unit"),
        (("--overage", "-5%"), "overage"),
        (("--yield", "150%"), "yield"),
        (("--yield", "0%"), "yield"),
        (("--fill-loss", "100%"), "fill_loss"),
        (("--batch-mass", "2 L"), "--batch-mass"),
        (("--solvent", "aceton"), "acetone"),
        (("-o", "a.rtf"), "need .html, .pdf, .xlsx, .md, .docx, .txt or .json"),
        (("-o", "nowhere/a.md"), "no folder nowhere"),
        (("-o", f"{'x' * 300}.md"), "longer than"),
    ],
)
def test_wrong_options_of_a_recipe_are_refused(file, arguments, told):
    before = set(Path().iterdir())
    assert told in refused("recipe", file, "--draws", 64, *arguments)
    assert set(Path().iterdir()) == before


def test_the_file_that_was_read_is_not_written_over(file):
    before = file.read_bytes()
    Path("list.md").write_bytes(before)
    assert "unknown ending" in refused("recipe", file, "-o", file)
    assert "is the file that was read" in refused("recipe", "list.md", "-o", "list.md")
    assert file.read_bytes() == before


@pytest.mark.parametrize("command", ["loading", "recipe"])
def test_a_question_is_no_formulation(command, tmp_path):
    path = tmp_path / "question.toml"
    path.write_text(examples.text("dasatinib-knee.toml"), "utf-8")
    assert 'need kind = "formulation"' in refused(command, path)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"14.2 mg"', '"24.2 mg"', "more was found"),
        ('"14.2 mg"', '"-1 mg"', "layer.0.assay.0.drug_in_product"),
        ("drug_in_product", "drug_in_pellet", "layer.0.assay.0.drug_in_pellet"),
        ("dasatinib = 0.9", "dasatinib = 1.9", "layer.0.holds"),
        ("dasatinib = 0.9", "dasatinib = 0.8", "is held to 90 %"),
        ('"sphere" ', '"cube" ', "layer.0.shape"),
        ('"2 mL"', '"2 mg"', "regimen.volume"),
        ('carrier = "plga-microsphere"', 'carrier = "masquelet-membrane"', "layer.0.carrier"),
    ],
)
def test_a_wrong_file_is_refused_by_field(file, old, new, told):
    text = examples.text(NAME)
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    answer = refused("loading", file)
    assert NAME in answer
    assert told in answer


def test_a_loading_is_predicted_without_a_file():
    done = run(
        "predict-loading", "plga-nanoparticle", "--payload", "dexamethasone", "--feed-ratio", "0.1 g/g", "--json"
    )
    found = json.loads(done.stdout)["results"]
    efficiency, loading = found["encapsulation_efficiency"], found["drug_loading"]
    assert efficiency["low"] < efficiency["median"] < efficiency["high"]
    # nanoprecipitation reports in convention A: DL = EE r/(1 + EE r), end by end
    for end in ("low", "median", "high"):
        share = efficiency[end] / 100 * 0.1
        assert loading[end] == pytest.approx(100 * share / (1 + share), rel=1e-4)
    assert "studies" in run("predict-loading", "plga-nanoparticle").stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nano",), "unknown carrier"),
        (("plga-nanoparticle", "--payload", "dexametasone"), "dexamethasone"),
        (("plga-nanoparticle", "--feed-ratio", "0.1"), "--feed-ratio"),
        (("plga-nanoparticle", "--feed-ratio", "-1 g/g"), "feed_ratio"),
        (("plga-nanoparticle", "--logp", "x"), "--logp"),
        (("bmsc-cells",), "no published efficiencies"),
        (("liposome", "--method", "remote-loading"), "remote loading"),
    ],
)
def test_what_cannot_be_predicted_is_refused(arguments, told):
    assert told in refused("predict-loading", *arguments)


def test_a_prediction_says_which_payload_it_follows_and_how_to_follow_the_other(file):
    for named, other, options in (
        ("dasatinib", "quercetin", ()),
        ("quercetin", "dasatinib", ("--payload", "quercetin")),
    ):
        drawn = Path(f"{named}.svg")
        done = run("predict", file, "--draws", 16, "--plot", drawn, "--figure", "release", *options)
        assert done.exit_code == 0, done.output
        told = f"The numbers are of {named}; for those of another payload: --payload {other}."
        assert told in " ".join(done.stdout.split())
        assert f"quercetin in the gel: {named.capitalize()}" in drawn.read_text("utf-8")


def test_a_share_that_nobody_knows_is_told_so_and_is_no_number(tmp_path):
    path = tmp_path / "f.toml"
    path.write_text(examples.text("doxorubicin-liposome-batch.toml"), "utf-8")
    told = json.loads(run("loading", path, "--draws", 16, "--json").stdout)["results"]["payloads"][0]["layers"][0]
    share = told["estimates"]["membrane_share"]
    assert share["median"] is None
    assert share["reason"] == "not known, for no membrane partition of doxorubicin is; none is reckoned with"


def test_a_word_document_without_its_extra_is_refused_before_anything_is_computed(file, monkeypatch):
    monkeypatch.setitem(sys.modules, "docx", None)
    monkeypatch.setattr("formulate.pipeline.predict", lambda *_: pytest.fail("computed"))
    monkeypatch.setattr("formulate.exposure.expose", lambda *_: pytest.fail("computed"))
    for command in ("predict", "retention", "report"):
        assert "a Word document needs the extra 'docx'" in refused(command, file, "-o", "r.docx")
    assert [path.name for path in Path.cwd().iterdir()] == [NAME]
