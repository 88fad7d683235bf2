"""A payload of which several layers each hold a part: what the parts come to, by their shares of what is given."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from formulate.results import Loading, Release
from formulate.sampling import Array

Parts = Sequence[tuple[Loading, Release]]


def shares_of(parts: Parts) -> list[Array]:
    """Give the share of what is given that is in each part, (draws, 1)."""
    whole = np.sum([loading.given for loading, _ in parts], axis=0)
    return [(loading.given / whole)[:, None] for loading, _ in parts]


def as_one(parts: Parts) -> tuple[Loading, Release]:
    """Give loading and release of a payload from those of its parts.

    Layers and carriers are those of the first part, the innermost. The dose that fits is that at which the first of the
    parts no longer does.
    """
    (loading, release), *others = parts
    if not others:
        return loading, release
    shares = shares_of(parts)
    held = [part for part, _ in parts]
    wanted = sum(part.wanted for part in held)
    whole = replace(
        loading,
        wanted=wanted,
        largest=np.min([part.largest * wanted / part.wanted for part in held], axis=0),
        given=np.sum([part.given for part in held], axis=0),
        dissolved_share=_summed([part.dissolved_share[:, None] for part in held], shares)[:, 0],
        warnings=tuple(dict.fromkeys(text for part in held for text in part.warnings)),
    )
    names = ("in_depot_carrier", "in_free_carrier", "solid", "free", "free_from_depot")
    released = [part for _, part in parts]
    together = replace(
        release,
        **{name: _summed([getattr(part, name) for part in released], shares) for name in names},
        has_carriers=any(part.has_carriers for part in released),
        warnings=tuple(dict.fromkeys(text for part in released for text in part.warnings)),
        loose=None,
    )
    return whole, together


def _summed(values: Sequence[Array], shares: Sequence[Array]) -> Array:
    return np.asarray(sum(share * value for share, value in zip(shares, values, strict=True)))
