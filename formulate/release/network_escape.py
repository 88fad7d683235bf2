"""Release from networks whose mesh widens as their chains are cut: what is held escapes late, what passes speeds up."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative, require_positive
from formulate.release.shapes import Shape, released_from_shape

Floats: TypeAlias = NDArray[np.float64]
# Below this exponent a series of so many powers is exact to rounding, while two exponentials begin to cancel.
_CANCELLING, _ORDERS = 0.1, 9


def widened_mesh(time: ArrayLike, mesh_size: ArrayLike, mesh_exponent: ArrayLike, chain_loss_rate: ArrayLike) -> Floats:
    """Mesh size of a network whose chains are cut.

    Parameters
    ----------
    time : array_like, shape (times,)
        t, time in water [s].
    mesh_size : array_like, shape (draws, 1)
        xi_0, before any chain is cut [m].
    mesh_exponent : array_like, shape (draws, 1)
        m, power of the chain length that the mesh goes with [1].
    chain_loss_rate : array_like, shape (draws, 1)
        k, loss of elastic chains: cuttable bonds per chain times the rate of one bond [1/s].

    Returns
    -------
    ndarray, shape (draws, times)
        xi [m].

    Raises
    ------
    DomainError
        If a mesh is not above zero, or another value negative.

    Notes
    -----
    ``xi = xi_0 exp(m k t)``: the chains between crosslinks lengthen as exp(k t). m is 1/2 for a mesh from the
    composition at fixed volume, 0.59 to 0.68 where the gel swells freely (7/10 far from the dry state), 1/3 for a
    mesh from the modulus at fixed volume, 0.36 to 0.39 where it swells. Holds up to `dissolution_time`, where the
    network is no more. Source: canal1989 (chain length), flory1943 (swelling).

    Examples
    --------
    A chain loss of ln 2 per week doubles the chain length, and the mesh grows by the root of 2:

    >>> widened_mesh([0.0, 7 * 86400.0], 10e-9, 0.5, 0.693147 / (7 * 86400)) * 1e9
    array([10.    , 14.1421])
    """
    time = require_not_negative("time", time, "s")
    mesh = require_positive("mesh_size", mesh_size, "m")
    exponent = require_not_negative("mesh_exponent", mesh_exponent, "")
    rate = require_not_negative("chain_loss_rate", chain_loss_rate, "1/s")
    with np.errstate(over="ignore"):  # wider than any float: the network has long dissolved
        return np.asarray(mesh * np.exp(exponent * rate * time))


def dissolution_time(bond_rate: ArrayLike, arms: ArrayLike, partner_arms: ArrayLike) -> Floats:
    """Time at which a network of two star-shaped monomers falls apart.

    Parameters
    ----------
    bond_rate : array_like, shape (draws, 1)
        k_bond, rate at which one bond between the monomers is cut [1/s].
    arms, partner_arms : array_like, shape (draws, 1)
        f and g, arms of either monomer, as 4 and 2 [1].

    Returns
    -------
    ndarray, shape (draws, 1)
        t_c [s]; infinite for bonds that are not cut.

    Raises
    ------
    DomainError
        If the rate is negative, an arm number below 2, or both are 2, which makes no network.

    Notes
    -----
    ``t_c = ln(sqrt((f - 1)(g - 1)))/k_bond``: reverse gelation, at a surviving share of bonds of
    1/sqrt((f - 1)(g - 1)). Every arm bonded at the start, equal numbers of ends, no loops; a real network holds
    less long. Source: flory1953.

    Examples
    --------
    Four arms with linear linkers, bonds of half-life 10 days, in days:

    >>> dissolution_time(0.693147 / 864000, 4, 2).item() / 86400
    7.925
    """
    rate = require_not_negative("bond_rate", bond_rate, "1/s")
    first = np.asarray(arms, dtype=np.float64)
    second = np.asarray(partner_arms, dtype=np.float64)
    for name, count in (("arms", first), ("partner_arms", second)):
        require(name, count, "", (count >= 2.0) & np.isfinite(count), ">= 2 and finite")
    product = (first - 1.0) * (second - 1.0)
    require("arms", np.broadcast_to(first, product.shape), "", product > 1.0, "> 2 on one of the two monomers")
    with np.errstate(divide="ignore", over="ignore"):  # what is not cut never falls apart
        return np.asarray(0.5 * np.log(product) / rate)


def escape_time(
    held_size: ArrayLike,
    mesh_size: ArrayLike,
    mesh_exponent: ArrayLike,
    chain_loss_rate: ArrayLike,
    dissolves_at: ArrayLike | None = None,
) -> Floats:
    """Time at which a widening mesh lets go of what it held.

    Parameters
    ----------
    held_size : array_like, shape (draws, 1)
        a, mesh size that lets it pass: the diameter of a rigid particle, the Stokes radius of a molecule [m].
    mesh_size : array_like, shape (draws, 1)
        xi_0, before any chain is cut [m].
    mesh_exponent : array_like, shape (draws, 1)
        m, see `widened_mesh` [1].
    chain_loss_rate : array_like, shape (draws, 1)
        k, see `widened_mesh` [1/s].
    dissolves_at : array_like, shape (draws, 1), optional
        t_c, see `dissolution_time`, may be infinite; never if not given [s].

    Returns
    -------
    ndarray, shape (draws, 1)
        t* [s]; 0 for what was never held, infinite where nothing widens the mesh.

    Raises
    ------
    DomainError
        If a size is not above zero, or another value negative.

    Notes
    -----
    ``t* = min(max(0, ln(a/xi_0)/(m k)), t_c)``, a = 2 r for a rigid particle of radius r. Source: solved from
    ``xi_0 exp(m k t) = a``.

    Examples
    --------
    A particle of 100 nm in a mesh of 50 nm that doubles in 20 days, in a gel that dissolves after 15, in days:

    >>> rate = 0.693147 / 0.5 / (20 * 86400)
    >>> escape_time(100e-9, 50e-9, 0.5, rate).item() / 86400
    20.0
    >>> escape_time(100e-9, 50e-9, 0.5, rate, 15 * 86400.0).item() / 86400
    15.0
    """
    size = require_positive("held_size", held_size, "m")
    mesh = require_positive("mesh_size", mesh_size, "m")
    exponent = require_not_negative("mesh_exponent", mesh_exponent, "")
    rate = require_not_negative("chain_loss_rate", chain_loss_rate, "1/s")
    return np.asarray(np.minimum(_opening(np.log(size / mesh), exponent * rate), _dissolution(dissolves_at)))


def widening_mesh_time(
    time: ArrayLike,
    length: ArrayLike,
    diffusivity: ArrayLike,
    held_size: ArrayLike,
    mesh_size: ArrayLike,
    mesh_exponent: ArrayLike,
    chain_loss_rate: ArrayLike,
    swelling_exponent: ArrayLike = 0.0,
) -> Floats:
    """Dimensionless time of diffusion out of a gel whose mesh widens.

    Parameters
    ----------
    time : array_like, shape (times,)
        t, time in water [s].
    length : array_like, shape (draws, 1)
        L, radius of a sphere or cylinder; half of a slab with two open faces, all of one with one, at t = 0 [m].
    diffusivity : array_like, shape (draws, 1)
        D, in the gel were its mesh infinitely wide: in water, times exp(-phi/(1 - phi)) for the polymer [m**2/s].
    held_size : array_like, shape (draws, 1)
        a, mesh size that lets it pass: the Stokes radius of a molecule, the diameter of a rigid particle [m].
    mesh_size : array_like, shape (draws, 1)
        xi_0, before any chain is cut [m].
    mesh_exponent : array_like, shape (draws, 1)
        m, see `widened_mesh` [1].
    chain_loss_rate : array_like, shape (draws, 1)
        k, see `widened_mesh` [1/s].
    swelling_exponent : array_like, shape (draws, 1), optional
        q, power of the chain length that L goes with; 0 if not given, fixed volume [1].

    Returns
    -------
    ndarray, shape (draws, times)
        tau, the integral of D (1 - a/xi)/L**2 over time [1].

    Raises
    ------
    DomainError
        If a length, size or diffusivity is not above zero, or another value negative.

    Notes
    -----
    ``tau = (D/L**2) integral of max(0, 1 - (a/xi_0) exp(-m k s)) exp(-2 q k s) ds``, with E(c, t) =
    (1 - exp(-c t))/c the closed form ``(D/L**2) [E(2 q k, t) - (a/xi_0) E((m + 2 q) k, t)]``; what is held at first
    starts at `escape_time`. Even swelling only stretches the frame of the equation, so that L(t)**2 below the
    integral is exact.
    A free sphere has q = m - 1/2 with m of the composition, q = 3 m - 1 with m of the modulus; a slab that swells in
    its thickness alone goes with its volume. Taking a as the radius for molecules and as the diameter for particles
    gives the two cut-offs of the field; one curve takes one of them. phi stays that of the start, which is slow by
    less than exp(-phi/(1 - phi)). Source: lustig1988 (hindrance), crank1975 (tau).

    Examples
    --------
    Half of the speed in a mesh twice the radius that stays, then in one that widens at m k = 1 per s:

    >>> widening_mesh_time([1.0], 1.0, 1.0, 1.0, 2.0, 0.5, 0.0)
    array([0.5])
    >>> widening_mesh_time([1.0], 1.0, 1.0, 1.0, 2.0, 0.5, 2.0)  # 1 - (1 - exp(-1))/2
    array([0.68394])
    """
    time = require_not_negative("time", time, "s")
    length = require_positive("length", length, "m")
    speed = require_positive("diffusivity", diffusivity, "m**2/s")
    ratio = require_positive("held_size", held_size, "m") / require_positive("mesh_size", mesh_size, "m")
    exponent = require_not_negative("mesh_exponent", mesh_exponent, "")
    rate = require_not_negative("chain_loss_rate", chain_loss_rate, "1/s")
    swells = 2.0 * rate * require_not_negative("swelling_exponent", swelling_exponent, "")
    widens = exponent * rate
    opens = _opening(np.log(ratio), widens)
    ever = np.isfinite(opens)
    # as of the opening, with the ratio of that moment
    passed = np.maximum(time - np.where(ever, opens, time), 0.0) if opens.any() else time
    held = np.minimum(ratio, 1.0)
    shrunk = np.exp(-swells * np.where(ever, opens, 0.0))
    integral = (1.0 - held) * _lasting(passed, swells) + held * _gained(passed, swells, widens)
    return np.asarray(speed / length**2 * shrunk * integral)


def network_released(
    time: ArrayLike,
    length: ArrayLike,
    diffusivity: ArrayLike,
    held_size: ArrayLike,
    mesh_size: ArrayLike,
    mesh_exponent: ArrayLike,
    chain_loss_rate: ArrayLike,
    swelling_exponent: ArrayLike = 0.0,
    dissolves_at: ArrayLike | None = None,
    shape: Shape = "sphere",
) -> Floats:
    """Share released from a gel whose mesh widens until the gel dissolves.

    Parameters
    ----------
    time : array_like, shape (times,)
        t, time in water [s].
    length : array_like, shape (draws, 1)
        L, radius of a sphere or cylinder; half of a slab with two open faces, all of one with one, at t = 0 [m].
    diffusivity : array_like, shape (draws, 1)
        D, in the gel were its mesh infinitely wide: in water, times exp(-phi/(1 - phi)) for the polymer [m**2/s].
    held_size : array_like, shape (draws, 1)
        a, mesh size that lets it pass: the Stokes radius of a molecule, the diameter of a rigid particle [m].
    mesh_size : array_like, shape (draws, 1)
        xi_0, before any chain is cut [m].
    mesh_exponent : array_like, shape (draws, 1)
        m, see `widened_mesh` [1].
    chain_loss_rate : array_like, shape (draws, 1)
        k, see `widened_mesh` [1/s].
    swelling_exponent : array_like, shape (draws, 1), optional
        q, see `widening_mesh_time`; 0 if not given, fixed volume [1].
    dissolves_at : array_like, shape (draws, 1), optional
        t_c, see `dissolution_time`, may be infinite; never if not given [s].
    shape : {"sphere", "slab", "cylinder"}, optional
        Sphere if not given, for an injected depot; slab for a patch, cylinder for a rod.

    Returns
    -------
    ndarray, shape (draws, times)
        F, cumulative share released [1]; 1 as of t_c.

    Raises
    ------
    DomainError
        If a length, size or diffusivity is not above zero, or another value negative.

    Notes
    -----
    ``F = Crank(tau)`` for t < t_c with tau of `widening_mesh_time`, then ``F = 1``: what is left goes with the gel.
    Even initial load, wholly dissolved, perfect sink, no binding (see `free_beside_sites`). Between the first chains
    that leave and t_c a real gel loses mass and shape, which is left out. Source: crank1975, flory1953.

    Examples
    --------
    Held until its mesh has doubled at 1 (units of time), gone with the gel at 2:

    >>> network_released([0.9, 1.5, 2.0], 1.0, 0.1, 2.0, 1.0, 0.5, 1.386294, 0.0, 2.0)
    array([0.       , 0.2746671, 1.       ])
    """
    tau = widening_mesh_time(
        time, length, diffusivity, held_size, mesh_size, mesh_exponent, chain_loss_rate, swelling_exponent
    )
    gone = np.asarray(time, dtype=np.float64) >= _dissolution(dissolves_at)
    return np.asarray(np.where(gone, 1.0, released_from_shape(tau, shape)))


def _dissolution(time: ArrayLike | None) -> Floats:
    if time is None:
        return np.asarray(np.inf)
    given = np.asarray(time, dtype=np.float64)
    return require("dissolves_at", given, "s", given >= 0.0, ">= 0")


def _opening(log_ratio: Floats, widens: Floats) -> Floats:
    """Give the time at which the mesh reaches the size of what it holds [s]; infinite if it never does."""
    held = log_ratio > 0.0
    shape = np.broadcast(log_ratio, widens).shape
    never = np.where(np.broadcast_to(held, shape), np.inf, 0.0)
    with np.errstate(over="ignore"):  # later than any float is never
        return np.divide(log_ratio, widens, out=never, where=held & (widens > 0.0))


def _lasting(time: Floats, decay: Floats) -> Floats:
    """Give the integral of exp(-decay s) from 0 to `time` [s]."""
    if not decay.any():
        return time
    with np.errstate(over="ignore"):  # an infinite exponent has emptied
        progress = decay * time
    falls = progress > 0.0
    # the share of the time rather than 1/decay, which has no digits left where the decay has few
    return np.where(falls, -np.expm1(-progress) / np.where(falls, progress, 1.0), 1.0) * time


def _mean_gain(progress: Floats) -> Floats:
    """Give the mean of 1 - exp(-s) from 0 to `progress`, at small ones without a loss."""
    progress = np.asarray(progress)
    gain = np.asarray(np.expm1(-progress))
    with np.errstate(divide="ignore", invalid="ignore"):  # at 0 the series holds
        gain /= progress
        gain += 1.0
    early = progress < _CANCELLING
    small = progress[early]
    series = -small / (_ORDERS + 1)
    for order in range(_ORDERS, 2, -1):
        series += 1.0
        series *= small
        series /= -order
    series += 1.0
    series *= 0.5 * small
    gain[early] = series
    return gain


def _gained(time: Floats, decay: Floats, growth: Floats) -> Floats:
    """Give the integral of exp(-decay s) (1 - exp(-growth s)) from 0 to `time` [s], at small times without a loss."""
    if not decay.any():
        return np.asarray(time * _mean_gain(growth * time))
    # rounding may leave the difference below 0 where the mesh hardly widens while the gel swells
    gained = np.array(np.maximum(_lasting(time, decay) - _lasting(time, decay + growth), 0.0))
    progress = (decay + growth) * time
    early = progress < _CANCELLING
    first, second = np.broadcast_to(decay * time, early.shape)[early], progress[early]
    # (1 - exp(-x))/x as a power series, with the factor of the difference of two powers taken out by hand
    series, power, quotient, factor = np.zeros_like(second), np.ones_like(first), np.ones_like(second), -1.0
    for order in range(1, _ORDERS + 1):
        factor /= -(order + 1)
        series += factor * quotient
        power *= first
        quotient *= second
        quotient += power
    gained[early] = np.broadcast_to(growth * time * time, early.shape)[early] * series
    return gained
