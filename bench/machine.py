"""What the measurements were made on: processor, memory, versions, and how busy the machine was."""

import importlib
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PEERS = ("lmfit", "drux", "openpkflow", "py-pde", "fipy", "numba")


def facts() -> dict[str, str]:
    """Give what to know of the machine, the programs and the moment, in words."""
    found = {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": _memory(),
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "numpy, scipy": f"{version('numpy')}, {version('scipy')}",
        "linear algebra": f"{_blas()}, one thread",
        "other programs": _versions(PEERS),
    }
    if hasattr(os, "getloadavg"):
        found["busy before it began"] = f"{os.getloadavg()[0]:.1f} processes in the mean of the last minute"
    return found


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    if listed.exists():
        for line in listed.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def _memory() -> str:
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return "not told"
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1024**3:.1f} GB"


def _blas() -> str:
    config = importlib.import_module("numpy").show_config(mode="dicts")
    blas = config["Build Dependencies"]["blas"]
    return f"{blas['name']} {blas.get('version', '')}".strip()


def _versions(names: Sequence[str]) -> str:
    listed = []
    for name in names:
        try:
            listed.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            listed.append(f"{name} not installed")
    return ", ".join(listed)
