"""What the finished injection is held against: the site's volume, what passes the needle, the solvents, the dose."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from formulate.estimate import estimate
from formulate.loading.total import LoadingResult
from formulate.preparation.amounts import chosen_text, strength_text
from formulate.preparation.needle import needle_checks
from formulate.preparation.own import own_strengths
from formulate.preparation.parts import Check, SolventLimit, Strength, Verdict
from formulate.report.text import number, share_text
from formulate.sampling import Array
from materials.schema import Site
from materials.units import to_si
from materials.values import Value
from materials.vehicles import plasma, vehicle

if TYPE_CHECKING:
    from formulate.preparation.nodes import Node

NEAR = 0.1  # of the ends: real solutes count for a tenth less than ideal ones
ENOUGH = 0.9  # of the draws, to call a check passed


def allowed_text(content: float) -> str:
    """Give the largest residual content in words.

    >>> allowed_text(2e-4), allowed_text(0.18), allowed_text(3.0)
    ('up to 200 ppm', 'up to 18 %', 'any content')
    """
    if content >= 1:
        return "any content"
    return f"up to {number(content * 100)} %" if content >= 0.01 else f"up to {number(content * 1e6)} ppm"


def concentrations(nodes: Sequence["Node"], typical: LoadingResult, drawn: LoadingResult) -> tuple[Strength, ...]:
    """Give the concentration of each drug in the injection, and of the particles, cells and vesicles around it."""
    doses: dict[str, Array] = {}
    for central, loading in zip(typical.payloads, drawn.payloads, strict=True):
        given = np.concatenate([central.given, loading.given])
        doses[loading.payload] = doses.get(loading.payload, np.zeros(1)) + given
    listed = [(name, given) for name, given in doses.items()]
    listed += [(node.layer.id, node.loaded) for node in _suspended(nodes) if node.loaded is not None]
    found = []
    for name, masses in listed:
        dense = masses / drawn.volume
        shown = estimate(f"{name}_concentration", f"{name} in the injection", "mg/mL", dense[1:], drawn.inputs)
        found.append(Strength(float(dense[0]), shown))
    for node in nodes:
        found += own_strengths(node, drawn.inputs) if node.own else []
    return tuple(found)


def injection_checks(
    nodes: Sequence["Node"], drawn: LoadingResult, limits: Sequence[SolventLimit]
) -> tuple[Check, ...]:
    """Hold the injection against what its site, needle and solvents allow."""
    return (
        _volume(drawn),
        *_tonicity(nodes, drawn.formulation.regimen.vehicle or ""),
        *(_dose(drawn)),
        *(_dense(node, drawn.volume) for node in _suspended(nodes)),
        *needle_checks(nodes, drawn.formulation.regimen),
        *(_solvent(limit) for limit in limits),
    )


def _suspended(nodes: Sequence["Node"]) -> list["Node"]:
    """Give the particles that are in the liquid or the gel itself, not inside others."""
    depots = {node.layer.id for node in nodes if node.form == "depot"}
    return [
        node
        for node in nodes
        if node.form != "depot" and node.loaded is not None and (not node.outside or node.outside in depots)
    ]


def _volume(drawn: LoadingResult) -> Check:
    regimen = drawn.formulation.regimen
    found = chosen_text(drawn.volume, "m**3")
    values = [
        _of_site(regimen.entry, name, regimen.species, regimen.state_or_first)
        for name in ("injection_volume", "max_injection_volume")
    ]
    tops = [to_si(value.typical if value.high is None else value.high, value.unit) for value in values if value]
    if not tops:
        return Check("volume of an injection", found, f"not known for {regimen.site}", "unknown")
    words = f"up to {chosen_text(tops[-1], 'm**3')} in the {regimen.species} {regimen.site}"
    return Check("volume of an injection", found, words, "pass" if drawn.volume <= tops[-1] * 1.01 else "check")


def _tonicity(nodes: Sequence["Node"], name: str) -> list[Check]:
    """Hold the vehicle against plasma, where one is named."""
    if not name:
        return []
    liquid = vehicle(name)
    body = plasma()
    low, high = body.low, body.high
    found = f"{liquid.osmolarity:.4g} mOsm/L of {liquid.name}, without what else is dissolved"
    limit = f"{low:g} to {high:g} mOsm/L in plasma; from {body.harmful_from:g} on a vein may be harmed"
    sensitive = [node.layer.id for node in nodes if node.form in ("cell", "vesicle") or node.own is not None]
    if low * (1 - NEAR) <= liquid.osmolarity <= high * (1 + NEAR):
        return [Check("tonicity", found, limit, "pass")]
    if liquid.osmolarity < low and sensitive:
        limit += f"; it swells and may burst {' and '.join(sensitive)}"
    return [Check("tonicity", found, limit, "check")]


def _of_site(site: Site, name: str, species: str, state: str) -> Value | None:
    return site.value(name, species=species, state=state)


def _dose(drawn: LoadingResult) -> list[Check]:
    found = []
    for loading in drawn.payloads:
        wanted = f"{chosen_text(loading.wanted, 'kg')} wanted"
        words = f"fits in {share_text(loading.fits)} of the draws"
        several = sum(other.payload == loading.payload for other in drawn.payloads) > 1
        where = f" in {loading.layers[0].layer}" if several else ""
        found.append(Check(f"dose of {loading.payload}{where}", words, wanted, _often(loading.fits)))
    return found


def _dense(node: "Node", volume: float) -> Check:
    """Hold the particles against what can be injected; a dose that was cut to it fills it by construction."""
    name = f"concentration of {node.layer.id}"
    assert node.loaded is not None
    dense = node.loaded / volume
    found = strength_text(float(dense[0]))
    if node.process.find("max_injectable_concentration") is None:
        words = f"what can be injected is not known: set max_injectable_concentration of layer {node.layer.id}"
        return Check(name, found, words, "unknown")
    value = node.process.find("max_injectable_concentration")
    assert value is not None
    typical = to_si(value.typical, value.unit)
    most = node.process.read("max_injectable_concentration", "what can be injected")[:, 0]
    words = f"{strength_text(typical)} can be injected"
    if dense[0] >= typical * (1 - 1e-9):
        return Check(name, found, f"{words}: filled up to the limit", "check")
    full = float((dense[1:] >= most * (1 - 1e-9)).mean())
    return Check(name, found, f"{words}; below it in {share_text(1 - full)} of the draws", _often(1 - full))


def _often(share: float) -> Verdict:
    return "pass" if share >= ENOUGH else "check"


def _solvent(limit: SolventLimit) -> Check:
    name = f"residual {limit.solvent.name.lower()} in {limit.layer}"
    if limit.largest_content is None:
        return Check(name, "to be measured", limit.solvent.limit_text, "check")
    words = f"{limit.solvent.limit_text}; {allowed_text(limit.largest_content)} of this dose is within it"
    return Check(name, "to be measured", words, "check")
