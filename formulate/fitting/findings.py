"""How a finding is said: what was found, how much it matters, what to do."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["note", "caution", "serious"]
SEVERITIES: tuple[Severity, ...] = ("serious", "caution", "note")  # the worst first
BRIEF = 40  # characters
EXPONENTS = ("n", "m", "beta")  # of time, in the power laws and Weibull; near zero nearly all is out at once

# {}: the parameter
BRIEFS = {
    "few-times": "few times of sampling",
    "nothing-released": "no reading above zero",
    "few-in-the-rise": "few readings in the rise",
    "mostly-plateau": "mostly plateau",
    "first-past-half": "first reading past half",
    "readings-over-100": "readings above 100 %",
    "readings-below-zero": "readings below 0 %",
    "readings-fall": "readings fall",
    "levels-off-early": "levels off below 85 %",
    "zero-readings": "readings at time zero count",
    "part-only": "part of the curve fitted",
    "not-converged": "search not at rest",
    "no-intervals": "intervals not found",
    "few-points": "few readings for its parameters",
    "at-bound": "{} at its bound",
    "imprecise": "{} not fixed by the readings",
    "zero-possible": "{} may be zero",
    "singular": "parameters not determined",
    "correlated": "correlated parameters",
    "ill-conditioned": "parameters hard to tell apart",
    "plateau-extrapolated": "{} beyond the data",
    "plateau-over-100": "{} above 100 %",
    "plateau-may-be-100": "{} may be 100 %",
    "negative-lag": "{} below zero",
    "lag-may-be-zero": "{} may be zero",
    "lag-in-a-gap": "{} in a gap of the readings",
    "first-order-limit": "first order under another name",
    "exponent-near-zero": "nearly all released at once",
    "no-value": "no finite value at some times",
    "falls": "curve falls again",
    "starts-off-zero": "starts above zero",
    "starts-below-zero": "starts below zero",
    "over-100": "curve above 100 %",
    "beyond-60": "law for the first 60 %",
    "worse-than-mean": "worse than the mean",
    "misses-readings": "misses the readings",
    "lack-of-fit": "lack of fit",
    "runs": "residuals in runs",
    "one-reading-decides": "one reading decides",
    "outlier": "an outlier",
    "influential": "one reading pulls the curve",
}


@dataclass(frozen=True)
class Finding:
    """One thing a reader must know of a fit or of readings."""

    code: str  # "at-bound", "correlated", ...
    severity: Severity
    text: str  # what was found, with numbers
    advice: str
    parameter: str = ""
    brief: str = ""  # for the column of a table, at most 40 characters; by its code if not given

    def __post_init__(self) -> None:
        if not self.brief:
            text = BRIEFS.get(self.code, self.code.replace("-", " "))
            named = text.format(self.parameter or "a parameter")
            object.__setattr__(self, "brief", named if len(named) <= BRIEF else text.format("a parameter"))


def probability_text(value: float) -> str:
    """Write the p of a test.

    >>> probability_text(0.0123), probability_text(1e-110)
    ('p = 0.012', 'p < 0.0001')
    """
    return f"p = {value:.2g}" if value >= 1e-4 else "p < 0.0001"
