"""The loading of a whole formulation: every payload in every layer, the carriers that are the drug, and their sums."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from formulate.case import Case, OwnPlace, prepare_all, prepare_own
from formulate.formulation import Formulation
from formulate.inputs import Input
from formulate.loading import definitions, stage
from formulate.loading.stage_advice import method_advice
from formulate.loading.stage_biological import own_drug
from formulate.loading.stage_gels import gel_of, stiff_gel
from formulate.results import Detail, LayerLoading, Loading, OwnLoading
from formulate.sampling import Array, Draws
from materials.errors import FormulateError, shorten
from materials.schema import Carrier


@dataclass(frozen=True)
class LoadingResult:
    """How much goes in: each payload where it is held, carriers that are the drug, and the carrier of each layer."""

    formulation: Formulation
    cases: tuple[Case, ...]  # one per payload and layer that holds it
    payloads: tuple[Loading, ...]  # in the same order
    own: tuple[OwnLoading, ...]
    carrier_mass: dict[str, Array]  # kg of bare carrier in one injection, by layer
    volume: float  # m3 of one injection
    inputs: tuple[Input, ...]  # the numbers it rests on, each once
    warnings: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()  # which method suits the payload


def load_all(formulation: Formulation, draws: Draws | None = None) -> LoadingResult:
    """Compute the loading of a formulation, whether or not its release can be computed.

    Payloads that one carrier holds share it: there is as much of the carrier as the most demanding of them needs, and
    all doses are cut in proportion where that carrier does not fit the injection. Each is taken up as if it were
    alone; how they compete is not modelled.

    Parameters
    ----------
    formulation : Formulation
        What to compute.
    draws : Draws, optional
        Instead of those the formulation asks for; `TypicalDraw()` computes with typical values alone.

    Raises
    ------
    MissingValueError
        A number that a mechanism needs is given neither by the user nor by the catalog.
    DomainError
        Numbers contradict each other, such as a drug loading above the theoretical one.
    """
    if not isinstance(formulation, Formulation):
        raise FormulateError(f"{shorten(repr(formulation))}: is no formulation; need one, as formulate.read gives it")
    cases = prepare_all(formulation, draws)
    payloads = sharing(cases, tuple(stage.load(case) for case in cases))
    own, inputs, volume = [], {item.key: item for case in cases for item in case.inputs.used}, None
    for layer, place in prepare_own(formulation, draws):
        own.append(_in_gel(own_drug(place, layer), place))
        inputs |= {item.key: item for item in place.inputs.used}
        volume = place.volume
    volume = cases[0].volume if cases else volume
    assert volume is not None  # the model refuses a formulation that holds nothing
    told = _named(payloads)
    told += [warning for loading in own for warning in loading.warnings]
    told += [] if not cases else [*_crowded(cases, payloads), *_cautions(cases), *_ignored(cases)]
    return LoadingResult(
        formulation,
        cases,
        payloads,
        tuple(own),
        _carrier_mass(payloads),
        volume,
        tuple(inputs[key] for key in sorted(inputs)),
        tuple(dict.fromkeys(told)),
        tuple(dict.fromkeys(text for case in cases for text in method_advice(case))),
    )


def _in_gel(loading: OwnLoading, place: OwnPlace) -> OwnLoading:
    """Give a carrier that is the drug with the gel around it, if there is one."""
    gel = next((item for item in place.layers if isinstance(item.entry, Carrier) and item.entry.form == "depot"), None)
    if gel is None:
        return loading
    polymer, _ = gel_of(gel, place.volume)
    around = Detail("gel_polymer", "dry polymer of the gel around", "mg", polymer, gel.entry.id)
    return replace(loading, details=(*loading.details, around), warnings=(*loading.warnings, *stiff_gel(gel)))


def sharing(cases: Sequence[Case], loadings: tuple[Loading, ...]) -> tuple[Loading, ...]:
    """Give the loadings with the carrier shared among the payloads that one layer of particles holds."""
    together: dict[str, list[int]] = defaultdict(list)
    for index, loading in enumerate(loadings):
        inside = loading.layers[0]
        if inside.loaded_mass is not None and inside.drug_loading is not None and cases[index].holder_form != "depot":
            together[cases[index].holder.id].append(index)
    shared = list(loadings)
    for members in together.values():
        if len(members) > 1:
            for index, loading in zip(members, _shared([loadings[index] for index in members]), strict=True):
                shared[index] = loading
    return tuple(shared)


def _shared(loadings: Sequence[Loading]) -> list[Loading]:
    """Give the loadings of payloads in one carrier.

    With drug per carrier x_i = DL_i/(1 - DL_i) of each alone, the carrier is max(dose_i/x_i). In convention B the
    loading fed of each is y_i = DL_i/EE_i of the shared product, so its feed is y_i m/(1 - sum of y).
    """
    alone = [_known(loading.layers[0].drug_loading) for loading in loadings]
    ratios = [definitions.drug_to_carrier(share) for share in alone]
    carrier = np.max([loading.wanted / ratio for loading, ratio in zip(loadings, ratios, strict=True)], axis=0)
    total = carrier + sum(loading.wanted for loading in loadings)
    densest = np.min([loading.largest / share for loading, share in zip(loadings, alone, strict=True)], axis=0)
    cut = np.minimum(1.0, densest / total)
    carrier, total = carrier * cut, total * cut
    fed_shares = []
    for loading in loadings:
        efficiency = loading.layers[0].encapsulation_efficiency
        fed_shares.append(loading.wanted * cut / total / (1.0 if efficiency is None else efficiency))
    room = 1.0 - sum(fed_shares)
    found = []
    for loading, fed in zip(loadings, fed_shares, strict=True):
        inside = loading.layers[0]
        given = loading.wanted * cut
        added = None
        if inside.basis == "from your assay" and inside.drug_added is not None:
            added = inside.drug_added * given / loading.given
        elif inside.encapsulation_efficiency is not None:
            added = given / inside.encapsulation_efficiency
            if inside.convention == "B":
                added = np.where(room > 0, fed * carrier / np.where(room > 0, room, 1.0), np.nan)
        layer = replace(
            inside,
            drug_loading=given / total,
            drug_added=added,
            drug_lost=None if added is None else added - given,
            carrier_mass=carrier,
            loaded_mass=total,
            concentration=total / loading.volume,
            particles=_scaled(inside.particles, total, inside.loaded_mass),
            volume_share=_scaled(inside.volume_share, total, inside.loaded_mass),
            molecules_per_particle=_scaled(inside.molecules_per_particle, given / total, inside.drug_loading),
            details=_of_shared(inside, total, added, carrier),
        )
        outer = tuple(_grown(item, total, inside.loaded_mass) for item in loading.layers[1:])
        found.append(
            replace(loading, given=given, largest=loading.wanted * densest * cut / total, layers=(layer, *outer))
        )
    return found


def _of_shared(layer: LayerLoading, total: Array, added: Array | None, carrier: Array) -> tuple[Detail, ...]:
    """Give the details of a carrier that has grown to hold several payloads."""
    growth = total / _known(layer.loaded_mass)
    found = []
    for item in layer.details:
        if item.name == "particle_surface":
            item = replace(item, draws=item.draws * growth)
        elif item.name == "feed_ratio" and added is not None:
            item = replace(item, draws=added / carrier)
        found.append(item)
    return tuple(found)


def _known(values: Array | None) -> Array:
    assert values is not None  # of a carrier that holds its payload by drug loading
    return values


def _scaled(values: Array | None, now: Array, before: Array | None) -> Array | None:
    return None if values is None or before is None else values * now / before


def _grown(layer: LayerLoading, now: Array, before: Array | None) -> LayerLoading:
    """Give a layer around, holding another mass of the one inside; a gel stays as it is."""
    if layer.loaded_mass is None:
        return layer
    return replace(
        layer,
        drug_added=_scaled(layer.drug_added, now, before),
        drug_lost=_scaled(layer.drug_lost, now, before),
        carrier_mass=_scaled(layer.carrier_mass, now, before),
        loaded_mass=_scaled(layer.loaded_mass, now, before),
        concentration=_scaled(layer.concentration, now, before),
    )


def _carrier_mass(loadings: Sequence[Loading]) -> dict[str, Array]:
    """Give the bare carrier of each layer [kg]: payloads share the one that holds them, and a gel around them all."""
    masses: dict[str, Array] = {}
    for loading in loadings:
        for layer in loading.layers:
            if layer.carrier_mass is not None:
                held = masses.get(layer.layer)
                masses[layer.layer] = layer.carrier_mass if held is None else np.maximum(held, layer.carrier_mass)
    return masses


def _named(loadings: Sequence[Loading]) -> list[str]:
    """Give the warnings of all loadings, with the payload where it matters to which one they belong."""
    payloads = {loading.payload for loading in loadings}
    concerned: dict[str, set[str]] = {}
    for loading in loadings:
        for warning in (*loading.unfit, *loading.warnings):
            concerned.setdefault(warning, set()).add(loading.payload)
    return [
        warning if names == payloads else f"{', '.join(sorted(names))}: {warning}"
        for warning, names in concerned.items()
    ]


def _crowded(cases: Sequence[Case], loadings: Sequence[Loading]) -> list[str]:
    """Tell when different particles together take more of the injection than a gel can carry, or flow."""
    shares = {
        loading.layers[0].layer: loading.layers[0].volume_share
        for loading in loadings
        if loading.layers[0].volume_share is not None
    }
    depot = next((case.depot for case in cases if case.depot), None)
    if len(shares) < 2:
        return []
    whole: Array = sum(share for share in shares.values() if share is not None)  # type: ignore[assignment]
    most = depot.read("particle_volume_fraction", "the particles a gel can carry")[:, 0] if depot else 0.4
    often = float((whole > most).mean())
    if often < 0.1:
        return []
    names = " and ".join(shares)
    what = "than the gel can carry" if depot else "than flows through a needle (40 % by volume)"
    return [f"in {often:.0%} of the draws {names} together take more of the injection {what}"]


def _cautions(cases: Sequence[Case]) -> list[str]:
    entries = [case.payload.entry for case in cases]
    entries += [subject.entry for case in cases for subject in case.layers]
    return [statement.text for entry in entries for statement in entry.statements("caution")]


def _ignored(cases: Sequence[Case]) -> list[str]:
    """Tell which settings of the user no case asked for; those of the release and the site are not looked at here."""
    told = []
    for case in cases:
        for subject in case.layers:
            asked = [other for other in cases for item in other.layers if item.entry is subject.entry]
            unread = [set(other.inputs.ignored(subject.entry, subject.overrides)) for other in asked]
            for name in sorted(set.intersection(*unread)) if unread else []:
                told.append(f"{name} was set for {subject.entry.id}; loading does not use it")
    return told
