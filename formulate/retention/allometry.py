"""A quantity of one animal from that of another, by a power of body mass."""

import numpy as np
from numpy.typing import ArrayLike

from formulate.domain import require, require_positive
from formulate.sampling import Array

CLEARANCE = 0.75  # exponents
VOLUME = 1.0
WETTED_AREA = 1.1


def scaled_by_body_mass(
    value: ArrayLike, body_mass: ArrayLike, reference_mass: ArrayLike, exponent: ArrayLike
) -> Array:
    """Give a quantity of an animal from that of another, by a power of body mass.

    Parameters
    ----------
    value : array_like
        The quantity in the reference animal, as a number in any unit [1].
    body_mass, reference_mass : array_like
        Body mass of the animal wanted, and of the one it is known in [kg].
    exponent : array_like
        Exponent b [1].

    Returns
    -------
    ndarray
        The quantity in the animal wanted, in the unit of `value` [1].

    Raises
    ------
    DomainError
        A value or a body mass is not above zero, or the exponent is outside -1 to 2.

    Notes
    -----
    ``y = y_reference (m / m_reference)^b``. Clearance: b 0.75 (0.74 +/- 0.16 over 91 substances); volume of
    distribution and volume of blood: 1; wetted area of a joint: 1.1, from the 277 cm2 of a human and the 8 cm2 of a
    rabbit's knee. Range of validity: adult mammals of 20 g to 600 kg. Source: hu2001 (clearance).

    Examples
    --------
    In a rat of 250 g, a clearance of 10 L/h in man; in a dog of 15 kg, the 277 cm2 of a human knee:

    >>> float(scaled_by_body_mass(10.0, 0.25, 70.0, 0.75))
    0.146
    >>> float(scaled_by_body_mass(277.0, 15.0, 70.0, 1.1))
    50.9
    """
    known = require_positive("value", value, "")
    mass = require_positive("body_mass", body_mass, "kg")
    reference = require_positive("reference_mass", reference_mass, "kg")
    given = np.asarray(exponent, dtype=np.float64)
    power = require("exponent", given, "", (given >= -1.0) & (given <= 2.0), "-1 to 2")
    scaled: Array = known * (mass / reference) ** power
    return scaled
