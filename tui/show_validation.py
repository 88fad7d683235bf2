"""What the validation looks like in a terminal: the cases of each group, then what failed, and the sum."""

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from formulate.validation.case import PROOFS, Case, Outcome
from formulate.validation.run import GROUPS
from tui.table import grid, wrap

if TYPE_CHECKING:
    from formulate.validation.run import Validation

HEADS = ("case", "expected", "got", "unit", "error", "tolerance", "", "proof", "source")
LEGEND = (
    "Of several numbers the one with the largest error is shown. Errors and tolerances: rel. a share of the expected "
    "value, abs. in the unit. What each case is, and where its expected value comes from: --list."
)
_NARROW = 110  # below it proof and source are left to --list and --json


def validation_text(found: "Validation", width: int) -> str:
    """Give a table for each group, the failures in words, and how many cases passed."""
    parts = [
        f"{group}: {GROUPS[group]}\n{_table(list(outcomes), width)}"
        for group, outcomes in groupby(found.outcomes, lambda outcome: outcome.case.group)
    ]
    parts += [_failure(outcome, width) for outcome in found.failed]
    passed = len(found.outcomes) - len(found.failed)
    parts.append(wrap(LEGEND, width))
    parts.append(f"{passed} of {len(found.outcomes)} cases pass")
    return "\n\n".join(parts)


def listing_text(cases: Sequence[Case], width: int) -> str:
    """Give what each case proves and where its expected value comes from."""
    parts = []
    for group, members in groupby(cases, lambda case: case.group):
        rows = [
            [case.name, case.what, case.proof, ", ".join(filter(None, (case.origin, case.source)))] for case in members
        ]
        table = grid(("case", "what", "proof", "expected value from"), rows, width, hang=2)
        parts.append(f"{group}: {GROUPS[group]}\n{table}")
    told = (wrap(f"{proof}: {text}", width, "  ", "    ") for proof, text in PROOFS.items())
    parts.append("\n".join(["proof", *told]))
    return "\n\n".join(parts)


def _table(outcomes: Sequence[Outcome], width: int) -> str:
    count = len(HEADS) if width >= _NARROW else len(HEADS) - 2
    rows = [_row(outcome)[:count] for outcome in outcomes]
    return grid(HEADS[:count], rows, width, right=(1, 2, 4), hang=2)


def _row(outcome: Outcome) -> list[str]:
    case = outcome.case
    return [
        case.name,
        *("-" if value is None else f"{value:.6g}" for value in (outcome.expected, outcome.got)),
        "" if case.unit == "1" else case.unit,
        "-" if outcome.error is None else f"{outcome.error:.1e}" if outcome.error else "0",
        f"{case.tolerance:g} {'rel.' if case.is_relative else 'abs.'}",
        "pass" if outcome.passed else "FAIL",
        case.proof,
        case.source,
    ]


def _failure(outcome: Outcome, width: int) -> str:
    case = outcome.case
    if outcome.error is None:
        told = outcome.problem
    else:
        exact = f"expected {outcome.expected:.10g}, got {outcome.got:.10g} {case.unit}, error {outcome.error:.3g}"
        told = f"{exact}, tolerance {case.tolerance:g}" + (f": {outcome.problem}" if outcome.problem else "")
    return wrap(f"FAIL {case.id}: {told}", width, "", "  ")
