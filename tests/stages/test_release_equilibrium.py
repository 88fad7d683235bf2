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
ADSORBING = ("ceria-nanoparticle", "iron-oxide-nanoparticle", "mesoporous-silica", "nanodiamond", "pbnp")
SITES = {
    "adsorption_capacity": "200 mg/g",
    "adsorption_affinity": "1 L/g",
    "desorption_rate_constant": "24 1/day",
    "fluid_to_injection_volume_ratio": "9",
}
HELD = {  # what makes a carrier hold on
    "polymeric-micelle": {"core_partition_log10": "3"},
    "mesoporous-silica": {"adsorption_affinity": "10 L/g"},
}
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


def test_desorption_ends_at_the_plateau_by_hand() -> None:
    # 50 mg on 500 mg, half of 200 mg/g, in 50 mL of 1 L/g: F^2 + (Q + h - 1) F - h = 0 with Q = 2, h = 1
    share = {"drug_loading": f"{100 / 11} percent_w_w"}
    found = run("mesoporous-silica", SITES | {"max_injectable_concentration": "1000 mg/mL"}, share, dose="50 mg")
    assert found.release.released[0, -1] == pytest.approx(np.sqrt(2.0) - 1.0, rel=1e-6)
    assert found.release.released[0, 0] == 0.0
    # k_off 1/h: dF/dt = 1 - 2 F - F^2, which is F + 1 = sqrt(2) tanh(sqrt(2) t + artanh(1/sqrt(2)))
    after_an_hour = np.sqrt(2.0) * np.tanh(np.sqrt(2.0) + np.arctanh(np.sqrt(0.5))) - 1.0
    assert at(found, HOUR) == pytest.approx(after_an_hour, rel=1e-3)
    assert (found.release.carrier_substance == 1.0).all()


def test_into_much_fluid_all_leaves_by_first_order() -> None:
    found = run("mesoporous-silica", SITES | {"fluid_to_injection_volume_ratio": "1e6"}, TENTH)
    assert at(found, HOUR) == pytest.approx(1.0 - np.exp(-1.0), rel=2e-3)
    assert found.release.released[0, -1] == pytest.approx(1.0, abs=1e-3)


def test_what_binds_tightly_stays() -> None:
    found = run("mesoporous-silica", SITES | {"adsorption_affinity": "1e6 L/g"}, TENTH)
    assert found.release.released[0, -1] < 0.01


def test_a_load_beyond_the_capacity_is_told_and_leaves_full_sites() -> None:
    found = run("mesoporous-silica", SITES | {"adsorption_capacity": "10 mg/g"}, TENTH)
    assert any("more than their adsorption capacity" in text for text in found.release.warnings)
    assert 0.0 < found.release.released[0, -1] < 1.0
    fits = run("mesoporous-silica", SITES, TENTH)
    assert not any("more than their adsorption capacity" in text for text in fits.release.warnings)


@pytest.mark.parametrize("carrier", ADSORBING)
def test_every_adsorbing_carrier_of_the_catalog_releases_part(carrier: str) -> None:
    found = run(carrier, draws=Draws(32, 7)).release
    ends = found.released[:, -1]
    assert 0.05 < np.median(ends) < 0.99  # incomplete is the rule
    assert ends.max() <= 1.0
    assert np.diff(found.released).min() >= -1e-12


def test_drug_that_desorbs_in_a_gel_has_still_to_cross_it() -> None:
    particles = {"id": "inner", "carrier": "pbnp", "holds": ["dexamethasone"], "set": SITES, "loading": TENTH}
    content = {
        "schema_version": 1,
        "payload": [{"id": "dexamethasone", "dose": "0.1 mg"}],
        "regimen": {"site": "knee", "volume": "1 mL"},
        "layer": [particles, {"id": "gel", "carrier": "hyaluronic-acid-hydrogel", "holds": ["inner"]}],
    }
    inside = released(build(Formulation, content, "test"))
    alone = released(build(Formulation, content | {"layer": [particles]}, "test"))
    shares = inside.in_depot_carrier + inside.in_free_carrier + inside.solid + inside.free
    assert shares == pytest.approx(np.ones_like(shares), abs=1e-9)
    assert (inside.free <= alone.free + 1e-9).all()
    assert inside.free[0].mean() < alone.free[0].mean()
    assert inside.unreleased == pytest.approx(alone.unreleased)


@pytest.mark.parametrize("carrier", HELD)
def test_more_fluid_draws_out_more(carrier: str) -> None:
    ratios = ("0.1", "1", "10", "1000")
    given = HELD[carrier]
    ends = [
        run(carrier, given | {"fluid_to_injection_volume_ratio": ratio}, TENTH).release.released[0, -1]
        for ratio in ratios
    ]
    assert ends == sorted(ends)
    assert ends[0] < ends[-1] - 0.2


@pytest.mark.parametrize("carrier", HELD)
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


@pytest.mark.parametrize("carrier", HELD)
@pytest.mark.parametrize("site", [name for name, site in KNOWN.sites.items() if site.mechanisms.retention])
def test_every_site_follows_such_a_carrier(carrier: str, site: str) -> None:
    found = run(carrier, site=site, draws=Draws(16, 7))
    everywhere = found.exposure.left + found.exposure.in_plasma + found.exposure.eliminated + found.exposure.drained
    everywhere = everywhere + sum(found.exposure.elsewhere.values(), np.zeros_like(everywhere))
    assert everywhere == pytest.approx(np.ones_like(everywhere), abs=1e-6)
