"""A comparison as a document that every writer can write."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from formulate.estimate import Estimate
from formulate.report.captions import CAPTIONS
from formulate.report.compared import VERDICT_SIGNS
from formulate.report.content import report_content
from formulate.report.differences import differences_section
from formulate.report.figures import FIGURES, drawable
from formulate.report.page import (
    Block,
    Cell,
    Column,
    Document,
    Head,
    Item,
    Picture,
    Points,
    Section,
    Table,
    Text,
)
from formulate.report.text import number, prose, unit_text
from formulate.rows import Comparison
from formulate.standing.evidence import Support

if TYPE_CHECKING:
    from formulate.difference import Differences

_PARTS = ("median", "low", "high")
MOST_STUDIES = 3  # told of a carrier beside others
PLAIN = (VERDICT_SIGNS["passes"], VERDICT_SIGNS["not-applicable"])  # verdicts that need no word of their own


def comparison_document(
    comparison: Comparison, *, title: str = "", date: str = "", differences: "Differences | None" = None
) -> Document:
    """Give the report of a comparison; one row makes the report of one prediction.

    Of formulation files, `differences` adds what differs between them.
    """
    content: dict[str, Any] = report_content(comparison, title=title or None, date=date or None)
    many = bool(content["many"])
    sections = [
        *([differences_section(differences)] if differences else []),
        _preset(content),
        _figures(comparison),
        _feasible(content),
        _numbers(comparison, content),
        _standing(comparison, content),
        _earned(content),
        _against(content),
        *(_carrier(carrier) for carrier in content["carriers"]),
        Section("All numbers", (_wide(comparison),)),
        _inputs(content),
        _weights(content),
        _equations(content),
        Section("Method and versions", (_facts(content["method"]),)),
    ]
    if not many:  # one alone is not held against others
        sections = [section for section in sections if section.title not in ("Where they stand", "Is it feasible?")]
    title, question, answer = (str(content[name]) for name in ("title", "question", "answer"))
    return Document(title, question, answer, sections, content["cited"].listed(), date)


def _preset(content: Mapping[str, Any]) -> Section:
    preset = content["preset"]
    if not preset:
        return Section("The aim")
    given = Table(("key", "as the aim has it", "why"), preset["given"], name="Aim")
    return Section(f"The aim: {preset['name']}", (Text(f"{preset['aim']} [{preset['source']}]"), given))


def _standing(comparison: Comparison, content: Mapping[str, Any]) -> Section:
    """Give the grades side by side, and below them why, a row each: long texts need the width of the page."""
    rows, heads, references = content["standing_rows"], content["standings"], content["cited"]
    if not rows:
        return Section("Where they stand")
    grades = [[row["label"], *(cell.main for cell in row["cells"])] for row in rows]
    found = {row.label: row.standing for row in comparison.rows}
    why: list[tuple[Item, ...]] = []
    for row in rows:
        for head, cell in zip(heads, row["cells"], strict=True):
            grade = getattr(found[row["label"]], head, None)
            if cell.why and isinstance(grade, Support):  # the weightiest: a carrier may have a hundred
                best = grade.studies[:MOST_STUDIES]
                told = "; ".join([prose(grade.told[0]), *(prose(f"{one.name}: {one.outcome}") for one in best)])
                why.append((row["label"], head, Cell(told, cites=references.cite_all(one.source for one in best))))
            elif cell.why and grade is not None:
                told = references.within(cell.why, grade.sources)
                why.append((row["label"], head, Cell(told, cites=references.cite_all(grade.sources))))
    return Section(
        "Where they stand",
        (
            Table(("carrier", *heads), grades, "Grades, with what each earns of 1", name="Standing"),
            Table(("carrier", "of its", "why"), why, "Why", name="Why they stand so"),
        ),
    )


def _feasible(content: Mapping[str, Any]) -> Section:
    """Give the verdicts side by side, and below them why, of all but what passes."""
    rows = content["check_rows"]
    labels = [item["label"] for item in content["checks"]]
    table = Table(("carrier", *labels), [[row["label"], *(cell.main for cell in row["cells"])] for row in rows],
                  name="Feasibility")  # fmt: skip
    why = [
        f"{row['label']}, {label}: {cell.main}, {cell.why}"
        for row in rows
        for label, cell in zip(labels, row["cells"], strict=True)
        if not cell.main.startswith(PLAIN)
    ]
    return Section("Is it feasible?", (table, Points(why)) if rows else ())


def _numbers(comparison: Comparison, content: Mapping[str, Any]) -> Section:
    heads: list[Head] = [
        "carrier",
        *(Column(label, "", _PARTS) for label in content["columns"]),
        "band from assumed inputs",
    ]
    if content["ranked"]:
        heads.append(Column("score, of 1", "", ("mean", "low", "high")))
    rows: list[list[Item]] = []
    for shown in content["rows"]:
        place = "" if shown["rank"] in ("", "–") or not content["many"] else f"{shown['rank']}. "
        best = f" ({shown['best']})" if shown["best"] else ""
        name = f"{place}{shown['label']}{best}"
        if shown["reason"]:
            rows.append([name, f"not computed: {shown['reason']}", *[""] * (len(heads) - 2)])
            continue
        rows.append([name, *(Cell(f"{cell['main']} ({cell['band']})") for cell in shown["cells"])])
    note = "Median over the draws (of the score the mean) with the 80 % band; “>” is beyond what was computed."
    blocks: list[Block] = [Text(note), Table(heads, rows, name="Numbers")]
    return Section("What they do, side by side" if content["many"] else "The numbers", blocks)


def _wide(comparison: Comparison) -> Table:
    """Give every number of every carrier with its unit, one a row, for those who calculate on."""
    rows = [
        (row.label, item.label, Cell(_in_its_unit(item), _ends(item)), unit_text(item.unit))
        for row in comparison.rows
        for item in row.numbers.values()
    ]  # fmt: skip
    heads = ("carrier", "number", Column("value", "", _PARTS), "unit")
    return Table(heads, rows, folded=f"All {len(rows)} numbers", name="All numbers")


def _in_its_unit(item: Estimate) -> str:
    """Give median and band in the unit of the number itself, for those who calculate on; or why there is none."""
    if not item.exists:
        return item.reason
    beyond = "" if item.beyond is None else f">{number(item.beyond)}"
    middle, low, high = (beyond if end is None else number(end) for end in (item.median, item.low, item.high))
    return f"{middle} ({low} to {high})"


def _ends(item: Any) -> tuple[float | None, ...]:
    return (item.median, item.low, item.high) if item.exists else ()


def _earned(content: Mapping[str, Any]) -> Section:
    if not content["ranked"] or not content["part_rows"]:
        return Section("What each part earns")
    rows = [
        [row["label"], row["score"], row["at_most"], row["between"],
         *(f"{cell.main} ({cell.why})" if cell.why else cell.main for cell in row["cells"])]
        for row in content["part_rows"]
    ]  # fmt: skip
    left_out = [f"Left out: {item['name']}, for {item['reason']}." for item in content["parts_left_out"]]
    blocks: list[Block] = [Table(("carrier", "score", "at most", "rank", *content["parts"]), rows, name="Parts")]
    return Section("What each part earns", [*blocks, *([Points(left_out)] if left_out else [])])


def _against(content: Mapping[str, Any]) -> Section:
    told = list(content["against"]) + ([content["left_out"]] if content["left_out"] else [])
    return Section("What sources say of them against each other", (Points(told),) if told else ())


def _figures(comparison: Comparison) -> Section:
    """Give the figures, the lowest first: it stands on the first page."""
    pictures = [Picture(name, FIGURES[name](comparison), CAPTIONS[name]) for name in drawable(comparison)]
    pictures.sort(key=lambda one: float(one.figure.get_figheight()))
    return Section("Figures", pictures)


def _carrier(carrier: Mapping[str, Any]) -> Section:
    blocks: list[Block] = []
    if carrier["warnings"]:
        blocks.append(Points(carrier["warnings"]))
    blocks.append(Text(f"The wanted dose fits one injection in {carrier['fits']} of the draws."))
    for layer in carrier["layers"]:
        if layer["rows"]:
            rows = [(row["label"], row["main"], row["band"]) for row in layer["rows"]]
            blocks.append(Table(("quantity", "median", "80 % band"), rows, f"Loading: {layer['name']}"))
            said = ". ".join(filter(None, (f"Loading {layer['basis']}" if layer["basis"] else "", layer["convention"])))
            if said:
                blocks.append(Text(f"{said}."))
    rows = [(item["label"], item["text"], item["why"]) for item in carrier["numbers"]]
    blocks.append(Table(("number", "median and 80 % band", "note"), rows, "Release and exposure"))
    if carrier["drivers"]:
        drivers = [(item["name"], item["share"]) for item in carrier["drivers"]]
        blocks.append(Table(("input", "share"), drivers, f"Where the band of “{carrier['drivers_of']}” comes from"))
    counts = ", ".join(f"{item['count']} {item['sign']} {item['level']}" for item in carrier["evidence"])
    blocks.append(Text(f"Inputs by evidence: {counts}."))
    return Section(carrier["label"], blocks)


def _inputs(content: Mapping[str, Any]) -> Section:
    rows = [
        (row["label"], group["subject"], row["value"], f"{row['band']} ({row['band_is']})", row["unit"],
         f"{row['sign']} {row['evidence']}", row["set_by"],
         Cell(row["locator"] or "", cites=(int(row["citation"]),) if row["citation"] else ()),
         "; ".join(filter(None, (row["conditions"], row["note"]))))
        for group in content["input_groups"]
        for row in group["rows"]
    ]  # fmt: skip
    heads = ("input", "of", "value", "band", "unit", "evidence", "set by", "source", "conditions and note")
    levels = "; ".join(f"{item['sign']} {item['level']}: {item['meaning']}" for item in content["levels"])
    return Section("Inputs", (Text(f"{levels}."), Table(heads, rows, name="Inputs")) if rows else ())


def _weights(content: Mapping[str, Any]) -> Section:
    rows = [(item["name"], item["weight"], item["meaning"], item["why"]) for item in content["weights"]]
    table = Table(("part", "weight", "what earns it, 0 to 1", "why so much"), rows, name="Weights")
    return Section("Weights of the score", (table,) if rows else ())


def _equations(content: Mapping[str, Any]) -> Section:
    rows = [(item["stage"], item["id"], item["summary"], item["used_by"]) for item in content["equations"]]
    table = Table(("stage", "mechanism", "what it computes", "used by"), rows, name="Equations")
    return Section("Equations used", (table,) if rows else ())


def _facts(listed: list[dict[str, str]]) -> Table:
    return Table(("", ""), [(item["name"], item["text"]) for item in listed], name="Method")
