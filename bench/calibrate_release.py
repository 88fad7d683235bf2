"""Calibrate the study-to-study factor on the time scale of PLGA release, and score its band on held-out studies.

The data are those of Bao et al., Sci Data 2025;12:364 (Mendeley Data 10.17632/zzvtdrcy76.2); they are not shipped.
Needed columns: component, doi, la_ga, polymer_mw_kda, size_um, time_days, release_fraction.

    python -m bench.calibrate_release plga_microparticles.csv

For every formulation the release is predicted from size, molecular weight and lactide fraction alone, with the
catalog's priors; drug and study are not used. The factor is log-normal with median exp(shift) and standard
deviation sigma of its logarithm: sigma is the smallest of a grid whose 80 % bands hold 80 % of the calibration
points (mean over formulations), shift the one with the smallest error. Components (formulations that share a
drug or a study) are left out in ten folds; the scores are those of the left-out components.
"""

import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd

from formulate.case import prepare
from formulate.formulation import Formulation, build
from formulate.loading.stage import load
from formulate.release.stage import release
from formulate.sampling import Array, Draws

RADII = "10.1021/bm050228k"  # this study reports radii, not diameters
SHIFTS = np.arange(-0.4, 1.21, 0.2)
SIGMAS = np.arange(0.0, 1.61, 0.1)
DRAWS = 512
DAY = 86400.0


@dataclass(frozen=True)
class Profile:
    """One measured profile and the prior release curves for it, without the factor."""

    component: str
    time: Array
    measured: Array
    grid: Array
    released: Array


def profiles(path: str) -> list[Profile]:
    """Read the data and predict each profile from the catalog's priors."""
    listed = []
    for _, rows in pd.read_csv(path).groupby("formulation_id"):
        rows = rows[rows.time_days > 0]
        first = rows.iloc[0] if len(rows) else None
        if first is None or not np.isfinite(first.size_um) or not np.isfinite(first.la_ga):
            continue
        diameter = first.size_um * (2 if RADII in str(first.doi) else 1)
        settings = {
            "diameter": f"{diameter} um",
            "lactide_fraction": f"{first.la_ga / (1 + first.la_ga):.4f} mol/mol",
            "between_study_time_factor": {"typical": "1", "low": "1", "high": "1"},
        }
        if np.isfinite(first.polymer_mw_kda):
            settings["molecular_weight"] = f"{first.polymer_mw_kda} kg/mol"
        formulation = build(
            Formulation,
            {
                "schema_version": 1,
                "kind": "formulation",
                "payload": [{"id": "dasatinib", "dose": "1 mg"}],
                "layer": [{"id": "particles", "carrier": "plga-microsphere", "holds": ["dasatinib"], "set": settings}],
                "regimen": {"site": "knee", "volume": "5 mL"},
                "calculation": {"draws": DRAWS, "horizon": "3000 d"},
            },
            "calibration",
        )
        case = prepare(formulation)
        curves = release(case, load(case)).released
        measured = np.clip(rows.release_fraction.to_numpy(), 0, 1)
        listed.append(Profile(first.component, rows.time_days.to_numpy() * DAY, measured, case.time, curves))
    return listed


def score(profile: Profile, shift: float, sigma: float) -> tuple[float, float, float]:
    """Give the share of points within the 80 % band, the mean error of the median and the width of the band."""
    factor = np.exp(shift + sigma * Draws(DRAWS).standard_normal("factor"))
    curves = [np.interp(profile.time * f, profile.grid, row) for f, row in zip(factor, profile.released, strict=True)]
    low, median, high = np.quantile(np.array(curves), [0.1, 0.5, 0.9], axis=0)
    held = (profile.measured >= low) & (profile.measured <= high)
    return float(held.mean()), float(np.abs(profile.measured - median).mean()), float((high - low).mean())


def main(path: str) -> None:
    """Print held-out scores of ten folds and the factor fitted to all."""
    data = profiles(path)
    table = np.array([[[score(p, shift, sigma) for sigma in SIGMAS] for shift in SHIFTS] for p in data])
    components = np.array([p.component for p in data])
    names = np.random.default_rng(7).permutation(np.unique(components))
    held_out = np.zeros((len(data), 3))
    for fold in range(10):
        test = np.isin(components, names[fold::10])
        held_out[test] = table[test][:, *fit(table[~test])]
    shift, sigma = fit(table)
    print(f"{len(data)} profiles, {len(names)} components")
    plain = table[:, int(np.argmin(np.abs(SHIFTS))), 0].mean(axis=0)
    print("without the factor: coverage {:.3f}, mean error {:.3f}, width {:.3f}".format(*plain))
    print("held-out components: coverage {:.3f}, mean error {:.3f}, width {:.3f}".format(*held_out.mean(axis=0)))
    by_component = pd.DataFrame(held_out).groupby(components).mean().mean()
    print("  mean over components: coverage {:.3f}, mean error {:.3f}, width {:.3f}".format(*by_component))
    ends = np.exp(SHIFTS[shift] + np.array([-1, 0, 1]) * 1.2815516 * SIGMAS[sigma])
    print("factor (10th, 50th, 90th percentile): {:.3g}, {:.3g}, {:.3g}".format(*ends))


def fit(table: Array) -> tuple[int, int]:
    """Give the indices of shift and sigma: least error first, then the narrowest honest band."""
    mean = table.mean(axis=0)
    shift = int(np.argmin(mean[:, :, 1].mean(axis=1)))
    honest = np.flatnonzero(mean[shift, :, 0] >= 0.8)
    return shift, int(honest[0]) if len(honest) else len(SIGMAS) - 1


if __name__ == "__main__":
    main(sys.argv[1])
