"""Whether a formulation bears load where its site has to."""

import numpy as np

from formulate.feasibility.check import Check, Verdict, by_draws, check, unknown
from formulate.feasibility.part import Part, form
from formulate.feasibility.words import called, modulus
from materials.schema import Carrier

NUCLEUS = "nucleus-pulposus"
YOUNG_OVER_SHEAR = 3.0  # of a network that keeps its volume
REVIEW = "chinjspinecord2024"  # hydrogels and inorganic particles carry some load, exosome carriers do not


def support_check(part: Part) -> Check:
    """Hold the stiffness of a gel against the nucleus, where a disc has to be borne; other carriers bear nothing."""
    regimen = part.formulation.regimen
    if part.in_vein:
        return check("load-bearing", "not-applicable", "what is given into a vein bears no load")
    if regimen.site == "bone-defect":
        return _in_bone(part)
    if regimen.site != "disc":
        return check("load-bearing", "not-applicable", f"nothing that is injected into the {regimen.site} bears load")
    if part.state == "healthy" and part.formulation.compartment != "annulus-fibrosus":
        return check("load-bearing", "not-applicable", "a healthy disc bears its load itself")
    return _in_disc(part)


def _in_disc(part: Part) -> Check:
    gel = part.depot
    early = part.state != "late-degenerate" and part.formulation.compartment != "annulus-fibrosus"
    still = "; the disc still bears load itself" if early else ""
    none: Verdict = "unsure" if early else "fails"
    if gel is None:
        return _without_gel(part, none, still)
    nucleus = part.of_site(NUCLEUS)
    if nucleus.find("compressive_modulus") is None:  # measured in man
        nucleus = nucleus.under(species="human", state="")
    value, stiffness = nucleus.find("compressive_modulus"), gel.find("storage_modulus")
    if stiffness is None:
        layer = part.chain[part.layers.index(gel)]
        return unknown("load-bearing", f"how stiff {called(gel)} is", f"storage_modulus of layer {layer.id}, in kPa")
    own = YOUNG_OVER_SHEAR * gel.read("storage_modulus", "the load it bears")[:, 0]
    needed = nucleus.read("compressive_modulus", "the load it bears")[:, 0]
    told = f"{called(gel)}: modulus {modulus(float(np.median(own)))} in compression (three times the storage "
    told += f"modulus), the nucleus {modulus(float(np.median(needed)))}{still}"
    found = by_draws("load-bearing", own >= needed, told, stiffness, value)
    if found.verdict != "fails" or not early:
        return found
    return Check(found.name, found.label, "unsure", told, found.probability, found.sources)


def _without_gel(part: Part, none: Verdict, still: str) -> Check:
    subject = part.carrier or part.layers[-1]
    entry = subject.entry
    assert isinstance(entry, Carrier)
    if entry.carrier_class == "inorganic-particle":
        told = f"inorganic particles such as {called(entry)} are said to carry some load, with no number{still}"
        return check("load-bearing", "unsure", told, also=(REVIEW,))
    loose = {"cell": "cells give", "dissolved": "a solution gives", "crystal": "crystals give"}
    what = loose.get(form(subject), "loose particles give")
    return check("load-bearing", none, f"{called(entry)}: {what} the disc no mechanical support{still}", also=(REVIEW,))


def _in_bone(part: Part) -> Check:
    outer = part.layers[-1]
    entry = outer.entry
    value = outer.find("compressive_modulus") or outer.find("storage_modulus")
    stiff = f" (modulus {value.typical:g} {value.unit})" if value is not None else ""
    if part.state != "segmental-defect":
        told = f"the fixation bears the load of a {part.state}, not {called(entry)}{stiff}"
        return check("load-bearing", "not-applicable", told, value)
    told = f"{called(entry)}{stiff}: bridges no segmental defect under load; fixation has to bear it until bone does"
    return check("load-bearing", "unsure", told, value)
