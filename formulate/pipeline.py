"""The line through all stages: load, release, retain, assess."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from formulate.assess import Assessment, assess
from formulate.case import Case, prepare_all, prepare_parts
from formulate.computable import prediction_problems
from formulate.formulation import Formulation
from formulate.inputs import Input, Subject
from formulate.loading.stage import load
from formulate.loading.total import sharing
from formulate.memory import keep_what_is_freed
from formulate.parts import as_one, shares_of
from formulate.release.stage import release
from formulate.results import Exposure, Loading, Release
from formulate.retention.site import Asked
from formulate.retention.stage import retain, retain_all
from formulate.retention.stage_superposed import summed, weighed
from formulate.sampling import Draws
from materials.errors import Fault, FileError, FormulateError
from materials.schema import Site

keep_what_is_freed()


@dataclass(frozen=True)
class Prediction:
    """Everything computed for one formulation."""

    formulation: Formulation
    case: Case
    loading: Loading
    release: Release
    exposure: Exposure
    assessment: Assessment
    parts: tuple[Case, ...] = ()  # each part of the payload in the layer that holds it; the first is `case`
    with_others: bool = False  # computed beside all other payloads of the formulation

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
        told = (warning for stage in stages for warning in stage)
        return (*self.borrowed_dose, *told, *late, *self._cautions, *self._beside, *self._ignored)

    @property
    def _beside(self) -> tuple[str, ...]:
        """Say what is taken of other payloads of the formulation."""
        cargo = self.case.part.id
        others = [part.id for part in self.formulation.payload if part.id != cargo]
        if not others:
            return ()
        beside = f"{' and '.join(others)} beside it"
        return (
            f"{cargo} is followed as if {beside} changed neither its release nor where it goes; a carrier that holds "
            "several counts with the load of all",
        )

    @property
    def borrowed_dose(self) -> tuple[str, ...]:
        """Warn of a usual dose that is one for a joint where the site is none: nobody asked for it there."""
        case = self.case
        usual = None if case.part.dose else case.payload.find("usual_dose")
        site = case.site.entry
        assert isinstance(site, Site)
        if usual is None or "intra-articular" not in usual.conditions or site.site_class == "joint":
            return ()
        dose, place = f"{usual.typical:g} {usual.unit}", site.id.replace("-", " ")
        return (f"the dose, {dose}, is the usual one {usual.conditions}, not one for the {place}: set payload.dose",)

    @property
    def _cautions(self) -> tuple[str, ...]:
        """What the catalog says that every calculation with the payload, a carrier or the site leaves out."""
        case = self.case
        entries = [case.payload.entry, case.site.entry, *(layer.entry for layer in self._layers)]
        return tuple(statement.text for entry in entries for statement in entry.statements("caution"))

    @property
    def _ignored(self) -> tuple[str, ...]:
        """Settings of the user that no calculation asked for."""
        case = self.case
        if len(self.formulation.payload) > 1 and not self.with_others:  # which may read what this one does not
            return case.inputs.unused([case.payload])
        return case.inputs.unused([case.payload, case.site, *self._layers, *case.parts_set])

    @property
    def _layers(self) -> tuple[Subject, ...]:
        """The layers around any part of the payload, each once."""
        found = {id(layer.entry): layer for part in self.parts or (self.case,) for layer in part.layers}
        return tuple(found.values())


def predict(formulation: Formulation, draws: Draws | None = None) -> Prediction:
    """Compute one formulation from loading to assessment: the payload that it follows, as if there were no other.

    Parameters
    ----------
    formulation : Formulation
        What to compute; `Formulation.following` gives it with another of its payloads.
    draws : Draws, optional
        Instead of those the formulation asks for; `TypicalDraw()` computes with typical values alone.

    Raises
    ------
    MissingValueError
        A number that a mechanism needs is given neither by the user nor by the catalog.
    FileError
        The loading of the formulation can be computed, its release or retention cannot.
    """
    parts = _held(formulation, draws)
    return _assessed(formulation, parts, [retain(*part) for part in parts])


def predict_each(formulation: Formulation, draws: Draws | None = None) -> tuple[Prediction, ...]:
    """Compute each payload of a formulation as `predict` does, in the order of the file, with the same draws.

    Raises
    ------
    MissingValueError, FileError
        As `predict`, of the first payload that is refused.
    """
    drawn = draws or Draws(formulation.calculation.draws, formulation.calculation.seed)
    found = []
    for item in predict_all([(one, drawn) for one in formulation.each]):
        if isinstance(item, FormulateError):
            raise item
        found.append(replace(item, with_others=True))
    for prediction in found:
        for other in found:
            prediction.case.inputs.asked_too(other.case.inputs)
    return tuple(found)


def predict_all(formulations: Sequence[tuple[Formulation, Draws]]) -> list[Prediction | FormulateError]:
    """Compute formulations as `predict` does, those of one site and drug together; an error in place of each refused.

    Notes
    -----
    All that is computed is held at once, about 30 curves of all draws and times a formulation: hand over many in lots.
    """
    found: dict[int, Prediction | FormulateError] = {}
    held: dict[int, tuple[Asked, ...]] = {}
    for i, (formulation, draws) in enumerate(formulations):
        try:
            held[i] = _held(formulation, draws)
        except FormulateError as error:
            found[i] = error
    exposures = iter(retain_all([part for parts in held.values() for part in parts]))
    for i, parts in held.items():
        exposed = [next(exposures) for _ in parts]
        try:
            found[i] = _assessed(formulations[i][0], parts, exposed)
        except FormulateError as error:
            found[i] = error
    return [found[i] for i in range(len(formulations))]


def _held(formulation: Formulation, draws: Draws | None) -> tuple[Asked, ...]:
    """Give, for each part of the payload, its case, what its carriers hold, and how they release it."""
    if found := [Fault("formulation", field, problem) for field, problem in prediction_problems(formulation)]:
        raise FileError(found)
    parts = []
    for case in prepare_parts(formulation, draws):
        loading = load(case)
        if len(formulation.payload) > 1:
            loading = _beside_others(case, loading)
        parts.append((case, loading, release(case, loading)))
    return tuple(parts)


def _beside_others(case: Case, loading: Loading) -> Loading:
    """Give the loading of a carrier with what other payloads add to it."""
    cases = [case]
    for held in case.formulation.held:
        if held.part.id != case.part.id and held.chain[0].id == case.holder.id:
            cases += [one for one in prepare_all(case.formulation, case.inputs.draws) if one.part.id == held.part.id]
    return sharing(cases, (loading, *(load(other) for other in cases[1:])))[0]


def _assessed(
    formulation: Formulation, parts: Sequence[Asked], exposed: Sequence[Exposure | FormulateError]
) -> Prediction:
    """Put the parts of a payload together and give what they come to; raises the first error among them."""
    exposures: list[Exposure] = []
    for item in exposed:
        if isinstance(item, FormulateError):
            raise item
        exposures.append(item)
    cases = tuple(case for case, _, _ in parts)
    of_parts = [(loading, released) for _, loading, released in parts]
    loading, released = as_one(of_parts)
    exposure = exposures[0] if len(parts) == 1 else summed(map(weighed, exposures, shares_of(of_parts)))
    assessment = assess(cases[0], loading, released, exposure)
    return Prediction(formulation, cases[0], loading, released, exposure, assessment, cases)
