"""A plan of studies as a page, as plain data, and as the tables that a report shares with it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

from formulate.planning import Plan
from formulate.planning.aims import MEANING, AimFound, Readout
from formulate.planning.arms import Arm, standards
from formulate.planning.cells import CellPlan
from formulate.planning.quality import Prompt
from formulate.planning.times import TimePoint, Tried
from formulate.planning.told import Disputed, Told
from formulate.report.page import Block, Cell, Document, Item, Section, Table, Text
from formulate.report.references import References
from formulate.report.text import NO_NUMBER, number, prose
from materials import catalog
from materials.sources import references as known_references

MOST_STUDIES = 12


def plan_document(found: Plan) -> Document:
    """Give a plan as a page."""
    references = References()
    site = catalog.load().sites[found.subject.site].name if found.subject.site else ""
    sections = [
        Section("The aims, one by one", (aims_table(found.aims),)),
        readouts_part(found, references),
        Section("When to read out", _when(found.times, references)),
        Section("Groups to compare", _groups(found, references)),
        Section("How it was studied at this site", _how(found.tried, references)),
        Section("Warnings", _told(found.warnings, "Warnings", references)),
        Section("Patients, and causes to tell apart", _told(found.patients, "Patients", references)),
        Section("Quality of the product", _prompts(found.quality, "Quality", references)),
        Section("Safety before people get it", _prompts(found.safety, "Safety", references)),
        *cells_sections(found.cells, references),
        Section("Where sources contradict each other", _disputed(found.disputed, "Conflicts", references)),
    ]
    question = f"What to measure of {found.subject.label}, in whom, when, and against what?"
    return Document(f"Plan: {found.subject.label}", question, answer(found, site), sections, references.listed())


def answer(found: Plan, site: str) -> str:
    """Give a plan in two sentences."""
    aims = [item.aim for item in found.aims if item.support.studies]
    studied = f"Such carriers were studied for {', '.join(aims)}" if aims else "No study of such carriers is known"
    open_ones = [item.aim for item in found.aims if not item.support.studies]
    left = f"; not for {', '.join(open_ones)}" if aims and open_ones else ""
    where = f" at: {site}" if site else ""
    counts = ((found.readouts, "read-out"), (found.arms, "group"), (found.warnings, "warning"))
    told = [f"{len(parts)} {name}{'s' if len(parts) != 1 else ''}" for parts, name in counts]
    return f"{told[0]}, {told[1]} and {told[2]}{where}. {studied}{left}."


def aims_table(aims: Sequence[AimFound]) -> Table:
    """Give what studies found for each aim, each aim by itself."""
    rows = [(item.aim, MEANING[item.aim], *_evidence(item)) for item in aims]
    heads = ("aim", "means", "evidence, of 1", "studies", "weightiest")
    caption = "What studies of such carriers found for each aim; an aim is never judged by another"
    return Table(heads, rows, caption, name="Aims")


def _evidence(item: AimFound) -> tuple[str, str, str]:
    held = item.support
    if held.score is None:
        return held.word, NO_NUMBER, NO_NUMBER
    ways = ", ".join(f"{count} {way.replace('-', ' ')}" for way, count in sorted(held.directions.items()))
    return (
        f"{number(held.score, 2)} {held.word}",
        f"{ways}; {item.here} at this site",
        item.best_stage.replace("-", " "),
    )


def readouts_part(found: Plan, references: References) -> Section:
    """Give the read-outs of the site, and what to mind with models and groups."""
    blocks: list[Block] = list(readout_tables(found.readouts, references))
    blocks += [Text(text, references.cite_all([source])) for text, source in found.remarks]
    return Section("What to read out", blocks)


def readout_tables(readouts: Sequence[Readout], references: References) -> Iterator[Table]:
    """Give the read-outs as a table; of none nothing."""
    rows = [
        (item.aim, item.name, item.species, Cell(item.how, cites=references.cite_all(item.sources)))
        for item in readouts
    ]
    if rows:
        yield Table(("aim", "read-out", "in", "how it is scored"), rows, "Read-outs for this site", name="Read-outs")


def _groups(found: Plan, references: References) -> list[Block]:
    blocks: list[Block] = [arms_table(found.arms, references)]
    if not any(standards(found.subject)):
        blocks.append(Text("Not known: what is given today at this site; no source of the catalog names it."))
    return blocks


def arms_table(arms: Iterable[Arm], references: References) -> Table:
    """Give the groups that tell the parts of a formulation apart."""
    rows = [(item.group, Cell(item.tells, cites=references.cite_all(item.sources))) for item in arms]
    return Table(("group", "tells"), rows, "Groups that tell the parts of this formulation apart", name="Groups")


def tried_tables(tried: Sequence[Tried], references: References) -> Iterator[Table]:
    """Give how studies were done, as a table; of none nothing."""
    rows: list[tuple[Item, ...]] = []
    for item in tried:
        aims = f" ({'; '.join(item.findings)})" if item.findings else ""
        told = (item.model, item.compared_with, item.time, f"{item.outcome}{aims}")
        name = Cell(item.name, cites=references.cite_all(item.sources))
        rows.append((name, *(prose(text) or NO_NUMBER for text in told)))
    if rows:
        heads = ("study", "model and species", "compared with", "when", "what was found")
        caption = "How these carriers and their kin were studied at this site, the weightiest first"
        yield Table(heads, rows, caption, name="Models")


def time_tables(times: Sequence[TimePoint], references: References) -> Iterator[Table]:
    """Give when studies at the site were read out, the earliest first; of none nothing."""
    together: dict[tuple[str, str], list[TimePoint]] = {}
    for item in times:
        together.setdefault((item.time, "people" if item.in_people else item.species or "animals"), []).append(item)
    rows = [
        (
            _time(time),
            whom,
            Cell(str(len(items)), cites=references.cite_all(key for item in items for key in item.sources)),
            ", ".join(dict.fromkeys(aim for item in items for aim in item.aims)) or NO_NUMBER,
        )
        for (time, whom), items in together.items()
    ]
    if rows:
        yield Table(("time", "in", "studies", "read out for"), rows,
                    "When studies at this site were read out, after the first dose", name="Times")  # fmt: skip


def _time(time: str) -> str:
    count, unit = time.split()
    return time if unit in ("h", "d") or count == "1" else f"{count} {unit}s"


def _when(times: Sequence[TimePoint], references: References) -> list[Block]:
    if not times:
        return [Text("Not known: no study of this site in the catalog says when it was read out.")]
    bench = "When to sample a release on the bench is told by formulate release."
    return [*time_tables(times, references), Text(bench)]


def _how(tried: Sequence[Tried], references: References) -> list[Block]:
    if not tried:
        return [Text("Not known: no study of such a carrier at this site in the catalog.")]
    blocks: list[Block] = list(tried_tables(tried[:MOST_STUDIES], references))
    if more := len(tried) - MOST_STUDIES:
        blocks += [Text(f"{more} more in the catalog, of less weight.")] if more > 0 else []
    return blocks


def _told(told: Sequence[Told], name: str, references: References, *, one_topic: bool = False) -> list[Block]:
    """Give statements as a table, of none nothing; of one topic, what they are about is not said again."""
    rows: list[tuple[Item, ...]] = []
    for item in told:
        about = (
            item.degree or NO_NUMBER if one_topic else ", ".join(filter(None, (item.topic or item.kind, item.degree)))
        )
        said = Cell(prose(item.words), cites=references.cite_all(item.sources))
        rows.append((item.name, about or NO_NUMBER, said, item.implication or NO_NUMBER))
    heads = ("of", "degree" if one_topic else "about", "what the source says", "what follows (ours)")
    return [_without_empty(Table(heads, rows, name=name))] if rows else []


def _without_empty(table: Table) -> Table:
    """Give a table without the columns that say nothing."""
    kept = [place for place in range(len(table.heads)) if any(str(row[place]) != NO_NUMBER for row in table.rows)]
    rows = [[row[place] for place in kept] for row in table.rows]
    return replace(table, heads=[table.heads[place] for place in kept], rows=rows)


def _prompts(prompts: Sequence[Prompt], name: str, references: References) -> list[Block]:
    rows = [
        (item.name, item.of or NO_NUMBER, Cell(prose(item.how), cites=references.cite_all(item.sources)))
        for item in prompts
    ]
    return [Table(("to test", "of", "how"), rows, name=name)] if rows else []


def _disputed(disputed: Sequence[Disputed], name: str, references: References) -> list[Block]:
    rows = [
        (item.title, prose(item.statement), prose(item.against),
         Cell(prose(item.handling), cites=references.cite_all(item.sources)))
        for item in disputed
    ]  # fmt: skip
    return [Table(("about", "one side", "the other", "how it is taken here"), rows, name=name)] if rows else []


def cells_sections(cells: CellPlan | None, references: References) -> Iterator[Section]:
    """Give what is said of cells: whose they should be, then question by question, with what nobody tells."""
    if cells is None:
        return
    rows = [
        (item.label,
         Cell(item.advice + (" (hedged)" if item.mark == "hedged" else ""), cites=references.cite_all(item.sources)),
         item.objection or NO_NUMBER)
        for item in cells.advice
    ]  # fmt: skip
    heads = ("patient", "whose cells", "against what is asked for")
    advised = Table(heads, rows, "What a source advises by the patient", name="Whose cells")
    yield Section("Whose cells", (_without_empty(advised),))
    for topic in cells.topics:
        blocks = _told(topic.told, topic.title, references, one_topic=True)
        if topic.not_known:
            blocks.append(Text(f"Not known: {topic.not_known[0].lower()}{topic.not_known[1:]}"))
        yield Section(topic.title, blocks)
    yield Section("Where sources on cells contradict each other", _disputed(cells.disputed, "Cells", references))


def plan_results(found: Plan) -> dict[str, object]:
    """Give a plan as plain data, with its references in words."""
    subject, cells, known = found.subject, found.cells, known_references()
    return {
        "label": subject.label,
        "carriers": list(subject.asked.carriers),
        "payloads": list(subject.asked.payloads),
        "site": subject.site or None,
        "routes": list(subject.routes),
        "aims": [_aim(item) for item in found.aims],
        "readouts": _plain(found.readouts),
        "remarks": [{"text": text, "sources": [source]} for text, source in found.remarks],
        "times": [
            {key: value for key, value in asdict(item).items() if key != "seconds"}
            | {"time": {"value": item.seconds / 86400.0, "unit": "d", "as_told": item.time}}
            for item in found.times
        ],
        "groups": _plain(found.arms),
        "studies": _plain(found.tried),
        "warnings": _plain(found.warnings),
        "patients": _plain(found.patients),
        "quality": _plain(found.quality),
        "safety": _plain(found.safety),
        "cells": None if cells is None else {**asdict(cells), "source": cells.source or None},
        "conflicts": _plain(found.disputed),
        "references": {key: known[key].text for key in found.sources if key in known},
    }


def _aim(item: AimFound) -> dict[str, object]:
    held = item.support
    return {
        "aim": item.aim,
        "means": MEANING[item.aim],
        "score": held.score,
        "unit": "1",
        "word": held.word,
        "directions": held.directions,
        "at_this_site": item.here,
        "best_stage": item.best_stage or None,
        "studies": [study.id for study in held.studies],
        "sources": list(held.sources),
    }


def _plain(parts: Sequence[Any]) -> list[dict[str, Any]]:
    return [asdict(part) for part in parts]
