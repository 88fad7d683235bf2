"""What to measure in the laboratory: of the product, with what the file has; at the site, against controls."""

from typing import Any

from formulate.formulation import Layer
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
    heads = ("to measure", "of", "how", "in your file")
    told = Text(f"{given} of {len(rows)} are in your file. What has no reference is common practice.")
    return Section("What to measure of the product", (told, Table(heads, rows, name="Characterisation")))


def readouts_section(studied: Studied, references: References) -> Section:
    """Give read-outs for the site, groups to compare, and how and when it was studied there before."""
    formulation = studied.formulation
    site = formulation.regimen.entry.id
    blocks: list[Block] = list(readout_tables(readouts(site), references))
    blocks += [Text(text, references.cite_all([source])) for text, source in remarks(site)]
    subject = subject_of(formulation, f"{studied.loading.volume * 1e6:.3g} mL")
    blocks.append(arms_table(arms(subject), references))
    blocks += tried_tables(tried(studied.standing.evidence.studies, MOST_STUDIES), references)
    blocks += time_tables(time_points(site), references)
    return Section("Read-outs and controls", blocks)


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
            told.append("an assay")
        case "release" if layer.release is not None:
            told.append(f"a fitted law ({layer.release.law})")
        case "release" if layer.first_points is not None:
            told.append("first points")
    return "; ".join(told)
