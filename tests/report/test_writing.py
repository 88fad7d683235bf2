"""Files of every format: what is there stays there unless the new one is whole, and names are never markup."""

import errno
import os
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pypdf
import pytest
from click.testing import CliRunner

from formulate import examples
from tui.cli import cli

ENDINGS = (".pdf", ".html", ".md", ".docx", ".xlsx", ".json")
FILES = ("stem-cells-knee.toml", "stem-cells-spinal-cord.toml")
HOSTILE = [
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "-2+3",
    "../../a\\b/c",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "$\\input{x}$ #import \"a.typ\" *b* _c_ `d` {{ 7 * 7 }}",
    "😀 微球 α ≥ Ж",
    "x" * 200,
]  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in FILES:
        Path(name).write_text(examples.text(name), "utf-8")
    return tmp_path


def differences(name: str):
    return CliRunner().invoke(cli, ["differences", *FILES, "-o", name])


def no_space(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def not_allowed(*_: object, **__: object) -> None:
    raise PermissionError(errno.EACCES, "Permission denied")


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(("room", "name", "fails", "told"), [
    ("os", "open", not_allowed, "Permission denied"),  # a folder that is read only
    ("os", "fdopen", no_space, "No space left"),
    ("pathlib", "Path.replace", not_allowed, "Permission denied"),
])  # fmt: skip
def test_what_cannot_be_written_is_told_in_a_line_and_leaves_what_was_there(
    ending, room, name, fails, told, folder, monkeypatch
):
    path = Path(f"result{ending}")
    path.write_bytes(b"what was there")
    monkeypatch.setattr(f"{room}.{name}", fails)
    done = differences(path.name)
    monkeypatch.undo()
    os.chdir(folder)
    assert done.exit_code == 2
    assert told in done.stderr
    assert path.name in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert path.read_bytes() == b"what was there"
    assert sorted(item.name for item in folder.iterdir()) == sorted([*FILES, path.name])


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_new_file_takes_the_place_of_the_old_one_whole(ending, folder):
    path = Path(f"result{ending}")
    path.write_bytes(b"what was there" * 100_000)
    assert differences(path.name).exit_code == 0
    first = path.read_bytes()
    assert b"what was there" not in first
    assert differences(path.name).exit_code == 0
    assert path.read_bytes() == first


def test_a_folder_of_figures_that_cannot_be_made_is_told_in_a_line(folder, monkeypatch):
    monkeypatch.setattr("pathlib.Path.mkdir", not_allowed)
    done = CliRunner().invoke(cli, ["retention", FILES[0], "--draws", "16", "-o", "r.md"])
    assert done.exit_code == 2
    assert "r-figures" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert sorted(item.name for item in folder.iterdir()) == sorted(FILES)


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts, self.tags = "", set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)

    def handle_data(self, data):
        self.texts += f"{data}\n"


def test_a_name_is_plain_text_in_every_format(folder):
    """Each hostile name is that of a file; the report on what differs shows it in a cell."""
    for place, hostile in enumerate(HOSTILE):
        before, _, after = re.split(r'^(name = ".*")$', examples.text(FILES[0]), maxsplit=1, flags=re.MULTILINE)
        text = f"{before}name = '''{hostile}'''{after}"
        Path(f"{place}.toml").write_text(text, "utf-8")
    names = [f"{place}.toml" for place in range(len(HOSTILE))]
    asked = [item for ending in ENDINGS for item in ("-o", f"r{ending}")]
    done = CliRunner().invoke(cli, ["differences", *names, *asked])
    assert done.exit_code == 0, done.stderr
    page = _Texts()
    page.feed(Path("r.html").read_text("utf-8"))
    assert not page.tags & {"script", "img", "iframe"}
    cells = [cell for sheet in openpyxl.load_workbook("r.xlsx").worksheets for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type in "sn" and cell.hyperlink is None for cell in cells)
    with zipfile.ZipFile("r.docx") as made:
        word = made.read("word/document.xml").decode()
    pages = pypdf.PdfReader("r.pdf").pages
    pdf = re.sub(r"\s", "", "".join(item.extract_text() for item in pages))
    markdown = Path("r.md").read_text("utf-8")
    assert not re.search(r"(?<!\\)<(script|img)", markdown)
    for hostile in HOSTILE:
        hostile = hostile[:60]  # the report shortens it
        assert hostile in page.texts
        assert any(hostile in str(cell.value) for cell in cells)
        assert hostile.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in word
        assert hostile in re.sub(r"\\([^A-Za-z0-9\s])", r"\1", markdown)
        if hostile[0] != "😀":  # a sign that no font of the machine has is an empty box there
            assert re.sub(r"\s", "", hostile)[:40] in pdf
