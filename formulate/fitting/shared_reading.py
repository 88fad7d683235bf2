"""What a fit over several profiles with parameters in common says, in words."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from formulate.fitting.findings import probability_text
from formulate.fitting.results import FittedParameter

if TYPE_CHECKING:
    from formulate.fitting.shared import SharedFit

DIFFER = 0.05  # p below which the profiles are said to differ


def shared_lines(fit: "SharedFit", names: Sequence[str] = (), unit: str = "") -> tuple[str, ...]:
    """Say what parameters in common come to.

    Parameters
    ----------
    fit : SharedFit
        One model fitted to several profiles.
    names : sequence of str
        Of the profiles, in their order; numbered if not given.
    unit : str
        Time unit of the data.

    Returns
    -------
    tuple of str
        A line for the shared parameters, one for each profile with its own, one for the goodness of fit beside that of
        fits one by one, and the F test of whether sharing fits worse.

    Notes
    -----
    Sharing q parameters among m profiles saves ``d = q (m - 1)`` of them, and
    ``F = ((WSS - WSS_apart)/d)/(WSS_apart/(N - p_apart))``, see `formulate.fitting.shared.fit_shared`. AICc of both as
    in `formulate.fitting.criteria`, of all readings together.
    """
    count = len(fit.points)
    named = [name or f"profile {number}" for number, name in enumerate([*names, *[""] * count][:count], start=1)]
    common = [_value(item, unit) for item in fit.parameters[0] if item.name in fit.shared]
    lines = [f"{fit.model.name}, shared by {count} profiles: {'; '.join(common)} ({100.0 * fit.level:g} % intervals)."]
    for name, own, squares in zip(named, fit.parameters, sums_of_squares(fit), strict=True):
        values = [_value(item, unit) for item in own if item.name not in fit.shared]
        lines.append(f"{name}: {'; '.join([*values, f'SS {squares:.4g}'])}.")
    together = fit.criteria
    saved = len(fit.shared) * (count - 1)
    parameters = together.parameters + saved
    freedom = together.points - parameters
    weighted = "" if fit.points[0].weighting == "1" else "W"
    aicc = _number(_aicc(together.points, parameters, fit.apart))
    lines.append(
        f"All {together.points} readings: {together.parameters} parameters, {weighted}SS {together.wss:.4g}, AICc "
        f"{_number(together.aicc)}; each profile by itself: {parameters} parameters, {weighted}SS {fit.apart:.4g}, "
        f"AICc {aicc}."
    )
    if math.isfinite(fit.worse):
        extra = max(together.wss - fit.apart, 0.0)
        ratio = extra / saved / (fit.apart / freedom)
        what = " and ".join(fit.shared)
        said = (
            f"the profiles differ in {what}; use the values of each"
            if fit.worse < DIFFER
            else f"no sign that the profiles differ in {what}, which does not prove that they are the same"
        )
        lines.append(
            f"The {weighted}SS with sharing is {together.wss / fit.apart:.4g} times that without, F({saved}, "
            f"{freedom}) = {ratio:.3g}, {probability_text(fit.worse)}: {said}."
        )
    else:
        lines.append("Whether sharing fits worse cannot be tested: no scatter or no degrees of freedom are left.")
    return tuple(lines)


def sums_of_squares(fit: "SharedFit") -> tuple[float, ...]:
    """Give SS of each profile about its curve, without weights [%²]."""
    return tuple(
        float(((points.released - fit.curve(number, points.time)) ** 2).sum())
        for number, points in enumerate(fit.points)
    )


def _value(item: FittedParameter, unit: str) -> str:
    text = f"{item.name} = {item.value:.4g} {item.unit.replace('{t}', unit)}".rstrip()
    if item.fixed:
        return f"{text} (fixed)"
    return f"{text} ({item.low:.4g} to {item.high:.4g})" if math.isfinite(item.low) else f"{text} (no interval)"


def _aicc(count: int, parameters: int, squares: float) -> float:
    spare = count - parameters - 1
    if spare <= 0 or not squares > 0.0:
        return math.nan
    return count * math.log(squares) + 2.0 * parameters + 2.0 * parameters * (parameters + 1) / spare


def _number(value: float) -> str:
    return f"{value:.5g}" if math.isfinite(value) else "not known"
