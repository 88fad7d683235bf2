"""What stands against a fit, in plain words with its numbers: identifiability, shape, residuals."""

from typing import TYPE_CHECKING

import numpy as np

from formulate.fitting.course import course
from formulate.fitting.findings import SEVERITIES, Finding
from formulate.fitting.identifiability import identifiability
from formulate.fitting.misfit import misfit
from formulate.fitting.results import Fit

if TYPE_CHECKING:
    from formulate.fitting.analysis import FittedModel

__all__ = ["Finding", "diagnose", "objections"]


def diagnose(fit: Fit) -> tuple[Finding, ...]:
    """Question a fit.

    Parameters
    ----------
    fit : Fit
        A fitted curve with its readings [%].

    Returns
    -------
    tuple of Finding
        The most serious first; empty where nothing stands against the fit. Nothing found does not make a model right.

    Notes
    -----
    Identifiability: parameters at a bound, without a standard error or with one above their value, correlations above
    0.99, condition number of the slopes (each scaled to length 1) above 1000, fewer than p + 2 readings or times.
    Shape: a plateau beyond the readings or above 100 %, lags below zero or in a gap of the readings, exponents at
    their limits, curves that fall, start above zero or pass 100 %. Residuals: as in `formulate.fitting.residuals`.
    """
    with np.errstate(all="ignore"):  # parameters at the end of their range take slopes there too
        found = [*identifiability(fit), *course(fit), *misfit(fit)]
    found.sort(key=lambda finding: SEVERITIES.index(finding.severity))
    return tuple(found)


def objections(fitted: "FittedModel") -> tuple[str, ...]:
    """Give what stands against using a fitted law, the most serious first; notes are none.

    Parameters
    ----------
    fitted : FittedModel
        One model of an analysis.

    Returns
    -------
    tuple of str
        A sentence for each finding that is serious or a caution, with its numbers and without advice.
    """
    return tuple(finding.text for finding in fitted.findings if finding.severity != "note")
