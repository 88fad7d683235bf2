"""Release laws whose parameters are quantities: diffusion coefficients, permeabilities, rates of erosion, in SI units.

Each needs constants of the body that releases, such as its radius; `PHYSICAL` lists them, `model` builds the curve.
"""

from collections.abc import Mapping
from dataclasses import replace

from formulate.curves import physical_degradation, physical_laws, physical_resistance
from formulate.curves.model import Model
from formulate.curves.physical_law import Constant, Law
from formulate.domain import require, require_positive
from materials.errors import MissingValueError, UnknownIdError, nearest

__all__ = ["PHYSICAL", "Constant", "Law", "model"]

PHYSICAL: Mapping[str, Law] = {
    law.id: law for law in (*physical_laws.LAWS, *physical_resistance.LAWS, *physical_degradation.LAWS)
}


def model(id: str, constants: Mapping[str, float], seconds: float) -> Model:
    """Build the model of a physical law.

    Parameters
    ----------
    id : str
        One of `PHYSICAL`.
    constants : mapping of str to float
        Values of the constants that the law needs [SI units, as the law lists them].
    seconds : float
        Length of the time unit of the data [s].

    Returns
    -------
    Model
        Takes time in that unit; its parameters are in SI units whatever it is.

    Raises
    ------
    UnknownIdError
        If there is no such law, or the law has no constant of a name that was given.
    MissingValueError
        If a constant is missing.
    DomainError
        If a constant lies beyond what is conceivable or what the law holds for, or `seconds` is not above zero.

    Notes
    -----
    The equation and source of each law stand in `PHYSICAL`.

    Examples
    --------
    Half is out of a sphere at ``D t/R**2 = 0.03055``:

    >>> import numpy as np
    >>> sphere = model("fick_sphere", {"radius": 1e-6}, seconds=3600.0)
    >>> float(sphere.curve(np.array(2.0), 0.03055 * 1e-12 / 7200.0))
    50.0
    """
    if id not in PHYSICAL:
        raise UnknownIdError("physical law", id, nearest(id, PHYSICAL))
    law = PHYSICAL[id]
    require_positive("seconds", seconds, "s")
    names = [constant.name for constant in law.constants]
    for name in constants:
        if name not in names:
            raise UnknownIdError(f"constant of {id}", name, nearest(name, names))
    values: dict[str, float] = {}
    for constant in law.constants:
        value = constants.get(constant.name, constant.default)
        if value is None:
            need = f"give it in {constant.unit}" if constant.unit else "give it"
            raise MissingValueError(id, constant.name, "its curve", need)
        low, high = constant.smallest, constant.largest
        need = (
            f"{low:g} to {high:g} {constant.unit}, as wide as is conceivable"
            if constant.unit
            else f"{low:g} to {high:g}"
        )
        values[constant.name] = float(require(constant.name, value, constant.unit, low <= value <= high, need))
    built = law.build(values, float(seconds))
    return replace(
        built,
        id=law.id,
        name=law.name,
        equation=law.equation,
        group="physical",
        constants=values,
        assumes=law.assumes,
        source=law.source,
    )
