"""The library of release models: the 40 of DDSolver in its order, then the other empirical ones.

The numbers are those of the list of models in the DDSolver paper (Zhang et al. 2010) as it is generally known; read
Table I of the paper before quoting one. Physical laws need constants and are made in `formulate.curves.physical`.
"""

import re
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from formulate.curves import burst, erosion, kinetic, power_law, sigmoid, weibull, zero_first_order
from formulate.curves.model import Floats, Model
from formulate.domain import require, require_not_negative
from materials.errors import DomainError, FormulateError, UnknownIdError, nearest, shorten

_DDSOLVER = tuple(
    sorted(
        (
            *zero_first_order.MODELS,
            *power_law.MODELS,
            *erosion.MODELS,
            *weibull.MODELS,
            *sigmoid.MODELS,
        ),
        key=lambda model: model.number or 0,
    )
)
_MODELS: tuple[Model, ...] = (*_DDSOLVER, *kinetic.MODELS, *burst.MODELS)


def _plain(name: str) -> str:
    words = re.split(r"[^a-z0-9]+", name.lower())
    return "_".join(word for word in words if word not in ("", "with", "and"))


_BY_ID = {model.id: model for model in _MODELS}
_BY_NAME = {_plain(name): model for model in _MODELS for name in (model.name, model.id)}

GROUPS: dict[str, tuple[str, ...]] = {
    "all": tuple(_BY_ID),
    "ddsolver": tuple(model.id for model in _MODELS if model.group == "ddsolver"),
    "empirical": tuple(model.id for model in _MODELS if model.group == "empirical"),
    # what most papers fit
    "basic": ("zero_order", "first_order", "higuchi", "korsmeyer_peppas", "hixson_crowell", "weibull_2"),
    "lag": tuple(model.id for model in _MODELS if model.lag),
    "plateau": tuple(model.id for model in _MODELS if model.plateau),
}


def models(which: str = "all") -> tuple[Model, ...]:
    """Give models of the library.

    Parameters
    ----------
    which : str
        Ids, names or groups, with commas between; "-" before one takes it out again, of all if nothing else is named.

    Returns
    -------
    tuple of Model
        Each once, in the order of the library.

    Raises
    ------
    UnknownIdError
        If one is neither a model nor a group.

    Examples
    --------
    >>> len(models("ddsolver"))
    40
    >>> [model.id for model in models("Weibull_2, first-order, zero_order")]
    ['zero_order', 'first_order', 'weibull_2']
    >>> [model.id for model in models("basic,-higuchi,-weibull_2")]
    ['zero_order', 'first_order', 'korsmeyer_peppas', 'hixson_crowell']
    """
    chosen: set[str] = set()
    for word in words_of(which):
        name = word.removeprefix("-")
        ids = set(GROUPS.get(name.strip().lower()) or [model(name).id])
        chosen = chosen - ids if name != word else chosen | ids
    return tuple(entry for entry in _MODELS if entry.id in chosen)


def words_of(which: str) -> list[str]:
    """Part what was chosen into words; what only takes out takes it out of all.

    >>> words_of("basic, -higuchi"), words_of("-higuchi")
    (['basic', '-higuchi'], ['all', '-higuchi'])
    """
    words = [word for part in which.split(",") if (word := part.strip())]
    return ["all", *words] if words and all(word.startswith("-") for word in words) else words


def model(id: str) -> Model:
    """Give the model of an id, or of the name DDSolver has for it, in small letters or capital ones.

    Parameters
    ----------
    id : str
        As "weibull_2", "Weibull_2", "Korsmeyer-Peppas with Tlag", "first-order with Tlag and Fmax".

    Returns
    -------
    Model
        The one model.

    Raises
    ------
    UnknownIdError
        If there is none; the nearest are named.

    Examples
    --------
    >>> model("Korsmeyer-Peppas with Tlag").number
    12
    >>> model("weibul_2")
    Traceback (most recent call last):
    materials.errors.UnknownIdError: unknown model 'weibul_2'; nearest: weibull_2, weibull_1, weibull_3
    """
    found = _BY_NAME.get(_plain(id))
    if found is None:
        raise UnknownIdError("model", id, nearest(id, [*_BY_ID, *GROUPS]))
    return found


parse_models = models


def listing(which: str = "all") -> list[dict[str, Any]]:
    """Describe models of the library, for a table or a file.

    Parameters
    ----------
    which : str
        As in `models`.

    Returns
    -------
    list of dict
        One per model: id, name, number in the list of DDSolver (None for others), group, equation, parameters (each
        with name, meaning and unit, in which {t} is the time unit of the data), what it assumes, source.

    Raises
    ------
    UnknownIdError
        If one is neither a model nor a group.

    Examples
    --------
    >>> row = listing("higuchi")[0]
    >>> row["number"], row["equation"], row["parameters"][0]["unit"]
    (8, 'F = kH t^0.5', '%/{t}^0.5')
    """
    return [
        {
            "id": entry.id,
            "name": entry.name,
            "number": entry.number,
            "group": entry.group,
            "equation": entry.equation,
            "parameters": [
                {"name": parameter.name, "meaning": parameter.meaning, "unit": parameter.unit}
                for parameter in entry.parameters
            ],
            "assumes": entry.assumes,
            "source": entry.source,
        }
        for entry in models(which)
    ]


def simulate(id: str, time: ArrayLike, *parameters: float) -> Floats:
    """Give the percent released that a model of the library has at some times.

    Parameters
    ----------
    id : str
        The model.
    time : ndarray, shape (points,)
        t >= 0 [any unit].
    parameters : float
        In the order of the model, in the unit of time of `time`; a number for each.

    Returns
    -------
    ndarray, shape (points,)
        F [%].

    Raises
    ------
    UnknownIdError
        If there is no such model.
    DomainError
        A time is negative or not finite, or a parameter is missing, one too many, or outside what the model takes.
    FormulateError
        A parameter is no number.

    Examples
    --------
    >>> import numpy as np
    >>> simulate("korsmeyer_peppas", np.array([0.0, 4.0, 16.0]), 10.0, 0.5)
    array([ 0., 20., 40.])
    """
    law = model(id)
    times = require_not_negative("time", time, "")
    for name, value in zip(law.names, parameters, strict=False):
        if not isinstance(value, Real):
            raise FormulateError(f"{name}: {shorten(repr(value))}; need a number")
    if len(parameters) != len(law.names):
        need = f"{len(law.names)}: {', '.join(law.names)}"
        raise DomainError(f"parameters of {law.id}", len(parameters), "", need)
    for parameter, value in zip(law.parameters, parameters, strict=True):
        low, high = parameter.low, parameter.high
        if "{t}" in parameter.unit:  # known on the scale of the last time only
            low, high = (0.0 if low >= 0.0 else -np.inf), np.inf
        require(parameter.name, value, "", np.isfinite(value) & (low <= value <= high), f"{low:g} to {high:g}")
    return law.curve(times, *parameters)
