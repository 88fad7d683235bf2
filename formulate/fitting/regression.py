"""Plain nonlinear regression: a formula or a model fitted to any x and y, by the machine that fits release."""

from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from formulate.curves.formula import formula_model
from formulate.curves.model import Model
from formulate.fitting.fit import fit
from formulate.fitting.given import bounds_of, number, numbers, shown
from formulate.fitting.results import Fit, Points
from formulate.fitting.starting import started
from materials.errors import DomainError, FormulateError, MissingValueError, UnknownIdError, nearest


def fit_curve(
    curve: str | Model,
    x: ArrayLike | Mapping[str, ArrayLike],
    y: ArrayLike,
    *,
    start: Mapping[str, float] | None = None,
    weights: ArrayLike | None = None,
    fixed: Mapping[str, float] | None = None,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    level: float = 0.95,
) -> Fit:
    """Fit a curve to points of any meaning and unit by weighted least squares.

    Parameters
    ----------
    curve : str or Model
        A formula, as `formulate.curves.formula.formula_model` takes it, or a release curve.
    x : array_like, shape (points,), or mapping of str to such
        The independent variable, or several by the names they have in the formula.
    y : array_like, shape (points,)
        What was measured.
    start : mapping of str to float, optional
        Values to start from, for some parameters or all; the search starts from others too, and the best end counts.
    weights : array_like, shape (points,), optional
        w of the weighted sum of squares; 1 if not given.
    fixed : mapping of str to float, optional
        Parameters held at a value.
    bounds : mapping of str to (float, float), optional
        Lowest and highest value of parameters; infinite for no bound.
    level : float
        Of the intervals of the parameters [1].

    Returns
    -------
    Fit
        Its points have x as time and y as released; with several variables time counts the rows from 0.

    Raises
    ------
    FormulaError
        The formula cannot be read.
    DomainError
        x, y and weights differ in length or are not finite, or there are fewer points than parameters; or the formula
        has no value at a point.
    FormulateError
        What should be a number, a row of numbers or a formula is something else, such as a text.
    UnknownIdError
        A name is no parameter of the curve.
    MissingValueError
        A start for a release curve leaves a parameter out.

    Notes
    -----
    ``WSS = sum w (y - f(x))**2`` is least, with the exact derivatives of the formula. Standard errors are the roots of
    the diagonal of ``WSS/(points - parameters) (J' W J)**-1``, as NIST's certified values define them.

    Examples
    --------
    >>> line = fit_curve("a + b*x", [0.0, 1.0, 2.0], [1.0, 2.0, 6.0])
    >>> line.values.round(6).tolist()
    [0.5, 2.5]
    """
    if not isinstance(curve, str | Model):
        raise FormulateError(f"curve: {shown(curve)}; need a formula as text, or a model")
    start, fixed, bounds = numbers("start", start), numbers("fixed", fixed), bounds_of(bounds)
    level = number("level", level)
    columns = {name: _column(name, values) for name, values in x.items()} if isinstance(x, Mapping) else {}
    response = _column("y", y)
    axis = np.arange(float(response.size)) if isinstance(x, Mapping) else _column("x", x)
    weight = np.ones(response.size) if weights is None else _column("weights", weights)
    for name, column in {"x": axis, "weights": weight, **columns}.items():
        if column.size != response.size:
            raise DomainError(f"points of {name}", column.size, "", f"{response.size}, as many as of y")
    points = Points(
        axis, response, weight, np.zeros(response.size, dtype=np.int64), "1" if weights is None else "given"
    )
    if isinstance(curve, str):
        model = formula_model(curve, start=start, bounds=bounds, columns=columns)
        bounds = {}
    else:
        model = curve
        for name in start:
            if name not in model.names:
                raise UnknownIdError(f"parameter of {model.id}", name, nearest(name, model.names))
    known = {**start, **fixed}
    missing = [name for name in model.names if name not in known]
    if missing and start and isinstance(curve, Model):
        raise MissingValueError(f"the start for {model.id}", missing[0], "a start", "give one for each parameter")
    starts = started(model, points, known) if start else None
    return fit(points, model, fixed=fixed, bounds=bounds, level=level, starts=starts)


def _column(name: str, values: Any) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    try:
        given = np.asarray(values)
    except ValueError:  # rows of different length
        given = np.asarray(values, dtype=np.object_)
    real = given.dtype.kind in "iuf" or (
        given.dtype.kind == "O" and all(isinstance(number, Real) for number in given.ravel().tolist())
    )
    if not real and given.size:
        raise FormulateError(f"{name}: {shown(given.ravel().tolist()[0])} among its values; need a row of numbers")
    column = given.astype(np.float64) if real else np.zeros(given.shape)
    if column.ndim != 1:
        raise DomainError(f"dimensions of {name}", column.ndim, "", "1, a row of numbers")
    if not np.isfinite(column).all():
        raise DomainError(name, float(column[~np.isfinite(column)][0]), "", "finite numbers")
    return column
