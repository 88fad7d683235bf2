"""Writing a report or one of its figures, and computing one again: what is asked before, and what is told after."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from os.path import realpath
from pathlib import Path
from typing import Any

from formulate.form.asking import ASKING
from formulate.form.wanted import Kind
from materials.errors import FormulateError, shorten
from tui.app.filing import start_folder
from tui.app.jobs import report as jobs
from tui.app.screens.base import AppScreen
from tui.app.screens.report_again import Verdict
from tui.app.session import Document
from tui.app.widgets.dialogs import Choose, PathBox
from tui.deliver import FIGURES

MOST_SHOWN = 64  # characters of a line to choose from
FORMATS = {
    ".html": "HTML: one page that stands alone",
    ".pdf": "PDF: typeset, with numbered figures and linked references",
    ".xlsx": "Workbook: a sheet for each table, numbers as numbers",
    ".md": "Markdown: its figures in a folder beside it",
    ".docx": "Word: through the extra docx",
    ".json": "JSON: all that was computed, whatever sections are left out",
}
_TEXT = {".txt": "Text: as the command line shows it"}
_OWN: dict[Kind, dict[str, str]] = {
    "plan": _TEXT,
    "schedules": _TEXT,
    "drivers": {".csv": "CSV: a row for each number and input", **_TEXT},
    "dialysis": _TEXT,
    "recipe": {".md": "Markdown: a checklist to print, to tick and to sign", **_TEXT},
}


def formats_of(kind: Kind) -> dict[str, str]:
    """Give the endings of what a report can be written as, each with what it is."""
    return FORMATS | _OWN.get(kind, {})


def _called(kind: Kind) -> str:
    return kind if kind in ASKING else "report"


class Files:
    """Asks for a file, has it written beside the app, and tells where it stands.

    Parameters
    ----------
    screen : AppScreen
        The screen that computes.
    tell : callable
        Takes what is told after: the whole path, or why nothing was written.
    """

    def __init__(self, screen: AppScreen, tell: Callable[[str], object]) -> None:
        self.screen, self.tell = screen, tell
        self.app = screen.formulate

    async def export(self, asked: jobs.Asked, document: Document, ending: str = "") -> None:
        """Write a report; where no ending is given, ask for the format first."""
        chosen = ending or await self.app.push_screen_wait(Choose("Export as", list(formats_of(asked.kind).items())))
        path = await self._where(document, f"{_called(asked.kind)}{chosen}", (chosen,)) if chosen else None
        if path is not None:
            self._write(path, jobs.write, asked, path)

    async def export_figure(self, asked: jobs.Asked, document: Document, figures: Sequence[tuple[str, str]]) -> None:
        """Ask for one of the figures, each with its caption, and write it."""
        if not figures:
            self.screen.notify("This report has no figure.", timeout=3)
            return
        listed = [(name, shorten(f"{name}: {caption}", MOST_SHOWN)) for name, caption in figures]
        name = await self.app.push_screen_wait(Choose("Export which figure?", listed))
        path = await self._where(document, f"{name.replace(' ', '-')}.svg", FIGURES) if name else None
        if path is not None:
            self._write(path, jobs.write_figure, asked, name, path)

    async def run_again(self) -> None:
        """Ask for a report as JSON, compute it again, and tell whether it is the same."""
        path = await self.app.push_screen_wait(PathBox("Run again", folder=start_folder(self.app), endings=(".json",)))
        if path is not None:
            self.screen.compute(jobs.again, path, then=partial(self._ran_again, path), group="report",
                                says=f"Computing {path.name}")  # fmt: skip

    def _ran_again(self, path: Path, found: Mapping[str, Any]) -> None:
        self.app.push_screen(Verdict(path, found))

    async def _where(self, document: Document, name: str, endings: tuple[str, ...]) -> Path | None:
        """Ask for a file to write; one that is open is not written over."""
        stem = document.path.stem if document.path else document.name
        own = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in stem)
        path: Path | None = await self.app.push_screen_wait(
            PathBox("Export", folder=start_folder(self.app), name=f"{own}-{name}", endings=endings, saving=True)
        )
        opened = {realpath(item.path) for item in self.app.session.documents.values() if item.path}
        if path is not None and realpath(path) in opened:
            self._not_written(path, FormulateError("the file is open here; need another name"))
            return None
        return path

    def _write(self, path: Path, job: Callable[..., list[Path]], *given: Any) -> None:
        self.screen.compute(job, *given, then=partial(self._written, path), group="export",
                            says=f"Writing {path.name}", refused=partial(self._not_written, path))  # fmt: skip

    def _written(self, path: Path, files: Sequence[Path]) -> None:
        beside = f", with {len(files) - 1} figures in {files[0].parent.name}" if len(files) > 1 else ""
        self.tell(f"Written: {path.absolute()}{beside}")
        self.screen.notify(str(path.absolute()), title="Written", markup=False)
        self.app.remember(folder=str(path.absolute().parent))

    def _not_written(self, path: Path, error: FormulateError) -> None:
        self.tell(f"✗ Not written: {error}")
        self.screen.notify(str(error), title=f"Not written: {path.name}", severity="error", timeout=12, markup=False)
