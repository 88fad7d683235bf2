"""How much of a solute the charge of a tissue draws in, and how fast a thin layer of tissue lets it through.

Factors for charge and size (`hindrance`) multiply to the partition coefficient per volume of tissue water; times the
share of water it is that per volume of tissue. Binding to sites comes on top (`slab`).
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative, require_positive

Floats: TypeAlias = NDArray[np.float64]


def cation_ratio(fixed_charge_density: ArrayLike, salt_concentration: ArrayLike) -> Floats:
    """Partition of a single positive charge into tissue with fixed negative charge.

    Parameters
    ----------
    fixed_charge_density : array_like, shape (draws,)
        c_F, magnitude of the negative charge fixed in the tissue, per volume of its water [mol/m**3].
    salt_concentration : array_like, shape (draws,)
        c_s, salt of two single charges in the bath; 150 in body fluids [mol/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        x [1].

    Raises
    ------
    DomainError
        If the charge density is negative, or the salt not above zero.

    Notes
    -----
    ``x = (c_F + sqrt(c_F**2 + 4 c_s**2))/(2 c_s)``: what makes the tissue neutral. Ideal ions. Source: donnan1911.

    Examples
    --------
    Cartilage, healthy and worn:

    >>> cation_ratio([170.0, 50.0], 150.0)
    array([1.716, 1.180])
    """
    fixed = require_not_negative("fixed_charge_density", fixed_charge_density, "mol/m**3")
    salt = require_positive("salt_concentration", salt_concentration, "mol/m**3")
    return np.asarray((fixed + np.hypot(fixed, 2.0 * salt)) / (2.0 * salt))


def charge_partition(
    net_charge: ArrayLike, fixed_charge_density: ArrayLike, salt_concentration: ArrayLike, largest: ArrayLike
) -> Floats:
    """Factor by which the charge of a tissue draws a solute in, or keeps it out, up to a largest value.

    Parameters
    ----------
    net_charge : array_like, shape (draws,)
        z, net charge of the solute at the pH of the tissue, with its sign [1].
    fixed_charge_density : array_like, shape (draws,)
        c_F, magnitude of the negative charge fixed in the tissue, per volume of its water [mol/m**3].
    salt_concentration : array_like, shape (draws,)
        c_s, salt of two single charges in the bath [mol/m**3].
    largest : array_like, shape (draws,)
        Ceiling of the factor: 500 as a rule of thumb [1].

    Returns
    -------
    ndarray, shape (draws,)
        K_z [1].

    Raises
    ------
    DomainError
        If the charge is not finite, the ceiling below 1, or another value out of range.

    Notes
    -----
    ``K_z = min(x**z, K_max)``, x from `cation_ratio`. Range of validity: up to about 8 charges. Measured uptake of
    cationic proteins by cartilage rises to about +14 and then falls, for what binds strongly does not get in; above +8
    use sites that can be full (`slab`). Drug held by this factor still moves at its full diffusivity. Source:
    donnan1911; the ceiling is a judgement on measured uptake.

    Examples
    --------
    A nucleus of 0.14 mol/L:

    >>> charge_partition([-2.0, 0.0, 3.0, 20.0], 140.0, 150.0, 500.0).tolist()
    [0.406, 1.0, 3.871, 500.0]
    """
    charge = np.asarray(net_charge, dtype=np.float64)
    require("net_charge", charge, "", np.isfinite(charge), "finite")
    most = np.asarray(largest, dtype=np.float64)
    require("largest", most, "", (most >= 1.0) & np.isfinite(most), "1 or more")
    exponent = charge * np.log(cation_ratio(fixed_charge_density, salt_concentration))
    return np.asarray(np.exp(np.minimum(exponent, np.log(most))))


def net_charge_near_isoelectric(isoelectric_point: ArrayLike, ph: ArrayLike, charges_per_ph: ArrayLike) -> Floats:
    """Net charge of a protein near its isoelectric point.

    Parameters
    ----------
    isoelectric_point : array_like, shape (draws,)
        pI, from 0 to 14 [1].
    ph : array_like, shape (draws,)
        pH of the tissue, from 0 to 14 [1].
    charges_per_ph : array_like, shape (draws,)
        Charges that the protein gives up per unit of pH: the slope of its titration curve [1].

    Returns
    -------
    ndarray, shape (draws,)
        z, with its sign [1].

    Raises
    ------
    DomainError
        If a pH is not from 0 to 14, or the slope not above zero.

    Notes
    -----
    ``z = b (pI - pH)``. Range of validity: a few units of pH around pI, where the curve is straight. The slope belongs
    to the protein: pI gives the sign, not the charge. Source: the definition of the slope.

    Examples
    --------
    >>> float(net_charge_near_isoelectric(10.5, 7.4, 2.0))
    6.2
    """
    point = np.asarray(isoelectric_point, dtype=np.float64)
    require("isoelectric_point", point, "", (point >= 0.0) & (point <= 14.0), "0 to 14")
    given = np.asarray(ph, dtype=np.float64)
    require("ph", given, "", (given >= 0.0) & (given <= 14.0), "0 to 14")
    return np.asarray(require_positive("charges_per_ph", charges_per_ph, "") * (point - given))


def layer_permeability(
    partition: ArrayLike, diffusivity: ArrayLike, thickness: ArrayLike, loading_gain: ArrayLike = 1.0
) -> Floats:
    """Permeability of a thin layer of tissue, such as the cartilage endplate of a disc.

    Parameters
    ----------
    partition : array_like, shape (draws,)
        K_c, concentration in the layer over that in what it borders on [1].
    diffusivity : array_like, shape (draws,)
        D_c in the layer [m**2/s].
    thickness : array_like, shape (draws,)
        h_c [m].
    loading_gain : array_like, shape (draws,), optional
        Transport under cyclic over static load, 1 or more; 1 if not given. Across human endplates 1.85 was measured for
        376 Da and 5.0 for a dextran of 4 kDa [1].

    Returns
    -------
    ndarray, shape (draws,)
        P_c, per concentration in what the partition refers to [m/s].

    Raises
    ------
    DomainError
        If a partition is negative, the gain below 1, or another value not above zero.

    Notes
    -----
    ``P_c = m K_c D_c/h_c``. The layer is taken as in steady state: h_c**2/D_c well below the times of interest.
    Sources: crank1975; the gains escholarshipnd.

    Examples
    --------
    An endplate of 0.6 mm, 2.7e-7 cm**2/s, in cm/s:

    >>> float(layer_permeability(1.0, 2.7e-11, 0.6e-3)) * 100
    4.5e-06
    """
    kept = require_not_negative("partition", partition, "")
    speed = require_positive("diffusivity", diffusivity, "m**2/s")
    gain = np.asarray(loading_gain, dtype=np.float64)
    require("loading_gain", gain, "", (gain >= 1.0) & np.isfinite(gain), "1 or more")
    return np.asarray(gain * kept * speed / require_positive("thickness", thickness, "m"))
