"""What a page shows of an output against the output: does it agree, and how it reads when written anew.

A line ``...`` stands for lines left out. Below it the page goes on where the output has a line with the same label (the
text up to two blanks or a figure). A part that ends with an empty line before ``...`` is so many paragraphs, any other
so many lines; the last part after ``...`` is the end of the output if no line has its label.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

LEFT_OUT = "..."
_NUMBER = re.compile(r"[-+−]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


def agrees(shown: Sequence[str], output: Sequence[str]) -> bool:
    """True when the output is what the page shows: the same words, and numbers to a unit of their last place.

    >>> agrees(["a  1.23", "..."], ["a 1.234", "b", "c"]), agrees(["a  1.23"], ["a  1.25"])
    (True, False)
    """
    parts = _parts(shown)
    found = _found(parts, output)
    return len(found) == len(parts) and all(
        len(part) == len(lines) and all(map(_same, part, lines)) for part, lines in zip(parts, found, strict=True)
    )


def renewed(shown: Sequence[str], output: Sequence[str]) -> list[str]:
    """Give what the page should show: the same parts of the output, all of it where nothing was left out.

    >>> renewed(["a  1", "...", "b  2"], ["a  3", "x", "b  4", "y"])
    ['a  3', '...', 'b  4']
    """
    parts = _parts(shown)
    found = _found(parts, output)
    if len(found) != len(parts):
        raise ValueError(f"no line of the output begins like {parts[len(found)][0]!r}")
    lines: list[str] = []
    for number, (part, new) in enumerate(zip(parts, found, strict=True)):
        same = len(part) == len(new) and all(map(_same, part, new))
        lines += [LEFT_OUT] if number else []
        lines += part if same else new
    return lines


def _same(shown: str, line: str) -> bool:
    """True when two lines agree; blanks count as one, numbers to a unit of the last place that is shown."""
    if shown.split() == line.split():
        return True
    numbers, others = _NUMBER.findall(shown), _NUMBER.findall(line)
    words = [" ".join(_NUMBER.sub("0", text).split()) for text in (shown, line)]
    return words[0] == words[1] and all(map(_near, numbers, others))


def _near(shown: str, number: str) -> bool:
    given, other = (float(text.replace("−", "-")) for text in (shown, number))
    mantissa, _, exponent = shown.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    place = 10.0 ** (int(exponent or 0) - decimals)
    if "." not in shown and "." not in number and not exponent:
        return given == other or abs(given - other) <= 1 < abs(given) / 50  # a count is a count
    return bool(abs(given - other) <= place * 1.001)


def _parts(shown: Sequence[str]) -> list[list[str]]:
    """Split what is shown at the lines that stand for others."""
    cuts = [-1, *(number for number, line in enumerate(shown) if line.strip() == LEFT_OUT), len(shown)]
    return [list(shown[start + 1 : end]) for start, end in pairwise(cuts)]


def _found(parts: list[list[str]], output: Sequence[str]) -> list[list[str]]:
    """Give for each part the lines of the output that it stands for, as far as they are found."""
    if len(parts) == 1:
        return [list(output)]
    found: list[list[str]] = []
    at = 0
    for number, part in enumerate(parts):
        if not part:
            found.append([])
            continue
        if number:
            starts = [line for line in range(at, len(output)) if _begins(output[line], part[0])]
            if not starts and number < len(parts) - 1:
                return found
            at = starts[0] if starts else len(output) - len(part)
        is_last = number == len(parts) - 1
        end = at + len(part) if is_last or part[-1].strip() else _paragraphs(output, at, part)
        found.append(list(output[at:end]))
        at = end
    return found


def _begins(line: str, shown: str) -> bool:
    """True when a line of the output begins like the first line of what is shown."""
    label = _label(shown)
    return _label(line).startswith(label) if label else line == shown


def _label(line: str) -> str:
    return re.split(r"\s{2,}|\d", line.strip(), maxsplit=1)[0].strip()


def _paragraphs(output: Sequence[str], at: int, part: Sequence[str]) -> int:
    """Give where as many paragraphs end as the part has, with the empty line below them."""
    wanted = sum(1 for line in part if not line.strip())
    for line in range(at, len(output)):
        wanted -= not output[line].strip()
        if not wanted:
            return line + 1
    return len(output)
