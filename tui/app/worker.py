"""A worker process: takes jobs from its standard input, one after the other, and answers on its standard output.

Run as ``python -m tui.app.worker``. A message is its length in eight bytes and a pickled tuple. The process ends, with
every process it started, when its input closes: it never outlives the app.
"""

import os
import pickle
import queue
import signal
import struct
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from materials import places
from materials.errors import FormulateError

HEAD = struct.Struct("!Q")
_OFTEN = 0.05  # s between two messages of progress
_state: "_Worker | None" = None


class CancelledError(BaseException):
    """The user does not want the result any more."""


def tell(text: str, share: float | None = None) -> None:
    """Say how far a job is, in words and as a share of the whole; does nothing outside a worker.

    A job that calls this now and then can be cancelled at once; one that never does is ended with its process.
    """
    if _state is not None:
        _state.tell(text, share)


def encode(message: tuple[Any, ...]) -> bytes:
    """Give a message as it travels."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return HEAD.pack(len(body)) + body


class _Worker:
    def __init__(self, answers: IO[bytes], errors_folder: str) -> None:
        self.answers, self.errors_folder = answers, errors_folder
        self.cancelled: set[int] = set()
        self.job = 0
        self._last = 0.0
        self._lock = threading.Lock()

    def send(self, *message: Any) -> None:
        data = encode(message)
        with self._lock, suppress(BrokenPipeError):
            self.answers.write(data)
            self.answers.flush()

    def tell(self, text: str, share: float | None) -> None:
        if self.job in self.cancelled:
            raise CancelledError
        now = time.monotonic()
        if now - self._last >= _OFTEN or share == 1:
            self._last = now
            self.send("progress", self.job, text, share)

    def run(self, number: int, function: Any, arguments: Sequence[Any], named: dict[str, Any]) -> None:
        self.job = number
        if number in self.cancelled:
            self.send("cancelled", number)
            return
        try:
            self.send("done", number, function(*arguments, **named))
        except CancelledError:
            self.send("cancelled", number)
        except FormulateError as error:
            self.send("refused", number, error)
        except Exception as error:  # of any kind: a failure is a message, never a crash
            self.send("failed", number, f"{type(error).__name__}: {error}"[:300], self._written())

    def _written(self) -> str:
        """Write the details of a failure to a file; give its path, or nothing where none can be written."""
        path = os.path.join(self.errors_folder, f"error-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt")  # noqa: PTH118
        try:
            os.makedirs(self.errors_folder, exist_ok=True)  # noqa: PTH103
            with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123
                traceback.print_exc(file=file)
        except OSError:
            return ""
        return path


def _listen(source: IO[bytes], jobs: "queue.Queue[tuple[Any, ...]]", worker: _Worker) -> None:
    """Take messages from the app until it is gone; then end this process and all below it."""
    while True:
        head = source.read(HEAD.size)
        body = source.read(HEAD.unpack(head)[0]) if len(head) == HEAD.size else b""
        if not body:
            _end()
        kind, number, *rest = pickle.loads(body)
        if kind == "cancel":
            worker.cancelled.add(number)
        else:
            jobs.put((number, *rest))


def _end() -> None:
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():  # alone in its group with what it started
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(0)


def main() -> None:
    """Serve until the app is gone."""
    global _state
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not stand among the answers
    worker = _state = _Worker(answers, sys.argv[1])
    places.asked_for[:] = map(Path, sys.argv[2:])  # the catalog of the app
    jobs: queue.Queue[tuple[Any, ...]] = queue.Queue()
    threading.Thread(target=_listen, args=(os.fdopen(os.dup(0), "rb"), jobs, worker), daemon=True).start()
    worker.send("ready", 0)
    while True:
        worker.run(*jobs.get())


if __name__ == "__main__":
    # jobs import this module by its name and must find the same worker
    from tui.app import worker as itself

    itself.main()
