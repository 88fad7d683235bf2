"""Files of a project that are no formulation or question: what they are, and which command takes them."""

from pathlib import Path

from formulate.designs.target_file import read_target
from materials import catalog, files
from materials.errors import shorten
from materials.overlay import TABLES, lay_over
from materials.places import PROJECT_FOLDER

TARGET, CATALOG = "target", "catalog"  # what such files are, as `kind` says it


def set_aside(path: Path) -> tuple[str, str] | None:
    """Give what a file is and what to do with it, or None where it is to be run as a formulation or a question.

    Raises
    ------
    FileError
        It cannot be read, or is a target or a catalog file with faults.
    """
    content, _ = files.read_toml(path)
    name = shorten(path, 120)
    if content.get("kind") == "target":
        read_target(path)
        return TARGET, f"formulate design {name} searches for the formulations that meet it"
    if content and content.keys() <= set(TABLES):
        lay_over(catalog.load(), [path])
        folder = shorten(path.parent / PROJECT_FOLDER, 120)
        return CATALOG, f"--catalog {name} lays them over the catalog; so do files in {folder}, without an option"
    return None
