"""One line on a terminal that says what is being computed, wiped before the result is printed."""

import shutil
import sys
from collections.abc import Callable

import click

from materials.errors import shorten
from tui.interrupt import stop_if_pressed

_SHOWN = "formulate.progress_line"
_WIPE = "\r\x1b[K"
_BAR = 20  # columns


def on_terminal() -> bool:
    """Say whether somebody sees what is written to standard error."""
    return sys.stderr.isatty()


def progress() -> Callable[[str], None] | None:
    """Give what shows a line of progress on a terminal; nothing in a pipe."""
    if not on_terminal():
        return None
    context = click.get_current_context()

    def report(name: str) -> None:
        stop_if_pressed()
        room = shutil.get_terminal_size().columns - len("computing  ... ")
        if _SHOWN not in context.meta:
            context.call_on_close(wipe)
        context.meta[_SHOWN] = True
        click.echo(f"{_WIPE}computing {shorten(name, max(room, 20))} ...", nl=False, err=True)

    return report


def bar(done: int, count: int) -> str:
    """Draw how much is done.

    >>> bar(7, 20)
    '[=======.............] 7 of 20'
    """
    full = _BAR * done // max(count, 1)
    return f"[{'=' * full}{'.' * (_BAR - full)}] {done} of {count}"


def announce(name: str) -> None:
    """Show on a terminal what is being computed."""
    report = progress()
    if report:
        report(name)


def wipe() -> None:
    """Take the line away, before anything else is printed."""
    context = click.get_current_context(silent=True)
    if context is not None and context.meta.get(_SHOWN):
        context.meta[_SHOWN] = False
        click.echo(_WIPE, nl=False, err=True)
