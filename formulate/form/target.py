"""The form of a target file: what must hold, within which limits, and which choices are free."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from formulate.designs.target_file import OF_REGIMEN, build_target, nest_of
from formulate.form.choices import methods
from formulate.form.content import rows, table, text
from formulate.form.description import form_of
from formulate.form.parts import Choice, Field, Form, Path, Section
from formulate.form.values import value_at
from formulate.limits import FEWEST_DESIGNS, MOST_SEARCHED
from materials import catalog
from materials.errors import FileError, FormulateError

Content = dict[str, Any]
DESIGNS: Path = ("designs",)  # of the search: no part of the file
_UNITS = {"dose": "mg", "volume": "mL", "interval": "d", "injections": ""}
_SCALES = (Choice("log", "log: by factors"), Choice("linear", "linear: by steps"))


def target_form(content: Mapping[str, Any], designs: object = 512) -> Form:
    """Give the form of a target file's content; what is faulty is shown, not refused.

    Parameters
    ----------
    content : Mapping
        The tables of a file, as TOML gives them.
    designs : object
        How many designs the sweep of a search shall have; it stands in the form, though not in the file.
    """
    faults: dict[str, str] = {}
    try:
        build_target(dict(content), "form")
    except FileError as error:
        for fault in error.faults:
            faults.setdefault(fault.field, fault.problem)
    except FormulateError as error:
        faults[""] = str(error)
    if isinstance(designs, bool) or not isinstance(designs, int) or not FEWEST_DESIGNS <= designs <= MOST_SEARCHED:
        faults["designs"] = f"need a whole number of {FEWEST_DESIGNS} to {MOST_SEARCHED}"
    return Form(tuple(_sections(content, designs)), faults)


def layers_of(content: Mapping[str, Any]) -> dict[str, str]:
    """Give the layers of all nests of a target: the id of each, and the carrier it is made of."""
    if rows(content, "layer"):
        return {text(row, "id"): text(row, "carrier") for row in rows(content, "layer")}
    return {part: part for nest in _nests(content) for part in nest}


def chosen(content: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Give what is free already: of what, and its name."""
    return {(of, text(row, "name")) for row in rows(content, "choice") for of in _of(row) or ("",)}


def _sections(content: Mapping[str, Any], designs: object) -> Iterator[Section]:
    free = chosen(content)
    for section in form_of(_as_formulation(content)).sections:
        kept = tuple(field for field in section.fields if not _is_free(field, content, free))
        if section.path[:1] == ("layer",) and not rows(content, "layer"):
            continue
        if section.path == ("regimen",) and not rows(content, "layer"):
            yield _carriers(content)
        if section.path == ("target",):
            yield from (_target(content, section), _limits(content))
            yield from (_choice(index, row) for index, row in enumerate(rows(content, "choice")))
        elif section.path == ("calculation",):
            yield _calculation(section, designs)
        else:
            yield replace(section, fields=kept)


def _as_formulation(content: Mapping[str, Any]) -> Content:
    """Give the first nest as a formulation, before anything is chosen: what holds where nothing is set."""
    made = {key: content[key] for key in ("schema_version", "name", "payload", "layer", "regimen", "target",
                                          "calculation") if key in content}  # fmt: skip
    if not rows(content, "layer"):
        made["layer"], holds = [], text(next(iter(rows(content, "payload")), {}), "id")
        for part in next(iter(_nests(content)), ()):
            made["layer"].append({"id": part, "carrier": part, "holds": [holds]})
            holds = part
    return {"schema_version": 1, **made, "kind": "formulation"}


def _nests(content: Mapping[str, Any]) -> list[tuple[str, ...]]:
    given = content.get("carriers")
    known = catalog.load().carriers
    return [nest_of(known[name]) for name in given if isinstance(name, str) and name in known] if isinstance(
        given, list | tuple
    ) else []  # fmt: skip


def _is_free(field: Field, content: Mapping[str, Any], free: set[tuple[str, str]]) -> bool:
    """Tell whether a field stands for something that is chosen by the search."""
    name = str(field.path[-1]) if field.path else ""
    if field.path[:1] == ("regimen",):
        return len(field.path) == 2 and ("", name) in free
    if field.path[:1] == ("payload",) and name == "dose":
        return ("", "dose") in free
    holder = value_at(content, field.path[:2])
    return len(field.path) > 2 and isinstance(holder, Mapping) and (text(holder, "id"), name) in free


def _carriers(content: Mapping[str, Any]) -> Section:
    given = content.get("carriers")
    listed = [str(name) for name in given] if isinstance(given, list | tuple) else []
    told = str(len(listed)) if len(listed) > 1 else ""
    return Section(("carriers",), "Carriers", told, (
        Field(("carriers",), "carriers to choose from", given=", ".join(listed), is_needed=not listed,
              help="Ids of the catalog with commas between; one that is itself a nest gives all its layers."),
    ))  # fmt: skip


def _target(content: Mapping[str, Any], section: Section) -> Section:
    row = table(content, "target")
    usual = "" if text(row, "unbound_above") else "1"
    times = Field(("target", "times"), "or times the effective", "number", text(row, "times"), usual,
                  help="In place of a concentration: so many times the effective one of the catalog.")  # fmt: skip
    fields = []
    for field in section.fields:
        fields.append(field)
        if field.path[-1] == "unbound_above":
            fields.append(times)
    return replace(section, title="Must hold", fields=tuple(fields))


def _limits(content: Mapping[str, Any]) -> Section:
    row, path = table(content, "limits"), ("limits",)
    none = "no limit"
    masses = row.get("excipients")
    fields = [
        Field((*path, "cover"), "share of the time", "quantity", text(row, "cover"), "90 percent", unit="percent",
              help="Of the duration above the level, at least."),
        Field((*path, "volume"), "volume, at most", "quantity", text(row, "volume"), none, unit="mL",
              help="Of one injection; as much is given unless the regimen says otherwise."),
        Field((*path, "injections"), "injections, at most", "number", text(row, "injections"), none),
        Field((*path, "plasma_below"), "plasma below", "concentration", text(row, "plasma_below"), none,
              unit="nmol/L", help="The largest unbound concentration in plasma."),
        Field((*path, "peak_below"), "peak below", "concentration", text(row, "peak_below"), none, unit="nmol/L",
              help="The largest unbound concentration in the compartment of the target."),
    ]  # fmt: skip
    if isinstance(masses, Mapping):
        names = list(dict.fromkeys([*layers_of(content), *masses]))
        fields += [Field((*path, "excipients", name), f"{_entry(name)}, at most", "quantity", text(masses, name), none,
                         unit="mg", help="Carrier without drug, per injection.")
                   for name in names]  # fmt: skip
    else:
        fields.append(Field((*path, "excipients"), "excipients, at most", "quantity", text(row, "excipients"), none,
                            unit="mg", help="All carriers without drug, per injection."))  # fmt: skip
    held = sum(bool(field.given) for field in fields)
    return Section(path, "Limits", str(held) if held else "", tuple(fields))


def _choice(index: int, row: Mapping[str, Any]) -> Section:
    path: Path = ("choice", index)
    name = text(row, "name")
    kind = catalog.load().properties.get(name)
    unit = _UNITS.get(name, kind.unit if kind else "")
    form: Any = "number" if name == "injections" else "text" if unit in ("", "1") else "quantity"
    options = row.get("options")
    if isinstance(options, list | tuple):
        fields: tuple[Field, ...] = (
            Field((*path, "options"), "one of", given=", ".join(map(str, options)), is_needed=not options,
                  help="What there is to choose from, with commas between." + _methods_help(row)),
        )  # fmt: skip
        told = ", ".join(map(str, options))
    else:
        usual = "log" if name not in OF_REGIMEN and kind is not None and kind.support == "positive" else ""
        usual = usual or ("log" if name in OF_REGIMEN and name != "injections" else "linear")
        fields = (
            Field((*path, "low"), "from", form, text(row, "low"), unit=unit, is_needed=True),
            Field((*path, "high"), "to", form, text(row, "high"), unit=unit, is_needed=True),
            Field((*path, "scale"), "divided", "choice", text(row, "scale"), usual, choices=_SCALES),
        )  # fmt: skip
        if name not in OF_REGIMEN:
            fields += (Field((*path, "tolerance"), "made as near as", "quantity", text(row, "tolerance"), "exact",
                             unit="percent", help="What is made lies that close to what was chosen."),)  # fmt: skip
        told = f"{text(row, 'low')} to {text(row, 'high')}"
    of = " and ".join(_entry(item) for item in _of(row))
    label = (kind.label if kind else name.replace("_", " ")) or "choice"
    return Section(path, f"{label[:1].upper()}{label[1:]}", told, fields,
                   (f"Free, {f'of {of}' if of else 'of the dose and its schedule'}.",))  # fmt: skip


def _methods_help(row: Mapping[str, Any]) -> str:
    known = catalog.load().carriers
    listed = [item.value for of in _of(row) if of in known for item in methods(known[of])]
    return f" Known: {', '.join(dict.fromkeys(listed))}." if text(row, "name") == "method" and listed else ""


def _calculation(section: Section, designs: object) -> Section:
    by_draws = [replace(field, default="256") if field.path[-1] == "draws" else field for field in section.fields]
    number = Field(DESIGNS, "designs", "number", str(designs), "512",
                   help="Spread over the choices; about as many again are looked at where they go best.")  # fmt: skip
    return replace(section, title="Search", fields=(number, *by_draws))


def _of(row: Mapping[str, Any]) -> Sequence[str]:
    given = row.get("of")
    return (given,) if isinstance(given, str) else tuple(map(str, given)) if isinstance(given, list | tuple) else ()


def _entry(identifier: str) -> str:
    """Give the name of a layer, carrier or payload."""
    known = catalog.load()
    found = known.carriers.get(identifier) or known.payloads.get(identifier)
    return found.name if found else identifier
