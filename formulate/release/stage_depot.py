"""A gel depot as the release stage sees it: its shape, its mesh, how both change, and how it goes."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from formulate.composition import WATER_DENSITY, volume_fraction
from formulate.diffusivity import stokes_einstein_diffusivity
from formulate.domain import require
from formulate.inputs import Subject
from formulate.network import mesh_size_from_composition, mesh_size_from_modulus, volume_fraction_from_swelling
from formulate.release import gel
from formulate.release.gel_changes import surface_eroded, swollen_length
from formulate.release.network_escape import escape_time, widening_mesh_time
from formulate.release.shapes import Shape, released_from_shape
from formulate.sampling import Array

BODY_TEMPERATURE, WATER_VISCOSITY = 310.15, 0.69e-3  # K, Pa s
NEEDED = "release"
CHAIN = (
    "molar_mass_between_crosslinks",
    "repeat_unit_mass",
    "characteristic_ratio",
    "bond_length",
    "bonds_per_repeat",
)
BY_MODULUS, BY_COMPOSITION = 1.0 / 3.0, 1.0 / 2.0  # exponent of the mesh with the chain length, at fixed volume
GOES = ("surface_erosion_velocity", "gel_dissolution_time", "gel_degradation_half_life")
APART = 2.0  # ratio of two mesh sizes, for a warning
MANY = 0.05  # of the draws, for a warning
MOST = 0.9  # of the gel


@dataclass(frozen=True)
class Depot:
    """A gel depot as it lies in the body, swollen; arrays (draws, 1)."""

    shape: Shape
    length: Array  # m, radius of a sphere or cylinder, the longest way to an open face of a slab
    volume: Array  # m3
    by_volume: Array  # polymer per volume
    mesh: Array  # m, before any chain is cut
    widening: Array  # power of the chain length that the mesh goes with
    chain_loss: Array  # 1/s
    goes: str  # the property that says how the gel goes
    pace: Array  # that property
    loss_assumed: bool = False  # the chains are taken to go at the pace of the gel
    warnings: tuple[str, ...] = ()

    @property
    def how_it_widens(self) -> str:
        """What the loss of chains rests on, in words."""
        return "its chains taken to go as fast as the gel" if self.loss_assumed else "by chain_loss_rate"

    def progress(self, time: Array, diffusivity_in_water: Array, held_size: Array) -> Array:
        """Give the dimensionless time of diffusion out of the gel, (draws, times).

        `held_size` is the mesh that lets it pass: the Stokes radius of a molecule, the diameter of a rigid particle.
        """
        slowed = diffusivity_in_water * np.exp(-self.by_volume / (1.0 - self.by_volume))
        return widening_mesh_time(time, self.length, slowed, held_size, self.mesh, self.widening, self.chain_loss)

    def degraded(self, time: Array) -> Array:
        """Give the share of the gel that is gone, (draws, times)."""
        if self.goes == "surface_erosion_velocity":
            return surface_eroded(time, self.length, self.pace, self.shape)
        return _throughout(time, self.goes, self.pace)

    def progress_of_particles(self, time: Array, diameter: Array) -> Array:
        """Give the dimensionless time of diffusion of rigid particles out of the gel, (draws, times)."""
        in_water = stokes_einstein_diffusivity(diameter / 2.0, BODY_TEMPERATURE, WATER_VISCOSITY)
        return self.progress(time, in_water, diameter)

    def let_go(self, time: Array, diameter: Array) -> Array:
        """Give the share of rigid particles that have left the gel whole, through its mesh or with it."""
        across = self.progress_of_particles(time, diameter)
        return 1.0 - (1.0 - released_from_shape(across, self.shape)) * (1.0 - self.degraded(time))


def depot_of(subject: Subject, volume: float, faster: Array | float = 1.0) -> Depot:
    """Give the depot that a volume of gel [m3] makes, its rates so many times faster than usual.

    Raises
    ------
    DomainError
        The shape is told twice, or a slab has another number of open faces than one or two.
    MissingValueError
        A number of the gel is given neither by the user nor by the catalog.
    """
    fraction, density = (subject.read(name, NEEDED) for name in ("polymer_mass_fraction", "polymer_density"))
    as_made = volume_fraction(fraction, density, WATER_DENSITY)
    mesh, widening, told = _mesh(subject, as_made)
    by_volume = _swollen(subject, as_made, density)
    shape, length, ways = _shape(subject, volume, as_made)
    if by_volume is not as_made:
        length = swollen_length(length, as_made, by_volume, ways)
        mesh = swollen_length(mesh, as_made, by_volume)
        grown = float(np.median(as_made / by_volume))
        told += (f"the gel is taken to swell at once to {grown:.2g} times the volume injected, its mesh with it",)
    if subject.find("mesh_widening_exponent") is not None:
        widening = subject.read("mesh_widening_exponent", NEEDED)
    goes = goes_by(subject)
    pace = _pace(subject, goes, faster)
    return Depot(
        shape, length, volume * as_made / by_volume, by_volume, mesh, widening,
        _chain_loss(subject, goes, pace, faster), goes, pace, subject.find("chain_loss_rate") is None, told,
    )  # fmt: skip


def gone(subject: Subject, volume: float, time: Array, faster: Array | float = 1.0) -> Array:
    """Give the share of a volume of gel [m3] that is gone, (draws, times); its mesh need not be known."""
    goes = goes_by(subject)
    if goes == "surface_erosion_velocity":
        return depot_of(subject, volume, faster).degraded(time)
    return _throughout(time, goes, _pace(subject, goes, faster))


def particles_out(depot: Depot, time: Array, diameter: Array) -> tuple[Array, tuple[str, ...]]:
    """Give the share of rigid particles that a gel has let go of whole, (draws, times), and what to tell of it."""
    return np.asarray(depot.let_go(time, diameter)), tuple(_told(depot, time, diameter))


def out_of_gel(subject: Subject, volume: float, time: Array, carrier: Subject) -> tuple[Array, tuple[str, ...]]:
    """Give the share of carriers that are the drug which a gel has let go of, (draws, times), and what to tell.

    Cells, and particles in a gel whose mesh is not known, leave with the gel alone.
    """
    if not mesh_is_known(subject):
        return gone(subject, volume, time), ()
    depot = depot_of(subject, volume)
    if carrier.find("diameter") is None:
        return depot.degraded(time), depot.warnings
    out, told = particles_out(depot, time, carrier.read("diameter", NEEDED))
    return out, (*depot.warnings, *told)


def mesh_is_known(subject: Subject) -> bool:
    """Tell whether the mesh of a gel is known, with the polymer that fills it."""
    told = any(subject.find(name) is not None for name in ("storage_modulus", "mesh_size", CHAIN[0]))
    return told and all(subject.find(name) is not None for name in ("polymer_mass_fraction", "polymer_density"))


def _throughout(time: Array, goes: str, pace: Array) -> Array:
    return (time >= pace).astype(float) if goes == "gel_dissolution_time" else gel.degraded(time, pace)


def _told(depot: Depot, time: Array, diameter: Array) -> list[str]:
    finer = float((diameter < depot.mesh).mean())
    told = []
    if finer > MANY:
        told.append(
            f"in {finer:.0%} of the draws the particles are finer than the mesh and diffuse out of the gel whole; "
            "taken as rigid, which vesicles and micelles are not quite"
        )
    opens = escape_time(diameter, depot.mesh, depot.widening, depot.chain_loss)
    gone = np.broadcast_to(depot.degraded(time), (len(opens), len(time)))
    then = np.minimum(np.searchsorted(time, opens), len(time) - 1)
    # before most of the gel is gone with what it holds
    late = (opens > 0.0) & (opens <= time[-1]) & (np.take_along_axis(gone, then, axis=1) < MOST)
    if float(late.mean()) > MANY:
        told.append(
            f"in {late.mean():.0%} of the draws the gel holds the particles until its mesh has widened to their "
            f"diameter, typically after {np.median(opens[late]) / 86400.0:.2g} days ({depot.how_it_widens})"
        )
    return told


def _mesh(subject: Subject, by_volume: Array) -> tuple[Array, Array, tuple[str, ...]]:
    """Give the mesh size [m] and its exponent with the chain length.

    The user's own comes first, then that by modulus, by composition, and the one of the catalog, which stands for
    gels of stiff fibres or packed micelles.
    """
    given = subject.find("mesh_size")
    others = subject.find("storage_modulus") is not None or all(subject.find(name) is not None for name in CHAIN)
    if given is not None and (given.is_yours or not others):
        mesh = subject.read("mesh_size", NEEDED)
        return mesh, np.full_like(mesh, BY_COMPOSITION), ()
    chain_known = all(subject.find(name) is not None for name in CHAIN)
    by_chain = None
    if chain_known:
        chain, repeat, ratio, bond, bonds = (subject.read(name, NEEDED) for name in CHAIN)
        by_chain = mesh_size_from_composition(by_volume, chain, repeat, ratio, bond, bonds)
    if by_chain is not None and subject.find("storage_modulus") is None:
        return by_chain, np.full_like(by_chain, BY_COMPOSITION), ()
    mesh = mesh_size_from_modulus(subject.read("storage_modulus", NEEDED), BODY_TEMPERATURE, "sphere")
    told: tuple[str, ...] = ()
    if by_chain is not None:
        one, other = float(np.median(mesh)), float(np.median(by_chain))
        if max(one, other) > APART * min(one, other):
            told = (
                f"the mesh is {one * 1e9:.3g} nm by the modulus, which is used, and {other * 1e9:.3g} nm by the "
                "chains between crosslinks: set mesh_size if you know it",
            )
    return mesh, np.full_like(mesh, BY_MODULUS), told


def _swollen(subject: Subject, as_made: Array, density: Array) -> Array:
    """Give the polymer per volume of the gel in the body: as injected unless it is known to swell."""
    if subject.find("swelling_volume_ratio") is not None:
        ratio = subject.read("swelling_volume_ratio", NEEDED)
        hint = "no gel shrinks to less than its polymer"
        require("swelling_volume_ratio", ratio, "", ratio > as_made, "> the polymer per volume of gel", hint)
        return np.asarray(as_made / ratio)
    if subject.find("mass_swelling_ratio") is not None:
        return volume_fraction_from_swelling(subject.read("mass_swelling_ratio", NEEDED), density, WATER_DENSITY)
    return as_made


def _shape(subject: Subject, volume: float, like: Array) -> tuple[Shape, Array, Literal["three", "one"]]:
    """Give the shape, its length [m] and the ways it swells: a sphere unless a thickness or a radius is known."""
    slab, rod = (subject.find(name) for name in ("slab_thickness", "cylinder_radius"))
    if slab is not None and rod is not None:
        radius = subject.read("cylinder_radius", NEEDED)
        hint = "slab_thickness makes it a slab"
        require("cylinder_radius", radius, "m", np.zeros_like(radius, dtype=bool), "none beside slab_thickness", hint)
    if rod is not None:
        return "cylinder", subject.read("cylinder_radius", NEEDED), "three"
    if slab is None:
        return "sphere", np.full_like(like, float(gel.depot_radius(volume))), "three"
    thickness, faces = subject.read("slab_thickness", NEEDED), np.full_like(like, 2.0)
    if subject.find("slab_open_faces") is not None:
        faces = subject.read("slab_open_faces", NEEDED)
        require("slab_open_faces", faces, "", (faces == 1.0) | (faces == 2.0), "1 or 2, without a spread")
    # on a support it can swell only away from it
    return "slab", thickness / faces, "one" if float(faces.flat[0]) == 1.0 else "three"


def goes_by(subject: Subject) -> str:
    """Give the property that says how the gel goes: the user's, else the first there is."""
    given = {name: value for name in GOES if (value := subject.find(name)) is not None}
    yours = [name for name, value in given.items() if value.is_yours]
    return next(iter([*yours, *given]), GOES[-1])


def _pace(subject: Subject, goes: str, faster: Array | float) -> Array:
    """Give a velocity, or the time that the gel lasts, with all its rates so many times faster."""
    pace = subject.read(goes, NEEDED)
    return np.asarray(pace * faster if goes == "surface_erosion_velocity" else pace / faster)


def _chain_loss(subject: Subject, goes: str, pace: Array, faster: Array | float) -> Array:
    """Give the loss rate of chains [1/s]: as given, else that of the gel itself, if it goes throughout."""
    if subject.find("chain_loss_rate") is not None:
        return np.asarray(subject.read("chain_loss_rate", NEEDED) * faster)
    # a gel that wears off keeps its mesh inside; of one that falls apart at once nobody said how fast chains go
    return np.log(2.0) / pace if goes == "gel_degradation_half_life" else np.zeros_like(pace)
