"""How a payload gets out of its carriers, by mechanism or as published profiles let expect it.

>>> from formulate.release import Description, predict
>>> microspheres = Description(lactide_fraction=0.5, molar_mass=40.0, diameter=30e-6, drug_loading=0.1)
>>> found = predict(microspheres, [7 * 86400.0])
>>> low, high = found.band(0.8)
>>> bool(0.0 < low[0] < found.median[0] < high[0] < 1.0)
True
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from formulate.release.learned.features import Description as Description
    from formulate.release.learned.prediction import predict as predict

# imported when first used, so that a mechanism alone does not load what was learned
_ROOMS = {"Description": "formulate.release.learned.features", "predict": "formulate.release.learned.prediction"}
__all__ = ["Description", "predict"]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        from importlib import import_module

        return getattr(import_module(_ROOMS[name]), name)
    raise AttributeError(f"module 'formulate.release' has no attribute {name!r}")
