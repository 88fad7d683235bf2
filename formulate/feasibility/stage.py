"""All checks of a formulation, each once, always in the same order."""

from formulate.feasibility.check import LABELS, Check, check, missing, worst
from formulate.feasibility.mechanism import mechanism_check
from formulate.feasibility.part import Part, parts
from formulate.feasibility.volume import dose_check, volume_check
from formulate.formulation import Formulation
from formulate.pipeline import Prediction
from materials.errors import MissingValueError


def feasibility(formulation: Formulation, prediction: Prediction | None = None) -> tuple[Check, ...]:
    """Check whether a formulation can be loaded, filled, injected, sterilised, and whether its size lets it arrive.

    Parameters
    ----------
    formulation : Formulation
        What to check; loading, release and retention need not be computable.
    prediction : Prediction, optional
        Of the same formulation, to take its loading from.

    Returns
    -------
    tuple of Check
        One for each name of `LABELS`, in that order. Of several payloads or layers the worst is given.

    Notes
    -----
    A check passes or fails where 90 % of the draws do. Nothing is computed of release or of the stay at the site.
    """
    found = parts(formulation, prediction)
    return tuple(_checked(name, found) for name in LABELS)


CHECKS = {"mechanism": mechanism_check, "volume": volume_check, "dose": dose_check}


def _checked(name: str, found: tuple[Part, ...]) -> Check:
    if name not in CHECKS:
        return check(name, "not-known", "not known: this is not checked yet; need a later version")
    checks = []
    for part in found:
        try:
            checks.append(CHECKS[name](part))
        except MissingValueError as error:
            checks.append(missing(name, error))
    return worst(checks)
