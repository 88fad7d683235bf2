"""What a prediction holds: memory is most of what a comparison of many carriers costs."""

import gc
import tracemalloc

import numpy as np
import pytest

from formulate.formulation import Question, build
from formulate.pipeline import predict
from formulate.results import Levels

DRAWS = 64
MOST = 16  # curves of all draws and times, of a carrier without crystals; concentrations are not among them


def question(site: str) -> Question:
    content = {
        "schema_version": 1,
        "kind": "question",
        "payload": [{"id": "dasatinib", "dose": "5 mg"}],
        "regimen": {"site": site},
        "calculation": {"draws": DRAWS},
    }
    return build(Question, content, "test")


@pytest.mark.parametrize("site", ["knee", "disc", "spinal-cord"])
def test_a_prediction_holds_amounts_and_no_concentrations(site):
    formulation = question(site).formulation("liposome")
    predict(formulation)  # fills what is kept
    gc.collect()
    tracemalloc.start()
    try:
        prediction = predict(formulation)
        gc.collect()
        held = [trace.size for trace in tracemalloc.take_snapshot().traces]
    finally:
        tracemalloc.stop()
    curve = DRAWS * prediction.case.time.size * 8
    curves = sum(size for size in held if size >= curve) / curve
    assert curves <= MOST, f"{curves:.1f} curves"


def test_levels_are_computed_when_asked_for_and_cut_at_zero_when_told_so():
    levels = Levels({"fluid": lambda: np.array([[1.0, -1e-20]])})
    assert levels["fluid"].tolist() == [[1.0, -1e-20]]
    assert levels.not_below_zero["fluid"].tolist() == [[1.0, 0.0]]
    with pytest.raises(ValueError, match="read-only"):
        levels["fluid"][0, 0] = 2.0
