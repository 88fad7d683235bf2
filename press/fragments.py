"""A TOML block of a page: a file of the reader, an entry of the catalog, or a part of one; read as what it is."""

import re
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import formulate
from formulate import examples
from formulate.formulation import Formulation, build
from materials import catalog
from materials.errors import FormulateError
from materials.overlay import lay_over
from materials.sources import keys
from materials.store import MODELS
from materials.values import Missing, Model, Sourced, Statement, Value, with_typical

_PARTS: dict[str, type[Model]] = {"property": Value, "statement": Statement, "missing": Missing}


def check_toml(text: str) -> str:
    """Read a block as what it is; give the name of the file it is, which its first line may say, or nothing.

    Raises
    ------
    FormulateError, ValueError
        It is not what it claims to be.
    """
    named = re.match(r"# ([\w.-]+\.toml)\n", text)
    content = tomllib.loads(text)
    if named or "kind" in content:
        _check_file(content, text)
    elif set(content) <= {"carrier", "payload", "site", "method", "study"} and not _asks(content):
        _check_entry(content)
    else:
        _check_part(content)
    return named[1] if named else ""


def _asks(content: Mapping[str, Any]) -> bool:
    """True for the payload of a formulation, which has a dose and no values."""
    payloads = content.get("payload")
    return isinstance(payloads, list) and any("dose" in item for item in payloads)


def _check_file(content: Mapping[str, Any], text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "block.toml")
        path.write_text(text, "utf-8")
        if content.get("kind") == "target":
            formulate.read_target(path)
        elif "kind" in content:
            formulate.read(path)
        else:
            lay_over(catalog.shipped(), [path])


def _check_entry(content: Mapping[str, Any]) -> None:
    """Check entries or parts of one against the schema of the shipped catalog, its vocabulary and its sources."""
    known = catalog.shipped()
    for kind, given in content.items():
        for entry in given if isinstance(given, list) else [given]:
            for part, model in _PARTS.items():
                for row in entry.get(part, []):
                    row = {"evidence": "user", **row} if part != "missing" else row
                    made = model.model_validate(with_typical(row) if model is Value else row)
                    if isinstance(made, Value | Missing):
                        known.property(made.name)
                    if isinstance(made, Sourced) and made.source and made.source not in keys():
                        raise ValueError(f"no source {made.source!r} in the bibliography")
            rest = {key: item for key, item in entry.items() if key not in _PARTS}
            if rest:
                ours = known.kind(kind).get(entry["id"])
                base = ours.model_dump(by_alias=True, exclude_defaults=True) if ours else {}
                MODELS[kind].model_validate({**base, "kind": kind, **rest})


def _check_part(content: Mapping[str, Any]) -> None:
    """Check a part of a formulation: it must fit into some layer of some shipped formulation."""
    faults = []
    for name in examples.names():
        if not name.endswith(".toml") or 'kind = "formulation"' not in examples.text(name):
            continue
        whole = tomllib.loads(examples.text(name))
        for place in range(len(whole["layer"])):
            try:
                build(Formulation, _put_into(whole, content, place), name)
            except FormulateError as error:
                faults.append(str(error))
            else:
                return
    raise ValueError(f"fits into none of the shipped formulations: {faults}")


def _put_into(whole: Mapping[str, Any], content: Mapping[str, Any], place: int) -> dict[str, Any]:
    made = dict(whole)
    for key, item in content.items():
        if key == "layer":
            part = item[0] if isinstance(item, list) else item
            made["layer"] = [
                {**layer, **part} if number == place else layer for number, layer in enumerate(whole["layer"])
            ]
        elif isinstance(item, dict):
            made[key] = {**whole.get(key, {}), **item}
        else:
            made[key] = item
    return made
