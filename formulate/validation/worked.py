"""Cases that are rows of a file: a calculator, what is put in with its units, and what must come out.

They run through `formulate.calculate`, as a user would run them, so that units are read on the way in and out.
"""

import tomllib
from functools import partial
from importlib.resources import files
from typing import Any

from formulate.equations.calculation import calculate
from formulate.validation.case import Case, Found


def worked(group: str) -> tuple[Case, ...]:
    """Give the cases that the file of a group holds."""
    text = files("formulate.validation").joinpath(f"{group}.toml").read_text("utf-8")
    return tuple(_case(group, row) for row in tomllib.loads(text)["case"])


def _case(group: str, row: dict[str, Any]) -> Case:
    is_relative = "relative" in row
    return Case(
        group,
        row["id"],
        row["what"],
        row["proof"],
        partial(_run, row),
        float(row["relative"] if is_relative else row["absolute"]),
        is_relative,
        row.get("unit", "1"),
        row.get("source", ""),
        row.get("origin", ""),
    )


def _run(row: dict[str, Any]) -> Found:
    done = calculate(row["calculator"], **row["inputs"])
    field = done.fields[row["result"]] if "result" in row else next(iter(done.fields.values()))
    return Found(row["expected"], field.to(row.get("unit", "1")))
