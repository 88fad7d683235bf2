"""What a reader must know about the numbers of this very joint, in words."""

import numpy as np

from formulate.case import Case
from formulate.retention.joint_rates import JointRates
from formulate.retention.particles import AGGREGATING, CATIONIC
from formulate.retention.site import Setting
from formulate.retention.species import HEALTHY
from formulate.retention.stage_knee_inputs import ENRICHMENT, INTRAVENOUS, LARGEST_CHARGE, PROTEIN, Reader
from formulate.sampling import Array

DAY = 86400.0
SUPERFICIAL = 7 * DAY  # s; drug that takes longer to cross cartilage is told to stay near its surface
NEVER = 1e6 * DAY
SIEVED = (0.2e-6, 8e-6)  # m, between what leaks from any joint and what stays in any
LAVAGE = 2.0  # injected over resting volume, from which an injection is more of a lavage


def sink_warning(has_carriers: bool, saturation: Array) -> tuple[str, ...]:
    """Say when carriers would have released into a fluid that cannot dissolve more."""
    over = float((saturation > 1.05).mean())
    if not has_carriers or over < 0.1:
        return ()
    return (
        f"in {over:.0%} of the draws the unbound concentration in the fluid passes the solubility (median peak "
        f"{np.median(saturation):.2g} times): drug would precipitate and redissolve, so the peak is overstated",
    )


def remarks(case: Case, rates: JointRates, stay: Array) -> tuple[str, ...]:
    """Give the pitfalls that apply to a case; `stay` is how long drug stays at the site [s], (draws,)."""
    routes = {event.route for event in case.events}
    told: list[str] = []
    if routes - {INTRAVENOUS}:
        told += _of_volume(rates)
        told += _of_retention(case)
        told += _of_crystals(rates)
        told += _of_flip_flop(rates, float(np.median(stay)))
    told += _of_solute(case)
    told += _of_cartilage(case, rates)
    return tuple(told)


def _of_volume(rates: JointRates) -> list[str]:
    resting = float(np.median(rates.resting_volume))
    injected = max((volume for _, volume in rates.injections), default=0.0)
    told = [
        f"a half-life in a joint is volume over clearance: this one holds {resting * 1e6:.3g} mL; do not carry the "
        "half-life to a joint of another volume, carry the clearance"
    ]
    if injected > LAVAGE * resting:
        told.append(
            f"{injected * 1e6:.3g} mL are injected into {resting * 1e6:.3g} mL: most of it drains within hours, and "
            "takes with it what is not held"
        )
    return told


def _of_retention(case: Case) -> list[str]:
    if case.holder_form in ("", "dissolved"):
        return []
    return [
        "the concentration in the synovial fluid is not retention in the joint: carriers, crystals and tissue may hold "
        "most of the drug while the fluid is empty, and fluid that adheres cannot be aspirated"
    ]


def _of_crystals(rates: JointRates) -> list[str]:
    if rates.crystals is None:
        return []
    return [
        "how much of the crystals moving fluid reaches was fitted to 40 mg in human knees, where they settle into "
        "heaps: a small dose dissolves far sooner (98 % of a low dose had left rabbit knees at 6 h)"
    ]


def _of_flip_flop(rates: JointRates, stay: float) -> list[str]:
    own = float(np.median(rates.plasma_volume / rates.clearance))
    if stay < 1.5 * own:
        return []
    return [
        f"drug stays in the joint (mean {_span(stay)}) for longer than in the body ({_span(own)}): the late "
        "slope in plasma is that of absorption from the joint, not the drug's own (flip-flop)"
    ]


def _of_solute(case: Case) -> list[str]:
    if case.payload.typical("molar_mass", "a remark") < PROTEIN:
        return []
    return ["a molecule of this size leaves the fluid with the lymph alone; hardly any crosses into capillaries"]


def _of_cartilage(case: Case, rates: JointRates) -> list[str]:
    told = []
    uptake = rates.cartilage
    if uptake is not None:
        found = uptake.rates
        speed = float(np.median(found.diffusivity / (1.0 + found.bound_ratio) / found.thickness**2))
        if speed * NEVER < 1.0:
            told.append("drug of this size does not enter cartilage")
        elif (crossing := 1.0 / speed) > SUPERFICIAL:
            told.append(
                f"drug takes about {_span(crossing)} to cross {np.median(found.thickness) * 1e3:.2g} mm of cartilage: "
                "it stays near the surface, and the mean over the depth says little; times grow with the square of the "
                "thickness, so that those of a rodent do not hold in man"
            )
    charge = case.payload.find("net_charge")
    if charge is not None and charge.typical > LARGEST_CHARGE:
        told.append(
            f"a charge of {charge.typical:+g} is beyond the +8 to which enrichment by charge is exponential: give "
            "cartilage_site_concentration and cartilage_dissociation_constant of the payload instead"
        )
    return told


def carrier_remarks(place: Setting) -> tuple[str, ...]:
    """Give the pitfalls that apply to the carriers of a dose."""
    carrier = place.carrier
    if carrier is None:
        return ()
    told: list[str] = []
    if place.event.route == INTRAVENOUS:
        told.append(
            "how much of a carrier in blood enters a joint rests on a prior: its clearance into the synovium is laid "
            "through proteins, good to a factor of ten, and its half-life in blood is as little known"
        )
        told += _of_inflammation(place)
    if place.form == "cell":
        return (*told, "how long injected cells live in a joint is a prior: no measurement stands behind it")
    told.append(
        "measured residence of particles follows the label: dyes and residualising labels outlast the particle, and "
        "drug that changes membranes leaves before it"
    )
    size = carrier.typical("diameter", "a remark")
    charge = carrier.typical("zeta_potential", "a remark") if carrier.find("zeta_potential") else 0.0
    if "extracellular" in carrier.entry.class_id:
        told.append("no residence of extracellular vesicles in a joint was found: they are taken as particles")
    if charge >= CATIONIC and size > AGGREGATING:
        told.append(
            "particles as positive as these gather with hyaluronan into aggregates of 10 to 50 um, as seen in rat and "
            "mouse; where a joint holds less hyaluronan they may not"
        )
    elif SIEVED[0] < size < SIEVED[1]:
        told.append(
            "the size that the synovium lets pass moves about tenfold with inflammation: particles of this size stay "
            "in a healthy joint and leak from an inflamed one"
        )
    return tuple(told)


def _of_inflammation(place: Setting) -> list[str]:
    state = place.site.circumstances.state
    if state == HEALTHY:
        return []
    low, middle, high = np.quantile(Reader(place).number(ENRICHMENT), (0.1, 0.5, 0.9))
    return [
        f"carriers in blood enter the joint {middle:.2g} times as fast as a healthy one (80 % band {low:.2g} to "
        f"{high:.2g}, {state.replace('-', ' ')}); the ratio was measured with liposomes below 100 nm, in "
        "inflamed joints of mouse and rat alone"
    ]


def _span(seconds: float) -> str:
    return f"{seconds / DAY:.2g} d" if seconds >= DAY else f"{seconds / 3600.0:.2g} h"
