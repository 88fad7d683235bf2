"""Feasibility: every carrier, kind of payload and site; what must hold of any, and cases decided by hand."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import formulate
from formulate.feasibility import LABELS, feasibility
from formulate.feasibility.check import by_draws, check, worst
from formulate.formulation import Formulation, Question, build
from formulate.pipeline import predict
from formulate.sampling import Draws
from materials import catalog, sources

CATALOG = catalog.load()
VERDICTS = ("fails", "unsure", "not-known", "passes", "not-applicable")
DRAWS = {"draws": 64}
DRAWN = Draws(64, 7)
# site, state, route and target: every way in at every site, and the targets that lie behind something
PLACES = [
    ("knee", "osteoarthritis", "intra-articular", "synovial-fluid"),
    ("knee", "healthy", "intra-articular", "cartilage"),
    ("knee", "rheumatoid", "intravenous", "synovium"),
    ("disc", "early-degenerate", "intradiscal", "nucleus-pulposus"),
    ("disc", "late-degenerate", "intradiscal", "annulus-fibrosus"),
    ("disc", "healthy", "intravenous", "nucleus-pulposus"),
    ("spinal-cord", "injured", "intrathecal", "cord"),
    ("spinal-cord", "injured", "intralesional", "lesion"),
    ("spinal-cord", "healthy", "intravenous", "cerebrospinal-fluid"),
    ("bone", "osteoporotic", "intravenous", "bone"),
    ("bone", "healthy", "intramedullary", "bone-marrow"),
    ("bone-defect", "nonunion", "local-bone", "defect"),
    ("bone-defect", "segmental-defect", "surgical-implant", "defect"),
]
PAYLOADS = ("dasatinib", "alendronate", "bmp2", "mirna-mimic")  # lipophilic, hydrophilic, protein, nucleic acid


def question(payload="dasatinib", dose="1 mg", place=PLACES[0], **regimen) -> Question:
    site, state, route, target = place
    given = {"site": site, "state": state, "route": route, **regimen}
    content = {"schema_version": 1, "kind": "question", "payload": [{"id": payload, "dose": dose}], "regimen": given}
    content |= {"target": {"compartment": target}, "calculation": DRAWS}
    found: Question = build(Question, content, "test")
    return found


def checked(formulation: Formulation) -> dict:
    return {item.name: item for item in feasibility(formulation, draws=DRAWN)}


def of(layer: dict, payload="dasatinib", dose="1 mg", place=PLACES[0], **regimen) -> dict:
    """Give the checks of one layer around a payload, or of a carrier that is the drug."""
    site, state, route, target = place
    own = "dose" in layer
    content = {
        "schema_version": 1,
        "kind": "formulation",
        "payload": [] if own else [{"id": payload, "dose": dose}],
        "layer": [{"id": "it", **({} if own else {"holds": [payload]}), **layer}],
        "regimen": {"site": site, "state": state, "route": route, **regimen},
        "target": {"compartment": target},
        "calculation": DRAWS,
    }
    return checked(build(Formulation, content, "test"))


def assert_whole(checks) -> None:
    assert [item.name for item in checks] == list(LABELS)
    for item in checks:
        assert item.verdict in VERDICTS
        assert item.label == LABELS[item.name]
        assert len(item.told) > 10
        assert "nan" not in item.told.lower().replace("nano", "").replace("nand", "")
        assert "None" not in item.told
        assert set(item.sources) <= sources.keys(), item
        if item.verdict == "not-known":
            assert item.told.startswith("not known")
            assert "need" in item.told
        if item.probability is not None:
            assert 0 <= item.probability <= 1
            assert item.verdict in ("fails", "unsure", "passes")


@pytest.mark.parametrize("place", PLACES, ids=lambda place: "-".join(place))
def test_every_carrier_and_kind_of_payload_is_told_at_every_site(place):
    turn = PLACES.index(place) % 2  # two kinds of payload at each place, each kind at every site
    for payload in PAYLOADS[turn::2]:
        asked = question(payload, place=place)
        for carrier in CATALOG.runnable_carriers():
            assert_whole(feasibility(asked.formulation(carrier), draws=DRAWN))


@pytest.mark.parametrize("payload", ["osteoblasts", "vegf", "dexamethasone-sodium-phosphate"])
def test_what_hardly_anything_is_known_of_is_told_too(payload):
    asked = question(payload)
    for carrier in CATALOG.runnable_carriers():
        assert_whole(feasibility(asked.formulation(carrier), draws=DRAWN))


OWN = sorted(  # one of each class
    {
        entry.carrier_class: entry.id
        for entry in CATALOG.carriers.values()
        if entry.is_own_drug and CATALOG.is_loadable(entry) and entry.form != "system"
    }.values()
)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: "-".join(place))
def test_carriers_that_are_the_drug_need_no_loading(place):
    for carrier in OWN:
        cell = CATALOG.carrier(carrier).form == "cell"
        checks = of({"carrier": carrier, "dose": "1 million cells" if cell else "1e9 particles"}, place=place)
        assert_whole(checks.values())
        assert checks["mechanism"].verdict == "not-applicable"
        assert (checks["viability"].verdict == "not-applicable") == (not cell)


def worse_or_equal(first, then) -> bool:
    """Tell that a check has not got better: fails before unsure before passes, and no more draws pass."""
    order = ("fails", "unsure", "passes")
    shares = (first.probability, then.probability)
    return order.index(then.verdict) <= order.index(first.verdict) and (
        None in shares or shares[1] <= shares[0] + 1e-12
    )


@pytest.mark.parametrize(
    ("carrier", "sizes", "name", "place"),
    [
        ("plga-microsphere", ("2 um", "20 um", "60 um", "120 um", "300 um", "1 mm"), "needle", PLACES[0]),
        ("plga-microsphere", ("2 um", "20 um", "60 um", "120 um"), "needle", PLACES[7]),
        ("plga-nanoparticle", ("50 nm", "150 nm", "200 nm", "250 nm", "900 nm"), "sterilisable", PLACES[0]),
        ("plga-nanoparticle", ("50 nm", "900 nm", "4 um", "20 um"), "barrier", PLACES[2]),
    ],
)
def test_a_larger_particle_is_never_more_feasible(carrier, sizes, name, place):
    spread = {"polydispersity_index": "0.1"}
    layers = [{"carrier": carrier, "set": {"diameter": size, **spread}} for size in sizes]
    found = [of(layer, place=place)[name] for layer in layers]
    assert found[0].verdict == "passes" or name == "needle"
    assert found[-1].verdict != "passes"
    assert all(worse_or_equal(first, then) for first, then in itertools.pairwise(found)), found


@pytest.mark.parametrize(("site", "volumes"), [(PLACES[0], ("1 mL", "9 mL", "11 mL", "40 mL")),
                                               (PLACES[3], ("0.5 mL", "3 mL", "4 mL", "20 mL")),
                                               (PLACES[6], ("1 mL", "12 mL", "14 mL", "90 mL"))])  # fmt: skip
def test_a_larger_volume_is_never_more_feasible(site, volumes):
    found = [of({"carrier": "liposome"}, place=site, volume=volume)["volume"] for volume in volumes]
    assert [item.verdict for item in found] == ["passes", "passes", "fails", "fails"]


def test_a_larger_dose_is_never_more_feasible():
    found = [of({"carrier": "plga-microsphere"}, dose=f"{dose} mg")["dose"] for dose in (0.1, 3, 10, 30, 1000)]
    assert found[0].verdict == "passes"
    assert found[-1].verdict == "fails"
    assert all(worse_or_equal(first, then) for first, then in itertools.pairwise(found))


def test_a_finer_needle_is_never_more_feasible():
    layer = {"carrier": "plga-microsphere", "set": {"diameter": "45 um"}}
    bores = ("1.2 mm", "838 um", "514 um", "260 um", "108 um")
    found = [of(layer, set={"needle_inner_diameter": bore})["needle"] for bore in bores]
    assert found[0].verdict == "passes"
    assert found[-1].verdict == "fails"
    assert all(worse_or_equal(first, then) for first, then in itertools.pairwise(found))


@given(st.lists(st.sampled_from(VERDICTS), min_size=1, max_size=6))
def test_the_worst_of_several_is_given_whatever_their_order(verdicts):
    checks = [check("dose", verdict, verdict) for verdict in verdicts]
    assert worst(checks).verdict == worst(checks[::-1]).verdict
    assert VERDICTS.index(worst(checks).verdict) == min(VERDICTS.index(verdict) for verdict in verdicts)


@pytest.mark.parametrize(("passing", "verdict"), [(10, "passes"), (9, "passes"), (8, "unsure"), (2, "unsure"),
                                                  (1, "fails"), (0, "fails")])  # fmt: skip
def test_nine_tenths_of_the_draws_decide(passing, verdict):
    found = by_draws("dose", np.arange(10) < passing, "so many")
    assert (found.verdict, found.probability) == (verdict, passing / 10)


def test_by_hand_21_gauge_passes_an_eighth_of_a_millimetre():
    # 514 um over 3 to 5.3 (p5 to p95) is 171 to 97 um: single sizes far from it are decided
    for diameter, verdict in (("80 um", "passes"), ("128 um", "unsure"), ("250 um", "fails")):
        sizes = {"diameter": diameter, "polydispersity_index": "0.0001"}
        assert of({"carrier": "plga-microsphere", "set": sizes})["needle"].verdict == verdict


def test_what_you_measured_of_your_needle_stands_above_the_rule():
    sizes = {"diameter": "250 um", "polydispersity_index": "0.0001", "max_syringeable_diameter": "300 um"}
    found = of({"carrier": "plga-microsphere", "set": sizes})["needle"]
    assert found.verdict == "passes"
    assert "what you set" in found.told


# which payload suits which way


@pytest.mark.parametrize(
    ("carrier", "method", "payload", "verdict"),
    [
        ("plga-microsphere", "emulsion-oil-in-water", "bmp2", "unsure"),  # the double emulsion would do
        ("plga-microsphere", "emulsion-water-in-oil-in-water", "bmp2", "passes"),
        ("plga-nanoparticle", "nanoprecipitation", "bmp2", "fails"),  # no way it is made by takes a protein
        ("plga-microsphere", "emulsion-oil-in-water", "dasatinib", "passes"),
        ("polymeric-micelle", "micelle-film-hydration", "bmp2", "fails"),
        ("liposome", "remote-loading", "doxorubicin", "passes"),  # a base, as a gradient asks for
        ("liposome", "remote-loading", "triamcinolone-acetonide", "unsure"),  # neutral: film hydration would do
        ("free-drug-suspension", "milling", "bmp2", "fails"),
        ("free-drug-suspension", "milling", "dasatinib", "passes"),
        ("mesoporous-silica", "adsorption-from-solution", "triamcinolone-acetonide", "unsure"),  # no charge
        ("gelatin-hydrogel", "mixing", "bmp2", "passes"),
    ],
)
def test_a_payload_suits_a_way_of_loading(carrier, method, payload, verdict):
    assert of({"carrier": carrier, "method": method}, payload)["mechanism"].verdict == verdict


def test_a_protein_enters_no_mesh_narrower_than_itself():
    # mesh by modulus (kT/G')^(1/3): 1 MPa gives 1.6 nm, 10 Pa gives 75 nm; albumin is 7 nm wide
    found = [
        of({"carrier": "alginate-hydrogel", "method": "soaking", "set": {"storage_modulus": stiff}}, "albumin")
        for stiff in ("10 Pa", "1000 kPa")
    ]
    assert [item["mechanism"].verdict for item in found] == ["passes", "fails"]


def test_what_was_measured_of_the_payload_decides():
    found = of({"carrier": "plga-microsphere", "loading": {"drug_loading": "5 percent_w_w"}}, "bmp2")["mechanism"]
    assert found.verdict == "passes"
    assert "given by you" in found.told


# barriers, load, sterility, cells


def test_a_vesicle_does_not_enter_cartilage_and_a_small_drug_does():
    cartilage = PLACES[1]
    exosome = of({"carrier": "exosome-generic", "dose": "1e9 particles"}, place=cartilage)["barrier"]
    assert exosome.verdict == "fails"
    drug = of({"carrier": "plga-microsphere"}, place=cartilage)["barrier"]
    assert drug.verdict == "passes"
    assert "released outside" in drug.told
    assert of({"carrier": "plga-microsphere"})["barrier"].verdict == "not-applicable"


def test_nothing_coarse_goes_into_a_vein():
    vein = PLACES[2]
    assert of({"carrier": "plga-microsphere"}, place=vein)["barrier"].verdict == "fails"
    assert of({"carrier": "hyaluronic-acid-hydrogel"}, place=vein)["barrier"].verdict == "fails"
    assert of({"carrier": "polymeric-micelle"}, place=vein)["barrier"].verdict == "passes"


def test_the_closed_barrier_of_the_cord_keeps_a_protein_out():
    vein = PLACES[8]
    assert of({"carrier": "free-drug-solution"}, "bmp2", place=vein)["barrier"].verdict == "fails"
    assert of({"carrier": "free-drug-solution"}, "dexamethasone", place=vein)["barrier"].verdict == "passes"


@pytest.mark.parametrize(("stiff", "verdict"), [("0.1 kPa", "fails"), ("50 kPa", "passes")])
def test_a_gel_is_held_against_the_nucleus(stiff, verdict):
    # 3 G' of 0.1 and 50 kPa against 5.39 SD 2.56 kPa (cloyd2007)
    gel = {"carrier": "hyaluronic-acid-hydrogel", "set": {"storage_modulus": stiff}}
    assert of(gel, place=PLACES[4])["load-bearing"].verdict == verdict


def test_exosomes_give_a_worn_disc_no_support_and_a_healthy_one_needs_none():
    exosome = {"carrier": "exosome-generic", "dose": "1e9 particles"}
    assert of(exosome, place=PLACES[4])["load-bearing"].verdict == "fails"
    assert of(exosome, place=PLACES[3])["load-bearing"].verdict == "unsure"
    healthy = ("disc", "healthy", "intradiscal", "nucleus-pulposus")
    assert of(exosome, place=healthy)["load-bearing"].verdict == "not-applicable"
    assert of(exosome)["load-bearing"].verdict == "not-applicable"


def test_sterility_by_the_first_way_that_all_layers_bear():
    assert of({"carrier": "pegylated-liposome"})["sterilisable"].verdict == "passes"  # 85 nm: filtered
    microsphere = of({"carrier": "plga-microsphere"})["sterilisable"]
    assert microsphere.verdict == "unsure"  # radiation, if the drug bears it
    assert "molar mass" in microsphere.told
    cells = of({"carrier": "bmsc-cells", "dose": "20 million cells"})["sterilisable"]
    assert cells.verdict == "unsure"
    assert "aseptic" in cells.told


@pytest.mark.parametrize(("number", "verdict"), [(100, "passes"), (200, "unsure")])
def test_cells_denser_than_in_any_use_known_are_doubted_with_the_harm_that_is_told(number, verdict):
    found = of({"carrier": "bmsc-cells", "dose": f"{number} million cells"})["dose"]  # 20 and 40 million per mL
    assert found.verdict == verdict
    assert ("more adverse events" in found.told) == (verdict == "unsure")
    assert ("wang2026" in found.sources) == (verdict == "unsure")


@pytest.mark.parametrize(("living", "verdict"), [("99 percent", "passes"), ("50 percent", "fails")])
def test_cells_are_held_against_what_releases_a_batch(living, verdict):
    cells = {"carrier": "bmsc-cells", "dose": "20 million cells", "set": {"viability": living}}
    found = of(cells, set={"needle_inner_diameter": "1.2 mm"})
    assert found["viability"].verdict == verdict
    narrow = of(cells, set={"needle_inner_diameter": "60 um"})
    assert narrow["viability"].verdict == "fails"
    assert narrow["needle"].verdict != "passes"


def test_a_thicker_gel_is_never_easier_to_press():
    gels = [
        {"carrier": "hyaluronic-acid-hydrogel", "set": {"viscosity": thick}}
        for thick in ("1 mPa*s", "1 Pa*s", "1 kPa*s")
    ]
    found = [of(item)["force"] for item in gels]
    assert found[0].verdict == "passes"
    assert found[-1].verdict == "fails"
    assert all(worse_or_equal(first, then) for first, then in itertools.pairwise(found))
    assert of({"carrier": "hyaluronic-acid-hydrogel"})["force"].verdict == "not-known"
    assert of({"carrier": "free-drug-solution"})["force"].verdict == "passes"


def test_surgery_needs_no_needle():
    assert of({"carrier": "gelatin-hydrogel"}, "bmp2", place=PLACES[12])["needle"].verdict == "not-applicable"


# with a prediction, and of several payloads


def test_a_prediction_gives_the_same_and_is_left_as_it_was():
    formulation = question().formulation("plga-microsphere")
    prediction = predict(formulation)
    before = [item.key for item in prediction.inputs]
    assert feasibility(formulation, prediction) == feasibility(formulation) == feasibility(formulation, draws=DRAWN)
    assert [item.key for item in prediction.inputs] == before
    assert formulate.check_feasibility is feasibility


def test_two_payloads_share_the_room_of_their_carrier():
    def fits(*names: str) -> float:
        content = {
            "schema_version": 1,
            "kind": "formulation",
            "payload": [{"id": name, "dose": "3 mg"} for name in names],
            "layer": [{"id": "it", "carrier": "plga-microsphere", "holds": list(names)}],
            "regimen": {"site": "knee"},
            "calculation": DRAWS,
        }
        found = checked(build(Formulation, content, "test"))["dose"].probability
        assert found is not None
        return found

    assert fits("dasatinib", "dexamethasone") < min(fits("dasatinib"), fits("dexamethasone"))


def test_of_two_payloads_the_worse_is_told():
    content = {
        "schema_version": 1,
        "kind": "formulation",
        "payload": [{"id": "dasatinib", "dose": "1 mg"}, {"id": "bmp2", "dose": "1 ug"}],
        "layer": [{"id": "it", "carrier": "plga-nanoparticle", "holds": ["dasatinib", "bmp2"]}],
        "regimen": {"site": "knee"},
        "calculation": DRAWS,
    }
    found = checked(build(Formulation, content, "test"))
    assert_whole(found.values())
    assert found["mechanism"].verdict == "fails"
    assert "bmp2" in found["mechanism"].told


def test_a_living_cell_is_not_held_back_for_sure_as_a_vesicle_is():
    lesion = ("spinal-cord", "injured", "intrathecal", "lesion")
    cells = of({"carrier": "bmsc-cells", "dose": "5 million cells"}, place=lesion)["barrier"]
    assert cells.verdict == "unsure"
    assert "migrate" in cells.told
    wide = {"carrier": "exosome-generic", "dose": "1e9 particles", "set": {"diameter": "18 um"}}
    assert of(wide, place=lesion)["barrier"].verdict == "fails"
