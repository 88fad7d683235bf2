"""A user's own formula as a model: read, differentiated, and ready to be fitted."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from formulate.curves.differentiation import derivative, kinked_names, linear_names
from formulate.curves.expression import evaluator
from formulate.curves.formula_dimensions import dimensions
from formulate.curves.formula_grammar import Formula, FormulaError, read_formula
from formulate.curves.formula_starts import candidates, refined, without_value
from formulate.curves.model import Floats, Model, Parameter
from materials.errors import DomainError, UnknownIdError, nearest, shorten

VARIABLES = ("t", "x")  # names of the independent variable
MOST = 30  # parameters
FEW = 3  # nonlinear parameters; more are hard to find without a start
MOMENT = (1.0, 0.0)  # dimension of a time
ANY = (-math.inf, math.inf)


def formula_model(
    text: str,
    *,
    start: Mapping[str, float] | None = None,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    columns: Mapping[str, ArrayLike] | None = None,
) -> Model:
    """Make a model of a formula.

    Parameters
    ----------
    text : str
        The formula, in the independent variable t or x and parameters of any other name, such as
        "Fmax*(1 - exp(-k*t))"; `formulate.curves.formula_grammar.read_formula` says what may stand in it.
    start : mapping of str to float, optional
        Values that some parameters may be near; the search tries them and others.
    bounds : mapping of str to (float, float), optional
        Lowest and highest value of some parameters; infinite for no bound.
    columns : mapping of str to array_like, shape (points,), optional
        Independent variables by name, where there are several; the model then takes the number of a row, from 0, in
        place of the time.

    Returns
    -------
    Model
        With exact derivatives; ``starts`` gives values to begin with, NaN where a parameter is linear. The curve is
        NaN or infinite, without a warning, where the formula has no value.

    Raises
    ------
    FormulaError
        The formula cannot be read, has no independent variable or no parameter, or a parameter changes nothing.
    UnknownIdError
        A start or bound is given for what is no parameter.
    DomainError
        A start is not finite or lies outside its bounds, or bounds do not lie in order; and from ``starts``, where the
        formula has no value at a reading, whatever its parameters.

    Examples
    --------
    >>> model = formula_model("Fmax*(1 - exp(-k*t))")
    >>> model.names
    ('Fmax', 'k')
    >>> model.curve(np.array([0.0, 1.0]), 100.0, 0.693147).round(3).tolist()
    [0.0, 50.0]
    >>> model.gradient(np.array([0.0, 1.0]), 100.0, 0.693147).round(3).tolist()
    [[0.0, 0.5], [0.0, 50.0]]
    """
    start, bounds = dict(start or {}), dict(bounds or {})
    formula = read_formula(text)
    table = {name: np.asarray(values, dtype=np.float64) for name, values in (columns or {}).items()}
    variables = tuple(table) if table else (_variable(formula),)
    names = tuple(name for name in formula.names if name not in variables)
    _check(formula, variables, names)
    _check_given(names, start, bounds)
    graph, inputs = formula.graph, (*variables, *names)
    curve_of = evaluator(graph, inputs, [formula.output])
    slopes_of = evaluator(graph, inputs, [derivative(graph, formula.output, name) for name in names])
    linear = linear_names(graph, formula.output, names)
    kinked = kinked_names(graph, formula.output, names)

    def independent(t: Any) -> list[Any]:
        if not table:
            return [t]
        return [table[name][np.asarray(t, dtype=np.intp)] for name in variables]

    def curve(t: Floats, *parameters: Any) -> Floats:
        (result,) = curve_of(*independent(t), *parameters)
        shape = _shape(t, parameters)
        return result if np.shape(result) == shape else np.array(np.broadcast_to(result, shape))

    def gradient(t: Floats, *parameters: Any) -> Floats:
        result = np.empty((len(names), *_shape(t, parameters)))
        for row, slope in enumerate(slopes_of(*independent(t), *parameters)):
            result[row] = slope
        return result

    def starts(t: Floats, released: Floats) -> Floats:
        axis = np.asarray(independent(t)[-1], dtype=np.float64)
        known = dimensions(graph, formula.output, variables, names)
        rows = candidates(names, linear, known, axis, released, start, bounds)
        kinks = [names.index(name) for name in kinked if known.get(name) == MOMENT and name not in linear]
        nowhere = without_value(curve, rows, t)
        if nowhere.size:
            need = "readings at which the formula has a value"
            raise DomainError("row" if table else variables[0], float(nowhere[0]), "", need, "leave this one out")
        hard = len(names) - len(linear) > FEW and not start
        ends = [bounds.get(name, ANY) for name in names]
        return refined(curve, rows, t, released, ends, kinks, effort=4 if hard else 1)

    return Model(
        id="formula",
        name="formula",
        equation=text.strip(),
        parameters=tuple(
            Parameter(name, f"{name} of the formula", "", "linear", *bounds.get(name, ANY), grid=grid)
            for name in names
            for grid in [() if name in linear else _GRID]
        ),
        curve=curve,
        gradient=gradient,
        starts=starts,
        group="formula",
        monotone=False,
        assumes="the formula describes the release; nothing in it was checked but its form",
        source="the user",
    )


_GRID = tuple(sign * size for sign in (1.0, -1.0) for size in (0.01, 0.1, 1.0, 10.0))  # where nothing else is known


def _shape(t: Floats, parameters: tuple[Any, ...]) -> tuple[int, ...]:
    wide = [parameter.shape for parameter in parameters if isinstance(parameter, np.ndarray) and parameter.ndim]
    return np.broadcast_shapes(np.shape(t), *wide) if wide else np.shape(t)


def _variable(formula: Formula) -> str:
    found = [name for name in VARIABLES if name in formula.names]
    if len(found) == 2:
        raise FormulaError(formula.text, None, "both t and x stand in it; one of them is the independent variable")
    if not found:
        hint = "; T is a parameter" if "T" in formula.names else ""
        raise FormulaError(formula.text, None, f"no independent variable; call it t or x{hint}")
    return found[0]


def _check(formula: Formula, variables: tuple[str, ...], names: tuple[str, ...]) -> None:
    for name in variables:
        if name not in formula.names:
            raise FormulaError(formula.text, None, f"the independent variable {name!r} does not stand in it")
    used = {formula.graph.nodes[index].name for index in formula.graph.needed([formula.output])}
    for name in names:
        if name not in used:
            raise FormulaError(formula.text, None, f"{shorten(name, 20)!r} changes nothing; leave it out")
    if not names:
        raise FormulaError(formula.text, None, f"no parameter; need a name besides {' and '.join(variables)}")
    if len(names) > MOST:
        raise FormulaError(formula.text, None, f"{len(names)} parameters; need at most {MOST}")


def _check_given(names: tuple[str, ...], start: Mapping[str, float], bounds: Mapping[str, tuple[float, float]]) -> None:
    for name in (*start, *bounds):
        if name not in names:
            raise UnknownIdError("parameter of the formula", shorten(name, 20), nearest(name, names))
    for name, (low, high) in bounds.items():
        if not low < high:
            raise DomainError(name, low, "", f"a lower bound below the upper one, {high:g}", "or fix it")
    for name, value in start.items():
        low, high = bounds.get(name, ANY)
        if not math.isfinite(value) or not low <= value <= high:
            raise DomainError(name, value, "", f"a finite start from {low:g} to {high:g}")
