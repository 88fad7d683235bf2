"""What a project came to, as a reader sees it: sentences for the terminal and the page alike, plain data, a page."""

from collections import Counter
from collections.abc import Iterator, Sequence

from formulate.project import Done, Project, change_record
from formulate.project_results import number_record
from formulate.report.page import Document, Points, Section, Table, Text
from formulate.report.text import estimate_text
from materials.errors import shorten

STATES = ("run", "up to date", "not run", "to run", "set aside")
WHAT = {
    "compare": "question",
    "predict": "formulation",
    "retention": "carrier that is the drug",
    "loading": "loading alone",
    "target": "target of a design",
    "catalog": "catalog entries",
}
WITHIN = {True: "within", False: "beyond", None: ""}
HEADS = ("of", "number", "before", "now", "band of before")
ASIDE = "Set aside, for they are neither formulation nor question"
FOLDED = 12  # rows of a table of a page that is opened by the reader
MOST_CHANGES = 10  # of one file that are printed; a question has some hundred numbers


def counted(done: Sequence[Done]) -> str:
    """Give how many files were run, and how many not.

    >>> counted([])
    '0 files'
    """
    counts = Counter(item.state for item in done)
    told = [f"{counts[state]} {'run now' if state == 'run' else state}" for state in STATES if counts[state]]
    return ": ".join([f"{len(done)} file{'' if len(done) == 1 else 's'}", *([", ".join(told)] if told else [])])


def kind_text(item: Done) -> str:
    """Say what a file is and how far it was computed."""
    if item.ranked:
        return f"question, {len(item.ranked)} carriers"
    if item.command:
        return WHAT[item.command]
    return item.item.file.kind if item.item.file else WHAT.get(item.item.aside, "not read")


def reasons(done: Sequence[Done]) -> Iterator[tuple[str, list[str]]]:
    """Give why files are run, each reason with its files."""
    together: dict[str, list[str]] = {}
    for item in done:
        if item.item.must_run:
            together.setdefault("; ".join(item.item.why), []).append(item.item.name)
    yield from together.items()


def change_texts(item: Done) -> list[str]:
    """Give what of a file's main numbers is not what it was, in lines."""
    texts = []
    for subject, label, before, now, within in change_rows(item):
        of_what = f"{subject}: " if subject else ""
        texts.append(f"{of_what}{label}: {before} -> {now}{f', {within} the band of before' if within else ''}")
    return texts


def change_rows(item: Done) -> list[tuple[str, str, str, str, str]]:
    """Give what of a file's main numbers is not what it was: of what, number, before, now, and whether in its band."""
    rows: list[tuple[str, str, str, str, str]] = []
    kept = item.item.kept
    if kept and item.ranked[:1] != kept.ranked[:1]:
        before, now = (", ".join(ranked[:1]) or "none" for ranked in (kept.ranked, item.ranked))
        rows.append(("", "best", before, now, ""))
    for change in item.changes:
        before, now = ("none" if one is None else estimate_text(one) for one in (change.before, change.now))
        rows.append((change.subject, change.label, before, now, WITHIN[change.within]))
    return rows


def unchanged(done: Sequence[Done]) -> list[str]:
    """Give the files that were run again and in which no main number changed."""
    again = [item for item in done if item.state == "run" and item.item.kept]
    return [item.item.name for item in again if not change_texts(item)]


def faults(done: Sequence[Done]) -> Iterator[str]:
    """Give why files were not run, in lines."""
    for item in done:
        kept = f" (its result of before is kept: {item.item.result.name})" if item.faults and item.item.kept else ""
        for place, text in enumerate(item.faults):
            name = "" if str(item.item.path) in text or item.item.name in text else f"{item.item.name}: "
            yield name + text + (kept if place == 0 else "")


def set_aside(done: Sequence[Done]) -> list[str]:
    """Tell of files that are no formulation and no question, and what takes them."""
    return [f"{item.item.name}: {WHAT[item.item.aside]}; {item.item.taken_by}" for item in done if item.item.aside]


def left_over(project: Project) -> list[str]:
    """Tell of results whose files are gone."""
    return [f"{shorten(path, 120)}: its file is gone; the result is kept" for path in project.left_over]


def project_results(project: Project, done: Sequence[Done]) -> dict[str, object]:
    """Give a project as plain data."""
    return {
        "folder": str(project.folder),
        "counts": {state: sum(item.state == state for item in done) for state in STATES} | {"unit": "files"},
        "files": [_file(item) for item in done],
        "left_over": [str(path) for path in project.left_over],
    }


def _file(item: Done) -> dict[str, object]:
    entry = item.item
    shown: dict[str, object] = {
        "file": entry.name,
        "kind": entry.file.kind if entry.file else entry.aside or None,
        "name": entry.file.name if entry.file else "",
        "state": item.state,
        "taken_by": entry.taken_by,
        "why": list(entry.why),
        "faults": list(item.faults),
        "command": item.command or None,
        "told": item.told,
        "result": str(entry.result) if item.state in ("run", "up to date") or entry.kept else None,
    }
    if entry.rests_on is not None:
        shown["rests_on"] = entry.rests_on.to_dict()
    shown["ranked"] = list(item.ranked)
    shown["numbers"] = [number_record(one) for one in item.numbers]
    shown["changes"] = [change_record(change) for change in item.changes]
    if item.ranked and entry.kept and item.state == "run":
        shown["best_before"] = next(iter(entry.kept.ranked), None)
    return shown


def _why(item: Done) -> str:
    return "; ".join(item.faults or item.item.why) or item.item.taken_by or "nothing changed"


def project_document(project: Project, done: Sequence[Done]) -> Document:
    """Give a project as a report."""
    files = [(item.item.name, kind_text(item), item.state, _why(item)) for item in done]
    numbers = [
        (f"{item.item.name}{f': {subject}' if subject else ''}", one.label, estimate_text(one))
        for item in done
        for subject, one in item.numbers
        if not item.ranked or subject == item.ranked[0]
    ]
    changed = [
        Table(
            HEADS,
            [(row[0] or item.item.path.stem, *row[1:4], row[4] or "no band") for row in rows],
            item.item.name,
            f"{item.item.name}: {len(rows)} numbers" if len(rows) > FOLDED else "",
        )
        for item in done
        if item.state == "run" and item.item.kept and (rows := change_rows(item))
    ]
    still = [Text(f"No main number changed: {', '.join(names)}.")] if (names := unchanged(done)) else []
    alone = [Text(f"{item.item.name}: {item.told}") for item in done if item.told]
    sections = [
        Section("The files", [Table(("file", "what it is", "state", "why"), files), *alone]),
        Section("What changed", [*still, *changed]),
        Section("Not run", [Points(told)] if (told := [*faults(done), *left_over(project)]) else []),
        Section(ASIDE, [Points(aside)] if (aside := set_aside(done)) else []),
        Section(
            "The main numbers",
            [
                Text("Medians with 80 % bands; of a question those of its best carrier."),
                Table(("of", "number", ""), numbers),
            ]
            if numbers
            else [],
        ),
    ]
    return Document(f"Project {shorten(project.folder.resolve().name, 80)}", counted(done), "", sections)
