"""How a solute shares itself between a gel and the liquid around it: kept out by fibres, drawn by charge.

Partition coefficients are concentrations in the gel over that in the liquid at equilibrium, per volume of gel, its
polymer included, unless they are said to be per volume of gel water.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative, require_positive

Floats: TypeAlias = NDArray[np.float64]

GAS_CONSTANT = 8.31446261815324  # J/(mol K), exact since 2019
FARADAY = 96485.33212331  # C/mol, exact since 2019
STEEPEST = 700.0  # natural logarithm; beyond it the number is too large to hold


def ogston_partition(polymer_volume_fraction: ArrayLike, solute_radius: ArrayLike, fibre_radius: ArrayLike) -> Floats:
    """Share of a gel that is open to the centre of a spherical solute, its partition coefficient without affinity.

    Parameters
    ----------
    polymer_volume_fraction : array_like, shape (draws,)
        phi, polymer per volume of gel, below 1 [1].
    solute_radius : array_like, shape (draws,)
        r_s, radius of the solute, at or above 0 [m].
    fibre_radius : array_like, shape (draws,)
        r_f, radius of the polymer chain or bundle [m].

    Returns
    -------
    ndarray, shape (draws,)
        K, concentration per volume of gel over that in the bath [1].

    Raises
    ------
    DomainError
        If the volume fraction is not from 0 to below 1, or a radius not positive (the solute may be a point).

    Notes
    -----
    ``K = exp(-phi (1 + r_s/r_f)**2)``. Long straight fibres laid at random, which may cross; the volume of the
    fibres counts, so a point has ``exp(-phi)``, and K must not be multiplied by the share of water again. Hard,
    uncharged, dilute solutes; a solute much wider than the mesh can be kept out wholly. Source: ogston1958.

    Examples
    --------
    A protein of 3.5 nm and a drug of 0.4 nm in a gel of 5 % polymer with fibres of 0.7 nm:

    >>> ogston_partition(0.05, [3.5e-9, 0.4e-9], 0.7e-9)
    array([0.16529889, 0.8838487 ])
    """
    fraction = _polymer(polymer_volume_fraction)
    solute = require_not_negative("solute_radius", solute_radius, "m")
    fibre = require_positive("fibre_radius", fibre_radius, "m")
    return np.asarray(np.exp(-fraction * (1.0 + solute / fibre) ** 2), dtype=np.float64)


def partition_to_gel_water(partition: ArrayLike, polymer_volume_fraction: ArrayLike) -> Floats:
    """Partition coefficient per volume of gel water, from that per volume of gel.

    Parameters
    ----------
    partition : array_like, shape (draws,)
        K, concentration per volume of gel over that in the bath [1].
    polymer_volume_fraction : array_like, shape (draws,)
        phi, polymer per volume of gel, below 1 [1].

    Returns
    -------
    ndarray, shape (draws,)
        K_w, concentration per volume of gel water over that in the bath [1].

    Raises
    ------
    DomainError
        If the partition is negative, or the volume fraction not from 0 to below 1.

    Notes
    -----
    ``K_w = K/(1 - phi)``. Source: mass balance.

    Examples
    --------
    >>> float(partition_to_gel_water(0.81, 0.1))
    0.9
    """
    whole = require_not_negative("partition", partition, "")
    return np.asarray(whole / (1.0 - _polymer(polymer_volume_fraction)), dtype=np.float64)


def donnan_partition(net_charge: ArrayLike, network_charge_density: ArrayLike, salt_concentration: ArrayLike) -> Floats:
    """Factor by which the charge of a network gathers a charged solute in its water, or keeps it out.

    Parameters
    ----------
    net_charge : array_like, shape (draws,)
        z, charge of the solute in elementary charges, with its sign [1].
    network_charge_density : array_like, shape (draws,)
        X, charge fixed to the network per volume of gel water, with its sign [mol/m**3].
    salt_concentration : array_like, shape (draws,)
        c, salt of two single charges in the bath, ionic strength if it is another [mol/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        Concentration in the gel water over that in the bath, by charge alone [1].

    Raises
    ------
    DomainError
        If a charge is not finite, the salt not positive, or the factor too large or too small to mean anything.

    Notes
    -----
    Cations of the salt stand in the ratio ``r = -X/(2 c) + sqrt((X/(2 c))**2 + 1)`` of gel to bath, anions in 1/r,
    which makes the gel neutral; the solute in ``r**z``. Ideal dilute ions, one potential throughout the gel, solute
    too dilute to count for the balance: the larger z, the rougher, because a charge spread over a protein does not
    act as a point. The bath is taken as so large that its salt stays. Source: donnan1911.

    Examples
    --------
    -150 in 100 mol/m**3 of salt: r = 0.75 + 1.25 = 2 exactly.

    >>> donnan_partition([1.0, -1.0, 2.0, 0.0], -150.0, 100.0)
    array([2. , 0.5, 4. , 1. ])
    """
    charge = _finite("net_charge", net_charge, "")
    step = charge * _reduced_potential(network_charge_density, salt_concentration)
    require(
        "net_charge", charge, "", np.abs(step) < STEEPEST, "a factor that is a number",
        "so many charges do not act as one point; measure the partition",
    )  # fmt: skip
    return np.asarray(np.exp(-step), dtype=np.float64)


def donnan_potential(
    network_charge_density: ArrayLike, salt_concentration: ArrayLike, temperature: ArrayLike
) -> Floats:
    """Electric potential of a charged gel against its bath.

    Parameters
    ----------
    network_charge_density : array_like, shape (draws,)
        X, charge fixed to the network per volume of gel water, with its sign [mol/m**3].
    salt_concentration : array_like, shape (draws,)
        c, salt of two single charges in the bath [mol/m**3].
    temperature : array_like, shape (draws,)
        T [K].

    Returns
    -------
    ndarray, shape (draws,)
        Potential, of the sign of the charge [V].

    Raises
    ------
    DomainError
        If the charge is not finite, or salt or temperature not positive.

    Notes
    -----
    ``psi = (R T/F) arsinh(X/(2 c))``, from the ratio of `donnan_partition`. Source: donnan1911.

    Examples
    --------
    A twofold ratio, in mV:

    >>> float(donnan_potential(-150.0, 100.0, 298.15)) * 1e3
    -17.81
    """
    kelvin = require_positive("temperature", temperature, "K")
    step = _reduced_potential(network_charge_density, salt_concentration)
    return np.asarray(GAS_CONSTANT * kelvin / FARADAY * step, dtype=np.float64)


def _polymer(values: ArrayLike) -> Floats:
    fraction = np.asarray(values, dtype=np.float64)
    return require("polymer_volume_fraction", fraction, "", (fraction >= 0.0) & (fraction < 1.0), "0 to below 1")


def _finite(name: str, values: ArrayLike, unit: str) -> Floats:
    given = np.asarray(values, dtype=np.float64)
    return require(name, given, unit, np.isfinite(given), "finite")


def _reduced_potential(network_charge_density: ArrayLike, salt_concentration: ArrayLike) -> Floats:
    """Give F psi/(R T) [1]; arsinh is the logarithm of the root in the text, without its loss of digits."""
    fixed = _finite("network_charge_density", network_charge_density, "mol/m**3")
    salt = require_positive("salt_concentration", salt_concentration, "mol/m**3")
    return np.asarray(np.arcsinh(fixed / (2.0 * salt)))
