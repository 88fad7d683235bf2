"""What computing a report again came to."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical

from materials.errors import shorten
from tui.app.screens.base import AppModal, TooSmall
from tui.app.widgets.reading import Paragraph, Reading, paragraph

_SIGNS = {"same": ("✓ ", "good"), "rounding": ("≈ ", "good"), "different": ("✗ ", "problem")}


class Verdict(AppModal):
    """Tells whether it is the same, and what is not; Escape leaves it."""

    CSS = """
    Verdict .box { height: 80%; }
    """

    def __init__(self, path: Path, found: Mapping[str, Any]) -> None:
        super().__init__()
        self.path, self.found = path, found

    def compose(self) -> ComposeResult:
        """Lay out the verdict and what changed since."""
        yield TooSmall()
        with Vertical(classes="box") as box:
            box.border_title = f"Computed again: {shorten(self.path.name, 50)}"
            box.border_subtitle = "Esc goes back"
            yield Reading(_told(self.found))

    def on_mount(self) -> None:
        """Let the keys scroll."""
        self.query_one(Reading).focus()


def _told(found: Mapping[str, Any]) -> list[Paragraph]:
    first, *rest = found["lines"]
    told = [paragraph(_SIGNS[found["verdict"]], (first, "strong"), hang=2)]
    for line in rest:
        if line.startswith("  "):
            told.append(paragraph(line.strip(), indent=2, hang=4))
        else:
            told += [paragraph(""), paragraph((line, "heading"))]
    return told
