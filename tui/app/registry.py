"""The screens of the app: what each is called, the key that opens it, and where it stands."""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.app.screens.base import AppScreen


@dataclass(frozen=True)
class Place:
    """A screen by its id: its name, the key that opens it, what it is for, its module and its class."""

    id: str
    name: str
    short: str
    key: str
    purpose: str
    module: str
    class_name: str

    def make(self) -> "AppScreen":
        """Give the screen, importing its module now."""
        screen: AppScreen = getattr(import_module(self.module), self.class_name)()
        return screen


PLACES = (
    Place("catalog", "Catalog", "Catalog", "f2", "look up carriers, payloads, sites and studies",
          "tui.app.screens.catalog", "CatalogScreen"),
    Place("formulation", "Formulation", "Formulation", "f3", "build a formulation and see what it does",
          "tui.app.screens.formulation", "FormulationScreen"),
    Place("compare", "Compare", "Compare", "f4", "rank carriers for a payload at a site",
          "tui.app.screens.compare", "CompareScreen"),
    Place("data", "Release data", "Data", "f5", "fit measured release",
          "tui.app.screens.data", "DataScreen"),
    Place("design", "Design", "Design", "f6", "find what has to be made to reach a target",
          "tui.app.screens.design", "DesignScreen"),
    Place("report", "Report", "Report", "f7", "write what was found",
          "tui.app.screens.report", "ReportScreen"),
)  # fmt: skip


def place_called(identifier: str) -> Place | None:
    """Give a screen by its id, or nothing."""
    return next((place for place in PLACES if place.id == identifier), None)
