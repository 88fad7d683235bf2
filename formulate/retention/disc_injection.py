"""What an injection does to a disc: pressure, drug that leaks back along the needle, and carriers that stay."""

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require_fraction, require_not_negative, require_positive
from formulate.sampling import Array


def overfill(injected: ArrayLike, nucleus_volume: ArrayLike) -> Array:
    """Volume injected into a disc over the volume of its nucleus.

    Parameters
    ----------
    injected : array_like, shape (draws,)
        V_i [m**3].
    nucleus_volume : array_like, shape (draws,)
        V_n [m**3].

    Returns
    -------
    ndarray, shape (draws,)
        x [1].

    Raises
    ------
    DomainError
        If the injected volume is negative or the nucleus has none.

    Notes
    -----
    ``x = V_i/V_n``. Source: definition.

    Examples
    --------
    1 mL into a human nucleus of 4.5 mL, 10 uL into that of a rat:

    >>> overfill([1e-6, 10e-9], [4.5e-6, 4e-9])
    array([0.22222222, 2.5       ])
    """
    added = require_not_negative("injection_volume", injected, "m**3")
    return np.asarray(added / require_positive("nucleus_volume", nucleus_volume, "m**3"))


def leaked_fraction(leaked_at_onset: ArrayLike, overfill: ArrayLike, onset: ArrayLike, exponent: ArrayLike) -> Array:
    """Share of an injection that leaks out of a disc along the needle track.

    Parameters
    ----------
    leaked_at_onset : array_like, shape (draws,)
        f_0, share that leaks where the disc is not overfilled [1].
    overfill : array_like, shape (draws,)
        x, volume injected over the volume of the nucleus [1].
    onset : array_like, shape (draws,)
        x_0, overfill above which more leaks [1].
    exponent : array_like, shape (draws,)
        n, how steeply [1].

    Returns
    -------
    ndarray, shape (draws,)
        f [1].

    Raises
    ------
    DomainError
        If f_0 is not a share, or another value negative (the onset: not above zero).

    Notes
    -----
    ``f/(1 - f) = f_0/(1 - f_0) max(x/x_0, 1)**n``: the odds of leaking rise with overfill, and no more can leak than
    there is. An assumed form: leaks from discs are known, their shares were not found measured.

    Examples
    --------
    Half of a saline solution leaks; at tenfold overfill with n = 1, ten parts in eleven:

    >>> leaked_fraction(0.5, [0.05, 1.0], 0.1, 1.0)
    array([0.5       , 0.90909091])
    """
    share = require_fraction("leaked_at_onset", leaked_at_onset)
    ratio = require_not_negative("overfill", overfill, "") / require_positive("onset", onset, "")
    power = require_not_negative("exponent", exponent, "")
    growth = 10.0 ** np.minimum(power * np.log10(np.maximum(ratio, 1.0)), 300.0)  # beyond it all leaks
    return np.asarray(share * growth / (1.0 - share + share * growth))


def injection_pressure(resting_pressure: ArrayLike, stiffness: ArrayLike, overfill: ArrayLike) -> Array:
    """Pressure in a disc at the end of an injection that does not leak.

    Parameters
    ----------
    resting_pressure : array_like, shape (draws,)
        p_0 [Pa].
    stiffness : array_like, shape (draws,)
        E, pressure per injected volume times the volume of the nucleus [Pa].
    overfill : array_like, shape (draws,)
        x, volume injected over the volume of the nucleus [1].

    Returns
    -------
    ndarray, shape (draws,)
        p [Pa].

    Raises
    ------
    DomainError
        If a value is negative.

    Notes
    -----
    ``p = p_0 + E x``. In man 43 psi/mL in intact discs, falling to 7 psi/mL in torn ones (pmc2729819); other species
    by the volume of their nucleus, since discs are alike once size is divided out (beckstein2008). Linear: the true
    curve steepens, and falls as fluid seeps away.

    Examples
    --------
    1 mL into an intact human disc of 4.5 mL at rest, in MPa: 0.1 + 43 psi

    >>> float(injection_pressure(0.1e6, 43 * 6894.757 * 4.5, 1 / 4.5)) / 1e6
    0.396
    """
    rest = require_not_negative("resting_pressure", resting_pressure, "Pa")
    stiff = require_not_negative("stiffness", stiffness, "Pa")
    return np.asarray(rest + stiff * require_not_negative("overfill", overfill, ""))


def loading_gain(
    molar_mass: ArrayLike, gain: ArrayLike, exponent: ArrayLike, largest_gain: ArrayLike, loaded_share: ArrayLike
) -> Array:
    """Gain of the transport through an endplate by cyclic load, averaged over the day.

    Parameters
    ----------
    molar_mass : array_like, shape (draws,)
        M [kg/mol].
    gain : array_like, shape (draws,)
        g, dynamic over static load, of a solute of 0.376 kg/mol [1].
    exponent : array_like, shape (draws,)
        n, power of the molar mass [1].
    largest_gain : array_like, shape (draws,)
        Measured for the largest solute; no more is taken for larger ones [1].
    loaded_share : array_like, shape (draws,)
        s, share of the time under cyclic load [1].

    Returns
    -------
    ndarray, shape (draws,)
        Mean gain [1].

    Raises
    ------
    DomainError
        If a mass or gain is not positive, the exponent negative or the share not from 0 to 1.

    Notes
    -----
    ``1 + s (min(g (M/0.376)**n, g_max) - 1)``, and 1 at least. Measured at two sizes in human endplates: 1.85 at 376
    and 4.97 at 4000 g/mol (escholarshipnd), which gives n = 0.42.

    Examples
    --------
    All day, at 4000 g/mol:

    >>> float(loading_gain(4.0, 1.85, 0.418, 4.97, 1.0))
    4.97
    """
    ratio = require_positive("molar_mass", molar_mass, "kg/mol") / 0.376
    power = ratio ** require_not_negative("exponent", exponent, "")
    moved = np.minimum(require_positive("gain", gain, "") * power, require_positive("largest_gain", largest_gain, ""))
    share = require_fraction("loaded_share", loaded_share)
    return np.asarray(1.0 + share * np.maximum(moved - 1.0, 0.0))


def needle_to_height(needle_diameter: ArrayLike, disc_height: ArrayLike) -> Array:
    """Outer diameter of a needle over the height of the disc it enters.

    Parameters
    ----------
    needle_diameter : array_like, shape (draws,)
        d, outer diameter of the needle [m].
    disc_height : array_like, shape (draws,)
        H, height of the disc [m].

    Returns
    -------
    ndarray, shape (draws,)
        [1].

    Raises
    ------
    DomainError
        If a value is not positive.

    Notes
    -----
    ``d/H``. Above 0.4 punctures made discs degenerate, from 0.25 to 0.4 results varied (elliott2008, as quoted by
    eurspinej2019).

    Examples
    --------
    A needle of 0.3 mm in a rat disc of 0.94 mm:

    >>> float(needle_to_height(0.3e-3, 0.94e-3))
    0.319
    """
    needle = require_positive("needle_diameter", needle_diameter, "m")
    return np.asarray(needle / require_positive("disc_height", disc_height, "m"))
