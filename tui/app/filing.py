"""Opening, saving and leaving: the questions they ask on the way."""

from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from materials.errors import FormulateError, shorten
from tui.app.documents import (
    TABLES,
    is_changed_elsewhere,
    loses_comments,
    read_document,
    write_document,
)
from tui.app.paths import here, is_file, is_folder
from tui.app.session import Content, Document, Slot
from tui.app.widgets.dialogs import Ask, Choose, PathBox

if TYPE_CHECKING:
    from tui.app.application import FormulateApp


async def open_file(app: "FormulateApp", path: Path) -> None:
    """Open a file on its screen; what is wrong with the file is told."""
    try:
        document = read_document(path)
    except FormulateError as error:
        app.notify(str(error), title="Not opened", severity="error", timeout=12, markup=False)
        return
    if await may_replace(app, document):
        app.open_document(document)
        app.remember_file(path)


async def open_example(app: "FormulateApp", name: str) -> None:
    """Open a shipped example as a document without a file of its own, so that it is never written over."""
    with as_file(files("formulate.examples").joinpath(name)) as path:
        document = read_document(path)
    if document.slot != "data":
        document.path = None
    if await may_replace(app, document):
        app.open_document(document)


async def open_made(app: "FormulateApp", slot: Slot, content: Content) -> bool:
    """Open a content that was made here and is saved nowhere yet; tell whether it was opened."""
    made = Document(slot, content, saved={})
    if not await may_replace(app, made):
        return False
    app.open_document(made)
    return True


async def may_replace(app: "FormulateApp", document: Document) -> bool:
    """Ask, where the document would take the place of one with unsaved changes."""
    former = app.session.document(document.slot)
    if former is None or not former.is_changed:
        return True
    answer = await app.push_screen_wait(
        Ask(f"{shorten(former.name)} has changes that are not saved.", ("Save", "Discard", "Cancel"))
    )
    if answer == "Save":
        return await save_document(app, former)
    return bool(answer == "Discard")


async def ask_and_open(app: "FormulateApp") -> None:
    """Ask for a file and open it."""
    path = await app.push_screen_wait(PathBox("Open", folder=start_folder(app), endings=(".toml", *TABLES)))
    if path is not None:
        await open_file(app, path)


async def open_recent(app: "FormulateApp") -> None:
    """Offer the files opened last."""
    recent = [Path(item) for item in app.state.recent if is_file(Path(item))]
    if not recent:
        app.notify("No file was opened yet.", timeout=3)
        return
    chosen = await app.push_screen_wait(
        Choose("Recent files", [(str(path), f"{path.name}  {path.parent}") for path in recent])
    )
    if chosen is not None:
        await open_file(app, Path(chosen))


async def save(app: "FormulateApp", *, anew: bool = False) -> None:
    """Save the document of the screen that is shown."""
    document = app.session.document(app.slot) if app.slot else None
    if document is None or document.slot == "data":
        app.notify("Nothing here is kept in a file of yours.", timeout=3)
        return
    await save_document(app, document, anew=anew)


async def save_document(app: "FormulateApp", document: Document, *, anew: bool = False) -> bool:
    """Save a document, asking for a name where it has none; tell whether it was saved."""
    path = document.path
    if path is None or anew:
        name = path.name if path else f"{document.name.replace(' ', '-')}.toml"
        path = await app.push_screen_wait(
            PathBox("Save", folder=start_folder(app), name=name, endings=(".toml",), saving=True)
        )
        if path is None:
            return False
    if path == document.path:
        questions = []
        if is_changed_elsewhere(document):
            questions.append(
                f"Another program changed {shorten(path.name)} since it was opened here: Save replaces that."
            )
        if loses_comments(document):
            questions.append(
                f"The comments below the head of {shorten(path.name)} are not kept. Save as keeps the file as it is."
            )
        if questions:
            answer = await app.push_screen_wait(Ask(" ".join(questions), ("Save", "Save as", "Cancel")))
            if answer == "Save as":
                return await save_document(app, document, anew=True)
            if answer != "Save":
                return False
    try:
        text = write_document(document, path)
    except FormulateError as error:
        app.notify(str(error), title="Not saved", severity="error", timeout=12, markup=False)
        return False
    app.session.saved(document.slot, path, text)
    app.remember_file(path)
    app.notify(str(path.absolute()), title="Saved", timeout=3, markup=False)
    return True


async def leave(app: "FormulateApp") -> None:
    """Leave the app, asking about unsaved changes first."""
    unsaved = app.session.unsaved
    if unsaved:
        names = shorten(", ".join(document.name for document in unsaved), 200)
        answer = await app.push_screen_wait(Ask(f"Not saved: {names}.", ("Save", "Discard", "Cancel")))
        if answer not in ("Save", "Discard"):
            return
        if answer == "Save" and not all([await save_document(app, document) for document in unsaved]):
            return
    app.exit()


def start_folder(app: "FormulateApp") -> Path:
    """Give the folder a file dialog starts in: that of the last file, else where the program was started."""
    last = Path(app.state.folder) if app.state.folder else here()
    return last if is_folder(last) else here()
