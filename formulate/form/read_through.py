"""What a screen shows of a document: its text in plain blocks, its sections and its figures by name."""

from collections.abc import Iterator

from formulate.report.page import Block, Cell, Document, Item, Picture, Points, Table, Text, cited

Plain = tuple[object, ...]


def read_through(document: Document) -> list[Plain]:
    """Give the text of a document, in the order in which it is read.

    Returns
    -------
    list of tuple
        ``("title", text)``, ``("note", text)``, ``("question", text)``, ``("answer", text)``, ``("section", text)``,
        ``("text", text)``, ``("point", text)``, ``("figure", caption)``, ``("reference", number, text, link)``,
        and ``("table", caption, heads, rows)`` of texts alone.
    """
    found: list[Plain] = [("title", document.title)]
    found += [("note", text) for text in (document.date, document.note) if text]
    found.append(("question", document.question))
    found += [("answer", document.answer)] if document.answer else []
    for section in document.filled:
        found.append(("section", section.title))
        for block in section.blocks:
            found += _block(block)
    if document.references:
        found.append(("section", document.word("References")))
        found += [("reference", item.number, item.text, item.link) for item in document.references]
    found.append(("note", document.disclaimer))
    return found


def sections_of(document: Document) -> list[tuple[str, int, int]]:
    """Give of each section that says something its title, and how many tables and figures it holds."""
    return [
        (
            section.title,
            sum(isinstance(block, Table) for block in section.blocks),
            sum(isinstance(block, Picture) for block in section.blocks),
        )
        for section in document.filled
    ]


def _block(block: Block) -> Iterator[Plain]:
    if isinstance(block, Text):
        yield "text", block.text + cited(block.cites)
    elif isinstance(block, Points):
        yield from (("point", text) for text in block.texts)
    elif isinstance(block, Picture):
        yield "figure", block.caption
    else:
        rows = tuple(tuple(_cell(item) for item in row) for row in block.rows)
        yield "table", block.caption or block.folded, tuple(map(str, block.heads)), rows


def _cell(item: Item) -> str:
    return item.text + cited(item.cites) if isinstance(item, Cell) else item
