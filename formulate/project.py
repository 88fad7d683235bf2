"""A folder of formulation and question files: each computed, and its result kept until what it rests on changes."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from formulate.difference import Differences, Side, compared, words_text
from formulate.formulation import Formulation, Question, build, read
from formulate.project_fingerprint import Fingerprint, fingerprint
from formulate.project_form import KeptForm
from formulate.project_results import Change, Computed, Number, changes, compute, number_from, number_record
from formulate.recorded import recorded
from formulate.report.envelope import dumps
from materials import files
from materials.errors import Fault, FileError, FormulateError, shorten

RESULTS = "results"
KEY = "project"  # of a result file, under which it says what it rests on
MOST_FILES = 2000
LOT = 8  # formulations computed together; a result is kept when its lot is there
TOLD_FIELDS = 4  # of a file that changed
LARGEST_RESULT = 100_000_000  # bytes

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Kept:
    """A result of before."""

    rests_on: Fingerprint
    numbers: tuple[Number, ...]
    ranked: tuple[str, ...]
    command: str
    told: str
    inputs: Mapping[str, Any]


@dataclass(frozen=True)
class Item:
    """One file of a project: what it is, and whether it must be run."""

    path: Path
    result: Path
    file: Formulation | Question | None = None
    rests_on: Fingerprint | None = None
    kept: Kept | None = None
    why: tuple[str, ...] = ()  # it must be run; nothing where its result holds
    faults: tuple[str, ...] = ()  # why it cannot be run

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.name

    @property
    def must_run(self) -> bool:
        """True where its result does not hold."""
        return bool(self.why) and not self.faults


@dataclass(frozen=True)
class Done:
    """One file of a project with its result."""

    item: Item
    state: str  # "run", "up to date", "not run", or "to run" where only checked
    command: str = ""
    told: str = ""  # why no more of it is computed
    numbers: tuple[Number, ...] = ()
    ranked: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Project:
    """A folder with its files, by name."""

    folder: Path
    items: tuple[Item, ...]
    left_over: tuple[Path, ...] = field(default=())  # results of files that are gone; kept

    @property
    def to_run(self) -> tuple[Item, ...]:
        """The files whose results do not hold."""
        return tuple(item for item in self.items if item.must_run)


def open_project(
    folder: Path,
    *,
    again: bool = False,
    draws: int | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
) -> Project:
    """Read and check every file of a folder, and say which must be run and why; nothing is written.

    Parameters
    ----------
    folder : Path
        Its .toml files are formulations and questions; folders in it are not looked into.
    again : bool
        Run all of them, whatever holds.
    draws, seed : int, optional
        In place of those of the files.
    progress : callable, optional
        Called with a line before each file.

    Raises
    ------
    FileError
        There is no such folder, it cannot be read, or it holds no file to run.
    """
    paths = _paths(folder)
    items = []
    for number, path in enumerate(paths, start=1):
        if progress:
            progress(f"checks {number} of {len(paths)}: {path.name}")
        items.append(_item(path, paths, again, draws, seed))
    return Project(folder, tuple(items), _left_over(folder, {item.result for item in items}))


def run_project(project: Project, progress: Progress | None = None) -> Iterator[Done]:
    """Run the files that must be run, in the order of their names, and keep results as soon as they are there.

    Notes
    -----
    A result is written to a temporary file and renamed: stopped at any time, and with another process on the same
    folder, each result is whole. Two processes give the same results, for the same file, catalog, program and seed do.

    Raises
    ------
    FileError
        The results cannot be written.
    """
    count = len(project.to_run)
    if count:
        check_results_folder(project.folder)
    number = 0
    for group in _groups(project.items):
        running = [item for item in group if item.must_run]
        if running and progress:
            last = f" to {number + len(running)}" if len(running) > 1 else ""
            progress(told := f"{number + 1}{last} of {count}: {running[0].name}")
        further = _further(progress, told) if running and progress else None
        found = iter(compute([item.file for item in running if item.file is not None], further))
        for item in group:
            yield _finished(item, next(found)) if item.must_run else at_rest(item)
        number += len(running)


def _further(progress: Progress, told: str) -> Progress:
    return lambda text: progress(f"{told}, {text}")


def _groups(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Give the files in the order of their names, those that are computed together in one lot."""
    group: list[Item] = []
    for item in items:
        if item.must_run and (isinstance(item.file, Question) or not (item.file and item.file.payload)):
            yield from ([group] if group else [])
            yield [item]
            group = []
            continue
        group.append(item)
        if sum(one.must_run for one in group) == LOT:
            yield group
            group = []
    if group:
        yield group


def at_rest(item: Item) -> Done:
    """Give a file as it stands without being run."""
    if item.faults:
        return Done(item, "not run", faults=item.faults)
    kept = item.kept
    if item.why or kept is None:
        return Done(item, "to run")
    return Done(item, "up to date", kept.command, kept.told, kept.numbers, kept.ranked)


def _finished(item: Item, found: Computed | FormulateError) -> Done:
    """Keep the result of a file."""
    assert item.rests_on is not None
    if isinstance(found, FormulateError):
        return Done(item, "not run", faults=(shorten(str(found), 400),))
    changed = tuple(changes(item.kept.numbers, found.numbers)) if item.kept else ()
    block: dict[str, object] = {
        "file": item.name,
        "rests_on": item.rests_on.to_dict(),
        "why": list(item.why),
        "told": found.told,
        "ranked": list(found.ranked),
        "numbers": [number_record(one) for one in found.numbers],
    }
    if item.kept is not None:
        block["before"] = {
            "rests_on": item.kept.rests_on.to_dict(),
            "ranked": list(item.kept.ranked),
            "changes": [change_record(change) for change in changed],
        }
    content = dumps({KEY: block, **found.envelope})
    with _results_folder(item.path.parent):
        files.write(item.result, content)
    return Done(item, "run", found.command, found.told, found.numbers, found.ranked, changed)


def change_record(change: Change) -> dict[str, object]:
    """Give a change as plain data."""
    shown: dict[str, object] = {"subject": change.subject, "label": change.label}
    for name, item in (("before", change.before), ("now", change.now)):
        shown[name] = None if item is None else number_record((change.subject, item))
    return {**shown, "within_band_of_before": change.within}


def check_results_folder(folder: Path) -> None:
    """See that results can be written into their folder, or that it can be made; nothing is made yet.

    Raises
    ------
    FileError
        They cannot.
    """
    results = folder / RESULTS
    place = results if results.exists() else folder
    if not place.is_dir():
        raise _not_written(results, "is no folder")
    if not os.access(place, os.W_OK | os.X_OK):
        raise _not_written(results, "not allowed, or read-only")


def _not_written(results: Path, reason: str | None) -> FileError:
    problem = f"cannot be written ({reason}); need a folder for the results"
    return FileError([Fault(shorten(results, 120), "", problem)])


@contextmanager
def _results_folder(folder: Path) -> Iterator[None]:
    """Make the folder of the results where there is none, and take it away again if nothing came into it.

    No other process of ours makes, fills or takes it away meanwhile.
    """
    results = folder / RESULTS
    with files.alone_at(results):
        is_theirs = results.exists()
        try:
            results.mkdir(exist_ok=True)
            yield
        except OSError as error:
            raise _not_written(results, error.strerror) from None
        finally:
            if not is_theirs:
                with suppress(OSError):  # a result is in it, or it could not be made
                    results.rmdir()


def _paths(folder: Path) -> list[Path]:
    def refuse(problem: str) -> FileError:
        return FileError([Fault(shorten(folder, 120), "", problem)])

    need = "need a folder of formulation and question files"
    try:
        if not folder.exists():
            raise refuse(f"no such folder; {need}")
        if not folder.is_dir():
            raise refuse(f"is a file; {need}")
        inside = sorted(folder.iterdir())
    except (OSError, ValueError) as error:
        reason = shorten(getattr(error, "strerror", None) or error)
        raise refuse(f"cannot be read ({reason}); {need}") from None
    found = [
        path
        for path in inside
        # a link that leads nowhere is a fault to tell
        if path.suffix.lower() == ".toml" and path.name[0] != "." and (path.is_file() or path.is_symlink())
    ]
    if not found:
        raise refuse(f"holds no .toml file; {need}: formulate examples copy {shorten(folder, 60)} lays some out")
    if len(found) > MOST_FILES:
        raise refuse(f"holds {len(found)} .toml files; need at most {MOST_FILES}")
    return found


def _left_over(folder: Path, expected: set[Path]) -> tuple[Path, ...]:
    """Give the results of files that are gone."""
    try:
        others = [path for path in sorted((folder / RESULTS).glob("*.json")) if path not in expected]
    except OSError:
        return ()
    return tuple(path for path in others if _content(path) is not None)


def _item(path: Path, paths: Sequence[Path], again: bool, draws: int | None, seed: int | None) -> Item:
    stems = [other.stem.casefold() for other in paths]
    name = path.stem if stems.count(path.stem.casefold()) == 1 else path.name
    result = path.parent / RESULTS / f"{name}.json"
    try:
        file = _with(read(path), path, draws, seed)
        rests_on = fingerprint(path, file.calculation.draws, file.calculation.seed)
        content = _content(result)
        if content is None and (result.exists() or result.is_symlink()):
            raise FileError([Fault(shorten(result, 120), "", "is no result of this project; need it moved away")])
    except FormulateError as error:
        return Item(path, result, faults=tuple(str(error).splitlines()))
    kept = None if content is None else _kept(content)
    missing = "no result yet" if content is None else "its result is in the form of another version of the program"
    why = (missing,) if kept is None else tuple(_why(file, rests_on, kept, again))
    return Item(path, result, file, rests_on, kept, why)


def _with(file: Formulation | Question, path: Path, draws: int | None, seed: int | None) -> Formulation | Question:
    given = {name: value for name, value in (("draws", draws), ("seed", seed)) if value is not None}
    if not given:
        return file
    content = file.model_dump(mode="json", exclude_unset=True)
    content["calculation"] = {**content.get("calculation", {}), **given}
    found: Formulation | Question = build(type(file), {"kind": file.kind, **content}, str(path))
    return found


def _content(path: Path) -> Mapping[str, Any] | None:
    """Give what a result file holds, or None where it is no result of a project."""
    try:
        if not path.is_file() or path.stat().st_size > LARGEST_RESULT:
            return None
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    ours = isinstance(content, dict) and isinstance(block := content.get(KEY), dict) and "rests_on" in block
    return content if ours else None


def _kept(content: Mapping[str, Any]) -> Kept | None:
    """Give the result of before, or None where another version of the program wrote it in another form."""
    block = content[KEY]
    try:
        KeptForm.model_validate(content)
        return Kept(
            Fingerprint.from_dict(block["rests_on"]),
            tuple(number_from(item) for item in block["numbers"]),
            tuple(block["ranked"]),
            content["command"],
            block["told"],
            content["inputs"],
        )
    except (KeyError, TypeError, ValueError):  # pydantic's is a ValueError
        return None


def _why(file: Formulation | Question, rests_on: Fingerprint, kept: Kept, again: bool) -> Iterator[str]:
    if rests_on.file != kept.rests_on.file:
        yield f"the file changed: {_file_changes(file, kept)}"
    yield from rests_on.changes_since(kept.rests_on)
    if again and rests_on == kept.rests_on:
        yield "asked for again"


def _file_changes(file: Formulation | Question, kept: Kept) -> str:
    """Say in which fields a file differs from what it was."""
    try:
        before: Formulation | Question = build(
            Formulation if kept.inputs.get("kind") == "formulation" else Question, dict(kept.inputs), "before"
        )
        found = compared([Side("before", kept.inputs, before), Side("now", recorded(file), file)])
    except (FormulateError, AttributeError, TypeError, ValueError):  # the catalog knows it no longer
        return "what it was cannot be read any more"
    told = [_field_change(found, place) for place in range(len(found.differing))]
    more = f" and {len(told) - TOLD_FIELDS} fields more" if len(told) > TOLD_FIELDS else ""
    return "; ".join(told[:TOLD_FIELDS]) + more if told else "in its words alone"


def _field_change(found: Differences, place: int) -> str:
    item = found.differing[place]
    before, now = (shorten(words_text(given), 60) if given is not None else "left out" for given in item.words)
    return f"{item.field} {before} -> {now}"
