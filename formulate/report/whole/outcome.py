"""What the formulation does: release, the stay at the site, exposure, and what drives the numbers."""

from formulate.report.captions import CAPTIONS
from formulate.report.exposure_page import CAPTIONS as EXPOSURE
from formulate.report.exposure_page import FIGURES, exposure_figure, has_figure
from formulate.report.figures import release_figure
from formulate.report.page import Block, Picture, Section, Table, Text
from formulate.report.provenance import driver_text
from formulate.report.scores import alone
from formulate.report.sensitivity_page import (
    HEADS,
    SCALES,
    TORNADO,
    assumed_sentence,
    effect_row,
    listed,
    next_sentence,
    tornado,
)
from formulate.report.text import NO_NUMBER, prose
from formulate.report.whole.made import numbers_table
from formulate.report.whole.studied import Studied
from materials.mechanisms import mechanism


def release_section(studied: Studied) -> Section:
    """Give the release at the site: curve, how it comes about, and what it rests on."""
    prediction = studied.prediction
    if prediction is None:
        return Section("Release", (Text("Nothing is released: the carrier is itself the drug."),))
    told = []
    for layer in prediction.formulation.layer:
        if layer.release is not None:
            told.append(f"{layer.id}: the law fitted to your own readings.")
        elif layer.first_points is not None:
            told.append(f"{layer.id}: published profiles of its kind, moved by the first points you measured.")
        elif layer.entry.mechanisms.release:
            summary = mechanism("release", layer.entry.mechanisms.release).summary
            told.append(f"{layer.id}: {summary}.")
    estimate = prediction.assessment.estimates["release_t50"]
    blocks: list[Block] = [Text(prose(text)) for text in told]
    blocks.append(Picture("release", release_figure(alone(prediction)), CAPTIONS["release"]))
    blocks.append(numbers_table("Release", [estimate]))
    if estimate.drivers:
        rows = [(driver_text(key), f"{share:.0%}") for key, share in estimate.drivers]
        blocks.append(Table(("input", "share of the band"), rows, "Where the band of the release t50 comes from"))
    return Section("Release", blocks)


def exposure_sections(studied: Studied) -> list[Section]:
    """Give what stays at the site and what reaches each compartment, for all that is given."""
    sections = []
    for place, item in enumerate(studied.exposed):
        blocks: list[Block] = [
            Picture(f"{name}{place}", exposure_figure(item, name), EXPOSURE[name])
            for name in FIGURES
            if has_figure(item, name)
        ]
        blocks += [numbers_table(group.title, group.numbers) for group in item.groups]
        if item.prediction is not None:
            shown = [
                found
                for name, found in item.prediction.assessment.estimates.items()
                if name in ("cover", "time_above", "auc_ratio", "peak_unbound", "peak_plasma_unbound")
            ]
            blocks.append(numbers_table("Against the target", shown))
        sections.append(Section(f"Retention and exposure: {item.what}", blocks))
    return sections


def drivers_section(studied: Studied) -> Section:
    """Give what drives the numbers, and what to measure next."""
    found = studied.drivers
    if found is None:
        return Section("What drives it", (Text(prose(f"Not told: {studied.reasons.get('drivers', NO_NUMBER)}.")),))
    blocks: list[Block] = []
    for name, drivers in found.drivers.items():
        blocks.append(Text(prose(next_sentence(drivers))))
        if text := assumed_sentence(drivers):
            blocks.append(Text(text))
        if not drivers.reason:
            blocks.append(Picture(f"tornado-{name}", tornado(drivers), f"{drivers.estimate.label}: {TORNADO}"))
            rows = [effect_row(effect) for effect in listed(drivers)]
            blocks.append(
                Table(HEADS, rows, f"{drivers.estimate.label}. {SCALES[drivers.scale]}", name=f"Drivers of {name}")
            )
    return Section("What drives it, and what to measure next", blocks)
