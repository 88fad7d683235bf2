"""Check that every row of the reference tables is in the catalog or left out for a reason, and write the page.

    python -m bench.catalog_coverage FOLDER

FOLDER holds the reference tables as CSV files. Each value that names a row is compared with the numbers of that row.
Writes docs/catalog-coverage.md and the sizes of the tables in materials/data/coverage.toml; exits 1 if a row is not
accounted for, or holds other numbers without a reason.
"""

import csv
import json
import math
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import tomli_w

from materials.catalog import Catalog, shipped
from materials.coverage import Coverage, recorded, rows_held
from materials.errors import FormulateError
from materials.units import to_si
from materials.values import Value

PAGE = Path("docs/catalog-coverage.md")
RECORD = Path("materials/data/coverage.toml")
TABLES = {  # name in the catalog: the file, and the column of the row's id (its number where there is none)
    "carriers": ("carriers", "id"),
    "payloads": ("payloads", "id"),
    "studies": ("studies", "study_id"),
    "tissues": ("tissues", "fact_id"),
    "properties": ("properties", "prop_id"),
    "discrepancies": ("seed_discrepancies", "disc_id"),
    "systems": ("seed_system_measurements", ""),
    "pipeline": ("pipeline_parameters", ""),
    "joint": ("joint_parameters", ""),
    "disc-cord-bone": ("disc_cord_bone_parameters", ""),
    "carrier-properties": ("carrier_properties", ""),
    "payload-properties": ("payload_properties", ""),
    "joint-retention": ("joint_retention", ""),
    "disc-cord-bone-retention": ("disc_cord_bone_retention", ""),
    "loading": ("loading_measurements", ""),
}
EXAMPLES = "worked_examples_public.json"
UNITS = {
    "kDa": "kg/mol", "C": "degC", "%": "percent", "% w/w": "percent_w_w", "% v/v": "percent_v_v", "wt%": "percent_w_w",
    "-": "1", "": "1", "d": "day", "wk": "week", "yr": "year", "months": "month", "weeks": "week", "mM": "mmol/L",
    "uM": "umol/L", "nM": "nmol/L", "log(cm/s)": "log10", "log(L/kg lipid)": "log10(L/kg)", "log10(L/kg lipid)":
    "log10(L/kg)", "g/cm3": "g/cm^3", "cm2/s": "cm^2/s", "m2/s": "m^2/s", "A2": "angstrom^2", "A": "angstrom",
    "MPa0.5": "MPa**0.5", "um2": "um^2", "cm2": "cm^2", "m2/g": "m^2/g", "cm3/g": "cm^3/g", "nm2": "nm^2",
    "nm3": "nm^3", "mL/min/100g": "mL/(min*hg)", "MDa": "Mg/mol", "%ID/g": "percent/g", "mL/min/g": "mL/(min*g)",
}  # fmt: skip
NUMBERS_IN = ("value_low", "value_typical", "value_high", "value", "value_text", "conditions", "note",
              "rationale_or_formula")  # fmt: skip
_NUMBER = r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"


def main(folder: Path) -> int:
    """Check, write, and give the exit status."""
    catalog = shipped()
    tables = {name: dict(_rows(folder / f"{file}.csv", name, column)) for name, (file, column) in TABLES.items()}
    examples = len(json.loads((folder / EXAMPLES).read_text("utf-8"))["examples"])
    sizes = {name: len(rows) for name, rows in tables.items()} | {"worked-examples": examples}
    known = _with_sizes(recorded(), sizes)
    RECORD.write_text(_record(known), encoding="utf-8")
    held = rows_held(catalog)
    whole = {table.name for table in known.table if table.reason}
    reasons = {item.row: item.reason for item in known.left_out}
    every = {row for rows in tables.values() for row in rows}
    unaccounted = sorted(
        row for row in every if row not in held and row not in reasons and row.partition("/")[0] not in whole
    )
    strange = sorted(row for row in (*held, *reasons) if row not in every)
    other = dict(_other_numbers(catalog, {row: cells for rows in tables.values() for row, cells in rows.items()}))
    told = {item.row: item.reason for item in known.differs}
    untold = {row: text for row, text in other.items() if row not in told}
    PAGE.write_text(_page(known, held, other, told), encoding="utf-8")
    for row in unaccounted:
        print(f"{row}: neither in the catalog nor left out for a reason")
    for row in strange:
        print(f"{row}: no such row")
    for row, text in untold.items():
        print(f"{row}: {text}")
    inside = len(every & held.keys())
    print(f"{len(every)} rows: {inside} in the catalog, {len(every) - inside - len(unaccounted)} left out for a reason")
    print(f"{len(other)} rows with other numbers, {len(untold)} of them without a reason")
    return 1 if unaccounted or strange or untold else 0


def _rows(file: Path, name: str, column: str) -> Iterator[tuple[str, dict[str, str]]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream), start=1):
            yield f"{name}/{row[column] if column else number}", row


def _with_sizes(known: Coverage, sizes: Mapping[str, int]) -> Coverage:
    reasons = {table.name: table.reason for table in known.table}
    tables = [{"name": name, "rows": rows, "reason": reasons.get(name, "")} for name, rows in sizes.items()]
    return Coverage.model_validate({**known.model_dump(), "table": tables})


def _record(known: Coverage) -> str:
    head = (
        "# The reference tables: their sizes, written by bench/catalog_coverage.py, and the rows that are left out or\n"
    )
    return (
        head
        + "# told with other numbers, with the reason.\n\n"
        + tomli_w.dumps(known.model_dump(exclude_defaults=True))
    )


def _other_numbers(catalog: Catalog, rows: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """Give the rows of which a value in the catalog has numbers that stand in none of the rows it names."""
    for entry in catalog.entries():
        for value in entry.property:
            named = [rows[row] for row in value.reference_ids if row in rows]
            if not named or value.inherited_from:
                continue
            mine = [value.low, value.typical if value.typical_is == "given" else None, value.high]
            off = [number for number in mine if number is not None and not _is_among(number, value, named)]
            if off:
                text = ", ".join(f"{number:g}" for number in off)
                yield value.reference_ids[0], f"{entry.id}.{value.name}: {text} {value.unit} is not in the row"


def _numbers(cells: Mapping[str, str]) -> list[float]:
    texts = [cells.get(name, "") for name in NUMBERS_IN]
    numbers = [
        float(text) for cell in texts for text in re.findall(_NUMBER, cell.replace("-", " -").replace("e -", "e-"))
    ]
    return numbers + [-number for number in numbers if number < 0]  # "3-5" is a range


def _is_among(number: float, value: Value, named: list[Mapping[str, str]]) -> bool:
    """True when a number stands in one of the rows: as it is, in another unit, as center and deviation, as a share."""
    given = [found for cells in named for found in _numbers(cells)]
    units = {UNITS.get(cells.get("unit", ""), cells.get("unit", "")) for cells in named}
    spread = [center + sign * width for center in given for width in given for sign in (-1, 1)]  # 3.6 +/- 1.0
    for candidate in (*given, *spread):
        told = [candidate, candidate / 100, 1 - candidate / 100]  # percent, and what is left of it
        if candidate > 0:
            told.append(math.log10(candidate))
        if any(_close(number, other) for other in told):
            return True
        for unit in units:
            try:
                if _close(to_si(number, value.unit), to_si(candidate, unit)):
                    return True
            except (FormulateError, KeyError):
                continue
    return False


def _close(first: float, second: float) -> bool:
    return abs(first - second) <= 1e-6 * max(abs(first), abs(second), 1e-300)


def _page(
    known: Coverage, held: Mapping[str, tuple[str, ...]], other: Mapping[str, str], told: Mapping[str, str]
) -> str:
    left = {item.row: item.reason for item in known.left_out if item.row not in held}
    lines = [
        "# What the catalog holds of the reference tables",
        "",
        "Written by `python -m bench.catalog_coverage FOLDER`, which also compares the numbers of each value with",
        "those of the row it names. `formulate catalog coverage` prints the counts.",
        "",
        "| table | rows | in the catalog | left out |",
        "|---|---:|---:|---:|",
    ]
    for table in known.table:
        inside = sum(row.partition("/")[0] == table.name for row in held)
        outside = table.rows if table.reason else sum(row.partition("/")[0] == table.name for row in left)
        lines.append(f"| {table.name} | {table.rows} | {inside} | {outside} |")
    lines += ["", "## Tables left out", ""]
    lines += [f"- **{table.name}**: {table.reason}" for table in known.table if table.reason]
    lines += ["", "## Rows left out", "", "| row | reason |", "|---|---|"]
    lines += [f"| {row} | {_cell(reason)} |" for row, reason in sorted(left.items(), key=_by_row)]
    lines += ["", "## Rows told with other numbers", "", "| row | reason |", "|---|---|"]
    lines += [
        f"| {row} | {_cell(told.get(row, other[row]))} |" for row in sorted(other, key=lambda row: _by_row((row, "")))
    ]
    lines += ["", "## Where each row is", ""]
    for table in known.table:
        rows = {row: owners for row, owners in held.items() if row.partition("/")[0] == table.name}
        if not rows:
            continue
        lines += [f"### {table.name}", "", "| in | rows |", "|---|---|"]
        owned: dict[str, list[str]] = {}
        for row, owners in rows.items():
            for owner in owners:
                owned.setdefault(owner, []).append(row)
        for owner in sorted(owned):
            names = sorted(owned[owner], key=lambda row: _by_row((row, "")))
            lines.append(f"| {owner} | {', '.join(name.partition('/')[2] for name in names)} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _by_row(item: tuple[str, str]) -> tuple[str, int, str]:
    table, _, name = item[0].partition("/")
    digits = re.sub(r"\D", "", name)
    return table, int(digits) if digits and len(digits) < 6 else 0, name


def _cell(text: str) -> str:
    return text.replace("|", "/").replace("\n", " ")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        print("need the folder of the reference tables", file=sys.stderr)
        raise SystemExit(2)
    raise SystemExit(main(Path(sys.argv[1])))
