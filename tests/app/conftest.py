"""How the tests drive the app: by keys alone, without the user's state, without a blinking cursor."""

import asyncio
import os
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.css.stylesheet import Stylesheet

from tui.app.computing import Computing

SNAPSHOTS = Path(__file__).parent / "snapshots"
UPDATE = "FORMULATE_UPDATE_SNAPSHOTS"  # set to 1, the screens are written anew in the place of being compared
Steps = Callable[[Any], Awaitable[None]]


def _screen_text(app: Any) -> str:
    """Give what stands on the screen, line by line."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips()) + "\n"


async def _settle(pilot: Any) -> None:
    """Wait until nothing is computed any more and the screen is painted."""
    await _quiet(pilot.app)
    named = [worker for worker in pilot.app.workers if worker.group not in ("warm", "filing")]
    if named:
        await pilot.app.workers.wait_for_complete(named)
    await _quiet(pilot.app)


@pytest.fixture(autouse=True)
def _a_fresh_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep state and keys in an empty folder; paint without blinking and without colours of the environment."""
    import textual.constants

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(textual.constants, "NO_COLOR", False, raising=False)
    monkeypatch.setattr("tui.app.application.WARM_AFTER", 3600.0)  # a test that computes starts its process itself
    for module in ("app", "pilot"):
        monkeypatch.setattr(f"textual.{module}.wait_for_idle", _no_wait)
    monkeypatch.setattr("textual.pilot.Pilot.press", _press)
    monkeypatch.setattr("textual.pilot.Pilot._wait_for_screen", lambda pilot: _quiet(pilot.app))
    monkeypatch.setattr("textual.css.stylesheet.Stylesheet._parse_rules", _parse_once)


_parse_rules, _parsed = Stylesheet._parse_rules, dict[Any, Any]()


def _parse_once(sheet: Stylesheet, *given: Any, **named: Any) -> Any:
    """Give the rules of a style sheet, read by the first app for all that follow."""
    key = (given, *named.items(), *sheet._variables.items())
    if key not in _parsed:
        _parsed[key] = _parse_rules(sheet, *given, **named)
    return _parsed[key]


async def _no_wait(*_: float) -> None:
    await asyncio.sleep(0)


async def _press(pilot: Any, *keys: str) -> None:
    for key in keys:
        await pilot.app._press_keys([key])
        await _quiet(pilot.app)


async def _quiet(app: Any, seconds: float = 2.0) -> None:
    """Wait until every widget has taken what was sent to it and the screen is laid out and painted.

    The pilot's own ways send a message to every widget, and watch the processor's time: dearer, and no surer.
    """
    end, calm, turns = time.monotonic() + seconds, 0, 0
    while calm < 3 and time.monotonic() < end and app.is_running:
        turns += 1
        await asyncio.sleep(0 if turns < 200 else 0.002)  # a handler may wait for a thread
        screen = app.screen
        if _is_busy(app) or any(map(_is_busy, app._registry)):
            calm = 0
        elif screen._update_timer._active.is_set() or screen._callbacks:
            screen._on_timer_update()  # now, in the place of the next sixtieth of a second
            calm = 0
        else:
            calm += 1


def _is_busy(node: Any) -> bool:
    """Tell whether a widget has anything left to do, or else waits for its next message."""
    queue = node._message_queue
    return bool(queue.values or node._next_callbacks) or not queue.ready_event._waiters


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
        end, step = time.monotonic() + seconds, 0.01
        while not holds():
            if time.monotonic() > end:
                told = [notice.message for notice in pilot.app._notifications]
                raise AssertionError(f"what was waited for did not come: {told}\n{_screen_text(pilot.app)}")
            await asyncio.sleep(step)
            step = min(1.3 * step, 0.1)  # reading the screen takes time from what is waited for
        await _quiet(pilot.app)

    return wait


@pytest.fixture
def typed() -> Callable[..., Awaitable[None]]:
    """Give what types a text into the field that has the focus: ``await typed(pilot, "5 mg")``."""

    async def type_in(pilot: Any, text: str) -> None:
        await pilot.press(*("space" if sign == " " else sign for sign in text))

    return type_in


@pytest.fixture
def boxed(until: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Give what presses a key that opens a box, once the box before is gone, and waits for the box."""

    async def press(pilot: Any, *keys: str) -> None:
        app = pilot.app
        await until(pilot, lambda: app.screen is app.app_screen)
        await pilot.press(*keys)
        await until(pilot, lambda: app.screen is not app.app_screen)

    return press


@pytest.fixture
def named(
    until: Callable[..., Awaitable[None]], typed: Callable[..., Awaitable[None]]
) -> Callable[..., Awaitable[None]]:
    """Give what types a path in the place of the one that a box offers, and takes it."""

    async def name(pilot: Any, path: str) -> None:
        app = pilot.app
        await until(pilot, lambda: getattr(app.focused, "id", "") == "path")
        await pilot.press("end", "ctrl+u")
        await typed(pilot, path)
        await until(pilot, lambda: app.focused.value == path)
        await pilot.press("enter")

    return name


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
