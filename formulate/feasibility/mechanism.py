"""Whether a payload suits the way its carrier is loaded."""

from formulate.feasibility.check import Check, check, missing
from formulate.feasibility.part import Part
from formulate.loading.stage_advice import method_advice, method_doubts
from materials.errors import MissingValueError


def mechanism_check(part: Part) -> Check:
    """Hold a payload against the way its carrier is loaded."""
    case = part.case
    if case is None:
        return check("mechanism", "not-applicable", f"{part.name} is itself the drug: nothing is loaded into it")
    if isinstance(part.problem, MissingValueError):
        return missing("mechanism", part.problem)
    if part.problem is not None:
        return check("mechanism", "fails", str(part.problem))
    if doubts := method_doubts(case):
        return check("mechanism", "fails", doubts[0])
    advice = method_advice(case)
    return check("mechanism", "passes", advice[0] if advice else "nothing known speaks against it")
