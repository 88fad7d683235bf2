"""What files and options ask for, made into a question or formulations and computed."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from formulate.recorded import recorded as recorded
from formulate.recorded import with_calculation as with_calculation
from materials.errors import shorten
from tui.progress_line import progress as progress
from tui.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formulate.comparison import Comparison
    from formulate.formulation import Formulation, Question


def compared(paths: tuple[Path, ...], asked: dict[str, Any]) -> "tuple[Comparison, dict[str, Any]]":
    """Run a comparison of what files and options ask for; give it with the inputs to record."""
    from formulate.comparison import compare as run
    from formulate.comparison import compare_formulations
    from formulate.formulation import Question, read

    report = progress()
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
        ready = [
            (name, with_calculation(formulation, path, asked.get("draws"), asked.get("seed")))
            for name, path, formulation in zip(names_of(paths), paths, formulations, strict=True)
        ]
        comparison = compare_formulations(ready, _weights(asked), progress=report)
        return comparison, {"files": [recorded(item) for _, item in ready]}
    question = _question(files[0] if files else None, asked, str(paths[0]) if paths else "command line")
    return run(question, report), recorded(question)


def check_files(paths: "Sequence[Path]") -> None:
    """Refuse a folder, and a file that is given twice."""
    for index, path in enumerate(paths):
        if path.is_dir():
            project = f"formulate project {shorten(path, 120)}"
            raise Refusal(f"{shorten(path, 120)}: is a folder; need files of it, or all of them with {project}")
        if path in paths[:index]:
            raise Refusal(f"{shorten(path, 120)}: given twice; need each file once")


def names_of(paths: "Sequence[Path]") -> list[str]:
    """Give what each file is called: its name without the ending where no other has it, else its path."""
    stems = [path.stem for path in paths]
    return [shorten(path.stem if stems.count(path.stem) == 1 else path, 120) for path in paths]


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
