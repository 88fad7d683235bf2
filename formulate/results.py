"""What each stage gives: small immutable objects with their draws, units in the names of their fields' docs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from formulate.sampling import Array

if TYPE_CHECKING:
    import pandas as pd

BAND = {"low": 0.1, "median": 0.5, "high": 0.9}


class _Result:
    """Makes the arrays of a result read-only: a result is a value."""

    def __post_init__(self) -> None:
        for part in fields(self):  # type: ignore[arg-type]  # every subclass is a dataclass
            held = getattr(self, part.name)
            for array in held.values() if isinstance(held, dict) else (held,):
                if isinstance(array, np.ndarray):
                    array.setflags(write=False)


@dataclass(frozen=True)
class Detail(_Result):
    """A further number of a loading, shown with its band."""

    name: str
    label: str
    unit: str  # to show it in
    draws: Array  # (draws,) SI
    note: str = ""
    unknown: str = ""  # why it is not known: then the draws are what is reckoned with in its place, and are not shown


@dataclass(frozen=True)
class Held(_Result):
    """How a carrier holds a payload, whatever the dose."""

    drug_loading: Array  # (draws,) drug per loaded carrier, fraction
    encapsulation_efficiency: Array | None  # (draws,) fraction, in `convention`; None where it has no meaning
    convention: Literal["A", "B"]
    basis: str  # where the two come from, in words
    details: tuple[Detail, ...] = ()
    warnings: tuple[str, ...] = ()
    added_per_held: Array | None = None  # (draws,) drug to add per drug in the product, where a batch was assayed


@dataclass(frozen=True)
class OwnLoading(_Result):
    """One injection of a carrier that is itself the drug: cells, vesicles, particles that act."""

    layer: str
    carrier: str
    dose: float
    unit: Literal["kg", "1"]  # mass, or number of cells or particles
    details: tuple[Detail, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class LayerLoading(_Result):
    """What one layer holds of one payload. Arrays (draws,); None where it does not apply."""

    layer: str
    carrier: str
    convention: str  # of the encapsulation efficiency: A drug entrapped/added, B loading found/fed
    drug_loading: Array | None = None  # fraction
    encapsulation_efficiency: Array | None = None  # fraction
    drug_added: Array | None = None  # kg, to weigh out
    drug_lost: Array | None = None  # kg
    carrier_mass: Array | None = None  # kg of carrier without drug
    loaded_mass: Array | None = None  # kg of carrier with drug
    concentration: Array | None = None  # kg/m3 of loaded carrier in the injection
    volume_share: Array | None = None  # fraction of the injection
    particles: Array | None = None  # number per injection
    molecules_per_particle: Array | None = None
    payload: str = ""
    basis: str = ""  # where drug loading and encapsulation efficiency come from, in words
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True)
class Loading(_Result):
    """How much goes in: the dose that fits one injection, and what each layer holds."""

    wanted: float  # kg per injection
    volume: float  # m3 per injection
    largest: Array  # (draws,) kg that would fit
    given: Array  # (draws,) kg that is injected: the wanted dose, or what fits
    dissolved_share: Array  # (draws,) of the drug that is in solution in the injection, not in particles
    layers: tuple[LayerLoading, ...]
    warnings: tuple[str, ...] = ()
    payload: str = ""

    @property
    def fits(self) -> float:
        """Share of the draws in which the wanted dose fits."""
        return float((self.largest >= self.wanted * (1 - 1e-9)).mean())

    @property
    def unfit(self) -> tuple[str, ...]:
        """What a reader must know when the wanted dose fits in too few of the draws."""
        if self.fits >= 0.9:
            return ()
        often = f"fits one injection of {self.volume * 1e6:.3g} mL in {self.fits:.0%} of the draws"
        rest = "the others are computed with what fits"
        if self.fits < 0.5:
            rest = f"computed with what fits, typically {float(np.median(self.largest)) * 1e6:.2g} mg"
        return (f"the wanted {self.wanted * 1e6:.3g} mg {often}; {rest}",)


@dataclass(frozen=True)
class Release(_Result):
    """Where the payload is, whatever the site does: cumulative fractions of the dose, (draws, times).

    `in_depot_carrier`, `in_free_carrier`, `solid` and `free` sum to 1 at every time.
    """

    time: Array  # (times,) s
    in_depot_carrier: Array  # in the depot: in its particles, dissolved or suspended in it
    in_free_carrier: Array  # in carriers that are outside any depot
    solid: Array  # set free undissolved; the site dissolves it
    free: Array  # dissolved and out of every layer
    free_from_depot: Array  # the part of `free` that came across the depot
    carriers_out: Array  # fraction of the inner carriers outside the depot
    unreleased: Array  # fraction of its load that a carrier of this age still holds
    carrier_substance: Array  # fraction of the carrier's own substance not yet degraded
    has_carriers: bool
    warnings: tuple[str, ...] = ()
    # the part that is, or was set free, by carriers that have left the particles around them; theirs are the layers
    # further in, and those of the rest the particles
    loose: "Release | None" = None

    @property
    def of_particles(self) -> "Release":
        """The part that is not of loose carriers."""
        if self.loose is None:
            return self
        names = ("in_free_carrier", "free")
        return replace(self, **{name: getattr(self, name) - getattr(self.loose, name) for name in names}, loose=None)

    @property
    def released(self) -> Array:
        """Fraction of the dose that has left every layer, dissolved or solid."""
        return self.free + self.solid

    def to_frame(self) -> "pd.DataFrame":
        """Give a pandas DataFrame of the shares of the dose against time: median and 80 % band."""
        names = ("in_depot_carrier", "in_free_carrier", "solid", "free", "released")
        return _frame(self.time, {f"{name} {{}} (fraction)": getattr(self, name) for name in names})


@dataclass(frozen=True)
class Profile(_Result):
    """Unbound concentration in a slab of tissue against depth, at some times."""

    depth: Array  # (draws, cells) m from the surface
    time: Array  # (moments,) s
    unbound: Array  # (draws, cells, moments) kg/m3


class Depths(Mapping[str, Profile]):
    """Profiles by compartment, each computed when it is first asked for: most are never shown."""

    def __init__(self, made: Mapping[str, Callable[[], Profile]]) -> None:
        self._made, self._known = dict(made), dict[str, Profile]()

    def __getitem__(self, name: str) -> Profile:
        if name not in self._known:
            self._known[name] = self._made[name]()
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


class Levels(Mapping[str, Array]):
    """Concentrations by compartment, each computed when asked for: held, they would double the memory of a comparison.

    Each follows from amounts that are held. `not_below_zero` takes away what rounding leaves below zero.
    """

    def __init__(self, made: Mapping[str, Callable[[], Array]], not_below_zero: bool = False) -> None:
        self._made, self._not_below_zero = dict(made), not_below_zero

    def __getitem__(self, name: str) -> Array:
        found = self._made[name]()
        if self._not_below_zero:
            found = np.maximum(found, 0.0)
        found.setflags(write=False)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)

    @property
    def not_below_zero(self) -> "Levels":
        """The same without what rounding leaves below zero."""
        return Levels(self._made, not_below_zero=True)


@dataclass(frozen=True)
class Exposure(_Result):
    """Amounts as fractions of all that is given, over every dose; concentrations in kg/m3; (draws, times)."""

    time: Array
    given: Array  # (times,) what has been given so far, fraction; each dose counts from its time on
    at_site: dict[str, Array]  # amounts at the site by where they are
    in_plasma: Array
    eliminated: Array
    drained: Array  # payload carried away inside carriers and not yet released
    unbound: Mapping[str, Array]  # unbound concentration by compartment, plasma included
    total: Mapping[str, Array]  # dissolved concentration, bound and unbound, where it differs in a compartment
    carriers_left: Array  # fraction of the carriers still at the site
    plasma_auc: Array  # (draws,) unbound, kg s/m3, to the horizon
    saturation: Array  # (draws,) largest unbound concentration over the solubility
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # pitfalls that apply to this very case
    elsewhere: dict[str, Array] = field(default_factory=dict)  # amounts in named places off the site
    at_depth: Mapping[str, Profile] = field(default_factory=dict)  # by compartment, where a slab was computed

    @property
    def left(self) -> Array:
        """Fraction of the dose still at the site, in any form."""
        first, *others = self.at_site.values()
        found = np.array(first)
        for other in others:
            found += other
        return found

    def to_frame(self) -> "pd.DataFrame":
        """Give a pandas DataFrame of shares and unbound concentrations against time: median and 80 % band."""
        shares = {f"{name} {{}} (fraction)": values for name, values in self.at_site.items()}
        shares |= {"at site {} (fraction)": self.left, "eliminated {} (fraction)": self.eliminated}
        unbound = {f"unbound {name} {{}} (mg/mL)": values for name, values in self.unbound.items()}  # kg/m3 = mg/mL
        return _frame(self.time, shares | unbound)


def _frame(time: Array, curves: Mapping[str, Array]) -> "pd.DataFrame":
    import pandas as pd

    columns = {"time (d)": time / 86400.0}
    for name, values in curves.items():
        quantiles = np.quantile(values, list(BAND.values()), axis=0)
        columns |= {name.format(end): row for end, row in zip(BAND, quantiles, strict=True)}
    return pd.DataFrame(columns)
