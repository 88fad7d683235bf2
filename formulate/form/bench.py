"""Forms of what is asked without a file: an equation of the bench, the loading to expect, the fate of an agent."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from formulate.form.content import rows, text
from formulate.form.parts import Choice, Field, Section

if TYPE_CHECKING:
    from formulate.equations.calculation import Calculation, Description
    from formulate.equations.entry import Input
    from formulate.fate.predict import Fate
    from formulate.loading.stage_predicted import LoadingPrediction

INPUT = "input"  # the first part of the path of each field
LOADING_DRAWS, FATE_DRAWS, SEED = 1024, 256, 7  # as on the command line
Given = Mapping[str, str]  # what was typed, by the name of the field; an empty text is nothing


def equations() -> list[Choice]:
    """Give the equations to choose from, by what they give."""
    from formulate.equations.registry import calculators

    return [Choice(item.id, f"{item.title} ({item.id}, {item.group})") for item in calculators().values()]


def equation_form(identifier: str) -> "tuple[Section, Description]":
    """Give the fields of an equation, and what it takes and gives.

    Raises
    ------
    UnknownIdError
        No equation is called so.
    """
    from formulate.equations.calculation import describe

    found = describe(identifier)
    fields = tuple(_of_input(item) for item in found.inputs)
    return Section((INPUT,), found.calculator.id, found.calculator.group, fields), found


def _of_input(item: "Input") -> Field:
    from formulate.equations.units import shown

    several = " Several with commas between give a table." if item.kind == "number" else ""
    offered = ("yes", "no") if item.kind == "switch" else item.choices
    unit = shown(item.unit) if item.unit not in ("", "1") and not offered else ""
    said = "" if unit else f" {item.need[:1].upper()}{item.need[1:]}."  # of a unit the field itself tells
    default = "" if item.default in (None, ()) else str(item.default)
    holds = f"needed: {item.need}" if item.required else default or "left out"
    return Field((INPUT, item.name), item.label, "choice" if offered else "text", default=holds, unit=unit,
                 choices=tuple(Choice(name, name) for name in offered),
                 help=f"{item.text.rstrip('.')}.{said}{several}")  # fmt: skip


def calculated(identifier: str, given: Given) -> "Calculation | None":
    """Give what an equation comes to; None while something that it needs is left out.

    Raises
    ------
    FormulateError
        An input cannot be read, or is out of range.
    """
    from formulate.equations.calculation import calculate, describe

    typed = _typed(given)
    if any(item.required and item.name not in typed for item in describe(identifier).inputs):
        return None
    return calculate(identifier, **typed)


def unreadable(identifier: str, given: Given) -> tuple[str, ...]:
    """Give a line for each input typed so far that cannot be read, in the order of the fields."""
    from formulate.equations.calculation import describe
    from formulate.equations.entry import InputError

    typed, faults = _typed(given), []
    for item in describe(identifier).inputs:
        if item.name in typed:
            try:
                item.read(typed[item.name])
            except InputError as error:
                faults.append(str(error))
    return tuple(faults)


def expected_form(formulation: Mapping[str, Any] | None = None) -> Section:
    """Give the fields of the loading to expect, those of the innermost layer of a formulation filled in."""
    from formulate.form.choices import carriers, payloads

    layers, drugs = rows(formulation or {}, "layer"), rows(formulation or {}, "payload")
    layer, drug = layers[0] if layers else {}, drugs[0] if drugs else {}
    usual = text(layer, "method")
    known = {item.value for item in payloads()}
    name = text(drug, "id")
    fields = (
        Field((INPUT, "carrier"), "carrier", "choice", text(layer, "carrier"), "needed", choices=tuple(carriers())),
        Field((INPUT, "payload"), "drug", "choice", name if name in known else "", "another, by log P and molar mass",
              choices=tuple(payloads())),
        Field((INPUT, "method"), "method", "text", usual, "the first of the carrier",
              help="How it is made: an id such as emulsion-oil-in-water."),
        Field((INPUT, "feed_ratio"), "drug per carrier", "quantity", "", "the usual one", "g/g", help="As fed."),
        Field((INPUT, "logp"), "log P", "number", "", "that of the drug",
              help="Of a drug that the catalog does not have."),
        Field((INPUT, "molar_mass"), "molar mass", "quantity", "", "that of the drug", "g/mol"),
        Field((INPUT, "surfactant_concentration"), "surfactant", "quantity", "", "not told", "g/dL",
              help="In the outer water; none and some differ."),
    )  # fmt: skip
    return Section((INPUT,), "Loading to expect", "", fields)


def expected_loading(given: Given) -> "LoadingPrediction | None":
    """Give what published formulations let expect; None while no carrier is chosen.

    Raises
    ------
    FormulateError
        There is no such carrier, method or drug, or nothing is published of its kind.
    """
    from formulate.loading.stage_predicted import predict_loading
    from formulate.preparation.amounts import asked_number

    typed = _typed(given)
    if "carrier" not in typed:
        return None
    units = {"feed_ratio": "g/g", "logp": "log10", "molar_mass": "g/mol", "surfactant_concentration": "g/dL"}
    numbers: dict[str, Any] = {
        name: asked_number(name, typed[name], unit) for name, unit in units.items() if name in typed
    }
    words = (typed.get(name, "") for name in ("carrier", "method", "payload"))
    return predict_loading(*words, draws=LOADING_DRAWS, seed=SEED, **numbers)


_FATE = (
    ("agent", "agent", "its name", "Such as dexamethasone solution."),
    ("kind", "kind", "by its name", "small_molecule, protein, nanoparticle, liposome, hydrogel, cells ..."),
    ("size", "diameter", "not told", "Such as 300 nm."),
    ("molar_mass", "molar mass", "not told", "Such as 434 g/mol."),
    ("zeta", "zeta potential", "not told", "Such as -20 mV; or positive, negative, neutral."),
    ("species", "species", "human", "human, rat, rabbit ..."),
    ("site", "site", "not told", "knee, disc, csf, blood, bone, defect."),
    ("state", "state", "not told", "healthy, OA, RA effusion, contused ..."),
    ("route", "route", "not told", "intra-articular, intradiscal, intrathecal, IV, implant ..."),
    ("tissue", "tissue", "the site as a whole", "Where it is looked for."),
    ("metric", "what is told", "half_life", "half_life, pct_remaining, detection_duration, plasma_tmax ..."),
    ("time", "at", "not told", "Of a share: 24 h."),
    ("unit", "told in", "its own unit", "h, d, %, mL/h ..."),
    ("dose", "dose", "not told", "Such as 5 mg."),
)  # fmt: skip


def fate_form() -> Section:
    """Give the fields of the fate of an agent of which little is known."""
    fields = tuple(Field((INPUT, name), label, default=default, help=said) for name, label, default, said in _FATE)
    return Section((INPUT,), "What becomes of an agent", "", fields)


def fate_of(given: Given) -> "Fate | None":
    """Give what becomes of an agent; None while neither its name nor its kind is told.

    Raises
    ------
    FormulateError
        A text cannot be read.
    """
    from formulate.fate.predict import predict_rows
    from formulate.fate.table import one_row

    typed = _typed(given)
    if not {"agent", "kind"} & typed.keys():
        return None
    return predict_rows([one_row({"metric": "half_life", "species": "human", **typed})], FATE_DRAWS, SEED, None)[0]


def _typed(given: Given) -> dict[str, str]:
    return {name: value.strip() for name, value in given.items() if value.strip()}
