"""Release from a polyester sphere (PLGA, PLA, PLA-PEG) that hydrolyses evenly through its bulk."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive
from formulate.quadrature import gauss_legendre
from formulate.release.boundary import released_through_layer
from formulate.release.diffusion import released_from_sphere

# exp(500) exceeds any ratio of two diffusivities, and the scaled exponential integral is still a float there.
_LARGEST_EXPONENT = 500.0
# Below this k t and alpha k t five Gauss nodes are exact to rounding, while the two E1 begin to cancel.
_CANCELLING = 0.1
# Below these, alpha changes D by less than rounding, and E1 is its logarithm and first power to rounding.
_SMALLEST_EXPONENT = 1e-17
_TINY = 1e-8


def molar_mass(time: ArrayLike, initial_molar_mass: ArrayLike, hydrolysis_rate: ArrayLike) -> NDArray[np.float64]:
    """Molar mass of the polymer while its chains hydrolyse.

    Parameters
    ----------
    time : array_like, shape (times,)
        t, time in water [s].
    initial_molar_mass : array_like, shape (draws, 1)
        Mw0 [kg/mol].
    hydrolysis_rate : array_like, shape (draws, 1)
        k_d, pseudo-first-order rate of molar mass loss [1/s].

    Returns
    -------
    ndarray, shape (draws, times)
        Mw [kg/mol].

    Raises
    ------
    DomainError
        If a time or rate is negative, or a molar mass not above zero.

    Notes
    -----
    ``Mw = Mw0 exp(-k_d t)``; random scission in the bulk, acid escapes (see `autocatalysis_number`).
    Source: pitt1981.

    Examples
    --------
    >>> molar_mass([0.0, 10 * 86400], 40.0, 0.0693147 / 86400).round(4)  # half-life 10 days
    array([40., 20.])
    """
    time = require_not_negative("time", time, "s")
    initial_molar_mass = require_positive("initial_molar_mass", initial_molar_mass, "kg/mol")
    hydrolysis_rate = require_not_negative("hydrolysis_rate", hydrolysis_rate, "1/s")
    return np.asarray(initial_molar_mass * np.exp(-hydrolysis_rate * time), dtype=np.float64)


def hydrolysis_rate_at(
    rate: ArrayLike, reference_lactide_fraction: ArrayLike, lactide_fraction: ArrayLike, slope: ArrayLike
) -> NDArray[np.float64]:
    """Hydrolysis rate constant of a polyester of another lactide fraction.

    Parameters
    ----------
    rate : array_like, shape (draws, 1)
        k_ref, rate constant at the reference composition [1/s].
    reference_lactide_fraction, lactide_fraction : array_like, shape (draws, 1)
        L_ref and L, lactide per monomer units [1].
    slope : array_like, shape (draws, 1)
        s, fall of ln k with L [1].

    Returns
    -------
    ndarray, shape (draws, 1)
        k [1/s].

    Raises
    ------
    DomainError
        If a fraction lies outside 0 to 1, or a rate or slope is negative.

    Notes
    -----
    ``k = k_ref exp(-s (L - L_ref))``: lactide shields the ester from water, so k falls with it. An interpolation
    between PLGA 50:50 and 75:25; below 0.5 it goes on rising, where measured rates level off.

    Examples
    --------
    >>> (hydrolysis_rate_at(0.025, 0.75, 0.5, 3.9)).item()  # per day
    0.0663
    """
    rate = require_not_negative("hydrolysis_rate", rate, "1/s")
    reference = require_fraction("reference_lactide_fraction", reference_lactide_fraction)
    fraction = require_fraction("lactide_fraction", lactide_fraction)
    slope = require_not_negative("hydrolysis_lactide_slope", slope, "")
    return np.asarray(rate * np.exp(-slope * (fraction - reference)), dtype=np.float64)


def dimensionless_time(
    time: ArrayLike,
    radius: ArrayLike,
    initial_diffusivity: ArrayLike,
    hydrolysis_rate: ArrayLike,
    growth_exponent: ArrayLike,
    largest_diffusivity: ArrayLike,
) -> NDArray[np.float64]:
    """Dimensionless time of a sphere whose diffusivity grows as its polymer degrades.

    Parameters
    ----------
    time : array_like, shape (times,)
        t, time in water [s].
    radius : array_like, shape (draws, 1)
        R, radius of the sphere [m].
    initial_diffusivity : array_like, shape (draws, 1)
        D0, drug diffusivity in the intact wet polymer [m**2/s].
    hydrolysis_rate : array_like, shape (draws, 1)
        k_d, rate of molar mass loss; 0 for a polymer that does not degrade [1/s].
    growth_exponent : array_like, shape (draws, 1)
        alpha, logarithm of the growth of D at complete degradation, 0 to 500 [1].
    largest_diffusivity : array_like, shape (draws, 1)
        D_max, usually the diffusivity in water; at least `initial_diffusivity` [m**2/s].

    Returns
    -------
    ndarray, shape (draws, times)
        tau, the integral of D over time divided by R**2 [1].

    Raises
    ------
    DomainError
        If a value is negative or not finite, a radius or diffusivity is zero, alpha exceeds 500,
        or D0 exceeds D_max.

    Notes
    -----
    ``D = min(D0 exp(alpha (1 - exp(-k_d t))), D_max)``. While D grows,
    ``tau = D0 exp(alpha)/(R**2 k_d) [E1(alpha exp(-k_d t)) - E1(alpha)]``, E1 the exponential integral; from
    ``t_b = -ln(1 - ln(D_max/D0)/alpha)/k_d`` on (never if that logarithm has no real value) tau gains
    ``D_max (t - t_b)/R**2``. Where k_d t < 0.1 and alpha k_d t < 0.1 the two E1 nearly cancel, and the same
    integral is taken over five Gauss-Legendre nodes, exact to rounding. D follows the mean Mw alone, so the
    polymer must be the same everywhere in the sphere; the exponential law is an assumption of the free-volume
    kind. Source: faisant2002 (D grows as Mw falls), crank1975 (tau).

    Examples
    --------
    >>> day, rate = 86400.0, 0.1 / 86400
    >>> dimensionless_time([0.0, 10 * day, 30 * day], 1e-6, 1e-20, rate, 3.0, 5e-10)
    array([0.        , 0.02982188, 0.25251453])
    >>> dimensionless_time([10 * day], 1e-6, 1e-20, rate, 0.0, 5e-10)  # D0 t/R**2
    array([0.00864])
    """
    time = require_not_negative("time", time, "s")
    radius = require_positive("radius", radius, "m")
    initial = require_positive("initial_diffusivity", initial_diffusivity, "m**2/s")
    rate = require_not_negative("hydrolysis_rate", hydrolysis_rate, "1/s")
    exponent = require_not_negative("growth_exponent", growth_exponent, "")
    require("growth_exponent", exponent, "", exponent <= _LARGEST_EXPONENT, f"0 to {_LARGEST_EXPONENT:g}")
    largest = require_positive("largest_diffusivity", largest_diffusivity, "m**2/s")
    require("initial_diffusivity", initial, "m**2/s", initial <= largest, "<= largest_diffusivity")

    bound_time = _time_of_bound(np.log(largest) - np.log(initial), rate, exponent)
    growing = initial * _integrated_growth(np.minimum(time, bound_time), rate, exponent)
    bounded = largest * np.maximum(time - bound_time, 0.0)
    return np.asarray((growing + bounded) / radius**2, dtype=np.float64)


def erosion_onset(
    initial_molar_mass: ArrayLike, critical_molar_mass: ArrayLike, hydrolysis_rate: ArrayLike
) -> NDArray[np.float64]:
    """Time at which the chains are short enough to dissolve.

    Parameters
    ----------
    initial_molar_mass : array_like, shape (draws, 1)
        Mw0 [kg/mol].
    critical_molar_mass : array_like, shape (draws, 1)
        Mw_c, molar mass at which mass loss begins [kg/mol].
    hydrolysis_rate : array_like, shape (draws, 1)
        k_d, rate of molar mass loss [1/s].

    Returns
    -------
    ndarray, shape (draws, 1)
        t_on [s]; infinite for a polymer above Mw_c that does not degrade.

    Raises
    ------
    DomainError
        If a molar mass is not above zero, or a rate negative.

    Notes
    -----
    ``t_on = max(0, ln(Mw0/Mw_c)/k_d)``, the time at which `molar_mass` reaches Mw_c. Source: pitt1981.

    Examples
    --------
    >>> float(erosion_onset(40.0, 10.0, 0.0693147 / 86400)) / 86400  # two half-lives of 10 days
    20.000
    """
    start = require_positive("initial_molar_mass", initial_molar_mass, "kg/mol")
    critical = require_positive("critical_molar_mass", critical_molar_mass, "kg/mol")
    rate = require_not_negative("hydrolysis_rate", hydrolysis_rate, "1/s")
    excess = np.log(start / critical)
    with np.errstate(divide="ignore", over="ignore"):  # a rate of 0 never gets there: infinity is the answer
        return np.divide(excess, rate, out=np.zeros(np.broadcast(excess, rate).shape), where=excess > 0.0)


def eroded(time: ArrayLike, onset: ArrayLike, erosion_time: ArrayLike, shape: ArrayLike) -> NDArray[np.float64]:
    """Share of the polymer that has dissolved.

    Parameters
    ----------
    time : array_like, shape (times,)
        t, time in water [s].
    onset : array_like, shape (draws, 1)
        t_on, start of the mass loss; may be infinite [s].
    erosion_time : array_like, shape (draws, 1)
        t_e, from the onset to 63 % dissolved [s].
    shape : array_like, shape (draws, 1)
        beta, Weibull shape: 1 for first order, above 1 for a loss that gathers speed [1].

    Returns
    -------
    ndarray, shape (draws, times)
        E [1].

    Raises
    ------
    DomainError
        If a time or onset is negative or NaN, or an erosion time or shape not above zero.

    Notes
    -----
    ``E = 1 - exp(-((t - t_on)/t_e)**beta)`` after t_on, 0 before. Empirical: t_e and beta describe measured
    mass loss and follow from no mechanism. Source: weibull1951 (form).

    Examples
    --------
    >>> eroded([10.0, 20.0, 30.0], 20.0, 10.0, 2.0)
    array([0.     , 0.     , 0.632121])
    """
    time = require_not_negative("time", time, "s")
    onset = np.asarray(onset, dtype=np.float64)
    require("onset", onset, "s", onset >= 0.0, ">= 0")
    erosion_time = require_positive("erosion_time", erosion_time, "s")
    shape = require_positive("shape", shape, "")
    with np.errstate(over="ignore"):  # an infinite power is complete erosion, which exp gives exactly
        progress = (np.maximum(time - onset, 0.0) / erosion_time) ** shape
    return np.asarray(-np.expm1(-progress), dtype=np.float64)


def polyester_released(
    time: ArrayLike,
    *,
    radius: ArrayLike,
    initial_diffusivity: ArrayLike,
    largest_diffusivity: ArrayLike,
    hydrolysis_rate: ArrayLike,
    growth_exponent: ArrayLike,
    initial_molar_mass: ArrayLike,
    critical_molar_mass: ArrayLike,
    burst_fraction: ArrayLike,
    burst_rate: ArrayLike,
    diffusion_share: ArrayLike,
    erosion_time: ArrayLike,
    erosion_shape: ArrayLike,
    boundary_number: ArrayLike = np.inf,
) -> NDArray[np.float64]:
    """Share released from a polyester sphere by burst, diffusion and erosion.

    Parameters
    ----------
    time : array_like, shape (times,)
        t, time in water [s].
    radius : array_like, shape (draws, 1)
        R, radius of the sphere [m].
    initial_diffusivity, largest_diffusivity : array_like, shape (draws, 1)
        D0 and its upper bound D_max, see `dimensionless_time` [m**2/s].
    hydrolysis_rate : array_like, shape (draws, 1)
        k_d, rate of molar mass loss [1/s].
    growth_exponent : array_like, shape (draws, 1)
        alpha, logarithm of the growth of D at complete degradation [1].
    initial_molar_mass, critical_molar_mass : array_like, shape (draws, 1)
        Mw0, and Mw_c at which mass loss begins [kg/mol].
    burst_fraction : array_like, shape (draws, 1)
        f_b, share of the drug at the surface [1].
    burst_rate : array_like, shape (draws, 1)
        k_b, rate at which that share leaves [1/s].
    diffusion_share : array_like, shape (draws, 1)
        phi, share of the other drug that can diffuse out; the rest waits for erosion [1].
    erosion_time : array_like, shape (draws, 1)
        t_e, from the onset to 63 % dissolved [s].
    erosion_shape : array_like, shape (draws, 1)
        beta, Weibull shape of the mass loss [1].
    boundary_number : array_like, shape (draws, 1), optional
        L_s of a coat, at D0, see `formulate.release.boundary.boundary_number`; infinite if not given, no coat [1].

    Returns
    -------
    ndarray, shape (draws, times)
        F, cumulative share released [1].

    Raises
    ------
    DomainError
        If an argument lies outside the range its function or unit allows.

    Notes
    -----
    ``F = f_b (1 - exp(-k_b t)) + (1 - f_b) [phi Crank(tau) + (1 - phi) E(t)]`` with `released_from_sphere`,
    `dimensionless_time`, `erosion_onset` and `eroded`; behind a coat `released_through_layer` stands for Crank, and the
    coat opens in proportion to D. Holds while acid escapes (`autocatalysis_number` well
    below pi) and the drug is dissolved in the polymer. Source: the sum of the parts named there.

    Examples
    --------
    >>> day = 86400.0
    >>> polyester_released(
    ...     [0.0, 1 * day, 20 * day, 60 * day], radius=10e-6, initial_diffusivity=1e-19,
    ...     largest_diffusivity=5e-10, hydrolysis_rate=0.07 / day, growth_exponent=5.0,
    ...     initial_molar_mass=40.0, critical_molar_mass=10.0, burst_fraction=0.1, burst_rate=10 / day,
    ...     diffusion_share=0.5, erosion_time=10 * day, erosion_shape=2.0)
    array([0.        , 0.11531632, 0.31512641, 0.9937001 ])
    """
    time = require_not_negative("time", time, "s")
    burst_fraction = require_fraction("burst_fraction", burst_fraction)
    burst_rate = require_not_negative("burst_rate", burst_rate, "1/s")
    diffusion_share = require_fraction("diffusion_share", diffusion_share)
    tau = dimensionless_time(time, radius, initial_diffusivity, hydrolysis_rate, growth_exponent, largest_diffusivity)
    onset = erosion_onset(initial_molar_mass, critical_molar_mass, hydrolysis_rate)
    burst = -np.expm1(-burst_rate * time)
    bare = np.isinf(np.asarray(boundary_number, dtype=np.float64)).all()
    crossed = released_from_sphere(tau) if bare else released_through_layer(tau, boundary_number)
    rest = diffusion_share * crossed + (1.0 - diffusion_share) * eroded(time, onset, erosion_time, erosion_shape)
    return np.asarray(burst_fraction * burst + (1.0 - burst_fraction) * rest, dtype=np.float64)


def autocatalysis_number(
    radius: ArrayLike, hydrolysis_rate: ArrayLike, acid_diffusivity: ArrayLike
) -> NDArray[np.float64]:
    """Ratio of acid made to acid carried off, as the root of the two rates.

    Parameters
    ----------
    radius : array_like, shape (draws, 1)
        R, radius of the sphere [m].
    hydrolysis_rate : array_like, shape (draws, 1)
        k, rate at which the acid that is present makes more [1/s].
    acid_diffusivity : array_like, shape (draws, 1)
        D_acid, diffusivity of the oligomeric acid in the wet polymer [m**2/s].

    Returns
    -------
    ndarray, shape (draws, 1)
        R sqrt(k/D_acid) [1].

    Raises
    ------
    DomainError
        If a radius or acid diffusivity is not above zero, or a rate negative.

    Notes
    -----
    ``R sqrt(k/D_acid)``. Acid that makes acid at rate k and leaves through the surface decays while this is
    below pi, the root of the first eigenvalue of the sphere, and grows without bound above it. The functions
    of this module take one hydrolysis rate for the whole sphere, so they need a value well below pi; near or
    above pi the core degrades faster than they say. Source: fordversypt2013.

    Examples
    --------
    >>> float(autocatalysis_number(41e-6, 0.05 / 86400, 1e-16))  # 41 um stands at the limit
    3.119
    """
    radius = require_positive("radius", radius, "m")
    hydrolysis_rate = require_not_negative("hydrolysis_rate", hydrolysis_rate, "1/s")
    acid_diffusivity = require_positive("acid_diffusivity", acid_diffusivity, "m**2/s")
    return np.asarray(radius * np.sqrt(hydrolysis_rate / acid_diffusivity), dtype=np.float64)


def _time_of_bound(
    log_ratio: NDArray[np.float64], rate: NDArray[np.float64], exponent: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Time at which D reaches its bound: alpha (1 - exp(-k t)) = log_ratio; infinite if it never does."""
    log_ratio, rate, exponent = np.broadcast_arrays(log_ratio, rate, exponent)
    reached = (log_ratio < exponent) & (rate > 0.0)
    bound_time = np.full(reached.shape, np.inf)
    with np.errstate(over="ignore"):  # later than any float is never
        bound_time[reached] = -np.log1p(-log_ratio[reached] / exponent[reached]) / rate[reached]
    return bound_time


def _integrated_growth(
    time: NDArray[np.float64], rate: NDArray[np.float64], exponent: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Integral of exp(alpha (1 - exp(-k s))) from 0 to `time` [s].

    In closed form it is exp(alpha) [E1(x) - E1(alpha)]/k with x = alpha exp(-k t), taken as
    [exp(alpha - x) S(x) - S(alpha)]/k with S(x) = exp(x) E1(x): no factor exceeds D/D0 or E1 itself.
    """
    from scipy.special import exp1

    # alpha below rounding leaves D at D0, and E1(0) is infinite
    grows = exponent >= _SMALLEST_EXPONENT
    safe = np.where(grows, exponent, 1.0)
    at_start = np.exp(safe) * exp1(safe)  # once a draw, before the times multiply it
    time, rate, exponent, grows, at_start = np.broadcast_arrays(time, rate, exponent, grows, at_start)
    progress = rate * time
    cancels = progress * np.maximum(exponent, 1.0) < _CANCELLING
    integral = np.array(time)  # the answer where D stays D0
    early, late = grows & cancels, grows & ~cancels
    integral[early] *= _mean_growth(progress[early], exponent[early])
    integral[late] = (_grown_integral(progress[late], exponent[late]) - at_start[late]) / rate[late]
    return integral


def _mean_growth(progress: NDArray[np.float64], exponent: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of exp(alpha (1 - exp(-y))) for y from 0 to `progress`, by Gauss-Legendre: all terms positive."""
    nodes, weights = gauss_legendre(5)
    mean = np.zeros_like(progress)
    for node, weight in zip(nodes, weights, strict=True):
        mean += 0.5 * weight * np.exp(-exponent * np.expm1(-progress * (0.5 * (node + 1.0))))
    return mean


def _grown_integral(progress: NDArray[np.float64], exponent: NDArray[np.float64]) -> NDArray[np.float64]:
    """exp(alpha) E1(x) with x = alpha exp(-y), y = `progress`, as exp(alpha - x) exp(x) E1(x)."""
    from scipy.special import exp1

    left = exponent * np.exp(-progress)
    tiny = left < _TINY
    integral = np.empty_like(left)
    # by index: exp1 of scipy 1.17 crashes when it is given `where`
    integral[~tiny] = exp1(left[~tiny])
    # x may underflow, so its logarithm comes from alpha; E1(x) is -gamma - ln x + x to rounding there
    integral[tiny] = progress[tiny] - np.euler_gamma - np.log(exponent[tiny]) + left[tiny]
    result: NDArray[np.float64] = np.exp(-exponent * np.expm1(-progress)) * np.exp(left) * integral
    return result
