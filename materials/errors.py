"""Refusals: everything a user can cause, each as one clear line that says what would be accepted."""

import difflib
import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ALIKE = 0.6  # of two names, the share of letters in common from which one may be a misspelling of the other
_LISTED = {kind: f"formulate catalog {kind}s" for kind in ("carrier", "payload", "site", "method")} | {
    "study": "formulate catalog studies"
}
_WORD = re.compile(r"[a-z0-9]{3,}")


class FormulateError(Exception):
    """Base of every error a user can cause; anything else is a bug and keeps its traceback."""


class UnitError(FormulateError, ValueError):
    """A text is not a quantity of the kind that was asked for."""

    def __init__(self, text: str, reason: str, need: str) -> None:
        super().__init__(text, reason, need)  # positional: must survive pickling
        self.text, self.reason, self.need = text, reason, need

    def __str__(self) -> str:
        return f"{shorten(self.text)!r}: {self.reason}; need {self.need}"


class DomainError(FormulateError, ValueError):
    """A value lies outside the range in which a model holds."""

    def __init__(self, name: str, value: float, unit: str, need: str, hint: str = "") -> None:
        super().__init__(name, value, unit, need, hint)  # positional: must survive pickling
        self.name, self.value, self.unit, self.need, self.hint = name, value, unit, need, hint

    def __str__(self) -> str:
        text = f"{self.name} = {self.value:g} {self.unit}".rstrip() + f"; need {self.need}"
        return f"{text} ({self.hint})" if self.hint else text


class UnknownIdError(FormulateError, LookupError):
    """No catalog entry has this id; the nearest three are named."""

    def __init__(self, kind: str, given: str, nearest: Sequence[str]) -> None:
        super().__init__(kind, given, tuple(nearest))
        self.kind, self.given, self.nearest = kind, given, tuple(nearest)

    def __str__(self) -> str:
        near = ", ".join(self.nearest) or "none"
        listed = f"; `{_LISTED[self.kind]}` lists them all" if not self.nearest and self.kind in _LISTED else ""
        return f"unknown {self.kind} {shorten(self.given)!r}; nearest: {near}{listed}"


class MissingValueError(FormulateError, LookupError):
    """A calculation needs a value that no source in the catalog gives and the user did not set."""

    def __init__(self, subject: str, name: str, needed_for: str, need: str) -> None:
        super().__init__(subject, name, needed_for, need)
        self.subject, self.name, self.needed_for, self.need = subject, name, needed_for, need

    def __str__(self) -> str:
        return shorten(f"{self.subject} has no {self.name}, which {self.needed_for} needs; {self.need}", 400)


class CatalogError(FormulateError):
    """A catalog file breaks the schema."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file: where, what was given, what would be accepted."""

    file: str
    field: str
    problem: str
    line: int | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        parts = [shorten(place, 160), shorten(self.field, 80), shorten(self.problem, 400)]
        return ": ".join(part for part in parts if part)


class FileError(FormulateError):
    """A user's file cannot be used; all its faults are listed, one line each."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(tuple(faults))
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


def nearest(given: str, known: Iterable[str]) -> list[str]:
    """Give the three known ids nearest to what was given, best first.

    >>> nearest("plga-nanoparticles", ["plga-nanoparticle", "liposome", "plga-microsphere", "knee"])
    ['plga-nanoparticle', 'plga-microsphere', 'liposome']
    """
    return list(_nearest(given[:80].lower(), tuple(known)))


@functools.lru_cache(maxsize=256)
def _nearest(text: str, known: tuple[str, ...]) -> tuple[str, ...]:
    scored = sorted(known, key=lambda name: (-difflib.SequenceMatcher(None, text, name).ratio(), name))
    return tuple(scored[:3])


def near(given: str, known: Iterable[str]) -> list[str]:
    """Give the nearest ids, three at most, that may have been meant: spelled much alike, or with a word that begins so.

    >>> near("my-gel", ["bmsc-cells", "fibrin-gel", "mettl3-gene"]), near("dasatinab", ["dasatinib", "knee"])
    (['fibrin-gel'], ['dasatinib'])
    """
    text = given[:80].lower()
    return nearest(text, _meant(text, tuple(known)))


@functools.lru_cache(maxsize=256)
def _meant(text: str, known: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in known if _may_be(text, name.lower()))


def _may_be(given: str, name: str) -> bool:
    alike = difflib.SequenceMatcher(None, given, name)
    if alike.real_quick_ratio() >= ALIKE and alike.quick_ratio() >= ALIKE and alike.ratio() >= ALIKE:
        return True  # the first two are bounds, and cheap
    pairs = ((one, other) for one in _WORD.findall(given) for other in _WORD.findall(name))
    return any(one.startswith(other) or other.startswith(one) for one, other in pairs)


def shorten(text: object, limit: int = 60) -> str:
    """Give the text on one line, cut so that a hostile input cannot flood the terminal.

    >>> shorten("a" * 100, 10)
    'aaaaaaa...'
    """
    flat = " ".join(str(text)[: 4 * limit].split())
    flat = "".join(c if c.isprintable() else "?" for c in flat)
    return flat if len(flat) <= limit and len(str(text)) <= 4 * limit else flat[: limit - 3] + "..."
