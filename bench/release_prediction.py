"""Score the learned release on formulations of drugs and laboratories it has not seen.

    python -m bench.release_prediction FOLDER [--only injectables] [--no-peers] [-o docs/validation-release.csv]

Prints the scores and writes them where asked; `bench.validation_page` shows what was written.

FOLDER as for `bench.train_release`. Whole groups are left out and the population is fitted again without them: each
drug-polymer group of the long-acting set, ten folds of components (formulations that share a drug or a study) of the
microparticle set, each drug of the liposome set; profiles of the same drug in the other set are left out as well.
Errors are mean |error| of the point prediction at t > 0, averaged over profiles (and over groups); coverage and width
of the bands and the interval score are averages over profiles. After k days: the points to day k were given and the
later ones are scored. Peers, trained in the same folds: the mean curve (isotonic in time, profiles weigh the same), one
Weibull, and LightGBM where it is installed.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import isotonic_regression, least_squares

from bench.release_tables import SETS, markdown, write
from bench.train_release import Profile, injectables, liposomes, microparticles, train, without_copies
from formulate.release.learned.features import Family, numbers
from formulate.release.learned.population import Population
from formulate.release.learned.prediction import predict
from formulate.sampling import Array

try:
    import lightgbm
except ImportError:
    lightgbm = None

DAY = 86400.0
DRAWS = 512
MOST_SIBLINGS = 6
EARLY = (0.25, 0.5, 1.0)
LEVELS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
SHOWN = (0.8, 0.9)


@dataclass(frozen=True)
class Row:
    """Scores of one profile."""

    group: str
    error: Array
    measured: Array
    held: tuple[float, ...]  # by the bands of `LEVELS`
    width: tuple[float, float]
    interval: tuple[float, float]


Fold = tuple[list[Profile], list[Profile]]


def folds(source: str, everything: dict[str, list[Profile]]) -> Iterator[Fold]:
    """Give what to train on and what to score, fold by fold."""
    scored = everything[source]
    others = everything["liposomes"] if source == "liposomes" else [
        *everything["injectables"], *everything["microparticles"]
    ]  # fmt: skip
    groups = sorted({profile.group for profile in scored})
    if source == "microparticles":
        place = np.random.default_rng(0).permutation(len(groups)) % 10
        parts = [{group for group, p in zip(groups, place, strict=True) if p == part} for part in range(10)]
    else:
        parts = [{group} for group in groups]
    for part in parts:
        test = [profile for profile in scored if profile.group in part]
        drugs = {profile.drug for profile in test}
        left = [
            profile
            for profile in others
            if not (profile.source == source and profile.group in part)
            and not (profile.source != source and profile.drug in drugs)
        ]
        yield without_copies(left), test


def row(profile: Profile, later: Array, shares: Array, low: list[Array], high: list[Array]) -> Row:
    """Score a predicted curve with its bands at the points `later`."""
    measured = profile.shares[later]
    held, width, interval = [], [], []
    for level, under, over in zip(LEVELS, low, high, strict=True):
        held.append(float(((measured >= under) & (measured <= over)).mean()))
        if level in SHOWN:
            width.append(float((over - under).mean()))
            missed = np.maximum(under - measured, 0) + np.maximum(measured - over, 0)
            interval.append(float((over - under + 2 / (1 - level) * missed).mean()))
    return Row(profile.group, np.abs(shares - measured), measured, tuple(held), (width[0], width[1]),
               (interval[0], interval[1]))  # fmt: skip


def seen_by(profile: Profile, until: float | None) -> tuple[Array, Array, Array]:
    """Give days and shares measured before, and which points are scored; None stands for the early columns."""
    if until is None:
        if len(profile.early):
            return np.array(EARLY), profile.early, np.ones(len(profile.days), dtype=bool)
        first = profile.days <= 1.0
        return profile.days[first], profile.shares[first], np.ones(len(profile.days), dtype=bool)
    first = profile.days <= until
    return profile.days[first], profile.shares[first], ~first


def learned_row(fitted: Population, profile: Profile, until: float | None, group: Sequence[Profile]) -> Row | None:
    """Score the learned release; `until` 0 is a priori, `group` gives siblings."""
    days, shares, later = seen_by(profile, until)
    if not later.any() or (until != 0.0 and until is not None and not len(days)):
        return None
    siblings = [(p.description, p.days * DAY, p.shares) for p in group if p.name != profile.name][:MOST_SIBLINGS]
    if group and not siblings:
        return None
    observed = (days * DAY, shares) if len(days) else None
    found = predict(profile.description, profile.days[later] * DAY, observed, siblings, DRAWS, fitted=fitted)
    limits = [found.band(level) for level in LEVELS]
    return row(profile, later, found.point, [a for a, _ in limits], [b for _, b in limits])


def summary(rows: Sequence[Row]) -> dict[str, float]:
    """Average the scores."""
    errors = np.array([r.error.mean() for r in rows])
    groups = np.array([r.group for r in rows])
    measured, missed = np.concatenate([r.measured for r in rows]), np.concatenate([r.error for r in rows])
    found = {
        "profiles": float(len(rows)),
        "profile": float(errors.mean()),
        "group": float(np.mean([errors[groups == group].mean() for group in np.unique(groups)])),
        "pooled R2": float(1 - (missed**2).sum() / ((measured - measured.mean()) ** 2).sum()),
    }
    for i, share in enumerate(LEVELS):
        found[f"held {share * 100:.0f}"] = float(np.mean([r.held[i] for r in rows]))
    for i, level in enumerate(("80", "90")):
        found[f"width {level}"] = float(np.mean([r.width[i] for r in rows]))
        found[f"interval {level}"] = float(np.mean([r.interval[i] for r in rows]))
    return found


Peer = Callable[[list[Profile]], Callable[[Profile], Array]]


def mean_curve(profiles: list[Profile]) -> Callable[[Profile], Array]:
    """Fit the mean curve."""
    days = np.concatenate([p.days for p in profiles])
    shares = np.concatenate([p.shares for p in profiles])
    weights = np.concatenate([np.full(len(p.days), 1 / len(p.days)) for p in profiles])
    order = np.argsort(days, kind="stable")
    curve = isotonic_regression(shares[order], weights=weights[order]).x
    return lambda profile: np.interp(np.log(profile.days), np.log(days[order]), curve)


def one_weibull(profiles: list[Profile]) -> Callable[[Profile], Array]:
    """Fit one Weibull curve to all."""
    days = np.concatenate([p.days for p in profiles])
    shares = np.concatenate([p.shares for p in profiles])
    weights = np.sqrt(np.concatenate([np.full(len(p.days), 1 / len(p.days)) for p in profiles]))

    def curve(p: Array, t: Array) -> Array:
        return np.asarray(
            (1 - np.exp(-np.exp(np.clip(np.exp(p[1]) * (np.log(t) - p[0]), -50, 6)))) / (1 + np.exp(-p[2]))
        )

    start = np.array([np.log(np.median(days)), -0.3, 2.0])
    best = least_squares(lambda p: weights * (curve(p, days) - shares), start).x
    return lambda profile: curve(best, profile.days)


def trees(early: bool) -> Peer:
    """Give a fit of LightGBM, with or without early release."""

    def table(profile: Profile) -> Array:
        columns = [np.tile(numbers(profile.description), (len(profile.days), 1)), np.log(profile.days)[:, None]]
        if early:
            days, shares, _ = seen_by(profile, None)
            at = np.interp(EARLY, np.r_[0, days], np.r_[0, shares]) if len(days) else np.full(3, np.nan)
            columns.append(np.broadcast_to(at, (len(profile.days), 3)))
        return np.column_stack(columns)

    def fit(profiles: list[Profile]) -> Callable[[Profile], Array]:
        rows, shares = np.concatenate([table(p) for p in profiles]), np.concatenate([p.shares for p in profiles])
        weights = np.concatenate([np.full(len(p.days), 1 / len(p.days)) for p in profiles])
        features = len(numbers(profiles[0].description))
        settings = {"objective": "huber", "alpha": 0.1, "num_leaves": 15, "learning_rate": 0.05, "min_data_in_leaf": 20,
                    "verbose": -1, "num_threads": 1, "seed": 7, "deterministic": True,
                    "monotone_constraints": [0] * features + [1] + [0] * (3 * early)}  # fmt: skip
        model = lightgbm.train(settings, lightgbm.Dataset(rows, shares, weight=weights), 300)
        return lambda profile: np.clip(model.predict(table(profile)), 0, 1)

    return fit


def peer_row(predicted: Array, profile: Profile) -> Row:
    """Score a peer at all points; it has no band."""
    none = [np.full(len(predicted), np.nan)] * len(LEVELS)
    return row(profile, np.ones(len(profile.days), dtype=bool), predicted, none, none)


def score(source: str, everything: dict[str, list[Profile]], with_peers: bool = True) -> dict[str, dict[str, float]]:
    """Score one data set; give the averages for each way of use."""
    family: Family = "liposome" if source == "liposomes" else "polyester"
    untils: dict[str, float | None] = {"a priori": 0.0, "early columns": None, "after 3 d": 3.0, "after 7 d": 7.0}
    if source == "liposomes":
        untils = {"a priori": 0.0, "after 2 h": 2 / 24, "after 6 h": 0.25, "after 1 d": 1.0}
    peers: dict[str, Peer] = {"mean curve": mean_curve, "one Weibull": one_weibull} if with_peers else {}
    if with_peers and lightgbm is not None:
        peers |= {"LightGBM": trees(False), "LightGBM, early columns": trees(True)}
    rows: dict[str, list[Row]] = {}
    for known, test in folds(source, everything):
        fitted = train(known, family)
        predictors = {name: peer(known) for name, peer in peers.items()}
        for profile in test:
            for name, predictor in predictors.items():
                rows.setdefault(name, []).append(peer_row(predictor(profile), profile))
            for name, until in untils.items():
                found = learned_row(fitted, profile, until, ())
                if found is not None:
                    rows.setdefault(name, []).append(found)
            group = [p for p in test if p.group == profile.group]
            for name, until in (("with siblings", 0.0), ("with siblings, early columns", None)):
                found = learned_row(fitted, profile, until, group)
                if found is not None:
                    rows.setdefault(name, []).append(found)
    return {name: summary(found) for name, found in rows.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", choices=SETS)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("-o", "--output", type=Path, help="table of all scores, CSV")
    given = parser.parse_args()
    everything = {"injectables": injectables(given.folder), "microparticles": microparticles(given.folder),
                  "liposomes": liposomes(given.folder)}  # fmt: skip
    if lightgbm is None and not given.no_peers:
        print("LightGBM is not installed: left out")
    scores = {}
    for source in everything:
        if given.only not in (None, source):
            continue
        start = time.perf_counter()
        scores[source] = score(source, everything, not given.no_peers)
        print(f"{markdown({source: scores[source]})}({time.perf_counter() - start:.0f} s)\n", flush=True)
    if given.output is not None:
        write(scores, given.output)


if __name__ == "__main__":
    main()
