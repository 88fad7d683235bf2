"""What a level comes to by the relation of effect to level that the user chose, beside the exposure."""

import numpy as np

from formulate.chosen_effect import KINDS, ChosenEffect
from formulate.dose_response import bell_effect, inhibitory_effect, sigmoid_effect
from formulate.estimate import Group, estimate
from formulate.formulation import Formulation
from formulate.inputs import Input
from formulate.own_numbers import drawn
from formulate.pipeline import Prediction
from formulate.residence import Residence
from formulate.sampling import Array, Draws
from materials.errors import Fault, FileError

NOTE = (
    "the effect follows the level at once, by the relation you chose; the catalog gives none, for sources contradict "
    "each other (formulate catalog conflicts cell-dose-effect)"
)


def effect_of_prediction(prediction: Prediction) -> tuple[tuple[Group, ...], tuple[Input, ...]]:
    """Give the effect of a payload by its unbound concentration in the target compartment, and the numbers it adds.

    Raises
    ------
    FileError
        The levels of the relation are no concentrations.
    """
    formulation, case = prediction.formulation, prediction.case
    if formulation.effect is None:
        return (), ()
    unit = formulation.effect.unit
    if unit not in ("", "mol/m**3", "kg/m**3"):
        raise _of_another_kind('a concentration such as "10 nmol/L" for a payload')
    level = prediction.exposure.unbound[formulation.compartment]
    if unit == "mol/m**3":
        level = level / case.payload.typical("molar_mass", "molar concentrations")
    where = f"by its unbound concentration in {formulation.compartment.replace('-', ' ')}"
    return _effect(formulation, case.time, level, where, prediction.inputs, case.inputs.draws)


def effect_of_residence(residence: Residence, draws: Draws) -> tuple[tuple[Group, ...], tuple[Input, ...]]:
    """Give the effect of a carrier that is itself the drug, by what of it acts at the site, and the numbers it adds.

    Raises
    ------
    FileError
        The levels of the relation are not counted as the carrier is.
    """
    formulation = residence.formulation
    if formulation.effect is None:
        return (), ()
    if formulation.effect.unit not in ("", residence.loading.unit):
        need = 'a number such as "20 million cells"' if residence.loading.unit == "1" else 'a mass such as "1 mg"'
        raise _of_another_kind(f"{need} for {residence.loading.carrier}")
    acting = residence.acting
    what = "still acts" if acting is not None and not residence.is_living else "lives" if residence.is_living else "is"
    level = (residence.left if acting is None else acting) * residence.whole
    where = f"by how much of it {what} at the site"
    return _effect(formulation, residence.time, level, where, residence.inputs, draws)


def relative_effect(chosen: ChosenEffect, level: Array, numbers: dict[str, Array]) -> Array:
    """Give the effect at a level as a share of the largest, (draws, times), by the relation that was chosen.

    Parameters
    ----------
    chosen : ChosenEffect
        The relation.
    level : ndarray, shape (draws, times)
        In the unit of the relation.
    numbers : dict of str to ndarray, shape (draws, 1)
        `half_level`, `falling_level` and `steepness`, as far as the relation has them.
    """
    match chosen.shape:
        case "emax":
            return sigmoid_effect(level, numbers["half_level"])
        case "sigmoid-emax":
            return sigmoid_effect(level, numbers["half_level"], numbers["steepness"])
        case "inhibitory":
            return inhibitory_effect(level, numbers["half_level"], numbers["steepness"])
        case "bell":
            return bell_effect(level, numbers["half_level"], numbers["falling_level"], numbers["steepness"])
        case "flat":
            return np.asarray(level > 0.0, dtype=np.float64)


def _effect(
    formulation: Formulation, time: Array, level: Array, where: str, inputs: tuple[Input, ...], draws: Draws
) -> tuple[tuple[Group, ...], tuple[Input, ...]]:
    chosen = formulation.effect
    assert chosen is not None
    added = tuple(_input(chosen, name, draws) for name in ("half_level", "falling_level", "steepness")
                  if getattr(chosen, name) is not None)  # fmt: skip
    numbers = {item.key.partition(".")[2]: item.draws[:, None] for item in added}
    # rounding may leave less than nothing of a level
    effect = relative_effect(chosen, np.maximum(level, 0.0), numbers)
    wanted = min(formulation.target.seconds, float(time[-1]))
    within = time <= wanted * (1 + 1e-12)
    mean = np.trapezoid(effect[:, within], time[within], axis=1) / time[within][-1]
    rests = (*inputs, *added)
    days = f"{time[within][-1] / 86400:.3g} d"
    found = (
        estimate("effect_mean", f"mean effect over {days}, of the largest", "percent", mean, rests),
        estimate("effect_peak", "peak effect, of the largest", "percent",
                 effect[:, within].max(axis=1), rests),
        estimate("effect_at_end", f"effect after {days}, of the largest", "percent", effect[:, within][:, -1], rests),
    )  # fmt: skip
    return (Group(f"effect, {chosen.shape}, {where}", found),), added


def _input(chosen: ChosenEffect, name: str, draws: Draws) -> Input:
    """Give a number of the relation as an input with its draws."""
    kind = "effect_steepness" if name == "steepness" else KINDS[chosen.unit]
    note = f"{name.replace('_', ' ')} of the effect{f', {chosen.source}' if chosen.source else ''}"
    return drawn(f"effect.{name}", kind, chosen.numbers(name), draws, note)


def _of_another_kind(need: str) -> FileError:
    return FileError([Fault("formulation", "effect.half_level", f"is of another kind; need {need}")])
