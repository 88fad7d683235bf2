"""Series of readings to profiles: common times, percent of the dose, corrected for samples where that is asked."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from formulate.experiment.asked import Asked
from formulate.experiment.checks import remarks
from formulate.experiment.data import Floats, Profile, ReleaseData
from formulate.experiment.grouping import DEFAULT, NAMELESS
from formulate.experiment.layout import Layout, find_layout
from formulate.experiment.series import Series, read_series, replicates
from formulate.experiment.table import Table
from formulate.experiment.turned import upright
from formulate.experiment.units import Unit
from formulate.experiment.volume_correction import released_amount
from materials.errors import DomainError, Fault, FileError, shorten
from materials.files import MOST_FAULTS

MOST_READINGS = 5_000_000  # of one profile with the empty places: units by times
MOST_PROFILES = 2_000
MOST_UNITS = 10_000
MOST_NOTES = 100
SHORTEST = 1e-15  # last time, in any unit: nothing can be sampled before
LARGEST_PERCENT = 1e6  # a mistake of the dose by a factor of a thousand is still shown
_DIGITS = re.compile(r"(\d+)")


def read_table(table: Table, asked: Asked) -> ReleaseData:
    """Read measured release from a table.

    Parameters
    ----------
    table : Table
        Rows of cells, a row of headers among them.
    asked : Asked
        What the user says of it.

    Returns
    -------
    ReleaseData
        The profiles, in the order of the columns, or of their names where rows name them.

    Raises
    ------
    FileError
        Whatever in the table cannot be used.
    """
    table = upright(table, asked)
    layout = find_layout(table, asked)
    series, time_unit, unit, said = read_series(table, layout, asked)
    notes = [*table.notes, *layout.notes, *said]
    if layout.dose is not None and unit.kind not in ("percent", "fraction"):
        asked = replace(asked, dose=layout.dose.value, dose_kind=layout.dose.kind)
        notes.append(f"dose {layout.dose.told} (--dose says another)")
    scale = _percent_per_unit(table, layout, unit, asked)
    is_corrected = _wants_correction(table, layout, unit, asked, notes)
    grouped: dict[str, list[Series]] = {}
    unnamed = table.stem if all(one.profile == NAMELESS for one in series) else DEFAULT
    for one in series:
        grouped.setdefault(one.profile or unnamed, []).append(one)
    if len(grouped) > MOST_PROFILES:
        raise table.refuse(f"names {len(grouped)} profiles; need at most {MOST_PROFILES}")
    names = sorted(grouped, key=_natural) if layout.profile_columns else list(grouped)
    profiles: list[Profile] = []
    faults: list[Fault] = []
    for name in names:
        try:
            profile = _profile(table, name, grouped[name], scale, asked, is_corrected, notes)
        except FileError as error:
            faults.extend(error.faults)
            continue
        if profile is not None:
            profiles.append(profile)
    if faults:
        raise FileError(faults[:MOST_FAULTS])
    if not profiles:
        raise table.refuse("holds no reading; need numbers below the column names")
    notes.extend(remarks(profiles, time_unit.label))
    notes = list(dict.fromkeys(notes))
    if len(notes) > MOST_NOTES:
        notes = [*notes[:MOST_NOTES], f"and {len(notes) - MOST_NOTES} more of the kind"]
    given_as = unit.label if unit.kind in ("percent", "fraction") else f"{_QUANTITY[unit.kind]} ({unit.label})"
    return ReleaseData(tuple(profiles), time_unit.label, time_unit.seconds, table.name, given_as, tuple(notes))


_QUANTITY = {"mass": "mass", "amount": "amount", "concentration": "concentration", "molarity": "concentration"}


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Give what sorts F2 before F10."""
    parts = [part for part in _DIGITS.split(name.casefold()) if part]
    return [(0, int(part[:15]), part) if part.isdecimal() and part.isascii() else (1, 0, part) for part in parts]


def _percent_per_unit(table: Table, layout: Layout, unit: Unit, asked: Asked) -> float:
    """Give percent of the dose for each SI unit of the readings."""
    head = layout.readings[0].head.text
    if unit.kind in ("percent", "fraction"):
        return 1.0
    wanted = "mass" if unit.kind in ("mass", "concentration") else "amount"
    written = "5 mg" if wanted == "mass" else "5 umol"
    if asked.dose is None:
        raise table.refuse(f'in {unit.label}; need the dose for percent: --dose "{written}"', head=head)
    if asked.dose_kind != wanted:
        raise table.refuse(f'in {unit.label}; need a dose of the same kind, such as --dose "{written}"', head=head)
    if unit.kind in ("mass", "amount"):
        return 100.0 / asked.dose
    if asked.volume is None:
        raise table.refuse(f'in {unit.label}; need the volume for percent: --volume "500 mL"', head=head)
    return 100.0 * asked.volume / asked.dose


def _wants_correction(table: Table, layout: Layout, unit: Unit, asked: Asked, notes: list[str]) -> bool:
    """Tell whether readings are to be corrected for what samples took, and say what is done."""
    is_concentration = unit.kind in ("concentration", "molarity")
    has_sample = asked.sample is not None or layout.sample is not None
    if asked.is_corrected is False and not has_sample:
        raise table.refuse('to be corrected for samples; need their volume: --sample "1 mL", or a column sample (mL)')
    wanted = asked.sample is not None or (has_sample and (is_concentration or asked.is_corrected is False))
    if asked.is_corrected or not wanted:
        if is_concentration:
            notes.append("concentrations taken as they stand: nothing added for samples taken out before")
        elif has_sample:
            notes.append("readings taken as corrected for samples already; the column of sample volumes not used")
        return False
    if asked.volume is None:
        raise table.refuse('to be corrected for samples; need the volume they are taken from: --volume "500 mL"')
    how = "replaced by fresh liquid" if asked.is_replaced else "not replaced"
    notes.append(f"corrected for the drug in samples taken before; each {how}")
    if any("cumul" in each.head.text.casefold() or "累" in each.head.text for each in layout.readings):
        notes.append("the column name says cumulative: if that is corrected for samples already, leave the sample out")
    return True


def _profile(
    table: Table, name: str, series: Sequence[Series], scale: float, asked: Asked, is_corrected: bool, notes: list[str]
) -> Profile | None:
    """Lay the units of a profile on common times; None where it has no reading at all."""
    called = f"profile {shorten(name, 40)!r}"
    units = _told_apart(table, called, series, notes)
    if len(units) > MOST_UNITS:
        raise table.refuse(f"{called} has {len(units)} units; need at most {MOST_UNITS}")
    empty = [one.unit for one in units if not np.isfinite(one.value).any()]
    if empty:
        notes.append(f"{called}: no reading of {', '.join(shorten(unit, 20) for unit in empty[:6])}; left out")
    units = sorted((one for one in units if one.unit not in empty), key=lambda one: _natural(one.unit))
    if not units:
        return None
    everything = np.concatenate([one.time for one in units])
    read = np.isfinite(np.concatenate([one.value for one in units]))
    time = np.unique(everything[read])
    if without := len(np.setdiff1d(everything, time)):
        notes.append(f"{called}: {without} time{'s' * (without > 1)} without a reading left out")
    if len(time) < asked.fewest:
        raise table.refuse(f"{called} has one time with a reading; need two or more")
    if time[-1] < SHORTEST:
        raise table.refuse(f"{called}: the last time is {time[-1]:.3g}; need {SHORTEST:g} or later; check the times")
    if len(units) * len(time) > MOST_READINGS:
        raise table.refuse(f"{called}: {len(units)} units at {len(time)} times in all; need fewer, or units in columns")
    value, deviation, count, sample = (np.full((len(units), len(time)), np.nan) for _ in range(4))
    for number, one in enumerate(units):
        kept = np.isfinite(one.value)
        at = np.searchsorted(time, one.time[kept])
        for target, source in (
            (value, one.value),
            (deviation, one.deviation),
            (count, one.count),
            (sample, one.sample),
        ):
            target[number, at] = source[kept]
    if missing := int(np.isnan(value).sum()):
        notes.append(f"{called}: {missing} reading{'s' * (missing > 1)} missing")
    released = value * scale
    if is_corrected:
        released = _corrected(table, called, released, time, sample, asked, notes)
    if np.nanmax(np.abs(released)) > LARGEST_PERCENT:
        raise table.refuse(f"{called}: readings up to {np.nanmax(np.abs(released)):.3g} %; check unit, dose and volume")
    profile = Profile(name, time, released, tuple(one.unit for one in units))
    if len(units) > 1:
        if np.isfinite(deviation).any():
            notes.append(f"{called}: standard deviations not used, for the units stand one by one")
        return profile
    behind = count[0][np.isfinite(count[0])]
    if behind.size and behind.min() < behind.max():
        notes.append(f"{called}: means of {behind.min():g} to {behind.max():g} units; taken as of {behind.min():g}")
    return replace(
        profile,
        deviation=deviation[0] * scale if np.isfinite(deviation[0]).any() else None,
        units_behind=int(behind.min()) if behind.size else None,
    )


def _told_apart(table: Table, called: str, series: Sequence[Series], notes: list[str]) -> list[Series]:
    """Give one series for each unit; a time that comes again is a replicate, or refused."""
    result: list[Series] = []
    faults = []
    merged: dict[str, Series] = {}
    for one in series:
        merged[one.unit] = merged[one.unit].joined(one) if one.unit in merged else one
    for one in merged.values():
        order = np.argsort(one.time, kind="stable")
        again = np.flatnonzero(np.diff(one.time[order]) == 0.0)
        if not again.size:
            result.append(one)
        elif one.from_rows and not np.isfinite(one.deviation).any():
            notes.append(f"{called}: readings at the same time taken as replicates, in the order of the rows")
            result.extend(replicates(one))
        else:
            for number in again[:MOST_FAULTS]:
                first, second = one.row[order[number]], one.row[order[number + 1]]
                which = f"{called}, unit {shorten(one.unit, 30)!r}: time {one.time[order[number]]:g} again"
                faults.append(table.fault(f"{which}, as in {table.line} {first}; need each time once", int(second)))
    if faults:
        raise FileError(faults)
    return result


def _corrected(
    table: Table, called: str, released: Floats, time: Floats, sample: Floats, asked: Asked, notes: list[str]
) -> Floats:
    """Add what samples took; the readings are what is in the vessel, percent of the dose."""
    assert asked.volume is not None
    taken = np.isfinite(released)
    if asked.sample is not None:
        each = np.full(released.shape, asked.sample)
    else:
        if np.isnan(sample[taken]).any():
            raise table.refuse(f"{called}: a reading without the volume of its sample; need one for each, 0 for none")
        each = np.where(taken, sample, 0.0)
    if not taken.all():
        notes.append(f"{called}: no sample is taken to have been drawn where the reading is missing")
    if not asked.is_replaced and time[0] == 0.0 and np.any(each[:, 0] > 0.0):
        notes.append(f"{called}: the reading at time 0 counts as a sample, too (a column sample (mL) with 0 says none)")
    try:
        return released_amount(released / asked.volume, asked.volume, each, asked.is_replaced)
    except DomainError as error:
        raise table.refuse(f"{called}: {error}") from None
