"""Tables that lie on their side: the times in a row, the readings of each column in a row below."""

from dataclasses import replace

from formulate.experiment.asked import Asked
from formulate.experiment.headers import read_head
from formulate.experiment.layout import header_row
from formulate.experiment.numbers import is_name, is_number
from formulate.experiment.table import MOST_COLUMNS, Table

FEWEST_TIMES = 2


def upright(table: Table, asked: Asked) -> Table:
    """Give a table with its times in a column; the same where they are already.

    Parameters
    ----------
    table : Table
        Rows of cells.
    asked : Asked
        What the user says of it.

    Returns
    -------
    Table
        Rows and columns have changed places, with a note, where the row of the time holds numbers alone behind the
        word for time, and every row below begins with a name. Refusals still name the cells of the file.
    """
    top = header_row(table, asked)
    if top is None or table.turned_from:
        return table
    (_, head), below = table.rows[top], table.rows[top + 1 :]
    filled = [cell for cell in head if cell != ""]
    if len(filled) <= FEWEST_TIMES or len(below) > MOST_COLUMNS or read_head(filled[0]).role != "time":
        return table
    if not all(is_number(cell, asked.decimal) for cell in filled[1:]):
        return table
    start = head.index(filled[0])
    first = [cells[start] if start < len(cells) else "" for _, cells in below]
    several = [name for name, (_, cells) in zip(first, below, strict=True) if sum(cell != "" for cell in cells) > 1]
    if not several or not all(is_name(name) for name in several):
        return table
    kept = replace(table, rows=[table.rows[top], *(row for row in below if sum(cell != "" for cell in row[1]) > 1)])
    note = "times stand in a row: read with rows and columns in each other's place"
    return replace(kept.turned(0), notes=(*table.notes, note))
