"""Compare two release profiles: f1, f2 under the rules of the authorities, and what decides without f2."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from formulate.limits import LARGEST_SEED
from materials.errors import shorten
from tui.deliver import check_outputs, terminal_width, write_outputs
from tui.options import json_option, option_number
from tui.refusal import Refusal
from tui.release_options import one_profile, read_data, reading_of, release_options

if TYPE_CHECKING:
    from formulate.experiment.data import Profile, ReleaseData

REPORTS = (".html", ".json", ".txt")
FIGURES = (".svg", ".png", ".pdf")
MOST_BOOTSTRAPS = 1_000_000


@click.command("similarity")
@click.argument("reference", metavar="REFERENCE", type=click.Path(path_type=Path))
@click.argument("test", metavar="TEST", type=click.Path(path_type=Path), required=False)
@click.option("--reference-profile", default="", help="Of the first file, where it holds several.")
@click.option("--test-profile", default="", help="Of the second file; or of the first, where TEST is left out.")
@click.option("--rules", default="", help="Only these, with commas: ema,fda,who,anvisa ...; all if left out.")
@click.option("--points", default="ema", show_default=True, help="The rule whose points the bootstrap uses.")
@click.option("--bootstrap", type=click.IntRange(100, MOST_BOOTSTRAPS), default=10_000, show_default=True,
              help="Replicates of f2 over the units.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, LARGEST_SEED), default=7, show_default=True, help="Of the bootstrap.")
@click.option("--level", default="90%", show_default=True, help="Of the two-sided intervals.")
@click.option("--mtad", default="10%", show_default=True, help="Largest tolerable difference at every time.")
@click.option(
    "--model", default="Weibull_2", show_default=True, help="Fitted to each unit, for the model-dependent region."
)
@click.option("-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path),
              help="Write a report: .html, .json or .txt by its ending. May be repeated.")  # fmt: skip
@click.option("--plot", type=click.Path(path_type=Path), help="Write the figure; .svg, .png or .pdf by its ending.")
@release_options
@json_option
def similarity(
    reference: Path,
    test: Path | None,
    reference_profile: str,
    test_profile: str,
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
    file as two profiles. All methods that the data allow are shown side by side.
    """
    inputs = [item for item in (reference, test) if item]
    check_outputs(outputs, REPORTS, inputs)
    check_outputs([plot] if plot else [], FIGURES, inputs, option="--plot")
    told_of = {name: value for name, value in asked.items() if value not in (None, "", (), False)}
    reading = reading_of(asked)
    settings = asked | {
        "level": _share("--level", level, 0.5, 1.0),
        "mtad": 100.0 * _share("--mtad", mtad, 0.0, 1.0),
        "rules": [name.strip() for name in rules.split(",") if name.strip()] or None,
    }
    first = read_data(reference, reading)
    second = read_data(test, reading) if test else first
    if test is None and len(first.profiles) == 2 and not (reference_profile or test_profile):
        reference_profile, test_profile = (item.name for item in first.profiles)
    if test is None and not test_profile:
        raise Refusal("TEST: is missing; need a second file, or --reference-profile and --test-profile of one file")
    pair = (
        one_profile(first, reference, reference_profile, "--reference-profile"),
        one_profile(second, test or reference, test_profile, "--test-profile"),
    )
    if test:  # one profile has the name of its file
        pair = (_named(pair[0], first, reference), _named(pair[1], second, test))
    if pair[0].name == pair[1].name:
        pair = (_renamed(pair[0], f"{pair[0].name} (reference)"), _renamed(pair[1], f"{pair[1].name} (test)"))
    if first.seconds != second.seconds:
        pair = (pair[0], _in_unit(pair[1], second.seconds / first.seconds))
    from formulate.similarity.compare import similarity as run

    found = run(*pair, time_unit=first.time_unit, seconds=first.seconds, **settings)
    told = list(dict.fromkeys((*first.warnings, *second.warnings, *found.warnings)))

    def envelope_text() -> str:
        from formulate.report.envelope import FITTED_DIGITS, dumps, envelope

        inputs = {"reference": reference.name, "test": (test or reference).name, **told_of, **settings}
        return dumps(
            envelope("similarity", found.results(), seed=settings["seed"], inputs=inputs, warnings=told), FITTED_DIGITS
        )

    def text(width: int = 100) -> str:
        from tui.show_similarity import similarity_text

        return similarity_text(found, width) + "\n"

    def html() -> str:
        from formulate.report.similarity_page import similarity_html

        return similarity_html(found, pair)

    def drawn() -> bytes:
        from formulate.report.canvas import encode
        from formulate.report.similarity_page import profiles_figure

        assert plot
        return encode(profiles_figure(found, pair), "similarity", plot.suffix)

    writers = {".html": html, ".json": envelope_text, ".txt": text}
    ready: dict[Path, Callable[[], str | bytes]] = {path: writers[path.suffix.lower()] for path in outputs}
    write_outputs(ready | ({plot: drawn} if plot else {}))
    click.echo(envelope_text() if as_json else text(terminal_width()), nl=False)


def _share(option: str, text: str, low: float, high: float) -> float:
    value = option_number(option, text, "percent")
    if not low <= value < high or value == 0.0:
        raise Refusal(f"{option}: {shorten(text)!r}; need more than {low:.0%} and less than {high:.0%}")
    return value


def _named(profile: "Profile", data: "ReleaseData", path: Path) -> "Profile":
    return profile if len(data.profiles) > 1 else _renamed(profile, path.stem)


def _renamed(profile: "Profile", name: str) -> "Profile":
    from dataclasses import replace

    return replace(profile, name=name)


def _in_unit(profile: "Profile", factor: float) -> "Profile":
    """Give a profile with its times counted in the unit of the other."""
    from dataclasses import replace

    return replace(profile, time=profile.time * factor)
