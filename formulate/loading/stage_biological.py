"""Carriers of biological origin: cargo of extracellular vesicles, and carriers that are themselves the drug."""

from formulate.case import OwnPlace
from formulate.formulation import Layer, own_dose
from formulate.results import OwnLoading


def own_drug(place: OwnPlace, layer: Layer) -> OwnLoading:
    """One injection of a carrier that is itself the drug."""
    assert layer.dose is not None
    dose, unit = own_dose(layer.dose)
    return OwnLoading(layer.id, place.carrier.entry.id, dose, unit)
