"""What the formulation screen has computed beside the app."""

from collections.abc import Mapping
from typing import Any

from formulate.form.parts import Form


def describe(content: Mapping[str, Any]) -> Form:
    """Give the fields of a formulation, with what is wrong and what holds where nothing is set."""
    from formulate.form.description import form_of

    return form_of(content)


def paint(content: Mapping[str, Any], draws: int, origins: bool, payload: str = "") -> dict[str, Any]:
    """Give the numbers of a formulation, and the curves of one of its payloads: that of the target unless named."""
    from formulate.form.shown import shown

    return shown(content, draws, origins=origins, payload=payload)


def choices() -> dict[str, list[tuple[str, str]]]:
    """Give payloads, carriers and sites to choose from, as id and name."""
    from formulate.form.choices import carriers, payloads, sites

    listed = {"payload": payloads(), "carrier": carriers(), "site": sites()}
    return {kind: [(item.value, item.label) for item in items] for kind, items in listed.items()}


def settable(subject: str) -> list[tuple[str, str]]:
    """Give the properties of a payload, carrier or site that a file may set: id, and label with unit."""
    from formulate.form.choices import properties_of

    return [(item.value, item.label) for item in properties_of(subject)]
