"""Reads the docstring of a kernel: what goes in and comes out with its unit, the equation, the source, the example."""

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

_UNIT = re.compile(r"(?:(?<=\s)|^)\[([^\]]+)\]")  # the first in a text; D[4,3] is none
_CODE = re.compile(r"``(.+?)``", re.DOTALL)
_SOURCE = re.compile(r"Sources?:\s*(.+?)\.?\s*\Z", re.DOTALL)


@dataclass(frozen=True)
class Described:
    """A parameter or a result as its docstring describes it."""

    name: str  # empty for a result without a name
    type: str  # "array_like, shape (draws,)"
    text: str  # what it is, up to its unit
    unit: str  # empty where it is no number
    more: str = ""  # what is said after the unit


def section(text: str, title: str) -> str:
    """Give a section of a docstring, or an empty text.

    >>> section("Gives it.\\n\\nRaises\\n------\\nDomainError\\n    Always.\\n", "Raises")
    'DomainError\\n    Always.\\n'
    """
    found = re.search(rf"^{title}\n-+\n(.*?)(?=^\w[^\n]*\n-+\n|\Z)", text, re.DOTALL | re.MULTILINE)
    return found.group(1) if found else ""


def described(text: str, title: str) -> tuple[Described, ...]:
    """Give what a section such as Parameters, Returns or Attributes lists.

    >>> described("Parameters\\n----------\\nradius, length : array_like\\n    Of the rod [m].\\n", "Parameters")[1]
    Described(name='length', type='array_like', text='Of the rod', unit='m', more='')
    """
    return tuple(_items(section(text, title)))


def _items(body: str) -> Iterator[Described]:
    for block in re.split(r"\n(?=\S)", body.strip("\n")):
        head, _, rest = block.partition("\n")
        if not head.strip():
            continue
        names, colon, kind = head.partition(" : ")
        if not colon:  # a result that has a type alone, or a parameter that shares nothing
            names, kind = "", head
        what, unit, more = said(" ".join(rest.split()).replace("``", ""))
        for name in names.split(","):
            yield Described(name.strip(), kind.strip(), what, unit, more)


def said(text: str) -> tuple[str, str, str]:
    """Give what a sentence says up to its unit in brackets, the unit, and what it says after.

    >>> said("Inner water per lipid [m**3/mol]; 1e-3 is 1 L/mol.")
    ('Inner water per lipid', 'm**3/mol', '1e-3 is 1 L/mol')
    """
    found = _UNIT.search(text)
    if found is None:
        return text.removesuffix("."), "", ""
    return text[: found.start()].rstrip(), found.group(1), text[found.end() :].strip(" ;.,")


def first_line(text: str) -> str:
    """Give the first sentence of a docstring, which may run over several lines."""
    return " ".join(text.strip().partition("\n\n")[0].split())


def notes(text: str) -> tuple[str, ...]:
    """Give the paragraphs and points of the Notes, each on one line."""
    body = section(text, "Notes").strip()
    return tuple(
        " ".join(part.split()).replace("``", "") for part in re.split(r"\n\s*\n|\n(?=- )", body) if part.strip()
    )


def equation(text: str) -> str:
    """Give the equations of the Notes: what stands there as code."""
    found = [" ".join(part.split()) for part in _CODE.findall(section(text, "Notes"))]
    return "; ".join(dict.fromkeys([part for part in found if "=" in part] or found[:1]))


def source(text: str) -> str:
    """Give the source that the Notes name at their end, or an empty text."""
    found = _SOURCE.search(section(text, "Notes").strip())
    return " ".join(found.group(1).split()) if found else ""


def example(function: Callable[..., Any], text: str) -> dict[str, Any] | None:
    """Give the arguments of the first call in the Examples, or None where they are not plain numbers and words."""
    parameters = list(inspect.signature(function).parameters)
    for line in re.findall(r"^\s*>>> (.+)$", section(text, "Examples"), re.MULTILINE):
        try:
            calls = [node for node in ast.walk(ast.parse(line)) if isinstance(node, ast.Call)]
            for call in calls:
                if isinstance(call.func, ast.Name) and call.func.id == function.__name__:
                    given = dict(zip(parameters, map(_plain, call.args), strict=False))
                    return given | {str(item.arg): _plain(item.value) for item in call.keywords}
        except (SyntaxError, ValueError):
            continue
    return None


def _plain(node: ast.expr) -> Any:
    """Give the value of a number, a word, a list of them, or arithmetic with numbers."""
    match node:
        case ast.Constant():
            return node.value
        case ast.List() | ast.Tuple():
            return [_plain(item) for item in node.elts]
        case ast.UnaryOp(op=ast.USub()):
            return -_plain(node.operand)
        case ast.BinOp():
            left, right = _plain(node.left), _plain(node.right)
            match node.op:
                case ast.Pow():
                    return left**right
                case ast.Mult():
                    return left * right
                case ast.Div():
                    return left / right
                case ast.Add():
                    return left + right
                case ast.Sub():
                    return left - right
    raise ValueError("not plain")
