"""What files and options ask for, made into a question or formulations and computed."""

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from materials.errors import shorten
from tui.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from formulate.comparison import Comparison
    from formulate.designs.target_file import TargetFile
    from formulate.formulation import Formulation, Question


def compared(paths: tuple[Path, ...], asked: dict[str, Any]) -> "tuple[Comparison, dict[str, Any]]":
    """Run a comparison of what files and options ask for; give it with the inputs to record."""
    from formulate.comparison import compare as run
    from formulate.comparison import compare_formulations
    from formulate.formulation import Question, read

    report = progress()
    twice = [path for index, path in enumerate(paths) if path in paths[:index]]
    if twice:
        raise Refusal(f"{shorten(twice[0], 120)}: given twice; need each file once")
    files = [read(path, until="retention") for path in paths]
    formulations = [file for file in files if not isinstance(file, Question)]
    if len(files) > 1 and len(formulations) < len(files):
        raise Refusal("several files: need formulation files to compare, or one question file")
    if formulations:
        allowed = {"draws", "seed", "weights"}
        if extra := set(asked) - allowed:
            raise Refusal(
                f"--{sorted(extra)[0]}: formulation files say this themselves; need --weights, --draws or --seed"
            )
        _same_problem(paths, formulations)
        names = [path.stem for path in paths]
        ready = [
            (
                shorten(path.stem if names.count(path.stem) == 1 else path, 120),
                with_calculation(formulation, path, asked.get("draws"), asked.get("seed")),
            )
            for path, formulation in zip(paths, formulations, strict=True)
        ]
        comparison = compare_formulations(ready, _weights(asked), progress=report)
        return comparison, {"files": [recorded(item) for _, item in ready]}
    question = _question(files[0] if files else None, asked, str(paths[0]) if paths else "command line")
    return run(question, report), recorded(question)


def recorded(file: "Question | Formulation | TargetFile") -> dict[str, Any]:
    """Give what was asked as it would stand in a file, to be run again."""
    return {
        "schema_version": file.schema_version,
        "kind": file.kind,
        **file.model_dump(mode="json", exclude_defaults=True, exclude={"schema_version", "kind"}),
    }


def _question(file: "Question | Formulation | None", asked: dict[str, Any], source: str) -> "Question":
    """Give the question of a file with the options over it, or the one that the options alone ask."""
    from formulate.formulation import Question, build

    content: dict[str, Any] = {"schema_version": 1, "kind": "question"}
    if file:
        content = file.model_dump(mode="json", exclude_unset=True)
    if not file:
        for name in ("site", "payload"):
            if name not in asked:
                raise Refusal(f"--{name} is missing; need a question file, or --site and --payload")
    regimen, target = content.setdefault("regimen", {}), content.setdefault("target", {})
    calculation = content.setdefault("calculation", {})
    payload = dict(content["payload"][0]) if file else {}
    if "payload" in asked and asked["payload"] != payload.get("id"):
        payload = {"id": asked["payload"], **({"dose": payload["dose"]} if "dose" in payload else {})}
        target.pop("payload", None)
    for table, names in (
        (regimen, {"site": "site", "species": "species", "state": "state", "volume": "volume"}),
        (payload, {"dose": "dose"}),
        (target, {"above": "unbound_above", "duration": "duration"}),
        (calculation, {"horizon": "horizon", "draws": "draws", "seed": "seed"}),
    ):
        for option, key in names.items():
            if option in asked:
                table[key] = asked[option]
    if "above" in asked:
        target.pop("times", None)  # the one takes the place of the other
    content["payload"] = [payload]
    if "carriers" in asked:
        content["carriers"] = [item.strip() for item in asked["carriers"].split(",") if item.strip()]
        if not content["carriers"]:
            raise Refusal(f"--carriers: {shorten(asked['carriers'])!r}; need ids with commas between, or leave it out")
    if "weights" in asked:
        content["weights"] = _weights(asked)
    question: Question = build(Question, content, source)
    return question


def _weights(asked: dict[str, Any]) -> dict[str, float]:
    from formulate.formulation import check_weights

    weights: dict[str, float] = {}
    for item in filter(None, asked.get("weights", "").split(",")):
        name, equals, given = item.partition("=")
        try:
            weights[name.strip()] = float(given)
        except ValueError:
            equals = ""
        if not equals or not 0 <= weights.get(name.strip(), -1) < float("inf"):
            raise Refusal(f"--weights: {item[:60]!r}; need name=number with a number of at least 0, such as cover=3")
    try:
        check_weights(weights)
    except ValueError as error:
        raise Refusal(f"--weights: {error}") from None
    return weights


def _same_problem(paths: tuple[Path, ...], formulations: "list[Formulation]") -> None:
    """Refuse formulations that answer different questions: side by side their numbers would mislead."""
    first, first_path = formulations[0], shorten(paths[0], 120)
    for given, other in zip(paths, formulations, strict=True):
        path = shorten(given, 120)
        for field in ("target", "calculation"):
            if getattr(other, field) != getattr(first, field):
                raise Refusal(f"{path}: {field} differs from that of {first_path}; need the same to compare")
        if other.cargo.id != first.cargo.id:
            raise Refusal(f"{path}: payload {other.cargo.id} differs from {first.cargo.id} of {first_path}")
        for field in ("site", "species", "state_or_first"):
            if getattr(other.regimen, field) != getattr(first.regimen, field):
                raise Refusal(f"{path}: regimen differs from that of {first_path}; need the same site and state")


def with_calculation(formulation: "Formulation", path: Path, draws: int | None, seed: int | None) -> "Formulation":
    """Give a formulation with the draws and the seed that options ask for."""
    from formulate.formulation import Formulation, build

    content = formulation.model_dump(mode="json", exclude_unset=True)
    calculation = content.setdefault("calculation", {})
    calculation |= {name: value for name, value in (("draws", draws), ("seed", seed)) if value is not None}
    ready: Formulation = build(Formulation, content, str(path))
    return ready


def progress() -> "Callable[[str], None] | None":
    """Give a line of progress on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        return None

    def report(name: str) -> None:
        room = shutil.get_terminal_size().columns - len("computing  ... ")
        click.echo(f"\r\x1b[Kcomputing {shorten(name, max(room, 20))} ...", nl=False, err=True)

    click.get_current_context().call_on_close(lambda: click.echo("\r\x1b[K", nl=False, err=True))
    return report
