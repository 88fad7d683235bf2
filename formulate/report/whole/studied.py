"""All that is computed for one report."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from formulate.case import prepare_all, prepare_own
from formulate.exposure import Exposed, expose
from formulate.feasibility import Check, feasibility
from formulate.forecast import Forecast, forecast
from formulate.formulation import Formulation
from formulate.inputs import Input
from formulate.lacking import Lacking, lacking
from formulate.layer import Layer
from formulate.loading.total import LoadingResult, load_all
from formulate.pipeline import Prediction
from formulate.preparation.parts import Recipe
from formulate.preparation.recipe import recipe
from formulate.sampling import TypicalDraw
from formulate.sensitivity.analysis import Sensitivity, sensitivity
from formulate.sensitivity.indices import FEWEST
from formulate.standing import Standing, standing
from materials.errors import FileError, FormulateError, MissingValueError

ALONE = "free-drug-solution"
EXPLAINED = ("cover", "drug_half_life")  # what a report says the drivers of


@dataclass(frozen=True)
class Studied:
    """One formulation with all that is computed of it; why a part is missing."""

    formulation: Formulation
    loading: LoadingResult | None
    recipe: Recipe | None
    exposed: tuple[Exposed, ...]
    checks: tuple[Check, ...]
    standing: Standing
    drivers: Sensitivity | None
    reasons: dict[str, str]
    bench: Forecast | None = None  # the release on the bench, where points of it were measured
    lacking: tuple[Lacking, ...] = ()  # numbers without which loading, release or stay cannot be computed
    obstacles: tuple[str, ...] = ()  # what else stands in their way
    of_site: tuple[str, ...] = ()  # what matters at the site: of all that is given, or of the drug alone

    @property
    def predictions(self) -> tuple[Prediction, ...]:
        """What was predicted of each payload; nothing where the carrier is itself the drug."""
        return tuple(item.prediction for item in self.exposed if item.prediction is not None)

    @property
    def prediction(self) -> Prediction | None:
        """What was predicted of the payload of the target; None where the carrier is itself the drug."""
        return of_target(self.formulation, self.predictions)

    @property
    def volume(self) -> float | None:
        """The volume of one injection [m3]; None where nobody gives it."""
        if self.loading is not None:
            return self.loading.volume
        try:
            if self.formulation.payload:
                return prepare_all(self.formulation)[0].volume
            return prepare_own(self.formulation)[0][1].volume
        except MissingValueError:
            return None

    @property
    def inputs(self) -> tuple[Input, ...]:
        """Every number the report rests on, once."""
        found = {item.key: item for item in self.loading.inputs} if self.loading is not None else {}
        for exposed in self.exposed:
            found |= {item.key: item for item in exposed.inputs}
        return tuple(found[key] for key in sorted(found))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know, each once."""
        loaded = self.loading.warnings if self.loading is not None else ()
        told = [*loaded, *(text for item in self.exposed for text in item.warnings)]
        return tuple(dict.fromkeys(told))


def of_target(formulation: Formulation, found: Sequence[Prediction]) -> Prediction | None:
    """Give the one among predictions of a formulation that is of the payload of its target."""
    return next((item for item in found if item.case.part.id == formulation.cargo.id), None)


def study(formulation: Formulation, progress: Callable[[str], None] | None = None) -> Studied:
    """Compute all that a report on a formulation says; what cannot be computed is left out, with the reason.

    Raises
    ------
    FormulateError
        Numbers of the file contradict each other, so that not even its loading can be told.
    """

    def tell(text: str) -> None:
        if progress:
            progress(text)

    reasons: dict[str, str] = {}
    tell("loading")
    obstacles: list[str] = []
    is_lacking = False
    loading: LoadingResult | None = None
    try:
        loading = load_all(formulation)
    except MissingValueError:
        is_lacking = True
    made: Recipe | None = None
    try:
        made = recipe(formulation)
    except FormulateError as error:
        if loading is not None:  # else the same number is missing of both
            reasons["recipe"] = str(error)
    tell("exposure")
    exposed: tuple[Exposed, ...] = ()
    try:
        exposed = expose(formulation)
    except MissingValueError:
        is_lacking = True
    except FileError as error:
        obstacles += [f"{fault.field}: {fault.problem}" for fault in error.faults]
    except FormulateError as error:
        obstacles.append(str(error))
    lacks = lacking(formulation, "loading" if obstacles else "retention") if is_lacking else ()
    drivers: Sensitivity | None = None
    if not formulation.payload or not exposed:
        pass  # nothing to explain, or the carrier is the drug: its numbers tell themselves where their bands come from
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
        lacks,
        tuple(obstacles),
        of_site(formulation, exposed),
    )


def of_site(formulation: Formulation, exposed: Sequence[Exposed]) -> tuple[str, ...]:
    """Give what matters at the site of what is given there; where its stay is not computed, of its drug alone.

    Nothing where not even the drug can be followed: what is said of the site in the catalog stands in its place.
    """
    if not exposed and formulation.payload:
        held = tuple(part.id for part in formulation.payload)
        alone = Layer(id="drug-alone", carrier=ALONE, holds=held)
        try:
            exposed = expose(formulation.model_copy(update={"layer": (alone,), "system": None}), TypicalDraw())
        except FormulateError:
            return ()
    return tuple(dict.fromkeys(note for item in exposed for note in item.notes))
