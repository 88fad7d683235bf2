"""Who computes the lots of a sweep: this process, processes beside it, a cluster; in order, few under way at once."""

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, Self, TypeAlias

from formulate.designs.outcome import Outcome, evaluate
from formulate.designs.space import Space
from formulate.designs.target_file import build_target
from formulate.sampling import Array, Draws
from formulate.threads import ONE_THREAD
from formulate.version import program_version
from materials import catalog, places
from materials.errors import DomainError, FormulateError

MOST_BY_DEFAULT = 4  # processes; each holds the curves of a lot of designs
WORTH_A_PROCESS = 2  # lots: fewer are sooner computed than a process begins
AHEAD = 2  # lots per process that are under way: one computed, one waiting
PATIENCE = 0.5  # s between two looks at an interrupt, which not every system lets through a wait


@dataclass(frozen=True)
class Job:
    """A lot of designs, and all that is needed to compute it elsewhere as it would be here."""

    target: str  # its content, as JSON
    catalog_version: str
    program_version: str
    own_files: tuple[str, ...]  # laid over the catalog by this run
    first: int
    points: Array


class Answer(Protocol):
    """What a worker will give."""

    def result(self, timeout: Any = None) -> list[Outcome]:
        """Wait for it so many seconds; a TimeoutError says that it is not ready."""


class Workers(Protocol):
    """Someone who computes jobs."""

    @property
    def ahead(self) -> int:
        """How many jobs may be under way."""

    def submit(self, job: Job) -> Answer:
        """Begin a job."""


Crew: TypeAlias = AbstractContextManager[Workers]


def jobs(space: Space, end: int, first: int, size: int) -> Iterator[Job]:
    """Give the designs numbered `first` to `end` of the sweep of a space as lots."""
    return jobs_of(space, space.lots(end, first, size), first)


def jobs_of(space: Space, lots: Iterable[Array], first: int) -> Iterator[Job]:
    """Give lots of points of a space, the first of them numbered `first`, as jobs."""
    import json

    target = json.dumps(space.target.model_dump(mode="json", exclude_unset=True), ensure_ascii=False, sort_keys=True)
    files = tuple(str(path.absolute()) for path in places.asked_for)
    for points in lots:
        yield Job(target, catalog.load().version, program_version(), files, first, points)
        first += len(points)


def cores() -> int:
    """Give how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def check_processes(asked: int | None) -> None:
    """Refuse a number of processes that nothing can be computed by."""
    if asked is not None and asked < 1:
        raise DomainError("processes", asked, "", "at least 1")


def processes_for(lots: int) -> int:
    """Give by how many processes lots are computed where nobody says it: one a core, few, and fewer for few lots."""
    return min(cores(), MOST_BY_DEFAULT, max(1, lots // WORTH_A_PROCESS))


def in_order(workers: Workers, lots: Iterable[Job], waiting: Callable[[], None] = lambda: None) -> Iterator[Outcome]:
    """Give the outcomes of lots in their order, however they come in, with no more under way than the workers take.

    `waiting` is called every half second that nothing comes.
    """
    under_way: deque[Answer] = deque()
    for job in lots:
        under_way.append(workers.submit(job))
        if len(under_way) >= workers.ahead:
            yield from _awaited(under_way.popleft(), waiting)
    while under_way:
        yield from _awaited(under_way.popleft(), waiting)


def _awaited(answer: Answer, waiting: Callable[[], None]) -> list[Outcome]:
    while True:
        try:
            return answer.result(timeout=PATIENCE)
        except TimeoutError:
            waiting()


def compute(job: Job) -> list[Outcome]:
    """Compute a lot.

    Raises
    ------
    FormulateError
        The program or the catalog is another here than where the job comes from.
    """
    if job.program_version != program_version():
        told = f"formulate {program_version()} computes for {job.program_version}"
        raise FormulateError(f"{told}; need the same version at both ends")
    if job.catalog_version != catalog.load().version and all(Path(file).is_file() for file in job.own_files):
        catalog.use(*job.own_files)
    if job.catalog_version != catalog.load().version:
        told = f"its catalog is {catalog.load().version}, that of the sweep {job.catalog_version}"
        raise FormulateError(f"a worker has another catalog ({told}); need your catalog files where it runs, too")
    with _ONE_AT_A_TIME:
        space, draws = _ready(job.target)
        return list(evaluate(space, job.points, job.first, draws))


_ONE_AT_A_TIME = threading.Lock()  # the threads of a cluster's worker share the table of units and what is kept


@lru_cache(maxsize=1)
def _ready(target: str) -> tuple[Space, Draws]:
    """Give the space of a target, and draws that all its lots share."""
    import json

    read = build_target(json.loads(target), "the target")
    return Space(read), Draws(read.calculation.draws, read.calculation.seed)


class Here:
    """This process."""

    ahead = 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, job: Job) -> "Answer":
        """Compute a job at once."""
        return _Done(compute(job))


@dataclass(frozen=True)
class _Done:
    outcomes: list[Outcome]

    def result(self, timeout: Any = None) -> list[Outcome]:
        return self.outcomes


class Processes:
    """Processes beside this one, each on one core; they end at once when the sweep is stopped or its process dies."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._others = {child.pid for child in multiprocessing.active_children()}
        self._pool = ProcessPoolExecutor(
            count, multiprocessing.get_context("spawn"), _begin, (tuple(map(str, places.asked_for)),)
        )

    @property
    def ahead(self) -> int:
        """How many jobs may be under way."""
        return AHEAD * self.count

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:  # what is under way is not waited for
            for child in multiprocessing.active_children():
                if child.pid not in self._others:
                    child.kill()
        self._pool.shutdown(wait=True, cancel_futures=True)
        del self._pool
        gc.collect()  # its semaphores go with it, also where this process ends without its last rites

    def submit(self, job: Job) -> "Answer":
        """Hand a job over; the first ones start the processes."""
        try:
            with _starting():
                return _OfPool(self._pool.submit(compute, job))
        except BrokenProcessPool:
            raise _ended() from None


@dataclass(frozen=True)
class _OfPool:
    future: Any

    def result(self, timeout: Any = None) -> list[Outcome]:
        try:
            found: list[Outcome] = self.future.result(timeout)
        except BrokenProcessPool:
            raise _ended() from None
        return found


def _ended() -> FormulateError:
    why = 'killed, short of memory, or begun by a script without if __name__ == "__main__"'
    return FormulateError(f"a process that computes designs has ended by itself ({why}); need fewer processes")


@contextmanager
def _starting() -> Iterator[None]:
    """Let processes that begin here have one thread each for linear algebra, and not hear Ctrl-C: this one does."""
    kept = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    masked = None
    if sys.platform != "win32":
        masked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        for name, value in kept.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        if sys.platform != "win32" and masked is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, masked)


def _begin(own_files: tuple[str, ...]) -> None:
    """Make a new process ready."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    catalog.use(*own_files)


def _end_with_parent() -> None:
    """End this process when the one that began it is gone, however it went."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
