"""The layers of a batch: what each holds of drugs and other layers per dose, from a computed loading."""

from dataclasses import dataclass, field

import numpy as np

from formulate.case import Case, Process, prepare_own
from formulate.formulation import Formulation, Layer
from formulate.inputs import Subject
from formulate.loading.total import LoadingResult
from formulate.preparation.materials import dry_polymer
from formulate.results import Detail, Loading
from formulate.sampling import Array, TypicalDraw


@dataclass
class Part:
    """A drug or an inner carrier in one layer [kg per dose]; the typical value first, then the draws."""

    name: str
    given: Array
    added: Array
    loss_known: bool
    inner: str = ""  # the layer it is, where it is no drug


@dataclass
class Node:
    """One layer of the batch on the way to its recipe; arrays hold the typical value first, then the draws."""

    layer: Layer
    process: Process
    carrier: Array | None = None  # kg per dose, bare
    loaded: Array | None = None  # kg per dose
    density: float | None = None  # kg/m3, of the loaded carrier
    outside: str = ""  # the layer around it
    parts: list[Part] = field(default_factory=list)
    details: tuple[Detail, ...] = ()  # of the typical values
    particles: Array | None = None  # per dose
    own: list[str] = field(default_factory=list)  # layers in it that are themselves the drug
    doses: Array | float = 1.0  # equivalents of a dose that its product must hold
    growth: Array | float = 1.0  # put in per what would do if no carrier were lost
    yielded: float | None = None
    yield_note: str = ""

    @property
    def form(self) -> str:
        """The form of its carrier."""
        return self.layer.entry.form

    @property
    def product(self) -> Array:
        """What one dose holds of it [kg]."""
        return np.asarray(sum((part.given for part in self.parts), start=self.bare))

    @property
    def put_in(self) -> Array:
        """What goes in for one dose if no carrier is lost [kg]."""
        return np.asarray(sum((part.added for part in self.parts), start=self.bare))

    @property
    def bare(self) -> Array:
        """The carrier of one dose without what it holds [kg]."""
        return np.zeros(1) if self.carrier is None else self.carrier


def layers_of(typical: LoadingResult, drawn: LoadingResult) -> list[Node]:
    """Give the layers of the batch, from the outside in."""
    nodes: dict[str, Node] = {}
    depth: dict[str, int] = {}
    for case, central, loading in zip(drawn.cases, typical.payloads, drawn.payloads, strict=True):
        for place, (layer, subject) in enumerate(zip(case.chain, case.layers, strict=True)):
            node = nodes.setdefault(layer.id, _node(case, layer, subject))
            depth[layer.id] = max(depth.get(layer.id, 0), place)
            node.outside = case.chain[place + 1].id if place + 1 < len(case.chain) else ""
            held, middle = loading.layers[place], central.layers[place]
            node.carrier = _joined(middle.carrier_mass, held.carrier_mass, node.carrier)
            node.loaded = _joined(middle.loaded_mass, held.loaded_mass, node.loaded)
            if place == 0:
                node.parts.append(_drug(central, loading))
                node.details += middle.details
                node.particles = _joined(middle.particles, held.particles, node.particles)
            elif held.drug_added is not None and not any(part.inner for part in node.parts):
                node.parts.append(_inside(case.chain[place - 1].id, central, loading, place))
    _around_own(typical.formulation, nodes)
    return sorted(nodes.values(), key=lambda node: -depth.get(node.layer.id, len(depth)))


def _around_own(formulation: Formulation, nodes: dict[str, Node]) -> None:
    """Add the gels around carriers that are themselves the drug."""
    both = zip(prepare_own(formulation, TypicalDraw()), prepare_own(formulation), strict=True)
    for (layer, central), (_, place) in both:
        around = zip(formulation.around(layer), central.layers, place.layers, strict=True)
        for outer, middle, subject in around:
            if outer.id not in nodes and outer.entry.form == "depot":
                method = outer.preparation
                process = Process(subject, Subject(place.inputs, method) if method else None)
                known = all(subject.find(name) for name in ("polymer_mass_fraction", "polymer_density"))
                carrier = (
                    np.concatenate([dry_polymer(item, place.volume) for item in (middle, subject)]) if known else None
                )
                nodes[outer.id] = Node(outer, process, carrier)
            if outer.id in nodes and layer.id not in nodes[outer.id].own:
                nodes[outer.id].own.append(layer.id)


def _node(case: Case, layer: Layer, subject: Subject) -> Node:
    method = layer.preparation
    process = Process(subject, Subject(case.inputs, method) if method else None)
    density = subject.typical("density", "the volume it takes") if subject.find("density") else None
    return Node(layer, process, density=density)


def _drug(central: Loading, loading: Loading) -> Part:
    held, middle = loading.layers[0], central.layers[0]
    given = np.concatenate([central.given, loading.given])
    added = _joined(middle.drug_added, held.drug_added, None)
    known = added is not None and middle.encapsulation_efficiency is not None
    return Part(loading.payload, given, given if added is None else added, known)


def _inside(name: str, central: Loading, loading: Loading, place: int) -> Part:
    held, middle = loading.layers[place], central.layers[place]
    added, lost = _joined(middle.drug_added, held.drug_added, None), _joined(middle.drug_lost, held.drug_lost, None)
    assert added is not None
    given = added if lost is None else added - lost
    return Part(name, given, added, held.encapsulation_efficiency is not None, inner=name)


def _joined(central: Array | None, draws: Array | None, before: Array | None) -> Array | None:
    """Give the typical value before the draws; of a carrier that several payloads share, what all of them need."""
    if central is None or draws is None:
        return before
    whole = np.concatenate([central, draws])
    return whole if before is None or before.shape != whole.shape else np.maximum(before, whole)
