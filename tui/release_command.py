"""How a formulation releases before it is measured, and as the first points come in."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from formulate.limits import FEWEST_DRAWS, LARGEST_SEED, MOST_DRAWS
from materials.errors import shorten
from tui.asked import following, recorded, with_calculation
from tui.bag_options import bag_of, bag_options
from tui.deliver import DOCUMENTS, check_outputs, terminal_width, write_outputs, writers_of
from tui.options import any_payload_option, catalog_option, json_option, option_number, report_options
from tui.progress_line import announce
from tui.refusal import Refusal, of_file
from tui.release_options import one_profile, read_data, reading_of, release_options, told_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formulate.first_points import Points
    from formulate.forecast import Forecast
    from formulate.formulation import Formulation
    from formulate.release.learned.features import Method
    from formulate.report.page import Document

REPORTS = (*DOCUMENTS, ".json", ".csv", ".txt")
FIGURES = (".svg", ".png", ".pdf")


@click.command("release")
@click.argument("path", metavar="FILE.toml", type=click.Path(path_type=Path))
@click.option("--horizon", help='How long to compute: "60 d".')
@click.option("--observed", metavar="DATA", type=click.Path(path_type=Path),
              help="What was measured of it so far: .csv, .tsv or .xlsx.")  # fmt: skip
@click.option("--profile", "name", default="", help="Which profile of --observed, where it holds several.")
@click.option("--sibling", "siblings", nargs=2, multiple=True, metavar="OTHER.toml DATA",
              type=click.Path(path_type=Path), help="An earlier formulation of the same drug, and what was measured "
              "of it. May be repeated.")  # fmt: skip
@click.option("--method", type=click.Choice(["dialysis", "usp-4", "self-quenching", "other"]),
              help="How the release of liposomes is measured; averaged over if left out.")  # fmt: skip
@click.option("--surfactant", help='In the medium of polyester particles: "0.1 percent" (w/v), "1 g/L".')
@click.option("--medium", help='Volume that crystals without a carrier dissolve into: "900 mL". A sink if left out.')
@click.option("--draws", type=click.IntRange(FEWEST_DRAWS, MOST_DRAWS), help="Draws of the uncertain inputs (1024).")
@click.option("--seed", type=click.IntRange(0, LARGEST_SEED), help="Seed of the draws (7).")
@click.option("-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path),
              help="Write .html, .pdf, .docx, .md, .xlsx, .json, .txt, .csv the curves; repeatable.")  # fmt: skip
@click.option("--plot", type=click.Path(path_type=Path), help="Write the figure; .svg, .png or .pdf by its ending.")
@click.option("--save", metavar="NEW.toml", type=click.Path(path_type=Path),
              help="With --observed: write the formulation with these points, for predict and compare.")  # fmt: skip
@bag_options
@release_options
@any_payload_option
@report_options
@json_option
@catalog_option
def release(
    path: Path,
    horizon: str | None,
    observed: Path | None,
    name: str,
    siblings: tuple[tuple[Path, Path], ...],
    method: "Method | None",
    surfactant: str | None,
    medium: str | None,
    draws: int | None,
    seed: int | None,
    outputs: tuple[Path, ...],
    plot: Path | None,
    save: Path | None,
    payload: str | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Predict how a formulation releases on the bench, and move the prediction by what was measured.

    Median and 80 % band, and when to measure next. Polyester particles and liposomes are predicted from published
    profiles, with the mechanism beside it; others by their mechanism.
    """
    reading, bag = reading_of(asked), bag_of(asked)
    inputs = [path, *([observed] if observed else []), *(item for pair in siblings for item in pair)]
    check_outputs(outputs, REPORTS, inputs)
    check_outputs([plot] if plot else [], FIGURES, inputs, option="--plot")
    check_outputs([save] if save else [], (".toml",), inputs, option="--save")
    if save is not None and observed is None:
        raise Refusal("--save: there are no measured points; need --observed with it")
    if name and observed is None:
        raise Refusal(f"--profile {shorten(name)}: there are no measured points; need --observed with it")
    if observed is None and not siblings and (unread := told_of(reading)):
        raise Refusal(f"--{unread}: there are no measured points to read; need --observed or --sibling with it")
    announce(path.stem)
    formulation = following(_formulation(path, horizon, draws, seed), payload)
    several = payload is None and len(formulation.payload) > 1
    of_one = {"--observed": observed, "--sibling": siblings, "--plot": plot, "--dialysis-half-time": bag}
    if several and (option := next((name for name, given in of_one.items() if given), "")):
        ids = " or ".join(part.id for part in formulation.payload)
        told = f"is of one payload, and {shorten(path, 120)} holds {len(formulation.payload)}"
        raise Refusal(f"{option}: {told}; need --payload {ids}")
    measured = None if observed is None else _points(observed, reading, name)
    from formulate.forecast import Bench, Sibling, family_of, forecast

    family = family_of(formulation)
    for option, given, needs in (("--method", method, "liposome"), ("--surfactant", surfactant, "polyester")):
        if given and family != needs:
            raise Refusal(f"{option} {shorten(given)}: only what is learned of a {needs} reads it; need it left out")
    bench = Bench(
        method,
        None if surfactant is None else _surfactant(surfactant),
        None if medium is None else _medium(medium, formulation),
    )
    beside = []
    for other, data in siblings:
        beside.append(Sibling(_formulation(other, None, None, None), _points(data, reading)))
    saved: dict[Path, str] = {}
    with of_file(path, formulation, "release"):
        if save is not None and measured is not None:
            saved = {save: _with_points(path, payload, measured)}
        followed = formulation.each if several else (formulation,)
        found = [forecast(one, measured, beside, bench=bench) for one in followed]
        if bag is not None:
            from formulate.through_bag import through_bag

            found = [through_bag(found[0], bag)]
    _deliver(found, formulation, inputs[1:], outputs, plot, as_json, saved)


def _with_points(path: Path, payload: str | None, measured: "Points") -> str:
    """Give the text of a formulation file with measured points in it; options of the command are not saved."""
    from formulate.formulation import Formulation, read
    from formulate.onward import to_toml, with_points

    formulation = read(path)
    assert isinstance(formulation, Formulation)  # checked before
    moved = with_points(following(formulation, payload), measured)
    return to_toml(path.read_text("utf-8-sig"), moved, shorten(path, 120))


def _formulation(path: Path, horizon: str | None, draws: int | None, seed: int | None) -> "Formulation":
    from formulate.formulation import Formulation, build, read

    formulation = read(path, until="release")
    if not isinstance(formulation, Formulation):
        raise Refusal(f'{shorten(path, 120)}: kind: "question" asks which carrier; need kind = "formulation"')
    if horizon is not None:
        content = formulation.model_dump(mode="json", exclude_unset=True)
        content["calculation"] = content.get("calculation", {}) | {"horizon": horizon}
        formulation = build(Formulation, content, f"{path} with --horizon")
    if draws is not None or seed is not None:
        formulation = with_calculation(formulation, path, draws, seed)
    return formulation


def _medium(text: str, formulation: "Formulation") -> float:
    """Give the volume of the medium [m3]."""
    if any(layer.entry.mechanisms.release != "crystals" for layer in formulation.chain):
        raise Refusal(f"--medium {shorten(text)}: only crystals without a carrier read it; need it left out")
    volume = option_number("--medium", text, "mL")
    if not 0.0 < volume < 1.0:
        raise Refusal(f"--medium: {shorten(text)!r}; need more than 0 to below 1000 L, such as 900 mL")
    return volume


def _surfactant(text: str) -> float:
    """Give the surfactant in the medium [kg/m3]; percent is weight by volume."""
    from materials.errors import UnitError
    from materials.units import parse

    try:
        found = 1000.0 * parse(text, "percent")  # 1 % (w/v) is 10 g/L
    except UnitError:
        try:
            found = parse(text, "g/L")
        except UnitError as error:
            raise Refusal(f"--surfactant: {error}") from None
    if not 0 <= found < 1000:
        raise Refusal(f"--surfactant: {shorten(text)!r}; need 0 to below 100 percent (w/v), such as 1 g/L")
    return found


def _points(path: Path, reading: dict[str, Any], name: str | None = None) -> "Points":
    """Read measured points: the mean of the units at each time; without a name the file holds one profile."""
    from formulate.first_points import points_of
    from materials.errors import FormulateError, UnknownIdError

    file = shorten(path, 120)
    data = read_data(path, reading | {"fewest": 1})
    if name is None and len(data.profiles) > 1:
        raise Refusal(f"{file}: holds {len(data.profiles)} profiles; need one, that of the sibling")
    try:
        profile = one_profile(data, path, name or "", "--profile")
    except UnknownIdError as error:
        raise Refusal(f"--profile: {file}: {error}") from None
    try:
        return points_of(data, profile)
    except FormulateError as error:
        raise Refusal(f"{file}: {error}") from None


def _deliver(
    found: "Sequence[Forecast]",
    formulation: "Formulation",
    data: list[Path],
    outputs: tuple[Path, ...],
    plot: Path | None,
    as_json: bool,
    saved: dict[Path, str],
) -> None:
    def envelope_text() -> str:
        from formulate.report.envelope import dumps, envelope
        from formulate.report.release_page import releases_results

        inputs = {**recorded(formulation), "data": [str(item) for item in data]}
        seed = formulation.calculation.seed
        warnings = list(dict.fromkeys(text for item in found for text in item.warnings))
        return dumps(envelope("release", releases_results(found), seed=seed, inputs=inputs, warnings=warnings))

    def text(width: int = 100) -> str:
        from tui.show_release import releases_text

        return releases_text(found, width) + "\n"

    def document() -> "Document":
        from formulate.report.release_page import releases_document

        return releases_document(found)

    def table() -> str:
        from formulate.report.release_page import releases_frame

        return releases_frame(found).to_csv(index=False, lineterminator="\n", float_format="%.8g")

    def drawn() -> bytes:
        from formulate.report.canvas import encode
        from formulate.report.release_page import release_figure

        assert plot
        return encode(release_figure(found[0]), "release", plot.suffix)

    ready = writers_of(outputs, document, {".json": envelope_text, ".csv": table, ".txt": text})
    ready |= {item: partial(str, text) for item, text in saved.items()}
    write_outputs(ready | ({plot: drawn} if plot else {}))
    click.echo(envelope_text() if as_json else text(terminal_width()), nl=False)
