"""The scripts of `examples/`, one for each question, run as they are and say what their text cells promise."""

import re
import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
SAYS = {
    "compare_carriers.py": [r"(?m)^1\. [a-z-]+: .* \(\d+ to \d+\) percent", r"hangs most on \w+", r"source: \w+"],
    "design_to_a_target.py": [r"can be met", r"(?m)^1\. dose .* all of it held with \d+%", r"volume: passes"],
    "estimate_release.py": [r"Measure at \d+ d", r"half is out, before: \d+ d", r"half is out, after: \d+ d"],
    "fit_release.py": [r"(?m)^1\. Korsmeyer-Peppas", r"(?m)^  n = 0\.5\d+ \(", r"f2 = \d\d\.\d"],
}


def test_there_is_one_for_each_question():
    assert {path.name for path in EXAMPLES.glob("*.py")} == SAYS.keys()


@pytest.mark.parametrize("name", SAYS)
def test_it_runs_and_says_what_it_promises(name, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(EXAMPLES / name), run_name="__main__")
    told = capsys.readouterr().out
    assert [pattern for pattern in SAYS[name] if not re.search(pattern, told)] == []
    assert list(tmp_path.iterdir()) == []  # leaves nothing behind


@pytest.mark.parametrize("name", SAYS)
def test_it_has_text_cells_as_notebooks_read_them(name):
    text = (EXAMPLES / name).read_text("utf-8")
    cells = re.findall(r"(?m)^# %%(.*)$", text)
    assert cells[0] == " [markdown]"
    assert cells.count(" [markdown]") >= 3
    assert cells.count("") >= 3


def test_measured_points_narrow_the_band_of_the_example(capsys):
    names = runpy.run_path(str(EXAMPLES / "estimate_release.py"))
    assert names["after"].width < names["before"].width
