"""Which models an analysis fits: of the library, of physics with the constants given, and the user's own formulas."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from formulate.curves.model import Model
from materials.errors import DomainError, UnknownIdError, nearest

PHYSICAL_GROUP = "physical"


def chosen_models(
    models: str | Sequence[str | Model],
    formula: str | Sequence[str] | None,
    constants: Mapping[str, float],
    seconds: float,
) -> tuple[Model, ...]:
    """Give the models that a user's words choose.

    Parameters
    ----------
    models : str or sequence of str or Model
        Ids, names or groups of the library, or ids of physical models, with commas between; or made models. "all" and
        "physical" bring every physical model that needs no more than the constants given.
    formula : str or sequence of str, optional
        Formulas to fit besides.
    constants : mapping of str to float
        What physical models are built with [SI].
    seconds : float
        One time unit of the data [s].

    Returns
    -------
    tuple of Model
        Each once.

    Raises
    ------
    UnknownIdError
        If a word names no model, or no physical model has a constant of a name given.
    MissingValueError
        If a physical model is named and a constant of it is not given.
    DomainError
        If nothing is left to fit.
    """
    found: dict[str, Model] = {}
    for entry in [models] if isinstance(models, str) else models:
        for made in (entry,) if isinstance(entry, Model) else _named(entry, constants, seconds):
            found.setdefault(made.id, made)
    if formula:
        from formulate.curves.formula import formula_model

        texts = [formula] if isinstance(formula, str) else list(formula)
        for number, text in enumerate(texts, start=1):
            own = formula_model(text)
            found[own.id if len(texts) == 1 else f"{own.id}_{number}"] = own
        found = {id: entry if entry.id == id else replace(entry, id=id) for id, entry in found.items()}
    if not found:
        hint = "physical laws need their constants, or all that were named were taken out again"
        raise DomainError("models", 0, "", "at least one", hint)
    return tuple(found.values())


def _named(words: str, constants: Mapping[str, float], seconds: float) -> list[Model]:
    """Give models of the library, and physical ones: those named, or with "all" those the constants suffice for."""
    from formulate.curves import library

    parts = [word.strip() for word in words.split(",") if word.strip()]
    physical = [word for word in parts if word.lower() == PHYSICAL_GROUP or _is_physical(word)]
    rest = ",".join(word for word in parts if word not in physical)
    made = list(library.models(rest)) if rest else []
    if constants or physical:
        from formulate.curves.physical import PHYSICAL
        from formulate.curves.physical import model as law_model

        known = {constant.name for law in PHYSICAL.values() for constant in law.constants}
        for name in constants:
            if name not in known:
                raise UnknownIdError("constant of a physical model", name, nearest(name, known))
        group = any(word.lower() in (PHYSICAL_GROUP, "all") for word in parts)
        for id, law in PHYSICAL.items():
            missing = [entry.name for entry in law.constants if entry.default is None and entry.name not in constants]
            wanted = id in physical or (group and not missing and f"-{id}" not in physical)
            if wanted:
                own = {entry.name: constants[entry.name] for entry in law.constants if entry.name in constants}
                made.append(law_model(id, own, seconds))
    return made


def _is_physical(word: str) -> bool:
    from formulate.curves.physical import PHYSICAL

    return word.removeprefix("-") in PHYSICAL
