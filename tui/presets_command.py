"""The common aims a comparison can start from: what each gives and weighs, with its reasons."""

from typing import TYPE_CHECKING, Any

import click

from tui.deliver import print_envelope, terminal_width
from tui.options import json_option

if TYPE_CHECKING:
    from formulate.presets import Preset


@click.command()
@click.argument("name", required=False)
@json_option
def presets(name: str | None, as_json: bool) -> None:
    """List the common aims that `compare --preset` can start from, or tell all of the one NAMEd."""
    from formulate.presets import preset
    from formulate.presets import presets as known
    from tui.table import grid, wrap

    chosen = [preset(name)] if name else list(known().values())
    if as_json:
        print_envelope("presets", {"presets": [_results(item) for item in chosen]})
        return
    width = terminal_width()
    if name:
        click.echo(preset_text(chosen[0], width))
        return
    rows = [[item.id, item.name, f"{item.value('regimen.site')}, {item.value('target.duration')}"] for item in chosen]
    click.echo(grid(["preset", "aim", "where, how long"], rows, width))
    click.echo()
    more = "All of one, with the reason of every weight: formulate presets NAME. Start from one: formulate compare"
    click.echo(wrap(f"{more} --preset NAME --payload ID.", width))


def preset_text(preset: "Preset", width: int) -> str:
    """Give all of a preset as text."""
    from formulate.report.compared import why_text
    from formulate.report.provenance import reference_text
    from tui.table import grid, wrap

    given = [[item.field, item.value, why_text(item)] for item in preset.given]
    weights = [[item.part, f"{item.weight:g}", why_text(item)] for item in preset.weight]
    head = f"{preset.id}: {preset.name}"
    aim = f"{preset.aim} [{preset.source}, {preset.locator}]"
    keys = dict.fromkeys(item.source for item in (*preset.given, *preset.weight) if item.source)
    references = [wrap(f"[{key}] {reference_text(key)[0]}", width, "", "  ") for key in keys]
    total = f"The weights add up to {sum(preset.weights.values()):g}. Another one: --weight cover=30."
    return "\n".join(
        [
            head,
            wrap(aim, width),
            "",
            grid(["key", "value", "why"], given, width),
            "",
            grid(["part", "weight", "why"], weights, width, right=[1]),
            "",
            wrap(total, width),
            "",
            *references,
        ]
    )


def _results(preset: "Preset") -> dict[str, Any]:
    return {
        **preset.model_dump(mode="json", exclude={"given", "weight"}),
        "given": [item.model_dump(mode="json") for item in preset.given],
        "weights": [{**item.model_dump(mode="json"), "unit": "1"} for item in preset.weight],
    }
