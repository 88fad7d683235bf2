"""Carriers side by side for one target: feasible or not, what they do in the same draws, and how they stand."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from formulate.criteria import PARTS as PARTS
from formulate.criteria import check_weights
from formulate.earned import acting_numbers_of, earned, earned_by_stay, numbers_of, unpredicted
from formulate.feasibility import feasibility
from formulate.formulation import Formulation, Question
from formulate.pipeline import Prediction, predict_all
from formulate.placing import placed, turns_of
from formulate.residence import Residence, reside
from formulate.rows import Against, LeftOut
from formulate.rows import Comparison as Comparison
from formulate.rows import Row as Row
from formulate.rows import Turn as Turn
from formulate.sampling import Draws
from formulate.standing import head_to_head, standing
from materials import catalog
from materials.errors import FormulateError
from materials.schema import Carrier

AT_ONCE = 32  # formulations that are computed together
IS_THE_DRUG = "is itself the drug and holds no payload: compare such carriers in a question without one"
HOLDS_A_DRUG = "holds a payload, and the question has none"
UNKNOWN = "can be looked up, but no calculator knows it yet"

Progress = Callable[[str], None]


def compare(question: Question, progress: Progress | None = None) -> Comparison:
    """Compare catalog carriers for a question.

    Parameters
    ----------
    question : Question
        Payload, regimen and target; the carriers named, or all that calculators can run. Without a payload the
        carriers named are themselves the drug.
    progress : callable, optional
        Called with the number and name of each carrier before it is computed; raise from it to cancel.
    """
    known = catalog.load()
    chosen = list(dict.fromkeys(question.carriers or known.runnable_carriers()))
    aside = {item: reason for item in chosen if (reason := why_aside(question, known.carrier(item)))}
    formulations = [(item, question.formulation(item)) for item in chosen if item not in aside]
    found = compare_formulations(formulations, question.weights, question, progress, question.needs)
    if question.payload and not question.carriers:
        aside = dict.fromkeys(own_drugs_at(question.regimen.site), IS_THE_DRUG)
    left_out = tuple(LeftOut(item, known.carrier(item).name, reason) for item, reason in aside.items())
    return replace(found, left_out=left_out)


def why_aside(question: Question, carrier: Carrier) -> str:
    """Give why a carrier cannot take part in a question, or nothing."""
    known = catalog.load()
    if question.payload:
        return "" if known.is_runnable(carrier) else IS_THE_DRUG
    first = known.carrier(carrier.layers[0]) if carrier.layers else carrier
    if not (first.is_own_drug or first.form == "cell"):
        return HOLDS_A_DRUG
    return "" if known.is_loadable(carrier) else UNKNOWN


def compare_formulations(
    formulations: Sequence[tuple[str, Formulation]],
    weights: Mapping[str, float] | None = None,
    question: Question | None = None,
    progress: Progress | None = None,
    needs: Sequence[str] = (),
) -> Comparison:
    """Compare formulations that share payload, regimen and target; see `compare`.

    `needs` names checks of feasibility that decide here though not everywhere: "load-bearing".

    Those without a payload are carriers that are themselves the drug. They are ranked by what of them still acts where
    no formulation with a payload is among them, and stand beside the ranking where one is.
    """
    merged = check_weights(weights or {})
    drawn: dict[tuple[int, int], Draws] = {}
    rows: list[Row] = []
    for first in range(0, len(formulations), AT_ONCE):
        lot = formulations[first : first + AT_ONCE]
        asked = []
        for number, (_, formulation) in enumerate(lot, start=first + 1):
            if progress:
                progress(f"{number} of {len(formulations)}: {formulation.label}")
            count, seed = formulation.calculation.draws, formulation.calculation.seed
            asked.append((formulation, drawn.setdefault((count, seed), Draws(count, seed))))
        found = iter(predict_all([item for item in asked if item[0].payload]))
        for (identifier, _), (formulation, draws) in zip(lot, asked, strict=True):
            result = next(found) if formulation.payload else _stay(formulation, draws)
            rows.append(_row(identifier, formulation, result, tuple(needs)))
    unranked = Comparison(tuple(_told_apart(rows)), {}, question)
    return replace(weighed(unranked, merged), head_to_head=_against(rows))


def weighed(comparison: Comparison, weights: Mapping[str, float]) -> Comparison:
    """Give a comparison ranked by other weights, with nothing computed anew; those left out are the usual ones."""
    merged = check_weights(weights)
    ranked = replace(comparison, rows=placed(comparison.rows, merged), weights=merged)
    return replace(ranked, turns=turns_of(ranked))


def own_drugs_at(site: str) -> list[str]:
    """Give the carriers that are themselves the drug and were studied at a site or in a part of it."""
    known = catalog.load()
    places = known.within(known.site(site).id)
    studied = {name for study in known.studies.values() if places & set(study.sites) for name in study.carriers}
    return sorted(
        entry.id
        for entry in known.carriers.values()
        if entry.id in studied and (entry.is_own_drug or entry.form == "cell") and not known.is_runnable(entry)
    )


def _stay(formulation: Formulation, draws: Draws) -> Residence | FormulateError:
    try:
        return reside(formulation, draws)[0]
    except FormulateError as error:
        return error


def _row(
    identifier: str, formulation: Formulation, found: Prediction | Residence | FormulateError, needs: tuple[str, ...]
) -> Row:
    """Give the row of a formulation, not yet ranked."""
    prediction = found if isinstance(found, Prediction) else None
    checks, stands = feasibility(formulation, prediction), standing(formulation)
    label = _label(formulation)
    row = Row(identifier, label, prediction, formulation=formulation, checks=checks, needs=needs, standing=stands)
    if isinstance(found, FormulateError):
        return replace(row, reason=str(found), earned=unpredicted(stands, "it could not be computed"))
    if isinstance(found, Residence):
        numbers = acting_numbers_of(found)
        return replace(row, residence=found, numbers=numbers, earned=earned_by_stay(found, numbers, stands))
    numbers = numbers_of(found)
    return replace(row, numbers=numbers, earned=earned(found, numbers, stands))


def _against(rows: Sequence[Row]) -> tuple[Against, ...]:
    """Give what sources say of the rows against each other."""
    known = [(row.id, row.formulation) for row in rows if row.formulation is not None]
    names = [name for name, _ in known]
    return tuple(
        Against(
            tuple(names[place] for place in item.formulations),
            tuple(names[place] for place in item.against),
            item.told,
            item.sources,
            item.mark,
        )
        for item in head_to_head([formulation for _, formulation in known])
    )


def _told_apart(rows: Sequence[Row]) -> list[Row]:
    """Give rows of which no two have the same label: those that share one, as copies of a file do, add their id."""
    labels = Counter(row.label for row in rows)
    return [replace(row, label=f"{row.label} ({row.id})") if labels[row.label] > 1 else row for row in rows]


def _label(formulation: Formulation) -> str:
    """Give the name of a formulation, with what in the catalog's entries of it is the user's own."""
    if any(layer.release for layer in formulation.layer):
        return f"{formulation.label} (release measured by you)"
    entries = [layer.entry for layer in formulation.layer]
    if any(entry.origin == "user" for entry in entries):
        return f"{formulation.label} (yours)"
    if any(value.is_yours for entry in entries for value in entry.property):
        return f"{formulation.label} (with values of yours)"
    return formulation.label
