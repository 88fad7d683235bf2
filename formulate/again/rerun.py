"""A report computed again from its JSON: the same, bit for bit, or what changed since and which numbers moved."""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from formulate.again.changes import ROUNDING, Change, changes_between
from formulate.formulation import Formulation, Question, build
from formulate.report.record import versions
from formulate.report.record_file import read_record
from formulate.report.record_form import ReportForm
from formulate.report.reported import Reported, reported
from materials import catalog
from materials.errors import Fault, FileError, FormulateError, shorten

Verdict = Literal["same", "rounding", "different"]


@dataclass(frozen=True)
class ValueChange:
    """A number that the results rest on and that is not what it was."""

    key: str
    used_by: tuple[str, ...]  # ids of the carriers of a question
    before: Mapping[str, Any] | None  # None where it was not used
    now: Mapping[str, Any] | None
    fields: tuple[str, ...]  # in which the two differ


@dataclass(frozen=True)
class Rerun:
    """A report of before and the same computed again.

    Attributes
    ----------
    made : Reported
        What was computed now. Entries of the user that the report brought along are no longer in force.
    text : str
        The same as JSON, as `formulate report` would write it now.
    versions : tuple of (str, str, str)
        What computes otherwise than before: its name, then and now.
    values : tuple of ValueChange
        Numbers of the catalog, or of the user's entries, that changed.
    changes : tuple of Change
        What of the results is not what it was, number by number.
    """

    file: Path
    made: Reported
    text: str
    versions: tuple[tuple[str, str, str], ...]
    values: tuple[ValueChange, ...]
    changes: tuple[Change, ...]

    @property
    def verdict(self) -> Verdict:
        """The same bit for bit; the same but for rounding; or different."""
        if self.values or any(change.kind != "rounding" for change in self.changes):
            return "different"
        return "rounding" if self.changes else "same"


def rerun(path: Path | str, progress: Callable[[str], None] | None = None) -> Rerun:
    """Compute a report again from the JSON that `formulate report FILE -o report.json` wrote.

    Parameters
    ----------
    path : Path or str
        The report. Nothing beside it is read but the catalog that comes along with the program: catalog files of
        the user stand in the report.
    progress : callable, optional
        Called with what is computed next; raise from it to cancel.

    Raises
    ------
    FileError
        The file is no such report, or what it asks cannot be computed any more.
    """
    path = Path(path)
    content, form = read_record(path)
    with in_force(path, form):
        try:
            asked, kept = asked_in(path, form), form.report
            made = reported(asked, title=kept.title, date=kept.date, progress=progress, among=kept.among)
        except FileError as error:
            raise _again(path, str(error.faults[0].field), error.faults[0].problem) from None
        except FormulateError as error:
            raise _again(path, "inputs", str(error)) from None
        # through text, so that both are what a reader of the file would have
        text = made.to_json()
        now = json.loads(text)
        program = versions()
    was = form.report.versions.model_dump()
    return Rerun(
        path,
        made,
        text,
        tuple((name, was[name], program[name]) for name in program if was[name] != program[name]),
        tuple(_value_changes(content["report"]["values"], now["report"]["values"])),
        tuple(changes_between(_told(content), _told(now))),
    )


@contextmanager
def in_force(path: Path, form: ReportForm) -> Iterator[None]:
    """Put the shipped catalog under the user's entries of a report in force.

    Raises
    ------
    FileError
        One fault: those entries cannot be laid over the catalog.
    """
    with ExitStack() as held:
        try:
            held.enter_context(catalog.holding((item.name, item.text) for item in form.report.own_catalog))
        except FileError as error:
            raise _again(path, "report.own_catalog", shorten(error.faults[0], 300)) from None
        yield


def asked_in(path: Path, form: ReportForm) -> Formulation | Question:
    """Give the formulation or question of a report, with its draws and its seed.

    Raises
    ------
    FileError
        One fault: the catalog in force does not know what it asks for, or it is none.
    """
    asked = dict(form.inputs)
    kinds: dict[object, type[Formulation] | type[Question]] = {"formulation": Formulation, "question": Question}
    kind = asked.get("kind")
    if not isinstance(kind, str) or kind not in kinds:
        raise _again(path, "inputs.kind", f'{shorten(kind)!r}; need "formulation" or "question"')
    given = asked.get("calculation", {})
    if isinstance(given, dict):
        asked["calculation"] = {**given, "draws": form.report.draws, "seed": form.seed}
    try:
        built: Formulation | Question = build(kinds[kind], asked, str(path))
    except FileError as error:
        raise _again(path, f"inputs.{error.faults[0].field}", error.faults[0].problem) from None
    return built


def _again(path: Path, field: str, problem: str) -> FileError:
    return FileError([Fault(shorten(path, 120), field, problem)])


def _told(content: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a report tells: its results and its warnings."""
    return {**content["results"], "warnings": content["warnings"]}


def _value_changes(before: list[Any], now: list[Any]) -> Iterator[ValueChange]:
    """Give the numbers that changed, those that were not used before, and those that are no longer used.

    One key may hold several numbers, each for some carriers of a question: they are held against each other carrier
    by carrier, and told together where they changed alike.
    """
    old, new = _by_user(before), _by_user(now)
    alike: dict[str, list[tuple[str, Any, Any]]] = {}
    for place in dict.fromkeys((*old, *new)):
        was, this = old.get(place), new.get(place)
        if not _alike(was, this):
            alike.setdefault(json.dumps([place[0], was, this]), []).append((place[1], was, this))
    for listed in alike.values():
        _, was, this = listed[0]
        one = this or was
        names = [name for name in one if was is None or this is None or was.get(name) != this.get(name)]
        users = tuple(user for user, _, _ in listed if user)
        yield ValueChange(one["key"], users, was, this, tuple(names))


def _alike(was: Any, this: Any) -> bool:
    """Tell whether two numbers with their sources are the same but for rounding: some are predicted themselves."""
    if was is None or this is None or was.keys() != this.keys():
        return False
    return all(
        math.isclose(one, other, rel_tol=ROUNDING)
        if isinstance(one, float) and isinstance(other, float)
        else one == other
        for one, other in ((was[name], this[name]) for name in was)
    )


def _by_user(values: list[Any]) -> dict[tuple[str, str], Any]:
    return {
        (item["key"], user): {name: given for name, given in item.items() if name != "used_by"}
        for item in values
        for user in item["used_by"] or [""]
    }
