"""Glass transition of a drug mixed with a polymer."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require_fraction, require_positive

Floats: TypeAlias = NDArray[np.float64]


def gordon_taylor_glass_transition(
    drug_loading: ArrayLike, drug_glass_transition: ArrayLike, polymer_glass_transition: ArrayLike, constant: ArrayLike
) -> Floats:
    """Glass transition of a drug mixed with a polymer.

    Parameters
    ----------
    drug_loading : array_like, shape (draws,)
        w, drug per mixture by mass [kg/kg].
    drug_glass_transition : array_like, shape (draws,)
        T_1, glass transition of the amorphous drug [K].
    polymer_glass_transition : array_like, shape (draws,)
        T_2, glass transition of the polymer [K].
    constant : array_like, shape (draws,)
        k of the polymer against the drug, measured or from `simha_boyer_constant` [1].

    Returns
    -------
    ndarray, shape (draws,)
        T_g [K].

    Raises
    ------
    DomainError
        If w is not in 0..1, or another number is not positive.

    Notes
    -----
    ``T_g = (w T_1 + k (1 - w) T_2)/(w + k (1 - w))``. One phase, volumes that add, no strong bonds between the two; a
    drug that comes out has its own transition. Source: gordon1952.

    Examples
    --------
    >>> float(gordon_taylor_glass_transition(0.5, 280.0, 320.0, 1.0))
    300.0
    """
    share = require_fraction("drug_loading", drug_loading)
    drug = require_positive("drug_glass_transition", drug_glass_transition, "K")
    polymer = require_positive("polymer_glass_transition", polymer_glass_transition, "K")
    rest = require_positive("constant", constant, "") * (1.0 - share)
    return np.asarray((share * drug + rest * polymer) / (share + rest))


def simha_boyer_constant(
    drug_density: ArrayLike,
    drug_glass_transition: ArrayLike,
    polymer_density: ArrayLike,
    polymer_glass_transition: ArrayLike,
) -> Floats:
    """Constant of the Gordon-Taylor equation, where none was measured.

    Parameters
    ----------
    drug_density : array_like, shape (draws,)
        Density of the amorphous drug [kg/m**3].
    drug_glass_transition : array_like, shape (draws,)
        Glass transition of the amorphous drug [K].
    polymer_density : array_like, shape (draws,)
        Density of the polymer [kg/m**3].
    polymer_glass_transition : array_like, shape (draws,)
        Glass transition of the polymer [K].

    Returns
    -------
    ndarray, shape (draws,)
        k [1].

    Raises
    ------
    DomainError
        If a number is not positive.

    Notes
    -----
    ``k = rho_1 T_1/(rho_2 T_2)``, drug over polymer, from the rule that the jump of the thermal expansion times T_g
    is the same for all. Source: simha1962.

    Examples
    --------
    >>> float(simha_boyer_constant(1300.0, 300.0, 1300.0, 320.0))
    0.9375
    """
    drug = require_positive("drug_density", drug_density, "kg/m**3")
    drug = drug * require_positive("drug_glass_transition", drug_glass_transition, "K")
    polymer = require_positive("polymer_density", polymer_density, "kg/m**3")
    return np.asarray(drug / (polymer * require_positive("polymer_glass_transition", polymer_glass_transition, "K")))
