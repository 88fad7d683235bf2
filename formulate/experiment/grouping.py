"""Names of columns to profiles and units: which columns are units of one formulation, and which are formulations."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from formulate.experiment.headers import UNIT_WORDS, is_generic, speaks_of_release

NAMELESS = ""  # the profile of a table that names none
DEFAULT = "release"  # what it is called where there is no file to call it by

_PROFILE_WORD = re.compile(
    r".*(?:formulations?|form|batch|lot|group|products?|conditions?|profile|treatment|brand|series|gel|ph|day|grade|mw"
    r"|(?<![^\W_])f|处方|批号|批次|批|组|制剂)",
    re.IGNORECASE,
)
_NAMED_UNIT = re.compile(rf"(.*?)[\s_.#-]*(?<![^\W_])(?:{UNIT_WORDS}|n|no\.?)[\s_.#-]*(\d+|[a-h])", re.IGNORECASE)
# words of units that may be names as well: units where a number that runs from 1 follows them
_DOSE = r"tabs?|caps?|cells?|samples?|experiments?|expt?\.?"
_CHINESE_DOSE = "样品杯|样品|样|片|粒|袋|瓶|杯|平行|重复"
_COUNTED_DOSE = re.compile(
    rf"(.*?)(?:[\s_.#-]*(?<![^\W_])(?:{_DOSE})|(?:{_CHINESE_DOSE}))[\s_.#-]*(\d{{1,4}})", re.IGNORECASE
)
_UNIT_WORD = re.compile(rf"{UNIT_WORDS}|{_DOSE}|{_CHINESE_DOSE}", re.IGNORECASE)
_LETTERS_OF_UNITS = frozenset("rtuv")
_BRACKETS = re.compile(r"[()\[\]（）【】]")
_NUMBERED = re.compile(r"(.*?)([\s_#-]*)(?<![\d.])(\d{1,4})")
_BEFORE_RELEASE = re.compile(r"(.*\d)[\s_/,-]*(\D+)")  # R1 release


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
        Profile and unit of each column, the profile empty where nothing names it; what could have been read
        otherwise, in words, with the option that reads it so.

    Notes
    -----
    ``unit 1``, ``F1 rep 2``, ``tab1, tab2`` and bare numbers are units. ``A_1, A_2, B_1`` are units of A and B; so are
    ``R1, R2, T1, T2``, but ``F1, F2, F3`` are three formulations (``R1, R2, R3`` three replicates). The same name
    twice is two units.

    Examples
    --------
    >>> group(["A_1", "A_2", "B_1"])[0]
    [('A', '1'), ('A', '2'), ('B', '1')]
    >>> group(["F1", "F2"])[0], group(["F1", "F2"], "one")[0]
    ([('F1', '1'), ('F2', '1')], [('', 'F1'), ('', 'F2')])
    """
    notes: list[str] = []
    if how in ("one", "each") and any(above):
        names = [f"{over} {name}".strip() for over, name in zip(above, names, strict=True)]
    if how == "one":
        pairs = [(NAMELESS, _unit(name)) for name in names]
    elif how == "each":
        pairs = [(name, "1") for name in names]
    else:
        pairs, notes = (_below(names, above), []) if any(above) else _by_name(names)
        if not isinstance(how, str):
            pairs = [
                (how[name], _unit(name) if _NAMED_UNIT.fullmatch(name) else name) if name in how else pair
                for name, pair in zip(names, pairs, strict=True)
            ]
    return _distinct(pairs), notes


def says_nothing(profile: str, names: Sequence[str]) -> bool:
    """Tell whether the name of a lone profile says no more than that of its file does.

    Parameters
    ----------
    profile : str
        As `group` gives it.
    names : sequence of str
        The headers of its columns.

    Returns
    -------
    bool
        For a word such as released or vial, and for one or two letters, unless a column sets them off from the word
        for its units.

    Examples
    --------
    >>> says_nothing("V", ["V1", "V2"]), says_nothing("A", ["A unit 1"]), says_nothing("PLGA", ["PLGA_1"])
    (True, False, False)
    """
    if is_generic(profile) or _UNIT_WORD.fullmatch(profile):
        return True
    if len(profile) > 2 or not (profile.isascii() and profile.isalpha()):
        return False
    return not any((found := _NAMED_UNIT.fullmatch(_plain(name))) and found.group(1) == profile for name in names)


def _unit(name: str) -> str:
    """Give the number of a unit where its name has one after a word such as vessel, else the name."""
    found = _NAMED_UNIT.fullmatch(name)
    return found.group(2) if found and not found.group(1) else name or "1"


def _below(names: Sequence[str], above: Sequence[str]) -> list[tuple[str, str]]:
    """Give the columns below each name of a row above theirs: its units, or profiles of its kind."""
    pairs = list(zip(above, names, strict=True))
    for over in dict.fromkeys(above):
        members = [index for index, each in enumerate(above) if each == over]
        own = _by_name([names[index] for index in members])[0]
        is_lone = len({profile for profile, _ in own}) == 1
        for index, (profile, unit) in zip(members, own, strict=True):
            if len(names[index]) == 1 and not names[index].isdigit():
                pairs[index] = over, names[index]
            elif is_lone and says_nothing(profile, ()):
                pairs[index] = over, unit
            else:
                pairs[index] = f"{over} {profile}".strip(), unit
    return pairs


def _plain(name: str) -> str:
    """Give a name without brackets, and without a word for release behind its number."""
    plain = " ".join(_BRACKETS.sub(" ", name).split())  # Dissolved (tablet 1)
    found = _BEFORE_RELEASE.fullmatch(plain)
    return found.group(1) if found and is_generic(found.group(2)) and speaks_of_release(found.group(2)) else plain


def _by_name(names: Sequence[str]) -> tuple[list[tuple[str, str]], list[str]]:
    plain = {name: _plain(name) for name in names}
    numbered = {name: found for name in names if (found := _NUMBERED.fullmatch(plain[name]))}
    spaced: dict[str, set[int]] = defaultdict(set)  # the numbers behind a stem, by how they are set off
    joined: dict[str, set[int]] = defaultdict(set)
    doses: dict[str, set[int]] = defaultdict(set)  # behind a word of units, by what stands before it
    for name, found in numbered.items():
        stem, gap, number = found.groups()
        if dose := _COUNTED_DOSE.fullmatch(plain[name]):
            doses[_set_off(dose)].add(int(number))
        elif stem and not _PROFILE_WORD.fullmatch(stem):
            (spaced if gap else joined)[stem].add(int(number))
    counted = {stem for stem, numbers in spaced.items() if _counts(numbers)}
    if counted:
        counted |= {stem for stem, numbers in spaced.items() if max(numbers) <= max(len(names), 2)}
    of_doses = {stem for stem, numbers in doses.items() if _counts(numbers)}
    if of_doses:
        of_doses |= {stem for stem, numbers in doses.items() if max(numbers) <= max(len(names), 2)}
    runs = {stem for stem, numbers in joined.items() if _counts(numbers)}
    if len(runs) < 2:  # F1, F2, F3 are formulations, R1, R2, R3 replicates
        runs = {stem for stem in runs if stem.casefold() in _LETTERS_OF_UNITS}
    pairs, guessed, apart = [], [], []
    for name in names:
        unit = _NAMED_UNIT.fullmatch(plain[name])
        found = numbered.get(name)
        dose = _COUNTED_DOSE.fullmatch(plain[name])
        if unit and (unit.group(1) or name):
            pairs.append((unit.group(1), unit.group(2)))
        elif found and not found.group(1):
            pairs.append((NAMELESS, found.group(3)))
        elif dose and _set_off(dose) in of_doses:
            pairs.append((_set_off(dose), dose.group(2)))
            guessed.append(name)
        elif found and not dose and found.group(1) in (counted if found.group(2) else runs):
            pairs.append((found.group(1), found.group(3)))
            guessed.append(name)
        else:
            pairs.append((name, "1"))
            if found:
                apart.append(name)
    notes = []
    if guessed:
        of = "one profile" if len({pair[0] for pair in pairs}) == 1 else "one profile for each name before the number"
        notes.append(f"columns {_listed(guessed)} read as units of {of} (--profiles each: a profile each)")
    if len(apart := list(dict.fromkeys(apart))) > 1:
        notes.append(f"columns {_listed(apart)} read as a profile each (--profiles one: units of one profile)")
    return pairs, notes


def _set_off(dose: re.Match[str]) -> str:
    return dose.group(1).rstrip(" _.#-")


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
