"""The catalog as pages: one for each entry, lists by class, the conflicts, the sources; written from the data."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from materials.catalog import KINDS, Catalog
from materials.readiness import not_given, readiness
from materials.schema import Conflict, Entry, Study
from materials.sources import references
from materials.tables import uses
from materials.values import Sourced, Statement, Value
from press.markup import escaped, listed, page, section, table
from tui.catalog_entry import facts_of_kind, said_elsewhere, studies_of
from tui.catalog_text import (
    MARKS,
    PLURALS,
    backing_text,
    circumstances_text,
    counted,
    kind_of,
    label_of,
    quantity_text,
)

FOLDER = "the-catalog"
# a page that no table of contents names: hundreds of them would make every page long
_ALONE = "---\norphan: true\n---\n"
_STATEMENTS = (
    ("For", ("for",)),
    ("Against", ("against",)),
    ("Risks", ("risk",)),
    ("Left out of calculations", ("caution",)),
    ("Cost and difficulty", ("cost", "difficulty")),
    ("Mechanism, use, facts", ("mechanism", "use", "fact")),
)


@dataclass(frozen=True)
class Pages:
    """Writes the pages of one catalog; each is named by its path within the site."""

    catalog: Catalog

    def all(self) -> Iterator[tuple[str, str]]:
        """Give every page: path and Markdown."""
        yield f"{FOLDER}/index.md", self._overview()
        for kind in KINDS:
            yield f"{FOLDER}/{PLURALS[kind]}.md", self._list(kind)
            for entry in self.catalog.kind(kind).values():
                yield f"{FOLDER}/{kind}/{entry.id}.md", self._entry(entry)
        yield f"{FOLDER}/conflicts.md", self._conflicts()
        yield f"{FOLDER}/sources.md", self._sources()

    def _overview(self) -> str:
        rows = [(f"[{PLURALS[kind]}]({PLURALS[kind]}.md)", str(len(self.catalog.kind(kind)))) for kind in KINDS]
        rows += [
            ("[conflicts](conflicts.md) between sources", str(len(self.catalog.conflicts))),
            ("[sources](sources.md)", str(len(references()))),
        ]
        values = sum(len(entry.property) for entry in self.catalog.entries())
        statements = sum(len(entry.statement) for entry in self.catalog.entries())
        names = "\n".join([*(PLURALS[kind] for kind in KINDS), "conflicts", "sources"])
        return page(
            "# The catalog, page by page",
            f"These pages are written from the data files of the program, version {self.catalog.version}, each time the"
            f" site is built. They hold {values} values and {statements} statements. How a value is written, and what"
            " the evidence levels mean, stands in [the catalog](../catalog.md).",
            table(("what", "how many"), rows),
            f"```{{toctree}}\n:hidden:\n\n{names}\n```",
        )

    def _list(self, kind: str) -> str:
        groups: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.catalog.kind(kind).values():
            groups[entry.class_id].append(entry)
        parts = []
        for group in sorted(groups):
            known = self.catalog.classes.get(group)
            title = f"{known.name} {known.name_zh}".strip() if known else group
            rows = (
                (
                    f"[{escaped(entry.name)}]({kind}/{entry.id}.md)",
                    escaped(entry.name_zh),
                    str(len(entry.property) or ""),
                    str(len(entry.statement) or ""),
                    escaped(entry.outcome if isinstance(entry, Study) else entry.description),
                )
                for entry in groups[group]
            )
            heads = ("name", "中文", "values", "statements", "outcome" if kind == "study" else "what it is")
            parts.append(section(escaped(title), table(heads, rows)))
        return page(f"# {PLURALS[kind].capitalize()}", *parts)

    def _entry(self, entry: Entry) -> str:
        catalog, kind = self.catalog, kind_of(entry)
        above = f"[The catalog](../index.md) › [{PLURALS[kind]}](../{PLURALS[kind]}.md)"
        names = escaped(", ".join(filter(None, [entry.name_zh, *entry.synonyms])))
        studies = () if isinstance(entry, Study) else studies_of(catalog, entry)
        return page(
            _ALONE,
            f"# {escaped(entry.name)}",
            above,
            f"`{entry.id}`{f': {names}' if names else ''}",
            escaped(entry.description),
            self._facts(entry),
            section("Values", self._values(entry.property)),
            *(section(title, self._statements(entry.statements(*kinds))) for title, kinds in _STATEMENTS),
            section("Head to head", self._comparisons(entry)),
            section("Studies", listed(self._study(study) for study in studies)),
            section("Conflicts", listed(self._conflict_link(item) for item in catalog.conflicts_of(entry.id))),
            section("Not known", listed(self._gaps(entry))),
            section("Calculators", listed(self._calculators(entry))),
        )

    def _facts(self, entry: Entry) -> str:
        known = self.catalog.classes.get(entry.class_id)
        rows = [("stage" if isinstance(entry, Study) else "class", escaped(known.name if known else entry.class_id))]
        for label, told in facts_of_kind(self.catalog, entry):
            if told:
                cell = self._source(told) if label == "source" else self._linked(told)
                rows.append((label, cell))
        rows += [("belongs to", self._link(entry.parent))] if entry.parent else []
        children = [self._link(other.id) for other in self.catalog.entries() if other.parent == entry.id]
        rows += [("variants, parts", ", ".join(children))] if children else []
        rows += [("in the reviews", MARKS[entry.mark])] if entry.mark else []
        rows += [("named in", self._backed(item.source, item.locator, item.cites)) for item in entry.named_in]
        return table(("", ""), rows)

    def _values(self, values: Iterable[Value]) -> str:
        rows = []
        for value in values:
            name = escaped(label_of(self.catalog, value.name))
            number = escaped(quantity_text(value, with_spread=True))
            if not value.is_used:
                number += " *(beside it, not calculated with)*"
            holds = " ".join(filter(None, [circumstances_text(value), value.conditions]))
            note = f"<br>*{escaped(value.note)}*" if value.note else ""
            taken = f"<br>taken over from {self._link(value.inherited_from)}" if value.inherited_from else ""
            backed = "<br>".join(filter(None, [escaped(backing_text(value)), self._said(value)]))
            rows.append((name, number, backed, escaped(holds) + note + taken))
        return table(("quantity", "typical (band)", "evidence, source", "holds for; note"), rows)

    def _statements(self, statements: Iterable[Statement]) -> str:
        return listed(self._statement(item) for item in statements)

    def _statement(self, item: Statement) -> str:
        topic = ", ".join(filter(None, [item.topic, item.degree]))
        than = f" Than: {', '.join(map(self._link, item.than))}." if item.than else ""
        head = f"{escaped(topic)}: " if topic else ""
        return f"{head}{escaped(item.text)}{than} ({', '.join(filter(None, [backing_text(item), self._said(item)]))})"

    def _comparisons(self, entry: Entry) -> str:
        own = [self._statement(item) for item in entry.statements("comparison")]
        others = [
            f"{self._link(other.id)}: {self._statement(item)}" for other, item in said_elsewhere(self.catalog, entry)
        ]
        return listed([*own, *others])

    def _study(self, study: Study) -> str:
        return f"{study.stage}, {study.direction}: {self._link(study.id)}. {escaped(study.outcome)}"

    def _conflict_link(self, conflict: Conflict) -> str:
        return f"[{escaped(conflict.title)}](../conflicts.md#{conflict.id})"

    def _gaps(self, entry: Entry) -> Iterator[str]:
        for gap in entry.missing:
            yield f"{escaped(label_of(self.catalog, gap.name))}: {escaped(gap.reason)}"
        for name in not_given(self.catalog, entry):
            yield f"{escaped(label_of(self.catalog, name))}: no source was entered"

    def _calculators(self, entry: Entry) -> Iterator[str]:
        for item in readiness(self.catalog, entry):
            of = f" of {self._link(item.layer)}" if item.layer else ""
            lacks = ", ".join(escaped(label_of(self.catalog, name)) for name in item.missing)
            how = "" if item.named else " (the mechanism of its class)"
            told = f"lacks {lacks}" if lacks else ("runs" if item.named else "has what is needed")
            yield f"{item.stage}{of} by `{item.mechanism}`{how}: {told}"

    def _conflicts(self) -> str:
        parts = []
        for conflict in self.catalog.conflicts.values():
            told = [
                ("one side", escaped(conflict.statement)),
                ("the other", escaped(conflict.against)),
                ("looked up", escaped(conflict.check)),
                ("found in", self._source(conflict.check_source) if conflict.check_source else ""),
                ("what the program does", escaped(conflict.handling)),
                ("concerns", ", ".join(self._link(entry, "") for entry in conflict.entries)),
            ]
            rows = [row for row in told if row[1]]
            parts.append(f"({conflict.id})=\n## {escaped(conflict.title)}\n\n{table(('', ''), rows)}")
        lead = "Two sources that differ, or a text that says other than what it cites. Both sides are kept."
        return page("# Conflicts between sources", lead, *parts)

    def _sources(self) -> str:
        used = uses(self.catalog)
        parts = []
        for key, item in references().items():
            link = f" [open]({item.link})" if item.link else ""
            count = counted(used.get(key, 0), "use")
            parts.append(f"(source-{key})=\n**{escaped(key)}** {escaped(item.text)}{link} ({count})")
        lead = "Every reference of the catalog. `formulate catalog sources KEY` lists what rests on one of them."
        return page("# Sources", lead, *parts)

    def _said(self, part: Sourced) -> str:
        return self._backed(part.source, part.locator, part.cites)

    def _backed(self, source: str, locator: str, cites: Sequence[str]) -> str:
        place = ", ".join(filter(None, [self._source(source), escaped(locator)]))
        cited = ", ".join(map(self._source, cites))
        return "; ".join(filter(None, [place, f"cites {cited}" if cited else ""]))

    def _source(self, key: str) -> str:
        return f"[{escaped(key)}](#source-{key})" if key in references() else escaped(key)

    def _linked(self, told: str) -> str:
        """Link a text that is a list of ids, and leave any other as it is."""
        ids = told.split(", ")
        known = all(self._kind(identifier) for identifier in ids)
        return ", ".join(map(self._link, ids)) if known else escaped(told)

    def _link(self, identifier: str, up: str = "../") -> str:
        kind = self._kind(identifier)
        if not kind:
            return escaped(identifier)
        return f"[{escaped(self.catalog.kind(kind)[identifier].name)}]({up}{kind}/{identifier}.md)"

    def _kind(self, identifier: str) -> str:
        return next((kind for kind in KINDS if identifier in self.catalog.kind(kind)), "")
