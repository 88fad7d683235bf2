"""The results of a run as tables, and the page that shows them."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.measure import Row

DOCS = Path(__file__).parents[1] / "docs"
PAGE, RESULTS = DOCS / "performance.md", DOCS / "performance.json"
_BLOCK = re.compile(r"(<!-- measured: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


@dataclass(frozen=True)
class Run:
    """What one run measured: the machine, and the rows of each group by its id."""

    machine: Mapping[str, str]
    groups: Mapping[str, Sequence[Row]]

    def to_json(self) -> str:
        """Give the run as text; whether a bar is met stands beside it for other programs to read."""
        groups = {name: [{**asdict(row), "met": row.met} for row in rows] for name, rows in self.groups.items()}
        return json.dumps({"schema_version": 1, "machine": dict(self.machine), "groups": groups}, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Run":
        """Read what `to_json` wrote."""
        read: dict[str, Any] = json.loads(text)
        groups = {name: [_row(item) for item in items] for name, items in read["groups"].items()}
        return cls(read["machine"], groups)


def _row(item: Mapping[str, Any]) -> Row:
    return Row(**{name: value for name, value in item.items() if name != "met"})


def table(rows: Sequence[Row]) -> str:
    """Give a group as a table in Markdown; what is missed stands out."""
    lines = ["| | measured | bar | | |", "|---|---|---|---|---|"]
    for row in rows:
        verdict = f"**{row.verdict}**" if row.met is False else row.verdict
        lines.append(f"| {row.what} | {row.measured} | {row.limit} | {verdict} | {row.beside} |")
    return "\n".join(lines)


def machine_table(facts: Mapping[str, str]) -> str:
    """Give the facts of the machine as a table."""
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in facts.items())])


def bars(run: Run, titles: Mapping[str, str]) -> str:
    """Give every bar in one table: where it is, what was measured, and whether it is met."""
    lines = ["| | | measured | bar | |", "|---|---|---|---|---|"]
    for group, rows in run.groups.items():
        for row in rows:
            if row.met is not None:
                verdict = "met" if row.met else "**missed**"
                lines.append(f"| {titles[group]} | {row.what} | {row.measured} | {row.limit} | {verdict} |")
    return "\n".join(lines)


def summary(run: Run) -> str:
    """Give how many bars are met, and which are missed."""
    judged = [row for rows in run.groups.values() for row in rows if row.met is not None]
    missed = [row for row in judged if not row.met]
    said = f"{len(judged) - len(missed)} of {len(judged)} bars are met"
    return f"{said}; missed: {'; '.join(row.what for row in missed)}." if missed else f"{said}."


def fill(page: str, tables: Mapping[str, str]) -> str:
    """Give a page with every block between its marks written anew.

    Raises
    ------
    ValueError
        If a table has no place on the page, or a place no table.
    """
    places = [name for _, name, _ in _BLOCK.findall(page)]
    if sorted(places) != sorted(tables):
        raise ValueError(f"the page has places for {sorted(places)}; there are {sorted(tables)}")
    return _BLOCK.sub(lambda block: f"{block[1]}\n{tables[block[2]]}\n\n{block[3]}", page)


def filled(page: str, run: Run, titles: Mapping[str, str]) -> str:
    """Give the page with the tables of a run."""
    tables = {"machine": machine_table(run.machine), "bars": f"{summary(run)}\n\n{bars(run, titles)}"}
    return fill(page, tables | {name: table(rows) for name, rows in run.groups.items()})


def replace_text(path: Path, content: str) -> None:
    """Write a file whole: to a temporary name, then renamed."""
    beside = path.with_suffix(f"{path.suffix}.new")
    beside.write_text(content, encoding="utf-8")
    beside.replace(path)


def write(run: Run, titles: Mapping[str, str]) -> None:
    """Write the page and the file of results."""
    page = filled(PAGE.read_text("utf-8"), run, titles)
    replace_text(RESULTS, run.to_json())
    replace_text(PAGE, page)
