"""Fit the population of release curves to published profiles and write its compact form.

    python -m bench.train_release FOLDER -o formulate/release/learned/coefficients

FOLDER holds long_acting_injectables_train.csv (Bannigan et al. 2023), plga_microparticles_bao_train.csv (Bao et al.
2025) and liposome_release_train.csv (Yanes et al. 2025); they are not shipped. Every run gives the same bytes.

1. Each profile becomes its likeliest curve under the population, with the curvature there; the mean and covariance of
   the population follow from all profiles (expectation-maximisation, each profile weighted by 1/sqrt(profiles of its
   group), so that large studies do not speak for all).
2. In whitened parameters z each profile is a Gaussian observation of z = f(features) + group + formulation, with f a
   Gaussian process carried by inducing points (the centres of clusters of features, moved to a grid of half a length
   scale, so that no point is a formulation of the data).
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np
import pandas as pd
from scipy.cluster.vq import kmeans2

from formulate.release.learned.features import Description, Family, numbers
from formulate.release.learned.laplace import as_observation, modes, side_by_side
from formulate.release.learned.outlook import RATIOS, applies, columns, progress
from formulate.release.learned.population import Population, from_arrays, inducing_factor
from formulate.sampling import Array

RADII = "10.1021/bm050228k"  # this study reports radii, not diameters
RADII_INJECTABLES = range(131, 135)  # the same profiles in the long-acting set
FULL_NAMES = {  # of the long-acting set, where both sets know the drug
    "CAF": "caffeine", "CBD": "cannabidiol", "DEX": "dexamethasone", "DPP": "diprophylline", "LDC": "lidocaine",
    "TMZ": "temozolomide", "PTX": "paclitaxel",
}  # fmt: skip
HYDROCARBON_CHAINS = ("PCL", "PEA", "PVL-co-PAVL")
METHODS = {"self-quenching": "self-quenching", "ModifiedUSP-4": "usp-4", "Dialysis": "dialysis",
           "Float A Lyzer": "dialysis"}  # fmt: skip

ENDED = 0.85  # a profile that ends above has released what it will
SHRINKAGE, SHRINKAGE_OF_FEATURES = 3.0, 9.0


@dataclass(frozen=True)
class Profile:
    """One published profile: times above 0 [d] and shares within 0 to 1."""

    source: str
    name: str
    group: str
    drug: str
    description: Description
    days: Array
    shares: Array
    early: Array = field(default_factory=lambda: np.empty(0))  # shares at 0.25, 0.5 and 1 d, where the source has them


@dataclass(frozen=True)
class Settings:
    """What is chosen, not fitted."""

    shared: float = 0.5
    by_group: float = 0.2
    by_features: float = 0.15
    alone: float = 0.2
    lengths: tuple[float, ...] = ()
    sibling_lengths: tuple[float, ...] = ()
    scales: tuple[float, ...] = ()
    points: int = 48
    inflation: float = 1.3
    trend: tuple[tuple[int, int, float], ...] = ()  # (feature, parameter, change of the parameter by the feature)
    prior_mean: tuple[float, ...] = ()
    prior_deviation: tuple[float, ...] = ()
    cuts: tuple[float, ...] = ()  # days at which profiles are cut to learn what usually comes after


POLYESTER = Settings(
    # molar mass, lactide, network, other chain, surface, loading, surfactant
    scales=(0.8, 0.15, 0.5, 0.5, 1.4, 0.8, 0.5),
    lengths=(3.0, 2.0, 1.5, 1.5, 2.0, 4.0, 1.7),
    sibling_lengths=(2.0, 4.0, 4.0, 4.0, 2.0, 4.0, 4.0),
    shared=0.45,
    by_group=0.15,
    by_features=0.25,
    alone=0.15,
    inflation=1.55,
    # within studies t50 goes as size**0.56 and molar mass**0.60; half of that, for between studies it is not found
    trend=((0, 3, 0.24), (4, 3, -0.22), (1, 3, 0.6), (4, 1, 0.12)),
    prior_mean=(2.0, -1.5, -1.0, 2.7, 0.0),
    prior_deviation=(1.5, 1.5, 1.2, 1.5, 0.6),
    cuts=(1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 14.0, 21.0),
)
LIPOSOME = Settings(
    scales=(0.5, 0.5, 0.5),
    lengths=(2.0, 2.0, 2.0),
    sibling_lengths=(2.0, 2.0, 2.0),
    points=4,
    shared=0.4,
    by_group=0.2,
    by_features=0.2,
    inflation=1.2,
    prior_mean=(2.0, -1.0, -3.0, -1.0, 0.0),
    prior_deviation=(1.5, 1.5, 1.5, 2.0, 0.6),
)
SETTINGS: dict[Family, Settings] = {"polyester": POLYESTER, "liposome": LIPOSOME}


def injectables(folder: Path) -> list[Profile]:
    """Read the long-acting set."""
    found = []
    for name, rows in pd.read_csv(folder / "long_acting_injectables_train.csv").groupby("profile_id"):
        first, rows = rows.iloc[0], rows[rows.time_days > 0]
        description = Description(
            lactide_fraction=first.la_ga / (1 + first.la_ga) if first.la_ga > 0 else 1.0,
            molar_mass=first.polymer_mw_da / 1000,
            crosslinked=bool(first.crosslink_ratio > 0),
            polymer="other" if first.polymer in HYDROCARBON_CHAINS else "lactide-glycolide",
            surface_to_volume=first.sa_v_per_mm * 1000 / (2 if name in RADII_INJECTABLES else 1),
            drug_loading=first.drug_loading,
            surfactant=first.solubility_enhancer * 10,
        )
        early = np.clip([first.release_at_0p25d, first.release_at_0p5d, first.release_at_1d], 0, 1)
        drug = FULL_NAMES.get(first.drug, first.drug)
        found.append(Profile("injectables", str(name), first.dp_group, drug, description, *_points(rows), early))
    return found


def microparticles(folder: Path) -> list[Profile]:
    """Read the microparticle set."""
    found = []
    for name, rows in pd.read_csv(folder / "plga_microparticles_bao_train.csv").groupby("formulation_id"):
        first, rows = rows.iloc[0], rows[rows.time_days > 0]
        description = Description(
            lactide_fraction=first.la_ga / (1 + first.la_ga),
            molar_mass=first.polymer_mw_kda,
            diameter=first.size_um * 1e-6 * (2 if RADII in first.doi else 1),
            drug_loading=first.drug_loading_pct / 100,
            surfactant=first.solubility_enhancer_pct * 10,
        )
        found.append(Profile("microparticles", str(name), first.component, first.drug, description, *_points(rows)))
    return found


def liposomes(folder: Path) -> list[Profile]:
    """Read the liposome set."""
    found = []
    for name, rows in pd.read_csv(folder / "liposome_release_train.csv").groupby("ivr_id"):
        first, rows = rows.iloc[0], rows[rows.time_h > 0]
        description = Description(
            family="liposome",
            method=METHODS.get(first.release_method, "other"),  # type: ignore[arg-type]
            diameter=_known(first.particle_size_nm * 1e-9),
            temperature=_known(first.media_temp_c + 273.15),
        )
        rows = rows.assign(time_days=rows.time_h / 24)
        found.append(Profile("liposomes", str(name), first.api, first.api, description, *_points(rows)))
    return found


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _points(rows: pd.DataFrame) -> tuple[Array, Array]:
    return rows.time_days.to_numpy(float), np.clip(rows.release_fraction.to_numpy(float), 0.0, 1.0)


def without_copies(profiles: Sequence[Profile]) -> list[Profile]:
    """Leave out the microparticle profiles that the long-acting set has as well."""
    kept: list[Profile] = []
    first = [profile for profile in profiles if profile.source == "injectables"]
    for profile in profiles:
        copies = [other for other in first if profile.source == "microparticles" and _same(profile, other)]
        if not copies:
            kept.append(profile)
    return kept


def _same(one: Profile, other: Profile) -> bool:
    a, b = numbers(one.description), numbers(other.description)
    return one.drug == other.drug and bool(np.all(np.abs(a - b) < 0.1))


def _weights(profiles: Sequence[Profile]) -> Array:
    """Give the weight of each profile in the population, of mean 1."""
    _, which, counts = np.unique([p.source + p.group for p in profiles], return_inverse=True, return_counts=True)
    weights = 1.0 / np.sqrt(counts[which])
    return np.asarray(weights * len(weights) / weights.sum())


def train(profiles: Sequence[Profile], family: Family, settings: Settings | None = None) -> Population:
    """Fit the population to profiles."""
    return from_arrays(family, fitted_arrays(profiles, settings or SETTINGS[family]))


def fitted_arrays(profiles: Sequence[Profile], settings: Settings) -> dict[str, Array]:
    """Give the fields of `Population`, the large ones in single precision."""
    mean, covariance, found = _population(profiles, settings)
    root = np.linalg.cholesky(covariance)
    factor, observed = as_observation(found, mean, root)

    raw = np.array([numbers(profile.description) for profile in profiles])
    weights = _weights(profiles)
    scale = np.asarray(settings.scales)
    centre = np.average(raw, axis=0, weights=weights)
    features = (raw - centre) / scale
    spread = np.cov(features.T, aweights=weights) + 0.01 * np.eye(len(scale))
    lengths, sibling_lengths = np.asarray(settings.lengths), np.asarray(settings.sibling_lengths)
    categorical = set(np.unique(raw)) <= {0.0, 1.0}
    inducing = np.unique(features, axis=0) if categorical else _inducing(features / lengths, settings) * lengths

    trend = np.zeros((len(scale), 5))
    for feature, parameter, change in settings.trend:
        trend[feature, parameter] += change * scale[feature]
    trend = np.linalg.solve(root, trend.T).T
    trend_range = np.quantile(features, (0.1, 0.9), axis=0)
    observed = observed - np.einsum("nab,na->nb", factor, np.clip(features, *trend_range) @ trend)

    basis = np.linalg.solve(inducing_factor(inducing, lengths), _similarity(features, inducing, lengths).T).T
    points, size = len(inducing), 5
    precision = np.eye(points * size) / settings.shared
    toward = np.zeros(points * size)
    groups = np.array([profile.source + profile.group for profile in profiles])
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        left = np.maximum(1.0 - (basis[rows] ** 2).sum(axis=1), 0.0) * settings.shared
        own = settings.by_group + settings.by_features * _similarity(features[rows], features[rows], sibling_lengths)
        own = own + np.diag(left + settings.alone)
        inside = np.einsum("nia,nm,mib->namb", factor[rows], own, factor[rows]).reshape(2 * (len(rows) * size,))
        inside += np.eye(len(inside))
        seen = np.einsum("np,nia->napi", basis[rows], factor[rows]).reshape(len(rows) * size, points * size)
        solved = np.linalg.solve(inside, np.column_stack([seen, observed[rows].ravel()]))
        precision += seen.T @ solved[:, :-1]
        toward += seen.T @ solved[:, -1]
    weight_covariance = np.linalg.inv(precision)
    weight_mean = (weight_covariance @ toward).reshape(points, size)
    categories, shares = (np.empty((0, len(scale))), np.empty(0))
    if categorical:
        categories, which = np.unique(raw, axis=0, return_inverse=True)
        shares = np.bincount(which.ravel(), weights=weights) / weights.sum()
    return {
        "mean": mean, "root": root, "centre": centre, "scale": scale,
        "lowest": raw.min(axis=0), "highest": raw.max(axis=0), "spread": spread,
        "inducing": inducing, "length": lengths, "sibling_length": sibling_lengths,
        "variances": np.array([settings.shared, settings.by_group, settings.by_features, settings.alone]),
        "inflation": np.array(settings.inflation), "trend": trend, "trend_range": trend_range,
        "weights": weight_mean.astype(np.float32),
        "weight_covariance": weight_covariance[np.tril_indices(points * size)].astype(np.float32),
        "categories": categories, "shares": shares,
        "outlook": _outlook(profiles, features, settings).astype(np.float32),
        "outlook_times": np.array([0.25, max(settings.cuts, default=1.0)]),
    }  # fmt: skip


def _population(profiles: Sequence[Profile], settings: Settings, rounds: int = 12):  # type: ignore[no-untyped-def]
    """Give mean and covariance of the parameters over the population, and the mode of each profile."""
    measured = side_by_side([(profile.days, profile.shares) for profile in profiles])
    mean, weak = np.asarray(settings.prior_mean), np.diag(np.asarray(settings.prior_deviation) ** 2)
    covariance, weights, strength = weak, _weights(profiles), 8.0
    start = None
    for _ in range(rounds):
        found = modes(measured, mean, covariance, start, steps=25 if start is None else 8)
        start = found.parameters
        uncertain = np.linalg.inv(found.curvature + np.linalg.inv(covariance))
        mean = np.average(start, axis=0, weights=weights)
        away = start - mean
        spread = np.einsum("n,ni,nj->ij", weights, away, away) + np.einsum("n,nij->ij", weights, uncertain)
        covariance = (spread + 0.25 * strength * weak) / (len(profiles) + strength)
    return mean, covariance, found


def _outlook(profiles: Sequence[Profile], features: Array, settings: Settings) -> Array:
    """Regress what comes after a cut on what was there before (ridge, each profile by its weight)."""
    rows, targets, weights = [], [], []
    weight = _weights(profiles)
    for i, profile in enumerate(profiles):
        for cut in settings.cuts if applies(profile.description) else ():
            days, shares = profile.days[profile.days <= cut], profile.shares[profile.days <= cut]
            if not len(days):
                continue
            at = days[-1] * RATIOS
            later = progress(shares[-1], np.interp(at, profile.days, np.maximum.accumulate(profile.shares)))
            ended = profile.shares[-1] > ENDED  # what has come out stays out
            rows.append(columns(days, shares, features[i]))
            targets.append(np.where(ended | (at <= profile.days[-1]), later, np.nan))
            weights.append(weight[i] / len(settings.cuts))
    if not rows:
        return np.empty((0, 9 + features.shape[1]))
    known, wanted, each = np.array(rows), np.array(targets), np.array(weights)
    penalty = np.diag([1e-6] + [SHRINKAGE] * 8 + [SHRINKAGE_OF_FEATURES] * features.shape[1])
    found = []
    for column in wanted.T:
        seen = np.isfinite(column)
        weighted = known[seen].T * each[seen]
        found.append(np.linalg.solve(weighted @ known[seen] + penalty, weighted @ column[seen]))
    return np.array(found)


def _inducing(features: Array, settings: Settings) -> Array:
    """Give centres of clusters of features (in length scales), each on a grid of a half."""
    centres, _ = kmeans2(features, settings.points, minit="++", rng=np.random.default_rng(7))
    return np.unique(np.round(2.0 * centres) / 2.0, axis=0)


def _similarity(one: Array, other: Array, length: Array) -> Array:
    away = (one[:, None, :] - other[None, :, :]) / length
    return np.asarray(np.exp(-0.5 * (away**2).sum(axis=-1)))


def write(arrays: dict[str, Array], path: Path) -> None:
    """Write arrays as one file whose bytes depend on nothing else."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name in sorted(arrays):
            entry = ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = ZIP_DEFLATED
            buffer = BytesIO()
            np.lib.format.write_array(buffer, np.asarray(arrays[name], order="C"), allow_pickle=False)
            archive.writestr(entry, buffer.getvalue())


def read(folder: Path, family: Family) -> list[Profile]:
    """Read all profiles of a family, each once."""
    if family == "liposome":
        return liposomes(folder)
    return without_copies([*injectables(folder), *microparticles(folder)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    given = parser.parse_args()
    given.output.mkdir(parents=True, exist_ok=True)
    for family, settings in SETTINGS.items():
        profiles = read(given.folder, family)
        path = given.output / f"{family}.npz"
        write(fitted_arrays(profiles, settings), path)
        print(f"{path}: {len(profiles)} profiles, {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
