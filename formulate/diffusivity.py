"""Diffusion of a molecule: in water, from its size; in a gel, by free volume and obstruction; where sites bind it."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative, require_positive
from formulate.network import BOLTZMANN

Floats: TypeAlias = NDArray[np.float64]

FREE_VOLUME_RADIUS = 0.269e-9  # m, of the voids in water, axpe2019
PEG_CHAIN_RADIUS = 0.51e-9  # m, axpe2019


def stokes_einstein_diffusivity(radius: ArrayLike, temperature: ArrayLike, viscosity: ArrayLike) -> Floats:
    """Diffusion coefficient of a sphere in a liquid.

    Parameters
    ----------
    radius : array_like, shape (draws,)
        r, hydrodynamic (Stokes) radius [m].
    temperature : array_like, shape (draws,)
        T [K].
    viscosity : array_like, shape (draws,)
        eta, dynamic viscosity of the liquid at T; of water 0.69 mPa*s at 37 degC, 0.89 at 25 degC [Pa*s].

    Returns
    -------
    ndarray, shape (draws,)
        D_0 [m**2/s].

    Raises
    ------
    DomainError
        If a value is not positive.

    Notes
    -----
    ``D_0 = k_B T/(6 pi eta r)``. Spheres much larger than the molecules of the liquid: molecules below about 0.5 nm
    diffuse faster than it says. Source: Stokes and Einstein.

    Examples
    --------
    1 nm in water of 37 degC, in cm**2/s:

    >>> float(stokes_einstein_diffusivity(1e-9, 310.15, 0.69e-3)) * 1e4
    3.29e-06
    """
    size = require_positive("radius", radius, "m")
    return _drag(temperature, viscosity) / size


def stokes_einstein_radius(diffusivity: ArrayLike, temperature: ArrayLike, viscosity: ArrayLike) -> Floats:
    """Hydrodynamic radius of what diffuses in a liquid.

    Parameters
    ----------
    diffusivity : array_like, shape (draws,)
        D_0, diffusion coefficient in the liquid [m**2/s].
    temperature : array_like, shape (draws,)
        T [K].
    viscosity : array_like, shape (draws,)
        eta, dynamic viscosity of the liquid at T; of water 0.69 mPa*s at 37 degC, 0.89 at 25 degC [Pa*s].

    Returns
    -------
    ndarray, shape (draws,)
        r, Stokes radius [m].

    Raises
    ------
    DomainError
        If a value is not positive.

    Notes
    -----
    ``r = k_B T/(6 pi eta D_0)``, the inverse of `stokes_einstein_diffusivity`. Source: Stokes and Einstein.

    Examples
    --------
    Albumin, 6.1e-7 cm**2/s in water of 20 degC, in nm:

    >>> float(stokes_einstein_radius(6.1e-11, 293.15, 1.002e-3)) * 1e9
    3.51
    """
    speed = require_positive("diffusivity", diffusivity, "m**2/s")
    return _drag(temperature, viscosity) / speed


def protein_radius(residues: ArrayLike) -> Floats:
    """Hydrodynamic radius of a folded globular protein from the length of its chain.

    Parameters
    ----------
    residues : array_like, shape (draws,)
        N, amino acids in the chain; about the molar mass over 110 g/mol [1].

    Returns
    -------
    ndarray, shape (draws,)
        r, Stokes radius [m].

    Raises
    ------
    DomainError
        If there are fewer than 10 residues or more than 2000.

    Notes
    -----
    ``r = 0.475 nm N**0.29``: a fit to native single-chain proteins. Elongated, unfolded or glycosylated ones are
    larger; albumin is by a fifth. Source: Wilkins and others 1999, Biochemistry 38:16424.

    Examples
    --------
    Lysozyme, 129 residues, in nm:

    >>> float(protein_radius(129.0)) * 1e9
    1.944
    """
    chain = require_positive("residues", residues, "")
    hint = "the fit is of single folded chains"
    require("residues", chain, "", (chain >= 10.0) & (chain <= 2000.0), "10 to 2000", hint)
    return np.asarray(0.475e-9 * chain**0.29)


def diffusivity_in_gel_multiscale(
    diffusivity_in_water: ArrayLike,
    solute_radius: ArrayLike,
    mesh_size: ArrayLike,
    polymer_volume_fraction: ArrayLike,
    fibre_radius: ArrayLike = PEG_CHAIN_RADIUS,
    free_volume_radius: ArrayLike = FREE_VOLUME_RADIUS,
) -> Floats:
    """Diffusivity of a molecule in a swollen gel, free volume and obstruction weighed by the size of the molecule.

    Parameters
    ----------
    diffusivity_in_water : array_like, shape (draws,)
        D_0 [m**2/s].
    solute_radius : array_like, shape (draws,)
        r_s, Stokes radius [m].
    mesh_size : array_like, shape (draws,)
        xi [m].
    polymer_volume_fraction : array_like, shape (draws,)
        phi, polymer per volume of gel, below 1 [1].
    fibre_radius : array_like, shape (draws,), optional
        r_f, radius of the polymer chain: 0.51 nm of PEG if not given, 0.83 of alginate, 0.88 of polyacrylamide [m].
    free_volume_radius : array_like, shape (draws,), optional
        r_FV, radius of the voids in water and gel; 0.269 nm if not given [m].

    Returns
    -------
    ndarray, shape (draws,)
        D [m**2/s].

    Raises
    ------
    DomainError
        If a diffusivity or a length is not above zero, or the volume fraction not from 0 to below 1.

    Notes
    -----
    ``D/D_0 = erf(r_FV/r_s) exp(-(r_s/r_FV)**3 phi/(1 - phi)) + erfc(r_FV/r_s) exp(-pi ((r_s + r_f)/(xi + 2 r_f))**2)``.
    Voids of gel and water are taken as equal. It has no cut-off: above the mesh a rigid solute is held, while this
    falls off smoothly. Give `formulate.release.gel.diffusivity_in_gel` beside it: the two differ by up to a quarter.
    No binding to the network. Source: axpe2019.

    Examples
    --------
    1 nm in a mesh of 5 nm, 5 % polymer, against water:

    >>> float(diffusivity_in_gel_multiscale(1.0, 1e-9, 5e-9, 0.05))
    0.5973
    """
    from scipy.special import erf, erfc

    in_water = require_positive("diffusivity_in_water", diffusivity_in_water, "m**2/s")
    solute = require_positive("solute_radius", solute_radius, "m")
    mesh = require_positive("mesh_size", mesh_size, "m")
    fraction = np.asarray(polymer_volume_fraction, dtype=np.float64)
    require("polymer_volume_fraction", fraction, "", (fraction >= 0.0) & (fraction < 1.0), "0 to below 1")
    fibre = require_positive("fibre_radius", fibre_radius, "m")
    void = require_positive("free_volume_radius", free_volume_radius, "m")
    by_voids = erf(void / solute) * np.exp(-((solute / void) ** 3) * fraction / (1.0 - fraction))
    by_meshes = erfc(void / solute) * np.exp(-np.pi * ((solute + fibre) / (mesh + 2.0 * fibre)) ** 2)
    return np.asarray(in_water * (by_voids + by_meshes), dtype=np.float64)


def apparent_diffusivity(
    diffusivity: ArrayLike, sites: ArrayLike, dissociation: ArrayLike, concentration: ArrayLike = 0.0
) -> Floats:
    """Diffusivity of free and bound drug together, where binding is fast and reversible.

    Parameters
    ----------
    diffusivity : array_like, shape (draws,)
        D of what is mobile [m**2/s].
    sites : array_like, shape (draws,)
        N_T per volume of tissue or gel [mol/m**3].
    dissociation : array_like, shape (draws,)
        K_D, mobile concentration that fills half of the sites [mol/m**3].
    concentration : array_like, shape (draws,), optional
        C, mobile; far below K_D if not given [mol/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        D_app [m**2/s].

    Raises
    ------
    DomainError
        If D or K_D is not above zero, or another value negative.

    Notes
    -----
    ``D_app = D/(1 + N_T K_D/(K_D + C)**2)``; what is bound does not move. With ``D_app d2C/dx2 = dC/dt`` it stands
    before the second derivative; the flux is ``-D dC/dx``. Source: crank1975, section 14.2.

    Examples
    --------
    Twenty times as much bound as free, in a slab far from full and one half full:

    >>> apparent_diffusivity(1e-10, 20.0, 1.0, [0.0, 1.0]) * 1e12
    array([ 4.7619, 16.6667])
    """
    speed = require_positive("diffusivity", diffusivity, "m**2/s")
    most = require_not_negative("sites", sites, "mol/m**3")
    half = require_positive("dissociation", dissociation, "mol/m**3")
    mobile = require_not_negative("concentration", concentration, "mol/m**3")
    return np.asarray(speed / (1.0 + most * half / (half + mobile) ** 2))


def _drag(temperature: ArrayLike, viscosity: ArrayLike) -> Floats:
    """Give diffusivity times radius [m**3/s]."""
    thermal = BOLTZMANN * require_positive("temperature", temperature, "K")
    return np.asarray(thermal / (6.0 * np.pi * require_positive("viscosity", viscosity, "Pa*s")))
