"""The pages about release data against the program: tables of models, findings and rules, options."""

import ast
import re
from pathlib import Path

import pytest

from formulate.curves.library import listing
from formulate.curves.physical import PHYSICAL
from formulate.similarity.rules import known_rules
from tui.cli import cli

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
FITTING, SIMILARITY, GUIDE = (
    (DOCS / name).read_text("utf-8") for name in ("method-fitting.md", "method-similarity.md", "release-data.md")
)


def cells(page: str, *heads: str) -> list[list[str]]:
    """Give the rows of the table with these heads, code without its backticks where a cell is nothing else."""
    _, _, below = page.partition(f"| {' | '.join(heads)} |\n")
    rows = []
    for line in below.splitlines()[1:]:
        if not line.startswith("| "):
            break
        rows.append([re.sub(r"^`([^`]*)`$", r"\1", cell.strip()) for cell in line.strip("|").split(" | ")])
    return rows


def test_the_table_of_models_is_the_library():
    shown = [(id, int(number), equation) for id, number, equation in cells(FITTING, "id", "no.", "equation")]
    assert shown == [(row["id"], row["number"], row["equation"]) for row in listing("ddsolver")]
    others = [tuple(row) for row in cells(FITTING, "id", "equation")]
    assert others == [(row["id"], row["equation"]) for row in listing("empirical")]
    assert len(shown) + len(others) == len(listing())


def test_the_table_of_physical_laws_is_theirs():
    shown = {}
    for ids, fitted, constants, equation in cells(FITTING, "id", "fitted", "constants", "equation"):
        first, *variants = re.findall(r"`([^`]*)`|^(\w+)$", ids)
        base = first[0] or first[1]
        shown[base] = (fitted, constants, equation, [f"{base}{suffix}" for suffix, _ in variants])
    expected = {}
    for law in PHYSICAL.values():
        if law.base:
            continue
        units = [f"{item.name} [{item.unit or '1'}]" for item in law.parameters]
        constants = [
            f"`{item.name}` [{item.unit or '1'}]" + ("" if item.default is None else f" = {item.default:g}")
            for item in law.constants
        ]
        variants = [other.id for other in PHYSICAL.values() if other.base == law.id]
        expected[law.id] = (", ".join(units), ", ".join(constants), law.equation, variants)
    assert shown == expected


def test_every_finding_is_explained():
    codes = set()
    for path in (ROOT / "formulate" / "fitting").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                assert isinstance(node.args[0], ast.Constant)
                codes.add(node.args[0].value)
    section = FITTING.partition("## Findings")[2].partition("\n## ")[0]
    assert len(codes) > 30
    assert (
        set(
            re.findall(
                r"`([a-z0-9]+(?:-[a-z0-9]+)+|outlier|runs|imprecise|correlated|singular|falls|influential)`", section
            )
        )
        == codes
    )


def test_every_rule_is_in_the_table():
    heads = ("rule", "last point is the first with a mean above 85 % of", "coefficient of variation accepted")
    rows = cells(SIMILARITY, *heads, "similar without f2 by 15 min")
    assert [re.match(r"`?(\w+)", row[0])[1] for row in rows] == [rule.id for rule in known_rules()]


@pytest.mark.parametrize("name", ["fit", "similarity", "dialysis"])
def test_the_options_of_the_guide_exist(name):
    known = {text for option in cli.commands[name].params for text in (*option.opts, *option.secondary_opts)}
    section = GUIDE.partition(f"## `formulate {name}`")[2].partition("\n## ")[0]
    table = GUIDE.partition("## The table")[2].partition("\n## ")[0]
    told = set(re.findall(r"(?<![\w-])--[a-z]+(?:-[a-z]+)*", section + table))
    assert len(told) > 10
    assert told <= known
