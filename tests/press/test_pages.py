"""Every block of every page is run, and shows what the program gives; what is not run is in one list."""

import re
from pathlib import Path

import pytest

from press.blocks import LANGUAGES, blocks, commands
from press.refresh import pages, refreshed
from press.run import is_run, rules, run_page
from press.shown import agrees, renewed

TEXTS = {path.name: path.read_text("utf-8") for path in pages()}


@pytest.mark.parametrize(
    "page", [name for name, text in TEXTS.items() if any(b.language in LANGUAGES[:-1] for b in blocks(name, text))]
)
def test_the_blocks_of_a_page_run_and_show_what_comes_out(page, tmp_path):
    results = list(run_page(page, TEXTS[page], tmp_path))
    assert results
    wrong = [result.told() for result in results if not result.is_right]
    assert not wrong, "\n\n".join(wrong)


def test_no_block_without_a_language_holds_a_command():
    hidden = [
        f"{block.place}: {line}"
        for name, text in TEXTS.items()
        for block in blocks(name, text)
        for line in block.lines
        if not block.language and line.lstrip("$ ").startswith("formulate ")
    ]
    assert hidden == []


def test_a_test_that_a_page_names_is_there():
    root = Path(__file__).parents[2]
    named = [name for text in TEXTS.values() for name in re.findall(r"`((?:tests/[\w/]+\.py)|test_\w+)`", text)]
    files = {name for name in named if name.startswith("tests/")}
    written = "".join(path.read_text("utf-8") for path in (root / "tests").rglob("test_*.py"))
    assert len(files) > 10
    assert [name for name in files if not (root / name).is_file()] == []
    assert [name for name in named if name not in files and f"def {name}(" not in written] == []


def test_every_exception_is_of_a_line_that_stands_in_a_page():
    lines = [
        (name, line.strip())
        for name, text in TEXTS.items()
        for block in blocks(name, text)
        for line in (*block.lines, *(step.command for step in commands(block)))
    ]
    for rule in rules()["not_run"]:
        assert rule["reason"]
        named = [line for name, line in lines if not is_run(name, line) and line.startswith(rule["begins"])]
        assert named, rule


def test_a_page_that_shows_something_else_is_wrong_until_it_is_written_anew(tmp_path):
    console = "```console\n$ formulate calculate f1 --help\nUsage: nothing\n...\n```"
    page = f"# A page\n\n{console}\n\n```python\n>>> 2 + 3\n6\n```\n"
    results = list(run_page("page.md", page, tmp_path))
    assert [result.is_right for result in results] == [False, False]
    assert "page.md:4" in results[0].told()
    new = refreshed(page, results)
    assert "Usage: formulate calculate [OPTIONS]" in new
    assert "\n5\n```" in new
    assert all(result.is_right for result in run_page("page.md", new, tmp_path))


@pytest.mark.parametrize(
    "block",
    [
        "```sh\nformulate compare missing.toml\n```\n",
        "```sh\nrm -rf x\n```\n",
        "```python\nimport formulate\nformulate.nothing()\n```\n",
        '```toml\n[layer.set]\ndiametre = "3 um"\n```\n',
        '```toml\n[[carrier.property]]\nname = "diameter"\ntypical = 3.0\n```\n',
        '```toml\n# mine.toml\nschema_version = 1\nkind = "question"\nsight = "knee"\n```\n',
    ],
)
def test_what_does_not_run_is_told(block, tmp_path):
    (result,) = run_page("page.md", block, tmp_path)
    assert result.problem


@pytest.mark.parametrize(
    ("shown", "output", "agree"),
    [
        (["half after  1.23 d"], ["half after 1.234 d"], True),
        (["half after 1.23 d"], ["half after 1.26 d"], False),
        (["half after 1.23 d"], ["half after 1.23 h"], False),
        (["22 carriers"], ["23 carriers"], False),
        (["1.5e-3 g"], ["1.6e-3 g"], True),
        (["a", "...", "z  3"], ["a", "b", "c", "z  3"], True),
        (["a", "...", "z  3"], ["a", "b", "c", "y  3"], False),
        (["a", "...", "Total  3", "..."], ["a", "b", "Total  3", "c"], True),
        (["a"], ["a", "b"], False),
    ],
)
def test_what_is_shown_agrees_with_the_output_or_not(shown, output, agree):
    assert agrees(shown, output) is agree


def test_a_part_that_ended_with_a_paragraph_takes_the_paragraph_as_long_as_it_is_now():
    shown = ["Head", "one", "", "...", "Tail  1"]
    assert renewed(shown, ["Head", "one", "two", "", "middle", "", "Tail  2"]) == [
        *("Head", "one", "two", ""),
        *("...", "Tail  2"),
    ]


def test_a_part_that_is_gone_from_the_output_is_told():
    with pytest.raises(ValueError, match="Total"):
        renewed(["a", "...", "Total  3", "...", "end"], ["a", "b", "end"])


def test_pages_are_what_a_reader_finds():
    assert {"README.md", "walkthrough.md", "catalog.md"} <= TEXTS.keys()
    assert all(Path(path).is_file() for path in pages())
