"""Take the dialysis bag out of a release measured through it."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from materials.errors import shorten
from tui.deliver import DOCUMENTS, check_outputs, terminal_width, write_outputs, writers_of
from tui.options import json_option, option_number, report_options
from tui.progress_line import announce
from tui.refusal import Refusal
from tui.release_options import one_profile, read_data, reading_of, release_options
from tui.use_in import UseIn, use_in_options

if TYPE_CHECKING:
    from formulate.pipeline import Prediction
    from formulate.report.page import Document

REPORTS = (*DOCUMENTS, ".json", ".txt")
FIGURES = (".svg", ".png", ".pdf")


@click.command("dialysis")
@click.argument("path", metavar="DATA", type=click.Path(path_type=Path))
@click.option("--control", required=True, metavar="CONTROL", type=click.Path(path_type=Path),
              help="The same with free drug in the bag.")  # fmt: skip
@click.option("--profile", default="", help="Of DATA, where it holds several.")
@click.option("--control-profile", default="", help="Of CONTROL, where it holds several.")
@click.option(
    "--models", default="", help="Release laws to try behind the bag, with commas; a few common ones if left out."
)
@click.option("--donor", help='Volume in the bag: "1 mL", with --receiver; no back-diffusion if both are left out.')
@click.option("--receiver", help='Volume outside: "50 mL".')
@click.option(
    "--unbound", default="100%", show_default=True, help="Share of the drug in the bag that is not bound again."
)
@click.option(
    "--recovery",
    is_flag=True,
    help="Fit the recovery of the free-drug run too, which may end below 100 %.",
)
@click.option(
    "--weights",
    "weighting",
    type=click.Choice(["1", "1/y", "1/y2", "1/sd2"]),
    default="1",
    show_default=True,
    help="Of the squares.",
)
@click.option("--replicates", type=click.Choice(["pooled", "mean"]), default="pooled", show_default=True,
              help="All readings of all units, or their means.")  # fmt: skip
@click.option("--level", default="95%", show_default=True, help="Of every interval and band.")
@click.option("-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path),
              help="Write a report: .html, .pdf, .docx, .md, .xlsx, .json or .txt; repeatable.")  # fmt: skip
@click.option("--plot", type=click.Path(path_type=Path), help="Write the figure; .svg, .png or .pdf by its ending.")
@use_in_options
@release_options
@report_options
@json_option
def dialysis(
    path: Path,
    control: Path,
    profile: str,
    control_profile: str,
    models: str,
    donor: str | None,
    receiver: str | None,
    unbound: str,
    level: str,
    formulation: Path | None,
    layer: str,
    in_body_factor: str,
    save: Path | None,
    outputs: tuple[Path, ...],
    plot: Path | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Find the release of a carrier behind a dialysis bag, with a run of free drug in the same bag.

    DATA and CONTROL are tables of what was found outside the bag. Says so where the readings show the bag only.
    """
    check_outputs(outputs, REPORTS, [path, control])
    check_outputs([plot] if plot else [], FIGURES, [path, control], option="--plot")
    announce("the laws of release")
    onward = UseIn(formulation, layer, in_body_factor, save)
    onward.check([path, control, *([formulation] if formulation else [])])
    told_of: dict[str, Any] = {
        "data": path.name, "control": control.name, "profile": profile, "control_profile": control_profile,
        "models": models, "donor": donor, "receiver": receiver, "unbound": unbound, "level": level, "layer": layer,
        "in_body_factor": in_body_factor, **asked,
    }  # fmt: skip
    told_of = {name: value for name, value in told_of.items() if value not in (None, "", (), False)}
    reading = reading_of(asked)
    settings: dict[str, Any] = asked | {
        "level": option_number("--level", level, "percent"),
        "unbound_fraction": option_number("--unbound", unbound, "percent"),
        **_volumes(donor, receiver, reading),
    }
    if models:
        settings["model"] = [name.strip() for name in models.split(",") if name.strip()]
    data, free = read_data(path, reading), read_data(control, reading)
    carrier = one_profile(data, path, profile, "--profile")
    bag = one_profile(free, control, control_profile, "--control-profile")
    if data.seconds != free.seconds:
        bag = replace(bag, time=bag.time * (free.seconds / data.seconds))
    from formulate.dialysis.correction import correct
    from formulate.dialysis.sampling import sampling_warnings

    found = correct(carrier, bag, time_unit=data.time_unit, seconds=data.seconds, **settings)
    more = sampling_warnings(receiver or "", reading["volume"], reading["sample"], replaced=reading["replaced"])
    told = (*data.warnings, *free.warnings, *more, *found.warnings)
    found = replace(found, warnings=tuple(dict.fromkeys(told)))
    prediction: Prediction | None = None
    saved: dict[Path, str] = {}
    if formulation:
        if found.shows_only_bag:
            raise Refusal(
                f"--use-in: {shorten(path, 120)} shows the bag, not the carrier; there is no law to go on with"
            )
        prediction, saved = onward.predicted(found.release, data)

    def envelope_text() -> str:
        from formulate.report.dialysis_page import dialysis_results
        from formulate.report.envelope import FITTED_DIGITS, dumps, envelope, prediction_results
        from tui.asked import recorded

        results = dialysis_results(found)
        inputs: dict[str, object] = dict(told_of)
        warnings = list(found.warnings)
        if prediction:
            results["prediction"] = prediction_results(prediction)
            inputs["formulation"] = recorded(prediction.formulation)
            warnings += prediction.warnings
        return dumps(envelope("dialysis", results, seed=None, inputs=inputs, warnings=warnings), FITTED_DIGITS)

    def text(width: int = 100) -> str:
        from tui.show_dialysis import dialysis_text

        shown = dialysis_text(found, width)
        if prediction:
            from tui.show import prediction_text

            shown += "\n\nWith the release behind the bag in place of the predicted one\n\n"
            shown += prediction_text(prediction, width)
        return shown + "\n"

    def document() -> "Document":
        from formulate.report.dialysis_page import dialysis_document
        from formulate.report.fit_page import prediction_sections

        return dialysis_document(found, (carrier, bag), prediction_sections(prediction) if prediction else ())

    def drawn() -> bytes:
        from formulate.report.canvas import encode
        from formulate.report.dialysis_page import dialysis_figure

        assert plot
        return encode(dialysis_figure(found, (carrier, bag)), "dialysis", plot.suffix)

    ready = writers_of(outputs, document, {".json": envelope_text, ".txt": text})
    write_outputs(ready | ({plot: drawn} if plot else {}), saved)
    click.echo(envelope_text() if as_json else text(terminal_width()), nl=False)


def _volumes(donor: str | None, receiver: str | None, reading: dict[str, Any]) -> dict[str, float]:
    """Read the volumes; with both, samples that were replaced make room for more drug out of the bag."""
    for option, given, other in (("--receiver", receiver, "--donor"), ("--donor", donor, "--receiver")):
        if given is None and (donor or receiver):
            raise Refusal(
                f"{option}: is missing beside {other}; how much drug goes back into the bag is by both volumes: need "
                "both, or neither for a perfect sink"
            )
    if donor is None or receiver is None:
        return {}
    found = {
        "donor_volume": option_number("--donor", donor, "mL"),
        "receiver_volume": option_number("--receiver", receiver, "mL"),
    }
    if reading["sample"] and reading["replaced"]:
        found["sample_volume"] = option_number("--sample", reading["sample"], "mL")
    return found
