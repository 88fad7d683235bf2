"""Derivatives of an expression by a name, as further steps of the same graph (forward mode)."""

import math
from collections.abc import Callable, Collection

from formulate.curves.expression import Graph

Rule = Callable[[Graph, int, int], int]  # graph, argument, result -> derivative of the result by the argument


def _over(top: float, of: Callable[[Graph, int, int], int]) -> Rule:
    return lambda graph, a, result: graph.call("divide", graph.number(top), of(graph, a, result))


def _one_minus_square(graph: Graph, a: int) -> int:
    return graph.call("subtract", graph.number(1.0), graph.call("square", a))


def _one_plus_square(graph: Graph, a: int) -> int:
    return graph.call("add", graph.number(1.0), graph.call("square", a))


def _bell(factor: float, width: float) -> Rule:
    def rule(graph: Graph, a: int, result: int) -> int:
        exponent = graph.call("multiply", graph.number(-width), graph.call("square", a))
        return graph.call("multiply", graph.number(factor), graph.call("exp", exponent))

    return rule


# derivative of a function of one argument
_RULES: dict[str, Rule] = {
    "negative": lambda graph, a, result: graph.number(-1.0),
    "square": lambda graph, a, result: graph.call("multiply", graph.number(2.0), a),
    "sqrt": _over(0.5, lambda graph, a, result: result),
    "exp": lambda graph, a, result: result,
    "ln": _over(1.0, lambda graph, a, result: a),
    "log10": _over(1.0 / math.log(10.0), lambda graph, a, result: a),
    "sin": lambda graph, a, result: graph.call("cos", a),
    "cos": lambda graph, a, result: graph.call("negative", graph.call("sin", a)),
    "tan": lambda graph, a, result: _one_plus_square(graph, result),
    "asin": _over(1.0, lambda graph, a, result: graph.call("sqrt", _one_minus_square(graph, a))),
    "acos": _over(-1.0, lambda graph, a, result: graph.call("sqrt", _one_minus_square(graph, a))),
    "atan": _over(1.0, lambda graph, a, result: _one_plus_square(graph, a)),
    "sinh": lambda graph, a, result: graph.call("cosh", a),
    "cosh": lambda graph, a, result: graph.call("sinh", a),
    "tanh": lambda graph, a, result: _one_minus_square(graph, result),
    "erf": _bell(2.0 / math.sqrt(math.pi), 1.0),
    "erfc": _bell(-2.0 / math.sqrt(math.pi), 1.0),
    "Phi": _bell(1.0 / math.sqrt(2.0 * math.pi), 0.5),
    "abs": lambda graph, a, result: graph.call("sign", a),
}
_STEEP = ("sqrt", "asin", "acos")  # infinitely steep where the curve itself is finite
_KINKED = ("min", "max", "abs", "step", "sign", "less", "less_equal")
_FLAT = ("step", "sign", "less", "less_equal")


def derivative(graph: Graph, output: int, name: str) -> int:
    """Enter the derivative of a step of a graph by a name, and give where it stands.

    Parameters
    ----------
    graph : Graph
        The expressions; the steps of the derivative are added to it.
    output : int
        The step to differentiate.
    name : str
        By what.

    Returns
    -------
    int
        The step that is the derivative.

    Notes
    -----
    Each step gets its derivative from those of its arguments by the chain rule, so the derivative of n steps is made
    of a small multiple of n steps. ``u**v`` has ``v u**(v-1) u' + u**v ln(u) v'``; the last product is 0 where u is 0
    and v positive, which is its limit. Where two branches of `min` and `max` meet, the slope is that of the second.

    Examples
    --------
    >>> from formulate.curves.expression import evaluator
    >>> graph = Graph()
    >>> cube = graph.call("power", graph.name("t"), graph.number(3.0))
    >>> float(evaluator(graph, ["t"], [derivative(graph, cube, "t")])(2.0)[0])
    12.0
    """
    zero, one = graph.number(0.0), graph.number(1.0)
    slope: dict[int, int] = {}
    for index in graph.needed([output]):
        node = graph.nodes[index]
        if node.operation == "name":
            slope[index] = one if node.name == name else zero
        elif all(slope[argument] == zero for argument in node.arguments) or node.operation in _FLAT:
            slope[index] = zero
        else:
            slope[index] = _step(graph, index, [slope[argument] for argument in node.arguments])
    return slope[output]


def _step(graph: Graph, index: int, inner: list[int]) -> int:
    operation, arguments = graph.nodes[index].operation, graph.nodes[index].arguments
    call = graph.call
    match operation:
        case "add" | "subtract":
            return call(operation, *inner)
        case "multiply":
            return call("add", call("multiply", inner[0], arguments[1]), call("multiply", arguments[0], inner[1]))
        case "divide":
            return call("divide", call("subtract", inner[0], call("multiply", index, inner[1])), arguments[1])
        case "power":
            base, exponent = arguments
            lower = call("power", base, call("subtract", exponent, graph.number(1.0)))
            by_base = call("product", call("multiply", exponent, lower), inner[0])
            return call("add", by_base, call("product", call("times_logarithm", index, base), inner[1]))
        case "min":
            return call("where", call("less", arguments[0], arguments[1]), *inner)
        case "max":
            return call("where", call("less", arguments[1], arguments[0]), *inner)
        case "where":
            return call("where", arguments[0], *inner[1:])
    outer = _RULES[operation](graph, arguments[0], index)
    return call("product" if operation in _STEEP else "multiply", outer, inner[0])


def linear_names(graph: Graph, output: int, names: Collection[str]) -> list[str]:
    """Give names that together enter an expression linearly: no product of two of them, none inside a function.

    Parameters
    ----------
    graph : Graph
        The expressions.
    output : int
        The step in question.
    names : collection of str
        Those to choose from; of two that multiply each other the first is chosen.

    Returns
    -------
    list of str
        The names, in the order given.

    Notes
    -----
    Read off the form of the expression: a name counts where sums, differences, products with what is free of the
    chosen names and divisions by such are all that is done to it.

    Examples
    --------
    >>> graph = Graph()
    >>> product = graph.call("multiply", graph.name("a"), graph.call("exp", graph.name("k")))
    >>> linear_names(graph, product, ["a", "k"])
    ['a']
    """
    chosen: list[str] = []
    for name in names:
        if _degree(graph, output, {*chosen, name}) <= 1:
            chosen.append(name)
    return chosen


def _degree(graph: Graph, output: int, names: Collection[str]) -> int:
    """0 where free of the names, 1 where linear in them together, 2 where not."""
    degree: dict[int, int] = {}
    for index in graph.needed([output]):
        node = graph.nodes[index]
        below = [degree[argument] for argument in node.arguments]
        match node.operation:
            case "name":
                degree[index] = int(node.name in names)
            case "add" | "subtract" | "negative":
                degree[index] = max(below)
            case "multiply":
                degree[index] = min(sum(below), 2)
            case "divide" if below[1] == 0:
                degree[index] = below[0]
            case "where" if below[0] == 0:
                degree[index] = max(below[1:])
            case _:
                degree[index] = 2 if any(below) else 0
    return degree[output]


def kinked_names(graph: Graph, output: int, names: Collection[str]) -> list[str]:
    """Give names on which the place of a kink or a jump of an expression depends.

    Parameters
    ----------
    graph : Graph
        The expressions.
    output : int
        The step in question.
    names : collection of str
        Those to choose from.

    Returns
    -------
    list of str
        Names below `min`, `max`, `abs`, `step` or a comparison, in the order given.

    Examples
    --------
    >>> graph = Graph()
    >>> late = graph.call("subtract", graph.name("t"), graph.name("Tlag"))
    >>> kinked_names(graph, graph.call("multiply", graph.name("k"), graph.call("abs", late)), ["k", "Tlag"])
    ['Tlag']
    """
    sharp = [index for index in graph.needed([output]) if graph.nodes[index].operation in _KINKED]
    below = {graph.nodes[index].name for index in graph.needed(sharp)}
    return [name for name in names if name in below]
