"""Workbooks, opened to be read: refused where they could harm, with the formulas whose results nobody stored."""

import io
import zipfile
from typing import Any

LARGEST_UNPACKED = 100_000_000  # bytes; a workbook is a packed archive


def opened(data: bytes, most_cells: int) -> tuple[Any, Any]:
    """Open a workbook with the stored results, and once more with the formulas where there are some.

    Parameters
    ----------
    data : bytes
        The file.
    most_cells : int
        In all sheets together.

    Raises
    ------
    Exception
        Of many kinds, for a broken or hostile workbook: a ValueError for one that unpacks to too much.
    """
    from openpyxl import load_workbook

    has_formulas = _checked(data, most_cells)
    values = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    return values, load_workbook(io.BytesIO(data), read_only=True) if has_formulas else None


def _checked(data: bytes, most_cells: int) -> bool:
    """Refuse an archive that unpacks to too much; tell whether a sheet holds a formula."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = packed.infolist()
        if (unpacked := sum(part.file_size for part in parts)) > LARGEST_UNPACKED:
            raise ValueError(f"unpacks to {unpacked} bytes, more than {LARGEST_UNPACKED}")
        if any(part.filename == "mimetype" for part in parts):
            raise ValueError("an OpenDocument file; save it as .xlsx or as CSV")
        cells, has_formulas = 0, False
        for part in parts:
            content = packed.read(part) if part.filename.endswith((".xml", ".rels")) else b""
            if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                raise ValueError("defines entities, which no spreadsheet program does")
            if part.filename.startswith("xl/worksheets/"):
                cells += content.count(b"<c ") + content.count(b"<c>")
                has_formulas = has_formulas or b"<f>" in content or b"<f " in content
        if cells > most_cells:
            raise ValueError(f"has {cells} cells, more than {most_cells}")
    return has_formulas


def lacks_its_result(value: Any, formula: object) -> bool:
    """Tell whether a cell, as the stored results have it, is a formula without one; an empty text is a result."""
    return _is_formula(formula) and value.value is None and value.data_type != "str"


def _is_formula(content: object) -> bool:
    return content is not None and (str(content).startswith("=") or not isinstance(content, str | int | float))
