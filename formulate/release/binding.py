"""Release out of a gel whose sites bind the drug: fast reversible binding that slows diffusion, and may fill up."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.diffusivity import apparent_diffusivity
from formulate.domain import require_not_negative, require_positive
from formulate.quadrature import gauss_legendre
from formulate.release.gel_changes import free_beside_sites
from formulate.release.shapes import Shape, released_from_shape

Floats: TypeAlias = NDArray[np.float64]

DESORPTION = 0.85  # power of Crank's weighting of a diffusivity over concentration, for what leaves
PEAK = 1.4  # drug per volume in the middle over the mean, which the mean mobility is taken below: closest to the grid
_NODES = 16  # of the mean over concentration
_COURSE = np.concatenate([[0.0], np.geomspace(1e-8, 4.0, 160)])  # of tau; by the last even a slab is empty to 1e-4


def mean_mobility(
    total_concentration: ArrayLike, site_concentration: ArrayLike, dissociation_constant: ArrayLike
) -> Floats:
    """Mean diffusivity of a drug that leaves a gel with binding sites, over that without them.

    Parameters
    ----------
    total_concentration : array_like, shape (draws,)
        T, drug per volume of gel, free and bound [mol/m**3].
    site_concentration : array_like, shape (draws,)
        B, sites for one molecule each per volume of gel [mol/m**3].
    dissociation_constant : array_like, shape (draws,)
        K_d, free concentration that fills half of the sites [mol/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        Ratio, at most 1 [1].

    Raises
    ------
    DomainError
        If a concentration is negative, or K_d not above zero.

    Notes
    -----
    ``1.85 integral_0^1 (1 - u)**0.85 m(u T) du`` with ``m = 1/(1 + B K_d/(K_d + C)**2)`` at the free C of the total
    u T: the mean of a diffusivity that goes with concentration, for what leaves. Far below the sites it is
    1/(1 + B/K_d), far above them 1. Source: crank1975 (the weighting for desorption, and m).

    Examples
    --------
    99 sites per K_d: a trace, and a load well above the sites

    >>> mean_mobility([1e-6, 1e6], 99.0, 1.0)
    array([0.01     , 0.9999998])
    """
    total = require_not_negative("total_concentration", total_concentration, "mol/m**3")[..., np.newaxis]
    sites = require_not_negative("site_concentration", site_concentration, "mol/m**3")[..., np.newaxis]
    half = require_positive("dissociation_constant", dissociation_constant, "mol/m**3")[..., np.newaxis]
    roots, weights = gauss_legendre(_NODES)
    # in v = (1 - u)**1.85 the weight is even
    depth = 1.0 - (0.5 * (1.0 + roots)) ** (1.0 / (1.0 + DESORPTION))
    mobile = free_beside_sites(total * depth, sites, half)
    return np.asarray(np.sum(0.5 * weights * apparent_diffusivity(1.0, sites, half, mobile), axis=-1))


def time_beside_sites(
    time_without_sites: ArrayLike,
    total_concentration: ArrayLike,
    site_concentration: ArrayLike,
    dissociation_constant: ArrayLike,
    shape: Shape = "sphere",
) -> Floats:
    """Dimensionless time of diffusion out of a gel with binding sites, from that without them.

    Parameters
    ----------
    time_without_sites : array_like, shape (draws, times)
        tau, as `formulate.release.network_escape.widening_mesh_time` gives it [1].
    total_concentration : array_like, shape (draws, 1)
        T of the load, drug per volume of gel, free and bound [mol/m**3].
    site_concentration : array_like, shape (draws, 1)
        B, sites for one molecule each per volume of gel [mol/m**3].
    dissociation_constant : array_like, shape (draws, 1)
        K_d, free concentration that fills half of the sites [mol/m**3].
    shape : {"sphere", "slab", "cylinder"}, optional
        Of the gel; sphere if not given.

    Returns
    -------
    ndarray, shape (draws, times)
        tau', for `formulate.release.shapes.released_from_shape` [1].

    Raises
    ------
    DomainError
        If a time or concentration is negative, or K_d not above zero.

    Notes
    -----
    ``d tau'/d tau = M(min(1, 1.4 (1 - F(tau'))) T)`` with M of `mean_mobility`: the sites empty as drug leaves, and
    it slows down. Of a trace ``tau' = tau/(1 + B/K_d)``. Against the diffusion equation with binding, solved on a
    grid for B up to 1000 K_d and T of 0.01 B to 10 B, the share released is off by at most 0.08 (worst at T of 1.5 B
    with B far above K_d), at T of 0.3 B and below by 0.015; 1.4 is the factor that does best. Binding faster than
    diffusion, what is bound does not move, perfect sink. Source: crank1975.

    Examples
    --------
    >>> float(time_beside_sites(1.0, 1e-9, 99.0, 1.0))
    0.01
    """
    tau = require_not_negative("time_without_sites", time_without_sites, "")
    total = require_not_negative("total_concentration", total_concentration, "mol/m**3")
    sites = require_not_negative("site_concentration", site_concentration, "mol/m**3")
    half = require_positive("dissociation_constant", dissociation_constant, "mol/m**3")
    gels = np.broadcast_shapes(total.shape, sites.shape, half.shape)
    if gels and gels[-1] > 1:  # one time each
        tau, total, sites, half = (item[..., np.newaxis] for item in (tau, total, sites, half))
        return np.asarray(time_beside_sites(tau, total, sites, half, shape)[..., 0])
    whole = np.broadcast_shapes(tau.shape, gels)
    left = total * np.minimum(PEAK * (1.0 - released_from_shape(_COURSE, shape)), 1.0)
    slower = np.atleast_2d(1.0 / mean_mobility(left, sites, half))
    steps = 0.5 * (slower[:, 1:] + slower[:, :-1]) * np.diff(_COURSE)
    needed = np.concatenate([np.zeros((len(slower), 1)), np.cumsum(steps, axis=-1)], axis=-1)
    tau = np.atleast_2d(tau)
    count = max(len(tau), len(needed))
    tau, needed, slower = (np.broadcast_to(item, (count, item.shape[1])) for item in (tau, needed, slower))
    within = np.stack([np.interp(*row, _COURSE) for row in zip(tau, needed, strict=True)])
    # beyond the course nearly all is out, and the sites stay as empty as they are
    return np.asarray(within + np.maximum(tau - needed[:, -1:], 0.0) / slower[:, -1:]).reshape(whole)
