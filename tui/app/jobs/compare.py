"""What the compare screen has computed beside the app."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from formulate.form.parts import Form
from tui.app.worker import tell

if TYPE_CHECKING:
    from formulate.rows import Comparison

_kept: "list[tuple[Mapping[str, Any], Comparison]]" = []  # the last one, so that other weights rank it in no time


def describe(content: Mapping[str, Any]) -> Form:
    """Give the fields of a question, with what is wrong and what holds where nothing is set."""
    from formulate.form.question import question_form

    return question_form(content)


def rank(content: Mapping[str, Any], draws: int) -> dict[str, Any]:
    """Give a comparison ranked; where nothing but weights changed since the last one, it is only ranked anew."""
    from formulate.comparison import compare, weighed
    from formulate.form.question import weights_of
    from formulate.form.ranked import ranked
    from formulate.formulation import Question, build

    question = build(Question, {**content, "calculation": _calculation(content, draws)}, "question")
    weights = weights_of(content)
    asked = {name: value for name, value in content.items() if name not in ("weights", "name")} | {"draws": draws}
    if not _kept or _kept[0][0] != asked:
        _kept.clear()
        found = compare(question, tell)
        _kept.append((asked, found))
    return ranked(weighed(_kept[0][1], weights)) | {"draws": draws}


def _calculation(content: Mapping[str, Any], draws: int) -> dict[str, Any]:
    given = content.get("calculation")
    return {**(given if isinstance(given, Mapping) else {}), "draws": draws}


def presets() -> list[tuple[str, str]]:
    """Give the common aims to start from."""
    from formulate.presets import presets

    return [(item.id, f"{item.name}: {item.aim}") for item in presets().values()]


def payloads() -> list[tuple[str, str]]:
    """Give the payloads of the catalog, as id and name."""
    from formulate.form.choices import payloads

    return [(item.value, item.label) for item in payloads()]


def as_formulation(content: Mapping[str, Any], carrier: str) -> dict[str, Any]:
    """Give the content of the formulation that a carrier of a question is computed as."""
    from formulate.formulation import Question, build

    made = build(Question, dict(content), "question").formulation(carrier)
    found: dict[str, Any] = made.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    return {"schema_version": 1, "kind": "formulation", **found}
