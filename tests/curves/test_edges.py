"""Every curve at the ends of the time axis and of the domains of its parameters: a number, and no warning."""

import itertools
import math

import numpy as np
import pytest

from formulate.curves.library import models
from formulate.curves.model import Model, Parameter

TINY = (0.0, 5e-324, 1e-310, 1e-300, 1e-100, 1e-12)
TIMES = np.array([*TINY, 1e-3, 0.5, 1.0, 2.0, 1e3, 1e6, 1e15])
COMBINATIONS = 250  # at most, of a model


def edges(parameter: Parameter) -> list[float]:
    """The ends of the domain, or values far out, and the ends of the grid."""
    grid = parameter.grid or (1.0, 50.0)
    wide = (min(grid) / 1e10, max(grid) * 1e10) if parameter.coordinate == "log" else (-1e3, 1e3, 1e6)
    least = (1e-300, 5e-324) if parameter.coordinate == "log" and parameter.low == 0.0 else ()
    tried = {min(grid), max(grid), *wide, *least, parameter.low, parameter.high}
    return sorted(value for value in tried if math.isfinite(value) and parameter.low <= value <= parameter.high)


@pytest.mark.parametrize("law", models("all"), ids=lambda law: law.id)
def test_a_curve_and_its_slopes_are_numbers_at_every_edge(law: Model):
    # numpy's warnings are errors here
    rows = list(itertools.product(*map(edges, law.parameters)))
    chosen = np.random.default_rng(3).permutation(len(rows))[:COMBINATIONS]
    powers = any("^" in parameter.unit for parameter in law.parameters)  # 1e15 to the 25th is no float
    for row in (rows[place] for place in chosen):
        released = law.curve(TIMES, *row)
        slopes = law.gradient(TIMES, *row)
        assert released.shape == TIMES.shape, row
        assert slopes.shape == (len(row), TIMES.size), row
        within = TIMES <= 1.0 if powers else TIMES >= 0.0
        if law.lag and powers and row[law.names.index(law.lag)] < -1.0:
            continue  # time counts from there
        assert np.isfinite(released[within]).all(), row
        assert np.isfinite(slopes[:, within]).all(), row
