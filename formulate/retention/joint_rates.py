"""The constants of a joint: what `formulate.retention.joint` calculates with, each (draws,), in SI."""

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from formulate.crystal_sizes import CrystalSizes
from formulate.retention.cartilage_uptake import CellUptake, ModeUptake
from formulate.retention.hyaluronan import reflected_share
from formulate.sampling import Array

Uptake: TypeAlias = ModeUptake | CellUptake


@dataclass(frozen=True)
class Crystals:
    """What decides how fast solid drug dissolves, each (draws,), SI."""

    diffusivity: Array  # D in water, m2/s
    sizes: CrystalSizes  # when they arrive
    density: Array  # rho, kg/m3
    exposed_share: Array  # e, of their surface


@dataclass(frozen=True)
class Sieve:
    """How much of a large solute the synovium holds back as lymph drains, each (draws,)."""

    reflection: Array  # R at the flow it was measured at
    measured_flow: Array  # m3/s
    flow_scale: Array  # J0 of `formulate.retention.hyaluronan.reflected_share`, m3/s

    def passing(self, flow: Array) -> Array:
        """Give the share 1 - R that goes with a flow [m3/s]."""
        return 1.0 - reflected_share(flow, self.reflection, self.measured_flow, self.flow_scale)


@dataclass(frozen=True)
class JointRates:
    """The constants of the equations above, each (draws,), SI."""

    unbound_in_fluid: Array
    unbound_in_plasma: Array
    permeability_fluid: Array  # PS_1, fluid to intima, m3/s
    permeability_blood: Array  # PS_2, intima to blood, m3/s
    lymph_flow: Array  # J_L, m3/s
    albumin_reflection: Array
    resting_volume: Array  # V0, m3
    relaxation_time: Array  # s
    synovium_capacity: Array  # K_s V_s, m3
    plasma_volume: Array  # volume of distribution, m3
    clearance: Array  # m3/s
    solubility: Array  # S, unbound, kg/m3
    injections: tuple[tuple[float, float], ...] = ()  # time [s], among the times, and volume [m3] of each
    crystals: Crystals | None = None  # of solid drug, where there is any
    filtration: Array | None = None  # F, m3/s
    breakdown: Array | None = None  # k, 1/s
    sieve: Sieve | None = None  # of what is not bound
    cartilage: Uptake | None = None

    def rows(self, which: NDArray[np.intp]) -> "JointRates":
        """Give the constants of some of the draws."""
        rates: JointRates = _rows(self, which)
        return rates


def _rows(constants: Any, which: NDArray[np.intp]) -> Any:
    """Give constants, each (draws,), and their parts of some of the draws; what is none of both holds for all."""
    given = {item.name: getattr(constants, item.name) for item in fields(constants)}
    found: dict[str, Any] = {}
    for name, one in given.items():
        if isinstance(one, np.ndarray):
            found[name] = one[which]
        elif hasattr(one, "rows"):
            found[name] = one.rows(which)
        elif is_dataclass(one):
            found[name] = _rows(one, which)
    return replace(constants, **found)
