"""Pages in a headless browser, where there is one: no error, nothing asked of the network, and readable on a phone."""

import json
import re
import shutil
import subprocess
from html import escape, unescape

import pytest

from formulate.comparison import Comparison
from formulate.report.comparison_document import comparison_document
from formulate.report.html import comparison_html, document_html
from formulate.report.page import Document, Points, Section, Table, Text

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), "")
PHONE = 390  # points across
HARNESS = """<!DOCTYPE html><meta charset="utf-8"><title>pages</title>
{frames}
<pre id="out"></pre>
<script>
const told = [];
let left = {count};
const note = (kind) => (event) => told.push({{kind, what: String(event.message || event.reason || event)}});
window.addEventListener("error", note("error"));
for (const frame of document.querySelectorAll("iframe")) {{
  frame.addEventListener("load", () => {{
    const inside = frame.contentWindow, root = frame.contentDocument.documentElement;
    told.push({{
      kind: "page", what: frame.id, width: root.scrollWidth, wanted: inside.innerWidth,
      asked: inside.performance.getEntriesByType("resource").map((entry) => entry.name),
      headings: frame.contentDocument.querySelectorAll("h1, h2").length,
      tables: frame.contentDocument.querySelectorAll("table").length,
      beyond: [...frame.contentDocument.querySelectorAll(".scroll:has(table)")]
        .filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.ariaLabel),
      drawings: [...frame.contentDocument.querySelectorAll("figure svg")]
        .map((one) => one.getBoundingClientRect().height),
    }});
    left -= 1;
    if (left === 0) document.getElementById("out").textContent = JSON.stringify(told);
  }});
}}
</script>"""


@pytest.mark.skipif(not BROWSER, reason="needs chromium or chrome on the path")
def test_pages_open_without_errors_or_requests_and_fit_a_phone(untargeted: Comparison, tmp_path):
    long = "x" * 500
    table = Table(("carrier", long), [(long, long)], long)
    wide = Document(long, long, long, [Section(long, (Text(long), Points([long]), table))])
    pages = {
        "comparison": comparison_html(untargeted),
        "document": document_html(comparison_document(untargeted)),
        "long words": document_html(wide),
    }
    frames = [
        f'<iframe id="{name}" width="{PHONE}" height="800" style="border:0" srcdoc="{escape(text)}"></iframe>'
        for name, text in pages.items()
    ]
    page = tmp_path / "pages.html"
    page.write_text(HARNESS.format(frames="\n".join(frames), count=len(frames)), "utf-8")
    done = subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--enable-logging=stderr",
         "--dump-dom", f"--user-data-dir={tmp_path / 'profile'}", page.as_uri()],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert "CONSOLE" not in done.stderr, [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    out = re.search(r'<pre id="out">(.*?)</pre>', done.stdout, re.DOTALL)
    assert out
    told = {item["what"]: item for item in json.loads(unescape(out[1]))}
    assert set(told) == set(pages)  # and no error among them
    for name, item in told.items():
        assert item["asked"] == [], name
        assert item["wanted"] == PHONE
        assert item["width"] <= PHONE, f"{name}: {item['width']} wide"
        assert item["headings"] >= 2
        if name == "document":  # a row of a wide table is a card: nothing of it is beyond the edge
            assert item["beyond"] == []
        assert item["tables"] >= 1
        assert all(height > 40 for height in item["drawings"])
