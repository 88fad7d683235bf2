"""Release that ends at an equilibrium, in whole formulations: hand balances, limits, what is told."""

import numpy as np
import pytest

from formulate.case import prepare
from formulate.formulation import Formulation, build
from formulate.loading.stage import load
from formulate.pipeline import Prediction, predict
from formulate.release.stage import release
from formulate.results import Release
from formulate.sampling import Draws, TypicalDraw
from materials import catalog

KNOWN = catalog.load()
HOUR = 3600.0
CORES = {
    "critical_micelle_concentration": "1 mg/L",
    "core_mass_share": "50 %",
    "polymer_density": "1 g/cm^3",
    "core_partition_log10": "3",
    "micelle_half_life": "6 h",
    "fluid_to_injection_volume_ratio": "9",
    "max_injectable_concentration": "2000 mg/mL",
}
HELD = {"polymeric-micelle": {"core_partition_log10": "3"}}  # what makes a carrier hold on
TENTH = {"drug_loading": "10 percent_w_w"}


def run(
    carrier: str,
    layer: dict[str, str] | None = None,
    loading: dict[str, str] | None = None,
    payload: str = "dexamethasone",
    dose: str = "5 mg",
    site: str = "knee",
    draws: Draws | None = None,
) -> Prediction:
    return predict(formulation(carrier, layer, loading, payload, dose, site), draws or TypicalDraw())


def formulation(
    carrier: str,
    layer: dict[str, str] | None = None,
    loading: dict[str, str] | None = None,
    payload: str = "dexamethasone",
    dose: str = "5 mg",
    site: str = "knee",
) -> Formulation:
    inner = {"id": "inner", "carrier": carrier, "holds": [payload], "set": layer or {}, "loading": loading or {}}
    content = {
        "schema_version": 1,
        "payload": [{"id": payload, "dose": dose}],
        "regimen": {"site": site, "volume": "5 mL" if site == "knee" else "0.1 mL"},
        "target": {"duration": "7 d"},
        "layer": [inner],
        "calculation": {"draws": 16},
    }
    built: Formulation = build(Formulation, content, "test")
    return built


def released(asked: Formulation) -> Release:
    """Give the release alone, of a drug whose retention need not be known."""
    case = prepare(asked, TypicalDraw())
    return release(case, load(case))


def at(prediction: Prediction, seconds: float) -> float:
    release = prediction.release
    return float(np.interp(seconds, release.time, release.released[0]))


def test_micelles_keep_what_partition_keeps_by_hand() -> None:
    # 5 mg at 10 % are in 45 mg of copolymer, in 50 mL: 0.9 mg/mL, half of it core of 1 g/cm3, K = 1000
    cores = 0.45e-3
    expected = 1.0 / (1.0 + 1000.0 * cores / (1.0 - cores))
    found = run("polymeric-micelle", CORES, TENTH)
    assert found.release.released[0, [0, -1]] == pytest.approx(expected, rel=1e-3)  # the CMC takes a thousandth
    assert found.release.carrier_substance[0, -1] == pytest.approx(1.0, abs=2e-3)


def test_micelles_below_their_critical_concentration_fall_apart_by_their_half_life() -> None:
    # 9 mg/mL as injected and 0.9 in the fluid, both of 4 mg/mL: after a half-life half of the 5/9 is left
    layer = CORES | {"critical_micelle_concentration": "4 mg/mL", "copolymer_concentration": "20 mg/mL"}
    found = run("polymeric-micelle", layer, TENTH)
    left = np.interp(6.0 * HOUR, found.case.time, found.release.carrier_substance[0])
    assert left == pytest.approx(0.5, abs=1e-3)
    cores = 0.45e-3 * 5.0 / 9.0 / 2.0
    assert at(found, 6.0 * HOUR) == pytest.approx(1.0 / (1.0 + 1000.0 * cores / (1.0 - cores)), rel=1e-3)
    assert found.release.released[0, -1] == pytest.approx(1.0, abs=1e-4)


def test_a_drug_that_cores_do_not_hold_is_free_at_once() -> None:
    assert run("polymeric-micelle", CORES | {"core_partition_log10": "-5"}, TENTH).release.released.min() > 0.9999


@pytest.mark.parametrize("carrier", ["polymeric-micelle"])
def test_more_fluid_draws_out_more(carrier: str) -> None:
    ratios = ("0.1", "1", "10", "1000")
    given = HELD[carrier]
    ends = [
        run(carrier, given | {"fluid_to_injection_volume_ratio": ratio}, TENTH).release.released[0, -1]
        for ratio in ratios
    ]
    assert ends == sorted(ends)
    assert ends[0] < ends[-1] - 0.2


@pytest.mark.parametrize("carrier", ["polymeric-micelle"])
def test_the_fluid_that_release_takes_is_told(carrier: str) -> None:
    found = run(carrier, {"fluid_to_injection_volume_ratio": "9"})
    (told,) = (text for text in found.warnings if "fluid_to_injection_volume_ratio" in text)
    assert "10 times the injection" in told
    assert f"{found.release.released[0, -1]:.0%}" in told


def test_a_measured_load_of_micelles_that_log_p_contradicts_is_told() -> None:
    def of_log_p(asked: Formulation) -> list[str]:
        return [text for text in released(asked).warnings if "log P" in text]

    assert of_log_p(formulation("polymeric-micelle", payload="doxorubicin"))
    assert not of_log_p(formulation("polymeric-micelle", {"core_partition_log10": "3"}, TENTH))
    assert not of_log_p(formulation("polymeric-micelle"))  # loading has told of it


@pytest.mark.parametrize("carrier", ["polymeric-micelle"])
@pytest.mark.parametrize("site", [name for name, site in KNOWN.sites.items() if site.mechanisms.retention])
def test_every_site_follows_such_a_carrier(carrier: str, site: str) -> None:
    found = run(carrier, site=site, draws=Draws(16, 7))
    everywhere = found.exposure.left + found.exposure.in_plasma + found.exposure.eliminated + found.exposure.drained
    everywhere = everywhere + sum(found.exposure.elsewhere.values(), np.zeros_like(everywhere))
    assert everywhere == pytest.approx(np.ones_like(everywhere), abs=1e-6)
