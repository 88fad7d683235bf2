"""All that is computed for one report."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from formulate.exposure import Exposed, expose
from formulate.feasibility import Check, feasibility
from formulate.forecast import Forecast, forecast
from formulate.formulation import Formulation
from formulate.inputs import Input
from formulate.loading.total import LoadingResult, load_all
from formulate.pipeline import Prediction
from formulate.preparation.parts import Recipe
from formulate.preparation.recipe import recipe
from formulate.sensitivity.analysis import Sensitivity, sensitivity
from formulate.sensitivity.indices import FEWEST
from formulate.standing import Standing, standing
from materials.errors import FormulateError

EXPLAINED = ("cover", "drug_half_life")  # what a report says the drivers of


@dataclass(frozen=True)
class Studied:
    """One formulation with all that is computed of it; why a part is missing."""

    formulation: Formulation
    loading: LoadingResult
    recipe: Recipe | None
    exposed: tuple[Exposed, ...]
    checks: tuple[Check, ...]
    standing: Standing
    drivers: Sensitivity | None
    reasons: dict[str, str]
    bench: Forecast | None = None  # the release on the bench, where points of it were measured

    @property
    def predictions(self) -> tuple[Prediction, ...]:
        """What was predicted of each payload; nothing where the carrier is itself the drug."""
        return tuple(item.prediction for item in self.exposed if item.prediction is not None)

    @property
    def prediction(self) -> Prediction | None:
        """What was predicted of the payload of the target; None where the carrier is itself the drug."""
        return of_target(self.formulation, self.predictions)

    @property
    def inputs(self) -> tuple[Input, ...]:
        """Every number the report rests on, once."""
        found = {item.key: item for item in self.loading.inputs}
        for exposed in self.exposed:
            found |= {item.key: item for item in exposed.inputs}
        return tuple(found[key] for key in sorted(found))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know, each once."""
        told = [*self.loading.warnings, *(text for item in self.exposed for text in item.warnings)]
        return tuple(dict.fromkeys(told))


def of_target(formulation: Formulation, found: Sequence[Prediction]) -> Prediction | None:
    """Give the one among predictions of a formulation that is of the payload of its target."""
    return next((item for item in found if item.case.part.id == formulation.cargo.id), None)


def study(formulation: Formulation, progress: Callable[[str], None] | None = None) -> Studied:
    """Compute all that a report on a formulation says.

    Raises
    ------
    FileError, MissingValueError
        Its loading, release or retention cannot be computed.
    """

    def tell(text: str) -> None:
        if progress:
            progress(text)

    reasons: dict[str, str] = {}
    tell("loading")
    loading = load_all(formulation)
    made: Recipe | None = None
    try:
        made = recipe(formulation)
    except FormulateError as error:
        reasons["recipe"] = str(error)
    tell("exposure")
    exposed = expose(formulation)
    drivers: Sensitivity | None = None
    if not formulation.payload:
        pass  # the carrier is the drug: its numbers tell themselves where their bands come from
    elif formulation.calculation.draws < FEWEST:
        reasons["drivers"] = f"{formulation.calculation.draws} draws; need {FEWEST} or more to tell inputs apart"
    else:
        tell("what drives it")
        drivers = sensitivity(formulation, EXPLAINED)
    bench: Forecast | None = None
    if any(layer.first_points is not None for layer in formulation.layer):
        tell("release on the bench")
        try:
            bench = forecast(formulation)
        except FormulateError as error:
            reasons["release on the bench"] = str(error)
    tell("checks")
    predictions = [item.prediction for item in exposed if item.prediction is not None]
    return Studied(
        formulation,
        loading,
        made,
        exposed,
        feasibility(formulation, of_target(formulation, predictions)),
        standing(formulation),
        drivers,
        reasons,
        bench,
    )
