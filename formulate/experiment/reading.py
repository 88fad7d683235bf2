"""Measured release from a file: CSV, TSV or XLSX, wide or long, in whatever unit its headers give."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from formulate.experiment.asked import asked
from formulate.experiment.assembly import read_table
from formulate.experiment.data import ReleaseData
from formulate.experiment.grouping import DEFAULT
from formulate.experiment.layout import has_header
from formulate.experiment.table import Table, read_bytes, table_of_text
from formulate.experiment.workbook import is_workbook, tables_of_workbook
from materials.errors import shorten


def read_release(
    path: str | os.PathLike[str],
    *,
    sheet: str | int = "",
    time_unit: str = "",
    unit: str = "",
    dose: str = "",
    volume: str = "",
    sample: str = "",
    replaced: bool = True,
    corrected: bool | None = None,
    columns: Mapping[str, str] | None = None,
    profiles: str | Mapping[str, str] = "",
    decimal: str = ".",
    fewest: int = 2,
) -> ReleaseData:
    """Read measured release from a file.

    Parameters
    ----------
    path : path
        A .csv, .tsv, .txt or .xlsx file; what it is, is seen from its content.
    sheet : str or int
        Of a workbook, by name or by number from 1; the first with a table where empty.
    time_unit, unit : str
        Of the times (``"h"``) and of the readings (``"percent"``, ``"fraction"``, ``"mg"``, ``"ug/mL"``), where the
        headers do not say, or say it wrong.
    dose : str
        All the drug in one unit, such as ``"5 mg"``: needed where readings are a mass or a concentration.
    volume, sample : str
        Of the liquid, such as ``"500 mL"``: needed where readings are concentrations; and of each sample, such as
        ``"1 mL"``: readings are then corrected for what samples took. A column ``sample (mL)`` serves as well.
    replaced : bool
        Whether each sample was replaced by fresh liquid.
    corrected : bool, optional
        Whether readings account already for what samples took. Not given: percentages and masses do unless a sample
        is given, concentrations do not.
    columns : mapping of str to str
        Header to what the column holds, where that is not seen: time, released, sd, sem, rsd, n, sample (a volume),
        unit, profile, ignore.
    profiles : {"", "one", "each"} or mapping of str to str
        Whether the columns of readings are units of one profile, or each a profile; or the profile of some headers.
        By their names where empty: ``unit 1, unit 2`` and ``A_1, A_2, B_1`` are units, ``F1, F2`` profiles. A lone
        profile that nothing names is called as the file.
    decimal : {".", ","}
        What parts the decimals. Commas need semicolons or tabs between the columns, or quotes.
    fewest : int
        Times with a reading that each profile needs; 1 where a first point is read.

    Returns
    -------
    ReleaseData
        Profiles in percent of the dose, times in the unit of the file; `warnings` says how it was read and what is
        odd in it. Rows may be in any order. In a long table without a column of units, the order of rows at the same
        time says which unit each belongs to.

    Raises
    ------
    FileError
        The file cannot be read; each fault names its line and column, or its cell.
    FormulateError
        An option that cannot be read or does not fit another.

    Notes
    -----
    Decimal commas are refused unless asked for, never guessed. ``12.3 ± 1.2`` in a cell is a mean and its standard
    deviation. Times in a row, formulations over the numbers of their units, and remarks below the table are seen, and
    told. Empty cells, NA, nd and dashes are missing readings. Readings above 100 %, below 0 or falling by more than an
    assay errs are kept, with a warning.
    """
    options = asked(time_unit, unit, dose, volume, sample, replaced, corrected, columns, profiles, decimal, fewest)
    path = Path(path)
    name = shorten(path, 120)
    data = read_bytes(path)
    sheet = str(sheet)
    stem = shorten(path.stem) or DEFAULT
    if not is_workbook(data):
        if sheet:
            raise Table(name, []).refuse(f"has no sheets, being text; sheet {shorten(sheet)!r} cannot be chosen")
        return read_table(replace(table_of_text(data, name, decimal), stem=stem), options)
    first = None
    for table in tables_of_workbook(data, name, sheet):
        if has_header(table, options):
            return read_table(replace(table, stem=stem), options)
        if first is None or (table.rows and not first.rows):
            first = table
    return read_table(first or Table(name, []), options)
