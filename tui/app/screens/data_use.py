"""From release data to a formulation: which law or points, into which file and layer."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from materials.errors import FormulateError
from tui.app.documents import read_document
from tui.app.filing import may_replace, start_folder
from tui.app.jobs import data as jobs
from tui.app.screens.data_words import beware
from tui.app.session import Document, Found
from tui.app.widgets.dialogs import Choose, PathBox

if TYPE_CHECKING:
    from tui.app.screens.base import AppScreen


async def use_measured(
    screen: "AppScreen", names: Sequence[str], model: tuple[Found, dict[str, Any], dict[str, Any]] | None
) -> None:
    """Ask what goes where, put it there as a change that can be undone, and show the formulation.

    Parameters
    ----------
    screen : AppScreen
        Asks.
    names : sequence of str
        The profiles whose readings may be meant.
    model : tuple of Found and two dict, optional
        What was fitted, the profile and the model of it.
    """
    session = screen.formulate.session
    table = session.document("data")
    chosen = await screen.app.push_screen_wait(
        Choose("Use in a formulation", _offered(session.document("formulation"), model))
    )
    if chosen is None or table is None:
        return
    what, _, where = str(chosen).partition(" ")
    document = session.document("formulation") if where == "open" else await _from_file(screen)
    if document is None:
        return
    layer = await _layer(screen, document) if what == "law" else ""
    if layer is None:
        return
    then = partial(_put, screen, document)
    if what == "law" and model is not None:
        found, profile, law = model
        screen.compute(jobs.with_law, found.of, profile["name"], law["id"], document.value, layer, then=then,
                       group="use", says=f"Using {law['name']}")  # fmt: skip
        return
    name = await _profile(screen, names)
    if name is not None:
        screen.compute(jobs.with_points, table.value, name, document.value, then=then, group="use",
                       says="Using the readings")  # fmt: skip


def _offered(
    document: Document | None, model: tuple[Found, dict[str, Any], dict[str, Any]] | None
) -> list[tuple[str, str]]:  # fmt: skip
    places = [("open", f"in {document.name}")] if document is not None else []
    places.append(("file", "in a formulation file"))
    lines = []
    for where, told in places:
        if model is not None:
            against = beware(model[2]["beware"])
            lines.append((f"law {where}", f"{model[2]['name']} {told}" + (f"   {against}" if against else "")))
        lines.append((f"points {where}", f"the readings, as first points, {told}"))
    return lines


async def _from_file(screen: "AppScreen") -> Document | None:
    app = screen.formulate
    path = await app.push_screen_wait(PathBox("Open", folder=start_folder(app), endings=(".toml",)))
    if path is None:
        return None
    try:
        document = read_document(path)
    except FormulateError as error:
        app.notify(str(error), title="Not opened", severity="error", timeout=12, markup=False)
        return None
    if document.slot != "formulation":
        app.notify(f"{document.name} is no formulation.", severity="error", markup=False)
        return None
    return document if await may_replace(app, document) else None


async def _layer(screen: "AppScreen", document: Document) -> str | None:
    """Give the layer that was measured: the only one, or the one chosen."""
    layers = [row for row in document.value.get("layer") or () if isinstance(row, Mapping)]
    if len(layers) < 2:
        return ""
    lines = [(str(row.get("id")), f"{row.get('id')} ({row.get('carrier')})") for row in layers]
    answer = await screen.app.push_screen_wait(Choose("Which layer was measured?", lines))
    return None if answer is None else str(answer)


async def _profile(screen: "AppScreen", names: Sequence[str]) -> str | None:
    if len(names) == 1:
        return str(names[0])
    answer = await screen.app.push_screen_wait(Choose("Which profile?", [(name, name) for name in names]))
    return None if answer is None else str(answer)


def _put(screen: "AppScreen", document: Document, content: dict[str, Any]) -> None:
    app = screen.formulate
    if app.session.document("formulation") is not document:
        app.session.open(document)
        if document.path is not None:
            app.remember_file(document.path)
    app.session.change("formulation", content)
    app.show_screen("formulation")
    app.notify(f"{document.name} releases as measured. Ctrl+Z takes it back.", markup=False)
