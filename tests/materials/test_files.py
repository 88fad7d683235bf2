"""Files are written whole or not at all, whenever the user stops it; two processes never mix what they write."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from materials import files
from materials.errors import FileError

NEW = {"report.html": "new", "figures/one.svg": b"<svg/>"}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of the file it was about to close
def test_stopped_before_any_line_the_old_file_stays_or_the_new_one_is_whole(empty_folder: Path, stopped_at):
    number = 1
    while True:
        Path("report.html").write_text("old", "utf-8")
        came = stopped_at(number, [files], lambda: files.write_all({Path(name): NEW[name] for name in NEW}))
        there = sorted(str(path) for path in Path().rglob("*"))
        assert Path("report.html").read_text("utf-8") in ("old", "new")
        assert there in (["report.html"], ["figures", "figures/one.svg", "report.html"]), number
        if not came:
            break
        for path in list(Path().rglob("*.svg")):
            path.unlink()
            path.parent.rmdir()
        number += 1
    assert number > 20
    assert Path("report.html").read_text("utf-8") == "new"
    assert Path("figures/one.svg").read_bytes() == b"<svg/>"


def test_a_file_has_the_mode_that_the_user_has_asked_for(empty_folder: Path):
    mask = os.umask(0o027)
    try:
        files.write(Path("a.txt"), "a")
    finally:
        os.umask(mask)
    assert os.name == "nt" or Path("a.txt").stat().st_mode & 0o777 == 0o640


def test_where_nothing_can_be_written_nothing_is_left(empty_folder: Path):
    with pytest.raises(FileError, match=r"no/deeper/b.txt: cannot be written"):
        files.write_all({Path("a.txt"): "a", Path("no/deeper/b.txt"): "b"})
    assert list(Path().iterdir()) == []


WRITING = """
import sys
from pathlib import Path
from materials.files import write_all
for _ in range(150):
    text = sys.argv[1] * 200_000
    write_all({Path("shared.json"): text, Path("shared-figures/one.svg"): text})
"""


def test_two_processes_that_write_one_report_with_its_figures_leave_each_file_whole(empty_folder: Path):
    environment = {**os.environ, "PYTHONPATH": str(Path(files.__file__).parents[1])}
    started = [subprocess.Popen([sys.executable, "-c", WRITING, letter], env=environment) for letter in "ab"]
    seen = set()
    written = [Path("shared.json"), Path("shared-figures/one.svg")]
    while any(process.poll() is None for process in started):
        for path in written:
            if path.exists():
                text = path.read_text("utf-8")
                seen.add((len(text), len(set(text))))
    assert [process.returncode for process in started] == [0, 0]
    assert seen == {(200_000, 1)}
    there = [path for path in empty_folder.rglob("*") if path.is_file()]
    assert sorted(there) == sorted(empty_folder / path for path in written)
