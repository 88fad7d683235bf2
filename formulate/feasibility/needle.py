"""Whether what is injected passes the needle that is usual at the site."""

from dataclasses import replace

import numpy as np

from formulate.feasibility.check import ENOUGH, Check, by_draws, check, label, unknown, worst
from formulate.feasibility.part import Part, form
from formulate.feasibility.words import called, length, modulus
from formulate.inputs import Subject
from formulate.needle import BORE, PASSES_ANY, WHY, bore, bore_text, largest, largest_crystals, of_handling, passing
from formulate.report.text import number
from formulate.sampling import Array
from materials.handling import gel_form
from materials.schema import Carrier
from materials.values import Value

SURGERY = "surgical-implant"
TWENTY_ONE = 500e-6  # m; the bore of 21 gauge, rounded down


def needle_check(part: Part) -> Check:
    """Hold the largest of what is injected against the bore of the needle, and a gel against what flows through it."""
    if part.route == SURGERY:
        return check("needle", "not-applicable", "it is placed by surgery, not through a needle")
    found = [] if part.depot is None else [_gel(part, part.depot)]
    sized = _sized(part)
    if sized is not None:
        found.append(_particles(part, *sized))
    elif part.carrier is not None:
        need = f"diameter of layer {part.layer.id}"
        found.append(unknown("needle", f"the size of {called(part.carrier)}", need))
    elif form(part.layers[0]) == "crystal":
        found.append(
            unknown("needle", f"the size of the crystals of {part.name}", "crystal_diameter, under [payload.set]")
        )
    return worst(found) if found else check("needle", "passes", "a clear solution passes any needle")


def _sized(part: Part) -> tuple[Array, str, Value | None] | None:
    if part.carrier is not None:
        found = largest(part.carrier)
        return None if found is None else (*found, part.carrier.find("diameter"))
    if form(part.layers[0]) == "crystal" and part.case is not None:
        found = largest_crystals(part.case.payload)
        return None if found is None else (*found, part.case.payload.find("crystal_diameter"))
    return None


def _particles(part: Part, sizes: Array, what: str, size: Value | None) -> Check:
    told = f"{what} {length(float(np.median(sizes)))}"
    if "cells" in what:
        told += ", clumps not counted"
    if float((sizes < PASSES_ANY).mean()) > ENOUGH:
        return by_draws("needle", sizes < PASSES_ANY, f"{told}: below 1 um any needle does", size)
    limit = passing(part.process, part.site, part.route)
    if limit is None:
        return unknown(
            "needle", f"the needle that is usual {_where(part)}; {told}", f"{BORE}, in um, under [regimen.set]"
        )
    told += f"; {length(float(np.median(limit.diameter)))} flows {limit.words}"
    return by_draws("needle", sizes <= limit.diameter, told, *limit.used, size)


def _where(part: Part) -> str:
    return f"for {part.route} in the {part.species} {part.formulation.regimen.site}"


def _gel(part: Part, gel: Subject) -> Check:
    assert isinstance(gel.entry, Carrier)
    liquid = gel_form(gel.entry)
    if liquid is not None:
        return check("needle", "passes", f"{called(gel)}: {liquid.words}", also=filter(None, [liquid.source]))
    layer = part.chain[part.layers.index(gel)]
    names = ("storage_modulus", "max_syringeable_storage_modulus")
    lacking = [name for name in names if gel.find(name) is None]
    if lacking:
        words = " and ".join(label(name) for name in lacking)
        return unknown("needle", f"{words} of {called(gel)}", f"{' and '.join(lacking)} of layer {layer.id}, in kPa")
    stiff, most = (gel.read(name, WHY)[:, 0] for name in names)
    told = f"storage modulus {modulus(float(np.median(stiff)))}; a ready gel of up to {modulus(float(np.median(most)))}"
    told += " flows through 21 gauge; stiffer ones are made granules, or set in place"
    found = by_draws("needle", stiff <= most, told, *(gel.find(name) for name in names))
    needle = bore(part.site, part.route)
    if found.verdict != "passes" or needle is None or float(np.median(needle[0])) >= TWENTY_ONE:
        return found
    return replace(found, verdict="unsure", told=f"{told}; here {bore_text(needle[1])} is usual, which is finer")


def viability_check(part: Part) -> Check:
    """Hold the living share of cells against what a batch is released by, and the needle against what they pass."""
    cells = [subject for subject in part.layers if form(subject) == "cell"]
    if not cells:
        return check("viability", "not-applicable", "there are no living cells in it")
    subject = cells[0]
    if subject.find("viability") is None:
        layer = part.chain[part.layers.index(subject)]
        return unknown(
            "viability", f"the living share of {called(subject)}", f"viability of layer {layer.id}, in percent"
        )
    living, value = subject.read("viability", "the living share")[:, 0], subject.find("viability")
    least, rule = of_handling(part.inputs, "least_viability")
    told = f"{number(100 * float(np.median(living)))} % of {called(subject)} are alive"
    told += f" ({value.conditions})" if value is not None and value.conditions else ""
    told += f", {rule.typical:g} % release a batch"
    alive, used = living >= least, [value, rule]
    found = None if part.route == SURGERY else bore(part.site, part.route)
    if found is not None:
        width, needle = found
        safe, shown = of_handling(part.inputs, "safe_needle_for_cells")
        told += f"; {length(float(np.median(safe)))} is a bore they passed unharmed, {bore_text(needle)} is used"
        alive, used = alive & (width >= safe), [*used, needle, shown]
    return by_draws("viability", alive, told, *used, also=("lang2017", "onishi2016"))
