"""What a release curve is to those who fit it: an equation, its parameters, its gradient, and where to look for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Parameter:
    """One parameter of a release curve.

    `low` and `high` are its natural domain and `grid` are values to start a search from, both with time counted in
    units of the last time of the data (which leaves exponents and percentages as they are). A parameter without a
    grid enters the curve linearly: a search solves for it.
    """

    name: str  # as the field writes it: "kKP", "n", "Tlag", "Fmax"
    meaning: str
    unit: str  # "%", "", "{t}", "1/{t}", "%/{t}^n": {t} stands for the time unit of the data
    coordinate: Literal["linear", "log"] = "linear"  # in which it is searched, and its interval is symmetric
    low: float = -np.inf
    high: float = np.inf
    grid: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class Model:
    """A release curve: percent released as a function of time and parameters.

    Attributes
    ----------
    curve
        ``curve(t, *parameters)``: t (points,) in any unit of time, each parameter a number or an array (draws, 1);
        gives percent released, (points,) or (draws, points). Finite for t >= 0 and parameters in their domain, but
        for powers of time too large to be a number, which are infinite; without a warning anywhere.
    gradient
        ``gradient(t, *parameters)``: derivatives by each parameter, (parameters, points), or with draws between them.
    rescaled
        ``rescaled(c, *parameters)``: the parameters with time counted in a unit c times as long, so that
        ``curve(t, *parameters) == curve(t / c, *rescaled(c, *parameters))``. None where it holds in one unit only.
    starts
        ``starts(t, released)``: rows of parameters to start from, (starts, parameters), in the units of `t`; instead of
        the product of the grids. None where the grids serve.
    candidates
        Rows of parameters to start from, (candidates, parameters), with time counted in units of the last time of the
        data; instead of the product of the grids, where parameters that belong together span too wide a product.
        NaN in the column of a parameter without a grid. None where the grids serve.
    ordered
        ``ordered(*parameters)``: parameters of the same curve with exchangeable parts in their order, such as the
        faster of two pools first. None where no other parameters give the same curve.
    """

    id: str
    name: str
    equation: str
    parameters: tuple[Parameter, ...]
    curve: Callable[..., Floats]
    gradient: Callable[..., Floats]
    rescaled: Callable[..., tuple[Any, ...]] | None = None
    starts: Callable[[Floats, Floats], Floats] | None = None
    group: str = "empirical"  # "ddsolver", "empirical", "physical", "formula"
    number: int | None = None  # in the list of the DDSolver paper
    lag: str = ""  # name of the parameter before which nothing is released
    plateau: str = ""  # name of the parameter the curve levels off at
    monotone: bool = True  # never falls, whatever the parameters in their domain
    constants: Mapping[str, float] = field(default_factory=dict)  # quantities it was built with, SI
    assumes: str = ""  # what must hold for the parameters to mean what they say
    source: str = ""
    candidates: Floats | None = None
    ordered: Callable[..., tuple[Any, ...]] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parameters, in order."""
        return tuple(parameter.name for parameter in self.parameters)
