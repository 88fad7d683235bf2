"""Designs as formulation files of their own, which every other command reads, with their recipes beside them."""

from pathlib import Path

from formulate.designs.search import Design, Proposal
from materials.errors import Fault, FileError, shorten
from materials.files import write

NAME = "design-{}.toml"
RECIPE = "design-{}-recipe.md"


def check_folder(folder: Path) -> None:
    """Refuse a folder that designs cannot be saved in, or that holds such files already; make it if need be.

    Raises
    ------
    FileError
        Naming the folder or the file.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = shorten(getattr(error, "strerror", None) or error)
        problem = f"cannot be made ({reason}); need a folder name"
        raise FileError([Fault(shorten(str(folder), 120), "", problem)]) from None
    taken = next((path for name in (NAME, RECIPE) for path in sorted(folder.glob(name.format("*")))), None)
    if taken is not None:
        problem = "is there already, and is not written over; need a folder without it"
        raise FileError([Fault(shorten(str(taken), 120), "", problem)])


def save(design: Design, folder: Path) -> tuple[Path, ...]:
    """Write each design as a formulation file, and its recipe; give what was written.

    Raises
    ------
    FileError
        As `check_folder`, or a file cannot be written.
    """
    check_folder(folder)
    written = []
    for place, item in enumerate(design.proposals, start=1):
        texts = {NAME: formulation_text(design, item, place)}
        if item.recipe is not None:
            texts[RECIPE] = item.recipe.to_markdown() + "\n"
        for name, text in texts.items():
            path = folder / name.format(place)
            write(path, text)
            written.append(path)
    return tuple(written)


def formulation_text(design: Design, item: Proposal, place: int) -> str:
    """Give a design as the text of a formulation file that draws as it was computed last."""
    import tomli_w

    low, high = item.interval
    content = design.space.content(item.outcome.settings)
    asked = f", for {design.target.name}" if design.target.name else ""
    content["name"] = f"Design {place}: {content.get('name', '')}{asked}"
    content["calculation"] = {**content.get("calculation", {}), "draws": design.fresh.count, "seed": design.fresh.seed}
    first = ("schema_version", "kind", "name", "system")
    ordered = {key: content[key] for key in first if key in content} | {
        key: value for key, value in content.items() if key not in first
    }
    head = [
        f"# Design {place} of a search among {len(design.outcomes)}: it holds the target and its limits with "
        f"{item.probability:.0%} ({low:.0%} to {high:.0%}).",
        f"# Run it:  formulate predict {NAME.format(place)}",
        f"#          formulate recipe {NAME.format(place)}",
    ]
    return "\n".join(head) + "\n\n" + tomli_w.dumps(ordered)
