"""Loading of whole formulations: several payloads, shares, nests, assays, and what is refused."""

import numpy as np
import pytest

import formulate
from formulate.estimate import where_from
from formulate.formulation import Formulation
from formulate.results import LayerLoading, Loading
from materials import catalog
from materials.errors import DomainError, FileError, FormulateError, MissingValueError
from materials.sources import references

MEASURED = {"drug_loading": "10 percent_w_w", "encapsulation_efficiency": "80 %", "convention": "A"}
SPHERE = {
    "diameter": "10 um",
    "density": "1.3 g/cm^3",
    "polydispersity_index": "0.001",
    "max_injectable_concentration": "100 mg/mL",
}


def formulation(**changes: object) -> Formulation:
    """Give 5 mg of dasatinib in microspheres of 10 % loading, as far as the changes leave it so."""
    content = {
        "payload": [{"id": "dasatinib", "dose": "5 mg"}],
        "layer": [layer()],
        "regimen": {"site": "knee", "volume": "1 mL"},
        "calculation": {"draws": 64},
    }
    return formulate.new_formulation(**{**content, **changes})


def layer(**changes: object) -> dict[str, object]:
    standard = {"id": "ms", "carrier": "plga-microsphere", "holds": ["dasatinib"], "loading": MEASURED, "set": SPHERE}
    return {**standard, **changes}


def gel(*holds: str, **changes: object) -> dict[str, object]:
    return {"id": "gel", "carrier": "hyaluronic-acid-hydrogel", "holds": list(holds), **changes}


def only(loading: Loading) -> LayerLoading:
    assert len(loading.layers) == 1
    return loading.layers[0]


def two(convention: str, first: str, second: str, doses: tuple[str, str] = ("5 mg", "2 mg")) -> list[LayerLoading]:
    loading = {"drug_loading": first, "encapsulation_efficiency": second, "convention": convention}
    payloads = [{"id": name, "dose": dose} for name, dose in zip(("dasatinib", "quercetin"), doses, strict=True)]
    asked = formulation(payload=payloads, layer=[layer(holds=["dasatinib", "quercetin"], loading=loading)])
    return [only(item) for item in formulate.load(asked).payloads]


def test_one_payload_by_hand():
    # 5 mg at 10 % is 50 mg of product: 45 mg of carrier, 6.25 mg of drug weighed for 80 % taken up
    (loading,) = formulate.load(formulation()).payloads
    held = only(loading)
    assert held.carrier_mass == pytest.approx(45e-6)
    assert held.loaded_mass == pytest.approx(50e-6)
    assert held.drug_added == pytest.approx(6.25e-6)
    assert held.drug_lost == pytest.approx(1.25e-6)
    # a sphere of 10 um and 1.3 g/cm3 weighs 680.7 pg
    assert held.particles == pytest.approx(50e-6 / 680.678e-15 / 1.001**3, rel=1e-5)
    assert loading.fits == 1.0
    assert held.basis


@pytest.mark.parametrize("convention", ["A", "B"])
def test_payloads_in_one_carrier_share_it(convention):
    first, second = two(convention, "10 percent_w_w", "80 %")
    # the one that needs most carrier sets it: 45 mg for 5 mg; the other's 2 mg would need 18 mg
    assert first.carrier_mass == pytest.approx(45e-6)
    assert second.carrier_mass == pytest.approx(45e-6)
    assert first.loaded_mass == pytest.approx(52e-6)
    assert first.drug_loading == pytest.approx(5 / 52)
    assert second.drug_loading == pytest.approx(2 / 52)


def test_in_convention_a_each_payload_is_taken_up_to_its_share():
    first, second = two("A", "10 percent_w_w", "80 %")
    assert first.drug_added == pytest.approx(5e-6 / 0.8)
    assert second.drug_added == pytest.approx(2e-6 / 0.8)


def test_in_convention_b_the_loading_found_is_the_share_of_the_loading_fed():
    first, second = two("B", "10 percent_w_w", "80 %")
    fed = 45e-6 + first.drug_added + second.drug_added
    for held in (first, second):
        assert held.drug_loading / (held.drug_added / fed) == pytest.approx(0.8)


def test_payloads_that_do_not_fit_are_cut_together():
    first, second = two("A", "10 percent_w_w", "80 %", ("20 mg", "8 mg"))
    # at most 100 mg in 1 mL: of 180 mg carrier, 20 and 8 mg, the share 100/208
    assert first.loaded_mass == pytest.approx(100e-6)
    assert first.drug_loading / second.drug_loading == pytest.approx(20 / 8)
    assert first.carrier_mass == pytest.approx(180e-6 * 100 / 208)


def test_a_share_of_the_dose_goes_where_it_is_held():
    asked = formulation(layer=[layer(holds={"dasatinib": 0.8}), gel(holds={"ms": 1, "dasatinib": 0.2})])
    inside, outside = formulate.load(asked).payloads
    assert (inside.wanted, outside.wanted) == pytest.approx((4e-6, 1e-6))
    assert inside.layers[0].carrier == "plga-microsphere"
    assert outside.layers[0].carrier == "hyaluronic-acid-hydrogel"
    assert formulate.load(asked).carrier_mass["gel"].shape == (64,)


def test_a_nest_of_three_multiplies_its_loadings():
    sphere = layer(id="big", holds=["small"], loading={"drug_loading": "20 percent_w_w"})
    inner = layer(id="small", carrier="plga-nanoparticle", set={**SPHERE, "diameter": "200 nm"})
    (loading,) = formulate.load(formulation(layer=[inner, sphere, gel("big")])).payloads
    small, big, around = loading.layers
    # 100 mg/mL of the big ones in 1 mL hold 20 mg of the small ones, those 2 mg of drug; the gel may carry less
    assert (loading.given <= 2e-6 * (1 + 1e-9)).all()
    assert loading.given.max() == pytest.approx(2e-6)
    np.testing.assert_allclose(small.loaded_mass, loading.given / 0.1)
    np.testing.assert_allclose(big.loaded_mass, small.loaded_mass / 0.2)
    np.testing.assert_allclose(big.carrier_mass + small.loaded_mass, big.loaded_mass)
    assert around.carrier_mass is not None


def test_what_a_carrier_between_holds_must_be_set():
    inner = layer(id="small", carrier="plga-nanoparticle", set={**SPHERE, "diameter": "200 nm"})
    with pytest.raises(MissingValueError, match=r"loading.drug_loading of layer big"):
        formulate.load(formulation(layer=[inner, layer(id="big", holds=["small"], loading={})]))


def assay(**changes: object) -> dict[str, object]:
    found = {"drug_added": "20 mg", "carrier_added": "100 mg", "drug_in_product": "10 mg", "product_mass": "80 mg"}
    return {name: given for name, given in {**found, **changes}.items() if given is not None}


@pytest.mark.parametrize(("convention", "efficiency"), [("A", 0.5), ("B", 0.125 / (0.2 / 1.2))])
def test_an_assay_overrides_what_is_predicted(convention, efficiency):
    held = layer(loading={"convention": convention}, assay=[assay()])
    (loading,) = formulate.load(formulation(layer=[held])).payloads
    assert only(loading).drug_loading == pytest.approx(0.125)
    assert only(loading).encapsulation_efficiency == pytest.approx(efficiency)
    assert "your assay" in only(loading).basis
    # of 20 mg added 10 mg were found: 5 mg in the dose take 10 mg, in either convention
    assert only(loading).drug_added == pytest.approx(10e-6)
    details = {item.name: item.draws for item in only(loading).details}
    assert details["efficiency_direct"] == pytest.approx(0.5)
    assert details["process_yield"] == pytest.approx(80 / 120)


def test_an_assay_that_leaves_drug_out_is_told():
    found = formulate.load(formulation(layer=[layer(loading={}, assay=[assay(drug_in_supernatant="7 mg")])]))
    assert any("15.0% of the drug was lost" in warning for warning in found.warnings)
    closed = formulate.load(formulation(layer=[layer(loading={}, assay=[assay(drug_in_supernatant="10 mg")])]))
    assert not any("balance" in warning for warning in closed.warnings)


def test_an_assay_of_the_supernatant_alone_is_an_upper_bound():
    held = layer(
        loading={"convention": "A"}, assay=[assay(drug_in_product=None, product_mass=None, drug_in_supernatant="4 mg")]
    )
    found = formulate.load(formulation(layer=[held]))
    assert only(found.payloads[0]).encapsulation_efficiency == pytest.approx(0.8)
    assert any("indirect" in warning for warning in found.warnings)


def test_errors_of_an_assay_widen_the_band():
    held = layer(loading={}, assay=[assay(relative_error=0.05)])
    shares = only(formulate.load(formulation(layer=[held])).payloads[0]).drug_loading
    assert np.std(np.log(shares)) == pytest.approx(0.05, rel=0.1)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"drug_in_product": "25 mg"}, "more was found than was added"),
        ({"drug_in_product": "18 mg"}, "theoretical"),
        ({"drug_in_product": "12 mg", "product_mass": "11 mg"}, "swapped"),
        ({"drug_in_product": None, "product_mass": None, "drug_in_supernatant": "20 mg"}, "none was entrapped"),
    ],
)
def test_an_impossible_assay_is_refused(changes, told):
    with pytest.raises(DomainError, match=told):
        formulate.load(formulation(layer=[layer(loading={}, assay=[assay(**changes)])]))


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_error_of_an_assay_refuses_no_batch(seed):
    indirect = {"drug_in_product": None, "product_mass": None, "drug_in_supernatant": "10 mg"}
    for changes in ({"drug_in_product": "18 mg", "product_mass": "118 mg"}, indirect):
        held = layer(loading={}, assay=[assay(**changes, relative_error=0.2)])
        asked = formulation(layer=[held], calculation={"draws": 1024, "seed": seed})
        efficiency = only(formulate.load(asked).payloads[0]).encapsulation_efficiency
        assert (efficiency > 0).all()
        assert (efficiency <= 1).all()


def batches(*found, **changes):
    return [assay(batch=f"A{place}", drug_in_product=f"{mass} mg", **changes) for place, mass in enumerate(found)]


def test_batches_give_their_middle_and_the_band_of_the_next():
    held = layer(loading={"convention": "A"}, assay=batches(10, 11, 12))
    found = formulate.load(formulation(layer=[held], calculation={"draws": 1024, "seed": 7}))
    shares, efficiency = only(found.payloads[0]).drug_loading, only(found.payloads[0]).encapsulation_efficiency
    # 10, 11 and 12 of 20 mg; Student's t of 2 degrees of freedom at 90 % is 1.8856 in every table
    logits = np.log(np.array([0.5, 0.55, 0.6]) / (1 - np.array([0.5, 0.55, 0.6])))
    reach = 1.8856 * logits.std(ddof=1) * np.sqrt(4 / 3)
    for quantile, at in ((0.1, -reach), (0.5, 0.0), (0.9, reach)):
        expected = 1 / (1 + np.exp(-(logits.mean() + at)))
        assert np.quantile(efficiency, quantile) == pytest.approx(expected, rel=5e-3)
    assert np.median(shares) == pytest.approx(11 / 80, rel=5e-3)  # 80 mg of product each
    assert np.corrcoef(shares, efficiency)[0, 1] > 0.99  # a batch is good or bad in both
    details = {item.name: item for item in only(found.payloads[0]).details}
    assert details["batches"].draws[0] == 3
    assert details["encapsulation_efficiency_scatter"].draws[0] == pytest.approx(0.05 / 0.55)
    assert details["process_yield"].draws[0] == pytest.approx(80 / 120)
    # 5 mg in the dose take 5/EE of drug, in every draw
    assert only(found.payloads[0]).drug_added * efficiency == pytest.approx(5e-6)


def test_batches_that_agree_have_no_band_and_two_are_called_few():
    alike = formulate.load(formulation(layer=[layer(loading={"convention": "A"}, assay=batches(10, 10, 10))]))
    one = formulate.load(formulation(layer=[layer(loading={"convention": "A"}, assay=[assay(relative_error=0.0)])]))
    assert only(alike.payloads[0]).drug_loading == pytest.approx(only(one.payloads[0]).drug_loading)
    two = formulate.load(formulation(layer=[layer(loading={}, assay=batches(10, 11))]))
    assert any("two batches hardly tell" in warning for warning in two.warnings)
    assert not any("hardly" in warning for warning in alike.warnings)


def test_what_is_wrong_with_one_batch_is_told_of_it_and_feeds_that_differ_are():
    open_balance = batches(10, 11, 12)
    open_balance[1]["drug_in_supernatant"] = "5 mg"
    open_balance[2]["drug_added"] = "24 mg"
    found = formulate.load(formulation(layer=[layer(loading={}, assay=open_balance)]))
    assert any(warning.startswith("batch A1: the mass balance does not close") for warning in found.warnings)
    assert any("fed from 0.2 to 0.24 g of drug" in warning for warning in found.warnings)
    with pytest.raises(DomainError, match="theoretical"):
        formulate.load(formulation(layer=[layer(loading={}, assay=batches(10, 18))]))


@pytest.mark.parametrize(
    ("assays", "told"),
    [
        ([assay(payload="nope")], "'nope'; need dasatinib"),
        ([assay(), assay(drug_in_product="11 mg")], "dasatinib was assayed above; need one assay of each payload, or"),
        ([assay(batch="A1"), assay()], r"layer.0.assay.1.batch: dasatinib was assayed above"),
        ([assay(batch="A1"), assay(batch="A1")], "'A1': dasatinib of this batch was assayed above"),
    ],
)
def test_an_assay_names_what_the_layer_holds(assays, told):
    with pytest.raises(FileError, match=told):
        formulation(layer=[layer(loading={}, assay=assays)])


def test_an_assay_of_several_payloads_says_of_which():
    payloads = [{"id": "dasatinib", "dose": "1 mg"}, {"id": "quercetin", "dose": "1 mg"}]
    held = layer(holds=["dasatinib", "quercetin"], loading={}, assay=[assay()])
    with pytest.raises(FileError, match="is missing; need dasatinib or quercetin"):
        formulation(payload=payloads, layer=[held])


def test_loadings_that_contradict_each_other_are_refused():
    given = {"drug_loading": "50 percent_w_w", "encapsulation_efficiency": "100 %", "feed_ratio": "0.1 g/g"}
    with pytest.raises(DomainError, match="theoretical loading"):
        formulate.load(formulation(layer=[layer(loading=given)]))
    swapped = {"drug_loading": "40 percent_w_w", "encapsulation_efficiency": "30 %", "convention": "B"}
    with pytest.raises(DomainError, match="swapped"):
        formulate.load(formulation(layer=[layer(loading=swapped)]))


def test_details_of_a_shared_carrier_are_of_all_of_it():
    first, second = two("A", "10 percent_w_w", "80 %")
    surface = [next(item.draws for item in held.details if item.name == "particle_surface") for held in (first, second)]
    assert surface[0] == pytest.approx(surface[1])


@pytest.mark.parametrize(
    ("layers", "told"),
    [
        ([layer(), gel("ms", holds={"ms": 0.5})], "held as a whole"),
        ([gel("dasatinib"), layer(holds=["gel"])], "a depot in a particle is not computed"),
    ],
)
def test_nests_that_no_calculator_knows_are_refused(layers, told):
    with pytest.raises(FileError, match=told):
        formulation(layer=layers)


def test_an_assay_beside_the_numbers_it_gives_is_refused():
    with pytest.raises(FormulateError, match=r"loading.drug_loading is given beside an assay"):
        formulate.load(formulation(layer=[layer(assay=[assay()])]))


@pytest.mark.parametrize(
    ("loading", "told"),
    [
        ({"encapsulation_efficiency": "120 %"}, "outside 0 to 1"),
        ({"drug_loading": "-5 percent_w_w"}, "outside 0 to 1"),
        ({"drug_loading": "10 percent"}, "does not say this ratio"),
        ({"feed_ratio": "0 g/g"}, "above zero"),
    ],
)
def test_numbers_that_cannot_be_are_refused(loading, told):
    with pytest.raises(FileError, match=told):
        formulation(layer=[layer(loading=loading)])


def test_a_loading_above_the_theoretical_one_is_refused():
    with pytest.raises(DomainError, match="theoretical loading"):
        formulate.load(formulation(layer=[layer(loading={"drug_loading": "30 percent_w_w", "feed_ratio": "0.2 g/g"})]))


def test_a_rod_is_counted_by_its_volume():
    # Perrin: at an aspect ratio of 10 the sphere of the same diffusion has 1.543 times the diameter of equal volume
    spheres = only(formulate.load(formulation()).payloads[0])
    rods = formulate.load(formulation(layer=[layer(set={**SPHERE, "aspect_ratio": "10"}, shape="rod")]))
    assert only(rods.payloads[0]).particles / spheres.particles == pytest.approx(1.543**3, rel=2e-3)
    unsized = formulate.load(formulation(layer=[layer(shape="rod")]))
    assert any("seen as rod" in warning for warning in unsized.warnings)


@pytest.mark.parametrize(
    ("basis", "power"),
    [("number", 0), ("volume", 3), ("volume-median", 2.5), ("intensity", 5), ("number-median", -0.5)],
)
def test_a_size_is_counted_on_its_basis(basis, power):
    sphere = {**SPHERE, "polydispersity_index": "0.1", "diameter": {"typical": "1 um", "basis": basis}}
    held = only(formulate.load(formulation(layer=[layer(set=sphere)])).payloads[0])
    mean = 1e-6 / 1.1**power
    assert held.particles == pytest.approx(50e-6 / (np.pi / 6 * 1300 * mean**3 * 1.1**3), rel=1e-6)


def test_what_is_held_by_no_layer_is_refused():
    with pytest.raises(FileError, match="quercetin is held by no layer"):
        formulation(payload=[{"id": "dasatinib", "dose": "1 mg"}, {"id": "quercetin", "dose": "1 mg"}])
    with pytest.raises(FileError, match="dasatinib is held to 80 %"):
        formulation(layer=[layer(holds={"dasatinib": 0.8})])
    with pytest.raises(FileError, match="the id is taken"):
        formulation(layer=[layer(), gel("ms", id="ms")])


def test_what_can_be_loaded_is_refused_by_what_cannot_follow_it():
    elsewhere = formulation(regimen={"site": "liver", "volume": "0.1 mL"})
    with pytest.raises(FileError, match=r"regimen.site: liver can be looked up"):
        formulate.predict(elsewhere)
    assert formulate.load(elsewhere).payloads


def test_a_coat_of_membrane_and_its_ligands_are_counted():
    coated = {**SPHERE, "shell_thickness": "8 nm", "accessible_ligands_per_particle": "1000"}
    small = {**coated, "diameter": {"typical": "100 nm", "basis": "number"}}
    held = only(formulate.load(formulation(layer=[layer(set=small)])).payloads[0])
    details = {item.name: item.draws for item in held.details}
    assert details["coated_diameter"] == pytest.approx(116e-9)
    assert details["ligand_density"] == pytest.approx(1000 / (np.pi * 1e-14))
    # 6/(d rho) of spheres of one size, but for the width of 0.1 %
    assert details["membrane_area"] == pytest.approx(6 / (100e-9 * 1300), rel=5e-3)


def vesicles(**changes: object) -> LayerLoading:
    held = {"id": "v", "carrier": "liposome", "holds": ["dasatinib"], **changes}
    return only(formulate.load(formulation(layer=[held])).payloads[0])


def test_vesicles_are_counted_by_their_lipid():
    given = {"loading": MEASURED, "set": {"lipid_molar_mass": "700 g/mol"}}
    held = vesicles(**given)
    lipids = next(item.draws for item in held.details if item.name == "lipids_per_vesicle")
    # all lipid is in vesicles, all drug too
    np.testing.assert_allclose(held.particles * lipids / 6.02214076e23 * 0.7, held.carrier_mass)
    np.testing.assert_allclose(held.carrier_mass, 0.9 * held.loaded_mass)
    drug = held.loaded_mass - held.carrier_mass
    np.testing.assert_allclose(held.particles * held.molecules_per_particle / 6.02214076e23 * 0.488, drug, rtol=2e-3)


def test_passive_vesicles_take_the_published_efficiency_and_show_the_partition_beside_it():
    held = vesicles(method="thin-film-hydration")
    by_partition = next(item.draws for item in held.details if item.name == "partition_efficiency")
    assert held.basis.startswith("predicted from")
    assert not np.allclose(held.encapsulation_efficiency, by_partition)
    published = formulate.predict_loading("liposome", "thin-film-hydration", "dasatinib").efficiency
    assert np.median(held.encapsulation_efficiency) == pytest.approx(published.median, abs=0.05)


def test_a_loading_is_predicted_at_the_usual_feed_of_the_method():
    method = catalog.load().method("thin-film-hydration").value("feed_ratio")
    found = formulate.predict_loading("liposome", "thin-film-hydration")
    assert np.median(found.feed_ratio) == pytest.approx(method.typical, rel=0.05)


@pytest.mark.parametrize(
    ("logp", "suits"), [("1.5", None), ("3", "emulsion oil in water"), ("0.2", "emulsion water in oil in water")]
)
def test_methods_are_advised_by_lipophilicity(logp, suits):
    part = {"id": "dasatinib", "dose": "1 mg", "set": {"logp_octanol_water": logp}}
    advice = formulate.load(formulation(payload=[part], layer=[layer(loading={})])).advice
    told = [text for text in advice if " suits " in text]
    assert bool(told) == bool(suits)
    assert all(f"suits {suits}" in text for text in told)


def test_chance_is_not_told_as_a_cause():
    made = formulate.load(formulation(calculation={"draws": 1024}, layer=[layer(loading={})]))
    noise = np.random.default_rng(5).standard_normal(1024)
    assert where_from(noise, made.inputs) == (None, ())
    assert where_from(made.payloads[0].layers[0].drug_loading, made.inputs)[1]


@pytest.mark.parametrize("name", ["docetaxel", "doxorubicin", "paclitaxel"])
def test_a_cytotoxic_into_healthy_tissue_is_questioned_with_a_source(name):
    (said,) = catalog.load().payload(name).statements("caution")
    assert (said.topic, said.locator) == ("cytotoxic", "boxed warning")
    assert said.source in references()
    molar_mass = {"molar_mass": "500 g/mol"}  # not known of each; none of this hangs on it
    asked = formulation(payload=[{"id": name, "dose": "1 mg", "set": molar_mass}], layer=[layer(holds=[name])])
    assert said.text in formulate.load(asked).warnings
