"""What correcting for a dialysis bag gives."""

from dataclasses import dataclass

import numpy as np

from formulate.curves.model import Floats
from formulate.dialysis.between_bags import BagScatter
from formulate.dialysis.side_by_side import Shift
from formulate.fitting.results import Fit, FittedParameter


@dataclass(frozen=True)
class Candidate:
    """One release law tried: how well bag and law together describe both runs."""

    law: str
    aicc: float
    weight: float  # Akaike's, among those tried
    fit: Fit  # of law and bag together


@dataclass(frozen=True, eq=False)
class DialysisResult:
    """The release of a carrier behind the bag it was measured through; times in the unit of the data.

    Attributes
    ----------
    release
        The law of release into the bag: what `use_in` takes. Covariance and criteria are those of the joint fit, the
        degrees of freedom those of its covariance. Its points are the readings moved from the receiver to the bag, so
        that their residuals are those of the joint fit.
    joint
        The fit of law and bag together to both runs; covariance and intervals with what bags differ by.
    control
        The fit of the free-drug run alone.
    bag_scatter
        How far bags differ in their rate; None where one bag of each, or too few readings, cannot tell.
    bag_rate
        The rate a free drug leaves the bag with, as the control shows it: k_m (1 + V_d/V_r) [1/t]; from both runs,
        where the curve only shows the bag with all released at once.
    membrane_rate
        k_m [1/t]; the same where the volumes were not given.
    shows_only_bag
        True where the apparent release is no slower than the control within error. Then `release` must not be used as
        a number: `slowest_rate` is all the data say.
    slowest_rate
        Lower limit of the rate of a first-order release at the level of the fit, one-sided [1/t]; None where the
        release was resolved, or the control is not of first order.
    shift
        How much later the readings of the carrier are than those of the control, without a law of the bag; None where
        they cannot be compared.
    half_time, apparent_half_time
        (value, low, high) of the time of half of the dose out of the carrier, and the time at which the receiver has
        half of what it can get; NaN where not reached, the first also where the curve only shows the bag. The
        interval is over all laws tried, by their weights.
    half_time_of_law
        The first as if the law chosen were known to be true.
    half_time_in_other_bags
        The value of the first if the carrier's bag were a tenth slower than that of the free drug, and a tenth faster;
        None where `bag_scatter` tells how far bags differ.
    lag
        The difference of the two; and `mean_lag`, 1/bag_rate, by which the bag delays every release in the mean.
    time, released, low, high, received
        The corrected curve with its confidence band, and what the receiver shows of it, percent of the dose.
    direct_time, direct
        Release by the direct inverse from the mean readings, percent: a check, for it differentiates noise.
    statements
        The verdict in plain words, first what matters most.
    """

    name: str
    time_unit: str
    seconds: float
    release: Fit
    joint: Fit
    control: Fit
    bag_scatter: BagScatter | None
    candidates: tuple[Candidate, ...]
    bag_rate: FittedParameter
    membrane_rate: FittedParameter
    volume_ratio: float  # V_d/V_r; 0 for a perfect sink
    shows_only_bag: bool
    slowest_rate: float | None
    longest_half_time: float | None
    shift: Shift | None
    half_time: tuple[float, float, float]
    half_time_of_law: tuple[float, float, float]
    half_time_in_other_bags: tuple[float, float] | None
    apparent_half_time: float
    time: Floats
    released: Floats
    low: Floats
    high: Floats
    received: Floats
    direct_time: Floats
    direct: Floats
    statements: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def lag(self) -> float:
        """How much later the receiver shows half than the carrier has released it, in the unit of the data."""
        return self.apparent_half_time - self.half_time[0]

    @property
    def mean_lag(self) -> float:
        """How much later a molecule is seen than it was released, in the mean: 1/bag_rate."""
        return float(np.divide(1.0, self.bag_rate.value))
