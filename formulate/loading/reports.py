"""Reported encapsulation efficiency, loading and feed: in which convention they speak, and what is wrong with them."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from formulate.domain import require_positive
from formulate.loading import definitions
from formulate.loading.definitions import Convention, consistent_conventions

CLOSER = 4.0  # times, for one reading of three numbers to stand out from another
ROUNDED = 0.025  # of the loading, that rounding to two digits can hide
Preparation: TypeAlias = Literal["emulsion", "nanoprecipitation"]

# convention that most reports of a preparation close under, where the numbers themselves do not tell
USUAL: dict[Preparation, Convention] = {"emulsion": "B", "nanoprecipitation": "A"}


@dataclass(frozen=True)
class ReportedLoading:
    """What three reported numbers can mean.

    Attributes
    ----------
    conventions : frozenset of {"A", "B"}
        Conventions under which they agree, drug loading taken per loaded carrier.
    likely : {"A", "B"} or None
        The one to use: the one that agrees far better, or alone; else that usual for the preparation; else none.
    per_bare_carrier : bool
        True where they agree far better as drug per bare carrier than per loaded carrier.
    swapped : bool
        True where they agree only with efficiency and loading swapped.
    exceeds_theoretical : bool
        True where the loading is above what the feed allows.
    gap_a : float
        Distance of the loading that convention A gives from the reported one, per reported one [1].
    gap_b : float
        The same of convention B [1].
    gap_per_bare_carrier : float
        The same of drug per bare carrier [1].
    """

    conventions: frozenset[Convention]
    likely: Convention | None
    per_bare_carrier: bool
    swapped: bool
    exceeds_theoretical: bool
    gap_a: float
    gap_b: float
    gap_per_bare_carrier: float

    @property
    def sentence(self) -> str:
        """What to make of the numbers, in words."""
        if self.swapped:
            return "the numbers agree only with encapsulation efficiency and drug loading swapped"
        if self.exceeds_theoretical and not self.per_bare_carrier:
            return "the loading exceeds what the feed allows: carrier was lost, or columns are swapped"
        if self.per_bare_carrier:
            return "the loading is drug per bare carrier, not per loaded carrier"
        if self.conventions == {"A", "B"} and self.likely and abs(self.gap_a - self.gap_b) > ROUNDED:
            return f"the numbers agree best under convention {self.likely}"
        if self.conventions == {"A", "B"}:
            usual = f"; {self.likely} is usual for the preparation" if self.likely else ""
            return f"the numbers agree under both conventions{usual}"
        if self.conventions:
            return f"the numbers agree under convention {self.likely}"
        return "the numbers agree under neither convention: carrier was lost, or one of them is wrong"


def read_report(
    encapsulation_efficiency: float,
    drug_loading: float,
    feed_ratio: float,
    tolerance: float = 0.05,
    preparation: Preparation | None = None,
) -> ReportedLoading:
    """Find out in which convention a report speaks, and whether its columns are swapped.

    Parameters
    ----------
    encapsulation_efficiency : float
        EE as reported [1].
    drug_loading : float
        DL as reported [kg/kg].
    feed_ratio : float
        r, drug added per carrier added [kg/kg].
    tolerance : float, optional
        Largest accepted distance of the computed from the reported DL, as a share of the latter [1].
    preparation : {"emulsion", "nanoprecipitation"}, optional
        How the particles were made; decides where the numbers do not.

    Returns
    -------
    ReportedLoading
        Conventions, the likely one, and flags.

    Raises
    ------
    DomainError
        If EE or DL is not above 0 and at most 1, or the feed ratio or tolerance is not positive.

    Notes
    -----
    A: ``DL = EE r/(1 + EE r)``; B: ``DL = EE r/(1 + r)``; per bare carrier: ``DL = EE r``. Of readings within the
    tolerance one stands out if the next is four times as far off and by more than rounding (2.5 %). Swapped is
    looked at only where none agrees. Preparations: published nanoprecipitated PLGA nanoparticles close mostly under A,
    emulsion microparticles mostly under B.

    Examples
    --------
    >>> read_report(0.2518, 0.2012, 1.0).likely
    'A'
    >>> read_report(0.7, 0.014, 0.02, preparation="emulsion").likely
    'B'
    >>> read_report(0.2012, 0.2518, 1.0).swapped
    True
    """
    efficiency = float(require_positive("encapsulation_efficiency", encapsulation_efficiency, ""))
    found = consistent_conventions(efficiency, drug_loading, feed_ratio, tolerance)
    gaps = {
        "A": _gap(float(definitions.drug_loading(efficiency, feed_ratio, "A")), drug_loading),
        "B": _gap(float(definitions.drug_loading(efficiency, feed_ratio, "B")), drug_loading),
        "bare": _gap(efficiency * feed_ratio, drug_loading),
    }
    nearest, next_one = sorted(gaps, key=lambda name: gaps[name])[:2]
    stands_out = gaps[nearest] <= tolerance and gaps[next_one] > max(CLOSER * gaps[nearest], ROUNDED)
    bare = stands_out and nearest == "bare"
    swapped = not found and not bare and bool(consistent_conventions(drug_loading, efficiency, feed_ratio, tolerance))
    likely: Convention | None = None
    if not bare and found:
        closer: Convention = "A" if gaps["A"] < gaps["B"] else "B"
        apart = max(gaps["A"], gaps["B"]) > max(CLOSER * gaps[closer], ROUNDED)
        if apart:
            likely = closer
        elif len(found) == 1:
            likely = next(iter(found))
        elif preparation is not None:
            likely = USUAL[preparation]
    above = drug_loading > float(definitions.theoretical_loading(feed_ratio)) * (1.0 + tolerance)
    return ReportedLoading(found, likely, bare, swapped, above, gaps["A"], gaps["B"], gaps["bare"])


def _gap(computed: float, reported: float) -> float:
    return abs(computed - reported) / reported
