"""What a reader must know of a calculation in the cord: limits that a dose passes, and its pitfalls."""

import numpy as np
from numpy.typing import NDArray

from formulate.case import Case
from formulate.retention import cord_barrier
from formulate.retention.site import Setting
from formulate.retention.slab_forms import penetration_depth
from formulate.retention.species import Plasma
from formulate.retention.stage_cord_inputs import HEALTHY, Anatomy, CordDrug, Reader, since_injury
from formulate.retention.stage_drug import NEEDED
from formulate.sampling import Array

OFTEN = 0.1  # of the draws, from which something is said
MOST_OF_FLUID = 0.1  # of the cerebrospinal fluid; larger injections are told
DAY = 86400.0
SMALL_ANIMALS = ("rat", "mouse", "guinea-pig", "rabbit")
LABELS = (
    "a fluorescent label outlives its carrier and free iodide leaves before it: optical retention is an upper bound, "
    "radioiodine a lower one"
)


def warnings(case: Case, reader: Reader, sizes: Anatomy) -> tuple[str, ...]:
    """Say which volumes an injection passes, with the numbers."""
    said, volume = [], case.volume
    species = case.inputs.circumstances.species
    if case.main_route == "intrathecal":
        whole = float(np.median(reader.fluid("volume")))
        nominal = case.site.typical("injection_volume", NEEDED)
        if volume > max(MOST_OF_FLUID * whole, 2.0 * nominal) * (1 + 1e-9):
            said.append(
                f"{_liquid(volume)} is injected into {_liquid(whole)} of cerebrospinal fluid; the usual intrathecal "
                f"bolus in the {species} is {_liquid(nominal)}"
            )
    if case.main_route == "intralesional":
        lesion = float(np.median(sizes.lesion_volume))
        if volume > lesion * (1 + 1e-9):
            said.append(
                f"{_liquid(volume)} is injected into a lesion of {_liquid(lesion)}: more than calculated will come "
                "back along the needle or tear tissue; set regimen.volume"
            )
    return tuple(said)


def sink_warning(has_carriers: bool, saturation: Array) -> tuple[str, ...]:
    """Say when carriers would have released into a fluid that cannot dissolve more."""
    over = float((saturation > 1.05).mean())
    if not has_carriers or over < OFTEN:
        return ()
    return (
        f"in {over:.0%} of the draws the unbound concentration passes the solubility (median peak "
        f"{np.median(saturation):.2g} times): drug would precipitate and redissolve, so the peak is overstated",
    )


def remarks(case: Case, reader: Reader, drug: CordDrug, sizes: Anatomy, plasma: Plasma, left: Array) -> tuple[str, ...]:
    """Give the pitfalls that apply to a case; `left` is the share at the site, (draws, times)."""
    routes = {event.route for event in case.events}
    said = []
    if "intrathecal" in routes:
        said += _of_fluid(case, sizes)
    if case.inputs.circumstances.state == HEALTHY:
        said.append('there is no injury in a healthy cord: "lesion" stands for the length of cord that one would take')
    elif "intravenous" in routes:
        said += _of_barrier(case, reader)
    if case.payload.find("cord_uptake_rate") is not None:
        said.append(
            "tissue that binds this drug decides how long it stays; the fluid empties within a day and its late level "
            "follows the tissue"
        )
    if routes != {"intravenous"}:
        said += _of_plasma(case, plasma, left)
    if "intravenous" not in routes and (drug.loss > 0).all() and (drug.diffusivity > 0).all():
        deep = float(np.median(penetration_depth(drug.diffusivity, drug.loss)))
        if deep < 0.5 * float(np.median(sizes.radius)):
            said.append(
                f"drug comes about {deep * 1e3:.2g} mm deep into the cord before blood takes it; the mean over the "
                "cord says little of its core"
            )
    if case.inputs.circumstances.species in SMALL_ANIMALS:
        said.append("a share of the dose per gram of so small a tissue looks large and is not a dose")
    return tuple(said)


def _of_fluid(case: Case, sizes: Anatomy) -> list[str]:
    half = float(np.median(np.log(2.0) / sizes.bulk_flow))
    said = [
        f"cerebrospinal fluid clears a dissolved drug by its bulk flow, here with a half-life of {_period(half)}: it "
        "goes with volume over flow, so that of one species does not hold in another; how much of the fluid a dose "
        "mixes with was measured for one drug in man"
    ]
    entry = case.inner.entry
    wide = case.inner.find("diameter") is not None and case.inner.typical("diameter", "a remark") > 3e-6
    if getattr(entry, "form", "") == "vesicle" and wide:
        said.append(
            "printed half-lives of one liposomal product in cerebrospinal fluid differ (5.9 to 82 h against 100 to 263 "
            "h) as one is of free drug and one of all: compare with the analyte that was measured"
        )
    return said


def _of_barrier(case: Case, reader: Reader) -> list[str]:
    since = since_injury(case)
    said = [
        "how much of a dose in blood enters a lesion of the cord was measured for nothing: the leak is a prior, good "
        "to a factor of ten, laid so that 0.05 to 0.5 % of a circulating carrier arrives"
    ]
    if since < 0:
        said.append(
            f"the first dose is given {_period(-since)} before the injury, when the barrier is closed: only what is in "
            "blood afterwards can use the leak"
        )
        return said
    closing = reader.number("barrier_closing_time")
    at_first = cord_barrier.barrier_leak(since, 1.0, closing)
    said.append(
        f"at the first dose {float(np.median(at_first)):.0%} of the leak at the injury is left; it halves every "
        f"{_period(float(np.median(closing)) * np.log(2.0))} (mouse, contusion)"
    )
    return said


def _of_plasma(case: Case, plasma: Plasma, left: Array) -> list[str]:
    stay = np.median(np.trapezoid(left, case.time, axis=1))
    own = float(np.median(plasma.volume / plasma.clearance))
    if stay < 1.5 * own:
        return []
    return [
        f"drug stays at the cord (mean {_period(float(stay))}) for longer than in the body ({_period(own)}): the late "
        "slope in plasma is that of its exit from there, not the drug's own (flip-flop)"
    ]


def carrier_remarks(place: Setting, diameter: Array, drains: NDArray[np.bool_]) -> tuple[str, ...]:
    """Give the pitfalls that apply to the carriers of a dose."""
    if place.form == "cell":
        said = ["how long cells live in the fluid or in a lesion is a prior, not data"]
        if place.event.route == "intravenous":
            said.append(
                "mesenchymal stem cells given into a vein were seen in the lungs, not in the cord: none is counted"
            )
        return tuple(said)
    said = [LABELS]
    if place.event.route == "intravenous":
        if place.site.circumstances.state == HEALTHY:
            said.append("the barrier of a healthy cord is closed to carriers: none enters")
        elif place.carrier is not None and "extracellular" in place.carrier.entry.class_id:
            said.append("vesicles given into a vein were seen in the contused cord at 3 and 24 h, with no share told")
        return tuple(said)
    if place.event.route == "intrathecal":
        said.append(
            "carriers in the fluid do not enter intact cord; how many leptomeninges hold, and for how long, are priors "
            "about one study (100 nm, mouse, more than 3 weeks)"
        )
        if float(drains.mean()) < 0.5:
            said.append(f"at {float(np.median(diameter)) * 1e6:.2g} um they are too wide to drain with the fluid")
    else:
        said.append("uptake by the cells of a lesion, and reflux along the needle, are wide priors, not data")
    return tuple(said)


def _period(seconds: float) -> str:
    for size, name in ((DAY, "d"), (3600.0, "h")):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.2g} {name}"
    return f"{seconds / 60.0:.2g} min"


def _liquid(volume: float) -> str:
    return f"{volume * 1e6:.3g} mL" if volume >= 0.5e-6 else f"{volume * 1e9:.3g} uL"
