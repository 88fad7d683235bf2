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

    def rows(self, which: NDArray[np.intp] | slice) -> "JointRates":
        """Give the constants of some of the draws."""
        found: JointRates = _rows(self, which)
        return found

    @property
    def keys(self) -> tuple[tuple[object, ...], object]:
        """What is equal where all constants are but those of crystals, and where those are; None without crystals."""
        without = (_key(getattr(self, item.name)) for item in fields(self) if item.name != "crystals")
        return tuple(without), _key(self.crystals)


def _rows(constants: Any, which: NDArray[np.intp] | slice) -> Any:
    """Give constants, each (draws,), of some of the draws; what is no array holds for all."""
    if isinstance(constants, np.ndarray):
        return constants[which]
    if isinstance(constants, ModeUptake | CellUptake):
        return constants.rows(which)
    if not is_dataclass(constants) or isinstance(constants, type):
        return constants
    return replace(constants, **{item.name: _rows(getattr(constants, item.name), which) for item in fields(constants)})


def _key(constants: Any) -> Any:
    if isinstance(constants, np.ndarray):
        return constants.tobytes()
    if isinstance(constants, ModeUptake | CellUptake):
        return type(constants), _key(constants.rates)
    if not is_dataclass(constants):
        return constants
    return tuple(_key(getattr(constants, item.name)) for item in fields(constants))
