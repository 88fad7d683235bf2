"""What of release data is looked at: readings, models or similarity, of which profile, and what is shown of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from formulate.form.parts import Form
from tui.app.screens.data_figures import (
    curve_figure,
    difference_figure,
    profiles_figure,
    readings_figure,
    residuals_figure,
)
from tui.app.screens.data_lists import Listed, methods_list, models_list, readings_list
from tui.app.screens.data_words import model_words, reading_words, similarity_words
from tui.app.session import Document, Found, Session
from tui.app.widgets.plot import Figure
from tui.app.widgets.reading import Paragraph, paragraph

Model = tuple[Found, dict[str, Any], dict[str, Any]]  # what was fitted, the profile and the model of it
Beside = tuple[Figure, Figure | None, list[Paragraph]]
VIEWS = {"reading": "Readings", "fit": "Models", "similarity": "Similarity"}  # by the section of their options
_NOTHING = Figure("", "", empty="nothing to show yet")
_HINTS = {"fit": "Ctrl+G computes the fit", "similarity": "Ctrl+G computes the comparison, Ctrl+N takes a second file"}
_UNCOMPARED = "Two profiles are compared: both of this table, or one of this and one of a second file."


@dataclass
class Desk:
    """What is looked at, and what was found of it."""

    session: Session
    table: str = ""
    form: Form | None = None
    read: dict[str, Any] = field(default_factory=dict)  # what was read: see `formulate.form.measured`
    view: str = "reading"
    profile: str = ""
    rows: dict[str, str] = field(default_factory=dict)  # where the cursor stands in each view
    single: bool = False  # whether the band is that of a single new reading

    @property
    def document(self) -> Document | None:
        """The table that is open, with its options."""
        return self.session.document("data")

    def result(self, kind: str) -> Found | None:
        """Give what was found of this table."""
        found = self.session.results.get(kind)
        return found if found is not None and found.of.get("table") == self.table else None

    def is_stale(self, kind: str, found: Found) -> bool:
        """Tell whether an option that a result rests on has changed since."""
        if self.document is None:
            return True
        return self._resting(kind, found.of) != self._resting(kind, self.document.value)

    def _resting(self, kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
        sections = self.form.sections if self.form is not None else ()
        others = {item.path[0] for section in sections if section.path[0] not in ("reading", kind)
                  for item in section.fields}  # fmt: skip
        return {name: value for name, value in content.items() if name not in others}

    def keep_apart(self) -> None:
        """Let an option of one result not put the other out of date."""
        document = self.document
        for kind in ("fit", "similarity"):
            found = self.result(kind)
            if document is None or found is None or found.of == document.value or self.is_stale(kind, found):
                continue
            self.session.keep(kind, Found(found.title, found.shown, found.whole, document.value))

    def fitted(self) -> dict[str, Any] | None:
        """Give the profile that is looked at, among those fitted."""
        found = self.result("fit")
        if found is None:
            return None
        profiles: list[dict[str, Any]] = found.shown["profiles"]
        return next((item for item in profiles if item["name"] == self.profile), profiles[0])

    def turn_profile(self) -> None:
        """Look at the next profile."""
        found, now = self.result("fit"), self.fitted()
        if found is not None and now is not None:
            names = [item["name"] for item in found.shown["profiles"]]
            self.profile = names[(names.index(now["name"]) + 1) % len(names)]

    def model(self, current: str | None) -> Model | None:
        """Give the model under the cursor where models are shown, else the first without a serious objection."""
        found, profile = self.result("fit"), self.fitted()
        if found is None or profile is None:
            return None
        models = {item["id"]: item for item in profile["models"]}
        wanted = [current if self.view == "fit" else None, profile["sound"]]
        model = next((models[name] for name in wanted if name in models), next(iter(models.values()), None))
        return None if model is None else (found, profile, model)

    def listed(self, *, wide: bool) -> Listed:
        """Give the table of what is looked at."""
        found = self.result(self.view)
        if self.view == "fit":
            profile = self.fitted()
            return models_list(found.shown, profile, wide=wide) if found and profile else ([], [])
        if self.view == "similarity":
            return methods_list(found.shown) if found is not None else ([], [])
        return readings_list(self.read["data"]) if self.read.get("data") else ([], [])

    def titles(self) -> tuple[str, str]:
        """Give title and subtitle of the table."""
        name = self.document.name if self.document is not None else ""
        if self.view == "reading":
            return name, self._next()
        found = self.result(self.view)
        if found is None:
            return name, _HINTS[self.view]
        stale = "out of date: Ctrl+G computes again" if self.is_stale(self.view, found) else ""
        profile = self.fitted()
        if self.view == "similarity" or profile is None:
            return found.shown["title"], stale
        count = len(found.shown["profiles"])
        several = f", p for the next of {count}" if count > 1 else ""
        return f"{profile['name']}, {profile['count']} readings{several}", stale

    def _next(self) -> str:
        """Say what to do with what was read."""
        if self.read.get("data") is None:
            return "F8 says how it is to be read" if self.read else ""
        return _HINTS["fit"] if self.result("fit") is None else ""

    def beside(self, current: str | None) -> Beside:
        """Give the plots and the words of what is under the cursor."""
        if self.view == "similarity":
            found = self.result("similarity")
            if found is None:
                return _NOTHING, None, [paragraph(_UNCOMPARED)]
            return profiles_figure(found.shown), difference_figure(found.shown), similarity_words(found.shown, current)
        if self.view == "fit":
            return self._of_model(self.model(current))
        data = self.read.get("data")
        problem = self.form.faults.get("reading", "") if self.form is not None else ""
        figure = readings_figure(data, self._profile_read(data, current)) if data else _NOTHING
        return figure, None, reading_words(self.read, problem)

    def _of_model(self, chosen: Model | None) -> Beside:
        if chosen is None:
            profile = self.fitted()
            failed = profile["failures"] if profile is not None else []
            told = [paragraph((name, "strong"), f": not fitted, {why}") for name, why in failed]
            return _NOTHING, None, told or [paragraph("Ctrl+G computes: it fits the models to the readings.")]
        found, profile, model = chosen
        upper = curve_figure(found.shown, profile, model, single=self.single)
        return upper, residuals_figure(found.shown, model), model_words(found.shown, profile, model)

    def _profile_read(self, data: dict[str, Any], current: str | None) -> str:
        place = int((current or "0").partition(":")[0])
        name: str = data["profiles"][min(place, len(data["profiles"]) - 1)]["name"]
        return name

    @property
    def pages(self) -> dict[str, str]:
        """Give what stands beside where there is no room for all at once, in turn, with names."""
        if self.result(self.view) is None:
            return {"curve": "readings", "words": "words"}
        return {"curve": "curve", "below": "residuals" if self.view == "fit" else "difference", "words": "words"}

    def looked_at(self, current: str | None) -> str:
        """Give the profile of the table that is looked at; an empty text where none is meant."""
        fitted, data = self.fitted(), self.read.get("data")
        if self.view == "fit" and fitted is not None:
            return str(fitted["name"])
        if data is None or (self.view == "similarity" and len(data["profiles"]) > 1):
            return ""
        return self._profile_read(data, current if self.view == "reading" else None)

    def told(self, page: str = "") -> str:
        """Say what the plots show, or what a page does where it stands alone."""
        if page == "words":
            return "In words"
        if self.view == "similarity":
            upper, lower = "released [%]", "test less reference [%]"
        elif self.view == "fit" and self.fitted() is not None:
            band = "a single new reading" if self.single else "the curve"
            upper, lower = f"released [%], band of {band}", "residuals [%]"
        else:
            return "released [%]"
        return lower if page == "below" else upper if page else f"{upper}, and {lower}"
