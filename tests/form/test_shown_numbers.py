"""What screens show of predictions and comparisons is what was computed, in the units that are told."""

import tomllib

import numpy as np
import pytest

from formulate.comparison import compare
from formulate.examples import text
from formulate.form.ranked import ranked
from formulate.form.shown import shown
from formulate.formulation import Formulation, Question, build
from formulate.pipeline import predict
from formulate.sampling import Draws

DAY = 86400.0
CARRIERS = ["plga-microsphere", "free-drug-solution", "hyaluronic-acid-hydrogel"]


@pytest.fixture(scope="module")
def compared():
    question = tomllib.loads(text("dasatinib-knee.toml")) | {"carriers": CARRIERS, "calculation": {"draws": 16}}
    return compare(build(Question, question, "test"))


def test_curves_are_those_of_the_prediction():
    content = tomllib.loads(text("triamcinolone-microspheres.toml"))
    content["layer"][0]["first_points"] = {"time": ["1 d", "3 d"], "released": ["10 percent", "25 percent"]}
    found = shown(content, 16, origins=False)
    formulation = build(Formulation, content, "test")
    prediction = predict(formulation, Draws(16, formulation.calculation.seed))
    assert found["points"] == {"time": pytest.approx([1.0, 3.0]), "share": pytest.approx([10.0, 25.0])}
    last = np.median(prediction.release.released[:, -1]) * 100.0
    assert found["release"]["median"][-1] == pytest.approx(last)
    assert found["release"]["time"][-1] * DAY == pytest.approx(prediction.release.time[-1])
    assert all(row[4:] == ("", "") for row in found["numbers"])  # nothing is said of where the bands come from
    assert any(row[5] for row in shown(content, 16)["numbers"])


def test_a_ranking_is_shown_in_the_order_of_its_scores(compared):
    found = ranked(compared)
    rows = found["rows"]
    placed = [row for row in rows if row["place"] is not None]
    assert [row["place"] for row in placed] == list(range(1, len(placed) + 1))
    assert [row["score"] for row in placed] == sorted((row["score"] for row in placed), reverse=True)
    assert all(row["low"] <= row["high"] and not row["failed"] and not row["why_not"] for row in placed)
    failed = [row for row in rows if row["place"] is None]
    assert [row["id"] for row in failed] == ["free-drug-solution"]
    assert failed[0]["failed"]
    assert failed[0]["why_not"]
    assert rows[-1] == failed[0]


def test_every_part_of_a_score_is_shown_beside_its_check_and_study(compared):
    found = ranked(compared)
    labels = [label for _, label, _ in found["parts"]]
    assert len(set(labels)) == len(labels) > 3
    for row in found["rows"]:
        if row["place"] is not None:
            assert sum(row["adds"].values()) == pytest.approx(row["score"], abs=1e-9)
            assert set(row["parts"]) == {name for name, _, _ in found["parts"]}
        assert next(label for label, _, _ in row["checks"]) == "the payload suits the way it is loaded"
        assert len(row["standing"]) > 3
        assert row["numbers"]
