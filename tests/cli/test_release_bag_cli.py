"""`formulate release --dialysis-half-time`: the view through a bag, and what is refused of it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tui.cli import cli

FILE = """\
schema_version = 1
kind = "formulation"
[[payload]]
id = "dexamethasone"
dose = "0.1 mg"
[[layer]]
id = "gel"
carrier = "hyaluronic-acid-hydrogel"
holds = ["dexamethasone"]
[regimen]
site = "knee"
[calculation]
draws = 32
"""


@pytest.fixture
def file(empty_folder: Path) -> Path:
    Path("f.toml").write_text(FILE, "utf-8")
    return Path("f.toml")


def run(*arguments: object) -> str:
    result = CliRunner().invoke(cli, ["release", *(str(item) for item in arguments)])
    assert result.exit_code == 0, result.output
    return result.stdout


VOLUMES = ("--dialysis-donor", "1 mL", "--dialysis-receiver", "49 mL")


def test_the_receiver_stands_beside_the_release(file, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    text = run(file, "--dialysis-half-time", "2 h", *VOLUMES, "--dialysis-at", "1 d, 4 h", "--dialysis-sample", "1 mL")
    for told in ("What the receiver of a dialysis bag shows", "50% in the receiver after", "uncorrected", "2 h"):
        assert told in text
    assert max(map(len, text.splitlines())) <= 80
    assert "dialysis bag" not in run(file)


def test_a_rate_of_the_membrane_is_that_of_free_drug_less_what_comes_back(file):
    # k_m = 0.5/h and V_d/V_r = 1/49: ln 2/(0.5 (1 + 1/49)) h
    shown = json.loads(run(file, "--dialysis-rate", "0.5 1/h", *VOLUMES, "--json"))["results"]["dialysis"]
    assert shown["half_time_of_free_drug"]["value"] == pytest.approx(0.693147 / 0.5 / (1 + 1 / 49), rel=1e-5)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--dialysis-half-time", "2"), "--dialysis-half-time: '2': no unit"),
        (("--dialysis-half-time", "0 h"), "need more than 0"),
        (("--dialysis-half-time", "1e-300 h"), "'1e-300 h': beyond what is conceivable; need 1e-09 to 1e+09 h"),
        (("--dialysis-rate", "1e300 1/h"), "beyond what is conceivable"),
        (("--dialysis-half-time", ""), "--dialysis-half-time: ''"),
        (("--dialysis-half-time", "2 h", "--dialysis-rate", ""), "need one of the two"),
        (("--dialysis-half-time", "2 h", "--dialysis-at", ","), "--dialysis-at: ',': no time"),
        (("--dialysis-half-time", "2 h", *VOLUMES, "--dialysis-at", "1 h", "--dialysis-sample", ""), "-sample: ''"),
        (("--dialysis-half-time", "2 h", "--dialysis-rate", "1 1/h"), "need one of the two"),
        (("--dialysis-at", "2 h"), "there is no bag"),
        (("--dialysis-half-time", "2 h", "--dialysis-donor", "1 mL"), "need --dialysis-receiver"),
        (("--dialysis-half-time", "2 h", "--dialysis-sample", "1 mL"), "need --dialysis-donor"),
        (("--dialysis-half-time", "2 h", *VOLUMES, "--dialysis-sample", "1 mL"), "need --dialysis-at"),
        (("--dialysis-half-time", "2 h", "--dialysis-not-replaced"), "need --dialysis-sample"),
        (("--dialysis-half-time", "2 h", "--dialysis-at", "2 h, x"), "--dialysis-at"),
        (("--dialysis-half-time", "2 h", "--dialysis-at", "900 d"), "longer horizon"),
        (
            ("--dialysis-half-time", "2 h", *VOLUMES, "--dialysis-at", "1 h, 2 h", "--dialysis-sample", "25 mL",
             "--dialysis-not-replaced"),
            "less than the receiver",
        ),
    ],
)  # fmt: skip
def test_what_is_refused(file, arguments, told):
    result = CliRunner().invoke(cli, ["release", str(file), *arguments])
    assert result.exit_code == 2, result.output
    assert told in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
