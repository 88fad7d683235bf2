"""The mechanisms a result used, and their equations as the kernels state them: symbols, units, sources."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from formulate.formulation import Formulation
from formulate.layer import Layer
from formulate.release_choice import choice
from formulate.report.page import Block, Cell, Item, Section, Table, Text
from formulate.report.references import References
from formulate.report.text import NO_NUMBER, prose, unit_text
from formulate.report.whole.backing import data_of
from formulate.report.whole.studied import Studied
from materials import sources
from materials.mechanisms import Stage, mechanism

if TYPE_CHECKING:
    from formulate.equations.calculation import Description
    from formulate.equations.entry import Input

LEARNED = "published profiles"
MEASURED = "measured"
INSTEAD = {
    LEARNED: "a curve and its spread, fitted to published profiles of its kind, in place of a mechanism",
    MEASURED: "the law fitted to your own readings, with its doubt, in place of a mechanism",
}
_KEY = re.compile(r"\b[a-z]{2,}(?:(?:1[89]|20)[0-9]{2}|nd)[a-z]?\b")
_LEARNED_INPUT = "learned_release_"


def equations_section(studied: Studied, references: References) -> Section:
    """Give the mechanisms in use, and the equations behind them with symbols, units and sources."""
    used: list[tuple[Item, ...]] = []
    asked: dict[str, None] = {}
    for stage, identifier, names, calculators in _used(studied):
        if identifier in INSTEAD:
            cites = references.cite_all(_sources_of_profiles(studied) if identifier == LEARNED else ())
            used.append((stage, identifier, Cell(INSTEAD[identifier], cites=cites), names))
        else:
            used.append((stage, identifier, prose(mechanism(stage, identifier).summary), names))
        asked |= dict.fromkeys(calculators)
    if not used:
        return Section("Equations used")
    blocks: list[Block] = [
        Table(("stage", "mechanism", "what it computes", "used by"), used, "Mechanisms", name="Mechanisms")
    ]
    if asked:
        from formulate.equations.calculation import describe

        rows = [_equation_row(describe(name), references) for name in asked]
        heads = ("what it gives", "equation", "symbols", "source")
        note = (
            "The main equations of each mechanism; one of what this formulation does not have, such as particles, "
            "is not called. The command formulate calculate runs each on numbers of yours, and says where it holds."
        )
        blocks += [Text(note), Table(heads, rows, "Equations, with symbols and units", name="Equations")]
    return Section("Equations used", blocks)


def _used(studied: Studied) -> Iterator[tuple[Stage, str, str, tuple[str, ...]]]:
    """Give each mechanism once: stage, id, who uses it, and the calculators behind it."""
    found: dict[tuple[Stage, str], list[str]] = {}
    formulation = studied.formulation
    kinds: dict[tuple[Stage, str], str] = {}
    for layer in formulation.layer:
        name = layer.entry.name
        loading = (layer.preparation.loading if layer.preparation else "") or layer.entry.mechanisms.loading
        holds = layer.shares.keys() & {part.id for part in formulation.payload} or layer.dose is not None
        if studied.loading is not None and loading and holds:
            found.setdefault(("loading", loading), []).append(name)
            kinds["loading", loading] = layer.entry.form
    for prediction in studied.predictions:
        for layer in prediction.formulation.chain:
            if told := release_told(prediction.formulation, layer):
                found.setdefault(("release", told), []).append(layer.entry.name)
    site = formulation.regimen.entry
    if studied.exposed:
        found.setdefault(("retention", site.mechanisms.retention), []).append(site.name)
    listed = data_of("equations")
    for (stage, identifier), names in found.items():
        of_stage = listed[stage]
        calculators = of_stage.get(identifier, of_stage.get(f"{identifier}-{kinds.get((stage, identifier), '')}", ()))
        yield stage, identifier, ", ".join(dict.fromkeys(names)), tuple(calculators)


def release_told(formulation: Formulation, layer: Layer) -> str:
    """Give what tells how a layer around the payload releases it: a mechanism, profiles, a measured law; or nothing."""
    if layer.release is not None:
        return MEASURED
    places = {item.id: place for place, item in enumerate(formulation.chain)}
    if any(outer.release is not None for outer in formulation.chain[places[layer.id] + 1 :]):
        return ""  # the law of the outer layer holds for both
    if layer.id == formulation.inner.id and choice(formulation, layer).family is not None:
        return LEARNED
    return layer.entry.mechanisms.release


def _sources_of_profiles(studied: Studied) -> list[str]:
    found = [item.value.source for item in studied.inputs if item.key.partition(".")[2].startswith(_LEARNED_INPUT)]
    return list(dict.fromkeys(filter(None, found)))


def _equation_row(found: "Description", references: References) -> tuple[Item, ...]:
    from formulate.equations.symbols import Names
    from formulate.equations.units import shown

    names = Names(found.inputs)
    symbols = [_meaning(item, names.symbol(item)) for item in found.inputs if item.required]
    units = [unit_text(shown(item.unit)) for item in found.outputs if item.unit]
    title = re.sub(r"\s*\[[^\]]*\]", "", found.title).removeprefix("Give ").removeprefix("the ").rstrip(".")
    unit = f" [{units[0]}]" if len(units) == 1 and units[0] else ""
    equation = found.equation.replace("**", "^")
    if equation and "=" not in equation:
        equation = f"{found.outputs[0].name.replace('_', ' ')} = {equation}"
    cites = [key for key in _KEY.findall(found.source) if key in sources.keys()]  # noqa: SIM118  (a function)
    source = found.source if not cites else _without(found.source, cites)
    cell = Cell(source or NO_NUMBER, cites=references.cite_all(dict.fromkeys(cites)))
    return (f"{title[:1].upper()}{title[1:]}{unit}", equation or NO_NUMBER, "; ".join(symbols) or NO_NUMBER, cell)


def _meaning(item: "Input", symbol: str) -> str:
    """Give a symbol with what it means, without asides, and its unit."""
    from formulate.equations.units import shown

    words = re.split(r"[;(]|, see |`", item.text)[0].strip(" ,.")
    if symbol:
        words = re.sub(rf"^{re.escape(symbol)}(,\s*|\s+(?=\w+ )|$)", "", words)
    words = words or item.label.replace("-", " ")
    unit = unit_text(shown(item.unit)) if item.unit else ""
    return f"{symbol or item.label}: {words[:1].lower()}{words[1:]}{f' [{unit}]' if unit else ''}"


def _without(text: str, keys: list[str]) -> str:
    """Give the words of a source beside the keys that are cited."""
    for key in keys:
        text = re.sub(rf"\(?\b{key}\b\)?", "", text)
    rest = re.sub(r"\([^)]*\)", "", text)
    return " ".join(rest.split()).strip(" ,;:") or "see"
