"""What was measured put into the content of a formulation: a fitted law, or the readings as first points."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from formulate.experiment.data import Profile, ReleaseData
from formulate.first_points import points_of
from formulate.fitting.results import Fit
from formulate.form.values import with_value
from formulate.formulation import Formulation, build
from formulate.measured_release import MEASURED
from formulate.onward import use_in, with_points

Content = dict[str, Any]


def with_measured_law(formulation: Mapping[str, Any], fit: Fit, data: ReleaseData, layer: str = "") -> Content:
    """Give a formulation's content that releases by a fitted law; all it says besides is kept.

    Parameters
    ----------
    formulation : Mapping
        The tables of a formulation file.
    fit : Fit
        The law.
    data : ReleaseData
        What it was fitted to.
    layer : str
        The layer that was measured; the one that holds the payload if none is given.

    Raises
    ------
    FormulateError
        The formulation is faulty, or the law cannot be used in this layer.
    """
    named = replace(data, source=Path(data.source).name)  # a formulation is carried to other folders
    return _with_measured(formulation, use_in(_built(formulation), fit, named, layer))


def with_measured_points(formulation: Mapping[str, Any], data: ReleaseData, profile: Profile) -> Content:
    """Give a formulation's content with the means of the readings as first points of its release.

    Raises
    ------
    FormulateError
        The formulation is faulty, or points in a file do not move its release.
    """
    return _with_measured(formulation, with_points(_built(formulation), points_of(data, profile)))


def _built(formulation: Mapping[str, Any]) -> Formulation:
    built: Formulation = build(Formulation, dict(formulation), "formulation")
    return built


def _with_measured(formulation: Mapping[str, Any], made: Formulation) -> Content:
    content = dict(formulation)
    for index, layer in enumerate(made.model_dump(mode="json", exclude_unset=True)["layer"]):
        for key in (*MEASURED, "release_from"):
            content = with_value(content, ("layer", index, key), layer.get(key))
    return content
