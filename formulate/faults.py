"""What is wrong with a file, in the words of the file: field, what was given, what is accepted."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from formulate.limits import MOST_FAULTS
from materials import catalog
from materials.errors import FormulateError, shorten

if TYPE_CHECKING:
    from pydantic import ValidationError

_NEEDS = {
    "schema_version": "1",
    "payload": "one [[payload]] with an id",
    "regimen": "[regimen] with a site",
    "site": "an id such as knee",
    "layer": "[[layer]] with id, carrier and holds, from the inside out",
    "id": "an id in lower-case letters, digits and hyphens",
    "carrier": "an id such as plga-microsphere",
    "holds": "the id of the payload or of the layer inside",
}


class FieldError(ValueError):
    """A fault that a check over a whole table finds in one of its fields."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(field, problem)
        self.field, self.problem = field, problem

    def __str__(self) -> str:
        return self.problem


def problems(error: "ValidationError", keys: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Say each fault in the words of the file: the dotted field, what was given, what is accepted.

    Parameters
    ----------
    error : ValidationError
        What pydantic refused.
    keys : mapping
        The keys accepted in each table; those of the file itself under the empty name.
    """
    listed = []
    places = [item["loc"] for item in error.errors()]
    for item in error.errors()[:MOST_FAULTS]:
        inside = any(len(place) > len(item["loc"]) and place[: len(item["loc"])] == item["loc"] for place in places)
        if item["type"] == "too_short" and inside:
            continue  # pydantic does not count the items it refused
        field = ".".join(str(part) for part in item["loc"])
        given = shorten(repr(item.get("input")))
        context = item.get("ctx", {})
        match item["type"]:
            case "value_error":
                problem = str(context["error"])
                if isinstance(context["error"], FieldError):
                    field = f"{field}.{context['error'].field}" if field else context["error"].field
            case "extra_forbidden":
                table = str(item["loc"][0]) if len(item["loc"]) > 1 else ""
                near = ", ".join(catalog.nearest(str(item["loc"][-1]), keys.get(table, keys[""])))
                problem = f"unknown key; nearest: {near}"
            case "missing":
                problem = f"is missing; need {_NEEDS.get(str(item['loc'][-1]), 'a value')}"
            case "tuple_type" | "list_type":
                problem = f"{given}; need a list in square brackets"
            case "literal_error":
                problem = f"{given}; need {context['expected']}"
            case "string_pattern_mismatch":
                problem = f"{given}; need lower-case letters, digits and hyphens"
            case "too_long" | "too_short":
                few, many = context.get("min_length"), context.get("max_length")
                problem = f"{context['actual_length']} given; need {f'at most {many}' if many else f'at least {few}'}"
            case "greater_than_equal" | "less_than_equal" if field == "regimen.injections":
                problem = f"{given}; need 1 (repeated injections are not computed)"
            case _:
                problem = f"{given}; need {item['msg'].removeprefix('Input should be ')}"
        listed.append((field, problem))
    return listed


def target_problems(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give what is wrong between the target and the rest of a file, whatever else is wrong with it."""
    target, regimen, payloads = (content.get(name) for name in ("target", "regimen", "payload"))
    if not isinstance(target, Mapping):
        return
    if isinstance(regimen, Mapping) and isinstance(regimen.get("site"), str) and "compartment" in target:
        try:
            offered = catalog.load().site(regimen["site"]).compartments
        except FormulateError:
            return  # the site is a fault of its own
        if target["compartment"] not in offered:
            yield "target.compartment", f"{shorten(target['compartment'])!r}; need {' or '.join(offered)}"
    ids = [part.get("id") for part in payloads if isinstance(part, Mapping)] if isinstance(payloads, list) else []
    if target.get("payload") and ids and target["payload"] not in ids:
        yield "target.payload", f"{shorten(target['payload'])!r}; need {' or '.join(shorten(item) for item in ids)}"
