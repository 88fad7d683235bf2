"""A page as text for a terminal: its sections with their tables, and the references that they cite."""

from collections.abc import Iterator

from formulate.report.page import Block, Cell, Document, Item, Points, Table, Text, cited
from tui.table import grid, indented, wrap


def document_text(document: Document, width: int) -> str:
    """Give a page as text; figures are left to the writers of files."""
    parts = [wrap(document.title, width), wrap(document.answer, width)]
    for section in document.filled:
        blocks = "\n\n".join(text for block in section.blocks for text in _block(block, width))
        parts.append(f"{section.title}\n{blocks}")
    if document.references:
        parts.append("\n".join(["References", *_references(document, width)]))
    parts.append(wrap(document.disclaimer, width))
    return "\n\n".join(parts) + "\n"


def _block(block: Block, width: int) -> Iterator[str]:
    if isinstance(block, Text):
        yield wrap(f"{block.text}{cited(block.cites)}", width, "  ", "  ")
    elif isinstance(block, Points):
        yield "\n".join(wrap(text, width, "  - ", "    ") for text in block.texts)
    elif isinstance(block, Table):
        rows = [[_cell(item) for item in row] for row in block.rows]
        yield indented(grid([str(head) for head in block.heads], rows, width - 2, hang=1))


def _cell(item: Item) -> str:
    return f"{item.text}{cited(item.cites)}" if isinstance(item, Cell) else item


def _references(document: Document, width: int) -> Iterator[str]:
    for item in document.references:
        words = [word if len(word) <= width - 6 else "(a long link: see --json)" for word in item.text.split()]
        yield wrap(f"{item.number}. {' '.join(words)}", width, "  ", "     ")
