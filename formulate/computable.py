"""What of a formulation is computed: by stage, what stands in the way, as field and problem."""

from collections.abc import Iterator

from formulate.fields import not_retained, not_run
from formulate.formulation import Formulation
from formulate.layer import Layer
from formulate.nest import CAN_BE_MEASURED
from formulate.release_choice import choice
from materials.nests import erodes, nest_problem


def prediction_problems(formulation: Formulation) -> Iterator[tuple[str, str]]:
    """Give what stands in the way of computing release and retention of a formulation whose loading can be computed."""
    if problem := not_retained(formulation.regimen.entry):
        yield "regimen.site", problem
    yield from vein_problems(formulation)
    yield from release_problems(formulation)


def comparison_problems(formulation: Formulation) -> Iterator[tuple[str, str]]:
    """Give what stands in the way of comparing a formulation: a carrier that is the drug needs no payload there."""
    if formulation.payload:
        yield from prediction_problems(formulation)
    elif problem := not_retained(formulation.regimen.entry):
        yield "regimen.site", problem


def release_problems(formulation: Formulation) -> Iterator[tuple[str, str]]:
    """Give what stands in the way of computing the release of the payload that is followed, its loading apart."""
    of = f" (payload {formulation.cargo.id})" if len(formulation.payload) > 1 else ""
    for field, problem in _release_problems(formulation):
        yield field, problem + of


def _release_problems(formulation: Formulation) -> Iterator[tuple[str, str]]:
    own = next((index for index, layer in enumerate(formulation.layer) if layer.dose is not None), None)
    if own is not None and not formulation.payload:
        follows = "a carrier that is the drug has no concentration: formulate retention follows it"
        yield f"layer.{own}.dose", f"{follows}; need a payload"
        return
    if not formulation.payload:
        yield "payload", "none given; need one: there is nothing to release"
    if len(formulation.payload) > 1 and formulation.regimen.also:
        need = "need a formulation of one payload, or the further route left out"
        yield "regimen.also.0.dose", f"of which of {len(formulation.payload)} payloads is not said; {need}"
    places = {layer.id: index for index, layer in enumerate(formulation.layer)}
    found = dict.fromkeys(
        problem
        for part in formulation.parts
        for problem in _chain_problems(formulation, [(places[layer.id], layer) for layer in part.chain])
    )
    yield from found
    for index, layer in enumerate(formulation.layer):
        if layer.dose is not None:
            yield (
                f"layer.{index}.dose",
                "a carrier that is the drug has no concentration: formulate retention follows it; need a payload",
            )


def _chain_problems(formulation: Formulation, chain: list[tuple[int, Layer]]) -> Iterator[tuple[str, str]]:
    """Give what stands in the way of the release out of some layers, from the one that holds the payload outwards."""
    laws = [index for index, layer in chain if layer.release]
    if len(laws) > 1:
        yield f"layer.{laws[1]}.release", "a second measured law; need that of the layer that was on the bench alone"
    for index, layer in chain:
        form = layer.entry.form
        if layer.release and form not in CAN_BE_MEASURED:
            need = f"need a {' or '.join(CAN_BE_MEASURED)}"
            yield f"layer.{index}.release", f"a measured release of {layer.carrier} ({form}) is not computed; {need}"
        # a measured law stands in for the mechanism of its layer, and of all that is inside
        elif (problem := not_run(layer.entry)) and not any(law >= index for law in laws):
            hint = "; or measure it and put its law into [layer.release]" if form in CAN_BE_MEASURED else ""
            yield f"layer.{index}.carrier", problem + hint
        elif layer.first_points is not None and (problem := _points_without_use(formulation, layer)):
            yield f"layer.{index}.first_points", problem
    inside = laws[-1] if laws and formulation.layer[laws[-1]].entry.form != "depot" else 0  # the law holds for those
    if problem := nest_problem([layer.entry for index, layer in chain if index >= inside]):
        yield "layer", problem


def bench_problems(formulation: Formulation) -> Iterator[tuple[str, str]]:
    """Give what stands in the way of computing release on the bench, of a carrier that is the drug too."""
    if formulation.payload:
        yield from release_problems(formulation)
        return
    own = [index for index, layer in enumerate(formulation.layer) if layer.dose is not None]
    for index in own[1:]:
        yield (
            f"layer.{index}.dose",
            "a second carrier that is the drug; need one: the release of several is not computed",
        )
    first = formulation.layer[own[0]]
    for layer in formulation.around(first):
        index = formulation.layer.index(layer)
        if layer.release:
            yield f"layer.{index}.release", f"a law measured of a drug; need none around {first.carrier}"
        if layer.entry.form != "depot" and not erodes(layer.entry):
            problem = f"how {first.carrier} leaves a {layer.entry.form} is not computed"
            yield f"layer.{index}.carrier", f"{problem}; need a gel or particles that erode around it, or nothing"


def _points_without_use(formulation: Formulation, layer: Layer) -> str:
    """Give why first points in a file cannot move the release of a layer, or nothing."""
    fit = "need enough of them for a law (formulate fit DATA --use-in FILE.toml), or them left out"
    if layer.release is not None:
        return "stand beside a measured law, which holds; need one of the two"
    if outer := next((item.carrier for item in formulation.around(layer) if item.release is not None), ""):
        return f"stand inside the measured law of {outer}, which holds for all that is in it; need one of the two"
    made = choice(formulation, layer)
    if made.family is not None:
        return ""
    told = f"the mechanism tells the release of {layer.carrier}, and in a body it is not moved by points"
    return f"{told} ({made.why}); {fit}" if made.why else f"{told}; {fit}"


def vein_problems(formulation: Formulation, also: bool = True) -> Iterator[tuple[str, str]]:
    """Give by which routes a formulation would bring solids into a vein; `also` looks at further routes."""
    regimen = formulation.regimen
    routes = [("regimen.route", regimen.route_or_first)]
    if also:
        routes += [(f"regimen.also.{index}.route", item.route) for index, item in enumerate(regimen.also)]
    solid = next((layer for layer in formulation.layer if layer.entry.form in ("crystal", "depot")), None)
    for field, route in routes:
        if solid is not None and route == "intravenous":
            what = "crystals" if solid.entry.form == "crystal" else "a gel or another depot"
            need = " or ".join(name for name in regimen.entry.routes if name != route)
            yield field, f"intravenous: {what} ({solid.carrier}) would block vessels; need {need}"
        elif formulation.payload and len(formulation.chain) > 1 and route == "intravenous":
            inner, outer = (layer.carrier for layer in formulation.chain[:2])
            need = " or ".join(name for name in regimen.entry.routes if name != route) or "another site"
            yield field, f"intravenous: where {inner} goes that leaves {outer} in an organ is not computed; need {need}"
