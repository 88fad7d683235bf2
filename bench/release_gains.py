"""Score what more knowledge is worth to the learned release: features, single points, siblings, more published groups.

    python -m bench.release_gains FOLDER -o docs/validation-release-gains.csv

FOLDER and folds as for `bench.release_prediction`: whole groups are left out of everything that is scored.

- Features: the prediction before anything is measured, with one feature withheld, with none given, and with all.
- Points: the points after day 14 (hour 6 of liposomes) are scored, of those profiles that have a measured point near
  each of the days tried (within a factor of 1.5), so that every way is scored on the same points.
- Data: the population is fitted to a quarter or a half of the groups that the fold leaves, drawn with a fixed seed.
- Groups: the quarter of the groups with the largest mean error, which tells how much of all error they make.
"""

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.release_prediction import DAY, DRAWS, LEVELS, MOST_SIBLINGS, Row, folds, row, summary
from bench.release_tables import write
from bench.train_release import Profile, injectables, liposomes, microparticles, train
from formulate.release.learned.features import Description, Family
from formulate.release.learned.population import Population
from formulate.release.learned.prediction import predict
from formulate.sampling import Array

NEAR = 1.5  # a point counts as of a day if it lies within this factor of it
DATA_SHARES = {"a quarter of the groups": 0.25, "half of the groups": 0.5}
WITHHELD: Mapping[Family, Mapping[str, Sequence[str]]] = {
    "polyester": {
        "without size": ("diameter", "surface_to_volume"),
        "without molar mass": ("molar_mass",),
        "without lactide share": ("lactide_fraction",),
        "without loading": ("drug_loading",),
        "without surfactant of the medium": ("surfactant",),
    },
    "liposome": {"without the method of the assay": ("method",)},
}
POINTS: Mapping[Family, Mapping[str, float]] = {  # days; all are scored after the last
    "polyester": {"one point near 1 d": 1.0, "one point near 7 d": 7.0, "one point near 14 d": 14.0},
    "liposome": {"one point near 1 h": 1 / 24, "one point near 3 h": 3 / 24, "one point near 6 h": 6 / 24},
}
Observed = tuple[Array, Array]  # days and shares


def without(description: Description, names: Sequence[str]) -> Description:
    """Give a description in which some features are not given."""
    return replace(description, **dict.fromkeys(names))


def scored(
    fitted: Population,
    profile: Profile,
    later: Array,
    description: Description | None = None,
    observed: Observed | None = None,
    siblings: Sequence[Profile] = (),
) -> Row:
    """Score the prediction of the points `later` of a profile."""
    found = predict(
        description or profile.description,
        profile.days[later] * DAY,
        (observed[0] * DAY, observed[1]) if observed else None,
        [(p.description, p.days * DAY, p.shares) for p in siblings[:MOST_SIBLINGS]],
        DRAWS,
        fitted=fitted,
    )
    limits = [found.band(level) for level in LEVELS]
    return row(profile, later, found.point, [low for low, _ in limits], [high for _, high in limits])


def nearest(profile: Profile, day: float) -> int | None:
    """Give the index of the measured point nearest to a day, or None where none is near."""
    away = np.abs(np.log(profile.days / day))
    index = int(np.argmin(away))
    return index if away[index] <= np.log(NEAR) else None


def by_points(fitted: Population, profile: Profile, group: Sequence[Profile], family: Family) -> dict[str, Row]:
    """Score the points after the last day tried: from nothing, from one point each, from all until then, from siblings.

    Empty where the profile lacks one of the points, or has none after them.
    """
    tried = {name: nearest(profile, day) for name, day in POINTS[family].items()}
    indices = [index for index in tried.values() if index is not None]
    last = max([*indices, -1])
    later = np.arange(len(profile.days)) > last
    if len(indices) < len(tried) or not later.any():
        return {}
    found = {"later points, nothing measured": scored(fitted, profile, later)}
    for name, index in tried.items():
        one = np.array([index])
        found[f"later points, {name}"] = scored(
            fitted, profile, later, observed=(profile.days[one], profile.shares[one])
        )
    before = (profile.days[~later], profile.shares[~later])
    found["later points, all points until then"] = scored(fitted, profile, later, observed=before)
    siblings = [other for other in group if other.name != profile.name]
    if siblings:
        found["later points, siblings alone"] = scored(fitted, profile, later, siblings=siblings)
        found["later points, nothing measured, where siblings are"] = found["later points, nothing measured"]
    return found


def part_of(profiles: Sequence[Profile], share: float) -> list[Profile]:
    """Give the profiles of a share of the groups, drawn with a fixed seed."""
    groups = sorted({profile.source + profile.group for profile in profiles})
    kept = np.random.default_rng(5).permutation(groups)[: max(2, round(share * len(groups)))]
    return [profile for profile in profiles if profile.source + profile.group in set(kept)]


def worst_quarter(rows: Sequence[Row]) -> dict[str, float]:
    """Give the mean error of the quarter of the groups with the largest, and how many profiles they are."""
    errors, groups = np.array([r.error.mean() for r in rows]), np.array([r.group for r in rows])
    means = {str(group): float(errors[groups == group].mean()) for group in np.unique(groups)}
    worst = sorted(means, key=lambda group: -means[group])[: max(1, round(len(means) / 4))]
    chosen = np.isin(groups, worst)
    return {
        "profiles": float(chosen.sum()),
        "profile": float(errors[chosen].mean()),
        "group": float(np.mean([means[group] for group in worst])),
    }


def score(source: str, everything: dict[str, list[Profile]]) -> dict[str, dict[str, float]]:
    """Score one data set; give the averages for each way."""
    family: Family = "liposome" if source == "liposomes" else "polyester"
    rows: dict[str, list[Row]] = {}

    def keep(name: str, found: Row) -> None:
        rows.setdefault(name, []).append(found)

    for known, test in folds(source, everything):
        fitted = train(known, family)
        smaller = {name: train(part_of(known, share), family) for name, share in DATA_SHARES.items()}
        for profile in test:
            everywhere = np.ones(len(profile.days), dtype=bool)
            names = [name for listed in WITHHELD[family].values() for name in listed]
            keep("all features", scored(fitted, profile, everywhere))
            keep("no features", scored(fitted, profile, everywhere, without(profile.description, names)))
            for way, listed in WITHHELD[family].items():
                keep(way, scored(fitted, profile, everywhere, without(profile.description, listed)))
            for way, population in smaller.items():
                keep(way, scored(population, profile, everywhere))
            group = [other for other in test if other.group == profile.group]
            for way, found in by_points(fitted, profile, group, family).items():
                keep(way, found)
    found = {name: summary(listed) for name, listed in rows.items()}
    found["the worst quarter of the groups"] = worst_quarter(rows["all features"])
    return found


def main() -> None:
    """Score every set and write the averages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True, help="table of all scores, CSV")
    given = parser.parse_args()
    everything = {"injectables": injectables(given.folder), "microparticles": microparticles(given.folder),
                  "liposomes": liposomes(given.folder)}  # fmt: skip
    scores = {}
    for source in everything:
        start = time.perf_counter()
        scores[source] = score(source, everything)
        for way, found in scores[source].items():
            print(f"{source}, {way}: {found['profile']:.3f} ({found['group']:.3f}) of {found['profiles']:.0f}")
        print(f"({time.perf_counter() - start:.0f} s)", flush=True)
    write(scores, given.output)


if __name__ == "__main__":
    main()
