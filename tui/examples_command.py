"""The shipped example files: listed, or laid out in a folder."""

from pathlib import Path

import click

from tui.deliver import print_envelope
from tui.options import json_option


@click.group("examples")
def examples_group() -> None:
    """List the shipped example files, or lay them out in a folder."""


@examples_group.command("list")
@json_option
def examples_list(as_json: bool) -> None:
    """List the example files."""
    from formulate import examples

    if as_json:
        print_envelope("examples list", {"examples": list(examples.names())})
        return
    for name in examples.names():
        first = examples.text(name).splitlines()[0].lstrip("# ")
        click.echo(f"{name}\n    {first}")


@examples_group.command("copy")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@json_option
def examples_copy(folder: Path, as_json: bool) -> None:
    """Lay the example files out in DIR; a file of yours is never overwritten."""
    from formulate import examples

    written = examples.copy(folder)
    if as_json:
        print_envelope("examples copy", {"written": [str(path) for path in written]})
        return
    for path in written:
        click.echo(path)
