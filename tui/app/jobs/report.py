"""What the report screen has computed, put together and written beside the app."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from formulate.form.wanted import Kind, Wanted
from tui.app.jobs.latest import latest, with_files
from tui.app.worker import tell

if TYPE_CHECKING:
    from formulate.form.reporting import Computed, Report


@dataclass(frozen=True)
class Asked:
    """What is reported on, and how."""

    kind: Kind
    content: Mapping[str, Any]
    wanted: Wanted
    designs: int = 0  # of the sweep for a target; as many as usual where 0


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
    from tui.app.jobs.own_text import own_text

    report = _report(asked)
    tell(f"writing {path.name}")
    wanted = asked.wanted
    files: dict[Path, str | bytes] = {}
    if path.suffix.lower() == ".json":
        files[path] = report.found.to_json(wanted)
    elif (text := own_text(report.found, path.suffix.lower())) is not None:
        files[path] = text
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


def _computed(asked: Asked) -> "Computed":
    """Give what a report rests on; a fit or a search that its own screen has just computed is not computed again."""
    from formulate.form.reporting import OfDesign, OfFit, computed
    from tui.app.jobs import data, design

    if asked.kind == "fit":
        return OfFit(asked.content, data.analysis(asked.content))
    if asked.kind == "design":
        return OfDesign(asked.content, design.found(asked.content, asked.designs))
    return computed(asked.kind, asked.content, tell, asked=asked.wanted.asked)


def _report(asked: Asked) -> "Report":
    """Give a report; other words take no computing, and leaving out a section draws nothing anew."""
    from formulate.form.reporting import OfFile, Report, with_ranking

    of = (asked.kind, asked.designs, with_files(asked.content), asked.wanted.asked)
    wanted = replace(asked.wanted, left_out=frozenset(), paper="")
    found = latest("computed", of, lambda: _computed(asked))
    if isinstance(found, OfFile) and wanted.among and not wanted.one_page:
        plain = found
        found = latest("ranked", of, lambda: with_ranking(plain, tell))

    def report() -> Report:
        tell("putting it together")
        return Report(found, wanted)

    return latest("report", (of, wanted), report)
