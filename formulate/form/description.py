"""The sections and fields of a formulation, whole or faulty, with the numbers that hold where nothing is set."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from formulate.computable import prediction_problems
from formulate.exposure import expose
from formulate.form.choices import carriers, liquids, methods, payloads, places, plain, sites
from formulate.form.content import first, rows, table, text
from formulate.form.override_text import override_text
from formulate.form.parts import Choice, Field, Form, Path, Section
from formulate.formulation import Formulation, build
from formulate.inputs import Input
from formulate.lacking import Lacking, lacking
from formulate.loading.total import load_all
from formulate.pipeline import predict_each
from formulate.release_choice import MECHANISM, PROFILES, family_of_carrier
from formulate.report.text import number, unit_text
from formulate.sampling import Glance
from materials import catalog
from materials.errors import FileError, FormulateError, MissingValueError
from materials.evidence import Evidence
from materials.schema import Entry, Site
from materials.values import Value

LOADING = ("drug_loading", "encapsulation_efficiency", "feed_ratio")
SHAPES = ("sphere", "ellipsoid", "rod", "disc", "irregular")
_LEARNED = "learned_release_"  # what published profiles let expect: of no formulation, and nothing to set
_ASSAY = ("drug_added", "drug_in_product", "drug_in_supernatant", "carrier_added", "product_mass")


def form_of(content: Mapping[str, Any]) -> Form:
    """Give the form of a formulation file's content; what is faulty is shown, not refused.

    The numbers it would be computed with are read from one calculation with typical values.

    Parameters
    ----------
    content : Mapping
        The tables of a file, as TOML gives them.
    """
    faults: dict[str, str] = {}
    inputs: Sequence[Input] = ()
    lacks: Sequence[Lacking] = ()
    try:
        formulation = build(Formulation, dict(content), "form")
    except FileError as error:
        faults = {fault.field: fault.problem for fault in error.faults}
    else:
        for one in formulation.each:
            faults |= dict(prediction_problems(one))
        try:
            inputs = _used(formulation, bool(faults))
        except MissingValueError:
            lacks = lacking(formulation, "loading" if faults else "retention")
        except FormulateError as error:
            faults.setdefault("", str(error))
    values = {item.key: item.value for item in inputs}
    sections = tuple(_sections(content, values, lacks))
    missing = tuple(item.problem for item in lacks)
    used = {item.key: item for item in inputs}.values()
    counts = Counter(_who(item) for item in used)
    assumed = tuple(sorted(item.key for item in used if item.is_assumed))
    return Form(sections, faults, missing, assumed, {**counts, "missing": len(missing)})


def _used(formulation: Formulation, loading_only: bool) -> Sequence[Input]:
    draw = _glance()
    if loading_only:
        return load_all(formulation, draw).inputs
    if not formulation.payload:
        return tuple(item for found in expose(formulation, draw) for item in found.inputs)
    return tuple(item for found in predict_each(formulation, draw) for item in found.inputs)


@cache
def _glance() -> Glance:
    return Glance()  # keeps the numbers it drew: the next change of a field asks for most of them again


def _who(item: Input) -> str:
    if item.set_by == "user":
        return "yours"
    return "assumed" if item.is_assumed else "sourced"


# sections


def _sections(content: Mapping[str, Any], values: Mapping[str, Value], lacks: Sequence[Lacking]
              ) -> Iterator[Section]:  # fmt: skip
    yield Section((), "Name", "", (Field(("name",), "name", given=text(content, "name")),))
    regimen = table(content, "regimen")
    for index, row in enumerate(rows(content, "payload")):
        yield _payload(index, row, values, lacks)
    for index, row in enumerate(rows(content, "layer")):
        yield _layer(index, row, values, lacks)
        yield from _measured(index, row)
    site = catalog.load().sites.get(text(regimen, "site"))
    yield from _regimen(regimen, site, values, lacks)
    yield _target(content, site, values)
    yield _calculation(table(content, "calculation"))


def _payload(index: int, row: Mapping[str, Any], values: Mapping[str, Value], lacks: Sequence[Lacking]
             ) -> Section:  # fmt: skip
    path: Path = ("payload", index)
    identifier = text(row, "id")
    entry = catalog.load().payloads.get(identifier)
    usual = entry.value("usual_dose") if entry else None
    fields = [
        Field((*path, "id"), "payload", "choice", identifier, choices=payloads(), is_needed=True),
        Field((*path, "dose"), "dose per injection", "quantity", text(row, "dose"), unit="mg",
              is_needed=usual is None, **_default(usual)),
        *_overrides((*path, "set"), row.get("set"), identifier, entry, values, lacks, ("usual_dose",)),
    ]  # fmt: skip
    return Section(path, entry.name if entry else identifier or "payload", text(row, "dose"), tuple(fields))


def _layer(index: int, row: Mapping[str, Any], values: Mapping[str, Value], lacks: Sequence[Lacking]
           ) -> Section:  # fmt: skip
    path: Path = ("layer", index)
    identifier = text(row, "carrier")
    entry = catalog.load().carriers.get(identifier)
    loading = table(row, "loading")
    fields = [Field((*path, "carrier"), "carrier", "choice", identifier, choices=carriers(), is_needed=True)]
    if entry is not None and (entry.is_own_drug or "dose" in row):
        fields.append(Field((*path, "dose"), "dose of the carrier", "own-dose", text(row, "dose")))
    fields.append(Field((*path, "holds"), "holds", "text", _held(row.get("holds")),
                        help="What this layer holds: payloads and inner layers, with commas between."))  # fmt: skip
    if entry is not None and entry.methods:
        usual = catalog.load().method(entry.methods[0]).name
        fields.append(Field((*path, "method"), "method", "choice", text(row, "method"), usual,
                            choices=methods(entry)))  # fmt: skip
    if entry is not None:
        for name in LOADING:
            fields += _one((*path, "loading"), name, loading.get(name), identifier, values, lacks, always=True)
        held = Choice("A", "A: entrapped over added"), Choice("B", "B: loading found over fed")
        fields.append(Field((*path, "loading", "convention"), "convention", "choice", text(loading, "convention"),
                            "that of the method", choices=held))  # fmt: skip
        fields += _overrides((*path, "set"), row.get("set"), identifier, entry, values, lacks, LOADING)
        fields.append(Field((*path, "shape"), "shape", "choice", text(row, "shape"), "sphere",
                            choices=plain(SHAPES)))  # fmt: skip
        if "release_from" in row or (not table(row, "release") and family_of_carrier(entry) is not None):
            fields.append(Field((*path, "release_from"), "release told by", "choice", text(row, "release_from"),
                                "what fits what is set", choices=plain((PROFILES, MECHANISM))))  # fmt: skip
    for place, assay in enumerate(rows(row, "assay")):
        fields.append(Field((*path, "assay", place, "batch"), f"assay {place + 1}: batch", "text",
                            text(assay, "batch"), help="Needed where several batches were assayed."))  # fmt: skip
        fields += [Field((*path, "assay", place, name), f"assay {place + 1}: {name.replace('_', ' ')}", "quantity",
                         text(assay, name), unit="mg", is_needed=name == "drug_added")
                   for name in _ASSAY]  # fmt: skip
    return Section(path, entry.name if entry else identifier or "layer", text(row, "id"), tuple(fields))


def _measured(index: int, row: Mapping[str, Any]) -> Iterator[Section]:
    """Give what was measured of the release of a layer, as parts of their own that can be taken out."""
    law, points = table(row, "release"), table(row, "first_points")
    if law:
        path: Path = ("layer", index, "release")
        factor = law.get("in_body_factor")
        told = [f"The law {text(law, 'law')} holds in the place of the mechanism."]
        if law.get("measured_until"):
            told.append(f"Readings until {law['measured_until']}; beyond, it is drawn on.")
        told += [f"From {law['source']}."] if law.get("source") else []
        yield Section(path, "Release measured", text(law, "law"), (
            Field((*path, "in_body_factor"), "faster in the body", "override",
                  "" if factor is None else override_text(factor), "1", unit="1",
                  help="How many times as fast it runs in the body as on the bench; erodible depots commonly 1 to 3."),
        ), tuple(told))  # fmt: skip
    if points:
        source = f" from {points['source']}" if points.get("source") else ""
        yield Section(("layer", index, "first_points"), "First points", "", (), (
            f"{len(points.get('time') or ())} readings{source} move the release that published profiles let expect.",
        ))  # fmt: skip


def _regimen(row: Mapping[str, Any], site: Site | None, values: Mapping[str, Value], lacks: Sequence[Lacking]
             ) -> Iterator[Section]:  # fmt: skip
    path: Path = ("regimen",)
    offered = places(site)
    volume = site.value("injection_volume") if site else None
    fields = [
        Field((*path, "site"), "site", "choice", text(row, "site"), choices=sites(), is_needed=True),
        *(
            Field((*path, name), name, "choice", text(row, name), first(offered[name], liked), choices=offered[name])
            for name, liked in (("species", "human"), ("state", ""), ("route", ""))
        ),
        Field((*path, "volume"), "volume per injection", "quantity", text(row, "volume"), unit="mL",
              **_default(volume)),
        Field((*path, "injections"), "injections", "number", text(row, "injections"), "1"),
        Field((*path, "interval"), "interval", "quantity", text(row, "interval"), unit="d",
              help="Time between two injections; needed from two on."),
        Field((*path, "start"), "start after the injury", "quantity", text(row, "start"), "0 d", unit="d"),
        Field((*path, "vehicle"), "vehicle, for the recipe", "choice", text(row, "vehicle"), choices=liquids()),
    ]  # fmt: skip
    for index, also in enumerate(rows(row, "also")):
        way = (*path, "also", index)
        fields += [
            Field((*way, "route"), f"also {index + 1}: route", "choice", text(also, "route"),
                  choices=offered["route"], is_needed=True),
            Field((*way, "dose"), f"also {index + 1}: dose", "own-dose", text(also, "dose"), is_needed=True),
            Field((*way, "injections"), f"also {index + 1}: injections", "number", text(also, "injections"), "1"),
            Field((*way, "interval"), f"also {index + 1}: interval", "quantity", text(also, "interval"), unit="d"),
            Field((*way, "after"), f"also {index + 1}: after", "quantity", text(also, "after"), "0 d", unit="d"),
        ]  # fmt: skip
    yield Section(path, site.name if site else "Site and doses", text(row, "state"), tuple(fields))
    if site is not None:
        own = _overrides((*path, "set"), row.get("set"), site.id, site, values, lacks, ("injection_volume",))
        yield Section((*path, "set"), f"{site.name}, numbers", "", tuple(own))


def _target(content: Mapping[str, Any], site: Site | None, values: Mapping[str, Value]) -> Section:
    row = table(content, "target")
    path: Path = ("target",)
    offered = places(site)["compartment"]
    payloads = [text(part, "id") for part in rows(content, "payload")]
    cargo = text(row, "payload") or next(iter(payloads), "")
    known = values.get(f"{cargo}.effective_concentration")
    of = Field((*path, "payload"), "payload", "choice", text(row, "payload"), cargo, choices=plain(payloads))
    return Section(path, "Target", text(row, "unbound_above"), (
        *([of] if len(payloads) > 1 else []),
        Field((*path, "compartment"), "compartment", "choice", text(row, "compartment"), first(offered),
              choices=offered),
        Field((*path, "unbound_above"), "unbound above", "concentration", text(row, "unbound_above"), unit="umol/L",
              help="An amount or a mass per volume.", **_default(known)),
        Field((*path, "duration"), "for", "quantity", text(row, "duration"), "28 d", unit="d"),
        Field((*path, "probability"), "probability", "number", text(row, "probability"), "0.8",
              help="In what share of the draws the target shall be held."),
    ))  # fmt: skip


def _calculation(row: Mapping[str, Any]) -> Section:
    path: Path = ("calculation",)
    return Section(path, "Calculation", "", (
        Field((*path, "draws"), "draws", "number", text(row, "draws"), "1024"),
        Field((*path, "seed"), "seed", "number", text(row, "seed"), "7"),
        Field((*path, "horizon"), "horizon", "quantity", text(row, "horizon"), "twice the duration", unit="d"),
    ))  # fmt: skip


# numbers of the catalog


def _overrides(
    path: Path, given: object, subject: str, entry: Entry | None, values: Mapping[str, Value],
    lacks: Sequence[Lacking], elsewhere: Sequence[str] = (),
) -> list[Field]:  # fmt: skip
    """Give a field for each number of an entry that the calculation read, or the user set."""
    asked = given if isinstance(given, Mapping) else {}
    known = catalog.load()
    parts = [subject]
    if isinstance(entry, Site):
        parts += sorted(known.within(entry.id) - {entry.id})
    names = {key: key for key in asked}
    for key in values:
        owner, _, name = key.partition(".")
        if owner in parts and name in known.properties and name not in elsewhere and not name.startswith(_LEARNED):
            short = name if owner == subject else key
            names.setdefault(short, short)
    for item in lacks:
        if item.subject in parts:
            names.setdefault(item.name if item.subject == subject else f"{item.subject}.{item.name}", "")
    found = []
    for name in sorted(names, key=lambda item: (item not in asked, _label(item))):
        found += _one(path, name, asked.get(name), subject, values, lacks, always=True)
    return found


def _one(
    path: Path, name: str, given: object, subject: str, values: Mapping[str, Value],
    lacks: Sequence[Lacking], *, always: bool = False,
) -> list[Field]:  # fmt: skip
    _, point, short = name.rpartition(".")
    key = name if point else f"{subject}.{name}"
    kind = catalog.load().properties.get(short)
    value = values.get(key)
    is_yours = given is not None
    needed = any(f"{item.subject}.{item.name}" == key for item in lacks)
    made = Field(
        (*path, name), _label(name), "override", override_text(given) if is_yours else "",
        unit=kind.unit if kind else "", is_needed=needed, catalog_property=short,
        **_default(None if is_yours else value),
    )  # fmt: skip
    return [made] if always or is_yours or value is not None else []


def _label(name: str) -> str:
    owner, point, short = name.rpartition(".")
    kind = catalog.load().properties.get(short)
    label = kind.label if kind else short.replace("_", " ")
    return f"{label} ({owner.replace('-', ' ')})" if point else label


def _default(value: Value | None) -> dict[str, Any]:
    """Give what holds where nothing is set, with where it comes from."""
    if value is None:
        return {}
    band = ""
    if value.low is not None and value.high is not None:
        band = f" ({number(value.low)} to {number(value.high)})"
    evidence = "" if value.evidence is Evidence.USER else str(value.evidence)
    text = f"{number(value.typical)} {unit_text(value.unit)}".strip()
    return {"default": text + band, "evidence": evidence, "source": value.source, "conditions": value.conditions}


def _held(given: object) -> str:
    if isinstance(given, Mapping):
        return ", ".join(f"{name} = {share}" for name, share in given.items())
    return ", ".join(str(name) for name in given) if isinstance(given, list | tuple) else ""
