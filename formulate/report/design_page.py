"""What a search for designs found: its sentences and tables, as plain data, and as a page."""

from collections.abc import Iterator

from formulate.designs.outcome import Outcome, limits_of
from formulate.designs.search import Design, End, Proposal
from formulate.designs.shortfall import INSTEAD, Need
from formulate.designs.space import CARRIER, Axis, Setting
from formulate.report.page import Document, Picture, Points, Section, Table, Text
from formulate.report.text import NO_NUMBER, duration_text, number, quantity_text, share_text, unit_text
from materials import catalog

QUESTION = "What has to be made to hold the target, within these limits and choices?"
NUMBERS = {
    "cover": "share of the wanted time above target",
    "peak_unbound": "peak unbound concentration",
    "peak_plasma_unbound": "peak unbound in plasma",
    "needed_volume": "volume the dose needs",
    "release_t50": "release t50",
    "drug_half_life": "drug residence half-life",
}
NO_VALUE = "none found"
ALIKE = 0.05  # of the greatest distance of two designs
MAPS = "Each point is a design looked at: filled where it meets the target, shaded by probability where it does not, "
MAPS += "a cross where it cannot be computed. Below: the best (line) and the typical (dashes) of the designs along it."


def target_sentence(design: Design) -> str:
    """Say what was asked for."""
    target = design.target
    asked, site = target.target, target.regimen.site
    level = quantity_text(asked.unbound_above) if asked.unbound_above else "the effective concentration of the catalog"
    if asked.unbound_above is None and asked.times != 1.0:
        level = f"{asked.times:g} times {level}"
    where = target.compartment.replace("-", " ")
    return (
        f"Wanted: unbound {target.cargo.id} in {where} ({site}) above {level} for {quantity_text(target.limits.cover)} "
        f"of {quantity_text(asked.duration)}{_also(design)}; with a probability of {share_text(target.probability)}."
    )


def answer_sentence(design: Design) -> str:
    """Say whether the target can be met, and how surely."""
    wanted = share_text(design.target.probability)
    first = design.proposals[0]
    looked, held = f"of {len(design.outcomes)} designs looked at", surely(first)
    if design.is_met:
        count = len(design.proposals)
        more = f"; {count} unlike designs are given" if count > 1 else "; it is the only one that is given"
        return f"Can be met: {looked}, design 1 holds all of it with {held}, wanted {wanted}{more}."
    return f"Cannot be met within these choices: {looked}, the best holds all of it with {held}, wanted {wanted}."


def surely(item: Proposal) -> str:
    """Give a probability with its sampling error."""
    return f"{share_text(item.probability)} ({_between(item)})"


def binding_sentences(design: Design) -> Iterator[str]:
    """Say what stands in the way, and what it would take."""
    missing = design.shortfall
    if missing is None:
        return
    wanted = share_text(design.target.probability)
    if missing.together:
        labels = " and ".join(missing.need(name).label for name in missing.binding)
        yield f"No one limit binds alone: {labels} stand in the way together."
    elif missing.binding == ("cover",):
        alone = share_text(missing.need("cover").alone)
        yield (
            "The binding limit is the target itself: even with all other limits set aside, it is held with "
            f"{alone} at most in the designs looked at."
        )
    else:
        need = missing.need(missing.binding[0])
        told = f"The binding limit is the {need.label} ({asked_text(need)}): "
        if need.needed is None:
            yield (
                told + f"all else is held with up to {share_text(need.without)}, but no value was found that is enough."
            )
        else:
            yield told + f"with {needed_text(need)} the target is met ({_held_then(need)}), all else as asked."
        for name in missing.binding[1:]:
            other = missing.need(name)
            if other.needed is not None:
                yield f"Or with {needed_text(other)} as the {other.label} ({asked_text(other)} asked for)."
    for need in missing.needs:
        if need.name not in (*missing.binding, *INSTEAD) and need.alone < design.target.probability:
            most = share_text(need.alone)
            yield f"Nor is the {need.label} ({asked_text(need)}) held by any of them with more than {most}."
    instead = [missing.need(name) for name in ("level", "duration", "cover") if missing.need(name).needed is not None]
    if instead:
        words = {"level": "above {}", "duration": "for {}", "cover": "for {} of the time"}
        parts = ", or ".join(words[need.name].format(needed_text(need)) for need in instead)
        yield f"Within all limits the drug can be held with {wanted} {parts}: one of them changed, the rest as asked."
    else:
        yield (
            f"No lower level (down to a thousandth), shorter time or smaller share of it was found that can be held "
            f"with {wanted}, all else as asked."
        )


def end_sentence(end: End) -> str:
    """Say that a choice lies at an end of its range."""
    side, way = ("upper", "above") if end.is_upper else ("lower", "below")
    name = " ".join(filter(None, (end.axis.key[0], _plain(end.axis.key[1]))))
    return (
        f"{name}: at the {side} end of its range ({quantity_text(end.value)}) in the best designs; widen the range if "
        f"it can go {way} that."
    )


def looked_sentences(design: Design) -> Iterator[str]:
    """Say what was looked at, and what the probabilities are of."""
    looked, draws = design.looked, design.looked.draws
    closer = len(design.outcomes) - looked.swept
    spread = "all there are" if looked.is_all else f"{looked.swept} spread evenly, {closer} about the best"
    yield (
        f"Looked at: {len(design.outcomes)} designs ({spread}), each with the same {draws.count} draws of what is "
        f"uncertain; {design.meeting} met the target on those."
    )
    yield (
        f"The probabilities told are from {design.fresh.count} fresh draws that had no part in the choice; in brackets "
        "where they lie for all that so many draws say (95 %). What the model leaves out is not in them."
    )
    for reason, count in list(design.refused.items())[:3]:
        yield f"{count} could not be computed: {reason}."
    if design.is_met and design.looked.apart([item.outcome.index for item in design.proposals]) < ALIKE:
        yield "The designs are nearly alike: what was found to meet the target is narrow."


def shown_sentence(design: Design) -> str:
    """Say what the figure of the designs shows, and how many of them meet the target."""
    share = share_text(design.meeting / len(design.outcomes)) if design.outcomes else NO_NUMBER
    return f"The figure shows every design that was looked at, two choices at a time; {share} of them met the target."


def compared_rows(design: Design) -> list[tuple[str, list[tuple[str, ...]]]]:
    """Give the designs side by side: a label, and for each design the lines of its cell."""
    proposals = design.proposals
    rows: list[tuple[str, list[tuple[str, ...]]]] = []
    for axis in design.space.axes:
        values = [_setting_of(item.outcome, axis) for item in proposals]
        if any(values):
            rows.append((axis_text(axis), [(_value_text(value),) for value in values]))
    rows.append(("all of it held", [(share_text(item.probability), _between(item)) for item in proposals]))
    for limit in limits_of(design.target):
        held = [item.outcome.limits[limit.name].chance for item in proposals]
        rows.append((limit_text(design, limit.name), [(share_text(chance),) for chance in held]))
    for name, label in NUMBERS.items():
        cells = [_number_cell(item.outcome, name) for item in proposals]
        if any(cell != (NO_NUMBER,) for cell in cells):
            unit = next(item.outcome.numbers[name].unit for item in proposals if name in item.outcome.numbers)
            rows.append((f"{label}, {unit_text(unit)}", cells))
    return rows


def missing_numbers(design: Design) -> list[str]:
    """Say why a number, or an end of its band, does not exist."""
    told: dict[str, None] = {}
    for name, label in NUMBERS.items():
        cells = [item.outcome.numbers.get(name) for item in design.proposals]
        for found in cells if any(cell is not None and cell.median is not None for cell in cells) else ():
            if found is not None and None in (found.median, found.low, found.high) and found.reason:
                told[f"{NO_NUMBER} {label}: {found.reason}"] = None
    return list(told)


def need_rows(design: Design) -> list[tuple[str, str, str, str, str]]:
    """Give what stands in the way as rows: what, asked for, held at best, all else at best, what would be enough."""
    missing = design.shortfall
    assert missing
    rows = []
    for need in missing.needs:
        enough = NO_VALUE if need.needed is None else f"{needed_text(need)} ({_held_then(need)})"
        rows.append((need.label, asked_text(need), share_text(need.alone), share_text(need.without), enough))
    return rows


NEED_HEADS = ("limit", "asked for", "held at best", "all else at best", "enough, all else as asked")


def limit_text(design: Design, name: str) -> str:
    """Give a limit in words with its threshold."""
    limit = next(item for item in limits_of(design.target) if item.name == name)
    limits = design.target.limits
    head, _, layer = name.partition(".")
    asked: object = limits.excipients[layer] if head == "excipients" else getattr(limits, name)
    sign = "≥" if limit.at_least else "≤"
    return f"{limit.label} {sign} {quantity_text(str(asked))}"


def axis_text(axis: Axis) -> str:
    """Give a choice in words with its unit."""
    of, name = axis.key
    unit = unit_text(axis.choice.unit) if axis.choice and axis.choice.unit else ""
    return f"{of} {_plain(name)}".strip() + (f", {unit}" if unit else "")


def asked_text(need: Need) -> str:
    """Give what was asked for."""
    return "the catalog's" if need.asked is None else _in_words(need, need.asked)


def needed_text(need: Need) -> str:
    """Give what would be enough."""
    assert need.needed is not None
    return _in_words(need, need.needed)


def _in_words(need: Need, value: float) -> str:
    if need.name == "duration":
        return duration_text(value * 86400.0)
    unit = "injections" if need.name == "injections" else unit_text(need.unit)
    return f"{number(value)} {unit}".rstrip()


def recipe_sentence(item: Proposal, place: int) -> str:
    """Say what goes into one dose of a design."""
    if item.recipe is None:
        return f"Design {place}: no recipe ({item.no_recipe})."
    parts = ", ".join(
        part.measured if part.amount is not None else f"{part.name} (as much as it needs: not known)"
        for part in item.recipe.ingredients
    )
    return f"Design {place}, for one dose: {parts}."


def design_document(design: Design, title: str, date: str = "") -> Document:
    """Give the report as a document that every writer can write."""
    from formulate.report.design_figures import feasible_region

    heads = ("", *(f"design {place}" for place in range(1, len(design.proposals) + 1)))
    rows = [(label, *map(_in_one_line, cells)) for label, cells in compared_rows(design)]
    sections = [Section("What was asked", (Text(target_sentence(design)),))]
    if design.shortfall is not None:
        told = [Text(text) for text in binding_sentences(design)]
        sections.append(
            Section("What stands in the way", (*told, Table(NEED_HEADS, need_rows(design), name="What it would take")))
        )
    name = "Designs that meet it" if design.is_met else "The design that comes nearest"
    sections.append(
        Section(name, (Table(heads, rows, name="Designs"), *(Text(end_sentence(end)) for end in design.ends)))
    )
    figure = feasible_region(design)
    shown = (Text(shown_sentence(design)), Picture("feasible-region", figure, MAPS))  # it may stand on another page
    sections.append(Section("Where designs meet it", shown))
    sections += [_recipe_section(item, place) for place, item in enumerate(design.proposals, start=1)]
    sections.append(Section("How this was found", (Points(list(looked_sentences(design))),)))
    return Document(title, QUESTION, answer_sentence(design), sections, date=date)


def _in_one_line(lines: tuple[str, ...]) -> str:
    return lines[0] + (f" ({' '.join(lines[1:])})" if len(lines) > 1 else "")


def _recipe_section(item: Proposal, place: int) -> Section:
    if item.recipe is None:
        return Section(f"Recipe of design {place}", (Text(f"No recipe: {item.no_recipe}."),))
    rows = [(part.name, part.shown, part.layer, part.note) for part in item.recipe.ingredients]
    steps = [(str(count), step.layer, step.text) for count, step in enumerate(item.recipe.steps, start=1)]
    return Section(
        f"Recipe of design {place}, one dose",
        (
            Table(("what", "amount", "layer", "note"), rows, name=f"Recipe {place}"),
            Table(("step", "layer", "what to do"), steps, folded="Steps", name=f"Steps {place}"),
            *([Points(item.recipe.warnings)] if item.recipe.warnings else []),
        ),
    )


def design_results(design: Design) -> dict[str, object]:
    """Give what was found as plain data."""
    missing, axes = design.shortfall, design.space.axes
    at_an_end: list[object] = [
        {**_named(end.axis), "end": "upper" if end.is_upper else "lower", "value": end.value} for end in design.ends
    ]
    matter: list[object] = [{**_named(axes[place]), "first_order": share} for place, share in design.telling]
    found: dict[str, object] = {
        "answer": answer_sentence(design),
        "met": design.is_met,
        "wanted": {"value": design.target.probability, "unit": "1"},
        "designs_looked_at": len(design.outcomes),
        "spread_evenly": design.looked.swept,
        "met_on_the_draws_of_the_search": design.meeting,
        "not_computed": [{"reason": reason, "designs": count} for reason, count in design.refused.items()],
        "designs": [_proposal_data(item) for item in design.proposals],
        "in_the_way": None
        if missing is None
        else {
            "binding": list(missing.binding),
            "together": missing.together,
            "sentences": list(binding_sentences(design)),
            "limits": [_need_data(need) for need in missing.needs],
        },
        "at_an_end": at_an_end,
        "choices_that_matter": matter,
    }
    return found


def _named(axis: Axis) -> dict[str, object]:
    return {"of": axis.key[0], "name": axis.key[1]}


def _proposal_data(item: Proposal) -> dict[str, object]:
    low, high = item.interval
    outcome = item.outcome
    numbers: dict[str, object] = {}
    for name, one in outcome.numbers.items():
        band: dict[str, object] = {"median": one.median, "low": one.low, "high": one.high, "unit": one.unit}
        numbers[name] = band | ({"reason": one.reason} if one.reason else {})
    probability: dict[str, object] = {"value": item.probability, "low": low, "high": high, "band": 0.95, "unit": "1"}
    return {
        "number": outcome.index,
        "choices": [_setting_data(one) for one in outcome.settings],
        "probability": probability | {"draws": item.draws, "in_the_search": item.searched.probability},
        "limits": {name: {"held": one.chance, "all_others_held": one.others} for name, one in outcome.limits.items()},
        "numbers": numbers,
        "formulation": {"kind": "formulation", **item.formulation.model_dump(mode="json", exclude_defaults=True)},
        "recipe": {"reason": item.no_recipe} if item.recipe is None else item.recipe.to_dict(),
    }


def _need_data(need: Need) -> dict[str, object]:
    found: dict[str, object] = {
        "name": need.name,
        "label": need.label,
        "unit": need.unit,
        "asked": need.asked,
        "held_at_best": need.alone,
        "all_others_held_at_best": need.without,
        "enough": need.needed,
        "probability_then": need.probability,
        "choices_then": [_setting_data(one) for one in need.settings],
    }
    if need.needed is None:
        found["reason"] = "no value was found that is enough, all else as asked"
    return found


def _setting_data(item: Setting) -> dict[str, object]:
    return {"of": item.of, "name": item.name, "value": item.value, "unit": item.unit}


def _also(design: Design) -> str:
    """Give the limits beside the target in words."""
    limits = [limit_text(design, limit.name) for limit in limits_of(design.target)[1:]]
    return f"; {'; '.join(limits)}" if limits else ""


def _held_then(need: Need) -> str:
    return share_text(need.probability or 0.0)


def _setting_of(outcome: Outcome, axis: Axis) -> Setting | None:
    return next((item for item in outcome.settings if (item.of, item.name) == axis.key), None)


def _value_text(item: Setting | None) -> str:
    if item is None:
        return NO_NUMBER
    if (item.of, item.name) == CARRIER:
        return catalog.load().carrier(str(item.value)).name
    return number(item.value, 4) if isinstance(item.value, float) else str(item.value)


def _between(item: Proposal) -> str:
    low, high = item.interval
    return f"{100 * low:.0f} to {share_text(high)}"


def _number_cell(outcome: Outcome, name: str) -> tuple[str, ...]:
    found = outcome.numbers.get(name)
    if found is None or found.median is None:
        return (NO_NUMBER,)
    ends = [NO_NUMBER if end is None else number(end) for end in (found.low, found.high)]
    return number(found.median), " to ".join(ends)


def _plain(name: str) -> str:
    """Give a choice as it is read."""
    known = catalog.load().properties
    return known[name].label if name in known else name.replace("_", " ")
