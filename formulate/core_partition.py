"""How a drug is shared between the cores of micelles and water, as loading and release read it."""

import numpy as np

from formulate.case import Case
from formulate.ionisation import neutral_fraction
from formulate.sampling import Array

BASES = ("pka_base_1", "pka_base_2")
ACIDS = ("pka_acid_1", "pka_acid_2", "pka_acid_3")
GIVEN = "core_partition_log10"


def core_partition(case: Case, needed_for: str) -> Array:
    """Give log10 of all dissolved drug per volume of core over that per volume of water, (draws,).

    The partition given for the core, else log P with the offset of the core, for the neutral share of the drug.

    Raises
    ------
    MissingValueError
        Neither the partition nor log P is known.
    """
    if case.inner.find(GIVEN):
        return case.inner.read(GIVEN, needed_for)[:, 0]
    octanol = case.payload.read(_log_p(case), f"{needed_for}, without {GIVEN} of the core,")[:, 0]
    shift = case.process.read("core_partition_logp_offset", needed_for)[:, 0]
    ph = case.process.read("process_ph", needed_for)[:, 0]
    bases, acids = ([case.payload.read(name, needed_for)[:, 0] for name in names if case.payload.find(name)]
                    for names in (BASES, ACIDS))  # fmt: skip
    return np.asarray(octanol + shift + np.log10(neutral_fraction(ph, bases, acids)))


def _log_p(case: Case) -> str:
    """Give the name of the log P that is known: a measured one before one from the structure."""
    names = ("logp_octanol_water", "logp_calculated")
    return next((name for name in names if case.payload.find(name)), names[0])
