"""What a sweep came to, in a terminal."""

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from formulate.designs.sweep import Sweep

WIDEST = 100


def sweep_text(found: "Sweep", width: int = WIDEST) -> str:
    """Give counts, the best designs, how many hold each limit, and why some could not be computed."""
    width = min(width, WIDEST)
    wanted = f"{found.target.probability:.0%}"
    draws = found.target.calculation.draws
    told = f"{found.met} of {found.designs} designs meet the target with a probability of at least {wanted}"
    lines = textwrap.wrap(f"{told}, by {draws} draws each.", width)
    if found.best:
        lines += ["", "The best" if found.met else "Nearest to it"]
        for item in found.best:
            settings = ", ".join(f"{name} {value}" for name, value in item.settings.items())
            head = f"  design {item.design}: {item.probability:.0%}; "
            lines += textwrap.wrap(head + settings, width, subsequent_indent="    ", break_on_hyphens=False)
        best = "The best of many looks better than it is: its draws are those it was chosen by. `formulate design` "
        lines += textwrap.wrap(f"{best}computes the best anew.", width)
        lines += ["", f"Designs that hold each limit with at least {wanted}"]
        lines += [f"  {name}: {count}" for name, count in found.held.items()]
    if found.refusals:
        lines += ["", f"{found.designs - found.computed} could not be computed"]
        for reason, count in found.refusals.items():
            lines += textwrap.wrap(f"  {count}: {reason}", width, subsequent_indent="    ")
    return "\n".join(lines)
