"""A recipe as a checklist to print: plain text of a given width, or Markdown."""

import textwrap
from collections.abc import Sequence
from typing import Literal, TypeAlias

from formulate.estimate import Estimate
from formulate.preparation.amounts import NOT_KNOWN, PER_SI, amount_text, chosen_text, doses_text, strength_text
from formulate.preparation.checks import allowed_text
from formulate.preparation.parts import (
    Balance,
    BalanceRow,
    Ingredient,
    Injection,
    PayloadPlan,
    Recipe,
    SolventLimit,
    Strength,
)
from formulate.report.text import estimate_cells, number, prose, share_text, unit_text
from materials.units import convert, si_factor

Format: TypeAlias = Literal["text", "markdown"]

BLANK = NOT_KNOWN
DISCLAIMER = "A research design tool: nothing here is medical advice, and no batch record under GMP."
CONVENTIONS = {
    "A": "efficiency is drug entrapped over drug added",
    "B": "efficiency is drug loading found over drug loading fed",
}
_MARKS = {"pass": "pass", "check": "CHECK", "unknown": "not known"}


def checklist(recipe: Recipe, form: Format, width: int) -> str:
    """Give a recipe as a checklist."""
    page = _Page(form, max(width, 60))
    page.title(f"Batch recipe: {recipe.label}")
    page.line(batch_sentence(recipe))
    page.fields("Batch no.", "Date", "Operator", "Checked by")
    if recipe.payloads:
        page.heading("Plan")
    for plan in recipe.payloads:
        page.bullet(plan_sentence(plan))
    page.heading("Weigh and measure")
    page.table(
        ["", "layer", "what", "planned", "80 % band", "actual", "lot"],
        [_ingredient(item) for item in recipe.ingredients],
    )
    for item in recipe.ingredients:
        if item.note:
            page.bullet(f"{item.name}: {item.note}")
    if recipe.balances:
        page.heading("Mass balance at the planned values")
    for balance in recipe.balances:
        _balance(page, balance)
    if recipe.solvents:
        page.heading("Residual solvents")
        for limit in recipe.solvents:
            page.bullet(solvent_sentence(limit))
            if limit.solvent.note:
                page.bullet(f"{limit.solvent.name}: {limit.solvent.note}")
    page.heading("Steps")
    for index, step in enumerate(recipe.steps, start=1):
        page.step(index, f"({step.layer}) {step.text}", step.blanks)
    page.heading("Injection")
    page.line(injection_sentence(recipe.injection))
    rows = [["[ ]", check.name, check.found, check.limit, _MARKS[check.verdict]] for check in recipe.injection.checks]
    page.table(["", "check", "found", "limit", ""], rows)
    page.heading("Reckoned with")
    for text in recipe.assumptions:
        page.bullet(text)
    if recipe.warnings:
        page.heading("Warnings")
        for text in recipe.warnings:
            page.bullet(text)
    page.heading("Signatures")
    page.fields("Made by", "Date")
    page.fields("Checked by", "Date")
    page.line(DISCLAIMER)
    return page.text()


class _Page:
    """Lines of a checklist, plain or Markdown."""

    def __init__(self, form: Format, width: int) -> None:
        self.markdown, self.width = form == "markdown", width
        self.parts: list[str] = []

    def title(self, text: str) -> None:
        shown = _said(text)
        self.parts.append(f"# {_escaped(shown)}" if self.markdown else _filled(shown.upper(), self.width))

    def heading(self, text: str) -> None:
        self.parts.append(f"## {text}" if self.markdown else f"{text}\n{'-' * len(text)}")

    def line(self, text: str) -> None:
        self.parts.append(_escaped(_said(text)) if self.markdown else _filled(_said(text), self.width))

    def bullet(self, text: str) -> None:
        shown = _said(text)
        if self.markdown:
            self.parts.append(f"- {_escaped(shown)}")
        else:
            self.parts.append(_filled(shown, self.width, "- ", "  "))

    def fields(self, *names: str) -> None:
        text = "   ".join(f"{name} {BLANK * 2}" for name in names)
        self.parts.append(_escaped(text) if self.markdown else _filled(text, self.width))

    def step(self, index: int, text: str, blanks: Sequence[str]) -> None:
        rest = "  ".join(f"{name}: {BLANK}" for name in blanks)
        whole = _said(text) + (f"  {rest}" if rest else "")
        if self.markdown:
            self.parts.append(f"{index}. [ ] {_escaped(whole)}")
        else:
            lead = f"{index:>2}. [ ] "
            self.parts.append(_filled(whole, self.width, lead, " " * len(lead)))

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        shown = [[_said(cell) for cell in row] for row in rows]
        if self.markdown:
            lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
            lines += ["| " + " | ".join(map(_escaped, row)) + " |" for row in shown]
            self.parts.append("\n".join(lines))
        else:
            self.parts.append(_columns(heads, shown, self.width))

    def text(self) -> str:
        joined = ""
        for before, part in zip(["", *self.parts], self.parts, strict=False):
            together = _is_item(before) and _is_item(part)
            joined += ("" if not joined else "\n" if together else "\n\n") + part
        return joined + "\n"


def _said(text: str) -> str:
    """Give a text with its units as they are read, and nothing in it that can steer a terminal."""
    return prose("".join(char if char.isprintable() else " " for char in text))


def _filled(text: str, width: int, first: str = "", rest: str = "") -> str:
    """Give a text in lines broken at spaces alone, unless a word is longer than a line."""
    return textwrap.fill(text, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


def _is_item(part: str) -> bool:
    return part.startswith("- ") or part.lstrip()[:3].rstrip(".").strip().isdigit() or "[ ] " in part[1:9]


def _escaped(text: str) -> str:
    shown = text.replace("|", "\\|").replace("_", "\\_").replace("*", "\\*").replace("<", "&lt;")
    return shown.replace("\\_" * len(BLANK), BLANK)  # a blank to write on is no emphasis


def _columns(heads: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> str:
    """Lay cells out in columns, wrapped at spaces; one row below the other where the words do not fit side by side."""
    table = [list(heads), *[list(row) for row in rows]]
    columns = list(zip(*table, strict=True))
    widths = [max(map(len, column)) for column in columns]
    least = [max((len(word) for cell in column for word in cell.split()), default=0) for column in columns]
    room = width - 2 * (len(widths) - 1)
    if sum(least) > room:
        return "\n".join(_stacked(heads, row, width) for row in rows)
    while sum(widths) > room:
        spare = [now - need for now, need in zip(widths, least, strict=True)]
        widths[max(range(len(widths)), key=lambda place: (spare[place] > 0, widths[place]))] -= 1
    lines = []
    for row in table:
        cells = [_wrapped(cell, size) for cell, size in zip(row, widths, strict=True)]
        for line in range(max(map(len, cells))):
            shown = [
                (cell[line] if line < len(cell) else "").ljust(size) for cell, size in zip(cells, widths, strict=True)
            ]
            lines.append("  ".join(shown).rstrip())
    return "\n".join(lines)


def _wrapped(cell: str, size: int) -> list[str]:
    return textwrap.wrap(cell, size or 1, break_long_words=False, break_on_hyphens=False) or [""]


def _stacked(heads: Sequence[str], row: Sequence[str], width: int) -> str:
    """Give one row of a table as lines of text, each cell after its head."""
    named = zip(heads[1:], row[1:], strict=True)
    text = "; ".join(f"{head}: {cell}" if head else cell for head, cell in named if cell)
    lead = f"{row[0]} " if row[0].startswith("[") else ""
    return _filled(text if lead else f"{row[0]}; {text}", width, lead, "    ")


def batch_sentence(recipe: Recipe) -> str:
    """Say what the batch fills and what stays behind."""
    extra = f", {share_text(recipe.overage)} more as overage" if recipe.overage else ""
    held = f", {share_text(recipe.fill_loss)} left behind in filling" if recipe.fill_loss else ""
    volume = chosen_text(recipe.injection.volume, "m**3")
    total = amount_text(recipe.injection.total_volume, "m**3")
    doses = doses_text(recipe.doses)
    each = f"{doses}, {volume} each" if " and " in doses else f"{doses} of {volume}"
    return f"{each}{extra}{held}: {total} in all. Numbers to weigh are those of the typical values."


def plan_sentence(plan: PayloadPlan) -> str:
    """Say what is planned on for one payload."""
    dose = f"{plan.payload} in {plan.layer}: {chosen_text(plan.given, 'kg')} a dose"
    if plan.given < plan.wanted * (1 - 1e-9):
        dose += f", not the {chosen_text(plan.wanted, 'kg')} wanted, which does not fit"
    parts = [dose]
    if plan.theoretical_loading is not None:
        parts.append(f"theoretical loading {number(plan.theoretical_loading * 100)} % w/w")
    for name, value in (("loading", plan.drug_loading), ("efficiency", plan.encapsulation_efficiency)):
        if value is not None:
            parts.append(f"expected {name} {_with_band(value)}")
    if plan.encapsulation_efficiency is not None and plan.convention in CONVENTIONS:
        parts.append(f"convention {plan.convention}: {CONVENTIONS[plan.convention]}")
    return "; ".join(parts) + (f"; {plan.basis}" if plan.basis else "") + "."


def _with_band(estimate: Estimate) -> str:
    main, band = estimate_cells(estimate)
    if not estimate.exists:
        return band
    return f"{main} ({band})" if _band(estimate) else main


def _ingredient(item: Ingredient) -> list[str]:
    return ["[ ]", item.layer, item.name, item.shown, _beside(item), BLANK, BLANK]


def _beside(item: Ingredient) -> str:
    """Give the band of an amount in the unit of the amount; nothing where there is none."""
    band, unit = item.band, item.shown.rpartition(" ")[2]
    if band is None or band.low is None or band.high is None or item.unit == "1":
        return _band(band)
    ends = [number(end * si_factor(band.unit) * PER_SI[unit]) for end in (band.low, band.high)]
    return "" if ends[0] == ends[1] else f"{ends[0]} to {ends[1]} {unit}"


def _band(estimate: Estimate | None) -> str:
    """Give a band with its unit; nothing where its ends are the same, or there is none."""
    if estimate is None:
        return ""
    band = estimate_cells(estimate)[1]
    low, _, high = band.partition(" to ")
    return "" if low == high else f"{band} {unit_text(estimate.unit)}".rstrip()


def _balance(page: _Page, balance: Balance) -> None:
    share = "" if balance.process_yield is None else f"process yield {number(balance.process_yield * 100)} %, "
    page.line(f"{balance.layer}, in {balance.unit}; {share}{balance.yield_note.rstrip('.')}.")
    rows = [_row(row, balance) for row in (*balance.rows, balance.total)]
    page.table(["", "put in", "in the product", balance.rest, "actual"], rows)


def _row(row: BalanceRow, balance: Balance) -> list[str]:
    return [row.what, *(balance.printed(digits) for digits in row.digits), BLANK]


def solvent_sentence(limit: SolventLimit) -> str:
    """Say what may stay of a solvent, and how much water would take it all up."""
    text = f"{limit.solvent.name} in {limit.layer}: {limit.solvent.limit_text}"
    if limit.largest_content is not None and limit.product_per_dose is not None:
        allowed = allowed_text(limit.largest_content)
        product = number(convert(limit.product_per_dose, "mg"))
        text += f"; of {product} mg of product a dose, {allowed} is within the daily exposure"
    if limit.enough_water is not None:
        text += f"; {number(convert(limit.enough_water, 'mL'))} mL of water dissolve all of it"
    return f"{text}."


def injection_sentence(injection: Injection) -> str:
    """Say how much is prepared, and what it holds."""
    found = [_strength(item) for item in injection.concentrations]
    return "; ".join([f"{amount_text(injection.total_volume, 'm**3')} to prepare", *found]) + "."


def _strength(item: Strength) -> str:
    band = _band(item.band)
    unit = item.band.unit
    per_volume = f"{number(convert(item.planned, unit), 4)} per {unit.partition('/')[2]}"
    shown = strength_text(item.planned) if unit == "mg/mL" else per_volume
    return f"{item.band.label}: {shown}" + (f" ({band.removesuffix(unit_text(unit)).rstrip()})" if band else "")
