"""What the report screen has computed, put together and written beside the app."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from formulate.form.wanted import Kind, Wanted
from tui.app.jobs.latest import latest
from tui.app.worker import tell

if TYPE_CHECKING:
    from formulate.form.reporting import Report


@dataclass(frozen=True)
class Asked:
    """What is reported on, and how."""

    kind: Kind
    content: Mapping[str, Any]
    wanted: Wanted
    designs: int = 0  # of the sweep for a target; as many as usual where 0


_FILES = ("table", "second")  # of release data: names of files whose content counts too


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
    """Give a report; other words take no computing, and leaving out a section draws nothing anew."""
    from formulate.form.reporting import OfFile, Report, computed, with_ranking

    kind, content = asked.kind, asked.content
    of = (kind, content, asked.designs, [_stamp(content.get(name)) for name in _FILES])
    wanted = replace(asked.wanted, left_out=frozenset(), paper="")
    found = latest("computed", of, lambda: computed(kind, content, tell, asked.designs))
    if isinstance(found, OfFile) and wanted.among and not wanted.one_page:
        plain = found
        found = latest("ranked", of, lambda: with_ranking(plain, tell))

    def report() -> Report:
        tell("putting it together")
        return Report(found, wanted)

    return latest("report", (of, wanted), report)
