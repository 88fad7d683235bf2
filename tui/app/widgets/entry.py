"""A line to type into."""

from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input


class Entry(Input):
    """An input of a given width: what is typed scrolls in it, and moves nothing else on the screen."""

    virtual_size: Reactive[Size] = Reactive(Size(0, 0))  # as in `Widget`, but does not lay out the screen
