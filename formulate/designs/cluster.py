"""The lots of a sweep on a Dask cluster, by the optional distributed."""

import logging
import socket
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Self

from formulate.designs.outcome import Outcome
from formulate.designs.work import AHEAD, Answer, Job, compute
from formulate.version import program_version
from materials.errors import FormulateError, shorten

PATIENCE = 8.0  # s to find the scheduler, and again for its first worker


class Cluster:
    """The workers of a Dask cluster.

    Parameters
    ----------
    address : str
        Of its scheduler, such as "tcp://10.0.0.1:8786".

    Raises
    ------
    FormulateError
        The package distributed is not installed, nobody answers at the address, or no worker is there.
    """

    def __init__(self, address: str) -> None:
        distributed = _distributed()
        _find(distributed, address)
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters of it is said in one line
        try:
            self._client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise _unreachable(address, error) from None
        try:
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            self._close()
            told = f"scheduler {shorten(address, 120)!r}"
            raise FormulateError(f"{told}: has no worker; need one that was started for it") from None
        self._threads: int = sum(self._client.nthreads().values())

    @property
    def ahead(self) -> int:
        """How many jobs may be under way."""
        return AHEAD * max(self._threads, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def submit(self, job: Job) -> Answer:
        """Hand a job over."""
        return _OfCluster(self._client.submit(compute, job, pure=False))

    def _close(self) -> None:
        with suppress(Exception):  # a cluster that is gone cannot be left in good order
            self._client.close(timeout=2)


@dataclass(frozen=True)
class _OfCluster:
    future: Any

    def result(self, timeout: Any = None) -> list[Outcome]:
        try:
            found: list[Outcome] = self.future.result(timeout)
        except (TimeoutError, FormulateError):
            raise
        except Exception as error:
            if self.future.status == "error" and type(error).__module__ == "builtins" and not _of_transport(error):
                raise  # a mistake of the program keeps its traceback
            reason = shorten(" ".join(str(error).split()) or type(error).__name__, 200)
            need = f"need workers that run and have formulate-delivery {program_version()} installed"
            raise FormulateError(f"the cluster gave up a lot ({reason}); {need}") from None
        return found


def _of_transport(error: Exception) -> bool:
    return isinstance(error, ImportError | OSError) or "deserializ" in str(error)


def _distributed() -> Any:  # as if it had no types: it is not there everywhere
    try:
        return import_module("distributed")
    except ImportError:
        raise FormulateError(
            "a cluster needs Dask, which is not installed: pip install 'formulate-delivery[dask]'"
        ) from None


def _find(distributed: Any, address: str) -> None:
    """Refuse an address at which nobody listens, sooner than a client gives up."""
    comm = distributed.comm
    try:
        if comm.parse_address(address)[0] != "inproc":  # a cluster within this process listens nowhere
            socket.create_connection(comm.get_address_host_port(address), timeout=PATIENCE).close()
    except (OSError, ValueError) as error:
        raise _unreachable(address, error) from None


def _unreachable(address: str, error: Exception) -> FormulateError:
    reason = " ".join(str(error).split()) or type(error).__name__
    need = "need the address of a running scheduler, such as tcp://127.0.0.1:8786"
    return FormulateError(f"scheduler {shorten(address, 120)!r}: cannot be reached ({shorten(reason, 160)}); {need}")
