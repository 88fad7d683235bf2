"""What stands behind carriers: studies, cost, difficulty, risk, and what is said of them against each other."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from materials.errors import shorten
from tui.deliver import print_envelope, terminal_width
from tui.options import catalog_option, json_option
from tui.refusal import Refusal

if TYPE_CHECKING:
    from formulate.standing import Asked, Rules


@click.command("evidence")
@click.argument("names", metavar="[FILE.toml|CARRIER]...", nargs=-1)
@click.option("--site", help="Where: an id such as knee.")
@click.option("--payload", help="With what: an id such as dexamethasone.")
@click.option("--rules", "rules_file", type=click.Path(path_type=Path),
              help="Weights of your own, a TOML file laid over the rules.")  # fmt: skip
@click.option("--show-rules", is_flag=True, help="Print the rules in force and stop.")
@click.option("--aims", help="Evidence for each of these aims, with commas: pain,structure. Aims are kept apart.")
@click.option("--all", "every", is_flag=True, help="Show every study.")
@json_option
@catalog_option
def evidence(
    names: tuple[str, ...],
    site: str | None,
    payload: str | None,
    rules_file: Path | None,
    show_rules: bool,
    aims: str | None,
    every: bool,
    as_json: bool,
) -> None:
    """Tell the evidence for carriers, their cost, how hard they are to prepare and their risks.

    Give a formulation file, a question file (its carriers), or ids of carriers with --site and --payload. Nothing is
    computed: everything told stands in the catalog with its source.
    """
    from formulate.standing import between, read_rules, shipped_rules, standing_of
    from formulate.standing.rules import rules_text

    rules = read_rules(rules_file) if rules_file else shipped_rules()
    if show_rules:
        _tell_rules(rules_text(rules), {field: dict(weights) for field, weights in vars(rules).items()}, as_json)
        return
    if not names:
        raise Refusal("nothing asked for; need a file, or the ids of carriers such as plga-microsphere")
    asked = [item for name in names for item in _asked(name, site, payload)]
    titles = [item.title for item in asked]
    if len(set(asked)) < len(asked):
        twice = next(item for index, item in enumerate(asked) if item in asked[:index])
        raise Refusal(f"{twice.title}: given twice; need each once")
    asked = [_told_apart(item, titles) for item in asked]
    if aims is not None:
        _tell_aims(asked, aims, rules, {"names": list(names), "site": site, "payload": payload}, as_json)
        return
    found = [standing_of(item, rules) for item in asked]
    said = between(asked)
    if as_json:
        from formulate.standing.content import standings_record

        results = standings_record(asked, found, said)
        print_envelope("evidence", results, {"names": list(names), "site": site, "payload": payload})
        return
    from tui.show_standing import standing_text, standings_text

    width = terminal_width()
    if len(asked) == 1:
        click.echo(standing_text(asked[0], found[0], width, every=every))
    else:
        click.echo(standings_text(asked, found, said, width))


def _asked(name: str, site: str | None, payload: str | None) -> "list[Asked]":
    """Give what one argument asks for: the formulation of a file, the carriers of a question, or a carrier."""
    from formulate.standing import asked_for, asked_of

    if not name.lower().endswith(".toml"):
        return [asked_for(name, site or "", payload or "")]
    from formulate.formulation import Formulation, read
    from materials import catalog

    if site or payload:
        option = "--site" if site else "--payload"
        raise Refusal(f"{option}: {shorten(name, 120)} says this itself; need one or the other")
    file = read(name)
    if isinstance(file, Formulation):
        return [asked_of(file)]
    carriers = dict.fromkeys(file.carriers or catalog.load().runnable_carriers())
    if not file.payload:  # some of them may hold a drug, and have no formulation without one
        return [asked_for(carrier, file.regimen.site) for carrier in carriers]
    return [asked_of(file.formulation(carrier)) for carrier in carriers]


def _told_apart(asked: "Asked", titles: list[str]) -> "Asked":
    """Give what is asked for with its ids in the title where another has the same one."""
    from dataclasses import replace

    if titles.count(asked.title) == 1:
        return asked
    place = ", ".join(filter(None, [*asked.carriers, asked.site, *asked.payloads]))
    return replace(asked, label=f"{asked.title} ({place})")


def _tell_aims(asked: "list[Asked]", names: str, rules: "Rules", inputs: dict[str, object], as_json: bool) -> None:
    """Tell the evidence for each aim by itself; those best supported for the first aim stand first."""
    from formulate.planning.aims import aims_of, chosen_aims

    aims = chosen_aims(name.strip() for name in names.split(","))
    found = [(item, aims_of(item, rules, aims)) for item in asked]
    if as_json:
        from formulate.standing.content import support_record

        records = [
            {"carriers": list(item.carriers), "label": item.title, "site": item.site or None,
             "aims": {one.aim: support_record(one.support) for one in by_aim}}
            for item, by_aim in found
        ]  # fmt: skip
        print_envelope("evidence", {"by_aim": records}, {**inputs, "aims": list(aims)})
        return
    from tui.show_standing import aims_text

    click.echo(aims_text(found, terminal_width()))


def _tell_rules(text: str, tables: dict[str, dict[str, float]], as_json: bool) -> None:
    if as_json:
        print_envelope("evidence", {"rules": tables})
    else:
        click.echo(text, nl=False)
