"""A sphere cut into shells that narrow toward its surface, and what is at the faces between them."""

from functools import cached_property

import numpy as np

from formulate.sampling import Array

_NARROWING = 3.0  # faces at 1 - (1 - i/n)**3


class RadialGrid:
    """Cells of a sphere of radius 1, narrowing toward the surface."""

    def __init__(self, cells: int) -> None:
        faces = 1.0 - (1.0 - np.arange(cells + 1) / cells) ** _NARROWING
        self.faces = faces[1:]
        self.volume = np.diff(faces**3)  # of the whole
        # of each cell, where a straight profile has its mean
        self.centre = 0.75 * np.diff(faces**4) / self.volume
        self.gap = np.diff(np.append(self.centre, 1.0))
        self.area_over_gap = 3.0 * self.faces**2 / self.gap
        # where the face lies between its two centres; at the surface halfway of the last half cell
        self.inner = np.append((self.centre[1:] - self.faces[:-1]) / self.gap[:-1], 0.5)
        self.outer = 1.0 - self.inner
        self.beyond = self.gap[-1] / self.gap[-2]


class Local:
    """What is at the faces of a grid, from the first cell out to the surface: (draws, faces)."""

    def __init__(self, grid: RadialGrid, mobile: Array, polymer: Array) -> None:
        self.position = grid.faces  # r/R, (faces,)
        self._grid, self._mobile, self._polymer = grid, mobile, polymer

    @cached_property
    def drug(self) -> Array:
        """c, which is 0 at the surface."""
        return self._between(self._mobile[0, :, :-1], 0.0)

    @cached_property
    def polymer(self) -> Array:
        """p, which has no value of its own at the surface: straight on from the last two cells."""
        last = self._polymer[:, -1]
        surface = last + self._grid.beyond * (last - self._polymer[:, -2])
        return self._between(self._polymer, np.clip(surface, 0.0, 1.0))

    def _between(self, values: Array, surface: Array | float) -> Array:
        face = self._grid.inner * values
        face[:, :-1] += self._grid.outer[:-1] * values[:, 1:]
        face[:, -1] += self._grid.outer[-1] * surface
        return np.asarray(face)
