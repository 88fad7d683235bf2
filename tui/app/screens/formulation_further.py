"""What is asked of a formulation beyond its figures; the answers are read and written on the report screen."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from tui.app.screens.base import Action
from tui.app.widgets.dialogs import Choose

if TYPE_CHECKING:
    from tui.app.application import FormulateApp

FURTHER = {
    "plan": ("plan its studies", "What to measure, in whom, when, against what; what sources warn of."),
    "schedules": ("find dose schedules", "Dose, interval and number of injections that hold a level."),
    "drivers": ("tell what drives its numbers", "Which inputs move them, and which to measure next."),
    "recipe": ("make a batch", "What to weigh, to do and to check for so many doses."),
    "formulation": ("report on it", "All that is computed of it, to read and to write."),
}


def further_actions(app: "FormulateApp") -> Iterator[Action]:
    """Give what the palette offers."""
    for kind, (says, told) in FURTHER.items():
        yield Action(f"Formulation: {says}", partial(_go, app, kind), told)


async def ask_further(app: "FormulateApp") -> None:
    """Offer what can be asked, and go to the answer."""
    lines = [(kind, f"{says.capitalize()}: {told[:1].lower()}{told[1:]}") for kind, (says, told) in FURTHER.items()]
    kind = await app.push_screen_wait(Choose("What else of this formulation?", lines))
    if kind is not None:
        _go(app, kind)


def _go(app: "FormulateApp", kind: str) -> None:
    app.do_at("report", f"ask('{kind}')")
