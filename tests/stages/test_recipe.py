"""Recipes: batches worked out by hand, masses that balance, counts that scale, what the paper says, refusals."""

import json
import math
import re

import pytest

from formulate.formulation import Formulation
from formulate.loading.definitions import mass_balance
from formulate.preparation.amounts import amount_text
from formulate.preparation.recipe import FILL_LOSS, recipe
from materials import catalog
from materials.errors import DomainError, FormulateError, UnknownIdError

EXACT = {"loading": {"drug_loading": "25 percent_w_w", "encapsulation_efficiency": "50 percent", "convention": "A"}}


def formulation(*layers, dose="1 mg", volume="2 mL", payload="dasatinib", draws=64, **more):
    held, made = payload, []
    for layer in layers:
        made.append({"id": layer["carrier"], "holds": [held], **layer})
        held = made[-1]["id"]
    content = {"payload": [{"id": payload, "dose": dose}], "layer": made, **more}
    return Formulation(
        schema_version=1, regimen={"site": "knee", "volume": volume}, calculation={"draws": draws}, **content
    )


def exact(convention="A", **more):
    """Give a nanoparticle of 25 % loading and 50 % efficiency, without doubt."""
    loading = {**EXACT["loading"], "convention": convention}
    return formulation({"carrier": "plga-nanoparticle", "loading": loading}, **more)


def amounts(made, role):
    return {item.name: item.amount for item in made.ingredients if item.role == role}


# numbers by hand


@pytest.mark.parametrize(
    ("convention", "share", "drug", "carrier"),
    [
        # 10 mg of drug are 40 mg of product. A: 20 of drug make them with 30 of carrier; half of 80: 32 and 48.
        ("A", 0.5, 32.0, 48.0),
        ("A", 0.8, 20.0, 30.0),  # no carrier lost
        # B: theoretical loading is 50 %, so equal parts; half recovered of 80: 40 and 40.
        ("B", 0.5, 40.0, 40.0),
    ],
)
def test_masses_to_weigh_by_hand(convention, share, drug, carrier):
    made = recipe(exact(convention), doses=10, fill_loss=0.0, process_yield=share)
    assert amounts(made, "drug")["dasatinib"] * 1e6 == pytest.approx(drug)
    assert next(iter(amounts(made, "carrier").values())) * 1e6 == pytest.approx(carrier)
    batch = mass_balance(10e-6, 0.25, 0.5, convention, share)
    assert batch.drug_added * 1e6 == pytest.approx(drug)
    (balance,) = made.balances
    assert balance.process_yield == pytest.approx(share)
    assert balance.total.in_product * 1e6 == pytest.approx(40.0)


def test_overage_and_what_stays_in_the_vials():
    bare = recipe(exact(), doses=10, fill_loss=0.0)
    more = recipe(exact(), doses=12, overage=0.25, fill_loss=0.25)
    assert more.balances[0].total.added == pytest.approx(bare.balances[0].total.added * 1.2 * 1.25 / 0.75)
    assert more.injection.total_volume * 1e6 == pytest.approx(2.0 * 12 * 1.25 / 0.75)
    assert bare.injection.total_volume * 1e6 == pytest.approx(20.0)
    assert recipe(exact()).fill_loss == FILL_LOSS


def test_a_batch_by_its_mass():
    made = recipe(exact(), batch_mass=1e-3, fill_loss=0.0)
    assert made.balances[0].total.in_product == pytest.approx(1e-3)
    assert made.doses == pytest.approx(250.0)  # 4 mg of product a dose
    assert recipe(exact(), batch_mass=1e-3, fill_loss=0.2).doses == pytest.approx(200.0)


def test_certain_numbers_have_no_band_and_doubtful_ones_hold_the_plan():
    made = recipe(exact(), doses=10, process_yield=0.5)
    (plan,) = made.payloads
    assert plan.to_weigh.low == pytest.approx(plan.to_weigh.high)
    assert plan.theoretical_loading == pytest.approx(0.4)
    doubtful = recipe(formulation({"carrier": "plga-nanoparticle"}, draws=512), doses=10)
    drug = next(item for item in doubtful.ingredients if item.role == "drug")
    assert drug.band.low < drug.amount * 1e6 < drug.band.high


# balance


@pytest.mark.parametrize("carrier", ["plga-microsphere", "plga-nanoparticle", "liposome", "pegylated-liposome"])
@pytest.mark.parametrize(("dose", "doses"), [("0.0001 mg", 1), ("0.3 mg", 7), ("1.234567 mg", 1000)])
def test_what_goes_in_comes_out(carrier, dose, doses):
    made = recipe(formulation({"carrier": carrier}, dose=dose), doses=doses, overage=0.1)
    for balance in made.balances:
        for row in (*balance.rows, balance.total):
            assert row.added == pytest.approx(row.in_product + row.lost, rel=1e-12)
            put, got, lost = row.digits
            assert put == got + lost
            assert abs(put * balance.digit - row.added) <= 0.5001 * balance.digit * len(balance.rows)
            assert min(row.digits) >= 0
        for place in range(3):
            assert balance.total.digits[place] == sum(row.digits[place] for row in balance.rows)
        assert all(row.digits[0] >= 800 for row in balance.rows)  # the last digit shown is fine enough
    weighed = amounts(made, "drug") | amounts(made, "carrier")
    assert sum(weighed.values()) == pytest.approx(sum(item.total.added for item in made.balances), rel=1e-12)


def test_the_printed_table_adds_up():
    text = recipe(formulation({"carrier": "plga-microsphere"}, dose="0.7 mg"), doses=9).to_text(110)
    lines = text[text.index("put in") :].splitlines()
    rows = [line.split()[-4:-1] for line in lines[1:4]]
    columns = [[float(cell) for cell in column] for column in zip(*rows, strict=True)]
    for first, second, total in columns:
        assert first + second == pytest.approx(total, abs=1e-9)
    for put, got, lost in zip(*columns, strict=True):
        assert put == pytest.approx(got + lost, abs=1e-9)


def test_a_carrier_that_two_drugs_share_is_weighed_once():
    both = Formulation(
        schema_version=1,
        payload=[{"id": "dasatinib", "dose": "1 mg"}, {"id": "quercetin", "dose": "0.5 mg"}],
        layer=[{"id": "beads", "carrier": "plga-nanoparticle", "holds": ["dasatinib", "quercetin"], **EXACT}],
        regimen={"site": "knee", "volume": "2 mL"},
        calculation={"draws": 64},
    )
    made = recipe(both, doses=10, fill_loss=0.0)
    assert set(amounts(made, "drug")) == {"dasatinib", "quercetin"}
    assert len(amounts(made, "carrier")) == 1
    (balance,) = made.balances
    held = {row.what: row.in_product for row in balance.rows}
    assert held["dasatinib"] * 1e6 == pytest.approx(10.0)
    assert held["quercetin"] * 1e6 == pytest.approx(5.0)
    # alone, 10 mg at 25 % need 30 mg of carrier, 5 mg need 15: the 30 serve both
    assert balance.rows[2].in_product * 1e6 == pytest.approx(30.0)


def test_loss_of_each_layer_counts_in_the_ones_inside():
    outer = {"loading": {"drug_loading": "10 percent_w_w", "encapsulation_efficiency": "50 percent", "convention": "A"}}
    inner = {"carrier": "plga-nanoparticle", "id": "inner", **EXACT}
    nested = formulation(inner, {"carrier": "plga-microsphere", "id": "outer", **outer})
    one, two = (
        recipe(exact(), doses=10, fill_loss=0.0, process_yield=0.5),
        recipe(nested, doses=10, fill_loss=0.0, process_yield=0.5),
    )
    # the outer layer must be given more than the 40 mg of nanoparticles that it ends with, and they are made for it
    outer_batch = mass_balance(40e-6, 0.1, 0.5, "A", 0.5)
    by_layer = {balance.layer: balance for balance in two.balances}
    assert by_layer["outer"].rows[0].added == pytest.approx(outer_batch.drug_added)
    more = outer_batch.drug_added / 40e-6
    assert by_layer["inner"].total.added == pytest.approx(one.balances[0].total.added * more)
    assert by_layer["inner"].total.in_product == pytest.approx(by_layer["outer"].rows[0].added)


# materials


def test_lipids_of_doxil_are_weighed_as_its_label_says():
    # 9.58 mg of HSPC, 3.19 of cholesterol and 3.19 of MPEG-DSPE per mL.
    lipids = amounts(recipe(formulation({"carrier": "pegylated-liposome"}, dose="0.1 mg")), "carrier")
    whole = sum(lipids.values())
    for name, mass in {"HSPC": 9.58, "cholesterol": 3.19, "MPEG-DSPE": 3.19}.items():
        assert lipids[name] / whole == pytest.approx(mass / 15.96, rel=0.02)


def test_what_a_gel_is_filled_up_with():
    beads = {"carrier": "plga-microsphere", "set": {"density": "1.3 g/mL"}, **EXACT}
    gel = {
        "carrier": "hyaluronic-acid-hydrogel",
        "set": {"polymer_mass_fraction": "2 percent_w_w", "polymer_density": "1.5 g/mL"},
    }
    made = recipe(formulation(beads, gel), doses=10, fill_loss=0.0, process_yield=0.5)
    polymer = next(item.amount for item in made.ingredients if item.layer == gel["carrier"] and item.role == "carrier")
    water = amounts(made, "vehicle")["water or buffer for the gel"]
    assert water + polymer / 1500.0 + 40e-6 / 1300.0 == pytest.approx(20e-6)
    # 2 % of polymer by mass of polymer and water of 37 degC: 1/(0.02/1.5 + 0.98/0.9933) = 1.00006 g/mL, 20 mL of it
    assert polymer * 1e3 == pytest.approx(0.40002, rel=1e-4)


def test_solvent_and_water_by_the_numbers_of_the_process():
    process = {"polymer_concentration_organic": "50 mg/mL", "aqueous_to_organic_volume_ratio": "4"}
    chosen = {"carrier": "plga-nanoparticle", "set": process, "method": "nanoprecipitation", **EXACT}
    made = recipe(formulation(chosen), doses=10, fill_loss=0.0, process_yield=0.5)
    assert amounts(made, "solvent")["acetone"] * 1e6 == pytest.approx(48.0 / 50.0)
    assert amounts(made, "water phase")["water phase"] * 1e6 == pytest.approx(4 * 48.0 / 50.0)


def test_a_yield_of_ones_own_is_used_and_held_to_what_is_possible():
    own = {"carrier": "plga-nanoparticle", "set": {"process_yield": "50 percent"}, **EXACT}
    made = recipe(formulation(own), doses=10, fill_loss=0.0)
    assert amounts(made, "drug")["dasatinib"] * 1e6 == pytest.approx(32.0)
    assert made.balances[0].yield_note == "set by you"
    assert not any("process_yield was set" in text for text in made.warnings)
    too_much = {**own, "set": {"process_yield": "90 percent"}}
    with pytest.raises(DomainError, match="no carrier is lost"):
        recipe(formulation(too_much))


def test_a_yield_of_the_catalog_above_what_the_drug_leaves_means_no_loss():
    # 60 % of drug in the product, of which 30 % was taken up: 1 of drug takes 3.33 of drug and 0.67 of carrier: 42 %
    rich = {"drug_loading": "60 percent_w_w", "encapsulation_efficiency": "30 percent", "convention": "A"}
    made = recipe(formulation({"carrier": "plga-nanoparticle", "loading": rich}), doses=10, fill_loss=0.0)
    (balance,) = made.balances
    assert balance.process_yield == pytest.approx((1 / 0.6) / (1 / 0.3 + 0.4 / 0.6))
    assert balance.rows[1].lost == pytest.approx(0.0, abs=1e-15)
    assert "no carrier is lost" in balance.yield_note


def test_what_may_stay_of_a_solvent_in_the_dose():
    made = recipe(exact(dose="5 mg", volume="5 mL"), doses=10, solvent="DCM")
    (limit,) = made.solvents
    assert limit.solvent.id == "dichloromethane"
    assert limit.product_per_dose * 1e6 == pytest.approx(20.0)
    assert limit.largest_content == pytest.approx(6.0 / 20.0)  # 6 mg a day, all of 20 mg in one
    assert limit.to_dict()["concentration_limit"] == {"value": 600.0, "unit": "ppm"}
    assert any("dichloromethane" in check.name for check in made.injection.checks)
    with pytest.raises(UnknownIdError, match="acetone"):
        recipe(exact(), solvent="acetonee")


def test_cells_are_counted():
    layers = [
        {"id": "cells", "carrier": "bmsc-cells", "dose": "20 million cells"},
        {"id": "gel", "carrier": "hyaluronic-acid-hydrogel", "holds": ["cells"]},
    ]
    content = {"layer": layers, "regimen": {"site": "knee", "volume": "2 mL"}, "calculation": {"draws": 64}}
    made = recipe(Formulation(schema_version=1, **content), doses=3, fill_loss=0.0)
    assert amounts(made, "own drug")["living cells (bmsc-cells)"] == pytest.approx(6e7)
    assert len(amounts(made, "carrier")) == 1  # the gel
    assert "6.000×10⁷ living cells (bmsc-cells)" in made.to_text()


def test_a_dose_that_does_not_fit_is_told():
    made = recipe(formulation({"carrier": "free-drug-solution"}, dose="50 mg"), doses=4)
    (plan,) = made.payloads
    assert plan.given < plan.wanted
    assert "which does not fit" in made.to_text()
    checks = {check.name: check.verdict for check in made.injection.checks}
    assert checks["dose of dasatinib"] == "check"
    assert checks["volume of an injection"] == "pass"


def test_what_is_too_little_to_weigh_is_told():
    assert any("too little to weigh" in text for text in recipe(exact(dose="0.00001 mg")).warnings)
    assert not any("too little to weigh" in text for text in recipe(exact(dose="1 mg"), doses=10).warnings)


# the paper


def runnable():
    return [c for c in catalog.load().loadable_carriers() if catalog.load().is_runnable(catalog.load().carrier(c))]


@pytest.mark.parametrize("carrier", runnable())
def test_every_carrier_has_a_checklist(carrier):
    entry = catalog.load().carrier(carrier)
    layers = [{"carrier": part} for part in (entry.layers or (entry.id,))]
    made = recipe(formulation(*layers, dose="0.1 mg", draws=32), doses=10)
    text, page = made.to_text(90), made.to_markdown()
    assert max(map(len, text.splitlines())) <= 90
    for shown in (text, page):
        assert "{" not in shown
        assert "[ ]" in shown
        assert "Batch no." in shown
        assert "Made by" in shown
        assert "Checked by" in shown
        assert not re.search(r"\bnan\b", shown)
    assert text.count("__________") > 10
    numbers = [line.split(".")[0].strip() for line in page.splitlines() if ". [ ]" in line]
    assert numbers == [str(index) for index in range(1, len(made.steps) + 1)]
    assert json.loads(json.dumps(made.to_dict(), allow_nan=False))["doses"] == {"value": 10, "unit": "1"}
    heads = [line for line in page.splitlines() if line.startswith("|")]
    assert heads
    assert len(page.split("## Residual solvents")) == (2 if made.solvents else 1)


def test_markdown_keeps_its_tables_whole():
    name = "a | b_c *d*"
    made = recipe(formulation({"carrier": "plga-nanoparticle"}, name=name))
    assert "a \\| b\\_c \\*d\\*" in made.to_markdown()


def test_nothing_in_a_name_steers_the_terminal():
    made = recipe(formulation({"carrier": "plga-nanoparticle"}, name="a\x1b[2Jb\nc" + "d" * 100))
    assert "\x1b" not in made.to_text(60)
    assert "\x1b" not in made.to_markdown()
    assert made.to_markdown().splitlines()[0].startswith("# Batch recipe: a")


def test_quantities_of_the_envelope_carry_their_units():
    content = recipe(exact(), doses=10, process_yield=0.5, fill_loss=0.0).to_dict()
    drug = next(item for item in content["ingredients"] if item["role"] == "drug")
    assert drug["amount"]["value"] == pytest.approx(32.0)
    assert drug["amount"]["unit"] == "mg"
    assert drug["estimate"]["unit"] == "mg"
    assert content["balances"][0]["process_yield"] == {"value": 50.0, "unit": "percent"}
    assert content["balances"][0]["rows"][0]["added"]["rounded"] == pytest.approx(32.0)
    assert content["injection"]["volume_to_prepare"]["value"] == pytest.approx(20.0)


@pytest.mark.parametrize(
    ("amount", "unit", "text"),
    [
        (0.0256, "kg", "25.60 g"),
        (1.2e-9, "kg", "1.200 µg"),
        (3e-12, "kg", "3.000 ng"),
        (2e-3, "m**3", "2.000 L"),
        (149e-6, "kg", "149.0 mg"),
        (49.6e-6, "kg", "49.60 mg"),
        (9.99996e-3, "kg", "10.00 g"),
        (12345.6, "1", "12350"),
        (0.0, "kg", "0 mg"),
        (None, "m**3", "__________"),
    ],
)
def test_amounts_in_the_unit_that_fits(amount, unit, text):
    assert amount_text(amount, unit) == text


# refusals


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"doses": 0}, "doses"),
        ({"doses": math.nan}, "doses"),
        ({"overage": -0.1}, "overage"),
        ({"overage": math.inf}, "overage"),
        ({"fill_loss": 1.0}, "fill_loss"),
        ({"fill_loss": 5}, "not a percentage"),
        ({"process_yield": 0.0}, "process_yield"),
        ({"process_yield": 70}, "not a percentage"),
        ({"process_yield": 0.81}, "0.8, what is left if no carrier is lost"),
        ({"batch_mass": 0.0}, "batch_mass"),
        ({"batch_mass": 1e-3, "fill_loss": 1.0}, "fill_loss"),
    ],
)
def test_impossible_batches_are_refused(options, words):
    with pytest.raises(DomainError, match=words):
        recipe(exact(), **options)


def test_a_loading_above_the_efficiency_is_refused():
    contradiction = {"drug_loading": "60 percent_w_w", "encapsulation_efficiency": "50 percent", "convention": "B"}
    with pytest.raises(FormulateError):
        recipe(formulation({"carrier": "plga-microsphere", "loading": contradiction}))


# the vehicle


def in_vehicle(name, carrier="plga-nanoparticle"):
    given = formulation({"carrier": carrier})
    named = given.regimen.model_validate({"site": "knee", "volume": "2 mL", "vehicle": name})
    return recipe(given.model_copy(update={"regimen": named}), doses=10)


@pytest.mark.parametrize(
    ("name", "told", "verdict"), [("saline", "308 mOsm/L", "pass"), ("water", "0 mOsm/L", "check")]
)
def test_a_named_vehicle_stands_in_the_recipe_and_is_held_against_plasma(name, told, verdict):
    made = in_vehicle(name)
    (liquid,) = [item for item in made.ingredients if item.role == "vehicle"]
    assert told in liquid.note
    assert liquid.amount == pytest.approx(amounts_of(recipe(formulation({"carrier": "plga-nanoparticle"}), doses=10)))
    (check,) = [item for item in made.injection.checks if item.name == "tonicity"]
    assert told in check.found
    assert (check.verdict, "280 to 310" in check.limit) == (verdict, True)


def amounts_of(made):
    (liquid,) = [item.amount for item in made.ingredients if item.role == "vehicle"]
    return liquid


def test_water_bursts_vesicles_and_an_unknown_vehicle_is_refused():
    (check,) = [item for item in in_vehicle("water", "liposome").injection.checks if item.name == "tonicity"]
    assert "may burst liposome" in check.limit
    assert not [item for item in recipe(exact(), doses=3).injection.checks if item.name == "tonicity"]
    with pytest.raises(ValueError, match="saline"):
        in_vehicle("salin")
