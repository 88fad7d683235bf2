"""Predicted efficiencies against published ones, limits, and a regression small enough to solve by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, ndtri

from formulate.case import Case, prepare
from formulate.formulation import Formulation
from formulate.loading import definitions
from formulate.loading.prediction import (
    EfficiencyPrediction,
    Measurement,
    describe,
    logit,
    predict_efficiency,
)
from formulate.loading.stage_advice import method_advice, method_doubts
from formulate.loading.stage_entrapped import entrapped
from formulate.loading.stage_predicted import predict_loading
from materials.errors import DomainError, FormulateError
from materials.priors import Cell, Descriptor, EfficiencyPrior, Family, encapsulation

PRIOR = encapsulation()
ENDS = ndtri([0.1, 0.5, 0.9])
MICRO = ("polymer-microparticle", "emulsion-oil-in-water")
NANO = ("polymer-nanoparticle", "nanoprecipitation")


def plain(**changes: object) -> EfficiencyPrior:
    """A regression of an intercept alone: logit 0, known exactly."""
    prior = EfficiencyPrior(
        terms=("all:",), coefficients=(0.0,), covariance=((0.0,),), study=3.0, payload=4.0, row=12.0,
        new_family=0.0, new_method=0.0, descriptors=(), families=(Family("a", "as", {}, {}),), cells=(),
    )  # fmt: skip
    return replace(prior, **changes)


def logits(found: EfficiencyPrediction) -> np.ndarray:
    return np.log(found.efficiency / (1 - found.efficiency))


def test_scatters_add_as_variances():
    # 3, 4, 12: the diagonal is 13
    found = predict_efficiency("a", "", {}, [-1.0, 0.0, 1.0], prior=plain())
    assert logits(found) == pytest.approx([-13.0, 0.0, 13.0], rel=1e-3)


def test_doubt_of_the_coefficient_adds_too():
    # 13**2 + 84**2 = 85**2; shrunk a hundredfold so that the logits can be read back
    prior = plain(study=0.03, payload=0.04, row=0.12, covariance=((0.84**2,),))
    assert logits(predict_efficiency("a", "", {}, [1.0], prior=prior)) == pytest.approx(0.85)


def test_an_unseen_family_and_method_widen():
    prior = plain(study=0.3, payload=0.0, row=0.0, new_family=0.4, new_method=1.2)
    assert logits(predict_efficiency("a", "", {}, [1.0], prior=prior)) == pytest.approx(0.3)
    assert logits(predict_efficiency("b", "", {}, [1.0], prior=prior)) == pytest.approx(0.5)
    assert logits(predict_efficiency("b", "by-hand", {}, [1.0], prior=prior)) == pytest.approx(1.3)


def test_a_family_may_scatter_more_than_all():
    cells = (Cell("a", "", 1, 1, 1, 0.1, 0.5, 0.9, 2.0),)
    prior = plain(study=0.3, payload=0.4, row=0.0, cells=cells)
    assert logits(predict_efficiency("a", "", {}, [-1.0, 1.0], prior=prior)) == pytest.approx([-1.0, 1.0])


def test_one_measurement_of_the_same_study():
    # prior variance of what study and payload share 1, of the row 1: half of the way, variance 1 + 1/2
    prior = plain(study=0.6, payload=0.8, row=1.0)
    told = [Measurement(float(expit(2.0)), "a")]
    assert logits(predict_efficiency("a", "", {}, [0.0, 1.0], told, prior)) == pytest.approx(
        [1.0, 1.0 + math.sqrt(1.5)]
    )


def test_many_measurements_of_the_same_study_leave_the_row():
    prior = plain(study=0.6, payload=0.8, row=1.0)
    told = [Measurement(float(expit(2.0)), "a")] * 400
    assert logits(predict_efficiency("a", "", {}, [0.0, 1.0], told, prior)) == pytest.approx([2.0, 3.0], abs=0.01)


def test_another_study_tells_of_the_payload_alone():
    # shared 0.64 of 0.36 + 0.64 + 1 = 2: 0.32 of the way
    prior = plain(study=0.6, payload=0.8, row=1.0)
    told = [Measurement(float(expit(2.0)), "a", study="elsewhere")]
    found = logits(predict_efficiency("a", "", {}, [0.0, 1.0], told, prior))
    assert found == pytest.approx([0.64, 0.64 + math.sqrt(2 - 0.64**2 / 2)])


def test_rows_of_one_other_study_are_not_independent():
    # their mean has variance 0.36 + 0.64 + 1/2 = 1.5; two studies would give 0.64 + 1.36/2 = 1.32
    prior = plain(study=0.6, payload=0.8, row=1.0)
    one = [Measurement(float(expit(2.0)), "a", study="x")] * 2
    two = [Measurement(float(expit(2.0)), "a", study=name) for name in "xy"]
    assert logits(predict_efficiency("a", "", {}, [0.0], one, prior)) == pytest.approx(2 * 0.64 / 1.5)
    assert logits(predict_efficiency("a", "", {}, [0.0], two, prior)) == pytest.approx(2 * 0.64 / 1.32)


def sloped() -> EfficiencyPrior:
    """One slope: 2 logits for each standard deviation, which is half a decade of feed ratio about 0.1."""
    return plain(
        terms=("all:", "slope:feed_ratio|a"), coefficients=(0.0, 2.0), covariance=((0.0,), (0.0, 0.0)), study=1.5,
        payload=0.0, row=0.0, descriptors=(Descriptor("feed_ratio", "feed ratio", "kg/kg", "log10", -2.0, 0.0, 0.5),),
        families=(Family("a", "as", {"feed_ratio": -1.0}, {"feed_ratio": 0.5}),),
    )  # fmt: skip


def test_a_descriptor_moves_the_median_and_its_lack_widens():
    found = predict_efficiency("a", "", {"feed_ratio": 1.0}, [0.0, 1.0], prior=sloped())
    assert logits(found) == pytest.approx([4.0, 5.5])
    assert (found.used, found.missing, found.outside) == (("feed ratio",), (), ())
    found = predict_efficiency("a", "", {}, [0.0, 1.0], prior=sloped())
    assert logits(found) == pytest.approx([0.0, 2.5])  # 1.5 and 2: 2.5
    assert (found.used, found.missing) == ((), ("feed ratio",))


def test_beyond_the_fit_its_end_counts_and_is_told():
    found = predict_efficiency("a", "", {"feed_ratio": 1e-9}, [0.0], prior=sloped())
    assert logits(found) == pytest.approx(-4.0)
    assert found.outside == ("feed ratio",)


def test_a_descriptor_may_differ_from_draw_to_draw():
    found = predict_efficiency("a", "", {"feed_ratio": [0.01, 0.1, 1.0]}, [0.0, 0.0, 0.0], prior=sloped())
    assert logits(found) == pytest.approx([-4.0, 0.0, 4.0], abs=1e-9)


# published medians of PLGA particles, from the compilations of Goren et al. 2025 and Bao et al. 2025 [1]
@pytest.mark.parametrize(
    ("made", "median", "quartiles"),
    [
        (NANO, 0.684, (0.49, 0.83)),
        (MICRO, 0.747, (0.53, 0.88)),
        (("polymer-microparticle", "emulsion-solid-in-oil-in-water"), 0.783, (0.6, 0.9)),
        (("polymer-microparticle", "emulsion-water-in-oil-in-water"), 0.449, (0.34, 0.75)),
    ],
)
def test_an_average_drug_lies_between_the_published_quartiles(made, median, quartiles):
    found = predict_efficiency(*made, {}, ENDS).efficiency
    assert quartiles[0] < found[1] < quartiles[1]
    assert found[0] < median < found[2]
    assert found[0] < quartiles[0]
    assert found[2] > quartiles[1]


def test_held_out_scores_are_better_than_the_medians_and_the_band_honest():
    import tomllib
    from importlib.resources import files

    text = (files("materials") / "data" / "priors" / "encapsulation.toml").read_text("utf-8")
    scores = tomllib.loads(text)["scores"]["polymer"]
    assert scores["error_studies"] < 20 < scores["baseline_median_of_family_and_method_studies"]
    assert scores["error_rows"] < scores["baseline_median_of_all"]
    for of in ("rows", "studies"):
        assert 0.77 <= scores[f"coverage_{of}"] <= 0.88


def test_no_row_of_the_data_ships():
    from importlib.resources import files

    text = (files("materials") / "data" / "priors" / "encapsulation.toml").read_text("utf-8")
    for payload in ("sparfloxacin", "rivastigmine", "moxidectin", "micrococcin"):
        assert payload not in text.split("[model]")[1]
    assert PRIOR.study > 0.3
    assert len(PRIOR.studies) > 150


def test_lipophilic_drugs_stay_in_the_oil():
    low, high = (predict_efficiency(*MICRO, {"logp": logp}, [0.0]).efficiency[0] for logp in (-2.0, 5.0))
    assert high - low > 0.2


def test_liposomes_hold_lipophilic_drugs_and_few_hydrophilic():
    # 5-fluorouracil and ceftriaxone 2-39 %, celecoxib and albendazole 66-99 % in the published liposomes
    hydrophilic, lipophilic = (
        predict_efficiency("lipid-vesicle", "", {"logp": logp}, [0.0]).efficiency[0] for logp in (-1.2, 3.4)
    )
    assert hydrophilic < 0.4
    assert lipophilic > 0.6


def test_electroporated_vesicles_hold_little():
    assert predict_efficiency("extracellular-vesicle", "vesicle-loading-by-electroporation", {}, [0.0]).median < 0.2


@given(
    st.sampled_from([*((c.family, c.method) for c in PRIOR.cells), ("", ""), ("unheard-of", "by-hand")]),
    st.dictionaries(st.sampled_from(["logp", "feed_ratio"]), st.floats(1e-4, 9.0)),
    st.floats(-5, 5),
    st.floats(0.01, 3),
)
def test_the_quantiles_rise_and_stay_shares(made, known, score, step):
    low, high = predict_efficiency(*made, known, [score, score + step]).efficiency
    assert 0.0 <= low <= high <= 1.0


@given(st.floats(0.05, 0.95), st.integers(1, 6))
def test_a_measurement_draws_the_median_to_it_and_narrows_the_band(measured, count):
    before = predict_efficiency(*NANO, {}, ENDS)
    after = predict_efficiency(*NANO, {}, ENDS, [Measurement(measured, *NANO)] * count)
    own = math.log(measured / (1 - measured))
    first, second = logits(before), logits(after)
    assert min(first[1], own) - 1e-9 <= second[1] <= max(first[1], own) + 1e-9
    assert second[2] - second[0] < first[2] - first[0]


def test_of_a_macromolecule_log_p_is_not_used():
    small = predict_efficiency(*MICRO, {"logp": 5.0, "molar_mass": 0.4}, [0.0])
    assert "logP" in small.used
    large = predict_efficiency(*MICRO, {"logp": 5.0, "molar_mass": 14.0}, [0.0])
    same = predict_efficiency(*MICRO, {"macromolecule": 1.0}, [0.0])
    assert "logP" not in large.used
    assert large.efficiency == pytest.approx(same.efficiency)


def test_synonymous_methods_are_one():
    names = ("emulsion-solvent-evaporation", "emulsion-oil-in-water")
    first, second = (predict_efficiency("polymer-nanoparticle", name, {}, ENDS) for name in names)
    assert first.efficiency == pytest.approx(second.efficiency)
    assert first.basis == second.basis


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (NANO, "436 measurements in 58 studies of polyester nanoparticles made by nanoprecipitation"),
        (("inorganic-particle", ""), "1 measurement in 1 study of inorganic nanoparticles"),
        (("unheard-of", ""), "of all carriers, by whatever method"),
    ],
)
def test_the_basis_names_what_it_rests_on(made, words):
    assert words in predict_efficiency(*made, {}, [0.0]).basis


def test_the_basis_tells_of_measurements():
    assert "narrowed by 1 of this payload" in predict_efficiency(*NANO, {}, [0.0], [Measurement(0.5, *NANO)]).basis


def test_a_logit_is_held_off_the_ends():
    assert logit([0.0, 1.0]) == pytest.approx([-math.log(199), math.log(199)])


@pytest.mark.parametrize(
    ("known", "named"),
    [
        ({"colour": 1.0}, "colour"),
        ({"feed_ratio": 0.0}, "feed_ratio"),
        ({"feed_ratio": -1.0}, "feed_ratio"),
        ({"logp": math.nan}, "logp"),
        ({"molar_mass": 0.0}, "molar_mass"),
        ({"macromolecule": 0.5}, "macromolecule"),
        ({"surfactant_concentration": -1.0}, "surfactant_concentration"),
    ],
)
def test_impossible_descriptors_are_refused(known, named):
    with pytest.raises(DomainError, match=named):
        predict_efficiency(*NANO, known, [0.0])
    with pytest.raises(DomainError, match=named):
        describe(PRIOR, *NANO, known)


def test_impossible_scores_and_measurements_are_refused():
    with pytest.raises(DomainError, match="scores"):
        predict_efficiency(*NANO, {}, [math.inf])
    with pytest.raises(DomainError, match="measured efficiency"):
        predict_efficiency(*NANO, {}, [0.0], [Measurement(50.0, *NANO)])
    with pytest.raises(DomainError, match="efficiency"):
        logit([1.1])


@pytest.mark.parametrize(
    ("carrier", "method", "convention"),
    [("plga-nanoparticle", "nanoprecipitation", "A"), ("plga-microsphere", "emulsion-oil-in-water", "B")],
)
@pytest.mark.parametrize("feed", [None, 0.2])
def test_loading_efficiency_and_feed_agree_in_every_draw(carrier, method, convention, feed):
    found = predict_loading(carrier, method, logp=3.0, feed_ratio=feed, draws=64)
    assert found.convention == convention
    again = definitions.encapsulation_efficiency(found.drug_loading, found.feed_ratio, convention)
    assert again == pytest.approx(found.efficiency.efficiency, rel=1e-6)
    assert (found.drug_loading <= definitions.theoretical_loading(found.feed_ratio)).all()
    assert ("feed ratio as common there" in found.basis) == (feed is None)


def test_a_drug_of_the_catalog_brings_its_log_p():
    by_name = predict_loading("plga-microsphere", payload="dasatinib", feed_ratio=0.2)
    without = predict_loading("plga-microsphere", feed_ratio=0.2)
    assert "logP" in by_name.efficiency.used
    assert "logP" in without.efficiency.missing
    assert by_name.efficiency.high - by_name.efficiency.low < 1.02 * (without.efficiency.high - without.efficiency.low)


def test_your_measurement_narrows_the_loading():
    told = (Measurement(0.3, *NANO),)
    before = predict_loading("plga-nanoparticle", logp=3.0, feed_ratio=0.1)
    after = predict_loading("plga-nanoparticle", logp=3.0, feed_ratio=0.1, measured=told)
    assert after.efficiency.median < before.efficiency.median
    assert "narrowed" in after.basis


@pytest.mark.parametrize(("carrier", "method"), [("liposome", "remote-loading"), ("hyaluronic-acid-hydrogel", "")])
def test_what_has_no_published_efficiencies_is_refused(carrier, method):
    with pytest.raises(FormulateError, match="no published efficiencies"):
        predict_loading(carrier, method)


def case(payload: str, carrier: str = "plga-microsphere", method: str = "", **settings: str) -> Case:
    return prepare(
        Formulation(
            schema_version=1,
            payload=[{"id": payload, "dose": "0.1 mg"}],
            layer=[{"id": "ms", "carrier": carrier, "holds": [payload], "method": method, "set": settings}],
            regimen={"site": "knee", "volume": "5 mL"},
            calculation={"draws": 256},
        )
    )


def test_nothing_measured_is_predicted_and_agrees_in_every_draw():
    held = entrapped(case("dasatinib", feed_ratio="0.2 g/g"))
    assert held.basis.startswith("predicted from 148 measurements in 57 studies")
    spread = np.corrcoef(held.drug_loading, held.encapsulation_efficiency)[0, 1]
    assert spread > 0.9  # the feed alone scatters besides
    assert (held.drug_loading < held.encapsulation_efficiency).all()


def test_what_you_give_wins():
    given = {"drug_loading": "10 percent_w_w", "encapsulation_efficiency": "80 percent"}
    held = entrapped(case("dasatinib", **given))
    assert held.basis == "given by you"
    assert np.median(held.drug_loading) == pytest.approx(0.1)
    assert np.median(held.encapsulation_efficiency) == pytest.approx(0.8)
    (feed,) = [detail.draws for detail in held.details if detail.name == "feed_ratio"]
    assert np.median(feed) == pytest.approx(0.1 / 0.7)  # convention B: DL/(EE - DL)


def test_given_loading_leaves_the_efficiency_to_be_predicted():
    held = entrapped(case("dasatinib", drug_loading="10 percent_w_w"))
    assert "encapsulation efficiency predicted" in held.basis
    assert np.median(held.drug_loading) == pytest.approx(0.1)


def test_given_efficiency_leaves_the_loading_to_the_feed():
    held = entrapped(case("dasatinib", encapsulation_efficiency="80 percent", feed_ratio="0.25 g/g"))
    assert np.median(held.drug_loading) == pytest.approx(0.8 * 0.2, rel=0.1)  # convention B: EE r/(1 + r)


def test_a_lipophilic_drug_is_advised_against_a_double_emulsion():
    doubts = method_doubts(case("dasatinib", method="emulsion-water-in-oil-in-water"))
    assert "suits emulsion oil in water (published median 74% in 57 studies)" in doubts[0]
    assert method_doubts(case("dasatinib", method="emulsion-oil-in-water")) == ()


@pytest.mark.parametrize(("payload", "words"), [("mirna-mimic", "polycation"), ("bmp2", "does not dissolve")])
def test_a_macromolecule_is_advised_into_a_double_emulsion(payload, words):
    doubts = method_doubts(case(payload, method="emulsion-oil-in-water"))
    assert "suits emulsion water in oil in water" in doubts[0]
    assert words in doubts[0]
    assert "means little" in doubts[-1]
    assert method_doubts(case(payload, method="emulsion-water-in-oil-in-water")) == ()


def test_what_is_acid_and_base_gets_no_remedy_that_undoes_another():
    assert method_advice(case("alendronate"))[-1] == "alendronate, acid and base, is charged in water of pH 6"
    assert "lower the pH" in method_advice(case("diclofenac"))[-1]
