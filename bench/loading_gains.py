"""Score predicted encapsulation efficiency at every level of its band, and what more knowledge is worth to it.

    python -m bench.loading_gains MEASUREMENTS.csv [NANOPARTICLES.csv] [MICROPARTICLES.csv] \\
        -o docs/validation-loading.csv

Tables and folds as for `bench.calibrate_loading`: studies and payloads that share rows are left out together, and the
scatter that makes a band is estimated without them. Efficiencies are fractions here; errors are averaged over rows
(and over studies).

- Carriers: all, and each family with ten studies or more.
- Descriptors: one withheld from what is predicted, or all of them.
- Data: the regression is fitted to a quarter or a half of what the fold leaves.
- Measured: others of the same study, or the same payload in other studies, are given (`calibrate_loading.narrowing`,
  whose coefficients are fitted to all rows).
"""

import argparse
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit, ndtri

from bench.calibrate_loading import (
    baseline,
    by_study,
    complete,
    fit,
    folds,
    known_of,
    left_out,
    measured_in,
    parts,
    read,
    shares,
    spread,
)
from bench.release_prediction import LEVELS, SHOWN
from bench.release_tables import write
from formulate.loading.prediction import predict_efficiency
from formulate.sampling import Array
from materials.priors import EfficiencyPrior

REPEATS = 3
FEWEST_STUDIES = 10  # of a family that is told of alone
WITHHELD = {
    "without logP": ("logp",),
    "without the feed ratio": ("feed_ratio",),
    "without the surfactant": ("surfactant_concentration",),
    "carrier and method alone": ("logp", "feed_ratio", "surfactant_concentration"),
}
DATA_SHARES = {"a quarter of the studies": 0.25, "half of the studies": 0.5}
MEDIAN = np.zeros(1)
MEASURED = (0.0, 0.3, 0.7, 1.0)  # parts by what was measured: they show how far a prediction stays in the middle
ASSAY = (0.005, 0.995)  # what an assay cannot tell from the end of a band counts as inside
Bands = dict[float, tuple[Array, Array]]  # low and high of each row, by level


def summary(rows: pd.DataFrame, median: Array, bands: Bands | None = None) -> dict[str, float]:
    """Average the scores of rows, in the quantities of `bench.release_tables`."""
    measured = rows.ee.to_numpy() / 100
    error = np.abs(median - measured)
    found = {
        "profiles": float(len(rows)),
        "profile": float(error.mean()),
        "group": by_study(error, rows),
        "pooled R2": float(1 - (error**2).sum() / ((measured - measured.mean()) ** 2).sum()),
    }
    if bands is None:
        return found
    within = np.clip(measured, *ASSAY)
    for level, (low, high) in bands.items():
        found[f"held {100 * level:.0f}"] = float(((within >= low) & (within <= high)).mean())
    for level in SHOWN:
        low, high = bands[level]
        missed = np.maximum(low - within, 0) + np.maximum(within - high, 0)
        found[f"width {100 * level:.0f}"] = float((high - low).mean())
        found[f"interval {100 * level:.0f}"] = float((high - low + 2 / (1 - level) * missed).mean())
    return found


def withholding(names: Sequence[str]) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Give what takes descriptors out of the rows that are predicted."""
    return lambda rows: rows.assign(**dict.fromkeys(names, np.nan))


def left_out_without(rows: pd.DataFrame, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Array:
    """Give mean and variance of each row when left out and predicted from less, (repeats, rows, 2)."""
    found = np.zeros((REPEATS, len(rows), 2))
    for index, out in enumerate(folds(rows, REPEATS)):
        found[index // 10, out] = parts(fit(rows[~out]), change(rows[out]))
    return found


def fitted_to(share: float) -> Callable[[pd.DataFrame], EfficiencyPrior]:
    """Give a fit to a share of the studies, drawn with a fixed seed."""

    def make(rows: pd.DataFrame) -> EfficiencyPrior:
        studies = np.random.default_rng(5).permutation(np.sort(rows.study.unique()))
        return fit(rows[rows.study.isin(studies[: max(2, round(share * len(studies)))])])

    return make


def limits(centre: Array, deviation: Array) -> Bands:
    """Give the bands of each row from the mean and standard deviation of its logit."""
    return {
        level: (
            np.asarray(expit(centre - ndtri(0.5 + level / 2) * deviation)),
            np.asarray(expit(centre + ndtri(0.5 + level / 2) * deviation)),
        )
        for level in LEVELS
    }


def scored(rows: pd.DataFrame, found: Array, split: tuple[float, float, float]) -> tuple[Array, Bands]:
    """Give median and bands of each row, the mean over the repeats, with scatters that the fold did not see."""
    prior = fit(rows)
    deviation = np.zeros(found.shape[:2])
    for index, out in enumerate(folds(rows, REPEATS)):
        inner = complete(rows[~out], found[:, ~out], prior, split)
        deviation[index // 10, out] = spread(inner, rows[out], found[index // 10, out])
    each = [limits(found[i, :, 0], deviation[i]) for i in range(REPEATS)]
    bands = {level: (np.mean([b[level][0] for b in each], axis=0), np.mean([b[level][1] for b in each], axis=0))
             for level in LEVELS}  # fmt: skip
    return np.asarray(expit(found[..., 0]).mean(axis=0)), bands


def of(bands: Bands, chosen: Array) -> Bands:
    """Give the bands of some rows."""
    return {level: (low[chosen], high[chosen]) for level, (low, high) in bands.items()}


def given_measured(rows: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Score rows of polyester particles from others of their study, and from their payload in other studies."""
    random, prior = np.random.default_rng(3), fit(rows)
    scores: dict[str, list[tuple[int, float, float]]] = {}
    for index, row in zip(rows.index, rows.itertuples(), strict=True):
        same = rows[(rows.study == row.study) & (rows.payload == row.payload)].drop(index)
        others = rows[(rows.study != row.study) & (rows.payload == row.payload)]
        alone = predict_efficiency(row.family, row.method, known_of(row), MEDIAN, (), prior).efficiency[0]
        known = {"the same payload in other studies": others, "all others of the study": same}
        if len(same):
            known["one other of the study"] = same.iloc[[random.integers(len(same))]]
        for name, part in known.items():
            if len(part):
                given = measured_in(part, row.study)
                told = predict_efficiency(row.family, row.method, known_of(row), MEDIAN, given, prior).efficiency[0]
                scores.setdefault(name, []).append((index, float(told), float(alone)))
    found = {}
    for name, listed in scores.items():
        part = rows.loc[[index for index, _, _ in listed]]
        found[f"given {name}"] = summary(part, np.array([told for _, told, _ in listed]))
        found[f"given nothing, the rows of: {name}"] = summary(part, np.array([alone for *_, alone in listed]))
    return found


def worst_quarter(rows: pd.DataFrame, median: Array) -> dict[str, float]:
    """Give the mean error of the quarter of the studies with the largest, and how many rows they are."""
    error = pd.Series(np.abs(median - rows.ee.to_numpy() / 100), index=rows.index)
    means = error.groupby(rows.study).mean().sort_values(ascending=False)
    worst = means.index[: round(len(means) / 4)]
    chosen = rows.study.isin(worst)
    return {
        "profiles": float(chosen.sum()),
        "profile": float(error[chosen].mean()),
        "group": float(means[worst].mean()),
    }


def main() -> None:
    """Score, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("-o", "--output", type=Path, required=True, help="table of all scores, CSV")
    given = parser.parse_args()
    rows = read(given.files)
    scores = {}
    for name, by in (("median of all", []), ("median of carrier and method", ["family", "method"])):
        scores[name] = summary(rows, baseline(rows, REPEATS, by).mean(axis=0))
    found = left_out(rows, REPEATS, fit)
    split = shares(rows, found)
    median, bands = scored(rows, found, split)
    scores["all carriers"] = summary(rows, median, bands)
    for family, part in rows.groupby("family"):
        if part.study.nunique() >= FEWEST_STUDIES:
            chosen = rows.index.isin(part.index)
            scores[str(family).replace("-", " ")] = summary(part, median[chosen], of(bands, chosen))
    for low, high in pairwise(MEASURED):
        chosen = (rows.ee > 100 * low - (low == 0)).to_numpy() & ((rows.ee <= 100 * high) | (high == 1)).to_numpy()
        part = rows[chosen]
        scores[f"measured {low:g} to {high:g}"] = summary(part, median[chosen], of(bands, chosen))
    for way, names in WITHHELD.items():
        scores[way] = summary(rows, *scored(rows, left_out_without(rows, withholding(names)), split))
    for way, share in DATA_SHARES.items():
        scores[way] = summary(rows, *scored(rows, left_out(rows, REPEATS, fitted_to(share)), split))
    scores |= given_measured(rows[rows.family.str.startswith("polymer")])
    scores["the worst quarter of the studies"] = worst_quarter(rows, median)
    for way, told in scores.items():
        print(f"{way}: {told['profile']:.3f} ({told['group']:.3f}) of {told['profiles']:.0f}, "
              f"80 % band holds {told.get('held 80', np.nan):.2f}")  # fmt: skip
    write({"loading": scores}, given.output)


if __name__ == "__main__":
    main()
