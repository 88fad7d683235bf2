"""What a user sets over the catalog: one text per property, or a table with typical, low and high."""

from collections.abc import Iterator, Mapping
from typing import Any

from materials import catalog
from materials.errors import FormulateError, UnknownIdError, shorten
from materials.evidence import Evidence, Spread
from materials.files import MOST_FAULTS
from materials.units import convert, parse, unit_of
from materials.values import Property, Value

_MOST_KEPT = 4096
_READ: dict[tuple[str, str], tuple[Property, Value]] = {}  # texts read already: every look at a file asks again
_KEYS = ("typical", "low", "high", "spread", "basis", "average")
BODY = "systemic-circulation"  # of every site: body mass, flows
_BASES = ("number", "volume", "intensity", "number-median", "volume-median", "sauter", "intensity-mean")


def read_overrides(given: Mapping[str, Any]) -> dict[str, Value]:
    """Give the values a user set, marked as theirs, by property."""
    return {name: read_override(name, item) for name, item in given.items()}


def read_override(name: str, given: object) -> Value:
    """Give one value a user set, marked as theirs.

    A table may say what its low and high are (`spread`, a range unless told otherwise), the `basis` of a diameter
    (number, volume, intensity, which are means, or number-median, volume-median, sauter, intensity-mean) and the
    `average` of a polymer molar mass (weight).

    Raises
    ------
    FormulateError, ValueError
        Unknown property, a wrong unit, a value outside the support, an interval that does not hold the value.
    """
    kind = catalog.load().property(name)
    if not isinstance(given, str):
        return _read(name, kind, given)
    known = _READ.get((name, given))
    if known is None or known[0] is not kind:  # of another catalog
        if len(_READ) >= _MOST_KEPT:
            _READ.clear()
        known = _READ[name, given] = kind, _read(name, kind, given)
    return known[1]


def _read(name: str, kind: Property, given: object) -> Value:
    table = given if isinstance(given, Mapping) else {"typical": given}
    for key in table:
        if key not in _KEYS:
            raise ValueError(f"unknown key {shorten(key)!r}; need {', '.join(_KEYS)}")
    if "typical" not in table:
        raise ValueError("typical is missing; need a text such as " + repr(f"5 {kind.unit}".removesuffix(" 1")))
    unit = unit_of(str(table["typical"])) or kind.unit
    numbers = {key: _number(kind, table[key], unit) for key in ("typical", "low", "high") if key in table}
    low, typical, high = numbers.get("low"), numbers["typical"], numbers.get("high")
    if (low is not None and low > typical) or (high is not None and high < typical):
        told = ", ".join("none" if number is None else f"{number:g}" for number in (low, typical, high))
        in_unit = "" if unit == "1" else f" {unit}"
        raise ValueError(f"low, typical, high = {told}{in_unit}; need them in rising order")
    spread = str(table.get("spread", Spread.RANGE if low is not None or high is not None else Spread.SINGLE))
    if spread not in list(Spread):
        raise ValueError(f"spread {shorten(spread)!r}; need {', '.join(Spread)}")
    if spread == Spread.SINGLE and (low is not None or high is not None):
        raise ValueError("spread single; need no low and no high with it")
    if spread != Spread.SINGLE and low is None and high is None:
        raise ValueError(f"spread {spread}; need low and high with it")
    average = table.get("average", "weight")
    if average != "weight":
        raise ValueError(f"average {shorten(average)!r}; need weight (multiply a number average by the dispersity)")
    basis = str(table.get("basis", ""))
    basis = {"z-average": "intensity", "z_average": "intensity"}.get(basis, basis)
    if basis and basis not in _BASES:
        raise ValueError(f"basis {shorten(basis)!r}; need {', '.join(_BASES)}")
    return Value(
        name=name,
        typical=typical,
        low=low,
        high=high,
        unit=unit,
        spread=Spread(spread),
        evidence=Evidence.USER,
        note="set by the user",
        basis=basis,
    )


def _number(kind: Property, given: object, unit: str) -> float:
    number = parse(given, kind.unit)  # type: ignore[arg-type]  # parse refuses what is not a text
    if kind.support == "positive" and number <= 0:
        need = "plain number above zero" if kind.unit == "1" else f"number above zero with a unit such as {kind.unit}"
        raise ValueError(f"{shorten(given)!r}: not above zero; need a {need}")
    if kind.support == "fraction" and not 0 <= number <= 1:
        raise ValueError(f"{shorten(given)!r}: outside 0 to 1; need 0 to 100 percent ({kind.unit})")
    in_unit = float(f"{convert(number, unit):.12g}")
    if problem := kind.outside(in_unit, unit):
        raise ValueError(f"{shorten(given)!r}: {problem}")
    return in_unit


def override_problems(content: Mapping[str, Any]) -> dict[str, list[str]]:
    """Give every problem with what a file sets, by dotted field, whatever else is wrong with the file."""
    found: dict[str, list[str]] = {}
    for place, table in _tables(content):
        if not isinstance(table, Mapping):
            found[place] = [f'{shorten(table)!r}: not a table; need property = "value with unit"']
            continue
        for name, given in table.items():
            if len(found) >= MOST_FAULTS:
                break
            field = f"{place}.{name}"
            try:
                if place.endswith(".loading") and name == "convention":
                    if given not in ("A", "B"):
                        raise ValueError(
                            f"{shorten(given)!r}; need A (efficiency is drug entrapped over drug added) "
                            "or B (loading found over loading fed)"
                        )
                    continue
                if place.endswith(".loading") and name not in (
                    "drug_loading",
                    "encapsulation_efficiency",
                    "feed_ratio",
                ):
                    raise ValueError("unknown key; need drug_loading, encapsulation_efficiency, feed_ratio, convention")
                read_override(_property_of(place, str(name), content), given)
            except UnknownIdError as error:
                found[field] = [f"unknown property; nearest: {', '.join(error.nearest) or 'none'}"]
            except (FormulateError, ValueError) as error:
                found[field] = [str(error)]
    return found


def _property_of(place: str, name: str, content: Mapping[str, Any]) -> str:
    """Give the property that a key sets; of a site, what stands before a point is one of its parts."""
    part, point, rest = name.rpartition(".")
    if place != "regimen.set" or not point:
        return name
    site = str(content["regimen"].get("site"))
    known = catalog.load()
    parts = [*sorted(known.within(site) - {site}), BODY] if site in known.sites else []
    if part not in parts:
        raise ValueError(
            f"{shorten(part)} is no part of {shorten(site)}; need {' or '.join(parts) or 'the property alone'}"
        )
    return rest


def _tables(content: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for kind, names in (("payload", ("set",)), ("layer", ("set", "loading"))):
        rows = content.get(kind)
        for index, row in enumerate(rows if isinstance(rows, list) else []):
            for name in names:
                if isinstance(row, Mapping) and name in row:
                    yield f"{kind}.{index}.{name}", row[name]
    regimen = content.get("regimen")
    if isinstance(regimen, Mapping) and "set" in regimen:
        yield "regimen.set", regimen["set"]
