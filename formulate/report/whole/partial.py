"""What a report says where loading, release or stay cannot be computed: what is left out, why, and what to write."""

from dataclasses import replace

from formulate.estimate import Estimate
from formulate.report.loading import dose_estimates, layer_estimates
from formulate.report.page import Block, Points, Section, Table, Text
from formulate.report.text import NO_NUMBER, lower_first, prose, quantity_text, share_text
from formulate.report.whole.studied import Studied
from materials.errors import shorten

NOT_COMPUTED = "What is not computed"
OF_LOADING = ("drug_loading", "encapsulation_efficiency", "drug_to_weigh_out", "loaded_mass")
MOST_POINTS = 7  # on one page
MOST_NAMED = 4  # numbers in a sentence; the table has them all


def left_out(studied: Studied) -> str:
    """Give what is not computed, in words; nothing where all is."""
    followed = "release, the stay at the site and the exposure" if studied.formulation.payload else "how long it stays"
    parts = []
    if studied.loading is None:
        parts.append("what goes in")
    if not studied.exposed:
        parts.append(followed)
    return ", ".join(parts)


def partial_question(studied: Studied) -> str:
    """Give the question of a report that cannot answer all of it."""
    formulation = studied.formulation
    regimen = formulation.regimen
    doses = [
        f"{quantity_text(part.dose)} {lower_first(part.entry.name)}" if part.dose else lower_first(part.entry.name)
        for part in formulation.payload
    ]
    carriers = " in ".join(layer.entry.name for layer in formulation.layer)
    what = f"{carriers} with {' and '.join(doses)}" if doses else carriers
    place = f"{lower_first(regimen.entry.name)} ({regimen.species}, {regimen.state_or_first.replace('-', ' ')})"
    wanted = quantity_text(formulation.target.duration)
    return f"{what} in the {place}: how much goes in, and what becomes of it over {wanted}?"


def partial_answer(studied: Studied) -> str:
    """Give in one paragraph what is not computed and why, then what is."""
    told = [f"This report is partial: {left_out(studied)} cannot be computed. {because(studied)}"]
    if studied.loading is not None:
        for loading in studied.loading.payloads:
            dose, inside = f"{loading.wanted * 1e6:.3g} mg of {loading.payload}", loading.layers[0].layer
            fits = f"one injection of {loading.volume * 1e6:.3g} mL in {share_text(loading.fits)} of the draws"
            told.append(f"In {inside}, {dose} fits {fits}.")
    if unsure := next((check for check in studied.checks if check.verdict in ("fails", "unsure")), None):
        told.append(f"Strongest caveat: {prose(unsure.told)}.")
    return " ".join(told)


def because(studied: Studied) -> str:
    """Say why something is not computed: the numbers that are missing, or what stands in the way."""
    count = len(studied.lacking)
    if not count:
        return f"In the way: {'; '.join(prose(text) for text in studied.obstacles)}."
    named = [f"{lower_first(item.label)} ({item.subject})" for item in studied.lacking[:MOST_NAMED]]
    more = f"; and {count - MOST_NAMED} more" if count > MOST_NAMED else ""
    verb = "number is" if count == 1 else "numbers are"
    return f"{count} {verb} missing, in your file and in the catalog: {prose('; '.join(named))}{more}."


def not_computed_section(studied: Studied) -> Section:
    """Give what is left out and why, with every missing number and where to write it; empty where all is computed."""
    if not left_out(studied):
        return Section(NOT_COMPUTED)
    drivers = ", and what drives it" if studied.formulation.payload else ""
    blocks: list[Block] = [Text(f"⚠ Not computed: {left_out(studied)}{drivers}. All else is in this report.")]
    if studied.obstacles:
        blocks.append(Text("What stands in the way:"))
        blocks.append(Points([prose(text) for text in studied.obstacles]))
    if studied.lacking:
        rows = [
            (prose(item.label), item.subject, prose(item.needed_for), item.written or NO_NUMBER, prose(item.why))
            for item in studied.lacking
        ]
        blocks.append(
            Table(
                ("number", "of", "needed for", "write in your file", "why it is missing"),
                rows,
                "Missing numbers, all of them",
                name="Missing numbers",
            )
        )
        blocks.append(
            Text(
                "A measurement of yours, a data sheet or an estimate will do. With low and high it is drawn over its "
                'band: { typical = "…", low = "…", high = "…" }. With all of them in the file, the same command gives '
                "the whole report."
            )
        )
    return Section(NOT_COMPUTED, blocks)


def missing_points(studied: Studied) -> list[str]:
    """Give what is not computed and what to write for it, for a list of what limits the formulation."""
    if not left_out(studied):
        return []
    why = "" if studied.lacking else f" {because(studied)}"
    told = [f"⚠ Not computed: {left_out(studied)}.{why}"]
    told += [f"{item.label} of {item.subject} is missing: {item.written}" for item in studied.lacking[:MOST_POINTS]]
    more = len(studied.lacking) - MOST_POINTS
    return [*told, f"{more} more numbers are missing: the whole report has them all."] if more > 0 else told


def loaded_numbers(studied: Studied) -> list[Estimate]:
    """Give the numbers of the loading alone; each says of which payload where there are several."""
    loading = studied.loading
    if loading is None:
        return []
    found = [item for own in loading.own for item in layer_estimates(own, loading.inputs)]
    several = len(loading.payloads) > 1
    for case, held in zip(loading.cases, loading.payloads, strict=True):
        inside = layer_estimates(held.layers[0], case.inputs.used)
        numbers = [*dose_estimates(held, case.inputs.used), *(item for item in inside if item.name in OF_LOADING)]
        of = f"{held.payload} in {held.layers[0].layer}: " if several else ""
        found += [replace(item, label=f"{of}{item.label}") for item in numbers]
    return found


def said_on_the_side(studied: Studied) -> str:
    """Give the line for whoever asked for the report, or nothing where it is whole."""
    what = left_out(studied)
    return shorten(f"partial: {what} not computed. {because(studied)}", 400) if what else ""
