"""Why one may believe it: evidence, assumptions, every input, equations, how such predictions did, what to measure."""

from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from typing import Any

import tomli

from formulate.estimate import Estimate
from formulate.exposure import Exposed
from formulate.layer import Layer
from formulate.release_choice import choice
from formulate.report.chance import chance_text
from formulate.report.compared import STANDING
from formulate.report.content import LEVELS, SIGNS
from formulate.report.page import Block, Cell, Column, Item, Points, Section, Table, Text
from formulate.report.provenance import described
from formulate.report.references import References
from formulate.report.text import NO_NUMBER, duration_text, input_number, number, prose, unit_text
from formulate.report.whole.studied import Studied
from formulate.standing import asked_for, asked_of, between
from formulate.version import program_version
from materials import catalog

MOST_STUDIES = 12


def evidence_section(studied: Studied, references: References) -> Section:
    """Give the studies of these carriers, what they cost, how hard they are to make, and their risks."""
    found = studied.standing
    blocks: list[Block] = [Text(prose(text)) for text in found.evidence.told[:1]]
    rows = [
        (
            Cell(study.name, cites=references.cite_all([study.source])),
            study.stage.replace("-", " "),
            study.direction.replace("-", " "),
            study.place.replace("-", " "),
            prose(study.outcome),
        )
        for study in found.evidence.studies[:MOST_STUDIES]
    ]
    more = len(found.evidence.studies) - len(rows)
    if rows:
        caption = "Studies, the weightiest first" + (f"; {more} more in the catalog" if more > 0 else "")
        blocks.append(Table(("study", "stage", "direction", "where", "outcome"), rows, caption, name="Studies"))
    if against := _against(studied, references):
        caption = "What sources say of it against others"
        blocks.append(Table(("of", "against", "what the source says"), against, caption, name="Head to head"))
    if conflicts := _conflicts(found.evidence.conflicts, references):
        caption = "Where sources contradict each other, or do not bear out what is said of them"
        blocks.append(Table(("about", "how it is taken here"), conflicts, caption, name="Conflicts"))
    grades = [
        (name, grade.word or "not known",
         NO_NUMBER if grade.score is None else Cell(number(grade.score, 2), (grade.score,)),
         Cell(references.within(prose("; ".join(grade.told)), grade.sources), cites=references.cite_all(grade.sources)))
        for name, grade in ((name, getattr(found, name)) for name in STANDING if name != "evidence")
    ]  # fmt: skip
    blocks.append(Table(("what", "grade", "earns, of 1", "why"), grades, "How it stands", name="Standing"))
    return Section("The evidence", blocks)


def _against(studied: Studied, references: References) -> list[tuple[Item, ...]]:
    """Give what sources say of these carriers against any other of the catalog."""
    known, asked = catalog.load().carriers, asked_of(studied.formulation)
    own = {layer.entry.id for layer in studied.formulation.layer}
    others = [name for name in known if name not in own]
    every = [asked, *(asked_for(name, asked.site) for name in others)]
    rows: list[tuple[Item, ...]] = []
    for item in between(every):
        if (0 in item.formulations) == (0 in item.against):
            continue  # of others alone, or of two parts of the nest
        hedge = "" if item.mark in ("", "stated") else f" ({item.mark})"
        cell = Cell(f"{prose(item.told)}{hedge}", cites=references.cite_all(item.sources))
        rows.append((_called(item.subject), _called(item.other), cell))
    return rows


def _called(identifier: str) -> str:
    """Give a carrier or a payload by its name."""
    known = catalog.load()
    entry = known.carriers.get(identifier) or known.payloads.get(identifier)
    return entry.name if entry else identifier


def _conflicts(told: Sequence[str], references: References) -> list[tuple[Item, ...]]:
    """Give the conflicts that were told, with the sources that disagree."""
    rows: list[tuple[Item, ...]] = []
    for item in catalog.load().conflicts.values():
        if f"{item.title}: {item.handling}" in told:
            keys = dict.fromkeys((item.check_source, *(named.source for named in item.named_in)))
            rows.append((item.title, Cell(prose(item.handling), cites=references.cite_all(keys))))
    return rows


def assumptions_section(studied: Studied) -> Section:
    """Give the numbers that no source gives, and what is missing."""
    rows = []
    for item in studied.inputs:
        if item.is_assumed:
            told = described(item.key, item.value, item.set_by)
            rows.append((prose(str(told["label"])), item.subject, prose(str(told["note"])) or NO_NUMBER))
    blocks: list[Block] = []
    if rows:
        caption = f"{len(rows)} of {len(studied.inputs)} numbers are assumed: no source gives them"
        blocks.append(Table(("number", "of", "why this one"), rows, caption, name="Assumed"))
    elif studied.inputs:
        blocks.append(Text("Every number it rests on has a source or is yours."))
    gaps = [f"{what}: not computed, for {prose(reason)}" for what, reason in studied.reasons.items()]
    gaps += [f"{check.label}: {prose(check.told)}" for check in studied.checks if check.verdict == "not-known"]
    if gaps:
        blocks.append(Text("Not known:"))
        blocks.append(Points(gaps))
    if studied.warnings:
        blocks.append(Text("Warnings:"))
        blocks.append(Points([prose(text) for text in studied.warnings]))
    return Section("Assumptions, gaps and warnings", blocks)


def inputs_section(studied: Studied, references: References) -> Section:
    """Give every number the report rests on, with band, unit, evidence, source, and who set it."""
    rows, keys = [], []
    for item in studied.inputs:
        told = described(item.key, item.value, item.set_by)
        value = item.value
        if value.low is None and value.high is None:
            band = str(told["band"])
        else:
            ends = " to ".join(NO_NUMBER if end is None else input_number(end) for end in (value.low, value.high))
            band = f"{ends} ({told['band']})"
        evidence = str(value.evidence)
        rows.append(
            (
                Cell(prose(str(told["label"]))),
                item.subject,
                Cell(input_number(value.typical), (value.typical, value.low, value.high)),
                band,
                unit_text(value.unit) or "1",
                f"{SIGNS[evidence]} {evidence}",
                item.set_by,
                Cell(value.locator or (NO_NUMBER if not value.source else ""), (), references.cite_all([value.source])),
            )
        )
        keys.append(item.key)
    heads = (
        "input",
        "of",
        Column("value", "", ("typical", "low", "high")),
        "band",
        "unit",
        "evidence",
        "set by",
        "source",
    )
    if not rows:
        return Section("Inputs")
    levels = "; ".join(f"{SIGNS[level]} {level}: {meaning}" for level, meaning in LEVELS.items())
    return Section("Inputs", (Text(f"{levels}."), Table(heads, rows, name="Inputs", keys=keys)))


def validation_section(studied: Studied) -> Section:
    """Say how predictions of this kind did on measurements that were left out."""
    statements = {(item["stage"], item["applies_to"]): str(item["text"]) for item in data_of("validation")["statement"]}
    wanted: list[tuple[str, str]] = []
    for layer in studied.formulation.layer:
        if studied.prediction is not None and (kind := _release_kind(studied, layer)):
            wanted.append(("release", kind))
    loaded = studied.loading.payloads if studied.loading is not None else ()
    if any("predicted" in layer.basis for loading in loaded for layer in loading.layers):
        wanted.append(("loading", "predicted"))
    site = studied.formulation.regimen.entry.mechanisms.retention
    if studied.exposed:
        wanted.append(("retention", site if ("retention", site) in statements else "other"))
    return Section("How far to trust it", [Text(statements[key]) for key in dict.fromkeys(wanted)])


def method_section(studied: Studied) -> Section:
    """Give what made the report, so that it can be made again."""
    calculation = studied.formulation.calculation
    told = chance_text((number for item in studied.exposed for number in _numbers_of(item)), calculation.draws)
    rows = [
        ("draws", f"{calculation.draws}, Latin hypercube, a column of its own for each input"),
        *([("error of the medians", told)] if told else []),
        ("seed", str(calculation.seed)),
        ("band", "10th to 90th percentile of the draws (80 %) around the median"),
        ("horizon", duration_text(studied.formulation.horizon)),
        ("where a band comes from", "squared rank correlations of the draws with each input, as shares of their sum"),
        ("catalog version", catalog.load().version),
        ("program version", program_version()),
    ]
    return Section("Method and versions", (Table(("", ""), rows, name="Method"),))


def _numbers_of(item: Exposed) -> Iterable[Estimate]:
    if item.prediction is not None:
        return item.prediction.assessment.estimates.values()
    return (number for group in item.groups for number in group.numbers)


def _release_kind(studied: Studied, layer: Layer) -> str:
    if layer.release is not None:
        return "measured"
    if not layer.entry.mechanisms.release:
        return ""
    return choice(studied.formulation, layer).family or "mechanism"


@cache
def data_of(name: str) -> dict[str, Any]:
    """Give a file of sentences that a report says, by its name."""
    return tomli.loads(resources.files("formulate.report.whole").joinpath(f"{name}.toml").read_text("utf-8"))
