"""A report computed again from its JSON."""

from pathlib import Path

import click

from tui.asked import progress
from tui.options import json_option
from tui.progress_line import announce, wipe

NOT_THE_SAME = 1  # exit status


@click.command("rerun")
@click.argument("path", metavar="REPORT.json", type=click.Path(path_type=Path))
@json_option
@click.pass_context
def rerun(ctx: click.Context, path: Path, as_json: bool) -> None:
    """Compute a report again from the JSON that `formulate report FILE -o report.json` wrote.

    Says that it is the same, bit for bit or but for rounding, with exit status 0; or which inputs and versions changed
    since and which numbers moved, with exit status 1. Nothing beside the file is read: what was used of your own
    catalog files stands in it.
    """
    announce(path.stem)
    from formulate.again.rerun import rerun as run
    from formulate.again.told import lines, rerun_results

    found = run(path, progress())
    wipe()
    if as_json:
        from formulate.report.envelope import dumps, envelope

        seed = found.made.file.calculation.seed
        content = envelope("rerun", rerun_results(found), seed=seed, inputs={"file": str(path)})
        click.echo(dumps(content, digits=None), nl=False)
    else:
        click.echo("\n".join(lines(found)))
    if found.verdict == "different":
        ctx.exit(NOT_THE_SAME)
