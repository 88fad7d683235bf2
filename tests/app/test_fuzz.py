"""Random keys, clicks, turns of the wheel and sizes, with something open on every screen: nothing may break."""

import os
import random
from typing import Any

import pytest
from textual import events
from textual.worker import Worker, WorkerState

from formulate.examples import text
from tui.app.documents import read_document
from tui.app.registry import PLACES

KEYS = [
    *"abcdefghijklmnopqrstuvwxyz0123456789<>/ .,-+:?*'[]{}",
    *("up", "down", "left", "right", "enter", "tab", "shift+tab", "escape", "pageup", "pagedown", "home", "end"),
    *("up", "down", "enter", "tab", "shift+tab", "escape", "escape"),
    *("backspace", "delete", "space", "f1", "f8", "f9", "f12", *(f"ctrl+{letter}" for letter in "aegklnoprstuyz")),
    *(place.key for place in PLACES),
]
SIZES = [(80, 24), (160, 48), (61, 21), (40, 10), (120, 30), (110, 36), (1, 1)]
EXAMPLES = ("dasatinib-microspheres-in-gel.toml", "dasatinib-knee.toml", "bmp2-gel-design.toml",
            "release-microspheres.csv")  # fmt: skip


@pytest.fixture
def failures(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """Give what failed in work beside the loop, which ends no app."""
    found: list[BaseException] = []
    run = Worker._run

    async def _run(worker: Worker[Any], app: Any) -> None:
        await run(worker, app)
        if worker.state is WorkerState.ERROR and worker.error is not None:
            found.append(worker.error)

    monkeypatch.setattr(Worker, "_run", _run)
    return found


def test_no_key_no_click_and_no_size_breaks_it(drive, until, failures, tmp_path, monkeypatch):
    """FORMULATE_FUZZ=5000 does so many; FORMULATE_FUZZ_SEED repeats a run."""
    count, seed = int(os.environ.get("FORMULATE_FUZZ", "120")), int(os.environ.get("FORMULATE_FUZZ_SEED", "7"))
    monkeypatch.chdir(tmp_path)
    for name in ("formulation.LIVE", "formulation.REFINED", "compare.LIVE", "design.FRESH", "design.DESIGNS"):
        monkeypatch.setattr(f"tui.app.screens.{name}", 16)
    chosen, done = random.Random(seed), []

    async def act(pilot: Any) -> None:
        app, kind = pilot.app, chosen.random()
        if kind < 0.02:
            done.append(f"resize {(size := chosen.choice(SIZES))}")
            await pilot.resize_terminal(*size)
        elif kind < 0.12 and app.size.width > 1:
            at = chosen.randrange(app.size.width), chosen.randrange(app.size.height)
            done.append(f"click {at}")
            await pilot.click(offset=at)
        elif kind < 0.15 and app.size.width > 1:
            x, y = chosen.randrange(app.size.width), chosen.randrange(app.size.height)
            wheel = chosen.choice((events.MouseScrollDown, events.MouseScrollUp))
            done.append(f"{wheel.__name__} {x, y}")
            app.post_message(wheel(None, x, y, 0, 1, 0, False, False, False, x, y))
            await pilot.pause()
        else:
            done.append(name := chosen.choice(KEYS))
            await pilot.press("space" if name == " " else name)

    async def steps(pilot: Any) -> None:
        for name in EXAMPLES:
            path = tmp_path / name
            path.write_text(text(name).replace("draws = 1024", "draws = 16").replace("draws = 256", "draws = 16"))
            pilot.app.session.open(read_document(path))
        while len(done) < count and pilot.app.is_running:  # the palette may have led out of it
            await act(pilot)
            assert not failures
            if len(done) % 500 == 0:
                print(f"{len(done)} done, on {pilot.app.current_mode}", flush=True)

    try:
        while len(done) < count:
            drive(steps)
            assert not failures
    except BaseException:
        print("done:", done[-60:])
        raise
