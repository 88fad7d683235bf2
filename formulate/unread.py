"""Which numbers that a file sets are read by no calculation of it."""

from collections.abc import Collection, Iterator

from formulate.difference_fields import Key
from formulate.formulation import Formulation, Question
from formulate.inputs import unused_text
from formulate.sampling import Glance
from materials.errors import FormulateError, shorten


def unread_of(file: Formulation | Question) -> frozenset[Key] | str:
    """Give the numbers that a formulation sets and no calculation of it reads, or why that is not known.

    Computed with typical values alone: which numbers are read does not hang on the draws.
    """
    from formulate.exposure import expose
    from formulate.loading.total import load_all

    if isinstance(file, Question):
        return "a question has a calculation for each carrier"
    if not any(True for _ in _set_numbers(file)):
        return frozenset()
    draw = Glance()
    try:
        warnings = [text for found in expose(file, draw) for text in found.warnings]
    except FormulateError as error:
        try:
            load_all(file, draw)
        except FormulateError:
            return shorten(str(error).removeprefix("formulation: "), 200)
        return f"only its loading is computed: {shorten(str(error).removeprefix('formulation: '), 200)}"
    return unread_in(file, warnings)


def unread_in(formulation: Formulation, warnings: Collection[str]) -> frozenset[Key]:
    """Give the numbers that a formulation sets and of which the warnings of its calculation say that nothing read them.

    Parameters
    ----------
    formulation : Formulation
        What was computed.
    warnings : collection of str
        What the calculation warned of.
    """
    return frozenset(key for key, name, subject in _set_numbers(formulation) if unused_text(name, subject) in warnings)


def _set_numbers(formulation: Formulation) -> Iterator[tuple[Key, str, str]]:
    """Give each number that is set: its field, its property, and the entry it is set for."""
    for part in formulation.payload:
        for name in part.set:
            yield ("payload", part.id, f"set.{name}"), name, part.id
    for layer in formulation.layer:
        for table, given in (("set", layer.set), ("loading", layer.loading)):
            for name in given:
                if (table, name) != ("loading", "convention"):
                    yield ("layer", layer.id, f"{table}.{name}"), name, layer.entry.id
    for name in formulation.regimen.set:
        subject, _, last = name.rpartition(".")
        yield ("", "", f"regimen.set.{name}"), last, subject or formulation.regimen.entry.id
