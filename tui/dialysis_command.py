"""Take the dialysis bag out of a release measured through it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from tui.deliver import check_outputs, terminal_width, write_outputs
from tui.options import json_option, option_number
from tui.release_options import one_profile, read_data, reading_of, release_options

REPORTS = (".html", ".json", ".txt")
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
@click.option("--donor", help='Volume in the bag: "1 mL"; no back-diffusion if left out.')
@click.option("--receiver", help='Volume outside: "50 mL".')
@click.option(
    "--unbound", default="100%", show_default=True, help="Share of the drug in the bag that is not bound again."
)
@click.option("--recovery", is_flag=True, help="Let the runs end below 100 %: what is lost is fitted.")
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
              help="Write a report: .html, .json or .txt by its ending. May be repeated.")  # fmt: skip
@click.option("--plot", type=click.Path(path_type=Path), help="Write the figure; .svg, .png or .pdf by its ending.")
@release_options
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
    reading = reading_of(asked)
    settings: dict[str, Any] = asked | {
        "level": option_number("--level", level, "percent"),
        "unbound_fraction": option_number("--unbound", unbound, "percent"),
    }
    for option, name, given in (("--donor", "donor_volume", donor), ("--receiver", "receiver_volume", receiver)):
        if given is not None:
            settings[name] = option_number(option, given, "mL")
    if models:
        settings["model"] = [name.strip() for name in models.split(",") if name.strip()]
    data, free = read_data(path, reading), read_data(control, reading)
    carrier = one_profile(data, path, profile, "--profile")
    bag = one_profile(free, control, control_profile, "--control-profile")
    if data.seconds != free.seconds:
        from dataclasses import replace

        bag = replace(bag, time=bag.time * (free.seconds / data.seconds))
    from formulate.dialysis.correction import correct

    found = correct(carrier, bag, time_unit=data.time_unit, seconds=data.seconds, **settings)
    told = list(dict.fromkeys((*data.warnings, *free.warnings, *found.warnings)))

    def envelope_text() -> str:
        from formulate.report.dialysis_page import dialysis_results
        from formulate.report.envelope import FITTED_DIGITS, dumps, envelope

        inputs = {"data": path.name, "control": control.name, **settings}
        return dumps(
            envelope("dialysis", dialysis_results(found), seed=None, inputs=inputs, warnings=told), FITTED_DIGITS
        )

    def text(width: int = 100) -> str:
        from tui.show_dialysis import dialysis_text

        return dialysis_text(found, width) + "\n"

    def html() -> str:
        from formulate.report.dialysis_page import dialysis_html

        return dialysis_html(found, (carrier, bag))

    def drawn() -> bytes:
        from formulate.report.canvas import encode
        from formulate.report.dialysis_page import dialysis_figure

        assert plot
        return encode(dialysis_figure(found, (carrier, bag)), "dialysis", plot.suffix)

    writers = {".html": html, ".json": envelope_text, ".txt": text}
    ready: dict[Path, Callable[[], str | bytes]] = {item: writers[item.suffix.lower()] for item in outputs}
    write_outputs(ready | ({plot: drawn} if plot else {}))
    click.echo(envelope_text() if as_json else text(terminal_width()), nl=False)
