"""All checks of a formulation, each once, always in the same order."""

from collections.abc import Callable

from formulate.feasibility.barrier import barrier_check
from formulate.feasibility.check import LABELS, Check, missing, worst
from formulate.feasibility.force import force_check
from formulate.feasibility.mechanism import mechanism_check
from formulate.feasibility.needle import needle_check, viability_check
from formulate.feasibility.part import Part, parts
from formulate.feasibility.sterile import sterile_check
from formulate.feasibility.support import support_check
from formulate.feasibility.volume import dose_check, volume_check
from formulate.formulation import Formulation
from formulate.pipeline import Prediction
from formulate.sampling import Draws
from materials.errors import MissingValueError


def feasibility(
    formulation: Formulation, prediction: Prediction | None = None, draws: Draws | None = None
) -> tuple[Check, ...]:
    """Check whether a formulation can be loaded, filled, injected, sterilised, and whether its size lets it arrive.

    Parameters
    ----------
    formulation : Formulation
        What to check; loading, release and retention need not be computable.
    prediction : Prediction, optional
        Of the same formulation, to take its loading from.
    draws : Draws, optional
        Instead of those the formulation asks for, without a prediction; several formulations may share theirs.

    Returns
    -------
    tuple of Check
        One for each name of `LABELS`, in that order. Of several payloads or layers the worst is given.

    Notes
    -----
    A check passes or fails where 90 % of the draws do. Nothing is computed of release or of the stay at the site.
    """
    found = parts(formulation, prediction, draws)
    return tuple(_checked(name, found) for name in LABELS)


CHECKS: dict[str, Callable[[Part], Check]] = {
    "mechanism": mechanism_check,
    "volume": volume_check,
    "dose": dose_check,
    "needle": needle_check,
    "force": force_check,
    "barrier": barrier_check,
    "load-bearing": support_check,
    "sterilisable": sterile_check,
    "viability": viability_check,
}


def _checked(name: str, found: tuple[Part, ...]) -> Check:
    checks = []
    for part in found:
        try:
            checks.append(CHECKS[name](part))
        except MissingValueError as error:
            checks.append(missing(name, error))
    return worst(checks)
