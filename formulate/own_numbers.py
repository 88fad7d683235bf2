"""Numbers that stand in a table of the user's file beside no entry of the catalog: read, and drawn as inputs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from materials import catalog
from materials.errors import shorten
from materials.evidence import Evidence, Spread
from materials.units import convert, parse
from materials.values import Value

if TYPE_CHECKING:  # a file is read without what computes
    from formulate.inputs import Input
    from formulate.sampling import Draws

ENDS = ("typical", "low", "high")


def banded(given: object) -> dict[str, object]:
    """Give a number that stands alone, or a table of typical, low and high, as such a table.

    >>> banded("5 nm")
    {'typical': '5 nm'}
    """
    if not isinstance(given, Mapping):
        return {"typical": given}
    if "typical" not in given or any(key not in ENDS for key in given):
        raise ValueError(f"{shorten(dict(given))!r}; need typical, and low and high if you know them")
    return dict(given)


def ends(table: Mapping[str, float]) -> tuple[float, float, float]:
    """Give low, typical and high; the ends are the typical where they are not given.

    Raises
    ------
    ValueError
        The ends do not hold the typical.
    """
    typical = table["typical"]
    low, high = table.get("low", typical), table.get("high", typical)
    if not low <= typical <= high:
        raise ValueError(f"{low:g} to {high:g} does not hold {typical:g}; need low <= typical <= high")
    return low, typical, high


def conceivable(text: object, number: float, unit: str, name: str) -> None:
    """Refuse a number, in the unit of its property, that is not above zero or beyond what is conceivable.

    Raises
    ------
    ValueError
        It is; the text is what the user wrote.
    """
    if not number > 0:
        raise ValueError(f"{shorten(text)!r}; need a quantity above zero, in {unit}")
    if problem := catalog.load().property(name).outside(number, unit):
        raise ValueError(f"{shorten(text)!r}: {problem}")


def quantity(given: object, name: str) -> dict[str, str]:
    """Accept a quantity as a property of the vocabulary may be, or a table of them."""
    table, unit = banded(given), catalog.load().property(name).unit
    for text in table.values():
        if not isinstance(text, str):
            raise ValueError(f"{shorten(text)!r}; need a quantity above zero, in {unit}, in quotes")
        conceivable(text, convert(parse(text, unit), unit), unit, name)
    ends({key: parse(str(text), unit) for key, text in table.items()})
    return {key: str(text) for key, text in table.items()}


def drawn(key: str, name: str, numbers: Mapping[str, float], draws: "Draws", note: str) -> "Input":
    """Give a number as an input with its draws: exact where the user gave no band.

    Parameters
    ----------
    key : str
        Subject and name; the subject stands before the last dot.
    name : str
        The property that says what it is, and its unit.
    numbers : mapping of str to float
        Typical, and low and high if there is a band [SI].
    draws : Draws
        The draws of the calculation.
    note : str
        What it is, in words.
    """
    from formulate.inputs import Input
    from formulate.sampling import sample

    known = catalog.load()
    unit = known.property(name).unit
    low, typical, high = (convert(number, unit) for number in ends(numbers))
    is_band = low < high
    value = Value(
        name=name,
        typical=typical,
        low=low if is_band else None,
        high=high if is_band else None,
        unit=unit,
        spread=Spread.RANGE if is_band else Spread.SINGLE,
        evidence=Evidence.USER,
        note=f"set by the user: {note}",
    )
    spread = known.distribution(value)
    scores = draws.standard_normal(key)
    return Input(key, key.rpartition(".")[0], value, "user", spread.is_exact, scores, sample(spread, scores))
