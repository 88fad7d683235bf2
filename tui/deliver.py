"""Where a result goes: the terminal, JSON on stdout, report files, a figure."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

import click

from tui.interrupt import stop_if_pressed
from tui.options import PAPERS, make_up
from tui.progress_line import announce, wipe
from tui.refusal import Refusal

if TYPE_CHECKING:
    from formulate.comparison import Comparison
    from formulate.difference import Differences
    from formulate.report.page import Document

Written: TypeAlias = str | bytes | Mapping[Path, bytes]  # one file, or one with others beside it
DOCUMENTS = (".html", ".pdf", ".xlsx", ".md", ".docx")  # what formulate.report.write writes
REPORTS = (*DOCUMENTS, ".json")
FIGURES = (".svg", ".png", ".pdf", ".csv")  # of a .csv, what is drawn
LONGEST_NAME = 240  # bytes; a file system takes 255, and it is written under a longer name first


@dataclass(frozen=True)
class Delivery:
    """What the user wants to have of a result."""

    as_json: bool = False
    reports: tuple[Path, ...] = ()
    plot: Path | None = None
    figure: str = "concentration"

    def check(self, inputs: Sequence[Path] = ()) -> None:
        """Refuse what cannot be written, before anything is computed; an input is never written over."""
        check_outputs(self.reports, REPORTS)
        check_outputs([self.plot] if self.plot else [], FIGURES, option="--plot")
        _check_places(self._files, inputs)

    @property
    def _files(self) -> tuple[Path, ...]:
        return (*self.reports, *([self.plot] if self.plot else []))

    def deliver(
        self,
        envelope: Callable[[], str],
        html: Callable[[], str],
        text: Callable[[int], str],
        comparison: "Comparison",
        differences: "Differences | None" = None,
    ) -> None:
        """Write the files that were asked for, and print JSON or text; of files, with what differs between them."""
        if self.plot:
            from formulate.report.figures import drawable

            figures = drawable(comparison)
            if not figures:
                raise Refusal(f"{_named(self.plot)}: no carrier could be computed, so there is nothing to draw")
            if self.figure not in figures:
                raise Refusal(f"--figure: {self.figure}: nothing here has one; need {' or '.join(figures)}")
        if self._files:
            announce("the report")

        def document() -> "Document":
            from formulate.report.comparison_document import comparison_document

            return comparison_document(comparison, differences=differences)

        others: dict[str, Callable[[], Written]] = {".json": envelope}
        if make_up().lang == "en":
            others[".html"] = html
        texts = writers_of(self.reports, document, others)
        if self.plot:
            from formulate.report.drawn import of_comparison

            texts[self.plot] = partial(of_comparison(comparison, self.figure).to_bytes, self.plot.suffix)
        shown = envelope() if self.as_json else text(terminal_width())
        write_outputs(texts)
        click.echo(shown, nl=not self.as_json)


def check_outputs(
    outputs: Sequence[Path], endings: Sequence[str], inputs: Sequence[Path] = (), option: str = "--output"
) -> None:
    """Refuse results that cannot be written, before anything is computed; an input is never written over."""
    for path in outputs:
        if path.suffix.lower() not in endings:
            need = f"{', '.join(endings[:-1])} or {endings[-1]}" if len(endings) > 1 else endings[0]
            raise Refusal(f"{option}: {_named(path)}: unknown ending {path.suffix!r}; need {need}")
    if option == "--output":
        endings = [path.suffix.lower() for path in outputs]
        _check_make_up(endings)
        if ".docx" in endings:
            from formulate.report.word import check_extra

            check_extra()
    _check_places(outputs, inputs)


def _check_make_up(endings: Sequence[str]) -> None:
    """Refuse a language or a font that nothing is written in, or that cannot be."""
    asked = make_up()
    if asked.lang != "en" and not set(endings) & set(DOCUMENTS):
        need = f"{', '.join(DOCUMENTS[:-1])} or {DOCUMENTS[-1]}"
        raise Refusal(f"--lang {asked.lang}: no report is written; need --output with {need}")
    if asked.paper and ".pdf" not in endings:
        raise Refusal(f"--paper: {asked.paper}: is for a PDF, and none is asked for; need -o NAME.pdf, or leave it out")
    if ".pdf" in endings:
        from formulate.report.pdf import document_font

        document_font(asked.lang, asked.font)
    elif asked.font:
        from formulate.report.fonts import chinese_font, named_font

        (named_font if asked.lang == "en" else chinese_font)(asked.font)


def writers_of(
    outputs: Sequence[Path], document: Callable[[], "Document"], others: Mapping[str, Callable[[], Written]]
) -> dict[Path, Callable[[], Written]]:
    """Give what writes each output: a document as what its ending asks for, anything else as `others` says."""
    asked = make_up()

    @cache  # drawn once, however many files it goes into
    def kept() -> "Document":
        from formulate.report.write import in_language

        return in_language(document(), asked.lang, asked.font)

    def files(path: Path) -> Written:
        from formulate.report.write import document_files

        return document_files(kept(), path, asked.paper or PAPERS[0], asked.font)

    return {
        path: others[ending] if (ending := path.suffix.lower()) in others else partial(files, path) for path in outputs
    }


def write_outputs(texts: Mapping[Path, Callable[[], Written]], made: Mapping[Path, str] = MappingProxyType({})) -> None:
    """Write results, all of them made before the first is written, and say so; `made` is ready already."""
    from materials.files import write_all

    ready: dict[Path, str | bytes] = {}
    for path, text in texts.items():
        content = text()
        ready |= content if isinstance(content, Mapping) else {path: content}
    ready |= made
    stop_if_pressed()
    wipe()
    write_all(ready)
    for path in ready:
        click.echo(f"wrote {_named(path)}", err=True)


def _check_places(paths: Sequence[Path], inputs: Sequence[Path]) -> None:
    for path in paths:
        if not path.parent.is_dir():
            raise Refusal(f"{_named(path)}: no folder {_named(path.parent)}; need one that exists")
        if len(path.name.encode()) > LONGEST_NAME:
            raise Refusal(f"{_named(path)}: the name is longer than {LONGEST_NAME} bytes; need a shorter one")
        if path.is_dir() or (path.exists() and not path.is_file()):
            raise Refusal(f"{_named(path)}: is a folder or a device; need a file name")
        if any(path.exists() and given.exists() and path.samefile(given) for given in inputs):
            raise Refusal(f"{_named(path)}: is the file that was read; need another name for the result")


def terminal_width() -> int:
    """Give the width to write for."""
    return max(60, shutil.get_terminal_size((120, 24)).columns)


def print_envelope(
    command: str, results: Mapping[str, object], inputs: Mapping[str, object] = MappingProxyType({})
) -> None:
    """Print a result that no calculation stands behind as the JSON envelope: its numbers as their sources give them."""
    import json

    from formulate.report.envelope import envelope

    content = envelope(command, results, seed=None, inputs=inputs, warnings=[])
    click.echo(json.dumps(content, ensure_ascii=False, allow_nan=False, indent=2))


def _named(path: Path) -> str:
    from materials.errors import shorten

    return shorten(path, 120)
