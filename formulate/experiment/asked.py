"""What a user says about a file of measured release, over what the file says itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from formulate.experiment.headers import ROLES
from formulate.experiment.units import Unit, read_unit
from materials.errors import FormulateError, shorten
from materials.units import parse

UNIT_KINDS = ("percent", "fraction", "mass", "amount", "concentration", "molarity")


@dataclass(frozen=True)
class Asked:
    """The options of `read_release`, read; what was not said is None or empty."""

    time_unit: Unit | None = None
    unit: Unit | None = None
    dose: float | None = None  # [kg] or [mol]
    dose_kind: Literal["mass", "amount"] = "mass"
    volume: float | None = None  # [m**3]
    sample: float | None = None  # [m**3]
    is_replaced: bool = True
    is_corrected: bool | None = None
    columns: Mapping[str, str] = field(default_factory=dict)  # header to role
    profiles: str | Mapping[str, str] = ""
    decimal: str = "."  # what parts the decimals of a text
    fewest: int = 2  # times with a reading, of each profile


def asked(
    time_unit: str = "",
    unit: str = "",
    dose: str = "",
    volume: str = "",
    sample: str = "",
    replaced: bool = True,
    corrected: bool | None = None,
    columns: Mapping[str, str] | None = None,
    profiles: str | Mapping[str, str] = "",
    decimal: str = ".",
    fewest: int = 2,
) -> Asked:
    """Read the options of `read_release`.

    Parameters
    ----------
    time_unit, unit : str
        Of the times and of the readings: ``"h"``; ``"percent"``, ``"fraction"``, ``"mg"``, ``"ug/mL"``.
    dose : str
        All the drug in one unit, such as ``"5 mg"`` or ``"2 umol"``.
    volume, sample : str
        Of the liquid at the start, and of each sample: ``"500 mL"``, ``"1 mL"``.
    replaced : bool
        Whether each sample was replaced by fresh liquid.
    corrected : bool, optional
        Whether the readings account already for the drug that samples took.
    columns : mapping of str to str
        Header to what the column holds (`ROLES`).
    profiles : {"", "one", "each"} or mapping of str to str
        How columns make profiles; see `formulate.experiment.grouping.group`.
    decimal : {".", ","}
        What parts the decimals.
    fewest : int
        Times with a reading that each profile needs.

    Returns
    -------
    Asked
        All of it, in SI.

    Raises
    ------
    FormulateError
        An option that cannot be read, does not fit another, or is out of range.

    Examples
    --------
    >>> asked(dose="5 mg", volume="500 mL").volume
    0.0005
    """
    texts = {"time_unit": time_unit, "unit": unit, "dose": dose, "volume": volume, "sample": sample}
    for name, given in texts.items():
        if not isinstance(given, str):
            example = {"time_unit": "h", "unit": "percent", "dose": "5 mg", "volume": "500 mL", "sample": "1 mL"}[name]
            raise FormulateError(f"{name}: {shorten(repr(given))}; need a text such as {example!r}")
    columns = {str(header): role for header, role in (columns or {}).items()}
    time = read_unit(time_unit) if time_unit else None
    if time_unit and (time is None or time.kind != "time"):
        raise FormulateError(f"time unit {shorten(time_unit)!r}; need s, min, h, d, week or month")
    of_readings = read_unit(unit) if unit else None
    if unit and (of_readings is None or of_readings.kind not in UNIT_KINDS):
        raise FormulateError(f"unit {shorten(unit)!r}; need percent, fraction, a mass such as mg, or mg/mL")
    drug, kind = _dose(dose) if dose else (None, "mass")
    liquid, each = (_positive(name, text) for name, text in (("volume", volume), ("sample", sample)))
    if each is not None and liquid is None:
        raise FormulateError(f"sample {shorten(sample)!r} without the volume it is taken from; need volume, as 500 mL")
    if each is not None and liquid is not None and each >= liquid:
        raise FormulateError(f"sample {shorten(sample)!r}; need less than the volume, {shorten(volume)}")
    if corrected and each is not None:
        raise FormulateError("corrected, yet a sample is given to correct by; need one of them")
    for header, role in columns.items():
        if role not in ROLES:
            raise FormulateError(f"column {shorten(header)!r} = {shorten(role)!r}; need one of {', '.join(ROLES)}")
    if isinstance(profiles, str) and profiles not in ("", "one", "each"):
        raise FormulateError(f"profiles {shorten(profiles)!r}; need one (all columns are its units) or each")
    if decimal not in (".", ","):
        raise FormulateError(f"decimal {shorten(decimal)!r}; need . or ,")
    return Asked(
        time, of_readings, drug, "amount" if kind == "amount" else "mass", liquid, each, replaced, corrected,
        columns, profiles, decimal, fewest,
    )  # fmt: skip


def _dose(text: str) -> tuple[float, str]:
    found = read_unit(text.strip().lstrip("+-.0123456789eE").strip())
    kind = "amount" if found is not None and found.kind == "amount" else "mass"
    value = parse(text, "umol" if kind == "amount" else "mg")
    if not value > 0.0:
        raise FormulateError(f"dose {shorten(text)!r}; need more than 0")
    return value, kind


def _positive(name: str, text: str) -> float | None:
    if not text:
        return None
    value = parse(text, "mL")
    if not value > 0.0:
        raise FormulateError(f"{name} {shorten(text)!r}; need more than 0")
    return value
