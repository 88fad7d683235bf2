"""The site: pages laid together in a folder of their own, and built by Sphinx with every warning an error."""

import re
import shutil
from pathlib import Path

from materials import catalog
from press.api_page import api_page
from press.catalog_pages import Pages

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
BUILD = ROOT / "build" / "docs"
# pages that stand above docs/, and what they are called in the site
_ABOVE = {"CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}


def lay_out(source: Path) -> None:
    """Write every page of the site into a folder: those of docs/, those above it, those made from data and code."""
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(DOCS, source, ignore=shutil.ignore_patterns("*.csv", "*.json"))
    for path in source.glob("*.md"):
        path.write_text(_from_docs(path.read_text("utf-8")), "utf-8")
    for above, name in _ABOVE.items():
        (source / name).write_text(_from_above((ROOT / above).read_text("utf-8")), "utf-8")
    (source / "api.md").write_text(api_page(), "utf-8")
    for name, text in Pages(catalog.shipped()).all():
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def build(folder: Path = BUILD) -> int:
    """Build the site in a folder; give Sphinx's exit status, 0 where nothing was wrong."""
    from sphinx.cmd.build import build_main

    source = folder / "source"
    lay_out(source)
    conf = str(Path(__file__).parent)
    html = folder / "html"
    shutil.rmtree(html, ignore_errors=True)
    options = ["-b", "html", "-W", "--keep-going", "-c", conf, "-d", str(folder / "doctrees"), "-E", "-j", "2"]
    return int(build_main([*options, str(source), str(html)]))


def _from_docs(text: str) -> str:
    for above, name in _ABOVE.items():
        text = text.replace(f"](../{above}", f"]({name}")
    return text


def _from_above(text: str) -> str:
    return re.sub(r"\]\(docs/", "](", text)
