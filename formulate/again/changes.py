"""What differs between the results of two reports: numbers that moved, numbers that came or went, words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

ROUNDING = 1e-9  # relative; what two libraries or processors may differ in
# numbers that results rest on stand elsewhere, once; how far chance moves a median changes with the median
NOT_TOLD = ("inputs", "median_by_chance_of_draws")
_NAMES = ("id", "name", "key", "subject", "what", "carrier", "title")  # by which the items of a list are known
_GONE = object()

Kind = Literal["rounding", "moved", "new", "gone", "words"]


@dataclass(frozen=True)
class Change:
    """One thing that results tell and that is not what it was.

    Attributes
    ----------
    place : str
        Keys on the way to it with points between, such as ``predict.estimates.cover``.
    label, unit : str
        What it is, where the results say so.
    kind : str
        ``rounding`` (below 1e-9 of the larger), ``moved``, ``new``, ``gone``, or ``words``.
    before, now : mapping
        The parts that differ, by name: of a number median, low and high. Of curves those points where they differ
        most. Empty where a whole table is new or gone.
    largest : float
        The largest relative difference; 0 of words, 1 of what is new or gone.
    """

    place: str
    label: str
    unit: str
    kind: Kind
    before: Mapping[str, Any]
    now: Mapping[str, Any]
    largest: float


@dataclass(frozen=True, eq=False)
class _Leaf:
    owner: tuple[str, ...]  # the table it belongs to
    name: str
    label: str
    unit: str
    before: Any
    now: Any


def changes_between(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    """Give what differs, each number once with all its parts.

    Examples
    --------
    >>> one = {"t50": {"label": "half out", "unit": "d", "median": 8.0, "low": 4.0}}
    >>> other = {"t50": {"label": "half out", "unit": "d", "median": 10.0, "low": 4.0}}
    >>> [(item.place, item.kind, item.before, item.now, item.largest) for item in changes_between(one, other)]
    [('t50', 'moved', {'median': 8.0}, {'median': 10.0}, 0.2)]
    >>> list(changes_between(one, one))
    []
    """
    held: dict[tuple[str, ...], list[_Leaf]] = {}
    for leaf in _leaves(before, now, (), "", ""):
        held.setdefault(leaf.owner, []).append(leaf)
    for owner, leaves in held.items():
        numbers = [leaf for leaf in leaves if not _is_words(leaf)]
        for listed in (numbers, [leaf for leaf in leaves if _is_words(leaf)]):
            if listed:
                yield _change(owner, listed)


def _change(owner: tuple[str, ...], leaves: list[_Leaf]) -> Change:
    first = leaves[0]
    sizes = {leaf: _size(leaf) for leaf in leaves}
    shown: dict[str, _Leaf] = {}
    for leaf in leaves:  # of the points of a curve, the one that moved most
        name = leaf.name.partition("[")[0] or leaf.name
        if name not in shown or sizes[leaf] > sizes[shown[name]]:
            shown[name] = leaf
    largest = max(sizes.values())
    was = {leaf.name: leaf.before for leaf in shown.values() if leaf.name and leaf.before is not _GONE}
    this = {leaf.name: leaf.now for leaf in shown.values() if leaf.name and leaf.now is not _GONE}
    kind: Kind = "moved" if largest >= ROUNDING else "rounding"
    if all(leaf.before is _GONE for leaf in leaves):
        kind = "new"
    elif all(leaf.now is _GONE for leaf in leaves):
        kind = "gone"
    elif _is_words(first):
        kind = "words"
    return Change(".".join(owner), first.label, first.unit, kind, was, this, largest)


def _leaves(before: Any, now: Any, place: tuple[str, ...], label: str, unit: str) -> Iterator[_Leaf]:
    """Give the single numbers and words that differ; tables are gone through by key, lists by name or by place."""
    if before == now and type(before) is type(now):
        return
    if any(isinstance(one, dict | list) and other is _GONE for one, other in ((before, now), (now, before))):
        one = before if now is _GONE else now
        label = str(one.get("label", "")) if isinstance(one, dict) else label
        yield _Leaf(place, "", label, "", before, now)
        return
    if isinstance(before, dict | list) or isinstance(now, dict | list):
        one = now if isinstance(now, dict) else before
        if isinstance(one, dict):
            label, unit = str(one.get("label") or label), str(one.get("unit", ""))
        old, new = _items(before), _items(now)
        for key in dict.fromkeys((*old, *new)):
            if key not in NOT_TOLD:
                yield from _leaves(old.get(key, _GONE), new.get(key, _GONE), (*place, key), label, unit)
        return
    *owner, name = place
    while owner and owner[-1].startswith("["):
        name = owner.pop() + name
    if name.startswith("[") and owner:
        name = owner.pop() + name
    yield _Leaf(tuple(owner), name, label, unit, before, now)


def _items(value: Any) -> dict[str, Any]:
    """Give what a table or a list holds by name: that of the item where every item has one of its own."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, list):
        return {}
    for name in _NAMES:
        names = [str(item.get(name)) if isinstance(item, dict) and item.get(name) else "" for item in value]
        if all(names) and len(set(names)) == len(names):
            return dict(zip(names, value, strict=True))
    return {f"[{place}]": item for place, item in enumerate(value)}


def _is_words(leaf: _Leaf) -> bool:
    return not any(_is_number(value) for value in (leaf.before, leaf.now))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _size(leaf: _Leaf) -> float:
    """Give the difference of two numbers relative to the larger; 1 where one of them is not there, 0 of words."""
    if _is_words(leaf):
        return 0.0
    if not (_is_number(leaf.before) and _is_number(leaf.now)):
        return 1.0
    was, this = float(leaf.before), float(leaf.now)
    return abs(this - was) / max(abs(this), abs(was))
