"""The fenced blocks of a page, and the commands in them with the output that the page shows for each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

LANGUAGES = ("console", "sh", "python", "toml", "csv", "")
_PROMPT = "$ "


@dataclass(frozen=True)
class Block:
    """A fenced block: the name of its page, its language, the number of its first line counted from 0, its lines."""

    page: str
    language: str
    start: int
    lines: tuple[str, ...]

    @property
    def place(self) -> str:
        """Page and line, as an editor finds them."""
        return f"{self.page}:{self.start + 1}"

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.lines) + "\n"


@dataclass(frozen=True)
class Step:
    """One command and what the page shows for it, lines `start` to `end` of the page."""

    command: str
    start: int
    end: int
    shown: tuple[str, ...] = field(default=())


def blocks(page: str, text: str) -> Iterator[Block]:
    """Give the fenced blocks of a page.

    >>> [block.language for block in blocks("a.md", "```toml\\nx = 1\\n```\\n\\n```\\nE = m c^2\\n```\\n")]
    ['toml', '']
    """
    language, start = "", -1
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if not line.startswith("```"):
            continue
        if start < 0:
            language, start = line[3:].strip(), number + 1
        else:
            yield Block(page, language, start, tuple(lines[start:number]))
            start = -1
    if start >= 0:
        raise ValueError(f"{page}:{start}: a block that is not closed")


def commands(block: Block) -> Iterator[Step]:
    """Give the commands of a block: of a console those after a prompt, of a shell every line; ``\\`` continues one.

    >>> block = Block("a.md", "console", 7, ("$ one", "1", "$ two \\\\", "  b", "2", "3"))
    >>> [(step.command, step.shown) for step in commands(block)]
    [('one', ('1',)), ('two b', ('2', '3'))]
    """
    lines = block.lines
    starts = [number for number, line in enumerate(lines) if _is_command(block, line)]
    if block.language == "sh":
        starts = [number for number in starts if number == 0 or not lines[number - 1].endswith("\\")]
    for number, after in zip(starts, [*starts[1:], len(lines)], strict=True):
        command, below = _joined(lines, number)
        command = command.removeprefix(_PROMPT) if block.language == "console" else command
        shown = () if block.language == "sh" else lines[below:after]
        yield Step(command, block.start + below, block.start + below + len(shown), shown)


def _is_command(block: Block, line: str) -> bool:
    return line.startswith(_PROMPT) if block.language == "console" else bool(line.strip())


def _joined(lines: Sequence[str], number: int) -> tuple[str, int]:
    """Give the command that begins on a line, with its continuations, and the line below it."""
    command = lines[number]
    while command.endswith("\\"):
        number += 1
        command = f"{command[:-1].rstrip()} {lines[number].strip()}"
    return command, number + 1
