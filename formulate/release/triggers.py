"""Layers that let go faster where something is: acid, an enzyme, oxygen radicals. And whether a site has it."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive

Floats: TypeAlias = NDArray[np.float64]

SMALLEST_WINDOW = 2.0  # laboratories differ by more, and so do bench and body


def acid_factor(ph: ArrayLike, sensitivity: ArrayLike, reference_ph: ArrayLike = 7.4) -> Floats:
    """Rate of an acid-labile layer over its rate at the reference pH.

    Parameters
    ----------
    ph : array_like, shape (draws,)
        pH around the layer [1].
    sensitivity : array_like, shape (draws,)
        m, fall of log10 of the rate per unit of pH: 1 for a rate in proportion to acid, 0 for none [1].
    reference_ph : array_like, shape (draws,), optional
        pH at which the rate is known; 7.4 if not given [1].

    Returns
    -------
    ndarray, shape (draws,)
        g [1]; below 1 where it is less acid than the reference.

    Raises
    ------
    DomainError
        If a pH is not from 0 to 14, or the sensitivity not from 0 to 1.

    Notes
    -----
    ``g = 10**(m (pH_ref - pH))``. Catalysis by acid alone; where water or base cuts the bond too the rate levels off
    and m holds between the two pH it was measured at. Source: definition of specific acid catalysis.

    Examples
    --------
    A joint at pH 7.3 and an endosome at 5.4, at full sensitivity:

    >>> acid_factor([7.3, 5.4], 1.0)
    array([  1.25892541, 100.        ])
    """
    local = _ph("ph", ph)
    reference = _ph("reference_ph", reference_ph)
    return np.asarray(10.0 ** (require_fraction("sensitivity", sensitivity) * (reference - local)))


def stimulus_factor(level: ArrayLike, half_level: ArrayLike, largest_factor: ArrayLike) -> Floats:
    """Rate of a layer that an enzyme or an oxidant opens, over its rate without.

    Parameters
    ----------
    level : array_like, shape (draws,)
        s, active enzyme or oxidant at the layer [mol/m**3].
    half_level : array_like, shape (draws,)
        s_50, level of half of the effect [mol/m**3].
    largest_factor : array_like, shape (draws,)
        g_max, rate at saturation over the rate without, at least 1 [1].

    Returns
    -------
    ndarray, shape (draws,)
        g [1].

    Raises
    ------
    DomainError
        If the level is negative, the half level not above zero, or the largest factor below 1.

    Notes
    -----
    ``g = 1 + (g_max - 1) s/(s_50 + s)``. Saturating, as Michaelis and Menten; the level is that inside the layer, where
    an enzyme too large for the mesh does not come. Source: definition.

    Examples
    --------
    >>> stimulus_factor([0.0, 1.0, 1e6], 1.0, 21.0)
    array([ 1.     , 11.     , 20.99998])
    """
    here = require_not_negative("level", level, "mol/m**3")
    half = require_positive("half_level", half_level, "mol/m**3")
    most = np.asarray(largest_factor, dtype=np.float64)
    require("largest_factor", most, "", (most >= 1.0) & np.isfinite(most), ">= 1 and finite")
    return np.asarray(1.0 + (most - 1.0) * here / (half + here))


def trigger_window(factor_at_site: ArrayLike, factor_elsewhere: ArrayLike) -> Floats:
    """How much faster a layer lets go at the site than in normal tissue.

    Parameters
    ----------
    factor_at_site : array_like, shape (draws,)
        g at the site, see `acid_factor` and `stimulus_factor`; several act as their product [1].
    factor_elsewhere : array_like, shape (draws,)
        g of the same layer in normal tissue, in blood or in the vial [1].

    Returns
    -------
    ndarray, shape (draws,)
        Window [1]; at 1 the site does nothing that other places do not.

    Raises
    ------
    DomainError
        If a factor is not above zero.

    Notes
    -----
    ``window = g_site/g_elsewhere``. A ratio of rates, not of amounts: a layer that is slow everywhere releases
    little in either place, whatever its window. Source: definition.

    Examples
    --------
    >>> trigger_window(11.0, 2.0).item()
    5.5
    """
    there = require_positive("factor_at_site", factor_at_site, "")
    return np.asarray(there / require_positive("factor_elsewhere", factor_elsewhere, ""))


def window_remark(trigger: str, site: str, window: ArrayLike, smallest: float = SMALLEST_WINDOW) -> str:
    """Say when a site leaves a trigger no window.

    Parameters
    ----------
    trigger : str
        What opens the layer, as the reader knows it.
    site : str
        Name of the site.
    window : array_like, shape (draws,)
        See `trigger_window` [1].
    smallest : float, optional
        Window below which it is none; the factor that laboratories differ by if not given [1].

    Returns
    -------
    str
        One sentence; empty where at least 90 % of the draws have a window.

    Raises
    ------
    DomainError
        If a window or the smallest one is not above zero.

    Notes
    -----
    No window where at most 10 % of the draws reach ``window >= smallest``, no sure one where 10 to 90 % do. The
    sentence gives median and the middle 80 %. Source: a judgement, as is the smallest window.

    Examples
    --------
    >>> window_remark("acid", "knee", 1.26)
    'acid has no window at knee: the layer lets go 1.26 times as fast there as in normal tissue'
    """
    ratio = np.atleast_1d(require_positive("window", window, ""))
    limit = float(require_positive("smallest", smallest, ""))
    reached = float((ratio >= limit).mean())
    if reached >= 0.9:
        return ""
    low, middle, high = np.quantile(ratio, [0.1, 0.5, 0.9])
    spread = f" ({low:.3g} to {high:.3g})" if f"{low:.3g}" != f"{high:.3g}" else ""
    has = "no window" if reached <= 0.1 else "no sure window"
    return (
        f"{trigger} has {has} at {site}: the layer lets go {middle:.3g} times{spread} as fast there as in normal tissue"
    )


def _ph(name: str, values: ArrayLike) -> Floats:
    given = np.asarray(values, dtype=np.float64)
    return require(name, given, "", (given >= 0.0) & (given <= 14.0), "0 to 14")
