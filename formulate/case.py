"""One formulation made ready to compute: its entries, the user's settings, its draws and its circumstances."""

from dataclasses import dataclass

import numpy as np

from formulate.formulation import Formulation
from formulate.inputs import Circumstances, Inputs, Subject
from formulate.sampling import Array, Draws
from materials import catalog
from materials.units import parse

FIRST_TIME = 10.0  # s; nothing a carrier or a joint does is asked about sooner
TIMES_PER_DECADE = 40


@dataclass(frozen=True)
class Case:
    """A formulation with the inputs its stages read from."""

    formulation: Formulation
    inputs: Inputs
    payload: Subject
    site: Subject
    inner: Subject
    depot: Subject | None
    time: Array  # (times,) s

    @property
    def dose(self) -> float:
        """The dose wanted per injection [kg]: the user's, else the usual dose of the payload."""
        asked = self.formulation.cargo.dose
        return parse(asked, "mg") if asked else self.payload.typical("usual_dose", "a dose")

    @property
    def volume(self) -> float:
        """The injection volume [m3]: the user's, else the usual one of the site."""
        asked = self.formulation.regimen.volume
        return parse(asked, "mL") if asked else self.site.typical("injection_volume", "an injection")

    @property
    def fluid_injected(self) -> float:
        """The part of the injection that mixes with the fluid of the site and drains with it [m3]: none of a gel."""
        forms = [layer.entry.form for layer in self.formulation.layer]
        return 0.0 if "depot" in forms else self.volume


def prepare(formulation: Formulation, draws: Draws | None = None) -> Case:
    """Give the case of a formulation, with the draws it asks for unless others are given."""
    known = catalog.load()
    regimen = formulation.regimen
    circumstances = Circumstances(regimen.species, regimen.state_or_first, formulation.cargo.id)
    calculation = formulation.calculation
    inputs = Inputs(known, draws or Draws(calculation.draws, calculation.seed), circumstances)
    system = known.carrier(formulation.system) if formulation.system else None
    depot = formulation.depot
    return Case(
        formulation,
        inputs,
        payload=Subject(inputs, formulation.cargo.entry, formulation.cargo.overrides),
        site=Subject(inputs, regimen.entry, regimen.overrides),
        inner=Subject(inputs, formulation.inner.entry, formulation.inner.overrides, system),
        depot=Subject(inputs, depot.entry, depot.overrides, system) if depot else None,
        time=time_grid(formulation.horizon, formulation.target.seconds),
    )


def time_grid(horizon: float, duration: float) -> Array:
    """Give the times of a calculation [s]: 0, then evenly spaced in the logarithm, with the wanted duration among them.

    >>> time_grid(60 * 86400.0, 28 * 86400.0)[[0, 1, -1]]
    array([0.000e+00, 1.000e+01, 5.184e+06])
    """
    horizon = max(horizon, 2 * FIRST_TIME)
    count = int(np.ceil(TIMES_PER_DECADE * np.log10(horizon / FIRST_TIME))) + 1
    grid = np.geomspace(FIRST_TIME, horizon, count)
    grid[-1] = horizon  # geomspace rounds its last point
    extra = [duration] if FIRST_TIME < duration < horizon else []
    return np.unique(np.concatenate([[0.0], grid, extra]))
