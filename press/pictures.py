"""Draws the pictures of the pages: those their own commands write, those in a list, and the plan of the house."""

import contextlib
import re
import shlex
import shutil
import tempfile
from pathlib import Path

from formulate import examples
from materials import files
from press.house import house
from press.run import rules, run_page
from press.site import DOCS

IMAGES = DOCS / "images"


def draw(pages: list[Path]) -> None:
    """Draw every picture that the pages name anew."""
    files.write(IMAGES / "house.svg", house())
    with tempfile.TemporaryDirectory() as folder:
        _listed(Path(folder))
    for page in pages:
        text = page.read_text("utf-8")
        named = set(re.findall(r"\]\((?:docs/)?images/([\w.-]+)\)", text))
        if not any(name in text.replace(f"images/{name}", "") for name in named):
            continue  # no command of the page writes one
        with tempfile.TemporaryDirectory() as folder:
            list(run_page(page.name, text, Path(folder)))
            for name in named:
                if Path(folder, name).exists():
                    shutil.copy(Path(folder, name), IMAGES / name)
                    print(f"docs/images/{name}")


def _listed(folder: Path) -> None:
    """Draw what the list says: the command, and the file that it writes."""
    from tui.cli import cli

    examples.copy(folder)
    with contextlib.chdir(folder):
        for item in rules()["picture"]:
            cli(shlex.split(item["command"])[1:], prog_name="formulate", standalone_mode=False)
            shutil.copy(folder / item["file"], IMAGES / item["name"])
            print(f"docs/images/{item['name']}")
