"""How a polymer network swells: chains between crosslinks, and the polymer left per volume of gel.

Volume fractions are of polymer per volume of gel: swollen (the gel as it is) and relaxed (the gel as it was
crosslinked). See `formulate.network` for affine and phantom networks.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_positive
from formulate.network import phantom_softening

Floats: TypeAlias = NDArray[np.float64]

GAS_CONSTANT = 8.31446261815324  # J/(mol K), exact since 2019
SPARSEST = 1e-6  # polymer by volume; no gel is thinner, and logarithms lose their digits below
HALVINGS = 60  # of the logarithm of the volume fraction; leaves 1e-17 of it


def molar_mass_between_crosslinks(
    swollen_volume_fraction: ArrayLike,
    polymer_density: ArrayLike,
    interaction_parameter: ArrayLike,
    relaxed_volume_fraction: ArrayLike = 1.0,
    solvent_molar_volume: ArrayLike = 18.07e-6,
    primary_molar_mass: ArrayLike | None = None,
    functionality: ArrayLike | None = None,
) -> Floats:
    """Molar mass of the chains between crosslinks of a network, from how far it swells.

    Parameters
    ----------
    swollen_volume_fraction : array_like, shape (draws,)
        v_s, polymer per volume of gel at equilibrium with the liquid, above 0 and below 1 [1].
    polymer_density : array_like, shape (draws,)
        Density of the dry polymer, one over its specific volume [kg/m**3].
    interaction_parameter : array_like, shape (draws,)
        chi, of the polymer with the liquid [1].
    relaxed_volume_fraction : array_like, shape (draws,), optional
        v_r, polymer per volume of gel as it was crosslinked, above 0; 1 if not given, crosslinked dry [1].
    solvent_molar_volume : array_like, shape (draws,), optional
        V_1; that of water at 25 degC if not given [m**3/mol].
    primary_molar_mass : array_like, shape (draws,), optional
        M_n, of the chains before they were crosslinked; if not given, so long that their ends do not count [kg/mol].
    functionality : array_like, shape (draws,), optional
        f, chains that meet in a junction of a phantom network, above 2; affine network if not given [1].

    Returns
    -------
    ndarray, shape (draws,)
        M_c [kg/mol].

    Raises
    ------
    DomainError
        If a volume fraction is out of its range or another value not positive; if the liquid is so poor that the
        gel would collapse; if the gel is squeezed further than the theory goes.

    Notes
    -----
    ``1/M_c = 2/M_n - (v/V_1) [ln(1 - v_s) + v_s + chi v_s**2]/(v_r [(v_s/v_r)**(1/3) - v_s/(2 v_r)])``, v the
    specific volume: Peppas and Merrill. With v_r = 1 it is Flory and Rehner. A phantom network has
    ``(1 - 2/f) v_r (v_s/v_r)**(1/3)`` below the line, as richbourg2020. Uncharged network at equilibrium; charge
    swells a gel and would be read as long chains. chi of PEG in water is about 0.43, and M_c rests on 1/2 - chi.
    Source: peppas1976, flory1943.

    Examples
    --------
    PEG diacrylate of 3.4 kg/mol, made at 10 % and swollen to 91 % water, in g/mol (published: 701):

    >>> molar_mass_between_crosslinks(0.0811, 1120.0, 0.426, 0.0893, primary_molar_mass=3.4).item() * 1e3
    760.1
    """
    swollen = _swollen(swollen_volume_fraction)
    chi, density, volume = _liquid(interaction_parameter, polymer_density, solvent_molar_volume)
    mixing = _mixing(swollen, chi)
    require(
        "interaction_parameter", chi, "", mixing < 0.0, "low enough for the gel to swell this far",
        "the liquid would drive this gel to collapse",
    )  # fmt: skip
    relaxed = _fraction("relaxed_volume_fraction", relaxed_volume_fraction)
    elastic = _elastic(swollen, relaxed, functionality)
    require(
        "swollen_volume_fraction", swollen, "", elastic > 0.0, "< 2.83 relaxed_volume_fraction",
        "a gel squeezed further than that is beyond the theory",
    )  # fmt: skip
    return np.asarray(1.0 / (_ends(primary_molar_mass) - mixing / (density * volume * elastic)), dtype=np.float64)


def swollen_volume_fraction(
    molar_mass_between_crosslinks: ArrayLike,
    polymer_density: ArrayLike,
    interaction_parameter: ArrayLike,
    relaxed_volume_fraction: ArrayLike = 1.0,
    solvent_molar_volume: ArrayLike = 18.07e-6,
    primary_molar_mass: ArrayLike | None = None,
    functionality: ArrayLike | None = None,
) -> Floats:
    """Volume fraction of polymer to which a network swells.

    Parameters
    ----------
    molar_mass_between_crosslinks : array_like, shape (draws,)
        M_c, below half of M_n [kg/mol].
    polymer_density : array_like, shape (draws,)
        Density of the dry polymer, one over its specific volume [kg/m**3].
    interaction_parameter : array_like, shape (draws,)
        chi, of the polymer with the liquid [1].
    relaxed_volume_fraction : array_like, shape (draws,), optional
        v_r, polymer per volume of gel as it was crosslinked, above 0; 1 if not given, crosslinked dry [1].
    solvent_molar_volume : array_like, shape (draws,), optional
        V_1; that of water at 25 degC if not given [m**3/mol].
    primary_molar_mass : array_like, shape (draws,), optional
        M_n, of the chains before they were crosslinked; if not given, so long that their ends do not count [kg/mol].
    functionality : array_like, shape (draws,), optional
        f, chains that meet in a junction of a phantom network, above 2; affine network if not given [1].

    Returns
    -------
    ndarray, shape (draws,)
        v_s, polymer per volume of gel at equilibrium with the liquid [1].

    Raises
    ------
    DomainError
        If a value is out of its range; if M_c is not below half of M_n, which leaves loose ends only; if the gel
        would swell to less than one millionth of polymer.

    Notes
    -----
    The root of ``ln(1 - v_s) + v_s + chi v_s**2 + (V_1/v)(1/M_c - 2/M_n) v_r [(v_s/v_r)**(1/3) - v_s/(2 v_r)] = 0``,
    the equation of `molar_mass_between_crosslinks`, which has one; found by halving its bracket. Range and what is
    left out as there. Source: peppas1976, flory1943.

    Examples
    --------
    >>> float(swollen_volume_fraction(0.7601, 1120.0, 0.426, 0.0893, primary_molar_mass=3.4))
    0.0811
    """
    chain = require_positive("molar_mass_between_crosslinks", molar_mass_between_crosslinks, "kg/mol")
    chi, density, volume = _liquid(interaction_parameter, polymer_density, solvent_molar_volume)
    relaxed = _fraction("relaxed_volume_fraction", relaxed_volume_fraction)
    ends = _ends(primary_molar_mass)
    require(
        "molar_mass_between_crosslinks", chain, "kg/mol", 1.0 / chain > ends, "< primary_molar_mass/2",
        "each chain needs two crosslinks to carry the gel",
    )  # fmt: skip
    pull = density * volume * (1.0 / chain - ends)

    def excess(fraction: Floats) -> Floats:  # above 0 where the gel is thinner than at equilibrium
        return np.asarray(_mixing(fraction, chi) + pull * _elastic(fraction, relaxed, functionality))

    thin = np.full(np.shape(excess(np.asarray(SPARSEST))), SPARSEST)
    require(
        "molar_mass_between_crosslinks", chain, "kg/mol", excess(thin) > 0.0, "less",
        "the gel would swell until next to nothing holds it together",
    )  # fmt: skip
    low, high = np.log(thin), np.zeros_like(thin)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        too_thin = excess(np.exp(middle)) > 0.0
        low, high = np.where(too_thin, middle, low), np.where(too_thin, high, middle)
    swollen = np.exp(0.5 * (low + high))
    return require(
        "relaxed_volume_fraction", swollen, "", _elastic(swollen, relaxed, functionality) > 0.0,
        "a gel that shrinks less than 2.83-fold", "what shrinks further is beyond affine theory",
    )  # fmt: skip


def molar_mass_from_modulus(
    storage_modulus: ArrayLike,
    temperature: ArrayLike,
    swollen_volume_fraction: ArrayLike,
    polymer_density: ArrayLike,
    relaxed_volume_fraction: ArrayLike | None = None,
    primary_molar_mass: ArrayLike | None = None,
    functionality: ArrayLike | None = None,
) -> Floats:
    """Molar mass of the chains between crosslinks of a network, from its storage modulus.

    Parameters
    ----------
    storage_modulus : array_like, shape (draws,)
        G', plateau storage modulus of the gel as it is [Pa].
    temperature : array_like, shape (draws,)
        T at which G' was measured [K].
    swollen_volume_fraction : array_like, shape (draws,)
        v_s, polymer per volume of gel as it is, above 0 to 1 [1].
    polymer_density : array_like, shape (draws,)
        Density of the dry polymer [kg/m**3].
    relaxed_volume_fraction : array_like, shape (draws,), optional
        v_r, polymer per volume of gel as it was crosslinked; v_s if not given, measured as made [1].
    primary_molar_mass : array_like, shape (draws,), optional
        M_n, of the chains before they were crosslinked; if not given, so long that their ends do not count [kg/mol].
    functionality : array_like, shape (draws,), optional
        f, chains that meet in a junction of a phantom network, above 2; affine network if not given [1].

    Returns
    -------
    ndarray, shape (draws,)
        M_c [kg/mol].

    Raises
    ------
    DomainError
        If a volume fraction is not above 0 to 1, another value not positive, or the functionality not above 2.

    Notes
    -----
    ``G' = rho R T (1/M_c - 2/M_n) v_r**(2/3) v_s**(1/3)``, for a phantom network times 1 - 2/f. Measured as made it
    is ``G' = c R T/M_c`` with c polymer per volume of gel; crosslinked dry it carries v_s**(1/3). Small strain,
    Gaussian chains; entanglements read as crosslinks. Source: treloar1975, richbourg2020.

    Examples
    --------
    A gel of 100 kg/m**3 polymer as made, 10 kPa at 25 degC: 100 * 2479/10000 = 24.8 kg/mol.

    >>> float(molar_mass_from_modulus(1e4, 298.15, 0.1, 1000.0))
    24.79
    """
    modulus = require_positive("storage_modulus", storage_modulus, "Pa")
    temperature = require_positive("temperature", temperature, "K")
    swollen = _fraction("swollen_volume_fraction", swollen_volume_fraction)
    density = require_positive("polymer_density", polymer_density, "kg/m**3")
    as_made = swollen
    if relaxed_volume_fraction is not None:
        as_made = _fraction("relaxed_volume_fraction", relaxed_volume_fraction)
    polymer = density * np.cbrt(as_made**2 * swollen) * _softening(functionality)
    chains = modulus / (polymer * GAS_CONSTANT * temperature)  # mol per kg of polymer
    return np.asarray(1.0 / (chains + _ends(primary_molar_mass)), dtype=np.float64)


def _fraction(name: str, values: ArrayLike) -> Floats:
    require_positive(name, values, "")
    return require_fraction(name, values)


def _swollen(values: ArrayLike) -> Floats:
    fraction = _fraction("swollen_volume_fraction", values)
    return require(
        "swollen_volume_fraction", fraction, "", (fraction >= SPARSEST) & (fraction < 1.0), f"{SPARSEST:g} to below 1",
        "a gel at equilibrium holds liquid",
    )  # fmt: skip


def _liquid(chi: ArrayLike, density: ArrayLike, molar_volume: ArrayLike) -> tuple[Floats, Floats, Floats]:
    return (
        require("interaction_parameter", chi, "", np.isfinite(np.asarray(chi, dtype=np.float64)), "finite"),
        require_positive("polymer_density", density, "kg/m**3"),
        require_positive("solvent_molar_volume", molar_volume, "m**3/mol"),
    )


def _softening(functionality: ArrayLike | None) -> Floats:
    return np.asarray(1.0) if functionality is None else phantom_softening(functionality)


def _ends(primary_molar_mass: ArrayLike | None) -> Floats:
    """Give the chain ends per mass of polymer [mol/kg]."""
    if primary_molar_mass is None:
        return np.asarray(0.0)
    return np.asarray(2.0 / require_positive("primary_molar_mass", primary_molar_mass, "kg/mol"))


def _mixing(fraction: Floats, chi: Floats) -> Floats:
    """Give the free energy that swelling gains, per mole of liquid over R T [1]; below 0 where it swells."""
    return np.asarray(np.log1p(-np.minimum(fraction, 1.0 - 1e-16)) + fraction + chi * fraction**2)


def _elastic(fraction: Floats, relaxed: Floats, functionality: ArrayLike | None) -> Floats:
    """Give the pull of the chains [1]; below 0 where they are squeezed beyond what affine theory bears."""
    stretch = fraction / relaxed
    if functionality is not None:
        return np.asarray(_softening(functionality) * relaxed * np.cbrt(stretch))
    return np.asarray(relaxed * (np.cbrt(stretch) - 0.5 * stretch))
