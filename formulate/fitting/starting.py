"""The start a user gives: a value for each parameter, or for those that the others leave no doubt of."""

from collections.abc import Mapping

import numpy as np

from formulate.curves.model import Floats, Model
from formulate.fitting.results import Points


def started(model: Model, points: Points, given: Mapping[str, float]) -> Floats | None:
    """Give the parameters to start from.

    Parameters
    ----------
    model : Model
        The curve.
    points : Points
        The readings.
    given : mapping of str to float
        Values of parameters of the model, in the units of the data.

    Returns
    -------
    ndarray, shape (parameters,), or None
        Linear parameters without a value are where the sum of squares is least with the others at theirs. None if
        nothing is given, a parameter that is not linear has no value, or the curve has none there.

    Examples
    --------
    >>> from formulate.curves.formula import formula_model
    >>> time = np.array([0.0, 1.0, 2.0])
    >>> points = Points(time, 80.0 * (1.0 - np.exp(-0.5 * time)), np.ones(3), np.zeros(3, dtype=np.int64))
    >>> started(formula_model("a*(1-exp(-k*t))"), points, {"k": 0.5}).round(6).tolist()
    [80.0, 0.5]
    >>> started(formula_model("a*(1-exp(-k*t))"), points, {"a": 80.0})
    """
    missing = [place for place, name in enumerate(model.names) if name not in given]
    if len(missing) == len(model.names) or any(model.parameters[place].grid for place in missing):
        return None
    values = np.array([given.get(name, 0.0) for name in model.names])
    if missing:
        with np.errstate(all="ignore"):
            root = np.sqrt(points.weight)
            base = root * (points.released - model.curve(points.time, *values.tolist()))
            slopes = root * np.asarray(model.gradient(points.time, *values.tolist()))[missing]
        if not (np.isfinite(base).all() and np.isfinite(slopes).all()):
            return None
        values[missing] = np.linalg.lstsq(slopes.T, base, rcond=None)[0]
    return values
