"""How a finding is said: what was found, how much it matters, what to do."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["note", "caution", "serious"]
SEVERITIES: tuple[Severity, ...] = ("serious", "caution", "note")  # the worst first
EXPONENTS = ("n", "m", "beta")  # of time, in the power laws and Weibull; near zero nearly all is out at once


@dataclass(frozen=True)
class Finding:
    """One thing a reader must know of a fit or of readings."""

    code: str  # "at-bound", "correlated", ...
    severity: Severity
    text: str  # what was found, with numbers
    advice: str
    parameter: str = ""
