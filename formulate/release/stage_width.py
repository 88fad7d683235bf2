"""Carriers that are not all of one size, or that wear a coat: what the release stage makes of it."""

from collections.abc import Callable

import numpy as np

from formulate.case import Case
from formulate.domain import require
from formulate.inputs import Subject
from formulate.release.boundary import boundary_number, still_layer_permeability
from formulate.release.size_average import WIDEST, released_over_sizes
from formulate.release.stage_nest import NEEDED
from formulate.sampling import Array

TENTH = 1.2815515655446004  # standard deviations from the median to the ninth decile
# m exp(p s^2) is the size on each basis, of a log-normal sample of count median m and width s (Hatch and Choate 1929)
POWERS = {
    "": 0.5,  # D[1,0], as are sizes by number
    "number": 0.5,
    "number-median": 0.0,
    "sauter": 2.5,  # D[3,2]
    "volume": 3.5,  # D[4,3]
    "volume-median": 3.0,
    "intensity": 5.5,  # z-average, D[6,5]
    "intensity-mean": 6.5,  # D[7,6]
}
BY_MASS = 3.0  # the median by mass or volume


def over_sizes(case: Case, released: Callable[[Array], Array]) -> Array:
    """Give the release of all carriers of a case, from a law of carriers of one diameter.

    Parameters
    ----------
    case : Case
        The formulation.
    released : callable
        Takes diameters [m], (draws, 1), and gives the share released, (draws, times).

    Returns
    -------
    ndarray, shape (draws, times)
        Share released [1]: of carriers of the one diameter given, or averaged over a log-normal distribution by mass
        where the formulation says how wide it is.

    Raises
    ------
    DomainError
        If the distribution is wider than a geometric standard deviation of 4.

    Notes
    -----
    ``span = 2 sinh(1.2816 s)`` and ``PDI = exp(s^2) - 1`` with ``s = ln(sigma_g)``, both of a log-normal distribution.
    A width of the catalog is left out: it is that of the samples that the sizes and rates of the catalog were read
    from, which hold it already.
    """
    carrier = case.inner
    diameter, width = carrier.read("diameter", NEEDED), log_width(carrier)
    if width is None:
        return released(diameter)
    found = carrier.find("diameter")
    median = diameter * np.exp((BY_MASS - POWERS[found.basis if found else ""]) * width**2)
    return released_over_sizes(released, median, np.exp(width))


def log_width(carrier: Subject) -> Array | None:
    """Give ln(sigma_g) of the sizes of a carrier [1], (draws, 1), as far as the formulation says how wide they are."""
    yours = [name for name in ("size_span", "polydispersity_index") if name in carrier.overrides]
    if not yours:
        return None
    if yours[0] == "size_span":
        most = 2.0 * np.sinh(TENTH * np.log(WIDEST))
        span = carrier.read("size_span", NEEDED)
        require(
            "size_span", span, "", span <= most, f"at most {most:.2g}, a geometric standard deviation of {WIDEST:g}"
        )
        return np.asarray(np.arcsinh(span / 2.0) / TENTH)
    return np.asarray(np.sqrt(np.log1p(carrier.read("polydispersity_index", NEEDED))))


def coat_number(carrier: Subject, radius: Array, diffusivity: Array) -> Array:
    """Give the boundary number of the coat of a particle [1], (draws, 1); infinite without one.

    Parameters
    ----------
    carrier : Subject
        The particle.
    radius : ndarray, shape (draws, 1)
        Of its core [m].
    diffusivity : ndarray, shape (draws, 1)
        Of the drug in the core at the start [m**2/s].

    Raises
    ------
    MissingValueError
        A diffusion coefficient of the coat is given and no thickness.

    Notes
    -----
    ``L_s = R h/D`` with ``h = D_s (1/R + 1/thickness)``, the steady flow through a shell; D_s holds the partition of
    the drug from the core into the coat.
    """
    if carrier.find("shell_diffusion_coefficient") is None:
        return np.array(np.inf)
    inside, thickness = (carrier.read(name, NEEDED) for name in ("shell_diffusion_coefficient", "shell_thickness"))
    return boundary_number(radius, diffusivity, still_layer_permeability(radius, inside, thickness))
