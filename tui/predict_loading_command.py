"""What published formulations let expect of a carrier, a method and a drug, without a file."""

from typing import Any

import click

from formulate.limits import FEWEST_DRAWS, LARGEST_SEED, MOST_DRAWS
from tui.deliver import terminal_width
from tui.interrupt import stop_if_pressed
from tui.options import catalog_option, json_option, option_number
from tui.progress_line import announce, wipe


@click.command("predict-loading")
@click.argument("carrier")
@click.option("--payload", default="", help="A payload of the catalog: gives log P and molar mass.")
@click.option("--method", default="", help="A preparation method; the first of the carrier if left out.")
@click.option("--feed-ratio", help='Drug per carrier fed: "0.1 g/g". The usual one if left out.')
@click.option("--logp", help="log P of a drug that the catalog does not have.")
@click.option("--molar-mass", help='Of a drug that the catalog does not have: "488 g/mol".')
@click.option("--surfactant", help='In the outer water: "1 g/dL"; none and some differ.')
@click.option("--draws", type=click.IntRange(FEWEST_DRAWS, MOST_DRAWS), default=1024, help="Draws (1024).")
@click.option("--seed", type=click.IntRange(0, LARGEST_SEED), default=7, help="Seed of the draws (7).")
@json_option
@catalog_option
def predict_loading(
    carrier: str,
    payload: str,
    method: str,
    feed_ratio: str | None,
    logp: str | None,
    molar_mass: str | None,
    surfactant: str | None,
    draws: int,
    seed: int,
    as_json: bool,
) -> None:
    """Predict encapsulation efficiency and drug loading where nobody has measured them.

    CARRIER is an id such as plga-nanoparticle, or a class such as polymer-nanoparticle.
    """
    announce(carrier)
    from formulate.loading.stage_predicted import predict_loading as run
    from formulate.report.loading import expected

    given: dict[str, Any] = {
        name: option_number(option, text, unit)
        for option, name, text, unit in (
            ("--feed-ratio", "feed_ratio", feed_ratio, "g/g"),
            ("--logp", "logp", logp, "log10"),
            ("--molar-mass", "molar_mass", molar_mass, "g/mol"),
            ("--surfactant", "surfactant_concentration", surfactant, "g/dL"),
        )
        if text is not None
    }
    found = run(carrier, method, payload, draws=draws, seed=seed, **given)
    shown = expected(found)
    stop_if_pressed()
    wipe()
    if as_json:
        from formulate.report.envelope import dumps, envelope

        asked = {"carrier": carrier, "payload": payload, "method": method, "draws": draws, **given}
        results: dict[str, object] = {item.name: {"label": item.label, **item.to_dict()} for item in shown}
        results |= {"convention": found.convention, "basis": found.basis}
        inputs = {name: value for name, value in asked.items() if value != ""}
        click.echo(dumps(envelope("predict-loading", results, seed=seed, inputs=inputs)), nl=False)
        return
    from tui.show_loading import expected_text

    click.echo(expected_text(found, terminal_width()))
