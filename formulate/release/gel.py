"""Release from hydrogels and injected depots: hindered diffusion, degradation, dissolving front."""

from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative, require_positive

_SINE_ORDER = 15  # of pi/6, the next power is below rounding


def diffusivity_in_gel(
    diffusivity_in_water: ArrayLike,
    solute_radius: ArrayLike,
    mesh_size: ArrayLike,
    polymer_volume_fraction: ArrayLike,
) -> NDArray[np.float64]:
    """Diffusivity of a molecule in a swollen gel.

    Parameters
    ----------
    diffusivity_in_water : array_like, shape (draws, 1)
        D_0 [m**2/s].
    solute_radius : array_like, shape (draws, 1)
        r_s, Stokes radius [m].
    mesh_size : array_like, shape (draws, 1)
        xi [m].
    polymer_volume_fraction : array_like, shape (draws, 1)
        phi_s, below 1 [1].

    Returns
    -------
    ndarray, shape (draws, 1)
        D [m**2/s]; 0 where r_s >= xi, as the network then holds the solute.

    Raises
    ------
    DomainError
        If a diffusivity, radius or mesh is not above zero, or the volume fraction not from 0 to below 1.

    Notes
    -----
    ``D = D_0 (1 - r_s/xi) exp(-phi_s/(1 - phi_s))`` for r_s < xi, otherwise 0. For molecules; a rigid
    particle is held once its diameter exceeds the mesh, while this still gives half of D_0. No binding to the
    network. Source: lustig1988, with Y = 1.

    Examples
    --------
    >>> diffusivity_in_gel(1e-10, [1e-9, 10e-9], 4e-9, 0.1)
    array([6.7113e-11, 0.])
    """
    in_water = require_positive("diffusivity_in_water", diffusivity_in_water, "m**2/s")
    solute_radius = require_positive("solute_radius", solute_radius, "m")
    mesh_size = require_positive("mesh_size", mesh_size, "m")
    fraction = np.asarray(polymer_volume_fraction, dtype=np.float64)
    require("polymer_volume_fraction", fraction, "", (fraction >= 0.0) & (fraction < 1.0), "0 to below 1")
    passing = np.maximum(1.0 - solute_radius / mesh_size, 0.0)
    return np.asarray(in_water * passing * np.exp(-fraction / (1.0 - fraction)), dtype=np.float64)


def depot_radius(volume: ArrayLike) -> NDArray[np.float64]:
    """Radius of an injected depot taken as a sphere.

    Parameters
    ----------
    volume : array_like, shape (draws, 1)
        V, injected volume [m**3].

    Returns
    -------
    ndarray, shape (draws, 1)
        Radius [m].

    Raises
    ------
    DomainError
        If a volume is not above zero.

    Notes
    -----
    ``(3 V/(4 pi))**(1/3)``; a depot that spreads along tissue planes is thinner and releases faster.
    Source: geometry.

    Examples
    --------
    >>> depot_radius(1e-6).item() * 1e3  # 1 mL, mm
    6.204
    """
    volume = require_positive("volume", volume, "m**3")
    return np.asarray(np.cbrt(3.0 * volume / (4.0 * np.pi)), dtype=np.float64)


def degraded(time: ArrayLike, half_life: ArrayLike) -> NDArray[np.float64]:
    """Share of a gel that has degraded by first order.

    Parameters
    ----------
    time : array_like, shape (times,)
        t, time since implantation [s].
    half_life : array_like, shape (draws, 1)
        T [s].

    Returns
    -------
    ndarray, shape (draws, times)
        Share [1].

    Raises
    ------
    DomainError
        If a time is negative, or a half-life not above zero.

    Notes
    -----
    ``1 - 2**(-t/T)``; a gel that falls apart at once when too few links are left does not follow it.
    Source: definition of the half-life.

    Examples
    --------
    >>> degraded([0.0, 1.0, 2.0], 1.0)
    array([0.  , 0.5 , 0.75])
    """
    time = require_not_negative("time", time, "s")
    half_life = require_positive("half_life", half_life, "s")
    return np.asarray(-np.expm1(-np.log(2.0) * time / half_life), dtype=np.float64)


def released_from_dissolving_front(
    time: ArrayLike,
    radius: ArrayLike,
    diffusivity: ArrayLike,
    total_concentration: ArrayLike,
    solubility: ArrayLike,
) -> NDArray[np.float64]:
    """Share released from a sphere that holds more drug than it can dissolve.

    Parameters
    ----------
    time : array_like, shape (times,)
        t, time since immersion [s].
    radius : array_like, shape (draws, 1)
        R, radius of the sphere [m].
    diffusivity : array_like, shape (draws, 1)
        D, diffusivity of the dissolved drug in the sphere; 0 where a mesh holds it [m**2/s].
    total_concentration : array_like, shape (draws, 1)
        A, drug per volume of the sphere, suspended and dissolved [kg/m**3].
    solubility : array_like, shape (draws, 1)
        C_s, solubility in the same volume, below A [kg/m**3].

    Returns
    -------
    ndarray, shape (draws, times)
        F, cumulative share released [1]; exactly 1 once the front has reached the centre.

    Raises
    ------
    DomainError
        If a time or diffusivity is negative, another value not above zero, or A does not exceed C_s.

    Notes
    -----
    ``(3/2) [1 - (1 - F)**(2/3)] - F = s`` with ``s = 3 D C_s t/(R**2 A)`` up to s = 1/2, then F = 1. Solved
    by ``(1 - F)**(1/3) = 1/2 + cos((pi + 2 arcsin(sqrt(2 s)))/3)``. A front of solid drug shrinks to the
    centre behind a shell with a steady gradient; the drug dissolved in that shell counts as gone, so early
    release is 2.6 % high at A = 10 C_s and 15 % high at A = 2 C_s (against the slab of higuchi1961); below
    A = (pi/2) C_s it would even start faster than wholly dissolved drug. Perfect sink, dissolution faster
    than diffusion. Source: baker1974.

    Examples
    --------
    >>> released_from_dissolving_front([0.0, 1e4, 1e5, 1e6], 1e-3, 1e-10, 100.0, 1.0)
    array([0.        , 0.38374178, 0.91885602, 1.        ])
    """
    time = require_not_negative("time", time, "s")
    radius = require_positive("radius", radius, "m")
    diffusivity = require_not_negative("diffusivity", diffusivity, "m**2/s")
    total = require_positive("total_concentration", total_concentration, "kg/m**3")
    solubility = require_positive("solubility", solubility, "kg/m**3")
    require(
        "total_concentration", total, "kg/m**3", total > solubility, "> solubility",
        "wholly dissolved drug follows released_from_sphere",
    )  # fmt: skip
    # The front reaches the centre at s = 1/2, and nothing is left to release after that.
    doubled = 6.0 * diffusivity * solubility / (radius**2 * total) * time
    sine = _sine(np.arcsin(np.sqrt(np.minimum(doubled, 1.0))) / 3.0)  # of half the angle beyond pi/3
    # 1/2 - cos(pi/3 + angle) as a product, 1 - (1 - shell)**3 multiplied out: both keep their digits near 0
    shell = sine * (sqrt(3.0) * np.sqrt(1.0 - sine * sine) + sine)
    released = np.minimum(shell * (3.0 + shell * (shell - 3.0)), 1.0)  # rounding may lead above
    return np.asarray(np.where(doubled < 1.0, released, 1.0), dtype=np.float64)


def _sine(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the sine of angles of 0 to pi/6, to rounding: its power series, which takes a third of the time here."""
    square = -angle * angle
    found = np.ones_like(angle)
    for order in range(_SINE_ORDER, 1, -2):
        found *= square
        found /= order * (order - 1.0)
        found += 1.0
    found *= angle
    return found
