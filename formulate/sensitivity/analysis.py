"""What drives an answer: the inputs behind each number of a prediction, and which of them to measure next."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from formulate.estimate import BAND, Estimate
from formulate.formulation import Formulation
from formulate.inputs import Input
from formulate.pipeline import Prediction, predict
from formulate.sampling import Array, Draws
from formulate.sensitivity.design import Chosen, Recorded, one_at_a_time, pair_of_samples
from formulate.sensitivity.indices import FEWEST, first_order_from_draws, group_indices, width_if_known
from materials.errors import DomainError, UnknownIdError

OTHERS = "all others"
ASSUMED = "all assumed"
MOST_SINGLE = 10  # inputs of a design that stand for themselves; the rest are one group
CHUNK = 1024  # draws computed at once
TELLING = 0.05  # of the width: a smaller gain is not worth a measurement
PERCENT_OF_RANGE = ("percent", "fraction")


@dataclass(frozen=True)
class Effect:
    """What one input, or a group of inputs, does to a number.

    Attributes
    ----------
    key : str
        Of the input; `OTHERS` or `ASSUMED` of a group.
    first : float
        Share of the variance that goes if it becomes known.
    total : float or None
        Share that is left if all but it become known; only from a design of its own.
    width : float or None
        Expected width of the band once it is known, over that now; of a single input.
    low, high : float or None
        The number with this input at its 10th and 90th percentile and all others typical, in the unit of the number.
    """

    key: str
    item: Input | None
    first: float
    total: float | None = None
    width: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def is_assumed(self) -> bool:
        """True when no source gives it."""
        return self.item is not None and self.item.is_assumed


@dataclass(frozen=True)
class Drivers:
    """The inputs behind one number, strongest first."""

    estimate: Estimate
    typical: float | None  # with all inputs typical, in the unit of the number
    effects: tuple[Effect, ...]
    assumed: Effect | None  # of all assumed inputs together
    unexplained: float | None  # share of the variance that no single input explains
    scale: str  # in which variance is taken
    reason: str = ""  # why there is nothing to explain

    @property
    def next(self) -> Effect | None:
        """The input whose measurement would shrink the band most, or None where none would."""
        single = [effect for effect in self.effects if effect.width is not None]
        best = min(single, key=lambda effect: effect.width or 0.0, default=None)
        return best if best is not None and best.width is not None and best.width < 1.0 - TELLING else None


@dataclass(frozen=True)
class Sensitivity:
    """What drives the numbers of a prediction."""

    formulation: Formulation
    prediction: Prediction
    method: str
    drivers: Mapping[str, Drivers]
    evaluations: int  # draws that were computed
    warnings: tuple[str, ...] = ()


Progress = Callable[[str], None]


def sensitivity(
    formulation: Formulation,
    outputs: Sequence[str] = (),
    design: int | None = None,
    progress: Progress | None = None,
) -> Sensitivity:
    """Find what drives the numbers of a formulation.

    Parameters
    ----------
    formulation : Formulation
        What to compute; its draws give the first look.
    outputs : sequence of str, optional
        Names of the numbers (`Assessment.estimates`); all that exist if left out.
    design : int, optional
        Draws of each sample of a design of its own, a power of two; left out, the draws at hand are used.
    progress : callable, optional
        Called with a line on what is computed; raise from it to cancel.

    Raises
    ------
    UnknownIdError
        A number that this formulation does not have.
    DomainError
        Fewer than 64 draws, or a design that is no power of two of at least 64.
    FileError, MissingValueError
        As `predict`.

    Notes
    -----
    At hand: `first_order_from_draws`. By design: `group_indices` for the strongest inputs one by one, for all others
    together, and for all assumed inputs together. Bands and bars: `width_if_known`; one input at a time at its 10th
    and 90th percentile. Numbers that are shares are taken as they are, others in the logarithm; a number beyond the
    horizon counts as the horizon.
    """
    if design is not None and (design < FEWEST or design & (design - 1)):
        raise DomainError("design", design, "", f"a power of two of at least {FEWEST}")
    asked = formulation.calculation
    if asked.draws < FEWEST:
        raise DomainError("draws", asked.draws, "", f"at least {FEWEST} to tell inputs apart")
    if progress:
        progress(f"{formulation.label}: {asked.draws} draws")
    recorded = Recorded(Draws(asked.draws, asked.seed))
    prediction = predict(formulation, recorded)
    known = prediction.assessment.estimates
    for name in outputs:
        if name not in known:
            raise UnknownIdError("number", name, tuple(known))
    wanted = tuple(dict.fromkeys(outputs)) or tuple(name for name, item in known.items() if item.draws is not None)
    doubtful = {item.key: item for item in prediction.inputs if not item.exact}
    columns = columns_of(doubtful, recorded.columns)
    bars = _bars(formulation, wanted, columns)
    found, spent = {}, asked.draws + 1 + 2 * len(columns)
    for name in wanted:
        found[name] = _at_hand(known[name], doubtful, bars[name])
    if design is not None:
        found, more = _by_design(formulation, found, doubtful, columns, design, progress)
        spent += more
    method = "draws at hand" if design is None else f"a design of {design} draws a sample"
    return Sensitivity(formulation, prediction, method, found, spent, prediction.warnings)


def columns_of(doubtful: Mapping[str, Input], recorded: Mapping[str, Array]) -> dict[str, str]:
    """Give the column of draws behind each input that has one of its own."""
    by_bytes = {column.tobytes(): key for key, column in recorded.items()}
    found = {key: by_bytes.get(item.scores.tobytes(), "") for key, item in doubtful.items()}
    return {key: column for key, column in found.items() if column}


def measured(item: Estimate) -> tuple[Array, str] | None:
    """Give the draws of a number on the scale its variance is taken in, and the name of the scale."""
    if item.draws is None:
        return None
    values = np.array(item.draws, dtype=np.float64)
    values[np.isnan(values)] = np.nan if np.isnan(values).all() else np.nanmedian(values)
    finite = values[np.isfinite(values)]
    if not len(finite) or np.ptp(np.where(np.isfinite(values), values, finite.max() * 2 + 1)) == 0.0:
        return None
    values = np.minimum(values, finite.max())
    if np.ptp(values) == 0.0:
        return None
    if item.unit.startswith(PERCENT_OF_RANGE) or values.min() < 0.0:
        return values, "linear"
    positive = values[values > 0.0]
    if len(positive) < 0.5 * len(values):
        return values, "linear"
    return np.log10(np.maximum(values, positive.min())), "logarithmic"


def _at_hand(item: Estimate, doubtful: Mapping[str, Input], bars: Mapping[str, tuple[float, float, float]]) -> Drivers:
    found = measured(item)
    if found is None or not doubtful:
        reason = item.reason or "it is the same in every draw"
        return Drivers(item, None, (), None, None, "", reason)
    values, scale = found
    keys = list(doubtful)
    scores = np.stack([doubtful[key].scores for key in keys])
    first, width = first_order_from_draws(values, scores), width_if_known(values, scores, BAND)
    typical = None
    effects = []
    for key, share, left in zip(keys, first, width, strict=True):
        bar = bars.get(key)
        if bar is not None:
            typical = bar[0]
        ends = (None, None) if bar is None else (bar[1], bar[2])
        effects.append(Effect(key, doubtful[key], float(share), None, float(left), *ends))
    effects.sort(key=lambda effect: (-effect.first, effect.key))
    assumed = float(np.clip(sum(effect.first for effect in effects if effect.is_assumed), 0.0, 1.0))
    unexplained = float(np.clip(1.0 - first.sum(), 0.0, 1.0))
    return Drivers(item, typical, tuple(effects), Effect(ASSUMED, None, assumed), unexplained, scale)


def _bars(
    formulation: Formulation, wanted: Sequence[str], columns: Mapping[str, str]
) -> dict[str, dict[str, tuple[float, float, float]]]:
    """Give each number with all inputs typical, and with one of them at either end of its 80 % band, by key."""
    from scipy.special import ndtri

    from materials.units import convert

    scores, count = one_at_a_time(list(columns.values()), float(ndtri(0.5 + BAND / 2)))
    estimates = predict(formulation, Chosen(scores, count)).assessment.estimates
    found: dict[str, dict[str, tuple[float, float, float]]] = {}
    for name in wanted:
        item = estimates[name]
        found[name] = {}
        if item.draws is None:
            continue
        limit = np.inf if item.beyond is None else item.beyond
        shown = [convert(float(value), item.unit) if np.isfinite(value) else limit for value in item.draws]
        for place, key in enumerate(columns):
            found[name][key] = (shown[0], shown[1 + 2 * place], shown[2 + 2 * place])
    return found


def _by_design(
    formulation: Formulation,
    found: Mapping[str, Drivers],
    doubtful: Mapping[str, Input],
    columns: Mapping[str, str],
    count: int,
    progress: Progress | None,
) -> tuple[dict[str, Drivers], int]:
    """Give the drivers with the indices of a design of their own, and how many draws it took."""
    strongest: dict[str, float] = {}
    for drivers in found.values():
        for effect in drivers.effects:
            if effect.key in columns:
                strongest[effect.key] = max(strongest.get(effect.key, 0.0), effect.first)
    single = sorted(strongest, key=lambda key: (-strongest[key], key))[:MOST_SINGLE]
    groups = {key: [columns[key]] for key in single}
    if others := [columns[key] for key in columns if key not in groups]:
        groups[OTHERS] = others
    if assumed := [columns[key] for key in columns if doubtful[key].is_assumed]:
        groups[ASSUMED] = assumed
    first, second = pair_of_samples(list(columns.values()), count, formulation.calculation.seed)
    samples = {"first sample": first, "second sample": second}
    samples |= {name: first | {key: second[key] for key in keys} for name, keys in groups.items()}
    results = {}
    for place, (name, scores) in enumerate(samples.items()):
        if progress:
            progress(f"{formulation.label}: sample {place + 1} of {len(samples)}, {name}")
        results[name] = computed(formulation, scores, count, list(found))
    done = {}
    for name, drivers in found.items():
        item = drivers.estimate
        if not drivers.scale:
            done[name] = drivers
            continue
        values = on_one_scale([results[sample][name] for sample in samples], drivers.scale)
        one, total = group_indices(values[0], values[1], values[2:])
        indices = {key: (float(s), float(t)) for key, s, t in zip(groups, one, total, strict=True)}
        by_key = {effect.key: effect for effect in drivers.effects}
        effects = [
            Effect(key, by_key[key].item, *indices[key], by_key[key].width, by_key[key].low, by_key[key].high)
            for key in single
        ]
        effects.sort(key=lambda effect: (-(effect.total or 0.0), effect.key))
        if OTHERS in indices:
            effects.append(Effect(OTHERS, None, *indices[OTHERS]))
        together = Effect(ASSUMED, None, *indices[ASSUMED]) if ASSUMED in indices else Effect(ASSUMED, None, 0.0, 0.0)
        alone = float(sum(max(effect.first, 0.0) for effect in effects))
        done[name] = Drivers(item, drivers.typical, tuple(effects), together, max(1.0 - alone, 0.0), drivers.scale)
    return done, count * len(samples)


def computed(
    formulation: Formulation, scores: Mapping[str, Array], count: int, wanted: Sequence[str]
) -> dict[str, Array]:
    """Give the draws of some numbers for given scores, some draws at a time: memory does not grow with the design."""
    parts: dict[str, list[Array]] = {name: [] for name in wanted}
    for start in range(0, count, CHUNK):
        size = min(CHUNK, count - start)
        some = {key: column[start : start + size] for key, column in scores.items()}
        estimates = predict(formulation, Chosen(some, size)).assessment.estimates
        for name in wanted:
            draws = estimates[name].draws
            parts[name].append(np.full(size, np.nan) if draws is None else draws)
    return {name: np.concatenate(given) for name, given in parts.items()}


def on_one_scale(samples: Sequence[Array], scale: str) -> Array:
    """Give results of all samples on the scale of the first look, (samples, draws), every one finite."""
    values = np.stack(samples)
    finite = values[np.isfinite(values)]
    values = np.where(np.isnan(values), np.median(finite), np.minimum(values, finite.max()))
    if scale == "linear":
        return values
    return np.asarray(np.log10(np.maximum(values, finite[finite > 0.0].min())))
