"""Carriers that are the drug lose their activity, and a body runs faster than a vial."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require_not_negative, require_positive
from formulate.release.arrhenius import arrhenius_factor

# how much faster release and degradation run in a body than in a buffer: erodible depots, a judgement to be replaced
BODY_FACTOR_LOW, BODY_FACTOR_TYPICAL, BODY_FACTOR_HIGH = 1.0, 2.0, 3.0


def activity_half_life_at(
    half_life: ArrayLike,
    temperature: ArrayLike,
    reference_temperature: ArrayLike,
    activation_energy: ArrayLike,
    protection: ArrayLike = 1.0,
) -> NDArray[np.float64]:
    """Half-life of a biological activity at another temperature and in a matrix.

    Parameters
    ----------
    half_life : array_like, shape (draws, 1)
        t_ref, bare at the reference temperature [s].
    temperature : array_like, shape (draws, 1)
        T [K].
    reference_temperature : array_like, shape (draws, 1)
        T_0, at which the half-life was measured [K].
    activation_energy : array_like, shape (draws, 1)
        E_a of the loss [J/mol].
    protection : array_like, shape (draws, 1), optional
        p, by which a gel or another matrix lengthens the half-life; below 1 if it shortens it; 1 if not given [1].

    Returns
    -------
    ndarray, shape (draws, 1)
        Half-life [s].

    Raises
    ------
    DomainError
        If a half-life, temperature or protection is not above zero, or the energy negative.

    Notes
    -----
    ``t_half = p t_ref/g`` with g of `arrhenius_factor`. Between temperatures at which the same thing goes wrong: not
    across freezing, and not above the temperature at which proteins unfold. Source: first order, with Arrhenius.

    Examples
    --------
    Vesicles of 2 days at 37 degC, at 4 degC and 70 kJ/mol, in days:

    >>> activity_half_life_at(2 * 86400.0, 277.15, 310.15, 70e3).item() / 86400
    50.7
    """
    known = require_positive("half_life", half_life, "s")
    longer = require_positive("protection", protection, "")
    faster = arrhenius_factor(temperature, reference_temperature, activation_energy)
    return np.asarray(known * longer / faster)


def activity_left(time: ArrayLike, half_life: ArrayLike) -> NDArray[np.float64]:
    """Share of a biological activity that is left.

    Parameters
    ----------
    time : array_like, shape (times,)
        t [s].
    half_life : array_like, shape (draws, 1)
        T, see `activity_half_life_at` [s].

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
    ``2**(-t/T)``. Activity, not number: vesicles may still be counted when they do nothing. Source: definition of
    the half-life.

    Examples
    --------
    >>> activity_left([0.0, 86400.0, 172800.0], 86400.0)
    array([1.  , 0.5 , 0.25])
    """
    time = require_not_negative("time", time, "s")
    return np.asarray(np.exp2(-time / require_positive("half_life", half_life, "s")))


def bench_time(time: ArrayLike, body_factor: ArrayLike) -> NDArray[np.float64]:
    """Time on the bench that corresponds to a time in the body.

    Parameters
    ----------
    time : array_like, shape (times,)
        t, time in the body [s].
    body_factor : array_like, shape (draws, 1)
        a, by which everything runs faster there: 1 to 3 for erodible depots, typically 2 [1].

    Returns
    -------
    ndarray, shape (draws, times)
        Time on the bench [s].

    Raises
    ------
    DomainError
        If a time is negative, or a factor not above zero.

    Notes
    -----
    ``t_bench = a t``, so that release in the body is ``F_body(t) = F_bench(a t)``: the shape stays, the pace changes. A
    judgement with a wide range, which release measured in the body replaces; enzymes, foreign-body cells and little
    fluid may change the shape as well. Source: assumed.

    Examples
    --------
    >>> bench_time([7.0, 14.0], 2.0)
    array([14., 28.])
    """
    time = require_not_negative("time", time, "s")
    return np.asarray(require_positive("body_factor", body_factor, "") * time)
