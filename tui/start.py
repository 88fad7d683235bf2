"""Where the program starts: the app where it is called alone in a terminal, else the command line.

The app comes without the commands being imported first, which would hold up its first paint.
"""

import os
import signal
import sys
from pathlib import Path
from typing import NoReturn


def open_closed_streams() -> None:
    """Open what of the standard streams whoever called us has closed, on nothing.

    Else it is None in Python, and the next file that is opened takes its number and what others write to it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            handle = os.open(os.devnull, os.O_RDWR)
            if handle != number:
                os.dup2(handle, number)
                os.close(handle)
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8"))


def on_terminal() -> bool:
    """Say whether the app can be shown: in a terminal, or by a driver that whoever serves it has named."""
    return "TEXTUAL_DRIVER" in os.environ or (sys.stdin.isatty() and sys.stdout.isatty())


def open_app(file: Path | None = None, *, fresh: bool = False) -> None:
    """Open the app until the user leaves it."""
    from tui.app.application import run

    run(file, fresh=fresh)


def main() -> NoReturn:
    """Run the program."""
    open_closed_streams()
    try:
        if len(sys.argv) == 1 and on_terminal():
            signal.signal(signal.SIGINT, lambda *_: _stopped())  # an import would make another error of an interrupt
            open_app()
            raise SystemExit(0)
        from tui.cli import main as command_line

        command_line()
    except KeyboardInterrupt:  # before the commands listen for it themselves
        _stopped()


def _stopped() -> NoReturn:
    sys.stderr.write("stopped before anything was begun\n")
    sys.stderr.flush()
    os._exit(130)


if __name__ == "__main__":
    main()
