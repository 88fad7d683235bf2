"""One entry of the catalog as it is read in the app: its parts, each a page of paragraphs."""

from collections.abc import Callable, Iterator

from materials.catalog import Catalog
from materials.schema import Conflict, Entry, Study
from materials.sources import references
from materials.values import Sourced, Statement, Value
from tui.app.widgets.badges import SIGNS, WORDS
from tui.app.widgets.reading import BLANK, Paragraph, paragraph
from tui.catalog_entry import calculators, facts, gaps, said_elsewhere, source_keys, studies_of
from tui.catalog_text import (
    MARKS,
    circumstances_text,
    citation_text,
    counted,
    kind_of,
    label_of,
    quantity_text,
    source_text,
)

_KINDS = (
    ("for", "+", "For"),
    ("against", "−", "Against"),
    ("risk", "!", "Risks"),
    ("caution", "!", "Left out of calculations"),
    ("cost", "¤", "Cost"),
    ("difficulty", "¤", "Difficulty"),
    ("mechanism", "·", "Mechanism"),
    ("use", "·", "Use"),
    ("fact", "·", "Facts"),
)
_DIRECTIONS = {"positive": "+", "negative": "−", "conflicting": "±", "neutral": "=", "not-stated": "·"}


def counts(catalog: Catalog, entry: Entry) -> dict[str, int]:
    """Give how much stands on each page, by its id; pages of words have no count."""
    elsewhere = sum(1 for _ in said_elsewhere(catalog, entry))
    return {
        "values": len(entry.property),
        "said": len(entry.statement) + elsewhere,
        "conflicts": len(catalog.conflicts_of(entry.id)),
        "studies": len(catalog.studies_of(entry.id)),
    }


def page(catalog: Catalog, entry: Entry, identifier: str) -> list[Paragraph]:
    """Give the paragraphs of one page of an entry."""
    return list(_PAGES[identifier](catalog, entry)) or [paragraph(("Nothing is recorded.", "muted"))]


def badge(part: Sourced) -> str:
    """Give how well something is known: sign, word, and how a review says it."""
    words = f"{SIGNS[part.evidence]} {WORDS.get(part.evidence, part.evidence.value)}"
    return f"{words}, {MARKS[part.mark]}" if part.mark else words


def _values(catalog: Catalog, entry: Entry) -> Iterator[Paragraph]:
    """Give property by property its values: those that calculations read first, the others marked as beside."""
    if isinstance(entry, Study):
        yield paragraph(entry.outcome)
        if entry.findings:
            yield paragraph(("aims: ", "muted"), entry.aims_text)
        if entry.read_at:
            yield paragraph(("read out at: ", "muted"), ", ".join(entry.read_at))
        return
    for name in dict.fromkeys(value.name for value in entry.property):
        yield paragraph((label_of(catalog, name), "label"))
        values = entry.values(name)
        used = [value for value in values if value.is_used]
        for value in (*used, *(value for value in values if not value.is_used)):
            yield from _value(value, beside=not value.is_used and bool(used), shown_only=not used)
        yield BLANK
    unknown = gaps(catalog, entry)
    if unknown:
        yield paragraph(("Not known", "heading"))
        for labels, reason in unknown:
            yield paragraph(labels, (f": {reason}", "muted"), indent=2, hang=4)


def _value(value: Value, *, beside: bool, shown_only: bool) -> Iterator[Paragraph]:
    whom = circumstances_text(value)
    told = "beside it" if beside else "shown only" if shown_only else ""
    parts: list[str | tuple[str, str]] = [(quantity_text(value, with_spread=True), "" if beside else "strong")]
    parts += [(f"  {whom}", "muted")] if whom else []
    parts += [f"  {badge(value)}"]
    parts += [(f"  ({told})", "muted")] if told else []
    yield paragraph(*parts, indent=2, hang=6)
    inherited = f"taken over from {value.inherited_from}" if value.inherited_from else ""
    for text in (value.conditions, source_text(value), inherited, value.note):
        if text:
            yield paragraph((text, "muted"), indent=4, hang=6)


def _said(catalog: Catalog, entry: Entry) -> Iterator[Paragraph]:
    """Give what is said for and against, and in comparison."""
    for kind, sign, title in _KINDS:
        statements = entry.statements(kind)
        if not statements:
            continue
        yield paragraph((title, "heading"))
        for statement in statements:
            topic = ", ".join(filter(None, [statement.topic, statement.degree]))
            yield from _statement(statement, f"{sign} {topic}: " if topic else f"{sign} ", statement.text)
        yield BLANK
    against = [(f"against {', '.join(item.than)}: ", item) for item in entry.statements("comparison")]
    against += [(f"said of {other.id}: ", item) for other, item in said_elsewhere(catalog, entry)]
    if against:
        yield paragraph(("Head to head", "heading"))
        for head, statement in against:
            yield from _statement(statement, f"≍ {head}", statement.text)


def _statement(statement: Statement, head: str, text: str) -> Iterator[Paragraph]:
    yield paragraph((head, "label"), text, indent=1, hang=3)
    if statement.implication:
        yield paragraph(f"for a design: {statement.implication}", indent=3, hang=5)
    told = "  ".join(filter(None, [badge(statement), source_text(statement)]))
    yield paragraph((told, "muted"), indent=3, hang=5)
    if statement.note:
        yield paragraph((statement.note, "muted"), indent=3, hang=5)


def _conflicts(catalog: Catalog, entry: Entry) -> Iterator[Paragraph]:
    for conflict in catalog.conflicts_of(entry.id):
        yield from _conflict(conflict)
        yield BLANK


def _conflict(conflict: Conflict) -> Iterator[Paragraph]:
    yield paragraph((f"≠ {conflict.title}", "label"), (f"  {conflict.conflict_class}", "muted"), hang=2)
    check = conflict.check + (f" [{conflict.check_source}]" if conflict.check_source else "")
    named = " | ".join(citation_text(item) for item in conflict.named_in)
    for label, text in (
        ("said", conflict.statement),
        ("against it", conflict.against),
        ("checked", check.strip()),
        ("handled", conflict.handling),
        ("named in", named),
    ):
        if text:
            yield paragraph((f"{label:<11}", "muted"), text, indent=2, hang=13)


def _studies(catalog: Catalog, entry: Entry) -> Iterator[Paragraph]:
    """Give the studies, the strongest stage first."""
    stage = ""
    for study in studies_of(catalog, entry):
        if study.stage != stage:
            stage = study.stage
            yield paragraph((stage, "heading"))
        sign = _DIRECTIONS[study.direction]
        yield paragraph((f"{sign} {study.direction}: ", "label"), study.outcome, indent=1, hang=3)
        told = ", ".join(filter(None, [study.model, study.species, study.dose, study.time, study.source]))
        yield paragraph((f"{study.id}  {told}", "muted"), indent=3, hang=5)


def _about(catalog: Catalog, entry: Entry) -> Iterator[Paragraph]:
    """Give names, what it is, what calculators make of it, and the references of everything said."""
    yield paragraph((entry.name, "heading"))
    for text in (entry.name_zh, f"also called {', '.join(entry.synonyms)}" if entry.synonyms else ""):
        if text:
            yield paragraph((text, "muted"))
    if entry.description:
        yield paragraph(entry.description)
    yield BLANK
    labelled = [("id", entry.id), *facts(catalog, entry)]
    longest = max(len(label) for label, _ in labelled)
    for label, text in labelled:
        yield paragraph((f"{label:<{longest}}  ", "muted"), text, hang=longest + 2)
    reads = list(calculators(catalog, entry))
    if reads:
        yield BLANK
        yield paragraph(("Calculators", "heading"))
        for _, text in reads:
            sign = "✓" if "has all it needs" in text else "✗"
            yield paragraph(f"{sign} {text}", indent=1, hang=3)
    keys = [key for key in source_keys(catalog, entry) if key in references()]
    if keys:
        yield BLANK
        yield paragraph((f"Sources ({len(keys)})", "heading"))
        for key in keys:
            yield paragraph((f"{key}  ", "label"), references()[key].text, indent=1, hang=3)


_PAGES: dict[str, Callable[[Catalog, Entry], Iterator[Paragraph]]] = {
    "values": _values,
    "said": _said,
    "conflicts": _conflicts,
    "studies": _studies,
    "about": _about,
}


def headline(catalog: Catalog, entry: Entry) -> str:
    """Give what an entry is in one line, for the top of the pane."""
    of = catalog.classes.get(entry.class_id)
    own = "  ◆ yours" if entry.origin == "user" else ""
    yours = sum(value.is_yours for value in entry.property)
    values = f"  ◆ {counted(yours, 'value')} of yours" if yours and not own else ""
    return f"{kind_of(entry)}, {of.name if of else entry.class_id}{own}{values}"
