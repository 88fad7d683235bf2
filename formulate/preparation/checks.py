"""What the finished injection is held against: the site's volume, what passes the needle, the solvents, the dose."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from formulate.estimate import Estimate, estimate
from formulate.loading.total import LoadingResult
from formulate.preparation.parts import Check, SolventLimit, Verdict
from formulate.report.text import number, share_text
from formulate.sampling import Array
from materials.schema import Site
from materials.units import convert, to_si
from materials.values import Value

if TYPE_CHECKING:
    from formulate.preparation.nodes import Node

ENOUGH = 0.9  # of the draws, to call a check passed


def allowed_text(content: float) -> str:
    """Give the largest residual content in words.

    >>> allowed_text(2e-4), allowed_text(0.18), allowed_text(3.0)
    ('up to 200 ppm', 'up to 18 %', 'any content')
    """
    if content >= 1:
        return "any content"
    return f"up to {number(content * 100)} %" if content >= 0.01 else f"up to {number(content * 1e6)} ppm"


def concentrations(nodes: Sequence["Node"], drawn: LoadingResult) -> tuple[Estimate, ...]:
    """Give the concentration of each drug in the injection, and of the particles around it."""
    doses: dict[str, Array] = {}
    for loading in drawn.payloads:
        doses[loading.payload] = doses.get(loading.payload, np.zeros(1)) + loading.given
    found = [
        estimate(f"{name}_concentration", f"{name} in the injection", "mg/mL", given / drawn.volume, drawn.inputs)
        for name, given in doses.items()
    ]
    for node in _suspended(nodes):
        assert node.loaded is not None
        label = f"{node.layer.id} in the injection"
        draws = node.loaded[1:] / drawn.volume
        found.append(estimate(f"{node.layer.id}_concentration", label, "mg/mL", draws, drawn.inputs))
    return tuple(found)


def injection_checks(
    nodes: Sequence["Node"], drawn: LoadingResult, limits: Sequence[SolventLimit]
) -> tuple[Check, ...]:
    """Hold the injection against what its site, needle and solvents allow."""
    return (
        _volume(drawn),
        *(_dose(drawn)),
        *(_dense(node, drawn.volume) for node in _suspended(nodes)),
        _needle(nodes, drawn),
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
    found = f"{convert(drawn.volume, 'mL'):.3g} mL"
    values = [
        _of_site(regimen.entry, name, regimen.species, regimen.state_or_first)
        for name in ("injection_volume", "max_injection_volume")
    ]
    tops = [to_si(value.typical if value.high is None else value.high, value.unit) for value in values if value]
    if not tops:
        return Check("volume of an injection", found, f"not known for {regimen.site}", "unknown")
    words = f"up to {convert(tops[-1], 'mL'):.3g} mL in the {regimen.species} {regimen.site}"
    return Check("volume of an injection", found, words, "pass" if drawn.volume <= tops[-1] * 1.01 else "check")


def _of_site(site: Site, name: str, species: str, state: str) -> Value | None:
    return site.value(name, species=species, state=state)


def _dose(drawn: LoadingResult) -> list[Check]:
    found = []
    for loading in drawn.payloads:
        wanted = f"{convert(loading.wanted, 'mg'):.4g} mg wanted"
        verdict: Verdict = "pass" if loading.fits >= ENOUGH else "check"
        found.append(
            Check(f"dose of {loading.payload}", f"fits in {share_text(loading.fits)} of the draws", wanted, verdict)
        )
    return found


def _dense(node: "Node", volume: float) -> Check:
    name = f"concentration of {node.layer.id}"
    assert node.loaded is not None
    dense = node.loaded[1:] / volume
    found = f"{float(node.loaded[0]) / volume:.3g} mg/mL"
    if node.process.find("max_injectable_concentration") is None:
        return Check(name, found, "what can be injected is not known", "unknown")
    most = node.process.read("max_injectable_concentration", "what can be injected")[:, 0]
    often = float((dense <= most * (1 + 1e-9)).mean())
    words = f"{float(np.median(most)):.3g} mg/mL can be injected; within it in {share_text(often)} of the draws"
    return Check(name, found, words, "pass" if often >= ENOUGH else "check")


def _needle(nodes: Sequence["Node"], drawn: LoadingResult) -> Check:
    told = [warning for warning in drawn.warnings if "needle" in warning]
    if told:
        return Check("passage through the needle", "see the warnings", "21 G needle", "check")
    limits = ("max_syringeable_diameter", "max_syringeable_storage_modulus")
    known = any(node.process.find(name) is not None for node in nodes for name in limits)
    solids = [node for node in nodes if node.form != "dissolved"]
    if known or not solids:
        return Check("passage through the needle", "nothing that stops it", "21 G needle", "pass")
    return Check("passage through the needle", "sizes not known", "21 G needle", "unknown")


def _solvent(limit: SolventLimit) -> Check:
    name = f"residual {limit.solvent.name.lower()} in {limit.layer}"
    if limit.largest_content is None:
        return Check(name, "to be measured", limit.solvent.limit_text, "check")
    words = f"{limit.solvent.limit_text}; {allowed_text(limit.largest_content)} of this dose is within it"
    return Check(name, "to be measured", words, "check")
