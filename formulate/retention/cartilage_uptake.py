"""Cartilage beside the fluid of a joint: how a slab closed at the bone takes up drug and gives it back.

Per stage of the joint's implicit step, the cartilage answers to the unbound concentration C_u in the fluid. Where
binding is linear the slab is a bank of compartments that each exchange with the fluid alone (gathered modes); where
sites fill up it is cut into cells, and Newton's iteration finds C_u and the cells together. What enters the slab leaves
the fluid to the last digit.
"""

from copy import copy
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from formulate.sampling import Array

Some: TypeAlias = NDArray[np.intp] | slice

# rates [D/L^2] and shares of the slab of few compartments that stand for all its modes: see `ModeUptake`
MODE_RATES = (2.47068, 24.6525, 120.174, 624.502, 3348.91, 18427.7, 113651.0, 1598950.0)
MODE_SHARES = (0.811853, 0.1036927, 0.0469087, 0.0212637, 0.0092879, 0.0040627, 0.0018656, 0.0010657)
FASTEST = 3e5  # D/L^2, up to which they hold; faster changes stay in less than a five-hundredth of the thickness
CELLS = 16
STRETCH = 4.0  # log of how much wider cells are at the bone than at the surface
CONVERGED = 1e-6  # of the fullest cell; mass is exact in any case
MOST_ITERATIONS = 40


@dataclass(frozen=True)
class CartilageRates:
    """The cartilage of a joint, each (draws,), SI."""

    area: Array  # S, m2
    thickness: Array  # L, m
    diffusivity: Array  # D of what is mobile, m2/s
    partition: Array  # K, mobile per volume of tissue over unbound in the fluid
    bound_ratio: Array  # bound over mobile where few sites are taken: N_T/K_D, or 0
    sites: Array | None = None  # N_T, kg/m3, where they may fill up; bound_ratio is not read then
    dissociation: Array | None = None  # K_D, mobile concentration at which half of them are taken, kg/m3

    @property
    def volume(self) -> Array:
        """S L [m3]."""
        return self.area * self.thickness

    def rows(self, which: Some) -> "CartilageRates":
        """Give the constants of some of the draws."""
        given = {item.name: getattr(self, item.name) for item in fields(self)}
        return replace(self, **{name: values[which] for name, values in given.items() if values is not None})


class ModeUptake:
    """Cartilage with linear binding, as compartments that each exchange with the fluid alone.

    Notes
    -----
    A slab with ``C = K C_u`` at its surface and bone behind it takes up, per mode m of ``sin((2m + 1) pi x/2L)``, into
    a capacity ``8/((2m + 1)^2 pi^2) Phi`` with ``Phi = S L K (1 + b)``, at a clearance of ``2 D K S/L`` (Crank 1975,
    eq. 4.18 and Duhamel's theorem); together they answer to C_u as ``tanh(q)/q``, ``q^2 = s L^2/D``. Few compartments
    with the rates `MODE_RATES` and the shares `MODE_SHARES` of the capacity give that answer to 6e-5 of itself for all
    s to `FASTEST`: their partial fractions are the ones with the smallest largest error (least squares, reweighted).
    """

    def __init__(self, rates: CartilageRates) -> None:
        self.rates = rates
        self.parts = len(MODE_RATES)
        self.capacity = np.multiply.outer(MODE_SHARES, rates.volume * rates.partition * (1.0 + rates.bound_ratio))  # m3
        spread = rates.diffusivity / ((1.0 + rates.bound_ratio) * rates.thickness**2)
        self.rate = np.multiply.outer(MODE_RATES, spread)  # 1/s
        self.clearance = self.rate * self.capacity  # m3/s

    def rows(self, which: Some) -> "ModeUptake":
        """Give the cartilage of some of the draws."""
        return ModeUptake(self.rates.rows(which))

    def mean_mobile(self, total: Array) -> Array:
        """Give the mobile concentration, mean over the depth [kg/m3], from the total amount (draws, times)."""
        return np.asarray(total / (self.rates.volume * (1.0 + self.rates.bound_ratio))[:, None])

    def profile(self, parts: Array, level: Array, depth: Array) -> Array:
        """Give the mobile concentration (draws, depths) at shares of the thickness, C_u being `level` (draws,)."""
        shapes = _shapes(tuple(depth.tolist()))
        behind = parts / self.capacity - level
        # few compartments blur the finest shapes, which may leave a concentration of nothing just below zero
        return np.asarray(np.maximum(self.rates.partition[:, None] * (level[:, None] + behind.T @ shapes), 0.0))


@lru_cache(maxsize=8)
def _shapes(depths: tuple[float, ...]) -> Array:
    """Give how far each compartment of `ModeUptake` holds back the tissue at a depth, (parts, depths).

    Steady waves ``cosh(q (1 - x))/cosh(q)`` of every pace up to `FASTEST` are matched by least squares.
    """
    pace = np.geomspace(1e-2, FASTEST, 80)[:, None]
    root, depth = np.sqrt(pace), np.array(depths)
    waves = (np.exp(-root * depth) + np.exp(-root * (2.0 - depth))) / (1.0 + np.exp(-2.0 * root))
    found: Array = np.linalg.lstsq(pace / (pace + np.array(MODE_RATES)), 1.0 - waves, rcond=None)[0]
    found.setflags(write=False)
    return found


class ModeStage:
    """One stage of `ModeUptake`, ``(1 + h k_m) A_m = known_m + h G C_u``; parts first, as the rates are given."""

    def __init__(self, h: Array | float, rate: Array, clearance: Array) -> None:
        given = h * rate
        self.kept = 1.0 / (1.0 + given)
        self.given = given * self.kept
        self.gain = (h * clearance) * self.kept
        self.demand = self.gain.sum(axis=0)


class TwoModeStages:
    """Two `ModeStage` after each other, the second from beyond the first: ``A_1 + forward (A_1 - A)``, by C_u alone.

    What the fluid must know of the slab is summed up first, so that the slab itself is found once, at the end.
    """

    def __init__(self, stage: ModeStage, forward: float) -> None:
        beyond = 1.0 + forward * (stage.kept - 1.0)
        self.demand = stage.demand
        self.weights = np.stack([stage.given, stage.given * beyond])  # of the slab in what each stage gives back
        self.returned = (forward * stage.given * stage.gain).sum(axis=0)  # of the first C_u in the second stage
        self.kept = stage.kept * beyond
        self.gains = forward * stage.kept * stage.gain, stage.gain  # of the slab, by C_u in each stage


class CellUptake:
    """Cartilage with sites that may fill up, cut into cells that narrow toward the surface.

    Notes
    -----
    With ``u = C/K``, C mobile, a cell of width w holds ``a = S w K u + S w N_T u/(K_D/K + u)``, fast reversible
    binding, and passes ``g (u - u_next)`` on, ``g = S D K`` over the distance between centres. Finite volumes, so that
    mass is exact.
    """

    def __init__(self, rates: CartilageRates) -> None:
        if rates.sites is None or rates.dissociation is None:
            raise ValueError("cells are for cartilage with sites")
        self.rates = rates
        self.parts = CELLS
        edges = np.expm1(np.linspace(0.0, STRETCH, CELLS + 1)) / np.expm1(STRETCH)
        width = np.diff(edges)
        self.centre = edges[:-1] + 0.5 * width
        volume = width[:, None] * rates.volume
        self.storage = volume * rates.partition
        self.most = volume * rates.sites
        self.half = rates.dissociation / rates.partition
        # between a cell and the one before it; the fluid stands before the first
        apart = np.diff(self.centre, prepend=0.0)
        self.passing = rates.area * rates.diffusivity * rates.partition / rates.thickness / apart[:, None]

    def rows(self, which: Some) -> "CellUptake":
        """Give the cartilage of some of the draws."""
        return CellUptake(self.rates.rows(which))

    def stage(self, h: float) -> "CellStage":
        """Give what the implicit equations of a stage h [s] need."""
        return CellStage(h, self)

    def level(self, amount: Array) -> Array:
        """Give u at which cells hold an amount (cells, draws): the root of ``a(u) = amount``."""
        return _level(amount, self.storage, self.most, self.half)

    def mean_mobile(self, total: Array) -> Array:
        """Give the mobile concentration at the total amount spread evenly over the depth [kg/m3], (draws, times)."""
        rates = self.rates
        assert rates.sites is not None
        assert rates.dissociation is not None
        held, half = total / rates.volume[:, None], rates.dissociation[:, None]
        excess = held - rates.sites[:, None] - half
        root = np.sqrt(excess**2 + 4.0 * half * np.maximum(held, 0.0))
        few = np.divide(2.0 * half * held, root - excess, out=np.zeros_like(root), where=root > excess)
        return np.asarray(np.where(excess > 0, 0.5 * (excess + root), few))

    def profile(self, parts: Array, level: Array, depth: Array) -> Array:
        """Give the mobile concentration (draws, depths) at shares of the thickness, C_u being `level` (draws,)."""
        inside = np.concatenate([level[None, :], self.level(parts)])
        at = np.concatenate([[0.0], self.centre])
        cell = np.clip(np.searchsorted(at, depth) - 1, 0, len(at) - 2)
        weight = np.clip((depth - at[cell]) / (at[cell + 1] - at[cell]), 0.0, 1.0)[:, None]
        found = inside[cell] * (1.0 - weight) + inside[cell + 1] * weight
        return np.asarray((self.rates.partition * np.maximum(found, 0.0)).T)


def _level(amount: Array, storage: Array, most: Array, half: Array) -> Array:
    excess = amount - most - storage * half
    root = np.sqrt(excess**2 + 4.0 * storage * half * np.maximum(amount, 0.0))
    many = 0.5 * (excess + root) / storage
    few = np.divide(2.0 * half * amount, root - excess, out=np.zeros_like(root), where=root > excess)
    return np.asarray(np.where(excess > 0, many, few))


class CellStage:
    """One stage of `CellUptake`; tangents of the sites' curve, which lie above it, bring the cells to their levels."""

    def __init__(self, h: float, uptake: CellUptake) -> None:
        self.passing = h * uptake.passing[:, None]
        self.storage, self.most, self.half = uptake.storage[:, None], uptake.most[:, None], uptake.half[None, None]
        self.steep = self.most * self.half

    def rows(self, which: NDArray[np.intp]) -> "CellStage":
        """Give the stage for some of the draws, (cells, draws)."""
        found = copy(self)
        for name, values in vars(self).items():
            setattr(found, name, values[..., 0, which])  # no axis of carriers any more
        return found

    def balance(self, slab: Array, fluid: Array, out: Array, per_volume: Array) -> tuple[Array, Array]:
        """Give the slab and the amount in the fluid, of which ``out`` times leaves but for the slab."""
        level = np.maximum(_level(slab, self.storage, self.most, self.half), 0.0)
        for _ in range(MOST_ITERATIONS):
            filling = 1.0 / (self.half + level)
            slope = self.steep * filling**2
            start = self.most * (level * filling) ** 2  # of the tangent, at u = 0
            found, amount = self._solve(slab - start, self.storage + slope, fluid, out, per_volume)
            held = self.storage * found + start + slope * found
            off = slope * (found - level) ** 2 * filling  # how far the tangent is from the curve
            level = np.maximum(found, 0.0)
            if (off.max(axis=0) <= CONVERGED * held.max(axis=0)).all():
                break
        return held, amount

    def _solve(self, right: Array, storage: Array, fluid: Array, out: Array, per_volume: Array) -> tuple[Array, Array]:
        """Give levels and fluid of the linear equations: from the bone up, then down again."""
        passing = self.passing
        alone, led = np.empty_like(right), np.empty_like(right)  # u_j = alone_j + led_j u_(j - 1)
        onward: Array | float = 0.0
        handed: Array | float = 0.0
        for j in range(len(right) - 1, -1, -1):
            per = 1.0 / (storage[j] + passing[j] + onward)
            np.multiply(passing[j], per, out=led[j])
            np.multiply(right[j] + handed, per, out=alone[j])
            if j:
                onward = passing[j] * (1.0 - led[j])
                handed = passing[j] * alone[j]
        amount = (fluid + passing[0] * alone[0]) / (out + passing[0] * (1.0 - led[0]) * per_volume)
        level = per_volume * amount
        for j in range(len(right)):
            level = alone[j] = alone[j] + led[j] * level
        return alone, amount
