"""What was measured put into a formulation, and into the file of it: a release law, or first points."""

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import tomli

from formulate.computable import release_problems
from formulate.formulation import Formulation, build
from formulate.layer import Layer
from formulate.measured_release import FORMULA, MEASURED, FirstPoints
from formulate.nest import CAN_BE_MEASURED
from materials.errors import DomainError, Fault, FileError, UnknownIdError, nearest

if TYPE_CHECKING:
    from formulate.experiment.data import ReleaseData
    from formulate.first_points import Points
    from formulate.fitting.results import Fit

UNITS = {1.0: "s", 60.0: "min", 3600.0: "h", 86400.0: "d", 604800.0: "week"}
_HEADER = re.compile(r"\s*\[\[?[^\[\],=]+\]\]?\s*(#.*)?$")  # a row of numbers ends in a comma
_LAYER = re.compile(r"\s*\[\[\s*layer\s*\]\]")
_WITHIN = re.compile(r"\s*\[\[?\s*layer\s*\.\s*([\w-]+)")


def use_in(
    formulation: Formulation, fit: "Fit", data: "ReleaseData", layer: str = "", in_body_factor: object = None
) -> Formulation:
    """Give a formulation that releases the payload it follows by a fitted law in place of the mechanism of a carrier.

    Parameters
    ----------
    formulation : Formulation
        What the law is put into.
    fit : Fit
        The law, its parameters and their covariance.
    data : ReleaseData
        What it was fitted to, for the unit of time and the source.
    layer : str
        The layer that was on the bench; the innermost that holds the payload unless told otherwise.
    in_body_factor : object
        How many times as fast it runs in the body, as a file says it: ``"2"``, or a table of typical, low and high.

    Returns
    -------
    Formulation
        The same with ``[layer.release]`` on that layer, in place of any other of that payload.

    Raises
    ------
    UnknownIdError
        No layer has this id.
    DomainError
        The law is no number: a parameter or its doubt is not finite; or the fit did not end.
    FileError
        The form of the carrier, or the law, cannot be used.

    Notes
    -----
    The covariance is that of the fit, so that the doubt of the parameters and how they go together reaches every
    number predicted. A parameter whose doubt cannot be told is refused rather than taken as exact.
    """
    place = _layer(formulation, layer)
    before = [item.id for item in formulation.chain if item.release]  # not those of other payloads
    content = formulation.model_dump(mode="json", exclude_unset=True)
    for index, table in enumerate(content["layer"]):
        if index != place and formulation.layer[index].id in before:
            table.pop("release")
    for beside in ("first_points", "release_from"):  # the law stands before both
        content["layer"][place].pop(beside, None)
    content["layer"][place]["release"] = _of_whom(formulation) | law_table(fit, data, in_body_factor)
    form = formulation.layer[place].entry.form
    if form not in CAN_BE_MEASURED:
        need = f"need a {' or '.join(CAN_BE_MEASURED)}"
        problem = f"a measured release of {formulation.layer[place].carrier} ({form}) is not computed; {need}"
        raise FileError([Fault("formulation", f"layer.{place}.release", problem)])
    try:
        built: Formulation = build(Formulation, content, "formulation")
    except FileError as error:
        raise FileError([_of_the_law(fault, place, formulation.layer[place].id) for fault in error.faults]) from None
    return built


def with_points(formulation: Formulation, points: "Points") -> Formulation:
    """Give a formulation whose first layer holds measured points, which move what published profiles let expect.

    Raises
    ------
    FileError
        The mechanism or a law tells the release of the layer: points in a file do not move it. Or there are layers
        around it, which the points are of.
    """
    if len(formulation.layer) > 1:
        need = f"need a file of {formulation.inner.carrier} alone, measured alone"
        problem = f"points of {len(formulation.layer)} layers together are those of none of them; {need}"
        raise FileError([Fault("formulation", "layer.0.first_points", problem)])
    content = formulation.model_dump(mode="json", exclude_unset=True)
    table: dict[str, Any] = _of_whom(formulation) | {
        "time": [f"{time / 86400.0:.12g} d" for time in points.time.tolist()],
        "released": [f"{100.0 * share:.6g} percent" for share in points.share.tolist()],
    }
    if points.deviation is not None:
        table["standard_deviation"] = [f"{100.0 * error:.6g} percent" for error in points.deviation.tolist()]
    if points.source:
        table["source"] = points.source
    content["layer"][0]["first_points"] = table
    built: Formulation = build(Formulation, content, "formulation")
    if found := [Fault("formulation", field, problem) for field, problem in release_problems(built)]:
        raise FileError(found)
    return built


def _of_whom(formulation: Formulation) -> dict[str, Any]:
    """Give the payload that something was measured of, where a formulation holds several."""
    return {"payload": formulation.cargo.id} if len(formulation.payload) > 1 else {}


def _of_the_law(fault: Fault, place: int, layer: str) -> Fault:
    """Name a fault of the law as one, where no file holds it yet."""
    within = f"layer.{place}.release."
    if not fault.field.startswith(within):
        return fault
    return Fault(f"the measured release of {layer}", fault.field.removeprefix(within), fault.problem)


def law_table(fit: "Fit", data: "ReleaseData", in_body_factor: object = None) -> dict[str, Any]:
    """Give ``[layer.release]`` of a fit, as a file holds it.

    Raises
    ------
    DomainError
        A parameter or its doubt is not finite, the fit did not end, or the unit of time is none of s, min, h, d, week.
    """
    if not fit.converged:
        raise DomainError("converged", 0, "", "a fit that ended", "its parameters are no answer yet")
    for parameter in fit.parameters:
        if not math.isfinite(parameter.value):
            raise DomainError(parameter.name, parameter.value, "", "a finite number")
    table: dict[str, Any] = {"law": fit.model.id}
    if fit.model.group == FORMULA:
        table |= {"law": FORMULA, "formula": fit.model.equation}
    if fit.model.group == "physical":
        table["constants"] = {name: float(value) for name, value in fit.model.constants.items()}
    unit = UNITS.get(float(data.seconds))
    if unit is None:
        raise DomainError("time unit", data.seconds, "s", f"one of {', '.join(UNITS.values())}")
    last = float(fit.points.time.max())
    table |= {"time_unit": unit, "measured_until": f"{last:.12g} {unit}"}
    names = [parameter.name for parameter in fit.parameters]
    values = {parameter.name: float(parameter.value) for parameter in fit.parameters}
    covariance = [[float(number) for number in row] for row in fit.covariance]
    for name, row in zip(names, covariance, strict=True):
        if not all(math.isfinite(number) for number in row):
            hint = "the data do not tell it: fix it, or take a law with fewer parameters"
            raise DomainError(f"standard error of {name}", math.nan, "", "a finite number", hint)
    if in_body_factor is not None:
        table["in_body_factor"] = in_body_factor
    if data.source:
        table["source"] = data.source
    if any(any(row) for row in covariance) and fit.criteria.degrees_of_freedom >= 1:
        table["degrees_of_freedom"] = int(fit.criteria.degrees_of_freedom)
    return table | {"values": values, "covariance": covariance}


def to_toml(text: str, formulation: Formulation, name: str = "the file") -> str:
    """Give the text of a formulation file with what was measured of a formulation in it, every other word kept.

    Parameters
    ----------
    text : str
        The file the formulation was read from.
    formulation : Formulation
        What `use_in` or `with_points` gave.
    name : str
        What a refusal calls the file.

    Returns
    -------
    str
        The same text with ``[layer.release]`` and ``[layer.first_points]`` in the layers that have them, and in no
        other.

    Raises
    ------
    FileError
        The layers of the file are written in a way that no table can be put into, or are not those of the formulation.
    """
    lines = text.removesuffix("\n").split("\n")  # as TOML has it: other separators may stand in a text or a comment
    starts = [index for index, line in enumerate(lines) if _LAYER.match(line)]
    if len(starts) != len(formulation.layer):
        problem = f"{len(starts)} tables [[layer]] for {len(formulation.layer)} layers; need each layer as a [[layer]]"
        raise FileError([Fault(name, "layer", problem)])
    for start, layer in reversed(list(zip(starts, formulation.layer, strict=True))):
        end = _end(lines, start)
        kept = _without_measured(lines[start:end])
        law = [] if layer.release is None else ["", *_written(layer)]
        points = [] if layer.first_points is None else ["", *_points_written(layer.first_points)]
        lines[start:end] = [*kept, *law, *points]
    done = "\n".join(lines) + "\n"
    expected = formulation.model_dump(mode="json", exclude_unset=True)["layer"]
    try:
        before, found = _measured_taken_out(tomli.loads(text)), _measured_taken_out(tomli.loads(done))
    except tomli.TOMLDecodeError as error:
        raise FileError([Fault(name, "layer.release", f"cannot be put in ({error}); need it as a table")]) from None
    if found != (before[0], [[layer.get(key) for key in MEASURED] for layer in expected]):
        raise FileError([Fault(name, "layer.release", "cannot be put in; need the layers one by one, as tables")])
    return done


def _measured_taken_out(content: dict[str, Any]) -> tuple[dict[str, Any], list[list[Any]]]:
    """Give what a file says besides what was measured of its layers, and that."""
    layers = content.get("layer")
    tables = [layer for layer in layers if isinstance(layer, dict)] if isinstance(layers, list) else []
    measured = [[layer.pop(key, None) for key in MEASURED] for layer in tables]
    return content, measured


def _layer(formulation: Formulation, asked: str) -> int:
    ids = [layer.id for layer in formulation.layer]
    if asked:
        if asked not in ids:
            raise UnknownIdError("layer", asked, nearest(asked, ids))
        return ids.index(asked)
    return ids.index(formulation.inner.id)


def _end(lines: list[str], start: int) -> int:
    """Give the line after the last that belongs to a layer: comments right above the next table are that table's."""
    end = start + 1
    while end < len(lines) and not (_HEADER.match(lines[end]) and not _WITHIN.match(lines[end])):
        end += 1
    while end > start + 1 and (not lines[end - 1].strip() or (end < len(lines) and lines[end - 1].startswith("#"))):
        end -= 1
    return end


def _without_measured(lines: list[str]) -> list[str]:
    """Leave out the tables of a law or of points that stood there before."""
    kept, inside = [], False
    for line in lines:
        if _HEADER.match(line):
            header = _WITHIN.match(line)
            inside = header is not None and header.group(1) in MEASURED
        if not inside:
            kept.append(line)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept


def _points_written(points: FirstPoints) -> list[str]:
    """Give the lines of the table of first points."""
    import tomli_w

    lines = ["[layer.first_points]              # measured on the bench; they move the predicted release"]
    for key, value in points.model_dump(mode="json", exclude_unset=True).items():
        if isinstance(value, list):  # texts of numbers and units: nothing in them to escape
            lines.append(f"{key} = [" + ", ".join(f'"{text}"' for text in value) + "]")
        else:
            lines += tomli_w.dumps({key: value}).strip().split("\n")
    return lines


def _written(layer: Layer) -> list[str]:
    """Give the lines of the table of a law, its values and covariance last."""
    import tomli_w

    assert layer.release is not None
    content: Mapping[str, Any] = layer.release.model_dump(mode="json", exclude_unset=True)
    tables = ("constants", "values", "standard_errors")
    lines = ["[layer.release]                   # measured on the bench; in place of the mechanism of the carrier"]
    for key, value in content.items():
        if key == "covariance":
            rows = [f"  [{', '.join(repr(number) for number in row)}]," for row in value]
            lines += [f"covariance = [                    # of {', '.join(layer.release.model.names)}", *rows, "]"]
        elif key == "in_body_factor" and isinstance(value, Mapping):
            inner = ", ".join(tomli_w.dumps({name: given}).strip() for name, given in value.items())
            lines.append(f"in_body_factor = {{ {inner} }}")
        elif key not in tables:
            lines += tomli_w.dumps({key: value}).strip().split("\n")
    for key in tables:
        if content.get(key):
            lines += [f"[layer.release.{key}]", *tomli_w.dumps(content[key]).strip().split("\n")]
    return lines
