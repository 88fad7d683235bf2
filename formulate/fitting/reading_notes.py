"""What must be known of the readings themselves, whatever the model."""

import math
from collections.abc import Iterator

import numpy as np

from formulate.curves.model import Floats
from formulate.domain import require
from formulate.experiment.checks import BELOW
from formulate.experiment.data import Profile
from formulate.fitting.findings import SEVERITIES, Finding
from formulate.fitting.results import Points

FEWEST_TIMES = 5
FEWEST_IN_THE_RISE = 3
RISE = (0.1, 0.9)  # of the highest mean
LEVEL = 0.05  # of the highest mean: as near to it a reading lies on the plateau
OVER = 105.0  # percent: above what an assay may give
FALL = 5.0  # percent


def reading_notes(profile: Profile, time_unit: str = "", points: Points | None = None) -> tuple[Finding, ...]:
    """Say what the readings of a profile can and cannot carry.

    Parameters
    ----------
    profile : Profile
        Its units at common times [%].
    time_unit : str
        As the user writes it.
    points : Points, optional
        The readings that are fitted, of which the part left out and readings of zero at time zero are told.

    Returns
    -------
    tuple of Finding
        The most serious first.

    Raises
    ------
    DomainError
        If there is no reading.

    Notes
    -----
    Of the mean over the units: number of times, readings in the rise (10 to 90 % of the highest mean), share on the
    plateau (within 5 % of it), a first reading past half, release above 105 %, below -2 % (an assay errs so much) or
    falling by more than 5 %, a level below 85 %.

    A reading of 0 % at time zero lies on every curve through the origin: it adds nothing to the sum of squares and one
    to N. Standard errors go down by ``sqrt((N - z - p)/(N - p))`` with z such readings, and distances between models in
    AICc, about N times the logarithm of the ratio of their sums of squares, up by ``N/(N - z)``.
    """
    read = profile.count > 0
    require("number of readings", int(read.sum()), "", bool(read.any()), ">= 1")
    time, mean = profile.time[read], np.nanmean(profile.released[:, read], axis=0)
    found = [*_notes(profile, time, mean, time_unit), *(_of_points(points, float(time[-1])) if points else ())]
    return tuple(sorted(found, key=lambda finding: SEVERITIES.index(finding.severity)))


def _of_points(points: Points, last: float) -> Iterator[Finding]:
    unit = f" {points.time_unit}" if points.time_unit else ""
    count = points.time.size
    at_origin = int(((points.time == 0.0) & (points.released == 0.0)).sum())
    others = count - at_origin
    if at_origin and others > 2:
        smaller = 100.0 * (1.0 - math.sqrt((others - 2) / (count - 2)))
        larger = 100.0 * (count / others - 1.0)
        first = f"{float(points.time[points.time > 0.0].min()):g}"
        yield Finding(
            "zero-readings",
            "note",
            f"{at_origin} of the {count} readings fitted {'is' if at_origin == 1 else 'are'} 0 % at time zero, where "
            f"every curve through the origin is: with N = {count} instead of {others} the standard errors of two "
            f"parameters are {smaller:.2g} % smaller and distances in AICc about {larger:.2g} % larger.",
            f"DDSolver counts such readings too; --from {first} (in Python start={first}) leaves them out.",
        )
    if points.time.max() < last:
        yield Finding(
            "part-only",
            "note",
            f"The models are fitted to {count} readings, the last at {float(points.time.max()):g}{unit}.",
            "DE and AUC of the fits go to there; numbers of the readings alone are of them all.",
        )


def _notes(profile: Profile, time: Floats, mean: Floats, time_unit: str) -> Iterator[Finding]:
    unit = f" {time_unit}" if time_unit else ""
    later = time > 0.0
    times = int(later.sum())
    top = float(mean.max())
    if times < FEWEST_TIMES:
        yield Finding(
            "few-times",
            "serious" if times < 3 else "caution",
            f"{times} time{'s' if times != 1 else ''} of sampling after zero.",
            "Models with more than one or two parameters cannot be told apart by these.",
        )
    if not top > 0.0:
        yield Finding("nothing-released", "serious", "No reading is above zero.", "There is no release to fit.")
        return
    rise = int((later & (mean >= RISE[0] * top) & (mean <= RISE[1] * top)).sum())
    if times >= FEWEST_TIMES and rise < FEWEST_IN_THE_RISE:
        yield Finding(
            "few-in-the-rise",
            "caution",
            f"{rise} of {times} times lie between {100 * RISE[0]:g} and {100 * RISE[1]:g} % of the highest mean "
            f"({top:.3g} %).",
            "The rate and the shape of the rise rest on these: sample there.",
        )
    flat = int((later & (mean >= (1.0 - LEVEL) * top)).sum())
    if flat > 0.5 * times:
        yield Finding(
            "mostly-plateau",
            "caution",
            f"{flat} of {times} times lie within {100 * LEVEL:g} % of the highest mean.",
            "They fix the plateau and nothing else, and make R2 look good; more readings in the rise would tell more.",
        )
    if times and float(mean[later][0]) > 0.5 * top:
        yield Finding(
            "first-past-half",
            "caution",
            f"The first reading after zero, at {time[later][0]:g}{unit}, is already {mean[later][0]:.3g} % "
            f"(highest mean {top:.3g} %).",
            "A burst and a fast release cannot be told apart: sample earlier.",
        )
    high = float(np.nanmax(profile.released))
    if high > OVER:
        yield Finding(
            "readings-over-100",
            "caution",
            f"Readings go up to {high:.4g} %.",
            "Check the dose taken as 100 %, the assay and the volumes replaced.",
        )
    low = float(np.nanmin(profile.released))
    if low < BELOW:
        yield Finding("readings-below-zero", "caution", f"Readings go down to {low:.3g} %.", "Check the blank.")
    drop = float((np.maximum.accumulate(mean) - mean).max())
    if drop > FALL:
        at = time[int((np.maximum.accumulate(mean) - mean).argmax())]
        yield Finding(
            "readings-fall",
            "caution",
            f"The mean falls by {drop:.3g} % to {at:g}{unit}.",
            "Drug is lost (degraded, adsorbed, taken with samples and not counted) or a reading is wrong.",
        )
    if times >= FEWEST_TIMES and top < 85.0 and flat >= 3:
        yield Finding(
            "levels-off-early",
            "note",
            f"Release levels off at {top:.3g} % of the dose.",
            "Models that end at 100 % cannot follow it: look at those with Fmax, and ask where the rest is.",
        )
