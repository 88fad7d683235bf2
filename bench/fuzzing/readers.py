"""All readers, by name; each is given a folder to write in."""

from collections.abc import Callable
from pathlib import Path

from bench.fuzzing import asked, kept, tables
from bench.fuzzing.mutation import Reader

READERS: dict[str, Callable[[Path], Reader]] = {
    made.__name__: made
    for made in (
        asked.formulation, asked.plan, asked.exposure, asked.target, asked.form, asked.catalog, asked.formula,
        asked.quantity, asked.keys, asked.rules, tables.catalog_table, tables.release, tables.workbook, tables.agents,
        tables.batch, kept.report, kept.project, kept.sweep, kept.state,
    )
}  # fmt: skip
