"""Results as values: they cannot be changed, and they become tables with a unit in every header."""

import numpy as np
import pytest

import formulate


@pytest.fixture(scope="module")
def comparison():
    return formulate.compare(
        formulate.new_question(
            payload=[{"id": "dasatinib"}],
            regimen={"site": "knee", "state": "osteoarthritis"},
            carriers=["plga-microsphere", "free-drug-solution"],
            calculation={"draws": 64},
        )
    )


def test_every_column_names_its_unit(comparison):
    prediction = comparison.predictions[0]
    for table in (prediction.release.to_frame(), prediction.exposure.to_frame(), comparison.to_frame()):
        numbers = table.select_dtypes("number").columns
        named = [name for name in numbers if name != "score" and not name.startswith("rank")]
        assert named
        assert all(name.endswith(")") and "(" in name for name in named)


def test_a_table_holds_the_median_of_the_draws(comparison):
    release = comparison.predictions[0].release
    table = release.to_frame()
    assert table["time (d)"].to_numpy() * 86400 == pytest.approx(release.time)
    assert table["free median (fraction)"].to_numpy() == pytest.approx(np.median(release.free, axis=0))
    assert (table["free low (fraction)"] <= table["free high (fraction)"]).all()
    at_once = table[[f"{name} median (fraction)" for name in ("in_depot_carrier", "in_free_carrier", "solid", "free")]]
    assert at_once.iloc[0].sum() == pytest.approx(1.0)


def test_the_comparison_has_one_row_per_carrier(comparison):
    table = comparison.to_frame()
    assert list(table["carrier"]) == [row.id for row in comparison.rows]
    best = comparison.rows[0].prediction.assessment.estimates["drug_half_life"]
    assert table["drug_half_life median (d)"][0] == best.median


def test_results_cannot_be_changed(comparison):
    with pytest.raises(ValueError, match="read-only"):
        comparison.predictions[0].release.free[0, 0] = 2.0
