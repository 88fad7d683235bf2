"""What a fit gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from formulate.curves.model import Floats, Model


@dataclass(frozen=True)
class Points:
    """The readings a fit is made to, one row each, with their weights."""

    time: Floats  # (points,) in the time unit of the data
    released: Floats  # (points,) percent
    weight: Floats  # (points,) w of the weighted sum of squares
    unit: NDArray[np.int64]  # (points,) which unit each reading comes from
    weighting: str = "1"  # "1", "1/y", "1/y2", "1/sd2"
    time_unit: str = ""
    left_out: tuple[str, ...] = ()  # readings outside the window or without a weight, in words


@dataclass(frozen=True)
class FittedParameter:
    """One parameter of a fit; its interval at the level of the fit."""

    name: str
    meaning: str
    unit: str
    value: float
    standard_error: float  # NaN where it cannot be known; 0 for a fixed one
    low: float
    high: float
    fixed: bool = False
    at_bound: str = ""  # "low" or "high" where the search ended at the end of the domain


@dataclass(frozen=True)
class Criteria:
    """Goodness of fit in the definitions of DDSolver (`formulate.fitting.criteria` gives them), and more."""

    points: int
    parameters: int
    degrees_of_freedom: int
    ss: float
    wss: float
    mse: float
    r2: float
    r2_adjusted: float
    correlation: float
    aic: float
    aicc: float
    bic: float
    msc: float


@dataclass(frozen=True, eq=False)
class Fit:
    """One model fitted to one set of points."""

    model: Model
    points: Points
    parameters: tuple[FittedParameter, ...]
    covariance: Floats  # (parameters, parameters) in the units of the parameters; zero rows for fixed ones
    criteria: Criteria
    level: float = 0.95
    converged: bool = True
    starts: int = 0  # from how many starts the end was reached
    evaluations: int = 0
    warnings: tuple[str, ...] = ()
    bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)  # the user's, in the units of the data

    @property
    def values(self) -> Floats:
        """Values of the parameters, (parameters,)."""
        return np.array([parameter.value for parameter in self.parameters])

    def curve(self, time: Floats) -> Floats:
        """Percent released at times in the unit of the data."""
        return self.model.curve(np.asarray(time, dtype=np.float64), *self.values)

    @property
    def residuals(self) -> Floats:
        """Observed less fitted, (points,) percent."""
        return np.asarray(self.points.released - self.curve(self.points.time))
