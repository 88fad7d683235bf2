"""Reading a report that was written as JSON: what it holds is checked whole before anything of it is used."""

import json
import math
from pathlib import Path
from typing import Any, NoReturn

from pydantic import ValidationError

from formulate.report.record_form import SCHEMA, SCHEMA_VERSION, ReportForm
from materials import files
from materials.errors import Fault, FileError, shorten
from materials.faults import problems

LARGEST_REPORT = 50_000_000  # bytes; that of a question with all carriers is a few million
DEEPEST = 40  # tables in tables
MOST_DIGITS = 19  # of a whole number
_NEED = f"need the JSON of `formulate report`, schema {SCHEMA} {SCHEMA_VERSION}"


class _NoNumberError(ValueError):
    """A number that JSON does not have, or that no computer number holds."""


def read_record(path: Path) -> tuple[dict[str, Any], ReportForm]:
    """Give a report that was written as JSON, as plain data and in its form; nothing else is read.

    Raises
    ------
    FileError
        One fault: the file cannot be read, is no JSON, no report, or one of a newer form.
    """
    hint = "; `formulate report FILE -o report.json` writes one"
    text = files.read_text(path, "JSON", hint=hint, largest=LARGEST_REPORT)
    content = _parsed(path, text)
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise _fault(path, "schema" if isinstance(content, dict) else "", f"is no report; {_NEED}")
    version = content.get("schema_version")
    if isinstance(version, int) and version > SCHEMA_VERSION:
        problem = f"{shorten(version)}, of a newer program; this one reads {SCHEMA_VERSION}: need a newer formulate"
        raise _fault(path, "schema_version", problem)
    try:
        return content, ReportForm.model_validate(content)
    except ValidationError as error:
        field, told = problems(error, {"": []}, {})[0]
        raise _fault(path, field, told) from None


def _parsed(path: Path, text: str) -> Any:
    if not text.strip():
        raise _fault(path, "", f"is empty; {_NEED}")
    try:
        content = json.loads(text, parse_constant=_refuse, parse_float=_number, parse_int=_whole)
    except json.JSONDecodeError as error:
        place = f" (character {error.pos + 1} of {len(text)})"
        raise _fault(path, "", f"not JSON: {shorten(error.msg)}{place}; {_NEED}", error.lineno) from None
    except _NoNumberError as error:
        raise _fault(path, "", f"holds {error}, which is no number; {_NEED}") from None
    except RecursionError:
        raise _fault(path, "", f"tables in tables beyond {DEEPEST}; {_NEED}") from None
    if _depth_beyond(content, DEEPEST):
        raise _fault(path, "", f"tables in tables beyond {DEEPEST}; {_NEED}")
    try:
        json.dumps(content, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise _fault(path, "", f"holds half a character; {_NEED}") from None
    return content


def _refuse(name: str) -> NoReturn:
    raise _NoNumberError(name)


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _NoNumberError(shorten(text, 20))
    return value


def _whole(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise _NoNumberError(shorten(text, 20))
    return int(text)


def _depth_beyond(content: Any, deepest: int) -> bool:
    """Tell whether tables and lists stand in each other more than so deep, without going deep oneself."""
    level = [content]
    for _ in range(deepest):
        level = [
            item
            for held in level
            if isinstance(held, dict | list)
            for item in (held.values() if isinstance(held, dict) else held)
        ]
        if not level:
            return False
    return any(isinstance(item, dict | list) for item in level)


def _fault(path: Path, field: str, problem: str, line: int | None = None) -> FileError:
    return FileError([Fault(shorten(path, 120), field, problem, line)])
