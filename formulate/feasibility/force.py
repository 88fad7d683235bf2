"""Whether a hand can press what is injected through the needle."""

import numpy as np

from formulate.feasibility.check import Check, by_draws, check, missing, unknown
from formulate.feasibility.needle import SURGERY
from formulate.feasibility.part import Part
from formulate.feasibility.words import called
from formulate.inputs import Subject
from formulate.loading.injectable import plunger_force
from formulate.needle import BORE, bore, bore_text, of_handling
from formulate.report.text import number
from formulate.results import Loading
from formulate.sampling import Array
from materials.errors import MissingValueError
from materials.values import Value

DENSE = 0.05  # of the volume, from which particles make a liquid thicker by more than a seventh
WHY = "the force on the plunger"


def force_check(part: Part) -> Check:
    """Hold the force that a liquid takes through the needle against what a hand gives."""
    if part.route == SURGERY:
        return check("force", "not-applicable", "it is placed by surgery, not through a needle")
    thick = _viscosity(part)
    if thick is None:
        subject = part.depot or part.layers[-1]
        layer = part.chain[part.layers.index(subject)]
        return unknown("force", f"viscosity of {_what(part)}", f"viscosity of layer {layer.id}, in mPa*s")
    needle = bore(part.site, part.route)
    if needle is None:
        return unknown("force", "the bore of the needle", f"{BORE}, in um, under [regimen.set]")
    try:
        volume = part.volume
    except MissingValueError as error:
        return missing("force", error)
    viscosity, value, words = thick
    width, shown = needle
    time, length, plunger, most = (
        of_handling(part.inputs, name)
        for name in ("injection_time", "needle_length", "syringe_inner_diameter", "max_plunger_force")
    )
    force = plunger_force(viscosity, volume / time[0], length[0], width, plunger[0])
    told = f"{words} of {number(float(np.median(viscosity)) * 1e3)} mPa*s through {bore_text(shown)} in "
    told += f"{number(time[1].typical)} s takes {number(float(np.median(force)))} N; a hand gives "
    told += f"{number(most[1].typical)} N"
    return by_draws("force", force <= most[0], told, value, shown, length[1])


def _viscosity(part: Part) -> tuple[Array, Value, str] | None:
    """Give the viscosity of what is injected [Pa s]: that of the layer, else of water where little is in it."""
    subject: Subject = part.depot or part.layers[-1]
    value = subject.find("viscosity")
    if value is not None:
        return subject.read("viscosity", WHY)[:, 0], value, called(subject)
    if part.depot is not None or _is_dense(part):
        return None
    return (*of_handling(part.inputs, "vehicle_viscosity"), "a watery liquid")


def _is_dense(part: Part) -> bool:
    """Tell whether particles or cells take so much of the volume that they make it thicker, as far as that is known."""
    loading = part.loading
    if isinstance(loading, Loading):
        shares = [layer.volume_share for layer in loading.layers if layer.volume_share is not None]
    else:
        shares = [item.draws for item in loading.details if item.name == "volume_share"] if loading else []
    return any(float(np.median(share)) > DENSE for share in shares)


def _what(part: Part) -> str:
    return called(part.depot) if part.depot is not None else f"so dense a suspension of {called(part.layers[-1])}"
