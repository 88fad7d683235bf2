"""What a loading says: the numbers of each layer with their bands, as text lines and as JSON."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from formulate.estimate import Estimate, absent, estimate
from formulate.inputs import Input
from formulate.report.provenance import described, evidence_counts
from formulate.results import LayerLoading, Loading, OwnLoading
from formulate.sampling import Array

if TYPE_CHECKING:
    from formulate.loading.stage_predicted import LoadingPrediction
    from formulate.loading.total import LoadingResult

CONVENTIONS = {
    "A": "convention A: encapsulation efficiency is drug entrapped over drug added",
    "B": "convention B: encapsulation efficiency is drug loading found over drug loading fed",
}


def expected(found: "LoadingPrediction") -> list[Estimate]:
    """Give what published formulations let expect: efficiency, loading, and the feed that was reckoned with."""
    return [
        estimate("encapsulation_efficiency", "encapsulation efficiency", "percent", found.efficiency.efficiency, ()),
        estimate("drug_loading", "drug loading", "percent_w_w", found.drug_loading, ()),
        estimate("feed_ratio", "drug fed per carrier fed", "g/g", found.feed_ratio, ()),
    ]


def layer_numbers(layer: LayerLoading) -> Iterator[tuple[str, str, str, Array]]:
    """Give the numbers a layer has: name, label, unit to show it in, draws."""
    listed = (
        ("drug_loading", "drug loading", "percent_w_w", layer.drug_loading),
        ("encapsulation_efficiency", "encapsulation efficiency", "percent", layer.encapsulation_efficiency),
        ("drug_to_weigh_out", "drug to weigh out", "mg", layer.drug_added),
        ("drug_lost", "drug lost in making", "mg", layer.drug_lost),
        ("carrier_mass", "carrier without drug", "mg", layer.carrier_mass),
        ("loaded_mass", "carrier with drug", "mg", layer.loaded_mass),
        ("concentration", "concentration in the injection", "mg/mL", layer.concentration),
        ("volume_share", "share of the injection volume", "percent_v_v", layer.volume_share),
        ("particles", "particles per injection", "1", layer.particles),
        ("molecules_per_particle", "molecules per particle", "1", layer.molecules_per_particle),
    )
    for name, label, unit, draws in listed:
        if draws is not None:
            yield name, label, unit, draws


def layer_estimates(layer: LayerLoading | OwnLoading, inputs: Sequence[Input]) -> tuple[Estimate, ...]:
    """Give what is known of a layer, each number with its band and what it comes from."""
    found = []
    if isinstance(layer, LayerLoading):
        found = [estimate(name, label, unit, draws, inputs) for name, label, unit, draws in layer_numbers(layer)]
    for item in layer.details:
        known = (item.name, item.label, item.unit)
        found.append(absent(*known, item.unknown) if item.unknown else estimate(*known, item.draws, inputs))
    return tuple(found)


def dose_estimates(loading: Loading, inputs: Sequence[Input]) -> tuple[Estimate, ...]:
    """Give the dose that fits one injection, and the one that is given."""
    largest = estimate("largest_dose", "dose that fits", "mg", loading.largest, inputs)
    if np.isinf(loading.largest).any():
        largest = absent("largest_dose", "dose that fits", "mg", "no limit of what can be injected is known")
    return largest, estimate("given_dose", "dose given", "mg", loading.given, inputs)


def loading_results(result: "LoadingResult") -> dict[str, object]:
    """Give a loading as plain data, numbers with unit and band."""
    inputs = [described(item.key, item.value, item.set_by) for item in result.inputs]
    return {
        "label": result.formulation.label,
        "injection_volume": {"value": result.volume * 1e6, "unit": "mL"},
        "payloads": [
            _payload(loading, case.holder.shares[loading.payload], case.inputs.used)
            for case, loading in zip(result.cases, result.payloads, strict=True)
        ],
        "carriers_that_are_the_drug": [_own(loading, result.inputs) for loading in result.own],
        "advice": list(result.advice),
        "evidence": {"unit": "inputs", "count": evidence_counts(inputs)},
        "inputs": inputs,
    }


def _payload(loading: Loading, share: float, inputs: Sequence[Input]) -> dict[str, object]:
    return {
        "payload": loading.payload,
        "share_of_dose": {"value": share, "unit": "1"},
        "wanted_dose": {"value": loading.wanted * 1e6, "unit": "mg"},
        "fits": {"label": "share of the draws in which the wanted dose fits", "mean": loading.fits, "unit": "1"},
        "estimates": _by_name(dose_estimates(loading, inputs)),
        "layers": [
            {
                "id": layer.layer,
                "carrier": layer.carrier,
                "convention": layer.convention,
                "basis": layer.basis,
                "estimates": _by_name(layer_estimates(layer, inputs)),
                "notes": {item.name: item.note for item in layer.details if item.note},
            }
            for layer in loading.layers
        ],
    }


def _own(loading: OwnLoading, inputs: Sequence[Input]) -> dict[str, object]:
    mass = loading.unit == "kg"
    return {
        "id": loading.layer,
        "carrier": loading.carrier,
        "dose": {"value": loading.dose * 1e6 if mass else loading.dose, "unit": "mg" if mass else "1"},
        "estimates": _by_name(layer_estimates(loading, inputs)),
        "notes": {item.name: item.note for item in loading.details if item.note},
    }


def _by_name(estimates: Sequence[Estimate]) -> dict[str, object]:
    return {item.name: {"label": item.label, **item.to_dict()} for item in estimates}
