"""What can be computed: loading, release, retention, and the comparison of carriers for a target tissue.

The same functions that the command line calls:

>>> import formulate
>>> question = formulate.new_question(
...     payload=[{"id": "triamcinolone-acetonide", "dose": "32 mg"}],
...     regimen={"site": "knee", "state": "osteoarthritis", "volume": "5 mL"},
...     carriers=["plga-microsphere", "free-drug-suspension"],
...     calculation={"draws": 64},
... )
>>> comparison = formulate.compare(question)
>>> [row.id for row in comparison.rows]
['plga-microsphere', 'free-drug-suspension']
>>> comparison.rows[0].prediction.assessment.estimates["drug_half_life"].unit
'd'
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from formulate.again.rerun import rerun as rerun
    from formulate.comparison import compare as compare
    from formulate.curves.library import simulate as simulate
    from formulate.designs.search import design as design
    from formulate.designs.sweep import sweep as sweep
    from formulate.designs.target_file import TargetFile
    from formulate.designs.target_file import read_target as read_target
    from formulate.dialysis.correction import correct as correct_dialysis
    from formulate.difference import differences as differences
    from formulate.dosing import dosing as find_dose
    from formulate.equations.calculation import calculate as calculate
    from formulate.experiment.frames import release_data as release_data
    from formulate.experiment.reading import read_release as read_release
    from formulate.exposure import expose as expose
    from formulate.fate.predict import predict_fate as predict_fate
    from formulate.fate.predict import predict_rows as predict_fates
    from formulate.fate.table import read_rows as read_fates
    from formulate.feasibility import feasibility as check_feasibility
    from formulate.fitting.analysis import analyse as fit
    from formulate.fitting.regression import fit_curve as fit_curve
    from formulate.forecast import forecast as forecast_release
    from formulate.formulation import Formulation, Question
    from formulate.formulation import read as read
    from formulate.lacking import lacking as find_missing
    from formulate.loading.stage_predicted import predict_loading as predict_loading
    from formulate.loading.total import load_all as load
    from formulate.onward import use_in as use_in
    from formulate.pipeline import predict as predict
    from formulate.pipeline import predict_each as predict_each
    from formulate.planning import plan as plan
    from formulate.preparation.recipe import recipe as recipe
    from formulate.report.drawn import draw as draw
    from formulate.report.reported import reported as make_report
    from formulate.sensitivity.analysis import sensitivity as find_drivers
    from formulate.similarity.compare import similarity as compare_profiles
    from formulate.standing import head_to_head as head_to_head
    from formulate.standing import standing as find_standing
    from formulate.validation.run import validate as validate

# imported when first used, so that `import formulate` stays quick
_ROOMS = {
    "calculate": "formulate.equations.calculation",
    "check_feasibility": "formulate.feasibility:feasibility",
    "compare": "formulate.comparison",
    "compare_profiles": "formulate.similarity.compare:similarity",
    "correct_dialysis": "formulate.dialysis.correction:correct",
    "design": "formulate.designs.search",
    "differences": "formulate.difference",
    "draw": "formulate.report.drawn",
    "expose": "formulate.exposure",
    "find_dose": "formulate.dosing:dosing",
    "find_drivers": "formulate.sensitivity.analysis:sensitivity",
    "find_missing": "formulate.lacking:lacking",
    "find_standing": "formulate.standing:standing",
    "fit": "formulate.fitting.analysis:analyse",
    "fit_curve": "formulate.fitting.regression:fit_curve",
    "forecast_release": "formulate.forecast:forecast",
    "head_to_head": "formulate.standing",
    "load": "formulate.loading.total:load_all",
    "make_report": "formulate.report.reported:reported",
    "plan": "formulate.planning",
    "predict": "formulate.pipeline",
    "predict_each": "formulate.pipeline",
    "predict_fate": "formulate.fate.predict",
    "predict_fates": "formulate.fate.predict:predict_rows",
    "predict_loading": "formulate.loading.stage_predicted",
    "read": "formulate.formulation",
    "read_fates": "formulate.fate.table:read_rows",
    "read_release": "formulate.experiment.reading:read_release",
    "read_target": "formulate.designs.target_file",
    "recipe": "formulate.preparation.recipe:recipe",
    "release_data": "formulate.experiment.frames:release_data",
    "rerun": "formulate.again.rerun",
    "simulate": "formulate.curves.library:simulate",
    "sweep": "formulate.designs.sweep",
    "use_in": "formulate.onward:use_in",
    "validate": "formulate.validation.run",
}
__all__ = [
    "calculate",
    "check_feasibility",
    "compare",
    "compare_profiles",
    "correct_dialysis",
    "design",
    "differences",
    "draw",
    "expose",
    "find_dose",
    "find_drivers",
    "find_missing",
    "find_standing",
    "fit",
    "fit_curve",
    "forecast_release",
    "head_to_head",
    "load",
    "make_report",
    "new_formulation",
    "new_question",
    "new_target",
    "plan",
    "predict",
    "predict_each",
    "predict_fate",
    "predict_fates",
    "predict_loading",
    "read",
    "read_fates",
    "read_release",
    "read_target",
    "recipe",
    "release_data",
    "rerun",
    "simulate",
    "sweep",
    "use_in",
    "validate",
]


def new_question(**content: Any) -> "Question":
    """Give a question from the keys of a question file; a FileError lists every fault."""
    from formulate.formulation import Question, build

    built: Question = build(Question, {"schema_version": 1, "kind": "question", **content}, "question")
    return built


def new_formulation(**content: Any) -> "Formulation":
    """Give a formulation from the keys of a formulation file; a FileError lists every fault."""
    from formulate.formulation import Formulation, build

    built: Formulation = build(Formulation, {"schema_version": 1, "kind": "formulation", **content}, "formulation")
    return built


def new_target(**content: Any) -> "TargetFile":
    """Give a target from the keys of a target file; a FileError lists every fault."""
    from formulate.designs.target_file import build_target

    return build_target(content, "target")


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        from importlib import import_module

        module, _, function = _ROOMS[name].partition(":")
        return getattr(import_module(module), function or name)
    raise AttributeError(f"module 'formulate' has no attribute {name!r}")
