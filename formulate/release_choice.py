"""What tells how a layer releases: published profiles of its kind, or the mechanism of its carrier."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from materials import catalog
from materials.schema import Carrier, Entry
from materials.values import Value

if TYPE_CHECKING:
    from formulate.formulation import Formulation
    from formulate.layer import Layer

Family = Literal["polyester", "liposome"]  # those of formulate.release.learned
PROFILES, MECHANISM = "published-profiles", "mechanism"

# what only the mechanism reads, of carrier and payload: who sets one of them describes the mechanism
OF_THE_MECHANISM: dict[Family, tuple[str, ...]] = {
    "polyester": (
        "burst_fraction",
        "burst_rate_constant",
        "hydrolysis_rate_constant",
        "hydrolysis_lactide_slope",
        "critical_molecular_weight",
        "diffusion_growth_exponent",
        "diffusion_share",
        "diffusion_diameter_exponent",
        "diffusion_coefficient_plga",
        "erosion_time",
        "erosion_shape",
        "between_study_time_factor",
        "size_span",
        "acid_diffusion_coefficient",
        "catalysis_rate_constant",
        "shell_diffusion_coefficient",
    ),
    "liposome": ("burst_fraction", "bilayer_permeability_reduction", "bilayer_permeability", "size_span"),
}


@dataclass(frozen=True)
class Choice:
    """The family whose published profiles tell; or None, and why where there would be one."""

    family: Family | None
    why: str = ""


def family_of_carrier(carrier: Carrier) -> Family | None:
    """Give the family of published profiles a carrier is of: degradable polyester particles and liposomes have one."""
    if carrier.mechanisms.release == "polyester-degradation":
        return "polyester"
    if carrier.mechanisms.release == "vesicle-membrane" and carrier.carrier_class == "lipid-vesicle":
        return "liposome"
    return None


def choice(formulation: "Formulation", layer: "Layer") -> Choice:
    """Give what tells how a layer releases, by what the file says of it.

    Published profiles where there are any, unless the file asks for the mechanism or sets a number that only the
    mechanism reads. A measured law stands before both. Of a remotely loaded vesicle see `formulate.release.stage`.
    """
    family = family_of_carrier(layer.entry)
    if family is None or layer.release is not None:
        return Choice(None)
    if layer.release_from == MECHANISM:
        return Choice(None, f'release_from = "{MECHANISM}"')
    if layer.release_from == PROFILES:
        return Choice(family)
    yours = _yours(layer.entry, layer.overrides)
    if formulation.payload:
        part = formulation.cargo
        if part.id in layer.shares and part.entry.origin != "user":  # a drug of one's own says all it is, asked or not
            yours |= _yours(part.entry, part.overrides)
    if formulation.system:
        nest = catalog.load().carrier(formulation.system)
        yours |= {value.name for value in nest.property if value.is_yours and value.layer == layer.carrier}
    if found := [name for name in OF_THE_MECHANISM[family] if name in yours]:
        return Choice(None, f"{' and '.join(found)}, which only the mechanism reads, set by you")
    return Choice(family)


def _yours(entry: Entry, overrides: Mapping[str, Value]) -> set[str]:
    return {*overrides, *(value.name for value in entry.property if value.is_yours)}
