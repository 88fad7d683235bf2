"""The barrier between blood and spinal cord: what crosses it intact, and what an injury lets through for days."""

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require, require_fraction, require_not_negative, require_positive
from formulate.sampling import Array


def barrier_leak(since_injury: ArrayLike, leak_at_injury: ArrayLike, closing_time: ArrayLike) -> Array:
    """Share of the injured cord whose barrier to blood is open, some time after the injury.

    Parameters
    ----------
    since_injury : array_like, shape (draws,)
        t; below zero before the injury [s].
    leak_at_injury : array_like, shape (draws,)
        L_0, the share just after it [1].
    closing_time : array_like, shape (draws,)
        tau, time in which the leak falls to 1/e [s].

    Returns
    -------
    ndarray, shape (draws,)
        L, 0 before the injury [1].

    Raises
    ------
    DomainError
        If L_0 is not a share, tau not above zero, or t no number.

    Notes
    -----
    ``L = L_0 exp(-t/tau)`` for t of 0 and more. Through 48 % of the volume on day 1 and 25 % on day 3 after contusion
    in the mouse (tatar2009): tau = 3.1 d, L_0 = 66 %. Evans blue in the rat agrees: seen to 72 h, not at a week
    (zhao2006). What the minutes of its opening add is left out (5 to 30 min, jneuroinflammation2023).

    Examples
    --------
    The day before, at the injury, on days 1, 3 and 7, with 1/tau = ln(48/25)/(2 d):

    >>> import numpy as np
    >>> day, tau = 86400.0, 2 * 86400.0 / np.log(48 / 25)
    >>> barrier_leak(np.array([-1.0, 0.0, 1.0, 3.0, 7.0]) * day, 0.6651, tau).round(3)
    array([0.   , 0.665, 0.48 , 0.25 , 0.068])
    """
    time = np.asarray(since_injury, dtype=np.float64)
    require("since_injury", time, "s", np.isfinite(time), "a number")
    share = require_fraction("leak_at_injury", leak_at_injury)
    tau = require_positive("closing_time", closing_time, "s")
    return np.asarray(np.where(time >= 0.0, share * np.exp(-np.maximum(time, 0.0) / tau), 0.0))


def mean_barrier_leak(
    time: ArrayLike, since_injury: ArrayLike, leak_at_injury: ArrayLike, closing_time: ArrayLike
) -> Array:
    """Give the share of the injured cord whose barrier is open, as the mean over each step.

    Parameters
    ----------
    time : array_like, shape (times,)
        Rising times after the first dose [s].
    since_injury : float
        From the injury to the first dose; below zero if the dose comes first [s].
    leak_at_injury : array_like, shape (draws,)
        Share just after the injury [1].
    closing_time : array_like, shape (draws,)
        Time in which it falls to 1/e [s].

    Returns
    -------
    ndarray, shape (draws, times - 1)
        Shares [1].

    Raises
    ------
    DomainError
        As `barrier_leak`.

    Notes
    -----
    The integral of `barrier_leak` over the step, ``L_0 tau (exp(-t_1/tau) - exp(-t_2/tau))`` from the injury on, over
    its length: exact, for a step in which the injury falls as well.

    Examples
    --------
    Over the whole of a leak that begins after half of the step:

    >>> mean_barrier_leak([0.0, 200.0], -100.0, [0.5], [1.0])
    array([[0.0025]])
    """
    share = require_fraction("leak_at_injury", leak_at_injury)[:, None]
    tau = require_positive("closing_time", closing_time, "s")[:, None]
    times = np.asarray(time, dtype=np.float64)
    after = np.maximum(times + np.asarray(since_injury, dtype=np.float64), 0.0)
    require("time", after, "s", np.isfinite(after), "numbers")
    return np.asarray(-share * tau * np.diff(np.exp(-after / tau)) / np.diff(times))


def size_share(diameter: ArrayLike, half_diameter: ArrayLike, exponent: ArrayLike) -> Array:
    """How well something crosses the open barrier by its size, against a small molecule.

    Parameters
    ----------
    diameter : array_like, shape (draws,)
        d, of molecule or carrier [m].
    half_diameter : array_like, shape (draws,)
        d_h, of what crosses half as well [m].
    exponent : array_like, shape (draws,)
        n, steepness [1].

    Returns
    -------
    ndarray, shape (draws,)
        f, from 1 to 0 [1].

    Raises
    ------
    DomainError
        If a value is not above zero.

    Notes
    -----
    ``f = 1/(1 + (d/d_h)**n)``. A prior, laid through 1 up to 20 nm, 0.5 at 100 nm and 0.1 at 200 nm; nothing like it
    was measured in a cord.

    Examples
    --------
    >>> size_share([20e-9, 100e-9, 200e-9], 100e-9, 3.17).round(2)
    array([0.99, 0.5 , 0.1 ])
    """
    ratio = require_positive("diameter", diameter, "m") / require_positive("half_diameter", half_diameter, "m")
    with np.errstate(over="ignore"):  # an infinite power lets nothing pass
        return np.asarray(1.0 / (1.0 + ratio ** require_positive("exponent", exponent, "")))


def lipophilic_passage(
    logp: ArrayLike, molar_mass: ArrayLike, reference_rate: ArrayLike, reference: ArrayLike, slope: ArrayLike
) -> Array:
    """Permeability-surface product of the intact barrier for a small molecule, per volume of cord.

    Parameters
    ----------
    logp : array_like, shape (draws,)
        log10 of the octanol/water partition P of the drug [1].
    molar_mass : array_like, shape (draws,)
        M [kg/mol].
    reference_rate : array_like, shape (draws,)
        PS_0, of a known solute [1/s].
    reference : array_like, shape (draws,)
        x_0, ``log10(P/sqrt(M))`` of that solute, M in g/mol [1].
    slope : array_like, shape (draws,)
        s [1].

    Returns
    -------
    ndarray, shape (draws,)
        PS [1/s].

    Raises
    ------
    DomainError
        If a mass, rate or slope is not above zero, or another value beyond -20 to 20.

    Notes
    -----
    ``PS = PS_0 10**(s (log P - log10(M)/2 - x_0))``. The slope is 1 for passive solutes that make few hydrogen bonds
    (43 of them, within about tenfold: hladky2018), less over all drugs, as steroids and substrates of pumps cross far
    more slowly. A tenfold miss is common: set what was measured.

    Examples
    --------
    Mannitol itself, and a drug of log P 2 and 400 g/mol at a slope of a half, per minute:

    >>> (lipophilic_passage([-3.1, 2.0], [0.182, 0.4], 2.5e-4 / 60, -4.23, 0.5) * 60).round(5)
    array([0.00025, 0.07285])
    """
    partition, known = np.asarray(logp, dtype=np.float64), np.asarray(reference, dtype=np.float64)
    require("logp", partition, "", np.abs(partition) <= 20.0, "-20 to 20")
    require("reference", known, "", np.abs(known) <= 20.0, "-20 to 20")
    mass = 1e3 * require_positive("molar_mass", molar_mass, "kg/mol")
    steep = require_positive("slope", slope, "")
    apart = steep * (partition - 0.5 * np.log10(mass) - known)
    return np.asarray(require_positive("reference_rate", reference_rate, "1/s") * 10.0**apart)


def capillary_clearance(permeability: ArrayLike, blood_flow: ArrayLike, unbound_in_plasma: ArrayLike) -> Array:
    """Volume of unbound drug in blood that a barrier lets across, at most what the blood brings.

    Parameters
    ----------
    permeability : array_like, shape (draws,)
        PS of the unbound drug, per volume of tissue [1/s].
    blood_flow : array_like, shape (draws,)
        q, blood through that volume [1/s].
    unbound_in_plasma : array_like, shape (draws,)
        fu [1].

    Returns
    -------
    ndarray, shape (draws,)
        K, of the unbound drug [1/s].

    Raises
    ------
    DomainError
        If the permeability is negative, the flow not above zero, or fu not above 0 and up to 1.

    Notes
    -----
    ``K = (q/fu) (1 - exp(-PS fu/q))``: blood loses drug along a capillary (Renkin 1959, Crone 1963).

    Examples
    --------
    Slow, and faster than blood brings it:

    >>> capillary_clearance([1e-6, 10.0], 5e-3, 0.5) * 1e3
    array([1.e-03, 1.e+01])
    """
    product = require_not_negative("permeability", permeability, "1/s")
    flow = require_positive("blood_flow", blood_flow, "1/s")
    unbound = require_fraction("unbound_in_plasma", unbound_in_plasma)
    require("unbound_in_plasma", unbound, "", unbound > 0, "> 0")
    return np.asarray(-flow / unbound * np.expm1(-product * unbound / flow))
