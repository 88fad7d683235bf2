"""The version of the program."""

import importlib.metadata


def program_version() -> str:
    """Give the version of the installed program."""
    try:
        return importlib.metadata.version("formulate-delivery")
    except importlib.metadata.PackageNotFoundError:
        return "0+unknown"
