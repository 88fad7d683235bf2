"""What the formulation is, how it is given, what goes in, and how it is made."""

from formulate.assess import target_of
from formulate.case import prepare
from formulate.estimate import Estimate
from formulate.preparation.parts import Balance, Recipe
from formulate.report.compared import VERDICT_SIGNS, VERDICTS
from formulate.report.loading import CONVENTIONS, dose_estimates, layer_estimates
from formulate.report.nest_figure import nest_caption, nest_figure
from formulate.report.page import Block, Cell, Column, Item, Picture, Points, Section, Table, Text
from formulate.report.references import References
from formulate.report.text import NO_NUMBER, estimate_columns, prose, quantity_text, route_text, share_text, unit_text
from formulate.report.whole.studied import Studied
from materials.errors import MissingValueError
from materials.evidence import Evidence
from materials.values import Value

NOT_TOLD = "Not computed, see “What is not computed”."
OF_SITES = ("caution", "risk", "against", "difficulty", "fact")  # kinds of statements that bear on a design
OF_ALL = "What matters at this site:"
OF_DRUG = "What matters at this site, of the drug alone, for its carriers are not followed:"
MOST_SAID = 6
NUMBER_HEADS = ("number", Column("value", "", ("median", "low", "high")), "80 % band", "unit")


def formulation_section(studied: Studied) -> Section:
    """Give the nest as a picture and as a table."""
    formulation = studied.formulation
    rows = []
    for layer in formulation.layer:
        held = ", ".join(
            name if share == 1 else f"{100 * share:.3g} % of {name}" for name, share in layer.shares.items()
        )
        made = layer.preparation.name if layer.preparation else NO_NUMBER
        set_here = "; ".join(_set_text(name, value) for name, value in layer.overrides.items())
        rows.append((layer.id, layer.entry.name, held or NO_NUMBER, made, set_here or NO_NUMBER))
    for part in formulation.payload:
        set_here = "; ".join(_set_text(name, value) for name, value in part.overrides.items())
        dose = f"payload, {quantity_text(part.dose)}" if part.dose else "payload, the usual dose of the catalog"
        rows.append((part.id, part.entry.name, dose, NO_NUMBER, set_here or NO_NUMBER))
    blocks: list[Block] = [
        Picture("nest", nest_figure(formulation), nest_caption(formulation)),
        Table(("id", "what it is", "holds", "made by", "set by you"), rows, name="Formulation"),
    ]
    return Section("The formulation", blocks)


def given_section(studied: Studied, references: References) -> Section:
    """Give site, regimen and target, and what is said of them."""
    formulation = studied.formulation
    regimen, target = formulation.regimen, formulation.target
    times = f", {quantity_text(regimen.interval)} apart" if regimen.interval else ""
    rows = [
        ("site", f"{regimen.entry.name}, {regimen.species}"),
        ("state", regimen.state_or_first.replace("-", " ") or NO_NUMBER),
        ("route", route_text(regimen.route_or_first) or NO_NUMBER),
        ("injection volume", NO_NUMBER if studied.volume is None else f"{studied.volume * 1e6:.3g} mL"),
        ("injections", f"{regimen.injections}{times}"),
        *[("also", f"{item.dose} by {item.route}") for item in regimen.also],
        ("wanted for", quantity_text(target.duration)),
    ]
    if formulation.payload:
        where = f"unbound in the {formulation.compartment.replace('-', ' ')}"
        rows.append(("target", prose(f"{_target_text(studied)}, {where}")))
    table = Table(("", "as computed"), [tuple(row) for row in rows], name="Regimen")
    return Section("Where and how it is given", [table, *_site_blocks(studied, references)])


def _site_blocks(studied: Studied, references: References) -> list[Block]:
    """Give what matters at the site; what the catalog says of it, where nothing that is given there can be followed."""
    if studied.of_site:
        return [Text(OF_ALL if studied.exposed else OF_DRUG), Points([prose(text) for text in studied.of_site])]
    if studied.exposed:
        return []
    order = list(Evidence)
    said = sorted(studied.formulation.regimen.entry.statements(*OF_SITES), key=lambda one: order.index(one.evidence))
    rows = [
        (Cell(prose(" ".join(filter(None, [one.text, one.implication]))), cites=references.cite_all([one.source])),
         str(one.evidence))
        for one in said[:MOST_SAID]
    ]  # fmt: skip
    if not rows:
        return []
    return [Table(("what is said", "evidence"), rows, "What matters at this site, as sources say it", name="Site")]


def _target_text(studied: Studied) -> str:
    """Give the target as it was computed with; as the file has it, where its concentration cannot be told."""
    if studied.exposed:
        return studied.exposed[0].target_text
    try:
        return target_of(prepare(studied.formulation)).text
    except MissingValueError:
        return studied.formulation.target.unbound_above or "none known"


def checks_section(studied: Studied, references: References) -> Section:
    """Give the checks of feasibility."""
    rows = [
        (
            check.label,
            f"{VERDICT_SIGNS[check.verdict]} {VERDICTS[check.verdict]}",
            share_cell(check.probability),
            Cell(prose(check.told), cites=references.cite_all(check.sources)),
        )
        for check in studied.checks
    ]
    return Section("Is it feasible?", (Table(("check", "verdict", "of the draws", "why"), rows, name="Feasibility"),))


def loading_section(studied: Studied) -> Section:
    """Give what goes in, layer by layer."""
    blocks: list[Block] = []
    if studied.loading is None:
        return Section("What goes in", (Text(NOT_TOLD),))
    for case, loading in zip(studied.loading.cases, studied.loading.payloads, strict=True):
        inputs = case.inputs.used
        blocks.append(numbers_table(f"{loading.payload}: the dose", dose_estimates(loading, inputs)))
        for layer in loading.layers:
            told = [layer.basis and f"Loading {layer.basis}", CONVENTIONS.get(layer.convention, "")]
            said = ". ".join(text for text in told if text)
            if listed := layer_estimates(layer, inputs):
                blocks.append(numbers_table(f"{loading.payload} in {layer.layer}", listed))
            if said and layer.drug_loading is not None:
                blocks.append(Text(prose(f"{said[:1].upper()}{said[1:]}.")))
    for own in studied.loading.own:
        if listed := layer_estimates(own, studied.loading.inputs):
            blocks.append(numbers_table(f"{own.layer}: one injection", listed))
    return Section("What goes in", blocks)


def recipe_section(studied: Studied) -> Section:
    """Give what to weigh, where it goes, and the steps; or why there is no recipe."""
    made = studied.recipe
    if made is None and studied.loading is None:
        return Section("How to make it", (Text(NOT_TOLD),))
    if made is None:
        return Section("How to make it", (Text(f"No recipe: {prose(studied.reasons['recipe'])}."),))
    rows = [
        (item.name, item.layer, item.role, *_amount(item.shown), prose(item.note) or NO_NUMBER)
        for item in made.ingredients
    ]
    blocks: list[Block] = [
        Text("For one dose with what stays behind in filling; numbers to weigh are those of the typical values."),
        Table(("what", "layer", "role", "amount", "unit", "note"), rows, "Weigh and measure", name="Recipe"),
    ]
    blocks += [_balance(item) for item in made.balances]
    blocks.append(Points([f"({step.layer}) {prose(step.text)}" for step in made.steps]))
    marks = {"pass": "✓ passes", "check": "≈ check", "unknown": "? not known"}
    checked = [(item.name, prose(item.found), prose(item.limit), marks[item.verdict]) for item in made.injection.checks]
    blocks.append(Table(("what", "found", "limit", "verdict"), checked, "The filled product", name="Filled product"))
    blocks.append(Text("Reckoned with:"))
    blocks.append(Points([prose(text) for text in _reckoned(made)]))
    return Section("How to make it", blocks)


def _amount(shown: str) -> tuple[Item, str]:
    """Give an amount as it is printed and its unit apart; a count has none, and a blank is neither."""
    text, _, unit = shown.partition(" ")
    try:
        return Cell(text, (float(text),)), unit or "1"
    except ValueError:  # a blank to fill in, or a power of ten
        return shown, NO_NUMBER


def _reckoned(made: Recipe) -> list[str]:
    return [*made.assumptions, *made.warnings]


def numbers_table(caption: str, estimates: "tuple[Estimate, ...] | list[Estimate]") -> Table:
    """Give numbers with their bands, as texts and as numbers."""
    rows = []
    for item in estimates:
        main, band, unit, values = estimate_columns(item)
        rows.append((prose(item.label), Cell(main, values), band, unit))
    return Table(NUMBER_HEADS, rows, caption)


def _balance(balance: Balance) -> Table:
    rows: list[tuple[Item, ...]] = [
        (row.what, *(Cell(text, (float(text),)) for text in map(balance.printed, row.digits)))
        for row in (*balance.rows, balance.total)
    ]
    heads = ("", f"put in ({balance.unit})", f"in the product ({balance.unit})", f"{balance.rest} ({balance.unit})")
    return Table(heads, rows, f"Mass balance of {balance.layer}")


def share_cell(share: float | None) -> Item:
    """Give a share as a text in percent, with the number behind it."""
    return NO_NUMBER if share is None else Cell(share_text(share), (share,))


def _set_text(name: str, value: Value) -> str:
    band = "" if value.low is None or value.high is None else f" ({value.low:g} to {value.high:g})"
    return f"{name.replace('_', ' ')} {value.typical:g}{band} {unit_text(value.unit)}".rstrip()
