"""Freed memory stays with the process: fresh pages from the system take longer than the sums done in them."""

import numpy as np

_KEPT = 31 * 2**20  # bytes; glibc learns to keep blocks of up to 32 MiB, and twice as much of what is freed


def keep_what_is_freed() -> None:
    """Have the C library keep freed arrays for the next ones, rather than give each back to the system.

    glibc takes every block that is larger than any it has yet seen freed from the system, and gives it back: curves of
    many draws would come from fresh pages again and again. One large block, freed without being touched, tells it
    (``mallopt(3)``, dynamic adjustment of the mmap threshold). Elsewhere it changes nothing.
    """
    np.empty(_KEPT, dtype=np.uint8)
