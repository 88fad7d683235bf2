"""The page: stands alone, escapes what it is given, says everything once, and is the same every time."""

import dataclasses
import re
from html import unescape
from html.parser import HTMLParser

import pytest

from formulate.comparison import Comparison, Row
from formulate.report.content import DISCLAIMER, report_content
from formulate.report.html import comparison_html, prediction_html
from formulate.report.provenance import used_inputs
from formulate.report.references import References

HOSTILE = "<script>alert(1)</script>"
_VOID = {"meta", "br", "link", "img", "hr", "input"}


class Page(HTMLParser):
    """Collects tags, addresses and ids, and checks that tags close in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in _VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name in ("src", "srcset", "data", "xlink:href", "poster", "action") or (name == "href" and tag != "a"):
                self.loads.append(value or "")
            if name == "id":
                self.ids.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="session")
def page(comparison: Comparison) -> str:
    return comparison_html(comparison, date="2026-11-21")


def test_the_page_loads_nothing(page: str) -> None:
    parsed = Page(page)
    assert "script" not in parsed.tags
    assert "link" not in parsed.tags
    assert "img" not in parsed.tags
    assert all(address.startswith("#") for address in parsed.loads)
    assert not re.search(r"url\((?!#)", page)
    assert "@import" not in page
    assert len(parsed.ids) == len(set(parsed.ids))


def test_same_input_same_bytes(untargeted: Comparison, page: str) -> None:
    without = comparison_html(untargeted)
    assert comparison_html(untargeted) == without
    assert "2026-11-21" in page
    assert "2026-11-21" not in without
    text = unescape(without)
    assert "catalog, assumed" in text  # without a target of the user it says whose it is
    assert "chosen, not drawn" in text


def test_each_carrier_and_each_source_is_there(comparison: Comparison, page: str) -> None:
    text = unescape(page)
    for row in comparison.rows:
        assert row.label in text
    used = {str(item["source"]) for p in comparison.predictions for item in used_inputs(p) if item["source"]}
    listed = re.findall(r'<li id="ref-(\d+)">(.*?)</li>', text, re.DOTALL)
    assert [number for number, _ in listed] == [str(place) for place in range(1, len(used) + 1)]
    for key in used:
        (reference,) = References({key: 1}).listed()
        assert sum(entry.startswith(reference.text) for _, entry in listed) == 1
    assert set(re.findall(r'href="#ref-(\d+)"', page)) == {number for number, _ in listed}


def test_each_input_is_listed_once(comparison: Comparison) -> None:
    groups = report_content(comparison)["input_groups"]
    assert isinstance(groups, list)
    rows = [(group["id"], *map(str, row.values())) for group in groups for row in group["rows"]]
    assert len(rows) == len(set(rows))
    keys = {str(item["key"]) for p in comparison.predictions for item in used_inputs(p)}
    assert len(rows) >= len(keys)
    assert {key.partition(".")[0] for key in keys} == {row[0] for row in rows}


def test_assumed_inputs_are_marked_with_word_and_sign(page: str) -> None:
    assert "▲ assumed" in page


def test_the_answer_names_the_first_and_its_probability(comparison: Comparison) -> None:
    answer = str(report_content(comparison)["answer"])
    first = comparison.rows[0]
    assert first.label in answer
    assert first.best_probability is not None
    assert f"{100 * first.best_probability:.0f} %" in answer
    assert ("do not separate" in answer) is (first.best_probability < 0.8)
    assert "Strongest caveat" in answer


@pytest.mark.parametrize(("probability", "said"), [(0.79, True), (0.81, False)])
def test_a_toss_up_is_called_one(comparison: Comparison, probability: float, said: bool) -> None:
    rows = (dataclasses.replace(comparison.rows[0], best_probability=probability), *comparison.rows[1:])
    answer = str(report_content(Comparison(rows, comparison.weights, comparison.question))["answer"])
    assert ("The data do not separate the carriers" in answer) is said


def test_hostile_text_is_escaped(comparison: Comparison) -> None:
    rows = (
        dataclasses.replace(comparison.rows[0], label=HOSTILE),
        comparison.rows[1],
        Row("mystery", HOSTILE, None, f"{HOSTILE} has no diameter"),
    )
    page = comparison_html(Comparison(rows, comparison.weights, comparison.question), title=HOSTILE, date=HOSTILE)
    assert "<script" not in page
    assert "script" not in Page(page).tags
    assert HOSTILE in unescape(page)


@pytest.mark.usefixtures("undrawn")
def test_a_carrier_that_could_not_be_computed_is_shown_as_missing(comparison: Comparison) -> None:
    rows = (*comparison.rows[:2], Row("mystery", "Mystery carrier", None, "mystery has no diameter"))
    page = comparison_html(Comparison(rows, comparison.weights, comparison.question))
    assert "✕ missing" in page
    assert "mystery has no diameter" in page


def test_nothing_computed_is_still_a_report(comparison: Comparison) -> None:
    failed = Comparison((Row("a", "A", None, "a has no diameter"),), comparison.weights, comparison.question)
    page = comparison_html(failed)
    assert "Nothing could be computed: a has no diameter." in page
    assert "<svg" not in page
    Page(page)


def test_one_prediction_makes_a_report(comparison: Comparison) -> None:
    for prediction in (comparison.predictions[0], comparison.predictions[-1]):
        page = prediction_html(prediction)
        assert prediction.formulation.label in unescape(page)
        assert "Weights of the score" not in page
        Page(page)


def test_the_page_says_what_it_is_not(page: str) -> None:
    assert DISCLAIMER in page
    assert "no medical advice" in DISCLAIMER
