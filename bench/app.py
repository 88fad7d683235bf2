"""How quick the terminal app is, each number against its bar.

python -m bench.app
"""

import asyncio
import os
import select
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

FIRST_PAINT = 0.5  # s from the start of the process to the first screen, files in the cache of the system
LAG = 20.0  # ms by which the loop may be late while something is computed
FILTER = 50.0  # ms from a key in the filter to the list that it leaves
REPAINT = 150.0  # ms from a key in a field of a formulation to its figures, painted anew with 256 draws
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
    """Give the times from a key in a field to the figures of what then stands there, painted [ms]; a warm worker."""
    from formulate.examples import text
    from tui.app.application import FormulateApp
    from tui.app.screens.formulation_figures import Figures
    from tui.app.state import State

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "nest.toml"
        path.write_text(text("dasatinib-microspheres-in-gel.toml"), "utf-8")
        app = FormulateApp(path, fresh=True)
        app.state = State(welcomed=True)
        times: list[float] = []
        async with app.run_test(size=(160, 48)) as pilot:
            await _until(lambda: "prediction" in app.session.results)
            await pilot.press("enter", "tab", "end", "ctrl+u")  # the dose
            await pilot.press("1", "space", "m", "g", *["left"] * 3)
            content = app.session.document("formulation")
            await _until(lambda: app.session.results["prediction"].of == content.value)  # type: ignore[union-attr]
            figures = app.screen.query_one(Figures)
            painted: list[float] = []
            paint = figures.paint

            def noted(shown: dict[str, object]) -> None:
                paint(shown)
                app.screen._compositor.render_update(full=True)
                painted.append(time.perf_counter())

            figures.paint = noted  # type: ignore[method-assign]
            for name in KEYS:
                painted.clear()
                start = time.perf_counter()
                await app._press_keys([name])
                await _until(lambda: bool(painted))
                times.append(1000 * (painted[0] - start))
                await _until(lambda: app.session.results["prediction"].of == content.value)  # type: ignore[union-attr]
    return times


async def _until(holds: Callable[[], bool], patience: float = 60.0) -> None:
    end = time.monotonic() + patience
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError("what was waited for did not come")
        await asyncio.sleep(0.005)


def rows() -> list[tuple[str, str, str]]:
    """Give what was measured, its value and its bar."""
    found = []
    if hasattr(os, "fork"):
        found.append(("first paint", f"{first_paint():.2f} s", f"{FIRST_PAINT:g} s"))
    middle, largest = asyncio.run(lag())
    found.append(("loop lag while computing, median", f"{middle:.1f} ms", f"{LAG:g} ms"))
    found.append(("loop lag while computing, largest", f"{largest:.1f} ms", f"{LAG:g} ms"))
    times = asyncio.run(repaints())
    found.append(("figures after a key, median", f"{statistics.median(times):.0f} ms", f"{REPAINT:g} ms"))
    found.append(("figures after a key, largest", f"{max(times):.0f} ms", f"{REPAINT:g} ms"))
    found.append(("catalog filter, a key", f"{asyncio.run(filter_keys()):.1f} ms", f"{FILTER:g} ms"))
    return found


def main() -> None:
    """Print one row per measurement."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = str(Path(folder) / "state")
        for what, value, bar in rows():
            print(f"{what:<36}{value:>12}   bar {bar}")


if __name__ == "__main__":
    from bench import app as itself  # a worker finds `burn` by the name of its module

    itself.main()
