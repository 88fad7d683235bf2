"""The recipe of a batch as a page, and the tables that a report shares with it."""

from dataclasses import replace

from formulate.preparation.parts import Balance, Recipe
from formulate.report.checklist import batch_sentence, injection_sentence, plan_sentence, solvent_sentence
from formulate.report.page import Block, Cell, Document, Item, Points, Section, Table, Text
from formulate.report.text import NO_NUMBER, estimate_text, number, prose

QUESTION = "What has to be weighed, done and checked to make the batch?"
VERDICT_MARKS = {"pass": "✓ passes", "check": "≈ check", "unknown": "? not known"}


def recipe_document(made: Recipe, date: str = "") -> Document:
    """Give the recipe of a batch as a page to read; to tick and sign there is its checklist."""
    solvents = [solvent_sentence(limit) for limit in made.solvents]
    solvents += [f"{limit.solvent.name}: {limit.solvent.note}" for limit in made.solvents if limit.solvent.note]
    steps = [(str(place), step.layer, prose(step.text)) for place, step in enumerate(made.steps, start=1)]
    sections = [
        Section("Plan", _points([plan_sentence(item) for item in made.payloads])),
        Section("Weigh and measure", (replace(ingredients_table(made), caption=""), *_points(_bands(made)))),
        Section("Mass balance at the planned values", [block for item in made.balances for block in _balanced(item)]),
        Section("Residual solvents", _points(solvents)),
        Section("Steps", (Table(("step", "layer", "what to do"), steps, name="Steps"),)),
        Section("The filled product", (Text(prose(injection_sentence(made.injection))), filled_table(made))),
        Section("Reckoned with", _points([*made.assumptions])),
        Section("Warnings", _points([*made.warnings])),
    ]
    return Document(f"Batch recipe: {made.label}", QUESTION, prose(batch_sentence(made)), sections, date=date)


def ingredients_table(made: Recipe) -> Table:
    """Give what to weigh and to measure."""
    rows = [
        (item.name, item.layer, item.role, *_amount(item.shown), prose(item.note) or NO_NUMBER)
        for item in made.ingredients
    ]
    return Table(("what", "layer", "role", "amount", "unit", "note"), rows, "Weigh and measure", name="Recipe")


def balance_table(balance: Balance) -> Table:
    """Give where each substance of a layer goes."""
    rows: list[tuple[Item, ...]] = [
        (row.what, *(Cell(text, (float(text),)) for text in map(balance.printed, row.digits)))
        for row in (*balance.rows, balance.total)
    ]
    heads = ("", f"put in ({balance.unit})", f"in the product ({balance.unit})", f"{balance.rest} ({balance.unit})")
    return Table(heads, rows, f"Mass balance of {balance.layer}")


def filled_table(made: Recipe) -> Table:
    """Give what the filled injection is held against."""
    rows = [
        (item.name, prose(item.found), prose(item.limit), VERDICT_MARKS[item.verdict]) for item in made.injection.checks
    ]
    return Table(("what", "found", "limit", "verdict"), rows, "The filled product", name="Filled product")


def _balanced(balance: Balance) -> tuple[Block, ...]:
    share = "" if balance.process_yield is None else f"process yield {number(balance.process_yield * 100)} %, "
    return balance_table(balance), Text(prose(f"{balance.layer}: {share}{balance.yield_note.rstrip('.')}."))


def _bands(made: Recipe) -> list[str]:
    """Give the amounts that the draws would change, with their bands."""
    bands = [(item.name, item.band) for item in made.ingredients]
    return [
        f"{name}: {estimate_text(band)} by the draws"
        for name, band in bands
        if band is not None and band.exists and band.low != band.high
    ]


def _points(texts: list[str]) -> tuple[Points, ...]:
    return (Points([prose(text) for text in texts]),) if texts else ()


def _amount(shown: str) -> tuple[Item, str]:
    """Give an amount as it is printed and its unit apart; a count has none, and a blank is neither."""
    text, _, unit = shown.partition(" ")
    try:
        return Cell(text, (float(text),)), unit or "1"
    except ValueError:  # a blank to fill in, or a power of ten
        return shown, NO_NUMBER
