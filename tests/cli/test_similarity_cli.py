"""`formulate similarity`: what it takes for the two products, what it says first, what it refuses."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner, Result
from scipy import stats

from formulate import examples
from tui.cli import cli

REFERENCE, TEST = "dissolution-reference.csv", "dissolution-test.csv"
QUICK = ("--bootstrap", 100)
SHEETS = ("--reference-sheet", "Old", "--test-sheet", "New")


def rows_of(name: str) -> list[list[str]]:
    return [line.split(",") for line in examples.text(name).splitlines() if not line.startswith("#")]


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in (REFERENCE, TEST):
        Path(name).write_text(examples.text(name), "utf-8")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, name in (("Old", REFERENCE), ("New", TEST)):
        sheet = book.create_sheet(title)
        head, *rows = rows_of(name)
        for row in (head, *([float(cell) for cell in row] for row in rows)):
            sheet.append(row)
    book.save("book.xlsx")
    rows = "\n".join(f"{t},{10 * t},{10 * t + 10}" for t in (1, 2, 4, 6))
    Path("means.csv").write_text(f"time (h),F1 (%),F2 (%)\n{rows}\n", "utf-8")
    return tmp_path


def run(*arguments: object, columns: int = 80) -> Result:
    return CliRunner().invoke(
        cli, ["similarity", *(str(argument) for argument in arguments)], env={"COLUMNS": str(columns)}
    )


def done(*arguments: object, columns: int = 80) -> str:
    result = run(*arguments, *QUICK, columns=columns)
    assert result.exit_code == 0, result.output
    return result.stdout


def results(*arguments: object) -> dict:
    return json.loads(done(*arguments, "--json"))["results"]


def refused(*arguments: object) -> str:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert len(result.stderr.splitlines()) == 1
    return result.stderr


@cache
def factors_of_the_files() -> dict[str, object]:
    return results(REFERENCE, TEST)["factors"]


@pytest.mark.parametrize(
    "chosen",
    [
        ("book.xlsx", "book.xlsx", *SHEETS),
        ("book.xlsx", *SHEETS),
        ("book.xlsx", "--reference-sheet", 1, "--test-sheet", 2),
        ("book.xlsx", "--test-sheet", "New"),
        ("book.xlsx", "book.xlsx", "--sheet", "Old", "--test-sheet", "New"),
        ("book.xlsx", TEST, "--reference-sheet", "Old"),
    ],
)
def test_two_sheets_are_two_products(chosen):
    assert (found := results(*chosen))["factors"] == factors_of_the_files()
    assert not found["identical"]
    assert found["reference"] != found["test"]


def test_one_sheet_of_two_workbooks():
    Path("other.xlsx").write_bytes(Path("book.xlsx").read_bytes())
    assert results("book.xlsx", "other.xlsx", "--sheet", "New")["identical"]
    asked = json.loads(done("book.xlsx", *SHEETS, "--json"))["inputs"]
    assert (asked["reference_sheet"], asked["test_sheet"]) == ("Old", "New")


@pytest.mark.parametrize("chosen", [("copy.csv",), ("--reference-sheet", 1, "--test-sheet", "old")])
def test_the_same_readings_are_told_first_of_all(chosen):
    Path("copy.csv").write_text(examples.text(REFERENCE), "utf-8")
    first = REFERENCE if chosen[0] == "copy.csv" else "book.xlsx"
    page = ("-o", "same.html") if chosen[0] == "copy.csv" else ()
    text = done(first, *chosen, *page)
    assert text.startswith("BEWARE: the two profiles are the same readings")
    assert text.count("the same readings") == 1
    if page:
        assert "BEWARE: the two profiles are the same readings" in Path("same.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((REFERENCE, REFERENCE), "is REFERENCE itself"),
        ((REFERENCE, f"./{REFERENCE}"), "is REFERENCE itself"),
        (("book.xlsx", "book.xlsx"), "--reference-sheet and --test-sheet"),
        (("book.xlsx", "book.xlsx", "--sheet", "New"), "--reference-sheet and --test-sheet"),
        (("book.xlsx",), "--reference-sheet and --test-sheet"),
        (("book.xlsx", "--test-sheet", "Newer"), "New"),
        ((REFERENCE, TEST, "--test-sheet", "New"), "has no sheets"),
        (("means.csv", "--profiles", "each", "--reference-profile", "F1", "--test-profile", "F1"), "--test-profile"),
        (("means.csv", "--profiles", "each", "--reference-profile", "F1"), "TEST"),
        ((REFERENCE, TEST, "--level", "95"), 'need a percentage such as "90%"'),
        ((REFERENCE, TEST, "--mtad", "10"), 'need a percentage such as "10%"'),
        ((REFERENCE, TEST, "--mtad", "10 mg"), 'need a percentage such as "10%"'),
        ((REFERENCE, TEST, "--level", "40%"), "at least 50% and less than 100%"),
    ],
)
def test_what_is_refused(arguments, words):
    assert words in refused(*arguments)


@pytest.mark.parametrize("second", [(), ("means.csv",)])
def test_two_profiles_of_one_file(second):
    text = done("means.csv", *second, "--profiles", "each")
    words = " ".join(text.split())
    assert words.startswith("f2 = 49.89 at 4 points under EMA, FDA, WHO, ANVISA and Health Canada: not similar, as far")
    assert "F1 against F2: number of units not given (a column n says it)" in words
    assert "None" not in text


def test_the_verdict_of_the_rules_comes_first_and_once():
    text = done(REFERENCE, TEST, columns=120)
    assert text.splitlines()[0] == "f2 = 63.66 at 6 points under EMA, FDA, WHO, ANVISA and Health Canada: similar."
    assert text.count("ANVISA 2010") == 2  # one row of the verdicts, one of the rules
    assert "12 units each" in text
    assert sum(line.startswith(("Similar:", "Not shown similar:")) for line in text.splitlines()) == 2


def test_levels_are_not_rounded():
    text = " ".join(done(REFERENCE, TEST, "--level", "95%", columns=160).split())
    assert "at 2.5%" in text
    assert "97.5% confidence" in text
    assert not any(words in text for words in ("at 2%", "at 3%", "98%"))


def test_the_difference_stands_with_its_limits():
    one, other = (np.array([row[1:] for row in rows_of(name)[1:]], dtype=float) for name in (REFERENCE, TEST))
    limits = stats.ttest_ind(other, one, axis=1, equal_var=False).confidence_interval(0.9)
    found = results(REFERENCE, TEST)
    assert found["difference_low"] == pytest.approx(limits.low, rel=1e-9)
    line = next(line for line in done(REFERENCE, TEST, columns=120).splitlines() if line.startswith("  30 "))
    low, high = (float(part.replace("−", "-")) for part in line.split()[-2:])
    assert (low, high) == pytest.approx((limits.low[4], limits.high[4]), rel=1e-3)


def test_the_figure_shows_the_limits_of_the_difference():
    from formulate.experiment.reading import read_release
    from formulate.report.similarity_page import profiles_figure
    from formulate.similarity.compare import similarity
    from formulate.similarity.pair import paired

    data = read_release(REFERENCE), read_release(TEST)
    found = similarity(*data, bootstrap=0, model="")
    lower = profiles_figure(found, paired(*data).profiles).axes[1]
    (bars,) = (item for item in lower.containers if hasattr(item, "has_yerr"))
    ends = np.array([segment[:, 1] for segment in bars.lines[2][0].get_segments()])
    assert ends == pytest.approx(np.column_stack([found.difference_low, found.difference_high]))


@pytest.mark.parametrize("columns", [60, 80])
@pytest.mark.parametrize("arguments", [(REFERENCE, TEST), ("means.csv", "--profiles", "each"), ("book.xlsx", *SHEETS)])
def test_the_text_keeps_to_the_width(arguments, columns):
    assert max(len(line) for line in done(*arguments, columns=columns).splitlines()) <= columns


def test_help_names_the_choices_within_the_width():
    result = run("--help")
    assert max(len(line) for line in result.stdout.splitlines()) <= 80
    for words in ("--reference-sheet", "--test-sheet", "[TEST]", "anvisa"):
        assert words in result.stdout
