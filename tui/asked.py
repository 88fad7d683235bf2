"""What files and options ask for, made into a question or formulations and computed."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from formulate.recorded import recorded as recorded
from formulate.recorded import with_calculation as with_calculation
from materials.errors import UnknownIdError, shorten
from materials.faults import FieldError
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
    files = [read(path, until="comparison") for path in paths]
    formulations = [file for file in files if not isinstance(file, Question)]
    if len(files) > 1 and len(formulations) < len(files):
        raise Refusal("several files: need formulation files to compare, or one question file")
    if formulations:
        allowed = {"draws", "seed", "weights", "weight", "needs"}
        if extra := set(asked) - allowed:
            raise Refusal(
                f"--{sorted(extra)[0]}: formulation files say this themselves; need --weights, --draws or --seed"
            )
        ready = [
            (name, with_calculation(formulation, path, asked.get("draws"), asked.get("seed")))
            for name, path, formulation in zip(names_of(paths), paths, formulations, strict=True)
        ]
        comparison = compare_formulations(
            ready, _weights(asked), progress=report, needs=[asked["needs"]] if "needs" in asked else []
        )
        return comparison, {"files": [recorded(item) for _, item in ready]}
    question = _question(files[0] if files else None, asked, str(paths[0]) if paths else "command line")
    return run(question, report), recorded(question)


Asked = TypeVar("Asked", "Formulation", "Formulation | Question")


def following(formulation: Asked, payload: str | None) -> Asked:
    """Give a formulation with the payload followed that an option names."""
    if payload is None:
        return formulation
    if formulation.kind == "question":
        raise Refusal(f"--payload {shorten(payload)}: a question holds one payload; need it left out")
    if not formulation.payload:
        need = "it holds none, for the carrier is itself the drug; need it left out"
        raise Refusal(f"--payload {shorten(payload)}: {need}")
    try:
        return formulation.following(payload)
    except UnknownIdError as error:
        raise Refusal(f"--payload: {error}") from None


def with_draws(
    file: "Formulation | Question", path: Path, draws: int | None, seed: int | None
) -> "Formulation | Question":
    """Give a formulation or a question with the draws and the seed that options ask for."""
    from formulate.formulation import Question

    asked = {name: value for name, value in (("draws", draws), ("seed", seed)) if value is not None}
    if not asked:
        return file
    if isinstance(file, Question):
        return file.model_copy(update={"calculation": file.calculation.model_copy(update=asked)})
    return with_calculation(file, path, draws, seed)


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
        if "site" not in asked and "preset" not in asked:
            raise Refusal("--site is missing; need a question file, or --site (or --preset) and --payload")
        if "payload" not in asked and "carriers" not in asked:
            need = "or --carriers with ids of carriers that are themselves the drug"
            raise Refusal(f"--payload is missing; need a question file, or --site and --payload, {need}")
    if "preset" in asked:
        if content.get("preset") not in (None, "", asked["preset"]):
            raise Refusal(f"--preset: {source} names {content['preset']} already; need it there, or here")
        content["preset"] = asked["preset"]
    regimen, target = content.setdefault("regimen", {}), content.setdefault("target", {})
    calculation = content.setdefault("calculation", {})
    payload = dict(content["payload"][0]) if content.get("payload") else {}
    if "dose" in asked and not payload and "payload" not in asked:
        need = "need a payload, or it left out: carriers that are the drug are compared by shares of their dose"
        raise Refusal(f"--dose: {shorten(asked['dose'])!r}; {need}")
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
    if payload:
        content["payload"] = [payload]
    if "carriers" in asked:
        content["carriers"] = [item.strip() for item in asked["carriers"].split(",") if item.strip()]
        if not content["carriers"]:
            raise Refusal(f"--carriers: {shorten(asked['carriers'])!r}; need ids with commas between, or leave it out")
    if "needs" in asked:
        content["needs"] = [asked["needs"]]
    if "weights" in asked or "weight" in asked:
        content["weights"] = {**({} if "weights" in asked else content.get("weights", {})), **_weights(asked)}
    question: Question = build(Question, content, source)
    return question


def _weights(asked: dict[str, Any]) -> dict[str, float]:
    from formulate.criteria import check_weights

    weights: dict[str, float] = {}
    listed = [("--weights", item) for item in asked.get("weights", "").split(",") if item]
    for option, item in (*listed, *(("--weight", item) for item in asked.get("weight", ()))):
        name, equals, given = (part.strip() for part in item.partition("="))
        try:
            weight = float(given)
        except ValueError:
            equals = ""
        if not equals or not 0 <= weight < float("inf"):
            need = "need name=number with a number of at least 0, such as cover=3"
            raise Refusal(f"{option}: {shorten(item)!r}; {need}")
        if option == "--weights" and name in weights:
            raise Refusal(f"{option}: {shorten(name)!r} stands twice; need each part once")
        try:
            check_weights({name: weight})
        except FieldError as error:
            raise Refusal(f"{option}: {shorten(item)!r}: {error}") from None
        weights[name] = weight
    try:
        check_weights(weights)
    except ValueError as error:
        raise Refusal(f"--weights: {error}") from None
    return weights


def pareto_axes(given: str | None) -> tuple[str, str] | None:
    """Give the two axes that --pareto names, or None where it was not asked."""
    from formulate.criteria import AXES

    if given is None:
        return None
    names = [item.strip() for item in given.split(",")]
    if len(names) != 2 or names[0] == names[1] or any(name not in AXES for name in names):
        need = f"need two of {', '.join(AXES)} with a comma between"
        raise Refusal(f"--pareto: {shorten(given)!r}; {need}")
    return names[0], names[1]
