"""What the half-time behind a bag would be if the bag were not that of the free drug: a rate a little off."""

from formulate.dialysis.half_time import half_time
from formulate.dialysis.joint import BAG, release_of
from formulate.fitting.fit import fit
from formulate.fitting.results import Fit, Points

OFF = 0.1  # of the rate: as bags of one kind may differ


def half_time_in_other_bags(joint: Fit, release: Fit, readings: Points) -> tuple[float, float]:
    """Give the half-time out of the carrier if its bag were slower by a tenth than that of the free drug, and faster.

    Parameters
    ----------
    joint : Fit
        Law and bag together.
    release : Fit
        The law of it.
    readings : Points
        Of the carrier.

    Returns
    -------
    slower, faster : float
        Half-times [t]; NaN where half is not reached within ten times the last reading.

    Notes
    -----
    The law is fitted again to the readings of the carrier, with the rate of the bag held.
    """
    rate = joint.values[joint.model.names.index(BAG)]
    found = []
    for factor in (1.0 - OFF, 1.0 + OFF):
        held = {BAG: float(rate * factor)}
        if "recovery" in joint.model.names:
            held["recovery"] = 100.0
        again = fit(readings, joint.model, fixed=held, level=joint.level)
        found.append(half_time(release_of(again, release.model, readings, again.criteria.degrees_of_freedom))[0])
    return found[0], found[1]
