"""What is open now: the documents, with their changes to undo and to save, and what was computed from them.

A document is one value, taken as frozen: a change gives a new value, so that undo is a list of values and no more.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Slot = Literal["formulation", "question", "data", "target"]
SLOTS: tuple[Slot, ...] = ("formulation", "question", "data", "target")
MOST_UNDONE = 200
Content = Mapping[str, Any]  # the tables of a file, as TOML gives them; never changed in place


class History:
    """A value and what it was before: changes are undone one by one, and taken again.

    >>> history = History({"name": "a"})
    >>> history.change({"name": "b"}); history.undo(), history.value["name"]
    (True, 'a')
    """

    def __init__(self, value: Content) -> None:
        self.value = value
        self._before: list[Content] = []
        self._after: list[Content] = []
        self._joined = ""

    def change(self, value: Content, join: str = "") -> None:
        """Take a new value; changes in a row with the same `join` are undone together, as letters of one field."""
        if value == self.value:
            return
        if not (join and join == self._joined and self._before):
            self._before = [*self._before, self.value][-MOST_UNDONE:]
        self._after.clear()
        self._joined = join
        self.value = value

    def undo(self) -> bool:
        """Go back one change; tell whether there was one."""
        return self._move(self._before, self._after)

    def redo(self) -> bool:
        """Take an undone change again; tell whether there was one."""
        return self._move(self._after, self._before)

    def _move(self, source: list[Content], to: list[Content]) -> bool:
        if not source:
            return False
        to.append(self.value)
        self.value, self._joined = source.pop(), ""
        return True


class Document(History):
    """A file being worked on: what it says now, what it said, and what is saved of it.

    Parameters
    ----------
    slot : str
        What it is.
    value : mapping
        What it says.
    path : Path, optional
        Where it is kept; none while it never was.
    text : str
        The file as it was read, with its comments.
    saved : mapping, optional
        What is saved of it; the value itself where left out.
    """

    def __init__(
        self, slot: Slot, value: Content, path: Path | None = None, text: str = "", saved: Content | None = None
    ) -> None:
        super().__init__(value)
        self.slot, self.path, self.text = slot, path, text
        self.saved = value if saved is None else saved

    @property
    def is_changed(self) -> bool:
        """True while something of it is not saved; options of reading a table are kept in no file."""
        return self.slot != "data" and self.value != self.saved

    @property
    def name(self) -> str:
        """What it is called: its file, or its own name."""
        return self.path.name if self.path else str(self.value.get("name") or f"new {self.slot}")

    @property
    def title(self) -> str:
        """Its name, with a star where it has changes that are not saved."""
        return self.name + (" *" if self.is_changed else "")

    def mark_saved(self, path: Path, text: str = "") -> None:
        """Note that the value stands in a file."""
        self.path, self.text, self.saved = path, text, self.value


def changed(value: Content, place: str, new: object) -> dict[str, Any]:
    """Give a value with one dotted place set, or taken out where the new one is None; the old value stays as it is.

    >>> changed({"layer": [{"id": "a"}]}, "layer.0.dose", "5 mg")
    {'layer': [{'id': 'a', 'dose': '5 mg'}]}
    """
    made: Any = deepcopy(dict(value))
    *way, last = place.split(".")
    here = made
    for part in way:
        here = here[int(part)] if isinstance(here, list) else here.setdefault(part, {})
    if isinstance(here, list):
        if new is None:
            del here[int(last)]
        elif int(last) == len(here):
            here.append(new)
        else:
            here[int(last)] = new
    elif new is None:
        here.pop(last, None)
    else:
        here[last] = new
    return dict(made)


def found(value: Content, place: str) -> Any:
    """Give what stands at a dotted place, or None.

    >>> found({"layer": [{"id": "a"}]}, "layer.0.id")
    'a'
    """
    here: Any = value
    for part in place.split("."):
        if isinstance(here, Mapping):
            here = here.get(part)
        elif isinstance(here, list | tuple) and part.isdecimal() and int(part) < len(here):
            here = here[int(part)]
        else:
            return None
    return here


@dataclass(frozen=True)
class Found:
    """A result: what is shown of it, the whole of it for a report, and the value it was computed from."""

    title: str
    shown: Any
    whole: bytes  # pickled, opened in a worker alone
    of: Content


class Session:
    """The documents and the results of this run, shared by all screens.

    ``tell`` is called with the name of the slot, or "result:KIND", after each change.
    """

    def __init__(self, tell: Callable[[str], object] = lambda name: None) -> None:
        self.documents: dict[Slot, Document] = {}
        self.latest: Slot | None = None  # where something was opened or changed last
        self.results: dict[str, Found] = {}  # by kind: prediction, comparison, fit, similarity, design
        self._tell = tell

    def document(self, slot: Slot) -> Document | None:
        """Give what is open in a slot."""
        return self.documents.get(slot)

    def open(self, document: Document) -> None:
        """Take a document in the place of the one in its slot; ask about unsaved changes before."""
        self.documents[document.slot], self.latest = document, document.slot
        self._tell(document.slot)

    def change(self, slot: Slot, value: Content, join: str = "") -> None:
        """Change the document of a slot, and tell the screens."""
        self.documents[slot].change(value, join)
        self.latest = slot
        self._tell(slot)

    def undo(self, slot: Slot) -> bool:
        """Undo in a slot; tell whether there was something."""
        return self._moved(slot, Document.undo)

    def redo(self, slot: Slot) -> bool:
        """Redo in a slot; tell whether there was something."""
        return self._moved(slot, Document.redo)

    def saved(self, slot: Slot, path: Path, text: str = "") -> None:
        """Note that the document of a slot stands in a file."""
        self.documents[slot].mark_saved(path, text)
        self._tell(slot)

    def keep(self, kind: str, found: Found) -> None:
        """Keep a result for the report, in the place of the former of its kind."""
        self.results[kind] = found
        self._tell(f"result:{kind}")

    @property
    def unsaved(self) -> list[Document]:
        """The documents with changes that are not saved."""
        return [document for document in self.documents.values() if document.is_changed]

    def _moved(self, slot: Slot, move: Callable[[Document], bool]) -> bool:
        document = self.documents.get(slot)
        if document is None or not move(document):
            return False
        self._tell(slot)
        return True
