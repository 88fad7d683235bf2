"""Drug in an intervertebral disc: an avascular nucleus that empties through its endplates and, slower, its annulus.

The nucleus is a slab of half-height L between two endplates, drug set free evenly in it, u the concentration of plasma
water that would be in equilibrium with the tissue:

    K R du/dt = K D d2u/dz2 - (K k_c + K R k_d) u,     -K D du/dz = K P (u - u_p) at the endplate,     u_p = fu A_p/V_p

K mobile concentration per volume of tissue over that of plasma water, R = 1 + bound over mobile. The modes of that slab
are compartments side by side, each with its share w_i of the nucleus (`slab_modes`), so the whole disc is linear:

    dA_i/dt = w_i r - (l_i + k_c/R + g/V_n + k_d) A_i + back,     l_i = b_i^2 D/(R L^2),  g = G/(K R)

with back the same exchange from the annulus (G to each side of its middle) and from plasma, so that a closed disc comes
to equilibrium. What leaked along the needle lies beside the spine and goes to plasma.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require, require_positive
from formulate.remembered import remembered
from formulate.retention.linear import LinearSystem, system
from formulate.sampling import Array

MODES = 4  # of the nucleus: faster ones carry little where endplates resist
_ITERATIONS = 12  # of Newton, which doubles the digits of every root at each


@dataclass(frozen=True)
class SlabModes:
    """The modes of a slab that empties through a resistance at each face; (draws, modes), slowest first.

    Attributes
    ----------
    roots : ndarray
        b, with ``b tan b = Bi`` [1].
    heights : ndarray
        Of the cosines a slab that starts even is made of [1].
    weights : ndarray
        Share of an even start that each carries [1]; the last takes all faster ones with it.
    """

    roots: Array
    heights: Array
    weights: Array


def slab_modes(biot: ArrayLike, modes: int = MODES) -> SlabModes:
    """Give the modes in which an evenly filled slab empties through a resistance at both faces.

    Parameters
    ----------
    biot : array_like, shape (draws,)
        ``Bi = L P/D``: half-height times permeability of the face over diffusivity, above 0 [1].
    modes : int
        How many [1].

    Returns
    -------
    SlabModes
        Roots, heights and weights, (draws, modes).

    Raises
    ------
    DomainError
        A Biot number is not above zero, or fewer than two modes are asked for.

    Notes
    -----
    ``b_n tan b_n = Bi``, ``u/u_0 = sum_n h_n cos(b_n z/L) exp(-b_n^2 D t/L^2)`` with z from the middle and
    ``h = 2 sin b/(b + sin b cos b)``; the mean holds ``w = h sin b/b`` of each. Roots by Newton from below on
    ``b - (n - 1) pi - arctan(Bi/b)``, which is concave, so that it cannot miss. Source: Crank 1975, equations
    4.50 to 4.53.

    Examples
    --------
    A perfect sink: roots pi/2, 3 pi/2; weights 8/pi**2, 8/(9 pi**2)

    >>> found = slab_modes(1e9, modes=3)
    >>> found.roots[0, :2] / np.pi, found.weights[0, :2]
    (array([0.5, 1.5]), array([0.81056947, 0.09006327]))
    """
    ratio = np.atleast_1d(require_positive("biot_number", biot, ""))[:, None]
    require("modes", float(modes), "", modes >= 2, "2 or more")
    return _slab_modes(ratio, modes)


@remembered(results=4)
def _slab_modes(ratio: Array, modes: int) -> SlabModes:
    start = np.pi * np.arange(modes)
    root = np.broadcast_to(start, (len(ratio), modes)).copy()
    root[:, :1] = np.sqrt(ratio / (1.0 + 4.0 * ratio / np.pi**2))  # below the first root for every ratio
    for _ in range(_ITERATIONS):
        miss = root - start - np.arctan2(ratio, root)
        root -= miss / (1.0 + ratio / (root**2 + ratio**2))
    sine = np.sin(root)
    height = 2.0 * sine / (root + sine * np.cos(root))
    weight = height * sine / root
    weight[:, -1] = np.maximum(1.0 - weight[:, :-1].sum(axis=1), 0.0)
    return SlabModes(root, height, weight)


def annulus_conductance(
    height: ArrayLike, nucleus_radius: ArrayLike, disc_radius: ArrayLike, diffusivity: ArrayLike, partition: ArrayLike
) -> Array:
    """Conductance of the annulus between the nucleus and the vessels around the disc.

    Parameters
    ----------
    height : array_like, shape (draws,)
        H, height of the disc [m].
    nucleus_radius, disc_radius : array_like, shape (draws,)
        r_n and r_d, of circles with the areas of nucleus and disc [m].
    diffusivity : array_like, shape (draws,)
        D, radial, in the annulus [m**2/s].
    partition : array_like, shape (draws,)
        K, mobile concentration per volume of annulus over that in water outside [1].

    Returns
    -------
    ndarray, shape (draws,)
        G, flow of drug per difference of the concentration in water [m**3/s].

    Raises
    ------
    DomainError
        If a value is not positive, or the disc not wider than its nucleus.

    Notes
    -----
    ``G = 2 pi H K D/ln(r_d/r_n)``, steady diffusion through a ring. Source: Carslaw and Jaeger 1959, section 7.2.

    Examples
    --------
    >>> float(annulus_conductance(0.01, 0.01, 0.01 * np.e, 1e-10, 1.0)) / (2 * np.pi)
    1e-12
    """
    tall = require_positive("height", height, "m")
    inner = require_positive("nucleus_radius", nucleus_radius, "m")
    outer = require_positive("disc_radius", disc_radius, "m")
    require("disc_radius", outer, "m", outer > inner, "wider than the nucleus")
    speed = require_positive("diffusivity", diffusivity, "m**2/s")
    drawn = require_positive("partition", partition, "")
    return np.asarray(2.0 * np.pi * tall * drawn * speed / np.log(outer / inner))


@dataclass(frozen=True)
class Disc:
    """The constants of the equations above, each (draws,), SI."""

    half_height: Array  # L
    nucleus_volume: Array  # V_n
    annulus_volume: Array
    nucleus_partition: Array  # K of the nucleus
    annulus_partition: Array
    retardation: Array  # R, in nucleus and annulus
    diffusivity: Array  # D, mobile drug in the nucleus
    endplate_permeability: Array  # P
    annulus_conductance: Array  # G, through the whole annulus
    load_exchange: Array  # k_c, share of the mobile drug that load presses out per time
    degradation: Array  # k_d
    epidural_rate: Array  # from beside the spine to plasma
    plasma_volume: Array  # volume of distribution
    unbound_in_plasma: Array
    clearance: Array

    @property
    def biot(self) -> Array:
        """L P/D [1]."""
        return self.half_height * self.endplate_permeability / self.diffusivity

    @property
    def nucleus_capacity(self) -> Array:
        """All drug in the nucleus over u [m3]."""
        return self.nucleus_volume * self.nucleus_partition * self.retardation

    @property
    def annulus_capacity(self) -> Array:
        """All drug in the annulus over u [m3]."""
        return self.annulus_volume * self.annulus_partition * self.retardation

    def mode_rates(self, modes: SlabModes) -> Array:
        """Give the exchange of each mode of the nucleus with plasma, by the endplates and by load [1/s]."""
        spread = self.diffusivity / (self.retardation * self.half_height**2)
        rates: Array = modes.roots**2 * spread[:, None] + (self.load_exchange / self.retardation)[:, None]
        return rates


ANNULUS, EPIDURAL, PLASMA = "annulus", "epidural", "plasma"
DEGRADED, ELIMINATED = "degraded", "eliminated"
NUCLEUS = tuple(f"nucleus {index}" for index in range(MODES))


def disc_system(disc: Disc, modes: SlabModes) -> LinearSystem:
    """Give the disc, the tissue beside the spine and plasma as compartments with constant rates.

    Parameters
    ----------
    disc : Disc
        Its constants.
    modes : SlabModes
        The modes of its nucleus, from ``slab_modes(disc.biot)``.

    Returns
    -------
    LinearSystem
        Compartments `NUCLEUS` (one for each mode), `ANNULUS`, `EPIDURAL`, `PLASMA`; lost by `DEGRADED`, `ELIMINATED`.

    Raises
    ------
    DomainError
        A rate is negative, infinite or NaN.

    Notes
    -----
    The equations at the head of the module. Exact for the slab up to its last mode. Source: mass balance.
    """
    plasma_level = disc.unbound_in_plasma / disc.plasma_volume  # u over the amount in plasma
    half_way = 2.0 * disc.annulus_conductance  # nucleus to the middle of the annulus, or that to the outside
    rates = disc.mode_rates(modes)
    transfers = {
        (ANNULUS, PLASMA): half_way / disc.annulus_capacity,
        (PLASMA, ANNULUS): half_way * plasma_level,
        (EPIDURAL, PLASMA): disc.epidural_rate,
    }
    losses: dict[str | tuple[str, str], ArrayLike] = {
        (PLASMA, ELIMINATED): disc.clearance / disc.plasma_volume,
        (ANNULUS, DEGRADED): disc.degradation,
    }
    for index, name in enumerate(NUCLEUS):
        rate, weight = rates[:, index], modes.weights[:, index]
        transfers[name, PLASMA] = rate
        transfers[PLASMA, name] = rate * weight * disc.nucleus_capacity * plasma_level
        transfers[name, ANNULUS] = half_way / disc.nucleus_capacity
        transfers[ANNULUS, name] = half_way * weight / disc.annulus_capacity
        losses[name, DEGRADED] = disc.degradation
    return system((*NUCLEUS, ANNULUS, EPIDURAL, PLASMA), transfers, losses)


def profile(disc: Disc, modes: SlabModes, amounts: Array, depth: Array) -> Array:
    """Give mobile drug in the nucleus against the distance from an endplate, from the amounts of its modes.

    Parameters
    ----------
    disc : Disc
        Its constants.
    modes : SlabModes
        Of its nucleus.
    amounts : ndarray, shape (draws, modes, moments)
        Of each mode, at some moments [kg].
    depth : ndarray, shape (draws, points)
        Distance from the endplate, 0 to L [m].

    Returns
    -------
    ndarray, shape (draws, points, moments)
        Mobile drug per volume of tissue [kg/m**3].

    Raises
    ------
    DomainError
        A depth below 0 or beyond the middle of the nucleus.

    Notes
    -----
    ``C = sum_i A_i/(w_i V R) h_i cos(b_i z/L)``, z from the middle; the last mode stands for all faster ones, with
    what the others lack to an even filling as its shape. What that leaves below zero, deep in a nucleus that fills from
    its endplates, is given as 0. Source: Crank 1975, equation 4.50.
    """
    return Shapes(disc, modes, depth).profile(amounts)


class Shapes:
    """The terms of `profile`, which serve every input into one disc."""

    def __init__(self, disc: Disc, modes: SlabModes, depth: Array) -> None:
        length = disc.half_height[:, None]
        require("depth", depth, "m", (depth >= 0.0) & (depth <= length * (1 + 1e-9)), "0 to half the height")
        self.disc, self.modes, self.depth = disc, modes, depth

    @cached_property
    def _level(self) -> Array:
        """Mobile drug there per amount of each mode, (draws, points, modes)."""
        disc, modes = self.disc, self.modes
        place = 1.0 - self.depth / disc.half_height[:, None]
        shapes = modes.heights[:, :, None] * np.cos(modes.roots[:, :, None] * place[:, None, :])
        shapes[:, -1] = 1.0 - shapes[:, :-1].sum(axis=1)
        holds = modes.weights * (disc.nucleus_volume * disc.retardation)[:, None]
        per = np.divide(1.0, holds, out=np.zeros_like(holds), where=holds > 0)
        return np.ascontiguousarray((shapes * per[:, :, None]).swapaxes(1, 2))

    def profile(self, amounts: Array) -> Array:
        """Give what the function `profile` gives for the amounts of one input."""
        return np.asarray(np.maximum(self._level @ amounts, 0.0))
