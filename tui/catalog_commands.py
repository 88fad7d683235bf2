"""The commands of `formulate catalog`: what is known, found, shown, compared and checked."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from materials.errors import FileError, UnknownIdError, near
from tui.deliver import print_envelope, terminal_width
from tui.options import catalog_option, json_option, own_files
from tui.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from materials.catalog import Catalog

Command = TypeVar("Command", bound="Callable[..., Any]")

_CONDITIONS = {
    "class": click.option("--class", "of_class", metavar="CLASS", help="Of this class: hydrogel, cell ..."),
    "site": click.option("--site", metavar="ID", help="For this site or a part of it: knee ..."),
    "evidence": click.option(
        "--evidence",
        metavar="LEVEL",
        help="With a value or statement of this level: primary, secondary, review, derived, assumed, user; "
        "or named so in a review: stated, hedged, title.",
    ),
    "stage": click.option(
        "--stage", metavar="STAGE", help="With a study of this stage: in-vitro, small-animal, trial ..."
    ),
    "has": click.option("--has", metavar="PROPERTY", help="With a value of this property: diameter, size ..."),
    "text": click.option("--text", metavar="WORDS", help="With all these words in its names or what is said of it."),
    "cell_source": click.option(
        "--cell-source", metavar="ID", help="With cells, vesicles or matrix from this source: bone-marrow ..."
    ),
    "targets": click.option(
        "--targets",
        metavar="WORDS",
        help="That seeks or acts on it: a cell or a molecule, macrophage, CCR2 ...; any: all that name one.",
    ),
}
_CHINESE = click.option("--zh", "chinese", is_flag=True, help="Show the Chinese names.")


def _listing(*conditions: str) -> "Callable[[Command], Command]":
    """Give the options of a command that lists entries."""

    def decorate(command: Command) -> Command:
        for option in (catalog_option, json_option, _CHINESE, *(_CONDITIONS[name] for name in reversed(conditions))):
            command = option(command)
        return command

    return decorate


@click.group("catalog", invoke_without_command=True)
@json_option
@catalog_option
@click.pass_context
def catalog_group(ctx: click.Context, as_json: bool) -> None:
    """See what is known: carriers, payloads, sites, methods, studies.

    Every number has its evidence level and its source. Alone: what the catalog holds.
    """
    if ctx.invoked_subcommand is not None:
        if as_json:
            raise Refusal(f"--json: need it behind the command: formulate catalog {ctx.invoked_subcommand} ... --json")
        return
    from materials import catalog
    from materials.catalog import KINDS
    from materials.sources import references
    from tui.catalog_lists import class_counts, evidence_counts, overview_text
    from tui.catalog_text import PLURALS

    known = catalog.load()
    if not as_json:
        click.echo(overview_text(known, terminal_width()))
        return
    results: dict[str, object] = {
        PLURALS[kind]: {"count": len(known.kind(kind)), "classes": class_counts(known, kind)} for kind in KINDS
    }
    results["runnable_carriers"] = list(known.runnable_carriers())
    results["values"] = evidence_counts(known)
    results["statements"] = sum(len(entry.statement) for entry in known.entries())
    results["conflicts"] = len(known.conflicts)
    results["sources"] = len(references())
    results["own_files"] = [str(path) for path in known.own_files]
    print_envelope("catalog", results)


@catalog_group.command("carriers")
@_listing("class", "site", "evidence", "stage", "has", "text", "cell_source", "targets")
def carriers(**asked: Any) -> None:
    """List carriers: particles, vesicles, gels, cells, grafts."""
    _list("carrier", **asked)


@catalog_group.command("payloads")
@_listing("class", "site", "evidence", "stage", "has", "text", "targets")
def payloads(**asked: Any) -> None:
    """List payloads: drugs, factors, genes, cells as a drug."""
    _list("payload", **asked)


@catalog_group.command("sites")
@_listing("class", "site", "evidence", "stage", "has", "text")
def sites(**asked: Any) -> None:
    """List sites: places in the body, and where cells come from."""
    _list("site", **asked)


@catalog_group.command("methods")
@_listing("class", "evidence", "has", "text")
def methods(**asked: Any) -> None:
    """List methods of making, loading, sorting and giving carriers."""
    _list("method", **asked)


@catalog_group.command("studies")
@_listing("stage", "site", "evidence", "has", "text")
def studies(**asked: Any) -> None:
    """List studies, each told once however many reviews cite it."""
    _list("study", **asked)


def _list(kind: str, *, as_json: bool, chinese: bool, **asked: str | None) -> None:
    from materials import cards
    from tui.catalog_table import entries_text
    from tui.catalog_text import PLURALS

    given = {name: text for name, text in asked.items() if text is not None}
    for name, text in given.items():
        if not text.strip():
            raise Refusal(f"{_option(name)}: is empty; need a text, or leave it out")
    if as_json:
        from materials import catalog
        from materials.search import find
        from tui.catalog_json import listed

        known = catalog.load()
        found = find(known, kind, **given)
        results = {PLURALS[kind]: listed(known, found), "found": len(found), "of": len(known.kind(kind))}
        print_envelope(
            f"catalog {PLURALS[kind]}", results, inputs={_option(name): text for name, text in given.items()}
        )
        return
    shown = {_option(name): text for name, text in given.items()}
    index = cards.in_force()
    click.echo(entries_text(index, kind, index.find(kind, **given), shown, terminal_width(), chinese=chinese))


def _option(name: str) -> str:
    return "--class" if name == "of_class" else f"--{name.replace('_', '-')}"


@catalog_group.command("sources")
@click.argument("key", metavar="[KEY]", required=False)
@click.option("--text", default="", metavar="WORDS", help="References with all these words.")
@json_option
@catalog_option
def sources(key: str | None, text: str, as_json: bool) -> None:
    """List the bibliography, or tell what rests on one reference."""
    from materials import catalog
    from materials.sources import references
    from materials.tables import uses
    from tui.catalog_lists import rests_on, source_text, sources_text, sources_with

    known, every = catalog.load(), references()
    if text and not text.strip():
        raise Refusal("--text: is empty; need a text, or leave it out")
    if key is not None and text:
        raise Refusal("--text: finds references among all; need it without KEY")
    if key is not None and key not in every:
        raise UnknownIdError("source", key, near(key, every))
    if not as_json:
        width = terminal_width()
        click.echo(source_text(known, key, width) if key is not None else sources_text(known, text, width))
        return
    used = uses(known)
    rows = [
        {
            "key": name,
            "reference": every[name].text,
            "link": every[name].link or None,
            "year": every[name].year or None,
            "used": used.get(name, 0),
        }
        for name in (sources_with(text) if key is None else [key])
    ]
    more = {} if key is None else {"uses": rests_on(known, key)}
    print_envelope("catalog sources", {"sources": rows, **more}, inputs={"--text": text} if text else {})


@catalog_group.command("conflicts")
@click.argument("identifier", metavar="[ID]", required=False)
@json_option
@catalog_option
def conflicts(identifier: str | None, as_json: bool) -> None:
    """List what the sources do not agree on. With the ID of a conflict or of an entry, in full."""
    from materials import catalog
    from tui.catalog_json import conflict_json
    from tui.catalog_lists import conflict_text, conflicts_text

    known = catalog.load()
    found = list(known.conflicts.values())
    if identifier is not None and identifier in known.conflicts:
        found = [known.conflicts[identifier]]
    elif identifier is not None:
        try:
            found = list(known.conflicts_of(known.entry(identifier).id))
        except UnknownIdError:
            raise UnknownIdError("conflict", identifier, near(identifier, known.conflicts)) from None
    if as_json:
        print_envelope("catalog conflicts", {"conflicts": [conflict_json(item) for item in found]})
        return
    width = terminal_width()
    if identifier is not None and found:
        click.echo("\n\n".join(conflict_text(item, width) for item in found))
    else:
        click.echo(conflicts_text(found, len(known.conflicts), width))


@catalog_group.command("show")
@click.argument("identifier", metavar="ID")
@click.option("--brief", is_flag=True, help="Names and one line for each value.")
@json_option
@catalog_option
def show(identifier: str, brief: bool, as_json: bool) -> None:
    """Show all that is known of an entry.

    Every value with its band, evidence level and source, and all that is said of it, for and against.
    """
    from materials import catalog
    from tui.catalog_entry import brief_text, entry_text
    from tui.catalog_json import brief_json, entry_json

    known = catalog.load()
    entry = known.entry(identifier)
    if as_json:
        print_envelope("catalog show", (brief_json if brief else entry_json)(known, entry))
        return
    click.echo((brief_text if brief else entry_text)(known, entry, terminal_width()))


@catalog_group.command("compare")
@click.argument("identifiers", metavar="ID...", nargs=-1)
@click.option("--cell-source", metavar="ID", help="All carriers whose cells, vesicles or matrix come from this source.")
@json_option
@catalog_option
def compare_entries(identifiers: tuple[str, ...], cell_source: str | None, as_json: bool) -> None:
    """Put entries of one kind side by side.

    For what carriers would do with a payload at a site, see `formulate compare`.
    """
    from materials import catalog
    from tui.catalog_compare import comparison_json, comparison_text, of_source, together

    known = catalog.load()
    if cell_source is not None:
        if identifiers:
            raise Refusal("--cell-source: takes all carriers of a source; need it without ids")
        entries = of_source(known, cell_source)
    else:
        entries = together(known, identifiers)
    if as_json:
        print_envelope(
            "catalog compare", comparison_json(known, entries), inputs={"ids": [item.id for item in entries]}
        )
        return
    click.echo(comparison_text(known, entries, terminal_width()))


@catalog_group.command("check")
@click.argument("files", metavar="[FILE.toml]...", nargs=-1, type=click.Path(path_type=Path))
@json_option
@catalog_option
@click.pass_context
def check(ctx: click.Context, files: tuple[Path, ...], as_json: bool) -> None:
    """Check the catalog, and files of yours over it."""
    from materials.places import own_files as in_force

    checked = in_force((*own_files(ctx), *files))
    counts = _counts(_checked(checked))
    from materials.own_entries import held_in

    of_files = {str(path): held_in(path) for path in checked}
    if as_json:
        print_envelope(
            "catalog check",
            {"faults": [], "own_files": list(of_files), "held_in": list(of_files.values()), **counts},
        )
        return
    from tui.catalog_text import held_text
    from tui.table import wrap

    for path, held in of_files.items():
        click.echo(wrap(held_text(path, held), terminal_width(), "", "  "))
    known = ", ".join(f"{count} {name}" for name, count in counts.items())
    click.echo(wrap(f"the catalog: no fault; {known}", terminal_width(), "", "  "))


def _checked(files: tuple[Path, ...]) -> "Catalog":
    """Give the catalog with the files over it; refuse with the faults of every file, and then of the whole."""
    from materials.catalog import inherit, problems_between
    from materials.errors import CatalogError, Fault
    from materials.overlay import lay_over
    from materials.sources import references
    from materials.store import load_shipped
    from tui.catalog_entry import source_keys

    laid = shipped = load_shipped()
    faults: list[Fault] = []
    for path in files:
        try:
            laid = lay_over(laid, [path])
        except FileError as error:
            faults += error.faults
    if faults:
        raise FileError(faults)
    problems = [f"{entry}: {field}: {problem}" for entry, field, problem in problems_between(shipped)]
    for entry in shipped.entries():
        unknown = set(source_keys(shipped, entry)) - references().keys()
        problems += [f"{entry.id}: source {key!r} is not in the bibliography" for key in sorted(unknown)]
    if problems:
        raise CatalogError("\n".join(dict.fromkeys(problems)))
    return inherit(laid)


def _counts(known: "Catalog") -> dict[str, int]:
    from materials.catalog import KINDS
    from tui.catalog_text import PLURALS

    entries = known.entries()
    return {
        **{PLURALS[kind]: len(known.kind(kind)) for kind in KINDS},
        "values": sum(not value.inherited_from for entry in entries for value in entry.property),
        "statements": sum(len(entry.statement) for entry in entries),
        "conflicts": len(known.conflicts),
    }
