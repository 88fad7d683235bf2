"""`formulate dialysis`: volumes, samples, what is recorded, and the same table twice."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.integrate import solve_ivp

from formulate.dialysis.correction import correct
from formulate.experiment.reading import read_release
from tui.cli import cli

FREE, LIPOSOMES = "dialysis-free-drug.csv", "dialysis-liposomes.csv"
EXAMPLES = Path(__file__).parents[2] / "formulate" / "examples"
TIME = np.array([0.5, 1.0, 2.0, 4.0, 8.0, 12.0, 24.0, 48.0])
DONOR, RECEIVER, SAMPLE, DOSE = 4.0, 10.0, 1.0, 10.0  # mL, mL, mL, mg


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (FREE, LIPOSOMES):
        (tmp_path / name).write_bytes((EXAMPLES / name).read_bytes())
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["dialysis", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def concentrations(rate: float) -> np.ndarray:
    """Concentration outside a bag whose samples are replaced, mg/mL, by integrating both sides."""

    def slopes(t, drug):
        across = 0.4 * (drug[0] - drug[1] * DONOR / RECEIVER)
        return [DOSE * rate * np.exp(-rate * t) - across, across]

    drug, found, start = np.zeros(2), [], 0.0
    if not np.isfinite(rate):
        rate, drug = 0.0, np.array([DOSE, 0.0])
    for end in TIME:
        drug = solve_ivp(slopes, (start, end), drug, rtol=1e-10, atol=1e-12).y[:, -1]
        found.append(drug[1] / RECEIVER)
        drug[1] *= 1.0 - SAMPLE / RECEIVER
        start = end
    return np.array(found)


def table(name: str, rate: float) -> str:
    rng = np.random.default_rng(len(name))
    readings = concentrations(rate) + rng.normal(0.0, 1e-3, (3, TIME.size))
    rows = [f"{t:g},{','.join(f'{y:.6f}' for y in column)}" for t, column in zip(TIME, readings.T, strict=True)]
    Path(name).write_text("time (h),bag 1 (mg/mL),bag 2 (mg/mL),bag 3 (mg/mL)\n" + "\n".join(rows) + "\n", "utf-8")
    return name


def test_samples_that_make_room_for_more_drug_are_taken_in():
    files = (table("carrier.csv", 0.1), "--control", table("free.csv", np.inf), "--models", "first_order")
    read = ("--dose", "10 mg", "--volume", "10 mL", "--sample", "1 mL")
    found = json.loads(run(*files, *read, "--donor", "4 mL", "--receiver", "10 mL", "--json"))
    rate = found["results"]["law"]["parameters"][0]
    assert rate["low"] < 0.1 < rate["high"]
    assert rate["value"] == pytest.approx(0.1, rel=0.03)
    assert found["results"]["membrane_rate"]["value"] == pytest.approx(0.4, rel=0.03)
    # left out, they are taken for a bag of another law
    runs = [read_release(name, dose="10 mg", volume="10 mL", sample="1 mL") for name in ("carrier.csv", "free.csv")]
    without = correct(*runs, model="first_order", donor_volume=4.0, receiver_volume=10.0)
    assert abs(without.release.parameters[0].value - 0.1) > 20.0 * abs(rate["value"] - 0.1)
    assert "does not leave the bag by first order" in " ".join(without.warnings)


def test_what_the_volumes_do_not_hold_is_said():
    volumes = ("--donor", "4 mL", "--receiver", "10 mL")
    files = (table("carrier.csv", 0.1), "--control", table("free.csv", np.inf), "--models", "first_order")
    said = run(*files, "--dose", "10 mg", "--volume", "10 mL", "--sample", "1 mL", "--not-replaced", *volumes)
    assert "samples were not replaced" in " ".join(said.split())
    said = run(*files, "--dose", "10 mg", "--volume", "14 mL", *volumes)
    assert "the volume of medium 14 mL is not the receiver 10 mL" in " ".join(said.split())


@pytest.mark.parametrize(
    ("given", "missing"), [(("--donor", "1 mL"), "--receiver"), (("--receiver", "50 mL"), "--donor")]
)
def test_one_volume_without_the_other_names_the_option(given, missing):
    result = CliRunner().invoke(cli, ["dialysis", LIPOSOMES, "--control", FREE, *given])
    assert result.exit_code == 2
    assert f"{missing}: is missing beside {given[0]}; how much drug goes back" in result.stderr


def test_everything_asked_is_recorded():
    asked = {
        "--models": "first_order", "--donor": "1 mL", "--receiver": "50 mL", "--unbound": "90%", "--level": "90%",
        "--weights": "1/y", "--replicates": "mean", "--profile": "dialysis-liposomes", "--time-unit": "h",
    }  # fmt: skip
    asked["--control-profile"] = "dialysis-free-drug"
    options = [text for pair in asked.items() for text in pair]
    inputs = json.loads(run(LIPOSOMES, "--control", FREE, *options, "--recovery", "--json"))["inputs"]
    named = {"--weights": "weighting"}
    assert {option: inputs[named.get(option, option[2:].replace("-", "_"))] for option in asked} == asked
    assert inputs["data"] == LIPOSOMES
    assert inputs["control"] == FREE
    assert inputs["recovery"] is True


def test_a_table_of_the_bag_shows_no_half_time_of_a_carrier():
    said = run(LIPOSOMES, "--control", LIPOSOMES, "--models", "first_order_fmax")
    assert "the same table twice?" in " ".join(said.split())
    assert "half out of the carrier" not in said
    results = json.loads(run(LIPOSOMES, "--control", LIPOSOMES, "--models", "first_order_fmax", "--json"))["results"]
    assert results["half_time"] == [None, None, None]
    assert results["shift"]["value"] == 0.0


def test_the_verdict_of_the_example_goes_with_its_numbers():
    said = " ".join(run(LIPOSOMES, "--control", FREE, "--donor", "1 mL", "--receiver", "50 mL").split())
    assert "4.8 times that of the bag: the curve shows both, and needs this correction" in said
    assert "after 7.69 h (7.54 to 7.85, 95%, over the laws tried)" in said
