"""Where the numbers of a prediction come from: its inputs, what their bands are, and the references behind them."""

from collections import Counter
from collections.abc import Iterable

from formulate.pipeline import Prediction
from formulate.report.text import lower_first, prose
from materials import catalog, sources
from materials.evidence import Evidence, Spread
from materials.values import Property, Value

SPREADS = {
    Spread.P10_P90: "10th to 90th percentile",
    Spread.SD: "± one standard deviation",
    Spread.SE: "± one standard error",
    Spread.IQR: "quartiles",
    Spread.RANGE: "range, taken as 5th to 95th percentile",
    Spread.BOUND: "bound, taken as 5th or 95th percentile",
}


def used_inputs(prediction: Prediction) -> list[dict[str, object]]:
    """Give the numbers a prediction rests on, by key, each with its band, evidence and source.

    Besides what is drawn, the list holds the numbers that are read as chosen: the target concentration and the
    injection volume where the catalog gives them.
    """
    listed = [described(item.key, item.value, item.set_by) for item in prediction.inputs]
    keys = {item["key"] for item in listed}
    for key, value in _chosen(prediction):
        if key not in keys:
            set_by = "user" if value.evidence is Evidence.USER else "catalog"
            listed.append(described(key, value, set_by, chosen=True))
    return sorted(listed, key=lambda item: str(item["key"]))


def _chosen(prediction: Prediction) -> Iterable[tuple[str, Value]]:
    """Give the catalog values that stand in for what the user left open, and are not drawn."""
    case, formulation = prediction.case, prediction.formulation
    wanted = [(case.payload, "molar_mass")]
    if not formulation.cargo.dose:
        wanted.append((case.payload, "usual_dose"))
    if not formulation.regimen.volume:
        wanted.append((case.site, "injection_volume"))
    for subject, name in wanted:
        value = subject.find(name)
        if value is not None:
            yield f"{subject.entry.id}.{name}", value


def described(key: str, value: Value, set_by: str, *, chosen: bool = False) -> dict[str, object]:
    """Give one number a result rests on: value, band, evidence, source and where it applies."""
    kind = catalog.load().property(value.name)
    return {
        "key": key,
        "label": kind.label,
        "typical": value.typical,
        "low": value.low,
        "high": value.high,
        "unit": value.unit,
        "spread": str(value.spread),
        "band": "used as typical: chosen, not drawn" if chosen else spread_text(value, kind),
        "evidence": str(value.evidence),
        "set_by": set_by,
        "source": value.source,
        "locator": value.locator,
        "conditions": value.conditions,
        "note": value.note,
        "applies_to": {
            name: given for name in ("species", "state", "payload", "layer", "basis") if (given := getattr(value, name))
        },
    }  # fmt: skip


def spread_text(value: Value, kind: Property) -> str:
    """Say what the low and high of a value are; a lone number takes the default doubt of its property."""
    if value.spread is not Spread.SINGLE:
        return SPREADS[value.spread]
    # what the user typed as one number is exact; its unit may be one of no table, such as h^beta of a release law
    if value.evidence is Evidence.USER or catalog.load().distribution(value).is_exact:
        return "exact"
    size = f"{kind.default_spread:g}"
    if kind.support == "positive":
        return f"one number: ×/÷ {size} by default"
    if kind.support == "fraction":
        return f"one number: ± {size} on the logit scale by default"
    return f"one number: ± {size} by default"


def evidence_counts(inputs: Iterable[dict[str, object]]) -> dict[str, int]:
    """Give how many inputs stand on each level of evidence, best level first."""
    counts = Counter(str(item["evidence"]) for item in inputs)
    return {str(level): counts[level] for level in Evidence if counts[level]}


def driver_text(key: str) -> str:
    """Give the name of an input from its key: what it is, and of what.

    >>> driver_text("dasatinib.molar_mass")
    'molar mass (dasatinib)'
    """
    subject, _, name = key.partition(".")
    known = catalog.load()
    label = known.properties[name].label if name in known.properties else name.replace("_", " ")
    entry = known.carriers.get(subject) or known.payloads.get(subject) or known.sites.get(subject)
    return f"{prose(label)} ({lower_first(entry.name) if entry else subject})"


def reference_text(key: str) -> tuple[str, str]:
    """Give a reference and its web address; a key that the bibliography lacks, from a user's own entry, as it is."""
    known = sources.keys()
    if key not in known:
        return key, ""
    address = sources.link(key)
    return sources.reference(key), address if address.startswith(("https://", "http://")) else ""
