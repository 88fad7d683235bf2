"""Units as column headers write them: of time, of a share, of drug, of drug in a liquid, of a volume."""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["time", "percent", "fraction", "mass", "amount", "concentration", "molarity", "volume", "unknown"]

SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "week": 604800.0, "month": 30.4375 * 86400.0}
_TIMES = {
    "s": "s sec secs second seconds 秒",
    "min": "min mins minute minutes 分 分钟 分鐘",
    "h": "h hr hrs hour hours 小时 小時 时 時",
    "d": "d day days 天 日",
    "week": "week weeks wk wks w 周 週 星期",
    "month": "month months mo mos 月",
}
_TIME_LABEL = {word: label for label, words in _TIMES.items() for word in words.split()}
_SHARES: dict[str, Kind] = {
    **dict.fromkeys(("%", "％", "percent", "pct", "percentage", "% released", "% release", "wt%", "%w/w"), "percent"),
    **dict.fromkeys(("fraction", "frac", "0-1", "0..1", "mg/mg", "g/g", "w/w", "mol/mol"), "fraction"),
}
_PREFIX = r"(?P<prefix{0}>mc|[kmunp])?"
_MASS = re.compile(_PREFIX.format("") + "g", re.IGNORECASE)
_AMOUNT = re.compile(_PREFIX.format("") + "mol", re.IGNORECASE)
_MOLAR = re.compile(r"(?P<prefix>[munp])?M")
_VOLUME = re.compile(r"(?P<prefix>[mund])?l|(?P<cubic>[cdm]m3|m3|cc)", re.IGNORECASE)
_PER_VOLUME = re.compile(r"(?:[\s·*.]|(?<=[gGlLM]))*((?:[mund]?l|[cdm]m3|m3|cc))\s*\^?-1", re.IGNORECASE)
_OTHER = re.compile(
    r"[nmku]?(?:au|abs|nm|um|mm|cm|degc|degf|k|v|pa|cpm|dpm|cps|iu|u|ppm|ppb|rpm|hz|j|cal|ev|bar|psi|atm|torr|mmhg)(?:/\w+)?"
    r"|a\.u\.|°[cf]|\w{1,4}(?:[/·*][a-z]{1,4}[23]?|\s*\^?-[12])+|[a-z]{1,3}\^(?:0\.5|1/2)|√.*|sqrt.*",
    re.IGNORECASE,
)
_WRITTEN_ALIKE = str.maketrans({"µ": "u", "μ": "u", "−": "-", "⁻": "-", "¹": "1", "³": "3", "㎎": "mg", "㎍": "ug"})


@dataclass(frozen=True)
class Unit:
    """A unit of a column: what it measures, and how it is written for `materials.units`."""

    kind: Kind
    label: str

    @property
    def seconds(self) -> float:
        """How long one unit of time is [s]."""
        return SECONDS[self.label]

    @property
    def factor(self) -> float:
        """What turns a number into percent, or into SI where it is drug, drug in a liquid or a volume."""
        if self.kind == "percent":
            return 1.0
        if self.kind == "fraction":
            return 100.0
        from materials.units import si_factor

        return si_factor(self.label)


def read_unit(text: str) -> Unit | None:
    """Give the unit that a text is, or None where it is none that a release table could need.

    A text that is a unit, but of something else (an absorbance, a temperature, mg/g), is of kind `unknown`.

    Parameters
    ----------
    text : str
        As it stands in the brackets of a header: ``"h"``, ``"%"``, ``"µg mL-1"``.

    Returns
    -------
    Unit or None
        Kind and label; units of time are labelled s, min, h, d, week, month (of 30.4375 days).

    Examples
    --------
    >>> read_unit("hours"), read_unit("µg mL⁻¹"), read_unit("PBS")
    (Unit(kind='time', label='h'), Unit(kind='concentration', label='ug/mL'), None)
    """
    written = " ".join(text.translate(_WRITTEN_ALIKE).split())
    plain = written.casefold().rstrip(".")
    if plain in _TIME_LABEL and written not in ("D", "S", "W", "MO"):
        return Unit("time", _TIME_LABEL[plain])
    if plain in _SHARES or plain.startswith(("% of", "%of")):
        return Unit(_SHARES.get(plain, "percent"), _SHARES.get(plain, "percent"))
    drug, _, liquid = _PER_VOLUME.sub(r"/\1", written.replace(" per ", "/").replace(" / ", "/")).partition("/")
    for kind, dissolved, pattern in (("mass", "concentration", _MASS), ("amount", "molarity", _AMOUNT)):
        found = pattern.fullmatch(drug.strip())
        if found is None:
            continue
        label = (found["prefix"] or "").casefold().replace("mc", "u") + ("g" if kind == "mass" else "mol")
        if not liquid:
            return Unit("mass" if kind == "mass" else "amount", label)
        if volume := _VOLUME.fullmatch(liquid.strip()):
            return Unit("concentration" if dissolved == "concentration" else "molarity", f"{label}/{_volume(volume)}")
        return Unit("unknown", written)
    if not liquid and (found := _MOLAR.fullmatch(drug)):
        return Unit("molarity", f"{found['prefix'] or ''}mol/L")
    if not liquid and (found := _VOLUME.fullmatch(drug)):
        return Unit("volume", _volume(found))
    return Unit("unknown", written) if _OTHER.fullmatch(written) else None


def _volume(found: re.Match[str]) -> str:
    if found["cubic"]:
        cubic = found["cubic"].casefold()
        return {"cc": "cm^3", "m3": "m^3"}.get(cubic, f"{cubic[0]}m^3")
    return (found["prefix"] or "").casefold() + "L"
