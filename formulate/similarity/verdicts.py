"""What each comparison says, in words, and where they disagree."""

from collections.abc import Mapping, Sequence

from formulate.similarity.factors import SIMILAR_F1, SIMILAR_F2
from formulate.similarity.results import (
    F2Bootstrap,
    MaximumDeviation,
    ModelRegion,
    Multivariate,
    Rescigno,
    RuleResult,
    Similarity,
    ToleranceLimits,
    Verdict,
)

MOST_NAMED = 3  # conditions that are not met, in a line
OWN_SCATTER = {"tolerance limits", "model parameters"}
ALL_POINTS = ("f2, all common times", "f1, all common times")
SAME_READINGS = (
    "the two profiles are the same readings, and what is compared with itself is similar: see whether files, sheets and"
    " profiles are the ones meant"
)
SHORT = {
    ALL_POINTS[0]: "f2 at all times",
    ALL_POINTS[1]: "f1 at all times",
    "bootstrap f2": "bootstrap",
    "Mahalanobis region (Tsong)": "Tsong",
    "T2 equivalence (Hoffelder)": "Hoffelder",
}


def verdicts(result: Similarity) -> tuple[Verdict, ...]:
    """Give a line for each method that has a result, the rules first, and for each that has none the reason."""
    said = [Verdict(f"f2, {applied.rule.name}", applied.similar, _rule(applied)) for applied in result.rules]
    said += [
        Verdict(
            ALL_POINTS[0],
            result.factors.f2 >= SIMILAR_F2,
            f"f2 = {result.factors.f2:.2f}, similar from {SIMILAR_F2:g}; {result.factors.time.size} points",
        ),
        Verdict(
            ALL_POINTS[1],
            result.factors.f1 <= SIMILAR_F1,
            f"f1 = {result.factors.f1:.2f}, similar up to {SIMILAR_F1:g}",
        ),
    ]
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
    if result.rescigno is not None:
        said.append(_rescigno(result.rescigno))
    said.extend(Verdict(method, None, f"not computed: {why}") for method, why in result.refused.items())
    return tuple(said)


def regulatory(rules: Sequence[RuleResult]) -> tuple[str, ...]:
    """Say what f2 decides under the rules of the authorities, in one line for all that say the same.

    Without such a rule, say it of those that are there.
    """
    asked = [applied for applied in rules if applied.rule.of_authority] or list(rules)
    alike: dict[tuple[object, ...], list[RuleResult]] = {}
    for applied in asked:
        numbers = (f"{applied.f2:.2f}", *applied.time.tolist())
        key = (applied.similar, applied.fast, numbers, applied.unmet, bool(applied.not_judged))
        alike.setdefault(key, []).append(applied)
    return tuple(_line(each) for each in alike.values())


def _line(alike: Sequence[RuleResult]) -> str:
    first = alike[0]
    under = f"under {_listed([_brief(applied.rule.name) for applied in alike])}"
    if first.fast:
        return f"Similar {under} without f2: both release 85 % within {first.rule.fast_minutes:g} min."
    points = "1 point" if first.time.size == 1 else f"{first.time.size} points"
    said = f"f2 = {first.f2:.2f} at {points} {under}: {words(first.similar)}"
    open_for_all = [text for text in first.not_judged if all(text in applied.not_judged for applied in alike)]
    if first.similar is None:
        more = f", and {len(first.unmet) - MOST_NAMED} more" if len(first.unmet) > MOST_NAMED else ""
        return f"{said}, for a condition is not met ({'; '.join(first.unmet[:MOST_NAMED])}{more})."
    if first.not_judged:
        said += f", as far as could be judged ({'; '.join(open_for_all)})".replace(" ()", "")
    return f"{said}."


def words(similar: bool | None, by_factor: bool = True) -> str:
    """Give a decision in a word or two: a factor tells, a test that fails has only not shown it."""
    return {True: "similar", False: "not similar" if by_factor else "not shown", None: "not decided"}[similar]


def folded(said: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """Give the verdicts of what was computed, rules that say the same in one."""
    rules: dict[tuple[bool | None, str], list[str]] = {}
    for verdict in said:
        if _is_rule(verdict.method):
            rules.setdefault((verdict.similar, verdict.says), []).append(verdict.method.removeprefix("f2, "))
    others = [
        verdict for verdict in said if not _is_rule(verdict.method) and not verdict.says.startswith("not computed")
    ]
    return (*(Verdict(f"f2: {', '.join(names)}", *key) for key, names in rules.items()), *others)


def reasons(refused: Mapping[str, str]) -> dict[str, str]:
    """Give the methods that have no result, those with the same reason in one."""
    alike: dict[str, list[str]] = {}
    for method, why in refused.items():
        alike.setdefault(why, []).append(method)
    return {", ".join(methods): why for why, methods in alike.items()}


def disagreement(said: Sequence[Verdict]) -> str:
    """Say which methods call the profiles similar and which do not, a line each; empty if all that decide agree."""
    similar = [verdict.method for verdict in said if verdict.similar is True]
    not_similar = [verdict.method for verdict in said if verdict.similar is False]
    if not similar or not not_similar:
        return ""
    lines = [f"Similar: {_short(similar, not_similar)}.", f"Not shown similar: {_short(not_similar, similar)}."]
    if {*not_similar} <= OWN_SCATTER:
        lines.append(
            "These measure the test in the scatter of the reference's own units: where that is narrow, a difference"
            " too small to matter stands out."
        )
    by_means = all(name.startswith(("f1", "f2")) for name in similar)
    if by_means and not any(name.startswith(("f1", "f2")) for name in not_similar):
        lines.append(
            "The means are close, but the units are too few or scatter too much to be sure of it, or some time differs"
            " by more than the average does."
        )
    elif any(name.startswith("f2") for name in similar) and any(name.startswith("f2") for name in not_similar):
        lines.append("Which time points count decides f2: compare the points of each rule.")
    return "\n".join(lines)


def percent(share: float) -> str:
    """Give a share in percent with the digits it has.

    >>> percent(0.9), percent(0.975), percent(0.025)
    ('90%', '97.5%', '2.5%')
    """
    return f"{100.0 * share:.6g}%"


def _is_rule(method: str) -> bool:
    return method.startswith("f2, ") and method not in ALL_POINTS


def _short(methods: Sequence[str], others: Sequence[str]) -> str:
    """List methods, the rules as one."""
    rules = [_brief(method.removeprefix("f2, ")) for method in methods if _is_rule(method)]
    names = [SHORT.get(method, method) for method in methods if not _is_rule(method)]
    if rules:
        every = len(rules) > 1 and not any(_is_rule(method) for method in others)
        names.insert(0, "f2 under every rule" if every else f"f2 under {_listed(rules)}")
    return ", ".join(names)


def _brief(name: str) -> str:
    """Give the name of a rule without its year, or of a practice by what stands in brackets."""
    if name.endswith(")"):
        return name[name.index("(") + 1 : -1]
    head, _, year = name.rpartition(" ")
    return head if year.isdigit() else name


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _rule(applied: RuleResult) -> str:
    if applied.fast:
        return f"both release 85 % within {applied.rule.fast_minutes:g} min, f2 is not needed"
    side = ">=" if applied.f2 >= SIMILAR_F2 else "<"
    text = f"f2 = {applied.f2:.2f} {side} {SIMILAR_F2:g}; {applied.time.size} points"
    return f"{text}; not met: {'; '.join(applied.unmet)}" if applied.unmet else text


def _rescigno(found: Rescigno) -> Verdict:
    return Verdict("Rescigno", None, f"xi1 = {found.xi1:.4f}, xi2 = {found.xi2:.4f}; 0 is equal, no limit is agreed")


def _bootstrap(found: F2Bootstrap) -> Verdict:
    main = found.main
    text = (
        f"low limit {main.low:.2f} (percentile), {main.bca_low:.2f} (BCa), similar from {SIMILAR_F2:g};"
        f" {percent(found.level)} interval"
    ).replace("nan (BCa)", "none (BCa)")
    if (main.low >= SIMILAR_F2) != (main.bca_low >= SIMILAR_F2) and main.bca_low == main.bca_low:
        text += "; the two kinds of limit disagree"
    return Verdict("bootstrap f2", found.similar, text)


def _multivariate(found: Multivariate) -> tuple[Verdict, Verdict]:
    region = (
        f"distance {found.distance:.3f}, {percent(found.level)} region up to {found.high:.3f},"
        f" limit {found.limit:.3f} ({found.mtad:g} % at each time)"
    )
    test = (
        f"F = {found.f:.4g}, critical {found.critical_f:.4g}, p = {found.p_equivalence:.3g}"
        f" at {percent(found.significance)} (margin: {found.mtad:g} % at each time)"
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
        f" {percent(found.share)} of the reference's units with confidence {percent(found.confidence)}"
    )
    return Verdict("tolerance limits", found.similar, text)


def _model_region(found: ModelRegion) -> Verdict:
    text = (
        f"{found.model}: the {percent(found.level)} region of the difference reaches {found.needed:.2f} standard"
        f" deviations between the reference's units, similar up to {found.limit:g}"
    )
    return Verdict("model parameters", found.similar, text)
