"""`formulate sweep`: the table, what is said of it, and what is refused."""

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from formulate.designs import sweep as sweeps
from formulate.designs import work
from formulate.designs.outcome import Held, Number, Outcome
from formulate.designs.space import Space
from formulate.sampling import Array, Draws
from tui.cli import cli

FILE = """\
schema_version = 1
kind = "target"
carriers = ["free-drug-solution", "free-drug-suspension"]
[[payload]]
id = "dasatinib"
[regimen]
site = "knee"
[target]
unbound_above = "10 nmol/L"
duration = "2 d"
[[choice]]
name = "dose"
low = "0.1 mg"
high = "10 mg"
[calculation]
draws = 32
"""


def quick(space: Space, points: Array, first: int = 0, draws: Draws | None = None) -> Iterator[Outcome]:
    for number, point in enumerate(points, start=first):
        share = float(point.mean())
        if number % 9 == 4:
            yield Outcome(number, space.settings(point), reason=f"thickness = {share} m; need less")
        else:
            numbers = {"cover": Number(40.0, 30.0, 50.0, "percent")}
            yield Outcome(number, space.settings(point), share, share - 0.8, {"cover": Held(share, 1.0, None)}, numbers)


@pytest.fixture
def file(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(work, "evaluate", quick)
    monkeypatch.setattr(sweeps, "LOT", 32)
    Path("t.toml").write_text(FILE, "utf-8")
    return Path("t.toml")


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["sweep", *(str(item) for item in arguments), "--processes", "1"])


def run(*arguments: object) -> Result:
    result = invoke(*arguments)
    assert result.exit_code == 0, result.output
    return result


def refused(*arguments: object) -> str:
    result = CliRunner().invoke(cli, ["sweep", *(str(item) for item in arguments)])
    assert result.exit_code == 2, result.output
    line = result.stderr.strip()
    assert len(line.splitlines()) == 1, line
    return line


def test_a_table_and_what_it_came_to(file):
    result = run(file, "--designs", "100", "-o", "d.csv")
    text = " ".join(result.stdout.split())
    frame = pd.read_csv("d.csv")
    met = int((frame["probability (fraction)"] >= 0.8 - 1e-9).sum())
    assert text.startswith(f"{met} of 100 designs meet the target with a probability of at least 80%, by 32 draws each")
    best = frame.loc[frame["probability (fraction)"].idxmax()]
    assert f"design {best['design']}: {best['probability (fraction)']:.0%}; carrier {best['carrier']}, dose " in text
    assert "11 could not be computed 11: thickness = ... m; need less" in text
    assert all(len(line) <= 100 for line in result.stdout.splitlines())
    assert result.stderr == "wrote d.csv\n"
    assert sorted(path.name for path in Path().iterdir()) == ["d.csv", "t.toml"]


def test_without_a_file_the_table_is_printed(file):
    run(file, "--designs", "40", "-o", "d.csv")
    result = run(file, "--designs", "40")
    assert result.stdout == Path("d.csv").read_text("utf-8")
    assert "of 40 designs" in result.stderr


def test_json_says_what_it_was_made_from(file):
    result = run(file, "--designs", "40", "--draws", "16", "--seed", "3", "-o", "d.csv", "--json")
    content = json.loads(result.stdout)
    assert (content["command"], content["seed"]) == ("sweep", 3)
    assert content["inputs"]["calculation"] == {"draws": 16, "seed": 3}
    assert content["inputs"]["choice"][0]["name"] == "dose"
    counts = content["results"]["counts"]
    assert (counts["designs"], counts["computed"]) == (40, 36)
    assert content["results"]["refusals"] == [{"reason": "thickness = ... m; need less", "designs": 4}]
    assert content["results"]["best"][0]["settings"]["dose"].endswith(" mg")
    assert (
        json.loads(run(file, "--designs", "40", "--draws", "16", "--seed", "3", "--json").stdout)["results"]["best"]
        == (content["results"]["best"])
    )


def test_where_none_can_be_computed_it_says_so(file, monkeypatch):
    def none(space: Space, points: Array, first: int = 0, draws: Draws | None = None) -> Iterator[Outcome]:
        return (Outcome(first + place, space.settings(point), reason="dry") for place, point in enumerate(points))

    monkeypatch.setattr(work, "evaluate", none)
    text = run(file, "--designs", "10", "-o", "d.csv").stdout
    assert "10 could not be computed\n  10: dry" in text
    content = json.loads(run(file, "--designs", "10", "-o", "d.csv", "--json").stdout)
    assert content["results"]["best_probability"]["reason"]


def test_what_stopped_goes_on_by_the_same_command(file, monkeypatch):
    def stopping(space: Space, points: Array, first: int = 0, draws: Draws | None = None) -> Iterator[Outcome]:
        if first == 64:
            raise KeyboardInterrupt
        return quick(space, points, first, draws)

    with monkeypatch.context() as patched:
        patched.setattr(work, "evaluate", stopping)
        result = invoke(file, "--designs", "100", "-o", "d.csv")
        assert result.exit_code == 130
        told = "stopped; 64 designs are kept in d.csv.part, and the same again goes on with them\n"
        assert (result.stdout, result.stderr) == ("", told)
        assert invoke(file, "--designs", "100").stderr == "stopped; rows were printed, not kept; --output keeps them\n"
    content = json.loads(run(file, "--designs", "100", "-o", "d.csv", "--json").stdout)
    assert content["results"]["counts"]["taken_over"] == 64


REFUSED = [
    (("-o", "t.toml"), "t.toml: unknown ending '.toml'; need .csv or .parquet"),
    (("-o", "none/d.csv"), "no folder none"),
    (("-o", "old.csv"), "old.csv: exists and is no table of a sweep, so it is kept; need another name"),
    (("-o", "old.csv", "--restart"), "old.csv: exists and is no table of a sweep, so it is kept; need another name"),
    (("-o", "d.csv", "--designs", "0"), "--designs"),
    (("-o", "d.csv", "--draws", "3"), "--draws"),
    (("-o", "d.csv", "--processes", "0"), "--processes"),
    (("--processes", "2", "--scheduler", "tcp://127.0.0.1:9"), "need one of the two"),
]


@pytest.mark.parametrize(("options", "told"), REFUSED)
def test_refusals_are_one_line(file, options, told):
    Path("old.csv").write_text("mine\n", "utf-8")
    assert told in refused(file, *options)
    assert sorted(path.name for path in Path().iterdir()) == ["old.csv", "t.toml"]
    assert Path("old.csv").read_text("utf-8") == "mine\n"


def test_a_file_of_another_kind_is_refused(file):
    file.write_text(FILE.replace('"target"', '"question"'), "utf-8")
    assert refused(file).startswith("t.toml:2: kind:")
