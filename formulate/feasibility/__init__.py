"""Whether a formulation can be made, filled, injected and reach its target, before it is asked how well it does."""

from formulate.feasibility.check import LABELS, Check, Verdict
from formulate.feasibility.stage import feasibility

__all__ = ["LABELS", "Check", "Verdict", "feasibility"]
