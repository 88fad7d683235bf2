"""What a screen shows of two release profiles compared, as plain data."""

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from formulate.experiment.data import Profile, ReleaseData
from formulate.form.content import text
from formulate.form.measured import in_words, plain, read_measured, shown_profile, similarity_arguments
from formulate.report.similarity_page import TABLES, answer, decisions, headed, notes, sides, what
from formulate.similarity.compare import similarity
from formulate.similarity.pair import paired
from formulate.similarity.results import Similarity
from formulate.similarity.verdicts import folded, reasons
from materials.errors import FormulateError

Shown = dict[str, Any]


def two_of(content: Mapping[str, Any]) -> tuple[ReleaseData, ReleaseData]:
    """Give reference and test of the content of a table of release, each as data of one profile.

    Raises
    ------
    FormulateError
        A table cannot be read, or it is not said which profiles are meant.
    """
    first = read_measured(content)
    wanted = [text(content, "reference"), text(content, "test")]
    if text(content, "second"):
        second = read_measured(content, second=True)
    else:
        second = first
        names = [item.name for item in first.profiles]
        if len(names) < 2:
            raise FormulateError("this table holds one profile; need a second file, or a table of two profiles")
        rest = [name for name in names if name not in wanted]
        if len(names) == 2:  # whichever was not named is the other
            wanted = [wanted[0] or rest[0], wanted[1] or rest[-1]]
        if wanted[0] and wanted[0] == wanted[1]:
            raise FormulateError(f"reference and test are both {wanted[0]!r}; need two profiles")
    same = text(content, "second") == text(content, "table")  # then the sheets tell them apart
    sheets = [text(content, name) if same else "" for name in ("sheet", "second_sheet")]
    return _only(first, wanted[0], "reference", sheets[0]), _only(second, wanted[1], "test", sheets[1])


def _only(data: ReleaseData, name: str, role: str, sheet: str) -> ReleaseData:
    if not name and len(data.profiles) > 1:
        file = Path(data.source).name
        raise FormulateError(f"{file} holds {len(data.profiles)} profiles; choose which is the {role}")
    profile = data.profile(name)
    if sheet and len(data.profiles) == 1:
        profile = replace(profile, name=f"sheet {sheet}" if sheet.isdecimal() else sheet)
    return replace(data, profiles=(profile,))


def compared_measured(content: Mapping[str, Any]) -> tuple[Similarity, tuple[Profile, Profile]]:
    """Give the comparison that the content of a table of release asks for, and both profiles on one axis of time.

    Raises
    ------
    FormulateError
        As `two_of`; or the profiles cannot be compared.
    """
    pair = two_of(content)
    return similarity(*pair, **similarity_arguments(content)), paired(*pair).profiles


def shown_similarity(found: Similarity, profiles: tuple[Profile, Profile]) -> Shown:
    """Give what is shown of a comparison of two profiles.

    Returns
    -------
    dict
        ``answer``: what f2 says under the rules, and ``sides``: who agrees, as sentences; ``what`` was compared;
        ``methods``: rows of method, verdict (True, False or None), its words, numbers; ``tables``: title, heads, rows;
        ``refused``: method and why; ``notes``; ``profiles`` (see `shown_profile`); ``difference`` [percent] with its
        limits and ``time_unit``.
    """
    return {
        "title": f"{found.reference} against {found.test}",
        "names": (found.reference, found.test),
        "time_unit": found.time_unit,
        "identical": found.identical,
        "answer": list(answer(found)),
        "what": what(found),
        "sides": list(sides(found)),
        "methods": [
            (method, item.similar, word, says)
            for item, (method, word, says) in zip(folded(found.verdicts), decisions(found), strict=True)
        ],
        "tables": [
            (headed(title, found), list(heads), [list(map(str, row)) for row in rows])
            for title, (heads, rows) in ((title, table(found)) for title, table in TABLES.items())
            if rows
        ],
        "refused": list(reasons(found.refused).items()),
        "notes": [in_words(text) for text in notes(found)],
        "profiles": [shown_profile(item) for item in profiles],
        "difference": {
            "time": plain(found.time),
            "median": plain(found.difference),
            "low": plain(found.difference_low),
            "high": plain(found.difference_high),
        },
        "f2": found.factors.f2 if math.isfinite(found.factors.f2) else None,
    }
