"""One line for what a user sets over the catalog: a value, or a value with the band it lies in."""

import re
from collections.abc import Mapping
from typing import Any

_BAND = re.compile(r"^(?P<typical>[^()]+?)\s*\(\s*(?P<low>[^()]*?)\s+to\s+(?P<high>[^()]*?)\s*\)$")
_NUMBER = re.compile(r"^[-+]?[0-9.]+(e[-+]?[0-9]+)?$", re.IGNORECASE)


def override_text(given: object) -> str:
    """Give an override as one line.

    >>> override_text({"typical": "40 um", "low": "30 um", "high": "55 um", "basis": "volume"})
    '40 um (30 um to 55 um)'
    """
    if not isinstance(given, Mapping):
        return str(given)
    typical = str(given.get("typical", ""))
    if "low" in given and "high" in given:
        return f"{typical} ({given['low']} to {given['high']})"
    return typical


def override_of(text: str, before: object = None) -> object:
    """Give the override that a line says; what else the former one said, such as its basis, stays.

    A text without a band stays a text; ends without a unit take that of the value.

    >>> override_of("40 um (30 to 55)")
    {'typical': '40 um', 'low': '30 um', 'high': '55 um'}
    >>> override_of("42 um", {"typical": "40 um", "low": "30 um", "high": "55 um", "basis": "volume"})
    {'typical': '42 um', 'basis': 'volume'}

    Raises
    ------
    ValueError
        There is a bracket that holds no band.
    """
    kept: dict[str, Any] = dict(before) if isinstance(before, Mapping) else {}
    for name in ("typical", "low", "high"):
        kept.pop(name, None)
    text = text.strip()
    if "(" not in text and ")" not in text:
        kept.pop("spread", None)
        return {"typical": text, **kept} if kept else text
    found = _BAND.match(text)
    if found is None:
        raise ValueError(f"{text!r}; need a value with its band in brackets, such as 40 um (30 to 55)")
    typical = found["typical"].strip()
    unit = typical.partition(" ")[2]
    ends = {name: f"{found[name]} {unit}".strip() if _NUMBER.match(found[name]) else found[name]
            for name in ("low", "high")}  # fmt: skip
    return {"typical": typical, **ends, **kept}
