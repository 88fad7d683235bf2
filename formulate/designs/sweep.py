"""Many designs of a target file into a table: streamed, stopped and taken up again, on one core or on many."""

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from formulate.designs.outcome import TOGETHER, Outcome
from formulate.designs.space import Space
from formulate.designs.sweep_file import ENDINGS, Rows, SweepFile
from formulate.designs.table import Best, Table, Tally, as_csv
from formulate.designs.target_file import TargetFile, build_target
from formulate.designs.work import Crew, Here, Processes, check_processes, in_order, jobs, processes_for
from formulate.limits import MOST_DESIGNS
from formulate.version import program_version
from materials import catalog
from materials.errors import DomainError, FormulateError, shorten

if TYPE_CHECKING:
    import pandas

DRAWS = 256
LOT = TOGETHER  # designs that are told of, kept and handed to a process at once
DIGEST = 12  # of what is digested, the letters that are told
BESIDE = ("draws", "seed")  # told beside the digest of a target

Progress = Callable[[str], None]


class Stopped(KeyboardInterrupt):
    """A sweep was stopped; its text says what of it is kept."""


@dataclass(frozen=True)
class Sweep:
    """What a sweep came to. Its rows are in the file."""

    target: TargetFile
    path: Path | None
    designs: int
    computed: int  # designs for which there are numbers
    met: int  # designs that meet the target as surely as the file wants
    held: Mapping[str, int]  # designs that hold each limit that surely
    refusals: Mapping[str, int]  # designs that could not be computed, by reason
    best: tuple[Best, ...]
    taken_over: int = 0  # designs that were there already
    seconds: float = 0.0

    @property
    def best_probability(self) -> float | None:
        """The largest probability that a design meets the target; None where none could be computed."""
        return self.best[0].probability if self.best else None

    def to_dict(self) -> dict[str, object]:
        """Give the results of the JSON envelope; the rows are in the file."""
        best = [
            {
                "design": item.design,
                "probability": {"mean": item.probability, "unit": "1"},
                "margin": {"value": item.margin, "unit": "ln ratio"},
                "settings": dict(item.settings),
            }
            for item in self.best
        ]
        counts = {"designs": self.designs, "computed": self.computed, "met": self.met, "taken_over": self.taken_over}
        shown: dict[str, object] = {
            "file": None if self.path is None else self.path.name,
            "counts": {"unit": "designs", **counts},
            "held": {"unit": "designs", **self.held},
            "best_probability": {"mean": self.best_probability, "unit": "1"},
            "best": best,
            "refusals": [{"reason": reason, "designs": count} for reason, count in self.refusals.items()],
        }
        if not self.best:
            shown["best_probability"] = {"mean": None, "unit": "1", "reason": "no design could be computed"}
        return shown

    def to_frame(self) -> "pandas.DataFrame":
        """Give the table."""
        import pandas

        if self.path is None:
            raise FormulateError("the rows of this sweep were not kept; need a file")
        return pandas.read_parquet(self.path) if self.path.suffix.lower() == ".parquet" else pandas.read_csv(self.path)


def sweep(
    target: TargetFile,
    path: Path | str,
    designs: int = 1000,
    *,
    draws: int | None = None,
    seed: int | None = None,
    processes: int | None = 1,
    scheduler: str | None = None,
    restart: bool = False,
    progress: Progress | None = None,
) -> Sweep:
    """Compute designs that fill the space of a target evenly, into a table.

    Parameters
    ----------
    target : TargetFile
        What must be reached and what may be chosen (`read_target`).
    path : path
        Where the table goes, .csv or .parquet. Its rows gather beside it under its name with .part, and it stands in
        its place when all are there. Rows of the same sweep that are there already, of a stopped or a shorter one, are
        taken over.
    designs : int
        How many.
    draws, seed : int, optional
        Instead of those of the file; 256 draws where it tells none.
    processes : int, optional
        How many compute; with None one a core, at most four. A script that asks for several needs
        ``if __name__ == "__main__":``, for each process reads it.
    scheduler : str, optional
        The address of a Dask cluster to compute on instead.
    restart : bool
        Drop the rows that are there.
    progress : callable, optional
        Called with a line on how far it is; raise from it to stop.

    Returns
    -------
    Sweep
        What it came to.

    Raises
    ------
    FileError
        The file cannot be written, is no table of a sweep, or one of another sweep.
    FormulateError
        A package that is asked for is not installed; a worker or the cluster is gone. Rows that were done are kept.
    Stopped
        As a KeyboardInterrupt, after Ctrl-C. Rows that were done are kept.

    Notes
    -----
    Rows are the same whatever computes them and however often it was stopped: designs are computed in the same lots,
    and each depends on its settings, the seed and the draws alone.
    """
    _check(designs, processes)
    path = Path(path)
    if path.suffix.lower() not in ENDINGS:
        raise FormulateError(f"{shorten(str(path), 120)}: unknown ending; need {' or '.join(ENDINGS)}")
    asked = with_calculation(target, draws, seed)
    table = table_of(asked)
    file = SweepFile(path, table)
    began = time.monotonic()
    there = file.in_place(restart)
    if there > designs:
        raise file.refuse(f"holds {there} designs of this sweep; need at least as many, another name, or --restart")
    if there < designs:
        with file.opened(restart, designs, LOT) as rows:
            there = rows.count
            if there < designs:
                told = _Progress(progress, there, designs)
                _fill(rows, _outcomes(table.space, designs, there, processes, scheduler, told), table, told)
        file.finish()
    tally = Tally(table)
    for cells in file.rows():
        tally.add(cells)
    return summary(tally, path, there, time.monotonic() - began)


def _fill(rows: Rows, outcomes: Generator[Outcome, None, None], table: Table, told: "_Progress") -> None:
    """Write rows lot by lot; what is done stays when it is stopped or fails."""
    try:
        while done := list(islice(outcomes, LOT)):
            rows.add(as_csv(table.cells(item)) for item in done)
            told.done(rows.count)
    except KeyboardInterrupt:
        raise Stopped(_kept(rows)) from None
    except FormulateError as error:
        if not rows.count:
            raise
        raise FormulateError(f"{error}; {_kept(rows)}") from None
    finally:
        outcomes.close()


def _kept(rows: Rows) -> str:
    if not rows.count:
        return "nothing was done yet"
    designs = f"{rows.count} design{'s are' if rows.count > 1 else ' is'}"
    return f"{designs} kept in {shorten(str(rows.file.part), 120)}, and the same again goes on with them"


def lines(
    tally: Tally,
    designs: int,
    processes: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> Iterator[str]:
    """Give the header and the rows of a sweep as lines of CSV that nobody keeps, and count them in a tally."""
    _check(designs, processes)
    table = tally.table
    yield table.header
    told = _Progress(progress, 0, designs)
    outcomes = _outcomes(table.space, designs, 0, processes, scheduler, told)
    try:
        for item in outcomes:
            line = as_csv(table.cells(item))
            tally.add_line(line)
            yield line
            told.done(item.index + 1)
    finally:
        outcomes.close()


def with_calculation(
    target: TargetFile, draws: int | None = None, seed: int | None = None, probability: float | None = None
) -> TargetFile:
    """Give a target with these draws, seed and probability, and 256 draws where neither it nor its file tells any."""
    content = target.model_dump(mode="json", exclude_unset=True)
    calculation = {"draws": DRAWS, **content.get("calculation", {})}
    calculation |= {name: value for name, value in (("draws", draws), ("seed", seed)) if value is not None}
    if probability is not None:
        content["target"] = {**content.get("target", {}), "probability": probability}
    return build_target({**content, "calculation": calculation}, "target")


def table_of(target: TargetFile) -> Table:
    """Give the table of a target, whose rows say what they were made from."""
    content = target.model_dump(mode="json", exclude_unset=True, exclude={"name": True})
    asked = target.calculation
    content["calculation"] = {name: value for name, value in content["calculation"].items() if name not in BESIDE}
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:DIGEST]
    known = catalog.load().version
    told = f"formulate {program_version()}; catalog {known}; target {digest}; seed {asked.seed}; draws {asked.draws}"
    return Table(Space(target), told)


def summary(tally: Tally, path: Path | None, taken_over: int = 0, seconds: float = 0.0) -> Sweep:
    """Give what rows came to."""
    refusals = dict(tally.refusals.most_common())
    held = Counter({name: tally.held[name] for name in tally.table.chances})
    target = tally.table.space.target
    return Sweep(
        target, path, tally.designs, tally.computed, tally.met, held, refusals, tally.best, taken_over, seconds
    )


def _check(designs: int, processes: int | None) -> None:
    if not 1 <= designs <= MOST_DESIGNS:
        raise DomainError("designs", designs, "", f"1 to {MOST_DESIGNS}")
    check_processes(processes)


def _outcomes(
    space: Space, designs: int, first: int, processes: int | None, scheduler: str | None, told: "_Progress"
) -> Generator[Outcome, None, None]:
    lots = -(-(designs - first) // LOT)
    with _crew(min(processes or processes_for(lots), lots), scheduler) as workers:
        told.done(first)
        yield from in_order(workers, jobs(space, designs, first, LOT), told.waiting)


def _crew(processes: int, scheduler: str | None) -> Crew:
    if scheduler:
        from formulate.designs.cluster import Cluster

        return Cluster(scheduler)
    return Here() if processes == 1 else Processes(processes)


class _Progress:
    """How far a sweep is, how quickly it goes, and how long it will take."""

    def __init__(self, report: Progress | None, first: int, designs: int) -> None:
        self._report, self._first, self._designs = report, first, designs
        self._count, self._began = first, time.monotonic()

    def done(self, count: int) -> None:
        """Tell that so many designs are done."""
        self._count = count
        self.waiting()

    def waiting(self) -> None:
        """Tell how far it is."""
        if self._report is None:
            return
        told = f"{self._count} of {self._designs} designs"
        new, seconds = self._count - self._first, time.monotonic() - self._began
        if new and seconds > 0:
            left = (self._designs - self._count) * seconds / new
            told += f", {new / seconds:.3g} a second, {duration(left)} left"
        self._report(told)


def duration(seconds: float) -> str:
    """Give a time as it is told.

    Examples
    --------
    >>> duration(42), duration(130), duration(9000)
    ('42 s', '2 min', '2.5 h')
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
