"""What a reader must know of a calculation in the disc: whether the injection is feasible, and its pitfalls."""

import numpy as np

from formulate.case import Case
from formulate.retention import disc_injection
from formulate.retention.disc import Disc
from formulate.retention.slab_forms import slab_half_life
from formulate.retention.stage_disc_inputs import Anatomy, Reader
from formulate.retention.stage_drug import NEEDED

OFTEN = 0.1  # of the draws, from which a limit is said to be passed
HARMS, VARIES = 0.4, 0.25  # needle over height, elliott2008
INTRADISCAL = "intradiscal"

CARRIERS = (
    "next to nothing was measured of how long nanoparticles, vesicles or cells stay in a disc: uptake by cells, leak "
    "and survival are wide priors, not data",
    "a fluorescent label outlives its carrier and free iodide leaves before it: optical retention is an upper bound, "
    "radioiodine a lower one",
)
FROM_BLOOD = ("the disc is closed to carriers in blood: none of them is counted as arriving",)


def warnings(case: Case, reader: Reader, sizes: Anatomy) -> tuple[str, ...]:
    """Say which limits of volume, pressure and needle an intradiscal injection passes, with the numbers."""
    if not any(event.route == INTRADISCAL for event in case.events):
        return ()
    said = []
    at, site, volume = case.inputs.circumstances, case.site, case.volume
    if site.find("max_injection_volume") is not None:
        most = site.typical("max_injection_volume", NEEDED)
        if volume > most * (1 + 1e-9):
            said.append(f"{_liquid(volume)} is injected; a disc of the {at.species} takes about {_liquid(most)}")
    filled = disc_injection.overfill(volume, sizes.nucleus_volume)
    pressure = disc_injection.injection_pressure(
        reader.number("internal_pressure"), reader.number("injection_stiffness"), filled
    )
    limit = reader.number("leak_pressure")
    over = float((pressure > limit).mean())
    if over >= OFTEN:
        said.append(
            f"an injection of {np.median(filled):.2g} times the nucleus would raise the pressure to "
            f"{np.median(pressure) / 1e6:.2g} MPa and in {over:.0%} of the draws pass the {np.median(limit) / 1e6:.2g} "
            "MPa that a punctured annulus holds: inject less, or slowly, with a dwell before the needle is drawn"
        )
    if site.find("needle_outer_diameter") is not None:
        needle = site.typical("needle_outer_diameter", NEEDED)
        ratio = float(np.median(disc_injection.needle_to_height(needle, sizes.height)))
        if ratio > VARIES:
            what = "punctures like this made discs degenerate" if ratio > HARMS else "reports on harm vary here"
            said.append(f"a needle of {needle * 1e3:.2g} mm is {ratio:.0%} of the height of the disc: {what}")
    return tuple(said)


def remarks(case: Case, disc: Disc, reader: Reader) -> tuple[str, ...]:
    """Give the pitfalls that apply to a case."""
    said = list(reader.told)
    routes = {event.route for event in case.events}
    at = case.inputs.circumstances
    if INTRADISCAL in routes:
        said += _of_injection(disc, at.species)
    if routes != {INTRADISCAL}:
        said.append(
            "from blood a drug reaches the nucleus only across the endplates and the annulus, late and little of it"
        )
    if at.state != "healthy":
        said.append(
            "degeneration works both ways: less fixed charge and fissures let more out, a calcified endplate lets less "
            "out, a lower disc empties sooner; whether endplates tighten is disputed (bony porosity was found to rise)"
        )
    return tuple(said)


def _of_injection(disc: Disc, species: str) -> list[str]:
    speed = disc.diffusivity / disc.retardation
    life = slab_half_life(disc.half_height, speed, disc.biot, disc.load_exchange / disc.retardation + disc.degradation)
    own = np.log(2.0) * disc.plasma_volume / disc.clearance
    said = []
    if float((life > own).mean()) > 0.5:
        said.append(
            f"the plasma curve will fall with the exit from the disc (about {_period(float(np.median(life)))}), not "
            f"with the drug's own half-life ({_period(float(np.median(own)))}): flip-flop"
        )
    if species != "human":
        said.append(
            "the time to empty a disc goes with the square of its height: retention of a dissolved drug in this "
            "species says nothing of man until it is scaled so"
        )
    if species in ("rat", "mouse", "rabbit"):
        said.append("a share of the dose per gram of so small a tissue looks large and is not a dose")
    said.append("effects in a disc may outlast the drug by months: residence is not duration of action")
    return said


def _period(seconds: float) -> str:
    for size, name in ((86400.0, "d"), (3600.0, "h")):
        if seconds >= 2 * size:
            return f"{seconds / size:.2g} {name}"
    return f"{seconds / 60.0:.2g} min"


def _liquid(volume: float) -> str:
    return f"{volume * 1e6:.3g} mL" if volume >= 0.5e-6 else f"{volume * 1e9:.3g} uL"
