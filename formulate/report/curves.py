"""The curves a report shows: median and 80 % band over the draws, in the units they are read in."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from formulate.curves.draws import law_released
from formulate.estimate import BAND
from formulate.formulation import Formulation
from formulate.pipeline import Prediction
from formulate.sampling import Array
from materials.units import convert, si_factor

_LEVELS = ((1 - BAND) / 2, 0.5, (1 + BAND) / 2)
DAY = 86400.0
_POINTS_OF_A_LAW = 200


@dataclass(frozen=True)
class Curve:
    """A quantity against time: arrays (times,)."""

    unit: str
    low: Array
    median: Array
    high: Array


def band(draws: Array, unit: str, factor: float = 1.0) -> Curve:
    """Reduce curves, shaped (draws, times), to median and 80 % band at each time.

    >>> band(np.array([[0.0, 1.0], [0.0, 3.0], [0.0, 2.0]]), "1").median
    array([0., 2.])
    """
    low, median, high = np.quantile(draws, _LEVELS, axis=0) * factor
    return Curve(unit, low, median, high)


def days(prediction: Prediction) -> Array:
    """Give the times of the curves [d]."""
    found: Array = prediction.case.time / DAY
    return found


def released(prediction: Prediction) -> Curve:
    """Give the fraction of the dose that has left every layer."""
    return band(prediction.release.released, "1")


@dataclass(frozen=True)
class Measured:
    """What was measured of a release on the bench: points, or a law fitted to them, drawn to its last reading."""

    kind: Literal["points", "law"]
    days: Array  # (points,)
    share: Array  # (points,) of the dose
    source: str = ""


def measured(formulation: Formulation) -> tuple[Measured, ...]:
    """Give what the file says was measured of the release of its layers."""
    found = []
    for layer in formulation.chain:
        if layer.first_points is not None:
            points = layer.first_points.points
            found.append(Measured("points", points.time / DAY, points.share, points.source))
        if layer.release is not None:
            law = layer.release
            time = law.last * np.linspace(0.0, 1.0, _POINTS_OF_A_LAW) ** 4  # as the time axis is scaled
            share = law_released(law.model, law.vector[:, None], time).released[0]
            found.append(Measured("law", time * law.seconds / DAY, share, law.source))
    return tuple(found)


def unbound(prediction: Prediction, compartment: str = "") -> Curve:
    """Give the unbound concentration in a compartment, the target one unless named [nmol/L]."""
    name = compartment or prediction.formulation.compartment
    return band(prediction.exposure.unbound[name], "nmol/L", per_mole(prediction))


def left_at_site(prediction: Prediction) -> Curve:
    """Give the fraction of the dose still at the site, in any form."""
    return band(prediction.exposure.left, "1")


def carriers_left(prediction: Prediction) -> Curve | None:
    """Give the fraction of the carriers still at the site, or None where the drug has no carrier."""
    return band(prediction.exposure.carriers_left, "1") if prediction.release.has_carriers else None


def target_level(prediction: Prediction) -> float | None:
    """Give the target concentration, unbound [nmol/L], or None where none is known."""
    level = prediction.assessment.target
    return None if level is None else level * per_mole(prediction)


def per_mole(prediction: Prediction) -> float:
    """Give the factor from kg/m3 to nmol/L of the payload."""
    molar = prediction.case.payload.typical("molar_mass", "molar concentrations")
    return convert(1.0 / molar, "nmol/L")


def wanted_days(prediction: Prediction) -> float:
    """Give the wanted duration [d]."""
    return prediction.formulation.target.seconds / si_factor("d")


def sparse(count: int, most: int, keep: int | None = None) -> list[int]:
    """Give at most about `most` of `count` indices, evenly, with both ends and `keep` among them.

    >>> sparse(9, 5, 1)
    [0, 1, 2, 4, 6, 8]
    """
    chosen = {round(index) for index in np.linspace(0, count - 1, min(most, count))}
    return sorted(chosen | ({keep} if keep is not None else set()))
