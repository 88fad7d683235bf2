"""How the tests drive the app: by keys alone, without the user's state, without a blinking cursor."""

import asyncio
import os
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual._wait import wait_for_idle

from tui.app.computing import Computing

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
    # the pilot waits for an idle processor after each key; between the letters of a text that is not needed
    monkeypatch.setattr("textual.app.wait_for_idle", _no_wait)
    monkeypatch.setattr("textual.pilot.Pilot.press", _press)


async def _no_wait(*_: float) -> None:
    await asyncio.sleep(0)


async def _press(pilot: Any, *keys: str) -> None:
    for number, key in enumerate(keys, start=1):
        await pilot.app._press_keys([key])
        await pilot._wait_for_screen()
        if len(key) > 1 or number == len(keys):  # what it shows has to be laid out before it takes the next key
            await wait_for_idle(0, 0.5)
        await pilot._wait_for_screen()  # what the key has set going may have set going more


@pytest.fixture
def screen_text() -> Callable[[Any], str]:
    """Give what reads the screen of an app."""
    return _screen_text


@pytest.fixture
def settle() -> Callable[[Any], Awaitable[None]]:
    """Give what waits, with a pilot, until nothing is computed any more."""
    return _settle


@pytest.fixture
def until() -> Callable[..., Awaitable[None]]:
    """Give what waits, with a pilot, until something holds: ``await until(pilot, lambda: ...)``."""

    async def wait(pilot: Any, holds: Callable[[], object], seconds: float = 90.0) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"what was waited for did not come:\n{_screen_text(pilot.app)}"
            await asyncio.sleep(0.04)  # not less: reading the screen takes time from what is waited for
        await pilot._wait_for_screen()

    return wait


@pytest.fixture
def typed() -> Callable[..., Awaitable[None]]:
    """Give what types a text into the field that has the focus: ``await typed(pilot, "5 mg")``."""

    async def type_in(pilot: Any, text: str) -> None:
        await pilot.press(*("space" if sign == " " else sign for sign in text))

    return type_in


class _KeptWorkers(Computing):
    """Worker processes that the next app takes over, warm as they are."""

    async def close(self) -> None:
        """Leave them to the next."""

    async def settled(self) -> None:
        """End what an app that has ended left them to do: nobody would take the answer, and the next would wait."""
        left = asyncio.all_tasks() - {asyncio.current_task()}
        pending = (await asyncio.wait(left, timeout=2.0))[1] if left else ()
        if pending or any(lane._free.locked() for lane in self._lanes.values()):
            await Computing.close(self)


@pytest.fixture(scope="session")
def _kept() -> Iterator[tuple[asyncio.AbstractEventLoop, _KeptWorkers]]:
    loop, workers = asyncio.new_event_loop(), _KeptWorkers()
    yield loop, workers
    loop.run_until_complete(Computing.close(workers))
    loop.close()


@pytest.fixture
def drive(_kept: tuple[asyncio.AbstractEventLoop, _KeptWorkers]) -> Callable[..., Any]:
    """Give what runs steps with the pilot of an app: ``drive(steps, size=(80, 24), file=None, welcomed=True)``.

    Its worker processes are those of the app before, except with ``anew=True``: they know no catalog of the user.
    """

    def run(
        steps: Steps,
        size: tuple[int, int] = (80, 24),
        file: Path | None = None,
        *,
        welcomed: bool = True,
        anew: bool = False,
        fresh: bool = False,
    ) -> Any:
        from tui.app.application import FormulateApp
        from tui.app.state import State, write_state

        if welcomed:
            write_state(State(welcomed=True))
        app = FormulateApp(file, fresh=fresh)
        loop, workers = _kept
        if not anew:
            app.computing = workers

        async def through() -> None:
            async with app.run_test(size=size) as pilot:
                await _settle(pilot)
                await steps(pilot)

        loop.run_until_complete(through())
        loop.run_until_complete(workers.settled())
        return app

    return run


@pytest.fixture
def same_screen() -> Callable[..., None]:
    """Give what compares the screen with the one kept under a name in `snapshots`.

    ``same_screen(app, name, hidden=pattern)``; what fits the pattern may change and is blotted out.
    """

    def compare(app: Any, name: str, hidden: str = "") -> None:
        _, _, shown = _screen_text(app).partition("\n")  # the line of screens is the same everywhere
        kept = SNAPSHOTS / f"{name}.txt"
        if hidden:
            shown = re.sub(hidden, lambda match: "#" * len(match.group()), shown)
        if os.environ.get(UPDATE) == "1":
            kept.write_text(shown, "utf-8")
        assert kept.exists(), f"{kept.name} is missing; look at the screen, then run with {UPDATE}=1"
        assert shown == kept.read_text("utf-8"), f"the screen differs from {kept.name}; {UPDATE}=1 takes the new one"

    return compare
