"""Signals that end the app: it leaves as by a key, so that the terminal is as it was and no process outlives it."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from textual.app import App

ENDING = ("SIGINT", "SIGTERM", "SIGHUP")  # asked to stop, asked to end, the terminal is gone
STATUS = 128  # and the number of the signal, as a shell tells it
OFTEN, LONGEST = 0.02, 5.0  # s, in which a screen that is being made is asked for, and waited for


def leave_by_signal(app: App[Any], painted: Callable[[], bool]) -> None:
    """Leave the app where a signal asks for it; changes that were not saved are lost, for nobody can be asked.

    It waits until the first screen is painted, and any other is made: taken away while it is made, a screen would look
    for its parts in vain.
    """
    loop = asyncio.get_running_loop()

    def leave(status: int, waited: float) -> None:
        if (painted() and all(screen.is_mounted for screen in app.screen_stack)) or waited > LONGEST:
            app.exit(return_code=status)
        else:
            loop.call_later(OFTEN, leave, status, waited + OFTEN)

    for name in ENDING:
        number = getattr(signal, name, None)
        if number is not None:
            with suppress(NotImplementedError, RuntimeError, ValueError):  # a system or a thread that hears none
                loop.add_signal_handler(number, partial(leave, STATUS + number, 0.0))
