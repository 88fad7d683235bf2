"""What to measure in the laboratory: of the product, with what the file has; at the site, against controls."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from formulate.batch_records import QualityTest
from formulate.layer import Layer
from formulate.planning.aims import readouts, remarks
from formulate.planning.arms import arms
from formulate.planning.lists import data_of
from formulate.planning.quality import asked_of
from formulate.planning.subject import subject_of
from formulate.planning.times import time_points, tried
from formulate.report.page import Block, Cell, Item, Section, Table, Text
from formulate.report.plan_page import arms_table, readout_tables, time_tables, tried_tables
from formulate.report.references import References
from formulate.report.text import unit_text
from formulate.report.whole.studied import Studied

BLANK = "☐ ____________"  # to be filled in by hand
MOST_STUDIES = 8


def characterisation_section(studied: Studied, references: References) -> Section:
    """Give what to measure of the product, what of it stands in the file, and a blank for the rest."""
    rows: list[tuple[Item, ...]] = []
    given = 0
    for item in data_of("quality")["item"]:
        for layer in (layer for layer in studied.formulation.layer if asked_of(item, layer.entry)):
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
    """Give read-outs for the site, groups to compare, and how and when it was studied there before."""
    formulation = studied.formulation
    site = formulation.regimen.entry.id
    blocks: list[Block] = list(readout_tables(readouts(site), references))
    blocks += [Text(text, references.cite_all([source])) for text, source in remarks(site)]
    volume = "" if studied.volume is None else f"{studied.volume * 1e6:.3g} mL"
    subject = subject_of(formulation, volume)
    blocks.append(arms_table(arms(subject), references))
    blocks += tried_tables(tried(studied.standing.evidence.studies, MOST_STUDIES), references)
    blocks += time_tables(time_points(site), references)
    return Section("Read-outs and controls", blocks)


def _names(item: dict[str, Any], test: QualityTest) -> bool:
    """Say whether a test of the file is an item of the list: its whole name, or the head of it before any comma."""
    name, asked = str(item["name"]).lower(), test.test.lower()
    return asked in (name, re.split("[,:(]", name)[0].strip())


def _further(layers: Iterable[Layer]) -> Iterator[tuple[Layer, QualityTest]]:
    """Give the tests of the file that the list does not ask of their layer."""
    for layer in layers:
        asked = [item for item in data_of("quality")["item"] if asked_of(item, layer.entry)]
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
