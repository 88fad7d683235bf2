"""What the samples taken around a dialysis bag mean for the correction, where it cannot take them in."""

from materials.units import parse

SAME_VOLUME = 0.01  # of each other: written otherwise, or rounded


def sampling_warnings(receiver: str, volume: str, sample: str, *, replaced: bool) -> list[str]:
    """Say what of the samples the correction does not take in.

    Parameters
    ----------
    receiver, volume : str
        The volume around the bag, and that of the medium by which readings are amounts, as they were written; empty
        where they were not told.
    sample : str
        What was taken at each reading.
    replaced : bool
        Whether fresh medium took its place.

    Raises
    ------
    UnitError
        A volume cannot be read.

    Examples
    --------
    >>> sampling_warnings("40 mL", "0.04 L", "1 mL", replaced=True)
    []
    """
    found: list[str] = []
    if not receiver:
        return found
    if volume:
        outside = parse(receiver, "mL")
        if abs(parse(volume, "mL") - outside) > SAME_VOLUME * outside:
            found.append(
                f"the volume of medium {volume} is not the receiver {receiver}: both are the medium outside the bag"
            )
    if sample and not replaced:
        found.append("the receiver counts as large as at the start, though samples were not replaced")
    return found
