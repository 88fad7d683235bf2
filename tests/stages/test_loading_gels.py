"""Gels loaded from a bath: by hand, what the user measured, charge, binding, and what is told."""

import numpy as np
import pytest

import formulate
from formulate.results import LayerLoading, Loading
from materials import catalog
from materials.errors import DomainError

PLAIN = {
    "polymer_mass_fraction": "10 percent_w_w",
    "polymer_density": "1.35 g/cm^3",
    "fibre_radius": "0.7 nm",
    "network_charge_per_mass": "0 mmol/g",
    "bath_to_gel_volume_ratio": "9",
}


def soak(
    carrier: str = "gelatin-hydrogel",
    payload: str = "dexamethasone",
    dose: str = "0.01 mg",
    method: str = "soaking",
    drug: dict[str, str] | None = None,
    **changes: object,
) -> Loading:
    asked = formulate.new_formulation(
        payload=[{"id": payload, "dose": dose, "set": drug or {}}],
        layer=[{"id": "gel", "carrier": carrier, "holds": [payload], "method": method, **changes}],
        regimen={"site": "knee", "volume": "1 mL"},
        calculation={"draws": 64},
    )
    (loading,) = formulate.load(asked).payloads
    return loading


def layer(loading: Loading) -> LayerLoading:
    assert len(loading.layers) == 1
    return loading.layers[0]


def detail(loading: Loading, name: str) -> float:
    (found,) = (item for item in layer(loading).details if item.name == name)
    return float(np.median(found.draws))


DRUG = {"stokes_radius": "0.7 nm", "aqueous_solubility": "0.1 mg/mL"}


def test_a_soaked_gel_by_hand():
    # 10 % of polymer of 1.35 g/mL in water of 0.9933: 0.0741/(0.0741 + 0.9061) = 7.56 % by volume; the solute is as
    # wide as the fibre, K = exp(-4 x 0.0756) = 0.739; beside 9 volumes of bath 0.739/9.739 = 7.6 % goes in.
    loading = soak(set=PLAIN, drug=DRUG)
    held = layer(loading)
    assert detail(loading, "ogston_partition") == pytest.approx(0.739, abs=0.001)
    assert held.encapsulation_efficiency == pytest.approx(np.full(64, 0.0759), abs=2e-4)
    assert held.drug_added == pytest.approx(np.full(64, 10e-9 / 0.0759), rel=3e-3)
    assert loading.dissolved_share.tolist() == [1.0] * 64
    # the most there is: saturated bath, 0.1 mg/mL in 9 mL
    assert loading.largest == pytest.approx(np.full(64, 0.9e-6 * 0.0759), rel=3e-3)
    # drug started with is drug left and taken up
    start, end = detail(loading, "bath_concentration_needed"), detail(loading, "bath_concentration_left")
    assert (start - end) * 9e-6 == pytest.approx(10e-9)


def test_a_weaker_bath_loads_less():
    full, weak = soak(set=PLAIN, drug=DRUG), soak(set={**PLAIN, "bath_concentration": "0.02 mg/mL"}, drug=DRUG)
    assert weak.largest == pytest.approx(0.2 * full.largest)
    strong = soak(set={**PLAIN, "bath_concentration": "5 mg/mL"}, drug=DRUG)
    assert strong.largest == pytest.approx(full.largest)
    assert any("more drug than dissolves" in warning for warning in strong.warnings)


def test_a_charged_gel_draws_the_opposite_charge():
    # 2 mmol/g of 1.35 g/mL at 7.56 % by volume: 221 mmol per litre of gel water; in 150 mmol/L of salt
    # r = 0.736 + sqrt(0.736**2 + 1) = 1.978
    charged = {**PLAIN, "network_charge_per_mass": "-2 mmol/g", "salt_concentration": "150 mmol/L"}
    for charge, factor in (("1", 1.978), ("-1", 1 / 1.978), ("0", 1.0)):
        found = soak(set=charged, drug={**DRUG, "net_charge": charge})
        assert detail(found, "donnan_partition") == pytest.approx(factor, rel=2e-3)
    # a base of pKa 9.4 at pH 7.4 is charged but for 1 %
    base = soak(set={**charged, "process_ph": "7.4"}, payload="chlorpromazine", drug={**DRUG, "pka_base_1": "9.4"})
    assert detail(base, "donnan_partition") == pytest.approx(1.978 - 0.0097, rel=2e-3)


def test_many_charges_are_doubted():
    assert any("do not act as one point" in warning for warning in soak(payload="mirna-mimic", dose="1 ug").warnings)


def test_a_measured_uptake_wins():
    measured = {"encapsulation_efficiency": "30 percent", "convention": "A"}
    found = layer(soak(set=PLAIN, drug=DRUG, loading=measured))
    assert found.encapsulation_efficiency == pytest.approx(np.full(64, 0.3))
    assert found.basis == "given by you"
    # 33 mg per gram of dry gel, from the catalog, for this drug
    steroid = soak("cyclodextrin-hydrogel", "triamcinolone-acetonide", method="affinity-soaking", dose="50 mg")
    held = layer(steroid)
    assert np.median(steroid.largest / held.carrier_mass) == pytest.approx(0.033, rel=0.05)
    assert held.basis.startswith("measured with triamcinolone-acetonide")
    assert not any("not bound" in warning for warning in steroid.warnings)


SITES = {
    "polymer_mass_fraction": "10 percent_w_w",
    "polymer_density": "1.4 g/cm^3",
    "bath_to_gel_volume_ratio": "9",
    "binding_site_concentration": "30 mmol/L",
    "binding_dissociation_constant": "0.456 mmol/L",
}


def test_binding_sites_by_hand():
    # trace of drug: 30/0.456 = 65.8 times the free concentration is bound, K = 0.78 besides: 66.6/(66.6 + 9)
    found = soak("cyclodextrin-hydrogel", method="affinity-soaking", dose="0.1 ug", set=SITES, drug=DRUG)
    partition = detail(found, "partition")
    assert layer(found).encapsulation_efficiency == pytest.approx(
        np.full(64, (30 / 0.456 + partition) / (30 / 0.456 + partition + 9.0)), rel=5e-3
    )
    assert detail(found, "binding_capacity") == pytest.approx(30.0 * 0.3925, rel=0.01)  # 392.5 g/mol
    plain = soak("cyclodextrin-hydrogel", method="soaking", dose="0.1 ug", set=SITES, drug=DRUG)
    assert (layer(plain).encapsulation_efficiency < 0.1).all()
    assert (found.largest > 5.0 * plain.largest).all()


def test_sites_fill_up():
    few, many = (
        soak("cyclodextrin-hydrogel", method="affinity-soaking", dose=dose, set=SITES, drug=DRUG)
        for dose in ("0.01 mg", "0.5 mg")
    )
    assert (layer(many).encapsulation_efficiency < layer(few).encapsulation_efficiency).all()
    left = detail(many, "bath_concentration_left")
    partition, mass = detail(many, "partition"), 0.3925
    bound = 30.0 * mass * left / (0.456 * mass + left)
    assert (bound + partition * left) * 1e-6 == pytest.approx(0.5e-6, rel=0.01)


def test_what_is_not_known_to_bind_is_told():
    found = soak("cyclodextrin-hydrogel", "dasatinib", method="affinity-soaking", dose="1 ug")
    assert any("no dissociation constant of dasatinib" in warning for warning in found.warnings)
    assert layer(found).basis == "computed from exclusion, charge and bath"


def test_a_wide_solute_is_told_and_a_giant_refused():
    wide = soak("hyaluronic-acid-hydrogel", drug={**DRUG, "stokes_radius": "40 nm"}, dose="0.001 ug")
    assert any("wider than the mesh" in warning for warning in wide.warnings)
    with pytest.raises(DomainError, match="keeps out a solute this wide"):
        soak(set=PLAIN, drug={**DRUG, "stokes_radius": "500 nm"})


def test_the_network_of_the_published_gel():
    # PEG diacrylate 3.4 kg/mol, 10 %: 3.87 nm (biomaterials2012), with the conventions of its table
    found = soak("peg-hydrogel", drug=DRUG)
    assert detail(found, "mesh_by_composition") == pytest.approx(3.87e-9, rel=0.04)
    assert detail(found, "polymer_volume_fraction") == pytest.approx(0.081, abs=0.002)
    mesh = catalog.load().carrier("peg-hydrogel").value("mesh_size")
    assert mesh is not None
    assert mesh.typical == 3.87


@pytest.mark.parametrize("method", ["mixing", "soaking"])
@pytest.mark.parametrize("carrier", ["gelatin-hydrogel", "hyaluronic-acid-hydrogel", "alginate-hydrogel"])
def test_gels_show_their_network_however_loaded(carrier: str, method: str):
    found = soak(carrier, method=method)
    assert detail(found, "mesh_by_modulus") > 0.0
    assert detail(found, "solute_to_mesh") == pytest.approx(0.57e-9 / detail(found, "mesh_by_modulus"), rel=0.2)
