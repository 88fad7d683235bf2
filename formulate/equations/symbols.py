"""The symbols by which the inputs of a calculator may be called: those of its docstring, and those everybody uses."""

import re
from collections.abc import Iterable
from functools import cached_property

from formulate.equations.entry import Input

_SAID = re.compile(r"([A-Za-z]\w{0,6})(?:,| and \w+,) ")  # "DL, drug per loaded carrier"
_GREEK = re.compile(r"alpha|beta|gamma|delta|epsilon|kappa|lambda|mu|rho|sigma|tau|phi|chi|psi|xi")
# the usual symbols of a quantity; a name that ends with it counts, as core_density does for density
_USUAL = {
    "diameter": "d D",
    "radius": "r R",
    "density": "rho",
    "molar_mass": "M MW",
    "temperature": "T",
    "bilayer_thickness": "h",
    "area_per_lipid": "a a0 APL",
    "encapsulation_efficiency": "EE",
    "drug_loading": "DL LC",
    "feed_ratio": "r",
    "process_yield": "Y",
    "drug_to_lipid": "D/L DL_ratio",
    "permeability": "P",
    "log10_permeability": "logP log10P",
    "neutral_fraction": "fN",
    "critical_micelle_concentration": "CMC",
    "aggregation_number": "Nagg",
    "partition_coefficient": "K P",
    "partition": "K",
    "partition_by_mass": "K",
    "affinity": "K",
    "capacity": "qmax qm",
    "uptake": "q",
    "exponent": "n",
    "polydispersity_index": "PDI",
    "coefficient_of_variation": "CV",
    "geometric_sd": "GSD",
    "mesh_size": "xi",
    "molar_mass_between_crosslinks": "Mc",
    "primary_molar_mass": "Mn",
    "repeat_unit_mass": "Mr",
    "characteristic_ratio": "Cn Cinf",
    "bond_length": "l",
    "polymer_volume_fraction": "phi v2s",
    "swollen_volume_fraction": "phi v2s",
    "relaxed_volume_fraction": "v2r",
    "interaction_parameter": "chi",
    "solvent_molar_volume": "V1",
    "mass_swelling_ratio": "Q Qm",
    "storage_modulus": "G G'",
    "diffusivity": "D",
    "diffusivity_in_water": "D0",
    "time": "t",
    "mass": "m",
    "volume": "V",
    "amount": "n",
    "concentration": "c C",
    "initial_concentration": "C0",
    "footprint_area": "a",
    "number_per_particle": "n",
    "half_life": "t1/2 t50 T",
    "rate": "k",
    "hydrolysis_rate": "k",
    "solubility": "S Cs",
    "flory_radius": "RF",
    "surface_density": "sigma s",
    "hansen_distance": "Ra",
    "interaction_radius": "R0",
    "permitted_daily_exposure": "PDE",
    "copies_per_vesicle": "lambda",
    "trapped_fraction": "phi",
    "aspect_ratio": "p AR",
}
# only these also at the end of a longer name: elsewhere the longer name is another quantity
_AT_THE_END = ("diameter", "radius", "density", "molar_mass", "temperature", "solubility")


class Names:
    """What the inputs of one calculator may be called.

    >>> names = Names([Input("diameter", "number", "Outer diameter", "m"), Input("feed_ratio", "number", "", "kg/kg")])
    >>> [item.name for item in names.meant("Feed-Ratio")], [item.name for item in names.meant("d")], names.meant("q")
    (['feed_ratio'], ['diameter'], ())
    """

    def __init__(self, inputs: Iterable[Input]) -> None:
        self.inputs = tuple(inputs)

    def meant(self, name: str) -> tuple[Input, ...]:
        """Give the inputs that a name or a symbol may mean: one, none, or several where it is not plain."""
        wanted = name.strip().replace("-", "_").casefold()
        for item in self.inputs:
            if item.name.casefold() == wanted:
                return (item,)
        symbol = _bare(name.strip())
        found = self._by_symbol.get(symbol)
        if found is None:  # capitals decide only where both are used
            alike = [items for known, items in self._by_symbol.items() if known.casefold() == symbol.casefold()]
            found = tuple(dict.fromkeys(item for items in alike for item in items))
        return found

    def symbol(self, item: Input) -> str:
        """Give the first symbol that means this input alone, or an empty text."""
        known = _said(item) or _usual(item)
        return next((symbol for symbol in known if self.meant(symbol) == (item,)), "")

    @cached_property
    def _by_symbol(self) -> dict[str, tuple[Input, ...]]:
        """Give the inputs of each symbol; one that the docstring gives to an input is no other's."""
        found: dict[str, tuple[Input, ...]] = {}
        for item in self.inputs:
            for symbol in map(_bare, _said(item)):
                found[symbol] = (*found.get(symbol, ()), item)
        own = dict(found)
        for item in self.inputs:
            for symbol in map(_bare, _usual(item)):
                if symbol not in own:
                    found[symbol] = (*found.get(symbol, ()), item)
        return found


def _said(item: Input) -> tuple[str, ...]:
    found = _SAID.match(item.text)
    if found is None or item.kind not in ("number", "numbers", "count"):
        return ()
    word = found[1]
    is_symbol = bool(len(word) <= 3 or "_" in word or any(sign.isdigit() for sign in word) or _GREEK.fullmatch(word))
    return (word,) if is_symbol else ()


def _usual(item: Input) -> tuple[str, ...]:
    known = _USUAL.get(item.name)
    if known is None:
        ends = [key for key in _AT_THE_END if item.name.endswith(f"_{key}")]
        known = _USUAL[ends[0]] if ends else ""
    return tuple(known.split())


def _bare(symbol: str) -> str:
    return re.sub(r"[_\s-]", "", symbol)
