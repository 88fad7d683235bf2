"""Layers that acid, an enzyme or an oxidant of the site opens: how fast their own time runs there, and what to say."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from formulate.case import INTRAVENOUS, Case
from formulate.inputs import Subject
from formulate.release.triggers import acid_factor, stimulus_factor, trigger_window, window_remark
from formulate.sampling import Array
from materials.units import to_si

NEEDED = "release"
REFERENCE_PH = 7.4  # of blood, of most tissue and of the buffer on the bench
NORMAL = "healthy"  # the state that a level of normal tissue is of


@dataclass(frozen=True)
class Stimulus:
    """An enzyme or an oxidant: what it is called, and where its level and its effect stand."""

    name: str
    level: str  # of the site
    half_level: str  # of the carrier
    largest_factor: str  # of the carrier


STIMULI = (
    Stimulus("enzyme", "active_enzyme_concentration", "enzyme_half_level", "enzyme_largest_factor"),
    Stimulus("oxidant", "hydrogen_peroxide_concentration", "oxidant_half_level", "oxidant_largest_factor"),
)


@dataclass(frozen=True)
class _Opening:
    """One trigger of one layer: how much faster the layer runs at the site and in normal tissue, (draws, 1)."""

    trigger: str
    at_site: Array
    elsewhere: Array
    level: str  # at the site, in words
    idle: float = 0.0  # share of the draws in which its largest factor falls below 1, and is taken as 1


def own_time(case: Case, layer: Subject) -> Array:
    """Give the time that a layer goes through [s]: that of the clock, or faster where something opens the layer.

    Parameters
    ----------
    case : Case
        The formulation with its site.
    layer : Subject
        One of its carriers.

    Returns
    -------
    ndarray, shape (times,) or (draws, times)
        Time times the product of the factors of all triggers [s]; that of the case itself where nothing opens the
        layer, on the bench, and in blood, whose pH is that of the bench.

    Raises
    ------
    MissingValueError
        One of half level and largest factor is given without the other.

    Notes
    -----
    ``t_own = t g_acid g_enzyme g_oxidant`` with `acid_factor` and `stimulus_factor`: every rate constant of the layer
    is multiplied by the same factor.
    """
    factor = trigger_factor(case, layer)
    return case.time * factor if factor.ndim else case.time


def trigger_factor(case: Case, layer: Subject) -> Array:
    """Give how many times faster the rates of a layer are at the site [1]: (draws, 1), or a plain 1; see `own_time`."""
    factor = np.array(1.0)
    if _is_at_site(case):
        for opening in _openings(case, layer):
            factor = factor * opening.at_site
    return factor


def triggers_told(case: Case) -> tuple[str, ...]:
    """Say what the site does to each layer that something opens, and which trigger it leaves no window."""
    start = next((index for index, layer in enumerate(case.chain) if layer.release), 0)
    # a measured law of a layer is that of all it holds
    return tuple(text for layer in case.layers[start:] for text in _told(case, layer))


def _told(case: Case, layer: Subject) -> Iterator[str]:
    names = _sensitive_to(layer)
    if names and not _is_at_site(case):
        where = "on the bench, at pH 7.4 without enzyme or oxidant" if case.on_bench else "in blood"
        yield f"{layer.entry.id} opens by {' and '.join(names)}: computed as {where}, at its usual rate"
        return
    for name, level in _unknown(case, layer):
        yield (
            f"{layer.entry.id} opens by {name}, whose level at {case.site.entry.id} is not known: computed as without; "
            f"set {level} in [regimen.set]"
        )
    for opening in _openings(case, layer):
        window = trigger_window(opening.at_site, opening.elsewhere)
        remark = window_remark(opening.trigger, case.site.entry.id, window[:, 0])
        usual = f"as at pH {REFERENCE_PH}" if opening.trigger == "acid" else "as without"
        faster = f"{layer.entry.id} lets go {_band(opening.at_site)} times as fast at {opening.level} {usual}"
        yield f"{remark} ({layer.entry.id}, {opening.level})" if remark else faster
        if opening.idle:
            name = next(item.largest_factor for item in STIMULI if item.name == opening.trigger)
            yield f"{name} of {layer.entry.id} falls below 1 in {opening.idle:.0%} of the draws: taken as 1, no effect"


def _sensitive_to(layer: Subject) -> list[str]:
    found = ["acid"] if layer.find("acid_sensitivity") else []
    given = {item.name: [layer.find(name) for name in (item.half_level, item.largest_factor)] for item in STIMULI}
    return found + [name for name, values in given.items() if any(values)]


def _openings(case: Case, layer: Subject) -> Iterator[_Opening]:
    """Give the triggers of a layer whose level at the site is known."""
    sensitive = _sensitive_to(layer)
    place = _place(case, "ph") if "acid" in sensitive else None
    if place is not None:
        ph, slope = place.read("ph", NEEDED), layer.read("acid_sensitivity", NEEDED)
        yield _Opening("acid", acid_factor(ph, slope, REFERENCE_PH), np.ones_like(slope), f"pH {np.median(ph):.3g}")
    for item in STIMULI:
        place = _place(case, item.level) if item.name in sensitive else None
        if place is not None:
            yield _stimulated(item, place, layer)


def _stimulated(item: Stimulus, place: Subject, layer: Subject) -> _Opening:
    half, drawn = layer.read(item.half_level, NEEDED), layer.read(item.largest_factor, NEEDED)
    most = np.maximum(drawn, 1.0)  # a band that reaches 1 is drawn beyond it, and no stimulus closes a layer
    level = place.read(item.level, NEEDED)
    value, normal = place.find(item.level), _in_normal_tissue(place).find(item.level)
    assert value is not None
    usual = np.full_like(level, to_si(normal.typical, normal.unit) if normal else 0.0)
    return _Opening(
        item.name,
        stimulus_factor(level, half, most),
        stimulus_factor(level if normal == value else usual, half, most),  # one number for both is no window
        f"{value.typical:.3g} {value.unit} of {item.name}",
        float((drawn < 1.0).mean()),
    )


def _in_normal_tissue(place: Subject) -> Subject:
    """Give the same place when healthy, which the user's settings do not touch."""
    return replace(place, overrides={}).under(state=NORMAL)


def _unknown(case: Case, layer: Subject) -> Iterator[tuple[str, str]]:
    levels = {"acid": "ph", **{item.name: item.level for item in STIMULI}}
    return ((name, levels[name]) for name in _sensitive_to(layer) if _place(case, levels[name]) is None)


def _place(case: Case, name: str) -> Subject | None:
    """Give where a number of the surroundings is read: the site, else the first of its compartments that has it."""
    if case.site.find(name) is not None:
        return case.site
    known = case.inputs.catalog.sites
    parts = (case.part_of_site(part) for part in case.formulation.regimen.entry.compartments if part in known)
    return next((part for part in parts if part.find(name) is not None), None)


def _is_at_site(case: Case) -> bool:
    return not case.on_bench and case.main_route != INTRAVENOUS


def _band(factor: Array) -> str:
    low, middle, high = (f"{value:.3g}" for value in np.quantile(factor, [0.1, 0.5, 0.9]))
    return middle if low == high else f"{middle} ({low} to {high})"
