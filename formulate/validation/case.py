"""A case of the validation: a number of ours beside the one that another way, or somebody else, arrived at."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

Proof: TypeAlias = Literal["exact", "published", "certified", "conservation", "other method", "limit", "integrity"]
PROOFS: dict[Proof, str] = {
    "exact": "a closed form or a series, written down or summed apart from the code under test",
    "published": "a number that somebody printed",
    "certified": "a reference value whose digits are guaranteed",
    "conservation": "what went in against what is there, what left and what was lost",
    "other method": "the same question answered by another way of computing",
    "limit": "zero, infinity, or a law that the general one must become",
    "integrity": "faults counted in the data; there must be none",
}
_TOLD = 3  # faults named in words; the rest are counted


@dataclass(frozen=True)
class Found:
    """What one case came to: one number beside one, or several beside as many."""

    expected: ArrayLike
    got: ArrayLike
    told: str = ""


Pair: TypeAlias = tuple[ArrayLike, ArrayLike]  # expected, got


@dataclass(frozen=True)
class Case:
    """One thing that is proved.

    Attributes
    ----------
    group, name : str
        Where it belongs, and what it is called there.
    what : str
        What is computed, in one line.
    proof : str
        What kind of evidence the expected value is; see `PROOFS`.
    run : callable
        Gives the `Found`.
    tolerance : float
        The largest error that passes: a share of the expected value, or a difference in `unit`.
    is_relative : bool
        Which of the two the tolerance is.
    unit : str
        The unit of what is compared.
    source : str
        Key of the bibliography; empty where the expected value needs none.
    origin : str
        Where the expected value comes from, in words.
    """

    group: str
    name: str
    what: str
    proof: Proof
    run: Callable[[], Found]
    tolerance: float
    is_relative: bool = False
    unit: str = "1"
    source: str = ""
    origin: str = ""

    @property
    def id(self) -> str:
        """The group and the name."""
        return f"{self.group}/{self.name}"


class Cases:
    """The cases of a group, in the order in which they are written."""

    def __init__(self, group: str) -> None:
        self.group = group
        self._cases: list[Case] = []

    def __iter__(self) -> Iterator[Case]:
        return iter(self._cases)

    def add(self, *cases: Case) -> None:
        """Add cases that are no functions: rows of a table."""
        self._cases += cases

    def proves(
        self,
        proof: Proof,
        *,
        relative: float | None = None,
        absolute: float | None = None,
        unit: str = "1",
        source: str = "",
        origin: str = "",
    ) -> Callable[[Callable[[], Pair]], Callable[[], Pair]]:
        """Make a case of a function that gives what is expected and what we get; its docstring says of what.

        Parameters
        ----------
        proof : str
            What kind of evidence it is; see `PROOFS`.
        relative, absolute : float
            The largest error that passes, one of the two: a share of the expected value, or a difference.
        unit : str
            The unit of what is compared.
        source, origin : str
            Key of the bibliography, and where the expected value comes from in words.
        """
        tolerance = relative if relative is not None else absolute
        if tolerance is None or None not in (relative, absolute):
            raise TypeError("a case has one tolerance, relative or absolute")

        def made(function: Callable[[], Pair]) -> Callable[[], Pair]:
            def run() -> Found:
                return Found(*function())

            self.add(
                Case(
                    self.group,
                    function.__name__.replace("_", "-"),
                    (function.__doc__ or "").strip().rstrip("."),
                    proof,
                    run,
                    tolerance,
                    relative is not None,
                    unit,
                    source,
                    origin,
                )
            )
            return function

        return made

    def without_fault(self, function: Callable[[], Sequence[str]]) -> Callable[[], Sequence[str]]:
        """Make a case of a function that gives the faults it finds, of which there must be none."""

        def run() -> Found:
            faults = function()
            more = f"; and {len(faults) - _TOLD} more" if len(faults) > _TOLD else ""
            return Found(0.0, float(len(faults)), "; ".join(faults[:_TOLD]) + more)

        what = (function.__doc__ or "").strip().rstrip(".")
        name = function.__name__.replace("_", "-")
        self.add(Case(self.group, name, what, "integrity", run, 0.0, unit="faults", origin="the rules of the data"))
        return function


@dataclass(frozen=True)
class Outcome:
    """What a case came to. Of several numbers compared the one with the largest error is shown.

    Attributes
    ----------
    case : Case
        What was to be proved.
    expected, got, error : float or None
        In the unit of the case, the error as its tolerance; None where there was no number.
    points : int
        How many numbers were compared.
    problem : str
        What went wrong, in words: an error of ours, or the faults that were found.
    """

    case: Case
    expected: float | None
    got: float | None
    error: float | None
    points: int
    problem: str = ""

    @property
    def passed(self) -> bool:
        """Whether the error is within the tolerance."""
        return self.error is not None and self.error <= self.case.tolerance


def judged(case: Case) -> Outcome:
    """Run a case; whatever is raised in it is a case that failed."""
    try:
        found = case.run()
        expected, got = np.asarray(found.expected, dtype=float), np.asarray(found.got, dtype=float)
        told = found.told
        expected, got = (np.ravel(values) for values in np.broadcast_arrays(expected, got))
    except Exception as error:  # a kernel that breaks proves nothing, and the other cases are still to be run
        return Outcome(case, None, None, None, 0, f"{type(error).__name__}: {error}")
    if not expected.size:
        return Outcome(case, None, None, None, 0, "nothing to compare")
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = np.abs(got - expected) / (np.abs(expected) if case.is_relative else 1.0)
    errors = np.where(got == expected, 0.0, errors)  # also 0 of 0, and infinity where it is expected
    worst = int(np.argmax(np.where(np.isnan(errors), math.inf, errors)))
    found_error = float(errors[worst])
    return Outcome(
        case,
        _number(expected[worst]),
        _number(got[worst]),
        found_error if math.isfinite(found_error) else None,
        expected.size,
        told if math.isfinite(found_error) else told or "not a finite number",
    )


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
