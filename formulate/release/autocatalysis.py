"""Release from a polyester sphere whose acid speeds its own making: where the core degrades before the shell.

`formulate.release.degradation` takes one hydrolysis rate for the whole sphere. Here rate and diffusivity follow from
the acid and the chains at each place; `formulate.release.autocatalysis_solver` has the equations.
"""

from dataclasses import replace
from math import pi
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive
from formulate.release.autocatalysis_solver import PARTS, Law, SphereCourse, Spheres, solve_spheres
from formulate.release.radial_grid import Local

Floats: TypeAlias = NDArray[np.float64]

_LARGEST_EXPONENT = 500.0  # exp of it exceeds any ratio of two diffusivities
_FEWEST_CELLS, _MOST_CELLS = 8, 512
_LOOSEST, _TIGHTEST = 1e-2, 1e-9


def local_acceleration(position: ArrayLike, autocatalysis_number: ArrayLike) -> Floats:
    """Give how many times faster the polymer inside a sphere hydrolyses for the acid that has not left yet.

    Parameters
    ----------
    position : array_like, shape (draws,)
        r/R, 0 in the middle, 1 at the surface [1].
    autocatalysis_number : array_like, shape (draws,)
        phi = R sqrt(k_a/D_acid), below pi [1].

    Returns
    -------
    ndarray, shape (draws,)
        Local rate over that without acid [1].

    Raises
    ------
    DomainError
        If a position lies outside 0 to 1, or phi is negative or not below pi.

    Notes
    -----
    ``sin(phi x)/(x sin(phi))``, the steady state of acid that is made at rate k_d + k_a a and is gone at the surface;
    reached after about R**2/((pi**2 - phi**2) D_acid), while most of the polymer is still there. At pi it has no
    bound: the core runs away, and `autocatalytic_release` follows it. Source: fordversypt2013.

    Examples
    --------
    >>> local_acceleration([0.0, 1.0], 0.5 * 3.141592653589793)  # phi/sin(phi) in the middle
    array([1.57079633, 1.        ])
    """
    place = require_fraction("position", position)
    number = _below_pi(autocatalysis_number)
    # sinc has no 0/0 in the middle
    return np.asarray(np.sinc(number * place / pi) / np.sinc(number / pi))


def mean_acceleration(autocatalysis_number: ArrayLike) -> Floats:
    """Give how many times faster the polymer of a whole sphere hydrolyses for the acid that has not left yet.

    Parameters
    ----------
    autocatalysis_number : array_like, shape (draws,)
        phi = R sqrt(k_a/D_acid), below pi [1].

    Returns
    -------
    ndarray, shape (draws,)
        Mean rate over that without acid [1].

    Raises
    ------
    DomainError
        If phi is negative or not below pi.

    Notes
    -----
    ``3 (1 - phi cot(phi))/phi**2``, the mean of `local_acceleration` over the volume; 1 + phi**2/15 for a small phi.
    Source: fordversypt2013.

    Examples
    --------
    >>> float(mean_acceleration(0.5 * 3.141592653589793))  # 12/pi**2
    1.2159
    """
    number = _below_pi(autocatalysis_number)
    small = number < 0.05  # the closed form is a difference of near equals there
    safe = np.where(small, 1.0, number)
    closed = 3.0 * (1.0 - safe / np.tan(safe)) / safe**2
    return np.where(small, 1.0 + number**2 / 15.0 + 2.0 * number**4 / 315.0, closed)


def autocatalytic_release(
    time: ArrayLike,
    *,
    radius: ArrayLike,
    initial_diffusivity: ArrayLike,
    largest_diffusivity: ArrayLike,
    growth_exponent: ArrayLike,
    hydrolysis_rate: ArrayLike,
    catalysis_rate: ArrayLike,
    acid_diffusivity: ArrayLike,
    acid_growth_exponent: ArrayLike = 0.0,
    initial_acid: ArrayLike = 0.0,
    surface_acid: ArrayLike = 0.0,
    cells: int = 24,
    tolerance: float = 2e-4,
) -> SphereCourse:
    """Release of drug and acid from a sphere whose polymer hydrolyses by the acid at each place.

    Parameters
    ----------
    time : array_like, shape (times,)
        t, time in water, in any order [s].
    radius : array_like, shape (draws, 1)
        R, radius of the sphere [m].
    initial_diffusivity, largest_diffusivity : array_like, shape (draws, 1)
        D0 of the drug in the intact wet polymer, and D_max, usually that in water [m**2/s].
    growth_exponent : array_like, shape (draws, 1)
        alpha, logarithm of the growth of D at complete degradation, 0 to 500 [1].
    hydrolysis_rate : array_like, shape (draws, 1)
        k_d, rate without acid [1/s].
    catalysis_rate : array_like, shape (draws, 1)
        k_a, by which all the acid that the polymer can make would raise the rate [1/s].
    acid_diffusivity : array_like, shape (draws, 1)
        D_acid of the oligomers in the intact wet polymer, at most D_max [m**2/s].
    acid_growth_exponent : array_like, shape (draws, 1), optional
        alpha of the acid, 0 to 500; 0 if not given [1].
    initial_acid, surface_acid : array_like, shape (draws, 1), optional
        Acid inside at the start, and kept at the surface by the medium, per acid that the polymer can make; 0 if not
        given [1].
    cells : int, optional
        Shells of the sphere, 8 to 512.
    tolerance : float, optional
        Error allowed to a step, as a share of the content, 1e-9 to 0.01 [1].

    Returns
    -------
    SphereCourse
        Shares of drug, acid and polymer inside and out, (draws, times); the polymer left is also the mean Mw/Mw0, that
        in the middle the Mw/Mw0 of the core.

    Raises
    ------
    DomainError
        If a value is negative or not finite, a radius or diffusivity is zero, an exponent exceeds 500, D0 or D_acid
        exceeds D_max, or cells or tolerance are out of range.

    Notes
    -----
    With p = Mw/Mw0 and a at each place, ``dp/dt = -(k_d + k_a a) p``, acid is made as p is lost and diffuses at
    ``D_a = min(D_acid exp(alpha_a (1 - p)), D_max)``, drug at ``D = min(D0 exp(alpha (1 - p)), D_max)``. Sinks at the
    surface. Where R sqrt(k_a/D_acid) is small it is `formulate.release.degradation.dimensionless_time` with one k_d,
    where no acid leaves ``p`` is logistic, and acid beside much polymer follows the series of Ford Versypt and others
    (2015, DOI 10.1371/journal.pone.0135506). Error of F below 1e-3 with cells and tolerance as given, 1e-4 with 48 and
    2e-5; five times that behind a thin shell around a core that has run away. Drug, and polymer with acid, are
    conserved to rounding. It says nothing of pores, swelling or the loss of solid: drug that waits for erosion needs
    `formulate.release.degradation.eroded`. Sources: fordversypt2013; the law of D faisant2002.

    Examples
    --------
    A microsphere of 50 um whose acid leaves slowly: the core has lost 42 % of its molar mass, the mean 32 %

    >>> day = 86400.0
    >>> course = autocatalytic_release([20 * day], radius=50e-6, initial_diffusivity=1e-17, largest_diffusivity=5e-10,
    ...     growth_exponent=5.0, hydrolysis_rate=0.01 / day, catalysis_rate=0.1 / day, acid_diffusivity=1e-16)
    >>> [round(float(part[0]), 2) for part in (course.released, course.polymer_left, course.polymer_middle)]
    [0.34, 0.68, 0.58]
    """
    times = np.atleast_1d(require_not_negative("time", time, "s"))
    require("time", float(times.ndim), "", times.ndim == 1, "a list of times")
    require("cells", float(cells), "", _FEWEST_CELLS <= cells <= _MOST_CELLS, f"{_FEWEST_CELLS} to {_MOST_CELLS}")
    within = _TIGHTEST <= tolerance <= _LOOSEST
    require("tolerance", tolerance, "", within, f"{_TIGHTEST:g} to {_LOOSEST:g}")
    largest = require_positive("largest_diffusivity", largest_diffusivity, "m**2/s")
    given = (
        require_positive("radius", radius, "m"),
        _up_to(largest, "initial_diffusivity", initial_diffusivity),
        largest,
        _exponent("growth_exponent", growth_exponent),
        _up_to(largest, "acid_diffusivity", acid_diffusivity),
        _exponent("acid_growth_exponent", acid_growth_exponent),
        require_not_negative("hydrolysis_rate", hydrolysis_rate, "1/s"),
        require_not_negative("catalysis_rate", catalysis_rate, "1/s"),
        require_not_negative("initial_acid", initial_acid, ""),
        require_not_negative("surface_acid", surface_acid, ""),
    )
    shape = np.broadcast_shapes(*(values.shape for values in given))
    size, drug, most, alpha, acid, acid_alpha, *rest = (np.broadcast_to(values, shape).ravel() for values in given)
    law = _grown(drug / size**2, most / size**2, alpha, acid / size**2, acid_alpha)
    course = solve_spheres(times, Spheres(law, *rest), cells, tolerance)
    wide = (*shape[:-1], len(times)) if shape[-1:] == (1,) or not shape else (*shape, len(times))
    return replace(course, **{name: getattr(course, name).reshape(wide) for name in PARTS})


def _grown(drug: Floats, most: Floats, alpha: Floats, acid: Floats, acid_alpha: Floats) -> Law:
    """Give D/R**2 of drug and acid as they grow with the loss of chains, each (draws,)."""
    # the logarithm of the bound, so that no exponential overflows
    room, acid_room = np.log(most) - np.log(drug), np.log(most) - np.log(acid)

    def law(local: Local, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
        lost = 1.0 - local.polymer
        return tuple(  # type: ignore[return-value]
            start[rows, None] * np.exp(np.minimum(exponent[rows, None] * lost, bound[rows, None]))
            if exponent[rows].any()
            else np.broadcast_to(start[rows, None], lost.shape)
            for start, exponent, bound in ((drug, alpha, room), (acid, acid_alpha, acid_room))
        )

    return law


def _below_pi(number: ArrayLike) -> Floats:
    given = np.asarray(number, dtype=np.float64)
    within = (given >= 0.0) & (given < pi)
    return require("autocatalysis_number", given, "", within, "0 to below pi", "above it the core runs away")


def _up_to(largest: Floats, name: str, values: ArrayLike) -> Floats:
    given = require_positive(name, values, "m**2/s")
    return require(name, given, "m**2/s", given <= largest, "<= largest_diffusivity")


def _exponent(name: str, values: ArrayLike) -> Floats:
    given = require_not_negative(name, values, "")
    return require(name, given, "", given <= _LARGEST_EXPONENT, f"0 to {_LARGEST_EXPONENT:g}")
