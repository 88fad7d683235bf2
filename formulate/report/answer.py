"""The answer of a comparison in plain words: what ranks first, how surely, why, and what speaks against it."""

from formulate.criteria import BY_NAME
from formulate.pipeline import Prediction
from formulate.report.provenance import driver_text
from formulate.report.scores import contributions, score_band
from formulate.report.text import estimate_text, lower_first, number, prose, quantity_text, share_text
from formulate.rows import Comparison, Row

_CLEAR = 0.8  # share of the draws in which a carrier must be the best to be called so without a caveat
_SHOWN = 3  # reasons in the answer; the table has them all


def question_text(comparison: Comparison) -> str:
    """Give the question in words."""
    if comparison.of_own_drugs and not comparison.predictions:
        return _question_of_own_drugs(comparison)
    prediction = next(iter(comparison.predictions), None)
    if prediction is None and (comparison.question is None or not comparison.question.payload):
        return "No formulation could be computed."
    formulation = prediction.formulation if prediction else comparison.question
    assert formulation is not None
    cargo, regimen, target = formulation.cargo, formulation.regimen, formulation.target
    usual = "the usual dose for a joint of " if prediction and prediction.borrowed_dose else "the usual dose of "
    dose = f"{quantity_text(cargo.dose)} " if cargo.dose else usual
    place = f"{lower_first(regimen.entry.name)} ({regimen.species}, {regimen.state_or_first.replace('-', ' ')})"
    what = f"{dose}{lower_first(cargo.entry.name)} in the {place}"
    compartment = formulation.compartment.replace("-", " ")
    level = _target_words(prediction) if prediction else quantity_text(target.unbound_above or "the target")
    wanted = quantity_text(target.duration)
    aim = f"the unbound concentration in the {compartment} above {level} for {wanted}" if level else ""
    count = len(comparison.rows)
    if count > 1:
        goal = f"to hold {aim}" if aim else f"over {wanted}, with no target concentration known"
        return f"Which of {count} carriers for {what}, {goal}?"
    goal = f"does it hold {aim}" if aim else f"what becomes of it over {wanted}, with no target concentration known"
    return f"{comparison.rows[0].label} with {what}: {goal}?"


def _question_of_own_drugs(comparison: Comparison) -> str:
    formulation = next(row.formulation for row in comparison.rows if row.residence and row.formulation)
    regimen = formulation.regimen
    place = f"{lower_first(regimen.entry.name)} ({regimen.species}, {regimen.state_or_first.replace('-', ' ')})"
    wanted = quantity_text(formulation.target.duration)
    what = f"Which of {len(comparison.rows)} carriers that are themselves the drug"
    return f"{what} for the {place}, to act there for {wanted}?"


def answer_text(comparison: Comparison) -> str:
    """Give the answer in one paragraph."""
    rows = [row for row in comparison.rows if row.prediction or (row.residence and row.is_ranked)]
    if not rows:
        reasons = list(dict.fromkeys(row.reason for row in comparison.rows))
        more = f"; and {len(reasons) - _SHOWN} more, in the table" if len(reasons) > _SHOWN else ""
        return "Nothing could be computed: " + "; ".join(reasons[:_SHOWN]) + more + "."
    first = rows[0]
    sentences = [*_feasible(comparison), *_standing(comparison)] if first.score is not None else []
    told = _exposure(first) if first.prediction else _stay(first)
    return " ".join([*sentences, *told, *gap_text(comparison), _caveat(first)]).strip()


def _feasible(comparison: Comparison) -> list[str]:
    """Say how many fail a check, where some do."""
    failed = [row for row in comparison.rows if row.failed]
    if not failed:
        return []
    if comparison.none_is_feasible:
        return ["None is feasible: each fails a check, and they are ranked all the same."]
    names = list(dict.fromkeys(check.label for row in failed for check in row.failed))
    count = len(failed)
    return [
        f"{count} of {len(comparison.rows)} {'fails' if count == 1 else 'fail'} a check of feasibility "
        f"({'; '.join(names)}) and {'is' if count == 1 else 'are'} not ranked."
    ]


def gap_text(comparison: Comparison) -> list[str]:
    """Say who could come first if all that is not known of it were the best."""
    if len(comparison.ranked) < 2:
        return []
    first = comparison.ranked[0]
    could = [row.label for row in comparison.ranked[1:] if (row.score_at_most or 0.0) > (first.score or 0.0) + 1e-12]
    if not could:
        return []
    shown = ", ".join(could[:_SHOWN]) + (f" and {len(could) - _SHOWN} more" if len(could) > _SHOWN else "")
    return [f"What is not known of a carrier earns nothing; if all of it were the best, {shown} could come first too."]


def _standing(comparison: Comparison) -> list[str]:
    rows = comparison.ranked
    first = rows[0]
    middle, low, high = (number(end) for end in score_band(first))
    score = f"{middle} of 1 ({low} to {high})"
    if len(rows) == 1:
        only = "could be computed" if len(comparison.rows) == 1 or not _feasible(comparison) else "is feasible"
        return [f"Only {first.label} {only}, with a score of {score}."]
    probability = first.best_probability or 0.0
    best = f"the best in {share_text(probability)} of the draws"
    sentences = [f"First of {len(rows)}: {first.label}, with a score of {score}, {best}."]
    second = rows[1]
    most = max(rows, key=lambda row: row.best_probability or 0.0)
    if most is not first and (most.best_probability or 0.0) > probability:
        sentences.append(
            f"The data do not separate the carriers: {most.label} is the best in more of the draws, "
            f"{share_text(most.best_probability or 0.0)}."
        )
    elif probability < _CLEAR:
        rival = max(rows[1:], key=lambda row: row.best_probability or 0.0)
        sentences.append(
            f"The data do not separate the carriers clearly: {rival.label} is the best in "
            f"{share_text(rival.best_probability or 0.0)}."
        )
    sentences.append(_why(comparison, first, second))
    if turn := turn_text(comparison):
        sentences.append(turn)
    return sentences


def turn_text(comparison: Comparison) -> str:
    """Say which single change of a weight would bring another to the top."""
    if not comparison.turns:
        beaten = len(comparison.ranked) > 1
        return "No change of a single weight would bring another to the top." if beaten else ""
    turn = comparison.turns[0]
    label = next(row.label for row in comparison.rows if row.id == turn.winner)
    less = "less" if turn.beyond < turn.now else "more"
    return (
        f"{label} would come first if the weight of {turn.part} were {less} than {number(turn.beyond)} "
        f"(now {number(turn.now)})."
    )


def _why(comparison: Comparison, first: Row, second: Row) -> str:
    """Say where the first is ahead of the second, and where behind."""
    own, theirs = contributions(comparison, first), contributions(comparison, second)
    differences = ((own[name] - theirs[name], name) for name in comparison.used_parts())
    gaps = sorted(differences, key=lambda gap: (-gap[0], gap[1]))
    ahead = [f"{BY_NAME[name].phrase} (+{number(gap, 2)})" for gap, name in gaps if gap >= 0.005][:2]
    behind = [f"{BY_NAME[name].phrase} ({number(gap, 2)})" for gap, name in reversed(gaps) if gap <= -0.005][:1]
    if not ahead and not behind:
        return f"It differs from the next, {second.label}, in no part of the score by more than 0.005."
    told = f"Against the next, {second.label}, it gains in {' and '.join(ahead) or 'no single part'}"
    return f"{told}{f', and loses in {behind[0]}' if behind else ''}."


def _exposure(row: Row) -> list[str]:
    assert row.prediction is not None
    prediction = row.prediction
    cover = prediction.assessment.estimates["cover"]
    level = _target_words(prediction)
    if not cover.exists or cover.median is None:
        return [f"Whether it reaches a target cannot be said: {cover.reason}."]
    wanted = quantity_text(prediction.formulation.target.duration)
    place = prediction.formulation.compartment.replace("-", " ")
    share = f"{estimate_text(cover)} of the wanted {wanted}"
    told = f"The unbound concentration in the {place} is above {level} for {share}"
    if cover.median < 50:
        return [f"{told}: it does not hold the target for the wanted time."]
    if (cover.low or 0.0) < 99.5:
        return [f"{told}: whether it holds the target all the time is not sure."]
    return [f"{told}."]


def _stay(row: Row) -> list[str]:
    half = row.numbers["active_half_time"]
    if not half.exists:
        return [f"How long it acts cannot be said: {half.reason}."]
    return [f"{half.label[:1].upper()}{half.label[1:]} {estimate_text(half)}."]


def _caveat(row: Row) -> str:
    """Give the strongest caveat: a dose of elsewhere or that does not fit, a band of assumptions, the first warning."""
    if row.prediction is None:
        return f"Strongest caveat: {prose(row.warnings[0])}." if row.warnings else ""
    prediction = row.prediction
    fits = prediction.loading.fits
    if prediction.borrowed_dose:
        return f"Strongest caveat: {prose(prediction.borrowed_dose[0])}."
    candidates = [prediction.assessment.estimates[name] for name in ("cover", "auc_ratio")]
    leading = next((item for item in candidates if item.assumed_share is not None), None)
    if fits < 0.5:
        return f"Strongest caveat: the wanted dose fits one injection in only {share_text(fits)} of the draws."
    assumed = (leading.assumed_share or 0.0) if leading else 0.0
    if leading is not None and (assumed >= 0.25 or not prediction.warnings):
        drivers = " and ".join(driver_text(key) for key, _ in leading.drivers[:2])
        tail = f"; its width comes mostly from {drivers}" if drivers else ""
        share = f"{share_text(assumed)} of the band of “{leading.label}”"
        return f"Strongest caveat: {share} comes from assumed inputs{tail}."
    if prediction.warnings:
        return f"Strongest caveat: {prose(prediction.warnings[0])}."
    return ""


def _target_words(prediction: Prediction) -> str:
    """Give the target as asked for, or the catalog's."""
    asked = prediction.formulation.target.unbound_above
    if asked:
        return quantity_text(asked)
    if prediction.assessment.target is None:
        return ""
    value = prediction.case.payload.find("effective_concentration")
    return quantity_text(f"{value.typical:g} {value.unit}") if value else ""
