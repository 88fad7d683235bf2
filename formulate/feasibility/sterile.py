"""By which way a formulation can be made sterile."""

from collections.abc import Sequence

import numpy as np

from formulate.feasibility.check import Check, by_draws, check, unknown
from formulate.feasibility.part import Part
from formulate.feasibility.words import called, length
from formulate.needle import of_handling
from materials.handling import Sterilisation, sterilisation_of
from materials.schema import Carrier, Payload

ORDER = ("yes", "loss", "unsure", "no")
GUIDELINE = "ema2019"
WAYS = {"autoclave": "moist heat", "radiation": "radiation"}


def sterile_check(part: Part) -> Check:
    """Give the first way, in the order of the guideline, that the payload and all layers bear; else what is left."""
    named: list[tuple[str, Sterilisation]] = []
    for entry in _entries(part):
        found = sterilisation_of(entry)
        if found is None:
            need = "a way of its sterilisation from its maker, or your own trial"
            return unknown("sterilisable", f"what {called(entry)} bears on the way to being sterile", need)
        named.append((called(entry), found))
    keys = [GUIDELINE, *(item.source for _, item in named if item.source)]
    borne = {way: max((getattr(item, way) for _, item in named), key=ORDER.index) for way in WAYS}
    for way, words in WAYS.items():
        if borne[way] in ("yes", "loss"):
            told = f"by {words}: {_words(named, way)}"
            return check("sterilisable", "passes", told, also=keys)
    filtered = _filtered(part, named, keys)
    if filtered is not None and filtered.verdict == "passes":
        return filtered
    unsure = {way: words for way, words in WAYS.items() if borne[way] == "unsure"}
    doubtful = dict.fromkeys(name for way in unsure for name, item in named if getattr(item, way) == "unsure")
    shown = f"{' or '.join(unsure.values())} has to be shown for {' and '.join(doubtful)}"
    left = f"{shown}; else" if unsure else "only"
    told = f"{left} aseptic processing{_parts(named)} is left: {_words(named, '')}"
    if filtered is not None and filtered.verdict == "unsure":
        told = f"{filtered.told}; {told}"
        return Check("sterilisable", filtered.label, "unsure", told, filtered.probability, filtered.sources)
    return check("sterilisable", "unsure", told, also=keys)


def _parts(named: Sequence[tuple[str, Sterilisation]]) -> str:
    """Give by which way each layer is made sterile before they are put together, where each has one."""
    layers = [(name, item) for name, item in named if not item.payload_classes]
    ways = []
    for name, item in layers:
        borne = [words for way, words in WAYS.items() if getattr(item, way) in ("yes", "loss")]
        borne += ["filtration"] if item.filtration in ("yes", "precursor", "by-size") else []
        if not borne:
            return ""
        ways.append(f"{name} by {borne[0]}")
    return f" of parts made sterile one by one ({', '.join(ways)})" if len(ways) > 1 else ""


def _entries(part: Part) -> list[Carrier | Payload]:
    entries: list[Carrier | Payload] = []
    if part.case is not None:
        assert isinstance(part.case.payload.entry, Payload)
        entries.append(part.case.payload.entry)
    for subject in part.layers:
        assert isinstance(subject.entry, Carrier)
        entries.append(subject.entry)
    return entries


def _words(named: Sequence[tuple[str, Sterilisation]], way: str) -> str:
    """Give what decides: of a way that is open, who loses something by it; else the layer that bears least."""
    losing = [(name, item) for name, item in named if way and getattr(item, way) == "loss"]
    name, item = max(
        losing or named,
        key=lambda pair: (not pair[1].payload_classes, sum(ORDER.index(getattr(pair[1], each)) for each in WAYS)),
    )
    return f"{item.words} ({name})"


def _filtered(part: Part, named: Sequence[tuple[str, Sterilisation]], keys: Sequence[str]) -> Check | None:
    """Give whether a filter that keeps bacteria back lets everything pass; None where something cannot be filtered."""
    ways = {item.filtration for _, item in named}
    if "no" in ways:
        return None
    words = "the solution the gel is made of" if "precursor" in ways else "it"
    if "by-size" not in ways or part.carrier is None:
        return check("sterilisable", "passes", f"by filtration of {words} through 0.22 um", also=keys)
    if part.carrier.find("diameter") is None:
        return None
    sizes = part.carrier.read("diameter", "the filter")[:, 0]
    most, rule = of_handling(part.inputs, "largest_filtered_diameter")
    told = f"by filtration through 0.22 um: {length(float(np.median(sizes)))} on average, "
    told += f"up to {length(float(np.median(most)))} is filtered"
    return by_draws("sterilisable", sizes <= most, told, rule, part.carrier.find("diameter"), also=keys)
