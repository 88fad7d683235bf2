"""The layers of a batch: what each holds of drugs and other layers per dose, from a computed loading."""

from dataclasses import dataclass, field

import numpy as np

from formulate.case import Case, Process, prepare_own
from formulate.inputs import Subject
from formulate.layer import Layer
from formulate.loading.stage_gels import gel_of
from formulate.loading.total import LoadingResult
from formulate.preparation.materials import GEL
from formulate.results import Loading, OwnLoading
from formulate.sampling import Array, TypicalDraw


@dataclass
class Part:
    """A drug or an inner carrier in one layer [kg per dose]; the typical value first, then the draws."""

    name: str
    given: Array
    added: Array
    wanted: float
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
    details: dict[str, Array] = field(default_factory=dict)
    crystal: Subject | None = None  # the payload of a layer that is nothing but its crystals
    own: tuple[OwnLoading, OwnLoading] | None = None  # where it is itself the drug: typical, drawn
    own_inside: list[str] = field(default_factory=list)  # layers in it that are themselves the drug
    doses: Array | float = 1.0  # equivalents of a dose that its product must hold
    growth: Array | float = 1.0  # of what it holds: put in per what would do if no carrier were lost
    carrier_growth: Array | float = 1.0  # of the carrier
    yielded: float | None = None
    yield_note: str = ""
    asked: set[str] = field(default_factory=set)  # numbers of its making that the batch was planned by

    @property
    def form(self) -> str:
        """The form of its carrier."""
        return self.layer.entry.form

    @property
    def is_soaked(self) -> bool:
        """True where a ready gel takes its drug up from a bath."""
        method = self.layer.preparation
        return (
            self.form == "depot"
            and bool(self.parts)
            and method is not None
            and method.loading in ("soaked", "affinity-gel")
        )

    @property
    def counts(self) -> str:
        """What it is counted in: cells, vesicles of cells; nothing where it is weighed."""
        if self.form == "cell" or self.layer.entry.physical_form == "cell":
            return "cells"
        return "vesicles" if self.layer.entry.carrier_class.endswith("extracellular-vesicle") else ""

    @property
    def carrier_put_in(self) -> Array:
        """The bare carrier that the batch is given [kg]."""
        return np.asarray(self.doses * np.asarray(self.carrier_growth) * self.bare)

    def part_put_in(self, part: Part) -> Array:
        """Give what the batch is given of a part [kg]."""
        return np.asarray(self.doses * np.asarray(self.growth) * part.added)

    def counted(self, name: str) -> Array | None:
        """Give how many of its cells or vesicles, or how much of their protein, the batch takes."""
        if name not in self.details or not self.parts:
            return None
        part = self.parts[0]
        found = self.details[name] * part.given / part.wanted * self.doses * np.asarray(self.carrier_growth)
        return found if np.isfinite(found[0]) else None

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
                node.crystal = case.payload if node.form == "crystal" else None
                for one, many in zip(middle.details, held.details, strict=False):
                    if one.name == many.name:
                        node.details.setdefault(one.name, np.concatenate([one.draws, many.draws]))
            elif held.drug_added is not None and not any(part.inner for part in node.parts):
                node.parts.append(_inside(case.chain[place - 1].id, central, loading, place))
    _own(typical, drawn, nodes)
    return sorted(nodes.values(), key=lambda node: -depth.get(node.layer.id, -1 if node.own else len(depth)))


def _own(typical: LoadingResult, drawn: LoadingResult, nodes: dict[str, Node]) -> None:
    """Add the carriers that are themselves the drug, and the gels around them."""
    formulation = typical.formulation
    places = zip(prepare_own(formulation, TypicalDraw()), prepare_own(formulation), strict=True)
    for ((layer, central), (_, place)), one, many in zip(places, typical.own, drawn.own, strict=True):
        node = Node(layer, Process(place.carrier, None), own=(one, many))
        nodes[layer.id] = node
        around = zip(formulation.around(layer), central.layers, place.layers, strict=True)
        for outer, middle, subject in around:
            node.outside = node.outside or outer.id
            if outer.id not in nodes and outer.entry.form == "depot":
                method = outer.preparation
                process = Process(subject, Subject(place.inputs, method) if method else None)
                known = all(subject.find(name) for name in GEL)
                carrier = (
                    np.concatenate([gel_of(item, place.volume)[0] for item in (middle, subject)]) if known else None
                )
                nodes[outer.id] = Node(outer, process, carrier)
            if outer.id in nodes:
                nodes[outer.id].own_inside.append(layer.id)


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
    return Part(loading.payload, given, given if added is None else added, loading.wanted, known)


def _inside(name: str, central: Loading, loading: Loading, place: int) -> Part:
    held, middle = loading.layers[place], central.layers[place]
    added, lost = _joined(middle.drug_added, held.drug_added, None), _joined(middle.drug_lost, held.drug_lost, None)
    assert added is not None
    given = added if lost is None else added - lost
    return Part(name, given, added, float(given[0]), held.encapsulation_efficiency is not None, inner=name)


def _joined(central: Array | None, draws: Array | None, before: Array | None) -> Array | None:
    """Give the typical value before the draws; of a carrier that several payloads share, what all of them need."""
    if central is None or draws is None:
        return before
    whole = np.concatenate([central, draws])
    return whole if before is None or before.shape != whole.shape else np.maximum(before, whole)
