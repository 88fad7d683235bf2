"""Compare two release profiles: f1, f2 under the rules of the authorities, and what decides without f2."""

from os.path import realpath
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from formulate.limits import LARGEST_SEED
from materials.errors import shorten
from tui.deliver import DOCUMENTS, check_outputs, terminal_width, write_outputs, writers_of
from tui.options import json_option, option_number, report_options
from tui.progress_line import announce
from tui.refusal import Refusal
from tui.release_options import one_profile, read_data, reading_of, release_options

if TYPE_CHECKING:
    from formulate.experiment.data import Profile, ReleaseData
    from formulate.report.page import Document

REPORTS = (*DOCUMENTS, ".json", ".txt")
FIGURES = (".svg", ".png", ".pdf")
MOST_BOOTSTRAPS = 1_000_000
ROLES = ("reference", "test")
WORKBOOKS = (".xlsx", ".xlsm")


@click.command("similarity")
@click.argument("reference", metavar="REFERENCE", type=click.Path(path_type=Path))
@click.argument("test", metavar="[TEST]", type=click.Path(path_type=Path), required=False)
@click.option("--reference-profile", default="", help="Of the first file, where it holds several.")
@click.option("--test-profile", default="", help="Of the second file; or of the first, where TEST is left out.")
@click.option("--reference-sheet", default="", help="Of the first workbook, where --sheet does not serve for both.")
@click.option("--test-sheet", default="", help="Of the second workbook; or of the first, where TEST is left out.")
@click.option("--rules", default="", help="Only these, with commas: ema,fda,who,anvisa,canada,both; all if left out.")
@click.option("--points", default="ema", show_default=True,
              help="The rule whose points bootstrap, distance and largest difference use, or all.")  # fmt: skip
@click.option("--bootstrap", type=click.IntRange(100, MOST_BOOTSTRAPS), default=10_000, show_default=True,
              help="Replicates of f2 over the units.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, LARGEST_SEED), default=7, show_default=True, help="Of the bootstrap.")
@click.option("--level", default="90%", show_default=True, help="Of the two-sided intervals.")
@click.option("--mtad", default="10%", show_default=True, help="Largest tolerable difference at every time.")
@click.option(
    "--model", default="Weibull_2", show_default=True, help="Fitted to each unit, for the model-dependent region."
)
@click.option("-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path),
              help="Write a report: .html, .pdf, .docx, .md, .xlsx, .json or .txt; repeatable.")  # fmt: skip
@click.option("--plot", type=click.Path(path_type=Path), help="Write the figure; .svg, .png or .pdf by its ending.")
@release_options
@report_options
@json_option
def similarity(
    reference: Path,
    test: Path | None,
    reference_profile: str,
    test_profile: str,
    reference_sheet: str,
    test_sheet: str,
    rules: str,
    level: str,
    mtad: str,
    outputs: tuple[Path, ...],
    plot: Path | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Compare the release profile of TEST with that of REFERENCE.

    Each is a table of release as `formulate fit` reads it, one column or row for each unit; both may stand in one
    file as two profiles, or on two sheets of one workbook. The verdict of f2 under the rules comes first, then all
    other methods that the data allow.
    """
    chosen = {
        "reference_profile": reference_profile,
        "test_profile": test_profile,
        "reference_sheet": reference_sheet,
        "test_sheet": test_sheet,
    }
    inputs = [item for item in (reference, test) if item]
    check_outputs(outputs, REPORTS, inputs)
    check_outputs([plot] if plot else [], FIGURES, inputs, option="--plot")
    announce("the profiles")
    told_of = {name: value for name, value in (chosen | asked).items() if value not in (None, "", (), False)}
    reading = reading_of(asked)
    settings = asked | {
        "level": _share("--level", level, "90%", 0.5, 1.0),
        "mtad": 100.0 * _share("--mtad", mtad, "10%", 0.0, 1.0),
        "rules": [name.strip() for name in rules.split(",") if name.strip()] or None,
    }
    pair = _read(reference, test, reading, chosen)
    from formulate.similarity.compare import similarity as run
    from formulate.similarity.pair import paired

    found = run(*pair, **settings)
    profiles = paired(*pair).profiles

    def envelope_text() -> str:
        from formulate.report.envelope import FITTED_DIGITS, dumps, envelope

        inputs = {"reference": reference.name, "test": (test or reference).name, **told_of, **settings}
        return dumps(
            envelope(
                "similarity", found.results(), seed=settings["seed"], inputs=inputs, warnings=list(found.warnings)
            ),
            FITTED_DIGITS,
        )

    def text(width: int = 100) -> str:
        from tui.show_similarity import similarity_text

        return similarity_text(found, width) + "\n"

    def document() -> "Document":
        from formulate.report.similarity_page import similarity_document

        return similarity_document(found, profiles)

    def drawn() -> bytes:
        from formulate.report.canvas import encode
        from formulate.report.similarity_page import profiles_figure

        assert plot
        return encode(profiles_figure(found, profiles), "similarity", plot.suffix)

    ready = writers_of(outputs, document, {".json": envelope_text, ".txt": text})
    write_outputs(ready | ({plot: drawn} if plot else {}))
    click.echo(envelope_text() if as_json else text(terminal_width()), nl=False)


def _read(
    reference: Path, test: Path | None, reading: dict[str, Any], chosen: dict[str, str]
) -> "tuple[ReleaseData, ReleaseData]":
    """Read both products, each as data of one profile, and see that they are not one and the same."""
    sheets = [chosen[f"{role}_sheet"] or reading["sheet"] for role in ROLES]
    wanted = [chosen[f"{role}_profile"] for role in ROLES]
    same_file = test is None or realpath(test) == realpath(reference)
    same_table = same_file and sheets[0] == sheets[1]
    path = test or reference
    first = read_data(reference, reading | {"sheet": sheets[0]})
    second = first if same_table else read_data(path, reading | {"sheet": sheets[1]})
    if same_table and len(first.profiles) == 2 and not any(wanted):
        wanted = [item.name for item in first.profiles]
    if same_table and (len(first.profiles) == 1 or (test is None and not wanted[1])):
        raise Refusal(_nothing_apart(reference, test))
    profiles = (
        one_profile(first, reference, wanted[0], "--reference-profile"),
        one_profile(second, path, wanted[1], "--test-profile"),
    )
    if profiles[0] is profiles[1]:
        raise Refusal(f"--test-profile: {shorten(profiles[1].name)!r} is the reference; need another profile")
    own_sheets = [chosen[f"{role}_sheet"] if same_file else "" for role in ROLES]
    return (
        _only(first, profiles[0], reference, own_sheets[0]),
        _only(second, profiles[1], path, own_sheets[1]),
    )


def _nothing_apart(reference: Path, test: Path | None) -> str:
    what = f"{shorten(test, 120)} is REFERENCE itself, and nothing tells the two apart" if test else "is missing"
    second = "another file" if test else "a second file"
    sheets = "--reference-sheet and --test-sheet of one workbook, "
    sheets = sheets if reference.suffix.lower() in WORKBOOKS else ""
    return f"TEST: {what}; need {second}, {sheets}or --reference-profile and --test-profile of one table"


def _only(data: "ReleaseData", profile: "Profile", path: Path, sheet: str) -> "ReleaseData":
    """Give data of one profile; a lone one has the name of its sheet or its file."""
    from dataclasses import replace

    if len(data.profiles) == 1:
        of_sheet = f"{path.stem}, sheet {sheet}" if sheet.isdigit() else sheet
        profile = replace(profile, name=of_sheet or path.stem)
    return replace(data, profiles=(profile,))


def _share(option: str, text: str, example: str, low: float, high: float) -> float:
    try:
        value = option_number(option, text, "percent")
    except Refusal as error:
        raise Refusal(f'{error.message.partition("; need")[0]}; need a percentage such as "{example}"') from None
    if not low <= value < high or value == 0.0:
        least = f"at least {low:.0%}" if low else "more than 0%"
        raise Refusal(f"{option}: {shorten(text)!r}; need {least} and less than {high:.0%}")
    return value
