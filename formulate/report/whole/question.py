"""The question of a report on a formulation, and its answer, in plain words."""

from formulate.report.answer import answer_text, question_text
from formulate.report.scores import alone
from formulate.report.whole.outcome import stay_answer, stay_question
from formulate.report.whole.partial import partial_answer, partial_question
from formulate.report.whole.studied import Studied


def question_and_answer(studied: Studied) -> tuple[str, str]:
    """Give both: of a payload, of a carrier that is itself the drug, or of what can be computed in part alone."""
    if studied.prediction is not None:
        itself = alone(studied.prediction)
        return question_text(itself), answer_text(itself)
    if studied.exposed:
        return stay_question(studied), stay_answer(studied)
    return partial_question(studied), partial_answer(studied)
