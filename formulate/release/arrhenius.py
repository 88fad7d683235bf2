"""How temperature scales a rate: hydrolysis of a polymer, decay of an activity."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require_not_negative, require_positive
from formulate.swelling import GAS_CONSTANT


def arrhenius_factor(
    temperature: ArrayLike, reference_temperature: ArrayLike, activation_energy: ArrayLike
) -> NDArray[np.float64]:
    """Rate at a temperature over the rate at another.

    Parameters
    ----------
    temperature : array_like, shape (draws, 1)
        T [K].
    reference_temperature : array_like, shape (draws, 1)
        T_ref, at which the rate is known [K].
    activation_energy : array_like, shape (draws, 1)
        E_a, of hydrolysis of PLGA about 80 kJ/mol, 60 to 110 [J/mol].

    Returns
    -------
    ndarray, shape (draws, 1)
        g [1].

    Raises
    ------
    DomainError
        If a temperature is not above zero, or the energy negative.

    Notes
    -----
    ``g = exp((E_a/R) (1/T_ref - 1/T))``. One process throughout: not across the glass transition of the wet polymer,
    the melting of a bilayer, freezing or the denaturing of a protein. Source: Arrhenius 1889, Z. Phys. Chem. 4, 226.

    Examples
    --------
    A joint at 32 degC, and a test at 50 degC, against 37 degC at 80 kJ/mol:

    >>> arrhenius_factor([305.15, 323.15], 310.15, 80e3)
    array([0.60150283, 3.48345557])
    """
    warm = require_positive("temperature", temperature, "K")
    reference = require_positive("reference_temperature", reference_temperature, "K")
    energy = require_not_negative("activation_energy", activation_energy, "J/mol")
    return np.asarray(np.exp(energy / GAS_CONSTANT * (warm - reference) / (warm * reference)), dtype=np.float64)


def rate_at_temperature(
    rate: ArrayLike, temperature: ArrayLike, reference_temperature: ArrayLike, activation_energy: ArrayLike
) -> NDArray[np.float64]:
    """Rate constant at another temperature.

    Parameters
    ----------
    rate : array_like, shape (draws, 1)
        k_ref, at the reference temperature [1/s].
    temperature : array_like, shape (draws, 1)
        T [K].
    reference_temperature : array_like, shape (draws, 1)
        T_ref [K].
    activation_energy : array_like, shape (draws, 1)
        E_a, of hydrolysis of PLGA about 80 kJ/mol, 60 to 110 [J/mol].

    Returns
    -------
    ndarray, shape (draws, 1)
        k [1/s].

    Raises
    ------
    DomainError
        If a rate or energy is negative, or a temperature not above zero.

    Notes
    -----
    ``k = k_ref exp((E_a/R) (1/T_ref - 1/T))``, see `arrhenius_factor`. Source: Arrhenius 1889, Z. Phys. Chem. 4, 226.

    Examples
    --------
    0.05 per day at 37 degC, in a joint of 32 degC, per day:

    >>> rate_at_temperature(0.05 / 86400, 305.15, 310.15, 80e3).item() * 86400
    0.0301
    """
    known = require_not_negative("rate", rate, "1/s")
    return np.asarray(known * arrhenius_factor(temperature, reference_temperature, activation_energy))
