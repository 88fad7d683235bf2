"""What the report screen has computed, put together and written beside the app."""

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from formulate.form.wanted import Kind, Wanted
from tui.app.worker import tell

if TYPE_CHECKING:
    from formulate.form.reporting import Computed, Report


@dataclass(frozen=True)
class Asked:
    """What is reported on, how it is wanted, and the result that another screen has of it already."""

    kind: Kind
    content: Mapping[str, Any]
    wanted: Wanted
    result: bytes = b""  # pickled; computed here where there is none


_FILES = ("table", "second")  # of release data: names of files whose content counts too
_computed: "list[tuple[Kind, Mapping[str, Any], Computed]]" = []  # the last one: other words take no computing
_reports: "list[tuple[Wanted, Report]]" = []  # of it, the last one: leaving out a section draws nothing anew


def put_together(asked: Asked) -> dict[str, Any]:
    """Give a report to read: its text in blocks, its sections, its figures; nothing is written."""
    from formulate.form.read_through import read_through, sections_of

    report = _report(asked)
    titles = [section.title for section in report.whole.filled]  # in English, by which sections are left out
    return {
        "sections": [(title, *told) for title, told in zip(titles, sections_of(report.told), strict=True)],
        "blocks": read_through(report.document(asked.wanted.left_out)),
        "figures": [(name, drawn.caption) for name, drawn in report.figures.items()],
    }


def write(asked: Asked, path: Path) -> list[Path]:
    """Write a report as what its name asks for, whole or not at all; give the files."""
    from formulate.report.write import document_files
    from materials.files import write_all

    report = _report(asked)
    tell(f"writing {path.name}")
    wanted = asked.wanted
    files: dict[Path, str | bytes] = {}
    if path.suffix.lower() == ".json":
        files[path] = report.found.to_json(wanted)
    else:
        files |= document_files(report.document(wanted.left_out), path, wanted.paper, wanted.font)
    write_all(files)
    return list(files)


def write_figure(asked: Asked, name: str, path: Path) -> list[Path]:
    """Write one figure as what its name asks for: .svg, .png, .pdf, or .csv what it shows."""
    from materials.errors import FormulateError
    from materials.files import write as write_whole

    drawn = _report(asked).figures.get(name)
    if drawn is None:
        raise FormulateError(f"{name}: the report has no such figure any more")
    write_whole(path, drawn.to_bytes(path.suffix))
    return [path]


def again(path: Path) -> dict[str, Any]:
    """Compute a report anew from its JSON; give the verdict and what changed, in lines."""
    from formulate.again.rerun import rerun
    from formulate.again.told import lines

    found = rerun(path, tell)
    return {"verdict": found.verdict, "lines": lines(found)}


def _stamp(name: object) -> tuple[int, int] | None:
    """Give by what a file is known to be as it was read."""
    try:
        found = Path(str(name)).stat() if name else None
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size) if found else None


def _report(asked: Asked) -> "Report":
    from formulate.form.reporting import OfFile, Report, computed, restored, with_ranking

    kind, content, wanted = asked.kind, asked.content, replace(asked.wanted, left_out=frozenset(), paper="")
    of = {"content": content, "files": [_stamp(content.get(name)) for name in _FILES]}
    if not _computed or _computed[0][:2] != (kind, of):
        _computed.clear()
        _reports.clear()
        found = restored(kind, content, pickle.loads(asked.result)) if asked.result else None
        _computed.append((kind, of, found or computed(kind, content, progress=tell)))
    found = _computed[0][2]
    if wanted.among and not wanted.one_page and isinstance(found, OfFile) and found.made.among is None:
        found = with_ranking(found, tell)
        _computed[0] = (kind, of, found)
    if not _reports or _reports[0][0] != wanted:
        tell("putting it together")
        _reports[:] = [(wanted, Report(found, wanted))]
    return _reports[0][1]
