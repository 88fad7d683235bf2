"""The form of a question: which carrier for this payload at this site, and what counts for it."""

from collections.abc import Iterator, Mapping
from typing import Any

from formulate.criteria import BY_NAME, WEIGHTS
from formulate.form.choices import payloads, places, sites
from formulate.form.content import first, rows, table, text
from formulate.form.parts import Choice, Field, Form, Path, Section
from formulate.formulation import Question, build
from formulate.presets import laid_under, presets
from formulate.report.text import number, unit_text
from materials import catalog
from materials.errors import FileError
from materials.values import Value


def question_form(content: Mapping[str, Any]) -> Form:
    """Give the form of a question file's content; what is faulty is shown, not refused.

    What a preset gives is told where the file does not say its own.
    """
    faults: dict[str, str] = {}
    try:
        build(Question, dict(content), "form")
    except FileError as error:
        faults = {fault.field: fault.problem for fault in error.faults}
    try:
        under = laid_under(dict(content))
    except (ValueError, FileError):
        under = dict(content)
    return Form((_asked(content, under), _weights(content, under)), faults)


def _asked(content: Mapping[str, Any], under: Mapping[str, Any]) -> Section:
    regimen, target, calculation = table(content, "regimen"), table(content, "target"), table(content, "calculation")
    holding = table(under, "regimen"), table(under, "target")
    cargo = next(iter(rows(content, "payload")), {})
    payload = catalog.load().payloads.get(text(cargo, "id"))
    site = catalog.load().sites.get(text(holding[0], "site"))
    offered = places(site)
    aims = tuple(Choice(item.id, item.name) for item in presets().values())
    needs = (Choice("load-bearing", "carries load"),)
    species, state = (text(holding[0], name) or first(offered[name], "human" if name == "species" else "")
                      for name in ("species", "state"))  # fmt: skip
    at = {"species": species.replace(" ", "-"), "state": state.replace(" ", "-")}
    given = content.get("needs")
    needed = str(given[0]) if isinstance(given, list | tuple) and given else ""
    fields = (
        Field(("preset",), "aim", "choice", text(content, "preset"), "none", choices=aims),
        Field(("payload", 0, "id"), "payload", "choice", text(cargo, "id"), choices=payloads(),
              is_needed=not rows(content, "payload")),
        Field(("payload", 0, "dose"), "dose per injection", "quantity", text(cargo, "dose"), unit="mg",
              **_default(payload.value("usual_dose", **at) if payload else None)),
        Field(("regimen", "site"), "site", "choice", text(regimen, "site"), text(holding[0], "site"),
              choices=sites(), is_needed=not text(holding[0], "site")),
        *(
            Field(("regimen", name), name, "choice", text(regimen, name),
                  text(holding[0], name) or first(offered[name], "human" if name == "species" else ""),
                  choices=offered[name])
            for name in ("species", "state", "route")
        ),
        Field(("regimen", "volume"), "volume per injection", "quantity", text(regimen, "volume"), unit="mL",
              **_default(site.value("injection_volume", **at) if site else None)),
        Field(("target", "compartment"), "target compartment", "choice", text(target, "compartment"),
              text(holding[1], "compartment") or first(offered["compartment"]), choices=offered["compartment"]),
        Field(("target", "unbound_above"), "unbound above", "concentration", text(target, "unbound_above"),
              unit="umol/L", **_default(payload.value("effective_concentration", **at) if payload else None)),
        Field(("target", "duration"), "for", "quantity", text(target, "duration"),
              text(holding[1], "duration") or "28 d", unit="d"),
        Field(("needs",), "must", "choice", needed, "nothing more", choices=needs),
        Field(("carriers",), "carriers", "text", _listed(content.get("carriers")), "all that are computed",
              help="Ids of the catalog with commas between; empty for all that calculators run."),
        Field(("calculation", "draws"), "draws", "number", text(calculation, "draws"), "1024"),
        Field(("calculation", "seed"), "seed", "number", text(calculation, "seed"), "7"),
    )  # fmt: skip
    return Section((), "Question", "", fields)


def _weights(content: Mapping[str, Any], under: Mapping[str, Any]) -> Section:
    return Section(("weights",), "Weights", "", tuple(_weight(table(content, "weights"), table(under, "weights"))))


def _weight(given: Mapping[str, Any], holding: Mapping[str, Any]) -> Iterator[Field]:
    for name, part in BY_NAME.items():
        path: Path = ("weights", name)
        usual = holding.get(name, WEIGHTS[name])
        yield Field(path, part.label, "number", text(given, name), str(usual), help=part.meaning)


def weights_of(content: Mapping[str, Any]) -> dict[str, float]:
    """Give the weights that hold: the file's own, else the preset's, else the usual ones."""
    under = table(laid_under(dict(content)), "weights")
    return {name: float(under.get(name, usual)) for name, usual in WEIGHTS.items()}


def _listed(given: object) -> str:
    return ", ".join(map(str, given)) if isinstance(given, list | tuple) else ""


def _default(value: Value | None) -> dict[str, Any]:
    if value is None:
        return {}
    shown = f"{number(value.typical)} {unit_text(value.unit)}".strip()
    return {"default": shown, "evidence": str(value.evidence), "source": value.source}
