"""How one carrier is tied to another: the same, a kind of it, a nest that holds it, or one of the same class."""

from collections.abc import Iterable, Iterator, Sequence
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
    if carrier in catalog.lines:
        return catalog.lines[carrier]
    found: list[str] = []
    above = carrier
    while above and above not in found:
        found.append(above)
        above = catalog.carriers[above].parent if above in catalog.carriers else ""
    return catalog.lines.setdefault(carrier, tuple(found))


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
    return ties(catalog, asked, (used,)).get(used)


def ties(catalog: Catalog, asked: Sequence[str], used: Iterable[str]) -> dict[str, Tie]:
    """Give the tie of each of many carriers that were used to what is asked about, of those that have one; see `tie`.

    >>> from materials.catalog import shipped
    >>> ties(shipped(), ["liposome"], ["liposome", "pegylated-liposome", "nanodiamond"])
    {'liposome': 'same', 'pegylated-liposome': 'variant'}
    """
    ours = _layers(catalog, asked)
    above = {name for own in ours for name in line_of(catalog, own)}
    kin = {name for name in above if catalog.carriers[name].carrier_class not in UMBRELLAS}
    classes = {catalog.carriers[own].carrier_class for own in ours}.difference(UMBRELLAS)
    found: dict[str, Tie] = {}
    for name in used:
        theirs = _layers(catalog, (name,))
        if ours == theirs or tuple(asked) == (name,):
            found[name] = "same"
        elif _are_variants(catalog, ours, theirs, name):
            found[name] = "variant"
        elif (len(ours) > 1 or len(theirs) > 1) and any(
            own in line_of(catalog, other) for own in ours for other in theirs
        ):
            found[name] = "part"
        elif any(
            other in above
            or not kin.isdisjoint(line_of(catalog, other))
            or catalog.carriers[other].carrier_class in classes
            for other in (name, *theirs)
        ):
            found[name] = "class"
    return found


def _are_variants(catalog: Catalog, ours: Sequence[str], theirs: Sequence[str], used: str) -> bool:
    """True when what was used is a kind of what is asked about, or each layer of it of the layer in its place."""
    if len(ours) == len(theirs) == 1:
        return ours[0] in line_of(catalog, used)
    return len(ours) == len(theirs) and all(
        own in line_of(catalog, other) or other in line_of(catalog, own)
        for own, other in zip(ours, theirs, strict=True)
    )


def _layers(catalog: Catalog, asked: Sequence[str]) -> tuple[str, ...]:
    return tuple(_innermost_first(catalog, asked, frozenset()))


def _innermost_first(catalog: Catalog, asked: Sequence[str], seen: frozenset[str]) -> Iterator[str]:
    for name in asked:
        carrier = catalog.carriers.get(name)
        if carrier is None or not carrier.layers or name in seen:
            yield name
        else:
            yield from _innermost_first(catalog, carrier.layers, seen | {name})
