"""What a ratio is taken against: the same drug in solution, a neutral particle, another size, another route."""

import re
from dataclasses import replace

from formulate.fate.agent import Agent
from formulate.fate.metrics import Asked
from formulate.fate.priors import shipped
from materials.errors import FormulateError


def reference_of(asked: Asked, agent: Agent) -> Agent:
    """Give the agent that a ratio is taken against.

    Raises
    ------
    FormulateError
        The row does not say against what, or it is the drug in solution already.
    """
    text = f"{asked.metric} {agent.name}".casefold().replace("_", " ")
    if "over iv" in text or "vs iv" in text:
        raise FormulateError("a ratio of one route over another is not predicted")
    if found := re.search(r"(?:vs|over|to)\s+(\d+(?:\.\d+)?)\s*(nm|um)", text):
        return replace(agent, size=float(found.group(1)) * (1e-9 if found.group(2) == "nm" else 1e-6))
    if re.search(r"vs\.? (neutral|uncharged|anionic|negative)", text):
        return replace(agent, zeta=-0.01)
    if re.search(r"concentration ratio|bone to blood|accumulation|vs muscle|node", text):
        raise FormulateError("a ratio of concentrations in two tissues is not predicted")
    if agent.kind.form == "dissolved":
        raise FormulateError("a ratio against the free drug, of what is free already")
    kinds = {item.id: item for item in shipped().kinds}
    light = agent.drug.id in (
        "protein", "antibody", "albumin", "growth-factor", "surface-binding-protein", "cationic-protein"
    )  # fmt: skip
    free = kinds["protein" if light else "small-molecule"]
    return replace(agent, kind=free, size=None, zeta=None, holds_drug=False)
