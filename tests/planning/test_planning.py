"""A plan holds what the catalog says, aim by aim, and groups that can be made; numbers are those of papers."""

import pytest

from formulate.planning import plan, plan_for, subject_for
from formulate.planning.aims import AIMS, MEANING, aims_of, chosen_aims, readouts
from formulate.planning.cells import PATIENTS
from formulate.planning.lists import data_of
from formulate.planning.times import time_points
from formulate.standing import asked_for, shipped_rules, support
from materials import catalog, sources
from materials.errors import UnknownIdError

KNOWN = catalog.load()
SITES = ("knee", "disc", "spinal-cord", "bone", "bone-defect")


def of(carrier, site, payload="", patient=""):
    return plan_for(subject_for(carrier, site, payload), patient)


@pytest.fixture(scope="module")
def marrow_in_plasma():
    return of("prp-carrier-bmsc", "bone-defect")


def groups(found):
    return [item.group for item in found.arms]


# the lists


def test_the_lists_name_what_exists():
    cited = [item["source"] for name in ("readouts", "standards") for part in data_of(name).values() for item in part]
    cited += [key for item in data_of("safety")["item"] for key in item["source"]]
    cited += [item["source"] for item in data_of("cells")["rule"]]
    assert set(cited) <= set(sources.keys())
    for item in (*data_of("safety")["item"], *data_of("standards")["standard"]):
        assert set(item.get("sites", ())) <= KNOWN.sites.keys()
        assert set(item.get("classes", ())) <= {entry.carrier_class for entry in KNOWN.carriers.values()}
        assert set(item.get("forms", ())) <= {entry.form for entry in KNOWN.carriers.values()}
        assert set(item.get("physical", ())) <= {entry.physical_form for entry in KNOWN.carriers.values()}
        assert set(item.get("payload", ())) - {"*"} <= {entry.payload_class for entry in KNOWN.payloads.values()}
        assert item.get("entry", "nsaids") in KNOWN.carriers.keys() | KNOWN.payloads.keys()
    avoided = {name for item in data_of("cells")["rule"] for name in item.get("avoid", ())}
    assert avoided <= {entry.cell_source for entry in KNOWN.carriers.values()}


def test_every_topic_of_cells_is_told_of_and_every_aim_has_its_meaning():
    topics = [told.topic for entry in KNOWN.entries() for told in entry.statement]
    assert all(topics.count(item["topic"]) > 1 for item in data_of("cells")["topic"])
    assert tuple(MEANING) == AIMS
    assert {item["aim"] for item in data_of("readouts")["readout"]} <= set(AIMS)


@pytest.mark.parametrize("site", SITES)
def test_every_site_that_is_computed_has_read_outs_of_several_aims(site):
    assert len({item.aim for item in readouts(site)}) >= 2


def test_senescence_is_read_out_by_the_markers_that_the_field_uses():
    told = " ".join(item.name for item in readouts("articular-cartilage") if item.aim == "senescence")
    assert all(marker in told for marker in ("SA-beta-galactosidase", "p16", "p21", "SASP"))


# aims kept apart


def test_a_steroid_that_cost_cartilage_and_stilled_no_pain_stands_against_structure_alone():
    """McAlindon 2017: crystals every 12 weeks, more cartilage lost than with saline, no difference in pain."""
    found = {item.aim: item for item in of("free-drug-suspension", "knee", "triamcinolone-acetonide").aims}
    assert found["structure"].support.word == "against"
    assert found["structure"].support.sources == ("mcalindon2017",)
    assert "negative" not in found["pain"].support.directions
    assert found["matrix"].support.score is None


def test_of_one_aim_only_the_studies_that_read_it_out_count_and_of_none_all_do():
    asked, rules = asked_for("plga-microsphere", "knee"), shipped_rules()
    every = {item.id for item in support(KNOWN, asked, rules).studies}
    for item in aims_of(asked, rules, AIMS):
        linked = {one.id for one in item.support.studies}
        assert linked <= every
        assert all(KNOWN.studies[one.id].found_for(item.aim) == one.direction for one in item.support.studies)
        told = {name for name in every if KNOWN.studies[name].found_for(item.aim)}
        assert {KNOWN.studies[name].source or name for name in told} == {
            KNOWN.studies[name].source or name for name in linked
        }


def test_an_unknown_aim_is_refused_with_the_nearest():
    assert chosen_aims(["pain", "structure", "pain"]) == ("pain", "structure")
    with pytest.raises(UnknownIdError, match="unknown aim 'pian'; nearest: pain"):
        chosen_aims(["pian"])


# times


def test_times_are_those_of_the_papers_and_in_order():
    """Zhang 2020 read a nonunion of the rat at 8, 14 and 20 weeks; Aro 2011 patients at 13 and 20."""
    found = time_points("bone-defect")
    assert [item.time for item in found if item.sources == ("zhang2020",)] == ["8 week", "14 week", "20 week"]
    assert [item.time for item in found if item.sources == ("aro2011",)] == ["13 week", "20 week"]
    assert {item.in_people for item in found if item.sources == ("zhang2020",)} == {False}
    assert [item.seconds for item in found] == sorted(item.seconds for item in found)


def test_a_site_takes_the_times_of_its_parts_but_not_of_others():
    studies = {item.study for item in time_points("knee")}
    assert "zhang-embryonic-exosomes-rat-cartilage" in studies
    assert all(KNOWN.within("knee").intersection(KNOWN.studies[name].sites) for name in studies)


# groups


def test_each_layer_of_a_nest_is_left_out_and_made_empty():
    found = groups(of("plga-microsphere-in-hyaluronic-acid-hydrogel", "knee", "dasatinib"))
    for layer in ("PLGA microspheres", "Hyaluronic acid hydrogel"):
        assert f"{layer}, the same mass, empty" in found
        assert sum(f"without {layer[:4].lower()}" in text.lower() for text in found) == 1
    assert any(text.startswith("the same dose dasatinib without carrier") for text in found)


def test_a_drug_without_a_carrier_has_no_empty_one():
    found = groups(of("free-drug-suspension", "knee", "triamcinolone-acetonide"))
    assert not any("empty" in text or "without carrier" in text for text in found)


def test_cells_that_go_with_a_drug_are_compared_with_each_alone():
    found = groups(of("adsc-aspirin", "bone"))
    assert "Adipose MSCs, the same number, without aspirin" in found
    assert "aspirin without cells" in found


def test_a_modified_carrier_is_compared_with_the_plain_one():
    found = groups(of("exosome-synovial-msc-mir140", "knee"))
    assert any(
        text.startswith("Synovial stem cell exosomes (unmodified), the same dose, without this") for text in found
    )


def test_what_is_given_today_stands_as_a_group_where_a_source_names_it():
    assert "corticosteroids, as given today" in groups(of("liposome", "articular-cartilage", "dasatinib"))
    assert "raloxifene, as given today" in groups(of("bmsc-cells", "femur"))
    assert not any("today" in text for text in groups(of("liposome", "disc", "celecoxib")))


@pytest.mark.parametrize("carrier", ["exosome-in-hydrogel", "bmsc-concentrate-autograft", "pegylated-liposome"])
def test_no_group_stands_twice(carrier):
    found = groups(of(carrier, "knee", "dasatinib"))
    assert len(set(found)) == len(found)


# what is warned of, safety


def test_infection_and_many_cells_are_warned_of_where_they_matter(marrow_in_plasma):
    told = [item.text for item in marrow_in_plasma.warnings]
    assert any(text.startswith("Infection:") for text in told)
    assert any("High cell concentrations gave more adverse events" in text for text in told)
    plain = [item.text for item in of("plga-microsphere", "knee", "dasatinib").warnings]
    assert not any("cell concentrations" in text or text.startswith("Infection:") for text in plain)
    assert len(set(told)) == len(told)


def test_the_causes_of_a_nonunion_are_told_apart(marrow_in_plasma):
    causes = [item.text.partition(":")[0] for item in marrow_in_plasma.patients if item.topic == "cause"]
    assert causes == ["Fixation", "Biology"]


def test_what_is_asked_of_safety_follows_the_product():
    senolytic = {item.name: item for item in of("plga-nanoparticle", "knee", "dasatinib").safety}
    assert "what being nanoscale changes" in senolytic
    assert "the joint over long times" in senolytic
    cells = {key for item in of("bmsc-cells", "knee").safety for key in item.sources}
    assert {"fda2013", "ema2008", "fda1978"} <= cells
    assert not {"fda2022", "iso2018", "ich2009"} & cells
    gel = {key for item in of("gelatin-hydrogel", "bone-defect", "bmp2").safety for key in item.sources}
    assert "iso2018" in gel


def test_quality_asks_only_what_somebody_asks_for_by_name():
    assert all(item.sources for item in of("exosome-bmsc", "knee").quality)
    assert any("welsh2024" in item.sources for item in of("exosome-bmsc", "knee").quality)


# cells


def test_of_patients_with_a_disease_of_the_blood_marrow_is_refused_and_fat_is_not():
    (marrow,) = of("bmsc-cells", "bone-defect", patient="blood-disease").cells.advice
    (fat,) = of("adsc-cells", "bone-defect", patient="blood-disease").cells.advice
    assert "bone-marrow" in marrow.objection
    assert not fat.objection
    assert len(of("bmsc-cells", "bone-defect").cells.advice) == len(PATIENTS)
    with pytest.raises(UnknownIdError, match="unknown patient 'yung'; nearest: young"):
        of("bmsc-cells", "knee", patient="yung")


def test_what_is_said_of_the_cells_asked_for_stands_first_and_the_others_beside(marrow_in_plasma):
    topics = {item.topic: item for item in marrow_in_plasma.cells.topics}
    assert topics["yield"].told[0].about == "bmsc-cells"
    assert {"adsc-cells", "uc-msc-cells", "synovial-msc-cells", "pb-msc-cells", "ipsc-msc"} <= {
        item.about for item in topics["yield"].told
    }
    assert topics["donor age"].not_known
    assert "donor-age-and-disease" in {item.id for item in marrow_in_plasma.cells.disputed}


def test_numbers_stand_with_their_question_as_their_source_gives_them(marrow_in_plasma):
    """Liu 2012 (24.3 % more density with young donors) and the share of stem cells in marrow, as a review has them."""
    numbers = {
        item.topic: {one.topic: one.text for one in item.told if one.kind == "number"}
        for item in marrow_in_plasma.cells.topics
    }
    assert "24.3 %" in numbers["donor age"]["bone_density_gain"]
    assert "0.001 to 0.01 %" in numbers["yield"]["stem_cell_fraction"]
    doses = {
        (one.about, one.text) for item in marrow_in_plasma.cells.topics for one in item.told if "dose" in one.topic
    }
    assert any(about == "bmsc-cells" and "2×10⁷ to 5×10⁷" in text for about, text in doses)  # the nonunion review
    assert not numbers["own or donated"]


def test_vesicles_are_asked_for_donor_and_dose_but_not_for_harvest():
    topics = {item.topic for item in of("exosome-ipsc-msc-bone", "bone").cells.topics}
    assert {"donor age", "dose response", "priming"} <= topics
    assert "harvest" not in topics
    assert of("liposome", "knee", "dasatinib").cells is None


# as a whole


def test_a_formulation_gives_its_doses_and_routes_and_every_statement_has_its_source(formulation):
    found = plan(formulation("stem-cells-spinal-cord.toml"))
    assert {"the whole dose intrathecal", "the whole dose intravenous"} <= set(groups(found))
    assert set(found.sources) <= set(sources.keys())
    assert all(item.sources for item in (*found.readouts, *found.warnings, *found.patients, *found.safety))
    bench = plan(formulation("dasatinib-microspheres-in-gel.toml"))
    assert "5 mg dasatinib without carrier, intra-articular" in groups(bench)


def test_a_site_of_which_little_is_known_still_gives_a_plan():
    found = of("liposome", "brain", "dasatinib")
    assert not found.readouts
    assert not found.times
    assert "Liposomes, the same mass, empty" in groups(found)
