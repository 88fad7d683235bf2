"""Loading by adsorption and in micelles, and what is said of a surface: hand balances, limits, refusals."""

import numpy as np
import pytest

from formulate.case import Case, prepare
from formulate.formulation import Formulation, build
from formulate.loading.stage import load
from formulate.loading.stage_adsorption import adsorbed
from formulate.loading.stage_micelles import micellised
from formulate.loading.stage_surface import surface_checks
from formulate.results import Held
from formulate.sampling import TypicalDraw
from materials.errors import DomainError, MissingValueError

LANGMUIR = {
    "adsorption_capacity": "1000 mg/g",
    "adsorption_affinity": "2 L/g",
    "adsorbent_concentration": "1 mg/mL",
    "feed_ratio": "1 g/g",
}
CORES = {
    "copolymer_concentration": "10 mg/mL",
    "critical_micelle_concentration": "1 mg/L",
    "core_mass_share": "50 %",
    "polymer_density": "1 g/cm^3",
    "core_partition_log10": "3",
    "feed_ratio": "0.1 g/g",
    "max_injectable_concentration": "2000 mg/mL",
}


def case(
    carrier: str,
    payload: str = "dexamethasone",
    layer: dict[str, str] | None = None,
    loading: dict[str, str] | None = None,
    dose: str = "5 mg",
    **drug: str,
) -> Case:
    content = {
        "schema_version": 1,
        "payload": [{"id": payload, "dose": dose, "set": drug}],
        "regimen": {
            "site": "knee",
            "state": "osteoarthritis",
            "volume": "6 mL",
            "set": {"synovial_fluid_volume": "4 mL"},
        },
        "layer": [
            {"id": "inner", "carrier": carrier, "holds": [payload], "set": layer or {}, "loading": loading or {}}
        ],
        "calculation": {"draws": 16},
    }
    return prepare(build(Formulation, content, "test"), TypicalDraw())


def shown(held: Held) -> dict[str, float]:
    return {detail.name: float(detail.draws[0]) for detail in held.details}


def test_adsorption_by_hand() -> None:
    # 1 g/L of drug on 1 g/L of carrier, 1 g/g, 2 L/g: 2 x^2 + x - 1 = 0, half is left
    held = adsorbed(case("mesoporous-silica", layer=LANGMUIR))
    assert held.encapsulation_efficiency == pytest.approx(0.5)
    assert held.drug_loading == pytest.approx(1 / 3)
    assert held.convention == "A"
    assert shown(held)["occupied_share"] == pytest.approx(0.5)
    assert shown(held)["free_concentration"] == pytest.approx(0.5)


def test_what_stays_adsorbed_after_injection_by_hand() -> None:
    # 5 mg at 0.5 g/g is on 10 mg of carrier, in 6 + 4 mL: 0.5 = x + 2 x/(1 + 2 x), x = sqrt(2)/2 - 1/2
    held = adsorbed(case("mesoporous-silica", layer=LANGMUIR))
    assert shown(held)["held_after_injection"] == pytest.approx(1 - (np.sqrt(0.5) - 0.5) / 0.5)
    weak = adsorbed(case("mesoporous-silica", layer=LANGMUIR | {"adsorption_affinity": "0.1 L/g"}))
    assert any("stays adsorbed" in text for text in weak.warnings)
    tight = adsorbed(case("mesoporous-silica", layer=LANGMUIR | {"adsorption_affinity": "1e6 L/g"}))
    assert shown(tight)["held_after_injection"] == pytest.approx(0.999, abs=1e-4)  # full sites leave sqrt(C/K)
    assert not any("stays adsorbed" in text for text in tight.warnings)


def test_a_loading_solution_beyond_the_solubility_is_told() -> None:
    much = adsorbed(case("mesoporous-silica", layer=LANGMUIR, aqueous_solubility="0.1 mg/mL"))
    assert any("more drug than water dissolves" in text for text in much.warnings)
    little = adsorbed(case("mesoporous-silica", layer=LANGMUIR, aqueous_solubility="2 mg/mL"))
    assert not any("more drug than water dissolves" in text for text in little.warnings)


def test_more_than_a_layer_is_told() -> None:
    # 1 m2/g under molecules of 0.5 nm radius, 392.5 g/mol: 1e3/(pi 0.25e-18) molecules per kg, 0.83 mg/g
    layer = LANGMUIR | {"specific_surface_area": "1 m^2/g"}
    held = adsorbed(case("mesoporous-silica", layer=layer, stokes_radius="0.5 nm", molar_mass="392.5 g/mol"))
    assert shown(held)["monolayer"] == pytest.approx(0.83e-3, rel=0.01)
    assert any("one layer" in text for text in held.warnings)


def test_what_the_user_measured_wins_over_both_balances() -> None:
    for carrier, mechanism in (("nanodiamond", adsorbed), ("polymeric-micelle", micellised)):
        held = mechanism(case(carrier, loading={"drug_loading": "10 percent_w_w", "encapsulation_efficiency": "60 %"}))
        assert held.drug_loading == pytest.approx(0.1)
        assert held.encapsulation_efficiency == pytest.approx(0.6)
        assert held.basis == "given by you"


@pytest.mark.parametrize(
    "carrier", ["ceria-nanoparticle", "iron-oxide-nanoparticle", "mesoporous-silica", "nanodiamond", "pbnp"]
)
def test_every_adsorbing_carrier_loads_from_the_catalog(carrier: str) -> None:
    done = load(case(carrier, "doxorubicin"))
    assert 0.005 < float(done.layers[0].drug_loading[0]) < 0.4
    assert "Langmuir" in done.layers[0].basis


def test_micelles_by_hand() -> None:
    # 10 mg/mL less a little, half of it core of 1 g/cm3: 5 uL of core per 995 uL of water, K = 1000
    held = micellised(case("polymeric-micelle", layer=CORES))
    efficiency = 5.0 / (5.0 + 0.995)
    assert held.encapsulation_efficiency == pytest.approx(efficiency, rel=1e-3)
    assert held.drug_loading == pytest.approx(0.1 * efficiency / (1 + 0.1 * efficiency), rel=1e-3)
    # 5 mg over DL in 10 mL at the site
    polymer = 5.0 / (0.1 * efficiency) / 10.0  # mg/mL
    assert shown(held)["times_critical"] == pytest.approx(polymer / 1e-3, rel=1e-3)
    core = polymer * 0.5 / 1000.0
    after = 1000 * core / (1 - core + 1000 * core)
    assert shown(held)["held_after_injection"] == pytest.approx(after / efficiency, rel=1e-3)


def test_micelles_that_fall_apart_are_told() -> None:
    # 0.001 mg of drug needs some 0.01 mg of copolymer: 1 mg/L in 10 mL, below 3 mg/L
    layer = CORES | {"critical_micelle_concentration": "3 mg/L"}
    held = micellised(case("polymeric-micelle", layer=layer, dose="0.001 mg"))
    assert shown(held)["micelles_left"] == shown(held)["held_after_injection"] == 0.0
    assert any("fall apart" in text for text in held.warnings)


def test_cores_beyond_saturation_are_told() -> None:
    # S K w/rho: 0.01 mg/mL x 1000 x 0.5/1 g/cm3 is 5 mg/g
    over = micellised(case("polymeric-micelle", layer=CORES, aqueous_solubility="0.01 mg/mL"))
    assert shown(over)["saturated_loading"] == pytest.approx(0.005 / 1.005)
    assert any("crystallise" in text for text in over.warnings)
    under = micellised(case("polymeric-micelle", layer=CORES, aqueous_solubility="1 mg/mL"))
    assert not any("crystallise" in text for text in under.warnings)


def test_log_p_stands_in_for_the_partition_with_a_word_of_doubt() -> None:
    layer = {name: text for name, text in CORES.items() if name != "core_partition_log10"}
    layer |= {"core_partition_logp_offset": "0.5", "process_ph": "7"}
    held = micellised(case("polymeric-micelle", layer=layer, logp_octanol_water="2.5"))
    assert shown(held)["core_partition"] == pytest.approx(3.0, abs=1e-5)
    assert any("taken from log P" in text for text in held.warnings)
    # a base of pKa 8 at pH 7: one part of eleven is neutral
    base = micellised(case("polymeric-micelle", layer=layer, logp_octanol_water="2.5", pka_base_1="8"))
    assert shown(base)["core_partition"] == pytest.approx(3.0 - np.log10(11))


def test_a_load_measured_with_the_payload_comes_from_the_catalog() -> None:
    held = micellised(case("polymeric-micelle", "doxorubicin"))
    assert held.drug_loading == pytest.approx(0.297)
    assert "measured with doxorubicin" in held.basis
    assert "core_partition" not in shown(held)  # log P would contradict it
    assert shown(held)["times_critical"] > 1.0


def test_micelles_that_cannot_be_are_refused() -> None:
    with pytest.raises(DomainError, match="no micelles"):
        micellised(case("polymeric-micelle", layer=CORES | {"copolymer_concentration": "0.0005 mg/mL"}))
    with pytest.raises(MissingValueError, match="core_partition_log10"):
        micellised(case("polymeric-micelle", "tgf-beta3"))


def test_peg_by_hand() -> None:
    # 5 kg/mol: 113.5 units, 5.98 nm; 0.5 per nm2: 56 times covered, sqrt(2) nm apart, 15.6 nm high
    details, told = surface_checks(
        case("pla-peg-nanoparticle", layer={"peg_surface_density": "0.5 1/nm^2", "peg_molar_mass": "5 kg/mol"})
    )
    found = {detail.name: detail for detail in details}
    assert found["peg_coverage"].draws == pytest.approx(56.2, rel=0.01)
    assert found["peg_layer"].draws == pytest.approx(15.6e-9, rel=0.01)
    assert "brush" in found["peg_coverage"].note
    assert told == ()


def test_sparse_peg_is_told() -> None:
    _, told = surface_checks(
        case("pla-peg-nanoparticle", layer={"peg_surface_density": "0.001 1/nm^2", "peg_molar_mass": "2 kg/mol"})
    )
    assert "mushrooms" in told[0]


def test_usable_ligands_and_bare_surfaces() -> None:
    details, _ = surface_checks(case("pla-peg-nanoparticle", layer={"accessible_ligands_per_particle": "42"}))
    assert {detail.name: float(detail.draws[0]) for detail in details}["usable_ligands"] == 42.0
    assert surface_checks(case("nanodiamond")) == ((), ())
