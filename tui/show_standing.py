"""How carriers stand, as text for a terminal: one of them in full, or several side by side."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tui.table import grid, wrap

if TYPE_CHECKING:
    from formulate.planning.aims import AimFound
    from formulate.standing import Asked, Grade, HeadToHead, Standing, Support

MOST_STUDIES = 6
_SUBJECTS = (("Cost", "cost"), ("Difficulty of preparing and giving", "difficulty"), ("Risk", "risk"))
_RULE = "scores run from 0 to 1, 1 the best: much evidence, cheap, easy, safe; the rules are printed by --show-rules"


def standing_text(asked: "Asked", found: "Standing", width: int, *, every: bool = False) -> str:
    """Give the evidence for one thing, what it costs, how hard it is to prepare and what it risks."""
    place = ", ".join(filter(None, [asked.site, *asked.payloads]))
    head = f"{asked.title} ({' in '.join(asked.carriers)})" + (f": {place}" if place else "")
    parts = [wrap(head, width), "\n".join(_evidence(found.evidence, width, every))]
    for title, name in _SUBJECTS:
        parts.append("\n".join(_grade(title, getattr(found, name), width)))
    parts += ["\n".join(_sources(found, width)), wrap(_RULE, width)]
    return "\n\n".join(filter(None, parts))


def standings_text(
    asked: Sequence["Asked"], found: Sequence["Standing"], said: Sequence["HeadToHead"], width: int
) -> str:
    """Give several things side by side, the best supported first, and what is said of them against each other."""
    order = sorted(range(len(asked)), key=lambda place: (-(found[place].evidence.score or -1.0), asked[place].title))
    rows = [
        [
            asked[place].title,
            _short(found[place].evidence),
            *(_short(getattr(found[place], name)) for _, name in _SUBJECTS),
        ]
        for place in order
    ]
    table = grid(["", "evidence", "cost", "difficulty", "risk"], rows, width, hang=1)
    parts = [table]
    if said:
        told = [_compared(item, asked, width) for item in said]
        parts.append("\n".join(["Head to head", *told]))
    parts.append(wrap(f"{_RULE}; not known: no source in the catalog; not graded: told, but without a degree", width))
    return "\n\n".join(parts)


def aims_text(found: "Sequence[tuple[Asked, tuple[AimFound, ...]]]", width: int) -> str:
    """Give the evidence for several aims, a column each; the best supported for the first aim stand first."""
    order = sorted(found, key=lambda item: (-(item[1][0].support.score or -1.0), item[0].title))
    rows = [[asked.title, *(_short(one.support) for one in aims)] for asked, aims in order]
    table = grid(["", *(one.aim for one in found[0][1])], rows, width, hang=1)
    told = "each study counts for an aim by what it found for that aim; not known: no study read it out"
    return f"{table}\n\n{wrap(told, width)}"


def _short(found: "Support | Grade") -> str:
    return found.word if found.score is None else f"{found.score:.2f} {found.word}"


def _evidence(found: "Support", width: int, every: bool) -> Iterator[str]:
    yield wrap(f"Evidence: {_short(found)}", width)
    yield wrap(found.told[0], width, "  ", "  ")
    shown = found.studies if every else found.studies[:MOST_STUDIES]
    for study in shown:
        source = f" [{study.source}]" if study.source else ""
        yield wrap(f"{study.weight:.2f} {study.told}{source}", width, "  ", "       ")
    if left := len(found.studies) - len(shown):
        yield wrap(f"{left} more with less weight; --all shows them", width, "  ", "  ")
    for conflict in found.conflicts:
        yield wrap(f"conflict: {conflict}", width, "  ! ", "    ")


def _grade(title: str, found: "Grade", width: int) -> Iterator[str]:
    resting = f" (rests on {found.evidence} statements)" if found.evidence else ""
    yield wrap(f"{title}: {_short(found)}{resting}", width)
    for line in found.told:
        yield wrap(line, width, "  ", "    ")


def _compared(said: "HeadToHead", asked: Sequence["Asked"], width: int) -> str:
    ours, theirs = (", ".join(asked[place].title for place in places) for places in (said.formulations, said.against))
    backing = ", ".join(filter(None, [said.evidence, said.mark, *said.sources]))
    return wrap(
        f"{ours} against {theirs}: {said.told} [{said.subject} and {said.other}; {backing}]", width, "  = ", "    "
    )


def _sources(found: "Standing", width: int) -> Iterator[str]:
    from formulate.standing.content import references_of

    listed = references_of([found])
    if listed:
        yield "Sources"
    for key, text in listed.items():
        words = [word if len(word) <= width - 6 else "(a long link: see --json)" for word in text.split()]
        yield wrap(f"{key}: {' '.join(words)}", width, "  ", "      ")
