"""What the parameters of a formula measure: powers of time and of the response, read off how they are combined."""

from collections.abc import Collection, Sequence

from formulate.curves.expression import Graph

Dimension = tuple[float, float]  # powers of the independent variable and of the response
Equation = tuple[dict[int, float], Dimension]  # sum of multiples of the dimensions of steps = a dimension

_PURE: Dimension = (0.0, 0.0)
_SAME = ("add", "subtract", "min", "max", "where")
_KEPT = ("negative", "abs", "sqrt", "square")
_ALIKE = ("less", "less_equal")
_POWER = {"negative": 1.0, "abs": 1.0, "sqrt": 0.5, "square": 2.0}


def dimensions(graph: Graph, output: int, variables: Collection[str], names: Sequence[str]) -> dict[str, Dimension]:
    """Give the dimension of those parameters whose dimension follows from the formula.

    Parameters
    ----------
    graph : Graph
        The expressions.
    output : int
        The step that is the response.
    variables : collection of str
        Names of the independent variables.
    names : sequence of str
        The parameters.

    Returns
    -------
    dict of str to (float, float)
        Powers of the independent variable and of the response; parameters that stay open are left out.

    Notes
    -----
    What is added or compared has one dimension, what stands in a function is a pure number, and so is a number.
    Each gives an equation; one that contradicts those before it, as where a number carries a unit unsaid, is ignored.

    Examples
    --------
    >>> from formulate.curves.formula_grammar import read_formula
    >>> text, graph, output, names = read_formula("a/(1 + b*t + c*t^2)")
    >>> dimensions(graph, output, ["t"], ["a", "b", "c"])
    {'a': (0.0, 1.0), 'b': (-1.0, 0.0), 'c': (-2.0, 0.0)}
    """
    firm: list[Equation] = []
    weak: list[Equation] = [({output: 1.0}, (0.0, 1.0))]
    for index in graph.needed([output]):
        node = graph.nodes[index]
        arguments, operation = node.arguments, node.operation
        match operation:
            case "number":
                weak.append(({index: 1.0}, _PURE))
            case "name":
                if node.name in variables:
                    firm.append(({index: 1.0}, (1.0, 0.0)))
            case "multiply":
                firm.append((_sum([(index, 1.0), (arguments[0], -1.0), (arguments[1], -1.0)]), _PURE))
            case "divide":
                firm.append((_sum([(index, 1.0), (arguments[0], -1.0), (arguments[1], 1.0)]), _PURE))
            case "power":
                exponent = graph.constant(arguments[1])
                firm.append(({arguments[1]: 1.0}, _PURE))
                if exponent is not None:
                    firm.append((_sum([(index, 1.0), (arguments[0], -exponent)]), _PURE))
                else:
                    weak.append(({arguments[0]: 1.0}, _PURE))  # t/td in (t/td)^b; not so t in t^n
            case _ if operation in _SAME:
                branches = arguments[1:] if operation == "where" else arguments
                firm += [(_sum([(index, 1.0), (branch, -1.0)]), _PURE) for branch in branches]
            case _ if operation in _KEPT:
                firm.append((_sum([(index, 1.0), (arguments[0], -_POWER[operation])]), _PURE))
            case _ if operation in _ALIKE:
                firm += [(_sum([(arguments[0], 1.0), (arguments[1], -1.0)]), _PURE), ({index: 1.0}, _PURE)]
            case "step":
                firm.append(({index: 1.0}, _PURE))
            case _:
                firm += [({index: 1.0}, _PURE), ({arguments[0]: 1.0}, _PURE)]
    # numbers that multiply are pure; those that are added take the dimension of what they are added to
    solved = _solved([*firm, *sorted(weak, key=lambda equation: graph.nodes[min(equation[0])].operation != "number")])
    result: dict[str, Dimension] = {}
    for name in names:
        rest, value = solved.get(graph.name(name), ({graph.name(name): 1.0}, _PURE))
        if not rest:
            result[name] = (value[0] + 0.0, value[1] + 0.0)
    return result


def _sum(terms: Sequence[tuple[int, float]]) -> dict[int, float]:
    total: dict[int, float] = {}
    for index, factor in terms:
        total[index] = total.get(index, 0.0) + factor
    return {index: factor for index, factor in total.items() if factor}


def _solved(equations: Sequence[Equation]) -> dict[int, Equation]:
    """Give each step that an equation settles as what it equals: a dimension, less multiples of open steps."""
    solved: dict[int, Equation] = {}
    for terms, value in equations:
        rest, known = _inserted(terms, value, solved)
        if rest:
            pivot = max(rest, key=lambda index: abs(rest[index]))
            factor = rest.pop(pivot)
            entry: Equation = (
                {index: other / factor for index, other in rest.items()},
                (known[0] / factor, known[1] / factor),
            )
            one = {pivot: entry}
            for index, (others, constant) in list(solved.items()):
                if pivot in others:
                    solved[index] = _inserted(others, constant, one)
            solved[pivot] = entry
    return solved


def _inserted(terms: dict[int, float], value: Dimension, solved: dict[int, Equation]) -> Equation:
    rest: dict[int, float] = {}
    time, response = value
    for index, factor in terms.items():
        if index in solved:
            others, constant = solved[index]
            time, response = time - factor * constant[0], response - factor * constant[1]
            for other, multiple in others.items():
                rest[other] = rest.get(other, 0.0) - factor * multiple
        else:
            rest[index] = rest.get(index, 0.0) + factor
    return {index: factor for index, factor in rest.items() if abs(factor) > 1e-9}, (time, response)
