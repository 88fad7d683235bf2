"""Triamcinolone acetonide in human knees against measured concentrations.

Geometric means printed in the abstract of Kraus et al., Osteoarthritis Cartilage 2018;26:34 (81 patients): 32 mg in
microspheres (5 mL) and 40 mg as crystals (1 mL). The synovial fluid concentrations were not used in any fit. The plasma
peak after crystals was (it set the exposed share of crystals), so it only guards the fit.
"""

import tomllib

import numpy as np
import pytest

from formulate.examples import text
from formulate.formulation import Question, build
from formulate.pipeline import Prediction, predict

PICOGRAM_PER_ML = 1e-9  # kg/m3
UNBOUND_IN_PLASMA = 0.32


def run(carrier: str, dose: str, volume: str) -> Prediction:
    content = tomllib.loads(text("triamcinolone-knee.toml"))
    content["payload"][0]["dose"] = dose
    content["regimen"]["volume"] = volume
    return predict(build(Question, content, "test").formulation(carrier))


@pytest.fixture(scope="module")
def microspheres() -> Prediction:
    return run("plga-microsphere", "32 mg", "5 mL")


@pytest.mark.parametrize(("week", "measured"), [(1, 231328.9), (6, 3590.0), (12, 290.6)])
def test_synovial_fluid_after_microspheres_lies_within_the_band(microspheres, week, measured):
    at = np.argmin(np.abs(microspheres.case.time - week * 7 * 86400))
    total = microspheres.exposure.total["synovial-fluid"][:, at] / PICOGRAM_PER_ML
    low, median, high = np.quantile(total, [0.1, 0.5, 0.9])
    assert low < measured < high
    assert 1 / 5 < median / measured < 5


def test_plasma_after_microspheres_is_far_below_that_after_crystals(microspheres):
    # measured peaks 0.84 and 9.6 ng/mL. The microsphere peak is overstated (published profiles burst more), so only
    # the order is asserted; docs/method-retention.md says so
    crystals = run("free-drug-suspension", "40 mg", "1 mL")
    peaks = [np.median(p.exposure.unbound["plasma"].max(axis=1)) for p in (microspheres, crystals)]
    assert peaks[0] < peaks[1]


def test_plasma_peak_after_crystals():
    crystals = run("free-drug-suspension", "40 mg", "1 mL")
    peak = crystals.exposure.unbound["plasma"].max(axis=1) / UNBOUND_IN_PLASMA / PICOGRAM_PER_ML
    low, high = np.quantile(peak, [0.1, 0.9])
    assert low < 9628.8 < high


def test_crystals_have_left_by_week_six():
    # quantifiable in two of eight patients at week 6, 7.7 pg/mL
    crystals = run("free-drug-suspension", "40 mg", "1 mL")
    at = np.argmin(np.abs(crystals.case.time - 42 * 86400))
    assert np.median(crystals.exposure.total["synovial-fluid"][:, at]) / PICOGRAM_PER_ML < 7.7
