"""Layers of tissue and what is outside their faces, checked and cut into cells.

Amounts are per area of face [kg/m2], concentrations in [kg/m3]; any other unit of amount does as well, if it is the
same throughout. Numbers are per draw, (draws,), or the same in all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require, require_not_negative, require_positive
from formulate.retention.slab_nodes import Nodes
from formulate.sampling import Array

Refined: TypeAlias = Literal["front", "back", "both", "none"]

FEWEST_CELLS = 4


@dataclass(frozen=True)
class Layer:
    """One layer of tissue.

    Attributes
    ----------
    thickness : array_like
        [m].
    diffusivity : array_like, shape (draws,) or (draws, cells)
        D of what is mobile, in the tissue [m2/s].
    partition : array_like
        K, mobile concentration per volume of tissue over that in the bath, above 0 [1].
    sites : array_like
        N_T, most that can be bound, per volume of tissue [kg/m3].
    dissociation : array_like
        K_D, mobile concentration (per volume of tissue) that fills half of the sites [kg/m3].
    association : array_like, optional
        k_on [m3/(kg s)], with k_off = k_on K_D; left out where binding is fast.
    degradation : array_like
        k, of free and bound drug [1/s].
    content : array_like
        T at time zero, even in the layer, free and bound in equilibrium [kg/m3].
    supply : array_like, shape (draws, times), optional
        Amount that has arrived in the layer by each time, evenly over its depth [kg/m2]; 0 at time zero.
    cells : int
        Into which the layer is cut.
    refined : {"front", "back", "both", "none"}
        Where cells are narrow: at a face that drug crosses.
    """

    thickness: ArrayLike
    diffusivity: ArrayLike
    partition: ArrayLike = 1.0
    sites: ArrayLike = 0.0
    dissociation: ArrayLike = 1.0
    association: ArrayLike | None = None
    degradation: ArrayLike = 0.0
    content: ArrayLike = 0.0
    supply: ArrayLike | None = None
    cells: int = 24
    refined: Refined = "front"


@dataclass(frozen=True)
class Closed:
    """A face that nothing crosses: bone, or the middle of a slab that is open on both faces."""


@dataclass(frozen=True)
class Bath:
    """Liquid outside a face, so large that the slab does not change it.

    Attributes
    ----------
    concentration : array_like, shape (draws,) or (draws, times)
        [kg/m3], linear between the times; 0 is a perfect sink.
    permeability : array_like, optional
        P of a film or an endplate on the face [m/s]: the flux is ``P (C/K - C_bath)``. None is no resistance.
    """

    concentration: ArrayLike = 0.0
    permeability: ArrayLike | None = None


@dataclass(frozen=True)
class StirredBath:
    """Liquid of finite volume outside a face, evenly mixed: what leaves the slab is in it, and may come back.

    Attributes
    ----------
    depth : array_like
        Volume over area of the face [m]; divided by the unbound fraction where the liquid binds drug.
    arrived : array_like, shape (draws,) or (draws, times)
        Amount that has been put into it by each time [kg/m2]; one number is there from the start.
    loss : array_like
        Share of its amount that is cleared per time [1/s].
    permeability : array_like, optional
        As in `Bath`.
    """

    depth: ArrayLike
    arrived: ArrayLike = 0.0
    loss: ArrayLike = 0.0
    permeability: ArrayLike | None = None


Face: TypeAlias = Closed | Bath | StirredBath


@dataclass(frozen=True)
class Arrival:
    """What arrives over time: its share for each node (draws, nodes), and the amount so far (draws, times)."""

    share: Array
    arrived: Array


@dataclass(frozen=True)
class CutSlab:
    """The slab in cells: nodes for the solver, which of them are tissue; (draws, cells) widths and depths [m], K."""

    nodes: Nodes
    cells: slice
    widths: Array
    depth: Array
    partition: Array
    arrivals: tuple[Arrival, ...]


def over_time(name: str, values: ArrayLike, unit: str, draws: int, times: int) -> Array:
    """Give values that are one number, one per draw, or (draws, times), as (draws, times).

    Parameters
    ----------
    name, unit : str
        For the refusal.
    values : array_like
        At or above 0 [`unit`].
    draws, times : int
        Number of draws and times.

    Returns
    -------
    ndarray, shape (draws, times)
        The same values [`unit`].

    Raises
    ------
    DomainError
        If a value is negative or not finite.

    Notes
    -----
    One value per draw holds at all times: ``values[draw, time] = values[draw]``.

    Examples
    --------
    >>> over_time("concentration", [1.0, 2.0], "kg/m^3", 2, 3)
    array([[1., 1., 1.],
           [2., 2., 2.]])
    """
    given = require_not_negative(name, values, unit)
    wide: Array = np.broadcast_to(given if given.ndim == 2 else given.reshape(-1, 1), (draws, times))
    return wide


def cell_places(cells: int, refined: Refined = "front") -> tuple[Array, Array]:
    """Give where the cells of a layer meet and where their middles are, as shares of its thickness.

    Parameters
    ----------
    cells : int
        Number of cells, 4 or more.
    refined : {"front", "back", "both", "none"}
        Where cells are narrow.

    Returns
    -------
    faces : ndarray, shape (cells + 1,)
        From 0 to 1 [1].
    middles : ndarray, shape (cells,)
        Where the concentration of each cell stands [1].

    Raises
    ------
    DomainError
        If there are fewer than 4 cells.

    Notes
    -----
    ``x = s**2`` for even s: the narrowest of n cells is 1/n**2, the widest 2/n. The middle of a cell is that of s, not
    of x, which makes the error a quarter; both keep the second order, because x(s) is smooth.

    Examples
    --------
    >>> faces, middles = cell_places(4)
    >>> faces * 16
    array([ 0.,  1.,  4.,  9., 16.])
    >>> middles * 64
    array([ 1.,  9., 25., 49.])
    """
    require("cells", cells, "", cells >= FEWEST_CELLS, f"{FEWEST_CELLS} or more")
    even = np.linspace(0.0, 1.0, 2 * cells + 1)
    if refined == "front":
        places = even**2
    elif refined == "back":
        places = 1.0 - (1.0 - even) ** 2
    elif refined == "both":
        places = np.where(even < 0.5, 2.0 * even**2, 1.0 - 2.0 * (1.0 - even) ** 2)
    else:
        places = even
    return places[::2], places[1::2]


def cut(layers: Sequence[Layer], front: Face, back: Face, times: int) -> CutSlab:
    """Check layers and faces and cut them into cells.

    Parameters
    ----------
    layers : sequence of Layer
        From front to back.
    front, back : Closed, Bath or StirredBath
        What is outside each face.
    times : int
        Number of times of what arrives [1].

    Returns
    -------
    CutSlab
        Nodes, (draws, nodes).

    Raises
    ------
    DomainError
        A length, diffusivity or partition not above zero, or another value negative.

    Notes
    -----
    Between the middles of two cells, d_1 and d_2 away from where they meet, ``1/g = d_1/(D_1 K_1) + d_2/(D_2 K_2)``,
    exact for a steady flux across layers (crank1975); a face with a film has ``1/g = 1/P + d/(D K)``.
    """
    require("layers", len(layers), "", len(layers) > 0, "1 or more")
    checked = [_Checked(layer) for layer in layers]
    films = [_film(front), _film(back)]
    baths = [_StirredNode(face) if isinstance(face, StirredBath) else None for face in (front, back)]
    outside = [np.atleast_1d(np.asarray(face.concentration)) for face in (front, back) if isinstance(face, Bath)]
    found = np.broadcast_shapes(
        *((len(part),) for layer in checked for part in layer.sizes),
        *((len(part),) for bath in baths if bath for part in bath.sizes),
        *(film.shape for film in films),
        *((len(part),) for part in outside),
    )
    draws = found[0]

    def joined(name: str) -> Array:
        """Put the cells of all layers side by side."""
        parts = [np.broadcast_to(getattr(layer, name), (draws, layer.cells)) for layer in checked]
        return np.concatenate(parts, axis=1)

    widths, partition = joined("widths"), joined("partition")
    conductivity = joined("diffusivity") * partition
    ahead_of, beyond = joined("ahead") / conductivity, joined("beyond") / conductivity  # resistances of half cells
    between = 1.0 / (beyond[:, :-1] + ahead_of[:, 1:])
    faces = [1.0 / (ahead_of[:, 0] + films[0]), 1.0 / (beyond[:, -1] + films[1])]
    ahead, behind = ([bath] if bath else [] for bath in baths)
    zero = np.zeros((draws, 1))

    def with_baths(name: str, values: Array) -> Array:
        """Put the stirred baths at the ends of the cells."""
        at_ends = [
            [np.broadcast_to(getattr(bath, name)[:, None], (draws, 1)) for bath in end] for end in (ahead, behind)
        ]
        return np.concatenate([*at_ends[0], values, *at_ends[1]], axis=1)

    conductance = [*(faces[0][:, None] for _ in ahead), between, *(faces[1][:, None] for _ in behind), zero]
    nothing = np.zeros(draws)
    nodes = Nodes(
        storage=with_baths("depth", widths * partition),
        bound_most=with_baths("none", widths * joined("sites")),
        half_filled=with_baths("one", joined("dissociation") / partition),
        association=with_baths("none", joined("association") * partition),
        dissociation=with_baths("none", joined("association") * joined("dissociation")),
        loss=with_baths("loss", joined("degradation")),
        conductance=np.concatenate(conductance, axis=1),
        front=faces[0] if isinstance(front, Bath) else nothing,
        back=faces[1] if isinstance(back, Bath) else nothing,
        amount=with_baths("amount", widths * joined("content")),
    )
    count = widths.shape[1]
    cells = slice(len(ahead), len(ahead) + count)
    size = nodes.storage.shape[1]
    arrivals = []
    place = len(ahead)
    for layer in checked:
        if layer.supply is not None:
            share = np.zeros((1, size))
            share[:, place : place + layer.cells] = layer.relative
            arrivals.append(Arrival(share, over_time("supply", layer.supply, "kg/m^2", draws, times)))
        place += layer.cells
    for bath, index in zip(baths, (0, -1), strict=True):
        if bath is not None and bath.arrived.ndim == 2:
            share = np.zeros((1, size))
            share[:, index] = 1.0
            arrivals.append(Arrival(share, over_time("arrived", bath.arrived, "kg/m^2", draws, times)))
    depth = np.cumsum(widths, axis=1) - joined("beyond")
    return CutSlab(nodes, cells, widths, depth, partition, tuple(arrivals))


class _Checked:
    """A layer with its numbers checked, each (draws or 1, cells or 1)."""

    def __init__(self, layer: Layer) -> None:
        self.cells = layer.cells
        faces, middles = cell_places(layer.cells, layer.refined)
        thickness = self._column(require_positive("thickness", layer.thickness, "m"))
        self.relative = np.diff(faces)
        self.widths = thickness * self.relative
        self.ahead, self.beyond = thickness * (middles - faces[:-1]), thickness * (faces[1:] - middles)
        self.diffusivity = self._column(require_positive("diffusivity", layer.diffusivity, "m^2/s"))
        given = np.asarray(layer.partition, dtype=np.float64)
        need = (given > 0.0) & np.isfinite(given)
        hint = "where nothing enters, leave the layer out"
        self.partition = self._column(require("partition", given, "", need, "> 0 and finite", hint))
        self.sites = self._column(require_not_negative("sites", layer.sites, "kg/m^3"))
        self.dissociation = self._column(require_positive("dissociation", layer.dissociation, "kg/m^3"))
        fast = layer.association is None
        rate = 0.0 if fast else require_positive("association", layer.association, "m^3/(kg s)")  # type: ignore[arg-type]
        self.association = self._column(np.asarray(rate))
        self.degradation = self._column(require_not_negative("degradation", layer.degradation, "1/s"))
        self.content = self._column(require_not_negative("content", layer.content, "kg/m^3"))
        self.supply = None if layer.supply is None else require_not_negative("supply", layer.supply, "kg/m^2")
        numbers = (self.widths, self.diffusivity, self.partition, self.sites, self.dissociation, self.association,
                   self.degradation, self.content)  # fmt: skip
        self.sizes = [*numbers, *([] if self.supply is None else [np.atleast_2d(self.supply)])]

    @staticmethod
    def _column(values: Array) -> Array:
        return values if values.ndim == 2 else values.reshape(-1, 1)


class _StirredNode:
    """A stirred bath as one more cell, its numbers checked, each (draws or 1,)."""

    def __init__(self, face: StirredBath) -> None:
        self.depth = np.atleast_1d(require_positive("bath_depth", face.depth, "m"))
        self.loss = np.atleast_1d(require_not_negative("bath_loss", face.loss, "1/s"))
        self.arrived = np.atleast_1d(require_not_negative("arrived", face.arrived, "kg/m^2"))
        self.amount = self.arrived if self.arrived.ndim == 1 else self.arrived[:, 0]
        self.none, self.one = np.zeros(1), np.ones(1)
        self.sizes = [self.depth, self.loss, self.amount]


def _film(face: Face) -> Array:
    """Give the resistance on a face [s/m], (draws or 1,)."""
    if isinstance(face, Closed) or face.permeability is None:
        return np.zeros(1)
    return np.atleast_1d(1.0 / require_positive("permeability", face.permeability, "m/s"))
