"""The commands that open the terminal app, here or in a browser. Textual is imported when it opens, not before."""

import sys
from pathlib import Path

import click

from materials.errors import shorten
from tui.options import catalog_option
from tui.refusal import Refusal

NO_TERMINAL = "the app needs a terminal for its input and its output"


def on_terminal() -> bool:
    """Say whether the app can be shown: keys come from a terminal and are answered on one."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def open_app(file: Path | None = None, *, fresh: bool = False) -> None:
    """Open the app until the user leaves it."""
    from tui.app.application import run

    run(file, fresh=fresh)


@click.command("app")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--fresh", is_flag=True, help="Start as if for the first time, and remember nothing of it.")
@catalog_option
def app_command(file: Path | None, fresh: bool) -> None:
    """Open the app in this terminal, with FILE where one is given.

    FILE is a formulation, a question or a target (.toml), or a table of release data (.csv, .xlsx).
    """
    if file is not None and not file.is_file():
        raise Refusal(f"{shorten(file, 120)}: no such file; need a .toml, .csv or .xlsx file, or none")
    if not on_terminal():
        raise Refusal(NO_TERMINAL)
    open_app(file, fresh=fresh)


@click.command("serve")
@click.option("--host", default="localhost", show_default=True, help="The address to listen on; this machine alone.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
def serve(host: str, port: int) -> None:
    """Open the app in a browser: serve it until Ctrl-C.

    Whoever reaches the address works with your files and under your name: keep it to this machine.
    """
    try:
        from textual_serve.server import Server
    except ImportError:
        need = 'need the extra web: pip install "formulate-delivery[web]"'
        raise Refusal(f"serve: the package textual-serve is not installed; {need}") from None
    import shlex

    command = shlex.join([sys.executable, "-m", "tui.cli", "app"])
    Server(command, host=host, port=port, title="Formulate").serve()
