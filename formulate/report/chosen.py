"""A document without some of its sections, its references numbered anew."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from formulate.report.page import Block, Cell, Document, Item, Picture, Points, Section, Table, Text
from materials.errors import UnknownIdError, nearest

_WITHIN = re.compile(r", (\d+)\]")  # a reference inside a text, as `References.within` writes it


def without_sections(document: Document, places: Collection[int]) -> Document:
    """Give a document without those of its filled sections that stand at some places, counted from 0.

    References that nothing cites any more are left out, and the others are numbered without gaps.

    Examples
    --------
    >>> from formulate.report.page import Reference
    >>> sections = [Section("A", [Text("a", [1])]), Section("B", [Text("b", [2])])]
    >>> document = Document("T", "", "", sections, [Reference(1, "first"), Reference(2, "second")])
    >>> left = without_sections(document, [0])
    >>> left.sections[0].blocks[0].cites, left.references
    ((1,), [Reference(number=1, text='second', link='')])
    """
    kept = [section for place, section in enumerate(document.filled) if place not in places]
    if len(kept) == len(document.filled):
        return document
    before = set(_cited(document.filled))
    cited = set(_cited(kept))
    listed = [item for item in document.references if item.number in cited or item.number not in before]
    numbers = {item.number: place for place, item in enumerate(listed, start=1)}
    return replace(
        document,
        sections=[replace(section, blocks=[_block(block, numbers) for block in section.blocks]) for section in kept],
        references=[replace(item, number=numbers[item.number]) for item in listed],
    )


def places_of(document: Document, titles: Collection[str]) -> frozenset[int]:
    """Give the places of the filled sections with some titles, in capitals or not.

    Raises
    ------
    UnknownIdError
        There is no section with one of the titles; the nearest are named.
    """
    known = [section.title for section in document.filled]
    for title in titles:
        if title.casefold() not in {name.casefold() for name in known}:
            raise UnknownIdError("section", title, nearest(title, known))
    wanted = {title.casefold() for title in titles}
    return frozenset(place for place, title in enumerate(known) if title.casefold() in wanted)


def _cited(sections: Sequence[Section]) -> Iterator[int]:
    for block in chain.from_iterable(section.blocks for section in sections):
        if isinstance(block, Text):
            yield from block.cites
        elif isinstance(block, Table):
            yield from chain.from_iterable(
                item.cites for item in chain.from_iterable(block.rows) if isinstance(item, Cell)
            )


def _block(block: Block, numbers: Mapping[int, int]) -> Block:
    if isinstance(block, Picture | Points):
        return block
    if isinstance(block, Text):
        return replace(block, cites=tuple(numbers[cite] for cite in block.cites))
    return replace(block, rows=[[_item(item, numbers) for item in row] for row in block.rows])


def _item(item: Item, numbers: Mapping[int, int]) -> Item:
    if not isinstance(item, Cell) or not item.cites:
        return item

    def anew(match: re.Match[str]) -> str:
        number = int(match[1])
        return f", {numbers[number]}]" if number in item.cites else match[0]

    return replace(item, text=_WITHIN.sub(anew, item.text), cites=tuple(numbers[cite] for cite in item.cites))
