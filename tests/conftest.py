"""Every test is kept from the folders of whoever runs it: no catalog files of theirs, a cache of our own."""

import gc
import io
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import hypothesis
import pytest

_patch = pytest.MonkeyPatch()
_folders = tempfile.TemporaryDirectory(prefix="formulate-tests-", ignore_cleanup_errors=True)


def pytest_configure() -> None:
    """Set the folders before the test files are imported, for some of them load the catalog then."""
    for name in ("CONFIG", "CACHE"):
        _patch.setenv(f"XDG_{name}_HOME", str(Path(_folders.name, name.lower())))
    # the first example of a test may load the table of units or the catalog, which a busy machine does slowly
    # every run draws other examples: forty now and forty the next time find what a hundred at once would
    hypothesis.settings.register_profile("ours", deadline=None, max_examples=40)
    hypothesis.settings.load_profile("ours")
    gc.disable()  # nothing that is collected is thrown away


def pytest_collection_finish() -> None:
    """Keep the ten thousand tests out of the garbage collector's way: it would walk over them again and again."""
    gc.freeze()
    gc.set_threshold(5_000, 20, 10)  # and what a test leaves behind is little beside what it draws and computes
    gc.enable()


def pytest_unconfigure() -> None:
    _patch.undo()
    _folders.cleanup()


@pytest.fixture(autouse=True)
def _the_catalog_in_force_is_ours() -> Iterator[None]:
    """Forget, after each test, what files it laid over the catalog."""
    yield
    from materials import catalog

    catalog.use()


@pytest.fixture
def stopped_at() -> Callable[[int, Sequence[ModuleType], Callable[[], object]], bool]:
    """Give what does something with Ctrl-C before the so-many-th line of modules, and tells if it came to that line."""

    def stopped(number: int, modules: Sequence[ModuleType], do: Callable[[], object]) -> bool:
        seen, watched = 0, {module.__file__ for module in modules}

        def tracer(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal seen
            if frame.f_code.co_filename not in watched:
                return None
            if event == "line":
                seen += 1
                if seen == number:
                    sys.settrace(None)
                    raise KeyboardInterrupt
            return tracer

        before = sys.gettrace()
        sys.settrace(tracer)
        try:
            do()
        except KeyboardInterrupt:
            return True
        finally:
            sys.settrace(before)
        return False

    return stopped


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write an empty picture for each figure: drawing takes most of the time of a report whose words are tested."""
    from matplotlib.figure import Figure
    from PIL import Image

    dot = io.BytesIO()
    Image.new("RGB", (4, 2), "white").save(dot, "PNG")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2" viewBox="0 0 4 2"></svg>'
    empty = {"svg": svg, "png": dot.getvalue()}
    monkeypatch.setattr(Figure, "savefig", lambda _, out, format, **__: out.write(empty[format]))


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in an empty folder, with an empty configuration folder inside it; give it."""
    from materials import catalog

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    catalog.use()
    return tmp_path
