"""The screens as they stand at both sizes, kept as text; and how some are styled, kept as SVG with their colours."""

import os
import re

import pytest

from tests.app.conftest import SNAPSHOTS, UPDATE
from tui.app.session import Document

TABLE = "time (d),released (%)\n0.5,9.1\n1,17.9\n2,32.6\n4,55.4\n7,74.8\n14,94.3\n"
TARGET = {
    "schema_version": 1, "kind": "target", "carriers": ["peg-hydrogel"], "payload": [{"id": "bmp2", "dose": "1 mg"}],
    "regimen": {"site": "bone-defect"}, "choice": [{"name": "dose", "low": "0.5 mg", "high": "2 mg"}],
}  # searched only when asked for  # fmt: skip
_OF_THE_WEB = re.compile(r"<!--.*?-->\s*|@font-face \{.*?\}", re.DOTALL)


def same_style(app, name: str) -> None:
    """Compare the screen, with its colours, with the one kept under a name."""
    svg = re.sub(r"terminal-\d+", "terminal", _OF_THE_WEB.sub("", app.export_screenshot(title="Formulate")))
    kept = SNAPSHOTS / f"{name}.svg"
    if os.environ.get(UPDATE) == "1":
        kept.write_text(svg, "utf-8")
    assert kept.exists(), f"{kept.name} is missing; look at the screen, then run with {UPDATE}=1"
    assert svg == kept.read_text("utf-8"), f"the screen differs from {kept.name}; {UPDATE}=1 takes the new one"


@pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids=["80x24", "160x48"])
def test_every_screen_at_both_sizes(drive, same_screen, screen_text, until, tmp_path, size):
    (tmp_path / "release.csv").write_text(TABLE, "utf-8")
    at = f"{size[0]}x{size[1]}"

    async def steps(pilot):
        app = pilot.app
        for key, name in (("f3", "formulation"), ("f4", "compare"), ("f5", "data"), ("f6", "design"), ("f7", "report")):
            await pilot.press(key)
            await until(pilot, lambda name=name: name == app.screen.PLACE and "Commands" in screen_text(app))
            same_screen(app, f"{name}-empty-{at}")
        if size == (80, 24):
            app.use_theme("formulate-light")
            await pilot.press("f4")
            await until(pilot, lambda: app.screen.PLACE == "compare" and "Commands" in screen_text(app))
            same_style(app, "compare-empty-light")
            app.use_theme("formulate-dark")
            await pilot.press("f7")
            await until(pilot, lambda: app.screen.PLACE == "report")
        app.session.open(Document("target", TARGET))
        await until(pilot, lambda: "Report on" in screen_text(app) and "known once computed" in screen_text(app))
        await until(pilot, lambda: app.screen.query("#settings TextField"))
        await pilot.pause()
        same_screen(app, f"report-{at}")
        if size == (80, 24):
            same_style(app, "report-dark")
        await pilot.press("f5")
        app.session.open(Document("data", {"table": str(tmp_path / "release.csv")}, tmp_path / "release.csv"))
        await until(pilot, lambda: "55.4" in screen_text(app) and "o  readings" in screen_text(app))
        await pilot.pause()
        same_screen(app, f"data-{at}")

    drive(steps, size)
