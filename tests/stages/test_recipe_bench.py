"""Recipes at the bench: baths, buffers, cells and vesicles, assays, needles, limits, by hand or from the loading."""

import json
import re

import pytest
from click.testing import CliRunner

from formulate.formulation import Formulation
from formulate.loading.total import load_all
from formulate.preparation.recipe import recipe
from formulate.report.checklist import _columns
from formulate.report.envelope import dumps
from formulate.sampling import TypicalDraw
from materials.errors import DomainError, FormulateError
from tui.cli import cli

KNEE = {"site": "knee", "volume": "2 mL"}
GEL = {
    "polymer_mass_fraction": "10 percent_w_w",
    "polymer_density": "1.35 g/cm^3",
    "fibre_radius": "0.7 nm",
    "network_charge_per_mass": "0 mmol/g",
    "bath_to_gel_volume_ratio": "9",
}
DRUG = {"stokes_radius": "0.7 nm", "aqueous_solubility": "0.1 mg/mL"}
LIPOSOME = {
    "diameter": {"typical": "85 nm", "basis": "intensity"},
    "polydispersity_index": "0.06",
    "lipid_molar_mass": "750 g/mol",
    "lipid_concentration": "20 mmol/L",
    "process_yield": "90 percent",
}
EXACT = {"drug_loading": "10 percent_w_w", "encapsulation_efficiency": "100 percent", "convention": "A"}


def formulation(*layers, payload="dasatinib", dose="1 mg", drug=None, draws=64, own=False):
    held, made = payload, []
    for layer in layers:
        holds = {} if own and not made else {"holds": [held]}
        made.append({"id": layer["carrier"], **holds, **layer})
        held = made[-1]["id"]
    content = {} if own else {"payload": [{"id": payload, "dose": dose, "set": drug or {}}]}
    return Formulation(schema_version=1, layer=made, regimen=KNEE, calculation={"draws": draws}, **content)


def soaked(**more):
    gel = {"carrier": "gelatin-hydrogel", "method": "soaking", "set": {**GEL, **more}}
    return formulation(gel, payload="dexamethasone", dose="0.01 mg", drug=DRUG)


def liposome(method="thin-film-hydration", payload="dasatinib", **more):
    layer = {"carrier": "liposome", "method": method, "set": {**LIPOSOME, **more}, "loading": EXACT}
    return formulation(layer, payload=payload)


def rows(made):
    return {item.name: item for item in made.ingredients}


def verdicts(made):
    return {check.name: check.verdict for check in made.injection.checks}


def text_of(made, role="steps"):
    return " ".join(step.text for step in made.steps) if role == "steps" else " ".join(made.assumptions)


# a bath


def test_the_drug_of_a_soaked_gel_is_weighed_into_its_bath():
    made = recipe(soaked(), doses=10, fill_loss=0.0)
    bath, drug = rows(made)["soaking bath"], rows(made)["dexamethasone"]
    assert bath.amount * 1e6 == pytest.approx(9 * 20.0)  # 10 doses of 2 mL of gel, 9 volumes of bath
    (loading,) = load_all(soaked(), TypicalDraw()).payloads
    needed = {item.name: float(item.draws[0]) for item in loading.layers[0].details}
    assert drug.amount == pytest.approx(needed["bath_concentration_needed"] * bath.amount)
    (balance,) = made.balances
    assert balance.rest == "stays in the bath"
    assert balance.rows[0].in_product * 1e9 == pytest.approx(100.0)
    assert balance.rows[0].lost == pytest.approx(needed["bath_concentration_left"] * bath.amount)
    # the gel's own water is another row: what is left of 20 mL beside the polymer
    polymer = next(item for item in made.ingredients if item.role == "carrier")
    water = rows(made)["water or buffer for the gel"]
    assert water.amount + polymer.amount / 1350.0 == pytest.approx(20e-6)
    swelling, dissolving = (step.text for step in made.steps[:2])
    assert water.shown in swelling
    assert f"{drug.shown} of dexamethasone in {bath.shown} of soaking bath" in dissolving
    assert "pH 7.4, 150 mmol/L of salt" in bath.note


def test_the_bath_is_the_one_that_was_asked_for():
    made = recipe(soaked(bath_to_gel_volume_ratio="4", process_ph="6.2"), doses=1, fill_loss=0.0)
    assert rows(made)["soaking bath"].amount * 1e6 == pytest.approx(8.0)
    assert "pH 6.2" in rows(made)["soaking bath"].note
    assert not any("was set for gelatin" in warning for warning in made.warnings)


def test_a_bath_of_unknown_strength_says_what_to_set():
    known = {"carrier": "gelatin-hydrogel", "method": "soaking", "loading": {"drug_loading": "1 percent_w_w"}}
    made = recipe(formulation(known, payload="dexamethasone", dose="0.01 mg"), doses=2)
    assert "encapsulation_efficiency" in rows(made)["soaking bath"].note


# gels with cells or particles that are the drug


def with_cells(**gel):
    layers = (
        {"id": "cells", "carrier": "bmsc-cells", "dose": "20 million cells"},
        {"id": "gel", "carrier": "hyaluronic-acid-hydrogel", "set": gel},
    )
    return formulation(*layers, own=True)


@pytest.mark.parametrize(
    ("modulus", "verdict"), [("0.1 kPa", "pass"), ("0.99 kPa", "pass"), ("1.01 kPa", "check"), ("50 kPa", "check")]
)
def test_a_gel_around_cells_is_held_against_the_needle(modulus, verdict):
    made = recipe(with_cells(storage_modulus=modulus, max_syringeable_storage_modulus="1 kPa"), doses=2)
    assert verdicts(made)["gel through the needle"] == verdict


def test_a_gel_whose_stiffness_nobody_gives_is_not_passed():
    layer = {"carrier": "alginate-hydrogel"}
    made = recipe(formulation(layer, payload="dexamethasone", dose="0.1 mg"))
    (check,) = (check for check in made.injection.checks if "needle" in check.name)
    assert check.verdict == "unknown"
    assert "max_syringeable_storage_modulus" in check.found


def test_polymer_and_water_of_a_gel_around_cells_by_hand():
    made = recipe(with_cells(polymer_mass_fraction="2 percent_w_w", polymer_density="1.5 g/mL"), doses=10, fill_loss=0)
    polymer = next(item for item in made.ingredients if item.layer == "gel" and item.role == "carrier")
    # 1/(0.02/1.5 + 0.98/0.9933) = 1.00006 g/mL, 20 mL of it
    assert polymer.amount * 1e3 == pytest.approx(0.40002, rel=1e-4)
    # 20 million spheres of the typical 18 um take 61 uL of each dose
    (own,) = load_all(with_cells(), TypicalDraw()).own
    share = next(float(item.draws[0]) for item in own.details if item.name == "volume_share")
    assert share == pytest.approx(1e7 * 1e6 * 3.0536e-15, rel=0.01)
    water = rows(made)["water or buffer for the gel"].amount
    assert water + polymer.amount / 1500.0 + share * 20e-6 == pytest.approx(20e-6)


# an assay


def assayed(**more):
    batch = {"drug_added": "20 mg", "carrier_added": "100 mg", "drug_in_product": "14.2 mg", **more}
    layer = {"carrier": "plga-microsphere", "method": "emulsion-oil-in-water", "assay": [batch]}
    return formulation(layer, dose="1.42 mg")


def test_an_assayed_batch_is_made_again():
    # ten doses of 1.42 mg are the product of the batch that was assayed, so its feed comes out
    made = recipe(assayed(product_mass="104 mg"), doses=10, fill_loss=0.0)
    (balance,) = made.balances
    assert [row.added * 1e6 for row in balance.rows] == pytest.approx([20.0, 100.0])
    assert balance.total.in_product * 1e6 == pytest.approx(104.0)
    assert balance.process_yield == pytest.approx(104.0 / 120.0)
    assert "assay" in balance.yield_note
    assert made.payloads[0].theoretical_loading == pytest.approx(20.0 / 120.0)


def test_an_assay_without_the_mass_of_the_product_loses_no_carrier():
    made = recipe(assayed(), doses=10, fill_loss=0.0)
    (balance,) = made.balances
    assert [row.added * 1e6 for row in balance.rows] == pytest.approx([20.0, 100.0])
    assert balance.rows[1].lost == pytest.approx(0.0, abs=1e-15)


def test_a_yield_set_beside_an_assay_loses_drug_and_carrier_alike():
    made = recipe(assayed(product_mass="104 mg"), doses=10, fill_loss=0.0, process_yield="52 %")
    (balance,) = made.balances
    assert [row.added * 1e6 for row in balance.rows] == pytest.approx([20 / 0.6, 100 / 0.6])  # 104/120 over 0.52
    assert balance.yield_note == "set by you"
    with pytest.raises(DomainError, match="no carrier is lost"):
        recipe(assayed(product_mass="104 mg"), process_yield=0.99)


# the conditions of the loading


def test_lipids_and_hydration_volume_by_hand():
    # 10 mg of drug at 10 % need 90 mg of lipid in the product; a yield of 90 % of 100 mg: 100 mg of lipid are put in,
    # which at 750 g/mol and 20 mmol/L are 15 mg/mL.
    made = recipe(liposome(), doses=10, fill_loss=0.0)
    lipid = rows(made)["lipid mixture (Liposomes)"]
    assert lipid.amount * 1e6 == pytest.approx(100.0)
    assert rows(made)["hydration buffer"].amount * 1e6 == pytest.approx(100.0 / 15.0)
    assert "750 g/mol" in lipid.note
    # 4.5 mg/mL in the injection: diluted 15/4.5-fold, and not dispersed like a powder
    assert "dilute 3.33-fold, from 15 mg/mL of lipid" in text_of(made)
    assert "Disperse" not in text_of(made)
    assert verdicts(made)["liposome through the needle"] == "pass"


def test_a_thin_suspension_is_concentrated():
    made = recipe(liposome(lipid_concentration="2 mmol/L"), doses=10, fill_loss=0.0)
    assert "concentrate 3-fold, from 1.5 mg/mL of lipid" in text_of(made)


def test_the_salt_inside_vesicles_by_hand():
    # 200 mmol/L of 132.14 g/mol in 6.667 mL
    changed = {"internal_ammonium_sulfate_concentration": "200 mmol/L", "process_ph": "6.5"}
    made = recipe(liposome("remote-loading", "doxorubicin", **changed), doses=10, fill_loss=0.0)
    water = rows(made)["water for the inner solution"]
    assert water.amount * 1e6 == pytest.approx(100.0 / 15.0)
    assert "makes 200 mmol/L with the ammonium sulfate below" in water.note
    # the salt is weighed once, into water: nothing reads as salt put into a solution of that salt
    assert "in 6.667 mL of water for the inner solution, made up to that volume" in text_of(made)
    assert rows(made)["ammonium sulfate"].amount * 1e6 == pytest.approx(0.2 * 132.14 * 100 / 15.0)
    assert "pH 6.5" in rows(made)["outer buffer"].note
    assert "ammonium sulfate inside the vesicle 200 mmol/L (yours)" in text_of(made, "assumptions")
    assert not any("was set for liposome" in warning for warning in made.warnings)


@pytest.mark.parametrize(
    ("carrier", "name"),
    [("polymeric-micelle", "copolymer_concentration"), ("mesoporous-silica", "adsorbent_concentration")],
)
def test_the_water_of_micelles_and_adsorbents_by_hand(carrier, name):
    layer = {"carrier": carrier, "set": {name: "4 mg/mL"}, "loading": EXACT}
    made = recipe(formulation(layer, payload="doxorubicin"), doses=10, fill_loss=0.0)
    solid = next(item for item in made.ingredients if item.role == "carrier")
    assert solid.amount * 1e6 == pytest.approx(90.0)
    assert rows(made)["water phase"].amount * 1e6 == pytest.approx(90.0 / 4.0)
    if carrier == "mesoporous-silica":  # half for the solid, half for the drug
        assert text_of(made).count("11.25 mL of water") == 2
        assert "22.50 mL of water in all" in text_of(made)


def test_what_is_set_in_vain_is_told():
    made = recipe(liposome(copolymer_concentration="4 mg/mL"))
    assert any("copolymer_concentration was set for liposome" in warning for warning in made.warnings)


@pytest.mark.parametrize(
    ("carrier", "method", "name", "wanted"),
    [
        ("plga-nanoparticle", "emulsion-solvent-evaporation", "dichloromethane", "polymer_concentration_organic"),
        ("plga-nanoparticle", "emulsion-solvent-evaporation", "water phase", "aqueous_to_organic_volume_ratio"),
        ("plga-nanoparticle", "emulsion-solvent-evaporation", "poly(vinyl alcohol)", "surfactant_concentration"),
        ("free-drug-suspension", "milling", "polysorbate 80", "surfactant_concentration"),
    ],
)
def test_a_blank_names_what_would_fill_it(carrier, method, name, wanted):
    loading = {} if carrier == "free-drug-suspension" else {"loading": EXACT}
    made = recipe(formulation({"carrier": carrier, "method": method, **loading}))
    assert rows(made)[name].amount is None
    assert f"{wanted}" in rows(made)[name].note
    filled = {"polymer_concentration_organic": "50 mg/mL", "aqueous_to_organic_volume_ratio": "5"}
    filled |= {"surfactant_concentration": "1 g/dL"}
    made = recipe(formulation({"carrier": carrier, "method": method, "set": filled, **loading}))
    assert rows(made)[name].amount > 0


# cells and vesicles


def test_cells_are_thawed_washed_counted_and_given_in_time():
    given = {"viability": "80 percent", "thaw_recovery": "50 percent"}
    layer = {"id": "cells", "carrier": "bmsc-cells", "dose": "20 million cells", "set": given}
    made = recipe(formulation(layer, own=True), doses=4, fill_loss=0.0)
    assert rows(made)["living cells (bmsc-cells)"].amount == pytest.approx(80e6)
    assert rows(made)["frozen cells to thaw"].amount == pytest.approx(160e6)
    assert rows(made)["cells in all, living and dead"].amount == pytest.approx(100e6)
    words = [step.text.split()[0] for step in made.steps]
    assert words == ["Thaw", "Dilute", "Count", "Resuspend", "Fill", "Test"]
    assert made.steps[0].text.startswith("Thaw 1.600×10⁸ frozen cells")
    assert "dye" in made.steps[2].text
    assert "inject within the time" in made.steps[4].text
    assert not any("acid or base" in text for text in made.assumptions)
    (strength,) = made.injection.concentrations
    assert strength.planned == pytest.approx(10e6 * 1e6)


def test_vesicles_are_counted_not_weighed():
    per = {"particles_per_protein_mass": "1e9 1/ug"}
    layer = {"id": "exo", "carrier": "exosome-generic", "dose": "1e10 particles", "set": per}
    made = recipe(formulation(layer, own=True), doses=3, fill_loss=0.0)
    assert rows(made)["vesicles (exosome-generic)"].amount == pytest.approx(3e10)
    assert rows(made)["protein of the vesicles"].amount * 1e9 == pytest.approx(30.0)
    assert rows(made)["vehicle for injection"].amount * 1e6 == pytest.approx(6.0)


def test_loaded_vesicles_are_counted_too():
    layer = {"carrier": "msc-exosome", "set": {"particles_per_protein_mass": "1e9 1/ug"}}
    wanted = formulation(layer, payload="mirna-mimic", dose="1e-6 mg")
    made = recipe(wanted, doses=5, fill_loss=0.0)
    carrier = next(item for item in made.ingredients if item.role == "carrier")
    assert carrier.unit == "1"
    (loading,) = load_all(wanted, TypicalDraw()).payloads
    each = {item.name: float(item.draws[0]) for item in loading.layers[0].details}
    assert carrier.amount == pytest.approx(5 * each["vesicles"] * float(loading.given[0]) / loading.wanted)
    assert rows(made)["protein of these vesicles"].amount == pytest.approx(carrier.amount / 1e18)


# limits of the injection


def test_a_dose_that_was_cut_fills_the_injection_and_says_so():
    layer = {"carrier": "plga-microsphere", "loading": EXACT, "set": {"max_injectable_concentration": "32 mg/mL"}}
    made = recipe(formulation(layer, dose="50 mg"), doses=2)
    (plan,) = made.payloads
    assert plan.given * 1e6 == pytest.approx(6.4)  # 32 mg/mL, 2 mL, 10 %
    check = next(check for check in made.injection.checks if check.name.startswith("concentration"))
    assert check.verdict == "check"
    assert "filled up to the limit" in check.limit
    strength = made.injection.concentrations[0]
    assert strength.planned == pytest.approx(plan.given / 2e-6)
    assert "6.4 mg a dose" in made.to_text()
    assert any("6.4 mg a dose" in warning for warning in made.warnings)
    assert "dasatinib in the injection: 3.2 mg/mL" in made.to_text()


@pytest.mark.parametrize(
    ("diameter", "more", "verdict"),
    [
        ("85 nm", {}, "pass"),
        ("20 um", {}, "pass"),
        ("60 um", {}, "check"),
        ("20 um", {"max_syringeable_diameter": "15 um"}, "check"),
    ],
)
def test_sizes_are_held_against_the_needle(diameter, more, verdict):
    sizes = {"diameter": diameter, "polydispersity_index": "0.0001", "max_syringeable_diameter": "50 um", **more}
    layer = {"carrier": "plga-microsphere", "loading": EXACT, "set": sizes}
    assert verdicts(recipe(formulation(layer)))["plga-microsphere through the needle"] == verdict


@pytest.mark.parametrize(("diameter", "verdict"), [("20 um", "pass"), ("400 um", "check")])
def test_without_a_limit_of_its_own_a_particle_is_held_against_the_bore(diameter, verdict):
    sizes = {"diameter": diameter, "polydispersity_index": "0.01"}  # 21 gauge has a bore of 514 um
    made = recipe(formulation({"carrier": "mesoporous-silica", "loading": EXACT, "set": sizes}))
    assert verdicts(made)["mesoporous-silica through the needle"] == verdict


# what is asked for


def test_texts_with_units_are_read_as_numbers():
    layer = {"carrier": "plga-nanoparticle", "loading": {**EXACT, "encapsulation_efficiency": "50 percent"}}
    told = recipe(formulation(layer), doses="12", overage="10%", fill_loss="5 percent", process_yield="50%")
    plain = recipe(formulation(layer), doses=12, overage=0.1, fill_loss=0.05, process_yield=0.5)
    assert told.to_text() == plain.to_text()
    assert recipe(formulation(layer), batch_mass="2 g").doses == recipe(formulation(layer), batch_mass=2e-3).doses


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"doses": "a dozen"}, "doses: 'a dozen'"),
        ({"doses": "3 mg"}, "doses"),
        ({"doses": [3]}, "doses"),
        ({"doses": True}, "doses"),
        ({"overage": "10"}, "overage: '10'"),
        ({"overage": None}, "overage"),
        ({"overage": 10}, "0.1 is 10 %"),
        ({"overage": "150%"}, "0.1 is 10 %"),
        ({"batch_mass": "2 mL"}, "batch_mass: '2 mL'"),
        ({"batch_mass": "1 ug"}, "batch_mass"),
        ({"batch_mass": "1 g", "overage": 0.1}, "beside batch_mass"),
        ({"batch_mass": "1 g", "doses": 3}, "doses and batch_mass"),
        ({"process_yield": "much"}, "process_yield"),
        ({"fill_loss": "5"}, "fill_loss"),
    ],
)
def test_what_is_no_number_or_no_batch_is_refused_by_name(options, words):
    with pytest.raises(FormulateError, match=re.escape(words)):
        recipe(formulation({"carrier": "plga-nanoparticle", "loading": EXACT}), **options)


def test_a_solvent_for_what_needs_none_is_refused():
    with pytest.raises(FormulateError, match="no layer of this formulation is made with a solvent"):
        recipe(soaked(), solvent="acetone")
    with pytest.raises(DomainError, match="give doses instead"):
        recipe(with_cells(), batch_mass="1 g")


def test_the_command_line_refuses_doses_beside_a_batch_mass(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        'schema_version = 1\nkind = "formulation"\n[[payload]]\nid = "dasatinib"\ndose = "1 mg"\n[[layer]]\nid = "a"\n'
        'carrier = "plga-nanoparticle"\nholds = ["dasatinib"]\n[regimen]\nsite = "knee"\nvolume = "2 mL"\n',
        "utf-8",
    )
    refused = CliRunner().invoke(cli, ["recipe", str(path), "--doses", "3", "--batch-mass", "1 g"])
    assert refused.exit_code != 0
    assert "--doses" in refused.output
    assert "--batch-mass" in refused.output
    assert CliRunner().invoke(cli, ["recipe", str(path), "--batch-mass", "1 g", "--draws", "64"]).exit_code == 0


def test_whole_doses_and_the_rest():
    layer = {"carrier": "plga-nanoparticle", "loading": EXACT}
    made = recipe(formulation(layer), batch_mass=10e-6 * 53.2, fill_loss=0.0)
    assert "53 doses and 0.2 of one" in made.to_text()
    assert "Fill 53 doses of 2 mL; 0.2 of one is left over" in text_of(made)
    assert "Fill 1 dose of 2 mL; label it" in text_of(recipe(formulation(layer)))


# the paper


def test_one_amount_has_one_text():
    inner = {"carrier": "plga-nanoparticle", "id": "inner", "loading": EXACT}
    outer = {"carrier": "plga-microsphere", "id": "outer", "loading": EXACT}
    for dose in ("1.11115 mg", "0.7 mg", "3.33335 mg"):
        made = recipe(formulation(inner, outer, dose=dose), doses=3)
        shown = {item.what: balance for balance in made.balances for item in balance.rows}
        for item in made.ingredients:
            if item.role in ("drug", "carrier") and item.name in shown:
                balance = shown[item.name]
                row = next(row for row in balance.rows if row.what == item.name)
                assert row.digits[0] < 100_000  # more would not be weighed so finely
                assert item.shown == f"{balance.printed(row.digits[0])} {balance.unit}"
                assert item.shown in text_of(made)
        by_layer = {balance.layer: balance for balance in made.balances}
        total = by_layer["inner"].total.digits[1] * by_layer["inner"].digit
        put = by_layer["outer"].rows[0].digits[0] * by_layer["outer"].digit
        assert put == pytest.approx(total, abs=0.5001 * by_layer["outer"].digit)


def test_what_is_certain_has_no_band():
    made = recipe(liposome(), doses=10)
    table = made.to_text(100).split("Mass balance")[0]
    assert "vehicle for injection" in table
    assert not re.search(r"(\d[\d.]*) to \1\b", made.to_text(100))


@pytest.mark.parametrize("width", [60, 72, 80, 100])
@pytest.mark.parametrize("carrier", ["plga-microsphere", "liposome", "cyclodextrin-hydrogel", "polymeric-micelle"])
def test_words_stay_whole_on_a_narrow_page(carrier, width):
    made = recipe(formulation({"carrier": carrier}, dose="0.1 mg"), doses=10)
    text = made.to_text(width)
    assert max(map(len, text.splitlines())) <= width
    words = set(text.split())
    for item in made.ingredients:
        assert set(item.name.replace("; ", " ").split()) <= {word.rstrip(";") for word in words}
    for check in made.injection.checks:
        assert set(check.name.split()) <= {word.rstrip(";") for word in words}


@pytest.mark.parametrize("width", range(26, 60))
def test_a_table_breaks_between_words_alone(width):
    row = ["[ ]", "concentration of polymeric-micelle", "dichloromethane in a half"]
    text = _columns(["", "check", "found"], [row], width)
    assert max(map(len, text.splitlines())) <= width
    assert {word.rstrip(":;") for word in text.split()} == {
        word for cell in [*row, "check found"] for word in cell.split()
    }


def test_balances_keep_all_their_digits_in_json():
    made = recipe(formulation({"carrier": "plga-microsphere"}, dose="0.7123 mg"), doses=9)
    (balance,) = json.loads(dumps(made.to_dict()))["balances"]
    for row in balance["rows"]:
        assert row["added"]["value"] - row["in_product"]["value"] == row["lost"]["value"]
    whole = balance["rows"][-1]
    for part in ("added", "in_product", "lost"):
        assert whole[part]["value"] == pytest.approx(sum(row[part]["value"] for row in balance["rows"][:-1]), rel=1e-12)
        digits = [round(row[part]["rounded"] / balance["last_digit"]["value"]) for row in balance["rows"]]
        assert digits[-1] == sum(digits[:-1])
