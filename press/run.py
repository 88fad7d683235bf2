"""Runs the blocks of a page, in order, in one folder that holds the shipped examples."""

import contextlib
import doctest
import io
import os
import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import click
from click.testing import CliRunner

from formulate import examples
from press.blocks import LANGUAGES, Block, Step, blocks, commands
from press.fragments import check_toml
from press.shown import agrees

WIDTH = 88  # columns of the terminal whose output the pages show
# a command that is only named is run with little to compute; one whose output is shown is run as it stands
_LITTLE = {"--draws": "16", "--designs": "8", "--design": "64", "--morris": "4", "--bootstrap": "20"}
_USUAL = ("--draws", "--designs")  # of these the program computes many without being asked for
_FEW = 64  # draws, as few as tell inputs apart
_TWO = '["plga-microsphere", "liposome"]'
_RULES = Path(__file__).with_name("blocks.toml")


@dataclass(frozen=True)
class Result:
    """A piece of a page with an output of its own: where it stands, what the page shows, what came out."""

    block: Block
    start: int
    end: int
    source: str
    shown: tuple[str, ...]
    output: tuple[str, ...]
    problem: str = ""

    @property
    def is_right(self) -> bool:
        """True when it ran, and the page shows what came out."""
        return not self.problem and agrees(self.shown, self.output)

    def told(self) -> str:
        """Say what is wrong, for a reader of a failed test."""
        if self.problem:
            return f"{self.block.page}:{self.start}: {self.source}\n{self.problem}"
        gap = "\n    "
        return (
            f"{self.block.page}:{self.start}: {self.source}\n  the page shows\n    {gap.join(self.shown)}\n"
            f"  the program gives\n    {gap.join(self.output)}\n"
            "  (`python -m press refresh` writes the output of all pages anew)"
        )


@cache
def rules() -> dict[str, Any]:
    """Give what is not run, and what stands for the files of a reader."""
    return tomllib.loads(_RULES.read_text("utf-8"))


def is_run(page: str, line: str) -> bool:
    """True unless the list of exceptions names the line."""
    return not any(
        line.strip().startswith(rule["begins"]) and rule.get("page", page) == page for rule in rules()["not_run"]
    )


def run_page(page: str, content: str, folder: Path) -> Iterator[Result]:
    """Run the blocks of a page in a folder, which becomes the working folder meanwhile."""
    shows = any(block.language == "console" or ">>>" in block.text for block in blocks(page, content))
    shipped = examples.text
    given = shipped if shows else lambda name: _made_light(name, shipped(name))
    session = _Session(folder)
    with contextlib.chdir(folder), mock.patch("formulate.examples.text", given):
        _lay_out(folder)
        for block in blocks(page, content):
            if block.language.startswith("{"):  # a directive of the site, which its build checks
                continue
            if block.language not in LANGUAGES:
                raise ValueError(f"{block.place}: a block of {block.language!r}; need {', '.join(LANGUAGES)}")
            yield from session.run(block)


def _lay_out(folder: Path) -> None:
    """Write the files that a page finds: the examples, what stands for files of the reader, further tables."""
    examples.copy(folder)
    for name, example in rules()["stand_ins"].items():
        (folder / name).write_text(examples.text(example), "utf-8")
    for name, text in rules()["written"].items():
        (folder / name).write_text(text.lstrip(), "utf-8")
    for variant in rules()["variant"]:
        text = examples.text(variant["example"])
        for old, new in variant["replace"].items():
            text = text.replace(old, new)
        (folder / variant["name"]).write_text(text, "utf-8")


@dataclass
class _Session:
    """The folder and the names that the blocks of a page share."""

    folder: Path
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "__main__"})

    def run(self, block: Block) -> Iterator[Result]:
        if block.language in ("console", "sh"):
            for step in commands(block):
                if is_run(block.page, step.command):
                    yield self._command(block, step)
        elif block.language == "toml":
            yield self._toml(block)
        elif block.language == "csv":
            yield self._csv(block)
        elif block.language == "python" and is_run(block.page, block.lines[0]):
            yield from self._doctest(block) if ">>>" in block.text else [self._python(block)]

    def _command(self, block: Block, step: Step) -> Result:
        output: list[str] = []
        problem = ""
        for part in step.command.split(" && "):
            words = shlex.split(part, comments=True)
            if words[:1] == ["cd"]:
                os.chdir(words[1])
                continue
            if words[:1] != ["formulate"]:
                problem = f"{part!r} is no command of ours: name it in {_RULES.name} if it cannot be run"
                break
            lines, problem = _run(words[1:], is_named_only=block.language == "sh")
            output += lines
        shown = output if block.language == "sh" else step.shown
        return Result(block, step.start, step.end, step.command, _stripped(shown), _stripped(output), problem)

    def _python(self, block: Block) -> Result:
        problem = ""
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                exec(compile("\n" * block.start + block.text, block.page, "exec"), self.names)
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
        return Result(block, block.start, block.start, block.lines[0], (), (), problem)

    def _doctest(self, block: Block) -> Iterator[Result]:
        for item in doctest.DocTestParser().get_examples(block.text):
            printed, problem = io.StringIO(), ""
            try:
                with contextlib.redirect_stdout(printed):
                    exec(compile(item.source, block.place, "single"), self.names)
            except Exception as error:
                problem = f"{type(error).__name__}: {error}"
            below = block.start + item.lineno + item.source.count("\n")
            shown = tuple(item.want.splitlines())
            output = _stripped(printed.getvalue().splitlines())
            yield Result(block, below, below + len(shown), item.source.strip(), shown, output, problem)

    def _toml(self, block: Block) -> Result:
        problem = ""
        try:
            name = check_toml(block.text)
            if name:
                (self.folder / name).write_text(block.text, "utf-8")
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
        return Result(block, block.start, block.start, block.lines[0], (), (), problem)

    def _csv(self, block: Block) -> Result:
        name = block.lines[0].removeprefix("# ")
        problem = "" if name.endswith(".csv") and block.lines[0].startswith("# ") else "need a first line # NAME.csv"
        if not problem:
            (self.folder / name).write_text("\n".join(block.lines[1:]) + "\n", "utf-8")
        return Result(block, block.start, block.start, block.lines[0], (), (), problem)


def _made_light(name: str, text: str) -> str:
    """Give an example with few draws and carriers: on a page that shows no output, what is run need not be as told."""
    few = f"draws = {_FEW}"
    if not name.endswith(".toml"):
        return text
    if not re.search(r"(?m)^carriers = ", text):
        text = re.sub(r'(?m)^kind = "question"$', f'kind = "question"\ncarriers = {_TWO}', text)
    if re.search(r"(?m)^draws = ", text):
        return re.sub(r"(?m)^draws = \d+", few, text)
    if "\n[calculation]\n" in text:
        return text.replace("\n[calculation]\n", f"\n[calculation]\n{few}\n")
    return f"{text}\n[calculation]\n{few}\n"


def _run(arguments: list[str], *, is_named_only: bool) -> tuple[list[str], str]:
    """Give the lines a command of ours prints, and what is wrong with its end."""
    from tui.cli import cli

    if is_named_only:
        arguments = [*arguments, *_lightened(cli, arguments)]
    done = CliRunner(env={"COLUMNS": str(WIDTH)}).invoke(cli, arguments, prog_name="formulate")
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        return done.output.splitlines(), f"{type(done.exception).__name__}: {done.exception}"
    failed = is_named_only and done.exit_code != 0
    return done.output.splitlines(), f"exit status {done.exit_code}: {done.output}" if failed else ""


def _lightened(cli: click.Group, arguments: list[str]) -> list[str]:
    command = cli.commands[arguments[0]]
    known = {text for option in command.params for text in option.opts}
    more = {name: value for name, value in _LITTLE.items() if name in known and (name in arguments or name in _USUAL)}
    if arguments[0] == "sensitivity":  # which needs more to tell inputs apart
        more["--draws"] = "64"
    return [word for pair in more.items() for word in pair]


def _stripped(lines: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """Give lines without blanks at their ends and empty ones above and below."""
    text = "\n".join(line.rstrip() for line in lines).strip("\n")
    return tuple(text.splitlines())
