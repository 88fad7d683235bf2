"""What stands beside a loading in polymer particles: hand balances, limits, what is told when a number is lacking."""

import numpy as np
import pytest

from formulate.case import Case, prepare
from formulate.formulation import Question, build
from formulate.loading.stage_polymer import polymer_checks
from formulate.results import Detail
from formulate.sampling import TypicalDraw

ONE = np.ones(1)
ALIKE = {"hansen_dispersion": "18.2 MPa^0.5", "hansen_polar": "8.3 MPa^0.5", "hansen_hydrogen_bonding": "8.6 MPa^0.5"}
UNLIKE = {"hansen_dispersion": "25 MPa^0.5", "hansen_polar": "20 MPa^0.5", "hansen_hydrogen_bonding": "25 MPa^0.5"}
PROCESS = {
    "aqueous_to_organic_volume_ratio": "4",
    "polymer_concentration_organic": "10 mg/mL",
    "feed_ratio": "0.1 g/g",
    "process_ph": "7.4",
}


def case(carrier: str = "plga-nanoparticle", payload: str = "dexamethasone", layer=None, **drug: str) -> Case:
    content = {
        "schema_version": 1,
        "payload": [{"id": payload, "dose": "5 mg", "set": drug}],
        "regimen": {"site": "knee", "state": "osteoarthritis", "volume": "5 mL"},
        "calculation": {"draws": 16},
    }
    formulation = build(Question, content, "test").formulation(carrier)
    whole = formulation.model_dump(mode="json", exclude_unset=True)
    whole["layer"][0]["set"] = {name: value for name, value in (PROCESS | (layer or {})).items() if value}
    return prepare(build(type(formulation), whole, "test"), TypicalDraw())


def checked(made: Case, loading: float = 0.05, efficiency: float | None = 0.6) -> tuple[dict[str, Detail], str]:
    details, told = polymer_checks(made, loading * ONE, None if efficiency is None else efficiency * ONE)
    return {detail.name: detail for detail in details}, " | ".join(told)


def test_floor_by_hand() -> None:
    # 1 mg of drug to 10 mg of polymer in 1 mL, poured into 4 mL that dissolve 0.1 mg/mL: 0.4 of 1 mg.
    details, told = checked(case(aqueous_solubility="0.1 mg/mL"))
    assert details["encapsulation_floor"].draws == pytest.approx(0.6)
    assert "4 mL of water for each mg" in details["encapsulation_floor"].note
    assert "outer water" not in told


def test_floor_follows_feed_from_loading_and_efficiency() -> None:
    # DL 5 % and EE 50 % in convention A: 0.05/0.95/0.5 of polymer was fed.
    made = case(layer={"feed_ratio": ""}, aqueous_solubility="0.1 mg/mL")
    assert made.process.find("feed_ratio") is None
    floor = checked(made, loading=0.05, efficiency=0.5)[0]["encapsulation_floor"].draws
    assert floor == pytest.approx(1 - 0.1 * 0.4 / (0.05 / 0.95 / 0.5))


def test_a_base_dissolves_better_in_an_acid_process() -> None:
    # pKa 6.4: a tenth is charged at pH 7.4, ten parts of eleven at pH 5.4: 10 times the solubility.
    drug = {"aqueous_solubility": "0.011 mg/mL", "pka_base_1": "6.4"}
    neutral, acid = (checked(case(layer={"process_ph": ph}, **drug))[0] for ph in ("7.4", "5.4"))
    assert 1 - neutral["encapsulation_floor"].draws == pytest.approx(0.044, rel=1e-4)
    assert 1 - acid["encapsulation_floor"].draws == pytest.approx(0.44, rel=1e-4)


def test_micelles_lower_the_floor() -> None:
    # 12 mg/mL of surfactant, 2 mg/mL of it no micelles, take up 5 mg/g: 0.05 mg/mL more.
    layer = {"surfactant_concentration": "1.2 g/dL", "surfactant_critical_micelle_concentration": "2 mg/mL"}
    details, _ = checked(case(layer=layer, aqueous_solubility="0.05 mg/mL", solubilisation_capacity="0.005 g/g"))
    assert details["encapsulation_floor"].draws == pytest.approx(0.6)
    assert "micelles included" in details["encapsulation_floor"].note


def test_water_that_holds_all_is_told() -> None:
    _, told = checked(case(aqueous_solubility="10 mg/mL"))
    assert "could dissolve all the drug" in told


def test_efficiency_below_the_floor_is_told() -> None:
    low, high = (checked(case(aqueous_solubility="0.1 mg/mL"), efficiency=share)[0] for share in (0.3, 0.9))
    assert "below it in 100% of the draws" in low["encapsulation_floor"].note
    assert "below it" not in high["encapsulation_floor"].note


def test_like_drug_mixes_and_unlike_drug_comes_out() -> None:
    alike, quiet = checked(case(crystal_density="1.3 g/cm^3", **ALIKE))
    assert alike["hansen_distance"].draws[0] < 0.1e3
    assert alike["miscible_drug_loading"].draws[0] == pytest.approx(1.0)
    assert "crystalline" not in quiet
    # 2 (25 - 18.18), 20 - 8.3 and 25 - 8.61 MPa^0.5 apart
    unlike, told = checked(case(crystal_density="1.3 g/cm^3", **UNLIKE))
    assert unlike["hansen_distance"].draws[0] == pytest.approx(24.32e3, rel=1e-3)
    assert unlike["miscible_drug_loading"].draws[0] < 1e-3
    assert "crystalline or on the surface" in told


def test_what_is_lacking_is_named_and_nothing_is_raised() -> None:
    details, told = checked(case())
    assert "no Hansen parameters of dexamethasone" in told
    assert set(details) == {"encapsulation_floor"}
    _, told = checked(case(layer={"polymer_concentration_organic": ""}, carrier="plga-nanoparticle"))
    assert "water of the process" not in told  # the method gives it
    details, told = checked(case(payload="igf-1", layer={"feed_ratio": ""}), efficiency=None)
    assert details == {}
    assert "no aqueous_solubility, feed_ratio" in told
    assert "miscibility" not in told  # a protein
    details, told = checked(case(payload="celecoxib", **ALIKE))
    assert set(details) == {"encapsulation_floor", "hansen_distance"}
    assert "stays mixed was not computed: no crystal_density" in told
    far = {"hansen_dispersion": "60 MPa^0.5", "molar_mass": "1999 g/mol", "crystal_density": "0.11 g/cm^3"}
    assert "too unlike" in checked(case(**(UNLIKE | far)))[1]


def test_other_carriers_are_left_alone() -> None:
    assert polymer_checks(case("liposome"), ONE * 0.05, ONE * 0.5) == ((), ())
