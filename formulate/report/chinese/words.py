"""The Chinese of fixed words: labels of the reports, names of the catalog, and texts put together from both."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import tomli

from formulate.report.text import prose
from materials import catalog

LONGEST = 400  # characters; what is longer is prose and stays as it is
_SLOT = re.compile(r"\{(\d)([#_]?)\}")
_SLOTS = {"": "(.+?)", "#": r"([<>−±≥≤]?\d.*?)", "_": r"([\w.-]+)"}
_LETTERS = re.compile(r"[A-Za-z]{2}")
_NUMBERED = re.compile(r"^(\d+\. |[✕✓≈?–✎●◐◔∴▲] )(.+)$", re.DOTALL)
_BRACKETED = re.compile(r"^(.+?) ?\(([^()]+)\)$", re.DOTALL)
_NUMBER = r"[<>−±≥≤]?[\d.]+(?:×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?(?: (?:%|[a-zµ]+))?"
_SENTENCES = re.compile(r"(?<=\.) ")
_WITH_NUMBER = re.compile(r"^([A-Za-z][A-Za-z /-]*[a-z]) ([<>−±]?\d.*)$", re.DOTALL)
_WITH_ID = re.compile(r"^(\S*[-_\d]\S*) (.+)$", re.DOTALL)
_BETWEEN = re.compile(r"(?<=[\u3000-\u9fff]) (?=[\u3000-\u9fff])")  # Chinese has no blanks
_BAND = re.compile(rf"({_NUMBER}) to (?=(?:{_NUMBER}|–))")


@dataclass(frozen=True)
class Dictionary:
    """The data file: whole texts, texts with gaps, and what is the same in Chinese."""

    labels: Mapping[str, str]
    patterns: tuple[tuple[str, re.Pattern[str], str], ...]  # as written, as found, and its Chinese
    same: frozenset[str]


@cache
def dictionary() -> Dictionary:
    """Give the Chinese of the reports."""
    content = _read("labels.toml")
    patterns = []
    for english, chinese in content["patterns"].items():
        patterns.append((english, _pattern(english), chinese))
    patterns.sort(key=lambda item: -len(_SLOT.sub("", item[0])))  # the most said first
    return Dictionary(content["labels"], tuple(patterns), frozenset(content["same"]))


@cache
def properties() -> dict[str, str]:
    """Give the Chinese of the catalog's numbers by their names."""
    return _read("properties.toml")


def _read(name: str) -> dict[str, Any]:
    return tomli.loads(resources.files("formulate.report.chinese").joinpath(name).read_text("utf-8"))


def _pattern(english: str) -> re.Pattern[str]:
    """Give what finds the texts that a text with gaps stands for."""
    pieces = _SLOT.split(english)
    parts = [re.escape(pieces[0])]
    for _, kind, after in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        parts += [_SLOTS[kind], re.escape(after)]
    return re.compile("".join(parts), re.DOTALL)


def words() -> Callable[[str], str]:
    """Give what says a text in Chinese: a fixed word, a name of the catalog, or what is made of these.

    A text that is neither comes back as it is, so that nothing is guessed. Names are those of the catalog in force.

    >>> say = words()
    >>> say("encapsulation efficiency"), say("● primary"), say("4.4 to 14.8"), say("Mass balance of microsphere")
    ('包封率', '● 原始文献', '4.4 至 14.8', 'microsphere 的物料平衡')
    >>> say("The drug is held for long."), say("Knee joint (human, osteoarthritis)")
    ('The drug is held for long.', '膝关节（人，骨关节炎）')
    """
    names = _names()
    known = dictionary()

    def word(text: str) -> str:
        """Give a whole text, or nothing."""
        return known.labels.get(text) or names.get(text.casefold(), "")

    def sentences(text: str) -> str:
        """Give a text of known sentences, or nothing."""
        said = [word(sentence) for sentence in _SENTENCES.split(text)]
        return "".join(said) if all(said) else ""

    @lru_cache(maxsize=8192)
    def say(text: str) -> str:
        bare = text.strip()
        if not bare or len(bare) > LONGEST or not _LETTERS.search(bare):
            return text
        if found := word(bare):
            return found
        if bare in known.same:
            return text
        if numbered := _NUMBERED.match(bare):
            return f"{numbered[1].rstrip()} {say(numbered[2])}"
        return _patterned(bare) or _joined(bare) or _bands(text)

    def _patterned(text: str) -> str:
        for english, pattern, chinese in known.patterns:
            if found := pattern.fullmatch(text):
                places = [slot[1] for slot in _SLOT.finditer(english)]
                parts = {place: say(part) for place, part in zip(places, found.groups(), strict=True)}
                said = "".join(parts[piece] if at % 3 == 1 else piece for at, piece in _pieces(chinese))
                return _BETWEEN.sub("", said)
        return ""

    def _joined(text: str) -> str:
        """Say a text made of several: "A. B.", "a; b", "a, b", "a (b)", "a: b", "a 5 mg", "id a", each by itself."""
        if whole := sentences(text):
            return whole
        first, _, tail = text.partition(": ")  # a caption of sentences after the name of what it is of
        if tail and (head := _named(first)) and (whole := sentences(tail)):
            return f"{head}：{whole}"
        if text.endswith(".") and "; " in text and (listed := _joined(text[:-1])):
            return f"{listed}。"
        for sign, chinese in (("; ", "；"), (", ", "，")):
            parts = text.split(sign) if sign in text else []
            said = [say(part) for part in parts]
            if parts and all(map(_is_said, parts, said)):
                return chinese.join(said)
        if (found := _BRACKETED.match(text)) and (head := _named(found[1]) or _joined(found[1])):
            return f"{head}（{say(found[2])}）"
        for sign, chinese in ((": ", "："), (", ", "，")):
            first, _, tail = text.partition(sign)
            if tail and (head := _named(first)):
                return f"{head}{chinese}{say(tail)}"
        if (found := _WITH_NUMBER.match(text)) and (head := word(found[1])):
            return f"{head} {_bands(found[2])}"
        return _named(text)

    def _named(text: str) -> str:
        """Give a whole text, or one after an id, or nothing."""
        found = _WITH_ID.match(text)
        return word(text) or (f"{found[1]} {tail}" if found and (tail := word(found[2])) else "")

    def _is_said(text: str, said: str) -> bool:
        return said not in (text, _bands(text)) or text in known.same or not _LETTERS.search(text)

    return say


def _bands(text: str) -> str:
    return _BAND.sub(r"\1 至 ", text)


def _names() -> dict[str, str]:
    """Give the Chinese names of the catalog's entries and numbers by their English ones in small letters."""
    held = catalog.load()
    found: dict[str, str] = {}
    for name, chinese in properties().items():
        if name in held.properties:
            found[name.replace("_", " ")] = found[prose(held.properties[name].label).casefold()] = chinese
    for kind in (held.studies, held.methods, held.carriers, held.payloads, held.sites):
        for entry in kind.values():
            if entry.name_zh:
                found[entry.name.casefold()] = entry.name_zh
    return found


def _pieces(chinese: str) -> list[tuple[int, str]]:
    """Give the pieces of a text with gaps: plain text, the number of a gap, its kind, plain text and so on."""
    return [(at, piece) for at, piece in enumerate(_SLOT.split(chinese)) if at % 3 != 2]
