"""Fit and score the regression of encapsulation efficiency that ships as materials/data/priors/encapsulation.toml.

    python -m bench.calibrate_loading MEASUREMENTS.csv [NANOPARTICLES.csv] [MICROPARTICLES.csv] [--write] [--quick]
    python -m bench.calibrate_loading --score ROWS.csv

The data are published sets and are not shipped: loadings of many carriers in one table (columns carrier, payload,
method, ee_percent, dl_percent, drug_polymer_or_lipid_ratio, source_url_or_doi, note), PLGA nanoparticles (Goren et
al. 2025, Mendeley Data sbjf5csrdm) and PLGA microparticles (Bao et al. 2025, Mendeley Data 10.17632/zzvtdrcy76.2).
Rows that several files hold count once. RDKit and, for structures by name, the package chemicals must be installed.

Studies and payloads that share rows are left out together, in ten folds; every study has the same weight in the
fit. The error is that of the median, in points of EE; baselines are the median of all and of the method, of the
same folds. `--score` scores the shipped regression on other rows and tells apart studies that it was fitted on.
"""

import argparse
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import tomli_w
from scipy.special import expit, ndtri

from bench.loading_rows import descriptors_of, read
from formulate.loading.definitions import drug_loading
from formulate.loading.prediction import Measurement, describe, logit, predict_efficiency
from formulate.sampling import Array
from materials.priors import Cell, Descriptor, EfficiencyPrior, Family, encapsulation

OUT = Path(__file__).parents[1] / "materials" / "data" / "priors" / "encapsulation.toml"
ENDS: Array = ndtri(np.array([0.1, 0.5, 0.9]))
DESCRIPTORS = (  # name, words, unit, transform, smallest and largest transformed value
    ("logp", "logP", "", "linear", -4.0, 9.0),
    ("feed_ratio", "feed ratio", "kg/kg", "log10", -3.0, 0.5),
    ("surfactant_free", "surfactant in the water", "kg/m**3", "flag", 0.0, 1.0),
    ("macromolecule", "size of the molecule", "", "flag", 0.0, 1.0),
)
SAME_AS = {"emulsion-solvent-evaporation": "emulsion-oil-in-water", "thin-film-hydration": ""}
SOURCES = ["bao2025", "goren2025"]
OF = ("rows", "studies")
FREEDOM = 4.0  # of the t distribution
NU = 15.0  # studies that the common scatter counts for, when that of one method is estimated
SLOPES = [
    "slope:logp", "slope:logp|polymer-nanoparticle", "slope:logp|polymer-microparticle", "slope:logp|lipid-vesicle",
    "slope:feed_ratio|polymer", "slope:surfactant_free|polymer-nanoparticle", "slope:macromolecule",
]  # fmt: skip
LIMITS = {"all": 2.0, "family": 1.0, "method": 0.6, "cell": 0.3, "slope": 0.3}  # prior standard deviations, in logits


def skeleton(rows: pd.DataFrame) -> EfficiencyPrior:
    """Give a regression with its terms and centres, and no coefficients yet."""
    weight = 1.0 / rows.groupby("study").ee.transform("size")
    values = descriptors_of(rows)
    families, spreads = [], []
    for name, part in rows.groupby("family"):
        centre, spread = {}, {}
        for item in values:
            known = values.loc[part.index, item].notna()
            w, v = weight[part.index][known], values.loc[part.index, item][known]
            if len(v) and item != "macromolecule":
                centre[item] = round(float(np.average(v, weights=w)), 4)
                spread[item] = round(float(np.sqrt(np.average((v - centre[item]) ** 2, weights=w))), 4)
                if item == "feed_ratio" and len(v) > 1:  # it is drawn from, so a few odd ones must not widen it
                    low, centre[item], high = (round(q, 4) for q in quantiles(v, w, (0.1, 0.5, 0.9)))
                    spread[item] = round((high - low) / (ENDS[2] - ENDS[0]), 4)
        families.append(Family(str(name), WORDS[str(name)], centre, spread))
        spreads.append((len(part.study.unique()), spread))
    scales = {}
    for item in values:
        pairs = [(n, s[item]) for n, s in spreads if s.get(item, 0) > 0]
        mean = np.average([s**2 for _, s in pairs], weights=[n for n, _ in pairs]) if pairs else 1.0
        scales[item] = float(np.sqrt(mean))
    scales["macromolecule"] = 0.3
    methods = sorted(set(rows.method) - {""})
    cells = sorted({(f, m) for f, m in zip(rows.family, rows.method, strict=True) if m and f.startswith("polymer")})
    terms = ["all:", *(f"family:{f.id}" for f in families), *(f"method:{m}" for m in methods)]
    terms += [f"cell:{f}|{m}" for f, m in cells] + SLOPES
    listed = tuple(Descriptor(*item, round(scales[item[0]], 4)) for item in DESCRIPTORS)
    size = len(terms)
    return EfficiencyPrior(
        tuple(terms), (0.0,) * size, tuple((0.0,) * (i + 1) for i in range(size)), 1.0, 0.6, 0.75,
        LIMITS["family"], LIMITS["method"], listed, tuple(families), (), SAME_AS,
    )  # fmt: skip


WORDS = {
    "polymer-nanoparticle": "polyester nanoparticles",
    "polymer-microparticle": "polyester microparticles",
    "lipid-vesicle": "liposomes",
    "extracellular-vesicle": "extracellular vesicles",
    "micelle": "polymer micelles",
    "polysaccharide-particle": "chitosan nanoparticles",
    "inorganic-particle": "inorganic nanoparticles",
}


def known_of(row: Any) -> dict[str, float]:
    """Give the descriptors of a row that the prediction takes."""
    names = ("logp", "feed_ratio", "macromolecule", "surfactant_concentration")
    return {name: float(getattr(row, name)) for name in names if np.isfinite(getattr(row, name))}


def matrix(prior: EfficiencyPrior, rows: pd.DataFrame) -> Array:
    """Give the rows of terms of a table."""
    return np.vstack([describe(prior, row.family, row.method, known_of(row)).row for row in rows.itertuples()])


def fit(rows: pd.DataFrame) -> EfficiencyPrior:
    """Fit coefficients: each study weighs the same, each kind of term is held by its prior, failures pull less.

    The residuals are taken as Student's t, so that the fit goes through the median of skewed data, not its mean.
    """
    prior = skeleton(rows)
    design, observed = matrix(prior, rows), logit(rows.ee / 100)
    held = np.array([LIMITS[term.partition(":")[0]] for term in prior.terms]) ** 2
    held[[term == "slope:macromolecule" for term in prior.terms]] = 0.3**2
    held[[term.endswith("lipid-vesicle") and "slope" in term for term in prior.terms]] = 0.7**2
    start = np.zeros(len(held))
    start[0] = 0.8
    each = 1.0 / rows.groupby("study").ee.transform("size").to_numpy()
    weight = each
    for _ in range(8):  # reweighted least squares with residuals in units of 1 logit; it settles in a few rounds
        covariance = np.linalg.inv(np.diag(1 / held) + design.T @ (design * weight[:, None]))
        b = start + covariance @ (design.T @ (weight * (observed - design @ start)))
        weight = each * (FREEDOM + 1) / (FREEDOM + (observed - design @ b) ** 2)
    lower = tuple(tuple(float(f"{v:.3g}") for v in line[: i + 1]) for i, line in enumerate(covariance))
    return replace(prior, coefficients=tuple(float(f"{v:.4g}") for v in b), covariance=lower)


def folds(rows: pd.DataFrame, repeats: int, seed: int = 1) -> list[np.ndarray]:
    """Give the left-out rows of each fold: ten folds a repeat."""
    rng = np.random.default_rng(seed)
    names = rows.group.unique()
    listed = []
    for _ in range(repeats):
        mixed = rng.permutation(names)
        listed += [rows.group.isin(mixed[k::10]).to_numpy() for k in range(10)]
    return listed


def left_out(rows: pd.DataFrame, repeats: int, make: Callable[[pd.DataFrame], EfficiencyPrior]) -> Array:
    """Give mean and variance of the parameters in logits of each row when left out, (repeats, rows, 2)."""
    found = np.zeros((repeats, len(rows), 2))
    for index, out in enumerate(folds(rows, repeats)):
        found[index // 10, out] = parts(make(rows[~out]), rows[out])
    return found


def parts(prior: EfficiencyPrior, rows: pd.DataFrame) -> Array:
    """Give the mean and the variance without scatter of each row, in logits."""
    b = np.array(prior.coefficients)
    lower = np.zeros((len(b), len(b)))
    for i, line in enumerate(prior.covariance):
        lower[i, : len(line)] = line
    covariance = lower + np.tril(lower, -1).T
    listed = []
    for row in rows.itertuples():
        design = describe(prior, row.family, row.method, known_of(row))
        listed.append((float(design.row[0] @ b), float(design.row[0] @ covariance @ design.row[0] + design.unknown)))
    return np.array(listed)


def by_study(values: Array, rows: pd.DataFrame) -> float:
    """Give the mean over studies of the mean over their rows."""
    return float(pd.Series(values, index=rows.index).groupby(rows.study).mean().mean())


def stretched(rows: pd.DataFrame, found: Array, scatter: float) -> dict[tuple[str, str], float]:
    """Give how the scatter of each family and method compares with that of all, drawn to 1 where studies are few."""
    excess = (logit(rows.ee / 100) - found[..., 0]) ** 2 - found[..., 1]
    table = pd.DataFrame({"family": rows.family, "method": rows.method, "study": rows.study, "v": excess.mean(axis=0)})
    stretch = {}
    for key, part in [*table.groupby(["family", "method"]), *((((f, "")), p) for f, p in table.groupby("family"))]:
        means = np.minimum(part.groupby("study").v.mean().to_numpy(), 9 * scatter**2)  # one odd study is not the rule
        if key[1] or (key[0], "") not in stretch:
            pooled = (NU * scatter**2 + means.sum()) / (NU + len(means))
            stretch[key] = float(np.sqrt(np.clip(pooled / scatter**2, 0.6, 1.8)))
    return stretch


def common_scatter(rows: pd.DataFrame, found: Array, stretch: Array | float = 1.0) -> float:
    """Give the scatter of new studies, in logits, whose 80 % bands hold 80 % of the left-out rows and studies."""
    observed = logit(rows.ee / 100)
    for scatter in np.arange(0.8, 2.0, 0.01):
        reach = ENDS[2] * np.sqrt(found[..., 1] + (stretch * scatter) ** 2)
        inside = (np.abs(observed - found[..., 0]) <= reach).mean(axis=0)
        if (inside.mean() + by_study(inside, rows)) / 2 >= 0.8:
            return float(scatter)
    return 2.0


def shares(rows: pd.DataFrame, found: Array) -> tuple[float, float, float]:
    """Give the shares of payload, study and row in the scatter, by likelihood of the left-out residuals."""
    from scipy.optimize import minimize

    rest = logit(rows.ee / 100) - found[..., 0].mean(axis=0)
    study, payload = (pd.factorize(rows[name])[0] for name in ("study", "payload"))
    same = [(code[:, None] == code).astype(float) for code in (payload, study)] + [np.eye(len(rows))]

    def loss(logs: Array) -> float:
        whole = sum(np.exp(log) * part for log, part in zip(logs, same, strict=True))
        return float(np.linalg.slogdet(whole)[1] + rest @ np.linalg.solve(whole, rest))

    best = np.exp(minimize(loss, np.log([0.4, 0.8, 0.5]), method="Nelder-Mead", options={"maxiter": 150}).x)
    return tuple(float(v) for v in best / best.sum())  # type: ignore[return-value]


def complete(
    rows: pd.DataFrame, found: Array, prior: EfficiencyPrior, split: tuple[float, float, float]
) -> EfficiencyPrior:
    """Give the regression with its scatter, stretched by family and method, and what was measured."""
    stretch = stretched(rows, found, common_scatter(rows, found))
    each = np.array([stretch[key] for key in zip(rows.family, rows.method, strict=True)])
    scatter = common_scatter(rows, found, each)
    payload, study, row = (scatter * float(np.sqrt(share)) for share in split)
    cells = []
    for (family, method), factor in sorted(stretch.items()):
        part = rows[(rows.family == family) & ((rows.method == method) | (method == ""))]
        ends = weighted_quantiles(part, (0.1, 0.5, 0.9))
        cells.append(
            Cell(family, method, len(part), part.study.nunique(), part.payload.nunique(), *ends, round(factor, 3))
        )
    return replace(
        prior,
        study=round(study, 3),
        payload=round(payload, 3),
        row=round(row, 3),
        cells=tuple(cells),
    )


def quantiles(values: pd.Series, weights: pd.Series, levels: tuple[float, ...]) -> list[float]:
    """Give weighted quantiles."""
    order = np.argsort(values.to_numpy())
    weight = weights.to_numpy()[order]
    reach = np.cumsum(weight) - weight / 2
    return [float(np.interp(level * weight.sum(), reach, values.to_numpy()[order])) for level in levels]


def weighted_quantiles(rows: pd.DataFrame, levels: tuple[float, ...]) -> list[float]:
    """Give quantiles of the measured efficiency, each study with the same weight."""
    weight = 1.0 / rows.groupby("study").ee.transform("size")
    return [round(value / 100, 3) for value in quantiles(rows.ee, weight, levels)]


def loading_scores(rows: pd.DataFrame, band: Array) -> dict[str, float]:
    """Print and give the scores of drug loading, from the band of the efficiency and the feed ratio."""
    known = (rows.dl.notna() & rows.feed_ratio.notna()).to_numpy()
    part, bands = rows[known], band[:, known]
    convention = part.family.eq("polymer-microparticle").map({True: "B", False: "A"})
    loading = np.array([
        [float(drug_loading(e, r, c)) for e, r, c in zip(line, part.feed_ratio, convention, strict=True)]
        for line in bands
    ])  # fmt: skip
    # the same report, of DL in place of EE
    return report(part.assign(ee=part.dl), *loading, "  drug loading of polyester particles, feed known")


def report(rows: pd.DataFrame, low: Array, median: Array, high: Array, label: str) -> dict[str, float]:
    """Print and give error, coverage and width, of rows and of studies."""
    measured = rows.ee.to_numpy()
    error = np.abs(100 * median - measured)
    # what an assay cannot tell from the end of the band counts as inside
    held = np.clip(measured / 100, 0.005, 0.995)
    inside = ((held >= low - 5e-4) & (held <= high + 5e-4)).astype(float)
    width = 100 * (high - low)
    scores = {"rows": len(rows), "studies": int(rows.study.nunique())}
    for name, values in (("error", error), ("coverage", inside), ("width", width)):
        digits = 3 if name == "coverage" else 1
        scores[f"{name}_rows"] = round(float(values.mean()), digits)
        scores[f"{name}_studies"] = round(by_study(values, rows), digits)
    print(
        f"{label:58s} n {len(rows):4d}/{scores['studies']:3d}"
        f"  error {scores['error_rows']:5.1f}/{scores['error_studies']:5.1f}"
        f"  inside {scores['coverage_rows']:.2f}/{scores['coverage_studies']:.2f}  width {scores['width_rows']:.0f}"
    )
    return scores


def spread(prior: EfficiencyPrior, rows: pd.DataFrame, found: Array) -> Array:
    """Give the standard deviation of each row in logits, (rows,), with the scatter of a prior around given means."""
    total = prior.study**2 + prior.payload**2 + prior.row**2
    stretch = np.array([
        (prior.cell(f, m) or prior.cell(f, "")).stretch if prior.cell(f, m) or prior.cell(f, "") else 1.0
        for f, m in zip(rows.family, rows.method, strict=True)
    ])  # fmt: skip
    return np.asarray(np.sqrt(found[:, 1] + stretch**2 * total))


def banded(prior: EfficiencyPrior, rows: pd.DataFrame, found: Array) -> Array:
    """Give low, median and high of each row, (3, rows)."""
    return np.asarray(expit(found[:, 0] + np.outer(ENDS, spread(prior, rows, found))))


def baseline(rows: pd.DataFrame, repeats: int, by: list[str]) -> Array:
    """Give the median (each study the same weight) of the rows that were not left out, as the prediction."""
    found = np.zeros((repeats, len(rows)))
    for index, out in enumerate(folds(rows, repeats)):
        overall = weighted_quantiles(rows[~out], (0.5,))[0]
        if by:
            medians = {k: weighted_quantiles(p, (0.5,))[0] for k, p in rows[~out].groupby(by)}
            keys = zip(*(rows[out][name] for name in by), strict=True)
            found[index // 10, out] = [medians.get(key, overall) for key in keys]
        else:
            found[index // 10, out] = overall
    return found


def measured_in(rows: pd.DataFrame, study: str) -> list[Measurement]:
    """Give rows as measurements; those of one study count as one's own."""
    return [
        Measurement(m.ee / 100, m.family, m.method, known_of(m), "yours" if m.study == study else m.study)
        for m in rows.itertuples()
    ]


def narrowing(rows: pd.DataFrame, prior: EfficiencyPrior) -> dict[str, float]:
    """Score the prediction of a row from others of its study, and of a payload from other studies of it."""
    rng = np.random.default_rng(3)
    cases: dict[str, list[tuple[int, Array]]] = {"one of the study": [], "rest of the study": [], "other studies": []}
    for index, row in zip(rows.index, rows.itertuples(), strict=True):
        study = rows[(rows.study == row.study) & (rows.payload == row.payload)].drop(index)
        others = rows[(rows.study != row.study) & (rows.payload == row.payload)]
        chosen = {"rest of the study": study, "other studies": others}
        if len(study):
            chosen["one of the study"] = study.iloc[[rng.integers(len(study))]]
        for name, part in chosen.items():
            if len(part):
                given = measured_in(part, row.study)
                found = predict_efficiency(row.family, row.method, known_of(row), ENDS, given, prior)
                cases[name].append((index, found.efficiency))
    scores = {}
    for name, listed in cases.items():
        part = rows.loc[[index for index, _ in listed]]
        bands = np.array([band for _, band in listed]).T
        for key, value in report(part, *bands, f"  given {name}").items():
            scores[f"{name.replace(' ', '_')}_{key}"] = value
    return scores


def spread_within(rows: pd.DataFrame, prior: EfficiencyPrior) -> tuple[EfficiencyPrior, dict[str, float]]:
    """Move scatter from studies and payloads to rows until bands narrowed by measurements hold 80 % too."""
    total = prior.study**2 + prior.payload**2 + prior.row**2
    for factor in np.arange(1.0, 1.7, 0.05):
        row = factor * prior.row
        rest = np.sqrt((total - row**2) / (total - prior.row**2))
        tried = replace(
            prior, row=round(row, 3), study=round(rest * prior.study, 3), payload=round(rest * prior.payload, 3)
        )
        scores = narrowing(rows, tried)
        held = [scores[f"{name}_coverage_{of}"] for name in ("rest_of_the_study", "other_studies") for of in OF]
        if np.mean(held) >= 0.8:
            break
    print(f"scatter in logits, final: study {tried.study}, payload {tried.payload}, row {tried.row}")
    return tried, scores


def calibrate(paths: list[str], write: bool, repeats: int) -> None:
    """Fit, leave out, print, and write the file that ships."""
    rows = read(paths)
    polymer = rows.family.str.startswith("polymer").to_numpy()
    print(*(f"{len(rows)} measurements", *(f"{rows[n].nunique()} of {n}" for n in ("study", "payload", "group"))))
    found = left_out(rows, repeats, fit)
    split = shares(rows, found)
    prior = complete(rows, found, fit(rows), split)
    print(f"scatter in logits: study {prior.study}, payload {prior.payload}, row {prior.row}")
    # the scatter that scores a fold is estimated without it
    bands = np.zeros((repeats, 3, len(rows)))
    for index, out in enumerate(folds(rows, repeats)):
        inner = complete(rows[~out], found[:, ~out], prior, split)
        bands[index // 10][:, out] = banded(inner, rows[out], found[index // 10, out])
    band = bands.mean(axis=0)
    scores = {"all": report(rows, *band, "left-out studies and payloads, all")}
    scores["polymer"] = report(rows[polymer], *band[:, polymer], "  polyester particles")
    scores["drug_loading"] = loading_scores(rows[polymer], band[:, polymer])
    for label, by in (("median of all", []), ("median of family and method", ["family", "method"])):
        plain = baseline(rows, repeats, by).mean(axis=0)
        scores["polymer"][f"baseline {label}".replace(" ", "_")] = round(
            float(np.abs(100 * plain - rows.ee)[polymer].mean()), 1
        )
        error = np.abs(100 * plain - rows.ee.to_numpy())
        scores["polymer"][f"baseline {label}, studies".replace(" ", "_").replace(",", "")] = round(
            by_study(error[polymer], rows[polymer]), 1
        )
        report(rows, plain, plain, plain, f"  baseline: {label}")
        report(rows[polymer], plain[polymer], plain[polymer], plain[polymer], f"  baseline, polyester: {label}")
    for cell in prior.cells:
        chosen = ((rows.family == cell.family) & ((rows.method == cell.method) | (cell.method == ""))).to_numpy()
        report(rows[chosen], *band[:, chosen], f"  {cell.family} {cell.method or 'all'} (stretch {cell.stretch})")
    prior, scores["narrowed"] = spread_within(rows[polymer], prior)
    for term, value in zip(prior.terms, prior.coefficients, strict=True):
        print(f"    {term:60s} {value:6.2f}")
    if write:
        OUT.write_text(as_text(prior, rows, scores), "utf-8")
        print(f"written: {OUT.name}")


HEAD = """# Regression of the logit of encapsulation efficiency, made by bench/calibrate_loading.py; not edited by hand.
# Scores are of left-out studies and payloads; errors and widths in points of EE. The rows behind it do not ship.

"""


def as_text(prior: EfficiencyPrior, rows: pd.DataFrame, scores: Mapping[str, Mapping[str, float]]) -> str:
    """Give the content of the file that ships."""
    model = {name: getattr(prior, name) for name in ("study", "payload", "row", "new_family", "new_method")}
    body = {
        "fit": {
            "measurements": len(rows), "studies_count": int(rows.study.nunique()),
            "payloads": int(rows.payload.nunique()), "sources": SOURCES, "studies": sorted(rows.study.unique()),
        },
        "scores": {name: dict(values) for name, values in scores.items()},
        "same_as": dict(prior.same_as),
        "model": model | {"terms": list(prior.terms), "coefficients": list(prior.coefficients),
                          "covariance": [list(line) for line in prior.covariance]},
        "descriptor": [vars(item) for item in prior.descriptors],
        "family": [vars(item) for item in prior.families],
        "cell": [vars(item) for item in prior.cells],
    }  # fmt: skip
    text = HEAD + tomli_w.dumps(body, indent=1)
    tomllib.loads(text)
    return text


def score(paths: list[str]) -> None:
    """Print the scores of the shipped regression on other rows."""
    prior, rows = encapsulation(), read(paths)
    bands = np.array(
        [predict_efficiency(r.family, r.method, known_of(r), ENDS).efficiency for r in rows.itertuples()]
    ).T
    report(rows, *bands, "all rows")
    seen = rows.study.isin(prior.studies).to_numpy()
    for label, chosen in (("studies that the fit has seen", seen), ("new studies", ~seen)):
        if chosen.any():
            report(rows[chosen], *bands[:, chosen], label)
    for key, part in rows.groupby(["family", "method"]):
        chosen = rows.index.isin(part.index)
        report(part, *bands[:, chosen], "  " + " ".join(key))


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("files", nargs="+")
    arguments.add_argument("--score", action="store_true", help="score the shipped regression on these rows")
    arguments.add_argument("--write", action="store_true", help="write the file that ships")
    arguments.add_argument("--repeats", type=int, default=3)
    options = arguments.parse_args()
    sys.exit(score(options.files) if options.score else calibrate(options.files, options.write, options.repeats))
