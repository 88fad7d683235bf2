"""What a comparison of two release profiles gives, method by method."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Factors:
    """Difference factor f1 and similarity factor f2 in their five estimators; NaN where one cannot be had."""

    time: Floats  # (points,) the time points used
    f1: float
    f2: float
    expected: float = np.nan  # exp.f2: variance of the means added
    bias_corrected: float = np.nan  # bc.f2: variance of the means taken off
    variance_weighted_expected: float = np.nan  # vc.exp.f2
    variance_weighted_bias_corrected: float = np.nan  # vc.bc.f2
    undefined: tuple[str, ...] = ()  # which of them cannot be had, and why


@dataclass(frozen=True)
class Rule:
    """How one authority, or one practice, applies f2 to immediate-release dosage forms."""

    id: str  # "ema"
    name: str
    last_point: str  # "any", "reference" or "both": whose mean must pass 85 % for the point to be the last one used
    early_minutes: float | None  # spread of `early_variation` is accepted up to this time ...
    early_share: float | None  # ... or in this first share of the points ...
    early_points: int | None  # ... or in this many first points; all None: no condition on spread
    early_variation: float  # percent, coefficient of variation
    late_variation: float  # percent
    fast_minutes: float | None  # 85 % of both by then: similar without f2
    fast_of: str  # "mean" or "unit": what must reach 85 %
    fast_above: bool  # more than 85 %, not 85 % itself
    fast_variation: float | None  # percent, largest coefficient of variation for that
    source: str
    note: str = ""

    @property
    def of_authority(self) -> bool:
        """Whether an authority has it; the points up to 85 % of both are old practice alone."""
        return self.last_point != "both"


@dataclass(frozen=True)
class RuleResult:
    """One rule applied: its points, its factors, what it asks that is not met, and what it says."""

    rule: Rule
    time: Floats  # (points,) used
    f1: float
    f2: float
    unmet: tuple[str, ...]  # conditions not met, in words
    not_judged: tuple[str, ...]  # conditions that could not be looked at, in words
    similar: bool | None  # None: the rule is not met, so that f2 decides nothing
    verdict: str
    fast: bool = False  # both release 85 % early: similar without f2


@dataclass(frozen=True)
class Rescigno:
    """Rescigno's indices: 0 for equal profiles, 1 where one releases and the other does not."""

    xi1: float
    xi2: float
    time: Floats  # (points,) over which they are integrated


@dataclass(frozen=True)
class F2Interval:
    """Bootstrap limits of one estimator of f2."""

    estimator: str  # "f2", "expected", "bias corrected"
    points: str  # "fixed", or "selected" anew in each replicate
    value: float  # from the data
    low: float  # percentile limits
    high: float
    bca_low: float  # bias-corrected and accelerated limits
    bca_high: float
    undefined: int  # replicates in which it cannot be had; they rank above all others


@dataclass(frozen=True)
class F2Bootstrap:
    """f2 with its limits over the units of both products."""

    count: int
    seed: int
    level: float  # of the two-sided interval: 0.9 puts 5 % below the low limit
    rule: str  # id of the rule whose points are used, "" for all
    time: Floats  # (points,) the fixed points
    intervals: tuple[F2Interval, ...]

    @property
    def main(self) -> F2Interval:
        """The interval that decides: f2 itself at fixed points."""
        return self.intervals[0]

    @property
    def similar(self) -> bool:
        """Whether the low percentile limit is at least 50."""
        return bool(self.main.low >= 50.0)


@dataclass(frozen=True)
class Multivariate:
    """The whole profiles as points in as many dimensions as there are times, and two tests of their distance."""

    time: Floats  # (points,)
    units: tuple[int, int]  # reference, test
    level: float  # of the region
    significance: float  # of the equivalence test
    mtad: float  # largest tolerable average difference, percent
    distance: float  # Mahalanobis, DM = sqrt(d' S^-1 d)
    t2: float  # Hotelling
    k: float  # K (T2 to F): F = K DM^2
    f: float
    p_difference: float  # of Hotelling's test that the means are equal: not a test of similarity
    low: float  # of the region of DM along the observed difference
    high: float
    limit: float  # DM of a difference of `mtad` at every time
    noncentrality: float
    critical_f: float
    p_equivalence: float  # of the T2 test for equivalence

    @property
    def similar(self) -> bool:
        """Tsong: whether the whole region lies within the limit."""
        return bool(self.high <= self.limit)

    @property
    def equivalent(self) -> bool:
        """Hoffelder: whether non-equivalence is rejected."""
        return bool(self.f < self.critical_f)


@dataclass(frozen=True)
class MaximumDeviation:
    """The largest difference between the means at one time, with two upper limits."""

    at: float  # time at which it stands
    value: float  # percent
    high: float  # upper bootstrap limit, percent
    union_at: float
    union_high: float  # largest upper limit of |difference| over the times, by t at each (intersection-union)
    confidence: float  # one-sided, of both limits
    limit: float  # percent
    time: Floats  # (points,)
    count: int
    seed: int

    @property
    def similar(self) -> bool:
        """Whether the bootstrap limit stays within the accepted difference."""
        return bool(self.high <= self.limit)


@dataclass(frozen=True)
class Outside:
    """A reading of a test unit that the reference's limits do not hold."""

    unit: str
    time: float
    value: float  # percent
    low: float
    high: float


@dataclass(frozen=True)
class ToleranceLimits:
    """Limits that hold a share of the reference's units with a confidence, at each time."""

    time: Floats  # (points,)
    share: float
    confidence: float
    mean: Floats  # (points,) of the reference
    factor: Floats  # (points,) Howe's k: limits are mean -+ k s
    factor_sas: Floats  # (points,) k as SAS and disprofas have it
    low: Floats
    high: Floats
    outside: tuple[Outside, ...]
    readings: int  # of the test units that were looked at

    @property
    def similar(self) -> bool:
        """Whether every reading of the test lies within."""
        return not self.outside


@dataclass(frozen=True)
class ModelRegion:
    """A model fitted to each unit: the confidence region of the difference against the reference's own spread."""

    model: str
    names: tuple[str, ...]  # of the parameters as compared: "ln alpha"
    reference: Floats  # (units, parameters)
    test: Floats
    difference: Floats  # (parameters,) mean of the test less mean of the reference
    half_width: Floats  # (parameters,) of the confidence region of the difference along each parameter
    deviation: Floats  # (parameters,) standard deviation between the reference's units
    level: float
    distance: float  # Mahalanobis, of the difference in the pooled covariance
    low: float  # its limits over the region
    high: float
    needed: float  # standard deviations of the reference that hold the whole region, in every parameter
    limit: float  # how many are accepted
    ellipse: Floats | None  # (points, 2) edge of the region, for two parameters
    warnings: tuple[str, ...] = ()

    @property
    def similar(self) -> bool:
        """Whether the region of the difference lies within the accepted number of standard deviations."""
        return bool(self.needed <= self.limit)


@dataclass(frozen=True)
class Verdict:
    """What one method says, in one line."""

    method: str
    similar: bool | None  # None: it does not decide
    says: str


@dataclass(frozen=True)
class Similarity:
    """Two profiles compared by every method that the data allow."""

    reference: str
    test: str
    time_unit: str
    units: tuple[int | None, int | None]  # behind the means, where known
    time: Floats  # (points,) common to both, after zero
    mean_reference: Floats  # (points,) percent
    mean_test: Floats
    difference: Floats  # (points,) test less reference, percent
    difference_low: Floats  # (points,) its confidence limits, each time for itself; NaN where there is no spread
    difference_high: Floats
    level: float
    factors: Factors  # at all common points
    rules: tuple[RuleResult, ...]
    rescigno: Rescigno | None
    bootstrap: F2Bootstrap | None
    multivariate: Multivariate | None
    maximum: MaximumDeviation | None
    tolerance: ToleranceLimits | None
    model_region: ModelRegion | None
    refused: Mapping[str, str]  # method: the reason why it gives nothing
    verdicts: tuple[Verdict, ...] = ()
    disagreement: str = ""  # a line for each side and why it may be; empty if all that decide agree
    warnings: tuple[str, ...] = ()
    identical: bool = False  # the same readings twice

    def results(self) -> dict[str, Any]:
        """Give all numbers and words as plain lists, texts and numbers; None stands for what is not a number."""
        plain = _plain(self)
        assert isinstance(plain, dict)
        return plain


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        named = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        for property_name in ("similar", "equivalent"):
            if hasattr(value, property_name):
                named[property_name] = _plain(getattr(value, property_name))
        return named
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return value
