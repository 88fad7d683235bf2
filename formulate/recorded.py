"""What was asked, as it would stand in a file, and the same with other draws."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from formulate.designs.target_file import TargetFile
    from formulate.formulation import Formulation, Question


def recorded(file: "Question | Formulation | TargetFile") -> dict[str, Any]:
    """Give what was asked as it would stand in a file, to be run again."""
    return {
        "schema_version": file.schema_version,
        "kind": file.kind,
        **file.model_dump(mode="json", exclude_defaults=True, exclude={"schema_version", "kind"}),
    }


def with_calculation(formulation: "Formulation", path: Path, draws: int | None, seed: int | None) -> "Formulation":
    """Give a formulation with the draws and the seed that options ask for."""
    from formulate.formulation import Formulation, build

    content = formulation.model_dump(mode="json", exclude_unset=True)
    calculation = content.setdefault("calculation", {})
    calculation |= {name: value for name, value in (("draws", draws), ("seed", seed)) if value is not None}
    ready: Formulation = build(Formulation, content, str(path))
    return ready
