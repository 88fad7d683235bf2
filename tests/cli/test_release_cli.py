"""`formulate release`: numbers, files, figures, points and siblings, and what is refused."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tui.cli import cli

FILE = """\
schema_version = 1
kind = "formulation"
name = "Microspheres"
[[payload]]
id = "dasatinib"
dose = "0.1 mg"
[[layer]]
id = "inner"
carrier = "plga-microsphere"
holds = ["dasatinib"]
[layer.set]
diameter = "30 um"
[regimen]
site = "knee"
[calculation]
draws = 64
"""
EARLY = "time (d),released (%)\n1,5\n2,8\n3,10\n"


@pytest.fixture
def file(empty_folder: Path) -> Path:
    Path("f.toml").write_text(FILE, "utf-8")
    Path("early.csv").write_text(EARLY, "utf-8")
    return Path("f.toml")


def run(*arguments: object) -> str:
    result = CliRunner().invoke(cli, [str(item) for item in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*arguments: object) -> str:
    result = CliRunner().invoke(cli, [str(item) for item in arguments])
    assert result.exit_code == 2, result.output
    line = result.stderr.strip()
    assert len(line.splitlines()) == 1, line
    return line


def test_a_file_alone_is_forecast(file):
    text = run("release", file, "--horizon", "40 d")
    assert text.startswith("Microspheres\n")
    for told in ("published profiles", "released after 7 d", "50% released after", "Measuring at"):
        assert told in " ".join(text.split())
    content = json.loads(run("release", file, "--json"))
    assert content["command"] == "release"
    assert content["results"]["learned"] is True
    assert content["results"]["curves"]["released"]["median"][0] == 0


def test_points_and_a_sibling_move_it(file):
    plain, moved, beside = (
        json.loads(run("release", file, "--json", *more))["results"]
        for more in ((), ("--observed", "early.csv"), ("--sibling", file, "early.csv"))
    )
    assert plain["curves"].keys() == {"time", "released", "mechanism_alone"}
    assert "before_measuring" in moved["curves"]
    assert moved["band_width"]["now"] < beside["band_width"]["now"] < plain["band_width"]["now"]
    assert moved["observed"]["released"]["values"] == [0.05, 0.08, 0.1]
    assert beside["siblings"] == [{"label": "Microspheres", "source": "early.csv"}]
    assert "before it was" in run("release", file, "--observed", "early.csv")


def test_files_are_written(file):
    names = ["r.html", "r.json", "r.csv", "r.txt"]
    outputs = [part for name in names for part in ("-o", name)]
    run("release", file, "--observed", "early.csv", *outputs, "--plot", "r.svg")
    assert {path.name for path in Path.cwd().iterdir()} >= {*names, "r.svg"}
    page = Path("r.html").read_text("utf-8")
    assert "before it was measured" in page
    assert "When to measure next" in page
    head, first, *_ = Path("r.csv").read_text("utf-8").splitlines()
    assert head.startswith("time (d),released low (fraction),released median (fraction)")
    assert first.startswith("0,0,0,0")
    again = Path("r.svg").read_bytes()
    run("release", file, "--observed", "early.csv", "--plot", "r.svg")
    assert Path("r.svg").read_bytes() == again


def test_no_line_is_wider_than_the_window(file, monkeypatch):
    for columns in (60, 80, 100, 160):
        monkeypatch.setenv("COLUMNS", str(columns))
        text = run("release", file, "--observed", "early.csv")
        assert max(map(len, text.splitlines())) <= columns


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("none.toml",), "none.toml"),
        (("f.toml", "--observed", "none.csv"), "none.csv"),
        (("f.toml", "--profile", "a"), "need --observed"),
        (("f.toml", "--horizon", "60"), "horizon"),
        (("f.toml", "--save", "new.toml"), "--save: there are no measured points; need --observed with it"),
        (("f.toml", "--observed", "early.csv", "--save", "new.json"), "unknown ending"),
        (("f.toml", "--observed", "early.csv", "--save", "f.toml"), "f.toml"),
        (("f.toml", "-o", "r.odt"), "unknown ending"),
        (("f.toml", "-o", "f.toml"), "unknown ending"),
        (("f.toml", "--observed", "early.csv", "--plot", "early.png/x.png"), "no folder"),
    ],
)
def test_what_is_refused(file, arguments, told):
    assert told in refused("release", *arguments)


def test_points_are_saved_into_the_formulation(file):
    text = run("release", file, "--observed", "early.csv", "--save", "new.toml")
    saved = Path("new.toml").read_text("utf-8")
    assert all(line in saved.splitlines() for line in FILE.splitlines())
    assert 'released = ["5 percent", "8 percent", "10 percent"]' in saved
    assert run("release", "new.toml") == text  # the file alone says the same
    assert "moved by your 3 measured points (early.csv)" in " ".join(run("predict", "new.toml").split())


def test_points_of_a_gel_are_not_saved(file):
    file.write_text(FILE.replace("plga-microsphere", "hyaluronic-acid-hydrogel").replace('diameter = "30 um"', ""))
    told = refused("release", file, "--observed", "early.csv", "--save", "new.toml")
    assert "layer.0.first_points: the mechanism tells the release of hyaluronic-acid-hydrogel" in told
    assert not Path("new.toml").exists()


def test_points_that_are_none_are_refused(file):
    Path("late.csv").write_text("time (d),released (%)\n0,0\n")
    assert "late.csv" in refused("release", file, "--observed", "late.csv")
    Path("gel.toml").write_text(FILE.replace("plga-microsphere", "hyaluronic-acid-hydrogel").replace(
        '[layer.set]\ndiameter = "30 um"\n', ""))  # fmt: skip
    assert "nothing is learned" in refused("release", "gel.toml", "--sibling", file, "early.csv")


def test_how_it_is_measured_is_told(file):
    plain, more = (
        json.loads(run("release", file, "--json", *given))["results"]["told"]
        for given in ((), ("--surfactant", "0.1 percent"))
    )
    assert any("surfactant" in text and "averaged" in text for text in plain)
    assert not any("averaged" in text for text in more)
    same = [run("release", file, "--surfactant", text) for text in ("0.1 percent", "1 g/L")]
    assert same[0] == same[1]
    Path("l.toml").write_text(FILE.replace("plga-microsphere", "liposome").replace("30 um", "100 nm"))
    quick, slow = (
        json.loads(run("release", "l.toml", "--json", "--method", method))["results"]["numbers"]["released_1_d"]
        for method in ("self-quenching", "dialysis")
    )
    assert quick["median"] != slow["median"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--surfactant", "5 mm"), "--surfactant"),
        (("--surfactant", "-1 percent"), "--surfactant"),
        (("--surfactant", "nan g/L"), "--surfactant"),
        (("--method", "dialysis"), "a liposome reads it"),
    ],
)
def test_how_it_is_measured_is_checked(file, given, told):
    assert told in refused("release", file, *given)


def test_one_point_is_enough_and_what_is_odd_in_points_is_told(file):
    Path("one.csv").write_text("time (h),released (%)\n24,5\n")
    assert "Moved by 1 measured point up to 1 d" in " ".join(run("release", file, "--observed", "one.csv").split())
    Path("falls.csv").write_text("time (d),released (%)\n1,20\n2,10\n")
    told = json.loads(run("release", file, "--observed", "falls.csv", "--json"))["warnings"]
    assert any(text.startswith("falls.csv: ") and "below an earlier one" in text for text in told)


def test_the_unit_of_time_changes_nothing(file):
    Path("hours.csv").write_text("time (h),released (fraction)\n24,0.05\n48,0.08\n72,0.1\n")
    days, hours = (run("release", file, "--observed", data) for data in ("early.csv", "hours.csv"))
    assert days.replace("early.csv", "hours.csv") == hours


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("time (d),released (%)\n1,5\n2,-20\n", "t.csv: profile 't': -20 % at 2 d; need -5 to 120 %"),
        ("time (d),A (%),B (%)\n1,5,15\n2,8,40\n", "need --profile, one of A, B"),
    ],
)
def test_points_beyond_reason_are_refused(file, table, told):
    Path("t.csv").write_text(table)
    assert told in refused("release", file, "--observed", "t.csv")


def test_options_that_nothing_reads_are_refused(file):
    for given in (("--dose", "5 mg"), ("--not-replaced",), ("--uncorrected",), ("--column", "Q=ignore")):
        assert "need --observed or --sibling" in refused("release", file, *given)
    line = refused("release", file, "--observed", "early.csv", "--profile", "z")
    assert line.endswith("--profile: early.csv: unknown profile 'z'; nearest: early")


def test_a_sibling_is_of_the_same_drug_and_of_one_profile(file):
    Path("o.toml").write_text(FILE.replace("dasatinib", "dexamethasone").replace("Microspheres", "Other"))
    assert "Other (early.csv): holds dexamethasone; need" in refused(
        "release", file, "--sibling", "o.toml", "early.csv"
    )
    Path("two.csv").write_text("time (d),A (%),B (%)\n1,5,15\n2,8,40\n")
    assert "two.csv: holds 2 profiles; need one" in refused("release", file, "--sibling", file, "two.csv")


def test_a_mechanism_that_is_not_computed_is_not_spoken_of(file):
    own = FILE.replace('id = "dasatinib"', 'id = "mine"\ninline = true\nname = "Mine"').replace("dasatinib", "mine")
    Path("own.toml").write_text(own, "utf-8")
    for path, spoken in (("own.toml", False), (file, True)):
        run("release", path, "--observed", "early.csv", "-o", "r.html")
        page = Path("r.html").read_text("utf-8")
        assert "what was measured (early.csv)" in page
        assert ("dotted, the mechanism alone" in page) == spoken
        assert ("the mechanism beside it" in page) == spoken


def test_it_says_which_band_is_of_the_release_and_which_of_readings(file):
    numbers, curves = "Bands of the numbers are of the release itself", "readings, which err by 3 % of the dose"
    assert numbers in " ".join(run("release", file).split())
    result = json.loads(run("release", file, "--json"))["results"]
    assert result["curves"]["released"]["band_of"] == curves
    file.write_text(FILE.replace('diameter = "30 um"', 'size_span = "1.2"'), "utf-8")  # the mechanism, without readings
    said = run("release", file)
    assert numbers not in said
    assert "size_span) 1.2\n" in said  # and no unit of a pure number
    curves = json.loads(run("release", file, "--json"))["results"]["curves"]
    assert curves["released"]["band_of"] == "the release itself"


def test_what_is_not_computed_is_told_with_its_line(file):
    file.write_text(FILE.replace('carrier = "plga-microsphere"', 'carrier = "msc-exosome"'), "utf-8")
    line = refused("release", file)
    assert line.startswith("f.toml:")
    assert line.split(":")[1].isdigit()
