"""The site before Sphinx: every number of the catalog stands on a page, every link leads somewhere, all is linked."""

import re
from pathlib import Path

import pytest

import formulate
from materials import catalog
from materials.sources import references
from press.api_page import CATALOG, RESULTS, api_page
from press.catalog_pages import Pages
from press.markup import escaped
from press.site import DOCS, lay_out
from tui.catalog_text import label_of, quantity_text

LARGEST = 400_000  # bytes of one page


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("site") / "source"
    lay_out(folder)
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.md")}


def test_every_value_stands_on_the_page_of_its_entry_with_band_source_and_evidence(site):
    known = catalog.shipped()
    for entry in known.entries():
        page = site[f"the-catalog/{entry.kind}/{entry.id}.md"]  # type: ignore[attr-defined]
        rows = [line for line in page.splitlines() if line.startswith("| ")]
        for value in entry.property:
            number = escaped(quantity_text(value, with_spread=True))
            name = escaped(label_of(known, value.name))
            row = [line for line in rows if line.startswith(f"| {name} | {number}")]
            assert row, (entry.id, value.name)
            assert any(f"(#source-{value.source})" in line for line in row) or not value.source
            assert any(str(value.evidence) in line.lower() for line in row)
        for statement in entry.statement:
            assert escaped(statement.text) in page, (entry.id, statement.text)


def test_every_link_leads_to_a_page_or_a_source(site):
    broken = []
    for name, text in site.items():
        for target in re.findall(r"(?<!\\)\]\(([^)\s]+)\)", text):
            path, _, anchor = target.partition("#")
            if path.startswith(("http", "mailto")):
                continue
            if not path:
                if anchor.startswith("source-") and anchor.removeprefix("source-") not in references():
                    broken.append((name, target))
                continue
            found = (Path("/", name).parent / path).as_posix()
            found = re.sub(r"[^/]+/\.\./", "", found).lstrip("/")
            if found not in site and not (DOCS / found).exists():
                broken.append((name, target))
    assert broken == []


def test_every_page_of_docs_is_in_the_table_of_contents(site):
    named = set(re.findall(r"^(?:[^<\n]*<)?([\w-]+)>?$", site["index.md"], re.MULTILINE))
    pages = {name.removesuffix(".md") for name in site if "/" not in name} - {"index"}
    assert pages - named == set()


def test_no_page_is_heavy(site):
    assert max(len(text.encode()) for text in site.values()) < LARGEST


def test_the_lists_name_every_entry_and_every_conflict(site):
    known = catalog.shipped()
    for entry in known.entries():
        assert sum(f"({entry.kind}/{entry.id}.md)" in text for text in site.values()) >= 1  # type: ignore[attr-defined]
    for identifier in known.conflicts:
        assert f"({identifier})=" in site["the-catalog/conflicts.md"]


def test_the_api_page_names_every_public_function_and_only_what_exists():
    import importlib

    page = api_page()
    for name in formulate.__all__:
        assert f"autofunction:: formulate.{name}\n" in page
        assert (getattr(formulate, name).__doc__ or "").strip()
    for name in (*RESULTS, *CATALOG):
        module, _, member = name.rpartition(".")
        assert getattr(importlib.import_module(module), member).__doc__


def test_a_text_of_the_catalog_cannot_become_markup():
    page = Pages(catalog.shipped())._linked("<script>alert(1)</script> [x](y)")
    assert page == r"\<script\>alert(1)\</script\> \[x\](y)"
