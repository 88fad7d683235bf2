"""What the prediction reads of a formulation, and the numbers it makes of it.

A field that is not given is not taken to be zero or usual: the population averages over what formulations of its kind
have there (`formulate.release.learned.population`), and the band is as wide as that leaves it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Literal, get_args

import numpy as np

from formulate.domain import require, require_fraction, require_not_negative, require_positive
from formulate.sampling import Array
from materials.errors import UnknownIdError

Family = Literal["polyester", "liposome"]
Polymer = Literal["lactide-glycolide", "other"]  # other: caprolactone, valerolactone, ester amides
Method = Literal["dialysis", "usp-4", "self-quenching", "other"]
Structure = Literal["unilamellar", "multilamellar"]


@dataclass(frozen=True)
class Description:
    """A formulation as far as it is known; None where it is not.

    Attributes
    ----------
    family : {"polyester", "liposome"}
        Particle or implant of a degradable polyester, or liposome.
    diameter : float, optional
        Diameter of the particle or vesicle [m]. For a polyester, of a sphere; else give `surface_to_volume`.
    surface_to_volume : float, optional
        Surface of the device by its volume, 6/diameter for a sphere [1/m].
    drug_loading : float, optional
        Drug by total mass [1].
    lactide_fraction : float, optional
        Lactide per lactide and glycolide; 1 for PLA; not read of a chain of other units [mol/mol].
    molar_mass : float, optional
        Molar mass of the polymer, weight average where known [kg/mol].
    polymer : {"lactide-glycolide", "other"}
        Whether the main chain is of lactide and glycolide; other: caprolactone, valerolactone, ester amides.
    crosslinked : bool
        Whether the polymer is a network.
    surfactant : float, optional
        Surfactant or solubiliser in the release medium, 10 for 1 % (w/v) [kg/m**3].
    method : {"dialysis", "usp-4", "self-quenching", "other"}, optional
        How the release of liposomes was measured.
    structure : {"unilamellar", "multilamellar"}, optional
        Of liposomes.
    temperature : float, optional
        Of the release medium, liposomes [K].
    transition_temperature : float, optional
        Mean over the lipids of a liposome, each from gel to liquid [K].
    drug_log_p : float, optional
        Octanol-water partition coefficient of the drug, decadic logarithm, liposomes [1].
    drug_molar_mass : float, optional
        Of the drug, liposomes [kg/mol].
    """

    family: Family = "polyester"
    diameter: float | None = None
    surface_to_volume: float | None = None
    drug_loading: float | None = None
    lactide_fraction: float | None = None
    molar_mass: float | None = None
    polymer: Polymer = "lactide-glycolide"
    crosslinked: bool = False
    surfactant: float | None = None
    method: Method | None = None
    structure: Structure | None = None
    temperature: float | None = None
    transition_temperature: float | None = None
    drug_log_p: float | None = None
    drug_molar_mass: float | None = None

    def __post_init__(self) -> None:
        words = {"family": Family, "polymer": Polymer, "method": Method, "structure": Structure}
        for name, allowed in words.items():
            given = getattr(self, name)
            if given is not None and given not in get_args(allowed):
                raise UnknownIdError(name, str(given), get_args(allowed))
        positive = {
            "diameter": "m", "surface_to_volume": "1/m", "molar_mass": "kg/mol", "temperature": "K",
            "transition_temperature": "K", "drug_molar_mass": "kg/mol",
        }  # fmt: skip
        for name, unit in positive.items():
            if getattr(self, name) is not None:
                require_positive(name, getattr(self, name), unit)
        for name in ("drug_loading", "lactide_fraction"):
            if getattr(self, name) is not None:
                require_fraction(name, getattr(self, name))
        if self.surfactant is not None:
            require_not_negative("surfactant", self.surfactant, "kg/m**3")
        if self.drug_log_p is not None:
            require("drug_log_p", self.drug_log_p, "", np.isfinite(self.drug_log_p), "a finite number")
        if self.diameter is not None and self.surface_to_volume is not None and self.family == "polyester":
            agree = np.isclose(self.diameter * self.surface_to_volume, 6.0, rtol=0.02)
            require(
                "surface_to_volume", self.surface_to_volume, "1/m", agree, "6/diameter",
                "give one of the two; a sphere's is 6/diameter",
            )  # fmt: skip


@dataclass(frozen=True)
class Feature:
    """One number made of a description.

    Attributes
    ----------
    name : str
        Its key in the fitted form.
    label : str
        In words, with unit.
    source : tuple of str
        The fields it is made of; not known where one of them is not.
    """

    name: str
    label: str
    source: tuple[str, ...]


FEATURES: dict[str, tuple[Feature, ...]] = {
    "polyester": (
        Feature("ln_molar_mass", "molar mass of the polymer [kg/mol]", ("molar_mass",)),
        Feature("lactide", "lactide fraction [mol/mol]", ("lactide_fraction",)),
        Feature("network", "cross-linked (1) or linear (0)", ("crosslinked",)),
        Feature("other_chain", "main chain of other units than lactide and glycolide (1)", ("polymer",)),
        Feature("ln_surface", "surface by volume [1/mm]", ("surface_to_volume",)),
        Feature("ln_loading", "drug loading [g/g]", ("drug_loading",)),
        Feature("root_surfactant", "surfactant in the medium [%]", ("surfactant",)),
    ),
    "liposome": (
        Feature("self_quenching", "measured by self-quenching (1)", ("method",)),
        Feature("flow_cell", "measured in a flow cell, USP 4 (1)", ("method",)),
        Feature("dialysis", "measured by dialysis (1)", ("method",)),
    ),
}
# a quantity is shown as users say it: (from feature to quantity)
LOGARITHMIC = ("ln_molar_mass", "ln_surface", "ln_loading")


def numbers(description: Description) -> Array:
    """Features of a description.

    Parameters
    ----------
    description : Description
        The formulation, as far as known.

    Returns
    -------
    ndarray, shape (features,)
        In the order of `FEATURES`; NaN where not known [1].

    Raises
    ------
    KeyError
        If the family has no features.

    Notes
    -----
    Logarithms of molar mass [kg/mol], surface by volume [1/mm] and loading (at least 0.001), the square root of the
    surfactant in per cent; choices as 0 and 1.

    Examples
    --------
    >>> numbers(Description(lactide_fraction=0.5, diameter=6e-6))  # 1000/mm
    array([    nan, 0.5    , 0.     , 0.     , 6.90776,     nan,     nan])
    """
    given = {field.name: getattr(description, field.name) for field in fields(description)}
    if description.family == "liposome":
        if description.method is None:
            return np.full(3, np.nan)
        return np.array([float(description.method == name) for name in ("self-quenching", "usp-4", "dialysis")])
    surface = given["surface_to_volume"]
    if surface is None and description.diameter is not None:
        surface = 6.0 / description.diameter
    found = {
        "ln_molar_mass": _apply(np.log, given["molar_mass"]),
        "lactide": _apply(float, given["lactide_fraction"]),
        "network": float(description.crosslinked),
        "other_chain": float(description.polymer == "other"),
        "ln_surface": _apply(np.log, None if surface is None else surface / 1000.0),
        "ln_loading": _apply(np.log, None if description.drug_loading is None else max(description.drug_loading, 1e-3)),
        "root_surfactant": _apply(np.sqrt, None if description.surfactant is None else description.surfactant / 10.0),
    }
    if description.polymer == "other":
        found["lactide"] = 1.0  # no glycolide in it
    return np.array([found[feature.name] for feature in FEATURES[description.family]])


def numbers_of_draws(description: Description, draws: Mapping[str, Array]) -> Array:
    """Features of a formulation whose numbers are drawn.

    Parameters
    ----------
    description : Description
        The formulation, as far as known, by its typical numbers.
    draws : mapping of str to ndarray, shape (draws,)
        Draws of some of the fields it knows: diameter [m], molar_mass [kg/mol], lactide_fraction, drug_loading [1].

    Returns
    -------
    ndarray, shape (draws, features)
        As `numbers` gives them of each draw; one row where nothing that counts is drawn [1].

    Raises
    ------
    DomainError
        If a draw lies outside what its field may be.

    Notes
    -----
    As `numbers`. Of a liposome none of the four is a feature.

    Examples
    --------
    >>> plain = Description(lactide_fraction=0.5, diameter=6e-6)
    >>> numbers_of_draws(plain, {"diameter": np.array([6e-6, 6e-5])})[:, 4]  # ln of 1000/mm and 100/mm
    array([6.90776, 4.60517])
    """
    checked: dict[str, Callable[[Array], Array]] = {
        "molar_mass": lambda given: np.log(require_positive("molar_mass", given, "kg/mol")),
        "lactide_fraction": lambda given: require_fraction("lactide_fraction", given),
        "diameter": lambda given: np.log(6e-3 / require_positive("diameter", given, "m")),
        "drug_loading": lambda given: np.log(np.maximum(require_fraction("drug_loading", given), 1e-3)),
    }
    typical = numbers(description)
    if description.family == "liposome" or not draws:
        return typical[None, :]
    place = {feature.source: index for index, feature in enumerate(FEATURES[description.family])}
    of_sphere = {"diameter": ("surface_to_volume",)}
    rows = np.tile(typical, (max(len(given) for given in draws.values()), 1))
    for name, given in draws.items():
        rows[:, place[of_sphere.get(name, (name,))]] = checked[name](given)
    return rows


def _apply(function: Callable[[float], object], value: float | None) -> float:
    return float("nan") if value is None else float(function(value))  # type: ignore[arg-type]
