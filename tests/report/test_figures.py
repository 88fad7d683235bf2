"""Figures: well-formed, the same every time, for one carrier or many, whatever a name holds."""

import dataclasses
import math
import re
import xml.etree.ElementTree as ET
from itertools import cycle

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from formulate.comparison import Comparison
from formulate.report.canvas import drawing, inline_svg
from formulate.report.curves import band
from formulate.report.figures import FIGURES, figure_bytes, figure_svg
from formulate.report.ranking_figures import write_numbers
from formulate.report.scores import alone, contributions

HOSTILE = "<script>alert(1)</script> & 5 $ or 6 $ -- 微球"


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("name", list(FIGURES))
def test_svg_is_well_formed_and_the_same_twice(name: str, comparison: Comparison) -> None:
    comparison = dataclasses.replace(comparison, rows=comparison.rows[:3])
    svg = figure_svg(name, comparison)
    assert svg == figure_svg(name, comparison)
    root = ET.fromstring(svg)
    assert root.tag.endswith("svg")
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert all(str(one).startswith(f"{name}-") for one in ids)
    assert set(re.findall(r'(?:url\(|href=")#([^")]+)', svg)) <= set(map(str, ids))
    assert not re.search(r"\b(nan|inf)\b", svg)
    words = " ".join(texts(svg))
    for row in comparison.rows:
        assert row.label.split()[0] in words


def test_png_is_the_same_twice(untargeted: Comparison) -> None:
    data = figure_bytes("ranking", untargeted, ".png", 50)
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert data == figure_bytes("ranking", untargeted, "PNG", 50)


def test_another_format_is_refused(untargeted: Comparison) -> None:
    with pytest.raises(ValueError, match="need svg, png or pdf"):
        figure_bytes("release", untargeted, ".bmp")


def test_one_prediction_can_be_drawn(comparison: Comparison) -> None:
    for prediction, name in zip(comparison.predictions, cycle(["release", "concentration"]), strict=False):
        assert prediction.formulation.label in texts(figure_svg(name, alone(prediction)))


def test_a_drug_without_a_carrier_says_so(untargeted: Comparison) -> None:
    words = texts(figure_svg("release", untargeted))
    assert "no carrier:" in words
    assert "nothing is held back" in words


def test_a_hostile_name_stays_text(comparison: Comparison) -> None:
    row = dataclasses.replace(comparison.rows[0], label=HOSTILE)
    hostile = Comparison((row, comparison.rows[1]), comparison.weights, comparison.question)
    for name in FIGURES:
        svg = inline_svg(figure_svg(name, hostile), HOSTILE)
        assert "<script" not in svg
        assert "<script>" in " ".join(texts(svg))
        assert ET.fromstring(svg).get("aria-label") == HOSTILE
    assert figure_bytes("ranking", hostile, "png", 40)


def test_contributions_follow_the_weights(comparison: Comparison) -> None:
    for row in comparison.rows:
        added = contributions(comparison, row)
        assert row.parts is not None
        assert row.score_high is not None
        assert added["cover"] == pytest.approx(3.0 / 14.0 * (row.parts["cover"] or 0.0))
        assert sum(added.values()) <= row.score_high + 0.15


def test_band_of_known_draws() -> None:
    # 0, 1, ..., 10: the 10th percentile is 1, the median 5, the 90th percentile 9.
    curve = band(np.arange(11.0)[:, None] * np.array([1.0, 2.0]), "1", 10.0)
    assert math.isclose(curve.low[0], 10.0)
    assert math.isclose(curve.median[1], 100.0)
    assert math.isclose(curve.high[0], 90.0)


def test_numbers_of_crowded_points_cover_neither_each_other_nor_a_mark() -> None:
    points = [(str(place), 0.2 + 0.02 * (place % 4), 0.1 + 0.015 * (place // 4)) for place in range(1, 13)]
    with drawing():
        figure = Figure(figsize=(10.8, 6.4))
        axis = figure.add_axes((0.1, 0.1, 0.62, 0.8))
        axis.set(xlim=(0, 1), ylim=(0, 1))
        write_numbers(figure, axis, points)
        FigureCanvasAgg(figure).draw()
    marks = axis.transData.transform([point[1:] for point in points])
    boxes = [Text.get_window_extent(text) for text in axis.texts]  # without the lines that lead to them
    assert [text.get_text() for text in axis.texts] == [point[0] for point in points]
    for place, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[place + 1 :])
        assert not any(box.contains(*mark) for mark in marks)
