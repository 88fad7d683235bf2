"""Results as JSON: valid, complete, and the same numbers as the objects they come from."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from formulate.comparison import Comparison, Row
from formulate.report.envelope import comparison_results, dumps, envelope, prediction_results
from formulate.report.provenance import used_inputs
from materials import catalog


def quantities(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "median" in value:
            yield value
        for item in value.values():
            yield from quantities(item)
    elif isinstance(value, list):
        for item in value:
            yield from quantities(item)


def bare_numbers(value: Any, known: bool = False) -> Iterator[Any]:
    """Numbers in no table that names a unit."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in ("rank", "band", "evidence"):  # a place, the width of the band, shares named in the key
                yield from bare_numbers(item, known or "unit" in value)
    elif isinstance(value, list):
        for item in value:
            yield from bare_numbers(item, known)
    elif isinstance(value, int | float) and not isinstance(value, bool) and not known:
        yield value


def refuse(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")


def round_trip(results: dict[str, object]) -> Any:
    text = dumps(envelope("compare", results, seed=7, inputs={"dose": "5 mg"}, warnings=["careful"]))
    assert text.endswith("}\n")
    read = json.loads(text, parse_constant=refuse)
    assert dumps(read) == text
    return read


def test_the_envelope_says_what_made_it(comparison: Comparison) -> None:
    read = round_trip(comparison_results(comparison))
    assert list(read) == [
        "schema_version", "command", "program_version", "catalog_version", "seed", "inputs", "results", "warnings",
    ]  # fmt: skip
    assert read["schema_version"] == 1
    assert read["catalog_version"] == catalog.load().version
    assert read["seed"] == 7
    assert read["warnings"] == ["careful"]


def test_every_number_has_a_unit_and_a_median_or_a_reason(comparison: Comparison) -> None:
    for results in (comparison_results(comparison), *map(prediction_results, comparison.predictions)):
        read = round_trip(results)["results"]
        found = list(quantities(read))
        assert len(found) > 15
        for item in found:
            assert "unit" in item
            assert item["median"] is not None or item["reason"]
        assert not list(bare_numbers(read))


def test_rows_are_those_of_the_comparison(comparison: Comparison) -> None:
    rows = round_trip(comparison_results(comparison))["results"]["rows"]
    assert [row["id"] for row in rows] == [row.id for row in comparison.rows]
    places = [row["rank"] for row in rows if row["rank"] is not None]
    assert places == list(range(1, len(places) + 1))
    assert all(row["rank"] or row["why_not_ranked"] for row in rows)
    assert sum(row["best_probability"]["mean"] or 0.0 for row in rows) == pytest.approx(1.0, abs=1e-5)
    for row, source in zip(rows, comparison.rows, strict=True):
        assert source.prediction is not None
        assert row["score"]["mean"] == pytest.approx(source.score, rel=1e-5)
        assert row["score"]["low"] <= row["score"]["mean"] <= row["score"]["high"]
        added = sum(part["added_to_score"] for part in row["parts"].values())
        total = sum(comparison.weights.values())
        parts = {name: part or 0.0 for name, part in (source.parts or {}).items()}  # what is not known adds nothing
        assert added == pytest.approx(sum(comparison.weights[name] * parts[name] for name in parts) / total, rel=1e-4)
        assert set(row["estimates"]) == set(source.numbers) > set(source.prediction.assessment.estimates)
        assert sum(row["evidence"]["count"].values()) == len(row["inputs"])


def test_a_row_that_could_not_be_computed_says_why(comparison: Comparison) -> None:
    rows = (*comparison.rows, Row("mystery", "Mystery carrier", None, "mystery has no diameter"))
    results = comparison_results(Comparison(rows, comparison.weights, comparison.question))
    last = round_trip(results)["results"]["rows"][-1]
    assert last["rank"] is None
    assert last["score"]["reason"] == last["reason"] == "mystery has no diameter"


def test_curves_end_where_the_prediction_ends(comparison: Comparison) -> None:
    for prediction in comparison.predictions:
        curves = round_trip(prediction_results(prediction))["results"]["curves"]
        days = curves["time"]["values"]
        assert days[0] == 0.0
        assert days[-1] == pytest.approx(60.0)
        assert 28.0 in days
        assert len(days) <= 61
        for name, curve in curves.items():
            if name != "time" and curve["median"] is not None:
                assert curve["unit"] == ("nmol/L" if name.startswith("unbound") else "1")
                ends = zip(curve["low"], curve["median"], curve["high"], strict=True)
                assert all(low <= median <= high for low, median, high in ends)
                assert len(curve["median"]) == len(days)
        assert (curves["carriers_left"]["median"] is None) is not prediction.release.has_carriers


def test_what_a_source_gives_is_not_rounded() -> None:
    given = {"inputs": [{"typical": 1.23456789}], "median": 1.23456789}
    assert json.loads(dumps(given)) == {"inputs": [{"typical": 1.23456789}], "median": 1.23457}


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        dumps({"median": float("nan")})


def test_inputs_name_what_the_catalog_filled_in(untargeted: Comparison) -> None:
    for prediction in untargeted.predictions:
        inputs = {str(item["key"]): item for item in used_inputs(prediction)}
        assert list(inputs) == sorted(inputs)
        assert {item.key for item in prediction.inputs} <= set(inputs)
        target = inputs["dasatinib.effective_concentration"]
        assert "chosen" not in target["band"]  # its doubt reaches the cover
        assert target["unit"] == "umol/L"
        for item in inputs.values():
            assert item["source"] or item["note"] or item["set_by"] == "user"
