"""Reading of a formula: the text becomes an expression or is refused; nothing in it is ever run."""

import math
import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from formulate.curves.expression import Graph
from materials.errors import FormulateError, nearest, shorten

LONGEST = 2000  # characters
DEEPEST = 40  # brackets, powers and signs inside each other
LARGEST_EXPONENT = 1000.0  # of what is no number: beyond it a power is 0, 1 or infinite at every time

CONSTANTS: Mapping[str, float] = {"pi": math.pi, "π": math.pi, "e": math.e}
ARGUMENTS: Mapping[str, tuple[int, int]] = {  # how many each function takes, at least and at most
    **dict.fromkeys(("exp", "ln", "log10", "sqrt", "abs", "step", "erf", "erfc", "Phi"), (1, 1)),
    **dict.fromkeys(("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"), (1, 1)),
    "min": (2, 9),
    "max": (2, 9),
    "where": (3, 3),
}
_ALIASES = {"arcsin": "asin", "arccos": "acos", "arctan": "atan", "Φ": "Phi"}
_AMBIGUOUS = {"log": "log is read as ln by some and as log10 by others; write ln(...) or log10(...)"}

_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_SUMS = {"+": "add", "-": "subtract"}
_PRODUCTS = {"*": "multiply", "/": "divide"}
_COMPARISONS = {"<": "less", "<=": "less_equal", ">": "less", ">=": "less_equal"}
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[^\W\d]\w*)|(?P<sign>\*\*|<=|>=|[-+*/^(),<>\[\]{}])|(?P<other>\S))"
)
_PLAIN = frozenset("0123456789_")
_NO_NAMES = ("nan", "inf", "infinity")  # a table of parameters could not be told from one of their values
_LOOKALIKES = str.maketrans("−–·⋅×∗÷", "--****/")  # one character each: places in the text stay


class FormulaError(FormulateError, ValueError):
    """A formula cannot be read; says where and what would be accepted."""

    def __init__(self, text: str, position: int | None, problem: str) -> None:
        super().__init__(text, position, problem)  # positional: must survive pickling
        self.text, self.position, self.problem = text, position, problem

    def __str__(self) -> str:
        place = "" if self.position is None else f", position {self.position}"
        return f"formula {shorten(self.text)!r}{place}: {shorten(self.problem, 200)}"


class Token(NamedTuple):
    """One number, name or sign of a formula."""

    kind: str
    text: str
    position: int  # counted from 1


class Formula(NamedTuple):
    """A formula that was read: its expression, and its names in the order in which they first stand in it."""

    text: str
    graph: Graph
    output: int
    names: tuple[str, ...]


def read_formula(text: str) -> Formula:
    """Read a formula.

    Parameters
    ----------
    text : str
        Sums, differences, products, quotients and powers (``^`` or ``**``) of numbers, names and function calls, with
        round, square or curly brackets; ``where(t < a, ..., ...)`` compares. A left side such as ``F =`` may stand
        before it.

    Returns
    -------
    Formula
        The expression and its names, constants left out.

    Raises
    ------
    FormulaError
        For anything else, with its position.

    Notes
    -----
    Functions: exp, ln, log10, sqrt, sin, cos, tan, asin, acos, atan (also arcsin, arccos, arctan), sinh, cosh, tanh,
    erf, erfc, Phi (standard normal distribution), abs, step (1 from 0 on, else 0), min, max, where. Constants: pi, e.
    A power binds tighter than a sign before it (-t^2 is -(t^2)) and powers are taken from the right. At most 2000
    characters and 40 levels of nesting.

    Examples
    --------
    >>> read_formula("F = Fmax*[1 - exp(-k*t)]").names
    ('Fmax', 'k', 't')
    >>> read_formula("a*(t + 1")
    Traceback (most recent call last):
    formulate.curves.formula_grammar.FormulaError: formula 'a*(t + 1', position 3: this bracket is not closed; need ')'
    """
    if len(text) > LONGEST:
        raise FormulaError(text, None, f"{len(text)} characters; need at most {LONGEST}")
    body, shift = _right_side(text)
    reader = _Reader(text, _tokens(text, body.translate(_LOOKALIKES), shift))
    output = reader.whole()
    return Formula(text, reader.graph, output, tuple(reader.names))


def _right_side(text: str) -> tuple[str, int]:
    """Leave out `F =` before a formula."""
    left = re.match(r"\s*[^\W\d]\w*\s*=(?!=)", text)
    return (text[left.end() :], left.end()) if left else (text, 0)


def _tokens(text: str, body: str, shift: int) -> list[Token]:
    tokens: list[Token] = []
    for found in _TOKEN.finditer(body):
        kind = found.lastgroup or ""
        position = shift + found.start(kind) + 1
        if kind == "other":
            character = found[kind]
            hint = "; write a decimal point, and * to multiply" if character == "." else ""
            raise FormulaError(text, position, f"{character!r} means nothing in a formula{hint}")
        if kind == "name":
            _check_name(text, found[kind], position)
        tokens.append(Token(kind, unicodedata.normalize("NFKC", found[kind]), position))
    return [*tokens, Token("end", "", len(text) + 1)]


def _check_name(text: str, name: str, position: int) -> None:
    """Refuse what a name may not hold: t² would else be a parameter t2, and ½ one of its own."""
    for place, character in enumerate(name):
        if (character in _PLAIN or character.isalpha()) and not unicodedata.decomposition(character).startswith("<su"):
            continue
        plain = unicodedata.normalize("NFKC", character).replace("\N{FRACTION SLASH}", "/")
        hint = "need letters, digits 0 to 9 and _ in a name"
        if unicodedata.decomposition(character).startswith("<super>"):
            hint = f"write {shorten(name[:place] or 't', 20)}^{plain}"
        elif "/" in plain:
            hint = f"write ({plain})"
        elif plain != character:
            hint = f"write {shorten(name[:place], 20)}{plain}"
        raise FormulaError(text, position + place, f"{character!r} cannot stand here; {hint}")
    if unicodedata.normalize("NFKC", name).lower() in _NO_NAMES:
        raise FormulaError(text, position, f"{name!r} is no number and no name here")


class _Reader:
    """Reads tokens from left to right: one method for each level of binding."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text, self.tokens, self.place, self.depth = text, tokens, 0, 0
        self.graph = Graph()
        self.names: dict[str, None] = {}

    def refuse(self, token: Token, problem: str) -> FormulaError:
        return FormulaError(self.text, token.position, problem)

    @property
    def next(self) -> Token:
        return self.tokens[self.place]

    def take(self, *signs: str) -> Token | None:
        if self.next.kind == "sign" and self.next.text in signs:
            self.place += 1
            return self.tokens[self.place - 1]
        return None

    def enter(self, token: Token, operation: str, *arguments: int) -> int:
        index = self.graph.call(operation, *arguments)
        known = [self.graph.constant(argument) is not None for argument in arguments]
        if all(known) and self.graph.constant(index) is None:
            raise self.refuse(token, f"{token.text} of these numbers is not a finite number")
        return index

    def whole(self) -> int:
        if self.next.kind == "end":
            raise FormulaError(self.text, None, "nothing stands in it; need a formula such as Fmax*(1 - exp(-k*t))")
        result = self.sum()
        if self.next.kind != "end":
            raise self.refuse(self.next, self._leftover(self.next))
        return result

    def _leftover(self, token: Token) -> str:
        if token.text in _COMPARISONS:
            return f"{token.text} can only stand in the first argument of where(...)"
        if token.text == ",":
            return "a comma separates the arguments of a function; write a decimal point in numbers"
        if token.text in _BRACKETS.values():
            return f"{token.text!r} closes a bracket that was not opened"
        before = self.tokens[self.place - 1]
        if before.kind == "number" and token.text.startswith("_"):
            return "a number has no underscore in it; write 1000, not 1_000"
        return f"an operator is missing before {shorten(token.text, 20)!r}; write * to multiply"

    def sum(self) -> int:
        result = self.product()
        while sign := self.take(*_SUMS):
            result = self.enter(sign, _SUMS[sign.text], result, self.product())
        return result

    def product(self) -> int:
        result = self.signed()
        while sign := self.take(*_PRODUCTS):
            result = self.enter(sign, _PRODUCTS[sign.text], result, self.signed())
        return result

    def signed(self) -> int:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.refuse(self.next, f"nested more than {DEEPEST} levels deep")
        if sign := self.take("+", "-"):
            inner = self.signed()
            result = self.enter(sign, "negative", inner) if sign.text == "-" else inner
        else:
            result = self.power()
        self.depth -= 1
        return result

    def power(self) -> int:
        base = self.atom()
        if sign := self.take("^", "**"):
            start = self.next
            exponent = self.signed()
            size = self.graph.constant(exponent)
            if size is not None and abs(size) > LARGEST_EXPONENT and self.graph.constant(base) is None:
                need = f"need {-LARGEST_EXPONENT:g} to {LARGEST_EXPONENT:g}"
                raise self.refuse(start, f"an exponent of {size:g} leaves no number; {need}")
            return self.enter(sign, "power", base, exponent)
        return base

    def atom(self) -> int:
        token = self.next
        self.place += 1
        if token.kind == "number":
            value = float(token.text)
            if not math.isfinite(value):
                raise self.refuse(token, f"{shorten(token.text, 20)} is larger than any number here (1.8e308)")
            return self.graph.number(value)
        if token.kind == "name":
            return self.named(token)
        if token.text in _BRACKETS:
            result = self.sum()
            self.close(token)
            return result
        if token.kind == "end":
            raise self.refuse(token, "the formula ends where a number, a name or a bracket should follow")
        raise self.refuse(token, f"{token.text!r} cannot stand here; need a number, a name or a bracket")

    def close(self, opening: Token) -> None:
        closing = _BRACKETS[opening.text]
        if self.take(closing):
            return
        if self.next.kind == "end":
            raise self.refuse(opening, f"this bracket is not closed; need {closing!r}")
        if self.next.text in _BRACKETS.values():
            raise self.refuse(self.next, f"{self.next.text!r} does not close {opening.text!r}; need {closing!r}")
        raise self.refuse(self.next, self._leftover(self.next))

    def named(self, token: Token) -> int:
        name = _ALIASES.get(token.text, token.text)
        if name in _AMBIGUOUS:
            raise self.refuse(token, _AMBIGUOUS[name])
        called = self.next.kind == "sign" and self.next.text in _BRACKETS
        if name in ARGUMENTS:
            if not called:
                raise self.refuse(token, f"{name} is a function; write {name}(...), or name the parameter otherwise")
            return self.called(token, name)
        if called:
            near = ", ".join(nearest(name, ARGUMENTS))
            name = shorten(name, 20)
            raise self.refuse(token, f"unknown function {name!r}; nearest: {near}; to multiply write {name}*(...)")
        if name in CONSTANTS:
            return self.graph.number(CONSTANTS[name])
        self.names[name] = None
        return self.graph.name(name)

    def called(self, token: Token, name: str) -> int:
        opening = self.next
        self.place += 1
        arguments = [self.condition() if name == "where" else self.sum()]
        while self.take(","):
            arguments.append(self.sum())
        self.close(opening)
        least, most = ARGUMENTS[name]
        if not least <= len(arguments) <= most:
            need = str(least) if least == most else f"{least} to {most}"
            raise self.refuse(token, f"{name} with {len(arguments)} argument(s); need {need}")
        if name in ("min", "max"):
            result = arguments[0]
            for argument in arguments[1:]:
                result = self.enter(token, name, result, argument)
            return result
        return self.enter(token, name, *arguments)

    def condition(self) -> int:
        left = self.sum()
        sign = self.take(*_COMPARISONS)
        if sign is None:
            raise self.refuse(self.next, "the first argument of where compares two expressions; need < <= > or >=")
        right = self.sum()
        return self.enter(sign, _COMPARISONS[sign.text], *((left, right) if "<" in sign.text else (right, left)))
