"""How the catalog speaks: values with their bands, how well they are known and who says so, in words."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from materials.errors import shorten
from materials.evidence import Evidence, Spread

if TYPE_CHECKING:
    from materials.catalog import Catalog
    from materials.schema import Entry
    from materials.values import Citation, Sourced, Value

MARKS = {"stated": "stated", "hedged": "hedged (may, might, could)", "title": "visible in a cited title only"}
SHORT_MARKS = {"stated": "stated", "hedged": "hedged", "title": "cited title only"}
PLURALS = {"carrier": "carriers", "payload": "payloads", "site": "sites", "method": "methods", "study": "studies"}
BEST_STAGE_FIRST = (
    "trial", "cohort", "case-report", "large-animal", "small-animal", "in-vitro", "concept", "review", "not-stated",
)  # fmt: skip
_SPREADS = {
    Spread.P10_P90: "10th to 90th percentile",
    Spread.SD: "one SD each side",
    Spread.SE: "one SE each side",
    Spread.IQR: "quartiles",
    Spread.RANGE: "range",
}
_UNITS = {"1": "", "fraction": "", "pH": "", "percent": "%", "percent_w_w": "% w/w", "percent_v_v": "% v/v"}


def number_text(number: float) -> str:
    """Give a number with every digit its source gives, the very large and the very small in powers of ten.

    >>> number_text(0.003466), number_text(1.5e-17), number_text(30.0), number_text(2e7), number_text(-5)
    ('0.003466', '1.5e-17', '30', '2e7', '-5')
    """
    if number == 0 or 1e-4 <= abs(number) < 1e6:
        return f"{number:.12g}"
    mantissa, _, exponent = f"{number:.11e}".partition("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"


def unit_text(unit: str) -> str:
    """Give a unit as it is written in a file, a ratio as it is read.

    >>> unit_text("um"), unit_text("percent_w_w"), unit_text("1")
    ('um', '% w/w', '')
    """
    return _UNITS.get(unit, unit)


def quantity_text(value: "Value", *, with_spread: bool = False) -> str:
    """Give a value with its band and unit: what the source gives, never the middle of an interval.

    Examples
    --------
    >>> from materials.values import Value
    >>> base = {"name": "diameter", "unit": "nm", "evidence": "user", "spread": "range", "high": 150}
    >>> quantity_text(Value(**base, typical=60, low=30), with_spread=True)
    '60 nm (30 to 150, range)'
    >>> quantity_text(Value(**base, typical=67, typical_is="middle", low=30), with_spread=True)
    '30 to 150 nm'
    >>> quantity_text(Value(**base, typical=150, typical_is="bound"))
    'at most 150 nm'
    """
    unit = unit_text(value.unit)
    unit = f" {unit}" if unit else ""
    low = None if value.low is None else number_text(value.low)
    high = None if value.high is None else number_text(value.high)
    spread = _SPREADS.get(value.spread, "") if with_spread else ""
    if value.typical_is == "bound":
        return f"at least {low}{unit}" if high is None else f"at most {high}{unit}"
    if value.typical_is == "middle":
        return f"{low} to {high}{unit}" + (f" ({spread})" if spread and value.spread is not Spread.RANGE else "")
    text = number_text(value.typical) + unit
    if value.spread is Spread.SINGLE:
        return text
    if low is not None and high is not None:
        band = f"{low} to {high}"
    else:
        band = f"at least {low}" if high is None else f"at most {high}"
    return f"{text} ({band}, {spread})" if spread else f"{text} ({band})"


def evidence_word(evidence: Evidence | str) -> str:
    """Give an evidence level; those that are no finding of a source stand in capitals.

    >>> evidence_word("secondary"), evidence_word("assumed")
    ('secondary', 'ASSUMED')
    """
    level = Evidence(evidence)
    return level.upper() if level in (Evidence.ASSUMED, Evidence.DERIVED, Evidence.USER) else str(level)


def backing_text(part: "Sourced") -> str:
    """Give how well something is known: the evidence level, of a review how it says so."""
    word = evidence_word(part.evidence)
    return f"{word}: {MARKS[part.mark]}" if part.mark else word


def source_text(part: "Sourced") -> str:
    """Give the source of something: its key, the place in it, and the papers it cites for it."""
    return _place(part.source, part.locator, part.cites)


def citation_text(citation: "Citation") -> str:
    """Give where a source speaks of an entry."""
    return _place(citation.source, citation.locator, citation.cites)


def _place(source: str, locator: str, cites: Iterable[str]) -> str:
    cited = ", ".join(cites)
    return "; ".join(filter(None, [", ".join(filter(None, [source, locator])), f"cites {cited}" if cited else ""]))


def circumstances_text(value: "Value") -> str:
    """Give for whom and what a value holds, in brackets, or nothing.

    >>> from materials.values import Value
    >>> kept = {"name": "diameter", "typical": 1, "unit": "um", "evidence": "user"}
    >>> circumstances_text(Value(**kept, species="rat", payload="dasatinib", basis="volume"))
    '[rat, with dasatinib, by volume]'
    """
    said = [value.grade, value.species, value.state]
    said += [f"with {value.payload}" if value.payload else "", f"layer {value.layer}" if value.layer else ""]
    said.append(f"by {value.basis}" if value.basis else "")
    kept = ", ".join(filter(None, said))
    return f"[{kept}]" if kept else ""


def label_of(catalog: "Catalog", name: str) -> str:
    """Give the label of a property."""
    return catalog.properties[name].label if name in catalog.properties else name


def kind_of(entry: "Entry") -> str:
    """Give the kind of an entry: carrier, payload, site, method or study."""
    return str(getattr(entry, "kind", ""))


def class_text(catalog: "Catalog", entry: "Entry") -> str:
    """Give the class of an entry with its names."""
    known = catalog.classes.get(entry.class_id)
    if known is None:
        return entry.class_id
    names = ", ".join(filter(None, [known.name, known.name_zh]))
    return f"{entry.class_id} ({names})"


def counted(count: int, one: str, many: str = "") -> str:
    """Give a count with its noun.

    >>> counted(1, "value"), counted(2, "study", "studies")
    ('1 value', '2 studies')
    """
    return f"{count} {one if count == 1 else many or one + 's'}"


def held_text(path: str, held: Mapping[str, int]) -> str:
    """Say of a file without fault what it lays over the catalog, or that it lays nothing over it.

    >>> held_text("a.toml", {"entries": 1, "values": 3, "properties": 0, "classes": 0})
    'a.toml: no fault; 1 entry, 3 values'
    >>> held_text("b.toml", {"entries": 0, "values": 0, "properties": 0, "classes": 0})
    'b.toml: holds no entry, so nothing of it is checked or used; is every line a comment?'
    """
    where = shorten(path, 120)
    if not any(held.values()):
        return f"{where}: holds no entry, so nothing of it is checked or used; is every line a comment?"
    told = [counted(held["entries"], "entry", "entries"), counted(held["values"], "value")]
    told += [counted(held[name], one, name) for name, one in (("properties", "property"), ("classes", "class"))
             if held[name]]  # fmt: skip
    return f"{where}: no fault; {', '.join(told)}"
