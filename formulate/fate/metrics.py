"""What a row asks: a quantity, where it is looked at, and in which unit it is told."""

import re
from dataclasses import dataclass

from formulate.fate.priors import words_of
from materials.errors import FormulateError, nearest, shorten

HOUR, DAY = 3600.0, 86400.0
TIME_UNITS = {
    "s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "min": 60.0, "minute": 60.0, "minutes": 60.0, "h": HOUR,
    "hr": HOUR, "hrs": HOUR, "hour": HOUR, "hours": HOUR, "d": DAY, "day": DAY, "days": DAY, "wk": 7 * DAY,
    "week": 7 * DAY, "weeks": 7 * DAY, "mo": 30.44 * DAY, "month": 30.44 * DAY, "months": 30.44 * DAY,
    "yr": 365.25 * DAY, "y": 365.25 * DAY, "year": 365.25 * DAY, "years": 365.25 * DAY,
}  # fmt: skip
PERCENT = ("%", "percent", "% dose", "%id", "% id", "pct")
CLEARANCE_UNITS = {
    "ml/h": 1e-6 / HOUR,
    "ml/min": 1e-6 / 60,
    "l/h": 1e-3 / HOUR,
    "ul/min": 1e-9 / 60,
    "ul/h": 1e-9 / HOUR,
}
DIFFUSIVITY_UNITS = {
    "cm2/s": 1e-4,
    "m2/s": 1.0,
    "um2/s": 1e-12,
    "mm2/s": 1e-6,
    "cm^2/s": 1e-4,
    "m^2/s": 1.0,
    "um^2/s": 1e-12,
}
CONCENTRATION_UNITS = {"ng/ml": 1e-6, "ug/ml": 1e-3, "mg/ml": 1.0, "mg/l": 1e-3, "ug/l": 1e-6, "ng/l": 1e-9, "g/l": 1.0}
USUAL_UNIT = {
    "time": "h", "fraction": "%", "clearance": "mL/h", "diffusivity": "cm2/s", "concentration": "ng/mL",
    "ratio": "ratio", "flag": "flag",
}  # fmt: skip
LABEL_FLOOR = 0.05  # of what was given: what imaging or counting still sees
ASSAY_FLOOR = 0.001  # of the peak: what a drug assay still finds

# each: pattern of the metric, quantity, dimension. The first that is found holds.
_QUANTITIES = (
    (r"dose linearity|dosing interval|best injection|study duration|effect duration|bioactivity|responder|relapse|"
     r"inhibition|height|optimum|saturating|direction|barrier|leak onset|animals positive|span|gain|signal change|"
     r"penetration|below 1mg|hydrolysis|site density|dissociation|bioavailability|in vivo over|lymph node", "none", ""),
    (r"diffusion coefficient|diffusivity", "diffusion", "diffusivity"),
    (r"partition coefficient|uptake ratio", "partition", "ratio"),
    (r"\bratio\b|\bfold\b", "ratio", "ratio"),
    (r"flag|\bpresent\b|retained yes", "flag", "flag"),
    (r"mean residence|\bmrt\b|residence time", "mean", "time"),
    (r"turnover", "turnover", "time"),
    (r"half.?life|t1/2|half time|\bt half\b", "half", "time"),
    (r"tmax|time to peak|time of peak|peak time", "peak_time", "time"),
    (r"time to detection", "none", ""),
    (r"cmax|peak conc", "peak", "concentration"),
    (r"clearance time", "duration", "time"),
    (r"clearance", "clearance", "clearance"),
    (r"duration|detect|loq|stability|above|visible until|persist", "duration", "time"),
    (r"excret|urine", "excreted", "fraction"),
    (r"leak|escap|cleared|lost|eliminated|washout", "leaked", "fraction"),
    (r"release", "released", "fraction"),
    (r"remain|retain|retention|pct dose|fraction of dose|dose in|left|fraction in|residual", "left", "fraction"),
)  # fmt: skip
_WHERE = (
    (r"plasma|serum|blood|flip.?flop|urin", "plasma"),
    (r"cartilage meniscus synovium", "tissues"),
    (r"sf plus synovium|in and around|joint", "site"),
    (r"\bsf\b|synovial fluid|csf|fluid|nucleus", "fluid"),
    (r"synovi", "synovium"),
    (r"cartilage|tissue|annulus", "tissue"),
)
_PHASES = (
    (r"alpha|initial|distribution|fast", "initial"),
    (r"beta|slow", "late"),
    (r"gamma|terminal|elimination phase", "terminal"),
)


@dataclass(frozen=True)
class Asked:
    """A question a row asks."""

    metric: str  # as written
    quantity: str
    dimension: str  # time, fraction, clearance, diffusivity, concentration, ratio, flag
    where: str  # site, fluid, tissue, tissues, synovium, plasma
    phase: str  # of a half-life: "", initial, late, terminal
    bound: str  # "", min, max: the row holds a bound
    time: float | None  # s
    unit: str
    factor: float  # of the unit, in SI

    @property
    def of_what(self) -> str:
        """What a ratio is of."""
        words = words_of(self.metric)
        if re.search(r"\bauc\b|area", words):
            return "auc"
        if re.search(r"cmax|peak", words):
            return "peak"
        if re.search(r"half.?life", words):
            return "half"
        return "mean" if re.search(r"\bmrt\b|residence", words) else "left"


def read_metric(metric: str, unit: str = "", time: float | None = None) -> Asked:
    """Give what a metric asks.

    Parameters
    ----------
    metric : str
        Such as half_life, sf_half_life_beta, pct_remaining, cumulative_leakage, plasma_tmax, detection_duration_min.
    unit : str
        Of the answer; the usual one where empty.
    time : float, optional
        Of a share that is left at a time [s].

    Raises
    ------
    FormulateError
        A metric that is not known, or not answered; a unit that does not fit.

    Examples
    --------
    >>> asked = read_metric("sf_half_life_beta", "h")
    >>> asked.quantity, asked.where, asked.phase, asked.dimension
    ('half', 'fluid', 'late', 'time')
    """
    words = words_of(metric)
    if not words:
        raise FormulateError("no metric; need one such as half_life, pct_remaining, detection_duration")
    bound = next((end for end in ("min", "max") if re.search(rf"\b{end}$|\b{end} ", words)), "")
    words = re.sub(r"\b(min|max)$", "", words).strip()
    if "cmax" in words or "tmax" in words:
        bound = ""
    found = next(((name, kind) for pattern, name, kind in _QUANTITIES if re.search(pattern, words)), None)
    if found is None:
        near = nearest(
            words, ("half_life", "pct_remaining", "detection_duration", "mean_residence_time", "sf_clearance")
        )
        raise FormulateError(f"metric {shorten(metric)!r} is not known; nearest: {', '.join(near)}")
    quantity, dimension = found
    if quantity == "none":
        raise FormulateError(
            f"metric {shorten(metric)!r} is no fate that is predicted here (an effect, a count, a design)"
        )
    where = next((place for pattern, place in _WHERE if re.search(pattern, words)), "site")
    phase = next((name for pattern, name in _PHASES if re.search(pattern, words)), "") if quantity == "half" else ""
    if "efflux" in words:
        where, phase = "fluid", "initial"
    told = unit.strip() or USUAL_UNIT[dimension]
    return Asked(metric, quantity, dimension, where, phase, bound, time, told, _factor(told, dimension))


def _factor(unit: str, dimension: str) -> float:
    plain = " ".join(unit.casefold().replace("µ", "u").replace("μ", "u").split())
    if dimension in ("ratio", "flag"):
        return 0.01 if plain in PERCENT else 1.0
    if dimension == "fraction":
        if plain in PERCENT:
            return 0.01
        known: dict[str, float] = {"fraction": 1.0, "1": 1.0, "": 1.0}
        if plain.startswith("%") and not re.search(r"/|daily", plain):
            return 0.01
    else:
        known = {
            "time": TIME_UNITS,
            "clearance": CLEARANCE_UNITS,
            "diffusivity": DIFFUSIVITY_UNITS,
            "concentration": CONCENTRATION_UNITS,
        }[dimension]
    if plain not in known:
        raise FormulateError(
            f"unit {shorten(unit)!r} does not fit a {dimension}; need one such as {USUAL_UNIT[dimension]}"
        )
    return known[plain]


def read_time(text: str) -> float | None:
    """Give a time [s] from a text such as "24 h"; None of an empty one.

    Raises
    ------
    FormulateError
        Not a number with a unit of time.

    Examples
    --------
    >>> read_time("48 h")
    172800.0
    """
    plain = text.strip().casefold()
    if not plain or not re.search(r"\d", plain):
        return None  # "long-term", "pooled"
    found = re.fullmatch(r"([\d.]+)\s*([a-z]+)", plain)
    if found is None or found.group(2) not in TIME_UNITS:
        raise FormulateError(f"time {shorten(text)!r}; need a number and a unit such as 24 h or 7 d")
    return float(found.group(1)) * TIME_UNITS[found.group(2)]
