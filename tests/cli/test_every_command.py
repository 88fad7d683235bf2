"""Every command, in a folder whose name has blanks and letters of several scripts, without any network."""

import json
import re
import socket
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from formulate import examples
from tui.cli import cli

FOLDER = "Lösung 1 – проба 试验"
QUICK = ["--draws", "16"]
FORMULATION, QUESTION, TARGET, BATCH = "Формула 1.toml", "Frage ß.toml", "目标 1.toml", "Charge é.toml"
DATA, REFERENCE, TEST, BAG, FREE = "données 1.csv", "réf 1.csv", "tést 1.csv", "透析 1.csv", "游离 1.csv"
FILES = {
    FORMULATION: "triamcinolone-microspheres.toml",
    QUESTION: "dasatinib-knee.toml",
    TARGET: "triamcinolone-suspension-design.toml",
    BATCH: "doxorubicin-liposome-batch.toml",
    DATA: "release-microspheres.csv",
    REFERENCE: "dissolution-reference.csv",
    TEST: "dissolution-test.csv",
    BAG: "dialysis-liposomes.csv",
    FREE: "dialysis-free-drug.csv",
}
# what is asked, the file it writes last; --json of what gives a result
COMMANDS: dict[str, list[str]] = {
    "batch": ["строки 1.csv", "--site", "knee", *QUICK, "-o"],
    "calculate": ["--json"],
    "catalog carriers": ["--json"],
    "catalog check": ["мой 1.toml", "--json"],
    "catalog compare": ["liposome", "plga-microsphere", "--json"],
    "catalog conflicts": ["--json"],
    "catalog coverage": ["--json"],
    "catalog export": ["-o"],
    "catalog import": ["values ü.csv", "-o"],
    "catalog methods": ["--json"],
    "catalog new": ["carrier", "my-gel", "-o"],
    "catalog payloads": ["--json"],
    "catalog show": ["liposome", "--json"],
    "catalog sites": ["--json"],
    "catalog sources": ["--json"],
    "catalog studies": ["--json"],
    "compare": [QUESTION, "--carriers", "free-drug-suspension", *QUICK, "-o"],
    "design": [TARGET, *QUICK, "--designs", "8", "--processes", "1", "-o"],
    "dialysis": [BAG, "--control", FREE, "--models", "first_order", "-o"],
    "differences": [FORMULATION, BATCH, "-o"],
    "dose": [FORMULATION, "--injections", "1", *QUICK, "-o"],
    "evidence": [QUESTION, "--json"],
    "examples copy": ["примеры 1"],
    "fate": ["--agent", "albumin", "--kind", "protein", "--site", "knee", *QUICK, "-o"],
    "feasible": [FORMULATION, "--json"],
    "figure": [FORMULATION, "-o"],
    "fit": [DATA, "--models", "weibull_1", "--use-in", FORMULATION, "--save"],
    "loading": [FORMULATION, "--json"],
    "plan": [FORMULATION, "--json"],
    "predict": [FORMULATION, *QUICK, "-o"],
    "predict-loading": ["plga-microsphere", "--payload", "dasatinib", *QUICK, "--json"],
    "presets": ["--json"],
    "project": ["Ordner é", *QUICK, "--json"],
    "recipe": [BATCH, "--json"],
    "release": [FORMULATION, *QUICK, "-o"],
    "report": [FORMULATION, *QUICK, "-o"],
    "rerun": ["отчёт 1.json", "--json"],
    "retention": [FORMULATION, *QUICK, "--json"],
    "sensitivity": [FORMULATION, "--draws", "64", "--of", "cover", "--json"],
    "similarity": [REFERENCE, TEST, "--bootstrap", "100", "-o"],
    "sweep": [TARGET, *QUICK, "--designs", "2", "--processes", "1", "-o"],
    "validate": ["--only", "units", "--json"],
}
ENDINGS = {
    "batch": "csv", "catalog export": "csv", "catalog import": "toml", "catalog new": "toml", "compare": "html",
    "design": "json", "dialysis": "json", "differences": "md", "dose": "json", "fate": "csv", "figure": "png",
    "fit": "toml", "predict": "html", "release": "csv", "report": "json", "similarity": "json", "sweep": "csv",
}  # fmt: skip
OPEN_A_SCREEN = ("app", "serve")
OF_NO_FILE = ("demo", "examples list")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("every") / FOLDER
    (made / "Ordner é").mkdir(parents=True)
    for name, example in FILES.items():
        text = re.sub(r"(?m)^draws = \d+", "draws = 16", examples.text(example))
        if name == TARGET:  # one choice of a drug that leaves soon is searched in a moment
            before, first, *_, last = text.replace("free-drug-suspension", "free-drug-solution").split("[[choice]]")
            text = f"{before.replace('28 d', '1 d')}[[choice]]{first}[calculation]{last.partition('[calculation]')[2]}"
        (made / name).write_text(text, "utf-8")
    (made / "Ordner é" / FORMULATION).write_text(examples.text(FILES[FORMULATION]), "utf-8")
    (made / "строки 1.csv").write_text("carrier,payload\nplga-microsphere,dexamethasone\n", "utf-8")
    (made / "values ü.csv").write_text("id,property,typical,unit\nliposome,diameter,91,nm\n", "utf-8")
    (made / "мой 1.toml").write_text('[[carrier]]\nid = "liposome"\nname = "Liposom"\n', "utf-8")
    return made


@pytest.fixture(autouse=True)
def _alone(folder: Path, monkeypatch: pytest.MonkeyPatch, undrawn: None) -> None:
    """Run in the folder; whatever asks for the network fails, and so does its test."""

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("asked for the network")

    monkeypatch.chdir(folder)
    for name in ("connect", "connect_ex", "sendto", "bind"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("getaddrinfo", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), prog_name="formulate")


def names(group: click.Group, before: str = "") -> set[str]:
    found = set()
    for name, command in group.commands.items():
        found |= names(command, f"{before}{name} ") if isinstance(command, click.Group) else {before + name}
    return found


def test_no_command_is_left_out():
    assert names(cli) == {*COMMANDS, *OPEN_A_SCREEN, *OF_NO_FILE}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_reads_and_writes_there_without_network(name, folder):
    if name == "rerun":
        run("report", FORMULATION, "-o", "отчёт 1.json")
    written = [f"результат {name} 1.{ENDINGS[name]}"] if name in ENDINGS else []
    result = run(*name.split(), *COMMANDS[name], *written)
    assert result.exit_code == 0, result.output or result.exception
    assert all((folder / each).stat().st_size for each in written)
    if "--json" in COMMANDS[name]:
        json.loads(result.stdout)
    assert [path.name for path in folder.rglob("*") if path.name.endswith(".part")] == []
