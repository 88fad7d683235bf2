"""How the charge of cartilage draws in a drug whose groups titrate."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require
from formulate.retention.partition import cation_ratio
from formulate.sampling import Array


def titrated_partition(
    fixed_charge_density: ArrayLike,
    salt_concentration: ArrayLike,
    ph: ArrayLike,
    base_pkas: Sequence[ArrayLike] = (),
    acid_pkas: Sequence[ArrayLike] = (),
) -> Array:
    """Give how much a weak acid or base is enriched in cartilage by its charge [1].

    Parameters
    ----------
    fixed_charge_density : array_like, shape (draws,)
        c_F, magnitude of the negative charge fixed in the tissue, per volume of its water [mol/m**3].
    salt_concentration : array_like, shape (draws,)
        c_s, salt of two single charges in the fluid [mol/m**3].
    ph : array_like, shape (draws,)
        pH of the fluid [1].
    base_pkas : sequence of array_like, each shape (draws,), optional
        pKa of the conjugate acid of each basic group [1].
    acid_pkas : sequence of array_like, each shape (draws,), optional
        pKa of each acidic group [1].

    Returns
    -------
    ndarray, shape (draws,)
        K_z, all forms in the tissue over all forms in the fluid [1].

    Raises
    ------
    DomainError
        A negative charge density, salt not above zero, a pH outside 0 to 14.

    Notes
    -----
    A form of charge z is enriched x^z, x from `formulate.retention.partition.cation_ratio`, so that with groups that
    titrate independently ``K_z = prod_bases (1 - a + a x) prod_acids (1 - b + b/x)``, a and b the shares of each
    group that are charged in the fluid. Ideal ions. Source: donnan1911.

    Examples
    --------
    x is 1.716 in healthy cartilage. A base of which half is charged, (1 + 1.716)/2, and an acid all charged, 1/1.716:

    >>> float(titrated_partition(170.0, 150.0, 7.4, base_pkas=[7.4]))
    1.358
    >>> float(titrated_partition(170.0, 150.0, 7.4, acid_pkas=[0.0]))
    0.583
    """
    ratio = cation_ratio(fixed_charge_density, salt_concentration)
    acidity = np.asarray(ph, dtype=np.float64)
    require("ph", acidity, "", (acidity >= 0.0) & (acidity <= 14.0), "0 to 14")
    enriched = np.ones_like(ratio)
    for pka in base_pkas:
        charged = 1.0 / (1.0 + 10.0 ** (acidity - np.asarray(pka, dtype=np.float64)))
        enriched = enriched * (1.0 + charged * (ratio - 1.0))
    for pka in acid_pkas:
        charged = 1.0 / (1.0 + 10.0 ** (np.asarray(pka, dtype=np.float64) - acidity))
        enriched = enriched * (1.0 - charged * (1.0 - 1.0 / ratio))
    return np.asarray(enriched)
