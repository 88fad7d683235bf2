"""A report as Markdown that code hosts render: tables in their dialect, figures as files beside it."""

import re
from collections.abc import Iterator, Sequence

from formulate.report.page import Cell, Document, Item, Picture, Points, Table, Text, cited

# what Markdown or HTML would read as markup, wherever it stands in a line
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~$&])")
_AT_START = re.compile(r"^(\s*)([-+=>]|\d+[.)])(?=\s|$|-|=)")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")  # such as the escape that a terminal obeys
_BARE = re.compile(r"(?i)\b(https?|ftp|www)([:.])")


def document_markdown(document: Document, folder: str) -> tuple[str, dict[str, bytes]]:
    """Give a document as Markdown, and its figures.

    Parameters
    ----------
    document : Document
        What is said.
    folder : str
        Name of the folder that the figures will stand in, beside the file.

    Returns
    -------
    str and dict of bytes
        The text, and the figures by their names in the folder. Nothing in a text is read as markup.
    """
    from formulate.report.canvas import encode

    lines = [f"# {plain(document.title)}", ""]
    if document.date:
        lines += [plain(document.date), ""]
    if document.note:
        lines += [plain(document.note), ""]
    lines += [plain(document.question), ""]
    if document.answer:
        lines += [f"> {plain(document.answer)}", ""]
    figures: dict[str, bytes] = {}
    for section in document.filled:
        lines += [f"## {plain(section.title)}", ""]
        for block in section.blocks:
            if isinstance(block, Picture):
                name = f"{block.name}.svg"
                figures[name] = encode(block.figure, block.name, "svg")
                lines += [f"![{plain(block.caption)}]({folder}/{name})", "", f"*{plain(block.caption)}*", ""]
            else:
                lines += [*_block(block), ""]
    if document.references:
        lines += [f"## {plain(document.word('References'))}", ""]
        for reference in document.references:
            link = f" <{reference.link}>" if reference.link and not re.search(r"[<>\s]", reference.link) else ""
            lines.append(f"{reference.number}. {plain(reference.text)}{link}")
        lines.append("")
    lines += ["---", "", f"**{plain(document.disclaimer)}**", ""]
    return "\n".join(lines), figures


def plain(text: str) -> str:
    r"""Give a text in which Markdown sees no markup and a terminal no command, on one line.

    >>> print(plain("1. a_b <i> | x"))
    1\. a\_b \<i\> \| x
    >>> print(plain("red \x1b"))
    red �
    """
    line = " ".join(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", str(text)).split())
    line = _MARKUP.sub(r"\\\1", line)
    line = _AT_START.sub(lambda match: f"{match[1]}{match[2][:-1]}\\{match[2][-1]}", line)
    return _BARE.sub(r"\1\\\2", line)


def _block(block: Text | Points | Table) -> Iterator[str]:
    if isinstance(block, Text):
        yield plain(block.text + cited(block.cites))
    elif isinstance(block, Points):
        yield from (f"- {plain(text)}" for text in block.texts)
    else:
        if block.caption or block.folded:
            yield f"**{plain(block.caption or block.folded)}**"
            yield ""
        width = max([len(block.heads), *(len(row) for row in block.rows)])
        yield _line([str(head) for head in block.heads] or [""] * width)
        yield "|" + "---|" * width
        yield from (_line([_cell(item) for item in row]) for row in block.rows)


def _cell(item: Item) -> str:
    return item.text + cited(item.cites) if isinstance(item, Cell) else item


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(plain(cell) for cell in cells) + " |"
