"""Whether what acts is small enough for what lies between the injection and the target."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from formulate.computable import vein_problems
from formulate.feasibility.check import Check, by_draws, check, missing, worst
from formulate.feasibility.part import Part, form
from formulate.feasibility.words import called, length
from formulate.inputs import Subject
from formulate.loading.partition import ogston_partition
from formulate.needle import largest, of_handling
from formulate.report.text import number
from formulate.retention.stage_bone_remarks import SMALLEST_SHUT_OUT
from formulate.retention.stage_drug import mobility
from formulate.sampling import Array
from materials.errors import MissingValueError
from materials.values import Value

WHY = "the pores on the way"
LET_IN = 0.01  # of the concentration outside; less is kept out
LARGE = 2.0  # kg/mol, above which no drug crosses a closed barrier


@dataclass(frozen=True)
class Pores:
    """What has to be passed: its pores, and how much of a sphere's concentration it lets in; each of a radius."""

    words: str
    width: Array  # (draws,) m
    used: tuple[Value | None, ...]
    let_in: Callable[[Array], Array] | None = None
    closed_to_carriers: str = ""  # why, where carriers do not pass whatever their size

    def open_to(self, diameter: Array) -> NDArray[np.bool_]:
        """Tell in which draws a sphere passes."""
        fits = diameter < self.width
        return fits if self.let_in is None else fits & (self.let_in(diameter / 2) >= LET_IN)


def barrier_check(part: Part) -> Check:
    """Hold what acts, the payload or its carrier, against the pores between where it is put and the target."""
    if problem := next((told for _, told in vein_problems(part.formulation, also=False)), ""):
        return check("barrier", "fails", problem)
    found = [*_in_vein(part), *(_passed(part, pores) for pores in _on_the_way(part))]
    if found:
        return _together(found)
    target = part.formulation.compartment.replace("-", " ")
    told = f"not needed: no pores are known between the {part.route} injection and the {target}"
    return check("barrier", "not-applicable", told)


def _together(found: list[Check]) -> Check:
    """Give the worst of several barriers, with all that have its verdict in words."""
    first = worst(found)
    told = "; ".join(dict.fromkeys(item.told for item in found if item.verdict == first.verdict))
    sources = {key for item in found if item.verdict == first.verdict for key in item.sources}
    return replace(first, told=told, sources=tuple(sorted(sources)))


def _in_vein(part: Part) -> Iterator[Check]:
    """Hold the largest particles in a vein against the capillaries of the lung."""
    if not part.in_vein or part.carrier is None:
        return
    sized = largest(part.carrier)
    if sized is None:
        return
    sizes, what = sized
    most, rule = of_handling(part.inputs, "largest_diameter_in_vein")
    told = (
        f"{what} {length(float(np.median(sizes)))} in a vein; above {length(float(np.median(most)))} the lung holds it"
    )
    yield by_draws("barrier", sizes <= most, f"{told} back", rule)


def _on_the_way(part: Part) -> Iterator[Pores]:
    """Give what lies between where it is put and the target, where its pores are known."""
    site, target = part.formulation.regimen.site, part.formulation.compartment
    if target == "plasma":
        return
    if site == "knee":
        if part.in_vein:
            yield _pores(part.site, "vascular_gap_diameter", "gaps of the synovial vessels")
        if target == "cartilage":
            yield _cartilage(part)
    elif site == "disc":
        if part.in_vein:
            yield _endplate(part)
        elif target == "annulus-fibrosus":
            nucleus = part.of_site("nucleus-pulposus")
            yield _pores(nucleus, "collagen_pore_diameter", "collagen pores of the nucleus")
    elif site == "spinal-cord":
        if part.in_vein:
            yield _cord_barrier(part)
        elif target == "cord" or (target == "lesion" and part.route == "intrathecal"):
            rat = part.site.under(species="rat")  # measured in no other species
            yield _pores(rat, "intercellular_gap_width", "gaps between the cells of the cord (rat)")
    elif site == "bone":
        if part.in_vein:
            marrow = part.of_site("bone-marrow").under(species="rat", state="healthy")
            yield _pores(marrow, "fenestration_diameter", "pores of the sinusoids of marrow (rodent)")
        if target == "bone":
            width = np.full(part.inputs.draws.count, 2 * SMALLEST_SHUT_OUT)
            yield Pores("canaliculi of bone", width, ())


def _pores(subject: Subject, name: str, words: str) -> Pores:
    return Pores(words, subject.read(name, WHY)[:, 0], (subject.find(name),))


def _cartilage(part: Part) -> Pores:
    """Give the collagen network of cartilage, and the sulfated chains within it where they are known."""
    matrix = part.of_site("articular-cartilage").under(species="mixed", state="healthy")  # taken for every knee
    pores = _pores(matrix, "collagen_pore_diameter", "collagen pores of cartilage")
    names = ("glycosaminoglycan_volume_fraction", "cartilage_fibre_radius")
    knee = part.site if all(part.site.find(name) for name in names) else part.site.under(species="human")
    if not all(knee.find(name) for name in names):
        return pores
    return _with_chains(pores, knee, knee, names)


def _with_chains(pores: Pores, chains: Subject, fibres: Subject, names: tuple[str, str]) -> Pores:
    share, fibre = chains.read(names[0], WHY)[:, 0], fibres.read(names[1], WHY)[:, 0]
    used = (*pores.used, chains.find(names[0]), fibres.find(names[1]))
    closed = pores.closed_to_carriers
    return Pores(pores.words, pores.width, used, lambda radius: ogston_partition(share, radius, fibre), closed)


def _endplate(part: Part) -> Pores:
    """Give the endplate, by which what is in blood comes to a disc."""
    nucleus, endplate = part.of_site("nucleus-pulposus"), part.of_site("cartilage-endplate")
    words, name = "collagen pores of the endplate (taken as of the nucleus)", "collagen_pore_diameter"
    pores = _pores(nucleus, name, words)
    pores = Pores(words, pores.width, pores.used, None, "the disc is closed to carriers in blood")
    names = ("glycosaminoglycan_volume_fraction", "glycosaminoglycan_fibre_radius")
    chains = endplate if endplate.find(names[0]) else endplate.under(species="human")
    if chains.find(names[0]) is None or nucleus.find(names[1]) is None:
        return pores
    return _with_chains(pores, chains, nucleus, names)


def _cord_barrier(part: Part) -> Pores:
    """Give the barrier of blood and cord: closed in health, leaky by size after an injury."""
    if part.state == "healthy":
        width = np.zeros(part.inputs.draws.count)
        return Pores("the closed barrier of blood and cord", width, (), None, "the barrier of a healthy cord is closed")
    return _pores(part.site, "barrier_half_diameter", "the leaks of the barrier (half passes)")


def _passed(part: Part, pores: Pores) -> Check:
    """Tell whether the payload passes on its own, or in its carrier; a carrier that is the drug has to itself."""
    width = f"{pores.words} are {length(float(np.median(pores.width)))} wide" if pores.width.any() else pores.words
    held = _carrier(part, pores)
    if part.case is None:
        if held is None:
            need = f"the diameter of {part.name}"
            return check("barrier", "not-known", f"not known: whether it passes ({width}); need {need}")
        passing, told = held
        found = by_draws("barrier", passing, f"{told}; {width}", *pores.used)
        if found.verdict == "fails" and part.carrier is not None and form(part.carrier) == "cell":
            # no pore stops a cell as it stops a sphere; how many come is not known, so nothing passes either
            return replace(
                found, verdict="unsure", told=f"{found.told}, but living cells also migrate: few do unhelped"
            )
        return found
    if pores.width.any() or part.case.payload.find("molar_mass") is None:
        try:
            radius = mobility(part.case.payload)[1]
        except MissingValueError as error:
            return missing("barrier", error)
        free = pores.open_to(2 * radius)
        told = f"{part.name} is {length(2 * float(np.median(radius)))} wide; {width}{_let_in(pores, radius)}"
    else:
        mass = part.case.payload.read("molar_mass", WHY)[:, 0]
        free = mass < LARGE
        told = f"{part.name} ({number(float(np.median(mass)))} kg/mol) meets {pores.words}, which a small drug crosses "
        told += "by dissolving in it and a large one does not"
    if held is not None:
        passing, of_carrier = held
        told += f"; {of_carrier}{'' if passing.mean() >= 0.5 else ', so the drug has to be released outside'}"
        free = free | passing
    return by_draws("barrier", free, told, *pores.used)


def _let_in(pores: Pores, radius: Array) -> str:
    if pores.let_in is None:
        return ""
    share = float(np.median(pores.let_in(radius)))
    if share < 1e-6:
        return ", and the sulfated chains keep it out"
    return f", and the sulfated chains let in {number(100 * share)} % of the concentration outside"


def _carrier(part: Part, pores: Pores) -> tuple[NDArray[np.bool_], str] | None:
    """Give in which draws the carrier passes, with its size in words; None without a carrier of a known size."""
    carrier = part.carrier
    if carrier is None:
        return None
    name = "cell_diameter" if form(carrier) == "cell" and carrier.find("diameter") is None else "diameter"
    if carrier.find(name) is None:
        return None
    sizes = carrier.read(name, WHY)[:, 0]
    told = f"{called(carrier)}: {length(float(np.median(sizes)))} wide"
    if pores.closed_to_carriers:
        return np.zeros(len(sizes), dtype=bool), f"{told}: {pores.closed_to_carriers}"
    return pores.open_to(sizes), told
