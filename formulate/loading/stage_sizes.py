"""The size of the particles of a case: the number mean, whatever was measured."""

import numpy as np

from formulate.case import Case
from formulate.loading import sizes
from formulate.loading.particles import WIDEST_DLS
from formulate.sampling import Array

WHY = "the number of particles"
BASES: dict[str, sizes.Basis] = {  # what the words of a file mean
    "": "number_mean",
    "number": "number_mean",
    "number-median": "number_median",
    "sauter": "sauter",
    "volume": "volume_mean",
    "volume-median": "volume_median",
    "intensity": "z_average",
    "intensity-mean": "intensity_mean",
}


def polydispersity(case: Case) -> Array:
    """Give the polydispersity index, its prior cut where cumulant analysis ends."""
    return np.minimum(case.inner.read("polydispersity_index", WHY)[:, 0], WIDEST_DLS)


def number_mean(case: Case, index: Array | None = None) -> Array:
    """Give the number-mean diameter [m], whatever the basis of the size that was given, at a polydispersity index."""
    diameter = case.inner.read("diameter", WHY)[:, 0]
    found = case.inner.find("diameter")
    basis = BASES[found.basis if found else ""]
    spread = polydispersity(case) if index is None else index
    return sizes.convert_diameter(diameter, np.sqrt(spread), basis, "number_mean")
