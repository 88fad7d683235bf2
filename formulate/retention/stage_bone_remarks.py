"""What a reader must know of a calculation in bone: what does not fit, and its pitfalls."""

import numpy as np

from formulate.case import Case
from formulate.retention import bone
from formulate.retention.bone import Skeleton
from formulate.retention.stage_bone_inputs import Reader, plasma_flow
from formulate.retention.stage_drug import mobility
from formulate.retention.stage_gathering import INTRAVENOUS
from formulate.sampling import Array

OFTEN = 0.1  # of the draws, from which something is told
SMALLEST_SHUT_OUT = 3.5e-9  # m, Stokes radius: half the width that canaliculi let pass


def warnings(case: Case, reader: Reader, skeleton: Skeleton) -> tuple[str, ...]:
    """Say what does not fit together, with the numbers."""
    said = []
    if skeleton.mineral_share.any():
        extraction = bone.mineral_extraction(skeleton.clearance, skeleton.mineral_share, plasma_flow(reader))
        over = float((extraction > 1.0).mean())
        if over >= OFTEN:
            said.append(
                f"in {over:.0%} of the draws mineral would take more drug than the plasma flow to bone brings (median "
                f"{np.median(extraction):.2g} of it): clearance, its share into mineral and blood flow do not fit"
            )
    if skeleton.local is not None:
        room = reader.scaled("local_marrow_volume", 1.0, "volume of marrow")
        if case.volume > float(np.median(room)):
            said.append(
                f"{liquid(case.volume)} is injected into marrow of about {liquid(float(np.median(room)))}: the "
                "pressure drives fat and liquid into veins"
            )
    return tuple(said)


def remarks(case: Case, skeleton: Skeleton) -> tuple[str, ...]:
    """Give the pitfalls that apply to a case."""
    said = []
    at = case.inputs.circumstances
    if skeleton.mineral_share.any():
        said.append(
            "mineral takes its share of the clearance from plasma, without limit: no saturation was seen up to "
            "clinical doses of alendronate. Of what is on it, a third of the dose stays for years in man, where bone "
            "turns over slowly; release follows turnover, so animals and states of high turnover lose it sooner"
        )
    if mobility(case.payload)[1].min() > SMALLEST_SHUT_OUT:
        said.append("a drug wider than about 7 nm does not enter the canaliculi: bone stays empty, marrow does not")
    if any(event.route != INTRAVENOUS for event in case.events):
        said.append(
            "marrow and bone are those around the injection; how far it spreads (10 to 100 mL in man) is a prior, and "
            "every concentration there goes with it"
        )
    else:
        said.append("marrow and bone are means over the whole skeleton; red marrow gets far more blood than cortex")
    if at.state == "osteoporotic":
        said.append(
            "osteoporotic marrow is less perfused and fattier; only the flow is changed here, by a guessed factor"
        )
    if at.species in ("mouse", "rat"):
        said.append("a share of the dose per gram of so small a bone looks large and is not a dose")
    said.append("capillaries are crossed by molar mass alone: a lipophilic drug crosses faster, up to the blood flow")
    return tuple(said)


def sink_warning(has_carriers: bool, saturation: Array, where: str) -> tuple[str, ...]:
    """Warn where drug set free would not stay in solution."""
    over = float((saturation > 1.05).mean())
    if not has_carriers or over < OFTEN:
        return ()
    return (
        f"in {over:.0%} of the draws the unbound concentration in the {where} passes the solubility (median peak "
        f"{np.median(saturation):.2g} times): drug would precipitate and redissolve, so the peak is overstated",
    )


def liquid(volume: float) -> str:
    """Give a volume in words."""
    return f"{volume * 1e6:.3g} mL" if volume >= 0.5e-6 else f"{volume * 1e9:.3g} uL"
