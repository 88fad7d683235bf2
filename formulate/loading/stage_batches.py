"""Assays of several batches, read into loading and efficiency of the next one."""

from collections.abc import Sequence

import numpy as np

from formulate.batch_records import Assay
from formulate.case import Case
from formulate.loading.batches import FEWEST, NextBatch, next_batch
from formulate.loading.stage_assay import NEARLY_ALL, Assayed, assayed
from formulate.results import Detail
from formulate.sampling import Array, sample
from materials.evidence import Evidence, Spread
from materials.values import Value

ALIKE = 0.01  # of the drug per carrier added; batches fed within it count as fed alike


def assayed_batches(case: Case, given: Sequence[Assay]) -> Assayed:
    """Give loading and efficiency of the next batch from the assays of several, with their scatter for a band.

    Parameters
    ----------
    case : Case
        The payload in its layer.
    given : sequence of Assay
        Its assays, one a batch.

    Raises
    ------
    DomainError
        More was found in a batch than was added, or its product holds a larger share of drug than its feed.
    """
    batches = [assayed(case, item, exact=True) for item in given]
    names = [item.batch for item in given]
    warnings = [f"batch {name}: {told}" for name, one in zip(names, batches, strict=True) for told in one.warnings]
    if len(batches) < FEWEST:
        warnings.append("two batches hardly tell how far batches scatter: the band is wide for that alone")
    details = [Detail("batches", "batches assayed", "1", _same(case, len(batches)), ", ".join(names))]
    efficiency = _next(case, "encapsulation_efficiency", [one.encapsulation_efficiency for one in batches], details)
    direct = efficiency
    if case.holder.convention == "B":  # then the efficiency is not the drug found per drug added
        direct = _next(case, "encapsulation_efficiency", [1.0 / one.added_per_held for one in batches], None)
    shares = [one.drug_loading for one in batches if one.drug_loading is not None]
    ratios = np.array([np.median(one.feed_ratio) for one in batches if one.feed_ratio is not None])
    loading = ratio = None
    if len(shares) == len(batches):
        loading = _next(case, "drug_loading", shares, details)
        ratio = _same(case, float(np.exp(np.log(ratios).mean())))
        if ratios.max() > ratios.min() * (1 + ALIKE):
            warnings.append(
                f"the batches were fed from {ratios.min():.3g} to {ratios.max():.3g} g of drug per g of carrier: what "
                "they scatter by is in part the feed"
            )
    elif shares:
        warnings.append("not every batch tells the carrier added: no drug loading is taken from them")
    details += _yields(case, batches)
    return Assayed(loading, efficiency, ratio, 1.0 / direct, tuple(details), tuple(warnings))


def _next(case: Case, name: str, found: Sequence[Array], details: list[Detail] | None) -> Array:
    """Give a fraction of the next batch, (draws,); all fractions of a batch are high or low together."""
    each = np.minimum([float(np.median(item)) for item in found], NEARLY_ALL)
    band = next_batch(each)
    key = f"{case.holder.id}.{case.part.id}.next_batch"
    value = _value(name, band, len(each))
    if details is None or name == "drug_loading":  # goes with the efficiency, which stands among the inputs
        draws = sample(case.inputs.catalog.distribution(value), case.inputs.draws.standard_normal(key))
    else:
        draws = case.inputs.determined(key, value)
    if details is not None:
        label = f"scatter of {name.replace('_', ' ')} between batches"
        listed = "relative standard deviation of " + ", ".join(f"{share:.3g} %" for share in 100 * each)
        details.append(Detail(f"{name}_scatter", label, "percent", _same(case, band.relative_sd), listed))
    return draws


def _value(name: str, band: NextBatch, count: int) -> Value:
    is_spread = band.low < band.high
    return Value(
        name=name,
        typical=100 * band.typical,
        low=100 * band.low if is_spread else None,
        high=100 * band.high if is_spread else None,
        unit="percent",
        spread=Spread.P10_P90 if is_spread else Spread.SINGLE,
        evidence=Evidence.USER,
        note=f"set by the user: the next batch, from assays of {count}",
    )


def _yields(case: Case, batches: Sequence[Assayed]) -> list[Detail]:
    """Give the mean yield of the batches, where each tells one; else that the carrier is taken as recovered."""
    found = [{item.name: item for item in one.details} for one in batches]
    if all("process_yield" in one for one in found):
        mean = np.mean([np.median(one["process_yield"].draws) for one in found])
        return [Detail("process_yield", found[0]["process_yield"].label, "percent", _same(case, float(mean)), "mean")]
    taken = next((one["yield_taken"] for one in found if "yield_taken" in one), None)
    return [] if taken is None else [taken]


def _same(case: Case, number: float) -> Array:
    return np.full(case.inputs.draws.count, float(number))
