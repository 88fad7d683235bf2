"""Whether the site takes the volume, and the volume the dose."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from formulate.feasibility.check import Check, by_draws, check, missing, sources_of, unknown
from formulate.feasibility.part import Part
from formulate.feasibility.words import called, liquid, mass
from formulate.inputs import Subject
from formulate.loading.stage_biological import harm_of_crowding, is_crowded
from formulate.report.text import number, share_text
from formulate.results import Loading, OwnLoading
from materials.errors import MissingValueError
from materials.units import to_si
from materials.values import Value

BOLUS_OF_FLUID = 0.1  # of the cerebrospinal fluid, beyond which an intrathecal bolus is large
PACKED = 0.64  # share of a volume that cells or spheres fill at random packing
ROUNDING = 1.01


@dataclass(frozen=True)
class Most:
    """The largest volume that is usual or possible [m3], in which words, and the numbers it rests on."""

    volume: float
    words: str
    used: tuple[Value | None, ...]


def volume_check(part: Part) -> Check:
    """Hold the volume of an injection against what the site takes."""
    try:
        volume = part.volume
    except MissingValueError as error:
        return missing("volume", error)
    most = _most(part)
    if most is None:
        need = "max_injection_volume of the site, in mL, under [regimen.set]"
        return unknown("volume", f"what a {part.species} {part.formulation.regimen.site} takes", need)
    told = f"{liquid(volume)} is injected; {most.words} {liquid(most.volume)}"
    return check("volume", "passes" if volume <= most.volume * ROUNDING else "fails", told, *most.used)


def _most(part: Part) -> Most | None:
    regimen = part.formulation.regimen
    who = f"the {part.species} {regimen.site}"
    listed: list[tuple[str, str]] = []
    subject = part.site
    if part.in_vein:
        subject, listed = part.body, [("injection_volume", f"a vein of the {part.species} is given up to")]
    elif part.route == "intrathecal":
        return _of_fluid(part)
    elif part.route == "intralesional":
        listed = [("lesion_injection_volume", "lesions are given up to"), ("lesion_volume", "a lesion holds up to")]
    else:
        if regimen.site == "bone-defect":
            listed = [("defect_volume", f"{who} holds up to")]
        listed += [("max_injection_volume", f"{who} takes up to"), ("injection_volume", f"{who} is given up to")]
    for name, words in listed:
        value = subject.find(name)
        if value is not None:
            return Most(_top(value), words, (value,))
    return None


def _of_fluid(part: Part) -> Most | None:
    """Give the largest intrathecal bolus: two usual ones, or a tenth of the cerebrospinal fluid."""
    fluid = part.of_site("cerebrospinal-fluid")
    usual, whole = (
        part.site.find("injection_volume"),
        fluid.find("volume") or fluid.under(state="healthy").find("volume"),
    )
    tops = [2.0 * to_si(usual.typical, usual.unit)] if usual else []
    tops += [BOLUS_OF_FLUID * to_si(whole.typical, whole.unit)] if whole else []
    words = "the larger of two usual boluses and a tenth of the cerebrospinal fluid is"
    return Most(max(tops), words, (usual, whole)) if tops else None


def _top(value: Value) -> float:
    return to_si(value.typical if value.high is None else value.high, value.unit)


def dose_check(part: Part) -> Check:
    """Hold the dose against what one injection can carry of the loaded carrier, the crystals or the solution."""
    if isinstance(part.problem, MissingValueError):
        return missing("dose", part.problem)
    if part.problem is not None:
        return check("dose", "not-known", f"not known: {part.problem}")
    if isinstance(part.loading, OwnLoading):
        return _own_dose(part, part.loading)
    assert part.loading is not None
    return _payload_dose(part, part.loading)


def _payload_dose(part: Part, loading: Loading) -> Check:
    carrier = part.carrier
    limit = carrier.find("max_injectable_concentration") if carrier else None
    told = f"{mass(loading.wanted)} of {part.name} wanted in {liquid(loading.volume)}"
    if carrier is not None and not np.isfinite(loading.largest).all():
        need = f"max_injectable_concentration of layer {part.layer.id}, in mg/mL"
        return unknown("dose", f"how much {called(carrier)} can be injected at once; {told}", need)
    largest = mass(float(np.quantile(loading.largest, 0.5, method="lower")))  # as the table of numbers takes it
    told += f"; {largest} fits typically, all of it in {share_text(loading.fits)} of the draws"
    outer = next((item for item in reversed(loading.layers) if item.loaded_mass is not None), None)
    if outer is not None and outer.loaded_mass is not None and limit is not None:
        given = np.minimum(1.0, loading.largest / loading.wanted)
        needed = number(float(np.median(outer.loaded_mass / given)) / loading.volume)
        told += f" ({needed} mg/mL of carrier needed, {limit.typical:g} {limit.unit} can be injected)"
    return by_draws("dose", loading.largest >= loading.wanted * (1 - 1e-9), told, limit)


def _crowded(carrier: Subject, details: Mapping[str, NDArray[np.float64]], found: Check) -> Check:
    """Doubt a dose that fits where its cells are denser than in any use that is known."""
    usual = carrier.find("cell_concentration")
    if usual is None or found.verdict == "fails":
        return found
    dense = float(np.median(details["cell_concentration"]))
    if not is_crowded(usual, dense):
        return found
    harm = harm_of_crowding(carrier)
    most = number(to_si(usual.ends[2], usual.unit) * 1e-6)
    told = f"{found.told}; {number(dense * 1e-6)} cells per mL are more than in any use known, {most}: {harm.told}"
    sources = sources_of((usual,), (*found.sources, *harm.sources))
    return replace(found, verdict="unsure", told=told, probability=None, sources=sources)


DENSITIES = (  # detail, property that limits it, the unit and what it takes to show the detail in it
    ("vesicle_concentration", "max_particle_concentration", "1/mL", 1e-6),
    ("particle_concentration", "max_particle_concentration", "1/mL", 1e-6),
    ("concentration", "max_injectable_concentration", "mg/mL", 1.0),
)


def _own_dose(part: Part, loading: OwnLoading) -> Check:
    details = {item.name: item.draws for item in loading.details}
    carrier = part.layers[0]
    given = number(loading.dose) if loading.unit == "1" else mass(loading.dose)
    given += " of" if loading.unit == "kg" else ""
    told = f"{given} {called(carrier)} in {liquid(part.volume)}"
    if "volume_share" in details:
        share = details["volume_share"]
        taken = number(100 * float(np.median(share)))
        told += f": the cells take {taken} % of it; {PACKED:.0%} is the most, as packed at random"
        return _crowded(carrier, details, by_draws("dose", share < PACKED, told, carrier.find("cell_diameter")))
    for name, limit, unit, factor in DENSITIES:
        value = carrier.find(limit)
        if name in details and value is not None:
            most = carrier.read(limit, "what can be injected")[:, 0]
            dense = number(float(np.median(details[name])) * factor)
            fits = details[name] <= most * (1 + 1e-9)
            told += f" is {dense} {'per mL' if unit == '1/mL' else unit}; {number(value.typical)} can be injected"
            told += f" typically, and this dose in {fits.mean():.0%} of the draws"
            return by_draws("dose", fits, told, value)
    what = f"how much of {called(carrier)} can be injected; {told}"
    limit = "cell_diameter" if "living_cells" in details else "max_injectable_concentration"
    return unknown("dose", what, f"{limit} of layer {part.layer.id}")
