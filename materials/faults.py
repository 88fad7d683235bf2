"""What is wrong with a file, in the words of the file: field, what was given, what is accepted."""

from collections.abc import Mapping, Sequence, Sized
from typing import TYPE_CHECKING

from materials.errors import nearest, shorten
from materials.files import MOST_FAULTS

if TYPE_CHECKING:
    from pydantic import ValidationError


class FieldError(ValueError):
    """A fault that a check over a whole table finds in one of its fields."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(field, problem)
        self.field, self.problem = field, problem

    def __str__(self) -> str:
        return self.problem


def shown(given: object) -> str:
    """Give what stands in a file, as it is written there, on one line.

    >>> shown("5 mg"), shown(1 << 20_000)
    ("'5 mg'", 'a number of very many digits')
    """
    try:
        return shorten(repr(given))
    except ValueError:  # Python writes no integer of more than 4300 digits
        return "a number of very many digits"


def _is_inside(place: tuple[int | str, ...], table: tuple[int | str, ...]) -> bool:
    return len(place) > len(table) and place[: len(table)] == table


def problems(
    error: "ValidationError", keys: Mapping[str, Sequence[str]], needs: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Say each fault in the words of the file: the dotted field, what was given, what is accepted.

    Parameters
    ----------
    error : ValidationError
        What pydantic refused.
    keys : mapping
        The keys accepted in each table; those of the file itself under the empty name.
    needs : mapping
        What a missing key needs, by its name.
    """
    listed = []
    found = error.errors(include_url=False)
    places = [item["loc"] for item in found]
    for item in found[:MOST_FAULTS]:
        if item["type"] == "too_short" and any(_is_inside(place, item["loc"]) for place in places):
            continue  # pydantic does not count the items it refused
        if item["loc"] and str(item["loc"][-1]).startswith("literal["):
            continue  # the other half of "an id, or nothing", which is told as an id
        field = ".".join(str(part) for part in item["loc"] if part != "constrained-str")
        given = shown(item.get("input"))
        context = item.get("ctx", {})
        match item["type"]:
            case "value_error":
                problem = str(context["error"])
                if isinstance(context["error"], FieldError):
                    field = f"{field}.{context['error'].field}" if field else context["error"].field
            case "extra_forbidden":
                table = next((str(part) for part in reversed(item["loc"][:-1]) if part in keys), "")
                near = ", ".join(nearest(str(item["loc"][-1]), keys.get(table, keys[""])))
                problem = f"unknown key; nearest: {near}"
            case "missing":
                problem = f"is missing; need {needs.get(str(item['loc'][-1]), 'a value')}"
            case "tuple_type" | "list_type":
                problem = f"{given}; need a list in square brackets"
            case "literal_error":
                problem = f"{given}; need {context['expected']}"
            case "string_pattern_mismatch":
                joints = "underscores" if "_" in context["pattern"] else "hyphens"
                problem = f"{given}; need lower-case letters, digits and {joints}"
            case "string_too_long":
                problem = f"{given}; need at most {context['max_length']} characters"
            case "string_too_short":
                problem = "is empty; need a text"
            case "string_type":
                problem = f"{given}; need a text in quotes"
            case "model_type" | "dict_type":
                problem = f"{given}; need a table"
            case "too_long" | "too_short":
                few, many = context.get("min_length"), context.get("max_length")
                entries = item.get("input")  # pydantic counts no table
                count = len(entries) if isinstance(entries, Sized) else context["actual_length"]
                problem = f"{count} given; need {f'at most {many}' if many else f'at least {few}'}"
            case "greater_than_equal" | "less_than_equal" if field.endswith("injections"):
                problem = f"{given}; need 1 to 60 of them, with the interval between two"
            case _:
                problem = f"{given}; need {item['msg'].removeprefix('Input should be ')}"
        listed.append((field, problem))
    return listed
