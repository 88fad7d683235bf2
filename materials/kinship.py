"""How one carrier is tied to another: the same, a kind of it, a nest that holds it, or one of the same class."""

from collections.abc import Iterator, Sequence
from typing import Literal

from materials.catalog import Catalog

Tie = Literal["same", "variant", "part", "class"]
TIES: tuple[Tie, ...] = ("same", "variant", "part", "class")  # the closest first
UMBRELLAS = ("generic", "comparator", "vehicle")  # classes whose members have no more in common than the word


def line_of(catalog: Catalog, carrier: str) -> tuple[str, ...]:
    """Give a carrier and what it is a kind of, step by step upwards: its parent, the parent of that.

    >>> from materials.catalog import shipped
    >>> line_of(shipped(), "exosome-synovial-msc-mir140")
    ('exosome-synovial-msc-mir140', 'exosome-synovial-msc', 'exosome-generic', 'ev-generic')
    """
    found: list[str] = []
    while carrier and carrier not in found:
        found.append(carrier)
        carrier = catalog.carriers[carrier].parent if carrier in catalog.carriers else ""
    return tuple(found)


def tie(catalog: Catalog, asked: Sequence[str], used: str) -> Tie | None:
    """Give how what was used is tied to what is asked about, or None.

    Parameters
    ----------
    catalog : Catalog
        The entries.
    asked : sequence of str
        A carrier, or the carriers of a nest from the inside out; a nest of the catalog may be named by its own id.
    used : str
        The carrier of a study or of a statement.

    Returns
    -------
    str or None
        ``same``: the carrier itself. ``variant``: a kind of it. ``part``: one holds the other, or both hold the same.
        ``class``: what it is a kind of, another kind of that, or one of the same class. The closest that holds.
    """
    ours = _layers(catalog, asked)
    theirs = _layers(catalog, (used,))
    if ours == theirs or tuple(asked) == (used,):
        return "same"
    if len(ours) == len(theirs) == 1 and ours[0] in line_of(catalog, used):
        return "variant"
    if len(ours) == len(theirs) > 1 and all(
        own in line_of(catalog, other) or other in line_of(catalog, own)
        for own, other in zip(ours, theirs, strict=True)
    ):
        return "variant"
    if (len(ours) > 1 or len(theirs) > 1) and any(own in line_of(catalog, other) for own in ours for other in theirs):
        return "part"
    return "class" if any(_is_akin(catalog, own, other) for own in ours for other in (used, *theirs)) else None


def _layers(catalog: Catalog, asked: Sequence[str]) -> tuple[str, ...]:
    return tuple(_innermost_first(catalog, asked, frozenset()))


def _innermost_first(catalog: Catalog, asked: Sequence[str], seen: frozenset[str]) -> Iterator[str]:
    for name in asked:
        carrier = catalog.carriers.get(name)
        if carrier is None or not carrier.layers or name in seen:
            yield name
        else:
            yield from _innermost_first(catalog, carrier.layers, seen | {name})


def _is_akin(catalog: Catalog, own: str, other: str) -> bool:
    """True when both are of one class, or kinds of one thing that is more than an umbrella term."""
    mine, its = line_of(catalog, own), line_of(catalog, other)
    if other in mine:
        return True
    if any(catalog.carriers[name].carrier_class not in UMBRELLAS for name in set(mine) & set(its)):
        return True
    classes = [catalog.carriers[name].carrier_class for name in (own, other)]
    return classes[0] == classes[1] and classes[0] not in UMBRELLAS
