"""What feasibility looks like in a terminal: a table of verdicts, then the sentence that decided each."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tui.show import DISCLAIMER
from tui.table import columns, wrap

if TYPE_CHECKING:
    from formulate.feasibility import Check
    from formulate.formulation import Formulation

Checked = tuple["Formulation", "tuple[Check, ...]"]

MARKS = {"passes": "yes", "fails": "NO", "not-known": "?", "not-applicable": "-"}
LEGEND = "yes: passes in 90 % of the draws, NO: fails in 90 %, a share: unsure, ?: not known, -: does not apply."
OPEN = ("fails", "unsure", "not-known")


def feasible_text(checked: Sequence[Checked], heading: str, width: int, aside: Mapping[str, str]) -> str:
    """Give what was checked: of one formulation every sentence, of several a table and what does not pass.

    `aside` tells why there is no formulation of a carrier.
    """
    if len(checked) == 1:
        formulation, checks = checked[0]
        parts = [wrap(f"{formulation.label}: {heading}", width)]
        parts += [_told(check, width) for check in checks]
    else:
        parts = [wrap(heading, width), _table(checked, width), wrap(LEGEND, width), "What does not pass, and why"]
        parts += [text for item in checked if (text := _reasons(*item, width))]
        parts += _not_applicable(checked, width)
    parts += [wrap(f"Not checked: {name} {reason}.", width) for name, reason in aside.items()]
    return "\n\n".join([*parts, DISCLAIMER])


def _told(check: "Check", width: int) -> str:
    share = "" if check.probability is None else f", in {_share(check.probability)} of the draws"
    lines = [wrap(f"{check.name}, {check.label}: {check.verdict}{share}", width)]
    lines.append(wrap(check.told, width, "  ", "  "))
    if check.sources:
        lines.append(wrap(f"sources: {', '.join(check.sources)}", width, "  ", "    "))
    return "\n".join(lines)


def _table(checked: Sequence[Checked], width: int) -> str:
    """Lay out the verdicts; a check that applies to none is left to the list of those."""
    asked = [any(checks[i].verdict != "not-applicable" for _, checks in checked) for i in range(len(checked[0][1]))]
    names = [check.name for check, applies in zip(checked[0][1], asked, strict=True) if applies]
    rows = [
        [(_id(formulation),), *((_mark(check),) for check, applies in zip(checks, asked, strict=True) if applies)]
        for formulation, checks in checked
    ]
    return columns(["formulation", *names], rows, width)


def _id(formulation: "Formulation") -> str:
    if formulation.system:
        return formulation.system
    return " in ".join(layer.carrier for layer in formulation.layer)


def _mark(check: "Check") -> str:
    if check.verdict != "unsure":
        return MARKS[check.verdict]
    return "unsure" if check.probability is None else _share(check.probability)


def _share(probability: float) -> str:
    from formulate.report.text import share_text

    return share_text(probability)


def _reasons(formulation: "Formulation", checks: "tuple[Check, ...]", width: int) -> str:
    listed = [check for verdict in OPEN for check in checks if check.verdict == verdict]
    if not listed:
        return ""
    words = {"fails": "FAILS", "unsure": "unsure", "not-known": "?"}
    lines = [wrap(f"{words[check.verdict]} {check.name}: {check.told}", width, "  ", "    ") for check in listed]
    return "\n".join([_id(formulation), *lines])


def _not_applicable(checked: Sequence[Checked], width: int) -> list[str]:
    """Give once each why a check does not apply, with how many formulations it is so for."""
    counts: dict[tuple[str, str], int] = {}
    for _, checks in checked:
        for check in checks:
            if check.verdict == "not-applicable":
                key = (check.name, check.told)
                counts[key] = counts.get(key, 0) + 1
    if not counts:
        return []
    lines = [wrap(f"{name}: {told} ({count} of {len(checked)})", width, "  ", "    ")
             for (name, told), count in counts.items()]  # fmt: skip
    return ["\n".join(["What does not apply", *lines])]
