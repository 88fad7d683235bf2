"""Names of columns to profiles and units: which columns are units of one formulation, and which are formulations."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from formulate.experiment.headers import UNIT_WORDS

DEFAULT = "release"  # the profile of a table that names none

_PROFILE_WORD = re.compile(
    r".*(?:formulations?|form|batch|lot|group|products?|conditions?|profile|treatment|brand|series|gel|ph|day|grade|mw"
    r"|处方|批号|批次|批|组|制剂)",
    re.IGNORECASE,
)
_NAMED_UNIT = re.compile(rf"(.*?)[\s_.#-]*(?<![^\W_])(?:{UNIT_WORDS}|n|no\.?)[\s_.#-]*(\d+|[a-h])", re.IGNORECASE)
_LETTERS_OF_UNITS = frozenset("rtuv")
_BRACKETS = re.compile(r"[()\[\]（）【】]")
_NUMBERED = re.compile(r"(.*?)([\s_#-]*)(?<![\d.])(\d{1,4})")


def group(
    names: Sequence[str], how: str | Mapping[str, str] = "", above: Sequence[str] = ()
) -> tuple[list[tuple[str, str]], list[str]]:
    """Give each column of readings its profile and its unit.

    Parameters
    ----------
    names : sequence of str
        The headers, without their units; empty where a header was a unit alone.
    how : {"", "one", "each"} or mapping of str to str
        As the user wants it: by the names; all columns units of one profile; each a profile of its own; or the
        profile of some of the names, the others by the names.
    above : sequence of str
        What a second row of headers says over each column, such as the formulation over the numbers of its vessels.

    Returns
    -------
    tuple of list of (str, str) and list of str
        Profile and unit of each column; what could have been read otherwise, in words.

    Notes
    -----
    ``unit 1``, ``F1 rep 2`` and bare numbers are units. ``A_1, A_2, B_1`` are units of A and B; so are ``R1, R2, T1,
    T2``, but ``F1, F2, F3`` are three formulations (``R1, R2, R3`` three replicates). The same name twice is two units.

    Examples
    --------
    >>> group(["A_1", "A_2", "B_1"])[0]
    [('A', '1'), ('A', '2'), ('B', '1')]
    >>> group(["F1", "F2"])[0], group(["F1", "F2"], "one")[0]
    ([('F1', '1'), ('F2', '1')], [('release', 'F1'), ('release', 'F2')])
    """
    notes: list[str] = []
    if above and any(above):
        pairs = [(over or DEFAULT, _unit(name)) for over, name in zip(above, names, strict=True)]
    elif how == "one":
        pairs = [(DEFAULT, _unit(name)) for name in names]
    elif how == "each":
        pairs = [(name or DEFAULT, "1") for name in names]
    else:
        pairs, notes = _by_name(names)
        if not isinstance(how, str):
            pairs = [
                (how[name], _unit(name) if _NAMED_UNIT.fullmatch(name) else name) if name in how else pair
                for name, pair in zip(names, pairs, strict=True)
            ]
    return _distinct(pairs), notes


def _unit(name: str) -> str:
    """Give the number of a unit where its name has one after a word such as vessel, else the name."""
    found = _NAMED_UNIT.fullmatch(name)
    return found.group(2) if found and not found.group(1) else name or "1"


def _by_name(names: Sequence[str]) -> tuple[list[tuple[str, str]], list[str]]:
    plain = {name: " ".join(_BRACKETS.sub(" ", name).split()) for name in names}  # Dissolved (tablet 1)
    numbered = {name: found for name in names if (found := _NUMBERED.fullmatch(plain[name]))}
    spaced: dict[str, set[int]] = defaultdict(set)  # the numbers behind a stem, by how they are set off
    joined: dict[str, set[int]] = defaultdict(set)
    for found in numbered.values():
        stem, gap, number = found.groups()
        if stem and not _PROFILE_WORD.fullmatch(stem):
            (spaced if gap else joined)[stem].add(int(number))
    counted = {stem for stem, numbers in spaced.items() if _counts(numbers)}
    if counted:
        counted |= {stem for stem, numbers in spaced.items() if max(numbers) <= max(len(names), 2)}
    runs = {stem for stem, numbers in joined.items() if _counts(numbers)}
    if len(runs) < 2:  # F1, F2, F3 are formulations, R1, R2, R3 replicates
        runs = {stem for stem in runs if stem.casefold() in _LETTERS_OF_UNITS}
    pairs, guessed, apart = [], [], []
    for name in names:
        unit = _NAMED_UNIT.fullmatch(plain[name])
        found = numbered.get(name)
        if unit and (unit.group(1) or name):
            pairs.append((unit.group(1) or DEFAULT, unit.group(2)))
        elif found and not found.group(1):
            pairs.append((DEFAULT, found.group(3)))
        elif found and found.group(1) in (counted if found.group(2) else runs):
            pairs.append((found.group(1), found.group(3)))
            guessed.append(name)
        else:
            pairs.append((name or DEFAULT, "1"))
            if found and not _PROFILE_WORD.fullmatch(found.group(1)):
                apart.append(name)
    notes = []
    if guessed:
        notes.append(f"columns {_listed(guessed)} read as units of one profile for each name before the number")
    if len(apart := list(dict.fromkeys(apart))) > 1:
        notes.append(f"columns {_listed(apart)} read as profiles of one unit each, not as units of one profile")
    return pairs, notes


def _counts(numbers: set[int]) -> bool:
    """Tell whether numbers count units, which starts at 1 and leaves few out: 50 and 75 are no such numbers."""
    return len(numbers) > 1 and min(numbers) <= 1 and max(numbers) <= 2 * len(numbers)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(name[:40] for name in names[:6])
    return f"{shown} ..." if len(names) > 6 else shown


def _distinct(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Number units that have the same name in one profile."""
    seen: set[tuple[str, str]] = set()
    result = []
    for profile, unit in pairs:
        given, number = unit, 1
        while (profile, unit) in seen:
            number += 1
            unit = str(number) if given == "1" else f"{given} ({number})"
        seen.add((profile, unit))
        result.append((profile, unit))
    return result
