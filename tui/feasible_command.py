"""The command that says whether formulations can be made, injected and reach their target at all."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from formulate.limits import FEWEST_DRAWS, LARGEST_SEED, MOST_DRAWS
from materials.errors import shorten
from tui.asked import progress, recorded, with_calculation
from tui.deliver import check_outputs, terminal_width, write_outputs
from tui.options import catalog_option, json_option
from tui.refusal import Refusal

if TYPE_CHECKING:
    from formulate.feasibility import Check
    from formulate.formulation import Formulation, Question

ENDINGS = (".txt", ".json")


@click.command()
@click.argument("path", metavar="FILE.toml", type=click.Path(path_type=Path))
@click.option("-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path),
              help="Write it; .txt or .json by its ending. May be repeated.")  # fmt: skip
@click.option("--draws", type=click.IntRange(FEWEST_DRAWS, MOST_DRAWS), help="Draws of the uncertain inputs (1024).")
@click.option("--seed", type=click.IntRange(0, LARGEST_SEED), help="Seed of the draws (7).")
@json_option
@catalog_option
def feasible(path: Path, outputs: tuple[Path, ...], draws: int | None, seed: int | None, as_json: bool) -> None:
    """Check whether a formulation can be made, injected and reach its target, or every carrier of a question.

    Loading, volume, dose, needle, barriers on the way, load, sterility, and the life of cells. Works for what release
    cannot be computed of, too.
    """
    from formulate.formulation import Question, read

    check_outputs(outputs, ENDINGS, [path])
    file = read(path)
    aside: dict[str, str] = {}
    if isinstance(file, Question):
        file = _drawn(file, draws, seed)
        formulations, aside = _carriers(file)
        if not formulations:
            raise Refusal(f"{shorten(path, 120)}: {'; '.join(f'{name} {reason}' for name, reason in aside.items())}")
    else:
        file = with_calculation(file, path, draws, seed)
        formulations = [file]
    checked = _checked(formulations)

    def envelope_text() -> str:
        from formulate.report.envelope import dumps, envelope
        from formulate.report.feasible import feasible_results

        results = feasible_results(checked, aside)
        seeded = file.calculation.seed
        return dumps(envelope("feasible", results, seed=seeded, inputs=recorded(file), warnings=[]))

    def text(width: int = 100) -> str:
        from tui.show_feasible import feasible_text

        return feasible_text(checked, _heading(file), width, aside) + "\n"

    writers = {".json": envelope_text, ".txt": text}
    write_outputs({output: writers[output.suffix.lower()] for output in outputs})
    click.echo(envelope_text() if as_json else text(terminal_width()), nl=False)


def _drawn(question: "Question", draws: int | None, seed: int | None) -> "Question":
    asked = {name: value for name, value in (("draws", draws), ("seed", seed)) if value is not None}
    return question.model_copy(update={"calculation": question.calculation.model_copy(update=asked)})


def _carriers(question: "Question") -> "tuple[list[Formulation], dict[str, str]]":
    """Give the formulations of a question, and why there is none of a carrier that it names."""
    from formulate.comparison import HOLDS_A_DRUG, why_aside
    from materials import catalog

    known = catalog.load()
    chosen = list(dict.fromkeys(question.carriers or known.runnable_carriers()))
    aside = {name: why for name in chosen if (why := why_aside(question, known.carrier(name))) == HOLDS_A_DRUG}
    return [question.formulation(name) for name in chosen if name not in aside], aside


def _checked(formulations: "list[Formulation]") -> "list[tuple[Formulation, tuple[Check, ...]]]":
    """Check formulations; those that fail least stand first."""
    from formulate.feasibility import feasibility
    from formulate.sampling import Draws

    report = progress()
    calculation = formulations[0].calculation
    drawn = Draws(calculation.draws, calculation.seed)
    found = []
    for number, formulation in enumerate(formulations, start=1):
        if report:
            report(f"{number} of {len(formulations)}: {formulation.label}")
        found.append((formulation, feasibility(formulation, draws=drawn)))
    order = ("fails", "unsure", "not-known")
    return sorted(found, key=lambda item: [sum(check.verdict == verdict for check in item[1]) for verdict in order])


def _heading(file: "Formulation | Question") -> str:
    regimen = file.regimen
    state = f", {regimen.state_or_first}" if regimen.state_or_first else ""
    what = " and ".join(f"{part.dose + ' ' if part.dose else ''}{part.id}" for part in file.payload)
    given = f"{what} " if what else ""
    target = file.compartment.replace("-", " ")
    return f"{given}{regimen.route_or_first} into a {regimen.species} {regimen.site}{state}, for its {target}"
