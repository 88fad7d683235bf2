"""Every wrong input is refused: exit status 2, one line per fault on stderr, nothing else said or left behind.

Each line names the file, the line where there is one, the field, the value and what would be accepted
(DESIGN.md, section 5). The expected words are written by hand from that rule, not copied from the program.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner, Result

from formulate.criteria import WEIGHTS
from tui.cli import cli

ROOT = Path(__file__).parents[2]

QUESTION = """\
schema_version = 1
kind = "question"
[[payload]]
id = "dasatinib"
dose = "5 mg"
[regimen]
site = "knee"
state = "osteoarthritis"
volume = "5 mL"
[target]
duration = "28 d"
[calculation]
draws = 64
seed = 7
[weights]
cover = 3
"""

FORMULATION = """\
schema_version = 1
kind = "formulation"
[[payload]]
id = "dasatinib"
dose = "5 mg"
[[layer]]
id = "microsphere"
carrier = "plga-microsphere"
holds = ["dasatinib"]
loading = { drug_loading = "10 percent_w_w" }
[layer.set]
diameter = "40 um"
molecular_weight = "50 kg/mol"
[[layer]]
id = "gel"
carrier = "hyaluronic-acid-hydrogel"
holds = ["microsphere"]
[regimen]
site = "knee"
[calculation]
draws = 64
"""

# what is changed in the file, and for each fault: line and field, and words that its line must hold
QUESTION_CASES = {
    "kind unknown": (("question", "cake"), [("2: kind", "'cake'", '"question" or "formulation"')]),
    "kind missing": (('kind = "question"\n', ""), [("kind", "missing", '"question" or "formulation"')]),
    "kind not a text": (('"question"', "7"), [("2: kind", "'7'", '"question" or "formulation"')]),
    "schema version 2": (("schema_version = 1", "schema_version = 2"), [("1: schema_version", "2", "need 1")]),
    "schema version true": (("version = 1", "version = true"), [("1: schema_version", "True", "need 1")]),
    "schema version 1.0": (("version = 1", "version = 1.0"), [("1: schema_version", "1.0", "need 1")]),
    "probability in quotes": (
        ('duration = "28 d"', 'probability = "0.8"'), [("11: target.probability", "'0.8'", "need a valid number")],
    ),
    "probability true": (('duration = "28 d"', "probability = true"), [("11: target.probability", "True", "number")]),
    "key unknown": (("schema_version", "sead = 3\nschema_version"), [("1: sead", "unknown key", "nearest:")]),
    "key unknown in a table": (("volume =", "volum ="), [("9: regimen.volum", "unknown key", "nearest: volume")]),
    "carrier unknown": (
        ("schema_version", 'carriers = ["plgaa"]\nschema_version'),
        [
            (
                "1: carriers.0", "unknown carrier 'plgaa'",
                "nearest: ",
            )
        ],
    ),
    "payload unknown": (("dasatinib", "dasatinab"), [("4: payload.0.id", "'dasatinab'", "nearest: dasatinib")]),
    "site unknown": (('"knee"', '"kne"'), [("7: regimen.site", "unknown site 'kne'", "nearest: knee")]),
    "site not a text": (('"knee"', "7"), [("7: regimen.site", "'7'", "need an id")]),
    "state unknown": (('"osteoarthritis"', '"arthrosis"'), [("8: regimen.state", "'arthrosis'", "need healthy or")]),
    "dose of a wrong unit": (("5 mg", "5 mmol"), [("5: payload.0.dose", "'5 mmol'", "dimension", "such as mg")]),
    "dose without unit": (("5 mg", "5"), [("5: payload.0.dose", "'5'", "no unit", "such as mg")]),
    "dose not a text": (('"5 mg"', "5"), [("5: payload.0.dose", "'5'", "no unit", "in quotes")]),
    "dose with a decimal comma": (("5 mg", "1,5 mg"), [("5: payload.0.dose", "'1,5 mg'", "comma", "a point")]),
    "dose negative": (("5 mg", "-5 mg"), [("5: payload.0.dose", "'-5 mg'", "above zero", "such as mg")]),
    "dose of an unknown unit": (("5 mg", "5 cows"), [("5: payload.0.dose", "'5 cows'", "cows", "such as mg")]),
    "dose NaN": (("5 mg", "nan mg"), [("5: payload.0.dose", "'nan mg'", "number", "such as mg")]),
    "dose a NaN of TOML": (('"5 mg"', "nan"), [("5: payload.0.dose", "'nan'", "such as mg")]),
    "dose infinite": (("5 mg", "inf mg"), [("5: payload.0.dose", "'inf mg'", "number", "such as mg")]),
    "dose that overflows": (("5 mg", "1e999 mg"), [("5: payload.0.dose", "'1e999 mg'", "finite", "such as mg")]),
    "volume zero": (("5 mL", "0 mL"), [("9: regimen.volume", "'0 mL'", "above zero", "such as mL")]),
    "duration infinite": (("28 d", "inf d"), [("11: target.duration", "'inf d'", "such as d")]),
    "injections 0": (("volume =", "injections = 0\nvolume ="), [("9: regimen.injections", "0", "need 1")]),
    "injections 61": (("volume =", "injections = 61\nvolume ="), [("9: regimen.injections", "61", "60")]),
    "injections without interval": (
        ("volume =", "injections = 3\nvolume ="),
        [("6: regimen.interval", "missing", "between the 3 injections")],
    ),
    "interval alone": (("volume =", 'interval = "7 d"\nvolume ='), [("9: regimen.interval", "'7 d'", "2 or more")]),
    "start a century ago": (
        ("volume =", 'start = "-100 year"\nvolume ='),
        [("9: regimen.start", "-100 year", "3653 d")],
    ),
    "start not a time": (("volume =", 'start = "3 mL"\nvolume ='), [("9: regimen.start", "'3 mL'", "d")]),
    "unknown part of the site": (
        ("volume =", 'set = { "liver.thickness" = "1 mm" }\nvolume ='),
        [("9: regimen.set.liver.thickness", "liver", "articular-cartilage")],
    ),
    "unknown property of a part": (
        ("volume =", 'set = { "articular-cartilage.thicknes" = "1 mm" }\nvolume ='),
        [("9: regimen.set.articular-cartilage.thicknes", "unknown property", "thickness")],
    ),
    "draws 3": (("draws = 64", "draws = 3"), [("13: calculation.draws", "3", "16")]),
    "seed -1": (("seed = 7", "seed = -1"), [("14: calculation.seed", "-1", "0")]),
    "weight not a number": (("cover = 3", 'cover = "a"'), [("16: weights.cover", "'a'", "number")]),
    "weight in quotes": (("cover = 3", 'cover = "3"'), [("16: weights.cover", "'3'", "number")]),
    "weight true": (("cover = 3", "cover = true"), [("16: weights.cover", "True", "number")]),
    "weight of many digits": (("cover = 3", f"cover = 1{'0' * 400}"), [("16: weights.cover", "1000", "need 0 to")]),
    "weight infinite": (("cover = 3", "cover = inf"), [("16: weights.cover", "inf", "need 0 to")]),
    "weight negative": (("cover = 3", "cover = -1"), [("16: weights.cover", "-1", "0")]),
    "weight unknown": (("cover = 3", "cake = 3"), [(None, "'cake'", "dose, cover, residence, penetration")]),
    "weights all zero": (
        ("cover = 3", "\n".join(f"{name} = 0" for name in WEIGHTS)),
        [(None, "weights", "zero", "need one above zero")],
    ),
    "target compartment unknown": (
        ("duration =", 'compartment = "blood"\nduration ='),
        [(None, "target.compartment", "'blood'", "synovial-fluid or synovium or cartilage or plasma")],
    ),
    "target payload unknown": (
        ("duration =", 'payload = "insulin"\nduration ='), [(None, "target.payload", "'insulin'", "dasatinib")],
    ),
    "target level of a wrong unit": (
        ("duration =", 'unbound_above = "3 mg"\nduration ='),
        [("11: target.unbound_above", "'3 mg'", "dimension", "such as umol/L")],
    ),
    "two payloads": (
        ("[regimen]", '[[payload]]\nid = "triamcinolone-acetonide"\n[regimen]'), [(None, "payload", "2", "at most 1")],
    ),
    "no payload": (('[[payload]]\nid = "dasatinib"\ndose = "5 mg"\n', ""), [("payload", "missing")]),
}  # fmt: skip

FORMULATION_CASES = {
    "efficiency of 120 %": (
        ('drug_loading = "10 percent_w_w"', 'encapsulation_efficiency = "120 percent"'),
        [("10: layer.0.loading.encapsulation_efficiency", "'120 percent'", "0 to 100 percent")],
    ),
    "drug loading without unit": (
        ("10 percent_w_w", "10"), [("10: layer.0.loading.drug_loading", "'10'", "no unit", "percent_w_w")],
    ),
    "drug loading by volume": (
        ("percent_w_w", "percent_v_v"),
        [("10: layer.0.loading.drug_loading", "'10 percent_v_v'", "percent_w_w")],
    ),
    "convention unknown": (
        ('"10 percent_w_w" }', '"10 percent_w_w", convention = "C" }'),
        [("10: layer.0.loading.convention", "'C'", "need A", "or B")],
    ),
    "loading of an unknown key": (
        ("{ drug_loading", "{ drugloading"),
        [("10: layer.0.loading.drugloading", "unknown key", "drug_loading")],
    ),
    "molar mass in kDa": (
        ("50 kg/mol", "50 kDa"), [("13: layer.0.set.molecular_weight", "'50 kDa'", "g/mol or kg/mol")],
    ),
    "molar mass a number average": (
        ('"50 kg/mol"', '{ typical = "50 kg/mol", average = "number" }'),
        [("13: layer.0.set.molecular_weight", "'number'", "need weight")],
    ),
    "low above typical": (
        ('"40 um"', '{ typical = "40 um", low = "50 um", high = "60 um" }'),
        [("12: layer.0.set.diameter", "50", "40", "rising order")],
    ),
    "diameter zero": (("40 um", "0 um"), [("12: layer.0.set.diameter", "'0 um'", "above zero")]),
    "basis unknown": (
        ('"40 um"', '{ typical = "40 um", basis = "mass" }'),
        [("12: layer.0.set.diameter", "'mass'", "number, volume, intensity")],
    ),
    "override without typical": (
        ('"40 um"', '{ low = "40 um" }'), [("12: layer.0.set.diameter", "typical is missing", "5 nm")],
    ),
    "plain number without typical": (
        ('diameter = "40 um"', 'size_span = { low = "1" }'),
        [("12: layer.0.set.size_span", "typical is missing", "such as '5'")],
    ),
    "plain numbers out of order": (
        ('diameter = "40 um"', 'size_span = { typical = "1", low = "2", high = "3" }'),
        [("12: layer.0.set.size_span", "low, typical, high = 2, 1, 3; need them in rising order")],
    ),
    "property unknown": (
        ("diameter =", "diametre ="), [("12: layer.0.set.diametre", "unknown property", "nearest: diameter")],
    ),
    "holds the wrong layer": (
        ('["microsphere"]', '["dasatinib"]'), [("17: layer.1.holds", "dasatinib", 'need ["microsphere"]')],
    ),
    "depot in a particle": (
        ("plga-microsphere\"", "hyaluronic-acid-hydrogel\""),
        [("17: layer.1.holds", "depot in a depot", "particle or vesicle in a depot")],
    ),
    "carrier unknown": (
        ("plga-microsphere", "plga-microspere"),
        [("8: layer.0.carrier", "plga-microspere", "nearest: plga-microsphere,")],
    ),
    "carrier that is a nest": (
        ('"hyaluronic-acid-hydrogel"', '"plga-microsphere-in-hyaluronic-acid-hydrogel"'),
        [("16: layer.1.carrier", "plga-microsphere-in-hyaluronic-acid-hydrogel", "need its layers plga-microsphere")],
    ),
    "method unknown": (
        ("loading =", 'method = "baking"\nloading ='), [("10: layer.0.method", "'baking'", "emulsion-oil-in-water")],
    ),
    "error of an assay in quotes": (
        ("loading", 'assay = [{ drug_added = "2 mg", drug_in_product = "1 mg", relative_error = "0.02" }]\nloading'),
        [("10: layer.0.assay.0.relative_error", "'0.02'", "need a valid number")],
    ),
    "id with a blank": (('"gel"', '"my gel"'), [("15: layer.1.id", "'my gel'", "lower-case")]),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), prog_name="formulate")


def refused(result: Result, files: tuple[str, ...] = ("case.toml",)) -> list[str]:
    """Give the lines of a refusal, after checking that it is one: status, streams, folder."""
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert sorted(path.name for path in Path.cwd().iterdir()) == sorted(files)
    lines = result.stderr.rstrip("\n").split("\n")
    assert all(line.isprintable() and line for line in lines), lines
    return lines


def check(lines: list[str], expected: list[tuple[str | None, ...]], file: str = "case.toml") -> None:
    assert len(lines) == len(expected), lines
    for line, (place, *words) in zip(lines, expected, strict=True):
        if place is None:
            assert line.startswith(f"{file}:")
        else:
            between = ":" if place[0].isdigit() else ": "
            assert line.startswith(f"{file}{between}{place}: "), line
        for word in words:
            assert word in line


def edited(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize("name", QUESTION_CASES)
def test_a_wrong_question_is_refused(name):
    change, expected = QUESTION_CASES[name]
    Path("case.toml").write_text(edited(QUESTION, *change), "utf-8")
    check(refused(run("compare", "case.toml", "-o", "r.html", "-o", "r.json", "--plot", "r.svg")), expected)


@pytest.mark.parametrize("name", FORMULATION_CASES)
def test_a_wrong_formulation_is_refused(name):
    change, expected = FORMULATION_CASES[name]
    Path("case.toml").write_text(edited(FORMULATION, *change), "utf-8")
    check(refused(run("predict", "case.toml", "-o", "r.html", "--plot", "r.svg")), expected)


@pytest.mark.parametrize("text", [QUESTION, FORMULATION], ids=["question", "formulation"])
def test_the_files_that_are_made_wrong_are_right(text):
    from formulate.formulation import read

    Path("case.toml").write_text(text, "utf-8")
    assert read("case.toml").calculation.draws == 64


@pytest.mark.parametrize("name", ["weight unknown", "target compartment unknown", "target payload unknown"])
def test_a_fault_between_fields_has_its_line(name):
    change, _ = QUESTION_CASES[name]
    text = edited(QUESTION, *change)
    Path("case.toml").write_text(text, "utf-8")
    wanted = next(n for n, line in enumerate(text.splitlines(), 1) if re.match("cake|compartment|payload =", line))
    assert refused(run("compare", "case.toml"))[0].startswith(f"case.toml:{wanted}: ")


@pytest.mark.parametrize(
    "wrong", [('site = "knee"\n', ""), ("schema_version = 1\n", "")], ids=["site", "schema_version"]
)
def test_a_missing_key_says_what_is_needed(wrong):
    Path("case.toml").write_text(edited(QUESTION, *wrong), "utf-8")
    (line,) = refused(run("compare", "case.toml"))
    assert "need" in line


def test_a_missing_key_of_any_table_says_what_is_needed():
    from pydantic import BaseModel

    from formulate.faults import NEEDS
    from formulate.formulation import Formulation, Question

    tables: set[type[BaseModel]] = set()
    more: list[object] = [Formulation, Question]
    while more:
        kind = more.pop()
        more += get_args(kind)
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in tables:
            tables.add(kind)
            more += [field.annotation for field in kind.model_fields.values()]
    needed = {name for table in tables for name, field in table.model_fields.items() if field.is_required()}
    assert len(tables) > 10
    assert needed - NEEDS.keys() == set()


CONTENTS = {
    "empty": (b"", ["case.toml: ", "is empty", "kind"]),
    "blank": (b" \n\n", ["case.toml: ", "is empty", "kind"]),
    "not TOML": (b"a = 1\nb = = 2\n", ["case.toml:2: ", "not TOML"]),
    "key twice": (b"a = 1\nb = 2\na = 3\n", ["case.toml:3: ", "not TOML"]),
    "not UTF-8": (b'name = "\xff\xfe"\n', ["case.toml: ", "byte 8", "UTF-8"]),
    "a line of 10 MB": (b'name = "' + b"a" * 10_000_000 + b'"\n', ["case.toml: ", "100000 bytes"]),
    "a list 90000 deep": (b"a = " + b"[" * 90_000, ["case.toml: ", "not TOML"]),
    "a value of 90 kB": (QUESTION.replace("5 mg", "5" * 90_000).encode(), ["payload.0.dose", "characters long"]),
}


@pytest.mark.parametrize("name", CONTENTS)
@pytest.mark.parametrize("command", ["compare", "predict"])
def test_a_file_that_cannot_be_read_is_refused(command, name):
    content, words = CONTENTS[name]
    Path("case.toml").write_bytes(content)
    (line,) = refused(run(command, "case.toml"))
    assert len(line) < 500
    for word in words:
        assert word in line


def test_a_missing_file_is_refused():
    (line,) = refused(run("compare", "nowhere.toml"), ())
    assert line.startswith("nowhere.toml: no such file; `formulate examples copy DIR`")


def test_a_folder_is_refused():
    Path("folder").mkdir()
    assert refused(run("predict", "folder"), ("folder",)) == ["folder: is a folder; need a TOML file"]


def test_every_fault_is_told_at_once_in_the_order_of_the_lines():
    text = FORMULATION
    for old, new in (
        ("5 mg", "5 mmol"), ("plga-microsphere", "plga-microspere"), ("10 percent_w_w", "10"), ("40 um", "40 mg"),
        ('"hyaluronic-acid-hydrogel"', '"hyaluronic"'), ('"knee"', '"kne"'), ("draws = 64", "draws = 3\nseeed = 1"),
    ):  # fmt: skip
        text = edited(text, old, new)
    Path("case.toml").write_text(text, "utf-8")
    check(
        refused(run("predict", "case.toml")),
        [
            ("5: payload.0.dose", "'5 mmol'"),
            ("8: layer.0.carrier", "'plga-microspere'"),
            ("10: layer.0.loading.drug_loading", "'10'"),
            ("12: layer.0.set.diameter", "'40 mg'"),
            ("16: layer.1.carrier", "'hyaluronic'"),
            ("19: regimen.site", "'kne'"),
            ("21: calculation.draws", "3"),
            ("22: calculation.seeed", "nearest: seed"),
        ],
    )


def test_faults_between_fields_are_told_with_the_others():
    text = edited(edited(QUESTION, "5 mL", "0 mL"), "cover = 3", "cake = 3")
    Path("case.toml").write_text(text, "utf-8")
    assert len(refused(run("compare", "case.toml"))) == 2


HOSTILE = '"a\\nb\\r\\u001b[31mred\\u0007\\u2028\\u202e\\u0000"'


@pytest.mark.parametrize(
    ("old", "field"),
    [
        ('"question"', "kind"), ('"dasatinib"', "payload.0"), ('"5 mg"', "payload.0.dose"), ('"knee"', "regimen.site"),
        ('"osteoarthritis"', "regimen"), ('"5 mL"', "regimen.volume"), ("64", "calculation.draws"),
        ("3\n", "weights.cover"), ("kind", ""), ("volume =", "regimen."),
    ],
)  # fmt: skip
def test_control_characters_cannot_break_the_line(old, field):
    new = HOSTILE + ("\n" if old.endswith("\n") else " =" if old.endswith("=") else "")
    Path("case.toml").write_text(edited(QUESTION, old, new), "utf-8")
    lines = refused(run("compare", "case.toml"))
    assert all(line.startswith("case.toml:") and len(line) < 500 for line in lines)
    assert any(field in line for line in lines)


@pytest.mark.parametrize(
    "old", ['"microsphere"', '"plga-microsphere"', '["dasatinib"]', '"10 percent_w_w"', '"40 um"', "diameter"]
)
def test_control_characters_in_a_formulation_cannot_break_the_line(old):
    Path("case.toml").write_text(edited(FORMULATION, old, HOSTILE), "utf-8")
    lines = refused(run("predict", "case.toml"))
    assert all(line.startswith("case.toml:") and len(line) < 500 for line in lines)


def test_a_hostile_file_name_stays_on_one_line():
    (line,) = refused(run("compare", "no\nsuch\x1b[31m.toml"), ())
    assert "no such file" in line


def test_a_hostile_name_of_a_question_stays_on_one_line():
    Path("a\nb.toml").write_text(QUESTION, "utf-8")
    (line,) = refused(run("predict", "a\nb.toml"), ("a\nb.toml",))
    assert "question" in line


def test_lines_are_counted_as_an_editor_counts_them():
    Path("case.toml").write_text("# a\u2028b\n" + QUESTION.replace("5 mL", "0 mL"), "utf-8")
    check(refused(run("compare", "case.toml")), [("10: regimen.volume", "'0 mL'")])


ALL_ZERO = ",".join(f"{name}=0" for name in WEIGHTS)
OPTIONS = {
    "no payload": (["--site", "knee"], ["--payload", "missing", "need"]),
    "no site": (["--payload", "dasatinib"], ["--site", "missing", "need"]),
    "nothing": ([], ["--site", "missing", "need"]),
    "dose": (["--site", "knee", "--payload", "dasatinib", "--dose", "5"], ["command line", "dose", "'5'", "mg"]),
    "above": (["--site", "knee", "--payload", "dasatinib", "--above", "5 mg"], ["unbound_above", "'5 mg'", "umol/L"]),
    "state": (["--site", "knee", "--payload", "dasatinib", "--state", "oa"], ["regimen.state", "need healthy or"]),
    "carriers": (
        ["--site", "knee", "--payload", "dasatinib", "--carriers", "plga-microsphere,plgaa"],
        ["carriers.1", "unknown carrier 'plgaa'", "nearest: ", "plga-microsphere"],
    ),
    "weights name": (
        ["--site", "knee", "--payload", "dasatinib", "--weights", "cake=1"], ["--weights", "'cake'", "cover"],
    ),
    "weights value": (
        ["--site", "knee", "--payload", "dasatinib", "--weights", "cover=a"], ["--weights", "'cover=a'", "number"],
    ),
    "weights bare": (
        ["--site", "knee", "--payload", "dasatinib", "--weights", "cover"], ["--weights", "'cover'", "number"],
    ),
    "weights NaN": (
        ["--site", "knee", "--payload", "dasatinib", "--weights", "cover=nan"], ["--weights", "'cover=nan'", "number"],
    ),
    "weights negative": (
        ["--site", "knee", "--payload", "dasatinib", "--weights", "cover=-1"], ["--weights", "'cover=-1'", "0"],
    ),
    "weights zero": (
        ["--site", "knee", "--payload", "dasatinib", "--weights", ALL_ZERO],
        ["--weights", "zero"],
    ),
    "output ending": (
        ["--site", "knee", "--payload", "dasatinib", "-o", "r.csv"], ["--output", "r.csv", ".docx or .json"],
    ),
    "output without ending": (
        ["--site", "knee", "--payload", "dasatinib", "-o", "report"], ["--output", "report", ".docx or .json"],
    ),
    "output folder": (
        ["--site", "knee", "--payload", "dasatinib", "-o", "no/r.html"],
        ["no/r.html", "folder no", "need one that exists"],
    ),
    "plot ending": (
        ["--site", "knee", "--payload", "dasatinib", "--plot", "r.gif"], ["--plot", "r.gif", ".pdf or .csv"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OPTIONS)
def test_a_wrong_option_is_refused(name):
    options, words = OPTIONS[name]
    (line,) = refused(run("compare", *options), ())
    for word in words:
        assert word in line


@pytest.mark.parametrize("options", [["--draws", "3"], ["--draws", "many"], ["--seed", "-1"], ["--cake"]])
def test_what_click_refuses_has_the_same_status_and_streams(options):
    result = run("compare", "--site", "knee", "--payload", "dasatinib", *options)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert options[0] in result.stderr
    assert list(Path.cwd().iterdir()) == []


def test_what_click_refuses_is_one_line():
    refused(run("compare", "--site", "knee", "--payload", "dasatinib", "--draws", "3"), ())


def test_a_formulation_file_says_the_site_itself():
    Path("case.toml").write_text(FORMULATION, "utf-8")
    (line,) = refused(run("compare", "case.toml", "--site", "knee"))
    assert "--site" in line
    assert "--weights, --draws or --seed" in line


def test_a_question_is_not_predicted():
    Path("case.toml").write_text(QUESTION, "utf-8")
    check(refused(run("predict", "case.toml")), [("kind", "question", 'need kind = "formulation"')])


def test_a_question_and_a_formulation_are_not_compared():
    Path("case.toml").write_text(QUESTION, "utf-8")
    Path("other.toml").write_text(FORMULATION, "utf-8")
    (line,) = refused(run("compare", "case.toml", "other.toml"), ("case.toml", "other.toml"))
    assert "formulation files" in line
    assert "one question file" in line


def test_each_missing_number_of_an_own_drug_is_one_line_with_the_unit_to_give():
    one_layer = (
        FORMULATION[: FORMULATION.index('[[layer]]\nid = "gel"')] + FORMULATION[FORMULATION.index("[regimen]") :]
    )
    text = edited(one_layer, 'id = "dasatinib"\n', 'id = "mine"\ninline = true\n').replace('"dasatinib"', '"mine"')
    Path("case.toml").write_text(text, "utf-8")
    lines = refused(run("predict", "case.toml"))
    told = r"case.toml: payload.0.set.(\w+): mine has no (\w+), which .* needs; set it in the file, in \S+"
    found = [re.match(told, line) for line in lines]
    names = [match[1] for match in found if match is not None]
    assert len(names) == len(lines) == len(set(names))
    assert names == [match[2] for match in found if match is not None]
    assert {"systemic_clearance", "volume_of_distribution", "unbound_fraction_plasma"} <= set(names)


def test_an_unknown_id_is_not_shown():
    (line,) = refused(run("catalog", "show", "plga-microspheer"), ())
    assert "'plga-microspheer'" in line
    assert "nearest: plga-microsphere" in line


def real(*arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "tui.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, encoding="utf-8")


def test_a_real_process_refuses_in_the_same_way():
    Path("case.toml").write_text(edited(edited(QUESTION, "5 mL", "0 mL"), "draws = 64", "draws = 3"), "utf-8")
    done = real("compare", "case.toml", "-o", "r.html")
    assert done.returncode == 2
    assert done.stdout == ""
    check(done.stderr.splitlines(), [("9: regimen.volume", "'0 mL'"), ("13: calculation.draws", "3")])
    assert [path.name for path in Path.cwd().iterdir()] == ["case.toml"]


def test_a_real_process_refuses_a_missing_file():
    done = real("predict", "nowhere.toml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("nowhere.toml: no such file")
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a user whom file modes bind")
def test_a_file_that_may_not_be_read_is_refused():
    Path("case.toml").write_text(QUESTION, "utf-8")
    Path("case.toml").chmod(0)
    (line,) = refused(run("compare", "case.toml"))
    assert "cannot be read" in line


def test_a_report_over_a_folder_is_refused_and_the_folder_stays():
    Path("r.html").mkdir()
    options = ("--site", "knee", "--payload", "dasatinib", "--carriers", "free-drug-solution", "--draws", "64")
    (line,) = refused(run("compare", *options, "-o", "r.html"), ("r.html",))
    assert "r.html: is a folder" in line
