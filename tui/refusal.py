"""Bad input, as the command line says it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from materials.errors import DomainError, Fault, FileError, MissingValueError, UnitError, shorten

if TYPE_CHECKING:
    from formulate.formulation import Formulation, Question
    from materials.mechanisms import Stage


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


@contextmanager
def of_file(path: Path, file: "Formulation | Question | None" = None, until: "Stage" = "retention") -> Iterator[None]:
    """Name the file in what a calculation refuses; of a formulation, every number that it lacks up to a stage."""
    name = shorten(path, 120)
    try:
        yield
    except MissingValueError as error:
        raise FileError(_lacking(name, error, file, until)) from None
    except (DomainError, UnitError) as error:
        raise FileError([Fault(name, "", str(error))]) from None
    except FileError as error:
        raise FileError([replace(fault, file=name) for fault in error.faults]) from None


def _lacking(name: str, error: MissingValueError, file: "Formulation | Question | None", until: "Stage") -> list[Fault]:
    """Give a line for each number that is missing; what stopped the calculation is among them in any case."""
    from formulate.formulation import Formulation
    from formulate.lacking import lacking

    found = lacking(file, until) if isinstance(file, Formulation) else ()
    told = [Fault(name, item.field, item.problem) for item in found]
    if str(error) not in {item.problem for item in found}:
        told.insert(0, Fault(name, "", str(error)))
    return told
