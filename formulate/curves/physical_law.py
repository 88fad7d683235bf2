"""What a physical law is before it meets a body: constants it needs, parameters it has, and how its curve is built."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from formulate.curves.composite import rows
from formulate.curves.model import Floats, Model, Parameter
from formulate.curves.physical_shapes import ENDED, Course
from formulate.domain import require

# dimensionless time at the last reading: from 1 % released by diffusion to long over
PROGRESS = (*np.geomspace(1e-5, 0.2, 12).tolist(), *np.geomspace(0.3, 300.0, 24).tolist())
# close together where the curve has a corner: each interval between readings can hold a least sum of squares of its own
CORNERED = (*PROGRESS[:12], *np.geomspace(0.3, 300.0, 240).tolist())
SMALLEST, LARGEST = 1e-250, 1e250  # beyond any quantity; keeps products of a search gone astray from overflow
PLATEAU = Parameter("Fmax", "percent released at the end", "%", "linear", 0.0)
BURST = Parameter("FB", "percent released at once", "%", "linear", 0.0, 100.0)


@dataclass(frozen=True)
class Constant:
    """A quantity a law needs and a fit does not look for."""

    name: str
    meaning: str
    unit: str  # SI; empty for a pure number
    smallest: float  # conceivable, in this unit
    largest: float
    default: float | None = None


@dataclass(frozen=True)
class Law:
    """A physical law as it can be listed.

    Attributes
    ----------
    parameters
        What a fit finds, in SI units or percent; without grids.
    build
        ``build(constants, seconds)``: the curve for time in units of that many seconds.
    base
        Id of the law it is a variant of: with a plateau, with a burst.
    """

    id: str
    name: str
    equation: str
    constants: tuple[Constant, ...]
    parameters: tuple[Parameter, ...]
    build: Callable[[Mapping[str, float], float], Model]
    assumes: str
    source: str
    base: str = ""


# a molecule to a large implant; up to the densest solids; down to a drug that hardly dissolves: wider than any use, so
# that a slip of a unit by many powers of ten is told and no product of them leaves the range of a float
SIZE = (1e-10, 1.0)
DENSITIES = (1e-12, 25_000.0)
RADIUS = Constant("radius", "radius of the body", "m", *SIZE)
THICKNESS = Constant("thickness", "whole thickness from face to face", "m", *SIZE)
OPEN_FACES = Constant("open_faces", "faces through which drug leaves, 1 or 2", "", 1.0, 2.0, 2.0)
LOADED = Constant("drug_concentration", "drug per volume of the body at the start, c0", "kg/m**3", *DENSITIES)
SOLUBILITY = Constant("solubility", "drug that dissolves per volume, cs", "kg/m**3", *DENSITIES)


def depth(constants: Mapping[str, float]) -> float:
    """Give the longest way to an open face of a slab.

    Parameters
    ----------
    constants : mapping of str to float
        With thickness [m] and open_faces [1].

    Returns
    -------
    float
        L, half of the thickness if both faces are open [m].

    Raises
    ------
    DomainError
        If there are neither one nor two open faces.
    """
    faces = constants["open_faces"]
    require("open_faces", faces, "", faces in (1.0, 2.0), "1 or 2")
    return constants["thickness"] / faces


def saturation(constants: Mapping[str, float], otherwise: str) -> float:
    """Give solubility over drug in the body, which must be below 1.

    Parameters
    ----------
    constants : mapping of str to float
        With drug_concentration and solubility [kg/m**3].
    otherwise : str
        The law to use where all drug is dissolved.

    Returns
    -------
    float
        cs/c0 [1].

    Raises
    ------
    DomainError
        If the drug does not exceed its solubility.
    """
    loaded, soluble = constants["drug_concentration"], constants["solubility"]
    require(
        "drug_concentration", loaded, "kg/m**3", loaded > soluble, f"> solubility, {soluble:g}",
        f"all of it is dissolved: use {otherwise}",
    )  # fmt: skip
    return soluble / loaded


def bounded(value: Any) -> Any:
    """Keep a quantity within what a float can be multiplied by."""
    return np.minimum(np.maximum(value, SMALLEST), LARGEST)


def one_rate(
    id: str,
    name: str,
    equation: str,
    constants: tuple[Constant, ...],
    parameter: Parameter,
    rate: Callable[[Mapping[str, float]], float],
    course: Callable[[Mapping[str, float]], Course],
    assumes: str,
    source: str,
    *,
    burst: bool = False,
    corner: bool = False,
) -> Iterator[Law]:
    """Give a law that depends on time only through a parameter times time, with its variants.

    Parameters
    ----------
    id, name, equation, constants, assumes, source
        As in `Law`.
    parameter : Parameter
        The quantity a fit looks for.
    rate : callable
        Gives, from the constants, dimensionless time per parameter and second.
    course : callable
        Gives, from the constants, the share released by dimensionless time.
    burst : bool
        Whether a variant with a burst makes sense.
    corner : bool
        Whether the rate jumps or bends at a time that depends on the parameter.

    Yields
    ------
    Law
        As it is; ending at Fmax; and, where wanted, after a burst of FB at once.

    Notes
    -----
    ``F = 100 f(z)``, ``F = Fmax f(z)`` or ``F = FB + (100 - FB) f(z)``, with ``z = rate parameter seconds t``.
    """

    def build(constants: Mapping[str, float], seconds: float) -> Model:
        return _built(parameter, (), rate(constants) * seconds, course(constants), progress)

    def build_with(extra: Parameter) -> Callable[[Mapping[str, float], float], Model]:
        def build(constants: Mapping[str, float], seconds: float) -> Model:
            return _built(parameter, (extra,), rate(constants) * seconds, course(constants), progress)

        return build

    progress = CORNERED if corner else PROGRESS
    parameter = replace(parameter, coordinate="log", low=0.0)
    law = Law(id, name, equation, constants, (parameter,), build, assumes, source)
    yield law
    yield replace(
        law,
        id=f"{id}_fmax",
        name=f"{name}, with Fmax",
        equation=equation.replace("F = 100", "F = Fmax").replace("F/100", "F/Fmax"),
        parameters=(parameter, PLATEAU),
        build=build_with(PLATEAU),
        assumes=f"{assumes}; what stays behind takes no part",
        base=id,
    )
    if burst:
        yield replace(
            law,
            id=f"{id}_burst",
            name=f"{name}, after a burst",
            equation=equation.replace("F = 100", "F = FB + (100 - FB)"),
            parameters=(parameter, BURST),
            build=build_with(BURST),
            assumes=f"{assumes}; a burst that is over before the first reading: F is FB at time 0",
            base=id,
        )


def _built(
    parameter: Parameter, extra: tuple[Parameter, ...], pace: float, course: Course, starts: tuple[float, ...]
) -> Model:
    """Give the model of a course run through at `pace` per unit of the parameter and of time."""
    plateau, burst = PLATEAU in extra, BURST in extra

    def progress(time: Floats, quantity: Any) -> Floats:
        return np.asarray(np.minimum(bounded(quantity) * pace * time, ENDED))

    def curve(time: Floats, quantity: Any, *more: Any) -> Floats:
        share = course.share(progress(time, quantity))
        if burst:
            return np.asarray(more[0] + (100.0 - more[0]) * share)
        return np.asarray((more[0] if plateau else 100.0) * share)

    def gradient(time: Floats, quantity: Any, *more: Any) -> Floats:
        z = progress(time, quantity)
        slope = course.slope(z) / bounded(quantity)
        if burst:
            return rows((100.0 - more[0]) * slope, 1.0 - course.share(z))
        return rows(more[0] * slope, course.share(z)) if plateau else rows(100.0 * slope)

    def rescaled(longer: Any, quantity: Any, *more: Any) -> tuple[Any, ...]:
        return (quantity * longer, *more)

    grid = tuple(value / pace for value in starts)
    return Model(
        "",
        "",
        "",
        (replace(parameter, grid=grid), *extra),
        curve,
        gradient,
        rescaled,
        plateau="Fmax" if plateau else "",
    )
