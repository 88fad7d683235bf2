"""What is known of a loading before anything is predicted: measured by the user, or in the catalog."""

from dataclasses import dataclass

from formulate.case import Case
from formulate.loading import definitions
from formulate.loading.stage_assay import assayed, assays_of
from formulate.loading.stage_batches import assayed_batches
from formulate.results import Detail, Held
from formulate.sampling import Array
from materials.errors import FormulateError
from materials.values import Value

WHY = "the load"


@dataclass(frozen=True)
class Known:
    """Drug loading, encapsulation efficiency and feed ratio as far as somebody measured or chose them, (draws,)."""

    drug_loading: Array | None = None
    encapsulation_efficiency: Array | None = None
    feed_ratio: Array | None = None
    basis: str = ""
    details: tuple[Detail, ...] = ()
    warnings: tuple[str, ...] = ()
    added_per_held: Array | None = None  # drug to add per drug that ends in the product, where a batch was assayed


def known_loading(case: Case) -> Known:
    """Give what is known of how the carrier holds the payload.

    Drug loading and encapsulation efficiency are known when the user typed them, when the user's own catalog entry
    gives them, or when the catalog gives them for this payload; what it gives for a class of drugs is not. Of two that
    are known with the feed ratio, the third follows.
    """
    given = assays_of(case)
    if given:
        _refuse_both(case)
        found = assayed(case, given[0]) if len(given) == 1 else assayed_batches(case, given)
        return Known(
            found.drug_loading,
            found.encapsulation_efficiency,
            found.feed_ratio,
            "from your assay",
            found.details,
            found.warnings,
            found.added_per_held,
        )
    loading = _measured(case, "drug_loading")
    efficiency = _measured(case, "encapsulation_efficiency")
    feed = case.process.find("feed_ratio")
    chosen = feed if feed is not None and (feed.is_yours or feed.payload) else None
    ratio = case.process.read("feed_ratio", WHY)[:, 0] if chosen else None
    share = case.inner.read("drug_loading", WHY)[:, 0] if loading else None
    held = case.inner.read("encapsulation_efficiency", WHY)[:, 0] if efficiency else None
    convention = case.holder.convention
    warnings: tuple[str, ...] = ()
    if share is None and held is not None and ratio is not None:
        share = definitions.drug_loading(held, ratio, convention)
    elif share is not None and held is None and ratio is not None:
        _refuse_beyond_theoretical(case)
        held = definitions.encapsulation_efficiency(share, ratio, convention)
    elif share is not None and held is not None and ratio is not None:
        warnings = _agree(case)
    return Known(share, held, ratio, _basis(case, loading or efficiency), (), warnings)


def measured_held(case: Case) -> Held | None:
    """Give how the carrier holds the payload where somebody measured it, or None."""
    known = known_loading(case)
    share, efficiency, convention = known.drug_loading, known.encapsulation_efficiency, case.holder.convention
    if share is None and efficiency is not None and case.process.find("feed_ratio"):
        share = definitions.drug_loading(efficiency, case.process.read("feed_ratio", WHY)[:, 0], convention)
    if share is None:
        return None
    return Held(share, efficiency, convention, known.basis, known.details, known.warnings, known.added_per_held)


def _refuse_both(case: Case) -> None:
    """Refuse an assay beside the numbers that it gives."""
    for name in ("drug_loading", "encapsulation_efficiency", "feed_ratio"):
        if name in case.holder.overrides:
            place = f"layer {case.holder.id}: loading.{name}"
            raise FormulateError(f"{place} is given beside an assay, which gives it; need one of the two")


def _measured(case: Case, name: str) -> Value | None:
    found = case.inner.find(name)
    return found if found is not None and (found.is_yours or found.payload) else None


def _basis(case: Case, value: Value | None) -> str:
    if value is None:
        return ""
    if value.is_yours:
        return "given by you"
    return f"measured with {case.part.id} ({value.source or value.evidence})"


def _refuse_beyond_theoretical(case: Case) -> None:
    """Refuse a drug loading above the theoretical one of the feed, in the typical values."""
    definitions.encapsulation_efficiency(
        case.inner.typical("drug_loading", WHY), case.inner.typical("feed_ratio", WHY), case.holder.convention
    )


def _agree(case: Case) -> tuple[str, ...]:
    """Tell when drug loading, encapsulation efficiency and feed ratio that were all given contradict each other."""
    efficiency, loading, feed = (
        case.inner.typical(name, WHY) for name in ("encapsulation_efficiency", "drug_loading", "feed_ratio")
    )
    definitions.encapsulation_efficiency(loading, feed, case.holder.convention)  # refuses what is above theoretical
    agree = definitions.consistent_conventions(efficiency, loading, feed)
    if case.holder.convention in agree:
        return ()
    fits = f"convention {' or '.join(sorted(agree))}" if agree else "neither convention"
    told = (
        f"drug loading, encapsulation efficiency and feed ratio agree under {fits}, not under "
        f"convention {case.holder.convention}"
    )
    return (told,)
