"""Bad input, as the command line says it."""

from typing import Any

import click


class Refusal(click.ClickException):
    """What is wrong and what is accepted, on stderr, exit status 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        """Print the lines of the refusal as they are."""
        click.echo(self.message, err=True)


class Interrupted(click.ClickException):
    """The user stopped the command: one line on stderr, exit status 130 as shells give it."""

    exit_code = 130

    def __init__(self, told: str = "files are written whole or not at all") -> None:
        super().__init__(f"stopped; {told}")

    def show(self, file: Any = None) -> None:
        """Print the line."""
        click.echo(self.message, err=True)
