"""What each comparison says, in words, and where they disagree."""

from collections.abc import Sequence

from formulate.similarity.factors import SIMILAR_F1, SIMILAR_F2
from formulate.similarity.results import (
    F2Bootstrap,
    MaximumDeviation,
    ModelRegion,
    Multivariate,
    Rescigno,
    Similarity,
    ToleranceLimits,
    Verdict,
)

OWN_SCATTER = {"tolerance limits", "model parameters"}


def verdicts(result: Similarity) -> tuple[Verdict, ...]:
    """Give a line for each method that has a result, and for each that has none the reason."""
    said = [
        Verdict(
            "f2, all common times",
            result.factors.f2 >= SIMILAR_F2,
            f"f2 = {result.factors.f2:.2f}, similar from {SIMILAR_F2:g}; {result.factors.time.size} points",
        ),
        Verdict(
            "f1, all common times",
            result.factors.f1 <= SIMILAR_F1,
            f"f1 = {result.factors.f1:.2f}, similar up to {SIMILAR_F1:g}",
        ),
    ]
    said.extend(
        Verdict(f"f2, {applied.rule.name}", applied.similar, f"{applied.verdict}; {applied.time.size} points")
        for applied in result.rules
    )
    if result.rescigno is not None:
        said.append(_rescigno(result.rescigno))
    if result.bootstrap is not None:
        said.append(_bootstrap(result.bootstrap))
    if result.multivariate is not None:
        said.extend(_multivariate(result.multivariate))
    if result.maximum is not None:
        said.append(_maximum(result.maximum))
    if result.tolerance is not None:
        said.append(_tolerance(result.tolerance))
    if result.model_region is not None:
        said.append(_model_region(result.model_region))
    said.extend(Verdict(method, None, f"not computed: {why}") for method, why in result.refused.items())
    return tuple(said)


def disagreement(said: Sequence[Verdict]) -> str:
    """Say which methods call the profiles similar and which do not; empty if all that decide agree."""
    similar = [verdict.method for verdict in said if verdict.similar is True]
    not_similar = [verdict.method for verdict in said if verdict.similar is False]
    if not similar or not not_similar:
        return ""
    text = f"The methods disagree. Similar: {'; '.join(similar)}. Not similar: {'; '.join(not_similar)}."
    if {*not_similar} <= OWN_SCATTER:
        text += (
            " These measure the test in the scatter of the reference's own units: where that is narrow, a difference"
            " too small to matter stands out."
        )
    by_means = all(name.startswith(("f1", "f2")) for name in similar)
    if by_means and not any(name.startswith(("f1", "f2")) for name in not_similar):
        text += (
            " The means are close, but the units are too few or scatter too much to be sure of it, or some time differs"
            " by more than the average does."
        )
    elif any(name.startswith("f2") for name in similar) and any(name.startswith("f2") for name in not_similar):
        text += " Which time points count decides f2: compare the points of each rule."
    return text


def _rescigno(found: Rescigno) -> Verdict:
    return Verdict("Rescigno", None, f"xi1 = {found.xi1:.4f}, xi2 = {found.xi2:.4f}; 0 is equal, no limit is agreed")


def _bootstrap(found: F2Bootstrap) -> Verdict:
    main = found.main
    text = (
        f"low limit {main.low:.2f} (percentile), {main.bca_low:.2f} (BCa), similar from {SIMILAR_F2:g};"
        f" {found.level:.0%} interval of {found.count} replicates, seed {found.seed}"
    ).replace("nan (BCa)", "none (BCa)")
    if (main.low >= SIMILAR_F2) != (main.bca_low >= SIMILAR_F2) and main.bca_low == main.bca_low:
        text += "; the two kinds of limit disagree"
    return Verdict("bootstrap f2", found.similar, text)


def _multivariate(found: Multivariate) -> tuple[Verdict, Verdict]:
    region = (
        f"distance {found.distance:.3f}, {found.level:.0%} region up to {found.high:.3f},"
        f" limit {found.limit:.3f} ({found.mtad:g} % at each time)"
    )
    test = (
        f"F = {found.f:.4g}, critical {found.critical_f:.4g}, p = {found.p_equivalence:.3g}"
        f" at {found.significance:.0%} (margin: {found.mtad:g} % at each time)"
    )
    return (
        Verdict("Mahalanobis region (Tsong)", found.similar, region),
        Verdict("T2 equivalence (Hoffelder)", found.equivalent, test),
    )


def _maximum(found: MaximumDeviation) -> Verdict:
    text = (
        f"{found.value:.2f} % at {found.at:g}, upper limit {found.high:.2f} % (bootstrap), {found.union_high:.2f} %"
        f" (t at each time), similar up to {found.limit:g} %"
    )
    return Verdict("largest difference", found.similar, text)


def _tolerance(found: ToleranceLimits) -> Verdict:
    text = (
        f"{len(found.outside)} of {found.readings} readings of the test outside the limits that hold"
        f" {found.share:.0%} of the reference's units with confidence {found.confidence:.0%}"
    )
    return Verdict("tolerance limits", found.similar, text)


def _model_region(found: ModelRegion) -> Verdict:
    text = (
        f"{found.model}: the {found.level:.0%} region of the difference reaches {found.needed:.2f} standard deviations"
        f" between the reference's units, similar up to {found.limit:g}"
    )
    return Verdict("model parameters", found.similar, text)
