"""An expression as a list of elementary operations, each on results of earlier ones, and its values on arrays."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy import special

Operation = Callable[..., Any]


class Node(NamedTuple):
    """One step of an expression: a number, a name, or an operation on the results of earlier steps."""

    operation: str  # "number", "name", or a key of `OPERATIONS`
    arguments: tuple[int, ...] = ()
    value: float = 0.0
    name: str = ""


def _product(outer: Any, inner: Any) -> Any:
    """Multiply, where 0 times anything is 0: what does not move has no slope, however steep the curve above it."""
    return np.where(np.equal(inner, 0.0), 0.0, np.multiply(outer, inner))


OPERATIONS: Mapping[str, Operation] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.true_divide,
    "power": np.power,
    "negative": np.negative,
    "square": np.square,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "ln": np.log,
    "log10": np.log10,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "abs": np.absolute,
    "sign": np.sign,
    "min": np.minimum,
    "max": np.maximum,
    "less": lambda a, b: np.less(a, b) * 1.0,
    "less_equal": lambda a, b: np.less_equal(a, b) * 1.0,
    "step": lambda a: np.greater_equal(a, 0.0) * 1.0,
    "where": lambda condition, a, b: np.where(np.not_equal(condition, 0.0), a, b),
    "product": _product,
    "erf": special.erf,
    "erfc": special.erfc,
    "Phi": special.ndtr,
    "times_logarithm": special.xlogy,
}


class Graph:
    """Expressions that share their parts: the same operation on the same arguments stands in it once.

    Examples
    --------
    >>> graph = Graph()
    >>> rate = graph.call("multiply", graph.name("k"), graph.name("t"))
    >>> rate == graph.call("multiply", graph.name("k"), graph.name("t"))
    True
    >>> graph.nodes[graph.call("add", graph.number(2.0), graph.number(3.0))].value
    5.0
    """

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._known: dict[Node, int] = {}

    def _place(self, node: Node) -> int:
        if node not in self._known:
            self._known[node] = len(self.nodes)
            self.nodes.append(node)
        return self._known[node]

    def number(self, value: float) -> int:
        """Enter a number."""
        return self._place(Node("number", value=value + 0.0))

    def name(self, name: str) -> int:
        """Enter a name."""
        return self._place(Node("name", name=name))

    def constant(self, index: int) -> float | None:
        """Give the value of a step that is a number; None for any other."""
        node = self.nodes[index]
        return node.value if node.operation == "number" else None

    def call(self, operation: str, *arguments: int) -> int:
        """Enter an operation; what is known beforehand is computed at once, and what changes nothing is left out."""
        known = [self.constant(index) for index in arguments]
        if all(value is not None for value in known):
            with np.errstate(all="ignore"):  # floats: an enormous power is infinite at once
                value = float(OPERATIONS[operation](*known))
            if math.isfinite(value):
                return self.number(value)
        shorter = self._shortened(operation, arguments, known)
        return self._place(Node(operation, arguments)) if shorter is None else shorter

    def _shortened(self, operation: str, arguments: Sequence[int], known: Sequence[float | None]) -> int | None:
        match operation, known:
            case ("add", [0.0, _]) | ("multiply" | "product", [1.0, _]):
                return arguments[1]
            case ("add" | "subtract", [_, 0.0]) | ("multiply" | "product" | "divide" | "power", [_, 1.0]):
                return arguments[0]
            case ("subtract", [0.0, _]) | ("multiply", [-1.0, _]):
                return self.call("negative", arguments[1])
            case "multiply" | "product", [0.0, _] | [_, 0.0]:
                return self.number(0.0)
            case "divide", [0.0, _]:
                return self.number(0.0)
            case "power", [_, 0.0]:
                return self.number(1.0)
            case "power", [_, 2.0]:
                return self.call("square", arguments[0])
            case "power", [_, 0.5]:
                return self.call("sqrt", arguments[0])
            case "negative", _ if self.nodes[arguments[0]].operation == "negative":
                return self.nodes[arguments[0]].arguments[0]
        return None

    def needed(self, outputs: Iterable[int]) -> list[int]:
        """Give the steps these outputs rest on, in the order in which they can be computed."""
        wanted, waiting = set[int](), list(outputs)
        while waiting:
            index = waiting.pop()
            if index not in wanted:
                wanted.add(index)
                waiting.extend(self.nodes[index].arguments)
        return sorted(wanted)


def evaluator(graph: Graph, inputs: Sequence[str], outputs: Sequence[int]) -> Callable[..., list[Any]]:
    """Make a function that computes some steps of a graph.

    Parameters
    ----------
    graph : Graph
        The expressions.
    inputs : sequence of str
        Names in the order in which their values will be given.
    outputs : sequence of int
        The steps wanted.

    Returns
    -------
    callable
        ``f(*values) -> list``: values of the outputs, each in the shape its own arguments broadcast to. Numbers that
        are not finite come without a warning.

    Examples
    --------
    >>> graph = Graph()
    >>> square = graph.call("square", graph.name("t"))
    >>> [float(value) for value in evaluator(graph, ["t"], [square])(3.0)]
    [9.0]
    """
    place = {index: slot for slot, name in enumerate(inputs) if (index := graph.name(name)) is not None}
    constants: list[float] = []
    needed = graph.needed(outputs)
    for index in needed:
        if (value := graph.constant(index)) is not None:
            place[index] = len(inputs) + len(constants)
            constants.append(value)
    steps: list[tuple[Operation, tuple[int, ...]]] = []
    for index in needed:
        if index not in place:
            node = graph.nodes[index]
            place[index] = len(inputs) + len(constants) + len(steps)
            steps.append((OPERATIONS[node.operation], tuple(place[argument] for argument in node.arguments)))
    wanted = [place[index] for index in outputs]

    def values_of(*given: Any) -> list[Any]:
        values = [*given, *constants]
        with np.errstate(all="ignore"):
            for operation, arguments in steps:
                if len(arguments) == 2:
                    values.append(operation(values[arguments[0]], values[arguments[1]]))
                else:
                    values.append(operation(*[values[argument] for argument in arguments]))
        return [values[slot] for slot in wanted]

    return values_of
