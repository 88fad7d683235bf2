"""Writes the output that the pages show anew, from what the program gives now."""

import tempfile
from pathlib import Path

from materials import files
from press.run import Result, run_page
from press.shown import renewed
from press.site import DOCS, ROOT


def pages() -> list[Path]:
    """Give every page whose blocks are run: those of docs/ and the README."""
    return [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]


def results_of(path: Path) -> list[Result]:
    """Run a page in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return list(run_page(path.name, path.read_text("utf-8"), Path(folder)))


def refreshed(text: str, results: list[Result]) -> str:
    """Give the page with every output as it came out; what agrees stays as it was written."""
    lines = text.splitlines()
    for result in reversed(results):
        if result.is_right or result.problem:
            continue
        try:
            lines[result.start : result.end] = renewed(result.shown, result.output)
        except ValueError as error:
            raise ValueError(f"line {result.start}: {result.source}: {error}") from None
    return "\n".join(lines) + "\n"


def refresh(paths: list[Path]) -> int:
    """Refresh pages, say which changed and which blocks do not run; give 1 where one does not."""
    failed = 0
    for path in paths:
        text = path.read_text("utf-8")
        results = results_of(path)
        for result in results:
            if result.problem:
                failed = 1
                print(result.told())
        try:
            new = refreshed(text, results)
        except ValueError as error:
            failed = 1
            print(f"{path.name}: {error}")
            continue
        if new != text:
            files.write(path, new)
            print(f"{path.relative_to(ROOT)}: written anew")
    return failed
