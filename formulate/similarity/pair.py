"""Two profiles on one time axis, given bare or with the data they were read with."""

from dataclasses import dataclass, replace
from pathlib import Path

from formulate.domain import require
from formulate.experiment.data import Profile, ReleaseData
from formulate.experiment.grouping import DEFAULT
from materials.errors import FormulateError, shorten

Given = Profile | ReleaseData
_ROLES = ("reference", "test")


@dataclass(frozen=True)
class Pair:
    """A reference and a test with their times in one unit."""

    profiles: tuple[Profile, Profile]
    time_unit: str
    seconds: float | None  # of one time unit
    warnings: tuple[str, ...]  # of the data they come from


def paired(reference: Given, test: Given, *, time_unit: str = "", seconds: float | None = None) -> Pair:
    """Bring two profiles to the unit of time of the reference, under names that tell them apart.

    Parameters
    ----------
    reference, test : Profile or ReleaseData
        Release data must hold one profile; they bring their unit of time along.
    time_unit : str
        Of bare profiles, as the user writes it.
    seconds : float, optional
        Length of that unit [s].

    Returns
    -------
    Pair
        Both profiles in the reference's unit of time. A name that is none, or that both have, becomes that of the file.

    Raises
    ------
    FormulateError
        If release data hold several profiles, or a bare profile stands beside release data and no seconds are given.
    DomainError
        If the seconds given are not those of the data.
    """
    given = (reference, test)
    data = [item for item in given if isinstance(item, ReleaseData)]
    if len(data) == 1 and seconds is None:
        raise FormulateError("seconds: is missing; a profile does not say its unit of time, need release data for both")
    if len(data) == 2 and seconds is not None:
        known = [item.seconds for item in data]
        require("seconds", seconds, "s", seconds in known, f"{known[0]:g} s, as the data say, or none")
    profiles = [_profile(role, item) for role, item in zip(_ROLES, given, strict=True)]
    names = [item.name for item in profiles]
    if names[0] == names[1] or DEFAULT in names:
        names = [_file_name(item) or name for item, name in zip(given, names, strict=True)]
    if names[0] == names[1]:
        names = [f"{name} ({role})" for name, role in zip(names, _ROLES, strict=True)]
    first, second = (replace(item, name=name) for item, name in zip(profiles, names, strict=True))
    units = [item.seconds if isinstance(item, ReleaseData) else seconds for item in given]
    if units[0] is not None and units[1] is not None and units[0] != units[1]:
        second = replace(second, time=second.time * (units[1] / units[0]))
    unit = reference.time_unit if isinstance(reference, ReleaseData) else time_unit
    return Pair((first, second), unit, units[0], _warnings(given, names))


def _profile(role: str, given: Given) -> Profile:
    if isinstance(given, Profile):
        return given
    if len(given.profiles) != 1:
        listed = ", ".join(shorten(item.name) for item in given.profiles[:8])
        how = "data.profile(NAME), with time_unit and seconds of the data"
        raise FormulateError(f"{role}: holds {len(given.profiles)} profiles ({listed}); need one, such as {how}")
    return given.profiles[0]


def _file_name(given: Given) -> str:
    return Path(given.source).stem if isinstance(given, ReleaseData) else ""


def _warnings(given: tuple[Given, Given], names: list[str]) -> tuple[str, ...]:
    """What was odd in the data, with the name of the product where it is of one."""
    first, second = (item.warnings if isinstance(item, ReleaseData) else () for item in given)
    if first == second and _file_name(given[0]) == _file_name(given[1]):
        return first
    return tuple(f"{name}: {text}" for name, texts in zip(names, (first, second), strict=True) for text in texts)
