"""What is asked of an open formulation beyond its report: a plan of studies, schedules, what drives it, a batch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from formulate.form.reporting import Computed, Progress, titled
from formulate.form.wanted import Wanted
from materials.errors import Fault, FileError, FormulateError, shorten

if TYPE_CHECKING:
    from formulate.dosing import Dosing
    from formulate.formulation import Formulation
    from formulate.planning import Plan
    from formulate.preparation.parts import Recipe
    from formulate.report.drawn import Drawn
    from formulate.report.page import Document
    from formulate.sensitivity.analysis import Sensitivity

Content = Mapping[str, Any]
Asked = Mapping[str, str]  # what was typed into the fields of `formulate.form.asking`; an empty text is nothing


@dataclass(frozen=True, eq=False)
class OfPlan(Computed):
    """The plan of studies, for what was asked."""

    found: "Plan"
    inputs: Content

    def document(self, wanted: Wanted) -> "Document":
        """Give read-outs, times, groups, warnings, quality and safety."""
        from formulate.report.plan_page import plan_document

        return titled(replace(plan_document(self.found), date=wanted.date), wanted)

    def to_json(self, wanted: Wanted) -> str:
        """Give the plan as `formulate plan` writes it."""
        from formulate.report.envelope import dumps, envelope
        from formulate.report.plan_page import plan_results

        return dumps(envelope("plan", plan_results(self.found), seed=None, inputs=self.inputs))


@dataclass(frozen=True, eq=False)
class OfSchedules(Computed):
    """Dose, interval and number of injections that hold a level."""

    found: "Dosing"

    def document(self, wanted: Wanted) -> "Document":
        """Give the schedules and what stands in their way."""
        from formulate.report.dosing import dosing_document

        return titled(dosing_document(self.found, wanted.date), wanted)

    def to_json(self, wanted: Wanted) -> str:
        """Give the schedules as `formulate dose` writes them."""
        from formulate.report.dosing import dosing_results

        found = self.found
        return _envelope("dose", dosing_results(found), found.formulation, found.warnings)


@dataclass(frozen=True, eq=False)
class OfDrivers(Computed):
    """Which inputs drive the numbers, and which to measure next."""

    found: "Sensitivity"

    def document(self, wanted: Wanted) -> "Document":
        """Give what drives each number."""
        from formulate.report.sensitivity_page import sensitivity_document

        return titled(sensitivity_document(self.found, wanted.date), wanted)

    def to_json(self, wanted: Wanted) -> str:
        """Give the shares as `formulate sensitivity` writes them."""
        from formulate.report.sensitivity_page import sensitivity_results

        found = self.found
        return _envelope("sensitivity", sensitivity_results(found), found.formulation, found.warnings)

    def to_csv(self) -> str:
        """Give a row for each number and input."""
        from formulate.report.sensitivity_page import sensitivity_frame

        return sensitivity_frame(self.found).to_csv(index=False, lineterminator="\n", float_format="%.8g")

    def figures(self, document: "Document") -> "Mapping[str, Drawn]":
        """Give the bars of each number that can be explained."""
        from formulate.report.drawn import of_drivers

        return {name: of_drivers(drivers) for name, drivers in self.found.drivers.items() if not drivers.reason}


@dataclass(frozen=True, eq=False)
class OfRecipe(Computed):
    """What a batch takes."""

    made: "Recipe"
    formulation: "Formulation"
    asked: Content

    def document(self, wanted: Wanted) -> "Document":
        """Give what to weigh, to do and to check."""
        from formulate.report.recipe_page import recipe_document

        return titled(recipe_document(self.made, wanted.date), wanted)

    def to_json(self, wanted: Wanted) -> str:
        """Give the recipe as `formulate recipe` writes it."""
        asked = {"recipe": dict(self.asked)}
        return _envelope("recipe", self.made.to_dict(), self.formulation, self.made.warnings, asked)


def computed_further(kind: str, content: Content, asked: Asked, progress: Progress | None = None) -> Computed:
    """Compute what is asked of a formulation, or of a table of release.

    Parameters
    ----------
    kind : {"plan", "schedules", "drivers", "recipe", "dialysis"}
        What is asked.
    content : Mapping
        The tables of a formulation file; of ``dialysis`` a table of release with its options.
    asked : Mapping
        What was typed into the fields of `formulate.form.asking.asked_fields`.
    progress : callable, optional
        Called with what is computed next; raise from it to cancel.

    Raises
    ------
    FormulateError
        What is missing or faulty.
    """
    given = {name: text.strip() for name, text in asked.items() if text.strip()}
    return _COMPUTED[kind](content, given, progress)


def _plan(content: Content, asked: Asked, progress: Progress | None) -> OfPlan:
    from formulate.planning import plan
    from formulate.recorded import recorded

    formulation = _built(content)
    patient = asked.get("patient", "")
    return OfPlan(plan(formulation, patient), {**recorded(formulation), "patient": patient or None})


def _schedules(content: Content, asked: Asked, progress: Progress | None) -> OfSchedules:
    from formulate.dosing import COUNTS, counts_of, dosing
    from formulate.preparation.amounts import asked_number

    _built(content)  # refuses what is wrong before anything is laid over it
    target = dict(content.get("target", {}))
    if "above" in asked:
        target.pop("times", None)  # the one takes the place of the other
        target["unbound_above"] = asked["above"]
    if "duration" in asked:
        target["duration"] = asked["duration"]
    if "probability" in asked:
        target["probability"] = asked_number("share of draws", asked["probability"], "percent")
    counts = counts_of(asked["injections"]) if "injections" in asked else COUNTS
    return OfSchedules(dosing(_predictable({**content, "target": target}), counts, progress))


def _drivers(content: Content, asked: Asked, progress: Progress | None) -> OfDrivers:
    from formulate.report.drawn import EXPLAINED
    from formulate.sensitivity.analysis import sensitivity

    names = tuple(filter(None, map(str.strip, asked.get("of", "").split(","))))
    design = asked.get("design", "")
    if design and not design.isdecimal():
        raise FormulateError(f"design: {shorten(design)!r}; need a power of two, such as 512")
    formulation = _predictable(content)
    wanted = () if names == ("all",) else names or EXPLAINED
    return OfDrivers(sensitivity(formulation, wanted, int(design) if design else None, progress))


def _recipe(content: Content, asked: Asked, progress: Progress | None) -> OfRecipe:
    from formulate.preparation.recipe import recipe

    if progress:
        progress("the batch")
    formulation = _built(content)
    return OfRecipe(recipe(formulation, **asked), formulation, asked)


def _bag(content: Content, asked: Asked, progress: Progress | None) -> Computed:
    from formulate.form.dialysed import behind_the_bag

    return behind_the_bag(content, asked, progress)


_COMPUTED: Mapping[str, Callable[[Content, Asked, Progress | None], Computed]] = {
    "plan": _plan,
    "schedules": _schedules,
    "drivers": _drivers,
    "recipe": _recipe,
    "dialysis": _bag,
}


def _built(content: Content) -> "Formulation":
    from formulate.formulation import Formulation, build

    made: Formulation = build(Formulation, dict(content), "formulation")
    return made


def _predictable(content: Content) -> "Formulation":
    """Give a formulation of which all can be predicted, as far as that can be told before."""
    from formulate.computable import prediction_problems

    formulation = _built(content)
    if problems := [Fault("formulation", field, problem) for field, problem in prediction_problems(formulation)]:
        raise FileError(problems)
    return formulation


def _envelope(
    command: str,
    results: Mapping[str, object],
    formulation: "Formulation",
    warnings: "tuple[str, ...]",
    more: Content | None = None,
) -> str:
    from formulate.recorded import recorded
    from formulate.report.envelope import dumps, envelope

    inputs = {**recorded(formulation), **(more or {})}
    seed = formulation.calculation.seed
    return dumps(envelope(command, results, seed=seed, inputs=inputs, warnings=list(warnings)))
