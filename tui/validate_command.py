"""Does the computing hold: the cases of the validation, run on this machine."""

from typing import TYPE_CHECKING

import click

from tui.deliver import print_envelope, terminal_width
from tui.interrupt import stop_if_pressed
from tui.options import catalog_option, json_option
from tui.progress_line import bar, progress, wipe

if TYPE_CHECKING:
    from collections.abc import Callable

    from formulate.validation.case import Case


@click.command("validate")
@click.option(
    "--only", multiple=True, metavar="GROUP", help="A group such as release, or one case by its id. May be repeated."
)
@click.option("--list", "listing", is_flag=True, help="List the cases and stop.")
@json_option
@catalog_option
@click.pass_context
def validate(ctx: click.Context, only: tuple[str, ...], listing: bool, as_json: bool) -> None:
    """Prove the computing: exact solutions, certified values, published examples, conservation, the catalog.

    Every case compares a number of the program with one that another way, or somebody else, arrived at. Exit status 1
    if one of them fails. It takes less than half a minute.
    """
    report = progress()
    if report:
        report("the cases")
    from formulate.validation.run import GROUPS, case_record, cases
    from formulate.validation.run import validate as run

    inputs = {"only": list(only)}
    if listing:
        from tui.show_validation import listing_text

        chosen = cases(only)
        wipe()
        if as_json:
            print_envelope("validate", {"groups": GROUPS, "cases": [case_record(case) for case in chosen]}, inputs)
        else:
            click.echo(listing_text(chosen, terminal_width()))
        return
    found = run(only, _teller(report))
    stop_if_pressed()
    wipe()
    if as_json:
        print_envelope("validate", found.to_dict(), inputs)
    else:
        from tui.show_validation import validation_text

        click.echo(validation_text(found, terminal_width()))
    ctx.exit(0 if found.passed else 1)


def _teller(report: "Callable[[str], None] | None") -> "Callable[[Case, int, int], None]":
    def tell(case: "Case", done: int, count: int) -> None:
        stop_if_pressed()
        if report:
            report(f"{bar(done, count)} {case.id}")

    return tell
