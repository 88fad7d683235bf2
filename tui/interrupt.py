"""Ctrl-C, remembered: one that falls into an import may be swallowed there, or come out as another error."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

from tui.refusal import Interrupted

_pressed = False


@contextmanager
def listening() -> Iterator[None]:
    """End what is inside with one line where Ctrl-C was pressed, whatever became of the interrupt."""
    global _pressed
    _pressed = False
    heard = _listen() if threading.current_thread() is threading.main_thread() else None
    try:
        yield
    except Interrupted:
        raise
    except (Exception, KeyboardInterrupt) as error:
        if _pressed or isinstance(error, KeyboardInterrupt):
            raise Interrupted from None
        raise
    finally:
        if heard is not None:
            signal.signal(signal.SIGINT, heard)


def stop_if_pressed() -> None:
    """Stop before a result is written or printed, where Ctrl-C was pressed and nothing came of it."""
    if _pressed:
        raise KeyboardInterrupt


def leave() -> NoReturn:
    """End the process with the status of an interrupt; Python itself may end it by the signal instead."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # the reader has gone
            stream.flush()
    _let_go_of_locks()
    os._exit(Interrupted.exit_code)


def _let_go_of_locks() -> None:
    """Let go of what is shared with worker processes: the process that watches over it warns of what is left behind."""
    shared = sys.modules.get("multiprocessing.util")
    if shared is not None:
        with suppress(Exception):
            shared._run_finalizers(0)  # what Python does at an end that `os._exit` skips; queues are not waited for


def _listen() -> "signal._HANDLER":
    def pressed(number: int, frame: FrameType | None) -> None:
        global _pressed
        _pressed = True
        signal.default_int_handler(number, frame)

    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return None  # whoever runs us hears it
    return signal.signal(signal.SIGINT, pressed)
