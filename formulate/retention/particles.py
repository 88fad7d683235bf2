"""Particles in a joint: drained to lymph or trapped in the synovium, sorted by their effective size."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require_positive
from formulate.sampling import Array

CATIONIC = 10e-3  # V; particles at least this positive aggregate with hyaluronan
AGGREGATING = 100e-9  # m; smaller cationic particles do not


def effective_diameter(diameter: ArrayLike, zeta_potential: ArrayLike, aggregate_diameter: ArrayLike) -> Array:
    """Give the size that the synovium sieves [m]: that of the particle, or of its aggregate with hyaluronan.

    Parameters
    ----------
    diameter : array_like
        Particle diameter d [m].
    zeta_potential : array_like
        Zeta potential in low salt [V].
    aggregate_diameter : array_like
        Size of the aggregates that cationic particles form in synovial fluid [m].

    Returns
    -------
    ndarray
        d_eff [m].

    Raises
    ------
    DomainError
        A diameter is not above zero.

    Notes
    -----
    Particles of at least +10 mV and more than 100 nm aggregate with hyaluronan within minutes in rat and mouse
    joints. Source: kim2016; range of validity: those two studies (170 to 220 nm, +11 to +21 mV).

    Examples
    --------
    >>> effective_diameter([200e-9, 200e-9], [-0.02, 0.02], 25e-6)
    array([2.0e-07, 2.5e-05])
    """
    size = require_positive("diameter", diameter, "m")
    aggregate = require_positive("cationic_aggregate_diameter", aggregate_diameter, "m")
    gathers = (np.asarray(zeta_potential, dtype=float) >= CATIONIC) & (size > AGGREGATING)
    return np.where(gathers, aggregate, size)


def escaping_fraction(diameter: ArrayLike, escape_diameter: ArrayLike, exponent: ArrayLike) -> Array:
    """Give the share of particles that drains to lymph rather than being trapped in the synovium.

    Parameters
    ----------
    diameter, escape_diameter : array_like
        Effective diameter d and the diameter d50 at which half escapes [m].
    exponent : array_like
        Steepness n [1].

    Returns
    -------
    ndarray
        f_esc [1].

    Raises
    ------
    DomainError
        An argument is not above zero.

    Notes
    -----
    ``f_esc = 1 / (1 + (d / d50)^n)``. A fit to three measured joints; between 10 nm and 10 um.

    Examples
    --------
    >>> float(escaping_fraction(160e-9, 240e-9, 1.45))
    0.643
    """
    ratio = require_positive("diameter", diameter, "m") / require_positive("escape_diameter", escape_diameter, "m")
    escaping: Array = 1.0 / (1.0 + ratio ** require_positive("exponent", exponent, ""))
    return escaping


@dataclass(frozen=True)
class CarrierFate:
    """Where the carriers that left the depot are: fractions of all carriers, (draws, times). They sum to `arrived`."""

    in_fluid: Array
    trapped: Array
    drained: Array
    migrated: Array


def carrier_fate(time: Array, arrived: Array, turnovers: Array, escaping: Array, migration_rate: Array) -> CarrierFate:
    """Give the fate of carriers that arrive in the fluid over time.

    Parameters
    ----------
    time : ndarray, shape (times,)
        Times from 0 [s].
    arrived : ndarray, shape (draws, times)
        Cumulative fraction of the carriers that has entered the fluid.
    turnovers : ndarray, shape (draws, times)
        Fluid volumes drained K(t), from `formulate.retention.fluid.drained_turnovers`.
    escaping : ndarray, shape (draws, 1)
        Escaping fraction f_esc.
    migration_rate : ndarray, shape (draws, 1)
        Loss of trapped carriers from the synovium k_mig [1/s].

    Returns
    -------
    CarrierFate
        Fractions of all carriers; in_fluid + trapped + drained + migrated = arrived.

    Notes
    -----
    ``dN/dt = arrival - (K'/f_esc) N``, of which the share f_esc drains and 1 - f_esc is trapped;
    ``dN_s/dt = (1 - f_esc)/f_esc K' N - k_mig N_s``. Exact for arrivals that are linear in K (fluid) and in
    time (synovium) between the given times.
    """
    came, leaving = np.diff(arrived), np.diff(turnovers) / escaping
    if came.any():
        in_fluid = _followed(arrived[:, 0], np.exp(-leaving), came * _mean_survival(leaving))
    else:
        in_fluid = arrived[:, :1] * np.exp((turnovers[:, :1] - turnovers) / escaping)
    left = in_fluid[:, :-1] - in_fluid[:, 1:]
    left += came
    drained, caught = np.zeros_like(in_fluid), np.zeros_like(in_fluid)
    np.cumsum(escaping * left, axis=1, out=drained[:, 1:])
    left *= 1.0 - escaping
    np.cumsum(left, axis=1, out=caught[:, 1:])
    settling = np.diff(time) * migration_rate
    left *= _mean_survival(settling)
    trapped = _followed(np.zeros(len(left)), np.exp(-settling), left)
    return CarrierFate(in_fluid, trapped, drained, caught - trapped)


def _followed(start: Array, kept: Array, added: Array) -> Array:
    """Give an amount of which steps keep a share and to which they add, (draws, times)."""
    kept, added = np.ascontiguousarray(kept.T), np.ascontiguousarray(added.T)  # so that steps read memory in order
    found = np.empty((len(kept) + 1, len(start)))
    found[0] = start
    for i, (share, more) in enumerate(zip(kept, added, strict=True)):
        np.multiply(found[i], share, out=found[i + 1])
        found[i + 1] += more
    return np.ascontiguousarray(found.T)


def _mean_survival(exponent: Array) -> Array:
    """Give (1 - exp(-x))/x, the share of a steady arrival that is left at the end of the step."""
    larger = np.maximum(exponent, 1e-12)  # below, 1 to rounding
    return np.asarray(-np.expm1(-larger) / larger)


def vascular_uptake(
    reference: ArrayLike, diameter: ArrayLike, gap_diameter: ArrayLike, enrichment: ArrayLike = 1.0
) -> Array:
    """Give the clearance of circulating particles from blood into the synovium [m**3/s].

    Parameters
    ----------
    reference : array_like
        Clearance CL_0 into a healthy joint of particles much smaller than the gaps of its vessels [m**3/s].
    diameter : array_like
        Particle diameter d [m].
    gap_diameter : array_like
        Diameter d_g of particles that enter half as fast [m].
    enrichment : array_like, optional
        E, how many times as fast they enter the joint in its state as a healthy one [1].

    Returns
    -------
    ndarray
        CL [m**3/s].

    Raises
    ------
    DomainError
        An argument is not above zero.

    Notes
    -----
    ``CL = E CL_0/(1 + (d/d_g)^2)``: CL_0 and d_g are priors, laid through what is known of proteins. E is the ratio of
    what an inflamed and a healthy joint gather of one kind of particle, measured for long-circulating liposomes in the
    mouse (gawne2020). It is taken to be alike for all sizes; wider gaps would let larger particles gain more.

    Examples
    --------
    >>> vascular_uptake(1.0, [10e-9, 100e-9, 1e-6], 100e-9)
    array([0.9901, 0.5   , 0.0099])
    >>> float(vascular_uptake(1.0, 100e-9, 100e-9, 7.2))
    3.6
    """
    clearance = require_positive("vascular_uptake", reference, "m^3/s")
    ratio = require_positive("diameter", diameter, "m") / require_positive("gap_diameter", gap_diameter, "m")
    return np.asarray(require_positive("enrichment", enrichment, "") * clearance / (1.0 + ratio**2))
