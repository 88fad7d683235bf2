"""From a wanted level to a schedule: how much per injection, how often, and which limit stands in the way."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from formulate.assess import HOUR
from formulate.estimate import Estimate, estimate
from formulate.fields import LONGEST_WAIT
from formulate.formulation import Formulation, build
from formulate.limits import MOST_INJECTIONS
from formulate.pipeline import Prediction, predict
from formulate.sampling import Array, Draws
from materials import catalog
from materials.errors import DomainError, Fault, FileError, FormulateError, shorten
from materials.schema import Site
from materials.units import to_si

COUNTS = (1, 2, 3, 4, 6, 8, 12)  # injections that are tried
SEARCH_DRAWS = 256
SEARCHES = 12
NEAR = 0.02  # of the draws from the wanted share: near enough, unless all or none of them is wanted
SMALLEST, LARGEST = 1e-15, 0.5  # kg per injection that are looked at
MOST_MASS = 1.0  # kg; a file takes no larger dose
SHORTEST_INTERVAL = 24 * HOUR
ENOUGH = 2  # schedules that hold and fit the site are told; those with more injections are not tried


@dataclass(frozen=True)
class Schedule:
    """One number of injections: the dose each needs, or why no dose does."""

    injections: int
    interval: float | None  # s
    dose: float | None  # kg per injection
    held: float  # share of the draws that stay above the level for the wanted time
    reason: str = ""  # why there is no dose
    volume: Estimate | None = None  # that the dose needs
    plasma_peak: Estimate | None = None
    saturation: float = 0.0  # largest unbound concentration over the solubility
    warnings: tuple[str, ...] = ()

    @property
    def total(self) -> float | None:
        """Dose over all injections [kg]."""
        return None if self.dose is None else self.dose * self.injections


@dataclass(frozen=True)
class _Tried:
    """What is kept of one prediction of the search: its curves would fill the memory."""

    share: float  # of the draws that hold the level
    factor: float  # by which the lowest concentration at the edge falls short
    reason: str  # why it does not do
    largest: float  # kg that fit one injection, in the draw that takes most
    saturation: float
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Dosing:
    """Schedules by rising number of injections, and the burden of each injection as the catalog knows it."""

    formulation: Formulation
    level: float  # kg/m3, unbound
    level_text: str
    schedules: tuple[Schedule, ...]
    largest_volume: float | None  # m3 that the site takes at once
    burden: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    @property
    def fewest(self) -> Schedule | None:
        """The schedule with the fewest injections that holds the level, or None."""
        return next((item for item in self.schedules if item.dose is not None), None)

    @property
    def fewest_that_fit(self) -> Schedule | None:
        """The one with the fewest injections whose volume the site takes at once, or None."""
        return next((item for item in self.schedules if _fits(item, self.largest_volume)), None)


def counts_of(text: str) -> tuple[int, ...]:
    """Read numbers of injections with commas between, rising, each once.

    Raises
    ------
    FormulateError
        One is no whole number, or is out of range.

    Examples
    --------
    >>> counts_of("4, 1,2")
    (1, 2, 4)
    """
    try:
        counts = {int(item) for item in text.split(",")}
    except ValueError:
        counts = set()
    if not counts or not all(1 <= count <= MOST_INJECTIONS for count in counts):
        need = f"need whole numbers of 1 to {MOST_INJECTIONS} with commas between, such as 1,2,4"
        raise FormulateError(f"injections: {shorten(text)!r}; {need}")
    return tuple(sorted(counts))


def dosing(
    formulation: Formulation,
    counts: tuple[int, ...] = COUNTS,
    progress: Callable[[str], None] | None = None,
) -> Dosing:
    """Find the dose per injection that holds a level for the wanted time, for one injection and for more.

    Parameters
    ----------
    formulation : Formulation
        What is given, with its target: compartment, level, duration, and the share of draws that must hold it. Its
        own dose is where the search begins; its injections and interval are set by the search.
    counts : tuple of int
        Numbers of injections to try, evenly spaced over the wanted time, rising. Of the usual ones none is tried
        after two that hold in a volume that the site takes; those asked for are all tried.
    progress : callable, optional
        Called with a line on what is computed; raise from it to cancel.

    Raises
    ------
    FileError, MissingValueError
        As `predict`; and the target has no level: neither the file nor the catalog gives one.
    DomainError
        The injections would follow each other in less than a day.

    Notes
    -----
    A dose holds the level in a draw if the unbound concentration in the target compartment lies above it at every
    time from the first hour to the wanted duration. The share of draws rises with the dose; the dose is found by
    scaling with what is missing in the draw at the edge of the wanted share (at once where exposure is in proportion
    to dose), and by halving the interval in the logarithm where that does not lead there (crystals, a carrier that
    does not fit). The search uses 256 draws, its result is computed again with those the file asks for.
    """
    duration = formulation.target.seconds
    counts = tuple(sorted(set(counts)))
    most = max(1, int(duration / SHORTEST_INTERVAL * (1 + 1e-9)))
    if counts != COUNTS and counts[-1] > most:
        need = f"at most {most} over {formulation.target.duration}"
        raise DomainError("injections", counts[-1], "", need, "no two of them within a day")
    first = predict(_with(formulation, None, 1, None), Draws(SEARCH_DRAWS, formulation.calculation.seed))
    level = first.assessment.target
    if level is None:
        told = f"is missing, and the catalog knows no effective concentration of {first.case.payload.entry.id}"
        raise FileError([Fault("formulation", "target.unbound_above", f'{told}; need a level such as "0.1 umol/L"')])
    site = first.case.site
    known = site.find("max_injection_volume")
    largest = None if known is None else to_si(known.typical, known.unit)
    found: list[Schedule] = []
    for count in counts:
        interval = duration / count if count > 1 else None
        if count > most:
            break
        if progress:
            progress(f"{count} injection{'s' if count > 1 else ''}")
        found.append(_schedule(formulation, count, interval, level, first.case.dose))
        if counts == COUNTS and len([item for item in found if _fits(item, largest)]) >= ENOUGH:
            break
    entry = site.entry
    assert isinstance(entry, Site)
    burden = _burden(entry, formulation.regimen.route_or_first)
    return Dosing(
        formulation,
        level,
        first.assessment.target_text,
        tuple(found),
        largest,
        burden,
        tuple(dict.fromkeys([*_also(formulation), *found[-1].warnings])),
    )


def _also(formulation: Formulation) -> tuple[str, ...]:
    routes = " and ".join(dict.fromkeys(item.route for item in formulation.regimen.also))
    told = "is given as the file says with every schedule; its dose is not sought and not in the dose in all"
    return (f"what also goes by {routes} {told}",) if routes else ()


def _slack(wanted: float) -> float:
    """Give how far the share of the draws may be from the wanted one."""
    return min(NEAR, wanted / 2.0, (1.0 - wanted) / 2.0)


def _told(prediction: Prediction) -> tuple[str, ...]:
    """Give the warnings of a schedule but those on a dose that the search tried."""
    return tuple(text for text in prediction.warnings if text not in prediction.loading.unfit)


def _burden(site: Site, route: str) -> tuple[str, ...]:
    """Give what the catalog says against an injection at the site and by the route."""
    known = catalog.load()
    texts = [item.text for item in site.statements("risk", "difficulty") if _INJECTED.search(item.text)]
    if route in known.methods:
        by_route = known.methods[route]
        texts += [item.text for item in by_route.statements("risk", "against", "cost", "difficulty")]
        texts += [item.text for item in by_route.statements("use") if _BURDEN.search(item.text)]
    return tuple(dict.fromkeys(texts)) or ("The catalog names no burden of this route.",)


_INJECTED = re.compile(r"inject|needle|puncture|infection", re.IGNORECASE)
_BURDEN = re.compile(r"infection|trauma|invasive", re.IGNORECASE)


def _schedule(formulation: Formulation, count: int, interval: float | None, level: float, dose: float) -> Schedule:
    wanted = formulation.target.probability
    tried: dict[float, _Tried] = {}

    def given(amount: float, draws: int) -> Prediction:
        asked = _with(formulation, amount, count, interval)
        prediction = predict(asked, Draws(draws, formulation.calculation.seed))
        tried[amount] = _kept(prediction, amount, level, wanted)
        return prediction

    def held(amount: float) -> float:
        given(amount, SEARCH_DRAWS)
        return tried[amount].share

    amount = _found(
        dose,
        wanted,
        held,
        lambda amount: tried[amount].factor,
        lambda: min(LARGEST, 2.0 * tried[dose].largest),
    )
    if tried[amount].share < wanted - _slack(wanted):
        return _refused(count, interval, tried[amount])
    prediction = given(amount, formulation.calculation.draws)
    for _ in range(3):  # with all draws the edge lies a little elsewhere
        if tried[amount].share >= wanted:
            break
        amount = min(amount * max(tried[amount].factor, 1.02), MOST_MASS)
        prediction = given(amount, formulation.calculation.draws)
    kept = tried[amount]
    if kept.share < wanted - _slack(wanted) / 4:
        return _refused(count, interval, kept)
    volume = prediction.assessment.estimates["needed_volume"]
    peak = prediction.exposure.unbound["plasma"].max(axis=1)
    molar = prediction.case.payload.typical("molar_mass", "molar concentrations")
    told = estimate(
        "peak_plasma_unbound", "peak unbound in plasma", "nmol/L", peak / molar, prediction.case.inputs.used
    )
    return Schedule(count, interval, amount, kept.share, "", volume, told, kept.saturation, kept.warnings)


def _kept(prediction: Prediction, amount: float, level: float, wanted: float) -> _Tried:
    share = _share(prediction, level)
    return _Tried(
        share,
        _factor(prediction, level, wanted),
        _why_not(prediction, amount, share, wanted),
        float(prediction.loading.largest.max()),
        float(np.median(prediction.exposure.saturation)),
        _told(prediction),
    )


def _refused(count: int, interval: float | None, kept: _Tried) -> Schedule:
    """Give a schedule for which no dose was found."""
    return Schedule(count, interval, None, kept.share, kept.reason, saturation=kept.saturation, warnings=kept.warnings)


def _found(
    start: float,
    wanted: float,
    held: Callable[[float], float],
    factor: Callable[[float], float],
    most: Callable[[], float],
) -> float:
    """Give the smallest dose found that is held in the wanted share of draws, or the largest that makes sense."""
    share_of: dict[float, float] = {start: held(start)}
    low, high = SMALLEST, min(max(most(), 2.0 * start), MOST_MASS)  # doses known to be too small, and enough
    if share_of[start] < wanted:
        share_of[high] = held(high)
        if share_of[high] < wanted - _slack(wanted):
            return high
    amount = start
    for _ in range(SEARCHES):
        if amount not in share_of:
            share_of[amount] = held(amount)
        if share_of[amount] >= wanted:
            high = min(high, amount)
            if share_of[amount] <= wanted + _slack(wanted):
                return amount
        else:
            low = max(low, amount)
        step = amount * factor(amount)
        # a step out of the known interval, or none at all, is replaced by the middle of it
        amount = step if low < step < high and abs(np.log(step / amount)) > 0.01 else float(np.sqrt(low * high))
        if high / low < 1.03:
            break
    enough = [given for given, share in share_of.items() if share >= wanted]
    return min(enough) if enough else high


def _window(prediction: Prediction) -> Array:
    """Give the unbound concentration of the target compartment from the first hour to the wanted duration."""
    time, target = prediction.case.time, prediction.formulation.target
    within = (time >= min(HOUR, target.seconds / 2)) & (time <= target.seconds * (1 + 1e-12))
    return prediction.exposure.unbound[prediction.formulation.compartment][:, within]


def _share(prediction: Prediction, level: float) -> float:
    return float((_window(prediction) >= level).all(axis=1).mean())


def _factor(prediction: Prediction, level: float, wanted: float) -> float:
    """Give by how much the lowest concentration of the draw at the edge of the wanted share falls short."""
    edge = float(np.quantile(_window(prediction).min(axis=1), 1.0 - wanted - _slack(wanted) / 2, method="lower"))
    return float(np.clip(level / edge, 1e-4, 1e4)) if edge > 0 else 1e4


def _why_not(prediction: Prediction, amount: float, share: float, wanted: float) -> str:
    loading = prediction.loading
    fits = float(np.median(loading.largest)) * 1e6
    held = f"held in {100 * share:.4g}% of the draws, wanted {100 * wanted:.4g}%"
    if loading.fits < 0.5:
        return f"no more than {fits:.3g} mg fit one injection of {loading.volume * 1e6:.3g} mL: {held}"
    return (
        f"no dose up to {max(LARGEST, amount) * 1e6:.3g} mg does it, for what is given is gone before the next: {held}"
    )


def _with(formulation: Formulation, dose: float | None, count: int, interval: float | None) -> Formulation:
    content = formulation.model_dump(mode="json", exclude_unset=True)
    if dose is not None:
        place = formulation.payload.index(formulation.cargo)
        content["payload"][place]["dose"] = f"{dose * 1e6:.6g} mg"
    regimen = content["regimen"]
    regimen["injections"] = count
    regimen.pop("interval", None)
    if interval is not None:
        regimen["interval"] = f"{interval / 86400.0:.8g} d"
    days = min(1.02 * formulation.target.seconds / 86400.0, LONGEST_WAIT)
    content.setdefault("calculation", {})["horizon"] = f"{days:.8g} d"
    built: Formulation = build(Formulation, content, formulation.label)
    return built


def _fits(schedule: Schedule, largest: float | None) -> bool:
    """Tell whether there is a dose, in a volume [m**3] that the site takes as far as both are known."""
    needs = schedule.volume.median if schedule.volume is not None else None  # mL
    return schedule.dose is not None and (needs is None or largest is None or needs <= largest * 1e6)


def limits_met(found: Dosing, schedule: Schedule) -> Iterator[str]:
    """Give the limits that a schedule meets or passes, in words."""
    if schedule.volume is not None and schedule.volume.median is not None:
        needs = schedule.volume.median
        if found.largest_volume is not None:
            most = found.largest_volume * 1e6
            too_much = "" if _fits(schedule, found.largest_volume) else ": too much"
            yield f"needs {needs:.3g} mL per injection; the site takes {most:.3g} mL{too_much}"
    if schedule.saturation > 1.05:
        yield f"the unbound concentration passes the solubility {schedule.saturation:.2g} times"
