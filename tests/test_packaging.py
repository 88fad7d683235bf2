"""The built wheel holds everything the program reads, nothing else, and runs from there."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("formulate", "materials", "tui")
NOT_SHIPPED = {".pyc"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        *(sys.executable, "-m", "pip", "wheel", str(ROOT), "--no-deps", "--no-build-isolation", "--no-index"),
        *("--disable-pip-version-check", "--quiet", "-w", str(folder)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_it_is_named_for_the_project(wheel):
    assert wheel.name.startswith("formulate_delivery-")
    assert wheel.name.endswith("-py3-none-any.whl")


def test_it_holds_every_file_of_the_three_packages(names):
    sources = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix not in NOT_SHIPPED
    }
    for ending in (".toml", ".bib", ".j2", ".py", ".tcss"):
        assert any(name.endswith(ending) for name in sources)
    assert sum(name.startswith("formulate/examples/") for name in sources) >= 4
    assert sources - names == set()


def test_it_holds_the_three_packages_only(names):
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_its_types_are_for_others_too(package, names):
    assert f"{package}/py.typed" in names


def test_it_installs_the_command_and_carries_its_licence(wheel, names):
    (entry_points,) = (name for name in names if name.endswith(".dist-info/entry_points.txt"))
    with zipfile.ZipFile(wheel) as archive:
        assert "formulate = tui.start:main" in archive.read(entry_points).decode()
    assert any(name.endswith("/licenses/LICENSE") for name in names)


def test_it_runs_from_where_it_is_unpacked(wheel, tmp_path):
    place = tmp_path / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    code = (
        "import materials.catalog as c, materials.sources as s, formulate.examples as e\n"
        "known = c.load()\n"
        "print(c.__file__)\n"
        "print(*known.carriers)\n"
        "print(len(s.keys()), len(e.names()))\n"
        "from tui.cli import cli\n"
        "cli(['catalog', 'sites'])\n"
    )
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment["PYTHONPATH"] = str(place)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        env=environment,
        cwd=elsewhere,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    where, carriers, counts, *listing = done.stdout.splitlines()
    assert Path(where).is_relative_to(place)
    assert "plga-microsphere" in carriers.split()
    assert all(int(count) >= 4 for count in counts.split())
    assert any("knee" in line for line in listing)
