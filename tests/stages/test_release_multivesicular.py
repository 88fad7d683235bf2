"""Multivesicular liposomes, in whole formulations: hand numbers, what the sources say, balances."""

import numpy as np
import pytest

from formulate.case import prepare
from formulate.forecast import forecast
from formulate.formulation import Formulation
from formulate.loading.stage import load
from formulate.pipeline import predict
from formulate.release.stage import release
from formulate.results import Release
from formulate.sampling import Draws, TypicalDraw

DAY = 86400.0
KNOWN = {
    "burst_fraction": "10 percent",
    "erosion_time": "5 d",
    "erosion_shape": "2",
}


def formulation(gel: bool = False, site: dict[str, str] | None = None, **layer: str) -> Formulation:
    drug = "dexamethasone"
    layers = [{"id": "inner", "carrier": "multivesicular-liposome", "holds": [drug], "set": layer}]
    if gel:
        layers.append({"id": "gel", "carrier": "hyaluronic-acid-hydrogel", "holds": ["inner"]})
    return Formulation(
        schema_version=1,
        payload=[{"id": drug, "dose": "0.1 mg"}],
        layer=layers,
        regimen={"site": "knee", "volume": "5 mL", "set": site or {}},
        calculation={"draws": 128, "horizon": "60 d"},
    )


def run(asked: Formulation, draws: Draws | None = None) -> Release:
    case = prepare(asked, draws or TypicalDraw())
    return release(case, load(case))


def test_a_weibull_law_after_the_burst():
    found = run(formulation(**KNOWN))
    at = lambda days: float(np.interp(days * DAY, found.time, found.free[0]))  # noqa: E731
    assert at(0) == pytest.approx(0.1)
    assert at(5) == pytest.approx(0.1 + 0.9 * (1 - np.exp(-1)), abs=1e-3)
    assert at(10) == pytest.approx(0.1 + 0.9 * (1 - np.exp(-4)), abs=1e-3)
    assert found.carrier_substance[0, -1] == pytest.approx(0.0, abs=1e-9)  # the chambers open as the particle goes


def test_it_lasts_days_to_weeks():
    # what the catalog says of it: release over a few days to several weeks, below 10 % outside the chambers
    found = run(formulation(), Draws(256, 7))
    ninety = np.array([np.interp(0.9, curve, found.time / DAY) for curve in found.released])
    low, middle, high = np.quantile(ninety, [0.1, 0.5, 0.9])
    assert 1 < low < 4 < middle < 12 < high < 50
    assert np.median(found.released[:, 0]) < 0.1


def test_in_a_gel_nothing_is_lost():
    found = run(formulation(gel=True))
    parts = found.in_depot_carrier + found.in_free_carrier + found.solid + found.free
    assert parts == pytest.approx(1.0)
    assert (np.diff(found.free) >= -1e-9).all()


def test_acid_opens_the_chambers_too():
    opened = run(formulation(acid_sensitivity="1", site={"ph": "6.4"}, **KNOWN))
    tenth = run(formulation(**{**KNOWN, "erosion_time": "0.5 d"}))
    assert opened.free == pytest.approx(tenth.free, abs=1e-9)


def test_it_is_computed_to_the_end_and_on_the_bench():
    found = predict(formulation(), TypicalDraw())
    assert found.exposure.unbound["synovial-fluid"].max() > 0
    assert any("whether yours stays there is not checked" in text for text in found.warnings)
    assert not forecast(formulation(), draws=TypicalDraw()).learned
