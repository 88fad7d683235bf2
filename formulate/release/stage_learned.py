"""The release stage by published profiles of a carrier's kind: polyester particles and passively loaded liposomes."""

from dataclasses import replace

import numpy as np

from formulate.case import Case
from formulate.inputs import Input
from formulate.release.learned import curve
from formulate.release.learned.features import Description, Family, numbers_of_draws
from formulate.release.learned.population import population
from formulate.release.learned.prediction import LearnedRelease, outside_of, predict
from formulate.release.stage_nest import NEEDED, out_of_particles, polymer_left
from formulate.release.stage_triggers import own_time
from formulate.release.updating import FEWEST_EFFECTIVE
from formulate.results import Loading, Release
from formulate.sampling import Array
from materials.evidence import Evidence, Spread
from materials.values import Value

FACTOR = "in_body_release_factor"
PARAMETER = "learned_release_"  # of the vocabulary, followed by the name
LOADED = 1e-6  # a drug loading below is as good as none
DAY = 86400.0
SMALL = 2.0  # kg/mol; drugs of the published profiles are small molecules
WEIGHED = 1024  # draws that measured points weigh, at least
# the parameters of the curve as columns of draws: what two share counts for the first of them
ORDER = (3, 0, 1, 2, 4)
NAMES = ("main_time", "final_share", "burst", "burst_time", "shape")
UNLIKE = (
    "what was measured is unlike any published profile: the band rests on few draws; fit the data instead "
    "(formulate fit --use-in)"
)
# fields of a description, and the properties they are drawn from
_FIELDS = {"diameter": "diameter", "molar_mass": "molecular_weight", "lactide_fraction": "lactide_fraction"}


def learned(case: Case, loading: Loading, family: Family) -> Release:
    """Release as published profiles let expect it of each draw, moved by the first points in the file, in the body.

    Raises
    ------
    MissingValueError
        A number that the polymer's decay or the depot around needs is given neither by the user nor by the catalog.
    """
    described = description(case, loading, family)
    mean, covariance = population(family).priors(numbers_of_draws(described, _drawn(case, loading, described)))
    given = case.holder.first_points
    found = None
    if given is None:
        scores, parameters = _each(case, mean, covariance)
    else:
        found = predict(
            described,
            [DAY],
            given.points.observed,
            draws=max(case.inputs.draws.count, WEIGHED),
            seed=case.inputs.draws.seed,
            expected=_pooled(mean, covariance),
        )
        scores, parameters = _moved(case, found)
    _keep(case, family, scores, parameters)
    factor, told = _factor(case)
    bench = own_time(case, case.inner) * factor
    released = curve.values(parameters, bench / DAY)
    substance = np.ones_like(released)
    if family == "polyester":
        substance = polymer_left(case.inner, bench)
        # what no bench saw come out is in the polymer, and cannot stay in it when it is gone
        stays = np.exp(-np.logaddexp(0.0, parameters[:, :1]))
        released += stays * (1.0 - substance)
    result = out_of_particles(case, released, substance)
    return replace(result, warnings=(*result.warnings, told, *_remarks(case, described, found)))


def description(case: Case, loading: Loading | None, family: Family) -> Description:
    """Give what the population is asked of a formulation: typical values of what the file and the catalog say."""
    held = loading.layers[0].drug_loading if loading is not None and loading.layers else None
    share = _typical(case, "drug_loading") if held is None else float(np.median(held))
    loaded = share if share is not None and share > LOADED else None
    if family == "liposome":
        return Description(family, _typical(case, "diameter"), drug_loading=loaded)
    return Description(
        family,
        _typical(case, _FIELDS["diameter"]),
        drug_loading=loaded,
        lactide_fraction=_typical(case, _FIELDS["lactide_fraction"]),
        molar_mass=_typical(case, _FIELDS["molar_mass"]),
    )


def _typical(case: Case, name: str) -> float | None:
    return case.inner.typical(name, NEEDED) if case.inner.find(name) is not None else None


def _drawn(case: Case, loading: Loading, described: Description) -> dict[str, Array]:
    """Give the draws of what is described, by field; of a liposome nothing that counts is drawn."""
    if described.family == "liposome":
        return {}
    known = {
        field: case.inner.read(name, NEEDED)[:, 0]
        for field, name in _FIELDS.items()
        if getattr(described, field) is not None
    }
    if described.drug_loading is not None:
        held = loading.layers[0].drug_loading
        known["drug_loading"] = case.inner.read("drug_loading", NEEDED)[:, 0] if held is None else held
    return known


def _pooled(mean: Array, covariance: Array) -> tuple[Array, Array]:
    """Give mean and covariance over all draws of what is known: points tell of the curve, whatever the draw."""
    away = mean - mean.mean(axis=0)
    return mean.mean(axis=0), covariance.mean(axis=0) + away.T @ away / len(mean)


def _each(case: Case, mean: Array, covariance: Array) -> tuple[Array, Array]:
    """Give independent scores (5, draws) and the parameters (draws, 5), each draw by its own expectation."""
    draws, layer = case.inputs.draws, case.holder.id
    scores = np.stack([draws.standard_normal(f"learned.{layer}.{i}") for i in range(len(NAMES))])
    roots = np.linalg.cholesky(covariance[:, ORDER, :][:, :, ORDER])
    parameters = np.empty((draws.count, len(NAMES)))
    parameters[:, ORDER] = mean[:, ORDER] + (roots @ scores.T[:, :, None])[:, :, 0]
    return scores, parameters


def _moved(case: Case, found: LearnedRelease) -> tuple[Array, Array]:
    """Give scores (5, draws) and parameters (draws, 5) under the measured points; of a typical draw the mean.

    Draws whose scores are chosen, one input at a time or by a design, have the quantiles of the measured curves there.
    """
    every, count = found.parameters, case.inputs.draws.count
    middle = every.mean(axis=0)
    if count == 1:
        return np.zeros((len(NAMES), 1)), middle[None, :]
    kept = every[((np.arange(count) + 0.5) * len(every) / count).astype(int)]
    covariance = np.cov(every.T) + 1e-12 * np.eye(len(NAMES))
    root = np.linalg.cholesky(covariance[np.ix_(ORDER, ORDER)])
    made = np.asarray(np.linalg.solve(root, (kept - middle)[:, ORDER].T))
    draws, layer = case.inputs.draws, case.holder.id
    scores = np.stack([draws.taken(f"learned.{layer}.{i}", row) for i, row in enumerate(made)])
    if np.array_equal(scores, made):
        return made, kept
    from scipy.special import ndtr

    whole = np.linalg.solve(root, (every - middle)[:, ORDER].T)
    moved = np.stack([np.quantile(row, ndtr(asked)) for row, asked in zip(whole, scores, strict=True)])
    kept = np.empty((count, len(NAMES)))
    kept[:, ORDER] = middle[list(ORDER)] + moved.T @ root.T
    return scores, kept


def _keep(case: Case, family: Family, scores: Array, parameters: Array) -> None:
    """Enter the parameters among the numbers the prediction rests on.

    The scores kept are the independent ones: what a parameter does beyond the numbers of the formulation, which are
    inputs of their own, and beyond the parameters before it.
    """
    carrier = case.inner.entry.id
    for name, place, score in zip(NAMES, ORDER, scores, strict=True):
        values = parameters[:, place]
        low, middle, high = (float(value) for value in np.quantile(values, [0.1, 0.5, 0.9]))
        kept = Value(
            name=PARAMETER + name,
            typical=middle,
            low=low,
            high=high,
            spread=Spread.P10_P90,
            unit="1",
            evidence=Evidence.DERIVED,
            source="bao2025" if family == "polyester" else "",
            conditions="on the bench",
            note=f"{curve.NAMES[place]} (time in days), of published profiles of its kind",
        )
        case.inputs.keep(Input(f"{carrier}.{PARAMETER}{name}", carrier, kept, "catalog", False, score, values))


def _factor(case: Case) -> tuple[Array, str]:
    """Give how much faster release runs in the body, (draws, 1), and what a reader must know of it."""
    carrier = case.inner
    value, id_ = carrier.find(FACTOR), carrier.entry.id
    told = f"the release of {id_} is that of published profiles of its kind"
    if value is None:
        return np.ones((case.inputs.draws.count, 1)), f"{told}, taken to run in the body as on the bench: set {FACTOR}"
    band = "" if value.low is None or value.high is None else f" ({value.low:g} to {value.high:g})"
    return carrier.read(FACTOR, NEEDED), f"{told}, run {value.typical:g}{band} times as fast in the body"


def _remarks(case: Case, described: Description, found: LearnedRelease | None) -> tuple[str, ...]:
    """Say what was measured, and what lies outside the data."""
    carrier, given = case.inner.entry.id, case.holder.first_points
    outside = tuple(f"{carrier}: {text}" for text in outside_of(described))
    if case.payload.find("molar_mass") is not None and case.payload.typical("molar_mass", NEEDED) > SMALL:
        outside += (f"{case.payload.entry.id} is a large molecule; the published profiles are of small ones",)
    if given is None or found is None:
        blind = "neither drug nor lipids enter what published profiles tell of liposomes: measure two points"
        return (*outside, *([blind] if described.family == "liposome" else []))
    count, of = len(given.time), f" ({given.source})" if given.source else ""
    told = f"it is moved by your {count} measured point{'s'[: count > 1]}{of}, taken as of the bench"
    return (told, *outside, *((UNLIKE,) if found.effective_draws < FEWEST_EFFECTIVE else ()))
