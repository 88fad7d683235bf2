"""One entry of the catalog in a terminal: everything known of it, what is not, and who says so."""

from collections.abc import Iterable, Iterator, Sequence

from materials.catalog import Catalog
from materials.mechanisms import MECHANISMS
from materials.nests import nest_problem
from materials.readiness import not_given, readiness
from materials.schema import Carrier, Entry, Method, Payload, Site, Study
from materials.sources import references
from materials.values import Statement, Value
from tui.catalog_lists import conflict_text
from tui.catalog_text import (
    BEST_STAGE_FIRST,
    MARKS,
    backing_text,
    circumstances_text,
    citation_text,
    class_text,
    counted,
    kind_of,
    label_of,
    quantity_text,
    source_text,
)
from tui.table import fold, wrap

_SECTIONS = (
    ("For", ("for",)),
    ("Against", ("against",)),
    ("Risks", ("risk",)),
    ("Left out of calculations", ("caution",)),
    ("Cost", ("cost",)),
    ("Difficulty", ("difficulty",)),
    ("Mechanism", ("mechanism",)),
    ("Use", ("use",)),
    ("Facts", ("fact",)),
)
_SIGNS = {"for": "+ ", "against": "- ", "risk": "! ", "caution": "! "}
_NOT_USED = "shown only"


def brief_text(catalog: Catalog, entry: Entry, width: int) -> str:
    """Give names, the values that calculations read in one line each, and how much more there is."""
    lines = [_names(entry, width), wrap(class_text(catalog, entry), width), ""]
    for value in entry.property:
        if value.is_used:
            lines.append(wrap(_head(catalog, value), width, "", "    "))
    counts = (
        counted(sum(not value.is_used for value in entry.property), "further value"),
        counted(len(entry.statement), "statement"),
        counted(len(catalog.studies_of(entry.id)), "study", "studies"),
        counted(len(catalog.conflicts_of(entry.id)), "conflict"),
        f"{len(entry.missing)} not known",
    )
    return "\n".join([*lines, "", wrap(", ".join(counts), width)])


def entry_text(catalog: Catalog, entry: Entry, width: int) -> str:
    """Give everything the catalog holds of an entry, with the references at the end."""
    parts = [_names(entry, width, described=True), _facts(catalog, entry, width)]
    parts += [_section("Values", _values(catalog, entry, width))]
    for title, kinds in _SECTIONS:
        parts.append(_section(title, (_statement(item, width) for item in entry.statements(*kinds))))
    parts.append(_section("Head to head", _comparisons(catalog, entry, width)))
    parts.append(_section("Studies", (_study(study, width) for study in studies_of(catalog, entry))))
    parts.append(_section("Conflicts", (conflict_text(item, width, "  ") for item in catalog.conflicts_of(entry.id))))
    unknown = gaps(catalog, entry)
    parts.append(_section("Not known", (wrap(f"{names}: {why}", width, "  ", "      ") for names, why in unknown)))
    parts.append(
        _section("Calculators", (wrap(mark + text, width, "  ", "    ") for mark, text in calculators(catalog, entry)))
    )
    parts.append(_section("Sources", _sources(catalog, entry, width)))
    return "\n\n".join(part for part in parts if part)


def studies_of(catalog: Catalog, entry: Entry) -> list[Study]:
    """Give the studies of an entry, the strongest stage first."""
    return sorted(catalog.studies_of(entry.id), key=lambda study: (BEST_STAGE_FIRST.index(study.stage), study.id))


def said_elsewhere(catalog: Catalog, entry: Entry) -> Iterator[tuple[Entry, Statement]]:
    """Give the statements on other entries that compare them with this one."""
    for other in catalog.entries():
        for statement in other.statement:
            if other.id != entry.id and entry.id in statement.than:
                yield other, statement


def gaps(catalog: Catalog, entry: Entry) -> list[tuple[str, str]]:
    """Give what is not known, those of one reason together: labels, reason."""
    labels: dict[str, list[str]] = {}
    for gap in entry.missing:
        labels.setdefault(gap.reason, []).append(label_of(catalog, gap.name))
    for name in not_given(catalog, entry):
        labels.setdefault("no source was entered for it", []).append(label_of(catalog, name))
    return [(", ".join(names), reason) for reason, names in labels.items()]


def _section(title: str, blocks: Iterable[str]) -> str:
    body = [block for block in blocks if block]
    return "\n".join([title, *body]) if body else ""


def _names(entry: Entry, width: int, *, described: bool = False) -> str:
    lines = [wrap(f"{entry.name} ({entry.id})", width)]
    if entry.name_zh:
        lines.append(wrap(entry.name_zh, width))
    if entry.synonyms:
        lines.append(wrap(f"also called {', '.join(entry.synonyms)}", width))
    if described and entry.description:
        lines.append(wrap(entry.description, width))
    return "\n".join(lines)


def facts(catalog: Catalog, entry: Entry) -> list[tuple[str, str]]:
    """Give what an entry is: a label and a text for each thing that is known."""
    labelled = [
        ("kind", kind_of(entry) + (", your own entry" if entry.origin == "user" else "")),
        ("yours", _yours(entry)),
        ("stage" if isinstance(entry, Study) else "class", class_text(catalog, entry)),
        *facts_of_kind(catalog, entry),
        ("belongs to", entry.parent),
        ("variants, parts", ", ".join(_children(catalog, entry))),
        ("in the reviews", MARKS[entry.mark] if entry.mark else ""),
        *(("named in", citation_text(citation)) for citation in entry.named_in),
    ]
    return [(label, text) for label, text in labelled if text]


def _facts(catalog: Catalog, entry: Entry, width: int) -> str:
    labelled = facts(catalog, entry)
    longest = max(len(label) for label, _ in labelled)
    lines = []
    for label, text in labelled:
        first, *more = fold(text, width - longest - 4)
        lines += [f"  {label:<{longest}}  {first}", *(" " * (longest + 4) + line for line in more)]
    return "\n".join(lines)


def _yours(entry: Entry) -> str:
    count = sum(value.is_yours for value in entry.property)
    return counted(count, "value") if count else ""


def _children(catalog: Catalog, entry: Entry) -> list[str]:
    return [other.id for other in catalog.entries() if other.parent == entry.id]


def facts_of_kind(catalog: Catalog, entry: Entry) -> list[tuple[str, str]]:
    """Give what is said of the entries of its kind only, label by label; an empty text where nothing is."""
    if isinstance(entry, Carrier):
        return [
            ("physical form", entry.physical_form),
            ("own drug", "yes: it acts by itself" if entry.is_own_drug else "no"),
            ("cells from", entry.cell_source),
            ("layers, inside out", ", ".join(entry.layers)),
            *(("modified with", f"{item.what}: {item.purpose}") for item in entry.modifications),
            ("made by", ", ".join(entry.methods)),
            ("payloads", ", ".join(entry.payloads)),
            ("sites", ", ".join(entry.sites)),
            ("layer of", ", ".join(item.id for item in catalog.carriers.values() if entry.id in item.layers)),
        ]
    if isinstance(entry, Payload):
        return [
            ("acts on", entry.acts_on),
            ("indication", entry.indication),
            ("given as", entry.given_as),
            ("carriers", ", ".join(item.id for item in catalog.carriers.values() if entry.id in item.payloads)),
        ]
    if isinstance(entry, Site):
        return [
            ("species", ", ".join(entry.species)),
            ("states", ", ".join(entry.states)),
            ("routes", ", ".join(entry.routes)),
            ("compartments", ", ".join(entry.compartments)),
            ("carriers", ", ".join(item.id for item in catalog.carriers.values() if entry.id in item.sites)),
            ("gives cells for", ", ".join(c.id for c in catalog.carriers.values() if c.cell_source == entry.id)),
        ]
    if isinstance(entry, Method):
        return [
            ("convention of drug loading", entry.convention or ""),
            ("suits", ", ".join(entry.suits)),
            ("carriers", ", ".join(item.id for item in catalog.carriers.values() if entry.id in item.methods)),
        ]
    return _of_study(entry) if isinstance(entry, Study) else []


def _of_study(study: Study) -> list[tuple[str, str]]:
    named = [(name, ", ".join(getattr(study, name))) for name in ("carriers", "payloads", "sites")]
    told = (
        "direction",
        "outcome",
        "model",
        "species",
        "route",
        "dose",
        "time",
        "comparator",
        "mechanism",
        "limitation",
    )
    return [
        *named,
        *((name, str(getattr(study, name))) for name in told),
        ("read out at", ", ".join(study.read_at)),
        ("aims", study.aims_text),
        ("note", study.note),
        ("source", study.source),
    ]


def _values(catalog: Catalog, entry: Entry, width: int) -> Iterator[str]:
    """Give property by property the values that calculations read, each with what others give for the same."""
    for name in dict.fromkeys(value.name for value in entry.property):
        used = [value for value in entry.values(name) if value.is_used]
        others = [value for value in entry.values(name) if not value.is_used]
        for value in used:
            yield wrap(_head(catalog, value), width, "  ", "      ") + _beneath(value, width, "      ")
            for other in [item for item in others if item.circumstances == value.circumstances]:
                yield wrap(f"also {_told(other)}", width, "      ", "          ") + _beneath(other, width, " " * 10)
        answered = {value.circumstances for value in used}
        for index, other in enumerate(item for item in others if item.circumstances not in answered):
            text = (
                f"{_head(catalog, other)}; {_NOT_USED}"
                if not used and index == 0
                else f"{_head(catalog, other)}; beside it"
            )
            yield wrap(text, width, "  ", "      ") + _beneath(other, width, "      ")


def _head(catalog: Catalog, value: Value) -> str:
    return f"{label_of(catalog, value.name)}: {_told(value)}"


def _told(value: Value) -> str:
    """Give number, band, for whom, and how well it is known, in one line."""
    circumstances = circumstances_text(value)
    text = quantity_text(value, with_spread=True) + (f" {circumstances}" if circumstances else "")
    text += f"; {backing_text(value)}"
    return text + (f"; taken over from {value.inherited_from}" if value.inherited_from else "")


def _beneath(value: Value, width: int, indent: str) -> str:
    """Give conditions, source and note of a value as further lines."""
    labelled = (("", value.conditions), ("source: ", source_text(value)), ("note: ", value.note))
    return "".join("\n" + wrap(label + text, width, indent, indent + "  ") for label, text in labelled if text)


def _statement(statement: Statement, width: int) -> str:
    sign = _SIGNS.get(statement.kind, "* ")
    topic = ", ".join(filter(None, [statement.topic, statement.degree]))
    return wrap(f"{topic}: {statement.text}" if topic else statement.text, width, f"  {sign}", "    ") + _backed(
        statement, width
    )


def _backed(statement: Statement, width: int) -> str:
    labelled = (
        ("for a design: ", statement.implication),
        ("", "; ".join(filter(None, [backing_text(statement), source_text(statement)]))),
        ("note: ", statement.note),
    )
    return "".join("\n" + wrap(label + text, width, "      ", "        ") for label, text in labelled if text)


def _comparisons(catalog: Catalog, entry: Entry, width: int) -> Iterator[str]:
    for statement in entry.statements("comparison"):
        yield _compared(f"compared with {', '.join(statement.than)}: " if statement.than else "", statement, width)
    for other, statement in said_elsewhere(catalog, entry):
        yield _compared(f"said of {other.id}: ", statement, width)


def _compared(head: str, statement: Statement, width: int) -> str:
    topic = f"({statement.topic}) " if statement.topic else ""
    return wrap(head + topic + statement.text, width, "  = ", "    ") + _backed(statement, width)


def _study(study: Study, width: int) -> str:
    source = f"; {study.source}" if study.source else ""
    text = f"{study.stage}, {study.direction}: {study.outcome} ({study.id}{source})"
    return wrap(text, width, "  * ", "    ")


def calculators(catalog: Catalog, entry: Entry) -> Iterator[tuple[str, str]]:
    """Give stage by stage which calculator reads the entry, and what it lacks: the mark of a list, and a text."""
    if kind_of(entry) not in ("carrier", "payload", "site"):
        return
    found = readiness(catalog, entry)
    if isinstance(entry, Carrier):
        runs = catalog.is_runnable(entry)
        if not found:
            yield "", "none: no mechanism is declared for it or its class"
        elif not runs and entry.layers:
            layers = [catalog.carriers[layer] for layer in entry.layers]
            unknown = [layer.id for layer in layers if not layer.mechanisms.release]
            why = f"the release of {' and '.join(unknown)} is not computed yet" if unknown else nest_problem(layers)
            yield "", f"none runs this nest: {why}"
        elif not runs and catalog.is_loadable(entry):
            yield "", "loading alone: how it releases is not computed yet"
        elif not runs:
            yield "", "none yet: it names no mechanism; those of its class would do"
    elif not found:
        yield "", "none: no mechanism is declared for it"
    summaries = {(item.stage, item.id): item.summary for item in MECHANISMS}
    for item in found:
        lacks = ", ".join(label_of(catalog, name) for name in item.missing)
        state = f"lacks {lacks}" if lacks else "has all it needs"
        of = f"{item.layer}, " if item.layer else ""
        yield "* ", f"{of}{item.stage} {item.mechanism}: {state} ({summaries[item.stage, item.mechanism]})"


def source_keys(catalog: Catalog, entry: Entry) -> list[str]:
    """Give the keys of everything that `entry_text` rests on, sorted."""
    keys: set[str] = set()

    def add(source: str, cites: Sequence[str] = ()) -> None:
        keys.update((source, *cites))

    others = [statement for _, statement in said_elsewhere(catalog, entry)]
    for part in (*entry.property, *entry.statement, *others):
        add(part.source, part.cites)
    for citation in entry.named_in:
        add(citation.source, citation.cites)
    for study in (*catalog.studies_of(entry.id), *([entry] if isinstance(entry, Study) else [])):
        add(study.source)
    for conflict in catalog.conflicts_of(entry.id):
        add(conflict.check_source)
        for citation in conflict.named_in:
            add(citation.source, citation.cites)
    return sorted(keys - {""})


def _sources(catalog: Catalog, entry: Entry, width: int) -> Iterator[str]:
    """Give each reference once; a source that a user names in words of their own stands where it is named."""
    known = references()
    for key in source_keys(catalog, entry):
        if key in known:
            yield wrap(f"{key}: {known[key].text}", width, "  ", "      ")
