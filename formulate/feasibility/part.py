"""What is checked: one payload in its carriers, or one carrier that is the drug, with what loading found of it."""

from dataclasses import dataclass

from formulate.case import (
    INTRAVENOUS,
    Case,
    OwnPlace,
    Process,
    injection_volume,
    part_of_site,
    prepare_all,
    prepare_own,
)
from formulate.feasibility.words import called
from formulate.formulation import Formulation
from formulate.inputs import Inputs, Subject
from formulate.layer import Layer
from formulate.loading import stage
from formulate.loading.stage_biological import own_drug
from formulate.loading.total import sharing
from formulate.overrides import BODY
from formulate.pipeline import Prediction
from formulate.results import Loading, OwnLoading
from formulate.sampling import Draws
from materials.errors import FormulateError
from materials.schema import Carrier


@dataclass(frozen=True)
class Part:
    """One payload in its carriers, or one carrier that is the drug."""

    formulation: Formulation
    place: Case | OwnPlace
    layers: tuple[Subject, ...]  # from the inside out
    chain: tuple[Layer, ...]  # the same, as the user wrote them
    loading: Loading | OwnLoading | None
    problem: FormulateError | None  # why there is no loading

    @property
    def case(self) -> Case | None:
        """The case of a payload; None of a carrier that is the drug."""
        return self.place if isinstance(self.place, Case) else None

    @property
    def inputs(self) -> Inputs:
        """Where its numbers are looked up."""
        return self.place.inputs

    @property
    def site(self) -> Subject:
        """The site."""
        return self.place.site

    @property
    def name(self) -> str:
        """What is meant to act: the payload, or the carrier that is the drug."""
        return called(self.case.payload if self.case else self.layers[0])

    @property
    def route(self) -> str:
        """The route of the main dose."""
        return self.formulation.regimen.route_or_first

    @property
    def in_vein(self) -> bool:
        """True when the main dose goes into a vein."""
        return self.route == INTRAVENOUS

    @property
    def species(self) -> str:
        """Whose site it is."""
        return self.formulation.regimen.species

    @property
    def state(self) -> str:
        """In which state the site is."""
        return self.formulation.regimen.state_or_first

    @property
    def volume(self) -> float:
        """The volume of an injection [m3]; a MissingValueError where nobody gives it."""
        return injection_volume(self.formulation, self.site)

    @property
    def depot(self) -> Subject | None:
        """The gel or other depot that is put at the site, if there is one."""
        return self.layers[-1] if form(self.layers[-1]) == "depot" else None

    @property
    def carrier(self) -> Subject | None:
        """The particle, vesicle, micelle or cell that lies at the site or in the depot: the outermost of them."""
        held = [layer for layer in self.layers if form(layer) not in ("depot", "dissolved", "crystal")]
        return held[-1] if held else None

    @property
    def layer(self) -> Layer:
        """The layer of `carrier`, else the outermost."""
        subject = self.carrier or self.layers[-1]
        return self.chain[self.layers.index(subject)]

    @property
    def process(self) -> Process:
        """Where the numbers of how the carrier was made are looked up."""
        method = self.layer.preparation
        return Process(self.carrier or self.layers[-1], Subject(self.inputs, method) if method else None)

    def of_site(self, identifier: str) -> Subject:
        """Give a part of the site, such as its cartilage, to read numbers from."""
        return part_of_site(self.inputs, self.formulation.regimen, identifier)

    @property
    def body(self) -> Subject:
        """The body the site is in."""
        return self.of_site(BODY)


def form(subject: Subject) -> str:
    """Give the form of a carrier: dissolved, crystal, particle, vesicle, micelle, cell or depot."""
    assert isinstance(subject.entry, Carrier)
    return subject.entry.form or subject.entry.physical_form


def parts(
    formulation: Formulation, prediction: Prediction | None = None, draws: Draws | None = None
) -> tuple[Part, ...]:
    """Give what of a formulation is checked: the payloads where they are held, then the carriers that are the drug.

    Everything is looked up anew, in the same draws: the numbers a prediction rests on are not added to.
    """
    if prediction is not None:
        draws = prediction.case.inputs.draws
    found = []
    cases = prepare_all(formulation, draws)
    loaded = [(prediction.loading, None) if prediction and len(cases) == 1 else _loaded(case) for case in cases]
    held_all = [loading for loading, _ in loaded if loading is not None]
    if len(held_all) == len(cases) > 1:  # what one carrier holds together
        loaded = [(loading, None) for loading in sharing(cases, tuple(held_all))]
    for case, (loading, problem) in zip(cases, loaded, strict=True):
        found.append(Part(formulation, case, case.layers, case.chain, loading, problem))
    for layer, own in prepare_own(formulation, draws):
        held: OwnLoading | None = None
        problem = None
        try:
            held = own_drug(own, layer)
        except FormulateError as error:
            problem = error
        layers = (own.carrier, *own.layers)
        found.append(Part(formulation, own, layers, (layer, *formulation.around(layer)), held, problem))
    return tuple(found)


def _loaded(case: Case) -> tuple[Loading | None, FormulateError | None]:
    try:
        return stage.load(case), None
    except FormulateError as error:
        return None, error
