"""How the tests drive the app: by keys alone, without the user's state, without a blinking cursor."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

SNAPSHOTS = Path(__file__).parent / "snapshots"
UPDATE = "FORMULATE_UPDATE_SNAPSHOTS"  # set to 1, the screens are written anew in the place of being compared
Steps = Callable[[Any], Awaitable[None]]


def _screen_text(app: Any) -> str:
    """Give what stands on the screen, line by line."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips()) + "\n"


async def _settle(pilot: Any) -> None:
    """Wait until nothing is computed any more and the screen is painted."""
    await pilot.pause()
    named = [worker for worker in pilot.app.workers if worker.group not in ("warm", "filing")]
    if named:
        await pilot.app.workers.wait_for_complete(named)
    await pilot.pause()


@pytest.fixture(autouse=True)
def _a_fresh_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep state and keys in an empty folder; paint without blinking and without colours of the environment."""
    import textual.constants

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(textual.constants, "NO_COLOR", False, raising=False)
    monkeypatch.setattr("tui.app.application.WARM_AFTER", 3600.0)  # a test that computes starts its process itself
    monkeypatch.setattr("textual.widgets.Input.cursor_blink", False, raising=False)


@pytest.fixture
def screen_text() -> Callable[[Any], str]:
    """Give what reads the screen of an app."""
    return _screen_text


@pytest.fixture
def settle() -> Callable[[Any], Awaitable[None]]:
    """Give what waits, with a pilot, until nothing is computed any more."""
    return _settle


@pytest.fixture
def drive() -> Callable[..., Any]:
    """Give what runs steps with the pilot of an app: ``drive(steps, size=(80, 24), file=None, welcomed=True)``."""

    def run(steps: Steps, size: tuple[int, int] = (80, 24), file: Path | None = None, *, welcomed: bool = True) -> Any:
        from tui.app.application import FormulateApp
        from tui.app.state import State, write_state

        if welcomed:
            write_state(State(welcomed=True))
        app = FormulateApp(file)

        async def through() -> None:
            async with app.run_test(size=size) as pilot:
                await _settle(pilot)
                await steps(pilot)

        asyncio.run(through())
        return app

    return run


@pytest.fixture
def same_screen() -> Callable[[Any, str], None]:
    """Give what compares the screen with the one kept under a name in `snapshots`."""

    def compare(app: Any, name: str) -> None:
        shown, kept = _screen_text(app), SNAPSHOTS / f"{name}.txt"
        if os.environ.get(UPDATE) == "1":
            kept.write_text(shown, "utf-8")
        assert kept.exists(), f"{kept.name} is missing; look at the screen, then run with {UPDATE}=1"
        assert shown == kept.read_text("utf-8"), f"the screen differs from {kept.name}; {UPDATE}=1 takes the new one"

    return compare
