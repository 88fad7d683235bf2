"""One file of a project computed as far as it can be, and the numbers that it is looked at for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from formulate.estimate import Estimate
from formulate.formulation import Formulation, Question
from formulate.recorded import recorded
from formulate.report.text import number
from materials.errors import FormulateError, shorten

PREDICTED = ("cover", "drug_half_life", "release_t50", "peak_unbound", "peak_plasma_unbound")
FOLLOWED = ("carrier_initial_half_life", "carrier_mean_residence_time", "carrier_left_at_end", "active_half_time")
LOADED = ("drug_loading", "encapsulation_efficiency", "largest_dose")
Number = tuple[str, Estimate]  # of what, and the number


@dataclass(frozen=True)
class Computed:
    """What a file came to."""

    command: str  # that gives the same
    envelope: Mapping[str, Any]
    numbers: tuple[Number, ...]
    ranked: tuple[str, ...] = ()  # of a question: its carriers, best first
    told: str = ""  # why no more of it is computed


@dataclass(frozen=True)
class Change:
    """A number that is not what it was."""

    subject: str
    label: str
    before: Estimate | None
    now: Estimate | None
    within: bool | None  # the new median lies within the band of before; None where either is missing


def compute(
    asked: Sequence[Formulation | Question], progress: Callable[[str], None] | None = None
) -> list[Computed | FormulateError]:
    """Compute files, each as far as is computed; an error in place of each of which not even the loading is.

    A question is compared; a formulation is followed from loading to exposure, those of one site and drug together.
    """
    together = [file for file in asked if isinstance(file, Formulation) and len(file.payload) == 1]
    predicted = iter(_predicted(together) if together else ())
    found: list[Computed | FormulateError] = []
    for file in asked:
        try:
            if isinstance(file, Question):
                found.append(_compared(file, progress))
            else:
                found.append(next(predicted) if len(file.payload) == 1 else _followed(file))
        except FormulateError as error:
            found.append(error)
    return found


def _compared(question: Question, progress: Callable[[str], None] | None) -> Computed:
    from formulate.comparison import compare
    from formulate.report.envelope import comparison_results

    comparison = compare(question, progress)
    warnings = [f"{row.id}: {warning}" for row in comparison.rows for warning in row.warnings]
    numbers = [
        (row.id, row.prediction.assessment.estimates[name])
        for row in comparison.rows
        if row.prediction is not None
        for name in PREDICTED
    ]
    ranked = tuple(row.id for row in comparison.rows if row.score is not None)
    return _computed("compare", question, comparison_results(comparison), warnings, numbers, ranked)


def _predicted(formulations: Sequence[Formulation]) -> Iterator[Computed | FormulateError]:
    from formulate.pipeline import predict_all
    from formulate.report.envelope import prediction_results
    from formulate.sampling import Draws

    asked = [(item, Draws(item.calculation.draws, item.calculation.seed)) for item in formulations]
    for formulation, found in zip(formulations, predict_all(asked), strict=True):
        if isinstance(found, FormulateError):
            yield _loaded(formulation, found)
            continue
        numbers = [("", found.assessment.estimates[name]) for name in PREDICTED]
        yield _computed("predict", formulation, prediction_results(found), found.warnings, numbers)


def _followed(formulation: Formulation) -> Computed | FormulateError:
    from formulate.exposure import expose
    from formulate.report.exposure_page import exposure_results

    try:
        found = expose(formulation)
    except FormulateError as error:
        return _loaded(formulation, error)
    numbers: list[Number] = []
    for item in found:
        if item.prediction is not None:
            numbers += [(item.what, item.prediction.assessment.estimates[name]) for name in PREDICTED]
        else:
            numbers += [(item.what, one) for group in item.groups for one in group.numbers if one.name in FOLLOWED]
    warnings = list(dict.fromkeys(text for item in found for text in item.warnings))
    results: dict[str, object] = {"followed": [exposure_results(item) for item in found]}
    return _computed("retention", formulation, results, warnings, numbers)


def _loaded(formulation: Formulation, why: FormulateError) -> Computed | FormulateError:
    from formulate.loading.total import load_all
    from formulate.report.loading import dose_estimates, layer_estimates, loading_results

    try:
        found = load_all(formulation)
    except FormulateError as error:
        return error
    numbers: list[Number] = []
    for case, loading in zip(found.cases, found.payloads, strict=True):
        listed = [*layer_estimates(loading.layers[0], ()), *dose_estimates(loading, ())]
        subject = f"{loading.payload} in {case.holder.id}"
        numbers += [(subject, one) for one in listed if one.name in LOADED]
    told = f"only the loading is computed: {shorten(str(why).removeprefix('formulation: '), 300)}"
    made = _computed("loading", formulation, loading_results(found), (told, *found.warnings), numbers)
    return replace(made, told=told)


def _computed(
    command: str,
    file: Formulation | Question,
    results: Mapping[str, object],
    warnings: Sequence[str],
    numbers: Sequence[Number],
    ranked: tuple[str, ...] = (),
) -> Computed:
    from formulate.report.envelope import envelope

    seed = file.calculation.seed
    made = envelope(command, results, seed=seed, inputs=recorded(file), warnings=warnings)
    return Computed(command, made, tuple(numbers), ranked)


def number_record(given: Number) -> dict[str, object]:
    """Give a number as it is kept."""
    subject, item = given
    return {"subject": subject, **{name: getattr(item, name) for name in _KEPT}}


def number_from(record: Mapping[str, Any]) -> Number:
    """Give a number as it was kept; a KeyError or TypeError where it is none."""
    return record["subject"], Estimate(**{name: record[name] for name in _KEPT})


_KEPT = ("name", "label", "unit", "median", "low", "high", "reason", "beyond", "within")


def changes(before: Sequence[Number], now: Sequence[Number]) -> Iterator[Change]:
    """Give the numbers that a reader sees change, in three digits, median or band.

    Examples
    --------
    >>> one, other = Estimate("t", "half-life", "d", 8.8, 4.0, 15.0), Estimate("t", "half-life", "d", 12.0, 5.0, 20.0)
    >>> [(change.label, change.within) for change in changes([("", one)], [("", other)])]
    [('half-life', True)]
    >>> list(changes([("", one)], [("", one)]))
    []
    """
    old = {(subject, item.name): item for subject, item in before}
    new = {(subject, item.name): item for subject, item in now}
    for key in dict.fromkeys((*new, *old)):
        was, this = old.get(key), new.get(key)
        if was is not None and this is not None and _seen(was) == _seen(this):
            continue
        one = this or was
        assert one is not None
        yield Change(key[0], one.label, was, this, _within(was, this))


def _seen(item: Estimate) -> tuple[object, ...]:
    ends = (item.median, item.low, item.high, item.beyond)
    # first to the digits in which results are kept, so that what is read again is not taken for a change
    return (item.unit, *(None if end is None else number(float(f"{end:.6g}")) for end in ends))


def _within(was: Estimate | None, now: Estimate | None) -> bool | None:
    """Say whether the median lies within the band of before; an end that is open holds all beyond it."""
    if was is None or now is None or was.median is None or now.median is None or was.unit != now.unit:
        return None
    return not ((was.low is not None and now.median < was.low) or (was.high is not None and now.median > was.high))
