"""A finished document with Chinese labels: headings, heads of tables, captions, fixed words, texts of figures."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import replace

from formulate.report.chinese.figures import said_figure
from formulate.report.chinese.words import words
from formulate.report.fonts import Font
from formulate.report.page import (
    DISCLAIMER,
    Block,
    Cell,
    Column,
    Document,
    Head,
    Item,
    Picture,
    Points,
    Section,
    Table,
    Text,
)

NOTE = "标题、表头、图注和固定用语为中文；较长的说明句由程序生成，仍为英文。"
NO_FONT = "图中文字仍为英文：本机没有中文字体。"
DRAWN = "DejaVu Sans"  # what figures are drawn with; the other font gives the signs it lacks
_DATES = ("%Y-%m-%d", "%d %B %Y", "%B %d, %Y")
_FIXED = (
    "References",
    "Report",
    "Figure",
    "Table",
    "number",
    "reference",
    "address",
    "data",
)  # what writers say by themselves


def chinese_document(document: Document, font: Font | None) -> Document:
    """Give a document with Chinese labels.

    Parameters
    ----------
    document : Document
        In English; stays as it is.
    font : Font or None
        What the figures are to be drawn with; where there is none, their texts stay English and the document says so.

    Notes
    -----
    Sentences made for the case stay English. What a user named keeps its name.
    """
    say = words()
    drawn = [DRAWN, font.drawn_with()] if font else []
    sections = [
        Section(say(section.title), [_block(block, say, drawn) for block in section.blocks])
        for section in document.filled
    ]
    return replace(
        document,
        title=say(document.title),
        sections=sections,
        date=chinese_date(document.date),
        language="zh",
        disclaimer=say(DISCLAIMER) if document.disclaimer == DISCLAIMER else document.disclaimer,
        note=NOTE if font or not document.pictures else f"{NOTE}{NO_FONT}",
        words={text: say(text) for text in _FIXED},
    )


def chinese_date(date: str) -> str:
    """Give a date as it is written in Chinese; anything else as it is.

    >>> chinese_date("2 January 2026"), chinese_date("2026-01-02"), chinese_date("draft of spring")
    ('2026年1月2日', '2026年1月2日', 'draft of spring')
    """
    for form in _DATES:
        try:
            day = datetime.datetime.strptime(date.strip(), form)
        except ValueError:
            continue
        return f"{day.year}年{day.month}月{day.day}日"
    return date


def _block(block: Block, say: Callable[[str], str], drawn: Sequence[str]) -> Block:
    if isinstance(block, Text):
        return replace(block, text=say(block.text))
    if isinstance(block, Points):
        return replace(block, texts=[say(text) for text in block.texts])
    if isinstance(block, Picture):
        return _picture(block, say, drawn)
    return _table(block, say)


def _picture(picture: Picture, say: Callable[[str], str], drawn: Sequence[str]) -> Picture:
    figure = said_figure(picture.figure, say, drawn) if drawn else picture.figure
    data = picture.data
    if data is not None:
        data = data.rename(columns={name: say(str(name)) for name in data.columns})
    return replace(picture, figure=figure, caption=say(picture.caption), data=data)


def _table(table: Table, say: Callable[[str], str]) -> Table:
    return replace(
        table,
        heads=[_head(head, say) for head in table.heads],
        rows=[[_item(item, say) for item in row] for row in table.rows],
        caption=say(table.caption),
        folded=say(table.folded),
        name=say(table.name),
    )


def _head(head: Head, say: Callable[[str], str]) -> Head:
    if isinstance(head, Column):
        return replace(head, label=say(head.label), parts=[say(part) for part in head.parts])
    return say(head)


def _item(item: Item, say: Callable[[str], str]) -> Item:
    return replace(item, text=say(item.text)) if isinstance(item, Cell) else say(item)
