"""Charged and neutral shares of a dissolved drug, and its solubility against pH."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_positive

Floats: TypeAlias = NDArray[np.float64]


def neutral_fraction(ph: ArrayLike, base_pkas: Sequence[ArrayLike] = (), acid_pkas: Sequence[ArrayLike] = ()) -> Floats:
    """Share of a dissolved drug that carries no charged group.

    Parameters
    ----------
    ph : array_like, shape (draws, 1)
        pH of the solution, 0 to 14 [1].
    base_pkas : sequence of array_like, each shape (draws, 1)
        pKa of the conjugate acid of each basic group, -20 to 50 [1].
    acid_pkas : sequence of array_like, each shape (draws, 1)
        pKa of each acidic group, -20 to 50 [1].

    Returns
    -------
    ndarray, shape (draws, 1)
        f_N [1].

    Raises
    ------
    DomainError
        If a pH or pKa lies outside its range or is NaN.

    Notes
    -----
    ``f_N = 1/[prod_bases (1 + 10**(pKa - pH)) prod_acids (1 + 10**(pH - pKa))]`` (Henderson-Hasselbalch).
    Groups titrate independently: a pKa that shifts when the neighbour is charged, and a zwitterion that
    permeates, are outside it. Source: henderson1908.

    Examples
    --------
    >>> neutral_fraction([4.0, 7.4], base_pkas=[8.4])
    array([0.00003981, 0.09090909])
    >>> neutral_fraction(7.0, base_pkas=[7.0], acid_pkas=[7.0]).item()  # half of a half
    0.25
    """
    ph = np.asarray(ph, dtype=np.float64)
    require("ph", ph, "", (ph >= 0.0) & (ph <= 14.0), "0 to 14")
    neutral = np.ones_like(ph)
    for pka in base_pkas:
        neutral = neutral / (1.0 + 10.0 ** (_require_pka(pka) - ph))
    for pka in acid_pkas:
        neutral = neutral / (1.0 + 10.0 ** (ph - _require_pka(pka)))
    return np.asarray(neutral, dtype=np.float64)


def uncharged_fraction(
    ph: ArrayLike, base_pkas: Sequence[ArrayLike] = (), acid_pkas: Sequence[ArrayLike] = ()
) -> Floats:
    """Share of a dissolved drug that has no net charge, zwitterions included.

    Parameters
    ----------
    ph : array_like, shape (draws,)
        pH of the solution, 0 to 14 [1].
    base_pkas : sequence of array_like, each shape (draws,), optional
        pKa of the conjugate acid of each basic group, as a titration gives it, -20 to 50 [1].
    acid_pkas : sequence of array_like, each shape (draws,), optional
        pKa of each acidic group, as a titration gives it, -20 to 50 [1].

    Returns
    -------
    ndarray, shape (draws,)
        f_0 [1].

    Raises
    ------
    DomainError
        If a pH or pKa lies outside its range or is NaN.

    Notes
    -----
    The groups lose their protons one after the other, in the order of their pKa. With n bases, the form that
    has lost n protons is uncharged, and the form that has lost k follows from it by ``10**(pH - pKa)`` for each
    step up and ``10**(pKa - pH)`` for each step down:

    - one base ``1/f_0 = 1 + 10**(pKa - pH)``, one acid ``1 + 10**(pH - pKa)``
    - two acids ``1 + 10**(pH - pKa1) + 10**(2 pH - pKa1 - pKa2)``, pKa1 the lower
    - an acid and a base ``1 + 10**(pKa1 - pH) + 10**(pH - pKa2)``, pKa1 the lower whichever it is: with the acid
      the lower, the uncharged form is a zwitterion

    It is the share that an uncharged solid is in equilibrium with; `neutral_fraction`, the share without any
    charged group, is the one that crosses membranes. Ionic strength is not corrected for. Source: avdeef2003.

    Examples
    --------
    Ciprofloxacin, pKa 6.16 and 8.62, half way between: 1/(1 + 2 10**-1.23):

    >>> float(uncharged_fraction(7.39, base_pkas=[8.62], acid_pkas=[6.16]))
    0.8947
    """
    return np.asarray(1.0 / (1.0 + _charged_per_uncharged(ph, base_pkas, acid_pkas)))


def total_solubility(
    intrinsic_solubility: ArrayLike,
    ph: ArrayLike,
    base_pkas: Sequence[ArrayLike] = (),
    acid_pkas: Sequence[ArrayLike] = (),
    salt_solubility: ArrayLike | None = None,
) -> Floats:
    """Solubility of an acid, a base or an ampholyte at a pH, all its charged forms counted.

    Parameters
    ----------
    intrinsic_solubility : array_like, shape (draws,)
        S_0, solubility of the uncharged form; of an ampholyte that at its isoelectric point [kg/m**3].
    ph : array_like, shape (draws,)
        pH of the saturated solution, 0 to 14 [1].
    base_pkas : sequence of array_like, each shape (draws,), optional
        pKa of the conjugate acid of each basic group, -20 to 50 [1].
    acid_pkas : sequence of array_like, each shape (draws,), optional
        pKa of each acidic group, -20 to 50 [1].
    salt_solubility : array_like, shape (draws,), optional
        S_s, most drug that its charged forms hold in solution before they fall out as a salt, counted as
        uncharged drug; no limit if left out [kg/m**3].

    Returns
    -------
    ndarray, shape (draws,)
        S [kg/m**3].

    Raises
    ------
    DomainError
        If a solubility is not positive, or a pH or pKa lies outside its range.

    Notes
    -----
    ``S = S_0/f_0`` where the solid is the uncharged drug, ``S = S_s/(1 - f_0)`` where it is the salt, the smaller
    of the two; f_0 from `uncharged_fraction`. They cross at pH_max, of a base ``pKa + log10(S_0/S_s)``. Without
    S_s the result grows tenfold with each pH unit without end, which no drug does: give S_s, or do not trust
    it beyond a thousandfold of S_0. Salt and counterion are those S_s was measured with; anion and cation of an
    ampholyte share one S_s. The pH is that of the saturated solution, not of the buffer before. Aggregates
    and self-made micelles are left out. Sources: avdeef2003, streng1984.

    Examples
    --------
    Phenobarbital, 0.005 mol/L (232.2 g/mol), pKa 7.4: at pH 6.8 1.25 times as much:

    >>> float(total_solubility(1.161, 6.8, acid_pkas=[7.4]))
    1.453
    """
    intrinsic = require_positive("intrinsic_solubility", intrinsic_solubility, "kg/m**3")
    charged = _charged_per_uncharged(ph, base_pkas, acid_pkas)
    if salt_solubility is None:
        return np.asarray(intrinsic * (1.0 + charged))
    salt = require_positive("salt_solubility", salt_solubility, "kg/m**3")
    # S_0 (1 + r) until the charged forms, S_0 r, reach S_s; then S_s (1 + r)/r
    return np.asarray(intrinsic * (1.0 + charged) * (salt / np.maximum(salt, charged * intrinsic)))


def intrinsic_solubility(
    solubility: ArrayLike, ph: ArrayLike, base_pkas: Sequence[ArrayLike] = (), acid_pkas: Sequence[ArrayLike] = ()
) -> Floats:
    """Solubility of the uncharged form from a solubility measured at a pH.

    Parameters
    ----------
    solubility : array_like, shape (draws,)
        S, all forms together, in equilibrium with the uncharged solid and not with a salt [kg/m**3].
    ph : array_like, shape (draws,)
        pH of that saturated solution, 0 to 14 [1].
    base_pkas : sequence of array_like, each shape (draws,), optional
        pKa of the conjugate acid of each basic group, -20 to 50 [1].
    acid_pkas : sequence of array_like, each shape (draws,), optional
        pKa of each acidic group, -20 to 50 [1].

    Returns
    -------
    ndarray, shape (draws,)
        S_0 [kg/m**3].

    Raises
    ------
    DomainError
        If the solubility is not positive, or a pH or pKa lies outside its range.

    Notes
    -----
    ``S_0 = S f_0``. A solubility that a salt sets gives an S_0 too small. Source: avdeef2003.

    Examples
    --------
    >>> float(intrinsic_solubility(1.1, 7.4, acid_pkas=[6.4]))
    0.1
    """
    measured = require_positive("solubility", solubility, "kg/m**3")
    return np.asarray(measured * uncharged_fraction(ph, base_pkas, acid_pkas))


def _charged_per_uncharged(ph: ArrayLike, base_pkas: Sequence[ArrayLike], acid_pkas: Sequence[ArrayLike]) -> Floats:
    """Give dissolved drug with a net charge per dissolved drug without, from stepwise dissociation."""
    given = np.asarray(ph, dtype=np.float64)
    require("ph", given, "", (given >= 0.0) & (given <= 14.0), "0 to 14")
    pkas = [_require_pka(pka) for pka in (*base_pkas, *acid_pkas)]
    if not pkas:
        return np.zeros_like(given)
    steps = np.sort(np.stack(np.broadcast_arrays(*pkas, given)[:-1]), axis=0)
    lost = len(base_pkas)  # protons that the uncharged form has lost
    fewer = np.cumsum(steps[:lost][::-1] - given, axis=0)
    more = np.cumsum(given - steps[lost:], axis=0)
    return np.asarray((10.0**fewer).sum(axis=0) + (10.0**more).sum(axis=0))


def _require_pka(pka: ArrayLike) -> Floats:
    given = np.asarray(pka, dtype=np.float64)
    return require("pKa", given, "", (given >= -20.0) & (given <= 50.0), "-20 to 50")
