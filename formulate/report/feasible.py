"""What stands in the way of formulations, as plain data."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from formulate.feasibility import Check
from formulate.formulation import Formulation

Checked = tuple[Formulation, Sequence[Check]]


def feasible_results(checked: Sequence[Checked], aside: Mapping[str, str] = MappingProxyType({})) -> dict[str, object]:
    """Give the checks of formulations as plain data, and why some carriers were not checked."""
    return {
        "formulations": [
            {
                "name": formulation.label,
                "carriers": [layer.carrier for layer in formulation.layer],
                "checks": [check.to_dict() for check in checks],
            }
            for formulation, checks in checked
        ],
        "not_checked": [{"carrier": name, "reason": reason} for name, reason in aside.items()],
    }
