"""What the formulation does: release, the stay at the site, exposure, and what drives the numbers."""

from formulate.acting import DAY, active_days, active_name
from formulate.estimate import Estimate
from formulate.exposure import Exposed
from formulate.pipeline import Prediction
from formulate.report.captions import CAPTIONS
from formulate.report.exposure_page import CAPTIONS as EXPOSURE
from formulate.report.exposure_page import FIGURES, exposure_figure, has_figure, where
from formulate.report.figures import release_figure
from formulate.report.page import Block, Picture, Section, Table, Text
from formulate.report.provenance import driver_text
from formulate.report.release_page import caption as bench_caption
from formulate.report.release_page import release_figure as bench_figure
from formulate.report.scores import alone
from formulate.report.sensitivity_page import (
    SCALES,
    TORNADO,
    assumed_sentence,
    drivers_table,
    next_sentence,
    tornado,
)
from formulate.report.text import NO_NUMBER, estimate_text, prose, quantity_text
from formulate.report.whole.equations import INSTEAD, LEARNED, MEASURED, release_told
from formulate.report.whole.made import NOT_TOLD, numbers_table, share_cell
from formulate.report.whole.studied import Studied
from materials.mechanisms import mechanism

DRIVERS = "What drives it, and what to measure next"
HALF_GONE = "carrier_initial_half_life"


def stay_question(studied: Studied) -> str:
    """Give the question about a carrier that is itself the drug, in words."""
    names = " and ".join(layer.entry.name for layer in studied.formulation.layer)
    wanted = quantity_text(studied.formulation.target.duration)
    return f"{names} in the {where(studied.exposed[0])}: how long does it stay, and how much of it acts over {wanted}?"


def stay_answer(studied: Studied) -> str:
    """Give in one paragraph how long a carrier that is itself the drug stays and acts."""
    told = []
    for item in studied.exposed:
        found = {number.name: number for group in item.groups for number in group.numbers}
        stay, acting = found[HALF_GONE], _acting(studied, item)
        told.append(f"{_named(studied, item)}: {stay.label.removeprefix('carrier: ')} {_told(stay)}.")
        if acting is not None:
            told.append(f"{acting.label[:1].upper()}{acting.label[1:]}: {_told(acting)}.")
    if unsure := next((check for check in studied.checks if check.verdict in ("fails", "unsure")), None):
        told.append(f"Strongest caveat: {prose(unsure.told)}.")
    return " ".join(told)


def _acting(studied: Studied, item: Exposed) -> Estimate | None:
    """Give how much still acts after the wanted duration, or at the last day told where less was computed."""
    found = {number.name: number for group in item.groups for number in group.numbers}
    wanted = found.get(active_name(studied.formulation.target.seconds / DAY))
    days = active_days([found])
    return found[active_name(days[-1])] if wanted is None and days else wanted


def _named(studied: Studied, item: Exposed) -> str:
    """Give what was followed by its name; a carrier that is the drug comes as its id and that of its layer."""
    layers = studied.formulation.layer
    return next((layer.entry.name for layer in layers if item.what.endswith(f"({layer.id})")), item.what)


def _told(estimate: Estimate) -> str:
    return estimate_text(estimate) if estimate.exists else f"not known, {estimate.reason}"


def release_section(studied: Studied) -> Section:
    """Give the release at the site of each payload: curve, how it comes about, and what it rests on."""
    if not studied.predictions and studied.formulation.payload:
        return Section("Release", (Text(NOT_TOLD),))
    if not studied.predictions:
        return Section("Release", (Text("Nothing is released: the carrier is itself the drug."),))
    blocks: list[Block] = []
    for prediction in studied.predictions:
        if len(studied.predictions) > 1:
            blocks.append(Text(f"{prediction.case.payload.entry.name}:"))
        blocks += _release(studied, prediction)
    return Section("Release", blocks)


def _release(studied: Studied, prediction: Prediction) -> list[Block]:
    told = []
    for layer in prediction.formulation.chain:
        how = release_told(prediction.formulation, layer)
        if how == MEASURED:
            law = layer.release
            assert law is not None
            of = f", {law.source}" if law.source else ""
            until = quantity_text(law.measured_until)
            told.append(f"{layer.entry.name}: the law fitted to your own readings ({law.law}, up to {until}{of}).")
        elif how == LEARNED and layer.first_points is not None:
            told.append(f"{layer.entry.name}: published profiles of its kind, moved by the first points you measured.")
        elif how:
            told.append(f"{layer.entry.name}: {INSTEAD[how] if how in INSTEAD else mechanism('release', how).summary}.")
    estimate = prediction.assessment.estimates["release_t50"]
    blocks: list[Block] = [Text(prose(text)) for text in told]
    of = "" if prediction is studied.prediction else f"-{prediction.case.part.id}"
    whose = f"{prediction.case.payload.entry.name}: " if len(studied.predictions) > 1 else ""
    shown = f"{whose}At the site. {CAPTIONS['release']}"
    blocks.append(Picture(f"release{of}", release_figure(alone(prediction)), shown))
    if studied.bench is not None and prediction is studied.prediction:
        shown = f"{whose}On the bench. {bench_caption(studied.bench)}"
        blocks.append(Picture("bench", bench_figure(studied.bench), shown))
    blocks.append(numbers_table("Release", [estimate]))
    if estimate.drivers:
        rows = [(driver_text(key), share_cell(share)) for key, share in estimate.drivers]
        blocks.append(Table(("input", "share of the band"), rows, "Where the band of the release t50 comes from"))
    return blocks


def exposure_sections(studied: Studied) -> list[Section]:
    """Give what stays at the site and what reaches each compartment, for all that is given."""
    sections = []
    for place, item in enumerate(studied.exposed):
        whose = f"{_named(studied, item)}: " if len(studied.exposed) > 1 else ""
        blocks: list[Block] = [
            Picture(f"{name}{place}", exposure_figure(item, name), f"{whose}{EXPOSURE[name]}")
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
        sections.append(Section(f"Retention and exposure: {_named(studied, item)}", blocks))
    return sections


def drivers_section(studied: Studied) -> Section:
    """Give what drives the numbers, and what to measure next."""
    found = studied.drivers
    if not studied.exposed:
        return Section(DRIVERS)  # there is nothing to explain
    if found is None and not studied.formulation.payload:
        return _stay_drivers(studied)
    if found is None:
        return Section(DRIVERS, (Text(prose(f"Not told: {studied.reasons.get('drivers', NO_NUMBER)}.")),))
    blocks: list[Block] = []
    if len(studied.predictions) > 1:
        blocks.append(Text(f"{studied.formulation.cargo.entry.name}:"))
    for name, drivers in found.drivers.items():
        blocks.append(Text(prose(next_sentence(drivers))))
        if text := assumed_sentence(drivers):
            blocks.append(Text(text))
        if not drivers.reason:
            blocks.append(Picture(f"tornado-{name}", tornado(drivers), f"{drivers.estimate.label}: {TORNADO}"))
            caption = f"{drivers.estimate.label}. {SCALES[drivers.scale]}"
            blocks.append(drivers_table(drivers, caption, f"Drivers of {name}"))
    return Section(DRIVERS, blocks)


def _stay_drivers(studied: Studied) -> Section:
    """Give where the bands of the stay come from, of a carrier that is itself the drug."""
    blocks: list[Block] = []
    for item in studied.exposed:
        stay = next(number for group in item.groups for number in group.numbers if number.name == HALF_GONE)
        for number in (stay, _acting(studied, item)):
            if number is not None and number.drivers:
                rows = [(driver_text(key), share_cell(share)) for key, share in number.drivers]
                caption = f"{_named(studied, item)}: where the band of “{number.label}” comes from"
                blocks.append(Table(("input", "share of the band"), rows, caption))
    told = [
        f"Measure {block.rows[0][0]} next: it is most of its band." for block in blocks[:1] if isinstance(block, Table)
    ]
    none = "No input that is drawn moves the stay."
    return Section(DRIVERS, [*map(Text, told or [none]), *blocks])
