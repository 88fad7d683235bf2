"""The lists of the catalog in a terminal: what it holds, entries of a kind, sources, conflicts."""

from collections import Counter
from collections.abc import Sequence

from materials.catalog import KINDS, Catalog
from materials.errors import shorten
from materials.evidence import Evidence
from materials.schema import Conflict, Study
from materials.sources import references
from materials.tables import uses
from tui.catalog_text import PLURALS, citation_text, counted, evidence_word, kind_of, label_of
from tui.table import grid, indented, wrap

_NEXT = (
    ("formulate catalog carriers", "one line for each; likewise payloads, sites, methods, studies"),
    ("formulate catalog carriers --class hydrogel", "those of a class; --site, --has, --text narrow it too"),
    ("formulate catalog show ID", "everything known of one"),
    ("formulate catalog compare A B", "side by side"),
    ("formulate catalog sources", "the bibliography, and what rests on each reference"),
    ("formulate catalog conflicts", "what the sources do not agree on"),
    ("formulate catalog check FILE", "is a catalog file of yours without fault"),
)


def class_counts(catalog: Catalog, kind: str) -> dict[str, int]:
    """Give how many entries each class of a kind has, the largest first."""
    counts = Counter(entry.class_id for entry in catalog.kind(kind).values())
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def evidence_counts(catalog: Catalog) -> dict[str, int]:
    """Give how many values have each evidence level, best first; a value taken over counts where it came from."""
    counts = Counter(v.evidence for entry in catalog.entries() for v in entry.property if not v.inherited_from)
    return {str(level): counts.get(level, 0) for level in Evidence}


def overview_text(catalog: Catalog, width: int) -> str:
    """Give what the catalog holds, and what to ask next."""
    parts = [wrap(f"The catalog, version {catalog.version}", width)]
    for kind in KINDS:
        entries = catalog.kind(kind)
        classes = ", ".join(f"{name} {count}" for name, count in class_counts(catalog, kind).items())
        runs = f" (calculators can run {len(catalog.runnable_carriers())})" if kind == "carrier" else ""
        head = f"{counted(len(entries), kind, PLURALS[kind])}{runs}"
        parts.append(head + ("\n" + wrap(classes, width, "  ", "  ") if classes else ""))
    levels = evidence_counts(catalog)
    shown = ", ".join(f"{evidence_word(level)} {count}" for level, count in levels.items())
    parts.append(f"{counted(sum(levels.values()), 'value')}\n" + wrap(shown, width, "  ", "  "))
    statements = sum(len(entry.statement) for entry in catalog.entries())
    known = f"{counted(statements, 'statement')}, {counted(len(catalog.conflicts), 'conflict')}, "
    parts.append(known + counted(len(references()), "source"))
    own = [wrap(shorten(path, 200), width, "  ", "  ") for path in catalog.own_files]
    parts.append("\n".join(["Your files, laid over it", *own]) if own else "Your files: none in force")
    parts.append("Next\n" + indented(grid([], [list(row) for row in _NEXT], width - 2)))
    return "\n\n".join(parts)


def sources_text(catalog: Catalog, words: str, width: int) -> str:
    """Give the references that hold all words, each with how often the catalog rests on it."""
    found = sources_with(words)
    used = uses(catalog)
    every = len(references())
    if not found:
        return wrap(f"No source found: 0 of {every} with {shorten(words)!r}. Leave a word out.", width)
    blocks = [
        wrap(f"{key} (used {used.get(key, 0)}x)", width) + "\n" + wrap(references()[key].text, width, "    ", "    ")
        for key in found
    ]
    total = f"{len(found)} of {every} sources" if words else counted(every, "source")
    return "\n".join(blocks) + "\n\n" + wrap(f"{total}; `formulate catalog sources KEY` tells what rests on one", width)


def sources_with(words: str) -> list[str]:
    """Give the keys of the references whose key or text holds all words."""
    wanted = words.casefold().split()
    return [
        key for key, item in references().items() if all(word in f"{key} {item.text}".casefold() for word in wanted)
    ]


def rests_on(catalog: Catalog, key: str) -> list[dict[str, str]]:
    """Give what rests on a source: the entry or conflict, what of it, and whether it is read there or cited."""

    rows: list[dict[str, str]] = []

    def look(identifier: str, kind: str, what: str, source: str, cites: Sequence[str] = ()) -> None:
        if key == source:
            rows.append({"id": identifier, "kind": kind, "what": what, "as": "source"})
        if key in cites:
            rows.append({"id": identifier, "kind": kind, "what": what, "as": "cited"})

    for entry in catalog.entries():
        kind = kind_of(entry)
        if isinstance(entry, Study):
            look(entry.id, kind, "study", entry.source)
        for value in entry.property:
            look(entry.id, kind, label_of(catalog, value.name), value.source, value.cites)
        for statement in entry.statement:
            look(entry.id, kind, f"statement ({statement.kind})", statement.source, statement.cites)
        for citation in entry.named_in:
            look(entry.id, kind, "named in", citation.source, citation.cites)
    for conflict in catalog.conflicts.values():
        look(conflict.id, "conflict", "check", conflict.check_source)
        for citation in conflict.named_in:
            look(conflict.id, "conflict", "named in", citation.source, citation.cites)
    return rows


def source_text(catalog: Catalog, key: str, width: int) -> str:
    """Give one reference with everything that rests on it."""
    reference = references()[key]
    parts = [wrap(key, width) + "\n" + wrap(reference.text, width, "    ", "    ")]
    if reference.link:
        parts[0] += f"\n    {reference.link}"
    rows = rests_on(catalog, key)
    if not rows:
        return parts[0] + "\n\nNothing in the catalog rests on it."
    gathered: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        what = row["what"] if row["as"] == "source" else f"{row['what']}, cited"
        gathered.setdefault((row["kind"], row["id"]), Counter())[what] += 1
    table = [
        [identifier, kind, "; ".join(what + (f" ({count})" if count > 1 else "") for what, count in counts.items())]
        for (kind, identifier), counts in gathered.items()
    ]
    parts.append(grid(["id", "kind", "what rests on it"], table, width, hang=1))
    parts.append(f"{counted(len(rows), 'use')} in {counted(len(gathered), 'entry', 'entries')}")
    return "\n\n".join(parts)


def conflicts_text(conflicts: Sequence[Conflict], every: int, width: int) -> str:
    """Give conflicts as a table."""
    if not conflicts:
        return "No conflict is recorded." if not every else f"None of {counted(every, 'conflict')} concerns it."
    rows = [[item.id, item.conflict_class, item.title, ", ".join(item.entries)] for item in conflicts]
    table = grid(["id", "class", "what", "entries"], rows, width, hang=1)
    total = counted(every, "conflict") if len(conflicts) == every else f"{len(conflicts)} of {every} conflicts"
    return table + "\n\n" + wrap(f"{total}; `formulate catalog conflicts ID` tells one in full", width)


def conflict_text(conflict: Conflict, width: int, indent: str = "") -> str:
    """Give one conflict in full: what stands against what, what a check found, how it is handled."""
    inner = indent + "  "
    lines = [wrap(f"{conflict.title} ({conflict.id})", width, indent, inner)]
    named = " | ".join(citation_text(item) for item in conflict.named_in)
    check = conflict.check + (f" [{conflict.check_source}]" if conflict.check_source else "")
    for label, text in (
        ("class", conflict.conflict_class),
        ("entries", ", ".join(conflict.entries)),
        ("said", conflict.statement),
        ("against it", conflict.against),
        ("checked", check.strip()),
        ("handled", conflict.handling),
        ("named in", named),
    ):
        if text:
            lines.append(wrap(text, width, f"{inner}{label:<11} ", inner + " " * 12))
    return "\n".join(lines)
