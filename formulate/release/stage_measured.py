"""The release stage where the user has measured it: the law of a layer in place of the mechanism of its carrier."""

from dataclasses import replace
from typing import Any

import numpy as np

from formulate.case import Case
from formulate.curves.draws import law_draws, law_released, student_widening
from formulate.inputs import Input, Subject
from formulate.layer import Layer
from formulate.measured_release import MeasuredRelease
from formulate.release.stage_depot import goes_by, gone
from formulate.release.stage_nest import out_of_particles, polymer_left
from formulate.release.stage_triggers import own_time, trigger_factor
from formulate.results import Release
from formulate.sampling import Array
from materials.evidence import Evidence, Spread
from materials.schema import Carrier
from materials.values import Value

PARAMETER = "release_law_parameter"  # of the vocabulary
TOLD = 0.01  # of the draws, or of the dose, from which on a reader is told
ROUNDED = 1e-6  # of a time


def measured(case: Case) -> Release:
    """Release by the measured law of the layer that has one.

    A law of particles or vesicles takes the place of what they release, alone or in a depot, which is computed around
    them as for any other. A law of a depot is that of all it holds: nothing inside it is computed, and no particle
    leaves it whole.

    Raises
    ------
    MissingValueError
        A number that the depot around needs is given neither by the user nor by the catalog.
    """
    place = next(index for index, layer in enumerate(case.chain) if layer.release)
    layer, subject = case.chain[place], case.layers[place]
    law, carrier = layer.release, subject.entry
    assert law is not None
    assert isinstance(carrier, Carrier)
    factor = _factor(case, layer, law)
    drawn = law_draws(law.model, law.vector, law.matrix, _scores(case, layer, law), law.last)
    bench = own_time(case, subject) * factor / law.seconds
    found = law_released(law.model, drawn.values, bench)
    _keep(case, layer, subject, law, drawn.values)
    if carrier.form == "depot":
        result = _out_of_depot(case, subject, found.released)
    else:
        result = out_of_particles(case, found.released, _substance(case, factor, found.released))
    warnings = [_told(law, carrier), *_beyond(law, bench, found.released)]
    if drawn.moved > TOLD:
        warnings.append(
            f"in {drawn.moved:.0%} of the draws a parameter of {law.law} was held at the end of what it may be: "
            "its doubt is wider than the law allows"
        )
    if found.risen > TOLD:
        warnings.append(
            f"in {found.risen:.0%} of the draws {law.law} falls with time: held at the most it reached, for what has "
            "left a carrier does not return"
        )
    if found.cut > TOLD:
        warnings.append(f"in {found.cut:.0%} of the draws {law.law} leaves 0 to 100 % of the dose and is cut there")
    return replace(result, warnings=(*result.warnings, *warnings))


def _factor(case: Case, layer: Layer, law: MeasuredRelease) -> Array:
    """Give how much faster release runs in the body, (draws, 1)."""
    if law.in_body_factor is None:  # as on the bench, which a warning says
        return np.ones((case.inputs.draws.count, 1))
    return case.inputs.determined(f"{layer.carrier}.{law.factor.name}", law.factor)[:, None]


def _scores(case: Case, layer: Layer, law: MeasuredRelease) -> Array:
    """Give independent scores for the parameters, (parameters, draws), the same whatever else is drawn."""
    draws = case.inputs.draws
    scores = np.stack([draws.standard_normal(f"measured_release.{layer.id}.{i}") for i in range(len(law.values))])
    if law.degrees_of_freedom is None:
        return scores
    # Student's t: the residual variance that the covariance rests on is known from so many readings only
    variance = draws.standard_normal(f"measured_release.{layer.id}.variance")
    return np.asarray(scores * student_widening(variance, law.degrees_of_freedom))


def _keep(case: Case, layer: Layer, subject: Subject, law: MeasuredRelease, values: Array) -> None:
    """Enter the parameters among the numbers the prediction rests on.

    The scores kept are the independent ones: what a parameter does beyond those before it, so that no doubt of the
    law is counted twice where its parameters go together.
    """
    errors = np.sqrt(np.diag(law.matrix))
    scores = _scores(case, layer, law)
    for i, parameter in enumerate(law.model.parameters):
        value, error = float(law.vector[i]), float(errors[i])
        spread: dict[str, Any] = {"low": value - error, "high": value + error, "spread": Spread.SE} if error else {}
        told = f"{parameter.name} of {law.model.name}: {law.model.equation}"
        kept = Value(
            name=PARAMETER,
            typical=value,
            unit=parameter.unit.replace("{t}", law.time_unit) or "1",
            evidence=Evidence.USER,
            conditions=law.source,
            note=told,
            **spread,
        )
        key = f"{subject.entry.id}.release_{parameter.name}"
        case.inputs.keep(Input(key, subject.entry.id, kept, "user", error == 0.0, scores[i], values[i]))


def _substance(case: Case, factor: Array, released: Array) -> Array:
    """Give the share of the carrier not yet degraded: of a polyester as computed, at the pace of the body; else all."""
    carrier = case.inner
    assert isinstance(carrier.entry, Carrier)
    if carrier.entry.mechanisms.release != "polyester-degradation":
        return np.ones_like(released)
    return polymer_left(carrier, own_time(case, carrier) * factor)


def _out_of_depot(case: Case, depot: Subject, released: Array) -> Release:
    """Give the release from a depot as it was measured, with all it holds."""
    nothing, kept = np.broadcast_to(0.0, released.shape), 1.0 - released
    warnings: tuple[str, ...] = ()
    if depot.find(goes_by(depot)) is None:
        degraded = nothing
        warnings = (f"how fast {depot.entry.id} degrades is not known: its residence is computed as if it did not",)
    else:
        out = gone(depot, case.volume, case.time, trigger_factor(case, depot))
        degraded = np.broadcast_to(out, released.shape)
    holds_particles = depot is not case.inner
    return Release(
        case.time,
        kept,
        nothing,
        nothing,
        released,
        released,
        nothing if holds_particles else degraded,  # of the carriers inside: they stay
        np.ones_like(released),
        1.0 - degraded,
        True,
        warnings,
    )


def _told(law: MeasuredRelease, carrier: Carrier) -> str:
    """Say whose release this is, and what stands between bench and body."""
    of = f" ({law.source})" if law.source else ""
    told = f"the release of {carrier.id} is your measured law {law.law}{of}, not computed; "
    if law.matrix.any():
        told += "its band is the doubt of the fit alone, without how batches differ"
    else:
        told += "no doubt of it is given, so its band is too narrow"
    if law.in_body_factor is None:
        told += (
            "; taken to run in the body as on the bench: erodible depots commonly run 1 to 3 times as fast; "
            "set in_body_factor"
        )
    return told


def _beyond(law: MeasuredRelease, bench: Array, released: Array) -> list[str]:
    """Say how much of the release lies beyond the last reading."""
    if float(np.median(bench[:, -1])) <= law.last * (1 + ROUNDED):
        return []
    there = np.array([np.interp(law.last, times, curve) for times, curve in zip(bench, released, strict=True)])
    late = released[:, -1] - there
    of_all = np.divide(late, released[:, -1], out=np.zeros_like(late), where=released[:, -1] > 0.0)
    low, share, high = np.quantile(of_all, [0.1, 0.5, 0.9])
    if high < TOLD:
        return []
    return [
        f"{share:.0%} of what is released ({low:.0%} to {high:.0%}) leaves after the last reading at "
        f"{law.measured_until}: there {law.law} is extrapolated"
    ]
