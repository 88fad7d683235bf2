"""The line through all stages: load, release, retain, assess."""

from dataclasses import dataclass

from formulate.assess import Assessment, assess
from formulate.case import Case, prepare
from formulate.formulation import Formulation, prediction_problems
from formulate.inputs import Input
from formulate.loading.stage import load
from formulate.release.stage import release
from formulate.results import Exposure, Loading, Release
from formulate.retention.stage import retain
from formulate.sampling import Draws
from materials.errors import Fault, FileError


@dataclass(frozen=True)
class Prediction:
    """Everything computed for one formulation."""

    formulation: Formulation
    case: Case
    loading: Loading
    release: Release
    exposure: Exposure
    assessment: Assessment

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The numbers it rests on."""
        return self.case.inputs.used

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know, stage by stage."""
        stages = (
            self.loading.unfit,
            self.loading.warnings,
            self.release.warnings,
            self.exposure.warnings,
            self.assessment.warnings,
        )
        late = self.formulation.regimen.after(float(self.case.time[-1]))
        return (*(warning for stage in stages for warning in stage), *late, *self._cautions, *self._ignored)

    @property
    def _cautions(self) -> tuple[str, ...]:
        """What the catalog says that every calculation with the payload, a carrier or the site leaves out."""
        case = self.case
        entries = [case.payload.entry, case.site.entry, case.inner.entry, *([case.depot.entry] if case.depot else [])]
        return tuple(statement.text for entry in entries for statement in entry.statements("caution"))

    @property
    def _ignored(self) -> tuple[str, ...]:
        """Settings of the user that no calculation asked for."""
        case = self.case
        subjects = [case.payload, case.site, case.inner, *([case.depot] if case.depot else []), *case.parts_set]
        return case.inputs.unused(subjects)


def predict(formulation: Formulation, draws: Draws | None = None) -> Prediction:
    """Compute one formulation from loading to assessment.

    Parameters
    ----------
    formulation : Formulation
        What to compute.
    draws : Draws, optional
        Instead of those the formulation asks for; `TypicalDraw()` computes with typical values alone.

    Raises
    ------
    MissingValueError
        A number that a mechanism needs is given neither by the user nor by the catalog.
    FileError
        The loading of the formulation can be computed, its release or retention cannot.
    """
    if found := [Fault("formulation", field, problem) for field, problem in prediction_problems(formulation)]:
        raise FileError(found)
    case = prepare(formulation, draws)
    loading = load(case)
    released = release(case, loading)
    exposure = retain(case, loading, released)
    assessment = assess(case, loading, released, exposure)
    return Prediction(formulation, case, loading, released, exposure, assessment)
