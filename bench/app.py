"""How quick the terminal app is."""

import asyncio
import os
import select
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.measure import Row

FIRST_PAINT = 0.5  # s from the start of the process to the first screen, files in the cache of the system
LAG = 20.0  # ms by which the loop may be late while something is computed
FILTER = 50.0  # ms from a key in the filter to the list that it leaves
REPAINT = 150.0  # ms from a key in a field of a formulation to its figures, painted anew with 256 draws
FORMULATION = "dasatinib-microspheres-in-gel.toml"
KEYS = ("2", "backspace", "3", "backspace", "4", "backspace")  # pressed in the field of the dose, which says "1 mg"
RUNS = 5
SHOWN = b"Commands"  # the end of the footer, painted last


def first_paint() -> float:
    """Give the shortest time from process start to the first screen in a terminal [s]."""
    return min(_painted() for _ in range(RUNS))


def _painted() -> float:
    import fcntl
    import pty
    import signal
    import struct
    import termios

    start = time.perf_counter()
    process, terminal = pty.fork()
    if process == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
        os.execv(sys.executable, [sys.executable, "-m", "tui.start"])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    seen = b""
    try:
        while SHOWN not in seen:
            if time.perf_counter() - start > 30:
                raise TimeoutError(f"nothing was painted; seen: {seen[-500:]!r}")
            if select.select([terminal], [], [], 0.05)[0]:
                seen += os.read(terminal, 65536)
        return time.perf_counter() - start
    finally:
        os.kill(process, signal.SIGKILL)
        os.close(terminal)
        os.waitpid(process, 0)


def burn(seconds: float) -> int:
    """Compute without a pause, in a worker process."""
    end, number = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        number += 1
    return number


async def lag(seconds: float = 2.0) -> tuple[float, float]:
    """Give the median and the largest delay of the loop while a worker computes [ms]."""
    from tui.app.application import FormulateApp

    app = FormulateApp(fresh=True)
    late: list[float] = []
    async with app.run_test(size=(80, 24)):
        await app.screen.workers.wait_for_complete()
        await app.computing.run(burn, 0.1)  # the process is there
        job = asyncio.create_task(app.computing.run(burn, seconds))
        while not job.done():
            start = time.perf_counter()
            await asyncio.sleep(0.005)
            late.append(1000 * (time.perf_counter() - start - 0.005))
        await job
    return statistics.median(late), max(late)


async def filter_keys(words: str = "plga microsphere") -> float:
    """Give the median time of a key in the filter of the catalog, the list filled and painted [ms]."""
    from tui.app.application import FormulateApp
    from tui.app.state import State

    app = FormulateApp(fresh=True)
    app.state = State(welcomed=True)
    times: list[float] = []
    async with app.run_test(size=(160, 48)) as pilot:
        await app.screen.workers.wait_for_complete()
        await pilot.pause()
        screen = app.screen
        for length in range(1, len(words) + 1):
            start = time.perf_counter()
            screen.filter_now(words[:length])  # type: ignore[attr-defined]  # the catalog is the first screen
            screen._compositor.render_update(full=True)
            times.append(1000 * (time.perf_counter() - start))
            await pilot.pause()
    return statistics.median(times)


async def repaints() -> list[float]:
    """Give the times from a key in a field to the figures of what then stands there, written out [ms]."""
    from textual._compositor import CompositorUpdate
    from textual.screen import Screen

    from formulate.examples import text
    from tui.app.application import FormulateApp
    from tui.app.screens.formulation_figures import Figures
    from tui.app.state import State

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "nest.toml"
        path.write_text(text(FORMULATION), "utf-8")
        app = FormulateApp(path, fresh=True)
        app.has_the_process = True
        app.state = State(welcomed=True)
        times: list[float] = []
        async with app.run_test(size=(160, 48)) as pilot:
            await _until(lambda: "prediction" in app.session.results)
            await pilot.press("enter", "tab", "end", "ctrl+u")  # the dose
            await pilot.press("1", "space", "m", "g", *["left"] * 3)
            content = app.session.document("formulation")
            await _until(lambda: app.session.results["prediction"].of == content.value)  # type: ignore[union-attr]
            figures = app.screen.query_one(Figures)
            drawn: list[bool] = []
            written: list[float] = []
            paint, display = figures.paint, app._display

            def paint_noted(shown: dict[str, object]) -> None:
                paint(shown)
                drawn.append(True)

            def display_noted(screen: Screen[object], update: object) -> None:
                if drawn and isinstance(update, CompositorUpdate):
                    update.render_segments(app.console)  # as it goes to a terminal
                    written.append(time.perf_counter())
                display(screen, update)  # type: ignore[arg-type]

            figures.paint, app._display = paint_noted, display_noted  # type: ignore[method-assign]
            for name in KEYS:
                drawn.clear()
                written.clear()
                start = time.perf_counter()
                await app._press_keys([name])
                await _until(lambda: bool(written))
                times.append(1000 * (written[0] - start))
                await _until(lambda: app.session.results["prediction"].of == content.value)  # type: ignore[union-attr]
    return times


async def _until(holds: Callable[[], bool], patience: float = 60.0) -> None:
    start = time.perf_counter()
    while not holds():
        if time.perf_counter() - start > patience:
            raise TimeoutError("the app did not get there")
        await asyncio.sleep(0.002)


def rows() -> Iterator[Row]:
    """Give first paint, the delay of the loop, the filter and the figures, in a folder of state of their own."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = str(Path(folder) / "state")
        if hasattr(os, "fork"):
            yield Row("first paint after the start of the process", first_paint(), "s", FIRST_PAINT)
        middle, largest = asyncio.run(lag())
        yield Row("delay of the loop while something is computed, median", middle, "ms", LAG)
        yield Row("delay of the loop while something is computed, largest", largest, "ms", LAG)
        yield Row("catalog filter, a key", asyncio.run(filter_keys()), "ms", FILTER)
        times = asyncio.run(repaints())
        yield Row("figures painted after a key, 256 draws, median", statistics.median(times), "ms", REPAINT,
                  beside=FORMULATION)  # fmt: skip
        yield Row("the same, largest", max(times), "ms", REPAINT, beside=FORMULATION)
