"""What to measure in the laboratory: of the product, with what the file has; at the site, against controls."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from formulate.batch_records import QualityTest
from formulate.formulation import Layer
from formulate.report.page import Block, Cell, Item, Section, Table, Text
from formulate.report.references import References
from formulate.report.text import NO_NUMBER, lower_first, prose, quantity_text, route_text, unit_text
from formulate.report.whole.backing import data_of
from formulate.report.whole.studied import Studied
from materials import catalog

BLANK = "☐ ____________"  # to be filled in by hand
MOST_STUDIES = 8
VESICLES = ("extracellular-vesicle", "engineered-extracellular-vesicle")


def characterisation_section(studied: Studied, references: References) -> Section:
    """Give what to measure of the product, what of it stands in the file, and a blank for the rest."""
    rows: list[tuple[Item, ...]] = []
    given = 0
    for item in data_of("characterisation")["item"]:
        for layer in (layer for layer in studied.formulation.layer if _asked_of(item, layer)):
            filled = _filled(item, layer)
            given += bool(filled)
            how = Cell(str(item["how"]), cites=references.cite_all([str(item.get("source", ""))]))
            rows.append((str(item["name"]), layer.entry.name, how, f"☑ {filled}" if filled else BLANK))
    for layer, test in _further(studied.formulation.layer):
        given += 1
        rows.append((test.test, layer.entry.name, "as in your file", f"☑ {_result(test)}"))
    heads = ("to measure", "of", "how", "in your file")
    told = Text(f"{given} of {len(rows)} are in your file. What has no reference is common practice.")
    return Section("What to measure of the product", (told, Table(heads, rows, name="Characterisation")))


def readouts_section(studied: Studied, references: References) -> Section:
    """Give read-outs for the site, groups to compare, and how it was studied there before."""
    sites = _sites(studied)
    found = data_of("readouts")
    blocks: list[Block] = []
    listed = [
        (str(item["name"]), str(item["species"]),
         Cell(str(item["how"]), cites=references.cite_all([str(item["source"])])))
        for item in found["readout"]
        if sites & set(item["sites"])
    ]  # fmt: skip
    if listed:
        blocks.append(
            Table(("read-out", "in", "how it is scored"), listed, "Read-outs for this site", name="Read-outs")
        )
    notes = [item for item in found["note"] if sites & set(item["sites"])]
    blocks += [Text(str(item["text"]), references.cite_all([str(item["source"])])) for item in notes]
    groups = list(_groups(studied, references))
    blocks.append(
        Table(("group", "tells"), groups, "Groups that tell the parts of this formulation apart", name="Groups")
    )
    if before := _studied_before(studied, references):
        heads = ("study", "model and species", "compared with", "when", "what was found")
        caption = "How these carriers and their kin were studied at this site, the weightiest first"
        blocks.append(Table(heads, before, caption, name="Models"))
    return Section("Read-outs and controls", blocks)


def _groups(studied: Studied, references: References) -> Iterator[tuple[Item, ...]]:
    """Give the groups of an experiment: the formulation, and each of its parts left out in turn."""
    formulation = studied.formulation
    route = route_text(formulation.regimen.route_or_first) or "the same way"
    yield formulation.label, "what is asked"
    negative = references.cite_all(["percie2020"])
    yield (
        "the model with sham treatment, and the model untreated",
        Cell("what handling and time do alone", (), negative),
    )
    volume = "the volume" if studied.volume is None else f"{studied.volume * 1e6:.3g} mL"
    yield f"{volume} of the vehicle alone, {route}", Cell("what the injection itself does", (), negative)
    holders = [layer for layer in formulation.layer if layer.shares]
    for part in formulation.payload:
        dose = f"{quantity_text(part.dose)}" if part.dose else "the same dose"
        yield f"{dose} {lower_first(part.entry.name)} without carrier, {route}", "what the carrier adds"
    for layer in holders:
        yield f"{layer.entry.name}, the same mass, empty", "what the material does by itself"
    if len(holders) > 1:
        names = {layer.id: layer.entry.name for layer in formulation.layer}
        for layer in holders:
            rest = [names[other.id] for other in holders if other is not layer]
            yield (
                f"the same dose in {' in '.join(rest)}, without {lower_first(layer.entry.name)}",
                (f"what {lower_first(layer.entry.name)} adds"),
            )
    for layer in formulation.layer:
        if layer.entry.carrier_class in VESICLES:
            blank = references.cite_all(["welsh2024"])
            yield "medium that held no cells, taken through the same separation", Cell("what comes along", (), blank)


def _studied_before(studied: Studied, references: References) -> list[tuple[Item, ...]]:
    """Give the studies of the carriers and their kin at the site that say what they compared or in what model."""
    known = catalog.load().studies
    rows: list[tuple[Item, ...]] = []
    for linked in studied.standing.evidence.studies:
        study = known[linked.id]
        if not linked.place.startswith("same-site") or not (study.model or study.comparator):
            continue
        model = "; ".join(filter(None, (study.model, study.species)))
        name = Cell(study.name, cites=references.cite_all([study.source]))
        told = (model, study.comparator, study.time, study.outcome)
        rows.append((name, *(prose(text) or NO_NUMBER for text in told)))
        if len(rows) == MOST_STUDIES:
            break
    return rows


def _sites(studied: Studied) -> set[str]:
    """Give the site and those it lies in."""
    known = catalog.load().sites
    site, found = studied.formulation.regimen.entry.id, set[str]()
    while site and site not in found:
        found.add(site)
        site = known[site].parent
    return found


def _asked_of(item: dict[str, Any], layer: Layer) -> bool:
    if "classes" in item:
        return layer.entry.carrier_class in item["classes"]
    return layer.entry.form in item["forms"]


def _names(item: dict[str, Any], test: QualityTest) -> bool:
    """Say whether a test of the file is an item of the list: its whole name, or the head of it before any comma."""
    name, asked = str(item["name"]).lower(), test.test.lower()
    return asked in (name, re.split("[,:(]", name)[0].strip())


def _further(layers: Iterable[Layer]) -> Iterator[tuple[Layer, QualityTest]]:
    """Give the tests of the file that the list does not ask of their layer."""
    for layer in layers:
        asked = [item for item in data_of("characterisation")["item"] if _asked_of(item, layer)]
        for test in layer.quality:
            if not any(_names(item, test) for item in asked):
                yield layer, test


def _result(test: QualityTest) -> str:
    """Give a test as it was written down.

    >>> _result(QualityTest(test="endotoxin", result="0.2 EU/mL", limit="0.5 EU/mL", batch="A2"))
    '0.2 EU/mL (batch A2; limit 0.5 EU/mL)'
    """
    named = (("batch", test.batch), ("limit", test.limit), ("source", test.source))
    told = "; ".join(f"{name} {given}" for name, given in named if given)
    return f"{test.result} ({told})" if told else test.result


def _filled(item: dict[str, Any], layer: Layer) -> str:
    """Give what the file says of an item, or nothing."""
    given = layer.overrides
    told = [f"{name.replace('_', ' ')} {given[name].typical:g} {unit_text(given[name].unit)}".rstrip()
            for name in item["property"] if name in given]  # fmt: skip
    match item.get("field", ""):
        case "method" if layer.method and layer.preparation:
            told.append(layer.preparation.name)
        case "shape" if layer.shape:
            told.append(layer.shape)
        case "assay" if layer.assay:
            batches = [assay.batch for assay in layer.assay if assay.batch]
            told.append(f"assays of batches {', '.join(dict.fromkeys(batches))}" if batches else "an assay")
        case "release" if layer.release is not None:
            told.append(f"a fitted law ({layer.release.law})")
        case "release" if layer.first_points is not None:
            told.append("first points")
    told += [_result(test) for test in layer.quality if _names(item, test)]
    return "; ".join(told)
