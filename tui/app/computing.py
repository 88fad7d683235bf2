"""Long work, in processes beside the app, so that its keys stay quick.

Each lane is one process that does one job at a time. Processes, not threads: a thread that computes makes keys lag.
They are ordinary children that talk through pipes, which also works where the app has taken the terminal's streams.
"""

import asyncio
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal, ParamSpec, TypeVar

from materials import places
from materials.errors import FormulateError
from tui.app.state import state_folder
from tui.app.worker import HEAD, encode

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Lane = Literal["live", "long"]
Progress = Callable[[str, float | None], object]
PATIENCE = 0.7  # s that a cancelled job has to stop by itself


class UnexpectedError(Exception):
    """A job failed for a reason that is not the user's: one line, and where the details are."""

    def __init__(self, problem: str, details: str = "") -> None:
        super().__init__(problem, details)
        self.problem, self.details = problem, details

    def __str__(self) -> str:
        return f"unexpected: {self.problem}" + (f" (details: {self.details})" if self.details else "")


class Computing:
    """The worker processes of one run of the app.

    "live" is for figures that follow the keys, "long" for what the user waits for.
    """

    def __init__(self) -> None:
        self._lanes: dict[Lane, _Lane] = {}

    async def run(
        self,
        function: Callable[..., Result],
        *arguments: Any,
        lane: Lane = "long",
        progress: Progress | None = None,
        **named: Any,
    ) -> Result:
        """Give what a function of a module gives, run in a worker process.

        Function, arguments and result travel pickled. Cancelling the task that waits here cancels the job: a job that
        calls `tui.app.worker.tell` stops at once, any other is ended with its process, which is started anew.

        Raises
        ------
        FormulateError
            What the function refused.
        UnexpectedError
            Anything else that went wrong, the process having died included.
        """
        if lane not in self._lanes:
            self._lanes[lane] = _Lane()
        result: Result = await self._lanes[lane].run(function, arguments, named, progress)
        return result

    async def warm(self, function: Callable[..., object], lane: Lane) -> None:
        """Start a lane and let it import what it will need; nothing is told of a failure, the first job will."""
        with suppress(FormulateError, UnexpectedError, OSError):
            await self.run(function, lane=lane)

    async def close(self) -> None:
        """End every process."""
        lanes = list(self._lanes.values())
        self._lanes.clear()
        await asyncio.gather(*(lane.end() for lane in lanes))

    def kill(self) -> None:
        """End every process without waiting, where nothing can be waited for any more."""
        for lane in self._lanes.values():
            lane.kill()


class _Lane:
    """One process and the jobs that wait for it."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._free = asyncio.Lock()
        self._number = 0

    async def run(
        self, function: Callable[..., Any], arguments: tuple[Any, ...], named: dict[str, Any], progress: Progress | None
    ) -> Any:
        async with self._free:
            process = await self._started()
            self._number += 1
            number = self._number
            assert process.stdin
            try:
                process.stdin.write(encode(("job", number, function, arguments, named)))
                await process.stdin.drain()
                return await self._answer(process, number, progress)
            except asyncio.CancelledError:
                await self._stop(process, number)
                raise
            except (asyncio.IncompleteReadError, BrokenPipeError, ConnectionResetError):
                if self._process is not process:  # it was ended on purpose
                    raise asyncio.CancelledError from None
                await self.end()
                raise UnexpectedError("the computing process ended; it is started anew with the next job") from None
            except (pickle.UnpicklingError, AttributeError, ImportError) as error:
                await self.end()
                raise UnexpectedError(f"the answer cannot be read ({error})") from None

    async def _answer(self, process: asyncio.subprocess.Process, number: int, progress: Progress | None) -> Any:
        while True:
            kind, of, *rest = await _message(process)
            if of != number:
                continue
            if kind == "progress" and progress is not None:
                progress(*rest)
            elif kind == "done":
                return rest[0]
            elif kind == "refused":
                raise rest[0]
            elif kind == "failed":
                raise UnexpectedError(*rest)
            elif kind == "cancelled":
                raise asyncio.CancelledError

    async def _stop(self, process: asyncio.subprocess.Process, number: int) -> None:
        """Let a cancelled job stop by itself, or end it with its process."""
        try:
            assert process.stdin
            process.stdin.write(encode(("cancel", number)))
            async with asyncio.timeout(PATIENCE):
                while True:
                    kind, of, *_ = await _message(process)
                    if of == number and kind != "progress":
                        return
        except (TimeoutError, asyncio.CancelledError, asyncio.IncompleteReadError, OSError):
            await self.end()

    async def _started(self) -> asyncio.subprocess.Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        here = [path or os.getcwd() for path in sys.path]  # noqa: PTH109
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(here)}
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tui.app.worker", str(state_folder() / "errors"), *map(str, places.asked_for),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=environment, start_new_session=True,
        )  # fmt: skip
        return self._process

    async def end(self) -> None:
        """End the process and what it started; the next job starts one anew."""
        process = self._process
        self.kill()
        if process is not None:
            await process.wait()
            process._transport.close()  # type: ignore[attr-defined]  # its pipes, before the loop ends

    def kill(self) -> None:
        """End the process and what it started, without waiting for its end."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()


async def _message(process: asyncio.subprocess.Process) -> tuple[Any, ...]:
    assert process.stdout
    (size,) = HEAD.unpack(await process.stdout.readexactly(HEAD.size))
    message: tuple[Any, ...] = pickle.loads(await process.stdout.readexactly(size))
    return message
