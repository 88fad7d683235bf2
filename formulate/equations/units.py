"""Units at the bench: how they are named beside those of the kernels, which one reads well, and how to go between."""

import math
import re
from typing import Any

from formulate.equations import writing
from materials import units
from materials.errors import UnitError

# what a ratio may be written as: by mass, volume, mole or anything, and its factor
RATIO_NAMES = {"": ("", 1.0), "1": ("", 1.0), "fraction": ("", 1.0), "percent": ("", 0.01), "%": ("", 0.01)}
RATIO_NAMES |= {"ppm": ("", 1e-6)}
RATIO_NAMES |= dict.fromkeys(("percent_w_w", "% w/w", "%w/w", "wt%", "wt %"), ("mass", 0.01))
RATIO_NAMES |= dict.fromkeys(("percent_v_v", "% v/v", "%v/v", "vol%", "vol %"), ("volume", 0.01))
RATIO_NAMES |= dict.fromkeys(("mol%", "mol %"), ("mole", 0.01))
RATIO_NAMES |= dict.fromkeys(("w/w", "wt/wt", "by weight", "by mass"), ("mass", 1.0))
RATIO_NAMES |= dict.fromkeys(("v/v", "vol/vol", "by volume"), ("volume", 1.0))
RATIO_NAMES |= dict.fromkeys(("molar", "by mole"), ("mole", 1.0))
_RATIO_OF = {"[mass]": "mass", "[length] ** 3": "volume", "[substance]": "mole"}
# what is counted has no unit; molecules are an amount of substance where one is wanted
_MOLECULES = (
    "molecules? molecs? lipids? cop(?:y|ies) chains? ligands? ions? proteins? peptides? antibod(?:y|ies) strands?"
)
_THINGS = (
    "particles? nanoparticles? microparticles? microspheres? microcarriers? vesicles? liposomes? micelles? exosomes? "
    "EVs? cells? beads? counts? sites?"
)
_COUNTED = re.compile(rf"(?<!\w)(?:({'|'.join(_MOLECULES.split())})|{'|'.join(_THINGS.split())})(?!\w)")
_TURNS = re.compile(r"(?<!\w)(?:revs?|revolutions?|turns?|cycles?)(?!\w)")
_TURNS_PER = {"rpm": "1/min", "RPM": "1/min", "r/min": "1/min", "rps": "1/s", "r/s": "1/s"}
_DALTON = re.compile(r"([kM]?)(?:Da|[Dd]altons?)")
_DALTONS = {"": "g/mol", "k": "kg/mol", "M": "Mg/mol"}
_EQUIVALENT = re.compile(r"(?<!\w)([munpµμk]?)[Ee]q(?!\w)")
_LOG = re.compile(r"log10\s*\(\s*(.+?)\s*\)|log10\s+(.+)")
# units that results are shown in, by growing size; the first of each says the dimension
_LADDERS = (
    ("nm", "um", "mm", "m"),
    ("nm**2", "um**2", "mm**2", "cm**2", "m**2"),
    ("nm**3", "um**3", "nL", "uL", "mL", "L", "m**3"),
    ("fg", "pg", "ng", "ug", "mg", "g", "kg"),
    ("s", "min", "h", "d"),
    ("1/d", "1/h", "1/s"),
    ("1/d**0.5", "1/h**0.5", "1/s**0.5"),
    ("ug/cm**2/d", "mg/cm**2/d"),
    ("ng/mL", "ug/mL", "mg/mL", "g/mL"),
    ("pmol/L", "nmol/L", "umol/L", "mmol/L", "mol/L"),
    ("fmol", "pmol", "nmol", "umol", "mmol", "mol"),
    ("g/mol", "kg/mol"),
    ("L/mol",),
    ("mL/g", "L/g"),
    ("L/mmol",),
    ("m**2/g",),
    ("nmol/g", "umol/g", "mmol/g"),
    ("1/g",),
    ("1/L", "1/mL"),
    ("1/nm**2",),
    ("cm**2/s",),
    ("cm/s",),
    ("Pa", "kPa", "MPa"),
    ("J/mol", "kJ/mol"),
    ("MPa**0.5",),
    ("mV", "V"),
    ("mg/d", "g/d"),
    ("K",),
)
_BENCH = {
    "kg/kg": "g/g", "m**3/m**3": "mL/mL", "m": "nm", "m**2": "nm**2", "m**3": "mL", "kg": "mg", "s": "h", "1/s": "1/h",
    "kg/m**3": "mg/mL", "mol/m**3": "mmol/L", "1/m**3": "1/mL", "kg/mol": "g/mol", "m**3/mol": "L/mol",
    "m**3/kg": "mL/g", "m**2/kg": "m**2/g", "mol/kg": "mmol/g", "1/kg": "1/g", "1/m**2": "1/nm**2",
    "m**2/s": "cm**2/s", "m/s": "cm/s", "kg/s": "mg/d", "Pa**0.5": "MPa**0.5", "1/s**0.5": "1/h**0.5",
    "kg/m**2/s": "mg/cm**2/d",
}  # fmt: skip


def readable(unit: str, wanted: str, name: str = "") -> str:
    """Give a unit of the bench as `materials.units` reads it, where `wanted` is the unit of the kernel.

    Turns and counts have no unit, so that 60 rpm is one per second, not 2 pi.

    >>> readable("rpm", "1/s"), readable("kDa", "kg/mol"), readable("% w/v", "kg/m**3"), readable("cells/mL", "1/m**3")
    ('1/min', 'kg/mol', 'g/dL', 'count/mL')
    """
    if unit == "% w/v" and wanted == "kg/m**3":
        return "g/dL"
    dalton = _DALTON.fullmatch(unit)
    if dalton and wanted == "kg/mol":
        return _DALTONS[dalton[1]]
    if wanted == "1/s":
        unit = _TURNS.sub("count", _TURNS_PER.get(unit, unit))
        if _has_angle(unit):
            raise UnitError(unit, "an angle per time, not turns per time", "rpm, Hz or 1/s")
    if "mol" in wanted and _EQUIVALENT.search(unit):
        if "charge" not in name:
            raise UnitError(unit, "an amount of charge", "mol or mmol: divide by the charge of the ion")
        unit = _EQUIVALENT.sub(r"\1mol", unit)
    amount = "particle" if "mol" in wanted else "count"
    return _COUNTED.sub(lambda found: amount if found[1] else "count", unit)


def _has_angle(unit: str) -> bool:
    try:
        units.si_factor(unit)  # refuses names and powers that are better not worked out
        return "radian" in dict(units.registry().Quantity(1.0, unit).to_base_units().unit_items())
    except UnitError:  # no unit at all: refused where it is read
        return False


def log_of(unit: str) -> str:
    """Give the unit whose logarithm a unit is, or an empty text.

    >>> log_of("log10(cm/s)"), log_of("log10 cm/s"), log_of("cm/s")
    ('cm/s', 'cm/s', '')
    """
    found = _LOG.fullmatch(unit)
    return (found[1] or found[2]) if found else ""


def is_ratio(unit: str) -> bool:
    """Tell whether a unit is that of a pure number; % is one that a kernel counts in percent.

    >>> is_ratio("1"), is_ratio("kg/kg"), is_ratio("%"), is_ratio("m"), is_ratio("kg/m**3")
    (True, True, True, False, False)
    """
    above, _, below = unit.partition("/")
    return unit in ("1", "%") or above == below


def ratio(written: str) -> tuple[str, float]:
    """Give what a ratio is by (mass, volume, mole, or nothing), and its factor."""
    if written in RATIO_NAMES:
        return RATIO_NAMES[written]
    above, slash, below = written.partition("/")
    if slash and above != "1":
        if all(_COUNTED.fullmatch(side) for side in (above, below)):
            return "mole", 1.0
        try:
            factor = units.si_factor(written)  # refuses names and powers that are better not worked out
            kinds = [str(units.registry().Quantity(1.0, side).dimensionality) for side in (above, below)]
        except UnitError as error:
            raise UnitError(written, error.reason, "") from None
        except Exception:  # pint raises tokenizer, attribute and arithmetic errors of many kinds
            raise UnitError(written, f"cannot read the unit {units.shorten_unit(written)}", "") from None
        if kinds[0] == kinds[1] != "dimensionless":
            return _RATIO_OF.get(kinds[0], "other"), factor
    elif _COUNTED.fullmatch(written):
        return "", 1.0
    raise UnitError(written, f"unit {units.shorten_unit(written)} is not that of a pure number", "")


def ratio_kind(unit: str) -> str:
    """Give what a ratio of the kernels is by: mass, volume, mole, or nothing."""
    if unit in ("1", "%"):
        return ""
    return _RATIO_OF.get(str(units.registry().Quantity(1.0, unit.partition("/")[0]).dimensionality), "")


def shown(unit: str) -> str:
    """Give a unit of the bench for a unit of the kernels.

    >>> shown("kg/kg"), shown("m"), shown("kg/m**3"), shown("J/mol"), shown("1")
    ('g/g', 'nm', 'mg/mL', 'J/mol', '1')
    """
    return _BENCH.get(unit, unit)


def fitting_unit(value: float, unit: str) -> str:
    """Give the unit in which a value reads well.

    >>> fitting_unit(1e-7, "m"), fitting_unit(2e6, "1/kg"), fitting_unit(0.2, "kg/kg"), fitting_unit(3.0, "V")
    ('nm', '1/g', 'g/g', 'V')
    """
    if is_ratio(unit) or log_of(unit):
        return shown(unit)
    ladder = next((steps for steps in _LADDERS if same_kind(steps[0], unit)), ())
    if not ladder:
        return unit
    if not math.isfinite(value) or value == 0.0:
        return ladder[0]
    sizes = {step: float(f"{abs(in_unit(value, unit, step)):.9g}") for step in ladder}
    return next((step for step in reversed(ladder) if sizes[step] >= 1.0), ladder[0])


def same_kind(one: str, other: str) -> bool:
    """Tell whether two units measure the same.

    >>> same_kind("nm", "m"), same_kind("g/g", "percent"), same_kind("g/g", "mL/mL"), same_kind("nm", "s")
    (True, True, False, False)
    """
    if log_of(one) or log_of(other):
        return one == other
    registry = units.registry()
    if is_ratio(one) or one in RATIO_NAMES or is_ratio(other) or other in RATIO_NAMES:
        try:
            kinds = [ratio(writing.unit(unit))[0] for unit in (one, other)]
        except UnitError:
            return False
        return kinds[0] == kinds[1] or "" in kinds
    one, other = readable(writing.unit(one), other), readable(other, other)
    return bool(registry.Quantity(1.0, one).dimensionality == registry.Quantity(1.0, other).dimensionality)


def in_unit(value: Any, unit: str, wanted: str) -> Any:
    """Give a value or an array of `unit` in the `wanted` unit of the same kind.

    >>> in_unit(1e-7, "m", "nm"), in_unit(0.25, "kg/kg", "%"), in_unit(25.0, "%", "1"), in_unit(310.15, "K", "degC")
    (100.0, 25.0, 0.25, 37.0)
    """
    if wanted == unit:
        return value
    if is_ratio(unit):
        return value * ratio(unit)[1] / ratio(writing.unit(wanted))[1]
    return units.convert(value * units.si_factor(unit), readable(writing.unit(wanted), unit))


def checked_unit(wanted: str, unit: str = "") -> str:
    """Give a unit that a user names for a result in `unit`, or refuse it."""
    need = "a unit of the result, such as nm or mg/mL"
    written = writing.unit(wanted)
    if written in RATIO_NAMES or (log_of(written) and written == unit):
        return wanted
    try:
        plain = readable(written, unit)
        if plain != "degC":
            units.si_factor(plain)
    except UnitError as error:
        raise UnitError(wanted, error.reason, need) from None
    return wanted
