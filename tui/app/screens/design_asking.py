"""What the design screen asks before it acts: what to add, what to take out, which design, where to save."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from formulate.form.parts import Path
from formulate.form.values import value_at, with_value
from materials.errors import FormulateError
from tui.app.filing import open_made
from tui.app.jobs import design as jobs
from tui.app.jobs.formulation import choices
from tui.app.session import Document
from tui.app.widgets.pick import Pick

if TYPE_CHECKING:
    from tui.app.screens.design import DesignScreen


async def new(screen: "DesignScreen") -> None:
    """Begin a new target: drug, carrier, site."""
    parts = await screen.pick_parts()
    if parts is not None:
        await open_target(screen, await screen.formulate.computing.run(jobs.new, *parts, lane="live"))


async def open_target(screen: "DesignScreen", content: Mapping[str, Any]) -> None:
    """Open a target that was made here."""
    await open_made(screen.formulate, "target", content)


async def add(screen: "DesignScreen", document: Document) -> None:
    """Add a limit, a carrier to choose from, or something that is free."""
    listed = await screen.formulate.computing.run(jobs.addable, document.value, lane="live")
    carriers = [] if value_at(document.value, ("layer",)) else [("carrier ", "Carrier: one more to choose from")]
    answer = await screen.app.push_screen_wait(Pick("Add what must hold, or what is free", [*carriers, *listed]))
    if answer is None:
        return
    kind, _, name = str(answer).partition(" ")
    if kind == "limit":
        path: Path = ("limits", *name.split("/"))
        changed = with_value(document.value, path, "") if len(path) > 2 else document.value
        screen.go_to(".".join(map(str, path)))  # it holds once something is typed
        screen.change(changed, ("limits",))
    elif kind == "carrier":
        await _add_carrier(screen, document)
    else:
        of, _, what = name.partition("/")
        made = await screen.formulate.computing.run(jobs.with_choice, document.value, of, what, lane="live")
        place = len(made["choice"]) - 1
        first = "options" if "options" in made["choice"][place] else "low"
        screen.go_to(f"choice.{place}.{first}")
        screen.change(made, ("choice", place))


async def _add_carrier(screen: "DesignScreen", document: Document) -> None:
    listed = (await screen.formulate.computing.run(choices, lane="live"))["carrier"]
    held = value_at(document.value, ("carriers",))
    given = list(held) if isinstance(held, list | tuple) else []
    answer = await screen.app.push_screen_wait(
        Pick("A further carrier", [line for line in listed if line[0] not in given])
    )
    if answer is not None:
        screen.change(with_value(document.value, ("carriers",), [*given, str(answer)]), ("carriers",))


async def remove(screen: "DesignScreen", document: Document) -> None:
    """Ask which choice or limit to take out."""
    listed = await screen.formulate.computing.run(jobs.removable, document.value, lane="live")
    answer = await screen.app.push_screen_wait(Pick("Take out", listed))
    if answer is not None:
        kind, _, name = str(answer).partition(".")
        path: Path = (kind, int(name)) if kind == "choice" else (kind, *name.split(".", 1))
        screen.change(with_value(document.value, path, None))


async def open_design(screen: "DesignScreen", given: list[dict[str, Any]], place: int | None) -> None:
    """Open a design as a formulation of its own, asking which where none is shown."""
    if place is None and len(given) > 1:
        lines = [(str(count), f"{item['name'].capitalize()}: held with {item['held']}")
                 for count, item in enumerate(given)]  # fmt: skip
        answer = await screen.app.push_screen_wait(Pick("Which design?", lines))
        if answer is None:
            return
        place = int(answer)
    await open_made(screen.formulate, "formulation", given[place or 0]["content"])


async def save_designs(screen: "DesignScreen", texts: Mapping[str, str]) -> None:
    """Save every design as a formulation file, with its recipe."""
    from tui.app.filing import start_folder
    from tui.app.widgets.dialogs import PathBox

    start = start_folder(screen.formulate)
    folder = await screen.app.push_screen_wait(
        PathBox("Save designs in", folder=start, name="designs", saving=True, for_folder=True)
    )
    if folder is None:
        return
    try:
        written = await screen.formulate.computing.run(jobs.save, texts, folder, lane="live")
    except FormulateError as error:
        screen.notify(str(error), title="Not saved", severity="error", timeout=12, markup=False)
        return
    screen.notify("\n".join(str(path.absolute()) for path in written), title="Saved", timeout=12, markup=False)
