"""The validation as a whole: which cases there are, and what became of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from formulate.validation.case import Case, Outcome, judged
from materials import catalog
from materials.errors import UnknownIdError, nearest

if TYPE_CHECKING:
    import pandas as pd

# each a module beside this one with its `cases`
GROUPS = {
    "units": "texts with units read as numbers",
    "loading": "how much goes in",
    "release": "how it comes out",
    "retention": "how long it stays",
    "curves": "release curves",
    "fitting": "least squares",
    "similarity": "profiles compared",
    "dialysis": "the bag taken out of a release",
    "uncertainty": "draws, and what drives a result",
    "stages": "whole formulations, from the shipped examples",
    "catalog": "the catalog in force, yours included",
}
_ON_THE_CATALOG = ("stages", "catalog")


@dataclass(frozen=True)
class Validation:
    """What became of the cases, in the order they were run."""

    outcomes: tuple[Outcome, ...]

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """Those that did not pass."""
        return tuple(outcome for outcome in self.outcomes if not outcome.passed)

    @property
    def passed(self) -> bool:
        """Whether every case passed."""
        return not self.failed

    def to_dict(self) -> dict[str, Any]:
        """Give counts, cases and their references as plain data."""
        from materials.sources import reference

        keys = sorted({outcome.case.source for outcome in self.outcomes if outcome.case.source})
        return {
            "passed": self.passed,
            "counts": {"cases": len(self.outcomes), "failed": len(self.failed)},
            "cases": [outcome_record(outcome) for outcome in self.outcomes],
            "references": {key: reference(key) for key in keys},
        }

    def to_frame(self) -> "pd.DataFrame":
        """Give a pandas DataFrame with one row a case."""
        import pandas as pd

        return pd.DataFrame([outcome_record(outcome) for outcome in self.outcomes])


def case_record(case: Case) -> dict[str, Any]:
    """Give what a case proves as plain data."""
    return {
        "id": case.id,
        "group": case.group,
        "what": case.what,
        "proof": case.proof,
        "tolerance": case.tolerance,
        "tolerance_is": "relative" if case.is_relative else "absolute",
        "unit": case.unit,
        "source": case.source or None,
        "origin": case.origin or None,
    }


def outcome_record(outcome: Outcome) -> dict[str, Any]:
    """Give what became of a case as plain data."""
    return {
        **case_record(outcome.case),
        "expected": outcome.expected,
        "got": outcome.got,
        "error": outcome.error,
        "points": outcome.points,
        "passed": outcome.passed,
        "problem": outcome.problem or None,
    }


def cases(only: Sequence[str] = ()) -> tuple[Case, ...]:
    """Give the cases of some groups, or single ones by their id; all of them where none is named.

    Raises
    ------
    UnknownIdError
        There is no such group or case.
    """
    wanted = [name.partition("/")[0] for name in only]
    for group in wanted:
        if group not in GROUPS:
            raise UnknownIdError("group of the validation", group, nearest(group, GROUPS))
    every = [
        case
        for group in GROUPS
        if not wanted or group in wanted
        for case in import_module(f"formulate.validation.{group}").cases
    ]
    known = {case.id for case in every}
    for name in only:
        if "/" in name and name not in known:
            raise UnknownIdError("case of the validation", name, nearest(name, known))
    return tuple(case for case in every if not only or case.group in only or case.id in only)


def validate(only: Sequence[str] | str = (), progress: Callable[[Case, int, int], None] | None = None) -> Validation:
    """Prove the computing: run every case and say what it came to.

    Parameters
    ----------
    only : sequence of str, or str
        Groups (see `GROUPS`), or single cases as "release/slab-by-its-series"; all if left out.
    progress : callable
        Called before each case with the case, its number from 0, and how many there are; what it raises ends the run.

    Returns
    -------
    Validation
        Every case with what was expected and what came out; `passed` says whether all did.

    Raises
    ------
    UnknownIdError
        There is no such group or case.
    FileError
        A catalog file of the user's cannot be read.

    Examples
    --------
    >>> import formulate
    >>> found = formulate.validate("units")
    >>> found.passed, found.failed
    (True, ())
    """
    chosen = cases((only,) if isinstance(only, str) else only)
    if any(case.group in _ON_THE_CATALOG for case in chosen):
        catalog.load()  # what is wrong with a file of the user's is told at once, not as so many failed cases
    outcomes = []
    for number, case in enumerate(chosen):
        if progress is not None:
            progress(case, number, len(chosen))
        outcomes.append(judged(case))
    return Validation(tuple(outcomes))
