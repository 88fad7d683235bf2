"""Which models an analysis fits: of the library, of physics with the constants given, and the user's own formulas."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from formulate.curves.model import Model
from formulate.fitting.given import shown
from materials.errors import DomainError, FormulateError, UnknownIdError, nearest, shorten

PHYSICAL_GROUP = "physical"


def chosen_models(
    models: str | Sequence[str | Model],
    formula: str | Sequence[str] | None,
    constants: Mapping[str, float],
    seconds: float,
    start: Mapping[str, float] | None = None,
) -> tuple[Model, ...]:
    """Give the models that a user's words choose.

    Parameters
    ----------
    models : str or sequence of str or Model
        Ids, names or groups of the library, or ids of physical models, with commas between; or made models. "all" and
        "physical" bring every physical model that needs no more than the constants given; "-" before a name takes it
        out.
    formula : str or sequence of str, optional
        Formulas to fit besides.
    constants : mapping of str to float
        What physical models are built with [SI].
    seconds : float
        One time unit of the data [s].
    start : mapping of str to float, optional
        Values from which parameters of formulas start.

    Returns
    -------
    tuple of Model
        Each once.

    Raises
    ------
    UnknownIdError
        If a word names no model, no physical model has a constant of a name given, or no formula a parameter of a name
        that is to start somewhere.
    MissingValueError
        If a physical model is named and a constant of it is not given.
    DomainError
        If nothing is left to fit.
    FormulateError
        If a constant is given that none of the models has, or something else stands where a name or a formula should.
    """
    found: dict[str, Model] = {}
    entries = _several("models", models, (str, Model), "names of models, or models")
    texts = _several("formula", formula or (), (str,), "formulas as text")
    own = [entry for entry in entries if isinstance(entry, Model) and entry.group == "formula"]
    for entry in entries:
        for made in (entry,) if isinstance(entry, Model) else _named(entry, constants, seconds):
            found.setdefault(made.id, made)
    own += _formulas(texts, start or {})
    known = {name for entry in own for name in entry.names}
    for name in start or {}:
        if name not in known:
            raise UnknownIdError("parameter of the formula", shorten(name, 20), nearest(name, known))
    if len(own) > 1:  # all have one name
        found = {id: entry for id, entry in found.items() if entry.group != "formula"}
        own = [replace(entry, id=f"formula_{place}", name=f"formula {place}") for place, entry in enumerate(own, 1)]
    found |= {entry.id: entry for entry in own}
    if not found:
        hint = "physical laws need their constants, or all that were named were taken out again"
        raise DomainError("models", 0, "", "at least one", hint)
    used = {name for entry in found.values() for name in entry.constants}
    for name in constants:
        if name not in used:
            raise FormulateError(f"constant {name}: no model fitted has it; name a law that does, or leave it out")
    return tuple(found.values())


def _several(name: str, given: object, kinds: tuple[type, ...], need: str) -> list[Any]:
    """Give a lone one or several as a list."""
    found = [given] if isinstance(given, kinds) or not isinstance(given, Iterable) else list(given)
    for entry in found:
        if not isinstance(entry, kinds):
            raise FormulateError(f"{name}: {shown(entry)}; need {need}")
    return found


def _formulas(texts: Sequence[str], start: Mapping[str, float]) -> list[Model]:
    """Give the models of formulas, each with the starts of its own parameters."""
    if not texts:
        return []
    from formulate.curves.formula import formula_model

    made = []
    for text in texts:
        names = formula_model(text).names
        made.append(formula_model(text, start={name: value for name, value in start.items() if name in names}))
    return made


def _named(words: str, constants: Mapping[str, float], seconds: float) -> list[Model]:
    """Give models of the library, and physical ones: those named, or with "all" those the constants suffice for."""
    from formulate.curves import library

    parts = library.words_of(words)
    physical = [word for word in parts if _is_physical(word)]
    rest = ",".join(word for word in parts if word not in physical)
    made = list(library.models(rest)) if rest else []
    if constants or physical:
        from formulate.curves.physical import PHYSICAL
        from formulate.curves.physical import model as law_model

        known = {constant.name for law in PHYSICAL.values() for constant in law.constants}
        for name in constants:
            if name not in known:
                raise UnknownIdError("constant of a physical model", name, nearest(name, known))
        group = any(word.lower() in (PHYSICAL_GROUP, "all") for word in parts) and f"-{PHYSICAL_GROUP}" not in parts
        for id, law in PHYSICAL.items():
            missing = [entry.name for entry in law.constants if entry.default is None and entry.name not in constants]
            wanted = id in physical or (group and not missing and f"-{id}" not in physical)
            if wanted:
                own = {entry.name: constants[entry.name] for entry in law.constants if entry.name in constants}
                made.append(law_model(id, own, seconds))
    return made


def _is_physical(word: str) -> bool:
    from formulate.curves.physical import PHYSICAL

    name = word.removeprefix("-")
    return name in PHYSICAL or name.lower() == PHYSICAL_GROUP
